"""Which engine runs, and what it takes to be there."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest

import sim
from sim.engine.policy import Policy
from sim.experiment.engines import COMPILED, ENGINES, engine_name, on_disk, play, prepare, traced_name
from sim.metrics import passes

RUN = """
import sys, sim
result = sim.run(sim.load({file!r}), engine={engine!r}, workers=1)
assert result.engine == {engine!r}
print(*sorted({{"simpy", "sim.engine.desk", "sim.engine.kernel"}} & set(sys.modules)))
"""


@pytest.mark.parametrize(("engine", "needed"), [("desk", "sim.engine.desk simpy"), ("kernel", "sim.engine.kernel")])
def test_an_engine_loads_what_it_needs_alone(engine: str, needed: str, small: Any, small_file: Any) -> None:
    code = RUN.format(file=str(small_file), engine=engine)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == needed


def test_auto_takes_the_kernel_and_a_trace_the_desk() -> None:
    assert engine_name("auto") == "kernel"
    assert traced_name("auto") == traced_name("desk") == "desk"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("kernle", "there is no engine 'kernle'; choose auto, desk or kernel; did you mean kernel?"),
        ("dsek", "there is no engine 'dsek'; choose auto, desk or kernel; did you mean desk?"),
    ],
)
def test_an_engine_that_does_not_exist_is_refused(small: sim.Scenario, asked: str, message: str) -> None:
    with pytest.raises(sim.EngineError) as refused:
        sim.run(small, engine=asked)
    assert str(refused.value) == message


def test_a_trace_by_the_kernel_is_refused() -> None:
    with pytest.raises(sim.EngineError, match="--trace stays with the desk, and goes with no --engine kernel"):
        traced_name("kernel")


@dataclass(frozen=True)
class Whim(Policy):
    """A policy with code of its own."""


@pytest.mark.parametrize("engine", sorted(COMPILED))
def test_a_policy_written_in_python_stays_with_the_desk(engine: str, small: sim.Scenario) -> None:
    plain = Policy.of(small)
    own = Whim(**{name: getattr(plain, name) for name in Policy.__dataclass_fields__})
    with pytest.raises(sim.EngineError) as refused:
        play(engine, *(None, None), own, 1)  # type: ignore[arg-type]
    assert str(refused.value) == (
        f"the {engine} cannot run Whim, a policy written in Python: take the desk (engine='desk')"
    )


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_what_is_prepared_is_at_hand(engine: str) -> None:
    prepare(engine)
    assert on_disk()


def test_what_cannot_be_kept_is_said_of_the_metrics_too(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare("desk")
    monkeypatch.setattr(passes.fill_bins.shelf, "folder", None)  # type: ignore[attr-defined]
    assert not on_disk()
