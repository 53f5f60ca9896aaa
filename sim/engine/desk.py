"""The desk: the support organisation as a SimPy model. This is the specification of what happens.

It draws no random number and knows no calendar: the workload says what comes and what it needs, the roster who is
there, the policy who may serve whom. The desk decides *when* and *by whom*.

- **Pools** are (region, tier). Each has its idle agents, longest idle first, and a line for each priority.
- A **claim** is a task's place in a line. A task that several pools may serve has a claim in each; the stamp on a claim
  is the task's when it was made, and a claim with an old stamp is void. Nothing is ever searched for or removed.
- **Events at one instant** happen in the order of (rank, id), which is content, never in the order of scheduling. After
  each event the desk settles: no free agent is left who could serve a waiting task, before the next event happens.
- Processes exist for the tapes alone (arrivals, segments, ends of duties); all else is a timeout with a callback.

This file has the tickets, their lines, and who serves whom. Who is there is in `presence.py`, the on-call chain in
`paging.py`, what is written down in `records.py`. The rules in full are in docs/engine.md.
"""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import chain
from typing import TYPE_CHECKING, cast

import numpy as np
import simpy

from sim.clock import NEVER
from sim.engine.journal import NOBODY, How, Journals, Mode, Why
from sim.engine.moments import (
    ARRIVAL,
    CRITICAL,
    ESCALATION,
    NONE,
    OVERFLOW,
    PATIENCE,
    RETURN,
    WORK_ENDS,
    Moment,
    or_none,
    timer,
)
from sim.engine.paging import Paging
from sim.engine.policy import N_PRIORITIES, N_ROLES, N_TIERS, NO_LIMIT, NOMINAL, combined, remaining, scaled
from sim.engine.presence import Presence
from sim.engine.records import journals
from sim.workforce.roster import COORDINATOR, LEAD
from sim.workload.tape import CustomerClass, TaskKind

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from numpy.typing import NDArray

    from sim.engine.moments import Environment
    from sim.engine.policy import Overflow, Policy
    from sim.workforce.roster import Roster
    from sim.workload.tape import Workload

QUEUED, STARTED, ENDED = 4, 6, 7
"""Where a row of the work journal has its instants."""

Claim = tuple[int, int, int, int]
"""(level, place, task, stamp): smaller is served first. `level` holds effective priority, class, and whether the pool
is of another tier or region; `place` is the instant from which the task holds its place in line."""


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
        return journals(desk, max(end, desk.last_instant()))
    desk.env.run(until=end)
    return journals(desk, end)


class Desk:
    """The state of the organisation. Lists are indexed by ticket, task, agent or pool, as their section says."""

    def __init__(self, workload: Workload, roster: Roster, policy: Policy, env: Environment) -> None:
        self.workload, self.roster, self.policy, self.env = workload, roster, policy, env
        self._read_tickets(workload)
        self._read_tasks(workload)
        self._read_agents(roster)
        self._open_pools()
        self.fresh: list[tuple[int, int, int, int]] = []  # tasks that have yet to look for an agent, by their rank
        self.rows: list[tuple[int, ...]] = []  # finished stretches: the work journal
        self.presence = Presence(self, roster)
        self.paging = Paging(self, workload, roster.turns, len(roster))
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
        self.critical_at: list[int] = or_none(workload.critical_at)
        self.first_task: list[int] = workload.first_task.tolist()
        self.next_task = self.first_task[:-1].copy()  # first task of the stage to come
        self.dormant: list[int] = workload.first_dormant.tolist()  # where the tasks end that stages lead to
        self.open_tasks = [0] * n  # that are waited for before the ticket goes on
        self.level = self.priority.copy()  # effective priority
        self.timer_due = or_none(workload.escalate_at)  # NONE: fired, paused, or no timer
        self.timer_left = [NONE] * n  # while paused
        self.overdue = [False] * n  # the timer fired while nothing was in line
        self.touched = [False] * n  # somebody has worked on it
        self.acknowledged, self.started, self.resolved, self.first_resolved = ([NONE] * n for _ in range(4))
        self.escalated, self.critical, self.abandoned = ([NONE] * n for _ in range(3))
        self.pending_since, self.paused = [NONE] * n, [0] * n
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
        self.waiting = [False] * m  # for an agent, or for somebody to answer a page
        self.held = [False] * m  # by a page: it waits, and has no place in any line
        self.place, self.queued_at, self.why = [NONE] * m, [NONE] * m, [0] * m
        self.overflows_at, self.timed = [NONE] * m, [NONE] * m  # when, and the stamp of the wait that has a timer
        self.stretch, self.stamp, self.interruptions = [0] * m, [0] * m, [0] * m
        self.wider: dict[int, tuple[int, ...]] = {}  # pools that may serve a task, where they are not the usual ones

    def _read_agents(self, roster: Roster) -> None:
        a, agents = len(roster), roster.agents
        pool = pools_of(agents.region, agents.tier)
        self.agent_pool: list[int] = np.where(agents.tier == LEAD, NONE, pool).tolist()
        self.slow: list[int] = agents.slow_pm.tolist()
        self.idle_since = [NONE] * a
        self.task = [NONE] * a  # what they work on ...
        self.began, self.pace, self.turn = [NONE] * a, [NOMINAL] * a, [0] * a  # ... since when, how slowly, its stamp
        self.terms: list[tuple[int, int]] = [(NONE, Mode.DUTY)] * a  # ... in which segment, and on what terms
        self.open_lines: list[list[list[Claim]]] = [[] for _ in range(a)]

    def _open_pools(self) -> None:
        regions, pools = self.policy.regions, range(self.policy.regions * N_ROLES)
        self.lines: list[list[list[Claim]]] = [[[] for _ in range(N_PRIORITIES)] for _ in pools]
        self.idle: list[list[tuple[int, int]]] = [[] for _ in pools]  # (idle since, agent); void where they are not
        self.members: list[list[int]] = [[] for _ in pools]
        for agent, pool in enumerate(self.agent_pool):
            if pool != NONE:
                self.members[pool].append(agent)
        self.same_tier = [(p, *(q for q in pools if q != p and q % N_ROLES == p % N_ROLES)) for p in pools]
        helps = self.policy.up_tier_help
        self.usual = [(p, p + 1) if helps and p % N_ROLES < N_TIERS - 1 else (p,) for p in pools]
        # In which order the regions are asked: home, then as the overflow rule has it, then as the scenario has it.
        self.order = [
            [_place(region, [p // N_ROLES, *self._overflow_regions(p)]) for region in range(regions)] for p in pools
        ]

    def _overflow_regions(self, pool: int) -> tuple[int, ...]:
        rule = self._overflow_rule(pool)
        return rule.to if rule else ()

    def _overflow_rule(self, pool: int) -> Overflow | None:
        rules = self.policy.overflow
        return rules[pool % N_ROLES][pool // N_ROLES] if rules else None

    def lines_of(self, agent: int, takes: int) -> list[list[Claim]]:
        """The lines from which an agent takes work, most urgent first."""
        return [line for p, line in enumerate(self.lines[self.agent_pool[agent]]) if takes >> p & 1]

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
        patience, due, critical = self.patience[ticket], self.timer_due[ticket], self.critical_at[ticket]
        if patience != NONE:
            self.at(self.env.now + patience, timer(ticket, PATIENCE), self.give_up, ticket)
        if due != NONE:
            self._set_timer(ticket, due)
        if critical != NONE:
            self.at(critical, timer(ticket, CRITICAL), self.become_critical, ticket)
        self.open_stage(ticket, Why.ARRIVED)
        self.paging.arrives(ticket)
        self.settle()

    def open_stage(self, ticket: int, why: Why) -> None:
        """The tasks of the next stage join their lines, all at once."""
        first, last = self.next_task[ticket], self.dormant[ticket]
        following = first + 1
        while following < last and self.stage[following] == self.stage[first]:
            following += 1
        self.next_task[ticket] = following
        self._open(ticket, range(first, following), why)

    def _open(self, ticket: int, tasks: range, why: Why) -> None:
        self.open_tasks[ticket] += len(tasks)
        for task in tasks:
            if self.task_kind[task] >= TaskKind.ASSIST and self.presence.nowhere(self.pool[task] % N_ROLES):
                self.queued_at[task], self.why[task] = self.env.now, why
                self._drop(task)
            else:
                self.join(task, why, self.env.now)

    def _drop(self, task: int) -> None:
        """Nobody can assist."""
        self._leave_line(task)
        self._write(task, NOBODY, NONE, NONE, How.DROPPED)
        self._close(task)

    def _close(self, task: int) -> None:
        """A task is done or dropped; after the last one that is open its ticket goes on."""
        ticket = self.ticket[task]
        self.open_tasks[ticket] -= 1
        if not self.open_tasks[ticket] and self.pending_since[ticket] == NONE:
            self.advance(ticket)

    def tasks(self, ticket: int) -> Iterable[int]:
        """Tasks that have been opened."""
        opened = range(self.first_task[ticket], self.next_task[ticket])
        if self.critical[ticket] == NONE:
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
            self.timer_due[ticket] = NONE
        elif self.wait[task]:
            self._pause(ticket)
            self.at(self.env.now + self.wait[task], RETURN | ticket << 8 | self.stage[task], self.come_back, ticket)
        else:
            self.open_stage(ticket, Why.NEXT_STAGE)

    def come_back(self, moment: Moment) -> None:
        """The customer has answered, or was not helped after all."""
        ticket = moment.who
        reopened = self.task_kind[self.next_task[ticket]] == TaskKind.REOPENED
        self.resolved[ticket] = NONE
        self._unpause(ticket)
        self.open_stage(ticket, Why.REOPENED if reopened else Why.RETURNED)
        self.settle()

    def _pause(self, ticket: int) -> None:
        now = self.env.now
        self.pending_since[ticket] = now
        if self.timer_due[ticket] != NONE:
            self.timer_left[ticket] = self.timer_due[ticket] - now
            self.timer_due[ticket] = NONE

    def _unpause(self, ticket: int) -> None:
        now = self.env.now
        self.paused[ticket] += now - self.pending_since[ticket]
        self.pending_since[ticket] = NONE
        left, self.timer_left[ticket] = self.timer_left[ticket], NONE
        if left == 0:  # due in the very instant in which the pause began
            self.overdue[ticket] = True
        elif left != NONE:
            self._set_timer(ticket, now + left)

    def give_up(self, moment: Moment) -> None:
        """The customer's patience is at an end; it covers the wait for the first work alone."""
        ticket = moment.who
        if self.touched[ticket]:
            return
        self.abandoned[ticket] = self.env.now
        self.timer_due[ticket] = NONE
        for task in self.tasks(ticket):
            if self.waiting[task] or self.held[task]:
                self._leave_line(task)
                self._write(task, NOBODY, NONE, NONE, How.ABANDONED)

    def become_critical(self, moment: Moment) -> None:
        """A P1 is not resolved in time, worked on or not: its dormant tasks wake, once."""
        ticket = moment.who
        if self.resolved[ticket] == NONE and self.abandoned[ticket] == NONE:
            self.critical[ticket] = self.env.now
            self._open(ticket, range(self.dormant[ticket], self.first_task[ticket + 1]), Why.CRITICAL)
            self.settle()

    # ------------------------------------------------------------------ escalation

    def _set_timer(self, ticket: int, due: int) -> None:
        self.timer_due[ticket] = due
        self.at(due, timer(ticket, ESCALATION), self.escalate, ticket)

    def escalate(self, moment: Moment) -> None:
        """The ticket timer is due: what is in line escalates now, what is in service when it next queues."""
        ticket = moment.who
        if self.timer_due[ticket] != self.env.now:
            return
        self.timer_due[ticket] = NONE
        in_line = [task for task in self.tasks(ticket) if self.waiting[task] and self._may_escalate(task)]
        if not in_line:
            self.overdue[ticket] = True
            return
        raised = self._escalate(ticket)
        for task in in_line:
            self._leave_line(task)
            self._write(task, NOBODY, NONE, NONE, How.ESCALATED)
            self.join(task, Why.ESCALATED, self.env.now if raised else self.place[task])
        self.settle()

    def _may_escalate(self, task: int) -> bool:
        entry = self.first_task[self.ticket[task]]
        return not self.policy.entry_tier_only or self.pool[task] == self.pool[entry]

    def _escalate(self, ticket: int) -> bool:
        """Raise the ticket. Whether it rose: then it joins the end of its new level; P1 keeps its place."""
        self.overdue[ticket] = False
        self.escalated[ticket] = self.env.now
        raised = self.policy.raises and self.level[ticket] > 0
        self.level[ticket] -= raised
        return raised

    def _widen(self, task: int) -> None:
        pool = self.pool[task]
        reach = self.same_tier[pool] if self.policy.widens_region else (pool,)
        if self.policy.widens_tier and pool % N_ROLES < N_TIERS - 1:
            reach += tuple(q + 1 for q in reach)
        self._open_to(task, reach)

    # ------------------------------------------------------------------ where nobody is, and where work waits long

    def deserted(self, pool: int) -> None:
        """An agent takes no more: where nobody is left, work may go elsewhere, and urgent work pages somebody."""
        if not self.presence.unstaffed(pool):
            return
        if self.policy.unstaffed_anywhere and len(self.same_tier[pool]) > 1:
            for task in self._waiting_in(pool):
                self._offer(task, self.same_tier[pool])
        if self.presence.nowhere(pool % N_ROLES):
            waiting = [task for each in self.same_tier[pool] for task in self._waiting_in(each)]
            for task in sorted(waiting, key=self._rank):
                self._forsake(task)

    def _forsake(self, task: int) -> None:
        """Nobody of its tier is on duty anywhere: help for a P1 is dropped, other urgent work pages somebody."""
        if self.task_kind[task] >= TaskKind.ASSIST:
            self._drop(task)
        else:
            self.paging.strand(task)

    def _waiting_in(self, pool: int) -> list[int]:
        """Tasks at home in a pool that stand in its lines, each once."""
        tasks = {
            task: None
            for line in self.lines[pool]
            for _, _, task, stamp in line
            if self.pool[task] == pool and self.waiting[task] and self.stamp[task] == stamp
        }
        return list(tasks)

    def _offer(self, task: int, pools: tuple[int, ...]) -> None:
        """Let a task that waits look for an agent in more pools, where it has not yet looked in all of them."""
        if not set(pools) <= set(self.wider.get(task, ())):
            self._open_to(task, pools)
            heappush(self.fresh, self._rank(task))

    def _plan_overflow(self, task: int) -> None:
        """From when others may take a task that comes to its line; what an escalation puts back keeps its time."""
        rule, now = self._overflow_rule(self.pool[task]), self.env.now
        if rule is None or not rule.takes >> self.priority[self.ticket[task]] & 1:
            return
        if self.why[task] != Why.ESCALATED or self.overflows_at[task] == NONE:
            self.overflows_at[task] = now + rule.after
        if self.overflows_at[task] <= now:
            self._open_to(task, self._overflow_pools(task))

    def _set_overflow(self, task: int) -> None:
        """Start the timer of a task that waits, once in each wait."""
        if self.overflows_at[task] > self.env.now and self.timed[task] != self.stamp[task]:
            self.timed[task] = self.stamp[task]
            ticket = self.ticket[task]
            key = timer(ticket, OVERFLOW, task - self.first_task[ticket])
            self.at(self.overflows_at[task], key, self.overflow, task, self.stamp[task])

    def _overflow_pools(self, task: int) -> tuple[int, ...]:
        tier = self.pool[task] % N_ROLES
        return tuple(region * N_ROLES + tier for region in self._overflow_regions(self.pool[task]))

    def overflow(self, moment: Moment) -> None:
        """The home pool could not start a task in time: others may."""
        task = moment.who
        if self.stamp[task] == moment.stamp and self.waiting[task] and not self.held[task]:
            self._offer(task, self._overflow_pools(task))
            self.settle()

    # ------------------------------------------------------------------ work

    def start_work(self, agent: int, task: int) -> None:
        """An agent takes a task out of the line."""
        now, ticket = self.env.now, self.ticket[task]
        self._leave_line(task)
        self.touched[ticket] = True
        if self.started[ticket] == NONE and (self.priority[ticket] or task == self.first_task[ticket]):
            self.started[ticket] = now
        pace = self.slow[agent]
        if self.pool[task] != self.agent_pool[agent]:
            pace = self._pace_away(pace, self.pool[task], self.agent_pool[agent])
        wall = self.left[task] if pace == NOMINAL else scaled(self.left[task], pace)
        self.idle_since[agent] = NONE
        self.task[agent], self.began[agent], self.pace[agent] = task, now, pace
        self.terms[agent] = self.presence.terms(agent)
        self.turn[agent] += 1
        self.last_agent[ticket] = agent
        self.at(now + wall, WORK_ENDS | agent, self.work_ends, agent, self.turn[agent])

    def _pace_away(self, pace: int, home: int, away: int) -> int:
        if away == NONE:
            return pace
        if home // N_ROLES != away // N_ROLES:
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
        for *_, fresh in self.fresh:
            self._claim(fresh)
        self.choose_work(agent)
        self.settle()

    def _finish(self, agent: int) -> None:
        task = self.task[agent]
        self._write(task, agent, self.began[agent], self.env.now, How.DONE)
        self._put_down(agent)
        self._close(task)

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
        self._write(task, agent, self.began[agent], now, how)
        self._put_down(agent)
        self.join(task, why, self.place[task])

    # ------------------------------------------------------------------ lines

    def join(self, task: int, why: Why, place: int) -> None:
        """A task begins to wait. It looks for an agent when the desk settles, or waits for an answer to a page."""
        ticket = self.ticket[task]
        if self.overdue[ticket] and self._may_escalate(task):
            place = self.env.now if self._escalate(ticket) else place
        if self.escalated[ticket] == self.env.now and self._may_escalate(task):
            self._widen(task)
        self.waiting[task] = True
        self.place[task], self.queued_at[task], self.why[task] = place, self.env.now, why
        if why == Why.ARRIVED and task == self.first_task[ticket] and self.paging.pages_at_once(ticket):
            self.held[task] = True
        else:
            self._come_to_line(task)

    def queue_if_held(self, task: int) -> None:
        """Nobody has answered for a task: it waits in line like others."""
        if self.held[task] and self.waiting[task]:
            self.held[task] = False
            self._come_to_line(task)

    def _come_to_line(self, task: int) -> None:
        """Let a task look for an agent when the desk settles, in all pools that may serve it by now."""
        home = self.pool[task]
        if self.policy.unstaffed_anywhere and self.presence.unstaffed(home):
            self._open_to(task, self.same_tier[home])
        self._plan_overflow(task)
        heappush(self.fresh, self._rank(task))

    def hold(self, task: int) -> None:
        """Keep a task for somebody who has promised to do it: it has no place in any line now."""
        self._leave_line(task)
        self.held[task] = True

    def _open_to(self, task: int, pools: tuple[int, ...]) -> None:
        """Let more pools serve the task, until it is next queued."""
        home = self.pool[task]
        reach = {*self.usual[home], *self.wider.get(task, ()), *pools}
        order = self.order[home]
        self.wider[task] = tuple(sorted(reach, key=lambda pool: (pool % N_ROLES, order[pool // N_ROLES])))

    def _leave_line(self, task: int) -> None:
        self.waiting[task] = self.held[task] = False
        self.stamp[task] += 1
        self.wider.pop(task, None)

    def _claim(self, task: int) -> None:
        """Queue the task in the line of every pool that may serve it."""
        ticket, home = self.ticket[task], self.pool[task]
        level = self.level[ticket] << 3 | self.customer_class[ticket] << 2
        place, stamp, priority = self.place[task], self.stamp[task], self.priority[ticket]
        for pool in self.wider.get(task) or self.usual[home]:
            elsewhere = (pool % N_ROLES != home % N_ROLES) << 1 | (pool // N_ROLES != home // N_ROLES)
            heappush(self.lines[pool][priority], (level | elsewhere, place, task, stamp))

    # ------------------------------------------------------------------ who serves whom

    def settle(self) -> None:
        """Let every task that has just joined a line look for an agent; those that find none wait there."""
        while self.fresh:
            *_, task = heappop(self.fresh)
            if not self.waiting[task]:
                continue
            agent = self._idle_agent(task)
            if agent == NOBODY and self._may_preempt(task):
                agent = self._victim(task)
                if agent != NOBODY:
                    self.take_away(agent, How.PREEMPTED)
            if agent == NOBODY:
                self._wait(task)
            else:
                self.start_work(agent, task)

    def _wait(self, task: int) -> None:
        """Nobody is free: the task waits for them, and for its overflow; where nobody is anywhere, it is forsaken."""
        self._set_overflow(task)
        self._claim(task)
        if self.presence.nowhere(self.pool[task] % N_ROLES):
            self._forsake(task)

    def _may_preempt(self, task: int) -> bool:
        """P1 interrupts others when it comes to the line, but not because it has waited there for long."""
        is_p1 = self.priority[self.ticket[task]] == 0
        overflows = self.timed[task] == self.stamp[task] and self.overflows_at[task] == self.env.now
        return is_p1 and self.policy.p1_preempts and self.why[task] != Why.ESCALATED and not overflows

    def _rank(self, task: int) -> tuple[int, int, int, int]:
        ticket = self.ticket[task]
        return self.level[ticket], self.customer_class[ticket], self.place[task], task

    def choose_work(self, agent: int) -> None:
        """A free agent does what they have promised, what is most urgent, what they have to do, what else waits."""
        if self.presence.is_leaving(agent) or self.paging.next_reserved(agent) or not self.presence.here(agent):
            return
        best = self._best_line(agent)
        if (best is None or best[0][0] >> 3) and self.presence.has_chore(agent):
            self.presence.begin_chore(agent)
        elif best is None:
            self.idle_since[agent] = self.env.now
            heappush(self.idle[self.agent_pool[agent]], (self.env.now, agent))
        else:
            self.start_work(agent, heappop(best)[2])

    def _best_line(self, agent: int) -> list[Claim] | None:
        """The line whose head is the best claim open to an agent; none where they may take nothing."""
        best: list[Claim] | None = None
        for line in self._lines_now(agent):
            while line and self.stamp[line[0][2]] != line[0][3]:
                heappop(line)
            if line and (best is None or line[0] < best[0]):
                best = line
        return best

    def _lines_now(self, agent: int) -> list[list[Claim]]:
        """All lines open to an agent, or in the overlap that of P1."""
        lines = self.open_lines[agent]
        if self.presence.until[agent] > self.env.now:
            return lines
        return lines[:1] if self.presence.may_take(agent, 0) else []

    def is_free(self, agent: int) -> bool:
        """At no task and no chore; whether they are there is another question."""
        return self.task[agent] == NONE and self.presence.chore[agent] == NONE

    def _idle_agent(self, task: int) -> int:
        """The free agent for a task: who had the ticket before, else from its pools in order, the longest idle."""
        ticket = self.ticket[task]
        priority = self.priority[ticket]
        pools = self.wider.get(task) or self.usual[self.pool[task]]
        last = self.last_agent[ticket]
        if last != NOBODY and self._may_take(last, priority) and self.agent_pool[last] in pools:
            return last
        for pool in pools:
            agent = self._longest_idle(pool, priority)
            if agent != NOBODY:
                return agent
        return NOBODY

    def _may_take(self, agent: int, priority: int) -> bool:
        """Whether an agent is idle, and takes tickets of that priority now."""
        return self.idle_since[agent] != NONE and self.presence.may_take(agent, priority)

    def _longest_idle(self, pool: int, priority: int) -> int:
        idle, passed_over, found = self.idle[pool], [], NOBODY
        while idle:
            since, agent = idle[0]
            if self.idle_since[agent] != since:
                heappop(idle)
            elif self.presence.may_take(agent, priority):
                found = agent
                break
            else:
                passed_over.append(heappop(idle))
        for entry in passed_over:
            heappush(idle, entry)
        return found

    def _victim(self, task: int) -> int:
        """Whom a P1 interrupts: who is at a chore, the least urgent work, the latest begun, the highest agent."""
        busy = [
            (self.presence.effort(agent), self.began[agent], agent)
            for pool in self.wider.get(task) or self.usual[self.pool[task]]
            for agent in self.members[pool]
            if self._can_be_interrupted(agent)
        ]
        level, _, agent = max(busy, default=(0, 0, NOBODY))
        return agent if level > 0 else NOBODY

    def _can_be_interrupted(self, agent: int) -> bool:
        return not self.is_free(agent) and self.presence.may_take(agent, 0) and self.gives_way(agent)

    def gives_way(self, agent: int) -> bool:
        """Whether what an agent is at has not been interrupted too often; a chore always gives way."""
        task, most = self.task[agent], self.policy.most_interruptions
        return task == NONE or most == NO_LIMIT or self.interruptions[task] < most

    # ------------------------------------------------------------------ what is written down

    def _write(self, task: int, agent: int, start: int, end: int, how: How) -> None:
        """A stretch has ended: `start` is NONE where it was a wait alone, which ends now."""
        segment, mode = self.terms[agent] if agent != NOBODY else (NONE, Mode.DUTY)
        if start == NONE and how != How.OPEN:
            end = self.env.now
        self.rows.append(
            (task, self.stretch[task], agent, segment, self.queued_at[task], self.why[task], start, end, how, mode)
        )
        self.stretch[task] += 1

    def write_open(self) -> None:
        """The run is over: what is unfinished is written as open."""
        for agent, task in enumerate(self.task):
            if task != NONE:
                self._write(task, agent, self.began[agent], NONE, How.OPEN)
        for task, (waits, held) in enumerate(zip(self.waiting, self.held, strict=True)):
            if waits or held:
                self._write(task, NOBODY, NONE, NONE, How.OPEN)

    def last_instant(self) -> int:
        """When anything last happened. A timer that changed nothing is not heard of."""
        written = [max(row[QUEUED], row[STARTED], row[ENDED]) for row in self.rows]
        in_line = [queued for queued, waits in zip(self.queued_at, self.waiting, strict=True) if waits]
        chores = [end for *_, end in self.presence.chore_rows]
        return max(written + in_line + chores + self.paging.instants(), default=0)


def pools_of(region: NDArray[np.int16], tier: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The pool of each region and tier; the coordinators of all regions are one."""
    pool: NDArray[np.int64] = region.astype(np.int64) * N_ROLES + tier
    return np.where(tier == COORDINATOR, COORDINATOR, pool)


def _place(region: int, order: list[int]) -> int:
    """Place of a region in an order of preference; those that are not in it follow in their own order."""
    return order.index(region) if region in order else len(order) + region
