"""What the rows of a dated roster say, each by itself: agent, region, tier, and the span on the wall of a duty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, NEVER
from sim.errors import Problem, nearest, quote
from sim.scenario.base import ROLES
from sim.scenario.table import (
    LISTED,
    UNKNOWN,
    Dates,
    Meanings,
    counted,
    read_codes,
    read_instants,
    read_table,
    refuse,
)
from sim.scenario.units import DAY_OFF, Span, is_span, parse_span
from sim.workforce.shifts import span_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Region, Scenario
    from sim.scenario.staffing import Explicit
    from sim.scenario.table import Table

KEY = "staffing.explicit"
_OFF = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Rows:
    """What the rows say; what is wrong with a row that is not `sound` has been told.

    Attributes:
        table: that holds them.
        names: of the agents, in the order of the table.
        agent: (n,) index into `names`.
        region, tier: (n,) index.
        day: (n,) local date as days since 1970.
        start, end: (n,) wall times of the duty in ms since 1970 read off the wall; both midnight on a day off.
        sound: (n,) bool.
    """

    table: Table
    names: tuple[str, ...]
    agent: NDArray[np.intp]
    region: NDArray[np.int16]
    tier: NDArray[np.int16]
    day: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    sound: NDArray[np.bool_]

    def name(self, row: int) -> str:
        """The agent of a row, as a message shows it."""
        return quote(self.names[self.agent[row]])

    def line(self, row: int) -> int:
        """The line of the file on which a row begins."""
        return int(self.table.lines[row])


def read_rows(explicit: Explicit, scenario: Scenario, clock: Clock, problems: list[Problem]) -> Rows:
    """The rows of the table `explicit`; what is wrong with them is added to `problems`.

    Raises:
        DataError: the file cannot be read, or lacks a column.
    """
    columns = explicit.columns
    table = _table(explicit, scenario, problems)
    agents = table.columns[columns.agent]
    problems += _nameless(table, agents.name, agents.flag(text == "" for text in agents.texts))
    tiers = Meanings.of(ROLES, f"{KEY}.tiers", explicit.tiers)
    tier = read_codes(table, columns.tier, tiers, frozenset(), problems)
    region = _regions(table, explicit, tuple(scenario.regions), problems)
    day = _days(
        table, columns.date, Dates("UTC", explicit.date_format, f"{KEY}.date_format", timed=False), clock, problems
    )
    start, end = _shifts(table, explicit, scenario, region, problems)
    named = agents.flag(text != "" for text in agents.texts)
    sound = named & (tier >= 0) & (region >= 0) & (day != NEVER) & (start != NEVER)
    midnight = np.where(sound, day, 0) * DAY
    rows = Rows(table, agents.texts, agents.codes, region, tier, day, midnight + start, midnight + end, sound)
    problems += [*_two_homes(rows, explicit, scenario), *_twice(rows, columns.shift)]
    return rows


def listed(problems: Sequence[Problem]) -> Iterator[Problem]:
    """The first problems of a kind, and the number of the others."""
    yield from problems[:LISTED]
    if len(problems) > LISTED:
        following = problems[LISTED]
        message = f"… and {len(problems) - LISTED:,} more like those above"
        yield Problem(following.where, following.line, following.key, message)


def _table(explicit: Explicit, scenario: Scenario, problems: list[Problem]) -> Table:
    names = list(dict.fromkeys(explicit.columns.model_dump().values()))
    spared = [explicit.columns.region] if len(scenario.regions) == 1 else []
    table = read_table(explicit.file, names, problems, optional=spared)
    if set(names) - set(spared) - table.columns.keys():
        refuse(problems)
    return table


def _nameless(table: Table, key: str, rows: NDArray[np.bool_]) -> list[Problem]:
    if not rows.any():
        return []
    message = f"must name an agent; {counted(int(rows.sum()), 'row')} without a name"
    return [table.problem(int(np.argmax(rows)), key, message)]


def _regions(table: Table, explicit: Explicit, names: tuple[str, ...], problems: list[Problem]) -> NDArray[np.int16]:
    meanings = Meanings.of(names, f"{KEY}.regions", explicit.regions)
    codes = read_codes(table, explicit.columns.region, meanings, frozenset(), problems)
    return np.where(codes == UNKNOWN, np.int16(0), codes)  # the file may lack the column where there is one region


def _days(table: Table, name: str, dates: Dates, clock: Clock, problems: list[Problem]) -> NDArray[np.int64]:
    wall = read_instants(table, name, clock, dates, problems).wall
    timed = (wall != NEVER) & (wall % DAY != 0)
    if timed.any():
        column, row = table.columns[name], int(np.argmax(timed))
        found = f"found {quote(column.texts[column.codes[row]])} ({counted(int(timed.sum()), 'row')} like this)"
        problems.append(table.problem(row, name, f"must be dates without a time of day; {found}"))
    return np.where((wall == NEVER) | timed, NEVER, wall // DAY)


# ---- shifts --------------------------------------------------------------------------------------------------------


def _shifts(
    table: Table, explicit: Explicit, scenario: Scenario, region: NDArray[np.int16], problems: list[Problem]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Start and end of each row's shift in ms after the midnight of its date; NEVER where it means nothing."""
    column = table.columns[explicit.columns.shift]
    start, end = np.full(len(table), NEVER), np.full(len(table), NEVER)
    strange: list[Problem] = []
    for r, (name, place) in enumerate(scenario.regions.items()):
        rows = np.flatnonzero(region == r)
        for code in np.unique(column.codes[rows]).tolist():
            here = rows[column.codes[rows] == code]
            span = _span(column.texts[code], place, explicit.shifts)
            if span is not None:
                start[here], end[here] = span
                continue
            found = f"found {quote(column.texts[code])} ({counted(len(here), 'row')})"
            message = f"must be {_allowed(name, place)}; {found}; say what it means in {KEY}.shifts"
            known = [*place.shifts, *explicit.shifts]
            strange.append(table.problem(int(here[0]), column.name, message, nearest(column.texts[code], known)))
    problems += listed(strange)
    return start, end


def _span(text: str, region: Region, given: Mapping[str, str]) -> Span | None:
    """What a shift means in a region: a span from the midnight of its date; None where it means nothing."""
    meant = given.get(text, text).strip()
    if meant in {"", DAY_OFF}:
        return _OFF
    if meant in region.shifts:
        return span_of(region, meant)
    return parse_span(meant) if is_span(meant) else None


def _allowed(name: str, region: Region) -> str:
    letters = f"a shift of {name} ({', '.join(region.shifts)}), " if region.shifts else ""
    return f"{letters}a span such as 06:00-14:00, or O or nothing for a day off"


# ---- rows that contradict each other -------------------------------------------------------------------------------


def _two_homes(rows: Rows, explicit: Explicit, scenario: Scenario) -> Iterator[Problem]:
    """Agents of two regions, or of two tiers: the first row of each that says another than their first."""
    yield from _two(rows, explicit.columns.region, "region", rows.region, tuple(scenario.regions))
    yield from _two(rows, explicit.columns.tier, "tier", rows.tier, ROLES)


def _two(rows: Rows, key: str, noun: str, codes: NDArray[np.int16], names: Sequence[str]) -> Iterator[Problem]:
    sound = np.flatnonzero(rows.sound)
    _, first, back = np.unique(rows.agent[sound], return_index=True, return_inverse=True)
    home = sound[first[back]]  # of each sound row, the first row of its agent
    strays = np.flatnonzero(codes[sound] != codes[home])
    found = []
    for n in np.sort(strays[np.unique(back[strays], return_index=True)[1]]).tolist():
        row, before = int(sound[n]), int(home[n])
        said = f"{names[codes[before]]} on line {rows.line(before)} and of {names[codes[row]]} here"
        found.append(rows.table.problem(row, key, f"{rows.name(row)} is of {said}: an agent has one {noun}"))
    yield from listed(found)


def _twice(rows: Rows, key: str) -> Iterator[Problem]:
    """Rows that say the same as one above."""
    sound = np.flatnonzero(rows.sound)
    said = (rows.end[sound], rows.start[sound], rows.agent[sound])
    order = np.lexsort(said)
    again = np.logical_and.reduce([np.diff(values[order]) == 0 for values in said])
    found = []
    for row, before in sorted(zip(sound[order[1:]][again].tolist(), sound[order[:-1]][again].tolist(), strict=True)):
        message = f"{rows.name(row)} has the same duty or day off on line {rows.line(before)}: take one of the rows out"
        found.append(rows.table.problem(row, key, message))
    yield from listed(found)
