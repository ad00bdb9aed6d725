"""The whole engine, its workers too, against a real server of its own."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from intake.config.model import Config
from intake.engine.engine import Engine, open_engine
from intake.poll.values import Counts
from tests.dovecot import PASSWORD, Dovecot, require_dovecot


@dataclass(frozen=True, kw_only=True)
class Taking:
    """One mailbox that is taken in."""

    server: Dovecot
    engine: Engine
    folder: Path

    def poll(self) -> Counts:
        return self.engine.pollers[0].poll()

    def rows(self) -> list[int]:
        """UIDs that have a row, of whatever kind."""
        query = "SELECT uid FROM message UNION ALL SELECT uid FROM quarantine ORDER BY uid"
        with closing(sqlite3.connect(self.database)) as database:
            return [int(row[0]) for row in database.execute(query)]

    @property
    def database(self) -> Path:
        return self.folder / "state" / "intake.db"


Take = Callable[..., Taking]


@pytest.fixture
def take(tmp_path: Path) -> Iterator[Take]:
    require_dovecot()
    password = tmp_path / "pw"
    password.write_text(PASSWORD, encoding="utf-8")
    password.chmod(0o600)
    with ExitStack() as stack:

        def start(**others: object) -> Taking:
            server = stack.enter_context(Dovecot())
            box: dict[str, object] = {"host": "127.0.0.1", "port": server.port, "tls": "none"}
            box |= {"username": "support", "password_file": password, "policy": "eofferix"}
            box |= {"start_from": "all", "flood_limit": 0, "io_timeout_s": 10} | others
            config = Config.model_validate({"state_dir": tmp_path / "state", "mailbox": {"support": box}})
            engine = stack.enter_context(open_engine(config, stop=threading.Event()))
            return Taking(server=server, engine=engine, folder=tmp_path)

        yield start
