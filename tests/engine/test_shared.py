"""What both engines share, where comparing them is blind: each case has an answer worked out by hand."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sim.clock import NEVER
from sim.engine.journal import Rested
from sim.engine.policy import combined, pools_of, remaining, scaled
from sim.engine.ranks import (
    ARRIVAL,
    COMMS,
    CRITICAL,
    DUTY_ENDS,
    ESCALATION,
    NONE,
    OUTSIDE,
    OVERFLOW,
    OVERTIME_ENDS,
    PAGE,
    PAGE_ANSWERED,
    PATIENCE,
    RETURN,
    SEGMENT,
    TIMER,
    WORK_ENDS,
    timer,
)
from sim.engine.records import Ended, instants, journals
from sim.workforce.roster import FOREVER

# ---------------------------------------------------------------------- arithmetic


@pytest.mark.parametrize(
    ("work", "pace", "wall"),
    [(20, 1000, 20), (20, 1333, 27), (10, 1050, 11), (10, 1049, 10), (1, 400, 1), (1, 1500, 2), (0, 1000, 1),
     (3_600_000, 999, 3_596_400), (10**12, 1001, 1_001_000_000_000)],
)  # fmt: skip
def test_wall_time_is_rounded_to_the_nearest_ms_half_up_and_at_least_1(work: int, pace: int, wall: int) -> None:
    assert scaled(work, pace) == wall


@pytest.mark.parametrize(
    ("left", "elapsed", "pace", "then"),
    [(20, 5, 1000, 15), (20, 5, 2000, 18), (20, 5, 500, 10), (20, 7, 1333, 15), (20, 20, 1000, 1), (20, 99, 1000, 1),
     (20, 0, 1333, 20)],
)  # fmt: skip
def test_what_is_left_counts_whole_ms_of_work_done_and_is_at_least_1(
    left: int, elapsed: int, pace: int, then: int
) -> None:
    assert remaining(left, elapsed, pace) == then


@pytest.mark.parametrize(("first", "second", "both"), [(1100, 1100, 1210), (1333, 1100, 1466), (999, 999, 998)])
def test_two_factors_are_one(first: int, second: int, both: int) -> None:
    assert combined(first, second) == both


def test_pools_are_numbered_by_region_and_role_and_that_of_the_coordinators_is_one() -> None:
    region, tier = np.array([0, 0, 1, 2, 0, 1, 2]), np.array([0, 4, 0, 3, 5, 5, 5])
    found = pools_of(region.astype(np.int16), tier.astype(np.uint8))
    assert found.tolist() == [0, 4, 6, 15, 5, 5, 5]
    assert found.dtype == np.int64
    assert pools_of(np.array([9000], dtype=np.int16), np.array([1], dtype=np.uint8)).tolist() == [54_001]


# ---------------------------------------------------------------------- the order of events


def test_what_happens_first_within_a_millisecond() -> None:
    ranks = [WORK_ENDS, PAGE_ANSWERED, OVERTIME_ENDS, DUTY_ENDS, SEGMENT, TIMER, RETURN, ARRIVAL]
    assert ranks == sorted(set(ranks))
    assert all(later - rank > 1_000_000 << 16 for rank, later in pairwise(ranks))
    kinds = [OVERFLOW, ESCALATION, PAGE, CRITICAL, PATIENCE, COMMS, OUTSIDE]
    assert kinds == sorted(set(kinds))


def test_timers_of_an_instant_go_by_ticket_then_kind_then_part() -> None:
    keys = [timer(t, kind, part) for t in (0, 1, 9_999_999) for kind in range(7) for part in (0, 1, 255, 65_535)]
    assert keys == sorted(set(keys))
    assert all(TIMER <= key < RETURN for key in keys)
    assert timer(3, PATIENCE) == TIMER + (3 * 8 + 4) * 65_536


# ---------------------------------------------------------------------- what the journals say


def world_of_two(world: Any, **columns: Any) -> Any:
    """The journals of two tickets and two people, from an end that is written here."""
    w = world()
    w.agent(duties=[(-10, 50), (60, 90)])
    w.agent(duties=[(0, FOREVER)])
    w.chore(0, 20, 5, until=30)
    w.chore(1, 10, 5, until=30, kind="meeting")
    w.ticket(10, "P2", (1, 20))
    w.ticket(12, "P3", (1, 20), visible=15)
    decided = ("acknowledged", "started", "first_resolved", "resolved", "escalated", "critical", "abandoned")
    ended = Ended(**{
        "end": 80, "tickets": {**{name: np.full(2, NEVER) for name in decided}, "paused": [7, 0], "state": [1, 0],
        "tier": [0, 2], "stages": [1, 3]},
        "work": {}, "chores": np.empty((0, 5), dtype=np.int64), "pages": np.empty((0, 7), dtype=np.int64),
        "left": np.full(3, NONE), "rested": np.zeros(3, dtype=np.int64), "came": np.full(3, NONE), "at_work": [],
    } | columns)  # fmt: skip
    return journals(ended, w.workload(), w.roster())


def test_instants_that_are_missing_are_never() -> None:
    assert instants(np.array([NONE, 0, 7])).tolist() == [NEVER, 0, 7]


def test_tickets_are_those_of_the_tape_and_what_the_run_decided(world: Any) -> None:
    t = world_of_two(world).tickets
    assert [t[name].tolist() for name in ("ticket", "created", "visible", "priority", "tier", "stages")] == [
        [0, 1], [10, 12], [10, 15], [1, 2], [0, 2], [1, 3],
    ]  # fmt: skip
    assert [t[name].tolist() for name in ("paused", "state", "resolved")] == [[7, 0], [1, 0], [NEVER, NEVER]]
    assert (t["state"].dtype, t["paused"].dtype) == (np.uint8, np.int64)


def test_chores_are_told_by_agent_and_start_with_their_kind_and_due_time(world: Any) -> None:
    # Of the roster the meeting is chore 0, because it is due first.
    rows = np.array([[1, 2, 0, 25, NONE], [1, 2, 0, 10, 14], [0, 0, 1, 20, 25]])
    c = world_of_two(world, chores=rows).chores
    assert [c[name].tolist() for name in ("agent", "duty", "due", "start", "end")] == [
        [0, 1, 1], [0, 2, 2], [20, 10, 10], [20, 10, 25], [25, 14, NEVER],
    ]  # fmt: skip
    assert c["kind"][0] != c["kind"][1] == c["kind"][2]


def test_pages_are_told_by_ticket_and_step_which_is_a_round_and_a_level(world: Any) -> None:
    rows = np.array([[1, 6, 0, 1, 40, NONE, 4], [1, 1, 1, 0, 30, 35, 2], [0, 11, 1, 0, 20, 21, 0]])
    p = world_of_two(world, pages=rows).pages
    assert list(zip(*(p[name].tolist() for name in p), strict=True)) == [
        (0, 2, 3, 1, 0, 20, 21, 0), (1, 0, 1, 1, 0, 30, 35, 2), (1, 1, 2, 0, 1, 40, NEVER, 4),
    ]  # fmt: skip


def duties(journals: Any, *names: str) -> list[Any]:
    return list(zip(*(journals.duties[name].tolist() for name in names), strict=True))


def test_duties_are_told_within_the_run(world: Any) -> None:
    j = world_of_two(world)
    assert duties(j, "agent", "planned_start", "planned_end", "paid_end") == [
        (0, -10, 50, 50), (0, 60, 90, 90), (1, 0, NEVER, NEVER),
    ]  # fmt: skip
    assert duties(j, "start", "end", "left") == [(0, 50, 50), (60, 80, 80), (0, 80, 80)]
    assert duties(world_of_two(world, end=60), "start", "end", "left")[1] == (NEVER, NEVER, NEVER)


def test_who_stayed_longer_left_later_and_who_is_at_work_has_not_left(world: Any) -> None:
    assert duties(world_of_two(world, left=np.array([55, NONE, NONE])), "left") == [(55,), (80,), (80,)]
    assert duties(world_of_two(world, at_work=[0]), "left") == [(80,), (80,), (80,)]


def test_who_rested_came_late_or_not_at_all(world: Any) -> None:
    late = world_of_two(world, rested=np.array([0, Rested.LATE, 0]), came=np.array([NONE, 70, NONE]))
    assert duties(late, "planned_start", "start", "end", "rested")[1] == (60, 70, 80, Rested.LATE)
    lost = world_of_two(world, rested=np.array([0, Rested.LOST, 0]))
    assert duties(lost, "planned_start", "start", "end", "left", "rested")[1] == (60, NEVER, NEVER, NEVER, Rested.LOST)
    beyond = world_of_two(world, end=60, rested=np.array([0, Rested.LOST, 0]))
    assert duties(beyond, "start", "rested")[1] == (NEVER, Rested.AS_PLANNED)
