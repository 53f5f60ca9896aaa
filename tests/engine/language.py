"""A small language for worlds written by hand, and their journals as lists that can be written by hand too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.clock import NEVER
from sim.engine import desk, kernel
from sim.engine.journal import NOBODY, How, Mode, Outcome, Rested, State, Why
from sim.engine.policy import Policy
from sim.workforce.away import no_absences
from sim.workforce.roster import EVERYWHERE, FOREVER, LEAD, Agents, Chore, Chores, Level, Roster, Segments, Turns
from sim.workload.disruptions import no_disruptions
from sim.workload.tape import CHAIN, DORMANT, NO_EMERGENCY, NO_PAGES, CustomerClass, Filter, Kind, TaskKind, Workload
from tests.engine.difference import difference

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
        w.agent(duties=[(0, 50), (80, 99)], overlap=5, overtime=10)  # until 55 on P1 alone, until 65 in overtime
        w.agent(duties=[(0, 50)], pauses=[(20, 30)])        # segments 0-20 and 30-50, with a pause between them
        w.agent(duties=[(0, 50)], changes=[(20, "P1"), (30, ALL)])  # takes P1 alone from 20 to 30
        w.agent(takes="P4", staffs=False)                   # a newcomer: the pool is as good as unstaffed
        w.agent(takes="P4", staffs=False, slow=2000, changes=[(90, ALL, 1500)])  # until 90: then one of them, if slow
        w.agent(duties=[(0, 50)], removed=True)             # no overlap: work is handed over at 50, whatever the rules
        w.chore(1, 20, 5, until=40)                         # agent 1 has a review of 5 ms from 20 on, or a "meeting"
        w.turn("primary", 0)                                # agent 0 holds the pager of region 0, always, awake
        w.turn("backup", 1, 0, 500, region=1, asleep=True, chance=0.5)
        w.turn("lead", w.lead())                            # the lead belongs to no pool
        w.ticket(10, "P3", (1, 20))                         # ticket 0, created at 10: 20 ms of work at tier 1
        w.ticket(11, "P2", (1, 20), (1, 5, 30))             # the customer answers 30 ms after the first stage
        w.ticket(12, "P2", (1, 20), (1, 5, 30, "reopened")) # the resolution was wrong, as shows 30 ms later
        w.ticket(13, "P1", [(3, 20), (1, 5)], (4, 9))       # two tasks at once, then a third
        w.ticket(14, "P1", [(3, 20), (1, 5, 0, "assist")])  # an assist: dropped where tier 1 is nowhere
        w.ticket(15, "P1", (3, 20), critical=(75, (4, 9)))  # unresolved at 75, it also needs tier 4
        w.ticket(16, "P3", (1, 5), visible=30)              # an alert that is seen at a review
        w.ticket(17, "P4", (1, 5), filtered="throttled")    # an alert that nobody sees
        w.ticket(18, "P1", (3, 5), page_at=18, pages=(8, 20))  # pages at once; answers take 8 ms awake, 20 asleep
        w.ticket(19, "P2", (3, 5), pages=[(8, 20), None])   # the same by step, None: no answer; the last goes on
        w.play().work == [...]
    """

    def __init__(self, *, regions: int = 1, end: int = 1000, drain: bool = False, **rules: Any) -> None:
        self.policy = Policy(regions=regions, **rules)
        self.end, self.drain = end, drain
        self.agents: list[dict[str, Any]] = []
        self.segments: list[dict[str, Any]] = []
        self.n_duties = 0
        self.chores: list[tuple[int, ...]] = []
        self.turns: list[tuple[Any, ...]] = []
        self.tickets: list[dict[str, Any]] = []
        self.stages: list[Sequence[Task | Sequence[Task]]] = []

    def agent(
        self,
        tier: int = 1,
        region: int = 0,
        *,
        duties: Sequence[tuple[int, int]] = ((0, FOREVER),),
        overlap: int = 0,
        overtime: int = 0,
        pauses: Sequence[tuple[int, int]] = (),
        removed: bool = False,
        slow: int = 1000,
        takes: str = ALL,
        changes: Sequence[tuple[Any, ...]] = (),
        staffs: bool = True,
    ) -> int:
        """One more agent; returns their id. Overlap and overtime end where the agent's next duty begins."""
        agent = len(self.agents)
        pauses = sorted([*pauses, *((at, at) for at, *_ in changes)])
        self.agents.append({"region": region, "tier": tier - 1, "slow_pm": slow, "takes": _mask(takes)})
        serves = [(-FOREVER, takes, slow, staffs)]
        for at, taken, *pace in changes:  # who is given a pace has learnt, and counts
            *_, before, counted = serves[-1]
            serves.append((at, taken, *(pace or [before]), counted or bool(pace)))
        nexts = [*(start for start, _ in duties[1:]), FOREVER]
        for (start, end), following in zip(duties, nexts, strict=False):
            cuts = [(a, b) for a, b in pauses if start < a and b < end]
            starts, ends = [start, *(b for _, b in cuts)], [*(a for a, _ in cuts), end]
            for begins, stops in zip(starts, ends, strict=True):
                last = stops == end and not removed
                paid = stops if stops == FOREVER else min(stops + overlap * last, following)
                hard = paid if stops == FOREVER else min(paid + overtime * last, following)
                taken, pace, counts = [each for at, *each in serves if at <= begins][-1]
                self.segments.append({
                    "agent": agent, "duty": self.n_duties, "start": begins, "end": stops,
                    "overlap_end": paid, "hard_end": hard,
                    "pause": stops != end, "slow_pm": pace, "staffs": counts, "takes": _mask(taken),
                })  # fmt: skip
            self.n_duties += 1
        return agent

    def lead(self, region: int = 0) -> int:
        """The engineering lead, who belongs to no pool and has no duties; returns their id."""
        return self.agent(tier=LEAD + 1, region=region, duties=())

    def chore(self, agent: int, start: int, length: int, *, until: int, kind: str = "review") -> None:
        """Something that an agent has to do besides tickets."""
        self.chores.append((start, agent, Chore[kind.upper()], until, length))

    def turn(
        self,
        level: str,
        agent: int,
        start: int = 0,
        end: int = FOREVER,
        *,
        region: int = 0,
        asleep: bool = False,
        chance: float = 1.0,
    ) -> None:
        """An agent holds the pager."""
        place = Level[level.upper()]
        served = EVERYWHERE if place >= Level.GLOBAL else region
        self.turns.append((place, served, start, end, agent, asleep, round(chance * 1_000_000)))

    def ticket(
        self,
        created: int,
        priority: str,
        *stages: Task | Sequence[Task],
        region: int = 0,
        serve_region: int | None = None,
        enterprise: bool = False,
        patience: int | None = None,
        escalate_at: int | None = None,
        visible: int | None = None,
        filtered: str = "passed",
        page_at: int | None = None,
        pages: Any = None,
        critical: Sequence[Any] | None = None,
    ) -> int:
        """One more ticket, not earlier than the last; returns its id. A stage is a task, or a list of tasks at once.

        A task is (tier, work), (tier, work, wait before) or (tier, work, wait before, name of its kind[, offset]); a
        dormant one is (tier, work) or (tier, work, name of its kind[, offset]). Tier 5 is a manager, 6 a coordinator.
        """
        assert stages, "a ticket needs a task"
        assert not self.tickets or created >= self.tickets[-1]["created"], "tickets come in the order of their arrival"
        seen = created if visible is None else visible
        self.tickets.append({
            "created": created, "visible": seen if filtered == "passed" else NEVER, "priority": int(priority[1]) - 1,
            "region": region, "serve_region": region if serve_region is None else serve_region,
            "filtered": Filter[filtered.upper()],
            "customer_class": CustomerClass.ENTERPRISE if enterprise else CustomerClass.STANDARD,
            "patience": NEVER if patience is None else patience,
            "escalate_at": NEVER if escalate_at is None else escalate_at,
            "page_at": NEVER if page_at is None else page_at, "pages": pages,
            "critical_at": NEVER if critical is None else critical[0],
        })  # fmt: skip
        self.stages.append([*stages, *([("dormant", *critical[1:])] if critical else [])])
        return len(self.tickets) - 1

    def roster(self) -> Roster:
        a, s = self.agents, sorted(self.segments, key=lambda segment: (segment["agent"], segment["start"]))

        def column(rows: Sequence[Any], key: Any, dtype: type[np.generic]) -> Any:
            return np.array([row[key] for row in rows], dtype=dtype)

        agents = Agents(
            name=tuple(f"agent {i}" for i in range(len(a))),
            region=column(a, "region", np.int16), tier=column(a, "tier", np.uint8),
            slow_pm=column(a, "slow_pm", np.int64), takes=column(a, "takes", np.uint8),
        )  # fmt: skip
        whole = {"agent": np.int32, "duty": np.int32, "pause": np.bool_, "takes": np.uint8, "staffs": np.bool_}
        columns = ("agent", "duty", "start", "end", "overlap_end", "hard_end", "pause", "slow_pm", "takes", "staffs")
        segments = Segments(**{name: column(s, name, whole.get(name, np.int64)) for name in columns})
        c = sorted(self.chores)
        chores = Chores(
            agent=column(c, 1, np.int32), kind=column(c, 2, np.uint8), start=column(c, 0, np.int64),
            until=column(c, 3, np.int64), length=column(c, 4, np.int64),
        )  # fmt: skip
        t = sorted(self.turns)
        turns = Turns(
            level=column(t, 0, np.uint8), region=column(t, 1, np.int16), agent=column(t, 4, np.int32),
            start=column(t, 2, np.int64), end=column(t, 3, np.int64), asleep=column(t, 5, np.bool_),
            answer_ppm=column(t, 6, np.int64),
        )  # fmt: skip
        return Roster(agents, segments, chores, turns, no_absences(), no_disruptions())

    def workload(self) -> Workload:
        def column(name: str, dtype: type[np.generic]) -> Any:
            return np.array([ticket[name] for ticket in self.tickets], dtype=dtype)

        tasks = [_tasks(stages) for stages in self.stages]
        flat = [task for of_ticket in tasks for task in of_ticket]
        stage, tier, handle, wait, kind, offset = zip(*flat, strict=True) if flat else ((),) * 6
        n = len(self.tickets)
        paged = [i for i, ticket in enumerate(self.tickets) if ticket["pages"] is not None]
        page_row = np.full(n, NO_PAGES)
        page_row[paged] = np.arange(len(paged))
        answers = np.array([_answers(self.tickets[i]["pages"]) for i in paged], dtype=np.int64).reshape(-1, CHAIN, 3)
        return Workload(
            created=column("created", np.int64), visible=column("visible", np.int64),
            filtered=column("filtered", np.uint8), critical_at=column("critical_at", np.int64),
            page_at=column("page_at", np.int64), page_row=page_row, page_ppm=answers[:, :, 0],
            page_awake=answers[:, :, 1], page_asleep=answers[:, :, 2],
            region=column("region", np.int16), serve_region=column("serve_region", np.int16), number=np.arange(n),
            kind=np.full(n, Kind.TICKET, dtype=np.uint8),
            emergency=np.full(n, NO_EMERGENCY, dtype=np.uint8), priority=column("priority", np.uint8),
            customer_class=column("customer_class", np.uint8), channel=np.zeros(n, dtype=np.uint8),
            patience=column("patience", np.int64), respond_by=np.full(n, NEVER), resolve_by=np.full(n, NEVER),
            escalate_at=column("escalate_at", np.int64),
            first_task=np.cumsum([0, *(len(of_ticket) for of_ticket in tasks)], dtype=np.int64),
            stage=np.array(stage, dtype=np.uint8), tier=np.array(tier, dtype=np.uint8),
            handle=np.array(handle, dtype=np.int64), offset=np.array(offset, dtype=np.int64),
            wait=np.array(wait, dtype=np.int64),
            task_kind=np.array(kind, dtype=np.uint8),
        )  # fmt: skip

    def desk(self, env: simpy.Environment) -> desk.Desk:
        """The desk before anything has happened."""
        return desk.Desk(self.workload(), self.roster(), self.policy, env)

    def play(self, env: simpy.Environment | None = None, roster: Roster | None = None) -> Played:
        """Run the world, with another roster where one is given; both engines say the same, whoever wrote it down."""
        inputs = (self.workload(), roster or self.roster(), self.policy, self.end)
        journals = desk.run(*inputs, drain=self.drain, env=env)
        found = difference(journals, kernel.run(*inputs, drain=self.drain)) if env is None else ""
        assert not found, f"desk and twin: {found}"
        return Played(journals)


def _mask(priorities: str) -> int:
    """Priorities as bits."""
    return sum(1 << int(priority[1]) - 1 for priority in priorities.split())


def _tasks(stages: Sequence[Any]) -> list[tuple[int, int, int, int, int, int]]:
    """(stage, tier, handle, wait, kind, offset) of each task of a ticket."""
    out = []
    for number, stage in enumerate(stages):
        if stage[0] == "dormant":
            for tier, handle, *more in stage[1:]:
                kind = TaskKind[more[0].upper()] if more else TaskKind.CRITICAL
                out.append((DORMANT, tier - 1, handle, 0, kind, more[1] if more[1:] else 0))
            continue
        for tier, handle, *more in stage if isinstance(stage, list) else [stage]:
            wait = more[0] if more else 0
            kind = TaskKind[more[1].upper()] if more[1:] else TaskKind.FOLLOW_UP if wait else TaskKind.WORK
            out.append((number, tier - 1, handle, wait, kind, more[2] if more[2:] else 0))
    return out


def _answers(pages: Any) -> list[tuple[int, int, int]]:
    """(ppm, awake, asleep) of each step; 0 ppm always answers, 999,999 only where the chance is 1."""
    steps = list(pages) if isinstance(pages, list) else [pages]
    steps += [steps[-1]] * (CHAIN - len(steps))
    return [(1_000_001, 1, 1) if step is None else (step[2] if step[2:] else 0, *step[:2]) for step in steps]


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
        """(start, ticket, agent) of all work in the order in which it began; not of that outside."""
        return sorted((row[6], row[0], row[3]) for row in self.work if row[3] is not None)

    def tickets(self, *columns: str) -> list[Row]:
        """These columns of every ticket."""
        return _rows(self.journals.tickets, columns)

    def duties(self, *columns: str) -> list[Row]:
        """These columns of every segment of a duty."""
        return _rows(self.journals.duties, columns)

    @property
    def chores(self) -> list[Row]:
        """(agent, kind, due, start, end) of every stretch of time that went into chores."""
        names = [Chore(kind).name.lower() for kind in self.journals.chores["kind"].tolist()]
        rows = _rows(self.journals.chores, ("agent", "due", "start", "end"))
        return [(agent, name, *instants) for (agent, *instants), name in zip(rows, names, strict=True)]

    @property
    def pages(self) -> list[Row]:
        """(ticket, round, level, agent, on duty, sent, answered, outcome) of every page."""
        names = [Level(level).name.lower() for level in self.journals.pages["level"].tolist()]
        columns = ("ticket", "round", "agent", "on_duty", "sent", "answered", "outcome")
        rows = _rows(self.journals.pages, columns)
        return [
            (ticket, turn, name, agent, bool(there), *more)
            for (ticket, turn, agent, there, *more), name in zip(rows, names, strict=True)
        ]

    def modes(self) -> list[Row]:
        """(ticket, agent, start, mode) of all work, in the order in which it began; not of that outside."""
        rows = _rows(self.journals.work, ("start", "ticket", "agent", "mode"))
        return [
            (ticket, agent, start, mode) for start, ticket, agent, mode in sorted(r for r in rows if r[2] is not None)
        ]

    def bytes(self) -> bytes:
        """Everything, to the bit."""
        j = self.journals
        tables = [t[name].tobytes() for t in (j.tickets, j.work, j.chores, j.pages, j.duties) for name in sorted(t)]
        return b"|".join([*tables, str(j.end).encode()])


_NAMES = {"why_queued": Why, "how_ended": How, "state": State, "mode": Mode, "outcome": Outcome, "rested": Rested}


def _rows(table: dict[str, Any], columns: Sequence[str]) -> list[Row]:
    def shown(name: str, value: int) -> Any:
        if name in _NAMES:
            return _NAMES[name](value).name.lower()
        return None if value == NEVER or (name in {"agent", "duty"} and value == NOBODY) else value

    return [
        tuple(shown(name, value) for name, value in zip(columns, values, strict=True))
        for values in zip(*(table[name].tolist() for name in columns), strict=True)
    ]
