"""A comparison on the terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

import sim
from sim.experiment.comparison import Difference
from sim.metrics.kpis import KPIS
from sim.report.comparison import _change, _folded, print_comparison
from sim.scenario.load import from_data

WORLD: dict[str, Any] = {
    "question": "Is [1.1] kept as text?",
    "horizon": {"start": "2026-03-02", "days": 2, "warmup_days": 0},
    "regions": {"here": {"zone": "UTC", "tickets": "20 per hour"}},
    "work": {"handle": {f"tier{n}": {"mean": "20 min"} for n in range(1, 5)}},
    "targets": {"response": {"P3": "30 min", "P4": "30 min"}},
    "staffing": {"mode": "flat", "flat": {"here": {"tier1": 9, "tier2": 5, "tier3": 1, "tier4": 1}}},
}
SCALES = {"busier": 1.5, "quieter": 0.5, "a_year_from_now-as_sales_sees_it": 1.2, "same": 1}


@pytest.fixture(scope="module")
def five() -> sim.Comparison:
    """A base and four alternatives."""
    base = from_data(WORLD, name="[red]loud[/red]")
    others = [base.with_({"demand.scale": scale, "name": name, "question": ""}) for name, scale in SCALES.items()]
    return sim.compare([base, *others], replications=4, workers=1)


TOLD = [kpi for kpi, figure in KPIS.items() if not figure.part]
"""Figures of a world without emergencies, disruptions, and people over months."""


def first(comparison: sim.Comparison, scenarios: int) -> sim.Comparison:
    return replace(comparison, results=comparison.results[:scenarios], labels=comparison.labels[:scenarios])


def shown(comparison: sim.Comparison, width: int = 80) -> str:
    out = io.StringIO()
    print_comparison(comparison, Console(file=out, width=width, highlight=False))
    return out.getvalue()


def rows(text: str) -> list[str]:
    """The names of the figures, in the order in which they are shown."""
    return [line.split()[0] for line in text.splitlines() if line.split() and line.split()[0] in KPIS]


def test_two_scenarios_fit_80_columns_and_every_figure_is_there_once(five: sim.Comparison) -> None:
    text = shown(first(five, 2))
    assert sorted(rows(text)) == sorted(TOLD)
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_what_can_be_told_comes_before_what_cannot(five: sim.Comparison) -> None:
    two = first(five, 2)
    verdicts = [two.verdict(kpi) for kpi in rows(shown(two))]
    kinds = {"worse": 0, "better": 1, "higher": 2, "lower": 2, "cannot tell": 3}
    assert [kinds[verdict] for verdict in verdicts] == sorted(kinds[verdict] for verdict in verdicts)
    assert f"Worse ({verdicts.count('worse')})" in shown(two)
    assert verdicts.count("worse") > 2
    assert f"Cannot tell ({verdicts.count('cannot tell')})" in shown(two)


def test_a_line_has_both_figures_the_difference_and_the_unit(five: sim.Comparison) -> None:
    two = first(five, 2)
    line = next(line for line in shown(two).splitlines() if line.startswith("utilization.tier1"))
    one, other = (result.records["utilization.tier1"]["mean"] for result in two.results)
    found = two.differences["busier"]["utilization.tier1"]
    assert line.split()[1:3] == [f"{one:.1f}", f"{other:.1f}"]
    assert f"+{found.mean:.1f} ± {found.high - found.mean:.1f}  %" in line  # type: ignore[operator]


def test_five_scenarios_are_read_at_80_columns_in_tables_below_each_other(five: sim.Comparison) -> None:
    text = shown(five)
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text
    tables = len(rows(text)) // len(TOLD)
    assert tables > 1
    assert sorted(rows(text)) == sorted(TOLD * tables)


def test_five_scenarios_stand_in_one_table_where_there_is_room(five: sim.Comparison) -> None:
    text = shown(five, width=200)
    assert sorted(rows(text)) == sorted(TOLD)
    (line,) = (line for line in text.splitlines() if line.startswith("utilization.tier1"))
    assert line.split()[2] == "higher"
    assert "lower" in line


def test_names_and_questions_are_text_and_never_markup(five: sim.Comparison) -> None:
    text = shown(five, width=200)
    assert "[red]loud[/red] is the base" in text
    assert "Is [1.1] kept as text?" in text


def test_long_names_are_folded_and_told_in_full_above(five: sim.Comparison) -> None:
    text = shown(five, width=200)
    assert "\na_year_from_now-as_sales_sees_it  " in text
    assert max(len(line) for line in text.splitlines() if line.startswith("utilization")) < 120


def test_changes_are_told_and_cut_where_there_are_many(five: sim.Comparison) -> None:
    assert "  demand.scale: (not set) → 1.5\n" in shown(first(five, 2))
    much = {f"work.handle.tier{n}": {"mean": "25 min", "log_sd": 1.0} for n in range(1, 5)}
    other = five.base.scenario.with_({**much, "name": "slower"})
    text = shown(sim.compare([five.base, other], replications=4, workers=1))
    assert text.count(" → ") == 5
    assert "... and 3 more, see the manifest" in text


def test_targets_newly_met_and_missed_are_named_in_a_sentence(five: sim.Comparison) -> None:
    text = " ".join(shown(first(five, 2), width=300).split())
    mean = five.results[1].records["sla.response.P4"]["mean"]
    assert f"busier newly misses sla.response.P4 ({mean:.1f} %, target 95 %" in text
    turned = replace(five, results=five.results[1::-1], labels=five.labels[1::-1])
    assert "[red]loud[/red] newly meets sla.response.P4 (" in shown(turned, width=300)


def test_where_no_target_turns_it_is_said(five: sim.Comparison) -> None:
    same = replace(five, results=five.results[::4], labels=five.labels[::4])
    text = shown(same)
    assert "No target is newly met or newly missed." in text
    assert text.count("the same") > 10
    assert "times the replications" not in text


def test_without_targets_none_is_mentioned() -> None:
    base = from_data({key: value for key, value in WORLD.items() if key != "targets"}, name="free")
    text = shown(sim.compare([base, base.with_({"demand.scale": 2})], replications=2, workers=1))
    assert "newly" not in text
    assert "no data" in text


def test_it_says_what_the_intervals_are(five: sim.Comparison) -> None:
    two, all_of_them = (" ".join(shown(one, width=300).split()) for one in (first(five, 2), five))
    assert "Differences with 95 % intervals, paired: all scenarios meet the same tickets." in two
    assert "Differences with 95 % intervals, each for all 4 alternatives together, paired" in all_of_them
    assert "together" not in shown(replace(five, simultaneous=False), width=300)
    assert "times the replications (median of all figures)" in two


def test_one_replication_asks_for_more() -> None:
    base = from_data(WORLD, name="short")
    text = shown(sim.compare([base, base.with_({"demand.scale": 2})], replications=1, workers=1))
    assert "One replication has no intervals" in text


@pytest.mark.parametrize(
    ("mean", "half", "text"),
    [
        (7.52, 2.31, "+7.5 ± 2.3"),
        (-0.37, 0.096, "-0.37 ± 0.10"),
        (-0.063, 0.0441, "-0.06 ± 0.04"),
        (0.00001, 0.00002, "0.000 ± 0.000"),
        (-0.01, 0.2, "0.0 ± 0.2"),
        (1412.6, 74.4, "+1,413 ± 74"),
        (-5.0, 0.0, "-5.0 ± 0.0"),
        (0.0, 0.0, "the same"),
        (12.34, None, "+12.3"),
        (None, None, "no data"),
    ],
)
def test_a_difference_has_the_decimals_of_its_interval(mean: float | None, half: float | None, text: str) -> None:
    ends = (None, None) if mean is None or half is None else (mean - half, mean + half)
    assert _change(Difference(mean, *ends, "cannot tell", None)) == text


@pytest.mark.parametrize(
    ("label", "width", "lines"),
    [
        ("baseline", 11, ["baseline"]),
        ("volume_plus_20", 11, ["volume_", "plus_20"]),
        ("a/plan.yaml", 11, ["a/plan.yaml"]),
        ("north/plan.yaml", 11, ["north/", "plan.yaml"]),
        ("one and another", 11, ["one and", "another"]),
        ("uninterruptedly", 11, ["uninterrupt", "edly"]),
        ("desk (2)", 11, ["desk (2)"]),
    ],
)
def test_a_label_is_folded_after_its_separators(label: str, width: int, lines: list[str]) -> None:
    assert _folded(label, width).split("\n") == lines
