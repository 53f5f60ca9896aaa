"""The passes over all spans of a run, compiled: in numpy each takes a dozen, of which most wait for memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.clock import NEVER
from sim.compiled.jit import kept

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Shorts = NDArray[np.int16]
    Codes = NDArray[np.uint8]


@kept
def add_up(values: Numbers, code: Numbers, sums: Numbers) -> bool:
    """Add values by code.

    Args:
        values: (n,) numbers.
        code: (n,) whose they are.
        sums: (codes,) to which they are added.

    Returns:
        Whether all codes are known; what comes after one that is not has not been added.
    """
    for i in range(len(values)):
        if code[i] < 0 or code[i] >= len(sums):
            return False
        sums[code[i]] += values[i]
    return True


@kept
def add_inside(start: Numbers, end: Numbers, code: Numbers, low: int, high: int, sums: Numbers) -> bool:
    """Add the time that spans spend in a window by code.

    Args:
        start: (n,) ms.
        end: (n,) ms; a span that ends before it starts, or whose end is missing, is empty.
        code: (n,) whose they are.
        low: where the window begins, ms.
        high: where it ends, ms.
        sums: (codes,) to which it is added, ms.

    Returns:
        Whether all codes are known; what comes after one that is not has not been added.
    """
    for i in range(len(start)):
        if code[i] < 0 or code[i] >= len(sums):
            return False
        since, until = max(start[i], low), min(end[i], high)
        if until > since:
            sums[code[i]] += until - since
    return True


@kept
def fill_bins(
    start: Numbers,
    end: Numbers,
    code: Numbers,
    low: int,
    high: int,
    first: int,
    width: int,
    edges: Numbers,
    held: Numbers,
) -> bool:
    """Find the time that spans spend in each bin of a grid.

    Args:
        start: (n,) ms.
        end: (n,) ms; a span that ends before it starts, or whose end is missing, is empty.
        code: (n,) whose they are.
        low: what lies before this instant does not count, ms; not before the grid.
        high: nor what lies after this one, ms; not after the grid, which ends within 2**50 ms of its beginning.
        first: where the first bin begins, ms.
        width: of a bin, ms.
        edges: (codes x (bins + 1) x 2,) zeros, for scratch: of the spans that begin and end in each bin, the ends less
            the beginnings, and how many more begin. One more bin is for what ends at the very end.
        held: (codes x bins,) filled with the time by code and bin.

    Returns:
        Whether all codes are known; otherwise `held` is as it was.
    """
    cells = len(edges) // 2
    codes, per_ms = cells - len(held), 1.0 / width
    bins = cells // max(codes, 1) - 1
    for i in range(len(start)):
        since, until = max(start[i], low), min(end[i], high)
        if since >= until:
            continue
        if code[i] < 0 or code[i] >= codes:
            return False
        # A product is found far sooner than a quotient. At the edge of a bin it may fall short of it, into the bin
        # before, which is then a whole one: the sums below are the same.
        since, until = since - first, until - first
        own, last = code[i] * (bins + 1) + int(since * per_ms), code[i] * (bins + 1) + int(until * per_ms)
        edges[2 * own] -= since
        edges[2 * own + 1] += 1
        edges[2 * last] += until
        edges[2 * last + 1] -= 1
    for row in range(codes):
        running = 0
        for column in range(bins):
            cell = 2 * (row * (bins + 1) + column)
            running += edges[cell + 1]  # go on into the next bin
            held[row * bins + column] = edges[cell] + (column * edges[cell + 1] + running) * width
    return True


@kept
def fold_bins(held: Numbers, hour: Numbers, parts: int, hours: int, folded: Numbers) -> None:
    """Add the time of bins by the hour that they belong to.

    Args:
        held: (regions x parts x bins,) time, ms.
        hour: (regions x bins,) less than hours.
        parts: of each region.
        hours: how many there are.
        folded: (regions x hours x parts,) to which it is added.
    """
    regions = len(folded) // (hours * parts)
    bins = len(hour) // regions
    for row in range(regions * parts):
        region, part = row // parts, row % parts
        for column in range(bins):
            folded[(region * hours + hour[region * bins + column]) * parts + part] += held[row * bins + column]


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


@kept
def join_stretches(
    ticket: Numbers, task: Shorts, ours: Codes, queued: Numbers, start: Numbers, end: Numbers, over: int,
    head: Numbers, wait: Numbers, worked: Numbers, begun: Codes,
) -> int:  # fmt: skip
    """Put the stretches of each task together.

    Args:
        ticket: (n,) whose they are, in the order of (ticket, task).
        task: (n,) which one of the ticket.
        ours: (n,) whether a stretch counts.
        queued: (n,) since when it was in line, ms.
        start: (n,) when work began; like the end, it may be missing.
        end: (n,) when the stretch did.
        over: when the run did.
        head: (n,) filled with the row of the first stretch of each task.
        wait: (n,) filled with its time in line before its first work, ms.
        worked: (n,) filled with the work on it, ms.
        begun: (n,) filled with whether there was any.

    Returns:
        How many tasks there are.
    """
    last = -1
    for i in range(len(ticket)):
        if not ours[i]:
            continue
        if last < 0 or ticket[i] != ticket[head[last]] or task[i] != task[head[last]]:
            last += 1
            head[last], wait[last], worked[last], begun[last] = i, 0, 0, 0
        left = over if end[i] == NEVER else end[i]
        served = left if start[i] == NEVER else start[i]
        if not begun[last]:
            wait[last] += served - queued[i]
        if start[i] != NEVER:
            begun[last] = 1
        worked[last] += left - served
    return last + 1
