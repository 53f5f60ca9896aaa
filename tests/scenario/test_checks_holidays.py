"""What is said about public holidays that cannot follow the minimum staffing table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sim.scenario.load import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.errors import Problem

MINIMUM = "staffing.holidays=minimum"
ROW = "staffing.minimum={holiday: {days: holiday, agents: {tier1: 1}, regions: [emea]}}"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [ROW, "staffing.mode=flat", "staffing.flat={emea: {tier1: 2, tier2: 2}}"],
            (
                "staffing.holidays: does not go with `mode: flat`, whose people are always on duty: "
                "choose another `mode`, or as_planned"
            ),
        ),
        (
            [ROW, "regions.emea.country=null", "demand.holidays=null"],
            (
                "staffing.holidays: is about public holidays, but there are none: "
                "give a region a `country`, list days in demand.holidays, or take this out"
            ),
        ),
        (
            ["staffing.minimum={all: {agents: {tier1: 1}}}"],
            (
                "staffing.holidays: goes by the rows of staffing.minimum with `days: holiday`, but none holds for emea"
                ": add one, or write as_planned"
            ),
        ),
        (
            [ROW, "demand.holidays.apac={2026-03-10: Day off}"],
            (
                "staffing.holidays: goes by the rows of staffing.minimum with `days: holiday`, but none holds for apac"
                ": add one, or write as_planned"
            ),
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_remedy(
    world: str, problems: Callable[..., tuple[Problem, ...]], changes: list[str], message: str
) -> None:
    assert [str(problem).removeprefix("--set: ") for problem in problems(world, [*changes, MINIMUM])] == [message]


@pytest.mark.parametrize("changes", [[ROW, MINIMUM], ["regions.emea.country=null", "demand.holidays=null"]])
def test_what_fits_is_left_alone(world: str, changes: list[str]) -> None:
    assert load(world, changes).staffing.holidays in {"minimum", "as_planned"}
