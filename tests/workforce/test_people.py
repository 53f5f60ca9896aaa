"""All that keeps people from their duties together: it creates nobody, and every hour is accounted for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, MINUTE
from sim.scenario.days_off import clock_of
from sim.scenario.schema import Scenario
from sim.workforce import presence
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster
from sim.workforce.roster import ALL_PRIORITIES, FOREVER, DutyPlan, Roster, Segments
from sim.workload.disruptions import Disruptions, no_disruptions

Made = Any

EVERYTHING: dict[str, Any] = {
    "vacation": {"weeks": 8, "together": 2, "at_most": "40 %"},
    "sickness": {"share": "15 %", "spell": {"family": "lognormal", "mean": "30 h", "cv": 1.0}},
    "training": {"weekly": {"every": "week", "lasts": "3 h"}, "monthly": {"every": "month", "lasts": "1 d"}},
    "onboarding": {
        "courses": {"lasts": "3 d", "takes": [], "mentor": "20 %"},
        "easy": {"lasts": "4 d", "takes": ["P4"], "slower": "100 %", "mentor": "30 %"},
        "ramp": {"lasts": "1 week", "slower": "50 %"},
    },
    "hires": {"wave": {"agents": ["here/tier1/a/1", "here/tier1/a/2"], "on": "2026-03-04"}},
    "attrition": {"per_year": "99 %", "vacancy": "10 d"},
}  # fmt: skip
CONTINUITY = {
    "threats": {"failure": {"recovery": {"family": "constant", "mean": "2 h"}, "away": "60 %", "rate": "0 per year"}},
    "drills": {"failover": {"lasts": "2 h", "share": "70 %", "rate": "0 per year"}},
}


def whole(scenario: Scenario) -> Segments:
    """The segments with nobody away."""
    return presence._segments(plan_roster(scenario), scenario.policy, scenario.staffing.pauses.values())


def minutes(agent: Any, start: Any, end: Any, last: int) -> Any:
    """(a, m) whether agents are in one of their stretches at each minute from a day before the run on."""
    inside = np.zeros((int(agent.max(initial=0)) + 10, last // MINUTE + 1440), dtype=bool)
    first, until = (-(-np.clip(ends, -DAY, last) // MINUTE) + 1440 for ends in (start, end))
    for who, since, to in zip(agent.tolist(), first.tolist(), until.tolist(), strict=True):
        inside[who, since:to] = True
    return inside[:10]


def is_well_formed(roster: Roster, plan: DutyPlan) -> None:
    s, a = roster.segments, roster.absences
    assert (s.start < s.end).all()
    assert ((s.end <= s.overlap_end) & (s.overlap_end <= s.hard_end)).all()
    assert ((s.start >= plan.start[s.duty]) & (s.end <= plan.end[s.duty]) & (s.agent == plan.agent[s.duty])).all()
    assert (np.lexsort((s.start, s.agent)) == np.arange(len(s))).all()
    same = s.agent[1:] == s.agent[:-1]
    assert (s.hard_end[:-1] <= s.start[1:])[same].all()
    followed = np.append(same & (s.duty[1:] == s.duty[:-1]), [False])[: len(s)]
    assert (~s.pause | followed).all()
    assert (s.hard_end == s.end)[s.pause].all()
    assert (s.slow_pm >= plan.agents.slow_pm[s.agent]).all()
    assert (s.takes & ~plan.agents.takes[s.agent] == 0).all()
    assert (a.start < a.end).all()
    assert ((a.start >= plan.start[a.duty]) & (a.end <= plan.end[a.duty]) & (a.agent == plan.agent[a.duty])).all()
    assert (np.lexsort((a.start, a.agent)) == np.arange(len(a))).all()
    assert (a.end[:-1] <= a.start[1:])[a.agent[1:] == a.agent[:-1]].all()


def accounts(roster: Roster, full: Segments, plan: DutyPlan, last: int) -> None:
    """Minute by minute: who would be there is there or is lost, never both; whoever would be in a pause is neither."""
    s, a = roster.segments, roster.absences
    there, would_be = (minutes(part.agent, part.start, part.end, last) for part in (s, full))
    lost, planned = (minutes(part.agent, part.start, part.end, last) for part in (a, plan))
    assert not (there & ~would_be).any()
    assert not (would_be & ~planned).any()
    assert not (there & lost).any()
    assert np.array_equal(would_be & ~there, lost)
    for name in ("overlap_end", "hard_end"):
        after, before = (minutes(part.agent, part.start, getattr(part, name), last) for part in (s, full))
        assert not (after & ~before).any()


WORLD = st.fixed_dictionaries({
    "zone": st.sampled_from(["UTC", "America/Los_Angeles", "Australia/Lord_Howe"]),
    "start": st.sampled_from(["2026-02-27", "2026-03-06", "2026-10-02", "2026-10-30"]),
    "crews": st.sampled_from([{"a": ("D", 4)}, {"a": ("2N S O D", 3), "b": ("D S N O", 3)}, {"a": ("N", 4)}]),
    "parts": st.sets(st.sampled_from([*EVERYTHING, "events", "absences"])),
    "replication": st.integers(0, 1000),
})  # fmt: skip
HAPPENING = st.lists(
    st.tuples(st.integers(-10, 250), st.integers(1, 30), st.booleans(), st.sampled_from([0b1111, 0b0011, 0b0001])),
    max_size=5,
)


def events(rows: list[tuple[int, int, bool, int]]) -> Disruptions:
    """Disruptions (start and length in hours) of the first threat, and drills, in the only region."""
    if not rows:
        return no_disruptions()
    start, length, drill, serves = (np.array(column) for column in zip(*sorted(rows), strict=True))
    zeros = np.zeros(len(rows), dtype=np.int64)
    return Disruptions(
        entry=zeros.astype(np.uint8),
        drill=drill,
        region=zeros.astype(np.int16),
        start=start * HOUR,
        end=(start + length) * HOUR,
        serves=np.where(drill, ALL_PRIORITIES, serves).astype(np.uint8),
        number=np.arange(len(rows)),
    )


@settings(max_examples=40)
@given(WORLD, HAPPENING)
def test_nobody_is_created_and_every_minute_is_accounted_for(
    days_at: Made, world: dict[str, Any], happening: list[tuple[int, int, bool, int]]
) -> None:
    pauses = {"lunch": {"after": "4 h", "length": "30 min", "shift": "20 min"}}
    changes: dict[str, Any] = {
        "staffing.pauses": pauses,
        "policy.handover.overlap": "30 min",
        "policy.overtime": {"limit": "1 h", "priorities": ["P1"]},
        "people": {key: value for key, value in EVERYTHING.items() if key in world["parts"]},
        "continuity": CONTINUITY,
    }
    if not {"hires", "attrition"} & world["parts"]:
        changes["people"].pop("onboarding", None)
    if "absences" in world["parts"]:
        first = str(np.datetime64(world["start"]) + 3)
        absent = {"agents": ["here/tier1/a/*"], "start": f"{first} 02:30", "end": f"{first} 21:00"}
        changes["staffing.absences"] = {"gone": absent}
    scenario = days_at(world["crews"], changes, days=11, zone=world["zone"], start=world["start"])
    plan, clock = plan_roster(scenario), clock_of(scenario)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(presence, "disruptions_of", lambda *_: events(happening if "events" in world["parts"] else []))
        roster = sample_roster(scenario, plan, 1, world["replication"])
    is_well_formed(roster, plan)
    accounts(roster, whole(scenario), plan, clock.end + DAY)


@settings(max_examples=20)
@given(st.sets(st.sampled_from([*EVERYTHING]), min_size=1), st.integers(0, 1000), HAPPENING)
def test_so_it_is_where_duties_never_end(
    staffed: Made, parts: set[str], replication: int, happening: list[tuple[int, int, bool, int]]
) -> None:
    people = {key: value for key, value in EVERYTHING.items() if key in parts}
    if "hires" in people:
        people["hires"] = {"wave": {"agents": ["here/tier1/1"], "on": "2026-03-04"}}
    if not {"hires", "attrition"} & parts:
        people.pop("onboarding", None)
    scenario = staffed(flat={"here": {"tier1": 3}}, days=9).with_({"people": people, "continuity": CONTINUITY})
    plan, clock = plan_roster(scenario), clock_of(scenario)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(presence, "disruptions_of", lambda *_: events(happening))
        roster = sample_roster(scenario, plan, 1, replication)
    is_well_formed(roster, plan)
    accounts(roster, whole(scenario), plan, clock.end)
    last = np.array([roster.segments.end[roster.segments.agent == agent][-1:].tolist() for agent in range(3)])
    assert (last == FOREVER).all()


def test_nothing_given_changes_nothing(days_at: Made) -> None:
    scenario = days_at({"a": ("D S N O", 4)}, {"oncall.tier": "tier1", "people": {}}, days=14)
    plan = plan_roster(scenario)
    roster, full = sample_roster(scenario, plan, 5, 6), whole(scenario)
    assert all(np.array_equal(getattr(roster.segments, name), getattr(full, name)) for name in type(full).__slots__)
    assert len(roster.absences) == 0
    assert roster.turns is plan.turns


def test_a_replication_repeats_to_the_bit_and_differs_from_the_next(days_at: Made) -> None:
    scenario = days_at({"a": ("D S N O", 6)}, {"people": EVERYTHING}, days=28)
    plan = plan_roster(scenario)
    first, again, other = (sample_roster(scenario, plan, 1, n).segments for n in (2, 2, 3))
    assert all(np.array_equal(getattr(first, name), getattr(again, name)) for name in type(first).__slots__)
    assert not np.array_equal(first.start, other.start)


def test_another_region_moves_nobody(staffed: Made) -> None:
    def told(*names: str) -> dict[str, list[tuple[int, ...]]]:
        regions = {name: {"zone": "UTC", "tickets": "1 per hour", "shifts": {"D": "08:00-16:00"}} for name in names}
        scenario = staffed({"a": {"pattern": "D", "headcount": {"tier1": 5}}}, regions=regions, days=28)
        people = {**EVERYTHING, "hires": {"wave": {"agents": ["one/tier1/a/1"], "on": "2026-03-04"}}}
        plan = plan_roster(scenario.with_({"people": people}))
        s = sample_roster(scenario.with_({"people": people}), plan, 1, 0).segments
        columns = (s.start, s.end, s.hard_end, s.slow_pm, s.takes)
        return {
            name: list(zip(*(column[s.agent == n].tolist() for column in columns), strict=True))
            for n, name in enumerate(plan.agents.name)
        }

    assert told("one").items() <= told("one", "two").items()
    assert told("one").items() <= told("zero", "one", "two").items()


@pytest.mark.parametrize("key", [*EVERYTHING])
def test_each_mechanism_takes_hours_away_or_makes_them_slower(days_at: Made, key: str) -> None:
    """More of it, fewer hours: each against nothing."""
    people = {key: EVERYTHING[key]}
    if key == "onboarding":
        people["hires"] = {"wave": {"agents": ["*"], "on": "2026-03-02"}}
    scenario = days_at({"a": ("D", 10)}, {"people": people}, days=56)
    roster, full = sample_roster(scenario, plan_roster(scenario), 1, 0), whole(scenario)
    hours, would_be = (int((part.end - part.start).sum()) for part in (roster.segments, full))
    assert hours < would_be
    assert int((roster.absences.end - roster.absences.start).sum()) == would_be - hours
