"""Planned duty that was not worked, and days off and on. Minutes; Monday is from 0 to 1440."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from sim.clock import MINUTE
from sim.engine.journal import Mode, Rested
from sim.workforce.roster import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = 1440


@pytest.fixture(scope="module")
def there(make_desk: Callable[..., Any], eventful: Callable[[Any], Any]) -> Any:
    """Fourteen days from Monday, 2 March 2026, after one of warm-up."""
    return eventful(make_desk(days=14))


@pytest.fixture
def log(there: Any) -> Any:
    return there.log()


def late(log: Any, duty: int, by: float) -> None:
    """Compensatory rest lets the agent come later to a duty."""
    row = log.rows["duties"][duty]
    row |= {"start": row["planned_start"] + round(by * MINUTE), "rested": Rested.LATE}


def lost(log: Any, duty: int) -> None:
    """Compensatory rest leaves nothing of a segment."""
    missing = dict.fromkeys(("start", "end", "left"), log.at(None))
    log.rows["duties"][duty] |= {**missing, "rested": Rested.LOST}


def test_hours_lost_by_reason_and_role(there: Any, log: Any) -> None:
    log.duty(0, 480)  # 8 h
    log.absence(480, 600, Reason.TRAINING)  # and 2 h more, planned
    log.duty(0, 360, agent=1, tier=4)
    log.absence(360, 480, Reason.DRILL, agent=1)
    log.absence(-60, 60, Reason.SICKNESS, agent=2, duty=9)  # 1 h of it in the window
    journals = log.journals()
    cell = lambda measure, reason, role: there.cell("lost_by_reason_role", measure, journals, reason=reason, role=role)  # noqa: E731
    assert cell("lost", "training", "tier1") == 2
    assert cell("share", "training", "tier1") == pytest.approx(100 * 2 / 11)
    assert cell("share", "sickness", "tier1") == pytest.approx(100 * 1 / 11)
    assert (cell("lost", "drill", "manager"), cell("share", "drill", "manager")) == (2, 25)
    assert there.figure("people.absence", journals) == pytest.approx(100 * 5 / 19)


def test_rest_from_a_duty_without_an_end_lasts_to_the_end_of_the_run(there: Any, log: Any) -> None:
    log.duty(0, 480)
    log.duty(480, 960)
    lost(log, 1)
    log.rows["duties"][1]["planned_end"] = log.at(None)
    journals = log.journals()
    hours = there.cell("lost_by_reason_role", "lost", journals, reason="rest", role="tier1")
    assert hours == pytest.approx(journals.end / 3_600_000 - (DAY + 480) / 60)
    assert there.cell("lost_by_reason_role", "share", journals, reason="rest", role="tier1") == pytest.approx(
        100 * hours / (hours + 8)
    )


def test_who_has_not_joined_has_no_planned_hours(there: Any, log: Any) -> None:
    log.duty(0, 480)
    log.absence(480, 960, Reason.NOT_HIRED)
    log.absence(960, 1200, Reason.VACANCY)
    journals = log.journals()
    assert there.figure("people.absence", journals) == pytest.approx(100 * 4 / 12)
    assert there.cell("lost_by_reason_role", "lost", journals, reason="not_hired", role="tier1") == 8


def test_rest_takes_planned_hours(there: Any, log: Any) -> None:
    late(log, log.duty(0, 480), 120)
    lost(log, log.duty(DAY, DAY + 480))
    log.duty(2 * DAY, 2 * DAY + 480)
    journals = log.journals()
    assert there.cell("lost_by_reason_role", "lost", journals, reason="rest", role="tier1") == 10
    assert there.figure("people.absence", journals) == pytest.approx(100 * 10 / 24)
    assert there.figure("hours.on_duty", journals) == 14


def test_duties_shortened_and_lost_by_rest(there: Any, log: Any) -> None:
    late(log, log.duty(0, 480), 120)
    first = log.duty(DAY, DAY + 240, pause=1)  # nothing is left of the first half of this duty
    lost(log, first)
    late(log, log.duty(DAY + 270, DAY + 480, duty=first), 10)
    for start in (2 * DAY, 2 * DAY + 270):  # nor of this one at all
        lost(log, log.duty(start, start + 210, duty=7, pause=int(start == 2 * DAY)))
    late(log, log.duty(3 * DAY, 3 * DAY + 60, agent=3, tier=5), 5)
    lost(log, log.duty(-DAY / 2, -DAY / 4, agent=4))  # before the window
    journals = log.journals()
    assert there.figure("rest.shortened", journals) == 3
    assert there.figure("rest.lost", journals) == 1
    assert there.cell("rest_by_role", "shortened", journals, role="coordinator") == 1


def test_a_rest_that_outlives_the_run_has_not_taken_the_duty_away(there: Any, log: Any) -> None:
    """It may leave something of a duty that goes on after the run; of one that ends with it, it leaves nothing."""
    lost(log, log.duty(14 * DAY - 120, 14 * DAY + 1))
    lost(log, log.duty(14 * DAY - 120, 14 * DAY, agent=1))
    late(log, log.duty(14 * DAY - 120, 14 * DAY + 360, agent=2), 30)
    first = log.duty(14 * DAY - 120, 14 * DAY - 60, agent=3, pause=1)
    lost(log, first)
    log.duty(14 * DAY + 10, 14 * DAY + 60, agent=3, duty=first)
    assert there.figure("rest.lost", log.journals()) == 1
    assert there.figure("rest.shortened", log.journals()) == 0


@pytest.mark.parametrize(("came_late", "breaches"), [(0, 1), (59, 1), (60, 0)])
def test_rests_are_measured_from_when_they_were_done_to_when_they_came(
    there: Any, log: Any, came_late: float, breaches: int
) -> None:
    log.duty(0, 480, left=600)  # 2 h of overtime
    following = log.duty(600 + 10 * 60, 1500)
    late(log, following, came_late)
    assert there.figure("rest.breaches", log.journals()) == breaches
    assert there.cell("rest_by_role", "breaches", log.journals(), role="tier1") == breaches


def test_a_call_out_breaks_the_rest_before_the_next_duty(there: Any, log: Any) -> None:
    log.duty(0, 480)
    log.duty(DAY + 60, DAY + 480)
    log.work(log.ticket(900), 900, 905, 930, mode=Mode.CALL_OUT, agent=0, duty=-1)
    assert there.figure("rest.breaches", log.journals()) == 1


def test_a_duty_that_was_lost_breaks_no_rest(there: Any, log: Any) -> None:
    log.duty(0, 480, left=600)
    lost(log, log.duty(900, 1300))
    assert there.figure("rest.breaches", log.journals()) == 0


def test_weeks_of_vacation(there: Any, log: Any) -> None:
    """Local weeks: Monday begins at 08:00 UTC in Los Angeles."""
    log.duty(0, 60)
    log.duty(0, 60, agent=1, region=1)
    for day in (1, 2, 3, 8):
        log.absence(day * DAY, day * DAY + 480, Reason.VACATION)
    log.absence(10, 60, Reason.VACATION, agent=1, duty=1)
    log.absence(7 * DAY + 10, 7 * DAY + 60, Reason.SICKNESS, agent=1, duty=1)
    log.absence(14 * DAY, 14 * DAY + 60, Reason.VACATION, agent=1, duty=2)  # after the window
    journals = log.journals()
    assert there.cell("days_by_agent", "vacation", journals, agent=0) == 2
    assert there.cell("days_by_agent", "vacation", journals, agent=1) == 1
    assert there.figure("people.vacation", journals) == 1.5


def test_a_week_begins_on_the_local_monday(there: Any, log: Any) -> None:
    log.duty(0, 60)
    log.absence(7 * DAY + 60, 7 * DAY + 120, Reason.VACATION)  # Sunday evening in Los Angeles
    log.absence(3 * DAY, 3 * DAY + 60, Reason.VACATION)
    assert there.cell("days_by_agent", "vacation", log.journals(), agent=0) == 1


def test_a_duty_with_a_pause_falls_into_the_week_in_which_it_begins(there: Any, log: Any) -> None:
    """Sunday 21:00 to Monday 05:00 in Los Angeles, with a pause at 00:40; and one that began before the window."""
    log.duty(0, 60)
    for first in (-60, 7 * DAY + 4 * 60):
        log.absence(first, first + 220, Reason.VACATION, duty=max(first, 0))
        log.absence(first + 250, first + 480, Reason.VACATION, duty=max(first, 0))
    assert there.cell("days_by_agent", "vacation", log.journals(), agent=0) == 1


def test_a_vacation_from_a_duty_that_never_ends_has_all_its_weeks(there: Any, log: Any) -> None:
    """The window shows Sunday evening, a week, and six days of the next, in Los Angeles."""
    log.endless()
    log.absence(-DAY, 5 * DAY, Reason.VACATION)
    log.absence(5 * DAY + 30, 30 * DAY, Reason.VACATION)  # after a pause
    assert there.cell("days_by_agent", "vacation", log.journals(), agent=0) == 3


def test_weekends_and_holidays_worked(there: Any, log: Any) -> None:
    days = {"americas": {date(2026, 3, 3): "a day"}, "europe": {date(2026, 3, 4): "another"}}
    demand = there.scenario.demand.model_copy(update={"holidays": days})
    desk = there.with_(demand=demand)
    log.duty(DAY + 500, DAY + 980)  # 3 March, 00:20 to 08:20, in Los Angeles
    log.duty(5 * DAY + 500, 5 * DAY + 980)  # a Saturday
    log.duty(2 * DAY - 30, 2 * DAY + 59, agent=1, region=1)  # 59 min of 4 March in London
    journals = log.journals()
    assert desk.cell("days_by_agent", "holidays", journals, agent=0) == 1
    assert desk.cell("days_by_agent", "weekends", journals, agent=0) == 1
    assert desk.cell("days_by_agent", "holidays", journals, agent=1) == 0


def test_a_holiday_on_which_clocks_change_is_one_day(there: Any, log: Any) -> None:
    """On 8 March 2026 the clocks of Los Angeles skip 02:00; the day begins at 08:00 UTC and ends at 07:00."""
    days = {"americas": {date(2026, 3, 8): "a short day"}}
    desk = there.with_(demand=there.scenario.demand.model_copy(update={"holidays": days}))
    log.duty(7 * DAY + 7 * 60, 7 * DAY + 9 * 60)  # 9 March, 00:00 to 02:00
    log.duty(7 * DAY + 5 * 60, 7 * DAY + 7 * 60, agent=1)  # 8 March, 22:00 to 24:00
    journals = log.journals()
    assert [desk.cell("days_by_agent", "holidays", journals, agent=agent) for agent in (0, 1)] == [0, 1]


def test_agents_who_are_always_there_lose_nothing(there: Any, log: Any) -> None:
    log.endless()
    assert there.figure("people.absence", log.journals()) == 0
    assert there.figure("people.vacation", log.journals()) is None


def test_segments_without_a_pause_between_them_are_one_duty(there: Any, log: Any) -> None:
    whole, cut = there.log(), log
    whole.duty(0, 480)
    head = cut.duty(0, 240, pause=1)
    cut.duty(240, 480, duty=head)
    for one in (whole, cut):
        one.work(one.ticket(200, started=200, resolved=300), 200, 200, 300)
    cut.rows["duties"][head] |= {"left": cut.at(300)}  # with work in hand
    found = [{name: r["mean"] for name, r in there.figures(one.journals()).items()} for one in (whole, cut)]
    assert found[0] == found[1]
    tables = [there.table("time_by_agent", one.journals())["mean"].tolist() for one in (whole, cut)]
    assert tables[0] == tables[1]
