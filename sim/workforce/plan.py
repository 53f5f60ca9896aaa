"""The plan: everybody's duties and on-call turns over the run, made once for all replications."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.errors import StaffingError, quote
from sim.scenario.base import ROLES
from sim.scenario.checks import needed_tiers
from sim.scenario.days_off import clock_of
from sim.workforce.absences import absences
from sim.workforce.explicit import read_roster
from sim.workforce.hires import hires
from sim.workforce.holidays import without_spared
from sim.workforce.lines import people_on_lines
from sim.workforce.oncall import lead_of, no_turns, turns_of
from sim.workforce.roster import ALL_PRIORITIES, Agents, DutyPlan
from sim.workforce.rotations import always_there, crews
from sim.workforce.shortfall import notices as solver_notices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Scenario
    from sim.workforce.rotations import Person


def plan_roster(scenario: Scenario) -> DutyPlan:
    """Everybody's duties and on-call turns over the run. No chance is involved.

    First come the agents that `staffing.mode` makes, then those of `staffing.add`, and last the engineering lead, so
    that nobody's number moves when somebody is added.

    Raises:
        DataError: the table of a dated roster is not valid.
        ScenarioError: an absence or a hire names somebody who is not in the roster.
        StaffingError: an agent would have to be on two duties at once, a tier that tickets need is staffed nowhere, two
            agents have the same name, or nobody can be paged.
    """
    clock = clock_of(scenario)
    made, notices = _made(scenario, clock)
    made = list(made)
    people = [*made, *crews(scenario, scenario.staffing.add, clock), *lead_of(scenario)]
    _refuse_same_names(people)
    plan = _plan(people, notices)
    _refuse_overlap(plan)
    _refuse_unstaffed(scenario, plan)
    absences(scenario, plan.agents, clock)  # so that an unknown name is told before any run
    hires(scenario, plan.agents, clock)
    plan = without_spared(scenario, plan, len(made))
    try:
        return replace(plan, turns=turns_of(scenario, plan.agents, clock))
    except StaffingError as error:  # a roster that lacks people has said why
        raise StaffingError("\n".join((*notices, str(error)))) from None


def _made(scenario: Scenario, clock: Clock) -> tuple[Iterable[Person], tuple[str, ...]]:
    """The people that `staffing.mode` makes, and what the planner should know of them."""
    staffing = scenario.staffing
    if staffing.mode == "flat":
        return always_there(scenario), ()
    if staffing.mode == "cover":
        return people_on_lines(scenario, clock), solver_notices(scenario)
    if staffing.explicit is not None and staffing.mode == "explicit":
        return read_roster(staffing.explicit, scenario, clock)
    return crews(scenario, staffing.crews, clock), ()


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
        turns=no_turns(),
        notices=notices,
    )


def _refuse_overlap(plan: DutyPlan) -> None:
    same = plan.agent[1:] == plan.agent[:-1]
    twice = np.flatnonzero(same & (plan.start[1:] < plan.end[:-1]))
    if len(twice):
        name = plan.agents.name[plan.agent[twice[0]]]
        raise StaffingError(
            f"{name} would be on two duties at once ({len(twice)} times): change the pattern or the shifts"
        )


def _refuse_same_names(people: list[Person]) -> None:
    twice = [name for name, n in Counter(person.name for person in people).items() if n > 1]
    if twice:
        more = f" (and {len(twice) - 1} more)" if len(twice) > 1 else ""
        remedy = "rename the crew in staffing.add, or the agent in the table"
        raise StaffingError(f"two agents are called {quote(twice[0])}{more}: {remedy}")


def _refuse_unstaffed(scenario: Scenario, plan: DutyPlan) -> None:
    """What cannot be checked before the table of a dated roster is read."""
    if scenario.staffing.mode != "explicit":
        return
    staffed = {ROLES[tier] for tier in np.unique(plan.agents.tier[plan.agent]).tolist()}
    lacking = {tier: users for tier, users in sorted(needed_tiers(scenario).items()) if tier not in staffed}
    for tier, users in lacking.items():
        remedy = "give it agents, or take it out of work.routes"
        raise StaffingError(f"{tier} is needed by {', '.join(users)} but has no duty in the run: {remedy}")
