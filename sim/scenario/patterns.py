"""Rotations that have a name, which can stand where a rotation is asked for; docs/rosters.md tells their sources."""

from __future__ import annotations

PATTERNS: dict[str, str] = {
    # Shifts of 8 hours.
    "weekdays": "5D 2O",
    "standard": "5D 2S 5N 9O",
    "metropolitan": "2D 2S 2N 2O",
    "continental": "2D 3S 2N 2O 3D 2S 2N 3O 2D 2S 3N 2O",
    # Shifts of 12 hours.
    "four_on_four_off": "4D 4O 4N 4O",
    "pitman": "2D 2O 3D 2O 2D 3O",
    "pitman_nights": "2N 2O 3N 2O 2N 3O",
    "panama": "2D 2O 3D 2O 2D 3O 2D 2O 3D 2O 2D 3O 2N 2O 3N 2O 2N 3O 2N 2O 3N 2O 2N 3O",
    "dupont": "4N 3O 3D 1O 3N 3O 4D 7O",
}
"""Rotations by name, as they are written."""
