"""The tape becomes the first state of tickets and tasks, row by row, so that each is written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.clock import NEVER
from sim.compiled.jit import compiled, kept, opened
from sim.engine.compiled.state import (
    CRITICAL_AT,
    DORMANT,
    DUE,
    FIRST_TASK,
    HOME,
    INTERRUPTIONS,
    LEVEL,
    NEXT_PROMISE,
    NEXT_TASK,
    OF_TICKET,
    OFFSET,
    OPEN_TASKS,
    OUTSIDE_SINCE,
    OVERDUE,
    OVERFLOWS_AT,
    PAGE_AT,
    PAGE_ROW,
    PATIENCE,
    PAUSED,
    PLACE,
    QUEUED_AT,
    STAGE,
    STAMP,
    STANDING,
    STRETCH,
    TASK_KIND,
    TICKET_WIDTH,
    TIMED,
    TRAITS,
    WAIT,
    WHY,
    WIDER,
    WORK_LEFT,
    region_of,
    tasks,
    tickets,
)
from sim.engine.policy import N_ROLES
from sim.engine.ranks import NONE
from sim.workforce.roster import COORDINATOR
from sim.workload.tape import DORMANT as DORMANT_STAGE

if TYPE_CHECKING:
    from sim.engine.compiled.state import Codes, Numbers


@kept
def load(
    array: Numbers,
    first: int,
    last: int,
    traits: Numbers,
    first_task: Numbers,
    patience: Numbers,
    escalate_at: Numbers,
    critical_at: Numbers,
    page_at: Numbers,
    page_row: Numbers,
    tier: Codes,
    stage: Codes,
    kind: Codes,
    handle: Numbers,
    wait: Numbers,
    offset: Numbers,
) -> None:
    """Some tickets as they are before they come, and their tasks; the next row tells where the tasks of the last end.

    Args:
        array: the state, in which the tables have their places.
        first: ticket.
        last: ticket, the first that is not loaded.
        traits: (n,) int64, `TRAITS`.
        first_task: (n + 1,) int64.
        patience: (n,) int64, as the others of `Workload`.
        escalate_at: (n,) int64.
        critical_at: (n,) int64.
        page_at: (n,) int64.
        page_row: (n,) int64.
        tier: (m,) uint8.
        stage: (m,) uint8.
        kind: (m,) uint8.
        handle: (m,) int64.
        wait: (m,) int64.
        offset: (m,) int64.
    """
    s = opened(array)
    for ticket in range(first, last):
        at, end = tickets(s, ticket), first_task[ticket + 1]
        for column in range(TICKET_WIDTH):
            s[at + column] = NONE
        s[at + TRAITS], s[at + LEVEL] = traits[ticket], traits[ticket] & 3
        s[at + FIRST_TASK] = s[at + NEXT_TASK] = first_task[ticket]
        s[at + OPEN_TASKS] = s[at + PAUSED] = s[at + OVERDUE] = 0
        s[at + PATIENCE], s[at + DUE] = _or_none(patience[ticket]), _or_none(escalate_at[ticket])
        s[at + CRITICAL_AT], s[at + PAGE_AT] = _or_none(critical_at[ticket]), _or_none(page_at[ticket])
        s[at + PAGE_ROW], s[at + DORMANT] = page_row[ticket], end
        for task in range(first_task[ticket], end):
            at_task = tasks(s, task)
            s[at_task + OF_TICKET], s[at_task + STAGE], s[at_task + TASK_KIND] = ticket, stage[task], kind[task]
            home = COORDINATOR if tier[task] == COORDINATOR else region_of(s, at) * N_ROLES + tier[task]
            s[at_task + HOME] = home
            s[at_task + WAIT], s[at_task + WORK_LEFT], s[at_task + OFFSET] = wait[task], handle[task], offset[task]
            s[at_task + WHY] = s[at_task + STRETCH] = s[at_task + INTERRUPTIONS] = s[at_task + STANDING] = 0
            s[at_task + STAMP] = s[at_task + WIDER] = 0
            s[at_task + QUEUED_AT] = s[at_task + PLACE] = s[at_task + OVERFLOWS_AT] = s[at_task + TIMED] = NONE
            s[at_task + OUTSIDE_SINCE] = s[at_task + NEXT_PROMISE] = NONE
            if stage[task] == DORMANT_STAGE and s[at + DORMANT] == end:
                s[at + DORMANT] = task
    s[tickets(s, last) + FIRST_TASK] = first_task[last]


@compiled
def _or_none(instant: int) -> int:
    return NONE if instant == NEVER else instant
