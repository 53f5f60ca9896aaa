"""Utilization, worked out by hand. The window of `desk` is one day, minutes 0 to 1440."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.engine.journal import NOBODY, Mode
from sim.metrics import utilization
from sim.metrics.timesheet import timesheet
from sim.metrics.utilization import band
from sim.scenario.schema import UtilizationBands
from sim.workforce.roster import Chore

if TYPE_CHECKING:
    from collections.abc import Callable


def test_half_of_a_duty_at_work_is_fifty_per_cent(desk: Any, log: Any) -> None:
    log.duty(0, 480)
    log.work(log.ticket(), 0, 0, 120)
    log.work(log.ticket(), 0, 200, 320)
    assert desk.figure("utilization.tier1", log.journals()) == pytest.approx(50)


def test_only_what_lies_in_the_window_counts_on_both_sides(desk: Any, log: Any) -> None:
    log.duty(-240, 240)
    log.work(log.ticket(), -100, -60, 60)
    assert desk.figure("utilization.tier1", log.journals()) == pytest.approx(25)


def test_open_work_runs_to_the_end_of_the_run(desk: Any, log: Any) -> None:
    log.duty(960, 1440)
    log.work(log.ticket(), 1320, 1320)
    assert desk.figure("utilization.tier1", log.journals()) == pytest.approx(25)


def test_work_after_the_window_of_a_drained_run_does_not_count(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(drain=True)
    log = desk.log()
    log.duty(0, 2880)
    log.work(log.ticket(), 1080, 1080, 2000)
    assert desk.figure("utilization.tier1", log.journals(end=2880)) == pytest.approx(25)


def test_what_counts_is_when_work_is_done_and_not_on_what_terms_it_began(desk: Any, log: Any) -> None:
    log.duty(60, 480, left=540)
    log.work(log.ticket(), 0, 0, 90, mode=Mode.CALL_OUT, duty=NOBODY)  # half an hour of it on duty
    log.work(log.ticket(), 450, 450, 540)  # half an hour of it on duty
    log.work(log.ticket(), 600, 600, 660, mode=Mode.OVERLAP)
    assert desk.figure("utilization.tier1", log.journals()) == pytest.approx(100 * 60 / 420)


def test_pauses_and_work_that_runs_into_them_are_on_neither_side(desk: Any, log: Any) -> None:
    log.duty(0, 120, pause=1, left=140, duty=0)
    log.duty(150, 270, duty=0)
    log.work(log.ticket(), 60, 60, 140)
    assert desk.figure("utilization.tier1", log.journals()) == pytest.approx(100 * 60 / 240)


def test_work_goes_to_each_segment_that_it_touches(desk: Any, log: Any) -> None:
    log.duty(0, 120, pause=1, left=180, duty=0)
    log.duty(150, 270, duty=0)
    log.work(log.ticket(), 90, 90, 180)
    assert desk.figure("utilization.tier1", log.journals()) == pytest.approx(100 * 60 / 240)


def test_meetings_shorten_the_time_on_duty_and_reviews_fill_it(desk: Any, log: Any) -> None:
    log.duty(0, 240, paid_end=270)
    log.chore(Chore.MEETING, 0, 10)
    log.chore(Chore.MEETING, 250, 260)  # in the overlap
    log.chore(Chore.REVIEW, 60, 83)
    assert desk.figure("utilization.tier1", log.journals()) == pytest.approx(10)
    journals = log.journals()
    assert desk.cell("utilization_by_agent", "on_duty", journals, agent=0) == pytest.approx(230 / 60)


def test_nobody_on_duty_is_no_figure_and_not_zero(desk: Any, log: Any) -> None:
    log.duty(None, None, tier=1)
    figures = desk.figures(log.journals())
    assert figures["utilization.tier2"] == {"mean": None, "low": None, "high": None, "unit": "%", "band": None}


def test_nobody_busy_is_zero(desk: Any, log: Any) -> None:
    log.duty(0, 60)
    assert desk.figure("utilization.tier1", log.journals()) == 0


def test_work_counts_for_the_tier_of_the_agent_and_not_of_the_task(desk: Any, log: Any) -> None:
    log.duty(0, 480, agent=0, tier=1, region=1)
    log.work(log.ticket(), 0, 0, 240, tier=0, region=0)
    journals = log.journals()
    assert desk.figure("utilization.tier2", journals) == pytest.approx(50)
    assert desk.figure("utilization.tier1", journals) is None
    assert desk.cell("utilization_by_region", "utilization", journals, region="europe") == pytest.approx(50)


def _two_agents(log: Any) -> Any:
    log.duty(0, 60, agent=0)
    log.duty(120, 240, agent=1, region=1, tier=2)
    log.work(log.ticket(), 0, 15, 45)
    log.work(log.ticket(), 0, 120, 210, agent=1, duty=1)
    return log.journals()


@pytest.mark.parametrize(
    ("name", "keys", "share", "busy", "present"),
    [
        ("utilization_by_tier", {"tier": "tier1"}, 50, 0.5, 1),
        ("utilization_by_tier", {"tier": "tier3"}, 75, 1.5, 2),
        ("utilization_by_region", {"region": "americas"}, 50, 0.5, 1),
        ("utilization_by_region_tier", {"region": "europe", "tier": "tier3"}, 75, 1.5, 2),
        ("utilization_by_region_tier", {"region": "europe", "tier": "tier1"}, math.nan, 0, 0),
        ("utilization_by_agent", {"agent": 1}, 75, 1.5, 2),
        # Sunday 16-17 in Los Angeles; Monday 02-03 and 03-04 in London.
        ("utilization_by_hour_tier", {"hour_of_week": 160, "tier": "tier1"}, 50, 0.5, 1),
        ("utilization_by_hour_tier", {"hour_of_week": 2, "tier": "tier3"}, 100, 1, 1),
        ("utilization_by_hour_tier", {"hour_of_week": 3, "tier": "tier3"}, 50, 0.5, 1),
        ("utilization_by_hour_tier", {"hour_of_week": 2, "tier": "tier1"}, math.nan, 0, 0),
    ],
)
def test_cuts(desk: Any, log: Any, name: str, keys: dict[str, Any], share: float, busy: float, present: float) -> None:
    journals = _two_agents(log)
    assert desk.cell(name, "utilization", journals, **keys) == pytest.approx(share, nan_ok=True)
    assert desk.cell(name, "occupied", journals, **keys) == pytest.approx(busy)
    assert desk.cell(name, "on_duty", journals, **keys) == pytest.approx(present)


def test_rows_carry_the_band_and_the_action_of_the_manual(desk: Any, log: Any) -> None:
    table = desk.table("utilization_by_tier", _two_agents(log))
    shares = table[table["measure"] == "utilization"].set_index("tier")
    assert shares.loc["tier1", ["band", "action"]].tolist() == ["low", "Adjust staffing down"]
    assert shares.loc["tier3", ["band", "action"]].tolist() == ["optimal", "Maintain current staffing"]
    assert shares.loc["tier2", ["band", "action"]].isna().all()
    assert table.loc[table["measure"] != "utilization", "band"].isna().all()


@pytest.mark.parametrize(
    ("share", "name", "action"),
    [
        (0, "low", "Adjust staffing down"),
        (69.999, "low", "Adjust staffing down"),
        (70, "optimal", "Maintain current staffing"),
        (79.999, "optimal", "Maintain current staffing"),
        (80, "high", "Consider temporary help"),
        (89.999, "high", "Consider temporary help"),
        (90, "critical", "Emergency measures"),
        (120, "critical", "Emergency measures"),
    ],
)
def test_bands_are_half_open(share: float, name: str, action: str) -> None:
    assert band(share, UtilizationBands()) == (name, action)


def test_an_edge_that_binary_fractions_miss_is_still_the_edge() -> None:
    edges = UtilizationBands(
        optimal=0.55, high=0.56, critical=0.9
    )  # these x 100 are 55.00000000000001, 56.00000000000001
    assert [level.name for share in (55, 56) if (level := band(share, edges))] == ["optimal", "high"]


def test_no_figure_has_no_band() -> None:
    assert band(math.nan, UtilizationBands()) is None


@pytest.mark.parametrize("seed", range(3))
def test_nobody_works_more_than_all_the_time_and_cuts_add_up(desk: Any, invent: Callable[..., Any], seed: int) -> None:
    journals = invent(desk, seed)
    tables = utilization.tables(timesheet(journals), journals, desk.scenario, desk.clock)
    total = tables["utilization_by_tier"].num.sum(axis=0)
    assert (total > 0).all()
    for table in tables.values():
        assert (table.num[:, 0] <= 100 * table.den[:, 0] + 1e-9).all()
        np.testing.assert_allclose(table.num.sum(axis=0), total, rtol=1e-12)
