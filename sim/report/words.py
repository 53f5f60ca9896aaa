"""Numbers, hours and counts as a reader wants them."""

from __future__ import annotations

import math

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS_PER_DAY = 24
_WHOLE_FROM = 1000
_COUNTED_FROM = 10
_AN_HOUR = 60
_LONG = 180


def number(value: float | None) -> str:
    """One digit after the point, none from 1,000 on; `-` where there is no figure."""
    if value is None or math.isnan(value):
        return "-"
    return f"{value:,.{1 if abs(value) < _WHOLE_FROM else 0}f}"


def whole(value: float) -> str:
    """A count: whole from 10 on."""
    return number(value) if value < _COUNTED_FROM else f"{value:,.0f}"


def between(low: float | None, high: float | None) -> str:
    """An interval: `78.6 to 83.1`, or nothing where there is none."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return ""
    return f"{number(low)} to {number(high)}"


def counted(n: int, noun: str) -> str:
    """`1 person`, `2 people`; a noun in the singular, with its plural after a stroke where it is irregular."""
    one, _, many = noun.partition("/")
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"


def times(n: float) -> str:
    """How often: `never`, `once`, `3 times`, `2.5 times`."""
    told = whole(n).removesuffix(".0")
    if told == "0":
        return "less than 0.1 times" if n else "never"
    return "once" if told == "1" else f"{told} times"


def lasting(minutes: float) -> str:
    """`45.0 min`; in hours where it is more than three: `26.8 h`."""
    divisor, unit = minutes_as(minutes)
    return f"{number(minutes / divisor)} {unit}"


def minutes_as(minutes: float) -> tuple[int, str]:
    """How many minutes the unit has in which so many are read, and the unit."""
    return (_AN_HOUR, "h") if minutes > _LONG else (1, "min")


def joined(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def hour_name(hour_of_week: int) -> str:
    """`Sat 14-15`; 0 is Monday 00-01."""
    day, hour = divmod(int(hour_of_week), HOURS_PER_DAY)
    return f"{WEEKDAYS[day]} {hour:02d}-{hour + 1:02d}"


def tier_name(tier: str) -> str:
    """`tier 2` of `tier2`."""
    return f"tier {tier.removeprefix('tier')}" if tier.startswith("tier") else tier
