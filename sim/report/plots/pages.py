"""When pages ring, by the local hour of whoever is paged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, HOUR
from sim.report import style
from sim.report.words import HOURS_PER_DAY

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

HEIGHT = 3.0
SLEEP = (22.0, 8.0)
"""Local hours of sleep in the manual: from, to."""
_PER_WEEK = 7


@style.styled
def plot_pages(table: pd.DataFrame, ax: Axes | None = None, days: int = 7, sleep: tuple[float, float] = SLEEP) -> Axes:
    """Pages a week by local hour of the day, one region upon the other; sleep hours are shaded.

    Args:
        table: `pages_by_region_hour`; pages a replication.
        ax: where to draw; a new figure where none is given.
        days: that a replication measures.
        sleep: local hours from and to which people sleep; it may go beyond midnight.
    """
    ax = style.axes(ax, HEIGHT)
    rows = table[table["measure"] == "pages"]
    hours, base = np.arange(HOURS_PER_DAY), np.zeros(HOURS_PER_DAY)
    for i, region in enumerate(dict.fromkeys(rows["region"])):
        count = rows.loc[rows["region"] == region].sort_values("hour_of_week")["mean"].to_numpy()
        weekly = count.reshape(-1, HOURS_PER_DAY).sum(axis=0) * _PER_WEEK / days
        ax.bar(
            hours, weekly, 0.9, base, align="edge", color=style.SERIES[i % len(style.SERIES)], edgecolor="white",
            hatch=style.HATCHES[i % len(style.HATCHES)], linewidth=0.4, label=str(region),
        )  # fmt: skip
        base = base + weekly
    regions = ax.get_legend_handles_labels()
    shade = _shade(ax, sleep)
    ax.set_xlim(0, HOURS_PER_DAY)
    ax.set_xticks(np.arange(0, HOURS_PER_DAY + 1, 2))
    ax.set_ylim(bottom=0)
    ax.set_xlabel("local hour of the day, h")
    ax.set_ylabel("pages a week")
    style.levels(ax)
    handles, labels = [*regions[0], shade], [*regions[1], "sleep hours"]
    ax.legend(handles, labels, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=5)
    return ax


def _shade(ax: Axes, sleep: tuple[float, float]) -> Artist:
    start, end = sleep
    spans = [(start, end)] if start < end else [(0.0, end), (start, float(DAY // HOUR))]
    shades = [ax.axvspan(*span, color=style.FAINT, alpha=0.55, linewidth=0, zorder=0) for span in spans]
    return shades[0]
