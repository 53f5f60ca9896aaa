"""Small worlds whose figures can be worked out by hand, and large ones invented at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.clock import DAY, HOUR, MINUTE, NEVER, Clock
from sim.engine.journal import (
    ABSENCES,
    AGENTS,
    CHORES,
    DISRUPTIONS,
    DUTIES,
    NOBODY,
    PAGES,
    TICKETS,
    TURNS,
    WORK,
    How,
    Journals,
    Mode,
    Outcome,
    Rested,
    State,
    Why,
    empty,
    table,
)
from sim.experiment.estimate import pooled
from sim.metrics.frames import frames, records
from sim.metrics.measure import measure, stack
from sim.scenario.schema import Scenario
from sim.workforce.roster import ALL_PRIORITIES, COORDINATOR, Chore, Level, Reason
from sim.workload.tape import NO_EMERGENCY, CustomerClass, Filter, Kind, TaskKind

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

SCHEMAS = {
    "tickets": TICKETS, "work": WORK, "chores": CHORES, "pages": PAGES, "duties": DUTIES, "turns": TURNS,
    "agents": AGENTS, "absences": ABSENCES, "disruptions": DISRUPTIONS,
}  # fmt: skip
ORDERS = {
    "work": ("ticket", "task", "stretch"), "chores": ("agent", "start"), "pages": ("ticket", "round", "level"),
    "turns": ("level", "region", "start"), "absences": ("agent", "start"), "disruptions": ("start", "region", "entry"),
}  # fmt: skip
"""Duties are in the order of (agent, start) as they are written, so that their rows are known."""

OVERLAP = 30 * MINUTE
ZONES = {"americas": "America/Los_Angeles", "europe": "Europe/London"}


class Log:
    """The journals of a desk, written by hand. Instants are minutes from the start of the measured window."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
        self.rows["agents"] = [{"region": 0, "tier": 0} for _ in range(10)]

    def at(self, minute: float | None) -> int:
        """Minutes as an instant of the run; None is missing."""
        return NEVER if minute is None else self.clock.warmup + round(minute * MINUTE)

    def ticket(self, created: float = 0, **columns: Any) -> int:
        """A P3 of a standard customer of the first region, by e-mail, unless said otherwise; returns its row."""
        instants = (
            "acknowledged",
            "critical",
            "respond_by",
            "resolve_by",
            "started",
            "resolved",
            "first_resolved",
            "escalated",
            "abandoned",
        )
        given = {"first_resolved": columns.get("resolved"), **columns}
        row = {
            "ticket": len(self.rows["tickets"]), "region": 0, "number": len(self.rows["tickets"]),
            "kind": Kind.TICKET, "emergency": NO_EMERGENCY, "priority": 2, "served_by": columns.get("region", 0),
            "customer_class": CustomerClass.STANDARD, "channel": 0, "tier": 0, "stages": 1,
            "state": State.QUEUED if given.get("resolved") is None else State.RESOLVED,
        }  # fmt: skip
        times = {name: self.at(given.pop(name, None)) for name in instants}
        pause = round(given.pop("paused", 0) * MINUTE)
        self.rows["tickets"].append(
            {
                **row,
                **given,
                **times,
                "created": self.at(created),
                "visible": self.at(created),
                "filtered": 0,
                "paused": pause,
            }
        )
        return len(self.rows["tickets"]) - 1

    def filtered(self, created: float = 0, **columns: Any) -> int:
        """An alert that was dropped before people could see it."""
        row = self.ticket(created, **{"kind": Kind.ALERT, "channel": 255, "state": State.FILTERED, **columns})
        self.rows["tickets"][row] |= {"visible": NEVER, "filtered": Filter.THROTTLED}
        return row

    def work(
        self, ticket: int, queued: float, start: float | None = None, end: float | None = None, **columns: Any
    ) -> None:
        """A stretch at tier 1 of the first region; by agent 0 on duty 0, if there is one, unless said otherwise."""
        task = columns.get("task", 0)
        before = [row for row in self.rows["work"] if (row["ticket"], row["task"]) == (ticket, task)]
        nobody = {"agent": NOBODY, "duty": NOBODY}
        somebody = nobody if start is None or not self.rows["duties"] else {"agent": 0, "duty": 0}
        row = {
            "kind": TaskKind.WORK, "region": 0, "tier": 0, "why_queued": Why.ARRIVED, "how_ended": How.DONE,
            "mode": Mode.DUTY, **somebody,
        }  # fmt: skip
        times = {"queued_at": self.at(queued), "start": self.at(start), "end": self.at(end)}
        self.rows["work"].append({**row, **columns, **times, "ticket": ticket, "task": task, "stretch": len(before)})

    def duty(self, start: float | None, end: float | None, **columns: Any) -> int:
        """A duty of agent 0, tier 1 of the first region, unless said otherwise; returns its row."""
        times = {"start": self.at(start), "end": self.at(end)}
        planned = {f"planned_{name}": instant for name, instant in times.items()}
        paid = self.at(columns.pop("paid_end", end))
        own = {"duty": len(self.rows["duties"]), "pause": 0, "paid_end": paid, "rested": Rested.AS_PLANNED}
        left = self.at(columns.pop("left")) if "left" in columns else paid
        row = {"agent": 0, "region": 0, "tier": 0, **own, **columns, **times, **planned, "left": left}
        self.rows["duties"].append(row)
        self.agent(row["agent"], row["region"], row["tier"])
        return len(self.rows["duties"]) - 1

    def endless(self, **columns: Any) -> int:
        """A duty that never ends, from the start of the run on."""
        row = self.duty(-1, 1, **columns)
        never = dict.fromkeys(("planned_end", "paid_end"), NEVER)
        self.rows["duties"][row] |= {**never, "planned_start": 0, "start": 0} | dict.fromkeys(
            ("end", "left"), self.clock.end
        )
        return row

    def agent(self, agent: int, region: int = 0, tier: int = 0) -> int:
        """Who an agent is; there are at least ten, of tier 1 in the first region unless said otherwise."""
        while len(self.rows["agents"]) <= agent:
            self.rows["agents"].append({"region": 0, "tier": 0})
        self.rows["agents"][agent] = {"region": region, "tier": tier}
        return agent

    def chore(self, kind: Chore, start: float, end: float | None, **columns: Any) -> None:
        """A meeting or a review of agent 0 on duty 0, unless said otherwise."""
        times = {"due": self.at(start), "start": self.at(start), "end": self.at(end)}
        self.rows["chores"].append({"agent": 0, "duty": 0, "kind": kind, **times, **columns})

    def emergency(self, created: float = 0, **columns: Any) -> int:
        """An emergency of the first type, unless said otherwise."""
        own = {"kind": Kind.EMERGENCY, "emergency": 0, "priority": 0, "channel": 255, "tier": 2}
        return self.ticket(created, **{**own, **columns})

    def step(self, ticket: int, task: int, due: float, start: float | None = None, **columns: Any) -> None:
        """A step of the communication chain, of a coordinator, who is agent 9, unless said otherwise; 5 min of work."""
        somebody = {} if start is None else {"agent": self.agent(9, tier=COORDINATOR)}
        own = {"task": task, "kind": TaskKind.COMMS, "region": -1, "tier": COORDINATOR, "duty": NOBODY, **somebody}
        own |= {"how_ended": How.OPEN} if start is None else {}
        self.work(ticket, due, start, None if start is None else start + 5, **{**own, **columns})

    def absence(self, start: float, end: float, reason: Reason, **columns: Any) -> None:
        """Planned duty of agent 0 that is not worked, unless said otherwise."""
        times = {"start": self.at(start), "end": self.at(end)}
        self.rows["absences"].append({"agent": 0, "duty": 0, "reason": reason, **columns, **times})

    def disruption(self, start: float, end: float, serves: int = ALL_PRIORITIES, **columns: Any) -> None:
        """The first threat, in the first region, unless said otherwise."""
        times = {"start": self.at(start), "end": self.at(end)}
        row = {"entry": 0, "drill": 0, "region": 0, "serves": serves}
        self.rows["disruptions"].append({**row, **columns, **times})

    def page(self, ticket: int, sent: float, answered: float | None = None, **columns: Any) -> None:
        """A page of agent 0, primary, off duty; answered or unanswered unless said otherwise."""
        outcome = Outcome.UNANSWERED if answered is None else Outcome.ANSWERED
        row = {"round": 0, "level": Level.PRIMARY, "agent": 0, "on_duty": 0, "outcome": outcome}
        times = {"sent": self.at(sent), "answered": self.at(answered)}
        self.rows["pages"].append({**row, **columns, **times, "ticket": ticket})

    def turn(self, start: float, end: float, **columns: Any) -> None:
        """A turn of agent 0 as primary of the first region, unless said otherwise."""
        row = {"level": Level.PRIMARY, "region": 0, "agent": 0, "asleep": 0}
        self.rows["turns"].append({**row, **columns, "start": self.at(start), "end": self.at(end)})

    def journals(self, end: float | None = None) -> Journals:
        """What has been written, of a run that ended with the window, or `end` minutes after the window's start."""
        for name, order in ORDERS.items():
            self.rows[name].sort(key=lambda row: tuple(row[key] for key in order))
        tables = {
            name: table(columns, {key: [row[key] for row in self.rows[name]] for key in columns})
            for name, columns in SCHEMAS.items()
        }
        return Journals(end=self.clock.end if end is None else self.at(end), **tables)


class Desk:
    """A scenario and its clock, and what is measured of journals in it."""

    def __init__(self, scenario: Scenario) -> None:
        horizon = scenario.horizon
        self.scenario = scenario
        self.clock = Clock.starting(horizon.start, horizon.days, horizon.warmup_days)

    def with_(self, **sections: Any) -> Desk:
        """The same desk with parts of its scenario replaced."""
        return Desk(self.scenario.model_copy(update=sections))

    def log(self) -> Log:
        """An empty log."""
        return Log(self.clock)

    def figures(self, *journals: Journals) -> dict[str, dict[str, Any]]:
        """The records of the key figures over replications."""
        return records(self._stacked(journals), self.scenario, pooled)

    def figure(self, name: str, *journals: Journals) -> Any:
        """The mean of one key figure; None where it has none."""
        return self.figures(*journals)[name]["mean"]

    def table(self, name: str, *journals: Journals) -> pd.DataFrame:
        """One table over replications."""
        return frames(self._stacked(journals), self.scenario, self.clock, pooled)[name]

    def cell(self, name: str, measure_name: str, journals: Journals, **keys: Any) -> float:
        """The mean in the one row of a table that has these keys."""
        found = self.table(name, journals)
        for key, label in {"measure": measure_name, **keys}.items():
            found = found[found[key] == label]
        (value,) = found["mean"]
        return float(value)

    def _stacked(self, journals: tuple[Journals, ...]) -> Any:
        return stack([measure(one, self.scenario, self.clock) for one in journals])


def _desk(start: str = "2026-03-02", days: int = 1, warmup_days: int = 1, *, drain: bool = False) -> Desk:
    shares = {"email": {"share": 0.5}, "phone": {"share": 0.5}}
    deadlines = {"P1": "15 min", "P2": "1 h", "P3": "4 h"}
    scenario = {
        "horizon": {"start": start, "days": days, "warmup_days": warmup_days, "drain": drain},
        "regions": {name: {"zone": zone} for name, zone in ZONES.items()},
        "demand": {"channels": shares},
        "work": {"handle": {tier: {"mean": "20 min"} for tier in ("tier1", "tier2", "tier3", "tier4")}},
        "targets": {"response": deadlines, "resolution": deadlines, "first_contact": 0.85, "satisfied": 0.9},
        "staffing": {
            "mode": "flat",
            "flat": {name: {"tier1": 2, "tier2": 1, "tier3": 1, "tier4": 1} for name in ZONES},
        },
    }
    return Desk(Scenario.model_validate(scenario))


def _eventful(desk: Desk) -> Desk:
    """The same with two types of emergencies, a chain of two steps, two threats, a drill, vacation, rest."""
    lasts = {"family": "constant", "mean": "1 h"}
    emergency = {"team": {"tier3": 1}, "lasts": lasts}
    step = {"role": "coordinator", "takes": {"family": "constant", "mean": "5 min"}}
    raw = {
        "emergencies": {
            "types": {"outage": emergency, "breach": emergency},
            "chain": {"stakeholders": {"after": "15 min", **step}, "team": {"after": "0 min", **step}},
            "on_time": "5 min",
        },
        "continuity": {
            "threats": {"power": {"recovery": lasts}, "crisis": {"recovery": lasts, "service": "minimal"}},
            "drills": {"failover": {"lasts": "30 min"}},
        },
        "people": {"vacation": {"weeks": 5}},
    }
    policy = desk.scenario.policy.model_copy(update={"compensatory_rest": 11 * HOUR})
    sections = {name: type(getattr(desk.scenario, name)).model_validate(part) for name, part in raw.items()}
    return desk.with_(**sections, policy=policy)


@pytest.fixture(scope="session")
def eventful() -> Callable[[Desk], Desk]:
    """Add emergencies, disruptions, vacation and compensatory rest to a desk."""
    return _eventful


@pytest.fixture(scope="session")
def make_desk() -> Callable[..., Desk]:
    """Desks of two regions, eight hours apart, with other horizons."""
    return _desk


@pytest.fixture(scope="session")
def desk() -> Desk:
    """One measured day, Monday 2 March 2026 UTC, after one of warm-up. Americas are 8 h behind UTC, Europe is on it."""
    return _desk()


@pytest.fixture
def log(desk: Desk) -> Log:
    """An empty log of `desk`."""
    return desk.log()


def _invent(desk: Desk, seed: int, per_duty: int = 6) -> Journals:
    """Journals that hang together: agents on daily duties who work on one thing at a time, inside them.

    Tickets are made of one to three tasks that may run in parallel; some waits are parted by an escalation, some
    tickets are abandoned, some work is open at the end. Every duty has an overlap with a meeting in it, half of them
    overtime; some tickets page one after the other, and every agent holds a pager.
    """
    rng, clock = np.random.default_rng(seed), desk.clock
    days, agents, pools = clock.end // DAY, 16, 8
    duty_start = (np.arange(days) * DAY + rng.integers(0, 16, (agents, 1)) * HOUR).ravel()
    duty_agent = np.repeat(np.arange(agents), days)
    duties = table(DUTIES, {
        "agent": duty_agent, "region": duty_agent % pools // 4, "tier": duty_agent % 4,
        "planned_start": duty_start, "planned_end": duty_start + 8 * HOUR,
        "start": duty_start, "end": np.minimum(duty_start + 8 * HOUR, clock.end), "duty": np.arange(len(duty_start)),
        "pause": np.zeros(len(duty_start)), "rested": np.zeros(len(duty_start)),
        "paid_end": duty_start + 8 * HOUR + OVERLAP,
        "left": np.minimum(duty_start + 8 * HOUR + OVERLAP + rng.integers(0, 2, len(duty_start)) * HOUR, clock.end),
    })  # fmt: skip
    cuts = np.sort(rng.integers(0, 8 * HOUR + 1, (len(duty_start), 2 * per_duty)), axis=1) + duty_start[:, None]
    start, end = cuts[:, ::2].ravel(), cuts[:, 1::2].ravel()
    order = np.argsort(start, kind="stable")  # a ticket's tasks are close in time, and with different agents
    start, end, duty = start[order], end[order], np.repeat(np.arange(len(duty_start)), per_duty)[order]
    n = len(start)
    ticket = np.sort(rng.integers(0, max(1, 2 * n // 3), n))
    _, ticket, sizes = np.unique(ticket, return_inverse=True, return_counts=True)
    queued = np.maximum(start - rng.integers(0, 2, n) * rng.exponential(20 * MINUTE, n).astype(np.int64), 1)
    tickets = _tickets(rng, clock, sizes, queued, start, end)
    return Journals(
        tickets=tickets,
        work=_work(rng, clock, ticket, sizes, queued, start, end, duty, duties),
        chores=_meetings(duties, clock),
        pages=_pages(rng, tickets, agents),
        duties=duties,
        turns=_turns(clock, agents),
        agents=table(AGENTS, {"region": np.arange(agents) % pools // 4, "tier": np.arange(agents) % 4}),
        absences=empty(ABSENCES),
        disruptions=empty(DISRUPTIONS),
        end=clock.end,
    )


def _meetings(duties: Any, clock: Clock) -> Any:
    begun = np.flatnonzero(duties["planned_end"] < clock.end)
    start = duties["planned_end"][begun]
    return table(CHORES, {
        "agent": duties["agent"][begun], "duty": begun, "kind": np.full(len(begun), Chore.MEETING),
        "due": start, "start": start, "end": start + 10 * MINUTE,
    })  # fmt: skip


def _pages(rng: np.random.Generator, tickets: Any, agents: int) -> Any:
    many = rng.integers(0, 3, len(tickets["ticket"]))
    ticket = np.repeat(tickets["ticket"], many)
    level = np.arange(len(ticket)) - np.repeat(np.cumsum(many) - many, many)
    sent = tickets["created"][ticket] + level * 5 * MINUTE
    outcome = rng.integers(0, len(Outcome), len(ticket))
    answered = np.isin(outcome, (Outcome.ANSWERED, Outcome.NOT_NEEDED)) | (
        (outcome == Outcome.BUSY) & (rng.random(len(ticket)) < 0.5)
    )
    return table(PAGES, {
        "ticket": ticket, "round": np.zeros(len(ticket)), "level": level, "agent": rng.integers(0, agents, len(ticket)),
        "on_duty": rng.integers(0, 2, len(ticket)), "sent": sent,
        "answered": np.where(answered, sent + rng.integers(1, 5 * MINUTE, len(ticket)), NEVER), "outcome": outcome,
    })  # fmt: skip


def _turns(clock: Clock, agents: int) -> Any:
    """The pager of each region goes round among its agents once."""
    region = np.arange(agents) % 8 // 4
    order = np.argsort(region, kind="stable")
    each = agents // 2
    place = np.arange(agents) % each
    return table(TURNS, {
        "level": np.zeros(agents), "region": region[order], "agent": order, "start": place * clock.end // each,
        "end": (place + 1) * clock.end // each, "asleep": np.zeros(agents),
    })  # fmt: skip


def _tickets(rng: np.random.Generator, clock: Clock, sizes: Any, queued: Any, start: Any, end: Any) -> Any:
    n, first = len(sizes), np.cumsum(sizes) - sizes
    created, started = np.minimum.reduceat(queued, first), np.minimum.reduceat(start, first)
    resolved = np.maximum.reduceat(end, first)
    resolved = np.where(resolved < clock.end, resolved, NEVER)
    again = (rng.random(n) < 0.1) & (resolved != NEVER)
    gone = rng.random(n) < 0.05
    lasting = np.array([15, 60, 240, 480])[priority := rng.integers(0, 4, n)] * MINUTE
    region = rng.integers(0, 2, n)
    return table(TICKETS, {
        "ticket": np.arange(n), "region": region, "served_by": region, "emergency": np.full(n, NO_EMERGENCY),
        "number": np.arange(n),
        "kind": rng.integers(0, 2, n), "priority": priority,
        "customer_class": rng.integers(0, 2, n), "channel": rng.choice([0, 1, 255], n), "tier": rng.integers(0, 4, n),
        "stages": rng.integers(1, 3, n), "created": created, "visible": created, "filtered": np.zeros(n),
        "acknowledged": np.full(n, NEVER), "critical": np.full(n, NEVER),
        "respond_by": np.where(priority == 3, NEVER, created + lasting), "resolve_by": created + 4 * lasting,
        "started": np.where(gone, NEVER, started), "first_resolved": np.where(gone | again, NEVER, resolved),
        "resolved": np.where(gone, NEVER, resolved), "escalated": np.full(n, NEVER),
        "abandoned": np.where(gone, started, NEVER), "paused": rng.integers(0, 2, n) * HOUR,
        "state": np.where(gone, State.ABANDONED, np.where(resolved == NEVER, State.IN_SERVICE, State.RESOLVED)),
    })  # fmt: skip


def _work(
    rng: np.random.Generator,
    clock: Clock,
    ticket: Any,
    sizes: Any,
    queued: Any,
    start: Any,
    end: Any,
    duty: Any,
    duties: Any,
) -> Any:
    task = np.arange(len(ticket)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    middle = queued + ((start - queued) * rng.random(len(start))).astype(np.int64)
    parted = rng.random(len(start)) < 0.2
    whole = np.arange(len(ticket))
    row = np.concatenate([whole[parted], whole])
    wait_only = np.arange(len(row)) < parted.sum()
    second = ~wait_only & parted[row]
    order = np.lexsort((second, row))
    row, wait_only, second = row[order], wait_only[order], second[order]
    ended = np.where(wait_only, middle[row], end[row])
    return table(WORK, {
        "ticket": ticket[row], "task": task[row], "stretch": second,
        "kind": np.where(task[row] > 0, TaskKind.FOLLOW_UP, TaskKind.WORK), "region": duties["region"][duty[row]],
        "tier": (duties["tier"][duty[row]] + task[row]) % 4,
        "agent": np.where(wait_only, NOBODY, duties["agent"][duty[row]]),
        "duty": np.where(wait_only, NOBODY, duty[row]),
        "queued_at": np.where(second, middle[row], queued[row]),
        "why_queued": np.where(second, Why.ESCALATED, np.where(task[row] > 0, Why.RETURNED, Why.ARRIVED)),
        "start": np.where(wait_only, NEVER, start[row]), "end": np.where(ended < clock.end, ended, NEVER),
        "how_ended": np.where(wait_only, How.ESCALATED, How.DONE), "mode": np.zeros(len(row)),
    })  # fmt: skip


@pytest.fixture(scope="session")
def invent() -> Callable[..., Journals]:
    """Journals of a desk made up at random: `invent(desk, seed, per_duty)`."""
    return _invent
