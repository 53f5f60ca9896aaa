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

    Floats = NDArray[np.float64]


class Estimates(NamedTuple):
    """Pooled ratios and their intervals, in the unit of num / den; NaN where the data say nothing."""

    mean: Floats
    low: Floats
    high: Floats


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


def _ratio(num: Floats, den: Floats) -> Floats:
    ratio: Floats = np.divide(num, den, out=np.full(np.shape(den), np.nan), where=den != 0)
    return ratio


def _pseudo_values(num: Floats, den: Floats, mean: Floats) -> Floats:
    """The jackknife's pseudo-values n * mean - (n - 1) * (the mean without replication i); with den = 1 they are num.

    Written as a correction of the mean, because the difference of two nearly equal ratios would lose its digits:
    mean - mean_without_i = (num_i - mean * den_i) / (sum(den) - den_i).
    """
    others = (den > 0).sum(axis=0) - 1
    values: Floats = mean + others * _ratio(num - mean * den, den.sum(axis=0) - den)
    return values


def _half_width(values: Floats, counts: NDArray[np.bool_], level: float) -> Floats:
    """Student's half-width from the values that count, column by column; NaN where fewer than two do."""
    from scipy.special import stdtrit

    n = counts.sum(axis=0)
    enough = np.where(n > 1, n, np.nan)
    centre = np.where(counts, values, 0.0).sum(axis=0) / enough
    variance = np.where(counts, (values - centre) ** 2, 0.0).sum(axis=0) / (enough - 1)
    half: Floats = stdtrit(enough - 1, (1 + level) / 2) * np.sqrt(variance / enough)
    return half
