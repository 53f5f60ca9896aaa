"""Compensatory rest: who has worked off duty or overtime comes later to their next duty, or not at all.

The next duty begins no earlier than a fixed time after the end of that work, and ends as planned. Where nothing of a
segment is left it is lost; if the duty has another after a pause, that one is looked at anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engine.journal import Rested
from sim.engine.ranks import NONE, SEGMENT

if TYPE_CHECKING:
    from sim.engine.moments import Moment
    from sim.engine.presence import Presence


class Rest:
    """Who rests until when. Lists are indexed by agent or by segment, as named."""

    def __init__(self, presence: Presence, length: int) -> None:
        self.presence, self.length = presence, length
        self.until = [NONE] * len(presence.segment)  # agents
        self.missed = [NONE] * len(presence.segment)  # agents: the segment in which they should be
        self.rested = [int(Rested.AS_PLANNED)] * len(presence.start)  # segments
        self.came: dict[int, int] = {}  # segments that began late: when

    def begins_after(self, instant: int, agent: int) -> None:
        """An agent has worked off duty, or in overtime, until that instant."""
        if self.length:
            self.until[agent] = instant + self.length
            self._wait(agent)

    def keeps_away(self, agent: int, segment: int) -> bool:
        """Whether an agent whose segment begins now has to rest, or is still at the work after which they will."""
        if not self.length or not self._not_yet(agent):
            return False
        self.missed[agent] = segment
        self.rested[segment] = Rested.LOST
        self._wait(agent)
        return True

    def _not_yet(self, agent: int) -> bool:
        """Off duty, and at work or not yet rested."""
        desk, presence = self.presence.desk, self.presence
        return presence.segment[agent] == NONE and (desk.task[agent] != NONE or self.until[agent] > desk.env.now)

    def _wait(self, agent: int) -> None:
        """Come when the rest is over, if it is known when, and if the segment is not over by then."""
        desk, segment = self.presence.desk, self.missed[agent]
        if segment != NONE and desk.task[agent] == NONE and self.until[agent] < self.presence.end[segment]:
            desk.at(self.until[agent], SEGMENT | segment + 1, self.is_over, segment)

    def is_over(self, moment: Moment) -> None:
        """An agent has rested, unless they were called out again."""
        segment = moment.who
        agent = self.presence.agent[segment]
        if self.missed[agent] == segment and not self._not_yet(agent):
            self.missed[agent] = NONE
            self.rested[segment], self.came[segment] = Rested.LATE, self.presence.desk.env.now
            self.presence.come(segment)
            self.presence.desk.lines.settle()

    def misses(self, segment: int) -> bool:
        """Whether a segment that ends now has not begun; then it will not."""
        agent = self.presence.agent[segment]
        if self.missed[agent] == segment:
            self.missed[agent] = NONE
        return self.rested[segment] == Rested.LOST
