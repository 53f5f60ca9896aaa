"""Emergencies: when they come, whom they need, and the tickets and alerts that they cause."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.clock import DAY, HOUR, MINUTE, NEVER
from sim.scenario.base import ROLES
from sim.scenario.emergencies import AlertStorm, Surge
from sim.scenario.load import from_data
from sim.workload.draws import Part
from sim.workload.emergencies import Found, storm_incidents, surge_rates
from sim.workload.sample import NO_CHANNEL, sample_workload
from sim.workload.tape import (
    DATED,
    DORMANT,
    EMERGENCIES,
    EMERGENCY_STORMS,
    EXTRA,
    NEXT_TYPE,
    NO_PAGES,
    SURGES,
    CustomerClass,
    Filter,
    Kind,
    TaskKind,
    Workload,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from sim.scenario.schema import Scenario
    from tests.workload.conftest import Build, Tickets, TicketsOf

WORK, ASSIST, COMMS, OUTSIDE, CRITICAL = (TaskKind[k] for k in ("WORK", "ASSIST", "COMMS", "OUTSIDE", "CRITICAL"))


def minutes(n: int) -> dict[str, Any]:
    return {"family": "constant", "mean": f"{n} min"}


PEOPLE = {"staffing.flat.north": dict.fromkeys(ROLES, 3)}
CHAIN = {
    "internal": {"role": "coordinator", "takes": minutes(5)},
    "customers": {"after": "60 min", "role": "manager", "takes": minutes(20)},
}
FIRE = {"at": ["2026-03-03 10:00"], "regions": ["north"], "team": {"tier3": 1}, "lasts": minutes(180)}
NOON = 2 * DAY + 10 * HOUR
"""2026-03-03 10:00 in London; the run begins on 1 March."""


def only_emergencies(start: str = "2026-03-02", **types: Any) -> Scenario:
    """A world in which nothing else happens."""
    return from_data(
        {
            "horizon": {"start": start, "days": 7, "warmup_days": 1},
            "regions": {"north": {"zone": "Europe/London"}, "south": {"zone": "America/Sao_Paulo"}},
            "work": {"routes": {}, "handle": {"tier1": {"mean": "1 h"}}, "handle_factor": {"P1": 3.0}},
            "targets": {"response": {"P1": "15 min"}, "resolution": {"P1": "4 h"}},
            "policy": {"escalation": {"after": {"P1": "30 min"}}},
            "emergencies": {"types": types, "chain": CHAIN},
            "staffing": {"mode": "flat", "flat": {"north": dict.fromkeys(ROLES, 3)}},
        }
    )


def rows(workload: Workload, ticket: int) -> list[tuple[int, int, str, float, float]]:
    """Stage, kind, role, minutes of work and offset in minutes of the tasks of a ticket."""
    mine = slice(workload.first_task[ticket], workload.first_task[ticket + 1])
    roles = [ROLES[tier] for tier in workload.tier[mine].tolist()]
    times = ((getattr(workload, name)[mine] / MINUTE).tolist() for name in ("handle", "offset"))
    return list(zip(workload.stage[mine].tolist(), workload.task_kind[mine].tolist(), roles, *times, strict=True))


def digest(workload: Workload) -> str:
    content = hashlib.sha256()
    for field in fields(workload):
        content.update(getattr(workload, field.name).tobytes())
    return content.hexdigest()


def those(tickets: Tickets, kind: Kind) -> Tickets:
    """What emergencies are or cause: of one kind."""
    return {key: t for key, t in tickets.items() if key[1] >= EMERGENCIES and t.columns["kind"] == kind}


# ---- by hand


def test_an_emergency_is_a_p1_of_its_own_kind_with_its_team_and_all_who_are_told() -> None:
    breach = {**FIRE, "team": {"tier4": 2, "manager": 1}, "outside": {"who": "security", "takes": minutes(240)}}
    workload = sample_workload(only_emergencies(breach=breach), 1, 0)
    assert len(workload) == 1
    assert rows(workload, 0) == [
        (0, WORK, "tier4", 180, 0), (0, ASSIST, "tier4", 180, 0), (0, ASSIST, "manager", 180, 0),
        (0, OUTSIDE, "tier4", 240, 0), (0, COMMS, "coordinator", 5, 0), (0, COMMS, "manager", 20, 60),
    ]  # fmt: skip
    expected = {
        "created": NOON, "visible": NOON, "filtered": Filter.PASSED, "region": 0, "serve_region": 0,
        "number": EMERGENCIES + DATED, "kind": Kind.EMERGENCY, "emergency": 0, "priority": 0,
        "customer_class": CustomerClass.STANDARD, "channel": NO_CHANNEL, "patience": NEVER,
        "respond_by": NOON + 15 * MINUTE, "resolve_by": NOON + 4 * HOUR, "escalate_at": NOON + 30 * MINUTE,
        "critical_at": NEVER, "page_at": NEVER, "page_row": NO_PAGES,
    }  # fmt: skip
    assert {name: getattr(workload, name)[0] for name in expected} == expected
    assert workload.stages.tolist() == [1]
    assert not workload.wait.any()


def test_it_happens_in_each_region_by_its_own_clocks_on_the_day_on_which_they_change() -> None:
    """29 March 2026: 10:00 is 09:00 UTC in London, where 01:30 is skipped; Sao Paulo is three hours behind UTC."""
    at = ["2026-03-29 10:00", "2026-03-29 01:30"]
    workload = sample_workload(only_emergencies("2026-03-29", fire={**FIRE, "at": at, "regions": []}), 1, 0)
    hours, regions = ((workload.created - DAY) / HOUR).tolist(), workload.region.tolist()
    assert list(zip(hours, regions, strict=True)) == [(1.5, 0), (4.5, 1), (9, 0), (13, 1)]
    assert (workload.number - EMERGENCIES - DATED).tolist() == [1, 1, 0, 0]


def test_an_emergency_at_the_end_of_the_run_is_cut_with_all_that_it_causes(build: Build, tickets_of: TicketsOf) -> None:
    """The run ends on 9 March, 00:00 UTC: a minute before it is within, the end itself is not, nor is what came before
    the run."""
    at = ["2026-03-08 23:59", "2026-03-09 00:00", "2026-02-28 23:59"]
    surge, storm = {"extra": "30000 %", "lasts": "3 h"}, {"size": 500, "within": "2 min"}
    late = {**FIRE, "at": at, "surge": surge, "storm": storm}
    tickets = tickets_of(build({"emergencies.types.late": late, "regions.north.tickets": "1 per minute"}))
    end = 8 * DAY
    assert [t.columns["created"] for t in those(tickets, Kind.EMERGENCY).values()] == [end - MINUTE]
    for kind in (Kind.TICKET, Kind.ALERT):
        created = [t.columns["created"] for t in those(tickets, kind).values()]
        assert len(created) > 20
        assert end - MINUTE <= min(created) <= max(created) < end
    ((task,),) = [t.tasks.values() for t in those(tickets, Kind.EMERGENCY).values()]
    assert task["handle"] == 3 * HOUR


def test_an_emergency_at_the_very_start_of_the_run(tickets_of: TicketsOf) -> None:
    tickets = tickets_of(only_emergencies(fire={**FIRE, "at": ["2026-03-01 00:00"]}))
    assert [t.columns["created"] for t in tickets.values()] == [1]


def test_the_whole_team_is_needed_for_as_long_as_it_lasts_and_a_scale_multiplies_that() -> None:
    fire = {**FIRE, "team": {"tier1": 1, "tier2": 2}, "lasts": {"mean": "2 h"}, "rate": "3 per week"}
    one, three = (sample_workload(only_emergencies(fire={**fire, "scale": scale}), 1, 0) for scale in (1, 3))
    assert one.created.tolist() == three.created.tolist()
    assert len(one) > 1
    lasts = []
    for ticket in range(len(one)):
        team = [{row[3] for row in rows(w, ticket) if row[1] in {WORK, ASSIST}} for w in (one, three)]
        assert [len(each) for each in team] == [1, 1]
        lasts.append([each.pop() for each in team])
        assert [row for row in rows(one, ticket) if row[1] == COMMS] == [
            row for row in rows(three, ticket) if row[1] == COMMS]  # fmt: skip
    assert [three for _, three in lasts] == pytest.approx([3 * one for one, _ in lasts], abs=1e-4)
    assert len({one for one, _ in lasts}) == len(one)


def test_only_what_pages_is_paged_and_any_may_be(build: Build) -> None:
    oncall = {"oncall": {"lead": "north"}}
    types = {"emergencies.types": {"loud": {**FIRE, "page": True}, "quiet": FIRE}}
    workload = sample_workload(build({**oncall, **types}), 1, 0)
    mine = workload.kind == Kind.EMERGENCY
    assert workload.emergency[mine].tolist() == [0, 1]
    assert workload.page_at[mine].tolist() == [NOON, NEVER]
    assert (workload.page_row[mine] != NO_PAGES).all()
    ppm = workload.page_ppm[workload.page_row[mine]]
    assert (ppm[0] != ppm[1]).any()


# ---- the chain of P1 that become emergencies


def test_p1_tickets_and_alerts_tell_people_when_they_become_emergencies(build: Build) -> None:
    critical = {"after": "45 min", "assists": {"tier4": minutes(60)}}
    changes = {"emergencies.chain": CHAIN, "work.critical": critical, "work.handle_factor": {"P1": 2}}
    workload = sample_workload(build({**changes, **PEOPLE}), 1, 0)
    told = [(DORMANT, COMMS, "coordinator", 5, 0), (DORMANT, COMMS, "manager", 20, 60)]
    for ticket, priority in enumerate(workload.priority.tolist()):
        dormant = [row for row in rows(workload, ticket) if row[0] == DORMANT]
        assert dormant == ([] if priority else [(DORMANT, CRITICAL, "tier4", 120, 0), *told])
    assert (workload.priority == 0).sum() > 50


def test_without_emergencies_there_is_nothing_to_tell(build: Build, small: Scenario) -> None:
    with_chain = sample_workload(build({"emergencies.chain": CHAIN, **PEOPLE}), 1, 0)
    assert digest(with_chain) == digest(sample_workload(small, 1, 0))


# ---- surges


def found(start: list[int], lasts: list[int]) -> Found:
    rows = np.arange(len(start))
    part = Part(rows, 1, 0, "north", "emergency fire")
    return Found(0, 0, "emergency fire", part, 0, np.array(start, dtype=np.int64), np.array(lasts, dtype=np.int64))


def test_the_rate_of_a_surge_is_a_share_of_the_usual_one_and_surges_add_up() -> None:
    """4 tickets per hour until 2 ms, then 10 until 6 ms; one emergency from 1 to 3 ms, another from 2 to 5 ms."""
    usual = np.array([0, 2, 6], dtype=np.int64), np.array([4.0, 10.0])
    edges, rates = surge_rates(found([1, 2], [2, 3]), Surge(extra=0.5), usual)
    assert edges.tolist() == [0, 1, 2, 3, 5, 6]
    assert rates.tolist() == [0, 2, 10, 5, 0]
    edges, rates = surge_rates(found([1, 5], [9, 9]), Surge.model_validate({"extra": 2.0, "lasts": "3 ms"}), usual)
    assert edges.tolist() == [0, 1, 2, 4, 5, 6]
    assert rates.tolist() == [0, 8, 20, 0, 20]
    edges, rates = surge_rates(found([2, 2], [1, 2]), Surge(extra=1.0), usual)
    assert dict(zip(edges.tolist(), rates.tolist(), strict=False)) == {0: 0, 2: 20, 3: 10, 4: 0}


def surge_count(scenario: Scenario, replications: int) -> NDArray[np.int64]:
    counts = []
    for replication in range(replications):
        workload = sample_workload(scenario, 1, replication)
        mine = (workload.number >= EMERGENCIES) & (workload.kind == Kind.TICKET)
        created = workload.created[mine]
        assert ((created >= NOON) & (created < NOON + 3 * HOUR)).all()
        assert (workload.region[mine] == 0).all()
        counts.append(int(mine.sum()))
    return np.array(counts)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.5])
def test_a_surge_is_as_large_as_the_share_says(build: Build, scale: float) -> None:
    """Three hours of weight 4 in the office profile: within four standard errors of 60 runs."""
    fire = {**FIRE, "surge": {"extra": "150 %"}}
    scenario = build({"emergencies.types.fire": fire, "demand.day_factor.cv": 0, "demand.scale": scale})
    profile = scenario.demand.profiles["office"].weights
    expected = 1.5 * scale * 3 * 12 * 4 / (sum(profile) / len(profile))
    assert abs(surge_count(scenario, 60).mean() - expected) < 4 * (expected / 60) ** 0.5


def test_a_surge_follows_the_usual_rates_of_the_day(build: Build) -> None:
    """A holiday silences it, an event multiplies it, and a good day is good for it."""
    fire = {**FIRE, "surge": {"extra": "100 %"}}
    base = {"emergencies.types.fire": fire, "regions.north.tickets": "100 per hour", "demand.day_factor.cv": 0}
    plain = surge_count(build(base), 8).mean()
    off = {"demand.holidays": {"north": {"2026-03-03": "Off"}}, "demand.holiday_factor": 0}
    assert surge_count(build({**base, **off}), 1).tolist() == [0]
    event = {"start": "2026-03-03 00:00", "end": "2026-03-04 00:00", "factor": 3}
    assert surge_count(build({**base, "demand.events.launch": event}), 8).mean() == pytest.approx(3 * plain, rel=0.1)
    moody = build({**base, "demand.day_factor.cv": 0.5})
    surges, days = [], []
    for replication in range(20):
        workload = sample_workload(moody, 1, replication)
        on_day = (workload.created // DAY == 2) & (workload.region == 0) & (workload.kind == Kind.TICKET)
        surges.append(int((on_day & (workload.number >= EMERGENCIES)).sum()))
        days.append(int((on_day & (workload.number < EMERGENCIES)).sum()))
    assert np.corrcoef(surges, days)[0, 1] > 0.9


def test_those_of_a_surge_are_customers_like_all_others(build: Build) -> None:
    fire = {**FIRE, "surge": {"extra": "1000 %"}}
    workload = sample_workload(build({"emergencies.types.fire": fire, "regions.north.tickets": "200 per hour"}), 1, 0)
    mine = (workload.number >= EMERGENCIES) & (workload.kind == Kind.TICKET)
    assert mine.sum() > 3000
    assert (workload.number[mine] - SURGES - DATED).tolist() == list(range(mine.sum()))
    for p, share in enumerate((0.05, 0.2, 0.4, 0.35)):
        assert abs((workload.priority[mine] == p).mean() - share) < 4 * (share * (1 - share) / mine.sum()) ** 0.5
    assert set(workload.channel[mine].tolist()) == {0, 1, 2}
    assert abs((workload.customer_class[mine] == CustomerClass.ENTERPRISE).mean() - 0.2) < 0.03
    assert (workload.respond_by[mine] != NEVER).all()


def test_more_demand_adds_to_a_surge_and_changes_no_emergency(build: Build, tickets_of: TicketsOf) -> None:
    fire = {**FIRE, "rate": "1 per day", "surge": {"extra": "100 %"}, "storm": {"size": 10}}
    half, one, two = (tickets_of(build({"emergencies.types.fire": fire, "demand.scale": s})) for s in (0.5, 1, 2))
    for kind in (Kind.EMERGENCY, Kind.ALERT):
        assert those(half, kind) == those(one, kind) == those(two, kind) != {}
    surges = [those(tickets, Kind.TICKET) for tickets in (half, one, two)]
    assert surges[0].keys() < surges[1].keys() < surges[2].keys()
    assert {key: one[key] for key in surges[0]} == surges[0]
    assert {key: two[key] for key in surges[1]} == surges[1]
    added = {number - SURGES for _, number in surges[2].keys() - surges[1].keys()}
    assert {number % DATED // EXTRA for number in added} == {1}


def test_a_surge_beside_a_log_goes_by_the_rate_of_the_region(build: Build, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("at\n2026-03-02 09:00\n")
    replay = {"file": str(tmp_path / "log.csv"), "columns": {"created": "at"}, "region": "south"}
    fire = {**FIRE, "surge": {"extra": "150 %"}}
    scenario = build({"demand.replay": replay, "emergencies.types.fire": fire, "demand.day_factor.cv": 0})
    profile = scenario.demand.profiles["office"].weights
    expected = 1.5 * 3 * 12 * 4 / (sum(profile) / len(profile))
    assert abs(surge_count(scenario, 60).mean() - expected) < 4 * (expected / 60) ** 0.5
    workload = sample_workload(scenario, 1, 0)
    assert ((workload.kind == Kind.TICKET) & (workload.number < EMERGENCIES)).sum() == 1


# ---- storms


def test_a_storm_comes_from_one_source_right_after_its_emergency(build: Build) -> None:
    fire = {**FIRE, "rate": "1 per day", "storm": {"size": 40, "within": "5 min"}}
    workload = sample_workload(build({"emergencies.types.fire": fire}), 1, 0)
    starts = workload.created[workload.kind == Kind.EMERGENCY]
    mine = (workload.number >= EMERGENCY_STORMS) & (workload.kind == Kind.ALERT)
    assert mine.sum() > 100
    after = workload.created[mine][:, None] - starts
    assert ((after >= 0) & (after < 5 * MINUTE)).any(axis=1).all()
    assert (workload.region[mine] == 0).all()


def test_storms_are_geometric_and_of_any_source() -> None:
    n = 4000
    many = Found(0, 0, "x", Part(np.arange(n), 1, 0, "north", "x"), 0, np.arange(n), np.arange(n))
    storms = storm_incidents(many, AlertStorm(size=20), 5)
    assert abs(storms.size.mean() - 20) < 4 * (380 / n) ** 0.5
    assert storms.size.min() == 1
    assert np.bincount(storms.source).tolist() == pytest.approx([n / 5] * 5, rel=0.15)
    assert storms.start.tolist() == list(range(n))


def test_a_storm_goes_through_all_filters(build: Build) -> None:
    fire = {**FIRE, "storm": {"size": 2000, "within": "10 min"}}
    watch = {"regions.north.alerts": None, "demand.monitoring.throttle": {"at_most": 3, "window": "10 min"}}
    workload = sample_workload(build({"emergencies.types.fire": fire, **watch}), 1, 0)
    alerts = workload.kind == Kind.ALERT
    assert alerts.sum() > 10
    assert (workload.filtered[alerts] == Filter.PASSED).sum() == 3
    assert (workload.filtered[workload.kind == Kind.EMERGENCY] == Filter.PASSED).all()


# ---- nothing moves but what a change is about

ALL = {"rate": "1 per day", "team": {"tier3": 1, "tier1": 1}, "lasts": {"mean": "2 h"}, "surge": {"extra": "100 %"},
       "storm": {"size": 10}, "outside": {"who": "others", "takes": {"mean": "1 h"}}}  # fmt: skip


@pytest.mark.parametrize("change", [{"scale": 0}, {"scale": 1e-9}, {"rate": "0 per day", "at": []}])
def test_an_emergency_of_no_duration_changes_nothing(build: Build, small: Scenario, change: dict[str, Any]) -> None:
    fire = {**ALL, "at": FIRE["at"], **change}
    assert digest(sample_workload(build({"emergencies.types.fire": fire}), 1, 0)) == digest(
        sample_workload(small, 1, 0)
    )


def test_emergencies_move_nobody_else(build: Build, small: Scenario, tickets_of: TicketsOf) -> None:
    fire = {**ALL, "at": FIRE["at"]}
    before, after = (
        tickets_of(small),
        tickets_of(build({"emergencies": {"types": {"fire": fire}, "chain": CHAIN}, **PEOPLE})),
    )
    assert {key: after[key] for key in before} == before
    assert all(key[1] >= EMERGENCIES for key in after.keys() - before.keys())
    assert {kind for kind in Kind if those(after, kind)} == set(Kind)


@pytest.mark.parametrize(
    "change",
    [
        {"emergencies.types.fire.at": FIRE["at"]},
        {"emergencies.types.other": ALL},
        {"regions.east": {"zone": "Asia/Kolkata", "tickets": "9 per hour"}},
        {"emergencies.chain.more": {"role": "manager", "takes": {"mean": "1 h"}}},
        {"horizon.days": 12},
        {"continuity.threats.fire": {"rate": "1 per day", "recovery": {"mean": "1 h"}, "away": "50 %"}},
        {"demand.monitoring.storms": {"rate": "1 per day"}},
    ],
)
def test_a_type_a_region_a_step_or_a_date_more_moves_nothing(
    build: Build, tickets_of: TicketsOf, change: dict[str, Any]
) -> None:
    scenario = build({"emergencies": {"types": {"fire": ALL}, "chain": CHAIN}, **PEOPLE})
    before, after = tickets_of(scenario), tickets_of(scenario.with_(change))
    assert len(those(before, Kind.EMERGENCY)) > 5
    for key, ticket in before.items():
        assert after[key].columns == ticket.columns
        assert {slot: after[key].tasks[slot] for slot in ticket.tasks} == ticket.tasks


def test_a_type_that_is_listed_first_moves_numbers_alone(build: Build, tickets_of: TicketsOf) -> None:
    def of_fire(types: dict[str, Any]) -> Tickets:
        """What is or comes from a fire, as if it were the first type."""
        tickets, place = tickets_of(build({"emergencies.types": types})), list(types).index("fire")
        rows = {key: (key[1] - EMERGENCIES) // NEXT_TYPE for key in tickets}
        return {(r, n - NEXT_TYPE * place): t for (r, n), t in tickets.items() if rows[r, n] == place}

    alone = of_fire({"fire": ALL})
    assert {kind for kind in Kind if those(alone, kind)} == set(Kind)
    assert of_fire({"other": ALL, "fire": ALL}) == alone


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"storm": None}, {Kind.ALERT}),
        ({"storm.size": 30}, {Kind.ALERT}),
        ({"surge": None}, {Kind.TICKET}),
        ({"surge.extra": "10 %"}, {Kind.TICKET}),
        ({"outside": None}, {Kind.EMERGENCY}),
        ({"outside.takes.mean": "5 h"}, {Kind.EMERGENCY}),
        ({"team.tier2": 1}, {Kind.EMERGENCY}),
        ({"lasts.mean": "3 h"}, {Kind.EMERGENCY, Kind.TICKET}),
        ({"page": True}, {Kind.EMERGENCY}),
    ],
)
def test_a_change_moves_what_it_is_about(
    build: Build, tickets_of: TicketsOf, change: dict[str, Any], expected: set[Kind]
) -> None:
    scenario = build({"emergencies.types.fire": ALL, "oncall": {"lead": "north"}})
    changed = scenario.with_({f"emergencies.types.fire.{key}": value for key, value in change.items()})
    before, after = tickets_of(scenario), tickets_of(changed)
    assert {kind for kind in Kind if those(before, kind) != those(after, kind)} == expected
    assert {key: t for key, t in before.items() if key[1] < EMERGENCIES} == {
        key: t for key, t in after.items() if key[1] < EMERGENCIES}  # fmt: skip
    created = [[t.columns["created"] for t in those(x, Kind.EMERGENCY).values()] for x in (before, after)]
    assert created[0] == created[1]


def test_chance_brings_as_many_as_the_rate_says() -> None:
    """200 replications of 8 days in two regions at half a day's rate: within four standard errors, and Poisson."""
    scenario = only_emergencies(fire={**FIRE, "at": [], "rate": "0.5 per day", "regions": []})
    counts = np.array([len(sample_workload(scenario, 1, replication)) for replication in range(200)])
    assert abs(counts.mean() - 8) < 4 * (8 / 200) ** 0.5
    assert 0.6 < counts.var() / 8 < 1.5
