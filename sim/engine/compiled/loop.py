"""The loop: what comes next, until the run is over or there is no room to write more down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.clock import NEVER
from sim.compiled.jit import compiled, kept, opened
from sim.engine.compiled.arithmetic import timer
from sim.engine.compiled.codes import WHY_ARRIVED
from sim.engine.compiled.escalation import start_timer
from sim.engine.compiled.moves import begin, chore_is_due, end_duty, end_new_work, end_overtime, open_desk, rest_is_over
from sim.engine.compiled.paging import arrives_and_pages, is_answered, is_late, runs_out
from sim.engine.compiled.presence import end_chore
from sim.engine.compiled.queues import SLOT_BITS, drop_event, schedule, turn_wheel
from sim.engine.compiled.reach import overflow
from sim.engine.compiled.settling import choose_work, queue_fresh, settle
from sim.engine.compiled.state import (
    ARRIVAL_WIDTH,
    ARRIVALS_AT,
    ARRIVES,
    AT_STAKE,
    BUSY_UNTIL,
    CHORE_IS_DUE,
    CLAIMS,
    CLAIMS_EACH,
    CLAIMS_ROOM,
    EVENTS,
    EVENTS_AT,
    EVENTS_EACH,
    EVENTS_ROOM,
    FIRST_TASK,
    KEY,
    LEAVE_WIDTH,
    LEAVES,
    LEAVES_AT,
    LEAVING,
    MOST_TASKS,
    MOVE_KIND,
    MOVE_WIDTH,
    MOVED,
    MOVES,
    MOVES_AT,
    N_ARRIVALS,
    N_LEAVES,
    N_MOVES,
    NEXT_ARRIVAL,
    NEXT_INSTANT,
    NEXT_KEY,
    NEXT_LEAVE,
    NEXT_MOVE,
    NOW,
    ON_WHEEL,
    OPENED,
    SEGMENT_BEGINS,
    SLOT,
    TABLES,
    TASK,
    WHICH,
    agents,
    tickets,
)
from sim.engine.compiled.work import (
    become_critical,
    come_back,
    finish,
    fire,
    give_up,
    is_done_outside,
    is_due,
    open_stage,
)
from sim.engine.ranks import (
    ARRIVAL,
    DUTY_ENDS,
    ID_BITS,
    KIND_BITS,
    NONE,
    OVERTIME_ENDS,
    PAGE_ANSWERED,
    PART_BITS,
    RETURN,
    STAGE_BITS,
    STEP_BITS,
    TIMER,
    WORK_ENDS,
)
from sim.engine.ranks import COMMS as COMMS_TIMER
from sim.engine.ranks import CRITICAL as CRITICAL_TIMER
from sim.engine.ranks import ESCALATION as ESCALATION_TIMER
from sim.engine.ranks import OVERFLOW as OVERFLOW_TIMER
from sim.engine.ranks import PAGE as PAGE_TIMER
from sim.engine.ranks import PATIENCE as PATIENCE_TIMER
from sim.engine.ranks import SEGMENT as SEGMENT_RANK
from sim.workforce.roster import FOREVER

if TYPE_CHECKING:
    from sim.engine.compiled.state import Numbers, State

    Timers = tuple[State, State, State]

OVER, NO_ROOM = 0, 1
"""How `play` ends."""
SPARE = 16
"""Rows that an event may need besides those for tasks that wait or open."""


@kept
def play(array: Numbers, end: int, patience: Numbers, escalate_at: Numbers, critical_at: Numbers) -> int:
    """Let everything happen that happens before `end`; it can be called again to go on.

    Args:
        array: the state.
        end: ms.
        patience: (n,) int64, as the others of `Workload`: a ticket that comes reads them once.
        escalate_at: (n,) int64.
        critical_at: (n,) int64.

    Returns:
        `OVER`, or `NO_ROOM` where a table that grows is nearly full.
    """
    s, timers = opened(array), (opened(patience), opened(escalate_at), opened(critical_at))
    if not s[OPENED]:
        s[OPENED] = 1
        open_desk(s)
        _find_next(s)
    while True:
        if not _has_room(s):
            return NO_ROOM
        instant, key = s[NEXT_INSTANT], s[NEXT_KEY]
        scheduled = False
        if s[EVENTS]:
            at = s[EVENTS_AT]
            scheduled = s[at] < instant or (s[at] == instant and s[at + KEY] < key)
            if scheduled:
                instant, key = s[at], s[at + KEY]
        if instant >> SLOT_BITS > s[SLOT] and turn_wheel(s, instant):
            continue
        if instant >= end:
            return OVER
        s[NOW] = instant
        if scheduled:
            drop_event(s)
            _happens(s, key)
        else:
            _reads_on(s, key, timers)
            _find_next(s)
        settle(s)


@compiled
def _has_room(s: State) -> bool:
    """Whether what one event can write down finds room: all that wait may move, and a ticket may open all its tasks.

    Pages have room for every step of every chain from the first.
    """
    most = s[AT_STAKE] + s[MOST_TASKS] + SPARE
    if s[EVENTS_ROOM] - s[EVENTS] - s[ON_WHEEL] < s[EVENTS_EACH] * most:
        return False
    for table in range(TABLES):  # noqa: SIM110 - numba compiles no generators in all()
        if s[CLAIMS_ROOM + table] - s[CLAIMS + table] < s[CLAIMS_EACH + table] * most:
            return False
    return True


@compiled
def _find_next(s: State) -> None:
    """Note what comes next of what the roster and the workload have in order: duties that end, moves, arrivals."""
    instant, key = FOREVER, ARRIVAL
    if s[NEXT_ARRIVAL] < s[N_ARRIVALS]:
        at = s[ARRIVALS_AT] + s[NEXT_ARRIVAL] * ARRIVAL_WIDTH
        instant, key = s[at + ARRIVES], ARRIVAL | s[at + WHICH]
    if s[NEXT_MOVE] < s[N_MOVES]:
        at = s[MOVES_AT] + s[NEXT_MOVE] * MOVE_WIDTH
        if s[at + MOVES] <= instant:
            instant, key = s[at + MOVES], SEGMENT_RANK
    if s[NEXT_LEAVE] < s[N_LEAVES]:
        at = s[LEAVES_AT] + s[NEXT_LEAVE] * LEAVE_WIDTH
        if s[at + LEAVES] <= instant:
            instant, key = s[at + LEAVES], DUTY_ENDS
    s[NEXT_INSTANT], s[NEXT_KEY] = instant, key


# ---------------------------------------------------------------------- what is scheduled


@compiled
def _happens(s: State, key: int) -> None:
    """An event that was scheduled."""
    event_rank, number = key >> ID_BITS << ID_BITS, key & ((1 << ID_BITS) - 1)
    if event_rank == WORK_ENDS:
        if s[agents(s, number) + BUSY_UNTIL] == s[NOW]:
            _work_ends(s, number)
    elif event_rank == TIMER:
        of_ticket = number >> PART_BITS
        _timer_is_due(s, of_ticket >> KIND_BITS, of_ticket & (1 << KIND_BITS) - 1, number & (1 << PART_BITS) - 1)
    elif event_rank == RETURN:
        come_back(s, number >> STAGE_BITS)
    elif event_rank == PAGE_ANSWERED:
        is_answered(s, number >> STEP_BITS)
    elif event_rank == OVERTIME_ENDS:
        end_overtime(s, number)
    else:
        rest_is_over(s, number - 1)


@compiled
def _work_ends(s: State, agent: int) -> None:
    """A task or a chore is done; the ticket goes on, and the agent takes the best that waits now."""
    if s[agents(s, agent) + TASK] == NONE:
        end_chore(s, agent)
    else:
        finish(s, agent)
    queue_fresh(s)
    choose_work(s, agent)


@compiled
def _timer_is_due(s: State, ticket: int, kind: int, part: int) -> None:
    """A timer of a ticket, or of the task that is `part` of it."""
    if kind == ESCALATION_TIMER:
        fire(s, ticket)
    elif kind == PATIENCE_TIMER:
        give_up(s, ticket)
    elif kind == PAGE_TIMER:
        if part:
            runs_out(s, ticket)
        else:
            is_late(s, ticket)
    elif kind == CRITICAL_TIMER:
        become_critical(s, ticket)
    else:
        task = s[tickets(s, ticket) + FIRST_TASK] + part
        if kind == OVERFLOW_TIMER:
            overflow(s, task)
        elif kind == COMMS_TIMER:
            is_due(s, task)
        else:
            is_done_outside(s, task)


# ---------------------------------------------------------------------- what is on the tapes


@compiled
def _reads_on(s: State, key: int, timers: Timers) -> None:
    """The next row of a tape."""
    if key >= ARRIVAL:
        s[NEXT_ARRIVAL] += 1
        _arrives(s, key - ARRIVAL, timers)
    elif key == SEGMENT_RANK:
        at = s[MOVES_AT] + s[NEXT_MOVE] * MOVE_WIDTH
        s[NEXT_MOVE] += 1
        if s[at + MOVE_KIND] == CHORE_IS_DUE:
            chore_is_due(s, s[at + MOVED])
        elif s[at + MOVE_KIND] == SEGMENT_BEGINS:
            begin(s, s[at + MOVED])
        else:
            end_new_work(s, s[at + MOVED])
    else:
        at = s[LEAVES_AT] + s[NEXT_LEAVE] * LEAVE_WIDTH
        s[NEXT_LEAVE] += 1
        end_duty(s, s[at + LEAVING])


@compiled
def _arrives(s: State, ticket: int, timers: Timers) -> None:
    """A ticket comes before people: its timers start, its first stage opens, and it may page somebody."""
    patience, escalate_at, critical_at = timers
    if patience[ticket] != NEVER:
        schedule(s, s[NOW] + patience[ticket], timer(ticket, PATIENCE_TIMER))
    if escalate_at[ticket] != NEVER:
        start_timer(s, ticket, escalate_at[ticket])
    if critical_at[ticket] != NEVER:
        schedule(s, critical_at[ticket], timer(ticket, CRITICAL_TIMER))
    open_stage(s, ticket, WHY_ARRIVED)
    arrives_and_pages(s, ticket)
