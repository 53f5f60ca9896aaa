"""Who is served by whom: the section `policy`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.clock import HOUR
from sim.scenario.base import LocalRoleName, Model, Name, PriorityName
from sim.scenario.units import Duration, Extra


class Escalation(Model):
    """The ticket timer: what waits too long is escalated, once."""

    after: dict[PriorityName, Annotated[Duration, Field(gt=0)]] = {}
    """Time from creation, without the time spent waiting for the customer, by priority; no timer where none is
    given."""
    raise_: bool = Field(default=True, alias="raise")
    """Raise the priority in the line by one. P1 stays P1 and keeps its place; others join the end of the higher
    level."""
    widen_tier: bool = False
    """The waiting work may also be taken by the next tier."""
    widen_region: bool = False
    """The waiting work may also be taken by the other regions."""
    entry_tier_only: bool = False
    """Only work that waits at the ticket's entry tier is escalated."""


class Preemption(Model):
    """A P1 without a free agent interrupts the least urgent work."""

    enabled: bool = True
    """Whether P1 preempts."""
    context_loss: Extra = 0.0
    """Work left after an interruption grows by this much."""
    at_most: Annotated[int, Field(ge=0, le=30_000)] | None = None
    """How often the same task may be interrupted; no limit where none is given."""


class Handover(Model):
    """Work that is open when its agent's duty ends goes to a colleague."""

    overlap: Annotated[Duration, Field(le=8 * HOUR)] = 0
    """Paid time after the end of every duty: work in hand is finished, and only P1 is taken on."""
    meeting: Annotated[Duration, Field(le=4 * HOUR)] = 0
    """The meeting of those who go and those who come, in each pool where a duty begins as another ends."""
    briefing: Duration = 0
    """Time that the colleague needs to read in."""
    write_up: Annotated[Duration, Field(le=4 * HOUR)] = 0
    """Time that the one who goes needs to write up what is handed over, after the paid time."""
    context_loss: Extra = 0.0
    """Work left after a hand-over grows by this much."""


class Away(Model):
    """Work done outside the pool (region and tier) that it belongs to."""

    other_region: Extra = 0.0
    """Extra handle time in another region."""
    other_tier: Extra = 0.0
    """Extra handle time at another tier."""
    unstaffed: Literal["anywhere", "wait"] = "anywhere"
    """Work for a tier with nobody on duty at home goes to any region that has somebody, or waits."""


class Overtime(Model):
    """Work that is open after the overlap is finished by whoever has it, instead of being handed over."""

    limit: Annotated[Duration, Field(le=12 * HOUR)] = 0
    """Longest overtime after a duty and its overlap; what is open then is handed over."""
    priorities: tuple[PriorityName, ...] = ()
    """Priorities of the work that is finished in overtime."""


class Overflow(Model):
    """Work of one tier, or of managers, that other regions may take when it has waited for long."""

    after: Duration
    """Time in line after which it may."""
    from_: tuple[Name, ...] = Field(default=(), alias="from")
    """Regions whose work overflows; all where none is named."""
    to: tuple[Name, ...] = ()
    """Regions that help, in this order; all others, in the order of the regions, where none is named."""
    priorities: tuple[PriorityName, ...] = ("P1", "P2", "P3")
    """Priorities that overflow."""


class PolicyRules(Model):
    """Who is served by whom."""

    enterprise_first: bool = True
    """Within a priority enterprise customers are served before standard ones."""
    preemption: Preemption = Preemption()
    """Interruptions by P1."""
    escalation: Escalation = Escalation()
    """The ticket timer."""
    handover: Handover = Handover()
    """The end of a duty."""
    overtime: Overtime = Overtime()
    """Work finished after the end of a duty."""
    compensatory_rest: Annotated[Duration, Field(le=24 * HOUR)] = 0
    """Rest after a call-out or overtime: the next duty begins no earlier than this time after the end of that work, and
    ends as planned; a duty that leaves nothing is lost. 0 switches it off."""
    overflow: dict[LocalRoleName, Overflow] = {}
    """Help from other regions, by tier, and of managers; coordinators serve all regions anyway."""
    up_tier_help: bool = False
    """The next tier of the same region may always take a tier's work; it prefers its own where both are equally
    urgent."""
    away: Away = Away()
    """Work outside its own pool."""
