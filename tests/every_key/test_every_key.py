"""Every key of the schema changes some output: one that does nothing is a promise that nobody keeps.

The scenarios of this folder are small, and between them every mechanism is at work. `changes.yaml` says of every key
what to change it to, and in which of them; a new key is not complete before it stands there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

import pytest

import sim
from sim.engine.journal import Journals
from sim.scenario.base import DurationLaw
from sim.scenario.data_files import DATA_FILES
from sim.scenario.keys import as_model, bare, field_at, fields, kind_at
from sim.scenario.schema import Scenario
from sim.scenario.yaml_source import read
from sim.workforce.export import roster_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sim.scenario.base import Model

HERE = Path(__file__).parent
A_LAW = "a_law."


# ---- the keys ------------------------------------------------------------------------------------------------------


def leaves(model: type[Model] = Scenario, place: str = "") -> Iterator[str]:
    """Every key that holds a value; names, tiers and priorities are `*`."""
    for key, of in fields(model).items():
        kind, path = bare(of.annotation), f"{place}{key}"
        while get_origin(kind) is dict and as_model(get_args(kind)[1]):
            kind, path = bare(get_args(kind)[1]), f"{path}.*"
        inner = as_model(kind)
        yield from leaves(inner, f"{path}.") if inner else [path]


def leaf_of(key: str) -> str:
    """The leaf that a key of a scenario is: `regions.here.zone` is `regions.*.zone`."""
    path = tuple(key.split("."))
    assert field_at(Scenario, path), f"the schema knows no {key}"
    named = (get_origin(kind_at(Scenario, path[:n])) is dict for n in range(len(path)))
    return ".".join("*" if is_name else part for part, is_name in zip(path, named, strict=True))


def laws(world: str) -> list[str]:
    """Where the file of a scenario has distributions, one for each place in the schema."""
    places = [".".join(place) for place in _sections(_written(world))]
    found = [place for place in places if as_model(kind_at(Scenario, tuple(place.split(".")))) is DurationLaw]
    return list({leaf_of(f"{place}.mean"): f"{place}." for place in found}.values())


def _written(world: str) -> dict[str, Any]:
    keys: dict[str, Any] = read(str(HERE / f"{world}.yaml")).root.plain()
    return keys


def _sections(raw: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in raw.items():
        if isinstance(value, dict):
            yield (*above, key)
            yield from _sections(value, (*above, key))


# ---- what to change ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """A scenario, what must be given in it first, and a change of one leaf: of several keys where they must agree."""

    leaf: str
    world: str
    given: dict[str, Any]
    change: dict[str, Any]


def trials(blocks: Iterable[dict[str, Any]]) -> Iterator[Trial]:
    for block in blocks:
        given, changes = block.get("given", {}), block["changes"]
        of_laws = {key: value for key, value in changes.items() if key.startswith(A_LAW)}
        for world in [block["in"]] if isinstance(block["in"], str) else block["in"]:
            yield from _one_a_leaf(world, given, {key: value for key, value in changes.items() if key not in of_laws})
            for place in laws(world) if of_laws else ():
                yield from _one_a_leaf(world, _at(place, given), _at(place, of_laws))


def _one_a_leaf(world: str, given: dict[str, Any], changes: dict[str, Any]) -> Iterator[Trial]:
    changes = {key: _found(key, value) for key, value in changes.items()}
    for leaf in dict.fromkeys(leaf_of(key) for key in changes):
        yield Trial(leaf, world, given, {key: value for key, value in changes.items() if leaf_of(key) == leaf})


def _found(key: str, value: Any) -> Any:
    return str(HERE / value) if tuple(key.split(".")) in DATA_FILES else value


def _at(place: str, values: dict[str, Any]) -> dict[str, Any]:
    return {key.replace(A_LAW, place): value for key, value in values.items()}


PLAN = read(str(HERE / "changes.yaml")).root.plain()
TRIALS, EXCEPTIONS = (tuple(trials(PLAN[part])) for part in ("trials", "exceptions"))


# ---- what comes out ------------------------------------------------------------------------------------------------

OUTPUTS: dict[str, Callable[[sim.Result], Any]] = {
    "journals": lambda result: [_bytes(one.journals) for one in result.replications],
    "roster": lambda result: roster_table(result.scenario, result.plan).to_csv(),
    "figures": lambda result: result.records,
    "tables": lambda result: {name: table.to_csv() for name, table in result.tables.items()},
    "notices": lambda result: result.notices,
    "holidays": lambda result: result.manifest()["holidays"],
}
"""All that a result shows, the quickest to look at first; of the manifest what is no echo of the scenario."""


def _bytes(journals: Journals | None) -> dict[tuple[str, str], bytes]:
    tables = {name: getattr(journals, name) for name in Journals.__slots__ if name != "end"}
    return {(name, key): column.tobytes() for name, table in tables.items() for key, column in table.items()}


def difference(one: sim.Result, other: sim.Result) -> str | None:
    """The first output in which two results differ, or None."""
    return next((name for name, shown in OUTPUTS.items() if shown(one) != shown(other)), None)


@cache
def played(world: str, given: str, change: str = "{}") -> sim.Result:
    """The result of a scenario of this folder with what is given, and then changed, as JSON."""
    scenario = sim.load(HERE / f"{world}.yaml").with_(json.loads(given)).with_(json.loads(change))
    return sim.run(scenario, workers=1)


def before_and_after(trial: Trial) -> tuple[sim.Result, sim.Result]:
    """The results of a trial's scenario without and with its change."""
    usual = played(trial.world, json.dumps(trial.given))
    return usual, played.__wrapped__(trial.world, json.dumps(trial.given), json.dumps(trial.change))


# ---- the tests -----------------------------------------------------------------------------------------------------


def test_every_key_is_changed_once() -> None:
    changed = sorted(trial.leaf for trial in (*TRIALS, *EXCEPTIONS))
    assert changed == sorted(leaves()), "a key of the schema is missing in changes.yaml, or stands there twice"


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.leaf)
def test_a_key_changes_what_comes_out(trial: Trial) -> None:
    usual, changed = before_and_after(trial)
    assert changed.scenario.hash != usual.scenario.hash, "the change says what was there before"
    assert difference(usual, changed), f"{trial.change} changes nothing in {trial.world}.yaml"


@pytest.mark.parametrize("trial", EXCEPTIONS, ids=lambda trial: trial.leaf)
def test_an_exception_is_one(trial: Trial) -> None:
    usual, changed = before_and_after(trial)
    assert changed.scenario != usual.scenario, "the change says what was there before"
    assert difference(usual, changed) is None, f"{trial.leaf} has an effect: it belongs to the trials of changes.yaml"


def test_exceptions_have_their_reasons() -> None:
    assert all(block["because"] for block in PLAN["exceptions"])


def test_what_is_not_changed_does_not_differ() -> None:
    usual = played("desk", "{}")
    assert difference(usual, played.__wrapped__("desk", "{}")) is None


@pytest.mark.parametrize(("key", "shown"), [("name", "scenario"), ("question", "question")])
def test_the_manifest_tells_name_and_question(key: str, shown: str) -> None:
    assert played("desk", "{}", json.dumps({key: "another"})).manifest()[shown] == "another"
