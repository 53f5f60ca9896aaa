"""Forecasts: the rates that volumes become, days on which clocks change, and what each refusal says."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, MINUTE, Clock
from sim.errors import DataError
from sim.scenario.demand import Forecast
from sim.workload.forecast import ForecastRates, read_forecast

if TYPE_CHECKING:
    from pathlib import Path

REGIONS = ("americas", "europe")
CLOCK = Clock.starting(date(2026, 3, 2), 2, 0)
"""Monday, 2 March, and Tuesday."""


def read(folder: Path, rows: list[str], clock: Clock = CLOCK, **keys: Any) -> dict[str, ForecastRates]:
    file = folder / "rates.csv"
    file.write_text("\n".join(["region,start,volume", *rows, ""]), encoding="utf-8")
    return read_forecast(Forecast.model_validate({"file": str(file), **keys}), clock, REGIONS)


def refusals(folder: Path, rows: list[str], **keys: Any) -> list[str]:
    with pytest.raises(DataError) as caught:
        read(folder, rows, **keys)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def hourly(first: str, n: int, region: str = "europe", minutes: int = 60) -> list[str]:
    """`n` rows an hour (or so) apart on a dial that knows no summer time; the volumes count from 1."""
    starts = (datetime.fromisoformat(first) + timedelta(minutes=minutes * i) for i in range(n))
    return [f"{region},{start:%Y-%m-%d %H:%M},{i + 1}" for i, start in enumerate(starts)]


# ---- what is read


def test_volumes_become_rates(tmp_path: Path) -> None:
    rates = read(tmp_path, ["europe,2026-03-02,48", "Europe,2026-03-03,12", "americas,2026-03-02,0",
                            "americas,2026-03-03,6.5"])  # fmt: skip
    assert list(rates) == ["europe", "americas"]
    assert rates["europe"].edges.tolist() == rates["americas"].edges.tolist() == [0, DAY, 2 * DAY]
    assert rates["europe"].per_hour.tolist() == [2.0, 0.5]
    assert rates["americas"].per_hour.tolist() == [0.0, 6.5 / 24]
    assert rates["europe"].edges.dtype == np.int64


def test_regions_that_are_not_in_the_file_have_no_rates(tmp_path: Path) -> None:
    assert list(read(tmp_path, hourly("2026-03-02", 48, "americas"))) == ["americas"]


def test_rates_are_cut_to_the_run(tmp_path: Path) -> None:
    rates = read(tmp_path, hourly("2026-02-27 12:00", 8, minutes=24 * 60))["europe"]
    assert rates.edges.tolist() == [0, 12 * HOUR, 36 * HOUR, 48 * HOUR]
    assert (rates.per_hour * 24).tolist() == [3.0, 4.0, 5.0]


def test_an_edge_at_the_start_or_end_of_the_run_brings_no_empty_interval(tmp_path: Path) -> None:
    rates = read(tmp_path, hourly("2026-03-01", 5, minutes=24 * 60))["europe"]
    assert rates.edges.tolist() == [0, DAY, 2 * DAY]
    assert (rates.per_hour * 24).tolist() == [2.0, 3.0]


def test_regions_may_differ_in_length(tmp_path: Path) -> None:
    rates = read(tmp_path, hourly("2026-03-02", 48) + hourly("2026-03-02", 192, "americas", 15))
    assert np.unique(np.diff(rates["europe"].edges)).tolist() == [HOUR]
    assert np.unique(np.diff(rates["americas"].edges)).tolist() == [15 * MINUTE]
    assert rates["americas"].per_hour[:2].tolist() == [4.0, 8.0]


@given(order=st.permutations(range(48)))
def test_the_order_of_the_rows_does_not_matter(tmp_path_factory: pytest.TempPathFactory, order: list[int]) -> None:
    rows = hourly("2026-03-02", 48)
    rates = read(tmp_path_factory.mktemp("rates"), [rows[i] for i in order])["europe"]
    assert rates.edges.tolist() == [HOUR * i for i in range(49)]
    assert rates.per_hour.tolist() == list(range(1, 49))


def test_starts_may_say_their_offset(tmp_path: Path) -> None:
    rows = ["europe,2026-03-02T01:00+01:00,24", "europe,2026-03-02T19:00-05:00,48"]
    assert read(tmp_path, rows, zone="Asia/Tokyo")["europe"].per_hour.tolist() == [1.0, 2.0]


def test_local_starts_are_those_of_the_zone(tmp_path: Path) -> None:
    rates = read(tmp_path, hourly("2026-03-02", 4, minutes=24 * 60), zone="Asia/Singapore")["europe"]
    assert rates.edges.tolist() == [0, 16 * HOUR, 40 * HOUR, 48 * HOUR]


# ---- days on which clocks change


CHANGES = [
    # zone, local date, length of the day in hours, the hour shown twice or skipped
    ("Europe/London", "2026-10-25", 25, 1),
    ("Europe/London", "2026-03-29", 23, 1),
    ("America/Sao_Paulo", "2019-02-16", 25, 23),
    ("America/Sao_Paulo", "2018-11-04", 23, 0),
    ("Australia/Sydney", "2026-04-05", 25, 2),
    ("Australia/Sydney", "2026-10-04", 23, 2),
]


@pytest.mark.parametrize(("zone", "day", "hours", "hour"), CHANGES)
def test_hourly_rows_follow_the_clock(tmp_path: Path, zone: str, day: str, hours: int, hour: int) -> None:
    first = datetime.fromisoformat(day) - timedelta(days=2)
    shown = [first + timedelta(hours=i) for i in range(5 * 24)]
    change = datetime.fromisoformat(day) + timedelta(hours=hour)
    at = shown.index(change)
    shown = shown[: at + 1] + shown[at:] if hours == 25 else shown[:at] + shown[at + 1 :]
    rows = [f"europe,{start:%Y-%m-%dT%H:%M},{i + 1}" for i, start in enumerate(shown)]
    clock = Clock.starting(date.fromisoformat(day) - timedelta(days=1), 3, 0)
    rates = read(tmp_path, rows, clock=clock, zone=zone)["europe"]
    assert np.unique(np.diff(rates.edges)).tolist() == [HOUR]
    assert np.diff(rates.per_hour).tolist() == [1.0] * (3 * 24 - 1)


@pytest.mark.parametrize(("zone", "day", "hours"), [change[:3] for change in CHANGES])
def test_daily_rows_last_as_long_as_the_local_day(tmp_path: Path, zone: str, day: str, hours: int) -> None:
    first = date.fromisoformat(day) - timedelta(days=3)
    rows = [f"europe,{first + timedelta(days=i)},1200" for i in range(7)]
    clock = Clock.starting(date.fromisoformat(day) - timedelta(days=1), 3, 0)
    rates = read(tmp_path, rows, clock=clock, zone=zone)["europe"]
    assert set(np.diff(rates.edges)[1:-1].tolist()) <= {DAY, hours * HOUR}
    assert rates.per_hour.tolist().count(1200 / hours) == 1
    assert set(rates.per_hour.tolist()) == {50.0, 1200 / hours}


def test_the_last_interval_lasts_as_long_on_the_wall_as_the_others(tmp_path: Path) -> None:
    rows = ["europe,2026-10-23,24", "europe,2026-10-24,24", "europe,2026-10-25,50"]
    clock = Clock.starting(date(2026, 10, 24), 2, 0)
    rates = read(tmp_path, rows, clock=clock, zone="Europe/London")["europe"]
    assert rates.edges.tolist() == [0, 23 * HOUR, 48 * HOUR]
    assert rates.per_hour.tolist() == [1.0, 2.0]
    lacking = refusals(tmp_path, rows, clock=Clock.starting(date(2026, 10, 24), 3, 0), zone="Europe/London")
    assert lacking == [
        (
            "rates.csv: start: europe lacks 2026-10-26 00:00 to 2026-10-27 00:00 UTC:"
            " the run with its warm-up covers 2026-10-24 00:00 to 2026-10-27 00:00 UTC"
        )
    ]


def test_quarters_of_an_hour_given_twice_are_told_apart_by_their_order(tmp_path: Path) -> None:
    shown = [*hourly("2026-10-24", 4 * 26, minutes=15), *hourly("2026-10-25 01:00", 4 * 30, minutes=15)]
    rates = read(tmp_path, shown, clock=Clock.starting(date(2026, 10, 24), 2, 0), zone="Europe/London")["europe"]
    assert np.unique(np.diff(rates.edges)).tolist() == [15 * MINUTE]
    midnight = 4 * 23
    assert (rates.per_hour / 4)[midnight : midnight + 14].tolist() == [*range(97, 105), *range(1, 7)]


def test_a_forecast_may_end_inside_an_hour_shown_twice(tmp_path: Path) -> None:
    shown = [*hourly("2026-10-24 00:00", 4 * 26, minutes=15), *hourly("2026-10-25 01:00", 2, minutes=15)]
    (message,) = refusals(tmp_path, shown, clock=Clock.starting(date(2026, 10, 24), 2, 0), zone="Europe/London")
    assert "europe lacks 2026-10-25 01:30 to 2026-10-26 00:00 UTC" in message


def test_an_hour_shown_twice_and_given_once_lasts_two(tmp_path: Path) -> None:
    rows = hourly("2026-10-25 00:00", 48)
    rates = read(tmp_path, rows, clock=Clock.starting(date(2026, 10, 25), 1, 0), zone="Europe/London")["europe"]
    assert np.diff(rates.edges)[:3].tolist() == [2 * HOUR, HOUR, HOUR]
    assert rates.per_hour[:3].tolist() == [1.0, 3.0, 4.0]


def test_days_of_utc_are_regular_in_any_zone(tmp_path: Path) -> None:
    rows = [f"europe,2026-03-{day}T00:00Z,24" for day in range(26, 32)]
    clock = Clock.starting(date(2026, 3, 27), 4, 0)
    assert read(tmp_path, rows, clock=clock, zone="Europe/London")["europe"].per_hour.tolist() == [1.0] * 4


def test_a_start_that_the_clock_skips_is_refused_as_the_same_moment(tmp_path: Path) -> None:
    clock = Clock.starting(date(2026, 3, 29), 1, 0)
    (message,) = refusals(tmp_path, hourly("2026-03-29", 30), clock=clock, zone="Europe/London")
    assert message == (
        "rates.csv:4: start: europe has '2026-03-29 02:00' and, on line 3, '2026-03-29 01:00': the same moment"
        " (given twice, or skipped by the clocks of Europe/London)"
    )


# ---- refusals


def test_a_start_given_twice_is_refused(tmp_path: Path) -> None:
    rows = [*hourly("2026-03-02", 48), "europe,2026-03-02T05:00Z,7"]
    assert refusals(tmp_path, rows) == [
        (
            "rates.csv:50: start: europe has '2026-03-02T05:00Z' and, on line 7, '2026-03-02 05:00': the same moment"
            " (given twice, or skipped by the clocks of UTC)"
        )
    ]


def test_a_gap_is_refused_where_it_begins(tmp_path: Path) -> None:
    rows = hourly("2026-03-02", 48)
    assert refusals(tmp_path, rows[:5] + rows[8:]) == [
        (
            "rates.csv:6: start: the intervals of europe are 1 h long, but '2026-03-02 04:00' is followed by"
            " '2026-03-02 08:00', 4 h later: rows are missing (2026-03-02 04:00 UTC)"
        )
    ]


def test_intervals_of_another_length_are_refused(tmp_path: Path) -> None:
    rows = [*hourly("2026-03-02", 48), "europe,2026-03-02 07:30,1"]
    assert refusals(tmp_path, rows) == [
        (
            "rates.csv:9: start: the intervals of europe are 1 h long, but '2026-03-02 07:00' is"
            " followed by '2026-03-02 07:30', 30 min later: all must last as long, in UTC or by the clocks of UTC"
            " (2026-03-02 07:00 UTC)"
        )
    ]


def test_the_run_must_be_covered_on_both_sides(tmp_path: Path) -> None:
    rows = hourly("2026-03-02 06:00", 24)
    clock = Clock.starting(date(2026, 3, 3), 1, 1)
    assert refusals(tmp_path, rows, clock=clock) == [
        (
            "rates.csv: start: europe lacks 2026-03-02 00:00 to 2026-03-02 06:00 and 2026-03-03 06:00 to 2026-03-04"
            " 00:00 UTC: the run with its warm-up covers 2026-03-02 00:00 to 2026-03-04 00:00 UTC"
        )
    ]


def test_a_forecast_of_another_year_is_refused(tmp_path: Path) -> None:
    (message,) = refusals(tmp_path, hourly("2025-03-02", 48))
    assert "europe lacks 2025-03-04 00:00 to 2026-03-04 00:00 UTC" in message


def test_one_row_does_not_tell_how_long_it_lasts(tmp_path: Path) -> None:
    message = "rates.csv:2: start: europe needs two different starts or more: they tell how long an interval is"
    assert refusals(tmp_path, ["europe,2026-03-02,5"]) == [message]
    assert refusals(tmp_path, ["europe,2026-03-02,5", "europe,2026-03-02,5"]) == [message]


def test_all_regions_and_values_are_checked_at_once(tmp_path: Path) -> None:
    rows = [
        "Erope,2026-03-02,5",
        "europe,soon,5",
        "europe,2026-03-03,-1",
        "europe,2026-03-04,many",
        "europe,2026-03-05,",
    ]
    assert refusals(tmp_path, rows) == [
        (
            "rates.csv:3: start: must hold dates from 1971 to 2199 in ISO 8601, such as 2026-03-02 09:30;"
            " 1 row cannot be read: 'soon' (1 row)"
        ),
        "rates.csv:2: region: 'Erope' (1 row) is none of americas, europe; did you mean europe?",
        "rates.csv:4: volume: must be a number of tickets, 0 or more; found '-1' (3 rows like this)",
    ]


@pytest.mark.parametrize("volume", ["", "nan", "inf", "1,5", "five", "-0.1"])
def test_volumes_must_be_numbers(tmp_path: Path, volume: str) -> None:
    (message,) = refusals(tmp_path, [*hourly("2026-03-02", 48), f'europe,2026-03-04,"{volume}"'])
    assert (
        message == f"rates.csv:50: volume: must be a number of tickets, 0 or more; found {volume!r} (1 row like this)"
    )


def test_each_region_is_checked_by_itself(tmp_path: Path) -> None:
    rows = hourly("2026-03-02", 47) + hourly("2026-03-02 01:00", 47, "americas")
    assert [message[: message.index(" UTC:")] for message in refusals(tmp_path, rows)] == [
        "rates.csv: start: europe lacks 2026-03-03 23:00 to 2026-03-04 00:00",
        "rates.csv: start: americas lacks 2026-03-02 00:00 to 2026-03-02 01:00",
    ]


def test_the_columns_must_be_there(tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text("Region,begin,volume\neurope,2026-03-02,1\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_forecast(Forecast(file=str(file)), CLOCK, REGIONS)
    held = "no such column; the file has 'Region', 'begin', 'volume'"
    assert str(caught.value).replace(f"{tmp_path}/", "").splitlines() == [
        f"rates.csv:1: region: {held}; did you mean Region?",
        f"rates.csv:1: start: {held}",
    ]
