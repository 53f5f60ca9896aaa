"""Who is put to work: tasks that look for an agent, and agents who look for work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled.jit import compiled
from sim.engine.compiled.codes import HOW_PREEMPTED, KIND_ASSIST, KIND_CRITICAL
from sim.engine.compiled.idle import become_idle
from sim.engine.compiled.lines import best_line, claim, idle_agent, may_preempt, victim
from sim.engine.compiled.paging import next_reserved, strand
from sim.engine.compiled.presence import begin_chore, has_chore, here, is_leaving
from sim.engine.compiled.queues import dequeue, enqueue
from sim.engine.compiled.reach import OWN_ALL, nowhere, offer, rank, unstaffed, when_nobody_is_free
from sim.engine.compiled.state import (
    CLAIM_LEVEL,
    CLAIM_PLACE,
    CLAIM_STAMP,
    CLAIM_TASK,
    CLAIM_WIDTH,
    CLAIMS,
    CLAIMS_AT,
    FRESH,
    REGIONS,
    SORTED,
    STAMP,
    UNSTAFFED_ANYWHERE,
    home_of,
    kind_of,
    tasks,
    waits,
)
from sim.engine.compiled.work import drop, start_work, take_away
from sim.engine.policy import N_ROLES
from sim.engine.ranks import NONE

if TYPE_CHECKING:
    from sim.engine.compiled.state import State


@compiled
def settle(s: State) -> None:
    """Let every task that has just joined a line look for an agent; those that find none wait there."""
    while s[FRESH] != NONE:
        task = dequeue(s, FRESH)
        if not waits(s, task):
            continue
        agent = idle_agent(s, task)
        if agent == NONE and may_preempt(s, task):
            agent = victim(s, task)
            if agent != NONE:
                take_away(s, agent, HOW_PREEMPTED)
        if agent == NONE:
            _wait(s, task)
        else:
            start_work(s, agent, task)


@compiled
def _wait(s: State, task: int) -> None:
    """Nobody is free: the task waits for them, and for its overflow; where nobody is anywhere, it is forsaken."""
    when_nobody_is_free(s, task)
    claim(s, task)
    if nowhere(s, home_of(s, tasks(s, task)) % N_ROLES):
        _forsake(s, task)


@compiled
def queue_fresh(s: State) -> None:
    """What has yet to look for an agent stands in line at once, for whoever is free in this instant."""
    while s[FRESH] != NONE:
        task, level, place = s[s[FRESH] + CLAIM_TASK], s[s[FRESH] + CLAIM_LEVEL], s[s[FRESH] + CLAIM_PLACE]
        dequeue(s, FRESH)
        claim(s, task)
        enqueue(s, SORTED, level, place, task, NONE)
    s[FRESH], s[SORTED] = s[SORTED], NONE


@compiled
def choose_work(s: State, agent: int) -> None:
    """A free agent does what they have promised, what is most urgent, what they have to do, what else waits."""
    if is_leaving(s, agent) or next_reserved(s, agent) or not here(s, agent):
        return
    line = best_line(s, agent)
    if (line == NONE or s[s[line] + CLAIM_LEVEL] >> 3) and has_chore(s, agent):
        begin_chore(s, agent)
    elif line == NONE:
        become_idle(s, agent)
    else:
        start_work(s, agent, dequeue(s, line))


# ---------------------------------------------------------------------- where nobody is left


@compiled
def deserted(s: State, pool: int) -> None:
    """An agent takes no more: where nobody is left, work may go elsewhere, and urgent work pages somebody."""
    if not unstaffed(s, pool):
        return
    role = pool % N_ROLES
    if s[UNSTAFFED_ANYWHERE] and s[REGIONS] > 1:
        for number in range(s[CLAIMS]):
            task = _in_line_at_home(s, number)
            if task != NONE and home_of(s, tasks(s, task)) == pool:
                offer(s, task, OWN_ALL)
    if nowhere(s, role):
        for number in range(s[CLAIMS]):
            task = _in_line_at_home(s, number)
            if task != NONE and home_of(s, tasks(s, task)) % N_ROLES == role:
                rank(s, task, SORTED)
        before = NONE
        while s[SORTED] != NONE:
            task = dequeue(s, SORTED)
            if task != before:
                _forsake(s, task)
            before = task


@compiled
def _in_line_at_home(s: State, number: int) -> int:
    """The task of a claim, if it is a valid one in the line of its own pool; else NONE."""
    at = s[CLAIMS_AT] + number * CLAIM_WIDTH
    task = s[at + CLAIM_TASK]
    if task == NONE or s[at + CLAIM_LEVEL] & 3 or s[at + CLAIM_STAMP] != s[tasks(s, task) + STAMP]:
        return NONE
    return task if waits(s, task) else NONE


@compiled
def _forsake(s: State, task: int) -> None:
    """Nobody of its role is on duty anywhere: help for a P1 is dropped, other urgent work pages somebody."""
    kind = kind_of(s, tasks(s, task))
    if kind < KIND_ASSIST:
        strand(s, task)
    elif kind <= KIND_CRITICAL:
        drop(s, task)
