"""An estimate and its interval from independent replications, for everything that is measured.

A figure is a ratio of sums, num / den: a mean has the number of things counted below the line, a time average the
length of the window, a plain count 1. Over replications both are added, and the figure is sum(num) / sum(den): the
ratio of means, not the mean of ratios, so that a quiet replication weighs less than a busy one. Such a ratio is no mean
of independent values; its interval comes from the jackknife (R. G. Miller, "The jackknife - a review", Biometrika 61
(1974) 1-15; for ratios in simulation A. M. Law, Simulation Modeling and Analysis, 5th ed., chapter 9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.metrics.cuts import Ratios

    Floats = NDArray[np.float64]


class Estimates(NamedTuple):
    """Pooled ratios and their intervals, in the unit of num / den; NaN where the data say nothing."""

    mean: Floats
    low: Floats
    high: Floats


class Differences(NamedTuple):
    """Differences of pooled ratios and their intervals, in the unit of num / den; NaN where the data say nothing.

    `gain` is what pairing is worth: how many times larger the variance of the difference would be if the two had not
    met the same random numbers. Independent runs need so many times the replications for the same interval.
    """

    mean: Floats
    low: Floats
    high: Floats
    gain: Floats


def pooled(num: Floats, den: Floats, level: float = 0.95) -> Estimates:
    """The ratio sum(num) / sum(den) of each column, with a two-sided interval.

    A replication with nothing below the line (den = 0) says nothing about the ratio and is left out of its interval:
    the degrees of freedom are the number of those that say something, less one. So there is no interval when only
    one of them does, which is also the only case in which a leave-one-out denominator vanishes. Nothing is clamped
    here: the interval of a share may reach beyond 0 and 100 %.

    Args:
        num: (replications, ...) sums above the line; 0 where den is 0.
        den: same shape, ≥ 0.
        level: confidence of the interval, 0 to 1.
    """
    mean = _ratio(num.sum(axis=0), den.sum(axis=0))
    half = _half_width(_pseudo_values(num, den, mean), den > 0, level)
    return Estimates(mean, mean - half, mean + half)


def paired(base: Ratios, other: Ratios, level: float = 0.95) -> Differences:
    """The difference of two pooled ratios, `other` less `base`, column by column, with a two-sided interval.

    Row i of both comes from replication i on the same random numbers, so that good and bad luck is common to both and
    drops out of the difference. The interval is the jackknife's (Miller 1974) of the difference of the two ratios, the
    same replication being left out of both; where den is 1 it is the paired t interval (A. M. Law, Simulation Modeling
    and Analysis, 5th ed., sections 10.2.1 and 11.2).

    As in `pooled`, a replication that says nothing takes no part: here one with nothing below the line on either side.
    There is no interval where only one replication says something about one of the two ratios.

    Args:
        base: (replications, ...) sums above and below the line; num is 0 where den is 0.
        other: same shape, in the same order of replications.
        level: confidence of the interval, 0 to 1.
    """
    means = [_ratio(num.sum(axis=0), den.sum(axis=0)) for num, den in (base, other)]
    alone = [_corrections(*ratios, mean) for ratios, mean in zip((base, other), means, strict=True)]
    said = [base.den > 0, other.den > 0]
    counts = said[0] | said[1]
    mean = means[1] - means[0]
    together = (counts.sum(axis=0) - 1) * (alone[1] - alone[0])
    half = _half_width(mean + together, counts, level)
    return Differences(mean, mean - half, mean + half, _gain(alone, said, together, counts))


def _gain(alone: list[Floats], said: list[NDArray[np.bool_]], together: Floats, counts: NDArray[np.bool_]) -> Floats:
    """The variance of the difference of independent runs, by that of paired ones."""
    parts = [_variance((n.sum(axis=0) - 1) * one, n) for one, n in zip(alone, said, strict=True)]
    return _ratio(parts[0] + parts[1], _variance(together, counts))


def _ratio(num: Floats, den: Floats) -> Floats:
    ratio: Floats = np.divide(num, den, out=np.full(np.shape(den), np.nan), where=den != 0)
    return ratio


def _pseudo_values(num: Floats, den: Floats, mean: Floats) -> Floats:
    """The jackknife's pseudo-values n * mean - (n - 1) * (the mean without replication i); num itself if den is 1."""
    others = (den > 0).sum(axis=0) - 1
    values: Floats = mean + others * _corrections(num, den, mean)
    return values


def _corrections(num: Floats, den: Floats, mean: Floats) -> Floats:
    """What replication i does to the mean: mean - (the mean without replication i); 0 where it says nothing.

    Written as (num_i - mean * den_i) / (sum(den) - den_i), because the difference of two nearly equal ratios would
    lose its digits.
    """
    return _ratio(num - mean * den, den.sum(axis=0) - den)


def _half_width(values: Floats, counts: NDArray[np.bool_], level: float) -> Floats:
    """Student's half-width from the values that count, column by column; NaN where fewer than two do."""
    n = counts.sum(axis=0)
    if not (n > 1).any():
        return np.full(n.shape, np.nan)
    from scipy.special import stdtrit

    freedom = np.where(n > 1, n - 1.0, np.nan)
    quantile: Floats = np.asarray(stdtrit(freedom, (1 + level) / 2), dtype=np.float64)
    half: Floats = quantile * np.sqrt(_variance(values, counts))
    return half


def _variance(values: Floats, counts: NDArray[np.bool_]) -> Floats:
    """The variance of the mean of the values that count, column by column; NaN where fewer than two do."""
    n = counts.sum(axis=0)
    enough = np.where(n > 1, n, np.nan)
    centre = np.where(counts, values, 0.0).sum(axis=0) / enough
    variance: Floats = np.where(counts, (values - centre) ** 2, 0.0).sum(axis=0) / (enough - 1) / enough
    return variance
