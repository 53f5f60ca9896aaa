"""Attrition: how many leave, how long seats are vacant, and who follows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.clock import DAY, HOUR, WEEK
from sim.scenario.days_off import clock_of
from sim.scenario.schema import Scenario
from sim.workforce.attrition import vacancies
from sim.workforce.away import Away
from sim.workforce.hires import Joins, hires
from sim.workforce.plan import plan_roster
from sim.workforce.roster import Reason

Made = Any


def leaving(per_year: str = "20 %", vacancy: str = "12 week") -> dict[str, Any]:
    return {"people.attrition": {"per_year": per_year, "vacancy": vacancy}}


def left(scenario: Scenario, replication: int = 0) -> tuple[Away, Joins]:
    clock, agents = clock_of(scenario), plan_roster(scenario).agents
    return vacancies(scenario, agents, hires(scenario, agents, clock), clock, 1, replication)


def seats(staffed: Made, heads: int, days: int, **keys: str) -> Scenario:
    scenario: Scenario = staffed(flat={"here": {"tier1": heads}}, days=days, zone="UTC").with_(leaving(**keys))
    return scenario


def test_the_chance_to_leave_within_a_year_is_what_is_asked_for(staffed: Made) -> None:
    """Of 1,000 people 200 leave in 365.25 days, with a standard deviation of 13."""
    scenario = seats(staffed, 1000, 365, per_year="20 %", vacancy="100 week")
    away, _ = left(scenario)
    assert abs(len(set(away.agent.tolist())) - 200) < 40
    assert len(away.agent) == len(set(away.agent.tolist()))


def test_the_chance_is_the_same_all_the_time(staffed: Made) -> None:
    """Half of 2,000 leave in a year, and of those who do 414 in 500 (1 - 0.5^0.5 of all) in its first half."""
    away, _ = left(seats(staffed, 2000, 365, per_year="50 %", vacancy="60 week"))
    assert abs(int((away.start < 182.6 * DAY).sum()) - 2000 * (1 - 0.5**0.5)) < 90


def test_a_seat_is_vacant_for_so_long_and_then_somebody_may_leave_again(staffed: Made) -> None:
    away, joins = left(seats(staffed, 50, 3640, per_year="80 %", vacancy="6 week"))
    assert (away.end - away.start == 6 * WEEK).all()
    assert away.end.tolist() == joins.instant.tolist()
    assert (away.start[1:] >= away.end[:-1])[away.agent[1:] == away.agent[:-1]].all()
    stays = (away.start[1:] - away.end[:-1])[away.agent[1:] == away.agent[:-1]]
    mean = 365.25 / -np.log(0.2)
    assert stays.mean() / DAY == pytest.approx(mean, rel=0.15)


def test_nobody_leaves_before_they_join(staffed: Made) -> None:
    scenario = seats(staffed, 50, 364, per_year="90 %")
    late = scenario.with_({"people.hires.wave": {"agents": ["*"], "on": "2026-08-31"}})
    away, _ = left(late)
    assert len(away.agent) > 10
    assert (away.start > 182 * DAY).all()
    first = left(scenario)[0]
    same = np.isin(away.start - 182 * DAY, first.start)  # they stay as long as they would have done
    assert same.all()


def test_the_duty_in_hand_is_the_last_and_the_next_is_of_whoever_follows(
    days_at: Made, shifts: Made, sampled: Made
) -> None:
    """Of 60 people on 28 nights some leave at work: they end their duty. The seat loses the nights that begin while it
    is vacant, and those that begin within two days from then on.
    """
    changes = {**leaving("99 %", "1 week"), "people.onboarding.courses": {"lasts": "2 d", "takes": []}}
    scenario = days_at({"a": ("N", 60)}, changes, days=28, shifts=shifts["evening"])
    roster, (away, _) = sampled(scenario), left(scenario)
    plan = plan_roster(scenario)
    at_work = 0
    expected: dict[int, set[int]] = {Reason.VACANCY: set(), Reason.ONBOARDING: set()}
    for agent, start, end in zip(*(column.tolist() for column in away[:3]), strict=True):
        mine = np.flatnonzero(plan.agent == agent)
        begins = plan.start[mine]
        at_work += int(((begins < start) & (plan.end[mine] > start)).sum())
        expected[Reason.VACANCY] |= set(mine[(begins >= start) & (begins < end)].tolist())
        expected[Reason.ONBOARDING] |= set(mine[(begins >= end) & (begins < end + 2 * DAY)].tolist())
    assert at_work
    expected[Reason.ONBOARDING] -= expected[Reason.VACANCY]  # some leave again within two days
    a = roster.absences
    assert {reason: set(a.duty[a.reason == reason].tolist()) for reason in expected} == expected
    assert (a.end - a.start == 8 * HOUR).all()
    assert sorted([*a.duty.tolist(), *roster.segments.duty.tolist()]) == list(range(len(plan.agent)))


def test_who_is_away_moves_nobody_else(staffed: Made) -> None:
    few, many = (left(seats(staffed, heads, 364, per_year="60 %"))[0] for heads in (5, 60))
    assert many.start[many.agent < 5].tolist() == few.start.tolist()


def test_every_replication_draws_anew(staffed: Made) -> None:
    scenario = seats(staffed, 30, 364, per_year="60 %")
    assert left(scenario, 0)[0].start.tolist() == left(scenario, 0)[0].start.tolist()
    assert left(scenario, 0)[0].start.tolist() != left(scenario, 1)[0].start.tolist()


def test_with_no_chance_nobody_leaves_and_the_lead_never_does(staffed: Made) -> None:
    assert len(left(seats(staffed, 50, 364, per_year="0 %"))[0].agent) == 0
    lead = seats(staffed, 1, 728, per_year="99 %").with_({"oncall": {"tier": "tier1", "lead": "here"}})
    assert set(left(lead)[0].agent.tolist()) == {0}
