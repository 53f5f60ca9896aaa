"""The absences that a scenario names, and the people whom it names by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import HOUR, MINUTE
from sim.errors import Problem, ScenarioError, nearest, quote
from sim.workforce.away import away
from sim.workforce.roster import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.clock import Clock
    from sim.scenario.schema import Scenario
    from sim.scenario.staffing import Absence
    from sim.workforce.away import Away
    from sim.workforce.roster import Agents

_ALL_LIKE = "*"
_SHOWN = 3
"""Names that a message shows."""


def absences(scenario: Scenario, agents: Agents, clock: Clock) -> Away:
    """The absences of `staffing.absences`, each in the local time of its agents.

    Raises:
        ScenarioError: an absence names somebody who is not in the roster.
    """
    problems: list[Problem] = []
    rows: list[tuple[int, int, int]] = []
    for key, absence in scenario.staffing.absences.items():
        spans = [_span(absence, region.zone, clock) for region in scenario.regions.values()]
        for n, name in enumerate(absence.agents):
            found = list(meant(name, agents))
            problems += [] if found else [unknown(f"staffing.absences.{key}.agents[{n}]", name, agents)]
            rows += [(agent, *spans[agents.region[agent]]) for agent in found]
    if problems:
        raise ScenarioError(problems)
    return away(Reason.ABSENCE, *np.array(rows, dtype=np.int64).reshape(-1, 3).T)


def _span(absence: Absence, zone: str, clock: Clock) -> tuple[int, int]:
    ends = (absence.start, absence.end)
    start, end = (clock.at(zone, wall.date(), wall.hour * HOUR + wall.minute * MINUTE) for wall in ends)
    return start, end


def meant(name: str, agents: Agents) -> Iterator[int]:
    """The agents of that name; those whose names begin like it where it ends in `*`."""
    stem = name.removesuffix(_ALL_LIKE)
    for agent, known in enumerate(agents.name):
        if known == name or (stem != name and known.startswith(stem)):
            yield agent


def unknown(key: str, name: str, agents: Agents) -> Problem:
    """What is said where nobody is meant."""
    stem = name.removesuffix(_ALL_LIKE)
    lack = f"nobody in the roster is called {quote(name)}"
    if stem != name:
        lack = f"no name in the roster begins with {quote(stem)}"
    some = ", ".join([*agents.name[:_SHOWN], *["…"] * (len(agents) > _SHOWN)])
    return Problem("", 0, key, f"{lack}: name some of its {len(agents):,} agents ({some})", nearest(stem, agents.name))
