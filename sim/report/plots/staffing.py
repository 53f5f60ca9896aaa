"""Who is there against what comes in, region by region, over the local week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import StepPatch

from sim.report import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

PER_REGION = 1.15
"""Inches of height a region."""


def height(table: pd.DataFrame) -> float:
    """Inches, for all regions of the table."""
    return 0.8 + PER_REGION * table["region"].nunique()


@style.styled
def plot_staffing(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """A panel a region: agents on duty, and the load that each hour brings, in agents that it keeps busy.

    Args:
        table: `staffing_by_region_hour`.
        ax: where to draw, in panels that become its child axes; a new figure where none is given.
    """
    ax = style.axes(ax, height(table))
    regions = list(dict.fromkeys(table["region"]))
    made = style.panels(ax, regions, gap=(0.0, 0.32 / max(len(regions), 2)))
    most = table["mean"].max()
    for panel, region in zip(made, regions, strict=True):
        _region(panel, table[table["region"] == region])
        panel.set_ylim(0, max(1.0, most) * 1.05)
        style.week_axis(panel, labelled=region == regions[-1])
        style.levels(panel)
        panel.set_ylabel("agents")
    made[-1].set_xlabel("local time of the week", labelpad=6)
    keys = {label: handle for panel in made for handle, label in zip(*panel.get_legend_handles_labels(), strict=True)}
    ax.legend(keys.values(), keys.keys(), loc="lower center", bbox_to_anchor=(0.5, 1.06), ncols=3)
    return ax


def _region(ax: Axes, rows: pd.DataFrame) -> None:
    wide = rows.pivot_table(index="hour_of_week", columns="measure", values="mean", sort=True)
    present, load = wide["on_duty"].to_numpy(), wide["offered"].to_numpy()
    _steps(ax, load, facecolor=style.ORANGE, linewidth=0, alpha=0.55, label="load: work that the hour brings")
    if (load > present).any():
        _steps(ax, np.maximum(load, present), baseline=present, facecolor="none", edgecolor=style.VERMILION,
               hatch="//////", linewidth=0, label="more than the agents on duty")  # fmt: skip
    _steps(ax, present, baseline=None, fill=False, edgecolor=style.BLUE, linewidth=1.6, label="agents on duty")


def _steps(ax: Axes, values: NDArray[np.float64], **look: Any) -> None:
    """A step an hour. `stairs` would look at all its corners for limits of the axes, which are set."""
    ax.add_artist(StepPatch(values, np.arange(len(values) + 1), **look))
