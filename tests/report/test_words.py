"""Numbers and names as they are read."""

from __future__ import annotations

import math

import pytest

from sim.report.words import between, counted, hour_name, joined, lasting, number, tier_name, times, whole


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.04, "0.0"), (80.94, "80.9"), (999.94, "999.9"), (28301.6, "28,302"), (None, "-"), (math.nan, "-")],
)
def test_a_number_has_one_digit_and_none_where_it_is_large(value: float | None, text: str) -> None:
    assert number(value) == text


def test_counts_are_whole_unless_they_are_few() -> None:
    assert (whole(9.96), whole(12.4), whole(1203.2)) == ("10.0", "12", "1,203")


def test_an_interval_has_two_ends_or_is_none() -> None:
    assert between(1.0, 2.5) == "1.0 to 2.5"
    assert between(None, 2.5) == ""
    assert between(math.nan, math.nan) == ""


def test_nouns_follow_their_number() -> None:
    assert (counted(1, "day"), counted(28, "day"), counted(1, "person/people"), counted(1500, "person/people")) == (
        "1 day", "28 days", "1 person", "1,500 people",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("often", "said"),
    [
        (0, "never"), (0.04, "less than 0.1 times"), (0.5, "0.5 times"), (1.0, "once"), (2.5, "2.5 times"),
        (3.0, "3 times"), (84.3, "84 times"),
    ],
)  # fmt: skip
def test_once_and_so_many_times(often: float, said: str) -> None:
    assert times(often) == said


def test_long_times_are_in_hours() -> None:
    assert [lasting(minutes) for minutes in (0, 45, 180, 181, 1608)] == [
        "0.0 min", "45.0 min", "180.0 min", "3.0 h", "26.8 h",
    ]  # fmt: skip


def test_lists_end_with_and() -> None:
    assert (joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"])) == ("a", "a and b", "a, b and c")


def test_hours_and_tiers_have_names() -> None:
    assert (hour_name(0), hour_name(134), hour_name(167)) == ("Mon 00-01", "Sat 14-15", "Sun 23-24")
    assert (tier_name("tier2"), tier_name("lead")) == ("tier 2", "lead")
