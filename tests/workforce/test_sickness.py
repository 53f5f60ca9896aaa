"""Sickness: handed over at once, as often as is asked for, in the long run and from the first day on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.clock import DAY, HOUR
from sim.scenario.days_off import clock_of
from sim.scenario.schema import Scenario
from sim.workforce.away import Away
from sim.workforce.plan import plan_roster
from sim.workforce.roster import FOREVER, Reason
from sim.workforce.sickness import sickness

Made = Any
THREE_DAYS = {"family": "constant", "mean": "3 d"}


def sick(scenario: Scenario, replication: int = 0) -> Away:
    return sickness(scenario, plan_roster(scenario).agents, clock_of(scenario), 1, replication)


def people(staffed: Made, heads: int, share: str, spell: dict[str, Any] | None = None, days: int = 364) -> Scenario:
    law = spell or {"family": "lognormal", "mean": "3 d", "cv": 1.0}
    scenario: Scenario = staffed(flat={"here": {"tier1": heads}}, days=days, zone="UTC")
    return scenario.with_({"people.sickness": {"share": share, "spell": law}})


def sick_at(times: Away, instant: int) -> int:
    return int(((times.start <= instant) & (times.end > instant)).sum())


# ---- on duty


def test_who_falls_sick_on_duty_goes_at_once(days_at: Made, sampled: Made) -> None:
    changes = {
        "people.sickness": {"share": "30 %", "spell": {"family": "constant", "mean": "30 h"}},
        "staffing.pauses.lunch": {"after": "4 h", "length": "30 min"},
        "policy.handover.overlap": "30 min",
    }
    scenario = days_at({"a": ("D", 20)}, changes, days=28)
    roster, clock = sampled(scenario), clock_of(scenario)
    times = sick(scenario)
    s = roster.segments
    goes = np.isin(s.end, times.start)
    assert goes.sum() > 10
    assert not s.pause[goes].any()
    assert (s.hard_end[goes] == s.end[goes]).all()
    for agent, start, end in zip(*(column.tolist() for column in times[:3]), strict=True):
        mine = s.agent == agent
        assert not (mine & (s.start < end) & (s.end > start)).any()
    told = roster.absences
    assert set(told.reason.tolist()) == {Reason.SICKNESS}
    lost = int((told.end - told.start).sum())
    assert lost == sum(
        max(0, min(end, n * DAY + until * HOUR // 2) - max(start, n * DAY + since * HOUR // 2))
        for start, end in zip(times.start.tolist(), times.end.tolist(), strict=True)
        for n in range(clock.end // DAY)
        for since, until in ((16, 24), (25, 32))  # half hours of the day: lunch is at 12:00
    )


def test_who_never_ends_a_duty_falls_sick_and_comes_back(staffed: Made, sampled: Made) -> None:
    s = sampled(people(staffed, 1, "30 %", THREE_DAYS)).segments
    assert len(s) > 20
    assert s.end[-1] == FOREVER
    gaps = s.start[1:] - s.end[:-1]
    assert (gaps[: len(gaps) - 1] >= 3 * DAY).all()


# ---- in the long run


@pytest.mark.parametrize(
    "spell",
    [
        THREE_DAYS,
        {"family": "lognormal", "mean": "3 d", "cv": 1.0},
        {"family": "exponential", "mean": "2 d", "longest": "3 d"},
        {"family": "empirical", "values": ["1 d", "1 d", "10 d"]},
    ],
    ids=lambda law: law["family"],
)
def test_the_long_run_share_is_what_is_asked_for(staffed: Made, spell: dict[str, Any]) -> None:
    """Over 300 people and a year: about 3,650 spells a tenth of the time, so within a few per cent of 10 %."""
    scenario = people(staffed, 300, "10 %", spell)
    times, end = sick(scenario), 364 * DAY
    share = (np.minimum(times.end, end) - np.maximum(times.start, 0)).sum() / (300 * end)
    assert share == pytest.approx(0.10, abs=0.006)


@pytest.mark.parametrize("day", [0, 1, 5, 300])
def test_every_day_is_like_the_others_from_the_first_on(staffed: Made, day: int) -> None:
    """1,000 people, a fifth of whom are sick: 200, with a standard deviation of 13."""
    times = sick(people(staffed, 1000, "20 %", {"family": "lognormal", "mean": "3 d", "cv": 2.0}, days=301))
    assert abs(sick_at(times, day * DAY) - 200) < 40


def test_the_spell_at_the_start_is_one_that_lasts_long(staffed: Made) -> None:
    """An instant meets spells by their length: of those of 1 d and 9 d, equally many, nine in ten are of 9 d."""
    law = {"family": "empirical", "values": ["1 d", "9 d"]}
    times = sick(people(staffed, 1000, "50 %", law, days=28))
    first = times.end[(times.start <= 0) & (times.end > 0)] - times.start[(times.start <= 0) & (times.end > 0)]
    assert set(first.tolist()) == {1 * DAY, 9 * DAY}
    assert np.mean(first == 9 * DAY) == pytest.approx(0.9, abs=0.05)


def test_spells_last_as_they_are_drawn_and_healthy_times_between_are_exponential(staffed: Made) -> None:
    """A tenth of the time in spells of 3 d leaves 27 d between two, on average and as a standard deviation."""
    times = sick(people(staffed, 200, "10 %", THREE_DAYS))
    assert ((times.end - times.start) == 3 * DAY).all()
    order = np.lexsort((times.start, times.agent))
    agent, start, end = times.agent[order], times.start[order], times.end[order]
    healthy = (start[1:] - end[:-1])[agent[1:] == agent[:-1]] / DAY
    assert healthy.min() >= 0
    assert healthy.mean() == pytest.approx(27, rel=0.1)
    assert healthy.std() == pytest.approx(27, rel=0.15)


# ---- who moves whom


def test_others_move_nobody(staffed: Made) -> None:
    few, many = (sick(people(staffed, heads, "10 %")) for heads in (3, 30))
    mine = many.agent < 3
    assert sorted(zip(many.agent[mine], many.start[mine], many.end[mine], strict=True)) == sorted(
        zip(few.agent, few.start, few.end, strict=True)
    )


def test_a_longer_run_begins_like_a_short_one(staffed: Made) -> None:
    short, long = (sick(people(staffed, 20, "10 %", days=days)) for days in (28, 280))
    within = long.start < 28 * DAY
    assert sorted(long.start[within].tolist()) == sorted(short.start.tolist())


def test_the_next_day_of_nobody_depends_on_how_many_spells_another_has(staffed: Made) -> None:
    """Short spells for most of the time: more columns are drawn for all, and the first stay as they are."""
    often = {"family": "constant", "mean": "1 h"}
    few, many = (sick(people(staffed, heads, "90 %", often, days=14)) for heads in (1, 100))
    assert many.start[many.agent == 0].tolist() == few.start.tolist()


def test_every_replication_draws_anew_and_repeats(staffed: Made) -> None:
    scenario = people(staffed, 20, "10 %")
    assert sick(scenario, 3).start.tolist() == sick(scenario, 3).start.tolist()
    assert sick(scenario, 3).start.tolist() != sick(scenario, 4).start.tolist()


def test_nobody_is_sick_for_none_of_the_time_and_the_lead_never(staffed: Made) -> None:
    assert len(sick(people(staffed, 20, "0 %")).agent) == 0
    with_lead = people(staffed, 2, "90 %").with_({"oncall": {"tier": "tier1", "lead": "here"}})
    assert set(sick(with_lead).agent.tolist()) == {0, 1}
