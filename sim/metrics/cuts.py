"""Tables of ratios whose rows are known before the run, so that replications are stacked without matching keys."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.clock import HOURS_PER_WEEK
from sim.engine.journal import State
from sim.scenario.base import PRIORITIES, ROLES, TIERS
from sim.workforce.roster import Level, Reason
from sim.workload.tape import CustomerClass, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from enum import IntEnum

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Table
    from sim.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Axes = Mapping[str, Sequence[Any]]

NO_CHANNEL = "(none)"
"""The channel of tickets without one, which is alerts; no channel of a scenario can be called so."""

PER_CENT = 100

EVERY_ROLE = (*ROLES, "lead")
"""Everybody there is: the tiers, and those who do no ordinary work."""
REST = "rest"
"""Why planned duty is lost: compensatory rest, which the duties tell; other reasons stand in the absences."""


class Ratios(NamedTuple):
    """Ratios that are added before they are divided.

    Of one replication: KPIs have the shape (k,), tables (rows, measures). Stacked, replications come first.
    """

    num: Floats
    den: Floats


class Measure(NamedTuple):
    """A column of a table; its ratio num / den is in this unit."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A table: its rows are all combinations of the keys, the last key running fastest.

    Attributes:
        keys: names of axes.
        measures: what is measured of each row.
        what: one sentence for the data dictionary.
    """

    keys: tuple[str, ...]
    measures: tuple[Measure, ...]
    what: str


def _labels(codes: type[IntEnum]) -> tuple[str, ...]:
    return tuple(member.name.lower() for member in codes)


_FIXED: Axes = {
    "priority": PRIORITIES,
    "tier": TIERS,
    "customer_class": _labels(CustomerClass),
    "kind": _labels(Kind),
    "hour_of_week": range(HOURS_PER_WEEK),
    "level": _labels(Level),
    "role": EVERY_ROLE,
    "reason": (*_labels(Reason), REST),
}
"""The axes that are the same in every scenario."""


def axes(scenario: Scenario) -> dict[str, Sequence[Any]]:
    """The labels along every axis that the scenario fixes; position is code."""
    return {
        **_FIXED,
        "region": tuple(scenario.regions),
        "channel": (*scenario.demand.channels, NO_CHANNEL),
        "emergency": tuple(scenario.emergencies.types),
        "step": tuple(scenario.emergencies.chain),
        "disruption": (*scenario.continuity.threats, *scenario.continuity.drills),
    }


def rows(keys: tuple[str, ...], columns: Mapping[str, NDArray[Any]], along: Axes) -> tuple[NDArray[np.intp], int]:
    """The table row of each entry of the columns, and the number of rows; a code without a label is a ValueError."""
    shape = shape_of(keys, along)
    count = prod(shape)
    small = np.min_scalar_type(max(count, *shape)).type  # the fewer bytes, the quicker
    row = np.zeros(len(columns[keys[0]]), dtype=small)
    for key, labels in zip(keys, shape, strict=True):
        code = columns[key]
        if len(code) and not 0 <= int(code.min()) <= int(code.max()) < labels:
            raise ValueError(f"invalid entry in {key}: {code.min()} to {code.max()}, not of {labels}")
        row *= small(labels)
        row += code.astype(small, copy=False)
    return row.astype(np.intp), count


def shape_of(keys: tuple[str, ...], along: Axes) -> tuple[int, ...]:
    """How many labels there are along each key."""
    return tuple(len(along[key]) for key in keys)


def ratios(*pairs: tuple[Any, Any]) -> Ratios:
    """A table from the numerator and denominator of each measure; a plain number goes for every row."""
    shape = max((getattr(side, "shape", ()) for pair in pairs for side in pair), key=len)
    num, den = np.empty((2, *shape, len(pairs)))
    for measure, (above, below) in enumerate(pairs):
        num[..., measure], den[..., measure] = above, below
    return Ratios(num, den)


def pair(table: Ratios, row: int, measure: int) -> tuple[float, float]:
    """One cell, as (num, den)."""
    return float(table.num[row, measure]), float(table.den[row, measure])


def tier_sums(by_agent: Ratios, tier: NDArray[np.uint8]) -> Ratios:
    """A table by agent added up by the agents' own tier; managers, coordinators and the lead, who have none, are not
    in it.
    """
    return _sums(by_agent, tier, len(TIERS))


def role_sums(by_agent: Ratios, tier: NDArray[np.uint8]) -> Ratios:
    """A table by agent added up by role."""
    return _sums(by_agent, tier, len(EVERY_ROLE))


def _sums(by_agent: Ratios, tier: NDArray[np.uint8], codes: int) -> Ratios:
    return Ratios(*(np.stack([side[tier == code].sum(axis=0) for code in range(codes)]) for side in by_agent))


def of_tiers(tier: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Who, or what, belongs to a tier, and not to managers, coordinators or the lead."""
    mask: NDArray[np.bool_] = tier < len(TIERS)
    return mask


def heads_of(*columns: NDArray[Any]) -> NDArray[np.intp]:
    """The first of all rows that follow each other and are alike in these columns."""
    new = np.ones(len(columns[0]), dtype=np.bool_)
    new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.flatnonzero(new)


def within(instants: Ints, clock: Clock) -> NDArray[np.bool_]:
    """Which instants lie in the measured window; a missing one does not."""
    mask: NDArray[np.bool_] = (instants >= clock.warmup) & (instants < clock.end)
    return mask


def came(tickets: Table, clock: Clock) -> NDArray[np.bool_]:
    """Which tickets and alerts were created in the measured window and came before people: filtered alerts did not.

    Emergencies are neither; they have figures of their own.
    """
    seen = (tickets["state"] != State.FILTERED) & (tickets["kind"] != Kind.EMERGENCY)
    mask: NDArray[np.bool_] = within(tickets["created"], clock) & seen
    return mask


def some(table: Table, mask: NDArray[np.bool_]) -> Table:
    """Some rows of a journal; where these are all, no column is copied."""
    if mask.all():
        return table
    rows = np.flatnonzero(mask)
    return {name: column[rows] for name, column in table.items()}
