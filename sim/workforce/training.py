"""Who is trained when: in one duty of every period, from its start on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.periods import first_days, periods
from sim.scenario.base import ROLES
from sim.streams import uniforms
from sim.workforce.away import away, joined
from sim.workforce.roster import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.periods import Cycle
    from sim.scenario.people import Training
    from sim.scenario.schema import Scenario
    from sim.workforce.away import Away, Instants
    from sim.workforce.roster import Agents
    from sim.workforce.stints import Stints


def trainings(scenario: Scenario, agents: Agents, stints: Stints, clock: Clock, seed: int, replication: int) -> Away:
    """Trainings in the run.

    An instant of every period is drawn for each agent; they are trained in their next duty that begins in the period,
    or where there is none in the last one before. So of a period that lies in the run only in part, just that part of
    the people is trained in it. Who has no duty then is not trained.

    Args:
        scenario: what is asked.
        agents: of the plan.
        stints: duties in which somebody can be trained.
        clock: of the run.
        seed: ≥ 0.
        replication: counted from 0.
    """
    parts = []
    for key, training in scenario.people.training.items():
        for r, region in enumerate(scenario.regions.values()):
            people = np.flatnonzero((agents.region == r) & _takes_part(training, agents))
            names = [agents.name[agent] for agent in people.tolist()]
            first, starts = _periods(training.every, region.zone, clock)
            draws = uniforms(seed, replication, names, "training", key, columns=len(starts) - 1, first=first)
            instant = starts[:-1] + np.rint(draws * np.diff(starts)).astype(np.int64)
            who, which = np.nonzero((instant >= 0) & (instant < clock.end))
            drawn = _Drawn(people[who], instant[who, which], starts[which], starts[which + 1])
            parts.append(_held(training, stints, drawn, clock))
    return joined(parts)


def _takes_part(training: Training, agents: Agents) -> NDArray[np.bool_]:
    roles = [ROLES.index(role) for role in training.roles or ROLES]
    return np.isin(agents.tier, roles)


class _Drawn(NamedTuple):
    """Instants that are drawn: whose, when, and from when to when the period lasts."""

    agent: Instants
    instant: Instants
    start: Instants
    end: Instants


def _held(training: Training, stints: Stints, drawn: _Drawn, clock: Clock) -> Away:
    """Each training in its duty. What is known of duties ends with the run."""
    following, end = stints.begun(drawn.agent, drawn.instant), stints.begun(drawn.agent, drawn.end)
    first = stints.begun(drawn.agent, drawn.start)
    is_next = following < end
    duty = np.where(is_next, following, following - 1)
    known = is_next | ((following > first) & (drawn.end <= clock.end))
    agent, duty = drawn.agent[known], duty[known]
    start = stints.start[duty]
    return away(Reason.TRAINING, agent, start, np.minimum(start + training.lasts, stints.end[duty]))


def _periods(every: Cycle, zone: str, clock: Clock) -> tuple[int, Instants]:
    """The periods that the run touches: the first one's number since 1970; their starts, and the end of the last."""
    touched = periods(every, clock.local(zone, 0).date(), clock.local(zone, clock.end).date())
    days = first_days(every, np.append(touched, touched[-1] + 1))
    return int(touched[0]), np.array([clock.at(zone, day) for day in days.tolist()], dtype=np.int64)
