"""What all tables share: the names of constraints, and the checked type of each plain annotation."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import MetaData, Row
from sqlalchemy.orm import DeclarativeBase

from intake.redaction.text import Redacted
from intake.store import number_types as n
from intake.store import types as t
from intake.store.documents import Document

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"
"""A row of any columns, by their names."""


class Base(DeclarativeBase):
    """Root of the tables; plain annotations get the checked types."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's way of declaring it
        int: n.Int(),
        bool: n.Flag(),
        date: n.Day(),
        datetime: n.Instant(),
        Decimal: n.DecimalText(),
        Redacted: t.RedactedText(),
        Document: t.TypedJson(),
        tuple[str, ...]: t.Words(),
    }
