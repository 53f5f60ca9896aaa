"""What is told of emergencies, disruptions and lost time: where there is something, and not a word where not."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import sim
from sim.report import events
from sim.report.events import Disrupted, Lost
from sim.report.findings import Findings
from sim.report.listings import figures
from sim.report.page import page
from sim.report.sentences import sentences
from sim.report.summary import print_summary

SCENARIO = """\
name: events
horizon: {start: 2026-03-02, days: 2, warmup_days: 0}
regions: {here: {zone: UTC, tickets: 6 per hour, shifts: {D: 08:00-20:00, N: 20:00-08:00}}}
work: {handle: {tier1: {mean: 30 min}, tier2: {mean: 1 h}, tier3: {mean: 1 h}, tier4: {mean: 1 h}}}
targets: {response: {P1: 15 min, P2: 1 h, P3: 4 h, P4: 8 h}}
staffing:
  crews:
    day: {pattern: D, headcount: {tier1: 3, tier2: 2, tier3: 1, tier4: 1}}
    night: {pattern: N, headcount: {tier1: 3, tier2: 2, tier3: 1, tier4: 1}}
"""
EVENTS = """\
emergencies:
  types: {outage: {rate: 0 per year, team: {tier3: 1}, lasts: {family: constant, mean: 1 h}}}
  chain: {team: {role: tier1, takes: {family: constant, mean: 5 min}}}
continuity:
  threats:
    power: {rate: 0 per year, recovery: {family: constant, mean: 1 h}}
    flood: {rate: 0 per year, recovery: {mean: 1 h}}
people: {vacation: {weeks: 0}}
"""


def result_of(folder: Path, text: str) -> sim.Result:
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    return sim.run(sim.load(folder / "s.yaml"), workers=1)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> sim.Result:
    """Nothing of the kind in the scenario."""
    return result_of(tmp_path_factory.mktemp("quiet"), SCENARIO)


@pytest.fixture(scope="module")
def loud(tmp_path_factory: pytest.TempPathFactory) -> sim.Result:
    """Emergencies, a power failure three times over, and vacation; the figures are by hand."""
    result = result_of(tmp_path_factory.mktemp("loud"), SCENARIO + EVENTS)
    table = result.tables["continuity_by_disruption"]
    power = table["disruption"] == "power"
    values = {"occurrences": 3.0, "recovery": 45.0, "backlog_peak": 7.0, "deferred": 2.0}
    table.loc[power, "mean"] = [values.get(measure, 0.0) for measure in table.loc[power, "measure"]]
    lost = result.tables["lost_by_reason_role"]
    hours = {("vacation", "tier1"): 10.0, ("vacation", "tier2"): 5.0, ("not_hired", "tier1"): 30.0}
    for (reason, role), value in hours.items():
        lost.loc[(lost["reason"] == reason) & (lost["role"] == role) & (lost["measure"] == "lost"), "mean"] = value
    known: dict[str, Any] = {
        "emergencies.count": 4.0, "emergencies.response.mean": 3.0, "emergencies.resolution.mean": 80.0,
        "communication.on_time": 75.0, "continuity.recovery": 45.0, "people.absence": 5.0,
    }  # fmt: skip
    for name, value in known.items():
        result.records[name].update(mean=value)
    return result


def summary(result: sim.Result) -> str:
    out = io.StringIO()
    print_summary(result, Console(file=out, width=100, highlight=False))
    return out.getvalue()


def test_not_a_word_where_there_is_nothing(quiet: sim.Result) -> None:
    findings = Findings.of(quiet)
    for text in (summary(quiet), " ".join(sentences(findings)), quiet._repr_html_()):
        for word in ("Emergenc", "emergencies.", "continuity", "Time lost", "people.absence", "rest.lost"):
            assert word not in text
    for mark in ("<h2>Emergencies", "<h3>Time lost", "<code>emergencies.", "<code>continuity.", "<h3>emergencies_by"):
        assert mark not in page(findings, [])
    assert "people.vacation" not in [row["name"] for row in figures(findings)]
    assert events.disrupted(quiet.tables) == []


def test_the_summary_tells_what_happened(loud: sim.Result) -> None:
    text = summary(loud)
    assert "Emergencies and continuity" in text
    assert "communication.on_time" in text
    assert "power, 3 times: service back 45.0 min after its end, 7.0 more in line than before, 2.0 put off" in text
    assert "flood" not in text
    assert "Time lost" in text
    assert "not hired 30.0 h, vacation 15.0 h" in text


def test_the_page_tells_what_happened(loud: sim.Result) -> None:
    text = page(Findings.of(loud), [])
    assert "<h2>Emergencies and continuity</h2>" in text
    assert "<h3>Time lost</h3>" in text
    assert '<th scope="row">vacation</th><td class="n">15.0</td>' in text


def test_sentences_tell_what_happened(loud: sim.Result) -> None:
    said = sentences(Findings.of(loud))
    assert "4.0 emergencies in 2 days are led after 3.0 min on average, and over after 80.0 min." in said
    assert "Of the steps of the communication chain 75.0 % are begun in time." in said
    assert (
        "power (3 times in 2 days): service back 45.0 min after its end, 7.0 more in line than before, 2.0 put off."
    ) in said
    (lost,) = (sentence for sentence in said if "planned duty" in sentence)
    assert lost.startswith("Of the planned duty 5.0 % is not worked: not hired (")


def test_disruptions_that_occurred(loud: sim.Result) -> None:
    assert events.disrupted(loud.tables) == [Disrupted("power", 3.0, 45.0, 0.0, 7.0, 2.0)]


@pytest.mark.parametrize(
    ("recovery", "unrecovered", "said"),
    [
        (45, 0, "service back 45.0 min after its end, 7.0 more in line than before"),
        (
            400,
            25,
            "service back 6.7 h after its end (in 25.0 % not by the end of the run), 7.0 more in line than before",
        ),
        (400, 100, "service not back by the end of the run, 7.0 more in line than before"),
        (math.nan, math.nan, "7.0 more in line than before"),
    ],
)
def test_what_came_of_it(recovery: float, unrecovered: float, said: str) -> None:
    assert events.outcome(Disrupted("power", 1.0, recovery, unrecovered, 7.0, 0.0)) == said


def test_hours_lost_are_of_all_roles_and_a_share_of_all_planned_hours(loud: sim.Result) -> None:
    planned = 2 * 24 * 7  # seven people always there, for two days
    found = events.lost_by_reason(loud.tables)
    assert found == [
        Lost("not hired", 30.0, pytest.approx(100 * 30 / planned)),
        Lost("vacation", 15.0, pytest.approx(100 * 15 / planned)),
    ]
    assert np.isfinite([one.share for one in found]).all()
