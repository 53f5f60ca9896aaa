"""The front door: what goes through it keeps its shape, stacks, and travels between processes."""

from __future__ import annotations

import pickle
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.metrics.kpis import KPIS
from sim.metrics.measure import LAYOUTS, measure, stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.engine.journal import Journals


def test_every_figure_and_every_table_is_there(desk: Any, log: Any) -> None:
    found = measure(log.journals(), desk.scenario, desk.clock)
    assert found.kpis.num.shape == found.kpis.den.shape == (len(KPIS),)
    assert found.tables.keys() == LAYOUTS.keys()
    for name, table in found.tables.items():
        assert table.num.shape == table.den.shape
        assert table.num.shape[1] == len(LAYOUTS[name].measures)


def test_rows_are_known_from_the_scenario_alone(desk: Any, invent: Callable[..., Any]) -> None:
    shapes = [
        {name: table.num.shape for name, table in measure(invent(desk, seed), desk.scenario, desk.clock).tables.items()}
        for seed in (1, 2)
    ]
    assert shapes[0] == shapes[1]


def test_measuring_changes_nothing_and_repeats(desk: Any, invent: Callable[..., Any]) -> None:
    journals = invent(desk, 1)
    before = pickle.dumps(journals)
    once, again = (pickle.dumps(measure(journals, desk.scenario, desk.clock)) for _ in range(2))
    assert once == again
    assert pickle.dumps(journals) == before


def test_a_measurement_survives_the_way_between_processes(desk: Any, invent: Callable[..., Any]) -> None:
    found = measure(invent(desk, 1), desk.scenario, desk.clock)
    copy = pickle.loads(pickle.dumps(found))  # noqa: S301 - our own bytes
    np.testing.assert_array_equal(copy.kpis.num, found.kpis.num)
    assert copy.tables.keys() == found.tables.keys()


def test_replications_are_pooled_by_adding_both_sides(desk: Any) -> None:
    logs = [desk.log() for _ in range(2)]
    logs[0].ticket(0, started=10)
    for _ in range(3):
        logs[1].ticket(0, started=50)
    figures = desk.figures(*(log.journals() for log in logs))
    assert figures["response.mean"]["mean"] == pytest.approx((10 + 3 * 50) / 4)
    assert figures["tickets.count"]["mean"] == 2
    # A mean of counts: Student's t with one degree of freedom, 12.706 x 1.
    assert figures["tickets.count"]["high"] == pytest.approx(2 + 12.706, abs=1e-3)


def test_agents_who_are_off_for_a_whole_run_are_there_with_no_hours(desk: Any) -> None:
    logs = [desk.log() for _ in range(2)]
    for log in logs:
        log.duty(0, 60)
    logs[1].duty(0, 60, agent=2)
    table = desk.table("utilization_by_agent", *(log.journals() for log in logs))
    hours = table[table["measure"] == "on_duty"].set_index("agent")["mean"]
    assert len(hours) == 10  # everybody on the roster
    assert hours[hours > 0].to_dict() == {0: 1.0, 2: 0.5}


def test_stacked_replications_lie_along_the_first_axis(desk: Any, invent: Callable[..., Any]) -> None:
    parts = [measure(invent(desk, seed), desk.scenario, desk.clock) for seed in range(3)]
    stacked = stack(parts)
    assert stacked.kpis.num.shape == (3, len(KPIS))
    np.testing.assert_array_equal(
        stacked.tables["sla_by_region_hour"].num[2], parts[2].tables["sla_by_region_hour"].num
    )


def test_a_code_that_the_scenario_does_not_know_is_refused(desk: Any, log: Any) -> None:
    log.ticket(0, region=2)
    with pytest.raises(ValueError, match="invalid entry"):
        measure(log.journals(), desk.scenario, desk.clock)


@pytest.mark.benchmark
def test_a_month_of_forty_thousand_tickets_is_measured_in_a_tenth_of_a_second(
    make_desk: Callable[..., Any], invent: Callable[..., Any]
) -> None:
    desk = make_desk(days=28, warmup_days=7)
    journals: Journals = invent(desk, 1, per_duty=140)
    assert len(journals.tickets["created"]) > 40_000
    assert len(journals.work["ticket"]) > 60_000
    times = []
    for _ in range(15):
        begun = time.perf_counter()
        measure(journals, desk.scenario, desk.clock)
        times.append(time.perf_counter() - begun)
    assert sorted(times)[5] < 0.100
