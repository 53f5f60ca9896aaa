"""Public holidays of each region, as the scenario has them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sim.clock import Clock, public_holidays

if TYPE_CHECKING:
    from datetime import date

    from sim.scenario.schema import Scenario


def clock_of(scenario: Scenario) -> Clock:
    """The time axis of the scenario's runs."""
    horizon = scenario.horizon
    return Clock.starting(horizon.start, horizon.days, horizon.warmup_days)


def holidays_of(scenario: Scenario) -> dict[str, dict[date, str]]:
    """Holidays by region, date and name: the public ones of its country, changed by `demand.holidays`."""
    clock = clock_of(scenario)
    first, last = clock.instant(0).date() - timedelta(days=1), clock.instant(clock.end).date() + timedelta(days=1)
    found: dict[str, dict[date, str]] = {}
    for name, region in scenario.regions.items():
        public = public_holidays(region.country, first, last) if region.country else {}
        merged = {**public, **scenario.demand.holidays.get(name, {})}
        found[name] = {day: merged[day] for day in sorted(merged) if merged[day]}
    return found
