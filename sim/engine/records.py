"""The journals of a run, from what an engine knows at its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    Journals,
    Rested,
    Table,
    table,
)
from sim.engine.ranks import NONE
from sim.errors import EngineError
from sim.workforce.roster import FOREVER, Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.workforce.roster import Roster
    from sim.workload.tape import Workload

LEVELS = len(Level)
MOST_STRETCHES = 1 << 15
"""Stretches that a task must not have: the journal counts them in 16 bits."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What an engine knows when its run is over; a missing instant or id is NONE, but in the tables.

    Attributes:
        end: when the run ended, ms.
        tickets: the columns of the tickets journal that the workload does not have as they are, each (n,).
        work: the work journal.
        chores: (k, 5) int64: agent, segment, row of the roster's chores, start, end; in any order.
        pages: (k, 7) int64: ticket, step, agent, on duty, sent, answered, outcome; in any order.
        left: (s,) int64, when the agent of a segment was done, where that was later than planned.
        rested: (s,) int64, `Rested`.
        came: (s,) int64, when a segment began that began late.
        at_work: segments whose agents are at work or at a chore when the run ends, be it in overtime or in a pause.
    """

    end: int
    tickets: dict[str, Any]
    work: Table
    chores: NDArray[np.int64]
    pages: NDArray[np.int64]
    left: NDArray[np.int64]
    rested: NDArray[np.int64]
    came: NDArray[np.int64]
    at_work: list[int]


def journals(ended: Ended, workload: Workload, roster: Roster) -> Journals:
    """The journals of a run that is over."""
    agents, turns = roster.agents, roster.turns
    return Journals(
        tickets=_tickets(ended, workload),
        work=ended.work,
        chores=_chores(ended, roster),
        pages=_pages(ended),
        duties=_duties(ended, roster),
        turns=table(TURNS, {name: getattr(turns, name) for name in TURNS}),
        agents=table(AGENTS, {"region": agents.region, "tier": agents.tier}),
        absences=table(ABSENCES, {name: getattr(roster.absences, name) for name in ABSENCES}),
        disruptions=table(DISRUPTIONS, {name: getattr(roster.disruptions, name) for name in DISRUPTIONS}),
        end=ended.end,
    )


def _tickets(ended: Ended, w: Workload) -> Table:
    return table(TICKETS, {
        "ticket": np.arange(len(w)), "region": w.region, "served_by": w.serve_region, "number": w.number,
        "kind": w.kind, "emergency": w.emergency, "priority": w.priority,
        "customer_class": w.customer_class, "channel": w.channel, "created": w.created,
        "visible": w.visible, "filtered": w.filtered, "respond_by": w.respond_by, "resolve_by": w.resolve_by,
        **ended.tickets,
    })  # fmt: skip


def _chores(ended: Ended, roster: Roster) -> Table:
    rows = ended.chores[np.lexsort((ended.chores[:, 3], ended.chores[:, 0]))]
    agent, segment, chore, start, end = rows.T
    return table(CHORES, {
        "agent": agent, "duty": segment, "kind": roster.chores.kind[chore], "due": roster.chores.start[chore],
        "start": start, "end": instants(end),
    })  # fmt: skip


def _pages(ended: Ended) -> Table:
    rows = ended.pages[np.lexsort((ended.pages[:, 1], ended.pages[:, 0]))]
    ticket, step, agent, on_duty, sent, answered, outcome = rows.T
    return table(PAGES, {
        "ticket": ticket, "round": step // LEVELS, "level": step % LEVELS, "agent": agent, "on_duty": on_duty,
        "sent": sent, "answered": instants(answered), "outcome": outcome,
    })  # fmt: skip


def _duties(ended: Ended, roster: Roster) -> Table:
    s, agents, end = roster.segments, roster.agents, ended.end
    rested, start = ended.rested.copy(), np.where(ended.came == NONE, s.start, ended.came)
    rested[s.start >= end] = Rested.AS_PLANNED
    within = (s.end > 0) & (s.start < end) & (rested != Rested.LOST)
    left = np.maximum(ended.left, s.overlap_end)
    left[ended.at_work] = end
    return table(DUTIES, {
        "agent": s.agent, "region": agents.region[s.agent], "tier": agents.tier[s.agent], "duty": s.duty,
        "planned_start": s.start, "planned_end": np.where(s.end == FOREVER, NEVER, s.end),
        "paid_end": np.where(s.overlap_end == FOREVER, NEVER, s.overlap_end), "pause": s.pause,
        "start": np.where(within, np.maximum(start, 0), NEVER),
        "end": np.where(within, np.minimum(s.end, end), NEVER),
        "left": np.where(within, np.minimum(left, end), NEVER), "rested": rested,
    })  # fmt: skip


def check_stretches(most: int) -> None:
    """That the journal can count the stretches of the task that has most.

    Raises:
        EngineError: it has more.
    """
    if most >= MOST_STRETCHES:
        raise EngineError(f"a task has been begun or put down {most} times; the journal counts {MOST_STRETCHES - 1}")


def instants(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Instants as the journals have them, from those of an engine."""
    out: NDArray[np.int64] = np.where(values == NONE, NEVER, values)
    return out
