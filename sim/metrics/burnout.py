"""What work does to people: indicators, person by person, against limits. No medical score: a count of limits exceeded.

Each indicator is a fact of the journals, and each limit (`sim.scenario.limits`) says what evidence it rests on. A
person's light is green, amber or red by how many limits they exceed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.clock import HOUR, MINUTE
from sim.metrics.cuts import PER_CENT, Layout, Measure, Ratios, of_tiers, ratios, tier_sums
from sim.metrics.indicators import Case, indicators, weekends_of
from sim.metrics.utilization import per_cent
from sim.workforce.roster import LEAD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.engine.journal import Journals
    from sim.scenario.limits import Limits
    from sim.scenario.schema import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


class Grade(StrEnum):
    """What a limit rests on."""

    LAW = "law"
    LABORATORY = "laboratory model"
    COHORT = "cohort association"
    HOUSE = "house rule"


class Bound(NamedTuple):
    """A limit on a measure.

    Attributes:
        measure: the measure that it limits.
        key: the limit's name in `limits`.
        grade: its evidence; the source is in the key's docstring.
        unit: ms in the unit of the measure where the limit is a duration; 0 where it is a share; 1 where a number.
    """

    measure: str
    key: str
    grade: Grade
    unit: int

    def value(self, limits: Limits) -> float:
        """The limit in the unit of the measure."""
        limit = getattr(limits, self.key)
        return limit / self.unit if self.unit else per_cent(limit)


_SHARE, _NUMBER = 0, 1
BOUNDS = (
    Bound("hours_7_days", "week_hours", Grade.LAW, HOUR),
    Bound("hours_7_days", "week_hours_most", Grade.COHORT, HOUR),
    Bound("overtime", "overtime", Grade.HOUSE, HOUR),
    Bound("consecutive_duties", "consecutive_duties", Grade.LAW, _NUMBER),
    Bound("consecutive_nights", "consecutive_nights", Grade.COHORT, _NUMBER),
    Bound("short_rests", "short_rests", Grade.LAW, _NUMBER),
    Bound("quick_returns", "quick_returns", Grade.COHORT, _NUMBER),
    Bound("weekends", "weekends", Grade.HOUSE, _SHARE),
    Bound("sleep_pages", "sleep_pages", Grade.HOUSE, _NUMBER),
    Bound("busy_hours", "busy_hours", Grade.HOUSE, HOUR),
    Bound("busy_streak", "busy_streak", Grade.HOUSE, HOUR),
    Bound("without_pause", "without_pause", Grade.LAW, _SHARE),
    Bound("preemptions", "preemptions", Grade.LABORATORY, _NUMBER),
    Bound("overrun", "overrun", Grade.HOUSE, MINUTE),
)

_MEASURES = (
    Measure("hours_7_days", "h"),
    Measure("overtime", "h a week"),
    Measure("consecutive_duties", "days"),
    Measure("consecutive_nights", "nights"),
    Measure("short_rests", "in 28 days"),
    Measure("quick_returns", "in 28 days"),
    Measure("nights", "in 28 days"),
    Measure("weekends", "%"),
    Measure("sleep_pages", "a week"),
    Measure("busy_hours", "h a week"),
    Measure("busy_streak", "h"),
    Measure("without_pause", "%"),
    Measure("preemptions", "a week"),
    Measure("overrun", "min a duty"),
    Measure("limits_exceeded", "limits"),
)
_COLUMN = {measure.name: column for column, measure in enumerate(_MEASURES)}

LAYOUTS = {
    "burnout_by_agent": Layout(
        ("agent",),
        _MEASURES,
        "Burnout indicators of every agent, a replication. Managers and coordinators have no limits.",
    ),
    "burnout_by_tier": Layout(("tier",), _MEASURES, "The same on average over the agents of a tier."),
    "limits_by_agent": Layout(
        ("agent", "limit"),
        (Measure("exceeded", "%"),),
        "Each limit of each agent: the share of the replications in which it is exceeded.",
    ),
}


def limits_in_use(limits: Limits) -> list[dict[str, Any]]:
    """Every limit as it goes into JSON: {limit, measure, value, unit, evidence}; the value in the measure's unit."""
    return [
        {
            "limit": bound.key,
            "measure": bound.measure,
            "value": bound.value(limits),
            "unit": _MEASURES[_COLUMN[bound.measure]].unit,
            "evidence": str(bound.grade),
        }
        for bound in BOUNDS
    ]


def light(exceeded: float, limits: Limits) -> str | None:
    """The colour for a number of limits exceeded; none where it is NaN."""
    if np.isnan(exceeded):
        return None
    return "red" if exceeded >= limits.red else "amber" if exceeded >= limits.amber else "green"


def tables(case: Case) -> dict[str, Ratios]:
    """Indicators by agent, and their means by tier.

    Managers and coordinators are not held against the limits: the journals know little of their work. The engineering
    lead is, by the pages that wake them.
    """
    tier = case.journals.agents["tier"]
    ours, found = _judged(tier), indicators(case)
    over = np.stack([_over(bound, found, case) & ours for bound in BOUNDS], axis=-1)
    anything = np.any([np.isfinite(indicator) & ours for indicator in found.values()], axis=0)
    found["limits_exceeded"] = np.where(anything, over.sum(axis=-1), np.nan)
    values = np.stack([found[measure.name] for measure in _MEASURES], axis=-1)
    known = np.isfinite(values)
    by_agent = Ratios(np.where(known, values, 0.0), known.astype(np.float64))
    judged = np.stack([np.isfinite(found[bound.measure]) & ours for bound in BOUNDS], axis=-1)
    return {
        "burnout_by_agent": by_agent,
        "burnout_by_tier": tier_sums(by_agent, tier),
        "limits_by_agent": ratios((PER_CENT * over.ravel(), judged.ravel())),
    }


def _judged(tier: NDArray[np.uint8]) -> Mask:
    """Whose work the journals know well enough to hold them against the limits."""
    mask: Mask = of_tiers(tier) | (tier == LEAD)
    return mask


def _over(bound: Bound, found: Mapping[str, Floats], case: Case) -> Mask:
    """Who exceeds a limit; a missing indicator exceeds none."""
    limit: Floats | float = bound.value(case.limits)
    if bound.key == "weekends":
        limit = _allowed_weekends(case)
    mask: Mask = found[bound.measure] > limit
    return mask


def _allowed_weekends(case: Case) -> Floats:
    """The allowed share of weekends, in per cent: whoever works every third has two of four now and then."""
    count = weekends_of(case)
    allowed = np.ceil(np.round(count * case.limits.weekends, 9))
    shares: Floats = np.divide(PER_CENT * allowed, count, out=np.full(case.agents, np.inf), where=count > 0)
    return shares


def kpis(
    journals: Journals, cuts: Mapping[str, Ratios], scenario: Scenario, clock: Clock
) -> dict[str, tuple[float, float]]:
    """People over their limits, the longest week, and how evenly nights, weekends and sleepless nights are shared."""
    limits, everybody = scenario.limits, cuts["burnout_by_agent"]
    ours = _judged(journals.agents["tier"])[:, None]
    table = Ratios(everybody.num * ours, everybody.den * ours)
    exceeded, _ = _of_people(table, "limits_exceeded")
    weeks, _ = _of_people(everybody, "hours_7_days")
    nights, _ = _of_people(table, "nights")
    weekends, _ = _of_people(table, "weekends")
    sleep, known = _of_people(table, "sleep_pages")
    return {
        "burnout.people_over_limit": (int((exceeded > 0).sum()), int(len(exceeded) > 0)),
        "burnout.people_red": (int((exceeded >= limits.red).sum()), int(len(exceeded) > 0)),
        "hours.week.max": (float(weeks.max(initial=0.0)), int(len(weeks) > 0)),
        "fairness.nights": gini(nights),
        "fairness.weekends": gini(weekends),
        "fairness.sleep_pages": gini(sleep[_on_call(journals, clock)[known]]),
    }


def _on_call(journals: Journals, clock: Clock) -> Mask:
    """Who holds a pager in the window, at any level."""
    turns, holds = journals.turns, np.zeros(len(journals.agents["tier"]), dtype=np.bool_)
    holds[turns["agent"][(turns["end"] > clock.warmup) & (turns["start"] < clock.end)]] = True
    return holds


def _of_people(table: Ratios, measure: str) -> tuple[Floats, Ints]:
    """The values of a measure, and the agents who have one."""
    column = _COLUMN[measure]
    known = np.flatnonzero(table.den[:, column])
    return table.num[known, column], known


def gini(values: Floats) -> tuple[float, float]:
    """The Gini coefficient in per cent, as (num, den): 0 where all have the same, near 100 where one has all.

    For values in ascending order it is sum((2 i - n - 1) x_i) / (n sum(x)), i from 1 (C. Damgaard and J. Weiner,
    "Describing inequality in plant size or fecundity", Ecology 81 (2000) 1139-1142).
    """
    n = len(values)
    weights = 2 * np.arange(1, n + 1) - n - 1
    return PER_CENT * float((weights * np.sort(values)).sum()) / max(n, 1), float(values.sum())
