"""Segments: overlap and overtime, pauses and absences by hand, on days on which clocks change, and their laws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import HOUR, MINUTE
from sim.scenario.days_off import clock_of
from sim.workforce.absences import absences
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster
from sim.workforce.roster import FOREVER, Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sim.scenario.schema import Scenario
    from sim.workforce.roster import DutyPlan, Roster, Segments

    Staffed = Callable[..., Scenario]

DAYS = {"D": "08:00-16:00", "S": "16:00-24:00", "N": "00:00-08:00"}
HANDOVER = {"policy.handover.overlap": "30 min", "policy.overtime": {"limit": "1 h", "priorities": ["P1"]}}


def crews(pattern: str = "D", heads: int = 1, tier: str = "tier1") -> dict[str, Any]:
    return {"crew": {"pattern": pattern, "headcount": {tier: heads}, "phases": "aligned"}}


def sampled(scenario: Scenario) -> Roster:
    return sample_roster(scenario, plan_roster(scenario), 1, 0)


def told(scenario: Scenario, agent: int = 0, date: str = "") -> list[str]:
    """The segments of an agent in UTC: start-end, +overlap, +overtime, and what follows."""
    roster, clock = sampled(scenario), clock_of(scenario)
    s = roster.segments
    lines = []
    for n in np.flatnonzero(s.agent == agent).tolist():
        start, end = (clock.instant(ms) for ms in (s.start[n], s.end[n]))
        line = f"{start:%m-%d %H:%M}-{end:%H:%M}"
        line += f" +{(s.overlap_end[n] - s.end[n]) // MINUTE}" * int(s.overlap_end[n] > s.end[n])
        line += f" ++{(s.hard_end[n] - s.overlap_end[n]) // MINUTE}" * int(s.hard_end[n] > s.overlap_end[n])
        lines.append(line + " pause" * bool(s.pause[n]))
    return [line for line in lines if line.startswith(date)]


@pytest.fixture
def world(staffed: Staffed) -> Callable[..., Scenario]:
    """A crew on the shifts 08-16, 16-24, 00-08, with some keys changed."""

    def built(pattern: str = "D", heads: int = 1, changes: dict[str, Any] | None = None, **keys: Any) -> Scenario:
        keys = {"zone": "UTC", "days": 3, "shifts": DAYS, **keys}
        return staffed(crews(pattern, heads), **keys).with_(changes or {})

    return built


World = Any


# ---- overlap and overtime


def test_a_plain_duty_is_one_segment(world: World) -> None:
    scenario = world()
    assert told(scenario) == ["03-02 08:00-16:00", "03-03 08:00-16:00", "03-04 08:00-16:00"]
    s, plan = sampled(scenario).segments, plan_roster(scenario)
    assert s.duty.tolist() == [0, 1, 2]
    assert s.slow_pm.tolist() == plan.agents.slow_pm[plan.agent].tolist()
    assert s.takes.tolist() == plan.agents.takes[plan.agent].tolist()


def test_overlap_and_then_overtime_follow_the_end(world: World) -> None:
    assert told(world(changes=HANDOVER), date="03-02") == ["03-02 08:00-16:00 +30 ++60"]
    overtime = {"policy.overtime": {"limit": "90 min", "priorities": ["P1"]}}
    assert told(world(changes=overtime), date="03-02") == ["03-02 08:00-16:00 ++90"]


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ("16:00-22:00", "03-03 08:00-16:00"),
        ("16:20-22:00", "03-03 08:00-16:00 +20"),
        ("16:30-22:00", "03-03 08:00-16:00 +30"),
        ("16:50-22:00", "03-03 08:00-16:00 +30 ++20"),
        ("17:30-22:00", "03-03 08:00-16:00 +30 ++60"),
        ("18:00-22:00", "03-03 08:00-16:00 +30 ++60"),
    ],
)
def test_both_are_cut_where_the_agents_next_duty_begins(
    tmp_path: Path, world: World, later: str, expected: str
) -> None:
    """Two duties on one date, as a dated roster may have them."""
    file = tmp_path / "roster.csv"
    file.write_text(f"agent,date,shift,tier\nAda,2026-03-03,D,tier1\nAda,2026-03-03,{later},tier1\n", encoding="utf-8")
    explicit = {"staffing": {"mode": "explicit", "explicit": {"file": str(file)}}}
    assert told(world(changes={**HANDOVER, **explicit}), date="03-03")[0] == expected


def test_a_duty_that_never_ends_stays_so(staffed: Staffed) -> None:
    changes = {**HANDOVER, "staffing.pauses.lunch": {"after": "4 h", "length": "30 min"}}
    s = sampled(staffed(flat={"here": {"tier1": 1}}).with_(changes)).segments
    assert s.start.tolist() == [0, 4 * HOUR + 30 * MINUTE]
    assert s.end.tolist() == [4 * HOUR, FOREVER]
    assert s.overlap_end.tolist() == s.hard_end.tolist() == [4 * HOUR, FOREVER]


# ---- pauses


def test_a_pause_cuts_a_duty_in_two(world: World) -> None:
    changes = {**HANDOVER, "staffing.pauses.lunch": {"after": "4 h", "length": "30 min"}}
    assert told(world(changes=changes), date="03-02") == ["03-02 08:00-12:00 pause", "03-02 12:30-16:00 +30 ++60"]


def test_two_pauses_cut_it_in_three_whatever_their_order(world: World) -> None:
    pauses = {"tea": {"after": "6 h", "length": "15 min"}, "lunch": {"after": "4 h", "length": "30 min"}}
    assert told(world(changes={"staffing.pauses": pauses}), date="03-02") == [
        "03-02 08:00-12:00 pause",
        "03-02 12:30-14:00 pause",
        "03-02 14:15-16:00",
    ]


def test_those_who_start_together_go_one_after_the_other(world: World) -> None:
    scenario = world(
        heads=3, changes={"staffing.pauses.lunch": {"after": "4 h", "length": "30 min", "shift": "20 min"}}
    )
    assert [told(scenario, agent, "03-02")[0] for agent in range(3)] == [
        "03-02 08:00-12:00 pause",
        "03-02 08:00-12:20 pause",
        "03-02 08:00-12:40 pause",
    ]


def test_who_starts_at_another_time_or_elsewhere_is_not_in_that_queue(staffed: Staffed) -> None:
    people = {
        "a": {"pattern": "D", "headcount": {"tier1": 1, "tier2": 1}},
        "b": {"pattern": "S", "headcount": {"tier1": 1}},
        "c": {"pattern": "D", "headcount": {"tier1": 1, "tier2": 1}},
    }
    pause = {"staffing.pauses.lunch": {"after": "4 h", "length": "30 min", "shift": "20 min"}}
    roster = sampled(staffed(people, zone="UTC", days=1, shifts=DAYS).with_(pause))
    s, names = roster.segments, roster.agents.name
    first = {names[a]: int(e - b) // MINUTE for a, b, e, p in zip(s.agent, s.start, s.end, s.pause, strict=True) if p}
    assert first == {
        "here/tier1/a/1": 240, "here/tier1/b/1": 240, "here/tier1/c/1": 260,
        "here/tier2/a/1": 240, "here/tier2/c/1": 260,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("after", "length", "kept"),
    [("7 h", "30 min", True), ("7 h 1 min", "30 min", False), ("8 h", "15 min", False), ("20 h", "15 min", False)],
)
def test_a_pause_leaves_half_an_hour_of_the_duty_or_is_left_out(
    world: World, after: str, length: str, kept: bool
) -> None:
    scenario = world(changes={"staffing.pauses.late": {"after": after, "length": length}})
    assert len(told(scenario, date="03-02")) == 1 + kept


@pytest.mark.parametrize(("after", "kept"), [("3 h 44 min", True), ("3 h 45 min", False), ("4 h 10 min", False),
                                            ("4 h 30 min", False), ("4 h 31 min", True)])  # fmt: skip
def test_of_two_pauses_that_meet_the_first_named_counts(world: World, after: str, kept: bool) -> None:
    pauses = {"lunch": {"after": "4 h", "length": "30 min"}, "tea": {"after": after, "length": "15 min"}}
    found = told(world(changes={"staffing.pauses": pauses}), date="03-02")
    assert len(found) == 2 + kept
    assert any("12:30-" in line for line in found)


def test_a_pause_counts_from_the_start_also_when_clocks_change(world: World) -> None:
    """The night of 8 March in Los Angeles, 22:00-06:00 (06:00 to 13:00 UTC), with a pause after 4 hours."""
    pause = {"staffing.pauses.rest": {"after": "4 h", "length": "30 min"}}
    scenario = world("N", changes=pause, zone="America/Los_Angeles", shifts={"N": "22:00-06:00"}, start="2026-03-08")
    assert told(scenario, date="03-08") == ["03-08 06:00-10:00 pause", "03-08 10:30-13:00"]


# ---- absences


def away(start: str, end: str, *agents: str) -> dict[str, Any]:
    return {"staffing.absences.away": {"agents": list(agents or ["*"]), "start": start, "end": end}}


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("03-02 10:00", "03-02 11:00", ["03-02 08:00-10:00", "03-02 11:00-12:00 pause", "03-02 12:30-16:00 +30 ++60"]),
        ("03-02 06:00", "03-02 09:00", ["03-02 09:00-12:00 pause", "03-02 12:30-16:00 +30 ++60"]),
        ("03-02 08:00", "03-02 09:00", ["03-02 09:00-12:00 pause", "03-02 12:30-16:00 +30 ++60"]),
        ("03-02 14:00", "03-02 18:00", ["03-02 08:00-12:00 pause", "03-02 12:30-14:00"]),
        ("03-02 14:00", "03-02 16:00", ["03-02 08:00-12:00 pause", "03-02 12:30-14:00"]),
        ("03-02 16:00", "03-02 18:00", ["03-02 08:00-12:00 pause", "03-02 12:30-16:00"]),
        ("03-02 16:20", "03-02 18:00", ["03-02 08:00-12:00 pause", "03-02 12:30-16:00 +20"]),
        ("03-02 16:50", "03-02 18:00", ["03-02 08:00-12:00 pause", "03-02 12:30-16:00 +30 ++20"]),
        ("03-02 17:30", "03-02 18:00", ["03-02 08:00-12:00 pause", "03-02 12:30-16:00 +30 ++60"]),
        ("03-02 12:10", "03-02 13:00", ["03-02 08:00-12:00", "03-02 13:00-16:00 +30 ++60"]),
        ("03-02 12:30", "03-02 13:00", ["03-02 08:00-12:00", "03-02 13:00-16:00 +30 ++60"]),
        ("03-02 12:00", "03-02 12:30", ["03-02 08:00-12:00", "03-02 12:30-16:00 +30 ++60"]),
        ("03-02 11:00", "03-02 12:10", ["03-02 08:00-11:00", "03-02 12:30-16:00 +30 ++60"]),
        ("03-02 07:00", "03-02 17:00", []),
        ("03-02 08:00", "03-02 16:00", []),
        ("03-01 08:00", "03-02 08:00", ["03-02 08:00-12:00 pause", "03-02 12:30-16:00 +30 ++60"]),
    ],
)
def test_what_an_absence_leaves_of_a_duty(world: World, start: str, end: str, expected: list[str]) -> None:
    changes = {**HANDOVER, "staffing.pauses.lunch": {"after": "4 h", "length": "30 min"}}
    scenario = world(changes={**changes, **away(f"2026-{start}", f"2026-{end}")})
    assert told(scenario, date="03-02") == expected
    assert told(scenario, date="03-03") == told(world(changes=changes), date="03-03")


def test_an_absence_of_days_takes_whole_duties(world: World) -> None:
    scenario = world(changes=away("2026-03-02 12:00", "2026-03-04 09:00"))
    assert told(scenario) == ["03-02 08:00-12:00", "03-04 09:00-16:00"]
    assert sampled(scenario).segments.duty.tolist() == [0, 2]


def test_absences_that_meet_or_overlap_are_one(world: World) -> None:
    spans = {"a": ("10:00", "11:00"), "b": ("11:00", "12:00"), "c": ("10:30", "13:00"), "d": ("14:00", "15:00")}
    absent = {
        name: {"agents": ["*"], "start": f"2026-03-02 {start}", "end": f"2026-03-02 {end}"}
        for name, (start, end) in spans.items()
    }
    scenario = world(changes={"staffing.absences": absent})
    assert told(scenario, date="03-02") == ["03-02 08:00-10:00", "03-02 13:00-14:00", "03-02 15:00-16:00"]


def test_only_those_who_are_named_are_away(staffed: Staffed) -> None:
    people = {name: {"pattern": "D", "headcount": {"tier1": 2}} for name in ("one", "other")}
    changes = away("2026-03-02 00:00", "2026-03-03 00:00", "here/tier1/one/2", "here/tier1/other/*")
    roster = sampled(staffed(people, zone="UTC", days=1, shifts=DAYS).with_(changes))
    assert [roster.agents.name[agent] for agent in roster.segments.agent.tolist()] == ["here/tier1/one/1"]


def test_an_absence_is_in_the_local_time_of_its_agents(staffed: Staffed) -> None:
    zones = {"la": "America/Los_Angeles", "sg": "Asia/Singapore"}
    regions = {name: {"zone": zone, "tickets": "1 per hour", "shifts": DAYS} for name, zone in zones.items()}
    scenario = staffed(crews(), regions=regions, days=3).with_(away("2026-03-03 10:00", "2026-03-03 12:00"))
    assert told(scenario, 0, "03-03") == ["03-03 16:00-18:00", "03-03 20:00-00:00"]
    assert told(scenario, 1, "03-03")[:2] == ["03-03 00:00-02:00", "03-03 04:00-08:00"]


def test_an_absence_over_the_change_of_clocks_is_an_hour_shorter(world: World) -> None:
    """01:00-04:00 on 8 March in Los Angeles are two hours of the night that begins at 06:00 UTC."""
    scenario = world(
        "N", changes=away("2026-03-08 01:00", "2026-03-08 04:00"), zone="America/Los_Angeles",
        shifts={"N": "22:00-06:00"}, start="2026-03-08",
    )  # fmt: skip
    assert told(scenario, date="03-08") == ["03-08 06:00-09:00", "03-08 11:00-13:00"]


def test_an_absence_that_clocks_skip_is_none(world: World) -> None:
    scenario = world(
        "N", changes=away("2026-03-08 02:00", "2026-03-08 03:00"), zone="America/Los_Angeles",
        shifts={"N": "22:00-06:00"}, start="2026-03-08",
    )  # fmt: skip
    assert told(scenario, date="03-08") == ["03-08 06:00-13:00"]


def test_an_agent_who_is_always_there_may_be_away(staffed: Staffed) -> None:
    changes = {**HANDOVER, **away("2026-03-02 10:00", "2026-03-02 11:00")}
    s = sampled(staffed(flat={"here": {"tier1": 1}}, zone="UTC").with_(changes)).segments
    assert s.start.tolist() == [0, 11 * HOUR]
    assert s.end.tolist() == [10 * HOUR, FOREVER]
    assert s.hard_end.tolist() == [10 * HOUR, FOREVER]


def test_an_absence_is_told_with_its_reason(world: World) -> None:
    lost = sampled(world(changes=away("2026-03-02 12:00", "2026-03-04 09:00"))).absences
    day = 24 * HOUR
    assert lost.start.tolist() == [12 * HOUR, day + 8 * HOUR, 2 * day + 8 * HOUR]
    assert lost.end.tolist() == [16 * HOUR, day + 16 * HOUR, 2 * day + 9 * HOUR]
    assert lost.duty.tolist() == [0, 1, 2]
    assert lost.reason.tolist() == [Reason.ABSENCE] * 3


def test_without_people_over_months_every_replication_has_the_same_roster(world: World) -> None:
    scenario = world(changes={**HANDOVER, "staffing.pauses.lunch": {"after": "4 h", "length": "30 min"}})
    plan = plan_roster(scenario)
    first, other = sample_roster(scenario, plan, 1, 0).segments, sample_roster(scenario, plan, 2, 7).segments
    assert all(np.array_equal(getattr(first, name), getattr(other, name)) for name in type(first).__slots__)


# ---- laws


def within_duties(s: Segments, plan: DutyPlan) -> None:
    assert (s.start < s.end).all()
    assert ((s.end <= s.overlap_end) & (s.overlap_end <= s.hard_end)).all()
    assert (s.start >= plan.start[s.duty]).all()
    assert (s.end <= plan.end[s.duty]).all()
    assert (s.agent == plan.agent[s.duty]).all()
    order = np.lexsort((s.start, s.agent))
    assert (order == np.arange(len(s))).all()
    same = s.agent[1:] == s.agent[:-1]
    assert (s.hard_end[:-1] <= s.start[1:])[same].all()
    followed = np.append(same & (s.duty[1:] == s.duty[:-1]), [False])
    assert (~s.pause | followed).all()
    assert (s.hard_end == s.end)[s.pause].all()


def minutes_present(roster: Roster, agent: int, end: int) -> set[int]:
    s = roster.segments
    mine = np.flatnonzero(s.agent == agent)
    return {m for n in mine for m in range(max(int(s.start[n]), 0) // MINUTE, min(int(s.end[n]), end) // MINUTE)}


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(["UTC", "America/Los_Angeles", "Australia/Lord_Howe"]),
    st.sampled_from(["D", "3D 1O", "D S N O", "N", "2N S O D"]),
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 6), st.sampled_from([0, 15, 40])), max_size=3),
    st.lists(
        st.tuples(st.integers(0, 300), st.integers(1, 90), st.sampled_from(["*", "here/tier1/crew/1"])), max_size=4
    ),
    st.sampled_from(["2026-03-07", "2026-04-04", "2026-10-03", "2026-10-31"]),
)
def test_presence_is_duties_without_pauses_and_absences(
    staffed: Staffed,
    zone: str,
    pattern: str,
    heads: int,
    pauses: list[tuple[int, int, int]],
    gone: list[tuple[int, int, str]],
    start: str,
) -> None:
    """Counted minute by minute: on duty by the plan, not within a pause, not away."""
    world = staffed(crews(pattern, heads), zone=zone, days=3, shifts=DAYS, start=start).with_(HANDOVER)
    named = {
        f"p{n}": {"after": f"{15 * after} min", "length": f"{15 * length} min", "shift": f"{shift} min"}
        for n, (after, length, shift) in enumerate(pauses)
    }
    first = np.datetime64(start, "m")
    absent = {
        f"a{n}": {
            "agents": [who],
            "start": str(first + 15 * begin).replace("T", " "),
            "end": str(first + 15 * (begin + length)).replace("T", " "),
        }
        for n, (begin, length, who) in enumerate(gone)
    }
    paused = world.with_({"staffing.pauses": named})
    scenario = paused.with_({"staffing.absences": absent})
    plan, clock = plan_roster(scenario), clock_of(scenario)
    roster, whole = sample_roster(scenario, plan, 1, 0), sample_roster(paused, plan, 1, 0)
    within_duties(roster.segments, plan)
    within_duties(whole.segments, plan)
    lost = absences(scenario, plan.agents, clock)
    for agent in range(heads):
        is_away = {
            minute
            for a, begin, end in zip(*(part.tolist() for part in lost[:3]), strict=True)
            if a == agent
            for minute in range(begin // MINUTE, end // MINUTE)
        }
        assert minutes_present(roster, agent, clock.end) == minutes_present(whole, agent, clock.end) - is_away
    paused_time = np.bincount(whole.segments.duty, whole.segments.end - whole.segments.start, len(plan.agent))
    holes = whole.segments.start[1:] - whole.segments.end[:-1]
    holes_of = np.bincount(whole.segments.duty[:-1], np.where(whole.segments.pause[:-1], holes, 0), len(plan.agent))
    assert (paused_time + holes_of == plan.end - plan.start).all()
