"""Where results are kept: one folder a run, written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from sim.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from sim.experiment.result import Result
    from sim.scenario.schema import Scenario

JOURNALS = ("tickets", "work", "pages", "duties")


def default_folder(result: Result, root: Path) -> Path:
    """`root`/scenario/time-hash-seed: a new folder for every run, sorted by time."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    base = root / _file_name(result.scenario.name) / f"{now}-{result.scenario.hash}-seed{result.seed}"
    candidates = [base, *(base.with_name(f"{base.name}-{n}") for n in range(2, 1000))]
    return next(folder for folder in candidates if not folder.exists())


def check_free(folder: Path) -> None:
    """Refuse a folder that already holds something, before any work is done.

    Raises:
        ResultsError: it exists and is not empty, or is no folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ResultsError(f"{folder} exists already and is not overwritten: choose another folder, or remove it")


def save(result: Result, folder: Path, command: str) -> None:
    """Write manifest, scenario, key figures, tables and the journals that were kept.

    Args:
        result: what to keep.
        folder: must not exist, or be empty.
        command: the command line that makes the same result again.

    Raises:
        ResultsError: the folder is taken, or cannot be written.
    """
    check_free(folder)
    with _whole(folder) as part:
        _write_json(part / "manifest.json", {**result.manifest(), "created": _now(), "command": command})
        (part / "scenario.yaml").write_text(_as_yaml(result.scenario), encoding="utf-8")
        _write_table(part, "kpis", result.kpis.reset_index())
        for name, table in result.tables.items():
            _write_table(part / "tables", name, table)
        for name in JOURNALS:
            journal = getattr(result, name)
            if len(journal):
                _parquet(part / "journals" / f"{name}.parquet", journal)


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A scratch folder beside `folder` that takes its name at the end, when everything in it is written."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(mkdtemp(prefix=".unfinished-", dir=folder.parent))
    except OSError as error:
        raise ResultsError(f"{folder} cannot be written: {error.strerror}") from error
    try:
        yield part
        part.chmod(0o777 & ~_umask())
        if folder.exists():
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
    table.to_csv(folder / f"{name}.csv", index=False, float_format="%.6g", lineterminator="\n")


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
