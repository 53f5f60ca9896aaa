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

WEEK = 7 * 24
RISING = np.arange(4 * WEEK)


def tables(*lines: Any) -> dict[str, pd.DataFrame]:
    """Waiting tasks by hour, a list for each tier."""
    hours = pd.date_range("2026-03-01", periods=len(lines[0]), freq="h", tz="UTC")
    rows = [
        pd.DataFrame({"time": hours, "tier": f"tier{n + 1}", "measure": measure, "mean": mean})
        for n, line in enumerate(lines)
        for measure, mean in (("waiting", np.asarray(line, dtype=float)), ("in_service", 1000.0))
    ]
    return {"backlog_by_time_tier": pd.concat(rows)}


def test_a_line_that_grows_is_told_with_its_length() -> None:
    (told,) = growing(tables(RISING, np.full(4 * WEEK, 40)), 0)
    assert told.sentence.startswith("The line of tier 1 grows week by week: 84 tasks wait on average in the first that")
    assert "is measured, 588 in the last. More comes than its agents can do" in told.sentence
    assert told.brief == "tier1's line grows: 84 tasks in the first week, 588 in the last"


@pytest.mark.parametrize(
    "line",
    [
        np.full(4 * WEEK, 400),
        RISING[::-1],
        1000 + RISING,  # not twice as long
        RISING / 40,  # a few tasks
        np.repeat([0.3, 0.4, 0.5, 90], WEEK),  # a bad spell at the end
        np.repeat([1, 90, 80, 120], WEEK),  # and one from which it recovers for a while
        np.tile(np.repeat([1, 12, 30], 8), 7),  # a day has its rhythm
        RISING[: 3 * WEEK - 1],  # too short to tell
    ],
)
def test_other_lines_are_not(line: Any) -> None:
    assert not list(growing(tables(line), 0))


def test_days_give_the_same_as_hours() -> None:
    hourly = tables(RISING)["backlog_by_time_tier"]
    daily = hourly.set_index("time").groupby(["tier", "measure"])["mean"].resample("D").mean().reset_index()
    (one,), (other,) = growing({"backlog_by_time_tier": hourly}, 0), growing({"backlog_by_time_tier": daily}, 0)
    assert (one.first, one.last) == pytest.approx((other.first, other.last))


def test_the_warm_up_does_not_count() -> None:
    line = np.concatenate([RISING[: 2 * WEEK], np.full(2 * WEEK, 2 * WEEK)])
    filling = np.concatenate([np.full(WEEK, 500), RISING[: 3 * WEEK]])
    assert not list(growing(tables(filling), 0))
    (told,) = growing(tables(filling), 7)
    assert told.first == pytest.approx((WEEK - 1) / 2)
    assert not list(growing(tables(line), 14))


def test_an_overloaded_plan_is_told_on_the_terminal_and_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    usual = sim.load(tmp_path / "s.yaml", {"horizon.days": 21})
    flooded = sim.run(usual.with_({"demand.scale": 9}), workers=1)
    out = io.StringIO()
    print_summary(flooded, Console(file=out, width=80, highlight=False))
    assert "tier1's line grows: " in out.getvalue()
    assert any(told.startswith("The line of tier 1 grows week by week: ") for told in sentences(Findings.of(flooded)))
    calm = sim.run(usual.with_({"demand.scale": 0.2}), workers=1)
    assert not any("grows" in told for told in sentences(Findings.of(calm)))
