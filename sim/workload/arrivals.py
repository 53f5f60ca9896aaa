"""When tickets arrive: a Poisson process whose rate changes with the local week, the day, holidays, events and trend.

The rate is constant on cells of a quarter of an hour (cut further where an event begins or ends), and arrivals are the
points of a unit-rate process pulled back through the cumulated rate: exact for such rates (Çinlar, Introduction to
Stochastic Processes, 1975, §4.7), also where the rate is 0 for hours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, HOUR, HOURS_PER_WEEK, QUARTER, day_number
from sim.streams import stream
from sim.workload.tape import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.demand import DayFactor, Demand, DemandEvent
    from sim.scenario.schema import Region

    Floats = NDArray[np.float64]
    Instants = NDArray[np.int64]

YEAR = 365.25 * DAY


def ticket_rates(
    name: str, region: Region, demand: Demand, clock: Clock, holidays: Collection[date]
) -> tuple[Instants, Floats]:
    """Expected customer tickets per hour, without day factor and scale: cell edges (k + 1, ms) and rates (k)."""
    edges = cell_edges(name, region, demand, clock)
    rate = (region.tickets or 0.0) * weekly_shape(region, demand, Kind.TICKET)[
        clock.hour_of_week(region.zone, edges[:-1])
    ]
    days_off = [day_number(day) for day in holidays]
    rate = np.where(np.isin(clock.day_number(region.zone, edges[:-1]), days_off), rate * demand.holiday_factor, rate)
    return edges, rate * growth(edges, demand, clock) * event_factor(name, region, demand, clock, edges)


def alert_rates(name: str, region: Region, demand: Demand, clock: Clock) -> tuple[Instants, Floats]:
    """Expected alerts per hour, in the same form; alerts know no holidays."""
    edges, shape = alert_shape(name, region, demand, clock)
    return edges, (region.alerts or 0.0) * shape


def alert_shape(name: str, region: Region, demand: Demand, clock: Clock) -> tuple[Instants, Floats]:
    """The rate of a region's alerts as a multiple of its mean, in the same form; storms follow it as well."""
    edges = cell_edges(name, region, demand, clock)
    shape = weekly_shape(region, demand, Kind.ALERT)[clock.hour_of_week(region.zone, edges[:-1])]
    return edges, shape * growth(edges, demand, clock) * event_factor(name, region, demand, clock, edges)


def cell_edges(name: str, region: Region, demand: Demand, clock: Clock) -> Instants:
    """Instants from 0 to the end of the run between which the rate of a region is constant."""
    events = [edge for event in _events_in(name, demand) for edge in _event_span(event, region, clock)]
    inside = [edge for edge in events if 0 < edge < clock.end]
    quarters = np.arange(0, clock.end + 1, QUARTER)
    return np.unique(np.concatenate([quarters, np.array(inside, dtype=np.int64)])) if inside else quarters


def weekly_shape(region: Region, demand: Demand, kind: Kind) -> Floats:
    """The 168 weights of the local week, with mean 1."""
    name = region.profile if kind == Kind.TICKET else region.alert_profile
    weights = np.array(demand.profiles[name].weights if name else (1.0,) * HOURS_PER_WEEK)
    shape: Floats = weights / weights.mean()
    return shape


def growth(edges: Instants, demand: Demand, clock: Clock) -> Floats:
    """The trend at the middle of each cell; 1 at the start of the measured window."""
    middle = (edges[:-1] + edges[1:]) / 2
    factor: Floats = (1 + demand.trend) ** ((middle - clock.warmup) / YEAR)
    return factor


def event_factor(name: str, region: Region, demand: Demand, clock: Clock, edges: Instants) -> Floats:
    """The product of the factors of all events in each cell."""
    factor = np.ones(len(edges) - 1)
    for event in _events_in(name, demand):
        start, end = _event_span(event, region, clock)
        factor[(edges[:-1] >= start) & (edges[:-1] < end)] *= event.factor
    return factor


def _events_in(name: str, demand: Demand) -> list[DemandEvent]:
    return [event for event in demand.events.values() if not event.regions or name in event.regions]


def _event_span(event: DemandEvent, region: Region, clock: Clock) -> tuple[int, int]:
    return clock.at_wall(region.zone, event.start), clock.at_wall(region.zone, event.end)


def day_factors(
    name: str, region: Region, law: DayFactor, clock: Clock, seed: int, replication: int
) -> tuple[int, Floats]:
    """Gamma factors of mean 1 for each local day: the day number of the first, and a factor a day.

    A first-order autoregressive normal variable is carried to a gamma one by its distribution function.
    """
    days = [day_number(day) for day in clock.local_dates(region.zone)]
    if law.cv == 0:
        return days[0], np.ones(len(days))
    from scipy.special import gammaincinv, ndtr

    noise = stream(seed, replication, name, "day factor").standard_normal(len(days))
    z = noise.copy()
    for d in range(1, len(z)):
        z[d] = law.correlation * z[d - 1] + np.sqrt(1 - law.correlation**2) * noise[d]
    shape = law.cv**-2
    factor: Floats = np.asarray(gammaincinv(shape, ndtr(z)) / shape, dtype=np.float64)
    return days[0], factor


def with_day_factors(
    rates: Floats, edges: Instants, region: Region, clock: Clock, factors: tuple[int, Floats]
) -> Floats:
    """Rates times the factor of the local day in which each cell begins."""
    first, factor = factors
    return rates * factor[clock.day_number(region.zone, edges[:-1]) - first]


def poisson_arrivals(edges: Instants, per_hour: Floats, rng: np.random.Generator) -> Instants:
    """Sorted arrivals of a Poisson process, each inside its cell and at least 1.

    Args:
        edges: (k + 1,) ms, ascending.
        per_hour: (k,) rates ≥ 0.
        rng: its exponential numbers are used in order, so that a small change of the rates moves arrivals a little.
    """
    cumulated = np.concatenate([[0.0], np.cumsum(per_hour * np.diff(edges) / HOUR)])
    points = _unit_rate_points(cumulated[-1], rng)
    # Both are sorted, and the cells are fewer: how many points there are in each is found sooner than the cell of each.
    many = np.diff(np.searchsorted(points, cumulated))
    since, rate, start, long = (
        np.repeat(each, many) for each in (cumulated[:-1], per_hour, edges[:-1], np.diff(edges))
    )
    offset = (points - since) / rate * HOUR
    arrivals: Instants = start + np.minimum(offset.astype(np.int64), long - 1)
    arrivals[arrivals < 1] = 1
    return arrivals


def _unit_rate_points(total: float, rng: np.random.Generator) -> Floats:
    """Points of a unit-rate Poisson process on [0, total)."""
    points = np.cumsum(rng.standard_exponential(int(total + 6 * total**0.5) + 16))
    while points[-1] < total:
        points = np.concatenate([points, points[-1] + np.cumsum(rng.standard_exponential(1024))])
    return points[: np.searchsorted(points, total)]


def local_time(instants: Instants, region: NDArray[np.int16], regions: Mapping[str, Region], clock: Clock) -> Instants:
    """What clocks show at each of n instants in its region, in ms since 1970 read off the wall.

    Args:
        instants: (n,) ms.
        region: (n,) index into `regions`.
        regions: of the scenario.
        clock: of the run.
    """
    wall = np.empty_like(instants)
    for index, each in enumerate(regions.values()):
        here = np.flatnonzero(region == index)
        wall[here] = clock.wall(each.zone, instants[here])
    return wall
