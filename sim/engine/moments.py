"""What will happen, as SimPy knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.clock import NEVER
from sim.engine.ranks import NONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    class Environment(simpy.Environment):
        """A SimPy environment whose clock is a whole number: it starts at 0, and so is every delay."""

        @property
        def now(self) -> int: ...


class Moment(simpy.Event):
    """Something that will happen, with the ids that its handler needs."""

    _ok = True
    _value = None

    def __init__(self, then: Callable[[Moment], None] | None, who: int = NONE, stamp: int = NONE) -> None:
        self.callbacks = [] if then is None else [then]
        self.who = who
        self.stamp = stamp


def or_none(instants: NDArray[np.int64]) -> list[int]:
    """Instants of the tape as the engine counts them."""
    out: list[int] = np.where(instants == NEVER, NONE, instants).tolist()
    return out
