"""Reading the messages of a case, redacted, with what was read in them."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection, Table, select

from intake.mail.message import MessageKey
from intake.mail.redacted import SenderCheck
from intake.redaction.text import Redacted
from intake.store.base import AnyRow
from intake.store.tables import Attachment, Field, Finding, Message, MessagePart
from intake.store.values import Disposition
from intake.store.views import StoredAttachment, StoredField, StoredMessage, StoredSecret


def of_case(connection: Connection, case_id: int) -> tuple[StoredMessage, ...]:
    """Its messages, oldest first; doubles left out."""
    query = (
        select(*Message.c)
        .where(Message.c.case_id == case_id, Message.c.disposition.in_((Disposition.CASE, Disposition.REPLY)))
        .order_by(Message.c.id)
    )
    found = connection.execute(query).all()
    idents = [row.id for row in found]
    parts = _by_message(connection, MessagePart, idents)
    attachments = _by_message(connection, Attachment, idents)
    secrets = _by_message(connection, Finding, idents)
    fields = _by_message(connection, Field, idents)
    return tuple(
        StoredMessage(
            key=MessageKey(mailbox=row.mailbox, folder=row.folder, uidvalidity=row.uidvalidity, uid=row.uid),
            disposition=row.disposition,
            trust=row.reason if row.disposition is Disposition.REPLY else None,
            received_at=row.received_at,
            sender=row.sender_email,
            sender_name=row.sender_name,
            language=row.language,
            sender_check=SenderCheck(
                spf=row.spf, dkim=row.dkim, dmarc=row.dmarc, from_domain_passed=row.from_domain_passed
            ),
            parts={part.name: part.text for part in parts[row.id]},
            attachments=tuple(_attachment(found) for found in attachments[row.id]),
            secrets=tuple(_secret(found) for found in secrets[row.id]),
            fields=tuple(_field(found) for found in fields[row.id]),
        )
        for row in found
    )


def _by_message(connection: Connection, table: Table, idents: list[int]) -> dict[int, list[AnyRow]]:
    found: dict[int, list[AnyRow]] = defaultdict(list)
    query = select(*table.c).where(table.c["message"].in_(idents))
    for row in connection.execute(query.order_by(*table.primary_key.columns)):
        found[row.message].append(row)
    return found


def _attachment(row: AnyRow) -> StoredAttachment:
    return StoredAttachment(
        name=row.name,
        content_type=row.content_type,
        size=row.size,
        fingerprint=row.fingerprint,
        readable=row.readable,
    )


def _secret(row: AnyRow) -> StoredSecret:
    return StoredSecret(
        type=row.type, part=row.part, start=row.start, end=row.end, last_four=row.last_four, rule=row.rule
    )


def _field(row: AnyRow) -> StoredField:
    return StoredField(
        name=row.name,
        value=_shown(row),
        currency=row.currency,
        evidence=row.evidence,
        part=row.part,
        start=row.start,
        end=row.end,
        source=row.source,
        confidence=row.confidence / 1000,
        rule=row.rule,
        chosen=row.chosen,
        origin=row.origin,
        actor=row.actor,
    )


def _shown(row: AnyRow) -> str:
    if isinstance(row.text, Redacted):
        return row.text.text
    if row.amount is not None:
        return format(row.amount, "f")
    return row.day.isoformat() if row.day is not None else str(row.word)
