"""A stored decision as the value that the rules made."""

from __future__ import annotations

from intake.store.base import AnyRow
from rules.types import Decision, Refund, Step


def decision_of(row: AnyRow) -> Decision:
    """The decision as the rules made it."""
    return Decision(
        id=None,
        policy=row.policy,
        policy_version=row.policy_version,
        outcome=row.outcome,
        ground=row.ground,
        refund=Refund(
            amount=_major(row.refund_minor, row.refund_places), currency=row.refund_currency, to=row.refund_to
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


def _major(minor: int | None, places: int | None) -> str | None:
    """5400 and 2 as `"54.00"`, exactly."""
    if minor is None or places is None:
        return None
    digits = str(minor).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
