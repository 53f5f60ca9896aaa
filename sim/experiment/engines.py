"""The engines: which there are, which one runs, and how it is called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from sim.engine.policy import Policy
from sim.errors import EngineError, nearest

if TYPE_CHECKING:
    from sim.engine.journal import Journals
    from sim.workforce.roster import Roster
    from sim.workload.tape import Workload

ENGINES = {"desk": "sim.engine.desk", "kernel": "sim.engine.kernel"}
"""Modules by the engine's name; one is imported when it is first used, for SimPy and numba take their time."""

PREFERRED = "kernel"
"""What `auto` means."""

TRACED = "desk"
"""What `auto` means where the life of a ticket is told: the specification itself."""

COMPILED = frozenset({"kernel"})
"""Engines that must be compiled before they run, and that let other threads run beside them."""


def engine_name(asked: str) -> str:
    """The engine that `asked` means: `auto`, or a name of `ENGINES`.

    Raises:
        EngineError: there is no such engine.
    """
    if asked == "auto":
        return PREFERRED
    if asked not in ENGINES:
        near = nearest(asked, ["auto", *ENGINES])
        hint = f"; did you mean {near}?" if near else ""
        raise EngineError(f"there is no engine {asked!r}; choose auto, {' or '.join(ENGINES)}{hint}")
    return asked


def traced_name(asked: str) -> str:
    """The engine that `asked` means where a ticket's life is to be told.

    Raises:
        EngineError: it is another one, or there is no such engine.
    """
    name = TRACED if asked == "auto" else engine_name(asked)
    if name != TRACED:
        raise EngineError(f"--trace stays with the desk, and goes with no --engine {name}; the same happens in both")
    return name


def prepare(name: str) -> None:
    """Have an engine ready to run: compiled, where it must be, and in memory, together with what measures the run.

    Call it before threads or processes begin: Ctrl-C then finds the compiler where it can stop it.
    """
    from sim.compiled.jit import compile_entries

    import_module(ENGINES[name])
    compile_entries()


def on_disk() -> bool:
    """Whether another process finds what is compiled as it is here, and need not do it again. Ask after `prepare`."""
    from sim.compiled.jit import entries_on_disk

    return entries_on_disk()


def play(name: str, workload: Workload, roster: Roster, policy: Policy, end: int, *, drain: bool = False) -> Journals:
    """The journals of a workload before a roster under a policy.

    Args:
        name: a name of `ENGINES`.
        workload: what comes.
        roster: who is there.
        policy: who may serve whom; one with code of its own is for the desk alone.
        end: ms at which the run ends.
        drain: go on after `end`, until nothing is left to happen.

    Raises:
        EngineError: the engine would not see the policy's own code.
    """
    if name in COMPILED and type(policy) is not Policy:
        raise EngineError(
            f"the {name} cannot run {type(policy).__name__}, a policy written in Python: take the desk (engine='desk')"
        )
    journals: Journals = import_module(ENGINES[name]).run(workload, roster, policy, end, drain=drain)
    return journals
