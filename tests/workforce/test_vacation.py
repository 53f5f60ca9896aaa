"""Vacation: weeks that only one wish allows, by hand; years as a whole; and the laws of who goes when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, WEEK
from sim.scenario.days_off import clock_of
from sim.scenario.load import from_data
from sim.scenario.schema import Scenario
from sim.workforce.plan import plan_roster
from sim.workforce.roster import FOREVER, Reason
from sim.workforce.vacation import vacations

Made = Any


def only_in(*weeks: str, weeks_each: int = 1, at_most: str = "25 %", together: int = 1) -> dict[str, Any]:
    """Vacation for which nobody goes but in the weeks that begin on these Mondays of 2026."""
    liked = {}
    for n, monday in enumerate(weeks):
        last = date.fromisoformat(monday) + timedelta(6)
        liked[f"w{n}"] = {"start": monday, "end": str(last), "weight": 1}
    never = {"start": "2025-12-29", "end": "2027-01-03", "weight": 0}
    seasons = {"never": never, **liked}
    return {"people.vacation": {"weeks": weeks_each, "at_most": at_most, "together": together, "seasons": seasons}}


def mondays(scenario: Scenario, replication: int = 0) -> dict[str, list[str]]:
    """The weeks of everybody that the run touches, by their Mondays."""
    clock, agents = clock_of(scenario), plan_roster(scenario).agents
    times = vacations(scenario, agents, clock, 1, replication)
    zones = [region.zone for region in scenario.regions.values()]
    found: dict[str, list[str]] = {name: [] for name in agents.name}
    for agent, start, end in zip(times.agent.tolist(), times.start.tolist(), times.end.tolist(), strict=True):
        first, last = (clock.local(zones[agents.region[agent]], ms) for ms in (start, end))
        assert (first.weekday(), first.hour, last.weekday(), last.hour) == (0, 0, 0, 0)
        if start < clock.end and end > 0:
            found[agents.name[agent]].append(f"{first:%m-%d}")
    return {name: sorted(weeks) for name, weeks in found.items()}


# ---- by hand


def test_a_week_of_vacation_takes_the_duties_of_a_week(days_at: Made, sampled: Made, told: Made, lost: Made) -> None:
    scenario = days_at({"a": ("D", 1)}, only_in("2026-03-09"), days=21)
    roster = sampled(scenario)
    days = [f"03-{day:02}" for day in [*range(2, 9), *range(16, 23)]]
    assert told(scenario, roster) == [f"{day} 08:00-16:00" for day in days]
    assert lost(scenario, roster) == [f"03-{day:02} 08:00-16:00 vacation" for day in range(9, 16)]


def test_a_night_belongs_to_the_week_in_which_it_begins(
    days_at: Made, shifts: Made, sampled: Made, told: Made, lost: Made
) -> None:
    """The night of Sunday, 8 March, is worked until Monday morning; that of Sunday, 15 March, is not."""
    scenario = days_at({"a": ("N", 1)}, only_in("2026-03-09"), days=21, shifts=shifts["evening"])
    roster = sampled(scenario)
    assert told(scenario, roster, date="03-08") == ["03-08 22:00-06:00"]
    assert told(scenario, roster, date="03-15") == []
    assert told(scenario, roster, date="03-16") == ["03-16 22:00-06:00"]
    assert lost(scenario, roster)[-1] == "03-15 22:00-06:00 vacation"


def test_the_overlap_before_a_vacation_is_worked(days_at: Made, sampled: Made, told: Made) -> None:
    """The duty of Sunday ends at midnight, when the vacation begins."""
    changes = {**only_in("2026-03-09"), "policy.handover.overlap": "30 min"}
    scenario = days_at({"a": ("S", 1)}, changes, days=21)
    assert told(scenario, sampled(scenario), date="03-08") == ["03-08 16:00-00:00 +30"]


def test_who_never_ends_a_duty_is_away_from_monday_to_sunday_on_the_wall_clock(staffed: Made, sampled: Made) -> None:
    """In Los Angeles, the week from 2 to 8 March has 167 hours: from Monday 08:00 to Monday 07:00 UTC."""
    changes = {**only_in("2026-03-02"), "policy.handover.overlap": "30 min"}
    s = sampled(staffed(flat={"here": {"tier1": 1}}, days=14).with_(changes)).segments
    assert s.start.tolist() == [0, 7 * DAY + 7 * HOUR]
    assert s.end.tolist() == [8 * HOUR, FOREVER]
    assert s.hard_end.tolist() == [8 * HOUR, FOREVER]


def test_one_can_always_be_away_and_of_four_at_half_two(days_at: Made) -> None:
    alone = days_at({"a": ("D", 1)}, only_in("2026-03-09", at_most="0 %"))
    assert mondays(alone) == {"here/tier1/a/1": ["03-09"]}
    one_week = mondays(days_at({"a": ("D", 4)}, only_in("2026-03-09", at_most="50 %")))
    assert sorted(one_week.values()) == [[], [], ["03-09"], ["03-09"]]
    two_weeks = mondays(days_at({"a": ("D", 4)}, only_in("2026-03-09", "2026-03-23", at_most="50 %")))
    assert sorted(two_weeks.values()) == [["03-09"], ["03-09"], ["03-23"], ["03-23"]]


def test_a_share_is_not_rounded_down_by_a_decimal_fraction(days_at: Made) -> None:
    """29 % of 100 people are 29, though 0.29 * 100 is a little less."""
    found = mondays(days_at({"a": ("D", 100)}, only_in("2026-03-09", at_most="29 %")))
    assert sum(map(len, found.values())) == 29


def test_weeks_are_taken_together_as_far_as_there_is_room(days_at: Made) -> None:
    """The first takes the two weeks in a row; for the other the single one is left, and the second week lapses."""
    wish = only_in("2026-03-02", "2026-03-09", "2026-03-23", weeks_each=2, together=2, at_most="50 %")
    assert sorted(mondays(days_at({"a": ("D", 2)}, wish)).values()) == [["03-02", "03-09"], ["03-23"]]


def test_what_is_left_of_the_weeks_is_a_shorter_block(days_at: Made) -> None:
    wish = only_in("2026-03-02", "2026-03-09", "2026-03-23", weeks_each=3, together=2)
    assert mondays(days_at({"a": ("D", 1)}, wish)) == {"here/tier1/a/1": ["03-02", "03-09", "03-23"]}


def test_nobody_goes_in_a_week_with_a_day_on_which_nobody_goes(days_at: Made) -> None:
    changes = only_in("2026-03-09", "2026-03-16")
    closed = {"start": "2026-03-15", "end": "2026-03-15", "weight": 0}
    shut = days_at({"a": ("D", 1)}, changes).with_({"people.vacation.seasons.closed": closed})
    assert mondays(shut) == {"here/tier1/a/1": ["03-16"]}


def test_the_season_named_last_counts(days_at: Made) -> None:
    scenario = days_at({"a": ("D", 40)}, only_in("2026-03-09", at_most="100 %"))
    reopened = {"start": "2026-03-16", "end": "2026-03-22", "weight": 5}
    both = mondays(scenario.with_({"people.vacation.seasons.again": reopened}))
    assert {week for weeks in both.values() for week in weeks} == {"03-09", "03-16"}
    shut = {"start": "2026-03-01", "end": "2026-03-31", "weight": 0}
    assert not any(mondays(scenario.with_({"people.vacation.seasons.shut": shut})).values())


def test_weeks_are_drawn_in_proportion_to_how_they_are_liked(days_at: Made) -> None:
    """Three in four of 400: 300, with a standard deviation of 9."""
    changes = only_in("2026-03-09", "2026-03-23", at_most="100 %")
    found = mondays(days_at({"a": ("D", 400)}, changes).with_({"people.vacation.seasons.w1.weight": 3}))
    assert abs(sum(weeks == ["03-23"] for weeks in found.values()) - 300) < 27


# ---- whole years


def test_a_run_in_the_middle_of_a_year_has_the_weeks_of_the_whole_year(days_at: Made) -> None:
    changes = {"people.vacation": {"weeks": 6, "together": 2, "at_most": "60 %"}}
    crew = {"a": ("5D 2O", 8)}
    year = mondays(days_at(crew, changes, start="2025-12-29", days=371))
    assert all(len(weeks) == 6 for weeks in year.values())
    part = mondays(days_at(crew, changes, start="2026-06-01", days=28))
    inside = [f"{date(2026, 6, 1) + timedelta(7 * n):%m-%d}" for n in range(4)]
    assert {name: [week for week in weeks if week in inside] for name, weeks in year.items()} == {
        name: [week for week in weeks if week in inside] for name, weeks in part.items()
    }
    assert any(part.values())


def test_every_year_has_its_weeks(days_at: Made) -> None:
    """2026 has 53 weeks, the last of which ends in January, and 2027 has 52."""
    changes = {"people.vacation": {"weeks": 52, "at_most": "100 %"}}
    weeks = mondays(days_at({"a": ("D", 30)}, changes, start="2026-12-21", days=42)).values()
    january = ["01-04", "01-11", "01-18", "01-25"]
    assert all(each[: len(january)] == january for each in weeks)
    assert all(each[len(january) :] in (["12-21", "12-28"], ["12-21"], ["12-28"]) for each in weeks)


# ---- whose weeks depend on whom


def test_other_pools_move_nobody(days_at: Made) -> None:
    changes = {"people.vacation": {"weeks": 5, "at_most": "25 %"}}
    few = days_at({"a": ("D", 6)}, changes, days=180)
    more = few.with_({"staffing.crews.b": {"pattern": "D", "headcount": {"tier2": 9}}})
    season = {"start": "2026-07-01", "end": "2026-08-31", "weight": 3}
    assert mondays(more).items() > mondays(few).items()
    assert mondays(few) != mondays(few.with_({"people.vacation.seasons.summer": season}))


def test_another_region_moves_nobody(staffed: Made) -> None:
    def built(*names: str) -> Scenario:
        regions = {name: {"zone": "UTC", "tickets": "1 per hour", "shifts": {"D": "08:00-16:00"}} for name in names}
        scenario: Scenario = staffed({"a": {"pattern": "D", "headcount": {"tier1": 5}}}, regions=regions, days=180)
        return scenario.with_({"people.vacation": {"weeks": 5}})

    assert mondays(built("one", "two")).items() > mondays(built("one")).items()
    assert mondays(built("zero", "one")).items() > mondays(built("one")).items()


def test_every_replication_draws_anew(days_at: Made) -> None:
    scenario = days_at({"a": ("D", 6)}, {"people.vacation": {"weeks": 5}}, days=180)
    assert mondays(scenario, 0) == mondays(scenario, 0)
    assert mondays(scenario, 0) != mondays(scenario, 1)


def test_the_lead_is_never_away(days_at: Made) -> None:
    scenario = days_at({"a": ("D", 2)}, {"people.vacation": {"weeks": 52, "at_most": "100 %"}, "oncall.lead": "here",
                                         "oncall.tier": "tier1"})  # fmt: skip
    found = mondays(scenario)
    assert found["lead"] == []
    assert found["here/tier1/a/1"] != []


@settings(max_examples=25)
@given(st.integers(0, 12), st.integers(1, 4), st.sampled_from([0, 0.1, 0.25, 0.6, 1]), st.integers(1, 9))
def test_never_more_are_away_than_may_be(weeks: int, together: int, at_most: float, heads: int) -> None:
    scenario = from_data({
        "horizon": {"start": "2026-01-05", "days": 357, "warmup_days": 0},
        "regions": {"here": {"zone": "America/Los_Angeles", "tickets": "1 per hour"}},
        "work": {"routes": {p: {"tiers": ["tier1"]} for p in ("P1", "P2", "P3", "P4")},
                 "handle": {"tier1": {"mean": "10 min"}}},
        "staffing": {"mode": "flat", "flat": {"here": {"tier1": heads}}},
        "people": {"vacation": {"weeks": weeks, "together": together, "at_most": at_most}},
    })  # fmt: skip
    found = mondays(scenario)
    cap = max(1, int(at_most * heads + 1e-9))
    away_at = np.unique([week for each in found.values() for week in each], return_counts=True)[1]
    assert (away_at <= cap).all()
    assert all(len(each) == len(set(each)) <= weeks for each in found.values())
    if cap == heads and weeks <= 6:
        assert all(len(each) >= weeks - 2 for each in found.values())  # two weeks of the year lie outside the run


def test_time_lost_is_told_as_vacation(days_at: Made, sampled: Made) -> None:
    scenario = days_at({"a": ("D", 1)}, only_in("2026-03-09", "2026-03-16", weeks_each=2), days=28)
    absences = sampled(scenario).absences
    assert set(absences.reason.tolist()) == {Reason.VACATION}
    assert int((absences.end - absences.start).sum()) == 2 * WEEK // 3


def test_no_weeks_are_no_vacation(days_at: Made) -> None:
    assert not any(mondays(days_at({"a": ("D", 2)}, {"people.vacation": {"weeks": 0}})).values())
