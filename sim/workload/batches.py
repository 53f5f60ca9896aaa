"""When things come: the tickets and alerts of each region, by the way in which they come.

Each way - tickets, alerts, alerts of storms, what emergencies of a type cause, and what a scale above 1 adds to each -
has streams of its own, so that none moves another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from sim.clock import HOUR
from sim.errors import DataError, Problem
from sim.scenario.days_off import clock_of, holidays_of
from sim.streams import stream
from sim.workload.alerts import incidents, raised
from sim.workload.arrivals import alert_shape, day_factors, poisson_arrivals, ticket_rates, with_day_factors
from sim.workload.emergencies import storm_incidents, surge_rates
from sim.workload.forecast import read_forecast
from sim.workload.replay import read_log
from sim.workload.tape import ALERTS, EMERGENCY_STORMS, EXTRA, STORMS, SURGES, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.demand import Replay, Storms
    from sim.scenario.schema import Scenario
    from sim.workload.alerts import StormAlerts
    from sim.workload.emergencies import Found
    from sim.workload.replay import TicketLog

    Rates = tuple[NDArray[np.int64], NDArray[np.float64]]

UNKNOWN = -1
_JITTER = HOUR
"""Tickets that a scale above 1 adds to a replayed log are copies of its own, moved by up to half of this either way."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Tickets of one region that come in one way. Attributes are `UNKNOWN` where they have yet to be drawn.

    Attributes:
        region: index into the scenario's regions.
        name: of the region.
        way: the first word, after the region's name, of the streams from which these tickets are drawn.
        kind: of all of them.
        created: (n,) int64, at least 1.
        number: (n,) int64, public number.
        priority: (n,) int16, 0 for P1.
        channel: (n,) int16 index into the scenario's channels.
        customer_class: (n,) int16, `CustomerClass`.
        source: (n,) int64, which system of the region raised the alert.
    """

    region: int
    name: str
    way: str
    kind: Kind
    created: NDArray[np.int64]
    number: NDArray[np.int64]
    priority: NDArray[np.int16]
    channel: NDArray[np.int16]
    customer_class: NDArray[np.int16]
    source: NDArray[np.int64]

    def only(self, rows: NDArray[np.bool_]) -> Batch:
        """Some of the tickets."""
        return replace(
            self, created=self.created[rows], number=self.number[rows], priority=self.priority[rows],
            channel=self.channel[rows], customer_class=self.customer_class[rows], source=self.source[rows],
        )  # fmt: skip


class _Place(NamedTuple):
    """Whose streams: of which region, in which replication; and how much demand there is."""

    region: int
    name: str
    seed: int
    replication: int
    scale: float

    def stream(self, *purpose: str) -> np.random.Generator:
        return stream(self.seed, self.replication, self.name, *purpose)


def batches(
    scenario: Scenario, clock: Clock, seed: int, replication: int, emergencies: Sequence[Found] = ()
) -> Iterator[Batch]:
    """All tickets and alerts of one replication, with those that `emergencies` cause.

    Raises:
        DataError: a ticket log or a forecast cannot be read.
    """
    demand = scenario.demand
    forecast = read_forecast(demand.forecast, clock, tuple(scenario.regions)) if demand.forecast else {}
    holidays = holidays_of(scenario)
    log = ticket_log(scenario) if demand.replay else None
    for index, (name, region) in enumerate(scenario.regions.items()):
        place = _Place(index, name, seed, replication, demand.scale)
        factors = day_factors(name, region, demand.day_factor, clock, seed, replication)
        here = [found for found in emergencies if found.region == index]
        if log is None or here:
            rates = forecast.get(name)
            edges, per_hour = (
                (rates.edges, rates.per_hour) if rates else ticket_rates(name, region, demand, clock, holidays[name])
            )
            usual = edges, with_day_factors(per_hour, edges, region, clock, factors)
            yield from _poisson(place, "ticket", Kind.TICKET, 0, usual) if log is None else ()
            for found in here:
                yield from _caused(place, found, scenario, usual)
        if log is not None:
            yield from _replayed(place, log, clock)
        edges, shape = alert_shape(name, region, demand, clock)
        shape = with_day_factors(shape, edges, region, clock, factors)
        yield from _poisson(place, "alert", Kind.ALERT, ALERTS, (edges, (region.alerts or 0.0) * shape))
        if storms := demand.monitoring.storms:
            yield from _storms(place, storms, demand.monitoring.sources, (edges, storms.rate * shape), clock)


class _LatestLog:
    """The log that was read last: all replications of a run play the same one."""

    key: tuple[str, int] | None = None
    log: TicketLog


def ticket_log(scenario: Scenario) -> TicketLog:
    """The log that the scenario replays.

    Raises:
        DataError: it cannot be read.
    """
    demand, clock = scenario.demand, clock_of(scenario)
    replay = cast("Replay", demand.replay)
    asked = f"{replay.model_dump_json()} {clock} {list(scenario.regions)} {list(demand.channels)}"
    try:
        changed_at = Path(replay.file).stat().st_mtime_ns
    except OSError as error:
        message = f"the data file cannot be read: {error.strerror}"
        raise DataError([Problem(replay.file, 0, "demand.replay.file", message)]) from None
    key = asked, changed_at
    if _LatestLog.key != key:
        _LatestLog.log = read_log(replay, clock, tuple(scenario.regions), tuple(demand.channels))
        _LatestLog.key = key
    return _LatestLog.log


def _poisson(place: _Place, way: str, kind: Kind, first_number: int, rates: Rates) -> Iterator[Batch]:
    """The tickets of scale 1, thinned below it; above it, a second stream for what is added."""
    edges, per_hour = rates
    created = poisson_arrivals(edges, per_hour, place.stream(way, "arrivals"))
    yield _thinned(_fresh(place, way, kind, created, first_number + np.arange(len(created))), place)
    if place.scale > 1:
        way += " extra"
        added = poisson_arrivals(edges, per_hour * (place.scale - 1), place.stream(way, "arrivals"))
        yield _fresh(place, way, kind, added, first_number + EXTRA + np.arange(len(added)))


def _fresh(place: _Place, way: str, kind: Kind, created: NDArray[np.int64], number: NDArray[np.int64]) -> Batch:
    unknown = np.full(len(created), UNKNOWN, dtype=np.int16)
    return Batch(
        place.region, place.name, way, kind, created, number, unknown, unknown, unknown, unknown.astype(np.int64)
    )


def _thinned(batch: Batch, place: _Place) -> Batch:
    if place.scale >= 1:
        return batch
    stays = _stay(place, batch.way, int(batch.number.max(initial=0)) % ALERTS + 1)
    return batch.only(stays[batch.number % ALERTS])


def _stay(place: _Place, way: str, n: int) -> NDArray[np.bool_]:
    """Which of n stay when demand is scaled down: all at 1 and above."""
    if place.scale >= 1:
        return np.ones(n, dtype=np.bool_)
    return place.stream(way, "thinning").random(n) < place.scale


def _storms(place: _Place, storms: Storms, sources: int, rates: Rates, clock: Clock) -> Iterator[Batch]:
    """The storms of scale 1, below it without some of them, above it with others from a second stream."""
    edges, per_hour = rates
    ways = [("storm", 1.0, STORMS)] + [("storm extra", place.scale - 1, STORMS + EXTRA)] * (place.scale > 1)
    for way, scale, first_number in ways:
        name = place.seed, place.replication, place.name, way
        found = incidents(storms, sources, edges, per_hour * scale, *name)
        alerts = raised(
            found, _stay(place, way, len(found.start)), storms.within, clock.end, place.stream(way, "instants")
        )
        yield _raised(place, way, first_number, alerts)


def _caused(place: _Place, found: Found, scenario: Scenario, usual: Rates) -> Iterator[Batch]:
    """The tickets and alerts that emergencies cause. The storms, like the emergencies, follow no scale."""
    emergency = list(scenario.emergencies.types.values())[found.type]
    if emergency.surge is not None:
        rates = surge_rates(found, emergency.surge, usual)
        yield from _poisson(place, f"{found.way} surge", Kind.TICKET, SURGES + found.shift, rates)
    if emergency.storm is not None:
        way, storms = f"{found.way} storm", storm_incidents(found, emergency.storm, scenario.demand.monitoring.sources)
        everything, end = np.ones(len(found), dtype=np.bool_), int(usual[0][-1])
        alerts = raised(storms, everything, emergency.storm.within, end, place.stream(way, "instants"))
        yield _raised(place, way, EMERGENCY_STORMS + found.shift, alerts)


def _raised(place: _Place, way: str, first_number: int, alerts: StormAlerts) -> Batch:
    batch = _fresh(place, way, Kind.ALERT, alerts.created, first_number + alerts.place)
    return replace(batch, source=alerts.source)


def _replayed(place: _Place, log: TicketLog, clock: Clock) -> Iterator[Batch]:
    mine = log.region == place.region
    batch = replace(
        _fresh(place, "ticket", Kind.TICKET, log.created[mine], log.number[mine]),
        priority=log.priority[mine], channel=log.channel[mine], customer_class=log.customer_class[mine],
    )  # fmt: skip
    yield _thinned(batch, place)
    copy = 1
    while place.scale > copy:
        way = f"copy {copy}"
        u = place.stream(way, "thinning").random((int(log.number.max(initial=0)) + 1, 2))
        copied = batch.only(u[batch.number, 0] < place.scale - copy)
        moved = copied.created + ((u[copied.number, 1] - 0.5) * _JITTER).astype(np.int64)
        yield replace(
            copied,
            way=f"ticket {way}",
            created=np.clip(moved, 1, clock.end - 1),
            number=copied.number + EXTRA * copy,
        )
        copy += 1
