"""People on the solver's weekly lines: what is asked of it by region and role, and the duties that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import DAY, day_number
from sim.periods import DAYS_PER_WEEK
from sim.scenario.base import ROLES
from sim.scenario.units import local_time_text
from sim.workforce.cover import Problem, Solution, solve
from sim.workforce.floor import GROUPS, weekly_floor
from sim.workforce.network import Bounds, DutyType, mostly_night
from sim.workforce.rotations import NOMINAL_SLOW_PM, Person
from sim.workforce.shifts import ANCHOR, NIGHT
from sim.workforce.shifts import OFF as DAY_OFF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.base import RoleName
    from sim.scenario.schema import Region, Scenario
    from sim.scenario.staffing import Cover, Staffing
    from sim.workforce.rotas import Rota
    from sim.workforce.shifts import Duties


class Task(NamedTuple):
    """What is asked for a region and a role, and what the solver found. Duties `too_long` are longer than allowed."""

    region: str
    role: RoleName
    problem: Problem
    too_long: tuple[DutyType, ...]

    @property
    def solution(self) -> Solution:
        return solve(self.problem)


def people_on_lines(scenario: Scenario, clock: Clock) -> Iterator[Person]:
    """Everybody of `staffing.cover`, in the order of regions and roles.

    The rotas are anchored at Monday, 5 January 1970: in that week the first person of a rota works its first line.
    """
    for task in tasks(scenario):
        region = scenario.regions[task.region]
        dates = _Dates(region, clock, task.problem.types)
        r, t = list(scenario.regions).index(task.region), ROLES.index(task.role)
        members = ((rota, n) for rota in task.solution.rotas for n in range(len(rota)))
        for i, (rota, offset) in enumerate(members, 1):
            name = f"{task.region}/{task.role}/cover/{i}"
            yield Person(name, r, t, NOMINAL_SLOW_PM, dates.duties(rota, offset))


def written_lines(scenario: Scenario) -> dict[str, dict[str, list[list[str]]]]:
    """The rotas by region and role: each a list of lines such as `D D D D D O O`."""
    written: dict[str, dict[str, list[list[str]]]] = {}
    for task in tasks(scenario):
        labels = [*(kind.label for kind in task.problem.types), DAY_OFF]  # the last is found at `OFF`
        rotas = [[" ".join(labels[duty] for duty in line) for line in rota] for rota in task.solution.rotas]
        written.setdefault(task.region, {})[task.role] = rotas
    return written


def tasks(scenario: Scenario) -> Iterator[Task]:
    """One for each region and role with a floor above nobody."""
    cover, bounds = scenario.staffing.cover, _bounds(scenario.staffing)
    for name, region in scenario.regions.items():
        kinds = duty_types(region, cover)
        usable = tuple(kind for kind in kinds if kind.length <= min(bounds.week_hours, bounds.line_hours))
        too_long = tuple(kind for kind in kinds if kind not in usable)
        for role, edges, required in _weekly(scenario, name, kinds):
            yield Task(name, role, Problem(usable, edges, required, bounds, cover.gap, cover.nodes), too_long)


def _bounds(staffing: Staffing) -> Bounds:
    rules = staffing.rules
    return Bounds(
        rules.rest, rules.week_hours, rules.consecutive_duties, rules.consecutive_nights, staffing.cover.week_hours,
        rules.weekend_every,
    )  # fmt: skip


def _weekly(
    scenario: Scenario, region: str, kinds: Iterable[DutyType]
) -> Iterator[tuple[RoleName, tuple[int, ...], tuple[tuple[int, ...], ...]]]:
    """The roles that are asked for; of each the edges of slots, and the people by day and slot."""
    walls = [wall % DAY for kind in kinds for wall in (kind.start, kind.end)]
    for group, roles in GROUPS.items():
        floor = weekly_floor(scenario, region, group, walls)
        for r, role in enumerate(roles):
            if floor.required[:, :, r].any():
                yield role, floor.edges, tuple(tuple(row) for row in floor.required[:, :, r].tolist())


def duty_types(region: Region, cover: Cover) -> tuple[DutyType, ...]:
    """The duties that may be used in a region: its shifts, then those of `cover.starts` that are no shift already."""
    letters = [letter for letter in region.shifts if not cover.shifts or letter in cover.shifts]
    spans = {region.shifts[letter]: letter for letter in letters}
    more = [(start, start + cover.length) for start in cover.starts]
    return (
        *(DutyType(letter, *span, letter == NIGHT) for span, letter in spans.items()),
        *(DutyType(local_time_text(span[0]), *span, mostly_night(*span)) for span in more if span not in spans),
    )


class _Dates:
    """Duties of a region on every date of the run, as instants."""

    def __init__(self, region: Region, clock: Clock, types: Iterable[DutyType]) -> None:
        self.clock, self.kinds = clock, [*types, DutyType(DAY_OFF, 0, 0, night=False)]  # the last is found at `OFF`
        self.days = np.array([day_number(day) for day in clock.local_dates(region.zone, margin=2)])
        midnights = self.days * DAY
        self.starts = np.array([clock.reached(region.zone, midnights + kind.start) for kind in self.kinds])
        self.ends = np.array([clock.reached(region.zone, midnights + kind.end) for kind in self.kinds])
        self.nights = np.array([kind.night for kind in self.kinds])

    def duties(self, rota: Rota, offset: int) -> Duties:
        """The duties of somebody who is `offset` lines further than the anchor."""
        week, weekday = np.divmod(self.days - ANCHOR, DAYS_PER_WEEK)
        worked: NDArray[np.int64] = np.array(rota)[(week + offset) % len(rota), weekday]
        column = np.arange(len(worked))
        starts, ends = self.starts[worked, column], self.ends[worked, column]
        touched = (ends > starts) & (ends > 0) & (starts < self.clock.end)
        return starts[touched], ends[touched], self.nights[worked][touched]
