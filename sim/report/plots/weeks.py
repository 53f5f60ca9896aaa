"""How many hours people work, week by week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.patches import Patch

from sim.report import style

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

MOST_PEOPLE = 20
MOST_WEEKS = 16
_ROW = 0.2
_HEAD = 1.3
_ENDLESS = 168.5
_COLOURS = ("#F2F2F2", "#F3C86B", "#B5480A")
_INKS = (style.INK, style.INK, "white")


def height(table: pd.DataFrame) -> float:
    """Inches, for the people that are shown."""
    return _HEAD + _ROW * min(table["agent"].nunique(), MOST_PEOPLE)


@style.styled
def plot_weeks(table: pd.DataFrame, ax: Axes | None = None, limits: Sequence[float] = (48.0, 60.0)) -> Axes:
    """A row a person, a column a week: hours worked, on the colour of the limits that they pass.

    Those whose longest week is longest are shown, `MOST_PEOPLE` at most, and the last `MOST_WEEKS` weeks.

    Args:
        table: `time_by_agent_week`; hours.
        ax: where to draw; a new figure where none is given.
        limits: hours a week, ascending.
    """
    ax = style.axes(ax, height(table))
    hours = table.pivot_table(index="agent", columns="week", values="mean", sort=False, observed=True)
    hours = hours[hours.columns[-MOST_WEEKS:]]
    hours = hours.loc[hours.max(axis=1).sort_values(ascending=False, kind="stable").index[:MOST_PEOPLE]]
    edges = [0.0, *(np.nextafter(limit, np.inf) for limit in limits), _ENDLESS]
    ax.pcolormesh(
        hours.to_numpy(), cmap=ListedColormap(_COLOURS), norm=BoundaryNorm(edges, len(_COLOURS)), edgecolors="white",
        linewidth=0.8,
    )  # fmt: skip
    for (row, column), value in np.ndenumerate(hours.to_numpy()):
        ink = _INKS[int(np.digitize(value, edges)) - 1]
        ax.text(column + 0.5, row + 0.5, f"{value:.0f}", ha="center", va="center", fontsize=7, color=ink,
                in_layout=False)  # fmt: skip
    _dress(ax, [str(name) for name in hours.index], [f"{week:%d %b}" for week in hours.columns])
    low, high = limits
    words = (f"up to {low:g} h", f"above {low:g} h", f"above {high:g} h")
    keys = [Patch(facecolor=colour, label=text) for colour, text in zip(_COLOURS, words, strict=True)]
    ax.legend(handles=keys, loc="upper center", bbox_to_anchor=(0.4, -0.04), ncols=3)
    return ax


def _dress(ax: Axes, people: list[str], weeks: list[str]) -> None:
    ax.set_ylim(len(people), 0)
    ax.set_yticks(np.arange(len(people)) + 0.5, labels=people, fontsize=7)
    ax.set_xticks(np.arange(len(weeks)) + 0.5, labels=weeks, fontsize=7)
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.set_xlabel("hours worked in the week from")
    ax.tick_params(length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
