"""What flows and what stands: responses, waits, backlog, tickets in the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.clock import DAY, HOUR, MINUTE, QUARTER
from sim.compiled.jit import plain
from sim.engine.journal import State, Why, missing
from sim.metrics import passes
from sim.metrics.cuts import (
    PER_CENT,
    Layout,
    Measure,
    Ratios,
    axes,
    came,
    of_tiers,
    ratios,
    rows,
    shape_of,
    some,
    within,
)
from sim.metrics.intervals import Grid, Spans, Union, summed, time_in_bins, time_inside, union
from sim.metrics.week import local_week
from sim.scenario.base import PRIORITIES, TIERS
from sim.workload.tape import Kind, TaskKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Journals, Table
    from sim.scenario.schema import Scenario

    Ints = NDArray[np.int64]
    Codes = NDArray[Any]  # any integer type
    Mask = NDArray[np.bool_]
    Rows = NDArray[np.intp]

RESOLUTION_MEMORY = 8 * HOUR
"""The resolution rate looks at the tickets created in the last 8 h (the dashboard of the manual, §11.1)."""

OVER_MIN = (0, 1, 5, 15, 60)
"""Minutes for which the tables give the share of tasks that waited longer."""

_IS_ASIDE = np.isin(np.arange(len(TaskKind)), (TaskKind.COMMS, TaskKind.OUTSIDE))
"""By kind, which work is none on the ticket: telling others of it, and what people outside the organisation do."""

_IS_ANSWER = np.isin(np.arange(len(Why)), (Why.RETURNED, Why.CRITICAL))
"""By the reason for which a task is queued, whether the customer has answered."""

_COLUMNS = ("ticket", "region", "tier", "queued_at", "start", "end")

MOST_HOURS = 3000
"""A run of more hours than this has its backlog by day."""

_WAITS = (
    Measure("mean", "min"),
    Measure("probability", "%"),
    *(Measure(f"over_{minutes}_min", "%") for minutes in OVER_MIN[1:]),
)
_BACKLOG = (Measure("waiting", "tasks"), Measure("in_service", "tasks"))
_BY_BOTH = "waits_by_tier_priority"
_BY_TIME = "backlog_by_time_tier"
_BY_HOUR = "backlog_by_region_hour_tier"

LAYOUTS = {
    "waits_by_tier": Layout(
        ("tier",), _WAITS, "Waits for the first work, by the task's tier; the communication chain is not in it."
    ),
    "waits_by_priority": Layout(("priority",), _WAITS, "Waits for the first work, by the ticket's original priority."),
    _BY_BOTH: Layout(("tier", "priority"), _WAITS, "Waits for the first work, by both."),
    _BY_TIME: Layout(
        ("time", "tier"),
        _BACKLOG,
        f"Mean number of tasks waiting and in service, by hour of the whole run, warm-up included (by day where the "
        f"run is longer than {MOST_HOURS} h), and by the task's tier. The communication chain is not in it.",
    ),
    _BY_HOUR: Layout(
        ("region", "hour_of_week", "tier"),
        _BACKLOG,
        "Mean number of tasks waiting and in service in the measured window, by pool and its local hour of the week.",
    ),
}


class Tasks(NamedTuple):
    """One entry a task."""

    head: Rows
    """The row of its first stretch."""
    wait: Ints
    """Time in line before its first work, ms: all that it has waited so far, where there was none."""
    worked: Ints
    """Work on it, ms."""
    started: Mask


class Lines(NamedTuple):
    """The lines of the tiers, a row each stretch."""

    work: Table
    """The columns of the journal that say whose and where."""
    waiting: Spans
    """When each stretch was in line."""
    serving: Spans
    """When it was in service; empty where it never was."""


def lines_of_tiers(journals: Journals) -> Lines:
    """The work that stands in the lines of the tiers: without steps of the communication chain, and without that of
    managers, coordinators and people outside the organisation.
    """
    work = journals.work
    ours = of_tiers(work["tier"]) & ~_IS_ASIDE[work["kind"]]
    rows = some({name: work[name] for name in _COLUMNS}, ours)
    ends = np.where(missing(rows["end"]), journals.end, rows["end"])
    until = np.where(missing(rows["start"]), ends, rows["start"])
    return Lines(rows, Spans(rows["queued_at"], until), Spans(until, ends))


def tasks_of_tiers(journals: Journals) -> Tasks:
    """The tasks of the tiers, without what people outside the organisation do. A wait that escalation has cut in two
    adds up.
    """
    work = journals.work
    ours = of_tiers(work["tier"]) & (work["kind"] != TaskKind.OUTSIDE)
    most = len(work["ticket"])
    head, wait, worked = np.empty((3, most), dtype=np.int64)
    begun = np.empty(most, dtype=np.uint8)
    queued, start, end = (plain(work[name], np.int64) for name in ("queued_at", "start", "end"))
    ticket, task, counts = plain(work["ticket"], np.int64), plain(work["task"], np.int16), ours.view(np.uint8)
    count = passes.join_stretches(ticket, task, counts, queued, start, end, journals.end, head, wait, worked, begun)
    return Tasks(head[:count], wait[:count], worked[:count], begun[:count].view(np.bool_))


def tables(journals: Journals, lines: Lines, tasks: Tasks, scenario: Scenario, clock: Clock) -> dict[str, Ratios]:
    """Waits and backlog."""
    return {**_waits(journals, tasks, scenario, clock), **_backlog(lines, scenario, clock)}


def _waits(journals: Journals, tasks: Tasks, scenario: Scenario, clock: Clock) -> dict[str, Ratios]:
    """Of the tasks first queued in the window that somebody started on."""
    work = journals.work
    queued, kind = work["queued_at"][tasks.head], work["kind"][tasks.head]
    counted = np.flatnonzero(tasks.started & within(queued, clock) & ~_IS_ASIDE[kind])
    head = tasks.head[counted]
    columns = {"tier": work["tier"][head], "priority": journals.tickets["priority"][work["ticket"][head]]}
    return _waits_cuts(tasks.wait[counted], columns, scenario)


def _waits_cuts(wait: Ints, columns: Mapping[str, Codes], scenario: Scenario) -> dict[str, Ratios]:
    """Every cut of the waits: margins of the one by all keys."""
    keys, levels, along = LAYOUTS[_BY_BOTH].keys, len(OVER_MIN) + 1, axes(scenario)
    row, count = rows(keys, columns, along)
    # How many of the limits each is longer than; they are few: sooner than a search for each wait.
    passed = sum((wait > limit * MINUTE).view(np.uint8) for limit in OVER_MIN)
    tally = np.bincount(row * levels + passed, minlength=count * levels).reshape(*shape_of(keys, along), levels)
    time = summed(wait, row, count).reshape(tally.shape[:-1])
    cuts = {}
    for name, layout in LAYOUTS.items():
        if layout.measures is _WAITS:
            others = tuple(axis for axis, key in enumerate(keys) if key not in layout.keys)
            cuts[name] = _waits_cut(tally.sum(axis=others).reshape(-1, levels), time.sum(axis=others).ravel())
    return cuts


def _waits_cut(tally: Ints, time: Ints) -> Ratios:
    longer = np.cumsum(tally[:, ::-1], axis=1)[:, ::-1]  # column k: longer than k of the limits
    tasks = longer[:, 0]
    shares = ((PER_CENT * longer[:, level], tasks) for level in range(1, longer.shape[1]))
    return ratios((time / MINUTE, tasks), *shares)


def time_grid(clock: Clock) -> Grid:
    """The hours of the run, or its days where it is long."""
    width = HOUR if clock.end <= MOST_HOURS * HOUR else DAY
    return Grid(0, width, -(-clock.end // width))


def _backlog(lines: Lines, scenario: Scenario, clock: Clock) -> dict[str, Ratios]:
    """Both tables add up the same quarters of an hour: days begin and end with one, and a run is made of days."""
    week, grid, quarters = local_week(scenario, clock), time_grid(clock), Grid(0, QUARTER, clock.end // QUARTER)
    region, tier = lines.work["region"], lines.work["tier"]
    code, shape = region * np.int64(len(TIERS)) + tier, (len(scenario.regions), len(TIERS), quarters.bins)
    held = [
        time_in_bins(spans, code, shape[0] * shape[1], quarters).reshape(shape)
        for spans in (lines.waiting, lines.serving)
    ]
    lasts = np.repeat(np.minimum(grid.starts + grid.width, clock.end) - grid.starts, len(TIERS))
    available = np.repeat(week.available.ravel(), len(TIERS))
    by_time = (time.sum(axis=0).reshape(len(TIERS), grid.bins, -1).sum(axis=2).T.ravel() for time in held)
    by_hour = (week.folded(time[:, :, -week.grid.bins :]).ravel() for time in held)
    return {
        _BY_TIME: ratios(*((time / HOUR, lasts / HOUR) for time in by_time)),
        _BY_HOUR: ratios(*((time / HOUR, available / HOUR) for time in by_hour)),
    }


def present(journals: Journals) -> Union:
    """When each ticket or alert was queued or in service; tasks that run in parallel count once.

    An emergency is neither; and what of the communication chain goes on for a P1 keeps it no longer.
    """
    work = journals.work
    emergency = journals.tickets["kind"][work["ticket"]] == Kind.EMERGENCY
    ends = np.where(missing(work["end"]), journals.end, work["end"])
    stretches = {"ticket": work["ticket"], "since": work["queued_at"], "until": ends, "row": np.arange(len(ends))}
    ours = some(stretches, ~emergency & ~_IS_ASIDE[work["kind"]])
    pieces = union(Spans(ours["since"], ours["until"]), ours["ticket"])
    return Union(pieces.spans, pieces.group, ours["row"][pieces.opener])


def pending(journals: Journals, pieces: Union) -> Spans:
    """When tickets waited for the customer: until their answer put a task in line, or to the run's end."""
    ticket, tasks = pieces.group, pieces.opener
    goes_on = np.zeros(len(ticket), dtype=np.bool_)
    goes_on[:-1] = ticket[1:] == ticket[:-1]
    answered = np.zeros_like(goes_on)
    answered[:-1] = _IS_ANSWER[journals.work["why_queued"][tasks[1:]]]
    until = np.where(goes_on, np.append(pieces.spans.start, journals.end)[1:], journals.end)
    left_open = journals.tickets["state"][ticket] == State.PENDING
    return Spans(pieces.spans.end, until).where(np.where(goes_on, answered, left_open))


def open_incidents(journals: Journals) -> Spans:
    """When P1s and emergencies were not resolved: from creation to the end of the work, or to the run's end."""
    tickets = journals.tickets
    urgent = np.flatnonzero((tickets["priority"] == PRIORITIES.index("P1")) & (tickets["state"] != State.FILTERED))
    created, first, last, gone = (
        tickets[name][urgent] for name in ("created", "first_resolved", "resolved", "abandoned")
    )
    until = np.where(missing(gone), np.where(missing(first), journals.end, first), gone)
    again = np.flatnonzero(~missing(first) & (first != last))
    reopened = _reopened_at(journals, urgent[again])
    over = np.where(missing(last[again]), journals.end, last[again])
    return Spans(np.concatenate([created, reopened]), np.concatenate([until, over]))


def _reopened_at(journals: Journals, tickets: Ints) -> Ints:
    """When each of these tickets came back; the run's end where it is yet to."""
    work = journals.work
    back = np.flatnonzero(work["why_queued"] == Why.REOPENED)
    at = np.full(len(journals.tickets["created"]), journals.end, dtype=np.int64)
    at[work["ticket"][back]] = work["queued_at"][back]
    return at[tickets]


def kpis(journals: Journals, cuts: Mapping[str, Ratios], clock: Clock) -> dict[str, tuple[float, float]]:
    """Responses, waits, and the tickets in the house."""
    created = came(journals.tickets, clock)
    pieces = present(journals)
    waited = Ratios(cuts["waits_by_tier"].num.sum(axis=0), cuts["waits_by_tier"].den.sum(axis=0))
    return {
        "response.mean": _response(journals, created),
        "wait.mean": (float(waited.num[0]), float(waited.den[0])),
        "wait.probability": (float(waited.num[1]), float(waited.den[1])),
        "tickets.count": (int(created.sum()), 1),
        "tickets.abandoned": (int((created & ~missing(journals.tickets["abandoned"])).sum()), 1),
        "tickets.active": _average(pieces.spans, clock),
        "tickets.pending": _average(pending(journals, pieces), clock),
        "incidents.open": _average(open_incidents(journals), clock),
        "resolution.rate": _resolution_rate(journals.tickets, clock),
    }


def _response(journals: Journals, created: Mask) -> tuple[float, float]:
    tickets, paged = journals.tickets, np.zeros_like(created)
    paged[journals.pages["ticket"]] = True
    answered = np.flatnonzero(created & ~missing(tickets["started"]) & (paged | (tickets["kind"] == Kind.TICKET)))
    total = int((tickets["started"][answered] - tickets["created"][answered]).sum())
    return total / MINUTE, len(answered)


def _average(spans: Spans, clock: Clock) -> tuple[float, float]:
    """Mean number of spans that hold at an instant of the window."""
    return _inside(spans, clock) / HOUR, (clock.end - clock.warmup) / HOUR


def _inside(spans: Spans, clock: Clock) -> int:
    """Time of all spans in the window, ms."""
    return int(time_inside(spans, np.zeros(len(spans.start), dtype=np.int64), 1, (clock.warmup, clock.end))[0])


def _resolution_rate(tickets: Table, clock: Clock) -> tuple[float, float]:
    """A ticket is looked at for 8 h from its creation on, and found resolved from `resolved` on."""
    seen = (tickets["state"] != State.FILTERED) & (tickets["kind"] != Kind.EMERGENCY)
    created, resolved = some({name: tickets[name] for name in ("created", "resolved")}, seen).values()
    forgotten = created + RESOLUTION_MEMORY
    solved = Spans(np.where(missing(resolved), forgotten, resolved), forgotten)
    return PER_CENT * _inside(solved, clock) / HOUR, _inside(Spans(created, forgotten), clock) / HOUR
