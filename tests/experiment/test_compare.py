"""Comparing scenarios from Python."""

from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pytest

import sim
from sim.experiment.compare import compare
from sim.experiment.comparison import COLUMNS, verdict
from sim.metrics.kpis import KPIS

FASTER = {"staffing.flat.here.tier1": 5, "staffing.flat.here.tier2": 3}
BUSIER = {"demand.scale": 1.4}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> sim.Scenario:
    """A desk of two regions, so busy that more people, or more to do, are felt at once."""
    path = tmp_path_factory.mktemp("world") / "desk.yaml"
    path.write_text(
        """\
question: Does the desk cope?
horizon: {start: 2026-03-02, days: 2, warmup_days: 1}
regions: {here: {zone: Europe/London, tickets: 12 per hour}, there: {zone: Asia/Singapore, tickets: 4 per hour}}
work: {handle: {tier1: {mean: 20 min}, tier2: {mean: 30 min}, tier3: {mean: 40 min}, tier4: {mean: 60 min}}}
targets: {response: {P1: 15 min, P2: 1 h, P3: 4 h, P4: 8 h}, first_contact: 85 %}
staffing:
  mode: flat
  flat: {here: {tier1: 3, tier2: 2, tier3: 1, tier4: 1}, there: {tier1: 2, tier2: 1}}
""",
        encoding="utf-8",
    )
    return sim.load(path)


@pytest.fixture(scope="module")
def found(world: sim.Scenario) -> sim.Comparison:
    """Three plans: as it is, with more people, with more to do."""
    return sim.compare(
        {"today": world, "more people": world.with_(FASTER), "more to do": world.with_(BUSIER)},
        replications=6, seed=2, workers=1,
    )  # fmt: skip


def test_every_figure_of_every_scenario_stands_beside_its_difference(found: sim.Comparison) -> None:
    table = found.kpis
    assert tuple(table.columns) == COLUMNS
    assert list(table.index) == [(kpi, label) for kpi in KPIS for label in ("today", "more people", "more to do")]
    row = table.loc[("response.mean", "more to do")]
    assert row["difference"] == pytest.approx(row["mean"] - table.loc[("response.mean", "today"), "mean"])
    assert row["difference_low"] < row["difference"] < row["difference_high"]
    assert row["unit"] == "min"
    base = table.xs("today", level="scenario")
    assert base[["difference", "difference_low", "difference_high", "verdict", "gain"]].isna().all(axis=None)


def test_each_scenario_has_the_figures_of_its_own_run(world: sim.Scenario, found: sim.Comparison) -> None:
    alone = sim.run(world.with_(BUSIER), replications=6, seed=2, workers=1)
    assert found.results[2].records == alone.records


def test_more_people_are_better_and_more_to_do_is_worse(found: sim.Comparison) -> None:
    assert found.verdict("response.mean") == found.verdict("response.mean", "more people") == "better"
    assert found.verdict("tickets.active", "more people") == "better"
    assert found.verdict("tickets.active", "more to do") == "worse"
    assert found.verdict("utilization.tier1", "more people") == "lower"
    assert found.verdict("utilization.tier1", "more to do") == "higher"
    assert found.verdict("tickets.count", "more people") == "cannot tell"


def test_the_order_of_the_two_turns_signs_and_verdicts(world: sim.Scenario) -> None:
    plans = [sim.run(plan, replications=4, workers=1, journals="none") for plan in (world, world.with_(BUSIER))]
    there, back = (compare(order) for order in (plans, plans[::-1]))
    turned = {"better": "worse", "worse": "better", "higher": "lower", "lower": "higher", "cannot tell": "cannot tell"}
    for one, other in zip(*(list(c.differences.values())[0].items() for c in (there, back)), strict=True):  # noqa: RUF015
        (kpi, forth), (_, back_again) = one, other
        assert back_again.verdict == turned[forth.verdict], kpi
        assert back_again.mean == (None if forth.mean is None else -forth.mean)
        assert back_again.gain == forth.gain


def test_the_order_of_the_alternatives_changes_nothing(found: sim.Comparison) -> None:
    today, people, to_do = found.results
    swapped = compare({"today": today, "more to do": to_do, "more people": people}, seed=2)
    assert swapped.differences["more people"] == found.differences["more people"]
    assert swapped.differences["more to do"] == found.differences["more to do"]


def test_a_tie_is_exactly_zero_and_nothing_can_be_told(world: sim.Scenario) -> None:
    tie = compare([world, world], replications=3, workers=1)
    assert tie.labels == ("desk", "desk (2)")
    assert tie.changes == {"desk (2)": ()}
    assert tie.typical_gain is None
    for kpi, one in tie.differences["desk (2)"].items():
        assert one.verdict == "cannot tell"
        known = tie.base.records[kpi]["low"] is not None
        assert (one.mean, one.low, one.high) == ((0, 0, 0) if known else (one.mean, None, None))


def test_common_random_numbers_are_worth_replications(world: sim.Scenario, found: sim.Comparison) -> None:
    """The same interval from independent runs takes several times as many: the tape is worth its care."""
    one_more = compare([found.base, world.with_({"staffing.flat.there.tier1": 3})], replications=6, seed=2, workers=1)
    gains = {kpi: one.gain for kpi, one in one_more.differences["desk (2)"].items() if one.gain is not None}
    assert min(gains[kpi] for kpi in ("response.mean", "utilization.tier2", "resolution.rate")) > 2
    assert one_more.typical_gain == np.median(list(gains.values()))


def test_independent_runs_gain_nothing_on_average(world: sim.Scenario) -> None:
    """What the gain is measured against: two runs of different seeds, put together by hand."""
    one, other = (sim.run(world, replications=8, seed=seed, workers=1, journals="none") for seed in (1, 2))
    apart = sim.Comparison((one, other), ("one", "other"), simultaneous=True, wall_s=0.0)
    assert apart.typical_gain == pytest.approx(1, abs=0.4)


def test_intervals_for_all_alternatives_together_are_wider(found: sim.Comparison) -> None:
    each = sim.compare(dict(zip(found.labels, found.results, strict=True)), seed=2, simultaneous=False)
    assert (found.level, each.level) == (pytest.approx(0.975), 0.95)
    wide, narrow = (c.differences["more to do"]["response.mean"] for c in (found, each))
    assert wide.mean == narrow.mean
    assert wide.low < narrow.low < narrow.high < wide.high  # type: ignore[operator]


def test_with_one_alternative_there_is_nothing_to_widen(found: sim.Comparison) -> None:
    assert compare(found.results[:2], seed=2).level == pytest.approx(0.95)


def test_changes_are_told_against_the_base(found: sim.Comparison) -> None:
    assert {label: [str(change) for change in changes] for label, changes in found.changes.items()} == {
        "more people": ["staffing.flat.here.tier1: 3 → 5", "staffing.flat.here.tier2: 2 → 3"],
        "more to do": ["demand.scale: (not set) → 1.4"],
    }


def test_targets_newly_met_and_missed_are_named(world: sim.Scenario) -> None:
    slower = world.with_({"staffing.flat.here.tier1": 1})
    missed = compare([world.with_(FASTER), slower], replications=2, workers=1)
    met = compare([slower, world.with_(FASTER)], replications=2, workers=1)
    assert ("desk (2)", "sla.response.P3", False) in missed.turns
    assert {(turn.kpi, not turn.met) for turn in missed.turns} == {(turn.kpi, turn.met) for turn in met.turns}
    for turn in missed.turns:
        assert missed.base.records[turn.kpi]["met"] is not turn.met


def test_results_at_hand_are_not_run_again(world: sim.Scenario, found: sim.Comparison) -> None:
    progress: list[int] = []
    again = compare([found.base, world.with_(BUSIER)], replications=6, seed=2, workers=1, progress=progress.append)
    assert progress == [1, 2, 3, 4, 5, 6]
    assert again.base is found.base
    assert again.differences["desk (2)"]["response.mean"].mean == pytest.approx(
        found.differences["more to do"]["response.mean"].mean
    )


def test_of_results_of_different_length_the_shared_replications_are_compared(
    world: sim.Scenario, found: sim.Comparison
) -> None:
    cut = compare([found.base, world.with_(BUSIER)], replications=3, seed=2, workers=1)
    assert cut.replications == 3
    assert cut.differences == compare([world, cut.results[1]], replications=3, seed=2, workers=1).differences


def test_an_interrupt_keeps_the_replications_that_all_have(world: sim.Scenario) -> None:
    def interrupt(done: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    plans = [world, world.with_(BUSIER)]
    cut = compare(plans, replications=50, workers=1, progress=interrupt)
    assert cut.interrupted
    assert cut.replications == 2
    assert cut.differences == compare(plans, replications=2, workers=1).differences
    assert cut.manifest()["interrupted"] is True
    assert cut.manifest()["replications_asked"] == 50


def test_one_replication_tells_nothing(world: sim.Scenario) -> None:
    one = compare([world, world.with_(BUSIER)], replications=1, workers=1).differences["desk (2)"]["response.mean"]
    assert one.mean is not None
    assert one[1:] == (None, None, "cannot tell", None)


def test_a_difference_of_rounding_is_none(found: sim.Comparison) -> None:
    """Sums in another order differ in their last digits, and always in the same way."""
    shifted = pickle.loads(pickle.dumps(found.base))  # noqa: S301 - our own
    num = shifted.ratios.num
    np.multiply(num, 1 + 4e-16, out=num)
    same = compare([found.base, shifted], seed=2)
    assert any(one.mean for one in same.differences["desk (2)"].values())
    assert {one.verdict for one in same.differences["desk (2)"].values()} == {"cannot tell"}


def test_json_holds_everything_and_no_nan(found: sim.Comparison) -> None:
    report = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert (report["base"], report["replications"], report["seed"], report["engine"]) == ("today", 6, 2, "kernel")
    assert report["scenarios"]["more to do"]["changes"] == ["demand.scale: (not set) → 1.4"]
    assert list(report["kpis"]) == list(KPIS)
    mean = report["kpis"]["response.mean"]
    assert (mean["unit"], mean["better"]) == ("min", "down")
    assert "difference" not in mean["scenarios"]["today"]
    assert set(mean["scenarios"]["more to do"]["difference"]) == {"mean", "low", "high", "verdict", "gain"}


def test_names_are_text_in_html(world: sim.Scenario) -> None:
    loud = world.with_({"name": "<script>alert(1)</script>"})
    html = compare([world, loud], replications=1, workers=1)._repr_html_()
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") > 1


def test_it_says_what_it_is_in_a_line_and_travels(found: sim.Comparison) -> None:
    assert repr(found) == "<Comparison of 'today' with 'more people', 'more to do': 6 replications>"
    assert pickle.loads(pickle.dumps(found)).differences == found.differences  # noqa: S301 - our own


@pytest.mark.parametrize(
    ("low", "high", "better", "says"),
    [
        (0.1, 2.0, "up", "better"),
        (0.1, 2.0, "down", "worse"),
        (0.1, 2.0, "none", "higher"),
        (-2.0, -0.1, "up", "worse"),
        (-2.0, -0.1, "down", "better"),
        (-2.0, -0.1, "none", "lower"),
        (-0.1, 2.0, "up", "cannot tell"),
        (0.0, 2.0, "up", "cannot tell"),
        (-2.0, 0.0, "down", "cannot tell"),
        (0.0, 0.0, "none", "cannot tell"),
        (float("nan"), float("nan"), "up", "cannot tell"),
    ],
)
def test_a_verdict_is_the_sign_of_the_interval(low: float, high: float, better: Any, says: str) -> None:
    assert verdict(low, high, better) == says


def test_one_scenario_is_nothing_to_compare(world: sim.Scenario) -> None:
    with pytest.raises(sim.SimError, match=r"^a comparison needs a base and at least one other scenario; found 1$"):
        compare([world])


def test_only_scenarios_and_results_can_be_compared(world: sim.Scenario) -> None:
    with pytest.raises(sim.SimError, match=r"^only scenarios \(sim.load\) and results \(sim.run\) .*; found str$"):
        compare([world, "scenarios/baseline.yaml"])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("days", 5, "horizon.days is 5 in the one, 2 in the other; .* with --set horizon.days=2$"),
        ("warmup_days", 0, "horizon.warmup_days is 0 in the one, 1 in the other; .* --set horizon.warmup_days=1$"),
        ("start", "2026-03-09", "horizon.start is 2026-03-09 in the one, 2026-03-02 in the other"),
        ("drain", True, "horizon.drain is true in the one, false in the other; .* --set horizon.drain=false$"),
    ],
)
def test_other_times_are_refused(world: sim.Scenario, key: str, value: Any, message: str) -> None:
    other = world.with_({f"horizon.{key}": value, "name": "longer"})
    with pytest.raises(sim.SimError, match=f"^longer and desk do not cover the same time: {message}"):
        compare([world, other])


def test_other_regions_may_be_compared(world: sim.Scenario) -> None:
    third = world.with_({"regions.third": {"zone": "UTC", "tickets": "2 per hour"}})
    assert compare([world, third], replications=3, workers=1).verdict("tickets.count") == "higher"


def test_results_of_other_seeds_are_refused(world: sim.Scenario, found: sim.Comparison) -> None:
    with pytest.raises(
        sim.SimError, match=r"^desk \(2\) has the seed 9 and desk the seed 2, .*: run both with the same"
    ):
        compare([found.base, world.with_(BUSIER)], seed=9)
