"""Findings of a result and of a folder, and folders that hold none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.errors import ResultsError
from sim.report.findings import Findings


def test_a_result_and_its_folder_have_the_same_findings(result: sim.Result, findings: Findings, folder: Path) -> None:
    stored = Findings.read(folder)
    assert stored.command == findings.command
    assert stored.records == findings.records
    assert stored.setting == json.loads(json.dumps(findings.setting))
    assert set(stored.tables) == set(result.tables)
    for name, table in stored.tables.items():
        texts = {column: str for column in ("band", "action", "light") if column in table}  # none is None, or NaN
        one, other = (frame.fillna(dict.fromkeys(texts, "-")).astype(texts) for frame in (table, result.tables[name]))
        pd.testing.assert_frame_equal(one, other, check_dtype=False)
    pd.testing.assert_frame_equal(findings.kpis, result.kpis)


def test_the_setting_tells_what_the_tables_do_not(findings: Findings) -> None:
    setting = findings.setting
    assert setting["start"] == "2026-03-23"
    assert setting["regions"] == {"here": "Europe/London", "there": "Asia/Singapore"}
    assert setting["utilization_bands"] == [70, 80, 90]
    assert setting["sleep_hours"] == [22, 8]
    assert {"limit": "week_hours", "measure": "hours_7_days", "value": 48, "unit": "h", "evidence": "law"} in setting[
        "limits"
    ]


def test_people_have_a_row_a_limit_with_value_and_how_often_it_is_exceeded(findings: Findings) -> None:
    people = findings.people
    agents = findings.tables["burnout_by_agent"]["agent"].nunique()
    assert len(people) == agents * len(findings.setting["limits"])
    nights = people[people["limit"] == "consecutive_nights"].set_index("agent")
    assert (nights["title"] == "nights in a row (≤ 3)").all()
    worker = next(agent for agent in nights.index if "night" in agent)
    assert nights.loc[worker, "value"] > 3
    assert nights.loc[worker, "exceeded"] == 100


def copy_of(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def test_what_is_no_folder_of_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="nowhere is no folder; name a folder that `sim run` has written"):
        Findings.read(tmp_path / "nowhere")
    with pytest.raises(ResultsError, match=r"holds no results: there is no manifest\.json in it"):
        Findings.read(tmp_path)


@pytest.mark.parametrize("content", ["no json", "[1, 2]", "7", '{"kpis": '])
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(ResultsError, match=r"manifest.json cannot be read: "):
        Findings.read(tmp_path)


def test_a_comparison_names_the_folders_of_its_scenarios(tmp_path: Path) -> None:
    compared = {"scenarios": {"old": {}, "new": {}}, "folders": {"old": "1-old", "new": "2-new"}}
    (tmp_path / "manifest.json").write_text(json.dumps(compared), encoding="utf-8")
    with pytest.raises(ResultsError, match=r"is a comparison of 2 scenarios; name one of its folders: 1-old, 2-new$"):
        Findings.read(tmp_path)


def test_a_manifest_of_another_version_tells_how_to_run_it_again(folder: Path, tmp_path: Path) -> None:
    copy = copy_of(folder, tmp_path)
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    del manifest["setting"], manifest["notices"]
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(
        ResultsError, match="lacks setting, notices: another version has written it; run it again: sim run"
    ):
        Findings.read(copy)


def test_a_table_that_is_missing_or_broken_is_named(folder: Path, tmp_path: Path) -> None:
    copy = copy_of(folder, tmp_path)
    table = copy / "tables" / "waits_by_tier.parquet"
    table.write_bytes(b"no parquet")
    with pytest.raises(ResultsError, match=r"waits_by_tier.parquet cannot be read: "):
        Findings.read(copy)
    table.unlink()
    with pytest.raises(ResultsError, match=r"waits_by_tier.parquet is missing: the folder is not whole"):
        Findings.read(copy)
