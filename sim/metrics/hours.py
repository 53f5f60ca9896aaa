"""The hours that people put in, on duty and beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import HOUR, WEEK
from sim.engine.journal import missing
from sim.metrics.cuts import Layout, Measure, Ratios, ratios, role_sums, tier_sums
from sim.metrics.intervals import Grid, Spans, time_in_bins, time_inside
from sim.metrics.timesheet import Own, own_chores, together
from sim.workforce.roster import Chore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Journals, Table
    from sim.metrics.timesheet import Held, Timesheet

    Ints = NDArray[np.int64]

_PARTS = ("on_duty", "occupied", "meetings", "reviews", "overlap", "overtime", "breaks", "callouts")
_MEASURES = tuple(Measure(part, "h") for part in _PARTS)

_WHAT = """
Hours a replication, as far as they lie in the measured window. `on_duty`: segments of duties less the meetings in them;
`occupied`: work and reviews in them; `meetings`: all, those in the overlap included; `reviews`; `overlap`: paid time
after the end of duties; `overtime`: from the end of the paid time until the agent was done; `breaks`: work that ran
into a pause; `callouts`: work off duty because of pages"""

_BY_WEEK = "time_by_agent_week"

LAYOUTS = {
    "time_by_agent": Layout(("agent",), _MEASURES, f"{' '.join(_WHAT.split())}."),
    _BY_WEEK: Layout(
        ("agent", "week"),
        (Measure("worked", "h"),),
        "Hours worked by agent and week of the measured window, from its start on: duties without their pauses, "
        "overlap, overtime and call-outs.",
    ),
    "time_by_tier": Layout(
        ("tier",),
        _MEASURES,
        "The same by the agents' own tier; managers, coordinators and the engineering lead have none.",
    ),
    "time_by_role": Layout(
        ("role",), _MEASURES, "The same by role: of managers, coordinators and the engineering lead as well."
    ),
}


def tables(sheet: Timesheet, journals: Journals, clock: Clock) -> dict[str, Ratios]:
    """Hours by agent, by tier and by role."""
    duties = journals.duties
    parts = {
        "on_duty": _of(sheet.on_duty, duties),
        "occupied": _of(sheet.occupied, duties),
        "meetings": own_chores(journals, Chore.MEETING),
        "reviews": own_chores(journals, Chore.REVIEW),
        "overlap": overlap(journals),
        "overtime": overtime(journals),
        "breaks": _breaks(journals),
        "callouts": sheet.callouts,
    }
    agents = len(journals.agents["tier"])
    held = {name: _by_agent(own, agents, clock) for name, own in parts.items()}
    by_agent = ratios(*((held[part] / HOUR, 1) for part in _PARTS))
    by_tier, by_role = (sums(by_agent, journals.agents["tier"]).num for sums in (tier_sums, role_sums))
    return {
        "time_by_agent": by_agent,
        _BY_WEEK: _by_week(together(_present(journals), sheet.callouts), agents, clock),
        "time_by_tier": Ratios(by_tier, np.ones_like(by_tier)),
        "time_by_role": Ratios(by_role, np.ones_like(by_role)),
    }


def weeks(clock: Clock) -> Grid:
    """The weeks of the measured window; the last may reach beyond it."""
    return Grid(clock.warmup, WEEK, -(-(clock.end - clock.warmup) // WEEK))


def _by_week(own: Own, agents: int, clock: Clock) -> Ratios:
    held = time_in_bins(own.spans, own.agent, agents, weeks(clock), (clock.warmup, clock.end))
    return ratios((held.ravel() / HOUR, 1))


def _present(journals: Journals) -> Own:
    """Every segment until the agent was done."""
    duties = journals.duties
    rows = np.flatnonzero(~missing(duties["start"]))
    left = duties["left"][rows]
    return _own(duties, rows, duties["start"][rows], np.where(missing(left), duties["end"][rows], left))


def _of(held: Held, duties: Table) -> Own:
    return Own(held.spans, duties["agent"][held.segment])


def _by_agent(own: Own, agents: int, clock: Clock) -> Ints:
    return time_inside(own.spans, own.agent, agents, (clock.warmup, clock.end))


def overlap(journals: Journals) -> Own:
    """The paid time after the end of each duty, within the run."""
    last, paid = _ends(journals)
    return _own(journals.duties, last, np.minimum(journals.duties["end"][last], paid), paid)


def overtime(journals: Journals) -> Own:
    """From the end of the paid time until the agent was done, within the run; nothing where they were done before."""
    last, paid = _ends(journals)
    return _own(journals.duties, last, paid, np.maximum(journals.duties["left"][last], paid))


def _ends(journals: Journals) -> tuple[Ints, Ints]:
    """The last segments of duties that end, and when their paid time does, or the run before it."""
    duties = journals.duties
    last = np.flatnonzero(~missing(duties["start"]) & ~missing(duties["paid_end"]) & (duties["pause"] == 0))
    return last, np.minimum(duties["paid_end"][last], journals.end)


def _breaks(journals: Journals) -> Own:
    """Work that ran into a pause: until it was done, or the next segment began."""
    duties = journals.duties
    rows = np.flatnonzero(~missing(duties["start"]) & (duties["pause"] != 0))
    following = np.minimum(rows + 1, len(duties["agent"]) - 1)
    goes_on = (duties["duty"][following] == duties["duty"][rows]) & ~missing(duties["start"][following])
    back = np.where(goes_on, duties["start"][following], journals.end)
    return _own(duties, rows, duties["end"][rows], np.minimum(duties["left"][rows], back))


def _own(duties: Table, rows: Ints, start: Ints, end: Ints) -> Own:
    return Own(Spans(start, end), duties["agent"][rows].astype(np.int64))


def kpis(cuts: Mapping[str, Ratios]) -> dict[str, tuple[float, float]]:
    """Hours of everybody together."""
    total = dict(zip(_PARTS, cuts["time_by_agent"].num.sum(axis=0).tolist(), strict=True))
    return {
        "hours.on_duty": (total["on_duty"], 1),
        "hours.overtime": (total["overtime"], 1),
        "hours.callout": (total["callouts"], 1),
    }
