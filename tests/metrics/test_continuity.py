"""What disruptions do to the service, worked out by hand. Minutes; the day is from 0 to 1440."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sim.engine.journal import NOBODY, State
from sim.workload.tape import TaskKind

if TYPE_CHECKING:
    from collections.abc import Callable

P1_AND_P2 = 0b0011


@pytest.fixture(scope="module")
def there(desk: Any, eventful: Callable[[Any], Any]) -> Any:
    return eventful(desk)


def served(log: Any, created: float, *, late: bool = False, wait: float = 0, **columns: Any) -> int:
    """A ticket with a response due within 10 min, started after `wait`."""
    wait = 30 if late else wait
    ticket: int = log.ticket(created, respond_by=created + 10, started=created + wait, **columns)
    log.work(ticket, created, created + wait, created + wait + 5, agent=1, duty=NOBODY)
    return ticket


def measured(there: Any, log: Any, name: str = "power") -> dict[str, float]:
    table = there.table("continuity_by_disruption", log.journals())
    mine = table[table["disruption"] == name]
    return dict(zip(mine["measure"], mine["mean"], strict=True))


def test_the_service_is_back_when_those_who_come_are_served_in_time_again(there: Any, log: Any) -> None:
    for created in range(0, 1440, 15):
        served(log, created, late=400 <= created < 555)
    log.disruption(400, 460)
    # The target is 95 %, and before all were in time: of the 16 tickets of 4 h none may be late. The last one that is
    # comes at 540; one looks at 460, 475 and so on, and finds none from 550 on.
    assert measured(there, log)["recovery"] == 90
    assert there.figure("continuity.recovery", log.journals()) == 90


def test_it_is_back_at_once_where_it_was_no_better_before(there: Any, log: Any) -> None:
    for created in range(0, 1440, 15):
        served(log, created, late=created % 30 == 0)
    log.disruption(400, 460)
    assert measured(there, log)["recovery"] == 0
    assert measured(there, log)["unrecovered"] == 0


def test_it_is_back_at_once_where_nobody_comes(there: Any, log: Any) -> None:
    served(log, 10)
    log.disruption(400, 460)
    assert measured(there, log)["recovery"] == 0


def test_what_is_not_back_by_the_end_counts_until_then(there: Any, log: Any) -> None:
    for created in range(0, 1440, 15):
        served(log, created, late=created >= 400)
    log.disruption(400, 460)
    log.disruption(410, 2000)  # not over yet: nothing can be told of it
    found = measured(there, log)
    assert (found["recovery"], found["unrecovered"], found["occurrences"]) == (1440 - 460, 100, 2)


@pytest.mark.parametrize(("ends", "judged"), [(1200, True), (1201, False), (1439, False)])
def test_what_ends_less_than_the_look_ahead_before_the_run_is_not_judged(
    there: Any, log: Any, ends: float, judged: bool
) -> None:
    """All goes well: 4 h before the end of the run the service is back at once; later nobody can tell."""
    for created in range(0, 1440, 15):
        served(log, created)
    log.disruption(400, ends)
    found = measured(there, log)
    assert found["occurrences"] == 1
    assert (found["recovery"] == 0, found["unrecovered"] == 0) == (judged, judged)
    assert there.figure("continuity.recovery", log.journals()) == (0 if judged else None)


def test_tickets_that_the_disruption_makes_late_do_not_lower_the_bar(there: Any, log: Any) -> None:
    """The responses to those created in the last 10 min before it fall due in it: they are none of the time before."""
    for created in range(0, 390, 15):
        served(log, created)
    for created in range(390, 400):
        served(log, created, late=True)
    for created in range(460, 1440, 15):
        served(log, created, late=created < 1000 and created % 30 == 10)
    log.disruption(400, 460)
    # Before, all were in time. Half of those who come are late up to 970, and one looks at 985 first after that.
    assert measured(there, log)["recovery"] == 985 - 460


def test_what_was_late_before_it_began_lowers_the_bar(there: Any, log: Any) -> None:
    for created in range(0, 1440, 15):
        served(log, created, late=created % 30 == 15)
    log.disruption(386, 460)  # the last before fell due 1 min ago; nobody has begun on it
    assert measured(there, log)["recovery"] == 0


def test_there_is_no_recovery_where_nothing_was_promised(there: Any, log: Any) -> None:
    log.work(log.ticket(10, priority=3, started=20), 10, 20, 30, agent=1, duty=NOBODY)
    log.disruption(400, 460)
    found = measured(there, log)
    assert found["recovery"] != found["recovery"]  # NaN
    assert there.figure("continuity.recovery", log.journals()) is None
    assert there.figure("continuity.backlog_peak", log.journals()) == 0


def test_what_was_given_up_in_time_or_is_undecided_says_nothing(there: Any, log: Any) -> None:
    for created in range(0, 400, 15):
        served(log, created)
    for created in range(461, 480):  # all of these would be late
        log.ticket(created, respond_by=created + 10, abandoned=created + 5, state=State.ABANDONED)
    log.ticket(470, respond_by=1440)
    log.disruption(400, 460)
    assert measured(there, log)["recovery"] == 0
    log.ticket(470, respond_by=1439)
    assert measured(there, log)["recovery"] == 15  # from 475 on it is no longer among those who come


def test_the_backlog_is_counted_above_what_waited_before(there: Any, log: Any) -> None:
    served(log, 390, wait=60)
    served(log, 395, wait=40)
    for created in (410, 420, 430):
        served(log, created, late=True)
    served(log, 440, wait=5)
    log.disruption(400, 460)
    # 2 wait before; at 430 all three of the disruption, and both from before; at 435 one of those, at 440 two go.
    assert measured(there, log)["backlog_peak"] == 3
    assert there.figure("continuity.backlog_peak", log.journals()) == 3


def test_parallel_tasks_outsiders_emergencies_and_the_chain_are_no_backlog(there: Any, log: Any) -> None:
    ticket = log.ticket(410, started=420)
    log.work(ticket, 410, 420, 425, agent=1, duty=NOBODY)
    log.work(ticket, 410, 422, 425, task=1, agent=2, duty=NOBODY)
    emergency = log.emergency(410)
    log.work(emergency, 410)
    log.work(emergency, 410, task=1, kind=TaskKind.OUTSIDE)
    log.step(emergency, 2, 410)
    log.disruption(400, 460)
    assert measured(there, log)["backlog_peak"] == 1


def test_who_is_deferred_comes_back_or_waits_still(there: Any, log: Any) -> None:
    crisis = {"entry": 1, "serves": P1_AND_P2}
    log.disruption(400, 460, **crisis)
    served(log, 410, wait=90)  # deferred, and served afterwards
    waits = log.ticket(420)  # deferred, and waiting still
    log.work(waits, 420)
    gone = log.ticket(430, abandoned=470, state=State.ABANDONED)
    log.work(gone, 430, None, 470)
    served(log, 390, wait=5)  # done before
    served(log, 380, wait=20)  # begun in the very instant in which it ends to be served
    served(log, 460, wait=5)  # came afterwards
    served(log, 410, wait=10, priority=1)  # is served all the while
    found = measured(there, log, "crisis")
    assert (found["deferred"], found["came_back"], found["still_waiting"]) == (3, pytest.approx(200 / 3), 1)
    assert there.figure("continuity.deferred", log.journals()) == 3


def test_work_that_was_stopped_and_put_off_has_come_back_only_when_it_goes_on(there: Any, log: Any) -> None:
    log.disruption(400, 460, entry=1, serves=P1_AND_P2)
    ticket = log.ticket(380, started=390)
    log.work(ticket, 380, 390, 410, agent=1, duty=NOBODY)
    log.work(ticket, 410)
    assert measured(there, log, "crisis")["still_waiting"] == 1


def test_occurrences_are_those_that_begin_in_the_window_threats_and_drills_apart(there: Any, log: Any) -> None:
    served(log, 10)
    log.disruption(-10, 20)
    log.disruption(30, 40)
    log.disruption(30, 40, region=1)
    log.disruption(50, 60, drill=1)
    log.disruption(1440, 1450)
    table = there.table("continuity_by_disruption", log.journals()).query("measure == 'occurrences'")
    assert dict(zip(table["disruption"], table["mean"], strict=True)) == {"power": 2, "crisis": 0, "failover": 1}


def test_the_service_over_time(there: Any, log: Any) -> None:
    served(log, 30, wait=6)
    served(log, 90, late=True)
    log.emergency(60, resolved=90)
    log.disruption(45, 75)
    log.disruption(50, 60, region=1)
    table = there.table("continuity_by_time", log.journals()).pivot_table(
        index="time", columns="measure", values="mean"
    )
    day = table.loc["2026-03-02"]
    assert day["waiting"].tolist()[:3] == [0.1, 0.5, 0]
    assert day["response"].tolist()[:2] == [50, 0]
    assert day["disrupted"].tolist()[:3] == [25, 25, 0]
    assert day["emergencies"].tolist()[:3] == [0, 0.5, 0]


def test_more_waiting_never_makes_a_smaller_backlog(there: Any, make_desk: Any, invent: Any) -> None:
    """A disruption that lasts longer has a peak at least as high."""
    journals = invent(make_desk(), 3, per_duty=12)
    peaks = []
    for hours in (1, 3, 9):
        log = there.log()
        log.rows |= {"tickets": [], "work": []}
        log.disruption(300, 300 + 60 * hours)
        disruptions = log.journals().disruptions
        run = type(journals)(**{**{f: getattr(journals, f) for f in journals.__slots__}, "disruptions": disruptions})
        peaks.append(there.figure("continuity.backlog_peak", run))
    assert peaks == sorted(peaks)
    assert peaks[-1] > 0
