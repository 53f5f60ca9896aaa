"""Running a scenario from Python."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.journal import ABSENCES, DISRUPTIONS, table
from sim.experiment.engines import ENGINES
from sim.experiment.run import run_together
from sim.scenario.base import ROLES
from sim.scenario.load import from_data
from sim.workforce.roster import Reason
from sim.workload.tape import TaskKind


def test_a_result_has_figures_tables_and_journals(small: sim.Scenario) -> None:
    result = sim.run(small, replications=3, seed=1, workers=1)
    assert result.kpis.loc["tickets.count", "mean"] == pytest.approx(len(in_window(result)) / 3)
    assert result.kpis.loc["sla.response.P1", "target"] == 95
    assert (result.kpis["low"].dropna() <= result.kpis["mean"][result.kpis["low"].notna()]).all()
    assert set(result.tickets["replication"]) == {0, 1, 2}
    assert set(result.work["replication"]) == {0, 1, 2}
    assert set(result.duties["agent"].astype(str)) >= {"here/tier1/1", "there/tier2/1"}
    assert result.pages.empty


def in_window(result: sim.Result) -> np.ndarray:
    created = result.tickets["created"]
    return result.tickets[(created >= "2026-03-02") & (created < "2026-03-04")].to_numpy()


def test_created_is_resolved_abandoned_or_open(small: sim.Scenario) -> None:
    tickets = sim.run(small, seed=3).tickets
    counts = tickets["state"].value_counts()
    assert counts.sum() == len(tickets)
    assert counts["resolved"] == tickets["resolved"].notna().sum()
    assert counts["abandoned"] == tickets["abandoned"].notna().sum() > 0


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_the_same_seed_gives_the_same_bytes_with_one_worker_or_two(small: sim.Scenario, engine: str) -> None:
    one, two = (sim.run(small, replications=3, seed=5, workers=workers, engine=engine) for workers in (1, 2))
    for first, second in zip(one.replications, two.replications, strict=True):
        assert first.journals is not None
        assert second.journals is not None
        for name in ("tickets", "work", "duties"):
            left, right = getattr(first.journals, name), getattr(second.journals, name)
            assert {key: values.tobytes() for key, values in left.items()} == {
                key: values.tobytes() for key, values in right.items()
            }
    assert one.records == two.records


def test_another_seed_or_replication_gives_other_tickets(small: sim.Scenario) -> None:
    first = sim.run(small, replications=2, seed=1)
    other = sim.run(small, replications=1, seed=2)
    by_replication = [set(part["created"]) for _, part in first.tickets.groupby("replication")]
    assert by_replication[0] != by_replication[1]
    assert by_replication[0] != set(other.tickets["created"])


def test_a_replication_does_not_depend_on_how_many_there_are(small: sim.Scenario) -> None:
    alone = sim.run(small, replications=1, seed=4, workers=1).tickets
    among = sim.run(small, replications=3, seed=4, workers=1).tickets
    assert alone.equals(among[among["replication"] == 0].reset_index(drop=True))


def test_one_replication_has_no_interval(small: sim.Scenario) -> None:
    record = sim.run(small).records["response.mean"]
    assert record["mean"] > 0
    assert record["low"] is None
    assert record["high"] is None


@pytest.mark.parametrize(("keep", "kept"), [("all", {0, 1}), ("first", {0})])
def test_journals_are_kept_as_asked(small: sim.Scenario, keep: str, kept: set[int]) -> None:
    result = sim.run(small, replications=2, journals=keep, workers=1)  # type: ignore[arg-type]
    assert set(result.tickets["replication"]) == kept


def test_without_journals_the_figures_are_the_same(small: sim.Scenario) -> None:
    without = sim.run(small, replications=2, journals="none", workers=1)
    assert not without.has_journals
    with pytest.raises(sim.SimError, match="no journals were kept: run it with journals='first' or journals='all'"):
        _ = without.tickets
    assert without.records == sim.run(small, replications=2, workers=1).records


def test_progress_counts_up(small: sim.Scenario) -> None:
    seen: list[int] = []
    sim.run(small, replications=3, workers=1, progress=seen.append)
    assert seen == [1, 2, 3]


def test_an_interrupt_keeps_what_is_finished(small: sim.Scenario) -> None:
    def interrupt(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    result = sim.run(small, replications=5, workers=1, progress=interrupt)
    assert result.interrupted
    assert [replication.index for replication in result.replications] == [0, 1]
    assert result.as_json()["replications"] == 2


def test_an_interrupt_before_anything_is_finished_is_passed_on(
    small: sim.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.experiment.run.play", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sim.run(small, workers=1)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"replications": 0}, "replications must be a whole number of at least 1; found 0"),
        ({"replications": 2.5}, "replications must be a whole number of at least 1; found 2.5"),
        ({"seed": -1}, "seed must be a whole number of at least 0; found -1"),
        ({"workers": 0}, "workers must be a whole number of at least 1; found 0"),
        ({"journals": "frist"}, "journals must be all, first or none; found 'frist'"),
    ],
)
def test_arguments_out_of_range_are_refused(small: sim.Scenario, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(sim.SimError) as refused:
        sim.run(small, **wrong)
    assert str(refused.value) == message


def test_an_interrupt_keeps_the_first_ones_so_that_a_shorter_run_gives_the_same(
    small: sim.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_order(function: Any, items: Any, workers: int, **_: object) -> Any:
        yield from (function(items[n]) for n in (1, 0, 3))
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.experiment.run.finished", out_of_order)
    cut = sim.run(small, replications=5)
    monkeypatch.undo()
    assert cut.interrupted
    assert cut.records == sim.run(small, replications=2, workers=1).records


def test_workers_that_keep_dying_do_not_take_the_finished_ones_with_them(
    small: sim.Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(function: Any, items: Any, workers: int, **_: object) -> Any:
        yield function(items[0])
        raise sim.EngineError("worker processes keep dying")

    monkeypatch.setattr("sim.experiment.run.finished", dying)
    result = sim.run(small, replications=5)
    assert len(result.replications) == 1
    assert "worker processes keep dying: not all replications were finished" in result.notices


def test_work_and_tickets_can_be_joined(small: sim.Scenario) -> None:
    result = sim.run(small, replications=2, workers=1)
    joined = result.work.merge(result.tickets, on=["replication", "ticket"], suffixes=("", "_of_ticket"))
    assert len(joined) == len(result.work)
    assert (joined["queued_at"] >= joined["created"]).all()


def test_a_result_says_what_it_is_in_a_line(small: sim.Scenario) -> None:
    assert len(repr(sim.run(small))) < 100


def test_duties_that_never_end_say_so(small: sim.Scenario) -> None:
    assert sim.run(small).duties["planned_end"].isna().all()


def test_a_changed_copy_is_another_scenario_with_the_same_tickets(small: sim.Scenario) -> None:
    changed = small.with_({"staffing.flat.here.tier1": 9})
    assert changed.hash != small.hash
    plan_a, plan_b = (sim.run(scenario, seed=2).tickets for scenario in (small, changed))
    assert plan_a["created"].equals(plan_b["created"])
    assert (
        plan_a["started"].dropna().sub(plan_a["created"]).mean()
        > plan_b["started"].dropna().sub(plan_b["created"]).mean()
    )


def test_a_result_travels(small: sim.Scenario) -> None:
    result = sim.run(small, replications=2, workers=1)
    assert pickle.loads(pickle.dumps(result)).records == result.records  # noqa: S301 - our own


def test_a_drained_run_leaves_nothing_open(small: sim.Scenario) -> None:
    tickets = sim.run(small.with_({"horizon.drain": True}), seed=6).tickets
    assert set(tickets["state"]) == {"resolved", "abandoned"}


def test_scenarios_that_run_together_give_what_each_gives_alone(small: sim.Scenario) -> None:
    busier = small.with_({"demand.scale": 1.3})
    seen: list[int] = []
    together = run_together([small, busier], replications=2, seed=5, workers=2, progress=seen.append)
    assert seen == [1, 2, 3, 4]
    for scenario, result in zip((small, busier), together, strict=True):
        assert result.scenario is scenario
        assert result.records == sim.run(scenario, replications=2, seed=5, workers=1).records


def test_replications_of_all_scenarios_take_turns(small: sim.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[tuple[int, int]] = []

    def in_turn(function: Any, items: Any, workers: int, **_: object) -> Any:
        order.extend((job.of, job.index) for job in items)
        yield from map(function, items)

    monkeypatch.setattr("sim.experiment.run.finished", in_turn)
    run_together([small, small], replications=2, seed=1)
    assert order == [(0, 0), (1, 0), (0, 1), (1, 1)]


def test_an_interrupt_leaves_the_replications_that_all_scenarios_have(small: sim.Scenario) -> None:
    def interrupt(done: int) -> None:
        if done == 5:  # three of the first, two of the second
            raise KeyboardInterrupt

    first, second = run_together([small, small], replications=9, seed=1, workers=1, progress=interrupt)
    assert first.interrupted
    assert second.interrupted
    assert [one.index for one in first.replications] == [one.index for one in second.replications] == [0, 1]


def test_an_interrupt_before_all_have_one_is_passed_on(small: sim.Scenario) -> None:
    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_together([small, small], replications=9, seed=1, workers=1, progress=interrupt)


def test_a_roster_that_cannot_be_built_names_its_scenario(small: sim.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def impossible(_: sim.Scenario) -> None:
        raise sim.StaffingError("nobody may work that much")

    monkeypatch.setattr("sim.experiment.run.plan_roster", impossible)
    with pytest.raises(sim.StaffingError) as refused:
        sim.run(small.with_({"name": "tired"}))
    assert str(refused.value) == "tired: nobody may work that much"


def test_who_is_away_loses_no_pauses() -> None:
    """Two people, 08:00 to 16:00 with an hour for lunch on five days: 35 h each, and one of them is away all week."""
    scenario = from_data({
        "horizon": {"start": "2026-03-02", "days": 7, "warmup_days": 0},
        "regions": {"here": {"zone": "UTC", "tickets": "1 per hour", "shifts": {"D": "08:00-16:00"}}},
        "work": {
            "routes": {priority: {"tiers": ["tier1"]} for priority in ("P1", "P2", "P3", "P4")},
            "handle": {"tier1": {"mean": "10 min"}},
        },
        "staffing": {
            "crews": {"day": {"pattern": "5D 2O", "phases": "aligned", "headcount": {"tier1": 2}}},
            "pauses": {"lunch": {"after": "3 h", "length": "1 h"}},
            "absences": {"week": {"agents": ["here/tier1/day/1"], "start": "2026-03-01", "end": "2026-03-09"}},
        },
    })  # fmt: skip
    result = sim.run(scenario, workers=1)
    lost = result.tables["lost_by_reason_role"]
    (hours,) = lost.query("measure == 'lost' and reason == 'absence' and role == 'tier1'")["mean"]
    assert (hours, result.kpis.loc["people.absence", "mean"]) == (35, 50)
    assert result.absences["duty"].value_counts().tolist() == [2] * 5


def test_codes_have_their_names_in_every_journal(small: sim.Scenario) -> None:
    """What the roles, reasons and entries of the journals are called; a few rows by hand."""
    calm = {"family": "constant", "mean": "1 h"}
    scenario = small.with_(
        {
            "continuity.threats": {"power": {"recovery": calm, "rate": "0 per year"}},
            "continuity.drills": {"failover": {"lasts": "1 h", "rate": "0 per year"}},
        }
    )
    result = sim.run(scenario, workers=1)
    (one,) = result.replications
    assert one.journals is not None
    rows = {"entry": [0, 0], "drill": [0, 1], "region": [0, 0], "start": [0, 5], "end": [9, 9], "serves": [3, 15]}
    away = {"agent": [0], "duty": [0], "start": [3], "end": [5], "reason": [Reason.NOT_HIRED]}
    written = replace(one.journals, disruptions=table(DISRUPTIONS, rows), absences=table(ABSENCES, away))
    result = replace(result, replications=(replace(one, journals=written),))
    assert result.disruptions["entry"].tolist() == ["power", "failover"]
    assert result.absences["reason"].tolist() == ["not_hired"]
    assert result.absences["agent"].tolist() == [result.plan.agents.name[0]]
    assert set(result.life["state"]) >= {"created", "acknowledged", "in_progress", "closed"}
    assert set(result.work["kind"]) <= {kind.name.lower() for kind in TaskKind}
    assert result.tickets["emergency"].isna().all()
    assert list(result.work["tier"].cat.categories) == [*ROLES, "lead"]
