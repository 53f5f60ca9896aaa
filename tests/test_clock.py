"""The clock against zoneinfo, asked in another way, and against dates that anybody can look up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.clock import (
    DAY,
    HOUR,
    HOURS_PER_WEEK,
    MINUTE,
    QUARTER,
    WEEK,
    Clock,
    _holidays_of_years,
    day_number,
    epoch_ms,
    midnight_ms,
    public_holidays,
    wall_to_epoch,
)

ZONES = (
    "UTC",
    "Etc/GMT+8",
    "Europe/London",
    "Europe/Oslo",
    "America/Los_Angeles",
    "America/St_Johns",  # UTC-3:30, with summer time
    "America/Sao_Paulo",  # summer time until 2019
    "America/Santiago",  # clocks change at midnight: the first hour of a date is skipped
    "Asia/Singapore",
    "Asia/Kolkata",  # UTC+5:30
    "Asia/Kathmandu",  # UTC+5:45
    "Australia/Sydney",
    "Australia/Lord_Howe",  # clocks change by 30 minutes
    "Pacific/Chatham",  # UTC+12:45, with summer time
    "Pacific/Apia",  # UTC+13
    "Africa/Casablanca",  # clocks change around Ramadan
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEAR_2026 = Clock.starting(date(2026, 1, 1), days=365, warmup_days=0)

zones = st.sampled_from(ZONES)
instants = st.datetimes(datetime(1996, 1, 1), datetime(2037, 12, 31)).map(lambda shown: shown.replace(tzinfo=UTC))  # noqa: DTZ001 - hypothesis wants them naive
clocks = st.builds(
    Clock.starting,
    st.dates(date(1996, 1, 1), date(2037, 1, 1)),
    days=st.integers(1, 400),
    warmup_days=st.integers(0, 40),
)


def shown_in(zone: str, ms: int) -> datetime:
    """What clocks in `zone` show `ms` after the epoch, without zone."""
    return (EPOCH + timedelta(milliseconds=ms)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def wall_ms(shown: datetime) -> int:
    return (shown.replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)


def utc_ms(text: str) -> int:
    return epoch_ms(datetime.fromisoformat(text).replace(tzinfo=UTC))


# ---- the axis


def test_zero_of_a_clock_is_the_first_midnight_of_its_warm_up() -> None:
    clock = Clock.starting(date(2026, 3, 2), days=28, warmup_days=7)
    assert clock.instant(0) == datetime(2026, 2, 23, tzinfo=UTC)
    assert clock.instant(clock.warmup) == datetime(2026, 3, 2, tzinfo=UTC)
    assert clock.instant(clock.end) == datetime(2026, 3, 30, tzinfo=UTC)
    assert clock.origin == utc_ms("2026-02-23 00:00")


def test_milliseconds_and_days_of_the_epoch() -> None:
    assert epoch_ms(datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)) == 1_500
    assert epoch_ms(datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)) == -1
    assert epoch_ms(datetime(1970, 1, 1, 1, tzinfo=ZoneInfo("Europe/Oslo"))) == 0
    assert midnight_ms(date(1970, 1, 2)) == DAY
    assert day_number(date(1969, 12, 31)) == -1
    assert day_number(date(2026, 3, 2)) * DAY == utc_ms("2026-03-02 00:00")


@given(instants)
def test_instant_undoes_the_epoch(instant: datetime) -> None:
    instant = instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    assert YEAR_2026.instant(epoch_ms(instant) - YEAR_2026.origin) == instant


# ---- what clocks show


@settings(deadline=None)
@given(zones, clocks, st.lists(st.floats(-0.2, 1.2), min_size=1, max_size=20))
@example("America/Los_Angeles", YEAR_2026, [(31 + 28 + 7) / 365])
def test_wall_hour_and_date_agree_with_zoneinfo(zone: str, clock: Clock, places: list[float]) -> None:
    ms = np.array([int(place * clock.end) for place in places], dtype=np.int64)
    shown = [shown_in(zone, clock.origin + int(each)) for each in ms]
    assert clock.wall(zone, ms).tolist() == [wall_ms(each) for each in shown]
    assert clock.hour_of_week(zone, ms).tolist() == [each.weekday() * 24 + each.hour for each in shown]
    assert clock.day_number(zone, ms).tolist() == [day_number(each.date()) for each in shown]
    assert [clock.local(zone, int(each)).replace(tzinfo=None) for each in ms] == shown


@pytest.mark.parametrize("zone", ZONES)
def test_wall_is_right_to_the_millisecond_wherever_the_offset_changes(zone: str) -> None:
    clock = Clock.starting(date(2025, 12, 20), days=400, warmup_days=0)
    quarters = np.arange(0, clock.end, QUARTER)
    offset = clock.wall(zone, quarters) - quarters
    changes = quarters[1:][np.diff(offset) != 0]
    around = np.sort(np.concatenate([changes - 1, changes, changes + 1]))
    expected = [wall_ms(shown_in(zone, clock.origin + int(each))) for each in around]
    assert clock.wall(zone, around).tolist() == expected
    assert len(changes) == sum(
        shown_in(zone, clock.origin + n * DAY) - shown_in(zone, clock.origin + (n - 1) * DAY) != timedelta(days=1)
        for n in range(1, 401)
    )


@pytest.mark.parametrize("zone", ZONES)
def test_a_wall_time_is_reached_when_it_is_first_shown_or_jumped_over(zone: str) -> None:
    instants = np.arange(0, YEAR_2026.end, QUARTER)
    shown = np.maximum.accumulate(YEAR_2026.wall(zone, instants))
    walls = np.arange(shown[0] + QUARTER, shown[-1], QUARTER)
    first = instants[np.searchsorted(shown, walls)]
    assert YEAR_2026.reached(zone, walls).tolist() == first.tolist()


@pytest.mark.parametrize(
    ("zone", "day", "hours"), [("Europe/London", date(2026, 3, 29), 1.5), ("Europe/London", date(2026, 10, 25), 1.5)]
)
def test_a_wall_time_that_is_skipped_is_the_jump_and_one_that_comes_twice_the_first(
    zone: str, day: date, hours: float
) -> None:
    reached = YEAR_2026.reached(zone, np.array([day_number(day) * DAY + int(hours * HOUR)]))
    expected = {3: "2026-03-29 01:00", 10: "2026-10-25 00:30"}[day.month]
    assert reached.tolist() == [utc_ms(expected) - YEAR_2026.origin]


@pytest.mark.parametrize("days", [[-3000, 0], [0, 600], [-400, -380], [368, 600], [-3000, 3000]])
def test_wall_far_outside_the_run_is_right_too(days: list[int]) -> None:
    clock = Clock.starting(date(2026, 6, 1), days=1, warmup_days=0)
    ms = np.array(days) * DAY + 5 * HOUR
    expected = [wall_ms(shown_in("Europe/London", clock.origin + int(each))) for each in ms]
    assert clock.wall("Europe/London", ms).tolist() == expected


def test_no_instants_show_nothing() -> None:
    nothing = np.empty(0, dtype=np.int64)
    assert YEAR_2026.wall("Europe/London", nothing).tolist() == []
    assert YEAR_2026.hour_of_week("Europe/London", nothing).tolist() == []


def test_hours_of_a_week_count_from_monday_midnight() -> None:
    monday = YEAR_2026.at("Asia/Kathmandu", date(2026, 3, 2))
    hours = np.arange(monday, monday + WEEK, HOUR)
    assert YEAR_2026.hour_of_week("Asia/Kathmandu", hours).tolist() == list(range(HOURS_PER_WEEK))
    assert YEAR_2026.hour_of_week("Asia/Kathmandu", np.array([monday - 1])).tolist() == [HOURS_PER_WEEK - 1]


def test_the_skipped_hour_is_never_shown_and_the_repeated_one_twice() -> None:
    def shown(monday: date) -> list[int]:
        first = YEAR_2026.at("America/Los_Angeles", monday)
        last = YEAR_2026.at("America/Los_Angeles", monday + timedelta(days=7))
        return YEAR_2026.hour_of_week("America/Los_Angeles", np.arange(first, last, HOUR)).tolist()

    sunday = 6 * 24
    assert shown(date(2026, 3, 2)) == [hour for hour in range(HOURS_PER_WEEK) if hour != sunday + 2]
    assert shown(date(2026, 10, 26)) == sorted([*range(HOURS_PER_WEEK), sunday + 1])


# ---- from the wall to the clock


@pytest.mark.parametrize(
    ("zone", "day", "wall", "utc"),
    [
        ("Asia/Kolkata", date(2026, 3, 2), 9 * HOUR, "2026-03-02 03:30"),
        ("Asia/Kathmandu", date(2026, 3, 2), 9 * HOUR, "2026-03-02 03:15"),
        ("Etc/GMT+8", date(2026, 7, 1), 6 * HOUR, "2026-07-01 14:00"),
        ("America/Los_Angeles", date(2026, 3, 7), 6 * HOUR, "2026-03-07 14:00"),
        ("America/Los_Angeles", date(2026, 3, 8), 6 * HOUR, "2026-03-08 13:00"),
        ("America/Los_Angeles", date(2026, 3, 7), 30 * HOUR, "2026-03-08 13:00"),
        ("America/Los_Angeles", date(2026, 3, 9), -18 * HOUR, "2026-03-08 13:00"),
        # skipped, north: 02:30 is read with the offset before, so that it lands an hour later
        ("America/Los_Angeles", date(2026, 3, 8), 2 * HOUR + 30 * MINUTE, "2026-03-08 10:30"),
        ("Europe/London", date(2026, 3, 29), 1 * HOUR + 30 * MINUTE, "2026-03-29 01:30"),
        # repeated, north: the first of the two
        ("America/Los_Angeles", date(2026, 11, 1), 1 * HOUR + 30 * MINUTE, "2026-11-01 08:30"),
        ("Europe/London", date(2026, 10, 25), 1 * HOUR + 30 * MINUTE, "2026-10-25 00:30"),
        # skipped and repeated, south
        ("Australia/Sydney", date(2026, 10, 4), 2 * HOUR + 30 * MINUTE, "2026-10-03 16:30"),
        ("Australia/Sydney", date(2026, 4, 5), 2 * HOUR + 30 * MINUTE, "2026-04-04 15:30"),
        # half an hour is skipped, half an hour is repeated
        ("Australia/Lord_Howe", date(2026, 10, 4), 2 * HOUR + 15 * MINUTE, "2026-10-03 15:45"),
        ("Australia/Lord_Howe", date(2026, 10, 4), 2 * HOUR + 30 * MINUTE, "2026-10-03 15:30"),
        ("Australia/Lord_Howe", date(2026, 4, 5), 1 * HOUR + 45 * MINUTE, "2026-04-04 14:45"),
        ("Australia/Lord_Howe", date(2026, 4, 5), 2 * HOUR, "2026-04-04 15:30"),
        # a date without a midnight
        ("America/Santiago", date(2026, 9, 6), 0, "2026-09-06 04:00"),
    ],
)
def test_a_wall_time_in_utc(zone: str, day: date, wall: int, utc: str) -> None:
    assert wall_to_epoch(zone, day, wall) == utc_ms(utc)
    assert YEAR_2026.at(zone, day, wall) == utc_ms(utc) - utc_ms("2026-01-01 00:00")


def test_a_wall_time_without_zone_is_that_of_the_zone_to_the_minute() -> None:
    """London, 29 March 2026: clocks go from 01:00 to 02:00."""
    clock = Clock.starting(date(2026, 3, 29), days=1, warmup_days=0)
    walls = [datetime.fromisoformat(f"2026-03-29 {time}") for time in ("00:59", "01:30", "03:01")]
    minutes = [clock.at_wall("Europe/London", wall) // MINUTE for wall in walls]
    assert minutes == [59, 90, 121]


@settings(deadline=None)
@given(zones, st.dates(date(1996, 1, 1), date(2037, 12, 1)), st.integers(-12 * 60, 48 * 60))
@example("Australia/Lord_Howe", date(2026, 10, 4), 2 * 60 + 10)
@example("Australia/Lord_Howe", date(2026, 4, 5), 60 + 40)
@example("America/Santiago", date(2026, 9, 6), 20)
@example("Pacific/Apia", date(2011, 12, 30), 12 * 60)  # a date that Samoa left out
def test_the_instant_of_a_wall_time_is_its_first_one_or_else_after_the_gap(zone: str, day: date, minutes: int) -> None:
    wall = midnight_ms(day) + minutes * MINUTE
    offsets = {wall_ms(shown_in(zone, wall + k * HOUR)) - wall - k * HOUR for k in range(-30, 31, 2)}
    before = wall_ms(shown_in(zone, wall - 30 * HOUR)) - (wall - 30 * HOUR)
    shows = [wall - offset for offset in offsets if wall_ms(shown_in(zone, wall - offset)) == wall]
    assert wall_to_epoch(zone, day, minutes * MINUTE) == min(shows, default=wall - before)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Los_Angeles", date(2026, 3, 8), 23),
        ("America/Los_Angeles", date(2026, 11, 1), 25),
        ("Europe/London", date(2026, 3, 29), 23),
        ("Europe/London", date(2026, 10, 25), 25),
        ("Australia/Sydney", date(2026, 10, 4), 23),
        ("Australia/Sydney", date(2026, 4, 5), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("America/Santiago", date(2026, 9, 6), 23),
        ("America/Santiago", date(2026, 4, 4), 25),
        ("Asia/Kolkata", date(2026, 3, 29), 24),
    ],
)
def test_the_length_of_a_local_day(zone: str, day: date, hours: float) -> None:
    first, last = YEAR_2026.at(zone, day), YEAR_2026.at(zone, day + timedelta(days=1))
    assert last - first == hours * HOUR
    dates = YEAR_2026.day_number(zone, np.array([first - 1, first, last - 1, last]))
    assert (dates - day_number(day)).tolist() == [-1, 0, 0, 1]


@settings(deadline=None)
@given(zones, clocks, st.integers(0, 3))
def test_local_dates_reach_beyond_the_run_by_their_margin(zone: str, clock: Clock, margin: int) -> None:
    dates = list(clock.local_dates(zone, margin))
    first, last = clock.local(zone, 0).date(), clock.local(zone, clock.end).date()
    assert dates == [first + timedelta(days=n) for n in range(-margin, (last - first).days + margin + 1)]


# ---- holidays


@pytest.mark.parametrize(
    ("country", "day", "name"),
    [
        ("US", date(2026, 7, 4), "Independence Day"),
        ("US", date(2025, 11, 27), "Thanksgiving"),
        ("US", date(2021, 12, 31), "New Year's Day"),  # that of 2022, which fell on a Saturday
        ("US-CA", date(2026, 7, 4), "Independence Day"),
        ("US-CA", date(2026, 3, 31), "Chavez"),
        ("GB", date(2026, 12, 25), "Christmas"),
        ("GB", date(2026, 4, 3), "Good Friday"),
        ("NO", date(2026, 5, 17), ""),
        ("BR", date(2026, 9, 7), ""),
        ("BR", date(2026, 4, 21), "Tiradentes"),
        ("SG", date(2026, 8, 9), "National Day"),
    ],
)
def test_a_day_that_is_a_holiday(country: str, day: date, name: str) -> None:
    found = public_holidays(country, day - timedelta(days=20), day + timedelta(days=20))
    assert day in found
    assert name in found[day]


def test_days_that_are_no_holidays() -> None:
    assert date(2026, 5, 17) not in public_holidays("GB", date(2026, 1, 1), date(2026, 12, 31))
    assert date(2026, 3, 31) not in public_holidays("US", date(2026, 1, 1), date(2026, 12, 31))
    assert date(2026, 7, 4) not in public_holidays("BR", date(2026, 1, 1), date(2026, 12, 31))


def test_holidays_lie_within_the_dates_asked_for_in_their_order() -> None:
    found = public_holidays("US", date(2026, 7, 4), date(2027, 1, 1))
    assert list(found) == sorted(found)
    assert min(found) == date(2026, 7, 4)
    assert max(found) == date(2027, 1, 1)
    assert len(public_holidays("NO", date(2025, 12, 20), date(2026, 1, 5))) == 3


def test_names_of_holidays_do_not_depend_on_the_users_language(monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    for language in ("en_US", "de_DE", "nb_NO"):
        for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.setenv(variable, language)
        _holidays_of_years.cache_clear()
        names.append(public_holidays("NO", date(2026, 5, 1), date(2026, 5, 31)))
    assert names[0] == names[1] == names[2]
