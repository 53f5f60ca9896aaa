"""Whether what becomes of people over months fits the rest of a scenario; see `sim.scenario.checks`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sim.clock import HOUR
from sim.scenario.checks import active_staffing, lacking_roles
from sim.scenario.findings import Finding, rests_on
from sim.scenario.units import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.scenario.base import DurationLaw
    from sim.scenario.schema import Scenario

SHORTEST_SPELL = HOUR
"""Mean length of a spell of sickness, at least: shorter ones would be many millions."""


@rests_on("people.hires", "horizon")
def hires_join_in_time(scenario: Scenario) -> Iterator[Finding]:
    """Who joins does so before the run is over."""
    last = scenario.horizon.start + timedelta(scenario.horizon.days - 1)
    for name, hire in scenario.people.hires.items():
        if hire.on > last:
            when = f"{hire.on} comes after the run, whose last day is {last}"
            yield Finding(("people", "hires", name, "on"), f"{when}: choose an earlier day, or take this hire out")


@rests_on("people")
def somebody_is_onboarded(scenario: Scenario) -> Iterator[Finding]:
    """Where there is an onboarding, there are people who go through it."""
    people = scenario.people
    leaving = people.attrition is not None and people.attrition.per_year > 0
    if people.onboarding and not (people.hires or leaving):
        remedy = "add people.hires or people.attrition, or take it out"
        yield Finding(("people", "onboarding"), f"nobody ever joins, so that nobody goes through it: {remedy}")


@rests_on("people.sickness")
def spells_last(scenario: Scenario) -> Iterator[Finding]:
    """A spell of sickness takes some time."""
    sickness = scenario.people.sickness
    typical = _typical(sickness.spell) if sickness else SHORTEST_SPELL
    if typical < SHORTEST_SPELL:
        shown = f"spells of {duration_text(typical)} on average, or at the longest, are too short"
        remedy = f"give them at least {duration_text(SHORTEST_SPELL)}, such as mean: 3 d"
        yield Finding(("people", "sickness", "spell"), f"{shown}: {remedy}")


@rests_on("staffing", "people.training")
def trainings_have_people(scenario: Scenario) -> Iterator[Finding]:
    """Whom a training names has people somewhere."""
    for name, training in scenario.people.training.items():
        for role in lacking_roles(scenario, training.roles):
            remedy = f"give it people in staffing.{active_staffing(scenario)[0]}, or take it out here"
            key = ("people", "training", name, "roles", training.roles.index(role))
            yield Finding(key, f"{role} is staffed nowhere, so that nobody is trained: {remedy}")


def _typical(law: DurationLaw) -> int:
    """The mean of a distribution, or what cuts it off where that is less."""
    mean = law.mean if law.mean is not None else sum(law.values) // len(law.values)
    return mean if law.longest is None else min(mean, law.longest)
