"""The compiled twin gives the journals of the desk: every table, column and row, to the millisecond."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given

import sim
from sim.engine import desk, kernel
from sim.engine.journal import How, Journals
from sim.engine.policy import Policy
from sim.errors import EngineError
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster
from sim.workload.sample import sample_workload
from tests.engine.difference import difference
from tests.engine.language import World
from tests.engine.story import seen_in, told
from tests.engine.twin import differs, rare
from tests.engine.worlds import Plan, drawn, few, plans

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(sim.__file__).parent.parent
WORLDS, BLOCK = 500, 25


# ---------------------------------------------------------------------- invented worlds


@pytest.mark.parametrize("first", range(0, WORLDS, BLOCK))
def test_the_twin_is_the_desk_in_invented_worlds(first: int) -> None:
    for seed in range(first, first + BLOCK):
        found = differs(drawn(seed))
        assert not found, f"seed {seed}: {found}"


@few
@given(plan=plans())
def test_the_twin_is_the_desk_in_worlds_that_are_made_simpler_where_it_is_not(plan: Plan) -> None:
    assert not differs(plan)


def test_the_invented_worlds_exercise_every_mechanism() -> None:
    seen: Counter[str] = Counter()
    for seed in range(WORLDS):
        seen.update(seen_in(told(drawn(seed))))
    assert not rare(seen, WORLDS)


def test_the_twin_in_worlds_that_are_nearly_empty(world: Any) -> None:
    nobody, nothing, empty = world(), world(), world(regions=3)
    nobody.ticket(10, "P3", (1, 20))
    nothing.agent()
    assert nobody.play().work == [(0, 0, 0, None, 10, "arrived", None, None, "open")]
    assert nothing.play().work == empty.play().work == []


def test_the_twin_gives_the_same_again_and_leaves_its_inputs_alone() -> None:
    for seed in range(0, WORLDS, 10):
        plan = drawn(seed)
        w = plan.build()
        workload, roster = w.workload(), w.roster()
        first, again = (kernel.run(workload, roster, w.policy, plan.end) for _ in range(2))
        assert not difference(first, again)
        for given_, fresh in [(workload, w.workload()), *zip(_tables(roster), _tables(w.roster()), strict=True)]:
            for field in fields(fresh):
                assert np.array_equal(getattr(given_, field.name), getattr(fresh, field.name)), field.name


def test_how_much_room_there_is_at_first_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    roomy = {seed: kernel.run(*inputs_of(seed)) for seed in range(0, WORLDS, 10)}
    monkeypatch.setattr(
        kernel, "_rooms", lambda workload, roster: (*(1,) * (kernel.st.TABLES - 1), workload.page_ppm.size)
    )
    for seed, journals in roomy.items():
        assert not difference(journals, kernel.run(*inputs_of(seed)))


def test_how_many_tickets_are_loaded_at_a_time_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = {seed: kernel.run(*inputs_of(seed)) for seed in range(0, WORLDS, 5)}
    monkeypatch.setattr(kernel, "LOADED", 2)
    for seed, journals in at_once.items():
        assert not difference(journals, kernel.run(*inputs_of(seed)))


def test_no_table_outgrows_its_room() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.engine.room", "60"],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    fullest = [float(share) for share in ran.stdout.split()]
    assert max(fullest) <= 1
    assert min(fullest[table] for table in (0, 2, 3, 4)) > 0.1  # there was little room, and it was used


def test_a_stage_whose_help_nobody_can_give_leads_to_the_next_in_the_same_event() -> None:
    for tickets, help_asked in (
        (40, 60),
        (200, 60),
    ):  # more than a table has room for, were one ticket's alone kept free
        world = World(end=2000)
        for _ in range(3):
            world.agent(tier=3)
        world.agent(tier=1, duties=[(0, 1500)])
        helped = [(3, 1), *[(1, 5, 0, "assist")] * help_asked]
        for _ in range(tickets):
            world.ticket(10, "P1", [(3, 1), (1, 5000, 0, "assist")], helped, helped)
        played = world.play()
        assert played.journals.work["how_ended"].tolist().count(How.DROPPED) > tickets * help_asked


def test_more_than_the_journals_can_count_is_refused() -> None:
    world = World()
    world.agent()
    world.ticket(10, "P1", [(1, 1)] * kernel.MOST_TASKS)
    with pytest.raises(EngineError, match="32768 tasks; there may be 32767"):
        kernel.run(world.workload(), world.roster(), world.policy, world.end)


@pytest.mark.parametrize("engine", [desk, kernel])
def test_a_task_put_down_more_often_than_the_journal_can_count_is_refused(engine: ModuleType) -> None:
    for most in (32_767, 32_768):
        world = World(end=10**6, p1_preempts=True)
        world.agent()
        world.ticket(5, "P4", (1, 10**9))
        for urgent in range(most - 1):
            world.ticket(10 + 3 * urgent, "P1", (1, 1))
        inputs = (world.workload(), world.roster(), world.policy, world.end)
        if most == 32_767:
            assert engine.run(*inputs).work["stretch"].max() == 32_766
        else:
            with pytest.raises(EngineError, match="begun or put down 32768 times; the journal counts 32767"):
                engine.run(*inputs)


def test_a_ticket_that_pages_has_pages_on_the_tape() -> None:
    world = World()
    world.agent()
    world.ticket(10, "P1", (1, 5), page_at=10)
    with pytest.raises(EngineError, match="the tape has no pages for it"):
        kernel.run(world.workload(), world.roster(), world.policy, world.end)


def test_more_rounds_than_the_tape_has_pages_for_are_refused() -> None:
    world = World(rounds=4)
    world.agent()
    with pytest.raises(EngineError, match="the tape has 12 pages a ticket; 4 rounds need 16"):
        kernel.run(world.workload(), world.roster(), world.policy, world.end)


def inputs_of(seed: int) -> tuple[Any, ...]:
    plan = drawn(seed)
    w = plan.build()
    return w.workload(), w.roster(), w.policy, plan.end


def _tables(roster: Any) -> list[Any]:
    return [roster.agents, roster.segments, roster.chores, roster.turns]


# ---------------------------------------------------------------------- scenarios

SCENARIOS = [*sorted((ROOT / "scenarios").glob("*.yaml")), ROOT / "benchmarks" / "everything.yaml"]
QUICK = {"baseline", "everything"}


@pytest.mark.parametrize(
    "file",
    [pytest.param(path, marks=[] if path.stem in QUICK else pytest.mark.slow, id=path.stem) for path in SCENARIOS],
)
def test_the_twin_is_the_desk_in_a_week_of_a_shipped_scenario(file: Path) -> None:
    scenario = sim.load(file).with_({"horizon.days": 7, "horizon.warmup_days": 0})
    workload, roster = sample_workload(scenario, 1, 0), sample_roster(scenario, plan_roster(scenario), 1, 0)
    policy, end = Policy.of(scenario), 7 * 24 * 3_600_000
    one, other = (engine.run(workload, roster, policy, end) for engine in (desk, kernel))
    assert not difference(one, other)
    assert len(one.tickets["ticket"]) > 50


# ---------------------------------------------------------------------- the command, and what it says


def test_worlds_are_compared_by_command() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.engine.twin", "40", "--from", "460"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "40 of 40 worlds, 0 differ" in ran.stderr, ran.stderr
    assert "40 worlds from 460 on, each in six runs: 0 differ" in ran.stdout


def journals(world: Any) -> Journals:
    """Of a ticket and its agent."""
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 20), (1, 5))
    return w.play().journals


def changed(journals: Journals, table: str, **columns: Any) -> Journals:
    return replace(journals, **{table: {**getattr(journals, table), **columns}})


def test_the_same_journals_differ_in_nothing(world: Any) -> None:
    assert not difference(journals(world), journals(world))


def test_the_first_difference_is_told_with_its_place_and_both_rows(world: Any) -> None:
    one = journals(world)
    other = changed(one, "work", end=one.work["end"] + [0, 1])
    assert difference(one, other).splitlines()[0] == "work, row 1 (of 2 and 2), end: 35 and 36"
    assert [line.split(", ")[-4:] for line in difference(one, other).splitlines()[1:]] == [
        ["start 30", "end 35", "how_ended 0", "mode 0"],
        ["start 30", "end 36", "how_ended 0", "mode 0"],
    ]


def test_an_instant_that_is_missing_is_never(world: Any) -> None:
    one = journals(world)
    other = changed(one, "tickets", abandoned=np.array([7]))
    assert difference(one, other).startswith("tickets, row 0 (of 1 and 1), abandoned: never and 7\n")


def test_a_row_more_is_a_difference(world: Any) -> None:
    one = journals(world)
    other = changed(one, "work", **{name: column[:1] for name, column in one.work.items()})
    assert difference(one, other).startswith("work, row 1 (of 2 and 1), in one alone\n")
    assert difference(one, other).endswith("\n  no such row")


def test_types_columns_and_the_end_are_compared(world: Any) -> None:
    one = journals(world)
    typed = changed(one, "duties", left=one.duties["left"].astype(np.int32))
    assert difference(one, typed) == "duties, column left: int64 and int32"
    named = replace(one, agents={"tier": one.agents["tier"], "region": one.agents["region"]})
    assert difference(one, named) == "agents: columns ['region', 'tier'] and ['tier', 'region']"
    uneven = changed(one, "agents", tier=np.zeros(2, dtype=np.uint8))
    assert difference(one, uneven) == "agents: columns of unequal length, {'region': (1,), 'tier': (2,)}"
    assert difference(one, replace(one, end=999)) == "end: 1000 and 999"
    assert difference(one, replace(one, end=np.int64(1000))) == "end: 1000 and np.int64(1000)"
