"""Work that is begun and put down, and what becomes of a ticket when its tasks are done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled.jit import compiled
from sim.engine.compiled.arithmetic import combined, remaining, returned, scaled, timer
from sim.engine.compiled.codes import (
    HOW_ABANDONED,
    HOW_DONE,
    HOW_DROPPED,
    HOW_ESCALATED,
    HOW_PREEMPTED,
    KIND_ASSIST,
    KIND_COMMS,
    KIND_OUTSIDE,
    KIND_REOPENED,
    WHY_CRITICAL,
    WHY_ESCALATED,
    WHY_HANDED_OVER,
    WHY_NEXT_STAGE,
    WHY_PREEMPTED,
    WHY_REOPENED,
    WHY_RETURNED,
)
from sim.engine.compiled.escalation import escalate, may_escalate, pause_timer, resume_timer
from sim.engine.compiled.idle import cease_to_be_idle
from sim.engine.compiled.journal import write, write_wait
from sim.engine.compiled.lines import join, leave
from sim.engine.compiled.presence import has_worked, interrupt_chore, note_terms
from sim.engine.compiled.queues import schedule
from sim.engine.compiled.reach import nowhere
from sim.engine.compiled.state import (
    ABANDONED,
    BEGAN,
    BRIEFING,
    BUSY_UNTIL,
    CALLED,
    CRITICAL_SINCE,
    DUE,
    FIRST_RESOLVED,
    FIRST_TASK,
    HANDED_OVER_PM,
    HELD,
    INTERRUPTIONS,
    LAST_AGENT,
    NEXT_TASK,
    NOW,
    OF_TICKET,
    OFFSET,
    OPEN_TASKS,
    OTHER_REGION_PM,
    OUTSIDE,
    OVERDUE,
    PACE,
    PACES_AT,
    PAUSED,
    PENDING_SINCE,
    PLACE,
    POOL,
    PREEMPTED_PM,
    QUEUED_AT,
    RESOLVED,
    SLOW,
    STANDING,
    STARTED,
    TASK,
    TURN,
    WAIT,
    WAITING,
    WHY,
    WORK_LEFT,
    agents,
    dormant_of,
    home_of,
    kind_of,
    priority_of,
    stage_of,
    tasks,
    ticket_of,
    tickets,
    waits,
)
from sim.engine.policy import N_ROLES, NOMINAL
from sim.engine.ranks import COMMS as COMMS_TIMER
from sim.engine.ranks import NONE, WORK_ENDS
from sim.engine.ranks import OUTSIDE as OUTSIDE_TIMER
from sim.workforce.roster import COORDINATOR

if TYPE_CHECKING:
    from sim.engine.compiled.state import State

# ---------------------------------------------------------------------- agents at work


@compiled
def start_work(s: State, agent: int, task: int) -> None:
    """An agent takes a task out of the line."""
    at, at_task = agents(s, agent), tasks(s, task)
    leave(s, task)
    if kind_of(s, at_task) != KIND_COMMS:
        _touch(s, tickets(s, s[at_task + OF_TICKET]), task, agent)
    pace = s[at + SLOW]
    if home_of(s, at_task) != s[at + POOL]:
        pace = _pace_away(s, pace, home_of(s, at_task), s[at + POOL])
    wall = s[at_task + WORK_LEFT] if pace == NOMINAL else scaled(s[at_task + WORK_LEFT], pace)
    cease_to_be_idle(s, agent)
    s[at + TASK], s[at + BEGAN], s[at + PACE] = task, s[NOW], pace
    note_terms(s, agent)
    s[at + TURN] += 1
    s[at + BUSY_UNTIL] = s[NOW] + wall
    schedule(s, s[NOW] + wall, WORK_ENDS | agent)


@compiled
def _touch(s: State, at_ticket: int, task: int, agent: int) -> None:
    """Somebody works for the customer; of a P1 the response is the start of the lead."""
    s[at_ticket + LAST_AGENT] = agent
    if s[at_ticket + STARTED] == NONE and (priority_of(s, at_ticket) or task == s[at_ticket + FIRST_TASK]):
        s[at_ticket + STARTED] = s[NOW]


@compiled
def _pace_away(s: State, pace: int, home: int, away: int) -> int:
    if away == NONE:
        return pace
    of_all_regions = home == COORDINATOR or away == COORDINATOR  # noqa: PLR1714 - numba compiles it as it stands
    if home // N_ROLES != away // N_ROLES and not of_all_regions:
        pace = combined(pace, s[OTHER_REGION_PM])
    return combined(pace, s[s[PACES_AT] + home % N_ROLES * N_ROLES + away % N_ROLES])


@compiled
def finish(s: State, agent: int) -> None:
    """A task is done."""
    at = agents(s, agent)
    task = s[at + TASK]
    write(s, task, agent, s[at + BEGAN], s[NOW], HOW_DONE)
    _put_down(s, agent)
    close(s, task)


@compiled
def _put_down(s: State, agent: int) -> None:
    at = agents(s, agent)
    s[at + TASK] = s[at + BUSY_UNTIL] = NONE
    s[at + TURN] += 1
    s[at + CALLED] = 0
    has_worked(s, agent)


@compiled
def take_away(s: State, agent: int, how: int) -> None:
    """Take an agent's task or chore away; what is left of a task goes back to its place in line."""
    at = agents(s, agent)
    task = s[at + TASK]
    if task == NONE:
        interrupt_chore(s, agent)
        return
    at_task = tasks(s, task)
    left = remaining(s[at_task + WORK_LEFT], s[NOW] - s[at + BEGAN], s[at + PACE])
    if how == HOW_PREEMPTED:
        s[at_task + WORK_LEFT], why = scaled(left, s[PREEMPTED_PM]), WHY_PREEMPTED
        s[at_task + INTERRUPTIONS] += 1
    else:
        s[at_task + WORK_LEFT], why = scaled(left, s[HANDED_OVER_PM]) + s[BRIEFING], WHY_HANDED_OVER
    write(s, task, agent, s[at + BEGAN], s[NOW], how)
    _put_down(s, agent)
    join(s, task, why, s[at_task + PLACE])


# ---------------------------------------------------------------------- a ticket goes on


@compiled
def open_tasks_of(s: State, ticket: int, first: int, last: int, why: int) -> bool:
    """Tasks that stand side by side open. The ticket waits for all of them but the steps of a chain.

    Returns:
        Whether there was help that nobody could give: the ticket may have to go on without it. That is for the caller,
        since a compiled function that calls itself by way of others cannot be kept on disk.
    """
    at, dropped = tickets(s, ticket), False
    for task in range(first, last):
        s[at + OPEN_TASKS] += kind_of(s, tasks(s, task)) != KIND_COMMS
    for task in range(first, last):
        kind = kind_of(s, tasks(s, task))
        if kind < KIND_ASSIST:
            join(s, task, why, s[NOW])
        elif kind == KIND_COMMS:
            tell(s, task, why)
        elif kind == KIND_OUTSIDE:
            work_outside(s, task, why)
        elif nowhere(s, home_of(s, tasks(s, task)) % N_ROLES):
            s[tasks(s, task) + QUEUED_AT], s[tasks(s, task) + WHY] = s[NOW], why
            _drop(s, task)
            dropped = True
        else:
            join(s, task, why, s[NOW])
    return dropped


@compiled
def _next_stage(s: State, ticket: int, why: int) -> bool:
    """The tasks of the next stage come to their lines, all at once; returns what `open_tasks_of` does."""
    at = tickets(s, ticket)
    first, last = s[at + NEXT_TASK], dormant_of(s, at)
    following = first + 1
    while following < last and stage_of(s, tasks(s, following)) == stage_of(s, tasks(s, first)):
        following += 1
    s[at + NEXT_TASK] = following
    return open_tasks_of(s, ticket, first, following, why)


@compiled
def open_stage(s: State, ticket: int, why: int) -> None:
    """A stage opens because the ticket comes, or comes back."""
    if _next_stage(s, ticket, why):
        _go_on(s, ticket)


@compiled
def _drop(s: State, task: int) -> None:
    """Nobody can assist."""
    leave(s, task)
    write_wait(s, task, HOW_DROPPED)
    s[ticket_of(s, task) + OPEN_TASKS] -= 1


@compiled
def drop(s: State, task: int) -> None:
    """Nobody can assist any more."""
    _drop(s, task)
    _go_on(s, s[tasks(s, task) + OF_TICKET])


@compiled
def close(s: State, task: int) -> None:
    """A task is done; after the last one that is open its ticket goes on."""
    if kind_of(s, tasks(s, task)) != KIND_COMMS:
        s[ticket_of(s, task) + OPEN_TASKS] -= 1
        _go_on(s, s[tasks(s, task) + OF_TICKET])


@compiled
def _go_on(s: State, ticket: int) -> None:
    """A stage is done: the next opens, now or when the customer returns; after the last the ticket is resolved."""
    at = tickets(s, ticket)
    while not s[at + OPEN_TASKS] and s[at + PENDING_SINCE] == NONE:
        task = s[at + NEXT_TASK]
        done = task == dormant_of(s, at)
        if done or kind_of(s, tasks(s, task)) == KIND_REOPENED:
            s[at + RESOLVED] = s[NOW]
            if s[at + FIRST_RESOLVED] == NONE:
                s[at + FIRST_RESOLVED] = s[NOW]
        if done:
            s[at + DUE] = NONE
            return
        if s[tasks(s, task) + WAIT]:
            s[at + PENDING_SINCE] = s[NOW]
            pause_timer(s, at)
            schedule(s, s[NOW] + s[tasks(s, task) + WAIT], returned(ticket, stage_of(s, tasks(s, task))))
        elif not _next_stage(s, ticket, WHY_NEXT_STAGE):
            return


@compiled
def come_back(s: State, ticket: int) -> None:
    """The customer has answered, or was not helped after all."""
    at = tickets(s, ticket)
    reopened = kind_of(s, tasks(s, s[at + NEXT_TASK])) == KIND_REOPENED
    s[at + RESOLVED] = NONE
    s[at + PAUSED] += s[NOW] - s[at + PENDING_SINCE]
    s[at + PENDING_SINCE] = NONE
    resume_timer(s, ticket)
    open_stage(s, ticket, WHY_REOPENED if reopened else WHY_RETURNED)


@compiled
def give_up(s: State, ticket: int) -> None:
    """The customer's patience is at an end; it covers the wait for the first work alone."""
    at = tickets(s, ticket)
    if s[at + LAST_AGENT] != NONE:
        return
    s[at + ABANDONED] = s[NOW]
    s[at + DUE] = NONE
    for task in range(s[at + FIRST_TASK], s[tickets(s, ticket + 1) + FIRST_TASK]):
        if s[tasks(s, task) + STANDING] & (WAITING | HELD):
            leave(s, task)
            write_wait(s, task, HOW_ABANDONED)


@compiled
def fire(s: State, ticket: int) -> None:
    """The timer is due: what is in line escalates now, what is in service when it next queues."""
    at = tickets(s, ticket)
    if s[at + DUE] != s[NOW]:
        return
    in_line = False
    for task in range(s[at + FIRST_TASK], s[tickets(s, ticket + 1) + FIRST_TASK]):
        in_line = in_line or (waits(s, task) and may_escalate(s, task))
    if not in_line:
        s[at + DUE] = OVERDUE
        return
    raised = escalate(s, at)
    for task in range(s[at + FIRST_TASK], s[tickets(s, ticket + 1) + FIRST_TASK]):
        if waits(s, task) and may_escalate(s, task):
            leave(s, task)
            write_wait(s, task, HOW_ESCALATED)
            join(s, task, WHY_ESCALATED, s[NOW] if raised else s[tasks(s, task) + PLACE])


# ---------------------------------------------------------------------- emergencies


@compiled
def become_critical(s: State, ticket: int) -> None:
    """A P1 is not resolved in time, worked on or not: its dormant tasks wake, once."""
    at = tickets(s, ticket)
    if s[at + RESOLVED] == NONE and s[at + ABANDONED] == NONE:
        s[at + CRITICAL_SINCE] = s[NOW]
        if open_tasks_of(s, ticket, dormant_of(s, at), s[tickets(s, ticket + 1) + FIRST_TASK], WHY_CRITICAL):
            _go_on(s, ticket)


@compiled
def tell(s: State, task: int, why: int) -> None:
    """A step of the communication chain falls due now, or later."""
    at = tasks(s, task)
    if not s[at + OFFSET]:
        join(s, task, why, s[NOW])
        return
    ticket = s[at + OF_TICKET]
    s[at + WHY] = why
    schedule(s, s[NOW] + s[at + OFFSET], timer(ticket, COMMS_TIMER, task - s[tickets(s, ticket) + FIRST_TASK]))


@compiled
def is_due(s: State, task: int) -> None:
    """People are told how it goes, and in the end that it is over; not of what a customer has given up."""
    if s[ticket_of(s, task) + ABANDONED] == NONE:
        join(s, task, s[tasks(s, task) + WHY], s[NOW])


@compiled
def work_outside(s: State, task: int, why: int) -> None:
    """People who are not of the organisation begin at once."""
    at = tasks(s, task)
    ticket = s[at + OF_TICKET]
    s[at + STANDING], s[at + QUEUED_AT], s[at + WHY] = OUTSIDE, s[NOW], why
    part = task - s[tickets(s, ticket) + FIRST_TASK]
    schedule(s, s[NOW] + s[at + WORK_LEFT], timer(ticket, OUTSIDE_TIMER, part))


@compiled
def is_done_outside(s: State, task: int) -> None:
    """They are done."""
    at = tasks(s, task)
    write(s, task, NONE, s[at + QUEUED_AT], s[NOW], HOW_DONE)
    s[at + STANDING] = 0
    close(s, task)
