"""The tasks of many tickets as the tape has them: one after the other, ticket by ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Small = NDArray[np.uint8]


class Tasks(NamedTuple):
    """The tasks of n tickets; see `Workload`. Columns are (m,), but for `first`."""

    first: Whole
    """(n + 1,) where the tasks of each ticket begin."""
    stage: Small
    tier: Small
    handle: Whole
    offset: Whole
    wait: Whole
    kind: Small

    @property
    def columns(self) -> tuple[NDArray[Any], ...]:
        """All but `first`."""
        return self[1:]

    def in_order(self, tickets: Whole) -> Tasks:
        """The same for all tickets in another order."""
        if (tickets[1:] > tickets[:-1]).all():  # these are all of them, so in the order in which they are
            return self
        counts = np.diff(self.first)[tickets]
        first = np.concatenate([[0], np.cumsum(counts)])
        rows = np.repeat(self.first[tickets] - first[:-1], counts) + np.arange(first[-1])
        return Tasks(first, *(column[rows] for column in self.columns))

    def followed_by(self, other: Tasks) -> Tasks:
        """The tasks of these tickets, then those of others."""
        columns = (np.concatenate(pair) for pair in zip(self.columns, other.columns, strict=True))
        return Tasks(np.concatenate([self.first, self.first[-1] + other.first[1:]]), *columns)

    def with_rows(self, before: Whole, ticket: Whole, added: Tasks) -> Tasks:
        """These and more tasks, each of them put `before` one of these, in the order given.

        Args:
            before: (k,) rows of these tasks, or m.
            ticket: (k,) whose each new task is.
            added: (k,) columns; `first` does not matter.
        """
        m, counts = len(self.stage), np.diff(self.first)
        rows = np.insert(np.arange(m), before, np.arange(m, m + len(before)))
        counts += np.bincount(ticket, minlength=len(counts))
        columns = (np.concatenate([own, other])[rows] for own, other in zip(self.columns, added.columns, strict=True))
        return Tasks(np.concatenate([[0], np.cumsum(counts)]), *columns)
