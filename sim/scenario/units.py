"""Values with units as people write them, and the numbers they become.

::

    15 min, 1 h 30 min, 2 d     -> milliseconds (int)
    6 per hour, 263 per day     -> a rate per hour (float)
    5 %, 0.05                   -> a share, 0 to 1 (float)
    06:00-14:00                 -> a span of local wall time
    5D 2S 5N 9O, dupont         -> one letter for each day of a rotation
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, NamedTuple
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.clock import DAY, HOUR, MINUTE, SECOND, WEEK
from sim.errors import nearest, quote
from sim.scenario.patterns import PATTERNS

_DURATION_UNITS = {
    "ms": 1, "s": SECOND, "sec": SECOND, "second": SECOND, "seconds": SECOND,
    "min": MINUTE, "minute": MINUTE, "minutes": MINUTE, "h": HOUR, "hour": HOUR, "hours": HOUR,
    "d": DAY, "day": DAY, "days": DAY, "week": WEEK, "weeks": WEEK,
}  # fmt: skip
_RATE_UNITS = {
    "minute": 60.0, "min": 60.0, "hour": 1.0, "h": 1.0, "day": 1 / 24, "d": 1 / 24, "week": 1 / 168, "year": 1 / 8766,
}  # fmt: skip

_NUMBER = r"\d+(?:\.\d+)?"
_DURATION_PART = re.compile(rf"\s*({_NUMBER})\s*([a-z]+)", re.IGNORECASE)
_RATE = re.compile(rf"({_NUMBER})\s*(?:per|/)\s*([a-z]+)", re.IGNORECASE)
_PER_CENT = re.compile(rf"([-+]?{_NUMBER})\s*%")
_GROWTH = re.compile(rf"([-+]?{_NUMBER})\s*%\s*(?:per|/)\s*year", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_LOCAL_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_PATTERN_PART = re.compile(r"(\d{0,6})([A-Z])")
DAY_OFF = "O"
"""The letter that stands for a day off in a rotation."""
_LONGEST_PATTERN = 366
_LONGEST_DURATION = 36_600 * DAY
_YEARS = range(1971, 2200)
"""Years for which the rules of time zones are known."""
_LARGEST_SHARE = 1e6


def found(value: object) -> str:
    """How a message names a value that it refuses: as a YAML file shows it, and never more than a few words."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, dict):
        return "a mapping of keys"
    return "a list" if isinstance(value, tuple | list) else quote(value)


def _refuse(expected: str, value: object, hint: str = "") -> PydanticCustomError:
    return PydanticCustomError(
        "unit", "must be {expected}; found {found}", {"expected": expected, "found": found(value), "nearest": hint}
    )


def parse_duration(value: Any) -> int:
    """Milliseconds in e.g. `15 min`, `1 h 30 min`, `2 d`."""
    expected = "a duration with its unit, such as 15 min, 8 h or 2 d"
    if not isinstance(value, str):
        raise _refuse(expected, value)
    total, end = 0.0, 0
    for part in _DURATION_PART.finditer(value):
        if part.start() != end:
            break
        unit = part[2].lower()
        if unit not in _DURATION_UNITS:
            raise _refuse(expected, value, nearest(unit, list(_DURATION_UNITS)))
        total, end = total + float(part[1]) * _DURATION_UNITS[unit], part.end()
    if end == 0 or value[end:].strip():
        raise _refuse(expected, value)
    if total > _LONGEST_DURATION:
        raise _refuse("a duration of at most 100 years", value)
    return round(total)


def duration_text(duration: int) -> str:
    """A duration in ms the way it is written: 5_400_000 becomes `1 h 30 min`."""
    parts = []
    for unit, length in (("d", DAY), ("h", HOUR), ("min", MINUTE), ("s", SECOND), ("ms", 1)):
        count, duration = divmod(duration, length)
        parts += [f"{count} {unit}"] * (count > 0)
    return " ".join(parts) or "0 min"


def bound_text(bound: float, parse: object) -> str:
    """A limit of what `parse` reads, as a message and a page show it: a duration has a unit, unless it is 0."""
    return duration_text(int(bound)) if bound and parse is parse_duration else f"{bound:g}"


def parse_rate(value: Any) -> float:
    """Number per hour in e.g. `6 per hour`, `263 per day`."""
    match = _RATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise _refuse("a rate ≥ 0 with its unit, such as 6 per hour or 263 per day", value)
    if match[2].lower() not in _RATE_UNITS:
        raise _refuse("a rate per minute, hour, day, week or year", value, nearest(match[2], list(_RATE_UNITS)))
    return float(match[1]) * _RATE_UNITS[match[2].lower()]


def _parse_per_cent(value: Any) -> float:
    match = _PER_CENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is not None:
        return float(match[1]) / 100
    # Comparing, unlike math.isfinite, also takes whole numbers too long for a float; it is never true of NaN.
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST_SHARE:
        raise _refuse("a share, such as 5 % or 0.05", value)
    return float(value)


def share_text(share: float) -> str:
    """A share the way it is written: 0.05 becomes `5 %`."""
    return f"{share * 100:g} %"


def parse_share(value: Any) -> float:
    """A number from 0 to 1, written `5 %` or `0.05`."""
    share = _parse_per_cent(value)
    if not 0 <= share <= 1:
        raise _refuse("a share from 0 % to 100 % (0 to 1)", value)
    return share


def parse_extra(value: Any) -> float:
    """A surcharge ≥ 0, written `10 %` or `0.1`."""
    extra = _parse_per_cent(value)
    if extra < 0:
        raise _refuse("a share of 0 % or more", value)
    return extra


def parse_growth(value: Any) -> float:
    """Growth a year as a fraction, written `20 % per year`."""
    match = _GROWTH.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or float(match[1]) <= -100:  # noqa: PLR2004 - nothing is left after a loss of 100 %
        raise _refuse("growth above -100 % a year, such as 20 % per year", value)
    return float(match[1]) / 100


def growth_text(growth: float) -> str:
    """Growth the way it is written: 0.2 becomes `20 % per year`."""
    return f"{share_text(growth)} per year"


def rate_text(rate: float) -> str:
    """A rate the way it is written: 6.0 becomes `6 per hour`."""
    return f"{rate:g} per hour"


class Span(NamedTuple):
    """A span of local wall time in ms after midnight; an `end` beyond 24 h lies on the next date."""

    start: int
    end: int


def parse_span(value: Any) -> Span:
    """`22:00-06:00` as milliseconds after midnight; an end at or before the start is on the next date."""
    expected = "a span of local time, such as 06:00-14:00"
    if isinstance(value, Span):  # a default of the schema
        return value
    match = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise _refuse(expected, value)
    h1, m1, h2, m2 = map(int, match.groups())
    if max(m1, m2) > 59 or h1 > 23 or h2 > 24 or (h2 == 24 and m2):  # noqa: PLR2004 - the dial of a clock
        raise _refuse(expected, value)
    start, end = h1 * HOUR + m1 * MINUTE, h2 * HOUR + m2 * MINUTE
    return Span(start, end if end > start else end + DAY)


def is_span(text: str) -> bool:
    """Whether a text is a span of local time."""
    try:
        parse_span(text)
    except PydanticCustomError:
        return False
    return True


def parse_local_time(value: Any) -> int:
    """`09:00` as milliseconds after midnight."""
    match = _LOCAL_TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:  # noqa: PLR2004 - the dial of a clock
        raise _refuse("a local time of day, such as 09:00", value)
    return int(match[1]) * HOUR + int(match[2]) * MINUTE


def local_time_text(wall: int) -> str:
    """A local time the way it is written: `09:00`."""
    return f"{wall // HOUR:02d}:{wall % HOUR // MINUTE:02d}"


def parse_pattern(value: Any) -> str:
    """`5D 2S 5N 9O` written out, one letter a day: `DDDDDSSNNNNNOOOOOOOOO`; so is a name of `PATTERNS`."""
    written = PATTERNS.get(value.strip(), value) if isinstance(value, str) else ""
    text = written.replace(" ", "")
    if not text or not re.fullmatch(rf"(?:{_PATTERN_PART.pattern})+", text):
        expected = "a rotation such as 5D 2S 5N 9O (a capital for each shift, O for a day off), or the name of one"
        raise _refuse(expected, value, nearest(written.strip(), list(PATTERNS)))
    counts = [(int(number or 1), letter) for number, letter in _PATTERN_PART.findall(text)]
    if not 0 < sum(number for number, _ in counts) <= _LONGEST_PATTERN:
        raise _refuse(f"a rotation of 1 to {_LONGEST_PATTERN} days", value)
    return "".join(number * letter for number, letter in counts)


def span_text(span: Span) -> str:
    """A span the way it is written: `22:00-06:00`."""
    end = span.end - DAY if span.end > DAY else span.end
    return "-".join(f"{clock // HOUR:02d}:{clock % HOUR // MINUTE:02d}" for clock in (span.start, end))


def _parse_iso(value: Any, kind: type[date | datetime], example: str) -> Any:
    expected = f"a {'local date and time' if kind is datetime else 'date'} such as {example}"
    try:
        instant = kind.fromisoformat(value.strip())
    except (AttributeError, ValueError):
        raise _refuse(expected, value) from None
    if instant.year not in _YEARS:
        raise _refuse(f"{expected}, between {_YEARS[0]} and {_YEARS[-1]}", value)
    return instant


def parse_date(value: Any) -> date:
    """`2026-03-02`."""
    day: date = _parse_iso(value, date, "2026-03-02")
    return day


def parse_wall_time(value: Any) -> datetime:
    """`2026-03-10 09:00`, a local time without zone."""
    wall: datetime = _parse_iso(value, datetime, "2026-03-10 09:00")
    if wall.tzinfo is not None or wall.second or wall.microsecond:
        raise _refuse("a local time to the minute, without zone or offset", value)
    return wall


@cache
def _zones() -> frozenset[str]:
    """Looking through the time zone database takes longer than reading a scenario, so it is done once."""
    return frozenset(available_timezones())


_ABBREVIATIONS = {
    **dict.fromkeys(("PST", "PDT", "PT"), "America/Los_Angeles"),
    **dict.fromkeys(("MDT", "MT"), "America/Denver"),
    **dict.fromkeys(("CST", "CDT", "CT"), "America/Chicago"),
    **dict.fromkeys(("EST", "EDT", "ET"), "America/New_York"),
    **dict.fromkeys(("BRT", "BRST"), "America/Sao_Paulo"),
    **dict.fromkeys(("CET", "CEST"), "Europe/Berlin"),
    **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
    "BST": "Europe/London",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "SGT": "Asia/Singapore",
}
"""What people mostly mean by an abbreviation that is no zone of the database."""
_ABBREVIATION = re.compile(r"[A-Z]{1,5}")
_OFFSET = re.compile(r"(?:GMT|UTC|Z)?\s*([-+])\s*0?(\d{1,2})(?::?00)?", re.IGNORECASE)


def _nearest_zone(value: str) -> str:
    offset = _OFFSET.fullmatch(value)
    if offset:
        # The database has the signs of these zones the other way round.
        zone = f"Etc/GMT{'-' if offset[1] == '+' else '+'}{offset[2]}" if offset[2] != "0" else "UTC"
        return zone if zone in _zones() else ""
    known = _ABBREVIATIONS.get(value.upper(), "")
    # Any other abbreviation only looks like a zone that has nothing to do with it.
    return known or ("" if _ABBREVIATION.fullmatch(value) else nearest(value, sorted(_zones())))


def _known_zone(value: str) -> str:
    if value not in _zones():
        raise PydanticCustomError(
            "zone",
            "must be an IANA time zone such as Europe/London; found {found}",
            {"found": quote(value), "nearest": _nearest_zone(value)},
        )
    return value


def _schema(description: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": description, "examples": list(examples)})


Duration = Annotated[int, BeforeValidator(parse_duration), _schema("duration", "15 min", "1 h 30 min", "2 d")]
Rate = Annotated[float, BeforeValidator(parse_rate), _schema("rate", "6 per hour", "263 per day")]
Growth = Annotated[float, BeforeValidator(parse_growth), _schema("growth", "20 % per year")]
LocalSpan = Annotated[Span, BeforeValidator(parse_span), _schema("span of local time", "06:00-14:00")]
LocalTime = Annotated[int, BeforeValidator(parse_local_time), _schema("local time of day", "09:00")]
Pattern = Annotated[str, BeforeValidator(parse_pattern), _schema("rotation", "5D 2S 5N 9O", *PATTERNS)]
Day = Annotated[date, BeforeValidator(parse_date), _schema("date", "2026-03-02")]
WallTime = Annotated[datetime, BeforeValidator(parse_wall_time), _schema("local time", "2026-03-10 09:00")]
Zone = Annotated[str, AfterValidator(_known_zone), _schema("IANA time zone", "Europe/London")]

_PER_CENT_SCHEMA: dict[str, Any] = {
    "anyOf": [{"type": "string", "pattern": r"%\s*$"}, {"type": "number", "minimum": 0}]
}
Share = Annotated[
    float, BeforeValidator(parse_share), WithJsonSchema({**_PER_CENT_SCHEMA, "description": "share, 0 % to 100 %"})
]
Extra = Annotated[
    float, BeforeValidator(parse_extra), WithJsonSchema({**_PER_CENT_SCHEMA, "description": "surcharge, 0 % or more"})
]
