"""Who goes first: by priority without and with interruptions, and by customer class within a priority."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

SHARES = {"P1": 0.2, "P3": 0.3, "P4": 0.5}


def waits(run: Any, result: Any, priorities: Any) -> dict[str, Any]:
    return {name: run.cell(result, "waits_by_priority", "mean", priority=name) for name in priorities}


def minutes(result: Any, start: str, end: str) -> Any:
    return (result.tickets[end] - result.tickets[start]).dt.total_seconds() / 60


def test_priorities_of_different_work_wait_as_cobham_says(run: Any, formulas: Any, holds: Any) -> None:
    result = run.simulate("priorities", {}, customers=500_000, per_hour=4.2, seed=5)
    services = [5.0, 10.0, 12.0]
    arrivals = [share * 4.2 / 60 for share in SHARES.values()]
    residual = formulas.residual_work(arrivals, services, 1.0)
    theory = formulas.waits_by_priority(residual, np.multiply(arrivals, services))
    holds(waits(run, result, SHARES), dict(zip(SHARES, theory, strict=True)), 0.05)


@pytest.mark.slow
def test_priorities_of_equal_work_wait_as_cobham_says_at_several_agents(run: Any, formulas: Any, holds: Any) -> None:
    changes = {"work.handle_factor": None, "regions.desk.tickets": "18 per hour", "staffing.flat.desk.tier1": 4}
    result = run.simulate("priorities", changes, customers=500_000, per_hour=18, seed=6)
    queue = formulas.many_servers(4, 0.3, 10.0)
    theory = formulas.waits_by_priority(queue.wait_probability * 10 / 4, [share * 0.75 for share in SHARES.values()])
    holds(waits(run, result, SHARES), dict(zip(SHARES, theory, strict=True)), 0.05)
    # As service times are equal, the order does not change how many are there.
    together = {"wait.mean": queue.wait_mean, "tickets.active": queue.in_system}
    holds({name: run.figure(result, name) for name in together}, together, 0.05)


@pytest.mark.slow
def test_enterprise_customers_go_first_within_a_priority(run: Any, formulas: Any, holds: Any) -> None:
    result = run.simulate("enterprise", {}, customers=500_000, per_hour=12.6, seed=7, journals="all")
    queue = formulas.many_servers(3, 0.21, 10.0)
    theory = formulas.waits_by_priority(queue.wait_probability * 10 / 3, [0.3 * 0.7, 0.7 * 0.7])
    response, of = minutes(result, "created", "started"), result.tickets["customer_class"]
    found = {name: run.ticket_mean(result, response, of == name) for name in ("enterprise", "standard")}
    holds(found, dict(zip(found, theory, strict=True)), 0.05)


@pytest.mark.slow
def test_without_enterprise_first_the_classes_wait_alike(run: Any, formulas: Any, holds: Any) -> None:
    changes = {"policy.enterprise_first": False, "regions.desk.tickets": "10.8 per hour"}
    result = run.simulate("enterprise", changes, customers=350_000, per_hour=10.8, seed=8, journals="all")
    response, of = minutes(result, "created", "started"), result.tickets["customer_class"]
    found = {name: run.ticket_mean(result, response, of == name) for name in ("enterprise", "standard")}
    holds(found, dict.fromkeys(found, formulas.many_servers(3, 0.18, 10.0).wait_mean), 0.05)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("handle", "cv"),
    [
        ({"family": "gamma", "cv": 0.5}, 0.5),
        ({"family": "constant", "cv": None}, 0.0),
        ({"family": "lognormal", "cv": 1.2}, 1.2),
    ],
    ids=["gamma", "constant", "lognormal"],
)
def test_interrupted_work_of_any_law_is_resumed_where_it_was_left(
    run: Any, formulas: Any, holds: Any, handle: dict[str, Any], cv: float
) -> None:
    changes = {"work.handle.tier1": handle}
    result = run.simulate(
        "preemption", changes, customers=int(250_000 * (1 + cv**2)), per_hour=4.8, seed=9, journals="all"
    )
    theory = formulas.preempted([0.4 * 0.08, 0.6 * 0.08], [5.0, 10.0], cv)
    stay, of = minutes(result, "created", "resolved"), result.tickets["priority"]
    found = waits(run, result, ("P1", "P3"))
    found |= {f"{name} in the system": run.ticket_mean(result, stay, of == name) for name in ("P1", "P3")}
    (first, first_stay), (second, second_stay) = theory
    names = ("P1", "P3", "P1 in the system", "P3 in the system")
    holds(found, dict(zip(names, (first, second, first_stay, second_stay), strict=True)), 0.05)


@pytest.mark.slow
def test_at_several_agents_p1_is_alone_and_the_others_take_what_is_left(run: Any, formulas: Any, holds: Any) -> None:
    changes = {
        "work.handle.tier1": {"family": "exponential", "cv": None},
        "work.handle_factor": None,
        "regions.desk.tickets": "19.2 per hour",
        "staffing.flat.desk.tier1": 4,
    }
    result = run.simulate("preemption", changes, customers=400_000, per_hour=19.2, seed=10, journals="all")
    alone, together = formulas.many_servers(4, 0.4 * 0.32, 10.0), formulas.many_servers(4, 0.32, 10.0)
    # Service times are exponential and equal, so that interruptions do not change how many are there in all.
    left = (together.in_system - alone.in_system) / (0.6 * 0.32)
    stay, of = minutes(result, "created", "resolved"), result.tickets["priority"]
    theory = {"P1 stays": alone.wait_mean + 10, "P3 stays": left, "tickets.active": together.in_system}
    found = {name: run.ticket_mean(result, stay, of == name[:2]) for name in ("P1 stays", "P3 stays")}
    holds(found | {"tickets.active": run.figure(result, "tickets.active")}, theory, 0.05)
    waited = run.cell(result, "waits_by_priority", "probability", priority="P1")
    holds({"P1 waits": waited}, {"P1 waits": 100 * alone.wait_probability}, None)
    holds(waits(run, result, ["P1"]), {"P1": alone.wait_mean}, None)
