"""Who is idle: each pool has a list, who has been idle longest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.compiled.jit import compiled
from sim.engine.compiled.state import (
    FIRST_IDLE,
    IDLE_AFTER,
    IDLE_BEFORE,
    IDLE_SINCE,
    LAST_IDLE,
    NOW,
    POOL,
    agents,
    pools,
)
from sim.engine.ranks import NONE

if TYPE_CHECKING:
    from sim.engine.compiled.state import State


@compiled
def become_idle(s: State, agent: int) -> None:
    """There is nothing for an agent to do: they stand last among the idle of their pool, of one instant by number."""
    at = agents(s, agent)
    if s[at + IDLE_SINCE] != NONE:
        return
    s[at + IDLE_SINCE] = s[NOW]
    pool = pools(s, s[at + POOL])
    before = s[pool + LAST_IDLE]
    while before != NONE and before > agent and s[agents(s, before) + IDLE_SINCE] == s[NOW]:
        before = s[agents(s, before) + IDLE_BEFORE]
    after = s[pool + FIRST_IDLE] if before == NONE else s[agents(s, before) + IDLE_AFTER]
    s[at + IDLE_BEFORE], s[at + IDLE_AFTER] = before, after
    if before == NONE:
        s[pool + FIRST_IDLE] = agent
    else:
        s[agents(s, before) + IDLE_AFTER] = agent
    if after == NONE:
        s[pool + LAST_IDLE] = agent
    else:
        s[agents(s, after) + IDLE_BEFORE] = agent


@compiled
def cease_to_be_idle(s: State, agent: int) -> None:
    """An agent has something to do, or goes."""
    at = agents(s, agent)
    if s[at + IDLE_SINCE] == NONE:
        return
    s[at + IDLE_SINCE] = NONE
    pool = pools(s, s[at + POOL])
    before, after = s[at + IDLE_BEFORE], s[at + IDLE_AFTER]
    if before == NONE:
        s[pool + FIRST_IDLE] = after
    else:
        s[agents(s, before) + IDLE_AFTER] = after
    if after == NONE:
        s[pool + LAST_IDLE] = before
    else:
        s[agents(s, after) + IDLE_BEFORE] = before
