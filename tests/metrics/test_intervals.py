"""Exact time: against a count of every single millisecond."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, NEVER
from sim.metrics.intervals import (
    MANY_GROUPS,
    Grid,
    Spans,
    intersection,
    order_of,
    remainder,
    summed,
    time_in_bins,
    time_inside,
    union,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

GROUPS = 3

span = st.tuples(st.integers(0, GROUPS - 1), st.integers(-10, 60), st.integers(0, 30))
grids = st.builds(Grid, first=st.integers(-5, 20), width=st.integers(1, 9), bins=st.integers(1, 8))


def _spans(rows: list[tuple[int, int, int]]) -> tuple[Spans, NDArray[np.int64]]:
    group, start, length = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Spans(start, start + length), group


def _instants(spans: Spans, group: NDArray[np.int64], wanted: int) -> list[int]:
    """Every ms that a span of the group holds, once for each span."""
    rows = zip(group.tolist(), spans.start.tolist(), spans.end.tolist(), strict=True)
    return [ms for code, start, end in rows if code == wanted for ms in range(start, end)]


@given(st.lists(span, max_size=12), grids)
def test_time_in_bins_is_what_counting_gives(rows: list[tuple[int, int, int]], grid: Grid) -> None:
    spans, group = _spans(rows)
    found = time_in_bins(spans, group, GROUPS, grid)
    assert found.dtype == np.int64
    for code in range(GROUPS):
        instants = _instants(spans, group, code)
        held = [sum(left <= ms < left + grid.width for ms in instants) for left in grid.starts.tolist()]
        assert found[code].tolist() == held


@given(st.lists(span, max_size=12), grids)
def test_bins_add_up_to_what_lies_inside_the_grid(rows: list[tuple[int, int, int]], grid: Grid) -> None:
    spans, group = _spans(rows)
    inside = spans.clipped(grid.first, grid.end).length
    assert time_in_bins(spans, group, GROUPS, grid).sum(axis=1).tolist() == summed(inside, group, GROUPS).tolist()


@given(st.lists(span, max_size=12), grids, st.integers(-5, 30), st.integers(0, 60))
def test_what_lies_outside_the_window_is_in_no_bin(
    rows: list[tuple[int, int, int]], grid: Grid, low: int, length: int
) -> None:
    spans, group = _spans(rows)
    found = time_in_bins(spans, group, GROUPS, grid, (low, low + length))
    assert found.tolist() == time_in_bins(spans.clipped(low, low + length), group, GROUPS, grid).tolist()


@pytest.mark.parametrize("code", [-1, GROUPS])
def test_a_code_beyond_the_last_is_refused(code: int) -> None:
    with pytest.raises(ValueError, match="codes from 0 to 2"):
        time_in_bins(Spans(np.array([0]), np.array([5])), np.array([code]), GROUPS, Grid(0, 10, 2))


@given(st.lists(span, max_size=12), st.integers(-5, 30), st.integers(0, 60))
def test_time_inside_a_window_is_that_of_the_clipped_spans(
    rows: list[tuple[int, int, int]], low: int, length: int
) -> None:
    spans, group = _spans(rows)
    found = time_inside(spans, group, GROUPS, (low, low + length))
    assert found.tolist() == summed(spans.clipped(low, low + length).length, group, GROUPS).tolist()


@pytest.mark.parametrize("end", [10, NEVER])
@pytest.mark.parametrize("low", [0, 20, DAY - 1])
def test_a_span_without_an_end_or_that_ends_before_it_starts_is_in_no_window(end: int, low: int) -> None:
    spans, code = Spans(np.array([30]), np.array([end])), np.array([0])
    assert time_inside(spans, code, 1, (low, DAY)).tolist() == [0]
    assert time_in_bins(spans, code, 1, Grid(low, HOUR, 24)).sum() == 0


@pytest.mark.parametrize("code", [-1, GROUPS])
def test_a_window_refuses_a_code_beyond_the_last(code: int) -> None:
    with pytest.raises(ValueError, match="codes from 0 to 2"):
        time_inside(Spans(np.array([0]), np.array([5])), np.array([code]), GROUPS, (0, 10))


@pytest.mark.parametrize("code", [-1, GROUPS])
def test_what_has_no_code_is_not_summed(code: int) -> None:
    with pytest.raises(ValueError, match="codes from 0 to 2"):
        summed(np.array([5]), np.array([code]), GROUPS)


@given(st.lists(st.tuples(st.integers(-(2**60), 2**60), st.integers(0, GROUPS - 1)), max_size=3))
def test_sums_are_exact_where_doubles_are_not(rows: list[tuple[int, int]]) -> None:
    values, code = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    assert summed(values, code, GROUPS).tolist() == [sum(v for v, c in rows if c == one) for one in range(GROUPS)]


@pytest.mark.parametrize(
    ("groups", "long"), [(1, 1), (1, 2**53), (MANY_GROUPS, 1), (MANY_GROUPS, 2**38), (2**30, 2**40)]
)
@given(st.lists(span, max_size=12))
def test_spans_are_put_in_order_and_those_alike_stay_as_they_come(
    groups: int, long: int, rows: list[tuple[int, int, int]]
) -> None:
    """Whether or not there is room in 64 bits for groups and starts, for the rows as well, and in 16 for the groups."""
    spans, group = _spans(rows)
    order = order_of(group * groups, spans.start * long).tolist()
    assert order == sorted(range(len(rows)), key=lambda row: (group[row], spans.start[row], row))


@given(st.integers(-(10**13), 10**13), st.integers(1, 10**9), st.integers(0, 20_000), st.integers(-2, 2))
def test_an_edge_belongs_to_the_bin_that_it_opens(first: int, width: int, bins: int, beside: int) -> None:
    """A product takes the place of the quotient: it must not be one beside it, however long the run."""
    at = first // width * width + beside
    grid = Grid(at - at % width - bins * width, width, bins + 2)
    held = time_in_bins(Spans(np.array([at]), np.array([at + 1])), np.zeros(1, dtype=np.int64), 1, grid)
    assert held.sum() == held[0, bins] == 1


@given(st.lists(span, max_size=12))
def test_a_union_holds_the_same_instants_once_and_has_gaps(rows: list[tuple[int, int, int]]) -> None:
    spans, group = _spans(rows)
    pieces = union(spans, group)
    for code in range(GROUPS):
        held = _instants(pieces.spans, pieces.group, code)
        assert held == sorted(set(_instants(spans, group, code)))
    same = pieces.group[1:] == pieces.group[:-1]
    assert (pieces.spans.start[1:] > pieces.spans.end[:-1])[same].all()
    assert (spans.start[pieces.opener] == pieces.spans.start).all()
    assert (group[pieces.opener] == pieces.group).all()


def test_spans_that_touch_become_one() -> None:
    spans, group = _spans([(0, 0, 5), (0, 5, 5), (0, 11, 1)])
    pieces = union(spans, group)
    assert pieces.spans.start.tolist() == [0, 11]
    assert pieces.spans.end.tolist() == [10, 12]
    assert pieces.opener.tolist() == [0, 2]


def test_a_short_span_inside_a_long_one_does_not_end_it() -> None:
    spans, group = _spans([(0, 0, 20), (0, 1, 2), (0, 15, 10)])
    assert union(spans, group).spans.end.tolist() == [25]


def test_a_millisecond_is_not_lost_in_ten_years_of_many_spans() -> None:
    grid = Grid(0, HOUR, 3650 * 24)
    n = 1000
    spans = Spans(np.zeros(n, dtype=np.int64), np.full(n, grid.end - 1))
    found = time_in_bins(spans, np.zeros(n, dtype=np.uint8), 1, grid)
    assert found.sum() == n * (grid.end - 1)
    assert found[0, -1] == n * (HOUR - 1)


def test_a_span_that_ends_before_it_starts_is_empty_when_clipped() -> None:
    clipped = Spans(np.array([30]), np.array([10])).clipped(0, DAY)
    assert clipped.length.tolist() == [0]


def _apart(rows: list[tuple[int, int, int]]) -> tuple[Spans, NDArray[np.int64]]:
    """Spans of which those of one group do not overlap, in no order: a union, turned round."""
    pieces = union(*_spans(rows))
    return Spans(pieces.spans.start[::-1], pieces.spans.end[::-1]), pieces.group[::-1]


@given(st.lists(span, max_size=12), st.lists(span, max_size=12))
def test_an_intersection_holds_what_each_pair_shares(
    rows: list[tuple[int, int, int]], other_rows: list[tuple[int, int, int]]
) -> None:
    (spans, group), (others, other_group) = _spans(rows), _apart(other_rows)
    found = intersection(spans, group, others, other_group)
    shared = [
        (i, j, max(spans.start[i], others.start[j]), min(spans.end[i], others.end[j]))
        for i in range(len(group))
        for j in range(len(other_group))
        if group[i] == other_group[j]
    ]
    expected = sorted((i, j, start, end) for i, j, start, end in shared if start < end)
    assert sorted(zip(found.first, found.second, *found.spans, strict=True)) == expected
    assert (np.diff(found.first) >= 0).all()


@given(st.lists(span, max_size=12), st.lists(span, max_size=12))
def test_shared_time_is_the_same_seen_from_either_side(
    rows: list[tuple[int, int, int]], other_rows: list[tuple[int, int, int]]
) -> None:
    one, other = _apart(rows), _apart(other_rows)
    there, back = intersection(*one, *other), intersection(*other, *one)
    assert there.spans.length.sum() == back.spans.length.sum()


@given(st.integers(0, 1000))
def test_many_long_spans_in_any_order_meet_each_of_the_others_once(seed: int) -> None:
    chance = np.random.default_rng(seed)
    start = chance.integers(0, 400, 60)
    spans, group = Spans(start, start + chance.integers(0, 200, 60)), chance.integers(0, GROUPS, 60)
    edges = np.arange(0, 600, 10)
    others, other_group = (
        Spans(np.tile(edges, GROUPS), np.tile(edges + 7, GROUPS)),
        np.repeat(range(GROUPS), len(edges)),
    )
    found = intersection(spans, group, others, other_group)
    expected = [
        (i, j)
        for i in range(60)
        for j in np.flatnonzero(
            (other_group == group[i])
            & (np.minimum(others.end, spans.end[i]) > np.maximum(others.start, spans.start[i]))
        ).tolist()
    ]
    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == expected


def test_spans_that_only_touch_share_nothing() -> None:
    (spans, group), (others, other_group) = _spans([(0, 0, 5), (1, 5, 5)]), _spans([(0, 5, 5), (1, 0, 30)])
    found = intersection(spans, group, others, other_group)
    assert (found.first.tolist(), found.second.tolist()) == ([1], [1])
    assert (found.spans.start.tolist(), found.spans.end.tolist()) == ([5], [10])


@given(st.lists(span, max_size=12), st.lists(span, max_size=12))
def test_spans_without_holes_hold_the_other_instants(
    rows: list[tuple[int, int, int]], hole_rows: list[tuple[int, int, int]]
) -> None:
    (spans, group), holes = _apart(rows), intersection(*_apart(hole_rows), *_apart(rows))
    left, row = remainder(spans, holes.spans, holes.second)
    for code in range(GROUPS):
        without = set(_instants(spans, group, code)) - set(_instants(holes.spans, group[holes.second], code))
        assert sorted(_instants(left, group[row], code)) == sorted(without)
    assert (left.length > 0).all()
    assert (np.diff(row) >= 0).all()


def test_a_hole_at_either_end_and_one_in_the_middle() -> None:
    spans, holes = Spans(np.array([0, 20]), np.array([10, 30])), Spans(np.array([0, 24, 8]), np.array([2, 25, 10]))
    left, row = remainder(spans, holes, np.array([0, 1, 0]))
    assert left.start.tolist() == [2, 20, 25]
    assert left.end.tolist() == [8, 24, 30]
    assert row.tolist() == [0, 1, 1]
