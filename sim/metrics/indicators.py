"""What the journals say of each person: the facts that the burnout indicators rest on.

Every function gives one value an agent, over the measured window; what an agent cannot have is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.clock import DAY, HOUR, MINUTE, NEVER, WEEK
from sim.engine.journal import NOBODY, How, missing
from sim.metrics.cuts import PER_CENT, heads_of, within
from sim.metrics.hours import overtime
from sim.metrics.intervals import Grid, Spans, intersection, order_of, summed, time_in_bins, time_inside, union
from sim.metrics.pages import When
from sim.metrics.timesheet import Own, together
from sim.metrics.utilization import per_cent
from sim.metrics.week import local_day, local_offset, public_days, recurring
from sim.scenario.units import Span
from sim.workforce.rules import consecutive, hours_in_week, rest_before

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Journals
    from sim.metrics.pages import Interruptions
    from sim.metrics.timesheet import Held, Timesheet
    from sim.metrics.week import Recurring
    from sim.scenario.limits import Limits
    from sim.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

NIGHT = Span(22 * HOUR, 30 * HOUR)
"""Night time, local. Directive 2003/88/EC, Art. 2(3), leaves it to the states: at least 7 h that hold 00:00-05:00."""
OF_A_NIGHT = 3 * HOUR
"""A duty with so much night time is a night (Directive 2003/88/EC, Art. 2(4): what makes a night worker)."""
WEEKEND = Span(0, 2 * DAY)
_SATURDAY = (5,)
OF_A_WEEKEND = HOUR
"""A weekend or holiday with so much work in it is worked, so that an overlap that ends after midnight makes none."""
LONG_DUTY = 6 * HOUR
"""Duties longer than this call for a pause (Directive 2003/88/EC, Art. 4)."""
_FOUR_WEEKS = 4 * WEEK


class Duties(NamedTuple):
    """Whole duties, of the segments that lie in the run, by (agent, start). Those that never end are left out."""

    agent: Ints
    region: NDArray[np.int16]
    start: Ints
    """Planned, like the end."""
    end: Ints
    paid_end: Ints
    began: Ints
    """Within the run."""
    left: Ints
    seen: Mask
    """Whether the run saw it to the end of its paid time."""


def whole_duties(journals: Journals) -> Duties:
    """Put the segments of each duty together."""
    table = journals.duties
    rows = np.flatnonzero(~missing(table["start"]) & ~missing(table["planned_end"]))
    agent, duty = table["agent"][rows].astype(np.int64), table["duty"][rows]
    heads = heads_of(agent, duty)
    first, last = rows[heads], rows[np.append(heads[1:], len(rows))[: len(heads)] - 1]
    return Duties(
        agent=table["agent"][first].astype(np.int64), region=table["region"][first],
        start=table["planned_start"][first], end=table["planned_end"][last], paid_end=table["paid_end"][last],
        began=table["start"][first], left=table["left"][last],
        seen=(table["pause"][last] == 0) & (table["paid_end"][last] <= journals.end),
    )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One replication, as all indicators look at it."""

    journals: Journals
    sheet: Timesheet
    interrupted: Interruptions
    scenario: Scenario
    clock: Clock
    duties: Duties

    @property
    def agents(self) -> int:
        return len(self.journals.agents["tier"])

    @property
    def limits(self) -> Limits:
        return self.scenario.limits

    @cached_property
    def counted(self) -> Mask:
        """Duties that start in the window."""
        return within(self.duties.start, self.clock)

    @cached_property
    def stints(self) -> Own:
        """Time at work: duties from start to when the agent was done, pauses included, and call-outs."""
        return together(Own(Spans(self.duties.began, self.duties.left), self.duties.agent), self.sheet.callouts)

    @cached_property
    def short_rests(self) -> Ints:
        """Rests of each agent before a duty of the window that were too short, from when they were done to when they
        came: after overtime and call-outs, and later than planned where rest has moved the start.
        """
        own = self.stints
        is_duty = np.arange(len(own.agent)) < len(self.duties.agent)
        order = order_of(own.agent, own.spans.start)
        rest = np.empty(len(order), dtype=np.int64)
        rest[order] = rest_before(own.agent[order], own.spans.start[order], own.spans.end[order])
        return _short(rest[is_duty], self)

    @cached_property
    def weekends_worked(self) -> Ints:
        """Weekends of the window in which each agent was at work."""
        weekends = recurring(self.scenario, self.clock, WEEKEND, _SATURDAY)
        worked: Ints = (_worked(self, weekends) & _mostly_inside(weekends, self.clock)).sum(axis=1)
        return worked

    def per(self, span: int) -> float:
        """How often the span goes into the window."""
        return (self.clock.end - self.clock.warmup) / span

    def count(self, agent: NDArray[Any]) -> Ints:
        """How often each agent is named."""
        return np.bincount(agent, minlength=self.agents)

    def mean(self, total: NDArray[Any], count: Ints) -> Floats:
        """One value an agent; NaN where there is nothing to share it among."""
        mean: Floats = np.divide(total, count, out=np.full(self.agents, np.nan), where=count > 0)
        return mean

    def most(self, agent: Ints, values: Ints) -> Ints:
        """The largest of each agent's values, 0 where there are none."""
        most = np.zeros(self.agents, dtype=np.int64)
        np.maximum.at(most, agent, values)
        return most


def indicators(case: Case) -> dict[str, Floats]:
    """Every indicator of every agent; NaN where it makes no sense: without duties, and where a duty never ends."""
    on_duties = {
        **_long_weeks(case), **_runs(case), **_rests(case), **_weekends(case), **_busy(case),
        **_pauses(case), **_interruptions(case), **_overruns(case),
    }  # fmt: skip
    people = case.count(case.duties.agent) > 0
    endless = ~missing(case.journals.duties["start"]) & missing(case.journals.duties["planned_end"])
    machine = case.count(case.journals.duties["agent"][endless]) > 0
    sleep = case.count(case.interrupted.agent[_in_sleep(case)]) / case.per(WEEK)
    return {
        **{name: np.where(people & ~machine, values, np.nan) for name, values in on_duties.items()},
        "sleep_pages": np.where(machine, np.nan, sleep),
    }


# ---- hours, runs of duties, rest -------------------------------------------------------------------------------------


def _long_weeks(case: Case) -> dict[str, Floats]:
    """Time at work in the 7 days that hold most of it, of those that end in the window; they may begin before it."""
    own = case.stints
    pieces = union(own.spans.clipped(case.clock.warmup - WEEK, case.clock.end), own.agent)
    hours = hours_in_week(pieces.group, *pieces.spans)
    late = overtime(case.journals)
    extra = time_inside(late.spans, late.agent, case.agents, (case.clock.warmup, case.clock.end))
    return {
        "hours_7_days": case.most(pieces.group, hours) / HOUR,
        "overtime": extra / HOUR / case.per(WEEK),
    }


def _runs(case: Case) -> dict[str, Floats]:
    """Days in a row with a duty, and with a night, up to a duty in the window; they may begin before it."""
    duties, counted = case.duties, case.counted
    day = local_day(case.scenario, case.clock, duties.region, duties.start)
    run = consecutive(duties.agent, day)
    nights = np.flatnonzero(_is_night(case))
    night_run = consecutive(duties.agent[nights], day[nights])
    seen = counted[nights]
    return {
        "consecutive_duties": case.most(duties.agent[counted], run[counted]).astype(np.float64),
        "consecutive_nights": case.most(duties.agent[nights][seen], night_run[seen]).astype(np.float64),
        "nights": case.count(duties.agent[nights][seen]) / case.per(_FOUR_WEEKS),
    }


def _is_night(case: Case) -> Mask:
    """Duties with enough night time between their planned start and end."""
    duties, nights = case.duties, recurring(case.scenario, case.clock, NIGHT)
    pieces = intersection(Spans(duties.start, duties.end), duties.region, nights.spans, nights.region)
    mask: Mask = summed(pieces.spans.length, pieces.first, len(duties.agent)) >= OF_A_NIGHT
    return mask


def _rests(case: Case) -> dict[str, Floats]:
    """Rests before the duties of the window that are too short, as they were and as they were planned."""
    duties = case.duties
    planned = rest_before(duties.agent, duties.start, duties.end)
    return {
        "short_rests": case.short_rests / case.per(_FOUR_WEEKS),
        "quick_returns": _short(planned, case) / case.per(_FOUR_WEEKS),
    }


def _short(rest: Ints, case: Case) -> Ints:
    """Short rests by agent, of one for each duty."""
    short = case.counted & (rest != NEVER) & (rest < case.limits.rest)
    return case.count(case.duties.agent[short])


# ---- weekends --------------------------------------------------------------------------------------------------------


def _weekends(case: Case) -> dict[str, Floats]:
    """Share of the weekends worked, of those of the window where the agent lives."""
    return {"weekends": case.mean(PER_CENT * case.weekends_worked, weekends_of(case))}


def holidays_worked(case: Case) -> Ints:
    """Public holidays that begin in the window, where the agent lives, on which each agent was at work."""
    days = public_days(case.scenario, case.clock)
    worked: Ints = (_worked(case, days) & within(days.spans.start, case.clock)).sum(axis=1)
    return worked


def _worked(case: Case, days: Recurring) -> Mask:
    """Which of these spans each agent worked, for long enough to count: (agents, spans)."""
    own, region, many = case.stints, case.journals.agents["region"], len(days.region)
    pieces = intersection(own.spans, region[own.agent], days.spans, days.region)
    held = summed(pieces.spans.length, own.agent[pieces.first] * many + pieces.second, case.agents * many)
    mask: Mask = held.reshape(case.agents, many) >= OF_A_WEEKEND
    return mask


def weekends_of(case: Case) -> Ints:
    """Weekends in the window where each agent lives."""
    weekends = recurring(case.scenario, case.clock, WEEKEND, _SATURDAY)
    inside = _mostly_inside(weekends, case.clock)
    count = np.bincount(weekends.region[inside], minlength=len(case.scenario.regions))
    of_agents: Ints = count[case.journals.agents["region"]]
    return of_agents


def _mostly_inside(weekends: Recurring, clock: Clock) -> Mask:
    """Weekends whose Sunday begins in the window: more than half of each lies in it, or just about."""
    return within(weekends.spans.start + DAY, clock)


# ---- load ------------------------------------------------------------------------------------------------------------


def _busy(case: Case) -> dict[str, Floats]:
    """Local clock hours, at least half of them on duty, in which the agent was critically busy."""
    present, occupied = _by_hour(case.sheet.on_duty, case), _by_hour(case.sheet.occupied, case)
    critical = per_cent(case.scenario.targets.utilization.critical)
    enough = np.flatnonzero(2 * present >= HOUR)
    busy = enough[PER_CENT * occupied.ravel()[enough] >= critical * present.ravel()[enough]]
    agent, hour = np.divmod(busy, present.shape[1])
    return {
        "busy_hours": case.count(agent) / case.per(WEEK),
        "busy_streak": case.most(agent, consecutive(agent, hour)).astype(np.float64),
    }


def _by_hour(held: Held, case: Case) -> Ints:
    """Time of each agent in each clock hour of the window: (agents, hours) ms.

    Zones that are not whole hours from UTC have their hours moved, as it is at the run's start. (Only on Lord Howe
    Island, which changes its clocks by half an hour, they are off after the change.)
    """
    clock, duties = case.clock, case.journals.duties
    spans = held.spans.clipped(clock.warmup, clock.end)
    shift = local_offset(case.scenario, clock) % HOUR
    if shift.any():
        moved = shift[duties["region"][held.segment]]
        spans = Spans(spans.start + moved, spans.end + moved)
    grid = Grid(clock.warmup, HOUR, -((clock.warmup - clock.end) // HOUR) + 1)
    return time_in_bins(spans, duties["agent"][held.segment], case.agents, grid)


def _pauses(case: Case) -> dict[str, Floats]:
    """Share of long duties without a pause between their first hour and their last.

    A pause is a stretch free of work, meetings and reviews, planned or not, of the length that the limits say.
    """
    duties = case.duties
    long = case.counted & duties.seen & (duties.end - duties.start > LONG_DUTY)
    core, agent = Spans(duties.start[long] + HOUR, duties.end[long] - HOUR), duties.agent[long]
    missed = _longest_gap(core, agent, case.sheet.busy) < case.limits.pause
    return {"without_pause": case.mean(PER_CENT * case.count(agent[missed]), case.count(agent))}


def _longest_gap(core: Spans, agent: Ints, busy: Own) -> Ints:
    """The longest stretch of each span in which its agent is not busy, ms; spans and busy are by (agent, start)."""
    pieces = intersection(busy.spans, busy.agent, core, agent)
    which, (start, end) = pieces.second, pieces.spans
    before = core.start[which]
    again = np.flatnonzero(which[1:] == which[:-1]) + 1
    before[again] = end[again - 1]
    longest, reached = np.zeros(len(agent), dtype=np.int64), core.start.copy()
    np.maximum.at(longest, which, start - before)
    np.maximum.at(reached, which, end)
    gap: Ints = np.maximum(longest, core.end - reached)
    return gap


def _interruptions(case: Case) -> dict[str, Floats]:
    """Work that a P1 took out of their hands."""
    work = case.journals.work
    preempted = (work["how_ended"] == How.PREEMPTED) & (work["agent"] != NOBODY) & within(work["end"], case.clock)
    return {"preemptions": case.count(work["agent"][preempted]) / case.per(WEEK)}


def _in_sleep(case: Case) -> Mask:
    mask: Mask = (case.interrupted.when == When.SLEEP) & within(case.interrupted.sent, case.clock)
    return mask


def _overruns(case: Case) -> dict[str, Floats]:
    """Mean time beyond the paid end, over duties that start in the window and whose paid time ends in the run."""
    duties = case.duties
    seen = case.counted & duties.seen
    late, agent = np.maximum(duties.left - duties.paid_end, 0)[seen], duties.agent[seen]
    return {"overrun": case.mean(summed(late, agent, case.agents) / MINUTE, case.count(agent))}
