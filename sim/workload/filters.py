"""Fatigue prevention: what keeps alerts from people, in the order suppress, batch, throttle."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import DAY
from sim.scenario.base import PRIORITIES
from sim.workload.arrivals import local_time
from sim.workload.tape import Filter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.demand import Monitoring, Suppression, Throttle
    from sim.scenario.schema import Region

    Flags = NDArray[np.bool_]


class Alerts(NamedTuple):
    """Alerts by time of creation, and those of one instant in a fixed order. Attributes are (n,)."""

    created: NDArray[np.int64]
    region: NDArray[np.int16]
    """Index into the scenario's regions."""
    source: NDArray[np.int64]
    """The system of the region that raised it."""
    priority: NDArray[np.uint8]
    """0 for P1."""

    def only(self, rows: NDArray[np.int64]) -> Alerts:
        """Some of them."""
        return Alerts(self.created[rows], self.region[rows], self.source[rows], self.priority[rows])


def filtered(alerts: Alerts, monitoring: Monitoring, regions: Mapping[str, Region], clock: Clock) -> NDArray[np.uint8]:
    """What keeps each alert from people: (n,) `Filter`. Each step sees only what the one before lets pass."""
    found = np.full(len(alerts.created), Filter.PASSED, dtype=np.uint8)
    found[suppressed(alerts, monitoring.suppress, regions, clock)] = Filter.SUPPRESSED
    left = np.flatnonzero(found == Filter.PASSED)
    if monitoring.batch:
        is_batched = batched(alerts.only(left), monitoring.batch)
        found[left[is_batched]] = Filter.BATCHED
        left = left[~is_batched]
    if monitoring.throttle:
        found[left[throttled(alerts.only(left), monitoring.throttle)]] = Filter.THROTTLED
    return found


def suppressed(alerts: Alerts, rules: Mapping[str, Suppression], regions: Mapping[str, Region], clock: Clock) -> Flags:
    """The alerts to which everything that one of the rules names applies."""
    found = np.zeros(len(alerts.created), dtype=np.bool_)
    for rule in rules.values():
        found |= _applies(rule, alerts, regions, clock)
    return found


def _applies(rule: Suppression, alerts: Alerts, regions: Mapping[str, Region], clock: Clock) -> Flags:
    applies = np.ones(len(alerts.created), dtype=np.bool_)
    if rule.priorities:
        applies &= np.array([name in rule.priorities for name in PRIORITIES])[alerts.priority]
    if rule.regions:
        applies &= np.array([name in rule.regions for name in regions])[alerts.region]
    if rule.sources is not None:
        applies &= alerts.source < rule.sources
    if rule.hours is not None:
        after_start = (local_time(alerts.created, alerts.region, regions, clock) - rule.hours.start) % DAY
        applies &= after_start < rule.hours.end - rule.hours.start
    return applies


def batched(alerts: Alerts, within: int) -> Flags:
    """The alerts that come less than `within` ms after the first of a batch of their region, source and priority."""

    def joins(times: list[int]) -> Iterator[bool]:
        first = times[0] - within
        for now in times:
            yield now - first < within
            if now - first >= within:
                first = now

    return _in_runs(_source(alerts) * len(PRIORITIES) + alerts.priority, alerts.created, within, 2, joins)


def throttled(alerts: Alerts, throttle: Throttle) -> Flags:
    """The alerts before which `at_most` of their region and source have passed less than `window` ms ago."""
    at_most, window = throttle.at_most, throttle.window

    def stops(times: list[int]) -> Iterator[bool]:
        passed = times[:at_most]
        yield from [False] * at_most
        for now in times[at_most:]:
            full = now - passed[-at_most] < window
            yield full
            if not full:
                passed.append(now)

    return _in_runs(_source(alerts), alerts.created, window, at_most + 1, stops)


def _source(alerts: Alerts) -> NDArray[np.int64]:
    """One number for region and source."""
    return alerts.region.astype(np.int64) << 32 | alerts.source


def _in_runs(
    key: NDArray[np.int64],
    created: NDArray[np.int64],
    gap: int,
    shortest: int,
    stops: Callable[[list[int]], Iterable[bool]],
) -> Flags:
    """Which alerts are stopped, where only those of the same key stop each other, and only within `gap` ms.

    Alerts of a key that follow each other in less than `gap` form a run, and what is before a run stops none of it.

    Args:
        key: (n,).
        created: (n,) ms, ascending.
        gap: ms.
        shortest: in runs of fewer alerts none is stopped.
        stops: for the times of a run, which of its alerts are stopped.
    """
    order = np.argsort(key, kind="stable")
    key, created = key[order], created[order]
    breaks = np.flatnonzero((key[1:] != key[:-1]) | (created[1:] - created[:-1] >= gap)) + 1
    starts, ends = np.concatenate([[0], breaks]), np.concatenate([breaks, [len(key)]])
    long = ends - starts >= shortest
    times, flags = created.tolist(), list[bool]()
    for start, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        flags += stops(times[start:end])
    found = np.zeros(len(key), dtype=np.bool_)
    found[order[np.repeat(long, ends - starts)]] = flags
    return found
