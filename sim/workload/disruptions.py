"""Disruptions and drills of one replication: when, where, and what is served meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Scenario


@dataclass(frozen=True, slots=True)
class Disruptions:
    """Disruptions and drills, sorted by (start, region, entry). Times in ms.

    Attributes:
        entry: (e,) uint8, index into the scenario's `continuity.threats`, or, of a drill, into `continuity.drills`.
        drill: (e,) bool.
        region: (e,) int16 index into the scenario's regions.
        start: (e,) int64, possibly before the run.
        end: (e,) int64, later than start, and possibly after the run.
        serves: (e,) uint8, bit p is set where the whole organisation serves priority p meanwhile.
        number: (e,) int64, how many of the same entry and region came before; with them the key of its random numbers.
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


def no_disruptions() -> Disruptions:
    """Nothing happens."""
    instants, codes = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint8)
    return Disruptions(codes, codes.astype(np.bool_), codes.astype(np.int16), instants, instants, codes, instants)


def disruptions_of(scenario: Scenario, clock: Clock, seed: int, replication: int) -> Disruptions:  # noqa: ARG001
    """What disrupts the organisation in one replication, and which drills there are."""
    return no_disruptions()
