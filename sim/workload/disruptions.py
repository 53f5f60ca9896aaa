"""Disruptions and drills of one replication: when, where, and what is served meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.scenario.base import PRIORITIES
from sim.streams import stream
from sim.workload.draws import Draws, Part
from sim.workload.durations import prolonged
from sim.workload.occurrences import Origin, happenings, places, recurring
from sim.workload.tape import ALERTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.base import PriorityName
    from sim.scenario.continuity import Continuity, Service
    from sim.scenario.schema import Scenario
    from sim.workload.occurrences import Happenings

EVERYTHING = 0b1111
"""All priorities are served."""


@dataclass(frozen=True, slots=True)
class Disruptions:
    """Disruptions and drills, sorted by (start, region, entry), threats before drills. Times in ms.

    Attributes:
        entry: (e,) uint8, index into the scenario's `continuity.threats`, or, of a drill, into `continuity.drills`.
        drill: (e,) bool.
        region: (e,) int16 index into the scenario's regions.
        start: (e,) int64, possibly before the run.
        end: (e,) int64, later than start, and possibly after the run.
        serves: (e,) uint8, bit p is set where the whole organisation serves priority p meanwhile.
        number: (e,) int64, no two alike of the same entry and region; with them the key of its random numbers, which
            stays when others come or go.
    """

    entry: NDArray[np.uint8]
    drill: NDArray[np.bool_]
    region: NDArray[np.int16]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    serves: NDArray[np.uint8]
    number: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.entry)

    def only(self, rows: NDArray[np.int64]) -> Disruptions:
        """Some of them, or all in another order."""
        return Disruptions(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def no_disruptions() -> Disruptions:
    """Nothing happens."""
    instants, codes = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint8)
    return Disruptions(codes, codes.astype(np.bool_), codes.astype(np.int16), instants, instants, codes, instants)


def disruptions_of(scenario: Scenario, clock: Clock, seed: int, replication: int) -> Disruptions:
    """What disrupts the organisation in one replication, and which drills there are.

    What chance brings begins within the run; what is dated or recurs may have begun before, if it lasts into it.

    Args:
        scenario: what is asked.
        clock: of the run.
        seed: ≥ 0.
        replication: counted from 0.
    """
    found = _joined([*_threats(scenario, clock, seed, replication), *_drills(scenario, clock, seed, replication)])
    order = np.lexsort((found.number, found.drill, found.entry, found.region, found.start))
    return found.only(order[((found.end > 0) & (found.start < clock.end))[order]])


def _threats(scenario: Scenario, clock: Clock, seed: int, replication: int) -> Iterator[Disruptions]:
    """Disruptions: each lasts until the organisation has recovered."""
    for entry, (name, threat) in enumerate(scenario.continuity.threats.items()):
        serves = served(scenario.continuity, threat.service)
        for region, place, zone in places(threat, scenario) if threat.happens else ():
            way = f"threat {name}"
            for found in happenings(threat, zone, clock, partial(stream, seed, replication, place, way, "arrivals")):
                u = Draws([Part(found.row, seed, replication, place, found.way(way))])("recovery", 1)[:, 0]
                yield _lasting(found, prolonged(threat.recovery, threat.scale, u), entry, region, serves, drill=False)


def _drills(scenario: Scenario, clock: Clock, seed: int, replication: int) -> Iterator[Disruptions]:
    """Drills: all of one entry last equally long."""
    for entry, (name, drill) in enumerate(scenario.continuity.drills.items()):
        for region, place, zone in places(drill, scenario):
            arrivals = partial(stream, seed, replication, place, f"drill {name}", "arrivals")
            regular = [recurring(drill.every, zone, clock, drill.lasts)] if drill.every else []
            for found in (*happenings(drill, zone, clock, arrivals), *regular):
                lasts = np.full(len(found.start), drill.lasts)
                yield _lasting(found, lasts, entry, region, EVERYTHING, drill=True)


def served(continuity: Continuity, service: Service) -> int:
    """The priorities that are served: bit p is set for priority p."""
    served: dict[Service, tuple[PriorityName, ...]] = {
        "full": PRIORITIES, "minimal": continuity.minimal, "critical": continuity.critical
    }  # fmt: skip
    return sum(1 << p for p, name in enumerate(PRIORITIES) if name in served[service])


def served_from(
    disruptions: Disruptions, priority: NDArray[np.uint8], instants: NDArray[np.int64]
) -> NDArray[np.int64]:
    """(n,) the first instants, from those given on, at which the organisation serves each priority."""
    reduced = np.flatnonzero(disruptions.serves != EVERYTHING)
    moved = instants.copy()
    for event in reduced.tolist():  # ascending by start, so that one pass follows a chain of them
        unserved = disruptions.serves[event] >> priority & 1 == 0
        meanwhile = (disruptions.start[event] <= moved) & (moved < disruptions.end[event])
        moved[unserved & meanwhile] = disruptions.end[event]
    return moved


def served_by(
    disruptions: Disruptions,
    scenario: Scenario,
    created: NDArray[np.int64],
    region: NDArray[np.int16],
    number: NDArray[np.int64],
) -> NDArray[np.int16]:
    """The regions whose people serve tickets: their own, or those that a disruption or drill names in turn meanwhile.

    Where several hold the first that began counts, and what is re-homed is not re-homed again.

    Args:
        disruptions: of this replication.
        scenario: theirs.
        created: (n,) ms, ascending.
        region: (n,) index into the scenario's regions.
        number: (n,) public numbers: tickets that come in the same way take turns by them.
    """
    regions, continuity = {name: index for index, name in enumerate(scenario.regions)}, scenario.continuity
    threats, drills = list(continuity.threats.values()), list(continuity.drills.values())
    serves = region.copy()
    for n in reversed(range(len(disruptions))):
        entry = (drills if disruptions.drill[n] else threats)[disruptions.entry[n]]
        if entry.rehome:
            first, last = np.searchsorted(created, [disruptions.start[n], disruptions.end[n]]).tolist()
            here = first + np.flatnonzero(region[first:last] == disruptions.region[n])
            targets = np.array([regions[name] for name in entry.rehome], dtype=np.int16)
            serves[here] = targets[number[here] % ALERTS % len(targets)]
    return serves


def _lasting(
    found: Happenings, lasts: NDArray[np.int64], entry: int, region: int, serves: int, *, drill: bool
) -> Disruptions:
    """Those that last at all."""
    n = len(found.start)
    every = Disruptions(
        entry=np.full(n, entry, dtype=np.uint8), drill=np.full(n, drill), region=np.full(n, region, dtype=np.int16),
        start=found.start, end=found.start + lasts, serves=np.full(n, serves, dtype=np.uint8),
        number=len(Origin) * found.row + found.origin,
    )  # fmt: skip
    return every.only(np.flatnonzero(lasts > 0))


def _joined(parts: Iterable[Disruptions]) -> Disruptions:
    together = [no_disruptions(), *parts]
    return Disruptions(
        **{f.name: np.concatenate([getattr(part, f.name) for part in together]) for f in fields(Disruptions)}
    )
