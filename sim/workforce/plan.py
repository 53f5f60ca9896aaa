"""The plan: everybody's duties and on-call turns over the run, made once for all replications."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.errors import StaffingError
from sim.scenario.days_off import clock_of
from sim.workforce.lines import people_on_lines
from sim.workforce.roster import ALL_PRIORITIES, Agents, DutyPlan, Turns
from sim.workforce.rotations import always_there, crews
from sim.workforce.shortfall import notices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sim.scenario.schema import Scenario
    from sim.workforce.rotations import Person


def plan_roster(scenario: Scenario) -> DutyPlan:
    """Everybody's duties over the run. No chance is involved.

    Raises:
        StaffingError: an agent would have to be on two duties at once.
    """
    plan = _plan(list(_people(scenario)), notices(scenario) if scenario.staffing.mode == "cover" else ())
    _refuse_overlap(plan)
    return plan


def _people(scenario: Scenario) -> Iterator[Person]:
    clock, staffing = clock_of(scenario), scenario.staffing
    if staffing.mode == "flat":
        yield from always_there(scenario)
    elif staffing.mode == "cover":
        yield from people_on_lines(scenario, clock)
    else:
        yield from crews(scenario, staffing.crews, clock)


def _plan(people: list[Person], notices: tuple[str, ...]) -> DutyPlan:
    counts = [len(person.duties[0]) for person in people]

    def column(which: int, dtype: type[np.generic]) -> NDArray[np.generic]:
        parts = [person.duties[which] for person in people]
        return np.concatenate(parts).astype(dtype) if parts else np.empty(0, dtype=dtype)

    return DutyPlan(
        agents=Agents(
            name=tuple(person.name for person in people),
            region=np.array([person.region for person in people], dtype=np.int16),
            tier=np.array([person.tier for person in people], dtype=np.uint8),
            slow_pm=np.array([person.slow_pm for person in people], dtype=np.int64),
            takes=np.full(len(people), ALL_PRIORITIES, dtype=np.uint8),
        ),
        agent=np.repeat(np.arange(len(people), dtype=np.int32), counts),
        start=column(0, np.int64),  # type: ignore[arg-type]
        end=column(1, np.int64),  # type: ignore[arg-type]
        night=column(2, np.bool_),  # type: ignore[arg-type]
        turns=_nobody(),
        notices=notices,
    )


def _nobody() -> Turns:
    whole, instants = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int64)
    return Turns(
        whole.astype(np.uint8), whole.astype(np.int16), whole, instants, instants, whole.astype(np.bool_), instants
    )


def _refuse_overlap(plan: DutyPlan) -> None:
    same = plan.agent[1:] == plan.agent[:-1]
    twice = np.flatnonzero(same & (plan.start[1:] < plan.end[:-1]))
    if len(twice):
        name = plan.agents.name[plan.agent[twice[0]]]
        raise StaffingError(
            f"{name} would be on two duties at once ({len(twice)} times): change the pattern or the shifts"
        )
