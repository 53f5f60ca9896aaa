"""The roster of one replication: agents as individuals, and the duties they work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ALL_PRIORITIES = 0b1111
FOREVER = 1 << 62
"""End of a duty that never ends."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Agents, and their duties sorted by (agent, start). Times in ms of the run's clock.

    A duty may start before the run (it is then already under way) and end after it.

    Attributes:
        name: (a,) str, e.g. `americas/tier1/weekday_day/3`; unique, and kept when others join.
        region: (a,) int16 index into the scenario's regions.
        tier: (a,) uint8, 0 for tier 1 to 3 for tier 4.
        slow_pm: (a,) int64, handle time as per mille of nominal: 1000 is the pace of the tape, 2000 half of it.
        takes: (a,) uint8, bit p is set where the agent takes tickets of priority p (0 is P1).
        agent: (d,) int32 index of the agent on duty.
        start: (d,) int64.
        end: (d,) int64, later than start; duties of one agent do not overlap.
        night: (d,) bool, whether the duty is a shift of letter N.
    """

    name: tuple[str, ...]
    region: NDArray[np.int16]
    tier: NDArray[np.uint8]
    slow_pm: NDArray[np.int64]
    takes: NDArray[np.uint8]
    agent: NDArray[np.int32]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    night: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.name)
