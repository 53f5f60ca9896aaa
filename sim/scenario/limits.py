"""What a person can bear: the section `limits`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from sim.clock import HOUR, MINUTE
from sim.scenario.base import Model, fault
from sim.scenario.units import Duration, Share

Number = Annotated[float, Field(ge=0, le=1000)]
Days = Annotated[int, Field(ge=0, le=366)]


class Limits(Model):
    """Limits of the burnout indicators: above one, a person is over that limit. A limit is as good as its evidence: law
    (somewhere, not necessarily where you are), laboratory model (seen in experiments), cohort association (people who
    do more of it fare worse on average), house rule (our own number). None of them is a diagnosis.
    """

    week_hours: Duration = 48 * HOUR
    """Time worked in any 7 days, pauses, overtime and call-outs included. Evidence: law (Directive 2003/88/EC, Art. 6:
    48 h for each seven-day period, as an average over up to four months, Art. 16; a single span above it is a sign, not
    yet a breach)."""
    week_hours_most: Duration = 60 * HOUR
    """A second limit for the same. Evidence: cohort association (weeks of 55 h and more go with more strokes and heart
    disease: Pega et al., Environment International 154 (2021) 106595; the number is ours)."""
    overtime: Duration = 4 * HOUR
    """Overtime a week. Evidence: house rule."""
    consecutive_duties: Days = 6
    """Days in a row with a duty. Evidence: law (Directive 2003/88/EC, Art. 5: 24 h without interruption in each
    seven-day period, on average over 14 days, Art. 16)."""
    consecutive_nights: Days = 3
    """Nights in a row: duties with at least 3 h between 22:00 and 06:00. Evidence: cohort association (Garde et al.,
    Scandinavian Journal of Work, Environment & Health 46 (2020) 557-569, recommend at most three)."""
    rest: Duration = 11 * HOUR
    """What is a full rest, in `short_rests` and `quick_returns`: shorter ones are counted. Evidence: law (Directive
    2003/88/EC, Art. 3: 11 consecutive hours in 24)."""
    short_rests: Number = 0
    """Short rests in 28 days: from when the agent was really done, or from the end of a call-out, to the next duty.
    Evidence: law (as `rest`)."""
    quick_returns: Number = 0
    """Quick returns in 28 days: short rests between duties as planned. Evidence: cohort association (Vedaa et al.,
    Ergonomics 59 (2016) 1-14; Garde et al. 2020 recommend at least 11 h)."""
    weekends: Share = 1 / 3
    """Share of weekends with at least an hour of work from Saturday 00:00 to Sunday 24:00, local time; of the weekends
    in the window this many, rounded up, are allowed. Evidence: house rule (every third weekend: the manual, §2.2)."""
    sleep_pages: Number = 1
    """Interruptions by pages a week in sleep hours (`oncall.sleep`), off duty. Evidence: house rule."""
    busy_hours: Duration = 12 * HOUR
    """Hours a week in which the agent was as busy as the critical band of `targets.utilization` says. Evidence: house
    rule (the manual, §8.3, calls for emergency measures in that band; single hours of it come by chance alone)."""
    busy_streak: Duration = 6 * HOUR
    """Such hours in a row. Evidence: house rule."""
    pause: Annotated[Duration, Field(gt=0)] = 15 * MINUTE
    """What is a pause, in `without_pause`: so much time without work, meetings and reviews at a stretch. Evidence:
    house rule."""
    without_pause: Share = 0.05
    """Share of the duties of more than 6 h without a pause between their first and their last hour. Evidence: law
    (Directive 2003/88/EC, Art. 4: a break where the day is longer than 6 h; that one duty in 20 may miss it is
    ours)."""
    preemptions: Number = 5
    """Interruptions of work by P1 a week. Evidence: laboratory model (interrupted work is done at the price of more
    stress: Mark, Gudith, Klocke, CHI 2008, 107-110; the number is ours)."""
    overrun: Duration = 15 * MINUTE
    """Time beyond the end of the overlap, on average over all duties. Evidence: house rule."""
    amber: Annotated[int, Field(ge=1, le=100)] = 1
    """From so many limits exceeded on a person's light is amber; below it is green."""
    red: Annotated[int, Field(ge=1, le=100)] = 3
    """From so many limits exceeded on it is red."""

    @model_validator(mode="after")
    def _ascend(self) -> Self:
        if not self.amber <= self.red:
            raise fault("`red` must not be below `amber`")
        return self
