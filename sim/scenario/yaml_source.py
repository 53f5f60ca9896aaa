"""One YAML file, read to values that remember their line.

The syntax is libyaml's, the meaning of plain words is YAML 1.2's: `22:30`, `NO`, `yes` and `2026-03-02` are text. A
file is data: explicit tags are refused, and nothing in it is ever executed.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from yaml import events

from sim.errors import Problem, quote
from sim.scenario.data_files import nearest_file
from sim.scenario.tree import BROKEN, KeyPath, Node, Place, dotted
from sim.scenario.units import found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from os import stat_result

LARGEST_FILE = 1_000_000
"""Bytes of a scenario file at most."""
MOST_VALUES = 20_000
"""Values in a file at most, counted again wherever an alias repeats them."""
DEEPEST = 32
"""Levels of nesting at most, which keeps all work on a tree far from Python's limit on recursion."""

_LOADER: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

# YAML 1.2 core schema. A whole number of more than 30 digits becomes a float, which every later step can handle.
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], int | float]], ...] = (
    (re.compile(r"[-+]?[0-9]{1,30}"), int),
    (re.compile(r"0o[0-7]{1,30}"), lambda text: int(text, 8)),
    (re.compile(r"0x[0-9a-fA-F]{1,24}"), lambda text: int(text, 16)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), lambda text: float(text.replace(".", ""))),
)

# Characters that libyaml refuses without telling the line.
_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")

# What a value may begin with that is not a plain word.
_NOT_PLAIN = ("[", "{", '"', "'", "!", "&", "*")

_UNSURE = "written twice"
"""An entry that could not be read: it keeps quiet what is said about the whole mapping around it."""

_Build = dict[type[events.Event], "Callable[[Any, KeyPath, Place], Any]"]


class Document(NamedTuple):
    """What could be read of a file, and what is wrong with it. Without a root, nothing could."""

    root: Node | None
    problems: tuple[Problem, ...]


class _UnreadableError(Exception):
    """Nothing more can be read; the reason, and the line."""

    def __init__(self, message: str, line: int = 0, nearest: str = "") -> None:
        super().__init__(message)
        self.message, self.line, self.nearest = message, line, nearest


def read(where: str, named_at: Place | None = None) -> Document:
    """The mapping in the file `where`; `named_at` is the `extends` key that asked for it, if one did."""
    folder = str(Path(where).absolute().parent)
    try:
        content = _content(where)
    except _UnreadableError as error:
        at = (named_at.where, named_at.line, "extends") if named_at else (where, 0, "")
        message = f"{quote(Path(where).name)} {error.message}" if named_at else error.message
        itself = named_at is not None and error.nearest == Path(named_at.where).name
        return Document(None, (Problem(*at, message, "" if itself else error.nearest),))
    try:
        reader = _Reader(_text(content), where, folder)
    except _UnreadableError as error:
        return Document(None, (Problem(where, error.line, "", error.message),))
    return reader.document()


def read_value(text: str, where: str, key: KeyPath) -> Document:
    """One value on the command line: `"quoted text"`, `[a, list]` or `{a: mapping}`; all else is a plain word."""
    place = Place(where, 0, str(Path.cwd()))
    try:
        _refuse_control_characters(text)
    except _UnreadableError as error:
        return Document(None, (Problem(where, 0, dotted(key), error.message),))
    if not text.strip().startswith(_NOT_PLAIN):
        return Document(Node(resolve(text.strip()), place), ())
    return _Reader(text, where, place.folder, key).value()


def _content(where: str) -> bytes:
    try:
        _refuse_unless_small_file(Path(where).stat())
        with Path(where).open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except (FileNotFoundError, NotADirectoryError):
        folder = Path(where).parent
        if not folder.is_dir():
            raise _UnreadableError(f"does not exist: there is no folder {quote(str(folder))}") from None
        raise _UnreadableError("does not exist", nearest=nearest_file(Path(where))) from None
    except PermissionError:
        raise _UnreadableError("may not be read: you lack the permission") from None
    except (OSError, ValueError) as error:
        raise _UnreadableError(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _refuse_unless_small_file(status: stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise _UnreadableError("is a directory: name a scenario file inside it")
    if not stat.S_ISREG(status.st_mode):
        raise _UnreadableError("is not an ordinary file: save the scenario to one")
    if status.st_size > LARGEST_FILE:
        size, limit = status.st_size / 1e6, LARGEST_FILE / 1e6
        raise _UnreadableError(f"holds {size:,.1f} MB, a scenario file at most {limit:g} MB: is it a data file?")


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _UnreadableError("is not UTF-8 text: is it a scenario file? Save it as UTF-8", line) from None
    _refuse_control_characters(text)
    return text


def _refuse_control_characters(text: str) -> None:
    strange = _NOT_TEXT.search(text)
    if strange:
        line = text.count("\n", 0, strange.start()) + 1
        raise _UnreadableError(f"holds the character {strange[0]!a}, which no text file does: is it binary?", line)


def resolve(word: str) -> Any:
    """What a plain (unquoted) word means in YAML 1.2."""
    if word in _WORDS:
        return _WORDS[word]
    return next((number(word) for pattern, number in _NUMBERS if pattern.fullmatch(word)), word)


class _Reader:
    """Builds nodes from the parser's events, and collects what is wrong on the way."""

    def __init__(self, text: str, where: str, folder: str, key: KeyPath | None = None) -> None:
        self._where, self._folder = where, folder
        self._top: KeyPath = key or ()
        self._numbered = key is None
        self._lines = text.rstrip().split("\n")
        self._events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self._problems: list[Problem] = []
        self._anchors: dict[str, Node] = {}
        self._count = 0
        self._build: _Build = {
            events.ScalarEvent: self._scalar,
            events.SequenceStartEvent: self._sequence,
            events.MappingStartEvent: self._mapping,
        }

    def document(self) -> Document:
        """The mapping that makes up a whole file."""
        root = self._read()
        if root is not None and root.value is BROKEN:
            root = None
        if root is not None and not isinstance(root.value, dict):
            empty = "is empty" if root.value is None else f"holds {found(root.value)}"
            self._report(root.place, (), f"{empty}; a scenario file has keys such as `horizon:` and `regions:`")
            root = None
        return Document(root, tuple(self._problems))

    def value(self) -> Document:
        """One value of any kind."""
        return Document(self._read(), tuple(self._problems))

    def _read(self) -> Node | None:
        try:
            return self._first_document()
        except _UnreadableError as error:
            self._report(self._place(error.line), (), error.message)
        except yaml.MarkedYAMLError as error:
            self._report(self._place(_line(error.problem_mark)), (), self._syntax(error))
        except yaml.YAMLError:
            self._report(self._place(0), (), "is not valid YAML")
        return None

    def _first_document(self) -> Node:
        next(self._events)  # the start of the stream
        event = next(self._events)
        if isinstance(event, events.StreamEndEvent):
            return Node(None, self._place(0))
        event = next(self._events)
        root = self._node(event, self._top, self._place(_line(event.start_mark)))
        next(self._events)  # the end of the document
        event = next(self._events)
        if not isinstance(event, events.StreamEndEvent):
            self._report(self._place(_line(event.start_mark)), (), "a second document (---) begins; one file holds one")
        return root

    def _node(self, event: Any, path: KeyPath, place: Place) -> Node:
        self._add_to_count(1, place)
        if isinstance(event, events.AliasEvent):
            return self._alias(str(event.anchor), path, place)
        if len(path) > DEEPEST:
            raise _UnreadableError(f"is nested more than {DEEPEST} levels deep", place.line)
        node = Node(self._build[type(event)](event, path, place), place)
        if event.tag is not None:
            tag = quote(event.tag.replace("tag:yaml.org,2002:", "!!")).strip("'")
            self._report(
                place, path, f"the tag {tag} is not allowed: a scenario is plain data, and nothing in it is run"
            )
            node = Node(BROKEN, place)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _scalar(self, event: Any, _path: KeyPath, _place: Place) -> Any:
        return resolve(event.value) if event.implicit[0] else event.value

    def _sequence(self, _event: Any, path: KeyPath, _place: Place) -> Any:
        nodes: list[Node] = []
        for event in self._events:
            if isinstance(event, events.SequenceEndEvent):
                break
            nodes.append(self._node(event, (*path, len(nodes)), self._place(_line(event.start_mark))))
        return tuple(nodes)

    def _mapping(self, _event: Any, path: KeyPath, _place: Place) -> Any:
        nodes: dict[str, Node] = {}
        for event in self._events:
            if isinstance(event, events.MappingEndEvent):
                break
            place = self._place(_line(event.start_mark))
            key = self._key(event, path, place)
            node = self._node(next(self._events), (*path, "?" if key is None else key), place)
            self._add(nodes, key, node, path)
        return nodes

    def _add(self, nodes: dict[str, Node], key: str | None, node: Node, path: KeyPath) -> None:
        if key is None:
            return
        if key in nodes:
            lines = f"lines {nodes[key].place.line} and {node.place.line}" if self._numbered else "one mapping"
            self._report(node.place, (*path, key), f"is written twice, in {lines}: keep one of them")
            node = _either(nodes[key], node)
        nodes[key] = node

    def _key(self, event: Any, path: KeyPath, place: Place) -> str | None:
        """The key, if it is text; None after reporting that it is not."""
        key = self._node(event, (*path, "?"), place).value
        if isinstance(event, events.AliasEvent) or not isinstance(key, str):
            shown = quote(event.value) if isinstance(event, events.ScalarEvent) else found(key)
            remedy = 'put it in quotes, as in "1": ...' if isinstance(event, events.ScalarEvent) else "use plain text"
            self._report(place, path, f"a key must be text; found {shown}: {remedy}")
            return None
        if key == "<<" and event.implicit[0]:
            self._report(place, path, "the merge key << is not part of YAML 1.2: use `extends`, or write the keys out")
            return None
        return key

    def _alias(self, anchor: str, path: KeyPath, place: Place) -> Node:
        if anchor not in self._anchors:
            self._report(place, path, f"the alias *{quote(anchor)[1:-1]} repeats no value that is complete before it")
            return Node(BROKEN, place)
        node = self._anchors[anchor]
        size, height = _extent(node)
        self._add_to_count(size, place)
        if len(path) + height > DEEPEST:
            raise _UnreadableError(f"is nested more than {DEEPEST} levels deep", place.line)
        return node

    def _add_to_count(self, size: int, place: Place) -> None:
        self._count += size
        if self._count > MOST_VALUES:
            message = f"holds more than {MOST_VALUES:,} values, counting those that aliases repeat: is it a data file?"
            raise _UnreadableError(message, place.line)

    def _syntax(self, error: yaml.MarkedYAMLError) -> str:
        line = self._place(_line(error.context_mark)).line
        since = f", which begins in line {line}" if line else ""
        context = f" ({error.context}{since})" if error.problem and error.context else ""
        tab = ": indent with spaces, not tabs" if self._indented_by_tab(_line(error.problem_mark)) else ""
        return f"is not valid YAML: {error.problem or error.context}{context}{tab}"

    def _indented_by_tab(self, line: int) -> bool:
        text = "".join(self._lines[line - 1 : line])
        return "\t" in text[: len(text) - len(text.lstrip())]

    def _place(self, line: int) -> Place:
        # A parser that misses something at the end of a file reports the line after the last.
        return Place(self._where, min(line, len(self._lines)) if self._numbered else 0, self._folder)

    def _report(self, place: Place, path: KeyPath, message: str) -> None:
        self._problems.append(Problem(place.where, place.line, dotted(path or self._top), message))


def _either(one: Node, other: Node) -> Node:
    """What is certain of a value that is written twice: the entries of both, but not that these are all, or fit."""
    if isinstance(one.value, dict) and isinstance(other.value, dict):
        shared = {key: _either(one.value[key], node) for key, node in other.value.items() if key in one.value}
        return Node({**one.value, **other.value, **shared, _UNSURE: Node(BROKEN, other.place)}, other.place)
    same = type(one.value) is type(other.value) and one.plain() == other.plain()
    return other if same else Node(BROKEN, other.place)


def _extent(node: Node) -> tuple[int, int]:
    """How many values a node holds, itself included, and how many levels below it."""
    below = [_extent(inner) for _, inner in node.inside()]
    return 1 + sum(size for size, _ in below), max((height + 1 for _, height in below), default=0)


def _line(mark: Any) -> int:
    return mark.line + 1 if mark else 0
