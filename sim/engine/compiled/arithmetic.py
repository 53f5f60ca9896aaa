"""The arithmetic of work and pace, and the keys of timers: both engines share it."""

from __future__ import annotations

from sim.compiled.jit import compiled
from sim.engine import policy, ranks

scaled = compiled(policy.scaled)
combined = compiled(policy.combined)
remaining = compiled(policy.remaining)
timer = compiled(ranks.timer)
returned = compiled(ranks.returned)
answered = compiled(ranks.answered)
