"""Where results are kept: one folder a run or a comparison, written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain, count
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Protocol

from sim.errors import ResultsError
from sim.workforce.export import roster_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from sim.experiment.comparison import Comparison
    from sim.experiment.result import Result
    from sim.scenario.schema import Scenario

JOURNALS = ("tickets", "life", "work", "chores", "pages", "duties", "absences", "disruptions")
"""Journals, and what is read off them, in a file each; one without rows has none."""


class Filed(Protocol):
    """What results are filed under: a scenario, or what stands for several."""

    @property
    def name(self) -> str: ...
    @property
    def hash(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Several:
    """Scenarios that are run together, the base first."""

    scenarios: Sequence[Scenario]

    @property
    def name(self) -> str:
        """The base's name, and that it is compared."""
        return f"{self.scenarios[0].name}-compared"

    @property
    def hash(self) -> str:
        """Twelve hex digits of the scenarios' hashes, in their order."""
        return sha256(" ".join(scenario.hash for scenario in self.scenarios).encode()).hexdigest()[:12]


@contextmanager
def reserved(folder: Path | None, scenario: Filed, seed: int, root: Path = Path("results")) -> Iterator[Path]:
    """A folder for a run that is about to begin, empty and nobody else's; it goes again if nothing is saved in it.

    Args:
        folder: where the user wants the results; by default `root`/scenario/time-hash-seed, new for every run.
        scenario: what will be run; `Several` for a comparison.
        seed: of the run.
        root: where results are kept.

    Raises:
        ResultsError: the folder is taken, or cannot be made.
    """
    try:
        place = _new_folder(root, scenario, seed) if folder is None else _free_folder(folder)
    except OSError as error:
        raise ResultsError(f"{folder or root} cannot be written: {error.strerror}") from error
    try:
        yield place
    finally:
        with suppress(OSError):
            place.rmdir()  # refused where something was saved


def _new_folder(root: Path, scenario: Filed, seed: int) -> Path:
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    base = root / _file_name(scenario.name) / f"{now}-{scenario.hash}-seed{seed}"
    names = chain([base.name], (f"{base.name}-{n}" for n in count(2)))
    return next(folder for folder in map(base.with_name, names) if _made(folder))


def _made(folder: Path) -> bool:
    """Whether the folder is new; it is not where another run began in the same second."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        return False
    return True


def _free_folder(folder: Path) -> Path:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ResultsError(f"{folder} exists already and is not overwritten: choose another folder, or remove it")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def save(result: Result, folder: Path, command: str) -> None:
    """Write manifest, scenario, roster, key figures, tables and the journals that were kept.

    Args:
        result: what to keep.
        folder: empty, or not there yet.
        command: the command line that makes the same result again.

    Raises:
        ResultsError: the folder is taken, or cannot be written.
    """
    with _whole(folder) as part:
        _write_json(part / "manifest.json", {**result.manifest(), "created": _now(), "command": command})
        (part / "scenario.yaml").write_text(_as_yaml(result.scenario), encoding="utf-8")
        _csv(part / "roster.csv", roster_table(result.scenario, result.plan))
        _write_table(part, "kpis", result.kpis.reset_index())
        for name, table in result.tables.items():
            _write_table(part / "tables", name, table)
        for name in JOURNALS if result.has_journals else ():
            journal = getattr(result, name)
            if len(journal):
                _parquet(part / "journals" / f"{name}.parquet", journal)


def save_comparison(comparison: Comparison, folder: Path, command: str, commands: Sequence[str]) -> None:
    """Write manifest, differences and, in a folder each, numbered from the base on, the results of all scenarios.

    Args:
        comparison: what to keep.
        folder: empty, or not there yet.
        command: the command line that makes the same comparison again.
        commands: those that make the result of each scenario again.

    Raises:
        ResultsError: the folder is taken, or cannot be written.
    """
    folders = [f"{n}-{_file_name(label)}" for n, label in enumerate(comparison.labels, 1)]
    with _whole(folder) as part:
        kept = {"created": _now(), "command": command, "folders": dict(zip(comparison.labels, folders, strict=True))}
        _write_json(part / "manifest.json", {**comparison.manifest(), **kept})
        _write_table(part, "comparison", comparison.kpis.reset_index())
        for name, result, again in zip(folders, comparison.results, commands, strict=True):
            save(result, part / name, again)


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A scratch folder beside `folder` that takes its name at the end, when everything in it is written."""
    try:
        _free_folder(folder)
        part = Path(mkdtemp(prefix=".unfinished-", dir=folder.parent))
    except OSError as error:
        raise ResultsError(f"{folder} cannot be written: {error.strerror}") from error
    try:
        yield part
        part.chmod(0o777 & ~_umask())
        folder.rmdir()
        part.rename(folder)
    except OSError as error:
        raise ResultsError(f"{folder} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_table(folder: Path, name: str, table: pd.DataFrame) -> None:
    _parquet(folder / f"{name}.parquet", table)
    _csv(folder / f"{name}.csv", table)


def _csv(path: Path, table: pd.DataFrame) -> None:
    table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")


def _parquet(path: Path, table: pd.DataFrame) -> None:
    path.parent.mkdir(exist_ok=True)
    table.to_parquet(path, engine="pyarrow", compression="zstd", index=False)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def _as_yaml(scenario: Scenario) -> str:
    """A scenario file of its own, parents and changes merged in."""
    import yaml

    plain = json.loads(json.dumps(scenario.raw))  # tuples become lists, which YAML has
    text: str = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=120)
    return text


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _file_name(name: str) -> str:
    safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in name).strip(".")
    return safe or "scenario"
