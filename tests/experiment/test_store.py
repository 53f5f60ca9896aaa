"""Results on disk."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.clock import HOUR
from sim.experiment.store import Several, reserved, save, save_comparison


@pytest.fixture
def result(small: sim.Scenario) -> sim.Result:
    return sim.run(small.with_({"demand.scale": 1.1}), replications=2, seed=3, workers=1, journals="first")


def test_a_folder_holds_everything_to_judge_and_repeat(result: sim.Result, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    save(result, folder, "sim run small.yaml")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == "sim run small.yaml"
    assert manifest["hash"] == result.scenario.hash
    assert (manifest["seed"], manifest["engine"], manifest["replications"]) == (3, "kernel", 2)
    assert manifest["interrupted"] is False
    assert manifest["changes"] == ["demand.scale: (not set) → 1.1"]
    assert set(manifest["versions"]) >= {"python", "simpy", "numba", "numpy", "support-capacity-sim"}
    assert manifest["kpis"] == json.loads(json.dumps(result.records))
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json", "scenario.yaml", "roster.csv", "kpis.csv", "kpis.parquet", "tables", "journals",
    }  # fmt: skip


def test_tables_are_read_back_as_they_were(result: sim.Result, tmp_path: Path) -> None:
    save(result, tmp_path / "out", "")
    tickets = pd.read_parquet(tmp_path / "out" / "journals" / "tickets.parquet")
    pd.testing.assert_frame_equal(tickets, result.tickets)
    csv = pd.read_csv(tmp_path / "out" / "kpis.csv").set_index("kpi")
    assert csv.loc["tickets.count", "mean"] == pytest.approx(result.kpis.loc["tickets.count", "mean"], rel=1e-5)
    assert {path.stem for path in (tmp_path / "out" / "tables").glob("*.csv")} == set(result.tables)


def test_the_scenario_that_was_run_runs_again(result: sim.Result, tmp_path: Path) -> None:
    save(result, tmp_path / "out", "")
    again = sim.load(tmp_path / "out" / "scenario.yaml")
    assert again.hash == result.scenario.hash
    assert sim.run(again, replications=2, seed=3, workers=1).records == result.records


def test_two_saves_are_the_same_but_for_time(result: sim.Result, small: sim.Scenario, tmp_path: Path) -> None:
    save(result, tmp_path / "a", "")
    same = sim.run(small.with_({"demand.scale": 1.1}), replications=2, seed=3, workers=2, journals="first")
    save(same, tmp_path / "b", "")
    files = [path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file()]
    assert len(files) > 10
    for file in files:
        if file.name != "manifest.json":
            assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


def test_the_roster_of_a_result_is_a_roster_for_the_next_run(small: sim.Scenario, tmp_path: Path) -> None:
    headcount = dict.fromkeys(("tier1", "tier2", "tier3", "tier4"), 3)
    crews = {"crew": {"pattern": "D N O", "headcount": headcount, "regions": ["here"]}}
    changes = {"staffing": {"mode": "pattern", "crews": crews}, "horizon.start": "2026-03-29"}
    first = sim.run(small.with_(changes), seed=3, workers=1)
    save(first, tmp_path / "out", "")
    read = {"mode": "explicit", "explicit": {"file": str(tmp_path / "out" / "roster.csv")}}
    again = sim.run(first.scenario.with_({"staffing": read}), seed=3, workers=1)
    assert again.plan.agents.name == first.plan.agents.name
    assert again.plan.start.tolist() == first.plan.start.tolist()
    assert 11 * HOUR in (first.plan.end - first.plan.start).tolist()  # the night of 28 March is an hour shorter
    assert again.records == first.records
    manifests = [first.manifest(), again.manifest()]
    assert manifests[0]["roster_hash"] == manifests[1]["roster_hash"] == first.plan.hash
    assert again.notices[0].endswith(f"{len(again.plan.agent)} duties in the run")


def test_nothing_is_overwritten(result: sim.Result, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    save(result, folder, "")
    before = (folder / "manifest.json").read_bytes()
    with pytest.raises(sim.ResultsError, match="exists already and is not overwritten"):
        save(result, folder, "")
    assert (folder / "manifest.json").read_bytes() == before


def test_a_file_in_the_way_is_not_overwritten(small: sim.Scenario, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(sim.ResultsError, match="exists already"), reserved(tmp_path / "out", small, 1):
        pass
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_an_empty_folder_may_be_used(result: sim.Result, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    save(result, tmp_path / "out", "")
    assert (tmp_path / "out" / "manifest.json").exists()


def test_a_save_that_fails_leaves_nothing(
    result: sim.Result, small: sim.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with (
        pytest.raises(sim.ResultsError, match="cannot be written: No space left on device"),
        reserved(tmp_path / "results" / "out", small, 1) as folder,
    ):
        save(result, folder, "")
    assert not list((tmp_path / "results").iterdir())


def test_a_place_that_cannot_be_written_is_named(result: sim.Result, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(sim.ResultsError, match="file/out cannot be written"):
        save(result, tmp_path / "file" / "out", "")


def test_every_run_gets_a_folder_of_its_own_also_in_the_same_second(small: sim.Scenario, tmp_path: Path) -> None:
    with ExitStack() as stack:
        folders = [stack.enter_context(reserved(None, small, 3, tmp_path)) for _ in range(3)]
        assert len(set(folders)) == 3
        assert all(folder.parent == tmp_path / "small" for folder in folders)
        assert f"{small.hash}-seed3" in folders[0].name


def test_a_folder_in_which_nothing_is_saved_goes_again(small: sim.Scenario, tmp_path: Path) -> None:
    with reserved(tmp_path / "out", small, 1) as folder:
        assert folder.is_dir()
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_made_is_named_before_any_work(small: sim.Scenario, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(sim.ResultsError, match="cannot be written"), reserved(tmp_path / "file" / "out", small, 1):
        pass


@pytest.fixture
def comparison(result: sim.Result, small: sim.Scenario) -> sim.Comparison:
    return sim.compare({"a/b": result, "a-b": small}, replications=2, seed=3, workers=1)


def test_a_comparison_is_read_back_as_it_was(comparison: sim.Comparison, tmp_path: Path) -> None:
    save_comparison(comparison, tmp_path / "out", "sim compare a b", ["sim run a", "sim run b"])
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == "sim compare a b"
    assert manifest["scenarios"]["a-b"]["changes"] == ["demand.scale: 1.1 → (removed)"]
    assert manifest["kpis"] == json.loads(json.dumps(comparison.as_json()["kpis"]))
    table = pd.read_parquet(tmp_path / "out" / "comparison.parquet").set_index(["kpi", "scenario"])
    assert table["difference"].equals(comparison.kpis["difference"])
    assert table["verdict"].tolist() == comparison.kpis["verdict"].tolist()


def test_labels_alike_as_file_names_get_folders_of_their_own(comparison: sim.Comparison, tmp_path: Path) -> None:
    save_comparison(comparison, tmp_path / "out", "", ["sim run a", "sim run b"])
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["folders"] == {"a/b": "1-a-b", "a-b": "2-a-b"}
    for folder, command in (("1-a-b", "sim run a"), ("2-a-b", "sim run b")):
        own = json.loads((tmp_path / "out" / folder / "manifest.json").read_text(encoding="utf-8"))
        assert own["command"] == command


def test_a_comparison_is_filed_under_its_base_and_all_its_hashes(small: sim.Scenario, tmp_path: Path) -> None:
    busier = small.with_({"demand.scale": 2, "name": "busier"})
    with reserved(None, Several([small, busier]), 3, tmp_path) as folder:
        assert folder.parent == tmp_path / "small-compared"
    assert Several([small, busier]).hash != Several([busier, small]).hash != Several([busier, busier]).hash
