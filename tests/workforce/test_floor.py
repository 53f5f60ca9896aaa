from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sim.clock import DAY, HOUR, MINUTE, QUARTER
from sim.scenario.days_off import clock_of
from sim.workforce.floor import floor_of, weekly_floor

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.scenario.schema import Scenario
    from sim.workforce.floor import Floor

    Covered = Callable[..., Scenario]

LONDON = {"here": "Europe/London"}


def one(count: int, **row: object) -> dict[str, object]:
    return {"agents": {"tier1": count}, **row}


def steps(scenario: Scenario, floor: Floor) -> list[tuple[str, int]]:
    """Local times at which the floor of tier 1 changes, and to what."""
    clock = clock_of(scenario)
    local = [f"{clock.local(scenario.regions['here'].zone, int(since)):%a %d %H:%M}" for since in floor.since]
    return list(zip(local, floor.required[:, 0].tolist(), strict=True))


def test_rows_hold_at_their_hours_and_a_tier_that_is_not_named_needs_nobody(covered: Covered) -> None:
    rows = {
        "day": {"hours": "09:00-17:00", "agents": {"tier1": 5, "tier4": 1}},
        "night": {"hours": "22:00-05:00", "agents": {"tier1": 1, "tier2": 2}},
    }
    scenario = covered(rows, zones={"here": "UTC"}, days=1)
    floor = floor_of(scenario, "here")
    assert (floor.since // HOUR).tolist() == [0, 5, 9, 17, 22]
    assert floor.required[:, :4].tolist() == [[1, 2, 0, 0], [0] * 4, [5, 0, 0, 1], [0] * 4, [1, 2, 0, 0]]
    assert not floor.required[:, 4:].any()


def test_of_several_rows_that_hold_the_one_named_last_counts(covered: Covered) -> None:
    rows = {"all": one(3), "lunch": one(1, hours="12:00-13:00")}
    assert [count for _, count in steps(*_with_floor(covered(rows, zones=LONDON, days=1)))] == [3, 1, 3]
    turned = dict(reversed(rows.items()))
    assert [count for _, count in steps(*_with_floor(covered(turned, zones=LONDON, days=1)))] == [3]


def test_a_row_says_nothing_of_a_group_that_it_does_not_name(covered: Covered) -> None:
    """Coordinators on any day, managers on weekdays: the tiers' weekend and their holiday are as without them."""
    rows = {
        "office": {"days": "weekday", "hours": "09:00-17:00", "agents": {"tier1": 3, "tier4": 1, "manager": 2}},
        "late": {"days": "weekday", "hours": "15:00-17:00", "agents": {"tier1": 1}},
        "weekend": one(2, days="weekend"),
        "holiday": one(1, days="holiday"),
    }
    central = {"central": {"agents": {"coordinator": 1}, "regions": ["here"]}}
    days_off = {"here": {"2026-03-10": "A Tuesday"}}
    alone = covered(rows, zones={"here": "UTC", "there": "UTC"}, days=10, holidays=days_off)
    both = alone.with_({"staffing.minimum": rows | central})
    floor = floor_of(both, "here")
    table = dict(zip((floor.since // HOUR).tolist(), floor.required.tolist(), strict=True))
    monday = {0: [0, 0, 0, 0, 0, 1], 9: [3, 0, 0, 1, 2, 1], 15: [1, 0, 0, 0, 2, 1], 17: [0, 0, 0, 0, 0, 1]}
    assert {hour: row for hour, row in table.items() if hour < 24} == monday
    assert table[5 * 24] == [2, 0, 0, 0, 0, 1]
    tuesday = {hour - 8 * 24: row for hour, row in table.items() if 8 * 24 <= hour < 9 * 24}
    assert tuesday == {0: [1, 0, 0, 0, 0, 1], 9: [1, 0, 0, 0, 2, 1], 17: [1, 0, 0, 0, 0, 1]}
    assert not floor_of(both, "there").required[:, 5].any()
    assert np.array_equal(weekly_floor(both, "here", "agents").required, weekly_floor(alone, "here", "agents").required)


def test_hours_of_managers_make_no_step_in_the_week_of_agents(covered: Covered) -> None:
    rows = {"all": one(1), "boss": {"hours": "10:30-11:00", "agents": {"manager": 1}}}
    scenario = covered(rows, zones=LONDON, days=7)
    assert weekly_floor(scenario, "here", "agents").edges == (0,)
    assert weekly_floor(scenario, "here", "managers").edges == (0, 10 * HOUR + 30 * MINUTE, 11 * HOUR)


def _with_floor(scenario: Scenario) -> tuple[Scenario, Floor]:
    return scenario, floor_of(scenario, "here")


def test_a_holiday_comes_before_the_weekend_and_the_weekend_before_the_hours(covered: Covered) -> None:
    rows = {"usual": one(3), "weekend": one(2, days="weekend"), "holiday": one(1, days="holiday")}
    holidays = {"here": {"2026-03-07": "A Saturday", "2026-03-10": "A Tuesday"}}
    scenario = covered(rows, zones=LONDON, days=10, holidays=holidays)
    assert steps(*_with_floor(scenario)) == [
        ("Mon 02 00:00", 3), ("Sat 07 00:00", 1), ("Sun 08 00:00", 2), ("Mon 09 00:00", 3), ("Tue 10 00:00", 1),
        ("Wed 11 00:00", 3),
    ]  # fmt: skip


def test_a_holiday_without_rows_of_its_own_follows_those_of_its_day(covered: Covered) -> None:
    rows = {"weekday": one(3, days="weekday"), "weekend": one(2, days="weekend")}
    holidays = {"here": {"2026-03-07": "A Saturday", "2026-03-10": "A Tuesday"}}
    scenario = covered(rows, zones=LONDON, days=10, holidays=holidays)
    assert steps(*_with_floor(scenario)) == [("Mon 02 00:00", 3), ("Sat 07 00:00", 2), ("Mon 09 00:00", 3)]


def test_beyond_midnight_the_kind_of_the_next_date_decides(covered: Covered) -> None:
    rows = {"night": one(4, days="weekday", hours="22:00-05:00"), "weekend": one(1, days="weekend")}
    found = steps(*_with_floor(covered(rows, zones=LONDON, start="2026-03-06", days=4)))
    assert found == [
        ("Fri 06 00:00", 4), ("Fri 06 05:00", 0), ("Fri 06 22:00", 4), ("Sat 07 00:00", 1), ("Mon 09 00:00", 4),
        ("Mon 09 05:00", 0), ("Mon 09 22:00", 4),
    ]  # fmt: skip


def test_rows_of_another_region_do_not_hold(covered: Covered) -> None:
    zones = {"here": "UTC", "there": "UTC"}
    rows = {"here": one(2, regions=["here"]), "there": one(3, regions=["there"])}
    scenario = covered(rows, zones=zones, days=1)
    assert floor_of(scenario, "here").required[:, 0].tolist() == [2]
    assert floor_of(scenario, "there").required[:, 0].tolist() == [3]


@pytest.mark.parametrize(("start", "hours"), [("2026-03-28", 6), ("2026-03-07", 7), ("2026-10-24", 8)])
def test_a_night_on_which_clocks_change_is_shorter_or_longer(covered: Covered, start: str, hours: int) -> None:
    scenario = covered({"night": one(1, hours="22:00-05:00")}, zones=LONDON, start=start, days=2)
    floor = floor_of(scenario, "here")
    night = floor.required[:, 0] == 1
    begins = int(np.flatnonzero(night & (floor.since > 12 * HOUR))[0])
    assert floor.since[begins + 1] - floor.since[begins] == hours * HOUR


def test_steps_in_an_hour_that_is_skipped_come_with_the_jump(covered: Covered) -> None:
    rows = {"before": one(1), "within": one(5, hours="01:30-03:00")}
    scenario = covered(rows, zones=LONDON, start="2026-03-29", days=1)
    assert steps(*_with_floor(scenario))[:3] == [("Sun 29 00:00", 1), ("Sun 29 02:00", 5), ("Sun 29 03:00", 1)]


def test_steps_in_an_hour_that_comes_twice_come_the_first_time(covered: Covered) -> None:
    rows = {"before": one(1), "within": one(5, hours="01:30-03:00")}
    scenario = covered(rows, zones=LONDON, start="2026-10-25", days=1)
    floor = floor_of(scenario, "here")
    assert floor.since[:3].tolist() == [0, HOUR // 2, 3 * HOUR]  # 01:30 BST is 00:30 UTC, 03:00 GMT is 03:00 UTC
    assert floor.required[:3, 0].tolist() == [1, 5, 1]


def test_the_floor_of_a_year_is_the_table_read_at_every_quarter_of_an_hour(covered: Covered) -> None:
    rows = {
        "usual": one(3),
        "office": one(9, days="weekday", hours="09:00-17:00"),
        "late": one(5, days="weekday", hours="17:00-02:00"),
        "weekend": one(2, days="weekend"),
        "holiday": one(1, days="holiday", hours="08:00-20:00"),
    }
    holidays = {"here": {f"2026-{month:02d}-14": "Fourteenth" for month in range(1, 13)}}
    for zone in ("America/Los_Angeles", "Europe/London", "Asia/Singapore", "America/Sao_Paulo"):
        scenario = covered(rows, zones={"here": zone}, start="2026-01-01", days=365, holidays=holidays)
        clock, floor = clock_of(scenario), floor_of(scenario, "here")
        instants = np.arange(0, clock.end, QUARTER)
        found = floor.required[np.searchsorted(floor.since, instants, side="right") - 1, 0]
        expected = [_read(int(wall)) for wall in clock.wall(zone, instants)]
        assert found.tolist() == expected


def _read(wall: int) -> int:
    """The table of the test above, read off the wall."""
    day, hour = date(1970, 1, 1) + timedelta(days=wall // DAY), wall % DAY // HOUR
    if day.day == 14:
        return 1 if 8 <= hour < 20 else 0
    if day.weekday() >= 5:
        return 2
    if 9 <= hour < 17:
        return 9
    return 5 if hour >= 17 or hour < 2 else 0


def test_a_week_has_the_holidays_that_ask_for_more(covered: Covered) -> None:
    rows = {"usual": one(3), "holiday": one(5, days="holiday", hours="08:00-12:00")}
    scenario = covered(rows, zones=LONDON, days=14, holidays={"here": {"2026-03-10": "A Tuesday"}})
    week = weekly_floor(scenario, "here", "agents", [30 * MINUTE])
    assert week.edges == (0, 30 * MINUTE, 8 * HOUR, 12 * HOUR)
    assert week.required[:, :, 0].tolist() == [[3, 3, 3, 3], [3, 3, 5, 3], *[[3, 3, 3, 3]] * 5]


def test_a_holiday_outside_the_run_asks_for_nothing(covered: Covered) -> None:
    rows = {"usual": one(3), "holiday": one(5, days="holiday")}
    scenario = covered(rows, zones=LONDON, days=14, holidays={"here": {"2026-04-07": "A Tuesday"}})
    assert (weekly_floor(scenario, "here", "agents").required[:, :, 0] == 3).all()
