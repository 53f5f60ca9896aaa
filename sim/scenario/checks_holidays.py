"""Whether public holidays can follow the minimum staffing table. Each check is one function, as in `checks`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.scenario.findings import Finding, listed, rests_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.scenario.schema import Scenario

_KEY = ("staffing", "holidays")


@rests_on("staffing")
def spared_duties_end(scenario: Scenario) -> Iterator[Finding]:
    """Who is spared a public holiday has duties that begin and end."""
    if scenario.staffing.holidays == "minimum" and scenario.staffing.mode == "flat":
        remedy = "choose another `mode`, or as_planned"
        yield Finding(_KEY, f"does not go with `mode: flat`, whose people are always on duty: {remedy}")


@rests_on("staffing", "regions", "demand.holidays")
def holidays_have_a_minimum(scenario: Scenario) -> Iterator[Finding]:
    """Where the minimum decides on public holidays there are some, and in each of their regions a row for them."""
    if scenario.staffing.holidays == "as_planned":
        return
    named = [name for name, region in scenario.regions.items() if region.country or scenario.demand.holidays.get(name)]
    if not named:
        remedy = "give a region a `country`, list days in demand.holidays, or take this out"
        yield Finding(_KEY, f"is about public holidays, but there are none: {remedy}")
    rows = [row for row in scenario.staffing.minimum.values() if row.days == "holiday"]
    without = [name for name in named if not any(not row.regions or name in row.regions for row in rows)]
    if without:
        remedy = "add one, or write as_planned"
        message = f"goes by the rows of staffing.minimum with `days: holiday`, but none holds for {listed(without)}"
        yield Finding(_KEY, f"{message}: {remedy}")
