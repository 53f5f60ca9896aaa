"""An audit on the terminal: is the floor met, what does it cost in hours, whom do the rules protect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sim.clock import HOUR
from sim.scenario.base import TIERS
from sim.scenario.days_off import clock_of
from sim.workforce.audit import DURATIONS, in_unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, RenderableType

    from sim.workforce.audit import Audit, Gap, RegionAudit, RuleBroken

WORST_GAPS = 5
"""So many gaps of each region are listed."""


def print_audit(audit: Audit, console: Console) -> None:
    """Print an audit."""
    for part in _parts(audit):
        console.print(part)


def _parts(audit: Audit) -> Iterator[RenderableType]:
    yield _headline(audit)
    yield _regions(audit)
    yield from _gaps(audit)
    yield from _rules(audit)
    yield from _left_out(audit)
    yield from (Text(f"note: {notice}", style="yellow") for notice in audit.notices)
    yield _verdict(audit)


def _headline(audit: Audit) -> str:
    scenario = audit.scenario
    return (
        f"\n[bold]{escape(scenario.name)}[/bold]\n"
        f"[dim]staffing mode {scenario.staffing.mode} · hash {scenario.hash} · nothing is simulated[/dim]"
    )


def _regions(audit: Audit) -> Table:
    table = Table(title="Minimum staffing", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for column in ("region", "people", "tiers 1-4", "floor", "hours a week", "table's hours", "over"):
        table.add_column(column)
    for region in audit.regions:
        tiers = "/".join(map(str, region.people))
        table.add_row(region.region, str(sum(region.people)), tiers, _floor(region), *_hours(region))
    return table


def _floor(region: RegionAudit) -> Text:
    if region.floor_h is None:
        return Text("no table", style="dim")
    if not region.gaps:
        return Text("met ✓", style="green")
    missed = sum(gap.until - gap.since for gap in region.gaps) / HOUR
    return Text(f"missed in {missed:,.1f} h ✗", style="red")


def _hours(region: RegionAudit) -> tuple[str, str, str]:
    asked = "" if region.floor_h is None else f"{region.floor_h:,.0f} h"
    return f"{region.planned_h:,.0f} h", asked, "" if region.over is None else f"{region.over:+.0%}"


def _gaps(audit: Audit) -> Iterator[RenderableType]:
    if any(region.gaps for region in audit.regions):
        yield "[bold]Where agents are missing[/bold] (local time, the worst first)"
    for region in audit.regions:
        yield from (f"  {region.region}  {_gap(audit, region.region, gap)}" for gap in region.gaps[:WORST_GAPS])
        if len(region.gaps) > WORST_GAPS:
            yield f"  {region.region}  … and {len(region.gaps) - WORST_GAPS} more"


def _gap(audit: Audit, region: str, gap: Gap) -> str:
    zone, clock = audit.scenario.regions[region].zone, clock_of(audit.scenario)
    since, until = clock.local(zone, gap.since), clock.local(zone, gap.until)
    end = f"{until:%H:%M}" if until.date() == since.date() else f"{until:%a %Y-%m-%d %H:%M}"
    missing = ", ".join(f"{count} of {tier}" for tier, count in zip(TIERS, gap.missing, strict=True) if count)
    return f"{since:%a %Y-%m-%d %H:%M} - {end}  {missing} missing"


def _rules(audit: Audit) -> Iterator[RenderableType]:
    table = Table(title="Rules", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for column in ("region", "rule", "limit", "duties that break it", "people", "worst", "who", "start"):
        table.add_column(column)
    for region in audit.regions:
        for rule in region.rules:
            if rule.worst is not None:
                table.add_row(*_rule(audit, region.region, rule, rule.worst))
    if table.row_count:
        yield table
    elif any(sum(region.people) > region.always for region in audit.regions):
        yield "No rule is broken: " + ", ".join(_limits(audit))


def _limits(audit: Audit) -> Iterator[str]:
    return (f"{rule.rule} {_value(rule.rule, rule.limit)}" for rule in audit.regions[0].rules)


def _rule(audit: Audit, region: str, rule: RuleBroken, worst: int) -> tuple[str, ...]:
    start = clock_of(audit.scenario).local(audit.scenario.regions[region].zone, rule.start)
    limit, found = _value(rule.rule, rule.limit), _value(rule.rule, worst)
    return region, rule.rule, limit, str(rule.duties), str(rule.people), found, rule.who, f"{start:%a %Y-%m-%d %H:%M}"


def _value(rule: str, value: int) -> str:
    return f"{in_unit(rule, value):g} h" if rule in DURATIONS else str(value)


def _left_out(audit: Audit) -> Iterator[str]:
    """What could not be measured, and why."""
    without = [region.region for region in audit.regions if region.floor_h is None]
    if without:
        yield f"No row of staffing.minimum holds for {', '.join(without)}: there is no floor to measure against."
    always = sum(region.always for region in audit.regions)
    if always:
        yield f"{always} agents are always on duty (flat staffing): rest and hours are not measured on them."


def _verdict(audit: Audit) -> Text:
    if audit.passed:
        measured = any(region.floor_h is not None for region in audit.regions)
        return Text(
            "The floor is met, and no rule is broken." if measured else "No rule is broken.", style="bold green"
        )
    gaps = sum(len(region.gaps) for region in audit.regions)
    duties = sum(rule.duties for region in audit.regions for rule in region.rules)
    return Text(f"{gaps} gaps in the floor, {duties} breaches of rules.", style="bold red")
