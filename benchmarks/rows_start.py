"""What a user waits for besides the simulation: compilation, and the start of a process."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

from bench import HERE, Row, command, in_child, side_by_side, tape

import sim
from sim.compiled.cache import VARIABLE

LIBRARIES = "import numpy, pandas, numba"


def rows() -> Iterator[Row]:
    """Seconds are those of the quickest run, but for what is compiled."""
    with tempfile.TemporaryDirectory() as cache:
        cold, warm = (in_child("rows_start", "first_run", env={VARIABLE: cache}) for _ in range(2))
    yield Row("first run of the engine with nothing compiled yet", f"{cold:.1f} s", "≤ 60 s")
    yield Row("first run of the engine in a process, compiled before", f"{warm:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        options = ("--set", "horizon.days=1", "--replications", "1", "--no-report", "--out", str(out))
        tiny = ("-m", "sim", "run", "mm20.yaml", *options)
        run, bare = side_by_side(_emptied(out, command(*tiny)), command("-c", LIBRARIES))
    yield Row(f"`sim run` of a day of M/M/20, above `{LIBRARIES}`", f"{run - bare:.2f} s ({run:.2f} s)", "≤ 1.2 s")
    ours, empty = side_by_side(command("-c", "import sim"), command("-c", "pass"))
    yield Row("`import sim`, in a new interpreter, less an empty one", f"{ours - empty:.3f} s", "≤ 0.5 s")


def first_run() -> float:
    """Seconds of the first run of the engine in this process beyond those of the second."""
    played = tape(sim.load(HERE / "mm20.yaml", {"horizon.days": 1}))
    start = perf_counter()
    played.play()
    middle = perf_counter()
    played.play()
    return 2 * middle - start - perf_counter()


def _emptied(folder: Path, run: Callable[[], object]) -> Callable[[], object]:
    """Results go into a folder that is new each time."""

    def action() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        run()

    return action
