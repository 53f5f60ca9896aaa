"""Public holidays on which only the minimum works: the duties that go, and who stays by turns.

A duty is on a holiday if any hour of it is, on the wall clock of its region. It can go where at every instant of it
more people of its role are there than the minimum staffing table asks for: on the holiday and, where it crosses
midnight, on the day beside it. So the floor holds afterwards where it held before, and nobody leaves where it did not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import DAY, day_number
from sim.scenario.days_off import clock_of, holidays_of
from sim.workforce.floor import floor_of
from sim.workforce.roster import LEAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Scenario
    from sim.workforce.floor import Floor
    from sim.workforce.roster import DutyPlan

    Rows = NDArray[np.intp]


class Holiday(NamedTuple):
    """A public holiday of a region, from midnight to midnight, in ms of the run."""

    start: int
    end: int


def without_spared(scenario: Scenario, plan: DutyPlan, made: int) -> DutyPlan:
    """The plan without the duties that `staffing.holidays` spares people, and with a notice of how many they are.

    Args:
        scenario: what is asked.
        plan: of its people.
        made: so many agents come first, and their duties do not depend on those of the others: whoever is added after
            them is spared only after them.
    """
    if scenario.staffing.holidays == "as_planned":
        return plan
    kept, told = np.ones(len(plan.agent), dtype=np.bool_), []
    for r, name in enumerate(scenario.regions):
        days, mine = list(_holidays(scenario, name)), np.flatnonzero(plan.agents.region[plan.agent] == r)
        gone = _spared(plan, mine, made, days, floor_of(scenario, name), clock_of(scenario))
        kept[gone] = False
        on = sum((_on(plan, day)[mine] for day in days), np.zeros(len(mine), dtype=np.bool_))
        told += [f"{name} {len(gone)} of {on.sum()}"] * bool(on.any())
    return replace(_only(plan, kept), notices=(*plan.notices, _notice(told)))


def _holidays(scenario: Scenario, region: str) -> Iterator[Holiday]:
    """Those that the run touches, by date."""
    clock, zone = clock_of(scenario), scenario.regions[region].zone
    for day in holidays_of(scenario)[region]:
        midnights = np.array([day_number(day), day_number(day + timedelta(days=1))]) * DAY
        holiday = Holiday(*clock.reached(zone, midnights).tolist())
        if holiday.start < clock.end and holiday.end > 0:
            yield holiday


def _on(plan: DutyPlan, day: Holiday) -> NDArray[np.bool_]:
    """(d,) whether any hour of each duty is on a holiday."""
    on: NDArray[np.bool_] = (plan.start < day.end) & (plan.end > day.start)
    return on


def _only(plan: DutyPlan, kept: NDArray[np.bool_]) -> DutyPlan:
    columns = {name: getattr(plan, name)[kept] for name in ("agent", "start", "end", "night")}
    return replace(plan, **columns)


def _notice(told: Sequence[str]) -> str:
    if not told:
        return "staffing.holidays: nobody has a duty on a public holiday within the run"
    return f"staffing.holidays: duties on public holidays that the minimum spares: {', '.join(told)}"


# ---- who goes ------------------------------------------------------------------------------------------------------


def _spared(plan: DutyPlan, rows: Rows, made: int, days: Sequence[Holiday], floor: Floor, clock: Clock) -> list[int]:
    """The duties of a region, of which `rows` are all, that can go."""
    gone: list[int] = []
    for role in range(LEAD):
        pool = rows[plan.agents.tier[plan.agent[rows]] == role]
        first = pool[plan.agent[pool] < made]
        gone += _by_turns(plan, first, days, _Spare(plan, first, floor, role, clock))
        left = np.setdiff1d(pool, gone)
        gone += _by_turns(plan, left[plan.agent[left] >= made], days, _Spare(plan, left, floor, role, clock))
    return gone


def _by_turns(plan: DutyPlan, rows: Rows, days: Sequence[Holiday], spare: _Spare) -> set[int]:
    """Those that can go, day by day: who has worked on most holidays goes first, of several the last in the roster."""
    agent: list[int] = plan.agent.tolist()
    worked, gone = Counter[int](), set[int]()
    for day in days:
        on = [row for row in rows[_on(plan, day)[rows]].tolist() if row not in gone]
        on.sort(key=lambda row: (worked[agent[row]], agent[row]), reverse=True)
        gone.update(row for row in on if spare.take(int(plan.start[row]), int(plan.end[row])))
        worked.update({agent[row] for row in on if row not in gone})
    return gone


class _Spare:
    """How many more people of a role are there than the floor asks for, at every instant of the run.

    Attributes:
        since: (k,) int64 ms, rising; each number holds until the next.
        spare: (k,) int64 people, below 0 where some are missing.
        end: of the run; what comes after it asks for nobody.
    """

    def __init__(self, plan: DutyPlan, rows: Rows, floor: Floor, role: int, clock: Clock) -> None:
        self.end = clock.end
        start, end = np.maximum(plan.start[rows], 0), np.minimum(plan.end[rows], clock.end)
        self.since = np.unique(np.concatenate([floor.since, start, end]))
        there = np.zeros(len(self.since), dtype=np.int64)
        np.add.at(there, np.searchsorted(self.since, start), 1)
        np.add.at(there, np.searchsorted(self.since, end), -1)
        asked = floor.required[np.searchsorted(floor.since, self.since, side="right") - 1, role]
        self.spare = np.cumsum(there) - asked

    def take(self, start: int, end: int) -> bool:
        """Whether somebody is to spare from start to end, all the time; they are taken."""
        span = slice(*np.searchsorted(self.since, [max(start, 0), min(end, self.end)]))
        can_go = bool((self.spare[span] > 0).all())
        self.spare[span] -= can_go
        return can_go
