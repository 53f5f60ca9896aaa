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
    AGENT_SHIFT,
    BEGAN,
    CHORE_WORK,
    CHORE_WORK_AT,
    CHORE_WORK_WIDTH,
    CRITICAL_SINCE,
    DID_END,
    ESCALATED,
    FIRST_RESOLVED,
    FIRST_TASK,
    HOW_SHIFT,
    KIND_SHIFT,
    N_AGENTS,
    N_TASKS,
    N_TICKETS,
    OF_TICKET,
    OUTSIDE,
    PAGE_ANSWERED_AT,
    PAGE_SENT,
    PAGES,
    PAUSED,
    PENDING_SINCE,
    POOL_SHIFT,
    QUEUED_AT,
    RESOLVED,
    STANDING,
    STARTED,
    STRETCH,
    STRETCH_SHIFT,
    TASK,
    TICKET_WIDTH,
    WHY_SHIFT,
    WORK,
    WORK_AT,
    WORK_BY,
    WORK_CODES,
    WORK_END,
    WORK_QUEUED,
    WORK_START,
    WORK_TASK,
    WORK_WIDTH,
    agents,
    dormant_of,
    home_of,
    kind_of,
    pages,
    stage_of,
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
    rows_before: Numbers,
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

    There is room for a row of work of each task. Columns are (n,).

    Args:
        array: the state.
        end: ms at which the run ended.
        filtered: uint8, of the workload.
        rows_before: (m + 1,) int64, is filled, as all that follow: how many rows of the work journal the tasks before
            each have; at last, how many there are.
        acknowledged: int64.
        started: int64.
        first_resolved: int64.
        resolved: int64.
        escalated: int64.
        critical: int64.
        abandoned: int64.
        paused: int64.
        tier: uint8, of the first task.
        stages: uint8.
        state: uint8.

    Returns:
        How many rows the work journal has.
    """
    s, rows = opened(array), 0
    for ticket in range(s[N_TICKETS]):
        state[ticket] = STATE_QUEUED
    for agent in range(s[N_AGENTS]):
        task = s[agents(s, agent) + TASK]
        if task != NONE:
            write(s, task, agent, s[agents(s, agent) + BEGAN], NONE, HOW_OPEN)
            if kind_of(s, tasks(s, task)) != KIND_COMMS:
                state[s[tasks(s, task) + OF_TICKET]] = STATE_IN_SERVICE
    for ticket in range(s[N_TICKETS]):
        at = tickets(s, ticket)
        acknowledged[ticket], started[ticket] = _or_never(s[at + ACKNOWLEDGED]), _or_never(s[at + STARTED])
        first_resolved[ticket], resolved[ticket] = _or_never(s[at + FIRST_RESOLVED]), _or_never(s[at + RESOLVED])
        escalated[ticket], critical[ticket] = _or_never(s[at + ESCALATED]), _or_never(s[at + CRITICAL_SINCE])
        abandoned[ticket], paused[ticket] = _or_never(s[at + ABANDONED]), s[at + PAUSED]
        if s[at + PENDING_SINCE] != NONE and s[at + RESOLVED] == NONE:
            paused[ticket] += end - s[at + PENDING_SINCE]
        tier[ticket] = home_of(s, tasks(s, s[at + FIRST_TASK])) % N_ROLES
        stages[ticket] = stage_of(s, tasks(s, dormant_of(s, at) - 1)) + 1
        state[ticket] = STATE_FILTERED if filtered[ticket] else _standing(s, ticket, state[ticket])
        for task in range(s[at + FIRST_TASK], s[at + TICKET_WIDTH + FIRST_TASK]):
            _write_open(s, task)
            rows_before[task] = rows
            rows += s[tasks(s, task) + STRETCH]
    rows_before[s[N_TASKS]] = rows
    return rows


@compiled
def _write_open(s: State, task: int) -> None:
    """What is unfinished of a task, unless an agent is at it."""
    at = tasks(s, task)
    if s[at + STANDING]:
        write(s, task, NONE, s[at + QUEUED_AT] if s[at + STANDING] & OUTSIDE else NONE, NONE, HOW_OPEN)


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
        if s[tasks(s, task) + STANDING] & OUTSIDE:
            return True
    return False


@compiled
def _or_never(instant: int) -> int:
    return NEVER if instant == NONE else instant


@kept
def collect_work(
    array: Numbers,
    first_task: Numbers,
    rows_before: Numbers,
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

    Args:
        array: the state.
        first_task: (n + 1,) int64, of the workload.
        rows_before: (m + 1,) int64, from `collect_tickets`.
        ticket: int64, is filled, as those that follow.
        task: int16.
        stretch: int16.
        kind: uint8.
        region: int16.
        tier: uint8.
        agent: int32.
        duty: int32.
        queued_at: int64.
        why_queued: uint8.
        start: int64.
        end: int64.
        how_ended: uint8.
        mode: uint8.
    """
    s = opened(array)
    for written in range(s[WORK]):
        at = s[WORK_AT] + written * WORK_WIDTH
        codes, by = s[at + WORK_CODES], s[at + WORK_BY]
        home, number = codes >> POOL_SHIFT, codes >> STRETCH_SHIFT & 0xFFFF
        row = rows_before[s[at + WORK_TASK]] + number
        stretch[row], kind[row] = number, codes >> KIND_SHIFT & 15
        region[row] = NONE if home == COORDINATOR else home // N_ROLES
        tier[row] = home % N_ROLES
        agent[row], duty[row] = (by >> AGENT_SHIFT) - 1, (by & (1 << AGENT_SHIFT) - 1) - 1
        queued_at[row], why_queued[row] = s[at + WORK_QUEUED], codes >> WHY_SHIFT & 15
        start[row], end[row] = _or_never(s[at + WORK_START]), _or_never(s[at + WORK_END])
        how_ended[row], mode[row] = codes >> HOW_SHIFT & 15, codes & 15
    for of_ticket in range(s[N_TICKETS]):
        first = first_task[of_ticket]
        for of_task in range(first, first_task[of_ticket + 1]):
            for row in range(rows_before[of_task], rows_before[of_task + 1]):
                ticket[row], task[row] = of_ticket, of_task - first
