"""M/M/20 at load 0.9: customers a second, and whether that falls as there are more of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from bench import FAST, HERE, Row, Tape, best, in_child, peak_mb, side_by_side, tape
from scripts import mm_queue

import sim
from sim.engine.journal import How
from sim.scenario.schema import Scenario
from sim.workload.sample import sample_workload

QUEUE = sim.load(HERE / "mm20.yaml")
MILLION = QUEUE.with_({"horizon.days": 386})
A_DAY = {"regions.desk.tickets": "10000 per day", "work.handle.tier1.mean": "155520 ms"}
"""The same queue on a quicker clock: 10,000 customers a day."""
LENGTHS = (1, 10, 100, 1000)
"""Days of 10,000 customers."""
ENOUGH = 6
"""Runs: a virtual machine may have given back the memory of the one before, and then twice as long is spent on that."""


def rows() -> Iterator[Row]:
    """Seconds are those of the quickest run."""
    played = tape(MILLION)
    count = len(played.workload)
    yield Row(
        f"M/M/20 at load 0.9, {count:,} customers: engine alone, journals built",
        f"{count / best(played.play, 3) / 1e6:.2f} M customers/s", "≥ 2 M/s", "3 M/s",
    )  # fmt: skip
    seconds = best(kpis, 3)
    yield Row("the same: scenario file to KPIs", f"{count / seconds / 1e6:.2f} M customers/s", "≥ 0.7 M/s", "1.5 M/s")
    yield from growth()
    yield from script()
    many = QUEUE.with_({"regions.desk.tickets": "1070 per hour"})
    count = len(sample_workload(many, 1, 0))
    yield Row(f"sampling {count:,} tickets", f"{best(lambda: sample_workload(many, 1, 0), 3):.2f} s", "≤ 2 s")


def kpis() -> object:
    """A million customers from the file to the key figures."""
    scenario = sim.load(HERE / "mm20.yaml", {"horizon.days": MILLION.horizon.days})
    return sim.run(scenario, workers=1, journals="none").records


def growth() -> Iterator[Row]:
    """Cost a ticket as tickets become more, each length in a process of its own."""
    for what, measured in (("engine alone", "cost"), ("scenario to KPIs", "cost_to_kpis")):
        costs = [in_child("rows_mm20", measured, days) for days in LENGTHS]
        for cost in costs:
            yield Row(
                f"M/M/20, {cost['tickets']:,} customers: {what}",
                f"{cost['ns']:,.0f} ns a customer, {cost['peak_mb']:,.0f} MB",
            )
        yield Row(
            "the last against the first of these", f"{costs[-1]['ns'] / costs[0]['ns']:.2f} x", "≤ 1.5 x", "1.1 x"
        )


def cost(days: int) -> dict[str, float]:
    """Nanoseconds a customer, and the memory of a process that plays so many days of 10,000 customers."""
    played = tape(of_days(days))
    count = len(played.workload)
    return {"tickets": count, "ns": best(played.play, ENOUGH) / count * 1e9, "peak_mb": peak_mb()}


def cost_to_kpis(days: int) -> dict[str, float]:
    """The same from the scenario to the key figures."""
    scenario = of_days(days)
    count = len(sample_workload(scenario, 1, 0))
    seconds = best(lambda: sim.run(scenario, workers=1, journals="none").records, ENOUGH)
    return {"tickets": count, "ns": seconds / count * 1e9, "peak_mb": peak_mb()}


def of_days(days: int) -> Scenario:
    """So many days of 10,000 customers."""
    return QUEUE.with_({**A_DAY, "horizon.days": days})


def script() -> Iterator[Row]:
    """The desk, on a tenth of the customers: against a script, and with a backlog that grows."""
    played = tape(QUEUE)
    count = len(played.workload)
    desk, plain = side_by_side(lambda: played.play("desk"), lambda: mm_queue(played.workload, 20))
    yield Row(
        f"M/M/20, {count:,} customers: desk, journals built", f"{count / desk:,.0f} customers/s", "≥ 60,000 customers/s"
    )
    yield Row("the same: plain SimPy script, waits only", f"{count / plain:,.0f} customers/s")
    yield Row("the same: desk against the script", f"{plain / desk:.1f} x")
    for engine in dict.fromkeys(("desk", FAST)):
        yield backlog(played, engine)


def backlog(played: Tape, engine: str) -> Row:
    """Whether an engine slows down as its line becomes long."""
    flood = tape(QUEUE.with_({"demand.scale": 1.6}))
    waiting = int(np.sum(flood.play(engine).work["how_ended"] == How.OPEN))
    usual, slow = side_by_side(lambda: played.play(engine), lambda: flood.play(engine), runs=3)
    ratio = slow / len(flood.workload) * len(played.workload) / usual
    return Row(
        f"time a customer with a backlog that grows to {waiting:,}, against load 0.9: {engine}", f"{ratio:.2f} x"
    )
