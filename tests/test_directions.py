"""Claims about organisations: what a planner expects to happen when a rule changes, on the very same tickets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import sim

if TYPE_CHECKING:
    from sim import Result, Scenario

BASELINE = Path(__file__).parents[1] / "scenarios" / "baseline.yaml"
REPLICATIONS = 2


@pytest.fixture(scope="module")
def usual() -> Scenario:
    """The baseline for two weeks."""
    return sim.load(BASELINE).with_({"horizon.days": 14, "horizon.warmup_days": 2})


@pytest.fixture(scope="module")
def as_usual(usual: Scenario) -> Result:
    return played(usual)


def played(scenario: Scenario, **changes: Any) -> Result:
    keys = {key.replace("__", "."): value for key, value in changes.items()}
    return sim.run(scenario.with_(keys) if keys else scenario, replications=REPLICATIONS, workers=1)


def figure(result: Result, name: str) -> float:
    return float(result.kpis.loc[name, "mean"])


def minutes(result: Result, priority: str) -> float:
    """Mean time to resolution of a priority, in minutes of the resolution clock."""
    tickets = result.tickets
    done = tickets[(tickets["priority"] == priority) & tickets["resolved"].notna()]
    spent = (done["resolved"] - done["created"]).dt.total_seconds() / 60 - done["paused"] / 60_000
    return float(spent.mean())


def test_stricter_throttling_means_fewer_pages(usual: Scenario, as_usual: Result) -> None:
    stricter = played(usual, demand__monitoring__throttle__at_most=1, demand__monitoring__throttle__window="1 h")
    assert figure(stricter, "pages.count") < figure(as_usual, "pages.count")
    assert figure(stricter, "alerts.filtered") > figure(as_usual, "alerts.filtered")
    assert figure(stricter, "alerts.raised") == figure(as_usual, "alerts.raised")


def test_without_fatigue_prevention_there_are_more_pages(usual: Scenario, as_usual: Result) -> None:
    unfiltered = played(usual, demand__monitoring__throttle=None, demand__monitoring__batch="0 min")
    assert figure(unfiltered, "pages.count") > figure(as_usual, "pages.count")
    assert figure(unfiltered, "alerts.filtered") == 0


def test_hand_over_instead_of_overtime_means_less_overtime_and_longer_resolution(usual: Scenario) -> None:
    everything = ["P1", "P2", "P3", "P4"]
    overtime = played(usual, policy__overtime={"limit": "4 h", "priorities": everything})
    handed_over = played(usual, policy__overtime=None)
    assert figure(handed_over, "hours.overtime") < figure(overtime, "hours.overtime")
    assert minutes(handed_over, "P3") > minutes(overtime, "P3")
    how = handed_over.work["how_ended"].value_counts()
    assert how["handed_over"] > overtime.work["how_ended"].value_counts()["handed_over"]


def test_overflow_means_shorter_waits_at_night(usual: Scenario) -> None:
    alone, helped = played(usual, policy__overflow=None), played(usual)
    assert wait_at_night(helped) < wait_at_night(alone)


def wait_at_night(result: Result) -> float:
    """Mean wait of tickets created from 22:00 to 06:00 in their region, until their response, in minutes."""
    waits = []
    for name, region in result.scenario.regions.items():
        tickets = result.tickets[(result.tickets["region"] == name) & result.tickets["started"].notna()]
        hour = tickets["created"].dt.tz_convert(region.zone).dt.hour
        night = tickets[(hour >= 22) | (hour < 6)]
        waits.append((night["started"] - night["created"]).dt.total_seconds() / 60)
    return float(np.concatenate(waits).mean())


def test_a_sleeping_primary_means_more_pages_at_the_second_level(usual: Scenario, as_usual: Result) -> None:
    deep_sleep = played(usual, oncall__asleep={"chance": "30 %", "delay": {"mean": "20 min"}})
    assert figure(deep_sleep, "pages.second_level") > figure(as_usual, "pages.second_level")
    assert figure(deep_sleep, "pages.ack.mean") > figure(as_usual, "pages.ack.mean")


def test_a_longer_overlap_hands_over_less(usual: Scenario, as_usual: Result) -> None:
    longer = played(usual, policy__handover__overlap="2 h")
    assert handed_over(longer) < handed_over(as_usual)


def handed_over(result: Result) -> int:
    return int((result.work["how_ended"] == "handed_over").sum())


def test_pauses_cost_time_on_duty(usual: Scenario, as_usual: Result) -> None:
    rested = played(usual, staffing__pauses={"lunch": {"after": "4 h", "length": "30 min", "shift": "30 min"}})
    assert figure(rested, "hours.on_duty") < figure(as_usual, "hours.on_duty")
    assert figure(rested, "utilization.tier1") > figure(as_usual, "utilization.tier1")
