"""A small run with people on duties, and what reports are made of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.experiment.store import save
from sim.report.findings import Findings
from sim.report.pictures import Picture, pictures

NAME = '<script>alert("$x$")</script>'
QUESTION = "Does <b>this</b> hold & last?"
COMMAND = "sim run desk.yaml --replications 3 --seed 5 --set 'demand.scale=1.1'"

SCENARIO = f"""\
name: {NAME!r}
question: {QUESTION!r}
horizon: {{start: 2026-03-23, days: 14, warmup_days: 1}}
regions:
  here: {{zone: Europe/London, tickets: 9 per hour, shifts: {{D: 08:00-20:00, N: 20:00-08:00}}}}
  there: {{zone: Asia/Singapore, tickets: 2 per hour, shifts: {{D: 08:00-20:00, N: 20:00-08:00}}}}
work: {{handle: {{tier1: {{mean: 20 min}}, tier2: {{mean: 30 min}}, tier3: {{mean: 40 min}}, tier4: {{mean: 60 min}}}}}}
targets:
  response: {{P1: 15 min, P2: 1 h, P3: 4 h, P4: 8 h}}
  resolution: {{P1: 4 h, P2: 8 h}}
staffing:
  mode: pattern
  crews:
    day: {{pattern: 5D 2O, headcount: {{tier1: 4, tier2: 2, tier3: 1, tier4: 1}}}}
    night: {{pattern: 7N 3O, headcount: {{tier1: 2, tier2: 2}}}}
"""


@pytest.fixture(scope="session")
def result(tmp_path_factory: pytest.TempPathFactory) -> sim.Result:
    """Three replications of two weeks, across a change of clocks; names that would be markup."""
    path: Path = tmp_path_factory.mktemp("scenario") / "desk.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return sim.run(sim.load(path), replications=3, seed=5, workers=1)


@pytest.fixture(scope="session")
def findings(result: sim.Result) -> Findings:
    """What was found in that run."""
    return Findings.of(result, COMMAND)


@pytest.fixture(scope="session")
def folder(result: sim.Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That run as `sim run` keeps it; not to be written to."""
    path: Path = tmp_path_factory.mktemp("results") / "run"
    save(result, path, COMMAND)
    return path


@pytest.fixture(scope="session")
def drawn(paged: Findings) -> list[Picture]:
    """Every picture of the run, with those of its pages and disruptions."""
    return list(pictures(paged))


@pytest.fixture(scope="session")
def paged(findings: Findings) -> Findings:
    """The same with 84 pages a replication, by hand: one at each 06-07 here, five at each 23-24 there, of 14 days; and
    with 6 h in which one replication of four was disrupted.
    """
    time = findings.tables["continuity_by_time"].copy()
    time.loc[(time["measure"] == "disrupted") & (time.index // 4 % 360 // 6 == 9), "mean"] = 25.0
    findings = replace_table(findings, "continuity_by_time", time)
    table = findings.tables["pages_by_region_hour"].copy()
    rings = (table["measure"] == "pages") & (table["hour_of_week"] % 24 == table["region"].map(_rings_at))
    table.loc[rings, "mean"] = table["region"].map({"here": 2.0, "there": 10.0})[rings]
    return with_records(
        {"pages.count": 84.0, "pages.sleep": 84.0}, replace_table(findings, "pages_by_region_hour", table)
    )


def _rings_at(region: str) -> int:
    return 23 if region == "there" else 6


def replace_table(findings: Findings, name: str, table: Any) -> Findings:
    """Findings with another table."""
    return replace(findings, tables={**findings.tables, name: table})


def with_records(figures: dict[str, Any], findings: Findings) -> Findings:
    """Findings with other key figures: a mean, or a whole record."""
    changed = {
        name: value
        if isinstance(value, dict)
        else {**findings.records[name], "mean": value, "low": value, "high": value}
        for name, value in figures.items()
    }
    return replace(findings, manifest={**findings.manifest, "kpis": {**findings.records, **changed}})
