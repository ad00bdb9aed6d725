"""Cases that letters are written for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from intake.casework.identity import Relation
from intake.casework.states import State
from intake.letters.basis import Basis, Ruled
from intake.redaction.redactor import Redactor
from intake.redaction.settings import RedactionSettings
from intake.redaction.text import sealed
from rules.load import policies_in
from rules.types import Outcome
from tests.intake.store import make

REDACTOR = Redactor(RedactionSettings())
POLICIES = {policy.id: policy for policy in policies_in(None)}
OWN = frozenset({"support@eofferix.com"})
FACTS: dict[str, Any] = {
    "claim": {"requested_on": "2026-06-02", "account_email": "ann@example.org"},
    "order": {"amount": "100.00", "currency": "EUR"},
    "usage": [{"item": "storage", "amount": "20.00"}],
}


def basis(**changes: Any) -> Basis:
    made = Basis(
        label="R-1042",
        case_id=42,
        version=3,
        mailbox="support",
        policy="eofferix",
        state=State.NEEDS_INFORMATION,
        owner=None,
        language="en",
        identity=Relation.MATCH,
        flags=("secrets_redacted",),
        decision=make.decision(
            "needs_information",
            missing=("order_number", "method"),
            verify=("order.paid_twice", "usage", "verified.identity"),
            deadlines={"claim_by": None, "review_by": date(2026, 6, 16), "refund_by": None},
        ),
        facts=FACTS,
        account=sealed("ann@example.org"),
        sender=sealed("ann@example.org"),
        thread=("<first@mail.example.org>",),
        ruled=None,
        letters=(),
    )
    return replace(made, **changes)


def ruled(word: str, amount: str | None = None) -> Ruled:
    return Ruled(
        word=word, amount=amount, currency="EUR" if amount else None, at=datetime(2026, 6, 9, tzinfo=UTC)
    )


def decided(word: str, amount: str | None = None, **changes: Any) -> Basis:
    """A case that a person decided as proposed."""
    outcome: Outcome = "approve" if word == "approve" else "deny"
    refund = replace(make.decision().refund, amount=amount)
    decision = make.decision(outcome, refund=refund, **changes)
    return basis(decision=decision, ruled=ruled(word, amount), state=State.DECIDED)
