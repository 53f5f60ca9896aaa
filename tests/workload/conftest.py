"""Small worlds for the workload, and one way to look at a tape: ticket by ticket, by public key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from sim.scenario.base import PRIORITIES, TIERS
from sim.scenario.load import from_data
from sim.scenario.schema import Scenario
from sim.workload.sample import NO_CHANNEL, sample_workload
from sim.workload.tape import NO_EMERGENCY, NO_PAGES, TaskKind, Workload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SMALL: dict[str, Any] = {
    "horizon": {"start": "2026-03-02", "days": 7, "warmup_days": 1},
    "regions": {
        "north": {"zone": "Europe/London", "tickets": "12 per hour", "alerts": "3 per hour", "profile": "office"},
        "south": {"zone": "America/Sao_Paulo", "tickets": "6 per hour"},
    },
    "demand": {
        "profiles": {"office": {"hours": [1] * 8 + [4] * 10 + [1] * 6, "weekdays": [1, 1, 1, 1, 1, 0.5, 0.5]}},
        "priorities": {"P1": "5 %", "P2": "20 %", "P3": "40 %", "P4": "35 %"},
        "channels": {
            "phone": {"share": "30 %", "patience": {"family": "exponential", "mean": "20 min"}},
            "email": {"share": "50 %"},
            "chat": {"share": "20 %", "open": "09:00-17:00", "fallback": "email", "patience": {"mean": "5 min"}},
        },
    },
    "work": {
        "routes": {
            "P1": {"tiers": ["tier3", "tier4"], "solved": ["90 %"]},
            "P2": {"tiers": ["tier2", "tier3"], "solved": ["85 %"]},
            "P3": {"tiers": ["tier1", "tier2"], "solved": ["85 %"]},
            "P4": {"tiers": ["tier1"]},
        },
        "handle": {tier: {"mean": f"{15 * (n + 1)} min", "longest": "8 h"} for n, tier in enumerate(TIERS)},
        "customer_wait": {"share": "10 %"},
        "reopening": {"share": "10 %"},
    },
    "targets": {
        "response": {"P1": "15 min", "P2": "1 h", "P3": "4 h", "P4": "8 h"},
        "resolution": {"P1": "4 h", "P2": "8 h", "P3": "24 h"},
    },
    "policy": {"escalation": {"after": {"P1": "30 min", "P2": "2 h"}}},
    "staffing": {"mode": "flat", "flat": {"north": dict.fromkeys(TIERS, 3)}},
}
"""Two regions, a week, every mechanism switched on; some 3,500 tickets a replication."""

WATCHED: dict[str, Any] = {
    "demand.monitoring": {
        "sources": 4,
        "storms": {"rate": "2 per day", "size": 15, "within": "8 min"},
        "suppress": {"quiet_nights": {"priorities": ["P4"], "hours": "22:00-06:00"}, "noise": {"sources": 1}},
        "batch": "3 min",
        "throttle": {"at_most": 3, "window": "10 min"},
        "review": {"every": "30 min"},
    },
    "oncall": {
        "lead": "north",
        "awake": {"chance": "90 %", "delay": {"family": "exponential", "mean": "2 min"}},
        "asleep": {"chance": "70 %", "delay": {"family": "lognormal", "mean": "6 min"}},
    },
    "work.activation": {"tier1": {"mean": "10 min"}, "tier3": {"family": "constant", "mean": "20 min"}},
    "work.critical": {"after": "45 min", "assists": {"tier4": {"mean": "1 h"}, "tier2": {"mean": "40 min"}}},
}
"""The small world with an eye on its alerts: storms, every filter, reviews, pages, full activation, emergencies."""

ALARMED: dict[str, Any] = {
    **WATCHED,
    "staffing.flat.north.manager": 1,
    "staffing.flat.north.coordinator": 1,
    "emergencies": {
        "types": {
            "outage": {
                "rate": "2 per week", "team": {"tier3": 2, "manager": 1}, "page": True, "lasts": {"mean": "2 h"},
                "surge": {"extra": "200 %"}, "storm": {"size": 30, "within": "8 min"},
            },
            "breach": {
                "rate": "1 per week", "at": ["2026-03-04 09:00"], "regions": ["south"], "team": {"tier4": 1},
                "lasts": {"mean": "4 h"}, "outside": {"who": "security", "takes": {"mean": "6 h"}},
                "surge": {"extra": "50 %", "lasts": "90 min"}, "storm": {},
            },
        },
        "chain": {
            "internal": {"role": "coordinator", "takes": {"mean": "5 min"}},
            "executives": {"after": "30 min", "role": "manager", "takes": {"mean": "15 min"}},
            "customers": {"after": "60 min", "role": "manager", "takes": {"mean": "20 min"}},
        },
    },
    "continuity": {
        "threats": {
            "power": {"rate": "2 per week", "regions": ["north"], "recovery": {"mean": "5 h"}, "rehome": ["south"]},
            "crisis": {"rate": "1 per week", "recovery": {"mean": "2 h"}, "service": "minimal"},
        },
        "drills": {"failover": {"every": {"every": "week", "day": 3}, "lasts": "2 h", "regions": ["south"],
                                "rehome": ["north"]}},
    },
}  # fmt: skip
"""The watched world with emergencies that have all that they can have, disruptions and drills."""

Task = dict[str, int]


@dataclass(frozen=True)
class Ticket:
    """A ticket as a person would describe it: names instead of positions, and its tasks by the reason for them.

    Attributes:
        columns: everything on its row but the region and the number; of its pages all that chance decides.
        tasks: tier, handle, offset and wait by (kind, tier for kinds other than FOLLOW_UP and REOPENED, else 0);
            `_AGAIN` is added where there are several of them.
        stages: the reasons in their order.
    """

    columns: dict[str, int | str | tuple[tuple[int, ...], ...]]
    tasks: dict[tuple[TaskKind, int], Task]
    stages: tuple[tuple[TaskKind, int], ...]


COLUMNS = (
    "created", "kind", "customer_class", "patience", "respond_by", "resolve_by", "escalate_at", "visible", "filtered",
    "critical_at", "page_at",
)  # fmt: skip
_AGAIN = 10
PAGES = ("page_ppm", "page_awake", "page_asleep")

Key = tuple[str, int]
"""A ticket's public key: region and number."""
Tickets = dict[Key, Ticket]
if TYPE_CHECKING:
    Build = Callable[..., Scenario]
    """The fixture `build`."""
    TicketsOf = Callable[..., Tickets]
    """The fixture `tickets_of`."""


def _tickets(scenario: Scenario, workload: Workload) -> Tickets:
    regions, channels = list(scenario.regions), list(scenario.demand.channels)
    types = list(scenario.emergencies.types)
    found: Tickets = {}
    for i, number in enumerate(workload.number.tolist()):
        columns: dict[str, Any] = {name: int(getattr(workload, name)[i]) for name in COLUMNS}
        page = int(workload.page_row[i])
        columns |= {name: tuple(getattr(workload, name)[page].tolist()) for name in PAGES if page != NO_PAGES}
        columns["priority"] = PRIORITIES[workload.priority[i]]
        columns["serve_region"] = regions[workload.serve_region[i]]
        columns["emergency"] = "" if workload.emergency[i] == NO_EMERGENCY else types[workload.emergency[i]]
        channel = int(workload.channel[i])
        columns["channel"] = "" if channel == NO_CHANNEL else channels[channel]
        tasks, stages = {}, []
        for row in range(workload.first_task[i], workload.first_task[i + 1]):
            kind = TaskKind(workload.task_kind[row])
            slot = (kind, 0 if kind in {TaskKind.FOLLOW_UP, TaskKind.REOPENED} else int(workload.tier[row]))
            while slot in tasks:  # several of a team, or steps of the same role
                slot = (kind, slot[1] + _AGAIN)
            tasks[slot] = {name: int(getattr(workload, name)[row]) for name in ("tier", "handle", "offset", "wait")}
            stages.append(slot)
        found[regions[workload.region[i]], number] = Ticket(columns, tasks, tuple(stages))
    assert len(found) == len(workload), "(region, number) is not unique"
    return found


@pytest.fixture(scope="session")
def small() -> Scenario:
    return from_data(SMALL)


@pytest.fixture(scope="session")
def watched(small: Scenario) -> Scenario:
    return small.with_(WATCHED)


@pytest.fixture(scope="session")
def alarmed(small: Scenario) -> Scenario:
    return small.with_(ALARMED)


@pytest.fixture(scope="session")
def build(small: Scenario) -> Build:
    """The small world with some dotted keys changed: `build({"demand.scale": 2})`."""

    def built(changes: Mapping[str, Any]) -> Scenario:
        return small.with_(changes)

    return built


@pytest.fixture(scope="session")
def tickets_of() -> TicketsOf:
    """All tickets of one replication of a scenario by (region, number)."""

    def sampled(scenario: Scenario, seed: int = 1, replication: int = 0) -> Tickets:
        return _tickets(scenario, sample_workload(scenario, seed, replication))

    return sampled
