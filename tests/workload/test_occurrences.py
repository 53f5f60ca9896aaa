"""When something happens: by chance, on dates, and at fixed places in the calendar."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, WEEK, Clock
from sim.scenario.occurrences import Occurrence, Recurrence
from sim.streams import stream
from sim.workload.occurrences import Origin, happenings, recurring

if TYPE_CHECKING:
    from sim.workload.occurrences import Happenings

MARCH = Clock.starting(date(2026, 3, 2), days=28, warmup_days=7)
"""23 February to 30 March, UTC. The clocks change in the US on 8 March and in Europe on 29 March."""


def shown(found: Happenings, zone: str, clock: Clock = MARCH) -> list[str]:
    """Local times at which something happens."""
    return [f"{clock.local(zone, ms):%Y-%m-%d %H:%M}" for ms in found.start.tolist()]


def of(entry: dict[str, Any], zone: str = "UTC", clock: Clock = MARCH, seed: int = 1) -> list[Happenings]:
    return list(happenings(Occurrence.model_validate(entry), zone, clock, lambda: stream(seed, 0, "x")))


def on(every: str, day: int, zone: str = "UTC", clock: Clock = MARCH, lasts: int = 0) -> list[str]:
    """The places of a recurrence at 10:00 that the run meets, without those around it."""
    found = recurring(Recurrence.model_validate({"every": every, "day": day}), zone, clock, lasts)
    inside = (found.start + lasts >= 0) & (found.start < clock.end)
    return shown(found._replace(start=found.start[inside]), zone, clock)


# ---- places in the calendar


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
    found = recurring(Recurrence.model_validate({"every": "week", "day": 5}), "America/Los_Angeles", MARCH, 0)
    utc = (found.start % DAY // HOUR).tolist()
    by_date = dict(zip([text[:10] for text in shown(found, "America/Los_Angeles")], utc, strict=True))
    assert (by_date["2026-03-06"], by_date["2026-03-13"]) == (18, 17)


def test_a_recurrence_at_a_time_that_clocks_skip_or_show_twice() -> None:
    """Cairo sets its clocks at the end of a Thursday: on 23 April 2026 to 01:00, and on 29 October back to 23:00."""
    spring = Clock.starting(date(2026, 4, 20), days=7, warmup_days=0)
    friday = Recurrence.model_validate({"every": "week", "day": 5, "time": "00:30"})
    assert "2026-04-24 01:30" in shown(recurring(friday, "Africa/Cairo", spring, 0), "Africa/Cairo", spring)
    autumn = Clock.starting(date(2026, 10, 26), days=7, warmup_days=0)
    thursday = Recurrence.model_validate({"every": "week", "day": 4, "time": "23:30"})
    # The first of the two is 20:30 UTC.
    assert 3 * DAY + 20.5 * HOUR in recurring(thursday, "Africa/Cairo", autumn, 0).start.tolist()


def test_what_began_before_the_run_is_found_if_it_lasts_into_it() -> None:
    assert on("month", 1) == ["2026-03-02 10:00"]
    assert on("month", 1, lasts=3 * WEEK + DAY) == ["2026-02-02 10:00", "2026-03-02 10:00"]


def test_rows_stay_when_the_run_moves() -> None:
    rows = []
    for clock in (MARCH, Clock.starting(date(2026, 3, 9), days=60, warmup_days=0)):
        found = recurring(Recurrence.model_validate({"every": "week"}), "UTC", clock, 0)
        rows.append(dict(zip(shown(found, "UTC", clock), found.row.tolist(), strict=True)))
    both = rows[0].keys() & rows[1].keys()
    assert len(both) >= 3
    assert {day: rows[0][day] for day in both} == {day: rows[1][day] for day in both}


@given(
    st.sampled_from(["week", "month", "quarter", "year"]),
    st.integers(1, 28),
    st.sampled_from(["UTC", "Asia/Kathmandu", "America/Los_Angeles", "Australia/Lord_Howe", "Pacific/Apia"]),
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
)
def test_a_recurrence_is_once_a_period_on_a_working_day(every: str, day: int, zone: str, start: date) -> None:
    clock = Clock.starting(start, days=400, warmup_days=0)
    day = min(day, {"week": 5, "month": 20}.get(every, day))
    found = recurring(Recurrence.model_validate({"every": every, "day": day}), zone, clock, 0)
    days = [clock.local(zone, ms) for ms in found.start.tolist()]
    assert all(local.weekday() < 5 and (local.hour, local.minute) == (10, 0) for local in days)
    place = {
        "week": lambda d: d.isocalendar()[:2],
        "month": lambda d: (d.year, d.month),
        "quarter": lambda d: (d.year, (d.month - 1) // 3),
        "year": lambda d: d.year,
    }[every]
    periods = [place(local.date()) for local in days]
    touched = {place(clock.instant(ms).date()) for ms in range(0, clock.end, DAY)}
    assert len(set(periods)) == len(periods) == len(set(found.row.tolist()))
    assert touched <= set(periods)


# ---- dates, and chance


@pytest.mark.parametrize(
    ("zone", "hours"), [("UTC", 10.0), ("Europe/London", 9.0), ("America/Sao_Paulo", 13.0), ("Asia/Kathmandu", 4.25)]
)
def test_a_date_is_local(zone: str, hours: float) -> None:
    """On 29 March 2026 London has summer time from 01:00 UTC on."""
    (found,) = of({"at": ("2026-03-29 10:00", "2026-03-01 10:00")}, zone)
    assert found.origin == Origin.DATED
    assert found.start[0] == 34 * DAY + hours * HOUR
    assert shown(found, zone) == ["2026-03-29 10:00", "2026-03-01 10:00"]
    assert found.row.tolist() == [0, 1]


def test_dates_at_a_time_that_clocks_skip_or_show_twice() -> None:
    clock = Clock.starting(date(2026, 10, 25), days=1, warmup_days=0)
    assert shown(of({"at": ("2026-03-29 01:30",)}, "Europe/London")[0], "Europe/London") == ["2026-03-29 02:30"]
    assert of({"at": ("2026-10-25 01:30",)}, "Europe/London", clock)[0].start.tolist() == [HOUR // 2]


def test_nothing_happens_without_a_rate_and_dates() -> None:
    assert of({}) == []


def test_chance_brings_as_many_as_the_rate_says_evenly() -> None:
    """400 runs of 35 days at 2 a week: within four standard errors, Poisson, and as many in either half."""
    starts = [of({"rate": "2 per week"}, seed=seed)[0].start for seed in range(400)]
    counts = np.array([len(start) for start in starts])
    assert abs(counts.mean() - 10) < 4 * (10 / 400) ** 0.5
    assert 0.7 < counts.var() / 10 < 1.35
    together = np.concatenate(starts)
    assert ((together >= 1) & (together < MARCH.end)).all()
    assert abs((together < MARCH.end // 2).mean() - 0.5) < 4 * 0.5 / len(together) ** 0.5


def test_a_longer_run_begins_with_the_same() -> None:
    longer = Clock.starting(date(2026, 3, 2), days=100, warmup_days=7)
    short, long = (of({"rate": "1 per day"}, clock=clock)[0].start.tolist() for clock in (MARCH, longer))
    assert long[: len(short)] == short
    assert long[len(short)] >= MARCH.end
