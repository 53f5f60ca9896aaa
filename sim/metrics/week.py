"""Time by local hour of the week, region by region."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.clock import HOURS_PER_WEEK, QUARTER
from sim.metrics.intervals import Grid, Spans, summed, time_in_bins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Scenario

    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LocalWeek:
    """The measured window cut into quarters of an hour, within which no clock changes its hour.

    Attributes:
        window: its start and end, ms.
        grid: the quarters, aligned with UTC; the first and the last may reach beyond the window.
        hour: (regions, bins) local hour of the week of each.
    """

    window: tuple[int, int]
    grid: Grid
    hour: Ints

    def time(self, spans: Spans, region: NDArray[Any], part: NDArray[Any], parts: int) -> Ints:
        """Time of the spans inside the window, by region, local hour of the week and part: (regions, 168, parts) ms."""
        regions = len(self.hour)
        held = time_in_bins(spans.clipped(*self.window), region * np.int64(parts) + part, regions * parts, self.grid)
        hour = np.arange(regions)[:, None] * HOURS_PER_WEEK + self.hour
        cell = hour[:, None, :] * parts + np.arange(parts)[:, None]
        shape = (regions, HOURS_PER_WEEK, parts)
        return summed(held.ravel(), cell.ravel(), regions * HOURS_PER_WEEK * parts).reshape(shape)

    def available(self) -> Ints:
        """Time of the window itself, by region and local hour of the week: (regions, 168) ms."""
        region = np.arange(len(self.hour))
        start, end = (np.full(len(region), edge, dtype=np.int64) for edge in self.window)
        return self.time(Spans(start, end), region, np.zeros_like(region), 1)[:, :, 0]


def local_week(scenario: Scenario, clock: Clock) -> LocalWeek:
    """The week of the scenario's regions."""
    return _local_week(_zones(scenario), clock)


@lru_cache(maxsize=8)
def _local_week(zones: tuple[str, ...], clock: Clock) -> LocalWeek:
    first = clock.warmup - (clock.origin + clock.warmup) % QUARTER
    grid = Grid(first, QUARTER, -((first - clock.end) // QUARTER))
    hour = np.stack([clock.hour_of_week(zone, grid.starts) for zone in zones])
    hour.setflags(write=False)  # it is shared
    return LocalWeek((clock.warmup, clock.end), grid, hour)


def local_hour(scenario: Scenario, clock: Clock, region: NDArray[Any], instants: Ints) -> Ints:
    """Local hour of the week of each instant in its region."""
    hour = np.zeros(len(instants), dtype=np.int64)
    for code, zone in enumerate(_zones(scenario)):
        here = region == code
        hour[here] = clock.hour_of_week(zone, instants[here])
    return hour


def _zones(scenario: Scenario) -> tuple[str, ...]:
    return tuple(region.zone for region in scenario.regions.values())
