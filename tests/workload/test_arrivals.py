"""Arrivals: the rates exactly, then the points, on a step profile with a silent night where a wrong look-up shows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.clock import DAY, HOUR, MINUTE, QUARTER, WEEK, Clock, day_number
from sim.scenario.demand import DayFactor, Demand
from sim.scenario.schema import Region
from sim.workload.arrivals import (
    YEAR,
    alert_rates,
    cell_edges,
    day_factors,
    poisson_arrivals,
    ticket_rates,
    with_day_factors,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rates = tuple[NDArray[np.int64], NDArray[np.float64]]

MARCH = Clock.starting(date(2026, 3, 2), days=28, warmup_days=0)
STEPS = (0,) * 6 + (1,) * 3 + (10,) * 8 + (1,) * 5 + (0,) * 2
"""Weights of the hours of a day: silent, quiet, busy, quiet, silent."""
MEAN_STEP = sum(STEPS) / 24
NINE_ONLY = (0,) * 9 + (1,) + (0,) * 14


def region_in(zone: str = "UTC", **keys: Any) -> Region:
    return Region.model_validate({"zone": zone, "tickets": "6 per hour", "alerts": "2 per hour", **keys})


def demand_of(hours: tuple[float, ...] | None = None, **keys: Any) -> Demand:
    profiles = {"shape": {"hours": tuple(map(float, hours))}} if hours else {}
    return Demand.model_validate({"profiles": profiles, **keys})


def rates_of(region: Region, demand: Demand, clock: Clock = MARCH, holidays: tuple[date, ...] = ()) -> Rates:
    return ticket_rates("here", region, demand, clock, holidays)


def rate_at(rates: Rates, instant: int) -> float:
    edges, per_hour = rates
    return float(per_hour[np.searchsorted(edges, instant, side="right") - 1])


def expected_number(rates: Rates) -> float:
    edges, per_hour = rates
    return float((per_hour * np.diff(edges)).sum() / HOUR)


def many_arrivals(rates: Rates, replications: int, seed: int = 1) -> list[NDArray[np.int64]]:
    return [poisson_arrivals(*rates, np.random.default_rng([seed, r])) for r in range(replications)]


def misfit(arrivals: NDArray[np.int64], rates: Rates, replications: int) -> float:
    """The p-value of counts by quarter of the week (chi-square); 0 for an arrival in silence."""
    edges, per_hour = rates
    week = edges[:-1] % WEEK // QUARTER
    expected = np.bincount(week, per_hour * np.diff(edges) / HOUR, minlength=672) * replications
    counts = np.bincount(arrivals % WEEK // QUARTER, minlength=672)
    if counts[expected == 0].any():
        return 0.0
    loud = expected > 0
    statistic = ((counts - expected)[loud] ** 2 / expected[loud]).sum()
    return float(stats.chi2.sf(statistic, loud.sum()))


# ---- rates


def test_without_a_profile_the_rate_is_flat() -> None:
    edges, per_hour = rates_of(region_in(), demand_of())
    assert edges.tolist() == list(range(0, 28 * DAY + 1, QUARTER))
    assert (per_hour == 6).all()


def test_the_mean_rate_is_the_regions_whatever_the_scale_of_the_profile() -> None:
    for factor in (1, 0.001, 5000):
        demand = demand_of(tuple(factor * weight for weight in STEPS))
        edges, per_hour = rates_of(region_in(profile="shape"), demand)
        assert per_hour.mean() == pytest.approx(6)
        hours = edges[:-1] % DAY // HOUR
        assert per_hour == pytest.approx(6 * np.array(STEPS)[hours] / MEAN_STEP)


def test_weekdays_multiply_the_hours() -> None:
    profiles = {"shape": {"hours": tuple(map(float, STEPS)), "weekdays": (1.0, 2.0, 1.0, 1.0, 1.0, 0.0, 1.0)}}
    rates = rates_of(region_in(profile="shape"), Demand.model_validate({"profiles": profiles}))
    monday, tuesday, saturday = (rate_at(rates, n * DAY + 10 * HOUR) for n in (0, 1, 5))
    assert tuesday == pytest.approx(2 * monday)
    assert saturday == 0
    assert expected_number(rates) == pytest.approx(6 * 28 * 24)


def test_tickets_and_alerts_have_shapes_of_their_own() -> None:
    demand = demand_of(STEPS)
    region = region_in(alert_profile="shape")
    assert (rates_of(region, demand)[1] == 6).all()
    edges, per_hour = alert_rates("here", region, demand, MARCH)
    assert per_hour == pytest.approx(2 * np.array(STEPS)[edges[:-1] % DAY // HOUR] / MEAN_STEP)


def test_a_region_without_rates_has_none() -> None:
    region = Region.model_validate({"zone": "UTC"})
    assert not rates_of(region, demand_of())[1].any()
    assert not alert_rates("here", region, demand_of(), MARCH)[1].any()


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("America/Los_Angeles", date(2026, 3, 2)),
        ("America/Los_Angeles", date(2026, 10, 26)),
        ("Europe/London", date(2026, 3, 23)),
        ("Europe/London", date(2026, 10, 19)),
        ("Australia/Sydney", date(2026, 3, 30)),
        ("Australia/Sydney", date(2026, 9, 28)),
        ("Australia/Lord_Howe", date(2026, 3, 30)),
        ("Australia/Lord_Howe", date(2026, 9, 28)),
        ("Asia/Kathmandu", date(2026, 3, 2)),
    ],
)
def test_the_profile_follows_the_wall_clock_when_clocks_change(zone: str, start: date) -> None:
    clock = Clock.starting(start, days=14, warmup_days=0)
    rates = rates_of(region_in(zone, profile="shape"), demand_of(NINE_ONLY), clock)
    busy = rates[0][:-1][rates[1] > 0]
    shown = [clock.local(zone, int(instant)) for instant in busy]
    assert {each.hour for each in shown} == {9}
    assert [each.minute for each in shown[:4]] == [0, 15, 30, 45]
    full_days = [start + timedelta(days=n) for n in range(1, 13)]
    assert all(sum(each.date() == day for each in shown) == 4 for day in full_days)
    assert rate_at(rates, clock.at(zone, full_days[6], 9 * HOUR + 30 * MINUTE)) == pytest.approx(6 * 24)
    arrivals = poisson_arrivals(*rates, np.random.default_rng(1))
    assert {clock.local(zone, int(instant)).hour for instant in arrivals} == {9}


def test_the_skipped_hour_brings_nothing_and_the_repeated_one_twice() -> None:
    only_two, only_one = (tuple(float(h == hour) for h in range(24)) for hour in (2, 1))
    region = region_in("America/Los_Angeles", profile="shape")
    day = {"days": 2, "warmup_days": 0}
    spring = rates_of(region, demand_of(only_two), Clock.starting(date(2026, 3, 8), **day))
    autumn = rates_of(region, demand_of(only_one), Clock.starting(date(2026, 11, 1), **day))
    assert expected_number(spring) == pytest.approx(1 * 6 * 24)  # of the two mornings, that of Monday alone
    assert expected_number(autumn) == pytest.approx(3 * 6 * 24)


def test_the_trend_is_one_at_the_start_of_the_measured_window() -> None:
    clock = Clock.starting(date(2026, 3, 2), days=366, warmup_days=100)
    rates = rates_of(region_in(), demand_of(trend="20 % per year"), clock)
    assert rate_at(rates, clock.warmup) == pytest.approx(6, rel=1e-5)
    assert rate_at(rates, clock.warmup + int(YEAR)) == pytest.approx(7.2, rel=1e-5)
    assert rate_at(rates, 0) == pytest.approx(6 * 1.2 ** (-100 / 365.25), rel=1e-5)
    assert (np.diff(rates[1]) > 0).all()
    shrinking = rates_of(region_in(), demand_of(trend="-50 % per year"), clock)
    assert rate_at(shrinking, clock.warmup + int(YEAR)) == pytest.approx(3, rel=1e-5)
    _, alerts = alert_rates("here", region_in(), demand_of(trend="20 % per year"), clock)
    assert alerts == pytest.approx(rates[1] / 3)


# ---- events and holidays


def launch(**keys: Any) -> dict[str, Any]:
    return {"start": "2026-03-10 09:07", "end": "2026-03-11 18:00", "factor": 3.0, **keys}


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/Los_Angeles"])
def test_an_event_lasts_from_minute_to_minute_of_local_time(zone: str) -> None:
    rates = rates_of(region_in(zone), demand_of(events={"launch": launch()}))
    start = MARCH.at(zone, date(2026, 3, 10), 9 * HOUR + 7 * MINUTE)
    end = MARCH.at(zone, date(2026, 3, 11), 18 * HOUR)
    around = [start - 1, start, end - 1, end]
    assert [rate_at(rates, instant) for instant in around] == [6, 18, 18, 6]
    assert expected_number(rates) == pytest.approx(6 * (28 * 24 + 2 * (end - start) / HOUR))
    _, alerts = alert_rates("here", region_in(zone), demand_of(events={"launch": launch()}), MARCH)
    assert alerts == pytest.approx(rates[1] / 3)


def test_an_event_concerns_its_regions_or_all() -> None:
    for regions, factor in (((), 3), (("here", "there"), 3), (("there",), 1)):
        rates = rates_of(region_in(), demand_of(events={"launch": launch(regions=regions)}))
        assert rate_at(rates, 9 * DAY) == pytest.approx(6 * factor)
        assert rate_at(rates, 7 * DAY) == 6


def test_events_at_once_multiply_and_may_silence() -> None:
    events = {"launch": launch(), "strike": launch(start="2026-03-11 00:00", end="2026-03-11 12:00", factor=0.5)}
    rates = rates_of(region_in(), demand_of(events=events))
    assert rate_at(rates, 9 * DAY + HOUR) == 9
    silence = demand_of(events={"outage": launch(factor=0.0)})
    rates = rates_of(region_in(tickets="400 per hour"), silence)
    arrivals = poisson_arrivals(*rates, np.random.default_rng(1))
    start, end = 8 * DAY + 9 * HOUR + 7 * MINUTE, 9 * DAY + 18 * HOUR
    assert not ((arrivals >= start) & (arrivals < end)).any()
    assert ((arrivals >= start - 5 * MINUTE) & (arrivals < start)).any()
    assert ((arrivals >= end) & (arrivals < end + 5 * MINUTE)).any()


def test_events_may_begin_before_the_run_and_end_after_it() -> None:
    event = launch(start="2026-01-01 00:00", end="2027-01-01 00:00")
    edges, per_hour = rates_of(region_in(), demand_of(events={"launch": event}))
    assert (per_hour == 18).all()
    assert (edges[0], edges[-1]) == (0, MARCH.end)
    elsewhen = launch(start="2026-01-01 00:00", end="2026-01-02 00:00")
    assert (rates_of(region_in(), demand_of(events={"launch": elsewhen}))[1] == 6).all()


@pytest.mark.parametrize("zone", ["UTC", "Asia/Singapore", "America/Los_Angeles"])
def test_a_holiday_lasts_a_local_day_and_alerts_do_not_know_it(zone: str) -> None:
    day = date(2026, 3, 8)  # in Los Angeles, a day of 23 hours
    demand = demand_of(holiday_factor=0.25)
    rates = rates_of(region_in(zone), demand, holidays=(day, date(2031, 1, 1)))
    start, end = MARCH.at(zone, day), MARCH.at(zone, day + timedelta(days=1))
    assert [rate_at(rates, instant) for instant in (start - 1, start, end - 1, end)] == [6, 1.5, 1.5, 6]
    assert expected_number(rates) == pytest.approx(6 * (28 * 24 - 0.75 * (end - start) / HOUR))
    assert (alert_rates("here", region_in(zone), demand, MARCH)[1] == 2).all()


# ---- points


def test_counts_on_a_step_profile_are_exact_and_the_night_is_silent() -> None:
    """200 weeks of some 1,000 tickets: the total within four standard errors, the quarters by chi-square."""
    rates = rates_of(
        region_in(profile="shape"), demand_of(STEPS), Clock.starting(date(2026, 3, 2), days=7, warmup_days=0)
    )
    replications = 200
    each = many_arrivals(rates, replications)
    arrivals = np.concatenate(each)
    hours = arrivals % DAY // HOUR
    assert not np.isin(hours, [0, 1, 2, 3, 4, 5, 22, 23]).any()
    expected = expected_number(rates) * replications
    assert abs(len(arrivals) - expected) < 4 * expected**0.5
    for weight in (1, 10):
        share = sum(step for step in STEPS if step == weight) / sum(STEPS)
        count = np.isin(hours, [hour for hour, step in enumerate(STEPS) if step == weight]).sum()
        assert abs(count - expected * share) < 4 * (expected * share) ** 0.5
    assert 0.001 < misfit(arrivals, rates, replications) < 0.999
    numbers = np.array([len(one) for one in each])
    assert 0.7 < numbers.var() / numbers.mean() < 1.35  # Poisson: 1, with a standard error of 0.1


@pytest.mark.parametrize("shift", [-1, 1, 4])
def test_the_test_above_would_notice_rates_looked_up_one_cell_away(shift: int) -> None:
    edges, per_hour = rates_of(
        region_in(profile="shape"), demand_of(STEPS), Clock.starting(date(2026, 3, 2), days=7, warmup_days=0)
    )
    arrivals = np.concatenate(many_arrivals((edges, np.roll(per_hour, shift)), 200))
    assert misfit(arrivals, (edges, per_hour), 200) < 1e-12
    audible = np.where(per_hour == 0, 1e-3, per_hour)  # and not only by an arrival in silence
    arrivals = np.concatenate(many_arrivals((edges, np.roll(audible, shift)), 200))
    assert misfit(arrivals, (edges, audible), 200) < 1e-12


def test_gaps_within_a_constant_rate_are_exponential() -> None:
    rates = rates_of(region_in(tickets="30 per hour"), demand_of())
    arrivals = poisson_arrivals(*rates, np.random.default_rng(1))
    gaps = np.diff(arrivals) / HOUR
    assert stats.kstest(gaps, stats.expon(scale=1 / 30).cdf).pvalue > 0.01
    assert abs(np.corrcoef(gaps[1:], gaps[:-1])[0, 1]) < 4 / len(gaps) ** 0.5


def test_arrivals_are_spread_evenly_within_a_cell() -> None:
    rates = rates_of(region_in(tickets="30 per hour", profile="shape"), demand_of(STEPS))
    arrivals = poisson_arrivals(*rates, np.random.default_rng(1))
    assert stats.kstest(arrivals % QUARTER / QUARTER, stats.uniform.cdf).pvalue > 0.01


def test_no_demand_no_arrivals() -> None:
    edges = np.array([0, QUARTER, DAY])
    for total in ([0.0, 0.0], [0.0, 1e-12]):
        assert len(poisson_arrivals(edges, np.array(total), np.random.default_rng(1))) == 0


def test_a_single_cell_between_silences_gets_everything() -> None:
    edges = np.arange(0, DAY + 1, QUARTER)
    per_hour = np.zeros(96)
    per_hour[40] = 4000.0
    arrivals = poisson_arrivals(edges, per_hour, np.random.default_rng(1))
    assert abs(len(arrivals) - 1000) < 4 * 1000**0.5
    assert arrivals.min() >= edges[40]
    assert arrivals.max() < edges[41]


class EvenGaps:
    """A generator whose numbers are all the same."""

    def __init__(self, gap: float) -> None:
        self.gap = gap

    def standard_exponential(self, n: int) -> NDArray[np.float64]:
        return np.full(n, self.gap)


def test_nothing_arrives_at_the_very_start() -> None:
    """Events lie at least 1 ms ahead, so that the first ticket comes at 1 at the soonest."""
    edges, one_a_ms = np.array([0, 10]), np.array([1.0 * HOUR])
    arrivals = poisson_arrivals(edges, one_a_ms, EvenGaps(0.3))  # type: ignore[arg-type]
    assert arrivals[:8].tolist() == [1, 1, 1, 1, 1, 1, 2, 2]  # at 0.3, 0.6, 0.9, 1.2, 1.5, 1.8, 2.1 and 2.4 ms
    assert arrivals[-1] == 9


def test_a_rate_that_needs_more_numbers_than_foreseen_is_served_to_the_end() -> None:
    """Gaps that are all small: the usual number of them does not reach the end."""
    edges = np.array([0, HOUR])
    arrivals = poisson_arrivals(edges, np.array([1000.0]), EvenGaps(0.25))  # type: ignore[arg-type]
    assert len(arrivals) == 3999
    assert np.diff(arrivals) == pytest.approx(900, abs=1)


# ---- laws

cells = st.lists(
    st.tuples(st.integers(1, 4 * HOUR), st.sampled_from([0.0, 0.0, 0.3, 5.0, 60.0])), min_size=1, max_size=40
)


def rates_from(lengths_and_rates: list[tuple[int, float]]) -> Rates:
    lengths, per_hour = zip(*lengths_and_rates, strict=True)
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), np.array(per_hour)


@settings(deadline=None)
@given(cells, st.integers(0, 2**32))
def test_arrivals_ascend_and_lie_in_cells_with_a_rate(lengths_and_rates: list[tuple[int, float]], seed: int) -> None:
    edges, per_hour = rates_from([(1, 0.0), *lengths_and_rates])
    arrivals = poisson_arrivals(edges, per_hour, np.random.default_rng(seed))
    assert arrivals.dtype == np.int64
    assert (np.diff(arrivals) >= 0).all()
    assert ((arrivals >= 1) & (arrivals < edges[-1])).all()
    assert (per_hour[np.searchsorted(edges, arrivals, side="right") - 1] > 0).all()


@settings(deadline=None)
@given(cells, st.floats(1e-6, 0.5), st.integers(0, 39), st.integers(0, 2**32))
def test_more_demand_keeps_every_arrival_and_never_moves_one_later(
    lengths_and_rates: list[tuple[int, float]], rise: float, where: int, seed: int
) -> None:
    edges, per_hour = rates_from(lengths_and_rates)
    more = per_hour.copy()
    more[where % len(more) :] *= 1 + rise
    before = poisson_arrivals(edges, per_hour, np.random.default_rng(seed))
    after = poisson_arrivals(edges, more, np.random.default_rng(seed))
    assert len(after) >= len(before)
    assert (after[: len(before)] <= before).all()
    unchanged = before < edges[where % len(more)]
    assert (after[: len(before)][unchanged] == before[unchanged]).all()


def test_a_small_rise_moves_arrivals_a_little() -> None:
    edges, per_hour = rates_of(region_in(profile="shape"), demand_of(STEPS))
    before = poisson_arrivals(edges, per_hour, np.random.default_rng(1))
    after = poisson_arrivals(edges, per_hour * 1.0001, np.random.default_rng(1))
    moved = before - after[: len(before)]
    assert (moved >= 0).all()
    assert 0 < np.median(moved) < HOUR


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.datetimes(), st.integers(1, 10_000)), max_size=5),
    st.sampled_from(["UTC", "America/Santiago", "Asia/Kathmandu"]),
)
def test_cells_cover_the_run_without_gaps(events: list[tuple[Any, int]], zone: str) -> None:
    written = {}
    for n, (start, minutes) in enumerate(events):
        begins = start.replace(year=2026, month=3, day=min(start.day, 28))
        ends = begins + timedelta(minutes=minutes)
        span = {"start": f"{begins:%Y-%m-%d %H:%M}", "end": f"{ends:%Y-%m-%d %H:%M}"}
        written[f"event{n}"] = {**span, "factor": 2.0}
    edges = cell_edges("here", region_in(zone), demand_of(events=written), MARCH)
    assert (edges[0], edges[-1]) == (0, MARCH.end)
    assert (np.diff(edges) > 0).all()
    assert np.isin(np.arange(0, MARCH.end + 1, QUARTER), edges).all()


# ---- good days and bad days

DECADE = Clock.starting(date(2026, 1, 5), days=3650, warmup_days=0)


def factors_of(cv: float, correlation: float, name: str = "here", seed: int = 1, replication: int = 0) -> Any:
    region = region_in("Europe/London")
    return day_factors(name, region, DayFactor(cv=cv, correlation=correlation), DECADE, seed, replication)


@pytest.mark.parametrize(("cv", "correlation"), [(0.12, 0.5), (0.12, 0.0), (0.3, 0.8), (1.0, 0.5)])
def test_day_factors_have_the_mean_spread_and_correlation_asked_for(cv: float, correlation: float) -> None:
    """Ten years, three regions: within four standard errors; carried to gamma, a correlation is a little less."""
    columns = [factors_of(cv, correlation, name)[1] for name in ("here", "there", "elsewhere")]
    n = sum(map(len, columns))
    inflation = (1 + correlation) / (1 - correlation)  # of the variance of a mean, by the correlation between days
    factors = np.concatenate(columns)
    assert abs(factors.mean() - 1) < 4 * cv * (inflation / n) ** 0.5
    assert factors.std() == pytest.approx(cv, rel=0.02 + 5 * (inflation / n) ** 0.5)
    lag_one = np.mean([np.corrcoef(column[1:], column[:-1])[0, 1] for column in columns])
    assert correlation - 0.06 * cv - 4 / n**0.5 < lag_one < correlation + 4 / n**0.5
    lag_two = np.mean([np.corrcoef(column[2:], column[:-2])[0, 1] for column in columns])
    assert abs(lag_two - correlation**2) < 0.06 * cv + 6 / n**0.5
    assert abs(np.corrcoef(columns[0], columns[1])[0, 1]) < 4 * (inflation / len(columns[0])) ** 0.5


def test_day_factors_are_gamma() -> None:
    factors = factors_of(0.5, 0.0)[1]
    assert stats.kstest(factors, stats.gamma(4, scale=0.25).cdf).pvalue > 0.01


def test_the_first_day_is_like_any_other() -> None:
    """A process that started at its mean would vary less at first: 400 replications of the first factor."""
    region, law = region_in(), DayFactor(cv=0.2, correlation=0.9)
    first = [day_factors("here", region, law, MARCH, 1, replication)[1][0] for replication in range(400)]
    assert np.std(first) == pytest.approx(0.2, rel=0.15)
    assert np.mean(first) == pytest.approx(1, abs=0.04)


def test_without_variation_every_day_is_normal() -> None:
    first, factors = factors_of(0.0, 0.5)
    assert (factors == 1).all()
    assert first == day_number(date(2026, 1, 4))


def test_day_factors_repeat_and_differ_by_replication() -> None:
    assert factors_of(0.12, 0.5)[1].tolist() == factors_of(0.12, 0.5)[1].tolist()
    assert factors_of(0.12, 0.5)[1].tolist() != factors_of(0.12, 0.5, replication=1)[1].tolist()
    assert factors_of(0.12, 0.5)[1].tolist() != factors_of(0.12, 0.5, seed=2)[1].tolist()


def test_another_spread_keeps_good_days_good() -> None:
    calm, wild = factors_of(0.05, 0.5)[1], factors_of(0.4, 0.5)[1]
    assert (np.argsort(calm) == np.argsort(wild)).all()


@pytest.mark.parametrize("zone", ["UTC", "Australia/Sydney", "America/Los_Angeles", "Pacific/Apia"])
def test_a_factor_holds_for_a_local_day(zone: str) -> None:
    """Factors 1, 2, 3, … make it visible which day a cell belongs to."""
    first = day_number(next(iter(MARCH.local_dates(zone))))
    factors = np.arange(1.0, 40.0)
    edges, flat = rates_of(region_in(zone), demand_of())
    per_hour = with_day_factors(flat, edges, region_in(zone), MARCH, (first, factors))
    for day in (date(2026, 3, 8), date(2026, 3, 20)):
        start, end = MARCH.at(zone, day), MARCH.at(zone, day + timedelta(days=1))
        n = factors[day_number(day) - first]
        around = [rate_at((edges, per_hour), instant) for instant in (start - 1, start, end - 1, end)]
        assert around == [6 * (n - 1), 6 * n, 6 * n, 6 * (n + 1)]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Apia", "Pacific/Honolulu", "Asia/Kathmandu"])
def test_there_is_a_factor_for_every_cell_of_the_run(zone: str) -> None:
    first, factors = day_factors("here", region_in(zone), DayFactor(cv=0.3, correlation=0.5), MARCH, 1, 0)
    days = MARCH.day_number(zone, np.arange(0, MARCH.end, QUARTER)) - first
    assert days.min() >= 0
    assert days.max() < len(factors)
