"""A run as one page that holds everything it needs: no scripts, no fonts or pictures from elsewhere."""

from __future__ import annotations

import os
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from sim.errors import ResultsError
from sim.metrics.kpis import KPIS
from sim.metrics.measure import LAYOUTS
from sim.report.advice import worst_hours
from sim.report.gallery import PLATES
from sim.report.pictures import inline, pictures
from sim.report.sentences import figure, sentences, verdict
from sim.report.words import between, counted, number, tier_name
from sim.scenario.base import PRIORITIES, TIERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from jinja2 import Template

    from sim.report.findings import Findings, Record
    from sim.report.pictures import Picture

MOST_TILES = 7
MOST_ROWS = 60
"""Longer tables are in the folder alone."""
_ALMOST_ALWAYS = 50.0


class Tile(NamedTuple):
    """A headline figure."""

    label: str
    value: str
    unit: str
    below: str
    verdict: str
    """met, missed, cannot tell, or nothing."""
    said: str = ""
    """The verdict in other words."""


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


def write_report(findings: Findings, folder: Path) -> Path:
    """Write `report.html` and `plots/*.png` and `.svg` into a folder, over those that are there; returns the page.

    Raises:
        ResultsError: the folder cannot be written.
    """
    drawn = list(pictures(findings))
    try:
        (folder / "plots").mkdir(parents=True, exist_ok=True)
        for picture in drawn:
            _replace(folder / "plots" / f"{picture.name}.png", picture.png)
            _replace(folder / "plots" / f"{picture.name}.svg", picture.svg)
        _replace(folder / "report.html", page(findings, drawn).encode())
    except OSError as error:
        raise ResultsError(f"{folder} cannot be written: {error.strerror or error}") from error
    return folder / "report.html"


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with NamedTemporaryFile(dir=path.parent, prefix=".unfinished-", delete=False) as part:
        part.write(content)
    Path(part.name).chmod(0o644)
    os.replace(part.name, path)


def page(findings: Findings, drawn: list[Picture] | None = None) -> str:
    """The page.

    Args:
        findings: what it tells.
        drawn: its pictures, where they have been drawn already.
    """
    shown = list(pictures(findings)) if drawn is None else drawn
    manifest = findings.manifest
    return _template("page.html").render(
        css=Markup(_text("page.css")),  # noqa: S704 - our own file
        manifest=manifest,
        setting=findings.setting,
        command=findings.command,
        tiles=tiles(findings),
        sentences=sentences(findings),
        worst=worst_hours(findings.tables, findings.setting["utilization_bands"]),
        plates=PLATES,
        svgs={one.name: Markup(inline(one, PLATES[one.name].title)) for one in shown},  # noqa: S704 - our own drawing
        people=people_over(findings),
        limits=_limits(findings),
        figures=_figures(findings),
        grids=list(_grids(findings)),
        elsewhere=[name for name, table in findings.tables.items() if _long(name, table)],
        run=_run(manifest),
    )


@cache
def _template(name: str) -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_unbroken
    )
    environment.filters |= {"number": number, "counted": counted, "tier": tier_name}
    return environment.from_string(_text(name))


def _unbroken(value: Any) -> Any:
    """Per cent stay with their number at the end of a line."""
    return value.replace(" %", "\u00a0%") if isinstance(value, str) else value


def _text(name: str) -> str:
    return (resources.files("sim.report") / "templates" / name).read_text(encoding="utf-8")


def _run(manifest: Any) -> str:
    """`28 days after 7 of warm-up, 8 replications`."""
    warmup = manifest["warmup_days"]
    before = f" after {warmup} of warm-up" if warmup else ""
    return f"{counted(manifest['horizon_days'], 'day')}{before}, {counted(manifest['replications'], 'replication')}"


# ---- headline figures --------------------------------------------------------------------------------------------------


def tiles(findings: Findings) -> list[Tile]:
    """At most seven headline figures; what has no figure is left out."""
    records = findings.records
    named = [(f"{priority} responses in time", records[f"sla.response.{priority}"]) for priority in PRIORITIES[:2]]
    named += [("Mean first response", records["response.mean"]), ("Tickets open at a time", records["tickets.active"])]
    found = [*_targets(findings), *(_tile(label, record) for label, record in named if record["mean"] is not None)]
    return [*found, *_busiest(records), *_over_limits(findings)][:MOST_TILES]


def _tile(label: str, record: Record) -> Tile:
    interval = between(record["low"], record["high"])
    target = f"target {record['target']:g} %" if record.get("target") is not None else ""
    return Tile(label, number(record["mean"]), record["unit"], "; ".join(filter(None, (interval, target))), verdict(record) or "")


def _targets(findings: Findings) -> Iterator[Tile]:
    judged = [record["met"] for record in findings.records.values() if record.get("met") is not None]
    if judged:
        met = sum(judged)
        missed = len(judged) - met
        yield Tile("Targets met", f"{met} of {len(judged)}", "", "", "missed" if missed else "met", f"{missed} missed" if missed else "all")


def _busiest(records: dict[str, Record]) -> Iterator[Tile]:
    staffed = [(tier, records[f"utilization.{tier}"]) for tier in TIERS if records[f"utilization.{tier}"]["mean"] is not None]
    if staffed:
        tier, record = max(staffed, key=lambda pair: pair[1]["mean"])
        below = "; ".join(filter(None, (between(record["low"], record["high"]), record["band"])))
        yield Tile(f"Busiest: {tier_name(tier)}", number(record["mean"]), "%", below, "")


def _over_limits(findings: Findings) -> Iterator[Tile]:
    record = findings.records["burnout.people_over_limit"]
    if record["mean"] is not None:
        below = f"of {findings.people['agent'].nunique():,}"
        yield Tile("People over a limit", number(record["mean"]), "", below, "")


# ---- people ------------------------------------------------------------------------------------------------------------


def people_over(findings: Findings) -> list[Person]:
    """Who is above which limits in at least half of the replications, in the order of the roster."""
    people = findings.people
    over = people[people["exceeded"] >= _ALMOST_ALWAYS]
    told = over.assign(text=[f"{row.title}: {number(row.value)}" for row in over.itertuples()])
    return [Person(str(agent), "; ".join(rows["text"])) for agent, rows in told.groupby("agent", sort=False)]


def _limits(findings: Findings) -> list[dict[str, Any]]:
    people = findings.people
    often = people.groupby("limit")["exceeded"].agg(lambda shares: int((shares >= _ALMOST_ALWAYS).sum()))
    titles = people.drop_duplicates("limit").set_index("limit")["title"]
    return [
        {**limit, "title": titles[limit["limit"]], "people": often[limit["limit"]]}
        for limit in findings.setting["limits"]
        if limit["limit"] in titles
    ]


# ---- tables ------------------------------------------------------------------------------------------------------------


def _figures(findings: Findings) -> list[dict[str, str]]:
    return [
        {
            "name": name,
            "what": KPIS[name].what if name in KPIS else "",
            "figure": figure(record) if record["mean"] is not None else "no data",
            "target": f"{record['target']:g} %" if record.get("target") is not None else "",
            "verdict": verdict(record) or record.get("band") or "",
        }
        for name, record in findings.records.items()
    ]


def _long(name: str, table: pd.DataFrame) -> bool:
    return len(table) > MOST_ROWS * len(LAYOUTS[name].measures)


def _grids(findings: Findings) -> Iterator[Grid]:
    for name, table in findings.tables.items():
        if not _long(name, table):
            yield _grid(name, table)


def _grid(name: str, table: pd.DataFrame) -> Grid:
    """A row for each combination of keys, a column a measure."""
    layout = LAYOUTS[name]
    measures = len(layout.measures)
    cells = [_cell(row.mean, row.low, row.high) for row in table[["mean", "low", "high"]].itertuples(index=False)]
    keys = table[list(layout.keys)].iloc[::measures].astype(str).to_numpy().tolist()
    rows = [[*keys[i], *cells[i * measures : (i + 1) * measures]] for i in range(len(keys))]
    head = [*(key.replace("_", " ") for key in layout.keys), *(f"{m.name}, {m.unit}" for m in layout.measures)]
    return Grid(name, layout.what, head, rows, len(layout.keys))


def _cell(mean: float, low: float, high: float) -> str:
    interval = between(low, high)
    return f"{number(mean)} ({interval})" if interval and low != high else number(mean)
