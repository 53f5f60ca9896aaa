"""The life of a ticket in the manual's states: each transition in a world written by hand, and no other anywhere."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import sim
from sim.clock import NEVER
from sim.engine.journal import State, Table
from sim.engine.lifecycle import FORGOTTEN, GIVEN_UP, LIFE, THE_MANUALS, TRANSITIONS, LifeState, life, transitions
from sim.experiment.run import simulate
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster
from sim.workload.sample import sample_workload
from sim.workload.tape import Kind, TaskKind
from tests.engine.worlds import Plan, drawn, few, plans

C, A, P, S, M, R, X = LifeState
"""Created, acknowledged, in progress, escalated, emergency, resolved, closed."""

SCENARIOS = sorted((Path(sim.__file__).parent.parent / "scenarios").glob("*.yaml"))
QUICK = {"emergency_outage", "replay"}
"""With emergencies, and of few tickets; the weeks of all others together take the better part of a minute."""


def told(journals: Any, ticket: int = 0) -> list[tuple[int, LifeState]]:
    """(instant, state) of a ticket's life."""
    found = life(journals)
    mine = found["ticket"] == ticket
    return list(zip(found["at"][mine].tolist(), map(LifeState, found["state"][mine].tolist()), strict=True))


def of(world: Any, ticket: int = 0) -> list[tuple[int, LifeState]]:
    return told(world.play().journals, ticket)


def as_emergency(journals: Any, ticket: int = 0, **kinds: TaskKind) -> Any:
    """The same with the ticket an emergency, and with other kinds of its tasks: `task1=TaskKind.OUTSIDE`."""
    tickets, work = dict(journals.tickets), dict(journals.work)
    tickets["kind"] = np.where(tickets["ticket"] == ticket, np.uint8(Kind.EMERGENCY), tickets["kind"])
    for name, kind in kinds.items():
        its = (work["ticket"] == ticket) & (work["task"] == int(name.removeprefix("task")))
        work["kind"] = np.where(its, np.uint8(kind), work["kind"])
    return replace(journals, tickets=tickets, work=work)


# ---------------------------------------------------------------------- each transition, by hand


def test_who_begins_has_responded(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 20))
    assert of(w) == [(10, C), (10, A), (10, P), (30, R), (30, X)]


def test_a_page_is_acknowledged_before_work_begins(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.turn("primary", 0)
    w.ticket(10, "P2", (3, 40))
    w.ticket(20, "P2", (3, 5), page_at=20, pages=(8, 20))
    assert of(w, 1) == [(20, C), (28, A), (50, P), (55, R), (55, X)]


def test_the_ticket_timer_escalates_what_nobody_has_responded_to(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 40))
    w.ticket(20, "P3", (1, 5), escalate_at=30)
    assert of(w, 1) == [(20, C), (30, S), (50, P), (55, R), (55, X)]


def test_an_answer_after_the_escalation_acknowledges(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.turn("primary", 0)
    w.ticket(10, "P2", (3, 60))
    w.ticket(20, "P2", (3, 5), page_at=20, pages=(30, 40), escalate_at=40)
    assert of(w, 1) == [(20, C), (40, S), (50, A), (70, P), (75, R), (75, X)]


def test_what_is_interrupted_is_acknowledged_until_somebody_goes_on(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 20))
    w.ticket(15, "P1", (1, 10))
    assert of(w) == [(10, C), (10, A), (10, P), (15, A), (25, P), (40, R), (40, X)]


def test_what_is_interrupted_in_the_instant_in_which_it_began_was_responded_to(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 20))
    w.ticket(10, "P1", (1, 5))
    assert of(w) == [(10, C), (10, A), (15, P), (35, R), (35, X)]


def test_work_that_is_handed_over_at_once_has_not_stopped(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 20)])
    w.agent(duties=[(20, 1000)])
    w.ticket(10, "P3", (1, 20))
    assert of(w) == [(10, C), (10, A), (10, P), (30, R), (30, X)]


def test_work_that_is_handed_over_to_nobody_waits(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 20)])
    w.agent(duties=[(50, 1000)])
    w.ticket(10, "P3", (1, 20))
    assert of(w) == [(10, C), (10, A), (10, P), (20, A), (50, P), (60, R), (60, X)]


def test_work_that_waits_again_when_the_timer_has_run_out_is_escalated(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 20)])
    w.agent(duties=[(50, 1000)])
    w.ticket(10, "P3", (1, 20), escalate_at=15)  # in service at 15: it escalates when it next queues
    assert of(w) == [(10, C), (10, A), (10, P), (20, S), (50, P), (60, R), (60, X)]


def test_a_ticket_that_waits_for_its_customer_is_acknowledged(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 20), (1, 5, 30))
    assert of(w) == [(10, C), (10, A), (10, P), (30, A), (60, P), (65, R), (65, X)]


def test_a_stage_for_a_higher_tier_escalates_even_where_it_begins_at_once(world: Any) -> None:
    w = world()
    w.agent()
    w.agent(tier=2)
    w.ticket(10, "P3", (1, 20), (2, 5))
    w.ticket(11, "P3", (2, 30))
    assert of(w) == [(10, C), (10, A), (10, P), (30, S), (41, P), (46, R), (46, X)]
    free = world()
    free.agent()
    free.agent(tier=2)
    free.ticket(10, "P3", (1, 20), (2, 5))
    assert of(free) == [(10, C), (10, A), (10, P), (30, S), (30, P), (35, R), (35, X)]


def test_a_stage_of_the_same_tier_does_not(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 20), (1, 5))
    assert of(w) == [(10, C), (10, A), (10, P), (35, R), (35, X)]


def test_a_p1_becomes_an_emergency_and_stays_one_until_it_is_resolved(world: Any) -> None:
    w = world()
    w.agent(tier=3, duties=[(0, 40), (60, 1000)])
    w.agent(tier=4)
    w.ticket(10, "P1", (3, 40), critical=(30, (4, 5)))
    assert of(w) == [(10, C), (10, A), (10, P), (30, M), (70, R), (70, X)]


def test_a_p1_that_nobody_has_begun_passes_through_escalated(world: Any) -> None:
    w = world(unstaffed_anywhere=False)
    w.agent(tier=3, duties=[(50, 1000)])
    w.agent(tier=4)
    w.ticket(10, "P1", (3, 40), critical=(30, (4, 5)))
    assert of(w) == [(10, C), (30, S), (30, M), (90, R), (90, X)]


def test_a_p1_that_waits_for_its_customer_passes_through_escalated(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=4)
    w.ticket(10, "P1", (3, 10), (3, 5, 30), critical=(30, (4, 5)))
    assert of(w) == [(10, C), (10, A), (10, P), (20, A), (30, S), (30, M), (55, R), (55, X)]


def test_a_wrong_resolution_is_in_progress_again_before_anybody_begins(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 20), (1, 5, 30, "reopened"))
    w.ticket(55, "P1", (1, 40))
    assert of(w) == [(10, C), (10, A), (10, P), (30, R), (60, P), (100, R), (100, X)]


def test_what_is_reopened_can_escalate_in_line(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 20), (1, 5, 30, "reopened"), escalate_at=45)  # 15 ms are left when it comes back at 60
    w.ticket(55, "P1", (1, 40))
    assert of(w) == [(10, C), (10, A), (10, P), (30, R), (60, P), (75, S), (95, P), (100, R), (100, X)]


def test_every_resolution_but_the_last_leaves_it_resolved(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 20), (1, 5, 30, "reopened"), (1, 5, 40, "reopened"))
    assert of(w)[3:] == [(30, R), (60, P), (65, R), (105, P), (110, R), (110, X)]


def test_what_the_tape_will_reopen_after_the_end_of_the_run_is_not_closed(world: Any) -> None:
    w = world(end=50)
    w.agent()
    w.ticket(10, "P3", (1, 20), (1, 5, 30, "reopened"))
    assert of(w) == [(10, C), (10, A), (10, P), (30, R)]


def test_a_customer_who_gives_up_closes_the_ticket(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 100))
    w.ticket(20, "P3", (1, 5), patience=30)
    w.ticket(20, "P3", (1, 5), patience=30, escalate_at=40)
    assert of(w, 1) == [(20, C), (50, X)]
    assert of(w, 2) == [(20, C), (40, S), (50, X)]


def test_a_customer_may_give_up_after_an_answer_and_in_an_emergency(world: Any) -> None:
    w = world(p1_preempts=False)
    w.agent(tier=3)
    w.turn("primary", 0)
    w.ticket(10, "P2", (3, 100))
    w.ticket(20, "P2", (3, 5), page_at=20, pages=(8, 20), patience=40)
    w.ticket(25, "P1", (3, 5), patience=40, critical=(45, (3, 5)))
    assert of(w, 1) == [(20, C), (28, A), (60, X)]
    assert of(w, 2) == [(25, C), (45, S), (45, M), (65, X)]


def test_an_alert_that_nobody_sees_is_closed_at_once(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P4", (1, 5), filtered="throttled")
    assert of(w) == [(10, C), (10, X)]


def test_an_alert_is_created_before_people_see_it(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P4", (1, 5), visible=30)
    assert of(w) == [(10, C), (30, A), (30, P), (35, R), (35, X)]


def test_help_goes_on_and_when_it_is_dropped_the_ticket_is_resolved_from_work(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(duties=[(0, 60)], takes="P4")
    w.ticket(5, "P4", (1, 100))
    w.ticket(10, "P1", [(3, 20), (1, 5, 0, "assist")])
    # The helper takes no P1: when they go at 60 the help is dropped, and with it the last that was waited for.
    assert of(w, 1) == [(10, C), (10, A), (10, P), (30, A), (60, P), (60, R), (60, X)]


def test_an_escalation_while_others_are_at_work_shows_when_they_stop(world: Any) -> None:
    w = world(p1_preempts=False)
    w.agent(tier=3)
    w.agent()
    w.ticket(5, "P4", (1, 60))
    w.ticket(10, "P1", [(3, 30), (1, 5, 0, "assist")], escalate_at=20)
    assert of(w, 1) == [(10, C), (10, A), (10, P), (40, S), (65, P), (70, R), (70, X)]


# ---------------------------------------------------------------------- emergencies, and what is no work on them


def test_an_emergency_is_one_from_when_people_see_it(world: Any) -> None:
    w = world()
    w.agent(tier=3, duties=[(0, 15), (40, 1000)])
    w.ticket(10, "P1", (3, 20), visible=12)
    journals = as_emergency(w.play().journals)
    assert told(journals) == [(10, C), (12, S), (12, M), (57, R), (57, X)]


def test_an_emergency_that_nobody_has_seen_by_the_end_is_only_created(world: Any) -> None:
    w = world(end=30)
    w.agent(tier=3)
    w.ticket(10, "P1", (3, 20), visible=30)
    assert told(as_emergency(w.play().journals)) == [(10, C)]


@pytest.mark.parametrize("aside", [TaskKind.COMMS, TaskKind.OUTSIDE])
def test_to_tell_others_and_what_outsiders_do_is_no_work_on_a_ticket(world: Any, aside: TaskKind) -> None:
    w = world()
    w.agent(tier=3)
    w.agent()
    w.ticket(10, "P1", [(3, 20), (1, 5)], (3, 10, 30))
    journals = w.play().journals
    its = (journals.work["task"] == 1).nonzero()
    work: Table = {**journals.work, "kind": journals.work["kind"].copy(), "start": journals.work["start"].copy()}
    work["kind"][its], work["start"][its] = aside, 5
    plain = told(journals)
    assert told(replace(journals, work=work)) == plain == [
        (10, C), (10, A), (10, P), (30, A), (60, P), (70, R), (70, X),
    ]  # fmt: skip


def test_the_chain_goes_on_after_the_ticket_is_closed(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent()
    w.ticket(10, "P1", [(3, 20), (1, 15)])
    journals = w.play().journals
    late = np.where(journals.work["task"] == 1, 100, 0)
    moved = {name: journals.work[name] + late for name in ("queued_at", "start", "end")}
    chain = as_emergency(replace(journals, work={**journals.work, **moved}), task1=TaskKind.COMMS)
    assert told(chain) == [(10, C), (10, S), (10, M), (30, R), (30, X)]


# ---------------------------------------------------------------------- what holds in every world


def test_the_transitions_are_those_of_the_manual_and_those_that_it_forgets() -> None:
    assert len(TRANSITIONS) == len(THE_MANUALS) + len(FORGOTTEN) + len(GIVEN_UP)
    assert not {pair for pair in TRANSITIONS if pair[0] == X or pair[0] == pair[1]}
    assert (C, P) not in TRANSITIONS


def test_the_documents_list_every_transition() -> None:
    text = (Path(sim.__file__).parent.parent / "docs" / "engine.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
    kinds = {"manual": THE_MANUALS, "forgotten": FORGOTTEN, "given up": GIVEN_UP}
    listed = {
        kind: [(state(row[0]), state(row[1])) for row in cells if len(row) == 4 and row[2] == kind] for kind in kinds
    }
    assert {kind: set(found) for kind, found in listed.items()} == {kind: set(known) for kind, known in kinds.items()}
    assert sum(map(len, listed.values())) == len(TRANSITIONS)


def test_the_page_of_the_manual_lists_every_transition_and_no_other() -> None:
    """Section 7.1: the states in their order, then what goes to what: "A or B to C, and to D (why); E to F"."""
    text = (Path(sim.__file__).parent.parent / "docs" / "manual.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| 7.1 |")
    ]
    chain, ticket_timer, threshold, forgotten = rows
    listed = list(pairwise(states(chain[1])))
    for clause in (ticket_timer[1], threshold[1], *forgotten[2].split(";")):
        begins, *ends = re.split(r",? (?:and )?to ", re.sub(r"\([^)]*\)", "", clause))
        listed += product(states(begins), states(" ".join(ends)))
    assert sorted(listed) == sorted(TRANSITIONS)


def states(text: str) -> list[LifeState]:
    """The states that a text names, in its order."""
    names = [each.name.lower().replace("_", " ") for each in LifeState]
    return [state(found) for found in re.findall("|".join(names), text.lower())]


def state(name: str) -> LifeState:
    return LifeState[name.upper().replace(" ", "_")]


def pairs(found: Table) -> Counter[tuple[LifeState, LifeState]]:
    return Counter((LifeState(a), LifeState(b)) for a, b in transitions(found).tolist())


def check(journals: Any) -> Counter[tuple[LifeState, LifeState]]:
    """No other transition, one life a ticket, in order, that ends as the tickets table says. Returns what happened."""
    found, tickets = life(journals), journals.tickets
    assert {name: column.dtype for name, column in found.items()} == {
        name: np.dtype(kind) for name, kind in LIFE.items()
    }
    happened = pairs(found)
    assert set(happened) <= TRANSITIONS
    ticket, at, state = (found[name] for name in LIFE)
    first = np.flatnonzero(np.diff(ticket, prepend=-1))
    last = np.append(first[1:], len(ticket)) - 1
    assert ticket[first].tolist() == tickets["ticket"].tolist()
    assert (state[first] == C).all()
    assert (at[first] == tickets["created"]).all()
    assert (np.diff(ticket * (journals.end + 1) + at) >= 0).all()
    assert (np.bincount(ticket[state == X], minlength=len(first)) <= 1).all()
    ends = {
        State.QUEUED: {C, A, P, S, M}, State.IN_SERVICE: {P, M}, State.PENDING: {A, S, M}, State.RESOLVED: {R, X},
        State.ABANDONED: {X}, State.FILTERED: {X},
    }  # fmt: skip
    aside = at_work_alone(journals, TaskKind.OUTSIDE)
    for n, (final, of_ticket) in enumerate(zip(state[last].tolist(), tickets["state"].tolist(), strict=True)):
        assert LifeState(final) in ({A, S, M} if n in aside else ends[State(of_ticket)])
    _check_instants(found, journals)
    return happened


def at_work_alone(journals: Any, kind: TaskKind) -> set[int]:
    """Tickets on which work of this kind goes on as the run ends, and no other."""
    work = journals.work
    open_ = (work["start"] != NEVER) & (work["end"] == NEVER) & (work["kind"] != TaskKind.COMMS)
    of_kind, of_others = (work["ticket"][open_ & rows] for rows in (work["kind"] == kind, work["kind"] != kind))
    return set(of_kind.tolist()) - set(of_others.tolist())


def _check_instants(found: Table, journals: Any) -> None:
    """Resolutions, first responses and first work are entered when the tickets table says that they were."""
    tickets, n = journals.tickets, len(journals.tickets["ticket"])
    resolved = np.full(n, NEVER)
    np.maximum.at(resolved, found["ticket"][found["state"] == R], found["at"][found["state"] == R])
    known = tickets["resolved"] != NEVER
    assert (resolved[known] == tickets["resolved"][known]).all()
    first = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(first, found["ticket"][found["state"] == R], found["at"][found["state"] == R])
    once = tickets["first_resolved"] != NEVER
    assert (first[once] == tickets["first_resolved"][once]).all()


@few
@given(plan=plans())
def test_no_other_transition_occurs_in_invented_worlds(plan: Plan) -> None:
    check(plan.play().journals)


def test_the_invented_worlds_show_every_transition() -> None:
    seen: Counter[tuple[LifeState, LifeState]] = Counter()
    for seed in range(150):
        seen += check(drawn(seed).play().journals)
    assert set(seen) == TRANSITIONS


def test_the_check_sees_a_transition_that_is_none(world: Any) -> None:
    """Without the first response the life of a ticket would go from created to in progress: the law would notice."""
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 20))
    found = life(w.play().journals)
    kept = found["state"] != A
    assert (C, P) in set(pairs({name: column[kept] for name, column in found.items()})) - TRANSITIONS


def test_nothing_has_no_life(world: Any) -> None:
    assert [len(column) for column in life(world().play().journals).values()] == [0, 0, 0]


@settings(few, max_examples=40)
@given(plan=plans())
def test_the_life_so_far_is_the_beginning_of_the_whole_one(plan: Plan) -> None:
    """But for tickets whose end is known later: closed or not does not depend on what the run has yet to show."""
    whole = life(plan.play().journals)
    half = plan.end // 20 * 10 + 5
    short = life(replace(plan, end=half, tickets=[t for t in plan.tickets if t["created"] < half]).play().journals)
    before = whole["at"] < half
    assert all(short[name].tolist() == column[before].tolist() for name, column in whole.items())


@pytest.mark.parametrize(
    "file",
    [pytest.param(path, marks=[] if path.stem in QUICK else pytest.mark.slow, id=path.stem) for path in SCENARIOS],
)
def test_no_other_transition_occurs_in_a_week_of_a_shipped_scenario(file: Path) -> None:
    scenario = sim.load(file)
    scenario = scenario.with_({"horizon.days": 7, "horizon.warmup_days": 0})
    roster = sample_roster(scenario, plan_roster(scenario), 1, 0)
    happened = check(simulate(scenario, sample_workload(scenario, 1, 0), roster))
    assert happened[R, X] > 50
