"""Which pools may serve a task: its own, and others where nobody is, after a long wait, or after an escalation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engine.journal import Why
from sim.engine.policy import N_ROLES, N_TIERS
from sim.engine.ranks import NONE, OVERFLOW, timer
from sim.workload.tape import TaskKind

if TYPE_CHECKING:
    from sim.engine.desk import Desk
    from sim.engine.moments import Moment
    from sim.engine.policy import Overflow


class Reach:
    """How far the work reaches. Lists are indexed by task or by pool, as named."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        m, regions, pools = len(desk.ticket), range(desk.policy.regions), range(desk.policy.regions * N_ROLES)
        self.wider: dict[int, tuple[int, ...]] = {}  # pools that may serve a task, where they are not the usual ones
        self.overflows_at, self.timed = [NONE] * m, [NONE] * m  # tasks: when; the stamp of the wait that has a timer
        self.same_role = [(p, *(q for q in pools if q != p and q % N_ROLES == p % N_ROLES)) for p in pools]
        helps = desk.policy.up_tier_help
        self.usual = [(p, p + 1) if helps and p % N_ROLES < N_TIERS - 1 else (p,) for p in pools]
        # In which order the regions are asked: home, then as the overflow rule has it, then as the scenario has it.
        self.order = [[_place(r, [p // N_ROLES, *self._helpers(p)]) for r in regions] for p in pools]

    def pools(self, task: int) -> tuple[int, ...]:
        """The pools that may serve a task, in the order in which they are asked."""
        return self.wider.get(task) or self.usual[self.desk.pool[task]]

    def forget(self, task: int) -> None:
        """When a task leaves its line, its home alone may serve it again."""
        self.wider.pop(task, None)

    def _widen(self, task: int, pools: tuple[int, ...]) -> None:
        """Let more pools serve the task, until it leaves its line."""
        home = self.desk.pool[task]
        reach = {*self.usual[home], *self.wider.get(task, ()), *pools}
        order = self.order[home]
        self.wider[task] = tuple(sorted(reach, key=lambda pool: (pool % N_ROLES, order[pool // N_ROLES])))

    def _offer(self, task: int, pools: tuple[int, ...]) -> None:
        """Let a task that waits look for an agent in more pools, where it has not yet looked in all of them."""
        if not set(pools) <= set(self.wider.get(task, ())):
            self._widen(task, pools)
            self.desk.lines.look_again(task)

    # ------------------------------------------------------------------ after an escalation

    def escalated(self, task: int) -> None:
        """The next tier, and both tiers elsewhere, may serve what has escalated, as far as the policy says so."""
        pool, policy = self.desk.pool[task], self.desk.policy
        reach = self.same_role[pool] if policy.widens_region else (pool,)
        if policy.widens_tier and pool % N_ROLES < N_TIERS - 1:
            reach += tuple(q + 1 for q in reach)
        self._widen(task, reach)

    # ------------------------------------------------------------------ where nobody is

    def when_in_line(self, task: int) -> None:
        """A task comes to its line: where nobody is, all regions may serve it, and its time to overflow begins."""
        home = self.desk.pool[task]
        if self.desk.policy.unstaffed_anywhere and self.desk.presence.unstaffed(home):
            self._widen(task, self.same_role[home])
        self._plan_overflow(task)

    def deserted(self, pool: int) -> None:
        """An agent takes no more: where nobody is left, work may go elsewhere, and urgent work pages somebody."""
        desk = self.desk
        if not desk.presence.unstaffed(pool):
            return
        if desk.policy.unstaffed_anywhere and len(self.same_role[pool]) > 1:
            for task in desk.lines.in_pool(pool):
                self._offer(task, self.same_role[pool])
        if desk.presence.nowhere(pool % N_ROLES):
            waiting = [task for each in self.same_role[pool] for task in desk.lines.in_pool(each)]
            for task in sorted(waiting, key=desk.lines.rank):
                self.forsake(task)

    def forsake(self, task: int) -> None:
        """Nobody of its role is on duty anywhere: help for a P1 is dropped, other urgent work pages somebody."""
        kind = self.desk.task_kind[task]
        if kind < TaskKind.ASSIST:
            self.desk.paging.strand(task)
        elif kind <= TaskKind.CRITICAL:
            self.desk.drop(task)

    # ------------------------------------------------------------------ where work waits for long

    def _rule(self, pool: int) -> Overflow | None:
        rules = self.desk.policy.overflow
        return rules[pool % N_ROLES][pool // N_ROLES] if rules else None

    def _helpers(self, pool: int) -> tuple[int, ...]:
        rule = self._rule(pool)
        return rule.to if rule else ()

    def _plan_overflow(self, task: int) -> None:
        """From when others may take a task that comes to its line; what an escalation puts back keeps its time."""
        desk, now = self.desk, self.desk.env.now
        rule = self._rule(desk.pool[task])
        if rule is None or not rule.takes >> desk.priority[desk.ticket[task]] & 1:
            return
        if desk.why[task] != Why.ESCALATED or self.overflows_at[task] == NONE:
            self.overflows_at[task] = now + rule.after
        if self.overflows_at[task] <= now:
            self._widen(task, self._overflow_pools(task))

    def when_nobody_is_free(self, task: int) -> None:
        """Start the timer of a task that waits, once in each wait."""
        desk, stamp = self.desk, self.desk.lines.stamp[task]
        if self.overflows_at[task] > desk.env.now and self.timed[task] != stamp:
            self.timed[task] = stamp
            ticket = desk.ticket[task]
            key = timer(ticket, OVERFLOW, task - desk.first_task[ticket])
            desk.at(self.overflows_at[task], key, self.overflow, task, stamp)

    def _overflow_pools(self, task: int) -> tuple[int, ...]:
        pool = self.desk.pool[task]
        return tuple(region * N_ROLES + pool % N_ROLES for region in self._helpers(pool))

    def overflow(self, moment: Moment) -> None:
        """The home pool could not start a task in time: others may."""
        task, lines = moment.who, self.desk.lines
        if lines.stamp[task] == moment.stamp and lines.waiting[task] and not lines.held[task]:
            self._offer(task, self._overflow_pools(task))
            lines.settle()

    def overflows(self, task: int) -> bool:
        """Whether a task looks for an agent because it has waited for long, in this very instant."""
        return self.timed[task] == self.desk.lines.stamp[task] and self.overflows_at[task] == self.desk.env.now


def _place(region: int, order: list[int]) -> int:
    """Place of a region in an order of preference; those that are not in it follow in their own order."""
    return order.index(region) if region in order else len(order) + region
