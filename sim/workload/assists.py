"""What every P1 has besides its way through the tiers: assists beside its lead, and dormant tasks for emergencies."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.scenario.base import PRIORITIES, TIERS
from sim.workload.durations import quantile
from sim.workload.routes import with_overhead
from sim.workload.tape import DORMANT, TaskKind
from sim.workload.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
        """The streams of its handle times."""
        return f"{self.kind.name.lower()} {TIERS[self.tier]}"


def assists_of(work: Work) -> list[Assist]:
    """The assists of a full activation, then those of an emergency, each by tier."""
    critical = work.critical.assists if work.critical else {}
    return [*_by_tier(TaskKind.ASSIST, work.activation), *_by_tier(TaskKind.CRITICAL, critical)]


def _by_tier(kind: TaskKind, laws: Mapping[TierName, DurationLaw]) -> Iterator[Assist]:
    for tier, name in enumerate(TIERS):
        if name in laws:
            yield Assist(kind, tier, laws[name])


def with_assists(tasks: Tasks, work: Work, priority: NDArray[np.uint8], draw: Draw) -> Tasks:
    """The tasks, and of each P1 its assists right after its lead, and at the end of its row what is dormant.

    Args:
        tasks: of n tickets.
        work: the scenario's section.
        priority: (n,) 0 for P1.
        draw: uniform numbers in [0, 1) by purpose.
    """
    assists, rows = assists_of(work), np.flatnonzero(priority == P1)
    if not assists or not len(rows):
        return tasks
    nominal = np.stack([quantile(each.law, draw(each.purpose, 1)[rows, 0]) for each in assists], axis=1)
    handle = with_overhead(work, np.repeat(priority[rows], len(assists)), nominal.ravel().astype(np.float64))
    kind = np.array([each.kind for each in assists], dtype=np.uint8)
    dormant = kind == TaskKind.CRITICAL
    added = Tasks(
        first=np.empty(0, dtype=np.int64),
        stage=np.tile(np.where(dormant, DORMANT, 0).astype(np.uint8), len(rows)),
        tier=np.tile(np.array([each.tier for each in assists], dtype=np.uint8), len(rows)),
        handle=handle,
        offset=np.zeros(len(handle), dtype=np.int64),
        wait=np.zeros(len(handle), dtype=np.int64),
        kind=np.tile(kind, len(rows)),
    )
    before = np.where(dormant, tasks.first[rows + 1, None], tasks.first[rows, None] + 1).ravel()
    return tasks.with_rows(before, np.repeat(rows, len(assists)), added)
