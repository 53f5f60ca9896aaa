"""The pages that are written by hand name nothing that does not exist."""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pytest

import sim
from sim.engine import journal
from sim.metrics.kpis import KPIS
from sim.metrics.measure import LAYOUTS
from sim.scenario.keys import kind_at
from sim.scenario.schema import Scenario

ROOT = Path(sim.__file__).parent.parent
DOCS = ROOT / "docs"

SECTIONS = (
    "1.1", "1.2", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3", "4.1", "4.2", "4.3", "5.1", "5.2", "5.3", "6.1", "6.2",
    "6.3", "7.1", "7.2", "7.3", "7.4", "8.1", "8.2", "8.3", "8.4", "9.1", "9.2", "9.3", "10.1", "10.2", "10.3", "10.4",
    "11.1", "11.2", "12.1", "12.2", "13",
)  # fmt: skip
"""The sections of the operations manual, in their order."""

JOURNALS = ("tickets", "work", "chores", "pages", "duties", "turns", "agents", "absences", "disruptions")


class Row(NamedTuple):
    """A row of the tables of the page on the manual."""

    section: str
    manual: str
    here: str
    keys: str
    figures: str


@cache
def rows() -> list[Row]:
    lines = (DOCS / "manual.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [Row(*row) for row in cells if re.match(r"\d", row[0])]


def named(text: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


def is_key(name: str) -> bool:
    return kind_at(Scenario, tuple(name.split("."))) is not None


def is_figure(name: str) -> bool:
    """Whether it is a key figure, all of a stem (`sla.response.*`), a table, or a column of a journal."""
    stem = name.removesuffix("*")
    of_a_stem = name.endswith(".*") and any(figure.startswith(stem) for figure in KPIS)
    return name in KPIS or of_a_stem or name in LAYOUTS or name in columns()


@cache
def columns() -> set[str]:
    """Columns of the journals, such as `tickets.started`."""
    return {f"{name}.{column}" for name in JOURNALS for column in getattr(journal, name.upper())}


def terms() -> list[str]:
    page = (DOCS / "glossary.md").read_text(encoding="utf-8")
    return re.findall(r"^- \*\*(.+?)\*\*", page, flags=re.MULTILINE)


# ---- the page on the manual ----------------------------------------------------------------------------------------


def test_every_section_of_the_manual_is_there_and_in_its_order() -> None:
    assert tuple(section for section, _ in groupby(row.section for row in rows())) == SECTIONS


@pytest.mark.parametrize("key", sorted({key for row in rows() for key in named(row.keys)}))
def test_a_key_that_the_page_names_exists(key: str) -> None:
    assert is_key(key)


@pytest.mark.parametrize("figure", sorted({figure for row in rows() for figure in named(row.figures)}))
def test_a_figure_that_the_page_names_exists(figure: str) -> None:
    assert is_figure(figure)


def test_what_is_not_left_out_has_a_key_or_a_figure_and_what_is_has_a_reason() -> None:
    for row in rows():
        if row.here.startswith("Left out"):
            assert re.match(r"Left out[^:,]*[:,] \w", row.here), row
        else:
            assert named(row.keys) or named(row.figures), row


def test_every_scenario_that_the_page_names_is_shipped() -> None:
    files = {name for row in rows() for name in named(row.here) if name.endswith(".yaml")}
    assert len(files) >= 8
    assert files <= {path.name for path in (ROOT / "scenarios").glob("*.yaml")}


def test_every_what_if_is_named() -> None:
    page = (DOCS / "manual.md").read_text(encoding="utf-8")
    about_the_manual = {path.name for path in (ROOT / "scenarios").glob("*.yaml")} - ELSEWHERE
    assert {name for name in about_the_manual if f"`{name}`" not in page} == set()


ELSEWHERE = {"baseline.yaml", "replay.yaml", "four_on_four_off.yaml"}
"""Scenarios that the page need not name: the base of all, and what the manual says nothing of."""


# ---- the glossary --------------------------------------------------------------------------------------------------


def test_terms_are_in_the_order_of_the_alphabet_and_once_each() -> None:
    found = [term.lower() for term in terms()]
    assert len(found) > 60
    assert found == sorted(set(found))


def test_keys_and_figures_of_the_glossary_exist() -> None:
    page = (DOCS / "glossary.md").read_text(encoding="utf-8")
    dotted = {name for name in named(page) if re.fullmatch(r"[a-z_]+(\.[\w*]+)+", name)}
    assert len(dotted) > 40
    assert sorted(name for name in dotted if not is_key(name) and not is_figure(name)) == []


@pytest.mark.parametrize("page", ["manual.md", "glossary.md"])
def test_the_page_is_linked_where_people_begin(page: str) -> None:
    assert f"](docs/{page})" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted(path.name for path in DOCS.glob("*.md")))
def test_links_from_a_page_lead_somewhere(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (DOCS / target).exists(), target
