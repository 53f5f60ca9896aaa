"""How a result shows itself in a notebook: what was asked, how sure it is, and every key figure in a row."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Record = Mapping[str, Any]

_WHOLE_FROM = 1000
"""From here on a figure has no decimals."""
_MARKS: dict[bool | None, str] = {True: "✓", False: "✗", None: ""}


def html(title: str, lines: Iterable[str], records: Mapping[str, Record]) -> str:
    """A title, lines of text below it, and a table of figures. All texts are escaped; the table wears no colours.

    Args:
        title: what was run.
        lines: what to say of it; empty ones are left out.
        records: by name, as in `Result.records`.
    """
    import pandas as pd

    rows = {name: _row(record) for name, record in records.items()}
    columns = ["mean", "95 % interval", "unit", "target", "verdict"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).to_html(border=0, escape=True)
    head = [f"<b>{escape(title)}</b>", *(escape(line) for line in lines if line)]
    return f"<p>{'<br>'.join(head)}</p>{table}"


def _row(record: Record) -> tuple[str, ...]:
    target, verdict = record.get("target"), record.get("band") or _MARKS[record.get("met")]
    return (
        figure(record["mean"]),
        interval(record["low"], record["high"]),
        record["unit"],
        f"≥ {figure(target)}" if target is not None else "",
        verdict,
    )


def figure(value: float | None) -> str:
    """A figure for the eye; nothing where there is none."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= _WHOLE_FROM else f"{value:.1f}"


def interval(low: float | None, high: float | None) -> str:
    """Both ends, or nothing where there are too few replications for them."""
    return "" if low is None or high is None else f"{figure(low)} to {figure(high)}"
