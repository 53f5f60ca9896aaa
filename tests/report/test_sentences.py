"""Sentences and headline figures from key figures."""

from __future__ import annotations

from typing import Any

import pytest

from sim.report.findings import Findings
from sim.report.headlines import MOST_TILES, Tile, tiles
from sim.report.sentences import busiest, figure, sentences, verdict
from tests.report.conftest import with_records


def record(mean: float | None, low: float | None = None, high: float | None = None, **more: Any) -> dict[str, Any]:
    return {"mean": mean, "low": low, "high": high, "unit": "%", **more}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (record(96, 95, 97, target=95), "met"),
        (record(94, 93, 94.9, target=95), "missed"),
        (record(96, 94, 98, target=95), "cannot tell"),
        (record(94, 93, 95, target=95), "cannot tell"),
        (record(96, target=95), "met"),
        (record(94, target=95), "missed"),
        (record(None, target=95), None),
        (record(96, 95, 97), None),
    ],
)
def test_a_target_within_the_interval_is_neither_met_nor_missed(found: dict[str, Any], said: str | None) -> None:
    assert verdict(found) == said


def test_a_figure_has_its_unit_and_interval() -> None:
    assert figure(record(80.94, 78.6, 83.1)) == "80.9 % (78.6 to 83.1)"
    assert figure(record(80.94)) == "80.9 %"
    assert figure(record(99.99, 99.98, 100.0)) == "100.0 %"


def promises(findings: Findings) -> Findings:
    responses = {
        "sla.response.P1": record(80, 78, 82, target=95, met=False),
        "sla.response.P2": record(94.5, 94, 96, target=95),
        "sla.response.P3": record(100, 100, 100, target=95),
        "sla.response.P4": record(99.5, 99.2, 99.8, target=95),
    }
    nothing = {f"sla.resolution.P{n}": record(None, target=90) for n in range(1, 5)}
    return with_records({**responses, **nothing}, findings)


def test_promises_are_told_by_verdict_worst_first(findings: Findings) -> None:
    said = sentences(promises(findings))
    assert said[0] == (
        "First responses in time, target 95 %: missed for P1 (80.0 %, 78.0 to 82.0); "
        "cannot tell for P2 (94.5 %, 94.0 to 96.0); met for P3 (100.0 %) and P4 (99.5 %, 99.2 to 99.8)."
    )
    assert not [sentence for sentence in said if sentence.startswith("Resolutions")]


def bands(findings: Findings, **means: float | None) -> Findings:
    names = {None: None, 50.0: "low", 85.0: "high"}
    figures = {f"utilization.{tier}": record(mean, mean, mean, band=names[mean]) for tier, mean in means.items()}
    return with_records(figures, findings)


def test_the_busiest_tier_and_the_idle_ones_are_told_with_what_the_manual_says(findings: Findings) -> None:
    said = " ".join(sentences(bands(findings, tier1=50.0, tier2=85.0, tier3=50.0, tier4=None)))
    assert "Tier 2 is busiest: at work for 85.0 % of the time on duty, which the manual calls high" in said
    assert "(consider temporary help)." in said
    assert "In the low band (adjust staffing down): tier 1 (50.0 %) and tier 3 (50.0 %)." in said


def test_nobody_on_duty_at_all_is_busiest_nowhere(findings: Findings) -> None:
    empty = bands(findings, tier1=None, tier2=None, tier3=None, tier4=None)
    assert busiest(empty.records) is None
    assert not [sentence for sentence in sentences(empty) if "busiest" in sentence]


def test_customers_who_go_and_pages_at_night_are_told(paged: Findings) -> None:
    told = with_records({"tickets.abandoned": 12.0, "tickets.count": 600.0}, paged)
    said = " ".join(sentences(told))
    assert "12 customers in 14 days give up before anybody responds, 2.0 % of all created" in said
    assert "ring in 14 days; they interrupt sleep hours 84 times." in said


def test_long_times_are_told_in_hours(findings: Findings) -> None:
    slow = {"response.mean": {**record(1608, 1500, 1716), "unit": "min"}}
    said = " ".join(sentences(with_records(slow, findings)))
    assert "A first response takes 26.8 h (25.0 to 28.6) on average" in said


def test_late_hours_and_people_are_counted(findings: Findings) -> None:
    said = " ".join(sentences(findings))
    assert " of the 336 of the week in all regions." in said
    assert f" of {findings.people['agent'].nunique()} exceed at least one limit" in said


def test_headlines_are_at_most_seven_and_in_order(findings: Findings) -> None:
    found = tiles(promises(findings))
    assert len(found) <= MOST_TILES
    assert [tile.label for tile in found][:3] == ["Targets met", "P1 responses in time", "P2 responses in time"]
    assert found[1] == Tile("P1 responses in time", "80.0", "%", "78.0 to 82.0; target 95 %", "missed")
    assert found[2].verdict == "cannot tell"


def test_targets_met_are_counted(findings: Findings) -> None:
    judged = {name: one for name, one in findings.records.items() if one.get("met") is not None}
    every = {name: {**one, "mean": 100.0, "low": 100.0, "high": 100.0} for name, one in judged.items()}
    assert tiles(with_records(every, findings))[0] == Tile(
        "Targets met", f"{len(every)} of {len(every)}", "", "", "met", "all"
    )
    first, second, *_ = every
    open_one = {**every, first: {**every[first], "low": 1.0}}
    assert tiles(with_records(open_one, findings))[0][3:] == ("", "cannot tell", "1 cannot tell")
    some = {**open_one, second: {**every[second], "mean": 1.0, "low": 1.0, "high": 2.0}}
    found = tiles(with_records(some, findings))[0]
    assert (found.value, found.verdict) == (f"{len(every) - 2} of {len(every)}", "missed")
    assert found.said == "1 missed, 1 cannot tell"


def test_what_has_no_figure_is_no_headline(findings: Findings) -> None:
    nothing = {name: record(None) for name in ("response.mean", "burnout.people_over_limit", "sla.response.P1")}
    labels = [tile.label for tile in tiles(with_records(nothing, findings))]
    assert not {"Mean first response", "People over a limit", "P1 responses in time"} & set(labels)
