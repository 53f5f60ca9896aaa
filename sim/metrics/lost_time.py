"""Time on duty that was planned and not worked, and days off and on: what becomes of people's plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, HOUR
from sim.engine.journal import Rested, missing
from sim.metrics.cuts import EVERY_ROLE, PER_CENT, Layout, Measure, Ratios, heads_of, ratios, role_sums, some, within
from sim.metrics.indicators import holidays_worked
from sim.metrics.intervals import Spans, time_inside, union
from sim.metrics.week import local_day
from sim.periods import weeks
from sim.scenario.people import People
from sim.workforce.away import spread
from sim.workforce.roster import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Journals, Table
    from sim.metrics.indicators import Case
    from sim.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_BY_REASON, _BY_AGENT, _RESTS = "lost_by_reason_role", "days_by_agent", "rest_by_role"

LAYOUTS = {
    _BY_REASON: Layout(
        ("reason", "role"),
        (Measure("lost", "h"), Measure("share", "%")),
        "Planned duty that was not worked, within the measured window, a replication: hours by reason and role, and as "
        "a share of all planned hours of the role. Planned and lost are nominal hours without pauses; `not_hired`, "
        "before people join, is in no planned hours. `rest` is compensatory rest.",
    ),
    _RESTS: Layout(
        ("role",),
        (Measure("shortened", "duties"), Measure("lost", "duties"), Measure("breaches", "rests")),
        "Duties that compensatory rest made shorter, or took away, of those planned to end within the run; and rests "
        "of less than `limits.rest` before a duty, from the end of work to the next start as they really were, a "
        "replication.",
    ),
    _BY_AGENT: Layout(
        ("agent",),
        (Measure("vacation", "weeks"), Measure("weekends", "weekends"), Measure("holidays", "days")),
        "Days off and on, a replication: weeks (Monday to Sunday, local) of the measured window in which planned duty "
        "fell to vacation; weekends worked, as in the burnout indicators; and public holidays with at least an hour of "
        "work where the person lives.",
    ),
}


def tables(case: Case) -> dict[str, Ratios]:
    """Hours lost by reason and role, rests by role, and days by agent."""
    by_role = role_sums(_rests(case), case.journals.agents["tier"]).num
    return {
        _BY_REASON: _by_reason(case.journals, case.clock),
        _RESTS: Ratios(by_role, np.ones_like(by_role)),
        _BY_AGENT: ratios((_vacation(case), 1), (case.weekends_worked, 1), (holidays_worked(case), 1)),
    }


def _by_reason(journals: Journals, clock: Clock) -> Ratios:
    duties, absences, everybody = journals.duties, journals.absences, np.zeros(len(journals.duties["agent"]), np.int64)
    away = _hours(Spans(absences["start"], absences["end"]), absences, absences["reason"], len(Reason), journals, clock)
    as_planned = _as_planned(duties, journals.end)
    rest = _hours(_taken_by_rest(duties, as_planned), duties, everybody, 1, journals, clock)
    still = _hours(as_planned, duties, everybody, 1, journals, clock)[0]
    planned = still + away.sum(axis=0) - away[Reason.NOT_HIRED]
    lost = np.concatenate([away, rest])
    share = (PER_CENT * lost.ravel(), np.tile(planned, len(lost)))
    return ratios((lost.ravel(), 1), share)


def _hours(spans: Spans, whose: Table, code: Ints, codes: int, journals: Journals, clock: Clock) -> Floats:
    """Hours in the measured window by code and role: (codes, roles)."""
    roles = len(EVERY_ROLE)
    cell = code.astype(np.int64) * roles + journals.agents["tier"][whose["agent"]]
    held = time_inside(spans, cell, codes * roles, (clock.warmup, clock.end))
    hours: Floats = held.reshape(codes, roles) / HOUR
    return hours


def _as_planned(duties: Table, end: int) -> Spans:
    """The nominal hours of every segment of the roster; one that never ends lasts to the end of the run."""
    planned = duties["planned_end"]
    return Spans(duties["planned_start"], np.where(missing(planned), end, planned))


def _taken_by_rest(duties: Table, as_planned: Spans) -> Spans:
    """What compensatory rest took off the beginning of each segment, or all of it; empty where it took nothing."""
    rested, (start, end) = duties["rested"], as_planned
    came = np.where(rested == Rested.LATE, duties["start"], start)
    return Spans(start, np.where(rested == Rested.LOST, end, came))


def _rests(case: Case) -> Ratios:
    """Duties shortened and lost, and short rests, by agent."""
    shortened, lost = _cut_by_rest(case)
    return ratios((shortened, 1), (lost, 1), (case.short_rests, 1))


def _cut_by_rest(case: Case) -> tuple[Ints, Ints]:
    """Duties of each agent, planned to start in the window, that rest made shorter; and those that it took away.

    Of a duty that is planned to go on after the run nobody knows what the rest will have left of it.
    """
    duties = case.journals.duties
    agent, duty, rested = (duties[name] for name in ("agent", "duty", "rested"))
    heads = heads_of(agent, duty)
    if not len(heads):
        nobody = case.count(agent)
        return nobody, nobody
    whole, touched = (ufunc.reduceat(hit, heads) for ufunc, hit in (
        (np.logical_and, rested == Rested.LOST), (np.logical_or, rested != Rested.AS_PLANNED),
    ))  # fmt: skip
    tails = np.append(heads[1:], len(agent)) - 1
    counted = within(duties["planned_start"][heads], case.clock)
    counted &= duties["planned_end"][tails] <= case.journals.end
    whose = agent[heads]
    return case.count(whose[counted & touched & ~whole]), case.count(whose[counted & whole])


def _vacation(case: Case) -> Ints:
    """Weeks of each agent in which a duty that was to start in the window fell to vacation."""
    agent, start = _days_off(case.journals.absences, case.clock)
    region = case.journals.agents["region"][agent]
    week = weeks(local_day(case.scenario, case.clock, region, start))
    taken = np.unique(np.stack([agent, week], axis=-1), axis=0)
    return case.count(taken[:, 0])


def _days_off(absences: Table, clock: Clock) -> tuple[Ints, Ints]:
    """Agent and begin, in the window, of every duty that fell to vacation; of an endless one, of each day."""
    off = some(absences, (absences["reason"] == Reason.VACATION) & (absences["start"] < clock.end))
    until = np.minimum(off["end"], clock.end) + DAY  # what lies less than a day apart is parted by a pause only
    stretches = union(Spans(off["start"], until), off["duty"])
    days = -(-stretches.spans.length // DAY) - 1
    of, nth = spread(np.zeros_like(days), days)
    start = stretches.spans.start[of] + nth * DAY
    counted = within(start, clock)
    return off["agent"][stretches.opener[of[counted]]].astype(np.int64), start[counted]


def kpis(cuts: Mapping[str, Ratios], case: Case) -> dict[str, tuple[float, float]]:
    """Everybody together; no figure where the scenario has nothing that would take duty away."""
    scenario, people = case.scenario, len(np.unique(case.duties.agent))
    shape = (len(Reason) + 1, len(EVERY_ROLE))
    lost, planned = (side.reshape(*shape, 2) for side in cuts[_BY_REASON])
    absent = lost[..., 0].sum() - lost[Reason.NOT_HIRED, :, 0].sum()
    shortened, gone, breaches = (float(total) for total in cuts[_RESTS].num.sum(axis=0))
    rests = int(scenario.policy.compensatory_rest > 0)
    vacation = scenario.people.vacation is not None
    return {
        "people.absence": (PER_CENT * absent, planned[0, :, 1].sum() * may_lose(scenario)),
        "people.vacation": (float(cuts[_BY_AGENT].num[:, 0].sum()), people * vacation),
        "rest.breaches": (breaches, int(people > 0)),
        "rest.shortened": (shortened, rests),
        "rest.lost": (gone, rests),
    }


def may_lose(scenario: Scenario) -> bool:
    """Whether anything in the scenario can take planned duty away."""
    continuity = scenario.continuity
    return bool(
        scenario.people != People()
        or scenario.staffing.absences
        or continuity.drills
        or any(threat.away for threat in continuity.threats.values())
        or scenario.policy.compensatory_rest
    )
