"""From a merged tree to a `Scenario`, or to everything that is wrong with it.

pydantic stops at a field that is wrong, and the cross-checks need a whole scenario. So that one run reports both, what
is wrong is taken out, or a harmless stand-in is put in its place, and the checks look at the rest.
"""

from __future__ import annotations

from copy import deepcopy
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

import sim.scenario.checks
import sim.scenario.checks_events
import sim.scenario.checks_holidays
import sim.scenario.checks_people  # noqa: F401 - these modules put their checks on the list
from sim.errors import Problem
from sim.scenario.data_files import data_files, missing_data_files
from sim.scenario.findings import findings
from sim.scenario.schema import Scenario
from sim.scenario.tree import BROKEN, KeyPath, Node, dotted, overlap
from sim.scenario.wording import EXTENDS, UNKNOWN, Fault, fault_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ROUNDS = 4
"""A stand-in needs one round, what surrounds it at most three."""

_STAND_INS: dict[KeyPath, Any] = {
    ("horizon",): {"start": "2026-03-02"},
    ("horizon", "start"): "2026-03-02",
    ("regions", "*"): {"zone": "UTC"},
    ("regions", "*", "zone"): "UTC",
    ("demand", "profiles", "*"): {"hours": (1,) * 24},
    ("demand", "channels", "*"): {"share": 0},
    ("demand", "channels", "*", "share"): 0,
    ("work", "handle"): {"tier1": {"mean": "1 h"}},
    ("staffing",): {},
}
"""Required values, and entries whose name other keys may mention: they cannot just be left out."""


class Verdict(NamedTuple):
    """A scenario, or what is wrong with it."""

    scenario: Scenario | None
    problems: tuple[Problem, ...]


def plain_data(tree: Node, name: str) -> dict[str, Any]:
    """What is to be validated: the tree without places, with a name, and with absolute names of data files."""
    data: dict[str, Any] = tree.plain()
    for (*outer, last), file in data_files(tree):
        section = _section(data, outer)
        if section is not None:
            section[str(last)] = str(file)
    return {"name": name, **data}


def validate(tree: Node, name: str, *, complete: bool = True) -> Verdict:
    """The scenario that a tree describes.

    Args:
        tree: the merged files and changes.
        name: the scenario's name, where the tree has none.
        complete: whether all files could be read. If not, what is missing may be in the others.
    """
    data = plain_data(tree, name)
    unread = tuple(_broken(tree))
    for path in unread:
        _take_out(data, path)
    scenario, faults = _attempt(data)
    complete = complete and (EXTENDS,) not in _meant(faults)
    faults = [fault for fault in faults if _is_certain(fault, tree, unread, complete=complete)]
    faults += [Fault(path, "file", message, near) for path, message, near in missing_data_files(tree)]
    if complete:
        faults += _cross_check(scenario, data, unread, faults)
    return Verdict(scenario, tuple(_problem(fault, tree) for fault in faults))


def _problem(fault: Fault, tree: Node) -> Problem:
    place = tree.place_of(fault.path)
    return Problem(place.where, place.line, dotted(fault.path), fault.message, fault.nearest)


def _broken(node: Node, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Where values could not be read."""
    if node.value is BROKEN:
        yield path
    for key, inner in node.inside():
        yield from _broken(inner, (*path, key))


def _attempt(data: dict[str, Any]) -> tuple[Scenario | None, list[Fault]]:
    try:
        return Scenario.model_validate(data), []
    except ValidationError as error:
        return None, _without_echoes([fault_of(detail) for detail in error.errors(include_url=False)])


def _without_echoes(faults: list[Fault]) -> list[Fault]:
    """The faults without those that only say again what another says.

    A list with wrong values is also "too short", and a misspelt key is also missing.
    """
    around = {fault.path[:depth] for fault in faults for depth in range(len(fault.path))}
    meant = set(_meant(faults))
    return [
        fault
        for fault in faults
        if not (fault.kind == "too_short" and fault.path in around)
        and not (fault.kind == "missing" and fault.path in meant)
    ]


def _is_certain(fault: Fault, tree: Node, unread: Iterable[KeyPath], *, complete: bool) -> bool:
    """Whether the fault would still be one if what could not be read were there."""
    if any(overlap(fault.path, path) for path in unread):
        return False
    node = tree.at(fault.path)
    whole = node is not None and not isinstance(node.value, dict)
    return complete or whole or fault.kind == UNKNOWN


def _cross_check(
    scenario: Scenario | None, data: dict[str, Any], unread: tuple[KeyPath, ...], faults: list[Fault]
) -> Iterator[Fault]:
    wrong = (*unread, *(fault.path for fault in faults))
    rest = scenario or _repaired(data, wrong)
    if rest is None:
        return
    unsure = (*wrong, *_meant(faults))
    for path, message, near in findings(rest, unsure):
        if not any(overlap(path, other) for other in unsure):
            yield Fault(path, "check", message, near)


def _meant(faults: Iterable[Fault]) -> Iterator[KeyPath]:
    """The keys that misspelt ones probably mean; they now have defaults that nobody wrote."""
    for fault in faults:
        if fault.kind == UNKNOWN and fault.nearest:
            yield (*fault.path[:-1], fault.nearest)


def _repaired(data: dict[str, Any], wrong: Iterable[KeyPath]) -> Scenario | None:
    """A valid scenario made of what is right in `data`, if that can be done."""
    for path in wrong:
        _take_out(data, path)
    for _ in range(_ROUNDS):
        scenario, faults = _attempt(data)
        if scenario is not None:
            return scenario
        for consequence in faults:
            _take_out(data, consequence.path)
    return None


def _take_out(data: dict[str, Any], path: KeyPath) -> None:
    """Puts the stand-in for `path` in its place; without one takes it out, or what surrounds it if it is not there."""
    keys = tuple(takewhile(lambda key: isinstance(key, str), path))
    section = _section(data, keys[:-1])
    stand_in = next((value for pattern, value in _STAND_INS.items() if _matches(pattern, keys)), None)
    if section is None or not keys:
        return
    if stand_in is not None:
        section[str(keys[-1])] = deepcopy(stand_in)
    elif keys[-1] in section:
        del section[str(keys[-1])]
    else:
        _take_out(data, keys[:-1])


def _matches(pattern: KeyPath, path: KeyPath) -> bool:
    return len(pattern) == len(path) and overlap(pattern, path)


def _section(data: Any, path: Iterable[str | int]) -> dict[str, Any] | None:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else None
