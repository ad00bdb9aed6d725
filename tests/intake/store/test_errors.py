"""A database that is full, gone or refuses: told by class, never by content, and nothing half-written."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text

from intake.errors import UnavailableError
from intake.keys import Keys
from intake.store.store import Store
from tests.intake.store import make
from tests.intake.store.conftest import MAILBOX


def test_a_full_disk_stores_nothing_and_is_told(tmp_path: Path, keys: Keys) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'intake.db'}", keys) as store:
        lease = store.take_lease(MAILBOX, "host:1", 60)
        assert lease is not None
        store._engine.dispose()
        event.listen(
            store._engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA max_page_count=1").close()
        )
        big = make.redacted_message("x" * 10_000_000)
        with pytest.raises(UnavailableError, match="SQLITE_FULL") as caught:
            store.record(lease, [make.processed(1, message=big)], after=make.KEEP, last_uid=1)
        assert "xxx" not in str(caught.value)
        assert caught.value.__context__ is None or caught.value.__suppress_context__
        assert store.counts(MAILBOX)["case"] == 0


def test_a_locked_database_is_told_after_a_while(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.store.engine._WAIT_S", 0)
    url = f"sqlite:///{tmp_path / 'intake.db'}"
    with Store.open(url, keys) as store:
        other = create_engine(url)
        with other.connect() as connection:
            connection.execute(text("PRAGMA user_version"))
            connection.connection.driver_connection.execute("BEGIN IMMEDIATE")  # type: ignore[union-attr] # sqlite3's
            with pytest.raises(UnavailableError, match="SQLITE_BUSY"):
                store.take_lease(MAILBOX, "host:1", 60)
            assert store.cases() == []  # who only reads waits for nobody
            connection.rollback()
        other.dispose()
