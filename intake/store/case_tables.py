"""Tables of cases: the queue, fields with evidence, decisions, the audit."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from intake.casework.facts import FactSource
from intake.casework.identity import Relation
from intake.extraction.types import FieldName, Kind, Reason, Source
from intake.redaction.text import Redacted
from intake.store import types as t
from intake.store.base import Base
from intake.store.documents import Document
from intake.store.values import Origin, State

OUTCOME = t.OneOf(
    ("hold_identity", "deny", "needs_information", "manual_review", "approve_if_verified", "approve")
)
"""What a preliminary decision on a case can say (contract, outcome)."""

RESOLUTION = t.OneOf(("refunded", "denied", "no_reply", "duplicate", "not_a_request", "withdrawn"))
"""How a case was closed (review pages, States)."""


NOTIFIED = t.OneOf(("case.created", "case.ready", "case.decided"))
"""What others can be told of."""


class Case(Base):
    """One refund matter; its label is R- and the id. The last group of columns is what the queue shows."""

    __tablename__ = "case_file"
    __table_args__ = (Index(None, "state", "due"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mailbox: Mapped[str] = mapped_column(t.Name(), ForeignKey("mailbox.name"))
    policy: Mapped[str] = mapped_column(t.Word())
    policy_version: Mapped[str] = mapped_column(t.Name())
    state: Mapped[State] = mapped_column(t.Choice(State))
    resolution: Mapped[str | None] = mapped_column(RESOLUTION)  # of a closed case
    version: Mapped[int]  # grows with every change: the lock of the optimistic
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    messages: Mapped[int]
    kind: Mapped[Kind] = mapped_column(t.Choice(Kind))
    language: Mapped[str] = mapped_column(t.Word())
    account_email: Mapped[Redacted | None]
    order_number: Mapped[Redacted | None]
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None] = mapped_column(t.Currency())
    reason: Mapped[Reason | None] = mapped_column(t.Choice(Reason))
    outcome: Mapped[str] = mapped_column(OUTCOME)
    missing: Mapped[tuple[str, ...]]
    flags: Mapped[tuple[str, ...]]
    due: Mapped[date | None]
    identity: Mapped[Relation | None] = mapped_column(t.Choice(Relation))  # None: opened by an older version
    owner: Mapped[str | None] = mapped_column(t.Word())  # who reviews it
    held_until: Mapped[int | None]  # milliseconds since 1970, database's clock: then the review lapses
    state_since: Mapped[datetime | None]  # None: never moved since an older version
    chain: Mapped[str | None] = mapped_column(t.Hmac())  # seals the end of its audit


class Fact(Base):
    """One statement of one fact; `casework.facts` says which of several the rules go by."""

    __tablename__ = "fact"
    __table_args__ = (Index(None, "case_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    key: Mapped[str] = mapped_column(t.Word())  # as in a facts file
    value: Mapped[Document]
    source: Mapped[FactSource] = mapped_column(t.Choice(FactSource))
    actor: Mapped[str] = mapped_column(t.Word())
    message: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)  # the mail that says it
    at: Mapped[datetime]  # when it was said; of a mail, when the server received it


class Field(Base):
    """One reading of a field; exactly one value column is filled, by the field's type."""

    __tablename__ = "field"
    __table_args__ = (Index(None, "case_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    message: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)  # None: from records
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    name: Mapped[FieldName] = mapped_column(t.Choice(FieldName))
    rank: Mapped[int]  # 0: what the reader holds for right
    chosen: Mapped[bool]  # what the case goes by
    origin: Mapped[Origin] = mapped_column(t.Choice(Origin))
    actor: Mapped[str] = mapped_column(t.Word())
    text: Mapped[Redacted | None]
    day: Mapped[date | None]
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None] = mapped_column(t.Currency())
    word: Mapped[str | None] = mapped_column(t.Word())
    part: Mapped[str] = mapped_column(t.Word())
    start: Mapped[int]
    end: Mapped[int]
    evidence: Mapped[Redacted]
    source: Mapped[Source] = mapped_column(t.Choice(Source))
    confidence: Mapped[int]  # thousandths
    rule: Mapped[str] = mapped_column(t.Word())


class Decision(Base):
    """A preliminary decision, with the facts that it rests on: the rules give it again from them."""

    __tablename__ = "decision"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)  # of the case
    made_at: Mapped[datetime]
    policy: Mapped[str] = mapped_column(t.Word())
    policy_version: Mapped[str] = mapped_column(t.Name())
    policy_digest: Mapped[str] = mapped_column(t.Hmac())
    reader_version: Mapped[str] = mapped_column(t.Word())
    outcome: Mapped[str] = mapped_column(OUTCOME)
    ground: Mapped[str | None] = mapped_column(t.OneOf(tuple(Reason)))
    refund_minor: Mapped[int | None]  # in the currency's minor unit
    refund_places: Mapped[int | None]  # decimals of that unit (ISO 4217)
    refund_currency: Mapped[str | None] = mapped_column(t.Currency())
    refund_to: Mapped[str | None] = mapped_column(t.OneOf(("original", "balance")))
    clauses: Mapped[tuple[str, ...]] = mapped_column(t.Names())
    missing: Mapped[tuple[str, ...]]
    verify: Mapped[tuple[str, ...]]
    conflicts: Mapped[tuple[str, ...]]
    alternatives: Mapped[tuple[str, ...]] = mapped_column(t.Names())
    claim_by: Mapped[date | None]
    review_by: Mapped[date | None]
    refund_by: Mapped[date | None]
    provisional: Mapped[tuple[str, ...]]
    facts: Mapped[Document]
    steps: Mapped[Document]


class Notification(Base):
    """What others are told of a case, written with the change itself; delivered later, to each webhook."""

    __tablename__ = "notification"
    id: Mapped[str] = mapped_column(t.Hmac(), primary_key=True)  # random: receivers drop what they know
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    event: Mapped[str] = mapped_column(NOTIFIED)
    version: Mapped[int]  # of the case
    created_at: Mapped[datetime] = mapped_column(index=True)
    body: Mapped[Document]
    not_before: Mapped[int]  # milliseconds since 1970, database's clock: until then it can be taken back


class Delivery(Base):
    """What became of a notification at one webhook; none: it was not tried there yet."""

    __tablename__ = "delivery"
    __table_args__ = (Index(None, "hook", "done", "not_before"),)
    notification: Mapped[str] = mapped_column(
        t.Hmac(), ForeignKey("notification.id", ondelete="CASCADE"), primary_key=True
    )
    hook: Mapped[str] = mapped_column(t.Word(), primary_key=True)  # its name in the config
    attempts: Mapped[int]
    not_before: Mapped[int]  # milliseconds since 1970, database's clock: of the next try
    done: Mapped[bool]  # taken, or given up: then it has an error
    error_code: Mapped[str | None] = mapped_column(t.Word())  # of the last attempt


class Hook(Base):
    """A webhook that the config named once: what happened before is no news to it."""

    __tablename__ = "hook"
    name: Mapped[str] = mapped_column(t.Word(), primary_key=True)
    since: Mapped[datetime]


class Audit(Base):
    """Append-only; `mac` chains each row of a case to the one before, over hashes of the values alone."""

    __tablename__ = "audit"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(t.Word())
    action: Mapped[str] = mapped_column(t.Word())
    version: Mapped[int]
    before: Mapped[str | None] = mapped_column(t.Hmac())
    after: Mapped[str | None] = mapped_column(t.Hmac())
    mac: Mapped[str] = mapped_column(t.Hmac())


class AuditValue(Base):
    """What an audit row covers, with its salt: an erasure deletes this row and the chain still holds."""

    __tablename__ = "audit_value"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    side: Mapped[str] = mapped_column(t.OneOf(("before", "after")), primary_key=True)
    salt: Mapped[str] = mapped_column(t.Hmac())
    value: Mapped[Document]
