"""The audit of the baseline and of a plan below the floor; people who are added make nobody else move."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from sim.scenario.load import load
from sim.workforce import cover
from sim.workforce.plan import plan_roster

BASELINE = Path(__file__).parents[2] / "scenarios" / "baseline.yaml"


def audit(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sim", "audit", str(BASELINE), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_whole_shifts_cost_a_quarter_more_than_the_table() -> None:
    done = audit()
    assert done.returncode == 0, done.stderr
    assert "1,232 h" in done.stdout
    assert "967 h" in done.stdout
    assert "+27%" in done.stdout
    assert "The floor is met, and no rule is broken." in done.stdout


def test_a_plan_below_the_floor_does_not_pass() -> None:
    people = "{tier1: 5, tier2: 3, tier3: 1, tier4: 1, manager: 1, coordinator: 1}"
    crews = f"staffing.crews={{day: {{pattern: 5D 2O, headcount: {people}}}}}"
    done = audit("--set", "staffing.mode=pattern", "--set", crews)
    assert done.returncode == 1, done.stderr
    assert "met ✓" not in done.stdout


def test_the_audit_is_json_for_machines() -> None:
    done = audit("--json")
    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), dict)


def test_adding_people_solves_nothing_again_and_moves_nobody() -> None:
    scenario = load(BASELINE)
    before = plan_roster(scenario)
    solved = cover.solve.cache_info().misses
    more = scenario.with_({"staffing.add.more": {"pattern": "5S 2O", "headcount": {"tier2": 1}}})
    after = plan_roster(more)
    assert cover.solve.cache_info().misses == solved
    assert len(after.agents) == len(before.agents) + 4
    kept = len(before.agents) - 1  # the lead is last
    assert after.agents.name[:kept] == before.agents.name[:kept]
    first = int((before.agent < kept).sum())
    assert after.start[:first].tolist() == before.start[:first].tolist()
