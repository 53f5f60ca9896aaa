"""M/M/c+M: Erlang A, also where more customers come than can be served."""

from __future__ import annotations

from typing import Any

import pytest

SERVICE = 5  # minutes


@pytest.mark.parametrize(
    ("servers", "load", "patience", "customers"),
    [(5, 0.8, 5, 200_000), (5, 1.1, 10, 150_000), pytest.param(20, 1.1, 10, 300_000, marks=pytest.mark.slow)],
)
def test_impatient_customers_make_an_erlang_a_queue(
    run: Any, formulas: Any, holds: Any, servers: int, load: float, patience: int, customers: int
) -> None:
    per_hour = servers * load * 60 / SERVICE
    changes = {
        "regions.desk.tickets": f"{per_hour} per hour",
        "staffing.flat.desk.tier1": servers,
        "demand.channels.phone.patience.mean": f"{patience} min",
    }
    result = run.simulate("patience", changes, customers=customers, per_hour=per_hour, seed=4, journals="all")
    queue = formulas.impatient(servers, per_hour / 60, SERVICE, patience)
    tickets = result.tickets
    left = tickets["abandoned"].notna()
    theory = {
        "abandoned": queue.abandoned,
        "waited": queue.wait_probability,
        "response of the served": queue.served_wait_mean,
        "utilization.tier1": 100 * queue.utilization,
        "wait.mean": queue.served_wait_mean,
        "wait.probability": 100 * queue.served_wait_probability,
        "tickets.active": queue.in_system,
    }
    response = (tickets["started"] - tickets["created"]).dt.total_seconds() / 60
    found = {
        "abandoned": run.ticket_mean(result, left),
        "waited": run.ticket_mean(result, left | (response > 0)),
        "response of the served": run.ticket_mean(result, response, ~left),
        **{name: run.figure(result, name) for name in [*theory][3:]},
    }
    holds(found, theory, 0.05)
    counts = result.kpis["mean"]
    assert counts["tickets.abandoned"] / counts["tickets.count"] == pytest.approx(found["abandoned"].mean)
    assert counts["tickets.count"] == pytest.approx(per_hour * 24 * result.scenario.horizon.days, rel=0.01)
