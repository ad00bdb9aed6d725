"""Tables of cases: the queue, fields with evidence, decisions, the audit."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import get_args

from sqlalchemy import Column, ForeignKey, Index, Named, Table, TypedColumns

from intake.casework.facts import FactSource
from intake.casework.identity import Relation
from intake.casework.states import State
from intake.extraction.types import FieldName, Kind, Reason, Source
from intake.redaction.text import Redacted
from intake.store import number_types as n
from intake.store import types as t
from intake.store.base import METADATA
from intake.store.documents import Document
from intake.store.values import Origin
from rules.types import Outcome

OUTCOME = t.OneOf(tuple(word for word in get_args(Outcome) if word != "not_applicable"))
"""What a preliminary decision on a case can say: what no policy applies to is no case."""

RESOLUTION = t.OneOf(("refunded", "denied", "no_reply", "duplicate", "not_a_request", "withdrawn"))
"""How a case was closed."""

NOTIFIED = t.OneOf(("case.created", "case.ready", "case.decided"))
"""What others can be told of."""


class _Case(TypedColumns):
    """One refund matter; its label is R- and the id. The last group of columns is what the queue shows."""

    id: Named[int] = Column(n.Int(), primary_key=True, autoincrement=False)
    mailbox: Named[str] = Column(t.Name(), ForeignKey("mailbox.name"))
    policy: Named[str] = Column(t.Word())
    policy_version: Named[str] = Column(t.Name())
    state: Named[State] = Column(t.Choice(State))
    resolution: Named[str | None] = Column(RESOLUTION)  # of a closed case
    version: Named[int] = Column(n.Int())  # grows with every change: the lock of the optimistic
    created_at: Named[datetime] = Column(n.Instant())
    updated_at: Named[datetime] = Column(n.Instant())
    received_at: Named[datetime | None] = Column(n.Instant())
    messages: Named[int] = Column(n.Int())
    kind: Named[Kind] = Column(t.Choice(Kind))
    language: Named[str] = Column(t.Word())
    account_email: Named[Redacted | None] = Column(t.RedactedText())
    order_number: Named[Redacted | None] = Column(t.RedactedText())
    amount: Named[Decimal | None] = Column(n.DecimalText())
    currency: Named[str | None] = Column(t.Currency())
    reason: Named[Reason | None] = Column(t.Choice(Reason))
    outcome: Named[str] = Column(OUTCOME)
    missing: Named[tuple[str, ...]] = Column(t.Words())
    flags: Named[tuple[str, ...]] = Column(t.Words())
    due: Named[date | None] = Column(n.Day())
    identity: Named[Relation | None] = Column(t.Choice(Relation))  # None: opened by an older version
    owner: Named[str | None] = Column(t.Word())  # who reviews it
    # milliseconds since 1970, database's clock: then the review lapses
    held_until: Named[int | None] = Column(n.Int())
    state_since: Named[datetime | None] = Column(n.Instant())  # None: never moved since an older version
    chain: Named[str | None] = Column(t.Hmac())  # seals the end of its audit


Case = Table("case_file", METADATA, _Case, Index(None, "state", "due"))


class _Fact(TypedColumns):
    """One statement of one fact; `casework.facts` says which of several the rules go by."""

    id: Named[int] = Column(n.Int(), primary_key=True)
    case_id: Named[int] = Column(n.Int(), ForeignKey("case_file.id"))
    key: Named[str] = Column(t.Word())  # as in a facts file
    value: Named[Document] = Column(t.TypedJson())
    source: Named[FactSource] = Column(t.Choice(FactSource))
    actor: Named[str] = Column(t.Word())
    # the mail that says it
    message: Named[int | None] = Column(n.Int(), ForeignKey("message.id"), index=True)
    at: Named[datetime] = Column(n.Instant())  # when it was said; of a mail, when the server received it


Fact = Table("fact", METADATA, _Fact, Index(None, "case_id", "key"))


class _Field(TypedColumns):
    """One reading of a field; exactly one value column is filled, by the field's type."""

    id: Named[int] = Column(n.Int(), primary_key=True)
    message: Named[int | None] = Column(n.Int(), ForeignKey("message.id"), index=True)  # None: from records
    case_id: Named[int | None] = Column(n.Int(), ForeignKey("case_file.id"))
    name: Named[FieldName] = Column(t.Choice(FieldName))
    rank: Named[int] = Column(n.Int())  # 0: what the reader holds for right
    chosen: Named[bool] = Column(n.Flag())  # what the case goes by
    origin: Named[Origin] = Column(t.Choice(Origin))
    actor: Named[str] = Column(t.Word())
    text: Named[Redacted | None] = Column(t.RedactedText())
    day: Named[date | None] = Column(n.Day())
    amount: Named[Decimal | None] = Column(n.DecimalText())
    currency: Named[str | None] = Column(t.Currency())
    word: Named[str | None] = Column(t.Word())
    part: Named[str] = Column(t.Word())
    start: Named[int] = Column(n.Int())
    end: Named[int] = Column(n.Int())
    evidence: Named[Redacted] = Column(t.RedactedText())
    source: Named[Source] = Column(t.Choice(Source))
    confidence: Named[int] = Column(n.Int())  # thousandths
    rule: Named[str] = Column(t.Word())


Field = Table("field", METADATA, _Field, Index(None, "case_id", "name"))


class _Decision(TypedColumns):
    """A preliminary decision, with the facts that it rests on: the rules give it again from them."""

    case_id: Named[int] = Column(n.Int(), ForeignKey("case_file.id"), primary_key=True)
    version: Named[int] = Column(n.Int(), primary_key=True)  # of the case
    made_at: Named[datetime] = Column(n.Instant())
    policy: Named[str] = Column(t.Word())
    policy_version: Named[str] = Column(t.Name())
    policy_digest: Named[str] = Column(t.Hmac())
    reader_version: Named[str] = Column(t.Word())
    outcome: Named[str] = Column(OUTCOME)
    ground: Named[str | None] = Column(t.OneOf(tuple(Reason)))
    refund_minor: Named[int | None] = Column(n.Int())  # in the currency's minor unit
    refund_places: Named[int | None] = Column(n.Int())  # decimals of that unit (ISO 4217)
    refund_currency: Named[str | None] = Column(t.Currency())
    refund_to: Named[str | None] = Column(t.OneOf(("original", "balance")))
    clauses: Named[tuple[str, ...]] = Column(t.Names())
    missing: Named[tuple[str, ...]] = Column(t.Words())
    verify: Named[tuple[str, ...]] = Column(t.Words())
    conflicts: Named[tuple[str, ...]] = Column(t.Words())
    alternatives: Named[tuple[str, ...]] = Column(t.Names())
    claim_by: Named[date | None] = Column(n.Day())
    review_by: Named[date | None] = Column(n.Day())
    refund_by: Named[date | None] = Column(n.Day())
    provisional: Named[tuple[str, ...]] = Column(t.Words())
    facts: Named[Document] = Column(t.TypedJson())
    steps: Named[Document] = Column(t.TypedJson())


Decision = Table("decision", METADATA, _Decision)


class _Notification(TypedColumns):
    """What others are told of a case, written with the change itself; delivered later, to each webhook."""

    id: Named[str] = Column(t.Hmac(), primary_key=True)  # random: receivers drop what they know
    case_id: Named[int] = Column(n.Int(), ForeignKey("case_file.id"), index=True)
    event: Named[str] = Column(NOTIFIED)
    version: Named[int] = Column(n.Int())  # of the case
    created_at: Named[datetime] = Column(n.Instant(), index=True)
    body: Named[Document] = Column(t.TypedJson())
    # milliseconds since 1970, database's clock: until then it can be taken back
    not_before: Named[int] = Column(n.Int())


Notification = Table("notification", METADATA, _Notification)


class _Delivery(TypedColumns):
    """What became of a notification at one webhook; none: it was not tried there yet."""

    notification: Named[str] = Column(
        t.Hmac(), ForeignKey("notification.id", ondelete="CASCADE"), primary_key=True
    )
    hook: Named[str] = Column(t.Word(), primary_key=True)  # its name in the config
    attempts: Named[int] = Column(n.Int())
    not_before: Named[int] = Column(n.Int())  # milliseconds since 1970, database's clock: of the next try
    done: Named[bool] = Column(n.Flag())  # taken, or given up: then it has an error
    error_code: Named[str | None] = Column(t.Word())  # of the last attempt


Delivery = Table("delivery", METADATA, _Delivery, Index(None, "hook", "done", "not_before"))


class _Hook(TypedColumns):
    """A webhook that the config named once: what happened before is no news to it."""

    name: Named[str] = Column(t.Word(), primary_key=True)
    since: Named[datetime] = Column(n.Instant())


Hook = Table("hook", METADATA, _Hook)


class _Audit(TypedColumns):
    """Append-only; `mac` chains each row of a case to the one before, over hashes of the values alone."""

    case_id: Named[int] = Column(n.Int(), ForeignKey("case_file.id"), primary_key=True)
    position: Named[int] = Column(n.Int(), primary_key=True)
    at: Named[datetime] = Column(n.Instant())
    actor: Named[str] = Column(t.Word())
    action: Named[str] = Column(t.Word())
    version: Named[int] = Column(n.Int())
    before: Named[str | None] = Column(t.Hmac())
    after: Named[str | None] = Column(t.Hmac())
    mac: Named[str] = Column(t.Hmac())


Audit = Table("audit", METADATA, _Audit)


class _AuditValue(TypedColumns):
    """What an audit row covers, with its salt: an erasure deletes this row and the chain still holds."""

    case_id: Named[int] = Column(n.Int(), ForeignKey("case_file.id"), primary_key=True)
    position: Named[int] = Column(n.Int(), primary_key=True)
    side: Named[str] = Column(t.OneOf(("before", "after")), primary_key=True)
    salt: Named[str] = Column(t.Hmac())
    value: Named[Document] = Column(t.TypedJson())


AuditValue = Table("audit_value", METADATA, _AuditValue)
