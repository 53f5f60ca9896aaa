"""The committed page is the one that the definitions make."""

from __future__ import annotations

from pathlib import Path

from sim.metrics.dictionary import markdown
from sim.metrics.kpis import KPIS
from sim.metrics.measure import LAYOUTS

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), "run python -m sim.metrics.dictionary > docs/metrics.md"


def test_the_page_names_every_figure_and_every_table() -> None:
    page = markdown()
    assert [name for name in (*KPIS, *LAYOUTS) if f"`{name}`" not in page] == []
