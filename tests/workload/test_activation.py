"""What every P1 has besides its way: assists beside its lead, and dormant tasks for emergencies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.clock import HOUR, MINUTE, NEVER
from sim.scenario.base import PRIORITIES, TIERS
from sim.scenario.work import Work
from sim.workload.assists import with_assists
from sim.workload.durations import quantile
from sim.workload.routes import ways
from sim.workload.sample import sample_workload
from sim.workload.tape import DORMANT, Filter, TaskKind

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.workload.tasks import Tasks
    from tests.workload.conftest import Build, TicketsOf

WORK, FOLLOW_UP, REOPENED, ASSIST, CRITICAL = TaskKind.WORK, *list(TaskKind)[1:5]
FIXED = {tier: {"family": "constant", "mean": f"{10 * (n + 1)} min"} for n, tier in enumerate(TIERS)}
ACTIVATION = {"tier2": {"family": "constant", "mean": "7 min"}, "tier1": {"family": "constant", "mean": "5 min"}}
EMERGENCY = {"assists": {"tier4": {"family": "constant", "mean": "90 min"}}}


def tasks_of(priorities: list[str], numbers: dict[str, list[float]] | None = None, **keys: Any) -> Tasks:
    """The tasks of tickets; every ticket draws the numbers given, else those with which it is solved at once."""
    work = Work.model_validate({"handle": FIXED, **keys})
    priority = np.array([PRIORITIES.index(name) for name in priorities], dtype=np.uint8)
    quiet = {"solved": [0.0] * 3}

    def draw(purpose: str, columns: int, cells: Any = None) -> Any:
        row = (numbers or {}).get(purpose, quiet.get(purpose, [0.99] * columns))
        table = np.tile(np.array(row), (len(priority), 1))
        return table if cells is None else table.ravel()[cells]

    return with_assists(ways(work, priority, draw), work, {}, priority, draw)


def rows(tasks: Tasks, ticket: int) -> list[tuple[int, int, int, int]]:
    """Stage, kind, tier as people count it, minutes of work."""
    start, end = tasks.first[ticket], tasks.first[ticket + 1]
    columns = (tasks.stage, tasks.kind, tasks.tier + 1, tasks.handle // MINUTE)
    return list(zip(*(column[start:end].tolist() for column in columns), strict=True))


def test_a_p1_has_its_lead_then_its_assists_by_tier_then_the_rest_of_its_way() -> None:
    numbers = {"solved": [0.95] * 3, "reopening": [0.0, 0.5]}
    tasks = tasks_of(["P2", "P1", "P4"], numbers, activation=ACTIVATION, reopening={"share": 0.1})
    assert rows(tasks, 1) == [
        (0, WORK, 3, 30), (0, ASSIST, 1, 5), (0, ASSIST, 2, 7), (1, WORK, 4, 40), (2, REOPENED, 4, 40)]  # fmt: skip
    assert rows(tasks, 0) == [(0, WORK, 2, 20), (1, WORK, 3, 30), (2, REOPENED, 3, 30)]
    assert rows(tasks, 2) == [(0, WORK, 1, 10), (1, REOPENED, 1, 10)]
    assert tasks.first.tolist() == [0, 3, 8, 10]


def test_what_is_dormant_comes_last() -> None:
    tasks = tasks_of(["P1", "P1", "P3", "P1"], activation=ACTIVATION, critical=EMERGENCY)
    mine = [(0, WORK, 3, 30), (0, ASSIST, 1, 5), (0, ASSIST, 2, 7), (DORMANT, CRITICAL, 4, 90)]
    assert [rows(tasks, ticket) for ticket in range(4)] == [mine, mine, [(0, WORK, 1, 10)], mine]


def test_emergencies_without_activation_and_the_other_way_round() -> None:
    assert rows(tasks_of(["P1"], critical=EMERGENCY), 0) == [(0, WORK, 3, 30), (DORMANT, CRITICAL, 4, 90)]
    assert rows(tasks_of(["P1"], activation=ACTIVATION), 0)[1:] == [(0, ASSIST, 1, 5), (0, ASSIST, 2, 7)]
    assert rows(tasks_of(["P1"]), 0) == [(0, WORK, 3, 30)]
    assert rows(tasks_of(["P2", "P4"], activation=ACTIVATION, critical=EMERGENCY), 0) == [(0, WORK, 2, 20)]


def test_the_tier_of_the_lead_may_assist_too() -> None:
    tasks = tasks_of(["P1"], activation={"tier3": ACTIVATION["tier1"]})
    assert rows(tasks, 0) == [(0, WORK, 3, 30), (0, ASSIST, 3, 5)]


def test_assists_wait_for_nobody() -> None:
    numbers = {"customer wait": [0.0, 0.5], "reopening": [0.0, 0.5]}
    keys: dict[str, Any] = {"customer_wait": {"share": 0.1}, "reopening": {"share": 0.1}}
    tasks = tasks_of(["P1"], numbers, activation=ACTIVATION, critical=EMERGENCY, **keys)
    assert tasks.kind.tolist() == [WORK, ASSIST, ASSIST, FOLLOW_UP, REOPENED, CRITICAL]
    assert (tasks.wait > 0).tolist() == [False, False, False, True, True, False]


@pytest.mark.parametrize(("factor", "minutes"), [(1.0, (35 + 1, 90 + 3)), (2.0, (70 + 2, 180 + 6))])
def test_assists_cost_what_the_work_of_a_p1_costs(factor: float, minutes: tuple[int, int]) -> None:
    """Times the factor of the priority, and a minute for each half hour of it."""
    tasks = tasks_of(
        ["P1"], activation={"tier1": {"family": "constant", "mean": "35 min"}}, critical=EMERGENCY,
        handle_factor={"P1": factor, "P2": 9.0}, status_updates={"cost": "1 min"},
        knowledge={"share": 1.0, "factor": 0.1},
    )  # fmt: skip
    assert tuple(tasks.handle[1:] // MINUTE) == minutes


def test_each_tier_takes_its_own_number() -> None:
    laws = {tier: {"family": "exponential", "mean": "10 min"} for tier in ("tier1", "tier4")}
    numbers = {"assist tier1": [0.1], "assist tier4": [0.2], "critical tier1": [0.3], "critical tier4": [0.4]}
    tasks = tasks_of(["P1"], numbers, activation=laws, critical={"assists": laws}, status_updates={"priorities": ()})
    law = Work.model_validate({"handle": laws}).handle["tier1"]
    assert tasks.handle[1:].tolist() == quantile(law, np.array([0.1, 0.2, 0.3, 0.4])).tolist()


# ---- on the tape


def test_every_p1_has_them_and_nobody_else(watched: Scenario) -> None:
    workload = sample_workload(watched, 1, 0)
    ticket = np.repeat(np.arange(len(workload)), np.diff(workload.first_task))
    for kind, tiers in ((ASSIST, [0, 2]), (CRITICAL, [1, 3])):
        for tier in range(4):
            mine = (workload.task_kind == kind) & (workload.tier == tier)
            owners = ticket[mine].tolist()
            assert owners == (np.flatnonzero(workload.priority == 0).tolist() if tier in tiers else [])
    assert (workload.stage[workload.task_kind == CRITICAL] == DORMANT).all()
    assert (workload.stage[workload.task_kind == ASSIST] == 0).all()


def test_a_p1_becomes_an_emergency_in_time(watched: Scenario) -> None:
    workload = sample_workload(
        watched.with_({"demand.monitoring.review": {"every": "2 h", "priorities": ["P1"]}}), 1, 0
    )
    mine = (workload.priority == 0) & (workload.filtered == Filter.PASSED)
    created, visible = workload.created[mine], workload.visible[mine]
    assert (workload.critical_at[mine] == np.maximum(created + 45 * MINUTE, visible + 1)).all()
    assert (visible - created > 45 * MINUTE).any()
    assert (workload.critical_at[~mine] == NEVER).all()
    without = sample_workload(watched.with_({"work.critical": None}), 1, 0)
    assert (without.critical_at == NEVER).all()


def test_stages_count_what_leads_on(watched: Scenario, small: Scenario) -> None:
    """Of the same tickets, with and without assists and dormant tasks."""
    both = [sample_workload(scenario, 1, 0) for scenario in (small, watched.with_({"demand.monitoring": None}))]
    plain, watchful = both
    assert plain.number.tolist() == watchful.number.tolist()
    assert plain.stages.tolist() == watchful.stages.tolist() == np.diff(plain.first_task).tolist()
    assert len(watchful.stage) - len(plain.stage) == 4 * (plain.priority == 0).sum()


def test_stages_of_an_empty_tape(build: Build) -> None:
    assert sample_workload(build({"demand.scale": 0}), 1, 0).stages.tolist() == []


@pytest.mark.parametrize(
    "change",
    [
        {"work.activation": None},
        {"work.activation.tier1": None},
        {"work.activation.tier2": {"mean": "1 h"}},
        {"work.critical": None},
        {"work.critical.after": "2 h"},
        {"work.critical.assists.tier2": None},
        {"work.critical.assists.tier3": {"mean": "1 h"}},
        {"work.activation.tier3.mean": "1 h"},
    ],
)
def test_other_tasks_stay_when_assists_come_and_go(
    watched: Scenario, tickets_of: TicketsOf, change: dict[str, Any]
) -> None:
    before, after = tickets_of(watched), tickets_of(watched.with_(change))
    ((key, _),) = change.items()
    assert after.keys() == before.keys()
    for ticket in before:
        one, other = before[ticket], after[ticket]
        moved = {name for name in one.columns if one.columns[name] != other.columns[name]}
        assert moved <= ({"critical_at"} if key.startswith("work.critical") else set())
        touched = [
            slot for slot in one.tasks.keys() | other.tasks.keys() if one.tasks.get(slot) != other.tasks.get(slot)
        ]
        assert {kind for kind, _ in touched} <= ({CRITICAL} if key.startswith("work.critical") else {ASSIST})
        if key.count(".") > 1 and not key.endswith("after"):
            tier = TIERS.index(next(part for part in key.split(".") if part.startswith("tier")))  # type: ignore[arg-type]
            assert {t for _, t in touched} <= {tier}


def test_assists_of_the_tiers_are_independent(watched: Scenario) -> None:
    """Correlations of logarithms within four and a half standard errors; the means of their laws."""
    many = watched.with_({"demand.priorities": {"P1": 1, "P2": 0, "P3": 0, "P4": 0},
                          "regions.north.tickets": "100 per hour",
                          "work.activation": {tier: {"mean": "1 h"} for tier in TIERS}})  # fmt: skip
    workload = sample_workload(many, 1, 0)
    first = workload.first_task[:-1][workload.priority == 0]
    handle = np.stack([workload.handle[first + 1 + n] for n in range(4)], axis=1)
    assert (workload.task_kind[first[:, None] + np.arange(1, 5)] == ASSIST).all()
    n = len(handle)
    assert n > 10_000
    correlations = np.corrcoef(np.log(handle).T) - np.eye(4)
    assert np.abs(correlations).max() < 4.5 / n**0.5
    assert (handle.mean(axis=0) / HOUR).tolist() == pytest.approx([1] * 4, abs=4.5 * 1.12 / n**0.5)
