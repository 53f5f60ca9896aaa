"""The keys of a scenario file. The docstring under a field is its description in the JSON schema and the reference."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from sim.clock import DAY, HOURS_PER_WEEK
from sim.errors import Problem, ScenarioError
from sim.scenario.data_files import fingerprint
from sim.scenario.units import (
    Day,
    Duration,
    Extra,
    Growth,
    LocalSpan,
    Pattern,
    Rate,
    Share,
    WallTime,
    Zone,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sim.scenario.tree import Override

PriorityName = Literal["P1", "P2", "P3", "P4"]
TierName = Literal["tier1", "tier2", "tier3", "tier4"]
PRIORITIES: tuple[PriorityName, ...] = ("P1", "P2", "P3", "P4")
TIERS: tuple[TierName, ...] = ("tier1", "tier2", "tier3", "tier4")

MOST_DAYS = 3660
"""Days that a run measures at most."""

_SUM_TOLERANCE = 1e-6
_LARGEST_WEIGHT = 1e6

NAME = r"^[A-Za-z][A-Za-z0-9_-]{0,39}$"
COUNTRY = r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"
SHIFT_LETTER = r"^[A-NP-Z]$"
PATTERN_MEANINGS = {
    NAME: "a name: a letter, then up to 39 letters, digits, _ or -",
    COUNTRY: "two capitals for a country, such as US, or with a subdivision, such as US-CA",
    SHIFT_LETTER: "one capital letter, but not O, which stands for a day off",
}
"""What the patterns of this file allow, in words."""


class Model(BaseModel):
    """Frozen, strict, and closed: an unknown key is an error."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


def _fault(message: str, **context: Any) -> PydanticCustomError:
    return PydanticCustomError("rule", message, context)


def sums_to_one(shares: Iterable[float]) -> bool:
    """Whether the shares are a whole, but for the rounding of decimal fractions."""
    return abs(math.fsum(shares) - 1) <= _SUM_TOLERANCE


def _mix(mix: dict[str, float]) -> dict[str, float]:
    if not sums_to_one(mix.values()):
        total = math.fsum(mix.values())
        raise _fault("the shares must sum to 1 (100 %); they sum to {total}", total=f"{total:g}")
    return mix


def _not_empty(mapping: dict[str, Any]) -> dict[str, Any]:
    if not mapping:
        raise _fault("must name at least one")
    return mapping


Name = Annotated[str, Field(pattern=NAME)]
"""A region, profile, channel or crew: a letter, then up to 39 letters, digits, _ or -."""

PriorityMix = Annotated[dict[PriorityName, Share], AfterValidator(_mix)]
ByPriority = dict[PriorityName, Duration]
Count = Annotated[int, Field(ge=0, le=100_000)]
Factor = Annotated[float, Field(gt=0, le=1000)]


class Horizon(Model):
    """When the run takes place."""

    start: Day
    """First day that is measured; it starts at 00:00 UTC, and the warm-up runs before it."""
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 28
    """Days that are measured."""
    warmup_days: Annotated[int, Field(ge=0, le=366)] = 7
    """Days simulated first and not measured, so that the measured window does not start with an empty desk."""
    drain: bool = False
    """Let the run go on without new arrivals until every ticket is done. For studies; needs `flat` staffing."""


class DurationLaw(Model):
    """A distribution of durations: its family, its mean and its spread."""

    family: Literal["lognormal", "gamma", "weibull", "exponential", "constant", "empirical"] = "lognormal"
    """The family. Work times of support desks are near lognormal."""
    mean: Duration | None = None
    """Mean before any cut at `longest`. Every family but `empirical` needs it."""
    log_sd: Annotated[float, Field(gt=0, le=5)] | None = None
    """Lognormal only: standard deviation of the logarithm (0.9 where neither this nor `cv` is given)."""
    cv: Annotated[float, Field(gt=0, le=20)] | None = None
    """Lognormal, gamma, weibull: standard deviation divided by the mean."""
    values: tuple[Duration, ...] = ()
    """Empirical only: durations that are drawn with equal chance."""
    longest: Duration | None = None
    """Durations above this are not drawn (the distribution is truncated, which lowers its mean a little)."""

    @model_validator(mode="after")
    def _parameters_fit_family(self) -> Self:
        if (self.family == "empirical") != bool(self.values):
            raise _fault("`values` go with the family empirical, and that family needs them")
        if self.family != "empirical" and not self.mean:
            raise _fault("the family {family} needs a `mean` above 0", family=self.family)
        if self.log_sd is not None and (self.family != "lognormal" or self.cv is not None):
            raise _fault("`log_sd` goes with the family lognormal, and not together with `cv`")
        if self.cv is not None and self.family not in {"lognormal", "gamma", "weibull"}:
            raise _fault("the family {family} takes no `cv`", family=self.family)
        if self.family in {"gamma", "weibull"} and self.cv is None:
            raise _fault("the family {family} needs a `cv`", family=self.family)
        if self.longest is not None and self.longest < self._shortest():
            raise _fault("`longest` leaves nothing to draw from")
        return self

    def _shortest(self) -> int:
        if self.family == "constant":
            return self.mean or 1
        return min(self.values) if self.values else 1


class Profile(Model):
    """The shape of demand over the local week; it is scaled to mean 1."""

    hours: Annotated[tuple[float, ...], Field(min_length=24, max_length=24)] | None = None
    """24 weights, one for each local hour of a day."""
    weekdays: Annotated[tuple[float, ...], Field(min_length=7, max_length=7)] = (1.0,) * 7
    """7 weights, Monday first, that multiply `hours`."""
    hour_of_week: Annotated[tuple[float, ...], Field(min_length=HOURS_PER_WEEK, max_length=HOURS_PER_WEEK)] | None = (
        None
    )
    """168 weights from Monday 00:00 on, instead of `hours` and `weekdays`."""

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if (self.hours is None) == (self.hour_of_week is None):
            raise _fault("give either `hours` (24 weights) or `hour_of_week` (168 weights)")
        written = (*self.weekdays, *(self.hours or ()), *(self.hour_of_week or ()))
        if min(written) < 0 or max(written) > _LARGEST_WEIGHT or not sum(self.weights) > 0:
            raise _fault("weights must be from 0 to 1,000,000, and not all 0")
        return self

    @property
    def weights(self) -> tuple[float, ...]:
        """168 weights from Monday 00:00 on, as written (not scaled)."""
        if self.hour_of_week is not None:
            return self.hour_of_week
        return tuple(day * hour for day in self.weekdays for hour in self.hours or ())


def _shifts_do_not_overlap(shifts: dict[str, Any]) -> dict[str, Any]:
    week = sorted((span.start, span.end, letter) for letter, span in shifts.items())
    following = [*week[1:], *((start + DAY, end + DAY, letter) for start, end, letter in week[:1])]
    for (_, end, letter), (start, _, other) in zip(week, following, strict=True):
        if end > start:
            raise _fault("shifts must not overlap: {a} runs into {b}", a=letter, b=other)
    return shifts


ShiftLetter = Annotated[str, Field(pattern=SHIFT_LETTER)]


class Region(Model):
    """A region: its clock, its shifts and its demand."""

    zone: Zone
    """IANA time zone; shifts, profiles and holidays of the region follow its wall clock."""
    country: Annotated[str, Field(pattern=COUNTRY)] | None = None
    """Country, or country and subdivision, whose public holidays apply: US, US-CA, GB, NO."""
    shifts: Annotated[dict[ShiftLetter, LocalSpan], AfterValidator(_shifts_do_not_overlap)] = {}
    """Shifts in local time by the letter that rotations use (any capital but O, which is a day off). N is the night:
    in a rotation it belongs to the date of the evening before its midnight, also when it starts at 00:00."""
    tickets: Rate | None = None
    """Mean rate of tickets from customers over the whole week."""
    alerts: Rate | None = None
    """Mean rate of alerts from monitoring over the whole week."""
    profile: Name | None = None
    """The weekly shape of the tickets, from `demand.profiles`; flat where none is named."""
    alert_profile: Name | None = None
    """The weekly shape of the alerts; flat where none is named."""


class DayFactor(Model):
    """Good days and bad days: a gamma factor of mean 1 on each region's demand of a local day."""

    cv: Annotated[float, Field(ge=0, le=2)] = 0.12
    """Coefficient of variation of the factor; 0 switches it off."""
    correlation: Annotated[float, Field(ge=0, lt=1)] = 0.5
    """Correlation from one day to the next (of the normal variable behind the factor)."""


class DemandEvent(Model):
    """A launch, a campaign, an outage of a supplier: demand is multiplied for a while."""

    start: WallTime
    """Local time at which it starts, in each region's own clock."""
    end: WallTime
    """Local time at which it ends."""
    factor: Annotated[float, Field(ge=0, le=1000)]
    """Demand during the event as a multiple of normal."""
    regions: tuple[Name, ...] = ()
    """Regions it concerns; all where none is named."""

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.end <= self.start:
            raise _fault("`end` must come after `start`")
        return self


class Channel(Model):
    """A way by which customers come."""

    share: Share
    """Share of all customer tickets that choose this channel. The shares of all channels sum to 1."""
    open: LocalSpan | None = None
    """Local hours of the channel, Monday to Friday; always open where none are given."""
    fallback: Name | None = None
    """The channel that customers use while this one is closed; a channel with `open` needs one."""
    patience: DurationLaw | None = None
    """How long a customer waits for the first response before giving up; without it they wait for ever."""
    response_target: Duration | None = None
    """First response that the channel promises: a figure of its own beside the targets by priority."""


class ReplayColumns(Model):
    """Which column of the log holds what."""

    created: str
    """When the ticket was created."""
    id: str | None = None
    """The ticket's number; later rows with the same number are duplicates and are left out."""
    priority: str | None = None
    """Priority; where the log has none it is drawn from `demand.priorities`."""
    region: str | None = None
    """Region; without this column all tickets belong to `region`."""
    channel: str | None = None
    """Channel; where the log has none it is drawn from the shares of the channels."""
    customer_class: str | None = None
    """Customer class; where the log has none it is drawn from `demand.enterprise`."""


class Replay(Model):
    """Tickets are taken from a log instead of being drawn."""

    file: str
    """A CSV file, plain, .gz or a .zip that holds one file; relative to the scenario file."""
    columns: ReplayColumns
    """Which column of the log holds what."""
    date_format: str | None = None
    """Format of the dates in strptime's notation, e.g. %d/%m/%Y %H:%M; ISO 8601 where none is given."""
    zone: Zone = "UTC"
    """Time zone of dates without an offset."""
    missing: tuple[str, ...] = ("", "?", "NA", "null")
    """Texts that stand for a missing value."""
    region: Name | None = None
    """The region of all tickets, where the log has no such column."""
    priorities: dict[str, PriorityName] = {}
    """The log's priorities and what they mean here; P1 to P4 need no entry. The entry `"*"` (in quotes) stands for all
    that are not named, as in `{London: europe, "*": americas}`; so it does for regions, channels and classes."""
    regions: dict[str, Name] = {}
    """The log's regions and what they mean here; names of regions need no entry, `"*"` stands for all others."""
    channels: dict[str, Name] = {}
    """The log's channels and what they mean here; names of channels need no entry, `"*"` stands for all others."""
    classes: dict[str, Literal["enterprise", "standard"]] = {}
    """The log's customer classes and what they mean here; enterprise and standard need no entry, `"*"` stands for all
    others."""


class Forecast(Model):
    """Rates of tickets from a table, such as the output of a forecasting tool, instead of `tickets` and `profile`."""

    file: str
    """A CSV file with the columns region, start and volume; relative to the scenario file. `start` is the beginning
    of an interval (ISO 8601), `volume` the expected number of tickets in it; all intervals of a region are equally
    long."""
    zone: Zone = "UTC"
    """Time zone of starts without an offset."""


class Demand(Model):
    """Who asks for what, and when."""

    scale: Annotated[float, Field(ge=0, le=1000)] = 1.0
    """Multiplies all demand. Above 1 tickets are added, below 1 some are left out: the others stay the same."""
    trend: Growth = 0.0
    """Growth of demand, compounded from the first measured day on."""
    day_factor: DayFactor = DayFactor()
    """Good days and bad days."""
    holiday_factor: Annotated[float, Field(ge=0, le=10)] = 0.3
    """Tickets on a public holiday of the region as a multiple of normal; alerts know no holidays."""
    holidays: dict[Name, dict[Day, str]] = {}
    """Holidays by region, date and name, added to the public ones of `country`; an empty name takes that date off the
    list."""
    profiles: dict[Name, Profile] = {}
    """Weekly shapes by name."""
    events: dict[Name, DemandEvent] = {}
    """Dated events by name."""
    priorities: PriorityMix = {"P1": 0.02, "P2": 0.10, "P3": 0.43, "P4": 0.45}
    """Shares of the priorities among customer tickets."""
    alert_priorities: PriorityMix = {"P1": 0.02, "P2": 0.10, "P3": 0.43, "P4": 0.45}
    """Shares of the priorities among alerts."""
    enterprise: Share = 0.2
    """Share of customer tickets from enterprise customers; the others are standard."""
    channels: Annotated[dict[Name, Channel], AfterValidator(_not_empty)] = {"email": Channel(share=1.0)}
    """Channels by name."""
    forecast: Forecast | None = None
    """Rates of tickets from a table."""
    replay: Replay | None = None
    """Tickets from a log."""


class Route(Model):
    """The tiers that work on a ticket of one priority, in order."""

    tiers: Annotated[tuple[TierName, ...], Field(min_length=1)]
    """Tiers in ascending order; the first is the entry tier, each takes over what the one before does not solve."""
    solved: tuple[Share, ...] = ()
    """For each tier but the last, the share of its tickets that it solves itself; the last solves all. The first of
    these is the probability of a first-contact resolution, before customer waits and reopening."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if list(self.tiers) != sorted(set(self.tiers)):
            raise _fault("tiers must be named once each, in ascending order")
        if len(self.solved) != len(self.tiers) - 1:
            raise _fault("`solved` must have {n} values: one for each tier but the last", n=len(self.tiers) - 1)
        return self


class CustomerWait(Model):
    """Some tickets wait for the customer after their first stage; the resolution clock pauses meanwhile."""

    share: Share = 0.0
    """Share of tickets that wait for the customer once, and then need another stage at the same tier."""
    duration: DurationLaw = DurationLaw.model_validate({"family": "exponential", "mean": "8 h"})
    """How long the customer takes to answer."""


class Reopening(Model):
    """Some resolutions are wrong, and the ticket comes back to the tier that closed it."""

    share: Share = 0.0
    """Share of resolutions that are wrong (1 - accuracy)."""
    after: DurationLaw = DurationLaw.model_validate({"family": "exponential", "mean": "1 d"})
    """Time from the wrong resolution to the reopening."""


class Knowledge(Model):
    """The knowledge base answers some of tier 1's questions."""

    share: Share = 0.0
    """Share of tickets whose answer is found in the knowledge base."""
    factor: Factor = 1.0
    """Handle time at tier 1 in that case as a multiple of normal."""


class StatusUpdates(Model):
    """Long work on urgent tickets costs time for status updates."""

    every: Annotated[Duration, Field(gt=0)] = 30 * 60_000
    """One update for each such stretch of work."""
    cost: Duration = 0
    """Time that one update costs."""
    priorities: tuple[PriorityName, ...] = ("P1", "P2")
    """Priorities whose stakeholders are kept informed."""


class Work(Model):
    """What a ticket needs."""

    routes: dict[PriorityName, Route] = {
        "P1": Route(tiers=("tier3", "tier4"), solved=(0.9,)),
        "P2": Route(tiers=("tier2", "tier3"), solved=(0.85,)),
        "P3": Route(tiers=("tier1", "tier2"), solved=(0.85,)),
        "P4": Route(tiers=("tier1",)),
    }
    """The route of each priority."""
    handle: Annotated[dict[TierName, DurationLaw], AfterValidator(_not_empty)]
    """Handle time of one stage by tier: the work alone, without waiting."""
    handle_factor: dict[PriorityName, Factor] = {}
    """Handle time of a priority as a multiple of its tier's; 1 where none is given."""
    customer_wait: CustomerWait = CustomerWait()
    """Waiting for the customer."""
    reopening: Reopening = Reopening()
    """Wrong resolutions."""
    knowledge: Knowledge = Knowledge()
    """The knowledge base."""
    status_updates: StatusUpdates = StatusUpdates()
    """Status updates."""


class UtilizationBands(Model):
    """Where the bands of utilization begin, each up to the next: low below `optimal`."""

    optimal: Share = 0.7
    """Lower edge of the optimal band."""
    high: Share = 0.8
    """Lower edge of the high band."""
    critical: Share = 0.9
    """Lower edge of the critical band."""

    @model_validator(mode="after")
    def _ascend(self) -> Self:
        if not 0 < self.optimal < self.high < self.critical:
            raise _fault("bands must ascend: 0 < optimal < high < critical")
        return self


class Targets(Model):
    """What the organisation promises itself."""

    response: ByPriority = {}
    """Time from creation to the first work by a person, by priority; no target where none is given."""
    resolution: ByPriority = {}
    """Time from creation to resolution without the time spent waiting for the customer, by priority."""
    response_met: Share = 0.95
    """Share of tickets that should be answered in time."""
    resolution_met: Share = 0.9
    """Share of tickets that should be resolved in time."""
    first_contact: Share | None = None
    """First-contact resolution; no target where none is given."""
    utilization: UtilizationBands = UtilizationBands()
    """Bands of utilization."""


class Escalation(Model):
    """The ticket timer: what waits too long is escalated, once."""

    after: dict[PriorityName, Annotated[Duration, Field(gt=0)]] = {}
    """Time from creation, without the time spent waiting for the customer, by priority; no timer where none is
    given."""
    raise_: bool = Field(default=True, alias="raise")
    """Raise the priority in the line by one. P1 stays P1 and keeps its place; others join the end of the higher
    level."""
    widen_tier: bool = False
    """The waiting work may also be taken by the next tier."""
    widen_region: bool = False
    """The waiting work may also be taken by the other regions."""
    entry_tier_only: bool = False
    """Only work that waits at the ticket's entry tier is escalated."""


class Preemption(Model):
    """A P1 without a free agent interrupts the least urgent work."""

    enabled: bool = True
    """Whether P1 preempts."""
    context_loss: Extra = 0.0
    """Work left after an interruption grows by this much."""


class Handover(Model):
    """Work that is open when its agent's duty ends goes to a colleague."""

    briefing: Duration = 0
    """Time that the colleague needs to read in."""
    context_loss: Extra = 0.0
    """Work left after a hand-over grows by this much."""


class Away(Model):
    """Work done outside the pool (region and tier) that it belongs to."""

    other_region: Extra = 0.0
    """Extra handle time in another region."""
    other_tier: Extra = 0.0
    """Extra handle time at another tier."""
    unstaffed: Literal["anywhere", "wait"] = "anywhere"
    """Work for a tier with nobody on duty at home goes to any region that has somebody, or waits."""


class PolicyRules(Model):
    """Who is served by whom."""

    enterprise_first: bool = True
    """Within a priority enterprise customers are served before standard ones."""
    preemption: Preemption = Preemption()
    """Interruptions by P1."""
    escalation: Escalation = Escalation()
    """The ticket timer."""
    handover: Handover = Handover()
    """The end of a duty."""
    away: Away = Away()
    """Work outside its own pool."""


class Crew(Model):
    """Agents who follow the same rotation."""

    pattern: Pattern
    """The rotation: shift letters of the region and O for a day off, such as `5D 2S 5N 9O`. It is anchored at Monday,
    5 January 1970, so that patterns of 7 days start on Mondays."""
    headcount: Annotated[dict[TierName, Count], AfterValidator(_not_empty)]
    """Agents by tier, in each of the regions."""
    phases: Literal["spread", "aligned"] = "spread"
    """`spread`: the agents of a tier start the rotation on different days, evenly; `aligned`: all on the same day."""
    regions: tuple[Name, ...] = ()
    """Regions that have such a crew; all where none is named."""
    speed: Annotated[float, Field(ge=0.1, le=10)] = 1.0
    """Pace of work: 0.5 takes twice the handle time."""


class Staffing(Model):
    """Who is on duty. Only the section that `mode` names is used."""

    mode: Literal["flat", "pattern"] = "pattern"
    """`flat`: a fixed number always on duty, for studies; `pattern`: people who follow rotations."""
    flat: dict[Name, dict[TierName, Count]] = {}
    """Agents always on duty, by region and tier."""
    crews: dict[Name, Crew] = {}
    """Crews by name."""


class Source(Protocol):
    """Where a scenario comes from, and the way to make another from it (`sim.scenario.load` does both)."""

    @property
    def path(self) -> Path | None:
        """The scenario file, absolute; None where the scenario came from no file."""

    @property
    def trail(self) -> tuple[Override, ...]:
        """What the files and changes override, in the order in which they do."""

    def raw(self) -> dict[str, Any]:
        """The merged keys as they were written, the names of data files made absolute."""

    def changed(self, changes: Sequence[tuple[str, Any]]) -> Scenario:
        """Another scenario, validated like the first, with dotted keys changed."""


class Scenario(Model):
    """A whole scenario. Load one with `sim.load`; change a copy with `with_`."""

    name: Annotated[str, Field(min_length=1, max_length=120)] = ""
    """Name under which results are filed; the file's name where none is given."""
    question: str = ""
    """The question that the scenario asks, for the reader."""
    horizon: Horizon
    """When the run takes place."""
    regions: Annotated[dict[Name, Region], AfterValidator(_not_empty)]
    """Regions by name; their order is the order in which work is offered elsewhere."""
    demand: Demand = Demand()
    """Who asks for what, and when."""
    work: Work
    """What a ticket needs."""
    targets: Targets = Targets()
    """What the organisation promises itself."""
    policy: PolicyRules = PolicyRules()
    """Who is served by whom."""
    staffing: Staffing
    """Who is on duty."""

    _source: Source | None = PrivateAttr(default=None)

    @property
    def path(self) -> Path | None:
        """The file that was loaded, as an absolute path; None where there was none."""
        return self._source.path if self._source else None

    @property
    def trail(self) -> tuple[Override, ...]:
        """Every override that was applied, from the base file to the last change: `key: old → new`."""
        return self._source.trail if self._source else ()

    @property
    def raw(self) -> dict[str, Any]:
        """The keys as written, merged over all files and changes: a scenario file of its own once it is dumped."""
        return self._loaded().raw()

    @property
    def hash(self) -> str:
        """Twelve hex digits of the validated content, data files included; not of name, question and place."""
        return fingerprint(self.model_dump(mode="json", by_alias=True, exclude={"name", "question"}))

    def with_(self, changes: Mapping[str, Any] | None = None, /, **sections: Any) -> Scenario:
        """Another scenario with some keys changed: `with_({"demand.scale": 1.2})`, `with_(horizon={"days": 7})`.

        Values are what a scenario file holds (`"15 min"`, `0.2`); mappings are merged, None removes a key.
        """
        return self._loaded().changed([*(changes or {}).items(), *sections.items()])

    def from_source(self, source: Source) -> Self:
        """The same scenario, which from now on knows where it comes from. For those that load one."""
        self._source = source
        return self

    def _loaded(self) -> Source:
        if self._source is None:
            message = "was built by hand, so that what was written is not known: get it from load or from_data"
            raise ScenarioError([Problem("", 0, "", f"this scenario {message}")])
        return self._source
