"""What disrupts the organisation, and how it exercises that: the section `continuity`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.base import DurationLaw, Model, Name, PriorityName, RoleName
from sim.scenario.occurrences import Occurrence, Recurrence, Spell
from sim.scenario.units import Duration, Share

Service = Literal["full", "minimal", "critical"]


class Threat(Spell):
    """A disruption of a region. Those who are away hand over their work at once."""

    recovery: DurationLaw
    """How long it lasts."""
    away: Share = 0.0
    """Share of the region's people who cannot work meanwhile, drawn one by one."""
    roles: tuple[RoleName, ...] = ()
    """Roles of whom that share is away; all where none is named."""
    rehome: tuple[Name, ...] = ()
    """Regions that serve, in turn, what comes for the region meanwhile; it serves itself where none is named."""
    service: Service = "full"
    """What is served meanwhile in the whole organisation: everything, or what `continuity.minimal` or
    `continuity.critical` says. The rest waits until it is over, and no alert of it pages anybody before."""


class Drill(Occurrence):
    """An exercise. Those who take part finish the work they have in hand first, and go back to work as planned; whose
    duty ends before that hands over when it begins.
    """

    every: Recurrence | None = None
    """A fixed place in the calendar, in each of its regions."""
    lasts: Annotated[Duration, Field(gt=0)]
    """How long it lasts."""
    share: Share = 1.0
    """Share of those on duty who take part, drawn one by one."""
    roles: tuple[RoleName, ...] = ()
    """Roles that take part; all where none is named."""
    rehome: tuple[Name, ...] = ()
    """Regions that serve, in turn, what comes meanwhile: the failover that is exercised; none where none is named."""

    @property
    def happens(self) -> bool:
        """Whether it ever does, be it outside the run."""
        return self.every is not None or super().happens


class Continuity(Model):
    """Disruptions and drills."""

    threats: dict[Name, Threat] = {}
    """Disruptions by name."""
    drills: dict[Name, Drill] = {}
    """Drills by name."""
    minimal: Annotated[tuple[PriorityName, ...], Field(min_length=1)] = ("P1", "P2")
    """Priorities that are served in minimal-service mode."""
    critical: Annotated[tuple[PriorityName, ...], Field(min_length=1)] = ("P1",)
    """Priorities that are served where only critical functions are."""
