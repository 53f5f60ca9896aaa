"""Times away: one timeline out of many reasons, by hand and against a count instant by instant."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.workforce.away import Away, at, away, joined, lost, never_away, timeline
from sim.workforce.roster import ALL_PRIORITIES, FOREVER, Reason, Segments


def told(times: Away) -> list[tuple[int, ...]]:
    """Agent, start, end and reason."""
    return list(zip(*(column.tolist() for column in times[:4]), strict=True))


def test_nobody_is_never_away() -> None:
    assert told(timeline(never_away())) == []
    assert told(away(Reason.SICKNESS, [0, 1], [5, 7], [5, 6])) == []


def test_the_first_reason_counts_and_then_the_other() -> None:
    times = timeline(joined([away(Reason.SICKNESS, [0], [10], [30]), away(Reason.VACATION, [0], [20], [40])]))
    assert told(times) == [(0, 10, 30, Reason.SICKNESS), (0, 30, 40, Reason.VACATION)]


def test_a_short_reason_within_a_long_one_is_not_seen() -> None:
    times = timeline(joined([away(Reason.SICKNESS, [0], [10], [20]), away(Reason.TRAINING, [0], [5], [40])]))
    assert told(times) == [(0, 5, 40, Reason.TRAINING)]


def test_of_two_that_come_together_the_lower_counts() -> None:
    times = timeline(joined([away(Reason.DRILL, [3], [10], [30]), away(Reason.TRAINING, [3], [10], [20])]))
    assert told(times) == [(3, 10, 20, Reason.TRAINING), (3, 20, 30, Reason.DRILL)]


def test_what_came_first_counts_though_it_takes_duties_only_later() -> None:
    vacation = away(Reason.VACATION, [0], [10], [40])._replace(start=np.array([20]))
    times = timeline(joined([away(Reason.SICKNESS, [0], [15], [30]), vacation]))
    assert told(times) == [(0, 15, 20, Reason.SICKNESS), (0, 20, 40, Reason.VACATION)]


def test_the_same_reason_twice_is_one_time() -> None:
    times = timeline(away(Reason.ABSENCE, [1, 0, 0, 0], [5, 10, 20, 25], [9, 20, 30, 27]))
    assert told(times) == [(0, 10, 30, Reason.ABSENCE), (1, 5, 9, Reason.ABSENCE)]


def test_what_nothing_bounds_stays_so() -> None:
    times = timeline(away(Reason.VACANCY, [0, 2], [-FOREVER, 7], [4, FOREVER]))
    assert told(times) == [(0, -FOREVER, 4, Reason.VACANCY), (2, 7, FOREVER, Reason.VACANCY)]


def test_single_numbers_keep_the_order_of_agents_and_instants() -> None:
    pairs = [(0, -FOREVER), (0, -5), (0, 0), (0, FOREVER), (1, -FOREVER), (1, 3), (70_000, 2)]
    agent, instant = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    assert (np.diff(at(agent, instant)) > 0).all()


def test_pauses_are_not_lost() -> None:
    """Two agents with duties from 0 to 9 and a pause from 4 to 5: it is in no absence, be that whole or in part."""
    start = np.array([0, 5, 0, 5])
    codes = {"overlap_end": start, "hard_end": start, "pause": start == 0, "slow_pm": np.full(4, 1000)}
    agent, end = np.array([0, 0, 1, 1], dtype=np.int32), np.array([4, 9, 4, 9])
    whole = Segments(
        agent,
        agent + 7,
        start,
        end,
        takes=np.full(4, ALL_PRIORITIES, dtype=np.uint8),
        staffs=np.ones(4, dtype=bool),
        **codes,
    )
    parts = [away(Reason.ABSENCE, [0], [-3], [20]), away(Reason.DRILL, [1, 1], [2, 8], [5, 9])]
    taken = lost(whole, timeline(joined(parts)))
    rows = zip(*(getattr(taken, name).tolist() for name in ("agent", "duty", "start", "end", "reason")), strict=True)
    away_all, drill = Reason.ABSENCE, Reason.DRILL
    assert list(rows) == [(0, 7, 0, 4, away_all), (0, 7, 5, 9, away_all), (1, 8, 2, 4, drill), (1, 8, 8, 9, drill)]
    assert not len(lost(whole, timeline(away(Reason.SICKNESS, [1], [4], [5]))))


Times = list[tuple[int, int, int, int]]


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(-5, 30), st.integers(1, 20), st.sampled_from(list(Reason)[:4])))
)
def test_every_instant_has_the_reason_that_came_first(rows: Times) -> None:
    times = timeline(joined([away(reason, [agent], [start], [start + n]) for agent, start, n, reason in rows]))
    seen = {(a, t): r for a, start, end, r in told(times) for t in range(start, end)}
    expected: dict[tuple[int, int], int] = {}
    for agent in range(3):
        for t in range(-5, 60):
            applying = [(start, reason) for a, start, n, reason in rows if a == agent and start <= t < start + n]
            if applying:
                expected[agent, t] = min(applying)[1]
    assert seen == expected
    assert sum(end - start for _, start, end, _ in told(times)) == len(expected)
    assert (np.diff(at(times.agent, times.start)) > 0).all()
