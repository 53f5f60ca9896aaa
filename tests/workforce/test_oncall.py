"""On-call turns: by hand, on days on which clocks change, and what holds for all of them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import DAY, HOUR
from sim.scenario.days_off import clock_of
from sim.workforce.plan import plan_roster
from sim.workforce.roster import EVERYWHERE, LEAD, Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.scenario.schema import Scenario
    from sim.workforce.roster import DutyPlan, Turns

    Staffed = Callable[..., Scenario]

NO_SLEEP = {"sleep": "03:00-04:00", "global": False}


def zones(**by_name: str) -> dict[str, Any]:
    return {name: {"zone": zone, "tickets": "1 per hour"} for name, zone in by_name.items()}


@pytest.fixture
def on_call(staffed: Staffed) -> Callable[..., Scenario]:
    """Flat staffing with so many agents of tier 3 by region, and one of tier 1, all on call by these keys."""

    def built(tier3: dict[str, int], *, regions: dict[str, Any] | None = None, **keys: Any) -> Scenario:
        dates = {key: keys.pop(key) for key in ("start", "days") if key in keys}
        flat = {name: {"tier1": 1, "tier3": n} for name, n in tier3.items()}
        world = regions or zones(**dict.fromkeys(tier3, "UTC"))
        return staffed(regions=world, flat=flat, **dates).with_({"oncall": {"global": False, **keys}})

    return built


OnCall = Callable[..., "Scenario"] if TYPE_CHECKING else Any


def told(scenario: Scenario, level: Level, region: int = EVERYWHERE) -> list[tuple[str, str, str]]:
    """Who holds the pager from when to when within the run, in UTC; what sleep cuts is put together again."""
    plan, clock = plan_roster(scenario), clock_of(scenario)
    turns = plan.turns
    rows = np.flatnonzero((turns.level == level) & (turns.region == region)).tolist()
    joined: list[list[int]] = []
    for row in rows:
        agent, start, end = int(turns.agent[row]), max(int(turns.start[row]), 0), min(int(turns.end[row]), clock.end)
        if joined and joined[-1][0] == agent and joined[-1][2] == start:
            joined[-1][2] = end
        else:
            joined.append([agent, start, end])
    when = "%m-%d %H:%M"
    return [(plan.agents.name[a], f"{clock.instant(s):{when}}", f"{clock.instant(e):{when}}") for a, s, e in joined]


# ---- primary and backup


def test_daily_turns_and_the_next_in_turn_as_backup(on_call: OnCall) -> None:
    """2 March 2026 is day 20,510 after the anchor, and leaves 2 when divided by 3."""
    scenario = on_call({"here": 3}, turn="day", days=3, **NO_SLEEP)
    assert told(scenario, Level.PRIMARY, 0) == [
        ("here/tier3/2", "03-02 00:00", "03-02 09:00"),
        ("here/tier3/3", "03-02 09:00", "03-03 09:00"),
        ("here/tier3/1", "03-03 09:00", "03-04 09:00"),
        ("here/tier3/2", "03-04 09:00", "03-05 00:00"),
    ]
    assert told(scenario, Level.BACKUP, 0) == [
        ("here/tier3/3", "03-02 00:00", "03-02 09:00"),
        ("here/tier3/1", "03-02 09:00", "03-03 09:00"),
        ("here/tier3/2", "03-03 09:00", "03-04 09:00"),
        ("here/tier3/3", "03-04 09:00", "03-05 00:00"),
    ]


def test_weekly_turns_change_on_mondays(on_call: OnCall) -> None:
    """Eight days from a Thursday on; 2 March 2026 begins week 2,930 after the anchor."""
    scenario = on_call({"here": 2}, start="2026-03-05", days=8, changes_at="08:30", **NO_SLEEP)
    assert told(scenario, Level.PRIMARY, 0) == [
        ("here/tier3/1", "03-05 00:00", "03-09 08:30"),
        ("here/tier3/2", "03-09 08:30", "03-13 00:00"),
    ]
    assert [row[0] for row in told(scenario, Level.BACKUP, 0)] == ["here/tier3/2", "here/tier3/1"]


@pytest.mark.parametrize(
    ("start", "edges"),
    [
        ("2026-03-07", ["03-07 00:00", "03-07 17:00", "03-08 16:00", "03-09 16:00", "03-10 00:00"]),
        ("2026-10-31", ["10-31 00:00", "10-31 16:00", "11-01 17:00", "11-02 17:00", "11-03 00:00"]),
    ],
)
def test_turns_follow_the_local_clock_when_it_changes(on_call: OnCall, start: str, edges: list[str]) -> None:
    scenario = on_call({"la": 2}, regions=zones(la="America/Los_Angeles"), turn="day", start=start, days=3, **NO_SLEEP)
    assert [row[1:] for row in told(scenario, Level.PRIMARY, 0)] == list(pairwise(edges))


def test_one_agent_is_primary_always_and_has_no_backup(on_call: OnCall) -> None:
    scenario = on_call({"here": 1, "there": 0}, days=3, **NO_SLEEP)
    assert {row[0] for row in told(scenario, Level.PRIMARY, 0)} == {"here/tier3/1"}
    assert told(scenario, Level.BACKUP, 0) == []
    assert told(scenario, Level.PRIMARY, 1) == []


def test_the_tier_on_call_is_the_one_that_is_named(on_call: OnCall) -> None:
    assert {row[0] for row in told(on_call({"here": 2}, tier="tier1", **NO_SLEEP), Level.PRIMARY, 0)} == {
        "here/tier1/1"
    }


def test_people_take_turns_also_without_duties(staffed: Staffed) -> None:
    crews = {
        "day": {"pattern": "5D 2O", "headcount": {"tier1": 1, "tier3": 1}},
        "off": {"pattern": "O", "headcount": {"tier3": 1}},
    }
    scenario = staffed(crews, days=14).with_({"oncall": NO_SLEEP})
    assert {row[0] for row in told(scenario, Level.PRIMARY, 0)} == {"here/tier3/day/1", "here/tier3/off/1"}


@pytest.mark.parametrize("turn", ["day", "week"])
def test_turns_do_not_depend_on_when_the_run_starts(on_call: OnCall, turn: str) -> None:
    def holders(start: str, days: int) -> dict[tuple[int, int, int], str]:
        regions = zones(la="America/Los_Angeles", sg="Asia/Singapore")
        scenario = on_call({"la": 3, "sg": 2}, regions=regions, turn=turn, start=start, days=days, **{"global": True})
        plan, clock = plan_roster(scenario), clock_of(scenario)
        turns, found = plan.turns, {}
        for hour in range(0, 24 * days, 5):
            on = np.flatnonzero((turns.start <= hour * HOUR) & (hour * HOUR < turns.end))
            for row in on.tolist():
                key = (int(turns.level[row]), int(turns.region[row]), clock.origin + hour * HOUR)
                found[key] = plan.agents.name[turns.agent[row]]
        return found

    short, long = holders("2026-03-06", 10), holders("2026-03-01", 30)
    assert {key: name for key, name in long.items() if key in short} == short


# ---- global and lead


def test_the_global_turn_goes_round_the_regions_and_passes_over_who_holds_another_pager(on_call: OnCall) -> None:
    """The order is a1 b1 a2 b2 a3 b3 a4, and 2,930, the week of 2 March, leaves 4 when divided by 7: a3 is first asked.

    As all is in UTC, all pagers change hands together.
    """
    scenario = on_call({"a": 4, "b": 3}, days=14, **{**NO_SLEEP, "global": True})
    assert [row[0] for row in told(scenario, Level.PRIMARY, 0)][1:] == ["a/tier3/3", "a/tier3/4"]
    assert [row[0] for row in told(scenario, Level.BACKUP, 0)][1:] == ["a/tier3/4", "a/tier3/1"]
    assert [row[0] for row in told(scenario, Level.PRIMARY, 1)][1:] == ["b/tier3/3", "b/tier3/1"]
    assert [row[0] for row in told(scenario, Level.BACKUP, 1)][1:] == ["b/tier3/1", "b/tier3/2"]
    # After a3, who is primary, come b3, primary too, a4, a backup, a1, who is free; and in the next week b3 is free.
    assert [row[0] for row in told(scenario, Level.GLOBAL)][1:] == ["a/tier3/1", "b/tier3/3"]


def test_where_everybody_holds_a_pager_the_global_turn_is_that_of_who_does(on_call: OnCall) -> None:
    scenario = on_call({"here": 1}, days=7, **{**NO_SLEEP, "global": True})
    assert {row[0] for row in told(scenario, Level.GLOBAL)} == {"here/tier3/1"}
    no = on_call({"here": 1}, days=7, **NO_SLEEP)
    assert told(no, Level.GLOBAL) == []


def test_the_lead_holds_the_last_place_always(on_call: OnCall) -> None:
    scenario = on_call({"a": 2, "b": 2}, regions=zones(a="UTC", b="Asia/Singapore"), lead="b", days=7)
    plan, clock = plan_roster(scenario), clock_of(scenario)
    rows = plan.turns.level == Level.LEAD
    assert plan.turns.region[rows].tolist() == [EVERYWHERE] * rows.sum()
    assert {plan.agents.name[agent] for agent in plan.turns.agent[rows].tolist()} == {"lead"}
    assert plan.turns.start[rows][0] <= 0
    assert plan.turns.end[rows][-1] >= clock.end
    # Sleep hours 22:00-08:00 in Singapore are 14:00-24:00 UTC.
    inside = rows & (plan.turns.start >= 0) & plan.turns.asleep
    assert set((plan.turns.start[inside] % DAY).tolist()) == {14 * HOUR}
    assert set((plan.turns.end[inside] % DAY).tolist()) == {0}


def test_a_lead_alone_is_enough(staffed: Staffed) -> None:
    scenario = staffed(flat={"here": {"tier1": 1}}).with_({"oncall.lead": "here"})
    plan = plan_roster(scenario)
    assert set(plan.turns.level.tolist()) == {Level.LEAD}
    assert plan.agents.tier[-1] == LEAD


# ---- sleep


def nights(scenario: Scenario) -> list[tuple[str, str]]:
    plan, clock = plan_roster(scenario), clock_of(scenario)
    turns, when = plan.turns, "%m-%d %H:%M"
    rows = np.flatnonzero(turns.asleep & (turns.level == Level.PRIMARY)).tolist()
    return [(f"{clock.instant(turns.start[r]):{when}}", f"{clock.instant(turns.end[r]):{when}}") for r in rows]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (
            "2026-03-07",
            [("03-07 06:00", "03-07 16:00"), ("03-08 06:00", "03-08 15:00"), ("03-09 05:00", "03-09 15:00")],
        ),
        (
            "2026-10-31",
            [("10-31 05:00", "10-31 15:00"), ("11-01 05:00", "11-01 16:00"), ("11-02 06:00", "11-02 16:00")],
        ),
    ],
)
def test_sleep_hours_are_local_also_when_clocks_change(
    on_call: OnCall, start: str, expected: list[tuple[str, str]]
) -> None:
    """22:00-08:00 in Los Angeles: 9 or 11 hours on that night."""
    regions = zones(la="America/Los_Angeles")
    assert nights(on_call({"la": 2}, regions=regions, turn="day", start=start, days=3)) == expected


def test_a_turn_that_changes_hands_in_the_night_is_cut_there_too(on_call: OnCall) -> None:
    scenario = on_call({"here": 2}, turn="day", changes_at="02:00", days=2)
    assert nights(scenario) == [
        ("03-01 22:00", "03-02 02:00"), ("03-02 02:00", "03-02 08:00"),
        ("03-02 22:00", "03-03 02:00"), ("03-03 02:00", "03-03 08:00"),
        ("03-03 22:00", "03-04 02:00"),
    ]  # fmt: skip


def test_a_chance_asleep_and_one_awake(on_call: OnCall) -> None:
    scenario = on_call({"here": 2}, days=2, awake={"chance": "95 %"}, asleep={"chance": 0.7000004})
    turns = plan_roster(scenario).turns
    assert set(turns.answer_ppm[turns.asleep].tolist()) == {700_000}
    assert set(turns.answer_ppm[~turns.asleep].tolist()) == {950_000}


def test_who_sleeps_all_day_is_always_asleep(on_call: OnCall) -> None:
    regions = zones(la="America/Los_Angeles")
    turns = plan_roster(on_call({"la": 2}, regions=regions, sleep="03:00-03:00", start="2026-03-06", days=5)).turns
    assert turns.asleep.all()


# ---- laws


def one_holder_at_a_time(turns: Turns, end: int) -> None:
    keys = list(zip(turns.level.tolist(), turns.region.tolist(), turns.start.tolist(), strict=True))
    assert keys == sorted(set(keys))
    for level, region in dict.fromkeys(key[:2] for key in keys):
        mine = (turns.level == level) & (turns.region == region)
        assert turns.start[mine][0] <= 0
        assert turns.end[mine][-1] >= end
        assert (turns.start[mine][1:] == turns.end[mine][:-1]).all()
        assert (turns.end[mine] > turns.start[mine]).all()


def nobody_is_their_own_backup(plan: DutyPlan) -> None:
    turns = plan.turns
    for region in set(turns.region.tolist()) - {EVERYWHERE}:
        primary = (turns.level == Level.PRIMARY) & (turns.region == region)
        backup = (turns.level == Level.BACKUP) & (turns.region == region)
        if backup.any():
            at = turns.start[backup]
            holds = turns.agent[primary][np.searchsorted(turns.start[primary], at, side="right") - 1]
            assert (holds != turns.agent[backup]).all()
            assert (plan.agents.region[turns.agent[backup]] == region).all()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=3),
    st.permutations(["America/Los_Angeles", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.sampled_from(["day", "week"]),
    st.sampled_from(["00:00", "02:30", "09:00", "23:45"]),
    st.sampled_from(["22:00-08:00", "02:00-03:00", "00:00-24:00", "02:30-02:00"]),
    st.sampled_from(["2026-03-06", "2026-03-27", "2026-10-02", "2026-10-30"]),
    st.integers(1, 16),
)
def test_turns_cover_the_run_with_one_holder_at_a_time(
    staffed: Staffed,
    crews: list[int],
    places: list[str],
    turn: str,
    changes_at: str,
    sleep: str,
    start: str,
    days: int,
) -> None:
    world = zones(**{f"r{n}": places[n] for n in range(len(crews))})
    flat = {f"r{n}": {"tier1": 1, "tier3": count} for n, count in enumerate(crews)}
    oncall = {"turn": turn, "changes_at": changes_at, "sleep": sleep, "lead": "r0"}
    scenario = staffed(regions=world, flat=flat, start=start, days=days).with_({"oncall": oncall})
    plan, clock = plan_roster(scenario), clock_of(scenario)
    one_holder_at_a_time(plan.turns, clock.end)
    nobody_is_their_own_backup(plan)
    held = set(zip(plan.turns.level.tolist(), plan.turns.region.tolist(), strict=True))
    assert held == {
        (Level.LEAD, EVERYWHERE),
        *([(Level.GLOBAL, EVERYWHERE)] if any(crews) else []),
        *((Level.PRIMARY, n) for n, count in enumerate(crews) if count),
        *((Level.BACKUP, n) for n, count in enumerate(crews) if count > 1),
    }
