"""Plots of a result: `sim.plot.utilization(result)`.

Each draws onto the axes that it is given, or onto new ones, and returns them. matplotlib is loaded when the first is
called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.errors import SimError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.experiment.comparison import Comparison
    from sim.experiment.result import Result
    from sim.report.findings import Findings

    Source = Result | Findings

__all__ = [
    "backlog",
    "burnout",
    "continuity",
    "differences",
    "pages",
    "sla",
    "staffing",
    "utilization",
    "waits",
    "weeks",
]


def sla(result: Source, ax: Axes | None = None) -> Axes:
    """Responses and resolutions in time by priority, with intervals, against their targets."""
    return _drawn("sla", result, ax)


def waits(result: Source, ax: Axes | None = None) -> Axes:
    """The share of tasks that wait longer than so many minutes, by priority."""
    return _drawn("waits", result, ax)


def utilization(result: Source, ax: Axes | None = None) -> Axes:
    """Utilization by local hour of the week and tier, in the manual's bands; a panel a tier."""
    return _drawn("utilization", result, ax)


def staffing(result: Source, ax: Axes | None = None) -> Axes:
    """Agents on duty against the load, by local hour of the week; a panel a region."""
    return _drawn("staffing", result, ax)


def backlog(result: Source, ax: Axes | None = None) -> Axes:
    """Tasks that wait, over the whole run; a panel a tier."""
    return _drawn("backlog", result, ax)


def continuity(result: Source, ax: Axes | None = None) -> Axes:
    """Tickets that wait and responses in time over the whole run, with disruptions and drills shaded."""
    return _drawn("continuity", result, ax)


def burnout(result: Source, ax: Axes | None = None) -> Axes:
    """People against the limits of the burnout indicators."""
    return _drawn("burnout", result, ax)


def weeks(result: Source, ax: Axes | None = None) -> Axes:
    """Hours worked by person and week, for the people with the longest weeks."""
    return _drawn("weeks", result, ax)


def pages(result: Source, ax: Axes | None = None) -> Axes:
    """Pages a week by the local hour of whoever is paged."""
    return _drawn("pages", result, ax)


def differences(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """What the alternatives of a comparison change against the base, in per cent of its figures, with intervals."""
    from sim.experiment.comparison import Comparison
    from sim.report.plots.differences import plot_differences

    if not isinstance(comparison, Comparison):
        raise SimError(f"differences are those of a comparison (from sim.compare); found {type(comparison).__name__}")
    return plot_differences(comparison.kpis, ax)


def _drawn(name: str, result: Source, ax: Axes | None) -> Axes:
    from sim.experiment.result import Result
    from sim.report.findings import Findings
    from sim.report.gallery import PLATES

    if not isinstance(result, Result | Findings):
        raise SimError(f"this plot is of a result (from sim.run); found {type(result).__name__}")
    findings = result if isinstance(result, Findings) else Findings.of(result)
    return PLATES[name].draw(findings, ax)
