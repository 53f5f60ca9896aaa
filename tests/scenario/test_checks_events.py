from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sim.scenario.load import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.errors import Problem

    Complaints = Callable[..., list[str]]

FIRE = "emergencies.types.fire"
POWER = "continuity.threats.power"
DRILL = "continuity.drills.drill"
TEAM = "team: {tier2: 1}, lasts: {mean: 2 h}"
RUN = "the run lasts from 2026-02-23 00:00 to 2026-03-16 00:00 UTC"
OUTSIDE_RUN = (
    f"lies outside the run, so that it never happens: {RUN}; "
    "name a date within it in `at`, give it a `rate`, or switch it off with `at: []`"
)
NO_DATE = (
    "says not when it happens: give it dates in `at`, or a `rate`, such as 1 per week "
    "(0 per week where it is switched off)"
)
LOG = "demand.replay={file: log.csv, columns: {created: at, region: where}}"
ALL_P4 = "demand.priorities={P1: 0, P2: 0, P3: 0, P4: 1}"


@pytest.fixture
def complaints(world: str, problems: Callable[..., tuple[Problem, ...]]) -> Complaints:
    """What is said about the valid scenario with some keys changed."""
    Path("log.csv").touch()
    return lambda *changes: [str(problem).removeprefix("--set: ") for problem in problems(world, changes)]


def steps(n: int, role: str = "tier1") -> str:
    """So many steps of the communication chain."""
    return "{" + ", ".join(f"s{k}: {{role: {role}, takes: {{mean: 5 min}}}}" for k in range(n)) + "}"


def many(n: int, entry: str) -> str:
    return "{" + ", ".join(f"e{k}: {{{entry}}}" for k in range(n)) + "}"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        # names of regions
        (
            [f"{FIRE}={{rate: 1 per week, regions: [apac, emae], {TEAM}}}"],
            f"{FIRE}.regions[1]: there is no region 'emae': name one of emea, apac; did you mean emea?",
        ),
        (
            [f"{POWER}={{rate: 1 per week, regions: [apec], recovery: {{mean: 1 h}}, away: 50 %}}"],
            f"{POWER}.regions[0]: there is no region 'apec': name one of emea, apac; did you mean apac?",
        ),
        (
            [f"{POWER}={{rate: 1 per week, regions: [apac], recovery: {{mean: 1 h}}, rehome: [emae]}}"],
            f"{POWER}.rehome[0]: there is no region 'emae': name one of emea, apac; did you mean emea?",
        ),
        (
            [f"{DRILL}={{rate: 1 per week, regions: [emea], lasts: 1 h, rehome: [apac, mars]}}"],
            f"{DRILL}.rehome[1]: there is no region 'mars': name one of emea, apac",
        ),
        (
            [f"{FIRE}={{at: [2026-03-03 10:00], regions: [emae], {TEAM}}}"],
            f"{FIRE}.regions[0]: there is no region 'emae': name one of emea, apac; did you mean emea?",
        ),
        # re-homing
        (
            [f"{POWER}={{rate: 1 per week, recovery: {{mean: 1 h}}, rehome: [apac]}}"],
            (
                f"{POWER}.rehome[0]: apac would stand in for itself: "
                "take it out, or name the regions in which this happens without it (`regions: [emea]`)"
            ),
        ),
        (
            [f"{DRILL}={{rate: 1 per week, regions: [emea], lasts: 1 h, rehome: [apac, emea]}}"],
            f"{DRILL}.rehome[1]: emea would stand in for itself: take it out",
        ),
        # when
        ([f"{FIRE}={{{TEAM}}}"], f"{FIRE}: {NO_DATE}"),
        ([f"{POWER}={{recovery: {{mean: 1 h}}, away: 50 %}}"], f"{POWER}: {NO_DATE}"),
        ([f"{DRILL}={{lasts: 1 h}}"], f"{DRILL}: {NO_DATE}"),
        ([f"{FIRE}={{at: [2026-03-17 00:00], {TEAM}}}"], f"{FIRE}.at: {OUTSIDE_RUN}"),
        ([f"{FIRE}={{at: [2026-02-22 23:59], regions: [emea], {TEAM}}}"], f"{FIRE}.at: {OUTSIDE_RUN}"),
        (
            [f"{POWER}={{at: [2026-02-22 20:00], regions: [emea], away: 1, recovery: {{mean: 4 h, longest: 4 h}}}}"],
            f"{POWER}.at: {OUTSIDE_RUN}",
        ),
        ([f"{POWER}={{at: [2025-03-03 20:00], recovery: {{mean: 4 h}}, away: 50 %}}"], f"{POWER}.at: {OUTSIDE_RUN}"),
        ([f"{DRILL}={{at: [2026-02-22 22:00], lasts: 2 h, regions: [emea]}}"], f"{DRILL}.at: {OUTSIDE_RUN}"),
        (
            [f"{DRILL}={{at: [2026-03-03 10:00, 2026-03-04 10:00, 2026-03-03 10:00], lasts: 2 h}}"],
            f"{DRILL}.at[2]: 2026-03-03 10:00 is named twice: take one out",
        ),
        (
            [f"{DRILL}={{every: {{every: week, day: 6}}, lasts: 2 h}}"],
            (
                f"{DRILL}.every.day: no week is sure to have more than 5 working days; found 6: "
                "name a lower one, or a longer period in `every`"
            ),
        ),
        (
            [f"{DRILL}={{every: {{every: month, day: 21}}, lasts: 2 h}}"],
            (
                f"{DRILL}.every.day: no month is sure to have more than 20 working days; found 21: "
                "name a lower one, or a longer period in `every`"
            ),
        ),
        (
            [f"{DRILL}={{every: {{every: year, day: 28}}, lasts: 3 h}}"],
            (
                f"{DRILL}.every: lies outside the run, so that it never happens: {RUN}; name a date within it in `at`, "
                "give it a `rate`, choose another day or a shorter period, or take it out"
            ),
        ),
        (
            [f"{DRILL}={{every: {{every: quarter}}, at: [2026-06-01 10:00], lasts: 3 h}}"],
            f"{DRILL}.every: lies outside the run, so that it never happens: {RUN}",
        ),
        # what they change
        (
            [f"{POWER}={{rate: 1 per week, recovery: {{mean: 1 h}}}}"],
            (
                f"{POWER}: takes nobody away and no work, so that it changes nothing: "
                "give it a share in `away`, regions in `rehome`, or `service: minimal`, or take it out"
            ),
        ),
        (
            [f"{POWER}={{at: [2026-03-03 10:00], recovery: {{mean: 1 h}}, roles: [tier1], service: minimal}}"],
            f"{POWER}.roles: tells who is away, but nobody is: give it a share in `away`, or take this out",
        ),
        # people
        (
            [f"{FIRE}={{rate: 1 per week, team: {{tier2: 1, manager: 1}}, lasts: {{mean: 2 h}}}}"],
            (
                f"{FIRE}.team.manager: is needed for this emergency, but manager is staffed nowhere: "
                "give it people in staffing.crews, or take it out here"
            ),
        ),
        (
            [f"{FIRE}={{rate: 1 per week, {TEAM}}}", f"emergencies.chain={steps(1, 'coordinator')}"],
            (
                "emergencies.chain.s0.role: coordinator is staffed nowhere, so that nobody takes this step: "
                "give it people in staffing.crews, or name another role here"
            ),
        ),
        (
            ["work.critical={assists: {tier2: {mean: 1 h}}}", f"emergencies.chain={steps(1, 'manager')}"],
            (
                "emergencies.chain.s0.role: manager is staffed nowhere, so that nobody takes this step: "
                "give it people in staffing.crews, or name another role here"
            ),
        ),
        (
            [f"{POWER}={{rate: 1 per week, recovery: {{mean: 1 h}}, away: 50 %, roles: [tier1, tier4]}}"],
            (
                f"{POWER}.roles[1]: tier4 is staffed nowhere, so that this concerns nobody: "
                "give it people in staffing.crews, or take it out here"
            ),
        ),
        (
            [f"{DRILL}={{every: {{every: month}}, lasts: 1 h, roles: [manager]}}"],
            (
                f"{DRILL}.roles[0]: manager is staffed nowhere, so that this concerns nobody: "
                "give it people in staffing.crews, or take it out here"
            ),
        ),
        (
            [f"{FIRE}={{rate: 1 per week, page: true, {TEAM}}}"],
            (f"{FIRE}.page: pages the on-call chain, but there is none: add the section oncall, or take `page` out"),
        ),
        # what they cause
        (
            [f"{FIRE}={{rate: 1 per week, surge: {{extra: 1}}, regions: [apac], {TEAM}}}", "regions.apac.tickets="],
            (
                f"{FIRE}.surge: is a share of the usual tickets, and apac has none: "
                "add regions.apac.tickets, or take this out"
            ),
        ),
        (
            [LOG, f"{FIRE}={{rate: 1 per week, surge: {{extra: 1}}, {TEAM}}}", "regions.apac.tickets="],
            (
                f"{FIRE}.surge: is a share of the usual tickets, and a log does not tell how many apac usually has: "
                "add regions.apac.tickets, which a surge alone uses, or take this out"
            ),
        ),
        (
            [f"{FIRE}={{rate: 100 per minute, storm: {{size: 1000}}, {TEAM}}}"],
            (
                "world.yaml:7: regions: about 6,054 million tickets are expected, but a run can hold 50 million: "
                "lower the rates, demand.scale, demand.trend or horizon.days"
            ),
        ),
        (
            [
                f"{FIRE}={{rate: 60 per hour, surge: {{extra: 10000 %, lasts: 30 min}}, regions: [apac], {TEAM}}}",
                "regions.apac.tickets=50 per hour",
                "demand.scale=4",
            ],
            "world.yaml:7: regions: about 305 million tickets are expected, but a run can hold 50 million",
        ),
        # limits
        (
            [f"emergencies.types={many(251, f'rate: 1 per week, {TEAM}')}"],
            "emergencies.types: has 251 entries, and 250 are the most: take some out",
        ),
        (
            [f"emergencies.chain={steps(251)}"],
            "emergencies.chain: has 251 entries, and 250 are the most: take some out",
        ),
        (
            [f"continuity.threats={many(256, 'rate: 1 per week, recovery: {mean: 1 h}, away: 50 %')}"],
            "continuity.threats: has 256 entries, and 255 are the most: take some out",
        ),
        (
            [f"continuity.drills={many(256, 'rate: 1 per week, lasts: 1 h')}"],
            "continuity.drills: has 256 entries, and 255 are the most: take some out",
        ),
        (
            [
                f"{FIRE}={{rate: 1 per week, team: {{tier1: 100, tier2: 99}}, lasts: {{mean: 2 h}}}}",
                f"emergencies.chain={steps(52)}",
            ],
            (
                f"{FIRE}.team: team and communication are 251 tasks, and 250 are the most: "
                "name fewer people, or fewer than the 52 steps of emergencies.chain"
            ),
        ),
        (
            ["work.critical={assists: {tier2: {mean: 1 h}}}", f"emergencies.chain={steps(244)}"],
            (
                "emergencies.chain: a P1 that becomes an emergency has up to 251 tasks, and 250 are the most: "
                "take steps out"
            ),
        ),
        (
            [f"{POWER}={{rate: 1 per minute, recovery: {{mean: 1 h}}, away: 50 %}}"],
            f"{POWER}.rate: happens about 60,480 times in the run, and 20,000 times are the most: lower it",
        ),
        (
            [f"{DRILL}={{rate: {'9' * 50} per minute, lasts: 1 h}}"],
            f"{DRILL}.rate: happens about 6e+54 times in the run, and 20,000 times are the most: lower it",
        ),
    ],
)
def test_what_does_not_fit_is_told_with_its_remedy(complaints: Complaints, changes: list[str], message: str) -> None:
    found = complaints(*changes)
    assert len(found) == 1
    assert message in found[0]


@pytest.mark.parametrize(
    "changes",
    [
        [f"{FIRE}={{rate: 1 per week, {TEAM}}}", f"emergencies.chain={steps(3)}"],
        [f"{FIRE}={{rate: 1 per week, team: {{tier1: 100, tier2: 99}}, lasts: {{mean: 2 h}}}}",
         f"emergencies.chain={steps(51)}"],
        ["work.critical={assists: {tier2: {mean: 1 h}}}", f"emergencies.chain={steps(243)}"],
        [f"{FIRE}={{rate: 0 per week, team: {{manager: 1}}, lasts: {{mean: 2 h}}, surge: {{extra: 1}}}}",
         "regions.apac.tickets=", "regions.emea.tickets="],
        [f"{FIRE}={{rate: 1 per week, scale: 0, team: {{manager: 1}}, lasts: {{mean: 2 h}}}}",
         f"emergencies.chain={steps(2, 'manager')}"],
        [f"{FIRE}={{at: [], {TEAM}}}"],
        [f"{POWER}={{rate: 0 per week, recovery: {{mean: 1 h}}, away: 50 %, roles: [manager]}}"],
        [f"{FIRE}={{at: [2027-01-01 10:00], scale: 0, {TEAM}}}"],
        [f"{FIRE}={{at: [2027-01-01 10:00, 2026-03-03 10:00], {TEAM}}}"],
        # 16 March, 07:00 in Singapore, is the evening before by UTC, and 23 February, 00:00 in London, the very start.
        [f"{FIRE}={{at: [2026-03-16 07:00], {TEAM}}}"],
        [f"{FIRE}={{at: [2026-02-23 00:00], regions: [emea], {TEAM}}}"],
        [f"{POWER}={{at: [2026-02-22 20:00], regions: [emea], recovery: {{family: constant, mean: 5 h}}, away: 50 %}}"],
        [f"{POWER}={{at: [2026-02-22 20:00], regions: [emea], recovery: {{mean: 1 h}}, away: 50 %}}"],
        [f"{DRILL}={{at: [2026-02-22 22:00], lasts: 3 h, regions: [emea]}}"],
        [f"{DRILL}={{every: {{every: year, day: 28}}, lasts: 15 d}}"],  # from 9 February on, into the run
        [f"{DRILL}={{every: {{every: year}}, rate: 1 per week, lasts: 3 h}}"],
        [f"{DRILL}={{every: {{every: year}}, at: [2026-03-03 10:00], lasts: 3 h}}"],
        [f"{DRILL}={{every: {{every: week}}, lasts: 3 h, share: 0 %}}"],
        [f"{POWER}={{rate: 1 per week, scale: 0, recovery: {{mean: 1 h}}}}"],
        [f"{POWER}={{rate: 1 per week, recovery: {{mean: 1 h}}, service: critical}}"],
        [f"{POWER}={{rate: 1 per week, recovery: {{mean: 1 h}}, regions: [emea], rehome: [apac]}}"],
        [f"{DRILL}={{every: {{every: month, day: 20}}, lasts: 3 h, regions: [emea], rehome: [apac]}}"],
        [f"{FIRE}={{rate: 1 per week, page: true, {TEAM}}}", "oncall={lead: emea}"],
        [f"{FIRE}={{rate: 1 per week, surge: {{extra: 1}}, {TEAM}}}", "regions.apac.tickets="],
        [LOG, f"{FIRE}={{rate: 1 per week, surge: {{extra: 1}}, {TEAM}}}"],
        ["regions.emea.tickets=", "regions.emea.alerts=", "regions.apac.tickets=", "demand.forecast={file: log.csv}",
         f"{FIRE}={{rate: 1 per week, surge: {{extra: 1}}, {TEAM}}}"],
        # nothing but emergencies: no route and no tier but those of their teams
        ["regions.emea.tickets=", "regions.emea.alerts=", "regions.apac.tickets=",
         f"{FIRE}={{rate: 1 per week, {TEAM}}}",
         "staffing.crews={day: {headcount: {tier1: 0}}, night: {headcount: {tier1: 0}}}",
         "work.routes={P1: null, P2: null, P3: null, P4: null}"],
        ["staffing.mode=flat", "staffing.flat={apac: {tier1: 1, tier2: 1, manager: 1, coordinator: 1}}",
         f"{FIRE}={{rate: 1 per week, team: {{manager: 1}}, lasts: {{mean: 2 h}}}}",
         f"emergencies.chain={steps(2, 'coordinator')}"],
        ["staffing={mode: explicit, explicit: {file: log.csv}}",
         f"{FIRE}={{rate: 1 per week, team: {{manager: 1}}, lasts: {{mean: 2 h}}}}",
         f"emergencies.chain={steps(2, 'coordinator')}"],
        ["regions.emea.alerts=", "demand.monitoring.batch=5 min", f"{FIRE}={{rate: 1 per week, storm: {{}}, {TEAM}}}"],
    ],
)  # fmt: skip
def test_what_fits_is_left_alone(world: str, changes: list[str]) -> None:
    Path("log.csv").touch()
    assert load(world, changes).trail


def test_what_emergencies_cause_needs_routes_and_tiers(complaints: Complaints) -> None:
    """The storm brings alerts of all priorities, and so does the surge beside a log that knows its own priorities."""
    quiet = ["regions.emea.alerts=", ALL_P4, "work.routes.P1="]
    fire = f"{FIRE}={{rate: 1 per week, storm: {{}}, {TEAM}}}"
    (message,) = complaints(*quiet, fire)
    assert message.startswith("world.yaml:34: work.routes.P1: is missing, but tickets of P1 occur")
    log = "demand.replay={file: log.csv, columns: {created: at, region: where, priority: how}}"
    fire = f"{FIRE}={{rate: 1 per week, surge: {{extra: 1}}, {TEAM}}}"
    (message,) = complaints("regions.emea.alerts=", log, "work.routes.P1=", fire)
    assert message.startswith("world.yaml:34: work.routes.P1: is missing, but tickets of P1 occur")


def test_filters_have_no_alerts_from_an_emergency_that_does_not_happen(complaints: Complaints) -> None:
    fire = f"{FIRE}={{rate: 0 per week, storm: {{}}, {TEAM}}}"
    (message,) = complaints("regions.emea.alerts=", "demand.monitoring.batch=5 min", fire)
    assert message.startswith("demand.monitoring.batch: filters alerts, but there are none")
