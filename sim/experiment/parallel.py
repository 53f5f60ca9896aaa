"""Many independent calls on several processors."""

from __future__ import annotations

import logging
import os
import signal
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from itertools import islice
from multiprocessing import parent_process
from threading import Thread
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from sim.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

Item = TypeVar("Item", bound="Hashable")
T = TypeVar("T")

AHEAD = 3
"""Items in the hands of each worker: one at work, and the next ones at hand."""

MOST_RESTARTS = 2
"""How often a pool whose worker has died is built anew before the run gives up."""


WORTH_PROCESSES_S = 10.0
"""Seconds of work left from which processes, faster than threads once they are there, are worth their start."""


def available_workers() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def finished(
    function: Callable[[Item], T],
    items: Iterable[Item],
    workers: int,
    *,
    threads: bool = False,
    processes: bool = True,
) -> Iterator[T]:
    """The results of `function` on every item, as they are finished, in no particular order.

    Items are begun in their order; no two of them are equal. With one worker everything happens in this thread. Where a
    worker process dies, what is missing is done again.

    A process that somebody else's pool has started begins no processes: one of `multiprocessing` must not, and what a
    fork has copied of another process's pool does not work.

    Args:
        function: what to do with an item.
        items: what there is to do.
        workers: how many items may be at work.
        threads: whether the function leaves room for other threads: they begin, for they start at once.
        processes: whether processes may take over from threads where much is left; without threads all is theirs, or
            this thread's.

    Raises:
        EngineError: worker processes keep dying.
    """
    missing = dict.fromkeys(items)
    workers = min(workers, len(missing))
    if workers <= 1:
        yield from map(function, missing)
        return
    processes = processes and parent_process() is None
    if threads:
        yield from _in_threads(function, missing, workers, hand_over=processes)
    elif not processes:
        yield from map(function, missing)
        return
    yield from _in_processes(function, missing, workers)


def _in_threads(
    function: Callable[[Item], T], missing: dict[Item, None], workers: int, *, hand_over: bool
) -> Iterator[T]:
    """The results of what is missing; what is left over to processes stays in `missing`."""
    started, asked = perf_counter(), len(missing)

    def much_left() -> bool:
        done = asked - len(missing)
        return done >= 2 * workers and (perf_counter() - started) / done * len(missing) >= WORTH_PROCESSES_S

    def begun() -> Iterator[Item]:
        for item in list(missing):
            if hand_over and much_left():
                return
            yield item

    for item, result in _in_flight(_in_a_thread, function, begun(), workers):
        del missing[item]
        yield result


def _in_a_thread(function: Callable[[Item], T], item: Item) -> Future[T]:
    """The call in a thread of its own. Compiled code cannot be stopped, so nobody waits for it, not even Python's end.

    An executor's threads are waited for when Python ends: Ctrl-C would last as long as the longest replication.
    """
    future: Future[T] = Future()

    def call() -> None:
        try:
            future.set_result(function(item))
        except BaseException as error:  # noqa: BLE001  # it is raised where the result is asked for
            future.set_exception(error)

    Thread(target=call, daemon=True).start()
    return future


def _in_processes(function: Callable[[Item], T], missing: dict[Item, None], workers: int) -> Iterator[T]:
    # loky's workers do not run the caller's main module again, so a plain script needs no `if __name__ == "__main__"`.
    from loky import get_reusable_executor

    restarts = 0
    while missing:
        executor = get_reusable_executor(max_workers=workers, initializer=_begin_quietly)
        try:
            for item, result in _in_flight(executor.submit, function, list(missing), AHEAD * workers):
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
    submit: Callable[[Callable[[Item], T], Item], Future[T]],
    function: Callable[[Item], T],
    items: Iterable[Item],
    most: int,
) -> Iterator[tuple[Item, T]]:
    """Items with their results, as they are finished; a queue of 10,000 would hold up an interrupt."""
    waiting = iter(items)
    futures: dict[Future[T], Item] = {}
    while True:
        for item in islice(waiting, most - len(futures)):
            futures[submit(function, item)] = item
        if not futures:
            return
        for future in wait(futures, return_when=FIRST_COMPLETED).done:
            yield futures.pop(future), future.result()


def _begin_quietly() -> None:
    """Ctrl-C is for the process that the user started; it decides what becomes of the workers.

    It has also said that compiling takes a while, and that nothing can be kept: each worker need not say so again.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.getLogger("sim.engine").setLevel(logging.ERROR)
