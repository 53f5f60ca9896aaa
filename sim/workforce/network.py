"""What a person may do next: the states that somebody can be in on a day of the week, and the duties that follow.

A *state* is what the rules need to know of the past, and no more. The network leads from each state, through the times
at which a duty may start, to the states of the next day: by a duty that starts then, or, when all have been let pass,
by a day off. Sunday leads to Monday, so every closed walk of n weeks is a *rota* of n weekly lines that n people can
work for ever, each one week further, without ever breaking a rule.

Rules are read on the wall clock, on which every week has 168 hours: an hour more or less where clocks change breaks
none. A person starts one duty a day at most, and works for at most `LONGEST_RUN` days in a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from sim.clock import DAY, HOUR
from sim.periods import DAYS_PER_WEEK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

LONGEST_RUN = 13
"""Days in a row that nobody is planned beyond, whatever the rules allow."""
_SATURDAY = 5
OFF = -1
"""In place of a duty: none starts yet, or none starts that day."""
_NIGHTS = ((-2 * HOUR, 6 * HOUR), (22 * HOUR, 30 * HOUR))
"""22-06 before and after a day's midday."""


class DutyType(NamedTuple):
    """A duty that may be worked on any day: its name, its span in ms after midnight, whether it is a night."""

    label: str
    start: int
    end: int
    night: bool

    @property
    def length(self) -> int:
        return self.end - self.start

    def on_weekend(self, day: int) -> bool:
        """Whether any of it lies between Saturday 00:00 and Sunday 24:00 if it is worked on a day of the week."""
        return day >= _SATURDAY or (day + 1 == _SATURDAY and self.end > DAY)


def mostly_night(start: int, end: int) -> bool:
    """Whether more than half of a span (ms after midnight) lies in 22-06."""
    return 2 * sum(max(0, min(end, until) - max(start, since)) for since, until in _NIGHTS) > end - start


class Bounds(NamedTuple):
    """What a rota may ask: `staffing.rules`, and the contract hours of a line. Times in ms.

    Of `weekend_every` weekends in a row one at most is worked; 1 is no rule.
    """

    rest: int
    week_hours: int
    consecutive_duties: int
    consecutive_nights: int
    line_hours: int
    weekend_every: int = 1


class Precision(NamedTuple):
    """How finely states tell pasts apart. Coarser is quicker and stays within the rules, but may need more people.

    Attributes:
        ends: so many times of the day at which a duty of the past may have ended are told apart, the rest rounded up.
        lengths: `longest`: duties of the past count as if all had the greatest length; `own`: with their own; `one`:
            with their own, and a duty of another length follows only once they can no longer matter.
    """

    ends: int
    lengths: Literal["longest", "one", "own"]


class State(NamedTuple):
    """What the rules need to know of the past, before a day.

    Attributes:
        recent: ms on duty of each of the last days, the last day first, as far as they can still matter.
        late: the latest end among these duties, ms after their midnight, perhaps rounded up.
        run: days with a duty in a row.
        nights: nights in a row.
        line: ms on duty since Monday; what is too little to matter counts as the most that does not matter.
        weekends: so many weekends may not be worked, with the one of this week; `weekend_every` where it is worked on
            already, so that there is no harm in more of it.
    """

    recent: tuple[int, ...]
    late: int
    run: int
    nights: int
    line: int
    weekends: int = 0


_RESTED = State((), 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs between numbered nodes; every node lies on a closed walk.

    Attributes:
        nodes: number of nodes.
        tail, head: (a,) node from which and to which an arc leads.
        day: (a,) day of the week, 0 for Monday, on which it begins.
        duty: (a,) index of the duty that it stands for, or `OFF`.
        weekend: (a,) bool, whether it leads from Sunday to Monday: the people of a rota are counted there.
    """

    nodes: int
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    day: NDArray[np.int64]
    duty: NDArray[np.int64]
    weekend: NDArray[np.bool_]

    @classmethod
    def of(
        cls, types: Sequence[DutyType], bounds: Bounds, precision: Precision, most: int | None = None
    ) -> Network | None:
        """The network of some duties, or None where it would have more than `most` nodes."""
        steps = _Steps(types, bounds, precision)
        number: dict[tuple[int, State, int], int] = {(0, _RESTED, 0): 0}
        todo, arcs = list(number), []
        for node in todo:  # grows
            for duty, following in steps.onward(*node):
                if following not in number:
                    number[following] = len(number)
                    todo.append(following)
                arcs.append((number[node], number[following], node[0], duty, following[0] < node[0]))
            if most is not None and len(number) > most:
                return None
        tail, head, day, duties, weekend = np.array(arcs, dtype=np.int64).T
        return cls(len(number), tail, head, day, duties, weekend.astype(np.bool_))


class _Steps:
    """The arcs of a network. A node is a day, the state before it, and the place in the day.

    The place is an index into the times at which duties may start: on this day, and beyond their number on the next.
    """

    def __init__(self, types: Sequence[DutyType], bounds: Bounds, precision: Precision) -> None:
        self.types, self.bounds = types, bounds
        self.starts = sorted({kind.start for kind in types})
        self.longest = max(kind.length for kind in types)
        self.counted = [self.longest if precision.lengths == "longest" else kind.length for kind in types]
        self.one_length = precision.lengths == "one"
        self.ends = _rounded_up(sorted({kind.end for kind in types}), precision.ends)

    def onward(self, day: int, state: State, place: int) -> Iterator[tuple[int, tuple[int, State, int]]]:
        """Duties, or `OFF`, and the nodes to which they lead."""
        tomorrow = (day + 1) % DAYS_PER_WEEK
        if place >= len(self.starts):
            yield OFF, (tomorrow, self._after(day, state, (0, *state.recent), state.late, 0), place - len(self.starts))
            return
        yield OFF, (day, state, place + 1)
        for duty, kind in enumerate(self.types):
            if kind.start == self.starts[place] and self._allowed(day, state, duty):
                yield duty, (tomorrow, self._worked(day, state, duty), self._place(kind.end + self.bounds.rest - DAY))

    def _place(self, rested: int) -> int:
        """The first start at or after `rested`, in ms after midnight."""
        return sum(start + later < rested for later in (0, DAY) for start in self.starts)

    def _allowed(self, day: int, state: State, duty: int) -> bool:
        kind, bounds = self.types[duty], self.bounds
        return (
            state.run < min(bounds.consecutive_duties, LONGEST_RUN)
            and (not kind.night or state.nights < bounds.consecutive_nights)
            and state.line + kind.length <= bounds.line_hours
            and self._week(state, duty) <= bounds.week_hours
            and (state.weekends in {0, bounds.weekend_every} or not kind.on_weekend(day))
            and not (self.one_length and state.recent and max(state.recent) != kind.length)
        )

    def _week(self, state: State, duty: int) -> int:
        """At least the ms on duty in the 7 days that end with a duty, of which the first day is cut at its end."""
        whole = self.counted[duty] + sum(state.recent[: DAYS_PER_WEEK - 1])
        first = sum(state.recent[DAYS_PER_WEEK - 1 :])
        return whole + min(first, max(0, state.late - self.types[duty].end))

    def _worked(self, day: int, state: State, duty: int) -> State:
        kind = self.types[duty]
        after = state._replace(
            run=state.run + 1, nights=state.nights + 1 if kind.night else 0, line=state.line + kind.length
        )
        if self.bounds.weekend_every > 1 and kind.on_weekend(day):
            after = after._replace(weekends=self.bounds.weekend_every)
        late = max(state.late, self.ends[kind.end])
        return self._after(day, after, (self.counted[duty], *state.recent), late, after.run)

    def _after(self, day: int, state: State, recent: tuple[int, ...], late: int, run: int) -> State:
        """The state before the next day; whatever can no longer matter is forgotten."""
        left = DAYS_PER_WEEK - 1 - day
        line = max(state.line, self.bounds.line_hours - left * self.longest) if left else 0
        kept = self._remembered(recent)
        weekends = state.weekends if left else max(state.weekends - 1, 0)
        return State(kept, late if kept else 0, run, state.nights if run else 0, line, weekends)

    def _remembered(self, recent: tuple[int, ...]) -> tuple[int, ...]:
        """The days up to one from which on no week can become too long, even if all days to come are worked."""
        kept = list(recent[:DAYS_PER_WEEK])
        for age, hours in enumerate(accumulate(kept), 1):
            if hours + (DAYS_PER_WEEK + 1 - age) * self.longest <= self.bounds.week_hours:
                kept = kept[:age]
                break
        while kept and not kept[-1]:
            kept.pop()
        return tuple(kept)


def _rounded_up(ends: list[int], levels: int) -> dict[int, int]:
    """Each of `ends` with the next of at most `levels` of them, which are spread evenly and hold the last."""
    kept = sorted({ends[-1 - n * len(ends) // levels] for n in range(levels)})
    return {end: next(level for level in kept if level >= end) for end in ends}
