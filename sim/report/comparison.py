"""A comparison on the terminal: figures side by side, what can be told first, and what cannot be told after it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from sim.experiment.comparison import LEVEL
from sim.metrics.kpis import KPIS, told
from sim.report.summary import decimals, span
from sim.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, RenderableType

    from sim.experiment.comparison import Comparison, Difference, Turn

MOST_CHANGES = 6
"""Changed keys of a scenario that are listed; all of them are in the manifest."""

_Sections = tuple[tuple[tuple[str, ...], str], ...]

_SECTIONS: _Sections = (
    (("worse",), "Worse"),
    (("better",), "Better"),
    (("higher", "lower"), "Higher or lower"),
    (("cannot tell",), "Cannot tell"),
)
_SECTIONS_OF_SEVERAL: _Sections = ((("worse", "better"), "Better or worse"), *_SECTIONS[2:])
_STYLES = {"worse": "red", "better": "green", "higher": "cyan", "lower": "cyan", "cannot tell": "dim"}
_NARROWEST = 11
"""Characters of a column of figures at least, so that most names fit on two lines."""
_GAP = 2
_MOST_DECIMALS = 3


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print a comparison: at 80 columns one alternative, or several in as many tables as the width asks for."""
    for part in _parts(comparison, console.width):
        console.print(part)


def _parts(comparison: Comparison, width: int) -> Iterator[RenderableType]:
    yield _headline(comparison)
    yield from _scenarios(comparison)
    yield from _side_by_side(comparison, width)
    yield ""
    yield from _turned(comparison)
    yield from (Text(line, style="dim") for line in _method(comparison))
    yield from (Text(f"note: {notice}", style="yellow") for notice in comparison.notices)


def _headline(comparison: Comparison) -> Text:
    base = comparison.base
    each = f"{counted(comparison.replications, 'replication')} each"
    text = Text.assemble("\n", (comparison.labels[0], "bold"), " is the base\n")
    text.append(
        f"{span(base)} · {each} · {comparison.wall_s:.1f} s\nseed {base.seed} · {base.engine} engine\n", style="dim"
    )
    return text


def _scenarios(comparison: Comparison) -> Iterator[Text]:
    """Who is who: name, hash, question, and what is changed."""
    asked = ""
    for label, result in zip(comparison.labels, comparison.results, strict=True):
        yield Text.assemble((label, "bold"), (f"  {result.hash}", "dim"))
        changes = [str(change) for change in comparison.changes.get(label, ())]
        told = changes if len(changes) <= MOST_CHANGES else changes[: MOST_CHANGES - 1]
        rest = [f"... and {len(changes) - len(told)} more, see the manifest"] if told != changes else []
        if result.scenario.question not in {"", asked}:
            asked = result.scenario.question
            yield Text(f"  {asked}")
        yield from (Text(f"  {line}", style="dim") for line in (*told, *rest))
    yield Text()


def _side_by_side(comparison: Comparison, width: int) -> Iterator[Table]:
    others = comparison.labels[1:]
    if len(others) == 1:
        yield _of_one(comparison)
        return
    kpis = _told(comparison)
    cell = max(_NARROWEST, *(one.cell_len for label in others for kpi in kpis for one in _cell(comparison, label, kpi)))
    fit = max(1, (width - max(map(len, kpis)) - _NARROWEST - 2 * _GAP) // (cell + _GAP))
    for first in range(0, len(others), fit):
        yield _of_several(comparison, others[first : first + fit], cell)


def _of_one(comparison: Comparison) -> Table:
    """A line a figure: base, alternative, difference."""
    base, other = comparison.labels
    table = _table([base, other])
    table.add_column("difference", justify="right", no_wrap=True)
    table.add_column("", style="dim", no_wrap=True)
    for title, kpis in _sections(comparison, _SECTIONS):
        _add_section(table, title, len(kpis))
        for kpi in kpis:
            found = comparison.differences[other][kpi]
            figures = (_figure(comparison, label, kpi) for label in comparison.labels)
            table.add_row(kpi, *figures, Text(_change(found), style=_STYLES[found.verdict]), KPIS[kpi].unit)
    return table


def _of_several(comparison: Comparison, others: Sequence[str], cell: int) -> Table:
    """Two lines a figure: what it is and how it is judged, and the difference below."""
    table = _table([comparison.labels[0], *others], cell)
    for title, kpis in _sections(comparison, _SECTIONS_OF_SEVERAL):
        _add_section(table, title, len(kpis))
        for kpi in kpis:
            name = Text.assemble(kpi, "\n", (KPIS[kpi].unit, "dim"))
            cells = (Text("\n").join(_cell(comparison, label, kpi)) for label in others)
            table.add_row(name, _figure(comparison, comparison.labels[0], kpi), *cells)
    return table


def _table(labels: Sequence[str], width: int = _NARROWEST) -> Table:
    table = Table(box=None, padding=(0, _GAP, 0, 0), header_style="bold")
    table.add_column("", no_wrap=True)
    for n, label in enumerate(labels):
        table.add_column(Text(_folded(label, width if n else _NARROWEST)), justify="right", no_wrap=True)
    return table


def _add_section(table: Table, title: str, figures: int) -> None:
    """A heading within the table, so that the columns of all sections stand below each other."""
    if table.row_count:
        table.add_row()
    table.add_row(Text(f"{title} ({figures})", style="bold"))


def _sections(comparison: Comparison, sections: _Sections) -> Iterator[tuple[str, list[str]]]:
    """Figures by what can be told of them; one of several alternatives is enough to bring a figure up."""
    left = _told(comparison)
    for verdicts, title in sections:
        kpis = [kpi for kpi in left if any(of[kpi].verdict in verdicts for of in comparison.differences.values())]
        left = [kpi for kpi in left if kpi not in kpis]
        if kpis:
            yield title, kpis


def _told(comparison: Comparison) -> list[str]:
    """Figures of which at least one of the scenarios has something to tell."""
    return [kpi for kpi in KPIS if told(kpi, *(result.records[kpi] for result in comparison.results))]


def _figure(comparison: Comparison, label: str, kpi: str) -> str:
    mean = comparison.results[comparison.labels.index(label)].records[kpi]["mean"]
    return "no data" if mean is None else f"{mean:,.{decimals(mean)}f}"


def _cell(comparison: Comparison, label: str, kpi: str) -> tuple[Text, Text]:
    found = comparison.differences[label][kpi]
    style = _STYLES[found.verdict]
    says = "" if found.verdict == "cannot tell" else f"{found.verdict} "
    return Text(says + _figure(comparison, label, kpi), style=style), Text(_change(found), style=style)


def _change(found: Difference) -> str:
    """A difference with its interval, `+7.5 ± 2.3`; without an interval where there is none."""
    if found.mean is None:
        return "no data"
    if found.low is None or found.high is None:
        return f"{found.mean:+,.{decimals(found.mean)}f}"
    half = (found.high - found.low) / 2
    if found.mean == half == 0:
        return "the same"
    digits = _decimals(found.mean, half)
    signed = f"{found.mean:+,.{digits}f}" if round(found.mean, digits) else f"{0:.{digits}f}"
    return f"{signed} ± {half:,.{digits}f}"


def _decimals(mean: float, half: float) -> int:
    """Decimals that show the first digit of the half-width, or of the difference where that has no width."""
    finest = half or abs(mean)
    return min(_MOST_DECIMALS, max(decimals(max(abs(mean), half)), -math.floor(math.log10(finest))))


def _folded(label: str, width: int) -> str:
    """The label on lines of at most `width` characters, parted after its separators where it can be."""
    lines = [""]
    for part in re.findall(r"[^ _/-]*[ _/-]?", label):
        if len(lines[-1] + part.rstrip()) > width and lines[-1]:
            lines.append("")
        lines[-1] += part
    return "\n".join(line[n : n + width].strip() for line in lines for n in range(0, len(line), width))


def _turned(comparison: Comparison) -> Iterator[Text]:
    """Targets newly met and newly missed, in a sentence for each scenario."""
    for label in comparison.labels[1:]:
        for met in (False, True):
            turns = [turn for turn in comparison.turns if turn.label == label and turn.met is met]
            if turns:
                what = ", ".join(_turn(comparison, turn) for turn in turns)
                yield Text(
                    f"{label} newly {'meets' if met else 'misses'} {what}.", style="green" if met else "bold red"
                )
    if not comparison.turns and any("target" in record for record in comparison.base.records.values()):
        yield Text("No target is newly met or newly missed.")


def _turn(comparison: Comparison, turn: Turn) -> str:
    record = comparison.results[comparison.labels.index(turn.label)].records[turn.kpi]
    unsure = (
        ", though it cannot be told from the base" if comparison.verdict(turn.kpi, turn.label) == "cannot tell" else ""
    )
    return f"{turn.kpi} ({record['mean']:.1f} {record['unit']}, target {record['target']:g} {record['unit']}{unsure})"


def _method(comparison: Comparison) -> Iterator[str]:
    """What the intervals are, and what common random numbers were worth."""
    if comparison.replications == 1:
        yield "One replication has no intervals, so that nothing can be told: ask for more."
        return
    others = len(comparison.labels) - 1
    together = f", each for all {others} alternatives together" if comparison.simultaneous and others > 1 else ""
    yield f"Differences with {LEVEL * 100:g} % intervals{together}, paired: all scenarios meet the same tickets."
    if comparison.typical_gain is not None:
        worth = f"{max(comparison.typical_gain, 0.1):,.{decimals(comparison.typical_gain * 100)}f}"
        yield f"Without that, the same intervals would take {worth} times the replications (median of all figures)."
