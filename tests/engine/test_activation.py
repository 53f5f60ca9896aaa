"""Full activation, emergencies by threshold, overflow and up-tier help: worlds worked out by hand.

A row of work is (ticket, task, stretch, agent, queued at, why, start, end, how it ended).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim
from sim.engine.policy import N_ROLES, NO_LIMIT, Overflow, Policy
from sim.scenario.base import ROLES

P1_TO_P3 = 0b0111


def overflowing(after: int, *, regions: int = 2, to: Any = None, home: Any = None, takes: int = P1_TO_P3) -> Any:
    """The rule that work of tier 1 may go to other regions after some time; `home` are the regions that have it."""
    rules: list[Overflow | None] = [
        Overflow(after, tuple(other for other in (to or range(regions)) if other != region), takes)
        if home is None or region in home
        else None
        for region in range(regions)
    ]
    return {"regions": regions, "overflow": (tuple(rules), *((None,) * regions,) * (N_ROLES - 1))}


# ---------------------------------------------------------------------- the lead and the assists


def test_assists_work_beside_the_lead_and_the_ticket_is_resolved_when_all_are_done(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=1)
    w.agent(tier=2)
    w.ticket(10, "P1", [(3, 60), (1, 10, 0, "assist"), (2, 90, 0, "assist")])
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 70, "done"),
        (0, 1, 0, 1, 10, "arrived", 10, 20, "done"),
        (0, 2, 0, 2, 10, "arrived", 10, 100, "done"),
    ]
    assert played.tickets("started", "resolved", "state") == [(10, 100, "resolved")]


def test_the_stage_after_an_activation_opens_when_all_are_done(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=1)
    w.ticket(10, "P1", [(3, 20), (1, 50, 0, "assist")], (3, 5))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 30, "done"),
        (0, 1, 0, 1, 10, "arrived", 10, 60, "done"),
        (0, 2, 0, 0, 60, "next_stage", 60, 65, "done"),
    ]


def test_the_response_to_a_p1_is_the_start_of_its_lead(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=1)
    w.ticket(1, "P1", (3, 49))
    w.ticket(10, "P1", [(3, 20), (1, 5, 0, "assist")])
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 50, "done"),
        (1, 0, 0, 0, 10, "arrived", 50, 70, "done"),
        (1, 1, 0, 1, 10, "arrived", 10, 15, "done"),
    ]
    assert played.tickets("started", "resolved")[1] == (50, 70)


def test_a_customer_does_not_give_up_once_an_assist_has_begun(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=1)
    w.ticket(1, "P1", (3, 49))
    w.ticket(10, "P1", [(3, 20), (1, 5, 0, "assist")], patience=30)
    played = w.play()
    assert played.work_of(1) == [
        (0, 0, 0, 10, "arrived", 50, 70, "done"),
        (1, 0, 1, 10, "arrived", 10, 15, "done"),
    ]
    assert played.tickets("abandoned", "state")[1] == (None, "resolved")


def test_a_customer_who_gives_up_takes_lead_and_assists_out_of_their_lines(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=1)
    w.ticket(1, "P1", [(3, 49), (1, 49, 0, "assist")])
    w.ticket(10, "P1", [(3, 20), (1, 5, 0, "assist")], patience=30)
    played = w.play()
    assert played.work_of(1) == [
        (0, 0, None, 10, "arrived", None, 40, "abandoned"),
        (1, 0, None, 10, "arrived", None, 40, "abandoned"),
    ]


def test_assists_interrupt_like_any_p1(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=1)
    w.ticket(1, "P2", (3, 100))
    w.ticket(2, "P4", (1, 100))
    w.ticket(10, "P1", [(3, 20), (1, 5, 0, "assist")])
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 10, "preempted"),
        (0, 0, 1, 0, 10, "preempted", 30, 121, "done"),
        (1, 0, 0, 1, 2, "arrived", 2, 10, "preempted"),
        (1, 0, 1, 1, 10, "preempted", 15, 107, "done"),
        (2, 0, 0, 0, 10, "arrived", 10, 30, "done"),
        (2, 1, 0, 1, 10, "arrived", 10, 15, "done"),
    ]


def test_assists_are_not_interrupted(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=1)
    w.ticket(10, "P1", [(3, 20), (1, 50, 0, "assist")])
    w.ticket(20, "P1", (1, 5))
    assert w.play().work_of(1) == [(0, 0, 1, 20, "arrived", 60, 65, "done")]


def test_an_assist_whose_tier_is_nowhere_is_dropped(world: Any) -> None:
    w = world(regions=2)
    w.agent(tier=3)
    w.agent(tier=1, region=1, duties=[(0, 10), (11, 100)])
    w.ticket(10, "P1", [(3, 60), (1, 10, 0, "assist")])
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 70, "done"),
        (0, 1, 0, None, 10, "arrived", None, 10, "dropped"),
    ]
    assert played.tickets("resolved", "state") == [(70, "resolved")]


def test_an_assist_goes_to_another_region_rather_than_being_dropped(world: Any) -> None:
    w = world(regions=2)
    w.agent(tier=3)
    w.agent(tier=1, region=1)
    w.ticket(10, "P1", [(3, 60), (1, 10, 0, "assist")])
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 70, "done"),
        (0, 1, 0, 1, 10, "arrived", 10, 20, "done"),
    ]


@pytest.mark.parametrize("region", [0, 1])
def test_an_assist_is_not_dropped_where_somebody_begins_in_this_very_instant(world: Any, region: int) -> None:
    w = world(regions=2)
    w.agent(tier=3)
    w.agent(tier=1, duties=[(0, 50)])
    w.agent(tier=1, region=region, duties=[(50, 100)])
    w.ticket(10, "P1", (3, 40), [(3, 5), (1, 5, 0, "assist")])  # work ends before duties end and begin
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "done"),
        (0, 1, 0, 0, 50, "next_stage", 50, 55, "done"),
        (0, 2, 0, 2, 50, "next_stage", 50, 55, "done"),
    ]


def test_the_lead_is_never_dropped(world: Any) -> None:
    w = world()
    w.agent(tier=1)
    w.agent(tier=3, duties=[(50, 100)])
    w.ticket(10, "P1", [(3, 10), (1, 10, 0, "assist"), (2, 10, 0, "assist")])
    played = w.play()
    assert played.work == [
        (0, 0, 0, 1, 10, "arrived", 50, 60, "done"),
        (0, 1, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 2, 0, None, 10, "arrived", None, 10, "dropped"),
    ]
    assert played.tickets("started", "resolved") == [(50, 60)]


def test_while_the_lead_of_an_alert_is_paged_the_assists_begin(world: Any) -> None:
    w = world(page_timers=(15, 30, 60, NO_LIMIT))
    w.agent(tier=3, duties=())
    w.agent(tier=1)
    w.turn("primary", 0)
    w.ticket(10, "P1", [(3, 20), (1, 5, 0, "assist")], page_at=10, pages=(8, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 18, 38, "done"),
        (0, 1, 0, 1, 10, "arrived", 10, 15, "done"),
    ]
    assert played.pages == [(0, 0, "primary", 0, False, 10, 18, "answered")]
    assert played.tickets("acknowledged", "started", "resolved") == [(18, 18, 38)]


def test_an_assist_in_line_is_dropped_when_the_last_of_its_tier_goes_and_pages_nobody(world: Any) -> None:
    w = world(page_timers=(15, 30, 60, NO_LIMIT))
    w.agent(tier=3)
    w.agent(tier=1, duties=[(0, 50)])
    w.agent(tier=3, duties=())
    w.turn("primary", 2)
    w.ticket(1, "P1", (1, 49))
    w.ticket(10, "P1", [(3, 100), (1, 10, 0, "assist")], pages=(8, 20))
    played = w.play()
    assert played.work_of(1) == [
        (0, 0, 0, 10, "arrived", 10, 110, "done"),
        (1, 0, None, 10, "arrived", None, 50, "dropped"),
    ]
    assert played.pages == []
    assert played.tickets("resolved")[1] == (110,)


def test_an_assist_in_line_is_not_dropped_where_the_last_of_its_tier_is_relieved(world: Any) -> None:
    w = world(regions=2)
    w.agent(tier=3)
    w.agent(tier=1, duties=[(0, 50)])
    w.agent(tier=1, region=1, duties=[(50, 100)])
    w.ticket(1, "P1", (1, 49))
    w.ticket(10, "P1", [(3, 100), (1, 10, 0, "assist")])
    assert w.play().work_of(1) == [
        (0, 0, 0, 10, "arrived", 10, 110, "done"),
        (1, 0, 2, 10, "arrived", 50, 60, "done"),
    ]


def test_what_the_last_of_a_tier_hands_over_of_an_assist_is_dropped_and_the_ticket_goes_on(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=1, duties=[(0, 50)])
    w.ticket(10, "P1", [(3, 20), (1, 100, 0, "assist")], (3, 5))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 30, "done"),
        (0, 1, 0, 1, 10, "arrived", 10, 50, "handed_over"),
        (0, 1, 1, None, 50, "handed_over", None, 50, "dropped"),
        (0, 2, 0, 0, 50, "next_stage", 50, 55, "done"),
    ]
    assert played.tickets("resolved") == [(55,)]


def test_with_an_assist_that_is_dropped_from_the_line_the_ticket_can_be_resolved(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=1, duties=[(0, 50)])
    w.ticket(1, "P1", (1, 49))
    w.ticket(10, "P1", [(3, 20), (1, 10, 0, "assist")])
    played = w.play()
    assert played.work_of(1) == [
        (0, 0, 0, 10, "arrived", 10, 30, "done"),
        (1, 0, None, 10, "arrived", None, 50, "dropped"),
    ]
    assert played.tickets("resolved", "state")[1] == (50, "resolved")


def test_a_lead_pages_when_its_tier_is_left_after_the_assists_tier_was(world: Any) -> None:
    w = world(page_timers=(15, 30, 60, NO_LIMIT))
    w.agent(tier=3, duties=[(0, 60)])
    w.agent(tier=1, duties=[(0, 50)])
    w.agent(tier=3, duties=())
    w.turn("primary", 2)
    w.ticket(1, "P1", [(3, 59), (1, 49)])
    w.ticket(10, "P1", [(3, 20), (1, 10, 0, "assist")], pages=(8, 20))
    played = w.play()
    assert played.work_of(1) == [
        (0, 0, 2, 10, "arrived", 68, 88, "done"),
        (1, 0, None, 10, "arrived", None, 50, "dropped"),
    ]
    assert played.pages == [(1, 0, "primary", 2, False, 60, 68, "answered")]


# ---------------------------------------------------------------------- emergencies by threshold


def test_a_p1_worked_on_but_unresolved_at_the_threshold_wakes_its_emergency_tasks(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=4)
    w.ticket(10, "P1", (3, 100), critical=(70, (4, 20)))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 110, "done"),
        (0, 1, 0, 1, 70, "critical", 70, 90, "done"),
    ]
    assert played.tickets("critical", "resolved", "stages") == [(70, 110, 1)]


def test_a_p1_that_nobody_has_begun_wakes_them_too_and_is_resolved_when_all_are_done(world: Any) -> None:
    w = world()
    w.agent(tier=3, duties=[(80, 500)])
    w.agent(tier=4)
    w.agent(tier=1)
    w.ticket(10, "P1", (3, 10), critical=(70, (4, 20), (1, 50)))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 80, 90, "done"),
        (0, 1, 0, 1, 70, "critical", 70, 90, "done"),
        (0, 2, 0, 2, 70, "critical", 70, 120, "done"),
    ]
    assert played.tickets("started", "critical", "resolved") == [(80, 70, 120)]  # not answered by the emergency team


def test_the_stage_after_waits_for_the_emergency_tasks_too_and_wakes_none_again(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=4)
    w.ticket(10, "P1", (3, 50), (3, 10), critical=(30, (4, 60)))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 60, "done"),
        (0, 1, 0, 0, 90, "next_stage", 90, 100, "done"),
        (0, 2, 0, 1, 30, "critical", 30, 90, "done"),
    ]
    assert played.tickets("critical", "resolved", "stages") == [(30, 100, 2)]


def test_a_customer_wait_keeps_no_p1_from_becoming_an_emergency(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=4)
    w.ticket(10, "P1", (3, 10), (3, 10, 50), critical=(40, (4, 20)))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 1, 0, 0, 70, "returned", 70, 80, "done"),  # the customer is still waited for after 60
        (0, 2, 0, 1, 40, "critical", 40, 60, "done"),
    ]
    assert played.tickets("critical", "resolved", "paused") == [(40, 80, 50)]


def test_a_customer_who_returns_is_not_kept_waiting_by_the_emergency_tasks(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=4)
    w.ticket(10, "P1", (3, 10), (3, 10, 30), (3, 5), critical=(40, (4, 100)))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 1, 0, 0, 50, "returned", 50, 60, "done"),
        (0, 2, 0, 0, 140, "next_stage", 140, 145, "done"),
        (0, 3, 0, 1, 40, "critical", 40, 140, "done"),
    ]
    assert played.tickets("resolved", "paused") == [(145, 30)]


@pytest.mark.parametrize(("threshold", "critical"), [(61, None), (60, None), (59, 59)])
def test_what_is_resolved_in_the_millisecond_of_the_threshold_is_no_emergency(
    world: Any, threshold: int, critical: int | None
) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=4)
    w.ticket(10, "P1", (3, 50), critical=(threshold, (4, 20)))
    played = w.play()
    woken = [(0, 1, 0, 1, 59, "critical", 59, 79, "done")] if critical else []
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 10, 60, "done"), *woken]
    assert played.tickets("critical", "resolved") == [(critical, 79 if critical else 60)]


def test_what_is_taken_for_resolved_at_the_threshold_is_no_emergency_then_or_later(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=4)
    w.ticket(10, "P1", (3, 10), (3, 100, 50, "reopened"), critical=(40, (4, 20)))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 1, 0, 0, 70, "reopened", 70, 170, "done"),
    ]
    assert played.tickets("critical", "first_resolved", "resolved") == [(None, 20, 170)]


def test_what_has_been_reopened_before_the_threshold_is_an_emergency(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=4)
    w.ticket(10, "P1", (3, 10), (3, 100, 50, "reopened"), critical=(80, (4, 20)))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 1, 0, 0, 70, "reopened", 70, 170, "done"),
        (0, 2, 0, 1, 80, "critical", 80, 100, "done"),
    ]
    assert played.tickets("critical", "first_resolved", "resolved") == [(80, 20, 170)]


def test_what_was_given_up_is_no_emergency(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=4)
    w.ticket(1, "P1", (3, 100))
    w.ticket(10, "P1", (3, 10), patience=30, critical=(60, (4, 20)))
    played = w.play()
    assert played.work_of(1) == [(0, 0, None, 10, "arrived", None, 40, "abandoned")]
    assert played.tickets("critical", "abandoned")[1] == (None, 40)


def test_at_one_instant_a_ticket_becomes_an_emergency_before_its_customer_gives_up(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=4)
    w.ticket(1, "P1", (3, 99))
    w.ticket(10, "P1", (3, 10), patience=50, critical=(60, (4, 20)))  # somebody begins, so nobody gives up
    w.ticket(11, "P1", (3, 10), patience=54, critical=(65, (4, 20)))  # agent 1 is busy: lead and team leave their lines
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, 0, 10, "arrived", 100, 110, "done"),
        (1, 1, 0, 1, 60, "critical", 60, 80, "done"),
        (2, 0, 0, None, 11, "arrived", None, 65, "abandoned"),
        (2, 1, 0, None, 65, "critical", None, 65, "abandoned"),
    ]
    assert played.tickets("critical", "abandoned", "state")[1:] == [(60, None, "resolved"), (65, 65, "abandoned")]


def test_emergency_tasks_interrupt_but_are_not_interrupted(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=4)
    w.ticket(1, "P2", (4, 100))
    w.ticket(10, "P1", (3, 100), critical=(40, (4, 30)))
    w.ticket(50, "P1", (4, 10))
    assert w.play().work == [
        (0, 0, 0, 1, 1, "arrived", 1, 40, "preempted"),
        (0, 0, 1, 1, 40, "preempted", 80, 141, "done"),
        (1, 0, 0, 0, 10, "arrived", 10, 110, "done"),
        (1, 1, 0, 1, 40, "critical", 40, 70, "done"),
        (2, 0, 0, 1, 50, "arrived", 70, 80, "done"),
    ]


def test_an_emergency_task_whose_tier_is_nowhere_is_dropped(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=1)
    w.ticket(10, "P1", (3, 100), critical=(40, (4, 500), (1, 20)))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 110, "done"),
        (0, 1, 0, None, 40, "critical", None, 40, "dropped"),
        (0, 2, 0, 1, 40, "critical", 40, 60, "done"),
    ]
    assert played.tickets("critical", "resolved") == [(40, 110)]


def test_where_all_emergency_tasks_are_dropped_the_ticket_goes_on_as_it_would_have(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.ticket(10, "P1", (3, 10), (3, 10, 50), critical=(40, (4, 500)))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 1, 0, 0, 70, "returned", 70, 80, "done"),
        (0, 2, 0, None, 40, "critical", None, 40, "dropped"),
    ]
    assert played.tickets("critical", "resolved", "paused") == [(40, 80, 50)]


def test_an_emergency_task_in_line_is_dropped_when_the_last_of_its_tier_goes(world: Any) -> None:
    w = world(page_timers=(15, 30, 60, NO_LIMIT))
    w.agent(tier=3)
    w.agent(tier=4, duties=[(0, 50)])
    w.agent(tier=3, duties=())
    w.turn("primary", 2)
    w.ticket(1, "P1", (4, 49))
    w.ticket(10, "P1", (3, 10), (3, 10, 100), critical=(40, (4, 20)), pages=(8, 20))  # the customer is waited for
    played = w.play()
    assert played.work_of(1) == [
        (0, 0, 0, 10, "arrived", 10, 20, "done"),
        (1, 0, 0, 120, "returned", 120, 130, "done"),
        (2, 0, None, 40, "critical", None, 50, "dropped"),
    ]
    assert played.pages == []
    assert played.tickets("critical", "resolved")[1] == (40, 130)


def test_emergency_tasks_in_line_escalate_with_their_ticket(world: Any) -> None:
    w = world(regions=2, widens_region=True)
    w.agent(tier=3)
    w.agent(tier=4)
    w.agent(tier=4, region=1)
    w.ticket(1, "P1", (4, 99))
    w.ticket(10, "P1", (3, 100), critical=(40, (4, 20)), escalate_at=60)
    assert w.play().work == [
        (0, 0, 0, 1, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, 0, 10, "arrived", 10, 110, "done"),
        (1, 1, 0, None, 40, "critical", None, 60, "escalated"),
        (1, 1, 1, 2, 60, "escalated", 60, 80, "done"),
    ]


def test_a_threshold_after_the_end_of_the_run_changes_nothing(world: Any) -> None:
    w = world(end=70)
    w.agent(tier=3)
    w.agent(tier=4)
    w.ticket(10, "P1", (3, 100), critical=(70, (4, 20)))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 10, None, "open")]
    assert played.tickets("critical", "state") == [(None, "in_service")]


# ---------------------------------------------------------------------- overflow


def test_work_of_managers_overflows_and_that_of_coordinators_has_nowhere_to_go() -> None:
    """A rule for managers sends what waits to all other regions, in their order; coordinators are one pool."""
    scenario = sim.load(Path(sim.__file__).parent.parent / "scenarios" / "baseline.yaml")
    rules = Policy.of(scenario.with_({"policy.overflow": {"manager": {"after": "5 min"}}})).overflow
    assert len(rules) == N_ROLES
    assert [rule and rule.to for rule in rules[ROLES.index("manager")]] == [(1, 2, 3), (0, 2, 3), (0, 1, 3), (0, 1, 2)]
    assert rules[ROLES.index("coordinator")] == (None,) * 4


def test_what_waited_for_its_time_goes_to_another_region_at_its_pace(world: Any) -> None:
    w = world(**overflowing(30), other_region_pm=1500)
    w.agent()
    w.agent(region=1)  # idle all the time
    w.ticket(1, "P3", (1, 99))
    w.ticket(10, "P3", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, 1, 10, "arrived", 40, 55, "done"),
    ]


def test_only_the_priorities_the_tier_and_the_regions_of_the_rule_overflow(world: Any) -> None:
    w = world(**overflowing(30, home=[0]))
    w.agent()
    w.agent(region=1)
    w.agent(tier=2)
    w.agent(tier=2, region=1)
    w.ticket(1, "P1", (1, 99))
    w.ticket(2, "P1", (2, 99))
    w.ticket(10, "P4", (1, 10))
    w.ticket(11, "P2", (2, 10))
    w.ticket(12, "P2", (1, 10))
    w.ticket(53, "P1", (1, 147), region=1)
    w.ticket(55, "P3", (1, 10), region=1)  # agent 0 is idle from 110 on
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, 2, 2, "arrived", 2, 101, "done"),
        (2, 0, 0, 0, 10, "arrived", 100, 110, "done"),  # a P4
        (3, 0, 0, 2, 11, "arrived", 101, 111, "done"),  # of tier 2
        (4, 0, 0, 1, 12, "arrived", 42, 52, "done"),
        (5, 0, 0, 1, 53, "arrived", 53, 200, "done"),
        (6, 0, 0, 1, 55, "arrived", 200, 210, "done"),  # of region 1
    ]


def test_regions_help_in_the_order_of_the_rule(world: Any) -> None:
    w = world(**overflowing(30, regions=4, to=[3, 1]))
    w.agent()
    w.agent(region=1)
    w.agent(region=2)
    w.agent(region=3)
    w.ticket(1, "P3", (1, 199))
    for created in (10, 11, 12):
        w.ticket(created, "P3", (1, 100))
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 200, "done"),
        (1, 0, 0, 3, 10, "arrived", 40, 140, "done"),
        (2, 0, 0, 1, 11, "arrived", 41, 141, "done"),
        (3, 0, 0, 3, 12, "arrived", 140, 240, "done"),  # region 2 does not help
    ]


def test_who_had_the_ticket_before_is_preferred_in_another_region_too(world: Any) -> None:
    w = world(**overflowing(30))
    w.agent()
    w.agent(region=1)
    w.agent(region=1)
    w.ticket(1, "P3", (1, 199))
    w.ticket(10, "P3", (1, 10), (1, 10, 20))
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 200, "done"),
        (1, 0, 0, 1, 10, "arrived", 40, 50, "done"),
        (1, 1, 0, 1, 70, "returned", 100, 110, "done"),  # agent 2 has been idle for longer
    ]


def test_a_home_agent_who_is_freed_in_the_same_instant_goes_first(world: Any) -> None:
    w = world(**overflowing(30))
    w.agent()
    w.agent(region=1)
    w.ticket(1, "P3", (1, 39))
    w.ticket(10, "P3", (1, 10))
    assert w.play().work_of(1) == [(0, 0, 0, 10, "arrived", 40, 50, "done")]


def test_what_overflowed_in_vain_stands_in_the_lines_of_all_who_may_take_it(world: Any) -> None:
    w = world(**overflowing(30))
    w.agent()
    w.agent(region=1)
    w.ticket(1, "P3", (1, 199))
    w.ticket(2, "P3", (1, 58), region=1)  # until 60
    w.ticket(10, "P3", (1, 10))
    assert w.play().work_of(2) == [(0, 0, 1, 10, "arrived", 60, 70, "done")]


def test_a_helper_takes_home_work_first_where_it_is_equally_urgent(world: Any) -> None:
    w = world(**overflowing(30))
    w.agent()
    w.agent(region=1)
    w.ticket(1, "P3", (1, 199))
    w.ticket(2, "P3", (1, 98), region=1)  # until 100
    w.ticket(10, "P3", (1, 10))
    w.ticket(20, "P2", (1, 10))
    w.ticket(90, "P3", (1, 10), region=1)
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 200, "done"),
        (1, 0, 0, 1, 2, "arrived", 2, 100, "done"),
        (2, 0, 0, 1, 10, "arrived", 120, 130, "done"),  # last: of another region
        (3, 0, 0, 1, 20, "arrived", 100, 110, "done"),  # first: more urgent
        (4, 0, 0, 1, 90, "arrived", 110, 120, "done"),
    ]


def test_escalated_work_keeps_the_time_from_which_it_overflows(world: Any) -> None:
    w = world(**overflowing(30))
    w.agent()
    w.agent(region=1)
    w.ticket(1, "P3", (1, 199))
    w.ticket(10, "P3", (1, 10), escalate_at=30)
    assert w.play().work_of(1) == [
        (0, 0, None, 10, "arrived", None, 30, "escalated"),
        (0, 1, 1, 30, "escalated", 40, 50, "done"),
    ]


def test_work_that_escalates_after_it_overflowed_stays_open_to_others(world: Any) -> None:
    w = world(**overflowing(30))
    w.agent()
    w.agent(region=1)
    w.ticket(1, "P3", (1, 199))
    w.ticket(2, "P3", (1, 58), region=1)
    w.ticket(10, "P3", (1, 10), escalate_at=50)
    assert w.play().work_of(2) == [
        (0, 0, None, 10, "arrived", None, 50, "escalated"),
        (0, 1, 1, 50, "escalated", 60, 70, "done"),
    ]


def test_what_was_interrupted_waits_for_its_time_again(world: Any) -> None:
    w = world(**overflowing(30))
    w.agent()
    w.agent(region=1)
    w.ticket(10, "P3", (1, 20))
    w.ticket(20, "P1", (1, 200))
    assert w.play().work_of(0) == [
        (0, 0, 0, 10, "arrived", 10, 20, "preempted"),
        (0, 1, 1, 20, "preempted", 50, 60, "done"),
    ]


def test_a_p1_that_may_overflow_at_once_takes_who_is_idle_elsewhere_before_it_interrupts_at_home(world: Any) -> None:
    w = world(**overflowing(0))
    w.agent()
    w.agent(region=1)
    w.ticket(1, "P3", (1, 99))
    w.ticket(10, "P1", (1, 20))
    w.ticket(15, "P1", (1, 20))  # then it interrupts
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 15, "preempted"),
        (0, 0, 1, 1, 15, "preempted", 30, 115, "done"),
        (1, 0, 0, 1, 10, "arrived", 10, 30, "done"),
        (2, 0, 0, 0, 15, "arrived", 15, 35, "done"),
    ]


def test_what_may_overflow_at_once_prefers_home_and_interrupts_the_least_urgent_work_of_all(world: Any) -> None:
    w = world(**overflowing(0))
    w.agent(region=1)
    w.agent()
    w.ticket(10, "P2", (1, 100))
    w.ticket(11, "P3", (1, 100))
    w.ticket(20, "P1", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 1, 10, "arrived", 10, 110, "done"),
        (1, 0, 0, 0, 11, "arrived", 11, 20, "preempted"),
        (1, 0, 1, 0, 20, "preempted", 30, 121, "done"),
        (2, 0, 0, 0, 20, "arrived", 20, 30, "done"),
    ]


def test_a_p1_that_waited_for_its_overflow_interrupts_nobody_and_one_that_was_handed_over_does(world: Any) -> None:
    w = world(**overflowing(30))
    w.agent(duties=[(0, 100), (200, 300)])
    w.agent(region=1)
    w.ticket(1, "P1", (1, 150))
    w.ticket(2, "P3", (1, 148), region=1)
    w.ticket(10, "P1", (1, 10))  # may go to region 1 from 40 on
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "handed_over"),
        (0, 0, 1, 1, 100, "handed_over", 100, 151, "done"),
        (1, 0, 0, 1, 2, "arrived", 2, 100, "preempted"),
        (1, 0, 1, 1, 100, "preempted", 161, 211, "done"),
        (2, 0, 0, 1, 10, "arrived", 151, 161, "done"),
    ]


def test_a_task_that_a_page_did_not_get_done_overflows_after_its_time_in_line(world: Any) -> None:
    w = world(**overflowing(30), page_timers=(15, 30, 60, NO_LIMIT), rounds=1)
    w.agent()
    w.agent(region=1)
    w.agent(tier=3, duties=())
    w.turn("primary", 2, chance=0.0)
    w.ticket(1, "P2", (1, 199))
    w.ticket(10, "P2", (1, 20), page_at=10, pages=(8, 20))  # in line from 40 on
    played = w.play()
    assert played.work_of(1) == [(0, 0, 1, 10, "arrived", 70, 90, "done")]
    assert played.pages == [(1, 0, "primary", 2, False, 10, None, "unanswered")]


def test_a_p1_that_comes_from_the_chain_and_may_overflow_at_once_interrupts(world: Any) -> None:
    w = world(**overflowing(0), page_timers=(15, 30, 60, NO_LIMIT), rounds=1)
    w.agent()
    w.agent(region=1)
    w.agent(tier=3, duties=())
    w.turn("primary", 2, chance=0.0)
    w.ticket(1, "P2", (1, 199))
    w.ticket(2, "P3", (1, 198))
    w.ticket(10, "P1", (1, 20), page_at=10, pages=(8, 20))
    played = w.play()
    assert played.work_of(2) == [(0, 0, 1, 10, "arrived", 25, 45, "done")]
    assert played.pages == [(2, 0, "primary", 2, False, 10, None, "unanswered")]


@pytest.mark.parametrize(("interrupted", "overflows"), [(30, 60), (45, 75)], ids=["in line", "in service"])
def test_the_time_of_an_earlier_wait_opens_nothing(world: Any, interrupted: int, overflows: int) -> None:
    """The first wait would have overflowed at 40, when the work is in line again or in service."""
    w = world(**overflowing(30))
    w.agent()
    w.agent(region=1)
    w.ticket(1, "P3", (1, 19))
    w.ticket(10, "P3", (1, 100))
    w.ticket(interrupted, "P1", (1, 200))
    assert w.play().work_of(1) == [
        (0, 0, 0, 10, "arrived", 20, interrupted, "preempted"),
        (0, 1, 1, interrupted, "preempted", overflows, overflows + 120 - interrupted, "done"),
    ]


def test_a_helping_tier_that_goes_takes_only_its_own_work_elsewhere(world: Any) -> None:
    w = world(regions=2, up_tier_help=True)
    w.agent()
    w.agent(tier=2, duties=[(0, 50)])
    w.agent(tier=2, region=1)
    w.ticket(1, "P2", (1, 99))
    w.ticket(2, "P2", (2, 48))
    w.ticket(10, "P3", (1, 10))
    w.ticket(11, "P3", (2, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, 1, 2, "arrived", 2, 50, "done"),
        (2, 0, 0, 0, 10, "arrived", 100, 110, "done"),
        (3, 0, 0, 2, 11, "arrived", 50, 60, "done"),
    ]


def test_work_of_an_unstaffed_pool_does_not_wait_for_its_overflow(world: Any) -> None:
    w = world(**overflowing(30, regions=3, to=[2]))
    w.agent(region=1)
    w.agent(region=2)
    w.ticket(10, "P3", (1, 100))  # the order of the rule holds here as well
    w.ticket(11, "P3", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 1, 10, "arrived", 10, 110, "done"),
        (1, 0, 0, 0, 11, "arrived", 11, 21, "done"),
    ]


# ---------------------------------------------------------------------- up-tier help


def test_an_idle_agent_of_the_next_tier_helps_at_their_pace_where_nobody_of_the_tier_is_free(world: Any) -> None:
    w = world(up_tier_help=True, tier_pm=((1000, 1300, 1000, 1000), *((1000,) * 4,) * 3))
    w.agent(tier=2)
    w.agent()
    w.ticket(10, "P3", (1, 100))
    w.ticket(11, "P4", (1, 100))
    assert w.play().work == [
        (0, 0, 0, 1, 10, "arrived", 10, 110, "done"),
        (1, 0, 0, 0, 11, "arrived", 11, 141, "done"),
    ]


def test_without_up_tier_help_nobody_helps(world: Any) -> None:
    w = world()
    w.agent(tier=2)
    w.agent()
    w.ticket(10, "P3", (1, 100))
    w.ticket(11, "P4", (1, 100))
    assert w.play().work_of(1) == [(0, 0, 1, 11, "arrived", 110, 210, "done")]


@pytest.mark.parametrize(
    ("tier", "region"), [(3, 0), (2, 1), (1, 1)], ids=["two tiers up", "in another region", "tier 1 of another region"]
)
def test_only_the_next_tier_of_the_same_region_helps(world: Any, tier: int, region: int) -> None:
    w = world(regions=2, up_tier_help=True)
    w.agent()
    w.agent(tier=tier, region=region)
    w.ticket(10, "P3", (1, 100))
    w.ticket(11, "P4", (1, 100))
    assert w.play().work_of(1) == [(0, 0, 0, 11, "arrived", 110, 210, "done")]


def test_at_tier_4_there_is_nobody_to_help(world: Any) -> None:
    w = world(regions=2, up_tier_help=True)
    w.agent(tier=4)
    w.agent(tier=1, region=1)
    w.ticket(10, "P3", (4, 100))
    w.ticket(11, "P4", (4, 100))
    assert w.play().work_of(1) == [(0, 0, 0, 11, "arrived", 110, 210, "done")]


def test_a_helper_takes_the_most_urgent_and_among_equals_that_of_their_own_tier(world: Any) -> None:
    w = world(up_tier_help=True)
    w.agent()
    w.agent(tier=2)
    w.ticket(1, "P2", (1, 999))
    w.ticket(1, "P2", (2, 99))
    w.ticket(10, "P3", (1, 10))
    w.ticket(20, "P3", (2, 10))
    w.ticket(30, "P2", (1, 10))
    w.ticket(40, "P4", (2, 10))
    assert w.play().work[2:] == [
        (2, 0, 0, 1, 10, "arrived", 120, 130, "done"),  # third: of tier 1
        (3, 0, 0, 1, 20, "arrived", 110, 120, "done"),  # second: of their own tier
        (4, 0, 0, 1, 30, "arrived", 100, 110, "done"),  # first: the most urgent
        (5, 0, 0, 1, 40, "arrived", 130, 140, "done"),
    ]


def test_work_stands_in_both_lines_and_goes_to_whoever_is_free_first(world: Any) -> None:
    w = world(up_tier_help=True)
    w.agent()
    w.agent(tier=2)
    w.ticket(1, "P2", (1, 49))  # until 50
    w.ticket(1, "P2", (2, 59))  # until 60
    w.ticket(10, "P3", (1, 50))
    w.ticket(11, "P3", (1, 10))
    assert w.play().work[2:] == [
        (2, 0, 0, 0, 10, "arrived", 50, 100, "done"),
        (3, 0, 0, 1, 11, "arrived", 60, 70, "done"),
    ]


def test_a_p1_interrupts_the_least_urgent_work_of_either_tier(world: Any) -> None:
    w = world(up_tier_help=True)
    w.agent()
    w.agent(tier=2)
    w.ticket(1, "P2", (1, 99))
    w.ticket(1, "P3", (2, 99))
    w.ticket(10, "P1", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, 1, 1, "arrived", 1, 10, "preempted"),
        (1, 0, 1, 1, 10, "preempted", 20, 110, "done"),
        (2, 0, 0, 1, 10, "arrived", 10, 20, "done"),
    ]


def test_work_of_an_unstaffed_pool_prefers_its_tier_elsewhere_to_help_at_home(world: Any) -> None:
    w = world(regions=2, up_tier_help=True)
    w.agent(tier=2)
    w.agent(region=1)
    w.agent(tier=2, region=1)
    w.ticket(10, "P3", (1, 100))
    w.ticket(11, "P3", (1, 100))
    w.ticket(12, "P3", (1, 100))  # the helper of another region takes none
    assert w.play().work == [
        (0, 0, 0, 1, 10, "arrived", 10, 110, "done"),
        (1, 0, 0, 0, 11, "arrived", 11, 111, "done"),
        (2, 0, 0, 1, 12, "arrived", 110, 210, "done"),
    ]


def test_what_an_agent_does_not_take_they_do_not_help_with(world: Any) -> None:
    w = world(up_tier_help=True)
    w.agent(tier=2, takes="P1 P2")
    w.ticket(10, "P3", (1, 10))
    w.ticket(11, "P2", (1, 10))
    assert w.play().work == [
        (0, 0, 0, None, 10, "arrived", None, None, "open"),
        (1, 0, 0, 0, 11, "arrived", 11, 21, "done"),
    ]
