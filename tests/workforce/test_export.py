"""The plan as a table, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sim.workforce.export import roster_table
from sim.workforce.plan import plan_roster

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sim.scenario.schema import Scenario
    from sim.workforce.roster import DutyPlan

    Staffed = Callable[..., Scenario]
    Shifts = dict[str, dict[str, str]]


def there_and_back(scenario: Scenario, folder: Path) -> tuple[DutyPlan, DutyPlan]:
    """The plan, and the plan of its table read as a dated roster."""
    plan = plan_roster(scenario)
    file = folder / "roster.csv"
    roster_table(scenario, plan).to_csv(file, index=False)
    explicit = {"mode": "explicit", "explicit": {"file": str(file)}, **({"add": None} if scenario.staffing.add else {})}
    return plan, plan_roster(scenario.with_({"staffing": explicit}))


def same_duties(one: DutyPlan, other: DutyPlan) -> bool:
    assert one.agents.name == other.agents.name
    for name in ("region", "tier"):
        assert getattr(one.agents, name).tolist() == getattr(other.agents, name).tolist()
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("agent", "start", "end", "night"))


@pytest.mark.parametrize("start", ["2026-02-23", "2026-03-23", "2026-09-28", "2026-10-19"])
@pytest.mark.parametrize("begins", ["evening", "midnight"])
def test_duties_survive_being_written_and_read_in_all_zones_when_clocks_change(
    staffed: Staffed, shifts: Shifts, tmp_path: Path, begins: str, start: str
) -> None:
    zones = ["America/Los_Angeles", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe"]
    regions = {f"r{n}": {"zone": z, "tickets": "1 per hour", "shifts": shifts[begins]} for n, z in enumerate(zones)}
    crews = {
        "standard": {"pattern": "standard", "headcount": {"tier1": 21}},
        "resting": {"pattern": "O", "headcount": {"tier2": 1}},
    }
    scenario = staffed(crews, regions=regions, start=start, days=21)
    plan, again = there_and_back(scenario, tmp_path)
    assert same_duties(plan, again)
    assert plan.hash == again.hash
    lengths = set((plan.end - plan.start)[plan.night].tolist())
    assert len(lengths) > 1


def test_a_shift_that_clocks_skip_or_show_twice_survives(staffed: Staffed, tmp_path: Path) -> None:
    odd = {"D": "02:30-10:30", "S": "10:30-24:00", "N": "01:15-02:15"}
    crews = {letter: {"pattern": f"{letter}", "headcount": {"tier1": 1}} for letter in odd}
    for start in ("2026-03-05", "2026-10-29"):
        assert same_duties(*there_and_back(staffed(crews, shifts=odd, start=start, days=7), tmp_path))


def test_added_people_are_in_the_table_and_the_lead_is_not(staffed: Staffed, tmp_path: Path) -> None:
    crew: dict[str, Any] = {
        "pattern": "5D 2O",
        "headcount": {"tier1": 2, "tier3": 1, "manager": 1, "coordinator": 1},
    }
    scenario = staffed({"crew": crew}).with_({"staffing.add": {"more": crew}, "oncall.lead": "here"})
    plan, again = there_and_back(scenario, tmp_path)
    assert same_duties(plan, again)
    assert plan.agents.name[-1] == again.agents.name[-1] == "lead"
    table = roster_table(scenario, plan)
    assert "lead" not in set(table["agent"])
    assert set(table["tier"]) == {"tier1", "tier3", "manager", "coordinator"}


def test_what_a_row_says(staffed: Staffed) -> None:
    """The night of 7 March is an hour shorter; the run starts at 16:00 in Los Angeles."""
    crews = {"night": {"pattern": "N", "headcount": {"tier1": 1}}, "off": {"pattern": "O", "headcount": {"tier2": 1}}}
    table = roster_table(scenario := staffed(crews, start="2026-03-08", days=1), plan_roster(scenario))
    assert table.to_dict("records") == [
        {
            "agent": "here/tier1/night/1", "date": "2026-03-07", "shift": "22:00-06:00", "region": "here",
            "tier": "tier1", "start": "2026-03-07T22:00-08:00", "end": "2026-03-08T06:00-07:00", "night": True,
        },
        {
            "agent": "here/tier2/off/1", "date": "2026-03-07", "shift": "O", "region": "here",
            "tier": "tier2", "start": "", "end": "", "night": False,
        },
    ]  # fmt: skip


def test_a_duty_up_to_midnight_ends_at_24_of_its_date(staffed: Staffed) -> None:
    crews = {"late": {"pattern": "L", "headcount": {"tier1": 1}}}
    scenario = staffed(crews, zone="UTC", shifts={"L": "16:00-24:00"}, days=1)
    (row,) = roster_table(scenario, plan_roster(scenario)).to_dict("records")
    assert (row["date"], row["shift"], row["end"]) == ("2026-03-02", "16:00-24:00", "2026-03-03T00:00+00:00")


def test_a_duty_that_never_ends_is_told_and_not_read_back(staffed: Staffed) -> None:
    scenario = staffed(flat={"here": {"tier1": 1}}, zone="UTC")
    (row,) = roster_table(scenario, plan_roster(scenario)).to_dict("records")
    assert (row["shift"], row["start"], row["end"]) == ("always", "2026-03-02T00:00+00:00", "")


def test_the_hash_tells_plans_apart(staffed: Staffed) -> None:
    crew = {"pattern": "5D 2O", "headcount": {"tier1": 2, "tier3": 2}}
    plain = staffed({"crew": crew})
    hashes = {
        plan_roster(scenario).hash
        for scenario in (
            plain,
            plain.with_({"staffing.crews.crew.speed": 0.5}),
            plain.with_({"staffing.crews.crew.phases": "aligned"}),
            plain.with_({"oncall": {}}),
            plain.with_({"oncall": {"changes_at": "10:00"}}),
        )
    }
    assert len(hashes) == 5
    assert all(len(text) == 12 for text in hashes)
    assert plan_roster(plain).hash == plan_roster(plain.with_({"demand.scale": 2.0})).hash
