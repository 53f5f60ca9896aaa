"""What a ticket needs: the section `work`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from sim.clock import MINUTE
from sim.scenario.base import DurationLaw, Factor, Model, PriorityName, TierName, fault, not_empty
from sim.scenario.units import Duration, Share


class Route(Model):
    """The tiers that work on a ticket of one priority, in order."""

    tiers: Annotated[tuple[TierName, ...], Field(min_length=1)]
    """Tiers in ascending order; the first is the entry tier, each takes over what the one before does not solve."""
    solved: tuple[Share, ...] = ()
    """For each tier but the last, the share of its tickets that it solves itself; the last solves all. The first of
    these is the probability of a first-contact resolution, before customer waits and reopening."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if list(self.tiers) != sorted(set(self.tiers)):
            raise fault("tiers must be named once each, in ascending order")
        if len(self.solved) != len(self.tiers) - 1:
            raise fault("`solved` must have {n} values: one for each tier but the last", n=len(self.tiers) - 1)
        return self


class CustomerWait(Model):
    """Some tickets wait for the customer after their first stage; the resolution clock pauses meanwhile."""

    share: Share = 0.0
    """Share of tickets that wait for the customer once, and then need another stage at the same tier."""
    duration: DurationLaw = DurationLaw.model_validate({"family": "exponential", "mean": "8 h"})
    """How long the customer takes to answer."""


class Reopening(Model):
    """Some resolutions are wrong, and the ticket comes back to the tier that closed it."""

    share: Share = 0.0
    """Share of resolutions that are wrong (1 - accuracy)."""
    after: DurationLaw = DurationLaw.model_validate({"family": "exponential", "mean": "1 d"})
    """Time from the wrong resolution to the reopening."""


class Knowledge(Model):
    """The knowledge base answers some of tier 1's questions."""

    share: Share = 0.0
    """Share of tickets whose answer is found in the knowledge base."""
    factor: Factor = 1.0
    """Handle time at tier 1 in that case as a multiple of normal."""


class StatusUpdates(Model):
    """Long work on urgent tickets costs time for status updates."""

    every: Annotated[Duration, Field(gt=0)] = 30 * 60_000
    """One update for each such stretch of work."""
    cost: Duration = 0
    """Time that one update costs."""
    priorities: tuple[PriorityName, ...] = ("P1", "P2")
    """Priorities whose stakeholders are kept informed."""


class Critical(Model):
    """A P1 that stays unresolved for too long becomes an emergency."""

    after: Annotated[Duration, Field(gt=0)] = 60 * MINUTE
    """Time from creation, worked on or not."""
    assists: Annotated[dict[TierName, DurationLaw], AfterValidator(not_empty)]
    """Tiers that are called in besides those at work, and their handle times."""


class Work(Model):
    """What a ticket needs."""

    routes: dict[PriorityName, Route] = {
        "P1": Route(tiers=("tier3", "tier4"), solved=(0.9,)),
        "P2": Route(tiers=("tier2", "tier3"), solved=(0.85,)),
        "P3": Route(tiers=("tier1", "tier2"), solved=(0.85,)),
        "P4": Route(tiers=("tier1",)),
    }
    """The route of each priority."""
    handle: Annotated[dict[TierName, DurationLaw], AfterValidator(not_empty)]
    """Handle time of one stage by tier: the work alone, without waiting."""
    handle_factor: dict[PriorityName, Factor] = {}
    """Handle time of a priority as a multiple of its tier's; 1 where none is given."""
    activation: dict[TierName, DurationLaw] = {}
    """Full activation: tiers that assist the lead of every P1 from the start, side by side, and their handle times."""
    critical: Critical | None = None
    """What becomes of a P1 that is not resolved in time."""
    customer_wait: CustomerWait = CustomerWait()
    """Waiting for the customer."""
    reopening: Reopening = Reopening()
    """Wrong resolutions."""
    knowledge: Knowledge = Knowledge()
    """The knowledge base."""
    status_updates: StatusUpdates = StatusUpdates()
    """Status updates."""
