"""How well the work was done: solved at once, and solved for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engine.journal import missing
from sim.metrics.cuts import PER_CENT, within
from sim.scenario.schema import PRIORITIES
from sim.workload.tape import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Table


def kpis(tickets: Table, clock: Clock) -> dict[str, tuple[float, float]]:
    """First-contact resolution, and reopened tickets."""
    created = within(tickets["created"], clock)
    return {"fcr": _first_contact(tickets, created), "reopened": _reopened(tickets, created)}


def _first_contact(tickets: Table, created: NDArray[np.bool_]) -> tuple[float, float]:
    """A ticket of one stage met no change of tier, no wait for the customer and no reopening."""
    ordinary = (tickets["kind"] == Kind.TICKET) & (tickets["priority"] != PRIORITIES.index("P1"))
    resolved = created & ordinary & ~missing(tickets["resolved"])
    return PER_CENT * int((resolved & (tickets["stages"] == 1)).sum()), int(resolved.sum())


def _reopened(tickets: Table, created: NDArray[np.bool_]) -> tuple[float, float]:
    """A ticket that came back has a later resolution than its first, or none while the work on it is open."""
    once = created & ~missing(tickets["first_resolved"])
    again = once & (tickets["resolved"] != tickets["first_resolved"])
    return PER_CENT * int(again.sum()), int(once.sum())
