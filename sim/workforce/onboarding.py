"""What new colleagues do until they are like everybody else, and what it costs those at whose side they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.scenario.base import PRIORITIES
from sim.workforce.away import at, away, only, spread
from sim.workforce.roster import ALL_PRIORITIES, LEAD, Reason
from sim.workforce.segments import Changes, all_changes
from sim.workforce.stints import Stints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.people import Phase
    from sim.scenario.schema import Scenario
    from sim.workforce.away import Away, Instants, Rows
    from sim.workforce.hires import Joins
    from sim.workforce.roster import Agents, Segments

_P1 = 1


class Onboarding(NamedTuple):
    """Who is new, duty by duty: a duty belongs to the phase in which it begins.

    Attributes:
        stints: (d,) duties within a phase.
        slower: (d,) float, factor of the time that work takes.
        takes: (d,) uint8, priorities that they work on.
        mentor: (d,) float, the same factor for the colleague at whose side they are.
        since: (d,) int64, when the phase began.
        off_pager: times in which they do not answer pages: phases without P1.
    """

    stints: Stints
    slower: NDArray[np.float64]
    takes: NDArray[np.uint8]
    mentor: NDArray[np.float64]
    since: Instants
    off_pager: Away

    @property
    def without_tickets(self) -> Away:
        """Duties in which they take no tickets yet."""
        stints = self.stints
        return only(away(Reason.ONBOARDING, *stints)._replace(since=self.since), self.takes == 0)

    @property
    def changes(self) -> Changes:
        """What they take in the others, and how fast they are."""
        rows, (agent, start, end) = self.takes > 0, self.stints
        takes = self.takes[rows]
        return Changes(agent[rows], start[rows], end[rows], self.slower[rows], takes, takes == ALL_PRIORITIES)


def onboarding(scenario: Scenario, agents: Agents, joins: Joins, stints: Stints, clock: Clock) -> Onboarding:
    """The onboarding of those who join.

    Phases begin and end by the wall clock of where the agent lives, so that weeks end at midnight. Within a phase the
    pace follows a straight line, read at the start of each duty.
    """
    phases = list(scenario.people.onboarding.values())
    edges = _edges(scenario, agents, joins, phases, clock)
    join = np.searchsorted(at(joins.agent, joins.instant), at(stints.agent, stints.start), side="right") - 1
    new = np.flatnonzero(join >= 0)
    new = new[joins.agent[join[new]] == stints.agent[new]]
    phase = (edges[join[new], 1:] <= stints.start[new, np.newaxis]).sum(axis=1)
    new, phase = new[phase < len(phases)], phase[phase < len(phases)]
    of, start = join[new], stints.start[new]
    begins, ends = edges[of, phase], edges[of, phase + 1]
    slower = np.array([*(each.slower for each in phases), 0.0])
    passed = (start - begins) / (ends - begins)
    return Onboarding(
        stints=Stints(*(column[new] for column in stints)),
        slower=1 + slower[phase] + (slower[phase + 1] - slower[phase]) * passed,
        takes=_masks(phases)[phase],
        mentor=1 + np.array([each.mentor for each in phases])[phase] if phases else np.empty(0),
        since=begins,
        off_pager=_off_pager(joins, edges, _masks(phases)),
    )


def _edges(
    scenario: Scenario, agents: Agents, joins: Joins, phases: Sequence[Phase], clock: Clock
) -> NDArray[np.int64]:
    """(joins, phases + 1) when each phase of each onboarding begins, and the last ends."""
    after = np.cumsum([0, *(phase.lasts for phase in phases)])
    edges = np.empty((len(joins.agent), len(after)), dtype=np.int64)
    for r, region in enumerate(scenario.regions.values()):
        here = agents.region[joins.agent] == r
        edges[here] = clock.reached(region.zone, clock.wall(region.zone, joins.instant[here])[:, np.newaxis] + after)
    return edges


def _masks(phases: Sequence[Phase]) -> NDArray[np.uint8]:
    taken = [sum(1 << PRIORITIES.index(name) for name in set(phase.takes)) for phase in phases]
    return np.array(taken, dtype=np.uint8)


def _off_pager(joins: Joins, edges: NDArray[np.int64], masks: NDArray[np.uint8]) -> Away:
    phases = np.flatnonzero(masks & _P1 == 0)
    who = np.repeat(joins.agent, len(phases))
    return away(Reason.ONBOARDING, who, edges[:, phases].ravel(), edges[:, phases + 1].ravel())


# ---- mentors -------------------------------------------------------------------------------------------------------


def mentoring(new: Onboarding, agents: Agents, segments: Segments) -> Changes:
    """The colleagues who have somebody new at their side: of those of the same region and role who are not new
    themselves the one with most of the same hours, or the first of several. They are slower in these hours.

    Args:
        new: who is new.
        agents: of the plan.
        segments: when people are there, also where they take no tickets yet.
    """
    mentored = np.flatnonzero(new.mentor > 1)
    if not len(mentored):
        return all_changes([])
    stint, own = _overlapping(segments, *(column[mentored] for column in new.stints))
    pair, colleague = _colleagues(agents, segments.agent[own])
    start, end = segments.start[own][pair], segments.end[own][pair]
    of, other = _overlapping(segments, colleague, start, end)
    stint, start, end = stint[pair][of], start[of], end[of]
    start, end = np.maximum(start, segments.start[other]), np.minimum(end, segments.end[other])
    experienced = ~_is_new(new, segments)[other]
    stint, other, start, end = stint[experienced], other[experienced], start[experienced], end[experienced]
    agent = segments.agent[other].astype(np.int64)
    chosen = _most_of(stint, agent, end - start)
    takes = np.full(len(chosen), ALL_PRIORITIES, dtype=np.uint8)
    slower = new.mentor[mentored][stint[chosen]]
    return Changes(agent[chosen], start[chosen], end[chosen], slower, takes, takes == ALL_PRIORITIES)


def _overlapping(segments: Segments, agent: Instants, start: Instants, end: Instants) -> tuple[Rows, Rows]:
    """Which of several times of agents each segment of theirs meets: rows of the times, and of the segments."""
    first = np.searchsorted(at(segments.agent, segments.end), at(agent, start), side="right")
    return spread(first, np.searchsorted(at(segments.agent, segments.start), at(agent, end)))


def _colleagues(agents: Agents, who: NDArray[np.int32]) -> tuple[Rows, Instants]:
    """The others of the same region and role: the place in `who`, and the colleague."""
    pool = agents.region.astype(np.int64) * (LEAD + 1) + agents.tier
    order = np.argsort(pool, kind="stable")
    first, last = (np.searchsorted(pool[order], pool[who], side=side) for side in ("left", "right"))
    place, rank = spread(first, last)
    others = order[rank] != who[place]
    return place[others], order[rank][others]


def _is_new(new: Onboarding, segments: Segments) -> NDArray[np.bool_]:
    """(s,) segments of duties of those who are new themselves."""
    _, own = _overlapping(segments, *new.stints)
    return np.isin(np.arange(len(segments)), own)


def _most_of(stint: Rows, agent: Instants, hours: Instants) -> Rows:
    """Rows of the agent with most hours in each stint; of the lowest where several have as many."""
    pairs, pair = np.unique(np.stack([stint, agent]), axis=1, return_inverse=True)
    total = np.bincount(pair.ravel(), hours, pairs.shape[1])
    order = np.lexsort((pairs[1], -total, pairs[0]))
    best = order[np.append([True], np.diff(pairs[0][order]) > 0)[: len(order)]]
    return np.flatnonzero(np.isin(pair.ravel(), best))
