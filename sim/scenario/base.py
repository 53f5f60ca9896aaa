"""What the sections of a scenario are made of: closed models, names, mixes and distributions of durations."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from sim.scenario.units import Duration, Share

if TYPE_CHECKING:
    from collections.abc import Iterable


PriorityName = Literal["P1", "P2", "P3", "P4"]
TierName = Literal["tier1", "tier2", "tier3", "tier4"]
LocalRoleName = Literal["tier1", "tier2", "tier3", "tier4", "manager"]
RoleName = Literal["tier1", "tier2", "tier3", "tier4", "manager", "coordinator"]
PRIORITIES: tuple[PriorityName, ...] = ("P1", "P2", "P3", "P4")
TIERS: tuple[TierName, ...] = ("tier1", "tier2", "tier3", "tier4")
LOCAL_ROLES: tuple[LocalRoleName, ...] = (*TIERS, "manager")
"""Those of whom each region has its own."""
ROLES: tuple[RoleName, ...] = (*LOCAL_ROLES, "coordinator")
"""Who works here: the tiers, the managers of each region, and the coordinators, who serve all regions alike."""
_SUM_TOLERANCE = 1e-6
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

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def fault(message: str, **context: Any) -> PydanticCustomError:
    return PydanticCustomError("rule", message, context)


def sums_to_one(shares: Iterable[float]) -> bool:
    """Whether the shares are a whole, but for the rounding of decimal fractions."""
    return abs(math.fsum(shares) - 1) <= _SUM_TOLERANCE


def mix(mix: dict[str, float]) -> dict[str, float]:
    if not sums_to_one(mix.values()):
        total = math.fsum(mix.values())
        raise fault("the shares must sum to 1 (100 %); they sum to {total}", total=f"{total:g}")
    return mix


def not_empty(mapping: dict[str, Any]) -> dict[str, Any]:
    if not mapping:
        raise fault("must name at least one")
    return mapping


Name = Annotated[str, Field(pattern=NAME)]
"""A region, profile, channel or crew: a letter, then up to 39 letters, digits, _ or -."""
ShiftLetter = Annotated[str, Field(pattern=SHIFT_LETTER)]
PriorityMix = Annotated[dict[PriorityName, Share], AfterValidator(mix)]
ByPriority = dict[PriorityName, Duration]
Count = Annotated[int, Field(ge=0, le=100_000)]
Factor = Annotated[float, Field(gt=0, le=1000)]


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
            raise fault("`values` go with the family empirical, and that family needs them")
        if self.family != "empirical" and not self.mean:
            raise fault("the family {family} needs a `mean` above 0", family=self.family)
        if self.log_sd is not None and (self.family != "lognormal" or self.cv is not None):
            raise fault("`log_sd` goes with the family lognormal, and not together with `cv`")
        if self.cv is not None and self.family not in {"lognormal", "gamma", "weibull"}:
            raise fault("the family {family} takes no `cv`", family=self.family)
        if self.family in {"gamma", "weibull"} and self.cv is None:
            raise fault("the family {family} needs a `cv`", family=self.family)
        if self.longest is not None and self.longest < self._shortest():
            raise fault("`longest` leaves nothing to draw from")
        return self

    def _shortest(self) -> int:
        if self.family == "constant":
            return self.mean or 1
        return min(self.values) if self.values else 1
