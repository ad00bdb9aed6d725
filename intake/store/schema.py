"""The schema's version: made on an empty database, checked at each start, raised by `intake db upgrade`."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Final

from sqlalchemy import Connection, Engine, MetaData, Table, inspect, select, update
from sqlalchemy.schema import Column

from intake.errors import ConfigError, Problem
from intake.keys import Keys
from intake.log import Event, emit
from intake.store.engine import reading, wait_for_schema, writing
from intake.store.tables import Meta
from intake.store.types import Word

HEAD: Final = "0006"
"""The newest revision in `migrations/versions` (held by a test): Alembic itself loads for an upgrade only."""

_ONE_AT_A_TIME: Final = Lock()  # Alembic keeps its state in a module
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_VERSION: Final = Table("alembic_version", MetaData(), Column("version_num", Word(), primary_key=True))


def current(engine: Engine) -> str | None:
    """The database's revision; None: it is empty."""
    with reading(engine) as connection:
        return _revision(connection)


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Raises the schema to `HEAD`, in one transaction; gives the revision before and after.

    Raises:
        ConfigError: the database was made by a newer version, or is somebody else's.
    """
    from alembic import command
    from alembic.config import Config

    with _ONE_AT_A_TIME, writing(engine) as connection:
        wait_for_schema(connection)
        before = _revision(connection)
        if before is not None and before > HEAD:
            raise _newer(before)
        if before is None and (strangers := inspect(connection).get_table_names()):
            raise ConfigError(
                Problem(
                    where="database",
                    what=f"has {len(strangers)} tables that are not ours",
                    remedy="give us a database of our own",
                )
            )
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, HEAD


def check(engine: Engine, *, create: bool) -> None:
    """Sees that the database is one that this version can use; an empty one is made where `create` says so.

    Raises:
        ConfigError: it is empty and must not be made, older, or newer.
    """
    revision = current(engine)
    if revision is None and create:
        _, revision = upgrade(engine)
        emit(Event.DB_CREATED, to=revision)
    require(revision)


def require(revision: str | None) -> None:
    """Sees that this is the revision that this version works with.

    Raises:
        ConfigError: it is none, older or newer.
    """
    if revision is None:
        raise ConfigError(
            Problem(
                where="database", what="is empty", remedy="start `intake run` once, or run: intake db upgrade"
            )
        )
    if revision > HEAD:
        raise _newer(revision)
    if revision < HEAD:
        raise ConfigError(
            Problem(
                where="database",
                what=f"has schema {revision}, this version needs {HEAD}",
                remedy="run: intake db upgrade",
            )
        )


def check_key(engine: Engine, keys: Keys) -> None:
    """Sees that the database was made under this secret key; an empty one is bound to it.

    Raises:
        ConfigError: it was made under another one.
    """
    with reading(engine) as connection:
        known = connection.scalar(select(Meta.c.secret_key_id))
    if known is None:
        with writing(engine) as connection:
            connection.execute(
                update(Meta).where(Meta.c.secret_key_id.is_(None)).values(secret_key_id=keys.id)
            )
            known = connection.scalar(select(Meta.c.secret_key_id))
    if known != keys.id:
        raise ConfigError(
            Problem(
                where="secret key",
                what="is not the one that this database was made with",
                remedy="restore the key file that belongs to it, or start with an empty database",
            )
        )


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.scalar(select(_VERSION.c.version_num))


def _newer(revision: str) -> ConfigError:
    return ConfigError(
        Problem(
            where="database",
            what=f"has schema {revision}, newer than this version's {HEAD}",
            remedy="install the version of intake that made it",
        )
    )
