"""Who is paged about what, and the draws behind the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.clock import HOUR, MINUTE, NEVER
from sim.scenario.oncall import OnCall
from sim.workload.durations import quantile
from sim.workload.paging import WORDS, pages
from sim.workload.sample import sample_workload
from sim.workload.tape import CHAIN, NO_PAGES, Filter, Kind, Workload

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.scenario.schema import Scenario
    from sim.workload.paging import Pages
    from tests.workload.conftest import TicketsOf

PAGES = ("page_ppm", "page_awake", "page_asleep")
PAGED = {"page_at", *PAGES}


def made(oncall: OnCall | None, rows: list[tuple[str, int, int, int | None]], word: int = 0) -> Pages:
    """Pages of tickets by hand: (what, priority as people count it, created, visible), the same bits for all."""
    kind, priority, created, visible = zip(*rows, strict=True)
    calls = np.flatnonzero([k == "emergency" for k in kind])
    return pages(
        oncall,
        np.array([Kind[k.upper()] for k in kind], dtype=np.uint8),
        np.array(priority, dtype=np.uint8) - 1,
        np.array(created, dtype=np.int64),
        np.array([NEVER if v is None else v for v in visible], dtype=np.int64),
        calls,
        lambda tickets: np.full((len(tickets), WORDS), word, dtype=np.uint64),
    )


ROWS: list[tuple[str, int, int, int | None]] = [
    ("alert", 1, 10, 10), ("alert", 2, 20, 50), ("alert", 3, 30, 30), ("alert", 4, 40, 40),
    ("ticket", 1, 50, 50), ("ticket", 2, 60, 60), ("ticket", 3, 70, 70), ("ticket", 4, 80, 80),
    ("alert", 1, 90, None), ("alert", 3, 100, None), ("alert", 3, 110, 110 + HOUR), ("alert", 3, 120, 119 + 2 * HOUR),
]  # fmt: skip


def test_urgent_alerts_page_on_arrival_and_p3_alerts_when_they_are_late() -> None:
    found = made(OnCall(), ROWS)
    late = 30 + HOUR
    assert found.at.tolist() == [
        10, 50, late, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, 111 + HOUR, 120 + 2 * HOUR]  # fmt: skip


def test_rows_are_those_of_all_that_may_page_in_the_order_of_the_tickets() -> None:
    found = made(OnCall(), ROWS)
    no = NO_PAGES
    assert found.row.tolist() == [0, 1, 2, no, 3, 4, no, no, no, no, 5, 6]
    assert {found.ppm.shape, found.awake.shape, found.asleep.shape} == {(7, CHAIN)}


def test_without_a_time_for_late_alerts_they_page_nobody() -> None:
    found = made(OnCall(late_alert=None), ROWS)
    no = NO_PAGES
    assert found.row.tolist() == [0, 1, no, no, 2, 3, no, no, no, no, no, no]
    assert found.at.tolist() == [10, 50, *[NEVER] * 10]


def test_without_anybody_on_call_nobody_is_paged() -> None:
    found = made(None, ROWS)
    assert (found.at == NEVER).all()
    assert (found.row == NO_PAGES).all()
    assert {found.ppm.shape, found.awake.shape, found.asleep.shape} == {(0, CHAIN)}


def pair(chance: int, delay: int) -> int:
    """A word that holds the same chance and delay for two pages."""
    return (chance | delay << 16) * (1 + (1 << 32))


@pytest.mark.parametrize(("chance", "ppm"), [(0, 7), (1, 22), (1 << 15, 500_007), ((1 << 16) - 1, 999_992)])
def test_sixteen_bits_are_a_chance_in_millionths(chance: int, ppm: int) -> None:
    """The middle of one of 65,536 parts, rounded down: half a part is 7.6 millionths."""
    assert (made(OnCall(), ROWS[:1], pair(chance, 77)).ppm == ppm).all()


@pytest.mark.parametrize("delay", [0, 1, 1 << 15, (1 << 16) - 1])
def test_sixteen_bits_are_the_quantile_of_both_delays(delay: int) -> None:
    laws: dict[str, Any] = {
        "awake": {"delay": {"family": "exponential", "mean": "2 min"}},
        "asleep": {"delay": {"family": "lognormal", "mean": "6 min"}},
    }
    oncall = OnCall.model_validate(laws)
    found = made(oncall, ROWS[:1], pair(99, delay))
    u = np.array([(delay + 0.5) / (1 << 16)])
    assert (found.awake == quantile(oncall.awake.delay, u)).all()
    assert (found.asleep == quantile(oncall.asleep.delay, u)).all()
    assert (found.awake >= 1).all()


def test_pages_follow_each_other_in_the_bits_of_the_words() -> None:
    """Two pages a word, the lower half first; of each half the lower bits are the chance."""
    rows = [2 * w * 1000 | 5 << 16 | (2 * w + 1) * 1000 << 32 | 60_000 << 48 for w in range(WORDS)]
    words = np.array([rows], dtype=np.uint64)
    one = np.array([0], dtype=np.uint8)
    instant = np.array([7])
    found = pages(OnCall(), one + Kind.ALERT, one, instant, instant, np.empty(0, dtype=np.int64), lambda tickets: words)
    assert found.ppm[0].tolist() == [(2 * 1000 * step + 1) * 1_000_000 // (1 << 17) for step in range(CHAIN)]
    assert (np.diff(found.awake[0]) != 0).all()
    assert len(set(found.awake[0].tolist())) == 2


# ---- on the tape


def paged(workload: Workload) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = workload.page_row != NO_PAGES
    return mask


def test_rows_on_the_tape(watched: Scenario) -> None:
    workload = sample_workload(watched, 1, 0)
    is_alert, passed = workload.kind == Kind.ALERT, workload.filtered == Filter.PASSED
    urgent = workload.priority <= 1
    assert (paged(workload) == (passed & (urgent | (is_alert & (workload.priority == 2))))).all()
    at_once, late = passed & is_alert & urgent, passed & is_alert & (workload.priority == 2)
    assert at_once.any()
    assert (workload.page_at[at_once] == workload.visible[at_once]).all()
    assert (workload.page_at[late] == np.maximum(workload.created[late] + HOUR, workload.visible[late] + 1)).all()
    assert (workload.page_at[~(at_once | late)] == NEVER).all()


def test_chances_are_even_and_all_draws_independent(watched: Scenario) -> None:
    """Shares and correlations within four and a half standard errors."""
    workload = sample_workload(watched.with_({"regions.north.tickets": "150 per hour"}), 1, 0)
    ppm, awake = workload.page_ppm, workload.page_awake
    assert len(ppm) > 4000
    for edge in (100_000, 500_000, 900_000):
        share = edge / 1e6
        assert abs((ppm < edge).mean() - share) < 4.5 * (share * (1 - share) / ppm.size) ** 0.5
    correlations = np.corrcoef(np.concatenate([ppm, np.log(awake)], axis=1).T) - np.eye(2 * CHAIN)
    assert np.abs(correlations).max() < 4.5 / len(ppm) ** 0.5
    assert np.abs(np.corrcoef(ppm[1:, 0], ppm[:-1, 0])[0, 1]) < 4.5 / len(ppm) ** 0.5
    assert awake.mean() / MINUTE == pytest.approx(2, abs=4.5 * 2 / awake.size**0.5)


def test_who_answers_slowly_awake_answers_slowly_asleep(watched: Scenario) -> None:
    """The same number behind both: the order of the delays is the same, whatever the laws."""
    workload = sample_workload(watched, 1, 0)
    order = np.argsort(workload.page_awake, axis=None, kind="stable")
    asleep = workload.page_asleep.ravel()[order]
    ties = np.diff(workload.page_awake.ravel()[order]) == 0
    assert (np.diff(asleep)[~ties] >= 0).all()
    slower = {"awake.delay": {"mean": "2 min"}, "asleep.delay": {"mean": "5 min"}}
    workload = sample_workload(watched.with_({f"oncall.{key}": law for key, law in slower.items()}), 1, 0)
    assert (workload.page_asleep >= workload.page_awake).all()


def draws_of(scenario: Scenario) -> dict[tuple[str, int], list[int]]:
    """All that chance decides about the pages of each ticket."""
    workload = sample_workload(scenario, 1, 0)
    mine, names = paged(workload), list(scenario.regions)
    keys = zip(workload.region[mine].tolist(), workload.number[mine].tolist(), strict=True)
    rows = np.concatenate([getattr(workload, name) for name in PAGES], axis=1).tolist()
    return {(names[region], number): row for (region, number), row in zip(keys, rows, strict=True)}


@pytest.mark.parametrize(
    "change",
    [
        *({key: None} for key in (
            "demand.monitoring.storms", "demand.monitoring.batch", "demand.monitoring.throttle",
            "demand.monitoring.suppress", "demand.monitoring.review", "work.activation", "work.critical",
            "oncall.late_alert", "regions.north.alerts", "regions.north.tickets",
        )),
        {"regions.east": {"zone": "Asia/Kolkata", "tickets": "9 per hour"}},
        {"demand.scale": 1.5},
        {"demand.scale": 0.5},
        {"horizon.days": 9},
    ],
)  # fmt: skip
def test_draws_stay_when_anything_else_is_changed(watched: Scenario, change: dict[str, Any]) -> None:
    before, after = draws_of(watched), draws_of(watched.with_(change))
    both = before.keys() & after.keys()
    assert len(both) > 50
    assert {key: before[key] for key in both} == {key: after[key] for key in both}


def test_less_demand_leaves_the_draws_of_the_others(watched: Scenario, tickets_of: TicketsOf) -> None:
    keys = {"demand.monitoring.batch": None, "demand.monitoring.throttle": None}
    normal, fewer = (tickets_of(watched.with_({**keys, "demand.scale": scale})) for scale in (1, 0.4))
    assert len(fewer) > 500
    assert {key: normal[key] for key in fewer} == fewer


def test_being_paged_moves_nothing_else(watched: Scenario, tickets_of: TicketsOf) -> None:
    with_pages, without = tickets_of(watched), tickets_of(watched.with_({"oncall": None}))
    assert with_pages.keys() == without.keys()
    for key, ticket in with_pages.items():
        other = without[key]
        assert (ticket.tasks, ticket.stages) == (other.tasks, other.stages)
        assert {k: v for k, v in ticket.columns.items() if k not in PAGED} == {
            k: v for k, v in other.columns.items() if k not in PAGED
        }
        assert other.columns["page_at"] == NEVER


def test_chances_of_answers_and_rounds_are_nothing_to_the_tape(watched: Scenario, tickets_of: TicketsOf) -> None:
    changes = {"oncall.awake.chance": "10 %", "oncall.asleep.chance": "0 %", "oncall.rounds": 1, "oncall.turn": "day"}
    assert tickets_of(watched.with_(changes)) == tickets_of(watched)
