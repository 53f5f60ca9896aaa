"""Who is sick when: healthy times of exponential length between spells of sickness, person by person."""

from __future__ import annotations

from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np

from sim.streams import uniforms
from sim.workforce.away import away, joined, never_away
from sim.workforce.roster import LEAD, Reason
from sim.workload.durations import quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.clock import Clock
    from sim.scenario.base import DurationLaw
    from sim.scenario.people import Sickness
    from sim.scenario.schema import Scenario
    from sim.workforce.away import Away, Instants
    from sim.workforce.roster import Agents

    Floats = NDArray[np.float64]

_AT_START = 3
"""Columns that decide on the state at the start of the run."""
_GRID = 1 << 12


def sickness(scenario: Scenario, agents: Agents, clock: Clock, seed: int, replication: int) -> Away:
    """Spells of sickness in the run. The engineering lead is never sick: somebody always stands in."""
    rules = scenario.people.sickness
    people = np.flatnonzero(agents.tier != LEAD)
    if rules is None or not rules.share or not len(people):
        return never_away()
    names = [agents.name[agent] for agent in people.tolist()]
    mean = _mean(rules.spell)
    spells = ceil(_most(clock.end * rules.share / mean))
    while True:
        draws = uniforms(seed, replication, names, "sickness", columns=_AT_START + 2 * spells)
        first, onset, length = _spells(rules, mean, draws)
        if (onset[:, -1] >= clock.end).all():
            break
        spells *= 2  # the columns so far stay as they are
    who, which = np.nonzero(onset < clock.end)
    begins = onset[who, which]
    later = away(Reason.SICKNESS, people[who], begins, begins + length[who, which])
    return joined([away(Reason.SICKNESS, people, *first), later])


def _most(expected: float) -> float:
    """More than a number that is nearly Poisson, but for one time in a billion."""
    return expected + 6 * sqrt(expected) + 8


def _spells(rules: Sickness, mean: float, draws: Floats) -> tuple[tuple[Instants, Instants], Instants, Instants]:
    """(a,) start and end of the spell under way at 0, which lasts for nothing for most; (a, n) onset and length of the
    others.

    The start is that of a process that has gone on for ever: somebody is sick then with a chance of `share`, in a spell
    drawn by length, of which any part may have passed (Cox, Renewal Theory, 1962, §5.4).
    """
    is_sick = draws[:, 0] < rules.share
    under_way = np.where(is_sick, _by_length(rules.spell, draws[:, 1]), 0)
    until = np.rint(under_way * draws[:, 2]).astype(np.int64)
    healthy_mean = mean * (1 - rules.share) / rules.share
    healthy = np.rint(-healthy_mean * np.log1p(-draws[:, _AT_START::2])).astype(np.int64)
    length = quantile(rules.spell, draws[:, _AT_START + 1 :: 2])
    onset = until[:, np.newaxis] + np.cumsum(healthy, axis=1) + np.cumsum(length, axis=1) - length
    return (until - under_way, until), onset, length


def _grid(law: DurationLaw) -> Instants:
    """Durations in the middle of so many equal shares of a distribution, ascending."""
    return quantile(law, (np.arange(_GRID) + 0.5) / _GRID)


def _mean(law: DurationLaw) -> float:
    """Mean in ms of what is drawn."""
    return float(law.mean) if law.mean and law.longest is None else float(_grid(law).mean())


def _by_length(law: DurationLaw, u: Floats) -> Instants:
    """Durations drawn with a chance in proportion to their length, at the quantiles `u`."""
    durations = _grid(law)
    share = np.cumsum(durations, dtype=np.float64)
    drawn: Instants = durations[np.searchsorted(share / share[-1], u, side="right")]
    return drawn
