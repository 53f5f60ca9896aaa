"""A run as one page that holds everything it needs: no scripts, no fonts or pictures from elsewhere."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from sim.errors import ResultsError
from sim.report.advice import worst_hours
from sim.report.events import TABLES, eventful, lost_any, lost_by_reason
from sim.report.gallery import PLATES
from sim.report.headlines import tiles
from sim.report.listings import figures, grids, limits, long, people_over
from sim.report.pictures import inline, pictures
from sim.report.sentences import sentences
from sim.report.words import counted, number

if TYPE_CHECKING:
    from jinja2 import Template

    from sim.report.findings import Findings
    from sim.report.pictures import Picture


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
    whole = Path(part.name)
    whole.chmod(0o644)
    whole.replace(path)


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
        limits=limits(findings),
        figures=figures(findings),
        events=[grid for grid in grids(findings) if grid.name in TABLES] if eventful(findings.records) else [],
        lost=lost_by_reason(findings.tables) if lost_any(findings.records) else [],
        grids=list(grids(findings)),
        elsewhere=[name for name, table in findings.tables.items() if long(name, table)],
        run=_run(manifest),
    )


@cache
def _template(name: str) -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_unbroken
    )
    environment.filters |= {"number": number, "counted": counted}
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
