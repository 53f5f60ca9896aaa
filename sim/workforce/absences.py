"""Who is away: the absences of a scenario, and what they leave of a roster's segments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import HOUR, MINUTE
from sim.errors import Problem, ScenarioError, nearest, quote
from sim.workforce.roster import FOREVER, Absences, Segments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Scenario
    from sim.scenario.staffing import Absence
    from sim.workforce.roster import Agents

_ALL_LIKE = "*"
_SHOWN = 3
"""Names that a message shows."""


class Away(NamedTuple):
    """Times in which agents are away, sorted by (agent, start); those of one agent neither overlap nor touch.

    Attributes:
        agent: (b,) int64.
        start, end: (b,) int64, ms.
    """

    agent: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


def no_absences() -> Absences:
    """Everybody is there as planned."""
    instants, people = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32)
    return Absences(people, people, instants, instants, instants.astype(np.uint8))


def absences(scenario: Scenario, agents: Agents, clock: Clock) -> Away:
    """The absences of `staffing.absences`, each in the local time of its agents.

    Raises:
        ScenarioError: an absence names somebody who is not in the roster.
    """
    problems: list[Problem] = []
    rows: list[tuple[int, int, int]] = []
    for key, absence in scenario.staffing.absences.items():
        spans = [_span(absence, region.zone, clock) for region in scenario.regions.values()]
        for n, name in enumerate(absence.agents):
            found = list(_meant(name, agents))
            problems += [] if found else [_unknown(f"staffing.absences.{key}.agents[{n}]", name, agents)]
            rows += [(agent, *spans[agents.region[agent]]) for agent in found]
    if problems:
        raise ScenarioError(problems)
    return _merged(sorted(rows))


def _span(absence: Absence, zone: str, clock: Clock) -> tuple[int, int]:
    ends = (absence.start, absence.end)
    start, end = (clock.at(zone, wall.date(), wall.hour * HOUR + wall.minute * MINUTE) for wall in ends)
    return start, end


def _meant(name: str, agents: Agents) -> Iterator[int]:
    stem = name.removesuffix(_ALL_LIKE)
    for agent, known in enumerate(agents.name):
        if known == name or (stem != name and known.startswith(stem)):
            yield agent


def _unknown(key: str, name: str, agents: Agents) -> Problem:
    stem = name.removesuffix(_ALL_LIKE)
    lack = f"nobody in the roster is called {quote(name)}"
    if stem != name:
        lack = f"no name in the roster begins with {quote(stem)}"
    some = ", ".join([*agents.name[:_SHOWN], *["…"] * (len(agents) > _SHOWN)])
    return Problem("", 0, key, f"{lack}: name some of its {len(agents):,} agents ({some})", nearest(stem, agents.name))


def _merged(rows: list[tuple[int, int, int]]) -> Away:
    """The union of absences that are sorted by (agent, start)."""
    merged: list[list[int]] = []
    for agent, start, end in rows:
        if merged and merged[-1][0] == agent and start <= merged[-1][2]:
            merged[-1][2] = max(merged[-1][2], end)
        elif end > start:  # not so where clocks skip all of it
            merged.append([agent, start, end])
    return Away(*np.array(merged, dtype=np.int64).reshape(-1, 3).T)


# ---- holes in segments ---------------------------------------------------------------------------------------------


def without(segments: Segments, away: Away) -> Segments:
    """What absences leave of segments.

    Where an absence begins within a segment, its overlap or its overtime, the agent goes at once; a pause that it runs
    into is none any more. What follows after its end is a segment again.
    """
    if not len(away.agent):
        return segments
    own, absence = _pairs(segments, away)
    tails = _shortened(segments, own, away.start[absence], away.end[absence])
    hit = (away.start[absence] < segments.end[own]) & (away.end[absence] > segments.start[own])
    return _pieces(tails, own[hit], away.start[absence[hit]], away.end[absence[hit]])


def _pairs(segments: Segments, away: Away) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Every segment of an agent who is away with each of their absences: rows of both."""
    first, last = (np.searchsorted(segments.agent, away.agent, side=side) for side in ("left", "right"))
    counts = last - first
    absence = np.repeat(np.arange(len(away.agent)), counts)
    own = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - first, counts)
    return own, absence


def _shortened(segments: Segments, own: NDArray[np.intp], start: NDArray[np.int64], end: NDArray[np.int64]) -> Segments:
    """Overlap, overtime and pauses up to the next absence after the end of each segment."""
    later = end > segments.end[own]
    leaves = np.full(len(segments), FOREVER)
    np.minimum.at(leaves, own[later], np.maximum(start, segments.end[own])[later])
    follows = np.append(segments.start[1:], FOREVER)  # after a pause the next segment is of the same duty
    return replace(
        segments,
        overlap_end=np.minimum(segments.overlap_end, leaves),
        hard_end=np.minimum(segments.hard_end, leaves),
        pause=segments.pause & (leaves > follows),
    )


def _pieces(segments: Segments, own: NDArray[np.intp], start: NDArray[np.int64], end: NDArray[np.int64]) -> Segments:
    """The segments without the absences [start, end) that overlap those at `own`."""
    rows = np.arange(len(segments))
    begins, of = np.concatenate([segments.start, end]), np.concatenate([rows, own])
    ends, called = np.concatenate([segments.end, start]), np.repeat([False, True], [len(rows), len(own)])
    by_begin, by_end = np.lexsort((begins, of)), np.lexsort((ends, of))
    begins, ends, source, called = begins[by_begin], ends[by_end], of[by_end], called[by_end]
    left = begins < ends
    begins, ends, source, called = begins[left], ends[left], source[left], called[left]
    return Segments(
        agent=segments.agent[source],
        duty=segments.duty[source],
        start=begins,
        end=ends,
        overlap_end=np.where(called, ends, segments.overlap_end[source]),
        hard_end=np.where(called, ends, segments.hard_end[source]),
        pause=segments.pause[source] & ~called,
        slow_pm=segments.slow_pm[source],
        takes=segments.takes[source],
    )
