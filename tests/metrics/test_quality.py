"""First-contact resolution and reopening, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

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
