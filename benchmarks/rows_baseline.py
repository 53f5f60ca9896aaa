"""The baseline: its parts, thirty replications, a year."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

from bench import BASELINE, FAST, HERE, Row, best, in_child, peak_mb, side_by_side, tape

import sim
from sim.experiment.parallel import available_workers
from sim.metrics.measure import measure
from sim.scenario.days_off import clock_of
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster
from sim.workload.sample import sample_workload

QUIET = {
    **{f"regions.{region}.alerts": None for region in ("americas", "europe", "apac", "latam")},
    "demand.monitoring": None,
    "oncall": None,
    "work.activation": None,
    "work.critical": None,
}
"""The baseline without alerts, pages and activation."""
REPLICATIONS = 30
YEAR = {"horizon.days": 365, "horizon.warmup_days": 0}


def rows() -> Iterator[Row]:
    """Seconds are those of the quickest run."""
    yield from engines("baseline, 28 + 7 days", sim.load(BASELINE), "≤ 3.5 s", ("≥ 25 x", "60 x"))
    yield from engines("everything switched on", sim.load(HERE / "everything.yaml"), "≤ 6 s")
    yield from parts()
    yield from many()
    yield from year()


def engines(name: str, scenario: sim.Scenario, desk_needed: str, needed: tuple[str, str] = ("", "")) -> Iterator[Row]:
    """Both engines on one tape."""
    played = tape(scenario)
    yield Row(f"{name}: tickets and alerts", f"{len(played.workload):,}")
    fast, desk = side_by_side(played.play, lambda: played.play("desk"), runs=3)
    yield Row(f"{name}: desk, journals built", f"{desk:.3f} s", desk_needed)
    if FAST != "desk":
        yield Row(f"{name}: engine alone, against the desk", f"{desk / fast:.1f} x ({fast * 1000:.1f} ms)", *needed)


def parts() -> Iterator[Row]:
    """What comes before the engine and after it."""
    for name, scenario in (("baseline", sim.load(BASELINE)), ("everything", sim.load(HERE / "everything.yaml"))):
        plan = plan_roster(scenario)
        workload, roster = (
            best(lambda: sample_workload(scenario, 1, 0)),  # noqa: B023 - called at once
            best(lambda: sample_roster(scenario, plan, 1, 0)),  # noqa: B023
        )
        journals = tape(scenario).play()
        measured = best(lambda: measure(journals, scenario, clock_of(scenario)))  # noqa: B023
        yield Row(f"{name}: sampling the workload", f"{workload * 1000:.1f} ms")
        yield Row(f"{name}: sampling the roster", f"{roster * 1000:.1f} ms", "≤ 20 ms" if name == "baseline" else "")
        yield Row(f"{name}: metrics", f"{measured * 1000:.1f} ms")
    baseline = sim.load(BASELINE)
    quiet = baseline.with_(QUIET)
    loud, calm = side_by_side(lambda: sample_workload(baseline, 1, 0), lambda: sample_workload(quiet, 1, 0))
    yield Row("baseline: sampling with alerts, pages and activation against without", f"{loud / calm:.2f} x", "≤ 1.5 x")
    yield Row(
        "baseline: peak memory of one replication to its KPIs", f"{in_child('rows_baseline', 'memory'):.0f} MB",
        "≤ 400 MB",
    )  # fmt: skip


def many() -> Iterator[Row]:
    """Thirty replications with intervals, on all processors."""
    first, again = in_child("rows_baseline", "replications")
    what = f"baseline, {REPLICATIONS} replications, scenario file to KPIs with intervals, {available_workers()} cores"
    yield Row(what, f"{again:.2f} s", "≤ 5 s", "2 s")
    yield Row("the same, first in a process: workers started, roster solved", f"{first:.2f} s")


def replications() -> tuple[float, float]:
    """Seconds of the first run in this process, and of the quickest of three that follow."""

    def run() -> object:
        return sim.run(sim.load(BASELINE), replications=REPLICATIONS, journals="first").records

    start = perf_counter()
    run()
    return perf_counter() - start, best(run, 3)


def year() -> Iterator[Row]:
    """One replication of a year, in processes of their own."""
    tickets, seconds = in_child("rows_baseline", "a_year", 3)
    what = f"baseline, a year, {tickets:,} tickets and alerts: scenario file to KPIs"
    yield Row(what, f"{seconds:.2f} s", "≤ 1.5 s", "0.7 s")
    yield Row("the same: peak memory", f"{in_child('rows_baseline', 'memory', True):,.0f} MB", "≤ 1 GB")


def a_year(runs: int) -> tuple[int, float]:
    """Tickets, and seconds of the quickest run after one of four weeks, which loads all code and solves the roster."""
    sim.run(sim.load(BASELINE), workers=1).records  # noqa: B018 - computed for its time
    seconds = best(lambda: _one(YEAR), runs)
    return len(sample_workload(sim.load(BASELINE, YEAR), 1, 0)), seconds


def memory(of_a_year: bool = False) -> float:
    """Peak resident memory of this process after one replication, MB."""
    _one(YEAR if of_a_year else {})
    return peak_mb()


def _one(changes: dict[str, int]) -> object:
    return sim.run(sim.load(BASELINE, changes), workers=1, journals="none").records
