"""SIGKILL in the middle, again and again: nothing lost, nothing doubled, no half-made case."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing

import pytest

from tests.acceptance.conftest import Installation
from tests.dovecot import Dovecot
from tests.load import load

pytestmark = [pytest.mark.dovecot, pytest.mark.slow]
KILLS = 4


@pytest.mark.parametrize("after", ["keep", "move"])
def test_killed_in_the_middle_nothing_is_lost_and_nothing_doubled(
    installation: Installation, server: Dovecot, after: str
) -> None:
    count = 200
    server.deliver(*load(count, seed=5))
    installation.mailbox(after=after, move_to="Taken" if after == "move" else None, batch_messages=7)
    r = random.Random(11)
    stored: list[int] = []
    for _ in range(KILLS):
        before = len(installation.events())
        process = installation.start("poll", "--once")
        while len(installation.events()) < before + 40 and process.poll() is None:
            time.sleep(0.02)
        time.sleep(r.uniform(0, 0.3))
        process.kill()
        process.communicate()
        stored.append(_rows(installation))
    assert 0 < stored[0] < count, "no kill fell into the middle"
    assert stored == sorted(stored)
    installation.poll()
    assert _rows(installation) == count
    uids = _ask(installation, "SELECT uid FROM message UNION ALL SELECT uid FROM quarantine ORDER BY uid")
    due = _ask(installation, "SELECT count(*) FROM outbox WHERE done = 0")
    assert uids == list(range(1, count + 1))
    assert due == [0]
    taken = count if after == "move" else 0
    assert (server.count(), server.count(folder="Taken")) == (count - taken, taken)
    assert all(row["messages"] == 1 for row in installation.queue() if row["kind"] == "refund_request")


def _rows(installation: Installation) -> int:
    (count,) = _ask(installation, "SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM quarantine)")
    return count


def _ask(installation: Installation, query: str) -> list[int]:
    with closing(sqlite3.connect(installation.folder / "state" / "intake.db")) as database:
        return [int(row[0]) for row in database.execute(query)]
