"""Random streams keyed by what they are for.

A stream's name is (seed, replication, and any number of words or numbers: region, purpose, agent, date). Names are
hashed stably, so that a new region or a new mechanism, which brings a new name, moves nobody else's numbers.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np


def stream(seed: int, replication: int, *name: str | int) -> np.random.Generator:
    """The generator of that name; the same name always yields the same numbers.

    Args:
        seed: the user's seed, ≥ 0.
        replication: counted from 0.
        name: what the stream is for, e.g. `"americas", "tickets", "handle"`.
    """
    text = "\x1f".join(str(part) for part in name)
    words = np.frombuffer(blake2b(text.encode(), digest_size=16).digest(), dtype="<u4")
    return np.random.Generator(np.random.PCG64DXSM(np.random.SeedSequence([seed, replication, *map(int, words)])))
