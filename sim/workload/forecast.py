"""Rates of tickets from a table: the output of a forecasting tool as the demand of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import HOUR, MINUTE
from sim.errors import Problem, quote
from sim.scenario.table import Dates, Meanings, counted, occurrences, read_codes, read_instants, read_table, refuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.demand import Forecast
    from sim.scenario.table import Instants, Table

_COLUMNS = ("region", "start", "volume")


@dataclass(frozen=True, slots=True)
class ForecastRates:
    """Expected tickets of one region per hour, over the whole run.

    Attributes:
        edges: (k + 1,) int64, ms of the run's clock, ascending from 0 to the run's end.
        per_hour: (k,) float64, the rate from each edge to the next.
    """

    edges: NDArray[np.int64]
    per_hour: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Intervals:
    """The rows of one region in the order of their starts.

    Attributes:
        region: its name.
        row: (k,) position in the table.
        edges: (k + 1,) starts, and the end of the last interval, in ms of the run's clock.
        length: of a regular interval in ms, by UTC or by the wall clock.
        is_regular: (k - 1,) of each interval but the last.
    """

    region: str
    row: NDArray[np.intp]
    edges: NDArray[np.int64]
    length: int
    is_regular: NDArray[np.bool_]


def read_forecast(forecast: Forecast, clock: Clock, regions: tuple[str, ...]) -> dict[str, ForecastRates]:
    """The rates of each region that the file names, cut to the run.

    A start that clocks show twice is its first occurrence; given twice, the first row is the first of them.

    Raises:
        DataError: with everything that is wrong with the file.
    """
    problems: list[Problem] = []
    table = read_table(forecast.file, _COLUMNS, problems)
    refuse(problems)
    starts = read_instants(table, "start", clock, Dates(forecast.zone), problems)
    region = read_codes(table, "region", Meanings.of(regions), frozenset(), problems)
    volume = _volumes(table, problems)
    refuse(problems)
    rates = {}
    for code in dict.fromkeys(region.tolist()):
        intervals = _intervals(regions[code], np.flatnonzero(region == code), starts, forecast.zone, clock)
        problems += _faults(table, intervals, forecast.zone, clock)
        rates[regions[code]] = intervals
    refuse(problems)
    return {name: _rates(intervals, volume, clock) for name, intervals in rates.items()}


def _volumes(table: Table, problems: list[Problem]) -> NDArray[np.float64]:
    column = table.columns["volume"]
    volumes = np.array([_number(text) for text in column.texts])[column.codes]
    wrong = ~(np.isfinite(volumes) & (volumes >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        found = f"found {quote(column.texts[column.codes[row]])} ({counted(int(wrong.sum()), 'row')} like this)"
        problems.append(table.problem(row, "volume", f"must be a number of tickets, 0 or more; {found}"))
    return volumes


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def _intervals(region: str, rows: NDArray[np.intp], starts: Instants, zone: str, clock: Clock) -> _Intervals:
    rows = rows[np.argsort(starts.first[rows], kind="stable")]
    first = starts.first[rows]
    start = np.where(np.diff(first, prepend=first[0] - 1) == 0, starts.last[rows], first)
    order = np.argsort(start, kind="stable")
    start, wall = start[order], starts.wall[rows][order]
    utc_length, wall_length = np.diff(start), np.diff(wall)
    length = _usual(np.concatenate([utc_length, wall_length]))
    is_regular = (utc_length > 0) & ((utc_length == length) | (wall_length == length))
    first_end, last_end = occurrences(clock, zone, wall[-1:] + length)
    end = np.where(first_end > start[-1], first_end, last_end)
    return _Intervals(region, rows[order], np.concatenate([start, end]), length, is_regular)


def _usual(lengths: NDArray[np.int64]) -> int:
    values, counts = np.unique(lengths[lengths > 0], return_counts=True)
    return int(values[np.argmax(counts)]) if len(values) else 0


def _faults(table: Table, intervals: _Intervals, zone: str, clock: Clock) -> list[Problem]:
    """What is wrong with the intervals of a region: the first irregular one, or else what they leave out of the run."""
    if not intervals.length:
        message = f"{intervals.region} needs two different starts or more: they tell how long an interval is"
        return [table.problem(int(intervals.row[0]), "start", message)]
    if not intervals.is_regular.all():
        return [_irregular(table, intervals, zone, clock)]
    spans = [(0, intervals.edges[0]), (intervals.edges[-1], clock.end)]
    lacking = [f"{_utc(clock, start)} to {_utc(clock, end)}" for start, end in spans if start < end]
    run = f"the run with its warm-up covers {_utc(clock, 0)} to {_utc(clock, clock.end)} UTC"
    message = f"{intervals.region} lacks {' and '.join(lacking)} UTC: {run}"
    return [Problem(table.file, 0, "start", message)] if lacking else []


def _utc(clock: Clock, ms: int) -> str:
    return f"{clock.instant(ms):%Y-%m-%d %H:%M}"


def _irregular(table: Table, intervals: _Intervals, zone: str, clock: Clock) -> Problem:
    at = int(np.argmin(intervals.is_regular))
    row, following = int(intervals.row[at]), int(intervals.row[at + 1])
    start, end = intervals.edges[at : at + 2]
    this, that = _as_written(table, row), _as_written(table, following)
    if start == end:
        message = f"{intervals.region} has {that} and, on line {table.lines[row]}, {this}: the same moment"
        return table.problem(following, "start", f"{message} (given twice, or skipped by the clocks of {zone})")
    usual = f"the intervals of {intervals.region} are {_span(intervals.length)} long"
    found = f"{this} is followed by {that}, {_span(int(end - start))} later"
    remedy = (
        "rows are missing"
        if end - start > intervals.length
        else f"all must last as long, in UTC or by the clocks of {zone}"
    )
    return table.problem(row, "start", f"{usual}, but {found}: {remedy} ({_utc(clock, start)} UTC)")


def _as_written(table: Table, row: int) -> str:
    column = table.columns["start"]
    return quote(column.texts[column.codes[row]])


def _span(ms: int) -> str:
    return f"{ms / HOUR:g} h" if ms % HOUR == 0 else f"{ms / MINUTE:g} min"


def _rates(intervals: _Intervals, volume: NDArray[np.float64], clock: Clock) -> ForecastRates:
    edges = intervals.edges
    per_hour = volume[intervals.row] / (np.diff(edges) / HOUR)
    inside = (edges[1:] > 0) & (edges[:-1] < clock.end)
    return ForecastRates(np.unique(np.clip(edges, 0, clock.end)), per_hour[inside])
