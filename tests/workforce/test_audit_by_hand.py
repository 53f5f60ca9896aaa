"""Audits of rosters whose gaps and breaches can be counted by hand."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from sim.clock import DAY, HOUR
from sim.report.audit import print_audit
from sim.workforce.audit import audit
from sim.workforce.plan import plan_roster

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sim.scenario.schema import Scenario
    from sim.workforce.audit import Audit

    Covered = Callable[..., Scenario]

LONDON = {"here": "Europe/London"}
MIDNIGHT = {"D": "08:00-16:00", "S": "16:00-24:00", "N": "00:00-08:00"}


def audited(scenario: Scenario) -> Audit:
    return audit(scenario, plan_roster(scenario))


def printed(found: Audit) -> str:
    text = StringIO()
    print_audit(found, Console(file=text, width=160, highlight=False))
    return text.getvalue()


@pytest.fixture
def crewed(covered: Covered) -> Callable[..., Scenario]:
    """London from Monday, 2 March 2026 for two weeks, with a pattern for one person and a minimum of one."""

    def built(pattern: str, minimum: dict[str, Any], headcount: int = 1, **more: Any) -> Scenario:
        crews = {"crew": {"pattern": pattern, "phases": "aligned", "headcount": {"tier1": headcount}}}
        return covered(minimum, zones=LONDON, days=14, mode="pattern", crews=crews, **more)

    return built


def test_a_floor_that_is_met(crewed: Callable[..., Scenario]) -> None:
    table = {"office": {"days": "weekday", "hours": "08:00-13:00", "agents": {"tier1": 1}}}
    found = audited(crewed("5D 2O", table, shifts=MIDNIGHT))
    (region,) = found.regions
    assert found.passed
    assert (region.people, region.gaps, region.always) == ((1, 0, 0, 0, 0, 0), (), 0)
    assert region.hours == {"agents": (1, 40, 25)}
    assert region.hours["agents"].over == pytest.approx(0.6)
    assert [rule.duties for rule in region.rules] == [0] * 5
    text = printed(found)
    assert "met ✓" in text
    assert "40 h" in text
    assert "+60%" in text
    assert "No rule is broken: rest 11 h, week_hours 48 h, consecutive_duties 6, consecutive_nights 5\n" in text
    assert text.endswith("The floor is met, and no rule is broken.\n")


def test_gaps_are_told_with_their_local_times_and_the_worst_first(crewed: Callable[..., Scenario]) -> None:
    table = {
        "office": {"days": "weekday", "hours": "07:00-18:00", "agents": {"tier1": 1}},
        "saturday": {"days": "weekend", "hours": "10:00-12:00", "agents": {"tier1": 2, "tier3": 1}},
    }
    found = audited(crewed("5D 2O", table, shifts=MIDNIGHT))
    (region,) = found.regions
    assert not found.passed
    # Two weekends with 2 h on both days, ten days with an hour in the morning and two in the evening.
    assert len(region.gaps) == 4 + 20
    assert region.gaps[0] == (5 * DAY + 10 * HOUR, 5 * DAY + 12 * HOUR, (2, 0, 1, 0, 0, 0))
    assert region.gaps[4] == (16 * HOUR, 18 * HOUR, (1, 0, 0, 0, 0, 0))
    text = printed(found)
    assert "missed in 38.0 h ✗" in text
    assert "  here  Sat 10:00-12:00  2 of tier1, 1 of tier3 missing, 2 times, first on 2026-03-07\n" in text
    assert "  here  Mon 16:00-18:00  1 of tier1 missing, 2 times, first on 2026-03-02\n" in text
    assert "… and at 7 other times of the week" in text
    assert text.endswith("24 gaps in the floor, 0 breaches of rules.\n")


def test_a_gap_reaches_over_duties_that_do_not_change_it(crewed: Callable[..., Scenario]) -> None:
    found = audited(crewed("7D", {"all": {"agents": {"tier2": 1}}}))
    assert found.regions[0].gaps == ((0, 14 * DAY, (0, 1, 0, 0, 0, 0)),)
    assert "Mon 00:00 - Mon 00:00 2 weeks later  1 of tier2 missing, on 2026-03-02" in printed(found)


def test_broken_rules_are_counted_with_the_worst(crewed: Callable[..., Scenario]) -> None:
    # Days from 06:00 and evenings from 14:00 by turns: 8 h of rest after every evening; nobody is ever off.
    table = {"all": {"hours": "15:00-16:00", "agents": {"tier1": 0}}}
    found = audited(crewed("DS", table, headcount=2))
    rest, hours, duties, nights, weekends = found.regions[0].rules
    assert (rest.rule, rest.limit, rest.worst, rest.people) == ("rest", 11 * HOUR, 8 * HOUR, 2)
    assert (hours.rule, hours.worst, hours.people) == ("week_hours", 56 * HOUR + 8 * HOUR, 2)
    assert (duties.rule, duties.limit, duties.people) == ("consecutive_duties", 6, 2)
    assert (nights.duties, nights.people, nights.worst, nights.who) == (0, 0, None, "")
    assert (weekends.rule, weekends.limit, weekends.duties) == ("weekend_every", 1, 0)
    assert not found.passed
    text = printed(found)
    assert f"here  rest 11 h: broken by {rest.duties} duties of 2 people, worst 8 h (here/tier1/crew/1 on " in text
    assert f"{rest.duties + hours.duties + duties.duties} breaches of rules." in text


@pytest.mark.parametrize("start", ["2026-03-23", "2026-10-19"])
def test_the_day_on_which_clocks_change_breaks_no_rule_by_itself(covered: Covered, start: str) -> None:
    # Nights from 22:00 to 06:00 with 16 h of rest, and 40 h a week, to the minute.
    crews = {"night": {"pattern": "2N 2O 3N", "headcount": {"tier1": 7}}}
    rules = {"rest": "16 h", "week_hours": "40 h"}
    found = audited(covered({}, zones=LONDON, start=start, days=14, mode="pattern", crews=crews, rules=rules))
    assert [rule.duties for rule in found.regions[0].rules] == [0] * 5
    assert found.passed


def test_a_duty_that_ends_as_the_clock_jumps_ends_before_the_jump(covered: Covered) -> None:
    # Evenings from 17:00 to 01:00, five a week with 16 h of rest: on 29 March it is 02:00 when the last one ends.
    crews = {"late": {"pattern": "5O 2S", "headcount": {"tier1": 1}}}
    rules, shifts = {"rest": "16 h", "week_hours": "16 h"}, {"S": "17:00-01:00"}
    more = {"mode": "pattern", "crews": crews, "rules": rules}
    found = audited(covered({}, zones=LONDON, start="2026-03-16", days=28, shifts=shifts, **more))
    assert [rule.duties for rule in found.regions[0].rules] == [0] * 5


def test_flat_staffing_is_held_against_the_floor_but_no_rule(covered: Covered) -> None:
    table = {"all": {"agents": {"tier1": 3}}}
    found = audited(covered(table, zones=LONDON, days=14, mode="flat", flat={"here": {"tier1": 2}}))
    (region,) = found.regions
    assert (region.hours, region.always) == ({"agents": (2, 336, 504)}, 2)
    assert region.gaps == ((0, 14 * DAY, (1, 0, 0, 0, 0, 0)),)
    text = printed(found)
    assert "2 people are always on duty (flat staffing): rest and hours are not measured on them." in text
    assert "No rule" not in text


def test_managers_and_coordinators_have_lines_of_their_own_in_a_hundred_columns(covered: Covered) -> None:
    rows = {
        "office": {"days": "weekday", "hours": "08:00-16:00", "agents": {"tier1": 1, "manager": 2}},
        "central": {"days": "weekday", "hours": "08:00-16:00", "agents": {"coordinator": 1}, "regions": ["one"]},
    }
    crews = {"crew": {"pattern": "5D 2O", "phases": "aligned", "headcount": {"tier1": 1, "manager": 1}}}
    people = crews | {"central": crews["crew"] | {"headcount": {"coordinator": 2}, "regions": ["two"]}}
    zones = {"one": "Europe/London", "two": "Europe/London"}
    found = audited(covered(rows, zones=zones, shifts=MIDNIGHT, days=14, mode="pattern", crews=people))
    one, two = found.regions
    assert one.people == (1, 0, 0, 0, 1, 0)
    assert one.hours == {"agents": (1, 40, 40), "managers": (1, 40, 80), "coordinators": (0, 0, 40)}
    assert two.hours == {"agents": (1, 40, 40), "managers": (1, 40, 80), "coordinators": (2, 80, None)}
    assert one.gaps[0].missing == (0, 0, 0, 0, 1, 1)
    text = StringIO()
    print_audit(found, Console(file=text, width=100, highlight=False))
    lines = [" ".join(line.split()) for line in text.getvalue().splitlines()]
    assert "one tiers 1-4 1 (1/0/0/0) met ✓ 40 h 40 h +0%" in lines
    assert "managers 1 missed in 80.0 h ✗ 40 h 80 h -50%" in lines
    assert "coordinators 0 missed in 80.0 h ✗ 0 h 40 h -100%" in lines
    assert "coordinators 2 no table 80 h" in lines
    assert "1 of manager, 1 of coordinator missing, 2 times, first on 2026-03-02" in text.getvalue()


def test_weekends_in_a_row_are_told(crewed: Callable[..., Scenario]) -> None:
    # Every week but the second weekend's Sunday alone: two weekends in a row, the second begins on Sunday the 15th.
    found = audited(crewed("6D O", {}, shifts={"D": "22:00-24:00"}, rules={"weekend_every": 3}))
    *_, weekends = found.regions[0].rules
    assert (weekends.limit, weekends.duties, weekends.people, weekends.worst) == (3, 1, 1, 1)
    text = printed(found)
    assert "here  weekend_every 3: broken by 1 duties of 1 people, worst 1 (here/tier1/crew/1 on Sat 2026-03-14" in text
    kept = audited(crewed("6D O", {}, shifts={"D": "22:00-24:00"}, rules={"weekend_every": 1}))
    assert kept.passed
    assert "weekend_every" not in printed(kept)
    weekdays = audited(crewed("5D 2O", {}, rules={"weekend_every": 2}))
    assert "consecutive_nights 5, weekend_every 2\n" in printed(weekdays)


def test_without_a_table_there_is_no_floor_and_that_is_said(covered: Covered) -> None:
    flat = audited(covered({}, zones=LONDON, days=14, mode="flat", flat={"here": {"tier1": 2}}))
    assert flat.passed
    assert not flat.regions[0].has_floor
    text = printed(flat)
    assert "No row of staffing.minimum holds for here: there is no floor to measure against." in text
    assert text.endswith("There is nothing to measure.\n")


def test_an_audit_is_plain_data_with_the_lines_of_the_solver(covered: Covered) -> None:
    table = {"any": {"days": "weekday", "hours": "06:00-14:00", "agents": {"tier1": 1, "tier2": 1}}}
    data = audited(covered(table, zones={"here": "Europe/London", "there": "Asia/Singapore"}, days=14)).as_json()
    assert (data["mode"], data["passed"], data["notices"]) == ("cover", True, [])
    assert list(data["regions"]) == ["here", "there"]
    here = data["regions"]["here"]
    assert here["people"] == {"tier1": 1, "tier2": 1, "tier3": 0, "tier4": 0, "manager": 0, "coordinator": 0}
    assert here["lines"] == {"tier1": [["D D D D D O O"]], "tier2": [["D D D D D O O"]]}
    assert here["hours_per_week"] == {"agents": {"plan": 80, "table": 80, "over": 0}}
    assert here["rules"]["rest"] == {
        "limit": 11, "duties": 0, "people": 0, "worst": None, "who": None, "start": None,
    }  # fmt: skip


def test_gaps_in_plain_data_are_in_local_time(covered: Covered) -> None:
    table = {"any": {"days": "weekday", "hours": "05:00-14:00", "agents": {"tier1": 1}}}
    found = audited(covered(table, days=1, cover={"shifts": ["D"]}))
    (gap,) = found.as_json()["regions"]["here"]["gaps"]
    assert gap["since"] == "2026-03-02T05:00-08:00"
    assert gap["until"] == "2026-03-02T06:00-08:00"
    assert gap["missing"]["tier1"] == 1
    (notice,) = found.notices
    assert f"note: {notice}" in " ".join(printed(found).split())


def test_the_manuals_table_takes_27_per_cent_more_hours_on_whole_shifts(covered: Covered) -> None:
    table = {
        "business": {"days": "weekday", "hours": "09:00-17:00", "agents": dict.fromkeys(("tier1", "tier2"), 5)},
        "extended": {"days": "weekday", "hours": "17:00-22:00", "agents": dict.fromkeys(("tier1", "tier2"), 3)},
        "early": {"days": "weekday", "hours": "05:00-09:00", "agents": dict.fromkeys(("tier1", "tier2"), 3)},
        "night": {"days": "weekday", "hours": "22:00-05:00", "agents": {"tier1": 2, "tier2": 1}},
        "weekend": {"days": "weekend", "agents": dict.fromkeys(("tier1", "tier2"), 2)},
    }
    zones = {"singapore": "Asia/Singapore"}
    for shifts in (None, MIDNIGHT):
        (region,) = audited(covered(table, zones=zones, shifts=shifts)).regions
        assert region.hours["agents"][1:] == (1232, 967)
        assert region.hours["agents"].over == pytest.approx(0.274, abs=0.001)
