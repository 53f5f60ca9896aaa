from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sim.scenario.checks import MOST_TICKETS
from sim.scenario.findings import findings
from sim.scenario.load import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.errors import Problem

    Complaints = Callable[..., list[str]]

ONLY_P3_P4 = "demand.priorities={P1: 0, P2: 0, P3: 0.5, P4: 0.5}"
NO_TIER2 = "staffing.crews={day: {headcount: {tier2: 0}}, night: {headcount: {tier2: 0}}}"
FLOOR = "all: {agents: {tier1: 2, tier2: 1}}"
LOG = "file: log.csv, columns: {created: at, region: where}"


@pytest.fixture
def complaints(world: str, problems: Callable[..., tuple[Problem, ...]]) -> Complaints:
    """What is said about the valid scenario with some keys changed."""
    Path("log.csv").touch()
    return lambda *changes: [str(problem).removeprefix("--set: ") for problem in problems(world, changes)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            ["staffing.crews.day.regions=[apac, emae]"],
            "staffing.crews.day.regions[1]: there is no region 'emae': name one of emea, apac; did you mean emea?",
        ),
        (
            ["demand.events.launch.regions=[mars]"],
            "demand.events.launch.regions[0]: there is no region 'mars': name one of emea, apac",
        ),
        (
            ["staffing.flat={emea: {tier1: 2}, apec: {tier2: 1}}"],
            "staffing.flat.apec: there is no region 'apec': name one of emea, apac; did you mean apac?",
        ),
        (
            ["staffing.add={more: {pattern: 5D 2O, headcount: {tier1: 1}, regions: [emae]}}"],
            "staffing.add.more.regions[0]: there is no region 'emae': name one of emea, apac; did you mean emea?",
        ),
        (
            ["staffing.add={more: {pattern: 5X 2O, headcount: {tier1: 1}, regions: [apac]}}"],
            (
                "staffing.add.more.pattern: shift X of the rotation is no shift of apac: "
                "add regions.apac.shifts.X, or name other `regions` for this crew"
            ),
        ),
        (
            ["staffing.add={day: {pattern: 5D 2O, headcount: {tier1: 1}}}"],
            "staffing.add.day: is the name of a crew in staffing.crews too: choose another, such as day_more",
        ),
        (
            ["staffing.mode=explicit"],
            (
                "world.yaml:48: staffing.explicit: is empty, but the mode is explicit: "
                "fill `staffing.explicit`, or set `mode` to the section that is filled"
            ),
        ),
        (
            ["staffing.explicit={file: log.csv, regions: {North: emea, South: apec}}"],
            "staffing.explicit.regions.South: there is no region 'apec': name one of emea, apac; did you mean apac?",
        ),
        (
            ["staffing.explicit={file: log.csv, shifts: {Early: D, Late: 14-22, Off: O, Long: 06:00-18:00, Odd: X}}"],
            (
                "staffing.explicit.shifts.Late: must be a shift (D, N, S), a span such as 06:00-14:00, "
                "or O for a day off; found '14-22'"
            ),
        ),
        (
            ["oncall={tier: tier1, lead: apec}"],
            "oncall.lead: there is no region 'apec': name one of emea, apac; did you mean apac?",
        ),
        (
            ["oncall={tier: tier1, timers: {P1: 15 min, P2: 30 min}}"],
            (
                "oncall.timers.P3: is missing: a page for a P3 that nobody answers would never go to the next of the "
                "chain; give it a time"
            ),
        ),
        (
            ["oncall={}"],
            (
                "oncall.tier: tier3 is staffed nowhere, so that nobody can be paged: name a tier with agents "
                "(tier1, tier2), or the region of an engineering lead in oncall.lead"
            ),
        ),
        (
            ["policy.overflow={tier1: {after: 5 min, from: [apec]}}"],
            "policy.overflow.tier1.from[0]: there is no region 'apec': name one of emea, apac; did you mean apac?",
        ),
        (
            ["policy.overflow={tier1: {after: 5 min, to: [emea, mars]}}"],
            "policy.overflow.tier1.to[1]: there is no region 'mars': name one of emea, apac",
        ),
        (
            ["policy.overtime={limit: 1 h}"],
            (
                "policy.overtime.priorities: are missing, so that there is no overtime: "
                "add the priorities of the work that is finished in overtime, or take `limit` out"
            ),
        ),
        (
            ["policy.overtime={priorities: [P1]}"],
            (
                "policy.overtime.limit: is missing, so that there is no overtime: "
                "add the longest overtime, such as `limit: 1 h`, or take `priorities` out"
            ),
        ),
        (
            ["policy.handover={meeting: 10 min}"],
            (
                "policy.handover.overlap: is missing, so that there would be no meeting: "
                "add the paid time in which it takes place, such as `overlap: 30 min`, or take `meeting` out"
            ),
        ),
        (
            ["demand.holidays={apec: {2026-03-03: Off}}"],
            "demand.holidays.apec: there is no region 'apec': name one of emea, apac; did you mean apac?",
        ),
        (
            [f"demand.replay={{{LOG}, region: apec}}"],
            "demand.replay.region: there is no region 'apec': name one of emea, apac; did you mean apac?",
        ),
        (
            [f"demand.replay={{{LOG}, regions: {{North: emea, South: apec}}}}"],
            "demand.replay.regions.South: there is no region 'apec': name one of emea, apac; did you mean apac?",
        ),
        (
            [f"demand.replay={{{LOG}, channels: {{Mail: emial}}}}"],
            "demand.replay.channels.Mail: there is no channel 'emial': name one of email, chat; did you mean email?",
        ),
        (
            ["regions.apac.alert_profile=offices"],
            "regions.apac.alert_profile: there is no profile 'offices': name one of office; did you mean office?",
        ),
        (
            ["demand.profiles=", "regions.emea.country="],
            "world.yaml:14: regions.emea.profile: there is no profile 'office': add it under demand.profiles",
        ),
        (
            ["regions.apac.shifts={S: null, N: null}", "staffing.crews.night.regions=[emea, apac]"],
            (
                "world.yaml:55: staffing.crews.night.pattern: shift S of the rotation is no shift of apac: "
                "add regions.apac.shifts.S, or name other `regions` for this crew"
            ),
        ),
        (
            [NO_TIER2],
            (
                "staffing.crews: tier2 is needed by P1, P2, P3 but staffed nowhere: "
                "give it agents, or take it out of work.routes"
            ),
        ),
        (
            ["staffing.mode=flat", "staffing.flat={emea: {tier1: 5}}"],
            (
                "staffing.flat: tier2 is needed by P1, P2, P3 but staffed nowhere: "
                "give it agents, or take it out of work.routes"
            ),
        ),
        (
            ["staffing.crews.night=", "staffing.crews.day.pattern=7O"],
            (
                "world.yaml:50: staffing.crews: tier1 is needed by P3, P4 but staffed nowhere: "
                "give it agents, or take it out of work.routes"
            ),
        ),
        (
            ["staffing.mode=flat"],
            (
                "world.yaml:48: staffing.flat: is empty, but the mode is flat: "
                "fill `staffing.flat`, or set `mode` to the section that is filled"
            ),
        ),
        (
            ["staffing.minimum={night: {agents: {tier1: 1}, regions: [apec]}}"],
            "staffing.minimum.night.regions[0]: there is no region 'apec': name one of emea, apac; did you mean apac?",
        ),
        (
            ["staffing.mode=cover"],
            (
                "world.yaml:48: staffing.minimum: is empty, but the mode is cover: "
                "fill `staffing.minimum`, or set `mode` to the section that is filled"
            ),
        ),
        (
            ["staffing.minimum={all: {agents: {tier1: 2, tier2: 0}}}", "staffing.mode=cover"],
            (
                "staffing.minimum: tier2 is needed by P1, P2, P3 but staffed nowhere: "
                "give it agents, or take it out of work.routes"
            ),
        ),
        (
            [
                f"staffing.minimum={{{FLOOR}}}",
                "staffing.mode=cover",
                "staffing.cover.shifts=[D, S]",
                "staffing.crews=",
                "regions.apac.shifts.S=",
            ],
            (
                "staffing.cover.shifts[1]: shift S is no shift of apac: "
                "add regions.apac.shifts.S, or take the letter out"
            ),
        ),
        (
            [f"staffing.minimum={{{FLOOR}}}", "staffing.mode=cover", "staffing.crews=", "regions.apac.shifts="],
            (
                "world.yaml:48: staffing.cover: has no duty for apac, where a minimum holds: "
                "add regions.apac.shifts, or name `starts` here"
            ),
        ),
        (
            ["staffing.cover.starts=[05:00, 09:00, 05:00]"],
            "staffing.cover.starts[2]: 05:00 is named twice: take one out",
        ),
        (
            ["staffing.cover.length=9 h"],
            (
                "staffing.cover.length: is the length of duties that begin at `starts`, but there are none: "
                "add some, or take it out"
            ),
        ),
        (
            ["staffing.crews="],
            (
                "world.yaml:48: staffing.crews: is empty, but the mode is pattern: "
                "fill `staffing.crews`, or set `mode` to the section that is filled"
            ),
        ),
        (
            ["work.handle.tier2="],
            (
                "world.yaml:39: work.handle.tier2: is missing, but the routes of P1, P2, P3 use it: "
                "add its handle time, or take it out of work.routes"
            ),
        ),
        (
            ["work.routes.P2="],
            (
                "world.yaml:34: work.routes.P2: is missing, but tickets of P2 occur: "
                "add its route, or set its share of the demand to 0"
            ),
        ),
        (
            ["demand.channels.email.share=50 %"],
            "world.yaml:30: demand.channels: the shares of the channels must sum to 1 (100 %); they sum to 0.9",
        ),
        (
            ["demand.channels.chat.fallback="],
            (
                "world.yaml:32: demand.channels.chat.fallback: is missing, so that chat would never close: "
                "name a channel that is always open (email), or take `open` out"
            ),
        ),
        (
            [f"demand.replay={{{LOG}}}", "demand.forecast={file: log.csv}"],
            (
                "demand.forecast: does not go with demand.replay, whose log holds all tickets: "
                "take one of the two out (null takes away what a parent file has)"
            ),
        ),
        (
            ["demand.channels.chat.fallback=phone"],
            "demand.channels.chat.fallback: there is no channel 'phone': name one of email",
        ),
        (
            ["demand.channels.chat.fallback=chat"],
            "demand.channels.chat.fallback: is the channel itself: name a channel that is always open (email)",
        ),
        (
            ["demand.channels.email.open=08:00-20:00"],
            (
                "world.yaml:32: demand.channels.chat.fallback: email closes as well: "
                "name a channel that is always open (there is none)"
            ),
        ),
        (
            ["regions.emea.tickets=", "regions.emea.alerts=", "regions.apac.tickets=0 per hour"],
            (
                "world.yaml:7: regions: no region has any demand: "
                "give one `tickets` or `alerts`, or the scenario demand.replay or demand.forecast"
            ),
        ),
        (
            ["horizon.drain=true"],
            "horizon.drain: needs `staffing.mode: flat`: set that, or take `drain` out",
        ),
        (
            ["demand.replay={file: log.csv, columns: {created: at}}"],
            (
                "demand.replay.region: is missing: "
                "name the region of all tickets here, or the log's column in demand.replay.columns.region"
            ),
        ),
        (
            ["regions.emea.country=XY"],
            (
                "regions.emea.country: the holidays of XY are not known: give the ISO code of a country, "
                "or list the days in demand.holidays instead"
            ),
        ),
        (
            ["regions.emea.country=GB-SCO"],
            (
                "regions.emea.country: GB has no subdivision SCO with holidays (it has ENG, NIR, SCT, WLS); "
                "list the days in demand.holidays instead; did you mean GB-SCT?"
            ),
        ),
        (
            ["regions.apac.tickets=100000 per hour", "demand.scale=10"],
            (
                "world.yaml:7: regions: about 532 million tickets are expected, but a run can hold 50 million: "
                "lower the rates, demand.scale, demand.trend or horizon.days"
            ),
        ),
        (
            ["demand.trend=" + "9" * 200 + " % per year", "horizon.days=3650"],
            (
                "world.yaml:7: regions: about 2e+136 tickets are expected, but a run can hold 50 million: "
                "lower the rates, demand.scale, demand.trend or horizon.days"
            ),
        ),
        (
            ["demand.monitoring.suppress={nights: {regions: [apac, emae]}}"],
            (
                "demand.monitoring.suppress.nights.regions[1]: there is no region 'emae': "
                "name one of emea, apac; did you mean emea?"
            ),
        ),
        (
            ["work.activation={tier1: {mean: 10 min}, tier4: {mean: 10 min}}"],
            (
                "work.activation.tier4: is called in for every P1, but tier4 is staffed nowhere: "
                "give it agents in staffing.crews, or take it out here"
            ),
        ),
        (
            ["work.critical={assists: {tier3: {mean: 1 h}}}", "staffing.mode=flat",
             "staffing.flat={emea: {tier1: 1, tier2: 1}}"],
            (
                "work.critical.assists.tier3: is called in for every P1, but tier3 is staffed nowhere: "
                "give it agents in staffing.flat, or take it out here"
            ),
        ),
        *(
            (
                ["regions.emea.alerts=", f"demand.monitoring={{{name}: {value}}}"],
                (
                    f"demand.monitoring.{name}: filters alerts, but there are none: "
                    "give a region `alerts`, add demand.monitoring.storms, or take this out"
                ),
            )
            for name, value in (("suppress", "{all: {}}"), ("batch", "5 min"), ("throttle", "{at_most: 3}"))
        ),
        (
            ["demand.monitoring.storms={rate: 20 per hour, size: 5000}", "demand.scale=2"],
            (
                "world.yaml:7: regions: about 213 million tickets are expected, but a run can hold 50 million: "
                "lower the rates, demand.scale, demand.trend or horizon.days"
            ),
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_remedy(complaints: Complaints, changes: list[str], message: str) -> None:
    assert message in complaints(*changes)
    assert len(complaints(*changes)) <= 2


@pytest.mark.parametrize(
    "changes",
    [
        ["regions.emea.country=NO"],
        ["regions.emea.country=US-CA"],
        [ONLY_P3_P4, "regions.emea.alerts=", "work.routes={P1: null, P2: null}"],
        [ONLY_P3_P4, "demand.alert_priorities={P1: 0, P2: 0, P3: 0, P4: 1}", "work.routes={P1: null, P2: null}"],
        [ONLY_P3_P4, "regions.emea.alerts=", "work.routes.P3.solved=[1]", NO_TIER2],
        ["staffing.mode=flat", "staffing.flat={apac: {tier1: 1, tier2: 1}}", "horizon.drain=true"],
        ["demand.channels={email: {share: 1}, chat: null}"],
        [NO_TIER2, "staffing.add={more: {pattern: 5D 2O, headcount: {tier2: 1}}}"],
        [
            "staffing.mode=flat",
            "staffing.flat={emea: {tier1: 5}}",
            "staffing.add={day: {pattern: D, headcount: {tier2: 1}}}",
        ],
        ["staffing={mode: explicit, explicit: {file: log.csv}}", "oncall={}"],
        ["oncall={lead: apac}"],
        ["staffing.add={more: {pattern: weekdays, headcount: {tier3: 1}}}", "oncall={}"],
        ["policy={overtime: {limit: 1 h, priorities: [P1]}, handover: {overlap: 30 min, meeting: 10 min}}"],
        ["policy.overflow={tier2: {after: 5 min, from: [emea], to: [apac]}}"],
        ["policy.overflow={manager: {after: 5 min}}"],
        ["demand.channels.email.share=0.1", "demand.channels.chat.share=0.9"],
        ["demand.replay={file: log.csv, columns: {created: at}, region: emea}"],
        ["regions.emea.tickets=", "regions.emea.alerts=", "regions.apac.tickets=", "demand.forecast={file: log.csv}"],
        ["demand.monitoring={suppress: {nights: {regions: [emea], hours: 22:00-06:00}}, batch: 5 min}"],
        ["regions.emea.alerts=", "demand.monitoring={storms: {rate: 1 per day}, throttle: {at_most: 3}}"],
        ["regions.emea.alerts=", "demand.monitoring={review: {every: 1 h}}"],
        ["regions.emea.tickets=", "regions.emea.alerts=", "regions.apac.tickets=",
         "demand.monitoring.storms={rate: 1 per day}"],
        ["work.activation={tier1: {mean: 10 min}}", "work.critical={assists: {tier2: {mean: 1 h}}}"],
        [ONLY_P3_P4, "demand.alert_priorities={P1: 0, P2: 0, P3: 0, P4: 1}",
         "work.activation={tier4: {mean: 10 min}}"],
    ],
)  # fmt: skip
def test_what_fits_is_left_alone(world: str, changes: list[str]) -> None:
    Path("log.csv").touch()
    assert load(world, changes).trail


OWN_ROUTES = "{P1: {tiers: [tier1]}, P2: {tiers: [tier1]}, P3: {tiers: [tier1]}, P4: {tiers: [tier1]}}"


def test_a_desk_of_one_tier_is_told_once_of_the_default_routes(complaints: Complaints) -> None:
    (message,) = complaints("work.routes=", "work.handle.tier2=", NO_TIER2)
    assert message == (
        "world.yaml:33: work.routes: are not written, and the default routes of P1, P2, P3 use tier2, tier3, tier4, "
        f"without handle time: write your own, such as `work: {{routes: {OWN_ROUTES}}}`, "
        "or add tier2, tier3, tier4 to work.handle"
    )


def test_the_routes_that_the_message_shows_are_all_that_is_missing(
    complaints: Complaints, write: Callable[..., str], world_text: str
) -> None:
    before, after = world_text.split("  routes:\n")
    alone = before + after[after.index("  handle:") :].replace(
        "    tier2: {mean: 1 h 30 min, log_sd: 0.9, longest: 12 h}\n", ""
    )
    own = re.search(r"`work: {(routes: .*)}`", complaints("work.routes=", "work.handle.tier2=", NO_TIER2)[0])
    assert own
    written = alone.replace("work:\n", f"work:\n  {own[1]}\n").replace(", tier2: 2", "")
    assert load(write(written)).work.routes["P1"].tiers == ("tier1",)


def test_default_routes_need_agents_too(complaints: Complaints) -> None:
    handle = "work.handle={tier3: {mean: 1 h}, tier4: {mean: 1 h}}"
    (message,) = complaints("work.routes=", handle)
    assert "work.routes: are not written, and the default routes of P1, P2 use tier3, tier4, without agents" in message
    assert message.endswith("or add tier3, tier4 to staffing.crews")


def test_alerts_need_their_tiers_and_routes_too(complaints: Complaints) -> None:
    tickets = "demand.priorities={P1: 0, P2: 0, P3: 0, P4: 1}"
    assert complaints(tickets, "work.routes.P1=", "regions.emea.alerts=1 per day") == [
        (
            "world.yaml:34: work.routes.P1: is missing, but tickets of P1 occur: "
            "add its route, or set its share of the demand to 0"
        )
    ]


def test_storms_bring_the_priorities_of_alerts(complaints: Complaints) -> None:
    quiet = ["demand.priorities={P1: 0, P2: 0, P3: 0, P4: 1}", "regions.emea.alerts="]
    (message,) = complaints(*quiet, "work.routes.P1=", "demand.monitoring.storms={rate: 1 per day}")
    assert message.startswith("world.yaml:34: work.routes.P1: is missing, but tickets of P1 occur")


def test_a_log_can_hold_any_priority(complaints: Complaints) -> None:
    quiet = ["demand.priorities={P1: 0, P2: 0, P3: 0, P4: 1}", "regions.emea.alerts="]
    (message,) = complaints(*quiet, NO_TIER2, f"demand.replay={{{LOG}}}")
    assert "tier2 is needed by P1, P2, P3 but staffed nowhere" in message
    (message,) = complaints(*quiet, "work.routes.P2=", f"demand.replay={{{LOG}, priorities: {{Hoch: P2}}}}")
    assert message.startswith("world.yaml:34: work.routes.P2: is missing, but tickets of P2 occur")


def test_a_log_needs_no_region_where_there_is_only_one(world: str) -> None:
    Path("log.csv").touch()
    changes = ["regions.apac=", "demand.replay={file: log.csv, columns: {created: at}}"]
    assert load(world, changes).demand.replay


def test_events_count_towards_the_volume(complaints: Complaints) -> None:
    (message,) = complaints("demand.events.launch.factor=1000", "regions.apac.tickets=5000 per hour")
    assert "about 123 million tickets are expected" in message
    assert MOST_TICKETS == 50_000_000


def test_a_check_is_left_out_while_its_basis_is_unsure(world: str) -> None:
    unfit = load(world).model_copy(update={"regions": {}})
    everything = {finding.key for finding in findings(unfit)}
    assert ("regions",) in everything
    assert ("regions",) not in {finding.key for finding in findings(unfit, [("demand", "forecast", "file")])}
