"""What each ticket needs: its way through the tiers, the waits in between, and the handle time of every stage.

Every ticket has six slots in which a task may or may not be: entry tier, follow-up after the customer's answer, second,
third and fourth tier of its route, and reopening. Each slot has its own column of random numbers whether it is used or
not, and each mechanism a stream of its own, so that a change to one mechanism moves no other draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.scenario.base import PRIORITIES, TIERS
from sim.workload.durations import quantile
from sim.workload.tape import TaskKind
from sim.workload.tasks import Tasks

if TYPE_CHECKING:
    from typing import Protocol

    from numpy.typing import NDArray

    from sim.scenario.work import Work

    class Draw(Protocol):
        """Uniform numbers in [0, 1) by purpose: all columns of every ticket, or those of some cells (see `Draws`)."""

        def __call__(
            self, purpose: str, columns: int, cells: NDArray[np.int64] | None = None, /
        ) -> NDArray[np.float64]: ...


ENTRY, FOLLOW_UP, ONWARD, REOPENED = 0, 1, 2, 5
SLOTS = 6
ONWARD_TIERS = REOPENED - ONWARD
_STEPS = np.array([0, 0, 1, 2, 3, 0], dtype=np.uint8)
"""Which tier of its route a ticket has come to in each slot but the last, where it is that of the one before."""
_KINDS = np.array(
    [TaskKind.WORK, TaskKind.FOLLOW_UP, TaskKind.WORK, TaskKind.WORK, TaskKind.WORK, TaskKind.REOPENED], dtype=np.uint8
)


def ways(work: Work, priority: NDArray[np.uint8], draw: Draw) -> Tasks:
    """The ways of n tickets through the tiers, with waits and handle times.

    Args:
        work: the scenario's section.
        priority: (n,) 0 for P1.
        draw: uniform numbers in [0, 1) by purpose: `draw("handle", 6)` is (n, 6). What is switched off is not drawn.
    """
    used = np.zeros((len(priority), SLOTS), dtype=np.bool_)
    used[:, ENTRY] = True
    waits = {}
    for at, purpose, share, law in (
        (FOLLOW_UP, "customer wait", work.customer_wait.share, work.customer_wait.duration),
        (REOPENED, "reopening", work.reopening.share, work.reopening.after),
    ):
        if share:
            u = draw(purpose, 2)
            used[:, at] = u[:, 0] < share
            waits[at] = law, u[:, 1]
    passed_on = _pass_on(used, work, priority, draw)
    place = np.flatnonzero(used)
    ticket = place // SLOTS
    slot = (place - ticket * SLOTS).astype(np.uint8)
    first = np.concatenate([[0], np.cumsum(np.bincount(ticket, minlength=len(priority)))])
    reopened = np.flatnonzero(slot == REOPENED)
    step = _STEPS[slot]
    step[reopened] = passed_on[ticket[reopened]]
    of = priority[ticket]
    tier = _route_tables(work)[0].ravel().take(of * np.uint8(len(TIERS)) + step)
    wait = np.zeros(len(place), dtype=np.int64)
    for at, (law, u) in waits.items():
        rows = np.flatnonzero(slot == at)
        wait[rows] = quantile(law, u[ticket[rows]])
    nominal = _nominal(work, tier, draw("handle", SLOTS, place))
    if work.knowledge.share:
        found = np.flatnonzero((slot == ENTRY) & (tier == 0) & (draw("knowledge", 1)[ticket, 0] < work.knowledge.share))
        nominal[found] *= work.knowledge.factor
    return Tasks(
        first=first,
        stage=(np.arange(len(place)) - first[ticket]).astype(np.uint8),
        tier=tier,
        handle=with_overhead(work, of, nominal),
        offset=np.zeros(len(nominal), dtype=np.int64),
        wait=wait,
        kind=_KINDS[slot],
    )


def _pass_on(used: NDArray[np.bool_], work: Work, priority: NDArray[np.uint8], draw: Draw) -> NDArray[np.uint8]:
    """Note in (n, SLOTS) which of the onward slots hold a task; how many tiers beyond the first each ticket gets to."""
    passed_on = np.zeros(len(priority), dtype=np.uint8)
    solved = _route_tables(work)[1]
    steps = np.flatnonzero((solved < 1).any(axis=0))
    going = np.flatnonzero((solved[:, 0] < 1)[priority])
    if len(going):
        cells = going[:, None] * ONWARD_TIERS + steps
        u = draw("solved", ONWARD_TIERS, cells.ravel()).reshape(cells.shape)
        for column, step in enumerate(steps.tolist()):
            on = np.flatnonzero(u[:, column] >= solved[priority[going], step])
            going, u = going[on], u[on]
            used[going, ONWARD + step] = True
            passed_on[going] += 1
    return passed_on


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


def _nominal(work: Work, tier: NDArray[np.uint8], u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Handle times of tasks as their tiers have them."""
    nominal = np.zeros(len(tier))
    for t, name in enumerate(TIERS):
        here = np.flatnonzero(tier == t)
        if name in work.handle and len(here):
            nominal[here] = quantile(work.handle[name], u[here])
    return nominal


def with_overhead(work: Work, priority: NDArray[np.uint8], nominal: NDArray[np.float64]) -> NDArray[np.int64]:
    """Handle times in ms, at least 1, of tasks: times the factor of the priority, and with status updates.

    Args:
        work: the scenario's section.
        priority: (m,) of each task, 0 for P1.
        nominal: (m,) ms.
    """
    updates, scaled = work.status_updates, nominal * _factors(work)[priority]
    if updates.cost:
        informed = np.flatnonzero(_are_informed(work)[priority])
        scaled[informed] += scaled[informed] // updates.every * updates.cost
    return np.maximum(1, np.rint(scaled)).astype(np.int64)


def _factors(work: Work) -> NDArray[np.float64]:
    return np.array([work.handle_factor.get(name, 1.0) for name in PRIORITIES])


def _are_informed(work: Work) -> NDArray[np.bool_]:
    return np.array([name in work.status_updates.priorities for name in PRIORITIES])
