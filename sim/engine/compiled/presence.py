"""Who is there, until when, and what they have to do besides tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled.jit import compiled
from sim.engine.compiled.codes import CAME_NOT, MODE_CALL_OUT, MODE_DUTY, MODE_OVERLAP
from sim.engine.compiled.idle import cease_to_be_idle
from sim.engine.compiled.journal import write_chore
from sim.engine.compiled.queues import schedule
from sim.engine.compiled.state import (
    ANYWHERE,
    BEGAN,
    BUSY_UNTIL,
    CHORE,
    CHORE_DUE,
    CHORE_LEFT,
    CHORE_UNTIL,
    ENDS,
    FIRST_CHORE,
    LEFT_AT,
    LEVEL,
    MISSED,
    NEXT_CHORE,
    NOW,
    ON_DUTY,
    P1_UNTIL,
    PAID_END,
    PAUSE,
    POOL,
    REST,
    RESTED,
    RESTED_AT,
    SEGMENT,
    SEGMENT_SLOW,
    SEGMENT_TAKES,
    SLOW,
    STAFFS,
    TAKES,
    TASK,
    TERMS_MODE,
    TERMS_SEGMENT,
    TURN,
    UNTIL,
    WHOSE,
    agents,
    chores,
    is_free,
    pools,
    segments,
    ticket_of,
)
from sim.engine.policy import N_PRIORITIES, N_ROLES
from sim.engine.ranks import NONE, WORK_ENDS
from sim.engine.ranks import SEGMENT as SEGMENT_RANK

if TYPE_CHECKING:
    from sim.engine.compiled.state import State

# ---------------------------------------------------------------------- who may take what


@compiled
def may_take(s: State, agent: int, priority: int) -> bool:
    """Whether an agent, if idle, takes on a ticket of that priority; not in the instant in which they go."""
    at = agents(s, agent)
    until = s[at + UNTIL] if priority else s[at + P1_UNTIL]
    return until > s[NOW] and s[at + TAKES] >> priority & 1 != 0


@compiled
def here(s: State, agent: int) -> bool:
    """Whether an agent takes on anything at all."""
    return s[agents(s, agent) + P1_UNTIL] > s[NOW]


@compiled
def is_leaving(s: State, agent: int) -> bool:
    """Whether the paid time of an agent ends in this very instant: they take on nothing before they are gone."""
    segment = s[agents(s, agent) + SEGMENT]
    if segment == NONE:
        return False
    at = segments(s, segment)
    return s[at + PAID_END] == s[NOW] and not s[at + PAUSE]


@compiled
def note_terms(s: State, agent: int) -> None:
    """In which segment, and on what terms, an agent begins to work now."""
    at = agents(s, agent)
    segment = s[at + SEGMENT]
    s[at + TERMS_SEGMENT] = segment
    if segment == NONE:
        s[at + TERMS_MODE] = MODE_CALL_OUT
    elif s[at + UNTIL] <= s[NOW] and not s[segments(s, segment) + PAUSE]:
        s[at + TERMS_MODE] = MODE_OVERLAP
    else:
        s[at + TERMS_MODE] = MODE_DUTY


@compiled
def effort(s: State, agent: int) -> int:
    """How urgent what somebody is at is: the effective priority of their work, and chores after all of it."""
    task = s[agents(s, agent) + TASK]
    return N_PRIORITIES if task == NONE else s[ticket_of(s, task) + LEVEL]


# ---------------------------------------------------------------------- coming and going


@compiled
def count(s: State, segment: int, by: int) -> None:
    """Those who make a pool staffed come and go."""
    if s[segments(s, segment) + STAFFS]:
        pool = s[agents(s, s[segments(s, segment) + WHOSE]) + POOL]
        s[pools(s, pool) + ON_DUTY] += by
        s[ANYWHERE + pool % N_ROLES] += by


@compiled
def arrive_for(s: State, segment: int) -> None:
    """The agent of a segment is there, and takes what comes."""
    agent = s[segments(s, segment) + WHOSE]
    at, at_segment = agents(s, agent), segments(s, segment)
    before = s[at + SEGMENT]
    if before == NONE:
        _forget_chores(s, agent)
    elif not is_free(s, agent):
        s[segments(s, before) + LEFT_AT] = s[NOW]  # the pause was worked through
    s[at + SEGMENT], s[at + UNTIL] = segment, s[at_segment + ENDS]
    s[at + P1_UNTIL] = s[at_segment + ENDS] if s[at_segment + PAUSE] else s[at_segment + PAID_END]
    s[at + SLOW], s[at + TAKES] = s[at_segment + SEGMENT_SLOW], s[at_segment + SEGMENT_TAKES]
    count(s, segment, 1)


@compiled
def is_gone(s: State, agent: int) -> None:
    """An agent is no longer there."""
    at = agents(s, agent)
    s[at + SEGMENT] = s[at + UNTIL] = s[at + P1_UNTIL] = s[at + FIRST_CHORE] = NONE
    cease_to_be_idle(s, agent)


@compiled
def has_worked(s: State, agent: int) -> None:
    """Work or a chore has ended: if it ran on after its segment, the agent is done only now."""
    segment = s[agents(s, agent) + SEGMENT]
    if segment == NONE:
        rest_begins(s, agent, s[NOW])
        return
    at = segments(s, segment)
    if s[NOW] > s[at + ENDS]:
        s[at + LEFT_AT] = s[NOW]
        if s[NOW] > s[at + PAID_END] and not s[at + PAUSE]:
            is_gone(s, agent)
            rest_begins(s, agent, s[NOW])


# ---------------------------------------------------------------------- rest


@compiled
def rest_begins(s: State, agent: int, instant: int) -> None:
    """An agent has worked off duty, or in overtime, until that instant."""
    if s[REST]:
        s[agents(s, agent) + RESTED_AT] = instant + s[REST]
        _wait_for_rest(s, agent)


@compiled
def not_yet_rested(s: State, agent: int) -> bool:
    """Off duty, and at work or not yet rested."""
    at = agents(s, agent)
    return s[at + SEGMENT] == NONE and (s[at + TASK] != NONE or s[at + RESTED_AT] > s[NOW])


@compiled
def keeps_away(s: State, agent: int, segment: int) -> bool:
    """Whether an agent whose segment begins now has to rest, or is still at the work after which they will."""
    if not s[REST] or not not_yet_rested(s, agent):
        return False
    s[agents(s, agent) + MISSED] = segment
    s[segments(s, segment) + RESTED] = CAME_NOT
    _wait_for_rest(s, agent)
    return True


@compiled
def _wait_for_rest(s: State, agent: int) -> None:
    """Come when the rest is over, if it is known when, and if the segment is not over by then."""
    at = agents(s, agent)
    segment = s[at + MISSED]
    if segment != NONE and s[at + TASK] == NONE and s[at + RESTED_AT] < s[segments(s, segment) + ENDS]:
        schedule(s, s[at + RESTED_AT], SEGMENT_RANK | segment + 1)


@compiled
def misses(s: State, segment: int) -> bool:
    """Whether a segment that ends now has not begun; then it will not."""
    at, at_segment = agents(s, s[segments(s, segment) + WHOSE]), segments(s, segment)
    if s[at + MISSED] == segment:
        s[at + MISSED] = NONE
    return s[at_segment + RESTED] == CAME_NOT


# ---------------------------------------------------------------------- chores


@compiled
def _forget_chores(s: State, agent: int) -> None:
    """Whoever comes does what is due now, and nothing that was due while they were not there."""
    chore, kept_chore = s[agents(s, agent) + FIRST_CHORE], NONE
    s[agents(s, agent) + FIRST_CHORE] = NONE
    while chore != NONE:
        at, following = chores(s, chore), s[chores(s, chore) + NEXT_CHORE]
        if s[at + CHORE_DUE] == s[NOW]:
            s[at + NEXT_CHORE] = NONE
            if kept_chore == NONE:
                s[agents(s, agent) + FIRST_CHORE] = chore
            else:
                s[chores(s, kept_chore) + NEXT_CHORE] = chore
            kept_chore = chore
        chore = following


@compiled
def add_chore(s: State, agent: int, chore: int) -> None:
    """A chore is due, after those that are already."""
    s[chores(s, chore) + NEXT_CHORE] = NONE
    before = s[agents(s, agent) + FIRST_CHORE]
    if before == NONE:
        s[agents(s, agent) + FIRST_CHORE] = chore
        return
    while s[chores(s, before) + NEXT_CHORE] != NONE:
        before = s[chores(s, before) + NEXT_CHORE]
    s[chores(s, before) + NEXT_CHORE] = chore


@compiled
def has_chore(s: State, agent: int) -> bool:
    """Whether a chore waits for the agent; what should have begun by now is dropped."""
    at = agents(s, agent)
    while s[at + FIRST_CHORE] != NONE and s[chores(s, s[at + FIRST_CHORE]) + CHORE_UNTIL] <= s[NOW]:
        s[at + FIRST_CHORE] = s[chores(s, s[at + FIRST_CHORE]) + NEXT_CHORE]
    return s[at + FIRST_CHORE] != NONE


@compiled
def begin_chore(s: State, agent: int) -> None:
    """Start, or go on with, the first chore that waits."""
    at = agents(s, agent)
    chore = s[at + FIRST_CHORE]
    at_chore = chores(s, chore)
    s[at + FIRST_CHORE] = s[at_chore + NEXT_CHORE]
    s[at + CHORE], s[at + BEGAN] = chore, s[NOW]
    note_terms(s, agent)
    cease_to_be_idle(s, agent)
    s[at + TURN] += 1
    s[at + BUSY_UNTIL] = min(s[NOW] + s[at_chore + CHORE_LEFT], s[at_chore + CHORE_UNTIL])
    schedule(s, s[at + BUSY_UNTIL], WORK_ENDS | agent)


@compiled
def end_chore(s: State, agent: int) -> int:
    """Leave a chore, and write it down; returns which."""
    at = agents(s, agent)
    chore = s[at + CHORE]
    write_chore(s, agent, chore)
    s[at + CHORE] = s[at + BUSY_UNTIL] = NONE
    s[at + TURN] += 1
    s[chores(s, chore) + CHORE_LEFT] -= s[NOW] - s[at + BEGAN]
    has_worked(s, agent)
    return chore


@compiled
def interrupt_chore(s: State, agent: int) -> None:
    """A P1 comes first; what is left of the chore is done after it."""
    chore = end_chore(s, agent)
    if s[chores(s, chore) + CHORE_LEFT] > 0:
        s[chores(s, chore) + NEXT_CHORE] = s[agents(s, agent) + FIRST_CHORE]
        s[agents(s, agent) + FIRST_CHORE] = chore


@compiled
def cut_chore(s: State, agent: int) -> None:
    """Nothing goes on after the duty."""
    if s[agents(s, agent) + CHORE] != NONE:
        end_chore(s, agent)
