"""Random streams keyed by what they are for.

A stream's name is (seed, replication, and any number of words or numbers: region, purpose, agent, date). Names are
hashed stably, so that a new region or a new mechanism, which brings a new name, moves nobody else's numbers.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

_WORD = 1 << 32


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
