"""Who is there: the plan of a scenario, in which no chance is involved, and the roster of one replication."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from sim.scenario.base import ROLES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.workload.disruptions import Disruptions

ALL_PRIORITIES = 0b1111
FOREVER = 1 << 62
"""End of a duty that never ends."""
MANAGER, COORDINATOR = ROLES.index("manager"), ROLES.index("coordinator")
"""Tiers of those who manage a region, and of those who coordinate all regions: one pool, wherever they live. They do no
ordinary work."""
LEAD = len(ROLES)
"""Tier of the engineering lead, who belongs to no pool and does no ordinary work."""
EVERYWHERE = -1
"""Region of an on-call turn that serves all regions."""


class Level(IntEnum):
    """A place in the on-call chain."""

    PRIMARY = 0
    BACKUP = 1
    GLOBAL = 2
    LEAD = 3


class Chore(IntEnum):
    """What an agent does on duty besides tickets."""

    MEETING = 0
    """The hand-over meeting: of those who come at the start of their duty, of those who go at its end."""
    REVIEW = 1
    """The dashboard review of the primary on duty."""


class Reason(IntEnum):
    """Why somebody is not there, though it was planned."""

    ABSENCE = 0
    """An absence of the scenario, `staffing.absences`."""
    VACATION = 1
    SICKNESS = 2
    TRAINING = 3
    DRILL = 4
    DISRUPTION = 5
    NOT_HIRED = 6
    """They have not joined yet."""
    VACANCY = 7
    """They have left, and nobody has taken over yet."""
    ONBOARDING = 8
    """They are there, but take no tickets yet."""


@dataclass(frozen=True, slots=True)
class Agents:
    """People. Their names are kept when others join.

    Attributes:
        name: (a,) str, unique, e.g. `americas/tier1/weekday_day/3`.
        region: (a,) int16 index into the scenario's regions.
        tier: (a,) uint8, 0 for tier 1 to 3 for tier 4, `MANAGER`, `COORDINATOR` or `LEAD`.
        slow_pm: (a,) int64, handle time as per mille of nominal: 1000 is the pace of the tape, 2000 half of it.
        takes: (a,) uint8, bit p is set where the agent takes tickets of priority p (0 is P1).
    """

    name: tuple[str, ...]
    region: NDArray[np.int16]
    tier: NDArray[np.uint8]
    slow_pm: NDArray[np.int64]
    takes: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True, slots=True)
class Turns:
    """On-call turns, sorted by (level, region, start), cut where sleep hours begin and end. Times in ms.

    Turns of one level and region do not overlap.

    Attributes:
        level: (t,) uint8, `Level`.
        region: (t,) int16 region that it serves, or `EVERYWHERE`.
        agent: (t,) int32 who holds the pager.
        start: (t,) int64.
        end: (t,) int64.
        asleep: (t,) bool, sleep hours where the agent lives.
        answer_ppm: (t,) int64, chance of an answer off duty, in millionths.
    """

    level: NDArray[np.uint8]
    region: NDArray[np.int16]
    agent: NDArray[np.int32]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    asleep: NDArray[np.bool_]
    answer_ppm: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DutyPlan:
    """Everybody's duties and on-call turns, as planned. No chance is involved.

    A duty may start before the run (it is then already under way) and end after it.

    Attributes:
        agents: the people.
        agent: (d,) int32 index of the agent on duty.
        start: (d,) int64 nominal start, ms of the run's clock; duties are sorted by (agent, start).
        end: (d,) int64 nominal end, later than start; duties of one agent do not overlap.
        night: (d,) bool, whether the duty is a shift of letter N.
        turns: on-call turns.
        notices: what the planner should know, such as why a floor is not met.
    """

    agents: Agents
    agent: NDArray[np.int32]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    night: NDArray[np.bool_]
    turns: Turns
    notices: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """Twelve hex digits of people, duties and on-call turns, the same on every machine."""
        digest = sha256("\n".join(self.agents.name).encode())
        for part in (self.agents, self, self.turns):
            for field in fields(part):
                values = getattr(part, field.name)
                if hasattr(values, "astype"):
                    digest.update(values.astype("<i8").tobytes())
        return digest.hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Segments:
    """Stretches of duties between pauses, sorted by (agent, start). Those of one agent do not overlap. Times in ms.

    From `start` to `end` the agent takes what comes. From `end` to `overlap_end` they finish work in hand and take on
    P1 alone. Work that is open then is handed over, or finished by `hard_end`. Where a pause follows, work in hand is
    finished and nothing is taken on, until the next segment begins; `overlap_end` and `hard_end` are then `end`. Where
    what the agent takes, or their pace, changes within a duty, there is a pause of no length.

    Attributes:
        agent: (s,) int32.
        duty: (s,) int32 row of the plan's duties.
        start, end: (s,) int64.
        overlap_end: (s,) int64, at least `end`.
        hard_end: (s,) int64, at least `overlap_end`; equal to it where the agent is removed and stays for nothing. The
            next segment of the agent starts no earlier.
        pause: (s,) bool, whether a pause of the same duty follows.
        slow_pm: (s,) int64, as in `Agents`.
        takes: (s,) uint8, as in `Agents`.
        staffs: (s,) bool, whether the agent makes the pool staffed; a newcomer who does not take everything yet does
            not.
    """

    agent: NDArray[np.int32]
    duty: NDArray[np.int32]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    overlap_end: NDArray[np.int64]
    hard_end: NDArray[np.int64]
    pause: NDArray[np.bool_]
    slow_pm: NDArray[np.int64]
    takes: NDArray[np.uint8]
    staffs: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.agent)


@dataclass(frozen=True, slots=True)
class Chores:
    """What agents have to do on duty besides tickets, sorted by (start, agent, kind). Times in ms.

    Attributes:
        agent: (c,) int32.
        kind: (c,) uint8, `Chore`.
        start: (c,) int64, when it is due; within a segment of the agent or at its start or end.
        until: (c,) int64, later than start: what has not begun by then is dropped, what is not done is cut short.
        length: (c,) int64, ms of work, at least 1.
    """

    agent: NDArray[np.int32]
    kind: NDArray[np.uint8]
    start: NDArray[np.int64]
    until: NDArray[np.int64]
    length: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.agent)


@dataclass(frozen=True, slots=True)
class Absences:
    """Time on duty that would have been worked and is not, sorted by (agent, start). Times in ms.

    Stretches of one agent do not overlap, and each lies in the nominal hours of a duty, between its pauses: these
    are in none, and part what is lost before them from what is lost afterwards.

    Attributes:
        agent: (b,) int32.
        duty: (b,) int32 row of the plan's duties.
        start, end: (b,) int64.
        reason: (b,) uint8, `Reason`; where several apply the first that came, and the lower one of several at once.
    """

    agent: NDArray[np.int32]
    duty: NDArray[np.int32]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    reason: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.agent)


@dataclass(frozen=True, slots=True)
class Roster:
    """The roster of one replication: the plan with holes in it, and what made some of them.

    Attributes:
        agents: the people.
        segments: when they are there.
        chores: what they do there besides tickets.
        turns: who holds the pager.
        absences: when they are not there, though it was planned.
        disruptions: what happens to the organisation meanwhile, as the workload has it.
    """

    agents: Agents
    segments: Segments
    chores: Chores
    turns: Turns
    absences: Absences
    disruptions: Disruptions

    def __len__(self) -> int:
        return len(self.agents)
