"""What a comparison comes back with: every scenario's figures, and how far they are from those of the base."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from sim.errors import InputError, Problem, nearest
from sim.experiment.estimate import paired
from sim.metrics.kpis import KPIS
from sim.scenario.differences import differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sim.experiment.result import Result
    from sim.scenario.tree import Override

Verdict = Literal["better", "worse", "higher", "lower", "cannot tell"]

LEVEL = 0.95
"""Confidence of every interval, or of those of all alternatives together."""
COLUMNS = (
    "mean", "low", "high", "difference", "difference_low", "difference_high", "verdict", "gain", "unit", "target",
    "met",
)  # fmt: skip
_ROUNDING = 1e-12
"""A difference that is a smaller part of the figures than this comes from the order in which sums were added."""


class Difference(NamedTuple):
    """How far a figure is from the base's, in its unit; None where the data say nothing.

    Attributes:
        mean: the alternative's figure less the base's.
        low: lower end of the interval.
        high: upper end.
        verdict: what the interval says, given which way is good.
        gain: how many times the replications independent runs would need for the same interval.
    """

    mean: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    gain: float | None


class Turn(NamedTuple):
    """A target that the base meets and an alternative misses, or the other way round."""

    label: str
    kpi: str
    met: bool


def verdict(low: float, high: float, better: str) -> Verdict:
    """What an interval of a difference says: nothing as long as it holds 0, or where there is none (NaN).

    Args:
        low: lower end.
        high: upper end.
        better: which way is good: up, down or none, as in the figure's definition.
    """
    if not (low > 0 or high < 0):
        return "cannot tell"
    if better == "none":
        return "higher" if low > 0 else "lower"
    return "better" if (low > 0) == (better == "up") else "worse"


@dataclass(frozen=True, eq=False)
class Comparison:
    """The outcome of `sim.compare`. The first scenario is the base, the others are its alternatives.

    Attributes:
        results: of each scenario, the base first, all of the same replications.
        labels: what they are called here, no two alike.
        simultaneous: whether the intervals of a figure's differences hold for all alternatives together.
        wall_s: seconds from call to return.
    """

    results: tuple[Result, ...]
    labels: tuple[str, ...]
    simultaneous: bool
    wall_s: float

    @property
    def base(self) -> Result:
        """What the others are compared with."""
        return self.results[0]

    @property
    def replications(self) -> int:
        """Replications that all scenarios have."""
        return len(self.base.replications)

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C came before all were finished."""
        return any(result.interrupted for result in self.results)

    @property
    def level(self) -> float:
        """Confidence of each single interval of a difference: Bonferroni's, where they are to hold together."""
        return 1 - (1 - LEVEL) / (len(self.results) - 1) if self.simultaneous else LEVEL

    @cached_property
    def differences(self) -> dict[str, dict[str, Difference]]:
        """Every alternative's differences to the base: by label, then by key figure."""
        others = zip(self.labels[1:], self.results[1:], strict=True)
        return {label: self._differences(result) for label, result in others}

    @cached_property
    def changes(self) -> dict[str, tuple[Override, ...]]:
        """The keys in which each alternative differs from the base, by label: `key: old → new`."""
        others = zip(self.labels[1:], self.results[1:], strict=True)
        return {label: differences(self.base.scenario, result.scenario) for label, result in others}

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Targets newly met and newly missed, by the means."""
        return tuple(self._turns())

    @property
    def typical_gain(self) -> float | None:
        """The median of the gains over figures and alternatives; None where nothing varies."""
        gains = [one.gain for figures in self.differences.values() for one in figures.values() if one.gain is not None]
        return float(np.median(gains)) if gains else None

    @cached_property
    def kpis(self) -> pd.DataFrame:
        """One row a key figure and scenario, with the columns of `COLUMNS`.

        `mean`, `low` and `high` are the scenario's, `difference` and its ends those to the base. The base has none.
        """
        import pandas as pd

        rows = {
            (kpi, label): {**result.records[kpi], **self._row(label, kpi)}
            for kpi in KPIS
            for label, result in zip(self.labels, self.results, strict=True)
        }
        index = pd.MultiIndex.from_tuples(rows, names=["kpi", "scenario"])
        table = pd.DataFrame(list(rows.values()), index=index).reindex(columns=list(COLUMNS))
        numbers = [name for name in COLUMNS if name not in {"verdict", "unit", "met"}]
        return table.astype(dict.fromkeys(numbers, float))

    def verdict(self, kpi: str, label: str | None = None) -> Verdict:
        """What can be said of a figure of an alternative; of the first one where no label is given.

        Raises:
            SimError: there is no such figure, or no such alternative.
        """
        alternatives, label = self.labels[1:], self.labels[1] if label is None else label
        for what, name, known in (("alternative", label, alternatives), ("key figure", kpi, tuple(KPIS))):
            if name not in known:
                raise InputError([Problem("", 0, "", f"there is no {what} {name!r}", nearest(name, known))])
        return self.differences[label][kpi].verdict

    def as_json(self) -> dict[str, Any]:
        """The figures and what produced them, ready for JSON."""
        horizon = self.base.scenario.horizon
        return {
            "base": self.labels[0],
            "scenarios": dict(zip(self.labels, map(self._about, self.labels, self.results), strict=True)),
            "seed": self.base.seed,
            "engine": self.base.engine,
            "replications": self.replications,
            "horizon_days": horizon.days,
            "warmup_days": horizon.warmup_days,
            "wall_s": round(self.wall_s, 4),
            "simultaneous": self.simultaneous,
            "level": self.level,
            "gain": self.typical_gain,
            "kpis": {kpi: self._kpi_as_json(kpi) for kpi in KPIS},
        }

    def manifest(self) -> dict[str, Any]:
        """What a reader of the results needs to judge and repeat them."""
        return {
            **self.as_json(),
            "replications_asked": max(result.asked for result in self.results),
            "interrupted": self.interrupted,
            "notices": list(self.notices),
            "versions": self.base.manifest()["versions"],
        }

    @property
    def notices(self) -> tuple[str, ...]:
        """What the planner should know of the data that went in, each with the scenario that it concerns."""
        told = zip(self.labels, self.results, strict=True)
        return tuple(f"{label}: {notice}" for label, result in told for notice in result.notices)

    def __repr__(self) -> str:
        against = ", ".join(map(repr, self.labels[1:]))
        return f"<Comparison of {self.labels[0]!r} with {against}: {self.replications} replications>"

    def _repr_html_(self) -> str:
        names = ", ".join(map(escape, self.labels[1:]))
        head = f"<b>{escape(self.labels[0])}</b> against {names}: {self.replications} replications"
        return head + self.kpis.to_html(float_format="{:.2f}".format, na_rep="", escape=True)

    def _differences(self, result: Result) -> dict[str, Difference]:
        found = paired(self.base.ratios, result.ratios, self.level)
        rows = np.stack(found, axis=-1).tolist()
        return {
            kpi: _difference(*row, size=abs(self.base.records[kpi]["mean"] or 0.0), better=definition.better)
            for (kpi, definition), row in zip(KPIS.items(), rows, strict=True)
        }

    def _turns(self) -> Iterator[Turn]:
        before = self.base.records
        for label, result in zip(self.labels[1:], self.results[1:], strict=True):
            for kpi, record in result.records.items():
                met = record.get("met")
                if met is not None and before[kpi].get("met") is (not met):
                    yield Turn(label, kpi, met)

    def _difference_of(self, label: str, kpi: str) -> Difference | None:
        return self.differences[label][kpi] if label in self.differences else None

    def _row(self, label: str, kpi: str) -> dict[str, Any]:
        found = self._difference_of(label, kpi)
        if found is None:
            return {"verdict": None}
        return {
            "difference": found.mean, "difference_low": found.low, "difference_high": found.high,
            "verdict": found.verdict, "gain": found.gain,
        }  # fmt: skip

    def _about(self, label: str, result: Result) -> dict[str, Any]:
        scenario = result.scenario
        changes = [str(change) for change in self.changes.get(label, ())]
        return {"name": scenario.name, "hash": result.hash, "question": scenario.question, "changes": changes}

    def _kpi_as_json(self, kpi: str) -> dict[str, Any]:
        figures = {}
        for label, result in zip(self.labels, self.results, strict=True):
            found = self._difference_of(label, kpi)
            record = {key: value for key, value in result.records[kpi].items() if key != "unit"}
            figures[label] = record if found is None else {**record, "difference": found._asdict()}
        return {"unit": KPIS[kpi].unit, "better": KPIS[kpi].better, "scenarios": figures}


def _difference(mean: float, low: float, high: float, gain: float, *, size: float, better: str) -> Difference:
    says = "cannot tell" if abs(mean) <= _ROUNDING * size else verdict(low, high, better)
    return Difference(_known(mean), _known(low), _known(high), says, _known(gain))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
