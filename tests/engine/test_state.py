"""What the engine is made of: whole numbers, no chance, no calendar, and as little of SimPy as will do."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import simpy
from simpy.events import Initialize, Process

import sim.engine
from sim.engine.desk import Desk, Moment
from sim.engine.ranks import ID_BITS
from sim.workload.tape import TaskKind

SOURCES = sorted(Path(sim.engine.__file__).parent.glob("*.py"))
TREES = {path.name: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}

CHANCE_AND_CALENDARS = {"random", "secrets", "uuid", "time", "datetime", "zoneinfo", "holidays", "calendar"}
"""Modules: an engine draws no random number and knows no time zone and no clock but its own."""

MUST_LIE_AHEAD = {
    "Resource", "PriorityResource", "PreemptiveResource", "Store", "FilterStore", "PriorityStore", "Container",
    "Condition", "AllOf", "AnyOf", "all_of", "any_of", "succeed", "fail", "trigger", "interrupt", "Interrupt",
}  # fmt: skip
"""Names of SimPy that let something happen now, in the order in which it was asked for."""

PROCESSES_AND_EVENTS_OF_SIMPY = 1 << ID_BITS
"""Below this lie the priorities that SimPy gives to starts and ends of processes, and to the end of the run."""


def a_busy_world(world: Any) -> Any:
    """Every mechanism, in 300 ms."""
    w = world(
        regions=2, end=300, preempted_pm=1100, handed_over_pm=1200, briefing=3, widens_tier=True, widens_region=True,
        other_region_pm=1100, tier_pm=((1000, 1300, 1000, 1000, 1000, 1000), *((1000,) * 6,) * 5), rest=20,
        overtime=0b1100, page_timers=(9, 9, 9, -1),
    )  # fmt: skip
    w.agent(duties=[(-10, 60), (90, 200)], overtime=20)
    w.agent(slow=1333, duties=[(20, 120)], takes="P3 P4", changes=[(50, "P4"), (90, "P3 P4")], overtime=5)
    w.agent(tier=2)
    w.agent(region=1, slow=900)
    w.agent(tier=5, pauses=[(70, 90)])
    w.agent(tier=6, region=1)
    w.turn("primary", 0)
    w.chore(2, 30, 10, until=60)
    for created in range(1, 200, 7):
        number = len(w.tickets)
        p1 = number % 4 == 0
        beside = [(1, 40, 0, "outside"), (5, 4, 0, "comms"), (6, 4, 0, "comms", 15)] if p1 else []
        w.ticket(
            created, f"P{number % 4 + 1}",
            [(1, 11), *beside], [(1, 7), (2, 9)], (1, 5, 20), (1, 3, 30, "reopened"),
            region=number % 2, serve_region=number % 2 if number % 7 else 0, enterprise=number % 3 == 0,
            patience=12 if number % 5 == 0 else None, escalate_at=created + 30 if number % 2 else None,
            critical=(created + 25, (2, 8), (5, 3, "comms", 5)) if p1 else None,
            page_at=created if number % 8 == 0 else None, pages=(4, 6) if number % 8 == 0 else None,
        )  # fmt: skip
    return w


class Witness(simpy.Environment):
    """An environment that remembers what was scheduled, when, and how far ahead."""

    def __init__(self) -> None:
        super().__init__()
        self.scheduled: list[tuple[Any, int, Any, Any]] = []

    def schedule(self, event: simpy.Event, priority: Any = 1, delay: Any = 0) -> None:
        self.scheduled.append((event, priority, delay, self.now))
        super().schedule(event, priority, delay)


@pytest.fixture(scope="module")
def watched(world: Any) -> tuple[Desk, Witness]:
    """A desk after a busy run, and what it scheduled."""
    env = Witness()
    desk = a_busy_world(world).desk(env)
    env.run(until=300)
    return desk, env


def test_the_busy_world_is_busy(world: Any) -> None:
    played = a_busy_world(world).play()
    rows = played.work
    assert {row[5] for row in rows} == {
        "arrived", "next_stage", "returned", "reopened", "preempted", "handed_over", "escalated", "critical"
    }  # fmt: skip
    assert {row[8] for row in rows} == {"done", "preempted", "handed_over", "abandoned", "escalated", "open"}
    assert {TaskKind.COMMS, TaskKind.OUTSIDE} <= set(played.journals.work["kind"].tolist())
    assert ("late",) in played.duties("rested")


# ---------------------------------------------------------------------- the state


def test_the_state_is_whole_numbers_only(watched: tuple[Desk, Witness]) -> None:
    desk, env = watched
    names = ("lines", "reach", "escalation", "emergency", "presence", "paging")
    inputs = {"workload", "roster", "policy", "env", "desk", "rest", *names}
    parts = {
        "": desk, **{f"{name}.": getattr(desk, name) for name in names}, "presence.rest.": desk.presence.rest
    }  # fmt: skip
    assert {type(part).__module__ for part in vars(desk).values()} >= {f"sim.engine.{name}" for name in names}
    state = {
        f"{where}{name}": value
        for where, part in parts.items()
        for name, value in vars(part).items()
        if name not in inputs
    }
    assert len(state) > 60
    wrong = [found for name, value in state.items() for found in _not_whole(value, name)]
    assert not wrong
    assert type(env.now) is int


def _not_whole(value: Any, where: str) -> list[str]:
    """Where in a value there is anything but ints and bools in lists, tuples and dicts."""
    if isinstance(value, list | tuple | set):
        return [found for i, each in enumerate(value) for found in _not_whole(each, f"{where}[{i}]")]
    if isinstance(value, dict):
        return [found for key, each in value.items() for found in _not_whole((key, each), f"{where}[{key!r}]")]
    # Numbers of numpy are no int: they overflow in silence, and are slow one by one.
    return [] if isinstance(value, int) else [f"{where} is {type(value).__name__}"]


def test_the_search_for_other_numbers_finds_them() -> None:
    assert _not_whole([1, (True, 2.0)], "x") == ["x[1][1] is float"]
    assert _not_whole({1: [None]}, "x") == ["x[1][1][0] is NoneType"]


def test_the_journals_are_whole_numbers_only(world: Any) -> None:
    journals = a_busy_world(world).play().journals
    for table in (journals.tickets, journals.work, journals.chores, journals.pages, journals.duties):
        assert {values.dtype.kind for values in table.values()} <= {"i", "u"}
    assert type(journals.end) is int


# ---------------------------------------------------------------------- the source


def _names(tree: ast.AST) -> set[str]:
    """Every name and attribute of a module, and every part of what it imports."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.Import):
            names |= {part for alias in node.names for part in alias.name.split(".")}
        elif isinstance(node, ast.ImportFrom):
            names |= {*(node.module or "").split("."), *(alias.name for alias in node.names)}
    return names


def test_there_is_a_source_to_read() -> None:
    assert {"desk.py", "journal.py", "policy.py"} <= TREES.keys()
    assert "heappush" in _names(TREES["lines.py"])


@pytest.mark.parametrize("module", TREES)
def test_the_engine_knows_no_chance_and_no_calendar(module: str) -> None:
    assert not _names(TREES[module]) & CHANCE_AND_CALENDARS


@pytest.mark.parametrize("module", TREES)
def test_the_engine_makes_no_float(module: str) -> None:
    tree = TREES[module]
    declared = {id(node) for annotation in _annotations(tree) for node in ast.walk(annotation)}
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Div), f"{module}: use // between whole numbers"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"{module}: {ast.dump(node)}"
        called = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        assert id(node) in declared or not called.startswith("float"), f"{module}, line {node.lineno}: {called}"


def _annotations(tree: ast.AST) -> list[ast.expr]:
    """What is written after : and -> in a module."""
    found = [getattr(node, name, None) for node in ast.walk(tree) for name in ("annotation", "returns")]
    return [annotation for annotation in found if annotation is not None]


@pytest.mark.parametrize("module", TREES)
def test_nothing_of_simpy_that_happens_now(module: str) -> None:
    assert not _names(TREES[module]) & MUST_LIE_AHEAD


def test_processes_are_started_at_the_beginning() -> None:
    starts = [
        function.name
        for tree in TREES.values()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr == "process"
    ]
    assert sorted(starts) == ["__init__", "open", "open"]


# ---------------------------------------------------------------------- the events


def test_what_the_desk_schedules_lies_ahead(watched: tuple[Desk, Witness]) -> None:
    _, env = watched
    own = [(delay, priority) for event, priority, delay, _ in env.scheduled if isinstance(event, Moment)]
    assert len(own) > 100
    assert {type(delay) for delay, _ in own} == {int}
    assert min(delay for delay, _ in own) >= 1
    assert {priority >> ID_BITS for _, priority in own} == {1, 2, 3, 4, 5, 6, 7, 8}


def test_all_else_that_is_scheduled_is_the_bookkeeping_of_processes_and_the_end(watched: tuple[Desk, Witness]) -> None:
    _, env = watched
    others = [entry for entry in env.scheduled if not isinstance(entry[0], Moment)]
    assert all(priority < PROCESSES_AND_EVENTS_OF_SIMPY for _, priority, _, _ in others)
    begun = [now for event, _, _, now in others if isinstance(event, Initialize)]
    assert begun == [0, 0, 0]
    ended = [event for event, *_ in others if isinstance(event, Process)]
    assert len(ended) == len(set(ended)) <= 3
    rest = [(priority, delay) for event, priority, delay, _ in others if not isinstance(event, Initialize | Process)]
    # The end of the run comes before all else in its instant; SimPy puts it back once it has raised it.
    assert rest == [(0, 300), (-1, 0)]
