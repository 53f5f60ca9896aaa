"""The tape: its structure, what is on a ticket's row, and that nothing moves but what a change is about."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from dataclasses import fields
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.clock import DAY, HOUR, HOURS_PER_WEEK, MINUTE, NEVER
from sim.scenario.base import PRIORITIES, ROLES, TIERS
from sim.scenario.days_off import clock_of
from sim.scenario.load import from_data, load
from sim.workload.sample import NO_CHANNEL, sample_workload
from sim.workload.tape import (
    ALERTS,
    CHAIN,
    DATED,
    DORMANT,
    EMERGENCIES,
    EXTRA,
    NEXT_TYPE,
    NO_EMERGENCY,
    NO_PAGES,
    CustomerClass,
    Filter,
    Kind,
    TaskKind,
    Workload,
)
from tests.workload.conftest import ALARMED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.schema import Scenario
    from tests.workload.conftest import Build, Tickets, TicketsOf

BASELINE = Path(__file__).parents[2] / "scenarios" / "baseline.yaml"
EAST = {"zone": "Asia/Kolkata", "tickets": "9 per hour", "alerts": "1 per hour"}
DEADLINES = {"respond_by", "resolve_by", "escalate_at"}
DTYPES = {
    "created": "int64", "region": "int16", "number": "int64", "kind": "uint8", "priority": "uint8",
    "customer_class": "uint8", "channel": "uint8", "patience": "int64", "respond_by": "int64", "resolve_by": "int64",
    "escalate_at": "int64", "first_task": "int64", "stage": "uint8", "tier": "uint8", "handle": "int64",
    "wait": "int64", "task_kind": "uint8", "visible": "int64", "filtered": "uint8", "critical_at": "int64",
    "page_at": "int64", "page_row": "int64", "page_ppm": "int64", "page_awake": "int64", "page_asleep": "int64",
    "serve_region": "int16", "emergency": "uint8", "offset": "int64",
}  # fmt: skip


@pytest.fixture(scope="module")
def before(small: Scenario, tickets_of: TicketsOf) -> Tickets:
    """The tickets of the small world, before anything is changed."""
    return tickets_of(small)


@pytest.fixture(scope="module")
def busy(build: Build) -> Scenario:
    """The small world with some 60,000 tickets, for shares."""
    return build(
        {
            "regions.north.tickets": "250 per hour",
            "regions.north.alerts": "50 per hour",
            "regions.south.tickets": "60 per hour",
        }
    )


@pytest.fixture(scope="module")
def busy_workload(busy: Scenario) -> Workload:
    return sample_workload(busy, 1, 0)


def digest(workload: Workload) -> str:
    content = hashlib.sha256()
    for field in fields(workload):
        content.update(getattr(workload, field.name).tobytes())
    return content.hexdigest()


def moved(before: Tickets, after: Tickets) -> set[str]:
    """What differs about the tickets that both have: columns, tasks that came or went, and what is on the others."""
    found = set()
    for key in before.keys() & after.keys():
        one, other = before[key], after[key]
        found |= {name for name in one.columns if one.columns[name] != other.columns[name]}
        found |= {f"{kind.name} tasks" for kind, _ in one.tasks.keys() ^ other.tasks.keys()}
        for kind, tier in one.tasks.keys() & other.tasks.keys():
            a, b = one.tasks[kind, tier], other.tasks[kind, tier]
            found |= {f"{kind.name} {name}" for name in a if a[name] != b[name]}
    return found


def assert_share(found: NDArray[np.bool_], share: float) -> None:
    """Within four standard deviations of a binomial share."""
    assert abs(found.mean() - share) <= 4 * (share * (1 - share) / len(found)) ** 0.5


# ---- structure


def assert_well_formed(workload: Workload, scenario: Scenario) -> None:
    n, m = len(workload), len(workload.stage)
    assert {field.name: str(getattr(workload, field.name).dtype) for field in fields(workload)} == DTYPES
    pages = {"page_ppm", "page_awake", "page_asleep"}
    per_task = {"stage", "tier", "handle", "offset", "wait", "task_kind"}
    per_ticket = set(DTYPES) - {"first_task"} - per_task - pages
    assert {len(getattr(workload, name)) for name in per_ticket} == {n}
    assert {len(getattr(workload, name)) for name in per_task} == {m}
    assert len(workload.first_task) == n + 1
    assert (workload.first_task[0], workload.first_task[-1]) == (0, m)
    assert (np.diff(workload.created) >= 0).all()
    assert_stages_in_order(workload)
    assert ((workload.created >= 1) & (workload.created < clock_of(scenario).end)).all()
    assert (workload.handle >= 1).all()
    assert (workload.wait >= 0).all()
    assert (workload.offset >= 0).all()
    assert (workload.task_kind[workload.offset > 0] == TaskKind.COMMS).all()
    assert (workload.tier < len(ROLES)).all()
    assert not workload.wait[workload.first_task[:-1]].any()
    assert (workload.task_kind[workload.first_task[:-1]] == TaskKind.WORK).all()
    assert (workload.stage[workload.first_task[:-1]] == 0).all()
    waited_for = np.isin(workload.task_kind, [TaskKind.FOLLOW_UP, TaskKind.REOPENED])
    assert ((workload.wait > 0) == waited_for).all()
    assert_instants_in_order(workload)
    assert_pages_well_formed(workload)
    keys = set(zip(workload.region.tolist(), workload.number.tolist(), strict=True))
    assert len(keys) == n
    for column in (workload.region, workload.serve_region):
        assert set(column.tolist()) <= set(range(len(scenario.regions)))
    assert_emergencies_well_formed(workload, scenario)


def assert_emergencies_well_formed(workload: Workload, scenario: Scenario) -> None:
    """P1 of their own kind, at which nobody waits for an answer."""
    mine = workload.kind == Kind.EMERGENCY
    assert ((workload.emergency != NO_EMERGENCY) == mine).all()
    assert set(workload.emergency[mine].tolist()) <= set(range(len(scenario.emergencies.types)))
    assert not workload.priority[mine].any()
    assert (workload.filtered[mine] == Filter.PASSED).all()
    assert (workload.visible[mine] == workload.created[mine]).all()
    assert (workload.critical_at[mine] == NEVER).all()
    assert (workload.number[mine] % NEXT_TYPE % DATED // ALERTS == EMERGENCIES // ALERTS).all()


def assert_stages_in_order(workload: Workload) -> None:
    """A stage for each task of the way through the tiers; assists beside the first, dormant tasks at the end."""
    is_emergency = (workload.kind == Kind.EMERGENCY).tolist()
    for n, stages in enumerate(workload.stages.tolist()):
        row = slice(workload.first_task[n], workload.first_task[n + 1])
        kinds, stage = workload.task_kind[row].tolist(), workload.stage[row].tolist()
        number = {kind: kinds.count(kind) for kind in TaskKind}
        assists, told = [TaskKind.ASSIST] * number[TaskKind.ASSIST], [TaskKind.COMMS] * number[TaskKind.COMMS]
        if is_emergency[n]:
            assert stages == 1
            assert stage == [0] * len(kinds)
            assert number[TaskKind.OUTSIDE] <= 1
            assert kinds == [TaskKind.WORK, *assists, *[TaskKind.OUTSIDE] * number[TaskKind.OUTSIDE], *told]
            continue
        dormant = [TaskKind.CRITICAL] * number[TaskKind.CRITICAL] + told
        assert 1 <= stages <= 6
        assert stages == len(kinds) - len(assists) - len(dormant)
        assert stage == [0] * len(assists) + list(range(stages)) + [DORMANT] * len(dormant)
        assert kinds[1 : 1 + len(assists)] == assists
        assert kinds[len(kinds) - len(dormant) :] == dormant
        assert not number[TaskKind.OUTSIDE]
        assert not told or number[TaskKind.CRITICAL]


def assert_instants_in_order(workload: Workload) -> None:
    """What an engine may rely on: nobody sees a ticket before it is there, and timers lie after that."""
    passed = workload.filtered == Filter.PASSED
    assert ((workload.visible == NEVER) == ~passed).all()
    assert (workload.visible[passed] >= workload.created[passed]).all()
    assert (workload.visible[workload.kind == Kind.TICKET] == workload.created[workload.kind == Kind.TICKET]).all()
    for name in ("respond_by", "resolve_by", "escalate_at", "critical_at", "page_at"):
        due = getattr(workload, name)
        assert (due[~passed] == NEVER).all()
        if name in {"escalate_at", "critical_at"}:
            assert (due[passed] > workload.visible[passed]).tolist() == (due[passed] != NEVER).tolist()
    paged = workload.page_at != NEVER
    assert (workload.page_at[paged] >= workload.visible[paged]).all()
    assert (workload.page_row[paged] != NO_PAGES).all()


def assert_pages_well_formed(workload: Workload) -> None:
    rows = workload.page_row[workload.page_row != NO_PAGES]
    k = len(workload.page_ppm)
    assert rows.tolist() == list(range(k))
    assert {getattr(workload, name).shape for name in ("page_ppm", "page_awake", "page_asleep")} == {(k, CHAIN)}
    assert ((workload.page_ppm >= 0) & (workload.page_ppm < 1_000_000)).all()
    assert (workload.page_awake >= 1).all()
    assert (workload.page_asleep >= 1).all()


def assert_rows_say_what_the_scenario_says(workload: Workload, scenario: Scenario) -> None:
    passed = workload.filtered == Filter.PASSED
    times = (
        (workload.respond_by, scenario.targets.response),
        (workload.resolve_by, scenario.targets.resolution),
        (workload.escalate_at, scenario.policy.escalation.after),
    )
    for column, after in times:
        for p, name in enumerate(PRIORITIES):
            mine = (workload.priority == p) & passed
            due = workload.created + after[name] if name in after else np.full(len(workload), NEVER)
            if column is workload.escalate_at and name in after:
                due = np.maximum(due, workload.visible + 1)
            assert (column[mine] == due[mine]).all()
    is_alert = workload.kind == Kind.ALERT
    usual = workload.number < EMERGENCIES
    assert (is_alert == (workload.number % EXTRA >= ALERTS))[usual].all()
    asks = workload.kind == Kind.TICKET
    assert ((workload.channel == NO_CHANNEL) == ~asks).all()
    assert (workload.patience[~asks] == NEVER).all()
    patient = [c for c, channel in enumerate(scenario.demand.channels.values()) if channel.patience is None]
    assert ((workload.patience == NEVER) == (~asks | np.isin(workload.channel, patient))).all()
    assert (workload.patience[workload.patience != NEVER] >= 1).all()
    tiers = [[TIERS.index(tier) for tier in scenario.work.routes[p].tiers] for p in PRIORITIES]  # type: ignore[index]
    mine = np.flatnonzero(workload.kind != Kind.EMERGENCY)
    rows = (workload.priority[mine].tolist(), workload.first_task[mine], workload.first_task[mine + 1])
    for p, start, end in zip(*rows, strict=True):
        way = workload.tier[start:end][workload.task_kind[start:end] == TaskKind.WORK].tolist()
        assert way == tiers[p][: len(way)]


def test_a_tape_is_well_formed(small: Scenario) -> None:
    workload = sample_workload(small, 1, 0)
    assert len(workload) > 2000
    assert_well_formed(workload, small)
    assert_rows_say_what_the_scenario_says(workload, small)
    assert set(workload.task_kind.tolist()) == {TaskKind.WORK, TaskKind.FOLLOW_UP, TaskKind.REOPENED}


def test_a_tape_with_everything_on_it_is_well_formed(alarmed: Scenario) -> None:
    workload = sample_workload(alarmed, 1, 0)
    assert_well_formed(workload, alarmed)
    assert_rows_say_what_the_scenario_says(workload, alarmed)
    assert set(workload.kind.tolist()) == set(Kind)
    assert (workload.serve_region != workload.region).any()
    assert set(workload.task_kind.tolist()) == set(TaskKind)
    assert set(workload.filtered.tolist()) == set(Filter)
    assert (workload.page_row[workload.filtered != Filter.PASSED] == NO_PAGES).all()


def test_numbers_count_the_arrivals_of_a_region_and_kind(small: Scenario) -> None:
    workload = sample_workload(small, 1, 0)
    for region, kind, first in ((0, Kind.TICKET, 0), (0, Kind.ALERT, ALERTS), (1, Kind.TICKET, 0)):
        mine = (workload.region == region) & (workload.kind == kind)
        assert workload.number[mine].tolist() == list(range(first, first + mine.sum()))
    assert not ((workload.region == 1) & (workload.kind == Kind.ALERT)).any()


def test_a_world_without_tickets_has_an_empty_tape(build: Build) -> None:
    for changes in (
        {"demand.scale": 0},
        {"demand.events": {"strike": {"start": "2026-01-01 00:00", "end": "2027-01-01 00:00", "factor": 0}}},
    ):
        scenario = build(changes)
        workload = sample_workload(scenario, 1, 0)
        assert len(workload) == 0
        assert workload.first_task.tolist() == [0]
        assert_well_formed(workload, scenario)


def watching() -> dict[str, Any]:
    """Each mechanism of alerts and P1 by itself."""
    assists = {"tier1": {"mean": "10 min"}, "tier4": {"family": "constant", "mean": "20 min"}}
    continuity = ALARMED["continuity"]
    drill = {**continuity["drills"]["failover"], "rate": "1 per week"}  # in some of these runs it falls on no day
    return {
        "demand.monitoring.storms": {"rate": "6 per day", "size": 8},
        "demand.monitoring.suppress": {"nights": {"hours": "22:00-06:30", "regions": ["north"]}},
        "demand.monitoring.batch": "20 min",
        "demand.monitoring.throttle": {"at_most": 2, "window": "15 min"},
        "demand.monitoring.review": {"every": "4 h", "priorities": ["P1", "P3"]},
        "oncall": {"late_alert": "10 min"},
        "work.activation": assists,
        "work.critical": {"after": "1 h", "assists": assists},
        "policy.escalation.after": {"P1": "1 min", "P3": "2 h"},
        "emergencies": ALARMED["emergencies"],
        "continuity": {**continuity, "drills": {"failover": drill}},
    }


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """Changes of the small world that keep it small."""
    per_hour = st.sampled_from(["0 per hour", "1 per day", "2 per hour", "15 per hour"])
    share = st.sampled_from(["0 %", "10 %", "100 %"])
    zone = st.sampled_from(["UTC", "Asia/Kathmandu", "America/Los_Angeles", "Australia/Lord_Howe", "Pacific/Apia"])
    family = st.sampled_from(
        [
            {"family": "constant", "mean": "10 min"},
            {"family": "exponential", "mean": "10 min"},
            {"family": "weibull", "mean": "10 min", "cv": 1.5},
            {"family": "gamma", "mean": "10 min", "cv": 0.5},
        ]
    )
    made: dict[str, Any] = {
        "horizon.start": draw(st.sampled_from(["2026-03-02", "2026-03-07", "2026-10-03", "2026-10-24"])),
        "horizon.days": draw(st.integers(1, 3)),
        "horizon.warmup_days": draw(st.integers(0, 1)),
        "regions.north.zone": draw(zone),
        "regions.north.tickets": draw(per_hour),
        "regions.north.alerts": draw(per_hour),
        "regions.south.tickets": "1 per hour",
        "demand.scale": draw(st.sampled_from([0.0, 0.3, 1.0, 1.7, 3.0])),
        "demand.enterprise": draw(share),
        "demand.day_factor.cv": draw(st.sampled_from([0, 0.12, 2])),
        "demand.channels.chat.open": draw(st.sampled_from(["09:00-17:00", "22:00-06:00", "00:00-24:00"])),
        "work.customer_wait.share": draw(share),
        "work.reopening.share": draw(share),
        "work.knowledge": {"share": draw(share), "factor": 0.5},
        "work.status_updates.cost": draw(st.sampled_from(["0 min", "1 min"])),
        "work.routes.P2": {"tiers": ["tier1", "tier2", "tier4"], "solved": [draw(share), draw(share)]},
        "targets.response": draw(st.sampled_from([{}, {"P1": "1 min", "P4": "1 d"}])),
    }
    if draw(st.booleans()):
        made["regions.east"] = {**EAST, "zone": draw(zone)}
    made |= {key: value for key, value in watching().items() if draw(st.booleans())}
    if "emergencies" in made:
        made |= {"oncall": {"late_alert": "10 min"}, "staffing.flat.north": dict.fromkeys(ROLES, 3)}
    made["regions.south.alerts"] = "1 per day"  # what is filtered must be able to come
    if draw(st.booleans()):
        made["work.handle"] = {tier: {"longest": None, **draw(family)} for tier in TIERS}
    return made


@settings(deadline=None, max_examples=60)
@given(changes(), st.integers(0, 2**40), st.integers(0, 1000))
def test_every_tape_is_well_formed(build: Build, made: dict[str, Any], seed: int, replication: int) -> None:
    scenario = build(made)
    workload = sample_workload(scenario, seed, replication)
    assert_well_formed(workload, scenario)
    assert_rows_say_what_the_scenario_says(workload, scenario)


# ---- repetition


def test_the_same_seed_makes_the_same_bytes_and_another_replication_does_not(small: Scenario) -> None:
    first = digest(sample_workload(small, 1, 0))
    assert digest(sample_workload(small, 1, 0)) == first
    others = {digest(sample_workload(small, seed, replication)) for seed, replication in ((1, 1), (2, 0), (0, 1))}
    assert len(others | {first}) == 4


def test_another_process_makes_the_same_bytes() -> None:
    """With another hash seed, so that no order of a set or of a hash can have a say."""
    program = (
        "import hashlib, sim\n"
        "from dataclasses import fields\n"
        "from sim.workload.sample import sample_workload\n"
        f"w = sample_workload(sim.load({str(BASELINE)!r}), 1, 0)\n"
        "print(hashlib.sha256(b''.join(getattr(w, f.name).tobytes() for f in fields(w))).hexdigest())\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo"}
    there = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment,
        cwd=BASELINE.parents[1],
    )  # fmt: skip
    assert there.stdout.strip() == digest(sample_workload(load(BASELINE), 1, 0))


def test_replications_are_independent(small: Scenario) -> None:
    """Numbers of tickets of 300 replications: uncorrelated from one to the next (standard error 0.06)."""
    counts = np.array([len(sample_workload(small, 1, replication)) for replication in range(300)])
    assert abs(np.corrcoef(counts[1:], counts[:-1])[0, 1]) < 0.24
    assert len(set(counts.tolist())) > 100


# ---- nothing moves but what a change is about

EVERY_HANDLE = {"WORK handle", "FOLLOW_UP handle", "REOPENED handle"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"work.reopening.share": "50 %"}, {"REOPENED tasks"}),
        ({"work.reopening.share": "0 %"}, {"REOPENED tasks"}),
        ({"work.reopening.after": {"family": "constant", "mean": "2 h"}}, {"REOPENED wait"}),
        ({"work.customer_wait.share": "50 %"}, {"FOLLOW_UP tasks"}),
        ({"work.customer_wait.share": "0 %"}, {"FOLLOW_UP tasks"}),
        ({"work.customer_wait.duration": {"family": "gamma", "mean": "2 h", "cv": 2}}, {"FOLLOW_UP wait"}),
        ({"work.handle.tier2": {"family": "gamma", "mean": "1 h", "cv": 0.8}}, EVERY_HANDLE),
        ({"work.handle.tier4.longest": "1 h"}, {"WORK handle", "REOPENED handle"}),
        ({"work.handle_factor.P4": 2}, EVERY_HANDLE),
        ({"work.knowledge": {"share": "70 %", "factor": 0.8}}, {"WORK handle"}),
        ({"work.status_updates.cost": "1 min"}, EVERY_HANDLE),
        ({"work.routes.P3.solved": ["50 %"]}, {"WORK tasks", "REOPENED tier", "REOPENED handle"}),
        ({"targets.response.P3": "2 h"}, {"respond_by"}),
        ({"targets.resolution.P4": "72 h"}, {"resolve_by"}),
        ({"policy.escalation.after.P3": "8 h"}, {"escalate_at"}),
        ({"policy.escalation.widen_tier": True, "policy.enterprise_first": False}, set()),
        ({"staffing.flat.south.tier1": 5, "regions.north.shifts": {"D": "06:00-14:00"}}, set()),
        ({"demand.enterprise": "60 %"}, {"customer_class"}),
        ({"demand.channels.phone.patience.mean": "1 h"}, {"patience"}),
        ({"demand.channels.phone.response_target": "1 min"}, set()),
        ({"demand.channels.chat.open": "00:00-24:00"}, {"channel", "patience"}),
        ({"demand.alert_priorities": {"P1": 0, "P2": 0, "P3": 0, "P4": 1}}, None),
        ({"demand.priorities": {"P1": 0, "P2": 0, "P3": 0, "P4": 1}}, None),
    ],
)  # fmt: skip
def test_a_change_moves_what_it_is_about_and_nothing_else(
    build: Build, tickets_of: TicketsOf, before: Tickets, change: dict[str, Any], expected: set[str] | None
) -> None:
    after = tickets_of(build(change))
    assert after.keys() == before.keys()
    if expected is None:
        kept = {"created", "kind", "customer_class", "channel", "patience", "FOLLOW_UP tasks", "REOPENED tasks"}
        assert {"priority", *DEADLINES} <= moved(before, after) <= {"priority", *DEADLINES} | everything_but(kept)
    else:
        assert moved(before, after) == expected


def everything_but(kept: set[str]) -> set[str]:
    tasks = {f"{kind.name} {what}" for kind in TaskKind for what in ("tasks", "tier", "handle", "wait")}
    return tasks - kept


def test_the_mix_of_one_kind_does_not_touch_the_other(build: Build, tickets_of: TicketsOf, before: Tickets) -> None:
    for key, kind in (("demand.priorities", Kind.ALERT), ("demand.alert_priorities", Kind.TICKET)):
        after = tickets_of(build({key: {"P1": 0, "P2": 0, "P3": 0, "P4": 1}}))
        others = [ticket for ticket in before if before[ticket].columns["kind"] == kind]
        assert {t: before[t] for t in others} == {t: after[t] for t in others}


def test_another_family_leaves_a_long_task_long(build: Build, tickets_of: TicketsOf, before: Tickets) -> None:
    """By inversion the same ticket draws the same quantile, so that the order of handle times is the same."""
    after = tickets_of(build({"work.handle.tier2": {"family": "weibull", "mean": "1 h", "cv": 0.8, "longest": None}}))
    both = [
        (before[key].tasks[slot]["handle"], after[key].tasks[slot]["handle"])
        for key in before
        for slot in before[key].tasks
        if before[key].tasks[slot]["tier"] == 1
    ]
    one, other = np.array(both).T
    assert len(both) > 500
    assert stats.spearmanr(one, other).statistic > 0.9999


def test_who_is_enterprise_stays_so_when_the_share_grows(build: Build, tickets_of: TicketsOf, before: Tickets) -> None:
    after = tickets_of(build({"demand.enterprise": "60 %"}))
    for key, ticket in before.items():
        if ticket.columns["customer_class"] == CustomerClass.ENTERPRISE:
            assert after[key].columns["customer_class"] == CustomerClass.ENTERPRISE


def test_a_new_region_moves_nobody_wherever_it_is_listed(
    build: Build, small: Scenario, tickets_of: TicketsOf, before: Tickets
) -> None:
    raw = small.raw
    first = from_data({**raw, "regions": {"east": EAST, **raw["regions"]}})
    backwards = from_data({**raw, "regions": dict(reversed(raw["regions"].items()))})
    for scenario in (build({"regions.east": EAST}), first, backwards):
        after = tickets_of(scenario)
        assert {key: ticket for key, ticket in after.items() if key[0] != "east"} == before
        assert any(key[0] == "east" for key in after) == ("east" in scenario.regions)


def test_alerts_and_tickets_come_and_go_without_each_other(
    build: Build, tickets_of: TicketsOf, before: Tickets
) -> None:
    silent = tickets_of(build({"regions.north.alerts": None}))
    assert silent == {key: ticket for key, ticket in before.items() if ticket.columns["kind"] == Kind.TICKET}
    only_alerts = tickets_of(build({"regions.north.tickets": None}))
    assert {k: t for k, t in only_alerts.items() if k[0] == "north"} == {
        key: ticket for key, ticket in before.items() if ticket.columns["kind"] == Kind.ALERT
    }
    more = tickets_of(build({"regions.south.alerts": "2 per hour"}))
    assert {key: more[key] for key in before} == before
    assert len(more) > len(before)


def test_a_longer_run_begins_with_the_same_tickets(build: Build, tickets_of: TicketsOf, before: Tickets) -> None:
    after = tickets_of(build({"horizon.days": 12}))
    assert {key: after[key] for key in before} == before
    assert min(after[key].columns["created"] for key in after.keys() - before.keys()) >= 8 * DAY


def test_more_demand_adds_tickets_and_keeps_the_others(build: Build, tickets_of: TicketsOf, before: Tickets) -> None:
    after = tickets_of(build({"demand.scale": 1.2}))
    assert {key: after[key] for key in before} == before
    added = after.keys() - before.keys()
    assert min(number for _, number in added) >= EXTRA
    assert abs(len(added) - 0.2 * len(before)) < 4 * (0.24 * len(before)) ** 0.5
    alerts = [key for key in added if after[key].columns["kind"] == Kind.ALERT]
    assert abs(len(alerts) / len(added) - 1 / 7) < 0.07  # 3 of 21 an hour
    assert {name for name, _ in added} == {"north", "south"}


def test_what_is_added_is_added_again_when_demand_grows_further(build: Build, tickets_of: TicketsOf) -> None:
    some, more = (tickets_of(build({"demand.scale": scale})) for scale in (1.2, 1.3))
    assert some.keys() < more.keys()
    assert moved(some, more) <= {"created", "visible", "channel", "patience", *DEADLINES}


def test_less_demand_takes_tickets_out_and_keeps_the_others(
    build: Build, tickets_of: TicketsOf, before: Tickets
) -> None:
    fewer, fewest = (tickets_of(build({"demand.scale": scale})) for scale in (0.8, 0.5))
    assert fewest.keys() < fewer.keys() < before.keys()
    assert {key: before[key] for key in fewer} == fewer
    assert {key: before[key] for key in fewest} == fewest
    for kind in (Kind.TICKET, Kind.ALERT):
        all_of, kept = (sum(t.columns["kind"] == kind for t in tickets.values()) for tickets in (before, fewer))
        assert abs(kept - 0.8 * all_of) < 4 * (0.16 * all_of) ** 0.5
    created = np.array([before[key].columns["created"] for key in before.keys() - fewer.keys()])
    assert stats.kstest(created, [before[key].columns["created"] for key in fewer]).pvalue > 0.001


# ---- shares


def test_the_number_of_tickets_is_that_of_the_rates(build: Build) -> None:
    """150 replications of a week without good and bad days: within four standard errors, and Poisson."""
    scenario = build({"demand.day_factor.cv": 0, "horizon.warmup_days": 0})
    counts = np.zeros((150, 3))
    for replication in range(150):
        workload = sample_workload(scenario, 1, replication)
        counts[replication] = np.bincount(workload.region + 2 * workload.kind, minlength=3)
    for column, per_hour in enumerate((12, 6, 3)):
        expected = per_hour * HOURS_PER_WEEK
        assert abs(counts[:, column].mean() - expected) < 4 * (expected / 150) ** 0.5
        assert 0.6 < counts[:, column].var() / expected < 1.5  # standard error 0.12


def test_a_good_day_is_good_for_tickets_and_alerts_of_its_region_alone(build: Build) -> None:
    busy = {"regions.north.tickets": "100 per hour", "regions.north.alerts": "100 per hour"}
    scenario = build(
        {**busy, "regions.north.profile": None, "regions.north.zone": "UTC", "regions.south.zone": "UTC",
         "regions.south.tickets": "100 per hour", "horizon.days": 60, "horizon.warmup_days": 0,
         "demand.day_factor": {"cv": 0.3, "correlation": 0}}
    )  # fmt: skip
    workload = sample_workload(scenario, 1, 0)
    source = workload.region + 2 * workload.kind
    tickets, south, alerts = (np.bincount(workload.created[source == s] // DAY, minlength=60) for s in range(3))
    assert np.corrcoef(tickets, alerts)[0, 1] > 0.95
    assert abs(np.corrcoef(tickets, south)[0, 1]) < 0.5
    assert tickets.std() / tickets.mean() == pytest.approx(0.3, abs=0.1)


def test_a_holiday_silences_tickets_for_a_local_day(build: Build) -> None:
    """Norway's 17 May 2026, taken off the list or not, and a day of the company's own."""
    may = {"horizon.start": "2026-05-15", "horizon.days": 6, "demand.holiday_factor": 0}
    north = {"regions.north.zone": "Europe/Oslo", "regions.north.country": "NO", "regions.north.tickets": "50 per hour"}
    own = {"demand.holidays": {"north": {"2026-05-19": "Anniversary"}}}
    worked = {"demand.holidays": {"north": {"2026-05-19": "Anniversary", "2026-05-17": ""}}}
    for extra, silent in (({}, {17, 14}), (own, {17, 19, 14}), (worked, {19, 14})):
        scenario = build({**may, **north, **extra})
        workload, clock = sample_workload(scenario, 1, 0), clock_of(scenario)

        def dates(mine: NDArray[np.bool_], workload: Workload = workload, clock: Any = clock) -> set[int]:
            return {clock.local("Europe/Oslo", ms).day for ms in workload.created[mine].tolist()}

        here = workload.region == 0
        # the run lasts from 14 May, 00:00 UTC, to 21 May, 00:00 UTC: two hours later by the clocks of Oslo
        assert dates(here & (workload.kind == Kind.TICKET)) == set(range(14, 22)) - silent
        assert dates(here & (workload.kind == Kind.ALERT)) >= set(range(14, 21))
        assert dates(workload.region == 1) >= set(range(14, 21))


def test_priorities_have_their_shares(busy: Scenario, busy_workload: Workload) -> None:
    mixes = ((Kind.TICKET, busy.demand.priorities), (Kind.ALERT, busy.demand.alert_priorities))
    for kind, mix in mixes:
        mine = busy_workload.priority[busy_workload.kind == kind]
        for p, name in enumerate(PRIORITIES):
            assert_share(mine == p, mix[name])


def test_a_share_of_zero_never_occurs_and_rounded_shares_leave_nobody_out(build: Build) -> None:
    thirds = {"P1": 0, "P2": 0.3333333, "P3": 0.3333333, "P4": 0.3333333}
    workload = sample_workload(build({"demand.priorities": thirds, "regions.north.tickets": "250 per hour"}), 1, 0)
    assert set(workload.priority[workload.kind == Kind.TICKET].tolist()) == {1, 2, 3}
    last = {"P1": 0.5, "P2": 0.5, "P3": 0, "P4": 0}
    workload = sample_workload(build({"demand.priorities": last}), 1, 0)
    assert set(workload.priority[workload.kind == Kind.TICKET].tolist()) == {0, 1}


def test_one_customer_in_five_is_enterprise_and_alerts_are_standard(busy_workload: Workload) -> None:
    is_ticket = busy_workload.kind == Kind.TICKET
    assert_share(busy_workload.customer_class[is_ticket] == CustomerClass.ENTERPRISE, 0.2)
    assert (busy_workload.customer_class[~is_ticket] == CustomerClass.STANDARD).all()


def test_channels_have_their_shares_and_a_closed_chat_becomes_e_mail(busy: Scenario, busy_workload: Workload) -> None:
    clock = clock_of(busy)
    for r, region in enumerate(busy.regions.values()):
        mine = (busy_workload.region == r) & (busy_workload.kind == Kind.TICKET)
        hour = clock.hour_of_week(region.zone, busy_workload.created[mine])
        is_open = (hour < 5 * 24) & (hour % 24 >= 9) & (hour % 24 < 17)
        phone, email, chat = (busy_workload.channel[mine] == c for c in range(3))
        assert_share(phone, 0.3)
        assert_share(chat[is_open], 0.2)
        assert_share(email[is_open], 0.5)
        assert_share(email[~is_open], 0.7)
        assert not chat[~is_open].any()


def test_patience_is_that_of_the_channel_in_the_end(busy: Scenario, busy_workload: Workload) -> None:
    """Phone: exponential, mean 20 min; chat: lognormal, mean 5 min; e-mail, also instead of chat: for ever."""
    for c, minutes, cv in ((0, 20, 1.0), (2, 5, 1.12)):
        patience = busy_workload.patience[busy_workload.channel == c] / MINUTE
        assert patience.mean() == pytest.approx(minutes, abs=4 * cv * minutes / len(patience) ** 0.5)
    assert (busy_workload.patience[busy_workload.channel == 1] == NEVER).all()
    assert (busy_workload.patience[busy_workload.kind == Kind.ALERT] == NEVER).all()
    assert list(busy.demand.channels) == ["phone", "email", "chat"]


def test_what_is_drawn_for_a_ticket_is_independent(busy_workload: Workload) -> None:
    """Priority, class, channel, region and patience: correlations within four and a half standard errors of 0."""
    mine = (busy_workload.kind == Kind.TICKET) & (busy_workload.region == 0)
    columns = [getattr(busy_workload, name)[mine].astype(float) for name in ("priority", "customer_class")]
    columns += [(busy_workload.channel[mine] == 0).astype(float), np.diff(busy_workload.created[mine], prepend=0)]
    correlations = np.corrcoef(columns) - np.eye(len(columns))
    assert np.abs(correlations).max() < 4.5 / mine.sum() ** 0.5
    for column in columns[:3]:
        assert abs(np.corrcoef(column[1:], column[:-1])[0, 1]) < 4.5 / mine.sum() ** 0.5


def test_regions_kinds_and_what_is_added_have_numbers_of_their_own(build: Build) -> None:
    """The k-th ticket of one source tells nothing about that of another: correlations within 4.5 standard errors."""
    same = {"zone": "UTC", "tickets": "60 per hour", "alerts": "60 per hour", "profile": None}
    scenario = build(
        {"regions.north": same, "regions.south": same, "demand.scale": 2, "demand.day_factor.cv": 0,
         "demand.alert_priorities": {"P1": "5 %", "P2": "20 %", "P3": "40 %", "P4": "35 %"}}
    )  # fmt: skip
    workload = sample_workload(scenario, 1, 0)
    first = workload.first_task[:-1]
    sources = []
    for region in (0, 1):
        for start in (0, ALERTS, EXTRA, ALERTS + EXTRA):
            mine = (workload.region == region) & (workload.number // ALERTS == start // ALERTS)
            gaps = np.diff(workload.created[mine], prepend=0)
            sources.append((gaps, workload.priority[mine], np.log(workload.handle[first[mine]])))
    n = min(len(gaps) for gaps, *_ in sources)
    assert n > 8 * 24 * 55
    for a, b in combinations(sources, 2):
        for one, other in zip(a, b, strict=True):
            assert abs(np.corrcoef(one[:n], other[:n])[0, 1]) < 4.5 / n**0.5


def test_handle_times_have_the_mean_of_their_tier(busy: Scenario, busy_workload: Workload) -> None:
    """Truncation at 8 h lowers the mean of a lognormal by at most one per cent here."""
    for t, tier in enumerate(TIERS):
        handle = busy_workload.handle[busy_workload.tier == t]
        mean = busy.work.handle[tier].mean or 0  # type: ignore[index]
        assert handle.mean() == pytest.approx(mean, rel=0.015 + 4.5 / len(handle) ** 0.5)
        assert handle.max() <= 8 * HOUR


# ---- speed


@pytest.mark.benchmark
def test_a_million_tickets_are_sampled_in_seconds() -> None:
    rates = {f"regions.{name}.{key}": f"{n} per hour" for name in ("americas", "europe", "apac", "latam")
             for key, n in (("tickets", 275), ("alerts", 25))}  # fmt: skip
    scenario = load(BASELINE, rates)
    sample_workload(load(BASELINE), 1, 0)
    start = time.process_time()  # of this process alone: others may keep the machine busy
    workload = sample_workload(scenario, 1, 0)
    taken = time.process_time() - start
    print(f"\n{len(workload):,} tickets in {taken:.2f} CPU s: {len(workload) / taken:,.0f} tickets/s")  # noqa: T201 - the figure is the point
    assert len(workload) > 950_000
    assert taken < 4


@pytest.mark.benchmark
def test_storms_filters_pages_and_assists_cost_at_most_half_as_much_again() -> None:
    """The baseline with all of them and without, in turns; the quickest of each."""
    plain = load(BASELINE)
    watched = plain.with_({
        "demand.monitoring": {
            "storms": {"rate": "1 per day"}, "suppress": {"nights": {"priorities": ["P4"], "hours": "22:00-06:00"}},
            "batch": "5 min", "throttle": {"at_most": 5}, "review": {},
        },
        "oncall": {"lead": "americas", "asleep": {"chance": "80 %", "delay": {"mean": "6 min"}}},
        "work.activation": {"tier1": {"mean": "10 min"}, "tier2": {"mean": "20 min"}},
        "work.critical": {"assists": {"tier4": {"mean": "1 h"}}},
    })  # fmt: skip
    taken: dict[str, list[float]] = {"plain": [], "watched": []}
    for replication in range(40):
        for name, scenario in (("plain", plain), ("watched", watched)):
            start = time.process_time()
            sample_workload(scenario, 1, replication)
            taken[name].append(time.process_time() - start)
    without, with_all = (min(times) * 1000 for times in taken.values())
    print(f"\n{with_all:.1f} ms against {without:.1f} ms: {with_all / without:.2f} x")  # noqa: T201 - the figure is the point
    assert with_all <= 1.5 * without
