"""The front door: one replication's journals in, everything that is measured of it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.metrics import (
    burnout,
    continuity,
    emergencies,
    flow,
    hours,
    lost_time,
    pages,
    quality,
    sla,
    staffing,
    utilization,
)
from sim.metrics.cuts import Ratios
from sim.metrics.indicators import Case, whole_duties
from sim.metrics.kpis import KPIS
from sim.metrics.timesheet import timesheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.clock import Clock
    from sim.engine.journal import Journals
    from sim.scenario.schema import Scenario

LAYOUTS = {
    **sla.LAYOUTS, **sla.CHANNEL_LAYOUTS, **utilization.LAYOUTS, **flow.LAYOUTS, **hours.LAYOUTS, **pages.LAYOUTS,
    **burnout.LAYOUTS, **staffing.LAYOUTS, **emergencies.LAYOUTS, **continuity.LAYOUTS, **lost_time.LAYOUTS,
}  # fmt: skip
"""Every table by name: its keys and measures."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What is measured of one replication; or, stacked, of several, along a first axis.

    Attributes:
        kpis: ratios in the order of `KPIS`.
        tables: ratios by the names of `LAYOUTS`, (rows, measures).
    """

    kpis: Ratios
    tables: dict[str, Ratios]


def measure(journals: Journals, scenario: Scenario, clock: Clock) -> Measurement:
    """Measure one replication."""
    lines, tasks = flow.lines_of_tiers(journals), flow.tasks_of_tiers(journals)
    sheet, interrupted = timesheet(journals), pages.interruptions(journals, scenario, clock)
    case = Case(journals, sheet, interrupted, scenario, clock, whole_duties(journals))
    tables = {
        **sla.tables(journals, scenario, clock),
        **utilization.tables(sheet, journals, scenario, clock),
        **flow.tables(journals, lines, tasks, scenario, clock),
        **hours.tables(sheet, journals, clock),
        **pages.tables(journals, interrupted, scenario, clock),
        **burnout.tables(case),
        **staffing.tables(sheet, journals, tasks, scenario, clock),
        **emergencies.tables(journals, scenario, clock),
        **continuity.tables(journals, lines, scenario, clock),
        **lost_time.tables(case),
    }
    figures = {
        **sla.kpis(tables),
        **utilization.kpis(tables),
        **flow.kpis(journals, tables, clock),
        **quality.kpis(journals, scenario.targets, clock),
        **hours.kpis(tables),
        **pages.kpis(journals, interrupted, scenario, clock),
        **burnout.kpis(journals, tables, scenario, clock),
        **emergencies.kpis(tables, scenario),
        **continuity.kpis(tables),
        **lost_time.kpis(tables, case),
    }
    return Measurement(Ratios(*np.array([figures[name] for name in KPIS], dtype=np.float64).T), tables)


def stack(measurements: Sequence[Measurement]) -> Measurement:
    """Replications of one scenario, along a first axis."""
    tables = {name: _stacked([one.tables[name] for one in measurements]) for name in measurements[0].tables}
    return Measurement(_stacked([one.kpis for one in measurements]), tables)


def _stacked(parts: Sequence[Ratios]) -> Ratios:
    return Ratios(np.stack([part.num for part in parts]), np.stack([part.den for part in parts]))
