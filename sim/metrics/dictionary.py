"""The data dictionary as a page. Write it anew with `python -m sim.metrics.dictionary > docs/metrics.md`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sim.metrics.burnout import BOUNDS, Bound
from sim.metrics.kpis import DEFINITIONS
from sim.metrics.measure import LAYOUTS
from sim.scenario.limits import Limits

if TYPE_CHECKING:
    from sim.metrics.definition import Definition

_INTRODUCTION = """\
# What is measured

Generated from `sim/metrics/` by `python -m sim.metrics.dictionary > docs/metrics.md`; change the definitions there.

## How every figure is made

- Everything is computed from the journals, after the run. The **measured window** is [end of the warm-up, end of the
  horizon): an instant at its start lies inside, one at its end does not.
- Every figure is a **ratio of two sums**. Over replications both sums are added and then divided, so a figure is a
  ratio of means and not a mean of ratios: a busy replication weighs more than a quiet one. A count is divided by 1 a
  replication, a time average by the length of the window.
- Its **interval** (95 %) comes from the jackknife over replications with Student's t; where the sum below the line is a
  plain count of replications this is the classic t interval. Replications with nothing below the line say nothing and
  take no part. One replication has no interval. Intervals end at what is possible: at 0, and at 100 % for a
  share.
- A **difference** between scenarios (`sim compare`) is taken replication by replication, on the same random numbers:
  the jackknife leaves the same replication out of both ratios. Its verdict is better or worse; higher or lower where
  neither is good in itself; cannot tell where the interval holds 0. With several alternatives the intervals of a figure
  hold for all of them together (Bonferroni). They are not widened over the figures: of twenty that a change leaves
  alone, expect one to seem changed.
- **Missing is missing**: nothing below the line makes a figure NaN (`null` in JSON), never 0.
- **Shares** are in per cent, **durations** in minutes unless the unit says h. Priority is always the ticket's original
  one.
- A run with `horizon.drain` goes on after the end of the horizon until it is empty. The window stays the same for time
  averages and hours; promises count for all tickets created in the window, however late their deadline.
- What the end of the run cuts off: work and waits still open run to the end of the run in all sums of time. Means of
  waits and responses know only what has been started; resolution shares know only what was resolved by then.
"""

_BURNOUT = """\
## Burnout indicators

What the journals say of each person, against the limits of the scenario. It is no medical score: the *light* is amber
from `limits.amber` limits exceeded on and red from `limits.red` on, and each limit is as good as its evidence, whose
source is told with its key in [scenario.md](scenario.md#limits). Only the measured window counts, but spans of 7 days
and days in a row may begin before it. Without duties there are only pages to look at; agents whose duty never ends are
no people, and have no indicator. Managers and coordinators have indicators and no light, and are in no figure of
burnout or fairness: the journals know little of their work. Their hours count like everybody's.

- **hours_7_days**: most time at work in any 7 x 24 h that end in the window: duties from their start until the agent
  was done, pauses included, and call-outs.
- **overtime**: time after the end of duties and their overlap.
- **consecutive_duties**, **consecutive_nights**: days in a row on which a duty, or a night, starts, local time. A night
  has at least 3 h between 22:00 and 06:00 by plan (Directive 2003/88/EC, Art. 2(3)-(4)); **nights** counts them.
- **short_rests**: duties to which the agent came less than `limits.rest` after they were done with the duty or the
  call-out before, as it really was (`rest.breaches` counts them). **quick_returns**: the same between duties as
  planned, without their overlap.
- **weekends**: share of the weekends whose Sunday begins in the window that have at least an hour of work from
  Saturday 00:00 to Sunday 24:00, local time. The allowed share is rounded up to whole weekends of the window.
- **sleep_pages**: interruptions off duty in sleep hours, as in `pages.sleep`.
- **busy_hours**: clock hours, at least half of them on duty, of which work and reviews took at least the critical share
  (`targets.utilization.critical`); **busy_streak**: the most in a row.
- **without_pause**: share of the duties of more than 6 h that start in the window, and end in the run, in which no
  stretch of `limits.pause` between the first and the last hour was free of work, meetings and reviews; whether a pause
  was planned makes no difference.
- **preemptions**: work that a P1 took out of the agent's hands.
- **overrun**: time from the end of the overlap until the agent was done, on average over the duties that start in the
  window and end in the run.

| indicator | limit | default, in the unit of the indicator | evidence |
|---|---|---|---|
"""

_TABLES = """\
## Tables

In long form: the keys, then `measure`, `mean`, `low`, `high`, `n`, `unit`. `n` is the sum below the line over all
replications: tickets or tasks of a share or a mean, hours of a time average or a utilization, replications of a count.
`hour_of_week` is local to the region, 0 is Monday 00-01. Rows of utilization also have the manual's `band` and `action`
(§8.3), rows of burnout by agent the `light` beside `limits_exceeded`. `due`, `met` and `excluded` are counts a
replication; `over_5_min` is the share of tasks that waited longer.

| table | keys | measures | what |
|---|---|---|---|
"""


def markdown() -> str:
    """The page."""
    figures = "\n".join(_figure(definition) for definition in DEFINITIONS)
    tables = "".join(
        f"| `{name}` | {', '.join(layout.keys)} | {_measures(name)} | {layout.what} |\n"
        for name, layout in LAYOUTS.items()
    )
    bounds = "".join(_bound(bound) for bound in BOUNDS)
    return f"{_INTRODUCTION}\n## Key figures\n\n{figures}\n{_BURNOUT}{bounds}\n{_TABLES}{tables}"


def _figure(definition: Definition) -> str:
    names = ", ".join(f"`{name}`" for name in definition.names)
    target = f"`{definition.target}`" if definition.target else "none"
    part = f"- only where there are: {definition.part}\n" if definition.part else ""
    return f"""\
### {names}

{definition.what}

- unit: {definition.unit}
- above the line: {definition.num}
- below the line: {definition.den}
- counts when: {definition.clock}
- left out: {definition.excluded}
- better: {definition.better}
- target: {target}
{part}"""


def _bound(bound: Bound) -> str:
    return f"| `{bound.measure}` | `limits.{bound.key}` | {bound.value(Limits()):.3g} | {bound.grade} |\n"


def _measures(table: str) -> str:
    return ", ".join(f"{measure.name} ({measure.unit})" for measure in LAYOUTS[table].measures)


if __name__ == "__main__":
    sys.stdout.write(markdown())
