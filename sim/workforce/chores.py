"""What agents have to do on duty besides tickets: hand-over meetings and dashboard reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.workforce.away import at
from sim.workforce.roster import Chore, Chores, Level
from sim.workload.alerts import review_instants

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.demand import Review
    from sim.scenario.schema import Scenario
    from sim.workforce.roster import DutyPlan, Segments, Turns


def chores_of(scenario: Scenario, plan: DutyPlan, turns: Turns, segments: Segments, clock: Clock) -> Chores:
    """The chores that are due within the run, after its first instant and before its end.

    Args:
        scenario: what is asked.
        plan: everybody's duties.
        turns: who really holds the pager.
        segments: when people are really there.
        clock: of the run.
    """
    rules, review = scenario.policy.handover, scenario.demand.monitoring.review
    parts = [_none()]
    if rules.meeting and rules.overlap:
        parts.append(_meetings(plan, segments, rules.meeting))
    if review and review.cost and scenario.oncall:
        zones = (region.zone for region in scenario.regions.values())
        parts += [_reviews(segments, turns, r, zone, review, clock) for r, zone in enumerate(zones)]
    every = Chores(*(np.concatenate([getattr(part, name) for part in parts]) for name in Chores.__slots__))
    due = np.lexsort((every.kind, every.agent, every.start))
    return _only(every, due[(every.start[due] > 0) & (every.start[due] < clock.end)])


def _none() -> Chores:
    instants = np.empty(0, dtype=np.int64)
    return Chores(instants.astype(np.int32), instants.astype(np.uint8), instants, instants, instants)


def _only(chores: Chores, rows: NDArray[np.intp]) -> Chores:
    return Chores(*(getattr(chores, name)[rows] for name in Chores.__slots__))


def _of(
    kind: Chore, length: int, agent: NDArray[np.int32], start: NDArray[np.int64], until: NDArray[np.int64]
) -> Chores:
    n = len(agent)
    return Chores(agent, np.full(n, kind, dtype=np.uint8), start, until, np.full(n, length, dtype=np.int64))


# ---- the hand-over meeting -----------------------------------------------------------------------------------------


def _meetings(plan: DutyPlan, segments: Segments, length: int) -> Chores:
    """In each pool, where somebody comes at the very instant at which somebody goes: both meet.

    Who comes as planned and who goes as planned counts; who is on two duties in a row neither comes nor goes.
    """
    start, end = plan.start[segments.duty], plan.end[segments.duty]
    goes = (segments.end == end) & (segments.overlap_end > end)
    comes = (segments.start == start) & ~_goes_on(plan)[segments.duty]
    pool = plan.agents.region[segments.agent].astype(np.int64) * 256 + plan.agents.tier[segments.agent]
    out, come = np.flatnonzero(goes), np.flatnonzero(comes)
    out_meets, come_meets = _both(pool[out], end[out], pool[come], start[come])
    out, come = out[out_meets], come[come_meets]
    return _of(
        Chore.MEETING,
        length,
        np.concatenate([segments.agent[out], segments.agent[come]]),
        np.concatenate([end[out], start[come]]),
        np.concatenate([segments.overlap_end[out], _there_until(segments)[come]]),
    )


def _there_until(segments: Segments) -> NDArray[np.int64]:
    """Until when agents are there without a pause, from each segment on; a pause of no length is none."""
    goes_on = np.append(segments.pause[:-1] & (segments.end[:-1] == segments.start[1:]), [False])[: len(segments)]
    last = np.flatnonzero(~goes_on)
    return np.repeat(segments.end[last], np.diff(last, prepend=-1))


def _goes_on(plan: DutyPlan) -> NDArray[np.bool_]:
    """Duties that begin when another of the same agent ends."""
    goes_on = np.zeros(len(plan.agent), dtype=bool)
    goes_on[1:] = (plan.agent[1:] == plan.agent[:-1]) & (plan.start[1:] == plan.end[:-1])
    return goes_on


def _both(
    pool: NDArray[np.int64], when: NDArray[np.int64], other_pool: NDArray[np.int64], other_when: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of two lists of (pool, instant) are in the other list too."""
    key, other_key = at(pool, when), at(other_pool, other_when)
    return np.isin(key, other_key), np.isin(other_key, key)


# ---- the dashboard review ------------------------------------------------------------------------------------------


def _reviews(segments: Segments, turns: Turns, region: int, zone: str, review: Review, clock: Clock) -> Chores:
    """The reviews of the region's primary while they are on duty."""
    instants = review_instants(zone, review.every, clock)
    within = np.flatnonzero((instants > 0) & (instants < clock.end))
    due, following = instants[within], instants[within + 1]
    mine = np.flatnonzero((turns.level == Level.PRIMARY) & (turns.region == region))
    if not len(mine):
        return _none()
    turn = mine[np.maximum(np.searchsorted(turns.start[mine], due, side="right") - 1, 0)]
    held = (turns.start[turn] <= due) & (due < turns.end[turn])
    agent = turns.agent[turn]
    segment = _segment_at(segments, agent, due, clock)
    here = held & (segment >= 0)
    until = np.minimum(following[here], _there_until(segments)[segment[here]])
    return _of(Chore.REVIEW, review.cost, agent[here], due[here], until)


def _segment_at(segments: Segments, agent: NDArray[np.int32], at: NDArray[np.int64], clock: Clock) -> NDArray[np.intp]:
    """The segment in which each agent is at an instant of the run; -1 where they are in none."""
    width = clock.end + 1
    if not len(segments):
        return np.full(len(at), -1)
    keys = segments.agent.astype(np.int64) * width + np.clip(segments.start, 0, clock.end)
    found = np.searchsorted(keys, agent.astype(np.int64) * width + at, side="right") - 1
    inside: NDArray[np.bool_] = (found >= 0) & (segments.agent[found] == agent) & (at < segments.end[found])
    return np.where(inside, found, -1)
