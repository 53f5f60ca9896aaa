"""What happens first within one millisecond: the order of events, in both engines."""

from __future__ import annotations

# Ranks; the id in the lower bits orders what is of one rank.
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
"""No instant, no agent, no task: within the engines all of these are counted from 0."""


def timer(ticket: int, kind: int, part: int = 0) -> int:
    """The key of a ticket's timer; `part` is a task of the ticket, or a page."""
    return TIMER | ticket << 11 | kind << 8 | part
