"""Service levels by priority against their target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.report import style
from sim.report.words import number
from sim.scenario.base import PRIORITIES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

HEIGHT = 3.1
_PROMISES = {"response": (style.BLUE, "white"), "resolution": (style.SKY, style.INK)}
_LEGEND = ("response in time", "resolution in time", "95 % interval", "target")
_BAR = 0.38
_LABEL_AT = 3.0


@style.styled
def plot_sla(kpis: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Bars of the share of responses and resolutions in time, with intervals, and a line at each target.

    Args:
        kpis: key figures by name, with mean, low, high and target in per cent; `sla.response.P1` and its kin are read.
        ax: where to draw; a new figure where none is given.
    """
    ax = style.axes(ax, HEIGHT)
    for side, (promise, (colour, ink)) in enumerate(_PROMISES.items()):
        rows = kpis.reindex([f"sla.{promise}.{priority}" for priority in PRIORITIES])
        at = np.arange(len(PRIORITIES)) + (side - 0.5) * (_BAR + 0.04)
        ax.bar(at, rows["mean"], _BAR, color=colour, label=f"{promise} in time")
        _whiskers(ax, at, rows, label=side > 0)
        _targets(ax, at, rows, label=side > 0)
        for x, mean in zip(at, rows["mean"], strict=True):
            _heights(ax, float(x), mean, ink)
    _dress(ax)
    return ax


def _heights(ax: Axes, x: float, mean: float, ink: str) -> None:
    """The height of a bar at its foot, where no interval is in the way."""
    if np.isfinite(mean):
        ax.text(x, _LABEL_AT, number(mean), ha="center", va="bottom", fontsize=8, color=ink)
    else:
        ax.text(x, _LABEL_AT, "no data", ha="center", va="bottom", fontsize=8, color=style.QUIET, rotation=90)


def _whiskers(ax: Axes, at: np.ndarray, rows: pd.DataFrame, *, label: bool) -> None:
    arms = np.stack([rows["mean"] - rows["low"], rows["high"] - rows["mean"]])
    ax.errorbar(
        at, rows["mean"], arms, fmt="none", ecolor=style.INK, elinewidth=1, capsize=2.5,
        label="95 % interval" if label else "_",
    )  # fmt: skip


def _targets(ax: Axes, at: np.ndarray, rows: pd.DataFrame, *, label: bool) -> None:
    known = np.isfinite(rows["target"].to_numpy())
    ax.hlines(
        rows["target"][known], at[known] - _BAR / 2 - 0.02, at[known] + _BAR / 2 + 0.02, colors=style.VERMILION,
        linewidths=2, label="target" if label else "_",
    )  # fmt: skip


def _dress(ax: Axes) -> None:
    ax.set_xticks(np.arange(len(PRIORITIES)), labels=PRIORITIES)
    ax.tick_params(axis="x", length=0)
    ax.set_ylim(0, 104)
    ax.set_xlabel("original priority")
    ax.set_ylabel("in time, % of those due")
    style.levels(ax)
    keys = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    ax.legend([keys[name] for name in _LEGEND], _LEGEND, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4)
