"""What happens now and then: by chance, on dates, or every so often."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.clock import HOUR
from sim.periods import Cycle
from sim.scenario.base import Model, Name
from sim.scenario.units import LocalTime, Rate, WallTime

Scale = Annotated[float, Field(ge=0, le=1000)]


class Recurrence(Model):
    """A fixed place in the calendar: of every week, month, quarter or year."""

    every: Cycle
    """How often."""
    day: Annotated[int, Field(ge=1, le=28)] = 1
    """Which working day (Monday to Friday, public holidays included) of the week, month, quarter or year it falls on,
    counted from 1; a week has five, a month at least twenty."""
    time: LocalTime = 10 * HOUR
    """Local time of day at which it begins."""


class Occurrence(Model):
    """Something that happens in regions, each for itself."""

    rate: Rate = 0.0
    """Mean rate at which it happens by chance in each of its regions, such as 2 per year."""
    at: tuple[WallTime, ...] = ()
    """Local times at which it happens in each of its regions."""
    regions: tuple[Name, ...] = ()
    """Regions in which it happens; all where none is named."""

    @property
    def happens(self) -> bool:
        """Whether it ever does, be it outside the run."""
        return bool(self.rate or self.at)


class Spell(Occurrence):
    """Something that happens, and lasts."""

    scale: Scale = 1.0
    """Multiplies how long it lasts; at 0 it does not happen at all."""

    @property
    def happens(self) -> bool:
        """Whether it ever does, be it outside the run."""
        return self.scale > 0 and super().happens
