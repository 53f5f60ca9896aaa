"""Which pools may serve a task: its own, and others where nobody is, after a long wait, or after an escalation.

Whom a task may be given to is one of few things at a time, so a task has a bit for each (`WIDER`) instead of a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled.jit import compiled
from sim.engine.compiled.arithmetic import timer
from sim.engine.compiled.codes import WHY_ESCALATED
from sim.engine.compiled.queues import enqueue, schedule
from sim.engine.compiled.state import (
    ANYWHERE,
    FIRST_TASK,
    FRESH,
    HELPERS,
    HELPERS_ARE_ALL,
    LEVEL,
    MOVE_KIND,
    MOVE_WIDTH,
    MOVED,
    MOVES,
    MOVES_AT,
    N_MOVES,
    NEXT_MOVE,
    NOW,
    OF_TICKET,
    ON_DUTY,
    ORDER_AT,
    OVERFLOW_AFTER,
    OVERFLOW_TAKES,
    OVERFLOWS_AT,
    PLACE,
    POOL,
    REGIONS,
    SEGMENT_BEGINS,
    STAFFS,
    STAMP,
    STANDING,
    TIMED,
    UNSTAFFED_ANYWHERE,
    UP_TIER_HELP,
    WAITING,
    WHOSE,
    WHY,
    WIDENS_REGION,
    WIDENS_TIER,
    WIDER,
    agents,
    class_of,
    home_of,
    pools,
    priority_of,
    segments,
    tasks,
    ticket_of,
    tickets,
)
from sim.engine.policy import N_ROLES, N_TIERS
from sim.engine.ranks import NONE
from sim.engine.ranks import OVERFLOW as OVERFLOW_TIMER

if TYPE_CHECKING:
    from sim.engine.compiled.state import State

OWN_HELPERS, OWN_ALL, NEXT_HOME, NEXT_ALL = 1, 2, 4, 8
"""Pools that may serve a task besides its own: those of its role in the regions that its overflow names; in all
regions; those of the next tier at home; in all regions."""


@compiled
def wide(s: State, at_task: int) -> int:
    """The bits of the pools that may serve a task."""
    helped = s[UP_TIER_HELP] and home_of(s, at_task) % N_ROLES < N_TIERS - 1
    return s[at_task + WIDER] | NEXT_HOME if helped else s[at_task + WIDER]


@compiled
def asked(s: State, bits: int) -> int:
    """How many places there are to ask: see `pool_at`."""
    if bits & (NEXT_HOME | NEXT_ALL):
        return 2 * s[REGIONS]
    return s[REGIONS] if bits else 1


@compiled
def pool_at(s: State, home: int, bits: int, place: int) -> int:
    """The pool that is asked at a place, NONE where it may not serve.

    Home is first, then its helpers, then the others; then the next tier likewise.
    """
    regions = s[REGIONS]
    next_tier = place >= regions
    if next_tier:
        place -= regions
    if place and not bits & (NEXT_ALL if next_tier else OWN_ALL):
        helps = not next_tier and bits & OWN_HELPERS and place <= s[pools(s, home) + HELPERS]
        if not helps:
            return NONE
    region = s[s[ORDER_AT] + home * regions + place]
    return region * N_ROLES + home % N_ROLES + next_tier


@compiled
def may_serve(s: State, at_task: int, pool: int) -> bool:
    """Whether a pool may serve a task."""
    bits = wide(s, at_task)
    for place in range(asked(s, bits)):  # noqa: SIM110 - numba compiles no generators in any()
        if pool_at(s, home_of(s, at_task), bits, place) == pool:
            return True
    return False


@compiled
def widen(s: State, task: int, bits: int) -> None:
    """Let more pools serve the task, until it leaves its line."""
    at = tasks(s, task)
    if bits & OWN_HELPERS and s[pools(s, home_of(s, at)) + HELPERS_ARE_ALL]:
        bits |= OWN_ALL
    s[at + WIDER] |= bits


@compiled
def offer(s: State, task: int, bits: int) -> None:
    """Let a task that waits look for an agent in more pools, where it has not yet looked in all of them."""
    known = s[tasks(s, task) + WIDER]
    if not (known & bits or known & OWN_ALL):
        widen(s, task, bits)
        look_again(s, task)


@compiled
def look_again(s: State, task: int) -> None:
    """Let a task look for an agent when the desk settles."""
    rank(s, task, FRESH)


@compiled
def rank(s: State, task: int, line: int) -> None:
    """Put a task where those that look for an agent come in the order of their rank."""
    at_ticket = ticket_of(s, task)
    level = s[at_ticket + LEVEL] << 1 | class_of(s, at_ticket)
    enqueue(s, line, level, s[tasks(s, task) + PLACE], task, NONE)


# ---------------------------------------------------------------------- after an escalation


@compiled
def when_escalated(s: State, task: int) -> None:
    """The next tier, and both tiers elsewhere, may serve what has escalated, as far as the policy says so."""
    bits = OWN_ALL if s[WIDENS_REGION] else 0
    if s[WIDENS_TIER] and home_of(s, tasks(s, task)) % N_ROLES < N_TIERS - 1:
        bits |= NEXT_ALL if s[WIDENS_REGION] else NEXT_HOME
    widen(s, task, bits)


# ---------------------------------------------------------------------- where nobody is


@compiled
def unstaffed(s: State, pool: int) -> bool:
    """Nobody takes what comes, nor begins to in this very instant."""
    if s[pools(s, pool) + ON_DUTY]:
        return False
    move = s[NEXT_MOVE]
    while move < s[N_MOVES]:
        at = s[MOVES_AT] + move * MOVE_WIDTH
        if s[at + MOVES] > s[NOW]:
            return True
        if s[at + MOVE_KIND] == SEGMENT_BEGINS:
            segment = segments(s, s[at + MOVED])
            if s[segment + STAFFS] and s[agents(s, s[segment + WHOSE]) + POOL] == pool:
                return False
        move += 1
    return True


@compiled
def nowhere(s: State, role: int) -> bool:
    """The same, of a role in all regions."""
    if s[ANYWHERE + role]:
        return False
    for region in range(s[REGIONS]):  # noqa: SIM110
        if not unstaffed(s, region * N_ROLES + role):
            return False
    return True


@compiled
def when_in_line(s: State, task: int) -> None:
    """A task comes to its line: where nobody is, all regions may serve it, and its time to overflow begins."""
    if s[UNSTAFFED_ANYWHERE] and unstaffed(s, home_of(s, tasks(s, task))):
        widen(s, task, OWN_ALL)
    _plan_overflow(s, task)


# ---------------------------------------------------------------------- where work waits for long


@compiled
def _plan_overflow(s: State, task: int) -> None:
    """From when others may take a task that comes to its line; what an escalation puts back keeps its time."""
    at = tasks(s, task)
    pool = pools(s, home_of(s, at))
    if not s[pool + OVERFLOW_TAKES] >> priority_of(s, ticket_of(s, task)) & 1:
        return
    if s[at + WHY] != WHY_ESCALATED or s[at + OVERFLOWS_AT] == NONE:
        s[at + OVERFLOWS_AT] = s[NOW] + s[pool + OVERFLOW_AFTER]
    if s[at + OVERFLOWS_AT] <= s[NOW]:
        widen(s, task, OWN_HELPERS)


@compiled
def when_nobody_is_free(s: State, task: int) -> None:
    """Start the timer of a task that waits, once in each wait."""
    at = tasks(s, task)
    if s[at + OVERFLOWS_AT] > s[NOW] and s[at + TIMED] != s[at + STAMP]:
        s[at + TIMED] = s[at + STAMP]
        ticket = s[at + OF_TICKET]
        part = task - s[tickets(s, ticket) + FIRST_TASK]
        schedule(s, s[at + OVERFLOWS_AT], timer(ticket, OVERFLOW_TIMER, part))


@compiled
def overflow(s: State, task: int) -> None:
    """The home pool could not start a task in time: others may."""
    at = tasks(s, task)
    if s[at + TIMED] == s[at + STAMP] and s[at + OVERFLOWS_AT] == s[NOW] and s[at + STANDING] == WAITING:
        offer(s, task, OWN_HELPERS)


@compiled
def overflows(s: State, task: int) -> bool:
    """Whether a task looks for an agent because it has waited for long, in this very instant."""
    at = tasks(s, task)
    return s[at + TIMED] == s[at + STAMP] and s[at + OVERFLOWS_AT] == s[NOW]
