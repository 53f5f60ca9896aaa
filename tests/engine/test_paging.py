"""The on-call chain: worlds worked out by hand, each with its whole work and pages journals.

A row of work is (ticket, task, stretch, agent, queued at, why, start, end, how it ended), a page is (ticket, round,
level, agent, on duty, sent, answered, outcome). A page that is not answered goes on after 15 ms where it is for a P1,
30 for a P2, 60 for a P3. Unless a test says otherwise, an answer takes 8 ms awake and 20 asleep.
"""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.policy import NO_LIMIT

P3_IN_OVERTIME = 0b0100


@pytest.fixture
def on_call(world: Any) -> Any:
    """Start a world whose pages go on after 15, 30 and 60 ms."""

    def start(**rules: Any) -> Any:
        return world(page_timers=(15, 30, 60, NO_LIMIT), **rules)

    return start


def alert(w: Any, at: int, priority: str, *stages: Any, pages: Any = (8, 20), **more: Any) -> int:
    """A ticket that pages when it comes."""
    return w.ticket(at, priority, *stages, page_at=at, pages=pages, **more)


# ---------------------------------------------------------------------- on duty


def test_an_alert_pages_when_it_comes_and_who_is_idle_on_duty_starts_at_once(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3)  # would be the first in the line
    w.agent(tier=3)
    w.turn("primary", 1)
    alert(w, 10, "P2", (3, 20))
    played = w.play()
    assert played.work == [(0, 0, 0, 1, 10, "arrived", 10, 30, "done")]
    assert played.pages == [(0, 0, "primary", 1, True, 10, 10, "answered")]
    assert played.tickets("acknowledged", "started", "resolved", "state") == [(10, 10, 30, "resolved")]
    assert played.modes() == [(0, 1, 10, "duty")]


def test_a_p1_interrupts_other_work_of_whoever_answers(on_call: Any) -> None:
    w = on_call(preempted_pm=1100)
    w.agent(tier=3)
    w.turn("primary", 0)
    w.ticket(1, "P2", (3, 100))
    alert(w, 10, "P1", (3, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 18, "preempted"),
        (0, 0, 1, 0, 18, "preempted", 38, 129, "done"),  # of 83 that are left it makes 91.3
        (1, 0, 0, 0, 10, "arrived", 18, 38, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, True, 10, 18, "answered")]
    assert played.tickets("acknowledged", "started")[1] == (18, 18)


@pytest.mark.parametrize("priority", ["P2", "P3", "P4"])
def test_any_other_alert_waits_for_the_end_of_the_work_in_hand_and_nobody_else_takes_it(
    on_call: Any, priority: str
) -> None:
    w = on_call()
    w.agent(tier=3)
    w.agent(tier=3)  # idle all the time
    w.turn("primary", 0)
    w.ticket(1, "P3", (3, 50))
    alert(w, 10, priority, (3, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 51, "done"),
        (1, 0, 0, 0, 10, "arrived", 51, 71, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, True, 10, 18, "answered")]
    assert played.tickets("acknowledged", "started")[1] == (18, 51)


def test_what_is_promised_comes_before_more_urgent_work_in_line(on_call: Any) -> None:
    w = on_call(p1_preempts=False)
    w.agent(tier=3)
    w.turn("primary", 0)
    w.ticket(1, "P3", (3, 50))
    alert(w, 10, "P2", (3, 20))
    w.ticket(30, "P1", (3, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 51, "done"),
        (1, 0, 0, 0, 10, "arrived", 51, 71, "done"),
        (2, 0, 0, 0, 30, "arrived", 71, 81, "done"),
    ]


def test_a_p1_of_the_line_may_come_between_an_answer_and_its_work(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3)
    w.turn("primary", 0)
    w.ticket(1, "P3", (3, 50))
    alert(w, 10, "P2", (3, 20))
    w.ticket(30, "P1", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 30, "preempted"),
        (0, 0, 1, 0, 30, "preempted", 60, 81, "done"),
        (1, 0, 0, 0, 10, "arrived", 40, 60, "done"),
        (2, 0, 0, 0, 30, "arrived", 30, 40, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, True, 10, 18, "answered")]


def test_where_the_work_in_hand_ends_before_the_answer_the_alert_starts_with_the_answer(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3)
    w.turn("primary", 0)
    w.ticket(1, "P3", (3, 14))
    alert(w, 10, "P2", (3, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 15, "done"),
        (1, 0, 0, 0, 10, "arrived", 18, 38, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, True, 10, 18, "answered")]


def test_who_is_idle_while_the_pager_rings_takes_what_comes(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3)
    w.turn("primary", 0)
    w.ticket(1, "P3", (3, 14))
    alert(w, 10, "P2", (3, 20))
    w.ticket(16, "P3", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 15, "done"),
        (1, 0, 0, 0, 10, "arrived", 26, 46, "done"),
        (2, 0, 0, 0, 16, "arrived", 16, 26, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, True, 10, 18, "answered")]


@pytest.mark.parametrize(
    ("priority", "chores", "work"),
    [
        ("P1", [(0, "meeting", 5, 5, 18), (0, "meeting", 5, 38, 55)], (0, 0, 0, 0, 10, "arrived", 18, 38, "done")),
        ("P2", [(0, "meeting", 5, 5, 35)], (0, 0, 0, 0, 10, "arrived", 35, 55, "done")),
    ],
)
def test_of_pages_in_a_meeting_only_a_p1_interrupts_it(on_call: Any, priority: str, chores: Any, work: Any) -> None:
    w = on_call()
    w.agent(tier=3)
    w.turn("primary", 0)
    w.chore(0, 5, 30, until=100, kind="meeting")
    alert(w, 10, priority, (3, 20))
    played = w.play()
    assert played.work == [work]
    assert played.chores == chores
    assert played.pages == [(0, 0, "primary", 0, True, 10, 18, "answered")]


# ---------------------------------------------------------------------- who is passed over


@pytest.mark.parametrize("priority", ["P1", "P2"])
def test_who_is_on_a_p1_is_passed_over_at_once(on_call: Any, priority: str) -> None:
    w = on_call()
    w.agent(tier=3)
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.turn("backup", 1)
    w.ticket(1, "P1", (3, 100))
    alert(w, 10, priority, (3, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 101, "done"),
        (1, 0, 0, 1, 10, "arrived", 18, 38, "done"),
    ]
    assert played.pages == [
        (1, 0, "primary", 0, True, 10, None, "busy"),
        (1, 0, "backup", 1, False, 10, 18, "answered"),
    ]


def test_who_is_on_an_emergency_or_on_work_escalated_to_p1_is_passed_over_at_once(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=4)  # on the emergency from 30 on
    w.agent(tier=3)  # on the P1
    w.agent(tier=2)  # on what is a P1 from 30 on
    w.agent(tier=2, duties=())
    w.turn("primary", 0)
    w.turn("backup", 2)
    w.turn("global", 3)
    w.ticket(1, "P1", (3, 200), critical=(30, (4, 100)))
    w.ticket(2, "P2", (2, 28))
    w.ticket(3, "P2", (2, 100), escalate_at=20)
    alert(w, 40, "P2", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 1, 1, "arrived", 1, 201, "done"),
        (0, 1, 0, 0, 30, "critical", 30, 130, "done"),
        (1, 0, 0, 2, 2, "arrived", 2, 30, "done"),
        (2, 0, 0, None, 3, "arrived", None, 20, "escalated"),
        (2, 0, 1, 2, 20, "escalated", 30, 130, "done"),
        (3, 0, 0, 3, 40, "arrived", 48, 58, "done"),
    ]
    assert played.pages == [
        (3, 0, "primary", 0, True, 40, None, "busy"),
        (3, 0, "backup", 2, True, 40, None, "busy"),
        (3, 0, "global", 3, False, 40, 48, "answered"),
    ]


def test_who_does_the_work_of_another_page_is_passed_over_at_once(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3)
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.turn("backup", 1)
    alert(w, 10, "P2", (3, 50))
    alert(w, 20, "P1", (3, 10))  # though a P1 interrupts other P2 work
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 60, "done"),
        (1, 0, 0, 1, 20, "arrived", 28, 38, "done"),
    ]
    assert played.pages == [
        (0, 0, "primary", 0, True, 10, 10, "answered"),
        (1, 0, "primary", 0, True, 20, None, "busy"),
        (1, 0, "backup", 1, False, 20, 28, "answered"),
    ]


def test_who_has_another_page_ringing_or_promised_is_passed_over_at_once(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3)
    w.agent(tier=3, duties=())
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.turn("backup", 1)
    w.turn("global", 2)
    w.ticket(1, "P3", (3, 49))
    alert(w, 10, "P2", (3, 10))  # rings until 18, and starts at 50
    alert(w, 12, "P2", (3, 10))  # rings at the backup until 20
    alert(w, 19, "P2", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 50, "done"),
        (1, 0, 0, 0, 10, "arrived", 50, 60, "done"),
        (2, 0, 0, 1, 12, "arrived", 20, 30, "done"),
        (3, 0, 0, 2, 19, "arrived", 27, 37, "done"),
    ]
    assert played.pages == [
        (1, 0, "primary", 0, True, 10, 18, "answered"),
        (2, 0, "primary", 0, True, 12, None, "busy"),
        (2, 0, "backup", 1, False, 12, 20, "answered"),
        (3, 0, "primary", 0, True, 19, None, "busy"),
        (3, 0, "backup", 1, False, 19, None, "busy"),
        (3, 0, "global", 2, False, 19, 27, "answered"),
    ]


def test_two_alerts_of_one_instant_go_to_two_people(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3)
    w.agent(tier=3)
    w.turn("primary", 0)
    w.turn("backup", 1)
    alert(w, 10, "P2", (3, 10))
    alert(w, 10, "P1", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (1, 0, 0, 1, 10, "arrived", 10, 20, "done"),
    ]
    assert played.pages == [
        (0, 0, "primary", 0, True, 10, 10, "answered"),
        (1, 0, "primary", 0, True, 10, None, "busy"),
        (1, 0, "backup", 1, True, 10, 10, "answered"),
    ]


def test_who_got_a_p1_while_the_pager_rang_answers_that_they_are_busy_and_the_next_is_paged_at_once(
    on_call: Any,
) -> None:
    w = on_call()
    w.agent(tier=3)
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.turn("backup", 1)
    w.ticket(1, "P3", (3, 100))
    alert(w, 10, "P2", (3, 20))
    w.ticket(12, "P1", (3, 50))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 12, "preempted"),
        (0, 0, 1, 0, 12, "preempted", 62, 151, "done"),
        (1, 0, 0, 1, 10, "arrived", 26, 46, "done"),
        (2, 0, 0, 0, 12, "arrived", 12, 62, "done"),
    ]
    assert played.pages == [
        (1, 0, "primary", 0, True, 10, 18, "busy"),
        (1, 0, "backup", 1, False, 18, 26, "answered"),
    ]
    assert played.tickets("acknowledged")[1] == (26,)  # an answer that takes nothing on acknowledges nothing


# ---------------------------------------------------------------------- off duty


@pytest.mark.parametrize(("asleep", "answered"), [(False, 18), (True, 30)])
def test_who_is_off_duty_answers_awake_or_asleep_and_is_called_out(
    on_call: Any, *, asleep: bool, answered: int
) -> None:
    w = on_call()
    w.agent(tier=3, duties=[(200, 300)])
    w.agent(tier=3)  # idle, but an alert waits for its page
    w.turn("primary", 0, asleep=asleep)
    alert(w, 10, "P2", (3, 20))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", answered, answered + 20, "done")]
    assert played.pages == [(0, 0, "primary", 0, False, 10, answered, "answered")]
    assert played.modes() == [(0, 0, answered, "call_out")]
    assert played.journals.work["duty"].tolist() == [-1]
    assert played.tickets("acknowledged", "started") == [(answered, answered)]


def test_on_duty_nobody_sleeps_and_everybody_answers(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3)
    w.turn("primary", 0, asleep=True, chance=0.0)
    w.ticket(1, "P3", (3, 30))
    alert(w, 10, "P1", (3, 20), pages=(8, 12, 999_999))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 18, "preempted"),
        (0, 0, 1, 0, 18, "preempted", 38, 51, "done"),
        (1, 0, 0, 0, 10, "arrived", 18, 38, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, True, 10, 18, "answered")]


@pytest.mark.parametrize(("draw", "outcome"), [(499_999, "answered"), (500_000, "unanswered")])
def test_an_answer_is_given_where_the_draw_is_below_the_chance(on_call: Any, draw: int, outcome: str) -> None:
    w = on_call(rounds=1)
    w.agent(tier=3, duties=())
    w.turn("primary", 0, chance=0.5)
    alert(w, 10, "P2", (3, 20), pages=(8, 20, draw))
    played = w.play()
    answered = 18 if outcome == "answered" else None
    assert played.pages == [(0, 0, "primary", 0, False, 10, answered, outcome)]
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 18, 38, "done") if answered else
        (0, 0, 0, None, 10, "arrived", None, None, "open")
    ]  # fmt: skip
    assert played.tickets("acknowledged") == [(answered,)]


def test_whoever_answers_does_the_work_of_any_tier_and_region_at_their_pace(on_call: Any) -> None:
    tier_pm = ((1000, 1000, 1300, 1000), *((1000,) * 4,) * 3)
    w = on_call(regions=2, other_region_pm=1200, tier_pm=tier_pm)
    w.agent(tier=3, region=1, slow=1500, duties=())
    w.turn("global", 0)
    alert(w, 10, "P2", (1, 100))  # 1500 by 1200 is 1800, by 1300 is 2340
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 18, 252, "done")]
    assert played.pages == [(0, 0, "global", 0, False, 10, 18, "answered")]


def test_the_lead_belongs_nowhere_and_loses_nothing_by_distance(on_call: Any) -> None:
    w = on_call(regions=2, other_region_pm=1200, tier_pm=((2000,) * 4,) * 4)
    w.turn("lead", w.lead(region=1))
    alert(w, 10, "P2", (1, 100))
    w.ticket(11, "P3", (1, 10))  # and does no ordinary work
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 18, 118, "done"),
        (1, 0, 0, None, 11, "arrived", None, None, "open"),
    ]
    assert played.pages == [(0, 0, "lead", 0, False, 10, 18, "answered")]


def test_a_call_out_that_runs_into_the_duty_goes_on_and_then_the_duty_does(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=[(30, 200)])
    w.turn("primary", 0)
    alert(w, 10, "P2", (3, 50))
    w.ticket(40, "P3", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 18, 68, "done"),
        (1, 0, 0, 0, 40, "arrived", 68, 78, "done"),
    ]
    assert played.modes() == [(0, 0, 18, "call_out"), (1, 0, 68, "duty")]
    assert played.duties("start", "end", "left") == [(30, 200, 200)]


def test_a_call_out_becomes_interruptible_like_any_work_once_the_duty_has_begun(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=[(30, 200)])
    w.turn("primary", 0)
    alert(w, 10, "P2", (3, 50))
    w.ticket(29, "P1", (3, 5))  # waits: nobody is on duty
    w.ticket(35, "P1", (3, 5))  # interrupts
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 18, 35, "preempted"),
        (0, 0, 1, 0, 35, "preempted", 45, 78, "done"),
        (1, 0, 0, 0, 29, "arrived", 40, 45, "done"),
        (2, 0, 0, 0, 35, "arrived", 35, 40, "done"),
    ]
    assert played.modes() == [(0, 0, 18, "call_out"), (2, 0, 35, "duty"), (1, 0, 40, "duty"), (0, 0, 45, "duty")]


def test_a_call_out_that_outlasts_the_next_duty_is_handed_over_at_its_end(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=[(30, 60)])
    w.agent(tier=3, duties=[(60, 500)])
    w.turn("primary", 0)
    alert(w, 10, "P2", (3, 100))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 18, 60, "handed_over"),
        (0, 0, 1, 1, 60, "handed_over", 60, 118, "done"),
    ]
    assert played.pages == [(0, 0, "primary", 0, False, 10, 18, "answered")]


def test_who_comes_on_duty_while_the_pager_rings_answers_there(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=[(25, 200)])
    w.turn("primary", 0, asleep=True)
    alert(w, 10, "P2", (3, 20))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 30, 50, "done")]
    assert played.pages == [(0, 0, "primary", 0, False, 10, 30, "answered")]  # off duty when it was sent
    assert played.modes() == [(0, 0, 30, "duty")]


# ---------------------------------------------------------------------- the timers


@pytest.mark.parametrize(("priority", "timer"), [("P1", 15), ("P2", 30), ("P3", 60)])
def test_a_page_that_is_not_answered_goes_on_after_a_time_by_priority(on_call: Any, priority: str, timer: int) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.turn("backup", 1)
    alert(w, 10, priority, (3, 20), pages=[None, (8, 20)])
    played = w.play()
    assert played.work == [(0, 0, 0, 1, 10, "arrived", timer + 18, timer + 38, "done")]
    assert played.pages == [
        (0, 0, "primary", 0, False, 10, None, "unanswered"),
        (0, 0, "backup", 1, False, 10 + timer, timer + 18, "answered"),
    ]


def test_an_answer_at_the_time_out_is_an_answer(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.agent(tier=3)
    w.turn("primary", 0)
    w.turn("backup", 1)
    alert(w, 10, "P1", (3, 20), pages=(15, 15))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 25, 45, "done")]
    assert played.pages == [(0, 0, "primary", 0, False, 10, 25, "answered")]


def test_an_answer_a_millisecond_after_the_time_out_is_none(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.agent(tier=3)
    w.turn("primary", 0)
    w.turn("backup", 1)
    alert(w, 10, "P1", (3, 20), pages=(16, 16))
    played = w.play()
    assert played.work == [(0, 0, 0, 1, 10, "arrived", 25, 45, "done")]
    assert played.pages == [
        (0, 0, "primary", 0, False, 10, None, "unanswered"),
        (0, 0, "backup", 1, True, 25, 25, "answered"),
    ]


def test_on_duty_too_an_answer_can_come_too_late(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3)
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.turn("backup", 1)
    w.ticket(1, "P3", (3, 100))
    alert(w, 10, "P1", (3, 20), pages=[(16, 1), (5, 1)])
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 101, "done"),
        (1, 0, 0, 1, 10, "arrived", 30, 50, "done"),
    ]
    assert played.pages == [
        (1, 0, "primary", 0, True, 10, None, "unanswered"),
        (1, 0, "backup", 1, False, 25, 30, "answered"),
    ]


def test_who_did_not_answer_is_free_for_the_next_page(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.turn("backup", 1)
    alert(w, 10, "P1", (3, 50), pages=[None, (8, 20)])
    alert(w, 26, "P1", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 1, 10, "arrived", 33, 83, "done"),
        (1, 0, 0, 0, 26, "arrived", 34, 44, "done"),
    ]
    assert played.pages == [
        (0, 0, "primary", 0, False, 10, None, "unanswered"),
        (0, 0, "backup", 1, False, 25, 33, "answered"),
        (1, 0, "primary", 0, False, 26, 34, "answered"),
    ]


# ---------------------------------------------------------------------- levels and rounds


def test_levels_that_nobody_holds_have_no_row_and_take_no_time(on_call: Any) -> None:
    w = on_call(regions=2)
    for _ in range(3):
        w.agent(tier=3, duties=())
    w.turn("primary", 0, region=1)  # of another region
    w.turn("backup", 1, 0, 10)  # until just now
    w.turn("global", 2)
    alert(w, 10, "P2", (3, 20))
    played = w.play()
    assert played.work == [(0, 0, 0, 2, 10, "arrived", 18, 38, "done")]
    assert played.pages == [(0, 0, "global", 2, False, 10, 18, "answered")]


def test_each_region_has_its_own_primary_and_backup_and_all_share_the_rest(on_call: Any) -> None:
    w = on_call(regions=2, rounds=1)
    for _ in range(3):
        w.agent(tier=3, duties=())
    w.turn("primary", 0, region=0)
    w.turn("primary", 1, region=1)
    w.turn("global", 2)
    alert(w, 10, "P1", (3, 20), region=1, pages=[None, None, (3, 20)])
    alert(w, 40, "P1", (3, 20), region=0, pages=[None, None, (3, 20)])
    assert w.play().pages == [
        (0, 0, "primary", 1, False, 10, None, "unanswered"),
        (0, 0, "global", 2, False, 25, 28, "answered"),
        (1, 0, "primary", 0, False, 40, None, "unanswered"),
        (1, 0, "global", 2, False, 55, 58, "answered"),
    ]


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_the_chain_is_gone_through_round_by_round_and_the_lead_of_the_last_always_answers(
    on_call: Any, rounds: int
) -> None:
    w = on_call(rounds=rounds)
    for _ in range(3):
        w.agent(tier=3, duties=())
    w.lead()
    for agent, level in enumerate(("primary", "backup", "global", "lead")):
        w.turn(level, agent)
    alert(w, 10, "P1", (3, 20), pages=[(40, 50, 1_000_001)])  # neither the draw nor the timer counts for the last
    played = w.play()
    steps = [(round_, level) for round_ in range(rounds) for level in ("primary", "backup", "global", "lead")]
    sent = [10, 25, 40, 55, 70, 85, 100, 115, 130, 145, 160, 175][: 4 * rounds]
    silent = [
        (0, round_, level, i % 4, False, at, None, "unanswered")
        for i, ((round_, level), at) in enumerate(zip(steps, sent, strict=True))
    ]
    last = sent[-1]
    assert played.pages == [*silent[:-1], (0, rounds - 1, "lead", 3, False, last, last + 40, "answered")]
    assert played.work == [(0, 0, 0, 3, 10, "arrived", last + 40, last + 60, "done")]


def test_the_lead_of_the_last_round_sleeps_as_others_do_but_wakes(on_call: Any) -> None:
    w = on_call(rounds=2)
    w.turn("lead", w.lead(), asleep=True, chance=0.0)
    alert(w, 10, "P1", (3, 20))
    played = w.play()
    assert played.pages == [
        (0, 0, "lead", 0, False, 10, None, "unanswered"),
        (0, 1, "lead", 0, False, 25, 45, "answered"),
    ]
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 45, 65, "done")]


def test_the_lead_of_the_last_round_promises_the_work_even_when_busy(on_call: Any) -> None:
    w = on_call()
    w.turn("lead", w.lead())
    w.agent(tier=3, duties=[(60, 200)])  # could take it from the line, where it is not
    alert(w, 10, "P2", (3, 50))
    alert(w, 20, "P1", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 18, 68, "done"),
        (1, 0, 0, 0, 20, "arrived", 68, 78, "done"),
    ]
    assert played.pages == [
        (0, 0, "lead", 0, False, 10, 18, "answered"),
        (1, 0, "lead", 0, False, 20, None, "busy"),
        (1, 1, "lead", 0, False, 20, None, "busy"),
        (1, 2, "lead", 0, False, 20, 20, "answered"),
    ]
    assert played.tickets("acknowledged", "started")[1] == (20, 68)


def test_without_a_lead_the_work_joins_the_line_after_the_last_page_with_the_place_of_its_arrival(
    on_call: Any,
) -> None:
    w = on_call(rounds=1)
    w.agent(tier=3, duties=())
    w.agent(tier=3)
    w.turn("primary", 0, chance=0.0)
    w.ticket(1, "P3", (3, 54))  # agent 1 until 55
    alert(w, 10, "P2", (3, 10))  # in line from 40 on, and so before the next
    w.ticket(20, "P2", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 1, 1, "arrived", 1, 55, "done"),
        (1, 0, 0, 1, 10, "arrived", 55, 65, "done"),
        (2, 0, 0, 1, 20, "arrived", 65, 75, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, False, 10, None, "unanswered")]
    assert played.tickets("acknowledged")[1] == (None,)


def test_where_nobody_holds_a_pager_an_alert_is_in_line_at_once(on_call: Any) -> None:
    w = on_call(regions=2)
    w.agent(tier=3, region=1)
    alert(w, 10, "P2", (3, 20))  # nobody is at home
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 10, 30, "done")]
    assert played.pages == []


def test_a_p1_that_comes_from_the_chain_to_the_line_interrupts_there(on_call: Any) -> None:
    w = on_call(rounds=1)
    w.agent(tier=3, duties=())
    w.agent(tier=3)
    w.turn("primary", 0, chance=0.0)
    w.ticket(1, "P3", (3, 100))
    alert(w, 10, "P1", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 1, 1, "arrived", 1, 25, "preempted"),
        (0, 0, 1, 1, 25, "preempted", 35, 111, "done"),
        (1, 0, 0, 1, 10, "arrived", 25, 35, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, False, 10, None, "unanswered")]


# ---------------------------------------------------------------------- turns


def test_the_holder_of_the_instant_of_sending_counts(on_call: Any) -> None:
    w = on_call(rounds=2)
    w.agent(tier=3, duties=())
    w.agent(tier=3, duties=())
    w.turn("primary", 0, 0, 25)
    w.turn("primary", 1, 25)
    alert(w, 10, "P1", (3, 10), pages=[None, (8, 20)])  # not answered until 25, when the pager changes hands
    alert(w, 24, "P2", (3, 10))  # passed over: agent 0 has the pager still, and it rings
    played = w.play()
    assert played.work == [
        (0, 0, 0, 1, 10, "arrived", 33, 43, "done"),
        (1, 0, 0, None, 24, "arrived", None, None, "open"),
    ]
    assert played.pages == [
        (0, 0, "primary", 0, False, 10, None, "unanswered"),
        (0, 1, "primary", 1, False, 25, 33, "answered"),
        (1, 0, "primary", 0, False, 24, None, "busy"),
        (1, 1, "primary", 0, False, 24, None, "busy"),
    ]


def test_who_has_given_the_pager_away_while_it_rings_still_answers(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.agent(tier=3, duties=())
    w.turn("primary", 0, 0, 12, asleep=True)  # asleep when it is sent
    w.turn("primary", 0, 12, 14)
    w.turn("primary", 1, 14)
    alert(w, 11, "P2", (3, 10))
    alert(w, 14, "P2", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 11, "arrived", 31, 41, "done"),
        (1, 0, 0, 1, 14, "arrived", 22, 32, "done"),
    ]
    assert played.pages == [
        (0, 0, "primary", 0, False, 11, 31, "answered"),
        (1, 0, "primary", 1, False, 14, 22, "answered"),
    ]


# ---------------------------------------------------------------------- beside the line


def test_the_ticket_timer_opens_a_paged_alert_to_the_line_and_the_answer_is_not_needed(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.agent(tier=3)
    w.turn("primary", 0, asleep=True)
    alert(w, 10, "P2", (3, 20), escalate_at=20)
    played = w.play()
    assert played.work == [
        (0, 0, 0, None, 10, "arrived", None, 20, "escalated"),
        (0, 0, 1, 1, 20, "escalated", 20, 40, "done"),
    ]
    assert played.pages == [(0, 0, "primary", 0, False, 10, 30, "not_needed")]
    assert played.tickets("acknowledged", "started", "escalated") == [(30, 20, 20)]


def test_a_paged_alert_that_was_opened_to_the_line_in_vain_is_done_by_whoever_answers(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.agent(tier=3)
    w.turn("primary", 0, asleep=True)
    w.ticket(1, "P3", (3, 100))
    alert(w, 10, "P3", (3, 20), escalate_at=20)
    played = w.play()
    assert played.work == [
        (0, 0, 0, 1, 1, "arrived", 1, 101, "done"),
        (1, 0, 0, None, 10, "arrived", None, 20, "escalated"),
        (1, 0, 1, 0, 20, "escalated", 30, 50, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, False, 10, 30, "answered")]


def test_what_is_promised_escalates_when_it_next_queues(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=[(0, 40)])
    w.agent(tier=3, duties=[(60, 500)])
    w.turn("primary", 0)
    w.ticket(1, "P4", (3, 19))
    alert(w, 5, "P3", (3, 50), escalate_at=15)  # answered at 13, begun at 20
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 20, "done"),
        (1, 0, 0, 0, 5, "arrived", 20, 40, "handed_over"),
        (1, 0, 1, 1, 40, "handed_over", 60, 90, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, True, 5, 13, "answered")]
    assert played.tickets("escalated")[1] == (40,)


def test_a_p3_alert_that_nobody_has_started_on_in_time_is_paged_and_waits_in_line_meanwhile(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=1)
    w.agent(tier=3, duties=())
    w.turn("primary", 1)
    w.ticket(1, "P2", (1, 200))
    w.ticket(10, "P3", (1, 20), page_at=70, pages=(8, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 201, "done"),
        (1, 0, 0, 1, 10, "arrived", 78, 98, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 1, False, 70, 78, "answered")]
    assert played.modes()[1] == (1, 1, 78, "call_out")


@pytest.mark.parametrize("until", [30, 70], ids=["before", "in the very instant"])
def test_a_p3_alert_that_somebody_has_started_on_is_not_paged(on_call: Any, until: int) -> None:
    w = on_call()
    w.agent(tier=1, duties=[(0, 75), (100, 500)])
    w.agent(tier=3, duties=())
    w.turn("primary", 1)
    w.ticket(1, "P2", (1, until - 1))
    w.ticket(10, "P3", (1, 100), page_at=70, pages=(8, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, until, "done"),
        (1, 0, 0, 0, 10, "arrived", until, 75, "handed_over"),
        (1, 0, 1, 0, 75, "handed_over", 100, 125 + until, "done"),  # of 100 ms 75 - until are done
    ]
    assert played.pages == []


def test_whoever_takes_a_late_alert_from_the_line_first_has_it(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=1)
    w.agent(tier=3, duties=())
    w.turn("primary", 1)
    w.ticket(1, "P2", (1, 74))  # until 75
    w.ticket(10, "P3", (1, 20), page_at=70, pages=(8, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 75, "done"),
        (1, 0, 0, 0, 10, "arrived", 75, 95, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 1, False, 70, 78, "not_needed")]
    assert played.tickets("acknowledged", "started")[1] == (78, 75)


def test_a_page_that_is_not_answered_ends_with_its_timer_where_the_work_is_in_hand(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=1)
    w.agent(tier=3, duties=())
    w.agent(tier=3, duties=())
    w.turn("primary", 1, chance=0.0)
    w.turn("backup", 2)
    w.ticket(1, "P2", (1, 74))
    w.ticket(10, "P3", (1, 200), page_at=70, pages=(8, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 75, "done"),
        (1, 0, 0, 0, 10, "arrived", 75, 275, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 1, False, 70, None, "unanswered")]
    assert played.tickets("acknowledged")[1] == (None,)


def test_a_late_alert_that_is_promised_leaves_the_line(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=1)
    w.agent(tier=3)
    w.turn("primary", 1)
    w.ticket(1, "P2", (1, 84))  # until 85
    w.ticket(2, "P3", (3, 98))  # until 100
    w.ticket(10, "P3", (1, 20), page_at=70, pages=(8, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 85, "done"),
        (1, 0, 0, 1, 2, "arrived", 2, 100, "done"),
        (2, 0, 0, 1, 10, "arrived", 100, 120, "done"),
    ]
    assert played.pages == [(2, 0, "primary", 1, True, 70, 78, "answered")]


def test_only_the_first_task_of_an_alert_waits_for_the_page(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.agent(tier=3)
    w.turn("primary", 0)
    alert(w, 10, "P2", (3, 20), (3, 10), (3, 10, 100, "reopened"))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 18, 38, "done"),
        (0, 1, 0, 1, 38, "next_stage", 38, 48, "done"),
        (0, 2, 0, 1, 148, "reopened", 148, 158, "done"),
    ]
    assert played.pages == [(0, 0, "primary", 0, False, 10, 18, "answered")]


# ---------------------------------------------------------------------- tickets for a tier that is nowhere


@pytest.mark.parametrize("priority", ["P1", "P2"])
def test_an_urgent_ticket_whose_tier_is_nowhere_queues_and_pages(on_call: Any, priority: str) -> None:
    w = on_call(regions=2)
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.agent(tier=1)
    w.ticket(10, priority, (2, 20), pages=(8, 20))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 18, 38, "done")]
    assert played.pages == [(0, 0, "primary", 0, False, 10, 18, "answered")]
    assert played.modes() == [(0, 0, 18, "call_out")]


def test_other_tickets_whose_tier_is_nowhere_wait(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.ticket(10, "P3", (2, 20), pages=(8, 20))
    w.ticket(10, "P2", (2, 20))  # one that can page nobody
    played = w.play()
    assert played.work == [
        (0, 0, 0, None, 10, "arrived", None, None, "open"),
        (1, 0, 0, None, 10, "arrived", None, None, "open"),
    ]
    assert played.pages == []


@pytest.mark.parametrize("anywhere", [True, False])
def test_an_urgent_ticket_whose_tier_is_somewhere_pages_nobody(on_call: Any, *, anywhere: bool) -> None:
    w = on_call(regions=2, unstaffed_anywhere=anywhere)
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.agent(tier=2, region=1)
    w.ticket(1, "P1", (2, 49), region=1)
    w.ticket(10, "P2", (2, 20), pages=(8, 20))
    played = w.play()
    taken = (1, 0, 0, 1, 10, "arrived", 50, 70, "done")
    waits = (1, 0, 0, None, 10, "arrived", None, None, "open")
    assert played.work == [(0, 0, 0, 1, 1, "arrived", 1, 50, "done"), taken if anywhere else waits]
    assert played.pages == []


def test_an_urgent_ticket_in_line_pages_when_the_last_of_its_tier_goes(on_call: Any) -> None:
    w = on_call(regions=2)
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.agent(tier=2, duties=[(0, 50)])
    w.agent(tier=2, region=1, duties=[(0, 40)])
    w.ticket(1, "P3", (2, 49))
    w.ticket(2, "P1", (2, 38), region=1)
    w.ticket(20, "P2", (2, 10), pages=(8, 20))
    w.ticket(21, "P3", (2, 10), pages=(8, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 1, 1, "arrived", 1, 50, "done"),
        (1, 0, 0, 2, 2, "arrived", 2, 40, "done"),
        (2, 0, 0, 0, 20, "arrived", 58, 68, "done"),
        (3, 0, 0, None, 21, "arrived", None, None, "open"),
    ]
    assert played.pages == [(2, 0, "primary", 0, False, 50, 58, "answered")]


def test_work_handed_over_by_the_last_of_its_tier_pages(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.agent(tier=2, duties=[(0, 50)])
    w.ticket(10, "P2", (2, 60), pages=(8, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 1, 10, "arrived", 10, 50, "handed_over"),
        (0, 0, 1, 0, 50, "handed_over", 58, 78, "done"),
    ]
    assert played.pages == [(0, 0, "primary", 0, False, 50, 58, "answered")]
    assert played.tickets("acknowledged", "started") == [(58, 10)]


def test_whoever_goes_can_be_the_one_who_is_paged(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=2, duties=[(0, 50)])
    w.turn("primary", 0)
    w.ticket(1, "P2", (2, 49))
    w.ticket(20, "P2", (2, 10), pages=(8, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 50, "done"),
        (1, 0, 0, 0, 20, "arrived", 58, 68, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, False, 50, 58, "answered")]


def test_a_relief_in_the_same_instant_pages_nobody(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.agent(tier=2, duties=[(0, 50)])
    w.agent(tier=2, duties=[(50, 100)])
    w.ticket(1, "P3", (2, 49))
    w.ticket(20, "P2", (2, 10), pages=(8, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 1, 1, "arrived", 1, 50, "done"),
        (1, 0, 0, 2, 20, "arrived", 50, 60, "done"),
    ]
    assert played.pages == []


def test_who_comes_on_duty_before_the_answer_takes_the_ticket(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.turn("primary", 0, asleep=True)
    w.agent(tier=2, duties=[(20, 100)])
    w.ticket(10, "P2", (2, 30), pages=(8, 20))
    played = w.play()
    assert played.work == [(0, 0, 0, 1, 10, "arrived", 20, 50, "done")]
    assert played.pages == [(0, 0, "primary", 0, False, 10, 30, "not_needed")]
    assert played.tickets("acknowledged", "started") == [(30, 20)]


def test_a_ticket_is_paged_once(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.ticket(10, "P2", (2, 20), (2, 10), pages=(8, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 18, 38, "done"),
        (0, 1, 0, None, 38, "next_stage", None, None, "open"),
    ]
    assert played.pages == [(0, 0, "primary", 0, False, 10, 18, "answered")]


@pytest.mark.parametrize(
    ("chance", "page"),
    [
        (1.0, (0, 0, "primary", 0, False, 10, 18, "not_needed")),
        (0.0, (0, 0, "primary", 0, False, 10, None, "unanswered")),
    ],
)
def test_a_page_for_a_customer_who_has_given_up_ends_the_chain(on_call: Any, chance: float, page: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.agent(tier=3, duties=())
    w.turn("primary", 0, chance=chance)
    w.turn("backup", 1)
    w.ticket(10, "P2", (2, 20), patience=5, pages=(8, 20))
    played = w.play()
    assert played.work == [(0, 0, 0, None, 10, "arrived", None, 15, "abandoned")]
    assert played.pages == [page]
    assert played.tickets("abandoned", "state") == [(15, "abandoned")]


def test_a_customer_can_give_up_on_what_was_promised(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3)
    w.turn("primary", 0)
    w.ticket(1, "P3", (3, 49))
    w.ticket(10, "P2", (2, 20), patience=20, pages=(8, 20))
    w.ticket(40, "P3", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 50, "done"),
        (1, 0, 0, None, 10, "arrived", None, 30, "abandoned"),
        (2, 0, 0, 0, 40, "arrived", 50, 60, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, True, 10, 18, "answered")]


# ---------------------------------------------------------------------- pauses, overlap, overtime, ends of duties


def test_who_is_in_a_pause_is_paged_and_answers_as_on_duty(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=[(0, 100)], pauses=[(20, 60)])
    w.turn("primary", 0, asleep=True, chance=0.0)
    alert(w, 30, "P2", (3, 15))
    w.ticket(40, "P3", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 30, "arrived", 38, 53, "done"),
        (1, 0, 0, 0, 40, "arrived", 60, 70, "done"),  # the rest of the pause is kept
    ]
    assert played.pages == [(0, 0, "primary", 0, True, 30, 38, "answered")]
    assert played.modes() == [(0, 0, 38, "duty"), (1, 0, 60, "duty")]
    assert played.duties("start", "end", "left") == [(0, 20, 53), (60, 100, 100)]


def test_work_of_a_page_can_outlast_the_pause(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=[(0, 100)], pauses=[(20, 60)])
    w.turn("primary", 0)
    alert(w, 30, "P2", (3, 30))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 30, "arrived", 38, 68, "done")]
    assert played.duties("start", "end", "left") == [(0, 20, 60), (60, 100, 100)]


def test_a_promise_is_kept_in_the_pause(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=[(0, 100)], pauses=[(20, 60)])
    w.turn("primary", 0)
    w.ticket(1, "P3", (3, 29))
    alert(w, 10, "P2", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 30, "done"),
        (1, 0, 0, 0, 10, "arrived", 30, 40, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, True, 10, 18, "answered")]


def test_who_is_idle_in_the_overlap_starts_on_any_page_at_once(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=[(0, 50)], overlap=30)
    w.turn("primary", 0)
    w.ticket(52, "P2", (3, 10))  # one of the line they take no more
    alert(w, 55, "P2", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, None, 52, "arrived", None, None, "open"),
        (1, 0, 0, 0, 55, "arrived", 55, 65, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, True, 55, 55, "answered")]
    assert played.modes() == [(1, 0, 55, "overlap")]


def test_work_of_a_page_is_handed_over_at_the_end_of_the_duty_like_any_other(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=[(0, 50)])
    w.agent(tier=3, duties=[(50, 100)])
    w.turn("primary", 0)
    alert(w, 30, "P2", (3, 40))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 30, "arrived", 30, 50, "handed_over"),
        (0, 0, 1, 1, 50, "handed_over", 50, 70, "done"),
    ]
    assert played.pages == [(0, 0, "primary", 0, True, 30, 30, "answered")]


@pytest.mark.parametrize(("overlap", "goes"), [(0, 50), (10, 60)])
def test_whose_duty_ends_before_a_promise_is_kept_hands_over_and_keeps_it_as_a_call_out(
    on_call: Any, overlap: int, goes: int
) -> None:
    w = on_call(briefing=5)
    w.agent(tier=3, duties=[(0, 50)], overlap=overlap)
    w.agent(tier=3, duties=[(20, 500)])
    w.turn("primary", 0)
    w.ticket(1, "P3", (3, 100))
    alert(w, 20, "P2", (3, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, goes, "handed_over"),
        (0, 0, 1, 1, goes, "handed_over", goes, 106, "done"),  # 101 - goes are left, and 5 to read in
        (1, 0, 0, 0, 20, "arrived", goes, goes + 20, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, True, 20, 28, "answered")]
    assert played.modes() == [(0, 0, 1, "duty"), (0, 1, goes, "duty"), (1, 0, goes, "call_out")]
    assert played.duties("agent", "left")[0] == (0, goes)


def test_in_overtime_an_alert_other_than_p1_waits_for_the_end_of_the_work_in_hand(on_call: Any) -> None:
    w = on_call(overtime=P3_IN_OVERTIME)
    w.agent(tier=3, duties=[(0, 50)], overtime=100)
    w.turn("primary", 0)
    w.ticket(1, "P3", (3, 80))
    alert(w, 60, "P2", (3, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 81, "done"),
        (1, 0, 0, 0, 60, "arrived", 81, 101, "done"),
    ]
    assert played.pages == [(1, 0, "primary", 0, True, 60, 68, "answered")]
    assert played.modes() == [(0, 0, 1, "duty"), (1, 0, 81, "call_out")]
    assert played.duties("paid_end", "left") == [(50, 81)]


def test_at_the_limit_of_overtime_a_promise_is_kept_as_a_call_out(on_call: Any) -> None:
    w = on_call(overtime=P3_IN_OVERTIME)
    w.agent(tier=3, duties=[(0, 50)], overtime=20)
    w.agent(tier=3, duties=[(70, 200)])
    w.turn("primary", 0)
    w.ticket(1, "P3", (3, 80))
    alert(w, 60, "P2", (3, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 70, "handed_over"),
        (0, 0, 1, 1, 70, "handed_over", 70, 81, "done"),
        (1, 0, 0, 0, 60, "arrived", 70, 90, "done"),
    ]
    assert played.modes() == [(0, 0, 1, "duty"), (0, 1, 70, "duty"), (1, 0, 70, "call_out")]


def test_who_has_gone_in_this_instant_is_off_duty(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=[(0, 50)])
    w.turn("primary", 0)
    alert(w, 50, "P2", (3, 20))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 50, "arrived", 58, 78, "done")]
    assert played.pages == [(0, 0, "primary", 0, False, 50, 58, "answered")]


def test_who_answers_in_the_instant_in_which_the_duty_begins_is_called_out(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=[(18, 100)])
    w.turn("primary", 0)
    alert(w, 10, "P2", (3, 20))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 18, 38, "done")]
    assert played.modes() == [(0, 0, 18, "call_out")]


# ---------------------------------------------------------------------- what people see, and when


def test_an_alert_comes_when_it_is_seen_and_its_instants_are_those_of_the_tape(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=1)
    w.ticket(10, "P4", (1, 20), visible=30, escalate_at=40)  # begins when its timer is due
    w.ticket(20, "P3", (1, 20))  # comes first
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 30, "arrived", 40, 60, "done"),
        (1, 0, 0, 0, 20, "arrived", 20, 40, "done"),
    ]
    assert played.tickets("created", "visible", "started", "escalated") == [(10, 30, 40, None), (20, 20, 20, None)]
    assert played.pages == []


def test_an_alert_that_is_seen_late_pages_from_then_on(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.ticket(10, "P3", (1, 20), visible=30, page_at=30, pages=(8, 20))  # overdue when it is seen
    w.ticket(11, "P3", (1, 20), visible=30, page_at=71, pages=(8, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 30, "arrived", 38, 58, "done"),
        (1, 0, 0, 0, 30, "arrived", 79, 99, "done"),
    ]
    assert played.pages == [
        (0, 0, "primary", 0, False, 30, 38, "answered"),
        (1, 0, "primary", 0, False, 71, 79, "answered"),
    ]


def test_a_filtered_alert_never_comes(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3)
    w.turn("primary", 0)
    w.ticket(10, "P1", (3, 20), filtered="suppressed", page_at=10, pages=(8, 20), escalate_at=50, critical=(60, (3, 5)))
    w.ticket(20, "P2", (3, 20), filtered="batched", patience=5)
    played = w.play()
    assert played.work == []
    assert played.pages == []
    assert played.tickets("created", "visible", "started", "state") == [
        (10, None, None, "filtered"),
        (20, None, None, "filtered"),
    ]


# ---------------------------------------------------------------------- the end of the run


def test_what_rings_or_is_promised_at_the_end_of_the_run_is_open(on_call: Any) -> None:
    w = on_call(end=38)
    w.agent(tier=3)
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.turn("backup", 1)
    w.ticket(1, "P3", (3, 100))
    alert(w, 10, "P2", (3, 20))  # promised at 18
    alert(w, 30, "P2", (3, 20))  # would be answered at 38
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, None, "open"),
        (1, 0, 0, None, 10, "arrived", None, None, "open"),
        (2, 0, 0, None, 30, "arrived", None, None, "open"),
    ]
    assert played.pages == [
        (1, 0, "primary", 0, True, 10, 18, "answered"),
        (2, 0, "primary", 0, True, 30, None, "busy"),
        (2, 0, "backup", 1, False, 30, None, "open"),
    ]
    assert played.tickets("acknowledged", "started", "state") == [
        (None, 1, "in_service"),
        (18, None, "queued"),
        (None, None, "queued"),
    ]


# ---------------------------------------------------------------------- several tickets, one chain


def test_when_the_last_of_a_tier_goes_the_most_urgent_ticket_pages_first_whatever_came_first(on_call: Any) -> None:
    w = on_call()
    for _ in range(3):
        w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.turn("backup", 1)
    w.turn("global", 2)
    w.agent(tier=2, duties=[(0, 50)])
    w.ticket(1, "P3", (2, 49))
    w.ticket(10, "P2", (2, 10), pages=(8, 20))
    w.ticket(20, "P2", (2, 10), pages=(8, 20))
    w.ticket(30, "P2", (2, 10), pages=(8, 20), enterprise=True)
    played = w.play()
    assert played.work == [
        (0, 0, 0, 3, 1, "arrived", 1, 50, "done"),
        (1, 0, 0, 1, 10, "arrived", 58, 68, "done"),
        (2, 0, 0, 2, 20, "arrived", 58, 68, "done"),
        (3, 0, 0, 0, 30, "arrived", 58, 68, "done"),
    ]
    assert played.pages == [
        (1, 0, "primary", 0, False, 50, None, "busy"),
        (1, 0, "backup", 1, False, 50, 58, "answered"),
        (2, 0, "primary", 0, False, 50, None, "busy"),
        (2, 0, "backup", 1, False, 50, None, "busy"),
        (2, 0, "global", 2, False, 50, 58, "answered"),
        (3, 0, "primary", 0, False, 50, 58, "answered"),
    ]


def test_of_all_regions_the_most_urgent_ticket_pages_first(on_call: Any) -> None:
    w = on_call(regions=2)
    w.agent(tier=3, duties=())
    w.agent(tier=3, duties=())
    w.turn("global", 0)
    w.turn("lead", 1)
    w.agent(tier=2, duties=[(0, 50)])
    w.ticket(1, "P1", (2, 49))
    w.ticket(10, "P2", (2, 10), pages=(8, 20))
    w.ticket(20, "P1", (2, 10), pages=(8, 20), region=1)
    played = w.play()
    assert played.work[1:] == [
        (1, 0, 0, 1, 10, "arrived", 58, 68, "done"),
        (2, 0, 0, 0, 20, "arrived", 58, 68, "done"),
    ]
    assert played.pages == [
        (1, 0, "global", 0, False, 50, None, "busy"),
        (1, 0, "lead", 1, False, 50, 58, "answered"),
        (2, 0, "global", 0, False, 50, 58, "answered"),
    ]


def test_a_promise_to_a_customer_who_has_given_up_keeps_nobody_busy(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3)
    w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.turn("backup", 1)
    w.ticket(1, "P3", (3, 99))
    w.ticket(10, "P2", (2, 20), patience=20, pages=(8, 20))
    alert(w, 40, "P1", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 48, "preempted"),
        (0, 0, 1, 0, 48, "preempted", 58, 110, "done"),
        (1, 0, 0, None, 10, "arrived", None, 30, "abandoned"),
        (2, 0, 0, 0, 40, "arrived", 48, 58, "done"),
    ]
    assert played.pages == [
        (1, 0, "primary", 0, True, 10, 18, "answered"),
        (2, 0, "primary", 0, True, 40, 48, "answered"),
    ]


def test_the_lead_of_the_last_round_wakes_before_they_begin_though_another_page_rings_already(on_call: Any) -> None:
    w = on_call()
    w.turn("lead", w.lead(), asleep=True)
    alert(w, 10, "P2", (3, 50))
    alert(w, 15, "P1", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 30, 80, "done"),
        (1, 0, 0, 0, 15, "arrived", 80, 90, "done"),
    ]
    assert played.pages == [
        (0, 0, "lead", 0, False, 10, 30, "answered"),
        (1, 0, "lead", 0, False, 15, None, "busy"),
        (1, 1, "lead", 0, False, 15, None, "busy"),
        (1, 2, "lead", 0, False, 15, 35, "answered"),
    ]
    assert played.tickets("acknowledged", "started")[1] == (35, 80)


def test_of_two_pages_that_ring_at_the_lead_the_one_answered_first_is_begun_first(on_call: Any) -> None:
    w = on_call()
    w.turn("lead", w.lead(), asleep=True)
    alert(w, 10, "P2", (3, 50))
    alert(w, 15, "P1", (3, 10), pages=(9, 10))
    alert(w, 26, "P1", (3, 10), pages=(9, 10))  # the lead is at work: promised at once
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 45, 95, "done"),
        (1, 0, 0, 0, 15, "arrived", 25, 35, "done"),
        (2, 0, 0, 0, 26, "arrived", 35, 45, "done"),
    ]
    assert played.pages == [
        (0, 0, "lead", 0, False, 10, 30, "busy"),
        (0, 1, "lead", 0, False, 30, None, "busy"),
        (0, 2, "lead", 0, False, 30, 30, "answered"),
        (1, 0, "lead", 0, False, 15, None, "busy"),
        (1, 1, "lead", 0, False, 15, None, "busy"),
        (1, 2, "lead", 0, False, 15, 25, "answered"),
        (2, 0, "lead", 0, False, 26, None, "busy"),
        (2, 1, "lead", 0, False, 26, None, "busy"),
        (2, 2, "lead", 0, False, 26, 26, "answered"),
    ]


def test_who_answers_one_of_two_pages_is_still_held_by_the_other(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, duties=())
    w.turn("primary", 0, asleep=True)
    w.turn("lead", 0, asleep=True)
    alert(w, 10, "P2", (3, 1), pages=[(8, 20)])
    alert(w, 15, "P2", (3, 10), pages=(8, 25))  # rings until 40 as well
    alert(w, 32, "P2", (3, 10))  # at 32 agent 0 is done with the first, and the second rings
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 30, 31, "done"),
        (1, 0, 0, 0, 15, "arrived", 40, 50, "done"),
        (2, 0, 0, 0, 32, "arrived", 52, 62, "done"),
    ]
    assert played.pages == [
        (0, 0, "primary", 0, False, 10, 30, "answered"),
        *[(1, turn, level, 0, False, 15, None, "busy") for turn in (0, 1) for level in ("primary", "lead")],
        (1, 2, "primary", 0, False, 15, None, "busy"),
        (1, 2, "lead", 0, False, 15, 40, "answered"),
        *[(2, turn, level, 0, False, 32, None, "busy") for turn in (0, 1) for level in ("primary", "lead")],
        (2, 2, "primary", 0, False, 32, None, "busy"),
        (2, 2, "lead", 0, False, 32, 52, "answered"),
    ]


def test_whoever_answers_does_the_work_whatever_priorities_they_take(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=3, takes="P4")
    w.turn("primary", 0)
    alert(w, 10, "P1", (3, 20))
    w.ticket(11, "P1", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 30, "done"),
        (1, 0, 0, None, 11, "arrived", None, None, "open"),
    ]
    assert played.pages == [(0, 0, "primary", 0, True, 10, 10, "answered")]


def test_a_pause_of_the_last_of_a_tier_pages_like_the_end_of_a_duty(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=2, duties=[(0, 100)], pauses=[(50, 60)])
    w.agent(tier=3, duties=())
    w.turn("primary", 1)
    w.ticket(1, "P3", (2, 54))
    w.ticket(10, "P2", (2, 20), pages=(8, 20))
    w.ticket(55, "P2", (2, 20), pages=(8, 20))  # the primary is busy until 78, the pause over at 60
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 55, "done"),
        (1, 0, 0, 1, 10, "arrived", 58, 78, "done"),
        (2, 0, 0, 0, 55, "arrived", 60, 80, "done"),
    ]
    assert played.pages == [
        (1, 0, "primary", 1, False, 50, 58, "answered"),
        *[(2, turn, "primary", 1, False, 55, None, "busy") for turn in range(3)],
    ]


def test_a_late_alert_that_was_started_and_waits_again_is_not_paged(on_call: Any) -> None:
    w = on_call()
    w.agent(tier=1, duties=[(0, 60), (100, 500)])
    w.agent(tier=3, duties=())
    w.turn("primary", 1)
    w.ticket(10, "P3", (1, 100), page_at=70, pages=(8, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 60, "handed_over"),
        (0, 0, 1, 0, 60, "handed_over", 100, 150, "done"),
    ]
    assert played.pages == []


def test_who_did_not_answer_once_is_passed_over_like_others_while_the_pager_rings_again(on_call: Any) -> None:
    w = on_call()
    for _ in range(3):
        w.agent(tier=3, duties=())
    w.turn("primary", 0)
    w.turn("backup", 1)
    w.turn("global", 2)
    alert(w, 10, "P1", (3, 50), pages=[None, (8, 20)])
    alert(w, 30, "P1", (3, 10))
    alert(w, 35, "P1", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 1, 10, "arrived", 33, 83, "done"),
        (1, 0, 0, 0, 30, "arrived", 38, 48, "done"),
        (2, 0, 0, 2, 35, "arrived", 43, 53, "done"),
    ]
    assert played.pages == [
        (0, 0, "primary", 0, False, 10, None, "unanswered"),
        (0, 0, "backup", 1, False, 25, 33, "answered"),
        (1, 0, "primary", 0, False, 30, 38, "answered"),
        (2, 0, "primary", 0, False, 35, None, "busy"),
        (2, 0, "backup", 1, False, 35, None, "busy"),
        (2, 0, "global", 2, False, 35, 43, "answered"),
    ]


@pytest.mark.parametrize(("chance", "answered"), [(1.0, 510), (0.0, None)])
def test_without_a_timer_a_page_rings_until_it_is_answered(world: Any, chance: float, answered: int | None) -> None:
    w = world()
    w.agent(tier=3, duties=())
    w.agent(tier=3)
    w.turn("primary", 0, chance=chance)
    w.turn("backup", 1)
    alert(w, 10, "P2", (3, 20), pages=(500, 500))
    played = w.play()
    row = (
        (0, 0, 0, 0, 10, "arrived", 510, 530, "done")
        if answered
        else (0, 0, 0, None, 10, "arrived", None, None, "open")
    )
    assert played.work == [row]
    assert played.pages == [(0, 0, "primary", 0, False, 10, answered, "answered" if answered else "open")]
