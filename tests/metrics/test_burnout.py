"""Burnout indicators, worked out by hand: who lives in London, over 28 days from Monday 2 March 2026, after a week.

Clocks change there on Sunday 29 March, day 27 of the window. Instants are minutes from the window's start, UTC.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import HOUR, Clock
from sim.engine.journal import NOBODY, How, Mode
from sim.metrics import burnout
from sim.metrics.burnout import BOUNDS, LAYOUTS, gini, light, limits_in_use
from sim.metrics.measure import measure
from sim.scenario.keys import meanings
from sim.scenario.limits import Limits
from sim.workforce.roster import LEAD, Chore, Level

if TYPE_CHECKING:
    from collections.abc import Callable

H, DAY, WEEK = 60, 1440, 7 * 1440
HERE = 1
MEASURES = [measure.name for measure in LAYOUTS["burnout_by_agent"].measures]


@pytest.fixture(scope="module")
def month(make_desk: Callable[..., Any]) -> Any:
    """Four weeks after one of warm-up."""
    return make_desk(days=28, warmup_days=7)


@pytest.fixture
def log(month: Any) -> Any:
    return month.log()


def _on(log: Any, day: int, start: float = 8, end: float = 16, **columns: Any) -> int:
    """A duty of agent 0 in London on a day of the window, hours in UTC."""
    return int(log.duty(day * DAY + start * H, day * DAY + end * H, region=HERE, **columns))


def _indicators(desk: Any, journals: Any, agent: int = 0) -> dict[str, float]:
    found = desk.table("burnout_by_agent", journals)
    mine = found[found["agent"] == agent]
    return dict(zip(mine["measure"], mine["mean"].tolist(), strict=True))


def _of(desk: Any, log: Any, name: str, agent: int = 0) -> float:
    return _indicators(desk, log.journals(), agent)[name]


# ---- hours -----------------------------------------------------------------------------------------------------------


def test_the_longest_week_is_any_seven_days(month: Any, log: Any) -> None:
    for day in (3, 4, 8, 9, 10):
        _on(log, day)
    # From day 3, 16:00 to day 10, 16:00: of the first duty nothing is left, but four more.
    assert _of(month, log, "hours_7_days") == 32


def test_time_at_work_holds_pauses_overtime_and_call_outs(month: Any, log: Any) -> None:
    log.duty(8 * H, 12 * H, pause=1, duty=0, region=HERE)
    log.duty(13 * H, 16 * H, duty=0, region=HERE, paid_end=16.5 * H, left=17 * H)
    log.work(log.ticket(), 0, 22 * H, 23 * H, mode=Mode.CALL_OUT, duty=NOBODY)
    assert _of(month, log, "hours_7_days") == 10
    assert _of(month, log, "overtime") == pytest.approx(0.5 / 4)


def test_a_week_may_begin_in_the_warm_up_but_not_end_there(month: Any, log: Any) -> None:
    for day in (-7, -6, -5, -4, -3):
        _on(log, day)
    _on(log, 1)
    # The 7 days up to the window's start hold five duties; those up to day 1, 16:00 three of them and one more.
    assert _of(month, log, "hours_7_days") == 40
    early = month.log()
    for day in (-7, -6, -5):
        _on(early, day, 0, 1)
    _on(early, 20, 0, 2)
    assert _of(month, early, "hours_7_days") == 3


def test_a_duty_that_the_window_cuts_counts_as_far_as_it_is_inside(month: Any, log: Any) -> None:
    _on(log, 27, 20, 28)
    log.rows["duties"][-1] |= {"end": month.clock.end, "left": month.clock.end}
    assert _of(month, log, "hours_7_days") == 4


# ---- runs ------------------------------------------------------------------------------------------------------------


def test_days_in_a_row_are_days_on_which_a_duty_starts(month: Any, log: Any) -> None:
    for day in (-2, -1, 0, 1, 5, 6):
        _on(log, day)
    assert _of(month, log, "consecutive_duties") == 4


def test_a_run_that_ends_before_the_window_is_none_of_it(month: Any, log: Any) -> None:
    for day in (-4, -3, -2, 3):
        _on(log, day)
    assert _of(month, log, "consecutive_duties") == 1


@pytest.mark.parametrize(
    ("start", "end", "nights"),
    [(22, 30, 1), (0, 8, 1), (16, 24, 0), (17, 25, 1), (14, 22, 0), (3, 11, 1), (3.5, 11.5, 0), (24, 32, 1)],
)
def test_a_night_has_three_hours_of_night_time(month: Any, log: Any, start: float, end: float, nights: int) -> None:
    _on(log, 3, start, end)
    found = _indicators(month, log.journals())
    assert (found["nights"], found["consecutive_nights"]) == (nights, nights)


def test_overlap_and_overtime_make_no_night(month: Any, log: Any) -> None:
    _on(log, 3, 16, 24, paid_end=3 * DAY + 25 * H, left=3 * DAY + 27 * H)
    assert _of(month, log, "nights") == 0


@pytest.mark.parametrize(("start", "night"), [("2026-03-29", 0), ("2026-03-28", 1), ("2026-10-25", 1)])
def test_night_time_follows_the_clocks_on_the_day_they_change(
    make_desk: Callable[..., Any], start: str, night: int
) -> None:
    desk = make_desk(start, days=7)
    log = desk.log()
    log.duty(3 * H, 11 * H, region=HERE)  # on 29 March it is 04:00 there already; on 25 October 03:00 GMT again
    assert _indicators(desk, log.journals())["consecutive_nights"] == night


def test_nights_in_a_row_are_parted_by_a_day_shift(month: Any, log: Any) -> None:
    for day in (3, 4, 5):
        _on(log, day, 22, 30)
    _on(log, 7, 8, 16)
    _on(log, 8, 22, 30)
    found = _indicators(month, log.journals())
    assert (found["consecutive_nights"], found["consecutive_duties"], found["nights"]) == (3, 3, 4)


# ---- rest ------------------------------------------------------------------------------------------------------------


def test_rest_begins_when_the_agent_is_really_done(month: Any, log: Any) -> None:
    _on(log, 0, 14, 22, paid_end=22.5 * H, left=23 * H)
    _on(log, 1, 9, 17)  # 11 h after the planned end, 10 h after they left
    _on(log, 2, 4, 12)  # 11 h after the end
    found = _indicators(month, log.journals())
    assert (found["short_rests"], found["quick_returns"]) == (1, 0)


def test_a_quick_return_is_planned(month: Any, log: Any) -> None:
    _on(log, 0, 14, 22)
    _on(log, 1, 8, 16)
    found = _indicators(month, log.journals())
    assert (found["short_rests"], found["quick_returns"]) == (1, 1)


def test_a_call_out_ends_the_rest_before_it(month: Any, log: Any) -> None:
    _on(log, 0, 8, 16)
    _on(log, 1, 8, 16)
    assert _of(month, log, "short_rests") == 0
    log.work(log.ticket(), 0, 20 * H, 21 * H, mode=Mode.CALL_OUT, duty=NOBODY)
    assert _of(month, log, "short_rests") == 0  # 11 h from 21:00 to 08:00
    log.work(log.ticket(), 0, 21 * H, 21 * H + 1, mode=Mode.CALL_OUT, duty=NOBODY)
    found = _indicators(month, log.journals())
    assert (found["short_rests"], found["quick_returns"]) == (1, 0)


def test_a_call_out_that_runs_into_a_duty_leaves_no_rest(month: Any, log: Any) -> None:
    _on(log, 1, 8, 16)
    log.work(log.ticket(), 0, DAY + 7 * H, DAY + 9 * H, mode=Mode.CALL_OUT, duty=NOBODY)
    assert _of(month, log, "short_rests") == 1


def test_rests_before_duties_of_the_window_alone_count(month: Any, log: Any) -> None:
    _on(log, -2, 14, 22)
    _on(log, -1, 8, 15)
    _on(log, 0, 0, 8)
    assert _of(month, log, "short_rests") == 1


def test_rests_are_counted_by_28_days(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(days=14, warmup_days=0)
    log = desk.log()
    _on(log, 0, 14, 22)
    _on(log, 1, 8, 16)
    assert _indicators(desk, log.journals())["quick_returns"] == 2


def test_the_length_of_a_rest_is_told_by_the_scenario(month: Any, log: Any) -> None:
    _on(log, 0, 14, 22)
    _on(log, 1, 8, 16)
    lenient = month.with_(limits=Limits.model_validate({"rest": "10 h"}))
    assert _of(lenient, log, "short_rests") == 0


# ---- weekends --------------------------------------------------------------------------------------------------------


def test_a_weekend_is_worked_with_an_hour_of_it(month: Any, log: Any) -> None:
    _on(log, 4, 16, 24, paid_end=5 * DAY + 30)  # Friday, half an hour of overlap on Saturday
    _on(log, 11, 22, 30)  # Friday night
    _on(log, 20, 20, 24)  # Sunday evening
    assert _of(month, log, "weekends") == 50


def test_a_call_out_on_a_weekend_counts(month: Any, log: Any) -> None:
    _on(log, 0)
    log.work(log.ticket(), 0, 5 * DAY, 5 * DAY + 30, mode=Mode.CALL_OUT, duty=NOBODY)
    log.work(log.ticket(), 0, 6 * DAY, 6 * DAY + 30, mode=Mode.CALL_OUT, duty=NOBODY)
    assert _of(month, log, "weekends") == 25


def test_weekends_end_at_local_midnight_after_the_change_of_clocks(month: Any, log: Any) -> None:
    _on(log, 27, 22, 23)  # 23:00 to 24:00 on Sunday 29 March
    assert _of(month, log, "weekends") == 25
    later = month.log()
    _on(later, 27, 23, 24)  # Monday
    assert _of(month, later, "weekends") == 0


def test_every_third_weekend_is_allowed_whatever_the_window_shows(month: Any, log: Any) -> None:
    for day in (5, 26):
        _on(log, day)
    assert _of(month, log, "weekends") == 50
    assert _of(month, log, "limits_exceeded") == 0
    _on(log, 27)
    log.rows["duties"].sort(key=lambda row: row["start"])
    third = month.log()
    for day in (5, 12, 26):
        _on(third, day)
    assert _of(month, third, "weekends") == 75
    assert _of(month, third, "limits_exceeded") == 1


def test_without_a_weekend_in_the_window_there_is_no_share(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(days=4)
    log = desk.log()
    _on(log, 0)
    assert math.isnan(_indicators(desk, log.journals())["weekends"])


# ---- load ------------------------------------------------------------------------------------------------------------


def test_busy_hours_are_clock_hours_of_which_work_took_nine_tenths(month: Any, log: Any) -> None:
    _on(log, 0, 8, 12.5)
    log.work(log.ticket(), 0, 8 * H, 8 * H + 54)
    log.work(log.ticket(), 0, 9 * H, 9 * H + 53)
    log.work(log.ticket(), 0, 10 * H, 12.5 * H)
    found = _indicators(month, log.journals())
    assert found["busy_hours"] == pytest.approx(4 / 4)  # 08, 10, 11, and the half of 12
    assert found["busy_streak"] == 3


def test_an_hour_with_less_than_half_on_duty_is_none(month: Any, log: Any) -> None:
    _on(log, 0, 8.51, 9.49)
    log.work(log.ticket(), 0, 8.51 * H, 9.49 * H)
    assert _of(month, log, "busy_hours") == 0


def test_meetings_are_on_neither_side_and_reviews_are_work(month: Any, log: Any) -> None:
    _on(log, 0, 8, 9)
    log.chore(Chore.MEETING, 8 * H, 8 * H + 10)
    log.chore(Chore.REVIEW, 8 * H + 10, 8 * H + 15)
    log.work(log.ticket(), 0, 8 * H + 15, 8 * H + 55)
    assert _of(month, log, "busy_streak") == 1


def test_what_is_critical_is_told_by_the_scenario(month: Any, log: Any) -> None:
    _on(log, 0, 8, 9)
    log.work(log.ticket(), 0, 8 * H, 8 * H + 50)
    assert _of(month, log, "busy_streak") == 0
    bands = month.scenario.targets.utilization.model_copy(update={"critical": 0.83})
    strict = month.with_(targets=month.scenario.targets.model_copy(update={"utilization": bands}))
    assert _of(strict, log, "busy_streak") == 1


def test_hours_begin_when_the_local_clock_says_so(month: Any) -> None:
    regions = dict(month.scenario.regions)
    regions["europe"] = regions["europe"].model_copy(update={"zone": "Asia/Kolkata"})  # 5 h 30 min ahead
    india = month.with_(regions=regions)
    log = india.log()
    _on(log, 0, 8.5, 9.5)
    log.work(log.ticket(), 0, 8.5 * H, 9.5 * H)
    assert _of(india, log, "busy_hours") * 4 == 1


def test_preemptions_are_suffered_by_who_was_at_work(month: Any, log: Any) -> None:
    _on(log, 0)
    for _ in range(3):
        log.work(log.ticket(), 0, 9 * H, 10 * H, how_ended=How.PREEMPTED)
    log.work(log.ticket(), 0, 9 * H, 10 * H, how_ended=How.HANDED_OVER)
    assert _of(month, log, "preemptions") == 0.75


def test_overrun_is_a_mean_over_all_duties(month: Any, log: Any) -> None:
    _on(log, 0, left=16 * H + 30)
    _on(log, 1)
    _on(log, 2, paid_end=2 * DAY + 17 * H, left=2 * DAY + 16 * H)
    assert _of(month, log, "overrun") == 10


# ---- pauses ----------------------------------------------------------------------------------------------------------


def _busy_but(log: Any, *free: tuple[float, float]) -> None:
    """Work from 08:00 to 16:00 but for these stretches."""
    edges = [8 * H, *itertools.chain(*free), 16 * H]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        log.work(log.ticket(), 0, start, end)


@pytest.mark.parametrize(
    ("free", "missed"),
    [
        ((), 100),
        (((12 * H, 12 * H + 15),), 0),
        (((12 * H, 12 * H + 14.9),), 100),
        (((10 * H, 10 * H + 8), (12 * H, 12 * H + 8)), 100),  # not at a stretch
        (((8 * H, 9 * H + 10),), 100),  # 10 minutes of it after the first hour
        (((14 * H + 50, 16 * H),), 100),
        (((14 * H + 45, 16 * H),), 0),
        (((8 * H, 9 * H + 15),), 0),
    ],
)
def test_a_pause_is_fifteen_minutes_free_of_work_between_first_and_last_hour(
    month: Any, log: Any, free: tuple[tuple[float, float], ...], missed: float
) -> None:
    _on(log, 0)
    _busy_but(log, *free)
    assert _of(month, log, "without_pause") == missed


@pytest.mark.parametrize(("left", "missed"), [(12 * H + 15, 0), (12 * H + 20, 100)])
def test_a_planned_pause_counts_as_far_as_work_leaves_it(month: Any, log: Any, left: float, missed: float) -> None:
    log.duty(8 * H, 12 * H, region=HERE, pause=1, duty=0, left=left)
    log.duty(12 * H + 30, 16 * H, region=HERE, duty=0)
    _busy_but(log, (left, 12 * H + 30))
    assert _of(month, log, "without_pause") == missed


def test_meetings_and_reviews_are_no_pause(month: Any, log: Any) -> None:
    _on(log, 0)
    _busy_but(log, (12 * H, 12 * H + 20))
    log.chore(Chore.MEETING, 12 * H, 12 * H + 10)
    assert _of(month, log, "without_pause") == 100


def test_short_duties_need_no_pause(month: Any, log: Any) -> None:
    _on(log, 0, 8, 14)
    log.work(log.ticket(), 0, 8 * H, 14 * H)
    assert math.isnan(_of(month, log, "without_pause"))


def test_idle_duties_have_a_pause_and_the_share_is_of_all(month: Any, log: Any) -> None:
    _on(log, 0)
    _busy_but(log)
    for day in (1, 2, 3):
        _on(log, day)
    assert _of(month, log, "without_pause") == 25


def test_duties_of_which_the_run_saw_no_end_are_left_out(month: Any, log: Any) -> None:
    log.duty(27 * DAY + 12 * H, 27 * DAY + 20 * H, region=HERE, pause=1, duty=0)
    log.duty(None, None, region=HERE, duty=0)
    found = _indicators(month, log.journals())
    assert math.isnan(found["without_pause"])
    assert math.isnan(found["overrun"])


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_pages_in_sleep_hours_a_week(month: Any, log: Any) -> None:
    _on(log, 0)
    for day in range(8):
        log.page(log.ticket(), day * DAY + 2 * H)
    log.page(log.ticket(), 2 * H, on_duty=1, agent=1)
    assert _of(month, log, "sleep_pages") == 2
    assert _of(month, log, "limits_exceeded") == 1


def test_the_lead_has_no_duties_and_only_pages_to_look_at(month: Any, log: Any) -> None:
    log.agent(1, region=HERE, tier=LEAD)
    for day in range(6):
        log.page(log.ticket(), day * DAY + 2 * H, agent=1, level=Level.LEAD)
    found = _indicators(month, log.journals(), agent=1)
    assert {name: value for name, value in found.items() if not math.isnan(value)} == {
        "sleep_pages": 1.5, "limits_exceeded": 1,
    }  # fmt: skip
    assert month.figure("burnout.people_over_limit", log.journals()) == 1


# ---- who never goes home ---------------------------------------------------------------------------------------------


def test_who_is_always_there_is_no_person(month: Any) -> None:
    log = month.log()
    log.rows["agents"].clear()
    log.endless()
    log.page(log.ticket(), 2 * H)
    journals = log.journals()
    assert all(math.isnan(value) for value in _indicators(month, journals).values())
    figures = month.figures(journals)
    names = [name for name in figures if name.startswith(("burnout", "fairness", "hours.week"))]
    assert len(names) == 6
    assert all(figures[name]["mean"] is None for name in names)


def test_people_beside_machines_are_people(month: Any, log: Any) -> None:
    log.endless(agent=0)
    _on(log, 0, agent=1)
    assert month.figure("hours.week.max", log.journals()) == 8


# ---- limits and lights -----------------------------------------------------------------------------------------------


def _worn_out(log: Any) -> None:
    """Seven nights of 9 h in a row: 63 h, over the law's week and the other, over days and nights in a row."""
    for day in range(1, 8):
        _on(log, day, 22, 31)


def test_limits_exceeded_are_counted_and_make_a_light(month: Any, log: Any) -> None:
    _worn_out(log)
    _on(log, 0, agent=1)
    journals = log.journals()
    table = month.table("burnout_by_agent", journals).set_index(["agent", "measure"])
    assert table.loc[(0, "hours_7_days"), "mean"] == 63
    # Hours twice; duties and nights in a row. One weekend of four is allowed.
    assert table.loc[(0, "limits_exceeded"), "mean"] == 4
    assert table.loc[(0, "limits_exceeded"), "light"] == "red"
    assert table.loc[(1, "limits_exceeded"), "light"] == "green"
    assert table.loc[(1, "hours_7_days"), "light"] is None
    figures = month.figures(journals)
    found = [figures[f"burnout.people_{name}"]["mean"] for name in ("over_limit", "red")]
    assert found == [1, 1]
    assert figures["hours.week.max"]["mean"] == 63


def test_what_is_at_a_limit_is_not_over_it(month: Any, log: Any) -> None:
    for day in range(6):
        _on(log, day)
    found = _indicators(month, log.journals())
    assert (found["hours_7_days"], found["consecutive_duties"], found["limits_exceeded"]) == (48, 6, 0)


@pytest.mark.parametrize(
    ("count", "colour"), [(0, "green"), (0.9, "green"), (1, "amber"), (2.9, "amber"), (3, "red"), (9, "red")]
)
def test_lights(count: float, colour: str) -> None:
    assert light(count, Limits()) == colour


def test_lights_follow_the_scenario_and_nobody_has_none() -> None:
    assert light(2, Limits(amber=2, red=2)) == "red"
    assert light(1, Limits(amber=2, red=2)) == "green"
    assert light(math.nan, Limits()) is None


def test_red_below_amber_is_refused() -> None:
    with pytest.raises(ValueError, match="`red` must not be below `amber`"):
        Limits(amber=3, red=2)


def test_every_limit_limits_a_measure_and_tells_its_evidence() -> None:
    assert {bound.measure for bound in BOUNDS} == set(MEASURES) - {"nights", "limits_exceeded"}
    others = {"rest", "pause", "amber", "red"}
    assert {bound.key for bound in BOUNDS} == set(Limits.model_fields) - others
    for bound in BOUNDS:
        told = " ".join(meanings(Limits)[bound.key].split())
        assert f"Evidence: {bound.grade}" in told


def test_limits_are_in_the_unit_of_their_measure() -> None:
    found = {bound.key: bound.value(Limits()) for bound in BOUNDS}
    assert found["week_hours"] == 48
    assert found["overrun"] == 15
    assert found["without_pause"] == 5
    assert found["consecutive_nights"] == 3


@pytest.mark.parametrize("bound", BOUNDS, ids=lambda bound: bound.key)
def test_every_limit_can_be_exceeded(month: Any, bound: Any) -> None:
    log = month.log()
    _worn_out(log)
    _on(log, 9, 0, 8, left=9 * DAY + 10 * H)
    _on(log, 10, 14, 22, left=10 * DAY + 30 * H)
    _on(log, 11, 8, 16)
    _on(log, 12, 8, 16)
    log.work(log.ticket(), 0, 9 * DAY, 9 * DAY + 10 * H, duty=7, how_ended=How.PREEMPTED)
    log.page(log.ticket(), 10 * DAY + 2 * H)
    nothing = {key: 0 for key in Limits.model_fields if key not in {"rest", "pause", "amber", "red"}}
    strict, lenient = (
        month.with_(limits=Limits.model_construct(**{**Limits().model_dump(), **_lax(), bound.key: limit}))
        for limit in (nothing[bound.key], _lax()[bound.key])
    )
    assert _of(strict, log, "limits_exceeded") == 1
    assert _of(lenient, log, "limits_exceeded") == 0


def test_each_limit_is_judged_over_replications_and_a_missing_indicator_not_at_all(month: Any) -> None:
    calm, worn = month.log(), month.log()
    _on(calm, 9)
    for day in range(9, 16):
        _on(worn, day, 0, 8)  # seven nights in a row, of which 3 are allowed
    for log in (calm, worn):
        log.agent(1)  # never on duty: no people's indicators but for pages
    table = month.table("limits_by_agent", calm.journals(), worn.journals()).set_index(["agent", "limit"])
    assert table.loc[(0, "consecutive_nights"), "mean"] == 50
    assert table.loc[(0, "week_hours_most"), "mean"] == 0
    assert math.isnan(table.loc[(1, "consecutive_nights"), "mean"])
    assert table.loc[(1, "sleep_pages"), "mean"] == 0


@pytest.mark.parametrize("seed", range(3))
def test_limits_of_a_person_add_up_to_the_number_exceeded(month: Any, invent: Callable[..., Any], seed: int) -> None:
    journals = [invent(month, 10 * seed + n, 2) for n in range(2)]
    each = month.table("limits_by_agent", *journals)
    people = month.table("burnout_by_agent", *journals).set_index(["agent", "measure"])["mean"]
    found = each.groupby("agent")["mean"].sum() / 100
    assert found.tolist() == pytest.approx(people.xs("limits_exceeded", level="measure").fillna(0).tolist())


def test_limits_in_use_are_told_in_the_unit_of_their_measure() -> None:
    found = {limit["limit"]: limit for limit in limits_in_use(Limits())}
    assert list(found) == [bound.key for bound in BOUNDS]
    assert found["overrun"] == {
        "limit": "overrun", "measure": "overrun", "value": 15, "unit": "min a duty", "evidence": "house rule",
    }  # fmt: skip


def _lax() -> dict[str, float]:
    """Limits that nobody exceeds."""
    shares = {"weekends", "without_pause"}
    return {bound.key: 1.0 if bound.key in shares else 1_000 * HOUR for bound in BOUNDS}


def _limits(scale: float) -> Limits:
    """All limits multiplied."""
    usual = Limits()
    changed = {bound.key: getattr(usual, bound.key) * scale for bound in BOUNDS}
    return Limits.model_construct(**{**usual.model_dump(), **changed})


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.floats(0, 4), st.floats(0, 4))
def test_stricter_limits_never_leave_fewer_people_over_them(
    make_desk: Callable[..., Any], invent: Callable[..., Any], seed: int, one: float, other: float
) -> None:
    desk = make_desk(days=7, warmup_days=1)
    journals = invent(desk, seed, 2)
    strict, lenient = (desk.with_(limits=_limits(scale)).figures(journals) for scale in sorted((one, other)))
    for name in ("burnout.people_over_limit", "burnout.people_red"):
        assert strict[name]["mean"] >= lenient[name]["mean"]


def test_means_by_tier_are_means_over_people(month: Any, log: Any) -> None:
    _on(log, 0, 8, 12, agent=0, tier=1)
    _on(log, 0, 8, 16, agent=1, tier=1)
    log.agent(2, tier=1)  # never on duty
    assert month.cell("burnout_by_tier", "hours_7_days", log.journals(), tier="tier2") == 6
    table = month.table("burnout_by_tier", log.journals())
    assert table[(table["tier"] == "tier2") & (table["measure"] == "hours_7_days")]["n"].tolist() == [2]


# ---- fairness --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [([5, 5, 5], 0), ([0, 0, 0, 8], 75), ([1, 3], 25), ([3, 1], 25), ([7], 0), ([1, 2, 3, 4], 25)],
)
def test_gini(values: list[float], expected: float) -> None:
    num, den = gini(np.array(values, dtype=np.float64))
    assert num / den == pytest.approx(expected)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12))
def test_gini_is_half_the_mean_difference_over_the_mean(values: list[int]) -> None:
    num, den = gini(np.array(values, dtype=np.float64))
    n = len(values)
    differences = sum(abs(a - b) for a in values for b in values)
    assert num == pytest.approx(100 * differences / (2 * n))
    assert den == sum(values)


def test_nothing_to_share_is_no_figure() -> None:
    assert gini(np.zeros(3)) == (0, 0)
    assert gini(np.empty(0)) == (0, 0)


def test_fairness_is_among_people_with_duties_and_among_holders_of_the_pager(month: Any, log: Any) -> None:
    for day in (1, 2, 3):
        _on(log, day, 22, 30)
    _on(log, 4, 22, 30, agent=1)
    log.agent(2, region=HERE)
    log.turn(0, 14 * DAY, region=HERE, agent=0)
    log.turn(14 * DAY, 28 * DAY, region=HERE, agent=2)
    log.turn(-7 * DAY, 0, region=HERE, agent=3)  # before the window
    log.page(log.ticket(), 10 * DAY + 2 * H)
    log.page(log.ticket(), 20 * DAY + 2 * H, agent=2)
    figures = month.figures(log.journals())
    assert figures["fairness.nights"]["mean"] == pytest.approx(25)  # 3 and 1
    assert figures["fairness.sleep_pages"]["mean"] == pytest.approx(0)
    # Agent 1 works the night from Friday to Saturday.
    assert figures["fairness.weekends"]["mean"] == pytest.approx(50)


# ---- laws ------------------------------------------------------------------------------------------------------------


def _walked_week(starts: Any, ends: Any, clock: Clock) -> float:
    """The most time in 7 days that end in the window, by trying all ends at which it could be."""
    week = 7 * 24 * HOUR
    ends_to_try = {clock.warmup, clock.end, *ends.tolist(), *(starts + week).tolist()}
    return max(
        sum(max(0, min(e, t) - max(s, t - week)) for s, e in zip(starts.tolist(), ends.tolist(), strict=True))
        for t in ends_to_try
        if clock.warmup <= t <= clock.end
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_longest_week_is_what_trying_gives(month: Any, invent: Callable[..., Any], seed: int) -> None:
    journals = invent(month, seed, 1)
    table = burnout.LAYOUTS["burnout_by_agent"]
    found = measure(journals, month.scenario, month.clock).tables["burnout_by_agent"].num[:, 0]
    assert table.measures[0].name == "hours_7_days"
    for agent in range(4):
        mine = journals.duties["agent"] == agent
        starts, ends = journals.duties["start"][mine], journals.duties["left"][mine]
        assert found[agent] == pytest.approx(_walked_week(starts, ends, month.clock) / HOUR)
