"""Who stays on public holidays: by hand on crews of a few people, then what holds of any plan."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, QUARTER
from sim.scenario.days_off import clock_of
from sim.workforce.audit import audit
from sim.workforce.floor import floor_of
from sim.workforce.plan import plan_roster

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from sim.scenario.schema import Scenario
    from sim.workforce.roster import DutyPlan

    Covered = Callable[..., Scenario]

LONDON = {"here": "Europe/London"}
DAYS = {"D": "08:00-16:00"}
NIGHTS = {"N": "22:00-06:00"}
USUAL_AND_HOLIDAY = {"usual": {"agents": {"tier1": 2}}, "holiday": {"days": "holiday", "agents": {"tier1": 1}}}


@pytest.fixture
def crewed(covered: Covered) -> Callable[..., Scenario]:
    """London from Monday, 2 March 2026 for two weeks; three people who all do the same, and holidays on some dates."""

    def built(pattern: str, minimum: dict[str, Any], dates: list[str], **more: Any) -> Scenario:
        crews = {"crew": {"pattern": pattern, "phases": "aligned", "headcount": {"tier1": 3}}}
        keys = {"crews": crews, "holidays": dict.fromkeys(dates, "Day off"), **more}
        staffing = {"mode": "pattern", "crews": keys.pop("crews")}
        days_off = {"here": keys.pop("holidays")}
        scenario = covered(minimum, zones=LONDON, holidays=days_off, **{"days": 14, **staffing, **keys})
        return scenario.with_({"staffing.holidays": "minimum"})

    return built


def worked(scenario: Scenario, plan: DutyPlan, day: str) -> list[str]:
    """Who begins a duty on a local date, by the last part of their name."""
    start = clock_of(scenario).day_number("Europe/London", plan.start)
    on = start == (date.fromisoformat(day) - date(1970, 1, 1)).days
    return [plan.agents.name[agent].split("/")[-1] for agent in plan.agent[on].tolist()]


# ---- by hand -------------------------------------------------------------------------------------------------------


def test_who_stays_takes_turns(crewed: Callable[..., Scenario]) -> None:
    dates = ["2026-03-03", "2026-03-05", "2026-03-06", "2026-03-10"]
    scenario = crewed("D", USUAL_AND_HOLIDAY, dates, shifts=DAYS)
    plan = plan_roster(scenario)
    assert [worked(scenario, plan, day) for day in dates] == [["1"], ["2"], ["3"], ["1"]]
    assert worked(scenario, plan, "2026-03-04") == ["1", "2", "3"]
    assert plan.notices == ("staffing.holidays: duties on public holidays that the minimum spares: here 8 of 12",)


def test_as_planned_is_the_plan(crewed: Callable[..., Scenario]) -> None:
    scenario = crewed("D", USUAL_AND_HOLIDAY, ["2026-03-03"], shifts=DAYS)
    usual = plan_roster(scenario.with_({"staffing.holidays": "as_planned"}))
    assert len(usual.agent) == 3 * 14
    assert usual.notices == ()
    without = {"staffing.holidays": "as_planned", "demand.holidays": {"here": {"2026-03-03": None}}}
    assert plan_roster(scenario.with_(without)).hash == usual.hash


def test_a_night_goes_only_where_the_days_beside_the_holiday_can_do_without(crewed: Callable[..., Scenario]) -> None:
    """On Tuesday one is asked for, on other days two: Monday's nights reach into it, and Tuesday's out of it."""
    scenario = crewed("N", USUAL_AND_HOLIDAY, ["2026-03-10"], shifts=NIGHTS)
    plan = plan_roster(scenario)
    assert [worked(scenario, plan, day) for day in ("2026-03-09", "2026-03-10")] == [["1", "2"], ["1", "2"]]
    one = {"usual": {"agents": {"tier1": 1}}, "holiday": {"days": "holiday", "agents": {"tier1": 0}}}
    alone = scenario.with_({"staffing.minimum": one})
    plan = plan_roster(alone)
    assert [worked(alone, plan, day) for day in ("2026-03-08", "2026-03-09", "2026-03-10", "2026-03-11")] == [
        ["1", "2", "3"], ["1"], ["1"], ["1", "2", "3"],
    ]  # fmt: skip


def test_nobody_goes_where_somebody_is_missing_already(crewed: Callable[..., Scenario]) -> None:
    rows = {"holiday": {"days": "holiday", "hours": "14:00-18:00", "agents": {"tier1": 1}}}
    scenario = crewed("D", rows, ["2026-03-10"], shifts={"D": "06:00-14:00"}, crews={
        "early": {"pattern": "D", "headcount": {"tier1": 1}},
        "late": {"pattern": "D", "headcount": {"tier1": 1}},
    })  # fmt: skip
    assert worked(scenario, plan_roster(scenario), "2026-03-10") == []  # they could not help at 14:00 anyhow
    rows["holiday"]["hours"] = "13:00-18:00"
    short = scenario.with_({"staffing.minimum": rows | {"all": {"days": "holiday", "agents": {"tier1": 3}}}})
    assert worked(short, plan_roster(short), "2026-03-10") == ["1", "1"]


def test_every_role_has_its_own_floor_and_its_own_turns(crewed: Callable[..., Scenario]) -> None:
    crews = {"crew": {"pattern": "D", "headcount": {"tier1": 2, "tier2": 1, "manager": 2, "coordinator": 1}}}
    rows = {"holiday": {"days": "holiday", "hours": "09:00-10:00", "agents": {"tier1": 1, "manager": 1}}}
    scenario = crewed("D", rows, ["2026-03-10", "2026-03-11"], shifts=DAYS, crews=crews)
    plan = plan_roster(scenario)
    on = (plan.start // DAY == 8) | (plan.start // DAY == 9)
    assert [plan.agents.name[agent] for agent in plan.agent[on].tolist()] == [
        "here/tier1/crew/1", "here/tier1/crew/2", "here/manager/crew/1", "here/manager/crew/2",
    ]  # fmt: skip


def test_who_is_added_makes_nobody_else_go_or_stay(crewed: Callable[..., Scenario]) -> None:
    dates = ["2026-03-03", "2026-03-10", "2026-03-11"]
    scenario = crewed("D", USUAL_AND_HOLIDAY, dates, shifts=DAYS)
    more = {"pattern": "D", "headcount": {"tier1": 2}}
    before, after = plan_roster(scenario), plan_roster(scenario.with_({"staffing.add.more": more}))
    mine = after.agent < len(before.agents)
    assert np.array_equal(after.start[mine], before.start)
    assert np.array_equal(after.agent[mine], before.agent)
    assert not np.isin(after.start[~mine] // DAY, [1, 8, 9]).any()
    assert (~mine).sum() == 2 * 11


def test_a_holiday_on_which_clocks_change_ends_an_hour_sooner(crewed: Callable[..., Scenario]) -> None:
    """An evening that ends as it begins is not on it, nor is a night that begins as it ends, 23 h later."""
    rows = {"holiday": {"days": "holiday", "agents": {"tier1": 0}}}
    crews = {letter: {"pattern": letter, "headcount": {"tier1": 1}} for letter in "DS"}
    shifts = {"D": "00:00-08:00", "S": "16:00-24:00"}
    scenario = crewed("D", rows, ["2026-03-29"], shifts=shifts, start="2026-03-27", days=4, crews=crews)
    plan = plan_roster(scenario)
    hours = [(plan.start[plan.agent == agent] // HOUR).tolist() for agent in (0, 1)]
    assert hours == [[0, 24, 3 * 24 - 1, 4 * 24 - 1], [16, 24 + 16, 3 * 24 + 15]]


def test_before_and_after_the_run_nobody_is_asked_for(crewed: Callable[..., Scenario]) -> None:
    """The first night is under way as the run starts, and the last goes on as it ends: both are on a holiday."""
    rows = {"holiday": {"days": "holiday", "agents": {"tier1": 1}}}
    plan = plan_roster(crewed("N", rows, ["2026-03-02", "2026-03-03"], shifts=NIGHTS, days=2))
    assert sorted((plan.start // HOUR).tolist()) == [-2, 22, 46]  # one of three each night


def test_no_holiday_within_the_run_is_told(crewed: Callable[..., Scenario]) -> None:
    scenario = crewed("D", USUAL_AND_HOLIDAY, ["2026-05-05"], shifts=DAYS)
    assert plan_roster(scenario).notices == ("staffing.holidays: nobody has a duty on a public holiday within the run",)


def test_the_solvers_plan_keeps_its_floor_on_a_holiday(covered: Covered) -> None:
    rows = {name: row | {"hours": "09:00-23:00"} for name, row in USUAL_AND_HOLIDAY.items()}
    shifts = {"D": "08:00-16:00", "S": "16:00-24:00"}
    scenario = covered(rows, zones=LONDON, shifts=shifts, days=14, holidays={"here": {"2026-03-10": "Day off"}})
    usual, spared = plan_roster(scenario), plan_roster(scenario.with_({"staffing.holidays": "minimum"}))
    assert audit(scenario, spared).passed
    assert len(usual.agent) - len(spared.agent) == 2  # of two on each shift one stays


def test_a_dated_roster_has_its_holidays_too(crewed: Callable[..., Scenario], tmp_path: Path) -> None:
    scenario = crewed("D", USUAL_AND_HOLIDAY, ["2026-03-03"], shifts=DAYS)
    file = tmp_path / "roster.csv"
    rows = [f"{name},2026-03-0{day},D,here,tier1" for name in ("Ann", "Bo") for day in (2, 3, 4)]
    file.write_text("\n".join(["agent,date,shift,region,tier", *rows, ""]), encoding="utf-8")
    dated = scenario.with_({"staffing.mode": "explicit", "staffing.explicit": {"file": str(file)}})
    plan = plan_roster(dated)
    assert worked(dated, plan, "2026-03-02") == ["Ann", "Bo"]
    assert worked(dated, plan, "2026-03-03") == ["Ann"]
    assert plan.notices[-1].endswith("here 1 of 2")


# ---- laws ----------------------------------------------------------------------------------------------------------


def there(plan: DutyPlan, instants: NDArray[np.int64], mine: NDArray[np.bool_]) -> NDArray[np.int64]:
    begun = np.searchsorted(np.sort(plan.start[mine]), instants, side="right")
    return begun - np.searchsorted(np.sort(plan.end[mine]), instants, side="right")


@settings(max_examples=12)
@given(
    patterns=st.lists(st.sampled_from(["D", "5D 2O", "2D 2S 2N 2O", "N O", "S"]), min_size=1, max_size=3),
    counts=st.lists(st.integers(1, 6), min_size=3, max_size=3),
    floor=st.tuples(st.integers(0, 4), st.integers(0, 3)),
    hours=st.sampled_from(["00:00-24:00", "07:00-15:00", "20:00-04:00"]),
    dates=st.lists(st.integers(0, 20), min_size=1, max_size=5, unique=True),
)
def test_floors_that_held_hold_and_whoever_stays_is_needed(
    covered: Covered, patterns: list[str], counts: list[int], floor: tuple[int, int], hours: str, dates: list[int]
) -> None:
    crews = {f"c{n}": {"pattern": text, "headcount": {"tier1": counts[n]}} for n, text in enumerate(patterns)}
    rows = {
        "usual": {"hours": hours, "agents": {"tier1": floor[0]}},
        "holiday": {"days": "holiday", "hours": hours, "agents": {"tier1": floor[1]}},
    }
    days_off = {f"{date(2026, 3, 20) + timedelta(days=n)}": "Day off" for n in dates}  # clocks change on 29 March
    scenario = covered(
        rows, zones=LONDON, start="2026-03-20", days=21, holidays={"here": days_off}, mode="pattern", crews=crews
    )
    before, after = plan_roster(scenario), plan_roster(scenario.with_({"staffing.holidays": "minimum"}))
    clock, asked = clock_of(scenario), floor_of(scenario, "here")
    instants = np.arange(0, clock.end, QUARTER)
    needed = asked.required[np.searchsorted(asked.since, instants, side="right") - 1, 0]
    was, left = (there(plan, instants, plan.end > 0) for plan in (before, after))
    assert (left >= np.minimum(was, needed)).all()
    holiday = np.isin(clock.day_number("Europe/London", instants), [20532 + n for n in dates])
    for start, end in zip(after.start.tolist(), after.end.tolist(), strict=True):
        span = slice(max(start, 0) // QUARTER, end // QUARTER)
        assert not holiday[span].any() or (left[span] <= needed[span]).any()
    kept = {(agent, start) for agent, start in zip(after.agent.tolist(), after.start.tolist(), strict=True)}
    for agent, start, end in zip(before.agent.tolist(), before.start.tolist(), before.end.tolist(), strict=True):
        assert (agent, start) in kept or holiday[max(start, 0) // QUARTER : end // QUARTER].any()


@settings(max_examples=6)
@given(people=st.integers(1, 5), floor=st.integers(0, 5), dates=st.sets(st.integers(0, 27), min_size=1, max_size=9))
def test_nobody_works_two_holidays_more_than_another(
    covered: Covered, people: int, floor: int, dates: set[int]
) -> None:
    days_off = {f"{date(2026, 3, 2) + timedelta(days=n)}": "Day off" for n in dates}
    scenario = covered(
        {"holiday": {"days": "holiday", "agents": {"tier1": floor}}}, zones={"here": "UTC"}, mode="pattern",
        shifts={"D": "00:00-24:00"}, holidays={"here": days_off}, crews={
            "all": {"pattern": "D", "headcount": {"tier1": people}},
        },
    )  # fmt: skip
    plan = plan_roster(scenario.with_({"staffing.holidays": "minimum"}))
    on = np.isin(plan.start // DAY, sorted(dates))
    each = np.bincount(plan.agent[on], minlength=people)
    assert each.sum() == min(people, floor) * len(dates)
    assert np.ptp(each) <= 1
    assert (plan.end - plan.start == 24 * HOUR).all()
