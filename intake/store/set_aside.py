"""Messages set aside: a person wrote them, and nothing seemed to be asked. Listed, and made a case by a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, and_, select, update

from intake.case_label import label
from intake.casework.facts import FactSource, Stated, typed
from intake.casework.states import state_of
from intake.errors import NoInputError, Problem
from intake.extraction.types import FieldName, Source
from intake.people import Actor
from intake.redaction.text import Redacted, restored
from intake.store.base import AnyRow
from intake.store.changes_rows import case_columns
from intake.store.decisions import decision_columns
from intake.store.engine import moment
from intake.store.facts import CUSTOMER, known_document
from intake.store.known import OpenCase
from intake.store.ledger import Ledger
from intake.store.tables import Case, Field, Message, MessagePart
from intake.store.values import Disposition

if TYPE_CHECKING:
    from intake.casework.judge import Judge, Judged

_PREFIX: Final = "M-"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A message that made no case, as its list shows it."""

    name: str  # M-17
    mailbox: str
    received_at: datetime | None
    sender: Redacted | None
    subject: Redacted
    language: str
    reason: str  # no_refund_asked, flood

    def to_dict(self) -> dict[str, object]:
        """As `intake queue list --set-aside --json` shows it."""
        return {
            "message": self.name,
            "mailbox": self.mailbox,
            "received_at": self.received_at.isoformat() if self.received_at else None,
            "from": self.sender.text if self.sender else None,
            "subject": self.subject.text,
            "language": self.language,
            "reason": self.reason,
        }


def rows(connection: Connection, *, mailbox: str | None = None, limit: int | None = None) -> list[SetAside]:
    """What is set aside, newest first."""
    subject = and_(MessagePart.c.message == Message.c.id, MessagePart.c.name == "subject")
    columns = (
        Message.c.id,
        Message.c.mailbox,
        Message.c.received_at,
        Message.c.sender_email,
        Message.c.language,
        Message.c.reason,
        MessagePart.c.text,
    )
    query = (
        select(*columns)
        .select_from(Message)
        .join(MessagePart, subject)
        .where(Message.c.disposition == Disposition.SET_ASIDE)
    )
    if mailbox is not None:
        query = query.where(Message.c.mailbox == mailbox)
    return [
        SetAside(
            name=f"{_PREFIX}{row.id}",
            mailbox=row.mailbox,
            received_at=row.received_at,
            sender=row.sender_email,
            subject=row.text,
            language=row.language,
            reason=row.reason,
        )
        for row in connection.execute(query.order_by(Message.c.id.desc()).limit(limit))
    ]


def find(connection: Connection, name: str) -> AnyRow:
    """The row of a message that is set aside, locked.

    Raises:
        NoInputError: there is none of that name, or it is not set aside (any more).
    """
    number = name.upper().removeprefix(_PREFIX)
    ident = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0
    query = select(*Message.c).where(Message.c.id == ident).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None or row.disposition is not Disposition.SET_ASIDE:
        remedy = "list them with: intake queue list --set-aside"
        raise NoInputError(Problem(where=f"message {name}", what="is not set aside", remedy=remedy))
    return row


def make_case(  # noqa: PLR0913 - what it is made of, each by its name
    connection: Connection, message: AnyRow, *, policy: str, judge: Judge, actor: Actor, audit_key: bytes
) -> str:
    """A case of a message that is set aside, as if it had asked for a refund; gives its label."""
    at = moment(connection)
    said = list(_said(connection, message))
    judged = judge.judge(policy, said)
    ledger = Ledger(connection, audit_key=audit_key, at=at)
    state = state_of(judged.decision.outcome)
    case = OpenCase(
        id=ledger.next_case(), version=1, stored_version=0, messages=1, state=state, order_number=None
    )
    bare = _case(message, case, policy, at) | {"outcome": judged.decision.outcome}
    row = bare | case_columns(connection, bare, judged)
    ledger.open_case(case, row, _decision(message, case, judged, at))
    ledger.state_facts(case.id, said)
    told = {"state": state, "outcome": judged.decision.outcome, "message": message.id}
    ledger.audit(case, action="case.made", before=None, after=told, actor=actor.label)
    ledger.write()
    connection.execute(
        update(Message)
        .where(Message.c.id == message.id)
        .values(disposition=Disposition.CASE, case_id=case.id, reason=None)
    )
    fields = update(Field).where(Field.c.message == message.id)
    connection.execute(fields.values(case_id=case.id))
    connection.execute(fields.where(Field.c.rank == 0).values(chosen=True))
    identity = case_columns(connection, bare, judged)["identity"]  # by the message that is the case's now
    connection.execute(update(Case).where(Case.c.id == case.id).values(identity=identity))
    return label(case.id)


def _said(connection: Connection, message: AnyRow) -> Iterator[Stated]:
    """What the message claims, as a mail that opens a case states it."""
    account = select(Field.c.source).where(
        Field.c.message == message.id, Field.c.name == FieldName.ACCOUNT_EMAIL, Field.c.rank == 0
    )
    assumed = connection.scalar(account) is Source.HEADER  # nobody said it: it is the sender's address
    claim: Mapping[str, Any] = message.facts.value.get("claim", {}) if message.facts else {}
    for name, value in claim.items():
        if value is not None:
            key = f"claim.{name}"
            yield Stated(
                key=key,
                value=typed(key, value, restored),
                source=FactSource.ASSUMED if assumed and name == "account_email" else FactSource.CLAIM,
                actor=CUSTOMER,
                at=message.received_at or message.stored_at,
                message=message.id,
            )


def _case(message: AnyRow, case: OpenCase, policy: str, at: datetime) -> dict[str, Any]:
    return {
        "id": case.id,
        "mailbox": message.mailbox,
        "policy": policy,
        "state": case.state,
        "resolution": None,
        "version": 1,
        "created_at": at,
        "updated_at": at,
        "received_at": message.received_at,
        "messages": 1,
        "kind": message.kind,
        "language": message.language,
        "flags": message.flags,
        "identity": None,
        "owner": None,
        "held_until": None,
        "state_since": at,
    }


def _decision(message: AnyRow, case: OpenCase, judged: Judged, at: datetime) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "version": 1,
        "made_at": at,
        "reader_version": message.reader_version,
        **decision_columns(judged.decision, known_document(judged.known)),
    }
