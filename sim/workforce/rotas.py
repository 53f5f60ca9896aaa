"""Rotas: closed walks through the network of what people may do next, cut into weekly lines."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY
from sim.periods import DAYS_PER_WEEK
from sim.workforce.network import OFF

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sim.workforce.network import DutyType, Network

Line = tuple[int, ...]
"""The duties of a week from Monday: indices of duty types, or `OFF`."""
Rota = tuple[Line, ...]
"""The lines that as many people work, each one week further than the one before."""


def coverage(types: Sequence[DutyType], edges: Sequence[int]) -> NDArray[np.int64]:
    """(types, 7, slots of a week) 1 where a duty on a day covers a slot; Sunday's night reaches Monday."""
    slots = len(edges)
    covers = np.zeros((len(types), DAYS_PER_WEEK, DAYS_PER_WEEK * slots), dtype=np.int64)
    for which, kind in enumerate(types):
        inside = [n for n in range(2 * slots) if kind.start <= edges[n % slots] + n // slots * DAY < kind.end]
        for day in range(DAYS_PER_WEEK):
            covers[which, day, (day * slots + np.array(inside)) % covers.shape[2]] = 1
    return covers


def closed_walks(network: Network, flow: NDArray[np.int64]) -> Iterator[Rota]:
    """The rotas of a circulation: the arcs that hang together, walked in one go (Hierholzer's algorithm)."""
    onward: dict[int, list[int]] = {}
    for arc in reversed(np.repeat(np.arange(len(flow)), flow).tolist()):
        onward.setdefault(int(network.tail[arc]), []).append(arc)
    for monday in np.unique(network.head[network.weekend & (flow > 0)]).tolist():
        if onward[monday]:
            yield _lines(network, _walk(network, onward, monday))


def _walk(network: Network, onward: dict[int, list[int]], start: int) -> list[int]:
    """All arcs that hang together with a node, in the order of one closed walk; they are taken out of `onward`."""
    pending, walk = [(start, OFF)], []
    while pending:
        node, came_by = pending[-1]
        if onward[node]:
            arc = onward[node].pop()
            pending.append((int(network.head[arc]), arc))
        else:
            pending.pop()
            walk.append(came_by)
    return walk[-2::-1]


def _lines(network: Network, walk: list[int]) -> Rota:
    lines = [[OFF] * DAYS_PER_WEEK]
    for arc in walk:
        if network.duty[arc] != OFF:
            lines[-1][network.day[arc]] = int(network.duty[arc])
        if network.weekend[arc]:
            lines.append([OFF] * DAYS_PER_WEEK)
    return tuple(map(tuple, lines[:-1]))


def trimmed(rotas: Sequence[Rota], covers: NDArray[np.int64], needs: NDArray[np.int64]) -> tuple[Rota, ...]:
    """The same rotas without duties that nobody needs, taken from the fullest lines; without one it breaks no rule."""
    lines = {(n, m): list(line) for n, rota in enumerate(rotas) for m, line in enumerate(rota)}
    counts = np.zeros(covers.shape[:2], dtype=np.int64)
    for line in lines.values():
        for day, duty in enumerate(line):
            counts[duty, day] += duty != OFF
    spare = counts - without_surplus(counts, covers, needs)
    for duty, day in np.argwhere(spare).tolist():
        for _ in range(spare[duty, day]):
            fullest = min((key for key in lines if lines[key][day] == duty), key=lambda key: _fill(lines[key]))
            lines[fullest][day] = OFF
    left = [tuple(tuple(lines[n, m]) for m in range(len(rota))) for n, rota in enumerate(rotas)]
    return tuple(rota for rota in left if any(duty != OFF for line in rota for duty in line))


def _fill(line: Sequence[int]) -> int:
    """Days off, so that the fullest line is the smallest."""
    return Counter(line)[OFF]


def without_surplus(
    counts: NDArray[np.int64], covers: NDArray[np.int64], needs: NDArray[np.int64]
) -> NDArray[np.int64]:
    """(types, 7) duties by type and day, without those that can be left out in turn, the last types first."""
    kept = counts.copy()
    surplus = np.einsum("td,tds->s", counts, covers) - needs
    for which in reversed(range(len(kept))):
        for day in range(DAYS_PER_WEEK):
            slots = covers[which, day] > 0
            dropped = min(kept[which, day], surplus[slots].min()) if slots.any() else kept[which, day]
            kept[which, day] -= dropped
            surplus[slots] -= dropped
    return kept
