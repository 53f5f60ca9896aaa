"""What holds in every world. All instants lie on a coarse grid, so that much happens at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy
from hypothesis import event, given, settings
from hypothesis import strategies as st

from sim.workforce.roster import FOREVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Choose = Callable[[Sequence[Any]], Any]

few = settings(max_examples=120, deadline=None, derandomize=True, database=None)

# ---------------------------------------------------------------------- worlds


@dataclass(frozen=True)
class Plan:
    """A world in plain data: keyword arguments of `World`, `World.agent` and `World.ticket`, and where they belong."""

    rules: dict[str, Any]
    end: int
    agents: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[dict[str, Any]] = field(default_factory=list)

    def build(self, world: Any) -> Any:
        w = world(**self.rules, end=self.end)
        for agent in self.agents:
            w.agent(**agent)
        for ticket in self.tickets:
            wanted = dict(ticket)
            w.ticket(wanted.pop("created"), wanted.pop("priority"), *wanted.pop("stages"), **wanted)
        return w

    def play(self, world: Any, env: simpy.Environment | None = None) -> Any:
        return self.build(world).play(env)


MECHANISMS = (
    "regions", "tiers", "priorities", "classes", "masks", "paces", "duties", "stages", "waits", "parallel", "patience",
    "escalation", "preemption",
)  # fmt: skip


def invent(choose: Choose, without: Iterable[str] = ()) -> Plan:
    """A world whose every detail `choose` has chosen, the simplest option first."""
    has = {name: name not in without and choose((False, True, True)) for name in MECHANISMS}
    grid = range(10, 10 * choose(range(6, 21)), 10)
    regions, tiers = choose((1, 2)) if has["regions"] else 1, choose((1, 2, 3)) if has["tiers"] else 1
    losses = (1000, 1100, 1333) if has["paces"] else (1000,)
    rules = {
        "regions": regions,
        "enterprise_first": choose((True, False)),
        "p1_preempts": has["preemption"],
        "preempted_pm": choose(losses),
        "handed_over_pm": choose(losses),
        "briefing": choose((0, 10)),
        "raises": choose((True, False)),
        "widens_tier": choose((False, True)),
        "widens_region": choose((False, True)),
        "entry_tier_only": choose((False, True)),
        "other_region_pm": choose(losses),
        "tier_pm": ((1000, choose(losses), 1000, 1000), (1000, 1000, choose(losses), 1000), *((1000,) * 4,) * 2),
        "unstaffed_anywhere": choose((True, True, False)),
    }
    plan = Plan(rules, end=grid[-1] + 10 * choose((1, 5, 30)))
    for region in range(regions):
        for tier in range(1, tiers + 1):
            plan.agents.extend(
                {
                    "tier": tier,
                    "region": region,
                    "duties": _duties(choose, grid) if has["duties"] else [(0, FOREVER)],
                    "slow": choose((1000, 2000, 500, 1333)) if has["paces"] else 1000,
                    "takes": choose(("P1 P2 P3 P4", "P1 P2 P3 P4", "P4", "P2 P3")) if has["masks"] else "P1 P2 P3 P4",
                }
                for _ in range(choose((1, 1, 2, 2, 3, 4)))
            )
    for created in sorted(choose(grid[:-1]) for _ in range(choose(range(1, 15)))):
        due = choose((10, 20, 40, 70, None)) if has["escalation"] else None
        plan.tickets.append({
            "created": created,
            "priority": choose(("P3", "P4", "P2", "P1")) if has["priorities"] else "P3",
            "region": choose(range(regions)),
            "enterprise": choose((False, True)) if has["classes"] else False,
            "patience": choose((None, 20, 40, 60)) if has["patience"] else None,
            "escalate_at": None if due is None else created + due,
            "stages": _stages(choose, tiers, has),
        })  # fmt: skip
    return plan


def _duties(choose: Choose, grid: range) -> list[tuple[int, int]]:
    """One or two duties, or always; they may begin before the run and end after it."""
    start = choose((0, -20, *grid[: len(grid) // 2]))
    end = choose((FOREVER, *grid[len(grid) // 2 :]))
    gap = choose((None, 0, 10, 30))
    first = (start, end)
    return [first] if gap is None or end == FOREVER else [first, (end + gap, end + gap + choose((10, 50, 200)))]


def _stages(choose: Choose, tiers: int, has: dict[str, bool]) -> list[Any]:
    work = (10, 20, 30, 50, 80)
    tier = choose(range(1, tiers + 1))
    stages: list[Any] = [(tier, choose(work))]
    for _ in range(choose((0, 1, 2)) if has["stages"] else 0):
        kind = choose(("work", "follow_up", "reopened")) if has["waits"] else "work"
        if kind == "work":
            tier = min(tiers, tier + choose((0, 1)))
            stages.append((tier, choose(work)))
        else:
            stages.append((tier, choose(work), choose((10, 20, 50)), kind))
    if has["parallel"] and choose((False, True)):
        again = choose(range(len(stages)))
        first, *others = stages[again]
        stages[again] = [(first, *others), (choose(range(1, tiers + 1)), choose(work), *others[1:])]
    return stages


@st.composite
def plans(draw: Any, without: tuple[str, ...] = ()) -> Plan:
    return invent(lambda options: draw(st.sampled_from(options)), without)


# ---------------------------------------------------------------------- reading what happened


class Story:
    """A world and its journals, arranged for the laws. Rows as in `Played.work`."""

    def __init__(self, plan: Plan, played: Any) -> None:
        self.plan, self.played, self.end = plan, played, played.end
        self.work = played.work
        journal = played.journals.work
        self.row_duty = journal["duty"].tolist()
        self.home = list(zip(journal["region"].tolist(), (journal["tier"] + 1).tolist(), strict=True))
        self.pool = [(agent["region"], agent["tier"]) for agent in plan.agents]
        self.takes = [agent["takes"].split() for agent in plan.agents]
        self.priority = [ticket["priority"] for ticket in plan.tickets]
        self.duties = [(agent, *duty) for agent, each in enumerate(plan.agents) for duty in each["duties"]]
        escalated = played.tickets("escalated")
        self.escalated = [instant for (instant,) in escalated]

    def instants(self) -> list[int]:
        """Every instant at which something happened within the run."""
        times = {
            0,
            *(t for row in self.work for t in (row[4], row[6], row[7])),
            *(t for d in self.duties for t in d[1:]),
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
            if row[6] is not None and row[6] <= now and (row[7] is None or row[7] > now)
        }

    def on_duty(self, now: int) -> set[int]:
        """Agents on duty just after `now`."""
        return {agent for agent, start, end in self.duties if start <= now < end}

    def level(self, ticket: int, now: int) -> int:
        """Effective priority just after `now`, 0 for P1."""
        original, since = int(self.priority[ticket][1]) - 1, self.escalated[ticket]
        raised = since is not None and since <= now and self.plan.rules["raises"]
        return max(0, original - raised)

    def reach(self, row: int, now: int) -> set[tuple[int, int]]:
        """Pools that may serve a row that waits at `now`, as far as what is so at this instant tells."""
        rules, (region, tier) = self.plan.rules, self.home[row]
        everywhere = {(any_region, tier) for any_region in range(rules["regions"])}
        deserted = not any(self.pool[agent] == (region, tier) for agent in self.on_duty(now))
        pools = everywhere if deserted and rules["unstaffed_anywhere"] else {(region, tier)}
        if self.work[row][5] == "escalated":
            wider = everywhere if rules["widens_region"] else {(region, tier)}
            pools |= wider | ({(r, t + 1) for r, t in wider} if rules["widens_tier"] else set())
        return pools

    def pace(self, row: int) -> int:
        """Of the agent of a row on its task, per mille."""
        agent = self.work[row][3]
        (region, tier), (away, other), rules = self.home[row], self.pool[agent], self.plan.rules
        pace = self.plan.agents[agent]["slow"]
        if region != away:
            pace = (pace * rules["other_region_pm"] + 500) // 1000
        if tier != other:
            pace = (pace * rules["tier_pm"][tier - 1][other - 1] + 500) // 1000
        return pace

    def tasks(self) -> dict[tuple[int, int], list[int]]:
        """Rows of each task, by (ticket, task)."""
        out: dict[tuple[int, int], list[int]] = {}
        for i, row in enumerate(self.work):
            out.setdefault(row[:2], []).append(i)
        return out

    def handle(self, ticket: int, task: int) -> int:
        flat = [
            t for stage in self.plan.tickets[ticket]["stages"] for t in (stage if isinstance(stage, list) else [stage])
        ]
        return int(flat[task][1])


def _tasks(stage: Any) -> list[Any]:
    return stage if isinstance(stage, list) else [stage]


def told(plan: Plan, world: Any) -> Story:
    return Story(plan, plan.play(world))


# ---------------------------------------------------------------------- the invented worlds are worth it


def test_the_invented_worlds_exercise_every_mechanism(world: Any) -> None:
    worlds, seen = 300, Counter[str]()
    for seed in range(worlds):
        draws = np.random.default_rng(seed)
        seen.update(_seen(told(invent(lambda options, draws=draws: options[int(draws.integers(len(options)))]), world)))
    rare = {
        name: seen[name]
        for name in ("escalated", "preempted", "handed_over", "abandoned", "returned", "reopened", "elsewhere", "open",
                     "escalated later", "parallel", "another tier", "another region")
        if seen[name] < worlds * 5 // 100
    }  # fmt: skip
    assert not rare
    assert seen["three at once"] >= worlds * 30 // 100


def _seen(story: Story) -> set[str]:
    """What occurs in a world."""
    seen = {row[5] for row in story.work} | {row[8] for row in story.work}
    at_once = _events(story)
    for i, row in enumerate(story.work):
        if row[3] is not None and story.pool[row[3]] != story.home[i]:
            (region, tier), (away, other) = story.home[i], story.pool[row[3]]
            seen |= {
                "elsewhere",
                *(["another tier"] if tier != other else []),
                *(["another region"] if region != away else []),
            }
    in_line = {row[0] for row in story.work if row[8] == "escalated"}
    if any(instant is not None and ticket not in in_line for ticket, instant in enumerate(story.escalated)):
        seen.add("escalated later")
    if any(row[1] > 0 and row[5] == "arrived" for row in story.work):
        seen.add("parallel")
    if max(at_once.values(), default=0) >= 3:
        seen.add("three at once")
    return seen


def _events(story: Story) -> Counter[int]:
    """Number of events in each instant of the run."""
    happened = [
        *(("arrival", ticket["created"], i) for i, ticket in enumerate(story.plan.tickets)),
        *(("work ends", row[7], row[3]) for row in story.work if row[8] == "done"),
        *(("duty", instant, duty) for duty in story.duties for instant in duty[1:]),
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
        rows = [row for row in story.work if row[0] == ticket]
        assert state == _state(plan.tickets[ticket], rows)
        leads = [row for row in rows if row[1] == 0 or plan.tickets[ticket]["priority"] != "P1"]
        assert started == min((row[6] for row in leads if row[6] is not None), default=None)
        assert (resolved is not None) == (state == "resolved")
        assert (abandoned is not None) == (state == "abandoned")
        assert resolved is None or resolved == max(row[7] for row in rows)
        assert first_resolved is None or resolved is None or first_resolved <= resolved
        assert paused >= 0


def _state(ticket: dict[str, Any], rows: list[Any]) -> str:
    if any(row[8] == "open" for row in rows):
        return "in_service" if any(row[8] == "open" and row[6] is not None for row in rows) else "queued"
    if not rows:
        return "queued"  # it would have come at the end of the run or later
    if rows[-1][8] == "abandoned":
        return "abandoned"
    following, tasks = 0, len({row[1] for row in rows})
    for stage in ticket["stages"]:
        if following == tasks:
            return "resolved" if _tasks(stage)[0][3:] == ("reopened",) else "pending"
        following += len(_tasks(stage))
    return "resolved"


@few
@given(plan=plans())
def test_the_stretches_of_a_task_follow_each_other_without_a_gap(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for rows in story.tasks().values():
        stretches = [story.work[i] for i in rows]
        assert [row[2] for row in stretches] == list(range(len(rows)))
        for row in stretches:
            assert row[4] <= (row[7] if row[6] is None else row[6]) if row[8] != "open" else row[7] is None
            assert row[6] is None or row[7] is None or row[4] <= row[6] <= row[7]
            assert (row[3] is None) == (row[6] is None)
        for before, after in pairwise(stretches):
            assert before[7] == after[4]
            assert before[8] == after[5] in {"preempted", "handed_over", "escalated"}
        assert stretches[-1][8] in {"done", "abandoned", "open"}


@few
@given(plan=plans())
def test_a_stage_begins_when_the_one_before_is_done(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    by_task = story.tasks()
    for ticket, wanted in enumerate(plan.tickets):
        task, ready = 0, wanted["created"]
        for stage in wanted["stages"]:
            tasks = _tasks(stage)
            rows = [by_task.get((ticket, task + k)) for k in range(len(tasks))]
            if ready is None or ready + _wait(tasks, task) >= story.end:
                assert rows == [None] * len(tasks)
                break
            for of_task in rows:
                assert of_task is not None
                assert story.work[of_task[0]][4] == ready + _wait(tasks, task)
            last = [story.work[of_task[-1]] for of_task in rows if of_task is not None]
            ready = max(row[7] for row in last) if all(row[8] == "done" for row in last) else None
            task += len(tasks)


def _wait(tasks: list[Any], first_task: int) -> int:
    return int(tasks[0][2]) if first_task and tasks[0][2:] else 0


# ---------------------------------------------------------------------- people


@few
@given(plan=plans())
def test_nobody_works_on_two_tasks_at_once(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for agent in range(len(plan.agents)):
        mine = sorted((row[6], story.end if row[7] is None else row[7]) for row in story.work if row[3] == agent)
        assert all(before[1] <= after[0] for before, after in pairwise(mine))


@few
@given(plan=plans())
def test_work_lies_within_the_duty_that_the_journal_names(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for row, duty in zip(story.work, story.row_duty, strict=True):
        if row[3] is None:
            assert duty == -1
            continue
        agent, start, end = story.duties[duty]
        assert agent == row[3]
        assert max(start, 0) <= row[6] <= end
        assert (story.end if row[7] is None else row[7]) <= end
        assert row[8] != "handed_over" or row[7] == end


@few
@given(plan=plans())
def test_nobody_begins_work_in_the_instant_in_which_they_leave(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    begun = [(row[6], story.duties[duty][2]) for row, duty in zip(story.work, story.row_duty, strict=True) if duty >= 0]
    assert [(start, end) for start, end in begun if start >= end] == []


@few
@given(plan=plans())
def test_an_agent_works_on_what_they_take_and_elsewhere_only_for_a_reason(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for i, (ticket, _, _, agent, queued_at, _, start, *_) in enumerate(story.work):
        if agent is None:
            continue
        assert story.priority[ticket] in story.takes[agent]
        (region, tier), (away, other) = story.home[i], story.pool[agent]
        since = story.escalated[ticket]
        escalated = since is not None and since <= start
        deserted = plan.rules["unstaffed_anywhere"] and any(
            not any(story.pool[a] == (region, tier) for a in story.on_duty(t))
            for t in story.instants()
            if queued_at <= t <= start
        )
        escalates = not plan.rules["entry_tier_only"] or tier == _tasks(plan.tickets[ticket]["stages"][0])[0][0]
        widened = escalated and escalates
        assert other == tier or (other == tier + 1 and widened and plan.rules["widens_tier"])
        assert away == region or (widened and plan.rules["widens_region"]) or deserted


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
@given(plan=plans())
def test_no_agent_is_idle_while_work_that_they_may_take_waits(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for now in story.instants():
        idle = story.on_duty(now) - story.working(now).keys()
        for i in story.waiting(now):
            ticket, task, *_ = story.work[i]
            pools = story.reach(i, now)
            able = [
                agent for agent in idle if story.pool[agent] in pools and story.priority[ticket] in story.takes[agent]
            ]
            assert not able, f"at {now} ticket {ticket} task {task} waits and agents {able} are idle"


@few
@given(plan=plans())
def test_no_p1_waits_while_less_urgent_work_of_its_pool_goes_on(plan: Plan, world: Any) -> None:
    story = told(replace_rules(plan, p1_preempts=True), world)
    for now in story.instants():
        busy = story.working(now)
        for i in story.waiting(now):
            if story.priority[story.work[i][0]] != "P1":
                continue
            for agent, row in busy.items():
                if story.pool[agent] == story.home[i] and "P1" in story.takes[agent]:
                    assert story.level(story.work[row][0], now) == 0


def replace_rules(plan: Plan, **rules: Any) -> Plan:
    return replace(plan, rules={**plan.rules, **rules})


SIMPLE_LINES = ("duties", "escalation", "preemption")


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
            mine = story.home[j] == story.home[i] and story.priority[story.work[j][0]] in story.takes[taken[3]]
            if mine and story.work[j][4] < now:
                assert key(i) < key(j)


# ---------------------------------------------------------------------- timers


@few
@given(plan=plans())
def test_who_is_not_answered_in_time_gives_up_in_that_instant(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for wanted, (started, abandoned) in zip(plan.tickets, story.played.tickets("started", "abandoned"), strict=True):
        limit = None if wanted["patience"] is None else wanted["created"] + wanted["patience"]
        unanswered = limit is not None and limit < story.end and (started is None or started > limit)
        assert abandoned == (limit if unanswered else None)
        assert abandoned is None or started is None


@few
@given(plan=plans())
def test_a_ticket_escalates_once_and_not_before_its_timer_is_due(plan: Plan, world: Any) -> None:
    story = told(plan, world)
    for ticket, wanted in enumerate(plan.tickets):
        rows = [row for row in story.work if row[0] == ticket]
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
@given(plan=plans())
def test_what_is_in_line_when_the_timer_is_due_escalates(plan: Plan, world: Any) -> None:
    story = told(replace_rules(plan, entry_tier_only=False), world)
    for ticket, wanted in enumerate(plan.tickets):
        due = wanted["escalate_at"]
        rows = [row for row in story.work if row[0] == ticket]
        paused = any(row[5] in {"returned", "reopened"} for row in rows)
        if due is None or due >= story.end or paused:
            continue
        for row in rows:
            if row[4] < due and (row[6] is None or row[6] > due) and (row[7] is None or row[7] >= due):
                assert row[6:] == (None, due, "escalated")


# ---------------------------------------------------------------------- the same again


class Backwards(simpy.Environment):
    """Among events of one instant and one key, the last that was scheduled is the first to happen."""

    def __init__(self) -> None:
        super().__init__()
        self._eid = count(0, -1)


@few
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
def test_a_run_that_drains_ends_with_the_last_instant_of_its_journal(plan: Plan, world: Any) -> None:
    story = told(replace_rules(plan, drain=True), world)
    last = max((t for row in story.work for t in (row[4], row[6], row[7]) if t is not None), default=0)
    assert story.end == max(plan.end, last)


@few
@given(plan=plans())
def test_a_second_run_is_the_same_to_the_bit(plan: Plan, world: Any) -> None:
    w = plan.build(world)
    assert w.play().bytes() == w.play().bytes() == plan.play(world).bytes()


@few
@given(plan=plans())
def test_a_shorter_run_is_the_beginning_of_a_longer_one(plan: Plan, world: Any) -> None:
    long, end = plan.play(world).work, plan.end // 20 * 10
    short = replace(plan, end=end).play(world).work
    began = [row for row in long if row[4] < end]
    assert len(short) == len(began)
    for row, later in zip(short, began, strict=True):
        if row[8] == "open":
            assert later[7] is None or later[7] >= end
            assert row[6] == (later[6] if later[6] is not None and later[6] < end else None)
        else:
            assert row == later


@few
@given(plan=plans())
def test_nothing_depends_on_when_the_clock_starts(plan: Plan, world: Any) -> None:
    hour = 3_600_000
    on_time = [{**agent, "duties": [(max(0, s), e) for s, e in agent["duties"]]} for agent in plan.agents]
    plan = replace(plan, agents=on_time)
    moved = Plan(
        plan.rules,
        plan.end + hour,
        [{**agent, "duties": [(s + hour, e + hour) for s, e in agent["duties"]]} for agent in plan.agents],
        [{**ticket, "created": ticket["created"] + hour, "escalate_at": _plus(ticket["escalate_at"], hour)}
         for ticket in plan.tickets],
    )  # fmt: skip
    back = [
        (*row[:4], row[4] - hour, row[5], _plus(row[6], -hour), _plus(row[7], -hour), row[8])
        for row in moved.play(world).work
    ]
    assert back == plan.play(world).work


def _plus(instant: int | None, by: int) -> int | None:
    return None if instant is None else instant + by


# ---------------------------------------------------------------------- comparisons

EQUAL_AGENTS = ("regions", "tiers", "masks", "paces", "duties")
ONE_TASK_EACH = ("stages", "parallel")
NO_TIMERS = ("escalation", "patience")


@few
@given(plan=plans(without=(*EQUAL_AGENTS, *ONE_TASK_EACH, *NO_TIMERS, "priorities", "classes")))
def test_another_agent_lengthens_nobodys_wait(plan: Plan, world: Any) -> None:
    more = replace(plan, agents=[*plan.agents, plan.agents[0]])
    for few_, many in zip(plan.play(world).work, more.play(world).work, strict=True):
        assert few_[6] is None or (many[6] is not None and many[6] <= few_[6])


@few
@given(plan=plans(without=("duties", "preemption", "escalation", *ONE_TASK_EACH)))
def test_a_last_least_urgent_ticket_changes_nothing_for_the_others(plan: Plan, world: Any) -> None:
    last = {**plan.tickets[-1], "created": plan.tickets[-1]["created"] + 10, "priority": "P4", "enterprise": False}
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
