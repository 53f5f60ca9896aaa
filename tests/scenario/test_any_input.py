"""Whatever a file or a change holds: a scenario, or an error that says what is wrong. Never anything else."""

from __future__ import annotations

import math
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario.keys import as_model, fields
from sim.scenario.load import from_data, load
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PIECES = (
    "\n", "  ", "\t", ": ", "- ", "[", "]", "{", "}", ",", "'", '"', "&a ", "*a", "!!python/object:os.system ", "!",
    "#", "---\n", "...\n", "? ", "| ", "> ", "<<", "null", "~", ".nan", "-.inf", "1e999", "0x1F", "22:30", "NO",
    "-1", "0", "9" * 400, "9" * 5000 + " min", "é", "\u2028", "\x85", "\ufeff", "\x00", "%YAML 1.1\n", "%",
    "extends: a.yaml\n", "extends: world.yaml\n", "extends: /\n", "name: 2026\n", "tier9", "P1", "emea",
    "5 %", "15 min", "06:00-14:00",
)  # fmt: skip
names = st.text(max_size=5) | st.sampled_from(("P1", "tier1", "mean", "emea"))
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from([*PIECES, 10**400, "2026-03-02", "5D 2O", "6 per hour", "20 % per year", "Europe/London"]),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
)


def check(attempt: Callable[[], Scenario]) -> None:
    """Holds an attempt to its promise."""
    try:
        scenario = attempt()
    except InputError as error:
        messages = [str(problem) for problem in error.problems if problem.message]
    else:
        messages = ["fine"]
        assert len(scenario.hash) == 12
        assert pickle.loads(pickle.dumps(scenario)) == scenario  # noqa: S301 - our own bytes
    assert messages
    assert all(len(message) < 1000 and message.isprintable() for message in messages)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any")


@pytest.fixture
def valid(world: str) -> Scenario:
    return load(world)


slowly = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def load_bytes(folder: Path, content: bytes) -> Scenario:
    path = folder / "a.yaml"
    path.write_bytes(content)
    return load(path)


@slowly
@given(content=st.binary(max_size=200))
@example(content=b"\xff\xfea\x00")
@example(content=b"\xef\xbb\xbf")
@example(content=b'a: "\\0"\nextends: "\\0"')
@example(content=b'demand: {replay: {file: "\\0"}}')
def test_any_bytes(folder: Path, content: bytes) -> None:
    check(lambda: load_bytes(folder, content))


@slowly
@given(content=st.lists(st.sampled_from(PIECES) | st.sampled_from(list(fields(Scenario))), max_size=30).map("".join))
def test_any_pieces_of_yaml(folder: Path, content: str) -> None:
    check(lambda: load_bytes(folder, content.encode()))


@slowly
@given(
    cuts=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(PIECES) | st.text(max_size=4)), max_size=4
    )
)
def test_any_change_of_a_valid_file(world_text: str, folder: Path, cuts: list[tuple[float, int, str]]) -> None:
    text = world_text
    for where, length, piece in cuts:
        start = int(where * len(text))
        text = text[:start] + piece + text[start + length :]
    check(lambda: load_bytes(folder, text.encode("utf-8", "replace")))


def _keys(model: Any, path: str) -> Iterator[str]:
    """Every key of the schema, with a few names in the place of those that planners choose."""
    for key, field in fields(model).items():
        here = f"{path}.{key}".lstrip(".")
        yield here
        inner = as_model(field.annotation)
        if inner:
            yield from _keys(inner, here)


KEYS = sorted(
    {
        *_keys(Scenario, ""),
        "regions.emea.shifts", "regions.emea.zone", "regions.emea.shifts.D", "regions.new", "regions.emea.tickets",
        "regions.apac.country", "regions.emea", "demand.priorities.P1", "demand.channels.chat.open",
        "demand.channels.chat.fallback", "demand.channels.chat.patience", "demand.profiles.office.hours",
        "demand.profiles.office.weekdays", "demand.events.launch.start", "demand.holidays.emea", "work.handle.tier1",
        "work.handle.tier1.mean", "work.handle.tier1.values", "work.routes.P3", "work.routes.P3.solved",
        "work.routes.P3.tiers", "staffing.crews.day", "staffing.crews.day.pattern", "staffing.crews.day.headcount",
        "staffing.crews.day.headcount.tier1", "staffing.crews.day.regions", "staffing.flat.emea", "extends", "nowhere",
    }
)  # fmt: skip


@slowly
@given(changes=st.dictionaries(st.sampled_from(KEYS), values, min_size=1, max_size=3))
def test_any_value_at_any_key(valid: Scenario, changes: dict[str, Any]) -> None:
    check(lambda: valid.with_(changes))


@slowly
@given(texts=st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(PIECES) | st.text(max_size=12)), max_size=3))
def test_any_text_of_a_change(world: str, texts: list[tuple[str, str]]) -> None:
    check(lambda: load(world, [f"{key}={value}" for key, value in texts]))


@slowly
@given(data=st.dictionaries(st.sampled_from(list(fields(Scenario))), values))
def test_any_data(data: dict[str, Any]) -> None:
    check(lambda: from_data(data))


@pytest.mark.parametrize("key", KEYS)
def test_each_kind_of_value_at_each_key(valid: Scenario, key: str) -> None:
    for value in (None, True, -1, 0, 10**400, 1e308, math.nan, "", "x", "\0", "9" * 400, [], [[]], {}, {"x": None}):
        check(lambda value=value: valid.with_({key: value}))
