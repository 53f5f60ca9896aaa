"""Small changes to the rules of the kernel, each of which the twin test must see.

`python -m tests.engine.mutants` tells for each in which of the invented worlds it is seen first, or for those whose
numbers follow. A mutant is a change of one place in the text of one module of the kernel, which then runs as plain
Python, without being compiled: NUMBA_DISABLE_JIT=1 must be set.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import os
import signal
import sys
import warnings
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import sim.engine
from sim.engine import desk
from tests.engine.difference import difference
from tests.engine.twin import HALF_A_MINUTE, runs_of
from tests.engine.worlds import drawn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import CodeType

    from sim.engine.journal import Journals
    from tests.engine.twin import Engine

ENGINE = Path(sim.engine.__file__).parent
WORLDS = 500
"""Within so many worlds a mutant must be seen."""
PATIENCE = 5.0
"""Seconds after which a mutant that is still at one world is taken to be lost in a loop."""


class Mutant(NamedTuple):
    """A change to a module of the kernel: the text that is found in it once, what comes instead, and what that is."""

    file: str
    old: str
    new: str
    what: str


MUTANTS: tuple[Mutant, ...] = (
    # ------------------------------------------------------------------ what comes first
    Mutant("compiled/queues", "s[at] < instant or (s[at] == instant and s[at + KEY] <= key):", "s[at] <= instant:",
           "events of one instant happen in the order in which they were scheduled"),
    Mutant("compiled/queues", "s[other] < s[at] or (s[other] == s[at] and s[other + KEY] < s[at + KEY]):",
           "s[other] < s[at]:", "the heap of events forgets the rank where it looks for the next"),
    Mutant("compiled/queues", "s[ON_WHEEL] and s[SLOT] < last:", "s[ON_WHEEL] and s[SLOT] < last - 1:",
           "what lies on the wheel comes a slot late"),
    Mutant("compiled/queues", "+ NEXT_DISTANT] = instant, key, s[slot]", "+ NEXT_DISTANT] = instant, key, NONE",
           "of what lies in one slot of the wheel the last alone happens"),
    Mutant("compiled/queues", "    elif goes_before(s, claim, s[last]):", "    elif last < 0:",
           "whoever comes stands last"),
    Mutant("compiled/queues", "return s[claim + CLAIM_TASK] < s[other + CLAIM_TASK]",
           "return s[claim + CLAIM_TASK] > s[other + CLAIM_TASK]",
           "of claims of one instant the last task comes first"),
    Mutant("compiled/queues", "return s[claim + CLAIM_PLACE] < s[other + CLAIM_PLACE]",
           "return s[claim + CLAIM_PLACE] > s[other + CLAIM_PLACE]", "who has waited longest comes last"),
    Mutant("compiled/loop", "scheduled = s[at] < instant or (s[at] == instant and s[at + KEY] < key)",
           "scheduled = s[at] < instant", "the tapes come before all that is scheduled"),
    Mutant("compiled/loop", "if instant >= end:", "if instant > end:", "what would happen at the end does"),
    Mutant("compiled/loop", "if s[at + MOVES] <= instant:", "if s[at + MOVES] < instant:",
           "tickets come before the segments of the same instant"),
    Mutant("compiled/loop", "if s[at + LEAVES] <= instant:", "if s[at + LEAVES] < instant:",
           "duties end after all else that the roster has for the instant"),
    Mutant("compiled/loop", "if s[agents(s, number) + BUSY_UNTIL] == s[NOW]:",
           "if s[agents(s, number) + BUSY_UNTIL] != NONE:", "the end of work that was taken away ends other work"),
    Mutant("compiled/loop", "    queue_fresh(s)\n    choose_work(s, agent)\n", "    choose_work(s, agent)\n",
           "who is done does not see what has come to the line with the end of their work"),
    # ------------------------------------------------------------------ lines
    Mutant("compiled/lines", "level = s[at_ticket + LEVEL] << 3 | class_of(s, at_ticket) << 2",
           "level = s[at_ticket + LEVEL] << 3", "enterprise customers do not come first"),
    Mutant("compiled/lines", "level | elsewhere, s[at + PLACE]", "level, s[at + PLACE]",
           "work at home has no precedence"),
    Mutant("compiled/lines", "elsewhere = (place >= regions) << 1 | (pool // N_ROLES != home // N_ROLES)",
           "elsewhere = (place >= regions) | (pool // N_ROLES != home // N_ROLES) << 1",
           "another tier is nearer than another region"),
    Mutant("compiled/lines", "if knows_it and may_serve(s, at, s[agents(s, last) + POOL]):", "if knows_it:",
           "who had the ticket gets it, wherever they are"),
    Mutant("compiled/lines", "return last\n", "pass\n", "who had the ticket before is not preferred"),
    Mutant("compiled/lines", " and s[tasks(s, task) + WHY] != WHY_ESCALATED", "",
           "a P1 that escalates interrupts others"),
    Mutant("compiled/lines", " and not overflows(s, task)", "", "a P1 that overflows interrupts others"),
    Mutant("compiled/lines", "is_p1 and s[P1_PREEMPTS] != 0 and", "is_p1 and",
           "P1 interrupts whatever the policy says"),
    Mutant("compiled/lines", "+ INTERRUPTIONS] < most", "+ INTERRUPTIONS] <= most",
           "work is interrupted once too often"),
    Mutant("compiled/lines", "latest = its_began > began or (its_began == began and agent > best)",
           "latest = its_began < began or (its_began == began and agent > best)", "who has begun first is interrupted"),
    Mutant("compiled/lines", "if s[at + UNTIL] <= s[NOW]:", "if s[at + UNTIL] < s[NOW]:",
           "ordinary work is taken in the instant in which the overlap begins"),
    Mutant("compiled/lines", "    place = when_queued(s, task, place)\n", "    when_queued(s, task, place)\n",
           "what escalates as it queues keeps its place"),
    Mutant("compiled/lines", "and pages_at(s, at_ticket) == s[NOW]:", "and pages_at(s, at_ticket) != NONE:",
           "an alert that pages later is held from the start"),
    Mutant("compiled/lines", "    s[at + WIDER] = 0\n", "", "who may serve a task once may always"),
    Mutant("compiled/idle", "before != NONE and before > agent and", "before != NONE and",
           "of those idle from one instant on the last comes first"),
    Mutant("compiled/idle", "    if s[at + IDLE_SINCE] != NONE:\n        return\n    s[at + IDLE_SINCE] = s[NOW]\n",
           "    cease_to_be_idle(s, agent)\n    s[at + IDLE_SINCE] = s[NOW]\n",
           "who is idle is so anew when what they take changes"),
    # ------------------------------------------------------------------ reach
    Mutant("compiled/reach", "and place <= s[pools(s, home) + HELPERS]", "and place < s[pools(s, home) + HELPERS]",
           "the last region of an overflow rule does not help"),
    Mutant("compiled/reach", "if bits & OWN_HELPERS and s[pools(s, home_of(s, at)) + HELPERS_ARE_ALL]:",
           "if bits & OWN_HELPERS:", "what overflows to one region does so to all"),
    Mutant("compiled/reach", "helped = s[UP_TIER_HELP] and home_of(s, at_task) % N_ROLES < N_TIERS - 1",
           "helped = s[UP_TIER_HELP] and home_of(s, at_task) % N_ROLES < N_TIERS", "managers help the last tier"),
    Mutant("compiled/reach", "if not (known & bits or known & OWN_ALL):", "if not known:",
           "what has reached anybody reaches nobody else"),
    Mutant("compiled/reach", "bits |= NEXT_ALL if s[WIDENS_REGION] else NEXT_HOME", "bits |= NEXT_HOME",
           "the next tier elsewhere does not take what escalates"),
    Mutant("compiled/reach", "if s[at + MOVES] > s[NOW]:", "if s[at + MOVES] >= s[NOW]:",
           "a pool is unstaffed although somebody comes in this instant"),
    Mutant("compiled/reach", "if s[segment + STAFFS] and s[agents", "if s[agents",
           "a newcomer who comes in this instant makes a pool staffed"),
    Mutant("compiled/reach", "if s[UNSTAFFED_ANYWHERE] and unstaffed(", "if unstaffed(",
           "unstaffed work goes anywhere whatever the policy says"),
    Mutant("compiled/reach", "if s[at + WHY] != WHY_ESCALATED or s[at + OVERFLOWS_AT] == NONE:",
           "if s[at + WHY] != NONE:", "what escalates waits for its overflow anew"),
    Mutant("compiled/reach", ">> priority_of(s, ticket_of(s, task)) & 1:\n        return\n",
           ">> 1 & 1:\n        return\n", "every priority overflows like P2"),
    # ------------------------------------------------------------------ escalation
    Mutant("compiled/escalation", "if s[at + DUE] == STOPPED:", "if s[at + DUE] == 1:",
           "a timer that was due as the pause began is forgotten"),
    Mutant("compiled/escalation", "    s[at_ticket + DUE] = NONE\n", "", "what was overdue escalates again and again"),
    Mutant("compiled/escalation", "if s[at + ESCALATED] == s[NOW] and", "if s[at + ESCALATED] != NONE and",
           "what has escalated once reaches further for ever"),
    Mutant("compiled/escalation", "        return False\n", "        return True\n", "that others are told escalates"),
    Mutant("compiled/escalation", "return not s[ENTRY_TIER_ONLY] or home_of(s, at) == home_of(s, tasks(s, entry))",
           "return True or entry == NONE", "all tiers escalate"),
    Mutant("compiled/escalation", "s[at_ticket + LEVEL] > 0", "s[at_ticket + LEVEL] > 1", "P2 does not become P1"),
    Mutant("compiled/escalation", "= STOPPED - (s[at_ticket + DUE] - s[NOW])\n", "+= 0\n",
           "the timer goes on while the customer is awaited"),
    Mutant("compiled/work", "s[NOW] if raised else s[tasks(s, task) + PLACE]", "s[NOW]",
           "a P1 that escalates loses its place"),
    # ------------------------------------------------------------------ paging
    Mutant("compiled/paging", "TURN_START] <= s[NOW]:", "TURN_START] < s[NOW]:", "a turn begins a moment late"),
    Mutant("compiled/paging", "s[turn + TURN_END] <= s[NOW]", "s[turn + TURN_END] < s[NOW]",
           "a turn ends a moment late"),
    Mutant("compiled/paging", "priority_of(s, at) <= 1:", "priority_of(s, at) <= 2:", "P3 without anybody pages"),
    Mutant("compiled/paging", " or is_taken(s, agent)) and not last:", " or is_taken(s, agent)):",
           "the last of the chain is passed over, too"),
    Mutant("compiled/paging", "answers = last or on_duty or", "answers = last or", "people on duty may miss a page"),
    Mutant("compiled/paging", "answers = last or on_duty or", "answers = on_duty or",
           "the last of the chain may miss it"),
    Mutant("compiled/paging", "delay <= limit", "delay < limit", "an answer at the time-out is none"),
    Mutant("compiled/paging", "if s[turn + ASLEEP] and not on_duty else", "if s[turn + ASLEEP] else",
           "people on duty sleep"),
    Mutant("compiled/paging", " and step < s[STEPS] - 1:\n        s[at + PAGE_ANSWERED_AT]",
           ":\n        s[at + PAGE_ANSWERED_AT]", "the last of the chain may be busy when they answer"),
    Mutant("compiled/paging", "    if is_leaving(s, agent):\n        _promise(s, agent, task)\n    elif is_free(",
           "    if is_free(", "who is about to leave begins at once"),
    Mutant("compiled/paging", "if s[call + PAGED_TASK] == NONE:", "if ticket != NONE:",
           "a ticket goes through the chain again"),
    Mutant("compiled/paging", "if s[at + STARTED] == NONE and waits(s, lead):", "if waits(s, lead):",
           "an alert that somebody has begun pages, if it waits"),
    Mutant("compiled/paging", "    s[agents(s, agent) + CALLED] = 1\n", "",
           "work because of a page is like other work"),
    Mutant("compiled/paging", "while s[at + PROMISE] != NONE and not", "while s[at + PROMISE] == -2 and not",
           "what a customer has given up is done because it was promised"),
    # ------------------------------------------------------------------ presence
    Mutant("compiled/presence", "return until > s[NOW] and", "return until >= s[NOW] and",
           "agents take something in the instant in which they go"),
    Mutant("compiled/presence", "s[at + PAID_END] == s[NOW] and not s[at + PAUSE]", "s[at + PAID_END] == s[NOW]",
           "who goes into a pause is taken to leave"),
    Mutant("compiled/presence", "elif s[at + UNTIL] <= s[NOW] and not s[segments(s, segment) + PAUSE]:",
           "elif s[at + UNTIL] <= s[NOW]:", "a pause is taken for the overlap"),
    Mutant("compiled/presence", "return N_PRIORITIES if task == NONE else", "return 1 if task == NONE else",
           "a chore is as urgent as a P2"),
    Mutant("compiled/presence", "s[at_segment + ENDS] if s[at_segment + PAUSE] else s[at_segment + PAID_END]",
           "s[at_segment + ENDS]", "nobody takes a P1 in the overlap"),
    Mutant("compiled/presence", "= s[at_segment + SEGMENT_SLOW], s[at", "= s[at + SLOW], s[at",
           "the pace never changes"),
    Mutant("compiled/presence", "s[NOW] > s[at + PAID_END] and not s[at + PAUSE]:", "s[NOW] > s[at + PAID_END]:",
           "who works into a pause goes home"),
    Mutant("compiled/presence", "+ RESTED_AT] = instant + s[REST]", "+ RESTED_AT] = s[NOW] + s[REST]",
           "the writing up is no work"),
    Mutant("compiled/presence", "if s[at + CHORE_DUE] == s[NOW]:", "if s[at + CHORE_DUE] < 0:",
           "who comes forgets the chore that is due then"),
    Mutant("compiled/presence", "CHORE_UNTIL] <= s[NOW]:", "CHORE_UNTIL] < s[NOW]:",
           "a chore begins when it should end"),
    Mutant("compiled/presence", "min(s[NOW] + s[at_chore + CHORE_LEFT], s[at_chore + CHORE_UNTIL])",
           "s[NOW] + s[at_chore + CHORE_LEFT]", "chores are not cut short"),
    Mutant("compiled/presence", "    if s[segments(s, segment) + STAFFS]:\n", "    if segment != NONE:\n",
           "newcomers make their pool staffed"),
    Mutant("compiled/presence", "+ LEFT_AT] = s[NOW]  # the pause was worked through", "+ LEFT_AT] = NONE",
           "a pause that was worked through is not seen"),
    # ------------------------------------------------------------------ coming and going
    Mutant("compiled/moves", "and s[at + HARD_END] > s[NOW]", "and s[at + HARD_END] >= s[NOW]",
           "there is overtime of no length"),
    Mutant("compiled/moves", "    cut_chore(s, agent)\n", "", "chores go on after the duty"),
    Mutant("compiled/moves", "= s[NOW] + s[WRITE_UP]", "= s[NOW]", "writing up takes no time"),
    Mutant("compiled/moves", "    is_gone(s, agent)\n    next_reserved(s, agent)\n", "    is_gone(s, agent)\n",
           "who goes does not do what they have promised"),
    Mutant("compiled/moves", "+ PAUSE] and s[agents(s, agent) + SEGMENT] == segment:", "+ PAUSE]:",
           "after a change of service nobody is idle"),
    Mutant("compiled/moves", "        deserted(s, s[agents(s, agent) + POOL])\n    else:\n        come(s, segment)\n",
           "        pass\n    else:\n        come(s, segment)\n", "nobody notices that who should come has to rest"),
    Mutant("compiled/moves", "s[at + BEGINS] <= 0 and s[at + ENDS] > 0:", "s[at + BEGINS] <= 0:",
           "who had gone before the run is there"),
    Mutant("compiled/moves", " and not not_yet_rested(s, agent):", ":", "a call-out does not begin the rest anew"),
    Mutant("compiled/moves", "    if at_once:\n        deserted(", "    if not at_once:\n        deserted(",
           "nobody notices that the last one went without an overlap"),
    # ------------------------------------------------------------------ who is put to work
    Mutant("compiled/settling", "(line == NONE or s[s[line] + CLAIM_LEVEL] >> 3) and has_chore(", "has_chore(",
           "a chore comes before a P1"),
    Mutant("compiled/settling", "if is_leaving(s, agent) or next_reserved(", "if next_reserved(",
           "who is about to leave does what they have promised"),
    Mutant("compiled/settling", "rank(s, task, SORTED)", "enqueue(s, SORTED, 0, 0, task, NONE)",
           "of those left alone not the most urgent pages first"),
    Mutant("compiled/settling", "elif kind <= KIND_CRITICAL:", "elif kind < KIND_CRITICAL:",
           "critical tasks wait for a tier that is nowhere"),
    Mutant("compiled/settling", "    if nowhere(s, home_of(s, tasks(s, task)) % N_ROLES):\n        _forsake(s, task)\n",
           "    nowhere(s, home_of(s, tasks(s, task)) % N_ROLES)\n", "what comes when nobody is anywhere pages nobody"),
    Mutant("compiled/settling", "        if not waits(s, task):\n            continue\n",
           "        if task == NONE:\n            continue\n", "what waits no more is begun again"),
    # ------------------------------------------------------------------ work
    Mutant("compiled/work", "(priority_of(s, at_ticket) or task == s[at_ticket + FIRST_TASK])",
           "(priority_of(s, at_ticket) >= 0)", "whoever helps with a P1 has responded"),
    Mutant("compiled/work", "and not of_all_regions:", "and home >= 0:", "coordinators are slower for other regions"),
    Mutant("compiled/work", "home % N_ROLES * N_ROLES + away % N_ROLES", "away % N_ROLES * N_ROLES + home % N_ROLES",
           "the pace at another tier is that of the way back"),
    Mutant("compiled/work", ") + s[BRIEFING], WHY_HANDED_OVER", "), WHY_HANDED_OVER", "a hand-over needs no briefing"),
    Mutant("compiled/work", "        s[at_task + INTERRUPTIONS] += 1\n", "", "interruptions are not counted"),
    Mutant("compiled/work", "join(s, task, why, s[at_task + PLACE])", "join(s, task, why, s[NOW])",
           "what was taken away loses its place"),
    Mutant("compiled/work", "!= KIND_COMMS\n    for", ">= 0\n    for", "tickets wait until all are told"),
    Mutant("compiled/work", "        if s[at + FIRST_RESOLVED] == NONE:\n    ", "        if ticket != NONE:\n    ",
           "the first resolution is the last"),
    Mutant("compiled/work", "    s[at + RESOLVED] = NONE\n", "", "reopened tickets stay resolved"),
    Mutant("compiled/work", "    if s[at + LAST_AGENT] != NONE:\n", "    if s[at + STARTED] != NONE:\n",
           "customers give up although somebody helps"),
    Mutant("compiled/work", "s[at + RESOLVED] == NONE and s[at + ABANDONED] == NONE:", "s[at + RESOLVED] == NONE:",
           "what was given up becomes an emergency"),
    Mutant("compiled/work", "s[at + RESOLVED] == NONE and s[at + ABANDONED] == NONE:", "s[at + ABANDONED] == NONE:",
           "what was resolved becomes an emergency"),
    Mutant("compiled/work", "    if s[ticket_of(s, task) + ABANDONED] == NONE:\n", "    if task != NONE:\n",
           "people are told of what was given up"),
    Mutant("compiled/work", "+ STANDING] & (WAITING | HELD):", "+ STANDING]:",
           "who gives up sends people outside away"),
    # ------------------------------------------------------------------ the beginning and the end
    Mutant("compiled/loading", "COORDINATOR if tier[task] == COORDINATOR else region", "region",
           "each region has coordinators of its own"),
    Mutant("compiled/ending", "        if waits(s, task):\n            last", "        if task < 0:\n            last",
           "what has come to the line last does not count for the end of the run"),
    Mutant("compiled/ending", "if kind_of(s, tasks(s, task)) != KIND_COMMS:", "if task != NONE:",
           "who tells others of a ticket works on it"),
    Mutant("compiled/ending", "if s[at + PENDING_SINCE] != NONE and s[at + RESOLVED] == NONE:",
           "if s[at + PENDING_SINCE] != NONE:", "the clock stands still for what seems resolved"),
    Mutant("compiled/ending", "region[row] = NONE if home == COORDINATOR else home // N_ROLES",
           "region[row] = home // N_ROLES", "coordinators belong to a region"),
    Mutant("kernel", "first = [pool // N_ROLES, *(rule.to if rule else ())]", "first = [pool // N_ROLES]",
           "regions help in the order of the scenario"),
    Mutant("kernel", "np.lexsort((rows[:, st.MOVED], rows[:, st.MOVE_KIND], rows[:, st.MOVES]))",
           "np.lexsort((rows[:, st.MOVE_KIND], rows[:, st.MOVED], rows[:, st.MOVES]))",
           "duties begin and end by their number"),
    Mutant("kernel", "(st.NEW_WORK_ENDS, s.end, (s.overlap_end > s.end) | s.pause)",
           "(st.NEW_WORK_ENDS, s.end, s.overlap_end > s.end)", "pauses do not begin"),
    Mutant("kernel", "== CustomerClass.STANDARD) & policy.enterprise_first", "== CustomerClass.STANDARD)",
           "enterprise customers come first whatever the policy says"),
    Mutant("kernel", "end = max(end, int(last_instant(s)))", "end = int(last_instant(s))",
           "a run that drains ends before its end"),
)  # fmt: skip


# ---------------------------------------------------------------------- a kernel that is changed


def source(mutant: Mutant) -> str:
    """The text of the module that is changed, as it is."""
    return (ENGINE / f"{mutant.file}.py").read_text(encoding="utf-8")


class Changed(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds and loads one module in its changed form."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.name = f"sim.engine.{mutant.file.replace('/', '.')}"

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None

    def get_source(self, fullname: str) -> str:
        return source(self.mutant).replace(self.mutant.old, self.mutant.new)

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.get_source(fullname), f"{self.mutant.file}, changed", "exec")


def engine(mutant: Mutant) -> Engine:
    """The kernel with a change: all its modules are imported anew."""
    for name in [name for name in sys.modules if name.startswith(("sim.engine.kernel", "sim.engine.compiled"))]:
        del sys.modules[name]
    finder = Changed(mutant)
    sys.meta_path.insert(0, finder)
    try:
        run: Engine = importlib.import_module("sim.engine.kernel").run
    finally:
        sys.meta_path.remove(finder)
    return run


# ---------------------------------------------------------------------- where it is seen


@cache
def desk_in(seed: int) -> list[tuple[Any, bool, Journals]]:
    """The runs of a world, and what the desk says."""
    return [(inputs, drain, desk.run(*inputs, drain=drain)) for inputs, drain in runs_of(drawn(seed), [HALF_A_MINUTE])]


def seen_in(mutant: Mutant) -> tuple[int, str]:
    """The first seed in whose world a mutant is seen, and as what; -1 where in none."""
    run = engine(mutant)
    for seed in range(WORLDS):
        for inputs, drain, journals in desk_in(seed):
            try:
                with _limit():
                    found = difference(journals, run(*inputs, drain=drain))
            except (
                ArithmeticError,
                LookupError,
                TimeoutError,
                ValueError,
            ) as error:  # it falls over: that is seen, too
                found = f"{type(error).__name__}: {error}"
            if found:
                return seed, found.splitlines()[0]
    return -1, ""


@contextmanager
def _limit() -> Iterator[None]:
    """Let nothing take longer than `PATIENCE`."""

    def too_long(*_: Any) -> None:
        raise TimeoutError("it goes on for ever")

    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main(arguments: Sequence[str]) -> int:
    """Say of each mutant that is asked for, by its number, in which world it is seen; 1 where one is not."""
    if os.environ.get("NUMBA_DISABLE_JIT") != "1":
        sys.exit("set NUMBA_DISABLE_JIT=1: a mutant is not worth being compiled")
    warnings.simplefilter("ignore")  # of numbers that a mutant lets overflow
    missed = 0
    for number in map(int, arguments or range(len(MUTANTS))):
        seed, found = seen_in(MUTANTS[number])
        missed += seed < 0
        print(f"{number}: {MUTANTS[number].what}: {f'world {seed}, {found}' if seed >= 0 else 'NOT SEEN'}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
