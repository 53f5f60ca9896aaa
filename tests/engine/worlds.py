"""Worlds that are made up, as plain data. All instants lie on a coarse grid, so that much happens at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from sim.engine.policy import NO_LIMIT, Overflow
from sim.workforce.roster import FOREVER, LEAD
from tests.engine.language import ALL, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import simpy

    from tests.engine.language import Played

    Choose = Callable[[Sequence[Any]], Any]
    Change = tuple[Any, ...]

few = settings(max_examples=80, deadline=None, derandomize=True, database=None)
many = settings(few, max_examples=200)


@dataclass(frozen=True)
class Plan:
    """A world in plain data: keyword arguments of `World` and its methods, and where they belong."""

    rules: dict[str, Any]
    end: int
    agents: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    chores: list[dict[str, Any]] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)

    def build(self) -> World:
        w = World(**self.rules, end=self.end)
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

    def play(self, env: simpy.Environment | None = None) -> Played:
        return self.build().play(env)


PEOPLE = ("overlap", "overtime", "pauses", "removal", "chores")
HELP = ("overflow", "up_tier_help", "pages")
ACTIVATION = ("assists", "critical", "limit")
ALERTS = ("visible", "filtered")
EMERGENCY = ("comms", "outside", "mixed")  # mixed: steps are done, and others are helped, by whoever there is
CONTINUITY = ("rehomed", "changes", "newcomers")
MECHANISMS = (
    "regions", "tiers", "several", "priorities", "classes", "masks", "paces", "duties", "stages", "waits", "parallel",
    "patience", "escalation", "preemption", *PEOPLE, *HELP, *ACTIVATION, *ALERTS, *EMERGENCY, *CONTINUITY, "rest",
)  # fmt: skip
MANAGER, COORDINATOR = 5, 6


def invent(choose: Choose, without: Iterable[str] = ()) -> Plan:
    """A world whose every detail `choose` has chosen, the simplest option first."""
    has = {name: name not in without and choose((False, True, True)) for name in MECHANISMS}
    grid = range(10, 10 * choose(range(6, 22)), 10)
    regions, tiers = choose((1, 2, 2, 3)) if has["regions"] else 1, choose((1, 2, 3, 4)) if has["tiers"] else 1
    plan = Plan(_rules(choose, regions, has), end=grid[-1] + 10 * choose((1, 10, 30)))
    for region in range(regions):
        for tier in range(1, tiers + 1):
            number = choose((1, 2, 2, 3, 4)) if has["several"] else 1
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
        "page_timers": (choose((20, 10)), choose((30, 10)), choose((30, 30, NO_LIMIT)), NO_LIMIT),
        "rounds": choose((1, 2, 3)),
        "rest": choose((0, 20, 20, 50, 50, 100)) if has["rest"] else 0,
    }  # fmt: skip


def _overflow(choose: Choose, regions: int) -> Any:
    """Each role of each region overflows to other regions, or not; the coordinators are of all regions."""
    if regions == 1:
        return ()
    others = [tuple((region + step) % regions for step in range(1, regions)) for region in range(regions)]
    helpers = [choose((to, to[::-1], to[:1])) for to in others]
    rules = [Overflow(choose((10, 20, 0)), to, choose((0b1111, 0b0110))) for to in helpers]
    return (*(tuple(choose((rule, rule, None)) for rule in rules) for _ in range(MANAGER)), (None,) * regions)


def _managers(choose: Choose, grid: range, regions: int, has: dict[str, bool]) -> list[dict[str, Any]]:
    """Of some regions a manager, and perhaps a coordinator of all."""
    managed = [region for region in range(regions) if choose((True, True, False))]
    managers = [_agent(choose, grid, MANAGER, region, has) for region in managed]
    return [*managers, *(_agent(choose, grid, COORDINATOR, regions - 1, has) for _ in range(choose((1, 1, 0))))]


def _agent(choose: Choose, grid: range, tier: int, region: int, has: dict[str, bool]) -> dict[str, Any]:
    pauses = _pauses(choose, grid) if has["pauses"] else []
    agent = {
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
    may_be_new = has["newcomers"] and has["paces"] and has["masks"] and has["changes"] and tier < MANAGER
    return agent | _newcomer(choose, grid, pauses) if may_be_new and choose((False, True)) else agent


def _newcomer(choose: Choose, grid: range, pauses: list[tuple[int, int]]) -> dict[str, Any]:
    """Slow, of some priorities, and not counted; later perhaps like others."""
    learnt = choose(grid)
    changes = [(learnt, ALL, 1333), (learnt + choose((10, 30)), ALL, 1000)]
    return {
        "slow": 2000, "takes": choose(("P4", "P3 P4")), "staffs": False,
        "changes": between(pauses, choose(([], changes, changes[:1]))),
    }  # fmt: skip


def _duties(choose: Choose, grid: range) -> list[tuple[int, int]]:
    """One or two duties, or always, or short ones day by day; they may begin before the run and end after it."""
    start = choose((0, -20, -60, *grid[: len(grid) // 2]))
    if choose((False, True)):
        length = choose((40, 60))
        return [(begins, begins + length) for begins in range(start, start + 400, 90)]
    end = choose((FOREVER, *grid[len(grid) // 2 :]))
    gap = choose((None, 0, 10, 30))
    first = (start, end)
    return [first] if gap is None or end == FOREVER else [first, (end + gap, end + gap + choose((10, 50, 200)))]


def _changes(choose: Choose, grid: range, pauses: list[tuple[int, int]]) -> list[Change]:
    """What an agent takes for a while, and what after that."""
    cut, back = choose(grid), choose((10, 40, 80))
    changes = [(cut, choose(("P1", "P1 P2"))), (cut + back, choose((ALL, ALL, "P1 P2 P3")))]
    return between(pauses, choose(([], changes, changes, changes[:1])))


def between(pauses: list[tuple[int, int]], changes: list[Change]) -> list[Change]:
    """What an agent takes changes in no pause."""
    return [change for change in changes if not any(start <= change[0] <= end for start, end in pauses)]


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
        always, halves = ((0, FOREVER),), ((0, cut), (cut, FOREVER))
        for start, end in choose((always, always, halves, halves[1:], halves[:1])):
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
        "serve_region": choose((*range(regions), region)) if has["rehomed"] else region,
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
        helpers = (*roles, min(tiers + 1, MANAGER - 1))
        beside += [(*task, 0, "assist") for task in _tasks_at(choose, helpers, choose((1, 1, 2)))]
        if len(ticket["stages"]) > 1 and ticket["created"] % 20:
            _help_later(ticket["stages"], helpers[ticket["created"] // 20 % len(helpers)])
    if has["outside"] and choose((True, False)):
        beside.append((1, choose(WORK), 0, "outside"))
    if has["comms"]:
        beside += [(tier, work, 0, kind, offset) for tier, work, kind, offset in _steps(choose, told_by)]
    if beside:
        ticket["stages"][0] = [*tasks_of(ticket["stages"][0]), *beside]


def _help_later(stages: list[Any], tier: int) -> None:
    """Help in the last stage; where the customer is waited for before it, it comes with the others."""
    lead, *others = tasks_of(stages[-1])
    stages[-1] = [lead, *others, (tier, lead[1], lead[2] if len(lead) > 2 else 0, "assist")]


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


def drawn(seed: int, without: Iterable[str] = ()) -> Plan:
    """A world that chance has chosen."""
    draws = np.random.default_rng(seed)
    return invent(lambda options: options[int(draws.integers(len(options)))], without)


@st.composite
def plans(draw: Any, without: tuple[str, ...] = ()) -> Plan:
    if draw(st.booleans()):  # as a whole: more happens in it, but it cannot be made simpler where a law fails
        return drawn(draw(_up_to(1 << 32)), without)
    return invent(lambda options: options[draw(_up_to(len(options) - 1))], without)


@cache
def _up_to(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most)


def tasks_of(stage: Any) -> list[Any]:
    return stage if isinstance(stage, list) else [stage]


def kind_of(task: Any) -> str:
    return str(task[3]) if task[3:] else "work"


def replace_rules(plan: Plan, **rules: Any) -> Plan:
    return replace(plan, rules={**plan.rules, **rules})


# ---------------------------------------------------------------------- the same, but for


def stretched(plan: Plan, by: int) -> Plan:
    """The same world with all its times so many times as long; what is for ever stays so."""

    def time(value: Any) -> Any:
        return value if value in {None, FOREVER, NO_LIMIT} else value * by

    def times(each: dict[str, Any], *names: str) -> dict[str, Any]:
        return {**each, **{name: time(each[name]) for name in names if name in each}}

    def task(each: Any) -> Any:  # (tier, work, wait, kind, offset), or of a dormant one (tier, work, kind, offset)
        return tuple(value if place == 0 or isinstance(value, str) else time(value) for place, value in enumerate(each))

    def agent(each: dict[str, Any]) -> dict[str, Any]:
        spells = {name: [(time(a), time(b)) for a, b in each.get(name, ())] for name in ("duties", "pauses")}
        changes = [(time(at), *more) for at, *more in each.get("changes", ())]
        return {**times(each, "overlap", "overtime"), **spells, "changes": changes}

    def ticket(each: dict[str, Any]) -> dict[str, Any]:
        at, *woken = each["critical"] or (None,)
        pages = each["pages"] and [step and (time(step[0]), time(step[1]), *step[2:]) for step in each["pages"]]
        return {
            **times(each, "created", "visible", "patience", "escalate_at", "page_at"),
            "stages": [[task(part) for part in tasks_of(stage)] for stage in each["stages"]],
            "critical": each["critical"] and (time(at), *map(task, woken)), "pages": pages,
        }  # fmt: skip

    rules = times(plan.rules, "briefing", "write_up", "rest")
    rules["page_timers"] = tuple(map(time, rules["page_timers"]))
    rules["overflow"] = tuple(
        tuple(rule and rule._replace(after=time(rule.after)) for rule in role) for role in rules["overflow"]
    )
    return Plan(
        rules, time(plan.end), [agent(each) for each in plan.agents], [ticket(each) for each in plan.tickets],
        [times(chore, "start", "length", "until") for chore in plan.chores],
        [times(turn, "start", "end") for turn in plan.turns],
    )  # fmt: skip
