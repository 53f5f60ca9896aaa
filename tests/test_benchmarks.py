"""What the engines are held against in `benchmarks/` does the same work."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import sim
from sim.clock import NEVER
from sim.engine.journal import How, Journals
from sim.experiment.engines import ENGINES
from sim.experiment.run import simulate
from sim.scenario.schema import Scenario
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster
from sim.workload.sample import sample_workload
from sim.workload.tape import Workload

FOLDER = Path(__file__).parents[1] / "benchmarks"
STAFF = [(24, 10), (19, 9)]


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("scripts")


def w1(agents: tuple[int, int], days: int = 28) -> Scenario:
    return sim.load(
        FOLDER / "w1.yaml",
        {"staffing.flat.desk.tier1": agents[0], "staffing.flat.desk.tier2": agents[1], "horizon.days": days},
    )


def played(scenario: Scenario, engine: str) -> tuple[Workload, Journals]:
    workload = sample_workload(scenario, 1, 0)
    return workload, simulate(scenario, workload, sample_roster(scenario, plan_roster(scenario), 1, 0), engine)


def times_of(journals: Journals) -> np.ndarray:
    """As `scripts.Times`."""
    work = journals.work
    done = work["how_ended"] == How.DONE
    ticket, tier = work["ticket"][done], work["tier"][done].astype(int)
    times = np.full((len(journals.tickets["ticket"]), 4), NEVER)
    times[ticket, 2 * tier], times[ticket, 2 * tier + 1] = work["start"][done], work["end"][done]
    return times


def raised(journals: Journals) -> int:
    return int(np.sum(journals.work["how_ended"] == How.ESCALATED))


@pytest.mark.parametrize("days", [7, pytest.param(28, marks=pytest.mark.slow)])
@pytest.mark.parametrize("agents", STAFF)
@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_the_plain_script_of_w1_and_the_engines_agree_ticket_for_ticket(
    scripts: ModuleType, engine: str, agents: tuple[int, int], days: int
) -> None:
    workload, journals = played(w1(agents, days), engine)
    seen = scripts.as_times(scripts.two_tiers(scripts.from_tape(workload), agents))
    assert (seen == times_of(journals)).all()
    assert (raised(journals) > 0) == (agents == (19, 9))


@pytest.mark.parametrize("agents", STAFF)
@pytest.mark.parametrize(("library", "peer"), [("ciw", "in_ciw"), ("salabim", "in_salabim")])
def test_w1_in_other_simulators_agrees_ticket_for_ticket(
    scripts: ModuleType, library: str, peer: str, agents: tuple[int, int]
) -> None:
    pytest.importorskip(library)
    peers = importlib.import_module("peers")
    workload, journals = played(w1(agents, days=2), "desk")
    assert raised(journals) == 0 or agents == (19, 9)
    seen = getattr(peers, peer)(scripts.from_tape(workload), agents)
    assert (scripts.as_times(seen) == times_of(journals)).all()


def test_w1_is_the_workload_that_its_name_stands_for() -> None:
    hours = w1(STAFF[0]).demand.profiles["day"].hours
    assert hours is not None
    assert (np.mean(hours), max(hours), min(hours)) == (pytest.approx(1), 1.8, 0.3)
    workload = sample_workload(w1(STAFF[0]), 1, 0)
    assert len(workload) == pytest.approx(40 * 24 * 28, rel=0.02)
    assert np.mean(np.diff(workload.first_task) > 1) == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_the_parts_of_an_engine_are_timed_one_by_one(scripts: ModuleType, engine: str) -> None:
    where = importlib.import_module("where_time_goes")
    stages = where.spent(FOLDER / "w1.yaml", ["horizon.days=1"], engine)
    assert {where.STATE, where.PLAY, where.JOURNALS} <= stages.keys()
    assert min(stages.values()) > 0


@pytest.mark.slow
@pytest.mark.parametrize("agents", STAFF)
def test_the_script_that_samples_by_itself_finds_the_same_desk(scripts: ModuleType, agents: tuple[int, int]) -> None:
    scenario = w1(agents)
    figures, records = scripts.two_tiers_alone(scenario, 1), sim.run(scenario, workers=1).records
    for tier in ("tier1", "tier2"):
        ours = records[f"utilization.{tier}"]["mean"] / 100
        assert figures[f"utilization.{tier}"] == pytest.approx(ours, abs=0.05)
