"""The hours in which most responses are late, and a sentence of advice for each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from sim.report.words import hour_name, joined, number, tier_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd

WORST = 8
"""Hours that are told."""
_LEAST_LATE = 0.05
_LEAST_PART = 0.05
"""Of all late responses; tiers with fewer of them are not what is wrong."""
_LEAST_LOAD = 0.1
"""Agents; less work than this needs nobody of its own."""


class WorstHour(NamedTuple):
    """An hour of a region's week: how many responses were due of what it brought, how many were late, what to do."""

    region: str
    hour_of_week: int
    due: float
    late: float
    advice: str

    @property
    def when(self) -> str:
        """`Sat 14-15`."""
        return hour_name(self.hour_of_week)

    @property
    def share(self) -> float:
        """Per cent of the responses that were late."""
        return 100 * self.late / self.due


class Pool(NamedTuple):
    """A tier of a region in one hour: agents on duty, the load in agents, and how many tasks wait on average."""

    tier: str
    on_duty: float
    offered: float
    waiting: float

    @property
    def load(self) -> float:
        """Work for each agent on duty, 1 is all their time; NaN where there is nobody."""
        return self.offered / self.on_duty if self.on_duty > 0 else math.nan


def late_by_hour(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Late responses by region and local hour of the week at creation, most first: region, hour_of_week, due, late."""
    table = tables["sla_by_region_hour"]
    wide = table.pivot_table(index=["region", "hour_of_week"], columns="measure", values="mean", sort=False)
    wide["due"], wide["late"] = wide["response.due"], wide["response.due"] - wide["response.met"]
    ordered = wide.sort_values("late", ascending=False, kind="stable")
    return ordered.reset_index()[["region", "hour_of_week", "due", "late"]]


def worst_hours(tables: Mapping[str, pd.DataFrame], bands: Sequence[float], most: int = WORST) -> list[WorstHour]:
    """The hours with most late responses.

    Args:
        tables: of a run.
        bands: where optimal, high and critical utilization begin, in per cent.
        most: how many.
    """
    late, tiers = late_by_hour(tables), late_tiers(tables)
    rows = late[late["late"] >= _LEAST_LATE].head(most).to_dict("records")
    return [
        WorstHour(str(row["region"]), int(row["hour_of_week"]), row["due"], row["late"],
                  advice(pools(tables, str(row["region"]), int(row["hour_of_week"])), bands, tiers))
        for row in rows
    ]  # fmt: skip


def late_tiers(tables: Mapping[str, pd.DataFrame]) -> set[str]:
    """The tiers at which those tickets enter whose first responses are late, but for a few."""
    wide = tables["sla_by_tier"].pivot_table(index="tier", columns="measure", values="mean", sort=False)
    late = wide["response.due"] - wide["response.met"]
    return {str(tier) for tier, count in late.items() if count > 0 and count >= _LEAST_PART * late.sum()}


def pools(tables: Mapping[str, pd.DataFrame], region: str, hour_of_week: int) -> list[Pool]:
    """The tiers of a region in one hour."""
    wide = _of_hour(tables["staffing_by_region_hour_tier"], region, hour_of_week)
    wide["waiting"] = _of_hour(tables["backlog_by_region_hour_tier"], region, hour_of_week)["waiting"]
    return [
        Pool(str(tier), row["on_duty"], row["offered"], row["waiting"]) for tier, row in wide.fillna(0.0).iterrows()
    ]


def _of_hour(table: pd.DataFrame, region: str, hour_of_week: int) -> pd.DataFrame:
    """A row a tier, a column a measure."""
    here = table[(table["region"] == region) & (table["hour_of_week"] == hour_of_week)]
    return here.pivot_table(index="tier", columns="measure", values="mean", sort=False)


def advice(hour: Sequence[Pool], bands: Sequence[float], late: Collection[str]) -> str:
    """What to do about an hour, by the longest line of a tier at which late tickets enter.

    Args:
        hour: its pools.
        bands: where optimal, high and critical utilization begin, in per cent.
        late: the tiers at which late tickets enter.
    """
    _, high, critical = (edge / 100 for edge in bands)
    missed = [pool for pool in hour if not pool.on_duty and (pool.offered >= _LEAST_LOAD or pool.waiting >= 1)]
    empty = [tier_name(pool.tier) for pool in missed]
    nobody = f" Nobody of {joined(empty)} is on duty then: its work goes elsewhere, or waits." if empty else ""
    staffed = [pool for pool in hour if pool.on_duty > 0]
    if not staffed:
        return f"Nobody at all is on duty.{nobody}"
    entered = [pool for pool in staffed if pool.tier in late] or staffed
    longest = max(entered, key=lambda pool: (pool.waiting, pool.load))
    return _sentence(longest, high, critical) + nobody


def _sentence(pool: Pool, high: float, critical: float) -> str:
    tier, load = tier_name(pool.tier), f"{100 * pool.load:.0f} %"
    if pool.load >= critical:
        more = max(1, math.ceil(pool.offered / high - pool.on_duty))
        after = 100 * pool.offered / (pool.on_duty + more)
        return (
            f"{tier.capitalize()} gets work for {number(pool.offered)} agents and has {number(pool.on_duty)}. "
            f"{more} more would bring its load to {after:.0f} %; or let another region help sooner (policy.overflow)."
        )
    if pool.waiting > pool.on_duty:
        return (
            f"{tier.capitalize()} has a line of other hours: {pool.waiting:.0f} tasks wait for its "
            f"{number(pool.on_duty)} agents, though the hour itself brings no more than {load} of what they can do. "
            "It lacks agents in the hours before."
        )
    if pool.load >= high:
        return f"{tier.capitalize()} has a load of {load} and no slack for a bad hour: move a duty or a pause here."
    return (
        f"Enough people on average: {tier} has the longest line, and a load of {load}. With few agents it takes "
        "little bad luck to be late; sharing work with another region cures that better than one more agent."
    )
