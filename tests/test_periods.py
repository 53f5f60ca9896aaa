"""Weeks, months, quarters and years: what belongs to which, when they begin, and fixed places in them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, WEEK, Clock, day_number
from sim.periods import first_days, periods, recurring, weekdays, weeks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.periods import Cycle

MARCH = Clock.starting(date(2026, 3, 2), days=28, warmup_days=7)
"""23 February to 30 March, UTC. The clocks change in the US on 8 March and in Europe on 29 March."""


def shown(start: NDArray[np.int64], zone: str, clock: Clock = MARCH) -> list[str]:
    """Local times of instants."""
    return [f"{clock.local(zone, ms):%Y-%m-%d %H:%M}" for ms in start.tolist()]


def on(every: Cycle, day: int, zone: str = "UTC", clock: Clock = MARCH, lasts: int = 0) -> list[str]:
    """The places of a recurrence at 10:00 that the run meets, without those around it."""
    _, start = recurring(every, day, 10 * HOUR, zone, clock, lasts)
    return shown(start[(start + lasts >= 0) & (start < clock.end)], zone, clock)


# ---- periods


@pytest.mark.parametrize(
    ("every", "numbers", "begin"),
    [
        ("week", [2930, 2931], ["2026-02-23", "2026-03-02"]),
        ("month", [673, 674], ["2026-02-01", "2026-03-01"]),
        ("quarter", [224], ["2026-01-01"]),
        ("year", [56], ["2026-01-01"]),
    ],
)
def test_periods_are_counted_from_1970_on(every: Cycle, numbers: list[int], begin: list[str]) -> None:
    """Sunday, 1 March 2026, is the last day of its week; 56 years are 672 months and 224 quarters."""
    found = periods(every, date(2026, 2, 28), date(2026, 3, 2))
    assert found.tolist() == numbers
    assert [str(day) for day in first_days(every, found)] == begin


@given(st.dates(date(1960, 1, 1), date(2100, 1, 1)))
def test_weeks_begin_on_mondays(day: date) -> None:
    days = np.array([day_number(day), day_number(day - timedelta(day.weekday()))])
    assert weekdays(days).tolist() == [day.weekday(), 0]
    week = weeks(days)
    assert week[0] == week[1]
    assert first_days("week", week[:1]).tolist() == [day - timedelta(day.weekday())]


# ---- places in them


def test_the_second_working_day_of_each_week() -> None:
    assert on("week", 2) == [f"2026-{day} 10:00" for day in ("02-24", "03-03", "03-10", "03-17", "03-24")]


def test_working_days_of_months_begin_after_a_weekend() -> None:
    """1 March 2026 is a Sunday. The year began on a Thursday, which counts though it is a public holiday."""
    year = Clock.starting(date(2026, 1, 1), days=365, warmup_days=0)
    assert on("month", 1, clock=year)[:6] == [
        "2026-01-01 10:00", "2026-02-02 10:00", "2026-03-02 10:00", "2026-04-01 10:00", "2026-05-01 10:00",
        "2026-06-01 10:00"]  # fmt: skip
    assert on("month", 20, clock=year)[:3] == ["2026-01-28 10:00", "2026-02-27 10:00", "2026-03-27 10:00"]
    assert on("quarter", 3, clock=year) == [
        "2026-01-05 10:00", "2026-04-03 10:00", "2026-07-03 10:00", "2026-10-05 10:00"]  # fmt: skip
    assert on("year", 28, clock=year) == ["2026-02-09 10:00"]


def test_a_recurrence_keeps_its_local_time_when_clocks_change() -> None:
    _, found = recurring("week", 5, 10 * HOUR, "America/Los_Angeles", MARCH, 0)
    utc = (found % DAY // HOUR).tolist()
    by_date = dict(zip([text[:10] for text in shown(found, "America/Los_Angeles")], utc, strict=True))
    assert (by_date["2026-03-06"], by_date["2026-03-13"]) == (18, 17)


def test_a_recurrence_at_a_time_that_clocks_skip_or_show_twice() -> None:
    """Cairo sets its clocks at the end of a Thursday: on 23 April 2026 to 01:00, and on 29 October back to 23:00."""
    spring = Clock.starting(date(2026, 4, 20), days=7, warmup_days=0)
    _, friday = recurring("week", 5, HOUR // 2, "Africa/Cairo", spring, 0)
    assert "2026-04-24 01:30" in shown(friday, "Africa/Cairo", spring)
    autumn = Clock.starting(date(2026, 10, 26), days=7, warmup_days=0)
    _, thursday = recurring("week", 4, 23 * HOUR + HOUR // 2, "Africa/Cairo", autumn, 0)
    # The first of the two is 20:30 UTC.
    assert 3 * DAY + 20.5 * HOUR in thursday.tolist()


def test_what_began_before_the_run_is_found_if_it_lasts_into_it() -> None:
    assert on("month", 1) == ["2026-03-02 10:00"]
    assert on("month", 1, lasts=3 * WEEK + DAY) == ["2026-02-02 10:00", "2026-03-02 10:00"]


AFTER_A_SKIPPED_DAY = {"Pacific/Apia": date(2011, 12, 31)}
"""Samoa had no Friday, 30 December 2011; what recurs on that day comes at its time on the next."""


@example("week", 5, "Pacific/Apia", date(2011, 1, 1))
@given(
    st.sampled_from(["week", "month", "quarter", "year"]),
    st.integers(1, 28),
    st.sampled_from(["UTC", "Asia/Kathmandu", "America/Los_Angeles", "Australia/Lord_Howe", "Pacific/Apia"]),
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
)
def test_a_recurrence_is_once_a_period_on_a_working_day(every: Cycle, day: int, zone: str, begins: date) -> None:
    clock = Clock.starting(begins, days=400, warmup_days=0)
    day = min(day, {"week": 5, "month": 20}.get(every, day))
    row, start = recurring(every, day, 10 * HOUR, zone, clock, 0)
    days = [clock.local(zone, ms) for ms in start.tolist()]
    assert all((local.hour, local.minute) == (10, 0) for local in days)
    assert all(local.weekday() < 5 or local.date() == AFTER_A_SKIPPED_DAY.get(zone) for local in days)
    place = {
        "week": lambda d: d.isocalendar()[:2],
        "month": lambda d: (d.year, d.month),
        "quarter": lambda d: (d.year, (d.month - 1) // 3),
        "year": lambda d: d.year,
    }[every]
    of = [place(local.date()) for local in days]
    touched = {place(clock.instant(ms).date()) for ms in range(0, clock.end, DAY)}
    assert len(set(of)) == len(of) == len(set(row.tolist()))
    assert touched <= set(of)
