"""Compensatory rest: after a call-out or overtime the next duty begins later, or not at all.

Duties are (planned start, planned end, start, end, rested). In these worlds rest is 100 ms, and who is paged answers
after 5.
"""

from __future__ import annotations

from typing import Any

import pytest

P3 = 0b0100
REST = 100


def on_call(world: Any, *duties: tuple[int, int], **rules: Any) -> Any:
    """Agent 0 of tier 3 holds the pager, and has these duties."""
    w = world(**{"rest": REST, "page_timers": (50, 50, 50, -1), **rules})
    w.agent(tier=3, duties=duties)
    w.turn("primary", 0)
    return w


def called(w: Any, created: int, work: int = 20) -> int:
    """A P1 that pages agent 0, who begins 5 ms later."""
    return w.ticket(created, "P1", (3, work), page_at=created, pages=(5, 5))


def duties(played: Any) -> list[Any]:
    return played.duties("planned_start", "planned_end", "start", "end", "rested")


# ---------------------------------------------------------------------- after a call-out


def test_after_a_call_out_the_next_duty_begins_when_the_agent_has_rested(world: Any) -> None:
    w = on_call(world, (200, 400))
    called(w, 130)
    w.ticket(210, "P3", (3, 10))
    played = w.play()
    assert played.modes() == [(0, 0, 135, "call_out"), (1, 0, 255, "duty")]
    assert duties(played) == [(200, 400, 255, 400, "late")]


def test_who_has_rested_by_then_comes_as_planned(world: Any) -> None:
    w = on_call(world, (200, 400))
    called(w, 75)
    assert duties(w.play()) == [(200, 400, 200, 400, "as_planned")]


def test_rest_that_ends_as_the_duty_begins_takes_nothing(world: Any) -> None:
    w = on_call(world, (200, 400))
    called(w, 75)  # until 100
    w.ticket(200, "P3", (3, 10))
    played = w.play()
    assert played.work_of(0)[-1][-2:] == (100, "done")
    assert duties(played) == [(200, 400, 200, 400, "as_planned")]
    assert played.starts()[-1] == (200, 1, 0)


def test_without_the_rule_nobody_rests(world: Any) -> None:
    w = on_call(world, (200, 400), rest=0)
    called(w, 130)
    assert duties(w.play()) == [(200, 400, 200, 400, "as_planned")]


def test_rest_may_eat_a_whole_duty(world: Any) -> None:
    w = on_call(world, (200, 250), (500, 600))
    called(w, 130, work=30)
    w.ticket(205, "P3", (3, 10))
    played = w.play()
    assert duties(played) == [(200, 250, None, None, "lost"), (500, 600, 500, 600, "as_planned")]
    assert played.duties("left") == [(None,), (600,)]
    assert played.starts()[-1] == (500, 1, 0)


def test_a_duty_of_which_rest_leaves_one_millisecond_is_worked(world: Any) -> None:
    w = on_call(world, (200, 256))
    called(w, 130)
    assert duties(w.play()) == [(200, 256, 255, 256, "late")]


def test_a_duty_that_ends_as_the_rest_does_is_lost(world: Any) -> None:
    w = on_call(world, (200, 255))
    called(w, 130)
    assert duties(w.play()) == [(200, 255, None, None, "lost")]


def test_rest_that_leaves_only_the_overlap_leaves_nothing(world: Any) -> None:
    w = world(rest=REST, page_timers=(50, 50, 50, -1))
    w.agent(tier=3, duties=[(200, 250)], overlap=50)
    w.turn("primary", 0)
    called(w, 130)
    w.ticket(260, "P1", (3, 10))
    played = w.play()
    assert duties(played) == [(200, 250, None, None, "lost")]
    assert played.starts() == [(135, 0, 0)]


def test_a_call_out_that_runs_into_the_duty_is_followed_by_rest(world: Any) -> None:
    w = on_call(world, (200, 400))
    called(w, 180, work=40)
    w.ticket(210, "P3", (3, 10))
    played = w.play()
    assert played.work == [
        (0, 0, 0, 0, 180, "arrived", 185, 225, "done"),
        (1, 0, 0, 0, 210, "arrived", 325, 335, "done"),
    ]
    assert duties(played) == [(200, 400, 325, 400, "late")]


def test_a_call_out_that_lasts_through_the_duty_is_no_duty(world: Any) -> None:
    w = on_call(world, (200, 300))
    called(w, 180, work=200)
    assert duties(w.play()) == [(200, 300, None, None, "lost")]


def test_a_call_out_that_ends_as_the_duty_begins_is_followed_by_rest(world: Any) -> None:
    w = on_call(world, (200, 400))
    called(w, 175)
    assert duties(w.play()) == [(200, 400, 300, 400, "late")]


def test_who_is_called_out_again_while_they_rest_rests_anew(world: Any) -> None:
    w = on_call(world, (200, 400))
    called(w, 130)
    called(w, 210)
    played = w.play()
    assert played.modes() == [(0, 0, 135, "call_out"), (1, 0, 215, "call_out")]
    assert duties(played) == [(200, 400, 335, 400, "late")]


def test_an_answer_that_was_not_needed_is_no_reason_to_rest(world: Any) -> None:
    w = world(rest=REST, page_timers=(50, 50, 30, -1))
    w.agent(tier=3, duties=[(200, 400)])
    w.turn("primary", 0)
    w.agent(tier=1, duties=[(152, 170)])
    w.ticket(140, "P3", (1, 5), page_at=150, pages=(8, 8))
    played = w.play()
    assert [row[-1] for row in played.pages] == ["not_needed"]
    assert duties(played)[0] == (200, 400, 200, 400, "as_planned")


def test_work_on_duty_is_no_reason_to_rest(world: Any) -> None:
    w = on_call(world, (0, 150), (200, 400))
    called(w, 140, work=8)
    assert duties(w.play())[1] == (200, 400, 200, 400, "as_planned")


def test_of_a_duty_with_a_pause_each_part_is_looked_at_anew(world: Any) -> None:
    w = world(rest=REST, page_timers=(50, 50, 50, -1))
    w.agent(tier=3, duties=[(200, 400)], pauses=[(250, 260)])
    w.turn("primary", 0)
    called(w, 130)  # until 155: rests until 255
    w.ticket(205, "P3", (3, 10))
    played = w.play()
    assert duties(played) == [(200, 250, None, None, "lost"), (260, 400, 260, 400, "as_planned")]
    assert played.starts()[-1] == (260, 1, 0)


def test_who_came_late_has_the_pause_like_others(world: Any) -> None:
    w = world(rest=REST, page_timers=(50, 50, 50, -1))
    w.agent(tier=3, duties=[(200, 400)], pauses=[(300, 320)])
    w.turn("primary", 0)
    called(w, 130)
    w.ticket(305, "P3", (3, 10))
    played = w.play()
    assert duties(played) == [(200, 300, 255, 300, "late"), (320, 400, 320, 400, "as_planned")]
    assert played.starts()[-1] == (320, 1, 0)


def test_rest_within_a_change_of_what_is_served(world: Any) -> None:
    w = world(rest=REST, page_timers=(50, 50, 50, -1))
    w.agent(tier=3, duties=[(200, 400)], changes=[(240, "P1"), (300, "P1 P2 P3 P4")])
    w.turn("primary", 0)
    called(w, 130)  # rests until 255
    w.ticket(245, "P3", (3, 10))
    played = w.play()
    assert duties(played) == [
        (200, 240, None, None, "lost"), (240, 300, 255, 300, "late"), (300, 400, 300, 400, "as_planned")
    ]  # fmt: skip
    assert played.starts()[-1] == (300, 1, 0)


# ---------------------------------------------------------------------- after overtime


def test_after_overtime_the_next_duty_begins_when_the_agent_has_rested(world: Any) -> None:
    w = world(rest=REST, overtime=P3)
    w.agent(duties=[(0, 50), (120, 300)], overtime=60)
    w.ticket(40, "P3", (1, 30))
    assert duties(w.play()) == [(0, 50, 0, 50, "as_planned"), (120, 300, 170, 300, "late")]


def test_work_that_is_finished_in_the_overlap_is_no_overtime(world: Any) -> None:
    w = world(rest=REST, overtime=P3)
    w.agent(duties=[(0, 50), (120, 300)], overlap=30, overtime=30)
    w.ticket(40, "P3", (1, 30))
    assert duties(w.play())[1] == (120, 300, 120, 300, "as_planned")


def test_overtime_that_reaches_its_limit_counts_with_the_write_up(world: Any) -> None:
    w = world(rest=REST, overtime=P3, write_up=7)
    w.agent(duties=[(0, 50), (120, 300)], overtime=20)
    w.ticket(40, "P3", (1, 100))
    played = w.play()
    assert played.work_of(0)[0][-2:] == (70, "handed_over")
    assert duties(played)[1] == (120, 300, 177, 300, "late")


def test_who_hands_over_as_planned_does_not_rest_for_the_write_up(world: Any) -> None:
    w = world(rest=REST, write_up=7)
    w.agent(duties=[(0, 50), (120, 300)])
    w.ticket(40, "P3", (1, 100))
    assert duties(w.play())[1] == (120, 300, 120, 300, "as_planned")


# ---------------------------------------------------------------------- what follows for the others


def test_where_the_only_one_rests_the_pool_is_unstaffed_and_work_goes_elsewhere(world: Any) -> None:
    w = world(regions=2, rest=REST, page_timers=(50, 50, 50, -1))
    w.agent(tier=3, duties=[(200, 400)])
    w.agent(tier=3, region=1)
    w.turn("primary", 0)
    called(w, 130)
    w.ticket(205, "P3", (3, 10))
    assert w.play().starts()[-1] == (205, 1, 1)


def test_what_waits_when_somebody_should_have_come_is_offered_elsewhere(world: Any) -> None:
    w = world(regions=2, rest=REST, page_timers=(50, 50, 50, -1))
    w.agent(tier=3, duties=[(200, 400)])
    w.agent(tier=3, duties=[(0, 200)])
    w.agent(tier=3, region=1)
    w.turn("primary", 0)
    called(w, 130, work=60)  # agent 1 is free, but the page asks for agent 0
    w.ticket(150, "P3", (3, 80))  # agent 1 hands it over at 200, when agent 0 should come
    played = w.play()
    assert played.work_of(1) == [
        (0, 0, 1, 150, "arrived", 150, 200, "handed_over"),
        (0, 1, 2, 200, "handed_over", 200, 230, "done"),
    ]


def test_of_several_who_should_come_the_one_who_has_rested_takes_the_work(world: Any) -> None:
    w = world(regions=2, rest=REST, page_timers=(50, 50, 50, -1))
    w.agent(tier=3, duties=[(200, 400)])
    w.agent(tier=3, duties=[(200, 400)])
    w.agent(tier=3, region=1)
    w.turn("primary", 0)
    called(w, 130)
    w.ticket(200, "P3", (3, 10))
    assert w.play().starts()[-1] == (200, 1, 1)


def test_who_rests_is_not_in_the_meeting_and_reviews_nothing_until_they_come(world: Any) -> None:
    w = on_call(world, (200, 400))
    called(w, 130)
    w.chore(0, 200, 10, until=300, kind="meeting")
    w.chore(0, 230, 10, until=300)
    w.chore(0, 260, 10, until=300)
    assert w.play().chores == [(0, "review", 260, 260, 270)]


def test_in_the_instant_in_which_somebody_comes_late_they_take_what_waits(world: Any) -> None:
    w = on_call(world, (200, 400))
    called(w, 130)
    w.ticket(240, "P3", (3, 10))
    w.ticket(255, "P4", (3, 10))
    assert w.play().starts() == [(135, 0, 0), (255, 1, 0), (265, 2, 0)]


def test_who_comes_as_planned_comes_before_who_comes_late(world: Any) -> None:
    w = on_call(world, (200, 400))
    w.agent(tier=3, duties=[(255, 400)])
    called(w, 130)
    w.ticket(240, "P3", (3, 10))
    assert w.play().starts() == [(135, 0, 0), (255, 1, 1)]


def test_who_comes_late_relieves_nobody_who_goes_in_that_instant(world: Any) -> None:
    w = on_call(world, (200, 400), regions=2)
    w.agent(tier=3, duties=[(0, 255)])
    w.agent(tier=3, region=1)
    called(w, 130)
    w.ticket(250, "P3", (3, 20))
    assert w.play().work_of(1) == [
        (0, 0, 1, 250, "arrived", 250, 255, "handed_over"),
        (0, 1, 2, 255, "handed_over", 255, 270, "done"),
    ]


def test_who_comes_late_ends_as_planned(world: Any) -> None:
    w = world(rest=REST, page_timers=(50, 50, 50, -1), overtime=P3)
    w.agent(tier=3, duties=[(200, 300)], overlap=10, overtime=40)
    w.turn("primary", 0)
    called(w, 130)
    w.ticket(290, "P3", (3, 30))
    played = w.play()
    assert played.duties("start", "end", "left") == [(255, 300, 320)]


@pytest.mark.parametrize("end", [200, 230, 255])
def test_a_run_that_ends_before_they_come(world: Any, end: int) -> None:
    w = on_call(world, (200, 400), end=end)
    called(w, 130)
    played = w.play()
    rested = "as_planned" if end == 200 else "lost"
    assert duties(played) == [(200, 400, None, None, rested)]
