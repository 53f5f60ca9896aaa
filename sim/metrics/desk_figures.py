"""The key figures of tickets and of how busy people are: their order, and what each of them means."""

from __future__ import annotations

from sim.metrics.definition import ALL_TIME, CREATED, NOTHING, REPLICATION, Definition
from sim.scenario.base import PRIORITIES, TIERS

DESK_FIGURES = (
    Definition(
        "sla.response",
        "%",
        "Tickets and alerts that got their first response in time, by original priority.",
        num="100 x those whose first work by a person started at or before the response deadline",
        den="those whose response was due",
        clock="The deadline lies in the measured window. In a drained run: the creation does, and there is a deadline.",
        excluded="Tickets without a deadline; tickets abandoned before it (counted apart in the tables). "
        "Abandoned at or after the deadline is a breach. Emergencies, which have figures of their own.",
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
        excluded="Tickets without a deadline; abandoned tickets (counted apart in the tables). Emergencies.",
        better="up",
        target="targets.resolution_met",
        members=PRIORITIES,
    ),
    Definition(
        "utilization",
        "%",
        "Share of their time on duty for which the agents of a tier were at work on tickets, wherever these came from, "
        "or reviewed the dashboard.",
        num="100 x time of work and reviews on duty by agents of that tier, hours",
        den="time on duty of agents of that tier, without hand-over meetings, hours",
        clock="Both times as far as they lie in the measured window; work still open runs to the run's end.",
        excluded="Pauses, overlap, overtime and call-outs, and what is done in them: on both sides. "
        "Nobody on duty: no figure, rather than 0.",
        better="none",
        target="targets.utilization",
        members=TIERS,
    ),
    Definition(
        "response.mean",
        "min",
        "Mean time from creation to the first work by a person, of tickets and of alerts that paged somebody.",
        num="started - created",
        den="tickets, and alerts with a page, started",
        clock=CREATED,
        excluded="Alerts that wait for a review of the dashboard. Those that nobody has started on, by giving up or by "
        "the end of the run: in overload the mean is too good, and the SLA tells the truth.",
        better="down",
    ),
    Definition(
        "wait.mean",
        "min",
        "Mean time that a task stood in line before the first work on it. A ticket has one task or more.",
        num="time in line before the task's first work; stretches parted by an escalation add up",
        den="tasks started",
        clock="The task is first queued in the measured window.",
        excluded="Tasks that nobody has started on. Waits after an interruption or a hand-over. Steps of the "
        "communication chain; tasks of managers, coordinators and people outside the organisation.",
        better="down",
    ),
    Definition(
        "wait.probability",
        "%",
        "Share of the tasks that had to wait at all before the first work on them.",
        num="100 x tasks that stood in line for more than 0 ms before their first work",
        den="tasks started",
        clock="The task is first queued in the measured window.",
        excluded="Tasks that nobody has started on, and what `wait.mean` leaves out.",
        better="down",
    ),
    Definition(
        "tickets.count",
        "tickets",
        "Tickets and alerts created.",
        num="tickets and alerts created",
        den=REPLICATION,
        clock=CREATED,
        excluded="Alerts that were filtered and never came before people, here and in all that follows: they are in "
        "`alerts.filtered`. Emergencies: they are in `emergencies.count`.",
        better="none",
    ),
    Definition(
        "tickets.abandoned",
        "tickets",
        "Tickets whose customer gave up before the first response.",
        num="tickets abandoned",
        den=REPLICATION,
        clock=CREATED + " The customer may give up after it.",
        excluded=NOTHING,
        better="down",
    ),
    Definition(
        "tickets.active",
        "tickets",
        "Mean number of tickets and alerts queued or in service; one with several tasks counts once.",
        num="time for which at least one task of the ticket was in line or in service, hours",
        den="length of the window, hours",
        clock=ALL_TIME,
        excluded="Tickets that wait for the customer: they are in `tickets.pending`. Emergencies; what is left of the "
        "communication chain when the ticket is resolved.",
        better="down",
    ),
    Definition(
        "tickets.pending",
        "tickets",
        "Mean number of tickets that waited for the customer.",
        num="time from the end of work to the customer's answer, or to the run's end, hours",
        den="length of the window, hours",
        clock=ALL_TIME,
        excluded="Tickets wrongly taken for resolved.",
        better="none",
    ),
    Definition(
        "incidents.open",
        "incidents",
        "Mean number of P1 tickets, alerts and emergencies that are not resolved.",
        num="time from creation to the last resolution, less the time for which they were taken for resolved, hours",
        den="length of the window, hours",
        clock=ALL_TIME,
        excluded="Those whose customer has given up, from then on; filtered alerts.",
        better="down",
    ),
    Definition(
        "resolution.rate",
        "%",
        "Of the tickets and alerts created in the last 8 h, the share that is resolved by now; over all instants.",
        num="100 x ticket-hours for which a ticket was at most 8 h old and resolved for good",
        den="ticket-hours for which a ticket was at most 8 h old",
        clock=ALL_TIME,
        excluded="Emergencies. Abandoned tickets count as not resolved, reopened ones from their last resolution on.",
        better="up",
    ),
    Definition(
        "fcr",
        "%",
        "First-contact resolution: P2 to P4 tickets that were resolved in their first stage.",
        num="100 x those with exactly one stage (no next tier, no wait for the customer, no reopening), on which "
        "nobody but their entry tier has worked",
        den="P2 to P4 customer tickets resolved by the end of the run",
        clock=CREATED,
        excluded="Alerts, P1, and what is not resolved. Hand-over and interruption do not spoil it; escalation "
        "does where another tier takes the ticket.",
        better="up",
        target="targets.first_contact",
    ),
    Definition(
        "satisfaction",
        "%",
        "Mean satisfaction of customers, by the declared function of lateness in `targets.satisfaction`.",
        num="100 x satisfaction: `in_time`, less `late_response` x the response's lateness and `late_resolution` x the "
        "resolution's, each lateness being the time beyond the deadline as a share of the time promised, at most 1; "
        "not below 0, and 0 for those who gave up",
        den="customer tickets resolved or abandoned by the end of the run",
        clock=CREATED,
        excluded="Alerts; tickets that are still open. What has no deadline is never late.",
        better="up",
        target="targets.satisfied",
    ),
    Definition(
        "reopened",
        "%",
        "Tickets and alerts that came back after a resolution that was wrong.",
        num="100 x those whose last resolution is not the first, or is still missing",
        den="those resolved at least once by the end of the run",
        clock=CREATED,
        excluded="What has never been resolved.",
        better="down",
    ),
)
