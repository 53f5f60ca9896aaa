"""On-call turns: who holds the pager, when, and how they answer."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain, pairwise, zip_longest
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import DAY, day_number
from sim.errors import StaffingError
from sim.periods import DAYS_PER_WEEK
from sim.scenario.base import TIERS
from sim.workforce.roster import EVERYWHERE, LEAD, Level, Turns
from sim.workforce.rotations import NOMINAL_SLOW_PM, Person
from sim.workforce.shifts import ANCHOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.oncall import OnCall
    from sim.scenario.schema import Scenario
    from sim.scenario.units import Span
    from sim.workforce.roster import Agents

LEAD_NAME = "lead"
_MARGIN = 3 * DAYS_PER_WEEK
"""Days around the run: a global turn that reaches into it is chosen by the turns of all its seven days."""
_MILLION = 1_000_000
_NOBODY = np.empty(0, dtype=np.int64)


class Stretch(NamedTuple):
    """Somebody's time with the pager, whole or in part."""

    agent: int
    start: int
    end: int
    asleep: bool = False


Row = tuple[Level, int, list[Stretch]]
"""The turns of a level and a region, by start."""


def lead_of(scenario: Scenario) -> Iterator[Person]:
    """The engineering lead, who has no duties and stands after everybody else."""
    if scenario.oncall and scenario.oncall.lead:
        home = list(scenario.regions).index(scenario.oncall.lead)
        none = (_NOBODY, _NOBODY, np.empty(0, dtype=np.bool_))
        yield Person(LEAD_NAME, home, LEAD, NOMINAL_SLOW_PM, none)


def no_turns() -> Turns:
    """Nobody is paged."""
    return _turns([], 0, 0)


def turns_of(scenario: Scenario, agents: Agents, clock: Clock) -> Turns:
    """Who holds the pager over the run, level by level.

    The agents of `oncall.tier` of a region take turns in their order, whether they have duties in the run or not, so
    that the turns do not depend on where it begins; the next in turn is the backup. Their n-th turn is counted from the
    anchor of all rotations.

    Raises:
        StaffingError: there is nobody at all who could be paged.
    """
    rules = scenario.oncall
    if rules is None:
        return no_turns()
    crews = [crew_of(agents, r, TIERS.index(rules.tier)) for r in range(len(scenario.regions))]
    rows = list(_regional(scenario, rules, crews, clock))
    if rules.global_:
        edges = _edges(clock, "UTC", rules.changes_at, DAYS_PER_WEEK)
        taken = list(chain.from_iterable(stretches for _, _, stretches in rows))
        rows.append((Level.GLOBAL, EVERYWHERE, _least_taken(interleaved(crews), *edges, taken)))
    if rules.lead:
        rows.append((Level.LEAD, EVERYWHERE, [Stretch(len(agents) - 1, *_around(clock))]))
    if not any(stretches for _, _, stretches in rows):
        remedy = "change oncall.tier, or name the region of an engineering lead in oncall.lead"
        raise StaffingError(f"nobody can be paged: no region has agents of {rules.tier}; {remedy}")
    return cut_turns(
        sorted(rows, key=lambda row: row[:2]), rules, sleep_hours(scenario, rules.sleep, agents, clock), clock
    )


def _regional(scenario: Scenario, rules: OnCall, crews: Sequence[Sequence[int]], clock: Clock) -> Iterator[Row]:
    """The primary of each region that has anybody, and the backup where there is another."""
    days = 1 if rules.turn == "day" else DAYS_PER_WEEK
    for r, region in enumerate(scenario.regions.values()):
        edges = _edges(clock, region.zone, rules.changes_at, days)
        for ahead, level in enumerate((Level.PRIMARY, Level.BACKUP)):
            if len(crews[r]) > ahead:
                yield level, r, _in_turn(crews[r], *edges, ahead)


def crew_of(agents: Agents, region: int, tier: int) -> list[int]:
    """Those of a region who take turns, in their order."""
    here: list[int] = np.flatnonzero((agents.region == region) & (agents.tier == tier)).tolist()
    return here


def interleaved(crews: Iterable[Sequence[int]]) -> list[int]:
    """The first of each region, then the second of each, and so on."""
    rounds = chain.from_iterable(zip_longest(*crews))
    return [agent for agent in rounds if agent is not None]


def _around(clock: Clock) -> tuple[int, int]:
    return -_MARGIN * DAY, clock.end + _MARGIN * DAY


def _edges(clock: Clock, zone: str, wall: int, days: int) -> tuple[list[int], int]:
    """When the pager changes hands around the run, every so many days, and the number of the first turn."""
    dates = [day for day in clock.local_dates(zone, _MARGIN) if (day_number(day) - ANCHOR) % days == 0]
    return [clock.at(zone, day, wall) for day in dates], (day_number(dates[0]) - ANCHOR) // days


def _in_turn(crew: Sequence[int], edges: list[int], first: int, ahead: int) -> list[Stretch]:
    spans = enumerate(pairwise(edges), start=first + ahead)
    return [Stretch(crew[n % len(crew)], start, end) for n, (start, end) in spans]


def _least_taken(crew: list[int], edges: list[int], first: int, taken: Sequence[Stretch]) -> list[Stretch]:
    """Turns of those who hold another pager for the shortest time meanwhile; among equals in the order of `crew`."""
    held = np.array([(other.agent, other.start, other.end) for other in taken], dtype=np.int64).reshape(-1, 3).T
    stretches = []
    for n, (start, end) in enumerate(pairwise(edges), start=first):
        busy = _time_held(held, start, end, max(crew, default=0) + 1)
        here = n % max(len(crew), 1)
        queue = [*crew[here:], *crew[:here]]
        stretches += [Stretch(min(queue, key=busy.__getitem__), start, end)] if queue else []
    return stretches


def _time_held(held: NDArray[np.int64], start: int, end: int, agents: int) -> list[int]:
    """Ms from `start` to `end` for which each agent holds a pager; `held` has rows of agents, starts and ends."""
    agent, since, until = held[:, (held[2] > start) & (held[1] < end)]
    times = np.zeros(agents, dtype=np.int64)
    np.add.at(times, agent, np.minimum(until, end) - np.maximum(since, start))
    busy: list[int] = times.tolist()
    return busy


# ---- sleep ---------------------------------------------------------------------------------------------------------


class Sleep(NamedTuple):
    """When sleep hours begin and end in a region, ascending; they may overlap where they fill the day."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def sleep_hours(scenario: Scenario, span: Span, agents: Agents, clock: Clock) -> list[Sleep]:
    """Sleep hours of each agent."""
    regions = [_sleep_in(region.zone, span, clock) for region in scenario.regions.values()]
    return [regions[r] for r in agents.region.tolist()]


@lru_cache(maxsize=64)
def _sleep_in(zone: str, span: Span, clock: Clock) -> Sleep:
    dates = list(clock.local_dates(zone, _MARGIN + 2))
    starts, ends = (np.array([clock.at(zone, day, wall) for day in dates]) for wall in span)
    return Sleep(starts, ends)


def cut_turns(rows: Iterable[Row], rules: OnCall, sleep: Sequence[Sleep], clock: Clock) -> Turns:
    """The turns of the run, each cut where its holder's sleep hours begin and end."""
    parts = [
        (level, region, part)
        for level, region, stretches in rows
        for stretch in stretches
        if stretch.end > 0 and stretch.start < clock.end
        for part in _parts(stretch, sleep[stretch.agent])
        if part.end > 0 and part.start < clock.end
    ]
    chances = (round(answer.chance * _MILLION) for answer in (rules.awake, rules.asleep))
    return _turns(parts, *chances)


def _parts(stretch: Stretch, sleep: Sleep) -> Iterator[Stretch]:
    edges = np.unique(np.concatenate([*sleep, [stretch.start, stretch.end]]))
    edges = edges[(edges >= stretch.start) & (edges <= stretch.end)]
    begun = np.searchsorted(sleep.starts, edges[:-1], side="right")
    asleep = begun > np.searchsorted(sleep.ends, edges[:-1], side="right")
    for start, end, sleeps in zip(edges[:-1].tolist(), edges[1:].tolist(), asleep.tolist(), strict=True):
        yield Stretch(stretch.agent, start, end, sleeps)


def _turns(parts: Sequence[tuple[Level, int, Stretch]], awake_ppm: int, asleep_ppm: int) -> Turns:
    asleep = np.array([part.asleep for _, _, part in parts], dtype=np.bool_)
    return Turns(
        level=np.array([level for level, _, _ in parts], dtype=np.uint8),
        region=np.array([region for _, region, _ in parts], dtype=np.int16),
        agent=np.array([part.agent for _, _, part in parts], dtype=np.int32),
        start=np.array([part.start for _, _, part in parts], dtype=np.int64),
        end=np.array([part.end for _, _, part in parts], dtype=np.int64),
        asleep=asleep,
        answer_ppm=np.where(asleep, np.int64(asleep_ppm), np.int64(awake_ppm)),
    )
