"""First-contact resolution and reopening, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.journal import State
from sim.scenario.schema import Satisfaction
from sim.workload.tape import Kind


def test_first_contact_is_one_stage_of_resolved_tickets_from_p2_to_p4(desk: Any, log: Any) -> None:
    log.ticket(0, priority=1, resolved=10)
    log.ticket(0, priority=2, resolved=10)
    log.ticket(0, priority=3, resolved=10)
    log.ticket(0, priority=3, resolved=10, stages=2)
    log.ticket(0, priority=0, resolved=10)  # P1
    log.ticket(0, kind=Kind.ALERT, resolved=10)
    log.ticket(0, stages=2)  # not resolved
    log.ticket(-1, resolved=10)  # created before the window
    assert desk.figures(log.journals())["fcr"] == {
        "mean": 75.0, "low": None, "high": None, "unit": "%", "target": 85.0, "met": False,
    }  # fmt: skip


def test_reopened_and_open_counts_as_reopened(desk: Any, log: Any) -> None:
    log.ticket(0, resolved=10)
    log.ticket(0, first_resolved=10, resolved=30)
    log.ticket(0, first_resolved=10)
    log.ticket(0)
    assert desk.figure("reopened", log.journals()) == pytest.approx(200 / 3)


def test_nothing_resolved_is_no_figure(desk: Any, log: Any) -> None:
    log.ticket(0)
    figures = desk.figures(log.journals())
    assert figures["fcr"]["mean"] is None
    assert figures["reopened"]["mean"] is None


def test_a_ticket_that_escalation_brought_to_another_tier_is_no_first_contact(desk: Any, log: Any) -> None:
    own, higher = log.duty(0, 60, agent=0), log.duty(0, 60, agent=1, tier=1)
    stayed, rose = log.ticket(0, priority=2, resolved=10), log.ticket(0, priority=2, resolved=10)
    log.work(stayed, 0, 0, 10, agent=0, duty=own)
    log.work(rose, 0, 0, 10, agent=1, duty=higher)
    assert desk.figure("fcr", log.journals()) == 50.0


def test_satisfaction_of_those_in_time_and_late_and_gone(desk: Any, log: Any) -> None:
    promised = {"respond_by": 60, "resolve_by": 240}
    log.ticket(0, started=60, resolved=240, **promised)  # in time to the minute: 95
    log.ticket(0, started=75, resolved=200, **promised)  # a quarter late: 95 - 40 / 4 = 85
    log.ticket(0, started=500, resolved=360, **promised)  # response lost, resolution half late: 95 - 40 - 20 = 35
    log.ticket(0, started=50, resolved=900, **promised, paused=660)  # the customer was waited for: 95
    log.ticket(0, abandoned=30, state=State.ABANDONED, **promised)  # 0
    log.ticket(0, started=10, **promised)  # open: not judged
    log.ticket(0, started=400, resolved=900)  # nothing was promised: 95
    log.ticket(0, started=400, resolved=900, kind=Kind.ALERT, **promised)  # no customer
    assert desk.figure("satisfaction", log.journals()) == pytest.approx((95 + 85 + 35 + 95 + 0 + 95) / 6)


def test_satisfaction_is_never_below_zero(make_desk: Any) -> None:
    desk = make_desk()
    hard = {"in_time": 0.5, "late_response": 0.4, "late_resolution": 0.4}
    targets = desk.scenario.targets.model_copy(update={"satisfaction": Satisfaction(**hard)})
    desk.scenario = desk.scenario.model_copy(update={"targets": targets})
    log = desk.log()
    log.ticket(0, started=500, resolved=1000, respond_by=60, resolve_by=240)
    assert desk.figure("satisfaction", log.journals()) == 0
