"""How the engine is compiled: inner functions, and the entry points that Python calls.

With `NUMBA_DISABLE_JIT=1` both leave a function as it is, so that the engine runs as plain Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numba
from numba.core import config
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher
from numba.core.sigutils import normalize_signature

from sim.engine.compiled.cache import Shelf, said

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., Any]")


def compiled(function: Function) -> Function:
    """An inner function: called by compiled code alone. Without the wrappers for Python it compiles sooner."""
    made: Function = numba.njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    return made


def kept(function: Function) -> Function:
    """An entry point: called from Python, and kept on disk with all the functions that it calls."""
    if config.DISABLE_JIT:
        return function
    options = {"nopython": True, "nogil": True, "no_cfunc_wrapper": True, "boundscheck": None}
    made: Function = Entry(py_func=function, targetoptions=options)
    return made


class Entry(CPUDispatcher):  # type: ignore[misc]  # numba publishes no types of its own parts
    """A compiled function whose machine code is kept on disk; of many processes one compiles it."""

    shelf: Shelf | None = None

    def compile(self, sig: Any) -> Any:
        """For numba: the machine code for a signature, from memory, from disk, or compiled."""
        with global_compiler_lock:
            arguments, _ = normalize_signature(sig)
            if arguments in self.overloads:
                return super().compile(sig)
            if self.shelf is None:
                self.shelf = self._cache = Shelf(f"{self.py_func.__module__}.{self.py_func.__qualname__}")
            if self.shelf.read(sig):
                return super().compile(sig)
            with self.shelf.alone():
                if self.shelf.read(sig):
                    return super().compile(sig)
                with said("Compiling the engine for this machine, once: about a minute ...", "done in %.0f s"):
                    made = super().compile(sig)
                self.shelf.tell_of_failure()
                return made
