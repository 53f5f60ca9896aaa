"""The workload of one replication: arrivals, what each ticket is, what it needs - merged into one tape."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, NEVER
from sim.periods import weekdays
from sim.scenario.base import PRIORITIES
from sim.scenario.days_off import clock_of
from sim.workload.alerts import seen
from sim.workload.arrivals import local_time
from sim.workload.assists import P1, with_assists
from sim.workload.batches import UNKNOWN, batches, ticket_log
from sim.workload.disruptions import EVERYTHING, disruptions_of, served_by, served_from
from sim.workload.draws import Draws, Part
from sim.workload.durations import quantile
from sim.workload.emergencies import emergencies_of, emergency_tasks, type_of
from sim.workload.filters import Alerts, filtered
from sim.workload.forecast import read_forecast
from sim.workload.paging import WORDS, pages
from sim.workload.routes import ways
from sim.workload.tape import ALERTS, NO_EMERGENCY, CustomerClass, Filter, Kind, Workload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.base import ByPriority, PriorityName
    from sim.scenario.demand import Channel
    from sim.scenario.schema import Scenario
    from sim.workload.batches import Batch
    from sim.workload.disruptions import Disruptions
    from sim.workload.emergencies import Found
    from sim.workload.paging import Words
    from sim.workload.tasks import Tasks

NO_CHANNEL = 255


@dataclass(frozen=True, slots=True)
class _Tickets:
    """Tickets with what they are, as in `Workload`, and `source`, which system raised the alert."""

    created: NDArray[np.int64]
    region: NDArray[np.int16]
    number: NDArray[np.int64]
    kind: NDArray[np.uint8]
    priority: NDArray[np.uint8]
    customer_class: NDArray[np.uint8]
    channel: NDArray[np.uint8]
    patience: NDArray[np.int64]
    source: NDArray[np.int64]

    def only(self, rows: NDArray[np.int64]) -> _Tickets:
        """Some of them, or all in another order."""
        if len(rows) == len(self.created) and (rows[1:] > rows[:-1]).all():
            return self
        return _Tickets(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def followed_by(self, other: _Tickets) -> _Tickets:
        """These, then others."""
        if not len(other.created):
            return self
        return _Tickets(
            **{f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)}
        )


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
    emergencies = emergencies_of(scenario, clock, seed, replication)
    found = list(batches(scenario, clock, seed, replication, emergencies))
    asked, noticed = ([batch for batch in found if batch.kind == kind] for kind in (Kind.TICKET, Kind.ALERT))
    draws = [
        Draws([Part(batch.number % ALERTS, seed, replication, batch.name, batch.way) for batch in of_kind])
        for of_kind in (asked, noticed)
    ]
    draw = Draws([part for of_kind in draws for part in of_kind.parts])
    tickets = _customers(asked, scenario, clock, draws[0]).followed_by(_alerts(noticed, scenario, draws[1]))
    tasks = with_assists(
        ways(scenario.work, tickets.priority, draw), scenario.work, scenario.emergencies.chain, tickets.priority, draw
    )
    if emergencies:
        draw = Draws([*draw.parts, *(each.part for each in emergencies)])
        tickets = tickets.followed_by(_emergencies(emergencies))
        tasks = tasks.followed_by(emergency_tasks(emergencies, scenario))
    order = np.lexsort((tickets.number, tickets.region, tickets.created))
    return _tape(
        tickets.only(order), tasks.in_order(order), scenario, clock,
        disruptions_of(scenario, clock, seed, replication), lambda rows: draw.words("pages", WORDS, order[rows]),
    )  # fmt: skip


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


def _customers(found: Sequence[Batch], scenario: Scenario, clock: Clock, draw: Draws) -> _Tickets:
    """Customers' tickets: what a log says of them, the rest by chance."""
    demand, region, created = scenario.demand, _region(found), _column(found, "created")
    channels = list(demand.channels.values())
    wanted = np.zeros(len(created), dtype=np.int64)
    if len(channels) > 1:
        wanted = _choice([channel.share for channel in channels], draw("channel", 1)[:, 0])
    channel = _known_or(found, "channel", _open_channel(wanted, created, region, scenario, clock))
    is_standard = draw("class", 1)[:, 0] >= demand.enterprise if demand.enterprise else True
    drawn_class = np.where(is_standard, int(CustomerClass.STANDARD), int(CustomerClass.ENTERPRISE))
    return _Tickets(
        created=created, region=region, number=_column(found, "number"), kind=_full(created, Kind.TICKET),
        priority=_priority(found, demand.priorities, draw),
        customer_class=_known_or(found, "customer_class", drawn_class), channel=channel,
        patience=_patience(channel, channels, draw), source=_column(found, "source"),
    )  # fmt: skip


def _alerts(found: Sequence[Batch], scenario: Scenario, draw: Draws) -> _Tickets:
    """Alerts: nobody waits for their answer."""
    demand, created, source = scenario.demand, _column(found, "created"), _column(found, "source")
    drawn_source = (draw("source", 1)[:, 0] * demand.monitoring.sources).astype(np.int64)
    return _Tickets(
        created=created, region=_region(found), number=_column(found, "number"), kind=_full(created, Kind.ALERT),
        priority=_priority(found, demand.alert_priorities, draw),
        customer_class=_full(created, CustomerClass.STANDARD), channel=_full(created, NO_CHANNEL),
        patience=np.full(len(created), NEVER), source=np.where(source == UNKNOWN, drawn_source, source),
    )  # fmt: skip


def _emergencies(found: Sequence[Found]) -> _Tickets:
    """Emergencies: P1 that nobody has asked about."""
    created = np.concatenate([each.start for each in found])
    counts = [len(each) for each in found]
    return _Tickets(
        created=created, region=np.repeat([each.region for each in found], counts).astype(np.int16),
        number=np.concatenate([each.number for each in found]), kind=_full(created, Kind.EMERGENCY),
        priority=_full(created, P1),
        customer_class=_full(created, CustomerClass.STANDARD), channel=_full(created, NO_CHANNEL),
        patience=np.full(len(created), NEVER), source=np.full(len(created), UNKNOWN),
    )  # fmt: skip


def _column(found: Sequence[Batch], name: str) -> NDArray[np.int64]:
    return np.concatenate([getattr(batch, name) for batch in found])


def _region(found: Sequence[Batch]) -> NDArray[np.int16]:
    return np.concatenate([np.full(len(batch.number), batch.region, dtype=np.int16) for batch in found])


def _full(like: NDArray[np.int64], value: int) -> NDArray[np.uint8]:
    return np.full(len(like), value, dtype=np.uint8)


def _priority(found: Sequence[Batch], mix: dict[PriorityName, float], draw: Draws) -> NDArray[np.uint8]:
    return _known_or(found, "priority", _choice([mix.get(p, 0.0) for p in PRIORITIES], draw("priority", 1)[:, 0]))


def _known_or(found: Sequence[Batch], name: str, drawn: NDArray[np.int64]) -> NDArray[np.uint8]:
    known = _column(found, name)
    return np.where(known == UNKNOWN, drawn, known).astype(np.uint8)


def _choice(shares: list[float], u: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which of several things with these shares, for uniform numbers; never one whose share is 0."""
    cumulated = np.cumsum(shares)
    last = max(i for i, share in enumerate(shares) if share > 0)
    chosen = np.zeros(len(u), dtype=np.int64)
    for edge in cumulated[:last]:  # they are few: sooner than a search for each number
        chosen += u >= edge
    return chosen


def _open_channel(
    wanted: NDArray[np.int64], created: NDArray[np.int64], region: NDArray[np.int16], scenario: Scenario, clock: Clock
) -> NDArray[np.int64]:
    """The channel that customers end up in: their own while it is open, else its fallback."""
    channels = scenario.demand.channels
    names = list(channels)
    if all(channel.open is None or channel.fallback is None for channel in channels.values()):
        return wanted
    wall = local_time(created, region, scenario.regions, clock)
    weekday = weekdays(wall // DAY)
    chosen = wanted.copy()
    for index, channel in enumerate(channels.values()):
        if channel.open is not None and channel.fallback is not None:
            is_open = (weekday < 5) & ((wall - channel.open.start) % DAY < channel.open.end - channel.open.start)  # noqa: PLR2004 - Monday to Friday
            chosen[(wanted == index) & ~is_open] = names.index(channel.fallback)
    return chosen


def _patience(channel: NDArray[np.uint8], channels: list[Channel], draw: Draws) -> NDArray[np.int64]:
    patience = np.full(len(channel), NEVER)
    if all(each.patience is None for each in channels):
        return patience
    u = draw("patience", 1)[:, 0]
    for index, each in enumerate(channels):
        if each.patience is not None:
            here = channel == index
            patience[here] = quantile(each.patience, u[here])
    return patience


# ---------------------------------------------------------------------- the tape


def _tape(
    rows: _Tickets, tasks: Tasks, scenario: Scenario, clock: Clock, disruptions: Disruptions, words: Words
) -> Workload:
    found, visible = _before_people(rows, scenario, clock)
    due = {
        "respond_by": _due(rows, scenario.targets.response),
        "resolve_by": _due(rows, scenario.targets.resolution),
        "escalate_at": _later(_due(rows, scenario.policy.escalation.after), visible),
        "critical_at": _later(_due(rows, _critical(scenario)), visible),
    }
    emergencies = np.flatnonzero(rows.kind == Kind.EMERGENCY)
    emergency = np.full(len(visible), NO_EMERGENCY, dtype=np.uint8)
    emergency[emergencies] = type_of(rows.number[emergencies])
    due["critical_at"][emergencies] = NEVER
    unseen = np.flatnonzero(visible == NEVER)
    for instants in due.values():
        instants[unseen] = NEVER
    calls = emergencies[_are_paged(emergency[emergencies], scenario)]
    page = pages(scenario.oncall, rows.kind, rows.priority, rows.created, visible, calls, words)
    page_at = _paged_when_served(page.at, visible, rows, scenario, disruptions)
    return Workload(
        created=rows.created, visible=visible, filtered=found, region=rows.region,
        serve_region=served_by(disruptions, scenario, rows.created, rows.region, rows.number),
        number=rows.number, kind=rows.kind, emergency=emergency, priority=rows.priority,
        customer_class=rows.customer_class, channel=rows.channel, patience=rows.patience,
        **due,
        page_at=page_at, page_row=page.row, page_ppm=page.ppm, page_awake=page.awake, page_asleep=page.asleep,
        first_task=tasks.first, stage=tasks.stage, tier=tasks.tier, handle=tasks.handle, offset=tasks.offset,
        wait=tasks.wait, task_kind=tasks.kind,
    )  # fmt: skip


def _paged_when_served(
    at: NDArray[np.int64], visible: NDArray[np.int64], rows: _Tickets, scenario: Scenario, disruptions: Disruptions
) -> NDArray[np.int64]:
    """Nobody is paged for what is not served: urgent alerts page when it is again, late ones some time after that."""
    if (disruptions.serves == EVERYTHING).all():
        return at
    late = scenario.oncall.late_alert if scenario.oncall else None
    is_late = (rows.kind == Kind.ALERT) & (rows.priority == PRIORITIES.index("P3"))
    moved = at
    for since in (visible, at):  # an alert that is seen meanwhile, and one whose time is up meanwhile
        served = served_from(disruptions, rows.priority, since)
        moved = np.where((served != since) & (moved != NEVER), served + np.where(is_late, late or 0, 0), moved)
    return np.where(rows.kind == Kind.EMERGENCY, at, moved)


def _before_people(rows: _Tickets, scenario: Scenario, clock: Clock) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
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


def _are_paged(emergency: NDArray[np.uint8], scenario: Scenario) -> NDArray[np.bool_]:
    """Whether emergencies of these types page the on-call chain."""
    return np.array([each.page for each in scenario.emergencies.types.values()], dtype=np.bool_)[emergency]


def _critical(scenario: Scenario) -> ByPriority:
    critical = scenario.work.critical
    return {"P1": critical.after} if critical else {}


def _due(rows: _Tickets, after: ByPriority) -> NDArray[np.int64]:
    """Creation plus a time by priority; missing where the priority has none."""
    if not after:
        return np.full(len(rows.created), NEVER)
    times = np.array([after.get(name, NEVER) for name in PRIORITIES])
    due: NDArray[np.int64] = rows.created + times[rows.priority]
    if (times == NEVER).any():
        due[(times == NEVER)[rows.priority]] = NEVER
    return due


def _later(due: NDArray[np.int64], visible: NDArray[np.int64]) -> NDArray[np.int64]:
    """Timers that are due before anybody sees the ticket go off right after that."""
    return np.where(due == NEVER, NEVER, np.maximum(due, visible + 1))
