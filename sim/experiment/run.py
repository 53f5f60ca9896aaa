"""Run a scenario: independent replications, measured and put together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import count, takewhile
from numbers import Integral
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from sim.engine.policy import Policy
from sim.errors import EngineError, SimError, StaffingError
from sim.experiment.engines import COMPILED, PREFERRED, engine_name, on_disk, play, prepare
from sim.experiment.parallel import available_workers, finished
from sim.experiment.result import Replication, Result, Timing
from sim.metrics.measure import measure
from sim.scenario.days_off import clock_of
from sim.scenario.schema import Scenario
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster
from sim.workload.sample import sample_workload, workload_notices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sim.engine.journal import Journals
    from sim.workforce.roster import DutyPlan, Roster
    from sim.workload.tape import Workload

Keep = Literal["all", "first", "none"]


def run(
    scenario: Scenario,
    *,
    replications: int = 1,
    seed: int = 1,
    workers: int | None = None,
    engine: str = "auto",
    journals: Keep = "all",
    progress: Callable[[int], None] | None = None,
) -> Result:
    """Simulate a scenario.

    Args:
        scenario: from `sim.load`.
        replications: independent repetitions, ≥ 1; intervals need at least 2.
        seed: of the random numbers, ≥ 0. The same seed gives the same result, whatever the number of workers.
        workers: processors to use; all where none is given. A process of another pool starts none of its own.
        engine: `desk`, the specification; `kernel`, its compiled twin, which writes the same journals many times
            sooner; or `auto`, which takes the kernel. The result says which one ran.
        journals: of which replications the journals are kept in memory: `all`, the `first`, or `none`.
        progress: called with the number of finished replications whenever one is finished.

    Returns:
        The result. Where Ctrl-C interrupts, or worker processes keep dying, the first so many replications that were
        finished until then, marked as interrupted.

    Raises:
        SimError: an argument is out of range, the scenario's data cannot be read, or the roster cannot be built.
        KeyboardInterrupt: Ctrl-C came before anything was finished.
    """
    (result,) = run_together(
        [scenario], replications=replications, seed=seed, workers=workers, engine=engine, journals=journals,
        progress=progress,
    )  # fmt: skip
    return result


def run_together(
    scenarios: Sequence[Scenario],
    *,
    replications: int,
    seed: int,
    workers: int | None = None,
    engine: str = "auto",
    journals: Keep = "all",
    progress: Callable[[int], None] | None = None,
) -> tuple[Result, ...]:
    """Simulate several scenarios on the same random numbers; what `run` says holds for each of them.

    Replication 0 of all scenarios comes first, then replication 1 of all, and so on: no processor waits for a scenario
    to end, and an interrupt finds about as many replications of each. What it leaves are those that all of them have.
    `progress` counts the replications of all scenarios.
    """
    _check("replications", replications, 1)
    _check("seed", seed, 0)
    _check("workers", 1 if workers is None else workers, 1)
    if journals not in {"all", "first", "none"}:
        raise SimError(f"journals must be all, first or none; found {journals!r}")
    for one in scenarios:
        if not isinstance(one, Scenario):
            raise SimError(f"only a scenario can be run (from sim.load); found {type(one).__name__}")
    started = perf_counter()
    name, hashes = engine_name(engine), [scenario.hash for scenario in scenarios]
    plans = [_plan(scenario) for scenario in scenarios]  # an impossible one is reported before any process starts
    notices = [(*plan.notices, *workload_notices(one)) for one, plan in zip(scenarios, plans, strict=True)]
    jobs = [
        _Job(of, scenario, plan, index)
        for index in range(replications)
        for of, (scenario, plan) in enumerate(zip(scenarios, plans, strict=True))
    ]
    work = partial(_do, seed=seed, engine=name, journals=journals)
    prepare(name)
    results = finished(
        work, jobs, workers or available_workers(), threads=name in COMPILED, processes=on_disk()
    )  # fmt: skip
    done, stop = _done(results, len(scenarios), progress)
    cut = (f"{stop}: not all replications were finished",) if stop else ()
    return tuple(
        Result(
            scenario=scenario, plan=plan, seed=seed, engine=name, asked=replications, interrupted=bool(stop),
            replications=kept, notices=(*told, *cut), wall_s=perf_counter() - started, hash=its_hash,
        )
        for scenario, plan, kept, told, its_hash in zip(scenarios, plans, done, notices, hashes, strict=True)
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """One replication of one scenario, which is number `of`. A job equals itself alone."""

    of: int
    scenario: Scenario
    plan: DutyPlan
    index: int


def _do(job: _Job, *, seed: int, engine: str, journals: Keep) -> tuple[int, Replication]:
    return job.of, replicate(job.scenario, job.plan, job.index, seed=seed, engine=engine, journals=journals)


def _done(
    results: Iterable[tuple[int, Replication]], scenarios: int, progress: Callable[[int], None] | None
) -> tuple[list[tuple[Replication, ...]], str]:
    """The replications that all scenarios have, scenario by scenario, and what stopped the others, or ""."""
    done: list[list[Replication]] = [[] for _ in range(scenarios)]
    stop = ""
    try:
        for count_of_all, (of, replication) in enumerate(results, 1):
            done[of].append(replication)
            if progress is not None:
                progress(count_of_all)
    except (KeyboardInterrupt, EngineError) as reason:
        if not _shared(done)[0]:
            raise
        stop = str(reason) or "interrupted"
    return _shared(done), stop


def _plan(scenario: Scenario) -> DutyPlan:
    try:
        return plan_roster(scenario)
    except StaffingError as error:
        raise StaffingError(f"{scenario.name}: {error}") from None


def _check(name: str, value: object, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < least:
        raise SimError(f"{name} must be a whole number of at least {least}; found {value!r}")


def _unbroken(done: list[Replication]) -> tuple[Replication, ...]:
    """Replications 0, 1, 2, ... up to the first that is missing, so that a shorter run gives the very same figures."""
    by_index = {replication.index: replication for replication in done}
    return tuple(by_index[index] for index in takewhile(by_index.__contains__, count()))


def _shared(done: list[list[Replication]]) -> list[tuple[Replication, ...]]:
    """The unbroken replications of each scenario, as far as all have them."""
    unbroken = [_unbroken(of_one) for of_one in done]
    fewest = min(map(len, unbroken), default=0)
    return [of_one[:fewest] for of_one in unbroken]


def replicate(scenario: Scenario, plan: DutyPlan, index: int, *, seed: int, engine: str, journals: Keep) -> Replication:
    """One replication, from the scenario to its measurement."""
    clock = clock_of(scenario)
    t0 = perf_counter()
    workload, roster = sample_workload(scenario, seed, index), sample_roster(scenario, plan, seed, index)
    t1 = perf_counter()
    written = simulate(scenario, workload, roster, engine)
    t2 = perf_counter()
    measured = measure(written, scenario, clock)
    t3 = perf_counter()
    kept = written if journals == "all" or (journals == "first" and index == 0) else None
    return Replication(index, measured, kept, Timing(t1 - t0, t2 - t1, t3 - t2))


def simulate(scenario: Scenario, workload: Workload, roster: Roster, engine: str = PREFERRED) -> Journals:
    """The journals of a workload before a roster, under the scenario's policy; the engine is named, never `auto`."""
    clock = clock_of(scenario)
    return play(engine, workload, roster, Policy.of(scenario), clock.end, drain=scenario.horizon.drain)
