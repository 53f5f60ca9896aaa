"""The JSON schema for editors and the page of all keys, both made from the schema and its docstrings.

`python -m sim.scenario.reference` prints the page, which is kept in docs/scenario.md.
"""

from __future__ import annotations

import sys
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BeforeValidator, WithJsonSchema
from pydantic.fields import FieldInfo

from sim.scenario.base import COUNTRY, LOCAL_ROLES, NAME, PRIORITIES, ROLES, SHIFT_LETTER, TIERS, Model
from sim.scenario.keys import as_model, fields, meanings
from sim.scenario.schema import Scenario
from sim.scenario.tree import flow
from sim.scenario.units import (
    bound_text,
    duration_text,
    growth_text,
    local_time_text,
    parse_duration,
    parse_extra,
    parse_growth,
    parse_local_time,
    parse_rate,
    parse_share,
    parse_span,
    rate_text,
    share_text,
    span_text,
)
from sim.scenario.wording import EXTENDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TITLE = "Scenario of a support organisation"
_EXTENDS_MEANING = (
    "Another scenario file, relative to this one. What this file says is merged over it, and null takes a key away."
)

_TEXTS: dict[Callable[[Any], Any], Callable[[Any], str]] = {
    parse_duration: duration_text,
    parse_extra: share_text,
    parse_growth: growth_text,
    parse_local_time: local_time_text,
    parse_rate: rate_text,
    parse_share: share_text,
    parse_span: span_text,
}
_PATTERNS = {NAME: "name", COUNTRY: "country", SHIFT_LETTER: "capital letter"}
_PLAIN = {bool: "true or false", float: "number", int: "whole number", str: "text"}
_BOUNDS = {Gt: ("gt", "above"), Ge: ("ge", "at least"), Lt: ("lt", "below"), Le: ("le", "at most")}
_CHOICES = {PRIORITIES: "priority", TIERS: "tier", LOCAL_ROLES: "tier or manager", ROLES: "role"}

_INTRODUCTION = """\
<!-- Made by `python -m sim.scenario.reference > docs/scenario.md`; change the docstrings in sim/scenario/. -->

# Scenario files

A scenario is a YAML file. It is data: nothing in it is ever executed.

```yaml
# What if demand grows by a fifth, and Latin America closes?
extends: baseline.yaml
regions:
  latam: null
demand:
  scale: 1.2
```

- **`extends`** names another scenario, relative to the file that says so; several levels are possible. Mappings are
  merged, everything else (lists too) replaces what was there, and `null` takes a key away. `name` and `question` belong
  to one file and are not handed down.
- **Changes** on the command line come last: `--set demand.scale=1.2 --set "work.handle.tier1.mean=25 min"`.
- **Words** mean what YAML 1.2 says: `NO`, `yes`, `22:30` and `2026-03-02` are text, `012` is 12.
- **Durations** have a unit: `45 s`, `15 min`, `1 h 30 min`, `2 d`, `1 week`. **Rates** too: `6 per hour`,
  `263 per day`, `900 per week`. **Shares** are written `5 %` or `0.05`, **growth** `20 % per year`.
- **Spans** are local wall time: `06:00-14:00`; `22:00-06:00` ends on the next date.
- **Names** are a letter, then up to 39 letters, digits, `_` or `-`.

All that is wrong is reported at once, with file, line and key.
"""


class _Kind(NamedTuple):
    """A type without `| None`, and the rules that go with it."""

    type: Any
    rules: tuple[Any, ...]

    def rule(self, kind: type) -> Any:
        """The rule of a kind, or None."""
        return next((rule for rule in self.rules if isinstance(rule, kind)), None)

    def inner(self) -> tuple[_Kind, ...]:
        """The kinds of keys and values, or of entries."""
        return tuple(_kind(argument) for argument in get_args(self.type) if argument is not Ellipsis)


def _kind(annotation: Any, rules: tuple[Any, ...] = ()) -> _Kind:
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return _kind(inner, (*rules, *(rule for info in more for rule in _rules(info))))
    options = [option for option in get_args(annotation) if option is not NoneType]
    if NoneType in get_args(annotation):
        return _kind(options[0], rules)
    return _Kind(annotation, rules)


def _rules(info: Any) -> list[Any]:
    return info.metadata if isinstance(info, FieldInfo) else [info]


def _field_kind(field: FieldInfo) -> _Kind:
    return _kind(field.annotation, tuple(field.metadata))


def _as_file(kind: _Kind, value: Any) -> Any:
    """A validated value the way a file would write it."""
    if isinstance(value, Model):
        return _model_as_file(value)
    if isinstance(value, dict):
        return {key: _as_file(kind.inner()[1], entry) for key, entry in value.items()}
    parse = kind.rule(BeforeValidator)
    if parse and parse.func in _TEXTS and value is not None:
        return _TEXTS[parse.func](value)
    if isinstance(value, tuple):
        return tuple(_as_file(kind.inner()[0], entry) for entry in value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _model_as_file(value: Model) -> dict[str, Any]:
    """A model the way a file would write it: without what has its default."""
    here = type(value).model_fields
    changed = {name: field for name, field in here.items() if getattr(value, name) != field.default}
    return {field.alias or name: _as_file(_field_kind(field), getattr(value, name)) for name, field in changed.items()}


# ---- the JSON schema -------------------------------------------------------------------------------------------------


def json_schema() -> dict[str, Any]:
    """The JSON schema of a scenario file, for editors.

    A file that extends another may hold any part of a scenario, so nothing but the sections of a base is required.
    """
    schema = Scenario.model_json_schema(by_alias=True)
    for model in models():
        _relax(schema["$defs"].get(model.__name__, schema), model)
    base = schema.pop("required")
    schema["properties"] = {EXTENDS: {"type": "string", "description": _EXTENDS_MEANING}, **schema["properties"]}
    return {"$schema": _DIALECT, **schema, "title": _TITLE, "anyOf": [{"required": [EXTENDS]}, {"required": base}]}


def _relax(schema: dict[str, Any], model: type[Model]) -> None:
    if model is not Scenario:
        schema.pop("required", None)
    for key, field in fields(model).items():
        schema["properties"][key] = _property(schema["properties"][key], field, meanings(model)[key])


def _property(schema: dict[str, Any], field: FieldInfo, meaning: str) -> dict[str, Any]:
    description = " ".join(meaning.split())
    bare_schema = {key: rest for key, rest in schema.items() if key not in {"default", "description", "title"}}
    relaxed = {**_or_null(_entries_or_null(bare_schema)), "description": description}
    if field.is_required() or not _is_told(field.default) or as_model(field.annotation):
        return relaxed
    return {**relaxed, "default": _as_file(_field_kind(field), field.default)}


def _entries_or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A mapping's schema in which null may take away each entry, and in which only the names allowed are allowed."""
    schema = dict(schema)
    if isinstance(schema.get("additionalProperties"), dict):
        schema["additionalProperties"] = _or_null(_entries_or_null(schema["additionalProperties"]))
    for pattern, inner in schema.get("patternProperties", {}).items():
        named = {pattern: _or_null(_entries_or_null(inner))}
        schema |= {"patternProperties": named, "additionalProperties": False}
    return schema


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    options = schema.get("anyOf", [schema])
    return {"anyOf": options if {"type": "null"} in options else [*options, {"type": "null"}]}


# ---- the reference page ----------------------------------------------------------------------------------------------


def markdown() -> str:
    """The page of all keys."""
    sections = ("\n".join(_section(model, places)) for model, places in models().items())
    return "\n".join([_INTRODUCTION, *sections])


def models() -> dict[type[Model], list[str]]:
    """All models from the top down, each with the keys at which it stands."""
    found: dict[type[Model], list[str]] = {}
    for model, place in _walk(Scenario, ""):
        found.setdefault(model, []).append(place)
    return found


def _walk(model: type[Model], place: str) -> Iterator[tuple[type[Model], str]]:
    yield model, place
    for key, field in fields(model).items():
        below, steps = _field_kind(field), key
        while get_origin(below.type) is dict:
            names, below = below.inner()
            steps += f".<{_type_text(names)}>"
        inner = as_model(below.type)
        if inner:
            yield from _walk(inner, f"{place}.{steps}".lstrip("."))


def _section(model: type[Model], places: list[str]) -> Iterator[str]:
    heading = f"`{places[0]}`" if places[0] else "The file"
    yield f'<a id="{_anchor(model)}"></a>\n\n## {heading}{" and others" if len(places) > 1 else ""}\n'
    yield (model.__doc__ or "").strip() + "\n"
    if len(places) > 1:
        yield f"Also at {', '.join(f'`{place}`' for place in places[1:])}.\n"
    yield "| key | value | default | meaning |\n|---|---|---|---|"
    if model is Scenario:
        yield _row(EXTENDS, "file name", "none", _EXTENDS_MEANING)
    for key, field in fields(model).items():
        yield _row(key, _linked(_field_kind(field)), _default_text(field), meanings(model)[key])
    yield ""


def _row(key: str, value: str, default: str, meaning: str) -> str:
    cells = (f"`{key}`", value, default, " ".join(meaning.split()))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _anchor(model: type[Model]) -> str:
    return model.__name__.lower()


def _linked(kind: _Kind) -> str:
    model = as_model(kind.type)
    if model:
        return f"[section](#{_anchor(model)})"
    if get_origin(kind.type) is dict:
        names, values = kind.inner()
        return f"{_type_text(names)} → {_linked(values)}"
    return _type_text(kind)


def _type_text(kind: _Kind) -> str:
    unit, pattern = (
        kind.rule(WithJsonSchema),
        next((rule.pattern for rule in kind.rules if hasattr(rule, "pattern")), ""),
    )
    if unit:
        return f"{unit.json_schema['description']}{_bounds(kind)}"
    if get_origin(kind.type) is Literal:
        return _CHOICES.get(get_args(kind.type), " or ".join(f"`{choice}`" for choice in get_args(kind.type)))
    if get_origin(kind.type) is tuple:
        length = kind.rule(MinLen) and kind.rule(MaxLen) and kind.rule(MinLen).min_length
        return f"list of {f'{length} ' if length else ''}{_plural(_type_text(kind.inner()[0]))}"
    return _PATTERNS.get(pattern) or _PLAIN[kind.type] + _bounds(kind)


def _plural(text: str) -> str:
    noun, comma, rest = text.partition(",")
    return f"{noun[:-1]}ies{comma}{rest}" if noun.endswith("y") else f"{noun}s{comma}{rest}"


def _bounds(kind: _Kind) -> str:
    unit = kind.rule(BeforeValidator)
    bounds = [(rule, *_BOUNDS[type(rule)]) for rule in kind.rules if type(rule) in _BOUNDS]
    texts = [f"{word} {bound_text(getattr(rule, name), unit and unit.func)}" for rule, name, word in bounds]
    return f", {' and '.join(texts)}" if texts else ""


def _default_text(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = _as_file(_field_kind(field), field.default)
    if isinstance(field.default, Model) and not value:
        return "as in its section"
    return f"`{flow(value)}`" if _is_told(value) else "none"


def _is_told(default: object) -> bool:
    """Whether a default says more than "nothing"."""
    return default is not None and default not in ("", (), {})


if __name__ == "__main__":
    sys.stdout.write(markdown())
