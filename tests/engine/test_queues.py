"""Lines of the kernel, long ones too: whoever leaves is the first by level, place and task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.compiled import state
from sim.engine.compiled.queues import dequeue, enqueue, line_up
from sim.engine.compiled.state import CLAIM_WIDTH, CLAIMS_AT, FREE_CLAIM, FRESH, HEADER, POOL_WIDTH
from sim.engine.ranks import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINE = HEADER
"""A pool begins with its lines; here it stands behind the header, and the claims behind it."""
LEAVES = (-1, 0, 0)
"""Instead of a claim: the first leaves."""

claims = st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 7))
moves = st.lists(claims | st.just(LEAVES), max_size=200)


@numba.njit
def played(s: NDArray[np.int64], moves: NDArray[np.int64], noted: bool) -> list[int]:
    """The tasks of those who left, in the order of `moves`, and then of all who are left."""
    left = [NONE]
    line = LINE if noted else FRESH
    for level, place, task in moves:
        if level < 0:
            if s[line] != NONE:
                left.append(dequeue(s, line))
        elif noted:
            line_up(s, line, level, place, task, 0)
        else:
            enqueue(s, line, level, place, task, 0)
    while s[line] != NONE:
        left.append(dequeue(s, line))
    return left[1:]


def order(moves: list[tuple[int, int, int]]) -> list[int]:
    """The same, of a list that is sorted."""
    line: list[tuple[int, int, int]] = []
    left = []
    for move in moves:
        if move != LEAVES:
            line = sorted([*line, move])
        elif line:
            left.append(line.pop(0))
    return [task for _, _, task in left + line]


def most_at_once(moves: list[tuple[int, int, int]]) -> int:
    """How long the line becomes."""
    length = most = 0
    for move in moves:
        length = length + 1 if move != LEAVES else max(0, length - 1)
        most = max(most, length)
    return most


@given(moves, st.booleans())
def test_the_first_of_a_line_leaves(moves: list[tuple[int, int, int]], noted: bool) -> None:
    s = np.zeros(HEADER + POOL_WIDTH + len(moves) * CLAIM_WIDTH, dtype=np.int64)
    s[CLAIMS_AT] = HEADER + POOL_WIDTH
    s[[FREE_CLAIM, FRESH, LINE]] = NONE
    assert played(s, np.array(moves, dtype=np.int64).reshape(-1, 3), noted) == order(moves)
    assert s[state.CLAIMS] == most_at_once(moves)


def test_a_line_in_the_order_of_arrival_is_a_list() -> None:
    """Whoever comes last is the child of whoever came before, so that nothing has to be searched."""
    s = np.zeros(HEADER + POOL_WIDTH + 100 * CLAIM_WIDTH, dtype=np.int64)
    s[CLAIMS_AT] = HEADER + POOL_WIDTH
    s[[FREE_CLAIM, FRESH, LINE]] = NONE
    filled(s, 100)
    rows = s[HEADER + POOL_WIDTH :].reshape(-1, CLAIM_WIDTH)
    children = HEADER + POOL_WIDTH + CLAIM_WIDTH * np.arange(1, 101)
    assert rows[:, state.LEFT].tolist() == [*children[:-1], NONE]
    assert set(rows[:, state.RIGHT]) == {NONE}


@numba.njit
def filled(s: NDArray[np.int64], count: int) -> None:
    """So many come one after the other."""
    for task in range(count):
        line_up(s, LINE, 0, task, task, 0)
