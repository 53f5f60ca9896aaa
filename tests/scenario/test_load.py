from __future__ import annotations

import copy
import json
import pickle
import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import cloudpickle
import numpy as np
import pytest

from sim.clock import HOUR, MINUTE
from sim.errors import Problem, ScenarioError
from sim.scenario.load import from_data, load
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[..., str]
    Complaint = Callable[[str, str], str]
    Problems = Callable[..., tuple[Problem, ...]]


def texts(problems: tuple[Problem, ...]) -> list[str]:
    return [str(problem) for problem in problems]


# ---- what is right ---------------------------------------------------------------------------------------------------


def test_a_file_becomes_a_scenario(world: str) -> None:
    scenario = load(world)
    assert scenario.name == "world"
    assert scenario.path == Path(world).absolute()
    assert scenario.trail == ()
    assert scenario.horizon.start == date(2026, 3, 2)
    assert scenario.regions["apac"].tickets == pytest.approx(2)
    assert scenario.work.handle["tier2"].mean == 90 * MINUTE
    assert scenario.policy.escalation.raise_ is True
    assert scenario.staffing.crews["day"].pattern == "DDDDDOO"


def test_the_file_may_name_the_scenario(write: Write, world: str) -> None:
    named = Path(world).read_text(encoding="utf-8").replace("question:", "name: Spring\nquestion:")
    assert load(write(named)).name == "Spring"


def test_no_means_norway_and_half_past_ten_is_a_text(world: str) -> None:
    assert load(world, ["regions.emea.country=NO"]).regions["emea"].country == "NO"
    with pytest.raises(ScenarioError, match=r"^--set: horizon.days: must be a whole number; found '22:30'$"):
        load(world, ["question=22:30", "horizon.days=22:30"])


def test_a_long_scenario_loads_fast(write: Write, world: str) -> None:
    crew = "    crew{n}:\n      pattern: 5D 2O\n      headcount: {{tier1: 4, tier2: 2}}\n"
    path = write(Path(world).read_text(encoding="utf-8") + "".join(crew.format(n=n) for n in range(80)))
    load(path)  # imports, and looks through the time zones

    def seconds() -> float:
        start = perf_counter()
        load(path)
        return perf_counter() - start

    assert min(seconds() for _ in range(3)) < 0.1


def test_the_schema_loads_nothing_heavy() -> None:
    heavy = "{'pandas', 'scipy', 'holidays', 'yaml', 'matplotlib'}"
    program = f"import sys, sim.scenario.schema; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == "[]"


# ---- files that extend others ----------------------------------------------------------------------------------------


def test_a_child_overrides_some_keys(child: Callable[[str], str]) -> None:
    scenario = load(
        child("""\
        question: What if Asia closes?
        horizon: {days: 28}
        regions:
          apac: null
        demand: {events: {launch: {regions: []}}}
        targets: {response: {P3: 4 h}}
        """)
    )
    assert [str(override) for override in scenario.trail] == [
        "horizon.days: 14 → 28",
        "regions.apac: {zone: Asia/Singapore, shifts: {D: 06:00-14:00, S: 14:00-22… → (removed)",
        "demand.events.launch.regions: [emea] → []",
        "targets.response.P3: (not set) → 4 h",
    ]
    assert [(override.where, override.line) for override in scenario.trail] == [
        ("child.yaml", 3), ("child.yaml", 5), ("child.yaml", 6), ("child.yaml", 7),
    ]  # fmt: skip
    assert (scenario.name, scenario.question) == ("child", "What if Asia closes?")
    assert list(scenario.regions) == ["emea"]
    assert scenario.targets.response == {"P1": 15 * MINUTE, "P2": HOUR, "P3": 4 * HOUR}


@pytest.mark.usefixtures("world")
def test_name_and_question_are_not_handed_down(write: Write) -> None:
    write("extends: world.yaml\nname: Middle\nquestion: Why?\n", "middle.yaml")
    scenario = load(write("extends: middle.yaml\n", "end.yaml"))
    assert (scenario.name, scenario.question, scenario.trail) == ("end", "", ())


@pytest.mark.usefixtures("world")
def test_overrides_are_listed_from_the_base_on(write: Write) -> None:
    write("extends: ../world.yaml\ndemand: {scale: 1.1}\n", "what_if/middle.yaml")
    path = write("extends: what_if/middle.yaml\ndemand: {scale: 1.2}\n", "end.yaml")
    scenario = load(path, ["demand.scale=1.3"])
    assert [(str(override), override.where, override.line) for override in scenario.trail] == [
        ("demand.scale: 1.0 → 1.1", "what_if/middle.yaml", 2),
        ("demand.scale: 1.1 → 1.2", "end.yaml", 2),
        ("demand.scale: 1.2 → 1.3", "--set", 0),
    ]


def test_what_stays_the_same_is_no_override(child: Callable[[str], str]) -> None:
    assert load(child("horizon: {days: 14}\n")).trail == ()


@pytest.mark.usefixtures("world")
def test_a_problem_names_the_file_that_wrote_the_value(write: Write, problems: Problems) -> None:
    write("extends: ../world.yaml\nhorizon:\n  dayz: 3\n", "what_if/middle.yaml")
    path = write("extends: what_if/middle.yaml\ndemand:\n  scale: -1\n", "end.yaml")
    assert texts(problems(path, ["horizon.drain=5"])) == [
        "end.yaml:3: demand.scale: must be 0 or more; found -1",
        (
            "what_if/middle.yaml:3: horizon.dayz: unknown key; known here: start, days, warmup_days, drain;"
            " did you mean days?"
        ),
        "--set: horizon.drain: must be true or false; found 5",
    ]


def test_a_missing_parent_is_reported_where_it_is_named(write: Write, problems: Problems) -> None:
    write("", "baseline.yaml")
    assert texts(problems(write("# a what-if\nextends: basline.yaml\n"))) == [
        "a.yaml:2: extends: 'basline.yaml' does not exist; did you mean baseline.yaml?"
    ]


def test_what_a_missing_parent_cannot_excuse_is_reported_as_well(write: Write, problems: Problems) -> None:
    text = "extends: nowhere/base.yaml\nhorizon: {days: 0, dayz: 1}\ndemand: {priorities: {P1: 2 %}}\n"
    assert texts(problems(write(text))) == [
        "a.yaml:1: extends: 'base.yaml' does not exist: there is no folder 'nowhere'",
        "a.yaml:2: horizon.days: must be 1 or more; found 0",
        "a.yaml:2: horizon.dayz: unknown key; known here: start, days, warmup_days, drain; did you mean days?",
    ]


def test_a_misspelt_extends_does_not_make_everything_missing(write: Write, problems: Problems) -> None:
    (message,) = texts(problems(write("extend: world.yaml\ndemand: {scale: 2}\n")))
    assert message.startswith("a.yaml:1: extend: unknown key; known here: name, question, horizon, ")
    assert message.endswith("; did you mean extends?")


@pytest.mark.parametrize(
    ("files", "circle"),
    [
        ({"a.yaml": "extends: a.yaml"}, "a.yaml:1: extends: goes round in a circle (a.yaml → a.yaml)"),
        (
            {"a.yaml": "extends: b/c.yaml", "b/c.yaml": "\nextends: ../a.yaml"},
            "b/c.yaml:2: extends: goes round in a circle (a.yaml → c.yaml → a.yaml)",
        ),
    ],
)
def test_a_circle_of_parents_is_reported(write: Write, problems: Problems, files: dict[str, str], circle: str) -> None:
    for name, text in files.items():
        write(text, name)
    assert texts(problems("a.yaml")) == [f"{circle}: one of these files must extend no other"]


def test_a_chain_of_parents_ends_somewhere(write: Write, problems: Problems) -> None:
    for n in range(30):
        write(f"extends: {n + 1}.yaml\n", f"{n}.yaml")
    assert texts(problems("0.yaml")) == ["19.yaml:1: extends: goes on for more than 20 files: merge some of them"]


@pytest.mark.parametrize(("value", "found"), [("[a.yaml, b.yaml]", "a list"), ("5", "5"), ("''", "''"), ("", "null")])
def test_a_parent_is_one_file(write: Write, problems: Problems, value: str, found: str) -> None:
    assert texts(problems(write(f"extends: {value}\n"))) == [
        f"a.yaml:1: extends: must be the name of one file, such as baseline.yaml; found {found}"
    ]


def test_a_parent_with_a_tag_hides_nothing_else(write: Write, problems: Problems) -> None:
    assert texts(problems(write("extends: !!str a.yaml\ndemand: {scale: -1}\n"))) == [
        "a.yaml:1: extends: the tag !!str is not allowed: a scenario is plain data, and nothing in it is run",
        "a.yaml:2: demand.scale: must be 0 or more; found -1",
    ]


def test_a_syntax_error_in_a_parent_names_the_parent(write: Write, problems: Problems) -> None:
    write("a: [", "base.yaml")
    (message,) = texts(problems(write("extends: base.yaml\n")))
    assert message.startswith("base.yaml:1: is not valid YAML: ")


# ---- what is wrong in a file -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "days: 14",
            "dayz: 14",
            "a.yaml:5: horizon.dayz: unknown key; known here: start, days, warmup_days, drain; did you mean days?",
        ),
        (
            "raise: true",
            "rise: true",
            (
                "a.yaml:47: policy.escalation.rise: unknown key; "
                "known here: after, raise, widen_tier, widen_region, entry_tier_only; did you mean raise?"
            ),
        ),
        (
            "raise: true",
            "raise_: true",
            (
                "a.yaml:47: policy.escalation.raise_: unknown key; "
                "known here: after, raise, widen_tier, widen_region, entry_tier_only; did you mean raise?"
            ),
        ),
        (
            "mean: 20 min",
            "mean: 20 minuts",
            (
                "a.yaml:40: work.handle.tier1.mean: must be a duration with its unit, such as 15 min, 8 h or 2 d; "
                "found '20 minuts'; did you mean minutes?"
            ),
        ),
        ("scale: 1.0", "scale: .nan", "a.yaml:20: demand.scale: must be a finite number; found nan"),
        ("scale: 1.0", "scale: -.inf", "a.yaml:20: demand.scale: must be a finite number; found -inf"),
        ("scale: 1.0", "scale: 1,5", "a.yaml:20: demand.scale: must be a number; found '1,5'"),
        ("scale: 1.0", "scale: 1001", "a.yaml:20: demand.scale: must be 1000 or less; found 1001"),
        (
            "tickets: 6 per hour",
            "tickets: -6 per hour",
            (
                "a.yaml:12: regions.emea.tickets: must be a rate ≥ 0 with its unit, such as 6 per hour or 263 per day; "
                "found '-6 per hour'"
            ),
        ),
        (
            "P1: 2 %",
            "P1: 3 %",
            "a.yaml:29: demand.priorities: the shares must sum to 1 (100 %); they sum to 1.01",
        ),
        (
            "zone: Europe/London",
            "zone: Europe/Lundon",
            (
                "a.yaml:9: regions.emea.zone: must be an IANA time zone such as Europe/London; "
                "found 'Europe/Lundon'; did you mean Europe/London?"
            ),
        ),
        (
            "S: 14:00-22:00",
            "S: 13:00-22:00",
            "a.yaml:11: regions.emea.shifts: shifts must not overlap: D runs into S",
        ),
        (
            "S: 14:00-22:00",
            "O: 14:00-22:00",
            (
                "a.yaml:11: regions.emea.shifts.O: the key must be one capital letter, but not O, "
                "which stands for a day off; found 'O'"
            ),
        ),
        (
            "  apac:",
            "  asia pacific:",
            (
                "a.yaml:15: regions.asia pacific: the key must be a name: a letter, then up to 39 letters, "
                "digits, _ or -; "
                "found 'asia pacific'"
            ),
        ),
        (
            "country: GB",
            "country: gb",
            (
                "a.yaml:10: regions.emea.country: must be two capitals for a country, such as US, or with a "
                "subdivision, "
                "such as US-CA; found 'gb'"
            ),
        ),
        (
            "tier1: 4, tier2: 2",
            "teir1: 4, tier2: 2",
            (
                "a.yaml:53: staffing.crews.day.headcount.teir1: unknown key; known here: tier1, tier2, tier3, tier4, "
                "manager, coordinator; did you mean tier1?"
            ),
        ),
        (
            "tiers: [tier1, tier2]",
            "tiers: [tier1, teir2]",
            (
                "a.yaml:37: work.routes.P3.tiers[1]: must be one of tier1, tier2, tier3, tier4; found 'teir2'; "
                "did you mean tier2?"
            ),
        ),
        (
            "mode: pattern",
            "mode: patern",
            (
                "a.yaml:49: staffing.mode: must be one of flat, pattern, cover, explicit; "
                "found 'patern'; did you mean pattern?"
            ),
        ),
        (
            "mode: pattern",
            "mode: 5",
            "a.yaml:49: staffing.mode: must be one of flat, pattern, cover, explicit; found 5",
        ),
        ("days: 14", "days: 14.0", "a.yaml:5: horizon.days: must be a whole number; found 14.0"),
        ("days: 14", "days: true", "a.yaml:5: horizon.days: must be a whole number; found true"),
        ("raise: true", "raise: yes", "a.yaml:47: policy.escalation.raise: must be true or false; found 'yes'"),
        ("Does it load?", "5", "a.yaml:2: question: must be text; found 5: put it in quotes"),
        (
            "regions: [emea]}",
            "regions: emea}",
            "a.yaml:28: demand.events.launch.regions: must be a list, such as [a, b]; found 'emea'",
        ),
        (
            "hours: [1, 1,",
            "hours: [1,",
            "a.yaml:24: demand.profiles.office.hours: must have at least 24 values; it has 23",
        ),
        (
            "hours: [1, 1,",
            "hours: [x, 1,",
            "a.yaml:24: demand.profiles.office.hours[0]: must be a number; found 'x'",
        ),
        (
            "  start: 2026-03-02\n",
            "",
            (
                "a.yaml:3: horizon.start: is missing: first day that is measured; it starts at 00:00 UTC, "
                "and the warm-up runs before it"
            ),
        ),
        (
            "    email: {share: 60 %}",
            "    email:",
            (
                "a.yaml:31: demand.channels.email: must be a mapping of keys to values; found null: "
                "null takes a key of the parent file away, and there is none"
            ),
        ),
        (
            "solved: [85 %]",
            "solved: []",
            "a.yaml:37: work.routes.P3: `solved` must have 1 values: one for each tier but the last",
        ),
        (
            "2026-03-17: Saint",
            "17.3.2026: Saint",
            "a.yaml:26: demand.holidays.emea.17.3.2026: the key must be a date such as 2026-03-02; found '17.3.2026'",
        ),
        (
            "log_sd: 0.9, longest: 12 h",
            "family: gamma",
            "a.yaml:41: work.handle.tier2: the family gamma needs a `cv`",
        ),
    ],
)
def test_one_wrong_value_gets_one_message(complaint: Complaint, old: str, new: str, message: str) -> None:
    assert complaint(old, new) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"work.handle.tier1": {"values": ["5 min"]}},
            "`values` go with the family empirical, and that family needs them",
        ),
        ({"work.handle.tier1": {"mean": "0 min"}}, "the family lognormal needs a `mean` above 0"),
        (
            {"work.handle.tier1": {"cv": 1, "log_sd": 1}},
            "`log_sd` goes with the family lognormal, and not together with `cv`",
        ),
        ({"work.handle.tier1": {"family": "constant", "cv": 1}}, "the family constant takes no `cv`"),
        ({"work.handle.tier1": {"family": "constant", "longest": "19 min"}}, "`longest` leaves nothing to draw from"),
        (
            {"work.handle.tier1": {"family": "empirical", "values": ["5 min"], "longest": "4 min"}},
            "`longest` leaves nothing to draw from",
        ),
        ({"demand.profiles.office.hours": None}, "give either `hours` (24 weights) or `hour_of_week` (168 weights)"),
        ({"demand.profiles.office.hours": [-1] * 24}, "weights must be from 0 to 1,000,000, and not all 0"),
        ({"demand.profiles.office.hours": [0] * 24}, "weights must be from 0 to 1,000,000, and not all 0"),
        ({"demand.events.launch.end": "2026-03-10 09:00"}, "`end` must come after `start`"),
        ({"work.routes.P3.tiers": ["tier2", "tier1"]}, "tiers must be named once each, in ascending order"),
        ({"targets.utilization": {"high": 0.95}}, "bands must ascend: 0 < optimal < high < critical"),
        ({"demand.channels": {"email": None, "chat": None}}, "must name at least one"),
        ({"work.status_updates.every": "0 min"}, "must be more than 0; found '0 min'"),
        ({"policy.escalation.after.P2": "0 min"}, "must be more than 0; found '0 min'"),
        ({"policy.compensatory_rest": "30 h"}, "must be 1 d or less; found '30 h'"),
        (
            {"policy.overflow.coordinator.after": "5 min"},
            "unknown key; known here: tier1, tier2, tier3, tier4, manager",
        ),
        ({"policy.overtime.limit": "1 d"}, "must be 12 h or less; found '1 d'"),
        ({"staffing.cover.length": "30 min"}, "must be 1 h or more; found '30 min'"),
        ({"demand.monitoring.review.every": "30 s"}, "must be 1 min or more; found '30 s'"),
        ({"name": ""}, "must be text of at least 1 character; found ''"),
        ({"name": "x" * 121}, "must be text of at most 120 characters; found "),
        ({"demand.profiles.office.hours": [1] * 25}, "must have at most 24 values; it has 25"),
        ({"demand.day_factor.correlation": 1}, "must be less than 1; found 1"),
    ],
)
def test_values_must_fit_each_other(world: str, problems: Problems, changes: Any, message: str) -> None:
    (problem,) = problems(world, changes)
    assert next(iter(changes)).startswith(problem.key)
    assert problem.message.startswith(message)


def test_of_a_key_that_is_written_twice_both_values_are_checked(broken: Problems) -> None:
    first = "regions:\n  latam: {zone: BRT, tickets: 6}\n  emea: {shift: {}, profile: offise}\nregions:\n"
    assert texts(broken(("regions:\n", first), ("tickets: 48 per day", "tickets: 9"))) == [
        "a.yaml:10: regions: is written twice, in lines 7 and 10: keep one of them",
        (
            "a.yaml:8: regions.latam.zone: must be an IANA time zone such as Europe/London; found 'BRT'; "
            "did you mean America/Sao_Paulo?"
        ),
        "a.yaml:8: regions.latam.tickets: must be a rate ≥ 0 with its unit, such as 6 per hour or 263 per day; found 6",
        (
            "a.yaml:9: regions.emea.shift: unknown key; known here: zone, country, shifts, tickets, alerts, profile, "
            "alert_profile; did you mean shifts?"
        ),
        "a.yaml:21: regions.apac.tickets: must be a rate ≥ 0 with its unit, such as 6 per hour or 263 per day; found 9",
    ]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("  mode: pattern\n", "  mode: pattern\n  mode: flat\n", "staffing.mode"),
        ("regions:\n  emea:\n", "regions:\n  latam:\n    zone: America/Sao_Paulo\nregions:\n  emea:\n", "regions"),
        ("  start: 2026-03-02\n", "  start: 2026-03-02\n  start: soon\n", "horizon.start"),
        (
            "    email: {share: 60 %}\n",
            "    email: {share: 60 %}\n  channels:\n    phone: {share: 1}\n",
            "demand.channels",
        ),
        ("  routes:\n", "  routes:\n    P1: {tiers: [tier4]}\n  routes:\n", "work.routes"),
        ("  handle:\n", "  handle: 20 min\n  handle:\n", "work.handle"),
    ],
)
def test_a_key_that_is_written_twice_is_one_problem(broken: Problems, old: str, new: str, key: str) -> None:
    (problem,) = broken((old, new))
    assert problem.key == key
    assert "is written twice" in problem.message


def test_no_target_is_judged_that_nobody_set(world: str) -> None:
    assert load(world).targets.first_contact is None
    assert load(world, ["targets.first_contact=85 %"]).targets.first_contact == pytest.approx(0.85)


def test_all_problems_are_reported_at_once(broken: Problems) -> None:
    assert texts(
        broken(
            ("days: 14", "days: 14\n  days: 15"),
            ("zone: Europe/London", "zone: !!python/name:os.getcwd x"),
            ("profile: office", "profile: offise"),
            ("scale: 1.0", "scale: .nan"),
            ("fallback: email", "fallback: emial"),
            ("mean: 20 min", "mean: 20"),
            ("      pattern: 5D 2O", "      pattren: 5D 2O"),
            ("regions: [emea]\n", "regions: [emae]\n"),
        )
    ) == [
        "a.yaml:6: horizon.days: is written twice, in lines 5 and 6: keep one of them",
        (
            "a.yaml:10: regions.emea.zone: the tag !!python/name:os.getcwd is not allowed: a scenario is plain data, "
            "and nothing in it is run"
        ),
        "a.yaml:15: regions.emea.profile: there is no profile 'offise': name one of office; did you mean office?",
        "a.yaml:21: demand.scale: must be a finite number; found nan",
        "a.yaml:33: demand.channels.chat.fallback: there is no channel 'emial': name one of email; did you mean email?",
        "a.yaml:41: work.handle.tier1.mean: must be a duration with its unit, such as 15 min, 8 h or 2 d; found 20",
        (
            "a.yaml:53: staffing.crews.day.pattren: unknown key; known here: pattern, headcount, phases, "
            "regions, speed; "
            "did you mean pattern?"
        ),
        (
            "a.yaml:58: staffing.crews.night.regions[0]: there is no region 'emae': name one of emea, apac; "
            "did you mean emea?"
        ),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("zone: Europe/London", "zone: London Bridge"),
        ("start: 2026-03-02", "start: today"),
        ("hours: [1,", "hours: ["),
        ("share: 60 %", "share: 160 %"),
        ("handle:\n    tier1: {mean: 20 min}", "handle:\n    tier1: {}"),
        ("mode: pattern", "mode: patern"),
        ("  priorities: {P1: 2 %,", "  priorities: {P1: 3 %,"),
        ("shifts: {D: 06:00-14:00", "shfts: {D: 06:00-14:00"),
        ("shifts: {D: 06:00-14:00", "shifts: {D: 6-14"),
        ("  routes:\n    P1: {tiers: [tier2]}", "  routes:\n    P1: {tiers: [tier5]}"),
        ("headcount: {tier1: 4, tier2: 2}", "headcount: {tier1: 4, tier2: two}"),
    ],
)
def test_what_follows_from_a_wrong_value_is_not_reported(broken: Problems, old: str, new: str) -> None:
    """The region, profile, channel, tier or crew in question still counts as one."""
    (problem,) = broken((old, new))
    assert problem.key


def test_a_flood_of_problems_is_cut_off(write: Write, problems: Problems) -> None:
    found = problems(write("\n".join(f"key{n}: 1" for n in range(1000))))
    assert len(found) == 101
    assert str(found[-1]) == "… and 904 more problems"


def test_a_value_is_quoted_in_short(complaint: Complaint) -> None:
    message = complaint("zone: Europe/London", f"zone: {'x' * 5000}")
    assert len(message) < 200


def test_a_key_is_named_in_short_and_on_one_line(broken: Problems) -> None:
    (problem,) = broken(("days: 14", f'"{"x" * 5000}\\n": 14'))
    assert len(problem.key) < 100
    assert "\n" not in str(problem)


# ---- data files ------------------------------------------------------------------------------------------------------

REPLAY = "demand:\n  replay:\n    file: {file}\n    columns: {{created: at}}\n    region: emea\n"


@pytest.mark.usefixtures("world")
def test_a_data_file_lies_beside_the_file_that_names_it(write: Write) -> None:
    write("at\n", "what_if/log.csv")
    write("extends: ../world.yaml\n" + REPLAY.format(file="log.csv"), "what_if/middle.yaml")
    scenario = load(write("extends: what_if/middle.yaml\n", "end.yaml"))
    assert scenario.demand.replay is not None
    assert Path(scenario.demand.replay.file) == Path("what_if/log.csv").absolute()


def test_a_missing_data_file_names_its_neighbour(child: Callable[[str], str], write: Write, problems: Problems) -> None:
    write("at\n", "data/tickets.csv")
    (message,) = texts(problems(child(REPLAY.format(file="data/ticket.csv"))))
    folder = str(Path("data").absolute())
    assert message.startswith("child.yaml:4: demand.replay.file: 'ticket.csv' does not exist; it is looked for in ")
    assert folder[:50] in message
    assert message.endswith("; did you mean tickets.csv?")


def test_a_data_file_is_no_directory(child: Callable[[str], str], write: Write, problems: Problems) -> None:
    write("", "data/tickets.csv")
    (message,) = texts(problems(child(REPLAY.format(file="data"))))
    assert message.startswith("child.yaml:4: demand.replay.file: 'data' is a directory; ")


def test_a_data_file_of_a_change_is_relative_to_the_current_folder(world: str, write: Write) -> None:
    write("region,start,volume\n", "data/forecast.csv")
    scenario = load(world, ["demand.forecast={file: data/forecast.csv}"])
    assert scenario.demand.forecast is not None
    assert Path(scenario.demand.forecast.file) == Path("data/forecast.csv").absolute()


def test_a_data_file_stays_where_it_is_when_the_current_folder_changes(
    child: Callable[[str], str], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("at\n", "log.csv")
    scenario = load(child(REPLAY.format(file="log.csv")))
    monkeypatch.chdir("/")
    assert scenario.with_({"demand.scale": 1.5}).demand.replay == scenario.demand.replay


# ---- the hash --------------------------------------------------------------------------------------------------------


def test_the_hash_is_of_the_content(world: str, write: Write) -> None:
    text = Path(world).read_text(encoding="utf-8")
    first = load(world).hash
    assert re.fullmatch(r"[0-9a-f]{12}", first)
    assert load(write(text, "elsewhere/other.yaml")).hash == first
    assert load(write(text.replace("Does it load?", "Why?"))).hash == first
    assert load(write(text.replace("mean: 1 h 30 min", "mean: 90 min"))).hash == first
    assert load(write(text.replace("mean: 1 h 30 min", "mean: 91 min"))).hash != first
    assert load(world, ["policy.handover.briefing=0 min"]).hash == first  # the default, written out


def test_the_hash_knows_the_order_of_regions(world: str) -> None:
    scenario = load(world)
    emea, apac = (scenario.raw["regions"][name] for name in ("emea", "apac"))
    turned = {**scenario.raw, "regions": {"apac": apac, "emea": emea}}
    assert from_data(turned).hash != scenario.hash


def test_the_hash_is_of_the_contents_of_data_files(world: str, write: Write) -> None:
    text = Path(world).read_text(encoding="utf-8").replace("demand:\n", REPLAY.format(file="log.csv"))
    write("at\n2026-03-02\n", "log.csv")
    write("at\n2026-03-02\n", "copy/log.csv")
    scenario, copied = load(write(text)), load(write(text, "copy/b.yaml"))
    assert scenario.hash == copied.hash
    before = scenario.hash
    write("at\n2026-03-03\n2026-03-04\n", "log.csv")
    assert scenario.hash != before
    Path("log.csv").unlink()
    with pytest.raises(ScenarioError, match=r"demand.replay.file: the data file cannot be read: No such file"):
        _ = scenario.hash


# ---- changes ---------------------------------------------------------------------------------------------------------


def test_changes_come_last(child: Callable[[str], str]) -> None:
    path = child("demand: {scale: 1.1}\n")
    changes = [
        "demand.scale=1.2",
        "work.handle.tier1.mean=25 min",
        "staffing.crews.day.headcount={tier1: 6}",
        "regions.emea.country=",
        "demand.events.launch.regions=[emea, apac]",
        "question=What if: more?",
    ]
    scenario = load(path, changes)
    assert [str(override) for override in scenario.trail] == [
        "demand.scale: 1.0 → 1.1",
        "demand.scale: 1.1 → 1.2",
        "work.handle.tier1.mean: 20 min → 25 min",
        "staffing.crews.day.headcount.tier1: 4 → 6",
        "regions.emea.country: GB → (removed)",
        "demand.events.launch.regions: [emea] → [emea, apac]",
        "question: (not set) → What if: more?",
    ]
    assert scenario.staffing.crews["day"].headcount == {"tier1": 6, "tier2": 2}


def test_changes_may_be_python_values(world: str) -> None:
    changes = {
        "demand.scale": np.float64(1.5),
        "horizon": {"start": date(2026, 4, 1), "days": np.int64(7)},
        "demand.events.launch.regions": ["apac"],
        "demand.events.launch.end": datetime(2026, 3, 12, 9),  # noqa: DTZ001 - local times have no zone
        "regions.emea.country": None,
    }
    scenario = load(world, changes)
    assert scenario == load(world).with_(changes)
    assert (scenario.demand.scale, scenario.horizon.days) == (1.5, 7)
    assert scenario.horizon.warmup_days == 7
    assert scenario.demand.events["launch"].regions == ("apac",)
    assert scenario.regions["emea"].country is None


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        (["demand.scale"], ["--set: must be key=value, such as demand.scale=1.2; found 'demand.scale'"]),
        (["=3"], ["--set: must be key=value, such as demand.scale=1.2; found '=3'"]),
        (["demand..scale=3"], ["--set: must be key=value, such as demand.scale=1.2; found 'demand..scale=3'"]),
        (["horizon.days=0"], ["--set: horizon.days: must be 1 or more; found 0"]),
        (
            ["horizon.dyas=5"],
            [
                "--set: horizon.dyas: unknown key; known here: start, days, warmup_days, drain; did you mean days?",
            ],
        ),
        (["demand.scale=1", "demand.scale=2"], ["--set: demand.scale: is set twice: give each key one value"]),
        (
            ["demand.scale=1", "demand={trend: 1 % per year}"],
            ["--set: demand: overlaps with demand.scale, which is set as well: give each key one value"],
        ),
        (
            ["demand={trend: 1 % per year}", "demand.scale=1"],
            ["--set: demand.scale: overlaps with demand, which is set as well: give each key one value"],
        ),
        (
            ["demand.channels={email: {share: 1}"],
            [
                (
                    "--set: demand.channels: is not valid YAML: did not find expected ',' or '}' "
                    "(while parsing a flow mapping)"
                ),
            ],
        ),
        (
            ["question=!!python/object/apply:os.getcwd []"],
            [
                (
                    "--set: question: the tag !!python/object/apply:os.getcwd is not allowed: a scenario is plain "
                    "data, "
                    "and nothing in it is run"
                ),
            ],
        ),
        (
            ["regions.latam=null"],
            [
                (
                    "--set: regions.latam: must be a mapping of keys to values; found null: "
                    "null takes a key of the parent file away, and there is none"
                ),
            ],
        ),
        (["extends=b.yaml"], ["--set: extends: unknown key; known here: "]),
        ({"horizon.days": object()}, ["--set: horizon.days: must be text, a number, true, false, a list or a mapping"]),
        ({"horizon": {"days": 10**40}}, ["--set: horizon.days: must be a number of at most 30 digits"]),
        ({"horizon": {3: 1}}, ["--set: horizon: a key must be text; found 3"]),
        ({"question": "\udcff"}, ["--set: question: must be text, a number, true, false, a list or a mapping; found "]),
        ({"": 1}, ["--set: a key must be dotted text, such as demand.scale; found ''"]),
        ({3: 1}, ["--set: a key must be dotted text, such as demand.scale; found 3"]),
        (["question=\udcff"], ["--set: question: holds the character '\\udcff', which no text file does"]),
    ],
)
def test_a_wrong_change_is_reported(world: str, problems: Problems, changes: Any, messages: list[str]) -> None:
    found = texts(problems(world, changes))
    assert len(found) == len(messages)
    assert all(text.startswith(message) for text, message in zip(found, messages, strict=True)), found


def test_one_change_may_stand_alone(world: str) -> None:
    assert load(world, "demand.scale=2").demand.scale == 2


def test_a_value_that_contains_itself_is_refused(world: str, problems: Problems) -> None:
    endless: dict[str, Any] = {}
    endless["more"] = endless
    assert texts(problems(world, {"demand": endless})) == [
        "--set: demand: holds more than 20,000 values, or 32 levels of them"
    ]


def test_problems_of_changes_and_files_are_reported_together(broken: Problems, problems: Problems) -> None:
    broken(("days: 14", "dayz: 14"))  # writes a.yaml
    assert texts(problems("a.yaml", ["demand.scale=x", "nonsense"])) == [
        "--set: must be key=value, such as demand.scale=1.2; found 'nonsense'",
        "a.yaml:5: horizon.dayz: unknown key; known here: start, days, warmup_days, drain; did you mean days?",
        "--set: demand.scale: must be a number; found 'x'",
    ]


# ---- another scenario from one ---------------------------------------------------------------------------------------


def test_with_makes_another_scenario(child: Callable[[str], str]) -> None:
    scenario = load(child("demand: {scale: 1.1}\n"))
    other = scenario.with_({"demand.scale": 1.2}, horizon={"days": 7})
    assert (other.demand.scale, other.horizon.days, other.horizon.warmup_days) == (1.2, 7, 7)
    assert [str(override) for override in other.trail] == [
        "demand.scale: 1.0 → 1.1",
        "demand.scale: 1.1 → 1.2",
        "horizon.days: 14 → 7",
    ]
    assert (other.name, other.path) == (scenario.name, scenario.path)
    assert scenario.demand.scale == 1.1
    assert other.with_({"demand.scale": 1.1}, horizon={"days": 14}) == scenario


def test_with_validates_and_remembers_the_files(child: Callable[[str], str]) -> None:
    scenario = load(child("demand:\n  scale: 1.1\n"))
    with pytest.raises(ScenarioError) as caught:
        scenario.with_({"regions.emea": None, "demand.scale": -1})
    assert texts(caught.value.problems) == [
        "world.yaml:26: demand.holidays.emea: there is no region 'emea': name one of apac",
        "world.yaml:28: demand.events.launch.regions[0]: there is no region 'emea': name one of apac",
        "world.yaml:57: staffing.crews.night.regions[0]: there is no region 'emea': name one of apac",
        "--set: demand.scale: must be 0 or more; found -1",
    ]


def test_a_scenario_is_equal_to_one_that_says_the_same(world: str, write: Write) -> None:
    scenario = load(world)
    assert load(world) == scenario
    assert load(write(Path(world).read_text(encoding="utf-8"), "copy/world.yaml")) == scenario
    assert scenario.with_({"demand.scale": 1.1}) != scenario
    assert scenario.with_({"demand.scale": 1.0}) == scenario


@pytest.mark.parametrize("dumps", [pickle.dumps, cloudpickle.dumps])
def test_a_scenario_travels_to_other_processes(world: str, dumps: Callable[[object], bytes]) -> None:
    scenario = load(world, ["demand.scale=2"])
    arrived = pickle.loads(dumps(scenario))  # noqa: S301 - our own bytes
    assert arrived == scenario
    assert (arrived.hash, arrived.trail, arrived.path) == (scenario.hash, scenario.trail, scenario.path)
    assert arrived.with_({"horizon.days": 3}).horizon.days == 3
    assert copy.deepcopy(scenario) == scenario == scenario.model_copy()


def test_an_error_travels_to_other_processes(broken: Problems) -> None:
    error = ScenarioError(broken(("days: 14", "days: 0")))
    assert pickle.loads(pickle.dumps(error)).problems == error.problems  # noqa: S301 - our own bytes


def test_what_was_written_makes_the_same_scenario(child: Callable[[str], str], write: Write) -> None:
    write("at\n", "log.csv")
    scenario = load(child(REPLAY.format(file="log.csv")), ["demand.scale=1.4"])
    assert from_data(scenario.raw) == scenario
    assert load(write(json.dumps(scenario.raw), "dumped.yaml")) == scenario  # JSON is YAML


def test_data_without_a_file_is_validated_as_well() -> None:
    with pytest.raises(ScenarioError) as caught:
        from_data({"horizon": {"days": [5]}, 5: 3})
    assert texts(caught.value.problems) == ["a key must be text; found 5"]
    with pytest.raises(ScenarioError) as caught:
        from_data({"horizon": {"start": "2026-03-02", "days": [5]}, "regions": {}, "work": {"handle": {}}})
    assert texts(caught.value.problems) == [
        "horizon.days: must be a whole number; found a list",
        "regions: must name at least one",
        "work.handle: must name at least one",
        "staffing: is missing: who is on duty",
    ]


def test_a_scenario_built_by_hand_cannot_be_changed(world: str) -> None:
    scenario = load(world)
    by_hand = Scenario.model_construct(**dict(scenario))
    assert (by_hand.path, by_hand.trail, by_hand.hash) == (None, (), scenario.hash)
    with pytest.raises(ScenarioError, match="built by hand"):
        by_hand.with_({"demand.scale": 2})
