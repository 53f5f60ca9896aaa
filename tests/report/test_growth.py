"""Lines that only grow are told."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

import sim
from sim.report.findings import Findings
from sim.report.growth import growing
from sim.report.sentences import sentences
from sim.report.summary import print_summary
from tests.report.test_summary import SCENARIO


def tables(*lines: Any, warmup_days: int = 0) -> dict[str, pd.DataFrame]:
    """Waiting tasks by hour, a list for each tier."""
    hours = pd.date_range("2026-03-01", periods=len(lines[0]), freq="h", tz="UTC")
    rows = [
        pd.DataFrame({"time": hours, "tier": f"tier{n + 1}", "measure": measure, "mean": mean})
        for n, line in enumerate(lines)
        for measure, mean in (("waiting", np.asarray(line, dtype=float)), ("in_service", 1000.0))
    ]
    return {"backlog_by_time_tier": pd.concat(rows)}


def test_a_line_that_grows_is_told_with_its_length() -> None:
    (told,) = growing(tables(np.arange(300), np.full(300, 40)), 0)
    assert told.sentence.startswith("The line of tier 1 grows: 50 tasks wait on average in the first third of the time")
    assert "measured, 250 in the last. More comes than its agents can do" in told.sentence
    assert told.brief == "tier1's line grows: 50 tasks in the first third, 250 in the last"


@pytest.mark.parametrize(
    "line",
    [
        np.full(300, 400),
        np.arange(300, 0, -1),
        300 + np.arange(300),  # not twice as long
        np.arange(300) / 20,  # a few tasks
        np.concatenate([np.zeros(100), np.full(100, 90), np.full(100, 60)]),  # a bad spell
        np.array([0, 500]),  # too short to tell
    ],
)
def test_other_lines_are_not(line: Any) -> None:
    assert not list(growing(tables(line), 0))


def test_the_warm_up_does_not_count() -> None:
    line = np.concatenate([np.arange(48), np.full(252, 48)])
    assert list(growing(tables(line / 1.0), 0)) == []
    start = np.concatenate([np.zeros(96), np.full(204, 60)])
    assert not list(growing(tables(start), 4))


def test_an_overloaded_plan_is_told_on_the_terminal_and_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    usual = sim.load(tmp_path / "s.yaml", {"horizon.days": 9})
    flooded = sim.run(usual.with_({"demand.scale": 9}), workers=1)
    out = io.StringIO()
    print_summary(flooded, Console(file=out, width=80, highlight=False))
    assert "tier1's line grows: " in out.getvalue()
    assert any(told.startswith("The line of tier 1 grows: ") for told in sentences(Findings.of(flooded)))
    calm = sim.run(usual.with_({"demand.scale": 0.2}), workers=1)
    assert not any("grows" in told for told in sentences(Findings.of(calm)))
