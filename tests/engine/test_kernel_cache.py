"""Compiled functions on disk: compiled once, and again whenever something that it was made of is another."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

import sim
from sim.compiled import cache
from sim.compiled.lock import locked

PACKAGE = Path(sim.__file__).parent

STAND_IN = """
from sim.clock import MINUTE
from sim.compiled.jit import compiled, kept
from sim.engine.moments_of_it import STEP

@compiled
def one(s, i):
    return s[i] + STEP

@kept
def play(s: "Numbers", end: "int") -> "int":
    t = 0
    for i in range(end):
        t += one(s, i)
    return t
"""

CALL = """
import logging, sys, time
import numpy as np
from sim.compiled import cache
from sim.engine.stand_in import play
cache.TOLD_AFTER_S = 0.05
compiles = []
from numba.core import event
class Seen(event.Listener):
    def on_start(self, e): compiles.append(e.data["dispatcher"].py_func.__name__)
    def on_end(self, e): pass
event.register("numba:compile", Seen())
print(play(np.arange(9), 4), "compiled" if compiles else "loaded")
"""


class World:
    """A copy of the package with a small engine in it, and a home folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"
        self.package = folder / "sim"
        shutil.copytree(PACKAGE, self.package, ignore=shutil.ignore_patterns("__pycache__"))
        (self.package / "engine" / "stand_in.py").write_text(STAND_IN, encoding="utf-8")
        self.step(1)
        self.beside = self.package / "compiled" / "__pycache__"

    def step(self, length: int) -> None:
        (self.package / "engine" / "moments_of_it.py").write_text(f"STEP = {length}\n", encoding="utf-8")

    def start(self, **variables: str) -> subprocess.Popen[str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("NUMBA_", "SIM_"))}
        own = {"PYTHONPATH": str(self.folder), "HOME": str(self.home), "XDG_CACHE_HOME": str(self.home / "cache")}
        return subprocess.Popen(
            [sys.executable, "-c", CALL], env={**plain, **own, **variables}, cwd=self.folder,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def call(self, **variables: str) -> tuple[str, str]:
        process = self.start(**variables)
        out, told = process.communicate(timeout=120)
        assert process.returncode == 0, told
        return out.strip(), told

    def kept(self, place: Path) -> list[Path]:
        return sorted(place.glob("kernel-*/*.bin"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.slow
def test_it_is_compiled_once_and_told_once(world: World) -> None:
    out, told = world.call()
    assert out == "10 compiled"
    assert told.startswith("Compiling the engine for this machine, once: about a minute ...\ndone in ")
    assert world.call() == ("10 loaded", "")
    assert len(world.kept(world.beside)) == 1


@pytest.mark.slow
def test_of_processes_that_start_at_once_one_compiles(world: World) -> None:
    processes = [world.start() for _ in range(4)]
    said = sorted(process.communicate(timeout=240)[0].strip() for process in processes)
    assert said == ["10 compiled", *["10 loaded"] * 3]


@pytest.mark.slow
def test_a_constant_of_another_module_is_a_new_engine(world: World) -> None:
    assert world.call()[0] == "10 compiled"
    world.step(2)
    assert world.call()[0] == "14 compiled"
    assert world.call()[0] == "14 loaded"
    world.step(1)
    assert world.call()[0] == "10 loaded"  # the version of before is still there


@pytest.mark.slow
def test_what_numba_is_told_is_a_new_engine(world: World) -> None:
    assert world.call()[0] == "10 compiled"
    assert world.call(NUMBA_BOUNDSCHECK="1")[0] == "10 compiled"
    assert world.call()[0] == "10 loaded"


@pytest.mark.slow
def test_a_package_that_cannot_be_written_is_kept_at_home(world: World) -> None:
    world.beside.write_text("no folder can be made here", encoding="utf-8")
    assert world.call()[0] == "10 compiled"
    assert world.call() == ("10 loaded", "")
    assert len(world.kept(world.home / "cache" / "support-capacity-sim")) == 1


@pytest.mark.slow
def test_where_nothing_can_be_written_it_is_compiled_and_said_so(world: World) -> None:
    world.beside.write_text("no folder can be made here", encoding="utf-8")
    world.home.write_text("nor here", encoding="utf-8")
    for _ in range(2):
        out, told = world.call()
        assert out == "10 compiled"
        assert f"It cannot be kept for the next time; set {cache.VARIABLE} to a folder that can be written" in told


@pytest.mark.slow
def test_a_folder_of_the_users_choice(world: World, tmp_path: Path) -> None:
    chosen = tmp_path / "chosen"
    assert world.call(SIM_CACHE_DIR=str(chosen))[0] == "10 compiled"
    assert world.call(SIM_CACHE_DIR=str(chosen)) == ("10 loaded", "")
    assert len(world.kept(chosen)) == 1
    numbas = tmp_path / "numbas"
    assert world.call(NUMBA_CACHE_DIR=str(numbas))[0] == "10 compiled"
    assert len(world.kept(numbas)) == 1
    assert not world.kept(world.beside)


@pytest.mark.slow
def test_a_chosen_folder_that_cannot_be_written_is_refused(world: World, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    process = world.start(SIM_CACHE_DIR=str(file))
    _, told = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "EngineError: SIM_CACHE_DIR: the compiled engine cannot be kept there" in told


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"short", b"x" * 4096], ids=["empty", "short", "other"])
def test_what_is_not_what_was_written_is_compiled_again(world: World, content: bytes) -> None:
    assert world.call()[0] == "10 compiled"
    (file,) = world.kept(world.beside)
    whole = file.read_bytes()
    file.write_bytes(content or whole[:-100])
    assert world.call()[0] == "10 compiled"
    assert world.call()[0] == "10 loaded"


@pytest.mark.slow
def test_without_numba_compiling_it_is_plain_python(world: World) -> None:
    assert world.call(NUMBA_DISABLE_JIT="1") == ("10 loaded", "")
    assert not world.kept(world.beside)


def test_the_key_is_that_of_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path)
    monkeypatch.setattr(cache, "PACKAGE", world.package)
    before = cache.key.__wrapped__()
    assert cache.key.__wrapped__() == before
    world.step(2)
    after = cache.key.__wrapped__()
    assert after != before
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "1")
    assert cache.key.__wrapped__() != after


def test_the_key_covers_every_module_that_the_engine_reads() -> None:
    covered = {PACKAGE / name for name in cache.READ}
    covered |= {source for room in cache.ROOMS for source in (PACKAGE / room).rglob("*.py")}
    for path in covered:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sim."):
                module = PACKAGE.parent / node.module.replace(".", "/")
                assert {module.with_suffix(".py"), module / "__init__.py"} & covered, path


def test_the_versions_used_last_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    for age in range(20):
        (tmp_path / f"kernel-{age}").mkdir()
        os.utime(tmp_path / f"kernel-{age}", (10**9 - age, 10**9 - age))
    shelf = cache.Shelf("play")
    assert shelf.folder is not None
    left = {folder.name for folder in tmp_path.iterdir()}
    assert left == {shelf.folder.name, *(f"kernel-{age}" for age in range(cache.MOST_KEPT - 1))}


def test_one_at_a_time(tmp_path: Path) -> None:
    path, order = tmp_path / "lock", []

    def second() -> None:
        with locked(path, 10.0) as held:
            order.append(f"second {held}")

    with locked(path, 0.0) as held:
        assert held
        thread = Thread(target=second)
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join(10.0)
    assert order == ["first", "second True"]


def test_a_wait_in_vain_ends(tmp_path: Path) -> None:
    with locked(tmp_path / "lock", 0.0), locked(tmp_path / "lock", 0.1) as held:
        assert not held


def test_a_folder_without_locks_is_no_obstacle(tmp_path: Path) -> None:
    with locked(tmp_path / "nowhere" / "lock", 0.0) as held:
        assert not held


def test_the_lock_of_a_dead_process_is_free(tmp_path: Path) -> None:
    holds = (
        "import sys, time, pathlib\n"
        "from sim.compiled.lock import locked\n"
        f"with locked(pathlib.Path({str(tmp_path / 'lock')!r}), 0.0):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", holds], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with locked(tmp_path / "lock", 0.0) as held:
        assert not held
    process.kill()
    process.communicate()
    with locked(tmp_path / "lock", 5.0) as held:
        assert held
