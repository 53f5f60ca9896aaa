"""The command line, as a user runs it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCENARIO = """\
question: Does it work?
horizon: {start: 2026-03-02, days: 1, warmup_days: 0}
regions:
  here: {zone: Europe/London, tickets: 10 per hour}
work:
  handle: {tier1: {mean: 10 min}, tier2: {mean: 20 min}, tier3: {mean: 20 min}, tier4: {mean: 20 min}}
targets:
  response: {P1: 15 min, P2: 1 h, P3: 4 h, P4: 8 h}
staffing:
  mode: flat
  flat: {here: {tier1: 3, tier2: 1, tier3: 1, tier4: 1}}
"""


class Cli:
    """Runs `sim` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        if words[0] == "run" and "--report" not in words:
            words = (*words, "--no-report")  # which takes longer than these runs do, and has tests of its own
        return subprocess.run(
            [sys.executable, "-m", "sim", *words],
            cwd=self.folder, capture_output=True, text=True, check=False, timeout=120, env=self.environment,
        )  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "COLUMNS": "120", "NO_COLOR": "1", "PYTHONUTF8": "1"}

    def write(self, name: str, text: str) -> str:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def runs(self, scenario: str = "small") -> list[Path]:
        return sorted((self.folder / "results" / scenario).glob("[!.]*"))


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    made = Cli(tmp_path)
    made.write("small.yaml", SCENARIO)
    return made


def test_a_run_prints_a_summary_and_keeps_results(cli: Cli) -> None:
    done = cli("run", "small.yaml", "--replications", "2", "--seed", "7")
    assert done.returncode == 0, done.stderr
    for text in ("Does it work?", "2 replications", "seed 7", "SLA met", "tier1", "Adjust staffing down"):
        assert text in done.stdout
    assert "again with  sim run small.yaml --replications 2 --seed 7" in done.stdout
    (folder,) = cli.runs()
    assert f"results in  {folder.relative_to(cli.folder)}" in done.stdout
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == "sim run small.yaml --replications 2 --seed 7"
    assert done.stderr == ""


def test_the_command_in_the_manifest_makes_the_same_figures(cli: Cli) -> None:
    cli("run", "small.yaml", "--replications", "2", "--set", "demand.scale=1.5", "--out", "first")
    manifest = json.loads((cli.folder / "first" / "manifest.json").read_text(encoding="utf-8"))
    again = cli(*manifest["command"].split()[1:], "--out", "second")
    assert again.returncode == 0
    first, second = ((cli.folder / name / "kpis.csv").read_bytes() for name in ("first", "second"))
    assert first == second


def test_a_run_writes_its_report_and_sim_report_makes_the_same_again(cli: Cli) -> None:
    done = cli("run", "small.yaml", "--replications", "2", "--out", "here", "--report")
    assert (done.returncode, done.stderr) == (0, "")
    folder = cli.folder / "here"
    files = [folder / "report.html", *sorted((folder / "plots").iterdir())]
    assert {"sla.png", "sla.svg", "utilization.png", "staffing.svg", "backlog.svg"} <= {file.name for file in files}
    before = [file.read_bytes() for file in files]
    assert b"sim run small.yaml --replications 2 --seed 1" in before[0]
    files[0].write_text("spoiled", encoding="utf-8")
    again = cli("report", "here")
    assert again.returncode == 0, again.stderr
    assert again.stdout == f"report in  {Path('here') / 'report.html'}\n"
    assert [file.read_bytes() for file in files] == before


def test_a_report_can_be_left_out(cli: Cli) -> None:
    assert cli("run", "small.yaml", "--replications", "1", "--out", "here", "--no-report").returncode == 0
    assert not {"report.html", "plots"} & {path.name for path in (cli.folder / "here").iterdir()}


def test_json_is_alone_on_stdout(cli: Cli) -> None:
    done = cli("run", "small.yaml", "--json", "--replications", "2")
    report = json.loads(done.stdout)
    assert list(report) == [
        "scenario", "hash", "seed", "engine", "replications", "horizon_days", "warmup_days", "wall_s", "timing", "kpis",
    ]  # fmt: skip
    assert set(report["timing"]) == {"sample_s", "engine_s", "metrics_s"}
    assert (report["scenario"], report["engine"], report["replications"], report["horizon_days"]) == (
        "small",
        "kernel",
        2,
        1,
    )
    for record in report["kpis"].values():
        assert {"mean", "low", "high", "unit"} <= set(record)
    wanted = [f"sla.{what}.P{n}" for what in ("response", "resolution") for n in range(1, 5)]
    wanted += [f"utilization.tier{n}" for n in range(1, 5)]
    wanted += ["response.mean", "wait.mean", "wait.probability", "tickets.count", "tickets.active", "tickets.pending"]
    wanted += ["tickets.abandoned", "resolution.rate", "fcr", "reopened"]
    assert set(wanted) <= set(report["kpis"])
    assert report["kpis"]["sla.response.P3"]["target"] == 95
    assert "target" not in report["kpis"]["sla.resolution.P3"]


def test_one_replication_has_null_intervals(cli: Cli) -> None:
    record = json.loads(cli("run", "small.yaml", "--json", "--replications", "1").stdout)["kpis"]["response.mean"]
    assert record["low"] is None
    assert record["high"] is None
    assert record["mean"] > 0


def test_check_tells_whether_targets_are_met(cli: Cli) -> None:
    assert (
        cli(
            "run", "small.yaml", "--check", "--set", "targets.first_contact=1 %", "--set", "targets.response_met=1 %"
        ).returncode
        == 0
    )
    slow = ("--set", "staffing.flat.here.tier1=1", "--set", "work.handle.tier1.mean=2 h")
    missed = cli("run", "small.yaml", "--check", *slow)
    assert missed.returncode == 1
    assert "targets missed: " in missed.stdout
    assert "sla.response.P3" in missed.stdout
    assert cli("run", "small.yaml", *slow).returncode == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "smal.yaml"], "smal.yaml: "),
        (["run", "small.yaml", "--engine", "swift"], "there is no engine 'swift'; choose auto, desk or kernel"),
        (["run", "small.yaml", "--set", "demand.scael=2"], "did you mean scale?"),
        (["run", "small.yaml", "--journals", "some"], "journals must be all, first or none; found 'some'"),
        (["run", "small.yaml", "--trace", "here/1", "--json"], "--trace tells one life, and goes with none of --json"),
        (["run", "small.yaml", "--trace", "here/1", "--engine", "kernel"], "--trace stays with the desk"),
        (["run", "small.yaml", "--trace", "here/1", "--engine", "swift"], "there is no engine 'swift'"),
        (["run", "small.yaml", "--out", "small.yaml/results"], "cannot be written"),
        (["run", "small.yaml", "--trace", "there/1"], "'there/1' is no ticket: write region/number, such as here/17"),
        (["run", "small.yaml", "--trace", "here/999999"], "here has no ticket 999999"),
        (["run", "small.yaml", "--replications", "0"], "--replications"),
        (["run", "."], "is a directory"),
        (["report", "nowhere"], "nowhere is no folder; name a folder that `sim run` has written"),
        (["report", "."], ". holds no results: there is no manifest.json in it"),
        (["report"], "RESULT"),
        (["run"], "SCENARIO"),
        (["compare", "small.yaml"], "a comparison needs a base and at least one other scenario; found 1"),
        (["compare", "small.yaml", "smal.yaml"], "smal.yaml: "),
        (["compare", "small.yaml", "small.yaml", "--engine", "swift"], "there is no engine 'swift'"),
        (["fly"], "fly"),
    ],
)
def test_a_mistake_is_told_without_a_traceback(cli: Cli, words: list[str], message: str) -> None:
    done = cli(*words)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not cli.runs()


def test_what_is_wrong_with_several_files_is_told_together_and_once(cli: Cli) -> None:
    cli.write("parent.yaml", SCENARIO.replace("10 min", "10 minits"))
    cli.write("one.yaml", "extends: parent.yaml\n")
    cli.write("two.yaml", "extends: parent.yaml\ndemand: {scael: 2}\n")
    done = cli("compare", "small.yaml", "one.yaml", "two.yaml")
    assert done.returncode == 2
    assert done.stderr.count("parent.yaml:6: work.handle.tier1.mean") == 1
    assert done.stderr.count("two.yaml:2: demand.scael") == 1
    assert not cli.runs("small-compared")


def test_a_taken_folder_is_refused_before_any_work(cli: Cli) -> None:
    cli.folder.joinpath("out").mkdir()
    cli.write("out/mine.txt", "keep me")
    done = cli("run", "small.yaml", "--out", "out")
    assert done.returncode == 2
    assert "out exists already and is not overwritten" in done.stderr
    assert [path.name for path in (cli.folder / "out").iterdir()] == ["mine.txt"]


def test_validate_reports_everything_in_every_file(cli: Cli) -> None:
    cli.write("child.yaml", "extends: small.yaml\ndemand: {scale: 2}\n")
    cli.write("wrong.yaml", SCENARIO.replace("10 min", "10 minits").replace("days: 1", "days: -1"))
    good = cli("validate", "small.yaml", "child.yaml")
    assert good.returncode == 0
    assert "small.yaml: valid, hash" in good.stdout
    assert "demand.scale: (not set) → 2" in good.stdout
    both = cli("validate", "small.yaml", "wrong.yaml")
    assert both.returncode == 2
    assert "small.yaml: valid" in both.stdout
    assert "wrong.yaml:2: horizon.days" in both.stderr
    assert "wrong.yaml:6: work.handle.tier1.mean" in both.stderr


def test_validate_reads_a_dated_roster_and_tells_what_it_found(cli: Cli) -> None:
    roster = "staffing: {mode: explicit, explicit: {file: roster.csv}}\n"
    cli.write("dated.yaml", SCENARIO[: SCENARIO.index("staffing:")] + roster)
    rows = [f"P{n},2026-03-02,08:00-16:00,tier{n}" for n in (1, 2, 3, 4)]
    cli.write("roster.csv", "\n".join(["agent,date,shift,tier", *rows, "P1,2027-03-02,O,tier1", ""]))
    good = cli("validate", "dated.yaml")
    assert good.returncode == 0, good.stderr
    assert "roster.csv: 5 rows read, 4 agents with 4 duties in the run" in good.stdout
    assert "1 row left out: outside the run" in good.stdout
    cli.write("roster.csv", "agent,date,shift,tier\nAda,2026-03-02,D,tier1\nAda,soon,O,tier1\n")
    bad = cli("validate", "dated.yaml")
    assert bad.returncode == 2
    assert "roster.csv:2: shift: must be a span such as 06:00-14:00" in bad.stderr
    assert "roster.csv:3: date: must hold dates" in bad.stderr


def test_runs_that_begin_together_all_keep_their_results(cli: Cli) -> None:
    words = [sys.executable, "-m", "sim", "run", "small.yaml", "--replications", "1", "--json", "--no-report"]
    running = [
        subprocess.Popen(words, cwd=cli.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=cli.environment)
        for _ in range(3)
    ]
    outputs = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], outputs
    assert len(cli.runs()) == 3


def test_with_json_the_folder_and_the_notices_go_to_stderr(cli: Cli) -> None:
    cli.write("log.csv", "opened\n2026-03-02 10:00\n2027-01-01 10:00\n")
    done = cli("run", "small.yaml", "--json", "--set", "demand.replay={file: log.csv, columns: {created: opened}}")
    assert json.loads(done.stdout)["kpis"]["tickets.count"]["mean"] == 1
    assert "note: " in done.stderr
    assert "results in  results" in done.stderr


COVER = """\
horizon: {start: 2026-03-02, days: 14, warmup_days: 0}
regions:
  here: {zone: Europe/London, tickets: 1 per hour, shifts: {D: 06:00-14:00, S: 14:00-22:00, N: 22:00-06:00}}
work:
  routes: {P1: {tiers: [tier1]}, P2: {tiers: [tier1]}, P3: {tiers: [tier1]}, P4: {tiers: [tier1]}}
  handle: {tier1: {mean: 10 min}}
staffing:
  mode: cover
  minimum: {all: {agents: {tier1: 1}}}
"""


def test_an_audit_passes_where_the_floor_is_met_and_no_rule_broken(cli: Cli) -> None:
    cli.write("cover.yaml", COVER)
    done = cli("audit", "cover.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The floor is met, and no rule is broken." in done.stdout
    assert cli.runs("cover") == []


def test_an_audit_that_finds_something_ends_with_1(cli: Cli) -> None:
    cli.write("cover.yaml", COVER)
    done = cli("audit", "cover.yaml", "--set", "staffing.cover.shifts=[D, S]", "--json")
    assert (done.returncode, done.stderr) == (1, "")
    found = json.loads(done.stdout)
    assert found["passed"] is False
    assert found["notices"][0].startswith("here tier1: Mon-Sun 00:00-06:00, 1 missing; Mon-Sun 22:00-24:00, 1 missing:")
    valid = cli("validate", "cover.yaml", "--set", "staffing.cover.shifts=[D, S]")
    assert found["notices"][0] in valid.stdout


def test_the_version_is_told(cli: Cli) -> None:
    assert cli("--version").stdout.strip().count(".") == 2


def test_schema_is_json_or_a_page(cli: Cli) -> None:
    schema = json.loads(cli("schema").stdout)
    assert {"horizon", "regions", "extends"} <= set(schema["properties"])
    page = Path(__file__).parent.parent / "docs" / "scenario.md"
    assert cli("schema", "--markdown").stdout == page.read_text(encoding="utf-8")


def test_a_trace_tells_a_life_in_order(cli: Cli) -> None:
    done = cli("run", "small.yaml", "--trace", "here/20", "--set", "targets.resolution.P4=1 d")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "here/20 comes in by email" in lines[0]
    assert "waits in line at here/tier" in lines[1]
    assert any("takes it, after" in line for line in lines)
    assert [line[:19] for line in lines] == sorted(line[:19] for line in lines)
    assert not cli.runs()


def hears_ctrl_c() -> None:
    """What runs in the background of a shell ignores Ctrl-C, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupted(cli: Cli, *words: str, replications: int = 100_000) -> tuple[int, str]:
    """Exit code and stderr of a run that hears Ctrl-C while it is at work."""
    asked = ("--replications", str(replications), "--workers", "2", "--journals", "none")
    running = subprocess.Popen(
        [sys.executable, "-m", "sim", *words, *asked],
        cwd=cli.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=cli.environment, start_new_session=True,
        preexec_fn=hears_ctrl_c,  # noqa: PLW1509 - no threads here
    )  # fmt: skip
    try:
        time.sleep(8)
        os.killpg(running.pid, signal.SIGINT)
        _, errors = running.communicate(timeout=60)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
    return running.returncode, errors


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
@pytest.mark.parametrize(
    ("words", "filed", "of_each"),
    [(["run", "small.yaml"], "small", ""), (["compare", "small.yaml", "small.yaml"], "small-compared", " of each")],
)
def test_ctrl_c_keeps_what_is_finished(cli: Cli, words: list[str], filed: str, of_each: str) -> None:
    code, errors = interrupted(cli, *words)
    assert code == 130
    assert "Traceback" not in errors
    (folder,) = cli.runs(filed)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["interrupted"] is True
    assert 0 < manifest["replications"] < 100000
    assert f"--replications {manifest['replications']} " in manifest["command"]
    assert f"{manifest['replications']} of 100000 replications{of_each} are kept" in errors


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_ctrl_c_before_anything_is_finished_says_so(cli: Cli) -> None:
    forever = ("run", "small.yaml", "--engine", "desk", "--set", "horizon.days=3660", "--no-report")
    code, errors = interrupted(cli, *forever, replications=1)
    assert (code, errors.splitlines()[-1]) == (130, "Interrupted before anything was finished: nothing is kept.")
    assert "Traceback" not in errors
    assert not cli.runs()


def test_a_comparison_prints_verdicts_and_keeps_results(cli: Cli) -> None:
    cli.write("busy.yaml", "extends: small.yaml\nquestion: And with more to do?\ndemand: {scale: 2}\n")
    words = (
        "compare",
        "small.yaml",
        "busy.yaml",
        "--replications",
        "3",
        "--seed",
        "7",
        "--set",
        "targets.first_contact=1 %",
    )
    done = cli(*words)
    assert done.returncode == 0, done.stderr
    for text in ("small is the base", "And with more to do?", "demand.scale: (not set) → 2", "3 replications each"):
        assert text in done.stdout
    assert "Higher or lower (" in done.stdout
    command = "sim compare small.yaml busy.yaml --replications 3 --seed 7 --set 'targets.first_contact=1 %'"
    assert f"again with  {command}" in done.stdout
    assert done.stderr == ""
    (folder,) = cli.runs("small-compared")
    assert f"results in  {folder.relative_to(cli.folder)}" in done.stdout
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == command
    assert manifest["folders"] == {"small": "1-small", "busy": "2-busy"}
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json", "comparison.csv", "comparison.parquet", "1-small", "2-busy",
        "differences.png", "differences.svg",
    }  # fmt: skip


def test_each_scenario_of_a_comparison_is_kept_as_its_own_run_would_be(cli: Cli) -> None:
    cli.write("b/small.yaml", SCENARIO.replace("tier1: 3", "tier1: 2"))
    done = cli("compare", "small.yaml", "b/small.yaml", "--replications", "2", "--workers", "1", "--out", "both")
    assert done.returncode == 0, done.stderr
    (kept,) = (cli.folder / "both").glob("2-*")
    command = json.loads((kept / "manifest.json").read_text(encoding="utf-8"))["command"]
    assert command == "sim run b/small.yaml --replications 2 --seed 1"
    assert cli(*command.split()[1:], "--workers", "1", "--out", "alone").returncode == 0
    names = [path.relative_to(kept) for path in kept.rglob("*") if path.is_file() and path.name != "manifest.json"]
    assert len(names) > 10
    for name in names:
        assert (kept / name).read_bytes() == (cli.folder / "alone" / name).read_bytes(), name


def test_json_of_a_comparison_is_alone_on_stdout(cli: Cli) -> None:
    cli.write("busy.yaml", "extends: small.yaml\ndemand: {scale: 2}\n")
    done = cli(
        "compare",
        "small.yaml",
        "busy.yaml",
        "small.yaml",
        "--json",
        "--replications",
        "2",
        "--workers",
        "1",
        "--separate",
    )
    report = json.loads(done.stdout)
    assert list(report) == [
        "base", "scenarios", "seed", "engine", "replications", "horizon_days", "warmup_days", "wall_s", "simultaneous",
        "level", "gain", "kpis",
    ]  # fmt: skip
    assert (report["simultaneous"], report["level"]) == (False, 0.95)
    assert list(report["scenarios"]) == ["small", "busy", "small (2)"]
    figures = report["kpis"]["tickets.count"]["scenarios"]
    assert figures["busy"]["difference"]["mean"] > 0
    assert figures["small (2)"]["difference"]["mean"] == 0
    assert "--separate" in done.stderr


def test_check_of_a_comparison_tells_whether_a_target_is_newly_missed(cli: Cli) -> None:
    cli.write("slow.yaml", "extends: small.yaml\nwork: {handle: {tier1: {mean: 2 h}}}\n")
    assert cli("compare", "small.yaml", "slow.yaml", "--check", "--replications", "2", "--workers", "1").returncode == 1
    assert cli("compare", "slow.yaml", "small.yaml", "--check", "--replications", "2", "--workers", "1").returncode == 0
