"""The tree of keys that the schema allows."""

from __future__ import annotations

import ast
from functools import cache
from inspect import cleandoc, getsource
from itertools import pairwise
from textwrap import dedent
from types import MappingProxyType, NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import BeforeValidator

from sim.scenario.base import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic.fields import FieldInfo

    from sim.scenario.tree import KeyPath


def fields(model: type[Model]) -> dict[str, FieldInfo]:
    """A model's fields by the key that a file uses."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


@cache
def meanings(model: type[Model]) -> Mapping[str, str]:
    """What the docstrings under a model's fields say, by the key that a file uses; nothing where there are no sources.

    They are read when they are asked for: pydantic would parse the sources of all models at every start.
    """
    told: dict[str, str] = {}
    for parent in model.__bases__:
        told |= meanings(parent) if issubclass(parent, Model) else {}
    try:
        source = getsource(model)
    except OSError:
        return MappingProxyType(told)
    (definition,) = (node for node in ast.parse(dedent(source)).body if isinstance(node, ast.ClassDef))
    for pair in pairwise(definition.body):
        match pair:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                told[model.model_fields[name].alias or name] = cleandoc(text)
    return MappingProxyType(told)


def bare(kind: Any) -> Any:
    """A type without its constraints, and without `| None`."""
    if get_origin(kind) is Annotated:
        return bare(get_args(kind)[0])
    if get_origin(kind) in {Union, UnionType}:
        return bare(next(option for option in get_args(kind) if option is not NoneType))
    return kind


def as_model(kind: Any) -> type[Model] | None:
    """The model behind a type, or None where it is not one."""
    kind = bare(kind)
    return kind if isinstance(kind, type) and issubclass(kind, Model) else None


def kind_at(top: type[Model], path: KeyPath) -> Any:
    """The type of the value at `path`, or None where the schema knows no such key."""
    kind: Any = top
    for key in path:
        kind = _below(kind, key)
    return bare(kind)


def field_at(top: type[Model], path: KeyPath) -> FieldInfo | None:
    """The field that `path` ends in, or None where it ends in something else."""
    model = as_model(kind_at(top, path[:-1])) if path else None
    return fields(model).get(str(path[-1])) if model else None


def meaning_at(top: type[Model], path: KeyPath) -> str:
    """What the docstring of the field says that `path` ends in; "" where it ends in something else."""
    model = as_model(kind_at(top, path[:-1])) if path else None
    return meanings(model).get(str(path[-1]), "") if model else ""


def reader_at(top: type[Model], path: KeyPath) -> Callable[..., Any] | None:
    """What reads the value at `path` with its unit, such as `parse_duration`; None where it is read as it is."""
    field = field_at(top, path)
    rules = [*(field.metadata if field else ()), *(_rules(_below(kind_at(top, path[:-1]), path[-1])) if path else ())]
    return next((rule.func for rule in rules if isinstance(rule, BeforeValidator)), None)


def _rules(kind: Any) -> list[Any]:
    """The constraints of a type, be it beside None."""
    if get_origin(kind) is Annotated:
        return list(get_args(kind)[1:])
    options = get_args(kind) if get_origin(kind) in {Union, UnionType} else ()
    return [rule for option in options for rule in _rules(option)]


def _below(kind: Any, key: str | int) -> Any:
    model, inner = as_model(kind), get_args(bare(kind))
    if model:
        field = fields(model).get(str(key))
        return field.annotation if field else None
    return (inner[1] if get_origin(bare(kind)) is dict else inner[0]) if inner else None
