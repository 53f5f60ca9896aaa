"""The workload of one replication: arrivals, what each ticket is, what it needs - merged into one tape."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, NEVER
from sim.scenario.base import PRIORITIES
from sim.scenario.days_off import clock_of
from sim.workload.alerts import seen
from sim.workload.assists import Tasks, assist_times, assists_of, with_assists
from sim.workload.batches import UNKNOWN, batches, ticket_log
from sim.workload.draws import Draws
from sim.workload.durations import quantile
from sim.workload.filters import Alerts, filtered
from sim.workload.forecast import read_forecast
from sim.workload.paging import answers, may_page, pages
from sim.workload.routes import slots, task_kinds
from sim.workload.tape import ALERTS, CustomerClass, Filter, Kind, Workload

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.base import ByPriority
    from sim.scenario.demand import Channel
    from sim.scenario.schema import Region, Scenario
    from sim.workload.batches import Batch

NO_CHANNEL = 255


@dataclass(frozen=True, slots=True)
class _Rows:
    """Tickets with everything drawn: columns of the tape before the merge, and their slots.

    Attributes beside those of `Workload`:
        source: which system raised the alert.
        used, slot_tier, slot_wait, slot_handle: the way through the tiers, as in `Slots`.
        assists: as of `assist_times`.
    """

    created: NDArray[np.int64]
    region: NDArray[np.int16]
    number: NDArray[np.int64]
    kind: NDArray[np.uint8]
    priority: NDArray[np.uint8]
    customer_class: NDArray[np.uint8]
    channel: NDArray[np.uint8]
    patience: NDArray[np.int64]
    source: NDArray[np.int32]
    used: NDArray[np.bool_]
    slot_tier: NDArray[np.uint8]
    slot_wait: NDArray[np.int64]
    slot_handle: NDArray[np.int64]
    assists: NDArray[np.int64]


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
    drawn = [_drawn(batch, scenario, clock, seed, replication) for batch in batches(scenario, clock, seed, replication)]
    merged = {field.name: np.concatenate([getattr(rows, field.name) for rows, _ in drawn]) for field in fields(_Rows)}
    order = np.lexsort((merged["number"], merged["region"], merged["created"]))
    may = may_page(scenario.oncall, merged["kind"], merged["priority"])
    u = np.concatenate([numbers for _, numbers in drawn])[(np.cumsum(may) - 1)[order[may[order]]]]
    return _tape(_Rows(**{name: values[order] for name, values in merged.items()}), u, scenario, clock)


def workload_notices(scenario: Scenario) -> tuple[str, ...]:
    """What the planner should know of the data behind the workload, such as rows of a log that were left out.

    Raises:
        DataError: a ticket log or a forecast cannot be read.
    """
    demand = scenario.demand
    if demand.forecast:
        read_forecast(demand.forecast, clock_of(scenario), tuple(scenario.regions))
    return ticket_log(scenario).notices if demand.replay else ()


# ---------------------------------------------------------------------- what a ticket is


def _drawn(
    batch: Batch, scenario: Scenario, clock: Clock, seed: int, replication: int
) -> tuple[_Rows, NDArray[np.float64]]:
    """Draw what the batch does not know yet; and the numbers behind the pages of those that may page."""
    draw = Draws(batch.number % ALERTS, seed, replication, batch.name, batch.way)
    demand, n = scenario.demand, len(batch.number)
    is_alert = batch.kind == Kind.ALERT
    mix = demand.alert_priorities if is_alert else demand.priorities
    priority = _known_or(batch.priority, _choice([mix.get(p, 0.0) for p in PRIORITIES], draw("priority", 1)[:, 0]))
    kind = np.full(n, batch.kind, dtype=np.uint8)
    customer_class, channel, patience = _nobody(n) if is_alert else _customer(batch, scenario, clock, draw)
    ways = slots(scenario.work, priority, draw)
    rows = _Rows(
        created=batch.created, region=np.full(n, batch.region, dtype=np.int16), number=batch.number,
        kind=kind, priority=priority, customer_class=customer_class, channel=channel, patience=patience,
        source=_source(batch, demand.monitoring.sources, draw) if is_alert else batch.source,
        used=ways.used, slot_tier=ways.tier, slot_wait=ways.wait, slot_handle=ways.handle,
        assists=assist_times(scenario.work, priority, draw),
    )  # fmt: skip
    return rows, answers(draw, np.flatnonzero(may_page(scenario.oncall, kind, priority)))


_Customer = tuple["NDArray[np.uint8]", "NDArray[np.uint8]", "NDArray[np.int64]"]
"""Class, channel and patience."""


def _nobody(n: int) -> _Customer:
    """Nobody waits for an alert."""
    standard = np.full(n, CustomerClass.STANDARD, dtype=np.uint8)
    return standard, np.full(n, NO_CHANNEL, dtype=np.uint8), np.full(n, NEVER)


def _customer(batch: Batch, scenario: Scenario, clock: Clock, draw: Draws) -> _Customer:
    demand, region = scenario.demand, scenario.regions[batch.name]
    is_standard = draw("class", 1)[:, 0] >= demand.enterprise
    drawn = np.where(is_standard, CustomerClass.STANDARD, CustomerClass.ENTERPRISE)
    channels = list(demand.channels.values())
    wanted = _choice([channel.share for channel in channels], draw("channel", 1)[:, 0])
    channel = _known_or(batch.channel, _open_channel(wanted, batch.created, region, demand.channels, clock))
    return _known_or(batch.customer_class, drawn), channel, _patience(channel, channels, draw("patience", 1)[:, 0])


def _source(batch: Batch, sources: int, draw: Draws) -> NDArray[np.int32]:
    drawn = (draw("source", 1)[:, 0] * sources).astype(np.int32)
    return np.where(batch.source == UNKNOWN, drawn, batch.source)


def _choice(shares: list[float], u: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which of several things with these shares, for uniform numbers; never one whose share is 0."""
    cumulated = np.cumsum(shares)
    last = max(i for i, share in enumerate(shares) if share > 0)
    return np.minimum(np.searchsorted(cumulated, u, side="right"), last)


def _known_or(known: NDArray[np.int16], drawn: NDArray[np.int64]) -> NDArray[np.uint8]:
    return np.where(known == UNKNOWN, drawn, known).astype(np.uint8)


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


def _tape(rows: _Rows, u: NDArray[np.float64], scenario: Scenario, clock: Clock) -> Workload:
    found, visible = _before_people(rows, scenario, clock)
    due = {
        "respond_by": _due(rows, scenario.targets.response),
        "resolve_by": _due(rows, scenario.targets.resolution),
        "escalate_at": _later(_due(rows, scenario.policy.escalation.after), visible),
        "critical_at": _later(_due(rows, _critical(scenario)), visible),
    }
    page = pages(scenario.oncall, rows.kind, rows.priority, rows.created, visible, u)
    tasks = with_assists(_tasks(rows), rows.assists, assists_of(scenario.work))
    return Workload(
        created=rows.created, visible=visible, filtered=found, region=rows.region, number=rows.number, kind=rows.kind,
        priority=rows.priority, customer_class=rows.customer_class, channel=rows.channel, patience=rows.patience,
        **{name: np.where(visible == NEVER, NEVER, instants) for name, instants in due.items()},
        page_at=page.at, page_row=page.row, page_ppm=page.ppm, page_awake=page.awake, page_asleep=page.asleep,
        first_task=tasks.first, stage=tasks.stage, tier=tasks.tier, handle=tasks.handle, wait=tasks.wait,
        task_kind=tasks.kind,
    )  # fmt: skip


def _before_people(rows: _Rows, scenario: Scenario, clock: Clock) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """What keeps each ticket from people, and when they see it."""
    monitoring = scenario.demand.monitoring
    found, visible = np.zeros(len(rows.created), dtype=np.uint8), rows.created.copy()
    is_alert = np.flatnonzero(rows.kind == Kind.ALERT)
    alerts = Alerts(rows.created, rows.region, rows.source, rows.priority).only(is_alert)
    found[is_alert] = filtered(alerts, monitoring, scenario.regions, clock)
    for index, region in enumerate(scenario.regions.values()):
        here = is_alert[alerts.region == index]
        visible[here] = seen(rows.created[here], rows.priority[here], region, monitoring.review, clock)
    visible[found != Filter.PASSED] = NEVER
    return found, visible


def _critical(scenario: Scenario) -> ByPriority:
    critical = scenario.work.critical
    return {"P1": critical.after} if critical else {}


def _due(rows: _Rows, after: ByPriority) -> NDArray[np.int64]:
    """Creation plus a time by priority; missing where the priority has none."""
    times = np.array([after.get(name, NEVER) for name in PRIORITIES])[rows.priority]
    return np.where(times == NEVER, NEVER, rows.created + times)


def _later(due: NDArray[np.int64], visible: NDArray[np.int64]) -> NDArray[np.int64]:
    """Timers that are due before anybody sees the ticket go off right after that."""
    return np.where(due == NEVER, NEVER, np.maximum(due, visible + 1))


def _tasks(rows: _Rows) -> Tasks:
    """The ways through the tiers, ticket by ticket."""
    used = rows.used
    return Tasks(
        first=np.concatenate([[0], np.cumsum(used.sum(axis=1))]),
        stage=(np.cumsum(used, axis=1) - 1)[used].astype(np.uint8),
        tier=rows.slot_tier[used], handle=rows.slot_handle[used], wait=rows.slot_wait[used], kind=task_kinds(used),
    )  # fmt: skip
