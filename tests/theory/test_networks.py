"""Queues behind queues: what one tier passes on, and customers who come back."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.slow
def test_each_tier_of_a_tandem_is_an_erlang_queue(run: Any, formulas: Any, holds: Any) -> None:
    # Jackson, "Networks of waiting lines", Operations Research 5 (1957) 518-521.
    result = run.simulate("tandem", {}, customers=600_000, per_hour=16.8, seed=12)
    first, second = formulas.many_servers(4, 0.28, 10.0), formulas.many_servers(1, 0.4 * 0.28, 6.0)
    theory, found = {}, {}
    for tier, queue in (("tier1", first), ("tier2", second)):
        theory |= {f"{tier} wait": queue.wait_mean, f"{tier} waits": 100 * queue.wait_probability}
        found |= {f"{tier} wait": run.cell(result, "waits_by_tier", "mean", tier=tier)}
        found |= {f"{tier} waits": run.cell(result, "waits_by_tier", "probability", tier=tier)}
    theory |= {
        "utilization.tier1": 100 * first.utilization,
        "utilization.tier2": 100 * second.utilization,
        "tickets.active": first.in_system + second.in_system,
        "fcr": 60.0,
    }
    found |= {name: run.figure(result, name) for name in [*theory][4:]}
    holds(found, theory, 0.05)


@pytest.mark.slow
def test_customers_who_come_back_make_one_erlang_queue_with_the_others(run: Any, formulas: Any, holds: Any) -> None:
    # Delays are infinite desks: the network has a product form (Baskett, Chandy, Muntz & Palacios, "Open, closed, and
    # mixed networks of queues with different classes of customers", Journal of the ACM 22 (1975) 248-260).
    result = run.simulate("returns", {}, customers=500_000, per_hour=9, seed=13)
    queue = formulas.many_servers(3, 0.15 * 1.3, 10.0)
    theory = {
        "utilization.tier1": 100 * queue.utilization,
        "wait.probability": 100 * queue.wait_probability,
        "wait.mean": queue.wait_mean,
        "tickets.active": queue.in_system,
        "tickets.pending": 0.15 * 0.2 * 120,
        "reopened": 10.0,
        "fcr": 100 * 0.8 * 0.9,
    }
    holds({name: run.figure(result, name) for name in theory}, theory, 0.05)
