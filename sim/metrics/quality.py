"""How well the work was done: solved at once, and solved for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.engine.journal import NOBODY, missing
from sim.metrics.cuts import PER_CENT, came, some
from sim.scenario.base import PRIORITIES
from sim.workload.tape import Kind, TaskKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Journals, Table
    from sim.scenario.schema import Satisfaction, Targets

    Ints = NDArray[np.int64]

_JUDGED = ("created", "started", "resolved", "respond_by", "resolve_by", "paused")
"""Columns by which customers judge."""


def kpis(journals: Journals, targets: Targets, clock: Clock) -> dict[str, tuple[float, float]]:
    """First-contact resolution, satisfaction, and reopened tickets."""
    created = came(journals.tickets, clock)
    return {
        "fcr": _first_contact(journals, created),
        "satisfaction": _satisfaction(journals.tickets, created, targets.satisfaction),
        "reopened": _reopened(journals.tickets, created),
    }


def _first_contact(journals: Journals, created: NDArray[np.bool_]) -> tuple[float, float]:
    """A ticket of one stage had no wait for the customer and no reopening; escalation may have changed its tier."""
    tickets = journals.tickets
    ordinary = (tickets["kind"] == Kind.TICKET) & (tickets["priority"] != PRIORITIES.index("P1"))
    resolved = created & ordinary & ~missing(tickets["resolved"])
    solved_at_once = resolved & (tickets["stages"] == 1) & ~_touched_by_another_tier(journals)
    return PER_CENT * int(solved_at_once.sum()), int(resolved.sum())


def _touched_by_another_tier(journals: Journals) -> NDArray[np.bool_]:
    """Tickets on which somebody worked whose tier is not the ticket's entry tier; to tell others of it is no work."""
    tickets, work = journals.tickets, journals.work
    worked = (work["agent"] != NOBODY) & (work["kind"] != TaskKind.COMMS)
    theirs = np.append(journals.agents["tier"], 0)[work["agent"]]  # nobody's is the last, which does not count
    other = np.flatnonzero(worked & (theirs != tickets["tier"][work["ticket"]]))
    touched = np.zeros(len(tickets["created"]), dtype=np.bool_)
    touched[work["ticket"][other]] = True
    return touched


def _satisfaction(tickets: Table, created: NDArray[np.bool_], judged: Satisfaction) -> tuple[float, float]:
    gone = ~missing(tickets["abandoned"])
    judgeable = created & (tickets["kind"] == Kind.TICKET) & (gone | ~missing(tickets["resolved"]))
    ticket = some({"gone": gone, **{name: tickets[name] for name in _JUDGED}}, judgeable)
    response = _lateness(ticket["started"], ticket["respond_by"], ticket["created"])
    ended = ticket["resolved"] - np.where(ticket["gone"], 0, ticket["paused"])
    resolution = _lateness(ended, ticket["resolve_by"], ticket["created"])
    happy = judged.in_time - judged.late_response * response - judged.late_resolution * resolution
    score = np.where(ticket["gone"], 0.0, np.maximum(happy, 0.0))
    return PER_CENT * float(score.sum()), len(score)


def _lateness(instant: Ints, deadline: Ints, created: Ints) -> NDArray[np.float64]:
    """Time beyond the deadline as a share of the time promised, at most 1; 0 where nothing was promised."""
    promised = ~missing(deadline) & (deadline > created)
    late = np.flatnonzero(promised & ~missing(instant) & (instant > deadline))  # they are few
    share = np.zeros(len(instant))
    share[late] = np.minimum((instant[late] - deadline[late]) / (deadline[late] - created[late]), 1.0)
    return share


def _reopened(tickets: Table, created: NDArray[np.bool_]) -> tuple[float, float]:
    """A ticket that came back has a later resolution than its first, or none while the work on it is open."""
    once = created & ~missing(tickets["first_resolved"])
    again = once & (tickets["resolved"] != tickets["first_resolved"])
    return PER_CENT * int(again.sum()), int(once.sum())
