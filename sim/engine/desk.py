"""The desk: the support organisation as a SimPy model. This is the specification of what happens.

It draws no random number and knows no calendar: the workload says what comes and what it needs, the roster who is
there, the policy who may serve whom. The desk decides *when* and *by whom*.

- **Pools** are (region, tier). Each has its idle agents, longest idle first, and a line for each priority.
- A **claim** is a task's place in a line. A task that several pools may serve has a claim in each; the stamp on a claim
  is the task's when it was made, and a claim with an old stamp is void. Nothing is ever searched for or removed.
- **Events at one instant** happen in the order of (rank, id), which is content, never in the order of scheduling. After
  each event the desk settles: no free agent is left who could serve a waiting task, before the next event happens.
- Processes exist for the tapes alone (arrivals, duty starts, duty ends); all else is a timeout with a callback.

The rules in full, with the order of events and of choices, are in docs/engine.md.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, cast

import numpy as np
import simpy

from sim.clock import NEVER
from sim.engine.journal import (
    AGENTS,
    CHORES,
    DUTIES,
    NOBODY,
    PAGES,
    TICKETS,
    TURNS,
    WORK,
    How,
    Journals,
    Mode,
    State,
    Table,
    Why,
    empty,
    table,
)
from sim.engine.policy import N_PRIORITIES, N_TIERS, NOMINAL, combined, remaining, scaled
from sim.workforce.roster import FOREVER
from sim.workload.tape import CustomerClass, TaskKind

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from numpy.typing import NDArray

    from sim.engine.policy import Policy
    from sim.workforce.roster import Roster
    from sim.workload.tape import Workload

    class Environment(simpy.Environment):
        """A SimPy environment whose clock is a whole number: it starts at 0, and so is every delay."""

        @property
        def now(self) -> int: ...


# Ranks: what happens first within one millisecond.
WORK_ENDS = 1 << 40
DUTY_ENDS = 4 << 40
DUTY_STARTS = 5 << 40
TIMER = 6 << 40
RETURN = 7 << 40
ARRIVAL = 8 << 40

# Kinds of timers, in the order in which they fire for one ticket.
ESCALATION = 1
PATIENCE = 4

NONE = -1
"""No instant, no agent, no task: within the desk all of these are counted from 0."""

QUEUED, STARTED, ENDED = 4, 6, 7
"""Where a row of the work journal has its instants."""

Claim = tuple[int, int, int, int]
"""(level, place, task, stamp): smaller is served first. `level` holds effective priority, class, and whether the pool
is of another tier or region; `place` is the instant from which the task holds its place in line."""


class Moment(simpy.Event):
    """Something that will happen, with the ids that its handler needs."""

    _ok = True
    _value = None

    def __init__(self, then: Callable[[Moment], None] | None, who: int = NONE, stamp: int = NONE) -> None:
        self.callbacks = [] if then is None else [then]
        self.who = who
        self.stamp = stamp


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
        return desk.journals(max(end, desk.last_instant()))
    desk.env.run(until=end)
    return desk.journals(end)


class Desk:
    """The state of the organisation. Lists are indexed by ticket, task, agent, duty or pool, as their section says."""

    def __init__(self, workload: Workload, roster: Roster, policy: Policy, env: Environment) -> None:
        self.workload, self.roster, self.policy, self.env = workload, roster, policy, env
        self._read_tickets(workload)
        self._read_tasks(workload)
        self._read_agents(roster)
        self._open_pools(roster)
        self.fresh: list[tuple[int, int, int, int]] = []  # tasks that have yet to look for an agent, by their rank
        self.rows: list[tuple[int, ...]] = []  # finished stretches: the work journal
        self._go_on_duty(roster)

    # ------------------------------------------------------------------ state

    def _read_tickets(self, workload: Workload) -> None:
        n = len(workload)
        standard_last = (workload.customer_class == CustomerClass.STANDARD) & self.policy.enterprise_first
        self.created: list[int] = workload.created.tolist()
        self.priority: list[int] = workload.priority.tolist()
        self.region: list[int] = workload.region.tolist()
        self.customer_class: list[int] = standard_last.astype(int).tolist()
        self.patience: list[int] = _or_none(workload.patience)
        self.first_task: list[int] = workload.first_task.tolist()
        self.next_task = self.first_task[:-1].copy()  # first task of the stage to come
        self.open_tasks = [0] * n  # of the present stage
        self.level = self.priority.copy()  # effective priority
        self.timer_due = _or_none(workload.escalate_at)  # NONE: fired, paused, or no timer
        self.timer_left = [NONE] * n  # while paused
        self.overdue = [False] * n  # the timer fired while nothing was in line
        self.started, self.resolved, self.first_resolved = [NONE] * n, [NONE] * n, [NONE] * n
        self.escalated, self.abandoned = [NONE] * n, [NONE] * n
        self.pending_since, self.paused = [NONE] * n, [0] * n
        self.last_agent = [NOBODY] * n

    def _read_tasks(self, workload: Workload) -> None:
        m = len(workload.tier)
        ticket = np.repeat(np.arange(len(workload)), np.diff(workload.first_task))
        self.ticket: list[int] = ticket.tolist()
        self.pool: list[int] = (workload.region[ticket].astype(int) * N_TIERS + workload.tier).tolist()
        self.stage: list[int] = workload.stage.tolist()
        self.wait: list[int] = workload.wait.tolist()
        self.task_kind: list[int] = workload.task_kind.tolist()
        self.left: list[int] = workload.handle.tolist()  # nominal work
        self.waiting = [False] * m
        self.place, self.queued_at, self.why = [NONE] * m, [NONE] * m, [0] * m
        self.stretch, self.stamp = [0] * m, [0] * m
        self.wider: dict[int, tuple[int, ...]] = {}  # pools that may serve a task, where it is not its own pool alone

    def _read_agents(self, roster: Roster) -> None:
        a = len(roster)
        agents = roster.agents
        self.agent_pool: list[int] = (agents.region.astype(int) * N_TIERS + agents.tier).tolist()
        self.slow: list[int] = agents.slow_pm.tolist()
        self.takes: list[int] = agents.takes.tolist()
        self.duty = [NONE] * a  # the duty they are on ...
        self.leaves = [NONE] * a  # ... and when it ends
        self.idle_since = [NONE] * a
        self.task = [NONE] * a  # what they work on ...
        self.began, self.pace, self.turn = (
            [NONE] * a,
            [NOMINAL] * a,
            [0] * a,
        )  # ... since when, how slowly, and its stamp

    def _open_pools(self, roster: Roster) -> None:
        pools = range(self.policy.regions * N_TIERS)
        self.lines: list[list[list[Claim]]] = [[[] for _ in range(N_PRIORITIES)] for _ in pools]
        self.idle: list[list[tuple[int, int]]] = [[] for _ in pools]  # (idle since, agent); void where they are not
        self.on_duty = [0 for _ in pools]
        self.members: list[list[int]] = [[] for _ in pools]
        for agent, pool in enumerate(self.agent_pool):
            self.members[pool].append(agent)
        self.open_lines = [
            [line for p, line in enumerate(self.lines[pool]) if takes >> p & 1]
            for pool, takes in zip(self.agent_pool, roster.agents.takes.tolist(), strict=True)
        ]
        self.same_tier = [(p, *(q for q in pools if q != p and q % N_TIERS == p % N_TIERS)) for p in pools]

    def _go_on_duty(self, roster: Roster) -> None:
        """Those whose duty is under way are there; the tapes tell what follows."""
        duties = np.arange(len(roster.segments.agent))
        for duty in duties[(roster.segments.start <= 0) & (roster.segments.end > 0)].tolist():
            self.start_duty(duty)
        by_start = duties[roster.segments.start > 0]
        by_end = duties[(roster.segments.end > 0) & (roster.segments.end < FOREVER)]
        self.starts: list[int] = by_start[np.lexsort((by_start, roster.segments.start[by_start]))].tolist()
        self.start_of: list[int] = roster.segments.start.tolist()
        self.next_start = 0
        ends = by_end[np.lexsort((by_end, roster.segments.end[by_end]))].tolist()
        self.env.process(self.arrivals())
        self.env.process(self.duty_starts())
        self.env.process(self.duty_ends(ends, roster.segments.end.tolist()))

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
        created, ticket, n = self.created, 0, len(self.created)
        while ticket < n:
            now = created[ticket]
            yield self.at(now, ARRIVAL | ticket, None)
            while ticket < n and created[ticket] == now:
                self.arrive(ticket)
                ticket += 1

    def duty_starts(self) -> Generator[Moment]:
        """The tape of the duty starts."""
        while self.next_start < len(self.starts):
            duty = self.starts[self.next_start]
            now = self.start_of[duty]
            yield self.at(now, DUTY_STARTS | duty, None)
            while self.next_start < len(self.starts) and self.start_of[self.starts[self.next_start]] == now:
                self.start_duty(self.starts[self.next_start])
                self.next_start += 1

    def duty_ends(self, duties: list[int], end_of: list[int]) -> Generator[Moment]:
        """The tape of the duty ends."""
        i = 0
        while i < len(duties):
            now = end_of[duties[i]]
            yield self.at(now, DUTY_ENDS | duties[i], None)
            while i < len(duties) and end_of[duties[i]] == now:
                self.end_duty(duties[i])
                i += 1

    # ------------------------------------------------------------------ a ticket's life

    def arrive(self, ticket: int) -> None:
        """A ticket arrives: its timers start, its first stage opens."""
        patience, due = self.patience[ticket], self.timer_due[ticket]
        now = self.env.now
        if patience != NONE:
            self.at(now + patience, TIMER | ticket << 11 | PATIENCE << 8, self.give_up, ticket)
        if due != NONE:
            self._set_timer(ticket, due)
        self.open_stage(ticket, Why.ARRIVED)
        self.settle()

    def open_stage(self, ticket: int, why: Why) -> None:
        """The tasks of the next stage join their lines, all at once."""
        first, last = self.next_task[ticket], self.first_task[ticket + 1]
        following = first + 1
        while following < last and self.stage[following] == self.stage[first]:
            following += 1
        self.next_task[ticket] = following
        self.open_tasks[ticket] = following - first
        for task in range(first, following):
            self.join(task, why, self.env.now)

    def advance(self, ticket: int) -> None:
        """A stage is done: the next opens, now or when the customer returns; after the last the ticket is resolved."""
        task = self.next_task[ticket]
        done = task == self.first_task[ticket + 1]
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
        """The customer's patience is at an end; it covers the wait for the first response alone."""
        ticket = moment.who
        if self.started[ticket] != NONE:
            return
        self.abandoned[ticket] = self.env.now
        self.timer_due[ticket] = NONE
        for task in range(self.first_task[ticket], self.next_task[ticket]):
            self._leave_line(task)
            self._write(task, NOBODY, NONE, NONE, How.ABANDONED)

    # ------------------------------------------------------------------ escalation

    def _set_timer(self, ticket: int, due: int) -> None:
        self.timer_due[ticket] = due
        self.at(due, TIMER | ticket << 11 | ESCALATION << 8, self.timer, ticket)

    def timer(self, moment: Moment) -> None:
        """The ticket timer is due: what is in line escalates now, what is in service when it next queues."""
        ticket = moment.who
        if self.timer_due[ticket] != self.env.now:
            return
        self.timer_due[ticket] = NONE
        tasks = range(self.first_task[ticket], self.next_task[ticket])
        in_line = [task for task in tasks if self.waiting[task] and self._may_escalate(task)]
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
        if self.policy.widens_tier and pool % N_TIERS < N_TIERS - 1:
            reach += tuple(q + 1 for q in reach)
        self._open_to(task, reach)

    # ------------------------------------------------------------------ duties

    def start_duty(self, duty: int) -> None:
        """An agent comes on duty and takes the best that waits."""
        agent = int(self.roster.segments.agent[duty])
        self.duty[agent] = duty
        self.leaves[agent] = int(self.roster.segments.end[duty])
        self.on_duty[self.agent_pool[agent]] += 1
        self.choose_work(agent)

    def end_duty(self, duty: int) -> None:
        """An agent goes; open work is handed over, and where nobody is left, work may go elsewhere."""
        agent = int(self.roster.segments.agent[duty])
        pool = self.agent_pool[agent]
        self.on_duty[pool] -= 1
        if self.task[agent] != NONE:
            self._interrupt(agent, How.HANDED_OVER)
        self.duty[agent] = NONE
        self.idle_since[agent] = NONE
        if self._unstaffed(pool):
            self._open_lines_elsewhere(pool)
        self.settle()

    def _unstaffed(self, pool: int) -> bool:
        """Nobody is on duty, nor comes on duty in this very instant, and the policy sends work elsewhere."""
        if self.on_duty[pool] or not self.policy.unstaffed_anywhere:
            return False
        now, i = self.env.now, self.next_start
        while i < len(self.starts) and self.start_of[self.starts[i]] == now:
            if self.agent_pool[self.roster.segments.agent[self.starts[i]]] == pool:
                return False
            i += 1
        return True

    def _open_lines_elsewhere(self, pool: int) -> None:
        everywhere = self.same_tier[pool]
        if len(everywhere) == 1:
            return
        for line in self.lines[pool]:
            for _, _, task, stamp in line:
                waits_here = self.pool[task] == pool and self.waiting[task] and self.stamp[task] == stamp
                if waits_here and not set(everywhere) <= set(self.wider.get(task, ())):
                    self._open_to(task, everywhere)
                    heappush(self.fresh, self._rank(task))

    # ------------------------------------------------------------------ work

    def start_work(self, agent: int, task: int) -> None:
        """An agent takes a task out of the line."""
        now, ticket = self.env.now, self.ticket[task]
        self._leave_line(task)
        if self.started[ticket] == NONE:
            self.started[ticket] = now
        pace = self.slow[agent]
        if self.pool[task] != self.agent_pool[agent]:
            pace = self._pace_away(pace, self.pool[task], self.agent_pool[agent])
        wall = self.left[task] if pace == NOMINAL else scaled(self.left[task], pace)
        self.idle_since[agent] = NONE
        self.task[agent], self.began[agent], self.pace[agent] = task, now, pace
        self.turn[agent] += 1
        self.last_agent[ticket] = agent
        self.at(now + wall, WORK_ENDS | agent, self.work_ends, agent, self.turn[agent])

    def _pace_away(self, pace: int, home: int, away: int) -> int:
        if home // N_TIERS != away // N_TIERS:
            pace = combined(pace, self.policy.other_region_pm)
        return combined(pace, self.policy.tier_pm[home % N_TIERS][away % N_TIERS])

    def work_ends(self, moment: Moment) -> None:
        """A task is done; the ticket goes on, and the agent takes the best that waits now."""
        agent = moment.who
        if self.turn[agent] != moment.stamp:
            return
        task = self.task[agent]
        ticket = self.ticket[task]
        self._write(task, agent, self.began[agent], self.env.now, How.DONE)
        self.task[agent] = NONE
        self.open_tasks[ticket] -= 1
        if not self.open_tasks[ticket]:
            self.advance(ticket)
        for *_, fresh in self.fresh:
            self._claim(fresh)
        self.choose_work(agent)
        self.settle()

    def _interrupt(self, agent: int, how: How) -> None:
        """Take an agent's task away; what is left of it goes back to its place in line."""
        task, now = self.task[agent], self.env.now
        left = remaining(self.left[task], now - self.began[agent], self.pace[agent])
        if how == How.PREEMPTED:
            self.left[task], why = scaled(left, self.policy.preempted_pm), Why.PREEMPTED
        else:
            self.left[task], why = scaled(left, self.policy.handed_over_pm) + self.policy.briefing, Why.HANDED_OVER
        self._write(task, agent, self.began[agent], now, how)
        self.task[agent] = NONE
        self.turn[agent] += 1
        self.join(task, why, self.place[task])

    # ------------------------------------------------------------------ lines

    def join(self, task: int, why: Why, place: int) -> None:
        """A task begins to wait. It looks for an agent when the desk settles."""
        ticket = self.ticket[task]
        if self.overdue[ticket] and self._may_escalate(task):
            place = self.env.now if self._escalate(ticket) else place
        if self.escalated[ticket] == self.env.now and self._may_escalate(task):
            self._widen(task)
        self.waiting[task] = True
        self.place[task], self.queued_at[task], self.why[task] = place, self.env.now, why
        if self._unstaffed(self.pool[task]):
            self._open_to(task, self.same_tier[self.pool[task]])
        heappush(self.fresh, self._rank(task))

    def _open_to(self, task: int, pools: tuple[int, ...]) -> None:
        """Let more pools serve the task, until it is next queued."""
        home = self.pool[task]
        reach = {home, *self.wider.get(task, ()), *pools}
        self.wider[task] = tuple(
            sorted(reach, key=lambda pool: (pool % N_TIERS, pool // N_TIERS != home // N_TIERS, pool))
        )

    def _leave_line(self, task: int) -> None:
        self.waiting[task] = False
        self.stamp[task] += 1
        self.wider.pop(task, None)

    def _claim(self, task: int) -> None:
        """Queue the task in the line of every pool that may serve it."""
        ticket, home = self.ticket[task], self.pool[task]
        level = self.level[ticket] << 3 | self.customer_class[ticket] << 2
        place, stamp, priority = self.place[task], self.stamp[task], self.priority[ticket]
        if task not in self.wider:
            heappush(self.lines[home][priority], (level, place, task, stamp))
            return
        for pool in self.wider[task]:
            elsewhere = (pool % N_TIERS != home % N_TIERS) << 1 | (pool // N_TIERS != home // N_TIERS)
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
                    self._interrupt(agent, How.PREEMPTED)
            if agent == NOBODY:
                self._claim(task)
            else:
                self.start_work(agent, task)

    def _may_preempt(self, task: int) -> bool:
        """P1 interrupts others when it comes to the line, but not because it has waited there for long."""
        is_p1 = self.priority[self.ticket[task]] == 0
        return is_p1 and self.policy.p1_preempts and self.why[task] != Why.ESCALATED

    def _rank(self, task: int) -> tuple[int, int, int, int]:
        ticket = self.ticket[task]
        return self.level[ticket], self.customer_class[ticket], self.place[task], task

    def choose_work(self, agent: int) -> None:
        """A free agent takes the best claim open to them, or is idle; who leaves in this instant takes nothing more."""
        now = self.env.now
        if self.leaves[agent] == now:
            return
        best: list[Claim] | None = None
        for line in self.open_lines[agent]:
            while line and self.stamp[line[0][2]] != line[0][3]:
                heappop(line)
            if line and (best is None or line[0] < best[0]):
                best = line
        if best is None:
            self.idle_since[agent] = now
            heappush(self.idle[self.agent_pool[agent]], (now, agent))
        else:
            self.start_work(agent, heappop(best)[2])

    def _idle_agent(self, task: int) -> int:
        """The free agent for a task: who had the ticket before, else from its pools in order, the longest idle."""
        ticket = self.ticket[task]
        needed = 1 << self.priority[ticket]
        pools = self.wider.get(task) or (self.pool[task],)
        last = self.last_agent[ticket]
        if last != NOBODY and self._may_take(last, needed) and self.agent_pool[last] in pools:
            return last
        for pool in pools:
            agent = self._longest_idle(pool, needed)
            if agent != NOBODY:
                return agent
        return NOBODY

    def _may_take(self, agent: int, needed: int) -> bool:
        """Whether an agent is idle, stays longer than this instant, and takes tickets of that priority."""
        stays = self.leaves[agent] > self.env.now
        return stays and self.idle_since[agent] != NONE and bool(self.takes[agent] & needed)

    def _longest_idle(self, pool: int, needed: int) -> int:
        idle, passed_over, found, now = self.idle[pool], [], NOBODY, self.env.now
        while idle:
            since, agent = idle[0]
            if self.idle_since[agent] != since:
                heappop(idle)
            elif self.takes[agent] & needed and self.leaves[agent] > now:
                found = agent
                break
            else:
                passed_over.append(heappop(idle))
        for entry in passed_over:
            heappush(idle, entry)
        return found

    def _victim(self, task: int) -> int:
        """Whom a P1 interrupts: the least urgent work, the latest begun, the highest agent; never a P1."""
        busy = [
            (self.level[self.ticket[self.task[agent]]], self.began[agent], agent)
            for pool in self.wider.get(task) or (self.pool[task],)
            for agent in self.members[pool]
            if self.task[agent] != NONE and self.takes[agent] & 1 and self.leaves[agent] > self.env.now
        ]
        level, _, agent = max(busy, default=(0, 0, NOBODY))
        return agent if level > 0 else NOBODY

    # ------------------------------------------------------------------ journals

    def _write(self, task: int, agent: int, start: int, end: int, how: How) -> None:
        """A stretch has ended: `start` is NONE where it was a wait alone, which ends now."""
        duty = self.duty[agent] if agent != NOBODY else NONE
        if start == NONE and how != How.OPEN:
            end = self.env.now
        self.rows.append((task, self.stretch[task], agent, duty, self.queued_at[task], self.why[task], start, end, how))
        self.stretch[task] += 1

    def last_instant(self) -> int:
        """When anything last happened. A timer that changed nothing is not heard of."""
        written = [max(row[QUEUED], row[STARTED], row[ENDED]) for row in self.rows]
        in_line = [queued for queued, waits in zip(self.queued_at, self.waiting, strict=True) if waits]
        return max(written + in_line, default=0)

    def journals(self, end: int) -> Journals:
        """The journals of a run that ended at `end`; what is unfinished is written as open."""
        in_service = {self.ticket[task]: True for task in self.task if task != NONE}
        for agent, task in enumerate(self.task):
            if task != NONE:
                self._write(task, agent, self.began[agent], NONE, How.OPEN)
        for task, waits in enumerate(self.waiting):
            if waits:
                self._write(task, NOBODY, NONE, NONE, How.OPEN)
        return Journals(
            self._tickets(end, in_service),
            self._work(),
            empty(CHORES),
            empty(PAGES),
            self._duties(end),
            turns=self._turns(),
            agents=table(AGENTS, {"region": self.roster.agents.region, "tier": self.roster.agents.tier}),
            end=end,
        )

    def _tickets(self, end: int, in_service: dict[int, bool]) -> Table:
        w = self.workload
        resolved, abandoned = _instants(self.resolved), _instants(self.abandoned)
        pending_since = np.array(self.pending_since, dtype=np.int64)
        serving = np.zeros(len(w), dtype=bool)
        serving[list(in_service)] = True
        state = np.select(
            [resolved != NEVER, abandoned != NEVER, pending_since != NONE, serving],
            [State.RESOLVED, State.ABANDONED, State.PENDING, State.IN_SERVICE],
            State.QUEUED,
        )
        waiting_now = np.where(state == State.PENDING, end - pending_since, 0)
        return table(TICKETS, {
            "ticket": np.arange(len(w)), "region": w.region, "number": w.number, "kind": w.kind, "priority": w.priority,
            "customer_class": w.customer_class, "channel": w.channel, "tier": w.tier[w.first_task[:-1]],
            "stages": w.stages,
            "created": w.created, "visible": w.visible, "filtered": w.filtered, "respond_by": w.respond_by,
            "resolve_by": w.resolve_by,
            "acknowledged": np.full(len(w), NEVER), "critical": np.full(len(w), NEVER),
            "started": _instants(self.started), "first_resolved": _instants(self.first_resolved), "resolved": resolved,
            "escalated": _instants(self.escalated), "abandoned": abandoned,
            "paused": np.array(self.paused, dtype=np.int64) + waiting_now, "state": state,
        })  # fmt: skip

    def _work(self) -> Table:
        rows = np.array(self.rows, dtype=np.int64).reshape(-1, 9)
        rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
        task, stretch, agent, duty, queued_at, why, start, end, how = rows.T
        pool = np.array(self.pool, dtype=np.int64)[task]
        ticket = np.array(self.ticket, dtype=np.int64)[task]
        return table(WORK, {
            "ticket": ticket, "task": task - self.workload.first_task[ticket], "stretch": stretch,
            "region": pool // N_TIERS, "tier": pool % N_TIERS, "agent": agent, "duty": duty,
            "queued_at": queued_at, "why_queued": why, "start": _missing(start), "end": _missing(end),
            "how_ended": how, "mode": np.full(len(rows), Mode.DUTY),
        })  # fmt: skip

    def _turns(self) -> Table:
        return table(TURNS, {name: getattr(self.roster.turns, name) for name in TURNS})

    def _duties(self, end: int) -> Table:
        s, agents = self.roster.segments, self.roster.agents
        within = (s.end > 0) & (s.start < end)
        last = np.where(within, np.minimum(s.end, end), NEVER)
        planned_end = np.where(s.end == FOREVER, NEVER, s.end)
        return table(DUTIES, {
            "agent": s.agent, "region": agents.region[s.agent], "tier": agents.tier[s.agent], "duty": s.duty,
            "planned_start": s.start, "planned_end": planned_end, "paid_end": planned_end, "pause": s.pause,
            "start": np.where(within, np.maximum(s.start, 0), NEVER), "end": last, "left": last,
        })  # fmt: skip


def _or_none(instants: NDArray[np.int64]) -> list[int]:
    out: list[int] = np.where(instants == NEVER, NONE, instants).tolist()
    return out


def _instants(values: list[int]) -> NDArray[np.int64]:
    return _missing(np.array(values, dtype=np.int64))


def _missing(values: NDArray[np.int64]) -> NDArray[np.int64]:
    out: NDArray[np.int64] = np.where(values == NONE, NEVER, values)
    return out
