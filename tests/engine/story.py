"""What happened in an invented world, arranged for questions, and which mechanisms were at work in it."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.workforce.roster import FOREVER, LEAD
from sim.workload.tape import TaskKind
from tests.engine.worlds import ALL, COORDINATOR, MANAGER, Plan, tasks_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.engine.policy import Overflow


class Segment(NamedTuple):
    """A row of the roster's segments; it starts when the agent really came, and with rest that is perhaps never."""

    agent: int
    start: int
    end: int
    paid_end: int
    hard_end: int
    pause: bool
    takes: str
    pace: int
    staffs: bool
    planned_start: int
    rested: str


class Page(NamedTuple):
    """A row of the pages journal."""

    ticket: int
    round: int
    level: str
    agent: int
    on_duty: bool
    sent: int
    answered: int | None
    outcome: str


class Story:
    """A world and its journals, arranged for the laws. Rows as in `Played.work`."""

    def __init__(self, plan: Plan) -> None:
        built = plan.build()
        self.plan, self.played = plan, built.play()
        self.end = self.played.end
        self.work, self.chores = self.played.work, self.played.chores
        self.pages = [Page(*page) for page in self.played.pages]
        journal = self.played.journals.work
        self.row_duty = journal["duty"].tolist()
        self.kind = [TaskKind(kind).name.lower() for kind in journal["kind"].tolist()]
        self.home = list(zip(journal["region"].tolist(), (journal["tier"] + 1).tolist(), strict=True))
        self.pool = [(-1 if a["tier"] == COORDINATOR else a["region"], a["tier"]) for a in plan.agents]
        self.priority = [ticket["priority"] for ticket in plan.tickets]
        self.segments = list(self._segments(built.roster().segments))
        self.played_segments = [s for s in self.segments if s.end > 0 and s.rested != "lost"]
        self.escalated = [instant for (instant,) in self.played.tickets("escalated")]

    def _segments(self, s: Any) -> Iterable[Segment]:
        columns = (s.agent, s.start, s.end, s.overlap_end, s.hard_end, s.pause, s.slow_pm, s.staffs, s.takes)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        for row, (came, rested) in zip(rows, self.played.duties("start", "rested"), strict=True):
            agent, start, end, paid_end, hard_end, pause, pace, staffs, takes = row
            names = " ".join(name for bit, name in enumerate(ALL.split()) if takes >> bit & 1)
            comes = came if rested == "late" else start
            yield Segment(agent, comes, end, paid_end, hard_end, pause, names, pace, staffs, start, rested)

    def counts(self, row: int) -> bool:
        """Whether the ticket of a row waits for it: not while others are told."""
        return self.kind[row] != "comms"

    def instants(self) -> list[int]:
        """Every instant at which something happened within the run."""
        times = {
            0,
            *(t for row in self.work for t in (row[4], row[6], row[7])),
            *(t for segment in self.segments for t in (*segment[1:5], segment.planned_start)),
            *(t for chore in self.chores for t in chore[3:]),
            *(t for page in self.pages for t in (page.sent, page.answered)),
        }
        return sorted(t for t in times if t is not None and 0 <= t < self.end)

    def waiting(self, now: int) -> list[int]:
        """Rows that wait just after `now`."""
        return [
            i
            for i, (*_, queued_at, _, start, end, _) in enumerate(self.work)
            if queued_at <= now and (start is None or start > now) and (start is not None or end is None or end > now)
        ]

    def working(self, now: int) -> dict[int, int]:
        """Agents at work just after `now`, and their rows."""
        return {
            row[3]: i
            for i, row in enumerate(self.work)
            if row[3] is not None and row[6] <= now and (row[7] is None or row[7] > now)
        }

    def at_chores(self, now: int) -> set[int]:
        """Agents at a chore just after `now`."""
        return {agent for agent, _, _, start, end in self.chores if start <= now and (end is None or end > now)}

    def on_duty(self, now: int) -> set[int]:
        """Agents who take what comes just after `now`."""
        return {segment.agent for segment in self.played_segments if segment.start <= now < segment.end}

    def staffing(self, now: int) -> set[int]:
        """The same of those who make their pool staffed."""
        return {s.agent for s in self.played_segments if s.staffs and s.start <= now < s.end}

    def take_p1(self, now: int) -> set[int]:
        """Agents who take a P1 just after `now`: those in the overlap do."""
        return {segment.agent for segment in self.played_segments if segment.start <= now < segment.paid_end}

    def take(self, now: int, priority: str) -> set[int]:
        """Agents who take tickets of a priority just after `now`."""
        there = self.take_p1(now) if priority == "P1" else self.on_duty(now)
        served = {s.agent for s in self.played_segments if s.start <= now < s.paid_end and priority in s.takes}
        return there & served

    def deserted(self, pool: tuple[int, int], now: int) -> bool:
        """Whether nobody of a pool was on duty at `now`, be it until somebody who had to rest came."""
        late = {s.agent for s in self.played_segments if s.rested == "late" and s.start == now}
        return not any(self.pool[agent] == pool for agent in self.staffing(now) - late)

    def level(self, ticket: int, now: int) -> int:
        """Effective priority just after `now`, 0 for P1."""
        original, since = int(self.priority[ticket][1]) - 1, self.escalated[ticket]
        raised = since is not None and since <= now and self.plan.rules["raises"]
        return max(0, original - raised)

    # ------------------------------------------------------------------ pages

    @cached_property
    def promised_rows(self) -> dict[int, int]:
        """Rows that began because of a page, and when it was answered."""
        out: dict[int, int] = {}
        for page in self.pages:
            if page.outcome == "answered" and page.answered is not None:
                begun = [i for i, row in enumerate(self.work) if self.counts(i) and self._may_be_for(page, row)]
                first = min((self.work[i][6] for i in begun), default=None)
                out |= {i: page.answered for i in begun if self.work[i][6] == first}
        return out

    def _may_be_for(self, page: Page, row: Any) -> bool:
        """Whether work may have begun because of a page; a ticket that pages does so for its first task."""
        first_alone = self.plan.tickets[page.ticket]["page_at"] is not None
        mine = row[0] == page.ticket and row[3] == page.agent and (row[1] == 0 or not first_alone)
        return mine and row[6] >= page.answered

    def answered(self, ticket: int) -> int | None:
        """When somebody promised to do the work of a ticket."""
        pages = (page for page in self.pages if page.ticket == ticket)
        return next((page.answered for page in pages if page.outcome == "answered"), None)

    def in_line_since(self, row: int) -> int | None:
        """From when a row has a place in line: not while it waits for an answer to a page. None where never."""
        ticket, task, stretch, _, queued_at, *_ = self.work[row]
        wanted = self.plan.tickets[ticket]
        if task or stretch or wanted["page_at"] != wanted["visible"]:
            return int(queued_at)
        return self.unanswered(ticket)

    def unanswered(self, ticket: int) -> int | None:
        """When the last of the chain had not answered; None where it is still tried, or somebody has answered."""
        ends: list[int | None] = [self.plan.tickets[ticket]["visible"]]
        timer = self.plan.rules["page_timers"][int(self.priority[ticket][1]) - 1]
        for page in self.pages:
            if page.ticket == ticket and page.outcome in {"unanswered", "busy"}:
                passed = page.sent if page.answered is None else page.answered
                ends.append(page.sent + timer if page.outcome == "unanswered" else passed)
            elif page.ticket == ticket:
                ends.append(None)
        return ends[-1]

    def is_in_line(self, row: int, now: int) -> bool:
        """Whether a row that waits at `now` has a place in line, and nobody has promised to do it."""
        since, promised = self.in_line_since(row), self.answered(self.work[row][0]) if self.counts(row) else None
        return (
            since is not None and since <= now and not (promised is not None and self.work[row][4] <= promised <= now)
        )

    # ------------------------------------------------------------------ who may serve

    def reach(self, row: int, now: int) -> set[tuple[int, int]]:
        """Pools that may serve a row that waits at `now`, as far as what is so at this instant tells."""
        rules, (region, tier) = self.plan.rules, self.home[row]
        everywhere = {(any_region, tier) for any_region in range(rules["regions"])}
        deserted = not any(self.pool[agent] == (region, tier) for agent in self.staffing(now))
        pools = everywhere if deserted and rules["unstaffed_anywhere"] else {(region, tier)}
        if self.work[row][5] == "escalated":
            wider = everywhere if rules["widens_region"] else {(region, tier)}
            pools |= wider | ({(r, t + 1) for r, t in wider} if rules["widens_tier"] and tier < MANAGER - 1 else set())
        if rules["up_tier_help"] and tier < MANAGER - 1:
            pools |= {(region, tier + 1)}
        if self.overflows_at(row) <= now:
            pools |= {(other, tier) for other in self.overflow_rule(row).to}
        return pools

    def overflows_at(self, row: int) -> int:
        """When other regions may take a row, at the latest."""
        rule, since = self.overflow_rule(row), self.in_line_since(row)
        return FOREVER if rule is None or since is None else since + rule.after

    def overflow_rule(self, row: int) -> Overflow | None:
        rules, (region, tier) = self.plan.rules["overflow"], self.home[row]
        rule: Overflow | None = rules[tier - 1][region] if rules and tier != COORDINATOR else None
        return rule if rule and rule.takes >> int(self.priority[self.work[row][0]][1]) - 1 & 1 else None

    def pace(self, row: int) -> int:
        """Of the agent of a row on its task, per mille."""
        agent = self.work[row][3]
        if agent is None:  # outside
            return 1000
        (region, tier), (away, other), rules = self.home[row], self.pool[agent], self.plan.rules
        pace = self._own_pace(row)
        if other == LEAD + 1:
            return pace
        if region != away and COORDINATOR not in {tier, other}:
            pace = (pace * rules["other_region_pm"] + 500) // 1000
        if tier != other:
            pace = (pace * rules["tier_pm"][tier - 1][other - 1] + 500) // 1000
        return pace

    def _own_pace(self, row: int) -> int:
        """The pace of who does a row: of the segment they are in, off duty of the last that they were in."""
        agent, start = self.work[row][3], self.work[row][6]
        if self.row_duty[row] >= 0:
            return self.segments[self.row_duty[row]].pace
        before = [s.pace for s in self.played_segments if s.agent == agent and s.start < start]
        return before[-1] if before else int(self.plan.agents[agent]["slow"])

    # ------------------------------------------------------------------ tasks and segments

    def tasks(self) -> dict[tuple[int, int], list[int]]:
        """Rows of each task, by (ticket, task)."""
        out: dict[tuple[int, int], list[int]] = {}
        for i, row in enumerate(self.work):
            out.setdefault(row[:2], []).append(i)
        return out

    def handle(self, ticket: int, task: int) -> int:
        wanted = self.plan.tickets[ticket]
        flat = [t for stage in wanted["stages"] for t in tasks_of(stage)] + list((wanted["critical"] or (0,))[1:])
        return int(flat[task][1])

    def last_segment(self, row: int) -> Segment | None:
        """The segment in which the agent of a row was when it ended: after a pause, or a call-out, the next."""
        agent, start, end = self.work[row][3], self.work[row][6], self.work[row][7]
        until = self.end if end is None else end
        begun = [s for s in self.played_segments if s.agent == agent and s.start < until]
        own = self.segments[self.row_duty[row]] if self.row_duty[row] >= 0 else None
        return next((s for s in reversed(begun) if s.start > start), own)


def told(plan: Plan) -> Story:
    """Play a world."""
    return Story(plan)


# ---------------------------------------------------------------------- which mechanisms were at work

HAPPENS = (
    "escalated", "preempted", "handed_over", "abandoned", "returned", "reopened", "elsewhere", "open",
    "escalated later", "parallel", "another tier", "another region", "overlap", "call_out", "overtime",
    "limit of overtime", "into a pause", "through a pause", "removed", "chore", "chore interrupted", "chore in a pause",
    "chore dropped", "chore cut", "dropped", "critical", "late", "filtered", "page answered", "page unanswered",
    "page busy", "page not_needed", "promised", "overflow", "next tier", "comms", "comms late",
    "comms after the resolution", "outside", "rehomed", "change of service", "rested late", "rested lost",
    "newcomers alone", "newcomer has learnt", "three regions", "tier 4",
)  # fmt: skip


def seen_in(story: Story) -> set[str]:
    """What occurs in a world."""
    at_once = events_of(story)
    seen = {row[5] for row in story.work} | {row[8] for row in story.work} | _seen_of_people(story)
    seen |= {mode for *_, mode in story.played.modes()}
    for i, row in enumerate(story.work):
        if row[3] is not None and story.pool[row[3]] != story.home[i]:
            seen |= _seen_away(story, i)
    in_line = {row[0] for row in story.work if row[8] == "escalated"}
    if any(instant is not None and ticket not in in_line for ticket, instant in enumerate(story.escalated)):
        seen.add("escalated later")
    if any(row[1] > 0 and row[5] == "arrived" for row in story.work):
        seen.add("parallel")
    if max(at_once.values(), default=0) >= 3:
        seen.add("three at once")
    for ticket in story.plan.tickets:
        seen |= {"late"} if ticket["visible"] > ticket["created"] else set()
        seen |= {"filtered"} if ticket["filtered"] != "passed" else set()
        seen |= {"rehomed"} if ticket["serve_region"] != ticket["region"] else set()
    seen |= {"three regions"} if story.plan.rules["regions"] > 2 else set()
    seen |= {"tier 4"} if any(tier == MANAGER - 1 for _, tier in story.home) else set()
    return seen | {f"page {page.outcome}" for page in story.pages} | _seen_of_emergencies(story)


def _seen_of_emergencies(story: Story) -> set[str]:
    resolved, seen = story.played.tickets("resolved"), {kind for kind in story.kind if kind in {"comms", "outside"}}
    for i, row in enumerate(story.work):
        if story.kind[i] == "comms" and row[6] is not None:
            (over,) = resolved[row[0]]
            seen |= {"comms late"} if row[6] > row[4] else set()
            seen |= {"comms after the resolution"} if over is not None and over <= row[4] else set()
    return seen


def _seen_away(story: Story, i: int) -> set[str]:
    """What a row tells that was done in another pool."""
    (region, tier), (away, other), rules = story.home[i], story.pool[story.work[i][3]], story.plan.rules
    seen = {"elsewhere", "another tier" if tier != other else "another region"}
    if i in story.promised_rows or story.escalated[story.work[i][0]] is not None:
        return seen
    waited = [t for t in story.instants() if story.work[i][4] <= t <= story.work[i][6]]
    staffed = all(any(story.pool[a] == story.home[i] for a in story.staffing(t)) for t in waited)
    if region != away and story.overflow_rule(i) and staffed:
        seen.add("overflow")
    if other == tier + 1 and rules["up_tier_help"]:
        seen.add("next tier")
    return seen


def _seen_of_people(story: Story) -> set[str]:
    seen = set()
    for i, row in enumerate(story.work):
        segment = story.segments[story.row_duty[i]] if story.row_duty[i] >= 0 else None
        last = story.last_segment(i)
        if segment is None or last is None or row[7] is None:
            continue
        seen |= {"into a pause"} if segment.pause and row[6] < segment.end < row[7] else set()
        seen |= {"through a pause"} if last != segment else set()
        seen |= {"overtime"} if not last.pause and row[7] > last.paid_end else set()
        if row[8] == "handed_over":
            seen |= {"limit of overtime"} if last.paid_end < row[7] == last.hard_end else set()
            seen |= {"removed"} if story.plan.agents[row[3]]["removed"] else set()
        seen |= {"promised"} if story.promised_rows.get(i, row[6]) < row[6] else set()
    for before, after in pairwise(story.played_segments):
        goes_on = before.agent == after.agent and before.end == after.start < story.end and before.pause
        seen |= {"change of service"} if goes_on and before.takes != after.takes else set()
    seen |= {f"rested {segment.rested}" for segment in story.segments}
    return seen | _seen_of_chores(story) | _seen_of_newcomers(story)


def _seen_of_newcomers(story: Story) -> set[str]:
    seen = set()
    for i, (*_, agent, queued_at, _, start, _, _) in enumerate(story.work):
        there = {a for a in story.on_duty(queued_at) if story.pool[a] == story.home[i]}
        seen |= {"newcomers alone"} if there and not there & story.staffing(queued_at) else set()
        new = agent is not None and not story.plan.agents[agent].get("staffs", True)
        seen |= {"newcomer has learnt"} if new and agent in story.staffing(start) else set()
    return seen


def _seen_of_chores(story: Story) -> set[str]:
    seen = {"chore"} if story.chores else set()
    paused = [(s.agent, s.end) for s in story.segments if s.pause]
    for chore in story.plan.chores:
        rows = [row for row in story.chores if (row[0], row[2]) == (chore["agent"], chore["start"])]
        there = chore["agent"] in story.on_duty(chore["start"])
        seen |= {"chore interrupted"} if len(rows) > 1 else set()
        seen |= {"chore dropped"} if there and not rows and chore["until"] < story.end else set()
        seen |= {"chore cut"} if any(row[4] == chore["until"] < row[3] + chore["length"] for row in rows) else set()
        for agent, _, _, start, end in rows:
            into = any(who == agent and end is not None and start < at < end for who, at in paused)
            seen |= {"chore in a pause"} if into else set()
    return seen


def events_of(story: Story) -> Counter[int]:
    """Number of events in each instant of the run."""
    happened = [
        *(("arrival", ticket["visible"], i) for i, ticket in enumerate(story.plan.tickets)),
        *(("work ends", row[7], row[3] if row[3] is not None else row[:2]) for row in story.work if row[8] == "done"),
        *(("step", row[4], row[:2]) for i, row in enumerate(story.work) if not story.counts(i)),
        *(("segment", instant, segment) for segment in story.segments for instant in segment[1:5]),
        *(("segment", segment.planned_start, segment) for segment in story.segments),
        *(("chore", chore["start"], i) for i, chore in enumerate(story.plan.chores)),
        *(("page", page.answered, page) for page in story.pages),
        *(("timer", instant, ticket) for ticket, instant in enumerate(story.escalated)),
        *(("patience", row[7], row[0]) for row in story.work if row[8] == "abandoned"),
        *(("return", row[4], row[0]) for row in story.work if row[5] in {"returned", "reopened"}),
    ]
    return Counter(instant for _, instant, _ in set(happened) if instant is not None and 0 < instant < story.end)
