"""When something happens: by chance, on dates, and at fixed places in the calendar."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.clock import DAY, HOUR, Clock
from sim.scenario.occurrences import Occurrence, Recurrence
from sim.streams import stream
from sim.workload.occurrences import Origin, happenings, recurring

if TYPE_CHECKING:
    from sim.workload.occurrences import Happenings

MARCH = Clock.starting(date(2026, 3, 2), days=28, warmup_days=7)
"""23 February to 30 March, UTC. The clocks change in the US on 8 March and in Europe on 29 March."""


def shown(found: Happenings, zone: str, clock: Clock = MARCH) -> list[str]:
    """Local times at which something happens."""
    return [f"{clock.local(zone, ms):%Y-%m-%d %H:%M}" for ms in found.start.tolist()]


def of(entry: dict[str, Any], zone: str = "UTC", clock: Clock = MARCH, seed: int = 1) -> list[Happenings]:
    return list(happenings(Occurrence.model_validate(entry), zone, clock, lambda: stream(seed, 0, "x")))


# ---- places in the calendar (when they are: tests/test_periods.py)


def test_what_recurs_is_drawn_from_rows_that_stay_when_the_run_moves() -> None:
    rows = []
    for clock in (MARCH, Clock.starting(date(2026, 3, 9), days=60, warmup_days=0)):
        found = recurring(Recurrence.model_validate({"every": "week", "day": 2}), "UTC", clock, 0)
        assert found.origin == Origin.RECURRING
        rows.append(dict(zip(shown(found, "UTC", clock), found.row.tolist(), strict=True)))
    both = rows[0].keys() & rows[1].keys()
    assert {"2026-03-10 10:00", "2026-03-17 10:00", "2026-03-24 10:00"} <= both
    assert {day: rows[0][day] for day in both} == {day: rows[1][day] for day in both}


# ---- dates, and chance


@pytest.mark.parametrize(
    ("zone", "hours"), [("UTC", 10.0), ("Europe/London", 9.0), ("America/Sao_Paulo", 13.0), ("Asia/Kathmandu", 4.25)]
)
def test_a_date_is_local(zone: str, hours: float) -> None:
    """On 29 March 2026 London has summer time from 01:00 UTC on."""
    (found,) = of({"at": ("2026-03-29 10:00", "2026-03-01 10:00")}, zone)
    assert found.origin == Origin.DATED
    assert found.start[0] == 34 * DAY + hours * HOUR
    assert shown(found, zone) == ["2026-03-29 10:00", "2026-03-01 10:00"]
    assert found.row.tolist() == [0, 1]


def test_dates_at_a_time_that_clocks_skip_or_show_twice() -> None:
    clock = Clock.starting(date(2026, 10, 25), days=1, warmup_days=0)
    assert shown(of({"at": ("2026-03-29 01:30",)}, "Europe/London")[0], "Europe/London") == ["2026-03-29 02:30"]
    assert of({"at": ("2026-10-25 01:30",)}, "Europe/London", clock)[0].start.tolist() == [HOUR // 2]


def test_nothing_happens_without_a_rate_and_dates() -> None:
    assert of({}) == []


def test_chance_brings_as_many_as_the_rate_says_evenly() -> None:
    """400 runs of 35 days at 2 a week: within four standard errors, Poisson, and as many in either half."""
    starts = [of({"rate": "2 per week"}, seed=seed)[0].start for seed in range(400)]
    counts = np.array([len(start) for start in starts])
    assert abs(counts.mean() - 10) < 4 * (10 / 400) ** 0.5
    assert 0.7 < counts.var() / 10 < 1.35
    together = np.concatenate(starts)
    assert ((together >= 1) & (together < MARCH.end)).all()
    assert abs((together < MARCH.end // 2).mean() - 0.5) < 4 * 0.5 / len(together) ** 0.5


def test_a_longer_run_begins_with_the_same() -> None:
    longer = Clock.starting(date(2026, 3, 2), days=100, warmup_days=7)
    short, long = (of({"rate": "1 per day"}, clock=clock)[0].start.tolist() for clock in (MARCH, longer))
    assert long[: len(short)] == short
    assert long[len(short)] >= MARCH.end
