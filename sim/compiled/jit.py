"""How functions are compiled: inner ones, and the entry points that Python calls.

With `NUMBA_DISABLE_JIT=1` both leave a function as it is, so that all runs as plain Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
import numpy as np
from numba.core import config, types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher
from numba.core.sigutils import normalize_signature
from numba.extending import intrinsic

from sim.compiled.cache import Shelf, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Function = TypeVar("Function", bound="Callable[..., Any]")
Number = TypeVar("Number", bound="np.generic")

ENTRIES: list[Entry] = []
"""All entry points that have been imported."""

TYPES = {"int": "int64", "Numbers": "int64[::1]", "Ids": "int32[::1]", "Shorts": "int16[::1]", "Codes": "uint8[::1]"}
"""What numba calls the types with which the arguments of an entry point are annotated."""


def compiled(function: Function) -> Function:
    """An inner function: called by compiled code alone. Without the wrappers for Python it compiles sooner."""
    made: Function = numba.njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    return made


def kept(function: Function) -> Function:
    """An entry point: called from Python, and kept on disk with all the functions that it calls."""
    if config.DISABLE_JIT:
        return function
    options = {"nopython": True, "nogil": True, "no_cfunc_wrapper": True, "boundscheck": None}
    made: Any = Entry(py_func=function, targetoptions=options)
    ENTRIES.append(made)
    return cast("Function", made)


def plain(column: NDArray[Any], dtype: type[Number]) -> NDArray[Number]:
    """A column as entry points want it; itself where it is so already.

    One that cannot be written is another type to numba, which would compile the entry point a second time. The flag
    of a view cannot be lifted where what it looks at has it too, so such a column is copied.
    """
    if column.dtype == dtype and column.flags.carray:
        return column
    return np.require(column, dtype, ["C", "W"])


def compile_entries() -> None:
    """Have all entry points that were imported ready: from disk, or compiled."""
    for entry in ENTRIES:
        if not entry.overloads:
            entry.compile(entry.declared)


def entries_on_disk() -> bool:
    """Whether another process finds them all, or needs none; ask when they are ready."""
    return all(entry.shelf is not None and entry.shelf.folder is not None for entry in ENTRIES)


@intrinsic  # type: ignore[untyped-decorator]  # numba publishes no types of its own parts
def _address(_context: Any, array: Any) -> Any:
    """Where the numbers of an array begin."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.make_array(signature.args[0])(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), code  # type: ignore[attr-defined]


def _itself(array: Any) -> Any:
    return array


opened = _itself if config.DISABLE_JIT else _address
"""Called by an entry point: its array as a bare pointer, for the functions that it calls.

An array is seven values, and numba counts who holds it: each call pays for that, unless it is handed a pointer alone.
"""


class Entry(CPUDispatcher):  # type: ignore[misc]  # numba publishes no types of its own parts
    """A compiled function whose machine code is kept on disk; of many processes one compiles it."""

    shelf: Shelf | None = None

    @property
    def declared(self) -> str:
        """The types of the arguments, as they are annotated."""
        names = [name for argument, name in self.py_func.__annotations__.items() if argument != "return"]
        return f"({', '.join(TYPES[name] for name in names)},)"

    def compile(self, sig: Any) -> Any:
        """For numba: the machine code for a signature, from memory, from disk, or compiled."""
        with global_compiler_lock:
            sig, _ = normalize_signature(sig)
            if sig in self.overloads:
                return super().compile(sig)
            if self.shelf is None:
                self.shelf = self._cache = Shelf(f"{self.py_func.__module__}.{self.py_func.__qualname__}")
            if self.shelf.read(sig):
                return super().compile(sig)
            with self.shelf.alone():
                if self.shelf.read(sig):
                    return super().compile(sig)
                with said("Compiling for this machine, once: about half a minute ...", "done in %.0f s"):
                    made = super().compile(sig)
                self.shelf.tell_of_failure()
                return made
