"""Emergencies - how many, how soon they were over - and whether those who have to know were told in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import MINUTE, NEVER
from sim.engine.journal import missing
from sim.metrics.cuts import PER_CENT, Layout, Measure, Ratios, heads_of, pair, ratios, some, within
from sim.metrics.intervals import summed
from sim.workload.tape import Kind, TaskKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Journals
    from sim.scenario.emergencies import Emergencies
    from sim.scenario.schema import Scenario

    Ints = NDArray[np.int64]

_BY_TYPE, _BY_STEP = "emergencies_by_type", "communication_by_step"

LAYOUTS = {
    _BY_TYPE: Layout(
        ("emergency",),
        (
            Measure("count", "emergencies"),
            Measure("response", "min"),
            Measure("resolution", "min"),
            Measure("open", "emergencies"),
        ),
        "Emergencies that began in the measured window, a replication; the mean times until their team led them and "
        "until they were resolved; and how many were not by the end of the run.",
    ),
    _BY_STEP: Layout(
        ("step",),
        (Measure("due", "steps"), Measure("on_time", "%"), Measure("delay", "min")),
        "Steps of the communication chain, of emergencies and of P1s that became one, a replication: the share begun "
        "within `emergencies.on_time` of the instant at which they fell due, of those for which that time ended in "
        "the measured window; and the mean delay of those that were begun.",
    ),
}


def tables(journals: Journals, scenario: Scenario, clock: Clock) -> dict[str, Ratios]:
    """Emergencies by type, and the communication chain by step."""
    return {
        _BY_TYPE: _by_type(journals, len(scenario.emergencies.types), clock),
        _BY_STEP: _by_step(journals, scenario.emergencies, clock, drained=scenario.horizon.drain),
    }


def _by_type(journals: Journals, types: int, clock: Clock) -> Ratios:
    tickets = journals.tickets
    ours = (tickets["kind"] == Kind.EMERGENCY) & (tickets["emergency"] < types) & within(tickets["created"], clock)
    found = some(tickets, ours)
    count = np.bincount(found["emergency"], minlength=types)
    passed = []
    for instant in ("started", "resolved"):
        known = ~missing(found[instant])
        kind, time = found["emergency"][known], (found[instant] - found["created"])[known]
        passed.append((summed(time, kind, types) / MINUTE, np.bincount(kind, minlength=types)))
    (response, resolution), (_, resolved) = passed, passed[1]
    return ratios((count, 1), response, resolution, (count - resolved, 1))


class _Steps(NamedTuple):
    """Steps of the communication chain that fell due: an entry each."""

    step: Ints
    """Its place in the scenario's chain."""
    due: Ints
    begun: Ints
    """When somebody began it; missing where nobody has."""


def _by_step(journals: Journals, rules: Emergencies, clock: Clock, *, drained: bool) -> Ratios:
    found, steps = _fallen_due(journals, rules), len(rules.chain)
    deadline = found.due + rules.on_time
    counted = within(found.due if drained else deadline, clock)
    step, due, begun = (column[counted] for column in found)
    known = ~missing(begun)
    on_time = known & (begun <= deadline[counted])
    many = np.bincount(step, minlength=steps)
    return ratios(
        (many, 1),
        (PER_CENT * np.bincount(step[on_time], minlength=steps), many),
        (summed((begun - due)[known], step[known], steps) / MINUTE, np.bincount(step[known], minlength=steps)),
    )


def _fallen_due(journals: Journals, rules: Emergencies) -> _Steps:
    """A ticket's steps fall due in the order of `after`, and those of one instant in that of the scenario."""
    work = some(journals.work, journals.work["kind"] == TaskKind.COMMS)
    heads = heads_of(work["ticket"], work["task"])
    task = np.repeat(np.arange(len(heads)), np.diff(heads, append=len(work["ticket"])))
    begun = np.full(len(heads), NEVER)
    starts = np.flatnonzero(~missing(work["start"]))[::-1]  # so that the first of a task is written last
    begun[task[starts]] = work["start"][starts]
    ticket, due = work["ticket"][heads], work["queued_at"][heads]
    order = np.lexsort((work["task"][heads], due, ticket))
    place = np.arange(len(order)) - np.searchsorted(ticket[order], ticket[order])
    chain = np.argsort([step.after for step in rules.chain.values()], kind="stable")
    known = place < len(chain)
    return _Steps(chain[place[known]].astype(np.int64), due[order][known], begun[order][known])


def kpis(cuts: Mapping[str, Ratios], scenario: Scenario) -> dict[str, tuple[float, float]]:
    """All types and all steps together; no figure where the scenario has none."""
    by_type, by_step = (Ratios(*(side.sum(axis=0, keepdims=True) for side in cuts[name])) for name in LAYOUTS)
    some_types = int(bool(scenario.emergencies.types))
    return {
        "emergencies.count": (pair(by_type, 0, 0)[0], some_types),
        "emergencies.response.mean": pair(by_type, 0, 1),
        "emergencies.resolution.mean": pair(by_type, 0, 2),
        "emergencies.open": (pair(by_type, 0, 3)[0], some_types),
        "communication.on_time": pair(by_step, 0, 1),
    }
