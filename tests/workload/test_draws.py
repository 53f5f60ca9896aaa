"""Random numbers by purpose: everybody's are the row of their number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.streams import stream
from sim.workload.draws import Draws, Part

row_sets = st.lists(st.sets(st.integers(0, 5000), max_size=30), min_size=1, max_size=4)


def parts_of(sets: list[set[int]], seed: int) -> list[Part]:
    order = np.random.default_rng(seed)
    return [Part(order.permutation(np.array(sorted(rows), dtype=np.int64)), seed, 0, "here", f"way {n}")
            for n, rows in enumerate(sets)]  # fmt: skip


@settings(max_examples=40)
@given(row_sets, st.integers(0, 100))
def test_a_ticket_draws_the_row_of_its_number(sets: list[set[int]], seed: int) -> None:
    parts = parts_of(sets, seed)
    drawn = Draws(parts)("handle", 3)
    expected = [
        stream(seed, 0, "here", f"way {n}", "handle").random((5001, 3))[part.rows] for n, part in enumerate(parts)
    ]
    assert drawn.tolist() == np.concatenate(expected).tolist()


@settings(max_examples=40)
@given(row_sets, st.integers(0, 100), st.data())
def test_words_for_some_are_those_of_their_numbers(sets: list[set[int]], seed: int, data: st.DataObject) -> None:
    parts = parts_of(sets, seed)
    n = sum(len(part) for part in parts)
    some = data.draw(st.lists(st.integers(0, max(n - 1, 0)), unique=True, max_size=n))
    expected = [
        stream(seed, 0, "here", f"way {n}", "pages").bit_generator.random_raw(5001 * 2).reshape(-1, 2)[part.rows]
        for n, part in enumerate(parts)
    ]
    words = Draws(parts).words("pages", 2, np.array(some, dtype=np.int64))
    assert words.tolist() == np.concatenate(expected)[some].tolist()


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.sets(st.integers(0, 5000), max_size=30)), max_size=4), st.data())
def test_cells_are_those_of_the_table(kinds: list[tuple[bool, set[int]]], data: st.DataObject) -> None:
    parts = [
        Part(np.arange(100 * len(rows)) if whole else np.array(sorted(rows), dtype=np.int64), 1, 0, "here", f"way {n}")
        for n, (whole, rows) in enumerate(kinds)
    ]
    table = Draws(parts)("handle", 3).ravel()
    chance = np.random.default_rng(data.draw(st.integers(0, 100)))
    cells = np.flatnonzero(chance.random(len(table)) < data.draw(st.sampled_from([0.0, 0.1, 1.0])))
    assert Draws(parts)("handle", 3, cells).tolist() == table[cells].tolist()


@pytest.mark.parametrize("rows", [[], [0], [3], [0, 1, 2], [2, 0, 1], [0, 2]])
def test_numbers_are_the_same_whoever_else_comes(rows: list[int]) -> None:
    part = Part(np.array(rows, dtype=np.int64), 1, 0, "here", "ticket")
    everybody = Part(np.arange(10), 1, 0, "here", "ticket")
    assert Draws([part])("class", 2).tolist() == Draws([everybody])("class", 2)[rows].tolist()


def test_nobody_draws_nothing() -> None:
    assert Draws([])("class", 2).shape == (0, 2)
    assert Draws([]).words("pages", 5, np.empty(0, dtype=np.int64)).shape == (0, 5)
