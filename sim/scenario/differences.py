"""In which keys two scenarios differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.scenario.tree import Override, dotted, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sim.scenario.schema import Scenario
    from sim.scenario.tree import KeyPath

_LABELS = ("name", "question")
"""Keys that change no figure."""


def differences(base: Scenario, other: Scenario) -> tuple[Override, ...]:
    """The keys in which `other` differs from `base`, as both were written, in the order of `other`, then of `base`.

    Nothing differs where both mean the same, however it is written.

    Raises:
        ScenarioError: one of them was built by hand, so that what was written is not known.
    """
    if base.hash == other.hash:
        return ()
    old, new = ({key: value for key, value in one.raw.items() if key not in _LABELS} for one in (base, other))
    return tuple(_between(old, new, ()))


def _between(old: Mapping[str, Any], new: Mapping[str, Any], path: KeyPath) -> Iterator[Override]:
    for key in dict.fromkeys((*new, *old)):
        here = (*path, key)
        if key not in new:
            yield _override(here, written(old[key]), "(removed)")
        elif isinstance(new[key], dict) and isinstance(old.get(key, {}), dict):
            yield from _between(old.get(key, {}), new[key], here)
        elif key not in old:
            yield _override(here, "(not set)", written(new[key]))
        elif repr(old[key]) != repr(new[key]):  # tells 1 from true, in lists too
            yield _override(here, written(old[key]), written(new[key]))


def _override(path: KeyPath, old: str, new: str) -> Override:
    return Override(dotted(path), old, new, "", 0)
