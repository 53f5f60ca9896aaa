"""Many independent calls on several processors."""

from __future__ import annotations

import os
import signal
from concurrent.futures import BrokenExecutor, as_completed
from typing import TYPE_CHECKING, TypeVar

from sim.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")

MOST_RESTARTS = 2
"""How often a pool whose worker has died is built anew before the run gives up."""


def available_workers() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def finished(function: Callable[[int], T], items: Iterable[int], workers: int) -> Iterator[T]:
    """The results of `function` on every item, as they are finished, in no particular order.

    With one worker everything happens in this process. Where a worker process dies, what is missing is done again.

    Raises:
        EngineError: workers keep dying.
    """
    items = list(items)
    if workers <= 1 or len(items) <= 1:
        yield from map(function, items)
    else:
        yield from _in_processes(function, items, min(workers, len(items)))


def _in_processes(function: Callable[[int], T], items: list[int], workers: int) -> Iterator[T]:
    # loky's workers do not run the caller's main module again, so a plain script needs no `if __name__ == "__main__"`.
    from loky import get_reusable_executor

    missing, restarts = set(items), 0
    while missing:
        executor = get_reusable_executor(max_workers=workers, initializer=_ignore_interrupts)
        futures = {executor.submit(function, item): item for item in sorted(missing)}
        try:
            for future in as_completed(futures):
                result = future.result()
                missing.discard(futures[future])
                yield result
        except BrokenExecutor:
            restarts += 1
            if restarts > MOST_RESTARTS:
                raise EngineError(f"worker processes keep dying; {len(missing)} replications are missing") from None
        except BaseException:
            executor.shutdown(wait=False, kill_workers=True)
            raise


def _ignore_interrupts() -> None:
    """Ctrl-C is for the process that the user started; it decides what becomes of the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
