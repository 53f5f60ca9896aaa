"""The key figures of emergencies and of disruptions: their order, and what each of them means."""

from __future__ import annotations

from sim.metrics.definition import NOTHING, REPLICATION, Definition

_EMERGENCIES = "`emergencies.types`"
_DISRUPTIONS = "`continuity.threats`, `continuity.drills`"
_BEGAN = "The emergency begins in the measured window."
_OCCURS = "The disruption or drill begins in the measured window, in a region."
_OCCURRENCES = "such occurrences"

EVENT_FIGURES = (
    Definition(
        "emergencies.count",
        "emergencies",
        "Emergencies of all types. They are a kind of their own: of other figures only `incidents.open`, and those of "
        "tasks, hours and pages, count them.",
        num="emergencies",
        den=REPLICATION,
        clock=_BEGAN,
        excluded="P1s that become an emergency because they are not resolved in time.",
        better="none",
        part=_EMERGENCIES,
    ),
    Definition(
        "emergencies.response.mean",
        "min",
        "Mean time until somebody leads the team.",
        num="first work of the lead - begin of the emergency",
        den="emergencies on which the lead has begun",
        clock=_BEGAN,
        excluded="Those on which nobody has begun by the end of the run.",
        better="down",
        part=_EMERGENCIES,
    ),
    Definition(
        "emergencies.resolution.mean",
        "min",
        "Mean time until an emergency is over: team and people outside the organisation are done.",
        num="resolution - begin of the emergency",
        den="emergencies resolved",
        clock=_BEGAN,
        excluded="Those that are open at the end of the run: they are in `emergencies.open`.",
        better="down",
        part=_EMERGENCIES,
    ),
    Definition(
        "emergencies.open",
        "emergencies",
        "Emergencies that are not over by the end of the run.",
        num="emergencies without a resolution",
        den=REPLICATION,
        clock=_BEGAN,
        excluded=NOTHING,
        better="down",
        part=_EMERGENCIES,
    ),
    Definition(
        "communication.on_time",
        "%",
        "Steps of the communication chain that were begun in time, of emergencies and of P1s that became one.",
        num="100 x steps begun within `emergencies.on_time` of the instant at which they fell due",
        den="steps due; one that nobody begins is late",
        clock="That time ends in the measured window. In a drained run: the step falls due in it.",
        excluded=NOTHING,
        better="up",
        part="`emergencies.chain`",
    ),
    Definition(
        "continuity.recovery",
        "min",
        "Mean time from the end of a disruption or drill until the service is back: until of the tickets and alerts "
        "created within the next 4 h as many get their first response in time as the target says, or as did of those "
        "whose response fell due in the 4 h before it began, if those were fewer. What fell due later was decided "
        "while it lasted, and does not lower the bar. One looks every 15 min; no tickets are none too late.",
        num="recovery - end; where the service was not back by the end of the run, the time until then",
        den=f"{_OCCURRENCES} that ended at least 4 h before the end of the run: of others it cannot be told",
        clock=_OCCURS,
        excluded="Emergencies; tickets without a deadline, given up before it, or undecided at the end of the run.",
        better="down",
        part=_DISRUPTIONS,
    ),
    Definition(
        "continuity.backlog_peak",
        "tickets",
        "The most tickets and alerts that waited at a time, from the beginning of a disruption or drill until the "
        "service was back or the run ended, above those that waited just before; mean. The most of a time is above a "
        "single instant of it on quiet days as well, so that the figure is positive also where nothing happens: a "
        "drill with `share: 0 %` that lasts as long shows by how much.",
        num="the most - those just before",
        den=_OCCURRENCES,
        clock=_OCCURS,
        excluded="Emergencies, and the communication chain.",
        better="down",
        part=_DISRUPTIONS,
    ),
    Definition(
        "continuity.deferred",
        "tickets",
        "Mean number of tickets and alerts that a disruption put off: they waited while their priority was not served.",
        num="tickets and alerts of priorities that are not served, with a wait in line while it lasted",
        den=_OCCURRENCES,
        clock=_OCCURS,
        excluded="Emergencies.",
        better="down",
        part=_DISRUPTIONS,
    ),
)
