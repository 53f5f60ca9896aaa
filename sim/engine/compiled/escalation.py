"""The ticket timer: what waits for too long escalates, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled.jit import compiled
from sim.engine.compiled.arithmetic import timer
from sim.engine.compiled.codes import KIND_COMMS
from sim.engine.compiled.queues import schedule
from sim.engine.compiled.reach import when_escalated
from sim.engine.compiled.state import (
    DUE,
    ENTRY_TIER_ONLY,
    ESCALATED,
    FIRST_TASK,
    LEVEL,
    NOW,
    OF_TICKET,
    OVERDUE,
    RAISES,
    STOPPED,
    home_of,
    kind_of,
    tasks,
    ticket_of,
    tickets,
)
from sim.engine.ranks import ESCALATION as ESCALATION_TIMER
from sim.engine.ranks import NONE

if TYPE_CHECKING:
    from sim.engine.compiled.state import State


@compiled
def start_timer(s: State, ticket: int, due: int) -> None:
    """The timer of a ticket is due at an instant."""
    s[tickets(s, ticket) + DUE] = due
    schedule(s, due, timer(ticket, ESCALATION_TIMER))


@compiled
def pause_timer(s: State, at_ticket: int) -> None:
    """The ticket waits for its customer."""
    if s[at_ticket + DUE] >= 0:
        s[at_ticket + DUE] = STOPPED - (s[at_ticket + DUE] - s[NOW])


@compiled
def resume_timer(s: State, ticket: int) -> None:
    """The customer has answered."""
    at = tickets(s, ticket)
    if s[at + DUE] == STOPPED:  # due in the very instant in which the pause began
        s[at + DUE] = OVERDUE
    elif s[at + DUE] < STOPPED:
        start_timer(s, ticket, s[NOW] + STOPPED - s[at + DUE])


@compiled
def when_queued(s: State, task: int, place: int) -> int:
    """A task begins to wait at `place`: it escalates if that is due. Returns its place after that."""
    at = ticket_of(s, task)
    if s[at + DUE] == OVERDUE and may_escalate(s, task) and escalate(s, at):
        place = s[NOW]
    if s[at + ESCALATED] == s[NOW] and may_escalate(s, task):
        when_escalated(s, task)
    return place


@compiled
def may_escalate(s: State, task: int) -> bool:
    """Whether a task escalates: who is told of an emergency, and when, is not a matter of waiting."""
    at = tasks(s, task)
    if kind_of(s, at) == KIND_COMMS:
        return False
    entry = s[tickets(s, s[at + OF_TICKET]) + FIRST_TASK]
    return not s[ENTRY_TIER_ONLY] or home_of(s, at) == home_of(s, tasks(s, entry))


@compiled
def escalate(s: State, at_ticket: int) -> bool:
    """Raise the ticket. Whether it rose: then it joins the end of its new level; P1 keeps its place."""
    s[at_ticket + DUE] = NONE
    s[at_ticket + ESCALATED] = s[NOW]
    raised = s[RAISES] != 0 and s[at_ticket + LEVEL] > 0
    s[at_ticket + LEVEL] -= raised
    return raised
