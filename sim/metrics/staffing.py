"""Who is there, and how much work comes in: agents on duty against the load that each local hour brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.clock import HOUR
from sim.metrics.cuts import Layout, Measure, axes, of_tiers, ratios, rows, within
from sim.metrics.intervals import summed
from sim.metrics.week import local_hour, local_week
from sim.scenario.base import TIERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Journals
    from sim.metrics.cuts import Ratios
    from sim.metrics.flow import Tasks
    from sim.metrics.timesheet import Timesheet
    from sim.scenario.schema import Scenario

    Ints = NDArray[np.int64]

_MEASURES = (Measure("on_duty", "agents"), Measure("offered", "agents"))
_WHAT = """
Mean number of agents on duty, by their own pool and its local hour of the week, and the load offered to that pool:
hours of work per hour, which is the number of agents that it would keep busy. All work on a task is booked to the hour
in which the task was first queued. Work that nobody did (given up, or cut off by the end of the run) is not in it, and
neither are managers, coordinators and people outside the organisation."""

LAYOUTS = {
    "staffing_by_region_hour": Layout(
        ("region", "hour_of_week"), _MEASURES, f"{' '.join(_WHAT.split())} All tiers together."
    ),
    "staffing_by_region_hour_tier": Layout(("region", "hour_of_week", "tier"), _MEASURES, " ".join(_WHAT.split())),
}


def tables(sheet: Timesheet, journals: Journals, tasks: Tasks, scenario: Scenario, clock: Clock) -> dict[str, Ratios]:
    """Staffing and load by local hour, for all tiers together and for each."""
    available = local_week(scenario, clock).available
    present, load = _on_duty(sheet, journals, scenario, clock), _offered(journals, tasks, scenario, clock)
    by_tier = np.repeat(available.ravel(), len(TIERS))
    return {
        "staffing_by_region_hour": _ratios(present.sum(axis=2).ravel(), load.sum(axis=2).ravel(), available.ravel()),
        "staffing_by_region_hour_tier": _ratios(present.ravel(), load.ravel(), by_tier),
    }


def _ratios(present: Ints, load: Ints, available: Ints) -> Ratios:
    hours = available / HOUR
    return ratios((present / HOUR, hours), (load / HOUR, hours))


def _on_duty(sheet: Timesheet, journals: Journals, scenario: Scenario, clock: Clock) -> Ints:
    """Time on duty without meetings: (regions, 168, tiers) ms."""
    duties, held = journals.duties, sheet.on_duty
    ours = held.where(of_tiers(duties["tier"])[held.segment])
    region, tier = duties["region"][ours.segment], duties["tier"][ours.segment]
    return local_week(scenario, clock).time(ours.spans, region, tier, len(TIERS))


def _offered(journals: Journals, tasks: Tasks, scenario: Scenario, clock: Clock) -> Ints:
    """Work by the hour that brought it: (regions, 168, tiers) ms."""
    work, along = journals.work, axes(scenario)
    counted = np.flatnonzero(within(work["queued_at"][tasks.head], clock))
    head = tasks.head[counted]
    region, queued = work["region"][head], work["queued_at"][head]
    columns: dict[str, NDArray[Any]] = {
        "region": region,
        "hour_of_week": local_hour(scenario, clock, region, queued),
        "tier": work["tier"][head],
    }
    row, count = rows(LAYOUTS["staffing_by_region_hour_tier"].keys, columns, along)
    shape = (len(along["region"]), len(along["hour_of_week"]), len(TIERS))
    return summed(tasks.worked[counted], row, count).reshape(shape)
