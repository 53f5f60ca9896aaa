"""The roster of one replication: the plan's duties cut into segments, with holes for pauses and absences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.workforce.roster import Chores, Roster, Segments

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.workforce.roster import DutyPlan


def sample_roster(scenario: Scenario, plan: DutyPlan, seed: int, replication: int) -> Roster:  # noqa: ARG001
    """Who is there in one replication.

    Args:
        scenario: what is asked.
        plan: of the same scenario.
        seed: ≥ 0.
        replication: counted from 0.
    """
    agents, n = plan.agents, len(plan.agent)
    segments = Segments(
        agent=plan.agent, duty=np.arange(n, dtype=np.int32), start=plan.start,
        end=plan.end, overlap_end=plan.end, hard_end=plan.end, pause=np.zeros(n, dtype=np.bool_),
        slow_pm=agents.slow_pm[plan.agent], takes=agents.takes[plan.agent],
    )  # fmt: skip
    return Roster(agents, segments, _no_chores(), plan.turns)


def _no_chores() -> Chores:
    instants = np.empty(0, dtype=np.int64)
    return Chores(instants.astype(np.int32), instants.astype(np.uint8), instants, instants, instants)
