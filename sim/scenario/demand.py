"""Who asks for what, and when: the section `demand`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sim.clock import DAY, HOURS_PER_WEEK, MINUTE
from sim.scenario.base import DurationLaw, Model, Name, PriorityMix, PriorityName, fault, not_empty
from sim.scenario.units import Day, Duration, Growth, LocalSpan, Rate, Share, WallTime, Zone

_LARGEST_WEIGHT = 1e6


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
            raise fault("give either `hours` (24 weights) or `hour_of_week` (168 weights)")
        written = (*self.weekdays, *(self.hours or ()), *(self.hour_of_week or ()))
        if min(written) < 0 or max(written) > _LARGEST_WEIGHT or not sum(self.weights) > 0:
            raise fault("weights must be from 0 to 1,000,000, and not all 0")
        return self

    @property
    def weights(self) -> tuple[float, ...]:
        """168 weights from Monday 00:00 on, as written (not scaled)."""
        if self.hour_of_week is not None:
            return self.hour_of_week
        return tuple(day * hour for day in self.weekdays for hour in self.hours or ())


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
            raise fault("`end` must come after `start`")
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


class Storms(Model):
    """Incidents that raise many alerts at once."""

    rate: Rate
    """Mean rate of such incidents in each region. They come as its alerts do: with the same weekly shape, trend, events
    and good days, and more or fewer with `demand.scale`."""
    size: Annotated[float, Field(ge=1, le=10_000)] = 20.0
    """Mean number of alerts that one raises (geometric, at least 1); all come from one source."""
    within: Annotated[Duration, Field(gt=0)] = 10 * MINUTE
    """The alerts of an incident come within this time of its start, evenly."""


class Throttle(Model):
    """A source that raises many alerts is cut short."""

    at_most: Annotated[int, Field(ge=1, le=100_000)]
    """Alerts of one source that pass in any span of `window`; the others are dropped."""
    window: Annotated[Duration, Field(gt=0)] = 10 * MINUTE
    """The span."""


class Suppression(Model):
    """Alerts that nobody needs to see. A rule concerns all alerts to which everything that it names applies."""

    priorities: tuple[PriorityName, ...] = ()
    """Priorities; all where none is named."""
    regions: tuple[Name, ...] = ()
    """Regions; all where none is named."""
    hours: LocalSpan | None = None
    """Local hours; at any time where none are given."""
    sources: Annotated[int, Field(ge=1)] | None = None
    """Only alerts of the first so many sources of a region; of all sources where none is given."""


class Review(Model):
    """Alerts that page nobody are seen when the dashboard is reviewed."""

    every: Annotated[Duration, Field(ge=MINUTE, le=DAY)] = 30 * MINUTE
    """Time between two reviews; they are at local midnight and at whole multiples of this after it, in an hour that
    clocks show twice both times."""
    cost: Duration = 0
    """Time that a review takes of the primary on-call engineer while they are on duty."""
    priorities: tuple[PriorityName, ...] = ("P3", "P4")
    """Priorities of the alerts that wait for the next review."""

    @model_validator(mode="after")
    def _divides_the_day(self) -> Self:
        if DAY % self.every or self.cost >= self.every:
            raise fault("`every` must divide 24 h, and `cost` must be shorter than it")
        return self


class Monitoring(Model):
    """What happens to alerts before people see them."""

    sources: Annotated[int, Field(ge=1, le=100_000)] = 20
    """Systems that raise the alerts of a region; each ordinary alert comes from one of them by chance."""
    storms: Storms | None = None
    """Bursts of alerts on top of the ordinary ones."""
    suppress: dict[Name, Suppression] = {}
    """Rules by name: alerts that are dropped before anything else."""
    batch: Duration = 0
    """Alerts of the same region, source and priority that come in less than this time after the first are added to it
    and dropped."""
    throttle: Throttle | None = None
    """A limit for each source, on what is left after batching."""
    review: Review | None = None
    """The dashboard review; without one all alerts are seen at once."""


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
    channels: Annotated[dict[Name, Channel], AfterValidator(not_empty)] = {"email": Channel(share=1.0)}
    """Channels by name."""
    monitoring: Monitoring = Monitoring()
    """What happens to alerts before people see them."""
    forecast: Forecast | None = None
    """Rates of tickets from a table."""
    replay: Replay | None = None
    """Tickets from a log."""
