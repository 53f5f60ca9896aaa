"""Duties from rotations: letters on dates become instants in each region's own time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, day_number
from sim.errors import StaffingError
from sim.scenario.days_off import clock_of
from sim.scenario.schema import TIERS
from sim.workforce.roster import ALL_PRIORITIES, FOREVER, Roster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Crew, Region, Scenario

ANCHOR = day_number(date(1970, 1, 5))
"""Rotations count from this Monday, so that they do not depend on when the run starts."""

OFF = "O"
NIGHT = "N"
_NOON = DAY // 2
_NOMINAL_SLOW_PM = 1000

Duties = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.bool_]"]
"""Starts, ends (ms), and which of them are nights."""


def plan_roster(scenario: Scenario) -> Roster:
    """Everybody's duties over the run. No chance is involved.

    Raises:
        StaffingError: an agent would have to be on two duties at once.
    """
    clock = clock_of(scenario)
    members = list(_flat(scenario) if scenario.staffing.mode == "flat" else _crews(scenario, clock))
    roster = _roster(members)
    _refuse_overlap(roster)
    return roster


Member = tuple[str, int, int, int, Duties]
"""Name, region, tier, slow_pm, duties."""


def _flat(scenario: Scenario) -> Iterator[Member]:
    always = (np.array([0]), np.array([FOREVER]), np.array([False]))
    for r, region in enumerate(scenario.regions):
        headcount = scenario.staffing.flat.get(region, {})
        for t, tier in enumerate(TIERS):
            for i in range(headcount.get(tier, 0)):
                yield f"{region}/{tier}/{i + 1}", r, t, _NOMINAL_SLOW_PM, always


def _crews(scenario: Scenario, clock: Clock) -> Iterator[Member]:
    for r, (name, region) in enumerate(scenario.regions.items()):
        shifts = _ShiftDates(region, clock)
        for t, tier in enumerate(TIERS):
            for crew_name, crew in scenario.staffing.crews.items():
                if not crew.regions or name in crew.regions:
                    for i, duties in enumerate(_crew_duties(crew, crew.headcount.get(tier, 0), shifts)):
                        yield f"{name}/{tier}/{crew_name}/{i + 1}", r, t, round(_NOMINAL_SLOW_PM / crew.speed), duties


def _crew_duties(crew: Crew, headcount: int, shifts: _ShiftDates) -> Iterator[Duties]:
    cycle = len(crew.pattern)
    for i in range(headcount):
        offset = i * cycle // headcount if crew.phases == "spread" else 0
        yield shifts.duties(crew.pattern, offset)


class _ShiftDates:
    """The shifts of a region on every date of the run, as instants."""

    def __init__(self, region: Region, clock: Clock) -> None:
        dates = list(clock.local_dates(region.zone, margin=2))
        self.clock = clock
        self.days = np.array([day_number(day) for day in dates])
        self.spans: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        for letter, span in region.shifts.items():
            # A night belongs to the evening before its midnight, so one that starts after midnight is on the next date.
            later = DAY if letter == NIGHT and span.start < _NOON else 0
            starts = [clock.at(region.zone, day, span.start + later) for day in dates]
            ends = [clock.at(region.zone, day, span.end + later) for day in dates]
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


def _roster(members: list[Member]) -> Roster:
    counts = [len(starts) for *_, (starts, _, _) in members]

    def column(which: int, dtype: type[np.generic]) -> NDArray[np.generic]:
        parts = [duties[which] for *_, duties in members]
        return np.concatenate(parts).astype(dtype) if parts else np.empty(0, dtype=dtype)

    return Roster(
        name=tuple(name for name, *_ in members),
        region=np.array([member[1] for member in members], dtype=np.int16),
        tier=np.array([member[2] for member in members], dtype=np.uint8),
        slow_pm=np.array([member[3] for member in members], dtype=np.int64),
        takes=np.full(len(members), ALL_PRIORITIES, dtype=np.uint8),
        agent=np.repeat(np.arange(len(members), dtype=np.int32), counts),
        start=column(0, np.int64),  # type: ignore[arg-type]
        end=column(1, np.int64),  # type: ignore[arg-type]
        night=column(2, np.bool_),  # type: ignore[arg-type]
    )


def _refuse_overlap(roster: Roster) -> None:
    same = roster.agent[1:] == roster.agent[:-1]
    twice = np.flatnonzero(same & (roster.start[1:] < roster.end[:-1]))
    if len(twice):
        name = roster.name[roster.agent[twice[0]]]
        raise StaffingError(
            f"{name} would be on two duties at once ({len(twice)} times): change the pattern or the shifts"
        )
