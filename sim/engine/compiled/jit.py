"""How the engine is compiled: inner functions, and the entry points that Python calls.

With `NUMBA_DISABLE_JIT=1` both leave a function as it is, so that the engine runs as plain Python.
"""

from __future__ import annotations

import numba

compiled = numba.njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""An inner function: called by compiled code alone."""

kept = numba.njit(nogil=True)
"""An entry point: called from Python."""
