"""The plan as a table that people read, and that can be read back as a dated roster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.clock import DAY, MINUTE, day_number
from sim.scenario.base import ROLES
from sim.scenario.days_off import clock_of
from sim.scenario.units import DAY_OFF
from sim.workforce.roster import FOREVER, LEAD

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.schema import Scenario
    from sim.workforce.roster import DutyPlan

ALWAYS = "always"
"""Stands for the span of a duty that never ends; a dated roster knows no such shift."""
_COLUMNS = ("agent", "date", "shift", "region", "tier", "start", "end", "night")


def roster_table(scenario: Scenario, plan: DutyPlan) -> pd.DataFrame:
    """One row a duty, by agent and start: agent, date, shift, region, tier, start, end, night.

    Date and shift, a span such as 22:00-06:00, are what clocks of the region show at its start and end; read back as
    `staffing.explicit` they give the same duties. `start` and `end` are the same with the offset from UTC, to the
    minute. Who has no duty has a day off on the first date of the run; the engineering lead has no row.
    """
    import pandas as pd

    clock = clock_of(scenario)
    zones = [region.zone for region in scenario.regions.values()]
    parts = [_duties(plan, r, zone, clock) for r, zone in enumerate(zones)] + [_idle(plan, zones, clock)]
    table = pd.concat(parts, ignore_index=True).sort_values(["agent", "at"], kind="stable", ignore_index=True)
    agent = table["agent"].to_numpy(dtype=np.intp)
    names, regions = np.array(plan.agents.name, dtype=object), np.array(list(scenario.regions), dtype=object)
    return table.assign(
        agent=names[agent],
        region=regions[plan.agents.region[agent]],
        tier=np.array(ROLES, dtype=object)[plan.agents.tier[agent]],
    )[list(_COLUMNS)]


def _duties(plan: DutyPlan, region: int, zone: str, clock: Clock) -> pd.DataFrame:
    import pandas as pd

    rows = np.flatnonzero(plan.agents.region[plan.agent] == region)
    start, ends = plan.start[rows], plan.end[rows] < FOREVER
    end = np.where(ends, plan.end[rows], start)
    begins, stops = clock.wall(zone, start), clock.wall(zone, end)
    late = (stops % DAY == 0) & (stops > begins)  # a duty up to midnight ends at 24:00 of its date
    spans = _joined(_clock_face(begins), np.where(late, "24:00", _clock_face(stops)))
    return pd.DataFrame(
        {
            "agent": plan.agent[rows],
            "at": start,
            "date": _text(begins, "D"),
            "shift": np.where(ends, spans, ALWAYS),
            "start": _with_offset(begins, start + clock.origin),
            "end": np.where(ends, _with_offset(stops, end + clock.origin), ""),
            "night": plan.night[rows],
        }
    )


def _idle(plan: DutyPlan, zones: list[str], clock: Clock) -> pd.DataFrame:
    """A day off for each agent who has no duty."""
    import pandas as pd

    idle = np.setdiff1d(np.flatnonzero(plan.agents.tier != LEAD), plan.agent)
    first = np.array([day_number(clock.local(zone, 0).date()) for zone in zones], dtype=np.int64)
    day = first[plan.agents.region[idle]] * DAY
    return pd.DataFrame(
        {"agent": idle, "at": 0, "date": _text(day, "D"), "shift": DAY_OFF, "start": "", "end": "", "night": False}
    )


def _text(wall: NDArray[np.int64], unit: Literal["D", "m"]) -> NDArray[np.object_]:
    texts: NDArray[np.object_] = np.datetime_as_string(wall.astype("datetime64[ms]"), unit=unit).astype(object)
    return texts


def _clock_face(wall: NDArray[np.int64]) -> NDArray[np.object_]:
    return np.array([text[-5:] for text in _text(wall, "m")], dtype=object)


def _joined(begins: NDArray[np.object_], ends: NDArray[np.object_]) -> NDArray[np.object_]:
    spans: NDArray[np.object_] = begins + "-" + ends
    return spans


def _with_offset(wall: NDArray[np.int64], utc: NDArray[np.int64]) -> NDArray[np.object_]:
    offsets, which = np.unique((wall - utc) // MINUTE, return_inverse=True)
    signed = [f"{'-' if m < 0 else '+'}{abs(m) // 60:02d}:{abs(m) % 60:02d}" for m in offsets.tolist()]
    texts: NDArray[np.object_] = _text(wall, "m") + np.array(signed, dtype=object)[which]
    return texts
