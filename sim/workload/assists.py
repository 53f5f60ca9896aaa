"""What every P1 ticket has besides its way through the tiers: assists beside its lead, and what is dormant until it
becomes an emergency.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.scenario.base import PRIORITIES, ROLES, TIERS
from sim.workload.durations import quantile
from sim.workload.routes import with_overhead
from sim.workload.tape import DORMANT, TaskKind
from sim.workload.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from sim.scenario.base import DurationLaw, TierName
    from sim.scenario.emergencies import Step
    from sim.scenario.work import Work
    from sim.workload.routes import Draw

P1 = PRIORITIES.index("P1")


class Assist(NamedTuple):
    """A task of every P1."""

    kind: TaskKind
    tier: int
    law: DurationLaw
    purpose: str
    """The streams of its handle times."""
    offset: int = 0

    @property
    def is_dormant(self) -> bool:
        """Whether it is there for an emergency alone."""
        return self.kind != TaskKind.ASSIST


def assists_of(work: Work, chain: Mapping[str, Step]) -> list[Assist]:
    """The assists of a full activation, then those of an emergency, each by tier, and then who is told of it."""
    critical = work.critical.assists if work.critical else {}
    told = [
        Assist(TaskKind.COMMS, ROLES.index(step.role), step.takes, f"comms {name}", step.after)
        for name, step in (chain.items() if work.critical else ())
    ]
    return [*_by_tier(TaskKind.ASSIST, work.activation), *_by_tier(TaskKind.CRITICAL, critical), *told]


def _by_tier(kind: TaskKind, laws: Mapping[TierName, DurationLaw]) -> Iterator[Assist]:
    for tier, name in enumerate(TIERS):
        if name in laws:
            yield Assist(kind, tier, laws[name], f"{kind.name.lower()} {name}")


def with_assists(tasks: Tasks, work: Work, chain: Mapping[str, Step], priority: NDArray[np.uint8], draw: Draw) -> Tasks:
    """The tasks, and of each P1 its assists right after its lead, and at the end of its row what is dormant.

    Args:
        tasks: of n tickets.
        work: the scenario's section.
        chain: the steps of the communication chain.
        priority: (n,) 0 for P1.
        draw: uniform numbers in [0, 1) by purpose.
    """
    assists, rows = assists_of(work, chain), np.flatnonzero(priority == P1)
    if not assists or not len(rows):
        return tasks
    nominal = np.stack([quantile(each.law, draw(each.purpose, 1)[rows, 0]) for each in assists], axis=1)
    kind = np.array([each.kind for each in assists], dtype=np.uint8)
    dormant = np.array([each.is_dormant for each in assists])
    added = Tasks(
        first=np.empty(0, dtype=np.int64),
        stage=np.tile(np.where(dormant, DORMANT, 0).astype(np.uint8), len(rows)),
        tier=np.tile(np.array([each.tier for each in assists], dtype=np.uint8), len(rows)),
        handle=_handle(work, nominal, kind),
        offset=np.tile(np.array([each.offset for each in assists], dtype=np.int64), len(rows)),
        wait=np.zeros(nominal.size, dtype=np.int64),
        kind=np.tile(kind, len(rows)),
    )
    before = np.where(dormant, tasks.first[rows + 1, None], tasks.first[rows, None] + 1).ravel()
    return tasks.with_rows(before, np.repeat(rows, len(assists)), added)


def _handle(work: Work, nominal: NDArray[np.int64], kind: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Handle times of what P1 need, ticket by ticket: work costs what it costs for a P1, to tell people does not."""
    works = kind != TaskKind.COMMS
    handle = nominal.copy()
    priority = np.full(len(nominal) * int(works.sum()), P1, dtype=np.uint8)
    handle[:, works] = with_overhead(work, priority, nominal[:, works].ravel().astype(np.float64)).reshape(
        len(nominal), -1
    )
    return handle.ravel()
