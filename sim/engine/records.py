"""The journals of a desk at the end of its run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NEVER
from sim.engine.journal import (
    ABSENCES,
    AGENTS,
    CHORES,
    DISRUPTIONS,
    DUTIES,
    PAGES,
    TICKETS,
    TURNS,
    WORK,
    Journals,
    Rested,
    State,
    Table,
    table,
)
from sim.engine.paging import LEVELS
from sim.engine.policy import N_ROLES
from sim.engine.ranks import NONE
from sim.workforce.roster import COORDINATOR, FOREVER
from sim.workload.tape import Filter, TaskKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.engine.desk import Desk


def journals(desk: Desk, end: int) -> Journals:
    """The journals of a run that ended at `end`; what is unfinished is written as open."""
    serving = _serving(desk)
    desk.write_open()
    agents, turns = desk.roster.agents, desk.roster.turns
    return Journals(
        tickets=_tickets(desk, end, serving),
        work=_work(desk),
        chores=_chores(desk),
        pages=_pages(desk),
        duties=_duties(desk, end),
        turns=table(TURNS, {name: getattr(turns, name) for name in TURNS}),
        agents=table(AGENTS, {"region": agents.region, "tier": agents.tier}),
        absences=table(ABSENCES, {name: getattr(desk.roster.absences, name) for name in ABSENCES}),
        disruptions=table(DISRUPTIONS, {name: getattr(desk.roster.disruptions, name) for name in DISRUPTIONS}),
        end=end,
    )


def _serving(desk: Desk) -> NDArray[np.bool_]:
    """Tickets that somebody works on; who tells others of it does not."""
    serving = np.zeros(len(desk.workload), dtype=bool)
    at_work = [task for task in desk.task if task != NONE and desk.task_kind[task] != TaskKind.COMMS]
    serving[[desk.ticket[task] for task in [*at_work, *desk.emergency.outside]]] = True
    return serving


def _tickets(desk: Desk, end: int, serving: NDArray[np.bool_]) -> Table:
    w = desk.workload
    resolved, abandoned = _instants(desk.resolved), _instants(desk.abandoned)
    pending_since = np.array(desk.pending_since, dtype=np.int64)
    state = np.select(
        [w.filtered != Filter.PASSED, resolved != NEVER, abandoned != NEVER, serving, pending_since != NONE],
        [State.FILTERED, State.RESOLVED, State.ABANDONED, State.IN_SERVICE, State.PENDING],
        State.QUEUED,
    )
    waiting_now = np.where((pending_since != NONE) & (resolved == NEVER), end - pending_since, 0)
    return table(TICKETS, {
        "ticket": np.arange(len(w)), "region": w.region, "served_by": w.serve_region, "number": w.number,
        "kind": w.kind, "emergency": w.emergency, "priority": w.priority,
        "customer_class": w.customer_class, "channel": w.channel, "tier": w.tier[w.first_task[:-1]],
        "stages": w.stages, "created": w.created, "visible": w.visible, "filtered": w.filtered,
        "respond_by": w.respond_by, "resolve_by": w.resolve_by,
        "acknowledged": _instants(desk.acknowledged), "started": _instants(desk.started),
        "first_resolved": _instants(desk.first_resolved), "resolved": resolved,
        "escalated": _instants(desk.escalation.escalated), "critical": _instants(desk.emergency.since),
        "abandoned": abandoned,
        "paused": np.array(desk.paused, dtype=np.int64) + waiting_now, "state": state,
    })  # fmt: skip


def _work(desk: Desk) -> Table:
    rows = np.array(desk.rows, dtype=np.int64).reshape(-1, 10)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    task, stretch, agent, segment, queued_at, why, start, end, how, mode = rows.T
    pool = np.array(desk.pool, dtype=np.int64)[task]
    tier = pool % N_ROLES
    ticket = np.array(desk.ticket, dtype=np.int64)[task]
    return table(WORK, {
        "ticket": ticket, "task": task - desk.workload.first_task[ticket], "stretch": stretch,
        "kind": desk.workload.task_kind[task], "region": np.where(tier == COORDINATOR, -1, pool // N_ROLES),
        "tier": tier, "agent": agent, "duty": segment,
        "queued_at": queued_at, "why_queued": why, "start": _missing(start), "end": _missing(end),
        "how_ended": how, "mode": mode,
    })  # fmt: skip


def _chores(desk: Desk) -> Table:
    presence = desk.presence
    at_work = [
        (agent, desk.terms[agent][0], chore, desk.began[agent], NONE)
        for agent, chore in enumerate(presence.chore)
        if chore != NONE
    ]
    rows = np.array([*presence.chore_rows, *at_work], dtype=np.int64).reshape(-1, 5)
    rows = rows[np.lexsort((rows[:, 3], rows[:, 0]))]
    agent, segment, chore, start, end = rows.T
    chores = desk.roster.chores
    return table(CHORES, {
        "agent": agent, "duty": segment, "kind": chores.kind[chore], "due": chores.start[chore], "start": start,
        "end": _missing(end),
    })  # fmt: skip


def _pages(desk: Desk) -> Table:
    rows = np.array(desk.paging.rows, dtype=np.int64).reshape(-1, 7)
    ticket, step, agent, on_duty, sent, answered, outcome = rows[np.lexsort((rows[:, 1], rows[:, 0]))].T
    return table(PAGES, {
        "ticket": ticket, "round": step // LEVELS, "level": step % LEVELS, "agent": agent, "on_duty": on_duty,
        "sent": sent, "answered": _missing(answered), "outcome": outcome,
    })  # fmt: skip


def _duties(desk: Desk, end: int) -> Table:
    s, agents = desk.roster.segments, desk.roster.agents
    rest = desk.presence.rest
    rested, start = np.array(rest.rested, dtype=np.uint8), s.start.copy()
    start[list(rest.came)] = list(rest.came.values())
    rested[s.start >= end] = Rested.AS_PLANNED
    within = (s.end > 0) & (s.start < end) & (rested != Rested.LOST)
    left = np.maximum(np.array(desk.presence.left, dtype=np.int64), s.overlap_end)
    left[_at_work(desk)] = end
    return table(DUTIES, {
        "agent": s.agent, "region": agents.region[s.agent], "tier": agents.tier[s.agent], "duty": s.duty,
        "planned_start": s.start, "planned_end": np.where(s.end == FOREVER, NEVER, s.end),
        "paid_end": np.where(s.overlap_end == FOREVER, NEVER, s.overlap_end), "pause": s.pause,
        "start": np.where(within, np.maximum(start, 0), NEVER),
        "end": np.where(within, np.minimum(s.end, end), NEVER),
        "left": np.where(within, np.minimum(left, end), NEVER), "rested": rested,
    })  # fmt: skip


def _at_work(desk: Desk) -> list[int]:
    """Segments whose agents are at work or at a chore when the run ends, be it in overtime or in a pause."""
    return [
        segment for agent, segment in enumerate(desk.presence.segment) if segment != NONE and not desk.is_free(agent)
    ]


def _instants(values: list[int]) -> NDArray[np.int64]:
    return _missing(np.array(values, dtype=np.int64))


def _missing(values: NDArray[np.int64]) -> NDArray[np.int64]:
    out: NDArray[np.int64] = np.where(values == NONE, NEVER, values)
    return out
