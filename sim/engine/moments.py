"""What will happen, and what happens first within one millisecond."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.clock import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    class Environment(simpy.Environment):
        """A SimPy environment whose clock is a whole number: it starts at 0, and so is every delay."""

        @property
        def now(self) -> int: ...


# Ranks: what happens first within one millisecond.
WORK_ENDS = 1 << 40
PAGE_ANSWERED = 2 << 40
OVERTIME_ENDS = 3 << 40
DUTY_ENDS = 4 << 40
SEGMENT = 5 << 40
TIMER = 6 << 40
RETURN = 7 << 40
ARRIVAL = 8 << 40

# Kinds of timers, in the order in which they fire for one ticket.
OVERFLOW = 0
ESCALATION = 1
PAGE = 2
CRITICAL = 3
PATIENCE = 4
COMMS = 5
OUTSIDE = 6

NONE = -1
"""No instant, no agent, no task: within the engine all of these are counted from 0."""


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


def timer(ticket: int, kind: int, part: int = 0) -> int:
    """The key of a ticket's timer; `part` is a task of the ticket, or a page."""
    return TIMER | ticket << 11 | kind << 8 | part
