"""Whether emergencies, disruptions and drills fit into their scenario. Each check is one function, as in `checks`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sim.clock import HOUR
from sim.periods import recurring
from sim.scenario.checks import active_staffing, lacking_roles, occurring_priorities
from sim.scenario.days_off import clock_of
from sim.scenario.findings import Finding, listed, rests_on, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence, Sized

    from sim.clock import Clock
    from sim.periods import Cycle
    from sim.scenario.base import DurationLaw
    from sim.scenario.continuity import Drill, Threat
    from sim.scenario.emergencies import Emergency
    from sim.scenario.occurrences import Occurrence, Recurrence
    from sim.scenario.schema import Scenario
    from sim.scenario.tree import KeyPath

MOST_TYPES = 250
"""Types of emergencies, or steps of the chain: each has a byte in the tables."""
MOST_ENTRIES = 255
"""Threats, or drills; likewise."""
MOST_TASKS = 250
"""Tasks of a ticket: engines count them in a byte."""
MOST_DISRUPTIONS = 20_000
"""Disruptions and drills that a run may expect: each makes holes into the roster."""
_WORKING_DAYS: dict[Cycle, int] = {"week": 5, "month": 20}
"""Working days that every period has. A quarter has 64 of them, more than a scenario can name."""
_SWITCH_OFF = "or switch it off with `at: []`"
_CHANGE_PERIOD = "choose another day or a shorter period, or take it out"
_OWN_TASKS = 6
"""Tasks of a ticket's way at most: four tiers, an answer of the customer, a reopening."""
_FAR = 100
"""Nothing lasts so many times its mean."""


class Entry(NamedTuple):
    """Something that happens in regions."""

    key: KeyPath
    event: Occurrence
    reach: float
    """What began so many ms before the run may still reach into it."""
    rehome: Sequence[str]


def _entries(scenario: Scenario) -> Iterator[Entry]:
    continuity = scenario.continuity
    for name, emergency in scenario.emergencies.types.items():
        yield Entry(("emergencies", "types", name), emergency, 1, ())
    for name, threat in continuity.threats.items():
        reach = _longest(threat.recovery) * threat.scale
        yield Entry(("continuity", "threats", name), threat, reach, threat.rehome)
    for name, drill in continuity.drills.items():
        yield Entry(("continuity", "drills", name), drill, drill.lasts, drill.rehome)


def _longest(law: DurationLaw) -> int:
    if law.family == "constant":
        return law.mean or 0
    return law.longest or max(law.values, default=0) or _FAR * (law.mean or 0)


@rests_on()
def regions_of_events_exist(scenario: Scenario) -> Iterator[Finding]:
    """Regions in which something happens, and those that help out, are some of `regions`."""
    for key, event, _, rehome in _entries(scenario):
        for name, regions in (("regions", event.regions), ("rehome", rehome)):
            for n, region in enumerate(regions):
                if region not in scenario.regions:
                    yield unknown((*key, name, n), "region", region, scenario.regions)


@rests_on("regions")
def work_is_rehomed_elsewhere(scenario: Scenario) -> Iterator[Finding]:
    """A region does not stand in for itself."""
    for key, event, _, rehome in _entries(scenario):
        for n, region in enumerate(rehome):
            if region in (event.regions or scenario.regions):
                others = listed(name for name in event.regions or scenario.regions if name != region)
                remedy = f"take it out, or name the regions in which this happens without it (`regions: [{others}]`)"
                yield Finding((*key, "rehome", n), f"{region} would stand in for itself: {remedy}")


@rests_on("regions", "horizon")
def events_happen(scenario: Scenario) -> Iterator[Finding]:
    """What is in the scenario happens in its run, or is switched off."""
    clock = clock_of(scenario)
    for key, event, reach, _ in _entries(scenario):
        if not {"rate", "at", "every"} & event.model_fields_set:
            remedy = "give it dates in `at`, or a `rate`, such as 1 per week (0 per week where it is switched off)"
            yield Finding(key, f"says not when it happens: {remedy}")
        elif event.happens and not event.rate and not _meets(event, reach, scenario, clock):
            run = (
                f"the run lasts from {clock.instant(0):%Y-%m-%d %H:%M} to {clock.instant(clock.end):%Y-%m-%d %H:%M} UTC"
            )
            place, remedy = ("every", _CHANGE_PERIOD) if _recurrence(event) else ("at", _SWITCH_OFF)
            outside = "lies outside the run, so that it never happens"
            other = f"name a date within it in `at`, give it a `rate`, {remedy}"
            yield Finding((*key, place), f"{outside}: {run}; {other}")


def _recurrence(event: Occurrence) -> Recurrence | None:
    return getattr(event, "every", None)


def _meets(event: Occurrence, reach: float, scenario: Scenario, clock: Clock) -> bool:
    """Whether any of its dates may meet the run, in any of its regions."""
    zones = [region.zone for name, region in scenario.regions.items() if not event.regions or name in event.regions]
    starts = [clock.at_wall(zone, wall) for zone in zones for wall in event.at]
    every = _recurrence(event)
    if not zones or (every and _is_too_late(every)):
        return True  # that a region is unknown, or that there is no such day, is told already
    if every:
        for zone in zones:
            starts += recurring(every.every, every.day, every.time, zone, clock, int(reach))[1].tolist()
    return any(-reach < start < clock.end for start in starts)


def _is_too_late(every: Recurrence) -> bool:
    return every.day > _WORKING_DAYS.get(every.every, every.day)


@rests_on()
def dates_are_named_once(scenario: Scenario) -> Iterator[Finding]:
    """The same thing does not begin twice at the same time."""
    for key, event, _, _ in _entries(scenario):
        for n, wall in enumerate(event.at):
            if wall in event.at[:n]:
                yield Finding((*key, "at", n), f"{wall:%Y-%m-%d %H:%M} is named twice: take one out")


@rests_on()
def working_days_exist(scenario: Scenario) -> Iterator[Finding]:
    """Every period has the working day on which a drill falls."""
    for name, drill in scenario.continuity.drills.items():
        if drill.every and _is_too_late(drill.every):
            most = _WORKING_DAYS[drill.every.every]
            has = f"no {drill.every.every} is sure to have more than {most} working days"
            key = ("continuity", "drills", name, "every", "day")
            yield Finding(key, f"{has}; found {drill.every.day}: name a lower one, or a longer period in `every`")


@rests_on("continuity")
def threats_change_something(scenario: Scenario) -> Iterator[Finding]:
    """A disruption takes people away, sends work elsewhere or leaves some of it undone."""
    for name, threat in scenario.continuity.threats.items():
        key: KeyPath = ("continuity", "threats", name)
        if not threat.happens:
            continue
        if not threat.away and not threat.rehome and threat.service == "full":
            remedy = "give it a share in `away`, regions in `rehome`, or `service: minimal`, or take it out"
            yield Finding(key, f"takes nobody away and no work, so that it changes nothing: {remedy}")
        elif threat.roles and not threat.away:
            remedy = "give it a share in `away`, or take this out"
            yield Finding((*key, "roles"), f"tells who is away, but nobody is: {remedy}")


@rests_on("staffing", "emergencies")
def emergency_teams_are_staffed(scenario: Scenario) -> Iterator[Finding]:
    """The roles that an emergency needs have people somewhere."""
    for name, emergency in _happening(scenario):
        for role in lacking_roles(scenario, emergency.team):
            remedy = f"give it people in staffing.{active_staffing(scenario)[0]}, or take it out here"
            message = f"is needed for this emergency, but {role} is staffed nowhere: {remedy}"
            yield Finding(("emergencies", "types", name, "team", role), message)


@rests_on("staffing", "emergencies", "work.critical", "demand.priorities", "demand.alert_priorities")
def steps_have_people(scenario: Scenario) -> Iterator[Finding]:
    """Who takes the steps of the communication chain is there, if there is ever anything to tell."""
    told = scenario.work.critical is not None and "P1" in occurring_priorities(scenario)
    for name, step in scenario.emergencies.chain.items() if told or _happening(scenario) else ():
        if lacking_roles(scenario, [step.role]):
            remedy = f"give it people in staffing.{active_staffing(scenario)[0]}, or name another role here"
            message = f"{step.role} is staffed nowhere, so that nobody takes this step: {remedy}"
            yield Finding(("emergencies", "chain", name, "role"), message)


@rests_on("staffing", "continuity")
def roles_of_disruptions_are_staffed(scenario: Scenario) -> Iterator[Finding]:
    """Whom a disruption or drill names has people somewhere."""
    continuity = scenario.continuity
    groups: list[tuple[str, Mapping[str, Threat | Drill]]] = [
        ("threats", continuity.threats), ("drills", continuity.drills)
    ]  # fmt: skip
    for group, entries in groups:
        for name, entry in entries.items():
            for role in lacking_roles(scenario, entry.roles) if entry.happens else ():
                remedy = f"give it people in staffing.{active_staffing(scenario)[0]}, or take it out here"
                key = ("continuity", group, name, "roles", entry.roles.index(role))
                yield Finding(key, f"{role} is staffed nowhere, so that this concerns nobody: {remedy}")


def _happening(scenario: Scenario) -> list[tuple[str, Emergency]]:
    return [(name, each) for name, each in scenario.emergencies.types.items() if each.happens]


@rests_on("oncall")
def paging_emergencies_have_a_chain(scenario: Scenario) -> Iterator[Finding]:
    """Somebody is on call where emergencies page."""
    for name, emergency in scenario.emergencies.types.items():
        if emergency.happens and emergency.page and scenario.oncall is None:
            remedy = "add the section oncall, or take `page` out"
            yield Finding(
                ("emergencies", "types", name, "page"), f"pages the on-call chain, but there is none: {remedy}"
            )


@rests_on("regions", "demand.replay", "demand.forecast")
def surges_have_tickets(scenario: Scenario) -> Iterator[Finding]:
    """There are usual tickets of which a surge is a share: those of a log do not tell how many they are."""
    for name, emergency in _happening(scenario):
        places = [each for each in emergency.regions or scenario.regions if each in scenario.regions]
        without = [place for place in places if scenario.regions[place].tickets is None]
        key = ("emergencies", "types", name, "surge")
        if not emergency.surge or scenario.demand.forecast:
            continue
        if scenario.demand.replay and without:
            log = f"is a share of the usual tickets, and a log does not tell how many {listed(without)} usually has"
            yield Finding(key, f"{log}: add regions.{without[0]}.tickets, which a surge alone uses, or take this out")
        elif places and without == places:
            message = f"is a share of the usual tickets, and {listed(without)} has none"
            yield Finding(key, f"{message}: add regions.{without[0]}.tickets, or take this out")


@rests_on()
def tables_hold_all_entries(scenario: Scenario) -> Iterator[Finding]:
    """There are no more types, steps and entries than the tables can tell apart."""
    emergencies, continuity = scenario.emergencies, scenario.continuity
    groups: list[tuple[KeyPath, Sized, int]] = [
        (("emergencies", "types"), emergencies.types, MOST_TYPES),
        (("emergencies", "chain"), emergencies.chain, MOST_TYPES),
        (("continuity", "threats"), continuity.threats, MOST_ENTRIES),
        (("continuity", "drills"), continuity.drills, MOST_ENTRIES),
    ]
    for key, entries, most in groups:
        if len(entries) > most:
            yield Finding(key, f"has {len(entries)} entries, and {most} are the most: take some out")


@rests_on("emergencies", "work")
def tickets_hold_all_tasks(scenario: Scenario) -> Iterator[Finding]:
    """No ticket has more tasks than an engine can number."""
    steps, work = len(scenario.emergencies.chain), scenario.work
    for name, emergency in scenario.emergencies.types.items():
        tasks = sum(emergency.team.values()) + (emergency.outside is not None) + steps
        if steps <= MOST_TYPES and tasks > MOST_TASKS:
            remedy = f"name fewer people, or fewer than the {steps} steps of emergencies.chain"
            key = ("emergencies", "types", name, "team")
            yield Finding(key, f"team and communication are {tasks} tasks, and {MOST_TASKS} are the most: {remedy}")
    if work.critical:
        tasks = _OWN_TASKS + len(work.activation) + len(work.critical.assists) + steps
        if tasks > MOST_TASKS >= steps:
            message = f"a P1 that becomes an emergency has up to {tasks} tasks, and {MOST_TASKS} are the most"
            yield Finding(("emergencies", "chain"), f"{message}: take steps out")


@rests_on("regions", "horizon", "continuity")
def disruptions_are_bearable(scenario: Scenario) -> Iterator[Finding]:
    """A run expects a number of disruptions and drills that makes sense."""
    hours = clock_of(scenario).end / HOUR
    for key, event, _, _ in _entries(scenario):
        expected = (event.rate * hours + len(event.at)) * len(event.regions or scenario.regions) * event.happens
        if key[0] == "continuity" and expected > MOST_DISRUPTIONS:
            times = f"{expected:,.0f}" if expected < MOST_DISRUPTIONS**2 else f"{expected:.0e}"
            message = f"happens about {times} times in the run, and {MOST_DISRUPTIONS:,} times are the most"
            yield Finding((*key, "rate"), f"{message}: lower it")
