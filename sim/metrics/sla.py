"""Promises kept: responses and resolutions by their deadlines."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.clock import NEVER
from sim.engine.journal import missing
from sim.metrics.cuts import NO_CHANNEL, PER_CENT, Layout, Measure, axes, pair, ratios, rows, within
from sim.metrics.intervals import summed
from sim.metrics.week import local_hour
from sim.scenario.base import PRIORITIES
from sim.workload.tape import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Journals, Table
    from sim.metrics.cuts import Axes, Ratios
    from sim.scenario.schema import Scenario

    Ints = NDArray[np.int64]
    Codes = NDArray[Any]  # any integer type
    Mask = NDArray[np.bool_]

_WITHOUT_CHANNEL = 255


class Outcome(IntEnum):
    """What became of a promise."""

    NOT_DUE = 0
    """There was none, or it does not belong to the measured window."""
    MET = 1
    BREACHED = 2
    EXCLUDED = 3
    """The customer gave up: in time, of a response; at all, of a resolution."""


_PROMISES = ("response", "resolution")
_MEASURES = tuple(
    measure
    for promise in _PROMISES
    for measure in (
        Measure(promise, "%"),
        Measure(f"{promise}.due", "tickets"),
        Measure(f"{promise}.met", "tickets"),
        Measure(f"{promise}.excluded", "tickets"),
    )
)
_BY_KIND, _BY_HOUR = "sla_by_kind", "sla_by_region_hour"
_KEYS = ("priority", "region", "tier", "channel", "customer_class")
"""Of the other tables, beside the kind."""
_PER_PROMISE = len(_MEASURES) // len(_PROMISES)

LAYOUTS = {
    "sla_by_priority": Layout(("priority",), _MEASURES, "Promises kept, by the ticket's original priority."),
    "sla_by_region": Layout(("region",), _MEASURES, "Promises kept, by the ticket's region."),
    "sla_by_tier": Layout(("tier",), _MEASURES, "Promises kept, by the tier at which the ticket enters."),
    "sla_by_channel": Layout(
        ("channel",), _MEASURES, f"Promises kept, by channel; alerts have none and stand under {NO_CHANNEL}."
    ),
    "sla_by_class": Layout(("customer_class",), _MEASURES, "Promises kept, by customer class."),
    _BY_KIND: Layout(
        ("kind",),
        _MEASURES,
        "Promises kept, to customers and to monitoring, and in emergencies, which are in no other table of promises.",
    ),
    _BY_HOUR: Layout(
        ("region", "hour_of_week"), _MEASURES, "Promises kept, by region and by its local hour of the week at creation."
    ),
}

CHANNEL_LAYOUTS = {
    "response_by_channel": Layout(
        ("channel",),
        (Measure("within_target", "%"), Measure("due", "tickets"), Measure("excluded", "tickets")),
        "First responses within the time that their channel promises (`demand.channels.*.response_target`), of tickets "
        "for which that time ended in the measured window.",
    )
}


def response(tickets: Table, clock: Clock, *, drained: bool) -> NDArray[np.uint8]:
    """The `Outcome` of every ticket's response; one at the deadline is in time, giving up at the deadline is not."""
    deadline = tickets["respond_by"]
    gone = ~missing(tickets["abandoned"]) & (tickets["abandoned"] < deadline)
    return _outcome(_due(deadline, tickets, clock, drained=drained), _by(tickets["started"], deadline), gone)


def resolution(tickets: Table, clock: Clock, *, drained: bool) -> NDArray[np.uint8]:
    """The `Outcome` of every ticket's resolution; the deadline moves by as much as the clock stood still."""
    promised = tickets["resolve_by"]
    deadline = np.where(missing(promised), NEVER, promised + tickets["paused"])
    due = _due(deadline, tickets, clock, drained=drained)
    return _outcome(due, _by(tickets["resolved"], deadline), ~missing(tickets["abandoned"]))


def _due(deadline: Ints, tickets: Table, clock: Clock, *, drained: bool) -> Mask:
    """Deadlines in the window; in a drained run, which leaves nothing undecided, all those of the window's tickets."""
    return ~missing(deadline) & within(tickets["created"], clock) if drained else within(deadline, clock)


def _by(instant: Ints, deadline: Ints) -> Mask:
    mask: Mask = ~missing(instant) & (instant <= deadline)
    return mask


def _outcome(due: Mask, met: Mask, gone: Mask) -> NDArray[np.uint8]:
    # Products of masks, which take a quarter of the time that choosing takes; what is not due is 0.
    unmet = np.uint8(Outcome.BREACHED) + gone * np.uint8(Outcome.EXCLUDED - Outcome.BREACHED)
    outcome: NDArray[np.uint8] = due * (met * np.uint8(Outcome.MET) + ~met * unmet)
    return outcome


def tables(journals: Journals, scenario: Scenario, clock: Clock) -> dict[str, Ratios]:
    """Every cut of the promises kept."""
    tickets, drained = journals.tickets, scenario.horizon.drain
    along = {**axes(scenario), **dict.fromkeys(_PROMISES, tuple(Outcome))}
    outcomes = response(tickets, clock, drained=drained), resolution(tickets, clock, drained=drained)
    columns = {**_columns(tickets, scenario, clock), **dict(zip(_PROMISES, outcomes, strict=True))}
    groups, hourly = (_alike((*keys, "kind", *_PROMISES), columns, along) for keys in (_KEYS, LAYOUTS[_BY_HOUR].keys))
    of = {**dict.fromkeys(LAYOUTS, groups.ordinary), _BY_KIND: groups, _BY_HOUR: hourly.ordinary}
    cuts = {name: _cut(layout, of[name], along) for name, layout in LAYOUTS.items()}
    return {**cuts, **_channels(tickets, columns, scenario, clock)}


def _channels(tickets: Table, columns: dict[str, NDArray[Any]], scenario: Scenario, clock: Clock) -> dict[str, Ratios]:
    """The promises of the channels, which are none of the priorities'."""
    targets = [channel.response_target for channel in scenario.demand.channels.values()]
    every = np.array([NEVER if target is None else target for target in (*targets, None)])
    promised = np.flatnonzero((every != NEVER)[columns["channel"]])
    theirs = {name: tickets[name][promised] for name in ("created", "started", "abandoned")}
    theirs["respond_by"] = theirs["created"] + every[columns["channel"][promised]]
    kept = response(theirs, clock, drained=scenario.horizon.drain)
    (name, layout) = next(iter(CHANNEL_LAYOUTS.items()))
    along = {**axes(scenario), "kept": tuple(Outcome)}
    row, count = rows((*layout.keys, "kept"), {"channel": columns["channel"][promised], "kept": kept}, along)
    share, due, _, excluded = _promise(np.bincount(row, minlength=count).reshape(-1, len(Outcome)))
    return {name: ratios(share, due, excluded)}


def _columns(tickets: Table, scenario: Scenario, clock: Clock) -> dict[str, NDArray[Any]]:
    channel = tickets["channel"]
    return {
        **tickets,
        "channel": np.where(channel == _WITHOUT_CHANNEL, len(scenario.demand.channels), channel),
        "hour_of_week": local_hour(scenario, clock, tickets["region"], tickets["created"]),
    }


class _Alike(NamedTuple):
    """Tickets that are alike in several columns, together; they are few."""

    columns: dict[str, NDArray[Any]]
    tickets: Ints
    """How many there are of each."""

    @property
    def ordinary(self) -> _Alike:
        """Those that are no emergencies."""
        rows = np.flatnonzero(self.columns["kind"] != Kind.EMERGENCY)
        return _Alike({name: codes[rows] for name, codes in self.columns.items()}, self.tickets[rows])


def _alike(keys: tuple[str, ...], columns: Mapping[str, NDArray[Any]], along: Axes) -> _Alike:
    row, count = rows(keys, columns, along)
    tickets = np.bincount(row, minlength=count)
    found = np.flatnonzero(tickets)
    codes = np.unravel_index(found, tuple(len(along[key]) for key in keys))
    return _Alike(dict(zip(keys, codes, strict=True)), tickets[found])


def _cut(layout: Layout, groups: _Alike, along: Axes) -> Ratios:
    kinds = len(Outcome)
    row, count = rows((*layout.keys, *_PROMISES), groups.columns, along)
    tally = summed(groups.tickets, row, count).reshape(-1, kinds, kinds)
    return ratios(*_promise(tally.sum(axis=2)), *_promise(tally.sum(axis=1)))


def _promise(tally: Ints) -> tuple[tuple[Any, Any], ...]:
    """The measures of a promise, from the tickets by row and outcome."""
    met, excluded = tally[:, Outcome.MET], tally[:, Outcome.EXCLUDED]
    due = met + tally[:, Outcome.BREACHED]
    return (PER_CENT * met, due), (due, 1), (met, 1), (excluded, 1)


def kpis(cuts: Mapping[str, Ratios]) -> dict[str, tuple[float, float]]:
    """The shares of promises kept, by priority."""
    table = cuts["sla_by_priority"]
    return {
        f"sla.{promise}.{priority}": pair(table, row, column * _PER_PROMISE)
        for column, promise in enumerate(_PROMISES)
        for row, priority in enumerate(PRIORITIES)
    }
