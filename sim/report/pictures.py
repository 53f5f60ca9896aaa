"""Pictures as files: PNG and SVG whose bytes depend on the findings alone."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from sim.report import style
from sim.report.gallery import PLATES
from sim.report.plots import differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd
    from matplotlib.axes import Axes

    from sim.report.findings import Findings

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_REFERENCE = re.compile(r"url\(#([^)]*)\)")
_LEFT_OUT = {f"{_SVG}metadata", f"{_SVG}style"}
"""A style would hold for the whole page, which has it in its own."""
_COMPRESSION = 3
"""Of 9: the usual 6 takes half as long again for 3 % of the bytes."""
_NOTHING_TO_TELL = {"Date": None, "Creator": None, "Format": None, "Type": None}


class Picture(NamedTuple):
    """One plot, drawn."""

    name: str
    png: bytes
    svg: bytes


def pictures(findings: Findings) -> Iterator[Picture]:
    """Every plot for which the run has something to show."""
    for name, plate in PLATES.items():
        if plate.there(findings):
            yield picture(name, findings)


def picture(name: str, findings: Findings) -> Picture:
    """One plot, by its name in the gallery."""
    plate = PLATES[name]
    return drawn(name, plate.height(findings), lambda ax: plate.draw(findings, ax))


def comparison_picture(kpis: pd.DataFrame) -> Picture:
    """The differences of a comparison, from its frame."""
    return drawn("differences", differences.height(kpis), lambda ax: differences.plot_differences(kpis, ax))


def drawn(name: str, height: float, draw: Callable[[Axes], Axes]) -> Picture:
    """A figure of the usual width as files."""
    with style.drawing(name), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # a name may be written in any script
        figure = Figure(figsize=(style.WIDTH, height), dpi=style.DPI)
        FigureCanvasAgg(figure)
        draw(figure.add_subplot())
        ConstrainedLayoutEngine().execute(figure)  # once: an engine of the figure's own would do it for each file again
        png = _saved(figure, "png", {"Software": None}, pil_kwargs={"compress_level": _COMPRESSION})
        return Picture(name, png, _saved(figure, "svg", _NOTHING_TO_TELL))


def _saved(figure: Figure, kind: str, metadata: dict[str, None], **options: Any) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format=kind, metadata=metadata, **options)
    return out.getvalue()


def inline(picture: Picture, title: str) -> str:
    """The SVG as part of a page: named for those who hear it, identifiers its own, sized by the page, numbers short.

    Letters are shapes in it, so that no text of the scenario is in there but the title, which is escaped.
    """
    root = ET.fromstring(picture.svg)  # noqa: S314 - our own drawing, a moment ago
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in _LEFT_OUT]:
            parent.remove(child)
    used = {name for element in root.iter() for name in _references(element)}
    for element in root.iter():
        _settle(element, picture.name, used)
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-label": title}
    return ET.tostring(root, encoding="unicode")


def _references(element: ET.Element) -> list[str]:
    """The identifiers of other elements that an element uses."""
    linked = [element.get(_HREF, "").removeprefix("#")]
    return linked + [found for value in element.attrib.values() for found in _REFERENCE.findall(value)]


def _settle(element: ET.Element, name: str, used: set[str]) -> None:
    if element.get("id") not in used:
        element.attrib.pop("id", None)
    element.tag = element.tag.removeprefix(_SVG)
    element.attrib = dict(_attribute(key, value, name) for key, value in element.attrib.items())
    element.tail = None
    if element.text is not None and not element.text.strip():
        element.text = None


def _attribute(key: str, value: str, name: str) -> tuple[str, str]:
    if key == "id":
        return key, f"{name}-{value}"
    if key == _HREF:
        return "href", f"#{name}-{value.removeprefix('#')}"
    if key in {"d", "x", "y", "points"}:  # not in transform: the scale of letters needs its digits
        return key, " ".join(_LONG_NUMBER.sub(_short, value).split())
    return key, _REFERENCE.sub(rf"url(#{name}-\1)", value)


def _short(match: re.Match[str]) -> str:
    return f"{float(match[0]):.1f}".removesuffix(".0")
