"""The key figures in their order, their targets, and their records."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.metrics.desk_figures import DESK_FIGURES
from sim.metrics.event_figures import EVENT_FIGURES
from sim.metrics.people_figures import PEOPLE_FIGURES
from sim.metrics.utilization import band, per_cent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.scenario.schema import Scenario, Targets

DEFINITIONS = (*DESK_FIGURES, *EVENT_FIGURES, *PEOPLE_FIGURES)
"""What every figure means; one definition serves all its members (priorities, tiers)."""

KPIS = {name: definition for definition in DEFINITIONS for name in definition.names}
"""Definitions by the figure's name, in the order of every vector of figures."""


def _promised(targets: Targets) -> dict[str, float | None]:
    """The share promised for each figure that can have a target; None, or no entry, where nothing is promised."""
    return {
        **{f"sla.response.{priority}": targets.response_met for priority in targets.response},
        **{f"sla.resolution.{priority}": targets.resolution_met for priority in targets.resolution},
        "fcr": targets.first_contact,
        "satisfaction": targets.satisfied,
        "pages.acknowledged": targets.acknowledgement_met if targets.acknowledgement else None,
    }


def told(name: str, *records: Mapping[str, Any]) -> bool:
    """Whether a figure is worth a line: not where it is of a part that none of these scenarios has."""
    return not KPIS[name].part or any(record["mean"] is not None for record in records)


def target(name: str, scenario: Scenario) -> float | None:
    """The target of a figure in its unit; none where the scenario promises nothing."""
    share = _promised(scenario.targets).get(name)
    return None if share is None else per_cent(share)


def record(name: str, mean: float, low: float, high: float, scenario: Scenario) -> dict[str, Any]:
    """A figure as it goes into JSON: with its target and whether the mean meets it, or with its band; NaN is None."""
    figures = {"mean": mean, "low": low, "high": high}
    known = {key: None if math.isnan(value) else value for key, value in figures.items()}
    return {**known, "unit": KPIS[name].unit, **_judged(name, mean, scenario)}


def _judged(name: str, mean: float, scenario: Scenario) -> dict[str, Any]:
    if KPIS[name].stem == "utilization":
        level = band(mean, scenario.targets.utilization)
        return {"band": level.name if level else None}
    wanted = target(name, scenario)
    if wanted is None:
        return {}
    return {"target": wanted, "met": None if math.isnan(mean) else mean >= wanted}
