"""Where compiled functions are kept, so that a machine compiles them once.

numba's own cache looks at the file of the function alone: where another module changes, it goes on with what that
module used to say. So the folder here is named by everything that the machine code was made of: the sources of the
engine, of the other compiled functions and of the modules whose constants they read, Python, numba, and the processor.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import stat
import sys
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from pickle import loads
from tempfile import TemporaryFile
from threading import Event, Timer
from time import perf_counter
from typing import TYPE_CHECKING, Any

import llvmlite
import numba
from llvmlite import binding
from numba.core import config
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps
from numba.misc.appdirs import AppDirs

from sim.compiled.lock import locked
from sim.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1]
ROOMS = ("compiled", "engine")
"""Packages of which every module is compiled, or read by what is."""

READ = (
    "clock.py", "errors.py", "metrics/passes.py", "scenario/base.py", "scenario/patterns.py", "scenario/units.py",
    "workforce/roster.py", "workload/tape.py",
)  # fmt: skip
"""Modules outside these that are compiled, or that what is compiled imports: it reads their constants."""

VARIABLE = "SIM_CACHE_DIR"
"""The environment variable that says where compiled code is kept; numba's own is heeded after it."""

OURS = "support-capacity-sim"
"""The folder in a place that we share with others; what lies beside it is not ours."""

VERSION = re.compile(r"kernel-[0-9a-f]{16}")
"""What the folders of versions are called."""

MOST_KEPT = 8
"""Versions that stay in one place: several environments may share it, and each finds its own again."""

PATIENCE_S = 300.0
"""How long a process waits for another one to compile before it compiles as well."""

TOLD_AFTER_S = 1.5
"""What takes less is not worth a line."""

_DIGEST = 32
_log = logging.getLogger("sim.engine")


def sources() -> str:
    """The hash of all sources that are compiled or read, as they are on disk now.

    Raises:
        OSError: they cannot be read.
    """
    rooms = (source for room in ROOMS for source in sorted((PACKAGE / room).rglob("*.py")))
    everything = sha256()
    for source in [*rooms, *(PACKAGE / name for name in READ)]:
        everything.update(f"{source.relative_to(PACKAGE).as_posix()}\n".encode() + sha256(source.read_bytes()).digest())
    return everything.hexdigest()


try:
    IMPORTED = sources()
    """The hash of the sources when this module was imported, before any that is compiled."""
except OSError:
    IMPORTED = ""


def key() -> str:
    """Sixteen hex digits of everything that the machine code depends on.

    Raises:
        OSError: the sources cannot be read.
        ChangedError: they are not those that this process imported.
    """
    if sources() != IMPORTED:
        raise ChangedError("the sources were changed while this process ran")
    return sha256(f"{IMPORTED}{_circumstances()!r}".encode()).hexdigest()[:16]


class ChangedError(Exception):
    """A file says something else than the code in memory: what is compiled now must not be kept under either."""


def _circumstances() -> tuple[object, ...]:
    """What else decides on machine code; numba's variables do, bounds checks for one, but for its folder's name."""
    switches = {name: value for name, value in os.environ.items() if name.startswith("NUMBA_")}
    switches.pop("NUMBA_CACHE_DIR", None)
    versions = sys.version, numba.__version__, llvmlite.__version__
    return versions, binding.get_process_triple(), _processor(), sorted(switches.items())


@cache
def _processor() -> tuple[str, str]:
    return (
        config.CPU_NAME or binding.get_host_cpu_name(),
        config.CPU_FEATURES or binding.get_host_cpu_features().flatten(),
    )


def roots() -> list[Path]:
    """Where compiled code may be kept, the best place first: where the user says, or beside the package, or at home."""
    chosen = os.environ.get(VARIABLE) or config.CACHE_DIR
    if chosen:
        return [Path(chosen) / OURS]
    home = AppDirs(OURS, appauthor=False).user_cache_dir
    return [Path(__file__).parent / "__pycache__", Path(home)]


class Shelf(NullCache):  # type: ignore[misc]  # numba publishes no types of its insides
    """Where the machine code of one entry point is kept: a file for each signature."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder: Path | None = None
        self.why_not = ""
        """Why nothing is kept."""
        try:
            self._choose(f"kernel-{key()}")
        except (OSError, ChangedError) as error:
            self.why_not = str(error)

    def _choose(self, version: str) -> None:
        """A folder that has this entry point already, though it may be read-only, or else one that can be written."""
        folders = [root / version for root in roots()]
        for folder in folders:
            if _trusted(folder) and any(folder.glob(f"{self.name}-*.bin")):
                self.folder = folder
                with suppress(OSError):
                    os.utime(folder)  # the versions that are used stay longest
                return
        reasons: list[str] = []
        for folder in folders:
            try:
                _open_folder(folder)
            except OSError as error:
                reasons.append(str(error))
            else:
                self.folder = folder
                return
        why_not = "; ".join(reasons)
        if os.environ.get(VARIABLE):
            raise EngineError(f"{VARIABLE}: compiled code cannot be kept there: {why_not}")
        self.why_not = f"{why_not}; set {VARIABLE} to a folder that can be written"

    def path(self, signature: object) -> Path | None:
        """The file of a signature."""
        return self.folder and self.folder / f"{self.name}-{sha256(repr(signature).encode()).hexdigest()[:8]}.bin"

    def read(self, signature: object) -> bytes | None:
        """What is kept; None where there is nothing, or not what was written."""
        path = self.path(signature)
        try:
            kept = path.read_bytes() if path else b""
        except OSError:
            return None
        digest, content = kept[:_DIGEST], kept[_DIGEST:]
        return content if content and sha256(content).digest() == digest else None

    def load_overload(self, signature: object, target_context: Any) -> CompileResult | None:
        """For numba: the function as it was compiled before."""
        content = self.read(signature)
        if content is None:
            return None
        rtsys.initialize(target_context)  # all that loading needs; a whole refresh would import scipy.linalg
        return CompileResult._rebuild(target_context, *loads(content))  # noqa: S301, SLF001  # what this class wrote

    def save_overload(self, signature: object, result: CompileResult) -> None:
        """For numba: keep what was compiled; a reader finds all of it or nothing."""
        path = self.path(signature)
        if path is None:
            return
        if result.library.has_dynamic_globals:
            raise EngineError(f"{self.name} refers to a large array or to a pointer: it cannot be kept")
        try:
            key()
        except (OSError, ChangedError) as error:
            self.folder, self.why_not = None, str(error)
            return
        content = dumps(result._reduce())  # noqa: SLF001  # as numba's own cache does
        part = path.with_suffix(f".{os.getpid()}")
        try:
            _make(path.parent)
            part.write_bytes(sha256(content).digest() + content)
            part.replace(path)
        except OSError as error:
            if self.read(signature) is None:  # on Windows a file cannot be replaced while somebody reads it
                self.folder, self.why_not = None, str(error)
        finally:
            with suppress(OSError):
                part.unlink()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process compiles the same in the meantime."""
        if self.folder is None:
            yield
            return
        with ExitStack() as stack:
            with said("Another process compiles the same; waiting for it ..."):
                stack.enter_context(locked(self.folder / f"{self.name}.lock", PATIENCE_S))
            yield

    def tell_of_failure(self) -> None:
        """Say so where nothing could be kept."""
        if self.folder is None:
            _log.warning("It is not kept for the next time: %s", self.why_not)


@contextmanager
def said(what: str, end: str = "") -> Iterator[None]:
    """A line where a block takes its time, and `end` with its seconds after it.

    A warning, so that it is seen in a notebook or a script that has set up no logging.
    """
    told = Event()

    def tell() -> None:
        told.set()
        _log.warning(what)

    started, timer = perf_counter(), Timer(TOLD_AFTER_S, tell)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if end and told.is_set():
        _log.warning(end, perf_counter() - started)


def _make(folder: Path) -> None:
    """Make a folder in which we alone can write, whatever others may do in those that we make."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o755, exist_ok=True)


def _open_folder(folder: Path) -> None:
    """Make a folder that can be written, and let the oldest versions beside it go.

    Raises:
        OSError: it cannot be written, or others can put code into it.
    """
    new = not folder.is_dir()
    _make(folder)
    if not _trusted(folder):
        raise PermissionError(f"{folder} belongs to somebody else, or others can write in it")
    TemporaryFile(dir=folder).close()
    if new:
        versions = [version for version in folder.parent.iterdir() if VERSION.fullmatch(version.name)]
        for old in sorted(versions, key=_last_used, reverse=True)[MOST_KEPT:]:
            shutil.rmtree(old, ignore_errors=True)


def _trusted(folder: Path) -> bool:
    """Whether nobody can have put code into a folder who could not change the package itself, or this user's files."""
    try:
        found, package = folder.lstat(), PACKAGE.stat()
    except OSError:
        return False
    if sys.platform == "win32":  # whose rights are not in the mode
        return True
    others_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(found.st_mode) and not others_write and found.st_uid in {os.geteuid(), package.st_uid}


def _last_used(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:  # another process has just removed it
        return 0.0
