"""A plan against the minimum staffing table and the rules, without a simulation.

A duty counts for its nominal hours, overlap excluded. The floor is held against every instant of the run. Rules are
read on the wall clock of the region, so that an hour more or less where clocks change breaks none; agents who are
always on duty (`flat` staffing) stand for a number, not for people, and are not measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.clock import DAY, HOUR, WEEK
from sim.scenario.base import ROLES, TIERS
from sim.scenario.days_off import clock_of
from sim.workforce.floor import GROUPS, floor_of, rows_of
from sim.workforce.lines import written_lines
from sim.workforce.roster import FOREVER, LEAD
from sim.workforce.rules import breaches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Scenario
    from sim.workforce.floor import Floor
    from sim.workforce.roster import DutyPlan
    from sim.workforce.rules import Breaches

DURATIONS = ("rest", "week_hours")
"""Rules whose values are ms; those of the others are numbers of days, or of weeks."""
_AT_LEAST = ("rest", "weekend_every")
"""Rules that ask for so much at least."""


class Gap(NamedTuple):
    """A span of the run (ms) in which people are missing, by role."""

    since: int
    until: int
    missing: tuple[int, ...]


class RuleBroken(NamedTuple):
    """How a rule fares: its limit, duties and people that break it, and the worst of them (None where there is none).

    `limit` and `worst` are ms for `rest` and `week_hours`, weeks for `weekend_every`, where 1 is no rule, else days;
    `start` is that of the worst duty, in ms.
    """

    rule: str
    limit: int
    duties: int
    people: int
    worst: int | None
    who: str
    start: int


class Hours(NamedTuple):
    """Of a group of roles: its people, hours a week on duty, the mean over the run, and those that the table asks for.

    `table_h` is None where no row names any of the group in the region.
    """

    people: int
    planned_h: float
    table_h: float | None

    @property
    def over(self) -> float | None:
        """Share of the hours that the table asks for by which the plan exceeds them."""
        return self.planned_h / self.table_h - 1 if self.table_h else None


@dataclass(frozen=True, slots=True)
class RegionAudit:
    """A region.

    Attributes:
        region: its name.
        people: by role.
        hours: by group of roles, `sim.workforce.floor.GROUPS`; the agents, and those that are there or asked for.
        gaps: where the floor is not met, the worst first: most missing, then longest, then earliest.
        rules: one entry a rule.
        always: people who are always on duty, whom no rule is measured on.
    """

    region: str
    people: tuple[int, ...]
    hours: dict[str, Hours]
    gaps: tuple[Gap, ...]
    rules: tuple[RuleBroken, ...]
    always: int

    @property
    def has_floor(self) -> bool:
        """Whether any row of the table holds for the region."""
        return any(hours.table_h is not None for hours in self.hours.values())


@dataclass(frozen=True, slots=True)
class Audit:
    """A plan against its scenario."""

    scenario: Scenario
    regions: tuple[RegionAudit, ...]
    notices: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the floor is met at every instant and no rule is broken."""
        return not any(region.gaps or any(rule.duties for rule in region.rules) for region in self.regions)

    def as_json(self) -> dict[str, Any]:
        """Everything, with instants in the region's local time and the solver's lines where there are any."""
        lines = written_lines(self.scenario) if self.scenario.staffing.mode == "cover" else {}
        return {
            "scenario": self.scenario.name,
            "hash": self.scenario.hash,
            "mode": self.scenario.staffing.mode,
            "passed": self.passed,
            "regions": {region.region: self._region(region, lines.get(region.region, {})) for region in self.regions},
            "notices": list(self.notices),
        }

    def _region(self, region: RegionAudit, lines: dict[str, list[list[str]]]) -> dict[str, Any]:
        zone, clock = self.scenario.regions[region.region].zone, clock_of(self.scenario)

        def local(ms: int) -> str:
            return clock.local(zone, ms).isoformat(timespec="minutes")

        return {
            "people": _by_role(region.people),
            "always_on_duty": region.always,
            "hours_per_week": {
                group: {"plan": hours.planned_h, "table": hours.table_h, "over": hours.over}
                for group, hours in region.hours.items()
            },
            "gaps": [
                {"since": local(gap.since), "until": local(gap.until), "missing": _by_role(gap.missing)}
                for gap in region.gaps
            ],
            "rules": {
                rule.rule: {
                    "limit": in_unit(rule.rule, rule.limit), "duties": rule.duties, "people": rule.people,
                    "worst": None if rule.worst is None else in_unit(rule.rule, rule.worst),
                    "who": rule.who or None, "start": None if rule.worst is None else local(rule.start),
                }
                for rule in region.rules
            },
            "lines": lines,
        }  # fmt: skip


def _by_role(counts: Iterable[int]) -> dict[str, int]:
    return dict(zip(ROLES, counts, strict=True))


def in_unit(rule: str, value: int) -> float:
    """A limit or a finding in hours, in days in a row, or in weeks."""
    return value / HOUR if rule in DURATIONS else value


def audit(scenario: Scenario, plan: DutyPlan) -> Audit:
    """The plan of a scenario, from `plan_roster`, against the scenario's table and rules."""
    regions = tuple(_audited(scenario, plan, index) for index in range(len(scenario.regions)))
    return Audit(scenario, regions, plan.notices)


def _audited(scenario: Scenario, plan: DutyPlan, index: int) -> RegionAudit:
    name, clock = list(scenario.regions)[index], clock_of(scenario)
    role, ours = plan.agents.tier, plan.agents.region == index
    duties = np.flatnonzero(ours[plan.agent] & (role[plan.agent] < LEAD))
    always = duties[plan.end[duties] == FOREVER]
    floor = floor_of(scenario, name)
    return RegionAudit(
        region=name,
        people=tuple(np.bincount(role[ours], minlength=LEAD)[:LEAD].tolist()),
        hours=dict(_hours(scenario, plan, index, floor)),
        gaps=_gaps(plan, duties, floor, clock),
        rules=tuple(_broken(scenario, plan, name, duties[plan.end[duties] != FOREVER])),
        always=len(np.unique(plan.agent[always])),
    )


def _hours(scenario: Scenario, plan: DutyPlan, index: int, floor: Floor) -> Iterable[tuple[str, Hours]]:
    """Of the agents, and of the other groups that are there or asked for."""
    name, clock = list(scenario.regions)[index], clock_of(scenario)
    spans = np.clip(plan.end, 0, clock.end) - np.clip(plan.start, 0, clock.end)
    asked = _lengths(floor.since, clock) @ floor.required
    for group, names in GROUPS.items():
        roles = [ROLES.index(role) for role in names]
        mine = (plan.agents.region == index) & np.isin(plan.agents.tier, roles)
        table = _weekly(asked[roles], clock) if rows_of(scenario, name, group) else None
        if mine.any() or table or names == TIERS:
            yield group, Hours(int(mine.sum()), _weekly(spans[mine[plan.agent]], clock), table)


def _weekly(spans: NDArray[np.int64], clock: Clock) -> float:
    """Hours a week in spans of ms."""
    return int(spans.sum()) * WEEK / (clock.end * HOUR)


def _lengths(since: NDArray[np.int64], clock: Clock) -> NDArray[np.int64]:
    """(k,) ms until the next instant, or the end of the run."""
    return np.diff(since, append=clock.end)


# ---- the floor -----------------------------------------------------------------------------------------------------


def _gaps(plan: DutyPlan, duties: NDArray[np.int64], floor: Floor, clock: Clock) -> tuple[Gap, ...]:
    start, end, role = plan.start[duties], plan.end[duties], plan.agents.tier[plan.agent[duties]]
    since = np.unique(np.concatenate([floor.since, start, end]))
    since = since[(since >= 0) & (since < clock.end)]
    there = np.stack([_on_duty(start[role == r], end[role == r], since) for r in range(len(ROLES))], axis=1)
    required = floor.required[np.searchsorted(floor.since, since, side="right") - 1]
    return _worst_first(_merged(since, _lengths(since, clock) + since, np.maximum(required - there, 0)))


def _on_duty(start: NDArray[np.int64], end: NDArray[np.int64], instants: NDArray[np.int64]) -> NDArray[np.int64]:
    begun = np.searchsorted(np.sort(start), instants, side="right")
    on_duty: NDArray[np.int64] = begun - np.searchsorted(np.sort(end), instants, side="right")
    return on_duty


def _merged(since: NDArray[np.int64], until: NDArray[np.int64], missing: NDArray[np.int64]) -> list[Gap]:
    """Spans in which somebody is missing; those that follow each other and miss the same, as one."""
    gaps: list[Gap] = []
    for row in np.flatnonzero(missing.any(axis=1)).tolist():
        gap = Gap(int(since[row]), int(until[row]), tuple(missing[row].tolist()))
        if gaps and (gaps[-1].until, gaps[-1].missing) == (gap.since, gap.missing):
            gap = gap._replace(since=gaps.pop().since)
        gaps.append(gap)
    return gaps


def _worst_first(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    return tuple(sorted(gaps, key=lambda gap: (-sum(gap.missing), gap.since - gap.until, gap.since)))


# ---- the rules -----------------------------------------------------------------------------------------------------


def _broken(scenario: Scenario, plan: DutyPlan, region: str, duties: NDArray[np.int64]) -> Iterable[RuleBroken]:
    clock, zone = clock_of(scenario), scenario.regions[region].zone
    start = clock.wall(zone, plan.start[duties])
    end = clock.wall(zone, plan.end[duties] - 1) + 1  # a duty that ends as the clock jumps ends before the jump
    found = breaches(scenario.staffing.rules, plan.agent[duties], start, end, start // DAY, plan.night[duties])
    return (_summed(broken, plan, duties) for broken in found)


def _summed(broken: Breaches, plan: DutyPlan, duties: NDArray[np.int64]) -> RuleBroken:
    if not len(broken):
        return RuleBroken(broken.rule, broken.limit, 0, 0, None, "", 0)
    rows = duties[broken.duty]
    worst = int(broken.value.argmin() if broken.rule in _AT_LEAST else broken.value.argmax())
    return RuleBroken(
        broken.rule, broken.limit, len(broken), len(np.unique(plan.agent[rows])), int(broken.value[worst]),
        plan.agents.name[plan.agent[rows[worst]]], int(plan.start[rows[worst]]),
    )  # fmt: skip
