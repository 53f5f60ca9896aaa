"""How long tasks wait before anybody works on them, by priority."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.report import style
from sim.scenario.base import PRIORITIES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

HEIGHT = 3.1
_LONGER = {"probability": "at all", "over_1_min": "1 min", "over_5_min": "5 min", "over_15_min": "15 min",
           "over_60_min": "60 min"}  # fmt: skip
_APART = 0.07


@style.styled
def plot_waits(table: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The share of tasks that wait longer than so many minutes, a line a priority, with intervals.

    Args:
        table: `waits_by_priority`; shares in per cent.
        ax: where to draw; a new figure where none is given.
    """
    ax = style.axes(ax, HEIGHT)
    at = np.arange(len(_LONGER))
    for i, priority in enumerate(PRIORITIES):
        rows = table[table["priority"] == priority].set_index("measure").reindex(list(_LONGER))
        arms = np.stack([rows["mean"] - rows["low"], rows["high"] - rows["mean"]])
        ax.errorbar(
            at + (i - (len(PRIORITIES) - 1) / 2) * _APART, rows["mean"], arms, color=style.SERIES[i],
            marker=style.MARKERS[i], capsize=2, elinewidth=1, label=priority,
        )  # fmt: skip
    ax.set_xticks(at, labels=list(_LONGER.values()))
    ax.set_ylim(bottom=0)
    ax.set_xlabel("waits longer than")
    ax.set_ylabel("% of tasks started")
    style.levels(ax)
    ax.legend(title="priority", loc="upper right", title_fontsize=8)
    return ax
