"""What a run comes back with: figures with intervals, tables, journals - and what is needed to repeat it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from platform import python_version
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.journal import frame
from sim.engine.lifecycle import LifeState, life
from sim.errors import SimError
from sim.experiment.estimate import pooled
from sim.experiment.notebook import html
from sim.metrics.frames import frames, kpi_frame, records
from sim.metrics.kpis import told
from sim.metrics.measure import Measurement, stack
from sim.metrics.setting import setting
from sim.scenario.base import PRIORITIES, ROLES
from sim.scenario.days_off import clock_of, holidays_of
from sim.workforce.roster import Chore, Level, Reason
from sim.workload.tape import CustomerClass, Filter, Kind, TaskKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import IntEnum

    import pandas as pd

    from sim.engine.journal import Journals, Table
    from sim.metrics.cuts import Ratios
    from sim.scenario.schema import Scenario
    from sim.workforce.roster import DutyPlan

PACKAGES = ("support-capacity-sim", "simpy", "numba", "numpy", "scipy", "pandas", "holidays", "tzdata")
"""Packages on whose versions figures may depend."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds spent on sampling, in the engine (its journals built), and on measuring."""

    sample_s: float
    engine_s: float
    metrics_s: float


@dataclass(frozen=True, slots=True)
class Replication:
    """One repetition: its number, what was measured, and its journals where they were kept."""

    index: int
    measurement: Measurement
    journals: Journals | None
    timing: Timing


@dataclass(frozen=True, eq=False)
class Result:
    """The outcome of `sim.run`.

    The journals - `tickets`, `life`, `work`, `duties`, `chores`, `pages`, `absences`, `disruptions` - are those of the
    replications that kept them; a SimError where none did.

    Attributes:
        scenario: what was run.
        plan: everybody's duties.
        seed: of the random numbers.
        engine: the engine that ran.
        asked: replications asked for.
        interrupted: whether Ctrl-C came before all were finished.
        replications: the finished ones, in order.
        notices: what the planner should know of the data that went in.
        wall_s: seconds from call to return.
        hash: of the scenario, and of its data files as they were when the run began.
    """

    scenario: Scenario
    plan: DutyPlan
    seed: int
    engine: str
    asked: int
    interrupted: bool
    replications: tuple[Replication, ...]
    notices: tuple[str, ...]
    wall_s: float
    hash: str

    @cached_property
    def records(self) -> dict[str, dict[str, Any]]:
        """Every key figure by name: {mean, low, high, unit, target?, met?, band?}; None where there is no figure."""
        return records(self._stacked, self.scenario, pooled)

    @cached_property
    def kpis(self) -> pd.DataFrame:
        """The key figures: one row each, indexed by name, with mean, low, high (95 %), unit, target, met and band."""
        return kpi_frame(self.records)

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table in long form; see docs/metrics.md."""
        clock, names = clock_of(self.scenario), self.plan.agents.name
        return frames(self._stacked, self.scenario, clock, pooled, names)

    @cached_property
    def tickets(self) -> pd.DataFrame:
        """One row a ticket of the replications whose journals were kept."""
        return self._journal(lambda journals: journals.tickets, kind=_names(Kind))

    @cached_property
    def life(self) -> pd.DataFrame:
        """One row each time that a ticket enters a state of its life, as the manual (§7.1) has them."""
        return self._journal(life, state=_names(LifeState))

    @cached_property
    def work(self) -> pd.DataFrame:
        """One row a stretch of waiting and work."""
        return self._journal(lambda journals: journals.work, kind=_names(TaskKind))

    @cached_property
    def duties(self) -> pd.DataFrame:
        """One row a segment of a duty, between its pauses."""
        return self._journal(lambda journals: journals.duties)

    @cached_property
    def chores(self) -> pd.DataFrame:
        """One row a stretch of time that went into a meeting or a review."""
        return self._journal(lambda journals: journals.chores, kind=_names(Chore))

    @cached_property
    def pages(self) -> pd.DataFrame:
        """One row a page."""
        return self._journal(lambda journals: journals.pages)

    @cached_property
    def absences(self) -> pd.DataFrame:
        """One row a stretch of planned duty that was not worked."""
        return self._journal(lambda journals: journals.absences)

    @cached_property
    def disruptions(self) -> pd.DataFrame:
        """One row a disruption or drill; bit p of `serves` is set where priority p is served, 0 is P1."""
        continuity = self.scenario.continuity
        entries = (*continuity.threats, *continuity.drills)
        return self._journal(lambda journals: _entered(journals.disruptions, len(continuity.threats)), entry=entries)

    @property
    def has_journals(self) -> bool:
        """Whether any replication kept its journals."""
        return any(one.journals is not None for one in self.replications)

    @property
    def timing(self) -> dict[str, float]:
        """Seconds by part of the work, summed over replications (and so over processors)."""
        parts = Timing.__slots__
        return {part: sum(getattr(one.timing, part) for one in self.replications) for part in parts}

    def as_json(self) -> dict[str, Any]:
        """The figures and what produced them, ready for JSON."""
        horizon = self.scenario.horizon
        return {
            "scenario": self.scenario.name,
            "hash": self.hash,
            "seed": self.seed,
            "engine": self.engine,
            "replications": len(self.replications),
            "horizon_days": horizon.days,
            "warmup_days": horizon.warmup_days,
            "wall_s": round(self.wall_s, 4),
            "timing": {part: round(seconds, 4) for part, seconds in self.timing.items()},
            "kpis": self.records,
        }

    def manifest(self) -> dict[str, Any]:
        """What a reader of the results needs to judge and repeat them."""
        holidays = holidays_of(self.scenario)
        return {
            **self.as_json(),
            "question": self.scenario.question,
            "roster_hash": self.plan.hash,
            "replications_asked": self.asked,
            "interrupted": self.interrupted,
            "changes": [str(override) for override in self.scenario.trail],
            "notices": list(self.notices),
            "setting": setting(self.scenario),
            "versions": {"python": python_version(), **{name: metadata.version(name) for name in PACKAGES}},
            "holidays": {region: {str(day): name for day, name in days.items()} for region, days in holidays.items()},
        }

    def __repr__(self) -> str:
        done = f"{len(self.replications)} of {self.asked} replications"
        return f"<Result of {self.scenario.name!r} ({self.hash}): {done}, seed {self.seed}, {self.engine}>"

    @property
    def ratios(self) -> Ratios:
        """The sums that the key figures are made of, (replications, figures), in the order of `KPIS`."""
        return self._stacked.kpis

    def missed(self) -> list[str]:
        """Names of the key figures that miss their target."""
        return [name for name, record in self.records.items() if record.get("met") is False]

    def _repr_html_(self) -> str:
        lines = (self.scenario.question, self._method(), *self.notices)
        return html(self.scenario.name, lines, {name: one for name, one in self.records.items() if told(name, one)})

    def _method(self) -> str:
        """How it was done, in a line."""
        horizon, done = self.scenario.horizon, len(self.replications)
        counted = f"{done} of {self.asked}" if done < self.asked else str(done)
        parts = (
            f"{horizon.days} days after {horizon.warmup_days} of warm-up",
            f"{counted} {'replication' if self.asked == 1 else 'replications'}",
            f"seed {self.seed}",
            f"hash {self.hash}",
        )
        return " · ".join(parts)

    @cached_property
    def _stacked(self) -> Measurement:
        return stack([replication.measurement for replication in self.replications])

    def _journal(self, read: Callable[[Journals], Table], **names: tuple[str, ...]) -> pd.DataFrame:
        import pandas as pd

        labels, origin = {**self._labels, **names}, clock_of(self.scenario).origin
        parts = [
            frame(read(one.journals), labels, origin).assign(replication=one.index)
            for one in self.replications
            if one.journals is not None
        ]
        if not parts:
            raise SimError("no journals were kept: run it with journals='first' or journals='all'")
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def _labels(self) -> dict[str, tuple[str, ...]]:
        regions = tuple(self.scenario.regions)
        return {
            "region": regions,
            "served_by": regions,
            "emergency": tuple(self.scenario.emergencies.types),
            "priority": PRIORITIES,
            "customer_class": _names(CustomerClass),
            "channel": tuple(self.scenario.demand.channels),
            "tier": (*ROLES, "lead"),
            "level": _names(Level),
            "filtered": _names(Filter),
            "reason": _names(Reason),
            "agent": self.plan.agents.name,
        }


def _names(codes: type[IntEnum]) -> tuple[str, ...]:
    return tuple(member.name.lower() for member in codes)


def _entered(disruptions: Table, threats: int) -> Table:
    """With one numbering of all entries: threats, then drills."""
    return {**disruptions, "entry": disruptions["entry"] + threats * disruptions["drill"].astype(np.int64)}
