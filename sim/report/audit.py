"""An audit on the terminal: is the floor met, what does it cost in hours, whom do the rules protect."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain, repeat
from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sim.clock import HOUR
from sim.scenario.base import ROLES, TIERS
from sim.scenario.days_off import clock_of
from sim.workforce.audit import DURATIONS, in_unit
from sim.workforce.floor import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rich.console import Console, RenderableType

    from sim.workforce.audit import Audit, Gap, Hours, RegionAudit, RuleBroken

WORST_GAPS = 5
"""So many gaps of each region are told, those at the same time of the week as one."""


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
    for column in ("region", "role", "people", "floor", "hours a week", "table's", "over"):
        table.add_column(column)
    for region in audit.regions:
        names = chain([region.region], repeat(""))
        for group, hours in region.hours.items():
            role, people = group, str(hours.people)
            if GROUPS[group] == TIERS:
                role, people = "tiers 1-4", f"{people} ({'/'.join(map(str, region.people[: len(TIERS)]))})"
            table.add_row(next(names), role, people, _floor(region, group), *_hours(hours))
    return table


def _floor(region: RegionAudit, group: str) -> Text:
    if region.hours[group].table_h is None:
        return Text("no table", style="dim")
    roles = [ROLES.index(role) for role in GROUPS[group]]
    missed = sum(gap.until - gap.since for gap in region.gaps if any(gap.missing[role] for role in roles)) / HOUR
    if not missed:
        return Text("met ✓", style="green")
    return Text(f"missed in {missed:,.1f} h ✗", style="red")


def _hours(hours: Hours) -> tuple[str, str, str]:
    asked = "" if hours.table_h is None else f"{hours.table_h:,.0f} h"
    return f"{hours.planned_h:,.0f} h", asked, "" if hours.over is None else f"{hours.over:+.0%}"


def _gaps(audit: Audit) -> Iterator[RenderableType]:
    if any(region.gaps for region in audit.regions):
        yield "[bold]Where people are missing[/bold] (local time, the worst first)"
    for region in audit.regions:
        alike = _alike(audit, region)
        yield from (f"  {region.region}  {text}" for text in alike[:WORST_GAPS])
        if len(alike) > WORST_GAPS:
            yield f"  {region.region}  … and at {len(alike) - WORST_GAPS} other times of the week"


def _alike(audit: Audit, region: RegionAudit) -> list[str]:
    """Gaps in words; those at the same time of the week in which the same people are missing, as one."""
    zone, clock = audit.scenario.regions[region.region].zone, clock_of(audit.scenario)
    times = [(_times(clock.local(zone, gap.since), clock.local(zone, gap.until)), gap) for gap in region.gaps]
    found: dict[tuple[str, tuple[int, ...]], list[Gap]] = {}
    for when, gap in times:
        found.setdefault((when, gap.missing), []).append(gap)
    return [
        f"{when}  {_missing(missing)} missing, {_often(len(gaps))} {clock.local(zone, gaps[0].since):%Y-%m-%d}"
        for (when, missing), gaps in found.items()
    ]


def _times(since: datetime, until: datetime) -> str:
    """`Fri 22:00-06:00`, or `Fri 22:00 - Mon 06:00` where it is not over within a day."""
    if until - since <= timedelta(days=1):
        return f"{since:%a %H:%M}-{until:%H:%M}"
    weeks = f" {(until - since).days // 7} weeks later" if until - since > timedelta(weeks=1) else ""
    return f"{since:%a %H:%M} - {until:%a %H:%M}{weeks}"


def _missing(missing: tuple[int, ...]) -> str:
    return ", ".join(f"{count} of {role}" for role, count in zip(ROLES, missing, strict=True) if count)


def _often(times: int) -> str:
    return "on" if times == 1 else f"{times} times, first on"


def _rules(audit: Audit) -> Iterator[RenderableType]:
    broken = [(region.region, rule) for region in audit.regions for rule in region.rules if rule.duties]
    if broken:
        yield "[bold]Rules that are broken[/bold] (start of the worst duty in local time)"
        yield from (f"  {region}  {_rule(audit, region, rule)}" for region, rule in broken)
    elif _measured(audit):
        yield "No rule is broken: " + ", ".join(_limits(audit))


def _measured(audit: Audit) -> bool:
    """Whether there is anybody whom rules are measured on."""
    return any(sum(region.people) > region.always for region in audit.regions)


def _limits(audit: Audit) -> Iterator[str]:
    """Rules that there are: of weekends there may be none."""
    rules = (rule for rule in audit.regions[0].rules if (rule.rule, rule.limit) != ("weekend_every", 1))
    return (f"{rule.rule} {_value(rule.rule, rule.limit)}" for rule in rules)


def _rule(audit: Audit, region: str, rule: RuleBroken) -> str:
    start = clock_of(audit.scenario).local(audit.scenario.regions[region].zone, rule.start)
    limit, worst = _value(rule.rule, rule.limit), _value(rule.rule, rule.worst or 0)
    where = f"{escape(rule.who)} on {start:%a %Y-%m-%d %H:%M}"
    return f"{rule.rule} {limit}: broken by {rule.duties} duties of {rule.people} people, worst {worst} ({where})"


def _value(rule: str, value: int) -> str:
    return f"{in_unit(rule, value):g} h" if rule in DURATIONS else str(value)


def _left_out(audit: Audit) -> Iterator[str]:
    """What could not be measured, and why."""
    without = [region.region for region in audit.regions if not region.has_floor]
    if without:
        yield f"No row of staffing.minimum holds for {', '.join(without)}: there is no floor to measure against."
    always = sum(region.always for region in audit.regions)
    if always:
        yield f"{always} people are always on duty (flat staffing): rest and hours are not measured on them."


def _verdict(audit: Audit) -> Text:
    if not audit.passed:
        gaps = sum(len(region.gaps) for region in audit.regions)
        duties = sum(rule.duties for region in audit.regions for rule in region.rules)
        return Text(f"{gaps} gaps in the floor, {duties} breaches of rules.", style="bold red")
    floor = ["the floor is met"] if any(region.has_floor for region in audit.regions) else []
    found = ", and ".join([*floor, *["no rule is broken"] * _measured(audit)])
    return (
        Text(f"{found[0].upper()}{found[1:]}.", style="bold green") if found else Text("There is nothing to measure.")
    )
