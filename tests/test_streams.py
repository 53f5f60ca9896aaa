"""Streams are kept apart by their names, and a name's numbers never change."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.streams import stream, uniforms

names = st.lists(st.one_of(st.integers(0, 10**6), st.text("abc/-_ é", min_size=1, max_size=8)), max_size=4).map(tuple)


def numbers(*name: str | int, seed: int = 1, replication: int = 0, n: int = 8) -> list[float]:
    return stream(seed, replication, *name).random(n).tolist()


def test_the_numbers_of_a_name_are_these_for_ever() -> None:
    """Written down, because a change of the hash or of the generator would change every result ever published."""
    raw = stream(1, 0, "americas", "ticket", "arrivals").bit_generator.random_raw(3)
    assert raw.tolist() == [12972541457522361877, 18163574247895551304, 8773871764576740681]
    assert numbers("americas", "ticket", "arrivals", n=2) == [0.7032428815452008, 0.9846493329835059]
    assert stream(1, 0, "americas", "day factor").standard_normal(2).tolist() == [
        2.288478246392593,
        -1.3260756916831644,
    ]
    assert stream(2**40, 7, "é", 20260302).standard_exponential(2).tolist() == [1.9760991238049197, 0.20552911104899504]


@given(st.integers(0, 2**64), st.integers(0, 10**6), names)
def test_the_same_name_has_the_same_numbers(seed: int, replication: int, name: tuple[str | int, ...]) -> None:
    first = numbers(*name, seed=seed, replication=replication)
    assert numbers(*name, seed=seed, replication=replication) == first
    assert len(set(first)) == len(first)


@given(names, names)
def test_different_names_have_different_numbers(name: tuple[str | int, ...], other: tuple[str | int, ...]) -> None:
    same_words = [str(word) for word in name] == [str(word) for word in other]
    assert (numbers(*name) == numbers(*other)) == same_words


@pytest.mark.parametrize(
    ("name", "other"),
    [
        (("a", "b"), ("ab",)),
        (("a", "b"), ("b", "a")),
        (("ab", "c"), ("a", "bc")),
        (("a",), ("a", "")),
        ((1, 23), (12, 3)),
        (("a",), ("A",)),
    ],
)
def test_the_cut_between_words_counts(name: tuple[str | int, ...], other: tuple[str | int, ...]) -> None:
    assert numbers(*name) != numbers(*other)


def test_seed_and_replication_are_not_interchangeable() -> None:
    grid = {tuple(numbers("a", seed=seed, replication=replication)) for seed in range(6) for replication in range(6)}
    assert len(grid) == 36
    assert numbers("a", seed=2**32, replication=0) != numbers("a", seed=0, replication=1)


def test_streams_look_independent_of_each_other() -> None:
    """Each of the correlations has a standard error of 0.005, so that the bound is five of them."""
    n = 40_000
    regions, purposes = (
        ("americas", "europe", "apac", "latam", "east"),
        ("arrivals", "handle", "priority", "class", "channel"),
    )
    columns = [stream(1, 0, region, purpose).random(n) for region in regions for purpose in purposes]
    columns.append(stream(1, 1, "americas", "arrivals").random(n))
    columns.append(stream(2, 0, "americas", "arrivals").random(n))
    for a, b in combinations(columns, 2):
        assert abs(np.corrcoef(a, b)[0, 1]) < 0.025
        assert abs(np.corrcoef(a[1:], b[:-1])[0, 1]) < 0.025


def test_streams_with_consecutive_numbers_in_their_names_are_uniform_across_names() -> None:
    """The first numbers of 20,000 agents: a mean within four standard errors, and deciles about equally full."""
    first = np.array([stream(1, 0, "agent", n).random() for n in range(20_000)])
    assert abs(first.mean() - 0.5) < 4 * (1 / 12 / len(first)) ** 0.5
    counts = np.histogram(first, bins=10, range=(0, 1))[0]
    assert abs(counts - 2000).max() < 4.5 * (20_000 * 0.1 * 0.9) ** 0.5


def test_drawing_more_from_one_stream_moves_no_other() -> None:
    expected = numbers("europe", "handle")
    greedy = stream(1, 0, "americas", "handle")
    greedy.random(1000)
    assert numbers("europe", "handle") == expected


def test_more_numbers_begin_with_the_same_ones() -> None:
    assert numbers("a", n=1000)[:8] == numbers("a", n=8)
    square = stream(1, 0, "a").random((1000, 6))
    assert square[:10].tolist() == stream(1, 0, "a").random((10, 6)).tolist()


@pytest.mark.parametrize("seed", [-1, -(2**40)])
def test_a_negative_seed_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="non-negative"):
        stream(seed, 0, "a")


# ---- many names at once


def test_a_row_depends_on_its_name_alone() -> None:
    rows = uniforms(1, 0, ["Ada", "Bob", "Cy"], "sickness", columns=4)
    assert rows.shape == (3, 4)
    assert uniforms(1, 0, ["Cy", "Ada"], "sickness", columns=4).tolist() == rows[[2, 0]].tolist()
    assert len(np.unique(rows)) == 12


def test_a_number_depends_on_its_column_alone() -> None:
    rows = uniforms(1, 0, ["Ada", "Bob"], "sickness", columns=100)
    assert uniforms(1, 0, ["Ada", "Bob"], "sickness", columns=7).tolist() == rows[:, :7].tolist()
    assert uniforms(1, 0, ["Ada", "Bob"], "sickness", columns=5, first=60).tolist() == rows[:, 60:65].tolist()


def test_another_seed_replication_or_purpose_is_another_row() -> None:
    runs = [(1, 0, "a"), (1, 1, "a"), (0, 1, "a"), (1, 0, "b"), (1, 0, "a", 2026)]
    rows = [uniforms(*run[:2], ["Ada"], *run[2:], columns=3)[0].tolist() for run in runs]
    assert len({number for row in rows for number in row}) == 15


def test_rows_are_the_same_on_every_machine() -> None:
    assert uniforms(1, 0, ["Ada"], "sickness", columns=2).tolist() == [[0.07634510399673078, 0.17542832544824472]]


def test_rows_are_uniform_and_look_independent() -> None:
    """100 people of much the same name, 2,000 numbers each: deciles about equally full, columns of one mean, and no
    correlation between rows, nor between neighbours in a row.
    """
    rows = uniforms(1, 0, [f"americas/tier1/day/{n}" for n in range(100)], "sickness", columns=2000)
    counts = np.histogram(rows, bins=10, range=(0, 1))[0]
    assert abs(counts - 20_000).max() < 4.5 * (200_000 * 0.09) ** 0.5
    assert abs(rows.mean(axis=0) - 0.5).max() < 4.5 * (1 / 12 / 100) ** 0.5
    between = np.corrcoef(rows)[~np.eye(100, dtype=bool)]
    assert abs(between).max() < 5.5 / 2000**0.5
    assert abs(np.corrcoef(rows[:, 1:].ravel(), rows[:, :-1].ravel())[0, 1]) < 4.5 / 200_000**0.5


def test_nobody_has_no_rows() -> None:
    assert uniforms(1, 0, [], "sickness", columns=3).shape == (0, 3)
