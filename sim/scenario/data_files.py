"""Data files that a scenario refers to: where they lie, and what they add to its hash."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import Problem, ScenarioError, nearest, quote
from sim.scenario.tree import KeyPath, Node, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA_FILES: tuple[KeyPath, ...] = (
    ("demand", "replay", "file"),
    ("demand", "forecast", "file"),
    ("staffing", "explicit", "file"),
)
"""Keys that name a data file."""

_DIGITS = 12
_MOST_NAMES = 10_000


def data_files(tree: Node) -> Iterator[tuple[KeyPath, Path]]:
    """The data files that a scenario names: their key, and their absolute path."""
    for path in DATA_FILES:
        node = tree.at(path)
        if node and isinstance(node.value, str):
            yield path, Path(node.place.folder, node.value)


def missing_data_files(tree: Node) -> Iterator[tuple[KeyPath, str, str]]:
    """Each key that names a data file that is not there, with a message and the nearest file."""
    for path, file in data_files(tree):
        what = _wrong_with(file)
        if what:
            message = f"{quote(file.name)} {what}; it is looked for in {quote(str(file.parent))}"
            yield path, message, nearest_file(file)


def _wrong_with(file: Path) -> str:
    try:
        found = "" if file.is_file() else "is a directory" if file.is_dir() else "does not exist"
    except OSError as error:  # a name that is too long, a folder that may not be looked into
        found = f"cannot be found ({error.strerror})"
    return found


def nearest_file(path: Path) -> str:
    """The file most like `path` in the folder where it should be, or ""."""
    try:
        names = [entry.name for entry in islice(path.parent.iterdir(), _MOST_NAMES) if entry.is_file()]
    except (OSError, ValueError):
        return ""
    return nearest(path.name, sorted(names))


def fingerprint(content: dict[str, Any]) -> str:
    """A short hash of a validated scenario, in which the contents of data files stand for their names.

    Keys keep their order, because the order of regions and channels has a meaning.
    """
    for path in DATA_FILES:
        _put_digest(content, tuple(map(str, path)))
    text = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _put_digest(content: dict[str, Any], path: tuple[str, ...]) -> None:
    *sections, last = path
    for key in sections:
        content = content.get(key) or {}
    if content:
        content[last] = _digest_of(content[last], dotted(path))


def _digest_of(file: str, key: str) -> str:
    try:
        status = Path(file).stat()
        return _digest(file, status.st_mtime_ns, status.st_size)
    except OSError as error:
        raise ScenarioError([Problem(file, 0, key, f"the data file cannot be read: {error.strerror}")]) from error


@lru_cache(maxsize=64)
def _digest(file: str, _changed_at: int, _size: int) -> str:
    with Path(file).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
