"""The hours of people, worked out by hand. The window of `desk` is minutes 0 to 1440 of Monday 2 March 2026, UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.engine.journal import NOBODY, Mode
from sim.metrics.measure import measure
from sim.metrics.timesheet import timesheet
from sim.workforce.roster import LEAD, Chore

if TYPE_CHECKING:
    from collections.abc import Callable


def _parts(desk: Any, journals: Any, agent: int = 0) -> dict[str, float]:
    """Minutes of every part of an agent's time that is not 0."""
    found = desk.table("time_by_agent", journals)
    mine = found[found["agent"] == agent].set_index("measure")["mean"]
    return {name: round(hours * 60, 6) for name, hours in mine.items() if hours}


def test_a_duty_with_a_pause_an_overlap_and_overtime(desk: Any, log: Any) -> None:
    log.duty(0, 240, pause=1, left=250, duty=0)
    log.duty(270, 480, paid_end=510, left=550, duty=0)
    log.chore(Chore.MEETING, 0, 10)
    log.chore(Chore.REVIEW, 30, 32)
    log.chore(Chore.MEETING, 480, 490)
    log.work(log.ticket(), 100, 100, 160)
    log.work(log.ticket(), 200, 200, 250)  # 10 minutes into the pause
    log.work(log.ticket(), 470, 490, 550, mode=Mode.OVERLAP)
    assert _parts(desk, log.journals()) == {
        "on_duty": 440, "occupied": 102, "meetings": 20, "reviews": 2, "overlap": 30, "overtime": 40, "breaks": 10,
    }  # fmt: skip


def test_work_through_a_whole_pause_is_work_in_the_pause_and_then_on_duty(desk: Any, log: Any) -> None:
    log.duty(0, 240, pause=1, left=300, duty=0)
    log.duty(270, 480, duty=0)
    log.work(log.ticket(), 200, 200, 300)
    assert _parts(desk, log.journals()) == {"on_duty": 450, "occupied": 70, "breaks": 30}


def test_a_call_out_ends_where_the_next_duty_begins(desk: Any, log: Any) -> None:
    log.duty(480, 960)
    log.work(log.ticket(), 400, 420, 500, mode=Mode.CALL_OUT, duty=NOBODY)
    assert _parts(desk, log.journals()) == {"on_duty": 480, "occupied": 20, "callouts": 60}


def test_a_call_out_after_the_overlap_is_no_overtime(desk: Any, log: Any) -> None:
    log.duty(0, 480, paid_end=510)
    log.work(log.ticket(), 600, 600, 630, mode=Mode.CALL_OUT, duty=NOBODY)
    assert _parts(desk, log.journals()) == {"on_duty": 480, "overlap": 30, "callouts": 30}


def test_only_the_window_counts(desk: Any, log: Any) -> None:
    log.duty(-500, -20, paid_end=10, left=30)
    log.duty(1200, 1500, paid_end=1530)
    log.rows["duties"][-1] |= {"end": desk.clock.end, "left": desk.clock.end}  # cut to the run
    log.work(log.ticket(), 1430, 1430)
    assert _parts(desk, log.journals()) == {"on_duty": 240, "occupied": 10, "overlap": 10, "overtime": 20}


def test_who_is_done_before_the_overlap_ends_has_no_overtime(desk: Any, log: Any) -> None:
    log.duty(0, 480, paid_end=510, left=485)
    assert desk.figure("hours.overtime", log.journals()) == 0


def test_a_duty_outside_the_run_is_no_time(desk: Any, log: Any) -> None:
    log.duty(None, None, paid_end=3000)
    assert _parts(desk, log.journals()) == {}


def test_a_duty_that_never_ends_has_neither_overlap_nor_overtime(desk: Any, log: Any) -> None:
    log.endless()
    assert _parts(desk, log.journals()) == {"on_duty": 1440}


def test_the_figures_are_sums_over_all_agents(desk: Any, log: Any) -> None:
    log.duty(0, 480, left=510)
    log.duty(0, 480, agent=1, tier=2, left=495)
    log.agent(2, tier=LEAD)
    log.work(log.ticket(), 600, 600, 660, mode=Mode.CALL_OUT, agent=2, duty=NOBODY)
    figures = desk.figures(log.journals())
    found = {name: figures[f"hours.{name}"]["mean"] for name in ("on_duty", "overtime", "callout")}
    assert found == {"on_duty": 16, "overtime": 0.75, "callout": 1}
    assert desk.cell("time_by_tier", "overtime", log.journals(), tier="tier3") == 0.25


@pytest.mark.parametrize("seed", range(3))
def test_hours_agree_with_utilization_and_between_tables(desk: Any, invent: Callable[..., Any], seed: int) -> None:
    found = measure(invent(desk, seed), desk.scenario, desk.clock).tables
    by_agent, by_tier, used = (found[name].num for name in ("time_by_agent", "time_by_tier", "utilization_by_agent"))
    np.testing.assert_allclose(by_agent[:, 0], used[:, 2])
    np.testing.assert_allclose(by_agent[:, 1], used[:, 1])
    np.testing.assert_allclose(by_agent.sum(axis=0), by_tier.sum(axis=0))
    assert (by_agent.sum(axis=0)[[0, 1, 2, 4, 5]] > 0).all()


def test_a_timesheet_holds_everything_that_keeps_people_busy_in_order(desk: Any, invent: Callable[..., Any]) -> None:
    journals = invent(desk, 1)
    busy = timesheet(journals).busy
    assert len(busy.agent) == len(journals.chores["start"]) + int((journals.work["agent"] != NOBODY).sum())
    order = np.lexsort((busy.spans.start, busy.agent))
    assert (order == np.arange(len(order))).all()


def test_hours_worked_by_week_are_cut_at_the_weeks_of_the_window(make_desk: Any) -> None:
    desk = make_desk(days=10)
    log, day = desk.log(), 1440
    log.duty(7 * day - 120, 7 * day + 180, paid_end=7 * day + 210, left=7 * day + 240)
    log.duty(-300, 60)  # only what lies in the window counts
    journals = log.journals()
    weeks = list(dict.fromkeys(desk.table("time_by_agent_week", journals)["week"]))
    assert [str(week) for week in weeks] == ["2026-03-02", "2026-03-09"]
    worked = [desk.cell("time_by_agent_week", "worked", journals, agent=0, week=week) for week in weeks]
    assert worked == pytest.approx([2 + 1, 3 + 1])


def test_a_call_out_is_work_of_its_week(make_desk: Any) -> None:
    desk = make_desk(days=7)
    log = desk.log()
    log.work(log.ticket(), 0, 30, 120, agent=1, duty=NOBODY, mode=Mode.CALL_OUT)
    (week,) = set(desk.table("time_by_agent_week", log.journals())["week"])
    assert desk.cell("time_by_agent_week", "worked", log.journals(), agent=1, week=week) == pytest.approx(1.5)
