"""Staffing and load by local hour, worked out by hand. The window of `desk` is Monday, 2 March 2026, UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.engine.journal import How, Mode, Why

if TYPE_CHECKING:
    from collections.abc import Callable

EUROPE = 1


def cell(desk: Any, journals: Any, measure: str, hour: int, **keys: Any) -> float:
    table = "staffing_by_region_hour_tier" if "tier" in keys else "staffing_by_region_hour"
    found: float = desk.cell(table, measure, journals, region="europe", hour_of_week=hour, **keys)
    return found


def test_two_agents_for_half_an_hour_are_one_agent(desk: Any, log: Any) -> None:
    log.duty(600, 630, region=EUROPE)
    log.duty(600, 630, region=EUROPE, agent=1)
    log.duty(630, 660, region=EUROPE, agent=2, tier=1)
    journals = log.journals()
    assert cell(desk, journals, "on_duty", 10) == pytest.approx(1.5)
    assert cell(desk, journals, "on_duty", 10, tier="tier1") == pytest.approx(1)
    assert cell(desk, journals, "on_duty", 10, tier="tier2") == pytest.approx(0.5)
    assert cell(desk, journals, "on_duty", 11) == 0
    assert desk.cell("staffing_by_region_hour", "on_duty", journals, region="americas", hour_of_week=2) == 0


def test_all_work_on_a_task_belongs_to_the_hour_in_which_it_was_first_queued(desk: Any, log: Any) -> None:
    log.duty(0, 1440, region=EUROPE)
    ticket = log.ticket(610, region=EUROPE)
    log.work(ticket, 610, 650, 680, region=EUROPE, how_ended=How.HANDED_OVER)  # 30 min
    log.work(ticket, 680, 900, 960, region=EUROPE, why_queued=Why.HANDED_OVER)  # 60 min
    log.work(ticket, 700, 800, 812, region=EUROPE, task=1, tier=1)  # another task: 12 min, of the next hour
    journals = log.journals()
    assert cell(desk, journals, "offered", 10, tier="tier1") == pytest.approx(1.5)
    assert cell(desk, journals, "offered", 11, tier="tier2") == pytest.approx(0.2)
    assert [cell(desk, journals, "offered", hour) for hour in (9, 10, 11, 13, 15)] == pytest.approx([0, 1.5, 0.2, 0, 0])


def test_load_belongs_to_the_pool_of_the_task_whoever_does_it_on_whatever_terms(desk: Any, log: Any) -> None:
    log.duty(0, 1440)  # of the Americas
    log.work(log.ticket(610, region=EUROPE), 610, 620, 650, region=EUROPE, mode=Mode.CALL_OUT)
    assert cell(desk, log.journals(), "offered", 10) == pytest.approx(0.5)


def test_open_work_counts_up_to_the_end_and_what_nobody_did_brings_nothing(desk: Any, log: Any) -> None:
    log.duty(0, 1440, region=EUROPE)
    log.work(log.ticket(1385, region=EUROPE), 1385, 1410, None, region=EUROPE, how_ended=How.OPEN)
    log.work(log.ticket(1386, region=EUROPE), 1386, None, 1390, region=EUROPE, how_ended=How.ABANDONED)
    assert cell(desk, log.journals(), "offered", 23) == pytest.approx(0.5)


def test_what_was_queued_before_the_window_is_not_in_it(desk: Any, log: Any) -> None:
    log.duty(-600, 1440, region=EUROPE)
    log.work(log.ticket(-5, region=EUROPE), -5, 10, 70, region=EUROPE)
    table = desk.table("staffing_by_region_hour", log.journals())
    assert table[table["measure"] == "offered"]["mean"].sum() == 0


def test_an_hour_that_the_clocks_skip_is_no_hour_and_one_shown_twice_counts_twice(
    make_desk: Callable[..., Any],
) -> None:
    spring, autumn = make_desk("2026-03-29"), make_desk("2026-10-25")
    sunday = 6 * 24
    log = spring.log()
    log.duty(0, 1440, region=EUROPE)
    log.work(log.ticket(30, region=EUROPE), 65, 65, 95, region=EUROPE)  # 02:05 on the wall
    journals = log.journals()
    assert np.isnan(cell(spring, journals, "on_duty", sunday + 1))
    assert cell(spring, journals, "on_duty", sunday + 2) == pytest.approx(1)
    assert cell(spring, journals, "offered", sunday + 2) == pytest.approx(0.5)
    log = autumn.log()
    log.duty(0, 60, region=EUROPE)  # one of the two hours
    assert cell(autumn, log.journals(), "on_duty", sunday + 1) == pytest.approx(0.5)


def test_agents_add_up_to_the_hours_of_utilization(desk: Any, invent: Callable[..., Any]) -> None:
    journals = invent(desk, 7)
    staffing = desk.table("staffing_by_region_hour", journals)
    present = staffing[staffing["measure"] == "on_duty"]
    busy = desk.table("utilization_by_region", journals)
    hours = busy[busy["measure"] == "on_duty"].set_index("region")["mean"]
    found = (present["mean"] * present["n"]).groupby(present["region"]).sum()
    assert found.to_dict() == pytest.approx(hours.to_dict())
