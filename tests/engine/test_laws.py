"""What holds in every world. All instants lie on a coarse grid, so that much happens at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import simpy
from hypothesis import event, given, settings
from hypothesis import strategies as st

from sim.engine.policy import NO_LIMIT, Overflow
from sim.workforce.roster import FOREVER, LEAD
from sim.workload.tape import TaskKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Choose = Callable[[Sequence[Any]], Any]

few = settings(max_examples=80, deadline=None, derandomize=True, database=None)
many = settings(few, max_examples=200)
ALL = "P1 P2 P3 P4"

# ---------------------------------------------------------------------- worlds


@dataclass(frozen=True)
class Plan:
    """A world in plain data: keyword arguments of `World` and its methods, and where they belong."""

    rules: dict[str, Any]
    end: int
    agents: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    chores: list[dict[str, Any]] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)

    def build(self, world: Any) -> Any:
        w = world(**self.rules, end=self.end)
        for agent in self.agents:
            w.agent(**agent)
        for chore in self.chores:
            w.chore(**chore)
        for turn in self.turns:
            w.turn(**turn)
        for ticket in self.tickets:
            wanted = dict(ticket)
            w.ticket(wanted.pop("created"), wanted.pop("priority"), *wanted.pop("stages"), **wanted)
        return w

    def play(self, world: Any, env: simpy.Environment | None = None) -> Any:
        return self.build(world).play(env)


PEOPLE = ("overlap", "overtime", "pauses", "removal", "chores")
HELP = ("overflow", "up_tier_help", "pages")
ACTIVATION = ("assists", "critical", "limit")
ALERTS = ("visible", "filtered")
EMERGENCY = ("comms", "outside", "mixed")  # mixed: steps are done, and others are helped, by whoever there is
CONTINUITY = ("rehomed", "changes")
MECHANISMS = (
    "regions", "tiers", "several", "priorities", "classes", "masks", "paces", "duties", "stages", "waits", "parallel",
    "patience", "escalation", "preemption", *PEOPLE, *HELP, *ACTIVATION, *ALERTS, *EMERGENCY, *CONTINUITY, "rest",
)  # fmt: skip
MANAGER, COORDINATOR = 5, 6


def invent(choose: Choose, without: Iterable[str] = ()) -> Plan:
    """A world whose every detail `choose` has chosen, the simplest option first."""
    has = {name: name not in without and choose((False, True, True)) for name in MECHANISMS}
    grid = range(10, 10 * choose(range(6, 21)), 10)
    regions, tiers = choose((1, 2, 2)) if has["regions"] else 1, choose((1, 2, 3)) if has["tiers"] else 1
    plan = Plan(_rules(choose, regions, has), end=grid[-1] + 10 * choose((1, 10, 30)))
    for region in range(regions):
        for tier in range(1, tiers + 1):
            number = choose((1, 2, 2, 3)) if has["several"] else 1
            plan.agents.extend(_agent(choose, grid, tier, region, has) for _ in range(number))
    on_call = len(plan.agents)
    if has["comms"]:
        plan.agents.extend(_managers(choose, grid, regions, has))
    if has["chores"]:
        plan.chores.extend(_chore(choose, grid, len(plan.agents)) for _ in range(choose((2, 4, 8, 12))))
    if has["pages"]:
        lead = len(plan.agents)
        plan.turns.extend(_turns(choose, grid, regions, range(lead if has["mixed"] else on_call), lead))
        plan.agents.append({"tier": LEAD + 1, "region": 0, "duties": [], "slow": 1000, "takes": ALL})
    for created in sorted(choose(grid[:-1]) for _ in range(choose(range(1, 15)))):
        plan.tickets.append(_ticket(choose, created, regions, tiers, has))
    return plan


def _rules(choose: Choose, regions: int, has: dict[str, bool]) -> dict[str, Any]:
    losses = (1000, 1100, 1333) if has["paces"] else (1000,)
    return {
        "regions": regions,
        "enterprise_first": choose((True, False)),
        "p1_preempts": has["preemption"],
        "preempted_pm": choose(losses),
        "handed_over_pm": choose(losses),
        "briefing": choose((0, 10)),
        "write_up": choose((0, 10)),
        "raises": choose((True, False)),
        "widens_tier": choose((False, True)),
        "widens_region": choose((False, True)),
        "entry_tier_only": choose((False, True)),
        "other_region_pm": choose(losses),
        "tier_pm": (
            (1000, choose(losses), 1000, 1000, choose(losses), 1000), (1000, 1000, choose(losses), 1000, 1000, 1000),
            *((1000,) * LEAD,) * 4,
        ),
        "unstaffed_anywhere": choose((True, True, False)),
        "most_interruptions": choose((0, 1, 2)) if has["limit"] else NO_LIMIT,
        "overtime": choose((0b1111, 0b0011, 0b0110)) if has["overtime"] else 0,
        "overflow": _overflow(choose, regions) if has["overflow"] else (),
        "up_tier_help": has["up_tier_help"],
        "page_timers": (choose((20, 10)), choose((30, 10)), 30, NO_LIMIT),
        "rounds": choose((1, 2, 3)),
        "rest": choose((0, 20, 20, 50, 50, 100)) if has["rest"] else 0,
    }  # fmt: skip


def _overflow(choose: Choose, regions: int) -> Any:
    """Each role of each region overflows to the other region, or not; the coordinators are of all regions."""
    if regions == 1:
        return ()
    rules = [Overflow(choose((10, 20, 0)), (1 - region,), choose((0b1111, 0b0110))) for region in range(regions)]
    return (*(tuple(choose((rule, rule, None)) for rule in rules) for _ in range(MANAGER)), (None, None))


def _managers(choose: Choose, grid: range, regions: int, has: dict[str, bool]) -> list[dict[str, Any]]:
    """Of some regions a manager, and perhaps a coordinator of all."""
    managed = [region for region in range(regions) if choose((True, True, False))]
    managers = [_agent(choose, grid, MANAGER, region, has) for region in managed]
    return [*managers, *(_agent(choose, grid, COORDINATOR, regions - 1, has) for _ in range(choose((1, 1, 0))))]


def _agent(choose: Choose, grid: range, tier: int, region: int, has: dict[str, bool]) -> dict[str, Any]:
    pauses = _pauses(choose, grid) if has["pauses"] else []
    return {
        "tier": tier,
        "region": region,
        "duties": _duties(choose, grid) if has["duties"] else [(0, FOREVER)],
        "slow": choose((1000, 2000, 500, 1333)) if has["paces"] else 1000,
        "takes": choose((ALL, ALL, "P4", "P2 P3")) if has["masks"] and tier < MANAGER else ALL,
        "overlap": choose((0, 10, 20, 40)) if has["overlap"] else 0,
        "overtime": choose((0, 20, 50, 50)) if has["overtime"] else 0,
        "changes": _changes(choose, grid, pauses) if has["changes"] else [],
        "pauses": pauses,
        "removed": choose((False, False, True)) if has["removal"] else False,
    }


def _duties(choose: Choose, grid: range) -> list[tuple[int, int]]:
    """One or two duties, or always, or short ones day by day; they may begin before the run and end after it."""
    start = choose((0, -20, *grid[: len(grid) // 2]))
    if choose((False, True)):
        length = choose((40, 60))
        return [(begins, begins + length) for begins in range(start, start + 400, 90)]
    end = choose((FOREVER, *grid[len(grid) // 2 :]))
    gap = choose((None, 0, 10, 30))
    first = (start, end)
    return [first] if gap is None or end == FOREVER else [first, (end + gap, end + gap + choose((10, 50, 200)))]


def _changes(choose: Choose, grid: range, pauses: list[tuple[int, int]]) -> list[tuple[int, str]]:
    """What an agent takes for a while, and what after that."""
    cut, back = choose(grid), choose((10, 40, 80))
    changes = [(cut, choose(("P1", "P1 P2"))), (cut + back, choose((ALL, ALL, "P1 P2 P3")))]
    return _between(pauses, choose(([], changes, changes, changes[:1])))


def _between(pauses: list[tuple[int, int]], changes: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """What an agent takes changes in no pause."""
    return [(at, takes) for at, takes in changes if not any(start <= at <= end for start, end in pauses)]


def _pauses(choose: Choose, grid: range) -> list[tuple[int, int]]:
    start, length = choose(grid), choose((10, 30))
    first = (start, start + length)
    twice = [first, (first[1] + 10, first[1] + 30)]
    pauses: list[tuple[int, int]] = choose(([], [first], twice, twice))
    return pauses


def _chore(choose: Choose, grid: range, agents: int) -> dict[str, Any]:
    start = choose(grid)
    return {
        "agent": choose(range(agents)), "start": start, "length": choose((20, 5, 50, 50)),
        "until": start + choose((100, 20, 10)), "kind": choose(("review", "meeting")),
    }  # fmt: skip


def _turns(choose: Choose, grid: range, regions: int, agents: range, lead: int) -> list[dict[str, Any]]:
    """Who holds the pagers: one agent, or one after the other, or for a while nobody."""
    chains = [("primary", region) for region in range(regions)]
    chains += [(level, 0) for level in ("backup", "global") if choose((True, False))]
    turns = []
    for level, region in chains:
        cut = choose(grid)
        for start, end in choose((((0, FOREVER),), ((0, cut), (cut, FOREVER)), ((cut, FOREVER),))):
            turns.append({
                "level": level, "agent": choose(agents), "start": start, "end": end, "region": region,
                "asleep": choose((False, True)), "chance": choose((1.0, 0.5)),
            })  # fmt: skip
    return [*turns, *([{"level": "lead", "agent": lead}] if choose((True, False)) else [])]


def _ticket(choose: Choose, created: int, regions: int, tiers: int, has: dict[str, bool]) -> dict[str, Any]:
    priority = choose(("P3", "P4", "P2", "P1")) if has["priorities"] else "P3"
    visible = created + (choose((0, 10, 30)) if has["visible"] and priority in {"P3", "P4"} else 0)
    due = choose((10, 20, 40, 70, None)) if has["escalation"] else None
    patience = choose((None, 20, 40, 60)) if has["patience"] and visible == created else None
    region = choose(range(regions))
    ticket = {
        "created": created, "priority": priority, "region": region, "visible": visible,
        "serve_region": choose((regions - 1 - region, region)) if has["rehomed"] else region,
        "enterprise": choose((False, True)) if has["classes"] else False, "patience": patience,
        "escalate_at": None if due is None else visible + due, "stages": _stages(choose, tiers, has),
        "filtered": choose(("passed",) * 5 + ("throttled",)) if has["filtered"] else "passed",
        "critical": None, "page_at": None, "pages": None,
    }  # fmt: skip
    if has["pages"] and priority != "P4":
        delay = 10 if priority == "P3" else 0
        ticket["page_at"] = choose((None, visible + delay, visible + delay))
        ticket["pages"] = [choose((None, (10, 20), (20, 30), (20, 5, 500_000))) for _ in range(choose((1, 2, 5)))]
    if priority == "P1":
        _activate(choose, ticket, tiers, has)
    return ticket


def _activate(choose: Choose, ticket: dict[str, Any], tiers: int, has: dict[str, bool]) -> None:
    """What a P1 needs besides: help at once, help later, people outside, and that others are told."""
    roles = (*range(1, tiers + 1), *((MANAGER,) if has["mixed"] else ()))
    told_by = (MANAGER, COORDINATOR, MANAGER, *(roles if has["mixed"] else ()))
    if has["critical"]:
        woken = [*_tasks_at(choose, roles, choose((1, 2))), *(_steps(choose, told_by) if has["comms"] else ())]
        ticket["critical"] = (ticket["visible"] + choose((10, 30, 60)), *woken)
    beside = []
    if has["assists"]:
        beside += [(*task, 0, "assist") for task in _tasks_at(choose, (*roles, tiers + 1), choose((1, 1, 2)))]
    if has["outside"] and choose((True, False)):
        beside.append((1, choose(WORK), 0, "outside"))
    if has["comms"]:
        beside += [(tier, work, 0, kind, offset) for tier, work, kind, offset in _steps(choose, told_by)]
    if beside:
        ticket["stages"][0] = [*_tasks(ticket["stages"][0]), *beside]


WORK = (10, 20, 30, 50, 80)


def _tasks_at(choose: Choose, tiers: Sequence[int], number: int) -> list[tuple[int, int]]:
    return [(choose(tiers), choose(WORK)) for _ in range(number)]


def _steps(choose: Choose, tiers: Sequence[int]) -> list[tuple[int, int, str, int]]:
    """Steps of a chain, in the order in which they fall due."""
    offsets = sorted(choose((0, 20, 40, 40)) for _ in range(choose((1, 2, 3))))
    return [(choose(tiers), choose((10, 20, 30)), "comms", offset) for offset in offsets]


def _stages(choose: Choose, tiers: int, has: dict[str, bool]) -> list[Any]:
    tier = choose(range(1, tiers + 1))
    stages: list[Any] = [(tier, choose(WORK))]
    for _ in range(choose((0, 1, 2)) if has["stages"] else 0):
        kind = choose(("work", "follow_up", "reopened")) if has["waits"] else "work"
        if kind == "work":
            tier = min(tiers, tier + choose((0, 1)))
            stages.append((tier, choose(WORK)))
        else:
            stages.append((tier, choose(WORK), choose((10, 20, 50)), kind))
    if has["parallel"] and choose((False, True)):
        again = choose(range(len(stages)))
        first, *others = stages[again]
        stages[again] = [(first, *others), (choose(range(1, tiers + 1)), choose(WORK), *others[1:])]
    return stages


@st.composite
def plans(draw: Any, without: tuple[str, ...] = ()) -> Plan:
    if draw(st.booleans()):  # as a whole: more happens in it, but it cannot be made simpler where a law fails
        return invent(_drawn(np.random.default_rng(draw(_up_to(1 << 32)))), without)
    return invent(lambda options: options[draw(_up_to(len(options) - 1))], without)


@cache
def _up_to(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most)


# ---------------------------------------------------------------------- reading what happened


class Segment(NamedTuple):
    """A row of the roster's segments; it starts when the agent really came, and with rest that is perhaps never."""

    agent: int
    start: int
    end: int
    paid_end: int
    hard_end: int
    pause: bool
    takes: str
    planned_start: int
    rested: str


class Page(NamedTuple):
    """A row of the pages journal."""

    ticket: int
    round: int
    level: str
    agent: int
    on_duty: bool
    sent: int
    answered: int | None
    outcome: str


class Story:
    """A world and its journals, arranged for the laws. Rows as in `Played.work`."""

    def __init__(self, plan: Plan, built: Any) -> None:
        self.plan, self.played = plan, built.play()
        self.end = self.played.end
        self.work, self.chores = self.played.work, self.played.chores
        self.pages = [Page(*page) for page in self.played.pages]
        journal = self.played.journals.work
        self.row_duty = journal["duty"].tolist()
        self.kind = [TaskKind(kind).name.lower() for kind in journal["kind"].tolist()]
        self.home = list(zip(journal["region"].tolist(), (journal["tier"] + 1).tolist(), strict=True))
        self.pool = [(-1 if a["tier"] == COORDINATOR else a["region"], a["tier"]) for a in plan.agents]
        self.priority = [ticket["priority"] for ticket in plan.tickets]
        self.segments = list(self._segments(built.roster().segments))
        self.played_segments = [s for s in self.segments if s.end > 0 and s.rested != "lost"]
        self.escalated = [instant for (instant,) in self.played.tickets("escalated")]

    def _segments(self, s: Any) -> Iterable[Segment]:
        columns = (s.agent, s.start, s.end, s.overlap_end, s.hard_end, s.pause, s.takes)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        for row, (came, rested) in zip(rows, self.played.duties("start", "rested"), strict=True):
            agent, start, *more, takes = row
            names = " ".join(name for bit, name in enumerate(ALL.split()) if takes >> bit & 1)
            yield Segment(agent, came if rested == "late" else start, *more, names, start, rested)

    def counts(self, row: int) -> bool:
        """Whether the ticket of a row waits for it: not while others are told."""
        return self.kind[row] != "comms"

    def instants(self) -> list[int]:
        """Every instant at which something happened within the run."""
        times = {
            0,
            *(t for row in self.work for t in (row[4], row[6], row[7])),
            *(t for segment in self.segments for t in (*segment[1:5], segment.planned_start)),
            *(t for chore in self.chores for t in chore[3:]),
            *(t for page in self.pages for t in (page.sent, page.answered)),
        }
        return sorted(t for t in times if t is not None and 0 <= t < self.end)

    def waiting(self, now: int) -> list[int]:
        """Rows that wait just after `now`."""
        return [
            i
            for i, (*_, queued_at, _, start, end, _) in enumerate(self.work)
            if queued_at <= now and (start is None or start > now) and (start is not None or end is None or end > now)
        ]

    def working(self, now: int) -> dict[int, int]:
        """Agents at work just after `now`, and their rows."""
        return {
            row[3]: i
            for i, row in enumerate(self.work)
            if row[3] is not None and row[6] <= now and (row[7] is None or row[7] > now)
        }

    def at_chores(self, now: int) -> set[int]:
        """Agents at a chore just after `now`."""
        return {agent for agent, _, _, start, end in self.chores if start <= now and (end is None or end > now)}

    def on_duty(self, now: int) -> set[int]:
        """Agents who take what comes just after `now`."""
        return {segment.agent for segment in self.played_segments if segment.start <= now < segment.end}

    def take_p1(self, now: int) -> set[int]:
        """Agents who take a P1 just after `now`: those in the overlap do."""
        return {segment.agent for segment in self.played_segments if segment.start <= now < segment.paid_end}

    def take(self, now: int, priority: str) -> set[int]:
        """Agents who take tickets of a priority just after `now`."""
        there = self.take_p1(now) if priority == "P1" else self.on_duty(now)
        served = {s.agent for s in self.played_segments if s.start <= now < s.paid_end and priority in s.takes}
        return there & served

    def deserted(self, pool: tuple[int, int], now: int) -> bool:
        """Whether nobody of a pool was on duty at `now`, be it until somebody who had to rest came."""
        late = {s.agent for s in self.played_segments if s.rested == "late" and s.start == now}
        return not any(self.pool[agent] == pool for agent in self.on_duty(now) - late)

    def level(self, ticket: int, now: int) -> int:
        """Effective priority just after `now`, 0 for P1."""
        original, since = int(self.priority[ticket][1]) - 1, self.escalated[ticket]
        raised = since is not None and since <= now and self.plan.rules["raises"]
        return max(0, original - raised)

    # ------------------------------------------------------------------ pages

    @cached_property
    def promised_rows(self) -> dict[int, int]:
        """Rows that began because of a page, and when it was answered."""
        out: dict[int, int] = {}
        for page in self.pages:
            if page.outcome == "answered" and page.answered is not None:
                begun = [i for i, row in enumerate(self.work) if self.counts(i) and self._may_be_for(page, row)]
                first = min((self.work[i][6] for i in begun), default=None)
                out |= {i: page.answered for i in begun if self.work[i][6] == first}
        return out

    def _may_be_for(self, page: Page, row: Any) -> bool:
        """Whether work may have begun because of a page; a ticket that pages does so for its first task."""
        first_alone = self.plan.tickets[page.ticket]["page_at"] is not None
        mine = row[0] == page.ticket and row[3] == page.agent and (row[1] == 0 or not first_alone)
        return mine and row[6] >= page.answered

    def answered(self, ticket: int) -> int | None:
        """When somebody promised to do the work of a ticket."""
        pages = (page for page in self.pages if page.ticket == ticket)
        return next((page.answered for page in pages if page.outcome == "answered"), None)

    def in_line_since(self, row: int) -> int | None:
        """From when a row has a place in line: not while it waits for an answer to a page. None where never."""
        ticket, task, stretch, _, queued_at, *_ = self.work[row]
        wanted = self.plan.tickets[ticket]
        if task or stretch or wanted["page_at"] != wanted["visible"]:
            return int(queued_at)
        return self.unanswered(ticket)

    def unanswered(self, ticket: int) -> int | None:
        """When the last of the chain had not answered; None where it is still tried, or somebody has answered."""
        ends: list[int | None] = [self.plan.tickets[ticket]["visible"]]
        timer = self.plan.rules["page_timers"][int(self.priority[ticket][1]) - 1]
        for page in self.pages:
            if page.ticket == ticket and page.outcome in {"unanswered", "busy"}:
                passed = page.sent if page.answered is None else page.answered
                ends.append(page.sent + timer if page.outcome == "unanswered" else passed)
            elif page.ticket == ticket:
                ends.append(None)
        return ends[-1]

    def is_in_line(self, row: int, now: int) -> bool:
        """Whether a row that waits at `now` has a place in line, and nobody has promised to do it."""
        since, promised = self.in_line_since(row), self.answered(self.work[row][0]) if self.counts(row) else None
        return (
            since is not None and since <= now and not (promised is not None and self.work[row][4] <= promised <= now)
        )

    # ------------------------------------------------------------------ who may serve

    def reach(self, row: int, now: int) -> set[tuple[int, int]]:
        """Pools that may serve a row that waits at `now`, as far as what is so at this instant tells."""
        rules, (region, tier) = self.plan.rules, self.home[row]
        everywhere = {(any_region, tier) for any_region in range(rules["regions"])}
        deserted = not any(self.pool[agent] == (region, tier) for agent in self.on_duty(now))
        pools = everywhere if deserted and rules["unstaffed_anywhere"] else {(region, tier)}
        if self.work[row][5] == "escalated":
            wider = everywhere if rules["widens_region"] else {(region, tier)}
            pools |= wider | ({(r, t + 1) for r, t in wider} if rules["widens_tier"] and tier < MANAGER - 1 else set())
        if rules["up_tier_help"] and tier < MANAGER - 1:
            pools |= {(region, tier + 1)}
        if self.overflows_at(row) <= now:
            pools |= everywhere  # there are two regions at most
        return pools

    def overflows_at(self, row: int) -> int:
        """When other regions may take a row, at the latest."""
        rule, since = self.overflow_rule(row), self.in_line_since(row)
        return FOREVER if rule is None or since is None else since + rule.after

    def overflow_rule(self, row: int) -> Overflow | None:
        rules, (region, tier) = self.plan.rules["overflow"], self.home[row]
        rule: Overflow | None = rules[tier - 1][region] if rules and tier != COORDINATOR else None
        return rule if rule and rule.takes >> int(self.priority[self.work[row][0]][1]) - 1 & 1 else None

    def pace(self, row: int) -> int:
        """Of the agent of a row on its task, per mille."""
        agent = self.work[row][3]
        if agent is None:  # outside
            return 1000
        (region, tier), (away, other), rules = self.home[row], self.pool[agent], self.plan.rules
        pace: int = self.plan.agents[agent]["slow"]
        if other == LEAD + 1:
            return pace
        if region != away and COORDINATOR not in {tier, other}:
            pace = (pace * rules["other_region_pm"] + 500) // 1000
        if tier != other:
            pace = (pace * rules["tier_pm"][tier - 1][other - 1] + 500) // 1000
        return pace

    # ------------------------------------------------------------------ tasks and segments

    def tasks(self) -> dict[tuple[int, int], list[int]]:
        """Rows of each task, by (ticket, task)."""
        out: dict[tuple[int, int], list[int]] = {}
        for i, row in enumerate(self.work):
            out.setdefault(row[:2], []).append(i)
        return out

    def handle(self, ticket: int, task: int) -> int:
        wanted = self.plan.tickets[ticket]
        flat = [t for stage in wanted["stages"] for t in _tasks(stage)] + list((wanted["critical"] or (0,))[1:])
        return int(flat[task][1])

    def last_segment(self, row: int) -> Segment | None:
        """The segment in which the agent of a row was when it ended: after a pause, or a call-out, the next."""
        agent, start, end = self.work[row][3], self.work[row][6], self.work[row][7]
        until = self.end if end is None else end
        begun = [s for s in self.played_segments if s.agent == agent and s.start < until]
        own = self.segments[self.row_duty[row]] if self.row_duty[row] >= 0 else None
        return next((s for s in reversed(begun) if s.start > start), own)


def _tasks(stage: Any) -> list[Any]:
    return stage if isinstance(stage, list) else [stage]


def told(plan: Plan, world: Any) -> Story:
    return Story(plan, plan.build(world))


# ---------------------------------------------------------------------- the invented worlds are worth it

HAPPENS = (
    "escalated", "preempted", "handed_over", "abandoned", "returned", "reopened", "elsewhere", "open",
    "escalated later", "parallel", "another tier", "another region", "overlap", "call_out", "overtime",
    "limit of overtime", "into a pause", "through a pause", "removed", "chore", "chore interrupted", "chore in a pause",
    "chore dropped", "chore cut", "dropped", "critical", "late", "filtered", "page answered", "page unanswered",
    "page busy", "page not_needed", "promised", "overflow", "next tier", "comms", "comms late",
    "comms after the resolution", "outside", "rehomed", "change of service", "rested late", "rested lost",
)  # fmt: skip


def test_the_invented_worlds_exercise_every_mechanism(world: Any) -> None:
    worlds, seen = 300, Counter[str]()
    for seed in range(worlds):
        draws = np.random.default_rng(seed)
        seen.update(_seen(told(invent(_drawn(draws)), world)))
    rare = {name: seen[name] for name in HAPPENS if seen[name] < worlds * 5 // 100}
    assert not rare
    assert seen["three at once"] >= worlds * 30 // 100


def _drawn(draws: np.random.Generator) -> Choose:
    return lambda options: options[int(draws.integers(len(options)))]


def _seen(story: Story) -> set[str]:
    """What occurs in a world."""
    at_once = _events(story)
    seen = {row[5] for row in story.work} | {row[8] for row in story.work} | _seen_of_people(story)
    seen |= {mode for *_, mode in story.played.modes()}
    for i, row in enumerate(story.work):
        if row[3] is not None and story.pool[row[3]] != story.home[i]:
            seen |= _seen_away(story, i)
    in_line = {row[0] for row in story.work if row[8] == "escalated"}
    if any(instant is not None and ticket not in in_line for ticket, instant in enumerate(story.escalated)):
        seen.add("escalated later")
    if any(row[1] > 0 and row[5] == "arrived" for row in story.work):
        seen.add("parallel")
    if max(at_once.values(), default=0) >= 3:
        seen.add("three at once")
    for ticket in story.plan.tickets:
        seen |= {"late"} if ticket["visible"] > ticket["created"] else set()
        seen |= {"filtered"} if ticket["filtered"] != "passed" else set()
        seen |= {"rehomed"} if ticket["serve_region"] != ticket["region"] else set()
    return seen | {f"page {page.outcome}" for page in story.pages} | _seen_of_emergencies(story)


def _seen_of_emergencies(story: Story) -> set[str]:
    resolved, seen = story.played.tickets("resolved"), {kind for kind in story.kind if kind in {"comms", "outside"}}
    for i, row in enumerate(story.work):
        if story.kind[i] == "comms" and row[6] is not None:
            (over,) = resolved[row[0]]
            seen |= {"comms late"} if row[6] > row[4] else set()
            seen |= {"comms after the resolution"} if over is not None and over <= row[4] else set()
    return seen


def _seen_away(story: Story, i: int) -> set[str]:
    """What a row tells that was done in another pool."""
    (region, tier), (away, other), rules = story.home[i], story.pool[story.work[i][3]], story.plan.rules
    seen = {"elsewhere", "another tier" if tier != other else "another region"}
    if i in story.promised_rows or story.escalated[story.work[i][0]] is not None:
        return seen
    waited = [t for t in story.instants() if story.work[i][4] <= t <= story.work[i][6]]
    staffed = all(any(story.pool[a] == story.home[i] for a in story.on_duty(t)) for t in waited)
    if region != away and story.overflow_rule(i) and staffed:
        seen.add("overflow")
    if other == tier + 1 and rules["up_tier_help"]:
        seen.add("next tier")
    return seen


def _seen_of_people(story: Story) -> set[str]:
    seen = set()
    for i, row in enumerate(story.work):
        segment = story.segments[story.row_duty[i]] if story.row_duty[i] >= 0 else None
        last = story.last_segment(i)
        if segment is None or last is None or row[7] is None:
            continue
        seen |= {"into a pause"} if segment.pause and row[6] < segment.end < row[7] else set()
        seen |= {"through a pause"} if last != segment else set()
        seen |= {"overtime"} if not last.pause and row[7] > last.paid_end else set()
        if row[8] == "handed_over":
            seen |= {"limit of overtime"} if last.paid_end < row[7] == last.hard_end else set()
            seen |= {"removed"} if story.plan.agents[row[3]]["removed"] else set()
        seen |= {"promised"} if story.promised_rows.get(i, row[6]) < row[6] else set()
    for before, after in pairwise(story.played_segments):
        goes_on = before.agent == after.agent and before.end == after.start < story.end and before.pause
        seen |= {"change of service"} if goes_on and before.takes != after.takes else set()
    seen |= {f"rested {segment.rested}" for segment in story.segments}
    return seen | _seen_of_chores(story)


def _seen_of_chores(story: Story) -> set[str]:
    seen = {"chore"} if story.chores else set()
    paused = [(s.agent, s.end) for s in story.segments if s.pause]
    for chore in story.plan.chores:
        rows = [row for row in story.chores if (row[0], row[2]) == (chore["agent"], chore["start"])]
        there = chore["agent"] in story.on_duty(chore["start"])
        seen |= {"chore interrupted"} if len(rows) > 1 else set()
        seen |= {"chore dropped"} if there and not rows and chore["until"] < story.end else set()
        seen |= {"chore cut"} if any(row[4] == chore["until"] < row[3] + chore["length"] for row in rows) else set()
        for agent, _, _, start, end in rows:
            into = any(who == agent and end is not None and start < at < end for who, at in paused)
            seen |= {"chore in a pause"} if into else set()
    return seen


def _events(story: Story) -> Counter[int]:
    """Number of events in each instant of the run."""
    happened = [
        *(("arrival", ticket["visible"], i) for i, ticket in enumerate(story.plan.tickets)),
        *(("work ends", row[7], row[3] if row[3] is not None else row[:2]) for row in story.work if row[8] == "done"),
        *(("step", row[4], row[:2]) for i, row in enumerate(story.work) if not story.counts(i)),
        *(("segment", instant, segment) for segment in story.segments for instant in segment[1:5]),
        *(("segment", segment.planned_start, segment) for segment in story.segments),
        *(("chore", chore["start"], i) for i, chore in enumerate(story.plan.chores)),
        *(("page", page.answered, page) for page in story.pages),
        *(("timer", instant, ticket) for ticket, instant in enumerate(story.escalated)),
        *(("patience", row[7], row[0]) for row in story.work if row[8] == "abandoned"),
        *(("return", row[4], row[0]) for row in story.work if row[5] in {"returned", "reopened"}),
    ]
    return Counter(instant for _, instant, _ in set(happened) if instant is not None and 0 < instant < story.end)


# ---------------------------------------------------------------------- nothing is lost


@few
@given(plan=plans())
def test_every_ticket_is_resolved_or_abandoned_or_open_as_its_work_says(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for what in _seen(story):
        event(what)
    columns = ("state", "started", "resolved", "first_resolved", "abandoned", "paused")
    for ticket, (state, started, resolved, first_resolved, abandoned, paused) in enumerate(
        story.played.tickets(*columns)
    ):
        rows = [row for i, row in enumerate(story.work) if row[0] == ticket and story.counts(i)]
        assert state == _state(plan.tickets[ticket], rows, story.end)
        leads = [row for row in rows if row[1] == 0 or plan.tickets[ticket]["priority"] != "P1"]
        assert started == min((row[6] for row in leads if row[6] is not None), default=None)
        assert (resolved is not None) == (state == "resolved")
        assert (abandoned is not None) == (state == "abandoned")
        assert resolved is None or resolved == max(row[7] for row in rows)
        assert first_resolved is None or resolved is None or first_resolved <= resolved
        assert paused >= 0


def _state(ticket: dict[str, Any], rows: list[Any], end: int) -> str:
    if ticket["filtered"] != "passed" or ticket["visible"] >= end:
        assert not rows
        return "filtered" if ticket["filtered"] != "passed" else "queued"
    assert rows, "a ticket is lost"
    if any(row[8] == "abandoned" for row in rows):
        return "abandoned"
    if any(row[8] == "open" and row[6] is not None for row in rows):
        return "in_service"
    awaited = _awaited(ticket, rows)
    if awaited:
        return "resolved" if awaited == "reopened" else "pending"
    return "queued" if any(row[8] == "open" for row in rows) else "resolved"


def _awaited(ticket: dict[str, Any], rows: list[Any]) -> str | None:
    """The kind of the stage for which the customer is awaited; an emergency that began before delays that."""
    planned = _planned(ticket)
    known = [row for row in rows if row[1] < planned]
    if any(row[8] == "open" for row in known):
        return None
    done, following = max(row[7] for row in known), 0
    woken = [row for row in rows if row[1] >= planned]
    if any(row[8] == "open" for row in woken) and min(row[4] for row in woken) < done:
        return None
    for stage in ticket["stages"]:
        if following == len({row[1] for row in known}):
            return str(_tasks(stage)[0][3]) if _tasks(stage)[0][3:] else None
        following += sum(_kind(task) != "comms" for task in _tasks(stage))
    return None


def _planned(ticket: dict[str, Any]) -> int:
    """Number of tasks to which the stages of a ticket lead; the dormant ones follow."""
    return sum(len(_tasks(stage)) for stage in ticket["stages"])


def _kind(task: Any) -> str:
    return str(task[3]) if task[3:] else "work"


def _offset(task: Any) -> int:
    """From when its stage opens until a task comes to its line."""
    return int(task[4]) if task[4:] else 0


@few
@given(plan=plans())
def test_the_stretches_of_a_task_follow_each_other_without_a_gap(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for rows in story.tasks().values():
        stretches = [story.work[i] for i in rows]
        assert all((row[3] is None) == (row[6] is None) for row in stretches) or story.kind[rows[0]] == "outside"
        assert [row[2] for row in stretches] == list(range(len(rows)))
        for row in stretches:
            assert row[4] <= (row[7] if row[6] is None else row[6]) if row[8] != "open" else row[7] is None
            assert row[6] is None or row[7] is None or row[4] <= row[6] <= row[7]
        for before, after in pairwise(stretches):
            assert before[7] == after[4]
            assert before[8] == after[5] in {"preempted", "handed_over", "escalated"}
        assert stretches[-1][8] in {"done", "abandoned", "open", "dropped"}


@few
@given(plan=plans(without=("critical",)))
def test_a_stage_begins_when_the_one_before_is_done(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    by_task = story.tasks()
    for ticket, (wanted, (abandoned,)) in enumerate(zip(plan.tickets, story.played.tickets("abandoned"), strict=True)):
        first, ready = 0, wanted["visible"] if wanted["filtered"] == "passed" else None
        for stage in wanted["stages"]:
            tasks, last = _tasks(stage), []
            opens = None if ready is None else ready + _wait(tasks, first)
            for number, task in enumerate(tasks, first):
                due, rows = None if opens is None else opens + _offset(task), by_task.get((ticket, number))
                told_of = _kind(task) != "comms" or abandoned is None or due is None or due < abandoned
                never = due is None or due >= story.end or (not told_of and due > opens)
                assert (rows is None) == never
                if rows is not None:
                    assert story.work[rows[0]][4] == due
                    last += [story.work[rows[-1]]] if _kind(task) != "comms" else []
            done = last and all(row[8] in {"done", "dropped"} for row in last)
            ready, first = max(row[7] for row in last) if done else None, first + len(tasks)


def _wait(tasks: list[Any], first_task: int) -> int:
    return int(tasks[0][2]) if first_task and tasks[0][2:] else 0


@few
@given(plan=plans(without=("waits",)))
def test_a_p1_that_is_not_resolved_in_time_becomes_an_emergency_once(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for ticket, (wanted, (critical, resolved, abandoned)) in enumerate(
        zip(plan.tickets, story.played.tickets("critical", "resolved", "abandoned"), strict=True)
    ):
        planned = _planned(wanted)
        woken = [row for row in story.work if row[0] == ticket and row[1] >= planned]
        if wanted["critical"] is None or wanted["filtered"] != "passed":
            assert (critical, woken) == (None, [])
            continue
        due, *tasks = wanted["critical"]
        # In the instant in which it is due work ends before it, and patience after it.
        in_time = resolved is not None and resolved <= due and not woken
        gone = abandoned is not None and abandoned < due
        assert critical == (None if in_time or gone or due >= story.end else due)
        began = {planned + i: due + (task[3] if task[2:] else 0) for i, task in enumerate(tasks)}
        last = story.end if abandoned is None else abandoned
        expected = {task: at for task, at in began.items() if critical is not None and (at == due or at < last)}
        assert {row[1]: row[4] for row in woken if row[2] == 0} == expected


# ---------------------------------------------------------------------- people


def _spells(story: Story) -> list[tuple[int, int, int]]:
    """(agent, start, end) of all work and all chores."""
    rows = [(row[3], row[6], row[7]) for row in story.work if row[3] is not None]
    rows += [(agent, start, end) for agent, _, _, start, end in story.chores]
    return sorted((agent, start, story.end if end is None else end) for agent, start, end in rows)


@few
@given(plan=plans())
def test_nobody_is_at_two_tasks_or_chores_at_once(plan: Plan, world: Any) -> None:
    for (agent, _, end), (other, start, _) in pairwise(_spells(told(plan, world))):
        assert agent != other or end <= start


@few
@given(plan=plans())
def test_work_ends_with_the_time_of_its_agent_but_for_call_outs(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for i, row in enumerate(story.work):
        duty, last = story.row_duty[i], story.last_segment(i) if row[3] is not None else None
        if row[3] is None:
            assert duty == -1
            continue
        if duty >= 0:
            segment = story.segments[duty]
            assert segment.agent == row[3]
            assert max(segment.start, 0) <= row[6]
        if last is None or last.pause:
            continue  # a call-out, or work that runs into a pause
        overtime = plan.rules["overtime"] >> int(story.priority[row[0]][1]) - 1 & 1
        assert (story.end if row[7] is None else row[7]) <= (last.hard_end if overtime else last.paid_end)


@few
@given(plan=plans())
def test_work_is_handed_over_at_the_end_of_the_paid_time_or_of_overtime(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    ends = {(s.agent, end) for s in story.segments if not s.pause for end in (s.paid_end, s.hard_end)}
    handed_over = {(row[3], row[7]) for row in story.work if row[8] == "handed_over"}
    assert handed_over <= ends
    if not plan.rules["overtime"]:
        assert handed_over <= {(s.agent, s.paid_end) for s in story.segments if not s.pause}


@few
@given(plan=plans())
def test_after_the_end_of_a_segment_nobody_begins_anything_but_a_p1_or_what_they_were_paged_for(
    plan: Plan, world: Any
) -> None:
    story = told(plan, world)
    for i, (row, (mode,)) in enumerate(zip(story.work, _modes(story), strict=True)):
        if row[3] is None:
            continue
        duty = story.row_duty[i]
        assert (mode == "call_out") == (duty < 0)
        if duty < 0:
            assert i in story.promised_rows
            assert not any(s.agent == row[3] and s.start < row[6] < s.paid_end for s in story.played_segments)
            continue
        segment = story.segments[duty]
        assert (mode == "overlap") == (row[6] >= segment.end and not segment.pause)
        assert segment.pause or row[6] < segment.paid_end
        in_time = segment.paid_end if story.priority[row[0]] == "P1" else segment.end
        assert row[6] < in_time or i in story.promised_rows


def _modes(story: Story) -> list[tuple[str]]:
    names = ("duty", "overlap", "call_out")
    return [(names[mode],) for mode in story.played.journals.work["mode"].tolist()]


@few
@given(plan=plans())
def test_an_agent_works_on_what_they_take_and_elsewhere_only_for_a_reason(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for i, (ticket, _, _, agent, queued_at, _, start, *_) in enumerate(story.work):
        if agent is None or i in story.promised_rows:
            continue
        assert story.priority[ticket] in story.segments[story.row_duty[i]].takes
        (region, tier), (away, other) = story.home[i], story.pool[agent]
        since = story.escalated[ticket]
        escalated = since is not None and since <= start
        deserted = plan.rules["unstaffed_anywhere"] and any(
            story.deserted((region, tier), t) for t in story.instants() if queued_at <= t <= start
        )
        escalates = not plan.rules["entry_tier_only"] or tier == _tasks(plan.tickets[ticket]["stages"][0])[0][0]
        widened = escalated and escalates and story.counts(i)
        rule = story.overflow_rule(i)
        overflows = rule is not None and start - _wait_began(story, i) >= rule.after
        helps = plan.rules["up_tier_help"] and away == region
        helps_up = helps or (widened and plan.rules["widens_tier"])
        assert other == tier or (other == tier + 1 < MANAGER and helps_up)
        assert away == region or (widened and plan.rules["widens_region"]) or deserted or overflows


def _wait_began(story: Story, row: int) -> int:
    """When the wait of a row began, of which an escalation may have made two rows."""
    while story.work[row][5] == "escalated":
        row -= 1
    return int(story.work[row][4])


@few
@given(plan=plans())
def test_when_the_agent_left_is_when_the_last_of_their_work_ended(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    lefts = story.played.duties("start", "left")
    for number, (segment, (started, left)) in enumerate(zip(story.segments, lefts, strict=True)):
        assert (started is None) == (left is None)
        if left is None:
            continue
        assert left >= min(segment.paid_end, story.end)
        following = [s.start for s in story.played_segments if s.agent == segment.agent and s.start > segment.start]
        latest = min(following, default=FOREVER) if segment.pause else segment.hard_end + plan.rules["write_up"]
        assert left <= min(latest, story.end)
        mine = [row[7] for row, duty in zip(story.work, story.row_duty, strict=True) if duty == number]
        ends = [story.end if end is None else end for end in mine]
        assert left >= min(latest, max(ends, default=0), story.end)


# ---------------------------------------------------------------------- chores


@few
@given(plan=plans())
def test_chores_are_done_within_their_time_and_that_of_their_agent(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    duties = story.played.journals.chores["duty"].tolist()
    for (agent, _, due, start, end), duty in zip(story.chores, duties, strict=True):
        segment, until = story.segments[duty], story.end if end is None else end
        assert segment.agent == agent
        assert max(segment.start, due) <= start <= until
        assert start < segment.paid_end
        assert segment.pause or until <= segment.paid_end
    for agent, kind, due in {row[:3] for row in story.chores}:
        wanted = [c for c in plan.chores if (c["agent"], c["kind"], c["start"]) == (agent, kind, due)]
        rows = [row for row in story.chores if row[:3] == (agent, kind, due)]
        took = [(story.end if end is None else end) - start for *_, start, end in rows]
        assert sum(took) <= sum(chore["length"] for chore in wanted)
        assert max((row[4] or 0) for row in rows) <= max(chore["until"] for chore in wanted)


@few
@given(plan=plans())
def test_who_is_free_does_a_chore_that_is_due(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for chore in plan.chores:
        agent, due = chore["agent"], chore["start"]
        rows = [row for row in story.chores if (row[0], row[2]) == (agent, due)]
        if rows or due >= story.end:
            continue
        # It has not begun: as long as the agent was there, they were at something else.
        until = _goes_on_until(story, agent, due)
        for now in story.instants():
            if due <= now < min(chore["until"], until):
                assert agent in story.working(now) or agent in story.at_chores(now)


def _goes_on_until(story: Story, agent: int, instant: int) -> int:
    """Until when an agent who is there at an instant is so without a pause, or that instant."""
    for segment in story.played_segments:
        if segment.agent == agent and segment.start <= instant < segment.paid_end:
            return _goes_on_until(story, agent, segment.end) if segment.pause else segment.paid_end
    return instant


# ---------------------------------------------------------------------- work


@few
@given(plan=plans())
def test_work_takes_what_it_needs_to_the_millisecond(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    rules = plan.rules
    for (ticket, task), rows in story.tasks().items():
        left = story.handle(ticket, task)
        for i in rows:
            *_, start, end, how = story.work[i]
            if start is None:
                continue
            pace = story.pace(i)
            wall = max(1, (left * pace + 500) // 1000)
            if how == "done":
                assert end - start == wall
            elif how == "open":
                assert story.end <= start + wall
            else:
                assert end - start <= wall  # in the instant in which it would end, by a P1 that comes before
                left = max(1, left - (end - start) * 1000 // pace)
                loss = rules["preempted_pm" if how == "preempted" else "handed_over_pm"]
                left = max(1, (left * loss + 500) // 1000) + (rules["briefing"] if how == "handed_over" else 0)


@few
@given(plan=plans(without=("paces",)))
def test_what_was_done_adds_up_to_the_tape_and_the_briefings(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for (ticket, task), rows in story.tasks().items():
        stretches = [story.work[i] for i in rows if story.work[i][6] is not None]
        if not stretches or stretches[-1][8] != "done":
            continue
        briefings = plan.rules["briefing"] * sum(row[8] == "handed_over" for row in stretches)
        nothing_left = sum(row[8] in {"preempted", "handed_over"} for row in stretches)  # and yet 1 ms
        done = sum(row[7] - row[6] for row in stretches)
        assert 0 <= done - story.handle(ticket, task) - briefings <= nothing_left


@many
@given(plan=plans())
def test_no_agent_is_idle_while_work_that_they_may_take_waits(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for now in story.instants():
        busy = story.working(now).keys() | story.at_chores(now)
        if not story.take_p1(now) - busy:
            continue
        for i in story.waiting(now):
            if not story.is_in_line(i, now):
                continue
            ticket, task, *_ = story.work[i]
            pools, priority = story.reach(i, now), story.priority[ticket]
            able = [agent for agent in story.take(now, priority) - busy if story.pool[agent] in pools]
            assert not able, f"at {now} ticket {ticket} task {task} waits and agents {able} are idle"


@few
@given(plan=plans(without=("pauses", "pages", "limit")))
def test_no_p1_waits_while_less_urgent_work_of_its_pool_goes_on(plan: Plan, world: Any) -> None:
    story = told(replace_rules(plan, p1_preempts=True), world)
    for now in story.instants():
        busy, there, at_chores = story.working(now), story.take(now, "P1"), story.at_chores(now)
        for i in story.waiting(now):
            if story.priority[story.work[i][0]] != "P1":
                continue
            for agent in there:
                if story.pool[agent] == story.home[i] and not _takes_p1_anew(story, agent, i, now):
                    assert agent not in at_chores
                    assert story.level(story.work[busy[agent]][0], now) == 0


def _takes_p1_anew(story: Story, agent: int, row: int, now: int) -> bool:
    """Whether an agent has come to take P1 while a row waited: nobody is interrupted because it has waited.

    What they take changes; in that very instant, too, they take nothing before the change.
    """
    since = _wait_began(story, row)
    changes = [s for s in story.segments if s.agent == agent and s.pause and since <= s.end <= now]
    return any(s.end == since or "P1" not in s.takes for s in changes)


@few
@given(plan=plans())
def test_who_is_interrupted_is_so_by_a_p1_that_comes_and_not_too_often(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    most = plan.rules["most_interruptions"]
    for rows in story.tasks().values():
        interrupted = [story.work[i] for i in rows if story.work[i][8] == "preempted"]
        assert plan.rules["p1_preempts"] or not interrupted
        assert most == NO_LIMIT or len(interrupted) <= most
        for row in interrupted:
            reasons = [
                i for i, by in enumerate(story.work)
                if (by[3], by[6]) == (row[3], row[7]) and story.priority[by[0]] == "P1"
            ]  # fmt: skip
            assert any(_comes(story, i) for i in reasons)


def _comes(story: Story, row: int) -> bool:
    """Whether a row begins as it joins the line, or because of a page, or as its pool is left; not after a wait."""
    now = story.work[row][6]
    ends = [(s, {s.end, s.paid_end, *([s.planned_start] if s.rested != "as_planned" else [])}) for s in story.segments]
    left = any(now in instants and story.pool[s.agent] == story.home[row] for s, instants in ends)
    return row in story.promised_rows or story.in_line_since(row) == now or left


def replace_rules(plan: Plan, **rules: Any) -> Plan:
    return replace(plan, rules={**plan.rules, **rules})


SIMPLE_LINES = ("duties", "escalation", "preemption", "pauses", "chores", *HELP)


@few
@given(plan=plans(without=SIMPLE_LINES))
def test_a_line_is_served_by_priority_class_and_waiting_time(plan: Plan, world: Any) -> None:
    story = told(plan, world)

    def key(i: int) -> tuple[Any, ...]:
        ticket, task, _, _, queued_at, *_ = story.work[i]
        standard = plan.rules["enterprise_first"] and not plan.tickets[ticket]["enterprise"]
        return story.priority[ticket], standard, queued_at, ticket, task

    for i, taken in enumerate(story.work):
        now = taken[6]
        if now is None:
            continue
        for j in story.waiting(now):
            takes = story.segments[story.row_duty[i]].takes if taken[3] is not None else ""
            mine = story.home[j] == story.home[i] and story.priority[story.work[j][0]] in takes
            if mine and story.work[j][4] < now:
                assert key(i) < key(j)


# ---------------------------------------------------------------------- pages


@few
@given(plan=plans())
def test_an_answered_page_leads_to_work_by_whoever_answered_unless_the_customer_or_the_run_ends_it(
    plan: Plan, world: Any
) -> None:
    story = told(plan, world)
    abandoned = story.played.tickets("abandoned")
    for page in story.pages:
        if page.outcome != "answered" or page.answered is None:
            continue
        begun = [row for row in story.work if row[0] == page.ticket and row[3] == page.agent]
        if any(row[6] >= page.answered for row in begun) or abandoned[page.ticket] != (None,):
            continue
        assert page.agent in story.working(story.end - 1) or page.agent in story.at_chores(story.end - 1)
        assert any(row[0] == page.ticket and row[6:] == (None, None, "open") for row in story.work)


@few
@given(plan=plans())
def test_the_pages_of_a_ticket_follow_each_other_until_one_is_answered(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    levels = ("primary", "backup", "global", "lead")
    for ticket, wanted in enumerate(plan.tickets):
        pages = [page for page in story.pages if page.ticket == ticket]
        assert not pages or wanted["pages"] is not None
        steps = [(page.round, levels.index(page.level)) for page in pages]
        assert steps == sorted(set(steps))
        assert all(turn < plan.rules["rounds"] for turn, _ in steps)
        assert all(page.outcome in {"unanswered", "busy"} for page in pages[:-1])
        assert all(page.answered is None or page.sent <= page.answered < story.end for page in pages)
        ends = [_passed_on(story, page) for page in pages]
        assert all(end == after.sent for end, after in zip(ends, pages[1:], strict=False))
        acknowledged = [page.answered for page in pages if page.outcome in {"answered", "not_needed"}]
        assert story.played.tickets("acknowledged")[ticket] == (acknowledged[0] if acknowledged else None,)


def _passed_on(story: Story, page: Page) -> int:
    """When a page that was not answered gave way to the next."""
    if page.outcome == "busy":
        return page.sent if page.answered is None else page.answered
    return page.sent + int(story.plan.rules["page_timers"][int(story.priority[page.ticket][1]) - 1])


@few
@given(plan=plans())
def test_one_page_at_a_time_rings_at_anybody(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    rings = [
        (page.agent, page.sent, story.end if page.outcome == "open" else _ring_ends(story, page))
        for page in story.pages
        if page.answered != page.sent and (page.outcome != "busy" or page.answered is not None)
        if (page.round, page.level) != (plan.rules["rounds"] - 1, "lead")  # the last of the chain, who always answers
    ]
    for (agent, _, end), (other, start, _) in pairwise(sorted(rings)):
        assert agent != other or end <= start


def _ring_ends(story: Story, page: Page) -> int:
    return page.answered if page.answered is not None else _passed_on(story, page)


# ---------------------------------------------------------------------- timers


@few
@given(plan=plans())
def test_who_is_not_answered_in_time_gives_up_in_that_instant(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for ticket, wanted in enumerate(plan.tickets):
        ((abandoned,),) = story.played.tickets("abandoned")[ticket : ticket + 1]
        begun = [row for i, row in enumerate(story.work) if row[0] == ticket and row[3] is not None and story.counts(i)]
        touched = min((row[6] for row in begun), default=None)
        limit = None if wanted["patience"] is None else wanted["visible"] + wanted["patience"]
        came = limit is not None and limit < story.end and wanted["filtered"] == "passed"
        assert abandoned == (limit if came and (touched is None or touched > limit) else None)
        assert abandoned is None or touched is None


@few
@given(plan=plans())
def test_a_ticket_escalates_once_and_not_before_its_timer_is_due(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    assert all(story.counts(i) for i, row in enumerate(story.work) if "escalated" in {row[5], row[8]})
    for ticket, wanted in enumerate(plan.tickets):
        rows = [row for i, row in enumerate(story.work) if row[0] == ticket and story.counts(i)]
        since = story.escalated[ticket]
        waits = {row[7] for row in rows if row[8] == "escalated"}
        assert waits <= {since}
        if since is None:
            continue
        assert wanted["escalate_at"] is not None
        assert since >= wanted["escalate_at"]
        assert any(row[4] == since for row in rows), "what escalates queues"
        if waits and not any(row[5] in {"returned", "reopened"} and row[4] <= since for row in rows):
            assert since == wanted["escalate_at"]


@few
@given(plan=plans(without=("pages", "critical")))
def test_what_is_in_line_when_the_timer_is_due_escalates(plan: Plan, world: Any) -> None:
    story = told(replace_rules(plan, entry_tier_only=False), world)
    for ticket, wanted in enumerate(plan.tickets):
        due = wanted["escalate_at"]
        rows = [row for i, row in enumerate(story.work) if row[0] == ticket and story.counts(i)]
        paused = any(row[5] in {"returned", "reopened"} for row in rows)
        if due is None or due >= story.end or paused:
            continue
        for row in rows:
            gone = row[8] == "dropped" and row[7] == due  # with the last of its tier, in that very instant
            waits = row[4] < due and (row[6] is None or row[6] > due) and (row[7] is None or row[7] >= due)
            if waits and not gone:
                assert row[6:] == (None, due, "escalated")


# ---------------------------------------------------------------------- who is told, and who helps from outside


@few
@given(plan=plans(without=("mixed",)))
def test_that_others_are_told_holds_nothing_up(plan: Plan, world: Any) -> None:
    less, kept = _without(plan, "comms")
    told_of, quiet = told(plan, world), told(less, world)
    assert _rows_of(told_of, kept) == _rows_of(quiet, kept, renumbered=True)
    assert _same(told_of.played.journals.tickets, quiet.played.journals.tickets)
    assert told_of.pages == quiet.pages
    tiers = [chore for chore in told_of.chores if plan.agents[chore[0]]["tier"] < MANAGER]
    assert tiers == [chore for chore in quiet.chores if plan.agents[chore[0]]["tier"] < MANAGER]


@few
@given(plan=plans())
def test_work_outside_begins_at_once_takes_nobodys_time_and_is_done_before_its_ticket(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    resolved = story.played.tickets("first_resolved")
    for i, (ticket, task, stretch, agent, queued_at, why, start, end, how) in enumerate(story.work):
        if story.kind[i] == "outside":
            assert (stretch, agent, why, start) == (0, None, "arrived", queued_at)
            assert end == _before(story.end, start + story.handle(ticket, task))
            assert how == ("open" if end is None else "done")
            assert resolved[ticket] == (None,) or (end is not None and resolved[ticket] >= (end,))


def _before(run: int, instant: int) -> int | None:
    return instant if instant < run else None


@few
@given(plan=plans())
def test_people_outside_who_are_done_before_anybody_else_could_be_change_nothing(plan: Plan, world: Any) -> None:
    _leaves_others_alone(_quick_outside(plan), world)


@few
@given(plan=plans(without=("stages", "critical")))
def test_where_nothing_follows_work_outside_delays_the_resolution_alone(plan: Plan, world: Any) -> None:
    story, less = _leaves_others_alone(plan, world)
    for ticket, ((later,), (sooner,)) in enumerate(
        zip(story.played.tickets("resolved"), less.played.tickets("resolved"), strict=True)
    ):
        rows = [row for i, row in enumerate(story.work) if row[0] == ticket and story.kind[i] == "outside"]
        ends = [row[7] for row in rows]
        if sooner is None or None in ends:
            assert later is None
        else:
            assert later == max([sooner, *ends])


def _leaves_others_alone(plan: Plan, world: Any) -> tuple[Story, Story]:
    """A world, and the same without work outside: all other work, chores and pages are the same."""
    less, kept = _without(plan, "outside")
    story, other = told(plan, world), told(less, world)
    assert _rows_of(story, kept) == _rows_of(other, kept, renumbered=True)
    assert (story.chores, story.pages) == (other.chores, other.pages)
    return story, other


def _quick_outside(plan: Plan) -> Plan:
    """The same world, but that people outside need 1 ms."""

    def quick(stage: Any) -> Any:
        return [(tier, 1, *more) if more[1:2] == ["outside"] else (tier, work, *more) for tier, work, *more in stage]

    tickets = [{**t, "stages": [quick(_tasks(stage)) for stage in t["stages"]]} for t in plan.tickets]
    return replace(plan, tickets=tickets)


def _without(plan: Plan, kind: str) -> tuple[Plan, list[list[int]]]:
    """The same world without tasks of a kind, and by ticket which of its tasks are left."""
    tickets, kept = [], []
    for ticket in plan.tickets:
        stages = [_tasks(stage) for stage in ticket["stages"]]
        kinds = [_kind(task) for stage in stages for task in stage]
        critical = ticket["critical"]
        if critical is not None:
            at, *woken = critical
            kinds += [task[2] if task[2:] else "critical" for task in woken]
            critical = (at, *(task for task in woken if not task[2:] or task[2] != kind))
        left = [[task for task in stage if _kind(task) != kind] for stage in stages]
        tickets.append({**ticket, "stages": left, "critical": critical})
        kept.append([number for number, each in enumerate(kinds) if each != kind])
    return replace(plan, tickets=tickets), kept


def _rows_of(story: Story, kept: list[list[int]], *, renumbered: bool = False) -> list[Any]:
    """The rows of tasks that are kept, by the numbers that they have in the fuller world."""
    if renumbered:
        return [(row[0], kept[row[0]][row[1]], *row[2:]) for row in story.work]
    return [row for row in story.work if row[1] in kept[row[0]]]


def _same(these: dict[str, Any], those: dict[str, Any], but: str = "") -> bool:
    """Whether two tables are the same, but for a column."""
    return all(np.array_equal(these[name], those[name]) for name in these if name != but)


# ---------------------------------------------------------------------- served elsewhere, or later


@few
@given(plan=plans())
def test_a_ticket_that_is_rehomed_is_like_one_of_the_other_region(plan: Plan, world: Any) -> None:
    there = replace(plan, tickets=[{**ticket, "region": ticket["serve_region"]} for ticket in plan.tickets])
    here, other = plan.play(world).journals, there.play(world).journals
    assert _same(here.tickets, other.tickets, but="region")
    assert here.tickets["region"].tolist() == [ticket["region"] for ticket in plan.tickets]
    for name in ("work", "chores", "pages", "duties"):
        assert _same(getattr(here, name), getattr(other, name))


@few
@given(plan=plans())
def test_what_is_not_served_meanwhile_comes_back_and_nothing_is_lost(plan: Plan, world: Any) -> None:
    story = told(_all_there_in_the_end(plan), world)
    assert {state for (state,) in story.played.tickets("state")} <= {"resolved", "abandoned", "filtered"}
    # Where there is neither manager nor coordinator nobody is told; all else is done.
    assert all(row[8] != "open" or story.kind[i] == "comms" for i, row in enumerate(story.work))


def _all_there_in_the_end(plan: Plan) -> Plan:
    """A world that goes on until nothing is left to happen, and in which in the end all are there, and take all."""
    last = plan.end + 500

    def stays(agent: dict[str, Any]) -> dict[str, Any]:
        duties = [(start, min(end, last - 100)) for start, end in agent["duties"] if start < last - 100]
        return {**agent, "duties": [*duties, (last, FOREVER)], "changes": [*agent["changes"], (last, ALL)]}

    agents = [stays(agent) if agent["tier"] <= COORDINATOR else agent for agent in plan.agents]
    return replace_rules(replace(plan, agents=agents), drain=True)


@few
@given(plan=plans(without=("several",)))
def test_to_go_on_with_what_they_take_changes_nothing_for_who_is_the_only_one_of_their_pool(
    plan: Plan, world: Any
) -> None:
    # Of several, who has been idle longest is asked first, and with each change an agent is idle anew.
    before = told(plan, world)
    agents = [_going_on(agent, set(before.instants())) if "changes" in agent else agent for agent in plan.agents]
    after = told(replace(plan, agents=agents), world)
    assert (after.work, after.chores, after.pages) == (before.work, before.chores, before.pages)
    assert _same(after.played.journals.tickets, before.played.journals.tickets)


def _going_on(agent: dict[str, Any], instants: set[int]) -> dict[str, Any]:
    """The same agent, with changes to what they take already, while nothing happens."""
    changes, takes = [], agent["takes"]
    for at in range(3, 300):
        takes = next((taken for instant, taken in agent["changes"] if instant == at), takes)
        if (at, takes) in agent["changes"] or (at % 30 == 3 and at not in instants):
            changes.append((at, takes))
    return {**agent, "changes": _between(agent["pauses"], changes)}


# ---------------------------------------------------------------------- rest


@many
@given(plan=plans(), rest=st.sampled_from((10, 50, 100)))
def test_nobody_comes_before_they_have_rested(plan: Plan, rest: int, world: Any) -> None:
    story = told(replace_rules(plan, rest=rest), world)
    for agent, begins, until in _extra_work(story):
        mine = [segment.start for segment in story.played_segments if segment.agent == agent]
        assert not [start for start in mine if begins <= start < min(until + rest, story.end)]


@few
@given(plan=plans(), rest=st.sampled_from((10, 50, 100)))
def test_nobody_comes_later_than_their_rest_says(plan: Plan, rest: int, world: Any) -> None:
    story = told(replace_rules(plan, rest=rest), world)
    for segment in story.segments:
        rested = [
            until + rest for agent, begins, until in _extra_work(story)
            if agent == segment.agent and begins < (segment.end if segment.rested == "lost" else segment.start)
        ]  # fmt: skip
        ends = max(rested, default=0)
        if segment.rested == "late":
            assert segment.planned_start < segment.start == ends < segment.end
        elif segment.rested == "lost":
            assert ends >= min(segment.end, story.end)
        else:
            assert segment.start == segment.planned_start


@few
@given(plan=plans(), rest=st.sampled_from((10, 50, 100)))
def test_rest_adds_no_time_on_duty(plan: Plan, rest: int, world: Any) -> None:
    rested, not_rested = (_on_duty(replace_rules(plan, rest=length).play(world)) for length in (rest, 0))
    assert all(with_rest <= without for with_rest, without in zip(rested, not_rested, strict=True))


def _on_duty(played: Any) -> list[int]:
    """Time on duty of each segment."""
    return [0 if start is None else end - start for start, end in played.duties("start", "end")]


def _extra_work(story: Story) -> list[tuple[int, int, int]]:
    """(agent, start, end) of call-outs, and of overtime with the writing up; without end where it is open."""
    extra = []
    for i, (*_, agent, _, _, start, end, how) in enumerate(story.work):
        last, until = story.last_segment(i) if agent is not None else None, FOREVER if end is None else end
        if agent is not None and story.row_duty[i] < 0:
            extra.append((agent, start, until))
        elif last is not None and not last.pause and min(until, story.end) > last.paid_end:
            writes_up = story.plan.rules["write_up"] if how == "handed_over" else 0
            extra.append((agent, last.paid_end, until + writes_up))
    return extra


# ---------------------------------------------------------------------- the same again


class Backwards(simpy.Environment):
    """Among events of one instant and one key, the last that was scheduled is the first to happen."""

    def __init__(self) -> None:
        super().__init__()
        self._eid = count(0, -1)


@many
@given(plan=plans())
def test_the_order_of_scheduling_does_not_matter(plan: Plan, world: Any) -> None:
    assert plan.play(world, Backwards()).bytes() == plan.play(world).bytes()


@few
@given(plan=plans())
def test_the_order_of_scheduling_does_not_matter_where_the_run_drains(plan: Plan, world: Any) -> None:
    plan = replace_rules(plan, drain=True)
    assert plan.play(world, Backwards()).bytes() == plan.play(world).bytes()


@few
@given(plan=plans())
def test_a_run_that_drains_ends_with_the_last_instant_of_its_journals(plan: Plan, world: Any) -> None:
    story = told(replace_rules(plan, drain=True), world)
    rows = [*(row[4:8] for row in story.work), *(row[3:] for row in story.chores), *(page[5:7] for page in story.pages)]
    last = max((t for row in rows for t in row if isinstance(t, int)), default=0)
    assert story.end == max(plan.end, last)


@few
@given(plan=plans())
def test_a_second_run_is_the_same_to_the_bit(plan: Plan, world: Any) -> None:
    w = plan.build(world)
    assert w.play().bytes() == w.play().bytes() == plan.play(world).bytes()


@few
@given(plan=plans())
def test_a_shorter_run_is_the_beginning_of_a_longer_one(plan: Plan, world: Any) -> None:
    end = plan.end // 20 * 10
    long, short = plan.play(world), replace(plan, end=end).play(world)
    began = [row for row in long.work if row[4] < end]
    assert len(short.work) == len(began)
    for row, later in zip(short.work, began, strict=True):
        if row[8] == "open":
            assert later[7] is None or later[7] >= end
            assert row[6] == (later[6] if later[6] is not None and later[6] < end else None)
        else:
            assert row == later
    chores = [
        (*row[:4], row[4] if row[4] is not None and row[4] < end else None) for row in long.chores if row[3] < end
    ]
    assert short.chores == chores
    assert [page[:6] for page in short.pages] == [page[:6] for page in long.pages if page[5] < end]


@few
@given(plan=plans())
def test_nothing_depends_on_when_the_clock_starts(plan: Plan, world: Any) -> None:
    hour = 3_600_000
    plan = replace(
        plan, agents=[{**agent, "duties": [(max(0, s), e) for s, e in agent["duties"]]} for agent in plan.agents]
    )
    then, now = _moved(plan, hour).play(world), plan.play(world)
    assert [(*row[:4], *_by(row[4:5], -hour), row[5], *_by(row[6:8], -hour), row[8]) for row in then.work] == now.work
    assert [(*row[:2], *_by(row[2:], -hour)) for row in then.chores] == now.chores
    assert [(*row[:5], *_by(row[5:7], -hour), row[7]) for row in then.pages] == now.pages


def _by(instants: Iterable[int | None], by: int) -> tuple[int | None, ...]:
    return tuple(None if instant is None else instant + by for instant in instants)


def _moved(plan: Plan, by: int) -> Plan:
    """The same world, later."""

    def later(each: dict[str, Any], *names: str) -> dict[str, Any]:
        return {**each, **{name: _by([each[name]], by)[0] for name in names if name in each}}

    def ticket(each: dict[str, Any]) -> dict[str, Any]:
        critical = each["critical"] and (each["critical"][0] + by, *each["critical"][1:])
        return {**later(each, "created", "visible", "escalate_at", "page_at"), "critical": critical}

    return Plan(
        plan.rules,
        plan.end + by,
        [
            {
                **agent,
                **{key: [_by(each, by) for each in agent.get(key, ())] for key in ("duties", "pauses")},
                "changes": [(at + by, takes) for at, takes in agent.get("changes", ())],
            }
            for agent in plan.agents
        ],
        [ticket(each) for each in plan.tickets],
        [later(chore, "start", "until") for chore in plan.chores],
        [later(turn, "start", "end") for turn in plan.turns],
    )


# ---------------------------------------------------------------------- comparisons

EQUAL_AGENTS = ("regions", "tiers", "masks", "paces", "duties", "changes", *PEOPLE, *HELP)
ONE_TASK_EACH = ("stages", "parallel", *ACTIVATION)
NO_TIMERS = ("escalation", "patience")


@few
@given(plan=plans(without=(*EQUAL_AGENTS, *ONE_TASK_EACH, *NO_TIMERS, "priorities", "classes")))
def test_another_agent_lengthens_nobodys_wait(plan: Plan, world: Any) -> None:
    more = replace(plan, agents=[*plan.agents, plan.agents[0]])
    for few_, many in zip(plan.play(world).work, more.play(world).work, strict=True):
        assert few_[6] is None or (many[6] is not None and many[6] <= few_[6])


@few
@given(plan=plans(without=("duties", "pauses", "changes", "preemption", "escalation", "chores", *HELP, *ONE_TASK_EACH)))
def test_a_last_least_urgent_ticket_changes_nothing_for_the_others(plan: Plan, world: Any) -> None:
    created = max(ticket["visible"] for ticket in plan.tickets) + 50  # and all steps of chains have fallen due
    last = {**plan.tickets[-1], "created": created, "visible": created, "priority": "P4", "enterprise": False}
    last["stages"] = [_tasks(last["stages"][0])[0]]  # and nobody is told of it
    more = replace(plan, tickets=[*plan.tickets, last])
    others = [row for row in more.play(world).work if row[0] != len(plan.tickets)]
    assert others == plan.play(world).work


@few
@given(plan=plans(without=(*EQUAL_AGENTS, *ONE_TASK_EACH, *NO_TIMERS)))
def test_with_preemption_p1s_do_not_notice_the_others(plan: Plan, world: Any) -> None:
    plan = replace_rules(plan, p1_preempts=True)
    alone = replace(plan, tickets=[ticket for ticket in plan.tickets if ticket["priority"] == "P1"])
    numbers = [i for i, ticket in enumerate(plan.tickets) if ticket["priority"] == "P1"]
    seen = [(*row[4:], numbers.index(row[0])) for row in plan.play(world).work if row[0] in numbers]
    assert seen == [(*row[4:], row[0]) for row in alone.play(world).work]  # who serves them may differ
