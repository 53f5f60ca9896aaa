"""Measurements as people and files read them: tidy frames, and a record for each key figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sim.metrics import burnout, utilization
from sim.metrics.cuts import PER_CENT, axes
from sim.metrics.flow import time_grid
from sim.metrics.hours import weeks
from sim.metrics.kpis import KPIS, record
from sim.metrics.measure import LAYOUTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.metrics.cuts import Layout, Ratios
    from sim.metrics.measure import Measurement
    from sim.scenario.limits import Limits
    from sim.scenario.schema import Scenario, UtilizationBands

    Floats = NDArray[np.float64]


class Interval(Protocol):
    """Estimates with their lower and upper ends, equally shaped."""

    @property
    def mean(self) -> Floats: ...
    @property
    def low(self) -> Floats: ...
    @property
    def high(self) -> Floats: ...


class Pool(Protocol):
    """How replications, along the first axis, become estimates: `sim.experiment.estimate.pooled`."""

    def __call__(self, num: Floats, den: Floats, /) -> Interval: ...


def records(stacked: Measurement, scenario: Scenario, pool: Pool) -> dict[str, dict[str, Any]]:
    """Every key figure by name: {mean, low, high, unit, target?, met?, band?}, ready for JSON."""
    found = pool(*stacked.kpis)
    low, high = _possible(found, [definition.unit for definition in KPIS.values()])
    ends = zip(KPIS, found.mean.tolist(), low.tolist(), high.tolist(), strict=True)
    return {name: record(name, mean, least, most, scenario) for name, mean, least, most in ends}


def kpi_frame(figures: Mapping[str, dict[str, Any]]) -> pd.DataFrame:
    """Key figures as a table, indexed by name, with mean, low, high (95 %), unit, target, met and band."""
    import pandas as pd

    columns = ["mean", "low", "high", "unit", "target", "met", "band"]
    table = pd.DataFrame.from_dict(dict(figures), orient="index").reindex(columns=columns)
    table.index.name = "kpi"
    return table.astype(dict.fromkeys(["mean", "low", "high", "target"], float))


def frames(
    stacked: Measurement, scenario: Scenario, clock: Clock, pool: Pool, agents: Sequence[str] = ()
) -> dict[str, pd.DataFrame]:
    """Every table in long form: its keys, then measure, mean, low, high, n, unit.

    Utilization also has band and action, and burnout by agent the light of the limits exceeded.

    `n` is what stands below the line, over all replications: tickets or tasks of a share or a mean, hours of a time
    average or a utilization, replications of a count.

    Args:
        stacked: the replications.
        scenario: the one that was run.
        clock: its clock.
        pool: how replications become estimates.
        agents: names in the order of the roster; without them agents are numbered from 0.
    """
    people = stacked.tables["utilization_by_agent"].num.shape[1]
    if agents and len(agents) != people:
        raise ValueError(f"{people} agents, {len(agents)} names")
    labels: dict[str, Sequence[Any]] = {
        **axes(scenario),
        "time": [clock.instant(int(ms)) for ms in time_grid(clock).starts],
        "agent": agents or range(people),
        "week": [clock.instant(int(ms)).date() for ms in weeks(clock).starts],
        "limit": [bound.key for bound in burnout.BOUNDS],
    }
    found = {name: _frame(stacked.tables[name], layout, labels, pool) for name, layout in LAYOUTS.items()}
    for name in utilization.LAYOUTS:
        found[name] = _with_bands(found[name], scenario.targets.utilization)
    found["burnout_by_agent"] = _with_lights(found["burnout_by_agent"], scenario.limits)
    return found


def _frame(table: Ratios, layout: Layout, labels: dict[str, Sequence[Any]], pool: Pool) -> pd.DataFrame:
    import pandas as pd

    rows, measures = table.num.shape[1:]
    found = pool(*table)
    low, high = _possible(found, [measure.unit for measure in layout.measures])
    return pd.DataFrame(
        {
            **_keys(layout, labels, measures),
            "measure": np.tile([measure.name for measure in layout.measures], rows),
            "mean": found.mean.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "n": table.den.sum(axis=0).ravel(),
            "unit": np.tile([measure.unit for measure in layout.measures], rows),
        }
    )


def _possible(found: Interval, units: Sequence[str]) -> tuple[Floats, Floats]:
    """The ends of the intervals as far as they are possible: nothing measured is below 0, and no share above 100 %."""
    most = np.array([PER_CENT if unit == "%" else np.inf for unit in units])
    return np.maximum(found.low, 0), np.minimum(found.high, most)


def _keys(layout: Layout, labels: dict[str, Sequence[Any]], measures: int) -> dict[str, Any]:
    import pandas as pd

    axes_of = [labels[key] for key in layout.keys]
    codes = np.indices([len(axis) for axis in axes_of]).reshape(len(axes_of), -1)
    return {
        key: pd.Index(axis).take(np.repeat(code, measures))
        for key, axis, code in zip(layout.keys, axes_of, codes, strict=True)
    }


def _with_bands(out: pd.DataFrame, edges: UtilizationBands) -> pd.DataFrame:
    import pandas as pd

    shares = out["mean"].where(out["measure"] == "utilization")
    levels = [utilization.band(share, edges) for share in shares]
    out["band"] = pd.Series([level.name if level else None for level in levels], dtype=object)
    out["action"] = pd.Series([level.action if level else None for level in levels], dtype=object)
    return out


def _with_lights(out: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    import pandas as pd

    exceeded = out["mean"].where(out["measure"] == "limits_exceeded")
    out["light"] = pd.Series([burnout.light(count, limits) for count in exceeded], dtype=object)
    return out
