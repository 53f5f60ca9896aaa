"""Ways through the tiers: first with numbers written by hand, one ticket at a time, then shares within their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

from sim.clock import HOUR, MINUTE
from sim.scenario.base import PRIORITIES, TIERS
from sim.scenario.work import Work
from sim.streams import stream
from sim.workload.durations import quantile
from sim.workload.routes import ENTRY, FOLLOW_UP, ONWARD, REOPENED, SLOTS, ways
from sim.workload.tape import TaskKind
from sim.workload.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sim.workload.routes import Draw

MANY = 100_000
MEANS = {"tier1": "10 min", "tier2": "20 min", "tier3": "30 min", "tier4": "40 min"}
FIXED = {tier: {"family": "constant", "mean": mean} for tier, mean in MEANS.items()}
LONG_ROUTE = {"tiers": ("tier1", "tier2", "tier3", "tier4"), "solved": (0.5, 0.4, 0.3)}


class Slots(NamedTuple):
    """Ways of n tickets spread over their slots, (n, SLOTS) each."""

    used: NDArray[np.bool_]
    tier: NDArray[np.uint8]
    wait: NDArray[np.int64]
    handle: NDArray[np.int64]


def spread(tasks: Tasks) -> Slots:
    """The tasks by their slots; every order but that of the slots is found out here."""
    ticket = np.repeat(np.arange(len(tasks.first) - 1), np.diff(tasks.first))
    is_work = tasks.kind == TaskKind.WORK
    before = np.concatenate([[0], np.cumsum(is_work)])
    nth = before[:-1] - before[tasks.first[ticket]]
    slot = np.where(is_work, np.where(nth == 0, ENTRY, ONWARD + nth - 1), FOLLOW_UP)
    slot = np.where(tasks.kind == TaskKind.REOPENED, REOPENED, slot)
    assert (np.diff(ticket * SLOTS + slot) > 0).all()
    assert (tasks.stage == np.arange(len(slot)) - tasks.first[ticket]).all()
    spread_out = [np.zeros((len(tasks.first) - 1, SLOTS), dtype=kind) for kind in (bool, np.uint8, np.int64, np.int64)]
    for column, values in zip(spread_out, (True, tasks.tier, tasks.wait, tasks.handle), strict=True):
        column[ticket, slot] = values
    return Slots(*spread_out)


def work_of(**keys: Any) -> Work:
    return Work.model_validate({"handle": FIXED, **keys})


def drawn_from(table: Callable[[str, int], Any]) -> Draw:
    """Numbers by purpose, of which cells may be picked."""

    def draw(purpose: str, columns: int, cells: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        numbers: NDArray[np.float64] = np.array(table(purpose, columns))
        assert numbers.shape[1] == columns
        return numbers if cells is None else numbers.ravel()[cells]

    return draw


def written(**columns: list[float]) -> Draw:
    """Numbers written by hand for one ticket; where none are written it is solved at once and nothing else happens."""
    return drawn_from(lambda what, n: [columns.get(what.replace(" ", "_"), [0.99 * (what != "solved")] * n)])


def one(work: Work, priority: str, **columns: list[float]) -> Slots:
    return spread(ways(work, np.array([PRIORITIES.index(priority)], dtype=np.uint8), written(**columns)))


def stages(ticket: Slots, row: int = 0) -> list[tuple[int, str, int]]:
    """The stages of a ticket in order: slot, tier, minutes of work."""
    used = np.flatnonzero(ticket.used[row])
    return [(int(k), TIERS[ticket.tier[row, k]], int(ticket.handle[row, k]) // MINUTE) for k in used]


def sampled(work: Work, priorities: NDArray[np.uint8] | str, seed: int = 1) -> Slots:
    if isinstance(priorities, str):
        priorities = np.full(MANY, PRIORITIES.index(priorities), dtype=np.uint8)
    n = len(priorities)
    return spread(ways(work, priorities, drawn_from(lambda what, columns: stream(seed, 0, what).random((n, columns)))))


def assert_share(found: NDArray[np.bool_], share: float) -> None:
    """Within four standard deviations of a binomial share."""
    assert abs(found.mean() - share) <= 4 * (share * (1 - share) / len(found)) ** 0.5


# ---- one ticket


@pytest.mark.parametrize(
    ("priority", "entry", "onward"),
    [("P1", "tier3", "tier4"), ("P2", "tier2", "tier3"), ("P3", "tier1", "tier2")],
)
def test_a_ticket_that_is_not_solved_goes_to_the_next_tier_of_its_route(priority: str, entry: str, onward: str) -> None:
    work = work_of()
    share = work.routes[priority].solved[0]  # type: ignore[index]
    minutes = {tier: int(mean.split()[0]) for tier, mean in MEANS.items()}
    solved = one(work, priority, solved=[np.nextafter(share, 0), 0.99, 0.99])
    passed_on = one(work, priority, solved=[share, 0.99, 0.99])
    assert stages(solved) == [(ENTRY, entry, minutes[entry])]
    assert stages(passed_on) == [(ENTRY, entry, minutes[entry]), (ONWARD, onward, minutes[onward])]


def test_p4_stays_in_tier_one() -> None:
    assert stages(one(work_of(), "P4", solved=[0.999, 0.999, 0.999])) == [(ENTRY, "tier1", 10)]


def test_a_route_through_all_tiers() -> None:
    work = work_of(routes={"P3": LONG_ROUTE})
    all_four = [(ENTRY, "tier1", 10), (ONWARD, "tier2", 20), (ONWARD + 1, "tier3", 30), (ONWARD + 2, "tier4", 40)]
    assert stages(one(work, "P3", solved=[0.5, 0.4, 0.3])) == all_four
    assert stages(one(work, "P3", solved=[0.5, 0.4, 0.29])) == all_four[:3]
    assert stages(one(work, "P3", solved=[0.5, 0.39, 0.9])) == all_four[:2]
    assert stages(one(work, "P3", solved=[0.49, 0.9, 0.9])) == all_four[:1]


def test_the_follow_up_is_done_at_the_entry_tier_after_the_wait_and_before_the_next_tier() -> None:
    work = work_of(customer_wait={"share": 0.2, "duration": {"family": "constant", "mean": "5 h"}})
    ticket = one(work, "P2", customer_wait=[0.19, 0.5], solved=[0.9, 0.9, 0.9])
    assert stages(ticket) == [(ENTRY, "tier2", 20), (FOLLOW_UP, "tier2", 20), (ONWARD, "tier3", 30)]
    assert ticket.wait[0].tolist() == [0, 5 * HOUR, 0, 0, 0, 0]
    assert stages(one(work, "P2", customer_wait=[0.2, 0.5])) == stages(one(work_of(), "P2"))
    assert not one(work, "P2", customer_wait=[0.2, 0.5]).wait.any()


@pytest.mark.parametrize(
    ("solved", "last"),
    [([0.1, 0.9, 0.9], "tier1"), ([0.9, 0.1, 0.9], "tier2"), ([0.9, 0.9, 0.1], "tier3"), ([0.9, 0.9, 0.9], "tier4")],
)
def test_a_reopened_ticket_comes_back_to_the_tier_that_closed_it(solved: list[float], last: str) -> None:
    work = work_of(routes={"P3": LONG_ROUTE}, reopening={"share": 0.1, "after": {"family": "constant", "mean": "30 h"}})
    ticket = one(work, "P3", solved=solved, reopening=[0.09, 0.5])
    assert stages(ticket)[-1][:2] == (REOPENED, last)
    assert stages(ticket)[-2][1] == last
    assert ticket.wait[0, REOPENED] == 30 * HOUR
    assert not ticket.wait[0, :REOPENED].any()
    assert stages(one(work, "P3", solved=solved, reopening=[0.1, 0.5])) == stages(ticket)[:-1]


def test_waits_take_their_quantile_from_the_second_number() -> None:
    work = work_of(customer_wait={"share": 1.0}, reopening={"share": 1.0})
    ticket = one(work, "P4", customer_wait=[0.0, 0.7], reopening=[0.0, 0.2])
    assert ticket.wait[0, FOLLOW_UP] == quantile(work.customer_wait.duration, np.array([0.7]))[0]
    assert ticket.wait[0, REOPENED] == quantile(work.reopening.after, np.array([0.2]))[0]


def test_each_slot_takes_its_own_number_for_its_handle_time() -> None:
    drawn = {tier: {"family": "exponential", "mean": mean} for tier, mean in MEANS.items()}
    work = work_of(
        handle=drawn, routes={"P3": LONG_ROUTE}, customer_wait={"share": 1.0}, reopening={"share": 1.0},
        status_updates={"priorities": ()},
    )  # fmt: skip
    u = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    ticket = one(work, "P3", handle=u, solved=[0.9, 0.9, 0.9], customer_wait=[0.0, 0.5], reopening=[0.0, 0.5])
    tiers = ["tier1", "tier1", "tier2", "tier3", "tier4", "tier4"]
    expected = [quantile(work.handle[tier], np.array([v]))[0] for tier, v in zip(tiers, u, strict=True)]  # type: ignore[index]
    assert ticket.handle[0].tolist() == expected


@pytest.mark.parametrize(
    ("priority", "factors"), [("P4", [0.5, 1, 1]), ("P3", [0.5, 1, 1]), ("P2", [1, 1, 1]), ("P1", [1, 1, 1])]
)
def test_the_knowledge_base_helps_at_tier_one_and_at_first_only(priority: str, factors: list[float]) -> None:
    keys: dict[str, Any] = {"customer_wait": {"share": 1.0}, "reopening": {"share": 1.0}}
    numbers = {"customer_wait": [0.0, 0.5], "reopening": [0.0, 0.5], "solved": [0.0, 0.0, 0.0]}
    without = one(work_of(**keys), priority, **numbers)
    work = work_of(**keys, knowledge={"share": 0.7, "factor": 0.5})
    hit = one(work, priority, knowledge=[0.69], **numbers)
    assert (hit.handle / np.maximum(without.handle, 1))[0, [ENTRY, FOLLOW_UP, REOPENED]].tolist() == factors
    assert one(work, priority, knowledge=[0.7], **numbers).handle.tolist() == without.handle.tolist()


@pytest.mark.parametrize(
    ("mean", "cost"), [("29 min", 0), ("30 min", 1), ("59 min", 1), ("60 min", 2), ("90 min", 3), ("7 h 59 min", 15)]
)
def test_status_updates_cost_a_minute_for_each_half_hour_of_urgent_work(mean: str, cost: int) -> None:
    handle = {tier: {"family": "constant", "mean": mean} for tier in TIERS}
    with_cost = work_of(handle=handle, status_updates={"every": "30 min", "cost": "1 min"})
    without = work_of(handle=handle)
    for priority, minutes in (("P1", cost), ("P2", cost), ("P3", 0), ("P4", 0)):
        extra = one(with_cost, priority).handle[0, ENTRY] - one(without, priority).handle[0, ENTRY]
        assert extra == minutes * MINUTE


def test_status_updates_count_the_work_as_shortened_or_lengthened() -> None:
    updates = {"every": "30 min", "cost": "1 min", "priorities": ("P2", "P4")}
    work = work_of(
        status_updates=updates, handle_factor={"P2": 3.0, "P4": 6.0}, knowledge={"share": 1.0, "factor": 0.5}
    )
    assert stages(one(work, "P2", knowledge=[0.5])) == [(ENTRY, "tier2", 62)]
    assert stages(one(work, "P4", knowledge=[0.5])) == [(ENTRY, "tier1", 31)]


def test_the_factor_of_a_priority_multiplies_all_its_handle_times() -> None:
    work = work_of(routes={"P3": LONG_ROUTE, "P4": LONG_ROUTE}, handle_factor={"P3": 1.5})
    numbers = {"solved": [0.9, 0.9, 0.9]}
    assert [minutes for *_, minutes in stages(one(work, "P3", **numbers))] == [15, 30, 45, 60]
    assert [minutes for *_, minutes in stages(one(work, "P4", **numbers))] == [10, 20, 30, 40]


def test_no_task_is_shorter_than_a_millisecond() -> None:
    tiny = {tier: {"family": "constant", "mean": "1 ms"} for tier in TIERS}
    work = work_of(handle=tiny, handle_factor={"P3": 0.001}, knowledge={"share": 1.0, "factor": 0.001})
    assert one(work, "P3", knowledge=[0.0]).handle[0, ENTRY] == 1


def test_tasks_come_ticket_by_ticket_with_their_kinds_and_stages() -> None:
    work = work_of(
        routes={"P3": LONG_ROUTE}, customer_wait={"share": 0.5}, reopening={"share": 0.5},
    )  # fmt: skip
    numbers = {
        "solved": [[0.9, 0.9, 0.9], [0.0, 0.9, 0.9], [0.9, 0.0, 0.9]],
        "customer wait": [[0.4, 0.5], [0.6, 0.5], [0.4, 0.5]],
        "reopening": [[0.4, 0.5], [0.4, 0.5], [0.6, 0.5]],
    }
    tasks = ways(work, np.full(3, 2, dtype=np.uint8), drawn_from(lambda what, n: numbers.get(what, [[0.99] * n] * 3)))
    first, again, reopened = TaskKind.WORK, TaskKind.FOLLOW_UP, TaskKind.REOPENED
    assert tasks.kind.tolist() == [first, again, first, first, first, reopened, first, reopened, first, again, first]
    assert tasks.stage.tolist() == [0, 1, 2, 3, 4, 5, 0, 1, 0, 1, 2]
    assert tasks.tier.tolist() == [0, 0, 1, 2, 3, 3, 0, 0, 0, 0, 1]
    assert tasks.first.tolist() == [0, 6, 8, 11]


# ---- many tickets


@pytest.mark.parametrize(("priority", "share"), [("P1", 0.9), ("P2", 0.85), ("P3", 0.85)])
def test_tiers_solve_their_share(priority: str, share: float) -> None:
    ticket = sampled(work_of(), priority)
    assert ticket.used[:, ENTRY].all()
    assert_share(~ticket.used[:, ONWARD], share)
    assert not ticket.used[:, [FOLLOW_UP, ONWARD + 1, ONWARD + 2, REOPENED]].any()


def test_ways_through_four_tiers_have_the_shares_declared() -> None:
    used = sampled(work_of(routes={"P2": LONG_ROUTE}), "P2").used
    tiers = used[:, ONWARD : ONWARD + 3].sum(axis=1)
    for n, share in enumerate([0.5, 0.5 * 0.4, 0.5 * 0.6 * 0.3, 0.5 * 0.6 * 0.7]):
        assert_share(tiers == n, share)
    # what a tier solves does not hang on what the tier before solved
    assert_share(used[used[:, ONWARD], ONWARD + 1], 0.6)
    assert_share(used[used[:, ONWARD + 1], ONWARD + 2], 0.7)


def test_p4_never_leaves_tier_one() -> None:
    ticket = sampled(work_of(customer_wait={"share": 0.3}, reopening={"share": 0.3}), "P4")
    assert not ticket.tier[ticket.used].any()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_what_always_or_never_happens(share: float) -> None:
    routes = {name: {"tiers": ("tier1", "tier2"), "solved": (share,)} for name in PRIORITIES}
    work = work_of(routes=routes, customer_wait={"share": share}, reopening={"share": share})
    used = sampled(work, "P3").used
    assert (used[:, ONWARD] == (share == 0)).all()
    assert (used[:, [FOLLOW_UP, REOPENED]] == (share == 1)).all()


def test_first_contact_resolution_is_what_its_parts_make_it() -> None:
    """Solved at the entry tier, without a customer wait and without reopening: independent of each other."""
    work = work_of(customer_wait={"share": 0.05}, reopening={"share": 0.04})
    priority = np.random.default_rng(1).integers(1, 4, MANY).astype(np.uint8)
    ticket = sampled(work, priority)
    first_contact = ~ticket.used[:, 1:].any(axis=1)
    for p, solved in ((1, 0.85), (2, 0.85), (3, 1.0)):
        assert_share(first_contact[priority == p], solved * 0.95 * 0.96)
    assert_share(ticket.used[:, FOLLOW_UP], 0.05)
    assert_share(ticket.used[:, REOPENED], 0.04)


def test_knowledge_hits_have_their_share_at_tier_one_and_none_elsewhere() -> None:
    work = work_of(knowledge={"share": 0.7, "factor": 0.9})
    assert_share(sampled(work, "P4").handle[:, ENTRY] == 9 * MINUTE, 0.7)
    assert (sampled(work, "P2").handle[:, ENTRY] == 20 * MINUTE).all()


def test_every_slot_has_the_mean_of_its_tier_and_slots_are_independent() -> None:
    """Within four standard errors of the mean (the standard deviation of an exponential is its mean)."""
    drawn = {tier: {"family": "exponential", "mean": mean} for tier, mean in MEANS.items()}
    work = work_of(
        handle=drawn, routes={"P4": {**LONG_ROUTE, "solved": (0.0, 0.0, 0.0)}},
        customer_wait={"share": 1.0}, reopening={"share": 1.0},
    )  # fmt: skip
    handle = sampled(work, "P4").handle / MINUTE
    for slot, mean in enumerate([10, 10, 20, 30, 40, 40]):
        assert handle[:, slot].mean() == pytest.approx(mean, abs=4 * mean / MANY**0.5)
    correlations = np.corrcoef(handle.T) - np.eye(SLOTS)
    assert np.abs(correlations).max() < 4.5 / MANY**0.5


def test_used_slots_have_work_and_unused_ones_are_not_waited_for() -> None:
    work = work_of(routes=dict.fromkeys(PRIORITIES, LONG_ROUTE), customer_wait={"share": 0.2}, reopening={"share": 0.2})
    ticket = sampled(work, "P1")
    assert (ticket.handle[ticket.used] >= 10 * MINUTE).all()
    assert not ticket.wait[~ticket.used].any()
    assert not ticket.wait[:, [ENTRY, *range(ONWARD, REOPENED)]].any()


def test_what_is_off_is_not_drawn_and_what_is_on_is_drawn_once_and_alike() -> None:
    """Each purpose has its own numbers, of a width that never changes: to switch a mechanism on moves no others."""

    def asked(work: Work) -> dict[str, int]:
        seen: dict[str, int] = {}

        def table(purpose: str, columns: int) -> NDArray[np.float64]:
            assert purpose not in seen
            seen[purpose] = columns
            return np.full((4, columns), 0.5)

        ways(work, np.arange(4, dtype=np.uint8), drawn_from(table))
        return seen

    keys: dict[str, dict[str, Any]] = {
        "solved": {"routes": dict.fromkeys(PRIORITIES, LONG_ROUTE)}, "customer wait": {"customer_wait": {"share": 1.0}},
        "reopening": {"reopening": {"share": 1.0}}, "knowledge": {"knowledge": {"share": 1.0, "factor": 0.5}},
    }  # fmt: skip
    nothing = {"routes": {name: {"tiers": ("tier1",)} for name in PRIORITIES}}
    widths = {"handle": SLOTS, "solved": 3, "customer wait": 2, "reopening": 2, "knowledge": 1}
    assert asked(work_of(**nothing)) == {"handle": SLOTS}
    for purpose, on in keys.items():
        assert asked(work_of(**{**nothing, **on})) == {name: widths[name] for name in ("handle", purpose)}
    assert asked(work_of(**{key: value for on in keys.values() for key, value in on.items()})) == widths
