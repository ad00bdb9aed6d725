"""Once through every cell of the crash matrix, and two hosts of which one falls asleep and one dies.

By hand: `python -m tests.crash.matrix sqlite --times 20`, `python -m tests.crash.two_hosts --messages 5000`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.dovecot import require_dovecot

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]
ROOT = Path(__file__).parents[2]


def run(*words: str) -> str:
    require_dovecot()
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_killed_at_any_step_every_message_has_one_row_and_no_original_is_left(database: str) -> None:
    told = run("tests.crash.matrix", database, "--batch", "5")
    cells = [line for line in told.splitlines() if line.endswith(" kills, 0 wrong")]
    assert len(cells) == 4


def test_a_host_that_slept_and_one_that_died_lose_and_double_nothing() -> None:
    told = run("tests.crash.two_hosts", "--messages", "200", "--lease", "6")
    assert "taken over" in told
    assert "WRONG" not in told


def test_a_host_that_freezes_at_any_moment_keeps_nothing_locked() -> None:
    told = run("tests.crash.two_hosts", "--freezes", "8")
    assert "8 freezes, each taken over" in told
