"""Changes to a scenario that are in no file: `--set key=value` on the command line, and `with_` in Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import combinations
from numbers import Integral, Real
from pathlib import Path
from typing import Any, NamedTuple

from sim.errors import Problem, quote
from sim.scenario.tree import KeyPath, Node, Place, dotted
from sim.scenario.yaml_source import DEEPEST, MOST_VALUES, read_value

WHERE = "--set"
"""What messages name in the place of a file."""

_LARGEST_NUMBER = 10**30
"""Larger numbers would overflow a float somewhere on the way."""

Pairs = Iterable[tuple[str, Any]]


class Change(NamedTuple):
    """A value for one key."""

    path: KeyPath
    node: Node

    def over(self, tree: Node) -> Node:
        """The change as a tree to be merged into `tree`, whose mappings keep their places."""
        node = self.node
        for depth in range(len(self.path) - 1, -1, -1):
            around = tree.at(self.path[:depth])
            node = Node({self.path[depth]: node}, around.place if around else self.node.place)
        return node


class Changes(NamedTuple):
    """Changes in the order in which they were asked for, and what is wrong with them."""

    valid: tuple[Change, ...]
    problems: tuple[Problem, ...]


def read_changes(asked: Iterable[str] | Mapping[str, Any] | str) -> Changes:
    """Changes from `key=value` texts, or from a mapping of dotted keys to Python values."""
    if isinstance(asked, Mapping):
        return from_values(asked.items())
    return _collected(_from_text(text) for text in ([asked] if isinstance(asked, str) else asked))


def from_values(pairs: Pairs) -> Changes:
    """Changes from dotted keys and Python values."""
    return _collected(_from_value(key, value) for key, value in pairs)


def tree_of(data: Mapping[str, Any], place: Place) -> Node:
    """Python data as a tree.

    Raises:
        NotDataError: it holds what no scenario file can hold.
    """
    return _Builder(place).node(data)


def _collected(outcomes: Iterable[Change | list[Problem]]) -> Changes:
    valid: list[Change] = []
    problems: list[Problem] = []
    for outcome in outcomes:
        if isinstance(outcome, Change):
            valid.append(outcome)
        else:
            problems += outcome
    return Changes(tuple(valid), (*problems, *_overlaps(valid)))


def _overlaps(changes: Iterable[Change]) -> Iterable[Problem]:
    for (first, _), (second, _) in combinations(changes, 2):
        shorter = min(len(first), len(second))
        if first[:shorter] == second[:shorter]:
            same = "is set twice" if first == second else f"overlaps with {dotted(first)}, which is set as well"
            yield _problem(second, f"{same}: give each key one value")


def _from_text(text: object) -> Change | list[Problem]:
    key, equals, value = text.partition("=") if isinstance(text, str) else ("", "", "")
    path = _path(key.strip())
    if not (equals and path):
        return [_problem((), f"must be key=value, such as demand.scale=1.2; found {quote(text)}")]
    document = read_value(value, WHERE, path)
    return Change(path, document.root) if document.root and not document.problems else list(document.problems)


def _from_value(key: object, value: Any) -> Change | list[Problem]:
    path = _path(key) if isinstance(key, str) else ()
    if not path:
        return [_problem((), f"a key must be dotted text, such as demand.scale; found {quote(key)}")]
    try:
        return Change(path, _Builder(Place(WHERE, 0, str(Path.cwd()))).node(value, path))
    except NotDataError as error:
        return [_problem(error.path, error.message)]


def _path(key: str) -> KeyPath:
    names = key.split(".")
    return tuple(names) if all(names) and _is_unicode(key) and len(names) <= DEEPEST else ()


def _is_unicode(text: str) -> bool:
    """Whether the text has no half characters, such as Python makes of undecodable bytes on a command line."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _problem(path: KeyPath, message: str) -> Problem:
    return Problem(WHERE, 0, dotted(path), message)


class NotDataError(Exception):
    """A Python value that no scenario file can hold."""

    def __init__(self, path: KeyPath, message: str) -> None:
        super().__init__(message)
        self.path, self.message = path, message


class _Builder:
    """Turns Python values into nodes, all with the same place."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._count = 0

    def node(self, value: Any, path: KeyPath = ()) -> Node:
        self._count += 1
        if len(path) > DEEPEST or self._count > MOST_VALUES:
            raise NotDataError(path[:1], f"holds more than {MOST_VALUES:,} values, or {DEEPEST} levels of them")
        if isinstance(value, Mapping):
            return Node(dict(self._entry(key, below, path) for key, below in value.items()), self._place)
        if isinstance(value, list | tuple):
            return Node(tuple(self.node(below, (*path, n)) for n, below in enumerate(value)), self._place)
        return Node(_scalar(value, path), self._place)

    def _entry(self, key: object, value: Any, path: KeyPath) -> tuple[str, Node]:
        if not isinstance(key, str) or not _is_unicode(key):
            raise NotDataError(path, f"a key must be text; found {quote(key)}")
        return key, self.node(value, (*path, key))


def _scalar(value: Any, path: KeyPath) -> Any:
    if value is None or isinstance(value, bool) or (isinstance(value, str) and _is_unicode(value)):
        return value
    if isinstance(value, date):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, Real):  # the numbers of numpy are Real too
        return _number(value, path)
    what = f"{quote(value)}, which is not Unicode" if isinstance(value, str) else f"the type {type(value).__name__}"
    raise NotDataError(path, f"must be text, a number, true, false, a list or a mapping; found {what}")


def _number(value: Real, path: KeyPath) -> int | float:
    if not isinstance(value, Integral):
        return float(value)
    if abs(int(value)) > _LARGEST_NUMBER:
        raise NotDataError(path, "must be a number of at most 30 digits")
    return int(value)
