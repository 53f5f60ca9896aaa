"""Promises kept, worked out by hand. The window of `desk` is one day, minutes 0 to 1440."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.clock import MINUTE
from sim.metrics import sla
from sim.metrics.cuts import NO_CHANNEL
from sim.metrics.sla import Outcome
from sim.workload.tape import CustomerClass, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

MIDNIGHT = 1440
MS = 1 / 60_000


def _response(desk: Any, log: Any) -> list[int]:
    return sla.response(log.journals().tickets, desk.clock, drained=False).tolist()


def _resolution(desk: Any, log: Any) -> list[int]:
    return sla.resolution(log.journals().tickets, desk.clock, drained=False).tolist()


def test_a_response_at_the_deadline_is_in_time_and_a_millisecond_later_is_not(desk: Any, log: Any) -> None:
    log.ticket(0, respond_by=60, started=60)
    log.ticket(0, respond_by=60, started=60 + MS)
    log.ticket(0, respond_by=60)
    assert _response(desk, log) == [Outcome.MET, Outcome.BREACHED, Outcome.BREACHED]


def test_the_window_includes_its_start_and_excludes_its_end(desk: Any, log: Any) -> None:
    for deadline in (-MS, 0, MIDNIGHT - MS, MIDNIGHT):
        log.ticket(-60, respond_by=deadline, started=-30)
    assert _response(desk, log) == [Outcome.NOT_DUE, Outcome.MET, Outcome.MET, Outcome.NOT_DUE]


def test_who_gives_up_before_the_deadline_is_excluded_and_after_it_a_breach(desk: Any, log: Any) -> None:
    for abandoned in (59, 60, 61):
        log.ticket(0, respond_by=60, abandoned=abandoned)
    assert _response(desk, log) == [Outcome.EXCLUDED, Outcome.BREACHED, Outcome.BREACHED]


def test_without_a_deadline_nothing_is_due(desk: Any, log: Any) -> None:
    log.ticket(0, started=10, resolved=20)
    assert _response(desk, log) == [Outcome.NOT_DUE]
    assert _resolution(desk, log) == [Outcome.NOT_DUE]


def test_waiting_for_the_customer_moves_the_deadline_of_the_resolution(desk: Any, log: Any) -> None:
    log.ticket(0, resolve_by=100, paused=50, started=1, resolved=150)
    log.ticket(0, resolve_by=100, paused=50, started=1, resolved=150 + MS)
    log.ticket(0, resolve_by=100, paused=MIDNIGHT - 100, started=1)  # moved to the very end of the window
    log.ticket(-200, resolve_by=-50, paused=50, started=-199, resolved=-1)  # moved into it
    assert _resolution(desk, log) == [Outcome.MET, Outcome.BREACHED, Outcome.NOT_DUE, Outcome.MET]


def test_a_reopened_ticket_that_is_still_open_has_not_been_resolved(desk: Any, log: Any) -> None:
    log.ticket(0, resolve_by=100, started=1, first_resolved=50)
    assert _resolution(desk, log) == [Outcome.BREACHED]


def test_no_resolution_is_owed_to_who_gave_up(desk: Any, log: Any) -> None:
    log.ticket(0, resolve_by=100, abandoned=200)
    assert _resolution(desk, log) == [Outcome.EXCLUDED]


def test_a_drained_run_counts_the_tickets_of_the_window_whenever_they_are_due(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(drain=True)
    log = desk.log()
    log.ticket(-60, respond_by=60, started=0, resolve_by=60, resolved=10)
    log.ticket(MIDNIGHT - 60, respond_by=MIDNIGHT + 60, started=MIDNIGHT + 30, resolve_by=2000, resolved=2001)
    log.ticket(MIDNIGHT - 60, started=MIDNIGHT)
    log.ticket(MIDNIGHT, respond_by=MIDNIGHT + 60, started=MIDNIGHT)
    journals = log.journals(end=3000)
    table = desk.table("sla_by_priority", journals)
    sums = table.groupby("measure")["mean"].sum()
    assert (sums["response.due"], sums["response.met"]) == (1, 1)
    assert (sums["resolution.due"], sums["resolution.met"]) == (1, 0)


def test_the_figures_are_shares_by_priority_and_none_where_nothing_is_due(desk: Any, log: Any) -> None:
    for started in (10, 20, 70, None):
        log.ticket(0, priority=1, respond_by=60, started=started, resolve_by=90, resolved=80 if started == 10 else None)
    figures = desk.figures(log.journals())
    assert figures["sla.response.P2"] == {
        "mean": 50.0, "low": None, "high": None, "unit": "%", "target": 95.0, "met": False,
    }  # fmt: skip
    assert figures["sla.resolution.P2"]["mean"] == 25.0
    assert figures["sla.response.P1"]["mean"] is None
    assert figures["sla.response.P1"]["met"] is None


def _busy(log: Any) -> Any:
    log.ticket(0, respond_by=60, started=30, resolve_by=90, resolved=60, region=0, tier=0, channel=0, priority=2)
    log.ticket(0, respond_by=60, started=90, resolve_by=90, resolved=120, region=1, tier=1, channel=1, priority=1)
    log.ticket(
        0, respond_by=60, started=90, region=1, tier=2, channel=255, kind=Kind.ALERT, priority=0,
        customer_class=CustomerClass.ENTERPRISE,
    )  # fmt: skip
    log.ticket(0, respond_by=60, abandoned=10, region=0, tier=0, channel=1, resolve_by=90)
    return log.journals()


@pytest.mark.parametrize(
    ("name", "keys", "share", "due", "excluded"),
    [
        ("sla_by_priority", {"priority": "P3"}, 100, 1, 1),
        ("sla_by_priority", {"priority": "P2"}, 0, 1, 0),
        ("sla_by_priority", {"priority": "P4"}, math.nan, 0, 0),
        ("sla_by_region", {"region": "americas"}, 100, 1, 1),
        ("sla_by_region", {"region": "europe"}, 0, 2, 0),
        ("sla_by_tier", {"tier": "tier1"}, 100, 1, 1),
        ("sla_by_tier", {"tier": "tier3"}, 0, 1, 0),
        ("sla_by_channel", {"channel": "email"}, 100, 1, 0),
        ("sla_by_channel", {"channel": "phone"}, 0, 1, 1),
        ("sla_by_channel", {"channel": NO_CHANNEL}, 0, 1, 0),
        ("sla_by_class", {"customer_class": "standard"}, 50, 2, 1),
        ("sla_by_class", {"customer_class": "enterprise"}, 0, 1, 0),
        ("sla_by_kind", {"kind": "ticket"}, 50, 2, 1),
        ("sla_by_kind", {"kind": "alert"}, 0, 1, 0),
        # 00:00 UTC on Monday is 16:00 on Sunday in Los Angeles, and 00:00 on Monday in London.
        ("sla_by_region_hour", {"region": "americas", "hour_of_week": 6 * 24 + 16}, 100, 1, 1),
        ("sla_by_region_hour", {"region": "europe", "hour_of_week": 0}, 0, 2, 0),
    ],
)
def test_cuts_of_the_response(
    desk: Any, log: Any, name: str, keys: dict[str, Any], share: float, due: int, excluded: int
) -> None:
    journals = _busy(log)
    assert desk.cell(name, "response", journals, **keys) == pytest.approx(share, nan_ok=True)
    assert desk.cell(name, "response.due", journals, **keys) == due
    assert desk.cell(name, "response.excluded", journals, **keys) == excluded


def test_cuts_of_the_resolution(desk: Any, log: Any) -> None:
    journals = _busy(log)
    found = {name: desk.cell("sla_by_region", name, journals, region="americas") for name in (
        "resolution", "resolution.due", "resolution.met", "resolution.excluded")}  # fmt: skip
    assert found == {"resolution": 100, "resolution.due": 1, "resolution.met": 1, "resolution.excluded": 1}


@pytest.mark.parametrize("seed", range(3))
def test_every_cut_pools_to_the_total(desk: Any, invent: Callable[..., Any], seed: int) -> None:
    tables = sla.tables(invent(desk, seed), desk.scenario, desk.clock)
    total = {
        name: (table.num.sum(axis=0), table.den[:, [0, 4]].sum(axis=0))
        for name, table in tables.items()
        if name in sla.LAYOUTS
    }
    num, den = total["sla_by_priority"]
    assert (den > 0).all()
    for above, below in total.values():
        np.testing.assert_array_equal(above, num)
        np.testing.assert_array_equal(below, den)


def test_a_channel_has_a_promise_of_its_own(desk: Any, log: Any) -> None:
    log.ticket(0, channel=0, started=5)
    log.ticket(0, channel=0, started=20)
    log.ticket(0, channel=0, abandoned=3)
    log.ticket(0, channel=1, started=500)
    quick = desk.scenario.demand.channels
    first = next(iter(quick))
    desk.scenario = desk.scenario.model_copy(
        update={
            "demand": desk.scenario.demand.model_copy(
                update={"channels": {**quick, first: quick[first].model_copy(update={"response_target": 10 * MINUTE})}}
            )
        }
    )
    found = desk.table("response_by_channel", log.journals()).set_index(["channel", "measure"])["mean"]
    assert found[first, "within_target"] == 50.0
    assert (found[first, "due"], found[first, "excluded"]) == (2, 1)
    silent = [name for name, channel in quick.items() if channel.response_target is None and name != first]
    assert silent or len(quick) > 1
    assert all(found[name, "due"] == 0 for name in [*silent, "(none)"])
