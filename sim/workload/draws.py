"""Random numbers by purpose: a ticket's are the row of its number, whoever else comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.streams import stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_BLOCK = 1 << 11
"""Rows that are drawn at a time where only some of them are kept: few enough for a processor's cache."""


class Part:
    """Tickets that are drawn from the same streams, each from the row of its number."""

    def __init__(self, rows: NDArray[np.int64], seed: int, replication: int, *name: str) -> None:
        """Nothing is drawn yet.

        Args:
            rows: (k,) the tickets' rows, from 0 on, no two the same.
            seed: ≥ 0.
            replication: counted from 0.
            name: of the streams, before the purpose.
        """
        self.rows, self.seed, self.replication, self.name = rows, seed, replication, name
        self.total = int(rows.max(initial=-1)) + 1
        self.complete = self.total == len(rows) and bool((rows[1:] > rows[:-1]).all())

    def __len__(self) -> int:
        return len(self.rows)

    def stream(self, purpose: str) -> np.random.Generator:
        """Their stream of that purpose."""
        return stream(self.seed, self.replication, *self.name, purpose)

    def fill(self, out: NDArray[np.float64], purpose: str) -> None:
        """Uniform numbers for all of them."""
        if self.complete:
            self.stream(purpose).random(out=out)
        else:
            out[:] = self.stream(purpose).random((self.total, out.shape[1]))[self.rows]

    def pick(self, out: NDArray[np.float64], purpose: str, columns: int, cells: NDArray[np.int64]) -> None:
        """Uniform numbers for some of the cells of their table, which has a row for each of them."""
        if not self.complete:
            whole = np.empty((len(self), columns))
            self.fill(whole, purpose)
            out[:] = whole.ravel()[cells]
            return
        rng, size = self.stream(purpose), _BLOCK * columns
        piece, total = np.empty(size), self.total * columns
        starts = np.arange(0, total, size)
        cuts = [*np.searchsorted(cells, starts).tolist(), len(cells)]
        for start, low, high in zip(starts.tolist(), cuts[:-1], cuts[1:], strict=True):
            rng.random(out=piece[: min(size, total - start)])
            out[low:high] = piece[cells[low:high] - start]

    def fill_words(
        self, out: NDArray[np.uint64], purpose: str, tickets: NDArray[np.int64], places: NDArray[np.int64]
    ) -> None:
        """Random words for some of them, at the places given in `out`; those of the others are not kept."""
        bits, rows, columns = self.stream(purpose).bit_generator, self.rows[tickets], out.shape[1]
        order = np.argsort(rows, kind="stable")
        rows, places = rows[order], places[order]
        total = int(rows[-1]) + 1
        starts = np.arange(0, total, _BLOCK)
        cuts = [*np.searchsorted(rows, starts).tolist(), len(rows)]
        for start, low, high in zip(starts.tolist(), cuts[:-1], cuts[1:], strict=True):
            words = bits.random_raw(min(_BLOCK, total - start) * columns).reshape(-1, columns)
            out[places[low:high]] = words[rows[low:high] - start]


class Draws:
    """The random numbers of n tickets, part after part.

    Each purpose has a stream of its own in each part, with a row for every number, used or not.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = [part for part in parts if len(part)]
        self.ends = np.cumsum([0, *(len(part) for part in self.parts)])

    def __call__(self, purpose: str, columns: int, cells: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """(n, columns) uniform numbers in [0, 1), or those of some cells of this table, (k,).

        Args:
            purpose: of the streams.
            columns: of the table.
            cells: (k,) ticket x columns + column, ascending.
        """
        if cells is not None:
            return self._picked(purpose, columns, cells)
        out = np.empty((self.ends[-1], columns))
        for part, low, high in zip(self.parts, self.ends[:-1].tolist(), self.ends[1:].tolist(), strict=True):
            part.fill(out[low:high], purpose)
        return out

    def _picked(self, purpose: str, columns: int, cells: NDArray[np.int64]) -> NDArray[np.float64]:
        out = np.empty(len(cells))
        cuts = np.searchsorted(cells, self.ends * columns).tolist()
        for part, start, low, high in zip(self.parts, self.ends[:-1].tolist(), cuts[:-1], cuts[1:], strict=True):
            part.pick(out[low:high], purpose, columns, cells[low:high] - start * columns)
        return out

    def words(self, purpose: str, columns: int, tickets: NDArray[np.int64]) -> NDArray[np.uint64]:
        """(k, columns) words of 64 random bits for k of the tickets, in any order."""
        out = np.empty((len(tickets), columns), dtype=np.uint64)
        place_of = np.full(self.ends[-1], -1)
        place_of[tickets] = np.arange(len(tickets))
        tickets = np.flatnonzero(place_of >= 0)  # in order: quicker than sorting them
        places = place_of[tickets]
        cuts = np.searchsorted(tickets, self.ends).tolist()
        for part, start, low, high in zip(self.parts, self.ends[:-1].tolist(), cuts[:-1], cuts[1:], strict=True):
            if low < high:
                part.fill_words(out, purpose, tickets[low:high] - start, places[low:high])
        return out
