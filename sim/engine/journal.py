"""What an engine writes down: four tables of integers, nothing aggregated, nothing unfinished dropped.

Every figure, plot and page is computed from these tables, so a log of a real desk in the same columns is measured by
the same code. Times are ms of the run's clock; a missing instant is NEVER, a missing agent or duty is -1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.clock import NEVER

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Table = dict[str, "NDArray[Any]"]

NOBODY = -1


class State(IntEnum):
    """Where a ticket stands at the end of the run."""

    QUEUED = 0
    IN_SERVICE = 1
    PENDING = 2
    """Waiting for the customer."""
    RESOLVED = 3
    ABANDONED = 4
    """The customer gave up before the first response."""


class Why(IntEnum):
    """What put a task in line."""

    ARRIVED = 0
    NEXT_STAGE = 1
    RETURNED = 2
    """The customer has answered."""
    REOPENED = 3
    PREEMPTED = 4
    HANDED_OVER = 5
    ESCALATED = 6


class How(IntEnum):
    """How a stretch - a wait and the work that followed it - ended."""

    DONE = 0
    PREEMPTED = 1
    HANDED_OVER = 2
    ABANDONED = 3
    ESCALATED = 4
    """The wait ended by escalation; the next stretch goes on."""
    OPEN = 5
    """The run ended first."""


class Mode(IntEnum):
    """On what terms the agent worked."""

    DUTY = 0


TICKETS: dict[str, type[np.generic]] = {
    "ticket": np.int64,  # row of this table; what the others mean by a ticket
    "region": np.int16,  # index into the scenario's regions
    "number": np.int64,  # with the region the public key
    "kind": np.uint8,  # workload.tape.Kind
    "priority": np.uint8,  # 0 = P1; the original one
    "customer_class": np.uint8,  # workload.tape.CustomerClass
    "channel": np.uint8,  # index into the scenario's channels; 255 = none
    "tier": np.uint8,  # entry tier, 0 = tier 1
    "stages": np.uint8,  # on the tape
    "created": np.int64,
    "respond_by": np.int64,
    "resolve_by": np.int64,  # before pauses
    "started": np.int64,  # first work by a person
    "first_resolved": np.int64,
    "resolved": np.int64,  # last resolution; missing while reopened work is open
    "escalated": np.int64,
    "abandoned": np.int64,
    "paused": np.int64,  # ms on which the resolution clock stood still: waiting for the customer (up to the run's end
    # where that is still so), or wrongly resolved
    "state": np.uint8,
}
"""One row a ticket, in the order of arrival."""

WORK: dict[str, type[np.generic]] = {
    "ticket": np.int64,  # row of the tickets table
    "task": np.int16,  # counted from 0 in its ticket
    "stretch": np.int16,  # counted from 0 in its task
    "region": np.int16,  # pool the task belongs to
    "tier": np.uint8,
    "agent": np.int32,  # NOBODY where the wait ended without work
    "duty": np.int32,  # row of the duties table
    "queued_at": np.int64,  # when this wait began
    "why_queued": np.uint8,
    "start": np.int64,
    "end": np.int64,  # of the work, or of a wait without work; missing where open
    "how_ended": np.uint8,
    "mode": np.uint8,
}
"""One row a stretch: a wait in line and the work it led to. In the order of (ticket, task, stretch)."""

PAGES: dict[str, type[np.generic]] = {
    "ticket": np.int64,
    "round": np.uint8,
    "level": np.uint8,
    "agent": np.int32,
    "sent": np.int64,
    "answered": np.int64,
    "outcome": np.uint8,
}
"""One row a page. Nobody is paged in a scenario without an on-call chain: the table is then empty."""

DUTIES: dict[str, type[np.generic]] = {
    "agent": np.int32,
    "region": np.int16,  # the agent's own pool
    "tier": np.uint8,
    "planned_start": np.int64,
    "planned_end": np.int64,  # missing where the duty never ends
    "start": np.int64,  # within the run; missing where the duty lies outside it
    "end": np.int64,
}
"""One row a duty, in the order of (agent, planned start): the rows of the roster."""


@dataclass(frozen=True, slots=True)
class Journals:
    """The four tables of one replication, each a dict of equally long arrays.

    Attributes:
        tickets, work, pages, duties: see above.
        end: when the run ended, ms.
        agents: people on the roster, those without a duty in the run included.
    """

    tickets: Table
    work: Table
    pages: Table
    duties: Table
    end: int
    agents: int


def table(columns: dict[str, type[np.generic]], values: dict[str, Any]) -> Table:
    """The columns of `values`, complete, in order, and in their declared types."""
    if values.keys() != columns.keys():
        raise ValueError(f"columns differ: {sorted(values.keys() ^ columns.keys())}")
    return {name: np.ascontiguousarray(values[name], dtype=dtype) for name, dtype in columns.items()}


def empty(columns: dict[str, type[np.generic]]) -> Table:
    """A table without rows."""
    return {name: np.empty(0, dtype=dtype) for name, dtype in columns.items()}


INSTANTS = frozenset(
    {"created", "respond_by", "resolve_by", "started", "first_resolved", "resolved", "escalated", "abandoned",
     "queued_at", "start", "end", "planned_start", "planned_end", "sent", "answered"}
)  # fmt: skip
"""Columns that hold an instant."""


def missing(instants: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where an instant is missing."""
    mask: NDArray[np.bool_] = instants == NEVER
    return mask


_LABELS: dict[str, type[IntEnum]] = {"state": State, "why_queued": Why, "how_ended": How, "mode": Mode}


def frame(table: Table, labels: dict[str, tuple[str, ...]], origin: int) -> pd.DataFrame:
    """A table as people read it: names for codes, UTC timestamps (NaT where missing) for instants.

    Args:
        table: one of the journals.
        labels: names for the codes of a column, e.g. `{"region": ("here", "there")}`; a code beyond them is missing.
        origin: UTC ms since 1970 of the run's start.
    """
    import pandas as pd

    out: dict[str, Any] = {}
    for name, values in table.items():
        if name in INSTANTS:
            shifted = np.where(missing(values), NEVER, values + origin)
            out[name] = pd.to_datetime(shifted.astype("M8[ms]"), utc=True)
        elif name in labels or name in _LABELS:
            words = labels.get(name) or tuple(member.name.lower() for member in _LABELS[name])
            codes = values.astype(np.int64)
            codes = np.where(codes < len(words), codes, -1)
            out[name] = pd.Categorical.from_codes(codes, pd.Index(words))
        else:
            out[name] = values
    return pd.DataFrame(out)
