"""Waits, backlog and tickets in the house, worked out by hand. The window of `desk` is minutes 0 to 1440."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import MINUTE, NEVER
from sim.engine.journal import State, Why
from sim.metrics.flow import lines_of_tiers, present, tasks_of_tiers
from sim.workload.tape import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

DAY_MIN = 1440


def test_the_mean_response_is_over_tickets_created_in_the_window_and_started(desk: Any, log: Any) -> None:
    log.ticket(-1, started=100)
    log.ticket(0, started=10)
    log.ticket(DAY_MIN - 60, started=DAY_MIN - 30)
    log.ticket(10)
    assert desk.figure("response.mean", log.journals()) == pytest.approx(20)


def test_without_a_response_there_is_no_mean(desk: Any, log: Any) -> None:
    log.ticket(0)
    assert desk.figure("response.mean", log.journals()) is None


def test_only_alerts_that_paged_somebody_count_for_the_response(desk: Any, log: Any) -> None:
    log.ticket(0, started=20, resolved=30)
    log.ticket(0, started=90, resolved=99, kind=Kind.ALERT)
    paged = log.ticket(0, started=10, resolved=30, kind=Kind.ALERT)
    log.page(paged, 0, 5)
    assert desk.figure("response.mean", log.journals()) == pytest.approx(15)


def test_waits_of_tasks_first_queued_in_the_window_and_started(desk: Any, log: Any) -> None:
    ticket = log.ticket()
    log.work(ticket, -1, 300, 301)
    log.work(ticket, 0, 0, 5, task=1)
    log.work(ticket, 0, 30, 35, task=2)
    log.work(ticket, 50, task=3)  # in line at the end
    log.work(ticket, 50, None, 60, task=4)  # abandoned
    figures = desk.figures(log.journals())
    assert figures["wait.mean"]["mean"] == pytest.approx(15)
    assert figures["wait.probability"]["mean"] == pytest.approx(50)


def test_stretches_parted_by_escalation_add_up_and_later_waits_do_not(desk: Any, log: Any) -> None:
    ticket = log.ticket()
    log.work(ticket, 0, None, 20)
    log.work(ticket, 20, 30, 40, why_queued=Why.ESCALATED)
    log.work(ticket, 40, 100, 110, why_queued=Why.PREEMPTED)
    assert desk.figure("wait.mean", log.journals()) == pytest.approx(30)


def test_a_wait_that_began_before_the_window_does_not_count_by_its_second_stretch(desk: Any, log: Any) -> None:
    ticket = log.ticket(-10)
    log.work(ticket, -10, None, 20)
    log.work(ticket, 20, 30, 40, why_queued=Why.ESCALATED)
    assert desk.figure("wait.mean", log.journals()) is None


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("mean", 98 / 5),
        ("probability", 80),
        ("over_1_min", 60),
        ("over_5_min", 40),
        ("over_15_min", 40),
        ("over_60_min", 20),
    ],
)
def test_shares_of_long_waits(desk: Any, log: Any, measure: str, value: float) -> None:
    for wait in (0, 1, 5, 16, 76):
        log.work(log.ticket(), 0, wait, 100)
    assert desk.cell("waits_by_tier", measure, log.journals(), tier="tier1") == pytest.approx(value)


def test_cuts_of_the_waits(desk: Any, log: Any) -> None:
    log.work(log.ticket(priority=0), 0, 4, 5, tier=2)
    log.work(log.ticket(priority=3), 0, 8, 9, tier=0)
    log.work(log.ticket(priority=3), 0, 2, 3, tier=2)
    journals = log.journals()
    assert desk.cell("waits_by_tier", "mean", journals, tier="tier3") == pytest.approx(3)
    assert desk.cell("waits_by_priority", "mean", journals, priority="P4") == pytest.approx(5)
    assert desk.cell("waits_by_tier_priority", "mean", journals, tier="tier3", priority="P4") == pytest.approx(2)
    assert np.isnan(desk.cell("waits_by_tier_priority", "mean", journals, tier="tier2", priority="P4"))


def test_counts(desk: Any, log: Any) -> None:
    log.ticket(-1, abandoned=5)
    log.ticket(0, abandoned=5)
    log.ticket(DAY_MIN - 1)
    log.ticket(DAY_MIN)
    figures = desk.figures(log.journals())
    assert figures["tickets.count"]["mean"] == 2
    assert figures["tickets.abandoned"]["mean"] == 1


def test_parallel_tasks_of_a_ticket_count_once_as_active(desk: Any, log: Any) -> None:
    ticket = log.ticket(0)
    log.work(ticket, 0, 10, 100)
    log.work(ticket, 0, 50, 144, task=1)
    log.work(log.ticket(0), 0, 72, 144)
    assert desk.figure("tickets.active", log.journals()) == pytest.approx(0.2)


def test_open_work_and_open_waits_are_active_to_the_end_of_the_window(desk: Any, log: Any) -> None:
    log.work(log.ticket(), 720, 730)
    log.work(log.ticket(), 1080)
    log.work(log.ticket(), -100, -50, 0)
    assert desk.figure("tickets.active", log.journals()) == pytest.approx(0.75)


def test_pending_is_the_gap_before_an_answer(desk: Any, log: Any) -> None:
    ticket = log.ticket()
    log.work(ticket, 0, 0, 100)
    log.work(ticket, 820, 830, 840, task=1, why_queued=Why.RETURNED)
    log.work(ticket, 1000, 1000, 1010, task=2, why_queued=Why.REOPENED)  # resolved meanwhile
    figures = desk.figures(log.journals())
    assert figures["tickets.pending"]["mean"] == pytest.approx(0.5)
    assert figures["tickets.active"]["mean"] == pytest.approx(130 / DAY_MIN)


def test_pending_begins_when_the_last_parallel_task_ends(desk: Any, log: Any) -> None:
    ticket = log.ticket()
    log.work(ticket, 0, 0, 100)
    log.work(ticket, 0, 0, 676, task=1)
    log.work(ticket, 820, 830, 840, task=2, why_queued=Why.RETURNED)
    assert desk.figure("tickets.pending", log.journals()) == pytest.approx(0.1)


def test_a_ticket_pending_at_the_end_is_so_to_the_end_of_the_window(desk: Any, log: Any) -> None:
    log.work(log.ticket(state=State.PENDING), -100, -90, 360)
    log.work(log.ticket(state=State.RESOLVED, resolved=360), 0, 0, 360)
    assert desk.figure("tickets.pending", log.journals()) == pytest.approx(0.75)


def test_resolution_rate_is_the_share_of_the_last_eight_hours(desk: Any, log: Any) -> None:
    log.ticket(0, resolved=120)  # looked at for 480 min, resolved for 360 of them
    log.ticket(0, resolved=600)  # resolved when nobody looks any more
    log.ticket(-240, resolved=-100)  # looked at in the window for 240 min, resolved for all of them
    log.ticket(1200, abandoned=1300)  # looked at for the last 240 min, never resolved
    expected = 100 * (360 + 240) / (480 + 480 + 240 + 240)
    assert desk.figure("resolution.rate", log.journals()) == pytest.approx(expected)


def test_resolution_rate_ends_with_the_window_of_a_drained_run(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(drain=True)
    log = desk.log()
    log.ticket(DAY_MIN - 60, resolved=DAY_MIN - 30)
    assert desk.figure("resolution.rate", log.journals(end=3000)) == pytest.approx(50)


def test_backlog_by_hour_of_the_run_knows_the_warm_up_too(desk: Any, log: Any) -> None:
    log.work(log.ticket(), -30, 90, 105, tier=1)
    table = desk.table("backlog_by_time_tier", log.journals())
    assert len(table) == 48 * 4 * 2
    busy = table[(table["tier"] == "tier2") & (table["mean"] > 0)].set_index(["time", "measure"])["mean"]
    hours = [desk.clock.instant(desk.clock.warmup + hour * 60 * MINUTE) for hour in (-1, 0, 1)]
    assert busy.to_dict() == {
        (hours[0], "waiting"): 0.5, (hours[1], "waiting"): 1.0, (hours[2], "waiting"): 0.5,
        (hours[2], "in_service"): 0.25,
    }  # fmt: skip


def test_backlog_of_a_long_run_is_by_day(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(days=130)
    assert len(desk.table("backlog_by_time_tier", desk.log().journals())) == 131 * 4 * 2


def test_backlog_by_local_hour_of_the_pool(desk: Any, log: Any) -> None:
    log.work(log.ticket(), -30, 90, 105, tier=1, region=1)
    log.work(log.ticket(), 0, region=0)
    journals = log.journals()
    london = {"region": "europe", "tier": "tier2"}
    assert desk.cell("backlog_by_region_hour_tier", "waiting", journals, hour_of_week=0, **london) == 1
    assert desk.cell("backlog_by_region_hour_tier", "waiting", journals, hour_of_week=1, **london) == 0.5
    assert desk.cell("backlog_by_region_hour_tier", "in_service", journals, hour_of_week=1, **london) == 0.25
    sunday_evening = {"region": "americas", "tier": "tier1", "hour_of_week": 160}
    assert desk.cell("backlog_by_region_hour_tier", "waiting", journals, **sunday_evening) == 1
    outside = desk.cell("backlog_by_region_hour_tier", "waiting", journals, hour_of_week=100, **london)
    assert np.isnan(outside)


def test_an_hour_of_the_week_averages_over_its_weeks(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(days=14)
    log = desk.log()
    log.work(log.ticket(), 0, 60, 70, region=1)  # Monday 00-01 in London, in one of two weeks
    assert desk.cell(
        "backlog_by_region_hour_tier", "waiting", log.journals(), region="europe", tier="tier1", hour_of_week=0
    ) == pytest.approx(0.5)


def test_nothing_happened_at_all(desk: Any, log: Any) -> None:
    figures = desk.figures(log.journals())
    zero = {name for name, figure in figures.items() if figure["mean"] == 0}
    assert zero == {
        "tickets.count", "tickets.abandoned", "tickets.active", "tickets.pending", "incidents.open",
        "hours.on_duty", "hours.overtime", "hours.callout",
        "pages.count", "pages.interruptions", "pages.sleep", "pages.off_hours", "callouts.count", "oncall.staff",
        "alerts.raised", "burnout.people_over_limit", "burnout.people_red",
    }  # fmt: skip
    assert all(figure["mean"] is None for name, figure in figures.items() if name not in zero)


@given(st.integers(0, 10**6))
def test_waits_are_what_a_walk_through_the_rows_gives(desk: Any, invent: Callable[..., Any], seed: int) -> None:
    journals = invent(desk, seed, 2)
    walked: dict[tuple[int, int], int] = {}
    worked: Counter[tuple[int, int]] = Counter()
    started: dict[tuple[int, int], bool] = {}
    names = ("ticket", "task", "queued_at", "start", "end")
    for ticket, task, queued, start, end in zip(*(journals.work[name].tolist() for name in names), strict=True):
        if not started.get((ticket, task)):
            until = next((ms for ms in (start, end) if ms != NEVER), journals.end)
            walked[ticket, task] = walked.get((ticket, task), 0) + until - queued
            started[ticket, task] = start != NEVER
        worked[ticket, task] += 0 if start == NEVER else (journals.end if end == NEVER else end) - start
    found = tasks_of_tiers(journals)
    assert found.worked.tolist() == list(worked.values())
    assert found.wait.tolist() == list(walked.values())
    assert found.started.tolist() == list(started.values())


@given(st.integers(0, 10**6))
def test_a_ticket_is_active_no_longer_than_its_tasks_and_no_shorter_than_the_longest(
    desk: Any, invent: Callable[..., Any], seed: int
) -> None:
    journals = invent(desk, seed, 2)
    pieces, work = present(journals), journals.work
    tickets = len(journals.tickets["created"])
    ends = np.where(work["end"] == NEVER, journals.end, work["end"])
    active = np.bincount(pieces.group, weights=pieces.spans.length, minlength=tickets)
    every = np.bincount(work["ticket"], weights=ends - work["queued_at"], minlength=tickets)
    longest = np.zeros(tickets)
    np.maximum.at(longest, work["ticket"], ends - work["queued_at"])
    assert (active <= every).all()
    assert (active >= longest).all()


@pytest.mark.parametrize("seed", range(3))
def test_backlog_over_time_and_over_the_week_hold_the_same_waits(
    make_desk: Callable[..., Any], invent: Any, seed: int
) -> None:
    desk = make_desk(days=9, warmup_days=0)
    journals = invent(desk, seed)
    total = float(lines_of_tiers(journals).waiting.clipped(0, desk.clock.end).length.sum()) / (60 * MINUTE)
    for name in ("backlog_by_time_tier", "backlog_by_region_hour_tier"):
        table = desk.table(name, journals)
        waiting = table[table["measure"] == "waiting"]
        assert (waiting["mean"] * waiting["n"]).sum() == pytest.approx(total)


def test_open_incidents_are_those_that_are_not_resolved(desk: Any, log: Any) -> None:
    """The window is a day: 1440 minutes."""
    log.ticket(0, priority=0, started=0, resolved=144)  # a tenth
    log.ticket(1008, priority=0)  # open to the end: three tenths
    log.ticket(0, priority=0, abandoned=72)  # a twentieth
    back = log.ticket(0, priority=0, started=0, first_resolved=144, resolved=720)  # a tenth, and again from 576 on
    log.work(back, 0, 0, 144)
    log.work(back, 576, 576, 720, task=1, why_queued=Why.REOPENED)
    log.ticket(0, priority=1)  # no P1
    log.ticket(0, priority=0, state=State.FILTERED)
    assert desk.figure("incidents.open", log.journals()) == pytest.approx(0.1 + 0.3 + 0.05 + 0.2)
