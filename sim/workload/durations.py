"""Durations from a scenario's distributions, by inversion: one uniform number makes one duration.

Inversion keeps runs comparable: whatever the family, the same ticket draws the same quantile.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.base import DurationLaw

    Floats = NDArray[np.float64]

DEFAULT_LOG_SD = 0.9
LONGEST = 36_600 * DAY
"""No duration above 100 years is drawn, so that no sum of instants can overflow."""
_PIECE = 1 << 13
"""Durations that are worked out at a time: few enough for a processor's cache."""
_VANISHING = 1e-300
"""Where less than this of a distribution is left below `longest`, all of it lies just under the cut."""


def quantile(law: DurationLaw, u: Floats) -> NDArray[np.int64]:
    """Durations in ms, at least 1, at the quantiles `u` in [0, 1) of `law` (of what is left of it below `law.longest`).

    Args:
        law: the distribution.
        u: any shape.
    """
    durations = np.empty(u.shape, dtype=np.int64)
    pieces, out = u.reshape(-1), durations.reshape(-1)
    for start in range(0, u.size, _PIECE):
        drawn = np.rint(_FAMILIES[law.family](law, pieces[start : start + _PIECE]))
        out[start : start + _PIECE] = np.clip(drawn, 1, law.longest or LONGEST)
    return durations


def prolonged(law: DurationLaw, scale: float, u: Floats) -> NDArray[np.int64]:
    """Durations at the quantiles `u` times `scale`, in ms: 0 where that leaves less than half a millisecond."""
    drawn: NDArray[np.int64] = np.minimum(np.rint(quantile(law, u) * scale), LONGEST).astype(np.int64)
    return drawn


def _lognormal(law: DurationLaw, u: Floats) -> Floats:
    from scipy.special import ndtr, ndtri

    sd = law.log_sd or (math.sqrt(math.log1p(law.cv**2)) if law.cv else DEFAULT_LOG_SD)
    mu = math.log(_mean(law)) - sd**2 / 2
    below = ndtr((math.log(law.longest) - mu) / sd) if law.longest else 1.0
    return np.exp(mu + sd * ndtri(u * below)) if below > _VANISHING else _at_the_cut(law, u)


def _gamma(law: DurationLaw, u: Floats) -> Floats:
    from scipy.special import gammainc, gammaincinv

    shape = 1 / (law.cv or 1) ** 2
    scale = _mean(law) / shape
    below = gammainc(shape, law.longest / scale) if law.longest else 1.0
    drawn = np.asarray(gammaincinv(shape, u * below) * scale, dtype=np.float64)
    return drawn if below > _VANISHING else _at_the_cut(law, u)


def _weibull(law: DurationLaw, u: Floats) -> Floats:
    shape = weibull_shape(law.cv or 1)
    scale = _mean(law) / math.gamma(1 + 1 / shape)
    below = -math.expm1(-((law.longest / scale) ** shape)) if law.longest else 1.0
    return scale * (-np.log1p(-u * below)) ** (1 / shape) if below > _VANISHING else _at_the_cut(law, u)


def _exponential(law: DurationLaw, u: Floats) -> Floats:
    mean = _mean(law)
    below = -math.expm1(-law.longest / mean) if law.longest else 1.0
    return -mean * np.log1p(-u * below)


def _at_the_cut(law: DurationLaw, u: Floats) -> Floats:
    return np.full(u.shape, float(law.longest or 0))


def _constant(law: DurationLaw, u: Floats) -> Floats:
    return np.full(u.shape, _mean(law))


def _empirical(law: DurationLaw, u: Floats) -> Floats:
    values = np.array(sorted(v for v in law.values if law.longest is None or v <= law.longest), dtype=np.float64)
    return values[(u * len(values)).astype(np.int64)]


_FAMILIES = {
    "lognormal": _lognormal,
    "gamma": _gamma,
    "weibull": _weibull,
    "exponential": _exponential,
    "constant": _constant,
    "empirical": _empirical,
}


def _mean(law: DurationLaw) -> float:
    return float(law.mean or math.nan)


@lru_cache(maxsize=64)
def weibull_shape(cv: float) -> float:
    """The shape of the Weibull distribution with coefficient of variation `cv`: cv² = Γ(1 + 2/k) / Γ(1 + 1/k)² - 1."""
    from scipy.optimize import brentq

    def excess(log_shape: float) -> float:
        k = math.exp(log_shape)
        return math.lgamma(1 + 2 / k) - 2 * math.lgamma(1 + 1 / k) - math.log1p(cv**2)

    return math.exp(brentq(excess, math.log(0.05), math.log(1e6)))
