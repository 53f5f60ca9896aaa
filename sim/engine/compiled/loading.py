"""The tape becomes the first state of tickets and tasks, row by row, so that each is written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled.jit import kept, opened
from sim.engine.compiled.state import (
    FIRST_TASK,
    HOME_SHIFT,
    INTERRUPTIONS,
    LEVEL,
    NATURE,
    NEXT_PROMISE,
    NEXT_TASK,
    OF_TICKET,
    OFFSET,
    OPEN_TASKS,
    OVERFLOWS_AT,
    PAUSED,
    PLACE,
    QUEUED_AT,
    STAGE_SHIFT,
    STAMP,
    STANDING,
    STRETCH,
    TASKS_SHIFT,
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
from sim.workload.tape import DORMANT

if TYPE_CHECKING:
    from sim.engine.compiled.state import Codes, Numbers


@kept
def load(
    array: Numbers,
    first: int,
    last: int,
    traits: Numbers,
    first_task: Numbers,
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
        traits: (n,) int64, `TRAITS` but for how many tasks do not lie dormant.
        first_task: (n + 1,) int64, as the others of `Workload`.
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
        s[at + OPEN_TASKS] = s[at + PAUSED] = 0
        for task in range(first_task[ticket], end):
            at_task = tasks(s, task)
            home = COORDINATOR if tier[task] == COORDINATOR else region_of(s, at) * N_ROLES + int(tier[task])
            nature = home << HOME_SHIFT | int(stage[task]) << STAGE_SHIFT | int(kind[task])
            s[at_task + OF_TICKET], s[at_task + NATURE] = ticket, nature
            s[at_task + WAIT], s[at_task + WORK_LEFT], s[at_task + OFFSET] = wait[task], handle[task], offset[task]
            s[at_task + WHY] = s[at_task + STRETCH] = s[at_task + INTERRUPTIONS] = s[at_task + STANDING] = 0
            s[at_task + STAMP] = s[at_task + WIDER] = 0
            s[at_task + QUEUED_AT] = s[at_task + PLACE] = s[at_task + OVERFLOWS_AT] = s[at_task + TIMED] = NONE
            s[at_task + NEXT_PROMISE] = NONE
            s[at + TRAITS] += int(stage[task] != DORMANT) << TASKS_SHIFT
    s[tickets(s, last) + FIRST_TASK] = first_task[last]
