"""Who is away when, and why; and how stretches of people's time are looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.workforce.roster import FOREVER, Absences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    from sim.workforce.roster import Reason, Segments

    Instants = NDArray[np.int64]
    Rows = NDArray[np.intp]

_FAR = 1 << 42
"""Ms from the start of a run, beyond which there is nothing (139 years)."""
_WIDTH = 44


class Away(NamedTuple):
    """Times in which agents are away.

    Attributes:
        agent: (b,) int64.
        start, end: (b,) int64, ms; from `-FOREVER` or to `FOREVER` where nothing bounds them.
        reason: (b,) uint8, `Reason`.
        since: (b,) int64, when the reason came: where several apply, the earliest counts, also if it takes away duties
            only from later on.
    """

    agent: Instants
    start: Instants
    end: Instants
    reason: NDArray[np.uint8]
    since: Instants


def away(reason: Reason, agent: ArrayLike, start: ArrayLike, end: ArrayLike) -> Away:
    """Times away for one reason; those that last for nothing are none."""
    who, since, until = (np.asarray(values, dtype=np.int64) for values in (agent, start, end))
    lasts = until > since
    code = np.full(np.count_nonzero(lasts), reason, dtype=np.uint8)
    return Away(who[lasts], since[lasts], until[lasts], code, since[lasts])


def never_away() -> Away:
    """Everybody is there."""
    instants = np.empty(0, dtype=np.int64)
    return Away(instants, instants, instants, instants.astype(np.uint8), instants)


def joined(parts: Iterable[Away]) -> Away:
    """Times away from several sources, one after the other."""
    return Away(*(np.concatenate(columns) for columns in zip(never_away(), *parts, strict=True)))


def only(away: Away, rows: Rows | NDArray[np.bool_]) -> Away:
    """Some of them."""
    return Away(away.agent[rows], away.start[rows], away.end[rows], away.reason[rows], away.since[rows])


def timeline(away: Away) -> Away:
    """Who is away, sorted by (agent, start), each instant once: for the reason that came first, or the lower of two
    that came together. Stretches of one agent may touch where the reason changes.
    """
    if not len(away.agent):  # as in most runs; the rest would take as long as for some
        return away
    starts, ends = at(away.agent, away.start), at(away.agent, away.end)
    edges = np.unique(np.concatenate([starts, ends]))
    of, cell = spread(np.searchsorted(edges, starts), np.searchsorted(edges, ends))
    order = np.lexsort((away.reason[of], away.since[of], cell))
    of, cell = of[order], cell[order]
    first = np.append([True], cell[1:] != cell[:-1])[: len(cell)]
    of, cell = of[first], cell[first]
    start, end = _instants(edges[cell]), _instants(edges[np.minimum(cell + 1, len(edges) - 1)])
    return _merged(Away(away.agent[of], start, end, away.reason[of], away.since[of]))


def _merged(away: Away) -> Away:
    """Stretches that go on for the same reason as one."""
    goes_on = (away.agent[1:] == away.agent[:-1]) & (away.start[1:] == away.end[:-1])
    goes_on &= away.reason[1:] == away.reason[:-1]
    begins = np.append([True], ~goes_on)[: len(away.agent)]
    ends = np.append(~goes_on, [True])[: len(away.agent)]
    return only(away, begins)._replace(end=away.end[ends])


def no_absences() -> Absences:
    """Everybody is there as planned."""
    instants, people = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32)
    return Absences(people, people, instants, instants, instants.astype(np.uint8))


def lost(whole: Segments, away: Away) -> Absences:
    """What a timeline of times away takes from duties that are whole but for their pauses, of which it takes nothing:
    nobody would have worked then.
    """
    first = np.searchsorted(at(whole.agent, whole.end), at(away.agent, away.start), side="right")
    last = np.searchsorted(at(whole.agent, whole.start), at(away.agent, away.end))
    of, own = spread(first, last)
    return Absences(
        agent=whole.agent[own],
        duty=whole.duty[own],
        start=np.maximum(whole.start[own], away.start[of]),
        end=np.minimum(whole.end[own], away.end[of]),
        reason=away.reason[of],
    )


# ---- looking up ----------------------------------------------------------------------------------------------------


def at(agent: NDArray[np.signedinteger], instant: Instants) -> Instants:
    """Agents' instants as single numbers, in the order of (agent, instant)."""
    return (agent.astype(np.int64) << _WIDTH) + np.clip(instant, -_FAR, _FAR) + _FAR


def _instants(keys: Instants) -> Instants:
    found = (keys & ((1 << _WIDTH) - 1)) - _FAR
    return np.where(found >= _FAR, FOREVER, np.where(found <= -_FAR, -FOREVER, found))


def spread(first: Rows, last: Rows) -> tuple[Rows, Rows]:
    """Ranges [first, last) written out: the number of the range, and the place, of every member."""
    counts = np.maximum(last - first, 0)
    of = np.repeat(np.arange(len(counts)), counts)
    return of, np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts - first, counts)
