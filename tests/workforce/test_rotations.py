"""Duties: single ones by hand, then headcounts at every instant, then everything against an oracle."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, QUARTER
from sim.errors import StaffingError
from sim.scenario.base import ROLES
from sim.scenario.days_off import clock_of, holidays_of
from sim.workforce.plan import plan_roster
from sim.workforce.roster import ALL_PRIORITIES, FOREVER, MANAGER

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Scenario
    from sim.workforce.roster import DutyPlan

    Staffed = Callable[..., Scenario]
    OnDuty = Callable[..., NDArray[np.int64]]
    Shifts = dict[str, dict[str, str]]

STANDARD = "5D 2S 5N 9O"
ONE = {"tier1": 1}


def crew(pattern: str, **keys: Any) -> dict[str, Any]:
    return {"crew": {"pattern": pattern, "headcount": ONE, **keys}}


def spans(scenario: Scenario, roster: DutyPlan) -> list[tuple[str, str]]:
    """Duties as UTC texts."""
    clock = clock_of(scenario)
    both = zip(roster.start.tolist(), roster.end.tolist(), strict=True)
    return [(f"{clock.instant(start):%m-%d %H:%M}", f"{clock.instant(end):%m-%d %H:%M}") for start, end in both]


def every_instant(roster: DutyPlan, clock: Clock) -> NDArray[np.int64]:
    """All instants at which the number on duty may change, and the quarters of the run; nothing changes in between."""
    inside = np.concatenate([roster.start, roster.end, np.arange(0, clock.end, QUARTER)])
    return np.unique(inside[(inside >= 0) & (inside < clock.end)])


# ---- flat


def test_flat_agents_are_always_on_duty(staffed: Staffed) -> None:
    roster = plan_roster(staffed(flat={"here": {"tier1": 2, "tier3": 1, "tier2": 0}}))
    assert roster.agents.name == ("here/tier1/1", "here/tier1/2", "here/tier3/1")
    assert roster.agents.tier.tolist() == [0, 0, 2]
    assert roster.agent.tolist() == [0, 1, 2]
    assert roster.start.tolist() == [0, 0, 0]
    assert roster.end.tolist() == [FOREVER] * 3
    assert roster.agents.slow_pm.tolist() == [1000] * 3
    assert roster.agents.takes.tolist() == [ALL_PRIORITIES] * 3
    assert not roster.night.any()


def test_flat_agents_belong_to_their_region(staffed: Staffed) -> None:
    regions = {name: {"zone": "UTC", "tickets": "1 per hour"} for name in ("a", "b", "c")}
    roster = plan_roster(staffed(regions=regions, flat={"c": {"tier1": 1}, "a": {"tier1": 2}}))
    assert roster.agents.name == ("a/tier1/1", "a/tier1/2", "c/tier1/1")
    assert roster.agents.region.tolist() == [0, 0, 2]


# ---- single duties


def test_a_week_of_days_starts_on_monday(staffed: Staffed) -> None:
    scenario = staffed(crew("5D 2O"), zone="UTC", days=14)
    expected = [(f"03-{day:02d} 06:00", f"03-{day:02d} 14:00") for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)]
    assert spans(scenario, plan_roster(scenario)) == expected


@pytest.mark.parametrize(
    ("begins", "span"),
    [("evening", ("03-15 22:00", "03-16 06:00")), ("midnight", ("03-16 00:00", "03-16 08:00"))],
)
def test_a_night_belongs_to_the_date_of_its_evening(
    staffed: Staffed, shifts: Shifts, begins: str, span: tuple[str, str]
) -> None:
    """The night of Sunday, 15 March, by the rotation: it may begin on Monday by the clock."""
    scenario = staffed(crew("6O N"), zone="UTC", shifts=shifts[begins], start="2026-03-09", days=10)
    roster = plan_roster(scenario)
    assert spans(scenario, roster)[-1] == span
    assert roster.night.all()


def test_only_the_letter_n_is_a_night(staffed: Staffed) -> None:
    late = {"D": "00:00-08:00", "X": "22:00-24:00", "N": "08:00-16:00"}
    scenario = staffed(crew("D O X O N O O"), zone="UTC", shifts=late, start="2026-03-09", days=7)
    roster = plan_roster(scenario)
    assert roster.night.tolist() == [False, False, True]
    assert spans(scenario, roster)[:2] == [("03-09 00:00", "03-09 08:00"), ("03-11 22:00", "03-12 00:00")]


@pytest.mark.parametrize(
    ("zone", "begins", "evening", "start", "end"),
    [
        ("America/Los_Angeles", "evening", "2026-03-07", "2026-03-08 06:00", "2026-03-08 13:00"),
        ("America/Los_Angeles", "evening", "2026-10-31", "2026-11-01 05:00", "2026-11-01 14:00"),
        ("America/Los_Angeles", "evening", "2026-03-08", "2026-03-09 05:00", "2026-03-09 13:00"),
        ("Europe/London", "midnight", "2026-03-28", "2026-03-29 00:00", "2026-03-29 07:00"),
        ("Europe/London", "midnight", "2026-10-24", "2026-10-24 23:00", "2026-10-25 08:00"),
        ("Australia/Sydney", "midnight", "2026-10-03", "2026-10-03 14:00", "2026-10-03 21:00"),
        ("Australia/Sydney", "midnight", "2026-04-04", "2026-04-04 13:00", "2026-04-04 22:00"),
        ("Australia/Sydney", "evening", "2026-10-03", "2026-10-03 12:00", "2026-10-03 19:00"),
        ("Australia/Lord_Howe", "evening", "2026-10-03", "2026-10-03 11:30", "2026-10-03 19:00"),
        ("Australia/Lord_Howe", "evening", "2026-04-04", "2026-04-04 11:00", "2026-04-04 19:30"),
        ("Asia/Kathmandu", "evening", "2026-03-07", "2026-03-07 16:15", "2026-03-08 00:15"),
    ],
)
def test_a_night_on_the_day_when_clocks_change_is_shorter_or_longer(
    staffed: Staffed, shifts: Shifts, zone: str, begins: str, evening: str, start: str, end: str
) -> None:
    """In spring 7 hours, in autumn 9; on Lord Howe Island half an hour either way."""
    first = date.fromisoformat(evening) - timedelta(days=3)
    scenario = staffed(crew("N"), zone=zone, shifts=shifts[begins], start=first.isoformat(), days=7)
    roster = plan_roster(scenario)
    assert (start[5:], end[5:]) in spans(scenario, roster)
    length = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    assert length // timedelta(milliseconds=1) in (roster.end - roster.start).tolist()
    assert (roster.end[:-1] <= roster.start[1:]).all()


def test_other_shifts_keep_their_length_when_clocks_change(staffed: Staffed) -> None:
    for pattern in ("D", "S"):
        for start in ("2026-03-02", "2026-10-26"):
            roster = plan_roster(staffed(crew(pattern), start=start, days=14))
            assert set((roster.end - roster.start).tolist()) == {8 * HOUR}
            assert 23 * HOUR in np.diff(roster.start) or 25 * HOUR in np.diff(roster.start)


@pytest.mark.parametrize("span", ["02:00-03:00", "02:30-03:00"])
def test_a_shift_that_clocks_skip_is_no_duty_of_no_length(staffed: Staffed, span: str) -> None:
    """On 8 March clocks in Los Angeles go from 02:00 to 03:00; a duty that is left ends after it starts."""
    roster = plan_roster(staffed(crew("X"), shifts={"X": span}, start="2026-03-06", days=5))
    assert (roster.end > roster.start).all()
    assert len(roster.start) >= 4


def test_duties_may_be_under_way_at_the_start_and_at_the_end(staffed: Staffed) -> None:
    """The run lasts from 00:00 to 00:00 UTC: from 16:00 to 16:00 in Los Angeles, within swing shifts."""
    scenario = staffed(crew("S"), days=1)
    roster = plan_roster(scenario)
    assert roster.start.tolist() == [-2 * HOUR, 22 * HOUR]
    assert roster.end.tolist() == [6 * HOUR, 30 * HOUR]


def test_a_duty_that_ends_at_the_start_or_begins_at_the_end_is_none_of_the_run(staffed: Staffed) -> None:
    midnight_to_midnight = {"D": "00:00-24:00"}
    roster = plan_roster(staffed(crew("D"), zone="UTC", shifts=midnight_to_midnight, days=2))
    assert roster.start.tolist() == [0, DAY]
    assert roster.end.tolist() == [DAY, 2 * DAY]


def test_a_day_off_and_a_tier_without_headcount_give_no_duties(staffed: Staffed) -> None:
    crews = {**crew("D"), "resting": {"pattern": "O", "headcount": {"tier1": 2, "tier2": 0}}}
    roster = plan_roster(staffed(crews, days=7))
    assert roster.agents.name == ("here/tier1/crew/1", "here/tier1/resting/1", "here/tier1/resting/2")
    assert set(roster.agent.tolist()) == {0}


# ---- crews


def test_aligned_crews_work_on_the_same_days_and_spread_ones_in_turn(staffed: Staffed, on_duty: OnDuty) -> None:
    noon = np.arange(14) * DAY + 12 * HOUR
    aligned = crew("2D 5O", headcount={"tier1": 7}, phases="aligned")
    assert on_duty(plan_roster(staffed(aligned, zone="UTC")), noon).tolist() == [7, 7, 0, 0, 0, 0, 0] * 2
    spread = crew("2D 5O", headcount={"tier1": 7})
    roster = plan_roster(staffed(spread, zone="UTC", days=14))
    assert on_duty(roster, noon).tolist() == [2] * 14
    assert len({tuple(roster.start[roster.agent == agent]) for agent in range(7)}) == 7


def test_few_people_are_spread_as_evenly_as_whole_days_allow(staffed: Staffed, on_duty: OnDuty) -> None:
    """Three people on a rotation of eight days start 0, 2 and 5 days apart."""
    roster = plan_roster(staffed(crew("D 7O", headcount={"tier1": 3}), zone="UTC", days=24))
    worked = np.flatnonzero(on_duty(roster, np.arange(24) * DAY + 12 * HOUR))
    assert len(worked) == 9
    assert set(np.diff(worked).tolist()) == {2, 3}
    assert (worked[3:] - worked[:-3] == 8).all()


def test_the_pace_of_a_crew_in_per_mille_of_handle_time(staffed: Staffed) -> None:
    for speed, slow_pm in ((1.0, 1000), (0.5, 2000), (1.25, 800), (0.7, 1429), (0.1, 10_000), (10, 100)):
        assert plan_roster(staffed(crew("D", speed=speed))).agents.slow_pm.tolist() == [slow_pm]


def test_a_crew_belongs_to_its_regions_or_to_all(staffed: Staffed, shifts: Shifts) -> None:
    regions = {name: {"zone": "UTC", "tickets": "1 per hour", "shifts": shifts["evening"]} for name in ("a", "b", "c")}
    crews = {
        "everywhere": {"pattern": "D", "headcount": ONE},
        "some": {"pattern": "S", "headcount": {"tier2": 2}, "regions": ["c", "a"]},
    }
    roster = plan_roster(staffed(crews, regions=regions))
    assert roster.agents.name == (
        "a/tier1/everywhere/1", "a/tier2/some/1", "a/tier2/some/2",
        "b/tier1/everywhere/1",
        "c/tier1/everywhere/1", "c/tier2/some/1", "c/tier2/some/2",
    )  # fmt: skip
    assert roster.agents.region.tolist() == [0, 0, 0, 1, 2, 2, 2]
    assert roster.agents.tier.tolist() == [0, 1, 1, 0, 0, 1, 1]


def test_a_shift_letter_that_is_missing_elsewhere_is_no_matter(staffed: Staffed, shifts: Shifts) -> None:
    regions = {
        "a": {"zone": "UTC", "tickets": "1 per hour", "shifts": shifts["evening"]},
        "b": {"zone": "UTC", "tickets": "1 per hour", "shifts": {"X": "03:00-04:00"}},
    }
    crews = {"a": {**crew("D")["crew"], "regions": ["a"]}, "b": {**crew("X")["crew"], "regions": ["b"]}}
    roster = plan_roster(staffed(crews, regions=regions, days=1))
    assert roster.start.tolist() == [6 * HOUR, 3 * HOUR]


def test_who_joins_moves_nobody(baseline: Scenario) -> None:
    def by_name(scenario: Scenario) -> dict[str, list[tuple[int, int]]]:
        roster = plan_roster(scenario)
        duties: dict[str, list[tuple[int, int]]] = {name: [] for name in roster.agents.name}
        for agent, start, end in zip(roster.agent.tolist(), roster.start.tolist(), roster.end.tolist(), strict=True):
            duties[roster.agents.name[agent]].append((start, end))
        assert len(duties) == len(roster.agents)
        return duties

    before = by_name(baseline)
    more = {"pattern": STANDARD, "headcount": {"tier1": 21, "tier4": 3}}
    east = {"zone": "Asia/Kolkata", "shifts": {"D": "08:00-16:00", "S": "16:00-24:00", "N": "00:00-08:00"}}
    after = by_name(baseline.with_({"staffing.add.a_new_one": more, "regions.a_new_one": east}))
    assert {name: after[name] for name in before} == before
    each = 33 + 7  # agents and managers of a region; the coordinators live in Americas alone
    assert len(after) == len(before) + 4 * 24 + each + 24


# ---- the standard rotation

WORLD = {
    "America/Los_Angeles": "evening",
    "Europe/London": "midnight",
    "Asia/Singapore": "midnight",
    "America/Sao_Paulo": "midnight",
    "Australia/Sydney": "midnight",
    "Australia/Lord_Howe": "evening",
}


def letter_at(hour: int, begins: str) -> str:
    """The shift that is on in an hour of the day."""
    if begins == "evening":
        return "D" if 6 <= hour < 14 else "S" if 14 <= hour < 22 else "N"
    return "D" if 8 <= hour < 16 else "S" if hour >= 16 else "N"


@pytest.mark.parametrize("start", ["2026-02-23", "2026-03-23", "2026-09-14", "2026-10-12"])
@pytest.mark.parametrize(("zone", "begins"), WORLD.items())
@pytest.mark.parametrize("headcount", [21, 42, 105])
def test_the_standard_rotation_holds_its_headcount_at_every_instant(
    staffed: Staffed, on_duty: OnDuty, shifts: Shifts, zone: str, begins: str, start: str, headcount: int
) -> None:
    """Of 21 people 5 are on days, 2 on swing, 5 on nights; so of 42, 4 are on swing, and of 105, 10."""
    crews = crew(STANDARD, headcount={"tier1": headcount})
    scenario = staffed(crews, zone=zone, shifts=shifts[begins], start=start, days=53, warmup_days=7)
    roster, clock = plan_roster(scenario), clock_of(scenario)
    instants = every_instant(roster, clock)
    hours = clock.hour_of_week(zone, instants) % 24
    expected = np.array([headcount // 21 * {"D": 5, "S": 2, "N": 5}[letter_at(h, begins)] for h in hours.tolist()])
    assert (on_duty(roster, instants) == expected).all()


def test_nobody_rests_less_than_fifteen_hours_on_the_standard_rotation(baseline: Scenario) -> None:
    """16 hours between two duties of a kind, an hour less when clocks go forward, and a day before the first night."""
    crews = {
        "standard": {"pattern": STANDARD, "headcount": dict.fromkeys(ROLES, 21)},
    }
    for start in ("2026-03-02", "2026-10-05"):
        roster = plan_roster(
            baseline.with_(
                {
                    "staffing.mode": "pattern",
                    "staffing.crews": crews,
                    "horizon.start": start,
                    "horizon.days": 63,
                    "oncall": None,
                }
            )
        )
        assert len(roster.agents) == 4 * len(ROLES) * 21
        same = roster.agent[1:] == roster.agent[:-1]
        rest = (roster.start[1:] - roster.end[:-1])[same]
        assert rest.min() >= 8 * HOUR
        assert set(np.unique(rest[rest < 20 * HOUR]).tolist()) <= {15 * HOUR, 16 * HOUR, 17 * HOUR}
        to_night = same & roster.night[1:] & ~roster.night[:-1]
        assert to_night.sum() >= len(roster.agents) * 2
        assert set((roster.start[1:] - roster.end[:-1])[to_night].tolist()) <= {23 * HOUR, 24 * HOUR, 25 * HOUR}


@pytest.mark.parametrize("begins", ["evening", "midnight"])
def test_a_swing_before_a_night_is_a_day_of_rest_not_none(staffed: Staffed, shifts: Shifts, begins: str) -> None:
    roster = plan_roster(staffed(crew("S N O"), zone="Asia/Singapore", shifts=shifts[begins]))
    rest = roster.start[1:] - roster.end[:-1]
    assert set(rest[roster.night[1:]].tolist()) == {24 * HOUR}


@pytest.mark.parametrize("pattern", [STANDARD, "4D 4O", "5D 2O", "2D 2N 3O"])
def test_the_rotation_does_not_depend_on_when_the_run_starts(staffed: Staffed, pattern: str) -> None:
    crews = crew(pattern, headcount={"tier1": 4, "tier2": 3})

    def names_at(scenario: Scenario, instant: datetime) -> set[str]:
        roster, clock = plan_roster(scenario), clock_of(scenario)
        ms = (instant - clock.instant(0)) // timedelta(milliseconds=1)
        return {roster.agents.name[agent] for agent in roster.agent[(roster.start <= ms) & (ms < roster.end)]}

    runs = [
        staffed(crews, start=start, days=days, warmup_days=warmup)
        for start, days, warmup in (
            ("2026-03-02", 28, 7), ("2026-03-02", 28, 0), ("2026-03-05", 20, 0), ("2025-12-31", 100, 31),
        )
    ]  # fmt: skip
    instants = [datetime(2026, 3, 5, 1, tzinfo=UTC) + timedelta(hours=5 * n) for n in range(90)]
    seen = [[names_at(run, instant) for instant in instants] for run in runs]
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert len(set(map(frozenset, seen[0]))) > 2


# ---- overlaps


def test_a_duty_that_begins_when_the_last_one_ends_is_no_overlap(staffed: Staffed, shifts: Shifts) -> None:
    for begins, pattern in (("midnight", "N D"), ("evening", "D S"), ("evening", "N D O")):
        roster = plan_roster(staffed(crew(pattern), shifts=shifts[begins]))
        assert (roster.start[1:] >= roster.end[:-1]).all()


def test_two_duties_at_once_are_refused(staffed: Staffed) -> None:
    """Reachable when clocks go forward: a shift that ends at a skipped 02:30 runs into one that begins at 03:00."""
    unlucky = {"S": "18:30-02:30", "M": "03:00-11:00"}
    crews = crew("S M", headcount={"tier1": 2})
    with pytest.raises(StaffingError, match=r"here/tier1/crew/[12] would be on two duties at once \(1 times\)"):
        plan_roster(staffed(crews, shifts=unlucky, start="2026-03-01", days=14))
    assert len(plan_roster(staffed(crews, shifts=unlucky, start="2026-03-09", days=300)).agents) == 2


def test_duties_that_follow_each_other_are_not_taken_for_two_at_once(staffed: Staffed) -> None:
    """A night that begins at 04:00 of the next date, after that date's early shift: 00-04, then 04-12."""
    early = {"E": "00:00-04:00", "N": "04:00-12:00"}
    roster = plan_roster(staffed(crew("N E O"), zone="UTC", shifts=early, days=6))
    assert (np.diff(roster.start) > 0).all()
    assert (roster.start[1:] >= roster.end[:-1]).all()


# ---- against an oracle


def local(zone: str, day: date, minutes: int) -> datetime:
    shown = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - what a wall clock shows
    return shown.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def oracle(
    pattern: str, offset: int, zone: str, shifts: dict[str, tuple[int, int]], clock: Clock
) -> list[tuple[int, int, bool]]:
    """One agent's duties, date by date, with datetimes."""
    start, end = clock.instant(0), clock.instant(clock.end)
    duties = []
    for n in range(-6, (end - start).days + 6):
        day = start.date() + timedelta(days=n)
        letter = pattern[((day - date(1970, 1, 5)).days + offset) % len(pattern)]
        if letter == "O":
            continue
        begins, ends = shifts[letter]
        if letter == "N" and begins < 12 * 60:
            begins, ends = begins + 24 * 60, ends + 24 * 60
        first, last = local(zone, day, begins), local(zone, day, ends)
        if last > start and first < end:
            ms = timedelta(milliseconds=1)
            duties.append(((first - start) // ms, (last - start) // ms, letter == "N"))
    return duties


SETS_OF_SHIFTS: list[dict[str, tuple[int, int]]] = [
    {"D": (360, 840), "S": (840, 1320), "N": (1320, 1800)},
    {"D": (480, 960), "S": (960, 1440), "N": (0, 480)},
    {"D": (420, 1140), "N": (1140, 1860)},
    {"D": (0, 1440), "N": (0, 0)},
    {"D": (615, 1095), "S": (1095, 1575), "N": (135, 615)},
]


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(SETS_OF_SHIFTS),
    st.sampled_from([*WORLD, "Asia/Kathmandu", "Pacific/Apia", "Pacific/Honolulu", "America/Santiago"]),
    st.lists(st.tuples(st.integers(1, 5), st.sampled_from("DSNO")), min_size=1, max_size=6),
    st.integers(1, 9),
    st.sampled_from(["spread", "aligned"]),
    st.sampled_from(["2026-03-05", "2026-03-27", "2026-04-03", "2026-09-04", "2026-10-02", "2026-10-30"]),
    st.integers(1, 9),
)
def test_everybodys_duties_are_those_of_the_oracle(
    staffed: Staffed,
    minutes: dict[str, tuple[int, int]],
    zone: str,
    parts: list[tuple[int, str]],
    headcount: int,
    phases: str,
    start: str,
    days: int,
) -> None:
    minutes = {letter: span for letter, span in minutes.items() if span != (0, 0)}
    written = "".join(n * (letter if letter in minutes else "O") for n, letter in parts)
    texts = {
        letter: "-".join(f"{m // 60:02d}:{m % 60:02d}" for m in (begins, ends - 1440 * (ends > 1440)))
        for letter, (begins, ends) in minutes.items()
    }
    # Somebody has to be on duty, or the scenario is refused: a second crew that does not matter.
    crews = {**crew(written, headcount={"tier1": headcount}, phases=phases), "other": crew("D")["crew"]}
    scenario = staffed(crews, zone=zone, shifts=texts, start=start, days=days, warmup_days=1)
    roster = plan_roster(scenario)
    for i in range(headcount):
        offset = i * len(written) // headcount if phases == "spread" else 0
        mine = roster.agent == roster.agents.name.index(f"here/tier1/crew/{i + 1}")
        found = zip(roster.start[mine].tolist(), roster.end[mine].tolist(), roster.night[mine].tolist(), strict=True)
        assert list(found) == oracle(written, offset, zone, minutes, clock_of(scenario))
    assert len(set(roster.agents.name)) == len(roster.agents) == headcount + 1
    assert (roster.end > roster.start).all()
    assert (np.diff(roster.agent) >= 0).all()


# ---- the baseline


def shift_and_date(region: Any, shown: datetime) -> tuple[str, date]:
    """The shift that is on, and the date to which the rotation counts it."""
    begins = "evening" if region.shifts["N"].start >= DAY // 2 else "midnight"
    letter = letter_at(shown.hour, begins)
    before_noon = letter == "N" and shown.hour < 12
    return letter, shown.date() - timedelta(days=1 if before_noon else 0)


def test_the_baseline_has_the_headcount_of_its_comments(baseline: Scenario, on_duty: OnDuty) -> None:
    """10 by day, 10 on swing, 6 at night on weekdays, 4 at the weekend; a night counts by its evening.

    Whether the nights of Friday and of Sunday are of the week or of the weekend is the table's matter, below.
    """
    roster, clock = plan_roster(baseline), clock_of(baseline)
    instants = every_instant(roster, clock)

    def agents_there(roster: DutyPlan, instants: NDArray[np.int64], region: int) -> NDArray[np.int64]:
        return np.sum([on_duty(roster, instants, region=region, tier=tier) for tier in range(4)], axis=0)

    seen: set[tuple[str, bool]] = set()
    for r, region in enumerate(baseline.regions.values()):
        for instant, count in zip(instants.tolist(), agents_there(roster, instants, r).tolist(), strict=True):
            letter, day = shift_and_date(region, clock.local(region.zone, instant))
            is_weekend = day.weekday() >= 5
            if letter == "N" and day.weekday() in {4, 6}:
                assert count in {4, 6}
            else:
                assert count == (4 if is_weekend else {"D": 10, "S": 10, "N": 6}[letter])
                seen.add((letter, is_weekend))
    assert len(seen) == 6


def test_the_baseline_has_1232_agent_hours_a_week_in_each_region(baseline: Scenario) -> None:
    roster, clock = plan_roster(baseline), clock_of(baseline)
    for r, region in enumerate(baseline.regions.values()):
        mine = (roster.agents.region[roster.agent] == r) & (roster.agents.tier[roster.agent] < MANAGER)
        week = (clock.at(region.zone, date(2026, 3, 9)), clock.at(region.zone, date(2026, 3, 16)))
        within = np.clip(roster.end[mine], *week) - np.clip(roster.start[mine], *week)
        assert within.sum() == 1232 * HOUR


@pytest.mark.parametrize(
    ("day", "wall", "counts"),
    [
        (date(2026, 3, 4), 11, [5, 3, 1, 1]),
        (date(2026, 3, 4), 19, [5, 3, 1, 1]),
        (date(2026, 3, 4), 3, [3, 2, 1, 0]),
        (date(2026, 3, 7), 11, [2, 1, 1, 0]),
        (date(2026, 3, 8), 19, [2, 1, 1, 0]),
        (date(2026, 3, 29), 4, [2, 1, 1, 0]),
    ],
)
def test_the_baseline_splits_its_headcount_over_the_tiers(
    baseline: Scenario, on_duty: OnDuty, day: date, wall: int, counts: list[int]
) -> None:
    roster, clock = plan_roster(baseline), clock_of(baseline)
    for r, region in enumerate(baseline.regions.values()):
        instant = np.array([clock.at(region.zone, day, wall * HOUR)])
        assert [on_duty(roster, instant, region=r, tier=t).item() for t in range(4)] == counts


def test_the_baseline_meets_the_staffing_table_at_every_instant(baseline: Scenario, on_duty: OnDuty) -> None:
    """§2.3 of the manual by wall clock: holiday 2, weekend 4, 09-17 10, 05-09 and 17-22 6, at night 3."""
    roster, clock, holidays = plan_roster(baseline), clock_of(baseline), holidays_of(baseline)
    instants = every_instant(roster, clock)
    short: Counter[tuple[str, str, str]] = Counter()
    for r, (name, region) in enumerate(baseline.regions.items()):
        for instant, count in zip(instants.tolist(), on_duty(roster, instants, region=r).tolist(), strict=True):
            shown = clock.local(region.zone, instant)
            by_hour = 10 if 9 <= shown.hour < 17 else 6 if 5 <= shown.hour < 22 else 3
            floor = 2 if shown.date() in holidays[name] else 4 if shown.weekday() >= 5 else by_hour
            if count < floor:
                short[name, f"{shown:%a %H}h", f"{count} of {floor}"] += 1
    assert not short
