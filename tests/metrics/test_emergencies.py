"""Emergencies and the communication chain, worked out by hand. Minutes; the day is from 0 to 1440."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sim.engine.journal import How, Why
from sim.workload.tape import Kind, TaskKind

if TYPE_CHECKING:
    from collections.abc import Callable

NEW = (
    "emergencies.count", "emergencies.response.mean", "emergencies.resolution.mean", "emergencies.open",
    "communication.on_time", "continuity.recovery", "continuity.backlog_peak", "continuity.deferred",
    "people.absence", "people.vacation", "rest.shortened", "rest.lost",
)  # fmt: skip


@pytest.fixture(scope="module")
def there(desk: Any, eventful: Callable[[Any], Any]) -> Any:
    return eventful(desk)


def test_no_figure_where_the_scenario_has_no_such_thing(desk: Any, log: Any) -> None:
    log.duty(0, 480)
    figures = desk.figures(log.journals())
    assert {name: figures[name]["mean"] for name in NEW} == dict.fromkeys(NEW)


def test_counts_are_zero_and_means_missing_where_nothing_has_happened(there: Any, log: Any) -> None:
    log.duty(0, 480)
    figures = {name: record["mean"] for name, record in there.figures(log.journals()).items() if name in NEW}
    zero = ("emergencies.count", "emergencies.open", "people.absence", "people.vacation", "rest.shortened", "rest.lost")
    assert figures == {**dict.fromkeys(NEW), **dict.fromkeys(zero, 0)}


def test_times_of_emergencies(there: Any, log: Any) -> None:
    log.emergency(10, started=14, resolved=70)
    log.emergency(20, started=30, emergency=1)
    log.emergency(-30, started=-20, resolved=40)  # it began in the warm-up
    log.ticket(15, priority=0, started=800, resolved=900)
    journals = log.journals()
    figures = there.figures(journals)
    assert figures["emergencies.count"]["mean"] == 2
    assert figures["emergencies.response.mean"]["mean"] == (4 + 10) / 2
    assert figures["emergencies.resolution.mean"]["mean"] == 60
    assert figures["emergencies.open"]["mean"] == 1
    assert there.cell("emergencies_by_type", "count", journals, emergency="outage") == 1
    assert there.cell("emergencies_by_type", "response", journals, emergency="breach") == 10


def test_emergencies_are_open_incidents_and_in_no_figure_of_tickets(there: Any, log: Any) -> None:
    log.emergency(0, started=720, resolved=720, respond_by=15, resolve_by=240)
    log.work(0, 0, 0, 720, tier=2)
    journals = log.journals()
    figures = {name: record["mean"] for name, record in there.figures(journals).items()}
    assert figures["incidents.open"] == 0.5
    assert figures["tickets.count"] == figures["tickets.active"] == 0
    assert {figures[name] for name in ("sla.response.P1", "sla.resolution.P1", "response.mean", "reopened", "fcr")} == {
        None
    }
    assert figures["resolution.rate"] is None
    assert there.cell("sla_by_kind", "response.due", journals, kind="emergency") == 1
    assert there.cell("sla_by_kind", "response", journals, kind="emergency") == 0


@pytest.mark.parametrize(("start", "share"), [(20, 100), (20.1, 0), (None, 0)])
def test_a_step_is_on_time_at_the_end_of_its_time_and_late_where_nobody_begins(
    there: Any, log: Any, start: float | None, share: float
) -> None:
    log.step(log.emergency(0), 1, 15, start)
    assert there.figure("communication.on_time", log.journals()) == share


def test_steps_are_known_by_when_they_fall_due(there: Any, log: Any) -> None:
    log.step(first := log.emergency(100), 2, 100, 101)  # the second of the scenario is due at once
    log.step(first, 1, 115, 125)
    p1 = log.ticket(0, priority=0, critical=60)  # it became an emergency: the chain begins then
    log.step(p1, 4, 60, 62, why_queued=Why.CRITICAL)
    journals = log.journals()
    assert there.cell("communication_by_step", "due", journals, step="team") == 2
    assert there.cell("communication_by_step", "on_time", journals, step="team") == 100
    assert there.cell("communication_by_step", "delay", journals, step="team") == 1.5
    assert there.cell("communication_by_step", "on_time", journals, step="stakeholders") == 0
    assert there.cell("communication_by_step", "delay", journals, step="stakeholders") == 10
    assert there.figure("communication.on_time", journals) == pytest.approx(200 / 3)


def test_a_step_that_is_interrupted_was_begun_when_it_was_first(there: Any, log: Any) -> None:
    emergency = log.emergency(0)
    log.step(emergency, 1, 0, 3, how_ended=How.PREEMPTED)
    log.step(emergency, 1, 8, 100, why_queued=Why.PREEMPTED)
    assert there.figure("communication.on_time", log.journals()) == 100
    assert there.cell("communication_by_step", "due", log.journals(), step="team") == 1


def test_a_step_counts_where_its_time_ends_in_the_window(there: Any, log: Any) -> None:
    log.step(log.emergency(-4), 1, -4, 0)
    log.step(log.emergency(1436), 1, 1436)
    assert there.figure("communication.on_time", log.journals()) == 100


def test_outsiders_work_for_nobody_and_wait_in_no_line(there: Any, log: Any) -> None:
    log.duty(0, 480)
    emergency = log.emergency(0, started=0, resolved=300)
    log.work(emergency, 0, 0, 60)
    log.work(emergency, 0, 0, 300, task=1, kind=TaskKind.OUTSIDE, agent=-1, duty=-1)
    log.step(emergency, 2, 0, 30)
    journals = log.journals()
    assert there.cell("time_by_agent", "occupied", journals, agent=0) == 1
    assert there.cell("time_by_agent", "occupied", journals, agent=9) == 0  # not on duty, but at work all the same
    assert there.table("time_by_agent", journals)["mean"].sum() == 8 + 1
    assert there.figure("wait.mean", journals) == 0
    assert there.figure("wait.probability", journals) == 0


def test_the_chain_keeps_no_ticket_and_spoils_no_first_contact(there: Any, log: Any) -> None:
    log.duty(0, 480)
    p1 = log.ticket(0, priority=0, started=0, resolved=60, critical=30)
    log.work(p1, 0, 0, 60)
    log.step(p1, 1, 30, 700)
    p2 = log.ticket(0, priority=1, started=0, resolved=60)
    log.work(p2, 0, 0, 60)
    log.step(p2, 1, 0, 10)
    figures = there.figures(log.journals())
    assert figures["tickets.active"]["mean"] == pytest.approx(2 * 60 / 1440)
    assert figures["fcr"]["mean"] == 100


def test_managers_and_coordinators_are_in_hours_and_in_nothing_of_tiers(there: Any, log: Any) -> None:
    log.duty(0, 480)
    log.duty(0, 240, agent=1, tier=4)
    log.duty(0, 120, agent=9, tier=5, region=1)
    log.step(log.emergency(0, served_by=1), 1, 0, 60, duty=2)
    log.work(0, 0, None, 240, task=2, tier=4, kind=TaskKind.ASSIST, how_ended=How.DROPPED)
    journals = log.journals()
    assert there.cell("time_by_role", "on_duty", journals, role="manager") == 4
    assert there.cell("time_by_role", "occupied", journals, role="coordinator") == pytest.approx(5 / 60)
    assert there.cell("utilization_by_agent", "utilization", journals, agent=9) == pytest.approx(500 / 120)
    assert there.cell("utilization_by_region", "on_duty", journals, region="americas") == 8
    assert there.cell("utilization_by_region", "on_duty", journals, region="europe") == 0
    assert there.table("time_by_tier", journals).query("measure == 'on_duty'")["mean"].tolist() == [8, 0, 0, 0]
    staffing = there.table("staffing_by_region_hour", journals).query("measure == 'on_duty'")
    assert staffing["mean"].sum() == 8
    for name in ("waits_by_tier", "backlog_by_time_tier", "staffing_by_region_hour_tier"):
        assert there.table(name, journals)["tier"].nunique() == 4
    waiting = there.table("backlog_by_time_tier", journals).query("measure == 'waiting'")
    assert waiting["mean"].sum() == 0


@pytest.mark.parametrize(("tier", "people"), [(0, 1), (4, 0), (5, 0), (6, 1)])
def test_managers_and_coordinators_have_indicators_and_no_light(there: Any, log: Any, tier: int, people: int) -> None:
    log.duty(0, 480, agent=1, tier=tier)
    log.page(log.ticket(), 600, agent=1)  # 02:00 where they live
    journals = log.journals()
    table = there.table("burnout_by_agent", journals)
    one = table[table["agent"] == 1].set_index("measure")
    assert (one["mean"]["hours_7_days"], one["mean"]["sleep_pages"]) == (8, 7)
    assert one["light"].notna().sum() == people
    assert there.figure("burnout.people_over_limit", journals) == people
    assert there.figure("hours.week.max", journals) == 8


def test_kinds_have_their_names(there: Any, log: Any) -> None:
    log.emergency()
    kinds = there.table("sla_by_kind", log.journals())["kind"].unique().tolist()
    assert kinds == [kind.name.lower() for kind in Kind]
