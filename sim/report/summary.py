"""A result on the terminal, to be read in ten seconds: targets met and missed, bands, worst hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sim.metrics.utilization import CRITICAL, HIGH, LOW, OPTIMAL
from sim.report.advice import late_by_hour
from sim.report.events import disrupted, eventful, lost_any, lost_by_reason, outcome
from sim.report.growth import growing
from sim.report.sentences import Verdict, verdict
from sim.report.words import counted, hour_name, number, times
from sim.scenario.base import PRIORITIES, TIERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, RenderableType

    from sim.experiment.result import Result

Record = dict[str, Any]

WORST_HOURS = 3
MUCH_ABANDONED = 0.05
"""Where more customers than this give up, it stands out."""
_WHOLE_FROM = 1000
_SAID = {"people", "interruptions", "emergencies"}
"""Units that the label says already."""
_LEAST_LATE = 0.05
_ACTIONS = {band.name: band.action for band in (LOW, OPTIMAL, HIGH, CRITICAL)}
_MARKS: dict[Verdict, str] = {"met": "✓", "missed": "✗", "cannot tell": "?"}
_STYLES: dict[Verdict, str] = {"met": "green", "missed": "red", "cannot tell": "yellow"}
_BAND_STYLES = {"low": "blue", "optimal": "green", "high": "yellow", "critical": "bold red"}
_OTHERS = (
    ("response.mean", "mean response"),
    ("wait.probability", "tasks that wait"),
    ("wait.mean", "mean wait"),
    ("tickets.active", "active at a time"),
    ("tickets.pending", "waiting for customers"),
    ("tickets.count", "tickets and alerts"),
    ("tickets.abandoned", "abandoned"),
    ("resolution.rate", "resolved of last 8 h"),
    ("fcr", "solved at first contact"),
    ("reopened", "reopened"),
)


_PEOPLE = (
    ("burnout.people_over_limit", "people over a limit"),
    ("hours.week.max", "longest 7 days"),
    ("hours.overtime", "overtime"),
    ("hours.callout", "called out"),
    ("pages.interruptions", "interruptions"),
    ("pages.sleep", "in sleep hours"),
    ("pages.acknowledged", "pages acknowledged"),
    ("pages.second_level", "beyond the primary"),
    ("oncall.staff", "on call, off hours"),
)


_EVENTS = (
    ("emergencies.count", "emergencies"),
    ("emergencies.response.mean", "led after"),
    ("emergencies.resolution.mean", "over after"),
    ("emergencies.open", "not over by the end"),
    ("communication.on_time", "told in time"),
    ("continuity.recovery", "service back after"),
    ("continuity.backlog_peak", "backlog above usual"),
    ("continuity.deferred", "put off meanwhile"),
)
_LOST_TIME = (
    ("people.absence", "duty not worked"),
    ("people.vacation", "vacation a person"),
    ("rest.shortened", "shortened by rest"),
    ("rest.lost", "lost to rest"),
    ("rest.breaches", "rests too short"),
)


def print_summary(result: Result, console: Console) -> None:
    """Print the summary of a result."""
    for part in _parts(result):
        console.print(part)


def _parts(result: Result) -> Iterator[RenderableType]:
    yield _headline(result)
    yield ""
    yield _promises(result.records)
    yield _utilization(result.records)
    yield _listing("Flow and quality", _OTHERS, result.records)
    yield ""
    yield from _events(result)
    yield from _people(result)
    yield from _lost_time(result)
    yield from _worst_hours(result)
    lines = growing(result.tables, result.scenario.horizon.warmup_days)
    yield from (Text(one.brief, style="bold yellow") for one in lines)
    yield _verdict(result)
    yield from (Text(f"note: {notice}", style="yellow") for notice in result.notices)


def _headline(result: Result) -> str:
    question = f"\n{escape(result.scenario.question)}" if result.scenario.question else ""
    return (
        f"\n[bold]{escape(result.scenario.name)}[/bold]{question}\n"
        f"[dim]{span(result)} · {counted(len(result.replications), 'replication')} · "
        f"{result.wall_s:.1f} s\nseed {result.seed} · {result.engine} engine · hash {result.hash}[/dim]"
    )


def span(result: Result) -> str:
    """What is measured: `28 days after 7 of warm-up`."""
    horizon = result.scenario.horizon
    warmup = f" after {horizon.warmup_days} of warm-up" if horizon.warmup_days else ", no warm-up"
    return counted(horizon.days, "day") + warmup


def figure(record: Record) -> str:
    """A figure with its unit and interval: `80.6 % (79.1-82.0)`, from 1,000 on whole; `no data` where there is none."""
    if record["mean"] is None:
        return "no data"
    digits = decimals(record["mean"])
    interval = "" if record["low"] is None else f" ({record['low']:,.{digits}f}-{record['high']:,.{digits}f})"
    unit = "" if record["unit"] in _SAID else f" {record['unit']}"
    return f"{record['mean']:,.{digits}f}{unit}{interval}"


def decimals(size: float) -> int:
    """Decimals of a figure of this size."""
    return 1 if abs(size) < _WHOLE_FROM else 0


def _judged(record: Record) -> Text:
    """The figure, and whether it meets its target."""
    said = verdict(record)
    return Text(f"{figure(record)} {_MARKS[said]}", style=_STYLES[said]) if said else Text(figure(record))


def _promises(records: dict[str, Record]) -> Table:
    table = Table(
        title="Service level: SLA met, with 95 % intervals",
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("priority")
    for promise in ("response", "resolution"):
        wanted = {records[f"sla.{promise}.{p}"].get("target") for p in PRIORITIES} - {None}
        target = f", target {wanted.pop():g} %" if len(wanted) == 1 else ""
        table.add_column(f"{promise} in time{target}")
    for priority in PRIORITIES:
        table.add_row(
            priority, *(_judged(records[f"sla.{promise}.{priority}"]) for promise in ("response", "resolution"))
        )
    return table


def _utilization(records: dict[str, Record]) -> Table:
    table = Table(title="Utilization", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for column in ("tier", "time at work / on duty", "band", "what the manual says"):
        table.add_column(column)
    for tier in TIERS:
        record = records[f"utilization.{tier}"]
        if record["mean"] is not None:
            band = record["band"]
            table.add_row(tier, figure(record), Text(band, style=_BAND_STYLES[band]), _ACTIONS[band])
    return table


def _people(result: Result) -> Iterator[RenderableType]:
    """What it does to the people; nothing where there are none, as in `flat` staffing."""
    records = result.records
    shown = _there(_PEOPLE, records)
    if result.scenario.staffing.mode != "flat" and shown:
        yield _listing(f"People ({counted(len(result.plan.agents), 'person/people')})", shown, records)
        yield ""


def _there(names: tuple[tuple[str, str], ...], records: dict[str, Record]) -> tuple[tuple[str, str], ...]:
    """The figures that there are."""
    return tuple((name, label) for name, label in names if records[name]["mean"] is not None)


def _events(result: Result) -> Iterator[RenderableType]:
    """Emergencies and disruptions, where the scenario has such."""
    if not eventful(result.records):
        return
    yield _listing("Emergencies and continuity", _there(_EVENTS, result.records), result.records)
    for one in disrupted(result.tables):
        yield f"  {escape(one.name)}, {times(one.occurrences)}: {outcome(one)}"
    yield ""


def _lost_time(result: Result) -> Iterator[RenderableType]:
    """Planned duty that was not worked, where anything can take it away."""
    if not lost_any(result.records):
        return
    yield _listing("Time lost", _there(_LOST_TIME, result.records), result.records)
    reasons = [f"{lost.reason} {number(lost.hours)} h" for lost in lost_by_reason(result.tables)]
    if reasons:
        yield f"  {', '.join(reasons)}"
    yield ""


def _listing(title: str, names: tuple[tuple[str, str], ...], records: dict[str, Record]) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=None,
        padding=(0, 1),
        show_header=False,
    )
    for name, label in names:
        table.add_row(label, _with_target(records[name]), name)
        if name == "tickets.abandoned":
            table.add_row("", _share_abandoned(records), "")
    table.columns[2].style = "dim"
    return table


def _share_abandoned(records: dict[str, Record]) -> Text:
    """Who gives up in time is in no SLA, so that a desk may look good because customers went."""
    created, gone = records["tickets.count"]["mean"], records["tickets.abandoned"]["mean"]
    share = gone / created if created else 0.0
    return Text(f"{share * 100:.1f} % of all created", style="red" if share > MUCH_ABANDONED else "dim")


def _with_target(record: Record) -> Text:
    text = _judged(record)
    if record.get("target") is not None:
        text.append(f" ≥ {record['target']:g} %")
    return text


def _worst_hours(result: Result) -> Iterator[str]:
    """The hours of the local week in which most responses are late."""
    hours = late_by_hour(result.tables)
    worst = hours[hours["late"] >= _LEAST_LATE].head(WORST_HOURS)
    if len(worst):
        yield "[bold]Worst hours[/bold] (local time of creation; late responses of those due, a replication)"
    for row in worst.to_dict("records"):
        late, due = row["late"], row["due"]
        yield f"  {row['region']} {hour_name(int(row['hour_of_week']))}  {late:.1f} of {due:.1f} ({late / due:.0%})"


def _verdict(result: Result) -> Text:
    judged = {name: said for name, record in result.records.items() if (said := verdict(record))}
    missed, unsure = ([name for name, said in judged.items() if said == which] for which in ("missed", "cannot tell"))
    if not judged:
        wanted = any(record.get("target") is not None for record in result.records.values())
        return Text("No data to judge the targets by." if wanted else "No targets set.")
    if not missed and not unsure:
        return Text(f"All {len(judged)} targets met.", style="bold green")
    told = f"{len(missed)} of {len(judged)} targets missed" + (f": {', '.join(missed)}" if missed else "")
    more = f"; cannot tell of {', '.join(unsure)}, whose intervals hold the target" if unsure else ""
    return Text(told + more, style="bold red" if missed else "bold yellow")
