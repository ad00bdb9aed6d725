"""What holds for every test."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """A test that runs the command in this process leaves its strict umask behind: servers' files need the usual one."""
    os.umask(0o022)
