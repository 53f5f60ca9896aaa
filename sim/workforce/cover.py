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
from functools import cached_property, lru_cache
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.periods import DAYS_PER_WEEK
from sim.workforce.network import OFF, Bounds, DutyType, Network, Precision
from sim.workforce.rotas import Rota, closed_walks, coverage, trimmed, without_surplus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from scipy.optimize import LinearConstraint, OptimizeResult
    from scipy.sparse import csr_array

_PRECISIONS = (Precision(1, "one"), Precision(1, "longest"), Precision(1, "own"), Precision(3, "own"))
_MOST_NODES = 10_000
"""Larger networks take too long; only the coarsest may be larger."""
_CLOSE = 1e-6
"""What the solver's arithmetic may be off, in people."""
_NONE = np.empty(0)
_PROVEN = 0
"""The status of `scipy.optimize.milp` for a solution within the gap; at a limit it may be 1 or 4."""


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
        coarse: whether the finest network was too large, so that fewer people may do than it found.
        unmet: (day, slot) in which no duty lies although somebody is required.
    """

    rotas: tuple[Rota, ...] = ()
    least: int = 0
    stopped: bool = False
    coarse: bool = False
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


def _fewest(problem: Problem, covers: NDArray[np.int64], needs: NDArray[np.int64]) -> Solution:
    """First with as few types of duty as would do by their hours; where that takes more people, with all."""
    if not needs.any():
        return Solution()
    hours, every = _Hours(problem, covers, needs), list(range(len(problem.types)))
    least, few = hours.least(), hours.few_types()
    chosen = _ladder(problem, covers, needs, least, few)
    if few == every:
        return chosen
    if chosen.people - least <= problem.gap * chosen.people:
        return chosen._replace(least=least)
    found = _ladder(problem, covers, needs, least, every)
    return found if found.people < chosen.people else found._replace(rotas=chosen.rotas)


def _ladder(
    problem: Problem, covers: NDArray[np.int64], needs: NDArray[np.int64], least: int, types: list[int]
) -> Solution:
    """Coarser networks are tried first: they mostly need no more people than there must be, and are solved sooner."""
    networks, complete = _networks(tuple(problem.types[which] for which in types), problem.bounds)
    best = Solution(least=least)
    for network in networks:
        model = _Model(network, covers[types], needs)
        flow, bound, stopped = model.fewest(problem.gap, problem.nodes)
        finest = complete and network is networks[-1]
        if not best.rotas or model.people(flow) < best.people:
            best = best._replace(rotas=tuple(closed_walks(network, flow)))
        best = best._replace(least=max(least, bound) if finest else least, stopped=stopped, coarse=not finest)
        if best.people - best.least <= problem.gap * best.people:
            break
    return best._replace(rotas=_named(types, trimmed(best.rotas, covers[types], needs)))


def _named(types: list[int], rotas: tuple[Rota, ...]) -> tuple[Rota, ...]:
    """Rotas whose duties are indices into some of the types, with indices into all of them."""
    names = [*types, OFF]  # the last is found at `OFF`
    return tuple(tuple(tuple(names[duty] for duty in line) for line in rota) for rota in rotas)


@lru_cache(maxsize=64)
def _networks(types: tuple[DutyType, ...], bounds: Bounds) -> tuple[tuple[Network, ...], bool]:
    """From coarse to fine, without those that are too large, and whether the finest is among them."""
    alike = len({kind.length for kind in types}) == 1
    coarse, *finer = _PRECISIONS[2 * alike :]  # where all lengths are alike, the first three are the same
    found = [Network.of(types, bounds, coarse), *(Network.of(types, bounds, fine, _MOST_NODES) for fine in finer)]
    return tuple(network for network in found if network is not None), found[-1] is not None


# ---- how many there must be ----------------------------------------------------------------------------------------


class _Hours:
    """What holds of any roster, whatever the order of its duties: one duty a day each, the hours of a week, weekends.

    The variables are duties by type and day, then people by the number of duties of each length in their line.
    """

    def __init__(self, problem: Problem, covers: NDArray[np.int64], needs: NDArray[np.int64]) -> None:
        self.types, self.bounds, self.needs = problem.types, problem.bounds, needs
        self.duties = covers.reshape(-1, len(needs)).T
        self.lengths = sorted({kind.length for kind in problem.types})
        self.lines = np.array(sorted(self._lines()))

    def _lines(self) -> set[tuple[int, ...]]:
        """Numbers of duties of each length that a line has room for."""
        weeks = combinations_with_replacement([0, *self.lengths], DAYS_PER_WEEK)
        rooms = (week for week in weeks if sum(week) <= self.bounds.line_hours)
        return {tuple(week.count(length) for length in self.lengths) for week in rooms}

    def least(self) -> int:
        """People that there must be anyhow."""
        return math.ceil(float(self._solved(self._people()).fun) - _CLOSE)

    def few_types(self) -> list[int]:
        """Types that would do for so many people, as few as possible, and the first where it makes no difference."""
        from scipy.optimize import LinearConstraint

        used = 1 + np.arange(len(self.types)) / len(self.types) ** 2
        most = self.needs.max() * np.repeat(np.eye(len(self.types)), DAYS_PER_WEEK, axis=0)
        linked = np.hstack([-np.eye(len(most)), np.zeros((len(most), len(self.lines))), most])
        people = np.append(self._people(), 0 * used)
        more = [LinearConstraint(people[None, :], 0, self.least()), LinearConstraint(linked, 0, np.inf)]
        chosen: list[int] = np.flatnonzero(
            np.rint(self._solved(0 * self._people(), used, more).x[-len(used) :])
        ).tolist()
        return chosen

    def _weekends(self) -> Iterator[NDArray[np.float64]]:
        """One row a day of the weekend, from Friday's nights on: whoever works then is one of so many people."""
        every = self.bounds.weekend_every
        for day in range(DAYS_PER_WEEK) if every > 1 else ():
            worked = [on * kind.on_weekend(day) for kind in self.types for on in np.eye(DAYS_PER_WEEK)[day]]
            if any(worked):
                yield np.append(-np.array(worked), np.full(len(self.lines), 1 / every))[None, :]

    def _people(self) -> NDArray[np.float64]:
        return np.repeat([0.0, 1.0], [self.duties.shape[1], len(self.lines)])

    def _solved(
        self, cost: NDArray[np.float64], whole: NDArray[np.float64] = _NONE, more: Sequence[LinearConstraint] = ()
    ) -> OptimizeResult:
        """The least cost; after the variables of the class come others, whole numbers with costs of their own."""
        from scipy.optimize import LinearConstraint, milp

        kinds, lines = len(self.types), len(self.lines)
        lengths = np.repeat([kind.length for kind in self.types], DAYS_PER_WEEK)
        met = np.hstack([self.duties, np.zeros((len(self.needs), lines))])
        one_a_day = np.hstack([np.tile(-np.eye(DAYS_PER_WEEK), kinds), np.ones((DAYS_PER_WEEK, lines))])
        in_lines = np.hstack([-1.0 * (np.array(self.lengths)[:, None] == lengths), self.lines.T])
        hours = np.append(-lengths / self.bounds.week_hours, np.ones(lines))[None, :]
        rows = np.pad(np.vstack([met, one_a_day, in_lines, hours, *self._weekends()]), ((0, 0), (0, len(whole))))
        least = np.zeros(len(rows))
        least[: len(self.needs)] = self.needs
        return milp(
            np.append(cost, whole), integrality=np.repeat([0, 1], [len(cost), len(whole)]),
            constraints=[LinearConstraint(rows, least, np.inf), *more],
        )  # fmt: skip


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
            return self._rounded(), least, found.status != _PROVEN
        bound = math.ceil(float(found.mip_dual_bound) - _CLOSE)
        return np.rint(found.x).astype(np.int64), max(least, bound), found.status != _PROVEN

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
        spare = counts - without_surplus(counts, self.covers, self.needs)
        for arc in np.flatnonzero(duties):
            kind = network.duty[arc], network.day[arc]
            dropped = min(duties[arc], spare[kind])
            duties[arc] -= dropped
            spare[kind] -= dropped
        flow: NDArray[np.int64] = np.rint(self._solved(whole=False, lower=duties).x).astype(np.int64)
        return flow
