"""Who leaves when, and when somebody follows them: seat by seat."""

from __future__ import annotations

from math import ceil, log1p, sqrt
from typing import TYPE_CHECKING

import numpy as np

from sim.streams import uniforms
from sim.workforce.away import away, never_away
from sim.workforce.hires import Joins
from sim.workforce.roster import LEAD, Reason
from sim.workload.arrivals import YEAR

if TYPE_CHECKING:
    from sim.clock import Clock
    from sim.scenario.schema import Scenario
    from sim.workforce.away import Away, Instants
    from sim.workforce.roster import Agents


def vacancies(
    scenario: Scenario, agents: Agents, hired: Joins, clock: Clock, seed: int, replication: int
) -> tuple[Away, Joins]:
    """When seats are vacant in the run, and who joins after that.

    Everybody is there at the start of the run, or when they are hired; whoever sits on a seat stays for an exponential
    time. The engineering lead never leaves.
    """
    rules = scenario.people.attrition
    seats = np.flatnonzero(agents.tier != LEAD)
    if rules is None or not rules.per_year or not len(seats):
        return never_away(), Joins(*[np.empty(0, dtype=np.int64)] * 2)
    names, mean = [agents.name[seat] for seat in seats.tolist()], YEAR / -log1p(-rules.per_year)
    since = _since(len(agents), hired)[seats]
    expected = clock.end / mean
    most = ceil(expected + 6 * sqrt(expected) + 8)
    while True:
        draws = uniforms(seed, replication, names, "attrition", columns=most)
        stays = np.rint(-mean * np.log1p(-draws)).astype(np.int64)
        leaves = since[:, np.newaxis] + np.cumsum(stays, axis=1) + np.arange(most) * rules.vacancy
        if (leaves[:, -1] >= clock.end).all():
            break
        most *= 2  # the columns so far stay as they are
    who, which = np.nonzero(leaves < clock.end)
    agent, left = seats[who], leaves[who, which]
    return away(Reason.VACANCY, agent, left, left + rules.vacancy), Joins(agent, left + rules.vacancy)


def _since(agents: int, hired: Joins) -> Instants:
    """(a,) from when each agent may leave."""
    since = np.zeros(agents, dtype=np.int64)
    since[hired.agent] = np.maximum(hired.instant, 0)
    return since
