"""The page: well-formed, whole in itself, safe, and true to the figures."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

import sim
from sim.errors import ResultsError
from sim.report.findings import Findings
from sim.report.gallery import PLATES
from sim.report.page import page, write_report
from sim.report.pictures import Picture
from sim.report.words import number

EMPTY = {"meta", "br", "hr", "img", "link", "input"}


class Reader(HTMLParser):
    """Reads a page, and holds what is wrong with its tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        self.wrong += [f"{tag} stays open" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        self.words.append((self.open[-1] if self.open else "", data))

    def text(self, inside: str = "") -> str:
        """What is read, in one kind of element or in all."""
        return " ".join(word for tag, word in self.words if inside in {"", tag})


@pytest.fixture(scope="module")
def text(paged: Findings, drawn: list[Picture]) -> str:
    return page(paged, drawn)


@pytest.fixture(scope="module")
def read(text: str) -> Reader:
    return Reader(text)


def test_every_tag_is_closed_in_its_place(read: Reader) -> None:
    assert read.wrong == []


def test_it_holds_no_script_and_asks_nobody_for_anything(text: str, read: Reader) -> None:
    names = {tag for tag, _ in read.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "i", "b"}
    attributes = [(name, value or "") for _, found in read.tags for name, value in found.items()]
    assert not [name for name, _ in attributes if name.startswith("on")]
    assert all(value.startswith("#") for name, value in attributes if name in {"href", "src"})
    assert "default-src 'none'" in text
    assert "http://" not in text
    assert "https://" not in text
    assert "@import" not in text


def test_names_stay_text(read: Reader, text: str) -> None:
    assert '<script>alert("$x$")</script>' in read.text("h1")
    assert "Does <b>this</b> hold & last?" in read.text("p")
    assert "<script" not in text
    assert "<b>" not in text


def test_headings_go_down_one_step_at_a_time(read: Reader) -> None:
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch(r"h\d", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_picture_is_there_with_a_name_for_those_who_hear_it(read: Reader) -> None:
    named = [found for tag, found in read.tags if tag == "svg"]
    assert sorted(found["aria-label"] or "" for found in named) == sorted(plate.title for plate in PLATES.values())
    assert all(found["role"] == "img" for found in named)


def test_no_identifier_occurs_twice(read: Reader) -> None:
    names = [found["id"] for _, found in read.tags if "id" in found]
    assert len(names) == len(set(names))


def test_at_most_seven_headline_figures(read: Reader) -> None:
    labels = [found for tag, found in read.tags if found.get("class") == "label"]
    assert 5 <= len(labels) <= 7


def test_figures_of_the_run_are_in_it(findings: Findings, read: Reader) -> None:
    said = read.text()
    for name in ("sla.response.P1", "utilization.tier1", "response.mean", "tickets.count"):
        record = findings.records[name]
        assert name in said
        assert (
            f"{number(record['mean'])} {record['unit']} ({number(record['low'])} to {number(record['high'])})".replace(
                " %", "\u00a0%"
            )
            in said
        )
    for name in ("sla_by_priority", "waits_by_tier_priority", "burnout_by_tier"):
        assert name in read.text("h3")
    assert "backlog_by_time_tier" in said


def test_everything_to_repeat_it_is_in_it(findings: Findings, read: Reader) -> None:
    said = read.text()
    for wanted in (
        findings.command,
        str(findings.manifest["hash"]),
        "sim run desk.yaml",
        "numpy 2",
        "from 2026-03-23 (UTC)",
    ):
        assert wanted in said
    assert "14 days after 1 of warm-up, 3 replications" in said


def test_without_a_command_it_says_how_python_makes_it(findings: Findings) -> None:
    said = Reader(page(replace(findings, command=""), [])).text()
    assert "replications=3, seed=5)" in said


def test_it_does_not_depend_on_when_and_how_fast_it_was_made(text: str, paged: Findings, drawn: list[Picture]) -> None:
    other = {**paged.manifest, "wall_s": 99.0, "timing": {"engine_s": 77.0}, "created": "2031-01-01"}
    assert page(replace(paged, manifest=other), drawn) == text


def test_it_is_not_too_large(text: str) -> None:
    assert len(text.encode()) < 1_000_000


def test_nobody_paged_is_said(findings: Findings) -> None:
    assert "Nobody was paged." in Reader(page(findings, [])).text()


def test_notices_and_interruptions_are_said(findings: Findings) -> None:
    other = {**findings.manifest, "notices": ["<u>old</u> rows"], "interrupted": True, "replications_asked": 9}
    said = Reader(page(replace(findings, manifest=other), [])).text()
    assert "<u>old</u> rows" in said
    assert "3 of 9 replications were finished" in said


def test_people_over_their_limits_are_named(findings: Findings, read: Reader) -> None:
    over = findings.people[findings.people["exceeded"] >= 50]
    named = [word for tag, word in read.words if tag == "th"]
    assert len(over)
    assert set(over["agent"]) <= set(named)


ALWAYS = """\
horizon: {start: 2026-03-02, days: 1, warmup_days: 0}
regions: {here: {zone: UTC, tickets: 6 per hour}}
work: {handle: {tier1: {mean: 5 min}, tier2: {mean: 5 min}, tier3: {mean: 5 min}, tier4: {mean: 5 min}}}
staffing: {mode: flat, flat: {here: {tier1: 9, tier2: 9, tier3: 9, tier4: 9}}}
"""


@pytest.mark.parametrize("rate", ["6 per hour", "0.001 per hour"])
def test_agents_who_are_always_there_promises_and_tickets_may_be_missing(tmp_path: Path, rate: str) -> None:
    (tmp_path / "always.yaml").write_text(ALWAYS.replace("6 per hour", rate), encoding="utf-8")
    result = sim.run(sim.load(tmp_path / "always.yaml"), workers=1)
    found = Findings.of(result)
    for plate in PLATES.values():
        if plate.there(found):
            plate.draw(found, Figure().add_subplot())
    read = Reader(page(found, []))
    assert read.wrong == []
    assert "always there, and so no people" in read.text()
    assert "No hour stands out" in read.text()
    assert "One replication has no interval" in read.text()
    assert "nan" not in read.text().lower().split()


def test_a_folder_gives_the_very_same_page(findings: Findings, folder: Path, drawn: list[Picture]) -> None:
    assert page(Findings.read(folder), drawn) == page(findings, drawn)


def test_page_and_plots_are_written(findings: Findings, drawn: list[Picture], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("sim.report.page.pictures", lambda _: drawn)
    assert write_report(findings, tmp_path / "new" / "folder").read_text(encoding="utf-8") == page(findings, drawn)
    written = {path.name: path.read_bytes() for path in (tmp_path / "new" / "folder" / "plots").iterdir()}
    assert written == {f"{one.name}.{kind}": getattr(one, kind) for one in drawn for kind in ("png", "svg")}


def test_a_report_is_written_over_an_older_one(findings: Findings, tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "report.html").write_text("old", encoding="utf-8")
    monkeypatch.setattr("sim.report.page.pictures", lambda _: [])
    path = write_report(findings, tmp_path)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plots", "report.html"]


def test_a_folder_that_cannot_be_written_is_refused(findings: Findings, tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "plots").write_text("a file", encoding="utf-8")
    monkeypatch.setattr("sim.report.page.pictures", lambda _: [])
    with pytest.raises(ResultsError, match="cannot be written"):
        write_report(findings, tmp_path)
