"""The minimum staffing table as a floor: how many agents of each role a region needs, at every instant of a run.

A row holds for whole local days of its kind, at its local hours. The tiers, managers and coordinators are three tables
in one: of the rows that name any of a group, those of the day's kind count, and of these the one named last. Time on
the wall becomes instants by `Clock.reached`: on days on which clocks change a step takes place when the clock first
shows its time, or jumps over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, day_number
from sim.periods import DAYS_PER_WEEK
from sim.scenario.base import ROLES, TIERS
from sim.scenario.days_off import clock_of, holidays_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from sim.scenario.base import RoleName
    from sim.scenario.schema import Scenario
    from sim.scenario.staffing import Minimum

GROUPS: dict[str, tuple[RoleName, ...]] = {"agents": TIERS, "managers": ROLES[4:5], "coordinators": ROLES[5:]}
"""Roles whose floors the table gives together: a row says nothing of a group of which it names nobody."""
_SATURDAY = 5
_A_MONDAY = date(1970, 1, 5)


@dataclass(frozen=True, slots=True)
class Floor:
    """What a region needs over a run.

    Attributes:
        since: (k,) int64 ms, rising; the first is 0, and each row holds until the next, the last to the end of the run.
        required: (k, 6) int64 people on duty by role.
    """

    since: NDArray[np.int64]
    required: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class WeeklyFloor:
    """What a region needs in any week of the run: a floor for rotas that are the same every week.

    Attributes:
        edges: (e,) ms after midnight at which slots of the day begin, rising from 0; the last ends at midnight.
        required: (7, e, r) int64 people by day from Monday, slot and role of a group. Where a public holiday of the run
            falls on the day of the week and asks for more than a usual day, it decides.
    """

    edges: tuple[int, ...]
    required: NDArray[np.int64]


def floor_of(scenario: Scenario, region: str) -> Floor:
    """The floor of `region` over the run."""
    clock, zone = clock_of(scenario), scenario.regions[region].zone
    days, tables = list(clock.local_dates(zone)), [_Table(scenario, region, group) for group in GROUPS]
    edges = sorted({edge for table in tables for edge in table.edges()})
    walls = np.array([[day_number(day) * DAY + edge for edge in edges] for day in days])
    since = clock.reached(zone, walls.ravel())
    required = np.concatenate([np.hstack([table.day(day, edges) for table in tables]) for day in days])
    last = np.append(since[1:], clock.end) > np.maximum(since, 0)  # of steps at one instant only the last has a span
    within = last & (since < clock.end)
    return _merged(np.maximum(since[within], 0), required[within])


def _merged(since: NDArray[np.int64], required: NDArray[np.int64]) -> Floor:
    """Without steps at which nothing changes."""
    steps = np.append(True, (required[1:] != required[:-1]).any(axis=1))
    return Floor(since[steps], required[steps])


def weekly_floor(scenario: Scenario, region: str, group: str, walls: Iterable[int] = ()) -> WeeklyFloor:
    """The floor of one of `GROUPS` in any week, in slots that begin at its steps and at `walls` (ms after midnight)."""
    table = _Table(scenario, region, group)
    edges = tuple(sorted({*table.edges(), *walls}))
    week = [table.usual(_A_MONDAY + timedelta(days=n), edges) for n in range(DAYS_PER_WEEK)]
    for day in clock_of(scenario).local_dates(scenario.regions[region].zone, margin=0):
        week[day.weekday()] = np.maximum(week[day.weekday()], table.day(day, edges))
    return WeeklyFloor(edges, np.stack(week))


def rows_of(scenario: Scenario, region: str, group: str) -> list[Minimum]:
    """The rows of the table that hold for a region and name somebody of one of `GROUPS`."""
    here = (row for row in scenario.staffing.minimum.values() if not row.regions or region in row.regions)
    return [row for row in here if not row.agents.keys().isdisjoint(GROUPS[group])]


class _Table:
    """The rows that hold for a region and a group."""

    def __init__(self, scenario: Scenario, region: str, group: str) -> None:
        self.roles, self.rows = GROUPS[group], rows_of(scenario, region, group)
        self.holidays: Collection[date] = holidays_of(scenario)[region].keys()

    def edges(self) -> tuple[int, ...]:
        """Times of the day at which the floor may change, from 0 on."""
        return tuple(sorted({0, *(wall % DAY for row in self.rows for wall in row.hours)}))

    def day(self, day: date, edges: Sequence[int]) -> NDArray[np.int64]:
        """(e, roles of the group) the floor of a date from each of `edges` on."""
        return self._of(["holiday"] if day in self.holidays else [], day, edges)

    def usual(self, day: date, edges: Sequence[int]) -> NDArray[np.int64]:
        """The same, were it no holiday."""
        return self._of([], day, edges)

    def _of(self, first: list[str], day: date, edges: Sequence[int]) -> NDArray[np.int64]:
        kinds = [*first, "weekend" if day.weekday() >= _SATURDAY else "weekday", "any"]
        there = {row.days for row in self.rows}
        kind = next((kind for kind in kinds if kind in there), "any")
        rows = [row for row in self.rows if row.days == kind]
        return np.array([self._required(rows, edge) for edge in edges], dtype=np.int64)

    def _required(self, rows: Sequence[Minimum], wall: int) -> list[int]:
        """People by role at a time of the day: those of the last row that holds then."""
        held = [row for row in rows if (wall - row.hours.start) % DAY < row.hours.end - row.hours.start]
        return [held[-1].agents.get(role, 0) if held else 0 for role in self.roles]
