"""How busy each tier is in each hour of the week, in the manual's bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from sim.report import style
from sim.report.words import HOURS_PER_DAY, WEEKDAYS, tier_name
from sim.scenario.base import TIERS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

HEIGHT = 3.7
EDGES = (70.0, 80.0, 90.0)
"""The manual's (§8.3), in per cent."""
_EVERY = 4


@style.styled
def plot_utilization(table: pd.DataFrame, ax: Axes | None = None, edges: tuple[float, float, float] = EDGES) -> Axes:
    """A panel a tier: days of the week downwards, local hours to the right, each cell in the colour of its band.

    Args:
        table: `utilization_by_hour_tier`, whose `band` is drawn; nobody on duty is no band, and hatched.
        ax: where to draw, in panels that become its child axes; a new figure where none is given.
        edges: where the bands optimal, high and critical begin, in per cent: for the legend.
    """
    ax = style.axes(ax, HEIGHT)
    shares = table[table["measure"] == "utilization"]
    made = style.panels(ax, [tier_name(tier) for tier in TIERS], columns=2, gap=(0.09, 0.24))
    for i, (panel, tier) in enumerate(zip(made, TIERS, strict=True)):
        rows = shares[shares["tier"] == tier].sort_values("hour_of_week")
        _week(panel, [list(style.BANDS).index(band) if isinstance(band, str) else -1 for band in rows["band"]])
        _dress(panel, left=i % 2 == 0, bottom=i >= len(TIERS) - 2)
    _legend(ax, edges)
    return ax


def _week(ax: Axes, codes: list[int]) -> None:
    cells = np.reshape(codes, (len(WEEKDAYS), HOURS_PER_DAY))
    ax.add_patch(
        _nobody((0, 0), HOURS_PER_DAY, len(WEEKDAYS))
    )
    ax.pcolormesh(
        np.ma.masked_less(cells, 0), cmap=ListedColormap(list(style.BANDS.values())), vmin=-0.5,
        vmax=len(style.BANDS) - 0.5, edgecolors="white", linewidth=0.4,
    )  # fmt: skip


def _nobody(corner: tuple[float, float], width: float, height: float) -> Patch:
    from matplotlib.patches import Rectangle

    return Rectangle(corner, width, height, facecolor=style.NOBODY, edgecolor=style.FAINT, hatch="////", linewidth=0)


def _dress(ax: Axes, *, left: bool, bottom: bool) -> None:
    ax.set_xlim(0, HOURS_PER_DAY)
    ax.set_ylim(len(WEEKDAYS), 0)
    ax.set_xticks(np.arange(0, HOURS_PER_DAY + 1, _EVERY))
    ax.set_yticks(np.arange(len(WEEKDAYS)) + 0.5, labels=WEEKDAYS if left else [])
    ax.tick_params(axis="y", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    if bottom:
        ax.set_xlabel("local hour of the day, h")


def _legend(ax: Axes, edges: tuple[float, float, float]) -> None:
    low, middle, high = (f"{edge:g}" for edge in edges)
    ranges = (f"< {low} %", f"{low}-{middle} %", f"{middle}-{high} %", f"≥ {high} %")
    keys = [
        Patch(facecolor=colour, edgecolor=style.QUIET, linewidth=0.4, label=f"{band} {span}")
        for (band, colour), span in zip(style.BANDS.items(), ranges, strict=True)
    ]
    keys.append(Patch(facecolor=style.NOBODY, edgecolor=style.QUIET, hatch="////", linewidth=0.4, label="nobody on duty"))
    ax.legend(handles=keys, loc="lower center", bbox_to_anchor=(0.5, 1.08), ncols=5, title="time at work / time on duty")
