"""The order of the house: a module imports only what stands before it."""

import ast
from pathlib import Path

import pytest

import sim

ROOT = Path(sim.__file__).parent

ORDER = (
    "errors", "clock", "periods", "streams", "compiled.lock", "compiled.cache", "compiled.jit",
    "scenario.patterns", "scenario.units", "scenario.tree", "scenario.data_files", "scenario.base", "scenario.demand",
    "scenario.occurrences", "scenario.work", "scenario.policy", "scenario.oncall", "scenario.emergencies",
    "scenario.continuity", "scenario.people", "scenario.staffing", "scenario.limits",
    "scenario.schema", "scenario.days_off", "scenario.keys",
    "scenario.wording", "scenario.findings", "scenario.checks", "scenario.checks_events", "scenario.checks_holidays",
    "scenario.checks_people", "scenario.validate", "scenario.yaml_source", "scenario.changes", "scenario.load",
    "scenario.differences", "scenario.reference", "scenario.table",
    "workload.tape", "workload.tasks", "workload.draws", "workload.durations", "workload.arrivals", "workload.routes",
    "workload.assists", "workload.occurrences", "workload.disruptions", "workload.forecast", "workload.replay",
    "workload.alerts", "workload.filters", "workload.emergencies", "workload.batches", "workload.paging",
    "workload.sample",
    "workforce.roster", "workforce.rules", "workforce.floor", "workforce.network", "workforce.rotas",
    "workforce.cover", "workforce.shifts", "workforce.rotations", "workforce.lines", "workforce.shortfall",
    "workforce.dated_rows", "workforce.explicit", "workforce.export", "workforce.holidays", "workforce.oncall",
    "workforce.away", "workforce.absences", "workforce.hires", "workforce.plan", "workforce.audit",
    "workforce.segments", "workforce.stints", "workforce.vacation", "workforce.sickness", "workforce.attrition",
    "workforce.training", "workforce.onboarding", "workforce.disrupted", "workforce.people", "workforce.stand_ins",
    "workforce.chores", "workforce.presence",
    "engine.journal", "engine.lifecycle", "engine.policy", "engine.ranks", "engine.moments", "engine.lines",
    "engine.reach", "engine.escalation", "engine.emergency", "engine.paging", "engine.rest", "engine.presence",
    "engine.records", "engine.ending", "engine.desk",
    "engine.compiled.codes", "engine.compiled.state", "engine.compiled.arithmetic", "engine.compiled.queues",
    "engine.compiled.journal", "engine.compiled.reach", "engine.compiled.escalation", "engine.compiled.idle",
    "engine.compiled.presence", "engine.compiled.lines", "engine.compiled.work", "engine.compiled.paging",
    "engine.compiled.settling", "engine.compiled.moves", "engine.compiled.loop", "engine.compiled.loading",
    "engine.compiled.ending",
    "engine.kernel",
    "metrics.passes", "metrics.intervals", "metrics.cuts", "metrics.week", "metrics.timesheet", "metrics.sla",
    "metrics.utilization",
    "metrics.flow", "metrics.quality", "metrics.hours", "metrics.pages", "metrics.indicators", "metrics.burnout",
    "metrics.staffing", "metrics.emergencies", "metrics.continuity", "metrics.lost_time", "metrics.setting",
    "metrics.definition", "metrics.desk_figures", "metrics.event_figures", "metrics.people_figures", "metrics.kpis",
    "metrics.measure",
    "metrics.frames", "metrics.dictionary",
    "experiment.estimate", "experiment.notebook", "experiment.parallel", "experiment.engines", "experiment.result",
    "experiment.run",
    "experiment.labels", "experiment.comparison", "experiment.compare", "experiment.store",
    "report.words", "report.findings", "report.advice", "report.events", "report.growth", "report.sentences",
    "report.summary",
    "report.comparison",
    "report.trace", "report.audit", "report.style", "report.plots.sla", "report.plots.waits",
    "report.plots.utilization",
    "report.plots.staffing", "report.plots.backlog", "report.plots.continuity", "report.plots.burnout",
    "report.plots.pages",
    "report.plots.weeks", "report.plots.differences", "report.gallery", "report.pictures",
    "report.headlines", "report.listings", "report.page", "report.plot",
    "cli",
)  # fmt: skip
"""This tuple is the architecture."""

AT_HOME = {
    "simpy": "engine",
    "numba": "compiled",
    "llvmlite": "compiled",
    "matplotlib": "report",
    "jinja2": "report",
    "loky": "experiment",
    "rich": "report",
    "typer": "cli",
    "scipy.optimize.milp": "workforce",
}
"""Libraries that are imported in one place alone (rich also by the command line)."""


def modules() -> dict[str, Path]:
    found = {path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."): path for path in ROOT.rglob("*.py")}
    return {name: path for name, path in found.items() if not name.endswith("__init__") and name != "__main__"}


def imported(path: Path) -> set[str]:
    """Every module that a file imports, in full; `from sim import x` counts as `sim.x`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            module = node.module or ""
            names |= {f"{module}.{alias.name}" for alias in node.names} | {module}
    return names


def test_every_module_has_its_place() -> None:
    assert sorted(modules()) == sorted(ORDER)


PARTS_OF_ONE = {
    **{f"engine.{part}": "engine.desk" for part in
       ("lines", "reach", "escalation", "emergency", "paging", "presence", "ending")},
    "engine.rest": "engine.presence",
}  # fmt: skip
"""Parts of one machine, cut apart to be read: for a type checker alone they may name the whole."""


@pytest.mark.parametrize("name", ORDER)
def test_a_module_imports_only_what_stands_before_it(name: str) -> None:
    ours = {module.removeprefix("sim.") for module in imported(modules()[name])} & set(ORDER)
    later = {module for module in ours if ORDER.index(module) >= ORDER.index(name)}
    assert later <= {PARTS_OF_ONE.get(name)}


@pytest.mark.parametrize(("part", "whole"), sorted(PARTS_OF_ONE.items()))
def test_a_part_names_the_whole_for_the_type_checker_alone(part: str, whole: str) -> None:
    tree = ast.parse(modules()[part].read_text(encoding="utf-8"))
    at_run_time = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert f"sim.{whole}" not in {node.module for node in at_run_time}
    inside = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert not [node for function in inside for node in ast.walk(function) if isinstance(node, ast.ImportFrom)]


def imports_the_package(path: Path) -> bool:
    """Whether a file imports `sim` itself, or a name from it: that would get round the order."""
    return "sim" in imported(path)


@pytest.mark.parametrize("name", ORDER)
def test_a_module_names_the_module_that_it_needs(name: str) -> None:
    assert not imports_the_package(modules()[name])


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("from sim import run", True),
        ("from sim import errors", True),
        ("import sim", True),
        ("def late():\n    from sim import load as read", True),
        ("import sim.errors", False),
        ("from sim.errors import quote", False),
        ("import simpy", False),
    ],
)
def test_public_names_of_the_package_are_seen(tmp_path: Path, text: str, bare: bool) -> None:
    file = tmp_path / "streams.py"
    file.write_text(text, encoding="utf-8")
    assert imports_the_package(file) is bare


@pytest.mark.parametrize(("library", "home"), sorted(AT_HOME.items()))
def test_a_library_is_imported_in_one_place(library: str, home: str) -> None:
    users = {
        name
        for name, path in modules().items()
        if any(module == library or module.startswith(f"{library}.") for module in imported(path))
    }
    allowed = {name for name in ORDER if name.split(".")[0] == home} | ({"cli"} if library == "rich" else set())
    assert users <= allowed


def test_the_engine_knows_no_chance_no_calendar_and_no_file() -> None:
    for name in ("engine.desk", "engine.policy"):
        used = imported(modules()[name])
        assert not used & {"random", "numpy.random", "zoneinfo", "datetime", "pathlib", "pandas", "holidays"}


def test_metrics_know_no_engine() -> None:
    for name in ORDER:
        if name.startswith("metrics."):
            assert not imported(modules()[name]) & {"simpy", "sim.engine.desk", "sim.engine.policy"}
