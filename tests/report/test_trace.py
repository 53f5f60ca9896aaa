"""A ticket's life in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import sim
from sim.experiment.run import simulate
from sim.report.trace import trace
from sim.workforce.plan import plan_roster
from sim.workforce.presence import sample_roster
from sim.workload.sample import sample_workload
from sim.workload.tape import Kind, TaskKind

# One agent a tier who is always late: tickets wait, escalate, are abandoned, interrupted, passed on and reopened.
SCENARIO = """\
horizon: {start: 2026-03-02, days: 4, warmup_days: 0}
regions: {here: {zone: Asia/Kolkata, tickets: 5 per hour, shifts: {D: 08:00-20:00, N: 20:00-08:00}}}
demand:
  priorities: {P1: 10 %, P2: 30 %, P3: 30 %, P4: 30 %}
  channels: {phone: {share: 100 %, patience: {family: exponential, mean: 4 h}}}
work:
  routes:
    P1: {tiers: [tier1]}
    P2: {tiers: [tier1, tier2], solved: [50 %]}
    P3: {tiers: [tier1]}
    P4: {tiers: [tier1]}
  handle: {tier1: {mean: 20 min}, tier2: {mean: 20 min}}
  customer_wait: {share: 20 %, duration: {family: exponential, mean: 1 h}}
  reopening: {share: 20 %, after: {family: exponential, mean: 2 h}}
targets: {response: {P1: 15 min}, resolution: {P1: 4 h}}
policy: {escalation: {after: {P2: 30 min, P3: 30 min, P4: 30 min}}}
staffing:
  crews: {day: {pattern: D, headcount: {tier1: 2, tier2: 1}}, night: {pattern: N, headcount: {tier1: 2, tier2: 1}}}
"""


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    return told(tmp_path_factory.mktemp("trace"), SCENARIO)


def told(folder: Path, text: str) -> list[list[str]]:
    """The lives of all tickets of a scenario with the region `here`."""
    path = folder / "busy.yaml"
    path.write_text(text, encoding="utf-8")
    scenario = sim.load(path)
    plan, workload = plan_roster(scenario), sample_workload(scenario, 1, 0)
    roster = sample_roster(scenario, plan, 1, 0)
    journals = simulate(scenario, workload, roster)
    return [list(trace(f"here/{number}", journals, scenario, plan.agents.name)) for number in range(len(workload))]


@pytest.mark.parametrize(
    "said",
    [
        "comes in by phone", "waits in line at here/tier1", "takes it, after", "is done, after", "is resolved",
        "is escalated; goes on waiting", "is interrupted by a P1", "is handed over at the end of the duty",
        "is passed on and waits in line at here/tier2", "the customer has answered", "is taken for resolved",
        "is reopened, the resolution was wrong", "the customer gives up", "(response deadline: met)",
        "(resolution deadline: met)", "the run ends, the ticket",
    ],
)  # fmt: skip
def test_everything_that_can_happen_is_told(lives: list[list[str]], said: str) -> None:
    assert any(said in line for life in lives for line in life)


def test_every_life_begins_with_its_arrival_and_is_in_order(lives: list[list[str]]) -> None:
    for life in lives:
        assert "comes in" in life[0]
        assert [line[:19] for line in life] == sorted(line[:19] for line in life)


def test_local_time_stands_beside_utc(lives: list[list[str]]) -> None:
    line = lives[0][0]
    utc, local = line[11:16], line[line.index("UTC") + 5 :][4:9]
    minutes = [int(clock[:2]) * 60 + int(clock[3:]) for clock in (utc, local)]
    assert (minutes[1] - minutes[0]) % (24 * 60) == 330  # India is 5 h 30 min ahead


def test_a_life_ends_once(lives: list[list[str]]) -> None:
    for life in lives:
        ends = [
            line for line in life if line.endswith(("is resolved", "the customer gives up")) or "the run ends" in line
        ]
        assert len(ends) == 1


def test_help_that_nobody_can_give_is_told_when_it_is_dropped(tmp_path: Path) -> None:
    text = """\
horizon: {start: 2026-03-02, days: 2, warmup_days: 0}
regions: {here: {zone: UTC, tickets: 2 per hour, shifts: {D: 08:00-16:00, E: 16:00-08:00}}}
demand: {priorities: {P1: 1}}
work:
  routes: {P1: {tiers: [tier3]}}
  handle: {tier3: {mean: 10 min}}
  activation: {tier1: {family: constant, mean: 10 min}}
staffing:
  crews:
    early: {pattern: D, headcount: {tier1: 1, tier3: 1}}
    late: {pattern: E, headcount: {tier3: 1}}
"""
    lives = "\n".join(line for life in told(tmp_path, text) for line in life)
    assert "goes without the help of here/tier1: nobody of that tier is on duty anywhere" in lives


def test_states_stand_in_brackets_behind_what_led_to_them(lives: list[list[str]]) -> None:
    states = [line.partition("local  ")[2] for life in lives for line in life if line.endswith("]")]
    assert {"[Created]", "[Created, Acknowledged, In progress]", "[Escalated]", "[Resolved, Closed]"} <= set(states)
    for life in lives:
        born, *_ = (line for line in life if line.endswith("]"))
        assert "[Created" in born


def test_an_emergency_tells_of_outsiders_and_of_the_chain(tmp_path: Path) -> None:
    """A P1 with an assist and a second task, made an emergency by hand: outsiders, and a step of a coordinator."""
    text = """\
horizon: {start: 2026-03-02, days: 2, warmup_days: 0}
regions: {here: {zone: UTC, tickets: 1 per hour, shifts: {D: 00:00-24:00}}, there: {zone: UTC}}
demand: {priorities: {P1: 1}}
work:
  routes: {P1: {tiers: [tier3]}}
  handle: {tier3: {mean: 10 min}}
  activation: {tier1: {family: constant, mean: 10 min}, tier2: {family: constant, mean: 10 min}}
emergencies:
  types:
    breach:
      rate: 0 per year
      team: {tier3: 1}
      lasts: {family: constant, mean: 1 h}
      outside: {who: security, takes: {family: constant, mean: 1 h}}
staffing: {mode: flat, flat: {here: {tier1: 1, tier2: 1, tier3: 1}}}
"""
    path = tmp_path / "breach.yaml"
    path.write_text(text, encoding="utf-8")
    scenario = sim.load(path)
    plan, workload = plan_roster(scenario), sample_workload(scenario, 1, 0)
    journals = simulate(scenario, workload, sample_roster(scenario, plan, 1, 0))
    tickets, work = ({name: column.copy() for name, column in t.items()} for t in (journals.tickets, journals.work))
    tickets["kind"][0], tickets["emergency"][0], tickets["served_by"][0] = Kind.EMERGENCY, 0, 1
    its = work["ticket"] == 0
    work["kind"][its & (work["task"] == 1)] = TaskKind.OUTSIDE
    work["agent"][its & (work["task"] == 1)] = -1
    step = its & (work["task"] == 2)
    work["kind"][step], work["region"][step], work["tier"][step] = TaskKind.COMMS, -1, 5
    life = list(trace("here/0", replace(journals, tickets=tickets, work=work), scenario, plan.agents.name))
    said = "\n".join(life)
    assert "P1 emergency (breach) here/0 comes in" in said
    assert "is served by there for the time being" in said
    assert "security (outside the organisation) set to work" in said
    assert "security (outside the organisation) are done, after 10.0 min" in said
    assert "a step of the communication chain falls due; it waits in line at coordinator" in said
    assert "[Created, Escalated, Emergency]" in said
