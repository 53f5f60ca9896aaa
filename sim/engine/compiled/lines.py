"""Where work waits, and who serves whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled.jit import compiled
from sim.engine.compiled.codes import WHY_ARRIVED, WHY_ESCALATED
from sim.engine.compiled.escalation import when_queued
from sim.engine.compiled.presence import effort, may_take
from sim.engine.compiled.queues import dequeue, goes_before, line_up
from sim.engine.compiled.reach import asked, look_again, may_serve, overflows, pool_at, when_in_line, wide
from sim.engine.compiled.state import (
    AT_STAKE,
    BEGAN,
    CLAIM_STAMP,
    CLAIM_TASK,
    FIRST_IDLE,
    FIRST_MEMBER,
    FIRST_TASK,
    HELD,
    IDLE_AFTER,
    IDLE_SINCE,
    INTERRUPTIONS,
    LAST_AGENT,
    LAST_MEMBER,
    LEVEL,
    LINES,
    MEMBERS_AT,
    MOST_INTERRUPTIONS,
    NOW,
    OF_TICKET,
    P1_PREEMPTS,
    PLACE,
    POOL,
    QUEUED_AT,
    REGIONS,
    STAMP,
    STANDING,
    TAKES,
    TASK,
    UNTIL,
    WAITING,
    WHY,
    WIDER,
    agents,
    class_of,
    home_of,
    is_free,
    pages_at,
    pools,
    priority_of,
    tasks,
    ticket_of,
    tickets,
    weight,
)
from sim.engine.policy import N_PRIORITIES, N_ROLES, NO_LIMIT
from sim.engine.ranks import NONE

if TYPE_CHECKING:
    from sim.engine.compiled.state import State

# ---------------------------------------------------------------------- in and out


@compiled
def join(s: State, task: int, why: int, place: int) -> None:
    """A task begins to wait. It looks for an agent when the desk settles, or waits for an answer to a page."""
    at = tasks(s, task)
    at_ticket = tickets(s, s[at + OF_TICKET])
    place = when_queued(s, task, place)
    s[AT_STAKE] += weight(s, at)
    s[at + PLACE], s[at + QUEUED_AT], s[at + WHY] = place, s[NOW], why
    if why == WHY_ARRIVED and task == s[at_ticket + FIRST_TASK] and pages_at(s, at_ticket) == s[NOW]:
        s[at + STANDING] = WAITING | HELD
    else:
        s[at + STANDING] = WAITING
        _come_to_line(s, task)


@compiled
def queue_if_held(s: State, task: int) -> None:
    """Nobody has answered for a task: it waits in line like others."""
    if s[tasks(s, task) + STANDING] == WAITING | HELD:
        s[tasks(s, task) + STANDING] = WAITING
        _come_to_line(s, task)


@compiled
def _come_to_line(s: State, task: int) -> None:
    """Let a task look for an agent when the desk settles, in all pools that may serve it by now."""
    when_in_line(s, task)
    look_again(s, task)


@compiled
def hold(s: State, task: int) -> None:
    """Keep a task for somebody who has promised to do it: it has no place in any line now."""
    leave(s, task)
    s[tasks(s, task) + STANDING] = HELD


@compiled
def leave(s: State, task: int) -> None:
    """A task waits no more, or begins to wait anew."""
    at = tasks(s, task)
    if s[at + STANDING] & WAITING:
        s[AT_STAKE] -= weight(s, at)
    s[at + STANDING] = 0
    s[at + STAMP] += 1
    s[at + WIDER] = 0


@compiled
def claim(s: State, task: int) -> None:
    """Queue the task in the line of every pool that may serve it."""
    at = tasks(s, task)
    at_ticket, home, regions = tickets(s, s[at + OF_TICKET]), home_of(s, at), s[REGIONS]
    level = s[at_ticket + LEVEL] << 3 | class_of(s, at_ticket) << 2
    line = LINES + priority_of(s, at_ticket)
    bits = wide(s, at)
    for place in range(asked(s, bits)):
        pool = pool_at(s, home, bits, place)
        if pool != NONE:
            elsewhere = (place >= regions) << 1 | (pool // N_ROLES != home // N_ROLES)
            line_up(s, pools(s, pool) + line, level | elsewhere, s[at + PLACE], task, s[at + STAMP])


# ---------------------------------------------------------------------- work looks for an agent


@compiled
def idle_agent(s: State, task: int) -> int:
    """The free agent for a task: who had the ticket before, else from its pools in order, the longest idle."""
    at = tasks(s, task)
    at_ticket = tickets(s, s[at + OF_TICKET])
    priority, last = priority_of(s, at_ticket), s[at_ticket + LAST_AGENT]
    knows_it = last != NONE and s[agents(s, last) + IDLE_SINCE] != NONE and may_take(s, last, priority)
    if knows_it and may_serve(s, at, s[agents(s, last) + POOL]):
        return last
    bits = wide(s, at)
    for place in range(asked(s, bits)):
        pool = pool_at(s, home_of(s, at), bits, place)
        if pool != NONE:
            agent = s[pools(s, pool) + FIRST_IDLE]
            while agent != NONE and not may_take(s, agent, priority):
                agent = s[agents(s, agent) + IDLE_AFTER]
            if agent != NONE:
                return agent
    return NONE


@compiled
def may_preempt(s: State, task: int) -> bool:
    """P1 interrupts others when it comes to the line, but not because it has waited there for long."""
    is_p1 = priority_of(s, ticket_of(s, task)) == 0
    return is_p1 and s[P1_PREEMPTS] != 0 and s[tasks(s, task) + WHY] != WHY_ESCALATED and not overflows(s, task)


@compiled
def victim(s: State, task: int) -> int:
    """Whom a P1 interrupts: who is at a chore, the least urgent work, the latest begun, the highest agent."""
    at = tasks(s, task)
    bits = wide(s, at)
    best, level, began = NONE, 0, 0
    for place in range(asked(s, bits)):
        pool = pool_at(s, home_of(s, at), bits, place)
        if pool == NONE:
            continue
        for member in range(s[pools(s, pool) + FIRST_MEMBER], s[pools(s, pool) + LAST_MEMBER]):
            agent = s[s[MEMBERS_AT] + member]
            if is_free(s, agent) or not may_take(s, agent, 0) or not gives_way(s, agent):
                continue
            its_level, its_began = effort(s, agent), s[agents(s, agent) + BEGAN]
            latest = its_began > began or (its_began == began and agent > best)
            if its_level > level or (its_level == level and level > 0 and latest):
                best, level, began = agent, its_level, its_began
    return best


@compiled
def gives_way(s: State, agent: int) -> bool:
    """Whether what an agent is at has not been interrupted too often; a chore always gives way."""
    task, most = s[agents(s, agent) + TASK], s[MOST_INTERRUPTIONS]
    return task == NONE or most == NO_LIMIT or s[tasks(s, task) + INTERRUPTIONS] < most


# ---------------------------------------------------------------------- an agent looks for work


@compiled
def best_line(s: State, agent: int) -> int:
    """Where the line is noted whose first claim is the best open to an agent; NONE where they may take nothing."""
    at = agents(s, agent)
    pool, takes = pools(s, s[at + POOL]), s[at + TAKES]
    if s[at + UNTIL] <= s[NOW]:
        takes = takes & 1 if may_take(s, agent, 0) else 0
    best = NONE
    for priority in range(N_PRIORITIES):
        if takes >> priority & 1:
            line = pool + LINES + priority
            while s[line] != NONE and s[tasks(s, s[s[line] + CLAIM_TASK]) + STAMP] != s[s[line] + CLAIM_STAMP]:
                dequeue(s, line)
            if s[line] != NONE and (best == NONE or goes_before(s, s[line], s[best])):
                best = line
    return best
