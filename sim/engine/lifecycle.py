"""The life of every ticket in the states of the manual (§7.1), read off the journals of any engine.

The manual draws Created, Acknowledged, In Progress, Resolved and Closed one after the other, with Escalated and
Emergency beside them. A state here is what the journals say of an instant: what is at work, what has been escalated
since, whether anybody has responded. Only what an instant passes through without staying has rules of its own.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.engine.journal import Table, Why, missing, table
from sim.workforce.roster import LEAD
from sim.workload.tape import Filter, Kind, TaskKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.engine.journal import Journals

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


class LifeState(IntEnum):
    """Where a ticket stands in its life."""

    CREATED = 0
    """Nobody has responded yet."""
    ACKNOWLEDGED = 1
    """Somebody has responded, and nobody is at work on it: it waits for an agent, or for its customer."""
    IN_PROGRESS = 2
    """Somebody is at work on it; or it was reopened, and they are to begin again."""
    ESCALATED = 3
    """It has waited for too long, or goes to a higher tier, and nobody has begun since."""
    EMERGENCY = 4
    """A P1 that was not resolved in time, or an emergency from when people see it: whatever is done about it."""
    RESOLVED = 5
    """Taken for solved; but it will come back."""
    CLOSED = 6
    """Solved for good, given up by its customer, or kept from people."""


LIFE: dict[str, type[np.generic]] = {
    "ticket": np.int64,  # row of the tickets table
    "at": np.int64,
    "state": np.uint8,  # LifeState
}
"""One row each time that a ticket enters a state, by (ticket, at, and order within the instant)."""

Transition = tuple[LifeState, LifeState]

CREATED, ACKNOWLEDGED, IN_PROGRESS, ESCALATED, EMERGENCY, RESOLVED, CLOSED = LifeState

THE_MANUALS: tuple[Transition, ...] = (
    (CREATED, ACKNOWLEDGED), (ACKNOWLEDGED, IN_PROGRESS), (IN_PROGRESS, RESOLVED), (RESOLVED, CLOSED),
    (ACKNOWLEDGED, ESCALATED), (IN_PROGRESS, ESCALATED), (ESCALATED, EMERGENCY),
)  # fmt: skip
"""Transitions that the manual draws."""
FORGOTTEN: tuple[Transition, ...] = (
    (CREATED, ESCALATED), (ESCALATED, ACKNOWLEDGED), (ESCALATED, IN_PROGRESS), (IN_PROGRESS, ACKNOWLEDGED),
    (IN_PROGRESS, EMERGENCY), (EMERGENCY, RESOLVED), (RESOLVED, IN_PROGRESS), (CREATED, CLOSED),
)  # fmt: skip
"""Transitions without which work that is interrupted, reopened, or never begun has no place in its drawing."""
GIVEN_UP: tuple[Transition, ...] = ((ACKNOWLEDGED, CLOSED), (ESCALATED, CLOSED), (EMERGENCY, CLOSED))
"""A customer may give up after the response to a page, an escalation or an alarm, as long as nobody has begun."""
TRANSITIONS = frozenset((*THE_MANUALS, *FORGOTTEN, *GIVEN_UP))
"""All that may happen. Nothing below looks at it."""


class _What(IntEnum):
    """What happens to a ticket, in its order within an instant."""

    CREATED = 0
    STOPS = 1
    """Somebody stops work on it."""
    ANSWERED = 2
    ESCALATES = 3
    ALARMS = 4
    """It becomes an emergency."""
    REOPENS = 5
    STARTS = 6
    STOPS_AT_ONCE = 7
    """Work that was interrupted in the instant in which it began."""
    RESOLVED = 8
    CLOSES = 9


class _Events(NamedTuple):
    """What happens, in the order of (ticket, instant, order within it): an entry each."""

    ticket: Ints
    at: Ints
    what: Ints


def life(journals: Journals) -> Table:
    """The life of every ticket, in the columns of `LIFE`."""
    events = _in_order(
        _whole(journals), _escalations(journals), _work(journals), _resolutions(journals), _ends(journals)
    )
    return _told(events)


def transitions(told: Table) -> NDArray[np.uint8]:
    """Every change of state in a `life`: (n, 2) codes of `LifeState`, from and to."""
    same = told["ticket"][1:] == told["ticket"][:-1]
    return np.stack([told["state"][:-1][same], told["state"][1:][same]], axis=-1)


# ---- what happens ----------------------------------------------------------------------------------------------------


def _events(ticket: Ints, at: Ints, what: _What) -> _Events:
    return _Events(ticket.astype(np.int64), at, np.full(len(ticket), what, dtype=np.int64))


def _in_order(*parts: _Events) -> _Events:
    ticket, at, what = (np.concatenate([part[column] for part in parts]) for column in range(3))
    order = np.lexsort((what, at, ticket))
    return _Events(ticket[order], at[order], what[order])


def _given(column: str, journals: Journals, what: _What) -> _Events:
    """An instant that the tickets table has of each ticket, or not."""
    at = journals.tickets[column]
    known = np.flatnonzero(~missing(at))
    return _events(known, at[known], what)


def _whole(journals: Journals) -> _Events:
    """What concerns a ticket as a whole. An emergency is one from when its first stage opens: it has work then."""
    tickets = journals.tickets
    opened = np.zeros(len(tickets["ticket"]), dtype=np.bool_)
    opened[journals.work["ticket"]] = True
    emergencies = np.flatnonzero(opened & (tickets["kind"] == Kind.EMERGENCY))
    return _in_order(
        _given("created", journals, _What.CREATED),
        _given("acknowledged", journals, _What.ANSWERED),
        _given("critical", journals, _What.ALARMS),
        _events(emergencies, tickets["visible"][emergencies], _What.ALARMS),
    )


def _escalations(journals: Journals) -> _Events:
    """The ticket's timer took effect, or its next stage is one for a higher tier than all before."""
    work = journals.work
    stages = np.flatnonzero((work["stretch"] == 0) & (work["kind"] <= TaskKind.REOPENED))
    ticket = work["ticket"][stages]
    tier = ticket * (LEAD + 1) + work["tier"][stages]  # in a lane of its own for each ticket
    higher = np.zeros(len(stages), dtype=np.bool_)
    higher[1:] = (ticket[1:] == ticket[:-1]) & (tier[1:] > np.maximum.accumulate(tier)[:-1])
    onward = np.isin(work["why_queued"][stages], (Why.NEXT_STAGE, Why.RETURNED))
    raised = stages[higher & onward]
    return _in_order(
        _given("escalated", journals, _What.ESCALATES),
        _events(work["ticket"][raised], work["queued_at"][raised], _What.ESCALATES),
    )


def _work(journals: Journals) -> _Events:
    """When work on the tickets starts and stops. What was reopened counts as begun when it comes back."""
    work = journals.work
    reopened = work["why_queued"] == Why.REOPENED
    ours = ~np.isin(work["kind"], (TaskKind.COMMS, TaskKind.OUTSIDE))
    rows = np.flatnonzero(ours & (reopened | ~missing(work["start"])))
    ticket, end = work["ticket"][rows], work["end"][rows]
    start = np.where(reopened[rows], work["queued_at"][rows], work["start"][rows])
    over = ~missing(end)
    at_once = over & (end == start)
    lasted = over & ~at_once
    return _in_order(
        _events(work["ticket"][reopened], work["queued_at"][reopened], _What.REOPENS),
        _events(ticket, start, _What.STARTS),
        _events(ticket[lasted], end[lasted], _What.STOPS),
        _events(ticket[at_once], end[at_once], _What.STOPS_AT_ONCE),
    )


def _resolutions(journals: Journals) -> _Events:
    """The last resolution, and those before each reopening: then, all that had been asked for until then was done."""
    work, width = journals.work, np.int64(journals.end + 1)
    held = np.flatnonzero((work["kind"] != TaskKind.COMMS) & ~missing(work["end"]))
    lane, ended = work["ticket"][held] * width, work["end"][held]  # one axis for all tickets, each in a lane of its own
    order = np.argsort(lane + work["queued_at"][held], kind="stable")
    back = np.unique(_pairs(work, work["why_queued"] == Why.REOPENED), axis=0)
    before = np.searchsorted((lane + work["queued_at"][held])[order], back[:, 0] * width + back[:, 1]) - 1
    done = np.maximum.accumulate((lane + ended)[order])[before] - back[:, 0] * width
    return _in_order(_given("resolved", journals, _What.RESOLVED), _events(back[:, 0], done, _What.RESOLVED))


def _pairs(work: Table, rows: Mask) -> Ints:
    """(ticket, queued_at) of some rows: (n, 2)."""
    return np.stack([work["ticket"][rows], work["queued_at"][rows]], axis=-1)


def _ends(journals: Journals) -> _Events:
    """What nobody will work on any more: kept from people, given up, or resolved with nothing more to come."""
    tickets = journals.tickets
    kept = np.flatnonzero(tickets["filtered"] != Filter.PASSED)
    done = np.flatnonzero(~missing(tickets["resolved"]) & (_stages_seen(journals) >= tickets["stages"]))
    return _in_order(
        _events(kept, tickets["created"][kept], _What.CLOSES),
        _given("abandoned", journals, _What.CLOSES),
        _events(done, tickets["resolved"][done], _What.CLOSES),
    )


def _stages_seen(journals: Journals) -> Ints:
    """How many of its stages each ticket has opened: the tasks of a stage are asked for in one instant."""
    work = journals.work
    of_stages = (work["stretch"] == 0) & (work["kind"] != TaskKind.COMMS) & (work["why_queued"] != Why.CRITICAL)
    opened = np.unique(_pairs(work, of_stages), axis=0)
    return np.bincount(opened[:, 0], minlength=len(journals.tickets["ticket"]))


# ---- what it makes of the ticket -------------------------------------------------------------------------------------


def _told(events: _Events) -> Table:
    """Enter the states that each instant ends with, and those that it passes through."""
    if not len(events.ticket):
        return table(LIFE, {"ticket": events.ticket, "at": events.at, "state": events.what})
    instants = _Instants(events)
    path = _Path(instants.before())
    path.enter(instants.has(_What.CREATED), CREATED)
    path.enter(instants.has(_What.ANSWERED) & path.among(CREATED), ACKNOWLEDGED)
    path.enter(instants.escalate_at_rest() & path.among(CREATED, ACKNOWLEDGED, IN_PROGRESS), ESCALATED)
    path.enter(instants.has(_What.ALARMS) & path.among(CREATED, ACKNOWLEDGED), ESCALATED)
    path.enter(instants.has(_What.ALARMS), EMERGENCY)
    # Whoever begins has responded; and nobody resolves what they are not at, be it by going without help.
    path.enter(instants.has(_What.STARTS, _What.RESOLVED) & path.among(CREATED), ACKNOWLEDGED)
    path.enter(instants.has(_What.RESOLVED) & path.among(ACKNOWLEDGED, ESCALATED), IN_PROGRESS)
    for state in (IN_PROGRESS, ACKNOWLEDGED, ESCALATED):
        path.enter(instants.after == state, state)
    path.enter(instants.has(_What.RESOLVED), RESOLVED)
    path.enter(instants.has(_What.CLOSES), CLOSED)
    which, entered = path.entered()
    last = instants.last[which]
    return table(LIFE, {"ticket": events.ticket[last], "at": events.at[last], "state": entered})


class _Instants:
    """The instants of the tickets at which something happens, and the state that each ends with."""

    def __init__(self, events: _Events) -> None:
        self.events = events
        ticket, at = events.ticket, events.at
        new = np.ones(len(ticket), dtype=np.bool_)
        new[1:] = (ticket[1:] != ticket[:-1]) | (at[1:] != at[:-1])
        self.first = np.flatnonzero(new)
        self.last = np.append(self.first[1:], len(ticket)) - 1
        self.begins = np.searchsorted(ticket, ticket)  # the first event of the ticket of each event
        self.at_work = self._at_work()
        self.after = self._after()

    def _is(self, *what: _What) -> Mask:
        return np.isin(self.events.what, what)

    def has(self, *what: _What) -> Mask:
        """Whether something of this happens in each instant."""
        return np.logical_or.reduceat(self._is(*what), self.first)

    def escalate_at_rest(self) -> Mask:
        """Instants in which the ticket escalates while nobody is at work on it."""
        return np.logical_or.reduceat(self._is(_What.ESCALATES) & (self.at_work == 0), self.first)

    def before(self) -> Ints:
        """The state that the ticket's instant before ended with; -1 of the first."""
        ticket = self.events.ticket[self.first]
        before = np.full(len(ticket), -1, dtype=np.int64)
        again = np.flatnonzero(ticket[1:] == ticket[:-1]) + 1
        before[again] = self.after[again - 1]
        return before

    def _at_work(self) -> Ints:
        """How many are at work on the ticket after each event."""
        change = self._is(_What.STARTS).astype(np.int64) - self._is(_What.STOPS, _What.STOPS_AT_ONCE)
        total = np.cumsum(change)
        at_work: Ints = total - (total - change)[self.begins]
        return at_work

    def _latest(self, *what: _What) -> Ints:
        """The last event of these kinds of the ticket, up to the end of each instant; -1 where there is none."""
        number = np.arange(len(self.begins))
        latest = np.maximum.accumulate(np.where(self._is(*what), number, -1))
        own: Ints = np.where(latest >= self.begins, latest, -1)[self.last]
        return own

    def _after(self) -> Ints:
        response = self._latest(_What.ANSWERED, _What.STARTS)
        resolved = self._latest(_What.RESOLVED)
        return np.select(
            [
                self._latest(_What.CLOSES) >= 0,
                resolved > self._latest(_What.REOPENS),
                self._latest(_What.ALARMS) > resolved,
                self.at_work[self.last] > 0,
                self._latest(_What.ESCALATES) > response,
                response >= 0,
            ],
            [CLOSED, RESOLVED, EMERGENCY, IN_PROGRESS, ESCALATED, ACKNOWLEDGED],
            CREATED,
        )


class _Path:
    """The states that tickets go through within an instant each."""

    def __init__(self, before: Ints) -> None:
        self.now = before
        self.steps: list[Ints] = []

    def among(self, *states: LifeState) -> Mask:
        """Where the ticket is in one of these."""
        return np.isin(self.now, states)

    def enter(self, where: Mask, state: LifeState) -> None:
        """Enter a state, but where the ticket is in it already."""
        enters = where & (self.now != state)
        self.steps.append(np.where(enters, state, -1))
        self.now = np.where(enters, state, self.now)

    def entered(self) -> tuple[NDArray[np.intp], Ints]:
        """Rows of the instants, and the states entered in them, in order."""
        steps = np.stack(self.steps, axis=-1)
        which, _ = np.nonzero(steps >= 0)
        return which, steps[steps >= 0]
