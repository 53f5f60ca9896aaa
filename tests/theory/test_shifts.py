"""Crews that change during the day, against the Kolmogorov equations of the periodic day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

SERVICE = 15  # minutes
SHAPES = {
    "even": [1] * 24,
    "office": [2, 2, 2, 2, 2, 4, 8, 16, 24, 30, 32, 30, 24, 28, 30, 26, 20, 16, 12, 10, 8, 6, 4, 2],
}
SELDOM = 0.5
"""Lines that are shorter than this on average are empty on most days and long on a few: no interval is honest there."""


def by_hour(run: Any, result: Any, measures: list[int]) -> dict[str, Any]:
    """Mean number of tasks (measures: 0 waiting, 1 in service) at each local hour of the day, all weekdays together."""
    tables = [one.measurement.tables["backlog_by_region_hour_tier"] for one in result.replications]
    weeks = [[side.reshape(7, 24, 4, 2)[:, :, 0, measures].sum(axis=(0, 2)) for side in table] for table in tables]
    num, den = np.swapaxes(weeks, 0, 1)
    # The day is judged as a whole: each hour's interval is missed with a 24th of the probability (Bonferroni).
    found = run.estimate(num, den / len(measures), 1 - 0.001 / 24)
    return {f"{hour}:00": run.Figure(*map(float, row)) for hour, row in enumerate(zip(*found, strict=True))}


@pytest.mark.parametrize(
    ("shape", "crews", "scale", "customers"),
    [
        pytest.param("even", (6, 4, 2), 1.0, 430_000, id="short of people at night", marks=pytest.mark.slow),
        pytest.param("office", (6, 4, 2), 0.9, 400_000, id="with busy hours", marks=pytest.mark.slow),
        pytest.param("office", (6, 4, 0), 0.8, 300_000, id="closed at night"),
    ],
)
def test_the_desk_fills_and_empties_with_the_shifts(
    run: Any, formulas: Any, holds: Any, shape: str, crews: tuple[int, int, int], scale: float, customers: int
) -> None:
    day, swing, night = crews
    changes: dict[str, Any] = {"regions.desk.profile": shape, "demand.scale": scale}
    if not night:
        changes |= {"staffing.crews.night": None}
    result = run.simulate("shifts", changes, customers=customers, per_hour=12 * scale, unit=7, seed=14)

    arrivals = (12 / 60 * scale * np.array(SHAPES[shape]) / np.mean(SHAPES[shape])).tolist()
    theory = formulas.periodic_day(arrivals, [night] * 6 + [day] * 8 + [swing] * 8 + [night] * 2, SERVICE)
    in_system = theory.waiting + theory.in_service
    whole = {
        "wait.mean": theory.wait_mean,
        "wait.probability": 100 * theory.wait_probability,
        "utilization.tier1": 100 * np.mean(arrivals) * SERVICE / np.mean(crews),
        "tickets.active": float(in_system.mean()),
    }
    holds({name: run.figure(result, name) for name in whole}, whole, 0.05)

    there, in_line = by_hour(run, result, [0, 1]), by_hour(run, result, [0])
    holds(there, dict(zip(there, in_system.tolist(), strict=True)), None)
    long = {hour: mean for hour, mean in zip(in_line, theory.waiting.tolist(), strict=True) if mean > SELDOM}
    holds({hour: in_line[hour] for hour in long}, long, None)
    means = [figure.mean for figure in there.values()]
    np.testing.assert_allclose(means, in_system, rtol=0.05, atol=0.05 * in_system.mean())


def test_what_is_open_in_the_evening_is_taken_up_first_in_the_morning(run: Any) -> None:
    # Nobody is there from 22:00 to 6:00, and the day crew is larger than the swing crew: all of it waits for 8 hours.
    changes = {"staffing.crews.night": None, "regions.desk.profile": "office"}
    result = run.simulate(
        "shifts", changes, customers=8000, per_hour=12, unit=7, replications=1, seed=15, workers=1, journals="all"
    )
    work = result.work[result.work["why_queued"] == "handed_over"]
    evening = work[work["queued_at"].dt.hour == 14]  # UTC
    waited = (evening["start"] - evening["queued_at"]).dropna().dt.total_seconds() / 3600
    assert len(waited) > 50
    assert set(waited) == {8.0}
