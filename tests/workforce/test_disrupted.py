"""Disruptions, drills and reduced service in the roster: by hand, at the edges of duties, and who is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.clock import DAY, HOUR, MINUTE
from sim.scenario.schema import Scenario
from sim.workforce.roster import FOREVER, Reason

Made = Any

ALL, MINIMAL, CRITICAL = 0b1111, 0b0011, 0b0001
FAILURE, SHORTAGE = 0, 1
DRILL = ~0


def threatened(**more: Any) -> dict[str, Any]:
    """Two threats and a drill; when they happen is told apart."""
    recovery = {"family": "constant", "mean": "2 h"}
    never = {"rate": "0 per year"}
    threats = {
        "failure": {"recovery": recovery, "away": "100 %", **never},
        "shortage": {"recovery": recovery, "away": "50 %", **never},
    }
    drills = {"failover": {"lasts": "2 h", **never}}
    return {"continuity": {"threats": threats, "drills": drills}, "policy.handover.overlap": "30 min", **more}


def hours(start: float, end: float, entry: int, region: int = 0, number: int = 0, serves: int = ALL) -> Any:
    """What happens between two hours of the run."""
    return (round(start * HOUR), round(end * HOUR), entry, region, number, serves)


# ---- people away


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        (10, 12, ["03-02 08:00-10:00", "03-02 12:00-16:00 +30"]),
        (6, 9, ["03-02 09:00-16:00 +30"]),
        (15, 18, ["03-02 08:00-15:00"]),
        (16.25, 18, ["03-02 08:00-16:00 +15"]),
        (16.75, 18, ["03-02 08:00-16:00 +30"]),
        (7, 17, []),
        (8, 16, []),
    ],
    ids=["within", "before", "at the end", "in the overlap", "after it", "over all of it", "all of it"],
)
def test_a_disruption_takes_people_at_once(
    days_at: Made, sampled: Made, told: Made, disrupting: Made, start: float, end: float, left: list[str]
) -> None:
    disrupting(hours(start, end, FAILURE))
    scenario = days_at({"a": ("D", 1)}, threatened(), days=2)
    roster = sampled(scenario)
    assert told(scenario, roster) == [*left, "03-03 08:00-16:00 +30"]
    assert set(roster.absences.reason.tolist()) == ({Reason.DISRUPTION} if start < 16 else set())


def test_it_takes_a_share_of_the_region_drawn_anew_each_time(staffed: Made, sampled: Made, disrupting: Made) -> None:
    regions = {name: {"zone": "UTC", "tickets": "1 per hour", "shifts": {"D": "08:00-16:00"}} for name in ("a", "b")}
    disrupting(hours(9, 10, SHORTAGE, 1), hours(11, 12, SHORTAGE, 1, 1))
    crew = {"c": {"pattern": "D", "headcount": {"tier1": 200}}}
    absences = sampled(staffed(crew, regions=regions, days=1).with_(threatened())).absences
    first, second = (set(absences.agent[absences.start == hour * HOUR].tolist()) for hour in (9, 11))
    assert min(first | second) >= 200
    assert abs(len(first) - 100) < 30
    assert abs(len(second) - 100) < 30
    assert abs(len(first & second) - 50) < 28


def test_only_the_roles_that_are_named_are_away(staffed: Made, sampled: Made, disrupting: Made) -> None:
    disrupting(hours(9, 10, FAILURE))
    scenario = staffed({"c": {"pattern": "D", "headcount": {"tier1": 2, "tier2": 3}}}, zone="UTC", days=1,
                       shifts={"D": "08:00-16:00"})  # fmt: skip
    of_tier2 = scenario.with_(threatened()).with_({"continuity.threats.failure.roles": ["tier2"]})
    assert sampled(of_tier2).absences.agent.tolist() == [2, 3, 4]


def test_others_move_nobody(days_at: Made, sampled: Made, disrupting: Made) -> None:
    disrupting(hours(9, 10, SHORTAGE, number=3))
    few, many = (sampled(days_at({"a": ("D", heads)}, threatened(), days=1)).absences.agent for heads in (20, 80))
    assert many[many < 20].tolist() == few.tolist()


# ---- drills


def test_a_drill_is_like_a_pause(days_at: Made, sampled: Made, told: Made, lost: Made, disrupting: Made) -> None:
    disrupting(hours(10, 12, DRILL))
    scenario = days_at({"a": ("D", 1)}, threatened(), days=1)
    roster = sampled(scenario)
    assert told(scenario, roster) == ["03-02 08:00-10:00 pause", "03-02 12:00-16:00 +30"]
    assert lost(scenario, roster) == ["03-02 10:00-12:00 drill"]


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        (15, 17, ["08:00-12:00 pause", "12:30-15:00"]),
        (15, 16, ["08:00-12:00 pause", "12:30-15:00"]),
        (12.25, 17, ["08:00-12:00"]),
        (11, 12.25, ["08:00-11:00 pause", "12:30-16:00 +30"]),
        (12.25, 13, ["08:00-12:00 pause", "13:00-16:00 +30"]),
        (12.1, 12.4, ["08:00-12:00 pause", "12:30-16:00 +30"]),
        (7, 9, ["09:00-12:00 pause", "12:30-16:00 +30"]),
        (16.1, 17, ["08:00-12:00 pause", "12:30-16:00 +30"]),
        (7, 17, []),
    ],
)
def test_a_drill_and_a_pause_and_the_end_of_the_duty(
    days_at: Made, sampled: Made, told: Made, disrupting: Made, start: float, end: float, left: list[str]
) -> None:
    """Who does not come back before the end of the duty is gone from the start of the drill on."""
    disrupting(hours(start, end, DRILL))
    lunch = {"staffing.pauses.lunch": {"after": "4 h", "length": "30 min"}}
    scenario = days_at({"a": ("D", 1)}, threatened(**lunch), days=1)
    assert told(scenario, sampled(scenario)) == [f"03-02 {line}" for line in left]


def test_a_drill_on_the_day_on_which_clocks_change(
    staffed: Made, shifts: Made, sampled: Made, told: Made, disrupting: Made
) -> None:
    """01:00 to 04:00 on 8 March in Los Angeles are two hours, of a night of seven: from 09:00 to 11:00 UTC."""
    drill = (9 * HOUR, 11 * HOUR, DRILL, 0, 0, ALL)
    disrupting(drill)
    crew = {"a": {"pattern": "N", "headcount": {"tier1": 1}}}
    scenario = staffed(crew, start="2026-03-08", days=1, shifts=shifts["evening"]).with_(threatened())
    roster = sampled(scenario)
    assert told(scenario, roster, date="03-08") == ["03-08 06:00-09:00 pause", "03-08 11:00-13:00 +30"]
    assert int((roster.absences.end - roster.absences.start).sum()) == 2 * HOUR


def test_a_drill_takes_a_share_of_those_on_duty(days_at: Made, sampled: Made, disrupting: Made) -> None:
    disrupting(hours(10, 11, DRILL))
    scenario = days_at({"a": ("D", 100), "b": ("S", 100)}, threatened(), days=1)
    absences = sampled(scenario.with_({"continuity.drills.failover.share": "30 %"})).absences
    assert abs(len(absences) - 30) < 20
    assert (absences.agent < 100).all()


def test_a_drill_of_people_who_never_end_a_duty(staffed: Made, sampled: Made, disrupting: Made) -> None:
    disrupting(hours(10, 11, DRILL))
    s = sampled(staffed(flat={"here": {"tier1": 1}}).with_(threatened())).segments
    assert s.start.tolist() == [0, 11 * HOUR]
    assert s.end.tolist() == [10 * HOUR, FOREVER]
    assert s.pause.tolist() == [True, False]


# ---- several reasons


def test_who_falls_to_a_disruption_in_a_drill_is_gone_from_its_start(
    days_at: Made, sampled: Made, told: Made, lost: Made, disrupting: Made
) -> None:
    disrupting(hours(10, 12, DRILL), hours(11, 13, FAILURE))
    scenario = days_at({"a": ("D", 1)}, threatened(), days=1)
    roster = sampled(scenario)
    assert told(scenario, roster) == ["03-02 08:00-10:00", "03-02 13:00-16:00 +30"]
    assert lost(scenario, roster) == ["03-02 10:00-12:00 drill", "03-02 12:00-13:00 disruption"]


def test_a_disruption_within_an_absence_is_not_seen(days_at: Made, sampled: Made, lost: Made, disrupting: Made) -> None:
    disrupting(hours(10, 12, FAILURE))
    absent = {"agents": ["*"], "start": "2026-03-02 09:00", "end": "2026-03-02 11:00"}
    scenario = days_at({"a": ("D", 1)}, threatened(**{"staffing.absences.dentist": absent}), days=1)
    assert lost(scenario, sampled(scenario)) == ["03-02 09:00-11:00 absence", "03-02 11:00-12:00 disruption"]


# ---- reduced service


def test_service_is_reduced_for_everybody_and_twice_in_a_duty(
    days_at: Made, sampled: Made, told: Made, disrupting: Made
) -> None:
    """Segments are cut there by pauses of no length; the overlap comes after the last."""
    disrupting(hours(9, 10, FAILURE, 5, serves=MINIMAL), hours(14, 18, SHORTAGE, 5, serves=CRITICAL))
    scenario = days_at({"a": ("D", 1)}, threatened(), days=2)
    assert told(scenario, sampled(scenario)) == [
        "03-02 08:00-09:00 pause",
        "03-02 09:00-10:00 pause P1+P2",
        "03-02 10:00-14:00 pause",
        "03-02 14:00-16:00 +30 P1",
        "03-03 08:00-16:00 +30",
    ]


def test_what_two_reduce_at_once_is_what_both_leave(days_at: Made, sampled: Made, told: Made, disrupting: Made) -> None:
    disrupting(hours(9, 12, FAILURE, 5, serves=MINIMAL), hours(11, 14, SHORTAGE, 5, serves=CRITICAL))
    scenario = days_at({"a": ("D", 1)}, threatened(), days=1)
    assert told(scenario, sampled(scenario)) == [
        "03-02 08:00-09:00 pause",
        "03-02 09:00-11:00 pause P1+P2",
        "03-02 11:00-12:00 pause P1",
        "03-02 12:00-14:00 pause P1",
        "03-02 14:00-16:00 +30",
    ]


def test_who_takes_nothing_that_is_served_stays_and_takes_nothing(
    days_at: Made, sampled: Made, told: Made, disrupting: Made
) -> None:
    disrupting(hours(9, 10, FAILURE, 5, serves=MINIMAL))
    new = {"people.hires.new": {"agents": ["*"], "on": "2026-03-02"},
           "people.onboarding.easy": {"lasts": "1 week", "takes": ["P4"]}}  # fmt: skip
    scenario = days_at({"a": ("D", 1)}, threatened(**new), days=1)
    assert told(scenario, sampled(scenario)) == [
        "03-02 08:00-09:00 pause P4",
        "03-02 09:00-10:00 pause none",
        "03-02 10:00-16:00 +30 P4",
    ]


def test_a_pause_of_no_length_leaves_meetings_and_reviews_alone(days_at: Made, sampled: Made, disrupting: Made) -> None:
    changes = {
        "policy.handover.meeting": "10 min", "oncall.tier": "tier1", "oncall.turn": "day",
        "demand.monitoring.review": {"every": "30 min", "cost": "2 min"},
    }  # fmt: skip
    scenario = days_at({"a": ("D", 2), "b": ("N", 1)}, threatened(**changes), days=3)
    disrupting()
    before = sampled(scenario).chores
    disrupting((8 * HOUR + 5 * MINUTE, 8 * HOUR + 31 * MINUTE, FAILURE, 5, 0, MINIMAL))
    after = sampled(scenario).chores
    assert len(before)
    assert all(np.array_equal(getattr(before, name), getattr(after, name)) for name in type(before).__slots__)


def test_service_as_usual_cuts_nothing(days_at: Made, sampled: Made, disrupting: Made) -> None:
    scenario: Scenario = days_at({"a": ("D", 3)}, threatened(), days=2)
    disrupting()
    plain = sampled(scenario).segments
    disrupting((9 * HOUR, 3 * DAY, FAILURE, 5, 0, ALL))
    usual = sampled(scenario).segments
    assert all(np.array_equal(getattr(plain, name), getattr(usual, name)) for name in type(plain).__slots__)
