from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sim.scenario import keys
from sim.scenario.keys import fields, kind_at, meanings
from sim.scenario.load import load
from sim.scenario.policy import Escalation
from sim.scenario.reference import json_schema, markdown, models
from sim.scenario.schema import Scenario
from sim.scenario.staffing import Crew
from sim.scenario.work import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs" / "scenario.md"


SCHEMA = json_schema()


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value fits a JSON schema, as far as the keywords that pydantic writes for types and names go."""
    if "$ref" in schema:
        return fits(value, SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[-1]])
    if "anyOf" in schema and not any(fits(value, option) for option in schema["anyOf"]):
        return False
    kinds = {"object": dict, "array": list | tuple, "string": str, "null": type(None), "boolean": bool}
    kinds |= {"integer": int, "number": int | float}
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if not set(schema.get("required", ())) <= set(value if isinstance(value, dict) else ()):
        return False
    return not isinstance(value, dict) or all(_key_fits(key, entry, schema) for key, entry in value.items())


def _key_fits(key: str, entry: Any, schema: dict[str, Any]) -> bool:
    if not fits(key, schema.get("propertyNames", {})):
        return False
    if key in schema.get("properties", {}):
        return fits(entry, schema["properties"][key])
    for pattern, inner in schema.get("patternProperties", {}).items():
        if re.search(pattern, key):
            return fits(entry, inner)
    more = schema.get("additionalProperties", True)
    return fits(entry, more) if isinstance(more, dict) else more


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from parts(part)
    for part in schema if isinstance(schema, list) else ():
        yield from parts(part)


def test_the_page_is_the_one_that_the_schema_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), "run: python -m sim.scenario.reference > docs/scenario.md"


def test_a_model_knows_the_meanings_that_it_inherits() -> None:
    class Office(Escalation):
        """A model with one more key."""

        floor: int = 0
        """Where it is."""

    assert meanings(Office) == {**meanings(Escalation), "floor": "Where it is."}


def test_without_sources_there_are_no_meanings(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(_: object) -> str:
        raise OSError("could not get source code")

    monkeypatch.setattr(keys, "getsource", nowhere)
    assert meanings.__wrapped__(Escalation) == {}


def test_the_page_has_every_key() -> None:
    page = markdown()
    assert {Scenario, Crew, Route} <= models().keys()
    for model in models():
        for key in fields(model):
            meaning = " ".join(meanings(model).get(key, "").split())
            assert meaning, f"{model.__name__}.{key} has no docstring"
            assert re.search(rf"^\| `{key}` \| .* \| {re.escape(meaning)} \|$", page, re.MULTILINE)


def test_the_page_links_only_to_sections_that_exist() -> None:
    page = markdown()
    assert set(re.findall(r"\]\(#(\w+)\)", page)) <= set(re.findall(r'<a id="(\w+)">', page))


@pytest.mark.parametrize(
    "row",
    [
        "| `days` | whole number, at least 1 and at most 3660 | `28` |",
        "| `reopening` | [section](#reopening) | as in its section |",
        "| `every` | duration, above 0 | `30 min` |",
        "| `every` | duration, at least 1 min and at most 1 d | `30 min` |",
        "| `compensatory_rest` | duration, at most 1 d | `0 min` |",
        "| `after` | priority → duration, above 0 | none |",
        "| `overflow` | tier or manager → [section](#overflow) | none |",
        "| `week_hours` | duration, above 0 and at most 7 d | `2 d` |",
        "| `enterprise` | share, 0 % to 100 % | `20 %` |",
        "| `trend` | growth | `0 % per year` |",
        "| `raise` | true or false | `true` |",
        "| `mode` | `flat` or `pattern` or `cover` or `explicit` | `pattern` |",
        "| `hours` | list of 24 numbers | none |",
        "| `flat` | name → role → whole number, at least 0 and at most 100000 | none |",
        "| `after` | [section](#durationlaw) | `{family: exponential, mean: 1 d}` |",
        "| `zone` | IANA time zone | **required** |",
        "| `tiers` | list of tiers | **required** |",
    ],
)
def test_values_and_defaults_read_well(row: str) -> None:
    assert f"\n{row}" in markdown()


def test_the_json_schema_names_itself() -> None:
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "Scenario of a support organisation"
    assert schema["properties"]["extends"]["type"] == "string"
    assert json.loads(json.dumps(schema)) == json.loads(json.dumps(json_schema()))


def test_the_json_schema_uses_the_keys_of_files() -> None:
    escalation = SCHEMA["$defs"]["Escalation"]["properties"]
    assert list(escalation) == list(fields(Escalation))
    assert "raise" in escalation


def test_the_json_schema_knows_the_valid_scenario(world: str) -> None:
    assert fits(load(world).raw, SCHEMA)


@pytest.mark.parametrize(
    "data",
    [
        {"extends": "base.yaml", "regions": {"latam": None}, "demand": {"scale": 1.2}},
        {"extends": "base.yaml", "work": {"handle": {"tier1": {"mean": "25 min"}}}, "policy": None},
    ],
)
def test_the_json_schema_knows_what_if_files(data: dict[str, Any]) -> None:
    assert fits(data, SCHEMA)


@pytest.mark.parametrize(
    "data",
    [
        {"extends": "base.yaml", "regons": {}},
        {"extends": "base.yaml", "regions": {"9": {}}},
        {"extends": "base.yaml", "staffing": {"mode": "flatt"}},
        {"extends": "base.yaml", "work": {"handle": {"tier9": {}}}},
        {"extends": 5},
        {"demand": {"scale": 2}},
    ],
)
def test_the_json_schema_refuses_what_the_loader_refuses(data: dict[str, Any]) -> None:
    assert not fits(data, SCHEMA)


def test_every_default_in_the_json_schema_fits_its_own_key() -> None:
    for part in parts(SCHEMA):
        if "default" in part and "anyOf" in part:
            assert fits(part["default"], part), part


def test_the_schema_can_be_walked_by_keys() -> None:
    assert kind_at(Scenario, ("staffing", "crews", "any")) is Crew
    assert kind_at(Scenario, ("work", "routes", "P1", "tiers", 0)) is not None
    assert kind_at(Scenario, ("work", "nowhere", "P1")) is None
