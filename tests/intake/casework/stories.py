"""Mails whose decision is the rules' own, and a judge: what a case is made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from intake.casework.judge import Judge
from intake.extraction.types import FieldName, Kind, Reason
from intake.processed import Processed
from intake.redaction.text import sealed
from intake.store.facts import claims
from rules.load import policies_in
from tests.intake.store import make

CLAIM: dict[str, object] = {
    "reason": "duplicate_payment",
    "requested_on": "2026-06-02",
    "account_email": "ann@example.org",
    "order_number": "A-77120",
    "payment_date": "2026-06-01",
    "amount": "49.00",
    "currency": "EUR",
    "method": "card",
    "problem": True,
    "third_party": False,
    "lost_email_access": False,
    "sender_differs": False,
    "several_requests": False,
}


@cache
def judge() -> Judge:
    return Judge(policies_in(None))


def mail(
    uid: int = 1, *, policy: str = "eofferix", received: datetime | None = None, **claim: object
) -> Processed:
    """A request with these claims instead of `CLAIM`'s; None: the mail says nothing of it."""
    said = {name: value for name, value in (CLAIM | claim).items() if value is not None}
    at = received or datetime(2026, 6, 2, 9, 30, tzinfo=UTC)
    item = make.processed(
        uid, facts={"claim": said}, policy=policy, message=make.redacted_message(received_at=at)
    )
    fields = {name: field if name.value in said else None for name, field in item.extraction.fields.items()}
    for name in (FieldName.ACCOUNT_EMAIL, FieldName.ORDER_NUMBER):
        if (text := said.get(name.value)) is not None:
            field = item.extraction.fields[name]
            assert field is not None
            fields[name] = replace(field, chosen=replace(field.chosen, value=sealed(str(text))))
    if (reason := fields[FieldName.REASON]) is not None:
        best = replace(reason.chosen, value=Reason(str(said["reason"])))
        fields[FieldName.REASON] = replace(reason, chosen=best)
    item = replace(item, extraction=replace(item.extraction, fields=fields))
    decision = judge().judge(policy, list(claims(item, uid, at))).decision
    return replace(item, decision=decision, missing=decision.missing)


def answer(uid: int, to: str, **options: Any) -> Processed:
    """A reply to the mail `to`, with these claims only."""
    silent = dict.fromkeys(CLAIM)
    made = mail(uid, **(silent | {"requested_on": "2026-06-05"} | options))
    references = (make.KEYS.message_id(f"<{to}@mail.example.org>"),)
    return replace(
        made,
        fingerprints=replace(made.fingerprints, references=references),
        extraction=replace(made.extraction, kind=Kind.REPLY),
    )
