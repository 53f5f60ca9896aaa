"""Who is on vacation when: whole weeks of each year, drawn person by person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from sim.periods import DAYS_PER_WEEK
from sim.streams import uniforms
from sim.workforce.away import away, never_away
from sim.workforce.roster import LEAD, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.people import Season, Vacation
    from sim.scenario.schema import Scenario
    from sim.workforce.away import Away
    from sim.workforce.roster import Agents

    Floats = NDArray[np.float64]

_MOST_WEEKS = 53
_ROUNDING = 1e-9
"""What a share of a headcount may lack of a whole person."""


def vacations(scenario: Scenario, agents: Agents, clock: Clock, seed: int, replication: int) -> Away:
    """Vacation weeks around the run, from Monday to Sunday where each agent lives.

    Years are those of ISO 8601, so that every week belongs to one, and are planned as a whole, wherever the run begins.
    The engineering lead has no vacation: somebody always stands in.
    """
    rules = scenario.people.vacation
    if rules is None or not len(agents):
        return never_away()
    zones = [region.zone for region in scenario.regions.values()]
    first, last = clock.instant(0).date() - timedelta(DAYS_PER_WEEK), clock.instant(clock.end).date() + timedelta(1)
    rows: list[tuple[int, date]] = []
    for year in range(first.isocalendar().year, last.isocalendar().year + 1):
        draws = uniforms(seed, replication, agents.name, "vacation", year, columns=1 + _MOST_WEEKS)
        planned = _year(rules, _mondays(year), agents, draws)
        rows += [(agent, monday) for agent, monday in planned if first <= monday <= last]
    return _local(rows, agents, zones, clock)


def _local(rows: list[tuple[int, date]], agents: Agents, zones: list[str], clock: Clock) -> Away:
    spans: dict[tuple[int, date], tuple[int, int]] = {}
    for region, monday in {(int(agents.region[agent]), monday) for agent, monday in rows}:
        ends = (monday, monday + timedelta(DAYS_PER_WEEK))
        spans[region, monday] = (clock.at(zones[region], ends[0]), clock.at(zones[region], ends[1]))
    found = [(agent, *spans[int(agents.region[agent]), monday]) for agent, monday in rows]
    return away(Reason.VACATION, *np.array(found, dtype=np.int64).reshape(-1, 3).T)


def _mondays(year: int) -> list[date]:
    """The first days of the weeks of a year."""
    first, following = date.fromisocalendar(year, 1, 1), date.fromisocalendar(year + 1, 1, 1)
    return [first + timedelta(n) for n in range(0, (following - first).days, DAYS_PER_WEEK)]


def _year(rules: Vacation, mondays: list[date], agents: Agents, draws: Floats) -> Iterator[tuple[int, date]]:
    """Everybody's weeks of a year."""
    likings = _likings(rules, _weights(rules.seasons, mondays), draws[:, 1 : 1 + len(mondays)])
    pools = agents.region.astype(np.int64) * (LEAD + 1) + agents.tier
    for pool in np.unique(pools[agents.tier != LEAD]):
        mates = np.flatnonzero(pools == pool)
        room = [max(1, int(rules.at_most * len(mates) + _ROUNDING))] * len(mondays)
        for agent in mates[np.argsort(draws[mates, 0], kind="stable")].tolist():
            for week in _weeks(rules, {length: liked[agent] for length, liked in likings.items()}, room):
                room[week] -= 1
                yield agent, mondays[week]


def _weights(seasons: Mapping[str, Season], mondays: list[date]) -> Floats:
    """How much each week is liked: as its days are on average, and not at all where one of them is not."""
    days = [monday + timedelta(n) for monday in mondays for n in range(DAYS_PER_WEEK)]
    weights = np.ones(len(days))
    for season in seasons.values():
        weights[[season.start <= day <= season.end for day in days]] = season.weight
    by_week = weights.reshape(-1, DAYS_PER_WEEK)
    return np.where(by_week.all(axis=1), by_week.mean(axis=1), 0.0)


def _likings(rules: Vacation, weights: Floats, draws: Floats) -> dict[int, list[list[int]]]:
    """For blocks of so many weeks, the weeks in which each agent would like one to begin, the most liked first.

    Each first week waits for an exponential time with the weight of its block as its rate: the first to come is drawn
    with a chance in proportion to its weight, and so is the next among the others.
    """
    waits, likings = -np.log1p(-draws), {}
    for length in range(1, min(rules.together, max(rules.weeks, 1)) + 1):
        blocks = np.lib.stride_tricks.sliding_window_view(weights, length)
        liked = np.flatnonzero(blocks.all(axis=1))
        order = np.argsort(waits[:, liked] / blocks[liked].mean(axis=1), axis=1, kind="stable")
        likings[length] = liked[order].tolist()
    return likings


def _weeks(rules: Vacation, liked: Mapping[int, Iterable[int]], room: list[int]) -> list[int]:
    """The weeks of one agent: blocks one after the other, as long as there is room, else shorter ones."""
    mine: list[int] = []
    length = rules.together
    while len(mine) < rules.weeks and length:
        length = min(length, rules.weeks - len(mine))
        block = next((week for week in liked[length] if _is_free(week, length, room, mine)), None)
        if block is None:
            length -= 1
        else:
            mine += range(block, block + length)
    return mine


def _is_free(first: int, length: int, room: list[int], mine: list[int]) -> bool:
    return all(room[week] > 0 and week not in mine for week in range(first, first + length))
