"""The communication chain, work outside the organisation, re-homing, and who does what besides tickets.

Tier 5 is a manager, tier 6 a coordinator. A row of work is (ticket, task, stretch, agent, queued at, why, start, end,
how it ended).
"""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.policy import Overflow
from sim.workload.tape import TaskKind

MANAGER, COORDINATOR = 5, 6


def outage(*more: Any) -> list[Any]:
    """A stage: 100 ms of a lead at tier 3, and more."""
    return [(3, 100), *more]


# ---------------------------------------------------------------------- the communication chain


def test_the_steps_of_a_chain_fall_due_one_after_the_other(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=MANAGER)
    w.agent(tier=COORDINATOR)
    w.ticket(10, "P1", outage((COORDINATOR, 5, 0, "comms"), (MANAGER, 7, 0, "comms", 15), (MANAGER, 7, 0, "comms", 30)))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 110, "done"),
        (0, 1, 0, 2, 10, "arrived", 10, 15, "done"),
        (0, 2, 0, 1, 25, "arrived", 25, 32, "done"),
        (0, 3, 0, 1, 40, "arrived", 40, 47, "done"),
    ]
    assert played.tickets("started", "resolved", "state") == [(10, 110, "resolved")]
    assert played.journals.work["kind"].tolist() == [TaskKind.WORK, TaskKind.COMMS, TaskKind.COMMS, TaskKind.COMMS]


def test_a_chain_may_have_hundreds_of_steps(world: Any) -> None:
    w = world(end=10_000)
    w.agent(tier=3)
    w.agent(tier=MANAGER)
    w.ticket(10, "P1", outage(*((MANAGER, 7, 0, "comms", 15 * step) for step in range(600))))
    played = w.play()
    assert played.work[1:] == [
        (0, step + 1, 0, 1, 10 + 15 * step, "arrived", 10 + 15 * step, 17 + 15 * step, "done") for step in range(600)
    ]


def test_a_step_waits_for_a_manager_and_holds_nothing_up(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=MANAGER, duties=[(300, 400)])
    w.ticket(10, "P1", outage((MANAGER, 7, 0, "comms", 15)))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 110, "done"),
        (0, 1, 0, 1, 25, "arrived", 300, 307, "done"),
    ]
    assert played.tickets("resolved") == [(110,)]


def test_people_are_told_when_it_is_over_too(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=MANAGER)
    w.ticket(10, "P1", outage((MANAGER, 7, 0, "comms", 500)))
    assert w.play().work_of(0) == [
        (0, 0, 0, 10, "arrived", 10, 110, "done"),
        (1, 0, 1, 510, "arrived", 510, 517, "done"),
    ]


def test_a_step_for_which_there_is_nobody_stays_open_and_pages_nobody(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.turn("primary", 0)
    w.ticket(10, "P1", outage((MANAGER, 7, 0, "comms")), pages=(1, 1))
    played = w.play()
    assert played.work_of(0)[1] == (1, 0, None, 10, "arrived", None, None, "open")
    assert played.pages == []
    assert played.tickets("state") == [("resolved",)]


def test_a_step_is_neither_the_response_nor_a_reason_to_be_patient(world: Any) -> None:
    w = world()
    w.agent(tier=3, duties=[(900, 1000)])
    w.agent(tier=MANAGER)
    w.ticket(10, "P1", outage((MANAGER, 7, 0, "comms"), (MANAGER, 7, 0, "comms", 80)), patience=50)
    played = w.play()
    assert played.work_of(0) == [
        (0, 0, None, 10, "arrived", None, 60, "abandoned"),
        (1, 0, 1, 10, "arrived", 10, 17, "done"),
    ]
    assert played.tickets("started", "abandoned", "state") == [(None, 60, "abandoned")]


def test_a_step_does_not_escalate_and_wakes_no_engineer(world: Any) -> None:
    w = world(widens_tier=True, widens_region=True)
    w.agent(tier=3)
    w.agent(tier=4)
    w.agent(tier=MANAGER, duties=[(500, 600)])
    w.ticket(10, "P1", outage((MANAGER, 7, 0, "comms")), escalate_at=60)
    played = w.play()
    assert played.work_of(0)[1] == (1, 0, 2, 10, "arrived", 500, 507, "done")
    assert played.tickets("escalated") == [(None,)]


def test_a_p1_that_becomes_an_emergency_starts_the_chain_then(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=4)
    w.agent(tier=MANAGER)
    w.ticket(10, "P1", (3, 100), critical=(70, (4, 50), (MANAGER, 5, "comms"), (MANAGER, 5, "comms", 15)))
    played = w.play()
    assert played.work_of(0) == [
        (0, 0, 0, 10, "arrived", 10, 110, "done"),
        (1, 0, 1, 70, "critical", 70, 120, "done"),
        (2, 0, 2, 70, "critical", 70, 75, "done"),
        (3, 0, 2, 85, "critical", 85, 90, "done"),
    ]
    assert played.tickets("critical", "resolved") == [(70, 120)]


def test_who_comes_to_help_while_the_customer_is_awaited_does_not_escalate(world: Any) -> None:
    w = world()
    w.agent()
    w.agent(tier=4)
    w.ticket(5, "P1", (1, 10), (1, 10, 200), escalate_at=60, critical=(100, (4, 9)))  # the timer stands still at 15
    played = w.play()
    assert played.work_of(0) == [
        (0, 0, 0, 5, "arrived", 5, 15, "done"),
        (1, 0, 0, 215, "returned", 215, 225, "done"),
        (2, 0, 1, 100, "critical", 100, 109, "done"),
    ]
    assert played.tickets("escalated", "critical") == [(None, 100)]


def test_who_had_the_ticket_before_is_who_worked_on_it_not_who_told_of_it(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=3)
    w.agent(tier=MANAGER)
    w.ticket(5, "P3", (3, 50))
    w.ticket(10, "P1", [(3, 20), (MANAGER, 5, 0, "comms", 10)], (3, 5, 40))
    assert w.play().work_of(1) == [
        (0, 0, 1, 10, "arrived", 10, 30, "done"),
        (1, 0, 2, 20, "arrived", 20, 25, "done"),
        (2, 0, 1, 70, "returned", 70, 75, "done"),
    ]


def test_a_step_that_would_fall_due_at_the_end_of_the_run_does_not(world: Any) -> None:
    w = world(end=100)
    w.agent(tier=3)
    w.agent(tier=MANAGER)
    w.ticket(10, "P1", outage((MANAGER, 7, 0, "comms", 89), (MANAGER, 7, 0, "comms", 90)))
    assert w.play().work_of(0) == [
        (0, 0, 0, 10, "arrived", 10, None, "open"),
        (1, 0, 1, 99, "arrived", 99, None, "open"),
    ]


def test_an_emergency_in_the_last_instant_begins_and_one_at_the_end_does_not(world: Any) -> None:
    w = world(end=100)
    w.agent(tier=3)
    w.agent(tier=COORDINATOR)
    for created in (99, 100):
        w.ticket(created, "P1", outage((COORDINATOR, 5, 0, "comms"), (1, 50, 0, "outside")))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 99, "arrived", 99, None, "open"),
        (0, 1, 0, 1, 99, "arrived", 99, None, "open"),
        (0, 2, 0, None, 99, "arrived", 99, None, "open"),
    ]
    assert played.tickets("state") == [("in_service",), ("queued",)]


def test_steps_of_two_emergencies_are_done_in_the_order_in_which_they_fell_due(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=3)
    w.agent(tier=MANAGER)
    w.ticket(10, "P1", outage((MANAGER, 40, 0, "comms", 20)))
    w.ticket(15, "P1", outage((MANAGER, 40, 0, "comms", 10)))
    played = w.play()
    assert played.work_of(0)[1] == (1, 0, 2, 30, "arrived", 65, 105, "done")
    assert played.work_of(1)[1] == (1, 0, 2, 25, "arrived", 25, 65, "done")


def test_a_step_interrupts_a_meeting_but_no_other_step(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=MANAGER)
    w.chore(1, 5, 30, until=100, kind="meeting")
    w.ticket(10, "P1", outage((MANAGER, 8, 0, "comms"), (MANAGER, 8, 0, "comms", 4)))
    played = w.play()
    assert played.work_of(0)[1:] == [
        (1, 0, 1, 10, "arrived", 10, 18, "done"),
        (2, 0, 1, 14, "arrived", 18, 26, "done"),
    ]
    assert played.chores == [(1, "meeting", 5, 5, 10), (1, "meeting", 5, 26, 51)]


# ---------------------------------------------------------------------- managers and coordinators


def test_a_manager_of_another_region_steps_in_where_the_own_has_none(world: Any) -> None:
    w = world(regions=2, other_region_pm=1500)
    w.agent(tier=3)
    w.agent(tier=MANAGER, region=1)
    w.ticket(10, "P1", outage((MANAGER, 10, 0, "comms")))
    assert w.play().work_of(0)[1] == (1, 0, 1, 10, "arrived", 10, 25, "done")


@pytest.mark.parametrize("anywhere", [True, False])
def test_the_coordinator_serves_every_region_alike(world: Any, anywhere: bool) -> None:
    w = world(regions=3, other_region_pm=1500, unstaffed_anywhere=anywhere)
    w.agent(tier=3)
    w.agent(tier=3, region=1)
    w.agent(tier=COORDINATOR, region=2)
    w.ticket(10, "P1", outage((COORDINATOR, 10, 0, "comms")))
    w.ticket(40, "P1", outage((COORDINATOR, 10, 0, "comms")), region=1)
    played = w.play()
    assert [row[6:8] for row in played.work if row[3] == 2] == [(10, 20), (40, 50)]
    assert played.journals.work["region"].tolist() == [0, -1, 1, -1]


@pytest.mark.parametrize("region", [0, 1])
def test_who_answers_for_a_coordinator_works_for_no_other_region(world: Any, region: int) -> None:
    w = world(regions=2, other_region_pm=1500)
    w.agent(tier=3, region=region)
    w.turn("primary", 0, region=region)
    w.ticket(10, "P1", (COORDINATOR, 20), region=region, page_at=10, pages=(4, 4))
    assert w.play().work == [(0, 0, 0, 0, 10, "arrived", 10, 30, "done")]


def test_managers_are_no_next_tier_of_tier_4(world: Any) -> None:
    w = world(up_tier_help=True, widens_tier=True)
    w.agent(tier=MANAGER)
    w.agent(tier=4, duties=[(500, 600)])
    w.ticket(10, "P1", (4, 10), escalate_at=50)
    assert w.play().starts() == [(500, 0, 1)]


def test_a_manager_in_a_team_is_an_assist_like_another(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.ticket(10, "P1", outage((MANAGER, 50, 0, "assist")))
    played = w.play()
    assert played.work_of(0)[1] == (1, 0, None, 10, "arrived", None, 10, "dropped")


# ---------------------------------------------------------------------- outside the organisation


def test_an_emergency_lasts_until_those_outside_are_done(world: Any) -> None:
    w = world()
    w.agent(tier=4)
    w.ticket(10, "P1", [(4, 100), (1, 250, 0, "outside")])
    played = w.play()
    assert played.work_of(0) == [
        (0, 0, 0, 10, "arrived", 10, 110, "done"),
        (1, 0, None, 10, "arrived", 10, 260, "done"),
    ]
    assert played.tickets("started", "resolved") == [(10, 260)]


def test_those_outside_begin_before_the_team_and_occupy_nobody(world: Any) -> None:
    w = world()
    w.agent(tier=4, duties=[(200, 400)])
    w.agent()
    w.ticket(10, "P1", [(4, 100), (1, 50, 0, "outside")])
    w.ticket(20, "P3", (1, 5))
    played = w.play()
    assert played.work_of(0) == [
        (0, 0, 0, 10, "arrived", 200, 300, "done"),
        (1, 0, None, 10, "arrived", 10, 60, "done"),
    ]
    assert played.work_of(1) == [(0, 0, 1, 20, "arrived", 20, 25, "done")]
    assert played.tickets("started", "resolved") == [(200, 300), (20, 25)]


def test_while_those_outside_are_at_work_the_ticket_is_in_service(world: Any) -> None:
    w = world(end=200)
    w.agent(tier=4)
    w.ticket(10, "P1", [(4, 100), (1, 250, 0, "outside")])
    played = w.play()
    assert played.work_of(0)[1] == (1, 0, None, 10, "arrived", 10, None, "open")
    assert played.tickets("state") == [("in_service",)]


# ---------------------------------------------------------------------- served elsewhere


def test_a_ticket_that_is_rehomed_belongs_to_the_pools_of_the_other_region(world: Any) -> None:
    w = world(regions=2, other_region_pm=1500, unstaffed_anywhere=False)
    w.agent()
    w.agent(region=1)
    w.ticket(10, "P3", (1, 20), serve_region=1)
    played = w.play()
    assert played.work == [(0, 0, 0, 1, 10, "arrived", 10, 30, "done")]
    assert played.journals.work["region"].tolist() == [1]
    assert played.tickets("region", "served_by") == [(0, 1)]


def test_a_ticket_that_is_rehomed_pages_the_other_region(world: Any) -> None:
    w = world(regions=2)
    w.agent(tier=3, duties=[(900, 1000)])
    w.agent(tier=3, region=1, duties=[(900, 1000)])
    w.turn("primary", 0, region=0)
    w.turn("primary", 1, region=1)
    w.ticket(10, "P1", (3, 20), page_at=10, pages=(4, 4), serve_region=1)
    assert w.play().pages == [(0, 0, "primary", 1, False, 10, 14, "answered")]


def test_a_ticket_that_is_rehomed_overflows_as_the_other_region_does(world: Any) -> None:
    rules = ((None, Overflow(20, (2,), 0b1111), None), *((None,) * 3,) * 5)
    w = world(regions=3, overflow=rules)
    w.agent(region=1, takes="P1")
    w.agent(region=2)
    w.ticket(10, "P3", (1, 20), serve_region=1)
    assert w.play().work == [(0, 0, 0, 1, 10, "arrived", 30, 50, "done")]


# ---------------------------------------------------------------------- what is served meanwhile


def test_what_is_not_served_meanwhile_waits_and_comes_back(world: Any) -> None:
    w = world()
    w.agent(changes=[(100, "P1 P2"), (200, "P1 P2 P3 P4")])
    w.ticket(110, "P4", (1, 10))
    w.ticket(120, "P2", (1, 10))
    w.ticket(130, "P3", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 110, "arrived", 210, 220, "done"),
        (1, 0, 0, 0, 120, "arrived", 120, 130, "done"),
        (2, 0, 0, 0, 130, "arrived", 200, 210, "done"),
    ]


def test_work_in_hand_is_finished_when_its_priority_is_served_no_more(world: Any) -> None:
    w = world()
    w.agent(changes=[(100, "P1")])
    w.ticket(90, "P4", (1, 30))
    w.ticket(95, "P4", (1, 30))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 90, "arrived", 90, 120, "done"),
        (1, 0, 0, None, 95, "arrived", None, None, "open"),
    ]
    assert played.duties("duty", "start", "end", "left", "pause") == [(0, 0, 100, 100, 1), (0, 100, 1000, 1000, 0)]


def test_whoever_goes_on_with_the_next_segment_is_never_away(world: Any) -> None:
    w = world(regions=2)
    w.agent(changes=[(100, "P1"), (100, "P1 P2 P3 P4")], duties=[(0, 200)])
    w.agent(region=1)
    w.ticket(50, "P3", (1, 70))
    w.ticket(100, "P3", (1, 20))
    assert w.play().work_of(1) == [(0, 0, 0, 100, "arrived", 120, 140, "done")]


def test_a_line_in_which_work_is_not_served_does_not_make_its_pool_unstaffed(world: Any) -> None:
    w = world(regions=2)
    w.agent(changes=[(100, "P1"), (300, "P1 P2 P3 P4")])
    w.agent(region=1)
    w.ticket(110, "P3", (1, 20))
    assert w.play().starts() == [(300, 0, 0)]


def test_a_change_of_what_is_served_makes_nobody_idle_anew(world: Any) -> None:
    w = world()
    w.agent(changes=[(100, "P1 P2 P3 P4")])
    w.agent()
    w.ticket(10, "P3", (1, 5))
    w.ticket(50, "P3", (1, 5))
    w.ticket(150, "P3", (1, 5))
    assert w.play().starts() == [(10, 0, 0), (50, 1, 1), (150, 2, 0)]


def test_a_meeting_goes_on_over_a_change_of_what_is_served(world: Any) -> None:
    w = world()
    w.agent(changes=[(100, "P1 P2")])
    w.chore(0, 95, 10, until=200, kind="meeting")
    w.ticket(96, "P2", (1, 5))
    played = w.play()
    assert played.chores == [(0, "meeting", 95, 95, 105)]
    assert played.starts() == [(105, 0, 0)]


def test_in_the_overlap_of_a_duty_whose_service_was_cut_a_p1_is_served(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 200)], overlap=30, changes=[(100, "P1 P2")])
    w.ticket(205, "P1", (1, 5))
    w.ticket(206, "P2", (1, 5))
    assert w.play().starts() == [(205, 0, 0)]
