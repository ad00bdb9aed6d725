"""What holds for every test."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# no test is timed; in CI the examples are the same in every run, at a desk they are new ones
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """A test that runs the command in this process leaves its strict umask behind: servers' files need the usual one."""
    os.umask(0o022)
