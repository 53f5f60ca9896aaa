"""What work does to people: indicators against their limits, person by person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.patches import Patch

from sim.report import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_PEOPLE = 16
_ROW = 0.2
_HEAD = 2.3
_LEVELS = (0.0, 0.5, 50.0, 100.5)
_COLOURS = {"in no replication": "#F2F2F2", "in fewer than half": "#F3C86B", "in half or more": "#B5480A"}
_INKS = (style.INK, style.INK, "white")


def height(people: pd.DataFrame) -> float:
    """Inches, for the people that are shown."""
    return _HEAD + _ROW * min(people["agent"].nunique(), MOST_PEOPLE)


@style.styled
def plot_burnout(people: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """A row a person, a column a limit: the value, on the colour of how often it is above the limit.

    The people who exceed most limits are shown, `MOST_PEOPLE` at most.

    Args:
        people: a row a person and limit, with agent, limit, title, value, exceeded (per cent of the replications).
        ax: where to draw; a new figure where none is given.
    """
    ax = style.axes(ax, height(people))
    who = worst(people)
    titles = people.drop_duplicates("limit").set_index("limit")["title"]
    cells = people.set_index(["agent", "limit"])
    exceeded, value = (
        cells[name].unstack("limit").reindex(index=who, columns=titles.index).to_numpy()  # noqa: PD010 - keeps NaN
        for name in ("exceeded", "value")
    )
    ax.pcolormesh(
        np.ma.masked_invalid(exceeded), cmap=ListedColormap(list(_COLOURS.values())),
        norm=BoundaryNorm(_LEVELS, len(_COLOURS)), edgecolors="white", linewidth=0.8,
    )  # fmt: skip
    _values(ax, exceeded, value)
    _dress(ax, who, list(titles))
    return ax


def worst(people: pd.DataFrame) -> list[str]:
    """Who exceeds most limits, on average over replications; those of equal number in the order of the roster."""
    total = people.groupby("agent", sort=False)["exceeded"].sum()
    return [str(agent) for agent in total.sort_values(ascending=False, kind="stable").index[:MOST_PEOPLE]]


def _values(ax: Axes, exceeded: np.ndarray, value: np.ndarray) -> None:
    for (row, column), share in np.ndenumerate(exceeded):
        if np.isfinite(share):
            level = int(np.digitize(share, _LEVELS)) - 1
            text = f"{value[row, column]:.1f}".removesuffix(".0")
            ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=7, color=_INKS[level],
                    in_layout=False)  # fmt: skip


def _dress(ax: Axes, who: list[str], titles: list[str]) -> None:
    ax.set_xlim(0, len(titles))
    ax.set_ylim(len(who), 0)
    ax.set_yticks(np.arange(len(who)) + 0.5, labels=who, fontsize=7)
    ax.set_xticks(
        np.arange(len(titles)) + 0.5, labels=titles, rotation=50, ha="left", rotation_mode="anchor", fontsize=7
    )
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    keys = [Patch(facecolor=colour, label=f"above it {often}") for often, colour in _COLOURS.items()]
    ax.legend(handles=keys, loc="upper center", bbox_to_anchor=(0.4, -0.02), ncols=3)
