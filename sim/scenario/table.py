"""How the tables that a scenario refers to are read: a ticket log, a forecast, a dated roster.

Tables are read with the csv module, not with pandas: pandas drops what a row has too many of, fills up what it has too
few of, and cannot tell on which line of the file a row began. pandas turns the dates into instants.
"""

from __future__ import annotations

import csv
import gzip
import lzma
import re
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import DAY, NEVER, midnight_ms
from sim.errors import DataError, Problem, nearest, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from sim.clock import Clock

UNKNOWN = -1
"""Marks what the log does not say about a ticket."""

OTHERS = "*"
"""Stands for all texts of a column that nothing else gives a meaning to."""

_UNMAPPED = -2
LISTED = 5
"""Texts or rows of a kind that a report lists; the others are counted."""
_FIRST, _LAST = midnight_ms(date(1971, 1, 1)), midnight_ms(date(2200, 1, 1))  # as for every date of a scenario
_OFFSET = re.compile(r"[T ]\d.*(?:Z|[+-]\d{2}(?::?\d{2})?)$", re.IGNORECASE)
_YEAR = re.compile(r"%[YyGcx]")
_DIGIT = re.compile(r"\d")
_DAMAGE = (gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, ValueError)
_MAGIC = {b"PK": "a .zip or Excel file", b"\x1f\x8b": "a .gz file", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


# ---- tables --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, each distinct text once.

    Attributes:
        name: as the header has it.
        codes: (n,) index into `texts`, for each row.
        texts: the distinct texts, without spaces around them.
    """

    name: str
    codes: NDArray[np.intp]
    texts: tuple[str, ...]

    def flag(self, texts: Iterable[bool]) -> NDArray[np.bool_]:
        """For each row what `texts` says of its text."""
        return np.fromiter(texts, dtype=bool, count=len(self.texts))[self.codes]


@dataclass(frozen=True, slots=True)
class Table:
    """Some columns of a CSV file.

    Attributes:
        file: as the user named it.
        lines: (n,) the line on which each row begins, counted from 1.
        columns: by name.
    """

    file: str
    lines: NDArray[np.int64]
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.lines)

    def only(self, rows: NDArray[np.bool_]) -> Table:
        """The same table with some rows only."""
        kept = {name: replace(column, codes=column.codes[rows]) for name, column in self.columns.items()}
        return Table(self.file, self.lines[rows], kept)

    def problem(self, row: int, key: str, message: str, near: str = "") -> Problem:
        """A problem that shows in `row` first."""
        return Problem(self.file, int(self.lines[row]), key, message, near)


def counted(n: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def refuse(problems: Sequence[Problem]) -> None:
    """Raise all problems at once, if there are any."""
    if problems:
        raise DataError(problems)


def _stop(file: str, message: str, line: int = 0, near: str = "") -> DataError:
    return DataError([Problem(file, line, "", message, near)])


def _only_member(file: str) -> bytes:
    with zipfile.ZipFile(file) as archive:
        # Archives made on a Mac carry a shadow of each file.
        names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX/")]
        if len(names) != 1:
            held = f" ({', '.join(map(quote, names[:LISTED]))})" if names else ""
            raise _stop(file, f"a .zip must hold exactly one file; it holds {len(names)}{held}")
        return archive.read(names[0])


def _content(file: str) -> bytes:
    path = Path(file)
    kind = path.suffix.lower()
    try:
        if kind == ".zip":
            return _only_member(file)
        return gzip.decompress(path.read_bytes()) if kind == ".gz" else path.read_bytes()
    except FileNotFoundError:
        beside = sorted(other.name for other in path.parent.glob("*"))
        raise _stop(file, "no such file", near=nearest(path.name, beside)) from None
    except _DAMAGE as error:
        raise _stop(file, f"cannot be unpacked: it is damaged, locked, or no {kind} file ({error})") from None
    except OSError as error:
        raise _stop(file, f"cannot be read: {error.strerror or error}") from None


def _text(file: str) -> TextIOWrapper:
    content = _content(file)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        kind = next((f"it looks like {name}" for start, name in _MAGIC.items() if content.startswith(start)), "")
        found = kind or f"found the byte 0x{content[error.start]:02x}"
        line = 0 if kind else content.count(b"\n", 0, error.start) + 1
        raise _stop(file, f"must be a CSV file in UTF-8; {found}", line) from None
    # The csv module wants line ends as they are: those inside quotation marks are part of a text.
    return TextIOWrapper(BytesIO(content), "utf-8-sig", newline="")


def _rows(file: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, and the line on which it begins."""
    reader = csv.reader(_text(file), strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise _stop(file, f"no CSV: {error}; is a quotation mark missing in the row that begins here?", line) from None


def _header(file: str, rows: Iterator[tuple[int, list[str]]]) -> list[str]:
    line, names = next(rows, (0, []))
    header = [name.strip() for name in names]
    if not header:
        raise _stop(file, "is empty; expected a line with the names of the columns, and then one for each row")
    other = next((mark for mark in ";\t|" if len(header) == 1 and mark in header[0]), "")
    if other:
        raise _stop(file, f"fields must be separated by commas; found {quote(other)} between the columns' names", line)
    return header


def _not_once(file: str, header: list[str], name: str) -> Problem:
    if times := header.count(name):
        return Problem(file, 1, name, f"the header must name this column once; found it {times} times")
    more = f" and {len(header) - LISTED} more" if len(header) > LISTED else ""
    held = ", ".join(map(quote, header[:LISTED])) + more
    return Problem(file, 1, name, f"no such column; the file has {held}", nearest(name, header))


def read_table(file: str, names: Sequence[str], problems: list[Problem], *, optional: Sequence[str] = ()) -> Table:
    """The columns `names` of a CSV file (plain, .gz, or a .zip that holds one file).

    Columns that the file lacks and rows of another length are left out, and added to `problems`; the file need not have
    the `optional` among the columns.

    Raises:
        DataError: nothing can be read.
    """
    rows = _rows(file)
    header = _header(file, rows)
    spared = {name for name in optional if name not in header}
    problems += [_not_once(file, header, name) for name in names if header.count(name) != 1 and name not in spared]
    cells: dict[str, list[str]] = {name: [] for name in names if header.count(name) == 1}
    picks = [(column, header.index(name)) for name, column in cells.items()]
    lines, uneven = [], []
    for line, row in rows:
        if len(row) != len(header):
            uneven.append((line, len(row)))
            continue
        lines.append(line)
        for column, index in picks:
            column.append(row[index].strip())
    if not lines and not uneven:
        raise _stop(file, "has no rows below the names of its columns")
    problems += _uneven(file, len(header), uneven)
    return Table(file, np.array(lines, dtype=np.int64), {name: _column(name, texts) for name, texts in cells.items()})


def _uneven(file: str, width: int, uneven: list[tuple[int, int]]) -> list[Problem]:
    if not uneven:
        return []
    line, found = uneven[0]
    rows = f"{counted(len(uneven), 'row')} of another length"
    return [Problem(file, line, "", f"must have {counted(width, 'field')} as the header has; found {found} ({rows})")]


def _column(name: str, cells: list[str]) -> Column:
    import pandas as pd

    codes, texts = pd.factorize(np.array(cells, dtype=object))
    return Column(name, codes, tuple(texts))


# ---- dates ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dates:
    """How the dates of a table are written.

    Attributes:
        zone: time zone of those without an offset.
        form: in strptime's notation; None for ISO 8601.
        key: where the user says another form ("" where that cannot be said).
        timed: whether they have a time of day.
    """

    zone: str
    form: str | None = None
    key: str = ""
    timed: bool = True

    def __str__(self) -> str:
        if self.form is not None:
            return f"dates from 1971 to 2199 of the form {self.form} ({self.key})"
        other = f"; say in {self.key} if they have another form, such as {self.sample_form}" if self.key else ""
        return f"dates from 1971 to 2199 in ISO 8601, such as 2026-03-02{' 09:30' if self.timed else ''}{other}"

    @property
    def sample_form(self) -> str:
        """A form that messages show."""
        return "%d/%m/%Y %H:%M" if self.timed else "%d/%m/%Y"

    def read(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Milliseconds since 1970 of each text, NEVER where it is no date; what says no offset is read as UTC."""
        ms = np.full(len(texts), NEVER)
        is_local = self.are_local(texts)
        # Apart, because pandas 2.2 may lend a text without offset that of the text before.
        for kind in (is_local, ~is_local):
            ms[kind] = _milliseconds(np.array(texts, dtype=object)[kind], self.form or "ISO8601")
        return np.where((ms >= _FIRST) & (ms < _LAST), ms, NEVER)

    def are_local(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each text says no offset."""
        if self.form is not None:
            return np.full(len(texts), "%z" not in self.form.lower())
        return np.array([not _OFFSET.search(text) for text in texts], dtype=bool)

    def fault(self) -> str:
        """What is wrong with the form, or ""."""
        # pandas would understand "mixed", and guess.
        if self.form is not None and "%" not in self.form:
            return "it has no directive such as %Y"
        # Python 3.13 warns of such forms, and without a year no date is of any use.
        if self.form is not None and not _YEAR.search(self.form.replace("%%", "")):
            return "it has no year, such as %Y"
        try:
            self.read(["0"])
        except re.error:
            return "it has a part of the date twice"
        except ValueError as error:
            return str(error)
        return ""


def _milliseconds(texts: NDArray[np.object_], form: str) -> NDArray[np.int64]:
    import pandas as pd

    read = pd.to_datetime(pd.Series(texts, dtype=object), format=form, errors="coerce", utc=True)
    # pandas 2 counts nanoseconds, pandas 3 whatever the texts need.
    ms = read.dt.tz_localize(None).to_numpy(dtype="datetime64[ms]").astype(np.int64)
    # pandas takes "now" and "today" for dates, whatever the form.
    has_digit = np.array([bool(_DIGIT.search(text)) for text in texts], dtype=bool)
    return np.where(has_digit, ms, NEVER)


def occurrences(clock: Clock, zone: str, wall: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When clocks in `zone` show `wall` (ms since 1970 read off the wall) first and last, in ms of `clock`.

    The two differ only where a clock that is set back shows a time twice. A time that the clock skips is read with the
    offset before the change, as in `sim.clock.wall_to_epoch`.
    """
    read = wall - clock.origin  # were the zone UTC

    def shown(at: NDArray[np.int64]) -> NDArray[np.int64]:
        return clock.wall(zone, at) - clock.origin

    # With the offsets a day before and a day after: where the clock changes in between, at most one lands on `wall`,
    # but for a time shown twice, on which both land.
    day_before, day_after = read - DAY, read + DAY
    early, late = read - (shown(day_before) - day_before), read - (shown(day_after) - day_after)
    late_holds = shown(late) == read
    first = np.where(late_holds & (shown(early) != read), late, early)
    return first, np.where(late_holds, late, first)


@dataclass(frozen=True, slots=True)
class Instants:
    """The dates of a column.

    Attributes:
        first: (n,) in ms of the run's clock, NEVER where unreadable; of a time that occurs twice the first occurrence.
        last: (n,) the second occurrence, or the same as `first`.
        wall: (n,) what the clocks of the zone show then, in ms since 1970 read off the wall; a skipped time as written.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    wall: NDArray[np.int64]


def read_instants(table: Table, name: str, clock: Clock, dates: Dates, problems: list[Problem]) -> Instants:
    """The dates of a column; unreadable ones are added to `problems`."""
    column = table.columns[name]
    if fault := dates.fault():
        sample = dates.sample_form
        message = f"must be a form in strptime's notation, such as {sample}; found {quote(dates.form)}: {fault}"
        problems.append(Problem(table.file, 0, dates.key, message))
        return Instants(*[np.full(len(table), NEVER)] * 3)
    ms = dates.read(column.texts)
    wrong = (ms == NEVER)[column.codes]
    if wrong.any():
        problems.append(_unreadable(table, column, wrong, dates))
    placed = _placed(ms, dates.are_local(column.texts), clock, dates.zone)
    return Instants(*(each[column.codes] for each in placed))


def _placed(ms: NDArray[np.int64], local: NDArray[np.bool_], clock: Clock, zone: str) -> list[NDArray[np.int64]]:
    """`Instants` of UTC or local times."""
    first, last, wall = (np.full(len(ms), NEVER) for _ in range(3))
    here, utc = local & (ms != NEVER), ~local & (ms != NEVER)
    first[here], last[here] = occurrences(clock, zone, ms[here])
    first[utc] = last[utc] = ms[utc] - clock.origin
    wall[here], wall[utc] = ms[here], clock.wall(zone, first[utc])
    return [first, last, wall]


def _unreadable(table: Table, column: Column, wrong: NDArray[np.bool_], dates: Dates) -> Problem:
    counts = Counter(column.texts[code] for code in column.codes[wrong])
    found = ", ".join(f"{quote(text)} ({counted(n, 'row')})" for text, n in list(counts.items())[:LISTED])
    more = f" and {counted(len(counts) - LISTED, 'other text')}" if len(counts) > LISTED else ""
    message = f"must hold {dates}; {counted(int(wrong.sum()), 'row')} cannot be read: {found}{more}"
    return table.problem(int(np.argmax(wrong)), column.name, message)


# ---- values that must be mapped ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Meanings:
    """What the texts of a column mean.

    Attributes:
        names: what they can mean.
        key: where the user says what other texts mean ("" where that cannot be said).
        index: the position in `names` that a text stands for; what the user says comes before the names themselves.
        others: the position that all other texts stand for, None where they mean nothing.
    """

    names: tuple[str, ...]
    key: str
    index: Mapping[str, int]
    others: int | None = None

    @classmethod
    def of(cls, names: Sequence[str], key: str = "", given: Mapping[str, str] | None = None) -> Meanings:
        """The names, in whatever case, and what the user has `given`."""
        position = {name: n for n, name in enumerate(names)}
        # A meaning that does not exist is reported by itself, and not again for each text.
        said = {text.strip(): position.get(meant, 0) for text, meant in (given or {}).items()}
        others = said.pop(OTHERS, None)
        return cls(tuple(names), key, {name.casefold(): n for name, n in position.items()} | position | said, others)

    def find(self, text: str, missing: frozenset[str]) -> int:
        """Its position in `names`; texts that are written out here are known even if they are also in `missing`."""
        if text in self.index:
            return self.index[text]
        if text in missing:
            return UNKNOWN
        return self.index.get(text.casefold(), _UNMAPPED if self.others is None else self.others)

    def is_other(self, text: str, missing: frozenset[str]) -> bool:
        """Whether its meaning is only that of all others."""
        known = text in self.index or text in missing or text.casefold() in self.index
        return self.others is not None and not known


def _unmapped(table: Table, column: Column, meanings: Meanings, wrong: NDArray[np.bool_]) -> list[Problem]:
    counts = Counter(column.codes[wrong].tolist())
    remedy = f"; say what it means in {meanings.key}" if meanings.key else ""
    listed = [
        table.problem(
            int(np.argmax(column.codes == code)),
            column.name,
            f"{quote(column.texts[code])} ({counted(n, 'row')}) is none of {', '.join(meanings.names)}{remedy}",
            nearest(column.texts[code], list(meanings.index)),
        )
        for code, n in counts.most_common(LISTED)
    ]
    if len(counts) <= LISTED:
        return listed
    others = f"{counted(len(counts) - LISTED, 'other text')} without a meaning too; rows in all: {counts.total():,}"
    if meanings.key:
        others += f'; the entry "{OTHERS}" of {meanings.key} can stand for all that are not named'
    return [*listed, Problem(table.file, 0, column.name, others)]


def read_codes(
    table: Table, name: str | None, meanings: Meanings, missing: frozenset[str], problems: list[Problem]
) -> NDArray[np.int16]:
    """What each row's text means; UNKNOWN where it is missing, or the column is.

    Texts that mean nothing are added to `problems`.
    """
    column = table.columns.get(name or "")
    if column is None:
        return np.full(len(table), UNKNOWN, dtype=np.int16)
    codes = np.array([meanings.find(text, missing) for text in column.texts], dtype=np.int16)[column.codes]
    if (codes == _UNMAPPED).any():
        problems += _unmapped(table, column, meanings, codes == _UNMAPPED)
    return codes
