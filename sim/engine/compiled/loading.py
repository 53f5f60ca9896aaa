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
    MOST_TASKS,
    N_TICKETS,
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
def load_tickets(
    array: Numbers,
    traits: Numbers,
    first_task: Numbers,
    patience: Numbers,
    escalate_at: Numbers,
    critical_at: Numbers,
    page_at: Numbers,
    page_row: Numbers,
) -> None:
    """Tickets as they are before they come; a last row beyond them tells where their tasks end.

    Args:
        array: the state, in which the tables have their places.
        traits: (n,) int64, `TRAITS`.
        first_task: (n + 1,) int64.
        patience: (n,) int64, as the others of `Workload`.
        escalate_at: (n,) int64.
        critical_at: (n,) int64.
        page_at: (n,) int64.
        page_row: (n,) int64.
    """
    s = opened(array)
    n = len(traits)
    for ticket in range(n):
        at = tickets(s, ticket)
        for column in range(TICKET_WIDTH):
            s[at + column] = NONE
        s[at + TRAITS], s[at + LEVEL] = traits[ticket], traits[ticket] & 3
        s[at + FIRST_TASK] = s[at + NEXT_TASK] = first_task[ticket]
        s[at + OPEN_TASKS] = s[at + PAUSED] = s[at + OVERDUE] = 0
        s[at + PATIENCE], s[at + DUE] = _or_none(patience[ticket]), _or_none(escalate_at[ticket])
        s[at + CRITICAL_AT], s[at + PAGE_AT] = _or_none(critical_at[ticket]), _or_none(page_at[ticket])
        s[at + PAGE_ROW] = page_row[ticket]
        s[MOST_TASKS] = max(s[MOST_TASKS], first_task[ticket + 1] - first_task[ticket])
    s[tickets(s, n) + FIRST_TASK] = first_task[n]


@compiled
def _or_none(instant: int) -> int:
    return NONE if instant == NEVER else instant


@kept
def load_tasks(
    array: Numbers, tier: Codes, stage: Codes, kind: Codes, handle: Numbers, wait: Numbers, offset: Numbers
) -> None:
    """Tasks as they are before they are opened; their tickets are in the state already.

    Args:
        array: the state.
        tier: (m,) uint8, as the others of `Workload`.
        stage: (m,) uint8.
        kind: (m,) uint8.
        handle: (m,) int64.
        wait: (m,) int64.
        offset: (m,) int64.
    """
    s = opened(array)
    for ticket in range(s[N_TICKETS]):
        at_ticket = tickets(s, ticket)
        region, last = region_of(s, at_ticket), s[tickets(s, ticket + 1) + FIRST_TASK]
        s[at_ticket + DORMANT] = last
        for task in range(s[at_ticket + FIRST_TASK], last):
            at = tasks(s, task)
            s[at + OF_TICKET], s[at + STAGE], s[at + TASK_KIND] = ticket, stage[task], kind[task]
            s[at + HOME] = COORDINATOR if tier[task] == COORDINATOR else region * N_ROLES + tier[task]
            s[at + WAIT], s[at + WORK_LEFT], s[at + OFFSET] = wait[task], handle[task], offset[task]
            s[at + WHY] = s[at + STRETCH] = s[at + INTERRUPTIONS] = s[at + STANDING] = s[at + STAMP] = 0
            s[at + WIDER] = 0
            s[at + QUEUED_AT] = s[at + PLACE] = s[at + OVERFLOWS_AT] = s[at + TIMED] = NONE
            s[at + OUTSIDE_SINCE] = s[at + NEXT_PROMISE] = NONE
            if stage[task] == DORMANT_STAGE and s[at_ticket + DORMANT] == last:
                s[at_ticket + DORMANT] = task
