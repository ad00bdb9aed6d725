"""Invented messages as they come out of the pipeline."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from intake.extraction.types import (
    Candidate,
    Evidence,
    Extraction,
    Field,
    FieldName,
    Flag,
    FlagSeen,
    Kind,
    Method,
    Money,
    Reason,
    Source,
    Value,
)
from intake.keys import Keys
from intake.mail.message import MessageKey
from intake.mail.redacted import (
    Author,
    AutomaticReason,
    Quote,
    RedactedAttachment,
    RedactedMessage,
    SenderCheck,
)
from intake.processed import Fingerprints, Processed
from intake.redaction.findings import Finding, SecretType
from intake.redaction.text import Redacted, sealed
from intake.store.values import After
from rules.types import Decision, Outcome, Refund, Step

KEYS = Keys(bytes(range(32)))
KEEP = After(kind="keep", keyword="RefundIntake")
BODY = "I paid 49,00 EUR twice on 1 June with [card •••• 1111]. Account ann@example.org, order A-77120."
RECEIVED = datetime(2026, 6, 2, 9, 30, tzinfo=UTC)


def key(uid: int = 1, *, mailbox: str = "support", folder: str = "INBOX", uidvalidity: int = 7) -> MessageKey:
    return MessageKey(mailbox=mailbox, folder=folder, uidvalidity=uidvalidity, uid=uid)


def prints(seed: str, **changes: Any) -> Fingerprints:
    made = Fingerprints(
        raw=KEYS.fingerprint(b"raw" + seed.encode()),
        content=KEYS.fingerprint(b"content" + seed.encode()),
        message_id=KEYS.message_id(f"<{seed}@mail.example.org>"),
        references=(),
        sender=KEYS.sender("ann@example.org"),
        attachments=(KEYS.fingerprint(b"attachment" + seed.encode()),),
    )
    return replace(made, **changes)


def redacted_message(body: str = BODY, **changes: Any) -> RedactedMessage:
    made = RedactedMessage(
        source="support",
        message_id=None,
        received_at=RECEIVED,
        date=RECEIVED,
        sender_email=sealed("ann@example.org"),
        sender_name=sealed("Ann Example"),
        reply_to=None,
        recipients=(sealed("billing@example.com"),),
        subject=sealed("Charged twice"),
        body=sealed(body),
        signature=sealed("Ann"),
        quotes=(Quote(text=sealed("Dear customer"), author=Author.OTHER),),
        structured=sealed(""),
        attachments=(
            RedactedAttachment(
                name=sealed("receipt.pdf"),
                content_type="application/pdf",
                size=1234,
                text=sealed("Receipt 49.00 EUR"),
            ),
        ),
        findings=(
            Finding(type=SecretType.PAN, part="body", start=36, end=52, last_four="1111", rule="pan.luhn"),
        ),
        sender_check=SenderCheck(),
        automatic=None,
        is_reply=False,
        unread=False,
        truncated=False,
    )
    return replace(made, **changes)


def read(value: Value, evidence: str, body: str = BODY, rule: str = "beside the cue, by itself (2)") -> Field:
    start = body.index(evidence)
    slice_ = sealed(body).slice(start, start + len(evidence))
    best = Candidate(
        value=value,
        evidence=Evidence(text=slice_, part="body", start=start, end=start + len(evidence)),
        source=Source.BODY,
        confidence=0.98,
        rule=rule,
    )
    return Field(chosen=best, others=(replace(best, confidence=0.4),))


def fields(order: str = "A-77120", body: str = BODY) -> dict[FieldName, Field | None]:
    return {
        FieldName.ACCOUNT_EMAIL: read(sealed("ann@example.org"), "ann@example.org", body),
        FieldName.ORDER_NUMBER: read(sealed(order), order, body),
        FieldName.PAYMENT_DATE: read(date(2026, 6, 1), "1 June", body),
        FieldName.AMOUNT: read(Money(amount=Decimal("49.00"), currency="EUR"), "49,00 EUR", body),
        FieldName.METHOD: read(Method.CARD, "card", body),
        FieldName.REASON: read(Reason.DUPLICATE_PAYMENT, "paid", body),
        FieldName.PROBLEM: None,
    }


def facts(order: str = "A-77120") -> dict[str, object]:
    claim: dict[str, object] = {
        "reason": "duplicate_payment",
        "requested_on": "2026-06-02",
        "account_email": "ann@example.org",
        "order_number": order,
        "payment_date": "2026-06-01",
        "amount": "49.00",
        "currency": "EUR",
        "third_party": False,
        "declines_waiting": None,
    }
    return {"claim": claim}


def decision(outcome: Outcome = "approve_if_verified", **changes: Any) -> Decision:
    made = Decision(
        id=None,
        policy="eofferix",
        policy_version="2026-05-24",
        outcome=outcome,
        ground="duplicate_payment",
        refund=Refund(amount="49.00", currency="EUR", to="original"),
        clauses=("2", "8"),
        missing=(),
        verify=("order.paid_twice", "verified.identity"),
        conflicts=(),
        deadlines={"claim_by": None, "review_by": date(2026, 6, 25), "refund_by": None},
        provisional=(),
        alternatives=("plan_extension",),
        policy_digest="ab" * 32,
        steps=(
            Step(rule="2.duplicate", clause="2", value=None, because=("claim.reason = duplicate_payment",)),
            Step(rule="known", clause=None, value=True, because=("claim.account_email = ann@example.org",)),
        ),
    )
    return replace(made, **changes)


def extraction(kind: Kind = Kind.REFUND_REQUEST, **changes: Any) -> Extraction:
    made = Extraction(
        kind=kind,
        kind_confidence=0.9,
        kind_evidence=None,
        language="en",
        fields=fields(),
        flags=(FlagSeen(flag=Flag.SECRETS_REDACTED, evidence=None),),
        declines_waiting=None,
        declines_alternative=None,
        destination=None,
        reader_version="cues-561e5877 model-1920955c",
    )
    return replace(made, **changes)


def processed(
    uid: int = 1, *, seed: str | None = None, kind: Kind = Kind.REFUND_REQUEST, **changes: Any
) -> Processed:
    asks = kind in {Kind.REFUND_REQUEST, Kind.REPLY}
    automatic = AutomaticReason.DSN if kind is Kind.AUTOMATIC else None
    made = Processed(
        key=key(uid),
        size=2345,
        fingerprints=prints(seed or f"mail{uid}"),
        message=redacted_message(automatic=automatic),
        extraction=extraction(kind),
        facts=facts(),
        missing=(),
        decision=decision() if asks else None,
        policy="eofferix",
    )
    return replace(made, **changes)


def reply(uid: int, to: str, **changes: Any) -> Processed:
    """An answer that refers to the mail made from the seed `to`."""
    references = (KEYS.message_id(f"<{to}@mail.example.org>"),)
    made = processed(uid, kind=Kind.REPLY, **changes)
    return replace(made, fingerprints=replace(made.fingerprints, references=references))


def text_of(value: Redacted | None) -> str | None:
    return None if value is None else value.text
