"""Crews that change during the day, against the Kolmogorov equations of the periodic day."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

SERVICE = 15  # minutes
OFFICE = [2, 2, 2, 2, 2, 4, 8, 16, 24, 30, 32, 30, 24, 28, 30, 26, 20, 16, 12, 10, 8, 6, 4, 2]


def hourly(run: Any, result: Any) -> tuple[list[Any], list[Any]]:
    """Mean tasks waiting and in service at each local hour of the day, all weekdays together."""
    tables = [one.measurement.tables["backlog_by_region_hour_tier"] for one in result.replications]
    num, den = (
        np.stack([getattr(table, side).reshape(7, 24, 4, 2)[:, :, 0].sum(axis=0) for table in tables])
        for side in ("num", "den")
    )
    # One interval for all 48 figures together: each is missed with a 48th of the probability (Bonferroni).
    mean, half_95, half_999 = run.estimate(num, den, 1 - 0.001 / 48)
    waiting, serving = (
        [run.Figure(*map(float, row)) for row in zip(mean[:, k], half_95[:, k], half_999[:, k], strict=True)] for k in (0, 1)
    )
    return waiting, serving


@pytest.mark.parametrize(
    ("profile", "crews", "scale", "customers"),
    [("even", (6, 4, 2), 1.0, 430_000), ("office", (6, 4, 2), 1.0, 350_000), ("office", (6, 4, 0), 0.8, 280_000)],
    ids=["short of people at night", "with busy hours", "closed at night"],
)
def test_the_desk_fills_and_empties_with_the_shifts(
    run: Any, formulas: Any, holds: Any, profile: str, crews: tuple[int, int, int], scale: float, customers: int
) -> None:
    day, swing, night = crews
    changes: dict[str, Any] = {"regions.desk.profile": profile, "demand.scale": scale}
    if not night:
        changes |= {"staffing.crews.night": None}
    result = run.simulate("shifts", changes, customers=customers, per_hour=12 * scale, unit=7, seed=14)

    shape = np.array(OFFICE if profile == "office" else [1] * 24)
    arrivals = (12 / 60 * scale * shape / shape.mean()).tolist()
    theory = formulas.periodic_day(arrivals, [night] * 6 + [day] * 8 + [swing] * 8 + [night] * 2, SERVICE)

    waiting, serving = hourly(run, result)
    whole = {
        "wait.mean": theory.wait_mean,
        "wait.probability": 100 * theory.wait_probability,
        "utilization.tier1": 100 * np.mean(arrivals) * SERVICE / np.mean(crews),
        "tickets.active": float((theory.waiting + theory.in_service).mean()),
    }
    holds({name: run.figure(result, name) for name in whole}, whole, 0.05)
    for what, found, expected in (("waiting", waiting, theory.waiting), ("serving", serving, theory.in_service)):
        names = [f"{what} at {hour}:00" for hour in range(24)]
        holds(dict(zip(names, found, strict=True)), dict(zip(names, expected.tolist(), strict=True)), None)
    together = np.array([w.mean + s.mean for w, s in zip(waiting, serving, strict=True)])
    np.testing.assert_allclose(together, theory.waiting + theory.in_service, rtol=0.05)
