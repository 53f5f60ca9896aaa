"""Values that remember where they were written, and what happens when one file overrides another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.errors import LONGEST_QUOTE, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

KeyPath = tuple[str | int, ...]
"""Keys from the top of a file down; whole numbers are positions in a sequence."""

_MISLEADING = {"", "~", "null", "true", "false"}
"""Text that would be read as something else if it were not in quotes."""

BROKEN: Final = object()
"""Stands for a value that could not be read, so that its key is not reported as missing as well."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value was written.

    Attributes:
        where: the file, as the user named it, or `--set`.
        line: its line, counted from 1; 0 where no line applies.
        folder: absolute path of the folder that file names in the value are relative to.
    """

    where: str
    line: int
    folder: str


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a tuple of nodes or a dict of nodes, with its place."""

    value: Any
    place: Place

    def plain(self) -> Any:
        """The value alone."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        return tuple(node.plain() for node in self.value) if isinstance(self.value, tuple) else self.value

    def inside(self) -> Iterator[tuple[str | int, Node]]:
        """The nodes right below this one, by key or position."""
        if isinstance(self.value, dict):
            yield from self.value.items()
        elif isinstance(self.value, tuple):
            yield from enumerate(self.value)

    def at(self, path: KeyPath) -> Node | None:
        """The node at `path`, or None."""
        node: Node | None = self
        for key in path:
            node = dict(node.inside()).get(key) if node else None
        return node

    def place_of(self, path: KeyPath) -> Place:
        """The place of the value at `path`, or of the innermost value around it."""
        known = (self.at(path[:depth]) for depth in range(len(path), 0, -1))
        return next((node.place for node in known if node), self.place)

    def without(self, *keys: str) -> Node:
        """A copy of this mapping without some of its keys."""
        return Node({key: node for key, node in self.value.items() if key not in keys}, self.place)


@dataclass(frozen=True, slots=True)
class Override:
    """One value that a file or a change puts in the place of another."""

    key: str
    old: str
    new: str
    where: str
    line: int

    def __str__(self) -> str:
        return f"{self.key}: {self.old} → {self.new}"


def dotted(path: KeyPath) -> str:
    """A path as messages show it: `work.routes.P1.solved[0]`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{_shown(key)}" for key in path)
    return text.removeprefix(".")


def overlap(one: KeyPath, other: KeyPath) -> bool:
    """Whether one path lies at or below the other; `*` stands for any key."""
    return all(a == b or "*" in {a, b} for a, b in zip(one, other, strict=False))


def _shown(key: str) -> str:
    return key if key.isprintable() and len(key) <= LONGEST_QUOTE else quote(key)


def written(value: Any) -> str:
    """A value the way a YAML file shows it, on one line, cut off when long."""
    text = " ".join(flow(value).split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def flow(value: Any) -> str:
    """A value the way a YAML file shows it, in full."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(flow, value))}]"
    text = str(value)
    return repr(text) if text.strip().lower() in _MISLEADING and isinstance(value, str) else text


def merge(base: Node, over: Node) -> tuple[Node, tuple[Override, ...]]:
    """`base` overridden by `over`: mappings merge, all else replaces, null takes a key away.

    Returns:
        The merged tree, and every leaf that changed, in the order of `over`.
    """
    trail: list[Override] = []
    return _merge(base, over, (), trail), tuple(trail)


def _merge(base: Node, over: Node, path: KeyPath, trail: list[Override]) -> Node:
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        trail += _replaced(base, over, path)
        return over
    merged = dict(base.value)
    for key, node in over.value.items():
        here = (*path, key)
        if key not in merged:
            trail += _added(node, here)
            merged[key] = node
        elif node.value is None and merged[key].value is not None:
            trail.append(_override(here, written(merged.pop(key).plain()), "(removed)", node.place))
        else:
            merged[key] = _merge(merged[key], node, here, trail)
    return Node(merged, over.place)


def _replaced(base: Node, over: Node, path: KeyPath) -> Iterator[Override]:
    old, new = base.plain(), over.plain()
    if repr(old) != repr(new):  # tells 1 from true, in lists too
        yield _override(path, written(old), written(new), over.place)


def _added(node: Node, path: KeyPath) -> Iterator[Override]:
    if isinstance(node.value, dict) and node.value:
        for key, inner in node.value.items():
            yield from _added(inner, (*path, key))
    else:
        yield _override(path, "(not set)", written(node.plain()), node.place)


def _override(path: KeyPath, old: str, new: str, place: Place) -> Override:
    return Override(dotted(path), old, new, place.where, place.line)
