"""What a notebook shows of a result, word for word."""

from __future__ import annotations

from dataclasses import replace

import pytest

import sim
from sim.experiment.notebook import figure, html, interval


def test_figures_targets_and_bands_are_in_rows() -> None:
    records = {
        "sla.response.P1": {"mean": 80.94, "low": 78.6, "high": 83.1, "unit": "%", "target": 95.0, "met": False},
        "utilization.tier1": {"mean": 72.0, "low": None, "high": None, "unit": "%", "band": "optimal"},
        "fcr": {"mean": None, "low": None, "high": None, "unit": "%", "target": 85.0, "met": None},
        "tickets.count": {"mean": 28301.6, "low": 27858.0, "high": 28745.0, "unit": "tickets"},
    }
    rows = html("world", (), records).split("<tr>")[1:]
    cells = [[cell.split("</td>")[0] for cell in row.split("<td>")[1:]] for row in rows]
    assert cells == [
        ["80.9", "78.6 to 83.1", "%", "≥ 95.0", "✗"],
        ["72.0", "", "%", "", "optimal"],
        ["", "", "%", "≥ 85.0", ""],
        ["28,302", "27,858 to 28,745", "tickets", "", ""],
    ]


def test_names_and_lines_are_text_whatever_is_in_them() -> None:
    shown = html("<script>alert(1)</script>", ("a < b", "", "c & d"), {})
    assert shown.startswith("<p><b>&lt;script&gt;alert(1)&lt;/script&gt;</b><br>a &lt; b<br>c &amp; d</p>")


@pytest.mark.parametrize(
    ("value", "shown"), [(None, ""), (0.0, "0.0"), (999.94, "999.9"), (1000.0, "1,000"), (-1234.5, "-1,234")]
)
def test_large_figures_have_no_decimals(value: float | None, shown: str) -> None:
    assert figure(value) == shown


def test_an_interval_has_two_ends_or_none() -> None:
    assert interval(1.0, 2.0) == "1.0 to 2.0"
    assert interval(None, 2.0) == ""


def test_a_result_says_what_was_asked_and_how_sure_it_is(small: sim.Scenario) -> None:
    result = sim.run(small.with_({"name": "<b>"}), replications=2, workers=1)
    head = result._repr_html_().split("</p>")[0]
    method = f"2 days after 1 of warm-up · 2 replications · seed 1 · hash {small.hash}"
    assert head == f"<p><b>&lt;b&gt;</b><br>Does a small desk cope?<br>{method}"


def test_an_interrupted_result_says_so(small: sim.Scenario) -> None:
    result = replace(sim.run(small, workers=1), asked=8, interrupted=True, notices=("interrupted",))
    shown = result._repr_html_()
    assert "1 of 8 replications" in shown
    assert "<br>interrupted</p>" in shown
