"""A row of the table, and how its figure is measured."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from sim.experiment.engines import PREFERRED
from sim.experiment.parallel import available_workers
from sim.experiment.run import simulate
from sim.scenario.schema import Scenario
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster
from sim.workforce.roster import Roster
from sim.workload.sample import sample_workload
from sim.workload.tape import Workload

HERE = Path(__file__).parent
BASELINE = HERE.parent / "scenarios" / "baseline.yaml"
FAST = PREFERRED
"""The engine that is measured: the one that a run takes by itself."""
TURN_S = 0.2
"""What takes less than this is done again within its turn."""
PACKAGES = ("numba", "simpy", "numpy", "pandas")


class Row(NamedTuple):
    """What was measured, and what it should be."""

    what: str
    measured: str
    needed: str = ""
    reach: str = ""


class Tape(NamedTuple):
    """All that an engine plays."""

    scenario: Scenario
    workload: Workload
    roster: Roster

    def play(self, engine: str = FAST) -> Any:
        """The journals."""
        return simulate(self.scenario, self.workload, self.roster, engine)


def tape(scenario: Scenario) -> Tape:
    """Replication 0 of a scenario with seed 1."""
    return Tape(scenario, sample_workload(scenario, 1, 0), sample_roster(scenario, plan_roster(scenario), 1, 0))


def best(action: Callable[[], object], runs: int = 5) -> float:
    """Seconds of the quickest of several runs."""
    return side_by_side(action, runs=runs)[0]


def side_by_side(*actions: Callable[[], object], runs: int = 5) -> tuple[float, ...]:
    """Seconds of the quickest run of each action. They take turns, so that a busy spell of the machine meets all."""
    quickest = [float("inf")] * len(actions)
    for _ in range(runs):
        for i, action in enumerate(actions):
            quickest[i] = min(quickest[i], _turn(action))
    return tuple(quickest)


def _turn(action: Callable[[], object]) -> float:
    """Seconds of the quickest of as many runs as there is time for, at least one."""
    quickest, begun = float("inf"), perf_counter()
    while True:
        start = perf_counter()
        action()
        end = perf_counter()
        quickest = min(quickest, end - start)
        if end - begun > TURN_S:
            return quickest


def in_child(module: str, function: str, *arguments: object, env: Mapping[str, str] | None = None) -> Any:
    """What a function of a benchmark's module returns, as JSON, in an interpreter that does nothing else."""
    code = f"import json, {module}; print(json.dumps({module}.{function}(*{arguments!r})))"
    out = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=HERE,
        env={**os.environ, **(env or {})},
    ).stdout  # fmt: skip
    return json.loads(out.splitlines()[-1])


def command(*arguments: str) -> Callable[[], object]:
    """Running a new interpreter."""
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True, cwd=HERE)


def peak_mb() -> float:
    """Peak resident memory of this process. On Linux `getrusage` counts that of the parent as well."""
    status = Path("/proc/self/status")
    if status.exists():
        (peak,) = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak) / (1 << 10)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def machine() -> str:
    """Where this was measured."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    where = f"{platform.machine()}, {platform.system()}, {available_workers()} cores"
    return f"{where}, Python {platform.python_version()}, {versions}; engine: {FAST}"
