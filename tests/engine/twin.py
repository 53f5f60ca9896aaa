"""The two engines side by side: `python -m tests.engine.twin 20000` compares them in as many invented worlds.

They are the first that chance makes of the numbers 0, 1, 2, ...; `--from 500` begins later. What it prints at the end
is what happened in the worlds, and where the engines differ first.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.engine import desk, kernel
from tests.engine.difference import difference
from tests.engine.story import HAPPENS, seen_in, told
from tests.engine.worlds import drawn, stretched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sim.engine.journal import Journals
    from tests.engine.worlds import Plan

    Engine = Callable[..., Journals]

BLOCK = 100
"""Worlds that a process plays before it reports."""


class Found(NamedTuple):
    """What a block of worlds has shown: its mechanisms, and seeds in which the engines differ, with the differences."""

    seen: Counter[str]
    differences: dict[int, str]


HALF_A_MINUTE, HOURS, WEEKS = 3_277, 1_000_000, 60_000_000
"""What the 10 ms between two instants of the grid are stretched to: far events do not lie where near ones do."""


def runs_of(plan: Plan, lengths: Sequence[int] = (HALF_A_MINUTE, HOURS, WEEKS)) -> Iterator[tuple[Any, bool]]:
    """What an engine is given for each run of a world, and whether it drains: as is, drained, cut, stretched."""
    cut = replace(plan, end=plan.end // 2)
    long = [(stretched(plan, by), by != HALF_A_MINUTE) for by in lengths]
    for each, drain in [(plan, False), (plan, True), (cut, False), *long]:
        world = each.build()
        yield (world.workload(), world.roster(), world.policy, each.end), drain


def differs(plan: Plan) -> str:
    """Where the engines first differ in a world; empty where nowhere."""
    for inputs, drain in runs_of(plan):
        found = difference(desk.run(*inputs, drain=drain), kernel.run(*inputs, drain=drain))
        if found:
            return f"desk and twin, end={inputs[-1]}, drain={drain}: {found}"
    return ""


def compared(seeds: range) -> Found:
    """The engines in the worlds of these seeds."""
    seen, differences = Counter[str](), {}
    for seed in seeds:
        plan = drawn(seed)
        seen.update(seen_in(told(plan)))
        found = differs(plan)
        if found:
            differences[seed] = found
    return Found(seen, differences)


def rare(seen: Counter[str], worlds: int) -> dict[str, int]:
    """What happened in less than 5 % of the worlds, and three events at one instant where in less than 30 %."""
    needed = dict.fromkeys(HAPPENS, 5) | {"three at once": 30}
    return {name: seen[name] for name, percent in needed.items() if seen[name] * 100 < worlds * percent}


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, show how far it is, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.twin", description=__doc__)
    parser.add_argument("worlds", type=int, help="number of worlds")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed")
    asked = parser.parse_args(arguments)
    seeds = range(asked.first, asked.first + asked.worlds)
    seen, differences = Counter[str](), {}
    for found in _progress(seeds):
        seen += found.seen
        differences |= found.differences
    _summary(seeds, seen, differences)
    return 1 if differences or rare(seen, len(seeds)) else 0


def _progress(seeds: range) -> Iterator[Found]:
    """What each block shows, over all processors, with a line that says how far it is."""
    blocks = [seeds[i : i + BLOCK] for i in range(0, len(seeds), BLOCK)]
    began, differ = perf_counter(), 0
    with ProcessPoolExecutor() as processes:
        for done, found in enumerate(processes.map(compared, blocks), 1):
            differ += len(found.differences)
            took = perf_counter() - began
            left = took / done * (len(blocks) - done)
            line = f"\r{min(done * BLOCK, len(seeds))} of {len(seeds)} worlds, {differ} differ, {left:.0f} s left  "
            print(line, end="", file=sys.stderr, flush=True)
            yield found
    print(file=sys.stderr)


def _summary(seeds: range, seen: Counter[str], differences: dict[int, str]) -> None:
    for name in (*HAPPENS, "three at once"):
        print(f"{seen[name] / len(seeds):6.1%}  {name}")
    print(f"{len(seeds)} worlds from {seeds.start} on, each in six runs: {len(differences)} differ")
    if differences:
        first = min(differences)
        print(f"seeds {sorted(differences)[:20]}; the first is {first}: {differences[first]}")
    scarce = rare(seen, len(seeds))
    if scarce:
        print(f"too rare: {scarce}")


if __name__ == "__main__":
    sys.exit(main())
