"""Who is on duty: the section `staffing`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sim.clock import DAY, HOUR, WEEK
from sim.scenario.base import Count, Model, Name, RoleName, ShiftLetter, fault, not_empty
from sim.scenario.units import Duration, LocalSpan, LocalTime, Pattern, Share, Span, WallTime


class Crew(Model):
    """Agents who follow the same rotation."""

    pattern: Pattern
    """The rotation: shift letters of the region and O for a day off, such as `5D 2S 5N 9O`, or the name of one, such as
    dupont. It is anchored at Monday, 5 January 1970, so that patterns of 7 days start on Mondays."""
    headcount: Annotated[dict[RoleName, Count], AfterValidator(not_empty)]
    """People by role, in each of the regions."""
    phases: Literal["spread", "aligned"] = "spread"
    """`spread`: the people of a role start the rotation on different days, evenly; `aligned`: all on the same day."""
    regions: tuple[Name, ...] = ()
    """Regions that have such a crew; all where none is named."""
    speed: Annotated[float, Field(ge=0.1, le=10)] = 1.0
    """Pace of work: 0.5 takes twice the handle time."""


class Minimum(Model):
    """A row of the minimum staffing table: a floor in local time.

    The tiers, managers and coordinators are three tables in one: a row says nothing of managers if it names none, nor
    of coordinators, nor of the tiers if it names none of them. So a row for coordinators alone changes nobody else.
    """

    days: Literal["any", "weekday", "weekend", "holiday"] = "any"
    """Days it holds on. A public holiday follows the `holiday` rows, a Saturday or Sunday the `weekend` rows, any other
    day the `weekday` rows. Where its region has none of these that name such people, a holiday follows the rows of its
    day of the week, and any day the `any` rows."""
    hours: LocalSpan = Span(0, DAY)
    """Local hours it holds in; the whole day where none are given. Beyond midnight the next date's kind decides."""
    agents: Annotated[dict[RoleName, Count], AfterValidator(not_empty)]
    """People on duty, by role; of the tiers in a row that names any, one that is not named needs nobody."""
    regions: tuple[Name, ...] = ()
    """Regions it holds for; all where none is named."""


class Rules(Model):
    """What a roster may ask of a person. Rosters are built within them, and measured against them.

    They are read on the wall clock of the region: an hour more or less where clocks change breaks none.
    """

    rest: Annotated[Duration, Field(le=DAY)] = 11 * HOUR
    """Rest between the end of a duty and the start of the next."""
    week_hours: Annotated[Duration, Field(gt=0, le=WEEK)] = 48 * HOUR
    """Time on duty in any span of 7 days."""
    consecutive_duties: Annotated[int, Field(ge=1, le=366)] = 6
    """Days in a row with a duty; a duty belongs to the date on which it starts. The solver never plans more than 13."""
    consecutive_nights: Annotated[int, Field(ge=1, le=366)] = 5
    """Nights in a row."""
    weekend_every: Annotated[int, Field(ge=1, le=8)] = 1
    """Weekends: of so many in a row a person works one at most, so 3 is every third weekend, and 1 no rule. One is
    worked if any hour from Saturday 00:00 to Sunday 24:00 local is."""


class Cover(Model):
    """The solver: the fewest people on weekly lines that meet the minimum staffing within the rules.

    The lines of a region and role form one or more cyclic rotas: everybody goes through the lines of their rota, each
    one week further than the one before. At most one duty a day starts for a person. Public holidays ask for their
    floor on that day of every week, where it is above the usual one. Hours that no duty covers are left open and told.
    """

    shifts: tuple[ShiftLetter, ...] = ()
    """Shifts of the regions that may be used; all where none is named."""
    starts: tuple[LocalTime, ...] = ()
    """Local times at which duties of `length` may start as well."""
    length: Annotated[Duration, Field(ge=HOUR, le=DAY)] = 8 * HOUR
    """Length of those."""
    week_hours: Annotated[Duration, Field(gt=0, le=WEEK)] = 40 * HOUR
    """Contract hours: a line of the rota has at most this time on duty."""
    gap: Annotated[Share, Field(lt=1)] = 0.02
    """How far from the proven minimum the solver may stop, as a share of the headcount."""
    nodes: Annotated[int, Field(ge=1, le=10_000_000)] = 20_000
    """Nodes after which the solver stops with the best that it has; it never stops by the clock."""


class ExplicitColumns(Model):
    """Which column of the table holds what."""

    agent: str = "agent"
    """Name of the agent."""
    date: str = "date"
    """Date of the duty, local to the agent's region. A night that is written as N belongs to the date of the evening
    before it, also when it starts at or after midnight; a span starts on its date."""
    shift: str = "shift"
    """Letter of a shift of the region, a span such as 06:00-14:00, or O or nothing for a day off."""
    region: str = "region"
    """Region of the agent; a table for a single region needs no such column."""
    tier: str = "tier"
    """Role of the agent: tier1 to tier4, manager or coordinator."""


class Explicit(Model):
    """A dated roster from a table, such as the export of a workforce management tool."""

    file: str
    """A CSV file, plain, .gz or a .zip that holds one file; relative to the scenario file."""
    columns: ExplicitColumns = ExplicitColumns()
    """Which column holds what."""
    date_format: str | None = None
    """Format of the dates in strptime's notation; ISO 8601 where none is given."""
    shifts: dict[str, str] = {}
    """The table's codes for shifts and what they mean here: a letter, a span or O."""
    tiers: dict[str, RoleName] = {}
    """The table's tiers and what they mean here; tier1 to tier4, manager and coordinator need no entry."""
    regions: dict[str, Name] = {}
    """The table's regions and what they mean here; names of regions need no entry."""


class Pause(Model):
    """A pause in every duty that is long enough."""

    after: Annotated[Duration, Field(gt=0, le=DAY)]
    """Time from the start of the duty. A pause that would leave less than 30 min of the duty, or that meets one named
    before it, is left out; so a duty that never ends, as of `flat`, has each pause once."""
    length: Annotated[Duration, Field(gt=0, le=4 * HOUR)]
    """How long it lasts; work in hand comes first, and the pause ends as planned."""
    shift: Annotated[Duration, Field(le=4 * HOUR)] = 0
    """Agents of a pool who start together go one after the other: each so much later than the one before."""


class Absence(Model):
    """Agents who are away for a while. Work in hand when it begins is handed over at once."""

    agents: Annotated[tuple[str, ...], Field(min_length=1)]
    """Names of agents, as in the roster; a name that ends in * stands for all that begin like it."""
    start: WallTime
    """Local time of the agent's region at which it begins."""
    end: WallTime
    """Local time at which it ends."""

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.end <= self.start:
            raise fault("`end` must come after `start`")
        return self


class Staffing(Model):
    """Who is on duty. Of `flat`, `crews`, `cover` and `explicit` only the section that `mode` names is used."""

    mode: Literal["flat", "pattern", "cover", "explicit"] = "pattern"
    """`flat`: a fixed number always on duty, for studies; `pattern`: `crews` that follow rotations; `cover`: the
    fewest people that meet the `minimum`; `explicit`: a dated roster from a table."""
    minimum: dict[Name, Minimum] = {}
    """The minimum staffing table, row by row. Where several rows hold for an instant the one named last counts, of
    those that name such people."""
    rules: Rules = Rules()
    """What a roster may ask of a person."""
    cover: Cover = Cover()
    """How rosters are solved."""
    explicit: Explicit | None = None
    """The table of a dated roster."""
    add: dict[Name, Crew] = {}
    """Crews on top of whatever `mode` makes, so that everybody else keeps their duties."""
    holidays: Literal["as_planned", "minimum"] = "as_planned"
    """Duties on public holidays: as on any other day, or only as many as the `minimum` asks for then; who works takes
    turns, by holidays worked so far. A duty is on a holiday if any hour of it is. It goes only if nobody is missing
    without it at any time, also not on the day beside the holiday that it reaches into."""
    pauses: dict[Name, Pause] = {}
    """Pauses by name, in every duty."""
    absences: dict[Name, Absence] = {}
    """Absences by name."""
    flat: dict[Name, dict[RoleName, Count]] = {}
    """People always on duty, by region and role."""
    crews: dict[Name, Crew] = {}
    """Crews by name."""
