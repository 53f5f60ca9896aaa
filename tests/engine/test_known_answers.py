"""Worlds small enough to be worked out by hand, each with its whole work journal.

A row is (ticket, task, stretch, agent, queued at, why, start, end, how it ended). Agents, tickets and tasks count from
0 in the order in which they are written down.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from sim.clock import HOUR, epoch_ms
from sim.engine.lines import Lines
from sim.engine.policy import Overflow
from sim.scenario.days_off import clock_of
from sim.scenario.schema import Scenario
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster

# ---------------------------------------------------------------------- pools and lines


def test_work_goes_to_the_pool_of_its_region_and_tier(world: Any) -> None:
    w = world(regions=2)
    w.agent()
    w.agent(tier=2)
    w.agent(region=1)
    w.ticket(1, "P3", (1, 10))
    w.ticket(1, "P3", (2, 10))
    w.ticket(1, "P3", (1, 10), region=1)
    w.ticket(2, "P3", (1, 5), region=1)  # waits for agent 2: no other pool helps
    w.ticket(12, "P3", (1, 5), region=1)
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 11, "done"),
        (1, 0, 0, 1, 1, "arrived", 1, 11, "done"),
        (2, 0, 0, 2, 1, "arrived", 1, 11, "done"),
        (3, 0, 0, 2, 2, "arrived", 11, 16, "done"),
        (4, 0, 0, 2, 12, "arrived", 16, 21, "done"),
    ]
    assert played.tickets("created", "started", "first_resolved", "resolved", "state")[3] == (2, 11, 16, 16, "resolved")
    work = played.journals.work
    pools = zip(work["region"].tolist(), work["tier"].tolist(), strict=True)
    assert list(pools) == [(0, 0), (0, 1), (1, 0), (1, 0), (1, 0)]


def test_the_journal_names_the_pool_of_the_task_and_the_duty_of_the_agent(world: Any) -> None:
    w = world(regions=2)
    w.agent(tier=2)
    w.agent(region=1, duties=[(0, 20), (30, 90)])
    w.ticket(40, "P3", (1, 10))  # nobody is at home: agent 1 of region 1 takes it on their second duty, row 2
    journals = w.play().journals
    assert journals.work["agent"].tolist() == [1]
    assert journals.work["duty"].tolist() == [2]
    assert (journals.work["region"].tolist(), journals.work["tier"].tolist()) == ([0], [0])


def _a_line(world: Any, **rules: Any) -> Any:
    """Five tickets line up behind the first, and are served in the order that the rules say."""
    w = world(p1_preempts=False, **rules)
    w.agent()
    w.ticket(1, "P4", (1, 49))
    w.ticket(10, "P4", (1, 10), enterprise=True)
    w.ticket(20, "P3", (1, 10))
    w.ticket(30, "P3", (1, 10), enterprise=True)
    w.ticket(40, "P2", (1, 10))
    w.ticket(40, "P3", (1, 10))
    w.ticket(40, "P3", (1, 10))
    w.ticket(41, "P1", (1, 10))
    return w.play()


def test_priorities_first_then_enterprise_then_the_longest_wait_then_the_lower_number(world: Any) -> None:
    assert _a_line(world).work == [
        (0, 0, 0, 0, 1, "arrived", 1, 50, "done"),
        (1, 0, 0, 0, 10, "arrived", 110, 120, "done"),  # enterprise, but only P4
        (2, 0, 0, 0, 20, "arrived", 80, 90, "done"),
        (3, 0, 0, 0, 30, "arrived", 70, 80, "done"),  # enterprise
        (4, 0, 0, 0, 40, "arrived", 60, 70, "done"),
        (5, 0, 0, 0, 40, "arrived", 90, 100, "done"),
        (6, 0, 0, 0, 40, "arrived", 100, 110, "done"),
        (7, 0, 0, 0, 41, "arrived", 50, 60, "done"),
    ]


def test_without_enterprise_first_the_class_does_not_matter(world: Any) -> None:
    assert _a_line(world, enterprise_first=False).work == [
        (0, 0, 0, 0, 1, "arrived", 1, 50, "done"),
        (1, 0, 0, 0, 10, "arrived", 110, 120, "done"),
        (2, 0, 0, 0, 20, "arrived", 70, 80, "done"),
        (3, 0, 0, 0, 30, "arrived", 80, 90, "done"),
        (4, 0, 0, 0, 40, "arrived", 60, 70, "done"),
        (5, 0, 0, 0, 40, "arrived", 90, 100, "done"),
        (6, 0, 0, 0, 40, "arrived", 100, 110, "done"),
        (7, 0, 0, 0, 41, "arrived", 50, 60, "done"),
    ]


# ---------------------------------------------------------------------- who of several agents


def test_the_longest_idle_agent_is_next_and_of_equals_the_first(world: Any) -> None:
    w = world()
    for _ in range(3):
        w.agent()
    w.ticket(10, "P3", (1, 10))  # all idle since 0
    w.ticket(11, "P3", (1, 19))
    w.ticket(12, "P3", (1, 5))
    w.ticket(40, "P3", (1, 1))  # idle since 20, 30, 17
    w.ticket(50, "P3", (1, 10))  # 20, 30, 41
    w.ticket(51, "P3", (1, 9))  # -, 30, 41
    w.ticket(70, "P3", (1, 9))  # 60, 60, 41
    w.ticket(71, "P3", (1, 9))  # 60, 60, -
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (1, 0, 0, 1, 11, "arrived", 11, 30, "done"),
        (2, 0, 0, 2, 12, "arrived", 12, 17, "done"),
        (3, 0, 0, 2, 40, "arrived", 40, 41, "done"),
        (4, 0, 0, 0, 50, "arrived", 50, 60, "done"),
        (5, 0, 0, 1, 51, "arrived", 51, 60, "done"),
        (6, 0, 0, 2, 70, "arrived", 70, 79, "done"),
        (7, 0, 0, 0, 71, "arrived", 71, 80, "done"),
    ]


def test_after_a_customer_wait_the_same_agent_is_preferred(world: Any) -> None:
    w = world()
    w.agent()
    w.agent()
    w.ticket(10, "P3", (1, 5), (1, 5, 20))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 15, "done"),
        (0, 1, 0, 0, 35, "returned", 35, 40, "done"),  # agent 1 has been idle since 0, agent 0 since 15
    ]
    assert played.tickets("started", "resolved", "paused", "state") == [(10, 40, 20, "resolved")]


def test_where_the_same_agent_is_busy_another_helps(world: Any) -> None:
    w = world()
    w.agent()
    w.agent()
    w.ticket(10, "P3", (1, 5), (1, 5, 20))
    w.ticket(20, "P3", (1, 5))
    w.ticket(30, "P3", (1, 9))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 15, "done"),
        (0, 1, 0, 1, 35, "returned", 35, 40, "done"),
        (1, 0, 0, 1, 20, "arrived", 20, 25, "done"),
        (2, 0, 0, 0, 30, "arrived", 30, 39, "done"),
    ]


def test_work_handed_over_prefers_who_had_the_ticket_last(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 50)])
    w.agent()
    w.agent()
    w.ticket(10, "P3", [(1, 100), (1, 10)])
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "handed_over"),
        (0, 0, 1, 1, 50, "handed_over", 50, 110, "done"),  # agent 2 has been idle since 0, agent 1 since 20
        (0, 1, 0, 1, 10, "arrived", 10, 20, "done"),
    ]


# ---------------------------------------------------------------------- which priorities an agent takes


def test_an_agent_who_takes_p4_alone_is_passed_over_by_other_work(world: Any) -> None:
    w = world()
    w.agent(takes="P4")
    w.agent()
    w.ticket(10, "P3", (1, 10))  # agent 0 would be the first
    w.ticket(30, "P3", (1, 10))
    w.ticket(50, "P4", (1, 10))  # and still is
    w.ticket(51, "P4", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 1, 10, "arrived", 10, 20, "done"),
        (1, 0, 0, 1, 30, "arrived", 30, 40, "done"),
        (2, 0, 0, 0, 50, "arrived", 50, 60, "done"),
        (3, 0, 0, 1, 51, "arrived", 51, 61, "done"),
    ]


def test_an_agent_who_takes_p4_alone_leaves_other_work_in_line(world: Any) -> None:
    w = world()
    w.agent(takes="P4")
    w.ticket(10, "P4", (1, 10))
    w.ticket(11, "P3", (1, 10))  # before the next in line, but not for this agent
    w.ticket(12, "P4", (1, 10))
    w.ticket(13, "P1", (1, 10))  # nor can it interrupt them
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (1, 0, 0, None, 11, "arrived", None, None, "open"),
        (2, 0, 0, 0, 12, "arrived", 20, 30, "done"),
        (3, 0, 0, None, 13, "arrived", None, None, "open"),
    ]


def test_the_original_priority_decides_who_takes_escalated_work(world: Any) -> None:
    w = world()
    w.agent(takes="P3", duties=[(60, 1000)])
    w.agent(takes="P4", duties=[(70, 1000)])
    w.ticket(10, "P4", (1, 10), escalate_at=20)  # has the rank of a P3 from 20 on, and is a P4
    assert w.play().work == [
        (0, 0, 0, None, 10, "arrived", None, 20, "escalated"),
        (0, 0, 1, 1, 20, "escalated", 70, 80, "done"),
    ]


# ---------------------------------------------------------------------- pace


def test_slow_and_fast_agents(world: Any) -> None:
    w = world()
    w.agent(slow=1500)
    w.agent(slow=100)
    w.ticket(10, "P3", (1, 101))  # 151.5 rounds up
    w.ticket(10, "P3", (1, 3))  # 0.3 rounds to nothing, and work takes at least 1
    w.ticket(20, "P3", (1, 14))  # 1.4 rounds down
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 162, "done"),
        (1, 0, 0, 1, 10, "arrived", 10, 11, "done"),
        (2, 0, 0, 1, 20, "arrived", 20, 21, "done"),
    ]


def test_factors_of_agent_region_and_tier_are_combined_in_this_order(world: Any) -> None:
    # 1202 * 1250 are 1502.5, which is 1503 per mille; 1503 * 1180 are 1773.54, which is 1774.
    # In any other order of the three, or rounded down, it would be 1773 or less.
    tier_pm = ((1000, 1180, 1000, 1000), *((1000,) * 4,) * 3)
    w = world(regions=2, end=3000, widens_tier=True, widens_region=True, other_region_pm=1250, tier_pm=tier_pm)
    w.agent()
    w.agent(tier=2, region=1, slow=1202)
    w.ticket(1, "P1", (1, 2000))
    w.ticket(10, "P3", (1, 1000), escalate_at=20)
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 2001, "done"),
        (1, 0, 0, None, 10, "arrived", None, 20, "escalated"),
        (1, 0, 1, 1, 20, "escalated", 20, 1794, "done"),
    ]


@pytest.mark.parametrize(
    ("tier", "region", "end"),
    [(1, 1, 20 + 1500), (2, 0, 20 + 1300)],
    ids=["the region's factor alone", "the tier's factor alone"],
)
def test_a_factor_counts_only_where_it_applies(world: Any, tier: int, region: int, end: int) -> None:
    tier_pm = ((1000, 1300, 1000, 1000), *((1000,) * 4,) * 3)
    w = world(regions=2, end=3000, widens_tier=True, widens_region=True, other_region_pm=1500, tier_pm=tier_pm)
    w.agent()
    w.agent(tier=tier, region=region)
    w.ticket(1, "P1", (1, 2000))
    w.ticket(10, "P3", (1, 1000), escalate_at=20)
    assert w.play().work_of(1)[1] == (0, 1, 1, 20, "escalated", 20, end, "done")


# ---------------------------------------------------------------------- preemption


def test_a_p1_interrupts_the_least_urgent_work(world: Any) -> None:
    w = world()
    for _ in range(3):
        w.agent()
    w.ticket(10, "P2", (1, 100))
    w.ticket(11, "P4", (1, 100))
    w.ticket(12, "P3", (1, 100))
    w.ticket(20, "P1", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 110, "done"),
        (1, 0, 0, 1, 11, "arrived", 11, 20, "preempted"),
        (1, 0, 1, 1, 20, "preempted", 30, 121, "done"),
        (2, 0, 0, 2, 12, "arrived", 12, 112, "done"),
        (3, 0, 0, 1, 20, "arrived", 20, 30, "done"),
    ]
    assert played.tickets("started", "resolved")[1] == (11, 121)


def test_of_equally_urgent_work_a_p1_interrupts_the_latest_begun(world: Any) -> None:
    w = world()
    for _ in range(3):
        w.agent()
    w.ticket(10, "P3", (1, 100))
    w.ticket(12, "P3", (1, 50))
    w.ticket(11 + 2, "P3", (1, 100))
    w.ticket(70, "P3", (1, 100))  # agent 1 is free since 62 and begins last
    w.ticket(80, "P1", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 110, "done"),
        (1, 0, 0, 1, 12, "arrived", 12, 62, "done"),
        (2, 0, 0, 2, 13, "arrived", 13, 113, "done"),
        (3, 0, 0, 1, 70, "arrived", 70, 80, "preempted"),
        (3, 0, 1, 1, 80, "preempted", 90, 180, "done"),
        (4, 0, 0, 1, 80, "arrived", 80, 90, "done"),
    ]


def test_of_work_begun_together_a_p1_interrupts_that_of_the_highest_agent(world: Any) -> None:
    w = world()
    w.agent()
    w.agent()
    w.ticket(10, "P3", (1, 100))
    w.ticket(10, "P3", (1, 100))
    w.ticket(20, "P1", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 110, "done"),
        (1, 0, 0, 1, 10, "arrived", 10, 20, "preempted"),
        (1, 0, 1, 1, 20, "preempted", 30, 120, "done"),
        (2, 0, 0, 1, 20, "arrived", 20, 30, "done"),
    ]


def test_a_p1_takes_a_free_agent_before_it_interrupts_one(world: Any) -> None:
    w = world()
    w.agent()
    w.agent()
    w.ticket(10, "P4", (1, 100))
    w.ticket(20, "P1", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 110, "done"),
        (1, 0, 0, 1, 20, "arrived", 20, 30, "done"),
    ]


def test_a_p1_never_interrupts_a_p1(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P1", (1, 20))
    w.ticket(15, "P1", (1, 10), enterprise=True)
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 30, "done"),
        (1, 0, 0, 0, 15, "arrived", 30, 40, "done"),
    ]


def test_work_escalated_to_p1_neither_interrupts_nor_is_interrupted(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(1, "P3", (1, 29))
    w.ticket(5, "P2", (1, 50), escalate_at=20)
    w.ticket(40, "P1", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 30, "done"),  # not interrupted at 20
        (1, 0, 0, None, 5, "arrived", None, 20, "escalated"),
        (1, 0, 1, 0, 20, "escalated", 30, 80, "done"),  # not interrupted at 40
        (2, 0, 0, 0, 40, "arrived", 80, 90, "done"),
    ]


def test_preempted_work_keeps_its_place(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 100))
    w.ticket(12, "P3", (1, 10))
    w.ticket(20, "P1", (1, 10))
    w.ticket(25, "P2", (1, 5))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "preempted"),
        (0, 0, 1, 0, 20, "preempted", 35, 125, "done"),  # its place is that of 10, before 12
        (1, 0, 0, 0, 12, "arrived", 125, 135, "done"),
        (2, 0, 0, 0, 20, "arrived", 20, 30, "done"),
        (3, 0, 0, 0, 25, "arrived", 30, 35, "done"),
    ]


def test_preempted_work_loses_context_and_is_counted_in_nominal_time(world: Any) -> None:
    w = world(preempted_pm=1100)
    w.agent(slow=1500)
    w.ticket(10, "P3", (1, 101))  # 151.5: 152 ms of the wall
    w.ticket(20, "P1", (1, 10))  # 15 ms
    # After 10 ms of the wall 6 of 101 are done (6.67 rounds down); 95 are left, 104.5 with the loss, which rounds to
    # 105; they take 157.5, which rounds to 158.
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "preempted"),
        (0, 0, 1, 0, 20, "preempted", 35, 193, "done"),
        (1, 0, 0, 0, 20, "arrived", 20, 35, "done"),
    ]


def test_preempted_work_goes_on_elsewhere_at_the_pace_of_who_takes_it(world: Any) -> None:
    w = world()
    w.agent(slow=1500)
    w.agent(slow=2000, duties=[(30, 1000)])
    w.ticket(10, "P3", (1, 100))
    w.ticket(19, "P1", (1, 100))  # 6 of 100 are done; 94 at the pace of agent 1 are 188
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 19, "preempted"),
        (0, 0, 1, 1, 19, "preempted", 30, 218, "done"),
        (1, 0, 0, 0, 19, "arrived", 19, 169, "done"),
    ]


def test_work_can_be_preempted_more_than_once_and_in_the_instant_in_which_it_began(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 100))
    w.ticket(20, "P1", (1, 10))
    w.ticket(30, "P1", (1, 10))  # arrives after agent 0 has gone back to ticket 0
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "preempted"),
        (0, 0, 1, 0, 20, "preempted", 30, 30, "preempted"),
        (0, 0, 2, 0, 30, "preempted", 40, 130, "done"),
        (1, 0, 0, 0, 20, "arrived", 20, 30, "done"),
        (2, 0, 0, 0, 30, "arrived", 30, 40, "done"),
    ]


def test_a_p1_can_interrupt_work_in_the_instant_in_which_it_would_end(world: Any) -> None:
    w = world()
    w.agent()
    w.agent(tier=2)
    w.ticket(10, "P1", (1, 20), (2, 10))  # at 30 agent 0 comes before agent 1
    w.ticket(10, "P3", (2, 20))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 30, "done"),
        (0, 1, 0, 1, 30, "next_stage", 30, 40, "done"),
        (1, 0, 0, 1, 10, "arrived", 10, 30, "preempted"),
        (1, 0, 1, 1, 30, "preempted", 40, 41, "done"),  # at least 1 is left
    ]


def test_without_preemption_a_p1_waits_at_the_head_of_the_line(world: Any) -> None:
    w = world(p1_preempts=False)
    w.agent()
    w.ticket(10, "P4", (1, 50))
    w.ticket(11, "P2", (1, 10))
    w.ticket(20, "P1", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 60, "done"),
        (1, 0, 0, 0, 11, "arrived", 70, 80, "done"),
        (2, 0, 0, 0, 20, "arrived", 60, 70, "done"),
    ]


def test_a_later_stage_of_a_p1_interrupts_too(world: Any) -> None:
    w = world()
    w.agent(tier=3)
    w.agent(tier=4)
    w.ticket(10, "P2", (4, 100))
    w.ticket(20, "P1", (3, 10), (4, 10))
    assert w.play().work == [
        (0, 0, 0, 1, 10, "arrived", 10, 30, "preempted"),
        (0, 0, 1, 1, 30, "preempted", 40, 120, "done"),
        (1, 0, 0, 0, 20, "arrived", 20, 30, "done"),
        (1, 1, 0, 1, 30, "next_stage", 30, 40, "done"),
    ]


def test_a_p1_from_an_unstaffed_pool_interrupts_elsewhere(world: Any) -> None:
    w = world(regions=2)
    w.agent(region=1)
    w.ticket(10, "P3", (1, 100), region=1)
    w.ticket(20, "P1", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "preempted"),
        (0, 0, 1, 0, 20, "preempted", 30, 120, "done"),
        (1, 0, 0, 0, 20, "arrived", 20, 30, "done"),
    ]


# ---------------------------------------------------------------------- escalation


def test_escalated_work_joins_the_end_of_the_higher_level(world: Any) -> None:
    w = world(p1_preempts=False)
    w.agent()
    w.ticket(1, "P1", (1, 99))
    w.ticket(10, "P2", (1, 10))
    w.ticket(20, "P3", (1, 10), escalate_at=50)
    w.ticket(21, "P3", (1, 10))
    w.ticket(30, "P2", (1, 10))
    w.ticket(60, "P2", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, 0, 10, "arrived", 100, 110, "done"),
        (2, 0, 0, None, 20, "arrived", None, 50, "escalated"),
        (2, 0, 1, 0, 50, "escalated", 120, 130, "done"),
        (3, 0, 0, 0, 21, "arrived", 140, 150, "done"),
        (4, 0, 0, 0, 30, "arrived", 110, 120, "done"),
        (5, 0, 0, 0, 60, "arrived", 130, 140, "done"),
    ]
    assert played.tickets("priority", "started", "escalated") == [
        (0, 1, None), (1, 100, None), (2, 120, 50), (2, 140, None), (1, 110, None), (1, 130, None),
    ]  # fmt: skip


def test_an_escalated_p1_keeps_its_place(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(1, "P1", (1, 99))
    w.ticket(5, "P1", (1, 10))
    w.ticket(10, "P1", (1, 10), escalate_at=50)
    w.ticket(20, "P1", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, 0, 5, "arrived", 100, 110, "done"),
        (2, 0, 0, None, 10, "arrived", None, 50, "escalated"),
        (2, 0, 1, 0, 50, "escalated", 110, 120, "done"),
        (3, 0, 0, 0, 20, "arrived", 120, 130, "done"),
    ]


def test_where_escalation_does_not_raise_work_keeps_its_place(world: Any) -> None:
    w = world(raises=False)
    w.agent()
    w.ticket(1, "P1", (1, 99))
    w.ticket(10, "P3", (1, 10), escalate_at=50)
    w.ticket(20, "P3", (1, 10))
    w.ticket(30, "P2", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, None, 10, "arrived", None, 50, "escalated"),
        (1, 0, 1, 0, 50, "escalated", 110, 120, "done"),
        (2, 0, 0, 0, 20, "arrived", 120, 130, "done"),
        (3, 0, 0, 0, 30, "arrived", 100, 110, "done"),
    ]
    assert played.tickets("escalated") == [(None,), (50,), (None,), (None,)]


def _four_corners(world: Any, *, idle: list[tuple[int, int]], **rules: Any) -> Any:
    """Agent 0 at home is busy; a P3 escalates at 50. `idle` agents are (tier, region) and have nothing to do."""
    w = world(regions=2, **rules)
    w.agent()
    for tier, region in idle:
        w.agent(tier=tier, region=region)
    w.ticket(1, "P1", (1, 99))
    w.ticket(10, "P3", (1, 10), escalate_at=50)
    return w.play().work_of(1)


HOME_TIER_2, AWAY_TIER_1, AWAY_TIER_2 = (2, 0), (1, 1), (2, 1)
WAITED = (0, 0, None, 10, "arrived", None, 50, "escalated")
GOES_ON_WAITING = [WAITED, (0, 1, 0, 50, "escalated", 100, 110, "done")]
GOES_TO_AGENT_1 = [WAITED, (0, 1, 1, 50, "escalated", 50, 60, "done")]


@pytest.mark.parametrize(
    ("tier", "region", "idle", "expected"),
    [
        (False, False, [HOME_TIER_2, AWAY_TIER_1, AWAY_TIER_2], GOES_ON_WAITING),
        (True, False, [HOME_TIER_2], GOES_TO_AGENT_1),
        (True, False, [AWAY_TIER_1, AWAY_TIER_2], GOES_ON_WAITING),
        (False, True, [AWAY_TIER_1], GOES_TO_AGENT_1),
        (False, True, [HOME_TIER_2, AWAY_TIER_2], GOES_ON_WAITING),
        (True, True, [AWAY_TIER_2], GOES_TO_AGENT_1),
        (True, True, [AWAY_TIER_1, HOME_TIER_2, AWAY_TIER_2], GOES_TO_AGENT_1),
        (True, True, [HOME_TIER_2, AWAY_TIER_2], GOES_TO_AGENT_1),
        (True, True, [(3, 0), (3, 1)], GOES_ON_WAITING),
    ],
)
def test_who_may_take_escalated_work(
    world: Any, *, tier: bool, region: bool, idle: list[tuple[int, int]], expected: Any
) -> None:
    assert _four_corners(world, idle=idle, widens_tier=tier, widens_region=region) == expected


def test_of_idle_agents_escalated_work_prefers_regions_to_tiers_and_home_to_away(world: Any) -> None:
    # The same as above with the agents in the opposite order, so that ids and idle times cannot have decided.
    both = {"widens_tier": True, "widens_region": True}
    last = _four_corners(world, idle=[AWAY_TIER_2, HOME_TIER_2, AWAY_TIER_1], **both)
    assert last[1] == (0, 1, 3, 50, "escalated", 50, 60, "done")
    last = _four_corners(world, idle=[AWAY_TIER_2, HOME_TIER_2], **both)
    assert last[1] == (0, 1, 2, 50, "escalated", 50, 60, "done")


def test_at_tier_4_there_is_no_next_tier(world: Any) -> None:
    w = world(regions=2, widens_tier=True)
    w.agent(tier=4)
    w.agent(tier=1, region=1)
    w.ticket(1, "P1", (4, 99))
    w.ticket(10, "P3", (4, 10), escalate_at=50)
    assert w.play().work_of(1) == GOES_ON_WAITING


def test_an_agent_prefers_own_tier_then_home_region_among_equally_urgent_work(world: Any) -> None:
    w = world(regions=2, widens_tier=True, widens_region=True)
    w.agent()  # busy until 100 throughout
    w.agent(tier=2)  # free at 60
    w.agent(tier=2, region=1, duties=[(0, 20)])  # so that the tier 2 of region 1 exists and has work of its own
    w.ticket(1, "P1", (1, 99))
    w.ticket(1, "P1", (2, 59))
    w.ticket(30, "P3", (1, 10), escalate_at=40)  # raised to P2, the longest in the line of the level
    w.ticket(45, "P3", (2, 10), region=1)  # its pool is empty: waits for agent 1 as a P3
    w.ticket(46, "P2", (2, 10), region=1)  # likewise as a P2
    w.ticket(55, "P2", (2, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, 1, 1, "arrived", 1, 60, "done"),
        (2, 0, 0, None, 30, "arrived", None, 40, "escalated"),
        (2, 0, 1, 1, 40, "escalated", 80, 90, "done"),  # third: another tier
        (3, 0, 0, 1, 45, "arrived", 90, 100, "done"),  # last: the least urgent
        (4, 0, 0, 1, 46, "arrived", 70, 80, "done"),  # second: own tier, another region
        (5, 0, 0, 1, 55, "arrived", 60, 70, "done"),  # first: own tier and region
    ]


def test_what_is_in_service_when_the_timer_is_due_escalates_when_it_next_queues(world: Any) -> None:
    w = world()
    w.agent()
    w.agent(tier=2)
    w.ticket(1, "P2", (2, 59))
    w.ticket(10, "P3", (1, 30), (2, 10), escalate_at=20)
    w.ticket(35, "P3", (2, 10))
    w.ticket(50, "P2", (2, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 1, 1, "arrived", 1, 60, "done"),
        (1, 0, 0, 0, 10, "arrived", 10, 40, "done"),
        (1, 1, 0, 1, 40, "next_stage", 60, 70, "done"),  # as a P2, from 40 on
        (2, 0, 0, 1, 35, "arrived", 80, 90, "done"),
        (3, 0, 0, 1, 50, "arrived", 70, 80, "done"),
    ]
    assert played.tickets("escalated") == [(None,), (40,), (None,), (None,)]


def test_what_begins_in_the_instant_in_which_the_timer_is_due_is_in_service(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(1, "P3", (1, 19))
    w.ticket(10, "P3", (1, 10), (1, 10), escalate_at=20)  # work ends before timers are due
    w.ticket(25, "P2", (1, 10))
    w.ticket(29, "P1", (1, 1))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 20, "done"),
        (1, 0, 0, 0, 10, "arrived", 20, 29, "preempted"),  # so it escalates here, and joins the end of the P2s
        (1, 0, 1, 0, 29, "preempted", 40, 41, "done"),
        (1, 1, 0, 0, 41, "next_stage", 41, 51, "done"),
        (2, 0, 0, 0, 25, "arrived", 30, 40, "done"),
        (3, 0, 0, 0, 29, "arrived", 29, 30, "done"),
    ]
    assert played.tickets("escalated")[1] == (29,)


def test_the_timer_stands_still_while_the_customer_is_awaited(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 10), (1, 10, 100), escalate_at=50)  # 30 are left at 20, so it is due at 150
    w.ticket(115, "P2", (1, 100))
    w.ticket(140, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 1, 0, None, 120, "returned", None, 150, "escalated"),
        (0, 1, 1, 0, 150, "escalated", 215, 225, "done"),
        (1, 0, 0, 0, 115, "arrived", 115, 215, "done"),
        (2, 0, 0, 0, 140, "arrived", 225, 235, "done"),
    ]
    assert played.tickets("escalated", "paused")[0] == (150, 100)


def test_a_timer_due_in_the_very_instant_in_which_the_wait_begins_is_due_when_the_customer_returns(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 10), (1, 10, 100), escalate_at=20)
    w.ticket(115, "P2", (1, 100))
    w.ticket(118, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 1, 0, 0, 120, "returned", 215, 225, "done"),  # as a P2, before the P3 of 118
        (1, 0, 0, 0, 115, "arrived", 115, 215, "done"),
        (2, 0, 0, 0, 118, "arrived", 225, 235, "done"),
    ]
    assert played.tickets("escalated")[0] == (120,)


def test_a_ticket_escalates_once(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(1, "P1", (1, 39))
    w.ticket(10, "P4", (1, 10), (1, 10, 100), (1, 10, 100, "reopened"), escalate_at=30)
    w.ticket(145, "P2", (1, 200))
    w.ticket(146, "P3", (1, 10))
    w.ticket(340, "P2", (1, 200))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 40, "done"),
        (1, 0, 0, None, 10, "arrived", None, 30, "escalated"),
        (1, 0, 1, 0, 30, "escalated", 40, 50, "done"),
        (1, 1, 0, 0, 150, "returned", 555, 565, "done"),  # still as a P3, and not as a P2
        (1, 2, 0, 0, 665, "reopened", 665, 675, "done"),
        (2, 0, 0, 0, 145, "arrived", 145, 345, "done"),
        (3, 0, 0, 0, 146, "arrived", 545, 555, "done"),
        (4, 0, 0, 0, 340, "arrived", 345, 545, "done"),
    ]
    assert played.tickets("escalated")[1] == (30,)


def test_with_entry_tier_only_work_at_a_later_tier_waits_on(world: Any) -> None:
    w = world(entry_tier_only=True)
    w.agent()
    w.agent(tier=2)
    w.ticket(1, "P2", (2, 99))
    w.ticket(10, "P3", (1, 10), (2, 10), (1, 10, 20), escalate_at=50)  # at 50 it waits for tier 2
    w.ticket(20, "P3", (2, 10))
    w.ticket(60, "P2", (1, 100))
    w.ticket(125, "P3", (1, 10))
    w.ticket(140, "P2", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 1, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (1, 1, 0, 1, 20, "next_stage", 100, 110, "done"),  # in its place: same instant, lower number
        (1, 2, 0, 0, 130, "returned", 160, 170, "done"),  # back at tier 1 it escalates at once, to P2
        (2, 0, 0, 1, 20, "arrived", 110, 120, "done"),
        (3, 0, 0, 0, 60, "arrived", 60, 160, "done"),
        (4, 0, 0, 0, 125, "arrived", 180, 190, "done"),
        (5, 0, 0, 0, 140, "arrived", 170, 180, "done"),
    ]
    assert played.tickets("escalated")[1] == (130,)


def test_with_entry_tier_only_work_at_the_entry_tier_escalates(world: Any) -> None:
    w = world(entry_tier_only=True)
    w.agent(tier=2)
    w.ticket(1, "P2", (2, 99))
    w.ticket(10, "P3", (2, 10), escalate_at=50)
    assert w.play().work_of(1) == GOES_ON_WAITING


def test_all_tasks_in_line_escalate_together(world: Any) -> None:
    w = world(widens_tier=True)
    w.agent()
    w.agent(tier=2)
    w.ticket(1, "P1", (1, 99))
    w.ticket(10, "P3", [(1, 10), (1, 10)], escalate_at=50)
    assert w.play().work_of(1) == [
        (0, 0, None, 10, "arrived", None, 50, "escalated"),
        (0, 1, 1, 50, "escalated", 50, 60, "done"),
        (1, 0, None, 10, "arrived", None, 50, "escalated"),
        (1, 1, 1, 50, "escalated", 60, 70, "done"),
    ]


def test_all_tasks_of_an_overdue_ticket_escalate_when_they_next_queue(world: Any) -> None:
    w = world(widens_tier=True)
    w.agent()
    w.agent(tier=2)
    w.ticket(10, "P3", (1, 30), [(1, 10), (1, 10)], escalate_at=20)
    played = w.play()
    assert played.tickets("escalated") == [(40,)]
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 40, "done"),
        (0, 1, 0, 0, 40, "next_stage", 40, 50, "done"),
        (0, 2, 0, 1, 40, "next_stage", 40, 50, "done"),  # both may be taken by the next tier, not the first alone
    ]


def test_all_tasks_of_an_overdue_ticket_escalate_when_its_customer_returns(world: Any) -> None:
    w = world(widens_tier=True)
    w.agent()
    w.agent(tier=2)
    w.ticket(10, "P3", (1, 30), [(1, 10, 20), (1, 10, 20)], escalate_at=20)
    played = w.play()
    assert played.tickets("escalated") == [(60,)]
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 40, "done"),
        (0, 1, 0, 0, 60, "returned", 60, 70, "done"),
        (0, 2, 0, 1, 60, "returned", 60, 70, "done"),
    ]


def test_with_entry_tier_only_the_tasks_beside_it_wait_on(world: Any) -> None:
    w = world(entry_tier_only=True, widens_tier=True)
    w.agent()
    w.agent(tier=2)
    w.agent(tier=3)
    w.ticket(1, "P1", (2, 99))
    w.ticket(10, "P3", (1, 30), [(1, 10), (2, 10)], escalate_at=20)
    played = w.play()
    assert played.tickets("escalated")[1] == (40,)
    assert played.work_of(1) == [
        (0, 0, 0, 10, "arrived", 10, 40, "done"),
        (1, 0, 0, 40, "next_stage", 40, 50, "done"),
        (2, 0, 1, 40, "next_stage", 100, 110, "done"),  # not at the entry tier: tier 3 may not take it
    ]


# ---------------------------------------------------------------------- patience


def test_a_customer_gives_up(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(1, "P3", (1, 99))
    w.ticket(10, "P3", (1, 10), patience=30, escalate_at=60)
    w.ticket(11, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, None, 10, "arrived", None, 40, "abandoned"),
        (2, 0, 0, 0, 11, "arrived", 100, 110, "done"),
    ]
    assert played.tickets("started", "resolved", "abandoned", "escalated", "state")[1] == (
        None, None, 40, None, "abandoned",
    )  # fmt: skip


def test_who_is_freed_in_the_instant_in_which_patience_ends_serves_first(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(1, "P3", (1, 39))
    w.ticket(10, "P3", (1, 10), patience=30)
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 40, "done"),
        (1, 0, 0, 0, 10, "arrived", 40, 50, "done"),
    ]
    assert played.tickets("started", "abandoned", "state")[1] == (40, None, "resolved")


def test_patience_covers_the_first_wait_alone(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 5), (1, 10, 10), patience=20)  # would end at 30
    w.ticket(20, "P3", (1, 50))
    w.ticket(21, "P3", (1, 10), patience=60)  # answered at 70, interrupted at 75, and not lost at 81
    w.ticket(75, "P1", (1, 20))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 15, "done"),
        (0, 1, 0, 0, 25, "returned", 100, 110, "done"),
        (1, 0, 0, 0, 20, "arrived", 20, 70, "done"),
        (2, 0, 0, 0, 21, "arrived", 70, 75, "preempted"),
        (2, 0, 1, 0, 75, "preempted", 95, 100, "done"),
        (3, 0, 0, 0, 75, "arrived", 75, 95, "done"),
    ]


def test_who_gives_up_takes_all_tasks_along(world: Any) -> None:
    w = world()
    w.agent()
    w.agent(tier=2, duties=[(30, 1000)])
    w.ticket(1, "P1", (1, 99))
    w.ticket(10, "P3", [(1, 10), (2, 10)], (1, 10), patience=20)  # tier 2 comes at 30, before patience ends
    w.ticket(11, "P3", [(1, 10), (1, 10)], patience=20)
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, 0, 10, "arrived", 100, 110, "done"),
        (1, 1, 0, 1, 10, "arrived", 30, 40, "done"),
        (1, 2, 0, 0, 110, "next_stage", 110, 120, "done"),
        (2, 0, 0, None, 11, "arrived", None, 31, "abandoned"),
        (2, 1, 0, None, 11, "arrived", None, 31, "abandoned"),
    ]
    assert played.tickets("started", "abandoned")[1:] == [(30, None), (None, 31)]


# ---------------------------------------------------------------------- stages


@pytest.mark.parametrize(
    ("end", "paused", "state"),
    [(15, 0, "in_service"), (30, 10, "pending"), (100, 70, "pending"), (300, 230, "resolved")],
)
def test_a_ticket_waits_for_its_customer(world: Any, *, end: int, paused: int, state: str) -> None:
    w = world(end=end)
    w.agent()
    w.ticket(10, "P3", (1, 10), (1, 10, 30), (1, 5, 200))
    played = w.play()
    done = [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 1, 0, 0, 50, "returned", 50, 60, "done"),
        (0, 2, 0, 0, 260, "returned", 260, 265, "done"),
    ]
    opened = [(0, 0, 0, 0, 10, "arrived", 10, None, "open")]
    assert played.work == (opened if end == 15 else [row for row in done if row[7] < end])
    resolved = 265 if state == "resolved" else None
    assert played.tickets("started", "first_resolved", "resolved", "paused", "state") == [
        (10, resolved, resolved, paused, state),
    ]


@pytest.mark.parametrize(
    ("end", "first_resolved", "resolved", "paused", "state"),
    [
        (50, 20, 20, 0, "resolved"),  # nobody knows yet
        (80, 20, None, 50, "queued"),
        (92, 20, None, 50, "in_service"),
        (200, 20, 95, 50, "resolved"),
    ],
)
def test_a_wrong_resolution_is_taken_back(
    world: Any, *, end: int, first_resolved: int, resolved: int | None, paused: int, state: str
) -> None:
    w = world(end=end)
    w.agent()
    w.ticket(10, "P3", (1, 10), (1, 5, 50, "reopened"))
    w.ticket(60, "P3", (1, 30))
    played = w.play()
    assert played.tickets("first_resolved", "resolved", "paused", "state")[0] == (
        first_resolved, resolved, paused, state,
    )  # fmt: skip
    reopened = [
        (0, 1, 0, None, 70, "reopened", None, None, "open"),
        (0, 1, 0, 0, 70, "reopened", 90, None, "open"),
        (0, 1, 0, 0, 70, "reopened", 90, 95, "done"),
    ]
    second = {50: [], 80: reopened[:1], 92: reopened[1:2], 200: reopened[2:]}[end]
    assert [row for row in played.work if row[0] == 0] == [(0, 0, 0, 0, 10, "arrived", 10, 20, "done"), *second]


def test_the_next_stage_follows_when_all_tasks_of_the_last_are_done(world: Any) -> None:
    w = world()
    for tier in (1, 2, 3):
        w.agent(tier=tier)
    w.ticket(10, "P1", [(3, 20), (1, 10), (2, 5)], (3, 7), [(1, 4), (2, 4)])
    w.ticket(31, "P2", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 2, 10, "arrived", 10, 30, "done"),
        (0, 1, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 2, 0, 1, 10, "arrived", 10, 15, "done"),
        (0, 3, 0, 2, 30, "next_stage", 30, 37, "done"),
        (0, 4, 0, 0, 37, "next_stage", 37, 41, "done"),
        (0, 5, 0, 1, 37, "next_stage", 37, 41, "done"),
        (1, 0, 0, 2, 31, "arrived", 37, 47, "done"),
    ]
    assert played.tickets("started", "resolved", "stages")[0] == (10, 41, 3)


def test_parallel_tasks_of_one_pool_are_served_side_by_side_and_in_order(world: Any) -> None:
    w = world()
    w.agent()
    w.agent()
    w.ticket(10, "P3", [(1, 30), (1, 10), (1, 10)])
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 40, "done"),
        (0, 1, 0, 1, 10, "arrived", 10, 20, "done"),
        (0, 2, 0, 1, 10, "arrived", 20, 30, "done"),
    ]


def test_a_freed_agent_goes_on_with_their_own_ticket_only_in_its_turn(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 10), (1, 10))
    w.ticket(15, "P3", (1, 10))  # has waited since 15; the next stage since 20
    w.ticket(16, "P4", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 1, 0, 0, 20, "next_stage", 30, 40, "done"),
        (1, 0, 0, 0, 15, "arrived", 20, 30, "done"),
        (2, 0, 0, 0, 16, "arrived", 40, 50, "done"),
    ]


def test_a_freed_agent_goes_on_with_their_own_ticket_where_it_is_the_most_urgent(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 10), (1, 10))
    w.ticket(15, "P4", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 1, 0, 0, 20, "next_stage", 20, 30, "done"),
        (1, 0, 0, 0, 15, "arrived", 30, 40, "done"),
    ]


# ---------------------------------------------------------------------- duties


def test_open_work_is_handed_over_at_the_end_of_a_duty(world: Any) -> None:
    w = world(handed_over_pm=1100, briefing=7)
    w.agent(duties=[(0, 50)])
    w.agent()
    w.ticket(10, "P3", (1, 100))
    w.ticket(11, "P3", (1, 59))
    w.ticket(20, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "handed_over"),
        (0, 0, 1, 1, 50, "handed_over", 70, 143, "done"),  # before 20; the 60 left are 66 after the loss, + 7
        (1, 0, 0, 1, 11, "arrived", 11, 70, "done"),
        (2, 0, 0, 1, 20, "arrived", 143, 153, "done"),
    ]
    assert played.journals.work["duty"].tolist() == [0, 1, 1, 1]
    assert played.tickets("started", "resolved")[0] == (10, 143)


def test_work_handed_over_is_counted_in_nominal_time(world: Any) -> None:
    w = world(handed_over_pm=1333, briefing=7)
    w.agent(duties=[(0, 50)], slow=1500)
    w.agent(duties=[(60, 1000)], slow=900)
    w.ticket(11, "P3", (1, 100))
    # 39 ms of the wall are 26 of work; 74 are left, 98.6 with the loss, which rounds to 99; + 7 are 106, which take
    # agent 1 95.4: 95 ms.
    assert w.play().work == [
        (0, 0, 0, 0, 11, "arrived", 11, 50, "handed_over"),
        (0, 0, 1, 1, 50, "handed_over", 60, 155, "done"),
    ]


def test_who_finishes_in_the_instant_of_leaving_has_finished(world: Any) -> None:
    w = world(handed_over_pm=1100, briefing=7)
    w.agent(duties=[(0, 50)])
    w.agent(tier=2, duties=[(50, 100)])
    w.ticket(10, "P3", (1, 40), (2, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "done"),
        (0, 1, 0, 1, 50, "next_stage", 50, 60, "done"),
    ]


def test_who_leaves_in_this_instant_takes_nothing_more(world: Any) -> None:
    w = world(handed_over_pm=1100, briefing=7)
    w.agent(duties=[(0, 50)])
    w.agent(duties=[(60, 1000)])
    w.ticket(10, "P3", (1, 40))
    w.ticket(20, "P3", (1, 10))  # agent 0 is done with the first at 50, and goes home
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "done"),
        (1, 0, 0, 1, 20, "arrived", 60, 70, "done"),
    ]
    assert played.tickets("started")[1] == (60,)


def test_work_is_not_handed_over_to_who_leaves_in_the_same_instant(world: Any) -> None:
    w = world(handed_over_pm=1100, briefing=7)
    for _ in range(3):
        w.agent(duties=[(0, 50)])
    w.agent(duties=[(50, 1000)])
    w.ticket(10, "P3", (1, 100))  # a shift of three, of whom one is busy, goes; one briefing is enough
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "handed_over"),
        (0, 0, 1, 3, 50, "handed_over", 50, 123, "done"),
    ]


def test_who_leaves_in_this_instant_is_not_interrupted(world: Any) -> None:
    w = world(briefing=7)
    w.agent()
    w.agent(tier=2, duties=[(0, 50)])
    w.agent(tier=2, duties=[(50, 1000)])
    w.ticket(10, "P1", (1, 40), (2, 10))
    w.ticket(10, "P3", (2, 100))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "done"),
        (0, 1, 0, 2, 50, "next_stage", 50, 60, "done"),
        (1, 0, 0, 1, 10, "arrived", 10, 50, "handed_over"),
        (1, 0, 1, 2, 50, "handed_over", 60, 127, "done"),
    ]


def test_a_relief_in_the_same_instant_keeps_work_at_home(world: Any) -> None:
    w = world(regions=2)
    w.agent(duties=[(0, 50)])
    w.agent(duties=[(50, 1000)])
    w.agent(region=1)
    w.ticket(10, "P3", (1, 100))
    w.ticket(20, "P3", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "handed_over"),
        (0, 0, 1, 1, 50, "handed_over", 50, 110, "done"),
        (1, 0, 0, 1, 20, "arrived", 110, 120, "done"),  # agent 2 has nothing to do, but somebody is at home
    ]


def test_without_relief_work_in_hand_and_in_line_goes_to_another_region_at_once(world: Any) -> None:
    w = world(regions=3, other_region_pm=1500, briefing=5)
    w.agent(duties=[(0, 50), (60, 1000)])
    w.agent(region=2)
    w.agent(region=1)
    w.agent(tier=2, duties=[(50, 1000)])  # at home, but of another tier
    w.ticket(10, "P3", (1, 100))
    w.ticket(20, "P3", (1, 10))
    w.ticket(21, "P3", (1, 10))
    w.ticket(22, "P2", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "handed_over"),
        (0, 0, 1, 1, 50, "handed_over", 50, 148, "done"),  # 60 + 5 left, at 1500 97.5: 98
        (1, 0, 0, 0, 20, "arrived", 60, 70, "done"),  # nobody was free elsewhere: the line is open to all
        (2, 0, 0, 2, 21, "arrived", 65, 80, "done"),
        (3, 0, 0, 2, 22, "arrived", 50, 65, "done"),  # the P2 chooses first, and region 1 comes first
    ]


def test_a_pool_that_others_still_staff_is_not_empty(world: Any) -> None:
    w = world(regions=2)
    w.agent(duties=[(0, 50)])
    w.agent()
    w.agent(region=1)
    w.ticket(10, "P3", (1, 100))
    w.ticket(11, "P3", (1, 100))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "handed_over"),
        (0, 0, 1, 1, 50, "handed_over", 111, 171, "done"),
        (1, 0, 0, 1, 11, "arrived", 11, 111, "done"),
    ]


def test_work_of_an_unstaffed_pool_goes_to_other_regions_in_their_order(world: Any) -> None:
    w = world(regions=4, other_region_pm=2000)
    w.agent(region=3)
    w.agent(region=0)
    w.agent(region=2)
    w.agent(region=1, tier=2)
    w.ticket(10, "P3", (1, 10), region=1)
    w.ticket(11, "P3", (1, 10), region=1)
    w.ticket(12, "P3", (1, 10), region=1)
    w.ticket(13, "P3", (1, 10), region=1)  # all are busy: the first to be free takes it
    assert w.play().work == [
        (0, 0, 0, 1, 10, "arrived", 10, 30, "done"),
        (1, 0, 0, 2, 11, "arrived", 11, 31, "done"),
        (2, 0, 0, 0, 12, "arrived", 12, 32, "done"),
        (3, 0, 0, 1, 13, "arrived", 30, 50, "done"),
    ]


def test_where_the_rules_say_wait_work_of_an_unstaffed_pool_waits(world: Any) -> None:
    w = world(regions=2, unstaffed_anywhere=False)
    w.agent(duties=[(0, 30), (50, 1000)])
    w.agent(region=1)
    w.ticket(10, "P3", (1, 100))
    w.ticket(20, "P3", (1, 10))
    w.ticket(40, "P3", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 30, "handed_over"),
        (0, 0, 1, 0, 30, "handed_over", 50, 130, "done"),
        (1, 0, 0, 0, 20, "arrived", 130, 140, "done"),
        (2, 0, 0, 0, 40, "arrived", 140, 150, "done"),
    ]


def test_work_of_a_pool_that_nobody_staffs_anywhere_waits(world: Any) -> None:
    w = world(regions=2)
    w.agent(region=1, duties=[(60, 1000)])
    w.ticket(10, "P3", (1, 10))
    w.ticket(11, "P3", (2, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 60, 70, "done"),
        (1, 0, 0, None, 11, "arrived", None, None, "open"),
    ]


def test_of_idle_agents_work_of_an_unstaffed_pool_prefers_its_tier_to_the_next(world: Any) -> None:
    w = world(regions=2, widens_tier=True)
    w.agent(duties=[(0, 50)])
    w.agent(tier=2)
    w.agent(region=1)
    w.ticket(10, "P3", (1, 100), escalate_at=20)  # in service at 20, so it escalates when it is handed over
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 50, "handed_over"),
        (0, 0, 1, 2, 50, "handed_over", 50, 110, "done"),  # other regions come before higher tiers
    ]


def test_home_comes_first_whatever_its_number(world: Any) -> None:
    w = world(regions=2, widens_tier=True, widens_region=True)
    w.agent(tier=2, region=0)
    w.agent(tier=2, region=1)
    w.agent(region=1)
    w.ticket(1, "P1", (1, 99), region=1)
    w.ticket(10, "P3", (1, 10), region=1, escalate_at=50)
    assert w.play().work_of(1) == GOES_TO_AGENT_1


def test_work_that_goes_elsewhere_together_goes_by_effective_priority_class_and_place(world: Any) -> None:
    w = world(regions=2)
    w.agent(duties=[(0, 100)])
    w.agent(region=1)
    w.agent(region=1)
    w.ticket(1, "P1", (1, 99))
    w.ticket(30, "P4", (1, 10), escalate_at=35)  # then a P3 with the place of 35
    w.ticket(40, "P3", (1, 10))
    w.ticket(50, "P3", (1, 10), enterprise=True)
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, None, 30, "arrived", None, 35, "escalated"),
        (1, 0, 1, 2, 35, "escalated", 100, 110, "done"),
        (2, 0, 0, 1, 40, "arrived", 110, 120, "done"),
        (3, 0, 0, 1, 50, "arrived", 100, 110, "done"),
    ]


def test_work_that_was_opened_to_others_is_closed_again_once_it_has_begun(world: Any) -> None:
    w = world(widens_tier=True)
    w.agent()
    w.agent(tier=2, duties=[(0, 60)])
    w.agent(tier=2, duties=[(60, 1000)])
    w.ticket(1, "P1", (1, 99))
    w.ticket(10, "P3", (1, 50), escalate_at=50)
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, None, 10, "arrived", None, 50, "escalated"),
        (1, 0, 1, 1, 50, "escalated", 50, 60, "handed_over"),
        (1, 0, 2, 0, 60, "handed_over", 100, 140, "done"),  # agent 2 is idle, and of the next tier
    ]


def test_who_comes_on_duty_takes_the_best_that_waits(world: Any) -> None:
    w = world()
    w.agent(duties=[(50, 1000)])
    w.agent(duties=[(50, 1000)])
    w.ticket(10, "P3", (1, 10))
    w.ticket(20, "P2", (1, 15))
    w.ticket(30, "P3", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 1, 10, "arrived", 50, 60, "done"),
        (1, 0, 0, 0, 20, "arrived", 50, 65, "done"),
        (2, 0, 0, 1, 30, "arrived", 60, 70, "done"),
    ]


def test_who_comes_on_duty_is_idle_since_then(world: Any) -> None:
    w = world()
    w.agent(duties=[(30, 1000)])
    w.agent(duties=[(20, 1000)])
    w.ticket(40, "P3", (1, 10))
    assert w.play().work == [(0, 0, 0, 1, 40, "arrived", 40, 50, "done")]


def test_a_duty_may_be_under_way_when_the_run_starts(world: Any) -> None:
    w = world(end=200)
    w.agent(duties=[(-60, -30), (-30, 50), (150, 300)])
    w.agent(duties=[(-30, 0)])
    w.ticket(10, "P3", (1, 10))
    w.ticket(100, "P3", (1, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (1, 0, 0, 0, 100, "arrived", 150, 160, "done"),
    ]
    assert played.journals.work["duty"].tolist() == [1, 2]
    assert played.duties("agent", "planned_start", "planned_end", "start", "end") == [
        (0, -60, -30, None, None),
        (0, -30, 50, 0, 50),
        (0, 150, 300, 150, 200),
        (1, -30, 0, None, None),
    ]


def test_a_duty_that_ended_when_the_run_starts_staffs_nothing(world: Any) -> None:
    w = world(regions=2)
    w.agent(duties=[(-30, 0)])
    w.agent(region=1)
    w.ticket(1, "P3", (1, 10))
    assert w.play().work == [(0, 0, 0, 1, 1, "arrived", 1, 11, "done")]


def test_a_duty_may_start_in_the_first_millisecond(world: Any) -> None:
    w = world()
    w.agent(duties=[(1, 100)])
    w.ticket(1, "P3", (1, 10))
    assert w.play().work == [(0, 0, 0, 0, 1, "arrived", 1, 11, "done")]


def test_a_duty_that_ends_with_the_run_hands_nothing_over(world: Any) -> None:
    w = world(end=100)
    w.agent(duties=[(0, 100)])
    w.agent(duties=[(100, 200)])
    w.ticket(10, "P3", (1, 200))
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 10, None, "open")]
    assert played.duties("agent", "start", "end") == [(0, 0, 100), (1, None, None)]


# ---------------------------------------------------------------------- one instant


def test_within_an_instant_work_ends_then_duties_end_and_start_then_timers_returns_and_arrivals(world: Any) -> None:
    w = world()
    w.agent()
    w.agent(duties=[(0, 50)])
    w.agent(duties=[(50, 1000)])
    w.ticket(1, "P3", (1, 4), (1, 10, 45))  # agent 0 until 5; the customer returns at 50
    w.ticket(10, "P3", (1, 100))  # agent 1, who is idle for longer
    w.ticket(11, "P3", (1, 39))  # agent 0 until 50
    w.ticket(12, "P3", (1, 20), patience=38)  # until 50
    w.ticket(13, "P3", (1, 10), patience=37)  # until 50
    w.ticket(50, "P2", (1, 10))
    # At 50, one after the other: agent 0 ends 2, and takes 3, as 1 is not in line yet; agent 1 goes, and 1 is in line
    # before 4; agent 2 comes and takes 1; the customer of 4 gives up; 0 returns to an empty line; 5 arrives and is
    # before it at 70.
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 5, "done"),
        (0, 1, 0, 0, 50, "returned", 80, 90, "done"),
        (1, 0, 0, 1, 10, "arrived", 10, 50, "handed_over"),
        (1, 0, 1, 2, 50, "handed_over", 50, 110, "done"),
        (2, 0, 0, 0, 11, "arrived", 11, 50, "done"),
        (3, 0, 0, 0, 12, "arrived", 50, 70, "done"),
        (4, 0, 0, None, 13, "arrived", None, 50, "abandoned"),
        (5, 0, 0, 0, 50, "arrived", 70, 80, "done"),
    ]


def test_agents_freed_together_choose_in_the_order_of_their_ids(world: Any) -> None:
    w = world()
    w.agent()
    w.agent()
    w.ticket(10, "P3", (1, 2))
    w.ticket(11, "P3", (1, 19))  # agent 1 until 30, which is known at 11
    w.ticket(13, "P3", (1, 17))  # agent 0 until 30, which is known at 13
    w.ticket(15, "P3", (1, 10))
    w.ticket(16, "P2", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 12, "done"),
        (1, 0, 0, 1, 11, "arrived", 11, 30, "done"),
        (2, 0, 0, 0, 13, "arrived", 13, 30, "done"),
        (3, 0, 0, 1, 15, "arrived", 30, 40, "done"),
        (4, 0, 0, 0, 16, "arrived", 30, 40, "done"),
    ]


def test_duties_that_start_together_choose_in_the_order_of_the_roster(world: Any) -> None:
    w = world()
    w.agent(duties=[(0, 5), (40, 1000)])
    w.agent(duties=[(40, 1000)])
    w.agent(duties=[(0, 10), (40, 1000)])
    w.ticket(20, "P3", (1, 10))
    w.ticket(21, "P3", (1, 10))
    assert w.play().starts() == [(40, 0, 0), (40, 1, 1)]


def test_tickets_that_arrive_together_choose_one_after_the_other(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P3", (1, 10))
    w.ticket(10, "P2", (1, 10))  # the agent is taken when it comes
    w.ticket(10, "P4", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (1, 0, 0, 0, 10, "arrived", 20, 30, "done"),
        (2, 0, 0, 0, 10, "arrived", 30, 40, "done"),
    ]


def test_customers_who_return_together_do_so_in_the_order_of_their_tickets(world: Any) -> None:
    w = world()
    w.agent()
    w.agent(duties=[(0, 40)])
    w.ticket(10, "P3", (1, 20), (1, 10, 20))  # returns at 50, which is known at 30
    w.ticket(11, "P2", (1, 9), (1, 10, 30))  # likewise, which is known at 20
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 30, "done"),
        (0, 1, 0, 0, 50, "returned", 50, 60, "done"),
        (1, 0, 0, 1, 11, "arrived", 11, 20, "done"),
        (1, 1, 0, 0, 50, "returned", 60, 70, "done"),
    ]


def test_timers_are_due_before_customers_return(world: Any) -> None:
    w = world(widens_tier=True)
    w.agent()
    w.agent(tier=2)
    w.ticket(1, "P1", (1, 99))
    w.ticket(10, "P2", (2, 10), (2, 10, 30))  # returns to agent 1 at 50
    w.ticket(11, "P4", (1, 10), escalate_at=50)  # and finds them taken by this
    assert w.play().work == [
        (0, 0, 0, 0, 1, "arrived", 1, 100, "done"),
        (1, 0, 0, 1, 10, "arrived", 10, 20, "done"),
        (1, 1, 0, 1, 50, "returned", 60, 70, "done"),
        (2, 0, 0, None, 11, "arrived", None, 50, "escalated"),
        (2, 0, 1, 1, 50, "escalated", 50, 60, "done"),
    ]


def test_customers_return_before_tickets_arrive(world: Any) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P4", (1, 10), (1, 10, 30))
    w.ticket(50, "P2", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 1, 0, 0, 50, "returned", 50, 60, "done"),
        (1, 0, 0, 0, 50, "arrived", 60, 70, "done"),
    ]


@pytest.mark.parametrize(
    "stages",
    [
        ([(1, 100, 0, "outside")], (1, 5)),  # overdue when the customer gives up
        ([(1, 10, 0, "outside")], (1, 5, 100)),  # the timer stands still then
        ([(2, 10, 0, "assist")], (1, 5, 100)),
    ],
)
def test_what_was_given_up_escalates_no_more(world: Any, stages: tuple[Any, ...]) -> None:
    w = world()
    w.agent()
    w.ticket(10, "P2", *stages, escalate_at=40, patience=60)
    played = w.play()
    assert played.tickets("escalated", "abandoned") == [(None, 70)]
    assert played.work_of(0)[-1][-1] == "done"


def test_a_ticket_escalates_before_its_customer_gives_up(world: Any) -> None:
    w = world(widens_tier=True)
    w.agent()
    w.agent(tier=2, duties=[(0, 200)])
    w.ticket(1, "P1", (1, 500))
    w.ticket(10, "P3", (1, 10), patience=40, escalate_at=50)  # saved by tier 2
    w.ticket(201, "P3", (1, 10), patience=40, escalate_at=241)  # there is no tier 2 any more
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 1, "arrived", 1, 501, "done"),
        (1, 0, 0, None, 10, "arrived", None, 50, "escalated"),
        (1, 0, 1, 1, 50, "escalated", 50, 60, "done"),
        (2, 0, 0, None, 201, "arrived", None, 241, "escalated"),
        (2, 0, 1, None, 241, "escalated", None, 241, "abandoned"),
    ]
    assert played.tickets("escalated", "abandoned", "state")[2] == (241, 241, "abandoned")


def test_timers_due_together_go_off_in_the_order_of_their_tickets(world: Any) -> None:
    w = world(widens_tier=True)
    w.agent()
    w.agent(tier=2)
    w.ticket(5, "P4", (1, 5), (1, 10, 20), escalate_at=30)  # 20 are left at 10, so it is due at 50, as is known at 30
    w.ticket(15, "P1", (1, 500))
    w.ticket(20, "P2", (1, 10), escalate_at=50)  # more urgent, and known at 20
    assert w.play().work == [
        (0, 0, 0, 0, 5, "arrived", 5, 10, "done"),
        (0, 1, 0, None, 30, "returned", None, 50, "escalated"),
        (0, 1, 1, 1, 50, "escalated", 50, 60, "done"),
        (1, 0, 0, 0, 15, "arrived", 15, 515, "done"),
        (2, 0, 0, None, 20, "arrived", None, 50, "escalated"),
        (2, 0, 1, 1, 50, "escalated", 60, 70, "done"),
    ]


# ---------------------------------------------------------------------- the end of the run


def test_what_would_happen_at_the_end_does_not(world: Any) -> None:
    w = world(end=50)
    w.agent(duties=[(0, 50)])
    w.agent(duties=[(50, 100)])
    w.ticket(10, "P3", (1, 40))  # would end
    w.ticket(11, "P3", (1, 10), escalate_at=50)  # would escalate
    w.ticket(12, "P3", (1, 10), patience=38)  # would be given up
    w.ticket(13, "P1", (2, 10))
    w.ticket(50, "P3", (1, 10))  # would arrive
    played = w.play()
    assert played.end == 50
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, None, "open"),
        (1, 0, 0, None, 11, "arrived", None, None, "open"),
        (2, 0, 0, None, 12, "arrived", None, None, "open"),
        (3, 0, 0, None, 13, "arrived", None, None, "open"),
    ]
    assert played.tickets("created", "started", "resolved", "escalated", "abandoned", "state") == [
        (10, 10, None, None, None, "in_service"),
        (11, None, None, None, None, "queued"),
        (12, None, None, None, None, "queued"),
        (13, None, None, None, None, "queued"),
        (50, None, None, None, None, "queued"),
    ]


def test_what_is_unfinished_at_the_end_is_open(world: Any) -> None:
    w = world(end=60)
    w.agent()
    w.agent(tier=2)
    w.ticket(10, "P3", (1, 10), [(1, 100), (2, 5), (3, 5)])  # one in service, one done, one in line
    w.ticket(12, "P3", (1, 5), (1, 5, 100))
    w.ticket(25, "P3", (1, 5), escalate_at=40)
    w.ticket(50, "P1", (1, 100))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 1, 0, 0, 20, "next_stage", 25, 50, "preempted"),
        (0, 1, 1, None, 50, "preempted", None, None, "open"),
        (0, 2, 0, 1, 20, "next_stage", 20, 25, "done"),
        (0, 3, 0, None, 20, "next_stage", None, None, "open"),
        (1, 0, 0, 0, 12, "arrived", 20, 25, "done"),
        (2, 0, 0, None, 25, "arrived", None, 40, "escalated"),
        (2, 0, 1, None, 40, "escalated", None, None, "open"),
        (3, 0, 0, 0, 50, "arrived", 50, None, "open"),
    ]
    assert played.tickets("state", "paused") == [("queued", 0), ("pending", 35), ("queued", 0), ("in_service", 0)]
    assert len(played.journals.pages["ticket"]) == 0


def test_a_run_without_tickets_or_agents(world: Any) -> None:
    w = world(end=50)
    w.agent()
    assert (w.play().work, w.play().duties("start", "end")) == ([], [(0, 50)])
    w = world(end=50)
    w.ticket(10, "P3", (1, 10))
    assert w.play().work == [(0, 0, 0, None, 10, "arrived", None, None, "open")]


# ---------------------------------------------------------------------- drain


def test_a_run_that_drains_goes_on_until_all_is_done(world: Any) -> None:
    w = world(end=20, drain=True)
    w.agent()
    w.ticket(10, "P3", (1, 15), (1, 10, 100))
    w.ticket(12, "P3", (1, 10))
    played = w.play()
    assert played.end == 135
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 25, "done"),
        (0, 1, 0, 0, 125, "returned", 125, 135, "done"),
        (1, 0, 0, 0, 12, "arrived", 25, 35, "done"),
    ]
    assert played.duties("start", "end") == [(0, 135)]


def test_a_run_that_drains_early_lasts_until_its_end(world: Any) -> None:
    w = world(end=100, drain=True)
    w.agent()
    w.ticket(10, "P3", (1, 15))
    assert w.play().end == 100


@pytest.mark.parametrize("timer", [{"patience": 500}, {"escalate_at": 500}], ids=["patience", "escalation"])
def test_a_timer_that_changes_nothing_does_not_prolong_a_run_that_drains(world: Any, timer: dict[str, int]) -> None:
    w = world(end=20, drain=True)
    w.agent()
    w.ticket(10, "P3", (1, 25), **timer)
    played = w.play()
    assert played.work == [(0, 0, 0, 0, 10, "arrived", 10, 35, "done")]
    assert played.end == 35


def test_a_run_that_drains_lasts_until_the_last_thing_that_happens(world: Any) -> None:
    w = world(end=20, drain=True)
    w.agent()
    w.ticket(10, "P3", (1, 10), (2, 5, 100))  # the customer returns at 120 to a tier where nobody is
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 20, "done"),
        (0, 1, 0, None, 120, "returned", None, None, "open"),
    ]
    assert played.end == 120


# ---------------------------------------------------------------------- days on which the clocks change

LATE_NIGHT = {"D": "06:00-14:00", "S": "14:00-22:00", "N": "22:00-06:00"}
EARLY_NIGHT = {"D": "08:00-16:00", "S": "16:00-24:00", "N": "00:00-08:00"}


@pytest.mark.parametrize(
    ("zone", "shifts", "night", "morning", "hours"),
    [
        ("Europe/London", EARLY_NIGHT, "2026-03-29 00:00", "2026-03-29 07:00", 7),
        ("Europe/London", EARLY_NIGHT, "2026-10-24 23:00", "2026-10-25 08:00", 9),
        ("Europe/London", EARLY_NIGHT, "2026-06-09 23:00", "2026-06-10 07:00", 8),
        ("America/Los_Angeles", LATE_NIGHT, "2026-03-08 06:00", "2026-03-08 13:00", 7),
        ("America/Los_Angeles", LATE_NIGHT, "2026-11-01 05:00", "2026-11-01 14:00", 9),
        ("Australia/Sydney", LATE_NIGHT, "2026-10-03 12:00", "2026-10-03 19:00", 7),
        ("Australia/Sydney", LATE_NIGHT, "2026-04-04 11:00", "2026-04-04 20:00", 9),
        ("America/Santiago", LATE_NIGHT, "2026-09-06 02:00", "2026-09-06 09:00", 7),
        ("America/Santiago", LATE_NIGHT, "2026-04-05 01:00", "2026-04-05 10:00", 9),
        # Clocks in Chile go from 24:00 to 01:00: the midnight between these two shifts is never shown.
        ("America/Santiago", EARLY_NIGHT, "2026-09-06 04:00", "2026-09-06 11:00", 7),
    ],
)
def test_a_night_on_which_clocks_change_hands_over_at_the_right_instant(
    world: Any, zone: str, shifts: dict[str, str], night: str, morning: str, hours: int
) -> None:
    begins, ends = (datetime.fromisoformat(f"{instant}+00:00") for instant in (night, morning))
    scenario = Scenario.model_validate({
        "horizon": {"start": f"{begins - timedelta(days=1):%Y-%m-%d}", "days": 5, "warmup_days": 0},
        "regions": {"here": {"zone": zone, "shifts": shifts}},
        "work": {"handle": {"tier1": {"mean": "10 min"}}},
        "staffing": {"crews": {letter: {"pattern": letter, "headcount": {"tier1": 1}} for letter in "DSN"}},
    })  # fmt: skip
    origin = clock_of(scenario).origin
    dusk, dawn = epoch_ms(begins) - origin, epoch_ms(ends) - origin
    w = world(end=clock_of(scenario).end, briefing=1)
    w.ticket(dusk - HOUR, "P3", (1, 12 * HOUR))
    assert w.play(roster=sample_roster(scenario, plan_roster(scenario), 1, 0)).work == [
        (0, 0, 0, 1, dusk - HOUR, "arrived", dusk - HOUR, dusk, "handed_over"),
        (0, 0, 1, 2, dusk, "handed_over", dusk, dawn, "handed_over"),
        (0, 0, 2, 0, dawn, "handed_over", dawn, dawn + (11 - hours) * HOUR + 2, "done"),
    ]
    assert dawn - dusk == hours * HOUR


# ---------------------------------------------------------------------- what waiting must not do


def test_a_p1_that_escalates_interrupts_nobody_any_more(world: Any) -> None:
    """The ticket timer widens who may take a P1; only its coming to the line interrupts."""
    w = world(regions=2, widens_region=True)
    w.agent(tier=3)
    w.agent(tier=3, region=1)
    w.ticket(10, "P1", (3, 100))
    w.ticket(15, "P2", (3, 100), region=1)
    w.ticket(20, "P1", (3, 30), escalate_at=50)
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 110, "done"),
        (1, 0, 0, 1, 15, "arrived", 15, 115, "done"),
        (2, 0, 0, None, 20, "arrived", None, 50, "escalated"),
        (2, 0, 1, 0, 50, "escalated", 110, 140, "done"),
    ]


def _overflow(after: int) -> tuple[tuple[Overflow | None, ...], ...]:
    """Work of tier 1 in region 0 overflows to region 1."""
    return ((Overflow(after, (1,), 0b1111), None), *((None, None),) * 5)


def test_work_that_may_overflow_at_once_goes_elsewhere_at_once(world: Any) -> None:
    w = world(regions=2, overflow=_overflow(0))
    w.agent()
    w.agent(region=1)
    w.ticket(10, "P3", (1, 100))
    w.ticket(20, "P3", (1, 10))
    w.ticket(21, "P3", (1, 10))  # nobody is free: whoever is first
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 110, "done"),
        (1, 0, 0, 1, 20, "arrived", 20, 30, "done"),
        (2, 0, 0, 1, 21, "arrived", 30, 40, "done"),
    ]


def test_a_p1_that_overflows_interrupts_nobody(world: Any) -> None:
    """It has waited for long; only its coming to the line interrupts."""
    w = world(regions=2, overflow=_overflow(30))
    w.agent()
    w.agent(region=1)
    w.ticket(10, "P1", (1, 100))
    w.ticket(15, "P3", (1, 65), region=1)
    w.ticket(20, "P1", (1, 10))
    assert w.play().work == [
        (0, 0, 0, 0, 10, "arrived", 10, 110, "done"),
        (1, 0, 0, 1, 15, "arrived", 15, 80, "done"),
        (2, 0, 0, 1, 20, "arrived", 80, 90, "done"),
    ]


def test_work_that_nobody_has_answered_for_overflows_from_then_on(world: Any) -> None:
    w = world(regions=2, overflow=_overflow(30), page_timers=(20,) * 4, rounds=1)
    w.agent()
    w.agent(region=1)
    sleeper = w.agent(tier=3, duties=[])
    w.turn("primary", sleeper)
    w.ticket(10, "P1", (1, 200))
    w.ticket(11, "P2", (1, 10), page_at=11, pages=[None])  # in line from 31 on
    played = w.play()
    assert played.pages == [(1, 0, "primary", sleeper, False, 11, None, "unanswered")]
    assert played.work == [
        (0, 0, 0, 0, 10, "arrived", 10, 210, "done"),
        (1, 0, 0, 1, 11, "arrived", 61, 71, "done"),
    ]


@pytest.mark.parametrize("regions", [1, 2])
def test_a_desk_that_closes_with_a_full_line_takes_time_in_proportion(
    world: Any, monkeypatch: pytest.MonkeyPatch, regions: int
) -> None:
    """Every evening all that waits may go elsewhere: each task looks round once, not once for each other task."""

    def looks(tickets: int) -> int:
        calls = 0
        rank = Lines.rank

        def counted(lines: Lines, task: int) -> tuple[int, int, int, int]:
            nonlocal calls
            calls += 1
            return rank(lines, task)

        monkeypatch.setattr(Lines, "rank", counted)
        w = world(regions=regions, end=100_000)
        w.agent(duties=[(day * 10_000, day * 10_000 + 5_000) for day in range(10)])
        for i in range(tickets):
            w.ticket(1 + i, "P3", (1, 1_000))
        w.play()
        monkeypatch.undo()
        return calls

    assert looks(400) < 3 * looks(200)
