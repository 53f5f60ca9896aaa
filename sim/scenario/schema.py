"""The keys of a scenario file. The docstring under a field is its description in the JSON schema and the reference."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Protocol, Self

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from sim.clock import DAY
from sim.errors import Problem, ScenarioError
from sim.scenario.base import COUNTRY, ByPriority, Model, Name, ShiftLetter, fault, not_empty
from sim.scenario.continuity import Continuity
from sim.scenario.data_files import fingerprint
from sim.scenario.demand import Demand
from sim.scenario.emergencies import Emergencies
from sim.scenario.limits import Limits
from sim.scenario.oncall import OnCall
from sim.scenario.people import People
from sim.scenario.policy import PolicyRules
from sim.scenario.staffing import Staffing
from sim.scenario.units import Day, Duration, LocalSpan, Rate, Share, Zone
from sim.scenario.work import Work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sim.scenario.tree import Override


MOST_DAYS = 3660
"""Days that a run measures at most."""


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


def _shifts_do_not_overlap(shifts: dict[str, Any]) -> dict[str, Any]:
    week = sorted((span.start, span.end, letter) for letter, span in shifts.items())
    following = [*week[1:], *((start + DAY, end + DAY, letter) for start, end, letter in week[:1])]
    for (_, end, letter), (start, _, other) in zip(week, following, strict=True):
        if end > start:
            raise fault("shifts must not overlap: {a} runs into {b}", a=letter, b=other)
    return shifts


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
            raise fault("bands must ascend: 0 < optimal < high < critical")
        return self


class Satisfaction(Model):
    """How customers judge a ticket: a declared function of lateness, not a survey. One in time gets `in_time`; each
    kind of lateness costs its share in full when the time taken is twice the time promised or more, and in proportion
    below that. Who gives up is satisfied not at all.
    """

    in_time: Share = 0.95
    """Satisfaction with a ticket that was answered and resolved in time."""
    late_response: Share = 0.4
    """What a late response costs at most."""
    late_resolution: Share = 0.4
    """What a late resolution costs at most."""


class Targets(Model):
    """What the organisation promises itself."""

    response: ByPriority = {}
    """Time from creation to the first work by a person, by priority; no target where none is given."""
    resolution: ByPriority = {}
    """Time from creation to resolution without the time spent waiting for the customer, by priority."""
    acknowledgement: Annotated[Duration, Field(gt=0)] | None = None
    """Time from the first page to its acknowledgement; no target where none is given."""
    acknowledgement_met: Share = 0.95
    """Share of the paged tickets and alerts that should be acknowledged in time."""
    response_met: Share = 0.95
    """Share of tickets that should be answered in time."""
    resolution_met: Share = 0.9
    """Share of tickets that should be resolved in time."""
    first_contact: Share | None = None
    """First-contact resolution; no target where none is given."""
    satisfied: Share | None = None
    """Mean satisfaction of customers; no target where none is given."""
    satisfaction: Satisfaction = Satisfaction()
    """How customers judge."""
    utilization: UtilizationBands = UtilizationBands()
    """Bands of utilization."""


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
    regions: Annotated[dict[Name, Region], AfterValidator(not_empty)]
    """Regions by name; their order is the order in which work is offered elsewhere."""
    demand: Demand = Demand()
    """Who asks for what, and when."""
    work: Work
    """What a ticket needs."""
    targets: Targets = Targets()
    """What the organisation promises itself."""
    policy: PolicyRules = PolicyRules()
    """Who is served by whom."""
    oncall: OnCall | None = None
    """Who is paged; nobody where it is not given."""
    limits: Limits = Limits()
    """What a person can bear."""
    emergencies: Emergencies = Emergencies()
    """Emergencies, and who is told of them."""
    continuity: Continuity = Continuity()
    """Disruptions and drills."""
    people: People = People()
    """What becomes of people over months."""
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

    def __hash__(self) -> int:
        """Scenarios that are equal have the same; in what order their keys stand does not matter to either."""
        return hash(json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True))

    def with_(self, changes: Mapping[str, Any] | None = None, /, **sections: Any) -> Scenario:
        """Another scenario with some keys changed: `with_({"demand.scale": 1.2})`, `with_(horizon={"days": 7})`.

        Values are what a scenario file holds (`"15 min"`, `0.2`); mappings are merged, None removes a key.

        Raises:
            ScenarioError: with everything that is wrong with the changes.
        """
        if not isinstance(changes, Mapping | None):
            message = f"changes are a mapping of keys to values; found {type(changes).__name__}"
            raise ScenarioError([Problem("", 0, "", message)])
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
