"""The first difference between two journals, in words."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from sim.clock import NEVER

if TYPE_CHECKING:
    from sim.engine.journal import Journals, Table


def difference(one: Journals, other: Journals) -> str:
    """Where two journals differ first: table, row, column and both values; empty where they are the same."""
    for name in (field.name for field in fields(one)):
        these, those = getattr(one, name), getattr(other, name)
        if isinstance(these, dict):
            found = _in_columns(name, these, those) or _in_rows(name, these, those)
        else:
            found = "" if these == those and type(these) is type(those) else f"{name}: {these!r} and {those!r}"
        if found:
            return found
    return ""


def _in_columns(name: str, these: Table, those: Table) -> str:
    """What differs in the shape of two tables."""
    if list(these) != list(those):
        return f"{name}: columns {list(these)} and {list(those)}"
    for column in these:
        one, other = (table[column].dtype for table in (these, those))
        if one != other:
            return f"{name}, column {column}: {one} and {other}"
    for table in (these, those):
        lengths = {column: table[column].shape for column in table}
        if len(set(lengths.values())) > 1:
            return f"{name}: columns of unequal length, {lengths}"
    return ""


def _in_rows(name: str, these: Table, those: Table) -> str:
    """The first row that differs, whole in both tables, and how many rows there are."""
    n, m = (len(next(iter(table.values()))) for table in (these, those))
    both = min(n, m)
    differs = {column: these[column][:both] != those[column][:both] for column in these}
    wrong = np.any(list(differs.values()), axis=0)
    if not wrong.any() and n == m:
        return ""
    row = int(np.argmax(wrong)) if wrong.any() else both
    columns = [column for column in these if row < both and differs[column][row]]
    what = [f"{column}: {_shown(these, column, row)} and {_shown(those, column, row)}" for column in columns]
    rows = [_row(table, row) for table in (these, those)]
    return "\n".join([f"{name}, row {row} (of {n} and {m}), {'; '.join(what) or 'in one alone'}", *rows])


def _row(table: Table, row: int) -> str:
    """A row in one line."""
    if row >= len(next(iter(table.values()))):
        return "  no such row"
    return "  " + ", ".join(f"{column} {_shown(table, column, row)}" for column in table)


def _shown(table: Table, column: str, row: int) -> str:
    value = table[column][row].item()
    return "never" if value == NEVER else str(value)
