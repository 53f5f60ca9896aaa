"""Intervals over replications: exact where theory is exact, honest where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from sim.experiment.estimate import paired, pooled
from sim.metrics.cuts import Ratios

if TYPE_CHECKING:
    from numpy.typing import NDArray

NUM = np.array([[3.0], [5.0], [10.0], [2.0]])
DEN = np.array([[4.0], [8.0], [11.0], [7.0]])

sums = arrays(np.float64, (5, 3), elements=st.floats(0, 1e6))
counts = arrays(np.float64, (5, 3), elements=st.integers(0, 1000).map(float))


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_a_mean_of_counts_has_the_classic_t_interval(level: float) -> None:
    values = np.random.default_rng(1).normal(100, 15, size=(12, 1))
    low, high = stats.t.interval(level, 11, loc=values.mean(), scale=stats.sem(values[:, 0]))
    found = pooled(values, np.ones_like(values), level)
    np.testing.assert_allclose([found.mean[0], found.low[0], found.high[0]], [values.mean(), low, high], rtol=1e-12)


def test_the_mean_is_the_ratio_of_sums_and_not_the_mean_of_ratios() -> None:
    assert pooled(NUM, DEN).mean[0] == 20 / 30


def test_the_interval_is_the_jackknife_worked_out_by_leaving_one_out() -> None:
    n, ratio = len(NUM), NUM.sum() / DEN.sum()
    without = (NUM.sum() - NUM) / (DEN.sum() - DEN)
    pseudo = n * ratio - (n - 1) * without
    half = stats.t.ppf(0.975, n - 1) * pseudo.std(ddof=1) / np.sqrt(n)
    found = pooled(NUM, DEN)
    np.testing.assert_allclose([found.low[0], found.high[0]], [ratio - half, ratio + half], rtol=1e-12)


def test_nothing_below_the_line_is_nan_and_not_zero() -> None:
    found = pooled(np.zeros((3, 1)), np.zeros((3, 1)))
    assert np.isnan([found.mean, found.low, found.high]).all()


def test_one_replication_has_a_mean_and_no_interval() -> None:
    found = pooled(np.array([[3.0]]), np.array([[4.0]]))
    assert found.mean[0] == 0.75
    assert np.isnan([found.low, found.high]).all()


def test_one_replication_that_says_something_among_several_has_no_interval() -> None:
    found = pooled(np.array([[0.0], [3.0], [0.0]]), np.array([[0.0], [4.0], [0.0]]))
    assert found.mean[0] == 0.75
    assert np.isnan([found.low, found.high]).all()


def test_replications_that_agree_have_an_interval_of_no_width() -> None:
    found = pooled(np.full((3, 1), 2.0), np.full((3, 1), 4.0))
    assert (found.low[0], found.high[0]) == (0.5, 0.5)


def test_an_interval_may_pass_the_ends_of_the_scale() -> None:
    assert pooled(np.array([[100.0], [60.0]]), np.ones((2, 1))).high[0] > 100


def test_tables_are_estimated_cell_by_cell() -> None:
    num, den = np.tile(NUM[:, :, None], (1, 2, 3)), np.tile(DEN[:, :, None], (1, 2, 3))
    assert pooled(num, den).low.shape == (2, 3)
    assert (pooled(num, den).low == pooled(NUM, DEN).low[0]).all()


@given(sums, counts, st.floats(0.01, 100), st.floats(0.01, 100))
def test_units_of_either_side_only_rescale(
    num: NDArray[np.float64], den: NDArray[np.float64], above: float, below: float
) -> None:
    num = np.where(den > 0, num, 0)
    for plain, scaled in zip(pooled(num, den), pooled(num * above, den * below), strict=True):
        np.testing.assert_allclose(scaled, plain * (above / below), rtol=1e-6, atol=1e-6)


@given(sums, counts, st.permutations(range(5)))
def test_replications_have_no_order(num: NDArray[np.float64], den: NDArray[np.float64], order: list[int]) -> None:
    num = np.where(den > 0, num, 0)
    for plain, moved in zip(pooled(num, den), pooled(num[order], den[order]), strict=True):
        np.testing.assert_allclose(moved, plain, rtol=1e-6, atol=1e-6)


@given(sums, counts)
def test_a_replication_that_says_nothing_changes_nothing(num: NDArray[np.float64], den: NDArray[np.float64]) -> None:
    num = np.where(den > 0, num, 0)
    more = [np.vstack([side, np.zeros((1, 3))]) for side in (num, den)]
    for plain, longer in zip(pooled(num, den), pooled(*more), strict=True):
        np.testing.assert_allclose(longer, plain, rtol=1e-6, atol=1e-6)


def test_the_interval_of_a_ratio_covers_the_truth_as_often_as_it_says() -> None:
    # Each column is an experiment of 12 replications: busy ones (more tickets) have longer waits, so num and den are
    # correlated and the mean of ratios would be biased.
    rng = np.random.default_rng(20260302)
    busy = rng.gamma(25, 1 / 25, size=(12, 4000))
    tickets = rng.poisson(200 * busy).astype(np.float64)
    waits = tickets * (10 * busy + rng.normal(0, 0.5, size=busy.shape))
    truth = 10 * (1 + 1 / 25)  # E[busy^2] / E[busy]
    found = pooled(waits, tickets)
    covered = ((found.low <= truth) & (truth <= found.high)).mean()
    assert covered == pytest.approx(0.95, abs=0.025)


# ---- paired differences

BASE = Ratios(NUM, DEN)
OTHER = Ratios(np.array([[6.0], [7.0], [15.0], [4.0]]), np.array([[4.0], [9.0], [12.0], [7.0]]))


def without(sides: Ratios) -> NDArray[np.float64]:
    """The ratio without each replication in turn."""
    return ((sides.num.sum() - sides.num) / (sides.den.sum() - sides.den))[:, 0]


def test_the_paired_interval_leaves_the_same_replication_out_of_both() -> None:
    difference = 32 / 32 - 20 / 30
    pseudo = 4 * difference - 3 * (without(OTHER) - without(BASE))
    half = stats.t.ppf(0.975, 3) * pseudo.std(ddof=1) / 2
    found = paired(BASE, OTHER)
    np.testing.assert_allclose(found.mean, [difference], rtol=1e-12)
    np.testing.assert_allclose([found.low[0], found.high[0]], [difference - half, difference + half], rtol=1e-12)


def test_the_gain_is_the_variance_of_independent_runs_by_that_of_paired_ones() -> None:
    independent = without(OTHER).var() + without(BASE).var()
    np.testing.assert_allclose(paired(BASE, OTHER).gain, [independent / (without(OTHER) - without(BASE)).var()])


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_counts_have_the_classic_paired_t_interval(level: float) -> None:
    rng = np.random.default_rng(2)
    before = rng.normal(100, 15, size=(9, 1))
    after = before + rng.normal(3, 2, size=(9, 1))
    ones = np.ones_like(before)
    low, high = stats.ttest_rel(after[:, 0], before[:, 0]).confidence_interval(level)
    found = paired(Ratios(before, ones), Ratios(after, ones), level)
    np.testing.assert_allclose([found.low[0], found.high[0]], [low, high], rtol=1e-12)


def test_a_tie_is_zero_to_the_last_digit_and_gains_nothing() -> None:
    found = paired(BASE, BASE)
    assert (found.mean[0], found.low[0], found.high[0]) == (0, 0, 0)
    assert np.isnan(found.gain[0])


def test_the_other_way_round_the_signs_change_and_nothing_else() -> None:
    there, back = paired(BASE, OTHER), paired(OTHER, BASE)
    assert (back.mean, back.low, back.high, back.gain) == (-there.mean, -there.high, -there.low, there.gain)


def with_rows(sides: Ratios, num: list[float], den: list[float]) -> Ratios:
    return Ratios(np.vstack([sides.num, np.array([num]).T]), np.vstack([sides.den, np.array([den]).T]))


def test_a_replication_that_says_nothing_on_either_side_takes_no_part() -> None:
    longer = paired(with_rows(BASE, [0], [0]), with_rows(OTHER, [0], [0]))
    np.testing.assert_allclose(longer, paired(BASE, OTHER), rtol=1e-12)


def test_a_replication_that_says_something_on_one_side_counts_for_that_side() -> None:
    base, other = with_rows(BASE, [0], [0]), with_rows(OTHER, [9], [3])
    difference = 41 / 35 - 20 / 30
    alone = (41 - other.num[:, 0]) / (35 - other.den[:, 0]) - (20 - base.num[:, 0]) / (30 - base.den[:, 0])
    half = stats.t.ppf(0.975, 4) * (5 * difference - 4 * alone).std(ddof=1) / np.sqrt(5)
    found = paired(base, other)
    np.testing.assert_allclose([found.mean[0], found.high[0]], [difference, difference + half], rtol=1e-12)


def test_no_interval_where_one_replication_alone_knows_one_of_the_two() -> None:
    once = Ratios(np.array([[0.0], [3.0], [0.0], [0.0]]), np.array([[0.0], [4.0], [0.0], [0.0]]))
    for found in (paired(BASE, once), paired(once, BASE)):
        assert abs(found.mean[0]) == pytest.approx(0.75 - 20 / 30)
        assert np.isnan([found.low, found.high, found.gain]).all()


def test_no_difference_where_one_of_the_two_says_nothing() -> None:
    nothing = Ratios(np.zeros((4, 1)), np.zeros((4, 1)))
    assert np.isnan(np.array(paired(BASE, nothing))).all()


@given(sums, counts, sums, counts, st.permutations(range(5)))
def test_pairs_have_no_order(
    num: NDArray[np.float64],
    den: NDArray[np.float64],
    other: NDArray[np.float64],
    below: NDArray[np.float64],
    order: list[int],
) -> None:
    base, changed = Ratios(np.where(den > 0, num, 0), den), Ratios(np.where(below > 0, other, 0), below)
    plain = paired(base, changed)
    moved = paired(Ratios(base.num[order], base.den[order]), Ratios(changed.num[order], changed.den[order]))
    for one, same in zip(plain[:3], moved[:3], strict=True):
        np.testing.assert_allclose(same, one, rtol=1e-6, atol=1e-6)


def test_the_paired_interval_covers_the_truth_as_often_as_it_says_and_is_narrower() -> None:
    # As above, and the alternative meets the same busy and quiet replications: its waits are 2 longer.
    rng = np.random.default_rng(20260303)
    busy = rng.gamma(25, 1 / 25, size=(12, 4000))
    tickets = rng.poisson(200 * busy).astype(np.float64)
    waits, longer = (tickets * (10 * busy + more + rng.normal(0, 0.5, size=busy.shape)) for more in (0, 2))
    found = paired(Ratios(waits, tickets), Ratios(longer, tickets))
    covered = ((found.low <= 2) & (found.high >= 2)).mean()
    assert covered == pytest.approx(0.95, abs=0.025)
    assert np.median(found.gain) > 5
