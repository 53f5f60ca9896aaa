"""Fatigue prevention: each filter by hand, their order, and what is true of them on any stream of alerts."""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import DAY, MINUTE, Clock
from sim.scenario.demand import Monitoring
from sim.scenario.schema import Region
from sim.workload.filters import Alerts, batched, filtered, suppressed, throttled
from sim.workload.tape import Filter

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARCH = Clock.starting(date(2026, 3, 2), days=28, warmup_days=0)
HERE = {"here": Region.model_validate({"zone": "UTC"}), "there": Region.model_validate({"zone": "Asia/Kathmandu"})}
PASSED, SUPPRESSED, BATCHED, THROTTLED = Filter


def alerts(*rows: tuple[int, ...]) -> Alerts:
    """Alerts by hand: (minute, source, priority as people count it, region), the latter two 1 and 0 where left out."""
    full = [(*row, *(0, 3, 0)[len(row) - 1 :]) for row in rows]
    minute, source, priority, region = (np.array(column) for column in zip(*full, strict=True)) if full else [[]] * 4
    return Alerts(
        np.array(minute, dtype=np.int64) * MINUTE,
        np.array(region, dtype=np.int16),
        np.array(source, dtype=np.int64),
        (np.array(priority) - 1).astype(np.uint8),
    )


def monitoring(**keys: Any) -> Monitoring:
    return Monitoring.model_validate(keys)


def fate(found: Alerts, **keys: Any) -> list[int]:
    return filtered(found, monitoring(**keys), HERE, MARCH).tolist()


# ---- suppression


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, "ssssss"),
        ({"priorities": ("P4",)}, ".s..s."),
        ({"regions": ("there",)}, "...sss"),
        ({"sources": 2}, "s.ss.s"),
        ({"priorities": ("P4",), "regions": ("there",)}, "....s."),
        ({"priorities": ("P1", "P3"), "sources": 1}, "s..s.."),
    ],
)
def test_a_rule_concerns_the_alerts_to_which_all_that_it_names_applies(rule: dict[str, Any], expected: str) -> None:
    found = alerts((1, 0), (2, 2, 4), (3, 1), (4, 0, 1, 1), (5, 5, 4, 1), (6, 1, 3, 1))
    assert "".join(".s"[f] for f in fate(found, suppress={"rule": rule})) == expected


def test_an_alert_is_suppressed_by_any_of_the_rules() -> None:
    rules = {"low": {"priorities": ("P4",)}, "first": {"sources": 1}}
    assert fate(alerts((1, 0), (2, 1, 4), (3, 1)), suppress=rules) == [SUPPRESSED, SUPPRESSED, PASSED]


def test_hours_are_local_and_cross_midnight() -> None:
    """22:00 in Kathmandu is 16:15 UTC, 06:00 is 00:15 UTC."""
    edges = [16 * 60 + 14, 16 * 60 + 15, 24 * 60 + 14, 24 * 60 + 15]
    nights = {"nights": {"hours": "22:00-06:00"}}
    assert fate(alerts(*((m, 0, 3, 1) for m in edges)), suppress=nights) == [PASSED, SUPPRESSED, SUPPRESSED, PASSED]
    in_utc = [21 * 60 + 59, 22 * 60, 29 * 60 + 59, 30 * 60]
    assert fate(alerts(*((m,) for m in in_utc)), suppress=nights) == [PASSED, SUPPRESSED, SUPPRESSED, PASSED]


def test_hours_follow_the_wall_clock_when_it_changes() -> None:
    """London, 29 March 2026: at 01:00 UTC clocks show 02:00, so that from 00:30 to 02:30 it is an hour."""
    london = {"here": Region.model_validate({"zone": "Europe/London"})}
    day = 27 * 24 * 60
    rule = monitoring(suppress={"rule": {"hours": "00:30-02:30"}}).suppress
    found = suppressed(alerts(*((day + m,) for m in (29, 30, 59, 60, 89, 90))), rule, london, MARCH)
    assert found.tolist() == [False, True, True, True, True, False]


# ---- batches


def test_a_batch_lasts_from_its_first_alert_and_does_not_slide() -> None:
    found = alerts((0,), (4,), (5,), (9,), (10,), (14,))
    assert batched(found, 5 * MINUTE).tolist() == [False, True, False, True, False, True]


def test_a_batch_ends_a_millisecond_before_its_time_is_over() -> None:
    found = alerts((0,), (5,))
    assert batched(found, 5 * MINUTE).tolist() == [False, False]
    assert batched(found, 5 * MINUTE + 1).tolist() == [False, True]


def test_batches_are_those_of_one_region_source_and_priority() -> None:
    found = alerts((0,), (1, 1), (1, 0, 4), (1, 0, 3, 1), (2,), (2, 1), (2, 0, 4), (2, 0, 3, 1))
    assert batched(found, 5 * MINUTE).tolist() == [False] * 4 + [True] * 4


def test_alerts_of_one_instant_are_one_batch() -> None:
    assert batched(alerts((7,), (7,), (7,)), 1).tolist() == [False, True, True]


# ---- throttling


def test_at_most_so_many_of_a_source_pass_in_any_span() -> None:
    """Those that are stopped do not count: at minute 10 the alert of minute 0 is just out of the span."""
    found = alerts((0,), (1,), (2,), (9,), (10,), (10,), (11,), (12,))
    throttle = monitoring(throttle={"at_most": 2, "window": "10 min"}).throttle
    assert throttle
    assert throttled(found, throttle).tolist() == [False, False, True, True, False, True, False, True]


def test_the_span_is_open_at_its_far_end() -> None:
    throttle = monitoring(throttle={"at_most": 1, "window": "10 min"}).throttle
    assert throttle
    two = Alerts(*(column[:2] for column in alerts((0,), (10,))))
    assert throttled(two, throttle).tolist() == [False, False]
    assert throttled(two._replace(created=np.array([0, 10 * MINUTE - 1])), throttle).tolist() == [False, True]


def test_sources_are_throttled_by_themselves_whatever_their_priority() -> None:
    found = alerts((0,), (1, 1), (1, 0, 3, 1), (2, 0, 1), (3, 1, 4), (4, 0, 2, 1))
    assert fate(found, throttle={"at_most": 1}) == [PASSED] * 3 + [THROTTLED] * 3


# ---- all three


def test_filters_act_in_their_order_each_on_what_the_one_before_lets_pass() -> None:
    """The P4s are suppressed and start no batch; what is batched does not count for the throttle."""
    found = alerts((0, 0, 4), (1,), (2,), (3, 0, 2), (4, 0, 2), (5, 0, 1), (6, 1), (7, 0, 4), (12,))
    keys: dict[str, Any] = {"suppress": {"low": {"priorities": ("P4",)}}, "batch": "3 min"}
    expected = [SUPPRESSED, PASSED, BATCHED, PASSED, BATCHED, THROTTLED, PASSED, SUPPRESSED, PASSED]
    assert fate(found, **keys, throttle={"at_most": 2, "window": "10 min"}) == expected
    assert fate(found, throttle={"at_most": 2, "window": "10 min"}) == [0, 0, 3, 3, 3, 3, 0, 3, 0]


def test_a_batch_whose_first_is_throttled_is_gone_altogether() -> None:
    found = alerts((0, 0, 1), (1,), (2,))
    assert fate(found, batch="5 min", throttle={"at_most": 1}) == [PASSED, THROTTLED, BATCHED]


def test_without_filters_and_without_alerts_nothing_is_filtered() -> None:
    assert fate(alerts((0,), (0,), (0,))) == [PASSED] * 3
    keys: dict[str, Any] = {"suppress": {"all": {}}, "batch": "5 min", "throttle": {"at_most": 1}}
    assert fate(alerts(), **keys) == []


# ---- laws of the filters

stream_of_alerts = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 1), st.integers(1, 4), st.integers(0, 1)), max_size=60
).map(lambda rows: alerts(*sorted(rows)))
spans = st.integers(1, 20).map(lambda minutes: minutes * MINUTE)


def passes(found: Alerts, at_most: int, window: int) -> NDArray[np.bool_]:
    throttle = monitoring(throttle={"at_most": at_most, "window": f"{window // MINUTE} min"}).throttle
    assert throttle
    return ~throttled(found, throttle)


def naively_throttled(found: Alerts, at_most: int, window: int) -> list[bool]:
    """As the reference page words it."""
    passed: list[tuple[int, int, int]] = []
    out = []
    for now, region, source in zip(*(column.tolist() for column in found[:3]), strict=True):
        recent = [t for t, r, s in passed if (r, s) == (region, source) and t > now - window]
        out.append(len(recent) >= at_most)
        if not out[-1]:
            passed.append((now, region, source))
    return out


def naively_batched(found: Alerts, within: int) -> list[bool]:
    first: dict[tuple[int, ...], int] = {}
    out = []
    for now, *key in zip(*(column.tolist() for column in found), strict=True):
        out.append(tuple(key) in first and now < first[tuple(key)] + within)
        if not out[-1]:
            first[tuple(key)] = now
    return out


@given(stream_of_alerts, st.integers(1, 4), spans)
def test_filters_do_what_their_definition_says(found: Alerts, at_most: int, span: int) -> None:
    assert (~passes(found, at_most, span)).tolist() == naively_throttled(found, at_most, span)
    assert batched(found, span).tolist() == naively_batched(found, span)


@given(stream_of_alerts, st.integers(1, 4), spans)
def test_never_more_than_the_limit_in_any_span(found: Alerts, at_most: int, window: int) -> None:
    passed = found.only(np.flatnonzero(passes(found, at_most, window)))
    for region, source in {*zip(passed.region.tolist(), passed.source.tolist(), strict=True)}:
        times = passed.created[(passed.region == region) & (passed.source == source)]
        assert (times[at_most:] - times[:-at_most] >= window).all()


@given(stream_of_alerts, st.integers(1, 4), spans)
def test_a_lower_limit_lets_no_alert_pass_that_a_higher_one_stops(found: Alerts, at_most: int, window: int) -> None:
    """Within a span at most one alert more passes under the higher limit; where it is full, so is the lower."""
    few, more = passes(found, at_most, window), passes(found, at_most + 1, window)
    assert (more | ~few).all()


@given(stream_of_alerts, st.integers(1, 4), spans, spans)
def test_a_longer_window_lets_no_more_alerts_pass(found: Alerts, at_most: int, one: int, other: int) -> None:
    """Their number only: one that is stopped can make room for another."""
    assert passes(found, at_most, max(one, other)).sum() <= passes(found, at_most, min(one, other)).sum()


def test_a_longer_window_can_let_an_alert_pass_that_a_shorter_one_stops() -> None:
    found = alerts((0,), (11,), (12,))
    assert passes(found, 1, 11 * MINUTE).tolist() == [True, True, False]
    assert passes(found, 1, 12 * MINUTE).tolist() == [True, False, True]


@given(stream_of_alerts, spans, spans)
def test_longer_batches_are_fewer(found: Alerts, one: int, other: int) -> None:
    assert (~batched(found, max(one, other))).sum() <= (~batched(found, min(one, other))).sum()


@given(stream_of_alerts)
def test_suppression_is_idempotent_and_more_rules_suppress_more(found: Alerts) -> None:
    one = monitoring(suppress={"a": {"priorities": ("P3",), "hours": "00:00-00:30"}}).suppress
    two = monitoring(suppress={"a": one["a"].model_dump(exclude_unset=True) | {"hours": "00:00-00:30"},
                               "b": {"sources": 1}}).suppress  # fmt: skip
    once, both = suppressed(found, one, HERE, MARCH), suppressed(found, two, HERE, MARCH)
    assert (both | ~once).all()
    left = found.only(np.flatnonzero(~both))
    assert not suppressed(left, two, HERE, MARCH).any()


# ---- speed


@pytest.mark.benchmark
def test_filters_keep_up_with_a_year_of_storms() -> None:
    rng = np.random.default_rng(1)
    created = np.sort(np.concatenate([rng.integers(1, 365 * DAY, 400_000), *(
        start + rng.integers(0, 10 * MINUTE, 2000) for start in rng.integers(1, 364 * DAY, 300))]))  # fmt: skip
    n = len(created)
    found = Alerts(created, rng.integers(0, 2, n).astype(np.int16), rng.integers(0, 20, n),
                   rng.integers(0, 4, n).astype(np.uint8))  # fmt: skip
    keys: dict[str, Any] = {"suppress": {"nights": {"hours": "22:00-06:00"}}, "batch": "5 min",
                            "throttle": {"at_most": 5}}  # fmt: skip
    start = time.process_time()
    assert len(filtered(found, monitoring(**keys), HERE, Clock.starting(date(2026, 1, 1), 365, 0))) == 1_000_000
    assert time.process_time() - start < 3
