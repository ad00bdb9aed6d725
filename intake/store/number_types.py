"""Checked column types of numbers, days and moments: SQLite would take a text for any of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from intake.store.forms import is_plain_decimal


class Int(TypeDecorator[int]):
    """A whole number of at most 64 bits."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        """SQLite numbers rows by itself only where the type is spelled INTEGER."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: object, _dialect: Dialect) -> int | None:
        """Refuses texts, which SQLite would store, and booleans."""
        if value is not None and type(value) is not int:
            raise TypeError("this is no whole number")
        if value is not None and not -(2**63) <= value < 2**63:
            raise TypeError("this number is too large")
        return value


class Flag(TypeDecorator[bool]):
    """True or false."""

    impl = Boolean
    cache_ok = True

    def process_bind_param(self, value: object, _dialect: Dialect) -> bool | None:
        """Refuses everything but a boolean."""
        if value is not None and type(value) is not bool:
            raise TypeError("this is no boolean")
        return value


class Day(TypeDecorator[date]):
    """A day in a calendar, without a time or a zone."""

    impl = Date
    cache_ok = True

    def process_bind_param(self, value: object, _dialect: Dialect) -> date | None:
        """Refuses texts and instants."""
        if value is not None and type(value) is not date:
            raise TypeError("this is no day")
        return value


class Instant(TypeDecorator[datetime]):
    """A moment, in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> datetime | None:
        """Refuses texts and moments without a zone."""
        if value is None:
            return None
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise TypeError("this is no moment with a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The moment, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class DecimalText(TypeDecorator[Decimal]):
    """An amount as claimed, exactly: its currency and so its minor unit may be unknown."""

    impl = String(80)
    cache_ok = True

    def process_bind_param(self, value: object, _dialect: Dialect) -> str | None:
        """Refuses everything but a finite decimal of at most 38 digits."""
        if value is None:
            return None
        if not isinstance(value, Decimal) or not is_plain_decimal(value):
            raise TypeError("this is no amount")
        return format(value, "f")

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Decimal | None:
        """The amount as it was written."""
        return None if value is None else Decimal(value)
