from __future__ import annotations

import contextlib
import math
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sim.clock import DAY, HOUR, MINUTE, WEEK
from sim.scenario.units import (
    _ABBREVIATIONS,
    Duration,
    Extra,
    Growth,
    LocalSpan,
    Pattern,
    Rate,
    Share,
    Span,
    WallTime,
    Zone,
    duration_text,
    parse_duration,
    parse_growth,
    parse_pattern,
    parse_rate,
    parse_share,
    parse_span,
    rate_text,
    share_text,
    span_text,
)

anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers()), st.just(10**400)
)


def refusal(kind: object, value: object) -> dict[str, object]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    (error,) = caught.value.errors()
    return {"message": error["msg"], **error["ctx"]}


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("15 min", 15 * MINUTE),
        ("1 h 30 min", 90 * MINUTE),
        ("1h30min", 90 * MINUTE),
        ("1.5 hours", 90 * MINUTE),
        ("2 d", 2 * DAY),
        ("1 week", WEEK),
        ("250 ms", 250),
        ("0 min", 0),
    ],
)
def test_a_duration_is_a_number_of_milliseconds(text: str, ms: int) -> None:
    assert parse_duration(text) == ms


@given(st.integers(0, 36_600 * DAY))
def test_a_duration_survives_being_written(ms: int) -> None:
    assert parse_duration(duration_text(ms)) == ms


@given(
    st.integers(0, 10**9),
    st.sampled_from([("minute", 60), ("hour", 1), ("day", 1 / 24), ("week", 1 / 168), ("year", 1 / 8766)]),
)
def test_a_rate_is_a_number_per_hour(count: int, unit: tuple[str, float]) -> None:
    name, factor = unit
    assert math.isclose(parse_rate(f"{count} per {name}"), count * factor)
    assert parse_rate(f"{count} per {name}") == parse_rate(f"{count}/{name}")


@given(st.integers(0, 1000))
def test_a_rate_survives_being_written(per_hour: int) -> None:
    assert parse_rate(rate_text(per_hour / 4)) == per_hour / 4


@given(st.integers(0, 100))
def test_a_share_survives_being_written(per_cent: int) -> None:
    assert math.isclose(parse_share(share_text(per_cent / 100)), per_cent / 100)
    assert parse_share(f"{per_cent} %") == parse_share(per_cent / 100)


@given(st.integers(0, 24 * 60 - 1), st.integers(0, 24 * 60))
def test_a_span_ends_within_a_day_of_its_start(start: int, end: int) -> None:
    text = f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"
    span = parse_span(text)
    assert 0 < span.end - span.start <= DAY
    assert parse_span(span_text(span)) == span


def test_a_span_may_end_on_the_next_date() -> None:
    assert parse_span("22:00-06:00") == Span(22 * HOUR, 30 * HOUR)
    assert parse_span("16:00-24:00") == Span(16 * HOUR, 24 * HOUR)


def test_a_rotation_is_written_out_day_by_day() -> None:
    assert parse_pattern("5D 2S 5N 9O") == "DDDDDSSNNNNNOOOOOOOOO"
    assert parse_pattern("DDO") == "DDO"


def test_growth_is_a_fraction_per_year() -> None:
    assert parse_growth("20 % per year") == pytest.approx(0.2)
    assert parse_growth("-5 %/year") == pytest.approx(-0.05)


@pytest.mark.parametrize(
    ("kind", "value", "expected", "found"),
    [
        (Duration, 15, "must be a duration with its unit, such as 15 min", "found 15"),
        (Duration, "15", "must be a duration with its unit", "found '15'"),
        (Duration, "-15 min", "must be a duration", "found '-15 min'"),
        (Duration, "15 min and more", "must be a duration", "found '15 min and more'"),
        (Duration, True, "must be a duration", "found true"),
        (Duration, ("15 min",), "must be a duration", "found a list"),
        (Duration, "200 000 d", "must be a duration", "found '200 000 d'"),
        (Duration, "200000 d", "must be a duration of at most 100 years", "found '200000 d'"),
        (Rate, 6, "must be a rate ≥ 0 with its unit, such as 6 per hour", "found 6"),
        (Rate, "-6 per hour", "must be a rate ≥ 0", "found '-6 per hour'"),
        (Share, "120 %", "must be a share from 0 % to 100 %", "found '120 %'"),
        (Share, -0.1, "must be a share from 0 % to 100 %", "found -0.1"),
        (Share, math.nan, "must be a share", "found nan"),
        (Share, None, "must be a share", "found null"),
        (Extra, "-5 %", "must be a share of 0 % or more", "found '-5 %'"),
        (Growth, "20 %", "must be growth above -100 % a year, such as 20 % per year", "found '20 %'"),
        (Growth, "-100 % per year", "must be growth above -100 % a year", "found '-100 % per year'"),
        (LocalSpan, "6-14", "must be a span of local time, such as 06:00-14:00", "found '6-14'"),
        (LocalSpan, "06:00-25:00", "must be a span", "found '06:00-25:00'"),
        (Pattern, "5d 2o", "must be a rotation such as 5D 2S 5N 9O", "found '5d 2o'"),
        (Pattern, "400D", "must be a rotation of 1 to 366 days", "found '400D'"),
        (Pattern, "9" * 5000 + "D", "must be a rotation", "found '999"),
        (
            WallTime,
            "2026-03-10T09:00+01:00",
            "must be a local time to the minute, without zone",
            "found '2026-03-10T09:00+01:00'",
        ),
        (
            WallTime,
            "1850-01-01 09:00",
            "must be a local date and time such as 2026-03-10 09:00, between 1971 and 2199",
            "found '1850-01-01 09:00'",
        ),
        (Zone, "Mars/Olympus", "must be an IANA time zone such as Europe/London", "found 'Mars/Olympus'"),
    ],
)
def test_a_refusal_tells_what_is_expected_and_what_was_found(
    kind: object, value: object, expected: str, found: str
) -> None:
    message = str(refusal(kind, value)["message"])
    assert message.startswith(expected)
    assert found in message


@pytest.mark.parametrize(
    ("kind", "value", "nearest"),
    [
        (Duration, "15 minuts", "minutes"),
        (Rate, "6 per houre", "hour"),
        (Pattern, "pittman", "pitman"),
        (Pattern, "Dupont", "dupont"),
        (Pattern, "5D 20", ""),
        (Zone, "Europe/Lundon", "Europe/London"),
        (Zone, "london", "Europe/London"),
        (Zone, "PST", "America/Los_Angeles"),
        (Zone, "pdt", "America/Los_Angeles"),
        (Zone, "EDT", "America/New_York"),
        (Zone, "CST", "America/Chicago"),
        (Zone, "SGT", "Asia/Singapore"),
        (Zone, "BRT", "America/Sao_Paulo"),
        (Zone, "IST", "Asia/Kolkata"),
        (Zone, "CEST", "Europe/Berlin"),
        (Zone, "JST", "Asia/Tokyo"),
        (Zone, "AEST", "Australia/Sydney"),
        (Zone, "BST", "Europe/London"),
        (Zone, "XST", ""),
        (Zone, "WIB", ""),
        (Zone, "GMT+8", "Etc/GMT-8"),
        (Zone, "UTC-3", "Etc/GMT+3"),
        (Zone, "utc +05:00", "Etc/GMT-5"),
        (Zone, "UTC+0", "UTC"),
        (Zone, "UTC+5:30", ""),
        (Zone, "UTC+20", ""),
    ],
)
def test_a_refusal_tells_the_nearest_name(kind: object, value: object, nearest: str) -> None:
    assert refusal(kind, value)["nearest"] == nearest


@pytest.mark.parametrize("zone", ["UTC", "GMT", "Etc/GMT-8", "GMT+0", "Asia/Kolkata"])
def test_a_zone_of_the_database_stays_valid(zone: str) -> None:
    assert TypeAdapter(Zone).validate_python(zone) == zone


def test_every_zone_that_an_abbreviation_hints_at_exists() -> None:
    hints = {str(refusal(Zone, name)["nearest"]) for name in set(_ABBREVIATIONS) - available_timezones()}
    assert hints
    assert hints <= available_timezones()


@pytest.mark.parametrize("kind", [Duration, Rate, Share, Extra, Growth, LocalSpan, Pattern, WallTime])
@given(value=anything)
def test_no_value_breaks_a_unit(kind: object, value: object) -> None:
    with contextlib.suppress(ValidationError):
        TypeAdapter(kind).validate_python(value)
