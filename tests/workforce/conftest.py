"""Small worlds for rosters: one region with the shifts of the manual, or those of the baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.scenario.load import from_data, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sim.scenario.schema import Scenario
    from sim.workforce.roster import DutyPlan

EVENING = {"D": "06:00-14:00", "S": "14:00-22:00", "N": "22:00-06:00"}
"""The shifts of Americas: the night begins in the evening."""
MIDNIGHT = {"D": "08:00-16:00", "S": "16:00-24:00", "N": "00:00-08:00"}
"""The shifts of the other regions: the night begins at midnight, and belongs to the evening before."""


@pytest.fixture(scope="session")
def shifts() -> dict[str, dict[str, str]]:
    """Both kinds of shifts, by when the night begins."""
    return {"evening": EVENING, "midnight": MIDNIGHT}


@pytest.fixture(scope="session")
def baseline() -> Scenario:
    return load(Path(__file__).parents[2] / "scenarios" / "baseline.yaml")


@pytest.fixture(scope="session")
def staffed() -> Callable[..., Scenario]:
    """A scenario with these crews: `staffed({"night": {"pattern": "N", "headcount": {"tier1": 1}}})`."""

    def built(
        crews: dict[str, Any] | None = None,
        *,
        zone: str = "America/Los_Angeles",
        shifts: dict[str, str] | None = None,
        start: str = "2026-03-02",
        days: int = 28,
        warmup_days: int = 0,
        regions: dict[str, Any] | None = None,
        flat: dict[str, Any] | None = None,
    ) -> Scenario:
        here = {"zone": zone, "shifts": EVENING if shifts is None else shifts, "tickets": "1 per hour"}
        tiers = ["tier1", "tier2", "tier3", "tier4"]
        return from_data(
            {
                "horizon": {"start": start, "days": days, "warmup_days": warmup_days},
                "regions": regions or {"here": here},
                "work": {
                    "routes": {priority: {"tiers": ["tier1"]} for priority in ("P1", "P2", "P3", "P4")},
                    "handle": {tier: {"mean": "10 min"} for tier in tiers},
                },
                "staffing": {"mode": "flat", "flat": flat} if flat else {"mode": "pattern", "crews": crews},
            }
        )

    return built


@pytest.fixture(scope="session")
def on_duty() -> Callable[..., NDArray[np.int64]]:
    """How many agents are on duty at each of some instants, of a region and a tier where these are given."""

    def counted(
        roster: DutyPlan, instants: NDArray[np.int64], region: int | None = None, tier: int | None = None
    ) -> NDArray[np.int64]:
        mine = np.ones(len(roster.start), dtype=bool)
        if region is not None:
            mine &= roster.agents.region[roster.agent] == region
        if tier is not None:
            mine &= roster.agents.tier[roster.agent] == tier
        begun = np.searchsorted(np.sort(roster.start[mine]), instants, side="right")
        return begun - np.searchsorted(np.sort(roster.end[mine]), instants, side="right")

    return counted


@pytest.fixture(scope="session")
def covered() -> Callable[..., Scenario]:
    """A scenario whose roster is solved: `covered({"any": {"agents": {"tier1": 1}}}, rules={"rest": "8 h"})`."""

    def built(
        minimum: dict[str, Any],
        *,
        zones: dict[str, str] | None = None,
        shifts: dict[str, str] | None = None,
        start: str = "2026-03-02",
        days: int = 28,
        holidays: dict[str, dict[str, str]] | None = None,
        **staffing: Any,
    ) -> Scenario:
        regions = {
            name: {"zone": zone, "shifts": EVENING if shifts is None else shifts, "tickets": "1 per hour"}
            for name, zone in (zones or {"here": "America/Los_Angeles"}).items()
        }
        return from_data(
            {
                "horizon": {"start": start, "days": days, "warmup_days": 0},
                "regions": regions,
                "demand": {"holidays": holidays or {}},
                "work": {
                    "routes": {priority: {"tiers": ["tier1"]} for priority in ("P1", "P2", "P3", "P4")},
                    "handle": {"tier1": {"mean": "10 min"}},
                },
                "staffing": {"mode": "cover", "minimum": minimum, **staffing},
            }
        )

    return built
