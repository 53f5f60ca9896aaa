"""The roster of one replication: duties cut into segments by pauses and absences of all kinds, and what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import MINUTE
from sim.scenario.days_off import clock_of
from sim.workforce.away import lost, timeline
from sim.workforce.chores import chores_of
from sim.workforce.disrupted import reduced_service
from sim.workforce.onboarding import mentoring
from sim.workforce.people import people_of
from sim.workforce.roster import FOREVER, Roster, Segments
from sim.workforce.segments import all_changes, changed, paused, without
from sim.workforce.stand_ins import turns_held
from sim.workload.disruptions import disruptions_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sim.scenario.policy import PolicyRules
    from sim.scenario.schema import Scenario
    from sim.scenario.staffing import Pause
    from sim.workforce.roster import DutyPlan

LEAST_AFTER_PAUSE = 30 * MINUTE
"""A pause that would leave less of the duty than this is left out."""


def sample_roster(scenario: Scenario, plan: DutyPlan, seed: int, replication: int) -> Roster:
    """Who is there in one replication: the plan with holes in it.

    Args:
        scenario: what is asked.
        plan: of the same scenario.
        seed: ≥ 0.
        replication: counted from 0.

    Raises:
        ScenarioError: an absence or a hire names somebody who is not in the plan.
    """
    clock = clock_of(scenario)
    events = disruptions_of(scenario, clock, seed, replication)
    people = people_of(scenario, plan, events, clock, seed, replication)
    whole = _segments(plan, scenario.policy, scenario.staffing.pauses.values())
    there = without(paused(whole, people.doing_else), people.gone)
    changes = [people.new.changes, mentoring(people.new, plan.agents, there), reduced_service(plan.agents, events)]
    segments = changed(without(there, timeline(people.new.without_tickets)), all_changes(changes))
    turns = turns_held(scenario, plan, people.off_pager, people.missing, clock)
    chores = chores_of(scenario, plan, turns, segments, clock)
    return Roster(plan.agents, segments, chores, turns, lost(whole, people.all_away), events)


def _segments(plan: DutyPlan, policy: PolicyRules, pauses: Iterable[Pause]) -> Segments:
    """All duties, cut by their pauses."""
    duty, since, until = _pauses(plan, pauses)
    duties = np.arange(len(plan.agent))
    starts, of = np.concatenate([plan.start, until]), np.concatenate([duties, duty])
    ends, pause = np.concatenate([plan.end, since]), np.repeat([False, True], [len(duties), len(duty)])
    by_start, by_end = np.lexsort((starts, of)), np.lexsort((ends, of))
    start, end, row, pause = starts[by_start], ends[by_end], of[by_end], pause[by_end]
    overlap_end, hard_end = _after_hours(plan, policy)
    agent = plan.agent[row]
    return Segments(
        agent=agent,
        duty=row.astype(np.int32),
        start=start,
        end=end,
        overlap_end=np.where(pause, end, overlap_end[row]),
        hard_end=np.where(pause, end, hard_end[row]),
        pause=pause,
        slow_pm=plan.agents.slow_pm[agent],
        takes=plan.agents.takes[agent],
        staffs=np.ones(len(agent), dtype=np.bool_),
    )


def _after_hours(plan: DutyPlan, policy: PolicyRules) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When the overlap and the longest overtime after each duty end; neither reaches into the agent's next duty."""
    last = np.append(plan.agent[1:] != plan.agent[:-1], [True])[: len(plan.agent)]
    following = np.where(last, FOREVER, np.append(plan.start[1:], FOREVER)[: len(plan.agent)])
    overlap_end = np.minimum(_later(plan.end, policy.handover.overlap), following)
    hard_end = np.minimum(_later(overlap_end, policy.overtime.limit), following)
    return overlap_end, hard_end


def _later(instants: NDArray[np.int64], by: int) -> NDArray[np.int64]:
    return np.where(instants == FOREVER, FOREVER, instants + by)


def _pauses(plan: DutyPlan, pauses: Iterable[Pause]) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """Row of the duty, start and end of every pause that there is time for; of two that meet the first named counts."""
    rank = _rank(plan)
    taken: list[tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]] = []
    for pause in pauses:
        start = plan.start + pause.after + rank * pause.shift
        end = start + pause.length
        fits = end <= plan.end - LEAST_AFTER_PAUSE
        for rows, since, until in taken:
            fits[rows] &= (end[rows] < since) | (start[rows] > until)
        rows = np.flatnonzero(fits)
        taken.append((rows, start[rows], end[rows]))
    parts = [np.concatenate([part[n] for part in taken]) for n in range(3)] if taken else [np.empty(0, np.int64)] * 3
    return parts[0], parts[1], parts[2]


def _rank(plan: DutyPlan) -> NDArray[np.int64]:
    """How many agents of the same pool with a lower number start at the same instant as each duty does."""
    region, tier = plan.agents.region[plan.agent], plan.agents.tier[plan.agent]
    order = np.lexsort((plan.agent, plan.start, tier, region))
    together = [np.diff(values[order]) == 0 for values in (plan.start, tier, region)]
    first = np.ones(len(order), dtype=bool)
    first[1:] = ~np.logical_and.reduce(together)
    place = np.arange(len(order))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = place - np.maximum.accumulate(np.where(first, place, 0))
    return rank
