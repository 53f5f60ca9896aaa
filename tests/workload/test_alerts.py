"""Alerts before people see them: storms, the review of the dashboard, and what the tape says of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, MINUTE, NEVER, Clock
from sim.scenario.demand import Review
from sim.scenario.schema import Region
from sim.workload.alerts import Incidents, geometric, raised, review_instants, seen
from sim.workload.sample import sample_workload
from sim.workload.tape import ALERTS, EXTRA, STORMS, Filter, Kind, Workload

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.schema import Scenario
    from tests.workload.conftest import Build, TicketsOf

MARCH = Clock.starting(date(2026, 3, 2), days=28, warmup_days=0)
EAST = {"zone": "Asia/Kolkata", "tickets": "9 per hour", "alerts": "1 per hour"}


# ---- review


def minutes_seen(zone: str, day: date, every: int, created: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """When alerts created at (hour, minute) UTC of a day are seen, likewise."""
    clock = Clock.starting(day, days=2, warmup_days=1)
    instants = np.array([DAY + h * HOUR + m * MINUTE for h, m in created])
    review = Review.model_validate({"every": f"{every // MINUTE} min"})
    shown = seen(instants, np.full(len(instants), 2, dtype=np.uint8), Region(zone=zone), review, clock)
    return [divmod(ms // MINUTE, 60) for ms in (shown - DAY).tolist()]


def test_an_alert_is_seen_at_the_next_review_and_at_its_very_instant() -> None:
    created = [(9, 0), (9, 1), (9, 30), (9, 59), (23, 31)]
    expected = [(9, 0), (9, 30), (9, 30), (10, 0), (24, 0)]
    assert minutes_seen("UTC", date(2026, 3, 10), 30 * MINUTE, created) == expected
    assert minutes_seen("Europe/London", date(2026, 7, 10), 4 * HOUR, [(9, 0), (11, 1)]) == [(11, 0), (15, 0)]


def test_a_millisecond_late_is_late() -> None:
    region, review = Region(zone="UTC"), Review()
    created = np.array([30 * MINUTE, 30 * MINUTE + 1])
    shown = seen(created, np.array([2, 3], dtype=np.uint8), region, review, MARCH)
    assert shown.tolist() == [30 * MINUTE, 60 * MINUTE]


def test_reviews_are_local_where_the_offset_is_no_whole_hour() -> None:
    """Kathmandu is 5 h 45 min ahead of UTC: 09:00 there is 03:15 UTC."""
    assert minutes_seen("Asia/Kathmandu", date(2026, 3, 10), HOUR, [(3, 0), (3, 15), (3, 16)]) == [
        (3, 15), (3, 15), (4, 15)]  # fmt: skip
    assert minutes_seen("Asia/Kathmandu", date(2026, 3, 10), DAY, [(18, 14), (18, 16)]) == [(18, 15), (42, 15)]


def test_reviews_when_clocks_are_set_forward() -> None:
    """Los Angeles, 8 March 2026: at 10:00 UTC clocks go from 02:00 to 03:00."""
    day = date(2026, 3, 8)
    half_hours = [(9, 31), (9, 59), (10, 0), (10, 1), (10, 31)]
    assert minutes_seen("America/Los_Angeles", day, 30 * MINUTE, half_hours) == [
        (10, 0), (10, 0), (10, 0), (10, 30), (11, 0)]  # fmt: skip
    # 04:00 comes an hour early; the review of 02:00 takes place as clocks show 03:00.
    assert minutes_seen("America/Los_Angeles", day, 4 * HOUR, [(8, 1), (11, 1)]) == [(11, 0), (15, 0)]
    assert minutes_seen("America/Los_Angeles", day, 2 * HOUR, [(8, 1), (10, 1), (11, 1)]) == [
        (10, 0), (11, 0), (13, 0)]  # fmt: skip


def test_reviews_when_clocks_are_set_back() -> None:
    """Los Angeles, 1 November 2026: at 09:00 UTC clocks go from 02:00 to 01:00: 01:30 comes at 08:30 and 09:30."""
    day = date(2026, 11, 1)
    half_hours = [(8, 29), (8, 31), (9, 1), (9, 31)]
    assert minutes_seen("America/Los_Angeles", day, 30 * MINUTE, half_hours) == [(8, 30), (9, 0), (9, 30), (10, 0)]
    assert minutes_seen("America/Los_Angeles", day, 4 * HOUR, [(7, 1), (12, 1)]) == [(12, 0), (16, 0)]


def test_a_review_at_a_midnight_that_clocks_skip_takes_place_all_the_same() -> None:
    """Cairo, 24 April 2026: at 22:00 UTC of the 23rd clocks go from 00:00 to 01:00."""
    assert minutes_seen("Africa/Cairo", date(2026, 4, 23), DAY, [(21, 59), (22, 1)]) == [(22, 0), (45, 0)]


@given(
    st.sampled_from(
        ["UTC", "America/Los_Angeles", "Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo",
         "America/St_Johns", "Asia/Beirut"]
    ),
    st.sampled_from([1, 5, 10, 15, 24, 30, 45, 60, 90, 120, 240, 720, 1440]),
    st.sampled_from([date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 4, 24), date(2026, 10, 4),
                     date(2026, 10, 25), date(2026, 11, 1), date(2026, 6, 1)]),
    st.lists(st.integers(1, 2 * DAY), max_size=20),
)  # fmt: skip
@example("Asia/Beirut", 1440, date(2026, 3, 29), [1])
def test_nobody_sees_an_alert_too_early_or_too_late(zone: str, every: int, day: date, created: list[int]) -> None:
    clock = Clock.starting(day, days=1, warmup_days=1)
    instants = np.array(sorted(created), dtype=np.int64)
    shown = seen(
        instants,
        np.full(len(created), 3, dtype=np.uint8),
        Region(zone=zone),
        Review.model_validate({"every": f"{every} min"}),
        clock,
    )
    assert (shown >= instants).all()
    assert (shown - instants <= every * MINUTE + HOUR).all()
    assert (np.diff(shown) >= 0).all()
    on_time = clock.wall(zone, shown) % (every * MINUTE) == 0
    assert on_time.all() or (day, zone) != (date(2026, 6, 1), zone)
    reviews = review_instants(zone, every * MINUTE, clock)
    assert (np.diff(reviews) > 0).all()
    assert reviews[0] < 0
    assert reviews[-1] > clock.end + HOUR


def test_only_the_priorities_of_the_review_wait_for_it(build: Build) -> None:
    review = {"every": "2 h", "priorities": ["P2", "P4"]}
    workload = sample_workload(build({"demand.monitoring.review": review}), 1, 0)
    is_alert = workload.kind == Kind.ALERT
    waits = is_alert & np.isin(workload.priority, [1, 3])
    assert (workload.visible[~waits] == workload.created[~waits]).all()
    assert (workload.visible[waits] % (2 * HOUR) == 0).all()
    delay = workload.visible[waits] - workload.created[waits]
    assert ((delay >= 0) & (delay < 2 * HOUR)).all()
    assert abs(delay.mean() / HOUR - 1) < 4 * (1 / 3 / waits.sum()) ** 0.5


def test_an_alert_that_is_seen_after_the_end_keeps_its_instant(build: Build) -> None:
    scenario = build({"demand.monitoring.review": {"every": "24 h", "priorities": ["P3"]},
                      "regions.north.zone": "America/Los_Angeles"})  # fmt: skip
    workload = sample_workload(scenario, 1, 0)
    end = 8 * DAY
    late = workload.visible >= end
    assert late.any()
    assert (workload.visible[late] == end + 7 * HOUR).all()  # midnight in Los Angeles, daylight saving time
    assert (workload.created[late] < end).all()


def test_deadlines_count_from_creation_and_timers_wait_until_the_alert_is_seen(build: Build) -> None:
    changes = {"demand.monitoring.review": {"every": "4 h"}, "targets.response.P3": "1 h",
               "policy.escalation.after.P3": "1 h"}  # fmt: skip
    workload = sample_workload(build(changes), 1, 0)
    mine = (workload.kind == Kind.ALERT) & (workload.priority == 2)
    created, visible, escalate_at = (getattr(workload, name)[mine] for name in ("created", "visible", "escalate_at"))
    assert (workload.respond_by[mine] == created + HOUR).all()
    early = created + HOUR <= visible
    assert early.any()
    assert (escalate_at[early] == visible[early] + 1).all()
    assert (escalate_at[~early] == created[~early] + HOUR).all()


# ---- storms


def test_a_storm_lasts_its_time_and_has_one_source() -> None:
    found = Incidents(np.array([0, HOUR]), np.array([3, 2]), np.array([4, 1]))
    storm = raised(found, np.array([True, True]), 10 * MINUTE, DAY, np.random.default_rng(1))
    assert storm.place.tolist() == [0, 1, 2, 3, 4]
    assert storm.source.tolist() == [4, 4, 4, 1, 1]
    assert (storm.created >= 1).all()
    assert (storm.created[:3] < 10 * MINUTE).all()
    assert ((storm.created[3:] >= HOUR) & (storm.created[3:] < HOUR + 10 * MINUTE)).all()


def test_what_is_left_out_of_a_storm_leaves_the_others_their_places() -> None:
    found = Incidents(np.array([0, HOUR, DAY - 5 * MINUTE]), np.array([3, 2, 400]), np.array([4, 1, 0]))
    everything, without_first = (
        raised(found, np.array([first, True, True]), 10 * MINUTE, DAY, np.random.default_rng(1))
        for first in (True, False)
    )
    assert without_first.place.tolist() == everything.place[3:].tolist()
    assert without_first.created.tolist() == everything.created[3:].tolist()
    assert everything.created.max() < DAY
    assert abs(len(everything.place) - 205) < 4 * 10  # half of the 400 come before the end


@pytest.mark.parametrize("mean", [1.0, 1.5, 20.0, 5000.0])
def test_sizes_are_geometric(mean: float) -> None:
    """Mean and variance, and the share of the smallest, within four and a half standard errors."""
    sizes = geometric(mean, np.random.default_rng(1).random(200_000))
    sd = (mean**2 - mean) ** 0.5
    assert sizes.min() == 1
    assert abs(sizes.mean() - mean) <= 4.5 * sd / 200_000**0.5
    assert sizes.std() == pytest.approx(sd, rel=0.02)
    share = 1 / mean
    assert abs((sizes == 1).mean() - share) <= 4.5 * (share * (1 - share) / 200_000) ** 0.5


@given(st.floats(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_every_size_is_a_size(mean: float, u: float) -> None:
    (size,) = geometric(mean, np.array([u])).tolist()
    assert size >= 1


STORMS_ALONE = {"regions.north.alerts": None, "demand.monitoring.storms": {"rate": "6 per day", "size": 8}}


def storm_alerts(workload: Workload) -> NDArray[np.bool_]:
    mine: NDArray[np.bool_] = (workload.number >= STORMS) & (workload.kind == Kind.ALERT)
    return mine


def test_storms_have_their_rate_and_their_size(build: Build) -> None:
    """60 replications of a week: 42 storms of 8 a region, each of variance 56 (within 4.5 standard errors)."""
    scenario = build({**STORMS_ALONE, "demand.day_factor.cv": 0, "horizon.warmup_days": 0})
    counts = np.zeros((60, 2))
    for replication in range(60):
        workload = sample_workload(scenario, 1, replication)
        counts[replication] = np.bincount(workload.region[storm_alerts(workload)], minlength=2)
    expected, variance = 42 * 8, 42 * (56 + 64)
    for region in (0, 1):
        assert abs(counts[:, region].mean() - expected) < 4.5 * (variance / 60) ** 0.5
        assert 0.4 < counts[:, region].var() / variance < 1.8
    assert abs(np.corrcoef(counts.T)[0, 1]) < 0.5


def test_storms_are_bursts_that_come_by_alert_priorities(build: Build) -> None:
    workload = sample_workload(build({"demand.monitoring.storms": {"rate": "6 per day", "size": 100}}), 1, 0)
    mine = storm_alerts(workload)
    assert ((workload.created[mine] >= 1) & (workload.created[mine] < 8 * DAY)).all()
    gaps = np.diff(np.sort(workload.created[mine & (workload.region == 0)]))
    assert (gaps < MINUTE).mean() > 0.9
    shares = {"P1": 0.02, "P2": 0.10, "P3": 0.43, "P4": 0.45}
    for p, share in enumerate(shares.values()):
        found = workload.priority[mine] == p
        assert abs(found.mean() - share) <= 4 * (share * (1 - share) / len(found)) ** 0.5


def test_a_storm_of_one_source_is_throttled_as_one(build: Build) -> None:
    """With room for one alert an hour and source, no storm lets more than two of its own pass."""
    scenario = build({**STORMS_ALONE, "demand.monitoring.sources": 100_000,
                      "demand.monitoring.throttle": {"at_most": 1, "window": "1 h"}})  # fmt: skip
    workload = sample_workload(scenario, 1, 0)
    mine = storm_alerts(workload)
    storms = np.diff(np.sort(workload.created[mine & (workload.region == 0)]), prepend=-DAY) > 10 * MINUTE
    passed = workload.filtered[mine & (workload.region == 0)] == Filter.PASSED
    assert storms.sum() <= passed.sum() <= 1.5 * storms.sum()


def test_storms_add_alerts_and_move_nobody(build: Build, small: Scenario, tickets_of: TicketsOf) -> None:
    before = tickets_of(small)
    after = tickets_of(build({"demand.monitoring.storms": {"rate": "6 per day", "size": 8}}))
    assert {key: after[key] for key in before} == before
    added = after.keys() - before.keys()
    assert all(STORMS <= number < STORMS + ALERTS for _, number in added)
    assert {name for name, _ in added} == {"north", "south"}
    assert all(after[key].columns["kind"] == Kind.ALERT for key in added)


def test_a_new_region_and_a_longer_run_move_no_storm(watched: Scenario, tickets_of: TicketsOf) -> None:
    before = tickets_of(watched)
    wider = tickets_of(watched.with_({"regions.east": EAST}))
    assert {key: ticket for key, ticket in wider.items() if key[0] != "east"} == before
    longer = tickets_of(watched.with_({"horizon.days": 9}))
    assert {key: longer[key] for key in before} == before
    assert any(number >= STORMS for _, number in longer.keys() - before.keys())


def test_more_demand_brings_more_storms_and_keeps_the_others(build: Build, tickets_of: TicketsOf) -> None:
    normal, more = (tickets_of(build({**STORMS_ALONE, "demand.scale": scale})) for scale in (1, 2))
    assert {key: more[key] for key in normal} == normal
    added = [number for _, number in more.keys() - normal.keys() if number >= STORMS]
    assert min(added) >= STORMS + EXTRA
    there = sum(number >= STORMS for _, number in normal)
    assert 0.6 < len(added) / there < 1.6


def test_less_demand_takes_whole_storms_out_and_keeps_the_others(build: Build, tickets_of: TicketsOf) -> None:
    normal, fewer, fewest = (tickets_of(build({**STORMS_ALONE, "demand.scale": scale})) for scale in (1, 0.7, 0.3))
    assert fewest.keys() < fewer.keys() < normal.keys()
    assert {key: normal[key] for key in fewer} == fewer
    gone, kept = (
        sorted(t.columns["created"] for (name, n), t in normal.items() if name == "south" and n >= STORMS and there(n))
        for there in (lambda n: ("south", n) not in fewer, lambda n: ("south", n) in fewer)
    )
    apart = np.abs(np.array(gone)[:, None] - np.array(kept)[None, :]).min(axis=1)
    assert (apart > 10 * MINUTE).mean() > 0.7  # whoever is left out goes with their whole storm


def test_storms_follow_the_events_and_the_shape_of_alerts(build: Build) -> None:
    silence = {"night": {"start": "2026-03-03 00:00", "end": "2026-03-05 00:00", "factor": 0}}
    workload = sample_workload(build({**STORMS_ALONE, "demand.events": silence}), 1, 0)
    mine = storm_alerts(workload) & (workload.region == 0)
    silent = (workload.created >= 2 * DAY + 10 * MINUTE) & (workload.created < 4 * DAY)
    assert not (mine & silent).any()
    assert (mine & ~silent).sum() > 100


# ---- on the tape


def test_filtered_alerts_stay_on_the_tape_without_instants(watched: Scenario) -> None:
    workload = sample_workload(watched, 1, 0)
    gone = workload.filtered != Filter.PASSED
    assert gone.sum() > 50
    assert (workload.kind[gone] == Kind.ALERT).all()
    for name in ("visible", "respond_by", "resolve_by", "escalate_at", "critical_at", "page_at"):
        assert (getattr(workload, name)[gone] == NEVER).all()
    assert (np.diff(workload.first_task)[gone] >= 1).all()


def test_filters_move_nothing_but_what_they_filter(watched: Scenario, tickets_of: TicketsOf) -> None:
    nothing = {"suppress": None, "batch": None, "throttle": None}
    before = tickets_of(watched.with_({f"demand.monitoring.{key}": value for key, value in nothing.items()}))
    after = tickets_of(watched)
    assert after.keys() == before.keys()
    passed = {key for key, ticket in after.items() if ticket.columns["filtered"] == Filter.PASSED}
    assert {key: after[key] for key in passed} == {key: before[key] for key in passed}
    assert {key: after[key].tasks for key in after} == {key: before[key].tasks for key in after}
    assert len(passed) < len(after)


def test_each_region_is_filtered_by_itself(watched: Scenario, tickets_of: TicketsOf) -> None:
    more = tickets_of(watched.with_({"regions.south.alerts": "30 per hour"}))
    before = tickets_of(watched)
    assert {key: more[key] for key in before if key[0] == "north"} == {
        key: ticket for key, ticket in before.items() if key[0] == "north"
    }


def test_a_stricter_throttle_lets_a_part_of_the_alerts_pass(watched: Scenario) -> None:
    passed = []
    for at_most in (1, 2, 5, 20):
        workload = sample_workload(watched.with_({"demand.monitoring.throttle.at_most": at_most}), 1, 0)
        rows = np.flatnonzero((workload.filtered == Filter.PASSED) & (workload.kind == Kind.ALERT))
        passed.append(set(rows.tolist()))
    assert passed[0] < passed[1] < passed[2] < passed[3]
