"""Milliseconds since a run's start, and the wall clocks of its regions.

Engines count int64 milliseconds from the start of the run (UTC) and know no time zone. Everything local - shifts,
hour-of-week profiles, holidays - is turned into that count here, before the run, and back again after it.
Arithmetic between instants is done in UTC: when clocks change, subtracting wall-clock times would be an hour off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
HOURS_PER_WEEK = 168
QUARTER = 15 * MINUTE
"""Time zones differ from UTC, and change their offset, at multiples of a quarter of an hour."""

NEVER = np.iinfo(np.int64).min
"""Marks a missing instant in arrays."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONDAY_BEFORE_EPOCH = -3 * DAY  # 1970-01-01 was a Thursday


def epoch_ms(instant: datetime) -> int:
    """Milliseconds from 1970-01-01 UTC to an aware `instant`."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def midnight_ms(day: date) -> int:
    """Milliseconds from 1970-01-01 UTC to 00:00 UTC of `day`."""
    return (day - _EPOCH.date()).days * DAY


def wall_to_epoch(zone: str, day: date, wall: int) -> int:
    """UTC milliseconds since 1970 at which clocks in `zone` show `wall` milliseconds after the midnight of `day`.

    `wall` may exceed a day (26 h is 02:00 of the next date). A time that the clock skips in spring is read with the
    offset before the change, so that it lands as much later as was skipped; a time that occurs twice in autumn is read
    as its first occurrence.
    """
    shown = datetime.combine(day, time()) + timedelta(milliseconds=wall)
    return epoch_ms(shown.replace(tzinfo=ZoneInfo(zone)))


@lru_cache(maxsize=256)
def _offsets(zone: str, start: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Instants (UTC ms since 1970) from which each UTC offset (ms) of `zone` holds, covering [start, end)."""
    tz = ZoneInfo(zone)

    def offset(ms: int) -> int:
        delta = cast("timedelta", (_EPOCH + timedelta(milliseconds=ms)).astimezone(tz).utcoffset())
        return delta // timedelta(milliseconds=1)

    since, values = [start], [offset(start)]
    step = start
    while step < end:
        following = min(step + DAY, end)
        if offset(following) != offset(step):
            low, high = step, following
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == offset(step) else (low, middle)
            since.append(high)
            values.append(offset(high))
        step = following
    return np.array(since, dtype=np.int64), np.array(values, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Clock:
    """The time axis of a run: a warm-up, then the window that is measured.

    Attributes:
        origin: UTC ms since 1970 at which the run starts: the clock's zero.
        warmup: ms from the run's start to the start of the measured window.
        end: ms from the run's start to the end of the measured window.
    """

    origin: int
    warmup: int
    end: int

    @classmethod
    def starting(cls, start: date, days: int, warmup_days: int) -> Clock:
        """A window of `days` that starts at 00:00 UTC of `start`, after `warmup_days` of warm-up."""
        return cls(midnight_ms(start) - warmup_days * DAY, warmup_days * DAY, (warmup_days + days) * DAY)

    def instant(self, ms: int) -> datetime:
        """The aware UTC datetime at `ms`."""
        return _EPOCH + timedelta(milliseconds=self.origin + int(ms))

    def local(self, zone: str, ms: int) -> datetime:
        """What clocks in `zone` show at `ms`, as an aware datetime."""
        return self.instant(ms).astimezone(ZoneInfo(zone))

    def at(self, zone: str, day: date, wall: int = 0) -> int:
        """Milliseconds of this clock when `zone` shows `wall` ms after the midnight of `day` (see `wall_to_epoch`)."""
        return wall_to_epoch(zone, day, wall) - self.origin

    def at_wall(self, zone: str, wall: datetime) -> int:
        """Milliseconds of this clock when `zone` shows `wall`, a local time without zone (see `wall_to_epoch`)."""
        return self.at(zone, wall.date(), (wall.hour * 60 + wall.minute) * MINUTE)

    def wall(self, zone: str, ms: NDArray[np.int64]) -> NDArray[np.int64]:
        """What clocks in `zone` show at `ms`, as milliseconds since 1970 *read off the wall* (shape of `ms`)."""
        utc = ms + self.origin
        if not len(utc):
            return utc
        # The table always spans whole years round the run, so that its cache is shared by all callers.
        since, offset = _offsets(zone, self.origin - 366 * DAY, self.origin + self.end + 366 * DAY)
        if int(utc.min()) < since[0] or int(utc.max()) > self.origin + self.end + 366 * DAY:
            since, offset = _offsets(zone, int(utc.min()), int(utc.max()) + 1)
        shown: NDArray[np.int64] = utc + offset[np.searchsorted(since, utc, side="right") - 1]
        return shown

    def reached(self, zone: str, wall: NDArray[np.int64]) -> NDArray[np.int64]:
        """Milliseconds at which clocks in `zone` first show `wall` (ms since 1970 read off the wall) or later.

        The inverse of `wall`, and never falling: a time that occurs twice is its first occurrence, as in `at`, but one
        that the clock skips is the instant of the jump. What abuts on the wall therefore abuts in time.
        """
        first, last = self.origin - 366 * DAY, self.origin + self.end + 366 * DAY
        since, offset = _offsets(zone, first, last)
        shown_until = np.append(since[1:], last) + offset  # what the wall shows as each offset ends
        row = np.minimum(np.searchsorted(shown_until, wall, side="right"), len(since) - 1)
        instants: NDArray[np.int64] = np.maximum(wall - offset[row], since[row]) - self.origin
        return instants

    def hour_of_week(self, zone: str, ms: NDArray[np.int64]) -> NDArray[np.int64]:
        """Local hour of the week at `ms`: 0 is Monday 00-01, 167 Sunday 23-24."""
        hours: NDArray[np.int64] = (self.wall(zone, ms) - _MONDAY_BEFORE_EPOCH) // HOUR % HOURS_PER_WEEK
        return hours

    def day_number(self, zone: str, ms: NDArray[np.int64]) -> NDArray[np.int64]:
        """Local date at `ms` as days since 1970-01-01."""
        days: NDArray[np.int64] = self.wall(zone, ms) // DAY
        return days

    def local_dates(self, zone: str, margin: int = 1) -> Iterator[date]:
        """Every local date that the run touches, and `margin` more on either side."""
        first = self.local(zone, 0).date() - timedelta(days=margin)
        last = self.local(zone, self.end).date() + timedelta(days=margin)
        for n in range((last - first).days + 1):
            yield first + timedelta(days=n)


def day_number(day: date) -> int:
    """Days from 1970-01-01 to `day`."""
    return (day - _EPOCH.date()).days


def public_holidays(country: str, first: date, last: date) -> dict[date, str]:
    """Public holidays of `country` ("US", or with a subdivision "US-CA") from `first` to `last`, by date.

    The set comes from the `holidays` package and can change with its version: a result records it. Names are English
    where the package knows them so, whatever language the user's machine speaks.
    """
    years = _holidays_of_years(country, range(first.year, last.year + 1))
    return {day: name for day, name in years if first <= day <= last}


@lru_cache(maxsize=64)
def _holidays_of_years(country: str, years: range) -> tuple[tuple[date, str], ...]:
    import holidays

    code, _, subdivision = country.partition("-")
    found = holidays.country_holidays(code, subdiv=subdivision or None, years=years, language="en_US")
    return tuple((day, str(name)) for day, name in sorted(found.items()))
