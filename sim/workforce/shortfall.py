"""What the solver could not do, in words: where the floor is not met, why, what would help, and what is unproven."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sim.clock import DAY
from sim.scenario.units import duration_text, local_time_text
from sim.workforce.lines import tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sim.scenario.schema import Scenario
    from sim.workforce.lines import Task
    from sim.workforce.network import Bounds, DutyType

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def notices(scenario: Scenario) -> tuple[str, ...]:
    """What the floor asks for and no duty can give, why, and what would help; and where the solver stopped early."""
    return tuple(notice for task in tasks(scenario) for notice in (*_unmet(task), *_unproven(task)))


def _unmet(task: Task) -> Iterator[str]:
    by_hours: dict[tuple[int, int, int], list[int]] = {}
    for day, slot in task.solution.unmet:
        by_hours.setdefault((slot, slot + 1, task.problem.required[day][slot]), []).append(day)
    for (slot, until, missing), days in _joined(by_hours):
        edges = (*task.problem.edges, DAY)
        hours = f"{local_time_text(edges[slot])}-{local_time_text(edges[until])}"
        where = f"{task.region} {task.tier}: {_days(days)} {hours} local time, {missing} missing"
        yield f"{where}: {_reason(task, edges[slot], edges[until])}"


def _joined(by_hours: dict[tuple[int, int, int], list[int]]) -> list[tuple[tuple[int, int, int], list[int]]]:
    """Slots that follow each other, lack as many and lie on the same days, as one."""
    joined: list[tuple[tuple[int, int, int], list[int]]] = []
    for (slot, until, missing), days in sorted(by_hours.items()):
        (first, last, lacked), before = joined[-1] if joined else ((0, -1, 0), [])
        if (last, lacked, before) == (slot, missing, days):
            joined[-1] = (first, until, missing), days
        else:
            joined.append(((slot, until, missing), days))
    return joined


def _days(days: list[int]) -> str:
    """`Mon-Fri` or `Tue, Sat-Sun`."""
    runs = [[day for _, day in run] for _, run in groupby(enumerate(days), lambda pair: pair[1] - pair[0])]
    return ", ".join(WEEKDAYS[run[0]] if len(run) == 1 else f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}" for run in runs)


def _reason(task: Task, since: int, until: int) -> str:
    """Why nobody can be there, and what would help."""
    would = [kind for kind in task.too_long if any(kind.start <= since + d and until + d <= kind.end for d in (0, DAY))]
    if not would:
        remedy = "name a shift that does in staffing.cover.shifts, or a time in staffing.cover.starts"
        return f"no duty that may be used covers them: {remedy}"
    shortest = min(would, key=lambda kind: kind.length)
    rules = [key for key, most in _hours_rules(task.problem.bounds) if shortest.length > most]
    asked = f"{duration_text(shortest.length)} or more"
    return f"only {_named(would)} would cover them, and {' and '.join(rules)} allows none: raise it to {asked}"


def _hours_rules(bounds: Bounds) -> tuple[tuple[str, int], ...]:
    """The rules that a single duty can break, with the ms on duty that they allow."""
    return ("staffing.rules.week_hours", bounds.week_hours), ("staffing.cover.week_hours", bounds.line_hours)


def _named(kinds: Iterable[DutyType]) -> str:
    return " or ".join(f"{kind.label} ({duration_text(kind.length)})" for kind in kinds)


def _unproven(task: Task) -> Iterator[str]:
    found = task.solution
    if found.stopped and found.people > found.least:
        gap = (found.people - found.least) / found.people
        where = f"{task.region} {task.tier}: {found.people} people, where at least {found.least} are needed"
        stopped = f"the solver stopped after {task.problem.nodes} nodes at a gap of {gap:.0%}"
        yield f"{where}: {stopped}; raise staffing.cover.nodes to look further"
