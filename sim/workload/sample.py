"""The workload of one replication: arrivals, what each ticket is, what it needs - merged into one tape."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from sim.clock import DAY, HOUR, NEVER
from sim.scenario.base import PRIORITIES
from sim.scenario.days_off import clock_of, holidays_of
from sim.streams import stream
from sim.workload.arrivals import alert_rates, day_factors, poisson_arrivals, ticket_rates, with_day_factors
from sim.workload.durations import quantile
from sim.workload.forecast import read_forecast
from sim.workload.replay import read_log
from sim.workload.routes import slots, task_kinds
from sim.workload.tape import ALERTS, CHAIN, EXTRA, NO_PAGES, CustomerClass, Kind, Workload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.base import ByPriority
    from sim.scenario.demand import Channel, Replay
    from sim.scenario.schema import Region, Scenario
    from sim.workload.replay import TicketLog

NO_CHANNEL = 255
_UNKNOWN = -1
_JITTER = HOUR
"""Tickets that a scale above 1 adds to a replayed log are copies of its own, moved by up to half of this either way."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """Tickets of one region and one source. Attributes are unknown (-1) where they have yet to be drawn."""

    region: int
    source: str
    kind: Kind
    created: NDArray[np.int64]
    number: NDArray[np.int64]
    priority: NDArray[np.int16]
    channel: NDArray[np.int16]
    customer_class: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Tickets with everything drawn; the columns of the tape before the merge, and their slots."""

    created: NDArray[np.int64]
    region: NDArray[np.int16]
    number: NDArray[np.int64]
    kind: NDArray[np.uint8]
    priority: NDArray[np.uint8]
    customer_class: NDArray[np.uint8]
    channel: NDArray[np.uint8]
    patience: NDArray[np.int64]
    used: NDArray[np.bool_]
    tier: NDArray[np.uint8]
    wait: NDArray[np.int64]
    handle: NDArray[np.int64]


def sample_workload(scenario: Scenario, seed: int, replication: int) -> Workload:
    """Everything that comes in one replication.

    Args:
        scenario: what is asked.
        seed: ≥ 0.
        replication: counted from 0.

    Raises:
        DataError: a ticket log or a forecast cannot be read.
    """
    clock = clock_of(scenario)
    rows = [_drawn(batch, scenario, clock, seed, replication) for batch in _batches(scenario, clock, seed, replication)]
    merged = {field.name: np.concatenate([getattr(part, field.name) for part in rows]) for field in fields(_Rows)}
    order = np.lexsort((merged["number"], merged["region"], merged["created"]))
    return _tape(_Rows(**{name: values[order] for name, values in merged.items()}), scenario)


def workload_notices(scenario: Scenario) -> tuple[str, ...]:
    """What the planner should know of the data behind the workload, such as rows of a log that were left out.

    Raises:
        DataError: a ticket log or a forecast cannot be read.
    """
    demand = scenario.demand
    if demand.forecast:
        read_forecast(demand.forecast, clock_of(scenario), tuple(scenario.regions))
    return _log(scenario).notices if demand.replay else ()


class _LatestLog:
    """The log that was read last: all replications of a run play the same one."""

    key: tuple[str, int] | None = None
    log: TicketLog


def _log(scenario: Scenario) -> TicketLog:
    demand, clock = scenario.demand, clock_of(scenario)
    replay = cast("Replay", demand.replay)
    asked = f"{replay.model_dump_json()} {clock} {list(scenario.regions)} {list(demand.channels)}"
    key = asked, Path(replay.file).stat().st_mtime_ns
    if _LatestLog.key != key:
        _LatestLog.log = read_log(replay, clock, tuple(scenario.regions), tuple(demand.channels))
        _LatestLog.key = key
    return _LatestLog.log


# ---------------------------------------------------------------------- arrivals


def _batches(scenario: Scenario, clock: Clock, seed: int, replication: int) -> Iterator[_Batch]:
    demand = scenario.demand
    names = tuple(scenario.regions)
    forecast = read_forecast(demand.forecast, clock, names) if demand.forecast else {}
    holidays = holidays_of(scenario)
    log = _log(scenario) if demand.replay else None
    for index, (name, region) in enumerate(scenario.regions.items()):
        factors = day_factors(name, region, demand.day_factor, clock, seed, replication)
        if log is not None:
            yield from _replayed(index, name, log, clock, demand.scale, seed, replication)
        else:
            rates = forecast.get(name)
            edges, per_hour = (
                (rates.edges, rates.per_hour) if rates else ticket_rates(name, region, demand, clock, holidays[name])
            )
            per_hour = with_day_factors(per_hour, edges, region, clock, factors)
            yield from _poisson(index, name, Kind.TICKET, (edges, per_hour), demand.scale, seed, replication)
        edges, per_hour = alert_rates(name, region, demand, clock)
        per_hour = with_day_factors(per_hour, edges, region, clock, factors)
        yield from _poisson(index, name, Kind.ALERT, (edges, per_hour), demand.scale, seed, replication)


def _poisson(
    region: int,
    name: str,
    kind: Kind,
    rates: tuple[NDArray[np.int64], NDArray[np.float64]],
    scale: float,
    seed: int,
    replication: int,
) -> Iterator[_Batch]:
    """The tickets of scale 1, thinned below it; above it, a second stream for what is added."""
    edges, per_hour = rates
    source = kind.name.lower()
    created = poisson_arrivals(edges, per_hour, stream(seed, replication, name, source, "arrivals"))
    yield _thinned(_fresh(region, source, kind, created, ALERTS * kind), scale, name, seed, replication)
    if scale > 1:
        source += " extra"
        added = poisson_arrivals(edges, per_hour * (scale - 1), stream(seed, replication, name, source, "arrivals"))
        yield _fresh(region, source, kind, added, ALERTS * kind + EXTRA)


def _fresh(region: int, source: str, kind: Kind, created: NDArray[np.int64], first_number: int) -> _Batch:
    n = len(created)
    unknown = np.full(n, _UNKNOWN, dtype=np.int16)
    return _Batch(region, source, kind, created, first_number + np.arange(n), unknown, unknown, unknown)


def _thinned(batch: _Batch, scale: float, name: str, seed: int, replication: int) -> _Batch:
    if scale >= 1:
        return batch
    n = int(batch.number.max(initial=0)) % ALERTS + 1
    stays = stream(seed, replication, name, batch.source, "thinning").random(n) < scale
    return _taken(batch, stays[batch.number % ALERTS])


def _taken(batch: _Batch, rows: NDArray[np.bool_] | NDArray[np.int64]) -> _Batch:
    return _Batch(
        batch.region, batch.source, batch.kind, batch.created[rows], batch.number[rows],
        batch.priority[rows], batch.channel[rows], batch.customer_class[rows],
    )  # fmt: skip


def _replayed(
    region: int, name: str, log: TicketLog, clock: Clock, scale: float, seed: int, replication: int
) -> Iterator[_Batch]:
    mine = log.region == region
    batch = _Batch(
        region, "ticket", Kind.TICKET, log.created[mine], log.number[mine],
        log.priority[mine], log.channel[mine], log.customer_class[mine],
    )  # fmt: skip
    yield _thinned(batch, scale, name, seed, replication)
    copy = 1
    while scale > copy:
        u = stream(seed, replication, name, f"copy {copy}", "thinning").random((int(log.number.max(initial=0)) + 1, 2))
        copied = _taken(batch, u[batch.number, 0] < scale - copy)
        moved = copied.created + ((u[copied.number, 1] - 0.5) * _JITTER).astype(np.int64)
        created = np.clip(moved, 1, clock.end - 1)
        number = copied.number + EXTRA * copy
        yield _Batch(
            region,
            f"ticket copy {copy}",
            Kind.TICKET,
            created,
            number,
            copied.priority,
            copied.channel,
            copied.customer_class,
        )
        copy += 1


# ---------------------------------------------------------------------- what a ticket is


def _drawn(batch: _Batch, scenario: Scenario, clock: Clock, seed: int, replication: int) -> _Rows:
    """Draw what the batch does not know yet. A ticket's draws are the rows of its number in streams of their own."""
    name, region = list(scenario.regions.items())[batch.region]
    index = batch.number % ALERTS
    cache: dict[str, NDArray[np.float64]] = {}

    def draw(purpose: str, columns: int) -> NDArray[np.float64]:
        if purpose not in cache:
            n = int(index.max(initial=-1)) + 1
            cache[purpose] = stream(seed, replication, name, batch.source, purpose).random((n, columns))[index]
        return cache[purpose]

    demand, n = scenario.demand, len(index)
    mix = demand.priorities if batch.kind == Kind.TICKET else demand.alert_priorities
    shares = [mix.get(p, 0.0) for p in PRIORITIES]
    priority = _known_or(batch.priority, _choice(shares, draw("priority", 1)[:, 0]))
    is_standard = draw("class", 1)[:, 0] >= demand.enterprise
    if batch.kind == Kind.ALERT:
        customer_class = np.full(n, CustomerClass.STANDARD, dtype=np.uint8)
        channel = np.full(n, NO_CHANNEL, dtype=np.uint8)
        patience = np.full(n, NEVER)
    else:
        customer_class = _known_or(
            batch.customer_class, np.where(is_standard, CustomerClass.STANDARD, CustomerClass.ENTERPRISE)
        )
        channels = list(demand.channels.values())
        wanted = _choice([c.share for c in channels], draw("channel", 1)[:, 0])
        channel = _known_or(batch.channel, _open_channel(wanted, batch.created, region, demand.channels, clock))
        patience = _patience(channel, channels, draw("patience", 1)[:, 0])
    ways = slots(scenario.work, priority, draw)
    return _Rows(
        batch.created, np.full(n, batch.region, dtype=np.int16), batch.number, np.full(n, batch.kind, dtype=np.uint8),
        priority, customer_class, channel, patience, ways.used, ways.tier, ways.wait, ways.handle,
    )  # fmt: skip


def _choice(shares: list[float], u: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which of several things with these shares, for uniform numbers; never one whose share is 0."""
    cumulated = np.cumsum(shares)
    last = max(i for i, share in enumerate(shares) if share > 0)
    return np.minimum(np.searchsorted(cumulated, u, side="right"), last)


def _known_or(known: NDArray[np.int16], drawn: NDArray[np.int64]) -> NDArray[np.uint8]:
    return np.where(known == _UNKNOWN, drawn, known).astype(np.uint8)


def _open_channel(
    wanted: NDArray[np.int64], created: NDArray[np.int64], region: Region, channels: dict[str, Channel], clock: Clock
) -> NDArray[np.int64]:
    """The channel that customers end up in: their own while it is open, else its fallback."""
    names = list(channels)
    wall = clock.wall(region.zone, created)
    weekday = (wall // DAY + 3) % 7  # 1970-01-01 was a Thursday
    chosen = wanted.copy()
    for index, channel in enumerate(channels.values()):
        if channel.open is not None and channel.fallback is not None:
            is_open = (weekday < 5) & ((wall - channel.open.start) % DAY < channel.open.end - channel.open.start)  # noqa: PLR2004 - Monday to Friday
            chosen[(wanted == index) & ~is_open] = names.index(channel.fallback)
    return chosen


def _patience(channel: NDArray[np.uint8], channels: list[Channel], u: NDArray[np.float64]) -> NDArray[np.int64]:
    patience = np.full(len(channel), NEVER)
    for index, each in enumerate(channels):
        if each.patience is not None:
            here = channel == index
            patience[here] = quantile(each.patience, u[here])
    return patience


# ---------------------------------------------------------------------- the tape


def _tape(rows: _Rows, scenario: Scenario) -> Workload:
    targets, used = scenario.targets, rows.used
    counts = used.sum(axis=1)
    n = len(counts)
    return Workload(
        created=rows.created, visible=rows.created, filtered=np.zeros(n, dtype=np.uint8),
        critical_at=np.full(n, NEVER), page_at=np.full(n, NEVER), page_row=np.full(n, NO_PAGES),
        **dict.fromkeys(("page_ppm", "page_awake", "page_asleep"), np.empty((0, CHAIN), dtype=np.int64)),
        region=rows.region, number=rows.number, kind=rows.kind, priority=rows.priority,
        customer_class=rows.customer_class, channel=rows.channel, patience=rows.patience,
        respond_by=_due(rows, targets.response),
        resolve_by=_due(rows, targets.resolution),
        escalate_at=_due(rows, scenario.policy.escalation.after),
        first_task=np.concatenate([[0], np.cumsum(counts)]),
        stage=(np.cumsum(used, axis=1) - 1)[used].astype(np.uint8),
        tier=rows.tier[used], handle=rows.handle[used], wait=rows.wait[used], task_kind=task_kinds(used),
    )  # fmt: skip


def _due(rows: _Rows, after: ByPriority) -> NDArray[np.int64]:
    """Creation plus a time by priority; missing where the priority has none."""
    times = np.array([after.get(name, NEVER) for name in PRIORITIES])[rows.priority]
    return np.where(times == NEVER, NEVER, rows.created + times)
