"""Run a scenario: independent replications, measured and put together."""

from __future__ import annotations

from functools import partial
from itertools import count, takewhile
from numbers import Integral
from time import perf_counter
from typing import TYPE_CHECKING, Literal

from sim.engine import desk
from sim.engine.policy import Policy
from sim.errors import EngineError, SimError, nearest
from sim.experiment.parallel import available_workers, finished
from sim.experiment.result import Replication, Result, Timing
from sim.metrics.measure import measure
from sim.scenario.days_off import clock_of
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster
from sim.workload.sample import sample_workload, workload_notices

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.engine.journal import Journals
    from sim.scenario.schema import Scenario
    from sim.workforce.roster import DutyPlan, Roster
    from sim.workload.tape import Workload

ENGINES = {"desk": desk.run}
PREFERRED = "desk"
"""What `auto` means."""

Keep = Literal["all", "first", "none"]


def engine_name(asked: str) -> str:
    """The engine that `asked` means: `auto`, or a name of `ENGINES`.

    Raises:
        EngineError: there is no such engine.
    """
    if asked == "auto":
        return PREFERRED
    if asked not in ENGINES:
        near = nearest(asked, ["auto", *ENGINES])
        hint = f"; did you mean {near}?" if near else ""
        raise EngineError(f"there is no engine {asked!r}; choose auto or {', '.join(ENGINES)}{hint}")
    return asked


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
        workers: processes; all processors where none is given.
        engine: `auto` or `desk`.
        journals: of which replications the journals are kept in memory: `all`, the `first`, or `none`.
        progress: called with the number of finished replications whenever one is finished.

    Returns:
        The result. Where Ctrl-C interrupts, or worker processes keep dying, the first so many replications that were
        finished until then, marked as interrupted.

    Raises:
        SimError: an argument is out of range, the scenario's data cannot be read, or the roster cannot be built.
        KeyboardInterrupt: Ctrl-C came before anything was finished.
    """
    _check("replications", replications, 1)
    _check("seed", seed, 0)
    _check("workers", 1 if workers is None else workers, 1)
    started = perf_counter()
    name = engine_name(engine)
    plan = plan_roster(scenario)  # made once, and an impossible one is reported before any process starts
    notices = (*plan.notices, *workload_notices(scenario))
    done: list[Replication] = []
    interrupted = False
    if journals not in {"all", "first", "none"}:
        raise SimError(f"journals must be all, first or none; found {journals!r}")
    work = partial(replicate, scenario, plan, seed=seed, engine=name, journals=journals)
    try:
        for replication in finished(work, range(replications), workers or available_workers()):
            done.append(replication)
            if progress is not None:
                progress(len(done))
    except (KeyboardInterrupt, EngineError) as stop:
        if not _unbroken(done):
            raise
        interrupted = True
        notices += (f"{str(stop) or 'interrupted'}: not all replications were finished",)
    return Result(
        scenario=scenario, plan=plan, seed=seed, engine=name, asked=replications, interrupted=interrupted,
        replications=_unbroken(done), notices=notices, wall_s=perf_counter() - started,
    )  # fmt: skip


def _check(name: str, value: object, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < least:
        raise SimError(f"{name} must be a whole number of at least {least}; found {value!r}")


def _unbroken(done: list[Replication]) -> tuple[Replication, ...]:
    """Replications 0, 1, 2, ... up to the first that is missing, so that a shorter run gives the very same figures."""
    by_index = {replication.index: replication for replication in done}
    return tuple(by_index[index] for index in takewhile(by_index.__contains__, count()))


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
    """The journals of a workload before a roster, under the scenario's policy."""
    clock = clock_of(scenario)
    return ENGINES[engine](workload, roster, Policy.of(scenario), clock.end, drain=scenario.horizon.drain)
