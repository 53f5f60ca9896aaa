"""M/M/c: Erlang C, and Little's law for the number in the system."""

from __future__ import annotations

import math
from typing import Any

import pytest

SERVICE = 10  # minutes


def erlang(run: Any, servers: int, load: float, customers: int, **more: Any) -> Any:
    per_hour = servers * load * 60 / SERVICE
    changes = {"regions.desk.tickets": f"{per_hour} per hour", "staffing.flat.desk.tier1": servers}
    warmup = {"horizon.warmup_days": more.pop("warmup_days", 3)}
    return run.simulate("mmc", {**changes, **warmup}, customers=customers, per_hour=per_hour, **more)


def compare(
    run: Any,
    formulas: Any,
    holds: Any,
    result: Any,
    servers: int,
    load: float,
    within: float,
    rare: tuple[str, ...] = (),
) -> None:
    arrivals = servers * load / SERVICE
    queue = formulas.many_servers(servers, arrivals, SERVICE)
    theory = {
        "utilization.tier1": 100 * queue.utilization,
        "wait.probability": 100 * queue.wait_probability,
        "wait.mean": queue.wait_mean,
        "response.mean": queue.wait_mean,
        "tickets.active": queue.in_system,
    }
    found = {name: run.figure(result, name) for name in theory}
    common = [name for name in theory if name not in rare]
    # First come, first served: the wait of those who wait is exponential. Other orders keep its mean, not this law.
    for limit in LONG[servers]:
        over = f"over_{limit}_min"
        theory[over] = 100 * queue.wait_probability * math.exp(-(servers / SERVICE - arrivals) * limit)
        found[over] = run.cell(result, "waits_by_tier", over, tier="tier1")
    others = [name for name in theory if name not in common]
    for names, tolerance in ((common, within), (others, None)):
        holds({name: found[name] for name in names}, {name: theory[name] for name in names}, tolerance)


LONG = {1: (15, 60), 5: (5, 15), 20: (1,)}
"""Waits that are long by the number of agents, in minutes."""

WAITS = ("wait.mean", "response.mean")


@pytest.mark.parametrize(
    ("servers", "load", "customers", "rare"),
    [
        (1, 0.5, 150_000, ()),
        (1, 0.7, 300_000, ()),
        pytest.param(1, 0.8, 500_000, (), marks=pytest.mark.slow),
        (5, 0.5, 300_000, WAITS),
        pytest.param(5, 0.7, 500_000, (), marks=pytest.mark.slow),
        pytest.param(5, 0.8, 700_000, (), marks=pytest.mark.slow),
        # Few of twenty agents' customers wait, and those in bursts: a precise mean of their waits takes millions.
        (20, 0.5, 150_000, ("wait.probability", *WAITS)),
        pytest.param(20, 0.7, 300_000, ("wait.probability", *WAITS), marks=pytest.mark.slow),
        pytest.param(20, 0.8, 300_000, ("wait.probability", *WAITS), marks=pytest.mark.slow),
    ],
)
def test_a_desk_that_never_changes_is_an_erlang_queue(
    run: Any, formulas: Any, holds: Any, servers: int, load: float, customers: int, rare: tuple[str, ...]
) -> None:
    result = erlang(run, servers, load, customers, seed=1)
    compare(run, formulas, holds, result, servers, load, 0.05, rare)


@pytest.mark.slow
@pytest.mark.parametrize(("load", "customers"), [(0.7, 3_600_000), (0.8, 2_800_000)])
def test_waits_at_twenty_agents_are_those_of_erlang(
    run: Any, formulas: Any, holds: Any, load: float, customers: int
) -> None:
    result = erlang(run, 20, load, customers, seed=2)
    compare(run, formulas, holds, result, 20, load, 0.05)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("servers", "customers", "warmup_days", "rare"),
    [(1, 10_000_000, 16, ()), (5, 12_000_000, 4, ()), (20, 3_000_000, 1, WAITS)],
)
def test_at_a_load_of_nine_tenths_the_figures_are_within_two_per_cent(
    run: Any, formulas: Any, holds: Any, servers: int, customers: int, warmup_days: int, rare: tuple[str, ...]
) -> None:
    result = erlang(run, servers, 0.9, customers, warmup_days=warmup_days, replications=60, seed=3)
    compare(run, formulas, holds, result, servers, 0.9, 0.02, rare)
