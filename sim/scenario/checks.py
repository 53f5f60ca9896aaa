"""Whether the parts of a scenario fit together. Each check is one function, and each message tells the remedy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.clock import HOUR
from sim.errors import nearest, quote
from sim.scenario.base import PRIORITIES, ROLES, TIERS, sums_to_one
from sim.scenario.findings import Finding, listed, rests_on, unknown
from sim.scenario.units import DAY_OFF, is_span, local_time_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sim.scenario.base import RoleName
    from sim.scenario.demand import DemandEvent
    from sim.scenario.emergencies import Emergency
    from sim.scenario.schema import Scenario
    from sim.scenario.staffing import Crew, Minimum
    from sim.scenario.tree import KeyPath

MOST_TICKETS = 50_000_000
"""Tickets and alerts that a run may expect at most: their tables would not fit into memory."""

_HOURS_PER_DAY = 24
_DAYS_PER_YEAR = 365.25
_LARGEST_EXPONENT = 300.0


@rests_on()
def regions_exist(scenario: Scenario) -> Iterator[Finding]:
    """A region that is named anywhere is one of `regions`."""
    for key, name in _named_regions(scenario):
        if name not in scenario.regions:
            yield unknown(key, "region", name, scenario.regions)


def _named_regions(scenario: Scenario) -> Iterator[tuple[KeyPath, str]]:
    groups: list[tuple[str, str, dict[str, Crew] | dict[str, DemandEvent] | dict[str, Minimum]]] = [
        ("demand", "events", scenario.demand.events),
        ("staffing", "crews", scenario.staffing.crews),
        ("staffing", "add", scenario.staffing.add),
        ("staffing", "minimum", scenario.staffing.minimum),
    ]
    for section, group, members in groups:
        for name, member in members.items():
            yield from (((section, group, name, "regions", n), region) for n, region in enumerate(member.regions))
    yield from ((("demand", "holidays", region), region) for region in scenario.demand.holidays)
    yield from ((("staffing", "flat", region), region) for region in scenario.staffing.flat)
    for name, rule in scenario.demand.monitoring.suppress.items():
        key = ("demand", "monitoring", "suppress", name, "regions")
        yield from (((*key, n), region) for n, region in enumerate(rule.regions))
    explicit, lead = scenario.staffing.explicit, scenario.oncall.lead if scenario.oncall else None
    yield from ((("staffing", "explicit", "regions", n), r) for n, r in (explicit.regions if explicit else {}).items())
    yield from ((("oncall", "lead"), region) for region in [lead] if region)
    yield from _overflow_regions(scenario)
    replay = scenario.demand.replay
    if replay:
        yield from ((("demand", "replay", "regions", name), region) for name, region in replay.regions.items())
        yield from ((("demand", "replay", "region"), region) for region in [replay.region] if region)


def _overflow_regions(scenario: Scenario) -> Iterator[tuple[KeyPath, str]]:
    for tier, overflow in scenario.policy.overflow.items():
        for key, regions in (("from", overflow.from_), ("to", overflow.to)):
            yield from ((("policy", "overflow", tier, key, n), region) for n, region in enumerate(regions))


@rests_on()
def channels_exist(scenario: Scenario) -> Iterator[Finding]:
    """The channels that a log's channels stand for exist."""
    replay, known = scenario.demand.replay, scenario.demand.channels
    for name, channel in replay.channels.items() if replay else ():
        if channel not in known:
            yield unknown(("demand", "replay", "channels", name), "channel", channel, known)


@rests_on()
def profiles_exist(scenario: Scenario) -> Iterator[Finding]:
    """The profiles of a region are defined."""
    for name, region in scenario.regions.items():
        for key, profile in (("profile", region.profile), ("alert_profile", region.alert_profile)):
            if profile is not None and profile not in scenario.demand.profiles:
                yield unknown(("regions", name, key), "profile", profile, scenario.demand.profiles, "demand.profiles")


@rests_on("regions.*.shifts")
def patterns_fit_shifts(scenario: Scenario) -> Iterator[Finding]:
    """The shifts in a crew's rotation exist in each of its regions."""
    for section, name, crew in _rotating(scenario):
        regions = [region for region in crew.regions or scenario.regions if region in scenario.regions]
        for letter in dict.fromkeys(crew.pattern.replace(DAY_OFF, "")):
            without = [region for region in regions if letter not in scenario.regions[region].shifts]
            if without:
                remedy = f"add regions.{without[0]}.shifts.{letter}, or name other `regions` for this crew"
                message = f"shift {letter} of the rotation is no shift of {listed(without)}: {remedy}"
                yield Finding(("staffing", section, name, "pattern"), message)


def _rotating(scenario: Scenario) -> Iterator[tuple[str, str, Crew]]:
    """Every crew: its section of `staffing`, its name, and itself."""
    for section, members in (("crews", scenario.staffing.crews), ("add", scenario.staffing.add)):
        yield from ((section, name, crew) for name, crew in members.items())


@rests_on()
def added_crews_have_names_of_their_own(scenario: Scenario) -> Iterator[Finding]:
    """An added agent is not called like another."""
    if scenario.staffing.mode == "pattern":
        for name in scenario.staffing.add:
            if name in scenario.staffing.crews:
                message = f"is the name of a crew in staffing.crews too: choose another, such as {name}_more"
                yield Finding(("staffing", "add", name), message)


@rests_on("regions.*.shifts")
def codes_of_shifts_are_known(scenario: Scenario) -> Iterator[Finding]:
    """What the table's codes for shifts stand for is a shift of some region, a span, or a day off."""
    letters = sorted({letter for region in scenario.regions.values() for letter in region.shifts})
    explicit = scenario.staffing.explicit
    for code, meant in explicit.shifts.items() if explicit else ():
        if meant.strip() not in {*letters, DAY_OFF} and not is_span(meant):
            allowed = f"a shift ({listed(letters)}), a span such as 06:00-14:00, or O for a day off"
            key = ("staffing", "explicit", "shifts", code)
            yield Finding(key, f"must be {allowed}; found {quote(meant)}", nearest(meant, letters))


@rests_on("regions.*.shifts", "staffing")
def regions_can_be_covered(scenario: Scenario) -> Iterator[Finding]:
    """The shifts that the solver may use exist in every region with a floor, which has shifts or starts of duties."""
    staffing = scenario.staffing
    if staffing.mode != "cover":
        return
    for n, letter in enumerate(staffing.cover.shifts):
        without = [name for name in _with_floor(scenario) if letter not in scenario.regions[name].shifts]
        if without:
            remedy = f"add regions.{without[0]}.shifts.{letter}, or take the letter out"
            yield Finding(
                ("staffing", "cover", "shifts", n), f"shift {letter} is no shift of {listed(without)}: {remedy}"
            )
    bare = [name for name in _with_floor(scenario) if not scenario.regions[name].shifts]
    if bare and not staffing.cover.starts:
        remedy = f"add regions.{bare[0]}.shifts, or name `starts` here"
        yield Finding(("staffing", "cover"), f"has no duty for {listed(bare)}, where a minimum holds: {remedy}")


def _with_floor(scenario: Scenario) -> list[str]:
    rows = scenario.staffing.minimum.values()
    return [name for name in scenario.regions if any(not row.regions or name in row.regions for row in rows)]


@rests_on("staffing.cover")
def starts_make_sense(scenario: Scenario) -> Iterator[Finding]:
    """Starts of the solver's duties are named once, and a length goes with some."""
    cover = scenario.staffing.cover
    for n, start in enumerate(cover.starts):
        if start in cover.starts[:n]:
            yield Finding(("staffing", "cover", "starts", n), f"{local_time_text(start)} is named twice: take one out")
    if "length" in cover.model_fields_set and not cover.starts:
        message = "is the length of duties that begin at `starts`, but there are none: add some, or take it out"
        yield Finding(("staffing", "cover", "length"), message)


@rests_on("staffing")
def mode_has_section(scenario: Scenario) -> Iterator[Finding]:
    """The section that `staffing.mode` names holds somebody."""
    section, entries = active_staffing(scenario)
    if not entries:
        remedy = f"fill `staffing.{section}`, or set `mode` to the section that is filled"
        yield Finding(("staffing", section), f"is empty, but the mode is {scenario.staffing.mode}: {remedy}")


@rests_on("staffing.mode", "work.routes", "demand.priorities", "demand.alert_priorities")
def tiers_are_staffed(scenario: Scenario) -> Iterator[Finding]:
    """Every tier that tickets can reach has agents somewhere."""
    section, entries = active_staffing(scenario)
    needed = needed_tiers(scenario)
    lacking = sorted(needed.keys() - staffed_roles(scenario)) if entries else []
    if _routes_are_default(scenario):
        # What lacks a handle time is told already.
        known = [tier for tier in lacking if tier in scenario.work.handle]
        yield from _default_routes(scenario, known, "agents", f"staffing.{section}")
        return
    for tier in lacking:
        remedy = "give it agents, or take it out of work.routes"
        message = f"{tier} is needed by {', '.join(needed[tier])} but staffed nowhere: {remedy}"
        yield Finding(("staffing", section), message)


@rests_on("staffing", "demand.priorities", "demand.alert_priorities")
def assisting_tiers_are_staffed(scenario: Scenario) -> Iterator[Finding]:
    """The tiers that are called in for every P1 have agents somewhere, where P1 occurs."""
    work, (section, entries) = scenario.work, active_staffing(scenario)
    critical = work.critical.assists if work.critical else {}
    called: list[tuple[KeyPath, str]] = [(("work", "activation", tier), tier) for tier in work.activation]
    called += [(("work", "critical", "assists", tier), tier) for tier in critical]
    if not entries or "P1" not in occurring_priorities(scenario):
        return
    for key, tier in called:
        if tier not in staffed_roles(scenario):
            remedy = f"give it agents in staffing.{section}, or take it out here"
            yield Finding(key, f"is called in for every P1, but {tier} is staffed nowhere: {remedy}")


def active_staffing(scenario: Scenario) -> tuple[str, Collection[str]]:
    """The section of `staffing` that is used, and the names in it."""
    staffing = scenario.staffing
    if staffing.mode == "explicit":
        return "explicit", [staffing.explicit.file] if staffing.explicit else []
    if staffing.mode == "cover":
        return "minimum", staffing.minimum
    return ("flat", staffing.flat) if staffing.mode == "flat" else ("crews", staffing.crews)


def _headcounts(crews: dict[str, Crew]) -> list[dict[RoleName, int]]:
    """Agents by tier of the crews that ever work."""
    return [crew.headcount for crew in crews.values() if set(crew.pattern) != {DAY_OFF}]


def staffed_roles(scenario: Scenario) -> set[str]:
    """The roles that have people; all of them where only the table of a dated roster knows."""
    staffing = scenario.staffing
    if staffing.mode == "explicit":
        return set(ROLES)
    made = {
        "flat": [*staffing.flat.values()],
        "pattern": _headcounts(staffing.crews),
        "cover": [row.agents for row in staffing.minimum.values()],
    }
    pools = [*made[staffing.mode], *_headcounts(staffing.add)]
    return {tier for pool in pools for tier, count in pool.items() if count}


def lacking_roles(scenario: Scenario, roles: Iterable[RoleName]) -> list[RoleName]:
    """Those of the roles that nobody has; none where staffing names nobody, which is told already."""
    staffed = staffed_roles(scenario)
    return [role for role in roles if role not in staffed] if active_staffing(scenario)[1] else []


def needed_tiers(scenario: Scenario) -> dict[str, list[str]]:
    """The tiers that tickets can reach, each with the priorities that do."""
    occurring = occurring_priorities(scenario)
    needed: dict[str, list[str]] = {}
    for priority, route in sorted(scenario.work.routes.items()):
        stops = [n for n, share in enumerate(route.solved) if share == 1]
        for tier in route.tiers[: stops[0] + 1 if stops else None]:
            if priority in occurring:
                needed.setdefault(tier, []).append(priority)
    return needed


def occurring_priorities(scenario: Scenario) -> Sequence[str]:
    """The priorities that tickets or alerts can have: a log may hold any."""
    return PRIORITIES if scenario.demand.replay else _drawn_priorities(scenario)


def _drawn_priorities(scenario: Scenario) -> list[str]:
    """The priorities that tickets or alerts of the scenario get by chance."""
    demand, regions = scenario.demand, scenario.regions.values()
    logged = demand.replay is not None and demand.replay.columns.priority is not None
    tickets = bool(demand.replay or demand.forecast or any(region.tickets for region in regions)) and not logged
    surges = any(emergency.surge for emergency in _emergencies(scenario))
    mixes = [demand.priorities] * (tickets or surges) + [demand.alert_priorities] * _has_alerts(scenario)
    return [priority for priority in PRIORITIES if any(mix.get(priority) for mix in mixes)]


def _has_alerts(scenario: Scenario) -> bool:
    """Whether any alert comes, by itself or in a storm."""
    storms = scenario.demand.monitoring.storms
    stormy = bool(storms and storms.rate) or any(emergency.storm for emergency in _emergencies(scenario))
    return stormy or any(region.alerts for region in scenario.regions.values())


def _emergencies(scenario: Scenario) -> list[Emergency]:
    """The types of emergencies that happen at all."""
    return [emergency for emergency in scenario.emergencies.types.values() if emergency.happens]


@rests_on("demand.priorities", "demand.alert_priorities")
def priorities_have_routes(scenario: Scenario) -> Iterator[Finding]:
    """Every priority that occurs has a route."""
    replay = scenario.demand.replay
    occurring = {*_drawn_priorities(scenario), *(replay.priorities.values() if replay else ())}
    for priority in sorted(occurring - scenario.work.routes.keys()):
        message = f"is missing, but tickets of {priority} occur: add its route, or set its share of the demand to 0"
        yield Finding(("work", "routes", priority), message)


@rests_on("work.routes")
def tiers_have_handle_times(scenario: Scenario) -> Iterator[Finding]:
    """Every tier that a route names has a handle time."""
    routes = scenario.work.routes
    lacking = sorted({tier for route in routes.values() for tier in route.tiers} - scenario.work.handle.keys())
    if _routes_are_default(scenario):
        yield from _default_routes(scenario, lacking, "handle time", "work.handle")
        return
    for tier in lacking:
        users = listed(sorted(priority for priority, route in routes.items() if tier in route.tiers))
        message = f"is missing, but the routes of {users} use it: add its handle time, or take it out of work.routes"
        yield Finding(("work", "handle", tier), message)


def _routes_are_default(scenario: Scenario) -> bool:
    return "routes" not in scenario.work.model_fields_set


def _default_routes(scenario: Scenario, lacking: Sequence[str], what: str, where: str) -> Iterator[Finding]:
    """One finding for all tiers that only the default routes ask for."""
    if not lacking:
        return
    handled = sorted(scenario.work.handle)
    entry = next((tier for tier in handled if tier in staffed_roles(scenario)), handled[0])
    users = [name for name, route in scenario.work.routes.items() if set(lacking) & set(route.tiers)]
    own = ", ".join(f"{priority}: {{tiers: [{entry}]}}" for priority in PRIORITIES)
    default = f"are not written, and the default routes of {listed(users)} use {listed(lacking)}, without {what}"
    remedy = f"write your own, such as `work: {{routes: {{{own}}}}}`, or add {listed(lacking)} to {where}"
    yield Finding(("work", "routes"), f"{default}: {remedy}")


@rests_on()
def channel_shares_sum_to_one(scenario: Scenario) -> Iterator[Finding]:
    """The channels share out all tickets."""
    shares = [channel.share for channel in scenario.demand.channels.values()]
    if not sums_to_one(shares):
        message = f"the shares of the channels must sum to 1 (100 %); they sum to {math.fsum(shares):g}"
        yield Finding(("demand", "channels"), message)


@rests_on("demand.channels.*.open")
def fallbacks_are_open(scenario: Scenario) -> Iterator[Finding]:
    """A closed channel's customers find an open one."""
    channels = scenario.demand.channels
    always_open = [name for name, channel in channels.items() if channel.open is None]
    for name, channel in channels.items():
        key = ("demand", "channels", name, "fallback")
        if channel.fallback is None:
            if channel.open is not None:
                remedy = f"name a channel that is always open ({listed(always_open) or 'there is none'})"
                yield Finding(key, f"is missing, so that {name} would never close: {remedy}, or take `open` out")
        elif channel.fallback not in channels:
            yield unknown(key, "channel", channel.fallback, always_open)
        elif channel.fallback == name or channels[channel.fallback].open is not None:
            remedy = f"name a channel that is always open ({listed(always_open) or 'there is none'})"
            itself = "is the channel itself" if channel.fallback == name else f"{channel.fallback} closes as well"
            yield Finding(key, f"{itself}: {remedy}")


@rests_on("regions", "demand")
def somebody_asks(scenario: Scenario) -> Iterator[Finding]:
    """There is some demand."""
    demand = scenario.demand
    tickets = any(region.tickets for region in scenario.regions.values())
    if not (tickets or _has_alerts(scenario) or demand.replay or demand.forecast or _emergencies(scenario)):
        remedy = "give one `tickets` or `alerts`, or the scenario demand.replay or demand.forecast"
        yield Finding(("regions",), f"no region has any demand: {remedy}")


@rests_on("regions", "demand.monitoring")
def filters_have_alerts(scenario: Scenario) -> Iterator[Finding]:
    """Where alerts are filtered, there are some."""
    for name in ("suppress", "batch", "throttle") * (not _has_alerts(scenario)):
        if getattr(scenario.demand.monitoring, name):
            remedy = "give a region `alerts`, add demand.monitoring.storms, or take this out"
            yield Finding(("demand", "monitoring", name), f"filters alerts, but there are none: {remedy}")


@rests_on()
def tickets_have_one_source(scenario: Scenario) -> Iterator[Finding]:
    """Tickets come from a log or from a forecast, not from both."""
    if scenario.demand.replay and scenario.demand.forecast:
        remedy = "take one of the two out (null takes away what a parent file has)"
        yield Finding(("demand", "forecast"), f"does not go with demand.replay, whose log holds all tickets: {remedy}")


@rests_on("staffing.mode")
def draining_is_flat(scenario: Scenario) -> Iterator[Finding]:
    """Only a desk that never closes can go on until all is done."""
    if scenario.horizon.drain and scenario.staffing.mode != "flat":
        yield Finding(("horizon", "drain"), "needs `staffing.mode: flat`: set that, or take `drain` out")


@rests_on()
def pages_go_on(scenario: Scenario) -> Iterator[Finding]:
    """Every priority that pages has a timer: without one a page that nobody answers would never reach the next."""
    oncall = scenario.oncall
    if oncall is None:
        return
    for priority in ("P1", "P2", "P3") if oncall.late_alert is not None else ("P1", "P2"):
        if priority not in oncall.timers:
            rings = f"a page for a {priority} that nobody answers would never go to the next of the chain"
            yield Finding(("oncall", "timers", priority), f"is missing: {rings}; give it a time")


@rests_on("staffing", "oncall")
def somebody_can_be_paged(scenario: Scenario) -> Iterator[Finding]:
    """Somebody takes turns on call, or there is a lead."""
    oncall = scenario.oncall
    if oncall and not oncall.lead and active_staffing(scenario)[1] and oncall.tier not in staffed_roles(scenario):
        staffed = [tier for tier in TIERS if tier in staffed_roles(scenario)]
        which = f"name a tier with agents ({listed(staffed)})" if staffed else "name a tier, and give it agents"
        remedy = f"{which}, or the region of an engineering lead in oncall.lead"
        yield Finding(("oncall", "tier"), f"{oncall.tier} is staffed nowhere, so that nobody can be paged: {remedy}")


@rests_on("policy.overtime")
def overtime_has_limit_and_priorities(scenario: Scenario) -> Iterator[Finding]:
    """Overtime says how long, and for which work."""
    overtime = scenario.policy.overtime
    if overtime.limit and not overtime.priorities:
        remedy = "add the priorities of the work that is finished in overtime, or take `limit` out"
        yield Finding(("policy", "overtime", "priorities"), f"are missing, so that there is no overtime: {remedy}")
    if overtime.priorities and not overtime.limit:
        remedy = "add the longest overtime, such as `limit: 1 h`, or take `priorities` out"
        yield Finding(("policy", "overtime", "limit"), f"is missing, so that there is no overtime: {remedy}")


@rests_on("policy.handover")
def meetings_have_an_overlap(scenario: Scenario) -> Iterator[Finding]:
    """Who goes is still there when the hand-over meeting takes place."""
    handover = scenario.policy.handover
    if handover.meeting and not handover.overlap:
        remedy = "add the paid time in which it takes place, such as `overlap: 30 min`, or take `meeting` out"
        yield Finding(("policy", "handover", "overlap"), f"is missing, so that there would be no meeting: {remedy}")


@rests_on("demand.replay", "regions")
def replayed_tickets_have_a_region(scenario: Scenario) -> Iterator[Finding]:
    """It is known to which region a ticket of the log belongs."""
    replay = scenario.demand.replay
    if replay and not (replay.region or replay.columns.region) and len(scenario.regions) > 1:
        remedy = "name the region of all tickets here, or the log's column in demand.replay.columns.region"
        yield Finding(("demand", "replay", "region"), f"is missing: {remedy}")


@rests_on()
def countries_have_holidays(scenario: Scenario) -> Iterator[Finding]:
    """The public holidays of every country that is named are known."""
    for name, region in scenario.regions.items():
        if region.country is not None:
            yield from _country(("regions", name, "country"), region.country)


def _country(key: KeyPath, country: str) -> Iterator[Finding]:
    from holidays import list_supported_countries

    known = list_supported_countries(include_aliases=True)
    code, _, subdivision = country.partition("-")
    remedy = "list the days in demand.holidays instead"
    if code not in known:
        message = f"the holidays of {code} are not known: give the ISO code of a country, or {remedy}"
        yield Finding(key, message, nearest(code, list(known)))
    elif subdivision and subdivision not in known[code]:
        message = f"{code} has no subdivision {subdivision} with holidays (it has {listed(known[code]) or 'none'})"
        closest = nearest(subdivision, known[code])
        yield Finding(key, f"{message}; {remedy}", closest and f"{code}-{closest}")


@rests_on("demand.scale", "demand.trend", "demand.monitoring.storms", "horizon.days", "horizon.warmup_days")
def volume_is_bearable(scenario: Scenario) -> Iterator[Finding]:
    """The expected number of tickets fits into memory."""
    volume = _expected_volume(scenario)
    if volume > MOST_TICKETS:
        figure = f"{volume / 1e6:,.0f} million" if volume < MOST_TICKETS**2 else f"{volume:.0e}"
        limit = f"a run can hold {MOST_TICKETS // 1_000_000} million"
        remedy = "lower the rates, demand.scale, demand.trend or horizon.days"
        yield Finding(("regions",), f"about {figure} tickets are expected, but {limit}: {remedy}")


def _expected_volume(scenario: Scenario) -> float:
    """Tickets and alerts, from above: growth as at the end, events that raise demand one after the other."""
    horizon, demand = scenario.horizon, scenario.demand
    storms = demand.monitoring.storms
    stormy = storms.rate * storms.size if storms else 0.0
    per_hour = sum((region.tickets or 0) + (region.alerts or 0) + stormy for region in scenario.regions.values())
    years = horizon.days / _DAYS_PER_YEAR
    growth = math.exp(min(max(0.0, years * math.log1p(demand.trend)), _LARGEST_EXPONENT))
    hours = (horizon.days + horizon.warmup_days) * _HOURS_PER_DAY
    busy = hours + sum(_extra_hours(event, hours) for event in demand.events.values())
    emergencies, surge_hours = _caused(scenario, hours)
    return emergencies + demand.scale * growth * (per_hour * busy + surge_hours)


def _caused(scenario: Scenario, hours: float) -> tuple[float, float]:
    """Emergencies and the alerts of their storms; the tickets of their surges at a scale of 1 and without growth."""
    alerts, tickets = 0.0, 0.0
    for emergency in _emergencies(scenario):
        regions = [r for name, r in scenario.regions.items() if not emergency.regions or name in emergency.regions]
        each = emergency.rate * hours + len(emergency.at)
        alerts += each * len(regions) * (1 + (emergency.storm.size if emergency.storm else 0))
        if emergency.surge:
            lasts = emergency.surge.lasts or (emergency.lasts.mean or max(emergency.lasts.values)) * emergency.scale
            tickets += each * emergency.surge.extra * lasts / HOUR * sum(region.tickets or 0 for region in regions)
    return alerts, tickets


def _extra_hours(event: DemandEvent, horizon_hours: float) -> float:
    """Hours of normal demand that an event adds at most."""
    return max(0.0, event.factor - 1) * min((event.end - event.start).total_seconds() / 3600, horizon_hours)
