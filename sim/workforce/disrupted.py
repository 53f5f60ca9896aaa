"""What disruptions and drills do to people: who is away, who takes part, and what is served meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.scenario.base import ROLES
from sim.streams import uniforms
from sim.workforce.away import away, joined
from sim.workforce.roster import ALL_PRIORITIES, LEAD, Reason
from sim.workforce.segments import Changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.scenario.base import RoleName
    from sim.scenario.schema import Scenario
    from sim.workforce.away import Away
    from sim.workforce.roster import Agents
    from sim.workload.disruptions import Disruptions


def disrupted(scenario: Scenario, agents: Agents, events: Disruptions, seed: int, replication: int) -> Away:
    """Who cannot work because of a threat. Of the engineering lead nothing is known."""
    parts = []
    threats = list(scenario.continuity.threats.items())
    for row in np.flatnonzero(~events.drill).tolist():
        name, threat = threats[events.entry[row]]
        people = _people(agents, int(events.region[row]), threat.roles)
        number = int(events.number[row])
        draws = _draws(agents, people, (seed, replication), "threat", name, number)
        parts.append(_during(Reason.DISRUPTION, people[draws < threat.away], events, row))
    return joined(parts)


def drilled(scenario: Scenario, agents: Agents, events: Disruptions, seed: int, replication: int) -> Away:
    """Who takes part in drills, if they are on duty then."""
    parts = []
    drills = list(scenario.continuity.drills.items())
    for row in np.flatnonzero(events.drill).tolist():
        name, drill = drills[events.entry[row]]
        people = _people(agents, int(events.region[row]), drill.roles)
        draws = _draws(agents, people, (seed, replication), "drill", name, int(events.number[row]))
        parts.append(_during(Reason.DRILL, people[draws < drill.share], events, row))
    return joined(parts)


def _people(agents: Agents, region: int, roles: Sequence[RoleName]) -> NDArray[np.intp]:
    """Those of a region and of some roles, or of all where none is named."""
    codes = [ROLES.index(role) for role in roles or ROLES]
    return np.flatnonzero((agents.region == region) & np.isin(agents.tier, codes))


def _draws(
    agents: Agents, people: NDArray[np.intp], run: tuple[int, int], what: str, name: str, number: int
) -> NDArray[np.float64]:
    names = [agents.name[agent] for agent in people.tolist()]
    return uniforms(*run, names, what, name, columns=1, first=number)[:, 0]


def _during(reason: Reason, people: NDArray[np.intp], events: Disruptions, row: int) -> Away:
    span = (np.full(len(people), ends[row]) for ends in (events.start, events.end))
    return away(reason, people, *span)


def reduced_service(agents: Agents, events: Disruptions) -> Changes:
    """What everybody takes where the organisation serves only some priorities."""
    reduced = np.flatnonzero(events.serves & ALL_PRIORITIES != ALL_PRIORITIES)
    everybody = np.flatnonzero(agents.tier != LEAD)
    agent, of = np.repeat(everybody, len(reduced)), np.tile(reduced, len(everybody))
    return Changes(agent, events.start[of], events.end[of], np.ones(len(of)), events.serves[of])
