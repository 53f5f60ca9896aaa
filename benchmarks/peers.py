"""W1 in two other simulators of queues: Ciw and salabim. `pip install -e '.[bench]'` brings both.

Both are fed the same tape, so that their figures can be held against ours ticket for ticket, not only in the mean. What
the two do not model of what an engine here does on W1:

- **Ciw** has the timer as a change of class while waiting, so a ticket's class says its level, whether it was raised,
  and its tier: eleven classes. It draws random numbers as it goes; here distributions and a router of our own read the
  tape instead, as it knows no calendar either. Its records have a row for each service, and none for a wait that ended
  with a raise.
- **salabim** has priorities and a request that fails after a delay, so W1 is a process as in SimPy. The statistics of
  its resources are switched off here, since that is faster; its record is what the process itself writes down. Two
  thirds of its time goes into looking at the signatures of each new component.

Neither knows duties, hand-over, preemption with what is left of the work, paging, other regions, or a ticket of several
tasks at once; nor do they pay for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ciw
import salabim
from scripts import Ticket

NAMES = [f"P{p + 1}" for p in range(4)]
RAISED = [f"raised to {name}" for name in NAMES[:3]]
ONWARD = [f"{name} at tier 2" for name in NAMES]
CLASSES = {**dict(zip(NAMES, range(4), strict=True)), **dict(zip(RAISED, range(3), strict=True)),
           **dict(zip(ONWARD, range(4), strict=True))}  # fmt: skip
"""Ciw's classes and their priorities."""
NEVER = float("inf")


# ---------------------------------------------------------------------- Ciw


class FromTape(ciw.dists.Distribution):
    """A sequence that is read once. Ciw copies every distribution for every class; what only reads needs no copy."""

    def __deepcopy__(self, memo: object) -> FromTape:
        return self


class Gaps(FromTape):
    """Times between arrivals of one class, from the tape; then none any more."""

    def __init__(self, created: list[int]) -> None:
        self.gaps = (float(at - before) for before, at in zip([0, *created], created, strict=False))

    def sample(self, t: float | None = None, ind: object = None) -> float:  # noqa: ARG002 - as Ciw calls it
        return next(self.gaps, NEVER)


class Handles(FromTape):
    """Handle times of one tier, from the tape. Ciw counts individuals from 1, in the order of their arrival."""

    def __init__(self, tickets: list[Ticket], tier: int) -> None:
        self.handles = [float(handles[tier]) if len(handles) > tier else NEVER for *_, handles in tickets]

    def sample(self, t: float | None = None, ind: Any = None) -> float:  # noqa: ARG002 - as Ciw calls it
        return self.handles[ind.id_number - 1]


class Onward(ciw.routing.NodeRouting):
    """From tier 1 to tier 2 or out, as the tape says."""

    def __init__(self, tickets: list[Ticket]) -> None:
        super().__init__()
        self.stages = [len(handles) for *_, handles in tickets]

    def next_node(self, ind: Any) -> Any:
        return self.simulation.nodes[2 if self.stages[ind.id_number - 1] > 1 else -1]


def in_ciw(tickets: list[Ticket], agents: tuple[int, int]) -> list[list[int]]:
    """W1. Returns for each ticket the start and end of each of its stages, ms."""
    timers = {priority: patience for _, priority, patience, _ in tickets}
    created: list[list[int]] = [[at for at, priority, *_ in tickets if priority == p] for p in range(4)]
    routing = ciw.routing.NetworkRouting([Onward(tickets), ciw.routing.Leave()])
    first, second = (Handles(tickets, tier) for tier in (0, 1))
    network = ciw.create_network(
        number_of_servers=list(agents),
        priority_classes=CLASSES,
        arrival_distributions={
            name: [Gaps(created[NAMES.index(name)]) if name in NAMES else None, None] for name in CLASSES
        },
        service_distributions={name: [first, second] for name in CLASSES},
        class_change_time_distributions={
            NAMES[p]: {RAISED[p - 1]: ciw.dists.Deterministic(float(timers[p]))} for p in range(1, 4) if p in timers
        },
        class_change_matrices=[
            {name: {to: float(to == ONWARD[level]) for to in CLASSES} for name, level in CLASSES.items()},
            {name: {to: float(to == name) for to in CLASSES} for name in CLASSES},
        ],
        routing=dict.fromkeys(CLASSES, routing),
    )
    run = ciw.Simulation(network)
    for node in run.transitive_nodes:
        node.next_class_change_ind = None  # Ciw 3.2 looks for it before the first comes to tier 2
    run.simulate_until_max_customers(len(tickets), method="Complete")
    times: list[list[int]] = [[] for _ in tickets]
    for record in sorted(run.get_all_records(only=["service"]), key=lambda record: record.node):
        times[record.id_number - 1] += [int(record.service_start_date), int(record.service_end_date)]
    return times


# ---------------------------------------------------------------------- salabim


class Customer(salabim.Component):
    """One ticket."""

    def setup(self, ticket: Ticket, tiers: list[salabim.Resource], times: list[int]) -> None:
        _, self.level, self.patience, self.handles = ticket
        self.tiers, self.times = tiers, times

    def process(self) -> Iterator[None]:
        tier = self.tiers[0]
        if self.level:  # nothing is above P1
            yield self.request((tier, 1, self.level), fail_delay=self.patience)
            if self.failed():
                self.level -= 1
                yield self.request((tier, 1, self.level))
        else:
            yield self.request((tier, 1, self.level))
        yield from self.serve(tier, self.handles[0])
        if len(self.handles) > 1:
            yield self.request((self.tiers[1], 1, self.level))
            yield from self.serve(self.tiers[1], self.handles[1])

    def serve(self, tier: salabim.Resource, handle: int) -> Iterator[None]:
        self.times.append(int(self.env.now()))
        yield self.hold(handle)
        self.times.append(int(self.env.now()))
        self.release(tier)


class Source(salabim.Component):
    """The tape."""

    def setup(self, tickets: list[Ticket], tiers: list[salabim.Resource], seen: list[list[int]]) -> None:
        self.tickets, self.tiers, self.seen = tickets, tiers, seen

    def process(self) -> Iterator[None]:
        for ticket in self.tickets:
            yield self.hold(till=ticket[0])
            self.seen.append([])
            Customer(ticket=ticket, tiers=self.tiers, times=self.seen[-1])


def in_salabim(tickets: list[Ticket], agents: tuple[int, int]) -> list[list[int]]:
    """W1. Returns for each ticket the start and end of each of its stages, ms."""
    env = salabim.Environment(trace=False, yieldless=False)
    tiers = [
        salabim.Resource(name, capacity=capacity, monitor=False) for name, capacity in zip("12", agents, strict=True)
    ]
    seen: list[list[int]] = []
    Source(tickets=tickets, tiers=tiers, seen=seen)
    env.run()
    return seen
