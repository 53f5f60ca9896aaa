"""What a SimPy user would write: the queues of `mm20.yaml` and `w1.yaml` as plain scripts, a process for each customer.

They are what the engines are held against. Fed by the same tape, the script of W1 and an engine agree ticket for
ticket; `two_tiers_alone` samples and measures by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.clock import HOUR, MINUTE, NEVER
from sim.scenario.schema import Scenario
from sim.workload.tape import Workload

Times = NDArray[np.int64]
"""(n, 4) ms by ticket: start and end of the stage at tier 1, then of that at tier 2; NEVER where there is none."""


def mm_queue(workload: Workload, servers: int) -> list[int]:
    """One line and one `Resource`. Returns the waits, ms."""
    env = simpy.Environment()
    desk = simpy.Resource(env, servers)
    waits = []

    def customer(handle: int) -> Iterator[simpy.Event]:
        arrived = env.now
        with desk.request() as turn:
            yield turn
            waits.append(env.now - arrived)
            yield env.timeout(handle)

    def source() -> Iterator[simpy.Event]:
        for created, handle in zip(workload.created.tolist(), workload.handle.tolist(), strict=True):
            yield env.timeout(created - env.now)
            env.process(customer(handle))

    env.process(source())
    env.run()
    return waits


Ticket = tuple[int, int, int, list[int]]
"""Created, priority, ms until the timer is due, and the handle times of its one or two stages."""


def two_tiers(tickets: list[Ticket], agents: tuple[int, int]) -> list[list[int]]:
    """W1: two tiers of agents with lines by priority, and a timer that raises what waits at tier 1 once.

    Returns:
        For each ticket the start and end of each of its stages, ms.
    """
    env = simpy.Environment()
    tiers = [simpy.PriorityResource(env, capacity) for capacity in agents]
    seen: list[list[int]] = []

    def serve(turn: simpy.Event, tier: simpy.PriorityResource, handle: int, times: list[int]) -> Iterator[simpy.Event]:
        times.append(env.now)
        yield env.timeout(handle)
        times.append(env.now)
        tier.release(turn)

    def ticket(level: int, patience: int, handles: list[int], times: list[int]) -> Iterator[simpy.Event]:
        turn = tiers[0].request(priority=level)
        if level:  # nothing is above P1
            yield turn | env.timeout(patience)
            if not turn.triggered:
                turn.cancel()
                level -= 1
                turn = tiers[0].request(priority=level)
        yield turn
        yield from serve(turn, tiers[0], handles[0], times)
        if len(handles) > 1:
            turn = tiers[1].request(priority=level)
            yield turn
            yield from serve(turn, tiers[1], handles[1], times)

    def source() -> Iterator[simpy.Event]:
        for created, priority, patience, handles in tickets:
            yield env.timeout(created - env.now)
            seen.append([])
            env.process(ticket(priority, patience, handles, seen[-1]))

    env.process(source())
    env.run()
    return seen


def from_tape(workload: Workload) -> list[Ticket]:
    """The tickets of a workload as the script wants them."""
    handle = workload.handle.tolist()
    return [
        (created, priority, due - created, handle[first:last])
        for created, priority, due, first, last in zip(
            workload.created.tolist(), workload.priority.tolist(), workload.escalate_at.tolist(),
            workload.first_task[:-1].tolist(), workload.first_task[1:].tolist(), strict=True,
        )
    ]  # fmt: skip


def as_times(seen: list[list[int]]) -> Times:
    """What a script has seen as an array."""
    return np.array([[*times, NEVER, NEVER][:4] for times in seen], dtype=np.int64).reshape(-1, 4)


def two_tiers_alone(scenario: Scenario, seed: int) -> dict[str, float]:
    """W1 with a sampling and means of its own, as a script has them. Returns the figures by name; times in minutes.

    Args:
        scenario: `w1.yaml`, for its numbers.
        seed: of the random numbers.
    """
    rng = np.random.default_rng(seed)
    flat = scenario.staffing.flat["desk"]
    agents = flat["tier1"], flat["tier2"]
    tickets = _sampled(scenario, rng)
    times = as_times(two_tiers(tickets, agents))
    created = np.array([ticket[0] for ticket in tickets])
    priority = np.array([ticket[1] for ticket in tickets])
    wait, onward = times[:, 0] - created, times[:, 2] != NEVER
    resolved = np.where(onward, times[:, 3], times[:, 1])
    figures = {"tickets": float(len(tickets)), "resolution": (resolved - created).mean() / MINUTE}
    figures["wait.tier1"] = wait.mean() / MINUTE
    figures["wait.tier2"] = (times[onward, 2] - times[onward, 1]).mean() / MINUTE
    for p in range(4):
        figures[f"wait.P{p + 1}"] = wait[priority == p].mean() / MINUTE
    end = resolved.max()
    for tier, servers in enumerate(agents):
        here = times[:, 2 * tier] != NEVER
        figures[f"utilization.tier{tier + 1}"] = (
            (times[here, 2 * tier + 1] - times[here, 2 * tier]).sum() / servers / end
        )
    return figures


def _sampled(scenario: Scenario, rng: np.random.Generator) -> list[Ticket]:
    days, region = scenario.horizon.days, scenario.regions["desk"]
    hours = np.tile(np.array(scenario.demand.profiles["day"].hours), days)
    per_hour = rng.poisson(region.tickets * hours / hours.mean())
    created = np.repeat(np.arange(len(hours)) * HOUR, per_hour) + rng.integers(1, HOUR, per_hour.sum())
    created.sort()
    names = list(scenario.demand.priorities)
    priority = rng.choice(len(names), len(created), p=list(scenario.demand.priorities.values()))
    after = [scenario.policy.escalation.after[name] for name in names]
    onward = rng.random(len(created)) >= scenario.work.routes["P1"].solved[0]
    handles = [_lognormal(scenario, tier, len(created), rng) for tier in ("tier1", "tier2")]
    return [
        (at, p, after[p], [first, second] if goes_on else [first])
        for at, p, goes_on, first, second in zip(
            created.tolist(), priority.tolist(), onward.tolist(), *(each.tolist() for each in handles), strict=True
        )
    ]


def _lognormal(scenario: Scenario, tier: str, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    law = scenario.work.handle[tier]
    variance = np.log1p(law.cv**2)
    drawn = rng.lognormal(np.log(law.mean) - variance / 2, np.sqrt(variance), n)
    return np.maximum(1, np.rint(drawn)).astype(np.int64)
