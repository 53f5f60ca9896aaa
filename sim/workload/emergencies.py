"""Emergencies: when they come, whom they need, and the tickets and alerts that they cause."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.scenario.base import ROLES
from sim.streams import stream
from sim.workload.alerts import Incidents, geometric
from sim.workload.draws import Draws, Part
from sim.workload.durations import prolonged, quantile
from sim.workload.occurrences import Origin, happenings, places
from sim.workload.tape import DATED, EMERGENCIES, NEXT_TYPE, TaskKind
from sim.workload.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.base import RoleName
    from sim.scenario.emergencies import AlertStorm, Emergency, Step, Surge
    from sim.scenario.schema import Scenario
    from sim.workload.occurrences import Happenings

    Whole = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Rates = tuple[Whole, Floats]


@dataclass(frozen=True, slots=True)
class Found:
    """Emergencies of one type in one region, all of them by chance or all dated.

    Attributes:
        type: index into the scenario's types of emergencies.
        region: index into the scenario's regions.
        way: the first word, after the region's name, of the streams from which they are drawn.
        part: their random numbers.
        shift: what lies between their public numbers, and those of what they cause, and the first ones of each kind.
        start: (n,) int64 ms of the run's clock, at least 1 and before the run's end.
        lasts: (n,) int64 ms of work of each of the team, at least 1.
    """

    type: int
    region: int
    way: str
    part: Part
    shift: int
    start: Whole
    lasts: Whole

    def __len__(self) -> int:
        return len(self.start)

    @property
    def number(self) -> Whole:
        """(n,) int64, public numbers."""
        return EMERGENCIES + self.shift + self.part.rows

    def draw(self, purpose: str, columns: int = 1) -> Floats:
        """(n, columns) uniform numbers in [0, 1)."""
        return Draws([self.part])(purpose, columns)


def emergencies_of(scenario: Scenario, clock: Clock, seed: int, replication: int) -> list[Found]:
    """All emergencies of one replication. What lasts no time is none, and what begins before the run is not part of it.

    Args:
        scenario: what is asked.
        clock: of the run.
        seed: ≥ 0.
        replication: counted from 0.
    """
    found = _found(scenario, clock, seed, replication)
    return [each for each in found if len(each)]


def _found(scenario: Scenario, clock: Clock, seed: int, replication: int) -> Iterator[Found]:
    """By type, region and reason, those included of whom there are none."""
    for type_, (name, emergency) in enumerate(scenario.emergencies.types.items()):
        for region, place, zone in places(emergency, scenario) if emergency.happens else ():
            key, what = (seed, replication, place), f"emergency {name}"
            for each in happenings(emergency, zone, clock, partial(stream, *key, what, "arrivals")):
                yield _lasting(each, emergency, type_, region, (*key, each.way(what)), clock)


def type_of(number: Whole) -> Whole:
    """The types of emergencies with these public numbers."""
    types: Whole = (number - EMERGENCIES) // NEXT_TYPE
    return types


def _lasting(
    happens: Happenings, emergency: Emergency, type_: int, region: int, key: tuple[int, int, str, str], clock: Clock
) -> Found:
    """Those within the run that last at all; `key` names their streams."""
    inside = np.flatnonzero((happens.start >= 0) & (happens.start < clock.end))
    u = Draws([Part(happens.row[inside], *key)])("lasts", 1)[:, 0]
    lasts = prolonged(emergency.lasts, emergency.scale, u)
    there = inside[lasts > 0]
    return Found(
        type=type_, region=region, way=key[-1], part=Part(happens.row[there], *key),
        shift=NEXT_TYPE * type_ + DATED * (happens.origin == Origin.DATED),
        start=np.maximum(happens.start[there], 1), lasts=lasts[lasts > 0],
    )  # fmt: skip


# ---- what they cause -----------------------------------------------------------------------------------------------


def surge_rates(found: Found, surge: Surge, rates: Rates) -> Rates:
    """The tickets per hour that emergencies cause on top of the usual ones; those of several add up.

    Args:
        found: the emergencies.
        surge: the scenario's section.
        rates: the usual ones, as in `poisson_arrivals`; the result has the same form.
    """
    usual, per_hour = rates
    end = np.minimum(found.start + (surge.lasts or found.lasts), usual[-1])
    edges = np.unique(np.concatenate([usual, found.start, end]))
    cell = edges[:-1]
    under_way = np.searchsorted(np.sort(found.start), cell, "right") - np.searchsorted(np.sort(end), cell, "right")
    return edges, surge.extra * under_way * per_hour[np.searchsorted(usual, cell, "right") - 1]


def storm_incidents(found: Found, storm: AlertStorm, sources: int) -> Incidents:
    """The storms of emergencies, one each, from one of the `sources` of the region."""
    u = found.draw("storm", 2)
    return Incidents(found.start, geometric(storm.size, u[:, 0]), (u[:, 1] * sources).astype(np.int64))


# ---- what they need ------------------------------------------------------------------------------------------------


class _Column(NamedTuple):
    """A task of each emergency of a type; `handle` is (n,)."""

    kind: TaskKind
    role: RoleName
    offset: int
    handle: Whole


def emergency_tasks(found: Sequence[Found], scenario: Scenario) -> Tasks:
    """The tasks of emergencies, one after the other: the team, who else is needed, and who is told.

    The tier of people outside the organisation, who belong to no pool, is that of the lead.
    """
    types = list(scenario.emergencies.types.values())
    return _joined([_tasks(list(_columns(each, types[each.type], scenario.emergencies.chain))) for each in found])


def _columns(found: Found, emergency: Emergency, chain: Mapping[str, Step]) -> Iterator[_Column]:
    team = [role for role, people in emergency.team.items() for _ in range(people)]
    for place, role in enumerate(team):
        yield _Column(TaskKind.ASSIST if place else TaskKind.WORK, role, 0, found.lasts)
    if emergency.outside is not None:
        takes = quantile(emergency.outside.takes, found.draw("outside")[:, 0])
        yield _Column(TaskKind.OUTSIDE, team[0], 0, takes)
    for name, step in chain.items():
        takes = quantile(step.takes, found.draw(f"comms {name}")[:, 0])
        yield _Column(TaskKind.COMMS, step.role, step.after, takes)


def _tasks(columns: Sequence[_Column]) -> Tasks:
    """Rows of a column each, for all emergencies of a type in a region."""
    n, k = len(columns[0].handle), len(columns)
    return Tasks(
        first=np.arange(n + 1) * k,
        stage=np.zeros(n * k, dtype=np.uint8),
        tier=np.tile(np.array([ROLES.index(each.role) for each in columns], dtype=np.uint8), n),
        handle=np.stack([each.handle for each in columns], axis=1).ravel(),
        offset=np.tile(np.array([each.offset for each in columns], dtype=np.int64), n),
        wait=np.zeros(n * k, dtype=np.int64),
        kind=np.tile(np.array([each.kind for each in columns], dtype=np.uint8), n),
    )


def _joined(parts: Sequence[Tasks]) -> Tasks:
    joined = parts[0]
    for part in parts[1:]:
        joined = joined.followed_by(part)
    return joined
