"""What tests of several packages share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("steady", deadline=None)  # a busy machine is no bug
settings.load_profile("steady")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of public logs, for tests marked `realdata`; they are not part of the project."""
    folder = os.environ.get("SIM_REAL_DATA")
    if not folder:
        pytest.skip("set SIM_REAL_DATA to the folder with the public logs to run this")
    return Path(folder)
