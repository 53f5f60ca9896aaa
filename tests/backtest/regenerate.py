"""What the scenarios of this folder come to, in numbers that can be compared.

`python tests/backtest/regenerate.py` writes them anew, beside the scenarios: after a change that is meant to change
them, and never to make a test pass. The difference belongs into the same commit, with the reason in its message.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import sim
from sim.metrics.kpis import KPIS
from sim.metrics.measure import LAYOUTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.experiment.result import Replication

HERE = Path(__file__).parent
SCENARIOS = ("rota", "replay", "flat")
REPLICATIONS, SEED = 2, 1
COUNTED = {
    "tickets": ("region", "kind", "priority", "customer_class", "channel", "stages", "filtered", "state"),
    "work": ("region", "tier", "stretch", "why_queued", "how_ended", "mode"),
    "chores": ("kind",),
    "pages": ("round", "level", "on_duty", "outcome"),
    "duties": ("region", "tier", "pause"),
    "turns": ("level", "region", "asleep"),
}
"""Columns of the journals of which it is counted how often each code occurs."""

Numbers = dict[str, list[Any]]
"""By name, what was counted or added up in each replication."""


def numbers(name: str) -> Numbers:
    """What a scenario of this folder comes to."""
    result = sim.run(sim.load(HERE / f"{name}.yaml"), replications=REPLICATIONS, seed=SEED, workers=1)
    found: Numbers = {"roster": [result.plan.hash]}
    for replication in result.replications:
        for key, value in (*_counts(replication), *_figures(replication), *_tables(replication)):
            found.setdefault(key, []).append(value)
    return found


def _counts(replication: Replication) -> Iterator[tuple[str, dict[str, int]]]:
    """How often each code occurs in a column."""
    for table, columns in COUNTED.items():
        journal = getattr(replication.journals, table)
        for column in columns:
            codes, counts = np.unique(journal[column], return_counts=True)
            yield f"{table}.{column}", dict(zip(map(str, codes), counts.tolist(), strict=True))


def _figures(replication: Replication) -> Iterator[tuple[str, list[float]]]:
    """Every key figure: what is above the line, and what is below it."""
    num, den = replication.measurement.kpis
    for row, name in enumerate(KPIS):
        yield f"kpi {name}", [float(num[row]), float(den[row])]


def _tables(replication: Replication) -> Iterator[tuple[str, list[float]]]:
    """Of every measure of a table the sums above and below the line; and rows weighted by their place in the table."""
    for name, layout in LAYOUTS.items():
        num, den = replication.measurement.tables[name]
        place = np.arange(len(num)) @ num
        for column, measure in enumerate(layout.measures):
            sums = num[:, column].sum(), den[:, column].sum(), place[column]
            yield f"table {name} {measure.name}", [float(value) for value in sums]


def kept(name: str) -> Path:
    """Where the numbers of a scenario are kept."""
    return HERE / f"{name}.json"


def text(found: Numbers) -> str:
    """Numbers as JSON, one line a name, so that a difference can be read."""
    lines = (f"  {json.dumps(key)}: {json.dumps(values)}" for key, values in found.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    for scenario in SCENARIOS:
        kept(scenario).write_text(text(numbers(scenario)), encoding="utf-8")
