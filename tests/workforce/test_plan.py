"""Who is in the plan: added crews, the lead, and rotations by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.clock import DAY, HOUR
from sim.errors import ScenarioError, StaffingError
from sim.workforce.plan import plan_roster
from sim.workforce.roster import ALL_PRIORITIES, COORDINATOR, LEAD, MANAGER

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.scenario.schema import Scenario

    Staffed = Callable[..., Scenario]

CREW = {"pattern": "5D 2O", "headcount": {"tier1": 3}}


@pytest.mark.parametrize("mode", ["pattern", "flat"])
def test_an_added_crew_moves_nobody(staffed: Staffed, mode: str) -> None:
    keys: dict[str, Any] = {"flat": {"here": {"tier1": 2}}} if mode == "flat" else {"crews": {"crew": CREW}}
    before = staffed(**keys)
    add = {"aa": {"pattern": "4D 4O", "headcount": {"tier1": 2, "tier2": 1}, "speed": 0.5}}
    plan, more = plan_roster(before), plan_roster(before.with_({"staffing.add": add}))
    n, d = len(plan.agents), len(plan.agent)
    assert more.agents.name[:n] == plan.agents.name
    assert more.agents.name[n:] == ("here/tier1/aa/1", "here/tier1/aa/2", "here/tier2/aa/1")
    assert more.agents.slow_pm[n:].tolist() == [2000] * 3
    for name in ("agent", "start", "end", "night"):
        assert np.array_equal(getattr(more, name)[:d], getattr(plan, name))
    assert len(more.agent) > d


@pytest.mark.parametrize("mode", ["flat", "pattern", "cover"])
def test_managers_and_coordinators_come_after_the_tiers_of_their_region(staffed: Staffed, mode: str) -> None:
    counts = {"coordinator": 1, "tier2": 1, "manager": 2, "tier1": 1}
    regions = {r: {"zone": "UTC", "tickets": "1 per hour", "shifts": {"D": "08:00-16:00"}} for r in ("a", "b")}
    day = {"days": "weekday", "hours": "08:00-16:00", "agents": counts}
    staffing = {
        "flat": {},
        "pattern": {"mode": "pattern", "crews": {"x": {"pattern": "5D 2O", "headcount": counts}}},
        "cover": {"mode": "cover", "minimum": {"x": day}},
    }[mode]
    flat = dict.fromkeys(regions, counts)
    plan = plan_roster(staffed(regions=regions, flat=flat, days=7).with_({"staffing": staffing}))
    crew = {"flat": "", "pattern": "x/", "cover": "cover/"}[mode]
    members = ["tier1/%s1", "tier2/%s1", "manager/%s1", "manager/%s2", "coordinator/%s1"]
    assert plan.agents.name == tuple(f"{region}/{member % crew}" for region in regions for member in members)
    assert plan.agents.tier.tolist() == [0, 1, MANAGER, MANAGER, COORDINATOR] * 2
    assert set(plan.agent.tolist()) == set(range(10))


def test_an_added_manager_moves_nobody(staffed: Staffed) -> None:
    add = {"more": {"pattern": "weekdays", "headcount": {"manager": 1, "coordinator": 1}, "regions": ["here"]}}
    before = staffed({"crew": CREW})
    plan, more = plan_roster(before), plan_roster(before.with_({"staffing.add": add}))
    assert more.agents.name == (*plan.agents.name, "here/manager/more/1", "here/coordinator/more/1")
    assert np.array_equal(more.start[: len(plan.agent)], plan.start)


def test_an_added_crew_has_its_regions_and_rotations(staffed: Staffed) -> None:
    regions = {r: {"zone": "UTC", "tickets": "1 per hour", "shifts": {"D": "08:00-16:00"}} for r in ("a", "b")}
    add = {"more": {"pattern": "weekdays", "headcount": {"tier1": 1}, "regions": ["b"], "phases": "aligned"}}
    plan = plan_roster(staffed(regions=regions, flat={"a": {"tier1": 1}}, days=7).with_({"staffing.add": add}))
    assert plan.agents.name == ("a/tier1/1", "b/tier1/more/1")
    assert plan.start[1:].tolist() == [n * DAY + 8 * HOUR for n in range(5)]


def test_the_lead_comes_last_and_has_no_duty(staffed: Staffed) -> None:
    regions = {r: {"zone": "UTC", "tickets": "1 per hour"} for r in ("a", "b")}
    plan = plan_roster(staffed(regions=regions, flat={"a": {"tier1": 1, "tier3": 1}}).with_({"oncall.lead": "b"}))
    assert plan.agents.name == ("a/tier1/1", "a/tier3/1", "lead")
    assert plan.agents.tier[-1] == LEAD
    assert plan.agents.region[-1] == 1
    assert plan.agents.takes[-1] == ALL_PRIORITIES
    assert 2 not in plan.agent


def test_without_an_on_call_chain_there_is_neither_lead_nor_turn(staffed: Staffed) -> None:
    plan = plan_roster(staffed({"crew": CREW}))
    assert "lead" not in plan.agents.name
    assert len(plan.turns.level) == 0


def test_a_rotation_by_name_is_the_one_that_it_stands_for(staffed: Staffed) -> None:
    by_name, spelt = (
        staffed({"crew": {"pattern": pattern, "headcount": {"tier1": 4}}}) for pattern in ("dupont", "4N3O3D1O3N3O4D7O")
    )
    assert by_name.hash == spelt.hash
    assert plan_roster(by_name).hash == plan_roster(spelt).hash


def test_an_absence_of_somebody_unknown_is_told_before_any_run(staffed: Staffed) -> None:
    away = {"start": "2026-03-04 09:00", "end": "2026-03-05 09:00"}
    absences = {
        "trip": {"agents": ["here/tier1/crew/1", "here/tier1/crow/2"], **away},
        "all": {"agents": ["x/*"], **away},
    }
    with pytest.raises(ScenarioError) as caught:
        plan_roster(staffed({"crew": CREW}).with_({"staffing.absences": absences}))
    some = "here/tier1/crew/1, here/tier1/crew/2, here/tier1/crew/3"
    assert [str(problem) for problem in caught.value.problems] == [
        (
            "staffing.absences.trip.agents[1]: nobody in the roster is called 'here/tier1/crow/2': name some of its 3 "
            f"agents ({some}); did you mean here/tier1/crew/2?"
        ),
        (
            "staffing.absences.all.agents[0]: no name in the roster begins with 'x/': name some of its 3 "
            f"agents ({some})"
        ),
    ]


def test_where_nobody_can_be_paged_the_roster_says_why_it_has_nobody(covered: Callable[..., Scenario]) -> None:
    minimum = {"here": {"agents": {"tier1": 1}}}
    hopeless = covered(minimum, rules={"week_hours": "4 h"}).with_({"oncall": {"tier": "tier1"}})
    with pytest.raises(StaffingError) as refused:
        plan_roster(hopeless)
    *why, last = str(refused.value).splitlines()
    assert "longer than staffing.rules.week_hours" in why[0]
    assert last.startswith("nobody can be paged: no region has agents of tier1")


def test_nobody_to_be_paged_is_told(staffed: Staffed) -> None:
    """A crew without heads in that tier: seen when the plan is made, where the scenario did not tell already."""
    crew = {"pattern": "5D 2O", "headcount": {"tier1": 3, "tier3": 1}}
    plan = plan_roster(staffed({"crew": crew}).with_({"oncall": {}}))
    assert len(plan.turns.level)
    with pytest.raises((ScenarioError, StaffingError), match="nobody can be paged"):
        plan_roster(staffed({"crew": CREW}).with_({"oncall": {}}))
