"""What the alternatives change against the base, figure by figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.report import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_FIGURES = 18
PER_CENT = 100
_ROW = 0.3
_EDGES = 1.2
_COLOURS = {"better": style.BLUE, "worse": style.VERMILION, "higher": style.BLACK, "lower": style.BLACK}
_UNTOLD = style.QUIET
_APART, _SHARE = 0.22, 0.8
"""Rows between the markers of alternatives, at most; and what they take together of a row, at most."""
_LINEAR = 10
"""Per cent up to which the axis is linear; beyond it is logarithmic, as one rota may do ten times worse."""


def told(kpis: pd.DataFrame) -> list[str]:
    """Figures of which some alternative tells a difference, the largest in proportion to the base first.

    Args:
        kpis: the frame of a comparison, indexed by (kpi, scenario), the base first.
    """
    share = _shares(kpis)
    sure = kpis["verdict"].notna() & (kpis["verdict"] != "cannot tell") & np.isfinite(share["difference"])
    size = share["difference"].abs().where(sure).groupby(level="kpi").max().dropna()
    return size.sort_values(ascending=False, kind="stable").index[:MOST_FIGURES].tolist()


def height(kpis: pd.DataFrame) -> float:
    """Inches."""
    return _EDGES + _ROW * max(1, len(told(kpis))) * max(1.0, 0.6 * (len(_alternatives(kpis))))


@style.styled
def plot_differences(kpis: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Paired differences to the base with their intervals, in per cent of the base's figure; a marker an alternative.

    Args:
        kpis: the frame of a comparison, indexed by (kpi, scenario), the base first.
        ax: where to draw; a new figure where none is given.
    """
    ax = style.axes(ax, height(kpis))
    names, others, share = told(kpis), _alternatives(kpis), _shares(kpis)
    apart = min(_APART, _SHARE / max(1, len(others)))
    for row in range(0, len(names), 2):
        ax.axhspan(row - 0.5, row + 0.5, color=style.FAINT, alpha=0.35, linewidth=0)
    ax.axvline(0, color=style.QUIET, linewidth=0.8)
    for i, other in enumerate(others):
        rows, marker = share.xs(other, level="scenario").reindex(names), style.MARKERS[i % len(style.MARKERS)]
        at = np.arange(len(names)) + (i - (len(others) - 1) / 2) * apart
        verdicts = kpis["verdict"].xs(other, level="scenario").reindex(names)
        for y, (low, mid, high), verdict in zip(at, rows.to_numpy(), verdicts, strict=True):
            colour = _COLOURS.get(verdict, _UNTOLD)
            ax.plot([low, high], [y, y], color=colour, linewidth=1)
            face = style.PAPER if verdict == "worse" else colour  # for prints in grey
            ax.plot([mid], [y], color=colour, marker=marker, markerfacecolor=face, linestyle="none")
        ax.plot([], [], color=style.INK, marker=marker, linestyle="none", label=other)
    ax.set_yticks(np.arange(len(names)), labels=names)
    ax.set_ylim(max(1, len(names)) - 0.5, -0.5)
    ax.set_xscale("symlog", linthresh=_LINEAR)
    ax.xaxis.set_major_formatter(lambda x, _: f"{x:+g}" if x else "0")
    ax.set_xlabel("difference to the base, % of its figure\nblue better, red and hollow worse, grey cannot tell")
    ax.grid(axis="x")
    ax.legend(title=f"against {kpis.index.get_level_values('scenario')[0]}", title_fontsize=8,
              loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4)  # fmt: skip
    return ax


def _alternatives(kpis: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(kpis.index.get_level_values("scenario")))[1:]


def _shares(kpis: pd.DataFrame) -> pd.DataFrame:
    """Low end, difference and high end in per cent of the base's figure; NaN or infinite where that is 0."""
    base = kpis["mean"].groupby(level="kpi").transform("first").abs()
    columns = kpis[["difference_low", "difference", "difference_high"]].astype(float)
    return columns.div(base.where(base > 0), axis=0) * PER_CENT
