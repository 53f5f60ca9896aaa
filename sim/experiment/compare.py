"""Compare scenarios on common random numbers: the same tickets, the same luck, another plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from sim.errors import SimError
from sim.experiment.comparison import Comparison
from sim.experiment.labels import labels
from sim.experiment.result import Result
from sim.experiment.run import run_together
from sim.scenario.schema import Scenario
from sim.scenario.tree import written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.experiment.run import Keep

    Subject = Scenario | Result


def compare(
    subjects: Sequence[Subject] | Mapping[str, Subject],
    *,
    replications: int = 8,
    seed: int = 1,
    workers: int | None = None,
    engine: str = "auto",
    journals: Keep = "none",
    simultaneous: bool = True,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Compare scenarios: the first is the base, and every other one is held against it, figure by figure.

    All meet the same random numbers, replication by replication, so that the difference is the plan's and not luck.
    Every figure of an alternative has its difference to the base with a paired interval (`estimate.paired`) and a
    verdict: better or worse; higher or lower where neither is good in itself; cannot tell where the interval holds 0.

    With several alternatives there are as many chances to be misled: at 95 % each, one of five that change nothing
    would be told from the base in more than one comparison out of five. So the intervals of a figure are widened to
    hold for all alternatives together (Bonferroni: each has the confidence 1 - 0.05 / alternatives; Law, section 10.3).
    They are not widened over the figures: of twenty figures that a change leaves alone, expect one to seem changed.

    Args:
        subjects: two scenarios or more, in order or by the labels that they are to have. A `Result` of the same seed
            may stand in the place of a scenario and is not run again.
        replications: of each scenario, ≥ 1; intervals need at least 2. Where results have different numbers, the
            first that all of them have are compared.
        seed: of the random numbers, ≥ 0.
        workers: processors to use; all where none is given.
        engine: `auto`, `desk` or `kernel`; see `sim.run`.
        journals: of which replications the journals are kept in memory: `all`, the `first`, or `none`.
        simultaneous: widen the intervals to hold for all alternatives together.
        progress: called with the number of finished replications, over all scenarios.

    Returns:
        The comparison. Where Ctrl-C interrupts, it is of the replications that all scenarios have.

    Raises:
        SimError: there is nothing to compare, horizons or seeds differ, the data files behind a result have changed
            and others are run now, or what `sim.run` raises.
        KeyboardInterrupt: Ctrl-C came before every scenario had finished a replication.
    """
    started = perf_counter()
    asked: tuple[object, ...] = tuple(subjects) if isinstance(subjects, Mapping) else ()
    if others := [label for label in asked if not isinstance(label, str)]:
        raise SimError(f"labels are text; found {others[0]!r}")
    given = list(subjects.values()) if isinstance(subjects, Mapping) else list(subjects)
    _refuse_unlike(given)
    scenarios = [_scenario(subject) for subject in given]
    _refuse_other_data(given)
    names = tuple(subjects) if isinstance(subjects, Mapping) else labels(scenarios)
    _refuse_other_horizons(names, scenarios)
    _refuse_other_seeds(names, given, seed)
    fresh = run_together(
        [one for one in given if not isinstance(one, Result)],
        replications=replications, seed=seed, workers=workers, engine=engine, journals=journals, progress=progress,
    )  # fmt: skip
    runs = iter(fresh)
    results = [one if isinstance(one, Result) else next(runs) for one in given]
    return Comparison(_aligned(results), names, simultaneous, perf_counter() - started)


def _refuse_unlike(given: list[Subject]) -> None:
    if len(given) < 2:  # noqa: PLR2004 - the base, and what is compared with it
        raise SimError(f"a comparison needs a base and at least one other scenario; found {len(given)}")
    for one in given:
        if not isinstance(one, Scenario | Result):
            raise SimError(
                f"only scenarios (sim.load) and results (sim.run) can be compared; found {type(one).__name__}"
            )


def _scenario(subject: Subject) -> Scenario:
    return subject.scenario if isinstance(subject, Result) else subject


def _refuse_other_data(given: Sequence[Subject]) -> None:
    """What is run now reads the files as they are now."""
    results = [one for one in given if isinstance(one, Result)]
    if len(results) == len(given):
        return
    for one in results:
        if one.hash != one.scenario.hash:
            raise SimError(
                f"the data files of {one.scenario.name} are no longer those of its result ({one.hash}, and now "
                f"{one.scenario.hash}): run it again to compare it with what is run now"
            )


def _refuse_other_horizons(names: Sequence[str], scenarios: Sequence[Scenario]) -> None:
    """Figures over another span of time, or other days, differ for reasons that are not the plan's."""
    base = scenarios[0].horizon.model_dump(mode="json")
    for name, scenario in zip(names[1:], scenarios[1:], strict=True):
        for key, value in scenario.horizon.model_dump(mode="json").items():
            if value != base[key]:
                wanted = f"horizon.{key}={written(base[key])}"
                raise SimError(
                    f"{name} and {names[0]} do not cover the same time: horizon.{key} is {written(value)} in the one, "
                    f"{written(base[key])} in the other; give both the same, for instance with --set {wanted}"
                )


def _refuse_other_seeds(names: Sequence[str], given: Sequence[Subject], seed: int) -> None:
    """Results of one seed alone share their random numbers."""
    seeds = [one.seed if isinstance(one, Result) else seed for one in given]
    for name, found in zip(names, seeds, strict=True):
        if found != seeds[0]:
            raise SimError(
                f"{name} has the seed {found} and {names[0]} the seed {seeds[0]}, so that they do not share "
                f"their random numbers: run both with the same seed"
            )


def _aligned(results: Sequence[Result]) -> tuple[Result, ...]:
    """The results cut to the replications that all of them have."""
    fewest = min(len(result.replications) for result in results)
    return tuple(
        one if len(one.replications) == fewest else replace(one, replications=one.replications[:fewest])
        for one in results
    )
