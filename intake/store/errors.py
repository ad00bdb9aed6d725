"""What can go wrong with the database, told by class and SQLSTATE only.

A driver's own text repeats values (PostgreSQL's DETAIL, SQLAlchemy's parameters): it ends here, at the
store's edge, and so do the tracebacks that would carry it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from intake.errors import (
    ConfigError,
    Exit,
    IntakeError,
    Problem,
    TryAgainError,
    UnavailableError,
)

# Conditions that pass by themselves or by an operator's hand, not by changing what is written:
# SQLSTATE classes 08 connection, 25006 read-only, 25P03 slept in a transaction, 28 login, 3D no such database,
# 40 rollback, 53 resources, 55P03 lock, 57 operator, 58 system (PostgreSQL, Appendix A)
_AWAY_STATES = ("08", "25006", "25P03", "28", "3D", "40", "53", "55P03", "57", "58")
_AWAY_SQLITE = (
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_READONLY",
)


class StoreError(IntakeError):
    """The database refused what was given to it; `code` is a class or an SQLSTATE."""

    exit = Exit.IO

    def __init__(self, code: str) -> None:
        super().__init__(Problem(where="database", what=f"refused a row ({code})"))
        self.code = code


class LeaseLostError(TryAgainError):
    """Another daemon has the mailbox: nothing was written."""

    def __init__(self, mailbox: str) -> None:
        super().__init__(
            Problem(
                where=f"mailbox {mailbox}",
                what="the lease on it was lost",
                remedy="another daemon works on it",
            )
        )


class VersionConflictError(TryAgainError):
    """Somebody else changed the case first."""

    def __init__(self, label: str) -> None:
        super().__init__(
            Problem(where=f"case {label}", what="was changed meanwhile", remedy="look at it again")
        )


@contextmanager
def edge() -> Iterator[None]:
    """The store's edge: no exception of SQLAlchemy or a driver passes, nor its text.

    Raises:
        UnavailableError: the database cannot be reached, is locked, full or read-only: try again later.
        StoreError: it refuses the values themselves.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise _told(error) from None


def _told(error: SQLAlchemyError) -> IntakeError:
    code = failure_code(error)
    if code.startswith(_AWAY_STATES) or code.startswith(_AWAY_SQLITE) or _connection_lost(error):
        return UnavailableError(
            Problem(
                where="database",
                what=f"cannot be used now ({code})",
                remedy="is it running, reachable, and is there room on its disk?",
            )
        )
    if code in {"42P01", "SQLITE_ERROR"}:  # undefined table: somebody else's database, or a half-done upgrade
        return ConfigError(
            Problem(where="database", what=f"has not our tables ({code})", remedy="run: intake db upgrade")
        )
    if code.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return ConfigError(
            Problem(where="database", what=f"the file is damaged ({code})", remedy="restore a backup")
        )
    return StoreError(code)


def failure_code(error: SQLAlchemyError) -> str:
    """An SQLSTATE, SQLite's name for the error, or the class of what was raised: never a text."""
    origin = error.orig if isinstance(error, StatementError) else None
    for name in ("sqlstate", "sqlite_errorname"):
        code = getattr(origin, name, None)
        if isinstance(code, str):
            return code
    return type(error if origin is None else origin).__name__


def _connection_lost(error: SQLAlchemyError) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    origin = error.orig if isinstance(error, StatementError) else None
    # psycopg gives no SQLSTATE where no server answered at all
    return type(origin).__name__ in {"OperationalError", "ConnectionTimeout"} and not getattr(
        origin, "sqlite_errorname", None
    )
