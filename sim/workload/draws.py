"""Uniform numbers by purpose: a ticket's are the row of its number, whoever else comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.streams import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK = 1 << 16
"""Rows that are drawn at a time where only some of them are kept."""


class Draws:
    """The uniform numbers in [0, 1) of n tickets.

    Each purpose has a stream of its own, and in it a row for every number up to the largest, used or not.
    """

    def __init__(self, rows: NDArray[np.int64], seed: int, replication: int, *name: str) -> None:
        """Nothing is drawn yet.

        Args:
            rows: (n,) the tickets' rows, from 0 on.
            seed: ≥ 0.
            replication: counted from 0.
            name: whose streams these are; the purpose is added to it.
        """
        self.rows, self.seed, self.replication, self.name = rows, seed, replication, name
        self.total = int(rows.max(initial=-1)) + 1
        self.all_in_order = self.total == len(rows) and bool((np.diff(rows) == 1).all())
        self.drawn: dict[str, NDArray[np.float64]] = {}

    def __call__(self, purpose: str, columns: int) -> NDArray[np.float64]:
        """(n, columns) numbers; the same whenever they are asked for."""
        if purpose not in self.drawn:
            numbers = self._stream(purpose).random((self.total, columns))
            self.drawn[purpose] = numbers if self.all_in_order else numbers[self.rows]
        return self.drawn[purpose]

    def some(self, purpose: str, columns: int, tickets: NDArray[np.int64]) -> NDArray[np.float64]:
        """(k, columns) numbers of k tickets alone: the same as `self(purpose, columns)[tickets]`, in less memory."""
        if not len(tickets):
            return np.empty((0, columns))
        rng, rows = self._stream(purpose), self.rows[tickets]
        order = np.argsort(rows, kind="stable")
        cuts = np.searchsorted(rows[order], np.arange(0, self.total + _BLOCK, _BLOCK))
        kept = np.empty((len(rows), columns))
        for block, (first, last) in enumerate(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)):
            numbers = rng.random((min(_BLOCK, self.total - block * _BLOCK), columns))
            mine = order[first:last]
            kept[mine] = numbers[rows[mine] - block * _BLOCK]
        return kept

    def _stream(self, purpose: str) -> np.random.Generator:
        return stream(self.seed, self.replication, *self.name, purpose)
