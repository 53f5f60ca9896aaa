"""What the desk knows at the end of its run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.journal import WORK, State, Table, table
from sim.engine.policy import N_ROLES
from sim.engine.ranks import NONE
from sim.engine.records import Ended, check_stretches, instants
from sim.workforce.roster import COORDINATOR
from sim.workload.tape import Filter, TaskKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.engine.desk import Desk


def ended(desk: Desk, end: int) -> Ended:
    """The end of a run at `end`; what is unfinished is written as open."""
    tickets = _tickets(desk, end)
    desk.write_open()
    presence = desk.presence
    came = np.full(len(presence.start), NONE, dtype=np.int64)
    came[list(presence.rest.came)] = list(presence.rest.came.values())
    return Ended(
        end=end,
        tickets=tickets,
        work=_work(desk),
        chores=_chores(desk),
        pages=np.array(desk.paging.rows, dtype=np.int64).reshape(-1, 7),
        left=np.array(presence.left, dtype=np.int64),
        rested=np.array(presence.rest.rested, dtype=np.int64),
        came=came,
        at_work=[s for agent, s in enumerate(presence.segment) if s != NONE and not desk.is_free(agent)],
    )


def _tickets(desk: Desk, end: int) -> dict[str, Any]:
    resolved, abandoned, pending = np.array(desk.resolved), np.array(desk.abandoned), np.array(desk.pending_since)
    state = np.select(
        [desk.workload.filtered != Filter.PASSED, resolved != NONE, abandoned != NONE, _serving(desk), pending != NONE],
        [State.FILTERED, State.RESOLVED, State.ABANDONED, State.IN_SERVICE, State.PENDING],
        State.QUEUED,
    )
    waiting_now = np.where((pending != NONE) & (resolved == NONE), end - pending, 0)
    decided = {
        "acknowledged": desk.acknowledged, "started": desk.started, "first_resolved": desk.first_resolved,
        "resolved": resolved, "escalated": desk.escalation.escalated, "critical": desk.emergency.since,
        "abandoned": abandoned,
    }  # fmt: skip
    columns: dict[str, Any] = {name: instants(np.array(values, dtype=np.int64)) for name, values in decided.items()}
    w = desk.workload
    columns |= {"tier": w.tier[w.first_task[:-1]], "stages": w.stages}
    return {**columns, "paused": np.array(desk.paused, dtype=np.int64) + waiting_now, "state": state}


def _serving(desk: Desk) -> NDArray[np.bool_]:
    """Tickets that somebody works on; who tells others of it does not."""
    serving = np.zeros(len(desk.workload), dtype=bool)
    at_work = [task for task in desk.task if task != NONE and desk.task_kind[task] != TaskKind.COMMS]
    serving[[desk.ticket[task] for task in [*at_work, *desk.emergency.outside]]] = True
    return serving


def _work(desk: Desk) -> Table:
    check_stretches(max(desk.stretch, default=0))
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
        "queued_at": queued_at, "why_queued": why, "start": instants(start), "end": instants(end),
        "how_ended": how, "mode": mode,
    })  # fmt: skip


def _chores(desk: Desk) -> NDArray[np.int64]:
    presence = desk.presence
    at_work = [
        (agent, desk.terms[agent][0], chore, desk.began[agent], NONE)
        for agent, chore in enumerate(presence.chore)
        if chore != NONE
    ]
    return np.array([*presence.chore_rows, *at_work], dtype=np.int64).reshape(-1, 5)
