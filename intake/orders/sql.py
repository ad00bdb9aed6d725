"""Records in any SQL database: the operator's own query, read-only, with named parameters.

The one place where SQL is not ours: parameters are always bound, rows come back as plain
values, and neither the query nor a value ever stands in an error.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from intake.config.orders import OrdersConfig
from intake.credentials import SecretPlace
from intake.errors import ConfigError, Problem
from intake.orders.records import Payment, RecordsUnreachableError, payment

_MOST = 1000  # rows of one answer


class SqlRecords:
    """A database by its URL; one connection at a time, given back after each question."""

    def __init__(self, config: OrdersConfig) -> None:
        self._config = config
        self._engine = _engine(config)

    @property
    def revision(self) -> None:
        """A database does not tell that it has changed."""

    def by_number(self, number: str) -> Sequence[Payment]:
        """All payments of an order."""
        return self._ask(self._config.by_number, {"order_number": number.strip()})

    def by_account(self, account: str) -> Sequence[Payment]:
        """All payments of an account; none where no question for it is configured."""
        return self._ask(self._config.by_account, {"account_email": account.strip().casefold()})

    def problems(self) -> list[Problem]:
        """What is wrong with the queries, for `intake check`.

        Raises:
            RecordsUnreachableError: the database cannot be asked, or refuses a query.
        """
        self.by_number("")
        self.by_account("")
        return []

    def close(self) -> None:
        """Closes every connection."""
        self._engine.dispose()

    def _ask(self, query: str | None, values: dict[str, str]) -> list[Payment]:
        if query is None:
            return []
        try:
            with self._engine.connect() as connection:
                _read_only(connection, self._config.timeout_s)
                rows = connection.execute(text(query), values).mappings().fetchmany(_MOST)
                connection.rollback()
        except SQLAlchemyError as error:
            raise _unreachable(type(error).__name__) from None
        return [payment({str(key): value for key, value in row.items()}, self._config) for row in rows]


def _read_only(connection: Connection, seconds: float) -> None:
    """A slip in the query can neither write nor run for ever, where the database lets us say so."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA query_only=ON"))
    elif connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION READ ONLY"))
        connection.execute(
            text("SELECT set_config('statement_timeout', :ms, true)"), {"ms": str(int(seconds * 1000))}
        )


def _engine(config: OrdersConfig) -> Engine:
    url = _url(config)
    options: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": config.timeout_s}
    elif url.get_backend_name() == "postgresql":
        options["connect_args"] = {"connect_timeout": int(config.timeout_s)}
    try:
        return create_engine(url, hide_parameters=True, pool_pre_ping=True, **options)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        what = f"no database that can be opened ({type(error).__name__})"
        remedy = (
            "write a SQLAlchemy URL and install its driver; PostgreSQL: pip install 'refund-intake[postgres]'"
        )
        raise ConfigError(Problem(where="orders", what=what, remedy=remedy)) from None


def _url(config: OrdersConfig) -> URL:
    if config.database_file is not None:
        # read-only from the first byte, and never made where it is missing
        return make_url(f"sqlite:///file:{config.database_file}?mode=ro&uri=true")
    place = SecretPlace(
        where="orders",
        key="database_url",
        env=config.database_url_env,
        file=config.database_url_file,
        credential="orders-database-url",
    )
    try:
        url = make_url(place.read(os.environ).get_secret_value())
    except ArgumentError:
        what, remedy = "is no database URL", "write it as postgresql://user:password@host/database"
        raise ConfigError(Problem(where="orders.database_url", what=what, remedy=remedy)) from None
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def _unreachable(code: str) -> RecordsUnreachableError:
    remedy = "see that the database runs, and that the query of [orders] works there by hand"
    return RecordsUnreachableError(
        code, Problem(where="orders", what=f"the records cannot be asked ({code})", remedy=remedy)
    )
