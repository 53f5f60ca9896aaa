"""The codes of the journals and of the tape as plain numbers, which compile sooner than members of an enumeration."""

from __future__ import annotations

from sim.engine.journal import How, Mode, Outcome, Rested, State, Why
from sim.workload.tape import TaskKind

WHY_ARRIVED, WHY_NEXT_STAGE, WHY_RETURNED, WHY_REOPENED = map(
    int, (Why.ARRIVED, Why.NEXT_STAGE, Why.RETURNED, Why.REOPENED)
)
WHY_PREEMPTED, WHY_HANDED_OVER, WHY_ESCALATED, WHY_CRITICAL = map(
    int, (Why.PREEMPTED, Why.HANDED_OVER, Why.ESCALATED, Why.CRITICAL)
)
HOW_DONE, HOW_PREEMPTED, HOW_HANDED_OVER = map(int, (How.DONE, How.PREEMPTED, How.HANDED_OVER))
HOW_ABANDONED, HOW_ESCALATED, HOW_OPEN, HOW_DROPPED = map(int, (How.ABANDONED, How.ESCALATED, How.OPEN, How.DROPPED))
MODE_DUTY, MODE_OVERLAP, MODE_CALL_OUT = map(int, (Mode.DUTY, Mode.OVERLAP, Mode.CALL_OUT))
IS_ANSWERED, IS_UNANSWERED, IS_BUSY, IS_NOT_NEEDED, IS_OPEN = map(
    int, (Outcome.ANSWERED, Outcome.UNANSWERED, Outcome.BUSY, Outcome.NOT_NEEDED, Outcome.OPEN)
)
CAME_LATE, CAME_NOT = map(int, (Rested.LATE, Rested.LOST))
STATE_QUEUED, STATE_IN_SERVICE, STATE_PENDING = map(int, (State.QUEUED, State.IN_SERVICE, State.PENDING))
STATE_RESOLVED, STATE_ABANDONED, STATE_FILTERED = map(int, (State.RESOLVED, State.ABANDONED, State.FILTERED))
KIND_REOPENED, KIND_ASSIST, KIND_CRITICAL, KIND_COMMS, KIND_OUTSIDE = map(
    int, (TaskKind.REOPENED, TaskKind.ASSIST, TaskKind.CRITICAL, TaskKind.COMMS, TaskKind.OUTSIDE)
)
