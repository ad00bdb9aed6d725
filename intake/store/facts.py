"""Statements of facts as rows, and back: typed on both sides, text redacted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from intake.casework.facts import FactSource, FactValue, Stated, contradicted, plain, typed, winners
from intake.extraction.types import FieldName, Source
from intake.processed import Processed
from intake.redaction.text import Redacted, restored
from intake.store.documents import Document, document
from intake.store.tables import Fact
from intake.store.views import KnownFact

Row = dict[str, Any]
CUSTOMER: Final = "customer"


def stated(connection: Connection, case_id: int) -> list[Stated]:
    """Everything that was stated of a case."""
    columns = (Fact.c.key, Fact.c.value, Fact.c.source, Fact.c.actor, Fact.c.message, Fact.c.at)
    query = select(*columns).where(Fact.c.case_id == case_id).order_by(Fact.c.id)
    return [
        Stated(
            key=row.key,
            value=typed(row.key, row.value.value, restored),
            source=row.source,
            actor=row.actor,
            at=row.at,
            message=row.message,
        )
        for row in connection.execute(query)
    ]


def known(connection: Connection, case_id: int) -> tuple[KnownFact, ...]:
    """What the rules go by, who says so, and who says otherwise; by key."""
    said = stated(connection, case_id)
    others = contradicted(said)
    return tuple(
        KnownFact(
            key=key,
            value=plain(one.value),
            source=one.source.value,
            actor=one.actor,
            at=one.at,
            others=tuple((plain(other.value), other.actor, other.at) for other in others.get(key, ())),
        )
        for key, one in winners(said).items()
    )


def replace(
    connection: Connection,
    case_id: int,
    *,
    source: FactSource,
    said: Iterable[Stated],
    keys: Iterable[str] | None = None,
) -> None:
    """Puts `said` in the place of what this source stated before about `keys` (None: about anything)."""
    old = delete(Fact).where(Fact.c.case_id == case_id, Fact.c.source == source)
    connection.execute(old if keys is None else old.where(Fact.c.key.in_(list(keys))))
    if rows := [fact_row(case_id, one) for one in said]:
        connection.execute(insert(Fact), rows)


def fact_row(case_id: int, one: Stated) -> Row:
    """A statement as a row."""
    return {
        "case_id": case_id,
        "key": one.key,
        "value": document(storable_value(one.value)),
        "source": one.source,
        "actor": one.actor,
        "message": one.message,
        "at": one.at,
    }


def claims(item: Processed, message: int, at: datetime) -> Iterator[Stated]:
    """What a mail states: said when the server received it, so that arriving late changes nothing.

    Args:
        item: the processed mail.
        message: its id in the store.
        at: the moment of storing, for a mail that no server dated.
    """
    claim = item.facts.get("claim")
    assert isinstance(claim, Mapping)  # noqa: S101 - `claim_facts` made it
    for name, value in claim.items():
        if value is None:
            continue
        yield Stated(
            key=f"claim.{name}",
            value=typed(f"claim.{name}", value, partial(_redacted, item, name)),
            source=FactSource.ASSUMED if _assumed(item, name) else FactSource.CLAIM,
            actor=CUSTOMER,
            at=item.message.received_at or at,
            message=message,
        )


def _assumed(item: Processed, name: str) -> bool:
    """Whether nobody said it: the account is taken from the sender where the policy says so."""
    field = item.extraction.fields.get(FieldName.ACCOUNT_EMAIL)
    return name == "account_email" and field is not None and field.chosen.source is Source.HEADER


def _redacted(item: Processed, name: str, text: str) -> Redacted:
    field = item.extraction.fields.get(FieldName(name))
    source = field.chosen.value if field else item.message.sender_email
    if not isinstance(source, Redacted):
        raise TypeError("a fact's text has no redacted source")
    return source if source.text == text else source.derive(text)


def storable_value(value: FactValue) -> object:
    """As `documents.document` takes it."""
    if isinstance(value, tuple):
        return [{"item": row.item, "amount": row.amount} for row in value]
    return value


def known_document(known: Mapping[str, FactValue]) -> Document:
    """The facts that a decision rests on, as they are stored beside it."""
    groups: dict[str, Any] = {}
    for key, value in known.items():
        group, _, name = key.partition(".")
        if name:
            groups.setdefault(group, {})[name] = storable_value(value)
        else:
            groups[group] = storable_value(value)
    return document(groups)
