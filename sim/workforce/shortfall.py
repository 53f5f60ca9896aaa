"""What the solver could not do, in words: where the floor is not met, why, what would help, and what is unproven."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sim.clock import DAY
from sim.periods import DAYS_PER_WEEK
from sim.scenario.units import duration_text, local_time_text
from sim.workforce.lines import tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sim.scenario.schema import Scenario
    from sim.workforce.cover import Problem
    from sim.workforce.lines import Task
    from sim.workforce.network import Bounds, DutyType

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def notices(scenario: Scenario) -> tuple[str, ...]:
    """What the floor asks for and no duty can give, in local time, why, and what would help; and what is not proven."""
    told: dict[str, list[str]] = {}
    for task in tasks(scenario):
        for notice in (*_unmet(task), *_unproven(task)):
            told.setdefault(f"{task.role}: {notice}", []).append(task.region)
    return tuple(f"{', '.join(regions)} {notice}" for notice, regions in told.items())


def _unmet(task: Task) -> Iterator[str]:
    """One notice a reason, with the hours of the local week and how many are missing in them."""
    by_reason: dict[str, list[tuple[int, int]]] = {}
    for day, slot in task.solution.unmet:
        by_reason.setdefault(_reason(task, slot), []).append((day, slot))
    for reason, slots in by_reason.items():
        yield f"{'; '.join(_hours(task.problem, slots))}: {reason}"


def _hours(problem: Problem, slots: list[tuple[int, int]]) -> list[str]:
    """`Mon-Fri 05:00-08:00, 3 missing`: slots that lack as many and follow each other, as one; likewise days."""
    missing = [[0] * len(problem.edges) for _ in range(DAYS_PER_WEEK)]
    for day, slot in slots:
        missing[day][slot] = problem.required[day][slot]
    spans: dict[tuple[int, int, int], list[int]] = {}
    for day in range(DAYS_PER_WEEK):
        for count, run in groupby(range(len(problem.edges)), missing[day].__getitem__):
            if count:
                same = list(run)
                spans.setdefault((same[0], same[-1], count), []).append(day)
    edges = (*problem.edges, DAY)
    return [
        f"{_days(days)} {local_time_text(edges[first])}-{local_time_text(edges[last + 1])}, {count} missing"
        for (first, last, count), days in spans.items()
    ]


def _days(days: list[int]) -> str:
    """`Mon-Fri` or `Tue, Sat-Sun`."""
    runs = [[day for _, day in run] for _, run in groupby(enumerate(days), lambda pair: pair[1] - pair[0])]
    return ", ".join("-".join(dict.fromkeys((WEEKDAYS[run[0]], WEEKDAYS[run[-1]]))) for run in runs)


def _reason(task: Task, slot: int) -> str:
    """Why nobody can be there, and what would help."""
    since = task.problem.edges[slot]
    would = [kind for kind in task.too_long if any(kind.start <= since + later < kind.end for later in (0, DAY))]
    if not would:
        remedy = "name a shift that does in staffing.cover.shifts, or a time in staffing.cover.starts"
        return f"no duty that may be used covers this: {remedy}"
    shortest = min(would, key=lambda kind: kind.length)
    rules = [key for key, most in _hours_rules(task.problem.bounds) if shortest.length > most]
    raised = f"raise {'it' if len(rules) == 1 else 'them'} to {duration_text(shortest.length)} or more"
    return f"only {_named(would)} would cover this, longer than {' and '.join(rules)}: {raised}"


def _hours_rules(bounds: Bounds) -> tuple[tuple[str, int], ...]:
    """The rules that a single duty can break, with the ms on duty that they allow."""
    return ("staffing.rules.week_hours", bounds.week_hours), ("staffing.cover.week_hours", bounds.line_hours)


def _named(kinds: Iterable[DutyType]) -> str:
    return " or ".join(f"{kind.label} ({duration_text(kind.length)})" for kind in kinds)


def _unproven(task: Task) -> Iterator[str]:
    found, problem = task.solution, task.problem
    missing = found.people - found.least
    if missing <= problem.gap * found.people:
        return
    where = f"{found.people} people, where at least {found.least} are needed"
    if found.stopped:
        stopped = f"the solver stopped after {problem.nodes} nodes at a gap of {missing / found.people * 100:.0f} %"
        yield f"{where}: {stopped}; raise staffing.cover.nodes to look further"
    elif found.coarse:
        unlike = "duties are too many, or too unlike, to tell all pasts of a person apart"
        remedy = "fewer staffing.cover.starts, or one length, may save people"
        yield f"{where}: {unlike}, so that hours in 7 days are reckoned on the safe side; {remedy}"
