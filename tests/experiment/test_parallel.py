"""Work on several processors."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from threading import get_ident
from time import sleep

import pytest

from sim.errors import EngineError
from sim.experiment import parallel
from sim.experiment.parallel import available_workers, finished


def square(n: int) -> int:
    return n * n


def test_every_item_is_done_once_whatever_the_number_of_workers() -> None:
    for workers in (1, 2):
        assert sorted(finished(square, range(5), workers)) == [0, 1, 4, 9, 16]


def test_every_item_is_done_once_by_threads() -> None:
    assert sorted(finished(square, range(5), 2, threads=True)) == [0, 1, 4, 9, 16]


def slow(n: int) -> tuple[int, int, int]:
    sleep(0.05)
    return n, os.getpid(), get_ident()


def test_threads_begin_and_processes_take_over_where_much_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "WORTH_PROCESSES_S", 0.3)
    done = list(finished(slow, range(40), 2, threads=True))
    assert sorted(n for n, _, _ in done) == list(range(40))
    here = [n for n, process, _ in done if process == os.getpid()]
    assert 4 <= len(here) < 10
    assert sorted(here) == list(range(len(here)))  # threads do the first ones
    alone = list(finished(slow, range(40), 2, threads=True, processes=False))
    assert {process for _, process, _ in alone} == {os.getpid()}
    assert get_ident() not in {thread for _, _, thread in alone}


def test_no_more_threads_than_asked_for_are_at_work() -> None:
    at_work: list[int] = []

    def counted(n: int) -> int:
        at_work.append(n)
        together = len(at_work)
        sleep(0.02)
        at_work.remove(n)
        return together

    assert set(finished(counted, range(12), 2, threads=True, processes=False)) <= {1, 2}


def test_what_is_soon_done_stays_with_threads() -> None:
    assert {process for _, process, _ in finished(slow, range(12), 2, threads=True)} == {os.getpid()}


def test_an_error_in_a_thread_arrives_as_it_is() -> None:
    with pytest.raises(EngineError, match="no "):
        list(finished(refuses, range(3), 2, threads=True))


def test_whoever_stops_asking_waits_for_no_thread() -> None:
    begun: list[int] = []

    def noted(n: int) -> int:
        begun.append(n)
        sleep(0.2)
        return n

    results = finished(noted, range(100), 2, threads=True, processes=False)
    next(results)
    results.close()  # type: ignore[attr-defined]
    sleep(0.5)
    assert len(begun) <= 4


INTERRUPTED = """
from time import sleep
from sim.experiment.parallel import finished
def long(n):
    sleep(60 * n)
    return n
for n in finished(long, range(4), 2, threads=True, processes=False):
    print("at work", flush=True)
"""


def test_an_interrupt_waits_for_no_thread() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "at work\n"
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=20)
    assert told.endswith("KeyboardInterrupt\n")


def test_workers_do_not_say_again_what_was_said() -> None:
    assert set(finished(loudness, range(4), 2)) == {logging.ERROR}


def loudness(n: int) -> int:
    return logging.getLogger("sim.engine").getEffectiveLevel()


def test_at_least_one_processor() -> None:
    assert available_workers() >= 1


def dies_once(marker: Path, n: int) -> int:
    if n == 2 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return n


def test_what_a_dead_worker_had_is_done_again(tmp_path: Path) -> None:
    assert sorted(finished(partial(dies_once, tmp_path / "died"), range(6), 2)) == [0, 1, 2, 3, 4, 5]
    assert (tmp_path / "died").exists()


def always_dies(n: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return n


def test_workers_that_keep_dying_are_given_up() -> None:
    with pytest.raises(EngineError, match="worker processes keep dying; 3 replications are missing"):
        list(finished(always_dies, range(3), 2))


def refuses(n: int) -> int:
    raise EngineError(f"no {n}")


def test_an_error_in_a_worker_arrives_as_it_is() -> None:
    with pytest.raises(EngineError, match="no "):
        list(finished(refuses, range(3), 2))
