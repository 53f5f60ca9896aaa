"""Duties one by one, as vacation, training and onboarding count them: of a duty that never ends, each local day."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.workforce.away import at, only, spread
from sim.workforce.roster import FOREVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Scenario
    from sim.workforce.away import Away, Instants
    from sim.workforce.roster import DutyPlan


class Stints(NamedTuple):
    """Duties, sorted by (agent, start); those of one agent do not overlap.

    Attributes:
        agent: (d,) int64.
        start, end: (d,) int64, ms.
    """

    agent: Instants
    start: Instants
    end: Instants

    def begun(self, agent: Instants, instant: Instants) -> NDArray[np.intp]:
        """Row of the first stint of each agent that begins at an instant or later, or what would be its row."""
        return np.searchsorted(at(self.agent, self.start), at(agent, instant))


def stints_of(scenario: Scenario, plan: DutyPlan, clock: Clock) -> Stints:
    """The duties of a plan; those that never end are cut at midnight, and told up to the end of the run."""
    agent = plan.agent.astype(np.int64)
    endless = np.flatnonzero(plan.end == FOREVER)
    if not len(endless):
        return Stints(agent, plan.start, plan.end)
    homes = plan.agents.region[agent]
    here = [endless[homes[endless] == region] for region in range(len(scenario.regions))]
    days = [
        _days(agent[rows], plan.start[rows], edges)
        for rows, edges in zip(here, _midnights(scenario, clock), strict=True)
    ]
    ends = np.flatnonzero(plan.end != FOREVER)
    every = [Stints(agent[ends], plan.start[ends], plan.end[ends]), *days]
    columns = [np.concatenate(column) for column in zip(*every, strict=True)]
    order = np.lexsort((columns[1], columns[0]))
    return Stints(*(column[order] for column in columns))


def _midnights(scenario: Scenario, clock: Clock) -> list[Instants]:
    """Local midnights in each region, from before the run to after it."""
    zones = [region.zone for region in scenario.regions.values()]
    return [np.array([clock.at(zone, day) for day in clock.local_dates(zone)], dtype=np.int64) for zone in zones]


def _days(agent: Instants, start: Instants, midnights: Instants) -> Stints:
    """Days of agents of one region, each from its start on."""
    first = np.searchsorted(midnights, start, side="right")
    of, day = spread(first, np.full(len(first), len(midnights)))
    before = np.concatenate([[-FOREVER], midnights])[day]
    return Stints(agent[of], np.maximum(start[of], before), midnights[day])


def whole_stints(stints: Stints, away: Away) -> Away:
    """Times away that take whole duties: those that begin in them. What has begun before is worked to its end."""
    first, last = stints.begun(away.agent, away.start), stints.begun(away.agent, away.end)
    some = first < last
    end = np.maximum(stints.end[last[some] - 1], away.end[some])
    return only(away, some)._replace(start=stints.start[first[some]], end=end)
