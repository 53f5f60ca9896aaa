"""A log of past tickets as the demand of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, NEVER
from sim.errors import Problem, nearest, quote
from sim.scenario.base import PRIORITIES
from sim.scenario.schema import MOST_DAYS
from sim.scenario.table import OTHERS, UNKNOWN, Dates, Meanings, counted, read_codes, read_instants, read_table, refuse
from sim.workload.tape import CustomerClass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.demand import Replay, ReplayColumns
    from sim.scenario.table import Table


@dataclass(frozen=True, slots=True)
class TicketLog:
    """The tickets of a log that were created during the run, by time of creation and then as in the file.

    Attributes:
        created: (n,) int64, ms of the run's clock; at least 1.
        region: (n,) int16 index into the scenario's regions.
        priority: (n,) int16, 0 for P1 to 3 for P4; -1 where the log does not say.
        channel: (n,) int16 index into the scenario's channels, or -1.
        customer_class: (n,) int16, `CustomerClass`, or -1.
        number: (n,) int64, position of the ticket among the distinct tickets of the file, whatever the run.
        notices: what the planner should know about how the log was read.
    """

    created: NDArray[np.int64]
    region: NDArray[np.int16]
    priority: NDArray[np.int16]
    channel: NDArray[np.int16]
    customer_class: NDArray[np.int16]
    number: NDArray[np.int64]
    notices: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.created)


def read_log(replay: Replay, clock: Clock, regions: tuple[str, ...], channels: tuple[str, ...]) -> TicketLog:
    """The tickets of a log, on the run's clock.

    Raises:
        DataError: with everything that is wrong with the file.
    """
    problems: list[Problem] = []
    missing = frozenset(text.strip() for text in replay.missing)
    rows = read_table(replay.file, _named(replay.columns), problems)
    tickets = rows.only(_first_of_each(rows, replay.columns.id, missing))
    dated = ~_is_missing(tickets, replay.columns.created, missing)
    table = tickets.only(dated)
    created = _created(table, replay, clock, problems)
    asked = _asked(table, replay, regions, channels, problems)
    fields = {name: read_codes(table, *column, missing, problems) for name, column in asked.items()}
    region = _with_home(table, fields["region"], replay, regions, problems)
    refuse(problems)
    order = _in_order(created, clock)
    refuse([] if len(order) else [_nothing_to_do(table, created, clock)])
    return TicketLog(
        created=np.maximum(created[order], 1),
        region=region[order],
        priority=fields["priority"][order],
        channel=fields["channel"][order],
        customer_class=fields["customer_class"][order],
        number=np.flatnonzero(dated)[order],
        notices=(
            _summary(rows, created, len(order), clock),
            *_left_out(rows, tickets, created, clock),
            *_others(table, asked, order, missing),
            *_not_said(fields, order, _home(replay, regions) if replay.columns.region else None),
        ),
    )


def _named(columns: ReplayColumns) -> list[str]:
    return list(dict.fromkeys(name for name in columns.model_dump().values() if name is not None))


def _is_missing(table: Table, name: str, missing: frozenset[str]) -> NDArray[np.bool_]:
    column = table.columns.get(name)
    return column.flag(text in missing for text in column.texts) if column else np.zeros(len(table), dtype=bool)


def _first_of_each(table: Table, name: str | None, missing: frozenset[str]) -> NDArray[np.bool_]:
    """The rows to keep: the first of each ticket, and all that do not say which ticket they are about."""
    column = table.columns.get(name or "")
    if column is None:
        return np.ones(len(table), dtype=bool)
    kept = _is_missing(table, column.name, missing)
    kept[np.unique(column.codes, return_index=True)[1]] = True
    return kept


def _created(table: Table, replay: Replay, clock: Clock, problems: list[Problem]) -> NDArray[np.int64]:
    if replay.columns.created not in table.columns:
        return np.full(len(table), NEVER)
    dates = Dates(replay.zone, replay.date_format, "demand.replay.date_format")
    return read_instants(table, replay.columns.created, clock, dates, problems).first


def _in_order(created: NDArray[np.int64], clock: Clock) -> NDArray[np.intp]:
    """The tickets inside the run, by time and then as in the file."""
    inside = np.flatnonzero((created >= 0) & (created < clock.end))
    # 0 becomes 1 before ties are decided.
    return inside[np.argsort(np.maximum(created[inside], 1), kind="stable")]


def _nothing_to_do(table: Table, created: NDArray[np.int64], clock: Clock) -> Problem:
    key = "demand.replay.file"
    if not len(created):
        return Problem(table.file, 0, key, "no ticket of this log has a time of creation")
    first, last = int(created.min()), int(created.max())
    days = (clock.origin + last) // DAY - (clock.origin + first) // DAY + 1
    log = f"the log has {counted(len(created), 'ticket')}, created {_day(clock, first)} to {_day(clock, last)} UTC"
    run = f"the run covers {_day(clock, 0)} to {_day(clock, clock.end)} UTC"
    remedy = f"write `horizon: {{start: {_day(clock, first)}, days: {min(days, MOST_DAYS)}}}`"
    return Problem(table.file, 0, key, f"no ticket lies in the run: {log}, and {run}; {remedy}")


def _asked(
    table: Table, replay: Replay, regions: tuple[str, ...], channels: tuple[str, ...], problems: list[Problem]
) -> dict[str, tuple[str | None, Meanings]]:
    """The columns asked for and what their texts mean, by the names of `TicketLog`."""
    classes = tuple(each.name.lower() for each in CustomerClass)
    asked: dict[str, tuple[str | None, tuple[str, ...], str, Mapping[str, str]]] = {
        "region": (replay.columns.region, regions, "regions", replay.regions),
        "priority": (replay.columns.priority, PRIORITIES, "priorities", replay.priorities),
        "channel": (replay.columns.channel, channels, "channels", replay.channels),
        "customer_class": (replay.columns.customer_class, classes, "classes", replay.classes),
    }
    columns = {}
    for field, (column, names, key, given) in asked.items():
        problems += _strange(table.file, names, f"demand.replay.{key}", given)
        columns[field] = (column, Meanings.of(names, f"demand.replay.{key}", given))
    return columns


def _home(replay: Replay, regions: tuple[str, ...]) -> str | None:
    return replay.region or (regions[0] if len(regions) == 1 else None)


def _not_one_of(file: str, key: str, found: str, names: Sequence[str]) -> Problem:
    return Problem(file, 0, key, f"must be one of {', '.join(names)}; found {quote(found)}", nearest(found, names))


def _strange(file: str, names: Sequence[str], key: str, given: Mapping[str, str]) -> list[Problem]:
    return [_not_one_of(file, f"{key}.{text}", meant, names) for text, meant in given.items() if meant not in names]


def _with_home(
    table: Table, codes: NDArray[np.int16], replay: Replay, regions: tuple[str, ...], problems: list[Problem]
) -> NDArray[np.int16]:
    """Tickets whose region the log does not say belong to `replay.region`, or to the only region there is."""
    home, lost, column = _home(replay, regions), codes == UNKNOWN, replay.columns.region
    if home in regions:
        return np.where(lost, np.int16(regions.index(home)), codes)
    if home is not None:
        problems.append(_not_one_of(table.file, "demand.replay.region", home, regions))
    elif column is None:
        message = "must name the column with each ticket's region, or demand.replay.region the region of all of them"
        problems.append(Problem(table.file, 0, "demand.replay.columns.region", message))
    elif column in table.columns and lost.any():
        message = f"{counted(int(lost.sum()), 'ticket')} without a region; name theirs in demand.replay.region"
        problems.append(table.problem(int(np.argmax(lost)), column, message))
    return codes


# ---- notices -------------------------------------------------------------------------------------------------------


def _summary(rows: Table, created: NDArray[np.int64], inside: int, clock: Clock) -> str:
    read = f"{rows.file}: {counted(len(rows), 'row')} read, {counted(len(created), 'ticket')}"
    span = f" created {_day(clock, created.min())} to {_day(clock, created.max())} UTC" if len(created) else ""
    return f"{read}{span}, {inside:,} of them in the run"


def _day(clock: Clock, ms: int) -> str:
    return f"{clock.instant(ms):%Y-%m-%d}"


def _left_out(rows: Table, tickets: Table, created: NDArray[np.int64], clock: Clock) -> list[str]:
    run = f"the run covers {_day(clock, 0)} to {_day(clock, clock.end)} UTC"
    left_out = [
        (len(rows) - len(tickets), "row", "the same number as a row above"),
        (len(tickets) - len(created), "ticket", "no time of creation"),
        (int((created < 0).sum()), "ticket", f"created before the run; {run}"),
        (int((created >= clock.end).sum()), "ticket", f"created after the run; {run}"),
    ]
    return [f"{counted(n, noun)} left out: {reason}" for n, noun, reason in left_out if n]


def _others(
    table: Table, asked: Mapping[str, tuple[str | None, Meanings]], order: NDArray[np.intp], missing: frozenset[str]
) -> Iterator[str]:
    for field, (name, meanings) in asked.items():
        column = table.columns.get(name or "")
        if column is None or meanings.others is None:
            continue
        is_other = [meanings.is_other(text, missing) for text in column.texts]
        tickets = int(column.flag(is_other)[order].sum())
        if tickets:
            what, meant = field.replace("_", " "), meanings.names[meanings.others]
            yield f'{counted(tickets, "ticket")} of another {what}: taken for {meant}, as "{OTHERS}" says'


def _not_said(fields: Mapping[str, NDArray[np.int16]], order: NDArray[np.intp], home: str | None) -> list[str]:
    instead = {
        "region": f"taken for {home}",
        "priority": "drawn from demand.priorities",
        "channel": "drawn from the shares of the channels",
        "customer_class": "drawn from demand.enterprise",
    }
    counts = {name: int((codes[order] == UNKNOWN).sum()) for name, codes in fields.items()}
    return [
        f"{counted(n, 'ticket')} without a {name.replace('_', ' ')}: {instead[name]}"
        for name, n in counts.items()
        if n and (name != "region" or home)
    ]
