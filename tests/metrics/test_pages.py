"""Pages and alerts, worked out by hand. The window of `desk` is minutes 0 to 1440 of Monday 2 March 2026, UTC.

Europe, where agent 1 lives, is on UTC; the Americas, where agent 0 lives, are 8 h behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.clock import HOUR
from sim.engine.journal import NOBODY, Mode, Outcome
from sim.metrics.measure import LAYOUTS, measure
from sim.metrics.pages import When, interruptions
from sim.scenario.oncall import OnCall
from sim.scenario.schema import Targets
from sim.scenario.units import Span
from sim.workforce.roster import EVERYWHERE, LEAD, Level
from sim.workload.tape import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

H = 60
EUROPE = 1


@pytest.fixture
def european(log: Any) -> Any:
    """A log in which agent 1 lives in Europe."""
    log.agent(1, region=EUROPE, tier=2)
    return log


def _when(desk: Any, journals: Any) -> list[str]:
    return [When(code).name for code in interruptions(journals, desk.scenario, desk.clock).when]


def test_pages_that_ring_are_counted_and_those_passed_over_are_not(desk: Any, log: Any) -> None:
    ticket = log.ticket()
    log.page(ticket, 0, outcome=Outcome.BUSY)
    log.page(ticket, 0, 15, level=Level.BACKUP)
    log.page(log.ticket(), 30, 31, outcome=Outcome.BUSY)  # rang, and was found busy by then
    log.page(log.ticket(), -1, 5)
    log.page(log.ticket(), 1440, 1441)
    assert desk.figure("pages.count", log.journals()) == 2
    assert desk.cell("pages_by_level", "passed_over", log.journals(), level="primary") == 1


def test_pages_within_a_minute_of_the_one_before_are_one_interruption(desk: Any, log: Any) -> None:
    for minute in (10, 11, 12, 13.001, 20):
        log.page(log.ticket(), minute)
    log.page(log.ticket(), 10.5, agent=1)
    journals = log.journals()
    assert desk.figure("pages.count", journals) == 6
    # Agent 0 at 10 (to 12), 13.001 and 20; agent 1 at 10.5.
    assert desk.figure("pages.interruptions", journals) == 4
    assert desk.cell("pages_by_agent", "interruptions", journals, agent=0) == 3


def test_an_interruption_that_began_before_the_window_is_none_of_it(desk: Any, log: Any) -> None:
    log.page(log.ticket(), -0.5)
    log.page(log.ticket(), 0.5)
    journals = log.journals()
    assert desk.figure("pages.count", journals) == 1
    assert desk.figure("pages.interruptions", journals) == 0


@pytest.mark.parametrize(
    ("hour", "when"),
    [
        (0, "SLEEP"),
        (7.99, "SLEEP"),
        (8, "DAYTIME"),
        (17.99, "DAYTIME"),
        (18, "OFF_HOURS"),
        (21.99, "OFF_HOURS"),
        (22, "SLEEP"),
        (-24, "SLEEP"),  # Sunday
        (-12, "OFF_HOURS"),
        (-4, "OFF_HOURS"),
    ],
)
def test_when_pages_interrupt_by_the_clock_of_who_is_paged(desk: Any, european: Any, hour: float, when: str) -> None:
    european.page(european.ticket(), hour * H, agent=1)
    assert _when(desk, european.journals()) == [when]


def test_the_clock_is_that_of_the_agent_and_not_of_the_ticket(desk: Any, european: Any) -> None:
    ticket = european.ticket(region=EUROPE)
    european.page(ticket, 12 * H, agent=0)  # 04:00 in Los Angeles
    assert _when(desk, european.journals()) == ["SLEEP"]


def test_who_is_on_duty_is_not_woken(desk: Any, european: Any) -> None:
    european.page(european.ticket(), 3 * H, agent=1, on_duty=1)
    european.page(european.ticket(), 4 * H, agent=1)
    european.page(european.ticket(), 19 * H, agent=1, on_duty=1)
    european.page(european.ticket(), 20 * H, agent=1)
    journals = european.journals()
    names = ("pages.interruptions", "pages.sleep", "pages.off_hours")
    assert [desk.figure(name, journals) for name in names] == [4, 1, 1]
    assert desk.cell("pages_by_agent", "sleep", journals, agent=1) == 1


def test_sleep_hours_are_those_of_the_scenario(desk: Any, european: Any) -> None:
    early = desk.with_(oncall=OnCall(sleep=Span(20 * HOUR, 28 * HOUR)))
    for hour in (3, 5, 21):
        european.page(european.ticket(), hour * H, agent=1)
    assert _when(early, european.journals()) == ["SLEEP", "OFF_HOURS", "SLEEP"]


@pytest.mark.parametrize(("start", "minute", "when"), [
    ("2026-03-30", 7 * H - 1, "SLEEP"),  # after the change, 07:59 in London
    ("2026-03-30", 7 * H, "DAYTIME"),
    ("2026-03-27", 7 * H, "SLEEP"),  # before it
    ("2026-03-29", 21 * H, "SLEEP"),  # on the day: 22:00 in London
    ("2026-03-28", 21 * H, "OFF_HOURS"),
])  # fmt: skip
def test_sleep_hours_follow_clocks_that_change(
    make_desk: Callable[..., Any], start: str, minute: float, when: str
) -> None:
    desk = make_desk(start)
    log = desk.log()
    log.agent(1, region=EUROPE)
    log.page(log.ticket(), minute, agent=1)
    assert _when(desk, log.journals()) == [when]


def test_hours_of_the_week_are_those_of_who_is_paged(desk: Any, european: Any) -> None:
    european.page(european.ticket(), 5 * H, agent=1)
    european.page(european.ticket(), 5 * H, agent=0)
    journals = european.journals()
    assert desk.cell("pages_by_region_hour", "pages", journals, region="europe", hour_of_week=5) == 1
    assert desk.cell("pages_by_region_hour", "interruptions", journals, region="americas", hour_of_week=165) == 1


# ---- acknowledgement -------------------------------------------------------------------------------------------------


def _promising(desk: Any) -> Any:
    return desk.with_(targets=Targets.model_validate({"acknowledgement": "5 min", "acknowledgement_met": 0.9}))


def test_acknowledged_in_time_counts_from_the_first_page_that_rang(desk: Any, log: Any) -> None:
    late, good, passed = (log.ticket(acknowledged=minute) for minute in (20, 5, 8))
    log.page(late, 0)
    log.page(late, 15, 20, level=Level.BACKUP)
    log.page(good, 0, 5)
    log.page(passed, 1, outcome=Outcome.BUSY)
    log.page(passed, 4, 8, level=Level.BACKUP)
    log.page(log.ticket(), 0)  # nobody ever answered
    figures = _promising(desk).figures(log.journals())
    assert figures["pages.acknowledged"] == {
        "mean": 50.0, "low": None, "high": None, "unit": "%", "target": 90.0, "met": False,
    }  # fmt: skip
    assert figures["pages.ack.mean"]["mean"] == pytest.approx((20 + 5 + 4) / 3)


def test_what_needs_no_answer_any_more_is_left_out(desk: Any, log: Any) -> None:
    for columns in ({"started": 4}, {"abandoned": 5}, {"started": 6}, {"started": 2, "acknowledged": 3}):
        log.page(log.ticket(**columns), 0)
    # The first two are settled in time, the third too late, the fourth was answered in time.
    assert _promising(desk).figure("pages.acknowledged", log.journals()) == pytest.approx(50)


def test_deadlines_of_acknowledgements_lie_in_the_window(desk: Any, log: Any) -> None:
    for sent in (-6, -5, 1434, 1435):
        log.page(log.ticket(acknowledged=sent), sent, sent)
    log.page(log.ticket(), 100)
    assert _promising(desk).figure("pages.acknowledged", log.journals()) == pytest.approx(200 / 3)


def test_in_a_drained_run_the_first_page_lies_in_the_window(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(drain=True)
    log = desk.log()
    for sent in (-5, 1435):
        log.page(log.ticket(acknowledged=sent + 1), sent, sent + 1)
    log.page(log.ticket(), 1440)
    assert _promising(desk).figure("pages.acknowledged", log.journals(end=2000)) == 100


def test_without_a_target_there_is_no_share_but_a_mean(desk: Any, log: Any) -> None:
    log.page(log.ticket(acknowledged=3), 1, 3)
    figures = desk.figures(log.journals())
    assert figures["pages.acknowledged"] == {"mean": None, "low": None, "high": None, "unit": "%"}
    assert figures["pages.ack.mean"]["mean"] == 2


# ---- the chain -------------------------------------------------------------------------------------------------------


def test_shares_of_the_chain(desk: Any, log: Any) -> None:
    ticket = log.ticket()
    log.page(ticket, 0)
    log.page(ticket, 15, 20, level=Level.BACKUP, agent=1, outcome=Outcome.NOT_NEEDED)
    log.page(log.ticket(), 30, 31)
    log.page(log.ticket(), 40, outcome=Outcome.OPEN)
    log.page(log.ticket(), 50, outcome=Outcome.BUSY)
    journals = log.journals()
    assert desk.figure("pages.second_level", journals) == pytest.approx(25)
    assert desk.figure("pages.unanswered", journals) == pytest.approx(100 / 3)
    level = {
        name: [desk.cell("pages_by_level", name, journals, level=label) for label in ("primary", "backup", "global")]
        for name in ("pages", "answered", "answer.mean")
    }
    assert level["pages"] == [3, 1, 0]
    assert level["answered"] == pytest.approx([50, 100, np.nan], nan_ok=True)
    assert level["answer.mean"] == pytest.approx([1, 5, np.nan], nan_ok=True)


def test_call_outs_are_stretches_that_began_off_duty(desk: Any, log: Any) -> None:
    log.duty(0, 60)
    log.agent(3, tier=LEAD)
    log.work(log.ticket(), 0, 100, 130, mode=Mode.CALL_OUT, duty=NOBODY)
    log.work(log.ticket(), 0, 100, 130, mode=Mode.CALL_OUT, duty=NOBODY, agent=3)
    log.work(log.ticket(), 0, -10, 130, mode=Mode.CALL_OUT, duty=NOBODY, agent=2)
    log.work(log.ticket(), 0, 10, 30)
    journals = log.journals()
    assert desk.figure("callouts.count", journals) == 2
    assert desk.cell("pages_by_agent", "callouts", journals, agent=3) == 1


# ---- who holds the pager ---------------------------------------------------------------------------------------------


def test_on_call_staff_are_primaries_outside_business_hours(desk: Any, log: Any) -> None:
    log.turn(0, 24 * H, region=EUROPE)  # Monday: 16 of 24 h
    log.turn(-600, 48 * H, region=0)  # 16 h as well: Sunday 16:00 to Monday 16:00 local, 7 h of business
    log.turn(0, 24 * H, level=Level.BACKUP)
    log.turn(0, 24 * H, level=Level.GLOBAL, region=EVERYWHERE)
    assert desk.figure("oncall.staff", log.journals()) == pytest.approx((16 + 17) / 24)


def test_on_call_staff_on_a_weekend_and_when_clocks_change(make_desk: Callable[..., Any]) -> None:
    desk = make_desk("2026-03-28", days=3)  # Saturday to Monday; clocks change on Sunday
    log = desk.log()
    log.turn(0, 71 * H, region=EUROPE)  # up to midnight in London: 24 + 23 + 16 h outside business
    assert desk.figure("oncall.staff", log.journals()) == pytest.approx((24 + 23 + 16) / 72)
    log.turn(71 * H, 72 * H, region=EUROPE)  # another hour of the night
    assert desk.figure("oncall.staff", log.journals()) == pytest.approx((24 + 23 + 17) / 72)


# ---- filtered alerts -------------------------------------------------------------------------------------------------


def test_filtered_alerts_are_a_share_of_those_raised(desk: Any, log: Any) -> None:
    for minute in (0, 10, 1440):
        log.filtered(minute)
    log.ticket(5, kind=Kind.ALERT, channel=255)
    log.ticket(5, kind=Kind.ALERT, channel=255)
    log.ticket(5)
    figures = desk.figures(log.journals())
    assert figures["alerts.raised"]["mean"] == 4
    assert figures["alerts.filtered"]["mean"] == 50
    assert figures["tickets.count"]["mean"] == 3


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("drain", [False, True])
def test_filtered_alerts_move_no_other_figure(
    make_desk: Callable[..., Any], invent: Callable[..., Any], seed: int, drain: bool
) -> None:
    desk = make_desk(drain=drain)
    journals = invent(desk, seed)
    log = desk.log()
    for minute in range(-60, 1400, 10):
        log.filtered(minute, priority=minute % 4, region=minute % 2)
    dropped = log.journals().tickets
    more = {name: np.concatenate([column, dropped[name]]) for name, column in journals.tickets.items()}
    fuller = journals.__class__(**{name: getattr(journals, name) for name in journals.__slots__} | {"tickets": more})
    before, after = (measure(one, desk.scenario, desk.clock) for one in (journals, fuller))
    fewer, all_of_them = desk.figures(journals), desk.figures(fuller)
    moved = {name for name, figure in fewer.items() if figure != all_of_them[name]}
    assert moved == {"alerts.raised", "alerts.filtered"}
    for name in LAYOUTS:
        np.testing.assert_array_equal(before.tables[name].num, after.tables[name].num)
        np.testing.assert_array_equal(before.tables[name].den, after.tables[name].den)


@pytest.mark.parametrize("seed", range(3))
def test_every_cut_of_the_pages_adds_up(desk: Any, invent: Callable[..., Any], seed: int) -> None:
    journals = invent(desk, seed)
    tables = measure(journals, desk.scenario, desk.clock).tables
    figures = desk.figures(journals)
    pages, interrupted = figures["pages.count"]["mean"], figures["pages.interruptions"]["mean"]
    assert 0 < interrupted <= pages
    for name in ("pages_by_region_hour", "pages_by_level", "pages_by_agent"):
        assert tables[name].num[:, 0].sum() == pages
    for name in ("pages_by_region_hour", "pages_by_agent"):
        assert tables[name].num[:, 1].sum() == interrupted
    by_agent = tables["pages_by_agent"].num.sum(axis=0)
    assert by_agent[2] == figures["pages.sleep"]["mean"] > 0
    assert by_agent[3] == figures["pages.off_hours"]["mean"]
    assert by_agent[2] + by_agent[3] <= interrupted
