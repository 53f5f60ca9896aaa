"""Where work waits, and who serves whom.

*Pools* are (region, role). Each has its idle agents, longest idle first, and a line for each priority. A *claim* is a
task's place in a line. A task that several pools may serve has a claim in each; the stamp on a claim is the task's when
it was made, and a claim with an old stamp is void. Nothing is ever searched for or removed.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from sim.engine.journal import NOBODY, How, Why
from sim.engine.policy import N_PRIORITIES, N_ROLES, NO_LIMIT
from sim.engine.ranks import NONE

if TYPE_CHECKING:
    from sim.engine.desk import Desk

Claim = tuple[int, int, int, int]
"""(level, place, task, stamp): smaller is served first. `level` holds effective priority, class, and whether the pool
is of another role or region; `place` is the instant from which the task holds its place in line."""


class Lines:
    """What waits, and who is idle. Lists are indexed by task, agent or pool, as named."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        m, a = len(desk.ticket), len(desk.agent_pool)
        self.waiting = [False] * m  # tasks: for an agent, or for somebody to answer a page
        self.held = [False] * m  # by a page: it waits, and has no place in any line
        self.place, self.stamp = [NONE] * m, [0] * m
        self.fresh: list[tuple[int, int, int, int]] = []  # tasks that have yet to look for an agent, by their rank
        self.idle_since = [NONE] * a
        self.open_to: list[list[list[Claim]]] = [[] for _ in range(a)]  # agents: the lines of the segment they are in
        pools = range(desk.policy.regions * N_ROLES)
        self.lines: list[list[list[Claim]]] = [[[] for _ in range(N_PRIORITIES)] for _ in pools]
        self.idle: list[list[tuple[int, int]]] = [[] for _ in pools]  # (idle since, agent); void where they are not
        self.members: list[list[int]] = [[] for _ in pools]
        for agent, pool in enumerate(desk.agent_pool):
            if pool != NONE:
                self.members[pool].append(agent)

    def of(self, agent: int, takes: int) -> list[list[Claim]]:
        """The lines from which an agent takes work, most urgent first."""
        return [line for p, line in enumerate(self.lines[self.desk.agent_pool[agent]]) if takes >> p & 1]

    # ------------------------------------------------------------------ in and out

    def join(self, task: int, why: Why, place: int) -> None:
        """A task begins to wait. It looks for an agent when the desk settles, or waits for an answer to a page."""
        desk = self.desk
        place = desk.escalation.when_queued(task, place)
        self.waiting[task] = True
        self.place[task], desk.queued_at[task], desk.why[task] = place, desk.env.now, why
        ticket = desk.ticket[task]
        if why == Why.ARRIVED and task == desk.first_task[ticket] and desk.paging.pages_at_once(ticket):
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
        self.desk.reach.when_in_line(task)
        heappush(self.fresh, self.rank(task))

    def hold(self, task: int) -> None:
        """Keep a task for somebody who has promised to do it: it has no place in any line now."""
        self.leave(task)
        self.held[task] = True

    def leave(self, task: int) -> None:
        """A task waits no more, or begins to wait anew."""
        self.waiting[task] = self.held[task] = False
        self.stamp[task] += 1
        self.desk.reach.forget(task)

    def look_again(self, task: int) -> None:
        """Let a task that waits look for an agent when the desk settles."""
        heappush(self.fresh, self.rank(task))

    def in_pool(self, pool: int) -> list[int]:
        """Tasks at home in a pool that stand in its lines, each once."""
        tasks = {
            task: None
            for line in self.lines[pool]
            for _, _, task, stamp in line
            if self.desk.pool[task] == pool and self.waiting[task] and self.stamp[task] == stamp
        }
        return list(tasks)

    def rank(self, task: int) -> tuple[int, int, int, int]:
        """Which of several tasks looks for an agent first: the smallest."""
        desk, ticket = self.desk, self.desk.ticket[task]
        return desk.level[ticket], desk.customer_class[ticket], self.place[task], task

    def _claim(self, task: int) -> None:
        """Queue the task in the line of every pool that may serve it."""
        desk = self.desk
        ticket, home = desk.ticket[task], desk.pool[task]
        level = desk.level[ticket] << 3 | desk.customer_class[ticket] << 2
        place, stamp, priority = self.place[task], self.stamp[task], desk.priority[ticket]
        for pool in desk.reach.pools(task):
            elsewhere = (pool % N_ROLES != home % N_ROLES) << 1 | (pool // N_ROLES != home // N_ROLES)
            heappush(self.lines[pool][priority], (level | elsewhere, place, task, stamp))

    # ------------------------------------------------------------------ work looks for an agent

    def settle(self) -> None:
        """Let every task that has just joined a line look for an agent; those that find none wait there."""
        fresh = self.fresh
        while fresh:
            *_, task = heappop(fresh)
            if not self.waiting[task]:
                continue
            agent = self._idle_agent(task)
            if agent == NOBODY and self._may_preempt(task):
                agent = self._victim(task)
                if agent != NOBODY:
                    self.desk.take_away(agent, How.PREEMPTED)
            if agent == NOBODY:
                self._wait(task)
            else:
                self.desk.start_work(agent, task)

    def queue_fresh(self) -> None:
        """What has yet to look for an agent stands in line at once, for whoever is free in this instant."""
        for *_, task in self.fresh:
            self._claim(task)

    def _wait(self, task: int) -> None:
        """Nobody is free: the task waits for them, and for its overflow; where nobody is anywhere, it is forsaken."""
        self.desk.reach.when_nobody_is_free(task)
        self._claim(task)
        if self.desk.presence.nowhere(self.desk.pool[task] % N_ROLES):
            self.desk.reach.forsake(task)

    def _idle_agent(self, task: int) -> int:
        """The free agent for a task: who had the ticket before, else from its pools in order, the longest idle."""
        desk, ticket = self.desk, self.desk.ticket[task]
        priority = desk.priority[ticket]
        pools = desk.reach.pools(task)
        last = desk.last_agent[ticket]
        if last != NOBODY and self._may_take(last, priority) and desk.agent_pool[last] in pools:
            return last
        for pool in pools:
            agent = self._longest_idle(pool, priority)
            if agent != NOBODY:
                return agent
        return NOBODY

    def _may_take(self, agent: int, priority: int) -> bool:
        """Whether an agent is idle, and takes tickets of that priority now."""
        return self.idle_since[agent] != NONE and self.desk.presence.may_take(agent, priority)

    def _longest_idle(self, pool: int, priority: int) -> int:
        idle, passed_over, found = self.idle[pool], [], NOBODY
        while idle:
            since, agent = idle[0]
            if self.idle_since[agent] != since:
                heappop(idle)
            elif self.desk.presence.may_take(agent, priority):
                found = agent
                break
            else:
                passed_over.append(heappop(idle))
        for entry in passed_over:
            heappush(idle, entry)
        return found

    # ------------------------------------------------------------------ a P1 interrupts

    def _may_preempt(self, task: int) -> bool:
        """P1 interrupts others when it comes to the line, but not because it has waited there for long."""
        desk = self.desk
        is_p1 = desk.priority[desk.ticket[task]] == 0
        return is_p1 and desk.policy.p1_preempts and desk.why[task] != Why.ESCALATED and not desk.reach.overflows(task)

    def _victim(self, task: int) -> int:
        """Whom a P1 interrupts: who is at a chore, the least urgent work, the latest begun, the highest agent."""
        busy = [
            (self.desk.presence.effort(agent), self.desk.began[agent], agent)
            for pool in self.desk.reach.pools(task)
            for agent in self.members[pool]
            if self._can_be_interrupted(agent)
        ]
        level, _, agent = max(busy, default=(0, 0, NOBODY))
        return agent if level > 0 else NOBODY

    def _can_be_interrupted(self, agent: int) -> bool:
        return not self.desk.is_free(agent) and self.desk.presence.may_take(agent, 0) and self.gives_way(agent)

    def gives_way(self, agent: int) -> bool:
        """Whether what an agent is at has not been interrupted too often; a chore always gives way."""
        task, most = self.desk.task[agent], self.desk.policy.most_interruptions
        return task == NONE or most == NO_LIMIT or self.desk.interruptions[task] < most

    # ------------------------------------------------------------------ an agent looks for work

    def choose_work(self, agent: int) -> None:
        """A free agent does what they have promised, what is most urgent, what they have to do, what else waits."""
        desk, presence = self.desk, self.desk.presence
        if presence.is_leaving(agent) or desk.paging.next_reserved(agent) or not presence.here(agent):
            return
        best = self._best_line(agent)
        if (best is None or best[0][0] >> 3) and presence.has_chore(agent):
            presence.begin_chore(agent)
        elif best is None:
            self._is_idle(agent)
        else:
            desk.start_work(agent, heappop(best)[2])

    def _is_idle(self, agent: int) -> None:
        """There is nothing for an agent to do; who was idle already keeps their place among those who are."""
        if self.idle_since[agent] == NONE:
            self.idle_since[agent] = self.desk.env.now
            heappush(self.idle[self.desk.agent_pool[agent]], (self.desk.env.now, agent))

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
        presence, lines = self.desk.presence, self.open_to[agent]
        if presence.until[agent] > self.desk.env.now:
            return lines
        return lines[:1] if presence.may_take(agent, 0) else []
