"""What a key figure means, and the words that several definitions share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Better = Literal["up", "down", "none"]


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means; one definition serves all its members (priorities, tiers).

    Attributes:
        stem: the name, or what comes before the dot and the member.
        unit: of mean, low and high.
        what: in a sentence.
        num: what is added above the line.
        den: what is added below the line.
        clock: which instant, or which time, places it in the measured window.
        excluded: what is left out.
        better: which way is good.
        target: the scenario's key, where there is a target.
        members: one figure for each, or none.
        part: the scenario's keys without which there is no such figure, and no word of it; "" where there always is.
    """

    stem: str
    unit: str
    what: str
    num: str
    den: str
    clock: str
    excluded: str
    better: Better
    target: str = ""
    members: tuple[str, ...] = ()
    part: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The figures it defines."""
        return tuple(f"{self.stem}.{member}" for member in self.members) or (self.stem,)


CREATED = "The ticket's creation lies in the measured window."
ALL_TIME = "Every instant of the measured window."
NOTHING = "Nothing."
REPLICATION = "1 a replication"
