"""What a reader of the tables has to know of the scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.clock import DAY, HOUR
from sim.metrics.burnout import limits_in_use
from sim.metrics.utilization import per_cent
from sim.scenario.oncall import OnCall

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


def setting(scenario: Scenario) -> dict[str, Any]:
    """Dates, clocks, bands, sleep and limits, ready for JSON.

    `start` is a date; `regions` are zones by name; `utilization_bands` the lower edges of optimal, high and critical in
    per cent; `sleep_hours` local hours from and to, 0 to 24; `week_hours` the two
    limits of hours in 7 days; `limits` those of the burnout indicators.
    """
    bands, sleep = scenario.targets.utilization, (scenario.oncall or OnCall()).sleep
    return {
        "start": str(scenario.horizon.start),
        "regions": {name: region.zone for name, region in scenario.regions.items()},
        "utilization_bands": [per_cent(edge) for edge in (bands.optimal, bands.high, bands.critical)],
        "sleep_hours": [edge % DAY / HOUR for edge in sleep],
        "week_hours": [scenario.limits.week_hours / HOUR, scenario.limits.week_hours_most / HOUR],
        "limits": limits_in_use(scenario.limits),
    }
