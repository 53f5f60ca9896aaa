"""The same scenarios come to the same numbers as when these were last regenerated, on purpose."""

from __future__ import annotations

import json
import math
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

BACKTEST = run_path(str(Path(__file__).with_name("regenerate.py")))
SHOWN = 20
REMEDY = "if that is meant: python tests/backtest/regenerate.py, and the reason into the commit's message"


def same(one: Any, other: Any) -> bool:
    """Whether counts are equal, and sums equal but for the order in which they are added up."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return type(one) is type(other) and bool(one == other)


def differences(kept: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """`name: kept → found` for each number that is another, new or gone."""
    names = dict.fromkeys([*kept, *found])
    pairs = {name: (kept.get(name, "nothing"), found.get(name, "nothing")) for name in names}
    return [f"{name}: {was} → {now}" for name, (was, now) in pairs.items() if not same(was, now)]


@pytest.mark.parametrize("scenario", BACKTEST["SCENARIOS"])
def test_the_numbers_are_those_that_were_kept(scenario: str) -> None:
    kept = json.loads(BACKTEST["kept"](scenario).read_text(encoding="utf-8"))
    found = differences(kept, BACKTEST["numbers"](scenario))
    assert not found, "\n".join([f"{len(found)} numbers are others ({REMEDY}), first:", *found[:SHOWN]])


@pytest.mark.parametrize("scenario", BACKTEST["SCENARIOS"])
def test_numbers_are_kept_as_they_are_written(scenario: str) -> None:
    kept = BACKTEST["kept"](scenario).read_text(encoding="utf-8")
    assert BACKTEST["text"](json.loads(kept)) == kept


@pytest.mark.parametrize(
    ("kept", "found", "told"),
    [
        ({"a": [[1, 2]]}, {"a": [[1, 2]]}, []),
        ({"a": [[1, 2]]}, {"a": [[1, 3]]}, ["a: [[1, 2]] → [[1, 3]]"]),
        ({"a": [1]}, {"a": [1, 1]}, ["a: [1] → [1, 1]"]),
        ({"a": [0.1 + 0.2]}, {"a": [0.3]}, []),
        ({"a": [1e6]}, {"a": [1e6 + 0.1]}, ["a: [1000000.0] → [1000000.1]"]),
        (
            {"a": ["0f"], "b": [1]},
            {"a": ["1f"], "c": [1]},
            ["a: ['0f'] → ['1f']", "b: [1] → nothing", "c: nothing → [1]"],
        ),
    ],
)
def test_a_difference_is_told(kept: dict[str, Any], found: dict[str, Any], told: list[str]) -> None:
    assert differences(kept, found) == told
