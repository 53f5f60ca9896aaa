"""What every P1 has besides its way through the tiers: assists beside its lead, and dormant tasks for emergencies."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.scenario.base import PRIORITIES, TIERS
from sim.workload.durations import quantile
from sim.workload.routes import with_overhead
from sim.workload.tape import DORMANT, TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sim.scenario.base import DurationLaw, TierName
    from sim.scenario.work import Work
    from sim.workload.routes import Draw

P1 = PRIORITIES.index("P1")


class Assist(NamedTuple):
    """A task of every P1."""

    kind: TaskKind
    tier: int
    law: DurationLaw

    @property
    def purpose(self) -> str:
        """The stream of its handle times."""
        return f"{self.kind.name.lower()} {TIERS[self.tier]}"


class Tasks(NamedTuple):
    """The tasks of the tape, (m,) each but `first`, which is (n + 1,)."""

    first: NDArray[np.int64]
    stage: NDArray[np.uint8]
    tier: NDArray[np.uint8]
    handle: NDArray[np.int64]
    wait: NDArray[np.int64]
    kind: NDArray[np.uint8]


def assists_of(work: Work) -> list[Assist]:
    """The assists of a full activation, then those of an emergency, each by tier."""
    critical = work.critical.assists if work.critical else {}
    return [*_by_tier(TaskKind.ASSIST, work.activation), *_by_tier(TaskKind.CRITICAL, critical)]


def _by_tier(kind: TaskKind, laws: Mapping[TierName, DurationLaw]) -> Iterator[Assist]:
    for tier, name in enumerate(TIERS):
        if name in laws:
            yield Assist(kind, tier, laws[name])


def assist_times(work: Work, priority: NDArray[np.uint8], draw: Draw) -> NDArray[np.int64]:
    """Handle times of the assists: (n, number of assists) ms, 0 where there is none.

    Args:
        work: the scenario's section.
        priority: (n,) 0 for P1.
        draw: uniform numbers in [0, 1) by purpose.
    """
    assists, rows = assists_of(work), np.flatnonzero(priority == P1)
    times = np.zeros((len(priority), len(assists)), dtype=np.int64)
    if assists and len(rows):
        nominal = [quantile(each.law, draw(each.purpose, 1)[rows, 0]) for each in assists]
        times[rows] = with_overhead(work, priority[rows], np.stack(nominal, axis=1).astype(np.float64))
    return times


def with_assists(tasks: Tasks, times: NDArray[np.int64], assists: Sequence[Assist]) -> Tasks:
    """The tasks, and behind the lead of each P1 its assists, at the end of its row what is dormant.

    Args:
        tasks: of n tickets, of which each has one or more.
        times: as of `assist_times`.
        assists: as of `assists_of`.
    """
    rows = np.flatnonzero(times.any(axis=1)) if assists else np.empty(0, dtype=np.int64)
    if not len(rows):
        return tasks
    kind = np.array([each.kind for each in assists], dtype=np.uint8)
    dormant = kind == TaskKind.CRITICAL
    tier = np.array([each.tier for each in assists], dtype=np.uint8)
    before = np.where(dormant, tasks.first[rows + 1, None], tasks.first[rows, None] + 1).ravel()
    place = _places(len(tasks.tier), before)

    def inserted(old: NDArray[np.uint8], new: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.concatenate([old, np.broadcast_to(new, (len(rows), len(assists))).ravel()])[place]

    counts = np.diff(tasks.first)
    counts[rows] += len(assists)
    return Tasks(
        first=np.concatenate([[0], np.cumsum(counts)]),
        stage=inserted(tasks.stage, np.where(dormant, DORMANT, 0).astype(np.uint8)),
        tier=inserted(tasks.tier, tier),
        handle=np.concatenate([tasks.handle, times[rows].ravel()])[place],
        wait=np.concatenate([tasks.wait, np.zeros(times[rows].size, dtype=np.int64)])[place],
        kind=inserted(tasks.kind, kind),
    )


def _places(m: int, before: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which of m old rows and of the new ones after them comes where, each new row `before` an old one."""
    places: NDArray[np.int64] = np.insert(np.arange(m), before, np.arange(m, m + len(before)))
    return places
