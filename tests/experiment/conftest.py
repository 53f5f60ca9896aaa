"""A world small enough to run in a blink, with every part of the thread in it."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim

SMALL = """\
question: Does a small desk cope?
horizon: {start: 2026-03-02, days: 2, warmup_days: 1}
regions:
  here: {zone: Europe/London, tickets: 8 per hour, alerts: 1 per hour, shifts: {D: 08:00-20:00, N: 20:00-08:00}}
  there: {zone: Asia/Singapore, tickets: 4 per hour}
demand:
  channels: {phone: {share: 50 %, patience: {family: exponential, mean: 30 min}}, email: {share: 50 %}}
work:
  handle: {tier1: {mean: 20 min}, tier2: {mean: 30 min}, tier3: {mean: 40 min}, tier4: {mean: 60 min}}
  customer_wait: {share: 5 %, duration: {family: exponential, mean: 4 h}}
  reopening: {share: 4 %}
targets:
  response: {P1: 15 min, P2: 1 h, P3: 4 h, P4: 8 h}
  resolution: {P1: 4 h, P2: 8 h, P3: 24 h, P4: 72 h}
policy:
  escalation: {after: {P1: 30 min, P2: 1 h, P3: 1 h, P4: 1 h}, widen_tier: true, widen_region: true}
staffing:
  mode: flat
  flat: {here: {tier1: 3, tier2: 1, tier3: 1, tier4: 1}, there: {tier1: 2, tier2: 1}}
"""


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def small(small_file: Path) -> sim.Scenario:
    return sim.load(small_file)
