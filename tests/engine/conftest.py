"""What the tests of the engine share."""

from __future__ import annotations

import pytest

from tests.engine.language import World


@pytest.fixture(scope="session")
def world() -> type[World]:
    """The language of the worlds: `world(rules...)` starts one."""
    return World
