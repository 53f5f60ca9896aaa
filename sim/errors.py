"""What can go wrong, and whose doing it is.

::

    SimError                    any refusal of this package; the command line exits with 2
    ├── InputError              a file says something impossible; carries every Problem found in it
    │   ├── ScenarioError       ... a scenario file, or a change made to one
    │   └── DataError           ... a table that a scenario refers to (a ticket log, a forecast)
    ├── StaffingError           the roster cannot be built
    ├── ResultsError            a results folder cannot be written or read
    └── EngineError             an engine that does not exist, or cannot run this scenario
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_QUOTE = 60
"""Characters of an offending value that a message repeats at most."""


class SimError(Exception):
    """A refusal with a message for the user."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input: where, what was found, what was expected.

    Attributes:
        where: the file, as the user named it ("" where there is none).
        line: its line, counted from 1; 0 where no line applies.
        key: the dotted key inside the file ("" where none applies).
        message: what was found and what is allowed.
        nearest: the closest valid name, or "".
    """

    where: str
    line: int
    key: str
    message: str
    nearest: str = ""

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}" if self.line else self.where
        parts = [part for part in (place, self.key) if part]
        hint = f"; did you mean {self.nearest}?" if self.nearest else ""
        return ": ".join([*parts, self.message]) + hint


class InputError(SimError):
    """Everything that is wrong with an input, reported once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class ScenarioError(InputError):
    """A scenario, or a change made to one, is not valid."""


class DataError(InputError):
    """A data file that a scenario refers to is not valid."""


class StaffingError(SimError):
    """The roster cannot be built."""


class ResultsError(SimError):
    """A results folder cannot be written or read."""


class EngineError(SimError):
    """The engine asked for does not exist, or cannot run this scenario."""


def quote(value: object) -> str:
    """The value as a message may repeat it: one line, cut off when long."""
    text = repr(value) if isinstance(value, str) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def nearest(name: object, valid: Sequence[str]) -> str:
    """The valid name most like `name`, or "" where none is near."""
    by_lower = {candidate.lower(): candidate for candidate in valid}
    close = get_close_matches(str(name)[:LONGEST_QUOTE].lower(), list(by_lower), n=1, cutoff=0.6)
    return by_lower[close[0]] if close else ""
