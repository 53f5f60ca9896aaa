"""Tables as people and files read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from sim.experiment.estimate import pooled
from sim.metrics.frames import frames
from sim.metrics.measure import LAYOUTS, measure, stack

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def tables(desk: Any, eventful: Callable[[Any], Any], invent: Callable[..., Any]) -> dict[str, pd.DataFrame]:
    """Three replications."""
    there = eventful(desk)
    stacked = stack([measure(invent(desk, seed), there.scenario, desk.clock) for seed in range(3)])
    return frames(stacked, there.scenario, desk.clock, pooled)


@pytest.mark.parametrize("name", ["emergencies_by_type", "communication_by_step", "continuity_by_disruption"])
def test_tables_of_what_the_scenario_has_not_are_empty(desk: Any, log: Any, name: str) -> None:
    found = desk.table(name, log.journals())
    assert len(found) == 0
    assert list(found) == [*LAYOUTS[name].keys, "measure", "mean", "low", "high", "n", "unit"]


@pytest.mark.parametrize("name", LAYOUTS)
def test_tables_are_long_and_say_their_unit(tables: dict[str, pd.DataFrame], name: str) -> None:
    table, layout = tables[name], LAYOUTS[name]
    bands = ["band", "action"] if name.startswith("utilization") else ["light"] if name == "burnout_by_agent" else []
    assert list(table) == [*layout.keys, "measure", "mean", "low", "high", "n", "unit", *bands]
    assert not table.duplicated([*layout.keys, "measure"]).any()
    assert set(table["unit"]) == {measure.unit for measure in layout.measures}
    assert table.loc[table["n"] == 0, ["mean", "low", "high"]].isna().all(axis=None)
    assert table.loc[table["n"] > 0, "mean"].notna().all()


def test_shares_count_tickets_and_counts_count_replications(tables: dict[str, pd.DataFrame]) -> None:
    table = tables["sla_by_kind"].set_index(["kind", "measure"])
    assert table.loc[("ticket", "response"), "n"] == pytest.approx(3 * table.loc[("ticket", "response.due"), "mean"])
    assert table.loc[("ticket", "response.due"), "n"] == 3


def test_keys_have_the_types_of_their_labels(tables: dict[str, pd.DataFrame]) -> None:
    assert tables["backlog_by_time_tier"]["time"].dt.tz is not None
    assert tables["backlog_by_time_tier"]["time"].iloc[0] == pd.Timestamp("2026-03-01", tz="UTC")
    assert tables["sla_by_region_hour"]["hour_of_week"].dtype == "int64"
    assert tables["sla_by_region_hour"]["region"].unique().tolist() == ["americas", "europe"]


def test_agents_are_named_where_their_names_are_known(desk: Any, log: Any) -> None:
    log.duty(0, 60, agent=1)
    stacked = stack([measure(log.journals(), desk.scenario, desk.clock)])
    names = [f"agent {n}" for n in range(10)]
    found = frames(stacked, desk.scenario, desk.clock, pooled, agents=names)["utilization_by_agent"]
    assert found["agent"].unique().tolist() == names
    assert found.loc[found["n"] * found["mean"] > 0, "agent"].unique().tolist() == ["agent 1"]


def test_names_that_do_not_fit_the_agents_are_refused(desk: Any, log: Any) -> None:
    stacked = stack([measure(log.journals(), desk.scenario, desk.clock)])
    with pytest.raises(ValueError, match="10 agents, 2 names"):
        frames(stacked, desk.scenario, desk.clock, pooled, agents=("ann", "bob"))
