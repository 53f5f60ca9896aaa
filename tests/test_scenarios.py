"""The scenarios that are shipped: valid, each with its question, and moving what they say they move."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import sim
from sim.experiment.comparison import LEVEL
from sim.metrics.kpis import KPIS

FOLDER = Path(sim.__file__).parent.parent / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))

SHORT = {"horizon.days": 7, "horizon.warmup_days": 2}
REPLICATIONS = 4

EXPECTED = {
    "volume_plus_20.yaml": {
        "utilization.tier1": "higher",
        "utilization.tier2": "higher",
        "utilization.tier3": "higher",
        "response.mean": "worse",
        "tickets.active": "worse",
        "resolution.rate": "worse",
    },
    "follow_the_sun.yaml": {
        "utilization.tier1": "higher",
        "utilization.tier2": "higher",
        "response.mean": "worse",
        "sla.response.P2": "worse",
    },
}
"""What each what-if does to figures of the baseline, as its file says in a comment that begins with `Expected:`."""

NO_WHAT_IF = {
    "baseline.yaml": "the base of all others",
    "replay.yaml": "other tickets at another desk: nothing to hold against the baseline",
}
"""Files without an expected direction, and why."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_scenario_opens_with_the_question_that_it_asks(file: Path) -> None:
    asked = sim.load(file).question
    first = re.split(r"\n#?\n", file.read_text(encoding="utf-8"))[0]
    opening = " ".join(line.removeprefix("#").strip() for line in first.splitlines())
    assert asked.endswith("?")
    assert opening.startswith(asked)


def test_all_are_valid_for_the_command_line_too() -> None:
    words = [sys.executable, "-m", "sim", "validate", *(file.name for file in FILES)]
    done = subprocess.run(words, cwd=FOLDER, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": valid, hash") == len(FILES)


def test_every_what_if_states_what_it_expects() -> None:
    assert {file.name for file in FILES} == {*EXPECTED, *NO_WHAT_IF}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_file_says_what_the_table_says(name: str) -> None:
    comments = (
        line[1:].strip() for line in (FOLDER / name).read_text(encoding="utf-8").splitlines() if line[:1] == "#"
    )
    _, _, text = " ".join(comments).partition("Expected: ")
    stated = re.findall(r"([a-z_]+(?:\.\w+)+) (better|worse|higher|lower|cannot tell)", text)
    assert dict(stated) == EXPECTED[name]
    assert set(EXPECTED[name]) <= set(KPIS)


@cache
def baseline() -> sim.Result:
    """The baseline, run once for all what-ifs."""
    return sim.run(sim.load(FOLDER / "baseline.yaml", SHORT), replications=REPLICATIONS, workers=1, journals="none")


@pytest.mark.parametrize("name", EXPECTED)
def test_a_what_if_moves_what_it_says(name: str) -> None:
    found = sim.compare([baseline(), sim.load(FOLDER / name, SHORT)], replications=REPLICATIONS, workers=1)
    assert found.level == pytest.approx(LEVEL)
    assert {kpi: found.verdict(kpi) for kpi in EXPECTED[name]} == EXPECTED[name]
