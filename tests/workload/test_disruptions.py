"""Disruptions and drills: when, where, what is served meanwhile, and who serves what is re-homed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, MINUTE
from sim.scenario.days_off import clock_of
from sim.workload.disruptions import Disruptions, disruptions_of, no_disruptions
from sim.workload.sample import sample_workload
from sim.workload.tape import Kind

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from tests.workload.conftest import Build, Tickets, TicketsOf

TWO_HOURS = {"family": "constant", "mean": "2 h"}
LOST = {"at": ["2026-03-03 10:00"], "regions": ["north"], "recovery": TWO_HOURS, "away": "50 %"}
NOON = DAY * 2 + 10 * HOUR
"""2026-03-03 10:00 in London; the run begins on 1 March."""

Row = tuple[str, str, float, float]


def rows(scenario: Scenario, seed: int = 1, replication: int = 0) -> list[Row]:
    """What happens: entry, region, start and end in hours of the run."""
    found, continuity = disruptions_of(scenario, clock_of(scenario), seed, replication), scenario.continuity
    names = {False: list(continuity.threats), True: list(continuity.drills)}
    regions = list(scenario.regions)
    return [
        (
            names[bool(found.drill[n])][found.entry[n]],
            regions[found.region[n]],
            found.start[n] / HOUR,
            found.end[n] / HOUR,
        )
        for n in range(len(found))
    ]


def test_nothing_happens_where_nothing_is_said(small: Scenario) -> None:
    found = disruptions_of(small, clock_of(small), 1, 0)
    for name in Disruptions.__dataclass_fields__:
        assert getattr(found, name).dtype == getattr(no_disruptions(), name).dtype
        assert len(getattr(found, name)) == 0


def test_a_disruption_lasts_until_the_organisation_has_recovered(build: Build) -> None:
    scenario = build({"continuity.threats.lost": LOST})
    assert rows(scenario) == [("lost", "north", 58, 60)]
    assert rows(scenario.with_({"continuity.threats.lost.scale": 0.25})) == [("lost", "north", 58, 58.5)]


@pytest.mark.parametrize("scale", [0, 1e-9])
def test_what_lasts_no_time_does_not_happen(build: Build, scale: float) -> None:
    lost = {**LOST, "rate": "1 per day", "scale": scale, "rehome": ["south"], "away": 1.0}
    assert rows(build({"continuity.threats.lost": lost})) == []


def test_everything_is_in_the_order_of_start_region_and_entry(build: Build) -> None:
    """10:00 in London is 07:00 in Sao Paulo, whose 10:00 comes at 13:00 UTC."""
    drill = {"at": ["2026-03-03 10:00", "2026-03-02 10:00"], "lasts": "30 min"}
    threat = {**LOST, "regions": []}
    scenario = build({"continuity": {"threats": {"late": {**threat, "at": ["2026-03-03 10:00"]}, "lost": threat},
                                     "drills": {"drill": drill}}})  # fmt: skip
    assert rows(scenario) == [
        ("drill", "north", 34, 34.5), ("drill", "south", 37, 37.5),
        ("late", "north", 58, 60), ("drill", "north", 58, 58.5), ("lost", "north", 58, 60),
        ("late", "south", 61, 63), ("drill", "south", 61, 61.5), ("lost", "south", 61, 63),
    ]  # fmt: skip


def test_a_drill_on_the_day_on_which_clocks_change(build: Build) -> None:
    """Los Angeles, 8 March 2026: clocks skip 02:30, and the drill begins as they show 03:30, at 10:30 UTC."""
    scenario = build(
        {"regions.north.zone": "America/Los_Angeles", "regions.south.zone": "Europe/London",
         "continuity.drills.drill": {"at": ["2026-03-08 02:30"], "lasts": "1 h"}}
    )  # fmt: skip
    assert rows(scenario) == [
        ("drill", "south", 7 * 24 + 2.5, 7 * 24 + 3.5),
        ("drill", "north", 7 * 24 + 10.5, 7 * 24 + 11.5),
    ]


def test_drills_recur_in_each_region(build: Build) -> None:
    weekly = {"every": {"every": "week", "day": 3, "time": "14:00"}, "lasts": "2 h"}
    assert rows(build({"continuity.drills.drill": weekly})) == [("drill", "north", 86, 88), ("drill", "south", 89, 91)]


def test_what_began_before_the_run_counts_if_it_lasts_into_it(build: Build) -> None:
    at = ["2026-02-28 21:00", "2026-02-28 22:00", "2026-02-28 23:00"]
    scenario = build({"continuity.threats.lost": {**LOST, "at": at}})
    assert rows(scenario) == [("lost", "north", -1, 1)]  # 22:00 + 2 h is the start itself
    at = ["2026-03-08 23:59", "2026-03-09 00:00"]
    scenario = build({"continuity.threats.lost": {**LOST, "at": at}})
    ((_, _, start, end),) = rows(scenario)
    assert (start, end) == (8 * 24 - 1 / 60, 8 * 24 + 2 - 1 / 60)


@pytest.mark.parametrize(("service", "serves"), [("full", 0b1111), ("minimal", 0b0011), ("critical", 0b0001)])
def test_what_is_served_meanwhile(build: Build, service: str, serves: int) -> None:
    drill = {"at": ["2026-03-03 10:00"], "lasts": "1 h"}
    scenario = build({"continuity": {"threats": {"lost": {**LOST, "service": service}}, "drills": {"drill": drill}}})
    found = disruptions_of(scenario, clock_of(scenario), 1, 0)
    assert found.serves[~found.drill].tolist() == [serves]
    assert found.serves[found.drill].tolist() == [0b1111, 0b1111]


def test_the_scenario_says_which_priorities_are_served(build: Build) -> None:
    crisis = {"threats": {"lost": {**LOST, "service": "minimal"}}, "minimal": ["P4", "P1"]}
    scenario = build({"continuity": crisis})
    assert disruptions_of(scenario, clock_of(scenario), 1, 0).serves.tolist() == [0b1001]


def test_chance_brings_as_many_as_the_rate_says_of_the_length_of_the_law(build: Build) -> None:
    """300 replications of 8 days in two regions at 1 a day: within four standard errors."""
    law = {"family": "exponential", "mean": "1 h"}
    scenario = build({"continuity.threats.power": {"rate": "1 per day", "recovery": law, "away": "50 %", "scale": 2}})
    found = [rows(scenario, replication=n) for n in range(300)]
    counts = np.array([len(each) for each in found])
    assert abs(counts.mean() - 16) < 4 * (16 / 300) ** 0.5
    lasts = np.array([end - start for each in found for *_, start, end in each])
    assert abs(lasts.mean() - 2) < 4 * 2 / len(lasts) ** 0.5
    assert found[0] != found[1]
    assert rows(scenario) == found[0]


def keyed(scenario: Scenario) -> dict[tuple[str, bool, str, int], tuple[float, float]]:
    """Start and end by entry, region and number: what random numbers are drawn by."""
    found = disruptions_of(scenario, clock_of(scenario), 1, 0)
    keys = zip(rows(scenario), found.drill.tolist(), found.number.tolist(), strict=True)
    made = {(name, drill, region, number): (start, end) for (name, region, start, end), drill, number in keys}
    assert len(made) == len(found)
    return made


POWER = {"rate": "1 per day", "recovery": {"mean": "1 h"}, "away": "50 %"}


@pytest.mark.parametrize(
    "change",
    [
        {"continuity.threats.power.at": ["2026-03-03 10:00", "2026-03-02 10:00"]},
        {"continuity.threats.aaa": POWER},
        {"continuity.drills.power": {"rate": "1 per day", "lasts": "1 h"}},
        {"regions.east": {"zone": "Asia/Kolkata", "tickets": "1 per hour"}},
        {"horizon.days": 30},
        {"demand.scale": 3},
        {"continuity.drills.weekly": {"every": {"every": "week"}, "lasts": "1 h"}},
        {"emergencies.types.power": {"rate": "1 per day", "team": {"tier1": 1}, "lasts": {"mean": "1 h"}}},
    ],
)
def test_another_entry_date_or_region_moves_nothing(build: Build, change: dict[str, Any]) -> None:
    scenario = build({"continuity.threats.power": POWER})
    before, after = keyed(scenario), keyed(scenario.with_(change))
    assert len(before) > 5
    assert {key: after[key] for key in before} == before
    assert len(after) > len(before) or {*change} <= {"demand.scale"} or "emergencies" in next(iter(change))


def test_a_longer_disruption_starts_when_the_shorter_one_does(build: Build) -> None:
    scenario = build({"continuity.threats.power": {**POWER, "recovery": TWO_HOURS}})
    before, after = keyed(scenario), keyed(scenario.with_({"continuity.threats.power.scale": 3}))
    assert {key: start for key, (start, _) in before.items()} == {key: start for key, (start, _) in after.items()}
    assert [end - start for start, end in after.values()] == pytest.approx([6] * len(before))


# ---- who serves what is re-homed


def rehomed(tickets: Tickets) -> dict[tuple[str, int], str]:
    """Who serves, where it is another region than their own."""
    served = {key: ticket.columns["serve_region"] for key, ticket in tickets.items()}
    return {key: name for key, name in served.items() if name != key[0]}


def created_in(tickets: Tickets, region: str, start: int, end: int) -> set[tuple[str, int]]:
    return {key for key, t in tickets.items() if key[0] == region and start <= t.columns["created"] < end}


@pytest.mark.parametrize("kind", ["threats", "drills"])
def test_what_comes_meanwhile_is_served_elsewhere_and_is_the_same_otherwise(
    build: Build, tickets_of: TicketsOf, small: Scenario, kind: str
) -> None:
    entry = {"threats": LOST, "drills": {"at": LOST["at"], "regions": ["north"], "lasts": "2 h"}}[kind]
    before = tickets_of(small)
    after = tickets_of(build({f"continuity.{kind}.lost": {**entry, "rehome": ["south"]}}))
    meant = created_in(before, "north", NOON, NOON + 2 * HOUR)
    assert len(meant) > 20
    assert {before[key].columns["kind"] for key in meant} == {Kind.TICKET, Kind.ALERT}
    assert rehomed(after) == dict.fromkeys(meant, "south")
    for ticket in after.values():
        ticket.columns.pop("serve_region")
    for ticket in before.values():
        ticket.columns.pop("serve_region")
    assert after == before


def test_the_start_is_within_and_the_end_is_not(build: Build) -> None:
    scenario = build({"regions.north.tickets": "1 per minute"})
    created = sample_workload(scenario, 1, 0).created
    workload = sample_workload(scenario.with_({"continuity.threats.lost": {**LOST, "rehome": ["south"]}}), 1, 0)
    assert (workload.created == created).all()
    here = workload.region == 0
    inside = here & (created >= NOON) & (created < NOON + 2 * HOUR)
    assert ((workload.serve_region == 1) == (inside | (workload.region == 1))).all()


def test_regions_take_turns(build: Build, tickets_of: TicketsOf) -> None:
    """By the number of the ticket: of six that follow each other each of three regions gets two."""
    more = {name: {"zone": "UTC", "tickets": "1 per hour"} for name in ("east", "west")}
    scenario = build({"regions": more, "continuity.threats.lost": {**LOST, "rehome": ["west", "south", "east"]}})
    tickets = {key: name for key, name in rehomed(tickets_of(scenario)).items() if key[1] < 100_000_000}
    assert len(tickets) > 20
    assert tickets == {key: ("west", "south", "east")[key[1] % 3] for key in tickets}


def test_of_several_the_first_that_began_counts_and_none_leads_further(build: Build, tickets_of: TicketsOf) -> None:
    regions = {name: {"zone": "UTC", "tickets": "6 per hour"} for name in ("east", "west")}
    threats = {
        "late": {**LOST, "at": ["2026-03-03 11:00"], "rehome": ["east"]},
        "first": {**LOST, "rehome": ["west"]},
        "second": {**LOST, "rehome": ["south"]},
        "chain": {**LOST, "regions": ["west"], "rehome": ["east"]},
    }
    tickets = tickets_of(build({"regions": regions, "continuity.threats": threats}))
    served = {key: name for key, name in rehomed(tickets).items() if key[0] == "north"}
    assert {key for key, name in served.items() if name == "west"} == created_in(
        tickets, "north", NOON, NOON + 2 * HOUR
    )
    assert {key for key, name in served.items() if name == "east"} == created_in(
        tickets, "north", NOON + 2 * HOUR, NOON + 3 * HOUR)  # fmt: skip
    assert {name for key, name in rehomed(tickets).items() if key[0] == "west"} == {"east"}


def test_one_that_re_homes_nothing_stops_no_other(build: Build, tickets_of: TicketsOf) -> None:
    threats = {"first": {**LOST, "at": ["2026-03-03 09:30"]}, "second": {**LOST, "rehome": ["south"]}}
    tickets = tickets_of(build({"continuity.threats": threats}))
    assert rehomed(tickets).keys() == created_in(tickets, "north", NOON, NOON + 2 * HOUR)


def test_emergencies_are_re_homed_too(build: Build, tickets_of: TicketsOf) -> None:
    fire = {"at": ["2026-03-03 11:00"], "team": {"tier3": 1}, "lasts": TWO_HOURS}
    lost = {"continuity.threats.lost": {**LOST, "rehome": ["south"]}}
    tickets = tickets_of(build({"emergencies.types.fire": fire, **lost}))
    served = {key[0]: t.columns["serve_region"] for key, t in tickets.items() if t.columns["kind"] == Kind.EMERGENCY}
    assert served == {"north": "south", "south": "south"}


@given(st.integers(0, 1000), st.sampled_from(["2 h", "30 h"]), st.integers(1, 5))
def test_laws_of_disruptions(build: Build, seed: int, mean: str, per_day: int) -> None:
    entry = {"rate": f"{per_day} per day", "recovery": {"mean": mean}, "service": "minimal"}
    scenario = build({"continuity": {"threats": {"a": entry, "b": {**entry, "regions": ["south"]}},
                                     "drills": {"d": {"rate": "1 per day", "lasts": "45 min"}}}})  # fmt: skip
    clock = clock_of(scenario)
    found = disruptions_of(scenario, clock, seed, 0)
    keys = list(
        zip(found.start.tolist(), found.region.tolist(), found.entry.tolist(), found.drill.tolist(), strict=True)
    )
    assert keys == sorted(keys)
    assert (found.end > found.start).all()
    assert ((found.start >= 1) & (found.start < clock.end)).all()
    assert (found.region[(found.entry == 1) & ~found.drill] == 1).all()
    assert ((found.end - found.start)[found.drill] == 45 * MINUTE).all()
    assert (found.serves[~found.drill] == 0b0011).all()


# ---- who is paged meanwhile


ON_CALL = {"oncall": {"tier": "tier3", "late_alert": "60 min"}, "demand.alert_priorities": {"P2": 0.4, "P3": 0.6}}


def test_what_is_not_served_pages_when_it_is_again(build: Build) -> None:
    crisis = {"at": ["2026-03-03 10:00"], "regions": ["south"], "recovery": {"family": "constant", "mean": "24 h"}}
    before = sample_workload(build(ON_CALL), 1, 0)
    for service, waiting in (("minimal", {2: HOUR}), ("critical", {1: 0, 2: HOUR}), ("full", {})):
        changes = {**ON_CALL, "continuity.threats.crisis": {**crisis, "service": service, "away": "1 %"}}
        scenario = build(changes)
        (start,), (end,) = (
            getattr(disruptions_of(scenario, clock_of(scenario), 1, 0), edge) for edge in ("start", "end")
        )
        meanwhile = (before.page_at >= start) & (before.visible < end)  # it is seen, or its time is up
        expected = before.page_at.copy()
        for priority, after in waiting.items():
            expected[meanwhile & (before.priority == priority)] = end + after
            assert (meanwhile & (before.priority == priority)).sum() > 5
        np.testing.assert_array_equal(sample_workload(scenario, 1, 0).page_at, expected)


def test_of_two_crises_in_a_row_the_last_one_counts(build: Build) -> None:
    crisis = {"regions": ["south"], "recovery": {"family": "constant", "mean": "12 h"}, "service": "minimal"}
    first, second = {**crisis, "at": ["2026-03-03 10:00"]}, {**crisis, "at": ["2026-03-03 21:00"]}
    scenario = build({**ON_CALL, "continuity.threats": {"first": first, "second": second}})
    found = disruptions_of(scenario, clock_of(scenario), 1, 0)
    workload = sample_workload(scenario, 1, 0)
    late = workload.page_at[(workload.priority == 2) & (workload.kind == Kind.ALERT)]
    assert (late == found.end[1] + HOUR).sum() > 5
    assert not ((late >= found.start[0]) & (late < found.end[1] + HOUR)).any()
