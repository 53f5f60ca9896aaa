"""Who is paged, and how they answer: the section `oncall`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.clock import HOUR, MINUTE
from sim.scenario.base import DurationLaw, Model, Name, PriorityName, TierName
from sim.scenario.units import Duration, LocalSpan, LocalTime, Share, Span


class Answer(Model):
    """How somebody off duty answers a page."""

    chance: Share = 1.0
    """Chance that they answer at all."""
    delay: DurationLaw = DurationLaw.model_validate({"family": "exponential", "mean": "2 min"})
    """Time from the page to the answer, delivery included."""


class OnCall(Model):
    """The on-call chain: primary, backup, global on-call, engineering lead; then the next round."""

    tier: TierName = "tier3"
    """The agents of this tier take turns as primary and backup of their region, on duty or off. For those known to be
    away - on vacation, absent, not hired yet, gone, or new and without P1 - the next in the order who is there and
    holds no other pager stands in. For those who fall sick, or to a disruption, nobody does."""
    turn: Literal["day", "week"] = "week"
    """Length of a turn."""
    changes_at: LocalTime = 9 * HOUR
    """Local time at which the pager changes hands; of a weekly turn on Mondays."""
    global_: bool = Field(default=True, alias="global")
    """Whether there is a global on-call engineer: the agents of that tier in all regions take turns, week by week, from
    Monday at `changes_at` UTC on; who holds another pager meanwhile is passed over where that can be."""
    lead: Name | None = None
    """Region in which the engineering lead lives, who is the last of the chain and does no ordinary work; there is no
    lead where none is given."""
    rounds: Annotated[int, Field(ge=1, le=3)] = 3
    """How often the chain is gone through; the lead of the last round always answers."""
    timers: dict[PriorityName, Annotated[Duration, Field(gt=0)]] = {
        "P1": 15 * MINUTE,
        "P2": 30 * MINUTE,
        "P3": 60 * MINUTE,
    }
    """Time after which a page that is not answered goes to the next of the chain, by priority."""
    late_alert: Duration | None = 60 * MINUTE
    """A P3 alert that nobody has started on for this long is paged; never where none is given."""
    awake: Answer = Answer()
    """Answers outside sleep hours."""
    asleep: Answer = Answer()
    """Answers in sleep hours."""
    sleep: LocalSpan = Span(22 * HOUR, 32 * HOUR)
    """Sleep hours, in the local time of whoever is paged."""
