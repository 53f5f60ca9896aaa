"""The state of the organisation: one array of int64, a header and after it tables of rows of fixed width.

All is in one array, and the compiled functions hand each other no more than its address: a function that took forty
arrays, each of seven values and with a count of who holds it, would neither be cheap to call nor to compile.

The header holds single numbers, among them where each table begins. A table has a function that tells where a row of it
begins, and a constant for each column: `s[tickets(s, ticket) + STARTED]`. Missing instants and ids are NONE.
Tables whose length is not known before - events, claims, journals - come last; `sim.engine.kernel` makes room in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sim.compiled.jit import compiled
from sim.engine.compiled.codes import KIND_ASSIST, KIND_CRITICAL
from sim.engine.policy import N_PRIORITIES, N_ROLES
from sim.engine.ranks import NONE
from sim.workload.tape import NO_PAGES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    class State(Protocol):
        """What compiled functions see of the array."""

        def __getitem__(self, at: int, /) -> int: ...
        def __setitem__(self, at: int, value: int, /) -> None: ...

    Numbers = NDArray[np.int64]
    Ids = NDArray[np.int32]
    Shorts = NDArray[np.int16]
    Codes = NDArray[np.uint8]

# ---------------------------------------------------------------------- the header

(
    NOW, OPENED,  # the instant; whether time has begun
    AT_STAKE,  # rows that the tasks which wait may need in one event: see `weight`
    TASKS_AT, AGENTS_AT, SEGMENTS_AT, CHORES_AT, POOLS_AT, MEMBERS_AT, ORDER_AT, PACES_AT, CHAINS_AT, TURNS_AT,
    CALLS_AT, DRAWS_AT, ARRIVALS_AT, MOVES_AT, LEAVES_AT,
    CLAIMS_AT, DISTANT_AT, EVENTS_AT, WORK_AT, CHORE_WORK_AT, PAGES_AT,  # these grow ...
    CLAIMS, DISTANT, EVENTS, WORK, CHORE_WORK, PAGES,  # ... have so many rows so far ...
    CLAIMS_ROOM, DISTANT_ROOM, EVENTS_ROOM, WORK_ROOM, CHORE_WORK_ROOM, PAGES_ROOM,  # ... have room for so many ...
    CLAIMS_EACH, DISTANT_EACH, EVENTS_EACH, WORK_EACH, CHORE_WORK_EACH, PAGES_EACH,  # ... and may need so many a task
    FREE_CLAIM, FREE_DISTANT,  # the first of the rows that are free again
    WHEEL_AT, SLOT, ON_WHEEL,  # the wheel of distant events; up to which slot it has turned; how many are on it
    FRESH,  # the first of the tasks that have yet to look for an agent
    SORTED,  # ... of those that are being sorted; never two sorts at once
    N_TICKETS, N_TASKS, N_AGENTS, N_SEGMENTS, N_DRAWS, N_ARRIVALS, N_MOVES, N_LEAVES,
    NEXT_ARRIVAL, NEXT_MOVE, NEXT_LEAVE,  # rows of the tapes that come next ...
    NEXT_INSTANT, NEXT_KEY,  # ... and the first of these three
    MOST_TASKS,  # that a ticket has
    REGIONS, P1_PREEMPTS, PREEMPTED_PM, HANDED_OVER_PM, BRIEFING, RAISES, WIDENS_TIER, WIDENS_REGION, ENTRY_TIER_ONLY,
    OTHER_REGION_PM, UNSTAFFED_ANYWHERE, MOST_INTERRUPTIONS, WRITE_UP, OVERTIME, UP_TIER_HELP, STEPS, REST,  # policy
    PAGE_TIMERS,  # four of them, by priority
) = range(81)  # fmt: skip
ANYWHERE = PAGE_TIMERS + N_PRIORITIES
"""Agents on duty, by role."""
HEADER = ANYWHERE + N_ROLES

# ---------------------------------------------------------------------- tables, and their columns

(
    FIRST_TASK, ACKNOWLEDGED, STARTED, FIRST_RESOLVED, RESOLVED, ESCALATED, CRITICAL_SINCE, ABANDONED, PENDING_SINCE,
    PAUSED,  # what the end reads
    TRAITS,  # what never changes: see `CLASS_SHIFT`
    LEVEL, NEXT_TASK, OPEN_TASKS,
    LAST_AGENT,  # NONE until somebody has worked on it
    DUE,  # of the ticket timer: see `OVERDUE`
    TICKET_WIDTH,
) = range(17)  # fmt: skip
CLASS_SHIFT, REGION_SHIFT, TASKS_SHIFT, CALL_SHIFT = 2, 3, 19, 35
"""Where these begin in `TRAITS`: the class, the region, how many tasks do not lie dormant, and the row of the calls,
counted from 1; the priority is below them."""
OVERDUE, STOPPED = -2, -3
"""`DUE` of a ticket that escalates when it next queues; and of one whose timer stands still, less what is left of it.
Else it is an instant, or NONE."""

(
    OF_TICKET,
    NATURE,  # what never changes: see `STAGE_SHIFT`
    QUEUED_AT, STRETCH, STANDING,  # what the end reads
    WHY, WAIT, OFFSET, WORK_LEFT, INTERRUPTIONS, PLACE, STAMP, WIDER, OVERFLOWS_AT, TIMED, NEXT_PROMISE,
    TASK_WIDTH,
) = range(17)  # fmt: skip
STAGE_SHIFT, HOME_SHIFT = 8, 16
"""Where the stage begins in `NATURE`, and the home; the kind is below them."""
WAITING, HELD, OUTSIDE = 1, 2, 4
"""Bits of `STANDING`: the task waits, for an agent or for an answer to a page; it has no place in any line; people
outside the organisation are at it, since it was queued."""

PAGE_AT, PAGED_TASK, RINGING_PAGE, CALL_WIDTH = range(4)
"""Of a ticket that may page somebody: when it does so by itself, for which task it did, and the row of the page."""

(
    POOL, SLOW, TASK, BEGAN, PACE, TURN, BUSY_UNTIL, TERMS_SEGMENT, TERMS_MODE,
    IDLE_SINCE, IDLE_AFTER, IDLE_BEFORE,  # in the pool's list of who is idle, the longest idle first
    SEGMENT, UNTIL, P1_UNTIL, TAKES, CHORE, FIRST_CHORE, PROMISE, RINGING, CALLED, RESTED_AT, MISSED,
    AGENT_WIDTH,
) = range(24)  # fmt: skip

(
    WHOSE, BEGINS, ENDS, PAID_END, HARD_END, PAUSE, SEGMENT_SLOW, SEGMENT_TAKES, STAFFS,
    LEFT_AT, RESTED, CAME, OVERTIME_TURN,
    SEGMENT_WIDTH,
) = range(14)  # fmt: skip

CHORE_AGENT, CHORE_DUE, CHORE_UNTIL, CHORE_LEFT, NEXT_CHORE, CHORE_WIDTH = range(6)

(
    LINES,  # the first claim of the line of each priority, and the last
    ON_DUTY, FIRST_IDLE, LAST_IDLE, FIRST_MEMBER, LAST_MEMBER,
    OVERFLOW_AFTER, OVERFLOW_TAKES, HELPERS, HELPERS_ARE_ALL,  # regions that an overflow goes to: how many, and if all
    POOL_WIDTH,
) = (0, *range(2 * N_PRIORITIES, 2 * N_PRIORITIES + 10))  # fmt: skip

FIRST_TURN, LAST_TURN, CHAIN_WIDTH = range(3)
TURN_START, TURN_END, TURN_AGENT, ASLEEP, ANSWER_PPM, TURN_WIDTH = range(6)

ARRIVES, WHICH, ARRIVAL_WIDTH = range(3)
MOVES, MOVE_KIND, MOVED, MOVE_WIDTH = range(4)
CHORE_IS_DUE, SEGMENT_BEGINS, NEW_WORK_ENDS = range(3)
"""Kinds of moves, in the order in which they happen in one instant."""
LEAVES, LEAVING, LEAVE_WIDTH = range(3)

INSTANT, KEY, EVENT_WIDTH = range(3)
DISTANT_INSTANT, DISTANT_KEY, NEXT_DISTANT, DISTANT_WIDTH = range(4)
CLAIM_LEVEL, CLAIM_PLACE, CLAIM_TASK, CLAIM_STAMP, LEFT, RIGHT, CLAIM_WIDTH = range(7)

WORK_TASK, WORK_CODES, WORK_BY, WORK_QUEUED, WORK_START, WORK_END, WORK_WIDTH = range(7)
HOW_SHIFT, WHY_SHIFT, KIND_SHIFT, STRETCH_SHIFT, POOL_SHIFT = 4, 8, 12, 16, 32
"""Where these begin in `WORK_CODES`; the mode is below them."""
AGENT_SHIFT = 32
"""Where the agent begins in `WORK_BY`, above the segment; both are counted from 1, and 0 is none."""
DID_AGENT, DID_SEGMENT, DID_CHORE, DID_START, DID_END, CHORE_WORK_WIDTH = range(6)
PAGE_TICKET, PAGE_STEP, PAGE_AGENT, PAGE_ON_DUTY, PAGE_SENT, PAGE_ANSWERED_AT, PAGE_OUTCOME, PAGE_WIDTH = range(8)

WIDTHS = (CLAIM_WIDTH, DISTANT_WIDTH, EVENT_WIDTH, WORK_WIDTH, CHORE_WORK_WIDTH, PAGE_WIDTH)
"""Of the tables that grow, in the order of the header."""
TABLES = len(WIDTHS)


@compiled
def tickets(_s: State, ticket: int) -> int:
    """Where the row of a ticket begins: the tickets come after the header."""
    return HEADER + ticket * TICKET_WIDTH


@compiled
def tasks(s: State, task: int) -> int:
    """Where the row of a task begins."""
    return s[TASKS_AT] + task * TASK_WIDTH


@compiled
def agents(s: State, agent: int) -> int:
    """Where the row of an agent begins."""
    return s[AGENTS_AT] + agent * AGENT_WIDTH


@compiled
def segments(s: State, segment: int) -> int:
    """Where the row of a segment begins."""
    return s[SEGMENTS_AT] + segment * SEGMENT_WIDTH


@compiled
def chores(s: State, chore: int) -> int:
    """Where the row of a chore begins."""
    return s[CHORES_AT] + chore * CHORE_WIDTH


@compiled
def pools(s: State, pool: int) -> int:
    """Where the row of a pool begins."""
    return s[POOLS_AT] + pool * POOL_WIDTH


@compiled
def calls(s: State, call: int) -> int:
    """Where the row of a ticket that may page somebody begins."""
    return s[CALLS_AT] + call * CALL_WIDTH


@compiled
def pages(s: State, page: int) -> int:
    """Where the row of a page begins."""
    return s[PAGES_AT] + page * PAGE_WIDTH


# ---------------------------------------------------------------------- what a row says


@compiled
def priority_of(s: State, at_ticket: int) -> int:
    """Original priority of a ticket, 0 for P1."""
    return s[at_ticket + TRAITS] & 3


@compiled
def class_of(s: State, at_ticket: int) -> int:
    """0 of tickets that come first within their level, else 1."""
    return s[at_ticket + TRAITS] >> CLASS_SHIFT & 1


@compiled
def region_of(s: State, at_ticket: int) -> int:
    """The region whose people serve a ticket."""
    return s[at_ticket + TRAITS] >> REGION_SHIFT & 0xFFFF


@compiled
def dormant_of(s: State, at_ticket: int) -> int:
    """The first of the tasks of a ticket that lie dormant; the first of the next ticket where it has none."""
    return s[at_ticket + FIRST_TASK] + (s[at_ticket + TRAITS] >> TASKS_SHIFT & 0xFFFF)


@compiled
def call_of(s: State, at_ticket: int) -> int:
    """The row of a ticket's draws and of its call, `NO_PAGES` where it can never page anybody."""
    return (s[at_ticket + TRAITS] >> CALL_SHIFT) - 1


@compiled
def pages_at(s: State, at_ticket: int) -> int:
    """When a ticket pages by itself, NONE where it does not."""
    call = call_of(s, at_ticket)
    return NONE if call == NO_PAGES else s[calls(s, call) + PAGE_AT]


@compiled
def kind_of(s: State, at_task: int) -> int:
    """`TaskKind`."""
    return s[at_task + NATURE] & 0xFF


@compiled
def stage_of(s: State, at_task: int) -> int:
    """The stage of a task."""
    return s[at_task + NATURE] >> STAGE_SHIFT & 0xFF


@compiled
def home_of(s: State, at_task: int) -> int:
    """The pool that a task is for."""
    return s[at_task + NATURE] >> HOME_SHIFT


@compiled
def ticket_of(s: State, task: int) -> int:
    """Where the row of a task's ticket begins."""
    return tickets(s, s[tasks(s, task) + OF_TICKET])


@compiled
def weight(s: State, at_task: int) -> int:
    """How many tasks may move in one event because this one waits: where help is dropped, all others of its ticket."""
    kind = kind_of(s, at_task)
    return 1 + s[MOST_TASKS] if KIND_ASSIST <= kind <= KIND_CRITICAL else 1


@compiled
def waits(s: State, task: int) -> bool:
    """Whether a task waits, for an agent or for an answer to a page."""
    return s[tasks(s, task) + STANDING] & WAITING != 0


@compiled
def is_free(s: State, agent: int) -> bool:
    """Whether an agent is at no task and no chore; whether they are there is another question."""
    at = agents(s, agent)
    return s[at + TASK] == NONE and s[at + CHORE] == NONE
