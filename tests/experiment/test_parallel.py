"""Work on several processors."""

from __future__ import annotations

import os
import signal
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
    assert len({thread for _, _, thread in alone}) == 2


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
