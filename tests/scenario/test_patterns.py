"""Rotations by name: what each is known for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.scenario.patterns import PATTERNS
from sim.scenario.units import parse_pattern

PAGE = Path(__file__).parents[2] / "docs" / "rosters.md"
KNOWN = {
    # name: days of a cycle, hours of a shift, mean hours a week, most duties in a row
    "weekdays": (7, 8, 40, 5),
    "standard": (21, 8, 32, 12),
    "metropolitan": (8, 8, 42, 6),
    "continental": (28, 8, 42, 7),
    "four_on_four_off": (16, 12, 42, 4),
    "pitman": (14, 12, 42, 3),
    "pitman_nights": (14, 12, 42, 3),
    "panama": (56, 12, 42, 3),
    "dupont": (28, 12, 42, 4),
}


def test_every_pattern_is_known_for_something() -> None:
    assert KNOWN.keys() == PATTERNS.keys()


@pytest.mark.parametrize("name", PATTERNS)
def test_a_name_stands_for_its_rotation(name: str) -> None:
    assert parse_pattern(name) == parse_pattern(f" {name} ") == parse_pattern(PATTERNS[name])


@pytest.mark.parametrize("name", PATTERNS)
def test_mean_hours_a_week_and_duties_in_a_row(name: str) -> None:
    days, hours, weekly, in_a_row = KNOWN[name]
    pattern = parse_pattern(name)
    duties = len(pattern) - pattern.count("O")
    assert len(pattern) == days
    assert duties * hours * 7 / days == pytest.approx(weekly)
    assert max(map(len, re.findall("[^O]+", pattern * 2))) == in_a_row


CREWS = {
    # name: days by which the crews are ahead of each other
    "metropolitan": (0, 2, 4, 6),
    "continental": (0, 7, 14, 21),
    "four_on_four_off": (0, 4, 8, 12),
    "pitman": (0, 7),
    "pitman_nights": (0, 7),
    "panama": (0, 7, 28, 35),
    "dupont": (0, 7, 14, 21),
}


@pytest.mark.parametrize(("name", "ahead"), CREWS.items())
def test_its_crews_hold_every_shift_around_the_clock(name: str, ahead: tuple[int, ...]) -> None:
    """With one crew on each shift of every day."""
    pattern = parse_pattern(name)
    letters = sorted(set(pattern) - {"O"})
    for day in range(len(pattern)):
        on = sorted(pattern[(day + crew) % len(pattern)] for crew in ahead)
        assert [letter for letter in on if letter != "O"] == letters


def test_the_page_lists_every_pattern_as_it_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, pattern in PATTERNS.items():
        assert f"| `{name}` | `{pattern}` |" in page
