"""What comes first: events by their instant and key, claims in a line by level, place and task.

Events are a binary heap. A line is a skew heap of linked rows (Sleator and Tarjan 1986, Self-adjusting heaps, SIAM J.
Comput. 15(1), §2), since all lines share one table. Keys differ, or stand for the same, so the order in which they
leave does not depend on how a heap is built. Links are places in the state: claims come first of all that grows, and
stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engine.compiled.jit import compiled
from sim.engine.compiled.state import (
    CLAIM_LEVEL,
    CLAIM_PLACE,
    CLAIM_STAMP,
    CLAIM_TASK,
    CLAIM_WIDTH,
    CLAIMS,
    CLAIMS_AT,
    EVENT_WIDTH,
    EVENTS,
    EVENTS_AT,
    FREE_CLAIM,
    INSTANT,
    KEY,
    LEFT,
    RIGHT,
)  # fmt: skip
from sim.engine.ranks import NONE

if TYPE_CHECKING:
    from sim.engine.compiled.state import State

# ---------------------------------------------------------------------- events


@compiled
def schedule(s: State, instant: int, key: int) -> None:
    """Let something happen at a later `instant`, in the order of `key` = rank | id within it."""
    first, hole = s[EVENTS_AT], s[EVENTS]
    s[EVENTS] = hole + 1
    while hole > 0:
        above = (hole - 1) >> 1
        at = first + above * EVENT_WIDTH
        if s[at] < instant or (s[at] == instant and s[at + KEY] <= key):
            break
        s[first + hole * EVENT_WIDTH] = s[at]
        s[first + hole * EVENT_WIDTH + KEY] = s[at + KEY]
        hole = above
    s[first + hole * EVENT_WIDTH + INSTANT] = instant
    s[first + hole * EVENT_WIDTH + KEY] = key


@compiled
def drop_event(s: State) -> None:
    """Take the first event off the heap."""
    first, last = s[EVENTS_AT], s[EVENTS] - 1
    s[EVENTS] = last
    instant, key = s[first + last * EVENT_WIDTH], s[first + last * EVENT_WIDTH + KEY]
    hole, below = 0, 1
    while below < last:
        at = first + below * EVENT_WIDTH
        if below + 1 < last:
            other = at + EVENT_WIDTH
            if s[other] < s[at] or (s[other] == s[at] and s[other + KEY] < s[at + KEY]):
                below, at = below + 1, other
        if instant < s[at] or (instant == s[at] and key <= s[at + KEY]):
            break
        s[first + hole * EVENT_WIDTH] = s[at]
        s[first + hole * EVENT_WIDTH + KEY] = s[at + KEY]
        hole, below = below, 2 * below + 1
    s[first + hole * EVENT_WIDTH + INSTANT] = instant
    s[first + hole * EVENT_WIDTH + KEY] = key


# ---------------------------------------------------------------------- lines


@compiled
def enqueue(s: State, line: int, level: int, place: int, task: int, stamp: int) -> None:
    """Put a claim in the line whose first claim is noted at `line`."""
    claim = s[FREE_CLAIM]
    if claim == NONE:
        claim = s[CLAIMS_AT] + s[CLAIMS] * CLAIM_WIDTH
        s[CLAIMS] += 1
    else:
        s[FREE_CLAIM] = s[claim + LEFT]
    s[claim + CLAIM_LEVEL], s[claim + CLAIM_PLACE] = level, place
    s[claim + CLAIM_TASK], s[claim + CLAIM_STAMP] = task, stamp
    s[claim + LEFT] = s[claim + RIGHT] = NONE
    s[line] = _merged(s, s[line], claim)


@compiled
def dequeue(s: State, line: int) -> int:
    """Take the first claim out of a line that is not empty; returns its task."""
    claim = s[line]
    s[line] = _merged(s, s[claim + LEFT], s[claim + RIGHT])
    task = s[claim + CLAIM_TASK]
    s[claim + CLAIM_TASK] = NONE
    s[claim + LEFT] = s[FREE_CLAIM]
    s[FREE_CLAIM] = claim
    return task


@compiled
def goes_before(s: State, claim: int, other: int) -> bool:
    """Whether one claim is served before another: level, place, task."""
    if s[claim + CLAIM_LEVEL] != s[other + CLAIM_LEVEL]:
        return s[claim + CLAIM_LEVEL] < s[other + CLAIM_LEVEL]
    if s[claim + CLAIM_PLACE] != s[other + CLAIM_PLACE]:
        return s[claim + CLAIM_PLACE] < s[other + CLAIM_PLACE]
    return s[claim + CLAIM_TASK] < s[other + CLAIM_TASK]


@compiled
def _merged(s: State, above: int, below: int) -> int:
    """Two heaps as one; returns its first claim."""
    if above == NONE:
        return below
    if below == NONE:
        return above
    if goes_before(s, below, above):
        above, below = below, above
    first = above
    while True:  # the right child of `above` is merged with `below`, and changes sides
        right = s[above + RIGHT]
        s[above + RIGHT] = s[above + LEFT]
        if right == NONE:
            s[above + LEFT] = below
            return first
        if goes_before(s, below, right):
            right, below = below, right
        s[above + LEFT] = right
        above = right
