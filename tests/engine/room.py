"""The tables that grow never outgrow their room: `NUMBA_DISABLE_JIT=1 python -m tests.engine.room 100`.

Compiled code writes through a bare address, so that a row too many would land in the next table, and perhaps do no harm
there that anybody sees. As plain Python the loop is looked at after each event, with little room at first.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from sim.engine import kernel
from sim.engine.compiled import loop
from sim.engine.compiled import state as st
from tests.engine.worlds import drawn

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    """Play the first so many worlds."""
    if os.environ.get("NUMBA_DISABLE_JIT") != "1":
        sys.exit("set NUMBA_DISABLE_JIT=1")
    fullest = [0.0] * st.TABLES
    loop.settle = _watched(loop.settle, fullest)
    kernel.collect_tickets = _watched(kernel.collect_tickets, fullest)
    kernel._rooms = lambda workload, roster: (*(1,) * (st.TABLES - 1), workload.page_ppm.size)
    for seed in range(int(sys.argv[1])):
        world = drawn(seed).build()
        kernel.run(world.workload(), world.roster(), world.policy, world.end, drain=bool(seed % 2))
    sys.stdout.write(" ".join(f"{share:.2f}" for share in fullest) + "\n")


def _watched(then: Callable[..., Any], fullest: list[float]) -> Callable[..., Any]:
    """A part of the kernel after which no table has more rows than room; how full each was is noted."""

    def looks(s: Any, *more: Any) -> Any:
        answer = then(s, *more)
        for table in range(st.TABLES):
            used, room = int(s[st.CLAIMS + table]), int(s[st.CLAIMS_ROOM + table])
            if used > room:
                sys.exit(f"table {table} has {used} rows and room for {room}")
            fullest[table] = max(fullest[table], used / max(1, room))
        return answer

    return looks


if __name__ == "__main__":
    main()
