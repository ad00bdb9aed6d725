"""Alembic's entry: runs the migrations on the connection that `intake.store.schema` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

from intake.store.tables import Base

_LOCK = 0x1A7A4E  # any number, so long as it is ours: two daemons on an empty database wait for each other


def _run() -> None:
    connection: Connection = context.config.attributes["connection"]
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    context.run_migrations()


_run()
