"""The formulas against published figures, limits known in closed form, and each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import poisson


@pytest.mark.parametrize(
    ("servers", "offered"),
    [(1, 0.0101), (2, 0.1526), (5, 1.3608), (10, 4.4612), (20, 12.031), (50, 37.901), (100, 84.064)],
)
def test_erlang_b_gives_the_offered_loads_of_the_tables_at_one_per_cent(
    formulas: Any, servers: int, offered: float
) -> None:
    assert formulas.erlang_b(servers, offered) == pytest.approx(0.01, rel=0.002)


def test_erlang_c_of_one_server_is_its_load(formulas: Any) -> None:
    assert formulas.erlang_c(1, 0.8) == pytest.approx(0.8)


def test_erlang_c_of_two_servers_in_closed_form(formulas: Any) -> None:
    assert formulas.erlang_c(2, 1.0) == pytest.approx(1 / 3)


def test_an_eye_clinic_of_three_doctors(formulas: Any) -> None:
    # Gross & Harris, example of §2.3: 6 patients an hour, 20 minutes each, three doctors.
    clinic = formulas.many_servers(3, 6 / 60, 20.0)
    assert clinic.wait_mean == pytest.approx(60 * 4 / 27)  # 8/9 patients in line
    assert clinic.in_system == pytest.approx(8 / 9 + 2)


def test_large_desks_do_not_overflow(formulas: Any) -> None:
    assert 0 < formulas.erlang_c(5000, 4950.0) < 1
    assert formulas.impatient(2000, 2100.0, 1.0, 2.0).abandoned == pytest.approx(100 / 2100, rel=0.01)


def test_pollaczek_khinchine_is_m_m_1_for_a_cv_of_1_and_half_of_its_wait_for_0(formulas: Any) -> None:
    markov = formulas.many_servers(1, 0.07, 10.0)
    assert formulas.single_server(0.07, 10.0, 1.0) == pytest.approx(markov)
    assert formulas.single_server(0.07, 10.0, 0.0).wait_mean == pytest.approx(markov.wait_mean / 2)


# ---------------------------------------------------------------------- Erlang A


def test_impatience_at_a_call_centre_of_fifty_agents(formulas: Any) -> None:
    # Garnett, Mandelbaum & Reiman (2002), §1: 48 calls a minute of 1 minute each, patience of 2 minutes.
    centre = formulas.impatient(50, 48.0, 1.0, 2.0)
    assert centre.abandoned == pytest.approx(0.031, abs=0.0005)
    assert 60 * centre.in_line / 48 == pytest.approx(3.7, abs=0.05)  # seconds, over all calls
    assert centre.utilization == pytest.approx(0.93, abs=0.005)
    assert 60 * formulas.many_servers(50, 48.0, 1.0).wait_mean == pytest.approx(20.8, abs=0.05)


def test_customers_who_are_as_patient_as_served_make_an_infinite_desk(formulas: Any) -> None:
    found = formulas.impatient(20, 2.2, 10.0, 10.0)
    assert found.in_system == pytest.approx(22.0)
    assert found.wait_probability == pytest.approx(poisson.sf(19, 22))


def test_customers_of_endless_patience_make_erlang_c(formulas: Any) -> None:
    patient, endless = formulas.impatient(5, 0.35, 10.0, 1e4), formulas.many_servers(5, 0.35, 10.0)
    assert patient.served_wait_mean == pytest.approx(endless.wait_mean, rel=0.02)
    assert patient.wait_probability == pytest.approx(endless.wait_probability, rel=0.02)


@pytest.mark.parametrize(("servers", "load", "patience"), [(1, 0.5, 3.0), (5, 1.1, 40.0), (20, 1.4, 10.0)])
def test_who_gives_up_balances_those_in_line(formulas: Any, servers: int, load: float, patience: float) -> None:
    # Not used in the formula: customers give up at the rate θ each, so λ P(abandon) = θ E[in line].
    arrivals = servers * load / 10
    found = formulas.impatient(servers, arrivals, 10.0, patience)
    assert arrivals * found.abandoned == pytest.approx(found.in_line / patience)
    assert found.in_system == pytest.approx(found.in_line + servers * found.utilization)


# ---------------------------------------------------------------------- priorities


def test_cobham_by_hand(formulas: Any) -> None:
    residual = formulas.residual_work([0.3, 0.3], [1.0, 1.0], 1.0)
    assert formulas.waits_by_priority(residual, [0.3, 0.3]) == pytest.approx([0.6 / 0.7, 0.6 / 0.28])


def test_the_order_moves_waiting_from_class_to_class_but_keeps_its_sum(formulas: Any) -> None:
    # Kleinrock's conservation law: the waits weighted by the loads add up as in first come, first served.
    arrivals, services, cv = [0.02, 0.03, 0.04], [5.0, 10.0, 12.0], 1.7
    loads = np.multiply(arrivals, services)
    residual = formulas.residual_work(arrivals, services, cv)
    waits = formulas.waits_by_priority(residual, loads)
    assert loads @ waits == pytest.approx(loads.sum() * residual / (1 - loads.sum()))


def test_one_class_at_many_servers_is_erlang_c(formulas: Any) -> None:
    queue = formulas.many_servers(4, 0.3, 10.0)
    waits = formulas.waits_by_priority(queue.wait_probability * 10 / 4, [0.75])
    assert waits == pytest.approx([queue.wait_mean])


def test_interruptions_at_exponential_service_keep_the_number_in_the_system(formulas: Any) -> None:
    (first, first_stay), (_, second_stay) = formulas.preempted([0.03, 0.05], [10.0, 10.0], 1.0)
    alone, together = formulas.many_servers(1, 0.03, 10.0), formulas.many_servers(1, 0.08, 10.0)
    assert first == pytest.approx(alone.wait_mean)
    assert 0.03 * first_stay + 0.05 * second_stay == pytest.approx(together.in_system)


# ---------------------------------------------------------------------- the periodic day

DAY_OF_ARRIVALS = [0.1 + 0.05 * (hour % 5) for hour in range(24)]


def test_a_day_without_change_is_the_steady_state(formulas: Any) -> None:
    day, steady = formulas.periodic_day([0.3] * 24, [4] * 24, 10.0), formulas.many_servers(4, 0.3, 10.0)
    np.testing.assert_allclose(day.in_service, 3.0, rtol=1e-6)
    np.testing.assert_allclose(day.waiting, 0.3 * steady.wait_mean, rtol=1e-6)
    assert (day.wait_mean, day.wait_probability) == pytest.approx((steady.wait_mean, steady.wait_probability), rel=1e-6)


def test_a_day_with_more_agents_than_customers_follows_a_linear_equation(formulas: Any) -> None:
    # M(t)/M/∞: dm/dt = λ(t) - m/S, so that over one hour m decays towards λS.
    day = formulas.periodic_day(DAY_OF_ARRIVALS, [60] * 24, 45.0, most=60)
    now, means, kept = 0.0, np.zeros(24), np.exp(-60 / 45)
    for _ in range(5):
        for hour, rate in enumerate(DAY_OF_ARRIVALS):
            limit = rate * 45
            means[hour] = limit + (now - limit) * (1 - kept) * 45 / 60
            now = limit + (now - limit) * kept
    np.testing.assert_allclose(day.in_service, means, rtol=1e-6)
    assert day.wait_mean == pytest.approx(0, abs=1e-9)


def test_with_a_constant_crew_the_waits_obey_little(formulas: Any) -> None:
    day = formulas.periodic_day(DAY_OF_ARRIVALS, [3] * 24, 10.0)
    assert np.mean(DAY_OF_ARRIVALS) * day.wait_mean == pytest.approx(day.waiting.mean(), rel=1e-6)


def test_a_day_with_shifts_by_another_road(formulas: Any) -> None:
    # The forward equations integrated from an empty desk; who was interrupted still counts as waiting, but has started.
    servers, service, most = [2] * 8 + [5] * 8 + [0] * 8, 10.0, 250
    day = formulas.periodic_day(DAY_OF_ARRIVALS, servers, service, most)
    n = np.arange(most + 1)
    state = np.concatenate([[1.0], np.zeros(most + 1)])
    waiting = np.zeros(24)
    for hour in [*range(24)] * 6:
        deaths, line = np.minimum(n, servers[hour]) / service, np.maximum(n - servers[hour], 0)

        def slope(_: float, y: Any, rate: float = DAY_OF_ARRIVALS[hour], deaths: Any = deaths, line: Any = line) -> Any:
            out = np.empty_like(y)
            up, down = rate * y[:-1] * (n < most), deaths * y[:-1]
            out[:-1] = -up - down
            out[1:-1] += up[:-1]
            out[:-2] += down[1:]
            out[-1] = line @ y[:-1]
            return out

        state[-1] = 0.0
        state = solve_ivp(slope, (0, 60), state, rtol=1e-8, atol=1e-11).y[:, -1]
        waiting[hour] = state[-1] / 60
    np.testing.assert_allclose(day.waiting, waiting, rtol=1e-4)
    assert np.mean(DAY_OF_ARRIVALS) * day.wait_mean < day.waiting.mean()
