"""People who come and go, as the roster has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled.jit import compiled
from sim.engine.compiled.codes import CAME_LATE, HOW_HANDED_OVER
from sim.engine.compiled.idle import cease_to_be_idle
from sim.engine.compiled.paging import calls_away, next_reserved
from sim.engine.compiled.presence import (
    add_chore,
    arrive_for,
    begin_chore,
    count,
    cut_chore,
    here,
    is_gone,
    keeps_away,
    misses,
    not_yet_rested,
    rest_begins,
)
from sim.engine.compiled.queues import schedule
from sim.engine.compiled.settling import choose_work, deserted
from sim.engine.compiled.state import (
    BEGINS,
    CAME,
    CHORE_AGENT,
    ENDS,
    HARD_END,
    IDLE_SINCE,
    LEFT_AT,
    MISSED,
    N_SEGMENTS,
    NOW,
    OVERTIME,
    OVERTIME_TURN,
    PAID_END,
    PAUSE,
    POOL,
    RESTED,
    SEGMENT,
    TASK,
    TURN,
    WHOSE,
    WRITE_UP,
    agents,
    chores,
    is_free,
    priority_of,
    segments,
    ticket_of,
)
from sim.engine.compiled.work import take_away
from sim.engine.ranks import NONE, OVERTIME_ENDS

if TYPE_CHECKING:
    from sim.engine.compiled.state import State


@compiled
def open_desk(s: State) -> None:
    """Those whose segment is under way at time 0 are there."""
    for segment in range(s[N_SEGMENTS]):
        at = segments(s, segment)
        if s[at + BEGINS] <= 0 and s[at + ENDS] > 0:
            begin(s, segment)


@compiled
def begin(s: State, segment: int) -> None:
    """A duty should begin, or go on after a pause; who has to rest comes later, or not at all."""
    agent = s[segments(s, segment) + WHOSE]
    if keeps_away(s, agent, segment):
        deserted(s, s[agents(s, agent) + POOL])
    else:
        come(s, segment)


@compiled
def come(s: State, segment: int) -> None:
    """The agent is there, and takes what comes."""
    agent = s[segments(s, segment) + WHOSE]
    free = is_free(s, agent)
    arrive_for(s, segment)
    if free:
        choose_work(s, agent)


@compiled
def rest_is_over(s: State, segment: int) -> None:
    """An agent has rested, unless they were called out again."""
    agent = s[segments(s, segment) + WHOSE]
    if s[agents(s, agent) + MISSED] == segment and not not_yet_rested(s, agent):
        s[agents(s, agent) + MISSED] = NONE
        s[segments(s, segment) + RESTED], s[segments(s, segment) + CAME] = CAME_LATE, s[NOW]
        come(s, segment)


@compiled
def end_new_work(s: State, segment: int) -> None:
    """A pause or the overlap begins: the agent takes what comes no more."""
    agent = s[segments(s, segment) + WHOSE]
    if misses(s, segment):
        return
    if s[segments(s, segment) + PAUSE] and s[agents(s, agent) + SEGMENT] == segment:  # else the next has begun already
        cease_to_be_idle(s, agent)
    count(s, segment, -1)
    deserted(s, s[agents(s, agent) + POOL])


@compiled
def end_duty(s: State, segment: int) -> None:
    """The paid time is over: open work is handed over, or goes on in overtime."""
    at = segments(s, segment)
    agent = s[at + WHOSE]
    if misses(s, segment):
        return
    at_once = s[at + ENDS] == s[at + PAID_END]
    if at_once:
        count(s, segment, -1)
    cut_chore(s, agent)
    task = s[agents(s, agent) + TASK]
    if task != NONE and _in_overtime(s, segment, task):
        s[at + OVERTIME_TURN] = s[agents(s, agent) + TURN]
        schedule(s, s[at + HARD_END], OVERTIME_ENDS | segment)
    else:
        _go(s, agent)
    if at_once:
        deserted(s, s[agents(s, agent) + POOL])


@compiled
def _in_overtime(s: State, segment: int, task: int) -> bool:
    at = segments(s, segment)
    allowed = s[OVERTIME] >> priority_of(s, ticket_of(s, task)) & 1 != 0
    return allowed and s[at + HARD_END] > s[NOW] and not calls_away(s, s[at + WHOSE])


@compiled
def end_overtime(s: State, segment: int) -> None:
    """Overtime is at its limit."""
    agent = s[segments(s, segment) + WHOSE]
    if s[agents(s, agent) + TURN] == s[segments(s, segment) + OVERTIME_TURN]:
        own = s[agents(s, agent) + SEGMENT]
        _go(s, agent)
        rest_begins(s, agent, s[segments(s, own) + LEFT_AT])


@compiled
def _go(s: State, agent: int) -> None:
    """The agent leaves; open work is handed over, and a page that they have answered is what they do next."""
    segment = s[agents(s, agent) + SEGMENT]
    if s[agents(s, agent) + TASK] != NONE:
        take_away(s, agent, HOW_HANDED_OVER)
        s[segments(s, segment) + LEFT_AT] = s[NOW] + s[WRITE_UP]
    is_gone(s, agent)
    next_reserved(s, agent)


@compiled
def chore_is_due(s: State, chore: int) -> None:
    """An agent who is free begins it; others when they are."""
    agent = s[chores(s, chore) + CHORE_AGENT]
    add_chore(s, agent, chore)
    if s[agents(s, agent) + IDLE_SINCE] != NONE and here(s, agent):
        begin_chore(s, agent)
