"""Who joins when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.errors import Problem, ScenarioError, quote
from sim.workforce.absences import meant, unknown
from sim.workforce.away import away
from sim.workforce.roster import FOREVER, Reason

if TYPE_CHECKING:
    from sim.clock import Clock
    from sim.scenario.schema import Scenario
    from sim.workforce.away import Away, Instants
    from sim.workforce.roster import Agents


class Joins(NamedTuple):
    """When people join, sorted by (agent, instant).

    Attributes:
        agent: (j,) int64.
        instant: (j,) int64, ms.
    """

    agent: Instants
    instant: Instants


def hires(scenario: Scenario, agents: Agents, clock: Clock) -> Joins:
    """Those who join by date, at midnight where they live.

    Raises:
        ScenarioError: a hire names somebody who is not in the roster, or who joins already.
    """
    problems: list[Problem] = []
    found: dict[int, tuple[str, int]] = {}
    zones = [region.zone for region in scenario.regions.values()]
    for group, hire in scenario.people.hires.items():
        for n, name in enumerate(hire.agents):
            key, people = f"people.hires.{group}.agents[{n}]", list(meant(name, agents))
            problems += [] if people else [unknown(key, name, agents)]
            problems += [_twice(key, agents.name[agent], found[agent][0]) for agent in people if agent in found][:1]
            found |= {agent: (key, clock.at(zones[agents.region[agent]], hire.on)) for agent in people}
    if problems:
        raise ScenarioError(problems)
    who = sorted(found)
    return Joins(np.array(who, dtype=np.int64), np.array([found[agent][1] for agent in who], dtype=np.int64))


def _twice(key: str, name: str, other: str) -> Problem:
    message = f"{quote(name)} is in {other} too, and nobody joins twice: take them out of one of the two"
    return Problem("", 0, key, message)


def not_hired(joins: Joins) -> Away:
    """The time before they join."""
    return away(Reason.NOT_HIRED, joins.agent, np.full(len(joins.agent), -FOREVER), joins.instant)
