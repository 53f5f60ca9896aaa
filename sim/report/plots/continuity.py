"""How the service stands disruptions and emergencies, over the whole run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.dates import date2num

from sim.report import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

_PANEL = 1.25
_HEAD = 0.9
_EDGE = 0.6
"""Width of the rim of a disruption, in points, so that an hour can be seen in a year."""


class _Panel(NamedTuple):
    """What one of the panels shows."""

    measure: str
    title: str
    unit: str
    colour: str


_INTERVAL = "95 % interval"
"""Told once, of the first panel."""
_WAITING = _Panel("waiting", "tickets that wait", "tickets", style.BLUE)
_RESPONSE = _Panel("response", "first responses in time, of those who come within 4 h", "%", style.GREEN)
_EMERGENCIES = _Panel("emergencies", "open emergencies", "emergencies", style.VERMILION)


def happened(table: pd.DataFrame) -> bool:
    """Whether anything was disrupted, or an emergency, at any time."""
    return _ever(table, "disrupted") or _ever(table, "emergencies")


def height(table: pd.DataFrame) -> float:
    """Inches, for the panels that there are."""
    return _HEAD + _PANEL * len(_panels(table))


def _panels(table: pd.DataFrame) -> list[_Panel]:
    return [_WAITING, _RESPONSE, *([_EMERGENCIES] if _ever(table, "emergencies") else [])]


def _ever(table: pd.DataFrame, measure: str) -> bool:
    return bool((table.loc[table["measure"] == measure, "mean"] > 0).any())


@style.styled
def plot_continuity(
    table: pd.DataFrame, ax: Axes | None = None, warmup_days: int = 0, target: float | None = None
) -> Axes:
    """Waiting tickets, responses in time and open emergencies, with the time of disruptions and drills shaded.

    The shade is as strong as the share of the replications, and of the hour, that were disrupted.

    Args:
        table: `continuity_by_time`.
        ax: where to draw, in panels that become its child axes; a new figure where none is given.
        warmup_days: days at the start that are not measured, shaded.
        target: per cent of the responses that shall be in time.
    """
    ax, shown = style.axes(ax, height(table)), _panels(table)
    made = style.panels(ax, [panel.title for panel in shown], gap=(0.0, 0.42 / max(len(shown), 2)))
    for axes, panel in zip(made, shown, strict=True):
        _draw(axes, table, panel, warmup_days)
        if panel is _RESPONSE:
            axes.set_ylim(_floor(table), 102)
            if target is not None:
                axes.axhline(target, color=style.VERMILION, linewidth=1.2, linestyle="--", label="target")
    for axes in made[:-1]:
        axes.set_xticklabels([])
    made[-1].set_xlabel("date, UTC")
    keys = {label: key for axes in made for key, label in zip(*axes.get_legend_handles_labels(), strict=True)}
    ax.legend(list(keys.values()), list(keys), loc="lower center", bbox_to_anchor=(0.5, 1.08), ncols=len(keys))
    return ax


def _floor(table: pd.DataFrame) -> float:
    """Where the axis of shares begins: ten or more below the worst hour."""
    worst = table.loc[table["measure"] == _RESPONSE.measure, "mean"].min()
    return max(0.0, 10 * np.floor(worst / 10) - 10) if np.isfinite(worst) else 0.0


def _draw(ax: Axes, table: pd.DataFrame, panel: _Panel, warmup_days: int) -> None:
    rows = table[table["measure"] == panel.measure]
    time = date2num(rows["time"].dt.tz_convert(None).to_numpy())  # type: ignore[no-untyped-call]
    share = table.loc[table["measure"] == "disrupted", "mean"].to_numpy() / 100
    _shade(ax, time, share)
    if rows["low"].notna().any():
        ax.fill_between(
            time,
            rows["low"],
            rows["high"],
            color=panel.colour,
            alpha=0.3,
            linewidth=0,
            label=_INTERVAL if panel is _WAITING else "_",
        )
    ax.plot(time, rows["mean"], color=panel.colour, linewidth=0.9)
    if warmup_days:
        ax.axvspan(time[0], time[0] + warmup_days, color=style.FAINT, alpha=0.6, linewidth=0, label="warm-up")
    ax.set_xlim(time[0], time[-1])
    ax.set_ylim(bottom=0)
    ax.set_ylabel(panel.unit)
    style.levels(ax)
    style.dates(ax)


def _shade(ax: Axes, time: NDArray[np.float64], share: NDArray[np.float64]) -> None:
    """Stretches of equally disrupted hours, each in one piece."""
    width = time[1] - time[0] if len(time) > 1 else 1.0
    cuts = np.flatnonzero(np.diff(share)) + 1
    for first, last in zip([0, *cuts.tolist()], [*cuts.tolist(), len(share)], strict=True):
        if share[first] > 0:
            ax.axvspan(
                time[first], time[last - 1] + width, facecolor=style.ORANGE, alpha=0.15 + 0.45 * float(share[first]),
                edgecolor=style.ORANGE, linewidth=_EDGE, label="disruption or drill", zorder=0,
            )  # fmt: skip
