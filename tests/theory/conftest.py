"""Queues that theory knows by heart, and the means to hold a result against them.

Times are minutes, rates are per minute, shares run from 0 to 1. Tests ask for the fixtures `formulas`,
`run` and `holds`; the formulas themselves are held against published figures and each other in test_formulas.py.

Runs are sized by theory as well: the time average of a function of a birth-and-death process has a known asymptotic
variance (Whitt, "Asymptotic formulas for Markov processes", Operations Research 40 (1992) 279-291). The number of
customers in each test keeps the standard error of its noisiest figure, which is the mean wait, to between a third and
two fifths of the tolerance. Is a failure bad luck? Run again with SIM_THEORY_SEED=1, 2, 3 ... in the environment.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.special import logsumexp, stdtrit

import sim
from sim.experiment.estimate import pooled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HERE = Path(__file__).parent
CONFIDENCE = 0.999
REPLICATIONS = 20
HOURS, MINUTES = 24, 60


# ---------------------------------------------------------------------- one queue


class Steady(NamedTuple):
    """A queue in its steady state. The wait is in line, before service."""

    utilization: float
    wait_probability: float
    wait_mean: float
    in_system: float


def erlang_b(servers: int, offered: float) -> float:
    """Blocking probability of M/M/c/c, by the recursion on the number of servers (Gross & Harris, Fundamentals of
    Queueing Theory, 3rd ed. 1998, §2.5).
    """
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = offered * blocked / (server + offered * blocked)
    return blocked


def erlang_c(servers: int, offered: float) -> float:
    """Probability of waiting in M/M/c, from Erlang B (Gross & Harris, §2.3)."""
    blocked, load = erlang_b(servers, offered), offered / servers
    return blocked / (1 - load * (1 - blocked))


def many_servers(servers: int, arrivals: float, service: float) -> Steady:
    """M/M/c (Gross & Harris, §2.3)."""
    offered = arrivals * service
    load, waits = offered / servers, erlang_c(servers, offered)
    wait = waits * service / (servers * (1 - load))
    return Steady(load, waits, wait, arrivals * wait + offered)


def single_server(arrivals: float, service: float, cv: float) -> Steady:
    """M/G/1 (Pollaczek and Khinchine; Gross & Harris, §5.1.1). `cv`: standard deviation by mean of the service time."""
    load = arrivals * service
    wait = load * service * (1 + cv**2) / (2 * (1 - load))
    return Steady(load, load, wait, arrivals * wait + load)


class Impatient(NamedTuple):
    """M/M/c+M. `abandoned` and `wait_probability` are shares of all customers; the last two are of the served."""

    abandoned: float
    wait_probability: float
    utilization: float
    in_line: float
    in_system: float
    served_wait_probability: float
    served_wait_mean: float


def impatient(servers: int, arrivals: float, service: float, patience: float) -> Impatient:
    """Erlang A: M/M/c with exponential patience (Garnett, Mandelbaum & Reiman, "Designing a call center with impatient
    customers", Manufacturing & Service Operations Management 4 (2002) 208-227).

    The wait of the served is built up from a customer's own way through the line: who finds k in line moves up at the
    rate cμ + kθ and gives up at the rate θ, so that each step takes 1 / (cμ + (k + 1)θ) on average, however it ends.
    """
    most = servers + math.ceil(4 * arrivals * patience) + 200
    n = np.arange(1, most + 1)
    deaths = np.minimum(n, servers) / service + np.maximum(n - servers, 0) / patience
    logs = np.concatenate([[0.0], np.cumsum(math.log(arrivals) - np.log(deaths))])
    chance = np.exp(logs - logsumexp(logs))
    in_line = np.maximum(np.arange(most + 1) - servers, 0)

    found = chance[servers:]  # k = 0, 1, ... in line before oneself
    capacity, step = servers / service, servers / service + (np.arange(len(found)) + 1) / patience
    is_served = capacity / step
    served = 1 - float(found @ (1 - is_served))
    waited = found * is_served
    return Impatient(
        abandoned=1 - served,
        wait_probability=float(found.sum()),
        utilization=arrivals * served * service / servers,
        in_line=float(chance @ in_line),
        in_system=float(chance @ np.arange(most + 1)),
        served_wait_probability=float(waited.sum()) / served,
        served_wait_mean=float(waited @ np.cumsum(1 / step)) / served,
    )


# ---------------------------------------------------------------------- priorities


def waits_by_priority(residual: float, loads: Sequence[float]) -> list[float]:
    """Mean waits of classes that go first in their order and interrupt nobody (Cobham, "Priority assignment in waiting
    line problems", Operations Research 2 (1954) 70-76).

    Args:
        residual: mean time until a server is free to take somebody from the line: of M/G/1, λ E[S²] / 2 (see
            `residual_work`); of M/M/c with equal rates for all classes, P(wait) / (cμ) of all of them together.
        loads: λ / (cμ) of each class, the most urgent first.
    """
    more_urgent = np.concatenate([[0.0], np.cumsum(loads)])
    return list(residual / ((1 - more_urgent[:-1]) * (1 - more_urgent[1:])))


def residual_work(arrivals: Sequence[float], services: Sequence[float], cv: float) -> float:
    """λ E[S²] / 2 over classes whose service times have the same coefficient of variation."""
    return math.fsum(rate * mean**2 * (1 + cv**2) / 2 for rate, mean in zip(arrivals, services, strict=True))


def preempted(arrivals: Sequence[float], services: Sequence[float], cv: float) -> list[tuple[float, float]]:
    """Mean wait for the first service and mean time in the system, by class, of M/G/1 with preemptive resume (White &
    Christie, "Queuing with preemptive priorities or with breakdown", Operations Research 6 (1958) 79-95).
    """
    out, more_urgent = [], 0.0
    for k, (rate, mean) in enumerate(zip(arrivals, services, strict=True)):
        load = more_urgent + rate * mean
        wait = residual_work(arrivals[: k + 1], services[: k + 1], cv) / ((1 - more_urgent) * (1 - load))
        out.append((wait, wait + mean / (1 - more_urgent)))
        more_urgent = load
    return out


# ---------------------------------------------------------------------- a day that repeats itself


class PeriodicDay(NamedTuple):
    """M(t)/M/c(t) in its periodic steady state: means by hour, and what customers meet over the whole day."""

    waiting: Floats
    in_service: Floats
    wait_probability: float
    wait_mean: float


def periodic_day(arrivals: Sequence[float], servers: Sequence[int], service: float, most: int = 250) -> PeriodicDay:
    """M(t)/M/c(t) whose rates are constant within each of 24 hours, from the Kolmogorov equations on 0 to `most`.

    Who is in service when servers leave goes back to the head of the line. So whom `k` others precede starts to be
    served once fewer than c(t) of these are left, and the mean wait w(k, t) until then obeys the backward equation
    -dw(k)/dt = 1 + cμ (w(k - 1) - w(k)) for k ≥ c, and w(k) = 0 below. As rates are constant within an hour, matrix
    exponentials solve both equations exactly from minute to minute.
    """
    n = np.arange(most + 1)
    forward = {key: expm(_generator(*key, service, most)) for key in set(zip(arrivals, servers, strict=True))}
    backward = {c: expm(_wait_generator(c, service, most)) for c in set(servers)}
    chance = _repeated(arrivals, servers, forward, most)
    wait = _waits_to_come(servers, backward, most)

    found = [chance[h] @ (n >= c) for h, c in enumerate(servers)]
    arriving = np.repeat(arrivals, MINUTES + 1).reshape(HOURS, -1) / (HOURS * np.mean(arrivals))
    return PeriodicDay(
        waiting=np.array([_hourly(chance[h] @ np.maximum(n - c, 0)) for h, c in enumerate(servers)]),
        in_service=np.array([_hourly(chance[h] @ np.minimum(n, c)) for h, c in enumerate(servers)]),
        wait_probability=float(sum(_hourly(arriving[h] * found[h]) for h in range(HOURS))),
        wait_mean=float(sum(_hourly(arriving[h] * (chance[h] * wait[h]).sum(axis=1)) for h in range(HOURS))),
    )


def _generator(arrivals: float, servers: int, service: float, most: int) -> Floats:
    deaths = np.minimum(np.arange(1, most + 1), servers) / service
    moves = np.diag(np.full(most, arrivals), 1) + np.diag(deaths, -1)
    return moves - np.diag(moves.sum(axis=1))


def _wait_generator(servers: int, service: float, most: int) -> Floats:
    """Of (w(0), ..., w(most), 1): the last entry adds the time that passes."""
    rates, k = np.zeros((most + 2, most + 2)), np.arange(servers, most + 1)
    rates[k, k] -= servers / service
    rates[k[k > 0], k[k > 0] - 1] += servers / service
    rates[k, -1] = 1.0
    return rates


def _repeated(arrivals: Sequence[float], servers: Sequence[int], forward: Mapping[Any, Floats], most: int) -> Floats:
    """Chances of 0 to `most` in the system, by hour and minute (the last of an hour is the first of the next)."""
    day = np.eye(most + 1)
    for key in zip(arrivals, servers, strict=True):
        day = day @ np.linalg.matrix_power(forward[key], MINUTES)
    balance = np.vstack([(day - np.eye(most + 1)).T, np.ones(most + 1)])
    now = np.linalg.lstsq(balance, np.eye(most + 2)[-1], rcond=None)[0]
    out = np.empty((HOURS, MINUTES + 1, most + 1))
    for h, key in enumerate(zip(arrivals, servers, strict=True)):
        out[h, 0] = now
        for minute in range(MINUTES):
            out[h, minute + 1] = out[h, minute] @ forward[key]
        now = out[h, -1]
    return out


def _waits_to_come(servers: Sequence[int], backward: Mapping[int, Floats], most: int) -> Floats:
    """w(k, t) by hour, minute and k; walked back day by day until it repeats itself."""
    out = np.zeros((HOURS, MINUTES + 1, most + 1))
    now, before = np.zeros(most + 2), np.full(most + 2, np.inf)
    now[-1] = 1.0
    while np.max(np.abs(now - before)) > 1e-9:
        before = now.copy()
        for h in reversed(range(HOURS)):
            now[: servers[h]] = 0.0  # they started before the hour ended
            out[h, -1] = now[:-1]
            for minute in reversed(range(MINUTES)):
                now = backward[servers[h]] @ now
                out[h, minute] = now[:-1]
    return out


def _hourly(by_minute: Floats) -> float:
    """Mean over an hour, by Simpson's rule."""
    weights = np.array([1.0, *[4.0, 2.0] * (MINUTES // 2 - 1), 4.0, 1.0]) / (3 * MINUTES)
    return float(weights @ by_minute)


# ---------------------------------------------------------------------- runs and what they say


class Figure(NamedTuple):
    """A mean over replications, and how far to either side its intervals reach."""

    mean: float
    half_95: float
    half_999: float


def simulate(name: str, changes: Mapping[str, Any], *, customers: int, per_hour: float, seed: int, **more: Any) -> Any:
    """Run the scenario file `name` with `changes`, for as many whole weeks as `customers` take.

    Args:
        name: of the file, without its ending.
        changes: as for `with_`.
        customers: expected in the measured window, over all replications.
        per_hour: the rate at which they come.
        seed: of the run.
        more: for `sim.run`, and `unit`, the days that the window is a multiple of (default 1).
    """
    replications, unit = more.pop("replications", REPLICATIONS), more.pop("unit", 1)
    days = unit * math.ceil(customers / (replications * per_hour * HOURS * unit))
    scenario = sim.load(HERE / f"{name}.yaml").with_({**changes, "horizon.days": days})
    luck = 1000 * int(os.environ.get("SIM_THEORY_SEED", "0"))
    workers = 1 if "PYTEST_XDIST_WORKER" in os.environ else 2  # pytest -n already keeps all processors busy
    options = {"workers": workers, "journals": "none", **more}
    return sim.run(scenario, replications=replications, seed=seed + luck, **options)


def figure(result: Any, name: str) -> Figure:
    """A key figure."""
    return _row(result, result.kpis.loc[name])


def cell(result: Any, table: str, measure: str, **keys: str) -> Figure:
    """One cell of a table."""
    rows = result.tables[table].query(" and ".join(f"{key} == '{value}'" for key, value in keys.items()))
    return _row(result, rows.set_index("measure").loc[measure])


def _row(result: Any, row: pd.Series) -> Figure:
    """Intervals of other confidence from the 95 % that are given: all are Student's, with the same freedom."""
    half, freedom = (row["high"] - row["low"]) / 2, len(result.replications) - 1
    wider = stdtrit(freedom, (1 + CONFIDENCE) / 2) / stdtrit(freedom, 0.975)
    return Figure(row["mean"], half, half * wider)


def ticket_mean(result: Any, values: Any, chosen: Any = True) -> Figure:
    """Mean of a value of the tickets created in the measured window: `values` and `chosen` go with `result.tickets`."""
    tickets = result.tickets
    counts = (tickets["created"] >= result.scenario.horizon.start.strftime("%Y-%m-%dT00:00Z")) & chosen
    groups = values[counts].groupby(tickets["replication"][counts])
    num, den = groups.sum().to_numpy(dtype=float), groups.count().to_numpy(dtype=float)
    return Figure(*(float(value) for value in _estimate(num, den)))


def _estimate(num: Floats, den: Floats, level: float = CONFIDENCE) -> tuple[Any, Any, Any]:
    """Mean and half-widths, at 95 % and at `level`."""
    usual, wide = pooled(num, den), pooled(num, den, level)
    return usual.mean, (usual.high - usual.low) / 2, (wide.high - wide.low) / 2


def agree(found: Mapping[str, Figure], theory: Mapping[str, float], within: float | None) -> None:
    """Every figure is close to theory, theory lies in its 99.9 % interval, and the run was long enough to tell.

    Args:
        found: what the run says.
        theory: what it should say, by the same names.
        within: the largest deviation, as a share of theory; the half-width of the 95 % interval must be smaller as
            well. None for figures too rare for a tolerance, which the interval alone judges.
    """
    assert found.keys() == theory.keys()
    report, failed = [], False
    for name, (mean, half_95, half_999) in found.items():
        tolerance = math.inf if within is None else within * abs(theory[name])
        faults = [
            *["outside the 99.9 % interval"] * (not abs(mean - theory[name]) <= half_999),
            *["too far from theory"] * (not abs(mean - theory[name]) <= tolerance),
            *["the run is too short to tell"] * (not half_95 <= tolerance),
        ]
        failed = failed or bool(faults)
        report.append(
            f"{name}: theory {theory[name]:.5g}, run {mean:.5g} ± {half_95:.2g}  {'; '.join(faults)}".rstrip()
        )
    assert not failed, "\n" + "\n".join(report)


@pytest.fixture(scope="session")
def formulas() -> SimpleNamespace:
    """The formulas above."""
    known = (
        *(erlang_b, erlang_c, many_servers, single_server, impatient),
        *(waits_by_priority, residual_work, preempted, periodic_day),
    )
    return SimpleNamespace(**{formula.__name__: formula for formula in known})


@pytest.fixture(scope="session")
def run() -> SimpleNamespace:
    """Running a scenario of this folder and reading its figures."""
    return SimpleNamespace(
        simulate=simulate, figure=figure, cell=cell, ticket_mean=ticket_mean, estimate=_estimate, Figure=Figure
    )


@pytest.fixture
def holds(request: pytest.FixtureRequest) -> Callable[..., None]:
    """`agree`; what is compared also goes into the JUnit report (`pytest --junit-xml`)."""

    def compare(found: Mapping[str, Figure], theory: Mapping[str, float], within: float | None) -> None:
        for name, (mean, half_95, half_999) in found.items():
            line = f"theory {theory[name]:.6g} run {mean:.6g} ± {half_95:.3g} (99.9 %: {half_999:.3g}) within {within}"
            request.node.user_properties.append((name, line))
        agree(found, theory, within)

    return compare
