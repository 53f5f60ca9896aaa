"""What two runs have in common that differ in one thing alone. Nothing is a law here that one world can break."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy
from hypothesis import given
from hypothesis import strategies as st

from sim.workforce.roster import FOREVER
from tests.engine.story import Story, told
from tests.engine.worlds import (
    ACTIVATION,
    ALL,
    COORDINATOR,
    HELP,
    MANAGER,
    PEOPLE,
    Plan,
    between,
    few,
    kind_of,
    many,
    plans,
    replace_rules,
    tasks_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

# ---------------------------------------------------------------------- who is told, and who helps from outside


@few
@given(plan=plans(without=("mixed",)))
def test_that_others_are_told_holds_nothing_up(plan: Plan) -> None:
    less, kept = _without(plan, "comms")
    told_of, quiet = told(plan), told(less)
    assert _rows_of(told_of, kept) == _rows_of(quiet, kept, renumbered=True)
    assert _same(told_of.played.journals.tickets, quiet.played.journals.tickets)
    assert told_of.pages == quiet.pages
    tiers = [chore for chore in told_of.chores if plan.agents[chore[0]]["tier"] < MANAGER]
    assert tiers == [chore for chore in quiet.chores if plan.agents[chore[0]]["tier"] < MANAGER]


@few
@given(plan=plans())
def test_people_outside_who_are_done_before_anybody_else_could_be_change_nothing(plan: Plan) -> None:
    _leaves_others_alone(_quick_outside(plan))


@few
@given(plan=plans(without=("stages", "critical")))
def test_where_nothing_follows_work_outside_delays_the_resolution_alone(plan: Plan) -> None:
    story, less = _leaves_others_alone(plan)
    for ticket, ((later,), (sooner,)) in enumerate(
        zip(story.played.tickets("resolved"), less.played.tickets("resolved"), strict=True)
    ):
        rows = [row for i, row in enumerate(story.work) if row[0] == ticket and story.kind[i] == "outside"]
        ends = [row[7] for row in rows]
        if sooner is None or None in ends:
            assert later is None
        else:
            assert later == max([sooner, *ends])


def _leaves_others_alone(plan: Plan) -> tuple[Story, Story]:
    """A world, and the same without work outside: all other work, chores and pages are the same."""
    less, kept = _without(plan, "outside")
    story, other = told(plan), told(less)
    assert _rows_of(story, kept) == _rows_of(other, kept, renumbered=True)
    assert (story.chores, story.pages) == (other.chores, other.pages)
    return story, other


def _quick_outside(plan: Plan) -> Plan:
    """The same world, but that people outside need 1 ms."""

    def quick(stage: Any) -> Any:
        return [(tier, 1, *more) if more[1:2] == ["outside"] else (tier, work, *more) for tier, work, *more in stage]

    tickets = [{**t, "stages": [quick(tasks_of(stage)) for stage in t["stages"]]} for t in plan.tickets]
    return replace(plan, tickets=tickets)


def _without(plan: Plan, kind: str) -> tuple[Plan, list[list[int]]]:
    """The same world without tasks of a kind, and by ticket which of its tasks are left."""
    tickets, kept = [], []
    for ticket in plan.tickets:
        stages = [tasks_of(stage) for stage in ticket["stages"]]
        kinds = [kind_of(task) for stage in stages for task in stage]
        critical = ticket["critical"]
        if critical is not None:
            at, *woken = critical
            kinds += [task[2] if task[2:] else "critical" for task in woken]
            critical = (at, *(task for task in woken if not task[2:] or task[2] != kind))
        left = [[task for task in stage if kind_of(task) != kind] for stage in stages]
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
def test_a_ticket_that_is_rehomed_is_like_one_of_the_other_region(plan: Plan) -> None:
    there = replace(plan, tickets=[{**ticket, "region": ticket["serve_region"]} for ticket in plan.tickets])
    here, other = plan.play().journals, there.play().journals
    assert _same(here.tickets, other.tickets, but="region")
    assert here.tickets["region"].tolist() == [ticket["region"] for ticket in plan.tickets]
    for name in ("work", "chores", "pages", "duties"):
        assert _same(getattr(here, name), getattr(other, name))


@few
@given(plan=plans())
def test_what_is_not_served_meanwhile_comes_back_and_nothing_is_lost(plan: Plan) -> None:
    story = told(_all_there_in_the_end(plan))
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
    plan: Plan,
) -> None:
    # Of several, who has been idle longest is asked first, and with each change an agent is idle anew.
    before = told(plan)
    agents = [_going_on(agent, set(before.instants())) if "changes" in agent else agent for agent in plan.agents]
    after = told(replace(plan, agents=agents))
    assert (after.work, after.chores, after.pages) == (before.work, before.chores, before.pages)
    assert _same(after.played.journals.tickets, before.played.journals.tickets)


def _going_on(agent: dict[str, Any], instants: set[int]) -> dict[str, Any]:
    """The same agent, with changes to what they take already, while nothing happens."""
    changes, takes = [], agent["takes"]
    for at in range(3, 300):
        there = [change for change in agent["changes"] if change[0] == at]
        takes = there[-1][1] if there else takes
        changes += there or ([(at, takes)] if at % 30 == 3 and at not in instants else [])
    return {**agent, "changes": between(agent["pauses"], changes)}


@few
@given(plan=plans(), rest=st.sampled_from((10, 50, 100)))
def test_rest_adds_no_time_on_duty(plan: Plan, rest: int) -> None:
    rested, not_rested = (_on_duty(replace_rules(plan, rest=length).play()) for length in (rest, 0))
    assert all(with_rest <= without for with_rest, without in zip(rested, not_rested, strict=True))


def _on_duty(played: Any) -> list[int]:
    """Time on duty of each segment."""
    return [0 if start is None else end - start for start, end in played.duties("start", "end")]


# ---------------------------------------------------------------------- the same again


class Backwards(simpy.Environment):
    """Among events of one instant and one key, the last that was scheduled is the first to happen."""

    def __init__(self) -> None:
        super().__init__()
        self._eid = count(0, -1)


@many
@given(plan=plans())
def test_the_order_of_scheduling_does_not_matter(plan: Plan) -> None:
    assert plan.play(Backwards()).bytes() == plan.play().bytes()


@few
@given(plan=plans())
def test_the_order_of_scheduling_does_not_matter_where_the_run_drains(plan: Plan) -> None:
    plan = replace_rules(plan, drain=True)
    assert plan.play(Backwards()).bytes() == plan.play().bytes()


@few
@given(plan=plans())
def test_a_second_run_is_the_same_to_the_bit(plan: Plan) -> None:
    w = plan.build()
    assert w.play().bytes() == w.play().bytes() == plan.play().bytes()


@few
@given(plan=plans())
def test_a_shorter_run_is_the_beginning_of_a_longer_one(plan: Plan) -> None:
    end = plan.end // 20 * 10
    long, short = plan.play(), replace(plan, end=end).play()
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
def test_nothing_depends_on_when_the_clock_starts(plan: Plan) -> None:
    hour = 3_600_000
    plan = replace(
        plan,
        agents=[{**agent, "duties": [(max(0, s), e) for s, e in agent["duties"] if e > 0]} for agent in plan.agents],
    )
    then, now = _moved(plan, hour).play(), plan.play()
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
                "changes": [(at + by, *more) for at, *more in agent.get("changes", ())],
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
def test_another_agent_lengthens_nobodys_wait(plan: Plan) -> None:
    more = replace(plan, agents=[*plan.agents, plan.agents[0]])
    for alone, helped in zip(plan.play().work, more.play().work, strict=True):
        assert alone[6] is None or (helped[6] is not None and helped[6] <= alone[6])


@few
@given(plan=plans(without=("duties", "pauses", "changes", "preemption", "escalation", "chores", *HELP, *ONE_TASK_EACH)))
def test_a_last_least_urgent_ticket_changes_nothing_for_the_others(plan: Plan) -> None:
    created = max(ticket["visible"] for ticket in plan.tickets) + 50  # and all steps of chains have fallen due
    last = {**plan.tickets[-1], "created": created, "visible": created, "priority": "P4", "enterprise": False}
    last["stages"] = [tasks_of(last["stages"][0])[0]]  # and nobody is told of it
    more = replace(plan, tickets=[*plan.tickets, last])
    others = [row for row in more.play().work if row[0] != len(plan.tickets)]
    assert others == plan.play().work


@few
@given(plan=plans(without=(*EQUAL_AGENTS, *ONE_TASK_EACH, *NO_TIMERS)))
def test_with_preemption_p1s_do_not_notice_the_others(plan: Plan) -> None:
    plan = replace_rules(plan, p1_preempts=True)
    alone = replace(plan, tickets=[ticket for ticket in plan.tickets if ticket["priority"] == "P1"])
    numbers = [i for i, ticket in enumerate(plan.tickets) if ticket["priority"] == "P1"]
    seen = [(*row[4:], numbers.index(row[0])) for row in plan.play().work if row[0] in numbers]
    assert seen == [(*row[4:], row[0]) for row in alone.play().work]  # who serves them may differ
