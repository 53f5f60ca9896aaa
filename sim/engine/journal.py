"""What an engine writes down: tables of integers, nothing aggregated, nothing unfinished dropped.

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
    FILTERED = 5
    """An alert that never came before people."""


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
    CRITICAL = 7
    """The ticket became an emergency."""


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
    DROPPED = 6
    """An assist for which nobody of its tier was on duty anywhere."""


class Mode(IntEnum):
    """On what terms the agent began to work."""

    DUTY = 0
    OVERLAP = 1
    """In the paid time after the end of their duty."""
    CALL_OUT = 2
    """Off duty, because of a page."""


class Outcome(IntEnum):
    """What became of a page."""

    ANSWERED = 0
    """Whoever was paged does the work, at once or when their work in hand is done."""
    UNANSWERED = 1
    """The timer ran out."""
    BUSY = 2
    """Passed over: at work on a P1 or because of another page. `answered` is missing where this was so at once."""
    NOT_NEEDED = 3
    """Answered, but somebody else had taken the work meanwhile."""
    OPEN = 4
    """The run ended first."""


class Rested(IntEnum):
    """What compensatory rest made of a segment of a duty."""

    AS_PLANNED = 0
    LATE = 1
    """The agent came when they had rested."""
    LOST = 2
    """They came not at all."""


TICKETS: dict[str, type[np.generic]] = {
    "ticket": np.int64,  # row of this table; what the others mean by a ticket
    "region": np.int16,  # index into the scenario's regions
    "served_by": np.int16,  # region whose people serve it: another one while it is re-homed
    "number": np.int64,  # with the region the public key
    "kind": np.uint8,  # workload.tape.Kind
    "emergency": np.uint8,  # index into the scenario's types of emergencies; 255 = none
    "priority": np.uint8,  # 0 = P1; the original one
    "customer_class": np.uint8,  # workload.tape.CustomerClass
    "channel": np.uint8,  # index into the scenario's channels; 255 = none
    "tier": np.uint8,  # entry tier, 0 = tier 1
    "stages": np.uint8,  # on the tape
    "created": np.int64,
    "visible": np.int64,  # when people could see it; missing where an alert was filtered
    "filtered": np.uint8,  # workload.tape.Filter
    "respond_by": np.int64,
    "resolve_by": np.int64,  # before pauses
    "acknowledged": np.int64,  # first answer to a page; missing where nobody was paged
    "started": np.int64,  # first work by a person; of a P1 by its lead
    "first_resolved": np.int64,
    "resolved": np.int64,  # last resolution; missing while reopened work is open
    "escalated": np.int64,
    "critical": np.int64,  # when a P1 became an emergency
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
    "kind": np.uint8,  # workload.tape.TaskKind
    "region": np.int16,  # pool the task belongs to; -1 of the coordinators, who belong to all
    "tier": np.uint8,
    "agent": np.int32,  # NOBODY where the wait ended without work, and of work outside the organisation
    "duty": np.int32,  # row of the duties table; -1 off duty
    "queued_at": np.int64,  # when this wait began
    "why_queued": np.uint8,
    "start": np.int64,
    "end": np.int64,  # of the work, or of a wait without work; missing where open
    "how_ended": np.uint8,
    "mode": np.uint8,
}
"""One row a stretch: a wait in line and the work it led to. In the order of (ticket, task, stretch)."""

CHORES: dict[str, type[np.generic]] = {
    "agent": np.int32,
    "duty": np.int32,  # row of the duties table
    "kind": np.uint8,  # workforce.roster.Chore
    "due": np.int64,
    "start": np.int64,
    "end": np.int64,  # missing where open
}
"""One row a stretch of time on duty that went into meetings and reviews, by (agent, start). One that a P1 interrupts
goes on in a row of its own."""

PAGES: dict[str, type[np.generic]] = {
    "ticket": np.int64,
    "round": np.uint8,  # counted from 0
    "level": np.uint8,  # workforce.roster.Level
    "agent": np.int32,
    "on_duty": np.uint8,  # whether the agent was on duty, overlap included
    "sent": np.int64,
    "answered": np.int64,
    "outcome": np.uint8,
}
"""One row a page, by (ticket, round, level). Levels that nobody holds have no row."""

DUTIES: dict[str, type[np.generic]] = {
    "agent": np.int32,
    "region": np.int16,  # the agent's own pool
    "tier": np.uint8,
    "duty": np.int32,  # row of the plan: the same for the segments of a duty between its pauses
    "planned_start": np.int64,
    "planned_end": np.int64,  # missing where the duty never ends
    "paid_end": np.int64,  # end of the overlap; the planned end where a pause follows
    "pause": np.uint8,  # whether a pause of the same duty follows
    "start": np.int64,  # within the run; missing where the segment lies outside it
    "end": np.int64,  # when it ended as planned, within the run
    "left": np.int64,  # when the agent was done: after overlap and overtime, or with work that ran into the pause
    "rested": np.uint8,  # Rested: what compensatory rest made of it
}
"""One row a segment of a duty, in the order of (agent, planned start): the segments of the roster."""

TURNS: dict[str, type[np.generic]] = {
    "level": np.uint8,  # workforce.roster.Level
    "region": np.int16,  # that it serves; -1 for all
    "agent": np.int32,
    "start": np.int64,
    "end": np.int64,
    "asleep": np.uint8,
}
"""One row a stretch of an on-call turn, as planned."""

ABSENCES: dict[str, type[np.generic]] = {
    "agent": np.int32,
    "duty": np.int32,  # row of the plan
    "start": np.int64,
    "end": np.int64,
    "reason": np.uint8,  # workforce.roster.Reason
}
"""One row a stretch of planned duty that was not worked, by (agent, start). Pauses of the duty are in none.

What rest takes stands in the duties.
"""

DISRUPTIONS: dict[str, type[np.generic]] = {
    "entry": np.uint8,  # index into the scenario's threats, or into its drills
    "drill": np.uint8,
    "region": np.int16,
    "start": np.int64,
    "end": np.int64,
    "serves": np.uint8,  # bit p is set where priority p is served meanwhile
}
"""One row a disruption or drill, by start."""

AGENTS: dict[str, type[np.generic]] = {
    "region": np.int16,
    "tier": np.uint8,  # 4 is a manager, 5 a coordinator, 6 the engineering lead
}
"""One row a person of the roster, those without a duty in the run included."""


@dataclass(frozen=True, slots=True)
class Journals:
    """The tables of one replication, each a dict of equally long arrays.

    Attributes:
        tickets, work, chores, pages, duties: what happened; see above.
        turns, agents: who held the pager, and who the people are; see above.
        absences, disruptions: what was planned and did not come, and what happened to the organisation; see above.
        end: when the run ended, ms.
    """

    tickets: Table
    work: Table
    chores: Table
    pages: Table
    duties: Table
    turns: Table
    agents: Table
    absences: Table
    disruptions: Table
    end: int


def table(columns: dict[str, type[np.generic]], values: dict[str, Any]) -> Table:
    """The columns of `values`, complete, in order, and in their declared types."""
    if values.keys() != columns.keys():
        raise ValueError(f"columns differ: {sorted(values.keys() ^ columns.keys())}")
    return {name: np.ascontiguousarray(values[name], dtype=dtype) for name, dtype in columns.items()}


def empty(columns: dict[str, type[np.generic]]) -> Table:
    """A table without rows."""
    return {name: np.empty(0, dtype=dtype) for name, dtype in columns.items()}


INSTANTS = frozenset(
    {"created", "visible", "respond_by", "resolve_by", "acknowledged", "started", "first_resolved", "resolved",
     "escalated", "critical", "abandoned", "queued_at", "due", "start", "end", "planned_start", "planned_end",
     "paid_end", "left", "sent", "answered", "at"}
)  # fmt: skip
"""Columns that hold an instant."""


def missing(instants: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where an instant is missing."""
    mask: NDArray[np.bool_] = instants == NEVER
    return mask


_LABELS: dict[str, type[IntEnum]] = {
    "state": State,
    "why_queued": Why,
    "how_ended": How,
    "mode": Mode,
    "outcome": Outcome,
    "rested": Rested,
}


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
            words = labels[name] if name in labels else tuple(member.name.lower() for member in _LABELS[name])
            out[name] = _named(values.astype(np.int64), words)
        else:
            out[name] = values
    return pd.DataFrame(out)


def _named(codes: NDArray[np.int64], words: tuple[str, ...]) -> Any:
    """Names for codes, missing where a code has none; files keep no categories where there is not one."""
    import pandas as pd

    if not words:
        return np.full(len(codes), None)
    return pd.Categorical.from_codes(np.where(codes < len(words), codes, -1), pd.Index(words))
