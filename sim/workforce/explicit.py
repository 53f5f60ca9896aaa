"""A dated roster from a table: the export of a workforce management tool becomes people and their duties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import DAY, day_number
from sim.errors import Problem
from sim.scenario.table import UNKNOWN, counted, occurrences, refuse
from sim.workforce.dated_rows import KEY, listed, read_rows
from sim.workforce.rotations import NOMINAL_SLOW_PM, Person
from sim.workforce.shifts import NIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Region, Scenario
    from sim.scenario.staffing import Explicit
    from sim.workforce.dated_rows import Rows

_MARGIN = 3
"""Days around the run whose rows may reach into it, whatever the time zone."""


class DatedRoster(NamedTuple):
    """The people of a table, in the order in which it names them, and what the planner should know of it."""

    people: tuple[Person, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Duties:
    """The duties near the run by (agent, start), as instants of the run's clock.

    Attributes:
        row: (d,) of the table.
        start, end: (d,) ms.
        night: (d,) bool, whether the times are those of the region's shift N.
    """

    row: NDArray[np.intp]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    night: NDArray[np.bool_]

    def only(self, kept: NDArray[np.bool_] | NDArray[np.intp] | slice) -> _Duties:
        return _Duties(self.row[kept], self.start[kept], self.end[kept], self.night[kept])


def read_roster(explicit: Explicit, scenario: Scenario, clock: Clock) -> DatedRoster:
    """The people of the table `explicit` who have a duty, or a day off, within the run.

    Raises:
        DataError: with everything that is wrong with the table.
    """
    problems: list[Problem] = []
    rows = read_rows(explicit, scenario, clock, problems)
    near = _near(rows, scenario, clock)
    problems += _at_once(rows, near, explicit.columns.shift, scenario, clock)
    refuse(problems)
    duties = near.only((near.end > near.start) & (near.end > 0) & (near.start < clock.end))
    refuse([] if len(duties.row) else [_nobody(rows, clock)])
    within = _off_within(rows, scenario, clock)
    within[duties.row] = True
    return DatedRoster(tuple(_people(rows, duties, within)), tuple(_notices(rows, duties, within, clock)))


def _near(rows: Rows, scenario: Scenario, clock: Clock) -> _Duties:
    first, last = (day_number(clock.instant(ms).date()) for ms in (0, clock.end))
    near = rows.sound & (rows.end > rows.start) & (rows.day >= first - _MARGIN) & (rows.day <= last + _MARGIN)
    parts = [
        _in_region(region, np.flatnonzero(near & (rows.region == r)), rows, clock)
        for r, region in enumerate(scenario.regions.values())
    ]
    duties = _Duties(*(np.concatenate([getattr(part, name) for part in parts]) for name in _Duties.__slots__))
    return duties.only(np.lexsort((duties.end, duties.start, rows.agent[duties.row])))


def _in_region(region: Region, row: NDArray[np.intp], rows: Rows, clock: Clock) -> _Duties:
    def instants(wall: NDArray[np.int64]) -> NDArray[np.int64]:
        return occurrences(clock, region.zone, wall)[0]

    start, end = instants(rows.start[row]), instants(rows.end[row])
    if NIGHT not in region.shifts:
        return _Duties(row, start, end, np.zeros(len(row), dtype=bool))
    date, shift = rows.start[row] // DAY * DAY, region.shifts[NIGHT]
    night = (start == instants(date + shift.start)) & (end == instants(date + shift.end))
    return _Duties(row, start, end, night)


def _at_once(rows: Rows, duties: _Duties, key: str, scenario: Scenario, clock: Clock) -> Iterator[Problem]:
    """Duties that begin while another of the same agent lasts; that a row is there twice is told already."""
    zones = [region.zone for region in scenario.regions.values()]
    before, after = duties.row[:-1], duties.row[1:]
    same_row = (rows.start[before] == rows.start[after]) & (rows.end[before] == rows.end[after])
    overlap = (rows.agent[before] == rows.agent[after]) & (duties.start[1:] < duties.end[:-1]) & ~same_row
    found = []
    for n in np.flatnonzero(overlap).tolist():
        first, row = int(before[n]), int(after[n])
        until = f"{clock.local(zones[rows.region[first]], int(duties.end[n])):%Y-%m-%d %H:%M}"
        message = (
            f"{rows.name(row)} is still on the duty of line {rows.line(first)}, until {until}: change one of the two"
        )
        found.append(rows.table.problem(row, key, message))
    yield from listed(sorted(found, key=lambda problem: problem.line))


def _off_within(rows: Rows, scenario: Scenario, clock: Clock) -> NDArray[np.bool_]:
    """Days off on local dates of the run."""
    within = np.zeros(len(rows.sound), dtype=np.bool_)
    for r, region in enumerate(scenario.regions.values()):
        dates = [day_number(day) for day in clock.local_dates(region.zone, margin=0)]
        within |= (rows.region == r) & (rows.day >= dates[0]) & (rows.day <= dates[-1])
    within &= rows.end == rows.start
    return within


def _people(rows: Rows, duties: _Duties, within: NDArray[np.bool_]) -> Iterator[Person]:
    agents, first = np.unique(np.where(within, rows.agent, UNKNOWN), return_index=True)
    edges = np.searchsorted(rows.agent[duties.row], np.stack([agents, agents + 1]))
    for agent, row, start, end in zip(agents.tolist(), first.tolist(), *edges.tolist(), strict=True):
        if agent != UNKNOWN:
            own = duties.only(slice(start, end))
            home = int(rows.region[row]), int(rows.tier[row])
            yield Person(rows.names[agent], *home, NOMINAL_SLOW_PM, (own.start, own.end, own.night))


# ---- what the planner should know ----------------------------------------------------------------------------------


def _notices(rows: Rows, duties: _Duties, within: NDArray[np.bool_], clock: Clock) -> Iterator[str]:
    known, named, n = len(np.unique(rows.agent[within])), len(rows.names), len(duties.row)
    read = f"{rows.table.file}: {counted(len(rows.table), 'row')} read, {counted(known, 'agent')}"
    yield f"{read} with {n:,} {'duty' if n == 1 else 'duties'} in the run"
    if not within.all():
        yield f"{counted(int((~within).sum()), 'row')} left out: outside the run; {_run(clock)}"
    if named > known:
        yield f"{counted(named - known, 'agent')} left out: no row within the run"


def _nobody(rows: Rows, clock: Clock) -> Problem:
    working = rows.day[rows.end > rows.start]
    if not len(working):
        return Problem(rows.table.file, 0, f"{KEY}.file", "the table has only days off: name one with duties")
    first, last = (str(np.datetime64(int(day), "D")) for day in (working.min(), working.max()))
    message = f"no duty of the table lies in the run: its dates are {first} to {last}, and {_run(clock)}"
    return Problem(rows.table.file, 0, f"{KEY}.file", f"{message}; change `horizon`, or name another table")


def _run(clock: Clock) -> str:
    first, last = (f"{clock.instant(ms):%Y-%m-%d}" for ms in (0, clock.end))
    return f"the run covers {first} to {last} UTC"
