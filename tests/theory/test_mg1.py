"""M/G/1: the spread of the handle times, by Pollaczek and Khinchine."""

from __future__ import annotations

import math
from typing import Any

import pytest

LAWS = {
    "lognormal": ({"family": "lognormal", "log_sd": 0.9}, math.sqrt(math.expm1(0.9**2))),
    "gamma": ({"family": "gamma", "cv": 0.5}, 0.5),
    "gamma of great spread": ({"family": "gamma", "cv": 1.5}, 1.5),
    "weibull": ({"family": "weibull", "cv": 1.2}, 1.2),
    "constant": ({"family": "constant"}, 0.0),
    "empirical": (
        {"family": "empirical", "mean": None, "values": ["4 min", "6 min", "20 min"]},
        math.sqrt(152 / 3) / 10,
    ),
}


QUICK = {"lognormal", "constant"}
"""Those of the laws that are tried every time; the others are slow."""


@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in LAWS])
def test_the_wait_grows_with_the_spread_as_pollaczek_and_khinchine_say(
    run: Any, formulas: Any, holds: Any, name: str
) -> None:
    handle, cv = LAWS[name]
    customers = int(150_000 * (1 + cv**2))
    result = run.simulate("mg1", {"work.handle.tier1": handle}, customers=customers, per_hour=3.6, seed=11)
    queue = formulas.single_server(0.06, 10.0, cv)
    theory = {
        "utilization.tier1": 100 * queue.utilization,
        "wait.probability": 100 * queue.wait_probability,
        "wait.mean": queue.wait_mean,
        "tickets.active": queue.in_system,
    }
    holds({figure: run.figure(result, figure) for figure in theory}, theory, 0.05)
