"""What happened to the organisation, and to people's plans, in the words and rows of a report."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.metrics.event_figures import EVENT_FIGURES
from sim.report.words import lasting, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

Record = dict[str, Any]
_HOURS_TOLD = 0.05
_ALL = 100
TABLES = ("continuity_by_disruption", "emergencies_by_type", "communication_by_step")
"""The tables of emergencies and continuity, as a page shows them."""


class Disrupted(NamedTuple):
    """What the disruptions or drills of one name did, on average; counts of occurrences are of a replication."""

    name: str
    occurrences: float
    recovery: float
    """Minutes; NaN where it cannot be told."""
    unrecovered: float
    """Per cent after which the service was not back by the end of the run; NaN where it cannot be told."""
    backlog_peak: float
    deferred: float


class Lost(NamedTuple):
    """Planned duty lost for one reason: hours a replication, and per cent of all planned hours."""

    reason: str
    hours: float
    share: float


def eventful(records: Mapping[str, Record]) -> bool:
    """Whether there is anything to tell of emergencies and continuity."""
    return any(records[name]["mean"] is not None for definition in EVENT_FIGURES for name in definition.names)


def lost_any(records: Mapping[str, Record]) -> bool:
    """Whether planned duty could be lost at all."""
    return records["people.absence"]["mean"] is not None


def disrupted(tables: Mapping[str, pd.DataFrame]) -> list[Disrupted]:
    """Disruptions and drills that occurred, in the order of the scenario."""
    wide = tables["continuity_by_disruption"].pivot_table(
        index="disruption", columns="measure", values="mean", sort=False, dropna=False, observed=True
    )
    happened = wide[wide["occurrences"] > 0] if len(wide) else wide
    return [
        Disrupted(str(name), *(row[measure] for measure in Disrupted._fields[1:])) for name, row in happened.iterrows()
    ]


def outcome(one: Disrupted) -> str:
    """`service back 45.0 min after its end, 7.0 more in line than before, 2.0 put off`."""
    put_off = f"{number(one.deferred)} put off" if one.deferred else ""
    parts = [_back(one), f"{number(one.backlog_peak)} more in line than before", put_off]
    return ", ".join(part for part in parts if part)


def _back(one: Disrupted) -> str:
    """How long the service took; nothing where that cannot be told."""
    if math.isnan(one.recovery):
        return ""
    if one.unrecovered >= _ALL:
        return "service not back by the end of the run"
    not_back = f" (in {number(one.unrecovered)} % not by the end of the run)" if one.unrecovered > 0 else ""
    return f"service back {lasting(one.recovery)} after its end{not_back}"


def lost_by_reason(tables: Mapping[str, pd.DataFrame]) -> list[Lost]:
    """Hours lost by reason, the most first; of all roles together."""
    table = tables["lost_by_reason_role"]
    hours = table[table["measure"] == "lost"].groupby("reason", sort=False)["mean"].sum()
    shares, planned = table[table["measure"] == "share"], 0.0
    if len(shares):
        of_one = shares[shares["reason"] == shares["reason"].iloc[0]]
        planned = float(of_one["n"].sum()) / _replications(table)
    ordered = hours[hours >= _HOURS_TOLD].sort_values(ascending=False, kind="stable")
    return [
        Lost(str(reason).replace("_", " "), float(lost), 100 * float(lost) / planned)
        for reason, lost in ordered.items()
        if planned
    ]


def _replications(table: pd.DataFrame) -> float:
    return float(table[table["measure"] == "lost"]["n"].iloc[0])
