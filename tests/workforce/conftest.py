"""Small worlds for rosters: one region with the shifts of the manual, or those of the baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.clock import MINUTE
from sim.scenario.days_off import clock_of
from sim.scenario.load import from_data, load
from sim.workforce import presence
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster
from sim.workforce.roster import ALL_PRIORITIES, Reason
from sim.workload.disruptions import Disruptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sim.scenario.schema import Scenario
    from sim.workforce.roster import DutyPlan, Roster

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


# ---- people over months: small worlds, and how they are told


@pytest.fixture(scope="session")
def days_at(staffed: Callable[..., Scenario]) -> Callable[..., Scenario]:
    """Crews on the shifts 08-16, 16-24, 00-08 UTC from Monday, 2 March 2026: `days_at({"a": ("D", 2)}, days=21)`."""

    def built(crews: dict[str, tuple[str, int]], changes: dict[str, Any] | None = None, **keys: Any) -> Scenario:
        made = {
            name: {"pattern": pattern, "headcount": {"tier1": heads}, "phases": "aligned"}
            for name, (pattern, heads) in crews.items()
        }
        return staffed(made, **{"zone": "UTC", "shifts": MIDNIGHT, **keys}).with_(changes or {})

    return built


@pytest.fixture(scope="session")
def sampled() -> Callable[..., Roster]:
    """The roster of a replication."""
    return lambda scenario, replication=0: sample_roster(scenario, plan_roster(scenario), 1, replication)


@pytest.fixture(scope="session")
def told() -> Callable[..., list[str]]:
    """The segments of an agent in UTC: start-end, +overlap, what follows, other pace and priorities than usual."""

    def lines(scenario: Scenario, roster: Roster, agent: int = 0, date: str = "") -> list[str]:
        clock, s = clock_of(scenario), roster.segments
        found = []
        for n in np.flatnonzero(s.agent == agent).tolist():
            start, end = (clock.instant(min(ms, clock.end)) for ms in (s.start[n], s.end[n]))
            line = f"{start:%m-%d %H:%M}-{end:%H:%M}"
            line += f" +{(s.overlap_end[n] - s.end[n]) // MINUTE}" * int(s.overlap_end[n] > s.end[n])
            line += " pause" * bool(s.pause[n])
            line += f" slow {s.slow_pm[n]}" * int(s.slow_pm[n] != roster.agents.slow_pm[agent])
            taken = [f"P{p + 1}" for p in range(4) if s.takes[n] >> p & 1]
            found.append(line + f" {'+'.join(taken) or 'none'}" * int(s.takes[n] != ALL_PRIORITIES))
        return [line for line in found if line.startswith(date)]

    return lines


@pytest.fixture(scope="session")
def lost() -> Callable[..., list[str]]:
    """The time on duty that an agent lost, in UTC: start-end and the reason."""

    def lines(scenario: Scenario, roster: Roster, agent: int = 0, date: str = "") -> list[str]:
        clock, a = clock_of(scenario), roster.absences
        spans = [
            f"{clock.instant(a.start[n]):%m-%d %H:%M}-{clock.instant(min(int(a.end[n]), clock.end)):%H:%M} "
            f"{Reason(a.reason[n]).name.lower()}"
            for n in np.flatnonzero(a.agent == agent).tolist()
        ]
        return [span for span in spans if span.startswith(date)]

    return lines


@pytest.fixture
def disrupting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets disruptions happen: rows of (start, end, threat or ~drill, region, number, priorities served)."""

    def happen(*rows: tuple[int, int, int, int, int, int]) -> None:
        columns = np.array(sorted(rows), dtype=np.int64).reshape(-1, 6).T
        start, end, entry, region, number, serves = columns
        events = Disruptions(
            entry=np.where(entry < 0, ~entry, entry).astype(np.uint8),
            drill=entry < 0,
            region=region.astype(np.int16),
            start=start,
            end=end,
            serves=serves.astype(np.uint8),
            number=number,
        )
        monkeypatch.setattr(presence, "disruptions_of", lambda *_: events)

    return happen
