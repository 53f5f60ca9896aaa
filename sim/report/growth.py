"""Lines that grow over the whole time measured: whose figures say less about the plan than about where the run ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.report.words import tier_name, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

LEAST_MORE = 20
"""Tasks by which a line must be longer in the end, so that chance alone does not make it."""
LEAST_WEEKS = 3
"""Whole weeks, within which weekends and nights come and go, that it takes to tell."""
_TIMES = 2
_STEADY = 0.1
"""Of the whole growth, the least that each week has to add: one bad spell is no growth."""


class Growth(NamedTuple):
    """The line of a tier: how many tasks wait on average in the first and in the last week measured."""

    tier: str
    first: float
    last: float

    @property
    def brief(self) -> str:
        """A line for the terminal."""
        return f"{self.tier}'s line grows: {whole(self.first)} tasks in the first week, {whole(self.last)} in the last"

    @property
    def sentence(self) -> str:
        """What it means."""
        return (
            f"The line of {tier_name(self.tier)} grows week by week: {whole(self.first)} tasks wait on average in the "
            f"first that is measured, {whole(self.last)} in the last. More comes than its agents can do, so a longer "
            "run would show worse figures."
        )


def growing(tables: Mapping[str, pd.DataFrame], warmup_days: int) -> Iterator[Growth]:
    """Tiers whose line is longer in each whole week measured than in the one before, and in the last more than twice as
    long as in the first.

    Args:
        tables: of a run.
        warmup_days: at its beginning, which are not measured.
    """
    import pandas as pd

    table = tables["backlog_by_time_tier"]
    measured = table["time"] >= table["time"].min() + pd.Timedelta(days=warmup_days)
    wide = table[measured & (table["measure"] == "waiting")].pivot_table(index="time", columns="tier", values="mean")
    if len(wide) < LEAST_WEEKS:
        return
    since, a_week = wide.index - wide.index[0], pd.Timedelta(weeks=1)
    weeks = (since[-1] + since[1]) // a_week  # the time is cut into hours, or days: the second begins as the first ends
    if weeks < LEAST_WEEKS:
        return
    weekly = wide.groupby(since // a_week).mean().iloc[:weeks]
    for tier, line in weekly.items():
        first, last = line.iloc[0], line.iloc[-1]
        steady = (np.diff(line) >= _STEADY * (last - first)).all()
        if steady and last > _TIMES * first and last - first >= LEAST_MORE:
            yield Growth(str(tier), first, last)
