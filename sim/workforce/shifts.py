"""Shifts on dates: letters of a rotation become instants in a region's own time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, day_number
from sim.scenario.units import Span
from sim.workforce.roster import FOREVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Region

ANCHOR = day_number(date(1970, 1, 5))
"""Rotations count from this Monday, so that they do not depend on when the run starts."""

OFF = "O"
NIGHT = "N"
_NOON = DAY // 2

Duties = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.bool_]"]
"""Starts, ends (ms), and which of them are nights; by start."""


def span_of(region: Region, letter: str) -> Span:
    """The shift of that letter, counted from the midnight of the date to which a rotation counts it.

    A night belongs to the evening before its midnight, so one that starts after midnight lies on the next date.
    """
    start, end = region.shifts[letter]
    later = DAY if letter == NIGHT and start < _NOON else 0
    return Span(start + later, end + later)


class ShiftDates:
    """The shifts of a region on every date of the run, as instants."""

    def __init__(self, region: Region, clock: Clock) -> None:
        dates = list(clock.local_dates(region.zone, margin=2))
        self.clock = clock
        self.days = np.array([day_number(day) for day in dates])
        self.spans: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        for letter in region.shifts:
            span = span_of(region, letter)
            starts = [clock.at(region.zone, day, span.start) for day in dates]
            ends = [clock.at(region.zone, day, span.end) for day in dates]
            self.spans[letter] = np.array(starts), np.array(ends)

    def duties(self, pattern: str, offset: int) -> Duties:
        """The duties of somebody who is `offset` days further in the rotation than the anchor."""
        letters = np.array(list(pattern))[(self.days - ANCHOR + offset) % len(pattern)]
        starts, ends = np.full(len(letters), FOREVER), np.zeros(len(letters), dtype=np.int64)
        for letter, (start, end) in self.spans.items():
            starts, ends = np.where(letters == letter, start, starts), np.where(letters == letter, end, ends)
        touched = (letters != OFF) & (ends > starts) & (ends > 0) & (starts < self.clock.end)
        order = np.argsort(starts[touched], kind="stable")  # a night can begin after the next date's early shift
        return starts[touched][order], ends[touched][order], (letters == NIGHT)[touched][order]
