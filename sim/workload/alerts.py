"""Alerts before people see them: storms, and the review of the dashboard at which the quiet ones are noticed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import DAY
from sim.scenario.base import PRIORITIES
from sim.scenario.table import occurrences
from sim.streams import stream
from sim.workload.arrivals import poisson_arrivals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.demand import Review, Storms
    from sim.scenario.schema import Region

    Floats = NDArray[np.float64]
    Instants = NDArray[np.int64]


class Incidents(NamedTuple):
    """What raises storms, by time. Attributes are (k,)."""

    start: Instants
    """ms of the run's clock."""
    size: NDArray[np.int64]
    """Alerts that it raises, at least 1, those after the end of the run included."""
    source: NDArray[np.int64]
    """The system that raises them."""


class StormAlerts(NamedTuple):
    """The alerts of storms, storm by storm. Attributes are (n,)."""

    created: Instants
    place: NDArray[np.int64]
    """Position of the alert among all that these incidents can raise, those included that do not take place."""
    source: NDArray[np.int64]


def incidents(
    storms: Storms, sources: int, edges: Instants, per_hour: Floats, seed: int, replication: int, *name: str
) -> Incidents:
    """The incidents of a region: a Poisson process, of geometric sizes.

    Args:
        storms: the scenario's section.
        sources: systems of the region; each incident hits one of them.
        edges: as in `poisson_arrivals`.
        per_hour: rates of incidents, likewise.
        seed: ≥ 0.
        replication: counted from 0.
        name: what these incidents are, the first words of their streams.
    """
    start = poisson_arrivals(edges, per_hour, stream(seed, replication, *name, "arrivals"))
    u = stream(seed, replication, *name, "incidents").random((len(start), 2))
    return Incidents(start, geometric(storms.size, u[:, 0]), (u[:, 1] * sources).astype(np.int64))


def geometric(mean: float, u: Floats) -> NDArray[np.int64]:
    """Geometric numbers from 1 on with this mean, at the quantiles `u` in [0, 1)."""
    if mean == 1:
        return np.ones(len(u), dtype=np.int64)
    # The chance of more than k is (1 - 1 / mean) ** k.
    beyond: NDArray[np.int64] = (np.log1p(-u) / np.log1p(-1 / mean)).astype(np.int64)
    return 1 + beyond


def raised(found: Incidents, stays: NDArray[np.bool_], within: int, end: int, rng: np.random.Generator) -> StormAlerts:
    """The alerts that incidents raise before the end of the run, evenly `within` ms from the start of theirs.

    Args:
        found: the incidents.
        stays: (k,) those that take place; the others raise nothing, and leave the numbers of the rest as they are.
        within: ms.
        end: ms, end of the run.
        rng: gives one number for each alert of each incident.
    """
    storm = np.repeat(np.arange(len(found.size)), found.size)
    created = np.maximum(1, found.start[storm] + (rng.random(len(storm)) * within).astype(np.int64))
    place = np.flatnonzero(stays[storm] & (created < end))
    return StormAlerts(created[place], place, found.source[storm[place]])


@lru_cache(maxsize=64)
def review_instants(zone: str, every: int, clock: Clock) -> Instants:
    """When the dashboard is reviewed: whenever the clocks of `zone` show a whole multiple of `every` after midnight.

    In an hour that clocks show twice it is reviewed at both; a review whose time they skip takes place as much later as
    they skip. So two reviews are never further apart than `every` and what clocks are set back by.

    Args:
        zone: IANA name.
        every: ms, a divisor of 24 h.
        clock: of the run.

    Returns:
        Instants in ascending order, over the run and at least a day on either side of it; not to be written to.
    """
    first, last = (clock.wall(zone, np.array([0, clock.end])) // DAY * DAY).tolist()
    walls = np.arange(first - DAY, last + 3 * DAY, every, dtype=np.int64)
    instants = np.sort(np.concatenate(occurrences(clock, zone, walls)))
    instants = instants[np.diff(instants, prepend=instants[0] - 1) > 0]
    instants.setflags(write=False)
    return instants


def seen(
    created: Instants, priority: NDArray[np.uint8], region: Region, review: Review | None, clock: Clock
) -> Instants:
    """When the alerts of a region become visible: at once, or at the next review; one at its very instant sees it.

    Args:
        created: (n,).
        priority: (n,) 0 for P1.
        region: theirs.
        review: the scenario's section.
        clock: of the run.
    """
    if review is None:
        return created
    waits = np.array([name in review.priorities for name in PRIORITIES])[priority]
    reviews = review_instants(region.zone, review.every, clock)
    return np.where(waits, reviews[np.searchsorted(reviews, created)], created)
