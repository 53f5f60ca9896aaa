"""One visual language for every plot: colours, type, sizes, and how axes are dressed.

Colours are those of M. Okabe and K. Ito, "Color Universal Design" (2008), which people with any kind of colour vision
tell apart. Whatever colour says is said again by shade, shape or a number, for prints in grey. Nothing here changes
matplotlib's settings for anybody else: they hold inside `drawing()` alone.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

from sim.report.words import HOURS_PER_DAY, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from matplotlib.axes import Axes

P = ParamSpec("P")

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
SERIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, YELLOW, BLACK)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
HATCHES = ("", "///", "...", "xxx", "\\\\\\", "++", "ooo", "---")
"""One a series, so that a print in grey tells them apart."""

INK, QUIET, FAINT, PAPER = "#1A1A1A", "#595959", "#D4D4D4", "#FFFFFF"

BANDS = {"low": "#E3EEF8", "optimal": "#8FD1B5", "high": "#E08E00", "critical": "#8C2B00"}
"""Bands of utilization (the manual, §8.3), darker from band to band."""

WIDTH = 7.2
"""Inches; every plot has this width."""
DPI = 150
HOURS_PER_WEEK = HOURS_PER_DAY * len(WEEKDAYS)

_SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # it comes with matplotlib: the same letters on every machine
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": PAPER,
    "axes.axisbelow": True,
    "axes.formatter.limits": (-5, 9),  # written out: 1e6 above the axis would stand where titles do
    "axes.grid": False,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.5,
    "lines.markersize": 4.5,
    "hatch.linewidth": 0.6,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "savefig.dpi": DPI,
    "text.color": INK,
    "text.parse_math": False,  # a dollar in a name is a dollar
    "svg.fonttype": "path",
    "path.simplify": True,
}


@contextmanager
def drawing(salt: str = "") -> Iterator[None]:
    """Inside, matplotlib draws in this language; `salt` names the drawing, so that its identifiers repeat."""
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever the user has set elsewhere
        mpl.rcParams.update({**_SETTINGS, "svg.hashsalt": salt or "sim"})
        yield


def styled(plot: Callable[P, Axes]) -> Callable[P, Axes]:
    """A plot that is drawn in this language, whatever the caller's settings are."""

    @wraps(plot)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Axes:
        with drawing():
            return plot(*args, **kwargs)

    return drawn


def axes(ax: Axes | None, height: float) -> Axes:
    """The caller's axes, or those of a new figure of `pyplot`, which a notebook shows."""
    if ax is not None:
        return ax
    from matplotlib import pyplot as plt

    _, made = plt.subplots(figsize=(WIDTH, height), layout="constrained")
    return made


def panels(ax: Axes, titles: Sequence[str], columns: int = 1, gap: tuple[float, float] = (0.06, 0.16)) -> list[Axes]:
    """Small multiples inside `ax`, row by row, each with its title; `ax` itself shows nothing any more.

    Args:
        ax: where they go; they become its child axes.
        titles: one a panel.
        columns: panels beside each other.
        gap: between panels, as a share of the width and of the height of `ax`.
    """
    ax.set_axis_off()
    rows = -(-len(titles) // columns)
    width, height = ((1 - gap[0] * (columns - 1)) / columns, (1 - gap[1] * (rows - 1)) / rows)
    made = []
    for i, title in enumerate(titles):
        row, column = divmod(i, columns)
        corner = (column * (width + gap[0]), 1 - height - row * (height + gap[1]))
        panel = ax.inset_axes((*corner, width, height))
        panel.set_title(title, y=1, pad=4)  # there is nothing to keep clear of, which each drawing would look for
        made.append(panel)
    return made


def week_axis(ax: Axes, *, labelled: bool = True) -> None:
    """An x axis of 168 local hours, a line a day."""
    edges = np.arange(0, HOURS_PER_WEEK + 1, HOURS_PER_DAY)
    ax.set_xlim(0, HOURS_PER_WEEK)
    ax.set_xticks(edges, labels=[])
    ax.set_xticks(edges[:-1] + HOURS_PER_DAY / 2, labels=WEEKDAYS if labelled else [], minor=True)
    ax.tick_params(axis="x", which="minor", length=0)
    ax.grid(visible=True, axis="x", which="major")


def dates(ax: Axes) -> None:
    """Days, or what a longer axis has room for, along the x axis."""
    locator = AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))  # type: ignore[no-untyped-call]


def levels(ax: Axes) -> None:
    """Faint lines at the ticks of the y axis, to read values off."""
    ax.grid(visible=True, axis="y")
    ax.tick_params(axis="y", length=0)
