"""What comes first: events by their instant and key, claims in a line by level, place and task.

Events of this minute, and of a future beyond the wheel, are a binary heap. All others lie on a *wheel* of slots of
a minute each, in no order, until their slot comes (a calendar queue, Brown 1988, Commun. ACM 31(10)): most are
ends of work and timers that are hours away, and the heap that they do not burden is nearly empty. A line is a skew heap
of linked rows (Sleator and Tarjan 1986, Self-adjusting heaps, SIAM J. Comput. 15(1), §2), since all lines share one
table. What comes is mostly to be served last, so a pool notes the last claim of each line: what follows it becomes its
child, and a line that is served in the order of arrival is a list.

Keys differ, or stand for the same, so the order in which they leave does not depend on how a queue is built. Links
between claims are places in the state: claims come first of all that grows, and stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled.jit import compiled
from sim.engine.compiled.state import (
    CLAIM_LEVEL,
    CLAIM_PLACE,
    CLAIM_STAMP,
    CLAIM_TASK,
    CLAIM_WIDTH,
    CLAIMS,
    CLAIMS_AT,
    DISTANT,
    DISTANT_AT,
    DISTANT_INSTANT,
    DISTANT_KEY,
    DISTANT_WIDTH,
    EVENT_WIDTH,
    EVENTS,
    EVENTS_AT,
    FREE_CLAIM,
    FREE_DISTANT,
    INSTANT,
    KEY,
    LEFT,
    NEXT_DISTANT,
    ON_WHEEL,
    RIGHT,
    SLOT,
    WHEEL_AT,
)  # fmt: skip
from sim.engine.policy import N_PRIORITIES
from sim.engine.ranks import NONE

if TYPE_CHECKING:
    from sim.engine.compiled.state import State

SLOT_BITS = 16
"""A slot of the wheel is 2 ** 16 ms."""
SLOTS = 1 << 13
"""The wheel spans six days."""

# ---------------------------------------------------------------------- events


@compiled
def schedule(s: State, instant: int, key: int) -> None:
    """Let something happen at a later `instant`, in the order of `key` = rank | id within it."""
    ahead = (instant >> SLOT_BITS) - s[SLOT]
    if ahead <= 0 or ahead >= SLOTS:
        _push_event(s, instant, key)
        return
    event = s[FREE_DISTANT]
    if event == NONE:
        event = s[DISTANT]
        s[DISTANT] += 1
    else:
        s[FREE_DISTANT] = s[s[DISTANT_AT] + event * DISTANT_WIDTH + NEXT_DISTANT]
    at, slot = s[DISTANT_AT] + event * DISTANT_WIDTH, s[WHEEL_AT] + (instant >> SLOT_BITS & SLOTS - 1)
    s[at + DISTANT_INSTANT], s[at + DISTANT_KEY], s[at + NEXT_DISTANT] = instant, key, s[slot]
    s[slot] = event
    s[ON_WHEEL] += 1


@compiled
def turn_wheel(s: State, instant: int) -> bool:
    """Bring the next distant events near, if they may come before `instant`; returns whether there are any."""
    last = instant >> SLOT_BITS
    while s[ON_WHEEL] and s[SLOT] < last:
        s[SLOT] += 1
        slot = s[WHEEL_AT] + (s[SLOT] & SLOTS - 1)
        event = s[slot]
        if event != NONE:
            s[slot] = NONE
            while event != NONE:
                at = s[DISTANT_AT] + event * DISTANT_WIDTH
                _push_event(s, s[at + DISTANT_INSTANT], s[at + DISTANT_KEY])
                s[ON_WHEEL] -= 1
                following = s[at + NEXT_DISTANT]
                s[at + NEXT_DISTANT], s[FREE_DISTANT] = s[FREE_DISTANT], event
                event = following
            return True
    s[SLOT] = max(s[SLOT], last)
    return False


@compiled
def _push_event(s: State, instant: int, key: int) -> None:
    """Put a near event on the heap."""
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
    s[line] = _merged(s, s[line], _new_claim(s, level, place, task, stamp))


@compiled
def line_up(s: State, line: int, level: int, place: int, task: int, stamp: int) -> None:
    """The same for a line of a pool, whose last claim is noted as well. It has no child, and is the last to leave.

    That holds for two that are equal too: the later one has become the child of the earlier, and stays below it.
    """
    claim, last = _new_claim(s, level, place, task, stamp), line + N_PRIORITIES
    if s[line] == NONE:
        s[line] = s[last] = claim
    elif goes_before(s, claim, s[last]):
        s[line] = _merged(s, s[line], claim)
    else:
        s[s[last] + LEFT] = claim
        s[last] = claim


@compiled
def _new_claim(s: State, level: int, place: int, task: int, stamp: int) -> int:
    claim = s[FREE_CLAIM]
    if claim == NONE:
        claim = s[CLAIMS_AT] + s[CLAIMS] * CLAIM_WIDTH
        s[CLAIMS] += 1
    else:
        s[FREE_CLAIM] = s[claim + LEFT]
    s[claim + CLAIM_LEVEL], s[claim + CLAIM_PLACE] = level, place
    s[claim + CLAIM_TASK], s[claim + CLAIM_STAMP] = task, stamp
    s[claim + LEFT] = s[claim + RIGHT] = NONE
    return claim


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
