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
from sim.scenario.base import TIERS
from sim.scenario.days_off import clock_of
from sim.workforce.floor import floor_of
from sim.workforce.lines import written_lines
from sim.workforce.roster import FOREVER
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
"""Rules whose values are ms; those of the others are numbers of days."""


class Gap(NamedTuple):
    """A span of the run (ms) in which agents are missing, by tier."""

    since: int
    until: int
    missing: tuple[int, ...]


class RuleBroken(NamedTuple):
    """How a rule fares: its limit, duties and people that break it, and the worst of them (None where there is none).

    `limit` and `worst` are ms for `rest` and `week_hours`, else days; `start` is that of the worst duty, in ms.
    """

    rule: str
    limit: int
    duties: int
    people: int
    worst: int | None
    who: str
    start: int


@dataclass(frozen=True, slots=True)
class RegionAudit:
    """A region.

    Attributes:
        region: its name.
        people: agents by tier.
        planned_h: agent-hours a week on duty, the mean over the run.
        floor_h: agent-hours a week that the table asks for; None where no row holds for the region.
        gaps: where the floor is not met, the worst first: most missing, then longest, then earliest.
        rules: one entry a rule.
        always: agents who are always on duty, whom no rule is measured on.
    """

    region: str
    people: tuple[int, ...]
    planned_h: float
    floor_h: float | None
    gaps: tuple[Gap, ...]
    rules: tuple[RuleBroken, ...]
    always: int

    @property
    def over(self) -> float | None:
        """Share of the hours that the table asks for by which the plan exceeds them."""
        return self.planned_h / self.floor_h - 1 if self.floor_h else None


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
            "people": _by_tier(region.people),
            "always_on_duty": region.always,
            "hours_per_week": {"plan": region.planned_h, "table": region.floor_h, "over": region.over},
            "gaps": [
                {"since": local(gap.since), "until": local(gap.until), "missing": _by_tier(gap.missing)}
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


def _by_tier(counts: Iterable[int]) -> dict[str, int]:
    return dict(zip(TIERS, counts, strict=True))


def in_unit(rule: str, value: int) -> float:
    """A limit or a finding in hours, or in days in a row."""
    return value / HOUR if rule in DURATIONS else value


def audit(scenario: Scenario, plan: DutyPlan) -> Audit:
    """The plan of a scenario, from `plan_roster`, against the scenario's table and rules."""
    regions = tuple(_audited(scenario, plan, index) for index in range(len(scenario.regions)))
    return Audit(scenario, regions, plan.notices)


def _audited(scenario: Scenario, plan: DutyPlan, index: int) -> RegionAudit:
    name, clock = list(scenario.regions)[index], clock_of(scenario)
    tier, ours = plan.agents.tier, plan.agents.region == index
    duties = np.flatnonzero(ours[plan.agent] & (tier[plan.agent] < len(TIERS)))
    always = duties[plan.end[duties] == FOREVER]
    floor = floor_of(scenario, name) if _has_floor(scenario, name) else None
    return RegionAudit(
        region=name,
        people=tuple(int((ours & (tier == t)).sum()) for t in range(len(TIERS))),
        planned_h=_weekly(np.clip(plan.end[duties], 0, clock.end) - np.clip(plan.start[duties], 0, clock.end), clock),
        floor_h=None if floor is None else _weekly(_lengths(floor.since, clock) @ floor.required, clock),
        gaps=() if floor is None else _gaps(plan, duties, floor, clock),
        rules=tuple(_broken(scenario, plan, name, duties[plan.end[duties] != FOREVER])),
        always=len(np.unique(plan.agent[always])),
    )


def _has_floor(scenario: Scenario, region: str) -> bool:
    return any(not row.regions or region in row.regions for row in scenario.staffing.minimum.values())


def _weekly(spans: NDArray[np.int64], clock: Clock) -> float:
    """Hours a week in spans of ms."""
    return int(spans.sum()) * WEEK / (clock.end * HOUR)


def _lengths(since: NDArray[np.int64], clock: Clock) -> NDArray[np.int64]:
    """(k,) ms until the next instant, or the end of the run."""
    return np.diff(since, append=clock.end)


# ---- the floor -----------------------------------------------------------------------------------------------------


def _gaps(plan: DutyPlan, duties: NDArray[np.int64], floor: Floor, clock: Clock) -> tuple[Gap, ...]:
    start, end, tier = plan.start[duties], plan.end[duties], plan.agents.tier[plan.agent[duties]]
    since = np.unique(np.concatenate([floor.since, start, end]))
    since = since[(since >= 0) & (since < clock.end)]
    there = np.stack([_on_duty(start[tier == t], end[tier == t], since) for t in range(len(TIERS))], axis=1)
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
    worst = int(broken.value.argmin() if broken.rule == "rest" else broken.value.argmax())
    return RuleBroken(
        broken.rule, broken.limit, len(broken), len(np.unique(plan.agent[rows])), int(broken.value[worst]),
        plan.agents.name[plan.agent[rows[worst]]], int(plan.start[rows[worst]]),
    )  # fmt: skip
