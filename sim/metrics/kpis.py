"""The key figures: their order, and what each of them means."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sim.metrics.utilization import band, per_cent
from sim.scenario.base import PRIORITIES, TIERS

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

Better = Literal["up", "down", "none"]


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means; one definition serves all its members (priorities, tiers).

    Attributes:
        stem: the name, or what comes before the dot and the member.
        unit: of mean, low and high.
        what: in a sentence.
        num: what is added above the line.
        den: what is added below the line.
        clock: which instant, or which time, places it in the measured window.
        excluded: what is left out.
        better: which way is good.
        target: the scenario's key, where there is a target.
        members: one figure for each, or none.
    """

    stem: str
    unit: str
    what: str
    num: str
    den: str
    clock: str
    excluded: str
    better: Better
    target: str = ""
    members: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The figures it defines."""
        return tuple(f"{self.stem}.{member}" for member in self.members) or (self.stem,)


_CREATED = "The ticket's creation lies in the measured window."
_ALL_TIME = "Every instant of the measured window."
_NOTHING = "Nothing."

DEFINITIONS = (
    Definition(
        "sla.response",
        "%",
        "Tickets and alerts that got their first response in time, by original priority.",
        num="100 x those whose first work by a person started at or before the response deadline",
        den="those whose response was due",
        clock="The deadline lies in the measured window. In a drained run: the creation does, and there is a deadline.",
        excluded="Tickets without a deadline; tickets abandoned before it (counted apart in the tables). "
        "Abandoned at or after the deadline is a breach.",
        better="up",
        target="targets.response_met",
        members=PRIORITIES,
    ),
    Definition(
        "sla.resolution",
        "%",
        "Tickets and alerts that were resolved in time, by original priority.",
        num="100 x those whose last resolution came at or before the resolution deadline, moved by the time on which "
        "the resolution clock stood still (waiting for the customer, or wrongly resolved)",
        den="those whose resolution was due",
        clock="The moved deadline lies in the measured window. "
        "In a drained run: the creation does, and there is a deadline.",
        excluded="Tickets without a deadline; abandoned tickets (counted apart in the tables).",
        better="up",
        target="targets.resolution_met",
        members=PRIORITIES,
    ),
    Definition(
        "utilization",
        "%",
        "Share of their time on duty for which the agents of a tier were at work on tickets, wherever these came from.",
        num="100 x time of work on duty by agents of that tier, hours",
        den="time on duty of agents of that tier, hours",
        clock="Both times as far as they lie in the measured window; work still open runs to the run's end.",
        excluded="Work outside duty. Nobody on duty: no figure, rather than 0.",
        better="none",
        target="targets.utilization",
        members=TIERS,
    ),
    Definition(
        "response.mean",
        "min",
        "Mean time from creation to the first work by a person.",
        num="started - created",
        den="tickets and alerts started",
        clock=_CREATED,
        excluded="Those that nobody has started on, by giving up or by the end of the run: "
        "in overload the mean is too good, and the SLA tells the truth.",
        better="down",
    ),
    Definition(
        "wait.mean",
        "min",
        "Mean time that a task stood in line before the first work on it. A ticket has one task or more.",
        num="time in line before the task's first work; stretches parted by an escalation add up",
        den="tasks started",
        clock="The task is first queued in the measured window.",
        excluded="Tasks that nobody has started on. Waits after an interruption or a hand-over.",
        better="down",
    ),
    Definition(
        "wait.probability",
        "%",
        "Share of the tasks that had to wait at all before the first work on them.",
        num="100 x tasks that stood in line for more than 0 ms before their first work",
        den="tasks started",
        clock="The task is first queued in the measured window.",
        excluded="Tasks that nobody has started on.",
        better="down",
    ),
    Definition(
        "tickets.count",
        "tickets",
        "Tickets and alerts created.",
        num="tickets and alerts created",
        den="1 a replication",
        clock=_CREATED,
        excluded=_NOTHING,
        better="none",
    ),
    Definition(
        "tickets.abandoned",
        "tickets",
        "Tickets whose customer gave up before the first response.",
        num="tickets abandoned",
        den="1 a replication",
        clock=_CREATED + " The customer may give up after it.",
        excluded=_NOTHING,
        better="down",
    ),
    Definition(
        "tickets.active",
        "tickets",
        "Mean number of tickets and alerts queued or in service; one with several tasks counts once.",
        num="time for which at least one task of the ticket was in line or in service, hours",
        den="length of the window, hours",
        clock=_ALL_TIME,
        excluded="Tickets that wait for the customer: they are in `tickets.pending`.",
        better="down",
    ),
    Definition(
        "tickets.pending",
        "tickets",
        "Mean number of tickets that waited for the customer.",
        num="time from the end of work to the customer's answer, or to the run's end, hours",
        den="length of the window, hours",
        clock=_ALL_TIME,
        excluded="Tickets wrongly taken for resolved.",
        better="none",
    ),
    Definition(
        "resolution.rate",
        "%",
        "Of the tickets and alerts created in the last 8 h, the share that is resolved by now; over all instants.",
        num="100 x ticket-hours for which a ticket was at most 8 h old and resolved for good",
        den="ticket-hours for which a ticket was at most 8 h old",
        clock=_ALL_TIME,
        excluded="Nothing: abandoned tickets count as not resolved, reopened ones from their last resolution on.",
        better="up",
    ),
    Definition(
        "fcr",
        "%",
        "First-contact resolution: P2 to P4 tickets that were resolved in their first stage.",
        num="100 x those with exactly one stage (no next tier, no wait for the customer, no reopening), on which "
        "nobody but their entry tier has worked",
        den="P2 to P4 customer tickets resolved by the end of the run",
        clock=_CREATED,
        excluded="Alerts, P1, and what is not resolved. Hand-over and interruption do not spoil it; escalation "
        "does where another tier takes the ticket.",
        better="up",
        target="targets.first_contact",
    ),
    Definition(
        "reopened",
        "%",
        "Tickets and alerts that came back after a resolution that was wrong.",
        num="100 x those whose last resolution is not the first, or is still missing",
        den="those resolved at least once by the end of the run",
        clock=_CREATED,
        excluded="What has never been resolved.",
        better="down",
    ),
)

KPIS = {name: definition for definition in DEFINITIONS for name in definition.names}
"""Definitions by the figure's name, in the order of every vector of figures."""


def target(name: str, scenario: Scenario) -> float | None:
    """The target of a figure in its unit; none where the scenario promises nothing."""
    targets = scenario.targets
    stem = KPIS[name].stem
    promised = {"sla.response": targets.response, "sla.resolution": targets.resolution}
    if stem in promised:
        deadlines = promised[stem]
        share = targets.response_met if stem == "sla.response" else targets.resolution_met
        return per_cent(share) if name.rpartition(".")[2] in deadlines else None
    first_contact = targets.first_contact if stem == "fcr" else None
    return None if first_contact is None else per_cent(first_contact)


def record(name: str, mean: float, low: float, high: float, scenario: Scenario) -> dict[str, Any]:
    """A figure as it goes into JSON: with its target and whether the mean meets it, or with its band; NaN is None."""
    figures = {"mean": mean, "low": low, "high": high}
    known = {key: None if math.isnan(value) else value for key, value in figures.items()}
    return {**known, "unit": KPIS[name].unit, **_judged(name, mean, scenario)}


def _judged(name: str, mean: float, scenario: Scenario) -> dict[str, Any]:
    if KPIS[name].stem == "utilization":
        level = band(mean, scenario.targets.utilization)
        return {"band": level.name if level else None}
    wanted = target(name, scenario)
    if wanted is None:
        return {}
    return {"target": wanted, "met": None if math.isnan(mean) else mean >= wanted}
