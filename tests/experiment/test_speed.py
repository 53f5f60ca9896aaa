"""How long one replication may take: `pytest -n 0 -m benchmark`."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.experiment.run import replicate
from sim.workforce.plan import plan_roster

ROOT = Path(__file__).parents[2]


@pytest.mark.benchmark
@pytest.mark.parametrize(("file", "seconds"), [("scenarios/baseline.yaml", 3.5), ("benchmarks/everything.yaml", 6)])
def test_the_desk_plays_five_weeks_in_time(file: str, seconds: float) -> None:
    scenario = sim.load(ROOT / file)
    plan = plan_roster(scenario)
    runs = (replicate(scenario, plan, 0, seed=1, engine="desk", journals="none") for _ in range(3))
    assert min(run.timing.engine_s for run in runs) < seconds


def test_everything_is_switched_on_in_the_scenario_that_says_so() -> None:
    records = sim.run(sim.load(ROOT / "benchmarks" / "everything.yaml"), workers=1, engine="desk").records
    for figure in (
        "emergencies.count", "communication.on_time", "continuity.recovery", "people.absence", "people.vacation",
        "rest.lost", "hours.overtime", "hours.callout", "pages.interruptions", "tickets.abandoned",
    ):  # fmt: skip
        assert records[figure]["mean"] > 0, figure
