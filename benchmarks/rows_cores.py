"""How much sooner all processors are than one: threads, and processes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bench import BASELINE, FAST, Row, side_by_side, tape

import sim
from sim.experiment.parallel import available_workers, finished
from sim.experiment.run import replicate
from sim.workforce.plan import plan_roster

EACH = 8
"""Replications for each processor."""


def rows() -> Iterator[Row]:
    """Seconds are those of the quickest run. Processes are started before."""
    scenario, cores = sim.load(BASELINE), available_workers()
    one = partial(replicate, scenario, plan_roster(scenario), seed=1, engine=FAST, journals="none")
    jobs = range(EACH * cores)
    with ThreadPoolExecutor(cores) as pool:
        serial, threads, processes = side_by_side(
            lambda: [one(job) for job in jobs],
            lambda: list(pool.map(one, jobs)),
            lambda: list(finished(one, jobs, cores)),
            runs=3,
        )
        played = tape(scenario)
        alone, together = side_by_side(played.play, lambda: list(pool.map(lambda _: played.play(), range(cores))))
    what = f"baseline, {len(jobs)} replications on {cores} cores against one"
    yield Row(f"{what}: threads", f"{serial / threads:.2f} x")
    yield Row(f"{what}: processes", f"{serial / processes:.2f} x")
    yield Row(f"baseline, engine alone, {cores} cores against one: threads", f"{alone * cores / together:.2f} x")
