"""One process at a time: a lock on a file, which the operating system takes back where its holder dies."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from time import monotonic, sleep
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BETWEEN_TRIES_S = 0.05


@contextmanager
def locked(path: Path, patience_s: float) -> Iterator[bool]:
    """Hold the lock on a file for the time of a block.

    Args:
        path: the file; it is made where it is not there, and stays.
        patience_s: how long to wait for whoever holds it.

    Yields:
        Whether it is held; not where the wait was in vain, or the file system knows no locks.
    """
    try:
        file = path.open("ab")
    except OSError:  # the folder can be read alone
        yield False
        return
    with file:
        yield _held(file, monotonic() + patience_s)  # closing the file ends it


def _held(file: IO[bytes], until: float) -> bool:
    while True:
        try:
            _take(file)
        except (BlockingIOError, PermissionError):  # somebody else has it
            if monotonic() >= until:
                return False
            sleep(BETWEEN_TRIES_S)
        except OSError:
            return False
        else:
            return True


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
