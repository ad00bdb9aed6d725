"""Alembic's entry: runs the migrations on the connection that `intake.store.schema` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from intake.store.tables import METADATA


def _run() -> None:
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    context.run_migrations()


_run()
