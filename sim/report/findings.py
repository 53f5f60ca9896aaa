"""What a report is made of: figures, tables and what produced them, of a result at hand or of a folder.

Both ways give the same findings, so that `sim report` makes the very page again that `sim run` made.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.errors import ResultsError
from sim.metrics.frames import kpi_frame

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from sim.experiment.result import Result

Record = dict[str, Any]

_NEEDED = ("scenario", "hash", "seed", "replications", "kpis", "setting", "versions", "notices")
_TITLES = {
    "week_hours": "hours in 7 days",
    "week_hours_most": "hours in 7 days",
    "overtime": "overtime, h a week",
    "consecutive_duties": "duties in a row, days",
    "consecutive_nights": "nights in a row",
    "short_rests": "short rests in 28 days",
    "quick_returns": "quick returns in 28 days",
    "weekends": "weekends worked, %",
    "sleep_pages": "pages in sleep hours a week",
    "busy_hours": "critical hours a week",
    "busy_streak": "critical hours in a row",
    "without_pause": "duties without a pause, %",
    "preemptions": "interruptions by P1 a week",
    "overrun": "overrun, min a duty",
}
"""What a column of a person's table is called, by the limit's key."""


@dataclass(frozen=True)
class Findings:
    """One run, as reports read it.

    Attributes:
        manifest: what `manifest.json` holds.
        tables: by the names of docs/metrics.md, in long form.
        command: what makes the same result again; "" where the run came from Python.
    """

    manifest: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    command: str

    @classmethod
    def of(cls, result: Result, command: str = "") -> Findings:
        """The findings of a result."""
        return cls(result.manifest(), result.tables, command)

    @classmethod
    def read(cls, folder: Path) -> Findings:
        """The findings of a results folder.

        Raises:
            ResultsError: the folder holds no results, or they cannot be read.
        """
        manifest = _manifest(folder)
        return cls(manifest, _tables(folder), str(manifest.get("command", "")))

    @property
    def records(self) -> dict[str, Record]:
        """Key figures by name: {mean, low, high, unit, target?, met?, band?}."""
        found: dict[str, Record] = self.manifest["kpis"]
        return found

    @property
    def kpis(self) -> pd.DataFrame:
        """Key figures as a table, indexed by name."""
        return kpi_frame(self.records)

    @property
    def setting(self) -> dict[str, Any]:
        """Dates, clocks, bands, sleep hours and limits of the scenario."""
        found: dict[str, Any] = self.manifest["setting"]
        return found

    @cached_property
    def people(self) -> pd.DataFrame:
        """A row a person and limit: agent, limit, title, value, exceeded (per cent of the replications).

        Agents without any indicator, such as those who are always there, are left out.
        """
        import pandas as pd

        limits = pd.DataFrame(self.setting["limits"]).rename(columns={"value": "most"})
        limits["title"] = [_title(limit) for limit in self.setting["limits"]]
        over = self.tables["limits_by_agent"][["agent", "limit", "mean"]].rename(columns={"mean": "exceeded"})
        value = self.tables["burnout_by_agent"][["agent", "measure", "mean"]].rename(columns={"mean": "value"})
        joined = over.merge(limits, on="limit", how="left").merge(value, on=["agent", "measure"], how="left")
        known = joined.groupby("agent", sort=False)["exceeded"].transform(lambda shares: shares.notna().any())
        return joined.loc[known, ["agent", "limit", "title", "value", "exceeded"]].reset_index(drop=True)


def _title(limit: Mapping[str, Any]) -> str:
    name = _TITLES.get(limit["limit"], str(limit["limit"]).replace("_", " "))
    return f"{name} (≤ {limit['value']:.3g})"


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not path.is_file():
        what = "holds no results: there is no manifest.json in it" if folder.is_dir() else "is no folder"
        raise ResultsError(f"{folder} {what}; name a folder that `sim run` has written")
    try:
        manifest: dict[str, Any] = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:  # dict refuses what is no object with one of the last two
        raise ResultsError(f"{path} cannot be read: {error}") from error
    if isinstance(compared := manifest.get("scenarios"), dict):
        parts = ", ".join(map(str, dict(manifest.get("folders", {})).values()))
        raise ResultsError(f"{folder} is a comparison of {len(compared)} scenarios; name one of its folders: {parts}")
    missing = [key for key in _NEEDED if key not in manifest]
    if missing:
        again = f"; run it again: {manifest['command']}" if "command" in manifest else ""
        raise ResultsError(f"{path} lacks {', '.join(missing)}: another version has written it{again}")
    return manifest


def _tables(folder: Path) -> dict[str, pd.DataFrame]:
    import pandas as pd

    from sim.metrics.measure import LAYOUTS

    tables = {}
    for name in LAYOUTS:
        path = folder / "tables" / f"{name}.parquet"
        if not path.is_file():
            raise ResultsError(f"{path} is missing: the folder is not whole, or another version has written it")
        try:
            tables[name] = pd.read_parquet(path)
        except (OSError, ValueError) as error:  # pyarrow's errors are ValueErrors
            raise ResultsError(f"{path} cannot be read: {error}") from error
    return tables
