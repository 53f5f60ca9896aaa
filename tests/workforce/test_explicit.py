"""Dated rosters: single rows by hand, days on which clocks change, and what each refusal says."""

from __future__ import annotations

import gzip
import zipfile
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sim.clock import HOUR
from sim.errors import DataError, ScenarioError, StaffingError
from sim.scenario.days_off import clock_of
from sim.workforce.plan import plan_roster
from sim.workforce.roster import COORDINATOR, MANAGER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sim.scenario.schema import Scenario
    from sim.workforce.roster import DutyPlan

    Staffed = Callable[..., Scenario]
    Shifts = dict[str, dict[str, str]]
    Dated = Callable[..., Scenario]

HEADER = "agent,date,shift,region,tier"
TWO = {
    "west": {
        "zone": "America/Los_Angeles",
        "tickets": "1 per hour",
        "shifts": {"D": "06:00-14:00", "N": "22:00-06:00"},
    },
    "east": {"zone": "Asia/Singapore", "tickets": "1 per hour", "shifts": {"D": "08:00-16:00", "N": "00:00-08:00"}},
}


@pytest.fixture
def dated(staffed: Staffed, tmp_path: Path) -> Dated:
    """A scenario whose roster is a table with these rows."""

    def built(rows: list[str], *, header: str = HEADER, changes: dict[str, Any] | None = None, **keys: Any) -> Scenario:
        file = tmp_path / "roster.csv"
        file.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        keys = {"days": 14, "flat": {"west": {"tier1": 1}}, "regions": TWO, **keys}
        explicit = {"mode": "explicit", "explicit": {"file": str(file)}}
        return staffed(**keys).with_({"staffing": explicit}).with_(changes or {})

    return built


def duties(scenario: Scenario, plan: DutyPlan | None = None) -> dict[str, list[str]]:
    """Each agent's duties in UTC, nights marked."""
    plan, clock = plan or plan_roster(scenario), clock_of(scenario)
    told: dict[str, list[str]] = {name: [] for name in plan.agents.name}
    rows = zip(plan.agent.tolist(), plan.start.tolist(), plan.end.tolist(), plan.night.tolist(), strict=True)
    for agent, start, end, night in rows:
        span = f"{clock.instant(start):%m-%d %H:%M} to {clock.instant(end):%m-%d %H:%M}"
        told[plan.agents.name[agent]].append(span + " N" * night)
    return told


def refusals(scenario: Scenario) -> list[str]:
    with pytest.raises(DataError) as caught:
        plan_roster(scenario)
    return [str(problem).split("roster.csv:")[-1] for problem in caught.value.problems]


# ---- rows


def test_a_letter_a_span_a_code_and_days_off(dated: Dated) -> None:
    scenario = dated(
        [
            "Ada,2026-03-03,D,east,tier1",
            "Ada,2026-03-04,09:30-17:00,east,tier1",
            "Ada,2026-03-05,O,east,tier1",
            "Ada,2026-03-06,,east,tier1",
            "Ada,2026-03-09,Late,east,tier1",
            "Ada,2026-03-10,early,east,tier1",
            "Ada,2026-03-11,Leave,east,tier1",
        ],
        changes={"staffing.explicit.shifts": {"Late": "14:00-22:00", "early": "D", "Leave": "O"}},
    )
    assert duties(scenario) == {
        "Ada": [
            "03-03 00:00 to 03-03 08:00",
            "03-04 01:30 to 03-04 09:00",
            "03-09 06:00 to 03-09 14:00",
            "03-10 00:00 to 03-10 08:00",
        ]
    }


def test_managers_and_coordinators_are_in_the_column_of_tiers(dated: Dated) -> None:
    rows = ["Ada,2026-03-03,D,east,coordinator", "Ben,2026-03-03,D,west,Boss", "Cy,2026-03-03,D,east,tier1"]
    plan = plan_roster(dated(rows, changes={"staffing.explicit.tiers": {"Boss": "manager"}}))
    assert plan.agents.name == ("Ada", "Ben", "Cy")
    assert plan.agents.tier.tolist() == [COORDINATOR, MANAGER, 0]
    assert plan.agents.region.tolist() == [1, 0, 1]


def test_dates_are_those_of_the_region(dated: Dated) -> None:
    rows = ["Ada,2026-03-03,12:00-13:00,east,tier1", "Ben,2026-03-03,12:00-13:00,west,tier2"]
    assert duties(dated(rows)) == {"Ada": ["03-03 04:00 to 03-03 05:00"], "Ben": ["03-03 20:00 to 03-03 21:00"]}


def test_a_night_by_its_letter_belongs_to_its_evening_and_a_span_to_its_date(dated: Dated) -> None:
    """In the east the night starts at midnight, 16:00 UTC."""
    rows = [
        "Ada,2026-03-03,N,east,tier1",
        "Ben,2026-03-03,00:00-08:00,east,tier1",
        "Cy,2026-03-03,N,west,tier1",
        "Di,2026-03-03,22:00-06:00,west,tier1",
        "Ed,2026-03-03,22:00-05:00,west,tier1",
        "Flo,2026-03-03,23:00-06:00,west,tier1",
    ]
    assert duties(dated(rows)) == {
        "Ada": ["03-03 16:00 to 03-04 00:00 N"],
        "Ben": ["03-02 16:00 to 03-03 00:00 N"],
        "Cy": ["03-04 06:00 to 03-04 14:00 N"],
        "Di": ["03-04 06:00 to 03-04 14:00 N"],
        "Ed": ["03-04 06:00 to 03-04 13:00"],
        "Flo": ["03-04 07:00 to 03-04 14:00"],
    }


@pytest.mark.parametrize(
    ("zone", "begins", "day", "span", "hours"),
    [
        ("America/Los_Angeles", "evening", "2026-03-07", "22:00-06:00", 7),
        ("America/Los_Angeles", "evening", "2026-10-31", "22:00-06:00", 9),
        ("Europe/London", "midnight", "2026-03-28", "00:00-08:00", 7),
        ("Europe/London", "midnight", "2026-10-24", "00:00-08:00", 9),
        ("Australia/Lord_Howe", "evening", "2026-04-04", "22:00-06:00", 8.5),
    ],
)
def test_a_night_when_clocks_change(
    dated: Dated, shifts: Shifts, zone: str, begins: str, day: str, span: str, hours: float
) -> None:
    """By its letter, and by its span: one that starts at midnight has the next date."""
    here = {"here": {"zone": zone, "tickets": "1 per hour", "shifts": shifts[begins]}}
    first = date.fromisoformat(day)
    written = first + timedelta(days=begins == "midnight")
    rows = [f"Ada,{day},N,here,tier1", f"Ben,{written},{span},here,tier1"]
    keys: dict[str, Any] = {"regions": here, "flat": {"here": {"tier1": 1}}, "start": str(first - timedelta(days=3))}
    plan = plan_roster(dated(rows, **keys))
    assert (plan.end - plan.start).tolist() == [hours * HOUR] * 2
    assert plan.start[0] == plan.start[1]
    assert plan.night.all()


def test_a_span_that_clocks_skip_is_no_duty(dated: Dated) -> None:
    rows = ["Ada,2026-03-08,02:00-03:00,west,tier1", "Ada,2026-03-09,02:00-03:00,west,tier1"]
    assert duties(dated(rows)) == {"Ada": ["03-09 09:00 to 03-09 10:00"]}


def test_people_are_those_of_the_table_in_its_order(dated: Dated) -> None:
    rows = [
        "Zoe,2026-03-04,D,east,tier3",
        "Ada,2026-03-05,O,west,tier1",
        "Zoe,2026-03-02,D,east,tier3",
        "Ben,2026-03-03,D,west,tier1",
    ]
    plan = plan_roster(dated(rows))
    assert plan.agents.name == ("Zoe", "Ada", "Ben")
    assert plan.agents.region.tolist() == [1, 0, 0]
    assert plan.agents.tier.tolist() == [2, 0, 0]
    assert plan.agents.slow_pm.tolist() == [1000] * 3
    assert plan.agent.tolist() == [0, 0, 2]


def test_rows_outside_the_run_are_left_out_and_counted(dated: Dated) -> None:
    """The run covers 2 to 16 March UTC; a duty under way at either end belongs to it, and Ben's ends at its start."""
    rows = [
        "Ada,2026-02-28,D,east,tier1",
        "Ada,2026-03-01,23:00-09:00,east,tier1",
        "Ben,2026-03-02,00:00-08:00,east,tier1",
        "Ada,2026-03-16,07:00-09:00,east,tier1",
        "Ada,2026-03-17,D,east,tier1",
        "Old,2025-03-16,D,east,tier1",
        "Off,2026-02-01,O,east,tier1",
    ]
    plan = plan_roster(dated(rows))
    assert duties(dated(rows), plan) == {"Ada": ["03-01 15:00 to 03-02 01:00", "03-15 23:00 to 03-16 01:00"]}
    assert [notice.split("roster.csv: ")[-1] for notice in plan.notices] == [
        "7 rows read, 1 agent with 2 duties in the run",
        "5 rows left out: outside the run; the run covers 2026-03-02 to 2026-03-16 UTC",
        "3 agents left out: no row within the run",
    ]


# ---- files


@pytest.mark.parametrize("kind", ["csv", "gz", "zip"])
def test_a_table_may_be_packed_and_have_names_of_its_own(dated: Dated, tmp_path: Path, kind: str) -> None:
    text = "Who,When,What,Where,Level,Note\nAda,03/04/2026,Früh,Ost,L1,hm\n"
    file = tmp_path / f"export.{kind}"
    if kind == "gz":
        file.write_bytes(gzip.compress(text.encode()))
    elif kind == "zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("export.csv", text)
    else:
        file.write_text(text, encoding="utf-8")
    explicit = {
        "file": str(file),
        "date_format": "%m/%d/%Y",
        "columns": {"agent": "Who", "date": "When", "shift": "What", "region": "Where", "tier": "Level"},
        "shifts": {"Früh": "D"},
        "regions": {"Ost": "east"},
        "tiers": {"L1": "tier1"},
    }
    assert duties(dated([], changes={"staffing.explicit": explicit})) == {"Ada": ["03-04 00:00 to 03-04 08:00"]}


def test_a_single_region_needs_no_column(dated: Dated, shifts: Shifts) -> None:
    here = {"here": {"zone": "UTC", "tickets": "1 per hour", "shifts": shifts["evening"]}}
    keys: dict[str, Any] = {"regions": here, "flat": {"here": {"tier1": 1}}}
    scenario = dated(["Ada,2026-03-03,D,tier1"], header="agent,date,shift,tier", **keys)
    assert duties(scenario) == {"Ada": ["03-03 06:00 to 03-03 14:00"]}
    (message,) = refusals(dated(["Ada,2026-03-03,D,mars,tier1"], **keys))
    assert message.startswith("2: region: 'mars' (1 row) is none of here")


def test_two_regions_need_the_column(dated: Dated) -> None:
    (message,) = refusals(dated(["Ada,2026-03-03,D,tier1"], header="agent,date,shift,tier"))
    assert message == "1: region: no such column; the file has 'agent', 'date', 'shift', 'tier'"


def test_the_table_is_part_of_the_hash_whatever_its_place(dated: Dated, tmp_path: Path) -> None:
    before = dated(["Ada,2026-03-03,D,east,tier1"])
    (tmp_path / "copy.csv").write_bytes((tmp_path / "roster.csv").read_bytes())
    assert before.with_({"staffing.explicit.file": str(tmp_path / "copy.csv")}).hash == before.hash
    first = before.hash
    assert dated(["Ada,2026-03-04,D,east,tier1"]).hash != first


def test_a_table_that_is_not_there_is_missed_when_the_scenario_is_read(dated: Dated, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"staffing\.explicit\.file: 'rooster\.csv' does not exist") as caught:
        dated(["Ada,2026-03-03,D,east,tier1"], changes={"staffing.explicit.file": str(tmp_path / "rooster.csv")})
    assert caught.value.problems[0].nearest == "roster.csv"


# ---- refusals


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            ["Ada,2026-03-03,D,eastt,tier1"],
            (
                "2: region: 'eastt' (1 row) is none of west, east; say what it means in "
                "staffing.explicit.regions; did you mean east?"
            ),
        ),
        (
            ["Ada,2026-03-03,D,east,tier9"],
            (
                "2: tier: 'tier9' (1 row) is none of tier1, tier2, tier3, tier4, manager, coordinator; "
                "say what it means in staffing.explicit.tiers; did you mean tier4?"
            ),
        ),
        (
            ["Ada,2026-03-03,D,east,"],
            (
                "2: tier: '' (1 row) is none of tier1, tier2, tier3, tier4, manager, coordinator; say what it means in "
                "staffing.explicit.tiers"
            ),
        ),
        (
            ["Ada,2026-03-03,X,east,tier1"],
            (
                "2: shift: must be a shift of east (D, N), a span such as 06:00-14:00, or O "
                "or nothing for a day off; found 'X' (1 row); say what it means in staffing.explicit.shifts"
            ),
        ),
        (
            ["Ada,2026-03-03,d,east,tier1"],
            (
                "2: shift: must be a shift of east (D, N), a span such as 06:00-14:00, or O "
                "or nothing for a day off; found 'd' (1 row); say what it means in staffing.explicit.shifts; "
                "did you mean D?"
            ),
        ),
        (
            ["Ada,3.3.2026,D,east,tier1"],
            (
                "2: date: must hold dates from 1971 to 2199 in ISO 8601, such as 2026-03-02; "
                "say in staffing.explicit.date_format if they have another form, such as %d/%m/%Y; "
                "1 row cannot be read: '3.3.2026' (1 row)"
            ),
        ),
        (
            ["Ada,2026-03-03 06:00,D,east,tier1"],
            ("2: date: must be dates without a time of day; found '2026-03-03 06:00' (1 row like this)"),
        ),
        ([",2026-03-03,D,east,tier1"], "2: agent: must name an agent; 1 row without a name"),
        (["Ada,2026-03-03,D,east"], "2: must have 5 fields as the header has; found 4 (1 row of another length)"),
        (
            ["Ada,2026-03-03,D,east,tier1", "Ben,2026-03-03,D,east,tier1", "Ada,2026-03-04,D,west,tier1"],
            "4: region: 'Ada' is of east on line 2 and of west here: an agent has one region",
        ),
        (
            ["Ada,2026-03-03,D,east,tier1", "Ada,2026-03-04,D,east,tier2"],
            "3: tier: 'Ada' is of tier1 on line 2 and of tier2 here: an agent has one tier",
        ),
        (
            ["Ada,2026-03-03,D,east,tier1", "Ben,2026-03-03,D,east,tier1", "Ada,2026-03-03,D,east,tier1"],
            "4: shift: 'Ada' has the same duty or day off on line 2: take one of the rows out",
        ),
        (
            ["Ada,2026-03-03,O,east,tier1", "Ada,2026-03-03,,east,tier1"],
            "3: shift: 'Ada' has the same duty or day off on line 2: take one of the rows out",
        ),
        (
            ["Ada,2026-03-03,N,east,tier1", "Ada,2026-03-04,00:00-08:00,east,tier1"],
            "3: shift: 'Ada' has the same duty or day off on line 2: take one of the rows out",
        ),
        (
            ["Ada,2026-03-04,D,east,tier1", "Ada,2026-03-03,22:00-10:00,east,tier1"],
            "2: shift: 'Ada' is still on the duty of line 3, until 2026-03-04 10:00: change one of the two",
        ),
    ],
)
def test_a_bad_row_is_told_with_its_line(dated: Dated, rows: list[str], message: str) -> None:
    assert refusals(dated(rows)) == [message]


def test_duties_that_meet_only_when_clocks_go_forward_are_told(dated: Dated) -> None:
    """A span that ends at a skipped 02:30 lasts until 03:30."""
    rows = ["Ada,2026-03-07,18:30-02:30,west,tier1", "Ada,2026-03-08,03:00-11:00,west,tier1"]
    assert refusals(dated(rows)) == [
        "3: shift: 'Ada' is still on the duty of line 2, until 2026-03-08 03:30: change one of the two"
    ]
    assert plan_roster(dated([row.replace("-08,", "-15,").replace("-07,", "-14,") for row in rows]))


def test_two_spans_that_are_one_when_clocks_go_forward_are_told(dated: Dated) -> None:
    rows = ["Ada,2026-03-08,02:30-11:00,west,tier1", "Ada,2026-03-08,03:30-11:00,west,tier1"]
    (message,) = refusals(dated(rows))
    assert message.startswith("3: shift: 'Ada' is still on the duty of line 2")


def test_all_bad_rows_are_told_together(dated: Dated) -> None:
    rows = ["Ada,2026-03-03,X,east,tier1", "Ada,soon,D,east,tier1", "Ada,2026-03-05,D,eats,tier1",
            "Ben,2026-03-05,D,east,1", "Cy,2026-03-05,D,east,tier1", "Cy,2026-03-05,D,east,tier1"]  # fmt: skip
    told = refusals(dated(rows))
    assert sorted(message.split(":")[0] for message in told) == ["2", "3", "4", "5", "7"]


def test_of_many_bad_rows_the_first_are_listed_and_the_others_counted(dated: Dated) -> None:
    rows = [f"P{n},2026-03-03,D,east,tier1" for n in range(40)] * 2
    told = refusals(dated(rows))
    assert len(told) == 6
    assert told[0].startswith("42: shift: 'P0' has the same duty")
    assert told[-1] == "47: shift: … and 35 more like those above"


def test_a_table_without_duties_in_the_run_is_refused(dated: Dated) -> None:
    (message,) = refusals(dated(["Ada,2025-03-03,D,east,tier1", "Ada,2026-03-03,O,east,tier1"]))
    assert message.endswith(
        "staffing.explicit.file: no duty of the table lies in the run: its dates are 2025-03-03 to 2025-03-03, and the "
        "run covers 2026-03-02 to 2026-03-16 UTC; change `horizon`, or name another table"
    )
    (message,) = refusals(dated(["Ada,2026-03-03,O,east,tier1"]))
    assert message.endswith("staffing.explicit.file: the table has only days off: name one with duties")


def test_a_tier_that_tickets_need_must_be_in_the_table(dated: Dated) -> None:
    with pytest.raises(StaffingError, match="tier1 is needed by P1, P2, P3, P4 but has no duty in the run: give it"):
        plan_roster(dated(["Ada,2026-03-03,D,east,tier2"]))


def test_added_crews_come_after_the_people_of_the_table(dated: Dated) -> None:
    add = {"more": {"pattern": "D", "headcount": {"tier1": 1}, "regions": ["west"]}}
    rows = ["Ada,2026-03-03,D,east,tier1", "Ben,2026-03-03,D,west,tier2"]
    alone, more = plan_roster(dated(rows)), plan_roster(dated(rows, changes={"staffing.add": add}))
    assert more.agents.name == ("Ada", "Ben", "west/tier1/more/1")
    assert more.start[:2].tolist() == alone.start.tolist()
    with pytest.raises(StaffingError, match="two agents are called 'west/tier1/more/1': rename the crew in staffing"):
        plan_roster(dated([*rows, "west/tier1/more/1,2026-03-03,D,west,tier1"], changes={"staffing.add": add}))
