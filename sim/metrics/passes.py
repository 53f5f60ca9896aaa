"""The passes over all spans of a run, compiled: in numpy each takes a dozen, of which most wait for memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled.jit import compiled, kept

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]


@compiled
def _bin(at: int, width: int, per_ms: float) -> int:
    """The bin of an instant, from 0 on: its exact quotient, by a product that a processor finds far sooner.

    Args:
        at: ms from the first bin on, less than 2**50.
        width: of a bin, ms.
        per_ms: 1 / width.
    """
    near = int(at * per_ms)  # or one beside it
    if near * width > at:
        return near - 1
    return near + (at - near * width >= width)


@kept
def fill_bins(
    start: Numbers, end: Numbers, code: Numbers, low: int, high: int, first: int, width: int, bins: int, held: Numbers
) -> bool:
    """Add the time that spans spend in each bin of a grid.

    Args:
        start: (n,) ms.
        end: (n,) ms; a span that ends before it starts is empty.
        code: (n,) whose they are.
        low: what lies before this instant does not count, ms; not before the grid.
        high: nor what lies after this one, ms; not after the grid.
        first: where the first bin begins, ms.
        width: of a bin, ms.
        bins: of the grid.
        held: (2 x codes x (bins + 1),) zeros, filled with the time by code and bin, and one more column for ends at the
            very end; the second half is for scratch.

    Returns:
        Whether all codes are known; what comes after one that is not has not been added.
    """
    cells, per_ms = len(held) // 2, 1.0 / width
    for i in range(len(start)):
        since, until = max(start[i], low) - first, min(end[i], high) - first
        if since >= until:
            continue
        if code[i] < 0 or (code[i] + 1) * (bins + 1) > cells:
            return False
        row, own = code[i] * (bins + 1), _bin(since, width, per_ms)
        if until <= (own + 1) * width:
            held[row + own] += until - since
            continue
        last = _bin(until, width, per_ms)
        held[row + own] += (own + 1) * width - since
        held[row + last] += until - last * width
        held[cells + row + own + 1] += 1  # whole bins begin here ...
        held[cells + row + last] -= 1  # ... and end here
    whole = 0
    for cell in range(cells):  # what begins in the bins of a code ends in them
        whole += held[cells + cell]
        held[cell] += whole * width
    return True


@kept
def join_spans(start: Numbers, end: Numbers, group: Numbers, opener: Numbers, reached: Numbers) -> int:
    """Make one stretch of spans of a group that overlap or touch.

    Args:
        start: (n,) ms, in the order of (group, start).
        end: (n,) ms, none before the start.
        group: (n,) whose they are.
        opener: (n,) filled with the row of the span that each stretch begins with.
        reached: (n,) filled with the end of each stretch, ms.

    Returns:
        How many stretches there are; -1 where the spans are not in order.
    """
    last = -1
    for i in range(len(start)):
        if i > 0 and (group[i] < group[i - 1] or (group[i] == group[i - 1] and start[i] < start[i - 1])):
            return -1
        if i > 0 and group[i] == group[i - 1] and start[i] <= reached[last]:
            reached[last] = max(reached[last], end[i])
        else:
            last += 1
            opener[last], reached[last] = i, end[i]
    return last + 1


@kept
def meet_spans(
    start: Numbers, end: Numbers, group: Numbers,
    other_start: Numbers, other_end: Numbers, lanes: Numbers, met: Numbers,
    piece_start: Numbers, piece_end: Numbers, first: Numbers, second: Numbers,
) -> int:  # fmt: skip
    """What spans share with others of their group, piece by piece, in the order of the spans; no piece is empty.

    Args:
        start: (n,) ms.
        end: (n,) ms, none before the start.
        group: (n,) whose they are, less than g.
        other_start: (m,) ms, in the order of (group, start); those of one group do not overlap.
        other_end: (m,) ms, each after the start.
        lanes: (g + 1,) where the others of each group begin, and where those of the last end.
        met: (g,) scratch: the row that the span before of the same group met first; to begin with, `lanes`.
        piece_start: (room,) filled, like those that follow.
        piece_end: ms.
        first: row of the span.
        second: row of the other.

    Returns:
        How many pieces there are; where these are more than there is room for, the first of them are filled.
    """
    pieces, room = 0, len(first)
    for i in range(len(start)):
        low, high = lanes[group[i]], lanes[group[i] + 1]
        at = met[group[i]]  # mostly the right one, or nearly so: spans come as time goes on
        if at > low and other_end[at - 1] > start[i]:
            beyond, at = at, low
        else:
            beyond = min(at + 2, high)
            if beyond > at and other_end[beyond - 1] <= start[i]:
                beyond, at = high, beyond
        while at < beyond:  # the first of the others that ends after the start
            middle = (at + beyond) // 2
            if other_end[middle] > start[i]:
                beyond = middle
            else:
                at = middle + 1
        met[group[i]] = at
        while at < high and other_start[at] < end[i]:
            since, until = max(start[i], other_start[at]), min(end[i], other_end[at])
            if until > since:
                if pieces < room:
                    piece_start[pieces], piece_end[pieces], first[pieces], second[pieces] = since, until, i, at
                pieces += 1
            at += 1
    return pieces
