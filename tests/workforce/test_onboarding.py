"""New colleagues: before they join, what they take, how fast they are, who has them at their side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.clock import DAY, HOUR
from sim.errors import ScenarioError
from sim.scenario.days_off import clock_of
from sim.scenario.schema import Scenario
from sim.workforce.hires import hires
from sim.workforce.plan import plan_roster
from sim.workforce.roster import FOREVER, Roster

Made = Any

MANUAL = {
    "courses": {"lasts": "2 d", "takes": []},
    "easy": {"lasts": "2 d", "takes": ["P4"], "slower": "100 %"},
    "ramp": {"lasts": "4 d", "slower": "60 %"},
}
"""The onboarding of the manual, days for weeks."""


def hire(on: str, *agents: str, onboarding: dict[str, Any] | None = None) -> dict[str, Any]:
    joins = {"new": {"agents": list(agents or ["here/tier1/a/1"]), "on": on}}
    return {"people.hires": joins, "people.onboarding": MANUAL if onboarding is None else onboarding}


# ---- phases


def test_who_joins_goes_through_the_phases(days_at: Made, sampled: Made, told: Made, lost: Made) -> None:
    """From 4 March: two days of courses; from twice the time to 1.6 times, over two days; from there to the usual over
    four. Each duty begins at 08:00, a third of a day into its day.
    """
    scenario = days_at({"a": ("D", 1)}, hire("2026-03-04"), days=14)
    roster = sampled(scenario)
    assert lost(scenario, roster) == [
        "03-02 08:00-16:00 not_hired",
        "03-03 08:00-16:00 not_hired",
        "03-04 08:00-16:00 onboarding",
        "03-05 08:00-16:00 onboarding",
    ]
    assert told(scenario, roster) == [
        "03-06 08:00-16:00 slow 1933 P4",  # 2.0 - 0.4 * 1/6
        "03-07 08:00-16:00 slow 1733 P4",  # 2.0 - 0.4 * 4/6
        "03-08 08:00-16:00 slow 1550",  # 1.6 - 0.6 * 1/12
        "03-09 08:00-16:00 slow 1400",
        "03-10 08:00-16:00 slow 1250",
        "03-11 08:00-16:00 slow 1100",
        *(f"03-{day} 08:00-16:00" for day in range(12, 16)),
    ]


def test_the_pace_is_that_of_the_agent_times_that_of_the_phase(days_at: Made, sampled: Made) -> None:
    ramp = {"ramp": {"lasts": "12 h", "slower": "100 %"}}
    scenario = days_at({"a": ("N", 1)}, {**hire("2026-03-03", onboarding=ramp), "staffing.crews.a.speed": 0.5}, days=3)
    assert sampled(scenario).segments.slow_pm.tolist()[:2] == [4000, 2000]


def test_without_phases_who_joins_is_like_everybody_else(days_at: Made, sampled: Made, told: Made) -> None:
    scenario = days_at({"a": ("D", 1)}, hire("2026-03-04", onboarding={}), days=4)
    assert told(scenario, sampled(scenario)) == ["03-04 08:00-16:00", "03-05 08:00-16:00"]


def test_who_joined_long_ago_is_past_it_and_who_joined_lately_in_it(days_at: Made, sampled: Made, told: Made) -> None:
    long_ago = days_at({"a": ("D", 1)}, hire("2020-01-01"), days=1)
    assert told(long_ago, sampled(long_ago)) == ["03-02 08:00-16:00"]
    lately = days_at({"a": ("D", 1)}, hire("2026-02-27"), days=2)
    assert told(lately, sampled(lately)) == ["03-02 08:00-16:00 slow 1733 P4", "03-03 08:00-16:00 slow 1550"]


def test_a_night_belongs_to_the_day_and_the_phase_in_which_it_begins(
    days_at: Made, shifts: Made, sampled: Made, told: Made, lost: Made
) -> None:
    """Who joins on 4 March does not work the morning of the night before, and courses last until a night is over."""
    onboarding = {"courses": {"lasts": "1 d", "takes": []}}
    scenario = days_at({"a": ("N", 1)}, hire("2026-03-04", onboarding=onboarding), days=6, shifts=shifts["evening"])
    roster = sampled(scenario)
    assert lost(scenario, roster)[-2:] == ["03-03 22:00-06:00 not_hired", "03-04 22:00-06:00 onboarding"]
    assert told(scenario, roster)[0] == "03-05 22:00-06:00"


def test_phases_end_at_midnight_on_the_wall_clock(staffed: Made, sampled: Made, told: Made) -> None:
    """The week of courses in Los Angeles from 3 March on has 167 hours: it ends at 07:00 UTC, midnight there."""
    scenario = staffed(flat={"here": {"tier1": 1}}, days=14)
    onboarding = {"courses": {"lasts": "1 week", "takes": []}}
    joining = hire("2026-03-03", "here/tier1/1", onboarding=onboarding)
    s = sampled(scenario.with_(joining)).segments
    assert s.start.tolist() == [8 * DAY + 7 * HOUR]
    assert s.end.tolist() == [FOREVER]


def test_who_never_ends_a_duty_gets_faster_day_by_day(staffed: Made, sampled: Made) -> None:
    scenario = staffed(flat={"here": {"tier1": 1}}, zone="UTC", days=7)
    ramp = {"ramp": {"lasts": "4 d", "slower": "40 %"}}
    s = sampled(scenario.with_(hire("2026-03-02", "here/tier1/1", onboarding=ramp))).segments
    assert s.slow_pm.tolist() == [1400, 1300, 1200, 1100, 1000]
    assert s.start.tolist() == [0, DAY, 2 * DAY, 3 * DAY, 4 * DAY]
    assert s.end.tolist() == [DAY, 2 * DAY, 3 * DAY, 4 * DAY, FOREVER]
    assert s.pause.tolist() == [True, True, True, True, False]


def test_a_crew_joins_by_the_beginning_of_its_names(days_at: Made, sampled: Made) -> None:
    scenario = days_at({"a": ("D", 2)}, hire("2026-03-04", "here/tier1/wave/*"), days=4).with_(
        {"staffing.add": {"wave": {"pattern": "D", "headcount": {"tier1": 2}}}}
    )
    segments = sampled(scenario).segments
    assert [int((segments.agent == agent).sum()) for agent in range(4)] == [4, 4, 0, 0]


# ---- mentors


def side_by_side(days_at: Made, crews: dict[str, tuple[str, int]], takes: list[str] | None = None, **keys: Any) -> Any:
    """A new colleague `new` for the whole of two days, who slows down a mentor by a quarter."""
    onboarding = {"all": {"lasts": "30 d", "takes": ["P4"] if takes is None else takes, "mentor": "25 %"}}
    changes = hire("2026-03-02", "here/tier1/new/*", onboarding=onboarding)
    return days_at({"new": ("D", 1), **crews}, {**changes, **keys}, days=2)


def test_the_first_of_those_on_the_same_duty_is_the_mentor(days_at: Made, sampled: Made, told: Made) -> None:
    scenario = side_by_side(days_at, {"old": ("D", 2)})
    roster = sampled(scenario)
    assert told(scenario, roster, 0, "03-02") == ["03-02 08:00-16:00 P4"]
    assert told(scenario, roster, 1) == ["03-02 08:00-16:00 slow 1250", "03-03 08:00-16:00 slow 1250"]
    assert told(scenario, roster, 2) == ["03-02 08:00-16:00", "03-03 08:00-16:00"]


def test_who_takes_no_tickets_has_a_mentor_too(days_at: Made, sampled: Made, told: Made) -> None:
    scenario = side_by_side(days_at, {"old": ("D", 1)}, takes=[])
    roster = sampled(scenario)
    assert told(scenario, roster, 0) == []
    assert told(scenario, roster, 1, "03-02") == ["03-02 08:00-16:00 slow 1250"]


@pytest.fixture
def dated(staffed: Made, tmp_path: Path) -> Made:
    """A dated roster of 2 March of `new`, who has a mentor from then on, and of others: `dated(Ada="04:00-11:00")`."""

    def built(new: str = "08:00-16:00", tiers: dict[str, str] | None = None, **spans: str) -> Scenario:
        rows = [f"{name},2026-03-02,{span},{(tiers or {}).get(name, 'tier1')}" for name, span in spans.items()]
        file = tmp_path / "roster.csv"
        file.write_text(
            "\n".join(["agent,date,shift,tier", f"new,2026-03-02,{new},tier1", *rows, ""]), encoding="utf-8"
        )
        onboarding = {"all": {"lasts": "30 d", "takes": ["P4"], "mentor": "25 %"}}
        explicit = {"staffing": {"mode": "explicit", "explicit": {"file": str(file)}}}
        scenario: Scenario = staffed(flat={"here": {"tier1": 1}}, zone="UTC", days=1)
        return scenario.with_({**explicit, **hire("2026-03-02", "new", onboarding=onboarding)})

    return built


def of(scenario: Scenario, roster: Roster, told: Made, name: str) -> list[str]:
    found: list[str] = told(scenario, roster, roster.agents.name.index(name))
    return found


def test_who_shares_most_hours_is_the_mentor_in_these_hours_alone(dated: Made, sampled: Made, told: Made) -> None:
    """Of 08-16, one shares three hours and the other four: the second, from 12:00 to 16:00."""
    scenario = dated(Ada="04:00-11:00", Bob="12:00-20:00")
    roster = sampled(scenario)
    assert of(scenario, roster, told, "Ada") == ["03-02 04:00-11:00"]
    assert of(scenario, roster, told, "Bob") == ["03-02 12:00-16:00 pause slow 1250", "03-02 16:00-20:00"]


def test_hours_that_a_pause_takes_are_not_shared(dated: Made, sampled: Made, told: Made) -> None:
    """Both would share 4 h, but Bob has a pause of 1 h in these."""
    scenario = dated(Bob="08:00-12:00", Cy="12:00-16:00").with_({
        "staffing.pauses.lunch": {"after": "2 h", "length": "1 h"},
        "staffing.absences.short": {"agents": ["Cy"], "start": "2026-03-02 12:00", "end": "2026-03-02 12:30"},
    })  # fmt: skip
    roster = sampled(scenario)
    assert of(scenario, roster, told, "Bob") == ["03-02 08:00-10:00 pause slow 1250", "03-02 11:00-12:00 slow 1250"]
    assert of(scenario, roster, told, "Cy") == ["03-02 12:30-14:00 pause", "03-02 15:00-16:00"]


def test_who_is_away_is_no_mentor(dated: Made, sampled: Made, told: Made) -> None:
    absent = {"agents": ["Ada"], "start": "2026-03-02 07:00", "end": "2026-03-02 14:00"}
    scenario = dated(Ada="08:00-16:00", Bob="11:00-19:00").with_({"staffing.absences.ill": absent})
    roster = sampled(scenario)
    assert of(scenario, roster, told, "Ada") == ["03-02 14:00-16:00"]
    assert of(scenario, roster, told, "Bob") == ["03-02 11:00-16:00 pause slow 1250", "03-02 16:00-19:00"]


def test_nobody_of_another_role_is_a_mentor(dated: Made, sampled: Made, told: Made) -> None:
    scenario = dated(tiers={"Ada": "tier2"}, Ada="08:00-16:00")
    assert of(scenario, sampled(scenario), told, "Ada") == ["03-02 08:00-16:00"]


def test_nobody_of_another_region_is_a_mentor(staffed: Made, sampled: Made) -> None:
    regions = {name: {"zone": "UTC", "tickets": "1 per hour", "shifts": {"D": "08:00-16:00"}} for name in ("a", "b")}
    scenario = staffed({"c": {"pattern": "D", "headcount": {"tier1": 1}}}, regions=regions, days=2)
    onboarding = {"all": {"lasts": "30 d", "mentor": "25 %"}}
    segments = sampled(scenario.with_(hire("2026-03-02", "a/tier1/c/1", onboarding=onboarding))).segments
    assert set(segments.slow_pm.tolist()) == {1000}


def test_who_is_new_is_no_mentor(days_at: Made, sampled: Made) -> None:
    scenario = side_by_side(days_at, {})
    both = scenario.with_({"staffing.crews.new.headcount": {"tier1": 2}})
    assert set(sampled(both).segments.slow_pm.tolist()) == {1000}


def test_who_has_two_at_their_side_is_slowed_down_twice(days_at: Made, sampled: Made, told: Made) -> None:
    scenario = side_by_side(days_at, {"old": ("D", 1)}).with_({"staffing.crews.new.headcount": {"tier1": 2}})
    roster = sampled(scenario)
    assert of(scenario, roster, told, "here/tier1/old/1")[0] == "03-02 08:00-16:00 slow 1562"  # 1.25 * 1.25


# ---- refusals


def test_a_hire_whom_nobody_knows_is_refused_with_the_nearest_name(days_at: Made) -> None:
    scenario = days_at({"a": ("D", 2)}, hire("2026-03-04", "here/tier1/a/3", "there/*"))
    with pytest.raises(ScenarioError) as caught:
        plan_roster(scenario)
    first, second = (str(problem) for problem in caught.value.problems)
    assert first.startswith("people.hires.new.agents[0]: nobody in the roster is called 'here/tier1/a/3': name some")
    assert "did you mean here/tier1/a/" in first
    assert second.startswith("people.hires.new.agents[1]: no name in the roster begins with 'there/': name some of")


def test_nobody_joins_twice(days_at: Made) -> None:
    again = {"people.hires.again": {"agents": ["here/tier1/a/*"], "on": "2026-03-05"}}
    scenario = days_at({"a": ("D", 2)}, hire("2026-03-04")).with_(again)
    with pytest.raises(ScenarioError) as caught:
        plan_roster(scenario)
    (problem,) = caught.value.problems
    assert str(problem) == (
        "people.hires.again.agents[0]: 'here/tier1/a/1' is in people.hires.new.agents[0] too, and nobody joins twice: "
        "take them out of one of the two"
    )


def test_a_hire_begins_at_midnight_where_the_agent_lives(staffed: Made) -> None:
    zones = {"la": "America/Los_Angeles", "sg": "Asia/Singapore"}
    regions = {
        name: {"zone": zone, "tickets": "1 per hour", "shifts": {"D": "08:00-16:00"}} for name, zone in zones.items()
    }
    scenario = staffed({"c": {"pattern": "D", "headcount": {"tier1": 1}}}, regions=regions, days=7)
    scenario = scenario.with_(hire("2026-03-04", "*", onboarding={}))
    joins = hires(scenario, plan_roster(scenario).agents, clock_of(scenario))
    assert joins.instant.tolist() == [2 * DAY + 8 * HOUR, 2 * DAY - 8 * HOUR]
