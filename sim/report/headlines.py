"""The few figures that a reader sees first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sim.report.sentences import busiest, interval, verdict
from sim.report.words import number, tier_name
from sim.scenario.base import PRIORITIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.report.findings import Findings, Record

MOST_TILES = 7


class Tile(NamedTuple):
    """A headline figure."""

    label: str
    value: str
    unit: str = ""
    below: str = ""
    verdict: str = ""
    """met, missed, cannot tell, or nothing."""
    said: str = ""
    """The verdict in other words."""


def tiles(findings: Findings) -> list[Tile]:
    """At most seven; what has no figure is left out."""
    records = findings.records
    named = [(f"{priority} responses in time", records[f"sla.response.{priority}"]) for priority in PRIORITIES[:2]]
    named += [("Mean first response", records["response.mean"]), ("Tickets open at a time", records["tickets.active"])]
    found = [*_targets(records), *(_tile(label, record) for label, record in named if record["mean"] is not None)]
    return [*found, *_busiest(records), *_over_limits(findings)][:MOST_TILES]


def _tile(label: str, record: Record) -> Tile:
    target = f"target {record['target']:g} %" if record.get("target") is not None else ""
    return Tile(label, number(record["mean"]), record["unit"], _below(record, target), verdict(record) or "")


def _below(record: Record, more: str) -> str:
    """The interval where it can be seen, and more."""
    return "; ".join(part for part in (interval(record), more) if part)


def _targets(records: dict[str, Record]) -> Iterator[Tile]:
    judged = [said for record in records.values() if (said := verdict(record))]
    if not judged:
        return
    others = {kind: count for kind in ("missed", "cannot tell") if (count := judged.count(kind))}
    told = ", ".join(f"{count} {kind}" for kind, count in others.items())
    worst = next(iter(others), "met")
    yield Tile("Targets met", f"{judged.count('met')} of {len(judged)}", verdict=worst, said=told or "all")


def _busiest(records: dict[str, Record]) -> Iterator[Tile]:
    tier = busiest(records)
    if tier is not None:
        record = records[f"utilization.{tier}"]
        yield Tile(f"Busiest: {tier_name(tier)}", number(record["mean"]), "%", _below(record, record["band"]))


def _over_limits(findings: Findings) -> Iterator[Tile]:
    record = findings.records["burnout.people_over_limit"]
    if record["mean"] is not None:
        everybody = findings.people["agent"].nunique()
        yield Tile("People over a limit", number(record["mean"]), below=_below(record, f"of {everybody:,}"))
