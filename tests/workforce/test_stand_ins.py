"""On-call turns with people away: who stands in, for how long, when they sleep, and where nobody does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import DAY, HOUR
from sim.scenario.days_off import clock_of
from sim.scenario.load import from_data
from sim.scenario.schema import Scenario
from sim.workforce.away import Away, away, joined, never_away
from sim.workforce.plan import plan_roster
from sim.workforce.roster import EVERYWHERE, Level, Reason, Turns
from sim.workforce.stand_ins import turns_held

Made = Any
HELD = {"oncall": {"tier": "tier1", "turn": "week", "changes_at": "00:00", "global": False, "sleep": "22:00-23:00"}}


def absent(start: str, end: str, *agents: str) -> dict[str, Any]:
    spans = {"agents": list(agents), "start": f"2026-03-{start}", "end": f"2026-03-{end}"}
    return {f"staffing.absences.from{start[:2]}": spans}


def holders(scenario: Scenario, turns: Turns, level: Level) -> list[str]:
    """Who holds the pager from when to when in UTC, whether they sleep or not."""
    clock = clock_of(scenario)
    rows: list[list[int]] = []
    for n in np.flatnonzero(turns.level == level).tolist():
        row = [int(turns.agent[n]), int(turns.start[n]), int(turns.end[n])]
        if rows and rows[-1][0] == row[0] and rows[-1][2] == row[1]:
            rows[-1][2] = row[2]
        else:
            rows.append(row)
    ends = [(agent, clock.instant(max(start, 0)), clock.instant(min(end, clock.end))) for agent, start, end in rows]
    return [f"{agent} {start:%d %H:%M}-{end:%d %H:%M}" for agent, start, end in ends]


@pytest.fixture
def week(days_at: Made) -> Made:
    """So many agents by day, one week; of three the primary is 2 and the backup 0, from Monday to Sunday."""
    return lambda heads, *absences: days_at({"a": ("D", heads)}, HELD, days=7).with_(
        {key: value for each in absences for key, value in each.items()}
    )


# ---- by hand


def test_as_planned(week: Made, sampled: Made) -> None:
    turns = sampled(week(3)).turns
    assert holders(week(3), turns, Level.PRIMARY) == ["2 02 00:00-09 00:00"]
    assert holders(week(3), turns, Level.BACKUP) == ["0 02 00:00-09 00:00"]


def test_the_next_who_holds_no_pager_stands_in(week: Made, sampled: Made) -> None:
    """After 2 comes 0, who is the backup, and then 1."""
    scenario = week(3, absent("03 12:00", "05 06:00", "here/tier1/a/3"))
    turns = sampled(scenario).turns
    assert holders(scenario, turns, Level.PRIMARY) == [
        "2 02 00:00-03 12:00",
        "1 03 12:00-05 06:00",
        "2 05 06:00-09 00:00",
    ]
    assert holders(scenario, turns, Level.BACKUP) == ["0 02 00:00-09 00:00"]


def test_where_nobody_is_left_the_chain_goes_on(week: Made, sampled: Made) -> None:
    """Of two, one is primary (1) and the other backup (0): neither can stand in."""
    scenario = week(2)
    primary = holders(scenario, sampled(scenario).turns, Level.PRIMARY)[0][0]
    gone = week(2, absent("03 00:00", "04 00:00", f"here/tier1/a/{int(primary) + 1}"))
    turns = sampled(gone).turns
    assert holders(gone, turns, Level.PRIMARY) == [f"{primary} 02 00:00-03 00:00", f"{primary} 04 00:00-09 00:00"]
    assert holders(gone, turns, Level.BACKUP) == holders(scenario, sampled(scenario).turns, Level.BACKUP)


def test_who_stands_in_and_goes_too_is_followed_by_the_next(week: Made, sampled: Made) -> None:
    """Of five the primary is 2 and the backup 3; 4 stands in, then 0, who keeps it when 4 is back."""
    scenario = week(5)
    turns = sampled(scenario).turns
    first, second = (int(holders(scenario, turns, level)[0][0]) for level in (Level.PRIMARY, Level.BACKUP))
    assert second == (first + 1) % 5
    names = [f"here/tier1/a/{(first + n) % 5 + 1}" for n in range(5)]
    gone = week(5, absent("03 00:00", "07 00:00", names[0]), absent("04 00:00", "05 00:00", names[2]))
    assert holders(gone, sampled(gone).turns, Level.PRIMARY) == [
        f"{first} 02 00:00-03 00:00",
        f"{(first + 2) % 5} 03 00:00-04 00:00",
        f"{(first + 3) % 5} 04 00:00-07 00:00",
        f"{first} 07 00:00-09 00:00",
    ]


def test_nobody_stands_in_twice_at_once(week: Made, sampled: Made) -> None:
    """Primary and backup of four are away together: the third takes one pager and the fourth the other."""
    scenario = week(4)
    turns = sampled(scenario).turns
    first, second = (int(holders(scenario, turns, level)[0][0]) for level in (Level.PRIMARY, Level.BACKUP))
    gone = week(4, absent("02 00:00", "09 00:00", f"here/tier1/a/{first + 1}", f"here/tier1/a/{second + 1}"))
    turns = sampled(gone).turns
    assert holders(gone, turns, Level.PRIMARY) == [f"{(first + 2) % 4} 02 00:00-09 00:00"]
    assert holders(gone, turns, Level.BACKUP) == [f"{(first + 3) % 4} 02 00:00-09 00:00"]


def test_all_of_them_away_is_nobody(week: Made, sampled: Made) -> None:
    gone = week(3, absent("01 00:00", "12 00:00", "here/tier1/a/*"))
    assert len(sampled(gone).turns.agent) == 0


def test_who_is_disrupted_holds_no_pager_and_nobody_stands_in(week: Made, sampled: Made, disrupting: Made) -> None:
    threat = {"recovery": {"family": "constant", "mean": "2 h"}, "away": "100 %", "rate": "0 per year"}
    disrupting((10 * HOUR, 12 * HOUR, 0, 0, 0, 15))
    scenario = week(3).with_({"continuity.threats.failure": threat})
    turns = sampled(scenario).turns
    assert holders(scenario, turns, Level.PRIMARY) == ["2 02 00:00-02 10:00", "2 02 12:00-09 00:00"]


def test_training_and_drills_leave_the_pager_alone(week: Made, sampled: Made, disrupting: Made) -> None:
    disrupting((10 * HOUR, 12 * HOUR, ~0, 0, 0, 15))
    changes = {
        "continuity.drills.d": {"lasts": "2 h", "rate": "0 per year"},
        "people.training.t": {"every": "week", "lasts": "2 h"},
    }
    scenario = week(3).with_(changes)
    assert len(sampled(scenario).absences) > 3
    assert holders(scenario, sampled(scenario).turns, Level.PRIMARY) == ["2 02 00:00-09 00:00"]


def test_who_is_new_takes_the_pager_when_they_take_p1(week: Made, sampled: Made) -> None:
    """The primary joins on 3 March, with two days without tickets, two of P4, and then everything."""
    scenario = week(3).with_({
        "people.hires.new": {"agents": ["here/tier1/a/3"], "on": "2026-03-03"},
        "people.onboarding": {
            "courses": {"lasts": "2 d", "takes": []},
            "easy": {"lasts": "2 d", "takes": ["P4"]},
            "ramp": {"lasts": "2 d"},
        },
    })  # fmt: skip
    turns = sampled(scenario).turns
    assert holders(scenario, turns, Level.PRIMARY) == ["1 02 00:00-07 00:00", "2 07 00:00-09 00:00"]


def test_reviews_are_those_of_whoever_holds_the_pager(week: Made, sampled: Made) -> None:
    review = {"demand.monitoring.review": {"every": "30 min", "cost": "2 min"}}
    scenario = week(3, absent("03 12:00", "05 06:00", "here/tier1/a/3")).with_(review)
    chores = sampled(scenario).chores
    by_day = {day: set(chores.agent[chores.start // DAY == day].tolist()) for day in range(7)}
    assert by_day == {0: {2}, 1: {1, 2}, 2: {1}, 3: {2}, 4: {2}, 5: {2}, 6: {2}}


# ---- across regions


def worldwide(*, sleep: str = "22:00-08:00") -> Scenario:
    """Two agents on each side of the world, a global turn, and a lead."""
    zones = {"la": "America/Los_Angeles", "sg": "Asia/Singapore"}
    return from_data({
        "horizon": {"start": "2026-03-02", "days": 28, "warmup_days": 0},
        "regions": {name: {"zone": zone, "tickets": "1 per hour"} for name, zone in zones.items()},
        "work": {"routes": {p: {"tiers": ["tier1"]} for p in ("P1", "P2", "P3", "P4")},
                 "handle": {"tier1": {"mean": "10 min"}}},
        "oncall": {"tier": "tier1", "lead": "la", "sleep": sleep},
        "staffing": {"mode": "flat", "flat": {name: {"tier1": 3} for name in zones}},
    })  # fmt: skip


def test_who_stands_in_for_somebody_elsewhere_sleeps_where_they_live() -> None:
    """Whoever holds the global pager is away from Tuesday to Saturday of their week, 9 March to 4 April."""
    scenario = worldwide()
    plan, clock = plan_roster(scenario), clock_of(scenario)
    zones = [region.zone for region in scenario.regions.values()]
    abroad = 0
    for tuesday in (8 * DAY, 15 * DAY, 22 * DAY):
        (holder,) = plan.turns.agent[global_at(plan.turns, tuesday)].tolist()
        gone = away(Reason.VACATION, [holder], [tuesday], [tuesday + 4 * DAY])
        turns = turns_held(scenario, plan, gone, never_away(), clock)
        rows = np.flatnonzero(
            (turns.level == Level.GLOBAL) & (turns.start >= tuesday) & (turns.end <= tuesday + 4 * DAY)
        )
        (stand_in,) = set(turns.agent[rows].tolist())
        abroad += int(plan.agents.region[stand_in] != plan.agents.region[holder])
        hour = clock.wall(zones[plan.agents.region[stand_in]], (turns.start[rows] + turns.end[rows]) // 2) // HOUR % 24
        assert turns.asleep[rows].tolist() == ((hour >= 22) | (hour < 8)).tolist()
        assert len(set(turns.asleep[rows].tolist())) == 2
        assert turns.end[rows][:-1].tolist() == turns.start[rows][1:].tolist()
        assert (turns.start[rows[0]], turns.end[rows[-1]]) == (tuesday, tuesday + 4 * DAY)
    assert abroad


def global_at(turns: Turns, instant: int) -> Any:
    return (turns.level == Level.GLOBAL) & (turns.start <= instant) & (turns.end > instant)


def test_nobody_stands_in_for_the_lead() -> None:
    scenario = worldwide()
    plan, clock = plan_roster(scenario), clock_of(scenario)
    lead = len(plan.agents) - 1
    turns = turns_held(scenario, plan, away(Reason.ABSENCE, [lead], [DAY], [2 * DAY]), never_away(), clock)
    level = turns.level == Level.LEAD
    assert set(turns.agent[level].tolist()) == {lead}
    assert not (level & (turns.start < 2 * DAY) & (turns.end > DAY)).any()


def test_nobody_away_changes_nothing() -> None:
    scenario = worldwide()
    plan, clock = plan_roster(scenario), clock_of(scenario)
    assert turns_held(scenario, plan, never_away(), never_away(), clock) is plan.turns


# ---- laws


TIMES = st.lists(st.tuples(st.integers(0, 6), st.integers(-3, 30), st.integers(1, 15)), max_size=6)


def off(reason: Reason, rows: list[tuple[int, int, int]]) -> Away:
    days = [away(reason, [agent], [start * DAY], [(start + n) * DAY]) for agent, start, n in rows]
    return joined(days)


@settings(max_examples=60)
@given(TIMES, TIMES)
def test_nobody_away_holds_a_pager_and_nobody_two_who_held_none(
    planned: list[tuple[int, int, int]], unplanned: list[tuple[int, int, int]]
) -> None:
    scenario = worldwide()
    plan, clock = plan_roster(scenario), clock_of(scenario)
    gone, missing = off(Reason.VACATION, planned), off(Reason.SICKNESS, unplanned)
    turns = turns_held(scenario, plan, gone, missing, clock)
    before = {(level, region, t): agent for level, region, agent, t in noons(plan.turns, clock.end)}
    after = {(level, region, t): agent for level, region, agent, t in noons(turns, clock.end)}
    off_at = [{a for a, start, n in rows if start * DAY <= t < (start + n) * DAY}
              for t in range(DAY // 2, clock.end, DAY) for rows in (planned, unplanned)]  # fmt: skip
    for (level, region, t), agent in before.items():
        away_then, missing_then = off_at[2 * (t // DAY)], off_at[2 * (t // DAY) + 1]
        held_by = after.get((level, region, t))
        assert held_by is None or held_by not in away_then | missing_then
        if agent not in away_then:
            assert held_by == (None if agent in missing_then else agent)
        elif held_by is not None:
            others = [who for key, who in after.items() if key[2] == t and key != (level, region, t)]
            assert held_by not in others
            assert region == EVERYWHERE or plan.agents.region[held_by] == region
    assert set(after) <= set(before)
    order = np.lexsort((turns.start, turns.region, turns.level))
    assert (order == np.arange(len(order))).all()
    same = (turns.level[1:] == turns.level[:-1]) & (turns.region[1:] == turns.region[:-1])
    assert (turns.start[1:] >= turns.end[:-1])[same].all()
    assert (turns.start < turns.end).all()


def noons(turns: Turns, end: int) -> list[tuple[int, int, int, int]]:
    """Level, region, holder and instant of every noon at which somebody holds a pager."""
    return [
        (level, region, agent, t)
        for level, region, agent, start, until in zip(
            *(getattr(turns, name).tolist() for name in ("level", "region", "agent", "start", "end")), strict=True
        )
        for t in range(DAY // 2, end, DAY)
        if start <= t < until
    ]
