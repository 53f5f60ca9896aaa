"""Duties of people who are always there, and of crews that follow rotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.scenario.base import ROLES
from sim.workforce.roster import FOREVER
from sim.workforce.shifts import ShiftDates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sim.clock import Clock
    from sim.scenario.schema import Scenario
    from sim.scenario.staffing import Crew
    from sim.workforce.shifts import Duties

NOMINAL_SLOW_PM = 1000


class Person(NamedTuple):
    """An agent and their duties."""

    name: str
    region: int
    tier: int
    slow_pm: int
    duties: Duties


def always_there(scenario: Scenario) -> Iterator[Person]:
    """The agents of `staffing.flat`."""
    always = (np.array([0]), np.array([FOREVER]), np.array([False]))
    for r, region in enumerate(scenario.regions):
        headcount = scenario.staffing.flat.get(region, {})
        for t, role in enumerate(ROLES):
            for i in range(headcount.get(role, 0)):
                yield Person(f"{region}/{role}/{i + 1}", r, t, NOMINAL_SLOW_PM, always)


def crews(scenario: Scenario, members: Mapping[str, Crew], clock: Clock) -> Iterator[Person]:
    """The agents of crews, such as those of `staffing.crews`."""
    for r, (name, region) in enumerate(scenario.regions.items()):
        shifts = ShiftDates(region, clock)
        for t, role in enumerate(ROLES):
            for crew_name, crew in members.items():
                if not crew.regions or name in crew.regions:
                    slow = round(NOMINAL_SLOW_PM / crew.speed)
                    for i, duties in enumerate(_crew_duties(crew, crew.headcount.get(role, 0), shifts)):
                        yield Person(f"{name}/{role}/{crew_name}/{i + 1}", r, t, slow, duties)


def _crew_duties(crew: Crew, headcount: int, shifts: ShiftDates) -> Iterator[Duties]:
    cycle = len(crew.pattern)
    for i in range(headcount):
        offset = i * cycle // headcount if crew.phases == "spread" else 0
        yield shifts.duties(crew.pattern, offset)
