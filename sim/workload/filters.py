"""Fatigue prevention: what keeps alerts from people, in the order suppress, batch, throttle."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.clock import DAY
from sim.scenario.base import PRIORITIES
from sim.workload.tape import Filter

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    source: NDArray[np.int32]
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
        applies &= np.isin(alerts.priority, [PRIORITIES.index(name) for name in rule.priorities])
    if rule.regions:
        applies &= np.isin(alerts.region, [list(regions).index(name) for name in rule.regions])
    if rule.sources is not None:
        applies &= alerts.source < rule.sources
    if rule.hours is not None:
        after_start = (_wall(alerts, regions, clock) - rule.hours.start) % DAY
        applies &= after_start < rule.hours.end - rule.hours.start
    return applies


def _wall(alerts: Alerts, regions: Mapping[str, Region], clock: Clock) -> NDArray[np.int64]:
    """What the clocks of each alert's region show when it is created."""
    wall = np.empty(len(alerts.created), dtype=np.int64)
    for index, region in enumerate(regions.values()):
        here = np.flatnonzero(alerts.region == index)
        wall[here] = clock.wall(region.zone, alerts.created[here])
    return wall


def batched(alerts: Alerts, within: int) -> Flags:
    """The alerts that come less than `within` ms after the first of a batch of their region, source and priority."""
    found, first = [], dict[int, int]()
    for key, now in zip((_source(alerts) * len(PRIORITIES) + alerts.priority).tolist(), alerts.created.tolist(),
                        strict=True):  # fmt: skip
        joins = now - first.get(key, now - within) < within
        found.append(joins)
        if not joins:
            first[key] = now
    return np.array(found, dtype=np.bool_)


def throttled(alerts: Alerts, throttle: Throttle) -> Flags:
    """The alerts before which `at_most` of their region and source have passed less than `window` ms ago."""
    found, passed = [], dict[int, deque[int]]()
    at_most, window = throttle.at_most, throttle.window
    for key, now in zip(_source(alerts).tolist(), alerts.created.tolist(), strict=True):
        latest = passed.get(key)
        if latest is None:
            latest = passed[key] = deque(maxlen=at_most)
        stops = len(latest) == at_most and now - latest[0] < window
        found.append(stops)
        if not stops:
            latest.append(now)
    return np.array(found, dtype=np.bool_)


def _source(alerts: Alerts) -> NDArray[np.int64]:
    """One number for region and source."""
    return alerts.region.astype(np.int64) << 32 | alerts.source
