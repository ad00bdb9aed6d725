"""What holds for every test."""

from __future__ import annotations

import os

import pytest
import structlog
from hypothesis import settings

# no test is timed; in CI the examples are the same in every run, at a desk they are new ones
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """What a command that ran in this process leaves behind: its strict umask, and a log to a stream that is closed."""
    os.umask(0o022)
    structlog.reset_defaults()
