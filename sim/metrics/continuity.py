"""What disruptions and drills do to the service: how long it takes to recover, and what has to wait meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import HOUR, MINUTE, NEVER, QUARTER
from sim.engine.journal import State, missing
from sim.metrics.cuts import PER_CENT, Layout, Measure, Ratios, pair, ratios, some, within
from sim.metrics.flow import Lines, time_grid
from sim.metrics.intervals import Grid, Spans, time_in_bins, union
from sim.metrics.utilization import per_cent
from sim.workload.tape import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Journals, Table
    from sim.scenario.schema import Scenario

    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]

LOOK_AHEAD = 4 * HOUR
"""The service level of an instant is that of the tickets created within this time from it on."""
STEP = QUARTER
"""How often it is looked at after a disruption."""

BY_DISRUPTION, BY_TIME = "continuity_by_disruption", "continuity_by_time"

LAYOUTS = {
    BY_DISRUPTION: Layout(
        ("disruption",),
        (
            Measure("occurrences", "occurrences"),
            Measure("recovery", "min"),
            Measure("unrecovered", "%"),
            Measure("backlog_peak", "tickets"),
            Measure("deferred", "tickets"),
            Measure("came_back", "%"),
            Measure("still_waiting", "tickets"),
        ),
        "Disruptions and drills that began in the measured window, by name; an occurrence a region. `recovery`, "
        "`backlog_peak` and `deferred` as in the key figures, an occurrence; `unrecovered`: those after which the "
        "service was not back by the end of the run, of those that ended at least 4 h before it; `came_back`: of the "
        "deferred, who was worked on afterwards or gave up; `still_waiting`: the others, a replication.",
    ),
    BY_TIME: Layout(
        ("time",),
        (
            Measure("waiting", "tickets"),
            Measure("response", "%"),
            Measure("disrupted", "%"),
            Measure("emergencies", "emergencies"),
        ),
        "By hour of the whole run, or by day where it is long: tickets and alerts that wait; the share of those "
        "created within 4 h from its start on that got their first response in time; the share of the time in which "
        "something was disrupted, or exercised; and open emergencies.",
    ),
}


class _Responses(NamedTuple):
    """Tickets and alerts whose response was decided, in an order of instants: kept, or not."""

    at: Ints
    """Of each, sorted: its creation, or when the response fell due."""
    kept: Ints
    """(n + 1,) how many were kept of the first so many."""

    def between(self, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Of those in each [start, end): how many were kept, and how many there are."""
        first, last = (np.searchsorted(self.at, edge) for edge in (start, end))
        return self.kept[last] - self.kept[first], last - first


class _Waits(NamedTuple):
    """One entry a stretch in line."""

    spans: Spans
    ticket: Ints


class _Backlog(NamedTuple):
    """Tickets that wait: how many from each instant on, up to the next. The first instant lies before all others."""

    at: Ints
    waiting: Ints

    def peak(self, start: int, end: int) -> int:
        """The most between two instants, above what there was just before the first."""
        before = int(np.searchsorted(self.at, start)) - 1
        last = int(np.searchsorted(self.at, end, side="right"))
        return int(self.waiting[before:last].max() - self.waiting[before])


class _Occurrence(NamedTuple):
    """One disruption or drill."""

    start: int
    end: int
    serves: int


class _Outcome(NamedTuple):
    """What an occurrence did. Times in ms."""

    judged: bool
    """Whether there is a service level to hold it against, and time enough after it to see one."""
    recovered: bool
    recovery: int
    backlog_peak: int
    deferred: int
    waiting: int


@dataclass(frozen=True)
class _Run:
    """One replication, as every occurrence looks at it."""

    journals: Journals
    lines: Lines
    target: float
    """Per cent of the responses that shall be in time."""

    @cached_property
    def created(self) -> _Responses:
        """Responses by the creation of the tickets."""
        return self._responses("created")

    @cached_property
    def due(self) -> _Responses:
        """Responses by when they fell due: then at the latest they were decided."""
        return self._responses("respond_by")

    def _responses(self, by: str) -> _Responses:
        """What is not due by the end of the run, or was given up before, is undecided."""
        tickets, end = self.journals.tickets, self.journals.end
        started, deadline, gone = (tickets[name] for name in ("started", "respond_by", "abandoned"))
        begun = ~missing(started)
        settled = begun | (~missing(gone) & (gone >= deadline)) | (missing(gone) & (deadline < end))
        ordinary = (tickets["state"] != State.FILTERED) & (tickets["kind"] != Kind.EMERGENCY)
        rows = np.flatnonzero(ordinary & ~missing(deadline) & settled)
        rows = rows[np.argsort(tickets[by][rows], kind="stable")]
        kept = begun[rows] & (started[rows] <= deadline[rows])
        return _Responses(tickets[by][rows], np.concatenate([[0], np.cumsum(kept)]))

    @cached_property
    def waits(self) -> _Waits:
        """Of tickets and alerts at the tiers."""
        ticket, (start, end) = self.lines.work["ticket"], self.lines.waiting
        ordinary = self.journals.tickets["kind"][ticket] != Kind.EMERGENCY
        ours = some({"ticket": ticket, "start": start, "end": end}, ordinary)
        return _Waits(Spans(ours["start"], ours["end"]), ours["ticket"])

    @cached_property
    def waiting(self) -> Spans:
        """When tickets waited, none of them for no time; several tasks of one ticket count once."""
        spans, ticket = self.waits
        long = np.flatnonzero(spans.length > 0)
        return union(spans.where(long), ticket[long]).spans

    @cached_property
    def backlog(self) -> _Backlog:
        """How many waited."""
        spans = self.waiting
        at, which = np.unique(np.concatenate([[NEVER], spans.start, spans.end]), return_inverse=True)
        change = np.concatenate([[0], np.ones(len(spans.start)), -np.ones(len(spans.end))])
        return _Backlog(at, np.cumsum(np.bincount(which, weights=change)).astype(np.int64))

    @cached_property
    def last_start(self) -> Ints:
        """When work on each ticket last began; missing where it never has."""
        work = self.journals.work
        last = np.full(len(self.journals.tickets["ticket"]), NEVER)
        np.maximum.at(last, work["ticket"], work["start"])
        return last

    def outcome(self, one: _Occurrence) -> _Outcome:
        """Follow an occurrence until the service has recovered, or to the end of the run."""
        end = self.journals.end
        level = self._level(one.start) if one.end + LOOK_AHEAD <= end else None
        back = None if level is None else self._recovered_at(one.end, level)
        deferred, waiting = self._deferred(one)
        return _Outcome(
            judged=level is not None, recovered=back is not None,
            recovery=(end if back is None else back) - one.end,
            backlog_peak=self.backlog.peak(one.start, end if back is None else back),
            deferred=deferred, waiting=waiting,
        )  # fmt: skip

    def _level(self, start: int) -> float | None:
        """The service level to come back to, in per cent: the target, or what it was before where that was less.

        Before are responses that fell due before it began: those of the last who came then are decided in the
        disruption, and would lower the bar if they counted; if only the kept ones of them did, these would raise it.
        """
        if not len(self.due.at):
            return None
        since = np.array([start - LOOK_AHEAD])
        (kept,), (due,) = self.due.between(since, since + LOOK_AHEAD)
        return min(self.target, PER_CENT * int(kept) / int(due)) if due else self.target

    def _recovered_at(self, end: int, level: float) -> int | None:
        """The first instant from which tickets get their responses again; where none comes, none is late."""
        at = np.arange(end, self.journals.end - LOOK_AHEAD + 1, STEP, dtype=np.int64)
        kept, due = self.created.between(at, at + LOOK_AHEAD)
        good = np.flatnonzero(PER_CENT * kept >= level * due)
        return int(at[good[0]]) if len(good) else None

    def _deferred(self, one: _Occurrence) -> tuple[int, int]:
        """Tickets that waited because their priority was not served, and those of them that have waited ever since."""
        tickets, (spans, whose) = self.journals.tickets, self.waits
        put_off = one.serves >> tickets["priority"][whose].astype(np.int64) & 1 == 0
        rows = np.flatnonzero(put_off & (spans.start < one.end) & (spans.end > one.start))
        ticket, first = np.unique(whose[rows], return_index=True)
        since = np.maximum(spans.start[rows[first]], one.start)
        gone_on = self.last_start[ticket] >= since
        over = ~missing(tickets["abandoned"][ticket]) | (tickets["resolved"][ticket] >= since)
        return len(ticket), int((~gone_on & ~over).sum())


def tables(journals: Journals, lines: Lines, scenario: Scenario, clock: Clock) -> dict[str, Ratios]:
    """Disruptions and drills by name, and the service over time."""
    run = _Run(journals, lines, per_cent(scenario.targets.response_met))
    threats = len(scenario.continuity.threats)
    names = threats + len(scenario.continuity.drills)
    return {
        BY_DISRUPTION: _by_disruption(run, journals.disruptions, threats, names, clock),
        BY_TIME: _by_time(run, clock),
    }


def _by_disruption(run: _Run, happened: Table, threats: int, names: int, clock: Clock) -> Ratios:
    counted = some(happened, within(happened["start"], clock))
    entry = counted["entry"].astype(np.int64) + threats * (counted["drill"] != 0)
    found = np.array([_row(run.outcome(one)) for one in _occurrences(counted)], dtype=np.float64).reshape(-1, 7, 2)
    total = np.zeros((names, 7, 2))
    np.add.at(total, entry, found)
    total[:, [0, 6], 1] = 1  # counts, and those who still wait, are a replication
    return Ratios(total[..., 0], total[..., 1])


def _occurrences(happened: Table) -> Iterator[_Occurrence]:
    columns = (happened[name].tolist() for name in ("start", "end", "serves"))
    return (_Occurrence(*row) for row in zip(*columns, strict=True))


def _row(one: _Outcome) -> list[tuple[float, float]]:
    """What an occurrence adds to the measures of its name, above and below the line."""
    return [
        (1, 1),
        (one.recovery / MINUTE if one.judged else 0, one.judged),
        (PER_CENT * (one.judged and not one.recovered), one.judged),
        (one.backlog_peak, 1),
        (one.deferred, 1),
        (PER_CENT * (one.deferred - one.waiting), one.deferred),
        (one.waiting, 1),
    ]


def _by_time(run: _Run, clock: Clock) -> Ratios:
    grid, journals = time_grid(clock), run.journals
    lasts = np.minimum(grid.starts + grid.width, clock.end) - grid.starts
    kept, due = run.created.between(grid.starts, grid.starts + max(grid.width, LOOK_AHEAD))
    happened = journals.disruptions
    disrupted = union(Spans(happened["start"], happened["end"]), np.zeros(len(happened["start"]), dtype=np.int64)).spans
    return ratios(
        (_held(run.waiting, grid, clock) / HOUR, lasts / HOUR),
        (PER_CENT * kept, due),
        (PER_CENT * _held(disrupted, grid, clock) / HOUR, lasts / HOUR),
        (_held(_open_emergencies(journals), grid, clock) / HOUR, lasts / HOUR),
    )


def _held(spans: Spans, grid: Grid, clock: Clock) -> Ints:
    held: Ints = time_in_bins(spans, np.zeros(len(spans.start), dtype=np.int64), 1, grid, (0, clock.end))[0]
    return held


def _open_emergencies(journals: Journals) -> Spans:
    emergencies = some(journals.tickets, journals.tickets["kind"] == Kind.EMERGENCY)
    resolved = emergencies["resolved"]
    return Spans(emergencies["created"], np.where(missing(resolved), journals.end, resolved))


def kpis(cuts: Mapping[str, Ratios]) -> dict[str, tuple[float, float]]:
    """All disruptions and drills together."""
    total = Ratios(*(side.sum(axis=0, keepdims=True) for side in cuts[BY_DISRUPTION]))
    return {
        "continuity.recovery": pair(total, 0, 1),
        "continuity.backlog_peak": pair(total, 0, 3),
        "continuity.deferred": pair(total, 0, 4),
    }
