"""In which keys two scenarios differ."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.scenario.differences import differences
from sim.scenario.load import from_data
from sim.scenario.schema import Scenario

WORLD: dict[str, Any] = {
    "horizon": {"start": "2026-03-02"},
    "regions": {"here": {"zone": "UTC", "tickets": "6 per hour"}},
    "work": {
        "routes": {f"P{n}": {"tiers": ["tier1", "tier2"], "solved": ["85 %"]} for n in range(1, 5)},
        "handle": {f"tier{n}": {"mean": "30 min"} for n in range(1, 5)},
    },
    "staffing": {"mode": "flat", "flat": {"here": {f"tier{n}": 1 for n in range(1, 5)}}},
}


def told(base: Scenario, other: Scenario) -> list[str]:
    return [str(change) for change in differences(base, other)]


@pytest.fixture
def world() -> Scenario:
    return from_data(WORLD)


def test_what_is_changed_added_and_removed_is_told(world: Scenario) -> None:
    other = world.with_({"work.handle.tier4": None, "staffing.flat.here.tier1": 2, "demand.scale": 1.2})
    assert told(world, other) == [
        "work.handle.tier4: {mean: 30 min} → (removed)",
        "staffing.flat.here.tier1: 1 → 2",
        "demand.scale: (not set) → 1.2",
    ]


def test_it_is_told_from_where_the_other_one_stands(world: Scenario) -> None:
    assert told(world.with_({"demand.scale": 1.2}), world.with_({"demand.scale": 0.5})) == ["demand.scale: 1.2 → 0.5"]
    assert told(world.with_({"demand.scale": 1.2}), world) == ["demand: {scale: 1.2} → (removed)"]


def test_name_and_question_make_no_difference(world: Scenario) -> None:
    assert told(world, world.with_({"name": "other", "question": "Why?"})) == []


def test_the_same_written_otherwise_is_the_same(world: Scenario) -> None:
    assert told(world, world.with_({"work.handle.tier1.mean": "0.5 h"})) == []


def test_lists_are_told_as_wholes(world: Scenario) -> None:
    assert told(world, world.with_({"work.routes.P3.solved": ["80 %"]})) == ["work.routes.P3.solved: [85 %] → [80 %]"]


def test_a_scenario_built_by_hand_is_refused_because_nobody_knows_what_was_written(world: Scenario) -> None:
    by_hand = Scenario(**{**dict(world.with_({"demand.scale": 2})), "name": "hand"})
    with pytest.raises(sim.ScenarioError, match="built by hand"):
        differences(world, by_hand)
