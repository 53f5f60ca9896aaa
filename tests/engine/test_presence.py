"""Who is there: overlap, overtime, pauses, removal, chores and the limit of interruptions, each in a world by hand.

A row of work is (ticket, task, stretch, agent, queued at, why, start, end, how it ended); one of chores is (agent,
kind, due, start, end). Agents, tickets and tasks count from 0 in the order in which they are written down.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

P2, P3, EVERY_PRIORITY = 0b0010, 0b0100, 0b1111
"""Priorities as bits, as the rules have them."""

# ---------------------------------------------------------------------- overlap


def test_in_the_overlap_work_in_hand_is_finished(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(duties=[(50, 1000)])
    w.ticket(10, "P3", (1, 50))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 10, 60, "done")]
    assert played.modes() == [(0, 0, 10, "duty")]
    assert played.duties("planned_end", "paid_end", "end", "left") == [(50, 70, 50, 70), (1000, 1000, 1000, 1000)]


def test_in_the_overlap_nothing_is_taken_from_the_line_but_a_p1(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(duties=[(80, 1000)])
    w.ticket(10, "P1", (1, 45))
    w.ticket(20, "P2", (1, 10), enterprise=True)
    w.ticket(30, "P1", (1, 5))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 55, "done"),
        (1, 0, 0, 1, 20, "arrived", 80, 90, "done"),
        (2, 0, 0, 0, 30, "arrived", 55, 60, "done"),
    ]
    assert played.modes() == [(0, 0, 10, "duty"), (2, 0, 55, "overlap"), (1, 1, 80, "duty")]


def test_who_is_idle_in_the_overlap_takes_a_p1_and_leaves_a_p2_in_line(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(duties=[(80, 1000)])
    w.ticket(55, "P2", (1, 10))
    w.ticket(58, "P1", (1, 4))
    w.ticket(63, "P1", (1, 4))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 1, 55, "arrived", 80, 90, "done"),
        (1, 0, 0, 0, 58, "arrived", 58, 62, "done"),
        (2, 0, 0, 0, 63, "arrived", 63, 67, "done"),
    ]
    assert played.modes() == [(1, 0, 58, "overlap"), (2, 0, 63, "overlap"), (0, 1, 80, "duty")]


def test_who_does_not_take_p1_takes_nothing_in_the_overlap(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50)], overlap=20, takes="P2 P3 P4")
    w.ticket(10, "P3", (1, 50))
    w.ticket(55, "P1", (1, 4))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 60, "done"),  # not interrupted
        (1, 0, 0, None, 55, "arrived", None, None, "open"),
    ]


@pytest.mark.parametrize(("priority", "served"), [("P1", (0, 50, 60)), ("P2", (1, 80, 90))])
def test_in_the_very_instant_in_which_the_overlap_begins_a_p1_alone_is_taken(
    world: Any, priority: str, served: tuple[int, int, int]
) -> None:
    w = world()
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(duties=[(80, 1000)])
    w.ticket(10, "P1", (1, 40))  # ends before the overlap begins
    w.ticket(20, priority, (1, 10))
    agent, start, end = served
    played = w.play()
    assert played.work_of(1) == [(0, 0, agent, 20, "arrived", start, end, "done")]
    assert played.modes()[1] == (1, agent, start, "overlap" if agent == 0 else "duty")


def test_a_p1_interrupts_work_that_is_finished_in_the_overlap_and_that_is_not_taken_up_again(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(duties=[(80, 1000)])
    w.ticket(10, "P3", (1, 100))
    w.ticket(55, "P1", (1, 5))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 55, "preempted"),
        (0, 0, 1, 1, 55, "preempted", 80, 135, "done"),
        (1, 0, 0, 0, 55, "arrived", 55, 60, "done"),
    ]
    assert played.modes() == [(0, 0, 10, "duty"), (1, 0, 55, "overlap"), (0, 1, 80, "duty")]


def test_who_is_in_the_overlap_staffs_no_pool(world: Any) -> None:
    w = world(regions=2)
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(region=1)
    w.ticket(10, "P3", (1, 50))
    w.ticket(45, "P3", (1, 10))  # goes elsewhere when the overlap begins
    w.ticket(62, "P3", (1, 10))  # at once, though agent 0 is there and has nothing to do
    w.ticket(63, "P1", (1, 5))  # home comes first
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 60, "done"),
        (1, 0, 0, 1, 45, "arrived", 50, 60, "done"),
        (2, 0, 0, 1, 62, "arrived", 62, 72, "done"),
        (3, 0, 0, 0, 63, "arrived", 63, 68, "done"),
    ]


def test_an_assist_is_dropped_where_its_tier_is_in_the_overlap_everywhere(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(tier=3)
    w.ticket(55, "P1", [(3, 10), (1, 5, 0, "assist")])
    assert w.play().work == [
        (0, 0, 0, 1, 55, "arrived", 55, 65, "done"),
        (0, 1, 0, None, 55, "arrived", None, 55, "dropped"),
    ]


def test_a_run_that_ends_in_the_overlap(world: Any) -> None:
    w = world(end=60)
    w.agent(duties=[(0, 50)], overlap=20)
    w.ticket(10, "P3", (1, 100))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 10, None, "open")]
    assert played.duties("planned_end", "paid_end", "end", "left") == [(50, 70, 50, 60)]


# ---------------------------------------------------------------------- the end of the overlap


def test_what_is_open_after_the_overlap_is_handed_over(world: Any) -> None:
    w = world(handed_over_pm=1100, briefing=7, write_up=5)
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(duties=[(50, 1000)])
    w.ticket(10, "P3", (1, 160))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 70, "handed_over"),
        (0, 0, 1, 1, 70, "handed_over", 70, 187, "done"),  # the 100 left are 110 after the loss, + 7
    ]
    assert played.journals.work["duty"].tolist() == [0, 1]
    # Who hands over stays for 5 more, to write it up; who takes over does not.
    assert played.duties("planned_end", "paid_end", "left") == [(50, 70, 75), (1000, 1000, 1000)]


def test_who_hands_nothing_over_writes_nothing_up(world: Any) -> None:
    w = world(write_up=5)
    w.agent(duties=[(0, 50)], overlap=20)
    w.ticket(10, "P3", (1, 60))
    assert w.play().duties("left") == [(70,)]


def test_handed_over_work_keeps_its_place(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(duties=[(50, 1000)])
    w.ticket(10, "P3", (1, 100))
    w.ticket(45, "P3", (1, 30))
    w.ticket(55, "P3", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 70, "handed_over"),
        (0, 0, 1, 1, 70, "handed_over", 80, 120, "done"),  # its place is that of 10, before 55
        (1, 0, 0, 1, 45, "arrived", 50, 80, "done"),
        (2, 0, 0, 1, 55, "arrived", 120, 130, "done"),
    ]


def test_a_p1_that_is_handed_over_interrupts_a_colleague(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent()
    w.ticket(10, "P1", (1, 100))
    w.ticket(60, "P3", (1, 50))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 70, "handed_over"),
        (0, 0, 1, 1, 70, "handed_over", 70, 110, "done"),
        (1, 0, 0, 1, 60, "arrived", 60, 70, "preempted"),
        (1, 0, 1, 1, 70, "preempted", 110, 150, "done"),
    ]


def test_work_that_ends_with_the_overlap_is_done_and_nobody_takes_more(world: Any) -> None:
    w = world(handed_over_pm=1100, briefing=7, write_up=5)
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(duties=[(80, 1000)])
    w.ticket(10, "P1", (1, 60))
    w.ticket(30, "P1", (1, 10))
    w.ticket(70, "P1", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 70, "done"),
        (1, 0, 0, 1, 30, "arrived", 80, 90, "done"),  # in line at 70, when agent 0 is done and goes
        (2, 0, 0, 1, 70, "arrived", 90, 100, "done"),
    ]
    assert played.duties("left")[0] == (70,)


def test_who_is_idle_leaves_with_the_overlap(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(duties=[(80, 1000)])
    w.ticket(69, "P1", (1, 10))  # in the last millisecond
    w.ticket(70, "P1", (1, 10))  # nobody is there any more
    assert w.play().work == [
        (0, 0, 0, 0, 69, "arrived", 69, 70, "handed_over"),
        (0, 0, 1, 1, 70, "handed_over", 80, 89, "done"),
        (1, 0, 0, 1, 70, "arrived", 89, 99, "done"),
    ]


def test_work_is_not_handed_over_to_who_is_in_the_overlap(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(duties=[(0, 55)], overlap=45)
    w.agent(duties=[(90, 1000)])
    w.ticket(10, "P3", (1, 100))
    w.ticket(11, "P1", (1, 59))
    w.ticket(20, "P1", (1, 5), region=0)
    # At 20 the second P1 interrupts agent 0; at 25 the P3 goes on. At 70 agent 1 is done, idle and in the overlap.
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "preempted"),
        (0, 0, 1, 0, 20, "preempted", 25, 70, "handed_over"),
        (0, 0, 2, 2, 70, "handed_over", 90, 135, "done"),
        (1, 0, 0, 1, 11, "arrived", 11, 70, "done"),
        (2, 0, 0, 0, 20, "arrived", 20, 25, "done"),
    ]


def test_without_relief_what_is_open_after_the_overlap_goes_elsewhere(world: Any) -> None:
    w = world(regions=2, other_region_pm=1500, briefing=6)
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(region=1)
    w.ticket(10, "P3", (1, 80))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 70, "handed_over"),
        (0, 0, 1, 1, 70, "handed_over", 70, 109, "done"),  # 20 + 6 left, at 1500: 39
    ]


# ---------------------------------------------------------------------- overtime


def test_overtime_ends_with_the_work_and_nothing_new_is_begun(world: Any) -> None:
    w = world(overtime=P2, handed_over_pm=1100, briefing=7, write_up=5)
    w.agent(duties=[(0, 50)], overlap=10, overtime=30)
    w.agent(duties=[(100, 1000)])
    w.ticket(10, "P2", (1, 70))
    w.ticket(40, "P3", (1, 10))
    w.ticket(65, "P1", (1, 10))  # does not interrupt who is in overtime, nor keep them there
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 80, "done"),
        (1, 0, 0, 1, 40, "arrived", 110, 120, "done"),
        (2, 0, 0, 1, 65, "arrived", 100, 110, "done"),
    ]
    assert played.modes()[0] == (0, 0, 10, "duty")
    assert played.duties("planned_end", "paid_end", "end", "left")[0] == (50, 60, 50, 80)


def test_overtime_goes_by_the_original_priority_of_the_work(world: Any) -> None:
    w = world(overtime=P2)
    w.agent(duties=[(0, 50)], overlap=10, overtime=100)
    w.agent(duties=[(0, 50)], overlap=10, overtime=100)
    w.agent(duties=[(100, 1000)])
    w.ticket(1, "P1", (1, 9))
    w.ticket(1, "P1", (1, 9))
    w.ticket(2, "P3", (1, 80), escalate_at=5)  # a P2 by rank from 5 on
    w.ticket(3, "P2", (1, 80))
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 10, "done"),
        (1, 0, 0, 1, 1, "arrived", 1, 10, "done"),
        (2, 0, 0, None, 2, "arrived", None, 5, "escalated"),
        (2, 0, 1, 1, 5, "escalated", 10, 60, "handed_over"),
        (2, 0, 2, 2, 60, "handed_over", 100, 130, "done"),
        (3, 0, 0, 0, 3, "arrived", 10, 90, "done"),
    ]


@pytest.mark.parametrize("overtime", [0, P3, EVERY_PRIORITY & ~P2])
def test_work_of_other_priorities_is_handed_over_after_the_overlap(world: Any, overtime: int) -> None:
    w = world(overtime=overtime)
    w.agent(duties=[(0, 50)], overlap=10, overtime=30)
    w.agent(duties=[(50, 1000)])
    w.ticket(10, "P2", (1, 70))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 60, "handed_over"),
        (0, 0, 1, 1, 60, "handed_over", 60, 80, "done"),
    ]


def test_at_the_limit_of_overtime_what_is_open_is_handed_over(world: Any) -> None:
    w = world(overtime=P2, handed_over_pm=1100, briefing=7, write_up=5)
    w.agent(duties=[(0, 50)], overlap=10, overtime=30)
    w.agent(duties=[(80, 1000)])
    w.ticket(10, "P2", (1, 130))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 90, "handed_over"),
        (0, 0, 1, 1, 90, "handed_over", 90, 152, "done"),  # the 50 left are 55 after the loss, + 7
    ]
    assert played.duties("planned_end", "paid_end", "left")[0] == (50, 60, 95)


def test_work_that_ends_at_the_limit_of_overtime_is_done(world: Any) -> None:
    w = world(overtime=P2, write_up=5)
    w.agent(duties=[(0, 50)], overlap=10, overtime=30)
    w.agent(duties=[(100, 1000)])
    w.ticket(10, "P2", (1, 80))
    w.ticket(20, "P2", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 90, "done"),
        (1, 0, 0, 1, 20, "arrived", 100, 110, "done"),
    ]
    assert played.duties("left")[0] == (90,)


def test_without_overlap_overtime_follows_the_duty(world: Any) -> None:
    w = world(overtime=P3)
    w.agent(duties=[(0, 50)], overtime=30)
    w.agent(duties=[(0, 50)], overtime=30)
    w.agent(duties=[(50, 1000)])
    w.ticket(10, "P3", (1, 60))
    w.ticket(11, "P3", (1, 80))
    w.ticket(12, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 70, "done"),
        (1, 0, 0, 1, 11, "arrived", 11, 80, "handed_over"),
        (1, 0, 1, 2, 80, "handed_over", 80, 91, "done"),
        (2, 0, 0, 2, 12, "arrived", 50, 60, "done"),
    ]
    assert played.duties("paid_end", "left") == [(50, 70), (50, 80), (1000, 1000)]


def test_who_is_in_overtime_staffs_no_pool(world: Any) -> None:
    w = world(regions=2, overtime=P3)
    w.agent(duties=[(0, 50)], overtime=30)
    w.agent(region=1)
    w.ticket(10, "P3", (1, 60))
    w.ticket(20, "P3", (1, 10))
    w.ticket(65, "P3", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 70, "done"),
        (1, 0, 0, 1, 20, "arrived", 50, 60, "done"),
        (2, 0, 0, 1, 65, "arrived", 65, 75, "done"),
    ]


def test_a_run_that_ends_in_overtime_counts_it_up_to_its_end(world: Any) -> None:
    w = world(end=80, overtime=P2)
    w.agent(duties=[(0, 50)], overlap=10, overtime=100)
    w.agent(duties=[(0, 50)], overlap=10, overtime=100)
    w.ticket(10, "P2", (1, 100))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 10, None, "open")]
    assert played.duties("paid_end", "end", "left") == [(60, 50, 80), (60, 50, 60)]


def test_overtime_is_cut_by_the_next_duty_of_the_same_agent_who_then_goes_on(world: Any) -> None:
    w = world(overtime=P2, handed_over_pm=1100, briefing=7)
    w.agent(duties=[(0, 50), (80, 1000)], overlap=10, overtime=100)
    w.ticket(10, "P2", (1, 170))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 80, "handed_over"),
        (0, 0, 1, 0, 80, "handed_over", 80, 197, "done"),  # the 100 left are 110 after the loss, + 7
    ]
    assert played.journals.work["duty"].tolist() == [0, 1]
    assert played.duties("paid_end", "left") == [(60, 80), (1010, 1000)]


def test_the_overlap_is_cut_by_the_next_duty_of_the_same_agent(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50), (60, 100)], overlap=20)
    w.ticket(10, "P3", (1, 80))
    w.ticket(55, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 60, "handed_over"),
        (0, 0, 1, 0, 60, "handed_over", 60, 90, "done"),
        (1, 0, 0, 0, 55, "arrived", 90, 100, "done"),
    ]
    assert played.duties("planned_end", "paid_end", "left") == [(50, 60, 60), (100, 120, 120)]


def test_of_two_duties_in_a_row_the_first_has_no_overlap(world: Any) -> None:
    w = world(overtime=EVERY_PRIORITY)
    w.agent(duties=[(0, 50), (50, 100)], overlap=20, overtime=30)
    w.ticket(10, "P3", (1, 60))
    w.ticket(20, "P3", (1, 10))
    w.ticket(105, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "handed_over"),
        (0, 0, 1, 0, 50, "handed_over", 50, 70, "done"),
        (1, 0, 0, 0, 20, "arrived", 70, 80, "done"),
        (2, 0, 0, None, 105, "arrived", None, None, "open"),
    ]
    assert played.duties("paid_end", "left") == [(50, 50), (120, 120)]


# ---------------------------------------------------------------------- removal


@pytest.mark.parametrize("end", [50, 30])
def test_who_is_removed_hands_over_at_once_whatever_the_overtime_rules(world: Any, end: int) -> None:
    w = world(overtime=EVERY_PRIORITY, briefing=7, write_up=5)
    w.agent(duties=[(0, end)], overlap=20, overtime=30, removed=True)
    w.agent(duties=[(40, 1000)])
    w.ticket(10, "P1", (1, 100))
    w.ticket(20, "P1", (1, 10))
    played = w.play()
    assert played.duties("planned_end", "paid_end", "left")[0] == (end, end, end + 5)
    assert (
        played.work
        == {
            50: [
                (0, 0, 0, 0, 10, "arrived", 10, 50, "handed_over"),
                (0, 0, 1, 1, 50, "handed_over", 50, 117, "done"),
                (1, 0, 0, 1, 20, "arrived", 40, 50, "done"),
            ],
            30: [
                (0, 0, 0, 0, 10, "arrived", 10, 30, "handed_over"),
                (0, 0, 1, 1, 30, "handed_over", 40, 127, "done"),  # its place is that of 10
                (1, 0, 0, 1, 20, "arrived", 127, 137, "done"),
            ],
        }[end]
    )


# ---------------------------------------------------------------------- pauses


def test_before_a_pause_work_in_hand_is_finished_and_the_pause_keeps_its_end(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 100)], pauses=[(20, 40)])
    w.ticket(10, "P3", (1, 15))
    w.ticket(12, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 25, "done"),
        (1, 0, 0, 0, 12, "arrived", 40, 50, "done"),
    ]
    assert played.journals.work["duty"].tolist() == [0, 1]
    columns = ("duty", "planned_start", "planned_end", "paid_end", "pause", "start", "end", "left")
    assert played.duties(*columns) == [
        (0, 0, 20, 20, 1, 0, 20, 25),
        (0, 40, 100, 100, 0, 40, 100, 100),
    ]


def test_who_works_through_the_whole_pause_has_none(world: Any) -> None:
    w = world(briefing=7, handed_over_pm=1100, overtime=EVERY_PRIORITY)
    w.agent(duties=[(0, 100)], pauses=[(20, 40)])
    w.ticket(10, "P3", (1, 50))
    w.ticket(30, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 60, "done"),
        (1, 0, 0, 0, 30, "arrived", 60, 70, "done"),
    ]
    assert played.journals.work["duty"].tolist() == [0, 1]
    assert played.duties("planned_start", "left") == [(0, 40), (40, 100)]


def test_work_that_ends_with_the_pause_leaves_none(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 100)], pauses=[(20, 40)])
    w.ticket(10, "P3", (1, 30))
    w.ticket(30, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 40, "done"),
        (1, 0, 0, 0, 30, "arrived", 40, 50, "done"),
    ]
    assert played.duties("left") == [(40,), (100,)]


def test_work_may_last_through_several_pauses(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 200)], pauses=[(20, 40), (60, 80)])
    w.ticket(10, "P3", (1, 60))
    w.ticket(15, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 70, "done"),
        (1, 0, 0, 0, 15, "arrived", 80, 90, "done"),
    ]
    assert played.duties("planned_end", "left") == [(20, 40), (60, 70), (200, 200)]


def test_in_a_pause_nothing_is_taken_not_even_a_p1(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 100)], pauses=[(20, 40)])
    w.ticket(20, "P3", (1, 10))  # in the very instant in which it begins
    w.ticket(30, "P1", (1, 10))
    w.ticket(40, "P1", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 20, "arrived", 60, 70, "done"),
        (1, 0, 0, 0, 30, "arrived", 40, 50, "done"),
        (2, 0, 0, 0, 40, "arrived", 50, 60, "done"),
    ]


def test_who_is_done_in_the_instant_in_which_the_pause_begins_takes_nothing(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 100)], pauses=[(20, 40)])
    w.ticket(10, "P1", (1, 10))
    w.ticket(12, "P1", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (1, 0, 0, 0, 12, "arrived", 40, 50, "done"),
    ]
    assert played.duties("left") == [(20,), (100,)]


def test_a_p1_does_not_interrupt_work_that_runs_into_a_pause_but_does_so_after_it(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 200)], pauses=[(20, 40)])
    w.ticket(10, "P3", (1, 50))
    w.ticket(22, "P1", (1, 5))  # waits, although the agent works
    w.ticket(45, "P1", (1, 5))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 45, "preempted"),
        (0, 0, 1, 0, 45, "preempted", 55, 70, "done"),
        (1, 0, 0, 0, 22, "arrived", 50, 55, "done"),
        (2, 0, 0, 0, 45, "arrived", 45, 50, "done"),
    ]


def test_the_pause_of_its_only_agent_leaves_a_pool_unstaffed(world: Any) -> None:
    w = world(regions=2)
    w.agent(duties=[(0, 100)], pauses=[(20, 40)])
    w.agent(region=1)
    w.ticket(10, "P3", (1, 15))
    w.ticket(12, "P3", (1, 5))  # goes elsewhere when the pause begins
    w.ticket(30, "P3", (1, 10))  # and this at once
    w.ticket(40, "P3", (1, 10))  # the pause is over
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 25, "done"),
        (1, 0, 0, 1, 12, "arrived", 20, 25, "done"),
        (2, 0, 0, 1, 30, "arrived", 30, 40, "done"),
        (3, 0, 0, 0, 40, "arrived", 40, 50, "done"),
    ]


def test_where_a_colleague_is_there_the_pool_stays_staffed_in_a_pause(world: Any) -> None:
    w = world(regions=2)
    w.agent(duties=[(0, 100)], pauses=[(20, 40)])
    w.agent(duties=[(0, 100)], pauses=[(40, 60)])  # begins as the other ends
    w.agent(region=1)
    w.ticket(10, "P3", (1, 60))
    w.ticket(11, "P3", (1, 60))
    w.ticket(15, "P3", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 70, "done"),
        (1, 0, 0, 1, 11, "arrived", 11, 71, "done"),
        (2, 0, 0, 0, 15, "arrived", 70, 80, "done"),
    ]


def test_after_a_pause_who_has_not_worked_is_idle_since_its_end(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 100)], pauses=[(20, 40)])
    w.agent(duties=[(30, 100)])
    w.ticket(50, "P3", (1, 10))
    assert w.play().work == [(0, 0, 0, 1, 50, "arrived", 50, 60, "done")]


def test_the_last_segment_of_a_duty_with_pauses_has_the_overlap(world: Any) -> None:
    w = world(overtime=P3)
    w.agent(duties=[(0, 100)], pauses=[(20, 40)], overlap=10, overtime=20)
    w.ticket(90, "P3", (1, 35))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 90, "arrived", 90, 125, "done")]
    assert played.duties("planned_end", "paid_end", "pause", "left") == [(20, 20, 1, 20), (100, 110, 0, 125)]


def test_a_run_that_ends_in_a_pause_counts_the_work_that_runs_into_it(world: Any) -> None:
    w = world(end=30)
    w.agent(duties=[(0, 100)], pauses=[(20, 40)])
    w.agent(duties=[(0, 100)], pauses=[(20, 40)])
    w.ticket(10, "P3", (1, 50))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 10, None, "open")]
    assert played.duties("planned_start", "end", "left") == [
        (0, 20, 30),
        (40, None, None),
        (0, 20, 20),
        (40, None, None),
    ]


def test_a_pause_may_be_under_way_when_the_run_starts(world: Any) -> None:
    w = world()
    w.agent(duties=[(-50, 100)], pauses=[(-10, 20)])
    w.ticket(10, "P3", (1, 10))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 20, 30, "done")]
    assert played.duties("planned_start", "start", "end", "left") == [(-50, None, None, None), (20, 20, 100, 100)]


# ---------------------------------------------------------------------- pace and priorities by segment


def test_pace_and_priorities_are_those_of_the_segment(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 200)], pauses=[(20, 40)])
    w.ticket(10, "P3", (1, 40))  # begun at the pace before the pause, and finished at it
    w.ticket(12, "P3", (1, 10))
    w.ticket(13, "P4", (1, 10))
    roster = w.roster()
    segments = replace(
        roster.segments, slow_pm=np.array([1000, 1500]), takes=np.array([0b1111, 0b1000], dtype=np.uint8)
    )
    assert w.play(roster=replace(roster, segments=segments)).work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "done"),
        (1, 0, 0, None, 12, "arrived", None, None, "open"),
        (2, 0, 0, 0, 13, "arrived", 50, 65, "done"),
    ]


# ---------------------------------------------------------------------- chores


def test_a_chore_comes_before_all_that_waits_but_p1(world: Any) -> None:
    w = world()
    w.agent()
    w.chore(0, 25, 10, until=60, kind="meeting")  # due while the agent works: after it
    w.ticket(10, "P1", (1, 20))
    w.ticket(20, "P2", (1, 10), enterprise=True)
    w.ticket(26, "P1", (1, 5))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 30, "done"),
        (1, 0, 0, 0, 20, "arrived", 45, 55, "done"),
        (2, 0, 0, 0, 26, "arrived", 30, 35, "done"),
    ]
    assert played.chores == [(0, "meeting", 25, 35, 45)]
    assert played.journals.chores["duty"].tolist() == [0]


def test_work_escalated_to_p1_comes_before_a_chore_and_does_not_interrupt_it(world: Any) -> None:
    w = world()
    w.agent()
    w.chore(0, 20, 10, until=100)
    w.chore(0, 21, 10, until=100, kind="meeting")
    w.ticket(22, "P2", (1, 10), escalate_at=25)
    played = w.play()
    assert played.work == [
        (0, 0, 0, None, 22, "arrived", None, 25, "escalated"),
        (0, 0, 1, 0, 25, "escalated", 30, 40, "done"),
    ]
    assert played.chores == [(0, "review", 20, 20, 30), (0, "meeting", 21, 40, 50)]


def test_who_is_idle_begins_a_chore_when_it_is_due(world: Any) -> None:
    w = world()
    w.agent()
    w.agent(tier=2)
    w.chore(0, 20, 10, until=60)
    w.ticket(20, "P3", (1, 5))  # arrives after it has begun
    w.ticket(22, "P3", (2, 5))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 20, "arrived", 30, 35, "done"),
        (1, 0, 0, 1, 22, "arrived", 22, 27, "done"),  # a chore is of one agent alone
    ]
    assert played.chores == [(0, "review", 20, 20, 30)]


def test_chores_of_one_agent_follow_each_other(world: Any) -> None:
    w = world()
    w.agent()
    w.agent()
    w.chore(0, 20, 10, until=60)
    w.chore(0, 20, 5, until=60, kind="meeting")  # of two that are due together the meeting is first
    w.chore(0, 22, 3, until=60)
    w.chore(1, 20, 7, until=60)
    assert w.play().chores == [
        (0, "meeting", 20, 20, 25),
        (0, "review", 20, 25, 35),
        (0, "review", 22, 35, 38),
        (1, "review", 20, 20, 27),
    ]


def test_a_p1_interrupts_a_chore_which_goes_on_after_it(world: Any) -> None:
    w = world()
    w.agent()
    w.chore(0, 20, 10, until=60)
    w.chore(0, 21, 4, until=60)
    w.ticket(10, "P3", (1, 5))
    w.ticket(22, "P3", (1, 10))
    w.ticket(25, "P1", (1, 20))
    w.ticket(30, "P1", (1, 3))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 15, "done"),
        (1, 0, 0, 0, 22, "arrived", 57, 67, "done"),
        (2, 0, 0, 0, 25, "arrived", 25, 45, "done"),
        (3, 0, 0, 0, 30, "arrived", 45, 48, "done"),
    ]
    assert played.chores == [
        (0, "review", 20, 20, 25),
        (0, "review", 20, 48, 53),  # 5 of 10 were left
        (0, "review", 21, 53, 57),
    ]


def test_a_chore_that_is_interrupted_is_dropped_if_it_cannot_go_on_in_time(world: Any) -> None:
    w = world()
    w.agent()
    w.chore(0, 20, 10, until=40)
    w.ticket(25, "P1", (1, 15))
    w.ticket(26, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 25, "arrived", 25, 40, "done"),
        (1, 0, 0, 0, 26, "arrived", 40, 50, "done"),
    ]
    assert played.chores == [(0, "review", 20, 20, 25)]


@pytest.mark.parametrize(("until", "chores"), [(30, []), (31, [(0, "review", 20, 30, 31)])])
def test_a_chore_that_has_not_begun_in_time_is_dropped_and_one_that_has_is_cut(
    world: Any, until: int, chores: list[Any]
) -> None:
    w = world()
    w.agent()
    w.chore(0, 20, 10, until=until)
    w.ticket(10, "P3", (1, 20))
    w.ticket(25, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 30, "done"),
        (1, 0, 0, 0, 25, "arrived", until, until + 10, "done"),
    ]
    assert played.chores == chores


def test_without_preemption_a_p1_waits_for_the_end_of_a_chore(world: Any) -> None:
    w = world(p1_preempts=False)
    w.agent()
    w.chore(0, 20, 10, until=60)
    w.ticket(25, "P1", (1, 5))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 25, "arrived", 30, 35, "done")]
    assert played.chores == [(0, "review", 20, 20, 30)]


def test_who_does_not_take_p1_is_not_interrupted_at_a_chore(world: Any) -> None:
    w = world()
    w.agent(takes="P3")
    w.chore(0, 20, 10, until=60)
    w.ticket(25, "P1", (1, 5))
    played = w.play()
    assert played.work == [(0, 0, 0, None, 25, "arrived", None, None, "open")]
    assert played.chores == [(0, "review", 20, 20, 30)]


def test_a_p1_takes_who_is_at_a_chore_before_who_is_at_work(world: Any) -> None:
    w = world()
    w.agent()
    w.agent()
    w.chore(0, 20, 30, until=100)
    w.ticket(15, "P4", (1, 2))
    w.ticket(25, "P4", (1, 50))
    w.ticket(30, "P1", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 15, "arrived", 15, 17, "done"),
        (1, 0, 0, 1, 25, "arrived", 25, 75, "done"),
        (2, 0, 0, 0, 30, "arrived", 30, 40, "done"),
    ]
    assert played.chores == [(0, "review", 20, 20, 30), (0, "review", 20, 40, 60)]


def test_of_agents_at_chores_a_p1_takes_the_latest_begun_and_of_equals_the_highest(world: Any) -> None:
    w = world()
    for agent, start in enumerate((20, 21, 21)):
        w.agent()
        w.chore(agent, start, 20, until=100)
    w.ticket(30, "P1", (1, 50))
    w.ticket(31, "P1", (1, 50))
    w.ticket(32, "P1", (1, 50))
    assert w.play().starts() == [(30, 0, 2), (31, 1, 1), (32, 2, 0)]


def test_the_limit_of_interruptions_does_not_protect_a_chore(world: Any) -> None:
    w = world(most_interruptions=0)
    w.agent()
    w.chore(0, 20, 10, until=100)
    w.ticket(22, "P1", (1, 10))
    w.ticket(40, "P1", (1, 10))
    played = w.play()
    assert played.starts() == [(22, 0, 0), (40, 1, 0)]
    assert played.chores == [(0, "review", 20, 20, 22), (0, "review", 20, 32, 40)]


def test_who_comes_goes_to_a_meeting_that_is_due_in_that_very_instant(world: Any) -> None:
    w = world()
    w.agent(duties=[(50, 1000)])
    w.chore(0, 50, 10, until=1000, kind="meeting")
    w.ticket(40, "P3", (1, 10))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 40, "arrived", 60, 70, "done")]
    assert played.chores == [(0, "meeting", 50, 50, 60)]


def test_who_comes_does_a_p1_that_waits_before_the_meeting(world: Any) -> None:
    w = world()
    w.agent(duties=[(50, 1000)])
    w.chore(0, 50, 10, until=1000, kind="meeting")
    w.ticket(40, "P3", (1, 10))
    w.ticket(45, "P1", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 40, "arrived", 70, 80, "done"),
        (1, 0, 0, 0, 45, "arrived", 50, 60, "done"),
    ]
    assert played.chores == [(0, "meeting", 50, 60, 70)]


def test_those_who_go_and_those_who_come_meet_in_the_overlap(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(duties=[(0, 50)], overlap=20)
    w.agent(duties=[(50, 1000)])
    for agent in range(3):
        w.chore(agent, 50, 10, until=70 if agent < 2 else 1000, kind="meeting")
    w.ticket(10, "P3", (1, 45))  # agent 0 joins late
    w.ticket(30, "P3", (1, 100))  # agent 1 does not join, and agent 2 takes over after them
    w.ticket(56, "P1", (1, 3))  # interrupts who began last: agents 0 and 2 meet, the former since 55
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 55, "done"),
        (1, 0, 0, 1, 30, "arrived", 30, 70, "handed_over"),
        (1, 0, 1, 2, 70, "handed_over", 70, 130, "done"),
        (2, 0, 0, 0, 56, "arrived", 56, 59, "done"),
    ]
    assert played.modes()[2] == (2, 0, 56, "overlap")
    assert played.chores == [
        (0, "meeting", 50, 55, 56),
        (0, "meeting", 50, 59, 68),
        (2, "meeting", 50, 50, 60),
    ]


def test_nothing_goes_on_after_the_overlap(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50), (80, 1000)], overlap=20)
    w.agent(duties=[(0, 50), (80, 1000)], overlap=20)
    w.chore(0, 65, 10, until=100)  # under way at 70
    w.chore(1, 60, 10, until=100)  # not begun at 70
    w.chore(1, 61, 10, until=100)
    w.ticket(10, "P3", (1, 10))
    w.ticket(62, "P1", (1, 30), enterprise=True)
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (1, 0, 0, 0, 62, "arrived", 62, 70, "handed_over"),
        (1, 0, 1, 0, 70, "handed_over", 80, 102, "done"),
    ]
    assert played.chores == [(1, "review", 60, 60, 70)]


def test_a_chore_is_cut_at_the_end_of_the_overlap(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50), (80, 1000)], overlap=20)
    w.chore(0, 65, 10, until=1000)
    w.ticket(90, "P3", (1, 10))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 90, "arrived", 90, 100, "done")]
    assert played.chores == [(0, "review", 65, 65, 70)]
    assert played.duties("left") == [(70,), (1000,)]


def test_a_chore_that_is_due_as_the_agent_goes_is_not_done_on_the_next_duty(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50), (60, 1000)])
    w.chore(0, 50, 10, until=1000)
    w.ticket(65, "P3", (1, 10))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 65, "arrived", 65, 75, "done")]
    assert played.chores == []


def test_a_chore_is_finished_like_work_where_a_pause_begins(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 200)], pauses=[(20, 40)])
    w.chore(0, 15, 10, until=200)
    w.chore(0, 16, 5, until=200)  # after the pause
    w.ticket(18, "P3", (1, 10))
    w.ticket(30, "P1", (1, 5))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 18, "arrived", 50, 60, "done"),
        (1, 0, 0, 0, 30, "arrived", 40, 45, "done"),
    ]
    assert played.chores == [(0, "review", 15, 15, 25), (0, "review", 16, 45, 50)]
    assert played.duties("planned_start", "left") == [(0, 25), (40, 200)]


def test_a_chore_that_lasts_through_a_pause_goes_on_after_it(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 200)], pauses=[(20, 40)])
    w.chore(0, 15, 40, until=200)
    w.ticket(18, "P3", (1, 10))
    w.ticket(57, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 18, "arrived", 55, 65, "done"),
        (1, 0, 0, 0, 57, "arrived", 65, 75, "done"),
    ]
    assert played.chores == [(0, "review", 15, 15, 55)]
    assert played.journals.chores["duty"].tolist() == [0]
    assert played.duties("planned_start", "left") == [(0, 40), (40, 200)]


def test_a_p1_does_not_interrupt_a_chore_that_runs_into_a_pause(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 200)], pauses=[(20, 40)])
    w.chore(0, 15, 40, until=200)
    w.ticket(25, "P1", (1, 10))  # waits: it interrupts when it comes, not because it has waited
    w.ticket(45, "P1", (1, 10))  # interrupts, and is then the second in line
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 25, "arrived", 55, 65, "done"),
        (1, 0, 0, 0, 45, "arrived", 45, 55, "done"),
    ]
    assert played.chores == [(0, "review", 15, 15, 45), (0, "review", 15, 65, 75)]


def test_a_chore_that_is_due_in_a_pause_is_done_after_it(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 200)], pauses=[(20, 40)])
    w.chore(0, 20, 5, until=200)  # as the pause begins
    w.chore(0, 30, 5, until=200)
    w.chore(0, 31, 5, until=40)  # not in time
    w.chore(0, 40, 5, until=200)
    assert w.play().chores == [(0, "review", 20, 40, 45), (0, "review", 30, 45, 50), (0, "review", 40, 50, 55)]


def test_a_chore_that_is_open_at_the_end_of_the_run(world: Any) -> None:
    w = world(end=40)
    w.agent(duties=[(0, 30)], overlap=20)
    w.agent()
    w.chore(0, 30, 15, until=50, kind="meeting")
    w.chore(1, 35, 5, until=50)  # would end at the end of the run
    w.ticket(32, "P1", (1, 3))
    played = w.play()
    assert played.work == [(0, 0, 0, 1, 32, "arrived", 32, 35, "done")]
    assert played.chores == [(0, "meeting", 30, 30, None), (1, "review", 35, 35, None)]
    assert played.journals.chores["duty"].tolist() == [0, 1]


def test_a_run_that_drains_goes_on_until_the_last_chore_is_done(world: Any) -> None:
    w = world(end=20, drain=True)
    w.agent()
    w.chore(0, 50, 5, until=90)
    w.ticket(10, "P3", (1, 15))
    played = w.play()
    assert played.chores == [(0, "review", 50, 50, 55)]
    assert played.end == 55


# ---------------------------------------------------------------------- the limit of interruptions


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (
            0,
            [
                (0, 0, 0, 0, 10, "arrived", 10, 110, "done"),
                (1, 0, 0, 0, 20, "arrived", 110, 120, "done"),
                (2, 0, 0, 0, 40, "arrived", 120, 130, "done"),
                (3, 0, 0, 0, 60, "arrived", 130, 140, "done"),
            ],
        ),
        (
            1,
            [
                (0, 0, 0, 0, 10, "arrived", 10, 20, "preempted"),
                (0, 0, 1, 0, 20, "preempted", 30, 120, "done"),
                (1, 0, 0, 0, 20, "arrived", 20, 30, "done"),
                (2, 0, 0, 0, 40, "arrived", 120, 130, "done"),
                (3, 0, 0, 0, 60, "arrived", 130, 140, "done"),
            ],
        ),
        (
            2,
            [
                (0, 0, 0, 0, 10, "arrived", 10, 20, "preempted"),
                (0, 0, 1, 0, 20, "preempted", 30, 40, "preempted"),
                (0, 0, 2, 0, 40, "preempted", 50, 130, "done"),
                (1, 0, 0, 0, 20, "arrived", 20, 30, "done"),
                (2, 0, 0, 0, 40, "arrived", 40, 50, "done"),
                (3, 0, 0, 0, 60, "arrived", 130, 140, "done"),
            ],
        ),
        (
            -1,
            [
                (0, 0, 0, 0, 10, "arrived", 10, 20, "preempted"),
                (0, 0, 1, 0, 20, "preempted", 30, 40, "preempted"),
                (0, 0, 2, 0, 40, "preempted", 50, 60, "preempted"),
                (0, 0, 3, 0, 60, "preempted", 70, 140, "done"),
                (1, 0, 0, 0, 20, "arrived", 20, 30, "done"),
                (2, 0, 0, 0, 40, "arrived", 40, 50, "done"),
                (3, 0, 0, 0, 60, "arrived", 60, 70, "done"),
            ],
        ),
    ],
    ids=["never", "once", "twice", "as often as may be"],
)
def test_a_task_is_interrupted_as_often_as_the_limit_allows(world: Any, most: int, expected: list[Any]) -> None:
    w = world(most_interruptions=most)
    w.agent()
    w.ticket(10, "P3", (1, 100))
    w.ticket(20, "P1", (1, 10))
    w.ticket(40, "P1", (1, 10))
    w.ticket(60, "P1", (1, 10))
    assert w.play().work == expected


def test_where_the_limit_protects_the_least_urgent_work_a_p1_interrupts_more_urgent_work(world: Any) -> None:
    w = world(most_interruptions=1)
    w.agent()
    w.agent()
    w.ticket(10, "P4", (1, 100))
    w.ticket(11, "P2", (1, 100))
    w.ticket(20, "P1", (1, 10))
    w.ticket(40, "P1", (1, 10))
    w.ticket(55, "P1", (1, 10))  # both have been interrupted
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "preempted"),
        (0, 0, 1, 0, 20, "preempted", 30, 120, "done"),
        (1, 0, 0, 1, 11, "arrived", 11, 40, "preempted"),
        (1, 0, 1, 1, 40, "preempted", 50, 121, "done"),
        (2, 0, 0, 0, 20, "arrived", 20, 30, "done"),
        (3, 0, 0, 1, 40, "arrived", 40, 50, "done"),
        (4, 0, 0, 0, 55, "arrived", 120, 130, "done"),
    ]


def test_the_limit_counts_for_each_task_whoever_works_on_it_and_hand_overs_do_not_count(world: Any) -> None:
    w = world(most_interruptions=1)
    w.agent(duties=[(0, 50)])
    w.agent(duties=[(50, 1000)])
    w.ticket(10, "P3", (1, 60), (1, 50))
    w.ticket(60, "P1", (1, 10))  # the first interruption, after a hand-over
    w.ticket(75, "P1", (1, 10))  # too often
    w.ticket(100, "P1", (1, 10))  # the first interruption of the second task
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "handed_over"),
        (0, 0, 1, 1, 50, "handed_over", 50, 60, "preempted"),
        (0, 0, 2, 1, 60, "preempted", 70, 80, "done"),
        (0, 1, 0, 1, 80, "next_stage", 90, 100, "preempted"),
        (0, 1, 1, 1, 100, "preempted", 110, 150, "done"),
        (1, 0, 0, 1, 60, "arrived", 60, 70, "done"),
        (2, 0, 0, 1, 75, "arrived", 80, 90, "done"),
        (3, 0, 0, 1, 100, "arrived", 100, 110, "done"),
    ]


# ---------------------------------------------------------------------- pages where the paid time ends


def test_who_is_idle_and_answers_a_page_in_the_instant_of_leaving_is_called_out(world: Any) -> None:
    w = world()
    w.agent(tier=3, duties=[(0, 50)], overlap=20)
    w.turn("primary", 0)
    w.chore(0, 1, 2, until=3)
    w.ticket(10, "P2", (3, 50))
    w.ticket(40, "P1", (3, 15), page_at=40, pages=(30, 99))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 60, "done"),
        (1, 0, 0, 0, 40, "arrived", 70, 85, "done"),
    ]
    assert played.modes() == [(0, 0, 10, "duty"), (1, 0, 70, "call_out")]
    assert played.pages == [(1, 0, "primary", 0, True, 40, 70, "answered")]
    assert played.duties("left") == [(70,)]
    assert played.chores == [(0, "review", 1, 1, 3)]


def test_what_is_promised_is_not_begun_in_the_instant_of_leaving_but_as_a_call_out(world: Any) -> None:
    w = world(handed_over_pm=1100, briefing=7)
    w.agent(tier=3, duties=[(0, 50)])
    w.turn("primary", 0)
    w.ticket(10, "P2", (3, 40))  # ends as the duty does
    w.ticket(20, "P2", (3, 15), page_at=20, pages=(10, 99))  # promised at 30
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "done"),
        (1, 0, 0, 0, 20, "arrived", 50, 65, "done"),
    ]
    assert played.modes() == [(0, 0, 10, "duty"), (1, 0, 50, "call_out")]
    assert played.duties("left") == [(50,)]


def test_what_is_promised_follows_overtime_as_a_call_out(world: Any) -> None:
    w = world(overtime=P3)
    w.agent(tier=3, duties=[(0, 50)], overtime=100)
    w.turn("primary", 0)
    w.ticket(10, "P3", (3, 60))
    w.ticket(55, "P2", (3, 100), page_at=55, pages=(5, 99))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 70, "done"),
        (1, 0, 0, 0, 55, "arrived", 70, 170, "done"),  # beyond the limit of overtime, which is over
    ]
    assert played.modes() == [(0, 0, 10, "duty"), (1, 0, 70, "call_out")]
    assert played.duties("left") == [(70,)]


def test_a_p1_that_somebody_in_overtime_answers_ends_the_overtime_and_is_a_call_out(world: Any) -> None:
    w = world(overtime=P3, preempted_pm=1100)
    w.agent(tier=3, duties=[(0, 50)], overtime=100)
    w.agent(tier=3, duties=[(300, 1000)])
    w.turn("primary", 0)
    w.ticket(10, "P3", (3, 200))
    w.ticket(55, "P1", (3, 100), page_at=55, pages=(10, 99))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 65, "preempted"),
        (0, 0, 1, 1, 65, "preempted", 300, 460, "done"),  # the 145 left are 159.5 with the loss: 160
        (1, 0, 0, 0, 55, "arrived", 65, 165, "done"),  # not handed over at 150
    ]
    assert played.modes() == [(0, 0, 10, "duty"), (1, 0, 65, "call_out"), (0, 1, 300, "duty")]
    assert played.pages == [(1, 0, "primary", 0, True, 55, 65, "answered")]
    assert played.duties("left")[0] == (65,)


def test_a_p1_answered_in_the_instant_of_leaving_is_done_instead_of_overtime(world: Any) -> None:
    w = world(overtime=P3, briefing=7)
    w.agent(tier=3, duties=[(0, 50)], overtime=100)
    w.agent(tier=3, duties=[(300, 1000)])
    w.turn("primary", 0)
    w.ticket(10, "P3", (3, 100))
    w.ticket(40, "P1", (3, 20), page_at=40, pages=(10, 99))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "handed_over"),
        (0, 0, 1, 1, 50, "handed_over", 300, 367, "done"),
        (1, 0, 0, 0, 40, "arrived", 50, 70, "done"),
    ]
    assert played.modes()[1] == (1, 0, 50, "call_out")


def test_a_page_answered_in_a_pause_is_worked_on_in_the_pause(world: Any) -> None:
    w = world()
    w.agent(tier=3, duties=[(0, 100)], pauses=[(20, 40)])
    w.turn("primary", 0)
    w.ticket(22, "P2", (3, 10), page_at=22, pages=(3, 99))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 22, "arrived", 25, 35, "done")]
    assert played.pages == [(0, 0, "primary", 0, True, 22, 25, "answered")]
    assert played.duties("planned_start", "left") == [(0, 35), (40, 100)]


@pytest.mark.parametrize("rules", [{"p1_preempts": False}, {"most_interruptions": 0}], ids=["never", "too often"])
def test_a_p1_that_is_paged_waits_for_work_that_may_not_be_interrupted(world: Any, rules: dict[str, Any]) -> None:
    w = world(**rules)
    w.agent(tier=3)
    w.turn("primary", 0)
    w.ticket(10, "P3", (3, 50))
    w.ticket(20, "P1", (3, 10), page_at=20, pages=(5, 99))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 60, "done"),
        (1, 0, 0, 0, 20, "arrived", 60, 70, "done"),
    ]
    assert played.tickets("acknowledged")[1] == (25,)


def test_a_run_that_drains_goes_on_until_the_last_page(world: Any) -> None:
    w = world(end=20, drain=True, page_timers=(30,) * 4, rounds=1)
    sleeper = w.agent(tier=3, duties=[])
    w.turn("primary", sleeper)
    w.turn("backup", sleeper)
    w.ticket(10, "P2", (1, 15), page_at=10, pages=[None])
    played = w.play()
    assert played.work == [(0, 0, 0, None, 10, "arrived", None, None, "open")]
    assert played.pages == [
        (0, 0, "primary", sleeper, False, 10, None, "unanswered"),
        (0, 0, "backup", sleeper, False, 40, None, "unanswered"),
    ]
    assert played.end == 40  # that the second is not answered by 70 changes nothing


# ---------------------------------------------------------------------- newcomers


def test_a_newcomer_who_takes_only_p4_leaves_other_work_to_other_regions(world: Any) -> None:
    w = world(regions=2)
    w.agent(duties=[(100, 800)], takes="P4", staffs=False)
    w.agent(region=1)
    w.ticket(110, "P3", (1, 20))
    w.ticket(120, "P1", (1, 20))
    w.ticket(150, "P4", (1, 20))
    assert w.play().starts() == [(110, 0, 1), (120, 1, 1), (140, 0, 1), (150, 2, 0)]


def test_where_a_newcomer_is_the_only_one_of_their_tier_a_p1_pages(world: Any) -> None:
    w = world(page_timers=(50, 50, 50, -1))
    w.agent(tier=3, duties=[(0, 800)], takes="P4", staffs=False)
    w.turn("primary", w.agent(tier=2, duties=[(900, 990)]))
    w.ticket(10, "P1", [(3, 20), (3, 20, 0, "assist")], pages=(5, 5))
    played = w.play()
    assert played.pages == [(0, 0, "primary", 1, False, 10, 15, "answered")]
    assert played.work_of(0) == [
        (0, 0, 1, 10, "arrived", 15, 35, "done"),
        (1, 0, None, 10, "arrived", None, 10, "dropped"),
    ]


def test_when_the_last_experienced_colleague_goes_the_newcomer_does_not_count(world: Any) -> None:
    w = world(regions=2)
    w.agent(duties=[(0, 100)])
    w.agent(takes="P4", staffs=False)
    w.agent(region=1, duties=[(0, 900)])
    w.ticket(10, "P3", (1, 200))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 100, "handed_over"),
        (0, 0, 1, 2, 100, "handed_over", 100, 210, "done"),
    ]
