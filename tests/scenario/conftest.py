"""A small world in which each kind of key occurs, to be broken one piece at a time."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from sim.errors import Problem, ScenarioError
from sim.scenario.load import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from typing import Any

WORLD = """\
# Two regions, two tiers: enough to name something wrongly.
question: Does it load?
horizon:
  start: 2026-03-02
  days: 14
  warmup_days: 7
regions:
  emea:
    zone: Europe/London
    country: GB
    shifts: {D: 06:00-14:00, S: 14:00-22:00, N: 22:00-06:00}
    tickets: 6 per hour
    alerts: 1 per hour
    profile: office
  apac:
    zone: Asia/Singapore
    shifts: {D: 06:00-14:00, S: 14:00-22:00, N: 22:00-06:00}
    tickets: 48 per day
demand:
  scale: 1.0
  trend: 20 % per year
  profiles:
    office:
      hours: [1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 4, 3, 2, 1, 1, 1, 1, 1]
  holidays:
    emea: {2026-03-17: Saint Patrick}
  events:
    launch: {start: 2026-03-10 09:00, end: 2026-03-11 09:00, factor: 2, regions: [emea]}
  priorities: {P1: 2 %, P2: 10 %, P3: 43 %, P4: 45 %}
  channels:
    email: {share: 60 %}
    chat: {share: 40 %, open: 09:00-17:00, fallback: email}
work:
  routes:
    P1: {tiers: [tier2]}
    P2: {tiers: [tier2]}
    P3: {tiers: [tier1, tier2], solved: [85 %]}
    P4: {tiers: [tier1]}
  handle:
    tier1: {mean: 20 min}
    tier2: {mean: 1 h 30 min, log_sd: 0.9, longest: 12 h}
targets:
  response: {P1: 15 min, P2: 1 h}
policy:
  escalation:
    after: {P1: 30 min}
    raise: true
staffing:
  mode: pattern
  crews:
    day:
      pattern: 5D 2O
      headcount: {tier1: 4, tier2: 2}
    night:
      pattern: 5S 2O 5N 2O
      headcount: {tier1: 4, tier2: 2}
      regions: [emea]
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Writes a file into an empty current folder, so that messages name it shortly; gives its name back."""
    monkeypatch.chdir(tmp_path)

    def to_file(text: str | bytes, name: str = "a.yaml") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    return to_file


@pytest.fixture
def world(write: Callable[..., str]) -> str:
    """The valid scenario `world.yaml`."""
    return write(WORLD, "world.yaml")


@pytest.fixture
def child(write: Callable[..., str], world: str) -> Callable[[str], str]:
    """Writes `child.yaml`, which extends the valid scenario from its second line on."""
    return lambda text: write(f"extends: {world}\n{dedent(text)}", "child.yaml")


def problems_of(path: str, changes: Iterable[str] | Mapping[str, Any] = ()) -> tuple[Problem, ...]:
    """What is wrong with a file that must not load."""
    with pytest.raises(ScenarioError) as caught:
        load(path, changes)
    return caught.value.problems


@pytest.fixture
def problems() -> Callable[..., tuple[Problem, ...]]:
    return problems_of


@pytest.fixture
def broken(write: Callable[..., str]) -> Callable[..., tuple[Problem, ...]]:
    """The problems of the valid scenario after pairs of replacements `(old, new)` in its text."""

    def after(*replacements: tuple[str, str]) -> tuple[Problem, ...]:
        text = WORLD
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new, 1)
        return problems_of(write(text))

    return after


@pytest.fixture
def complaint(broken: Callable[..., tuple[Problem, ...]]) -> Callable[[str, str], str]:
    """The only message after one replacement in the text of the valid scenario."""

    def after(old: str, new: str) -> str:
        (problem,) = broken((old, new))
        return str(problem)

    return after


@pytest.fixture(scope="session")
def world_text() -> str:
    return WORLD
