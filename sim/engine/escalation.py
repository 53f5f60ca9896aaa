"""The ticket timer: what waits for too long escalates, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engine.journal import How, Why
from sim.engine.moments import or_none
from sim.engine.ranks import ESCALATION, NONE, timer
from sim.workload.tape import TaskKind

if TYPE_CHECKING:
    from sim.engine.desk import Desk
    from sim.engine.moments import Moment
    from sim.workload.tape import Workload


class Escalation:
    """The timers. Lists are indexed by ticket."""

    def __init__(self, desk: Desk, workload: Workload) -> None:
        self.desk = desk
        n = len(workload)
        self.due = or_none(workload.escalate_at)  # NONE: fired, paused, or no timer
        self.left = [NONE] * n  # while paused
        self.overdue = [False] * n  # the timer fired while nothing was in line
        self.escalated = [NONE] * n

    # ------------------------------------------------------------------ the timer

    def start(self, ticket: int) -> None:
        """The ticket comes before people."""
        if self.due[ticket] != NONE:
            self._set(ticket, self.due[ticket])

    def stop(self, ticket: int) -> None:
        """The ticket is resolved, or given up."""
        self.due[ticket] = self.left[ticket] = NONE
        self.overdue[ticket] = False

    def pause(self, ticket: int) -> None:
        """The ticket waits for its customer."""
        if self.due[ticket] != NONE:
            self.left[ticket] = self.due[ticket] - self.desk.env.now
            self.due[ticket] = NONE

    def resume(self, ticket: int) -> None:
        """The customer has answered."""
        left, self.left[ticket] = self.left[ticket], NONE
        if left == 0:  # due in the very instant in which the pause began
            self.overdue[ticket] = True
        elif left != NONE:
            self._set(ticket, self.desk.env.now + left)

    def _set(self, ticket: int, due: int) -> None:
        self.due[ticket] = due
        self.desk.at(due, timer(ticket, ESCALATION), self.fire, ticket)

    # ------------------------------------------------------------------ what it does

    def fire(self, moment: Moment) -> None:
        """The timer is due: what is in line escalates now, what is in service when it next queues."""
        desk, ticket = self.desk, moment.who
        if self.due[ticket] != desk.env.now:
            return
        self.due[ticket] = NONE
        in_line = [task for task in desk.tasks(ticket) if desk.lines.waiting[task] and self._may(task)]
        if not in_line:
            self.overdue[ticket] = True
            return
        raised = self._escalate(ticket)
        for task in in_line:
            desk.lines.leave(task)
            desk.write_wait(task, How.ESCALATED)
            desk.lines.join(task, Why.ESCALATED, desk.env.now if raised else desk.lines.place[task])
        desk.lines.settle()

    def when_queued(self, task: int, place: int) -> int:
        """A task begins to wait at `place`: it escalates if that is due. Returns its place after that."""
        ticket, now = self.desk.ticket[task], self.desk.env.now
        if self.overdue[ticket] and self._may(task) and self._escalate(ticket):
            place = now
        if self.escalated[ticket] == now and self._may(task):
            self.desk.reach.escalated(task)
        return place

    def _may(self, task: int) -> bool:
        """Whether a task escalates: who is told of an emergency, and when, is not a matter of waiting."""
        desk = self.desk
        if desk.task_kind[task] == TaskKind.COMMS:
            return False
        entry = desk.first_task[desk.ticket[task]]
        return not desk.policy.entry_tier_only or desk.pool[task] == desk.pool[entry]

    def _escalate(self, ticket: int) -> bool:
        """Raise the ticket. Whether it rose: then it joins the end of its new level; P1 keeps its place."""
        desk = self.desk
        self.overdue[ticket] = False
        self.escalated[ticket] = desk.env.now
        raised = desk.policy.raises and desk.level[ticket] > 0
        desk.level[ticket] -= raised
        return raised
