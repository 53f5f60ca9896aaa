"""What to call scenarios that stand beside each other: by their names, and by more where names are alike."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.scenario.schema import Scenario


def labels(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """A label for each scenario, no two alike: its name; the end of its path where others have that name; a number
    where that does not tell them apart either, as with changed copies of one scenario.
    """
    names = Counter(scenario.name for scenario in scenarios)
    return _numbered([_label(one, scenarios) if names[one.name] > 1 else one.name for one in scenarios])


def _label(one: Scenario, scenarios: Sequence[Scenario]) -> str:
    """The shortest end of the path that no other file of the same name has; the name where there is but one file."""
    files = {scenario.path for scenario in scenarios if scenario.name == one.name} - {None}
    if one.path is None or len(files) == 1:
        return one.name
    others = [file.parts for file in files if file is not None and file != one.path]
    mine = one.path.parts
    length = next(n for n in range(1, len(mine) + 1) if all(other[-n:] != mine[-n:] for other in others))
    return "/".join(mine[-length:])


def _numbered(names: list[str]) -> tuple[str, ...]:
    """Names of which the second, third, ... of a kind has a number: `a`, `a (2)`, `a (3)`."""
    taken: dict[str, None] = {}
    for name in names:
        numbered = (name, *(f"{name} ({n})" for n in range(2, len(names) + 1)))
        taken[next(one for one in numbered if one not in taken)] = None
    return tuple(taken)
