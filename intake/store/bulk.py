"""Many rows into one table: each value through its column's own check, a column at a time, then one statement.

SQLAlchemy does the same a row at a time, with two dictionaries a row in between, and that was a third of what
storing a message cost. Values are bound as ever, and none gets past its column's type.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from types import NoneType
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Table, insert

from intake.store.errors import StoreError
from intake.store.number_types import Flag, Instant, Int
from intake.store.types import Choice, Currency, Hmac, LastFour, Name, OneOf, PasswordHash, Word, Words

Check = Callable[[Any], Any]
Checks = Callable[[list[Any]], list[Any]]
_SOME: Final = 2**40  # what comes out as this very object went through unchanged
# types whose equal values of one class are written alike: Decimals are not, nor are moments that summer time repeats
_ALIKE: Final = (Choice, Currency, Flag, Hmac, LastFour, Name, OneOf, PasswordHash, Word, Words)


def insert_all(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts rows that all fill the same columns.

    Raises:
        StoreError: a value does not belong into its column, or a row lacks one.
    """
    if not rows:
        return
    dialect = connection.dialect
    statement, checks = _prepared(table, dialect, tuple(rows[0]))
    columns = []
    try:
        for name, check in checks:
            columns.append(check([row[name] for row in rows]))
    except (LookupError, TypeError, ValueError) as error:
        raise StoreError(type(error).__name__) from None
    filled = zip(*columns, strict=True)
    if dialect.positional:
        connection.exec_driver_sql(statement, list(filled))
    else:
        names = [name for name, _ in checks]
        connection.exec_driver_sql(statement, [dict(zip(names, row, strict=True)) for row in filled])


@lru_cache(maxsize=256)
def _prepared(
    table: Table, dialect: Dialect, names: tuple[str, ...]
) -> tuple[str, tuple[tuple[str, Checks], ...]]:
    """The statement, made of the table alone, and of each of its parameters the column's name and check.

    Raises:
        StoreError: there is no such column.
    """
    if unknown := set(names) - set(table.columns.keys()):
        raise StoreError(f"UnknownColumn{len(unknown)}")
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names), for_executemany=True)
    order = [column.name for column in table.columns if column.name in names]
    if dialect.positional:
        order = list(compiled.positiontup or ())
    checks = tuple((name, _check(table, name, dialect)) for name in order)
    return str(compiled), checks


def _check(table: Table, name: str, dialect: Dialect) -> Checks:
    kind = table.columns[name].type
    check = kind.bind_processor(dialect)
    if check is None:
        raise TypeError(f"{table.name}.{name} would take anything")  # no column of ours does: a bug
    if isinstance(kind, Int) and check(_SOME) is _SOME:
        return partial(_whole, check)
    if isinstance(kind, Instant):
        return partial(_same, check)
    return partial(_alike if isinstance(kind, _ALIKE) else _each, check)


def _each(check: Check, values: list[Any]) -> list[Any]:
    return [None if value is None else check(value) for value in values]


def _whole(check: Check, values: list[Any]) -> list[Any]:
    """Whole numbers, which are written as they are."""
    known = [value for value in values if value is not None]
    if set(map(type, known)) == {int} and min(known) >= -(2**63) and max(known) < 2**63:
        return values
    return _each(check, values)


def _same(check: Check, values: list[Any]) -> list[Any]:
    """Each object once: most rows of a batch bear one moment."""
    objects = {id(value): value for value in values}
    done = {key: None if value is None else check(value) for key, value in objects.items()}
    return [done[id(value)] for value in values]


def _alike(check: Check, values: list[Any]) -> list[Any]:
    """Each value once; of one class, so that none passes for its equal of another."""
    if len(set(map(type, values)) - {NoneType}) > 1:
        return _each(check, values)
    done = {value: None if value is None else check(value) for value in set(values)}
    return [done[value] for value in values]
