"""The worst hours, and what is advised."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sim.report.advice import Pool, advice, late_by_hour, late_tiers, pools, worst_hours

BANDS = (70.0, 80.0, 90.0)


def sla(*rows: tuple[str, int, float, float]) -> pd.DataFrame:
    """(region, hour of the week, due, met)."""
    return pd.DataFrame(
        {"region": region, "hour_of_week": hour, "measure": measure, "mean": value}
        for region, hour, due, met in rows
        for measure, value in (("response.due", due), ("response.met", met))
    )


def staffing(*rows: tuple[str, int, str, float, float]) -> pd.DataFrame:
    """(region, hour of the week, tier, on duty, offered)."""
    return pd.DataFrame(
        {"region": region, "hour_of_week": hour, "tier": tier, "measure": measure, "mean": value}
        for region, hour, tier, on_duty, offered in rows
        for measure, value in (("on_duty", on_duty), ("offered", offered))
    )


def backlog(*rows: tuple[str, int, str, float]) -> pd.DataFrame:
    """(region, hour of the week, tier, waiting)."""
    return pd.DataFrame(
        {"region": region, "hour_of_week": hour, "tier": tier, "measure": "waiting", "mean": value}
        for region, hour, tier, value in rows
    )


def by_tier(*rows: tuple[str, float, float]) -> pd.DataFrame:
    """(tier, due, met)."""
    return pd.DataFrame(
        {"tier": tier, "measure": measure, "mean": value}
        for tier, due, met in rows
        for measure, value in (("response.due", due), ("response.met", met))
    )


EVERY = ("tier1", "tier2", "tier3", "tier4")
TABLES: dict[str, Any] = {
    "sla_by_region_hour": sla(("east", 3, 10, 9), ("east", 134, 8, 2), ("west", 5, 4, 4), ("west", 6, 1, 0.99)),
    "staffing_by_region_hour_tier": staffing(("east", 134, "tier1", 4, 2), ("east", 134, "tier2", 1, 1.5),
                                             ("east", 3, "tier1", 4, 2)),
    "sla_by_tier": by_tier(("tier1", 200, 200), ("tier2", 40, 33), ("tier3", 9, 9)),
    "backlog_by_region_hour_tier": backlog(("east", 134, "tier2", 0.4), ("east", 134, "tier1", 0.3),
                                           ("east", 3, "tier1", 0)),
}  # fmt: skip


def test_hours_are_in_the_order_of_late_responses() -> None:
    late = late_by_hour(TABLES)
    assert late["hour_of_week"].tolist() == [134, 3, 6, 5]
    assert late["late"].tolist() == pytest.approx([6, 1, 0.01, 0])


def test_the_worst_hours_are_told_with_their_share_and_hardly_late_ones_are_not() -> None:
    first, second = worst_hours(TABLES, BANDS)
    assert (first.region, first.when, first.due, first.late, first.share) == ("east", "Sat 14-15", 8, 6, 75)
    assert first.advice.startswith("Tier 2 gets work for 1.5 agents and has 1.0.")
    assert (second.when, second.late) == ("Mon 03-04", 1)
    assert len(worst_hours(TABLES, BANDS, most=1)) == 1


def test_pools_of_an_hour_are_read_off_the_table() -> None:
    assert pools(TABLES, "east", 134) == [Pool("tier1", 4, 2, 0.3), Pool("tier2", 1, 1.5, 0.4)]


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        ([Pool("tier2", 1, 1.5, 0)], "1 more would bring its load to 75 %; or let another region help sooner"),
        ([Pool("tier2", 2, 3.6, 0)], "3 more would bring its load to 72 %"),
        ([Pool("tier1", 10, 9, 0)], "2 more would bring its load to 75 %"),
        ([Pool("tier1", 10, 8.9, 0)], "Tier 1 has a load of 89 % and no slack for a bad hour"),
        ([Pool("tier1", 10, 8, 0)], "Tier 1 has a load of 80 % and no slack"),
        ([Pool("tier1", 10, 7.9, 0), Pool("tier2", 2, 1, 0)], "tier 1 has the longest line, and a load of 79 %."),
        ([Pool("tier1", 10, 6, 8), Pool("tier2", 2, 1.9, 1)], "average: tier 1 has the longest line"),
        ([Pool("tier1", 10, 9.5, 51), Pool("tier2", 2, 3, 1)], "Tier 1 gets work for 9.5 agents and has 10"),
        ([Pool("tier1", 10, 8, 51), Pool("tier2", 2, 3, 1)], "Tier 1 has a line of other hours: 51 tasks wait"),
        ([Pool("tier1", 0, 1, 0), Pool("tier2", 0, 0, 0)], "Nobody at all is on duty. Nobody of tier 1 is on duty"),
        ([Pool("tier1", 1, 0.2, 0), Pool("tier3", 0, 0.5, 0), Pool("tier4", 0, 0.2, 0)], "Nobody of tier 3 and tier 4"),
    ],
)  # fmt: skip
def test_advice_follows_the_longest_line_and_then_the_load(hour: list[Pool], said: str) -> None:
    assert said in advice(hour, BANDS, EVERY)


def test_a_line_of_tickets_that_are_not_late_is_not_what_is_wrong() -> None:
    hour = [Pool("tier1", 10, 8, 51), Pool("tier2", 2, 1.9, 3)]
    assert advice(hour, BANDS, {"tier2"}).startswith("Tier 2 gets work for 1.9 agents and has 2.0.")
    assert advice(hour, BANDS, {"tier3"}).startswith("Tier 1 has a line")  # nobody of tier 3 is there


def test_late_tickets_enter_at_tiers_with_more_than_a_few() -> None:
    assert late_tiers(TABLES) == {"tier2"}
    few = by_tier(("tier1", 100, 99), ("tier2", 100, 60), ("tier3", 100, 98), ("tier4", 0, 0))
    assert late_tiers({"sla_by_tier": few}) == {"tier2"}
    assert late_tiers({"sla_by_tier": by_tier(("tier1", 100, 80), ("tier2", 100, 60))}) == {"tier1", "tier2"}


def test_a_tier_that_gets_next_to_nothing_is_not_missed() -> None:
    assert "Nobody" not in advice([Pool("tier1", 1, 0.2, 0), Pool("tier4", 0, 0.09, 0)], BANDS, EVERY)
    assert "Nobody of tier 4" in advice([Pool("tier1", 1, 0.2, 0), Pool("tier4", 0, 0.09, 40)], BANDS, EVERY)


def test_bands_of_the_scenario_decide() -> None:
    assert "no slack" in advice([Pool("tier1", 10, 6.5, 0)], (50, 60, 70), EVERY)
    assert "more would bring" in advice([Pool("tier1", 10, 7, 0)], (50, 60, 70), EVERY)
