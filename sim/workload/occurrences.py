"""When something happens now and then: by chance, on dates, or at a fixed place in the calendar.

What chance decides about it is drawn from a row of its own, so that another date moves nothing that comes by chance, a
longer run nothing that was there before, and one entry or region nothing of another.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.periods import recurring as places_in
from sim.workload.arrivals import poisson_arrivals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.occurrences import Occurrence, Recurrence
    from sim.scenario.schema import Scenario

    Whole = NDArray[np.int64]


class Origin(IntEnum):
    """Why something happens."""

    CHANCE = 0
    DATED = 1
    RECURRING = 2


class Happenings(NamedTuple):
    """What happens in one region for one reason. Arrays are (k,)."""

    origin: Origin
    start: Whole
    """ms of the run's clock; what is dated or recurs may lie outside the run."""
    row: Whole
    """Of the streams from which it is drawn: what comes by chance is counted in the order in which it comes, dates as
    they are written, and what recurs by its periods since 1970."""

    def way(self, what: str) -> str:
        """The first word, after the region's name, of the streams from which these are drawn."""
        return what if self.origin == Origin.CHANCE else f"{what} {self.origin.name.lower()}"


def places(entry: Occurrence, scenario: Scenario) -> Iterator[tuple[int, str, str]]:
    """Index, name and time zone of each region in which an entry happens."""
    for index, (name, region) in enumerate(scenario.regions.items()):
        if not entry.regions or name in entry.regions:
            yield index, name, region.zone


def happenings(
    entry: Occurrence, zone: str, clock: Clock, rng: Callable[[], np.random.Generator]
) -> Iterator[Happenings]:
    """When an entry of the scenario happens in a region, by chance within the run and on dates.

    Args:
        entry: what happens.
        zone: the region's time zone.
        clock: of the run.
        rng: makes the generator of what comes by chance.
    """
    if entry.rate:
        start = poisson_arrivals(np.array([0, clock.end]), np.array([entry.rate]), rng())
        yield Happenings(Origin.CHANCE, start, np.arange(len(start)))
    if entry.at:
        start = np.array([clock.at_wall(zone, wall) for wall in entry.at], dtype=np.int64)
        yield Happenings(Origin.DATED, start, np.arange(len(start)))


def recurring(recurrence: Recurrence, zone: str, clock: Clock, lasts: int) -> Happenings:
    """When something recurs in a region: at least all that the run meets, of what lasts so many ms."""
    row, start = places_in(recurrence.every, recurrence.day, recurrence.time, zone, clock, lasts)
    return Happenings(Origin.RECURRING, start, row)
