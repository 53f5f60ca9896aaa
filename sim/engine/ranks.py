"""What happens first within one millisecond: the order of events, in both engines."""

from __future__ import annotations

ID_BITS = 52
"""Bits of a key below its rank: the id, which orders what is of one rank."""

WORK_ENDS = 1 << ID_BITS
PAGE_ANSWERED = 2 << ID_BITS
OVERTIME_ENDS = 3 << ID_BITS
DUTY_ENDS = 4 << ID_BITS
SEGMENT = 5 << ID_BITS
TIMER = 6 << ID_BITS
RETURN = 7 << ID_BITS
ARRIVAL = 8 << ID_BITS

PART_BITS, KIND_BITS = 16, 3
"""Of a timer's id: the part of its ticket, and above it the kind."""

STAGE_BITS, STEP_BITS = 8, 4
"""Of the id of a return, and of an answer."""

# Kinds of timers, in the order in which they fire for one ticket.
OVERFLOW = 0
ESCALATION = 1
PAGE = 2
CRITICAL = 3
PATIENCE = 4
COMMS = 5
OUTSIDE = 6

NONE = -1
"""No instant, no agent, no task: within the engines all of these are counted from 0."""


def timer(ticket: int, kind: int, part: int = 0) -> int:
    """The key of a ticket's timer; `part` is a task of the ticket, or a page."""
    return TIMER | (ticket << KIND_BITS | kind) << PART_BITS | part


def returned(ticket: int, stage: int) -> int:
    """The key of a customer's return, after which a stage opens."""
    return RETURN | ticket << STAGE_BITS | stage


def answered(ticket: int, step: int) -> int:
    """The key of the answer to a page at a step of the chain."""
    return PAGE_ANSWERED | ticket << STEP_BITS | step
