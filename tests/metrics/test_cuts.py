"""Rows of tables, from the codes of their keys."""

from __future__ import annotations

import numpy as np
import pytest

from sim.metrics.cuts import rows

MANY = {"a": range(3), "b": range(300), "c": range(100)}


@pytest.mark.parametrize("keys", [("a",), ("b", "a"), ("a", "b", "c")])
def test_the_last_key_runs_fastest_however_many_rows_there_are(keys: tuple[str, ...]) -> None:
    """In bytes of 8, 16 and 32 bits."""
    shape = tuple(len(MANY[key]) for key in keys)
    every = dict(zip(keys, np.indices(shape).reshape(len(shape), -1), strict=True))
    row, count = rows(keys, every, MANY)
    assert row.dtype == np.intp
    assert row.tolist() == list(range(count))


def test_an_axis_without_labels_makes_no_rows() -> None:
    row, count = rows(("b", "d"), {"b": np.empty(0, np.int16), "d": np.empty(0, np.uint8)}, {**MANY, "d": ()})
    assert (row.tolist(), count) == ([], 0)


@pytest.mark.parametrize("code", [-1, 3])
def test_a_code_without_a_label_is_refused(code: int) -> None:
    with pytest.raises(ValueError, match="invalid entry in a"):
        rows(("b", "a"), {"b": np.array([0]), "a": np.array([code], dtype=np.int16)}, MANY)
