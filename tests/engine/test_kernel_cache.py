"""Compiled functions on disk: compiled once, and again whenever something that it was made of is another."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

import sim
from sim.compiled import cache
from sim.compiled.jit import plain
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

    def start(self, code: str = CALL, **variables: str) -> subprocess.Popen[str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("NUMBA_", "SIM_"))}
        own = {"PYTHONPATH": str(self.folder), "HOME": str(self.home), "XDG_CACHE_HOME": str(self.home / "cache")}
        return subprocess.Popen(
            [sys.executable, "-c", code], env={**plain, **own, **variables}, cwd=self.folder,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def call(self, code: str = CALL, **variables: str) -> tuple[str, str]:
        process = self.start(code, **variables)
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
    assert told.startswith("Compiling for this machine, once: about half a minute ...\ndone in ")
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


EDIT = """
import pathlib
pathlib.Path("sim/engine/moments_of_it.py").write_text("STEP = 2\\n")
"""


@pytest.mark.slow
@pytest.mark.parametrize("after", ["from sim.engine.stand_in import play\n", "from sim.compiled import cache\n"])
def test_code_that_is_older_than_its_file_is_not_kept(world: World, after: str) -> None:
    out, told = world.call(CALL.replace(after, after + EDIT))
    assert out.endswith(" compiled")
    assert "It is not kept for the next time: the sources were changed while this process ran" in told
    assert world.call()[0] == "14 compiled"
    assert world.call()[0] == "14 loaded"


@pytest.mark.slow
def test_code_whose_file_changes_while_it_is_compiled_is_not_kept(world: World) -> None:
    while_compiling = CALL.replace("on_start(self, e): ", f"on_start(self, e): exec({EDIT!r}); ")
    out, told = world.call(while_compiling)
    assert out == "10 compiled"
    assert "It is not kept for the next time: the sources were changed while this process ran" in told
    assert not world.kept(world.beside)
    assert world.call()[0] == "14 compiled"


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
        assert "It is not kept for the next time: " in told
        assert f"; set {cache.VARIABLE} to a folder that can be written" in told


@pytest.mark.slow
def test_a_folder_of_the_users_choice(world: World, tmp_path: Path) -> None:
    chosen = tmp_path / "chosen"
    assert world.call(SIM_CACHE_DIR=str(chosen))[0] == "10 compiled"
    assert world.call(SIM_CACHE_DIR=str(chosen)) == ("10 loaded", "")
    assert len(world.kept(chosen / cache.OURS)) == 1
    numbas = tmp_path / "numbas"
    assert world.call(NUMBA_CACHE_DIR=str(numbas))[0] == "10 compiled"
    assert len(world.kept(numbas / cache.OURS)) == 1
    assert not world.kept(world.beside)


@pytest.mark.slow
def test_a_chosen_folder_that_cannot_be_written_is_refused(world: World, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    process = world.start(SIM_CACHE_DIR=str(file))
    _, told = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "EngineError: SIM_CACHE_DIR: compiled code cannot be kept there" in told


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
    monkeypatch.setattr(cache, "IMPORTED", cache.sources())
    before = cache.key()
    assert cache.key() == before
    world.step(2)
    with pytest.raises(cache.ChangedError, match="the sources were changed while this process ran"):
        cache.key()
    monkeypatch.setattr(cache, "IMPORTED", cache.sources())
    after = cache.key()
    assert after != before
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "1")
    assert cache.key() != after


CALLERS = {"plain", "compile_entries", "entries_on_disk"}
"""What modules need of `sim.compiled.jit` that compile nothing themselves."""


def imports(path: Path) -> set[str]:
    """What a file imports, in full and wherever in it, but for what is for a type checker alone."""
    names: set[str] = set()
    nodes: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    for node in nodes:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            nodes += node.orelse
            continue
        nodes += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.startswith("sim.")}


def module_of(package: Path, name: str) -> Path:
    """The file of a module, or of the one that has the name."""
    place = package.parent / name.replace(".", "/")
    files = (place.with_suffix(".py"), place / "__init__.py")
    return next((file for file in files if file.is_file()), None) or module_of(package, name.rpartition(".")[0])


def uncovered(package: Path) -> set[str]:
    """Modules that compile, or that what compiles imports, and that are not in the key."""
    covered = {package / name for name in cache.READ}
    covered |= {source for room in cache.ROOMS for source in (package / room).rglob("*.py")}
    jit, found = "sim.compiled.jit", set()
    for path in package.rglob("*.py"):
        names = imports(path)
        if {name for name in names if name.startswith(jit)} - {f"{jit}.{name}" for name in CALLERS}:
            found.add(path)
        if path in covered:
            found |= {module_of(package, name) for name in names}
    return {path.relative_to(package).as_posix() for path in found - covered}


def test_the_key_covers_every_module_that_is_compiled_or_read() -> None:
    assert not uncovered(PACKAGE)


@pytest.mark.parametrize(
    ("place", "code", "missed"),
    [
        ("report/quick.py", "from sim.compiled.jit import compiled", "report/quick.py"),
        ("report/quick.py", "import sim.compiled.jit", "report/quick.py"),
        ("report/quick.py", "def f():\n    from sim.compiled import jit", "report/quick.py"),
        ("engine/quick.py", "import sim.periods", "periods.py"),
        ("engine/quick.py", "from sim import periods", "periods.py"),
        ("engine/quick.py", "if True:\n    from sim.scenario.tree import x", "scenario/tree.py"),
    ],
)
def test_what_the_key_does_not_cover_is_found(tmp_path: Path, place: str, code: str, missed: str) -> None:
    world = World(tmp_path)
    (world.package / place).write_text(code, encoding="utf-8")
    assert uncovered(world.package) == {missed}


def test_the_versions_used_last_are_kept_and_what_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    ours = tmp_path / cache.OURS
    versions = [f"kernel-{age:016x}" for age in range(20)]
    others = ["kernel-5.15.0", "kernel-modules", "kernel-0123456789ABCDEF", "kernel-0123456789abcdef.old"]
    for place, names in ((tmp_path, versions + others), (ours, versions + others)):
        for age, name in enumerate(names):
            (place / name).mkdir(parents=True)
            os.utime(place / name, (10**9 - age, 10**9 - age))
    shelf = cache.Shelf("play")
    assert shelf.folder is not None
    assert {folder.name for folder in ours.iterdir()} == {
        shelf.folder.name, *versions[: cache.MOST_KEPT - 1], *others,
    }  # fmt: skip
    assert {folder.name for folder in tmp_path.iterdir()} == {cache.OURS, *versions, *others}


@pytest.fixture
def version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this version, with code in it, in the better of two places."""
    monkeypatch.setattr(cache, "roots", lambda: [tmp_path / "first", tmp_path / "second"])
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    folder = tmp_path / "first" / f"kernel-{cache.key()}"
    folder.mkdir(parents=True, mode=0o755)
    (folder / "play-00000000.bin").touch()
    return folder


def test_a_folder_in_which_others_write_is_not_used(version: Path, tmp_path: Path) -> None:
    assert cache.Shelf("play").folder == version
    for mode in (0o775, 0o757):
        version.chmod(mode)
        assert cache.Shelf("play").folder == tmp_path / "second" / version.name


def test_a_folder_of_somebody_else_is_not_used(version: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: version.stat().st_uid + 1)
    monkeypatch.setattr(cache, "PACKAGE", tmp_path / "package")
    monkeypatch.setattr(cache, "key", lambda: version.name.removeprefix("kernel-"))
    (tmp_path / "package").mkdir()
    assert cache.Shelf("play").folder == version  # whoever owns the package is trusted
    monkeypatch.setattr(cache, "PACKAGE", tmp_path / "nowhere")
    shelf = cache.Shelf("play")
    assert shelf.folder is None
    assert f"{version} belongs to somebody else, or others can write in it" in shelf.why_not


def test_our_folder_is_ours_alone_whatever_the_umask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    before = os.umask(0)
    try:
        shelf = cache.Shelf("play")
    finally:
        os.umask(before)
    assert shelf.folder is not None
    assert shelf.folder.stat().st_mode & 0o777 == 0o755


class Made:
    """Stands for what numba has compiled."""

    class library:  # noqa: N801
        has_dynamic_globals = False

    def _reduce(self) -> tuple[str, ...]:
        return ("code",)


def test_a_file_that_cannot_be_replaced_is_looked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(_path: Path, _target: Path) -> None:
        raise PermissionError("a reader holds it")

    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    shelf = cache.Shelf("play")
    shelf.save_overload("here", Made())  # type: ignore[arg-type]
    kept = shelf.read("here")
    monkeypatch.setattr(Path, "replace", refuses)
    shelf.save_overload("here", Made())  # type: ignore[arg-type]
    assert shelf.read("here") == kept
    assert kept is not None
    shelf.save_overload("elsewhere", Made())  # type: ignore[arg-type]
    assert (shelf.folder, shelf.why_not) == (None, "a reader holds it")


def test_a_column_that_is_as_it_should_be_is_not_copied() -> None:
    column = np.arange(6)
    assert plain(column, np.int64) is column
    column.flags.writeable = False
    for other in (column, column[::2], column.astype(np.int32), column.astype(">i8")):
        made = plain(other, np.int64)
        assert made.tolist() == other.tolist()
        assert made.dtype == np.int64
        assert made.flags.writeable
        assert made.flags.c_contiguous
    assert not column.flags.writeable


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
