"""What the journals say when the run is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.clock import NEVER
from sim.compiled.jit import compiled, kept, opened
from sim.engine.compiled.codes import (
    HOW_OPEN,
    KIND_COMMS,
    STATE_ABANDONED,
    STATE_FILTERED,
    STATE_IN_SERVICE,
    STATE_PENDING,
    STATE_QUEUED,
    STATE_RESOLVED,
)
from sim.engine.compiled.journal import write
from sim.engine.compiled.state import (
    ABANDONED,
    ACKNOWLEDGED,
    BEGAN,
    CHORE_WORK,
    CHORE_WORK_AT,
    CHORE_WORK_WIDTH,
    CRITICAL_SINCE,
    DID_END,
    DORMANT,
    ESCALATED,
    FIRST_RESOLVED,
    FIRST_TASK,
    HOME,
    N_AGENTS,
    N_TASKS,
    N_TICKETS,
    OF_TICKET,
    OFFSET,
    OUTSIDE_SINCE,
    PAGE_ANSWERED_AT,
    PAGE_SENT,
    PAGES,
    PAUSED,
    PENDING_SINCE,
    QUEUED_AT,
    RESOLVED,
    STAGE,
    STANDING,
    STARTED,
    STRETCH,
    TASK,
    TASK_KIND,
    WORK,
    WORK_AGENT,
    WORK_AT,
    WORK_CODES,
    WORK_END,
    WORK_QUEUED,
    WORK_SEGMENT,
    WORK_START,
    WORK_TASK,
    WORK_WIDTH,
    agents,
    pages,
    tasks,
    tickets,
    waits,
)
from sim.engine.policy import N_ROLES
from sim.engine.ranks import NONE
from sim.workforce.roster import COORDINATOR

if TYPE_CHECKING:
    from sim.engine.compiled.state import Codes, Ids, Numbers, Shorts, State


@kept
def last_instant(array: Numbers) -> int:
    """When anything last happened. A timer that changed nothing is not heard of."""
    s = opened(array)
    last = 0
    for row in range(s[WORK]):
        at = s[WORK_AT] + row * WORK_WIDTH
        last = max(last, s[at + WORK_QUEUED], s[at + WORK_START], s[at + WORK_END])
    for task in range(s[N_TASKS]):
        if waits(s, task):
            last = max(last, s[tasks(s, task) + QUEUED_AT])
    for row in range(s[CHORE_WORK]):
        last = max(last, s[s[CHORE_WORK_AT] + row * CHORE_WORK_WIDTH + DID_END])
    for page in range(s[PAGES]):
        last = max(last, s[pages(s, page) + PAGE_SENT], s[pages(s, page) + PAGE_ANSWERED_AT])
    return last


@kept
def collect_tickets(
    array: Numbers,
    end: int,
    filtered: Codes,
    acknowledged: Numbers,
    started: Numbers,
    first_resolved: Numbers,
    resolved: Numbers,
    escalated: Numbers,
    critical: Numbers,
    abandoned: Numbers,
    paused: Numbers,
    tier: Codes,
    stages: Codes,
    state: Codes,
) -> int:
    """Fill the columns of the tickets journal that the workload does not have, and write what is unfinished as open.

    There is room for a row of work of each task. A task's number in its ticket, and where its rows begin, take the
    places of its offset and of when it was last queued. Columns are (n,).

    Args:
        array: the state.
        end: ms at which the run ended.
        filtered: uint8, of the workload.
        acknowledged: int64, is filled, as those that follow.
        started: int64.
        first_resolved: int64.
        resolved: int64.
        escalated: int64.
        critical: int64.
        abandoned: int64.
        paused: int64.
        tier: uint8, of the first task.
        stages: uint8.
        state: uint8, zeros.

    Returns:
        How many rows the work journal has.
    """
    s, rows = opened(array), 0
    for agent in range(s[N_AGENTS]):
        task = s[agents(s, agent) + TASK]
        if task != NONE:
            write(s, task, agent, s[agents(s, agent) + BEGAN], NONE, HOW_OPEN)
            if s[tasks(s, task) + TASK_KIND] != KIND_COMMS:
                state[s[tasks(s, task) + OF_TICKET]] = STATE_IN_SERVICE
    for ticket in range(s[N_TICKETS]):
        at = tickets(s, ticket)
        acknowledged[ticket], started[ticket] = _or_never(s[at + ACKNOWLEDGED]), _or_never(s[at + STARTED])
        first_resolved[ticket], resolved[ticket] = _or_never(s[at + FIRST_RESOLVED]), _or_never(s[at + RESOLVED])
        escalated[ticket], critical[ticket] = _or_never(s[at + ESCALATED]), _or_never(s[at + CRITICAL_SINCE])
        abandoned[ticket], paused[ticket] = _or_never(s[at + ABANDONED]), s[at + PAUSED]
        if s[at + PENDING_SINCE] != NONE and s[at + RESOLVED] == NONE:
            paused[ticket] += end - s[at + PENDING_SINCE]
        tier[ticket] = s[tasks(s, s[at + FIRST_TASK]) + HOME] % N_ROLES
        stages[ticket] = s[tasks(s, s[at + DORMANT] - 1) + STAGE] + 1
        state[ticket] = STATE_FILTERED if filtered[ticket] else _standing(s, ticket, state[ticket])
        rows = _write_open(s, ticket, rows)
    return rows


@compiled
def _write_open(s: State, ticket: int, rows: int) -> int:
    """What is unfinished of a ticket, but for what agents are at; returns how many rows there are up to its end."""
    first = s[tickets(s, ticket) + FIRST_TASK]
    for task in range(first, s[tickets(s, ticket + 1) + FIRST_TASK]):
        at = tasks(s, task)
        if s[at + OUTSIDE_SINCE] != NONE:
            write(s, task, NONE, s[at + OUTSIDE_SINCE], NONE, HOW_OPEN)
        if s[at + STANDING]:
            write(s, task, NONE, NONE, NONE, HOW_OPEN)
        s[at + OFFSET], s[at + QUEUED_AT] = task - first, rows
        rows += s[at + STRETCH]
    return rows


@compiled
def _standing(s: State, ticket: int, before: int) -> int:
    """The state of a ticket that people have seen; `before` tells whether an agent works on it."""
    at = tickets(s, ticket)
    if s[at + RESOLVED] != NONE:
        return STATE_RESOLVED
    if s[at + ABANDONED] != NONE:
        return STATE_ABANDONED
    if before == STATE_IN_SERVICE or _is_helped_from_outside(s, ticket):
        return STATE_IN_SERVICE
    return STATE_PENDING if s[at + PENDING_SINCE] != NONE else STATE_QUEUED


@compiled
def _is_helped_from_outside(s: State, ticket: int) -> bool:
    for task in range(s[tickets(s, ticket) + FIRST_TASK], s[tickets(s, ticket + 1) + FIRST_TASK]):
        if s[tasks(s, task) + OUTSIDE_SINCE] != NONE:
            return True
    return False


@compiled
def _or_never(instant: int) -> int:
    return NEVER if instant == NONE else instant


@kept
def collect_work(
    array: Numbers,
    ticket: Numbers,
    task: Shorts,
    stretch: Shorts,
    kind: Codes,
    region: Shorts,
    tier: Codes,
    agent: Ids,
    duty: Ids,
    queued_at: Numbers,
    why_queued: Codes,
    start: Numbers,
    end: Numbers,
    how_ended: Codes,
    mode: Codes,
) -> None:
    """Fill the work journal, in the order of (ticket, task, stretch); each column is (rows,), as `WORK` declares it.

    A task's rows are numbered as they are written, so each has its place without being sorted.
    """
    s = opened(array)
    for written in range(s[WORK]):
        at = s[WORK_AT] + written * WORK_WIDTH
        at_task, codes = tasks(s, s[at + WORK_TASK]), s[at + WORK_CODES]
        row = s[at_task + QUEUED_AT] + (codes >> 16)
        home = s[at_task + HOME]
        ticket[row], task[row] = s[at_task + OF_TICKET], s[at_task + OFFSET]
        stretch[row], kind[row] = codes >> 16, s[at_task + TASK_KIND]
        region[row] = NONE if home == COORDINATOR else home // N_ROLES
        tier[row] = home % N_ROLES
        agent[row], duty[row] = s[at + WORK_AGENT], s[at + WORK_SEGMENT]
        queued_at[row], why_queued[row] = s[at + WORK_QUEUED], codes >> 8 & 255
        start[row], end[row] = _or_never(s[at + WORK_START]), _or_never(s[at + WORK_END])
        how_ended[row], mode[row] = codes >> 4 & 15, codes & 15
