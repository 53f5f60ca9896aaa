"""Who holds the pager in place of those who are away."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.scenario.base import TIERS
from sim.workforce.away import at, spread, timeline
from sim.workforce.oncall import Stretch, crew_of, cut_turns, interleaved, no_turns, sleep_hours
from sim.workforce.roster import EVERYWHERE, Level, Turns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Scenario
    from sim.workforce.away import Away
    from sim.workforce.roster import Agents, DutyPlan

    Spans = list[tuple[int, int]]
    """Times, sorted; no two overlap."""


class _Turn(NamedTuple):
    """A turn before it is cut where sleep hours begin and end, or a part of one."""

    level: Level
    region: int
    agent: int
    start: int
    end: int


def turns_held(scenario: Scenario, plan: DutyPlan, planned: Away, unplanned: Away, clock: Clock) -> Turns:
    """The turns of a plan with people away.

    Where that is planned, the next of the same crew in its order who is there and holds no other pager takes over, for
    as long as they can, and then again the next; if there is nobody, the chain goes on. Where it is not planned, nobody
    holds the pager.

    Args:
        scenario: what is asked.
        plan: with the turns as planned.
        planned: times for which somebody can be asked to stand in.
        unplanned: times that nobody knows of before.
        clock: of the run.
    """
    gone, lost = _spans(planned), _spans(unplanned)
    if not np.isin(plan.turns.agent, [*gone, *lost]).any():
        return plan.turns
    turns, of = _whole(plan.turns)
    held, vacant = _left(turns, gone)
    crews = _crews(scenario, plan.agents)
    for n, part in list(_stand_ins([turn for parts in held.values() for turn in parts], vacant, gone, crews)):
        held[n].append(part)
    final = [(n, left) for n, parts in held.items() for part in parts for left in _without(part, lost)]
    home = plan.agents.region
    abroad = [part for n, part in final if home[part.agent] != home[turns[n].agent]]
    at_home = [(n, part) for n, part in final if home[part.agent] == home[turns[n].agent]]
    return _merged(_cut_alike(at_home, plan.turns, of), _cut_anew(abroad, scenario, plan.agents, clock))


def _spans(away: Away) -> dict[int, Spans]:
    """Times away by agent."""
    spans: dict[int, Spans] = {}
    times = timeline(away)
    for agent, start, end in zip(times.agent.tolist(), times.start.tolist(), times.end.tolist(), strict=True):
        mine = spans.setdefault(agent, [])
        goes_on = bool(mine) and mine[-1][1] == start
        mine.append((mine.pop()[0] if goes_on else start, end))
    return spans


def _whole(turns: Turns) -> tuple[list[_Turn], NDArray[np.intp]]:
    """Turns as they were before they were cut, and which of them each row belongs to."""
    columns = (turns.level, turns.region, turns.agent)
    goes_on = np.logical_and.reduce([turns.end[:-1] == turns.start[1:], *(c[1:] == c[:-1] for c in columns)])
    first = np.append([True], ~goes_on)[: len(turns.agent)]
    last = np.append(~goes_on, [True])[: len(turns.agent)]
    every = zip(*(c[first].tolist() for c in (*columns, turns.start)), turns.end[last].tolist(), strict=True)
    return [_Turn(Level(level), *rest) for level, *rest in every], np.cumsum(first) - 1


def _left(turns: Sequence[_Turn], gone: Mapping[int, Spans]) -> tuple[dict[int, list[_Turn]], list[tuple[int, _Turn]]]:
    """What is left of each turn to who should hold it, and what is not, by start, each with the number of its turn."""
    held = {n: list(_without(turn, gone)) for n, turn in enumerate(turns)}
    vacant = [
        (n, turn._replace(start=max(start, turn.start), end=min(end, turn.end)))
        for n, turn in enumerate(turns)
        for start, end in gone.get(turn.agent, ())
        if start < turn.end and end > turn.start
    ]
    return held, sorted(vacant, key=lambda each: (each[1].start, each[0]))


def _without(turn: _Turn, away: Mapping[int, Spans]) -> Iterator[_Turn]:
    """The parts of a turn in which its holder is not away."""
    since = turn.start
    for start, end in away.get(turn.agent, ()):
        if start < turn.end and end > since:
            if start > since:
                yield turn._replace(start=since, end=start)
            since = end
    if since < turn.end:
        yield turn._replace(start=since)


def _crews(scenario: Scenario, agents: Agents) -> dict[tuple[Level, int], list[int]]:
    """Who takes turns, in order, by level and region; the lead does so alone."""
    if scenario.oncall is None:
        return {}
    tier = TIERS.index(scenario.oncall.tier)
    crews = [crew_of(agents, r, tier) for r in range(len(scenario.regions))]
    regional = {(level, r): crew for r, crew in enumerate(crews) for level in (Level.PRIMARY, Level.BACKUP)}
    return {**regional, (Level.GLOBAL, EVERYWHERE): interleaved(crews)}


def _stand_ins(
    held: Iterable[_Turn],
    vacant: Iterable[tuple[int, _Turn]],
    gone: Mapping[int, Spans],
    crews: Mapping[tuple[Level, int], list[int]],
) -> Iterator[tuple[int, _Turn]]:
    """The parts of vacant turns that somebody takes over, one after the other."""
    busy: dict[int, Spans] = {agent: [*spans] for agent, spans in gone.items()}
    for turn in held:
        busy.setdefault(turn.agent, []).append((turn.start, turn.end))
    for n, turn in vacant:
        crew = crews.get((turn.level, turn.region), [turn.agent])
        after = crew.index(turn.agent) + 1
        for part in _taken_over(turn, [*crew[after:], *crew[: after - 1]], busy):
            busy.setdefault(part.agent, []).append((part.start, part.end))
            yield n, part


def _taken_over(turn: _Turn, queue: Sequence[int], busy: Mapping[int, Spans]) -> Iterator[_Turn]:
    now = turn.start
    while now < turn.end:
        free = ((agent, _free_until(busy.get(agent, []), now, turn.end)) for agent in queue)
        agent, until = next((each for each in free if each[1] > now), (None, 0))
        if agent is None:
            until = min((_busy_until(busy[agent], now) for agent in queue), default=turn.end)
        else:
            yield turn._replace(agent=agent, start=now, end=until)
        now = until


def _free_until(busy: Spans, now: int, end: int) -> int:
    """Until when, at most until `end`, somebody is free from now on; `now` where they are not."""
    return min([end, *(max(start, now) for start, until in busy if until > now)])


def _busy_until(busy: Spans, now: int) -> int:
    return max(until for start, until in busy if start <= now < until)


# ---- rows ----------------------------------------------------------------------------------------------------------


def _cut_alike(parts: Sequence[tuple[int, _Turn]], turns: Turns, of: NDArray[np.intp]) -> Turns:
    """Parts of turns, cut where these are: whoever holds them sleeps when the others do."""
    number = np.array([n for n, _ in parts], dtype=np.int64)
    start, end = (np.array([getattr(part, name) for _, part in parts], dtype=np.int64) for name in ("start", "end"))
    first = np.searchsorted(at(of, turns.end), at(number, start), side="right")
    part, row = spread(first, np.searchsorted(at(of, turns.start), at(number, end)))
    agent = np.array([part.agent for _, part in parts], dtype=turns.agent.dtype)
    rows = {name: getattr(turns, name)[row] for name in Turns.__slots__}
    rows["start"], rows["end"] = np.maximum(rows["start"], start[part]), np.minimum(rows["end"], end[part])
    return Turns(**{**rows, "agent": agent[part]})


def _cut_anew(parts: Sequence[_Turn], scenario: Scenario, agents: Agents, clock: Clock) -> Turns:
    """Parts of turns of people who live elsewhere than those whom they stand in for."""
    if scenario.oncall is None or not parts:
        return no_turns()
    sleep = sleep_hours(scenario, scenario.oncall.sleep, agents, clock)
    rows = [(part.level, part.region, [Stretch(part.agent, part.start, part.end)]) for part in parts]
    return cut_turns(rows, scenario.oncall, sleep, clock)


def _merged(some: Turns, others: Turns) -> Turns:
    parts = {name: np.concatenate([getattr(some, name), getattr(others, name)]) for name in Turns.__slots__}
    order = np.lexsort((parts["start"], parts["region"], parts["level"]))
    return Turns(*(column[order] for column in parts.values()))
