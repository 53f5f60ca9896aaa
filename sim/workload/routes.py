"""What each ticket needs: its way through the tiers, the waits in between, and the handle time of every stage.

Every ticket has six slots in which a task may or may not be: entry tier, follow-up after the customer's answer, second,
third and fourth tier of its route, and reopening. Each slot has its own column of random numbers whether it is used or
not, so that a change to one mechanism moves no other draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.scenario.base import PRIORITIES, TIERS
from sim.workload.durations import quantile
from sim.workload.tape import TaskKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sim.scenario.work import Work

    Draw = Callable[[str, int], NDArray[np.float64]]

ENTRY, FOLLOW_UP, ONWARD, REOPENED = 0, 1, 2, 5
SLOTS = 6
_KINDS = np.array(
    [TaskKind.WORK, TaskKind.FOLLOW_UP, TaskKind.WORK, TaskKind.WORK, TaskKind.WORK, TaskKind.REOPENED], dtype=np.uint8
)


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of n tickets, (n, 6) each.

    Attributes:
        used: bool.
        tier: uint8, 0 for tier 1.
        wait: int64 ms after the stage before.
        handle: int64 ms of nominal work.
    """

    used: NDArray[np.bool_]
    tier: NDArray[np.uint8]
    wait: NDArray[np.int64]
    handle: NDArray[np.int64]


def slots(work: Work, priority: NDArray[np.uint8], draw: Draw) -> Slots:
    """Ways and handle times of tickets.

    Args:
        work: the scenario's section.
        priority: (n,) 0 for P1.
        draw: uniform numbers in [0, 1) by purpose: `draw("handle", 6)` is (n, 6).
    """
    used, tier = _ways(work, priority, draw)
    return Slots(used, tier, _waits(work, used, draw), _handle_times(work, priority, used, tier, draw))


def _ways(work: Work, priority: NDArray[np.uint8], draw: Draw) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    route_tier, route_solved = _route_tables(work)
    used = np.zeros((len(priority), SLOTS), dtype=bool)
    tier = np.zeros((len(priority), SLOTS), dtype=np.uint8)
    used[:, ENTRY] = True
    tier[:, [ENTRY, FOLLOW_UP]] = route_tier[priority, :1]
    tier[:, ONWARD : ONWARD + 3] = route_tier[priority, 1:]
    passed_on = draw("solved", 3) >= route_solved[priority]
    used[:, ONWARD : ONWARD + 3] = np.logical_and.accumulate(passed_on, axis=1)
    used[:, FOLLOW_UP] = draw("customer wait", 2)[:, 0] < work.customer_wait.share
    used[:, REOPENED] = draw("reopening", 2)[:, 0] < work.reopening.share
    tiers_after_entry = used[:, ONWARD : ONWARD + 3].sum(axis=1)
    tier[:, REOPENED] = route_tier[priority, tiers_after_entry]
    return used, tier


def _route_tables(work: Work) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """By priority: the tiers of its route, and what each solves - everything where the route ends."""
    tiers = np.zeros((len(PRIORITIES), len(TIERS)), dtype=np.uint8)
    solved = np.ones((len(PRIORITIES), len(TIERS) - 1))
    for p, name in enumerate(PRIORITIES):
        if name in work.routes:
            route = work.routes[name]
            tiers[p, : len(route.tiers)] = [TIERS.index(tier) for tier in route.tiers]
            solved[p, : len(route.solved)] = route.solved
    return tiers, solved


def _waits(work: Work, used: NDArray[np.bool_], draw: Draw) -> NDArray[np.int64]:
    wait = np.zeros(used.shape, dtype=np.int64)
    for slot, purpose, law in (
        (FOLLOW_UP, "customer wait", work.customer_wait.duration),
        (REOPENED, "reopening", work.reopening.after),
    ):
        rows = used[:, slot]
        wait[rows, slot] = quantile(law, draw(purpose, 2)[rows, 1])
    return wait


def _handle_times(
    work: Work, priority: NDArray[np.uint8], used: NDArray[np.bool_], tier: NDArray[np.uint8], draw: Draw
) -> NDArray[np.int64]:
    u = draw("handle", SLOTS)
    nominal = np.zeros(used.shape, dtype=np.float64)
    for t, name in enumerate(TIERS):
        here = used & (tier == t)
        if name in work.handle and here.any():
            nominal[here] = quantile(work.handle[name], u[here])
    found = used[:, ENTRY] & (tier[:, ENTRY] == 0) & (draw("knowledge", 1)[:, 0] < work.knowledge.share)
    nominal[found, ENTRY] *= work.knowledge.factor
    return with_overhead(work, priority, nominal)


def with_overhead(work: Work, priority: NDArray[np.uint8], nominal: NDArray[np.float64]) -> NDArray[np.int64]:
    """Handle times in ms, at least 1, of what a tier needs: times the factor of the priority, and with status updates.

    Args:
        work: the scenario's section.
        priority: (n,) 0 for P1.
        nominal: (n, k) ms.
    """
    updates, scaled = work.status_updates, nominal * _factors(work)[priority][:, None]
    if updates.cost:
        informed = np.flatnonzero(_are_informed(work)[priority])
        scaled[informed] += scaled[informed] // updates.every * updates.cost
    return np.maximum(1, np.rint(scaled)).astype(np.int64)


def _factors(work: Work) -> NDArray[np.float64]:
    return np.array([work.handle_factor.get(name, 1.0) for name in PRIORITIES])


def _are_informed(work: Work) -> NDArray[np.bool_]:
    return np.array([name in work.status_updates.priorities for name in PRIORITIES])


def task_kinds(used: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Kinds of the used slots, ticket by ticket."""
    return np.broadcast_to(_KINDS, used.shape)[used]
