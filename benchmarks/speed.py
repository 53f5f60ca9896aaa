"""How fast, how much memory: `python benchmarks/speed.py`. Ratios are measured side by side in one run.

Every figure is the best of several runs on an otherwise idle machine; compare ratios, not seconds, across machines.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import numpy as np
import simpy

import sim
from sim.experiment.run import replicate, simulate
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster
from sim.workload.sample import sample_workload
from sim.workload.tape import Workload

HERE = Path(__file__).parent
BASELINE = HERE.parent / "scenarios" / "baseline.yaml"
RUNS = 5
QUIET = {
    **{f"regions.{region}.alerts": None for region in ("americas", "europe", "apac", "latam")},
    "demand.monitoring": None,
    "oncall": None,
    "work.activation": None,
    "work.critical": None,
}
"""The baseline without alerts, pages and activation."""


def best(action: Callable[[], object], runs: int = RUNS) -> float:
    """Seconds of the quickest of several runs."""

    def seconds() -> float:
        start = perf_counter()
        action()
        return perf_counter() - start

    return min(seconds() for _ in range(runs))


def plain_script(workload: Workload, servers: int) -> list[int]:
    """The same queue as a SimPy user would write it: a process for each customer, and a Resource."""
    env = simpy.Environment()
    desk = simpy.Resource(env, servers)
    waits = []

    def customer(handle: int) -> Iterator[simpy.Event]:
        arrived = env.now
        with desk.request() as turn:
            yield turn
            waits.append(env.now - arrived)
            yield env.timeout(handle)

    def source() -> Iterator[simpy.Event]:
        for created, handle in zip(workload.created.tolist(), workload.handle.tolist(), strict=True):
            yield env.timeout(created - env.now)
            env.process(customer(handle))

    env.process(source())
    env.run()
    return waits


def rows() -> Iterator[tuple[str, str]]:
    """The table, row by row."""
    baseline = sim.load(BASELINE)
    workload, plan = sample_workload(baseline, 1, 0), plan_roster(baseline)
    timing = min(
        (replicate(baseline, plan, 0, seed=1, engine="desk", journals="none").timing for _ in range(RUNS)), key=sum_of
    )
    yield "baseline, 28 + 7 days: tickets and alerts", f"{len(workload):,}"
    yield "baseline: sampling workload and roster", f"{timing.sample_s:.3f} s"
    yield (
        "baseline: sampling the roster of a replication (needed: 20 ms)",
        f"{best(lambda: sample_roster(baseline, plan, 1, 0)) * 1000:.1f} ms",
    )
    quiet = baseline.with_(QUIET)
    ratio = best(lambda: sample_workload(baseline, 1, 0), 30) / best(lambda: sample_workload(quiet, 1, 0), 30)
    yield "baseline: sampling with alerts, pages and activation against without (needed: 1.5 x)", f"{ratio:.2f} x"
    yield "baseline: desk, journals built (needed: 3.5 s)", f"{timing.engine_s:.3f} s"
    full = sim.load(HERE / "everything.yaml")
    full_plan = plan_roster(full)
    full_timing = min(
        (replicate(full, full_plan, 0, seed=1, engine="desk", journals="none").timing for _ in range(RUNS)), key=sum_of
    )
    yield "everything switched on: sampling workload and roster", f"{full_timing.sample_s:.3f} s"
    yield "everything switched on: desk, journals built (needed: 6 s)", f"{full_timing.engine_s:.3f} s"
    yield "baseline: metrics", f"{timing.metrics_s:.3f} s"
    yield "baseline: peak memory of `sim run`, one replication (needed: 400 MB)", f"{peak_memory_mb():.0f} MB"

    queue = sim.load(HERE / "mm20.yaml")
    workload = sample_workload(queue, 1, 0)
    roster = sample_roster(queue, plan_roster(queue), 1, 0)
    desk = best(lambda: simulate(queue, workload, roster))
    script = best(lambda: plain_script(workload, 20))
    yield (
        "M/M/20 at load 0.9: desk, journals built (needed: 60,000 customers/s)",
        f"{len(workload) / desk:,.0f} customers/s",
    )
    yield "M/M/20: plain SimPy script, waits only", f"{len(workload) / script:,.0f} customers/s"
    yield "M/M/20: desk against the script", f"{script / desk:.1f} x"

    crowded = queue.with_({"demand.scale": 1.6})
    flood = sample_workload(crowded, 1, 0)
    slow = best(lambda: simulate(crowded, flood, roster))
    waiting = int(np.sum(simulate(crowded, flood, roster).work["how_ended"] == 5))
    yield (
        f"time a customer with a backlog that grows to {waiting:,}, against load 0.9",
        f"{slow / len(flood) * len(workload) / desk:.2f} x",
    )

    many = queue.with_({"regions.desk.tickets": "1070 per hour"})
    count = len(sample_workload(many, 1, 0))
    yield (
        f"sampling {count:,} tickets (needed: about 2 s a million)",
        f"{best(lambda: sample_workload(many, 1, 0), 3):.2f} s",
    )

    one = "import sim"
    yield (
        "`import sim`, in a new interpreter, less an empty one (needed: 0.5 s)",
        f"{interpreter(one) - interpreter('pass'):.3f} s",
    )


def sum_of(timing: object) -> float:
    """Seconds of all parts."""
    return sum(getattr(timing, part) for part in ("sample_s", "engine_s", "metrics_s"))


def interpreter(code: str) -> float:
    """Seconds of a new interpreter that runs `code`."""
    return best(lambda: subprocess.run([sys.executable, "-c", code], check=True))


def peak_memory_mb() -> float:
    """Peak resident memory of the main job, measured by a child that runs nothing else."""
    code = (
        f"import resource, sim; sim.run(sim.load({str(BASELINE)!r}), workers=1).kpis; "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    return int(out) / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main() -> None:
    """Print the machine and the table."""
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, SimPy {simpy.__version__}\n")
    print("| what | measured |\n|---|---|")
    for what, measured in rows():
        print(f"| {what} | {measured} |", flush=True)


if __name__ == "__main__":
    main()
