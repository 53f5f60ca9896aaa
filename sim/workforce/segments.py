"""What is left of a roster's segments: holes in them, and changes of what people take and of their pace."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.workforce.away import at, spread
from sim.workforce.roster import FOREVER, Segments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sim.workforce.away import Away, Instants, Rows


class Changes(NamedTuple):
    """Times in which people take less, or work more slowly.

    Attributes:
        agent: (c,) int64.
        start, end: (c,) int64, ms.
        slower: (c,) float, factor of the time that work takes.
        takes: (c,) uint8, the priorities that are left to them; bit p for priority p.
        staffs: (c,) bool, whether they still make their pool staffed.
    """

    agent: Instants
    start: Instants
    end: Instants
    slower: NDArray[np.float64]
    takes: NDArray[np.uint8]
    staffs: NDArray[np.bool_]


def all_changes(parts: Iterable[Changes]) -> Changes:
    """Changes from several sources, one after the other."""
    none = (*[np.empty(0, dtype=np.int64)] * 3, np.empty(0), np.empty(0, dtype=np.uint8), np.empty(0, dtype=np.bool_))
    return Changes(*(np.concatenate(columns) for columns in zip(none, *parts, strict=True)))


def without(segments: Segments, away: Away) -> Segments:
    """What is left of segments where people are taken away, by a timeline.

    Where they go within a segment, its overlap or its overtime, they go at once; a pause that this runs into is none
    any more. What follows after the end is a segment again.
    """
    if not len(away.agent):
        return segments
    own, absence = _near(segments, away)
    start, end = away.start[absence], away.end[absence]
    tails = _shortened(segments, own, start, end)
    hit = (start < segments.end[own]) & (end > segments.start[own])
    pieces = _pieces(segments, own[hit], start[hit], end[hit])
    return _of(tails, pieces, tails.pause[pieces.source] & ~pieces.cut)


def _near(segments: Segments, away: Away) -> tuple[Rows, Rows]:
    """Every segment that an absence meets, and the last before it, with the absence: rows of both."""
    first = np.searchsorted(at(segments.agent, segments.end), at(away.agent, away.start), side="right")
    last = np.searchsorted(at(segments.agent, segments.start), at(away.agent, away.end))
    absence, own = spread(np.maximum(first - 1, 0), last)
    same = segments.agent[own] == away.agent[absence]
    return own[same], absence[same]


def _shortened(segments: Segments, own: Rows, start: Instants, end: Instants) -> Segments:
    """Overlap, overtime and pauses up to the next absence after the end of each segment."""
    later = end > segments.end[own]
    leaves = np.full(len(segments), FOREVER)
    np.minimum.at(leaves, own[later], np.maximum(start, segments.end[own])[later])
    follows = np.append(segments.start[1:], FOREVER)  # after a pause the next segment is of the same duty
    return replace(
        segments,
        overlap_end=np.minimum(segments.overlap_end, leaves),
        hard_end=np.minimum(segments.hard_end, leaves),
        pause=segments.pause & (leaves > follows),
    )


def paused(segments: Segments, away: Away) -> Segments:
    """What is left of segments where people do something else and come back, by a timeline: they finish work in hand
    first. Where a duty ends before they come back, they are gone from the start on, as if they were taken away.
    """
    first = np.searchsorted(at(segments.agent, segments.end), at(away.agent, away.start), side="right")
    last = np.searchsorted(at(segments.agent, segments.start), at(away.agent, away.end))
    hole, own = spread(first, last)
    if not len(own):
        return segments
    pieces = _pieces(segments, own, away.start[hole], away.end[hole])
    duty = segments.duty[pieces.source]
    comes_back = np.append(duty[1:] == duty[:-1], [False])[: len(duty)]
    return _of(segments, pieces, (segments.pause[pieces.source] | pieces.cut) & comes_back)


def changed(segments: Segments, changes: Changes) -> Segments:
    """Segments cut where changes begin and end, and with these in them."""
    if not len(changes.agent):
        return segments
    pieces = _split(segments, changes)
    first = np.searchsorted(at(pieces.agent, pieces.end), at(changes.agent, changes.start), side="right")
    last = np.searchsorted(at(pieces.agent, pieces.start), at(changes.agent, changes.end))
    change, own = spread(first, last)
    slower, takes, staffs = np.ones(len(pieces)), pieces.takes.copy(), pieces.staffs.copy()
    np.multiply.at(slower, own, changes.slower[change])
    np.bitwise_and.at(takes, own, changes.takes[change])
    np.logical_and.at(staffs, own, changes.staffs[change])
    slow_pm = np.rint(pieces.slow_pm * slower).astype(np.int64)
    return replace(pieces, slow_pm=slow_pm, takes=takes, staffs=staffs)


def _split(segments: Segments, changes: Changes) -> Segments:
    """Segments with pauses of no length where changes begin and end."""
    agent, instant = np.tile(changes.agent, 2), np.concatenate([changes.start, changes.end])
    _, one = np.unique(at(agent, instant), return_index=True)
    agent, instant = agent[one], instant[one]
    own = np.searchsorted(at(segments.agent, segments.end), at(agent, instant), side="right")
    inside = own < len(segments)
    inside[inside] &= (segments.agent[own[inside]] == agent[inside]) & (segments.start[own[inside]] < instant[inside])
    pieces = _pieces(segments, own[inside], instant[inside], instant[inside])
    return _of(segments, pieces, segments.pause[pieces.source] | pieces.cut)


# ---- pieces --------------------------------------------------------------------------------------------------------


class _Pieces(NamedTuple):
    """What holes leave of segments, in order.

    Attributes:
        source: (p,) row of the segment.
        start, end: (p,) ms.
        cut: (p,) bool, whether a hole begins at the end.
    """

    source: Rows
    start: Instants
    end: Instants
    cut: NDArray[np.bool_]


def _pieces(segments: Segments, own: Rows, start: Instants, end: Instants) -> _Pieces:
    """Segments without holes [start, end), in the order of the segments, `own`, that they meet; no two overlap."""
    source = np.repeat(np.arange(len(segments)), np.bincount(own, minlength=len(segments)) + 1)
    opens = np.append([True], source[1:] != source[:-1])[: len(source)]
    cut = np.append(~opens[1:], [False])[: len(source)]
    starts, ends = segments.start[source], segments.end[source]
    starts[~opens], ends[cut] = end, start
    left = starts < ends
    return _Pieces(source[left], starts[left], ends[left], cut[left])


def _of(segments: Segments, pieces: _Pieces, pause: NDArray[np.bool_]) -> Segments:
    """The segments that pieces are: nothing follows where they are cut."""
    source, end, cut = pieces.source, pieces.end, pieces.cut
    return Segments(
        agent=segments.agent[source],
        duty=segments.duty[source],
        start=pieces.start,
        end=end,
        overlap_end=np.where(cut, end, segments.overlap_end[source]),
        hard_end=np.where(cut, end, segments.hard_end[source]),
        pause=pause,
        slow_pm=segments.slow_pm[source],
        takes=segments.takes[source],
        staffs=segments.staffs[source],
    )
