"""The desk: the support organisation as a SimPy model. This is the specification of what happens.

It draws no random number and knows no calendar: the workload says what comes and what it needs, the roster who is
there, the policy who may serve whom. The desk decides *when* and *by whom*.

- **Events at one instant** happen in the order of (rank, id), which is content, never in the order of scheduling. After
  each event the desk settles: no free agent is left who could serve a waiting task, before the next event happens.
- Processes exist for the tapes alone (arrivals, segments, ends of duties); all else is a timeout with a callback.

This file has the tickets' lives and the work. Its parts, each a mechanism: `lines.py` (where work waits, and who serves
whom), `reach.py` (who else may), `escalation.py` (the ticket timer), `emergency.py`, `paging.py` (the on-call chain),
`presence.py` (who is there), `rest.py` (who is not yet there), `ending.py` (what is known at the end). The rules in
full are in docs/engine.md.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, cast

import numpy as np
import simpy

from sim.clock import NEVER
from sim.engine.emergency import Emergency
from sim.engine.ending import ended
from sim.engine.escalation import Escalation
from sim.engine.journal import NOBODY, How, Journals, Mode, Why
from sim.engine.lines import Lines
from sim.engine.moments import Moment, or_none
from sim.engine.paging import Paging
from sim.engine.policy import N_ROLES, NOMINAL, combined, pools_of, remaining, scaled
from sim.engine.presence import Presence
from sim.engine.ranks import ARRIVAL, NONE, PATIENCE, WORK_ENDS, returned, timer
from sim.engine.reach import Reach
from sim.engine.records import journals
from sim.workforce.roster import COORDINATOR, LEAD
from sim.workload.tape import CustomerClass, TaskKind

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from sim.engine.moments import Environment
    from sim.engine.policy import Policy
    from sim.workforce.roster import Roster
    from sim.workload.tape import Workload

QUEUED, STARTED, ENDED = 4, 6, 7
"""Where a row of the work journal has its instants."""


def run(
    workload: Workload,
    roster: Roster,
    policy: Policy,
    end: int,
    *,
    drain: bool = False,
    env: simpy.Environment | None = None,
) -> Journals:
    """Play the workload before the roster under the policy.

    Args:
        workload: what comes; every instant at least 1.
        roster: who is there.
        policy: who may serve whom.
        end: ms at which the run ends; what would happen at `end` does not.
        drain: go on after `end`, until nothing is left to happen.
        env: a SimPy environment at time 0, where the caller wants to watch it.

    Returns:
        The journals; with `drain` their `end` is the last instant at which something happened, at least `end`.
    """
    desk = Desk(workload, roster, policy, cast("Environment", simpy.Environment() if env is None else env))
    if drain:
        desk.env.run()
        end = max(end, desk.last_instant())
    else:
        desk.env.run(until=end)
    return journals(ended(desk, end), workload, roster)


class Desk:
    """The state of the organisation. Lists are indexed by ticket, task or agent, as their section says."""

    def __init__(self, workload: Workload, roster: Roster, policy: Policy, env: Environment) -> None:
        self.workload, self.roster, self.policy, self.env = workload, roster, policy, env
        self._read_tickets(workload)
        self._read_tasks(workload)
        self._read_agents(roster)
        self.rows: list[tuple[int, ...]] = []  # finished stretches: the work journal
        self.lines = Lines(self)
        self.reach = Reach(self)
        self.escalation = Escalation(self, workload)
        self.emergency = Emergency(self, workload)
        self.paging = Paging(self, workload, roster.turns, len(roster))
        self.presence = Presence(self, roster)
        self.env.process(self.arrivals())
        self.presence.open(roster)

    # ------------------------------------------------------------------ state

    def _read_tickets(self, workload: Workload) -> None:
        n = len(workload)
        standard_last = (workload.customer_class == CustomerClass.STANDARD) & self.policy.enterprise_first
        self.priority: list[int] = workload.priority.tolist()
        self.region: list[int] = workload.serve_region.tolist()
        self.customer_class: list[int] = standard_last.astype(int).tolist()
        self.patience: list[int] = or_none(workload.patience)
        self.first_task: list[int] = workload.first_task.tolist()
        self.next_task = self.first_task[:-1].copy()  # first task of the stage to come
        self.dormant: list[int] = workload.first_dormant.tolist()  # where the tasks end that stages lead to
        self.open_tasks = [0] * n  # that are waited for before the ticket goes on
        self.level = self.priority.copy()  # effective priority
        self.touched = [False] * n  # somebody has worked on it
        self.acknowledged, self.started, self.resolved, self.first_resolved = ([NONE] * n for _ in range(4))
        self.abandoned, self.pending_since, self.paused = [NONE] * n, [NONE] * n, [0] * n
        self.last_agent = [NOBODY] * n

    def _read_tasks(self, workload: Workload) -> None:
        m = len(workload.tier)
        ticket = np.repeat(np.arange(len(workload)), np.diff(workload.first_task))
        self.ticket: list[int] = ticket.tolist()
        self.pool: list[int] = pools_of(workload.serve_region[ticket], workload.tier).tolist()
        self.stage: list[int] = workload.stage.tolist()
        self.wait: list[int] = workload.wait.tolist()
        self.task_kind: list[int] = workload.task_kind.tolist()
        self.left: list[int] = workload.handle.tolist()  # nominal work
        self.queued_at, self.why = [NONE] * m, [0] * m
        self.stretch, self.interruptions = [0] * m, [0] * m

    def _read_agents(self, roster: Roster) -> None:
        a, agents = len(roster), roster.agents
        self.agent_pool: list[int] = np.where(agents.tier == LEAD, NONE, pools_of(agents.region, agents.tier)).tolist()
        self.slow: list[int] = agents.slow_pm.tolist()
        self.task = [NONE] * a  # what they work on ...
        self.began, self.pace, self.turn = [NONE] * a, [NOMINAL] * a, [0] * a  # ... since when, how slowly, its stamp
        self.terms: list[tuple[int, int]] = [(NONE, Mode.DUTY)] * a  # ... in which segment, and on what terms

    # ------------------------------------------------------------------ time

    def at(
        self, instant: int, key: int, then: Callable[[Moment], None] | None, who: int = NONE, stamp: int = NONE
    ) -> Moment:
        """Let something happen at a later `instant`, in the order of `key` = rank | id within it."""
        moment = Moment(then, who, stamp)
        self.env.schedule(moment, key, instant - self.env.now)  # type: ignore[arg-type]
        return moment

    def arrivals(self) -> Generator[Moment]:
        """The tape of the tickets. Arrivals are last in their instant, so all of one instant can follow each other."""
        seen = self.workload.visible
        order = np.argsort(seen, kind="stable")
        order = order[seen[order] != NEVER]
        tickets, instants, i = order.tolist(), seen[order].tolist(), 0
        while i < len(tickets):
            now = instants[i]
            yield self.at(now, ARRIVAL | tickets[i], None)
            while i < len(tickets) and instants[i] == now:
                self.arrive(tickets[i])
                i += 1

    # ------------------------------------------------------------------ a ticket's life

    def arrive(self, ticket: int) -> None:
        """A ticket comes before people: its timers start, its first stage opens, and it may page somebody."""
        patience = self.patience[ticket]
        if patience != NONE:
            self.at(self.env.now + patience, timer(ticket, PATIENCE), self.give_up, ticket)
        self.escalation.start(ticket)
        self.emergency.start(ticket)
        self.open_stage(ticket, Why.ARRIVED)
        self.paging.arrives(ticket)
        self.lines.settle()

    def open_stage(self, ticket: int, why: Why) -> None:
        """The tasks of the next stage come to their lines, all at once."""
        first, last = self.next_task[ticket], self.dormant[ticket]
        following = first + 1
        while following < last and self.stage[following] == self.stage[first]:
            following += 1
        self.next_task[ticket] = following
        self.open_tasks_of(ticket, range(first, following), why)

    def open_tasks_of(self, ticket: int, tasks: range, why: Why) -> None:
        """Tasks that stand side by side open. The ticket waits for all of them but the steps of a chain."""
        self.open_tasks[ticket] += sum(self.task_kind[task] != TaskKind.COMMS for task in tasks)
        for task in tasks:
            kind = self.task_kind[task]
            if kind < TaskKind.ASSIST:
                self.lines.join(task, why, self.env.now)
            elif kind == TaskKind.COMMS:
                self.emergency.tell(task, why)
            elif kind == TaskKind.OUTSIDE:
                self.emergency.work_outside(task, why)
            else:
                self._ask_for_help(task, why)

    def _ask_for_help(self, task: int, why: Why) -> None:
        """An assist comes to its line, unless there is nobody who could."""
        if self.presence.nowhere(self.pool[task] % N_ROLES):
            self.queued_at[task], self.why[task] = self.env.now, why
            self.drop(task)
        else:
            self.lines.join(task, why, self.env.now)

    def drop(self, task: int) -> None:
        """Nobody can assist."""
        self.lines.leave(task)
        self.write_wait(task, How.DROPPED)
        self.close(task)

    def close(self, task: int) -> None:
        """A task is done or dropped; after the last one that is open its ticket goes on."""
        if self.task_kind[task] == TaskKind.COMMS:
            return
        ticket = self.ticket[task]
        self.open_tasks[ticket] -= 1
        if not self.open_tasks[ticket] and self.pending_since[ticket] == NONE:
            self.advance(ticket)

    def tasks(self, ticket: int) -> Iterable[int]:
        """Tasks that have been opened."""
        opened = range(self.first_task[ticket], self.next_task[ticket])
        if self.emergency.since[ticket] == NONE:
            return opened
        return chain(opened, range(self.dormant[ticket], self.first_task[ticket + 1]))

    def advance(self, ticket: int) -> None:
        """A stage is done: the next opens, now or when the customer returns; after the last the ticket is resolved."""
        task = self.next_task[ticket]
        done = task == self.dormant[ticket]
        if done or self.task_kind[task] == TaskKind.REOPENED:
            self.resolved[ticket] = self.env.now
            if self.first_resolved[ticket] == NONE:
                self.first_resolved[ticket] = self.env.now
        if done:
            self.escalation.stop(ticket)
        elif self.wait[task]:
            self.pending_since[ticket] = self.env.now
            self.escalation.pause(ticket)
            self.at(self.env.now + self.wait[task], returned(ticket, self.stage[task]), self.come_back, ticket)
        else:
            self.open_stage(ticket, Why.NEXT_STAGE)

    def come_back(self, moment: Moment) -> None:
        """The customer has answered, or was not helped after all."""
        ticket = moment.who
        reopened = self.task_kind[self.next_task[ticket]] == TaskKind.REOPENED
        self.resolved[ticket] = NONE
        self.paused[ticket] += self.env.now - self.pending_since[ticket]
        self.pending_since[ticket] = NONE
        self.escalation.resume(ticket)
        self.open_stage(ticket, Why.REOPENED if reopened else Why.RETURNED)
        self.lines.settle()

    def give_up(self, moment: Moment) -> None:
        """The customer's patience is at an end; it covers the wait for the first work alone."""
        ticket = moment.who
        if self.touched[ticket]:
            return
        self.abandoned[ticket] = self.env.now
        self.escalation.stop(ticket)
        for task in self.tasks(ticket):
            if self.lines.waiting[task] or self.lines.held[task]:
                self.lines.leave(task)
                self.write_wait(task, How.ABANDONED)

    # ------------------------------------------------------------------ work

    def start_work(self, agent: int, task: int) -> None:
        """An agent takes a task out of the line."""
        now = self.env.now
        self.lines.leave(task)
        if self.task_kind[task] != TaskKind.COMMS:
            self._touch(self.ticket[task], task, agent)
        pace = self.slow[agent]
        if self.pool[task] != self.agent_pool[agent]:
            pace = self._pace_away(pace, self.pool[task], self.agent_pool[agent])
        wall = self.left[task] if pace == NOMINAL else scaled(self.left[task], pace)
        self.lines.idle_since[agent] = NONE
        self.task[agent], self.began[agent], self.pace[agent] = task, now, pace
        self.terms[agent] = self.presence.terms(agent)
        self.turn[agent] += 1
        self.at(now + wall, WORK_ENDS | agent, self.work_ends, agent, self.turn[agent])

    def _touch(self, ticket: int, task: int, agent: int) -> None:
        """Somebody works for the customer; of a P1 the response is the start of the lead."""
        self.touched[ticket] = True
        self.last_agent[ticket] = agent
        if self.started[ticket] == NONE and (self.priority[ticket] or task == self.first_task[ticket]):
            self.started[ticket] = self.env.now

    def _pace_away(self, pace: int, home: int, away: int) -> int:
        if away == NONE:
            return pace
        if home // N_ROLES != away // N_ROLES and COORDINATOR not in {home, away}:  # they are of all regions
            pace = combined(pace, self.policy.other_region_pm)
        return combined(pace, self.policy.tier_pm[home % N_ROLES][away % N_ROLES])

    def work_ends(self, moment: Moment) -> None:
        """A task or a chore is done; the ticket goes on, and the agent takes the best that waits now."""
        agent = moment.who
        if self.turn[agent] != moment.stamp:
            return
        if self.task[agent] == NONE:
            self.presence.end_chore(agent)
        else:
            self._finish(agent)
        self.lines.queue_fresh()
        self.lines.choose_work(agent)
        self.lines.settle()

    def _finish(self, agent: int) -> None:
        task = self.task[agent]
        self.write(task, agent, self.began[agent], self.env.now, How.DONE)
        self._put_down(agent)
        self.close(task)

    def _put_down(self, agent: int) -> None:
        self.task[agent] = NONE
        self.turn[agent] += 1
        self.paging.called[agent] = False
        self.presence.worked(agent)

    def take_away(self, agent: int, how: How) -> None:
        """Take an agent's task or chore away; what is left of a task goes back to its place in line."""
        if self.task[agent] == NONE:
            self.presence.interrupt_chore(agent)
            return
        task, now = self.task[agent], self.env.now
        left = remaining(self.left[task], now - self.began[agent], self.pace[agent])
        if how == How.PREEMPTED:
            self.left[task], why = scaled(left, self.policy.preempted_pm), Why.PREEMPTED
            self.interruptions[task] += 1
        else:
            self.left[task], why = scaled(left, self.policy.handed_over_pm) + self.policy.briefing, Why.HANDED_OVER
        self.write(task, agent, self.began[agent], now, how)
        self._put_down(agent)
        self.lines.join(task, why, self.lines.place[task])

    def is_free(self, agent: int) -> bool:
        """At no task and no chore; whether they are there is another question."""
        return self.task[agent] == NONE and self.presence.chore[agent] == NONE

    # ------------------------------------------------------------------ what is written down

    def write(self, task: int, agent: int, start: int, end: int, how: How) -> None:
        """A stretch has ended."""
        segment, mode = self.terms[agent] if agent != NOBODY else (NONE, Mode.DUTY)
        self.rows.append(
            (task, self.stretch[task], agent, segment, self.queued_at[task], self.why[task], start, end, how, mode)
        )
        self.stretch[task] += 1

    def write_wait(self, task: int, how: How) -> None:
        """A wait has ended without work."""
        self.write(task, NOBODY, NONE, self.env.now, how)

    def write_open(self) -> None:
        """The run is over: what is unfinished is written as open."""
        for agent, task in enumerate(self.task):
            if task != NONE:
                self.write(task, agent, self.began[agent], NONE, How.OPEN)
        for task, began in self.emergency.outside.items():
            self.write(task, NOBODY, began, NONE, How.OPEN)
        for task, (waits, held) in enumerate(zip(self.lines.waiting, self.lines.held, strict=True)):
            if waits or held:
                self.write(task, NOBODY, NONE, NONE, How.OPEN)

    def last_instant(self) -> int:
        """When anything last happened. A timer that changed nothing is not heard of."""
        written = [max(row[QUEUED], row[STARTED], row[ENDED]) for row in self.rows]
        in_line = [queued for queued, waits in zip(self.queued_at, self.lines.waiting, strict=True) if waits]
        chores = [end for *_, end in self.presence.chore_rows]
        return max(written + in_line + chores + self.paging.instants(), default=0)
