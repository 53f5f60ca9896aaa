"""Local time, region by region: by hour of the week, and spans that come again every day or every week."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.clock import DAY, HOURS_PER_WEEK, QUARTER
from sim.compiled.jit import plain
from sim.metrics import passes
from sim.metrics.intervals import Grid, Spans, summed, time_in_bins
from sim.scenario.days_off import holidays_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Scenario
    from sim.scenario.units import Span

    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LocalWeek:
    """The measured window cut into quarters of an hour, within which no clock changes its hour.

    Attributes:
        window: its start and end, ms.
        grid: the quarters, aligned with UTC; the first and the last may reach beyond the window.
        hour: (regions, bins) local hour of the week of each.
        available: (regions, 168) time of the window itself, by region and local hour of the week, ms.
    """

    window: tuple[int, int]
    grid: Grid
    hour: Ints
    available: Ints

    def time(self, spans: Spans, region: NDArray[Any], part: NDArray[Any], parts: int) -> Ints:
        """Time of the spans inside the window, by region, local hour of the week and part: (regions, 168, parts) ms."""
        regions = len(self.hour)
        held = time_in_bins(spans, region * np.int64(parts) + part, regions * parts, self.grid, self.window)
        return self.folded(held.reshape(regions, parts, -1))

    def folded(self, held: Ints) -> Ints:
        """The same of time that is known by region, part and bin of the grid: from (regions, parts, bins) ms.

        Raises:
            ValueError: these are not the bins of the grid.
        """
        regions, parts, bins = held.shape
        if (regions, bins) != self.hour.shape:
            raise ValueError(f"(regions, bins) are {(regions, bins)}, and should be {self.hour.shape}")
        folded = np.zeros((regions, HOURS_PER_WEEK, parts), dtype=np.int64)
        hour = plain(self.hour, np.int64).reshape(-1)
        passes.fold_bins(plain(held, np.int64).reshape(-1), hour, parts, HOURS_PER_WEEK, folded.reshape(-1))
        return folded


def local_week(scenario: Scenario, clock: Clock) -> LocalWeek:
    """The week of the scenario's regions."""
    return _local_week(_zones(scenario), clock)


@lru_cache(maxsize=8)
def _local_week(zones: tuple[str, ...], clock: Clock) -> LocalWeek:
    first = clock.warmup - (clock.origin + clock.warmup) % QUARTER
    grid = Grid(first, QUARTER, -((first - clock.end) // QUARTER))
    hour = np.stack([clock.hour_of_week(zone, grid.starts) for zone in zones])
    lasts = Spans(grid.starts, grid.starts + QUARTER).clipped(clock.warmup, clock.end).length
    available = np.stack([summed(lasts, hours, HOURS_PER_WEEK) for hours in hour])
    for shared in (hour, available):
        shared.setflags(write=False)
    return LocalWeek((clock.warmup, clock.end), grid, hour, available)


def local_hour(scenario: Scenario, clock: Clock, region: NDArray[Any], instants: Ints) -> Ints:
    """Local hour of the week of each instant in its region.

    Raises:
        ValueError: a region that the scenario does not have, or an instant before the run.
    """
    if len(region) and not 0 <= int(region.min()) <= int(region.max()) < len(scenario.regions):
        raise ValueError(f"invalid entry in regions: {region.min()} to {region.max()}, not of {len(scenario.regions)}")
    if int(instants.min(initial=0)) < 0:
        raise ValueError(f"invalid entry in instants: {instants.min()}, before the run")
    hours = _hours(_zones(scenario), clock, max(clock.end, int(instants.max(initial=0))))
    quarter = (instants + clock.origin % QUARTER) // QUARTER
    shown: Ints = hours.ravel().take(region * np.int64(hours.shape[1]) + quarter)
    return shown


@lru_cache(maxsize=8)
def _hours(zones: tuple[str, ...], clock: Clock, last: int) -> Ints:
    """Local hour of the week of every quarter of an hour from the run's start to an instant: (regions, quarters)."""
    quarters = np.arange(-(clock.origin % QUARTER), last + 1, QUARTER)
    hours = np.stack([clock.hour_of_week(zone, quarters) for zone in zones])
    hours.setflags(write=False)
    return hours


def local_time(scenario: Scenario, clock: Clock, region: NDArray[Any], instants: Ints) -> Ints:
    """What clocks in its region show at each instant, as ms after midnight."""
    return _by_region(scenario, region, instants, clock.wall) % DAY


def local_day(scenario: Scenario, clock: Clock, region: NDArray[Any], instants: Ints) -> Ints:
    """Local date of each instant in its region, as days since 1970-01-01."""
    return _by_region(scenario, region, instants, clock.day_number)


def local_offset(scenario: Scenario, clock: Clock) -> Ints:
    """How far each region's clocks are ahead of UTC at the start of the run, ms: (regions,)."""
    start = np.zeros(1, dtype=np.int64)
    return np.concatenate([clock.wall(zone, start) for zone in _zones(scenario)]) - clock.origin


def _by_region(scenario: Scenario, region: NDArray[Any], instants: Ints, read: Callable[[str, Ints], Ints]) -> Ints:
    shown = np.zeros(len(instants), dtype=np.int64)
    for code, zone in enumerate(_zones(scenario)):
        here = np.flatnonzero(region == code)
        shown[here] = read(zone, instants[here])
    return shown


class Recurring(NamedTuple):
    """Spans of local time that come again, region by region and in order; those of one region do not overlap."""

    spans: Spans
    region: Ints


EVERY_DAY = tuple(range(7))


def recurring(scenario: Scenario, clock: Clock, hours: Span, weekdays: tuple[int, ...] = EVERY_DAY) -> Recurring:
    """The instants at which clocks show `hours`, in every region and on every date that the run touches.

    Args:
        scenario: whose regions.
        clock: of the run.
        hours: local time, ms after midnight; not longer than it takes until the span comes again.
        weekdays: on whose dates it starts, 0 is Monday.
    """
    return _recurring(_zones(scenario), clock, hours, weekdays)


@lru_cache(maxsize=32)
def _recurring(zones: tuple[str, ...], clock: Clock, hours: Span, weekdays: tuple[int, ...]) -> Recurring:
    edges = [
        (region, clock.at(zone, day, hours.start), clock.at(zone, day, hours.end))
        for region, zone in enumerate(zones)
        for day in clock.local_dates(zone, margin=2)
        if day.weekday() in weekdays
    ]
    region, start, end = np.array(edges, dtype=np.int64).reshape(-1, 3).T
    for shared in (region, start, end):
        shared.setflags(write=False)
    return Recurring(Spans(start, end), region)


def public_days(scenario: Scenario, clock: Clock) -> Recurring:
    """The public holidays of every region, from midnight to midnight on its clocks."""
    edges = [
        (region, clock.at(zone, day), clock.at(zone, day, DAY))
        for region, (zone, days) in enumerate(zip(_zones(scenario), holidays_of(scenario).values(), strict=True))
        for day in days
    ]
    region, start, end = np.array(edges, dtype=np.int64).reshape(-1, 3).T
    return Recurring(Spans(start, end), region)


def _zones(scenario: Scenario) -> tuple[str, ...]:
    return tuple(region.zone for region in scenario.regions.values())
