from __future__ import annotations

import math
import os
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import yaml_source
from sim.scenario.yaml_source import read, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[..., str]


@pytest.fixture
def told(write: Write) -> Callable[[str | bytes], list[str]]:
    """What is said about a file with the given content."""

    def about(content: str | bytes) -> list[str]:
        return [str(problem) for problem in read(write(content)).problems]

    return about


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("22:30", "22:30"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("2026-03-02", "2026-03-02"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("5 %", "5 %"),
        ("012", 12),
        ("+7", 7),
        ("0o17", 15),
        ("0xff", 255),
        ("1.", 1.0),
        (".5", 0.5),
        ("-1e3", -1000.0),
        ("true", True),
        ("FALSE", False),
        ("", None),
        ("~", None),
        ("Null", None),
        ("-.inf", -math.inf),
        ("9" * 31, 1e31),
    ],
)
def test_plain_words_mean_what_yaml_1_2_says(word: str, meaning: object) -> None:
    assert resolve(word) == meaning
    assert type(resolve(word)) is type(meaning)


def test_nan_is_a_number() -> None:
    assert math.isnan(resolve(".nan"))


def test_quoted_words_are_text(write: Write) -> None:
    root = read(write("a: '12'\nb: \"true\"\nc: |\n  5\n")).root
    assert root is not None
    assert root.plain() == {"a": "12", "b": "true", "c": "5\n"}


def test_every_value_knows_its_line(write: Write) -> None:
    root = read(write("a:\n  b: 1\n  c: [1,\n      2]\n")).root
    assert root is not None
    paths = [("a",), ("a", "b"), ("a", "c"), ("a", "c", 0), ("a", "c", 1), ("a", "missing")]
    assert [root.place_of(path).line for path in paths] == [1, 2, 3, 3, 4, 1]
    assert root.place_of(("a",)).where == "a.yaml"


def test_an_alias_repeats_a_value(write: Write) -> None:
    root = read(write("a: &x {b: [1, 2]}\nc: *x\n")).root
    assert root is not None
    assert root.plain() == {"a": {"b": (1, 2)}, "c": {"b": (1, 2)}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "a.yaml: is empty; a scenario file has keys such as `horizon:` and `regions:`"),
        ("# only a comment\n", "a.yaml: is empty; a scenario file has keys such as `horizon:` and `regions:`"),
        ("---\n", "a.yaml:1: is empty; a scenario file has keys such as `horizon:` and `regions:`"),
        ("\n- a\n", "a.yaml:2: holds a list; a scenario file has keys such as `horizon:` and `regions:`"),
        ("word", "a.yaml:1: holds 'word'; a scenario file has keys such as `horizon:` and `regions:`"),
        ("a: 1\nb: 2\na: 3\n", "a.yaml:3: a: is written twice, in lines 1 and 3: keep one of them"),
        ("b:\n  a: 1\n  a: 1\n", "a.yaml:3: b.a: is written twice, in lines 2 and 3: keep one of them"),
        ("1: x\n", "a.yaml:1: a key must be text; found '1': put it in quotes, as in \"1\": ..."),
        ("a:\n  true: x\n", "a.yaml:2: a: a key must be text; found 'true': put it in quotes, as in \"1\": ..."),
        ("? [a]\n: x\n", "a.yaml:1: a key must be text; found a list: use plain text"),
        (
            "a: {b: 1}\n<<: {c: 1}\n",
            "a.yaml:2: the merge key << is not part of YAML 1.2: use `extends`, or write the keys out",
        ),
        ("a: 1\n---\nb: 2\n", "a.yaml:2: a second document (---) begins; one file holds one"),
        ("a: *x\n", "a.yaml:1: a: the alias *x repeats no value that is complete before it"),
        ("a: &x [*x]\n", "a.yaml:1: a[0]: the alias *x repeats no value that is complete before it"),
        ("a: 1\nb: \x01\n", "a.yaml:2: holds the character '\\x01', which no text file does: is it binary?"),
        (b"\x89PNG\r\n\x1a\n\x00", "a.yaml:1: is not UTF-8 text: is it a scenario file? Save it as UTF-8"),
        ("ä: 1\n".encode("latin-1"), "a.yaml:1: is not UTF-8 text: is it a scenario file? Save it as UTF-8"),
    ],
)
def test_what_is_no_scenario_file_is_named(
    told: Callable[[str | bytes], list[str]], content: str | bytes, message: str
) -> None:
    assert told(content) == [message]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("a: [1, 2\nb: 3\n", 2, "did not find expected ',' or ']'"),
        ("a:\n\tb: 1\n", 2, "indent with spaces, not tabs"),
        ("a: 1\n b: 2\n", 2, "mapping values are not allowed"),
        ("a: 'x\n", 1, "found unexpected end of stream"),
        ("a: @x\n", 1, "cannot start any token"),
    ],
)
def test_a_syntax_error_names_its_line(
    told: Callable[[str | bytes], list[str]], content: str, line: int, reason: str
) -> None:
    (message,) = told(content)
    assert message.startswith(f"a.yaml:{line}: is not valid YAML: ")
    assert reason in message


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system", "!!python/name:os.system", "!!python/object:os.system", "!mine", "!!str"]
)
def test_a_tag_is_refused_and_the_rest_is_read(write: Write, tag: str) -> None:
    document = read(write(f"a: 1\nb: {tag} 'touch x'\nc: 2\n"))
    (problem,) = document.problems
    assert str(problem) == (
        f"a.yaml:2: b: the tag {tag} is not allowed: a scenario is plain data, and nothing in it is run"
    )
    assert document.root is not None
    assert {"a", "c"} <= document.root.value.keys()
    assert not Path("x").exists()


def test_a_byte_order_mark_is_no_part_of_the_text(write: Write) -> None:
    document = read(write(b"\xef\xbb\xbfa: 1\r\n"))
    assert document.root is not None
    assert document.root.plain() == {"a": 1}


def test_a_file_of_100_mb_is_refused_without_being_read(write: Write) -> None:
    name = write("")
    os.truncate(name, 100_000_000)
    start = perf_counter()
    (problem,) = read(name).problems
    assert perf_counter() - start < 0.1
    assert str(problem) == "a.yaml: holds 100.0 MB, a scenario file at most 1 MB: is it a data file?"


def test_an_alias_bomb_does_not_go_off(told: Callable[[str | bytes], list[str]]) -> None:
    levels = "".join(
        f"{letter}: &{letter} [{', '.join(['*' + below] * 9)}]\n"
        for below, letter in zip("abcdefgh", "bcdefghi", strict=True)
    )
    start = perf_counter()
    (message,) = told(f"a: &a [{', '.join(['x'] * 9)}]\n{levels}")
    assert perf_counter() - start < 1
    assert message == "a.yaml:5: holds more than 20,000 values, counting those that aliases repeat: is it a data file?"


@pytest.mark.parametrize("content", ["a: " + "[" * 50_000, "{a: " * 50_000, "? " * 50_000, "- " * 50_000])
def test_deep_nesting_is_refused(told: Callable[[str | bytes], list[str]], content: str) -> None:
    assert told(content) == ["a.yaml:1: is nested more than 32 levels deep"]


def test_nesting_hidden_behind_aliases_is_refused_too(told: Callable[[str | bytes], list[str]]) -> None:
    deep = "a0: &a0 x\n" + "".join(f"a{n}: &a{n} {'[' * 10}*a{n - 1}{']' * 10}\n" for n in range(1, 200))
    assert told(deep) == ["a.yaml:5: is nested more than 32 levels deep"]


def test_a_directory_is_no_file(write: Write) -> None:
    write("a: 1", "folder/a.yaml")
    assert [str(problem) for problem in read("folder").problems] == [
        "folder: is a directory: name a scenario file inside it"
    ]


def test_a_device_is_no_file() -> None:
    assert [str(problem) for problem in read(os.devnull).problems] == [
        f"{os.devnull}: is not an ordinary file: save the scenario to one"
    ]


def test_a_missing_file_names_its_neighbour(write: Write) -> None:
    write("a: 1", "baseline.yaml")
    (problem,) = read("basline.yaml").problems
    assert str(problem) == "basline.yaml: does not exist; did you mean baseline.yaml?"


def test_a_missing_folder_is_named(write: Write) -> None:
    write("a: 1")
    (problem,) = read("nowhere/a.yaml").problems
    assert str(problem) == "nowhere/a.yaml: does not exist: there is no folder 'nowhere'"


@pytest.mark.parametrize("name", ["a\0b.yaml", "x" * 1000])
def test_a_name_that_no_file_can_have_is_refused(write: Write, name: str) -> None:
    write("a: 1")
    (problem,) = read(name).problems
    assert "cannot be read" in problem.message


def test_a_file_without_permission_is_named(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    name = write("a: 1")
    monkeypatch.setattr(Path, "open", refuse)  # the tests may run as root, who may read everything
    assert [str(problem) for problem in read(name).problems] == ["a.yaml: may not be read: you lack the permission"]


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_libyaml_and_the_slow_parser_agree_that_text_is_data(text: str) -> None:
    """Both may refuse; neither may raise."""
    for loader in (yaml.SafeLoader, yaml_source._LOADER):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(yaml_source, "_LOADER", loader)
            document = yaml_source.read_value(f"[{text}", "here", ("key",))
        assert document.root is not None or document.problems
        assert all(problem.where == "here" and problem.line == 0 for problem in document.problems)
