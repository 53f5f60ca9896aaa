"""What disruptions and drills do to people: who is away, who takes part, and what is served meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.scenario.base import ROLES
from sim.streams import uniforms
from sim.workforce.away import away, never_away
from sim.workforce.roster import ALL_PRIORITIES, LEAD, Reason
from sim.workforce.segments import Changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.scenario.base import RoleName
    from sim.scenario.schema import Scenario
    from sim.workforce.away import Away, Rows
    from sim.workforce.roster import Agents
    from sim.workload.disruptions import Disruptions


def disrupted(scenario: Scenario, agents: Agents, events: Disruptions, seed: int, replication: int) -> Away:
    """Who cannot work because of a threat."""
    laws = [_Law("threat", name, threat.away, threat.roles) for name, threat in scenario.continuity.threats.items()]
    return _drawn(Reason.DISRUPTION, laws, agents, events, np.flatnonzero(~events.drill), (seed, replication))


def drilled(scenario: Scenario, agents: Agents, events: Disruptions, seed: int, replication: int) -> Away:
    """Who takes part in drills, if they are on duty then."""
    laws = [_Law("drill", name, drill.share, drill.roles) for name, drill in scenario.continuity.drills.items()]
    return _drawn(Reason.DRILL, laws, agents, events, np.flatnonzero(events.drill), (seed, replication))


class _Law(NamedTuple):
    """Whom a threat or a drill takes: a share of those of some roles, or of all where none is named."""

    kind: str
    name: str
    share: float
    roles: Sequence[RoleName]


def _drawn(
    reason: Reason, laws: Sequence[_Law], agents: Agents, events: Disruptions, rows: Rows, run: tuple[int, int]
) -> Away:
    """Those whom some of the events take, one by one; the engineering lead has no role and is spared."""
    people, taken = [], []
    for row in rows.tolist():
        law = laws[events.entry[row]]
        known = np.zeros(LEAD + 1, dtype=bool)
        known[[ROLES.index(role) for role in law.roles or ROLES]] = True
        here = np.flatnonzero((agents.region == events.region[row]) & known[agents.tier])
        names = [agents.name[agent] for agent in here.tolist()]
        draws = uniforms(*run, names, law.kind, law.name, columns=1, first=int(events.number[row]))[:, 0]
        people.append(here[draws < law.share])
        taken.append(len(people[-1]))
    if not people:
        return never_away()
    of = np.repeat(rows, taken)
    return away(reason, np.concatenate(people), events.start[of], events.end[of])


def reduced_service(agents: Agents, events: Disruptions) -> Changes:
    """What everybody takes where the organisation serves only some priorities."""
    reduced = np.flatnonzero(events.serves & ALL_PRIORITIES != ALL_PRIORITIES)
    everybody = np.flatnonzero(agents.tier != LEAD)
    agent, of = np.repeat(everybody, len(reduced)), np.tile(reduced, len(everybody))
    nothing_else = np.ones(len(of)), events.serves[of], np.ones(len(of), dtype=np.bool_)
    return Changes(agent, events.start[of], events.end[of], *nothing_else)
