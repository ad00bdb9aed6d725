"""What only a server can do: restart, and lose a connection."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, event, text

from intake.errors import UnavailableError
from intake.store.engine import database_url
from intake.store.store import Store
from intake.store.values import Lease
from tests.intake.store import make
from tests.intake.store.conftest import MAILBOX

DATABASES = ["postgresql"]


def test_a_server_that_restarts_is_found_again(store: Store, lease: Lease, url: str) -> None:
    admin = create_engine(database_url(url), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    admin.dispose()
    assert store.record(lease, [make.processed(1)], after=make.KEEP, last_uid=1)[0].fresh


def test_a_connection_that_breaks_in_the_middle_is_unavailable(store: Store, lease: Lease) -> None:
    def cut(connection: object, *_: object) -> None:
        event.remove(store._engine, "before_cursor_execute", cut)
        connection.connection.driver_connection.pgconn.finish()  # type: ignore[attr-defined] # psycopg's

    event.listen(store._engine, "before_cursor_execute", cut)
    with pytest.raises(UnavailableError):
        store.record(lease, [make.processed(1)], after=make.KEEP, last_uid=1)
    assert store.counts(MAILBOX)["case"] == 0
    assert store.record(lease, [make.processed(1)], after=make.KEEP, last_uid=1)[0].fresh
