"""What holds in every world. All instants lie on a coarse grid, so that much happens at once."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from sim.engine.policy import NO_LIMIT
from sim.workforce.roster import FOREVER
from tests.engine.story import Page, Story, seen_in, told
from tests.engine.worlds import HELP, MANAGER, Plan, few, kind_of, many, plans, replace_rules, tasks_of

# ---------------------------------------------------------------------- nothing is lost


@few
@given(plan=plans())
def test_every_ticket_is_resolved_or_abandoned_or_open_as_its_work_says(plan: Plan) -> None:
    story = told(plan)
    for what in seen_in(story):
        event(what)
    columns = ("state", "started", "resolved", "first_resolved", "abandoned", "paused")
    for ticket, (state, started, resolved, first_resolved, abandoned, paused) in enumerate(
        story.played.tickets(*columns)
    ):
        rows = [row for i, row in enumerate(story.work) if row[0] == ticket and story.counts(i)]
        assert state == _state(plan.tickets[ticket], rows, story.end)
        leads = [row for row in rows if row[1] == 0 or plan.tickets[ticket]["priority"] != "P1"]
        assert started == min((row[6] for row in leads if row[6] is not None), default=None)
        assert (resolved is not None) == (state == "resolved")
        assert (abandoned is not None) == (state == "abandoned")
        assert resolved is None or resolved == max(row[7] for row in rows)
        assert first_resolved is None or resolved is None or first_resolved <= resolved
        assert paused >= 0


def _state(ticket: dict[str, Any], rows: list[Any], end: int) -> str:
    if ticket["filtered"] != "passed" or ticket["visible"] >= end:
        assert not rows
        return "filtered" if ticket["filtered"] != "passed" else "queued"
    assert rows, "a ticket is lost"
    if any(row[8] == "abandoned" for row in rows):
        return "abandoned"
    if any(row[8] == "open" and row[6] is not None for row in rows):
        return "in_service"
    awaited = _awaited(ticket, rows)
    if awaited:
        return "resolved" if awaited == "reopened" else "pending"
    return "queued" if any(row[8] == "open" for row in rows) else "resolved"


def _awaited(ticket: dict[str, Any], rows: list[Any]) -> str | None:
    """The kind of the stage for which the customer is awaited; an emergency that began before delays that."""
    planned = _planned(ticket)
    known = [row for row in rows if row[1] < planned]
    if any(row[8] == "open" for row in known):
        return None
    done, following = max(row[7] for row in known), 0
    woken = [row for row in rows if row[1] >= planned]
    if any(row[8] == "open" for row in woken) and min(row[4] for row in woken) < done:
        return None
    for stage in ticket["stages"]:
        if following == len({row[1] for row in known}):
            return str(tasks_of(stage)[0][3]) if tasks_of(stage)[0][3:] else None
        following += sum(kind_of(task) != "comms" for task in tasks_of(stage))
    return None


def _planned(ticket: dict[str, Any]) -> int:
    """Number of tasks to which the stages of a ticket lead; the dormant ones follow."""
    return sum(len(tasks_of(stage)) for stage in ticket["stages"])


def _offset(task: Any) -> int:
    """From when its stage opens until a task comes to its line."""
    return int(task[4]) if task[4:] else 0


@few
@given(plan=plans())
def test_the_stretches_of_a_task_follow_each_other_without_a_gap(plan: Plan) -> None:
    story = told(plan)
    for rows in story.tasks().values():
        stretches = [story.work[i] for i in rows]
        assert all((row[3] is None) == (row[6] is None) for row in stretches) or story.kind[rows[0]] == "outside"
        assert [row[2] for row in stretches] == list(range(len(rows)))
        for row in stretches:
            assert row[4] <= (row[7] if row[6] is None else row[6]) if row[8] != "open" else row[7] is None
            assert row[6] is None or row[7] is None or row[4] <= row[6] <= row[7]
        for before, after in pairwise(stretches):
            assert before[7] == after[4]
            assert before[8] == after[5] in {"preempted", "handed_over", "escalated"}
        assert stretches[-1][8] in {"done", "abandoned", "open", "dropped"}


@few
@given(plan=plans(without=("critical",)))
def test_a_stage_begins_when_the_one_before_is_done(plan: Plan) -> None:
    story = told(plan)
    by_task = story.tasks()
    for ticket, (wanted, (abandoned,)) in enumerate(zip(plan.tickets, story.played.tickets("abandoned"), strict=True)):
        first, ready = 0, wanted["visible"] if wanted["filtered"] == "passed" else None
        for stage in wanted["stages"]:
            tasks, last = tasks_of(stage), []
            opens = None if ready is None else ready + _wait(tasks, first)
            for number, task in enumerate(tasks, first):
                due, rows = None if opens is None else opens + _offset(task), by_task.get((ticket, number))
                told_of = kind_of(task) != "comms" or abandoned is None or due is None or due < abandoned
                never = due is None or due >= story.end or (not told_of and due > opens)
                assert (rows is None) == never
                if rows is not None:
                    assert story.work[rows[0]][4] == due
                    last += [story.work[rows[-1]]] if kind_of(task) != "comms" else []
            done = last and all(row[8] in {"done", "dropped"} for row in last)
            ready, first = max(row[7] for row in last) if done else None, first + len(tasks)


def _wait(tasks: list[Any], first_task: int) -> int:
    return int(tasks[0][2]) if first_task and tasks[0][2:] else 0


@few
@given(plan=plans(without=("waits",)))
def test_a_p1_that_is_not_resolved_in_time_becomes_an_emergency_once(plan: Plan) -> None:
    story = told(plan)
    for ticket, (wanted, (critical, resolved, abandoned)) in enumerate(
        zip(plan.tickets, story.played.tickets("critical", "resolved", "abandoned"), strict=True)
    ):
        planned = _planned(wanted)
        woken = [row for row in story.work if row[0] == ticket and row[1] >= planned]
        if wanted["critical"] is None or wanted["filtered"] != "passed":
            assert (critical, woken) == (None, [])
            continue
        due, *tasks = wanted["critical"]
        # In the instant in which it is due work ends before it, and patience after it.
        in_time = resolved is not None and resolved <= due and not woken
        gone = abandoned is not None and abandoned < due
        assert critical == (None if in_time or gone or due >= story.end else due)
        began = {planned + i: due + (task[3] if task[2:] else 0) for i, task in enumerate(tasks)}
        last = story.end if abandoned is None else abandoned
        expected = {task: at for task, at in began.items() if critical is not None and (at == due or at < last)}
        assert {row[1]: row[4] for row in woken if row[2] == 0} == expected


# ---------------------------------------------------------------------- people


def _spells(story: Story) -> list[tuple[int, int, int]]:
    """(agent, start, end) of all work and all chores."""
    rows = [(row[3], row[6], row[7]) for row in story.work if row[3] is not None]
    rows += [(agent, start, end) for agent, _, _, start, end in story.chores]
    return sorted((agent, start, story.end if end is None else end) for agent, start, end in rows)


@few
@given(plan=plans())
def test_nobody_is_at_two_tasks_or_chores_at_once(plan: Plan) -> None:
    for (agent, _, end), (other, start, _) in pairwise(_spells(told(plan))):
        assert agent != other or end <= start


@few
@given(plan=plans())
def test_work_ends_with_the_time_of_its_agent_but_for_call_outs(plan: Plan) -> None:
    story = told(plan)
    for i, row in enumerate(story.work):
        duty, last = story.row_duty[i], story.last_segment(i) if row[3] is not None else None
        if row[3] is None:
            assert duty == -1
            continue
        if duty >= 0:
            segment = story.segments[duty]
            assert segment.agent == row[3]
            assert max(segment.start, 0) <= row[6]
        if last is None or last.pause:
            continue  # a call-out, or work that runs into a pause
        overtime = plan.rules["overtime"] >> int(story.priority[row[0]][1]) - 1 & 1
        assert (story.end if row[7] is None else row[7]) <= (last.hard_end if overtime else last.paid_end)


@few
@given(plan=plans())
def test_work_is_handed_over_at_the_end_of_the_paid_time_or_of_overtime(plan: Plan) -> None:
    story = told(plan)
    ends = {(s.agent, end) for s in story.segments if not s.pause for end in (s.paid_end, s.hard_end)}
    handed_over = {(row[3], row[7]) for row in story.work if row[8] == "handed_over"}
    assert handed_over <= ends
    if not plan.rules["overtime"]:
        assert handed_over <= {(s.agent, s.paid_end) for s in story.segments if not s.pause}


@few
@given(plan=plans())
def test_after_the_end_of_a_segment_nobody_begins_anything_but_a_p1_or_what_they_were_paged_for(
    plan: Plan,
) -> None:
    story = told(plan)
    for i, (row, (mode,)) in enumerate(zip(story.work, _modes(story), strict=True)):
        if row[3] is None:
            continue
        duty = story.row_duty[i]
        assert (mode == "call_out") == (duty < 0)
        if duty < 0:
            assert i in story.promised_rows
            assert not any(s.agent == row[3] and s.start < row[6] < s.paid_end for s in story.played_segments)
            continue
        segment = story.segments[duty]
        assert (mode == "overlap") == (row[6] >= segment.end and not segment.pause)
        assert segment.pause or row[6] < segment.paid_end
        in_time = segment.paid_end if story.priority[row[0]] == "P1" else segment.end
        assert row[6] < in_time or i in story.promised_rows


def _modes(story: Story) -> list[tuple[str]]:
    names = ("duty", "overlap", "call_out")
    return [(names[mode],) for mode in story.played.journals.work["mode"].tolist()]


@few
@given(plan=plans())
def test_an_agent_works_on_what_they_take_and_elsewhere_only_for_a_reason(plan: Plan) -> None:
    story = told(plan)
    for i, (ticket, _, _, agent, queued_at, _, start, *_) in enumerate(story.work):
        if agent is None or i in story.promised_rows:
            continue
        assert story.priority[ticket] in story.segments[story.row_duty[i]].takes
        (region, tier), (away, other) = story.home[i], story.pool[agent]
        since = story.escalated[ticket]
        escalated = since is not None and since <= start
        deserted = plan.rules["unstaffed_anywhere"] and any(
            story.deserted((region, tier), t) for t in story.instants() if queued_at <= t <= start
        )
        escalates = not plan.rules["entry_tier_only"] or tier == tasks_of(plan.tickets[ticket]["stages"][0])[0][0]
        widened = escalated and escalates and story.counts(i)
        rule = story.overflow_rule(i)
        overflows = rule is not None and start - _wait_began(story, i) >= rule.after
        helps = plan.rules["up_tier_help"] and away == region
        helps_up = helps or (widened and plan.rules["widens_tier"])
        assert other == tier or (other == tier + 1 < MANAGER and helps_up)
        assert away == region or (widened and plan.rules["widens_region"]) or deserted or overflows


def _wait_began(story: Story, row: int) -> int:
    """When the wait of a row began, of which an escalation may have made two rows."""
    while story.work[row][5] == "escalated":
        row -= 1
    return int(story.work[row][4])


@few
@given(plan=plans())
def test_when_the_agent_left_is_when_the_last_of_their_work_ended(plan: Plan) -> None:
    story = told(plan)
    lefts = story.played.duties("start", "left")
    for number, (segment, (started, left)) in enumerate(zip(story.segments, lefts, strict=True)):
        assert (started is None) == (left is None)
        if left is None:
            continue
        assert left >= min(segment.paid_end, story.end)
        following = [s.start for s in story.played_segments if s.agent == segment.agent and s.start > segment.start]
        latest = min(following, default=FOREVER) if segment.pause else segment.hard_end + plan.rules["write_up"]
        assert left <= min(latest, story.end)
        mine = [row[7] for row, duty in zip(story.work, story.row_duty, strict=True) if duty == number]
        ends = [story.end if end is None else end for end in mine]
        assert left >= min(latest, max(ends, default=0), story.end)


# ---------------------------------------------------------------------- chores


@few
@given(plan=plans())
def test_chores_are_done_within_their_time_and_that_of_their_agent(plan: Plan) -> None:
    story = told(plan)
    duties = story.played.journals.chores["duty"].tolist()
    for (agent, _, due, start, end), duty in zip(story.chores, duties, strict=True):
        segment, until = story.segments[duty], story.end if end is None else end
        assert segment.agent == agent
        assert max(segment.start, due) <= start <= until
        assert start < segment.paid_end
        assert segment.pause or until <= segment.paid_end
    for agent, kind, due in {row[:3] for row in story.chores}:
        wanted = [c for c in plan.chores if (c["agent"], c["kind"], c["start"]) == (agent, kind, due)]
        rows = [row for row in story.chores if row[:3] == (agent, kind, due)]
        took = [(story.end if end is None else end) - start for *_, start, end in rows]
        assert sum(took) <= sum(chore["length"] for chore in wanted)
        assert max((row[4] or 0) for row in rows) <= max(chore["until"] for chore in wanted)


@few
@given(plan=plans())
def test_who_is_free_does_a_chore_that_is_due(plan: Plan) -> None:
    story = told(plan)
    for chore in plan.chores:
        agent, due = chore["agent"], chore["start"]
        rows = [row for row in story.chores if (row[0], row[2]) == (agent, due)]
        if rows or due >= story.end:
            continue
        # It has not begun: as long as the agent was there, they were at something else.
        until = _goes_on_until(story, agent, due)
        for now in story.instants():
            if due <= now < min(chore["until"], until):
                assert agent in story.working(now) or agent in story.at_chores(now)


def _goes_on_until(story: Story, agent: int, instant: int) -> int:
    """Until when an agent who is there at an instant is so without a pause, or that instant."""
    for segment in story.played_segments:
        if segment.agent == agent and segment.start <= instant < segment.paid_end:
            return _goes_on_until(story, agent, segment.end) if segment.pause else segment.paid_end
    return instant


# ---------------------------------------------------------------------- work


@few
@given(plan=plans())
def test_work_takes_what_it_needs_to_the_millisecond(plan: Plan) -> None:
    story = told(plan)
    rules = plan.rules
    for (ticket, task), rows in story.tasks().items():
        left = story.handle(ticket, task)
        for i in rows:
            *_, start, end, how = story.work[i]
            if start is None:
                continue
            pace = story.pace(i)
            wall = max(1, (left * pace + 500) // 1000)
            if how == "done":
                assert end - start == wall
            elif how == "open":
                assert story.end <= start + wall
            else:
                assert end - start <= wall  # in the instant in which it would end, by a P1 that comes before
                left = max(1, left - (end - start) * 1000 // pace)
                loss = rules["preempted_pm" if how == "preempted" else "handed_over_pm"]
                left = max(1, (left * loss + 500) // 1000) + (rules["briefing"] if how == "handed_over" else 0)


@few
@given(plan=plans(without=("paces",)))
def test_what_was_done_adds_up_to_the_tape_and_the_briefings(plan: Plan) -> None:
    story = told(plan)
    for (ticket, task), rows in story.tasks().items():
        stretches = [story.work[i] for i in rows if story.work[i][6] is not None]
        if not stretches or stretches[-1][8] != "done":
            continue
        briefings = plan.rules["briefing"] * sum(row[8] == "handed_over" for row in stretches)
        nothing_left = sum(row[8] in {"preempted", "handed_over"} for row in stretches)  # and yet 1 ms
        done = sum(row[7] - row[6] for row in stretches)
        assert 0 <= done - story.handle(ticket, task) - briefings <= nothing_left


@many
@given(plan=plans())
def test_no_agent_is_idle_while_work_that_they_may_take_waits(plan: Plan) -> None:
    story = told(plan)
    for now in story.instants():
        busy = story.working(now).keys() | story.at_chores(now)
        if not story.take_p1(now) - busy:
            continue
        for i in story.waiting(now):
            if not story.is_in_line(i, now):
                continue
            ticket, task, *_ = story.work[i]
            pools, priority = story.reach(i, now), story.priority[ticket]
            able = [agent for agent in story.take(now, priority) - busy if story.pool[agent] in pools]
            assert not able, f"at {now} ticket {ticket} task {task} waits and agents {able} are idle"


@few
@given(plan=plans(without=("pauses", "pages", "limit")))
def test_no_p1_waits_while_less_urgent_work_of_its_pool_goes_on(plan: Plan) -> None:
    story = told(replace_rules(plan, p1_preempts=True))
    for now in story.instants():
        busy, there, at_chores = story.working(now), story.take(now, "P1"), story.at_chores(now)
        for i in story.waiting(now):
            if story.priority[story.work[i][0]] != "P1":
                continue
            for agent in there:
                if story.pool[agent] == story.home[i] and not _takes_p1_anew(story, agent, i, now):
                    assert agent not in at_chores
                    assert story.level(story.work[busy[agent]][0], now) == 0


def _takes_p1_anew(story: Story, agent: int, row: int, now: int) -> bool:
    """Whether an agent has come to take P1 while a row waited: nobody is interrupted because it has waited.

    What they take changes; in that very instant, too, they take nothing before the change.
    """
    since = _wait_began(story, row)
    changes = [s for s in story.segments if s.agent == agent and s.pause and since <= s.end <= now]
    return any(s.end == since or "P1" not in s.takes for s in changes)


@few
@given(plan=plans())
def test_who_is_interrupted_is_so_by_a_p1_that_comes_and_not_too_often(plan: Plan) -> None:
    story = told(plan)
    most = plan.rules["most_interruptions"]
    for rows in story.tasks().values():
        interrupted = [story.work[i] for i in rows if story.work[i][8] == "preempted"]
        assert plan.rules["p1_preempts"] or not interrupted
        assert most == NO_LIMIT or len(interrupted) <= most
        for row in interrupted:
            reasons = [
                i for i, by in enumerate(story.work)
                if (by[3], by[6]) == (row[3], row[7]) and story.priority[by[0]] == "P1"
            ]  # fmt: skip
            assert any(_comes(story, i) for i in reasons)


def _comes(story: Story, row: int) -> bool:
    """Whether a row begins as it joins the line, or because of a page, or as its pool is left; not after a wait."""
    now = story.work[row][6]
    ends = [(s, {s.end, s.paid_end, *([s.planned_start] if s.rested != "as_planned" else [])}) for s in story.segments]
    left = any(now in instants and story.pool[s.agent] == story.home[row] for s, instants in ends)
    return row in story.promised_rows or story.in_line_since(row) == now or left


SIMPLE_LINES = ("duties", "escalation", "preemption", "pauses", "chores", *HELP)


@few
@given(plan=plans(without=SIMPLE_LINES))
def test_a_line_is_served_by_priority_class_and_waiting_time(plan: Plan) -> None:
    story = told(plan)

    def key(i: int) -> tuple[Any, ...]:
        ticket, task, _, _, queued_at, *_ = story.work[i]
        standard = plan.rules["enterprise_first"] and not plan.tickets[ticket]["enterprise"]
        return story.priority[ticket], standard, queued_at, ticket, task

    for i, taken in enumerate(story.work):
        now = taken[6]
        if now is None:
            continue
        for j in story.waiting(now):
            takes = story.segments[story.row_duty[i]].takes if taken[3] is not None else ""
            mine = story.home[j] == story.home[i] and story.priority[story.work[j][0]] in takes
            if mine and story.work[j][4] < now:
                assert key(i) < key(j)


# ---------------------------------------------------------------------- pages


@few
@given(plan=plans())
def test_an_answered_page_leads_to_work_by_whoever_answered_unless_the_customer_or_the_run_ends_it(
    plan: Plan,
) -> None:
    story = told(plan)
    abandoned = story.played.tickets("abandoned")
    for page in story.pages:
        if page.outcome != "answered" or page.answered is None:
            continue
        begun = [row for row in story.work if row[0] == page.ticket and row[3] == page.agent]
        if any(row[6] >= page.answered for row in begun) or abandoned[page.ticket] != (None,):
            continue
        assert page.agent in story.working(story.end - 1) or page.agent in story.at_chores(story.end - 1)
        assert any(row[0] == page.ticket and row[6:] == (None, None, "open") for row in story.work)


@few
@given(plan=plans())
def test_the_pages_of_a_ticket_follow_each_other_until_one_is_answered(plan: Plan) -> None:
    story = told(plan)
    levels = ("primary", "backup", "global", "lead")
    for ticket, wanted in enumerate(plan.tickets):
        pages = [page for page in story.pages if page.ticket == ticket]
        assert not pages or wanted["pages"] is not None
        steps = [(page.round, levels.index(page.level)) for page in pages]
        assert steps == sorted(set(steps))
        assert all(turn < plan.rules["rounds"] for turn, _ in steps)
        assert all(page.outcome in {"unanswered", "busy"} for page in pages[:-1])
        assert all(page.answered is None or page.sent <= page.answered < story.end for page in pages)
        ends = [_passed_on(story, page) for page in pages]
        assert all(end == after.sent for end, after in zip(ends, pages[1:], strict=False))
        acknowledged = [page.answered for page in pages if page.outcome in {"answered", "not_needed"}]
        assert story.played.tickets("acknowledged")[ticket] == (acknowledged[0] if acknowledged else None,)


def _passed_on(story: Story, page: Page) -> int:
    """When a page that was not answered gave way to the next."""
    if page.outcome == "busy":
        return page.sent if page.answered is None else page.answered
    return page.sent + int(story.plan.rules["page_timers"][int(story.priority[page.ticket][1]) - 1])


@few
@given(plan=plans())
def test_one_page_at_a_time_rings_at_anybody(plan: Plan) -> None:
    story = told(plan)
    rings = [
        (page.agent, page.sent, story.end if page.outcome == "open" else _ring_ends(story, page))
        for page in story.pages
        if page.answered != page.sent and (page.outcome != "busy" or page.answered is not None)
        if (page.round, page.level) != (plan.rules["rounds"] - 1, "lead")  # the last of the chain, who always answers
    ]
    for (agent, _, end), (other, start, _) in pairwise(sorted(rings)):
        assert agent != other or end <= start


def _ring_ends(story: Story, page: Page) -> int:
    return page.answered if page.answered is not None else _passed_on(story, page)


# ---------------------------------------------------------------------- timers


@few
@given(plan=plans())
def test_who_is_not_answered_in_time_gives_up_in_that_instant(plan: Plan) -> None:
    story = told(plan)
    for ticket, wanted in enumerate(plan.tickets):
        ((abandoned,),) = story.played.tickets("abandoned")[ticket : ticket + 1]
        begun = [row for i, row in enumerate(story.work) if row[0] == ticket and row[3] is not None and story.counts(i)]
        touched = min((row[6] for row in begun), default=None)
        limit = None if wanted["patience"] is None else wanted["visible"] + wanted["patience"]
        came = limit is not None and limit < story.end and wanted["filtered"] == "passed"
        assert abandoned == (limit if came and (touched is None or touched > limit) else None)
        assert abandoned is None or touched is None


@few
@given(plan=plans())
def test_a_ticket_escalates_once_and_not_before_its_timer_is_due(plan: Plan) -> None:
    story = told(plan)
    assert all(story.counts(i) for i, row in enumerate(story.work) if "escalated" in {row[5], row[8]})
    for ticket, wanted in enumerate(plan.tickets):
        rows = [row for i, row in enumerate(story.work) if row[0] == ticket and story.counts(i)]
        since = story.escalated[ticket]
        waits = {row[7] for row in rows if row[8] == "escalated"}
        assert waits <= {since}
        if since is None:
            continue
        assert wanted["escalate_at"] is not None
        assert since >= wanted["escalate_at"]
        assert any(row[4] == since for row in rows), "what escalates queues"
        if waits and not any(row[5] in {"returned", "reopened"} and row[4] <= since for row in rows):
            assert since == wanted["escalate_at"]


@few
@given(plan=plans(without=("pages", "critical")))
def test_what_is_in_line_when_the_timer_is_due_escalates(plan: Plan) -> None:
    story = told(replace_rules(plan, entry_tier_only=False))
    for ticket, wanted in enumerate(plan.tickets):
        due = wanted["escalate_at"]
        rows = [row for i, row in enumerate(story.work) if row[0] == ticket and story.counts(i)]
        paused = any(row[5] in {"returned", "reopened"} for row in rows)
        if due is None or due >= story.end or paused:
            continue
        for row in rows:
            gone = row[8] == "dropped" and row[7] == due  # with the last of its tier, in that very instant
            waits = row[4] < due and (row[6] is None or row[6] > due) and (row[7] is None or row[7] >= due)
            if waits and not gone:
                assert row[6:] == (None, due, "escalated")


# ---------------------------------------------------------------------- who is told, and who helps from outside


@few
@given(plan=plans())
def test_work_outside_begins_at_once_takes_nobodys_time_and_is_done_before_its_ticket(plan: Plan) -> None:
    story = told(plan)
    resolved = story.played.tickets("first_resolved")
    for i, (ticket, task, stretch, agent, queued_at, why, start, end, how) in enumerate(story.work):
        if story.kind[i] == "outside":
            assert (stretch, agent, why, start) == (0, None, "arrived", queued_at)
            assert end == _before(story.end, start + story.handle(ticket, task))
            assert how == ("open" if end is None else "done")
            assert resolved[ticket] == (None,) or (end is not None and resolved[ticket] >= (end,))


def _before(run: int, instant: int) -> int | None:
    return instant if instant < run else None


# ---------------------------------------------------------------------- rest


@many
@given(plan=plans(), rest=st.sampled_from((10, 50, 100)))
def test_nobody_comes_before_they_have_rested(plan: Plan, rest: int) -> None:
    story = told(replace_rules(plan, rest=rest))
    for agent, begins, until in _extra_work(story):
        mine = [segment.start for segment in story.played_segments if segment.agent == agent]
        assert not [start for start in mine if begins <= start < min(until + rest, story.end)]


@few
@given(plan=plans(), rest=st.sampled_from((10, 50, 100)))
def test_nobody_comes_later_than_their_rest_says(plan: Plan, rest: int) -> None:
    story = told(replace_rules(plan, rest=rest))
    for segment in story.segments:
        rested = [
            until + rest for agent, begins, until in _extra_work(story)
            if agent == segment.agent and begins < (segment.end if segment.rested == "lost" else segment.start)
        ]  # fmt: skip
        ends = max(rested, default=0)
        if segment.rested == "late":
            assert segment.planned_start < segment.start == ends < segment.end
        elif segment.rested == "lost":
            assert ends >= min(segment.end, story.end)
        else:
            assert segment.start == segment.planned_start


def _extra_work(story: Story) -> list[tuple[int, int, int]]:
    """(agent, start, end) of call-outs, and of overtime with the writing up; without end where it is open."""
    extra = []
    for i, (*_, agent, _, _, start, end, how) in enumerate(story.work):
        last, until = story.last_segment(i) if agent is not None else None, FOREVER if end is None else end
        if agent is not None and story.row_duty[i] < 0:
            extra.append((agent, start, until))
        elif last is not None and not last.pause and min(until, story.end) > last.paid_end:
            writes_up = story.plan.rules["write_up"] if how == "handed_over" else 0
            extra.append((agent, last.paid_end, until + writes_up))
    return extra


@few
@given(plan=plans())
def test_a_run_that_drains_ends_with_the_last_instant_of_its_journals(plan: Plan) -> None:
    story = told(replace_rules(plan, drain=True))
    rows = [*(row[4:8] for row in story.work), *(row[3:] for row in story.chores), *(page[5:7] for page in story.pages)]
    last = max((t for row in rows for t in row if isinstance(t, int)), default=0)
    assert story.end == max(plan.end, last)
