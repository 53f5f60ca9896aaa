"""Weeks, months, quarters and years of the calendar, counted from 1970 on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from sim.clock import Clock

    Whole = NDArray[np.int64]
    Days = NDArray[np.datetime64]

Cycle = Literal["week", "month", "quarter", "year"]
"""The kinds of periods. Weeks begin on Mondays."""

DAYS_PER_WEEK = 7
_MONTHS: dict[Cycle, int] = {"month": 1, "quarter": 3, "year": 12}
"""Months of a period; a week has none."""
_THURSDAY = 3
"""1970-01-01 was one: so many days after its Monday."""


def weeks(day: Whole) -> Whole:
    """The weeks that days, counted from 1970-01-01 on, belong to: that day's is 0."""
    return (day + _THURSDAY) // DAYS_PER_WEEK


def weekdays(day: Whole) -> Whole:
    """The weekdays of days that are counted from 1970-01-01 on: Monday is 0."""
    return (day + _THURSDAY) % DAYS_PER_WEEK


def periods(every: Cycle, first: date, last: date) -> Whole:
    """The periods that two dates and what lies between them belong to."""
    ends = np.array([first, last], dtype="M8[D]")
    if every == "week":
        numbers = weeks(ends.astype(np.int64))
    else:
        numbers = ends.astype("M8[M]").astype(np.int64) // _MONTHS[every]
    return np.arange(numbers[0], numbers[1] + 1)


def first_days(every: Cycle, period: Whole) -> Days:
    """The first day of each period."""
    if every == "week":
        return (period * DAYS_PER_WEEK - _THURSDAY).astype("M8[D]")
    return (period * _MONTHS[every]).astype("M8[M]").astype("M8[D]")


def recurring(every: Cycle, day: int, time: int, zone: str, clock: Clock, lasts: int) -> tuple[Whole, Whole]:
    """When something recurs: at least all that a run meets, and perhaps some around it.

    Args:
        every: the kind of period.
        day: on which of its working days (Monday to Friday), counted from 1.
        time: ms after local midnight.
        zone: where.
        clock: of the run.
        lasts: ms for which it goes on, so that what began before the run may still meet it.

    Returns:
        The periods and the instants, in ms of the clock.
    """
    period = periods(every, *(clock.local(zone, ms).date() for ms in (-lasts, clock.end)))
    days = np.busday_offset(first_days(every, period), day - 1, roll="forward")
    return period, np.array([clock.at(zone, each, time) for each in days.tolist()], dtype=np.int64)
