"""What an operator does to a database as a whole: raise its schema, copy it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import URL

from intake.errors import CannotCreateError, ConfigError, Problem
from intake.store import schema
from intake.store.engine import database_url, make_engine
from intake.store.errors import edge


def upgrade_database(url: str) -> tuple[str | None, str]:
    """Raises the schema; gives the revision before (None: it was empty) and after.

    Raises:
        ConfigError: the database was made by a newer version, or is somebody else's.
        UnavailableError: it cannot be reached.
    """
    with edge():
        engine = make_engine(database_url(url))
        try:
            return schema.upgrade(engine)
        finally:
            engine.dispose()


def current_revision(url: str) -> str | None:
    """The database's revision; None: it is empty, or not there yet.

    Raises:
        UnavailableError: it cannot be reached.
    """
    parsed = database_url(url)
    if (path := _file(parsed)) is not None and not path.exists():
        return None
    with edge():
        engine = make_engine(parsed)
        try:
            return schema.current(engine)
        finally:
            engine.dispose()


def back_up(url: str, folder: Path) -> Path:
    """Copies an SQLite database while others use it; gives the copy, readable by its owner alone.

    Raises:
        ConfigError: PostgreSQL has its own tool for that; or there is no database yet.
        CannotCreateError: the copy cannot be written.
    """
    path = _file(database_url(url))
    if path is None:
        raise ConfigError(
            Problem(where="--backup-dir", what="copies SQLite only", remedy="use pg_dump for PostgreSQL")
        )
    if not path.exists():
        raise ConfigError(
            Problem(where=str(path), what="there is no database yet", remedy="leave --backup-dir out")
        )
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    copy = folder / f"{path.stem}-{stamp}.db"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except (OSError, sqlite3.Error) as error:
        raise CannotCreateError(
            Problem(
                where=str(copy),
                what=f"cannot be written ({type(error).__name__})",
                remedy="check folder and free space",
            )
        ) from None
    return copy


def _file(url: URL) -> Path | None:
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None
