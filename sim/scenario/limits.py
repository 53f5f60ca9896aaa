"""What a person can bear: the section `limits`."""

from __future__ import annotations

from sim.scenario.base import Model


class Limits(Model):
    """Limits of the burnout indicators: beyond them a person is counted as over the limit."""
