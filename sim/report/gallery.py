"""Every picture of a run by name: what it shows, when there is something to show, how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.report.plots import backlog, burnout, continuity, pages, sla, staffing, utilization, waits, weeks

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from sim.report.findings import Findings


def _always(_: Findings) -> bool:
    return True


@dataclass(frozen=True)
class Plate:
    """A picture that can be made of findings.

    Attributes:
        title: above it.
        caption: what it shows and how to read it.
        draw: onto axes, or onto new ones where None is given.
        height: inches.
        there: whether there is anything to show.
    """

    title: str
    caption: str
    draw: Callable[[Findings, Axes | None], Axes]
    height: Callable[[Findings], float]
    there: Callable[[Findings], bool] = _always


def _sla(findings: Findings, ax: Axes | None) -> Axes:
    return sla.plot_sla(findings.kpis, ax)


def _waits(findings: Findings, ax: Axes | None) -> Axes:
    return waits.plot_waits(findings.tables["waits_by_priority"], ax)


def _utilization(findings: Findings, ax: Axes | None) -> Axes:
    optimal, high, critical = findings.setting["utilization_bands"]
    return utilization.plot_utilization(findings.tables["utilization_by_hour_tier"], ax, (optimal, high, critical))


def _staffing(findings: Findings, ax: Axes | None) -> Axes:
    return staffing.plot_staffing(findings.tables["staffing_by_region_hour"], ax)


def _backlog(findings: Findings, ax: Axes | None) -> Axes:
    return backlog.plot_backlog(findings.tables["backlog_by_time_tier"], ax, findings.manifest["warmup_days"])


def _continuity(findings: Findings, ax: Axes | None) -> Axes:
    targets = [findings.records[name].get("target") for name in findings.records if name.startswith("sla.response.")]
    target = next((target for target in targets if target is not None), None)
    return continuity.plot_continuity(
        findings.tables["continuity_by_time"], ax, findings.manifest["warmup_days"], target
    )


def _burnout(findings: Findings, ax: Axes | None) -> Axes:
    return burnout.plot_burnout(findings.people, ax)


def _weeks(findings: Findings, ax: Axes | None) -> Axes:
    return weeks.plot_weeks(findings.tables["time_by_agent_week"], ax, _week_limits(findings))


def _week_limits(findings: Findings) -> tuple[float, float]:
    low, high = findings.setting["week_hours"]
    return low, high


def _pages(findings: Findings, ax: Axes | None) -> Axes:
    start, end = findings.setting["sleep_hours"]
    table, days = findings.tables["pages_by_region_hour"], findings.manifest["horizon_days"]
    return pages.plot_pages(table, ax, days, (start, end))


def _anybody_paged(findings: Findings) -> bool:
    return bool(findings.records["pages.count"]["mean"])


PLATES = {
    "sla": Plate(
        "Service level by priority",
        "Share of first responses and of resolutions in time, by the ticket's original priority; the red line is the "
        "target. Figures at the foot of the bars are their heights.",
        _sla,
        lambda _: sla.HEIGHT,
    ),
    "waits": Plate(
        "Waits by priority",
        "Share of tasks that stood in line longer than so many minutes before anybody worked on them.",
        _waits,
        lambda _: waits.HEIGHT,
    ),
    "utilization": Plate(
        "Utilization by hour of the week",
        "How busy the agents of each tier are, in the manual's bands: rows are days, columns local hours of the "
        "agents' region, all regions together.",
        _utilization,
        lambda _: utilization.HEIGHT,
    ),
    "staffing": Plate(
        "Staffing against demand",
        "Agents on duty, and the load: the agents that the work which comes in within the hour would keep busy. Where "
        "the load stands above the line, work is left to later hours or other regions.",
        _staffing,
        lambda findings: staffing.height(findings.tables["staffing_by_region_hour"]),
    ),
    "backlog": Plate(
        "Backlog over time",
        "Tasks in line at each tier, on average over the replications, over the whole run.",
        _backlog,
        lambda findings: backlog.height(findings.tables["backlog_by_time_tier"]),
    ),
    "continuity": Plate(
        "The service under disruptions and emergencies",
        "Tickets and alerts that wait, and the share of first responses in time among those who come within the next "
        "4 h, hour by hour over the whole run; shaded is the time of disruptions and drills, the stronger the more "
        "replications have them.",
        _continuity,
        lambda findings: continuity.height(findings.tables["continuity_by_time"]),
        lambda findings: continuity.happened(findings.tables["continuity_by_time"]),
    ),
    "burnout": Plate(
        "People against their limits",
        "The people who exceed most limits: a row each, a column a limit (in brackets). The number is the mean over "
        "the replications, the colour says in how many of them it is above the limit.",
        _burnout,
        lambda findings: burnout.height(findings.people),
        lambda findings: len(findings.people) > 0,
    ),
    "weeks": Plate(
        "Hours by person and week",
        "The people with the longest weeks: hours worked, overlap, overtime and call-outs included, mean over the "
        "replications. The colours are the limits of hours in 7 days.",
        _weeks,
        lambda findings: weeks.height(findings.tables["time_by_agent_week"]),
        lambda findings: len(findings.people) > 0,
    ),
    "pages": Plate(
        "Pages by local hour",
        "Pages that rang, by the local hour of whoever was paged.",
        _pages,
        lambda _: pages.HEIGHT,
        _anybody_paged,
    ),
}
"""In the order in which a reader meets them."""
