"""The twin test is awake: small changes to the rules of the kernel are seen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import sim
from tests.engine.mutants import ENGINE, MUTANTS, source

ROOT = Path(sim.__file__).parent.parent
GROUP = 12
"""Mutants that one process plays."""
WITHOUT_RULES = {"__init__", "arithmetic", "codes", "journal", "state"}
"""Modules of the kernel in which nothing is decided, or by functions of the desk."""


@pytest.mark.parametrize(
    "first", [pytest.param(first, marks=[pytest.mark.slow] if first else []) for first in range(0, len(MUTANTS), GROUP)]
)
def test_every_mutant_is_seen_in_the_worlds_of_the_twin_test(first: int) -> None:
    numbers = [str(number) for number in range(first, min(first + GROUP, len(MUTANTS)))]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.engine.mutants", *numbers],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    told = ran.stdout.splitlines()
    assert len(told) == len(numbers), ran.stderr
    assert not [line for line in told if "NOT SEEN" in line]
    assert ran.returncode == 0


def test_a_change_that_changes_nothing_is_not_seen() -> None:
    played = (
        "from tests.engine import mutants as m; m.WORLDS = 40; same = m.MUTANTS[0]._replace(new=m.MUTANTS[0].old)\n"
        "print(m.seen_in(same))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", played],
        cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    assert ran.stdout == "(-1, '')\n"


def test_mutants_are_not_compiled() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.engine.mutants", "0"],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "NUMBA_DISABLE_JIT": "0"},
    )  # fmt: skip
    assert ran.returncode == 1
    assert "set NUMBA_DISABLE_JIT=1" in ran.stderr


@pytest.mark.parametrize("number", range(len(MUTANTS)))
def test_what_a_mutant_changes_is_there_once(number: int) -> None:
    mutant = MUTANTS[number]
    assert source(mutant).count(mutant.old) == 1
    assert mutant.old != mutant.new


def test_every_module_with_rules_has_mutants() -> None:
    changed = Counter(mutant.file for mutant in MUTANTS)
    modules = {f"compiled/{path.stem}" for path in (ENGINE / "compiled").glob("*.py") if path.stem not in WITHOUT_RULES}
    assert modules | {"kernel"} == set(changed)
    assert len({(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS)
