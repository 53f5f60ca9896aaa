"""How much of their time on duty people are busy, and what the manual says about it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import HOUR
from sim.metrics.cuts import PER_CENT, Layout, Measure, axes, of_tiers, pair, ratios, rows
from sim.metrics.intervals import summed, time_inside
from sim.metrics.week import local_week
from sim.scenario.base import TIERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Journals, Table
    from sim.metrics.cuts import Ratios
    from sim.metrics.timesheet import Held, Timesheet
    from sim.scenario.schema import Scenario, UtilizationBands

_MEASURES = (Measure("utilization", "%"), Measure("occupied", "h"), Measure("on_duty", "h"))
_HOURLY = "utilization_by_hour_tier"
_BY_AGENT = "utilization_by_agent"

LAYOUTS = {
    "utilization_by_tier": Layout(("tier",), _MEASURES, "Utilization by the agents' own tier."),
    "utilization_by_region": Layout(("region",), _MEASURES, "Utilization by the agents' own region; tiers alone."),
    "utilization_by_region_tier": Layout(("region", "tier"), _MEASURES, "Utilization by the agents' own pool."),
    _HOURLY: Layout(
        ("hour_of_week", "tier"),
        _MEASURES,
        "Utilization by the hour of the week in the agents' region, and their tier.",
    ),
    _BY_AGENT: Layout(("agent",), _MEASURES, "Utilization of every agent, in the order of the roster."),
}


class Band(NamedTuple):
    """A level of utilization and what the manual (§8.3) says to do."""

    name: str
    action: str


LOW = Band("low", "Adjust staffing down")
OPTIMAL = Band("optimal", "Maintain current staffing")
HIGH = Band("high", "Consider temporary help")
CRITICAL = Band("critical", "Emergency measures")


def per_cent(share: float) -> float:
    """A share of the scenario in per cent, as it was written: 0.57 is 57, and not 56.99999999999999."""
    return round(share * PER_CENT, 9)


def band(utilization: float, edges: UtilizationBands) -> Band | None:
    """The band of a utilization in per cent, each from its lower edge up to the next; none where it is NaN."""
    if math.isnan(utilization):
        return None
    lower = ((edges.critical, CRITICAL), (edges.high, HIGH), (edges.optimal, OPTIMAL))
    return next((level for edge, level in lower if utilization >= per_cent(edge)), LOW)


def tables(sheet: Timesheet, journals: Journals, scenario: Scenario, clock: Clock) -> dict[str, Ratios]:
    """Every cut of utilization: work and reviews of the time on duty, meetings left out of both."""
    duties, sides = journals.duties, (sheet.occupied, sheet.on_duty)
    along = {**axes(scenario), "agent": range(len(journals.agents["tier"]))}
    times = [_by_segment(held, len(duties["agent"]), clock) for held in sides]
    ours = np.flatnonzero(of_tiers(duties["tier"]))
    every = np.arange(len(duties["tier"]))
    cuts = {}
    for name, layout in LAYOUTS.items():
        if name != _HOURLY:
            some = every if name == _BY_AGENT else ours
            row, count = rows(layout.keys, {key: duties[key][some] for key in layout.keys}, along)
            cuts[name] = _ratios(*(summed(time[some], row, count) for time in times))
    return {**cuts, _HOURLY: _ratios(*(_hourly(held, duties, scenario, clock) for held in sides))}


def _by_segment(held: Held, segments: int, clock: Clock) -> NDArray[np.int64]:
    """Time inside the window in each segment of a duty, ms."""
    return time_inside(held.spans, held.segment, segments, (clock.warmup, clock.end))


def _hourly(held: Held, duties: Table, scenario: Scenario, clock: Clock) -> NDArray[np.int64]:
    """Time of the tiers by local hour of the week; managers, coordinators and the lead are not there to be busy."""
    ours = held.where(of_tiers(duties["tier"])[held.segment])
    region, tier = duties["region"][ours.segment], duties["tier"][ours.segment]
    time = local_week(scenario, clock).time(ours.spans, region, tier, len(TIERS))
    pooled: NDArray[np.int64] = time.sum(axis=0).ravel()
    return pooled


def _ratios(busy: NDArray[np.int64], present: NDArray[np.int64]) -> Ratios:
    worked, staffed = busy / HOUR, present / HOUR
    return ratios((PER_CENT * worked, staffed), (worked, 1), (staffed, 1))


def kpis(cuts: Mapping[str, Ratios]) -> dict[str, tuple[float, float]]:
    """Utilization by tier."""
    return {f"utilization.{tier}": pair(cuts["utilization_by_tier"], row, 0) for row, tier in enumerate(TIERS)}
