"""Slips of whoever writes Python: each is refused in a sentence, and nothing is mistaken for something else."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import sim

if TYPE_CHECKING:
    from collections.abc import Callable

REPLAY = Path(__file__).parent.parent.parent / "scenarios" / "replay.yaml"


@pytest.mark.parametrize("slip", ["scenarios/baseline.yaml", None, ["scenarios/baseline.yaml"], 3])
def test_only_a_scenario_can_be_run(slip: Any) -> None:
    with pytest.raises(sim.SimError, match=r"only a scenario can be run \(from sim\.load\); found "):
        sim.run(slip)


def test_a_result_is_not_run_again(small: sim.Scenario) -> None:
    result: Any = sim.run(small)
    with pytest.raises(sim.SimError, match="found Result"):
        sim.run(result)


def test_a_section_is_no_scenario(small: sim.Scenario) -> None:
    section: Any = small.demand
    with pytest.raises(sim.SimError, match="found Demand"):
        sim.run(section)
    with pytest.raises(sim.SimError, match="found Demand"):
        sim.compare([small, section])
    labelled: Any = {1: small, 2: small}
    with pytest.raises(sim.SimError, match="labels are text; found 1"):
        sim.compare(labelled)


@pytest.mark.parametrize("slip", [["demand.scale=2"], "demand.scale=2", 2])
def test_changes_are_a_mapping(small: sim.Scenario, slip: Any) -> None:
    with pytest.raises(sim.ScenarioError, match="changes are a mapping of keys to values; found "):
        small.with_(slip)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("response.maen",), "no key figure 'response.maen'; did you mean response.mean?"),
        (("response.mean", "bussy"), "no alternative 'bussy'; did you mean busy?"),
        (("response.mean", "base"), "no alternative 'base'"),
    ],
)
def test_a_verdict_is_of_a_figure_and_an_alternative(small: sim.Scenario, asked: tuple[str, ...], message: str) -> None:
    result = sim.run(small)
    compared = sim.compare({"base": result, "busy": result})
    assert compared.verdict("response.mean", "busy") == "cannot tell"
    with pytest.raises(sim.SimError, match=message.replace("?", r"\?")):
        compared.verdict(*asked)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: sim.plot.sla(None), "of a result \\(from sim.run\\); found NoneType"),  # type: ignore[arg-type]
        (lambda: sim.plot.differences(3), "of a comparison \\(from sim.compare\\); found int"),  # type: ignore[arg-type]
    ],
)
def test_a_plot_is_of_a_result_or_a_comparison(draw: Callable[[], Any], message: str) -> None:
    with pytest.raises(sim.SimError, match=message):
        draw()


def test_results_equal_themselves_alone_and_scenarios_those_that_say_the_same(small: sim.Scenario) -> None:
    one, other = sim.run(small), sim.run(small)
    assert one == one  # noqa: PLR0124
    assert one != other
    assert len({one, other}) == 2
    assert len({small, small.with_(), small.with_({"demand.scale": 2})}) == 2
    turned = small.model_copy(update={"regions": dict(reversed(small.regions.items()))})
    assert (turned == small, hash(turned) == hash(small)) == (True, True)
    asked: list[sim.Scenario] = []
    remembered = lru_cache(asked.append)
    for scenario in (small, small.with_(), small):
        remembered(scenario)
    assert len(asked) == 1


# ---------------------------------------------------------------------- data behind a result


@pytest.fixture
def replay(tmp_path: Path) -> tuple[sim.Scenario, Path]:
    """A scenario with a log of its own."""
    there = sim.load(REPLAY)
    replayed = there.demand.replay
    assert replayed is not None
    log = tmp_path / "log.csv"
    log.write_bytes(Path(replayed.file).read_bytes())
    return sim.load(REPLAY, {"demand.replay.file": str(log)}), log


def test_a_result_has_the_hash_of_what_ran(replay: tuple[sim.Scenario, Path]) -> None:
    scenario, log = replay
    result = sim.run(scenario)
    before = scenario.hash
    assert result.hash == before
    log.write_bytes(b"\n".join(log.read_bytes().splitlines()[:20]) + b"\n")
    assert scenario.hash != before
    assert (result.manifest()["hash"], before in repr(result)) == (before, True)
    with pytest.raises(sim.SimError, match=f"no longer those of its result \\({before}, and now {scenario.hash}\\)"):
        sim.compare([result, scenario])
    log.unlink()
    assert before in result._repr_html_()
    with pytest.raises(sim.SimError, match=r"demand\.replay\.file: the data file cannot be read: No such file"):
        sim.run(scenario)


# ---------------------------------------------------------------------- processes of others


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork here")
@pytest.mark.parametrize("pool", ["multiprocessing.get_context('fork').Pool(1)", "ProcessPoolExecutor(1, FORK)"])
def test_a_run_within_a_process_of_another_pool_starts_none_of_its_own(small_file: Path, pool: str) -> None:
    script = f"""
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
import sim
FORK = multiprocessing.get_context("fork")
def figures(engine):
    result = sim.run(sim.load({str(small_file)!r}), replications=3, workers=2, engine=engine)
    return result.kpis["mean"].round(9).to_json()
here = [figures(engine) for engine in ("desk", "kernel")]
with {pool} as pool:
    ask = pool.apply if hasattr(pool, "apply") else lambda f, a: pool.submit(f, *a).result()
    there = [ask(figures, (engine,)) for engine in ("desk", "kernel")]
assert here == there
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
