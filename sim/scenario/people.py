"""What becomes of people over months - vacation, sickness, training, joining and leaving: the section `people`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from sim.clock import DAY, WEEK
from sim.periods import Cycle
from sim.scenario.base import DurationLaw, Model, Name, PriorityName, RoleName, fault
from sim.scenario.units import Day, Duration, Extra, Share


class Season(Model):
    """A time of the year in which more, or fewer, would like to be away."""

    start: Day
    """Its first day."""
    end: Day
    """Its last day."""
    weight: Annotated[float, Field(ge=0, le=1000)]
    """How much a day of it is liked, where any other counts 1. A week is liked as its days are on average; nobody goes
    in one that has a day with 0."""

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.end < self.start:
            raise fault("`end` must not come before `start`")
        return self


class Vacation(Model):
    """Planned vacation, in whole weeks from Monday to Sunday; it takes the duties that begin in them. Who goes when is
    drawn, person by person, for each year of ISO 8601 as a whole, wherever the run begins.
    """

    weeks: Annotated[int, Field(ge=0, le=52)]
    """Weeks a year for each person."""
    together: Annotated[int, Field(ge=1, le=8)] = 1
    """Weeks that are taken one after the other, as far as there is room."""
    at_most: Share = 0.25
    """Share of a region's people of a role who are on vacation at a time, at most; one can always be. Where that leaves
    no room, weeks are not taken, and count as vacation that is due."""
    seasons: dict[Name, Season] = {}
    """Times that are liked more or less, by name; the one named last counts."""


class Sickness(Model):
    """Spells of sickness, without warning: work in hand is handed over at once."""

    share: Annotated[Share, Field(lt=1)]
    """Share of the time for which a person is sick, in the long run."""
    spell: DurationLaw = DurationLaw.model_validate({"family": "lognormal", "mean": "3 d", "cv": 1.0})
    """Length of a spell."""


class Training(Model):
    """Training in duty hours: once in every period, in one of the person's duties, from its start on. The duty is the
    next after an instant of the period that is drawn: of a yearly training a run of four weeks sees one in thirteen.
    """

    every: Cycle
    """The period."""
    lasts: Annotated[Duration, Field(gt=0, le=DAY)]
    """How long it takes; what the duty leaves where that is shorter."""
    roles: tuple[RoleName, ...] = ()
    """Who is trained; all where none is named."""


class Phase(Model):
    """A part of the onboarding of a new colleague."""

    lasts: Annotated[Duration, Field(gt=0)]
    """How long it takes, on the wall clock. A duty belongs to the phase in which it begins."""
    takes: tuple[PriorityName, ...] = ("P1", "P2", "P3", "P4")
    """Priorities that they work on; none in a phase without tickets."""
    slower: Extra = 0.0
    """How much longer their work takes at the start of the phase; it falls, duty by duty, to what the next phase starts
    with, or to nothing after the last."""
    mentor: Extra = 0.0
    """How much longer the work of a colleague takes who has them at their side: of those of the same region and role on
    duty the one with most of the same hours."""


class Hire(Model):
    """People who join. They have no duties before, and go through the onboarding from then on."""

    agents: Annotated[tuple[str, ...], Field(min_length=1)]
    """Names of agents of the roster, such as those of a crew of `staffing.add`; a name that ends in * stands for all
    that begin like it."""
    on: Day
    """Their first day, on which duties that began the day before are not theirs yet."""


class Attrition(Model):
    """People who leave, and those who follow them on the same duties. At the start of the run everybody is there; who
    leaves on duty works it to its end.
    """

    per_year: Annotated[Share, Field(lt=1)]
    """Chance that a person leaves within a year."""
    vacancy: Duration = 12 * WEEK
    """Time until somebody takes over their duties, and goes through the onboarding."""


class People(Model):
    """What becomes of people over months. All of it takes duties away from the plan, and nothing adds any. Of a duty
    that never ends, as of `flat`, each local day counts as one. The engineering lead is spared: somebody always fills
    in.
    """

    vacation: Vacation | None = None
    """Vacation; none where it is not given."""
    sickness: Sickness | None = None
    """Sickness; nobody is ever sick where it is not given."""
    training: dict[Name, Training] = {}
    """Trainings by name."""
    onboarding: dict[Name, Phase] = {}
    """Phases of the onboarding by name, in their order."""
    hires: dict[Name, Hire] = {}
    """People who join, by name of the group."""
    attrition: Attrition | None = None
    """People who leave; none where it is not given."""
