"""The command line. stdout holds the result, stderr the progress.

Exit codes: 0 done; 1 a target missed (with `--check`; of a comparison: newly missed), or an audit not passed; 2 the
user's mistake; 130 interrupted.
"""

from __future__ import annotations

import atexit
import gc
import json
import shlex
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.errors import ScenarioError, SimError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

    from sim.errors import Problem
    from sim.experiment.comparison import Comparison
    from sim.experiment.result import Result
    from sim.scenario.schema import Scenario

TARGET_MISSED = 1
USER_MISTAKE = 2
INTERRUPTED = 130

app = typer.Typer(
    name="sim",
    help="Simulate a 24/7 support organisation and plan its capacity.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        sys.stdout.write(f"{version('support-capacity-sim')}\n")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Simulate a 24/7 support organisation and plan its capacity."""


ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (YAML).")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a key, e.g. demand.scale=1.2; repeatable."),
]


Replications = Annotated[int, typer.Option(min=1, help="Independent repetitions; intervals need at least 2.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processors to use; all by default.")]
Out = Annotated[Path | None, typer.Option(help="Results folder, new or empty; by default one below results/.")]
Engine = Annotated[str, typer.Option(help="auto, desk or kernel; auto takes the kernel, and the desk with --trace.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the summary.")]
JournalsKept = Annotated[str, typer.Option(help="Replications whose journals are written: all, first or none.")]


@app.command("run")
def run_command(
    scenario: ScenarioFile,
    replications: Replications = 8,
    seed: Seed = 1,
    workers: Workers = None,
    out: Out = None,
    engine: Engine = "auto",
    changes: Changes = None,
    as_json: AsJson = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 where the mean of a figure misses its target.")
    ] = False,
    journals: JournalsKept = "first",
    trace: Annotated[
        str | None, typer.Option(metavar="TICKET", help="Tell the life of one ticket, e.g. europe/17.")
    ] = None,
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Whether to write report.html and the plots.")
    ] = True,
) -> None:
    """Simulate a scenario and report SLA, utilization and flow."""
    from sim.experiment.store import reserved
    from sim.scenario.load import load

    loaded = load(scenario, changes or ())
    if trace is not None:
        if as_json or check or out is not None:
            raise SimError("--trace tells one life, and goes with none of --json, --check and --out")
        _print_trace(loaded, trace, seed, engine)
        return
    with reserved(out, loaded, seed) as folder:
        result = _run(loaded, replications=replications, seed=seed, workers=workers, engine=engine, journals=journals)
        command = _command(["run", scenario], len(result.replications), seed, engine, journals, changes or [])
        _print_result(result, as_json=as_json)
        _save(lambda: _keep(result, folder, command, report=report), folder, command, as_json=as_json)
    if result.interrupted:
        sys.stderr.write(f"Interrupted: {len(result.replications)} of {result.asked} replications are kept.\n")
        raise typer.Exit(INTERRUPTED)
    if check and result.missed():
        raise typer.Exit(TARGET_MISSED)


def _run(scenario: Scenario, **options: object) -> Result:
    from sim.experiment.run import run

    with _progress(int(str(options["replications"]))) as advance:
        return run(scenario, progress=advance, **options)  # type: ignore[arg-type]


def _print_trace(scenario: Scenario, key: str, seed: int, engine: str) -> None:
    from sim.experiment.engines import traced_name
    from sim.experiment.run import simulate
    from sim.report.trace import trace
    from sim.workforce.plan import plan_roster
    from sim.workforce.presence import sample_roster
    from sim.workload.sample import sample_workload

    name = traced_name(engine)
    plan = plan_roster(scenario)
    roster = sample_roster(scenario, plan, seed, 0)
    journals = simulate(scenario, sample_workload(scenario, seed, 0), roster, name)
    for line in trace(key, journals, scenario, plan.agents.name):
        sys.stdout.write(line + "\n")


def _print_result(result: Result, *, as_json: bool) -> None:
    from sim.report.summary import print_summary

    if as_json:
        _print_json(result)
    else:
        print_summary(result, _console())


def _print_json(found: Result | Comparison) -> None:
    """What was found on stdout, and what to know of it on stderr."""
    sys.stdout.write(json.dumps(found.as_json(), ensure_ascii=False, allow_nan=False) + "\n")
    sys.stderr.writelines(f"note: {notice}\n" for notice in found.notices)


def _save(save: Callable[[], None], folder: Path, command: str, *, as_json: bool) -> None:
    """Keep what was found, and say where; a Ctrl-C that comes now has nothing left to interrupt."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        save()
    finally:
        signal.signal(signal.SIGINT, before)
    said = sys.stderr if as_json else sys.stdout
    said.write(f"\nresults in  {folder}\nagain with  {command}\n")


def _keep(result: Result, folder: Path, command: str, *, report: bool) -> None:
    """Write the results of a run, and the report of them where it is wanted."""
    from sim.experiment.store import save

    save(result, folder, command)
    if report:
        from sim.report.findings import Findings
        from sim.report.page import write_report

        write_report(Findings.of(result, command), folder)


def _command(
    what: Sequence[str | Path], replications: int, seed: int, engine: str, journals: str, changes: list[str]
) -> str:
    words = ["sim", *map(str, what), "--replications", str(replications), "--seed", str(seed)]
    words += ["--engine", engine] if engine != "auto" else []
    words += ["--journals", journals] if journals != "first" else []
    words += [word for change in changes for word in ("--set", change)]
    return shlex.join(words)


@app.command("compare")
def compare_command(
    scenarios: Annotated[list[Path], typer.Argument(metavar="SCENARIO", help="Scenario files, the base first.")],
    replications: Replications = 8,
    seed: Seed = 1,
    workers: Workers = None,
    out: Out = None,
    engine: Engine = "auto",
    changes: Changes = None,
    as_json: AsJson = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 where a mean misses a target that the base meets.")
    ] = False,
    journals: JournalsKept = "first",
    simultaneous: Annotated[
        bool,
        typer.Option(
            "--simultaneous/--separate", help="Intervals that hold for all alternatives together, or each by itself."
        ),
    ] = True,
) -> None:
    """Compare scenarios with the first one, on the very same tickets: better, worse, or cannot tell."""
    from sim.experiment.store import Several, reserved

    loaded = _load_all(scenarios, changes or [])
    with reserved(out, Several(loaded), seed) as folder:
        with _progress(replications * len(loaded)) as advance:
            found = _compare(
                loaded, replications=replications, seed=seed, workers=workers, engine=engine, journals=journals,
                simultaneous=simultaneous, progress=advance,
            )  # fmt: skip
        _print_comparison(found, as_json=as_json)
        again = (found.replications, seed, engine, journals, changes or [])
        command = _command(["compare", *scenarios, *([] if simultaneous else ["--separate"])], *again)
        alone = [_command(["run", file], *again) for file in scenarios]
        _save(lambda: _keep_comparison(found, folder, command, alone), folder, command, as_json=as_json)
    if found.interrupted:
        sys.stderr.write(f"Interrupted: {found.replications} of {replications} replications of each are kept.\n")
        raise typer.Exit(INTERRUPTED)
    if check and any(not turn.met for turn in found.turns):
        raise typer.Exit(TARGET_MISSED)


def _keep_comparison(found: Comparison, folder: Path, command: str, alone: list[str]) -> None:
    """Write a comparison, and its picture."""
    from sim.experiment.store import save_comparison
    from sim.report.pictures import comparison_picture

    save_comparison(found, folder, command, alone)
    picture = comparison_picture(found.kpis)
    (folder / "differences.png").write_bytes(picture.png)
    (folder / "differences.svg").write_bytes(picture.svg)


def _load_all(files: list[Path], changes: list[str]) -> list[Scenario]:
    """The scenarios in the files; what is wrong with any of them is told together, and once where they share it."""
    from sim.scenario.load import load

    loaded: list[Scenario] = []
    problems: list[Problem] = []
    for file in files:
        try:
            loaded.append(load(file, changes))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(dict.fromkeys(problems))
    return loaded


def _compare(scenarios: list[Scenario], **options: object) -> Comparison:
    from sim.experiment.compare import compare

    return compare(scenarios, **options)  # type: ignore[arg-type]


def _print_comparison(found: Comparison, *, as_json: bool) -> None:
    from sim.report.comparison import print_comparison

    if as_json:
        _print_json(found)
    else:
        print_comparison(found, _console())


@app.command("report")
def report_command(
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="A results folder, as `sim run` writes it.")],
) -> None:
    """Write report.html and the plots of a result again."""
    from sim.report.findings import Findings
    from sim.report.page import write_report

    sys.stdout.write(f"report in  {write_report(Findings.read(result), result)}\n")


@app.command()
def validate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenario files.")],
    changes: Changes = None,
) -> None:
    """Check scenario files and the data they refer to, and report everything that is wrong."""
    from sim.scenario.load import load
    from sim.workforce.plan import plan_roster
    from sim.workload.sample import workload_notices

    wrong = 0
    for file in files:
        try:
            scenario = load(file, changes or ())
            notices = (*plan_roster(scenario).notices, *workload_notices(scenario))
        except SimError as error:
            wrong += 1
            sys.stderr.write(f"{error}\n")
            continue
        sys.stdout.write(f"{file}: valid, hash {scenario.hash}\n")
        sys.stdout.writelines(f"  {line}\n" for line in (*map(str, scenario.trail), *notices))
    if wrong:
        raise typer.Exit(USER_MISTAKE)


@app.command("audit")
def audit_command(
    scenario: ScenarioFile,
    changes: Changes = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the tables.")] = False,
) -> None:
    """Hold a scenario's roster against its minimum staffing table and its rules, without a simulation."""
    from sim.report.audit import print_audit
    from sim.scenario.load import load
    from sim.workforce.audit import audit
    from sim.workforce.plan import plan_roster

    loaded = load(scenario, changes or ())
    found = audit(loaded, plan_roster(loaded))
    if as_json:
        sys.stdout.write(json.dumps(found.as_json(), ensure_ascii=False, allow_nan=False) + "\n")
    else:
        print_audit(found, _console())
    if not found.passed:
        raise typer.Exit(TARGET_MISSED)


@app.command()
def schema(
    markdown: Annotated[
        bool, typer.Option("--markdown", help="The reference page instead of the JSON schema.")
    ] = False,
) -> None:
    """Print the JSON schema of scenario files, for editors."""
    from sim.scenario import reference

    text = (
        reference.markdown() if markdown else json.dumps(reference.json_schema(), indent=2, ensure_ascii=False) + "\n"
    )
    sys.stdout.write(text)


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr with the time left; nothing where stderr is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = _console(stderr=True)
    columns = (TextColumn("replications"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.update(task, completed=done)


def _look_for_garbage_seldom() -> None:
    """A command makes little garbage, and what it loads stays to its end: to look through that again and again is idle.

    Most of the time goes at the end, where Python looks once more through all that ends with the process anyway.
    """
    gc.set_threshold(20_000)
    atexit.register(gc.freeze)


def main() -> None:
    """The console script."""
    _look_for_garbage_seldom()
    try:
        app()
    except SimError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(USER_MISTAKE)
    except SystemExit as end:
        if _is_interrupt(end):
            sys.stderr.write("Interrupted before anything was finished: nothing is kept.\n")
        raise


def _is_interrupt(end: SystemExit) -> bool:
    """Whether Ctrl-C came through to typer, which ends without a word; whoever keeps something has said so."""
    return end.__context__ is not None and isinstance(end.__context__.__cause__, KeyboardInterrupt)
