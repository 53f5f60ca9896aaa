"""How busy each tier is in each hour of the week, in the manual's bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from sim.report import style
from sim.report.words import HOURS_PER_DAY, WEEKDAYS, tier_name
from sim.scenario.base import TIERS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

HEIGHT = 3.7
EDGES = (70.0, 80.0, 90.0)
"""The manual's (§8.3), in per cent."""
NOBODY = "nobody on duty"
_LOOKS = {**{band: (colour, "") for band, colour in style.BANDS.items()}, NOBODY: (style.PAPER, "////")}
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
        _week(panel, [band if isinstance(band, str) else NOBODY for band in rows["band"]])
        _dress(panel, left=i % 2 == 0, bottom=i >= len(TIERS) - 2)
    _legend(ax, edges)
    return ax


def _week(ax: Axes, bands: list[str]) -> None:
    """One shape a band, of as many cells as it has: a drawing of a tenth of the size of one with a shape a cell."""
    cells = np.reshape(np.array(bands, dtype=object), (len(WEEKDAYS), HOURS_PER_DAY))
    for band, (colour, hatch) in _LOOKS.items():
        days, hours = np.nonzero(cells == band)
        if len(days):
            corners = np.stack([hours, days], axis=-1)
            ax.add_artist(PathPatch(  # `add_patch` would look at all corners for limits of the axes, which are set
                _squares(corners), facecolor=colour, edgecolor=style.FAINT if hatch else "white",
                hatch=hatch, linewidth=0 if hatch else 0.4, label=band,
            ))  # fmt: skip


def _squares(corners: NDArray[np.intp]) -> Path:
    """Unit squares at (n, 2) corners."""
    one = Path.unit_rectangle()
    vertices = (corners[:, None, :] + np.asarray(one.vertices, dtype=np.float64)).reshape(-1, 2)
    return Path(vertices, np.tile(np.asarray(one.codes), len(corners)))


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
    spans = (f"< {low} %", f"{low}-{middle} %", f"{middle}-{high} %", f"≥ {high} %", "")
    keys = [
        Patch(facecolor=colour, edgecolor=style.QUIET, hatch=hatch, linewidth=0.4, label=f"{band} {span}".strip())
        for (band, (colour, hatch)), span in zip(_LOOKS.items(), spans, strict=True)
    ]
    ax.legend(
        handles=keys, loc="lower center", bbox_to_anchor=(0.5, 1.08), ncols=5, title="time at work / time on duty"
    )
