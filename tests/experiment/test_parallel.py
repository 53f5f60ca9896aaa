"""Work on several processors."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

import pytest

from sim.errors import EngineError
from sim.experiment.parallel import available_workers, finished


def square(n: int) -> int:
    return n * n


def test_every_item_is_done_once_whatever_the_number_of_workers() -> None:
    for workers in (1, 2):
        assert sorted(finished(square, range(5), workers)) == [0, 1, 4, 9, 16]


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
