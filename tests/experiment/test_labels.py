"""Scenarios that stand beside each other are told apart."""

from __future__ import annotations

from pathlib import Path

import sim
from sim.experiment.labels import labels


def written(folder: Path, name: str, text: str) -> sim.Scenario:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return sim.load(path)


def test_names_that_differ_are_labels(small: sim.Scenario) -> None:
    assert labels([small, small.with_({"name": "other"})]) == ("small", "other")


def test_files_of_one_name_are_told_apart_by_their_folders(small_file: Path, tmp_path: Path) -> None:
    text = small_file.read_text(encoding="utf-8")
    one, two, other = (written(tmp_path, name, text) for name in ("a/plan.yaml", "b/plan.yaml", "b/other.yaml"))
    assert labels([one, two, other]) == ("a/plan.yaml", "b/plan.yaml", "other")


def test_as_much_of_the_path_as_it_takes(small_file: Path, tmp_path: Path) -> None:
    text = small_file.read_text(encoding="utf-8")
    names = ("north/may/plan.yaml", "south/may/plan.yaml", "south/june/plan.yaml")
    found = labels([written(tmp_path, name, text) for name in names])
    assert found == ("north/may/plan.yaml", "south/may/plan.yaml", "june/plan.yaml")


def test_the_suffix_tells_files_apart_too(small_file: Path, tmp_path: Path) -> None:
    text = small_file.read_text(encoding="utf-8")
    assert labels([written(tmp_path, name, text) for name in ("x.yaml", "x.yml")]) == ("x.yaml", "x.yml")


def test_copies_of_one_scenario_are_numbered(small: sim.Scenario) -> None:
    copies = [small, small.with_({"demand.scale": 2}), small.with_({"demand.scale": 3})]
    assert labels(copies) == ("small", "small (2)", "small (3)")


def test_a_name_that_looks_like_a_number_is_no_trap(small: sim.Scenario) -> None:
    found = labels([small, small, small.with_({"name": "small (2)"})])
    assert len(set(found)) == 3
    assert found[:2] == ("small", "small (2)")
