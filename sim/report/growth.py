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
_TIMES = 2
_THIRDS = 3


class Growth(NamedTuple):
    """The line of a tier: how many tasks wait on average in the first and in the last third of the time measured."""

    tier: str
    first: float
    last: float

    @property
    def brief(self) -> str:
        """A line for the terminal."""
        return f"{self.tier}'s line grows: {whole(self.first)} tasks in the first third, {whole(self.last)} in the last"

    @property
    def sentence(self) -> str:
        """What it means."""
        return (
            f"The line of {tier_name(self.tier)} grows: {whole(self.first)} tasks wait on average in the first third "
            f"of the time measured, {whole(self.last)} in the last. More comes than its agents can do, so a longer run "
            "would show worse figures."
        )


def growing(tables: Mapping[str, pd.DataFrame], warmup_days: int) -> Iterator[Growth]:
    """Tiers whose line is longer in each third of the time measured than in the one before, and in the last more than
    twice as long as in the first.

    Args:
        tables: of a run.
        warmup_days: at its beginning, which are not measured.
    """
    import pandas as pd

    table = tables["backlog_by_time_tier"]
    measured = table["time"] >= table["time"].min() + pd.Timedelta(days=warmup_days)
    wide = table[measured & (table["measure"] == "waiting")].pivot_table(index="time", columns="tier", values="mean")
    if len(wide) < _THIRDS:
        return
    thirds = wide.groupby(np.arange(len(wide)) * _THIRDS // len(wide)).mean()
    for tier, (first, second, last) in thirds.items():
        if first < second < last and last > _TIMES * first and last - first >= LEAST_MORE:
            yield Growth(str(tier), first, last)
