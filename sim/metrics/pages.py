"""Who is paged, what it interrupts, how it is answered, and what never came to a page."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import DAY, HOUR, MINUTE, SECOND
from sim.engine.journal import NOBODY, Mode, Outcome, State, missing
from sim.metrics.cuts import PER_CENT, Layout, Measure, axes, ratios, rows, within
from sim.metrics.intervals import Spans, intersection, summed
from sim.metrics.week import local_hour, local_time, recurring
from sim.scenario.oncall import OnCall
from sim.scenario.units import Span
from sim.workforce.roster import Level
from sim.workload.tape import Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Journals, Table
    from sim.metrics.cuts import Ratios
    from sim.scenario.schema import Scenario

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

ONE_INTERRUPTION = 60 * SECOND
"""A page that comes within this time of the one before interrupts nobody anew."""
WORKDAYS = (0, 1, 2, 3, 4)
DAYTIME = Span(8 * HOUR, 18 * HOUR)
"""Local hours, Monday to Friday, in which a page off duty disturbs neither sleep nor an evening or weekend."""
BUSINESS = Span(9 * HOUR, 17 * HOUR)
"""Business hours of the manual (§2.3), Monday to Friday, local time; public holidays are not looked at."""


class When(IntEnum):
    """What an interruption falls into, by the clock of whoever is interrupted."""

    ON_DUTY = 0
    SLEEP = 1
    OFF_HOURS = 2
    DAYTIME = 3


LAYOUTS = {
    "pages_by_region_hour": Layout(
        ("region", "hour_of_week"),
        (Measure("pages", "pages"), Measure("interruptions", "interruptions")),
        "Pages that rang, and interruptions, by the region of whoever was paged and its local hour of the week.",
    ),
    "pages_by_level": Layout(
        ("level",),
        (
            Measure("pages", "pages"),
            Measure("answered", "%"),
            Measure("answer.mean", "min"),
            Measure("passed_over", "pages"),
        ),
        "Pages that rang, by their place in the on-call chain: the share that was answered, the mean time until it "
        "was, and how often somebody was passed over at once because they were busy.",
    ),
    "pages_by_agent": Layout(
        ("agent",),
        (
            Measure("pages", "pages"),
            Measure("interruptions", "interruptions"),
            Measure("sleep", "interruptions"),
            Measure("off_hours", "interruptions"),
            Measure("callouts", "call-outs"),
        ),
        "Pages that rang, what they interrupted, and call-outs, by agent.",
    ),
}


class Interruptions(NamedTuple):
    """One entry each time that somebody is interrupted by pages, by (agent, sent)."""

    agent: Ints
    sent: Ints
    """When the first of its pages was sent."""
    when: NDArray[np.uint8]
    """`When`."""


def rang(pages: Table) -> Mask:
    """Which pages rang: all but those of people who were busy and passed over at once."""
    mask: Mask = (pages["outcome"] != Outcome.BUSY) | ~missing(pages["answered"])
    return mask


def interruptions(journals: Journals, scenario: Scenario, clock: Clock) -> Interruptions:
    """The interruptions of the whole run."""
    pages = journals.pages
    rung = np.flatnonzero(rang(pages))
    rung = rung[np.lexsort((pages["sent"][rung], pages["agent"][rung]))]
    agent, sent = pages["agent"][rung].astype(np.int64), pages["sent"][rung]
    anew = np.ones(len(rung), dtype=np.bool_)
    anew[1:] = (agent[1:] != agent[:-1]) | (sent[1:] - sent[:-1] > ONE_INTERRUPTION)
    agent, sent, on_duty = agent[anew], sent[anew], pages["on_duty"][rung[anew]] != 0
    by_the_clock = _by_the_clock(journals.agents["region"][agent], sent, scenario, clock)
    return Interruptions(agent, sent, np.where(on_duty, np.uint8(When.ON_DUTY), by_the_clock))


def _by_the_clock(region: NDArray[np.int16], instants: Ints, scenario: Scenario, clock: Clock) -> NDArray[np.uint8]:
    sleep = scenario.oncall.sleep if scenario.oncall else OnCall().sleep
    time = local_time(scenario, clock, region, instants)
    workday = np.isin(local_hour(scenario, clock, region, instants) // (DAY // HOUR), WORKDAYS)
    asleep, daytime = _shows(time, sleep), _shows(time, DAYTIME) & workday
    off_duty = np.where(daytime, np.uint8(When.DAYTIME), np.uint8(When.OFF_HOURS))
    return np.where(asleep, np.uint8(When.SLEEP), off_duty)


def _shows(time: Ints, hours: Span) -> Mask:
    """Whether a time of day lies in the span, which may go beyond midnight."""
    mask: Mask = (time - hours.start) % DAY < hours.end - hours.start
    return mask


def tables(journals: Journals, interrupted: Interruptions, scenario: Scenario, clock: Clock) -> dict[str, Ratios]:
    """Pages by hour, by level and by agent."""
    rung = rang(journals.pages) & within(journals.pages["sent"], clock)
    pages = {name: column[rung] for name, column in journals.pages.items()}
    counted = within(interrupted.sent, clock)
    inside = Interruptions(interrupted.agent[counted], interrupted.sent[counted], interrupted.when[counted])
    return {
        "pages_by_region_hour": _by_region_hour(pages, inside, journals, scenario, clock),
        "pages_by_level": _by_level(pages, journals.pages, clock),
        "pages_by_agent": _by_agent(pages, inside, journals, clock),
    }


def _by_region_hour(
    pages: Table, inside: Interruptions, journals: Journals, scenario: Scenario, clock: Clock
) -> Ratios:
    def counts(agent: Ints, sent: Ints) -> Ints:
        region = journals.agents["region"][agent]
        columns = {"region": region, "hour_of_week": local_hour(scenario, clock, region, sent)}
        row, count = rows(LAYOUTS["pages_by_region_hour"].keys, columns, axes(scenario))
        return np.bincount(row, minlength=count)

    return ratios((counts(pages["agent"], pages["sent"]), 1), (counts(inside.agent, inside.sent), 1))


def _by_level(pages: Table, all_pages: Table, clock: Clock) -> Ratios:
    levels, level = len(Level), pages["level"]
    answered, decided = ~missing(pages["answered"]), pages["outcome"] != Outcome.OPEN
    taken = np.bincount(level, weights=answered, minlength=levels)
    time = summed((pages["answered"] - pages["sent"])[answered], level[answered], levels)
    over = all_pages["level"][~rang(all_pages) & within(all_pages["sent"], clock)]
    return ratios(
        (np.bincount(level, minlength=levels), 1),
        (PER_CENT * taken, np.bincount(level, weights=decided, minlength=levels)),
        (time / MINUTE, taken),
        (np.bincount(over, minlength=levels), 1),
    )


def _by_agent(pages: Table, inside: Interruptions, journals: Journals, clock: Clock) -> Ratios:
    agents = len(journals.agents["tier"])
    parts = [
        pages["agent"],
        inside.agent,
        inside.agent[inside.when == When.SLEEP],
        inside.agent[inside.when == When.OFF_HOURS],
        journals.work["agent"][_callouts(journals, clock)],
    ]
    return ratios(*((np.bincount(agent, minlength=agents), 1) for agent in parts))


def _callouts(journals: Journals, clock: Clock) -> Mask:
    work = journals.work
    mask: Mask = (work["mode"] == Mode.CALL_OUT) & (work["agent"] != NOBODY) & within(work["start"], clock)
    return mask


def kpis(
    journals: Journals, interrupted: Interruptions, scenario: Scenario, clock: Clock
) -> dict[str, tuple[float, float]]:
    """Pages, interruptions, acknowledgements, call-outs, and alerts that were kept from people."""
    pages = journals.pages
    rung = rang(pages) & within(pages["sent"], clock)
    when = interrupted.when[within(interrupted.sent, clock)]
    first = _first_pages(journals)
    return {
        "pages.count": (_count(rung), 1),
        "pages.interruptions": (len(when), 1),
        "pages.sleep": (_count(when == When.SLEEP), 1),
        "pages.off_hours": (_count(when == When.OFF_HOURS), 1),
        "pages.acknowledged": _acknowledged(journals.tickets, first, scenario, clock),
        "pages.ack.mean": _mean_acknowledgement(journals.tickets, first, clock),
        "pages.second_level": _share(pages["level"] != Level.PRIMARY, rung),
        "pages.unanswered": _share(pages["outcome"] == Outcome.UNANSWERED, rung & (pages["outcome"] != Outcome.OPEN)),
        "callouts.count": (_count(_callouts(journals, clock)), 1),
        "oncall.staff": _on_call(journals.turns, scenario, clock),
        **_alerts(journals.tickets, clock),
    }


def _count(mask: Mask) -> int:
    return int(mask.sum())


def _share(part: Mask, whole: Mask) -> tuple[float, float]:
    return PER_CENT * _count(part & whole), _count(whole)


class _First(NamedTuple):
    """The paged tickets, and when they first rang for anybody."""

    ticket: Ints
    sent: Ints


def _first_pages(journals: Journals) -> _First:
    """Pages are in the order of their rounds and levels, so the first of a ticket is the earliest."""
    pages = journals.pages
    rung = np.flatnonzero(rang(pages))
    ticket, first = np.unique(pages["ticket"][rung], return_index=True)
    return _First(ticket, pages["sent"][rung[first]])


def _acknowledged(tickets: Table, first: _First, scenario: Scenario, clock: Clock) -> tuple[float, float]:
    """One that needs no answer any more, taken up by somebody else or given up by the customer, is left out."""
    wanted = scenario.targets.acknowledgement
    if wanted is None:
        return 0, 0
    deadline = first.sent + wanted
    due = within(first.sent if scenario.horizon.drain else deadline, clock)
    met = _by(tickets["acknowledged"][first.ticket], deadline)
    settled = _by(tickets["started"][first.ticket], deadline) | _by(tickets["abandoned"][first.ticket], deadline)
    return _share(met, due & (met | ~settled))


def _by(instant: Ints, deadline: Ints) -> Mask:
    mask: Mask = ~missing(instant) & (instant <= deadline)
    return mask


def _mean_acknowledgement(tickets: Table, first: _First, clock: Clock) -> tuple[float, float]:
    acknowledged = tickets["acknowledged"][first.ticket]
    counted = within(first.sent, clock) & ~missing(acknowledged)
    return int((acknowledged - first.sent)[counted].sum()) / MINUTE, _count(counted)


def _on_call(turns: Table, scenario: Scenario, clock: Clock) -> tuple[float, float]:
    """Primaries with the pager while their region is outside business hours, on average over the window."""
    primary = turns["level"] == Level.PRIMARY
    held = Spans(turns["start"], turns["end"]).where(primary).clipped(clock.warmup, clock.end)
    business = recurring(scenario, clock, BUSINESS, WORKDAYS)
    inside = intersection(held, turns["region"][primary], business.spans, business.region).spans
    outside = int(held.length.sum()) - int(inside.length.sum())
    return outside / HOUR, (clock.end - clock.warmup) / HOUR


def _alerts(tickets: Table, clock: Clock) -> dict[str, tuple[float, float]]:
    raised = (tickets["kind"] == Kind.ALERT) & within(tickets["created"], clock)
    return {
        "alerts.raised": (_count(raised), 1),
        "alerts.filtered": _share(tickets["state"] == State.FILTERED, raised),
    }
