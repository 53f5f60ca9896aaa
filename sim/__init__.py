"""Simulate a 24/7 support organisation and plan its capacity.

    >>> import sim
    >>> scenario = sim.load("scenarios/baseline.yaml")
    >>> result = sim.run(scenario, replications=20, seed=1)
    >>> result.kpis.loc["sla.response.P1"]
    >>> sim.plot.utilization(result)

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
    from sim.report import plot
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

_MODULES = {"plot": "sim.report.plot"}

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
    "plot",
    "run",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value: Any = import_module(_MODULES[name])
    elif name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
