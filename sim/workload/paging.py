"""Who is paged about what, and all that chance decides about an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import NEVER
from sim.scenario.base import PRIORITIES
from sim.workload.durations import quantile
from sim.workload.tape import CHAIN, NO_PAGES, Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.oncall import OnCall
    from sim.workload.draws import Draws

P2, P3 = PRIORITIES.index("P2"), PRIORITIES.index("P3")
_MILLION = 1_000_000


class Pages(NamedTuple):
    """The columns of the tape that are about pages; see `Workload`."""

    at: NDArray[np.int64]
    row: NDArray[np.int64]
    ppm: NDArray[np.int64]
    awake: NDArray[np.int64]
    asleep: NDArray[np.int64]


def may_page(oncall: OnCall | None, kind: NDArray[np.uint8], priority: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Those that can page anybody unless they are filtered: P1 and P2, and P3 alerts where late ones are paged."""
    if oncall is None:
        return np.zeros(len(priority), dtype=np.bool_)
    late = (kind == Kind.ALERT) & (priority == P3) & (oncall.late_alert is not None)
    mask: NDArray[np.bool_] = (priority <= P2) | late
    return mask


def answers(draws: Draws, tickets: NDArray[np.int64]) -> NDArray[np.float64]:
    """Two numbers for each page that tickets can lead to, (k, 2 * CHAIN): first all chances, then all delays."""
    return draws.some("pages", 2 * CHAIN, tickets)


def pages(
    oncall: OnCall | None,
    kind: NDArray[np.uint8],
    priority: NDArray[np.uint8],
    created: NDArray[np.int64],
    visible: NDArray[np.int64],
    u: NDArray[np.float64],
) -> Pages:
    """What is on the tape about pages.

    Args:
        oncall: the scenario's section.
        kind: (n,) as in `Workload`, like the next three.
        priority: (n,).
        created: (n,).
        visible: (n,), missing where an alert is filtered.
        u: as of `answers`, of all that `may_page`, in the order of the tickets.
    """
    n = len(priority)
    if oncall is None:
        nothing = np.empty((0, CHAIN), dtype=np.int64)
        return Pages(np.full(n, NEVER), np.full(n, NO_PAGES), nothing, nothing, nothing)
    may, passed = may_page(oncall, kind, priority), visible != NEVER
    used = u[passed[may]]
    row = np.full(n, NO_PAGES)
    row[may & passed] = np.arange(len(used))
    return Pages(
        at=_paged_at(oncall, kind, priority, created, visible),
        row=row,
        ppm=(used[:, :CHAIN] * _MILLION).astype(np.int64),
        # Both take the same numbers: whoever is asleep is slower by law, never by luck.
        awake=quantile(oncall.awake.delay, used[:, CHAIN:]),
        asleep=quantile(oncall.asleep.delay, used[:, CHAIN:]),
    )


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
