"""One ticket's life, told for a planner from the journals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.clock import MINUTE, NEVER
from sim.engine.journal import How, Mode, Outcome, State, Why
from sim.engine.lifecycle import LifeState, life
from sim.errors import SimError
from sim.scenario.base import PRIORITIES, ROLES
from sim.scenario.days_off import clock_of
from sim.workforce.roster import Level
from sim.workload.tape import ALERTS, Filter, Kind, TaskKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sim.engine.journal import Journals, Table
    from sim.scenario.schema import Scenario

Line = tuple[int, str]
"""An instant (ms of the run's clock), and what happened."""

_QUEUED = {
    Why.ARRIVED: "waits in line at {pool}",
    Why.NEXT_STAGE: "is passed on and waits in line at {pool}",
    Why.RETURNED: "the customer has answered; waits in line at {pool}",
    Why.REOPENED: "is reopened, the resolution was wrong; waits in line at {pool}",
    Why.PREEMPTED: "is interrupted by a P1; back in line at {pool}",
    Why.HANDED_OVER: "is handed over at the end of the duty; back in line at {pool}",
    Why.ESCALATED: "is escalated; goes on waiting for {pool}",
    Why.CRITICAL: "has become an emergency; {pool} is called in",
}
_INFORMS = "a step of the communication chain falls due; it waits in line at {pool}"
_ENDED = {How.DONE: "{agent} is done, after {minutes} min"}
_DROPPED = "goes without the help of {pool}: nobody of that tier is on duty anywhere"
_TERMS = {Mode.DUTY: "takes it", Mode.OVERLAP: "takes it after the end of their duty", Mode.CALL_OUT: "is called out"}
_ANSWERS = {
    Outcome.ANSWERED: "{agent} answers, after {minutes} min",
    Outcome.BUSY: "{agent} answers, but is at a P1 or another page by now",
    Outcome.NOT_NEEDED: "{agent} answers, after {minutes} min, and is not needed any more",
}
_FILTERED = {
    Filter.SUPPRESSED: "is suppressed by a rule: nobody sees it",
    Filter.BATCHED: "is added to an alert of the same source: nobody sees it",
    Filter.THROTTLED: "is dropped, its source has raised too many: nobody sees it",
}
_STATES = {
    State.QUEUED: "the run ends, the ticket is still in line",
    State.IN_SERVICE: "the run ends, the ticket is still being worked on",
    State.PENDING: "the run ends, the ticket still waits for the customer",
}


def ticket_id(key: str, journals: Journals, scenario: Scenario) -> int:
    """The row of the ticket whose public key is `region/number`.

    Raises:
        SimError: there is no such region or ticket.
    """
    region, _, number = key.rpartition("/")
    regions = list(scenario.regions)
    if region not in regions or not number.isdecimal():
        raise SimError(
            f"{key!r} is no ticket: write region/number, such as {regions[0]}/17; regions are {', '.join(regions)}"
        )
    tickets = journals.tickets
    rows = np.flatnonzero((tickets["region"] == regions.index(region)) & (tickets["number"] == int(number)))
    if not len(rows):
        mine = tickets["number"][tickets["region"] == regions.index(region)]
        customers = mine[mine < ALERTS]
        known = (
            f"; tickets from customers run from 0 to {customers.max()}, alerts from {ALERTS}" if len(customers) else ""
        )
        raise SimError(f"{region} has no ticket {number} in this replication{known}")
    return int(rows[0])


def trace(key: str, journals: Journals, scenario: Scenario, agents: tuple[str, ...]) -> Iterator[str]:
    """The ticket's life, a line an event, in UTC and in its region's local time; states of its life in brackets."""
    ticket = ticket_id(key, journals, scenario)
    clock = clock_of(scenario)
    row = {name: int(values[ticket]) for name, values in journals.tickets.items()}
    zone = list(scenario.regions.values())[row["region"]].zone
    lines = [
        *_born(row, scenario),
        *_pages(ticket, journals.pages, agents),
        *_stretches(ticket, journals, scenario, agents),
        *_ended(row, journals.end),
        *_states(ticket, life(journals)),
    ]
    for instant, text in sorted(lines, key=lambda line: line[0]):
        utc, local = clock.instant(instant), clock.local(zone, instant)
        yield f"{utc:%Y-%m-%d %H:%M:%S} UTC  {local:%a %H:%M:%S} local  {text}"


def _born(row: dict[str, int], scenario: Scenario) -> Iterator[Line]:
    channels = list(scenario.demand.channels)
    by = f" by {channels[row['channel']]}" if row["channel"] < len(channels) else ""
    region = list(scenario.regions)[row["region"]]
    kind, priority = Kind(row["kind"]).name.lower(), PRIORITIES[row["priority"]]
    types = list(scenario.emergencies.types)
    of = f" ({types[row['emergency']]})" if row["emergency"] < len(types) else ""
    yield row["created"], f"{priority} {kind}{of} {region}/{row['number']} comes in{by}"
    if row["served_by"] != row["region"]:
        yield row["created"], f"is served by {list(scenario.regions)[row['served_by']]} for the time being"
    if row["filtered"] != Filter.PASSED:
        yield row["created"], _FILTERED[Filter(row["filtered"])]
    elif row["visible"] > row["created"]:
        yield row["visible"], "is seen at a review of the dashboard"
    for name, column in (("response", "respond_by"), ("resolution", "resolve_by")):
        if row[column] != NEVER:
            deadline = row[column] + (row["paused"] if column == "resolve_by" else 0)
            reached = row["started" if column == "respond_by" else "resolved"]
            late = reached == NEVER or reached > deadline
            yield deadline, f"({name} deadline: {'missed' if late else 'met'})"


def _states(ticket: int, lives: Table) -> Iterator[Line]:
    """The states that it enters, those of an instant in one line: `[Acknowledged, In progress]`."""
    mine = lives["ticket"] == ticket
    at, states = lives["at"][mine], lives["state"][mine]
    for instant in np.unique(at).tolist():
        names = [LifeState(state).name.replace("_", " ").capitalize() for state in states[at == instant].tolist()]
        yield instant, f"[{', '.join(names)}]"


def _pages(ticket: int, pages: Table, agents: tuple[str, ...]) -> Iterator[Line]:
    for i in np.flatnonzero(pages["ticket"] == ticket).tolist():
        agent, outcome = agents[pages["agent"][i]], Outcome(pages["outcome"][i])
        sent, answered = int(pages["sent"][i]), int(pages["answered"][i])
        level = Level(pages["level"][i]).name.lower()
        if answered == NEVER and outcome == Outcome.BUSY:
            yield sent, f"{agent} ({level}) is at a P1 or another page, and passed over"
            continue
        again = f", round {pages['round'][i] + 1}" if pages["round"][i] else ""
        yield sent, f"pages {agent} ({level}{again})"
        if answered != NEVER:
            yield answered, _ANSWERS[outcome].format(agent=agent, minutes=f"{(answered - sent) / MINUTE:.1f}")


def _waits_for_an_answer(ticket: int, journals: Journals) -> bool:
    """Whether the first task was paged for before it ever stood in a line."""
    sent = journals.pages["sent"][journals.pages["ticket"] == ticket]
    return journals.tickets["kind"][ticket] == Kind.ALERT and journals.tickets["visible"][ticket] in sent


def _stretches(ticket: int, journals: Journals, scenario: Scenario, agents: tuple[str, ...]) -> Iterator[Line]:
    work, regions = journals.work, list(scenario.regions)
    paged = _waits_for_an_answer(ticket, journals)
    for i in np.flatnonzero(work["ticket"] == ticket).tolist():
        if work["kind"][i] == TaskKind.OUTSIDE:
            yield from _outside(int(work["start"][i]), int(work["end"][i]), _outsiders(ticket, journals, scenario))
            continue
        pool = _pool(regions, int(work["region"][i]), int(work["tier"][i]))
        how = How(work["how_ended"][i])
        told = _QUEUED[Why(work["why_queued"][i])]
        if not work["stretch"][i] and work["kind"][i] == TaskKind.COMMS:
            told = _INFORMS
        elif paged and not work["task"][i] and not work["stretch"][i]:
            told = "waits for whoever answers"
        yield int(work["queued_at"][i]), told.format(pool=pool)
        agent, start, end = int(work["agent"][i]), int(work["start"][i]), int(work["end"][i])
        if start != NEVER:
            waited = (start - int(work["queued_at"][i])) / MINUTE
            yield start, f"{agents[agent]} {_TERMS[Mode(work['mode'][i])]}, after {waited:.1f} min of waiting"
        if how == How.DROPPED:
            yield end, _DROPPED.format(pool=pool)
        if end != NEVER and how in _ENDED:
            yield end, _ENDED[how].format(agent=agents[agent], minutes=f"{(end - start) / MINUTE:.1f}")


def _pool(regions: list[str], region: int, tier: int) -> str:
    """`americas/tier2`; the coordinators belong to all regions."""
    return f"{regions[region]}/{ROLES[tier]}" if region >= 0 else ROLES[tier]


def _outsiders(ticket: int, journals: Journals, scenario: Scenario) -> str:
    """What those are called who work outside the organisation on an emergency."""
    types = list(scenario.emergencies.types.values())
    emergency = int(journals.tickets["emergency"][ticket])
    outside = types[emergency].outside if emergency < len(types) else None
    return outside.who if outside else "people outside"


def _outside(start: int, end: int, who: str) -> Iterator[Line]:
    yield start, f"{who} (outside the organisation) set to work"
    if end != NEVER:
        yield end, f"{who} (outside the organisation) are done, after {(end - start) / MINUTE:.1f} min"


def _ended(row: dict[str, int], end: int) -> Iterator[Line]:
    if row["abandoned"] != NEVER:
        yield row["abandoned"], "the customer gives up"
    if row["first_resolved"] not in {NEVER, row["resolved"]}:
        yield row["first_resolved"], "is taken for resolved"
    if row["resolved"] != NEVER:
        yield row["resolved"], "is resolved"
    if State(row["state"]) in _STATES:
        yield end, _STATES[State(row["state"])]
