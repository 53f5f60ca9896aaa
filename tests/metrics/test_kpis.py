"""The dictionary of key figures, and what is said of a figure."""

from __future__ import annotations

import json
import math
from functools import reduce
from typing import Any

import pytest

from sim.metrics.kpis import DEFINITIONS, KPIS, record, target


def test_names_are_unique_and_in_the_order_of_their_definitions() -> None:
    names = [name for definition in DEFINITIONS for name in definition.names]
    assert names == list(KPIS)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.stem)
def test_a_target_key_is_a_key_of_the_scenario(desk: Any, definition: Any) -> None:
    if definition.target:
        assert reduce(getattr, definition.target.split("."), desk.scenario) is not None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sla.response.P1", 95.0),
        ("sla.response.P4", None),  # no deadline, so nothing to keep
        ("sla.resolution.P3", 90.0),
        ("fcr", 85.0),
        ("utilization.tier1", None),
        ("response.mean", None),
    ],
)
def test_targets_are_in_the_unit_of_the_figure(desk: Any, name: str, expected: float | None) -> None:
    assert target(name, desk.scenario) == expected


def test_acknowledgement_has_a_target_only_where_a_time_is_promised(desk: Any) -> None:
    assert target("pages.acknowledged", desk.scenario) is None
    promised = desk.scenario.targets.model_copy(update={"acknowledgement": 300_000, "acknowledgement_met": 0.9})
    assert target("pages.acknowledged", desk.with_(targets=promised).scenario) == 90


def test_a_target_is_met_at_the_target_by_the_mean_alone(desk: Any) -> None:
    assert record("fcr", 85.0, 80.0, 90.0, desk.scenario)["met"] is True
    assert record("fcr", 84.999, 80.0, 90.0, desk.scenario)["met"] is False


def test_utilization_has_a_band_in_place_of_a_target(desk: Any) -> None:
    assert record("utilization.tier1", 82.1, 80.0, 84.2, desk.scenario) == {
        "mean": 82.1, "low": 80.0, "high": 84.2, "unit": "%", "band": "high",
    }  # fmt: skip


def test_a_figure_without_target_has_no_verdict(desk: Any) -> None:
    assert record("wait.mean", 1.0, 0.5, 1.5, desk.scenario) == {"mean": 1.0, "low": 0.5, "high": 1.5, "unit": "min"}


@pytest.mark.parametrize("name", KPIS)
def test_what_is_missing_is_null_in_json(desk: Any, name: str) -> None:
    text = json.dumps(record(name, math.nan, math.nan, math.nan, desk.scenario), allow_nan=False)
    assert json.loads(text)["mean"] is None
    assert not {"met", "band"} & {key for key, value in json.loads(text).items() if value is not None}
