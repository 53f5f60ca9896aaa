"""Every plot draws the figures of its frame, names its units, and leaves matplotlib as it found it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, StepPatch

import sim
from sim.report import style
from sim.report.findings import Findings
from sim.report.gallery import PLATES
from sim.report.plots.backlog import MOST_POINTS, plot_backlog
from sim.report.plots.burnout import MOST_PEOPLE, plot_burnout
from sim.report.plots.continuity import happened, plot_continuity
from sim.report.plots.differences import plot_differences, told
from sim.report.plots.pages import plot_pages
from sim.report.plots.sla import plot_sla
from sim.report.plots.staffing import plot_staffing
from sim.report.plots.utilization import plot_utilization
from sim.report.plots.waits import plot_waits
from sim.report.plots.weeks import MOST_PEOPLE as MOST_ROWS
from sim.report.plots.weeks import plot_weeks
from sim.scenario.base import PRIORITIES, TIERS


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(6, 4)).add_subplot()


@pytest.fixture(autouse=True)
def _no_figure_is_left() -> Iterator[None]:
    yield
    plt.close("all")


def panels(ax: Axes) -> list[Axes]:
    return [child for child in ax.child_axes if isinstance(child, Axes)]


def texts(ax: Axes) -> str:
    """Everything that is written on axes and their panels."""
    legends = [
        text.get_text() for one in (ax, *panels(ax)) if one.get_legend() for text in one.get_legend().get_texts()
    ]
    labels = [getattr(one, name)() for one in (ax, *panels(ax)) for name in ("get_xlabel", "get_ylabel", "get_title")]
    titles = [one.get_title(loc="left") for one in panels(ax)]
    return " | ".join([*legends, *labels, *titles])


def kpis(**changes: Any) -> pd.DataFrame:
    names = [f"sla.{promise}.{priority}" for promise in ("response", "resolution") for priority in PRIORITIES]
    mean = np.arange(90.0, 98.0)
    table = pd.DataFrame({"mean": mean, "low": mean - 1, "high": mean + 2, "target": 95.0}, index=names)
    for name, value in changes.items():
        table.loc[name.replace("_", ".")] = value
    return table


def test_bars_of_the_service_level_are_as_high_as_the_figures(ax: Axes) -> None:
    plot_sla(kpis(), ax)
    heights = [bar.get_height() for group in ax.containers[::2] for bar in group]  # type: ignore[union-attr]
    assert heights == list(range(90, 98))
    written = [text.get_text() for text in ax.texts]
    assert written == [f"{height}.0" for height in range(90, 98)]


def test_intervals_and_targets_of_the_service_level_are_drawn(ax: Axes) -> None:
    plot_sla(kpis(sla_response_P2=[91.0, 90.0, 93.0, np.nan]), ax)
    segments = [line for collection in ax.collections for line in collection.get_segments()]  # type: ignore[attr-defined]
    upright = {(round(low[1], 9), round(high[1], 9)) for low, high in segments if low[0] == high[0]}
    assert (89.0, 92.0) in upright
    flat = [low[1] for low, high in segments if low[1] == high[1]]
    assert flat == [95.0] * 7
    assert "response in time | resolution in time | 95 % interval | target" in texts(ax)


def test_a_promise_without_a_figure_says_so(ax: Axes) -> None:
    plot_sla(kpis(sla_response_P3=[np.nan] * 4), ax)
    assert [text.get_text() for text in ax.texts].count("no data") == 1


def test_lines_of_waits_go_through_the_figures(ax: Axes, findings: Findings) -> None:
    table = findings.tables["waits_by_priority"]
    plot_waits(table, ax)
    for line, priority in zip(ax.containers, PRIORITIES, strict=True):
        wanted = table[(table["priority"] == priority) & (table["measure"] != "mean")]["mean"]
        assert line[0].get_ydata() == pytest.approx(wanted.to_numpy())  # type: ignore[union-attr]
        assert line.get_label() == priority
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["at all", "1 min", "5 min", "15 min", "60 min"]


def cells(ax: Axes) -> Counter[str]:
    """Cells of the heat map by band."""
    found: Counter[str] = Counter()
    for patch in ax.patches:
        assert isinstance(patch, PathPatch)
        found[str(patch.get_label())] += len(patch.get_path().vertices) // 5  # type: ignore[arg-type]
    return found


def test_the_heat_map_has_every_hour_of_every_tier_in_its_band(ax: Axes, findings: Findings) -> None:
    table = findings.tables["utilization_by_hour_tier"]
    plot_utilization(table, ax)
    assert len(panels(ax)) == len(TIERS)
    shares = table[table["measure"] == "utilization"]
    for panel, tier in zip(panels(ax), TIERS, strict=True):
        wanted = Counter(shares[shares["tier"] == tier]["band"].fillna("nobody on duty"))
        assert cells(panel) == wanted
        assert cells(panel).total() == 168


def test_a_cell_of_the_heat_map_lies_at_its_day_and_hour(ax: Axes) -> None:
    rows = [
        {
            "hour_of_week": hour,
            "tier": tier,
            "measure": "utilization",
            "band": "critical" if hour == 5 * 24 + 7 else "low",
        }
        for hour in range(168)
        for tier in TIERS
    ]
    plot_utilization(pd.DataFrame(rows), ax, (50, 60, 70.5))
    (patch,) = [patch for patch in panels(ax)[0].patches if patch.get_label() == "critical"]
    corner = patch.get_path().vertices.min(axis=0)  # type: ignore[union-attr]
    assert tuple(corner) == (7, 5)
    assert "low < 50 % | optimal 50-60 % | high 60-70.5 % | critical ≥ 70.5 %" in texts(ax)


def test_steps_of_staffing_are_those_of_the_table(ax: Axes, findings: Findings) -> None:
    table = findings.tables["staffing_by_region_hour"]
    plot_staffing(table, ax)
    assert [panel.get_title(loc="left") for panel in panels(ax)] == ["here", "there"]
    for panel, region in zip(panels(ax), ["here", "there"], strict=True):
        steps = {str(patch.get_label()): patch for patch in panel.patches if isinstance(patch, StepPatch)}
        here = table[table["region"] == region].pivot_table(index="hour_of_week", columns="measure", values="mean")
        assert steps["agents on duty"].get_data()[0] == pytest.approx(here["on_duty"].to_numpy())
        load = next(patch for label, patch in steps.items() if label.startswith("load"))
        assert load.get_data()[0] == pytest.approx(here["offered"].to_numpy())
        assert ("more than the agents on duty" in steps) == bool((here["offered"] > here["on_duty"]).any())


def test_lines_of_the_backlog_are_those_of_the_table_and_the_warm_up_is_shaded(ax: Axes, findings: Findings) -> None:
    table = findings.tables["backlog_by_time_tier"]
    plot_backlog(table, ax, warmup_days=1)
    waiting = table[(table["measure"] == "waiting") & (table["tier"] == "tier1")]
    line = panels(ax)[0].lines[0]
    assert np.asarray(line.get_ydata()) == pytest.approx(waiting["mean"].to_numpy())
    assert date2num(waiting["time"].iloc[0]) == np.asarray(line.get_xdata())[0]
    assert "95 % interval | tasks that wait | warm-up, not measured" in texts(ax)
    shade = panels(ax)[0].patches[0].get_window_extent()
    assert shade.width / panels(ax)[0].get_window_extent().width == pytest.approx(24 / (len(waiting) - 1), rel=0.01)


def test_of_a_long_run_one_point_in_so_many_is_drawn_and_that_is_said(ax: Axes) -> None:
    hours = 2 * MOST_POINTS + 1
    time = pd.date_range("2026-03-02", periods=hours, freq="h", tz="UTC")
    one = {"time": time, "tier": "tier1", "measure": "waiting", "low": 0.0, "high": 9.0}
    plot_backlog(pd.DataFrame({**one, "mean": np.arange(hours)}), ax)
    assert np.asarray(panels(ax)[0].lines[0].get_ydata())[:3].tolist() == [0, 3, 6]
    assert "date, UTC (one point in 3 is drawn)" in texts(ax)


def person(agent: str, *cells: tuple[str, float, float]) -> list[dict[str, Any]]:
    return [
        {"agent": agent, "limit": limit, "title": f"{limit} (≤ 5)", "value": value, "exceeded": exceeded}
        for limit, value, exceeded in cells
    ]


def test_the_worst_person_is_first_with_values_and_colours_of_the_frame(ax: Axes) -> None:
    good = person("good", ("nights", 2.0, 0.0), ("weeks", 4.25, 25.0))
    bad = person("bad", ("nights", 6.0, 100.0), ("weeks", np.nan, np.nan))
    plot_burnout(pd.DataFrame([*good, *bad]), ax)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["bad", "good"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["nights (≤ 5)", "weeks (≤ 5)"]
    (mesh,) = [collection for collection in ax.collections if isinstance(collection, QuadMesh)]
    shares = np.ma.filled(np.ma.asarray(mesh.get_array()), np.nan)
    assert shares == pytest.approx(np.array([[100, np.nan], [0, 25]]), nan_ok=True)
    assert [text.get_text() for text in ax.texts] == ["6", "2", "4.2"]


def test_two_limits_of_one_size_are_two_columns(ax: Axes) -> None:
    rows = person("somebody", ("first", 1.0, 0.0), ("second", 2.0, 0.0))
    plot_burnout(pd.DataFrame(rows).assign(title="hours (≤ 5)"), ax)
    assert [text.get_text() for text in ax.texts] == ["1", "2"]


def test_no_more_people_are_shown_than_fit(ax: Axes) -> None:
    many = [row for n in range(MOST_PEOPLE + 5) for row in person(f"p{n}", ("nights", 1.0, float(n)))]
    plot_burnout(pd.DataFrame(many), ax)
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert len(names) == MOST_PEOPLE
    assert names[0] == f"p{MOST_PEOPLE + 4}"


def test_pages_of_all_regions_stand_upon_each_other_by_hour(ax: Axes, paged: Findings) -> None:
    plot_pages(paged.tables["pages_by_region_hour"], ax, days=14, sleep=(22, 8))
    here, there = ([bar.get_height() for bar in group] for group in ax.containers)  # type: ignore[union-attr]
    assert here == [7.0 if hour == 6 else 0.0 for hour in range(24)]  # 2 on each of seven days in 14 days
    assert there == [35.0 if hour == 23 else 0.0 for hour in range(24)]
    assert "here | there | sleep hours" in texts(ax)
    assert "pages a week" in texts(ax)


@pytest.mark.parametrize(
    ("name", "units"),
    [
        ("sla", ["% of those due"]),
        ("waits", ["waits longer than", "% of tasks started"]),
        ("utilization", ["local hour of the day, h", "≥ 90 %"]),
        ("staffing", ["agents", "local time of the week"]),
        ("backlog", ["tasks", "date, UTC"]),
        ("pages", ["local hour of the day, h", "pages a week"]),
    ],
)
def test_units_stand_on_the_axes(name: str, units: list[str], paged: Findings, ax: Axes) -> None:
    PLATES[name].draw(paged, ax)
    for unit in units:
        assert unit in texts(ax)


@pytest.mark.parametrize("name", sorted(PLATES))
def test_a_plot_goes_where_it_is_told_or_makes_a_figure_and_changes_no_setting(
    name: str, paged: Findings, ax: Axes
) -> None:
    before = dict(mpl.rcParams)
    draw = getattr(sim.plot, name)
    assert draw(paged, ax) is ax
    assert not plt.get_fignums()
    own = draw(paged)
    assert own.figure.get_figwidth() == style.WIDTH
    assert dict(mpl.rcParams) == before


def test_a_result_is_drawn_like_its_findings(result: sim.Result, findings: Findings) -> None:
    first, second = sim.plot.sla(result), sim.plot.sla(findings)
    heights = [[bar.get_height() for bar in ax.patches] for ax in (first, second)]  # type: ignore[attr-defined]
    assert heights[0] == pytest.approx(heights[1], nan_ok=True)


def test_one_replication_is_drawn_without_intervals(findings: Findings, ax: Axes) -> None:
    table = findings.tables["backlog_by_time_tier"].assign(low=np.nan, high=np.nan)
    plot_backlog(table, ax)
    assert "interval" not in texts(ax)
    plot_sla(kpis().assign(low=np.nan, high=np.nan), Figure().add_subplot())


def test_bands_are_told_apart_in_grey() -> None:
    red, green, blue = (np.array([int(colour[i : i + 2], 16) for colour in style.BANDS.values()]) for i in (1, 3, 5))
    grey = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    assert (np.diff(grey) < -20).all()


def test_importing_the_plots_changes_no_setting() -> None:
    code = (
        "import sys, matplotlib as mpl; keys = set(mpl.rcParams) - {'backend'}; "  # a look at it chooses one
        "before = {key: mpl.rcParams[key] for key in keys}; import sim.report.gallery; "
        "assert {key: mpl.rcParams[key] for key in keys} == before; assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent)


def _compared() -> pd.DataFrame:
    rows = [
        ("a", "base", 50.0, None, None, None, None),
        ("a", "other", 60.0, 10.0, 5.0, 15.0, "better"),
        ("b", "base", 0.0, None, None, None, None),
        ("b", "other", 1.0, 1.0, 0.5, 1.5, "worse"),
        ("c", "base", 10.0, None, None, None, None),
        ("c", "other", 5.0, -5.0, -6.0, -4.0, "worse"),
        ("d", "base", 10.0, None, None, None, None),
        ("d", "other", 10.1, 0.1, -1.0, 1.2, "cannot tell"),
    ]
    columns = ["kpi", "scenario", "mean", "difference", "difference_low", "difference_high", "verdict"]
    return pd.DataFrame(rows, columns=columns).set_index(["kpi", "scenario"])


def test_differences_are_shares_of_the_base_and_the_largest_comes_first(ax: Axes) -> None:
    table = _compared()
    assert told(table) == ["c", "a"]  # nothing is a share of 0, and d cannot be told
    plot_differences(table, ax)
    marks = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 1]
    arms = [line.get_xdata() for line in ax.lines[1:] if len(line.get_xdata()) == 2]
    assert [float(mark[0]) for mark in marks] == [-50, 20]
    assert [[float(end) for end in arm] for arm in arms] == [[-60, -40], [10, 30]]
    assert "% of its figure" in texts(ax)
    assert "other" in texts(ax)


def test_markers_of_many_alternatives_stay_in_the_row_of_their_figure(ax: Axes) -> None:
    table = _compared()
    base, other = table.index.get_level_values("scenario").unique()[:2]
    many = pd.concat(
        [table.xs(base, level="scenario", drop_level=False)]
        + [table.xs(other, level="scenario").assign(scenario=f"plan {n}").set_index("scenario", append=True)
           for n in range(12)]
    )  # fmt: skip
    plot_differences(many, ax)
    heights = [float(line.get_ydata()[0]) for line in ax.lines if len(line.get_xdata()) == 1]
    assert {round(height) for height in heights} == set(range(len(ax.get_yticks())))
    assert max(abs(height - round(height)) for height in heights) < 0.45
    assert "+0" not in {label.get_text() for label in ax.get_xticklabels()}


def test_differences_that_nobody_can_tell_leave_an_empty_plot(ax: Axes) -> None:
    table = _compared().loc[["d"]]
    plot_differences(table, ax)
    assert not [line for line in ax.lines[1:] if len(line.get_xdata()) == 1]


def _weeks(people: int) -> pd.DataFrame:
    days = pd.to_datetime(["2026-03-02", "2026-03-09"]).date
    rows = [(f"p{n}", day, 30.0 + n + 20 * w) for n in range(people) for w, day in enumerate(days)]
    return pd.DataFrame(rows, columns=["agent", "week", "mean"])


def test_weeks_show_the_longest_first_on_the_colour_of_their_limit(ax: Axes) -> None:
    plot_weeks(_weeks(3), ax, (48, 51))
    (mesh,) = [child for child in ax.collections if isinstance(child, QuadMesh)]
    assert mesh.get_array().tolist() == [[32, 52], [31, 51], [30, 50]]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["p2", "p1", "p0"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["02 Mar", "09 Mar"]
    levels = [int(mesh.norm(value)) for value in (48, 49, 51, 52)]
    assert levels == [0, 1, 1, 2]  # at a limit is not above it
    assert "hours worked" in texts(ax)


def test_weeks_of_many_people_are_cut(ax: Axes) -> None:
    plot_weeks(_weeks(MOST_ROWS + 5), ax)
    assert len(ax.get_yticklabels()) == MOST_ROWS


def service(hours: int = 48, **measures: Any) -> pd.DataFrame:
    """`continuity_by_time`: 12 tickets wait and all responses are in time, unless said otherwise."""
    time = pd.date_range("2026-03-02", periods=hours, freq="h", tz="UTC")
    values = {"waiting": 12.0, "response": 100.0, "disrupted": 0.0, "emergencies": 0.0, **measures}
    parts = [pd.DataFrame({"time": time, "measure": name, "mean": value}) for name, value in values.items()]
    return pd.concat(parts, ignore_index=True).assign(low=np.nan, high=np.nan)


def some_hours(*hours: int, value: float = 100.0, of: int = 48) -> np.ndarray:
    values = np.zeros(of)
    values[list(hours)] = value
    return values


def shades(ax: Axes) -> list[tuple[float, float]]:
    """First hour and hours of every shade of disruption."""
    start = date2num(np.datetime64("2026-03-02"))  # type: ignore[no-untyped-call]
    return [
        (round(24 * (patch.get_x() - start), 6), round(24 * patch.get_width(), 6))
        for patch in ax.patches
        if patch.get_label() == "disruption or drill"  # type: ignore[attr-defined]
    ]


def test_stretches_of_equally_disrupted_hours_are_shaded_in_one_piece(ax: Axes) -> None:
    disrupted = some_hours(5, 6, 7) + some_hours(8, 47, value=50.0)
    plot_continuity(service(disrupted=disrupted), ax, target=95.0)
    waiting, response = panels(ax)
    assert shades(waiting) == shades(response) == [(5, 3), (8, 1), (47, 1)]
    strong, weak, _ = (patch.get_alpha() for patch in waiting.patches)
    assert strong > weak
    assert response.get_lines()[-1].get_ydata() == [95, 95]
    assert "target" in texts(ax)


def test_lines_of_the_service_are_its_figures(ax: Axes) -> None:
    late = np.where(np.arange(48) < 10, 63.0, 100.0)
    plot_continuity(service(response=late, emergencies=some_hours(3, value=2.0)), ax, warmup_days=1)
    waiting, response, emergencies = panels(ax)
    assert waiting.get_lines()[0].get_ydata().tolist() == [12.0] * 48  # type: ignore[union-attr]
    assert response.get_lines()[0].get_ydata().tolist() == late.tolist()  # type: ignore[union-attr]
    assert emergencies.get_lines()[0].get_ydata()[3] == 2  # type: ignore[index]
    assert response.get_ylim()[0] == 50
    assert "warm-up" in texts(ax)
    assert {"tickets", "%", "emergencies", "date, UTC"} <= set(texts(ax).split(" | "))


def test_there_is_a_picture_of_the_service_where_anything_has_happened() -> None:
    assert not happened(service())
    assert happened(service(disrupted=some_hours(3)))
    assert happened(service(emergencies=some_hours(3)))
