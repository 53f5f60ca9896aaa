"""Time, exactly: how long spans last in a window or in bins of a grid, in union, in what they share, without holes.

Everything is in int64 ms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.compiled.jit import plain
from sim.metrics import passes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Codes = NDArray[Any]  # any integer type


MANY_GROUPS = int(np.iinfo(np.uint16).max)
"""Codes up to this are sorted by counting."""


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
    """Sum of whole numbers by code, 0 to codes - 1; another code is a ValueError."""
    sums = np.zeros(codes, dtype=np.int64)
    if not passes.add_up(plain(values, np.int64), plain(code, np.int64), sums):
        raise _unknown(codes)
    return sums


def time_inside(spans: Spans, code: Codes, codes: int, window: tuple[int, int]) -> Ints:
    """Time that the spans of each code spend in a window: (codes,) ms."""
    sums = np.zeros(codes, dtype=np.int64)
    start, end, whose = _plain(*spans, code)
    if not passes.add_inside(start, end, whose, *window, sums):
        raise _unknown(codes)
    return sums


def time_in_bins(spans: Spans, code: Codes, codes: int, grid: Grid, window: tuple[int, int] | None = None) -> Ints:
    """Time that the spans of each code spend in each bin, and in the window if there is one: (codes, bins) ms."""
    low, high = window or (grid.first, grid.end)
    low, high = max(low, grid.first), min(high, grid.end)
    start, end, whose = _plain(*spans, code)
    edges, held = np.zeros(codes * (grid.bins + 1) * 2, dtype=np.int64), np.empty((codes, grid.bins), dtype=np.int64)
    if not passes.fill_bins(start, end, whose, low, high, grid.first, grid.width, edges, held.reshape(-1)):
        raise _unknown(codes)
    return held


def _unknown(codes: int) -> ValueError:
    return ValueError(f"codes from 0 to {codes - 1}, and others among them")


def _plain(*columns: Codes) -> tuple[Ints, ...]:
    """Columns as compiled functions want them."""
    return tuple(plain(column, np.int64) for column in columns)


def order_of(group: Codes, start: Ints) -> NDArray[np.intp]:
    """Rows in the order of (group, start); those that are alike as they come.

    Args:
        group: (n,) whose they are, 0 and up.
        start: (n,) ms.
    """
    if not len(group):
        return np.empty(0, dtype=np.intp)
    since, last, bits = int(start.min()), int(group.max()), len(group).bit_length()
    wide = int(start.max()) - since + 1
    if (last + 1) * wide >= 1 << 63:
        return np.lexsort((start, group))
    key = group * np.int64(wide) + (start - since)
    if (last + 1) * wide < 1 << 63 - bits:  # the rows have room in the keys: nothing is sorted sooner than numbers
        key <<= bits
        key |= np.arange(len(key))
        key.sort()
        key &= (1 << bits) - 1
        return key
    if last > MANY_GROUPS:
        return np.argsort(key, kind="stable")
    # By group first, a quick sort of small numbers: the spans of each are in order then, or nearly so.
    order = np.argsort(group.astype(np.uint16), kind="stable")
    return order[np.argsort(key[order], kind="stable")]


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
    order: NDArray[np.intp] | None = None
    start, end, whose = _plain(spans.start, spans.end, group)
    opener, reached = np.empty((2, len(start)), dtype=np.int64)
    count = passes.join_spans(start, end, whose, opener, reached)
    if count < 0:
        order = order_of(whose, start)
        count = passes.join_spans(start[order], end[order], whose[order], opener, reached)
        opener[:count] = order[opener[:count]]
    opener = opener[:count]
    return Union(Spans(start[opener], reached[:count]), whose[opener], opener)


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
    start, end, whose = _plain(spans.start, spans.end, group)
    groups = max(int(whose.max()), int(other_group.max())) + 1
    solid = solid[order_of(other_group[solid], others.start[solid])]
    lanes = np.searchsorted(other_group[solid], np.arange(groups + 1))
    room = len(start) + len(solid)
    while True:
        pieces = np.empty((4, room), dtype=np.int64)
        count = passes.meet_spans(
            start, end, whose, others.start[solid], others.end[solid], lanes, lanes[:-1].copy(), *pieces
        )
        if count <= room:
            break
        room = count
    since, until, first, second = pieces[:, :count]
    return Shared(Spans(since, until), first, solid[second])


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
    order = order_of(behind, start)
    pieces, row = Spans(start[order], end[order_of(before, end)]), behind[order]
    some = pieces.end > pieces.start
    return pieces.where(some), row[some]
