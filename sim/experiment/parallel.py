"""Many independent calls on several processors."""

from __future__ import annotations

import os
import signal
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, wait
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from sim.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator
    from concurrent.futures import Executor, Future

Item = TypeVar("Item", bound="Hashable")
T = TypeVar("T")

AHEAD = 3
"""Items in the hands of each worker: one at work, and the next ones at hand."""

MOST_RESTARTS = 2
"""How often a pool whose worker has died is built anew before the run gives up."""


def available_workers() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def finished(function: Callable[[Item], T], items: Iterable[Item], workers: int) -> Iterator[T]:
    """The results of `function` on every item, as they are finished, in no particular order.

    Items are begun in their order; no two of them are equal.

    With one worker everything happens in this process. Where a worker process dies, what is missing is done again.

    Raises:
        EngineError: workers keep dying.
    """
    items = list(items)
    if workers <= 1 or len(items) <= 1:
        yield from map(function, items)
    else:
        yield from _in_processes(function, items, min(workers, len(items)))


def _in_processes(function: Callable[[Item], T], items: list[Item], workers: int) -> Iterator[T]:
    # loky's workers do not run the caller's main module again, so a plain script needs no `if __name__ == "__main__"`.
    from loky import get_reusable_executor

    missing, restarts = dict.fromkeys(items), 0
    while missing:
        executor = get_reusable_executor(max_workers=workers, initializer=_ignore_interrupts)
        try:
            for item, result in _in_flight(executor, function, list(missing), AHEAD * workers):
                del missing[item]
                yield result
        except BrokenExecutor:
            restarts += 1
            if restarts > MOST_RESTARTS:
                raise EngineError(f"worker processes keep dying; {len(missing)} replications are missing") from None
        except BaseException:
            executor.shutdown(wait=False, kill_workers=True)
            raise


def _in_flight(
    executor: Executor, function: Callable[[Item], T], items: list[Item], most: int
) -> Iterator[tuple[Item, T]]:
    """Items with their results, as they are finished; a queue of 10,000 would hold up an interrupt."""
    waiting = iter(items)
    futures: dict[Future[T], Item] = {}
    while True:
        for item in islice(waiting, most - len(futures)):
            futures[executor.submit(function, item)] = item
        if not futures:
            return
        for future in wait(futures, return_when=FIRST_COMPLETED).done:
            yield futures.pop(future), future.result()


def _ignore_interrupts() -> None:
    """Ctrl-C is for the process that the user started; it decides what becomes of the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
