"""SIGKILL between any two statements of a batch leaves all of it or nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_a_kill_between_any_two_statements_leaves_nothing_half_made(url: str) -> None:
    command = [sys.executable, "-m", "tests.intake.store.crash", url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.splitlines()[-1]) > 15  # so many statements does a batch take
