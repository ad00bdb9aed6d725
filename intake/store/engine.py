"""The connection: one code path for SQLite and PostgreSQL, their differences kept in this file."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from intake.errors import ConfigError, Problem
from intake.store.number_types import Int
from intake.store.sessions import APPLICATION, SILENT_S

_WAIT_S: Final = 30  # for another writer
_SCHEMA_LOCK: Final = 0x1A7A4E  # any number, so long as it is ours
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # what is erased is overwritten
    "PRAGMA temp_store=MEMORY",  # no temporary file outside the state directory
)


class database_now(FunctionElement[int]):  # noqa: N801 - spelled like the SQL function that it is
    """Milliseconds since 1970 by the database's clock: the only one that leases go by.

    Not the transaction's start: whoever waited for a lock must not believe that no time went by.
    """

    type = Int()
    inherit_cache = True


@compiles(database_now, "sqlite")
def _sqlite_now(_element: database_now, _compiler: SQLCompiler, **_options: object) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


@compiles(database_now, "postgresql")
def _postgresql_now(_element: database_now, _compiler: SQLCompiler, **_options: object) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"


def moment_ms(connection: Connection) -> int:
    """Milliseconds since 1970, now, by the database's clock."""
    return connection.execute(select(database_now())).scalar_one()


def moment(connection: Connection) -> datetime:
    """Now, by the database's clock."""
    return datetime.fromtimestamp(moment_ms(connection) / 1000, UTC)


def database_url(text: str) -> URL:
    """The URL of a database that we can use.

    Raises:
        ConfigError: it is none, or names another kind of database.
    """
    try:
        url = make_url(text)
    except ArgumentError:
        raise _wrong(
            "is no URL", "write sqlite:////path/to/intake.db or postgresql://user@host/name"
        ) from None
    if url.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:
        if not url.database or url.database == ":memory:":
            raise _wrong("names no file", "write sqlite:////path/to/intake.db")
        return url.set(drivername="sqlite")
    raise _wrong(
        "is neither SQLite nor PostgreSQL",
        "write sqlite:////path/to/intake.db or postgresql://user@host/name",
    )


def make_engine(url: URL, *, create: bool = True) -> Engine:
    """An engine whose errors never repeat parameters: those are what customers wrote.

    Raises:
        ConfigError: the driver for PostgreSQL is not installed, or the SQLite file is not there and must
            not be made, or cannot be.
    """
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        if not create and not path.exists():
            raise _wrong(f"names {path}: no such file", "start `intake run` once: it makes the database")
        _private_file(path)
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _WAIT_S})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            isolation_level="READ COMMITTED",  # locks are explicit; a statement after one sees what it waited for
            connect_args=_postgresql_settings(url),
        )
    except ModuleNotFoundError:
        raise _wrong("needs the PostgreSQL driver", 'pip install "refund-intake[postgres]"') from None


def _postgresql_settings(url: URL) -> dict[str, str | int]:
    """How long each side waits for the other.

    A host that is frozen or cut off in the middle of a transaction holds the lock on its mailbox: the server
    ends such a session, so that another host can take over. A server that is cut off is noticed likewise.
    Of the `options` what the URL itself asks for comes later, and so counts; a longer patience with transactions that
    stand still counts for reading alone, as whoever holds locks is ended by the other hosts (`sessions`).
    """
    theirs = url.query.get("options", "")
    options = [f"-c idle_in_transaction_session_timeout={SILENT_S}s", f"-c lock_timeout={_WAIT_S}s"]
    options += [theirs] if isinstance(theirs, str) else theirs
    return {
        "connect_timeout": 10,
        "application_name": APPLICATION,
        "options": " ".join(options),
        "keepalives_idle": 20,
        "keepalives_interval": 5,
        "keepalives_count": 4,
        "tcp_user_timeout": 40_000,
    }


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads: on SQLite it waits for no writer."""
    with engine.connect().execution_options(intake_reads=True) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, *, durable: bool = True) -> Iterator[Connection]:
    """A transaction that writes: on SQLite it is the only one from its first statement on.

    What is `durable` is on the disk when it is committed: before the mail server is told. The rest survives a
    kill, and a loss of power only with the next one that is: for notes of what was done and can be done again.
    """
    with engine.connect().execution_options(intake_durable=durable) as connection, connection.begin():
        if not durable and connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
        yield connection


def wait_for_schema(connection: Connection) -> None:
    """Makes two daemons on an empty database take turns: a writer of SQLite is alone as it is."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")  # migrations take as long as they take
        connection.execute(select(func.pg_advisory_xact_lock(_SCHEMA_LOCK)))


def _private_file(path: Path) -> None:
    """The database and what SQLite lays beside it: readable by their owner alone (SQLite copies the mode)."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            # only what is new is opened here: closing any descriptor of a file lets go of all locks that this process
            # holds on it (fcntl(2)), SQLite's too, and another process would then take the WAL away from under us
            with suppress(FileExistsError):  # another daemon was first
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        if path.is_dir() or not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        for suffix in ("", "-wal", "-shm"):
            beside = path.with_name(path.name + suffix)
            if beside.exists() and beside.stat().st_mode & 0o077:
                beside.chmod(0o600)
    except OSError as error:
        raise _wrong(
            f"cannot be opened at {path} ({os.strerror(error.errno or 0)})",
            "check owner and mode of its folder",
        ) from None


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("intake_reads", False):
        connection.exec_driver_sql("BEGIN")  # constants, all: no value goes this way
        return
    durable = options.get("intake_durable", True)  # others' transactions too: migrations
    connection.exec_driver_sql("PRAGMA synchronous=FULL" if durable else "PRAGMA synchronous=NORMAL")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _wrong(what: str, remedy: str) -> ConfigError:
    return ConfigError(Problem(where="database_url", what=what, remedy=remedy))
