"""The rules an engine follows, as integers: what the scenario's policy becomes once chance and calendars are gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.scenario.base import LOCAL_ROLES, PRIORITIES, ROLES, TIERS
from sim.workforce.roster import COORDINATOR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sim.scenario.base import LocalRoleName, PriorityName
    from sim.scenario.schema import Scenario

N_TIERS = len(TIERS)
N_ROLES = len(ROLES)
N_PRIORITIES = 4
NOMINAL = 1000
"""Per mille: the factor that changes nothing."""


NO_LIMIT = -1


class Overflow(NamedTuple):
    """Where work goes that has waited.

    Attributes:
        after: ms in line.
        to: regions that may take it then, the preferred first.
        takes: bit p is set where priority p overflows.
    """

    after: int
    to: tuple[int, ...]
    takes: int


@dataclass(frozen=True, slots=True)
class Policy:
    """Who is served by whom. Factors are per mille, times ms.

    Attributes:
        regions: number of regions; pools are numbered region * 6 + tier, but that of the coordinators is 5.
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
        most_interruptions: how often the same task may be interrupted; `NO_LIMIT` for as often as may be.
        write_up: ms that whoever hands work over stays to write it up.
        overtime: bit p is set where work of priority p is finished in overtime instead of being handed over.
        overflow: [tier][region], what happens to work of that home that waits; none where nothing does.
        up_tier_help: the next tier of the same region may take any work.
        page_timers: by priority, ms until a page that is not answered goes on; `NO_LIMIT` for never.
        rounds: how often the on-call chain is gone through.
        rest: ms between the end of a call-out or of overtime and the start of the next duty; 0 for none.
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
    tier_pm: tuple[tuple[int, ...], ...] = ((NOMINAL,) * N_ROLES,) * N_ROLES
    unstaffed_anywhere: bool = True
    most_interruptions: int = NO_LIMIT
    write_up: int = 0
    overtime: int = 0
    overflow: tuple[tuple[Overflow | None, ...], ...] = ()
    up_tier_help: bool = False
    page_timers: tuple[int, ...] = (NO_LIMIT,) * N_PRIORITIES
    rounds: int = 3
    rest: int = 0

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
                tuple(NOMINAL if task == agent else other_tier for agent in range(N_ROLES)) for task in range(N_ROLES)
            ),
            unstaffed_anywhere=rules.away.unstaffed == "anywhere",
            most_interruptions=NO_LIMIT if rules.preemption.at_most is None else rules.preemption.at_most,
            write_up=rules.handover.write_up,
            overtime=mask(rules.overtime.priorities),
            overflow=_overflows(scenario),
            up_tier_help=rules.up_tier_help,
            rest=rules.compensatory_rest,
            **_paging(scenario),
        )


def _overflows(scenario: Scenario) -> tuple[tuple[Overflow | None, ...], ...]:
    """The rules by role and region. Coordinators are one pool for all regions, of which nothing overflows."""
    local = (tuple(_overflow(scenario, tier, region) for region in scenario.regions) for tier in LOCAL_ROLES)
    return (*local, (None,) * len(scenario.regions))


def _overflow(scenario: Scenario, tier: LocalRoleName, region: str) -> Overflow | None:
    """The rule for work of a pool."""
    rule = scenario.policy.overflow.get(tier)
    if rule is None or (rule.from_ and region not in rule.from_):
        return None
    regions = list(scenario.regions)
    helpers = [regions.index(other) for other in rule.to or regions if other != region]
    return Overflow(rule.after, tuple(helpers), mask(rule.priorities)) if helpers else None


def _paging(scenario: Scenario) -> dict[str, Any]:
    oncall = scenario.oncall
    if oncall is None:
        return {}
    return {
        "page_timers": tuple(oncall.timers.get(priority, NO_LIMIT) for priority in PRIORITIES),
        "rounds": oncall.rounds,
    }


def mask(priorities: Iterable[PriorityName]) -> int:
    """Priorities as bits: P1 is 1, P4 is 8."""
    return sum(1 << PRIORITIES.index(priority) for priority in set(priorities))


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


def pools_of(region: NDArray[np.int16], tier: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The pool of each region and role; the coordinators of all regions are one."""
    pool: NDArray[np.int64] = region.astype(np.int64) * N_ROLES + tier
    return np.where(tier == COORDINATOR, COORDINATOR, pool)
