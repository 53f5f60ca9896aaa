"""A small language for worlds written by hand, and their journals as lists that can be written by hand too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.clock import NEVER
from sim.engine import desk
from sim.engine.journal import NOBODY, How, State, Why
from sim.engine.policy import Policy
from sim.workforce.roster import FOREVER, Agents, Chores, Roster, Segments, Turns
from sim.workload.tape import CHAIN, NO_PAGES, CustomerClass, Kind, TaskKind, Workload

if TYPE_CHECKING:
    from collections.abc import Sequence

    import simpy

    from sim.engine.journal import Journals

Task = tuple[Any, ...]
Row = tuple[Any, ...]

ALL = "P1 P2 P3 P4"
INSTANTS = {"created", "started", "first_resolved", "resolved", "escalated", "abandoned", "start", "end"}


class World:
    """An organisation and what comes to it. Times in ms; tiers and priorities as people count them: tier 1, P1.

    ::

        w = world(regions=2, briefing=7)                    # rules as in Policy; also end=1000, drain=False
        w.agent()                                           # agent 0: tier 1 of region 0, always there, takes all
        w.agent(tier=2, region=1, duties=[(0, 50)], slow=1500, takes="P1 P4")
        w.ticket(10, "P3", (1, 20))                         # ticket 0, created at 10: 20 ms of work at tier 1
        w.ticket(11, "P2", (1, 20), (1, 5, 30))             # the customer answers 30 ms after the first stage
        w.ticket(12, "P2", (1, 20), (1, 5, 30, "reopened")) # the resolution was wrong, as shows 30 ms later
        w.ticket(13, "P1", [(3, 20), (1, 5)], (4, 9))       # two tasks at once, then a third
        w.play().work == [...]
    """

    def __init__(self, *, regions: int = 1, end: int = 1000, drain: bool = False, **rules: Any) -> None:
        self.policy = Policy(regions=regions, **rules)
        self.end, self.drain = end, drain
        self.agents: list[dict[str, Any]] = []
        self.duties: list[tuple[int, int, int]] = []
        self.tickets: list[dict[str, Any]] = []
        self.stages: list[Sequence[Task | Sequence[Task]]] = []

    def agent(
        self,
        tier: int = 1,
        region: int = 0,
        *,
        duties: Sequence[tuple[int, int]] = ((0, FOREVER),),
        slow: int = 1000,
        takes: str = ALL,
    ) -> int:
        """One more agent; returns their id."""
        agent = len(self.agents)
        mask = sum(1 << int(priority[1]) - 1 for priority in takes.split())
        self.agents.append({"region": region, "tier": tier - 1, "slow_pm": slow, "takes": mask})
        self.duties += [(agent, start, end) for start, end in duties]
        return agent

    def ticket(
        self,
        created: int,
        priority: str,
        *stages: Task | Sequence[Task],
        region: int = 0,
        enterprise: bool = False,
        patience: int | None = None,
        escalate_at: int | None = None,
    ) -> int:
        """One more ticket, not earlier than the last; returns its id. A stage is a task, or a list of tasks at once.

        A task is (tier, work), (tier, work, wait before) or (tier, work, wait before, name of its kind).
        """
        assert stages, "a ticket needs a task"
        assert not self.tickets or created >= self.tickets[-1]["created"], "tickets come in the order of their arrival"
        self.tickets.append({
            "created": created, "priority": int(priority[1]) - 1, "region": region,
            "customer_class": CustomerClass.ENTERPRISE if enterprise else CustomerClass.STANDARD,
            "patience": NEVER if patience is None else patience,
            "escalate_at": NEVER if escalate_at is None else escalate_at,
        })  # fmt: skip
        self.stages.append(stages)
        return len(self.tickets) - 1

    def roster(self) -> Roster:
        a, d = self.agents, self.duties
        owner = np.array([agent for agent, _, _ in d], dtype=np.int32)
        end = np.array([end for _, _, end in d], dtype=np.int64)
        agents = Agents(
            name=tuple(f"agent {i}" for i in range(len(a))),
            region=np.array([agent["region"] for agent in a], dtype=np.int16),
            tier=np.array([agent["tier"] for agent in a], dtype=np.uint8),
            slow_pm=np.array([agent["slow_pm"] for agent in a], dtype=np.int64),
            takes=np.array([agent["takes"] for agent in a], dtype=np.uint8),
        )
        segments = Segments(
            agent=owner, duty=np.arange(len(d), dtype=np.int32),
            start=np.array([start for _, start, _ in d], dtype=np.int64),
            end=end, overlap_end=end, hard_end=end, pause=np.zeros(len(d), dtype=bool),
            slow_pm=agents.slow_pm[owner], takes=agents.takes[owner],
        )  # fmt: skip
        return Roster(agents, segments, _no_chores(), _no_turns())

    def workload(self) -> Workload:
        def column(name: str, dtype: type[np.generic]) -> Any:
            return np.array([ticket[name] for ticket in self.tickets], dtype=dtype)

        tasks = [_tasks(stages) for stages in self.stages]
        flat = [task for of_ticket in tasks for task in of_ticket]
        stage, tier, handle, wait, kind = zip(*flat, strict=True) if flat else ((),) * 5
        n = len(self.tickets)
        return Workload(
            created=column("created", np.int64), visible=column("created", np.int64), filtered=np.zeros(n,
            dtype=np.uint8),
            critical_at=np.full(n, NEVER), page_at=np.full(n, NEVER), page_row=np.full(n, NO_PAGES),
            **dict.fromkeys(("page_ppm", "page_awake", "page_asleep"), np.empty((0, CHAIN), dtype=np.int64)),
            region=column("region", np.int16), number=np.arange(n),
            kind=np.full(n, Kind.TICKET, dtype=np.uint8), priority=column("priority", np.uint8),
            customer_class=column("customer_class", np.uint8), channel=np.zeros(n, dtype=np.uint8),
            patience=column("patience", np.int64), respond_by=np.full(n, NEVER), resolve_by=np.full(n, NEVER),
            escalate_at=column("escalate_at", np.int64),
            first_task=np.cumsum([0, *(len(of_ticket) for of_ticket in tasks)], dtype=np.int64),
            stage=np.array(stage, dtype=np.uint8), tier=np.array(tier, dtype=np.uint8),
            handle=np.array(handle, dtype=np.int64), wait=np.array(wait, dtype=np.int64),
            task_kind=np.array(kind, dtype=np.uint8),
        )  # fmt: skip

    def desk(self, env: simpy.Environment) -> desk.Desk:
        """The desk before anything has happened."""
        return desk.Desk(self.workload(), self.roster(), self.policy, env)

    def play(self, env: simpy.Environment | None = None, roster: Roster | None = None) -> Played:
        """Run the world, with another roster where one is given."""
        roster = roster or self.roster()
        return Played(desk.run(self.workload(), roster, self.policy, self.end, drain=self.drain, env=env))


def _no_chores() -> Chores:
    n = np.empty(0, dtype=np.int64)
    return Chores(n.astype(np.int32), n.astype(np.uint8), n, n, n)


def _no_turns() -> Turns:
    n = np.empty(0, dtype=np.int64)
    return Turns(n.astype(np.uint8), n.astype(np.int16), n.astype(np.int32), n, n, n.astype(bool), n)


def _tasks(stages: Sequence[Task | Sequence[Task]]) -> list[tuple[int, int, int, int, int]]:
    """(stage, tier, handle, wait, kind) of each task of a ticket."""
    out = []
    for number, stage in enumerate(stages):
        for tier, handle, *more in stage if isinstance(stage, list) else [stage]:
            wait = more[0] if more else 0
            kind = TaskKind[more[1].upper()] if more[1:] else TaskKind.FOLLOW_UP if wait else TaskKind.WORK
            out.append((number, tier - 1, handle, wait, kind))
    return out


class Played:
    """What happened in a world. None is missing; codes are their names in small letters."""

    def __init__(self, journals: Journals) -> None:
        self.journals = journals

    @property
    def end(self) -> int:
        return self.journals.end

    @property
    def work(self) -> list[Row]:
        """(ticket, task, stretch, agent, queued_at, why, start, end, how) of every stretch."""
        columns = ("ticket", "task", "stretch", "agent", "queued_at", "why_queued", "start", "end", "how_ended")
        return _rows(self.journals.work, columns)

    def work_of(self, ticket: int) -> list[Row]:
        """The stretches of one ticket, without its number."""
        return [row[1:] for row in self.work if row[0] == ticket]

    def starts(self) -> list[Row]:
        """(start, ticket, agent) of all work in the order in which it began."""
        return sorted((row[6], row[0], row[3]) for row in self.work if row[6] is not None)

    def tickets(self, *columns: str) -> list[Row]:
        """These columns of every ticket."""
        return _rows(self.journals.tickets, columns)

    def duties(self, *columns: str) -> list[Row]:
        """These columns of every duty."""
        return _rows(self.journals.duties, columns)

    def bytes(self) -> bytes:
        """Everything, to the bit."""
        j = self.journals
        tables = [t[name].tobytes() for t in (j.tickets, j.work, j.chores, j.pages, j.duties) for name in sorted(t)]
        return b"|".join([*tables, str(j.end).encode()])


_NAMES = {"why_queued": Why, "how_ended": How, "state": State}


def _rows(table: dict[str, Any], columns: Sequence[str]) -> list[Row]:
    def shown(name: str, value: int) -> Any:
        if name in _NAMES:
            return _NAMES[name](value).name.lower()
        return None if value == NEVER or (name in {"agent", "duty"} and value == NOBODY) else value

    return [
        tuple(shown(name, value) for name, value in zip(columns, values, strict=True))
        for values in zip(*(table[name].tolist() for name in columns), strict=True)
    ]


@pytest.fixture(scope="session")
def world() -> type[World]:
    """The language of the worlds: `world(rules...)` starts one."""
    return World
