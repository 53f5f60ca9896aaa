"""The solver: the fewest people on weekly lines that meet a weekly floor in every slot, within the rules.

A roster is one or more cyclic *rotas*. A rota of n weekly lines is worked by n people, each one line further than the
one before; after n weeks everybody has worked every line. The rotas are an integer circulation through the network of
what people may do next (`network.py`) that meets the floor and leads as few people as possible from Sunday to Monday:
a mixed-integer program, solved by HiGHS. A circulation falls apart into closed walks, and these are the rotas.

Nothing is infeasible: people do not get in each other's way, so whatever some duty covers can be met with enough of
them. What none covers is left out and told, slot by slot; so is what the solver could not prove.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import DAY
from sim.workforce.floor import DAYS_PER_WEEK
from sim.workforce.network import OFF, Bounds, DutyType, Network, Precision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from scipy.optimize import OptimizeResult
    from scipy.sparse import csr_array

Line = tuple[int, ...]
"""The duties of a week from Monday: indices into the problem's types, or `OFF`."""
Rota = tuple[Line, ...]

_PRECISIONS = (Precision(1, lengths=False), Precision(1, lengths=True), Precision(3, lengths=True))
_MOST_NODES = 10_000
"""Larger networks take too long; only the coarsest may be larger."""
_CLOSE = 1e-6
"""What the solver's arithmetic may be off, in people."""
_STOPPED = 1
"""The status with which `scipy.optimize.milp` tells that it reached a limit."""


class Problem(NamedTuple):
    """All that a solution depends on. Times in ms.

    Attributes:
        types: duties that may be used, none longer than the bounds allow; of those that do equally well the first stay.
        edges: (e,) ms after midnight at which slots of a day begin, rising from 0; duties begin and end at edges.
        required: 7 x e agents on duty.
        bounds: the rules.
        gap: how far from the proven minimum the solver may stop, as a share of the headcount.
        nodes: nodes of the search after which it stops with the best that it has.
    """

    types: tuple[DutyType, ...]
    edges: tuple[int, ...]
    required: tuple[tuple[int, ...], ...]
    bounds: Bounds
    gap: float
    nodes: int


class Solution(NamedTuple):
    """Rotas, as plain data.

    Attributes:
        rotas: their lines; there are as many people as lines.
        least: people that are needed at least, as far as is proven.
        stopped: whether the solver ran out of nodes.
        unmet: (day, slot) in which no duty lies although somebody is required.
    """

    rotas: tuple[Rota, ...] = ()
    least: int = 0
    stopped: bool = False
    unmet: tuple[tuple[int, int], ...] = ()

    @property
    def people(self) -> int:
        return sum(map(len, self.rotas))


@lru_cache(maxsize=512)
def solve(problem: Problem) -> Solution:
    """The fewest people for a problem. It is solved once in a process, and alike to the bit in every process."""
    required = np.array(problem.required, dtype=np.int64).ravel()
    covers = coverage(problem.types, problem.edges)
    can_be_met = covers.any(axis=(0, 1))
    unmet = np.flatnonzero((required > 0) & ~can_be_met).tolist()
    found = _fewest(problem, covers, np.where(can_be_met, required, 0))
    return found._replace(unmet=tuple(divmod(slot, len(problem.edges)) for slot in unmet))


def coverage(types: Sequence[DutyType], edges: Sequence[int]) -> NDArray[np.int64]:
    """(types, 7, slots of a week) 1 where a duty on a day covers a slot; Sunday's night reaches Monday."""
    slots = len(edges)
    covers = np.zeros((len(types), DAYS_PER_WEEK, DAYS_PER_WEEK * slots), dtype=np.int64)
    for which, kind in enumerate(types):
        inside = [n for n in range(2 * slots) if kind.start <= edges[n % slots] + n // slots * DAY < kind.end]
        for day in range(DAYS_PER_WEEK):
            covers[which, day, (day * slots + np.array(inside)) % covers.shape[2]] = 1
    return covers


def _fewest(problem: Problem, covers: NDArray[np.int64], needs: NDArray[np.int64]) -> Solution:
    """Coarser networks are tried first: they mostly need no more people than there must be, and are solved sooner."""
    if not needs.any():
        return Solution()
    best, networks = Solution(least=_by_hours(problem, covers, needs)), _networks(problem.types, problem.bounds)
    for network in networks:
        model = _Model(network, covers, needs)
        flow, bound, stopped = model.fewest(problem.gap, problem.nodes)
        if not best.rotas or model.people(flow) < best.people:
            best = best._replace(rotas=tuple(_closed_walks(network, flow)))
        proven = bound if network is networks[-1] else best.least
        best = best._replace(least=max(best.least, proven), stopped=stopped)
        if best.people - best.least <= problem.gap * best.people:
            break
    return best._replace(rotas=_trimmed(best.rotas, covers, needs))


def _by_hours(problem: Problem, covers: NDArray[np.int64], needs: NDArray[np.int64]) -> int:
    """People that there must be anyhow: enough for one duty a day each, and for the hours of a line each."""
    from scipy.optimize import LinearConstraint, milp

    duties = covers.reshape(-1, len(needs)).T  # by type and day; the last column is the number of people
    lengths = np.repeat([kind.length for kind in problem.types], DAYS_PER_WEEK)
    one_a_day = np.tile(-np.eye(DAYS_PER_WEEK), len(problem.types))
    met = LinearConstraint(np.pad(duties, ((0, 0), (0, 1))), needs, np.inf)
    daily = LinearConstraint(np.pad(one_a_day, ((0, 0), (0, 1)), constant_values=1), 0, np.inf)
    weekly = LinearConstraint(np.append(-lengths / problem.bounds.line_hours, 1)[None, :], 0, np.inf)
    people = np.eye(1, len(lengths) + 1, len(lengths))[0]
    found: OptimizeResult = milp(people, constraints=[met, daily, weekly])
    return math.ceil(float(found.fun) - _CLOSE)


@lru_cache(maxsize=64)
def _networks(types: tuple[DutyType, ...], bounds: Bounds) -> tuple[Network, ...]:
    """From coarse to fine, without those that are too large."""
    alike = len({kind.length for kind in types}) == 1
    coarse, *finer = _PRECISIONS[alike:]  # where all lengths are alike, the first two are the same
    found = [Network.of(types, bounds, coarse), *(Network.of(types, bounds, fine, _MOST_NODES) for fine in finer)]
    return tuple(network for network in found if network is not None)


# ---- the circulation -----------------------------------------------------------------------------------------------


class _Model:
    """The program over a network: how many people go along each arc."""

    def __init__(self, network: Network, covers: NDArray[np.int64], needs: NDArray[np.int64]) -> None:
        self.network, self.covers, self.needs = network, covers, needs

    @cached_property
    def balance(self) -> csr_array:
        """(nodes, arcs) who comes to a node leaves it."""
        from scipy.sparse import csr_array

        network, arcs = self.network, np.arange(len(self.network.tail))
        values = np.repeat([1.0, -1.0], len(arcs))
        where = np.concatenate([network.head, network.tail]), np.concatenate([arcs, arcs])
        return csr_array((values, where), shape=(network.nodes, len(arcs)))

    @cached_property
    def cover(self) -> csr_array:
        """(slots with a floor, arcs) which slots an arc covers."""
        from scipy.sparse import csr_array

        network = self.network
        on_duty = np.where(network.duty == OFF, 0, 1)
        return csr_array((self.covers[network.duty, network.day] * on_duty[:, None])[:, self.needs > 0].T)

    def people(self, flow: NDArray[np.int64]) -> int:
        return int(flow[self.network.weekend].sum())

    def least(self) -> int:
        """People that are needed at least: fractions of people would do with as many."""
        return math.ceil(float(self._solved(whole=False).fun) - _CLOSE)

    def fewest(self, gap: float, nodes: int) -> tuple[NDArray[np.int64], int, bool]:
        """(a,) people on each arc; how many are needed at least; whether the solver ran out of nodes."""
        least = self.least()
        found = self._solved(whole=True, least=least, gap=gap, nodes=nodes)
        if found.x is None:
            return self._rounded(), least, found.status == _STOPPED
        bound = math.ceil(float(found.mip_dual_bound) - _CLOSE)
        return np.rint(found.x).astype(np.int64), max(least, bound), found.status == _STOPPED

    def _solved(
        self,
        *,
        whole: bool,
        least: int = 0,
        lower: NDArray[np.int64] | int = 0,
        gap: float = 0.0,
        nodes: int = 0,
    ) -> OptimizeResult:
        from scipy.optimize import Bounds as Range
        from scipy.optimize import LinearConstraint, milp

        people = self.network.weekend.astype(float)
        floor = LinearConstraint(self.cover, self.needs[self.needs > 0], np.inf)
        everybody = LinearConstraint(people[None, :], least, np.inf)
        return milp(
            people, integrality=np.full(len(people), int(whole)), bounds=Range(lower, np.inf),
            options={"mip_rel_gap": gap, "node_limit": nodes} if whole else {},
            constraints=[LinearConstraint(self.balance, 0, 0), floor, everybody],
        )  # fmt: skip

    def _rounded(self) -> NDArray[np.int64]:
        """Fractions rounded up, for want of better, and as few people as can work the duties that this makes.

        Given whole duties, the corners of what is possible are whole too, as in every network flow.
        """
        network = self.network
        up = np.ceil(self._solved(whole=False).x - _CLOSE).astype(np.int64)
        duties = np.where(network.duty == OFF, 0, up)
        counts = np.zeros(self.covers.shape[:2], dtype=np.int64)
        np.add.at(counts, (network.duty, network.day), duties)
        spare = counts - _without_surplus(counts, self.covers, self.needs)
        for arc in np.flatnonzero(duties):
            kind = network.duty[arc], network.day[arc]
            dropped = min(duties[arc], spare[kind])
            duties[arc] -= dropped
            spare[kind] -= dropped
        flow: NDArray[np.int64] = np.rint(self._solved(whole=False, lower=duties).x).astype(np.int64)
        return flow


def _without_surplus(
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


# ---- rotas ---------------------------------------------------------------------------------------------------------


def _closed_walks(network: Network, flow: NDArray[np.int64]) -> Iterator[Rota]:
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


def _trimmed(rotas: Sequence[Rota], covers: NDArray[np.int64], needs: NDArray[np.int64]) -> tuple[Rota, ...]:
    """The same rotas without duties that nobody needs, taken from the fullest lines; without one it breaks no rule."""
    lines = {(n, m): list(line) for n, rota in enumerate(rotas) for m, line in enumerate(rota)}
    counts = np.zeros(covers.shape[:2], dtype=np.int64)
    for line in lines.values():
        for day, duty in enumerate(line):
            counts[duty, day] += duty != OFF
    spare = counts - _without_surplus(counts, covers, needs)
    for duty, day in np.argwhere(spare).tolist():
        for _ in range(spare[duty, day]):
            fullest = min((key for key in lines if lines[key][day] == duty), key=lambda key: _fill(lines[key]))
            lines[fullest][day] = OFF
    left = [tuple(tuple(lines[n, m]) for m in range(len(rota))) for n, rota in enumerate(rotas)]
    return tuple(rota for rota in left if any(duty != OFF for line in rota for duty in line))


def _fill(line: Sequence[int]) -> int:
    """Days off, so that the fullest line is the smallest."""
    return Counter(line)[OFF]
