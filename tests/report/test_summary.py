"""The summary on the terminal."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import sim
from sim.report.summary import figure, print_summary

SCENARIO = """\
name: "[red]loud[/red]"
question: Is [1.1] kept as text?
horizon: {start: 2026-03-02, days: 2, warmup_days: 0}
regions: {here: {zone: UTC, tickets: 6 per hour}}
work: {handle: {tier1: {mean: 30 min}, tier2: {mean: 1 h}, tier3: {mean: 1 h}, tier4: {mean: 1 h}}}
targets: {response: {P3: 5 min, P4: 5 min}}
staffing: {mode: flat, flat: {here: {tier1: 2, tier2: 2, tier3: 1, tier4: 1}}}
"""


def summary(tmp_path: Path, text: str = SCENARIO, replications: int = 2, width: int = 80) -> str:
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    result = sim.run(sim.load(tmp_path / "s.yaml"), replications=replications, workers=1)
    out = io.StringIO()
    print_summary(result, Console(file=out, width=width, highlight=False))
    return out.getvalue()


def test_it_tells_targets_bands_hours_and_the_verdict(tmp_path: Path) -> None:
    text = summary(tmp_path)
    assert "response in time, target 95 %" in text
    assert "✗" in text
    assert "Worst hours" in text
    assert "targets missed: " in text
    assert "2 days, no warm-up · 2 replications · " in text


def test_what_an_interval_leaves_open_is_neither_met_nor_missed(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    result = sim.run(sim.load(tmp_path / "s.yaml"), replications=2, workers=1)
    judged = {name: record for name, record in result.records.items() if record.get("target") and record["mean"]}
    name, record = next(iter(judged.items()))
    record |= {"low": record["target"] - 20, "high": record["target"] + 4, "mean": record["target"] - 8, "met": False}
    for other in judged:
        if other != name:
            judged[other] |= {"low": 99.0, "mean": 99.5, "high": 100.0, "met": True}
    out = io.StringIO()
    print_summary(result, Console(file=out, width=200, highlight=False))
    assert f"({record['low']:.1f}-{record['high']:.1f}) ?" in out.getvalue()
    assert "✗" not in out.getvalue()
    last = f"0 of {len(judged)} targets missed; cannot tell of {name}, whose intervals hold the target"
    assert last in out.getvalue()


def test_names_are_text_and_never_markup(tmp_path: Path) -> None:
    text = summary(tmp_path)
    assert "[red]loud[/red]" in text
    assert "Is [1.1] kept as text?" in text


def test_all_targets_met_is_said(tmp_path: Path) -> None:
    easy = SCENARIO.replace("5 min, P4: 5 min", "5 d, P4: 5 d").replace("targets: {", "targets: {first_contact: 1 %, ")
    easy = easy.replace("days: 2", "days: 9").replace("{tier1: 2,", "{tier1: 6,")
    assert "All 3 targets met." in summary(tmp_path, easy)


def test_without_deadlines_there_is_no_data_and_no_worst_hour(tmp_path: Path) -> None:
    text = summary(tmp_path, SCENARIO.replace("targets: {response: {P3: 5 min, P4: 5 min}}\n", ""))
    assert "no data" in text
    assert "Worst hours" not in text


def test_at_80_columns_no_cell_is_folded(tmp_path: Path) -> None:
    busy = SCENARIO.replace("days: 2", "days: 9").replace("6 per hour", "60 per hour")  # figures of five digits
    narrow, wide = (summary(tmp_path, busy, width=width) for width in (80, 200))
    assert " tickets (" in narrow
    narrow, wide = (text[text.index("Service level") :] for text in (narrow, wide))  # the time it took is above
    assert [line.split() for line in narrow.splitlines()] == [line.split() for line in wide.splitlines()]


def test_who_gave_up_is_said(tmp_path: Path) -> None:
    impatient = SCENARIO + ("demand: {channels: {phone: {share: 100 %, patience: {family: constant, mean: 1 min}}}}\n")
    assert "% of all created" in summary(tmp_path, impatient)


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"mean": 80.64, "low": 79.1, "high": 82.0, "unit": "%"}, "80.6 % (79.1-82.0)"),
        ({"mean": 80.64, "low": None, "high": None, "unit": "%"}, "80.6 %"),
        ({"mean": 12345.6, "low": 12000.0, "high": 13000.0, "unit": "tickets"}, "12,346 tickets (12,000-13,000)"),
        ({"mean": None, "low": None, "high": None, "unit": "%"}, "no data"),
    ],
)
def test_a_figure_has_its_unit_and_interval(record: dict[str, Any], text: str) -> None:
    assert figure(record) == text
