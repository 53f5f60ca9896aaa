"""What keeps people from their duties in one replication, all of it together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.workforce.absences import absences
from sim.workforce.attrition import vacancies
from sim.workforce.away import at, joined, timeline
from sim.workforce.disrupted import disrupted, drilled
from sim.workforce.hires import Joins, hires, not_hired
from sim.workforce.onboarding import onboarding
from sim.workforce.sickness import sickness
from sim.workforce.stints import Stints, stints_of, whole_stints
from sim.workforce.training import trainings
from sim.workforce.vacation import vacations

if TYPE_CHECKING:
    from sim.clock import Clock
    from sim.scenario.schema import Scenario
    from sim.workforce.away import Away
    from sim.workforce.onboarding import Onboarding
    from sim.workforce.roster import DutyPlan
    from sim.workload.disruptions import Disruptions


class People(NamedTuple):
    """Who is away, and who is new.

    Attributes:
        planned: times away that are known before: absences, vacation, not hired yet, vacancies. Of the last three whole
            duties, those that begin in them.
        missing: times away that nobody knows of before: sickness and disruptions.
        doing_else: times in which people do something else on duty, and come back: training and drills; a timeline.
        new: those who go through the onboarding.
        off_pager: times in which people cannot be on call, as is known before.
    """

    planned: Away
    missing: Away
    doing_else: Away
    new: Onboarding
    off_pager: Away

    @property
    def gone(self) -> Away:
        """Times in which people are gone, as a timeline."""
        return timeline(joined([self.planned, self.missing]))

    @property
    def all_away(self) -> Away:
        """Everything that takes away time on duty, as a timeline."""
        return timeline(joined([self.planned, self.missing, self.doing_else, self.new.without_tickets]))


def people_of(
    scenario: Scenario, plan: DutyPlan, events: Disruptions, clock: Clock, seed: int, replication: int
) -> People:
    """Who is away, and who is new, in one replication.

    Args:
        scenario: what is asked.
        plan: of the same scenario.
        events: disruptions and drills of the same replication.
        clock: of the run.
        seed: ≥ 0.
        replication: counted from 0.

    Raises:
        ScenarioError: an absence or a hire names somebody who is not in the plan.
    """
    agents, run = plan.agents, (clock, seed, replication)
    stints = stints_of(scenario, plan, clock)
    hired = hires(scenario, agents, clock)
    vacant, successors = vacancies(scenario, agents, hired, *run)
    new = onboarding(scenario, agents, _all_joins(hired, successors), stints, clock)
    absent = absences(scenario, agents, clock)
    off = joined([not_hired(hired), vacant, vacations(scenario, agents, *run)])
    whole = whole_stints(stints, off)
    trained = trainings(scenario, agents, _outside(stints, joined([absent, whole, new.without_tickets])), *run)
    return People(
        planned=joined([absent, whole]),
        missing=joined([sickness(scenario, agents, *run), disrupted(scenario, agents, events, seed, replication)]),
        doing_else=timeline(joined([trained, drilled(scenario, agents, events, seed, replication)])),
        new=new,
        off_pager=joined([absent, off, new.off_pager]),
    )


def _all_joins(hired: Joins, successors: Joins) -> Joins:
    agent, instant = (np.concatenate(columns) for columns in zip(hired, successors, strict=True))
    order = np.lexsort((instant, agent))
    return Joins(agent[order], instant[order])


def _outside(stints: Stints, away: Away) -> Stints:
    """Stints at whose start the agent is not away."""
    times = timeline(away)
    last = np.searchsorted(at(times.agent, times.start), at(stints.agent, stints.start), side="right") - 1
    inside = last >= 0
    inside[inside] &= times.agent[last[inside]] == stints.agent[inside]
    inside[inside] &= times.end[last[inside]] > stints.start[inside]
    return Stints(*(column[~inside] for column in stints))
