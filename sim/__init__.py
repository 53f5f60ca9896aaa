"""Simulate a 24/7 support organisation and plan its capacity.

    >>> import sim
    >>> scenario = sim.load("scenarios/baseline.yaml")
    >>> result = sim.run(scenario, replications=20, seed=1)
    >>> result.kpis.loc["sla.response.P1"]

Names are looked up when they are first used, so that `import sim` loads nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.errors import (
        DataError,
        EngineError,
        InputError,
        Problem,
        ResultsError,
        ScenarioError,
        SimError,
        StaffingError,
    )
    from sim.experiment.compare import compare
    from sim.experiment.comparison import Comparison
    from sim.experiment.result import Result
    from sim.experiment.run import run
    from sim.scenario.load import load
    from sim.scenario.schema import Scenario

_HOMES = {
    "load": "sim.scenario.load",
    "compare": "sim.experiment.compare",
    "run": "sim.experiment.run",
    "Scenario": "sim.scenario.schema",
    "Result": "sim.experiment.result",
    "Comparison": "sim.experiment.comparison",
    "Problem": "sim.errors",
    "SimError": "sim.errors",
    "InputError": "sim.errors",
    "ScenarioError": "sim.errors",
    "DataError": "sim.errors",
    "StaffingError": "sim.errors",
    "ResultsError": "sim.errors",
    "EngineError": "sim.errors",
}

__all__ = [
    "Comparison",
    "DataError",
    "EngineError",
    "InputError",
    "Problem",
    "Result",
    "ResultsError",
    "Scenario",
    "ScenarioError",
    "SimError",
    "StaffingError",
    "compare",
    "load",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
