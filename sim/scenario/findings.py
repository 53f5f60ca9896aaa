"""What does not fit in a scenario, and the list of checks that find it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from sim.errors import nearest, quote
from sim.scenario.schema import Scenario
from sim.scenario.tree import KeyPath, overlap

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_MOST_NAMES = 12


class Finding(NamedTuple):
    """What does not fit: the key to look at, what is wrong and the remedy, the nearest valid name."""

    key: KeyPath
    message: str
    nearest: str = ""


Check = Callable[[Scenario], Iterator[Finding]]

_checks: list[tuple[Check, tuple[KeyPath, ...]]] = []


def rests_on(*keys: str) -> Callable[[Check], Check]:
    """Puts a check on the list, with the keys that must be right for its findings to mean anything."""

    def put(check: Check) -> Check:
        _checks.append((check, tuple(tuple(key.split(".")) for key in keys)))
        return check

    return put


def findings(scenario: Scenario, unsure: Collection[KeyPath] = ()) -> Iterator[Finding]:
    """What does not fit in `scenario`; checks that rest on an `unsure` key are left out."""
    for check, basis in _checks:
        if not any(overlap(key, path) for key in basis for path in unsure):
            yield from check(scenario)


def unknown(key: KeyPath, what: str, name: str, known: Iterable[str], where: str = "") -> Finding:
    """A name that stands for nothing."""
    names = list(known)
    remedy = f"name one of {listed(names)}" if names else f"add it under {where or what + 's'}"
    return Finding(key, f"there is no {what} {quote(name)}: {remedy}", nearest(name, names))


def listed(names: Iterable[str]) -> str:
    """Names one after the other, and no more than a reader wants to see."""
    shown = list(names)
    return ", ".join([*shown[:_MOST_NAMES], *["…"] * (len(shown) > _MOST_NAMES)])
