"""A decision of the rules as columns, and back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from intake.log import Label
from intake.store import tables
from intake.store.base import AnyRow
from intake.store.documents import Document, steps_document
from rules.types import Decision, Refund, Step


def decision_columns(decision: Decision, facts: Document) -> dict[str, Any]:
    """What a decision says, with the facts that it rests on."""
    minor, places = minor_units(decision.refund.amount)
    return {
        "policy": decision.policy,
        "policy_version": decision.policy_version,
        "policy_digest": decision.policy_digest,
        "outcome": decision.outcome,
        "ground": decision.ground,
        "refund_minor": minor,
        "refund_places": places,
        "refund_currency": decision.refund.currency,
        "refund_to": decision.refund.to,
        "clauses": decision.clauses,
        "missing": decision.missing,
        "verify": decision.verify,
        "conflicts": decision.conflicts,
        "alternatives": decision.alternatives,
        **{name: decision.deadlines.get(name) for name in ("claim_by", "review_by", "refund_by")},
        "provisional": decision.provisional,
        "facts": facts,
        "steps": steps_document(decision.steps, facts.value),
    }


def newest_decision(connection: Connection, case_id: int) -> AnyRow:
    """The row of the rules' newest decision on a case."""
    columns = tables.Decision.c
    query = select(*columns).where(columns.case_id == case_id)
    return connection.execute(query.order_by(columns.version.desc()).limit(1)).one()


def logged(decision: Decision) -> dict[str, Label]:
    """What the log tells of a decision; its sum in the currency's minor unit."""
    return {
        "policy_version": decision.policy_version,
        "outcome": decision.outcome,
        "clauses": ",".join(decision.clauses),
        "amount_minor": minor_units(decision.refund.amount)[0],
        "currency": decision.refund.currency,
    }


def minor_units(amount: str | None) -> tuple[int | None, int | None]:
    """`"54.00"` as 5400 and 2: the rules write every sum to its currency's minor unit."""
    if amount is None:
        return None, None
    whole, _, rest = amount.partition(".")
    return int(whole + rest), len(rest)


def decision_of(row: AnyRow) -> Decision:
    """The decision as the rules made it."""
    return Decision(
        id=None,
        policy=row.policy,
        policy_version=row.policy_version,
        outcome=row.outcome,
        ground=row.ground,
        refund=Refund(
            amount=major_units(row.refund_minor, row.refund_places),
            currency=row.refund_currency,
            to=row.refund_to,
        ),
        clauses=row.clauses,
        missing=row.missing,
        verify=row.verify,
        conflicts=row.conflicts,
        deadlines={name: getattr(row, name) for name in ("claim_by", "review_by", "refund_by")},
        provisional=row.provisional,
        alternatives=row.alternatives,
        policy_digest=row.policy_digest,
        steps=tuple(Step(**{**step, "because": tuple(step["because"])}) for step in row.steps.value),
    )


def major_units(minor: int | None, places: int | None) -> str | None:
    """5400 and 2 as `"54.00"`, exactly."""
    if minor is None or places is None:
        return None
    digits = str(minor).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
