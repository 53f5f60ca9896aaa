"""How well the work was done: solved at once, and solved for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.engine.journal import NOBODY, missing
from sim.metrics.cuts import PER_CENT, came
from sim.scenario.base import PRIORITIES
from sim.workload.tape import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Journals, Table


def kpis(journals: Journals, clock: Clock) -> dict[str, tuple[float, float]]:
    """First-contact resolution, and reopened tickets."""
    created = came(journals.tickets, clock)
    return {"fcr": _first_contact(journals, created), "reopened": _reopened(journals.tickets, created)}


def _first_contact(journals: Journals, created: NDArray[np.bool_]) -> tuple[float, float]:
    """A ticket of one stage had no wait for the customer and no reopening; escalation may have changed its tier."""
    tickets = journals.tickets
    ordinary = (tickets["kind"] == Kind.TICKET) & (tickets["priority"] != PRIORITIES.index("P1"))
    resolved = created & ordinary & ~missing(tickets["resolved"])
    solved_at_once = resolved & (tickets["stages"] == 1) & ~_touched_by_another_tier(journals)
    return PER_CENT * int(solved_at_once.sum()), int(resolved.sum())


def _touched_by_another_tier(journals: Journals) -> NDArray[np.bool_]:
    """Tickets on which somebody worked whose tier is not the ticket's entry tier."""
    tickets, work = journals.tickets, journals.work
    worked = work["agent"] != NOBODY
    ticket, tier = work["ticket"][worked], journals.agents["tier"][work["agent"][worked]]
    touched = np.zeros(len(tickets["created"]), dtype=np.bool_)
    touched[ticket[tier != tickets["tier"][ticket]]] = True
    return touched


def _reopened(tickets: Table, created: NDArray[np.bool_]) -> tuple[float, float]:
    """A ticket that came back has a later resolution than its first, or none while the work on it is open."""
    once = created & ~missing(tickets["first_resolved"])
    again = once & (tickets["resolved"] != tickets["first_resolved"])
    return PER_CENT * int(again.sum()), int(once.sum())
