"""Emergencies: a P1 that becomes one, who is told of it, and those outside the organisation who help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engine.journal import NOBODY, How, Why
from sim.engine.moments import or_none
from sim.engine.ranks import COMMS, CRITICAL, NONE, OUTSIDE, timer

if TYPE_CHECKING:
    from sim.engine.desk import Desk
    from sim.engine.moments import Moment
    from sim.workload.tape import Workload


class Emergency:
    """What is under way besides the work of the team."""

    def __init__(self, desk: Desk, workload: Workload) -> None:
        self.desk = desk
        self.due = or_none(workload.critical_at)  # tickets: when they become an emergency, if nobody resolves them
        self.since = [NONE] * len(workload)  # tickets: when they did
        self.offset: list[int] = workload.offset.tolist()  # tasks
        self.outside: dict[int, int] = {}  # tasks that are done elsewhere, and since when

    # ------------------------------------------------------------------ a P1 that is not resolved in time

    def start(self, ticket: int) -> None:
        """The ticket comes before people."""
        if self.due[ticket] != NONE:
            self.desk.at(self.due[ticket], timer(ticket, CRITICAL), self.become_critical, ticket)

    def become_critical(self, moment: Moment) -> None:
        """A P1 is not resolved in time, worked on or not: its dormant tasks wake, once."""
        desk, ticket = self.desk, moment.who
        if desk.resolved[ticket] == NONE and desk.abandoned[ticket] == NONE:
            self.since[ticket] = desk.env.now
            desk.open_tasks_of(ticket, range(desk.dormant[ticket], desk.first_task[ticket + 1]), Why.CRITICAL)
            desk.lines.settle()

    # ------------------------------------------------------------------ who is told

    def tell(self, task: int, why: Why) -> None:
        """A step of the communication chain falls due now, or later."""
        desk, after = self.desk, self.offset[task]
        if not after:
            desk.lines.join(task, why, desk.env.now)
            return
        ticket = desk.ticket[task]
        desk.why[task] = why
        desk.at(desk.env.now + after, timer(ticket, COMMS, task - desk.first_task[ticket]), self.is_due, task)

    def is_due(self, moment: Moment) -> None:
        """People are told how it goes, and in the end that it is over; not of what a customer has given up."""
        desk, task = self.desk, moment.who
        if desk.abandoned[desk.ticket[task]] == NONE:
            desk.lines.join(task, Why(desk.why[task]), desk.env.now)
            desk.lines.settle()

    # ------------------------------------------------------------------ who else works on it

    def work_outside(self, task: int, why: Why) -> None:
        """People who are not of the organisation begin at once."""
        desk, now, ticket = self.desk, self.desk.env.now, self.desk.ticket[task]
        self.outside[task] = desk.queued_at[task] = now
        desk.why[task] = why
        key = timer(ticket, OUTSIDE, task - desk.first_task[ticket])
        desk.at(now + desk.left[task], key, self.is_done_outside, task)

    def is_done_outside(self, moment: Moment) -> None:
        """They are done."""
        task, desk = moment.who, self.desk
        desk.write(task, NOBODY, self.outside.pop(task), desk.env.now, How.DONE)
        desk.close(task)
        desk.lines.settle()
