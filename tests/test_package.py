"""The package as an importer meets it."""

import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).parent.parent


def loaded(code: str) -> set[str]:
    """The modules in memory after some code."""
    code += "; import sys; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    return set(told.split())


def test_import_sim_loads_nothing_heavy() -> None:
    heavy = {"numpy", "numba", "pandas", "scipy", "matplotlib", "jinja2", "simpy", "pydantic", "typer", "holidays"}
    assert not heavy & loaded("import sim")


def test_a_run_loads_only_what_it_needs() -> None:
    scenario = str(ROOT / "benchmarks" / "mm20.yaml")
    needless = {"scipy.special", "scipy.optimize", "matplotlib", "jinja2", "simpy", "holidays", "loky"}
    assert not needless & loaded(f"import sim; sim.run(sim.load({scenario!r}, {{'horizon.days': 1}})).tables")


def test_every_public_name_is_there() -> None:
    assert [getattr(sim, name).__name__.rpartition(".")[2] for name in sim.__all__] == sim.__all__
    assert set(sim.__all__) <= set(dir(sim))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'simulate_everything'"):
        _ = sim.simulate_everything  # type: ignore[attr-defined]


def test_constraints_pin_every_dependency_and_name_no_index() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in text.splitlines() if "==" in line}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {name.split(">")[0].split("[")[0] for name in project["dependencies"]}
    assert wanted <= pinned


def test_the_version_is_that_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert metadata.version(project["name"]) == project["version"]
