"""Local hours of the week, also when the clocks change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.clock import DAY, HOUR, MINUTE, QUARTER, Clock, midnight_ms
from sim.metrics.intervals import Spans
from sim.metrics.week import local_day, local_hour, local_offset, local_time, local_week, recurring
from sim.scenario.units import Span

if TYPE_CHECKING:
    from collections.abc import Callable

SUNDAY = 6 * 24
EUROPE = 1


@pytest.mark.parametrize(
    ("start", "hour", "hours"),
    [
        ("2026-03-29", SUNDAY + 0, 1),
        ("2026-03-29", SUNDAY + 1, 0),  # skipped by the clocks of London
        ("2026-03-29", SUNDAY + 2, 1),
        ("2026-03-29", 0, 1),  # the UTC day ends at 01:00 on Monday
        ("2026-10-25", SUNDAY + 1, 2),  # shown twice
        ("2026-10-25", SUNDAY + 0, 0),  # before the UTC day begins
    ],
)
def test_hours_that_the_clocks_skip_or_repeat(make_desk: Callable[..., Any], start: str, hour: int, hours: int) -> None:
    desk = make_desk(start)
    available = local_week(desk.scenario, desk.clock).available
    assert available[EUROPE, hour] == hours * HOUR
    assert (available.sum(axis=1) == DAY).all()


def test_other_bins_than_those_of_the_week_are_not_folded(make_desk: Callable[..., Any]) -> None:
    desk = make_desk()
    week = local_week(desk.scenario, desk.clock)
    regions, bins = week.hour.shape
    held = np.ones((regions, 2, bins), dtype=np.int64)
    assert week.folded(held).sum() == regions * 2 * bins
    with pytest.raises(ValueError, match=rf"\({regions}, {bins + 1}\), and should be \({regions}, {bins}\)"):
        week.folded(np.ones((regions, 2, bins + 1), dtype=np.int64))


def test_utilization_across_the_change_of_clocks(make_desk: Callable[..., Any]) -> None:
    desk = make_desk("2026-03-29")
    log = desk.log()
    log.duty(0, 1440, region=EUROPE)
    log.work(log.ticket(), 0, 30, 150)  # 00:30 to 02:30 UTC: 00:30-01:00, then 02:00-03:30 on the wall
    journals = log.journals()
    found = [
        desk.cell("utilization_by_hour_tier", "utilization", journals, hour_of_week=SUNDAY + hour, tier="tier1")
        for hour in (0, 1, 2, 3)
    ]
    assert found == pytest.approx([50, np.nan, 100, 50], nan_ok=True)


def test_promises_are_cut_by_what_the_clock_showed_at_creation(make_desk: Callable[..., Any]) -> None:
    desk = make_desk("2026-03-29")
    instants = desk.clock.warmup + np.array([59, 60]) * MINUTE
    assert local_hour(desk.scenario, desk.clock, np.array([1, 1]), instants).tolist() == [SUNDAY, SUNDAY + 2]


def test_an_instant_before_the_run_has_no_hour(desk: Any) -> None:
    with pytest.raises(ValueError, match="before the run"):
        local_hour(desk.scenario, desk.clock, np.array([1]), np.array([-1]))


def test_a_window_that_starts_between_quarters_loses_nothing(desk: Any) -> None:
    clock = Clock(midnight_ms(desk.scenario.horizon.start) + 7 * MINUTE, 5 * MINUTE, 5 * MINUTE + 3 * HOUR)
    week = local_week(desk.scenario, clock)
    assert (clock.origin + week.grid.first) % QUARTER == 0
    assert week.available[EUROPE, :4].tolist() == [48 * MINUTE, HOUR, HOUR, 12 * MINUTE]
    wide = Spans(np.array([0]), np.array([DAY]))
    held = week.time(wide, np.array([EUROPE]), np.array([0]), 1)[EUROPE, :4, 0]
    assert held.tolist() == [48 * MINUTE, HOUR, HOUR, 12 * MINUTE]


def test_the_week_is_shared_between_replications(desk: Any) -> None:
    assert local_week(desk.scenario, desk.clock) is local_week(desk.scenario, desk.clock)


NIGHT = Span(22 * HOUR, 30 * HOUR)


@pytest.mark.parametrize(("start", "hours"), [("2026-03-28", 7), ("2026-03-21", 8), ("2026-10-24", 9)])
def test_a_night_on_which_clocks_change_is_shorter_or_longer(
    make_desk: Callable[..., Any], start: str, hours: int
) -> None:
    desk = make_desk(start)  # a Saturday
    nights = recurring(desk.scenario, desk.clock, NIGHT, (5,))
    held = nights.spans.where(nights.region == EUROPE)
    evening = desk.clock.at("Europe/London", desk.scenario.horizon.start, 22 * HOUR)
    assert held.length[held.start == evening].tolist() == [hours * HOUR]


def test_spans_come_again_on_every_date_that_the_run_touches_and_two_more(desk: Any) -> None:
    found = recurring(desk.scenario, desk.clock, Span(9 * HOUR, 17 * HOUR))
    here = found.spans.where(found.region == EUROPE)
    # The run is Sunday and Monday; Friday, Saturday, Tuesday, Wednesday and Thursday surround it.
    assert (np.diff(here.start) == DAY).all()
    assert here.start[0] < -DAY
    assert here.end[-1] > desk.clock.end + DAY
    weekdays = recurring(desk.scenario, desk.clock, Span(9 * HOUR, 17 * HOUR), (0,))
    assert (weekdays.spans.start[weekdays.region == EUROPE] == [DAY + 9 * HOUR]).all()


def test_local_date_and_time_of_day(desk: Any) -> None:
    region, instants = np.array([0, EUROPE]), np.array([DAY, DAY]) + 7 * HOUR  # 23:00 on Sunday, 07:00 on Monday
    assert local_time(desk.scenario, desk.clock, region, instants).tolist() == [23 * HOUR, 7 * HOUR]
    days = local_day(desk.scenario, desk.clock, region, instants)
    assert days[1] - days[0] == 1


def test_offsets_of_the_regions(desk: Any) -> None:
    assert local_offset(desk.scenario, desk.clock).tolist() == [-8 * HOUR, 0]
