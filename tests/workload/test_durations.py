"""Durations against scipy.stats, and on a fine grid of quantiles, where a mean is a sum and no matter of luck."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.clock import DAY, HOUR, MINUTE, SECOND
from sim.scenario.base import DurationLaw
from sim.workload.durations import LONGEST, prolonged, quantile, weibull_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRID = (np.arange(400_000) + 0.5) / 400_000
ALMOST_ONE = 1 - 2**-53
"""The largest number that a generator's random() can return."""


def law(family: str, **parameters: Any) -> DurationLaw:
    return DurationLaw.model_validate({"family": family, **parameters})


def seconds(family: str, **parameters: Any) -> NDArray[np.float64]:
    """The durations of a fine grid of quantiles."""
    return quantile(law(family, **parameters), GRID) / SECOND


def scipy_law(family: str, mean: float, cv: float) -> Any:
    """The same distribution from scipy, with shapes worked out here by other means than in `sim`."""
    if family == "lognormal":
        sd = math.sqrt(math.log(1 + cv**2))
        return stats.lognorm(sd, scale=mean / math.exp(sd**2 / 2))
    if family == "gamma":
        return stats.gamma(cv**-2, scale=mean * cv**2)
    if family == "weibull":
        shape = weibull_shape(cv)
        return stats.weibull_min(shape, scale=mean / stats.weibull_min(shape).mean())
    return stats.expon(scale=mean)


# ---- exact cases


def test_a_constant_is_a_constant() -> None:
    assert quantile(law("constant", mean="10 min"), np.array([0.0, 0.3, ALMOST_ONE])).tolist() == [10 * MINUTE] * 3


@pytest.mark.parametrize(
    ("scale", "expected"), [(1, 600_000), (2.5, 1_500_000), (0, 0), (1e-6, 1), (8e-7, 0), (1e300, LONGEST)]
)
def test_a_scale_multiplies_a_duration_and_may_leave_nothing(scale: float, expected: int) -> None:
    law = DurationLaw.model_validate({"family": "constant", "mean": "10 min"})
    assert prolonged(law, scale, np.array([0.1, 0.9])).tolist() == [expected] * 2


def test_empirical_values_have_equal_shares() -> None:
    each = law("empirical", values=("1 min", "2 min", "4 min", "8 min"))
    u = np.array([0, 0.24, 0.25, 0.49, 0.5, 0.74, 0.75, ALMOST_ONE])
    assert (quantile(each, u) / MINUTE).tolist() == [1, 1, 2, 2, 4, 4, 8, 8]


def test_empirical_values_beyond_the_longest_are_left_out() -> None:
    each = law("empirical", values=("1 min", "2 min", "4 min", "8 min"), longest="4 min")
    values, counts = np.unique(quantile(each, (np.arange(300) + 0.5) / 300), return_counts=True)
    assert (values / MINUTE).tolist() == [1, 2, 4]
    assert counts.tolist() == [100, 100, 100]


@pytest.mark.parametrize("n", [1, 3, 5, 7, 1000])
def test_the_largest_quantile_is_the_last_empirical_value(n: int) -> None:
    each = law("empirical", values=tuple(f"{k + 1} s" for k in range(n)))
    assert quantile(each, np.array([0.0, ALMOST_ONE])).tolist() == [SECOND, n * SECOND]


def test_empirical_values_are_drawn_by_their_rank_however_they_are_listed() -> None:
    ascending = law("empirical", values=("1 min", "2 min", "4 min"))
    listed = law("empirical", values=("4 min", "1 min", "2 min"))
    u = np.array([0.1, 0.5, 0.9])
    assert quantile(listed, u).tolist() == quantile(ascending, u).tolist()


def test_the_median_of_a_lognormal() -> None:
    """median = mean / exp(sd²/2); a log-sd of 0.9 where none is given."""
    u = np.array([0.5])
    median = 10 * MINUTE / math.exp(0.9**2 / 2)
    assert quantile(law("lognormal", mean="10 min", log_sd=0.9), u).tolist() == [round(median)]
    assert quantile(law("lognormal", mean="10 min"), u).tolist() == [round(median)]
    assert quantile(law("lognormal", mean="10 min", cv=1.0), u).tolist() == [round(10 * MINUTE / math.sqrt(2))]


def test_the_shape_of_the_quantiles_is_kept() -> None:
    u = GRID[:12].reshape(3, 4)
    for family in ("lognormal", "gamma", "weibull", "exponential", "constant"):
        cv = {"cv": 0.7} if family in {"gamma", "weibull"} else {}
        drawn = quantile(law(family, mean="1 h", **cv), u)
        assert drawn.shape == (3, 4)
        assert drawn.dtype == np.int64
        assert quantile(law(family, mean="1 h", **cv), np.empty(0)).shape == (0,)


def test_no_duration_is_shorter_than_a_millisecond() -> None:
    tiny: list[dict[str, Any]] = [
        {"family": "lognormal", "mean": "1 ms", "log_sd": 3.0},
        {"family": "gamma", "mean": "1 ms", "cv": 5.0},
        {"family": "weibull", "mean": "1 ms", "cv": 5.0},
        {"family": "exponential", "mean": "1 ms"},
        {"family": "empirical", "values": ("0 min", "0 min")},
    ]
    for parameters in tiny:
        assert quantile(law(**parameters), np.array([0.0, 1e-12, 0.3])).min() == 1


# ---- mean and spread

SPREADS = [
    ("lognormal", {"cv": 0.5}, 0.5),
    ("lognormal", {"cv": 1.2}, 1.2),
    ("lognormal", {"log_sd": 0.9}, math.sqrt(math.expm1(0.81))),
    ("lognormal", {}, math.sqrt(math.expm1(0.81))),
    ("gamma", {"cv": 0.3}, 0.3),
    ("gamma", {"cv": 1.5}, 1.5),
    ("weibull", {"cv": 0.3}, 0.3),
    ("weibull", {"cv": 1.5}, 1.5),
    ("exponential", {}, 1.0),
    ("constant", {}, 0.0),
]


@pytest.mark.parametrize(("family", "parameters", "cv"), SPREADS)
def test_mean_and_coefficient_of_variation_are_those_asked_for(
    family: str, parameters: dict[str, float], cv: float
) -> None:
    drawn = seconds(family, mean="40 min", **parameters)
    assert drawn.mean() == pytest.approx(40 * 60, rel=2e-3)
    assert drawn.std() / drawn.mean() == pytest.approx(cv, rel=2e-2, abs=1e-9)


@pytest.mark.parametrize("log_sd", [0.2, 0.9, 1.5])
def test_the_spread_of_the_logarithm_is_the_one_asked_for(log_sd: float) -> None:
    logs = np.log(seconds("lognormal", mean="10 h", log_sd=log_sd))
    assert logs.std() == pytest.approx(log_sd, rel=1e-3)
    assert logs.mean() == pytest.approx(math.log(36_000) - log_sd**2 / 2, abs=1e-3)


def test_random_numbers_make_the_same_mean() -> None:
    """50,000 draws: within four standard errors."""
    u = np.random.default_rng(1).random(50_000)
    for family, parameters, cv in SPREADS:
        drawn = quantile(law(family, mean="40 min", **parameters), u) / MINUTE
        assert drawn.mean() == pytest.approx(40, abs=4 * max(cv, 1e-9) * 40 / math.sqrt(len(u)))


# ---- against scipy

FAMILIES = [
    ("lognormal", 0.8),
    ("gamma", 0.4),
    ("gamma", 2.0),
    ("weibull", 0.4),
    ("weibull", 2.0),
    ("exponential", 1.0),
]


@pytest.mark.parametrize(("family", "cv"), FAMILIES)
def test_quantiles_are_those_of_scipy(family: str, cv: float) -> None:
    parameters = {} if family == "exponential" else {"cv": cv}
    u = np.array([0.0, 1e-6, 0.01, 0.2, 0.5, 0.9, 0.999, 1 - 1e-9])
    expected = np.maximum(1, scipy_law(family, 2 * HOUR, cv).ppf(u))
    assert quantile(law(family, mean="2 h", **parameters), u) == pytest.approx(expected, rel=1e-7, abs=0.51)


@pytest.mark.parametrize(("family", "cv"), FAMILIES)
@pytest.mark.parametrize("longest", [10 * MINUTE, 3 * HOUR])
def test_truncated_quantiles_are_those_of_the_conditional_distribution(family: str, cv: float, longest: int) -> None:
    parameters: dict[str, Any] = {} if family == "exponential" else {"cv": cv}
    uncut = scipy_law(family, 2 * HOUR, cv)
    drawn = quantile(law(family, mean="2 h", longest=f"{longest} ms", **parameters), GRID)
    expected = np.maximum(1, uncut.ppf(GRID[::1000] * uncut.cdf(longest)))
    assert drawn[::1000] == pytest.approx(expected, rel=1e-7, abs=0.51)
    assert drawn.max() <= longest
    assert drawn.max() > 0.99 * longest


@pytest.mark.parametrize("cv", [0.05, 0.3, 0.8, 1.0, 1.7, 4.0, 15.0])
def test_the_weibull_shape_has_that_coefficient_of_variation(cv: float) -> None:
    mean, variance = stats.weibull_min(weibull_shape(cv)).stats("mv")
    assert math.sqrt(variance) / mean == pytest.approx(cv, rel=1e-9)


def test_the_weibull_of_cv_one_is_the_exponential() -> None:
    assert weibull_shape(1.0) == pytest.approx(1.0, abs=1e-9)
    weibull, exponential = law("weibull", mean="1 h", cv=1.0), law("exponential", mean="1 h")
    assert np.abs(quantile(weibull, GRID) - quantile(exponential, GRID)).max() <= 1


# ---- laws

spreads = st.floats(0.05, 3).map(lambda cv: round(cv, 3))


@st.composite
def laws(draw: st.DrawFn) -> DurationLaw:
    family = draw(st.sampled_from(["lognormal", "gamma", "weibull", "exponential", "constant", "empirical"]))
    if family == "empirical":
        values = draw(st.lists(st.integers(0, DAY), min_size=1, max_size=9))
        longest = draw(st.none() | st.integers(max(1, min(values)), DAY))
        parameters: dict[str, Any] = {"values": tuple(f"{value} ms" for value in values)}
    else:
        mean = draw(st.integers(1, 30 * DAY))
        cut = draw(st.none() | st.floats(1 if family == "constant" else 0.5, 20))
        longest = None if cut is None else max(1, math.ceil(mean * cut))
        parameters = {"mean": f"{mean} ms"}
    if family in {"lognormal", "gamma", "weibull"}:
        parameters["cv"] = draw(spreads)
    if longest is not None:
        parameters["longest"] = f"{longest} ms"
    return law(family, **parameters)


@settings(deadline=None)
@given(laws(), st.lists(st.floats(0, ALMOST_ONE), min_size=2, max_size=30))
def test_a_higher_quantile_is_never_a_shorter_duration(each: DurationLaw, u: list[float]) -> None:
    drawn = quantile(each, np.sort(u))
    assert (np.diff(drawn) >= 0).all()


@settings(deadline=None)
@given(laws(), st.lists(st.floats(0, ALMOST_ONE), min_size=1, max_size=30))
def test_every_duration_lies_between_a_millisecond_and_the_longest(each: DurationLaw, u: list[float]) -> None:
    drawn = quantile(each, np.array([*u, 0.0, ALMOST_ONE]))
    assert drawn.min() >= 1
    if each.longest is not None:
        assert drawn.max() <= max(1, each.longest)


@settings(deadline=None)
@given(laws(), st.lists(st.floats(0, ALMOST_ONE), min_size=1, max_size=30))
def test_a_quantile_does_not_depend_on_its_neighbours(each: DurationLaw, u: list[float]) -> None:
    together = quantile(each, np.array(u))
    assert together.tolist() == [quantile(each, np.array([one])).item() for one in u]


@pytest.mark.parametrize(
    "parameters",
    [
        {"family": "lognormal", "mean": "1 h", "cv": 0.05, "longest": "5 min"},
        {"family": "gamma", "mean": "1 h", "cv": 0.02, "longest": "5 min"},
        {"family": "weibull", "mean": "1 h", "cv": 0.05, "longest": "5 min"},
        {"family": "exponential", "mean": "1 d", "longest": "5 min"},
    ],
)
def test_a_cut_far_below_the_mean_leaves_durations_near_the_cut_not_near_zero(parameters: dict[str, Any]) -> None:
    """Below a cut in its far lower tail a distribution has nearly all its mass just under the cut; never at 0."""
    drawn = quantile(law(**parameters), np.array([0.5, 0.9]))
    assert drawn.min() > MINUTE


@pytest.mark.parametrize("family", ["lognormal", "gamma", "weibull"])
def test_the_most_extreme_law_that_a_scenario_may_hold_does_not_overflow(family: str) -> None:
    spread = {"log_sd": 5.0} if family == "lognormal" else {"cv": 20.0}
    drawn = quantile(law(family, mean="100 d", **spread), np.array([0.5, 1 - 1e-9, ALMOST_ONE]))
    assert (np.diff(drawn) >= 0).all()
    assert drawn[0] < drawn[1]
    assert drawn.max() == LONGEST
    assert drawn.min() >= 1
