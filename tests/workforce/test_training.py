"""Training: a duty of every period, from its start on; by hand, on a day on which clocks change, and how often."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.clock import DAY, HOUR
from sim.scenario.days_off import clock_of
from sim.workforce.roster import FOREVER, Reason

Made = Any


def training(every: str = "week", lasts: str = "2 h", **keys: Any) -> dict[str, Any]:
    return {"people.training.skills": {"every": every, "lasts": lasts, **keys}}


def test_once_a_week_a_duty_begins_two_hours_later(days_at: Made, sampled: Made, told: Made, lost: Made) -> None:
    scenario = days_at({"a": ("D", 1)}, training(), days=28)
    roster = sampled(scenario)
    lines = told(scenario, roster)
    assert len(lines) == 28
    late = [line[:5] for line in lines if line[6:] == "10:00-16:00"]
    assert [line for line in lines if line[6:] != "10:00-16:00"] == [
        f"{day} 08:00-16:00" for day in (line[:5] for line in lines) if day not in late
    ]
    week = [(int(day[:2]) - 3) * 31 + int(day[3:]) - 2 for day in late]
    assert [day // 7 for day in week] == [0, 1, 2, 3]
    assert lost(scenario, roster) == [f"{day} 08:00-10:00 training" for day in late]


def test_it_takes_what_the_duty_has_where_that_is_less(days_at: Made, sampled: Made, told: Made, lost: Made) -> None:
    """The duty before keeps its overlap."""
    changes = {**training("month", "10 h"), "policy.handover.overlap": "30 min"}
    scenario = days_at({"a": ("D", 1)}, changes, start="2026-03-01", days=31)
    (span,) = lost(scenario, sampled(scenario))
    assert span[6:] == "08:00-16:00 training"
    lines = told(scenario, sampled(scenario))
    assert len(lines) == 30
    assert all(line[6:] == "08:00-16:00 +30" for line in lines)


def test_a_pause_within_it_is_none_and_one_after_it_stays(days_at: Made, sampled: Made, told: Made, lost: Made) -> None:
    pauses = {"early": {"after": "1 h", "length": "30 min"}, "late": {"after": "4 h", "length": "30 min"}}
    scenario = days_at({"a": ("D", 1)}, {**training(), "staffing.pauses": pauses}, days=7)
    roster = sampled(scenario)
    spans = lost(scenario, roster)
    assert [span[6:] for span in spans] == ["08:00-09:00 training", "09:30-10:00 training"]
    assert [line[6:] for line in told(scenario, roster, date=spans[0][:5])] == ["10:00-12:00 pause", "12:30-16:00"]


def test_it_counts_from_the_start_of_the_duty_also_when_clocks_change(
    days_at: Made, shifts: Made, sampled: Made, lost: Made
) -> None:
    """Nights in Los Angeles begin at 22:00: at 06:00 UTC up to that of 7 March, at 05:00 after it."""
    changes = training("week", "3 h")
    scenario = days_at(
        {"a": ("N", 20)}, changes, start="2026-03-02", days=14, zone="America/Los_Angeles", shifts=shifts["evening"]
    )
    roster = sampled(scenario)
    spans = [span for agent in range(20) for span in lost(scenario, roster, agent)]
    assert {span[6:] for span in spans if span < "03-09"} == {"06:00-09:00 training"}
    assert {span[6:] for span in spans if "03-09 05" <= span < "03-16"} == {"05:00-08:00 training"}
    assert any(span.startswith("03-08") for span in spans)


def test_periods_without_a_duty_have_no_training(days_at: Made, sampled: Made, lost: Made) -> None:
    """A week on, a week off: 3 and 17 March are in weeks on."""
    scenario = days_at({"a": ("7D 7O", 1)}, training(), days=28)
    days = [int(span[3:5]) for span in lost(scenario, sampled(scenario))]
    assert len(days) == 2
    assert len({(day - 2) // 7 for day in days}) == 2


def test_nobody_is_trained_on_vacation(days_at: Made, sampled: Made) -> None:
    """Three weeks of the month are vacation for half of the people, and still everybody is trained once."""
    seasons = {
        "never": {"start": "2025-12-29", "end": "2027-01-03", "weight": 0},
        "march": {"start": "2026-03-02", "end": "2026-03-22", "weight": 1},
    }
    vacation = {"people.vacation": {"weeks": 3, "at_most": "50 %", "seasons": seasons}}
    scenario = days_at({"a": ("D", 20)}, {**training("month"), **vacation}, start="2026-03-01", days=31)
    absences = sampled(scenario).absences
    trained = absences.agent[absences.reason == Reason.TRAINING]
    assert sorted(trained.tolist()) == list(range(20))
    assert (absences.reason == Reason.VACATION).sum() == 10 * 21


def test_only_the_roles_that_are_named_are_trained(staffed: Made, sampled: Made) -> None:
    crew = {"a": {"pattern": "5D 2O", "headcount": {"tier1": 3, "tier2": 4}}}
    scenario = staffed(crew, days=7).with_(training(roles=["tier2"]))
    roster = sampled(scenario)
    assert sorted(roster.absences.agent.tolist()) == [3, 4, 5, 6]


def test_who_never_ends_a_duty_is_trained_from_midnight_on(staffed: Made, sampled: Made) -> None:
    """The first days of March of Singapore, whose midnight is at 16:00 UTC."""
    scenario = staffed(flat={"here": {"tier1": 1}}, zone="Asia/Singapore", days=28).with_(training("week", "3 h"))
    roster = sampled(scenario)
    s, a = roster.segments, roster.absences
    assert (a.start[a.start > 0] % DAY == 16 * HOUR).all()
    assert len(a) == 4
    assert s.pause.tolist() == [True] * (len(s) - 1) + [False]
    assert s.end[-1] == FOREVER


@pytest.mark.parametrize(("every", "days"), [("month", 31), ("quarter", 90), ("year", 365)])
def test_of_a_period_just_the_part_that_the_run_has_is_seen(
    days_at: Made, sampled: Made, every: str, days: int
) -> None:
    """400 people, 14 days: so many would be trained in these days if all were, somewhere in the period."""
    scenario = days_at({"a": ("D", 400)}, training(every), start="2026-03-10", days=14)
    share = 14 / days
    expected, spread = 400 * share, (400 * share * (1 - share)) ** 0.5
    absences = sampled(scenario).absences
    assert abs(len(absences) - expected) < 4 * spread
    assert len(set(absences.agent.tolist())) == len(absences)


def test_the_part_of_a_period_agrees_with_the_whole(days_at: Made, sampled: Made) -> None:
    def instants(start: str, days: int) -> set[tuple[int, int]]:
        scenario = days_at({"a": ("5D 2O", 30)}, training("quarter"), start=start, days=days)
        roster, clock = sampled(scenario), clock_of(scenario)
        starts = (roster.absences.start + clock.origin).tolist()
        return set(zip(roster.absences.agent.tolist(), starts, strict=True))

    whole, part = instants("2026-01-01", 90), instants("2026-02-02", 28)
    first, last = (int(np.datetime64(day, "ms").astype(np.int64)) for day in ("2026-02-02", "2026-03-02"))
    inside = {each for each in whole if first + 3 * DAY <= each[1] < last - 3 * DAY}
    assert len(whole) == 30
    assert inside <= part
    assert inside


def test_others_and_other_trainings_move_nobody(days_at: Made, sampled: Made) -> None:
    few = days_at({"a": ("D", 3)}, training(), days=28)
    more = few.with_({"staffing.crews.b": {"pattern": "D", "headcount": {"tier1": 4}}})
    others = {"pattern": "D", "headcount": {"tier2": 2}}
    training_of_others = {"every": "month", "lasts": "1 h", "roles": ["tier2"]}
    other = few.with_({"staffing.crews.c": others, "people.training.more": training_of_others})
    expected = sampled(few).absences.start.tolist()
    found = sampled(more).absences
    assert found.start[found.agent < 3].tolist() == expected
    with_others = sampled(other).absences
    assert with_others.start[with_others.agent < 3].tolist() == expected
    assert (with_others.agent >= 3).any()
