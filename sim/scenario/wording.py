"""What is wrong with a value, in the words of a planner instead of pydantic's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from sim.errors import nearest
from sim.scenario.base import PATTERN_MEANINGS
from sim.scenario.keys import as_model, bare, fields, kind_at, meaning_at, reader_at
from sim.scenario.schema import Scenario
from sim.scenario.units import bound_text, found

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic_core import ErrorDetails

    from sim.scenario.tree import KeyPath

EXTENDS = "extends"
"""The key by which a file names its parent. It never reaches the schema."""

UNKNOWN = "unknown key"
"""The kind of a fault whose path ends in a key that the schema does not know."""

_MOST_KEYS = 14
_KEY = "[key]"
"""pydantic's mark at the end of a path: not the value is wrong but its key."""


class Fault(NamedTuple):
    """What is wrong at one key."""

    path: KeyPath
    kind: str
    message: str
    nearest: str = ""


def fault_of(error: ErrorDetails) -> Fault:
    """The error that pydantic found."""
    path, kind, of_key = error["loc"], error["type"], False
    if path and path[-1] == _KEY:
        path, of_key = path[:-1], True
    if kind in {"extra_forbidden", "literal_error"}:
        return _with_choices(path, kind, error, of_key=of_key)
    message = _missing(path) if kind == "missing" else _message(error)
    prefix = "the key " if of_key else ""
    return Fault(path, kind, prefix + message, str(error.get("ctx", {}).get("nearest", "")))


def _with_choices(path: KeyPath, kind: str, error: ErrorDetails, *, of_key: bool) -> Fault:
    choices = known_keys(path[:-1]) if kind == "extra_forbidden" else _choices(path, of_key=of_key)
    if kind == "extra_forbidden" or of_key:
        return Fault(path, UNKNOWN, f"unknown key; known here: {_listed(choices)}", nearest(path[-1], choices))
    message = f"must be one of {_listed(choices)}; found {found(error['input'])}"
    return Fault(path, kind, message, nearest(error["input"], choices))


def known_keys(path: KeyPath) -> list[str]:
    """The keys that the mapping at `path` may have."""
    model = as_model(kind_at(Scenario, path))
    return [*fields(model), *([] if path else [EXTENDS])] if model else []


def _choices(path: KeyPath, *, of_key: bool) -> list[str]:
    kind = bare(get_args(kind_at(Scenario, path[:-1]))[0]) if of_key else kind_at(Scenario, path)
    return [str(choice) for choice in get_args(kind)]


def _listed(names: Sequence[str]) -> str:
    more = [f"… ({len(names)} in all)"] if len(names) > _MOST_KEYS else []
    return ", ".join([*names[:_MOST_KEYS], *more])


def _missing(path: KeyPath) -> str:
    meaning = meaning_at(Scenario, path).split("\n\n")[0].split(". ")[0].rstrip(".")
    meaning = " ".join(meaning.split())
    return f"is missing: {meaning[:1].lower()}{meaning[1:]}" if meaning else "is missing"


def _message(error: ErrorDetails) -> str:
    word = _WORDS.get(error["type"])
    if word is None:
        return error["msg"]
    reader, rule = reader_at(Scenario, error["loc"]), error.get("ctx", {})
    bounds = {name: bound_text(rule[name], reader) for name in _BOUNDS if name in rule}
    return word({**rule, **bounds}, error["input"])


def _must_be(what: str, remedy: str = "") -> Callable[[dict[str, Any], Any], str]:
    """A message with `{name}` for what pydantic tells about the rule."""
    return lambda rule, value: f"must be {what.format_map(rule)}; found {found(value)}{remedy}"


def _count(bound: str) -> Callable[[dict[str, Any], Any], str]:
    return lambda rule, value: f"must have at {bound} {rule[_LENGTHS[bound]]:g} values; it has {len(value)}"


def _mapping(_rule: dict[str, Any], value: Any) -> str:
    remedy = ": null takes a key of the parent file away, and there is none" if value is None else ""
    return f"must be a mapping of keys to values; found {found(value)}{remedy}"


def _pattern(rule: dict[str, Any], value: Any) -> str:
    return f"must be {PATTERN_MEANINGS[rule['pattern']]}; found {found(value)}"


_BOUNDS = ("gt", "ge", "lt", "le")
_LENGTHS = {"least": "min_length", "most": "max_length"}
_TEXT_REMEDY = ": put it in quotes"
_WORDS: dict[str, Callable[[dict[str, Any], Any], str]] = {
    "bool_type": _must_be("true or false"),
    "dict_type": _mapping,
    "finite_number": _must_be("a finite number"),
    "float_type": _must_be("a number"),
    "greater_than": _must_be("more than {gt}"),
    "greater_than_equal": _must_be("{ge} or more"),
    "int_from_float": _must_be("a whole number"),
    "int_type": _must_be("a whole number"),
    "less_than": _must_be("less than {lt}"),
    "less_than_equal": _must_be("{le} or less"),
    "model_type": _mapping,
    "string_pattern_mismatch": _pattern,
    "string_too_long": _must_be("text of at most {max_length} characters"),
    "string_too_short": _must_be("text of at least {min_length} character"),
    "string_type": _must_be("text", _TEXT_REMEDY),
    "too_long": _count("most"),
    "too_short": _count("least"),
    "tuple_type": _must_be("a list, such as [a, b]"),
}
