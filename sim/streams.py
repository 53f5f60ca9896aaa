"""Random streams keyed by what they are for.

A stream's name is (seed, replication, and any number of words or numbers: region, purpose, agent, date). Names are
hashed stably, so that a new region or a new mechanism, which brings a new name, moves nobody else's numbers.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

_WORD = 1 << 32
_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def stream(seed: int, replication: int, *name: str | int) -> np.random.Generator:
    """The generator of that name; the same name always yields the same numbers.

    Args:
        seed: the user's seed, ≥ 0.
        replication: counted from 0.
        name: what the stream is for, e.g. `"americas", "tickets", "handle"`.
    """
    text = "\x1f".join(str(part) for part in name)
    words = np.frombuffer(blake2b(text.encode(), digest_size=16).digest(), dtype="<u4").tolist()
    key = [seed, replication, *words]
    # An array means the same as the list, and is read five times as fast.
    short = 0 <= seed < _WORD and 0 <= replication < _WORD
    entropy = np.random.SeedSequence(np.array(key, dtype=np.uint32) if short else key)
    return np.random.Generator(np.random.PCG64DXSM(entropy))


def uniforms(
    seed: int, replication: int, names: Iterable[str], *purpose: str | int, columns: int, first: int = 0
) -> NDArray[np.float64]:
    """(n, columns) uniform numbers in [0, 1), a row for each of n names: what `stream` is for one, for many at once.

    A row depends on its name alone, not on the others, and a number on its column alone, so that more columns may be
    asked for later. The generator is SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), whose n-th number needs no others;
    streams, one a name, take a hundred times as long.

    Args:
        seed: the user's seed, ≥ 0.
        replication: counted from 0.
        names: whose numbers these are, e.g. of people.
        purpose: what they are for.
        columns: numbers for each.
        first: number of the first column, ≥ 0.
    """
    aim = _word("\x1f".join(str(part) for part in (seed, replication, *purpose)))
    keys = _mixed(np.array([_name_word(name) for name in names], dtype=np.uint64) ^ np.uint64(aim))
    steps = np.arange(first + 1, first + columns + 1, dtype=np.uint64) * _GAMMA
    return (_mixed(keys[:, np.newaxis] + steps) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _word(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


@lru_cache(maxsize=1 << 16)
def _name_word(name: str) -> int:
    """The same people come again and again."""
    return _word(name)


def _mixed(words: Words) -> Words:
    words = (words ^ (words >> np.uint64(30))) * _FIRST
    words = (words ^ (words >> np.uint64(27))) * _SECOND
    return words ^ (words >> np.uint64(31))
