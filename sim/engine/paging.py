"""The on-call chain: who is woken, whether they answer, and what they do then.

A page rings at whoever holds the turn of its level: primary, backup, global, lead, then the next round. It is
answered, or its timer sends it on; which of the two is known when it rings, because chance is on the tape. Whoever
answers does the task, whatever their tier: at once where they are free or off duty, in place of other work where it
is a P1, else when their work in hand is done. It is then *reserved* for them, and nobody else takes it.

Levels that nobody holds, and people who are at work on a P1 or busy with another page, are passed over at once.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from sim.engine.journal import NOBODY, How, Outcome
from sim.engine.moments import or_none
from sim.engine.ranks import NONE, PAGE, answered, timer
from sim.workforce.roster import Level
from sim.workload.tape import CHAIN, NO_PAGES

if TYPE_CHECKING:
    from sim.engine.desk import Desk
    from sim.engine.moments import Moment
    from sim.workforce.roster import Turns
    from sim.workload.tape import Workload

LEVELS = len(Level)
SENT, ANSWERED, OUTCOME = 4, 5, 6
"""Where a row of the pages journal has its instants and the outcome."""


class Paging:
    """The state of the on-call chain."""

    def __init__(self, desk: Desk, workload: Workload, turns: Turns, agents: int) -> None:
        self.desk = desk
        self.page_at = or_none(workload.page_at)
        self.page_row: list[int] = workload.page_row.tolist()
        self.ppm: list[int] = workload.page_ppm.ravel().tolist()
        self.awake: list[int] = workload.page_awake.ravel().tolist()
        self.asleep: list[int] = workload.page_asleep.ravel().tolist()
        self.task = [NONE] * len(workload)  # the task that is paged for
        self.ringing = [0] * agents  # pages that ring at an agent: one, or more at the lead of the last round
        self.reserved: list[list[int]] = [[] for _ in range(agents)]  # tasks that they have promised to do
        self.called = [False] * agents  # whether they work on a task because of a page
        self.rows: list[list[int]] = []  # ticket, step, agent, on duty, sent, answered, outcome
        self.steps = LEVELS * desk.policy.rounds
        self._read_turns(turns)

    def _read_turns(self, turns: Turns) -> None:
        self.turns: dict[int, tuple[list[int], list[tuple[int, int, int, int]]]] = {}
        columns = (turns.level, turns.region, turns.start, turns.end, turns.agent, turns.asleep, turns.answer_ppm)
        for level, region, start, *turn in zip(*(column.tolist() for column in columns), strict=True):
            starts, held = self.turns.setdefault(self._chain(level, region), ([], []))
            starts.append(start)
            held.append((turn[0], turn[1], int(turn[2]), turn[3]))

    @staticmethod
    def _chain(level: int, region: int) -> int:
        return level if level >= Level.GLOBAL else (region + 1) * LEVELS + level

    def turn(self, level: int, region: int) -> tuple[int, int, int]:
        """Who holds the pager now, whether they sleep, and their chance to answer in millionths; perhaps `NOBODY`."""
        starts, held = self.turns.get(self._chain(level, region), ((), ()))
        i = bisect_right(starts, self.desk.env.now) - 1
        if i < 0 or held[i][0] <= self.desk.env.now:
            return NOBODY, 0, 0
        return held[i][1:]

    # ------------------------------------------------------------------ when

    def arrives(self, ticket: int) -> None:
        """A ticket that pages does so when it is seen, or later by a timer."""
        due = self.page_at[ticket]
        if due == self.desk.env.now:
            self.begin(ticket, self.desk.first_task[ticket])
        elif due != NONE:
            self.desk.at(due, timer(ticket, PAGE), self.is_late, ticket)

    def pages_at_once(self, ticket: int) -> bool:
        """Whether the first task of a ticket that arrives now waits for whoever answers, and not in line."""
        return self.page_at[ticket] == self.desk.env.now

    def is_late(self, moment: Moment) -> None:
        """Nobody has started on an alert for long."""
        ticket = moment.who
        lead = self.desk.first_task[ticket]
        if self.desk.started[ticket] == NONE and self.desk.lines.waiting[lead]:
            self.begin(ticket, lead)
            self.desk.lines.settle()

    def strand(self, task: int) -> None:
        """A task waits for a tier that has nobody anywhere: if it is urgent, somebody is paged."""
        ticket = self.desk.ticket[task]
        if self.page_row[ticket] != NO_PAGES and self.desk.priority[ticket] <= 1:
            self.begin(ticket, task)

    def begin(self, ticket: int, task: int) -> None:
        """Go through the chain for a ticket, once."""
        if self.task[ticket] == NONE:
            self.task[ticket] = task
            self._page(ticket, 0)

    # ------------------------------------------------------------------ the chain

    def _page(self, ticket: int, step: int) -> None:
        """From `step` on, until a page rings or is answered; after the last, the task waits in line."""
        region = self.desk.region[ticket]
        for each in range(step, self.steps):
            agent, asleep, ppm = self.turn(each % LEVELS, region)
            if agent != NOBODY and self._reaches(ticket, each, agent, (asleep, ppm)):
                return
        self.desk.lines.queue_if_held(self.task[ticket])

    def _reaches(self, ticket: int, step: int, agent: int, turn: tuple[int, int]) -> bool:
        desk = self.desk
        last = step == self.steps - 1
        if self._is_busy(agent) and not last:
            self._write(ticket, step, agent, Outcome.BUSY)
        elif self._is_taken(agent) or (desk.lines.idle_since[agent] != NONE and desk.presence.here(agent)):
            self._answer(self._write(ticket, step, agent, Outcome.OPEN))
        else:
            self._ring(ticket, step, agent, turn, sure=last or desk.presence.segment[agent] != NONE)
            return True
        return last or self.rows[-1][OUTCOME] == Outcome.ANSWERED

    def _is_busy(self, agent: int) -> bool:
        """At work on a P1, or with another page."""
        return self.ringing[agent] > 0 or self._is_taken(agent)

    def _is_taken(self, agent: int) -> bool:
        """At work on a P1 or because of another page, or about to be."""
        return self._on_p1(agent) or self.called[agent] or bool(self._promises(agent))

    def _on_p1(self, agent: int) -> bool:
        return self.desk.task[agent] != NONE and self.desk.presence.effort(agent) == 0

    def _ring(self, ticket: int, step: int, agent: int, turn: tuple[int, int], *, sure: bool) -> None:
        desk, draw = self.desk, self.page_row[ticket] * CHAIN + step
        asleep, ppm = turn
        on_duty = desk.presence.segment[agent] != NONE
        delay = self.asleep[draw] if asleep and not on_duty else self.awake[draw]
        limit = desk.policy.page_timers[desk.priority[ticket]]
        answers = sure or self.ppm[draw] < ppm
        in_time = limit < 0 or delay <= limit or step == self.steps - 1
        row = self._write(ticket, step, agent, Outcome.OPEN)
        self.ringing[agent] += 1
        if answers and in_time:
            desk.at(desk.env.now + delay, answered(ticket, step), self.is_answered, agent, row)
        elif limit >= 0:
            desk.at(desk.env.now + limit, timer(ticket, PAGE, step + 1), self.runs_out, agent, row)

    def is_answered(self, moment: Moment) -> None:
        """Somebody has taken the call."""
        agent, row = moment.who, moment.stamp
        ticket, step = self.rows[row][:2]
        self.ringing[agent] -= 1
        if self.desk.lines.waiting[self.task[ticket]] and self._is_taken(agent) and step < self.steps - 1:
            self.rows[row][ANSWERED:] = self.desk.env.now, Outcome.BUSY
            self._page(ticket, step + 1)
        else:
            self._answer(row)
        self.desk.lines.settle()

    def runs_out(self, moment: Moment) -> None:
        """Nobody has taken the call: the next of the chain is tried, unless the work is in hand by now."""
        agent, row = moment.who, moment.stamp
        ticket, step = self.rows[row][:2]
        self.ringing[agent] -= 1
        self.rows[row][OUTCOME] = Outcome.UNANSWERED
        if self.desk.lines.waiting[self.task[ticket]]:
            self._page(ticket, step + 1)
            self.desk.lines.settle()

    # ------------------------------------------------------------------ the answer

    def _answer(self, row: int) -> None:
        """Start the task, or promise to."""
        desk, (ticket, _, agent, *_) = self.desk, self.rows[row]
        task, now = self.task[ticket], self.desk.env.now
        if desk.acknowledged[ticket] == NONE:
            desk.acknowledged[ticket] = now
        needed = desk.lines.waiting[task]
        self.rows[row][ANSWERED:] = now, Outcome.ANSWERED if needed else Outcome.NOT_NEEDED
        if not needed:
            return
        if desk.presence.is_leaving(agent):
            self._promise(agent, task)
        elif desk.is_free(agent):
            self._start(agent, task)
        elif not self._is_taken(agent) and self._comes_first(agent, task):
            desk.take_away(agent, How.PREEMPTED)
            self._start(agent, task)
        else:
            self._promise(agent, task)

    def _promise(self, agent: int, task: int) -> None:
        self.desk.lines.hold(task)
        self.reserved[agent].append(task)

    def _comes_first(self, agent: int, task: int) -> bool:
        """Whether a task that an agent has answered for is a P1, and may interrupt what they are at."""
        desk = self.desk
        preempts = desk.priority[desk.ticket[task]] == 0 and desk.policy.p1_preempts
        return preempts and desk.lines.gives_way(agent) and not self._on_p1(agent) and not self.called[agent]

    def calls_away(self, agent: int) -> bool:
        """Whether an agent who is about to go has promised what comes before their work in hand."""
        return any(self._comes_first(agent, task) for task in self._promises(agent))

    def _start(self, agent: int, task: int) -> None:
        self.desk.start_work(agent, task)
        self.called[agent] = True

    def next_reserved(self, agent: int) -> bool:
        """Let an agent who is free do what they have promised; whether there was anything."""
        self.reserved[agent] = self._promises(agent)
        if not self.reserved[agent]:
            return False
        self._start(agent, self.reserved[agent].pop(0))
        return True

    def _promises(self, agent: int) -> list[int]:
        """What an agent has promised and not begun, unless the customer has given up meanwhile."""
        return [task for task in self.reserved[agent] if self.desk.lines.held[task]]

    def instants(self) -> list[int]:
        """When pages were sent and answered."""
        return [max(row[SENT], row[ANSWERED]) for row in self.rows]

    def _write(self, ticket: int, step: int, agent: int, outcome: Outcome) -> int:
        """A new row; returns its number."""
        on_duty = self.desk.presence.segment[agent] != NONE
        self.rows.append([ticket, step, agent, on_duty, self.desk.env.now, NONE, outcome])
        return len(self.rows) - 1
