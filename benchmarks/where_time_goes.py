"""Where the time of a replication goes: `python benchmarks/where_time_goes.py [SCENARIO ...] [--set KEY=VALUE ...]`.

Each stage from the scenario file to the key figures, in ms: the quickest of several replications, stage by stage.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import Any

from bench import BASELINE, FAST, HERE, machine

import sim
from sim.engine import desk, kernel
from sim.experiment.engines import ENGINES
from sim.experiment.result import Replication, Result, Timing
from sim.experiment.run import simulate
from sim.metrics.measure import measure
from sim.scenario.days_off import clock_of
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster
from sim.workload.sample import sample_workload

SCENARIOS = (BASELINE, HERE / "everything.yaml", HERE / "w1.yaml", HERE / "mm20.yaml")
STATE, PLAY, JOURNALS = "engine: state", "engine: play", "engine: journals"
INSIDE: dict[str, tuple[ModuleType, dict[str, str]]] = {
    "desk": (desk, {"Desk": STATE, "ended": JOURNALS, "journals": JOURNALS}),
    "kernel": (kernel, {"_state": STATE, "_ended": JOURNALS, "journals": JOURNALS}),
}
"""The parts of an engine that are timed by name, where its `run` looks them up; what is left of it is the play."""
RUNS = 7


class Spent:
    """Seconds by stage of one replication."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        """Count what is done meanwhile."""
        start = perf_counter()
        yield
        self.seconds[stage] += perf_counter() - start

    def counted(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, whose calls are counted."""

        def timed(*arguments: Any, **options: Any) -> Any:
            with self.on(stage):
                return function(*arguments, **options)

        return timed

    @contextmanager
    def inside(self, engine: str) -> Iterator[None]:
        """Count the parts of an engine."""
        module, parts = INSIDE[engine]
        kept = {name: getattr(module, name) for name in parts}
        for name, stage in parts.items():
            setattr(module, name, self.counted(stage, kept[name]))
        try:
            yield
        finally:
            for name, function in kept.items():
                setattr(module, name, function)


def spent(path: Path, changes: list[str], engine: str) -> dict[str, float]:
    """Seconds by stage of one replication, in their order."""
    clock = Spent()
    with clock.on("scenario file"):
        scenario = sim.load(path, changes)
    with clock.on("roster planned"):
        plan = plan_roster(scenario)
    with clock.on("workload sampled"):
        workload = sample_workload(scenario, 1, 0)
    with clock.on("roster sampled"):
        roster = sample_roster(scenario, plan, 1, 0)
    with clock.inside(engine):
        start = perf_counter()
        journals = simulate(scenario, workload, roster, engine)
        whole = perf_counter() - start
    clock.seconds[PLAY] = whole - clock.seconds[STATE] - clock.seconds[JOURNALS]
    with clock.on("measured"):
        measurement = measure(journals, scenario, clock_of(scenario))
    with clock.on("key figures"):
        one = Replication(0, measurement, None, Timing(0, 0, 0))
        Result(scenario, plan, 1, engine, 1, False, (one,), (), 0, scenario.hash).records  # noqa: B018 - computed for its time
    return dict(clock.seconds)


def quickest(path: Path, changes: list[str], engine: str) -> dict[str, float]:
    """Of several replications, stage by stage."""
    runs = [spent(path, changes, engine) for _ in range(RUNS)]
    return {stage: min(run[stage] for run in runs) for stage in runs[0]}


def main() -> None:
    """Print the machine and the table: a column for each scenario."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", type=Path, default=SCENARIOS, metavar="SCENARIO")
    parser.add_argument("--set", dest="changes", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--engine", choices=sorted(ENGINES), default=FAST)
    options = parser.parse_args()
    columns = [quickest(path, options.changes, options.engine) for path in options.scenarios]
    print(machine(), f"({options.engine})\n")
    print("| ms | " + " | ".join(path.stem for path in options.scenarios) + " |")
    print("|---|" + "---|" * len(columns))
    for stage in columns[0]:
        print(f"| {stage} | " + " | ".join(f"{column[stage] * 1000:.1f}" for column in columns) + " |")
    print("| all | " + " | ".join(f"{sum(column.values()) * 1000:.1f}" for column in columns) + " |")


if __name__ == "__main__":
    main()
