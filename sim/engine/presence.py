"""Who is there, until when, and what they have to do besides tickets.

From the start to the end of a segment an agent takes what comes; from then to the end of the overlap P1 alone. What
is open after that is handed over, or finished in overtime. In a pause work in hand is finished and nothing taken on.
What an agent may take is never stored: it is a function of the instant and of these two ends, asked whenever work and
agents look for each other.

A *chore* - a meeting, a dashboard review - comes before all work but P1, and a P1 interrupts it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from sim.engine.journal import How, Mode
from sim.engine.policy import N_PRIORITIES, N_ROLES
from sim.engine.ranks import DUTY_ENDS, NONE, OVERTIME_ENDS, SEGMENT, WORK_ENDS
from sim.engine.rest import Rest
from sim.workforce.roster import FOREVER

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from numpy.typing import NDArray

    from sim.engine.desk import Desk
    from sim.engine.moments import Moment
    from sim.workforce.roster import Roster


class Presence:
    """The state of the people's time. Lists are indexed by segment, by agent, by pool or by chore, as named."""

    def __init__(self, desk: Desk, roster: Roster) -> None:
        self.desk = desk
        self._read_segments(roster)
        self._read_agents(roster)
        self._read_chores(roster)
        pools = range(desk.policy.regions * N_ROLES)
        self.on_duty = [0 for _ in pools]  # agents who take what comes
        self.anywhere = [0] * N_ROLES  # the same, of a tier
        # How many segments of the pool are yet to begin at an instant: nobody need be asked for before they have.
        self.coming: list[Counter[int]] = [Counter() for _ in pools]
        for agent, start, staffs in zip(self.agent, self.start, self.staffs, strict=True):
            self.coming[desk.agent_pool[agent]][start] += staffs
        self.rest = Rest(self, desk.policy.rest)

    def _read_segments(self, roster: Roster) -> None:
        s = roster.segments
        self.agent: list[int] = s.agent.tolist()
        self.start: list[int] = s.start.tolist()
        self.end: list[int] = s.end.tolist()
        self.paid_end: list[int] = s.overlap_end.tolist()
        self.hard_end: list[int] = s.hard_end.tolist()
        self.pause: list[bool] = s.pause.tolist()
        self.slow: list[int] = s.slow_pm.tolist()
        self.takes: list[int] = s.takes.tolist()
        self.staffs: list[bool] = s.staffs.tolist()
        self.left = [NONE] * len(s)  # when the agent was done, where that was later than planned

    def _read_agents(self, roster: Roster) -> None:
        a = len(roster)
        self.segment = [NONE] * a  # the one they are in, its pause, overlap and overtime included
        self.until = [NONE] * a  # until when they take what comes ...
        self.p1_until = [NONE] * a  # ... and P1
        self.chore = [NONE] * a  # the chore they are at
        self.todo: list[list[int]] = [[] for _ in range(a)]  # chores that are due, the next one first

    def _read_chores(self, roster: Roster) -> None:
        c = roster.chores
        self.chore_agent: list[int] = c.agent.tolist()
        self.chore_due: list[int] = c.start.tolist()
        self.chore_until: list[int] = c.until.tolist()
        self.chore_left: list[int] = c.length.tolist()
        self.chore_rows: list[tuple[int, ...]] = []

    def open(self, roster: Roster) -> None:
        """Those whose segment is under way at time 0 are there; two processes tell what follows."""
        s, chores = roster.segments, roster.chores
        segments = np.arange(len(s))
        for segment in segments[(s.start <= 0) & (s.end > 0)].tolist():
            self.begin(segment)
        early = segments[(s.overlap_end > s.end) | s.pause]
        last = segments[~s.pause & (s.end > 0)]
        self.desk.env.process(
            self._tape(
                SEGMENT,
                ((chores.start, np.arange(len(chores)), self.chore_is_due), (s.start, segments, self.begin),
                 (s.end, early, self.end_new_work)),
            )
        )  # fmt: skip
        self.desk.env.process(self._tape(DUTY_ENDS, ((s.overlap_end, last, self.end_duty),)))

    def _tape(
        self, rank: int, kinds: tuple[tuple[NDArray[np.int64], NDArray[np.int64], Callable[[int], None]], ...]
    ) -> Generator[Moment]:
        """Calls what is due, instant by instant: within one kind by kind, then by number."""
        ahead = [which[(instants[which] > 0) & (instants[which] < FOREVER)] for instants, which, _ in kinds]
        due = np.concatenate([instants[which] for (instants, _, _), which in zip(kinds, ahead, strict=True)])
        kind = np.repeat(np.arange(len(kinds)), [len(which) for which in ahead])
        number = np.concatenate(ahead)
        order = np.lexsort((number, kind, due))
        handlers = [handler for *_, handler in kinds]
        rows = list(zip(due[order].tolist(), kind[order].tolist(), number[order].tolist(), strict=True))
        i = 0
        while i < len(rows):
            now = rows[i][0]
            yield self.desk.at(now, rank, None)
            while i < len(rows) and rows[i][0] == now:
                handlers[rows[i][1]](rows[i][2])
                i += 1

    # ------------------------------------------------------------------ who may take what

    def may_take(self, agent: int, priority: int) -> bool:
        """Whether an agent, if idle, takes on a ticket of that priority; not in the instant in which they go."""
        until = self.until if priority else self.p1_until
        segment = self.segment[agent]
        return until[agent] > self.desk.env.now and bool(self.takes[segment] >> priority & 1)

    def here(self, agent: int) -> bool:
        """Whether an agent takes on anything at all."""
        return self.p1_until[agent] > self.desk.env.now

    def is_leaving(self, agent: int) -> bool:
        """Whether the paid time of an agent ends in this very instant: they take on nothing before they are gone."""
        segment = self.segment[agent]
        return segment != NONE and not self.pause[segment] and self.paid_end[segment] == self.desk.env.now

    def terms(self, agent: int) -> tuple[int, int]:
        """In which segment, and on what terms, an agent begins to work now."""
        segment = self.segment[agent]
        if segment == NONE:
            return NONE, Mode.CALL_OUT
        in_overlap = self.until[agent] <= self.desk.env.now and not self.pause[segment]
        return segment, Mode.OVERLAP if in_overlap else Mode.DUTY

    def unstaffed(self, pool: int) -> bool:
        """Nobody takes what comes, nor begins to in this very instant."""
        return not self.on_duty[pool] and not self.coming[pool].get(self.desk.env.now, 0)

    def nowhere(self, tier: int) -> bool:
        """The same, of a tier in all regions."""
        pools = range(tier, len(self.on_duty), N_ROLES)
        return not self.anywhere[tier] and all(self.unstaffed(pool) for pool in pools)

    # ------------------------------------------------------------------ segments

    def begin(self, segment: int) -> None:
        """A duty should begin, or go on after a pause; who has to rest comes later, or not at all."""
        agent = self.agent[segment]
        pool = self.desk.agent_pool[agent]
        self.coming[pool][self.start[segment]] -= self.staffs[segment]
        if self.rest.keeps_away(agent, segment):
            self.desk.reach.deserted(pool)
            self.desk.lines.settle()
        else:
            self.come(segment)

    def come(self, segment: int) -> None:
        """The agent is there, and takes what comes."""
        agent, now = self.agent[segment], self.desk.env.now
        before, free = self.segment[agent], self.desk.is_free(agent)
        if before == NONE:
            self._forget_chores(agent)
        elif not free:
            self.left[before] = now  # the pause was worked through
        self.segment[agent] = segment
        self.until[agent] = self.end[segment]
        self.p1_until[agent] = self.end[segment] if self.pause[segment] else self.paid_end[segment]
        self.desk.slow[agent] = self.slow[segment]
        self.desk.lines.open_to[agent] = self.desk.lines.of(agent, self.takes[segment])
        self._count(segment, 1)
        if free:
            self.desk.lines.choose_work(agent)

    def end_new_work(self, segment: int) -> None:
        """A pause or the overlap begins: the agent takes what comes no more."""
        agent = self.agent[segment]
        if self.rest.misses(segment):
            return
        if self.pause[segment] and self.segment[agent] == segment:  # else the next one has begun already
            self.desk.lines.idle_since[agent] = NONE
        self._count(segment, -1)
        self.desk.reach.deserted(self.desk.agent_pool[agent])
        self.desk.lines.settle()

    def _count(self, segment: int, by: int) -> None:
        """Those who make a pool staffed come and go."""
        if self.staffs[segment]:
            pool = self.desk.agent_pool[self.agent[segment]]
            self.on_duty[pool] += by
            self.anywhere[pool % N_ROLES] += by

    def end_duty(self, segment: int) -> None:
        """The paid time is over: open work is handed over, or goes on in overtime."""
        agent, desk = self.agent[segment], self.desk
        if self.rest.misses(segment):
            return
        if self.end[segment] == self.paid_end[segment]:
            self._count(segment, -1)
        self.cut_chore(agent)
        task = desk.task[agent]
        if task != NONE and self._in_overtime(segment, task):
            key = OVERTIME_ENDS | segment
            desk.at(self.hard_end[segment], key, self.end_overtime, agent, desk.turn[agent])
        else:
            self._go(agent)
        if self.end[segment] == self.paid_end[segment]:
            desk.reach.deserted(desk.agent_pool[agent])
        desk.lines.settle()

    def _in_overtime(self, segment: int, task: int) -> bool:
        desk = self.desk
        allowed = desk.policy.overtime >> desk.priority[desk.ticket[task]] & 1
        stays = bool(allowed) and self.hard_end[segment] > desk.env.now
        return stays and not desk.paging.calls_away(self.agent[segment])

    def end_overtime(self, moment: Moment) -> None:
        """Overtime is at its limit."""
        agent = moment.who
        if self.desk.turn[agent] == moment.stamp:
            segment = self.segment[agent]
            self._go(agent)
            self.rest.begins_after(self.left[segment], agent)
            self.desk.lines.settle()

    def _go(self, agent: int) -> None:
        """The agent leaves; open work is handed over, and a page that they have answered is what they do next."""
        desk, segment = self.desk, self.segment[agent]
        if desk.task[agent] != NONE:
            desk.take_away(agent, How.HANDED_OVER)
            self.left[segment] = desk.env.now + desk.policy.write_up
        self._is_gone(agent)
        desk.paging.next_reserved(agent)

    def _is_gone(self, agent: int) -> None:
        self.segment[agent] = self.until[agent] = self.p1_until[agent] = NONE
        self.desk.lines.idle_since[agent] = NONE
        self.todo[agent].clear()

    def worked(self, agent: int) -> None:
        """Work or a chore has ended: if it ran on after its segment, the agent is done only now."""
        segment, now = self.segment[agent], self.desk.env.now
        if segment == NONE:
            self.rest.begins_after(now, agent)
        elif now > self.end[segment]:
            self.left[segment] = now
            if now > self.paid_end[segment] and not self.pause[segment]:
                self._is_gone(agent)
                self.rest.begins_after(now, agent)

    # ------------------------------------------------------------------ chores

    def chore_is_due(self, chore: int) -> None:
        """An agent who is free begins it; others when they are."""
        agent = self.chore_agent[chore]
        self.todo[agent].append(chore)
        if self.desk.lines.idle_since[agent] != NONE and self.here(agent):
            self.begin_chore(agent)

    def _forget_chores(self, agent: int) -> None:
        """Whoever comes does what is due now, and nothing that was due while they were not there."""
        self.todo[agent] = [chore for chore in self.todo[agent] if self.chore_due[chore] == self.desk.env.now]

    def has_chore(self, agent: int) -> bool:
        """Whether a chore waits for the agent; what should have begun by now is dropped."""
        todo, now = self.todo[agent], self.desk.env.now
        while todo and self.chore_until[todo[0]] <= now:
            todo.pop(0)
        return bool(todo)

    def begin_chore(self, agent: int) -> None:
        """Start, or go on with, the first chore that waits."""
        desk, chore, now = self.desk, self.todo[agent].pop(0), self.desk.env.now
        self.chore[agent], desk.began[agent], desk.terms[agent] = chore, now, self.terms(agent)
        desk.lines.idle_since[agent] = NONE
        desk.turn[agent] += 1
        end = min(now + self.chore_left[chore], self.chore_until[chore])
        desk.at(end, WORK_ENDS | agent, desk.work_ends, agent, desk.turn[agent])

    def end_chore(self, agent: int) -> int:
        """Leave a chore, and write it down; returns which."""
        chore, desk = self.chore[agent], self.desk
        began, now = desk.began[agent], desk.env.now
        self.chore_rows.append((agent, desk.terms[agent][0], chore, began, now))
        self.chore[agent] = NONE
        desk.turn[agent] += 1
        self.chore_left[chore] -= now - began
        self.worked(agent)
        return chore

    def interrupt_chore(self, agent: int) -> None:
        """A P1 comes first; what is left of the chore is done after it."""
        chore = self.end_chore(agent)
        if self.chore_left[chore] > 0:
            self.todo[agent].insert(0, chore)

    def cut_chore(self, agent: int) -> None:
        """Nothing goes on after the duty."""
        if self.chore[agent] != NONE:
            self.end_chore(agent)

    def effort(self, agent: int) -> int:
        """How urgent what somebody is at is: the effective priority of their work, and chores after all of it."""
        desk = self.desk
        return N_PRIORITIES if desk.task[agent] == NONE else desk.level[desk.ticket[desk.task[agent]]]
