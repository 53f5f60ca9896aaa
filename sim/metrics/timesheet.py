"""Who did what when: the one reading of duties, work and chores that utilization, hours and burnout share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.engine.journal import NOBODY, Mode, missing
from sim.metrics.intervals import Spans, intersection, order_of, remainder
from sim.workforce.roster import Chore

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.engine.journal import Journals, Table

    Ints = NDArray[np.int64]


class Held(NamedTuple):
    """Spans of time, each within a segment of a duty: a row of the duties table."""

    spans: Spans
    segment: Ints

    def where(self, mask: NDArray[np.bool_]) -> Held:
        """Only those of the mask; where these are all, nothing is copied."""
        if mask.all():
            return self
        rows = np.flatnonzero(mask)
        return Held(self.spans.where(rows), self.segment[rows])


class Own(NamedTuple):
    """Spans of time, and the agents whose they are."""

    spans: Spans
    agent: Ints


@dataclass(frozen=True, slots=True)
class Timesheet:
    """Everybody's time in the whole run; what is open runs to its end.

    Attributes:
        on_duty: the segments of duties, without pauses, overlap and overtime, less the hand-over meetings in them.
        occupied: work on tickets, on whatever terms it began, and reviews, as far as they lie in segments.
        busy: all work, meetings and reviews, wherever they lie, by (agent, start); one agent's do not overlap.
        callouts: work that began off duty because of a page, up to the agent's next segment.
    """

    on_duty: Held
    occupied: Held
    busy: Own
    callouts: Own


def timesheet(journals: Journals) -> Timesheet:
    """Read the journals of one replication."""
    segments = _segments(journals)
    work, called = _work(journals)
    meetings = own_chores(journals, Chore.MEETING)
    occupied = _in_order(together(work, own_chores(journals, Chore.REVIEW)))
    return Timesheet(
        on_duty=_without(meetings, segments, journals.duties),
        occupied=_within(occupied, segments, journals.duties),
        busy=_in_order(together(occupied, meetings)) if len(meetings.agent) else occupied,
        callouts=_until_duty(Own(work.spans.where(called), work.agent[called]), segments, journals.duties),
    )


def own_chores(journals: Journals, kind: Chore) -> Own:
    """The meetings, or the reviews."""
    chores = journals.chores
    begun = np.flatnonzero((chores["kind"] == kind) & ~missing(chores["start"]))
    return Own(_closed(chores, begun, journals.end), chores["agent"][begun].astype(np.int64))


def _segments(journals: Journals) -> Held:
    inside = np.flatnonzero(~missing(journals.duties["start"]))
    return Held(_closed(journals.duties, inside, journals.end), inside)


def _work(journals: Journals) -> tuple[Own, NDArray[np.bool_]]:
    """All work of somebody, and which of it began off duty; that of people outside the organisation is nobody's."""
    work = journals.work
    begun = np.flatnonzero(~missing(work["start"]) & (work["agent"] != NOBODY))
    own = Own(_closed(work, begun, journals.end), work["agent"][begun].astype(np.int64))
    return own, work["mode"][begun] == Mode.CALL_OUT


def _closed(table: Table, rows: Ints, end: int) -> Spans:
    ends = table["end"][rows]
    return Spans(table["start"][rows], np.where(missing(ends), end, ends))


def together(*parts: Own) -> Own:
    """All spans in one, part after part."""
    start, end = (np.concatenate([getattr(part.spans, edge) for part in parts]) for edge in ("start", "end"))
    return Own(Spans(start, end), np.concatenate([part.agent for part in parts]))


def _in_order(own: Own) -> Own:
    order = order_of(own.agent, own.spans.start)
    return Own(own.spans.where(order), own.agent[order])


def _within(own: Own, segments: Held, duties: Table) -> Held:
    pieces = intersection(own.spans, own.agent, segments.spans, duties["agent"][segments.segment])
    return Held(pieces.spans, segments.segment[pieces.second])


def _without(meetings: Own, segments: Held, duties: Table) -> Held:
    """The segments less the meetings in them."""
    agent = duties["agent"][segments.segment]
    holes = intersection(meetings.spans, meetings.agent, segments.spans, agent)
    spans, row = remainder(segments.spans, holes.spans, holes.second)
    return Held(spans, segments.segment[row])


def _until_duty(own: Own, segments: Held, duties: Table) -> Own:
    """A call-out may run on into the agent's next duty; from then on it is work on duty like any other."""
    pieces = intersection(own.spans, own.agent, segments.spans, duties["agent"][segments.segment])
    ends = own.spans.end.copy()
    np.minimum.at(ends, pieces.first, pieces.spans.start)
    return Own(Spans(own.spans.start, ends), own.agent)
