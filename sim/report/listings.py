"""What a page lists: people over their limits, every key figure, and the tables that are not too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sim.metrics.kpis import KPIS, told
from sim.metrics.measure import LAYOUTS
from sim.report.sentences import figure, verdict
from sim.report.words import between, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sim.report.findings import Findings

MOST_ROWS = 60
"""Longer tables are in the folder alone."""
_HALF = 50.0


class Grid(NamedTuple):
    """A table as it is printed; the first `keys` columns are names, the others numbers."""

    name: str
    what: str
    head: list[str]
    rows: list[list[str]]
    keys: int


class Person(NamedTuple):
    """Somebody who is above a limit in at least half of the replications."""

    name: str
    over: str


def people_over(findings: Findings) -> list[Person]:
    """Who is above which limits in at least half of the replications, in the order of the roster."""
    people = findings.people
    over = people[people["exceeded"] >= _HALF]
    text = [f"{title}: {number(value)}" for title, value in zip(over["title"], over["value"], strict=True)]
    told = over.assign(text=text)
    return [Person(str(agent), "; ".join(rows["text"])) for agent, rows in told.groupby("agent", sort=False)]


def limits(findings: Findings) -> list[dict[str, Any]]:
    """Every limit, and how many people are above it in at least half of the replications."""
    people = findings.people
    often = people.groupby("limit")["exceeded"].agg(lambda shares: int((shares >= _HALF).sum()))
    titles = people.drop_duplicates("limit").set_index("limit")["title"]
    return [
        {**limit, "title": titles[limit["limit"]], "people": often[limit["limit"]]}
        for limit in findings.setting["limits"]
        if limit["limit"] in titles
    ]


def figures(findings: Findings) -> list[dict[str, str]]:
    """Every key figure: name, what it is, figure, target, verdict or band."""
    return [
        {
            "name": name,
            "what": KPIS[name].what if name in KPIS else "",
            "figure": figure(record) if record["mean"] is not None else "no data",
            "target": f"{record['target']:g} %" if record.get("target") is not None else "",
            "verdict": verdict(record) or record.get("band") or "",
        }
        for name, record in findings.records.items()
        if name not in KPIS or told(name, record)
    ]


def long(name: str, table: pd.DataFrame) -> bool:
    """Whether a table is too long for a page."""
    return len(table) > MOST_ROWS * len(LAYOUTS[name].measures)


def grids(findings: Findings) -> Iterator[Grid]:
    """The tables that a page has room for."""
    for name, table in findings.tables.items():
        if len(table) and not long(name, table):
            yield _grid(name, table)


def _grid(name: str, table: pd.DataFrame) -> Grid:
    """A row for each combination of keys, a column a measure."""
    layout = LAYOUTS[name]
    measures = len(layout.measures)
    cells = [_cell(*ends) for ends in zip(table["mean"], table["low"], table["high"], strict=True)]
    keys = table[list(layout.keys)].iloc[::measures].astype(str).to_numpy().tolist()
    rows = [[*keys[i], *cells[i * measures : (i + 1) * measures]] for i in range(len(keys))]
    head = [*(key.replace("_", " ") for key in layout.keys), *(f"{m.name}, {m.unit}" for m in layout.measures)]
    return Grid(name, layout.what, head, rows, len(layout.keys))


def _cell(mean: float, low: float, high: float) -> str:
    interval = between(low, high)
    return f"{number(mean)} ({interval})" if interval and low != high else number(mean)
