"""What a run has found, in sentences made from its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sim.metrics.utilization import CRITICAL, HIGH, LOW, OPTIMAL
from sim.report.advice import late_by_hour
from sim.report.words import between, counted, joined, number, tier_name
from sim.scenario.base import PRIORITIES, TIERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.report.findings import Findings, Record

Verdict = Literal["met", "missed", "cannot tell"]

_ACTIONS = {band.name: band.action for band in (LOW, OPTIMAL, HIGH, CRITICAL)}
_HALF = 0.5


def verdict(record: Record) -> Verdict | None:
    """Whether a figure meets its target: cannot tell where the target lies within the interval; None without either.

    One replication has no interval; then the figure itself decides.
    """
    mean, target = record["mean"], record.get("target")
    if mean is None or target is None:
        return None
    low, high = (mean if record[end] is None else record[end] for end in ("low", "high"))
    return "met" if low >= target else "missed" if high < target else "cannot tell"


def figure(record: Record) -> str:
    """`80.9 % (78.6 to 83.1)`."""
    interval = between(record["low"], record["high"])
    return f"{number(record['mean'])} {record['unit']}" + (f" ({interval})" if interval else "")


def sentences(findings: Findings) -> list[str]:
    """Everything that is worth saying first."""
    return [*_promises(findings), *_busy(findings), *_flow(findings), *_hours(findings), *_people(findings)]


def _promises(findings: Findings) -> Iterator[str]:
    for promise, what in (("response", "First responses"), ("resolution", "Resolutions")):
        records = {priority: findings.records[f"sla.{promise}.{priority}"] for priority in PRIORITIES}
        judged = {priority: verdict(record) for priority, record in records.items()}
        parts = [_judged(kind, [p for p in PRIORITIES if judged[p] == kind], records) for kind in _WORDING]
        told = [part for part in parts if part]
        if told:
            yield f"{what} in time: {'; '.join(told)}."


_WORDING: dict[Verdict, str] = {
    "missed": "the target is missed for {}",
    "cannot tell": "the target lies within the interval for {}, which more replications would decide",
    "met": "it is met for {}",
}


def _judged(kind: Verdict, priorities: list[str], records: dict[str, Record]) -> str:
    each = [f"{p}, {figure(records[p])} of {number(records[p]['target'])} %" for p in priorities]
    if kind == "met":
        each = [f"{p}, {figure(records[p])}" for p in priorities]
    return _WORDING[kind].format("; ".join(each) if len(each) > 1 else "".join(each)) if each else ""


def _busy(findings: Findings) -> Iterator[str]:
    known = [(tier, findings.records[f"utilization.{tier}"]) for tier in TIERS]
    staffed = [(tier, record) for tier, record in known if record["mean"] is not None]
    if not staffed:
        return
    tier, record = max(staffed, key=lambda pair: pair[1]["mean"])
    said = f"{tier_name(tier).capitalize()} is busiest: at work for {figure(record)} of the time on duty, which the manual calls "
    yield f"{said}{record['band']} ({_ACTIONS[record['band']].lower()})."
    idle = [f"{tier_name(name)} ({number(other['mean'])} %)" for name, other in staffed if other["band"] == LOW.name]
    if idle:
        yield f"In the low band: {joined(idle)}."


def _flow(findings: Findings) -> Iterator[str]:
    records = findings.records
    response, active, created = (records[name] for name in ("response.mean", "tickets.active", "tickets.count"))
    if response["mean"] is None:
        return
    yield f"A first response takes {figure(response)} on average; {figure(active)} are open at a time."
    gone = records["tickets.abandoned"]["mean"]
    if gone:
        yield (
            f"{number(gone)} customers a replication give up before anybody responds, {100 * gone / created['mean']:.1f} % "
            "of all created; those who go before the deadline are in no service level."
        )
    contact = records["fcr"]
    if verdict(contact) is not None:
        yield f"Solved at first contact: {figure(contact)}; target {number(contact['target'])} %, {verdict(contact)}."


def _hours(findings: Findings) -> Iterator[str]:
    late = late_by_hour(findings.tables)["late"]
    total = late.sum()
    if total > 0:
        needed = int((late.cumsum() < _HALF * total).sum()) + 1
        yield (
            f"{number(total)} responses a replication are late; half of them fall into {counted(needed, 'hour')} of the "
            f"{len(late)} of the week in all regions."
        )


def _people(findings: Findings) -> Iterator[str]:
    over, records = findings.records["burnout.people_over_limit"], findings.records
    if over["mean"] is not None:
        people = findings.people["agent"].nunique()
        yield f"{figure(over)} of {people:,} exceed at least one limit of what work does to people."
    if records["pages.count"]["mean"]:
        asleep = number(records["pages.sleep"]["mean"])
        yield f"{figure(records['pages.count'])} ring a replication; {asleep} times they interrupt sleep hours."
