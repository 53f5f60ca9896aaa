"""The front door: scenario files, with their parents and with changes, to a validated `Scenario`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.errors import Problem, ScenarioError, quote
from sim.scenario.changes import WHERE as CHANGES
from sim.scenario.changes import Changes, NotDataError, from_values, read_changes, tree_of
from sim.scenario.tree import BROKEN, Node, Override, Place, dotted, merge
from sim.scenario.units import found
from sim.scenario.validate import plain_data, validate
from sim.scenario.wording import EXTENDS
from sim.scenario.yaml_source import read

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sim.scenario.schema import Scenario

_MOST_PROBLEMS = 100
"""Messages at most; whoever has more has written something else than a scenario."""
_MOST_LEVELS = 20
_LONGEST_NAME = 120
_OWN_KEYS = ("name", "question")
"""What belongs to one file, and is not handed down to those that extend it."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a scenario comes from; see `sim.scenario.schema.Source`.

    Nothing in it is compared: scenarios are equal if they say the same, wherever and however that was written.
    """

    path: Path | None = field(compare=False)
    name: str = field(compare=False)
    tree: Node = field(compare=False, repr=False)
    trail: tuple[Override, ...] = field(compare=False, repr=False)

    def raw(self) -> dict[str, Any]:
        """The merged keys as they were written, the names of data files made absolute."""
        return plain_data(self.tree, self.name)

    def changed(self, changes: Sequence[tuple[str, Any]]) -> Scenario:
        """Another scenario, validated like the first, with dotted keys changed."""
        return _scenario(self, from_values(changes), _Chain())


class _Chain(NamedTuple):
    """The trees of a file and its parents, the base first, and what is wrong with them."""

    trees: tuple[Node, ...] = ()
    problems: tuple[Problem, ...] = ()
    complete: bool = True
    files: tuple[str, ...] = ()

    def order(self, problem: Problem) -> tuple[int, int]:
        """Sorts problems by file, the one that was asked for first and changes last, and by line."""
        if problem.where in self.files:
            return self.files.index(problem.where), problem.line
        return len(self.files) + (problem.where == CHANGES), problem.line


def load(path: str | os.PathLike[str], changes: Iterable[str] | Mapping[str, Any] = ()) -> Scenario:
    """The scenario in a YAML file, over the files that it extends.

    Args:
        path: the file.
        changes: `key=value` texts, as on the command line, or a mapping of dotted keys to values. They come last.

    Raises:
        ScenarioError: with everything that is wrong with the files and the changes.
    """
    where = str(path)
    chain = _read_chain(where)
    tree, trail = _merged(chain.trees or (Node({}, Place(where, 0, "")),))
    origin = Origin(Path(where).absolute(), _name(where), tree, trail)
    return _scenario(origin, read_changes(changes), chain)


def from_data(data: Mapping[str, Any], name: str = "unnamed") -> Scenario:
    """A scenario from what its file would hold, as Python data. Data files are relative to the current folder.

    Raises:
        ScenarioError: with everything that is wrong with the data.
    """
    try:
        tree = tree_of(data, Place("", 0, str(Path.cwd())))
    except NotDataError as error:
        raise ScenarioError([Problem("", 0, dotted(error.path), error.message)]) from None
    return _scenario(Origin(None, name, tree, ()), Changes((), ()), _Chain())


def _scenario(origin: Origin, changes: Changes, chain: _Chain) -> Scenario:
    tree, trail = origin.tree, origin.trail
    for change in changes.valid:
        tree, more = merge(tree, change.over(tree))
        trail += more
    verdict = validate(tree, origin.name, complete=chain.complete and not changes.problems)
    problems = [*chain.problems, *changes.problems, *sorted(verdict.problems, key=chain.order)]
    if problems or verdict.scenario is None:
        raise ScenarioError(_first(problems))
    return verdict.scenario.from_source(replace(origin, tree=tree, trail=trail))


def _first(problems: Sequence[Problem]) -> Iterator[Problem]:
    yield from problems[:_MOST_PROBLEMS]
    if len(problems) > _MOST_PROBLEMS:
        yield Problem("", 0, "", f"… and {len(problems) - _MOST_PROBLEMS:,} more problems")


def _read_chain(where: str, named_at: Place | None = None, below: tuple[str, ...] = ()) -> _Chain:
    """The file `where` and its parents; `below` are the files that lead to it."""
    root, problems = read(where, named_at)
    if root is None:
        return _Chain((), problems, complete=False, files=(where,))
    own = root.without(EXTENDS, *(_OWN_KEYS if named_at else ()))
    parents = _read_parents(root.value[EXTENDS], (*below, where)) if EXTENDS in root.value else _Chain()
    trees, files = (*parents.trees, own), (where, *parents.files)
    return _Chain(trees, (*problems, *parents.problems), parents.complete, files)


def _read_parents(extends: Node, below: tuple[str, ...]) -> _Chain:
    if extends.value is BROKEN:
        return _Chain(complete=False)
    if not isinstance(extends.value, str) or not extends.value:
        return _no_parents(
            extends, f"must be the name of one file, such as baseline.yaml; found {found(extends.value)}"
        )
    where = str(Path(below[-1]).parent / extends.value)
    if any(_same_file(where, other) for other in below):
        circle = quote(" → ".join(Path(file).name for file in (*below, where)))[1:-1]
        return _no_parents(extends, f"goes round in a circle ({circle}): one of these files must extend no other")
    if len(below) >= _MOST_LEVELS:
        return _no_parents(extends, f"goes on for more than {_MOST_LEVELS} files: merge some of them")
    return _read_chain(where, extends.place, below)


def _same_file(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except (OSError, ValueError):  # `read` will say what is wrong with it
        return False


def _no_parents(extends: Node, message: str) -> _Chain:
    problem = Problem(extends.place.where, extends.place.line, EXTENDS, message)
    return _Chain(problems=(problem,), complete=False)


def _merged(trees: tuple[Node, ...]) -> tuple[Node, tuple[Override, ...]]:
    tree = trees[0]
    trail: tuple[Override, ...] = ()
    for over in trees[1:]:
        tree, more = merge(tree, over)
        trail += tuple(override for override in more if override.key not in _OWN_KEYS)
    return tree, trail


def _name(where: str) -> str:
    """The file's name without its suffix, as text that can be printed."""
    return Path(where).stem.encode(errors="replace").decode()[:_LONGEST_NAME]
