"""What is written down while the run goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled.jit import compiled
from sim.engine.compiled.codes import MODE_DUTY
from sim.engine.compiled.state import (
    AGENT_SHIFT,
    BEGAN,
    CHORE_WORK,
    CHORE_WORK_AT,
    CHORE_WORK_WIDTH,
    DID_AGENT,
    DID_CHORE,
    DID_END,
    DID_SEGMENT,
    DID_START,
    HOW_SHIFT,
    KIND_SHIFT,
    NOW,
    PAGE_AGENT,
    PAGE_ANSWERED_AT,
    PAGE_ON_DUTY,
    PAGE_OUTCOME,
    PAGE_SENT,
    PAGE_STEP,
    PAGE_TICKET,
    PAGES,
    POOL_SHIFT,
    QUEUED_AT,
    SEGMENT,
    STRETCH,
    STRETCH_SHIFT,
    TERMS_MODE,
    TERMS_SEGMENT,
    WHY,
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
    home_of,
    kind_of,
    pages,
    tasks,
)
from sim.engine.ranks import NONE

if TYPE_CHECKING:
    from sim.engine.compiled.state import State


@compiled
def write(s: State, task: int, agent: int, start: int, end: int, how: int) -> None:
    """A stretch has ended; `agent` is NONE where nobody worked, or somebody outside the organisation."""
    segment, mode = NONE, MODE_DUTY
    if agent != NONE:
        segment, mode = s[agents(s, agent) + TERMS_SEGMENT], s[agents(s, agent) + TERMS_MODE]
    at, row = tasks(s, task), s[WORK_AT] + s[WORK] * WORK_WIDTH
    s[WORK] += 1
    s[row + WORK_TASK] = task
    what = home_of(s, at) << POOL_SHIFT | s[at + STRETCH] << STRETCH_SHIFT | kind_of(s, at) << KIND_SHIFT
    s[row + WORK_CODES] = what | s[at + WHY] << WHY_SHIFT | how << HOW_SHIFT | mode
    s[row + WORK_BY] = (agent + 1) << AGENT_SHIFT | segment + 1
    s[row + WORK_QUEUED], s[row + WORK_START], s[row + WORK_END] = s[at + QUEUED_AT], start, end
    s[at + STRETCH] += 1


@compiled
def write_wait(s: State, task: int, how: int) -> None:
    """A wait has ended without work."""
    write(s, task, NONE, NONE, s[NOW], how)


@compiled
def write_chore(s: State, agent: int, chore: int) -> None:
    """An agent leaves a chore."""
    row = s[CHORE_WORK_AT] + s[CHORE_WORK] * CHORE_WORK_WIDTH
    s[CHORE_WORK] += 1
    s[row + DID_AGENT], s[row + DID_SEGMENT] = agent, s[agents(s, agent) + TERMS_SEGMENT]
    s[row + DID_CHORE], s[row + DID_START], s[row + DID_END] = chore, s[agents(s, agent) + BEGAN], s[NOW]


@compiled
def write_page(s: State, ticket: int, step: int, agent: int, outcome: int) -> int:
    """A page is sent; returns its row."""
    page = s[PAGES]
    s[PAGES] += 1
    at = pages(s, page)
    s[at + PAGE_TICKET], s[at + PAGE_STEP], s[at + PAGE_AGENT] = ticket, step, agent
    s[at + PAGE_ON_DUTY] = s[agents(s, agent) + SEGMENT] != NONE
    s[at + PAGE_SENT], s[at + PAGE_ANSWERED_AT], s[at + PAGE_OUTCOME] = s[NOW], NONE, outcome
    return page
