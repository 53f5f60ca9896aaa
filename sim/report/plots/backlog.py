"""How many tasks wait, over the whole run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.dates import date2num

from sim.report import style
from sim.report.words import tier_name

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

PER_TIER = 1.0
"""Inches of height a tier."""
MOST_POINTS = 900
"""A panel has room for so many; of longer runs one hour in two, three, ... is drawn."""


def height(table: pd.DataFrame) -> float:
    """Inches, for all tiers of the table in which anything ever waits."""
    return 0.8 + PER_TIER * len(_tiers(table))


def _tiers(table: pd.DataFrame) -> list[str]:
    waiting = table[table["measure"] == "waiting"].groupby("tier", sort=False)["mean"].max()
    return [str(tier) for tier in waiting.index[waiting > 0]] or [str(waiting.index[0])]


@style.styled
def plot_backlog(table: pd.DataFrame, ax: Axes | None = None, warmup_days: int = 0) -> Axes:
    """A panel a tier: tasks that wait, on average over replications, with the interval as a band.

    Args:
        table: `backlog_by_time_tier`.
        ax: where to draw, in panels that become its child axes; a new figure where none is given.
        warmup_days: days at the start that are not measured, shaded.
    """
    ax = style.axes(ax, height(table))
    waiting, tiers = table[table["measure"] == "waiting"], _tiers(table)
    stride = -(-len(waiting) // waiting["tier"].nunique() // MOST_POINTS)
    made = style.panels(ax, [tier_name(tier) for tier in tiers], gap=(0.0, 0.36 / max(len(tiers), 2)))
    for panel, tier in zip(made, tiers, strict=True):
        _tier(panel, waiting[waiting["tier"] == tier].iloc[::stride], warmup_days)
        style.levels(panel)
        panel.set_ylabel("tasks")
        if tier != tiers[-1]:
            panel.set_xticklabels([])
    made[-1].set_xlabel("date, UTC" if stride == 1 else f"date, UTC (one point in {stride} is drawn)")
    ax.legend(*made[0].get_legend_handles_labels(), loc="lower center", bbox_to_anchor=(0.5, 1.06), ncols=3)
    return ax


def _tier(ax: Axes, rows: pd.DataFrame, warmup_days: int) -> None:
    time = date2num(rows["time"].dt.tz_convert(None).to_numpy())  # type: ignore[no-untyped-call]
    if rows["low"].notna().any():
        ax.fill_between(time, rows["low"], rows["high"], color=style.SKY, alpha=0.5, linewidth=0, label="95 % interval")
    ax.plot(time, rows["mean"], color=style.BLUE, linewidth=0.9, label="tasks that wait")
    if warmup_days:
        ax.axvspan(
            time[0], time[0] + warmup_days, color=style.FAINT, alpha=0.6, linewidth=0, label="warm-up, not measured"
        )
    ax.set_xlim(time[0], time[-1])
    ax.set_ylim(bottom=0)
    style.dates(ax)
