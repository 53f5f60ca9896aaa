"""The scenarios that are shipped: valid, each with its question, and moving what they say they move."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import sim
from sim.clock import MINUTE
from sim.experiment.comparison import LEVEL
from sim.metrics.kpis import KPIS

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(sim.__file__).parent.parent / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))

SHORT = {"horizon.days": 7, "horizon.warmup_days": 2}
REPLICATIONS = 4
LONG_REPLICATIONS = 6
TAKES_LONG = {
    "no_alert_throttling.yaml": "a storm comes once in a fortnight",
    "one_more_tier2.yaml": "P2 are few",
}
"""What-ifs whose effect shows only over the whole horizon, and why."""

EXPECTED = {
    "compensatory_rest.yaml": {"rest.breaches": "better", "hours.on_duty": "lower", "utilization.tier3": "higher"},
    "volume_plus_20.yaml": {
        "utilization.tier1": "higher",
        "utilization.tier2": "higher",
        "utilization.tier3": "higher",
        "response.mean": "worse",
        "tickets.active": "worse",
        "resolution.rate": "worse",
    },
    "follow_the_sun.yaml": {
        "utilization.tier1": "higher",
        "utilization.tier2": "higher",
        "response.mean": "worse",
        "sla.response.P2": "worse",
    },
    "standard_rotation.yaml": {"response.mean": "worse", "sla.response.P2": "worse", "tickets.active": "worse"},
    "four_on_four_off.yaml": {"response.mean": "worse", "tickets.active": "worse"},
    "no_alert_throttling.yaml": {"pages.count": "worse", "pages.interruptions": "worse"},
    "night_understaffed.yaml": {
        "response.mean": "worse",
        "utilization.tier1": "higher",
        "utilization.tier2": "higher",
    },
    "one_more_tier2.yaml": {"utilization.tier2": "lower", "sla.response.P2": "better", "tickets.active": "better"},
    "emergency_outage.yaml": {
        "emergencies.count": "higher",
        "pages.count": "worse",
        "tickets.count": "higher",
        "tickets.active": "worse",
        "response.mean": "worse",
    },
    "region_lost.yaml": {"hours.on_duty": "lower", "utilization.tier1": "higher", "utilization.tier2": "higher"},
    "staff_shortage.yaml": {
        "hours.on_duty": "lower",
        "utilization.tier1": "higher",
        "utilization.tier3": "higher",
        "response.mean": "worse",
        "fcr": "worse",
    },
    "holiday_season.yaml": {
        "hours.on_duty": "lower",
        "people.absence": "higher",
        "utilization.tier1": "higher",
        "utilization.tier2": "higher",
        "tickets.active": "worse",
        "response.mean": "worse",
    },
    "onboarding_wave.yaml": {"hours.on_duty": "higher", "utilization.tier1": "lower", "response.mean": "better"},
    "alert_storm.yaml": {
        "alerts.raised": "higher",
        "alerts.filtered": "higher",
        "pages.count": "worse",
        "pages.interruptions": "worse",
    },
    "minimal_service.yaml": {
        "sla.response.P2": "worse",
        "sla.response.P3": "worse",
        "sla.response.P4": "worse",
        "tickets.active": "worse",
        "response.mean": "worse",
    },
    "drill.yaml": {
        "hours.on_duty": "lower",
        "utilization.tier1": "higher",
        "utilization.tier2": "higher",
        "tickets.active": "worse",
        "response.mean": "worse",
    },
}
"""What each what-if does to figures of the baseline, as its file says in a comment that begins with `Expected:`."""

NO_WHAT_IF = {
    "baseline.yaml": "the base of all others",
    "replay.yaml": "other tickets at another desk: nothing to hold against the baseline",
}
"""Files without an expected direction, and why."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_scenario_opens_with_the_question_that_it_asks(file: Path) -> None:
    asked = sim.load(file).question
    first = re.split(r"\n#?\n", file.read_text(encoding="utf-8"))[0]
    opening = " ".join(line.removeprefix("#").strip() for line in first.splitlines())
    assert asked.endswith("?")
    assert opening.startswith(asked)


def test_all_are_valid_for_the_command_line_too() -> None:
    words = [sys.executable, "-m", "sim", "validate", *(file.name for file in FILES)]
    done = subprocess.run(words, cwd=FOLDER, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": valid, hash") == len(FILES)


def test_every_what_if_states_what_it_expects() -> None:
    assert {file.name for file in FILES} == {*EXPECTED, *NO_WHAT_IF}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_file_says_what_the_table_says(name: str) -> None:
    comments = (
        line[1:].strip() for line in (FOLDER / name).read_text(encoding="utf-8").splitlines() if line[:1] == "#"
    )
    _, _, text = " ".join(comments).partition("Expected: ")
    stated = re.findall(r"([a-z_]+(?:\.\w+)*) (better|worse|higher|lower|cannot tell)", text)
    assert dict(stated) == EXPECTED[name]
    assert set(EXPECTED[name]) <= set(KPIS)


@cache
def played(name: str, start: str | None = None, *, long: bool = False) -> sim.Result:
    """A scenario from a date on, or from its own, run once for all that ask."""
    changes = {**({"horizon.start": start} if start else {}), **({} if long else SHORT)}
    replications = LONG_REPLICATIONS if long else REPLICATIONS
    return sim.run(sim.load(FOLDER / name, changes), replications=replications, workers=1, journals="none")


def held_against_the_baseline(name: str) -> sim.Comparison:
    """A what-if beside the baseline, both from the day on at which the what-if begins."""
    what_if = played(name, long=name in TAKES_LONG)
    base = played("baseline.yaml", what_if.scenario.horizon.start.isoformat(), long=name in TAKES_LONG)
    return sim.compare([base, what_if], workers=1)


def changed(name: str, changes: dict[str, Any]) -> sim.Comparison:
    """A what-if beside the same with some keys changed."""
    usual = played(name)
    return sim.compare([usual, usual.scenario.with_(changes)], replications=REPLICATIONS, workers=1)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in TAKES_LONG else []) for name in EXPECTED]
)
def test_a_what_if_moves_what_it_says(name: str) -> None:
    found = held_against_the_baseline(name)
    assert found.level == pytest.approx(LEVEL)
    assert {kpi: found.verdict(kpi) for kpi in EXPECTED[name]} == EXPECTED[name]


def test_in_a_shortage_help_from_the_next_tier_helps() -> None:
    alone = changed("staff_shortage.yaml", {"policy.up_tier_help": False})
    assert alone.verdict("response.mean") == "worse"
    assert alone.verdict("tickets.active") == "worse"


def test_newcomers_help_less_than_as_many_experienced_people() -> None:
    experienced = changed("onboarding_wave.yaml", {"people.onboarding": None})
    assert experienced.verdict("response.mean") == "better"
    assert experienced.verdict("utilization.tier1") == "lower"
    assert experienced.verdict("hours.on_duty") == "cannot tell"  # the very same duties


def test_what_minimal_service_defers_comes_back() -> None:
    table = played("minimal_service.yaml").tables["continuity_by_disruption"]
    rows = table.set_index(["disruption", "measure"])["mean"]
    assert rows["global_crisis", "occurrences"] == 1
    assert rows["global_crisis", "deferred"] > 500
    assert rows["global_crisis", "came_back"] == 100
    assert rows["global_crisis", "still_waiting"] == 0


def test_in_a_storm_throttling_is_what_lets_people_work() -> None:
    unfiltered = changed("alert_storm.yaml", {"demand.monitoring.batch": "0 min", "demand.monitoring.throttle": None})
    assert unfiltered.verdict("pages.count") == "worse"
    assert unfiltered.verdict("pages.interruptions") == "worse"
    assert unfiltered.verdict("alerts.raised") == "cannot tell"  # the very same alerts


def test_the_baseline_has_the_emergencies_of_the_manual_and_none_happens() -> None:
    section = sim.load(FOLDER / "baseline.yaml").emergencies
    teams = {name: (set(one.team), one.outside.who if one.outside else "") for name, one in section.types.items()}
    assert teams == {  # 5.1
        "system_outage": ({"tier3"}, ""),
        "security_breach": ({"tier4"}, "security team"),
        "data_loss": ({"tier4"}, "database administrators"),
        "natural_disaster": ({"manager"}, "operations"),
        "personnel_emergency": ({"manager"}, "human resources"),
    }
    assert [step.after // MINUTE for step in section.chain.values()] == [0, 15, 30, 60]  # 5.3
    assert not [name for name, one in section.types.items() if one.rate or one.at]


def test_the_baseline_has_the_threats_of_the_manual_and_none_comes_true() -> None:
    threats = sim.load(FOLDER / "baseline.yaml").continuity.threats
    recovery = {name: (threat.recovery.mean or 0) // MINUTE for name, threat in threats.items()}
    assert recovery.pop("staff_shortage") == 3 * 24 * 60  # ours: the manual tells how soon help comes
    assert recovery == {"data_center_failure": 120, "network_outage": 60, "power_failure": 30, "software_failure": 60}
    assert not [name for name, threat in threats.items() if threat.rate or threat.at]


def fit() -> ModuleType:
    """The script that tells how near the baseline comes to the manual's dashboard."""
    spec = importlib.util.spec_from_file_location("fit_baseline", FOLDER / "fit_baseline.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fit_baseline"] = module  # its named tuples look themselves up there
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 11, 12345])
def test_the_baseline_shows_the_dashboard_of_the_manual(seed: int) -> None:
    script = fit()
    found = script.figures(sim.load(FOLDER / "baseline.yaml"), seed)
    outside = {t.kpi: found[t.kpi] for t in script.TARGETS if abs(found[t.kpi] - t.wanted) > t.within}
    assert not outside
    assert len(found) == len(script.TARGETS) == 9


def test_no_figure_of_the_dashboard_stands_in_the_code() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in Path(sim.__file__).parent.rglob("*.py"))
    telling = [f"{target.wanted:g}" for target in fit().TARGETS if target.wanted % 1]
    assert len(telling) >= 6
    assert not [figure for figure in telling if re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d.])", source)]
