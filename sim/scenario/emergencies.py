"""Emergencies, and who is told of them: the section `emergencies`."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from sim.clock import MINUTE
from sim.scenario.base import DurationLaw, Model, Name, RoleName, not_empty
from sim.scenario.occurrences import Spell
from sim.scenario.units import Duration, Extra


class Surge(Model):
    """Customers who ask because of an emergency, on top of the others."""

    extra: Extra
    """Tickets on top, as a share of the region's usual ones at that time: 200 % are twice as many more. Where a log is
    replayed the usual ones are the region's `tickets`."""
    lasts: Annotated[Duration, Field(gt=0)] | None = None
    """Time from the start of the emergency for which they come; where none is given, the time that the emergency itself
    `lasts`, however late the team comes."""


class AlertStorm(Model):
    """Alerts that an emergency raises."""

    size: Annotated[float, Field(ge=1, le=10_000)] = 50.0
    """Mean number of alerts (geometric, at least 1); all come from one source."""
    within: Annotated[Duration, Field(gt=0)] = 10 * MINUTE
    """They come within this time of the start, evenly."""


class Outside(Model):
    """People who are not of this organisation, such as security, database administrators or human resources."""

    who: Annotated[str, Field(min_length=1, max_length=60)]
    """What they are called."""
    takes: DurationLaw
    """Time that they need beside the team. It occupies nobody here, but the emergency lasts until they are done."""


class Emergency(Spell):
    """A type of emergency. Each is a P1 of its own kind: it is served like one, and no P1 interrupts it."""

    team: Annotated[dict[RoleName, Annotated[int, Field(ge=1, le=100)]], AfterValidator(not_empty)]
    """The response team: people by role. The first of the first role named leads it; each of them is needed for as long
    as the emergency lasts."""
    lasts: DurationLaw
    """How long it lasts once the team is at work on it."""
    outside: Outside | None = None
    """Who else is needed."""
    page: bool = False
    """Whether it pages the on-call chain: whoever answers leads the team."""
    surge: Surge | None = None
    """Tickets that it causes."""
    storm: AlertStorm | None = None
    """Alerts that it causes."""


class Step(Model):
    """A step of the communication chain."""

    after: Duration = 0
    """Time from the start of the emergency at which it falls due."""
    role: RoleName
    """Who does it."""
    takes: DurationLaw
    """Time that it takes them."""


class Emergencies(Model):
    """Emergencies by type, and who is told of them. A P1 that becomes an emergency because it is not resolved in time
    (`work.critical`) starts the same chain.
    """

    types: dict[Name, Emergency] = {}
    """Types of emergencies by name."""
    chain: dict[Name, Step] = {}
    """Steps of the communication chain by name; they go on when the emergency is over."""
    on_time: Annotated[Duration, Field(gt=0)] = 5 * MINUTE
    """A step is on time if somebody begins it within this time of the instant at which it falls due."""
