"""Hand-over meetings and dashboard reviews: by hand, on days on which clocks change, and against an oracle."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, MINUTE
from sim.scenario.days_off import clock_of
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster
from sim.workforce.roster import Chore, Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.scenario.schema import Scenario
    from sim.workforce.roster import Roster

    Staffed = Callable[..., Scenario]

DAYS = {"D": "08:00-16:00", "S": "16:00-24:00", "N": "00:00-08:00"}
MEETING = {"policy.handover": {"overlap": "30 min", "meeting": "10 min"}}


def crew(pattern: str, **headcount: int) -> dict[str, Any]:
    return {"pattern": pattern, "headcount": headcount or {"tier1": 1}, "phases": "aligned"}


def sampled(scenario: Scenario) -> Roster:
    return sample_roster(scenario, plan_roster(scenario), 1, 0)


def told(scenario: Scenario, kind: Chore) -> list[str]:
    """Chores in UTC: who, when due, until when, and how many minutes."""
    roster, clock = sampled(scenario), clock_of(scenario)
    c, lines = roster.chores, []
    for n in np.flatnonzero(c.kind == kind).tolist():
        start, until = (clock.instant(ms) for ms in (c.start[n], c.until[n]))
        name = roster.agents.name[c.agent[n]].removeprefix("here/")
        lines.append(f"{name} {start:%d %H:%M}-{until:%d %H:%M} {c.length[n] // MINUTE}")
    return lines


def away(start: str, end: str, *agents: str) -> dict[str, Any]:
    return {"staffing.absences.away": {"agents": list(agents), "start": f"2026-{start}", "end": f"2026-{end}"}}


# ---- meetings


@pytest.fixture
def three(staffed: Staffed) -> Scenario:
    """One agent by day, one on swing, one at night, every day; the run starts and ends at midnight UTC."""
    people = {"day": crew("D"), "swing": crew("S"), "night": crew("N")}
    return staffed(people, zone="UTC", days=1, shifts=DAYS).with_(MEETING)


def test_who_goes_and_who_comes_meet(three: Scenario) -> None:
    """Those who go until their overlap ends, those who come until their first segment does; none at either midnight."""
    assert told(three, Chore.MEETING) == [
        "tier1/day/1 02 08:00-02 16:00 10",
        "tier1/night/1 02 08:00-02 08:30 10",
        "tier1/day/1 02 16:00-02 16:30 10",
        "tier1/swing/1 02 16:00-03 00:00 10",
    ]


def test_a_pause_ends_the_first_segment_of_who_comes(three: Scenario) -> None:
    scenario = three.with_({"staffing.pauses.early": {"after": "1 h", "length": "15 min"}})
    assert told(scenario, Chore.MEETING)[0] == "tier1/day/1 02 08:00-02 09:00 10"


@pytest.mark.parametrize(
    "missing", [{"policy.handover.meeting": "0 min"}, {"policy.handover": {"overlap": "0 min", "meeting": "0 min"}}]
)
def test_without_time_for_it_there_is_no_meeting(three: Scenario, missing: dict[str, Any]) -> None:
    assert told(three.with_(missing), Chore.MEETING) == []


def test_no_meeting_where_nobody_comes_or_nobody_goes(staffed: Staffed) -> None:
    apart = {"day": crew("D"), "swing": crew("S", tier2=1), "late": crew("X")}
    shifts = {"D": "08:00-16:00", "S": "16:00-20:00", "X": "20:00-24:00"}
    scenario = staffed(apart, zone="UTC", days=1, shifts=shifts).with_(MEETING)
    assert told(scenario, Chore.MEETING) == []


def test_all_of_a_pool_meet_and_no_other_pool(staffed: Staffed) -> None:
    people = {"day": crew("D", tier1=2, tier2=1), "swing": crew("S", tier1=1)}
    scenario = staffed(people, zone="UTC", days=1, shifts={"D": "08:00-16:00", "S": "16:00-24:00"}).with_(MEETING)
    assert [line.split()[0] for line in told(scenario, Chore.MEETING)] == [
        "tier1/day/1",
        "tier1/day/2",
        "tier1/swing/1",
    ]


def test_other_regions_do_not_meet(staffed: Staffed) -> None:
    regions = {name: {"zone": "UTC", "tickets": "1 per hour", "shifts": DAYS} for name in ("a", "b")}
    people = {"day": {**crew("D"), "regions": ["a"]}, "swing": {**crew("S"), "regions": ["b"]}}
    assert told(staffed(people, regions=regions, days=1).with_(MEETING), Chore.MEETING) == []


@pytest.mark.parametrize(
    ("absence", "names"),
    [
        (away("03-02 12:00", "03-02 18:00", "here/tier1/day/1"), ["day", "night"]),  # gone when the swing comes
        (away("03-02 15:00", "03-02 16:00", "here/tier1/day/1"), ["day", "night"]),
        (away("03-02 16:00", "03-02 17:00", "here/tier1/day/1"), ["day", "night"]),  # leaves on the dot
        (away("03-02 16:00", "03-02 17:00", "here/tier1/swing/1"), ["day", "night"]),  # comes later
        (away("03-02 06:00", "03-02 09:00", "here/tier1/day/1"), ["day", "swing"]),
        (away("03-02 09:00", "03-02 10:00", "here/tier1/day/1"), ["day", "night", "day", "swing"]),
    ],
)
def test_who_does_not_come_or_go_as_planned_does_not_meet(
    three: Scenario, absence: dict[str, Any], names: list[str]
) -> None:
    found = [line.split("/")[1] for line in told(three.with_(absence), Chore.MEETING)]
    assert found == names


def test_an_absence_in_the_overlap_ends_the_meeting(three: Scenario) -> None:
    scenario = three.with_(away("03-02 08:05", "03-02 09:00", "here/tier1/night/1"))
    assert "tier1/night/1 02 08:00-02 08:05 10" in told(scenario, Chore.MEETING)


def test_who_is_on_two_duties_in_a_row_neither_comes_nor_goes(staffed: Staffed) -> None:
    """On the rotation N D a night ends at 08:00 where the next day begins: nobody takes over from anybody."""
    shifts = {"D": "08:00-16:00", "N": "00:00-08:00"}
    alone = staffed({"double": crew("N D")}, zone="UTC", days=4, shifts=shifts)
    plan = plan_roster(alone)
    scenario = alone.with_(MEETING)
    if (plan.start[1:] == plan.end[:-1]).any():
        assert told(scenario, Chore.MEETING) == []
    with_others = staffed(
        {"double": crew("D N"), "night": crew("N"), "day": crew("D")}, zone="UTC", days=4, shifts=shifts
    ).with_(MEETING)
    roster, whole = sampled(with_others), plan_roster(with_others)
    double = np.flatnonzero(whole.agent == 0)
    row = next(n for n in double[:-1] if whole.end[n] == whole.start[n + 1])
    at = roster.chores.start == whole.end[row]
    assert at.sum() == 2
    assert 0 not in roster.chores.agent[at]


@pytest.mark.parametrize(("start", "hour"), [("2026-03-08", "13:00"), ("2026-10-31", "13:00"), ("2026-11-01", "14:00")])
def test_a_meeting_is_at_the_local_end_of_the_night_when_clocks_change(staffed: Staffed, start: str, hour: str) -> None:
    """06:00 in Los Angeles is 14:00 UTC, or 13:00 in summer."""
    people = {"night": crew("N"), "day": crew("D")}
    scenario = staffed(people, days=1, start=start).with_(MEETING)
    day = start[-2:]
    meetings = [line for line in told(scenario, Chore.MEETING) if "night" in line]
    assert meetings == [f"tier1/night/1 {day} {hour}-{day} {hour[:2]}:30 10"]


# ---- reviews


def reviewed(staffed: Staffed, people: dict[str, Any] | None = None, every: str = "2 h", **keys: Any) -> Scenario:
    review = {"demand.monitoring.review": {"every": every, "cost": "2 min"}, "oncall": {"tier": "tier1", "turn": "day"}}
    keys = {"zone": "UTC", "days": 2, "shifts": DAYS, **keys}
    return staffed(people or {"day": crew("D")}, **keys).with_(review)


def test_the_primary_reviews_while_on_duty(staffed: Staffed) -> None:
    """From 08:00 on, and not at 16:00, when the duty has ended; the last until the duty ends."""
    assert told(reviewed(staffed, days=1), Chore.REVIEW) == [
        "tier1/day/1 02 08:00-02 10:00 2",
        "tier1/day/1 02 10:00-02 12:00 2",
        "tier1/day/1 02 12:00-02 14:00 2",
        "tier1/day/1 02 14:00-02 16:00 2",
    ]


def test_a_review_is_due_by_whole_multiples_after_midnight_and_ends_with_the_duty(staffed: Staffed) -> None:
    found = told(reviewed(staffed, every="3 h", days=1), Chore.REVIEW)
    assert found == [
        "tier1/day/1 02 09:00-02 12:00 2",
        "tier1/day/1 02 12:00-02 15:00 2",
        "tier1/day/1 02 15:00-02 16:00 2",
    ]


def test_the_turn_tells_whose_review_it_is(staffed: Staffed) -> None:
    """Two agents take daily turns that change at 09:00; on duty both, only the primary reviews."""
    found = told(reviewed(staffed, {"day": crew("D", tier1=2)}), Chore.REVIEW)
    who = [(line.split()[0][-1], line.split()[1] + " " + line.split()[2][:5]) for line in found]
    first, other = who[0][0], who[1][0]
    assert {first, other} == {"1", "2"}
    assert [name for name, _ in who] == [first, other, other, other, other, first, first, first]


def test_a_primary_off_duty_or_in_a_pause_or_away_reviews_nothing(staffed: Staffed) -> None:
    pause = {"staffing.pauses.lunch": {"after": "3 h 50 min", "length": "20 min"}}
    starts = [line.split()[2][:5] for line in told(reviewed(staffed, days=1).with_(pause), Chore.REVIEW)]
    assert starts == ["08:00", "10:00", "14:00"]
    gone = away("03-02 09:30", "03-02 12:00", "*")
    found = told(reviewed(staffed, days=1).with_(gone), Chore.REVIEW)
    assert found[0] == "tier1/day/1 02 08:00-02 09:30 2"
    assert [line.split()[2][:5] for line in found] == ["08:00", "12:00", "14:00"]


def test_without_cost_or_chain_nobody_is_kept_by_reviews(staffed: Staffed) -> None:
    scenario = reviewed(staffed)
    assert told(scenario.with_({"demand.monitoring.review.cost": "0 min"}), Chore.REVIEW) == []
    assert told(scenario.with_({"oncall": None}), Chore.REVIEW) == []


def test_flat_people_review_around_the_clock_but_not_at_the_very_start(staffed: Staffed) -> None:
    scenario = staffed(flat={"here": {"tier1": 1}}, zone="UTC", days=1).with_(
        {"demand.monitoring.review": {"every": "8 h", "cost": "2 min"}, "oncall.tier": "tier1"}
    )
    assert told(scenario, Chore.REVIEW) == ["tier1/1 02 08:00-02 16:00 2", "tier1/1 02 16:00-03 00:00 2"]


@pytest.mark.parametrize(
    ("zone", "start", "hours"),
    [
        ("America/Los_Angeles", "2026-03-08", ["02", "04", "06", "08", "10", "11", "13", "15", "17", "19", "21", "23"]),
        ("America/Los_Angeles", "2026-11-01", ["01", "03", "05", "07", "10", "12", "14", "16", "18", "20", "22"]),
        ("Asia/Kathmandu", "2026-03-08", [f"{hour:02d}" for hour in range(0, 24, 2)]),
    ],
)
def test_reviews_follow_the_local_clock_when_it_changes(
    staffed: Staffed, zone: str, start: str, hours: list[str]
) -> None:
    """In Los Angeles the review of 02:00 is at 03:00 on 8 March, and after two times 01:00 on 1 November."""
    review = {"demand.monitoring.review": {"every": "2 h", "cost": "2 min"}, "oncall.tier": "tier1"}
    scenario = staffed(flat={"here": {"tier1": 1}}, zone=zone, days=1, start=start).with_(review)
    found = [line.split()[2] for line in told(scenario, Chore.REVIEW)]
    minutes = "15" if zone == "Asia/Kathmandu" else "00"
    assert [each[:2] for each in found] == hours
    assert all(each[3:5] == minutes for each in found)


def test_a_time_shown_twice_is_two_reviews(staffed: Staffed) -> None:
    """On 1 November 08:00 and 09:00 UTC both show 01:00 in Los Angeles."""
    review = {"demand.monitoring.review": {"every": "1 h", "cost": "2 min"}, "oncall.tier": "tier1"}
    scenario = staffed(flat={"here": {"tier1": 1}}, days=1, start="2026-11-01").with_(review)
    starts = sampled(scenario).chores.start
    assert starts.tolist() == [n * HOUR for n in range(1, 24)]


# ---- laws


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from(["UTC", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.lists(st.sampled_from(["D", "S", "N", "2D S N O", "D N O"]), min_size=1, max_size=3),
    st.sampled_from(["15 min", "30 min", "45 min", "90 min", "24 h"]),
    st.sampled_from(["2026-03-07", "2026-04-04", "2026-10-03", "2026-10-31"]),
    st.booleans(),
)
def test_chores_are_those_of_an_oracle(
    staffed: Staffed, zone: str, patterns: list[str], every: str, start: str, is_away: bool
) -> None:
    people = {f"c{n}": crew(pattern, tier1=2) for n, pattern in enumerate(patterns)}
    scenario = reviewed(staffed, people, every, zone=zone, start=start, days=3).with_(
        {**MEETING, "staffing.pauses.lunch": {"after": "4 h", "length": "30 min", "shift": "15 min"}}
    )
    if is_away:
        day = (date.fromisoformat(start) + timedelta(days=1)).isoformat()
        scenario = scenario.with_(away(f"{day[5:]} 03:00", f"{day[5:]} 14:00", "here/tier1/c0/1"))
    plan, clock, roster = plan_roster(scenario), clock_of(scenario), sampled(scenario)
    s, c = roster.segments, roster.chores
    segments = list(
        zip(*(getattr(s, name).tolist() for name in ("agent", "duty", "start", "end", "overlap_end")), strict=True)
    )

    expected = set()
    follows = {(int(a), int(e)) for a, e in zip(plan.agent, plan.end, strict=True)}
    goes = {(a, e, o) for a, d, _, e, o in segments if e == plan.end[d] and o > e}
    comes = {(a, b, e) for a, d, b, e, _ in segments if b == plan.start[d] and (a, b) not in follows}
    for at in {t for _, t, _ in goes} & {t for _, t, _ in comes}:
        expected |= {(at, a, int(Chore.MEETING), until) for a, t, until in goes | comes if t == at}

    length = int(every.split(maxsplit=1)[0]) * (HOUR if "h" in every else MINUTE)
    turns = roster.turns
    quarters = list(range(0, clock.end + 86_400_000 * 2, 15 * MINUTE))
    shown = {ms for ms in quarters if _since_midnight(clock.local(zone, ms)) % length == 0}
    # A time that clocks skip comes as much later as they skip.
    shown |= {clock.at(zone, day, wall) for day in clock.local_dates(zone) for wall in range(0, DAY, length)}
    for due, following in itertools.pairwise(sorted(shown)):
        for row in np.flatnonzero((turns.level == Level.PRIMARY) & (turns.start <= due) & (due < turns.end)).tolist():
            holder = int(turns.agent[row])
            expected |= {
                (due, holder, int(Chore.REVIEW), min(following, e))
                for a, _, b, e, _ in segments
                if a == holder and b <= due < e
            }
    expected = {chore for chore in expected if 0 < chore[0] < clock.end}
    found = list(zip(c.start.tolist(), c.agent.tolist(), c.kind.tolist(), c.until.tolist(), strict=True))
    assert found == sorted(expected)
    assert (c.until > c.start).all()
    assert set(c.length[c.kind == Chore.MEETING].tolist()) <= {10 * MINUTE}
    assert set(c.length[c.kind == Chore.REVIEW].tolist()) <= {2 * MINUTE}


def _since_midnight(shown: Any) -> int:
    return timedelta(hours=shown.hour, minutes=shown.minute) // timedelta(milliseconds=1)
