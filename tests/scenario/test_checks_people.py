from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.errors import Problem


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            "people.hires={wave: {agents: [emea/tier1/day/1], on: 2026-03-16}}",
            (
                "people.hires.wave.on: 2026-03-16 comes after the run, whose last day is 2026-03-15: "
                "choose an earlier day, or take this hire out"
            ),
        ),
        (
            "people.onboarding={courses: {lasts: 2 week, takes: []}}",
            (
                "people.onboarding: nobody ever joins, so that nobody goes through it: "
                "add people.hires or people.attrition, or take it out"
            ),
        ),
        (
            "people={onboarding: {ramp: {lasts: 2 week}}, attrition: {per_year: 0 %}}",
            (
                "people.onboarding: nobody ever joins, so that nobody goes through it: "
                "add people.hires or people.attrition, or take it out"
            ),
        ),
        (
            "people.sickness={share: 5 %, spell: {family: constant, mean: 1 min}}",
            (
                "people.sickness.spell: spells of 1 min on average, or at the longest, are too short: "
                "give them at least 1 h, such as mean: 3 d"
            ),
        ),
        (
            "people.sickness={share: 5 %, spell: {mean: 3 d, longest: 59 min}}",
            (
                "people.sickness.spell: spells of 59 min on average, or at the longest, are too short: "
                "give them at least 1 h, such as mean: 3 d"
            ),
        ),
        (
            "people.sickness={share: 5 %, spell: {family: empirical, values: [1 min, 3 min]}}",
            (
                "people.sickness.spell: spells of 2 min on average, or at the longest, are too short: "
                "give them at least 1 h, such as mean: 3 d"
            ),
        ),
        (
            "people.training={yearly: {every: year, lasts: 1 d, roles: [tier1, tier4]}}",
            (
                "people.training.yearly.roles[1]: tier4 is staffed nowhere, so that nobody is trained: "
                "give it people in staffing.crews, or take it out here"
            ),
        ),
        (
            "people.vacation={weeks: 5, seasons: {summer: {start: 2026-08-01, end: 2026-07-01, weight: 2}}}",
            "people.vacation.seasons.summer: `end` must not come before `start`",
        ),
        ("people.attrition.per_year=100 %", "people.attrition.per_year: must be less than 1; found '100 %'"),
        ("people.sickness.share=100 %", "people.sickness.share: must be less than 1; found '100 %'"),
    ],
)
def test_what_does_not_fit(world: str, problems: Callable[..., tuple[Problem, ...]], change: str, message: str) -> None:
    assert [str(problem).removeprefix("--set: ") for problem in problems(world, [change])] == [message]


@pytest.mark.parametrize(
    "change",
    [
        "people.hires={wave: {agents: [emea/tier1/day/1], on: 2026-03-15}}",
        "people.attrition={per_year: 99 %, vacancy: 0 min}",
        "people={onboarding: {ramp: {lasts: 2 week}}, attrition: {per_year: 5 %}}",
        "people={onboarding: {ramp: {lasts: 2 week}}, hires: {a: {agents: ['*'], on: 2020-01-01}}}",
        "people.sickness={share: 0 %, spell: {family: constant, mean: 1 h}}",
        "people.training={yearly: {every: year, lasts: 1 d, roles: [tier2]}}",
    ],
)
def test_what_fits(world: str, change: str) -> None:
    from sim.scenario.load import load

    assert load(world, [change]).people != load(world).people
