"""What SQLite holds on its file stays held, however often this process opens the database."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from intake.keys import Keys
from intake.store.store import Store
from tests.intake.store.conftest import MAILBOX, TTL_S

DATABASES = ["sqlite"]
_COMMAND = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT count(*) FROM mailbox'); c.close()"


@pytest.mark.parametrize("again", [0, 1])
def test_a_command_beside_the_daemon_takes_no_wal_away(
    new_database: Callable[[], str], keys: Keys, again: int
) -> None:
    """Whoever closes a database last removes its WAL: an `intake queue` must see that the daemon is still there."""
    url = new_database()
    file = Path(make_url(url).database or "")
    with Store.open(url, keys) as daemon:
        assert daemon.take_lease(MAILBOX, "one", TTL_S) is not None
        for _ in range(again):
            Store.open(url, keys).close()
        subprocess.run([sys.executable, "-c", _COMMAND, str(file)], check=True)
        assert file.with_name(f"{file.name}-wal").exists()
        assert daemon.take_lease(MAILBOX, "one", TTL_S) is not None
