"""The rules of rest and hours, in one place: rosters are built within them, audits and burnout measure against them.

All functions take duties sorted by (agent, start), those of one agent not overlapping, as `DutyPlan` has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, NEVER, WEEK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.staffing import Rules

    Whole = NDArray[np.int32] | NDArray[np.int64]

_SATURDAY, _MONDAY = 2 * DAY, 4 * DAY
"""Of the first weekend of 1970: its start and its end."""


@dataclass(frozen=True, slots=True)
class Breaches:
    """The duties that break a rule.

    Attributes:
        rule: the rule's key in `staffing.rules`.
        limit: what it asks: ms of `rest` at least, ms of `week_hours` at most, a number of the others at most; of
            `weekend_every` weeks from one weekend to the next at least.
        duty: (b,) int64 rows of the duties that break it.
        value: (b,) int64 what was found there, in the unit of `limit`.
    """

    rule: str
    limit: int
    duty: NDArray[np.int64]
    value: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.duty)


def rest_before(agent: Whole, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """(d,) ms between the end of the agent's duty before and the start of this one; NEVER for their first."""
    rest = np.full(len(agent), NEVER, dtype=np.int64)
    rest[1:] = np.where(agent[1:] == agent[:-1], start[1:] - end[:-1], NEVER)
    return rest


def hours_in_week(agent: Whole, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """(d,) ms that the agent is on duty within the 7 x 24 h that end when this duty ends.

    No other span of 7 x 24 h holds more than the worst of these: moving its end to the end of a duty loses nothing.
    """
    since = end - WEEK
    hours = end - np.maximum(start, since)
    for back in range(1, len(agent)):
        near = (agent[back:] == agent[:-back]) & (end[:-back] > since[back:])
        if not near.any():
            break
        hours[back:] += np.where(near, end[:-back] - np.maximum(start[:-back], since[back:]), 0)
    return hours


def consecutive(agent: Whole, day: NDArray[np.int64]) -> NDArray[np.int64]:
    """(d,) days in a row on which the agent has a duty, up to and including this one's.

    Args:
        agent: (d,) agent.
        day: (d,) local date at the start of the duty, as a number of days; two duties on one date count once.
    """
    begins = np.ones(len(agent), dtype=np.bool_)
    begins[1:] = (agent[1:] != agent[:-1]) | (day[1:] - day[:-1] > 1)
    first = np.maximum.accumulate(np.where(begins, np.arange(len(agent)), 0))
    days: NDArray[np.int64] = day - day[first] + 1
    return days


def weekends(start: NDArray[np.int64], end: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(d,) the first and the last weekend, numbered by weeks, of which any hour is worked; the last is less if none is.

    Args:
        start: (d,) ms since 1970 read off the wall.
        end: (d,) likewise.
    """
    return (start - _MONDAY) // WEEK + 1, (end - 1 - _SATURDAY) // WEEK


def weekend_gap(
    agent: Whole, start: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(g,) the duty with which each weekend but an agent's first begins, and weeks since the weekend worked before.

    Args:
        agent: (d,) agent.
        start: (d,) ms since 1970 read off the wall.
        end: (d,) likewise; a duty that never ends counts for one weekend.
    """
    first, last = weekends(start, end)
    worked = np.flatnonzero(last >= first)
    before, after = worked[:-1], worked[1:]
    gap = first[after] - last[before]
    another = (agent[after] == agent[before]) & (gap > 0)
    return after[another], gap[another]


def breaches(
    rules: Rules,
    agent: Whole,
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    day: NDArray[np.int64],
    night: NDArray[np.bool_],
) -> tuple[Breaches, ...]:
    """Which duties break which of the rules, one entry a rule, in the order of `staffing.rules`.

    Args:
        rules: what a roster may ask of a person.
        agent: (d,) agent.
        start: (d,) ms since 1970 read off the wall; weekends are known by it.
        end: (d,) likewise, `FOREVER` where the duty never ends.
        day: (d,) local date at the start of the duty, as a number of days.
        night: (d,) whether the duty is a night.
    """
    rest = rest_before(agent, start, end)
    nights = np.flatnonzero(night)
    every = np.arange(len(agent))
    weekend, gap = weekend_gap(agent, start, end)
    return (
        _breaches("rest", rules.rest, every, rest, (rest != NEVER) & (rest < rules.rest)),
        _beyond("week_hours", rules.week_hours, every, hours_in_week(agent, start, end)),
        _beyond("consecutive_duties", rules.consecutive_duties, every, consecutive(agent, day)),
        _beyond("consecutive_nights", rules.consecutive_nights, nights, consecutive(agent[nights], day[nights])),
        _breaches("weekend_every", rules.weekend_every, weekend, gap, gap < rules.weekend_every),
    )


def _beyond(rule: str, limit: int, duty: NDArray[np.int64], value: NDArray[np.int64]) -> Breaches:
    return _breaches(rule, limit, duty, value, value > limit)


def _breaches(
    rule: str, limit: int, duty: NDArray[np.int64], value: NDArray[np.int64], broken: NDArray[np.bool_]
) -> Breaches:
    return Breaches(rule, limit, duty[broken], value[broken])
