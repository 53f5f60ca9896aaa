"""Who is paged about what, and all that chance decides about an answer."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import NEVER
from sim.scenario.base import PRIORITIES
from sim.workload.durations import quantile
from sim.workload.tape import CHAIN, NO_PAGES, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sim.scenario.base import DurationLaw
    from sim.scenario.oncall import OnCall

    Words = Callable[[NDArray[np.int64]], NDArray[np.uint64]]

P2, P3 = PRIORITIES.index("P2"), PRIORITIES.index("P3")
WORDS = CHAIN // 2
"""Words of 64 random bits behind the pages of a ticket: 16 bits for the chance of each page, and 16 for its delay."""
_BITS = 16
_STEPS = 1 << _BITS
_MILLION = 1_000_000


class Pages(NamedTuple):
    """The columns of the tape that are about pages; see `Workload`."""

    at: NDArray[np.int64]
    row: NDArray[np.int64]
    ppm: NDArray[np.int64]
    awake: NDArray[np.int64]
    asleep: NDArray[np.int64]


def pages(
    oncall: OnCall | None,
    kind: NDArray[np.uint8],
    priority: NDArray[np.uint8],
    created: NDArray[np.int64],
    visible: NDArray[np.int64],
    calls: NDArray[np.int64],
    words: Words,
) -> Pages:
    """What is on the tape about pages.

    Args:
        oncall: the scenario's section.
        kind: (n,) as in `Workload`, like the next three.
        priority: (n,).
        created: (n,).
        visible: (n,), missing where an alert is filtered.
        calls: (k,) emergencies among them that page as soon as they are visible.
        words: gives random bits for k of these tickets, (k, WORDS).
    """
    n = len(priority)
    if oncall is None:
        nothing = np.empty((0, CHAIN), dtype=np.int64)
        return Pages(np.full(n, NEVER), np.full(n, NO_PAGES), nothing, nothing, nothing)
    rows = np.flatnonzero(_may_page(oncall, kind, priority) & (visible != NEVER))
    row = np.full(n, NO_PAGES)
    row[rows] = np.arange(len(rows))
    bits = words(rows).astype("<u8", copy=False).view("<u2").reshape(len(rows), CHAIN, 2)
    at = _paged_at(oncall, kind, priority, created, visible)
    at[calls] = visible[calls]
    # Asleep and awake take the same number, so that whoever is asleep is slower by law, never by luck.
    chance, delay = bits[:, :, 0].astype(np.int64), bits[:, :, 1].astype(np.intp)
    return Pages(
        at=at,
        row=row,
        ppm=chance * _MILLION + _MILLION // 2 >> _BITS,  # the middle of each of `_STEPS` equal parts of a million
        awake=_delays(oncall.awake.delay).take(delay),
        asleep=_delays(oncall.asleep.delay).take(delay),
    )


@lru_cache(maxsize=64)
def _delays(law: DurationLaw) -> NDArray[np.int64]:
    """The quantiles of a law at the middle of each of `_STEPS` equal parts of [0, 1).

    Looking one up is quicker than working it out, and nobody answers so exactly that more of them would matter.
    """
    delays = quantile(law, (np.arange(_STEPS) + 0.5) / _STEPS)
    delays.setflags(write=False)
    return delays


def _may_page(oncall: OnCall, kind: NDArray[np.uint8], priority: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """P1 and P2, and P3 alerts where late ones are paged."""
    late = (kind == Kind.ALERT) & (priority == P3) & (oncall.late_alert is not None)
    may: NDArray[np.bool_] = (priority <= P2) | late
    return may


def _paged_at(
    oncall: OnCall,
    kind: NDArray[np.uint8],
    priority: NDArray[np.uint8],
    created: NDArray[np.int64],
    visible: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Urgent alerts page on arrival, P3 alerts when they are late. Whether a ticket finds nobody is not yet known."""
    is_alert = (kind == Kind.ALERT) & (visible != NEVER)
    at = np.where(is_alert & (priority <= P2), visible, NEVER)
    if oncall.late_alert is not None:
        late = np.flatnonzero(is_alert & (priority == P3))
        at[late] = np.maximum(created[late] + oncall.late_alert, visible[late] + 1)
    return at
