from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, NEVER, WEEK
from sim.scenario.staffing import Rules
from sim.workforce.roster import FOREVER
from sim.workforce.rules import breaches, consecutive, hours_in_week, rest_before, weekend_gap, weekends


class Duties(NamedTuple):
    """Two agents: the first works day, day, night; the second is always there."""

    agent: np.ndarray = np.array([0, 0, 0, 1], dtype=np.int32)
    start: np.ndarray = np.array([6 * HOUR, DAY + 6 * HOUR, DAY + 22 * HOUR, 0])
    end: np.ndarray = np.array([14 * HOUR, DAY + 14 * HOUR, 2 * DAY + 6 * HOUR, FOREVER])


def on_duty(starts: list[int], length: int) -> Duties:
    start = np.array(starts, dtype=np.int64)
    return Duties(np.zeros(len(start), dtype=np.int32), start, start + length)


def test_rest_is_from_the_end_of_the_duty_before() -> None:
    assert rest_before(*Duties()).tolist() == [NEVER, 16 * HOUR, 8 * HOUR, NEVER]


def test_the_week_ends_with_the_duty() -> None:
    assert hours_in_week(*Duties()).tolist() == [8 * HOUR, 16 * HOUR, 24 * HOUR, WEEK]


def test_of_a_duty_a_week_ago_counts_what_is_left_of_it() -> None:
    # The second duty ends 7 days and 3 h after the first began: 5 h of the first are in its week.
    duties = on_duty([0, WEEK - 5 * HOUR], 8 * HOUR)
    assert hours_in_week(*duties).tolist() == [8 * HOUR, 13 * HOUR]
    assert hours_in_week(*on_duty([0, WEEK], 8 * HOUR)).tolist() == [8 * HOUR, 8 * HOUR]


def test_a_gap_of_a_day_begins_the_count_anew() -> None:
    agent = np.array([0, 0, 0, 0, 1, 1, 1])
    day = np.array([3, 4, 6, 7, 8, 8, 9])
    assert consecutive(agent, day).tolist() == [1, 2, 1, 2, 1, 1, 2]


def test_nobody_breaks_nothing() -> None:
    nobody = on_duty([], 8 * HOUR)
    assert [len(broken) for broken in breaches(Rules(), *nobody, nobody.start, nobody.start > 0)] == [0] * 5
    assert rest_before(*nobody).tolist() == hours_in_week(*nobody).tolist() == []
    assert consecutive(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int64)).tolist() == []


def test_breaches_tell_the_duty_and_what_was_found() -> None:
    # Seven nights of 8 h in a row, 12 h after the last one a day of 8 h.
    agent, start, end = on_duty([*(day * DAY + 22 * HOUR for day in range(7)), 7 * DAY + 14 * HOUR], 8 * HOUR)
    night = np.array([True] * 7 + [False])
    rules = Rules(rest="13 h", week_hours="48 h", consecutive_duties=7, consecutive_nights=5)  # type: ignore[arg-type]
    rest, hours, duties, nights, weekends = breaches(rules, agent, start, end, start // DAY, night)
    assert (rest.rule, rest.limit, rest.duty.tolist(), rest.value.tolist()) == ("rest", 13 * HOUR, [7], [8 * HOUR])
    # 56 h in the week of the seventh night; the span that ends with the day at 22:00 begins with the first night.
    assert (hours.rule, hours.duty.tolist(), hours.value.tolist()) == ("week_hours", [6, 7], [56 * HOUR, 64 * HOUR])
    assert (duties.rule, duties.duty.tolist(), duties.value.tolist()) == ("consecutive_duties", [7], [8])
    assert (nights.rule, nights.duty.tolist(), nights.value.tolist()) == ("consecutive_nights", [5, 6], [6, 7])
    assert (weekends.rule, weekends.limit, len(weekends)) == ("weekend_every", 1, 0)


MONDAY, FRIDAY, SATURDAY = 4 * DAY, 8 * DAY, 9 * DAY
"""Of the second week of 1970, whose first day was a Thursday."""


def test_a_weekend_is_worked_if_any_hour_of_it_is() -> None:
    spans = [
        (FRIDAY + 16 * HOUR, SATURDAY, False), (FRIDAY + 22 * HOUR, SATURDAY + 6 * HOUR, True),
        (SATURDAY, SATURDAY + HOUR, True), (MONDAY + 6 * DAY + 23 * HOUR, MONDAY + WEEK + 7 * HOUR, True),
        (MONDAY + WEEK, MONDAY + WEEK + 8 * HOUR, False), (MONDAY, MONDAY + HOUR, False),
    ]  # fmt: skip
    first, last = weekends(*(np.array(ends) for ends in list(zip(*spans, strict=True))[:2]))
    assert (last >= first).tolist() == [worked for *_, worked in spans]
    assert set(first[last >= first].tolist()) == {1}


def test_of_weekends_in_a_row_the_one_that_comes_too_soon_is_told_with_its_first_duty() -> None:
    # Saturday and Sunday of the first and the third week, Friday's night into the sixth weekend, then the Sunday after.
    weeks = [SATURDAY, SATURDAY + DAY, SATURDAY + 2 * WEEK, SATURDAY + DAY + 2 * WEEK]
    starts = [*weeks, FRIDAY + 5 * WEEK + 22 * HOUR, SATURDAY + DAY + 6 * WEEK]
    agent, start, end = on_duty(starts, 8 * HOUR)
    duty, gap = weekend_gap(agent, start, end)
    assert (duty.tolist(), gap.tolist()) == ([2, 4, 5], [2, 3, 1])
    for every, broken in ((1, []), (2, [5]), (3, [2, 5]), (4, [2, 4, 5])):
        found = breaches(Rules(weekend_every=every), agent, start, end, start // DAY, start < 0)[-1]
        assert (found.rule, found.limit, found.duty.tolist()) == ("weekend_every", every, broken)


def test_another_persons_weekend_is_none_of_ones_own() -> None:
    start = np.array([SATURDAY, SATURDAY + WEEK])
    assert len(weekend_gap(np.array([0, 1]), start, start + HOUR)[0]) == 0


rosters = st.lists(
    st.lists(st.tuples(st.integers(1, 60), st.integers(1, 30)), min_size=1, max_size=12), min_size=1, max_size=3
)
"""Of each agent the hours off before each duty, and of the duty."""


def laid_out(roster: list[list[tuple[int, int]]]) -> Duties:
    agent, start, end = [], [], []
    for n, duties in enumerate(roster):
        now = 0
        for off, on in duties:
            agent.append(n)
            start.append((now + off) * HOUR)
            now += off + on
            end.append(now * HOUR)
    return Duties(np.array(agent), np.array(start), np.array(end))


@given(rosters)
def test_hours_are_those_counted_one_by_one(roster: list[list[tuple[int, int]]]) -> None:
    duties = laid_out(roster)
    for n, hours in enumerate(hours_in_week(*duties)):
        span = range(int(duties.end[n] - WEEK) // HOUR, int(duties.end[n]) // HOUR)
        mine = [row for row in range(len(duties.agent)) if duties.agent[row] == duties.agent[n]]
        worked = sum(any(duties.start[m] <= hour * HOUR < duties.end[m] for m in mine) for hour in span)
        assert hours == worked * HOUR


@given(rosters)
def test_weekends_are_those_counted_hour_by_hour(roster: list[list[tuple[int, int]]]) -> None:
    duties = laid_out([[(off * 3, on) for off, on in mine] for mine in roster])  # up to four months
    expected, before = [], dict[int, int]()
    for n, (agent, start, end) in enumerate(zip(*(part.tolist() for part in duties), strict=True)):
        weeks = {(hour + 72) // 168 for hour in range(start // HOUR, end // HOUR) if (hour + 72) % 168 >= 120}
        for week in weeks - {before.get(agent)}:
            expected += [(n, week - before[agent])] if agent in before else []
            before[agent] = week
    assert list(zip(*(part.tolist() for part in weekend_gap(*duties)), strict=True)) == expected


@given(rosters)
def test_rest_is_what_lies_between(roster: list[list[tuple[int, int]]]) -> None:
    rest = iter(rest_before(*laid_out(roster)).tolist())
    for duties in roster:
        assert next(rest) == NEVER
        assert [next(rest) for _ in duties[1:]] == [off * HOUR for _, (off, _) in pairwise(duties)]


@given(st.lists(st.lists(st.integers(0, 20), min_size=1, max_size=12).map(sorted), min_size=1, max_size=3))
def test_days_in_a_row_are_those_counted_one_by_one(days: list[list[int]]) -> None:
    agent = np.repeat(np.arange(len(days)), [len(mine) for mine in days])
    found = iter(consecutive(agent, np.concatenate([np.array(mine) for mine in days])).tolist())
    for mine in days:
        for day in mine:
            expected = next(n for n in range(1, 30) if day - n not in mine)
            assert next(found) == expected
