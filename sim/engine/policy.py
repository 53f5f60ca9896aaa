"""The rules an engine follows, as integers: what the scenario's policy becomes once chance and calendars are gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.scenario.base import TIERS

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

N_TIERS = len(TIERS)
N_PRIORITIES = 4
NOMINAL = 1000
"""Per mille: the factor that changes nothing."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Who is served by whom. Factors are per mille, times ms.

    Attributes:
        regions: number of regions; pools are numbered region * 4 + tier.
        enterprise_first: within a priority enterprise customers come first.
        p1_preempts: a P1 without a free agent interrupts the least urgent work.
        preempted_pm: work left after an interruption is multiplied by this.
        handed_over_pm: work left after a hand-over is multiplied by this ...
        briefing: ... and grows by this.
        raises: escalation raises the effective priority by one.
        widens_tier: escalated work may be taken by the next tier.
        widens_region: escalated work may be taken by the other regions.
        entry_tier_only: only work at the ticket's entry tier is escalated.
        other_region_pm: factor on work done in another region.
        tier_pm: [tier of the task][tier of the agent], factor on work done at another tier.
        unstaffed_anywhere: work for a tier with nobody on duty at home goes to the other regions.
    """

    regions: int
    enterprise_first: bool = True
    p1_preempts: bool = True
    preempted_pm: int = NOMINAL
    handed_over_pm: int = NOMINAL
    briefing: int = 0
    raises: bool = True
    widens_tier: bool = False
    widens_region: bool = False
    entry_tier_only: bool = False
    other_region_pm: int = NOMINAL
    tier_pm: tuple[tuple[int, ...], ...] = ((NOMINAL,) * N_TIERS,) * N_TIERS
    unstaffed_anywhere: bool = True

    @classmethod
    def of(cls, scenario: Scenario) -> Policy:
        """The policy of a scenario."""
        rules = scenario.policy
        other_tier = per_mille(rules.away.other_tier)
        return cls(
            regions=len(scenario.regions),
            enterprise_first=rules.enterprise_first,
            p1_preempts=rules.preemption.enabled,
            preempted_pm=per_mille(rules.preemption.context_loss),
            handed_over_pm=per_mille(rules.handover.context_loss),
            briefing=rules.handover.briefing,
            raises=rules.escalation.raise_,
            widens_tier=rules.escalation.widen_tier,
            widens_region=rules.escalation.widen_region,
            entry_tier_only=rules.escalation.entry_tier_only,
            other_region_pm=per_mille(rules.away.other_region),
            tier_pm=tuple(
                tuple(NOMINAL if task == agent else other_tier for agent in range(N_TIERS)) for task in range(N_TIERS)
            ),
            unstaffed_anywhere=rules.away.unstaffed == "anywhere",
        )


def per_mille(extra: float) -> int:
    """A surcharge as the factor it means: 0.1 is 1100."""
    return round((1 + extra) * NOMINAL)


def combined(first: int, second: int) -> int:
    """Two factors as one, rounded to the nearest per mille."""
    return (first * second + 500) // NOMINAL


def scaled(work: int, factor: int) -> int:
    """Wall time of `work` at a pace of `factor`, at least 1 ms."""
    return max(1, (work * factor + 500) // NOMINAL)


def remaining(left: int, elapsed: int, factor: int) -> int:
    """Nominal work left of `left` after `elapsed` ms at a pace of `factor`, at least 1 ms."""
    return max(1, left - elapsed * NOMINAL // factor)
