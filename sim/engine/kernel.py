"""The kernel: the desk compiled. The same workload, roster and policy give the same journals, row for row.

The rules are those of the desk (`sim/engine/desk.py`, docs/engine.md), written a second time in `sim/engine/compiled/`,
where all state is one array of whole numbers. This file lays that array out, lets the compiled loop play, makes room
where a table is full, and reads the journals off at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.clock import NEVER
from sim.compiled.jit import plain
from sim.engine.compiled import state as st
from sim.engine.compiled.ending import collect_tickets, collect_work, last_instant
from sim.engine.compiled.loading import load
from sim.engine.compiled.loop import NO_ROOM, SPARE, play
from sim.engine.compiled.queues import SLOTS
from sim.engine.journal import TICKETS, WORK, Journals, Rested, Table
from sim.engine.policy import N_ROLES, Policy, pools_of
from sim.engine.ranks import NONE
from sim.engine.records import LEVELS, Ended, check_stretches, journals
from sim.errors import EngineError
from sim.workforce.roster import FOREVER, LEAD, Level
from sim.workload.tape import CHAIN, NO_PAGES, CustomerClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from sim.engine.compiled.state import Numbers
    from sim.workforce.roster import Roster, Turns
    from sim.workload.tape import Workload

MOST_TASKS = 1 << 15
"""Tasks that a ticket must not have: the journals count them in 16 bits."""
LOADED = 4096
"""Tickets that are loaded at a time."""
ROOM = 1000
"""Rows that a table which grows has room for at first, besides those that are sure to be needed."""
FILLED = (
    "acknowledged", "started", "first_resolved", "resolved", "escalated", "critical", "abandoned", "paused", "tier",
    "stages", "state",
)  # fmt: skip
"""The columns of the tickets journal that the workload does not have, as `collect_tickets` wants them."""
ALIGNED = 64
"""Bytes of which the columns of a journal are multiples apart."""


def run(workload: Workload, roster: Roster, policy: Policy, end: int, *, drain: bool = False) -> Journals:
    """Play the workload before the roster under the policy.

    Args:
        workload: what comes; every instant at least 1.
        roster: who is there.
        policy: who may serve whom.
        end: ms at which the run ends; what would happen at `end` does not.
        drain: go on after `end`, until nothing is left to happen.

    Returns:
        The journals; with `drain` their `end` is the last instant at which something happened, at least `end`.

    Raises:
        EngineError: the policy has rules of its own, which only the desk can follow; there is more of something than
            the keys of events and the columns of the journals have room for; or the tape has no pages for a ticket that
            pages somebody.
    """
    _check(workload, policy)
    s = _played(_state(workload, roster, policy), workload, policy, FOREVER if drain else end)
    if drain:
        end = max(end, int(last_instant(s)))
    return journals(_ended(s, workload, end), workload, roster)


def _played(s: Numbers, workload: Workload, policy: Policy, end: int) -> Numbers:
    """The state when the run is over. Tickets are loaded as it goes on, so that a processor's cache still has them."""
    columns = _columns(workload, policy)
    timers = [plain(column, np.int64) for column in (workload.patience, workload.escalate_at, workload.critical_at)]
    for first in range(0, max(1, len(workload)), LOADED):
        last = min(first + LOADED, len(workload))
        load(s, first, last, *columns)
        until = min(end, int(workload.created[last])) if last < len(workload) else end
        while play(s, until, *timers) == NO_ROOM:
            s = _with_more_room(s)
    return s


def _check(workload: Workload, policy: Policy) -> None:
    if type(policy) is not Policy:
        raise EngineError(f"the kernel knows no {type(policy).__name__}: rules written in Python run on the desk")
    if policy.rounds * LEVELS > CHAIN:
        raise EngineError(f"the tape has {CHAIN} pages a ticket; {policy.rounds} rounds need {policy.rounds * LEVELS}")
    most = int(np.diff(workload.first_task).max(initial=0))
    if most >= MOST_TASKS:
        raise EngineError(f"a ticket has {most} tasks; there may be {MOST_TASKS - 1}")


# ---------------------------------------------------------------------- the state at first


def _state(workload: Workload, roster: Roster, policy: Policy) -> Numbers:
    """The state before anything has happened."""
    arrivals, moves, leaves = _arrivals(workload), _moves(roster), _leaves(roster)
    pools, members = _pools(roster, policy)
    chains, turns = _turns(roster.turns, policy.regions)
    fixed: dict[int, NDArray[np.int64]] = {
        st.AGENTS_AT: _agents(roster), st.SEGMENTS_AT: _segments(roster), st.CHORES_AT: _chores(roster),
        st.POOLS_AT: pools, st.MEMBERS_AT: members, st.ORDER_AT: _order(policy),
        st.PACES_AT: np.array(policy.tier_pm, dtype=np.int64), st.CHAINS_AT: chains, st.TURNS_AT: turns,
        st.CALLS_AT: _calls(workload),
        st.DRAWS_AT: np.stack([workload.page_ppm, workload.page_awake, workload.page_asleep]),
        st.WHEEL_AT: np.full(SLOTS, NONE),
        st.ARRIVALS_AT: arrivals, st.MOVES_AT: moves, st.LEAVES_AT: leaves,
    }  # fmt: skip
    header = _header(policy)
    header[st.N_TICKETS], header[st.N_TASKS] = len(workload), len(workload.tier)
    header[st.N_AGENTS], header[st.N_SEGMENTS] = len(roster), len(roster.segments)
    header[st.N_ARRIVALS], header[st.N_MOVES], header[st.N_LEAVES] = len(arrivals), len(moves), len(leaves)
    header[st.N_DRAWS] = workload.page_ppm.size
    header[st.MOST_TASKS] = np.diff(workload.first_task).max(initial=0)
    header[st.TASKS_AT] = st.HEADER + (len(workload) + 1) * st.TICKET_WIDTH
    place = int(header[st.TASKS_AT]) + len(workload.tier) * st.TASK_WIDTH
    for at, rows in fixed.items():
        header[at], place = place, place + rows.size
    s = np.empty(_lay_out(header, place, _rooms(workload, roster)), dtype=np.int64)
    s[: st.HEADER] = header
    for at, rows in fixed.items():
        s[header[at] : header[at] + rows.size] = rows.ravel()
    return s


def _rooms(workload: Workload, roster: Roster) -> tuple[int, ...]:
    """For how many rows the tables that grow have room at first: memory that is not written to costs nothing."""
    m = len(workload.tier)
    return ROOM + m, ROOM + m, ROOM + m, ROOM + 2 * m, ROOM + 2 * len(roster.chores), workload.page_ppm.size


def _lay_out(header: NDArray[np.int64], place: int, rooms: Iterable[int]) -> int:
    """Note where the tables that grow begin, the first of them at `place`, and for how many rows; returns the end."""
    for number, (width, room) in enumerate(zip(st.WIDTHS, rooms, strict=True)):
        header[st.CLAIMS_AT + number], header[st.CLAIMS_ROOM + number] = place, room
        place += width * room
    return place


def _with_more_room(s: Numbers, unwritten: int = 0) -> Numbers:
    """The same state with more room in the tables that are nearly full, and for so many rows of work at least."""
    used, room, each = (s[at : at + st.TABLES].copy() for at in (st.CLAIMS, st.CLAIMS_ROOM, st.CLAIMS_EACH))
    used[st.EVENTS - st.CLAIMS] += s[st.ON_WHEEL]
    needed = used + each * (s[st.AT_STAKE] + s[st.MOST_TASKS] + SPARE)
    needed[st.WORK - st.CLAIMS] += unwritten
    header, place = s[: st.HEADER].copy(), int(s[st.CLAIMS_AT])
    size = _lay_out(header, place, np.where(room < needed, 2 * needed, room).tolist())
    larger = np.empty(size, dtype=np.int64)
    larger[:place], larger[: st.HEADER] = s[:place], header
    for number in range(st.TABLES):
        rows = _rows(s, number)
        larger[header[st.CLAIMS_AT + number] :][: rows.size] = rows.ravel()
    return larger


def _rows(s: Numbers, number: int) -> NDArray[np.int64]:
    """What a table that grows holds, (rows, columns): a view."""
    place, rows, width = int(s[st.CLAIMS_AT + number]), int(s[st.CLAIMS + number]), st.WIDTHS[number]
    return s[place : place + rows * width].reshape(-1, width)


def _header(policy: Policy) -> NDArray[np.int64]:
    """The header but for the places and lengths of the tables."""
    header = np.zeros(st.HEADER, dtype=np.int64)
    header[[st.FREE_CLAIM, st.FREE_DISTANT, st.FRESH, st.SORTED]] = NONE
    for at, value in (
        (st.REGIONS, policy.regions), (st.P1_PREEMPTS, policy.p1_preempts), (st.PREEMPTED_PM, policy.preempted_pm),
        (st.HANDED_OVER_PM, policy.handed_over_pm), (st.BRIEFING, policy.briefing), (st.RAISES, policy.raises),
        (st.WIDENS_TIER, policy.widens_tier), (st.WIDENS_REGION, policy.widens_region),
        (st.ENTRY_TIER_ONLY, policy.entry_tier_only), (st.OTHER_REGION_PM, policy.other_region_pm),
        (st.UNSTAFFED_ANYWHERE, policy.unstaffed_anywhere), (st.MOST_INTERRUPTIONS, policy.most_interruptions),
        (st.WRITE_UP, policy.write_up), (st.OVERTIME, policy.overtime), (st.UP_TIER_HELP, policy.up_tier_help),
        (st.STEPS, LEVELS * policy.rounds), (st.REST, policy.rest),
    ):  # fmt: skip
        header[at] = value
    claims = 4 * (policy.regions + 1)  # in two roles of each region, and twice where a task looks again
    header[st.CLAIMS_EACH : st.CLAIMS_EACH + st.TABLES] = (claims, 3, 3, 3, 1, 0)
    header[st.PAGE_TIMERS : st.PAGE_TIMERS + len(policy.page_timers)] = policy.page_timers
    return header


def _columns(w: Workload, policy: Policy) -> tuple[NDArray[Any], ...]:
    """The tape as `load` wants it."""
    last_in_level = (w.customer_class == CustomerClass.STANDARD) & policy.enterprise_first
    traits = w.page_row.astype(np.int64) + 1 << st.CALL_SHIFT | w.serve_region.astype(np.int64) << st.REGION_SHIFT
    traits |= last_in_level.astype(np.int64) << st.CLASS_SHIFT | w.priority
    return (
        *(plain(column, np.int64) for column in (traits, w.first_task)),
        *(plain(column, np.uint8) for column in (w.tier, w.stage, w.task_kind)),
        *(plain(column, np.int64) for column in (w.handle, w.wait, w.offset)),
    )


def _table(rows: int, width: int, columns: dict[int, Any]) -> NDArray[np.int64]:
    """A table of NONE but for these columns."""
    table = np.full((rows, width), NONE, dtype=np.int64)
    for column, values in columns.items():
        table[:, column] = values
    return table


def _calls(w: Workload) -> NDArray[np.int64]:
    """Tickets that may page somebody, and when they do so by themselves."""
    calls = _table(len(w.page_ppm), st.CALL_WIDTH, {})
    pages = np.flatnonzero(w.page_at != NEVER)
    if (w.page_row[pages] == NO_PAGES).any():
        raise EngineError("a ticket pages somebody, but the tape has no pages for it")
    calls[w.page_row[pages], st.PAGE_AT] = w.page_at[pages]
    return calls


def _agents(roster: Roster) -> NDArray[np.int64]:
    agents = roster.agents
    pool = np.where(agents.tier == LEAD, NONE, pools_of(agents.region, agents.tier))
    zeros = dict.fromkeys((st.TURN, st.TAKES, st.RINGING, st.CALLED, st.TERMS_MODE), 0)
    return _table(len(roster), st.AGENT_WIDTH, {st.POOL: pool, st.SLOW: agents.slow_pm, **zeros})


def _segments(roster: Roster) -> NDArray[np.int64]:
    s = roster.segments
    return _table(len(s), st.SEGMENT_WIDTH, {
        st.WHOSE: s.agent, st.BEGINS: s.start, st.ENDS: s.end, st.PAID_END: s.overlap_end, st.HARD_END: s.hard_end,
        st.PAUSE: s.pause, st.SEGMENT_SLOW: s.slow_pm, st.SEGMENT_TAKES: s.takes, st.STAFFS: s.staffs,
        st.RESTED: int(Rested.AS_PLANNED),
    })  # fmt: skip


def _chores(roster: Roster) -> NDArray[np.int64]:
    c = roster.chores
    columns = {st.CHORE_AGENT: c.agent, st.CHORE_DUE: c.start, st.CHORE_UNTIL: c.until, st.CHORE_LEFT: c.length}
    return _table(len(c), st.CHORE_WIDTH, columns)


def _pools(roster: Roster, policy: Policy) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pools, and their members one after the other."""
    agents, n = roster.agents, policy.regions * N_ROLES
    ordinary = np.flatnonzero(agents.tier != LEAD)
    pool = pools_of(agents.region, agents.tier)[ordinary]
    members = ordinary[np.argsort(pool, kind="stable")]
    last = np.cumsum(np.bincount(pool, minlength=n))
    rules = [policy.overflow[p % N_ROLES][p // N_ROLES] if policy.overflow else None for p in range(n)]
    helpers = np.array([len(rule.to) if rule else 0 for rule in rules])
    return _table(n, st.POOL_WIDTH, {
        st.ON_DUTY: 0, st.FIRST_MEMBER: last - np.bincount(pool, minlength=n), st.LAST_MEMBER: last,
        st.OVERFLOW_AFTER: [rule.after if rule else NONE for rule in rules],
        st.OVERFLOW_TAKES: [rule.takes if rule else 0 for rule in rules],
        st.HELPERS: helpers, st.HELPERS_ARE_ALL: helpers == policy.regions - 1,
    }), members  # fmt: skip


def _order(policy: Policy) -> NDArray[np.int64]:
    """(pools, regions): the order in which the regions are asked, home first, then as the overflow rule has it."""
    rows = []
    for pool in range(policy.regions * N_ROLES):
        rule = policy.overflow[pool % N_ROLES][pool // N_ROLES] if policy.overflow else None
        first = [pool // N_ROLES, *(rule.to if rule else ())]
        rows.append([*first, *(region for region in range(policy.regions) if region not in first)])
    return np.array(rows, dtype=np.int64)


def _turns(turns: Turns, regions: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which turns are of each chain, and the turns, chain by chain."""
    chain = np.where(
        turns.level >= Level.GLOBAL, turns.level, (turns.region.astype(np.int64) + 1) * LEVELS + turns.level
    )
    last = np.cumsum(np.bincount(chain, minlength=(regions + 1) * LEVELS))
    first = np.concatenate([[0], last[:-1]])
    order = np.argsort(chain, kind="stable")
    rows = _table(len(order), st.TURN_WIDTH, {
        st.TURN_START: turns.start[order], st.TURN_END: turns.end[order], st.TURN_AGENT: turns.agent[order],
        st.ASLEEP: turns.asleep[order], st.ANSWER_PPM: turns.answer_ppm[order],
    })  # fmt: skip
    return np.stack([first, last], axis=1).astype(np.int64), rows


# ---------------------------------------------------------------------- the tapes


def _arrivals(workload: Workload) -> NDArray[np.int64]:
    """Tickets that come before people, by instant and number."""
    order = np.argsort(workload.visible, kind="stable")
    order = order[workload.visible[order] != NEVER]
    return np.stack([workload.visible[order], order], axis=1)


def _moves(roster: Roster) -> NDArray[np.int64]:
    """Chores that are due, segments that begin and new work that ends: (instant, kind, number) in this order."""
    s, chores = roster.segments, roster.chores
    kinds = (
        (st.CHORE_IS_DUE, chores.start, np.ones(len(chores), dtype=bool)),
        (st.SEGMENT_BEGINS, s.start, np.ones(len(s), dtype=bool)),
        (st.NEW_WORK_ENDS, s.end, (s.overlap_end > s.end) | s.pause),
    )
    rows = np.concatenate([_ahead(instants, which, kind) for kind, instants, which in kinds])
    return rows[np.lexsort((rows[:, st.MOVED], rows[:, st.MOVE_KIND], rows[:, st.MOVES]))]


def _leaves(roster: Roster) -> NDArray[np.int64]:
    """Duties that end: (instant, segment)."""
    s = roster.segments
    rows = _ahead(s.overlap_end, ~s.pause & (s.end > 0), 0)[:, [st.MOVES, st.MOVED]]
    return rows[np.lexsort((rows[:, st.LEAVING], rows[:, st.LEAVES]))]


def _ahead(instants: NDArray[np.int64], which: NDArray[np.bool_], kind: int) -> NDArray[np.int64]:
    """(instant, kind, number) of those that lie within time."""
    number = np.flatnonzero(which & (instants > 0) & (instants < FOREVER))
    return np.stack([instants[number], np.full(len(number), kind), number], axis=1)


# ---------------------------------------------------------------------- the end


def _ended(s: Numbers, workload: Workload, end: int) -> Ended:
    """What is known when the run is over at `end`."""
    tickets = _unfilled(len(workload), {name: TICKETS[name] for name in FILLED})
    if s[st.WORK] + s[st.N_TASKS] > s[st.WORK_ROOM]:
        s = _with_more_room(s, int(s[st.N_TASKS]))
    rows_before = np.empty(len(workload.tier) + 1, dtype=np.int64)
    rows = collect_tickets(s, end, plain(workload.filtered, np.uint8), rows_before, *tickets.values())
    agents = s[s[st.AGENTS_AT] :][: s[st.N_AGENTS] * st.AGENT_WIDTH].reshape(-1, st.AGENT_WIDTH)
    segments = s[s[st.SEGMENTS_AT] :][: s[st.N_SEGMENTS] * st.SEGMENT_WIDTH].reshape(-1, st.SEGMENT_WIDTH)
    busy = (agents[:, st.TASK] != NONE) | (agents[:, st.CHORE] != NONE)
    at_chores = agents[:, st.CHORE] != NONE
    unfinished = np.stack([
        np.flatnonzero(at_chores), *agents[at_chores][:, [st.TERMS_SEGMENT, st.CHORE, st.BEGAN]].T,
        np.full(at_chores.sum(), NONE),
    ], axis=1)  # fmt: skip
    return Ended(
        end=end,
        tickets=tickets,
        work=_work(s, workload, rows_before, rows),
        chores=np.concatenate([_rows(s, st.CHORE_WORK - st.CLAIMS), unfinished]),
        pages=_rows(s, st.PAGES - st.CLAIMS),
        left=segments[:, st.LEFT_AT],
        rested=segments[:, st.RESTED],
        came=segments[:, st.CAME],
        at_work=agents[busy & (agents[:, st.SEGMENT] != NONE), st.SEGMENT].tolist(),
    )


def _work(s: Numbers, workload: Workload, rows_before: Numbers, rows: int) -> Table:
    check_stretches(int(np.diff(rows_before).max(initial=0)))
    work = _unfilled(rows, WORK)
    collect_work(s, plain(workload.first_task, np.int64), rows_before, *work.values())
    return work


def _unfilled(rows: int, columns: Mapping[str, type[np.generic]]) -> Table:
    """Columns for rows that are yet to come, in one piece of memory: the system hands that out sooner than many."""
    lengths = [rows * np.dtype(dtype).itemsize for dtype in columns.values()]
    begins = np.cumsum([0, *(-(-length // ALIGNED) * ALIGNED for length in lengths)])
    block = np.empty(begins[-1], dtype=np.uint8)
    places = zip(columns.items(), lengths, begins[:-1], strict=True)
    return {name: block[begin : begin + length].view(dtype) for (name, dtype), length, begin in places}
