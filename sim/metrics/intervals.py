"""Time, exactly: how long spans last in a window or in bins of a grid, in union, in what they share, without holes.

Everything is in int64 ms. `numpy.bincount` adds weights in double precision, which is exact for whole numbers below
2**53 ms: 285,000 years in one cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Codes = NDArray[Any]  # any integer type


_PIECE = 1 << 13
"""Spans that are worked on at a time: few enough for a processor's cache."""


class Spans(NamedTuple):
    """Spans of time [start, end); one that ends before it starts is empty."""

    start: Ints
    end: Ints

    def clipped(self, low: int, high: int) -> Spans:
        """What lies in [low, high); no span of the result ends before it starts."""
        start = np.minimum(np.maximum(self.start, low), high)
        return Spans(start, np.maximum(np.minimum(self.end, high), start))

    def where(self, mask: NDArray[Any]) -> Spans:
        """Only the spans of `mask`, which may also be rows."""
        rows = np.flatnonzero(mask) if mask.dtype == np.bool_ else mask  # rows are quicker to pick than a mask
        return Spans(self.start[rows], self.end[rows])

    @property
    def length(self) -> Ints:
        """Duration of each span, of clipped ones."""
        return self.end - self.start


class Grid(NamedTuple):
    """`bins` bins of `width` ms, one after the other from `first` on."""

    first: int
    width: int
    bins: int

    @property
    def starts(self) -> Ints:
        """Where each bin begins."""
        return self.first + self.width * np.arange(self.bins, dtype=np.int64)

    @property
    def end(self) -> int:
        """Where the last bin ends."""
        return self.first + self.width * self.bins


def summed(values: Codes, code: Codes, codes: int) -> Ints:
    """Sum of whole numbers by code, 0 to codes - 1."""
    return np.bincount(code, weights=values, minlength=codes).astype(np.int64)


def time_in_bins(spans: Spans, code: Codes, codes: int, grid: Grid) -> Ints:
    """Time that the spans of each code spend in each bin: (codes, bins) ms."""
    held, whole = np.zeros((2, codes * (grid.bins + 1)), dtype=np.int64)  # one more column, for ends at the very end
    for first in range(0, len(code), _PIECE):
        piece = slice(first, first + _PIECE)
        inside = Spans(spans.start[piece], spans.end[piece]).clipped(grid.first, grid.end)
        some = np.flatnonzero(inside.end > inside.start)
        since, until = inside.start[some] - grid.first, inside.end[some] - grid.first
        row, own, last = code[piece][some] * np.int64(grid.bins + 1), since // grid.width, until // grid.width
        np.add.at(held, row + own, np.minimum(until, (own + 1) * grid.width) - since)
        beyond = np.flatnonzero(last > own)
        row, own, last, until = row[beyond], own[beyond], last[beyond], until[beyond]
        np.add.at(held, row + last, until - last * grid.width)
        np.add.at(whole, row + own + 1, 1)
        np.subtract.at(whole, row + last, 1)
    held += np.cumsum(whole) * grid.width  # what begins in the bins of a code ends in them
    return held.reshape(codes, grid.bins + 1)[:, :-1]


class Union(NamedTuple):
    """Stretches without a gap, in the order of (group, start)."""

    spans: Spans
    group: Ints
    opener: NDArray[np.intp]
    """Row of the span that each stretch begins with."""


def union(spans: Spans, group: Codes) -> Union:
    """The union of the spans of each group: what overlaps or touches becomes one. No span may end before it starts."""
    if not len(group):
        return Union(spans, group.astype(np.int64), np.empty(0, dtype=np.intp))
    # One axis for all groups, each in a lane of its own: then a running maximum restarts with every group.
    base = int(spans.start.min())
    lane = group * np.int64(int(spans.end.max()) - base + 1) - base
    start, reached = lane + spans.start, lane + spans.end
    order = None if (start[1:] >= start[:-1]).all() else np.argsort(start, kind="stable")
    if order is not None:
        start, reached = start[order], reached[order]
    np.maximum.accumulate(reached, out=reached)
    first = np.append(0, np.flatnonzero(start[1:] > reached[:-1]) + 1)
    last = np.append(first[1:], len(start)) - 1
    opener = first if order is None else order[first]
    return Union(Spans(spans.start[opener], reached[last] - lane[opener]), group[opener].astype(np.int64), opener)


class Shared(NamedTuple):
    """What spans of two sets share: pieces that are not empty, in the order of the first set's rows."""

    spans: Spans
    first: NDArray[np.intp]
    """Row of the span of the first set."""
    second: NDArray[np.intp]
    """Row of the span of the second."""


def intersection(spans: Spans, group: Codes, others: Spans, other_group: Codes) -> Shared:
    """What each span shares with each of the others of its group, piece by piece.

    Args:
        spans: (n,) spans, in any order; they may overlap one another.
        group: (n,) whose they are, 0 and up.
        others: (m,) spans, in any order; those of one group do not overlap. None of either set ends before it starts.
        other_group: (m,) whose they are.
    """
    solid = np.flatnonzero(others.end > others.start)
    if not len(group) or not len(solid):
        nothing = np.empty(0, dtype=np.int64)
        return Shared(Spans(nothing, nothing), nothing.astype(np.intp), nothing.astype(np.intp))
    base = min(int(spans.start.min()), int(others.start.min()))
    width = np.int64(max(int(spans.end.max()), int(others.end.max())) - base + 1)
    lane, other_lane = group * width - base, other_group[solid] * width - base
    order = np.argsort(other_lane + others.start[solid], kind="stable")
    solid, other_lane = solid[order], other_lane[order]
    # The others lie one after the other, so each span meets those from the first that ends after its start on.
    met = np.searchsorted(other_lane + others.end[solid], lane + spans.start, side="right")
    count = np.maximum(np.searchsorted(other_lane + others.start[solid], lane + spans.end, side="left") - met, 0)
    first = np.repeat(np.arange(len(count)), count)
    second = solid[np.arange(len(first)) + np.repeat(met - (np.cumsum(count) - count), count)]
    pieces = Spans(
        np.maximum(spans.start[first], others.start[second]), np.minimum(spans.end[first], others.end[second])
    )
    rows = np.flatnonzero(pieces.end > pieces.start)
    return Shared(pieces.where(rows), first[rows], second[rows])


def remainder(spans: Spans, holes: Spans, within: NDArray[np.intp]) -> tuple[Spans, NDArray[np.intp]]:
    """What is left of spans that have holes, and of which span each piece is, by span and start; none is empty.

    Args:
        spans: (n,) spans.
        holes: (h,) spans, each inside a span; those of one span do not overlap.
        within: (h,) row of the span that each lies in.
    """
    rows = np.arange(len(spans.start))
    start, behind = np.concatenate([spans.start, holes.end]), np.concatenate([rows, within])
    end, before = np.concatenate([holes.start, spans.end]), np.concatenate([within, rows])
    # In order of time, what is left begins with the span and after each hole, and ends before each hole and with the
    # span: the first beginning goes with the first end.
    order = np.lexsort((start, behind))
    pieces, row = Spans(start[order], end[np.lexsort((end, before))]), behind[order]
    some = pieces.end > pieces.start
    return pieces.where(some), row[some]
