"""What a run has found, in sentences made from its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sim.metrics.utilization import CRITICAL, HIGH, LOW, OPTIMAL
from sim.report.advice import late_by_hour
from sim.report.events import disrupted, lost_any, lost_by_reason, outcome
from sim.report.growth import growing
from sim.report.words import between, counted, joined, minutes_as, number, tier_name, times, whole
from sim.scenario.base import PRIORITIES, TIERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    """`80.9 % (78.6 to 83.1)`; no interval where it is too narrow to be seen."""
    return f"{_mean(record)} ({ends})" if (ends := interval(record)) else _mean(record)


def _duration(record: Record) -> str:
    """The figure of a record in minutes; long ones in hours."""
    divisor, unit = minutes_as(record["mean"])
    ends = {end: record[end] if record[end] is None else record[end] / divisor for end in ("mean", "low", "high")}
    return figure({**record, **ends, "unit": unit})


def _mean(record: Record) -> str:
    return f"{number(record['mean'])} {record['unit']}"


def interval(record: Record) -> str:
    """The interval, unless both of its ends read the same."""
    same = number(record["low"]) == number(record["high"])
    return "" if same else between(record["low"], record["high"])


def busiest(records: Mapping[str, Record]) -> str | None:
    """The tier that is busiest; None where nobody is on duty at any."""
    staffed = [tier for tier in TIERS if records[f"utilization.{tier}"]["mean"] is not None]
    return max(staffed, key=lambda tier: records[f"utilization.{tier}"]["mean"], default=None)


def sentences(findings: Findings) -> list[str]:
    """Everything that is worth saying first."""
    return [
        *_promises(findings), *_busy(findings), *_growth(findings), *_flow(findings), *_hours(findings),
        *_happened(findings), *_people(findings), *_lost(findings),
    ]  # fmt: skip


def _promises(findings: Findings) -> Iterator[str]:
    for promise, what in (("response", "First responses"), ("resolution", "Resolutions")):
        records: dict[str, Record] = {
            priority: findings.records[f"sla.{promise}.{priority}"] for priority in PRIORITIES
        }
        told = [part for kind in _ORDER if (part := _judged(kind, records))]
        targets = {f"{record['target']:g} %" for record in records.values() if record.get("target") is not None}
        if told:
            yield f"{what} in time, target {joined(sorted(targets))}: {'; '.join(told)}."


_ORDER: tuple[Verdict, ...] = ("missed", "cannot tell", "met")


def _judged(kind: Verdict, records: dict[str, Record]) -> str:
    """`missed for P1, 80.9 % (78.6 to 83.1), and P2, ...`, or nothing."""
    each = [f"{name} ({_brief(record)})" for name, record in records.items() if verdict(record) == kind]
    return f"{kind} for {joined(each)}" if each else ""


def _brief(record: Record) -> str:
    """`80.9 %, 78.6 to 83.1`."""
    return ", ".join(part for part in (_mean(record), interval(record)) if part)


def _busy(findings: Findings) -> Iterator[str]:
    tier = busiest(findings.records)
    if tier is None:
        return
    record = findings.records[f"utilization.{tier}"]
    yield (
        f"{tier_name(tier).capitalize()} is busiest: at work for {figure(record)} of the time on duty, which "
        f"the manual calls {record['band']} ({_ACTIONS[record['band']].lower()})."
    )
    others = {name: findings.records[f"utilization.{name}"] for name in TIERS if name != tier}
    idle = [f"{tier_name(name)} ({number(at['mean'])} %)" for name, at in others.items() if at["band"] == LOW.name]
    if idle:
        yield f"In the low band ({LOW.action.lower()}): {joined(idle)}."


def _growth(findings: Findings) -> Iterator[str]:
    return (one.sentence for one in growing(findings.tables, findings.manifest["warmup_days"]))


def _flow(findings: Findings) -> Iterator[str]:
    records = findings.records
    response, active, created = (records[name] for name in ("response.mean", "tickets.active", "tickets.count"))
    if response["mean"] is None:
        return
    yield f"A first response takes {_duration(response)} on average; {figure(active)} are open at a time."
    gone = records["tickets.abandoned"]["mean"]
    if gone:
        yield (
            f"{whole(gone)} customers {_days(findings)} give up before anybody responds, "
            f"{100 * gone / created['mean']:.1f} % of all created; those who go before the deadline are in no service "
            "level."
        )
    contact = records["fcr"]
    if verdict(contact) is not None:
        yield f"Solved at first contact: {figure(contact)}; target {contact['target']:g} %, {verdict(contact)}."


def _hours(findings: Findings) -> Iterator[str]:
    late = late_by_hour(findings.tables)["late"]
    total = late.sum()
    if total > 0:
        needed = int((late.cumsum() < _HALF * total).sum()) + 1
        yield (
            f"{whole(total)} responses {_days(findings)} are late; half of them fall into {counted(needed, 'hour')} "
            f"of the {len(late)} of the week in all regions."
        )


def _people(findings: Findings) -> Iterator[str]:
    over, records = findings.records["burnout.people_over_limit"], findings.records
    if over["mean"] is not None:
        people = findings.people["agent"].nunique()
        yield f"{figure(over)} of {people:,} exceed at least one limit of what work does to people."
    if records["pages.count"]["mean"]:
        asleep = times(records["pages.sleep"]["mean"])
        yield f"{figure(records['pages.count'])} ring {_days(findings)}; they interrupt sleep hours {asleep}."


def _happened(findings: Findings) -> Iterator[str]:
    records = findings.records
    count, over = records["emergencies.count"]["mean"], records["emergencies.resolution.mean"]
    if count and over["mean"] is not None:
        led = records["emergencies.response.mean"]
        yield (
            f"{whole(count)} emergencies {_days(findings)} are led after {_duration(led)} on average, and over after "
            f"{_duration(over)}."
        )
    told = records["communication.on_time"]
    if told["mean"] is not None:
        yield f"Of the steps of the communication chain {figure(told)} are begun in time."
    for one in disrupted(findings.tables):
        yield f"{one.name} ({times(one.occurrences)} {_days(findings)}): {outcome(one)}."


def _lost(findings: Findings) -> Iterator[str]:
    if not lost_any(findings.records):
        return
    reasons = [f"{lost.reason} ({number(lost.share)} %)" for lost in lost_by_reason(findings.tables)]
    if reasons:
        yield f"Of the planned duty {figure(findings.records['people.absence'])} is not worked: {joined(reasons)}."


def _days(findings: Findings) -> str:
    """`in 28 days`."""
    return f"in {counted(findings.manifest['horizon_days'], 'day')}"
