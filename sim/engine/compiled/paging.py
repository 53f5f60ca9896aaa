"""The on-call chain: who is woken, whether they answer, and what they do then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled.jit import compiled
from sim.engine.compiled.arithmetic import answered, timer
from sim.engine.compiled.codes import HOW_PREEMPTED, IS_ANSWERED, IS_BUSY, IS_NOT_NEEDED, IS_OPEN, IS_UNANSWERED
from sim.engine.compiled.journal import write_page
from sim.engine.compiled.lines import gives_way, hold, queue_if_held
from sim.engine.compiled.presence import effort, here, is_leaving
from sim.engine.compiled.queues import schedule
from sim.engine.compiled.state import (
    ACKNOWLEDGED,
    ANSWER_PPM,
    ASLEEP,
    CALLED,
    CHAIN_WIDTH,
    CHAINS_AT,
    DRAWS_AT,
    FIRST_TASK,
    FIRST_TURN,
    HELD,
    IDLE_SINCE,
    LAST_TURN,
    N_DRAWS,
    NEXT_PROMISE,
    NOW,
    OF_TICKET,
    P1_PREEMPTS,
    PAGE_AGENT,
    PAGE_ANSWERED_AT,
    PAGE_OUTCOME,
    PAGE_STEP,
    PAGE_TICKET,
    PAGE_TIMERS,
    PAGED_TASK,
    PROMISE,
    RINGING,
    RINGING_PAGE,
    SEGMENT,
    STANDING,
    STARTED,
    STEPS,
    TASK,
    TURN_AGENT,
    TURN_END,
    TURN_START,
    TURN_WIDTH,
    TURNS_AT,
    agents,
    call_of,
    calls,
    is_free,
    pages,
    pages_at,
    priority_of,
    region_of,
    tasks,
    ticket_of,
    tickets,
    waits,
)
from sim.engine.compiled.work import start_work, take_away
from sim.engine.ranks import NONE
from sim.engine.ranks import PAGE as PAGE_TIMER
from sim.workforce.roster import Level
from sim.workload.tape import CHAIN, NO_PAGES

if TYPE_CHECKING:
    from sim.engine.compiled.state import State

LEVELS = len(Level)
GLOBAL = int(Level.GLOBAL)


@compiled
def turn_of(s: State, level: int, region: int) -> int:
    """Where the row of the turn under way is, of a level and region; NONE where nobody holds the pager."""
    chain = level if level >= GLOBAL else (region + 1) * LEVELS + level
    at = s[CHAINS_AT] + chain * CHAIN_WIDTH
    low, high = s[at + FIRST_TURN], s[at + LAST_TURN]
    first = low
    while low < high:
        middle = (low + high) >> 1
        if s[s[TURNS_AT] + middle * TURN_WIDTH + TURN_START] <= s[NOW]:
            low = middle + 1
        else:
            high = middle
    turn = s[TURNS_AT] + (low - 1) * TURN_WIDTH
    return NONE if low == first or s[turn + TURN_END] <= s[NOW] else turn


# ---------------------------------------------------------------------- when


@compiled
def arrives_and_pages(s: State, ticket: int) -> None:
    """A ticket that pages does so when it is seen, or later by a timer."""
    at = tickets(s, ticket)
    instant = pages_at(s, at)
    if instant == s[NOW]:
        begin_paging(s, ticket, s[at + FIRST_TASK])
    elif instant != NONE:
        schedule(s, instant, timer(ticket, PAGE_TIMER))


@compiled
def is_late(s: State, ticket: int) -> None:
    """Nobody has started on an alert for long."""
    at = tickets(s, ticket)
    lead = s[at + FIRST_TASK]
    if s[at + STARTED] == NONE and waits(s, lead):
        begin_paging(s, ticket, lead)


@compiled
def strand(s: State, task: int) -> None:
    """A task waits for a tier that has nobody anywhere: if it is urgent, somebody is paged."""
    ticket = s[tasks(s, task) + OF_TICKET]
    at = tickets(s, ticket)
    if call_of(s, at) != NO_PAGES and priority_of(s, at) <= 1:
        begin_paging(s, ticket, task)


@compiled
def begin_paging(s: State, ticket: int, task: int) -> None:
    """Go through the chain for a ticket, once."""
    call = calls(s, call_of(s, tickets(s, ticket)))
    if s[call + PAGED_TASK] == NONE:
        s[call + PAGED_TASK] = task
        _page(s, ticket, 0)


# ---------------------------------------------------------------------- the chain


@compiled
def _page(s: State, ticket: int, step: int) -> None:
    """From `step` on, until a page rings or is answered; after the last, the task waits in line."""
    region = region_of(s, tickets(s, ticket))
    while step < s[STEPS]:
        turn = turn_of(s, step % LEVELS, region)
        if turn != NONE and _reaches(s, ticket, step, turn):
            return
        step += 1
    queue_if_held(s, _paged_task(s, ticket))


@compiled
def _paged_task(s: State, ticket: int) -> int:
    """The task that somebody is paged for."""
    return s[calls(s, call_of(s, tickets(s, ticket))) + PAGED_TASK]


@compiled
def _reaches(s: State, ticket: int, step: int, turn: int) -> bool:
    """Whether a page at one step of the chain is the last for now: it rings, or is answered at once."""
    agent, last = s[turn + TURN_AGENT], step == s[STEPS] - 1
    at = agents(s, agent)
    if (s[at + RINGING] > 0 or is_taken(s, agent)) and not last:
        write_page(s, ticket, step, agent, IS_BUSY)
        return False
    if is_taken(s, agent) or (s[at + IDLE_SINCE] != NONE and here(s, agent)):
        page = write_page(s, ticket, step, agent, IS_OPEN)
        _answer(s, page)
        return last or s[pages(s, page) + PAGE_OUTCOME] == IS_ANSWERED
    _ring(s, ticket, step, turn, last)
    return True


@compiled
def is_taken(s: State, agent: int) -> bool:
    """At work on a P1 or because of another page, or about to be."""
    return _on_p1(s, agent) or s[agents(s, agent) + CALLED] != 0 or first_promise(s, agent) != NONE


@compiled
def _on_p1(s: State, agent: int) -> bool:
    return s[agents(s, agent) + TASK] != NONE and effort(s, agent) == 0


@compiled
def _ring(s: State, ticket: int, step: int, turn: int, last: bool) -> None:
    agent, at_ticket = s[turn + TURN_AGENT], tickets(s, ticket)
    call = call_of(s, at_ticket)
    draws, draw = s[N_DRAWS], s[DRAWS_AT] + call * CHAIN + step
    on_duty = s[agents(s, agent) + SEGMENT] != NONE
    delay = s[draw + 2 * draws] if s[turn + ASLEEP] and not on_duty else s[draw + draws]
    limit = s[PAGE_TIMERS + priority_of(s, at_ticket)]
    answers = last or on_duty or s[draw] < s[turn + ANSWER_PPM]
    in_time = limit < 0 or delay <= limit or last
    s[calls(s, call) + RINGING_PAGE] = write_page(s, ticket, step, agent, IS_OPEN)
    s[agents(s, agent) + RINGING] += 1
    if answers and in_time:
        schedule(s, s[NOW] + delay, answered(ticket, step))
    elif limit >= 0:
        schedule(s, s[NOW] + limit, timer(ticket, PAGE_TIMER, step + 1))


@compiled
def _ringing_page(s: State, ticket: int) -> int:
    return s[calls(s, call_of(s, tickets(s, ticket))) + RINGING_PAGE]


@compiled
def is_answered(s: State, ticket: int) -> None:
    """Somebody has taken the call."""
    page = _ringing_page(s, ticket)
    at = pages(s, page)
    agent, step = s[at + PAGE_AGENT], s[at + PAGE_STEP]
    s[agents(s, agent) + RINGING] -= 1
    if waits(s, _paged_task(s, ticket)) and is_taken(s, agent) and step < s[STEPS] - 1:
        s[at + PAGE_ANSWERED_AT], s[at + PAGE_OUTCOME] = s[NOW], IS_BUSY
        _page(s, ticket, step + 1)
    else:
        _answer(s, page)


@compiled
def runs_out(s: State, ticket: int) -> None:
    """Nobody has taken the call: the next of the chain is tried, unless the work is in hand by now."""
    at = pages(s, _ringing_page(s, ticket))
    s[agents(s, s[at + PAGE_AGENT]) + RINGING] -= 1
    s[at + PAGE_OUTCOME] = IS_UNANSWERED
    if waits(s, _paged_task(s, ticket)):
        _page(s, ticket, s[at + PAGE_STEP] + 1)


# ---------------------------------------------------------------------- the answer


@compiled
def _answer(s: State, page: int) -> None:
    """Start the task, or promise to."""
    at = pages(s, page)
    agent, at_ticket = s[at + PAGE_AGENT], tickets(s, s[at + PAGE_TICKET])
    task = _paged_task(s, s[at + PAGE_TICKET])
    if s[at_ticket + ACKNOWLEDGED] == NONE:
        s[at_ticket + ACKNOWLEDGED] = s[NOW]
    s[at + PAGE_ANSWERED_AT] = s[NOW]
    if not waits(s, task):
        s[at + PAGE_OUTCOME] = IS_NOT_NEEDED
        return
    s[at + PAGE_OUTCOME] = IS_ANSWERED
    if is_leaving(s, agent):
        _promise(s, agent, task)
    elif is_free(s, agent):
        _start_called(s, agent, task)
    elif not is_taken(s, agent) and _comes_first(s, agent, task):
        take_away(s, agent, HOW_PREEMPTED)
        _start_called(s, agent, task)
    else:
        _promise(s, agent, task)


@compiled
def _promise(s: State, agent: int, task: int) -> None:
    """An agent will do a task, after what they have promised already."""
    hold(s, task)
    s[tasks(s, task) + NEXT_PROMISE] = NONE
    before = s[agents(s, agent) + PROMISE]
    if before == NONE:
        s[agents(s, agent) + PROMISE] = task
        return
    while s[tasks(s, before) + NEXT_PROMISE] != NONE:
        before = s[tasks(s, before) + NEXT_PROMISE]
    s[tasks(s, before) + NEXT_PROMISE] = task


@compiled
def first_promise(s: State, agent: int) -> int:
    """What an agent has promised first and not begun, unless the customer has given up meanwhile; perhaps NONE."""
    at = agents(s, agent)
    while s[at + PROMISE] != NONE and not s[tasks(s, s[at + PROMISE]) + STANDING] & HELD:
        s[at + PROMISE] = s[tasks(s, s[at + PROMISE]) + NEXT_PROMISE]
    return s[at + PROMISE]


@compiled
def _comes_first(s: State, agent: int, task: int) -> bool:
    """Whether a task that an agent has answered for is a P1, and may interrupt what they are at."""
    preempts = priority_of(s, ticket_of(s, task)) == 0 and s[P1_PREEMPTS] != 0
    return preempts and gives_way(s, agent) and not _on_p1(s, agent) and not s[agents(s, agent) + CALLED]


@compiled
def calls_away(s: State, agent: int) -> bool:
    """Whether an agent who is about to go has promised what comes before their work in hand."""
    task = first_promise(s, agent)
    while task != NONE:
        if s[tasks(s, task) + STANDING] & HELD and _comes_first(s, agent, task):
            return True
        task = s[tasks(s, task) + NEXT_PROMISE]
    return False


@compiled
def _start_called(s: State, agent: int, task: int) -> None:
    start_work(s, agent, task)
    s[agents(s, agent) + CALLED] = 1


@compiled
def next_reserved(s: State, agent: int) -> bool:
    """Let an agent who is free do what they have promised; whether there was anything."""
    task = first_promise(s, agent)
    if task == NONE:
        return False
    s[agents(s, agent) + PROMISE] = s[tasks(s, task) + NEXT_PROMISE]
    _start_called(s, agent, task)
    return True
