"""How fast, how much memory: `python benchmarks/speed.py`. Ratios are measured side by side in one run.

Every figure is the best of several runs on an otherwise idle machine; compare ratios, not seconds, across machines.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

import rows_baseline
import rows_cores
import rows_mm20
import rows_start
import rows_w1
from bench import Row, machine

PARTS = {
    "w1": rows_w1.rows,
    "mm20": rows_mm20.rows,
    "baseline": rows_baseline.rows,
    "start": rows_start.rows,
    "cores": rows_cores.rows,
}


def lines(parts: Iterable[str]) -> Iterator[str]:
    """The machine and the table, line by line, as they are measured."""
    yield machine()
    yield ""
    yield "| what | measured | needed | reach for |"
    yield "|---|---|---|---|"
    for part in parts:
        for row in PARTS[part]():
            yield _line(row)


def _line(row: Row) -> str:
    return "| " + " | ".join(row) + " |"


def _parts(text: str) -> list[str]:
    wanted = text.split(",")
    if unknown := [part for part in wanted if part not in PARTS]:
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return wanted


def main() -> None:
    """Print the table, and keep it where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=_parts, default=list(PARTS), metavar="PARTS", help=",".join(PARTS))
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the table there as well")
    options = parser.parse_args()
    done = []
    for line in lines(options.only):
        print(line, flush=True)
        done.append(line)
    if options.output:
        options.output.write_text("\n".join(done) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
