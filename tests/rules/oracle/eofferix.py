"""Eofferix, read straight from its clause table."""

from tests.rules.oracle.common import STOPS, Flat, accounts_differ, is_zero, recalculated

UNNAMED = {"unauthorized_payment", "overdue_termination", "other"}


def held_in_world(f: Flat) -> bool:
    return bool(f["claim.third_party"] and not f["verified.authority"]) or not f["verified.identity"]


def held_now(f: Flat) -> bool:
    authority, identity = f.get("verified.authority"), f.get("verified.identity")
    if f.get("claim.third_party") and authority is not True:
        return True
    if identity is False:
        return True
    if identity is True:
        return False
    return bool(
        f.get("claim.lost_email_access")
        or (f.get("claim.sender_differs") and authority is not True)
        or accounts_differ(f)
    )


def ground_in_world(f: Flat) -> bool:
    """Whether the claimed reason's ground is met."""
    reason = f["claim.reason"]
    if reason in STOPS or reason == "legal_right":
        return True
    if reason == "not_activated":
        delivered = f["order.product"] == "individual_server" and "order.delivered_on" in f
        return "order.activated_on" not in f and not delivered
    if reason == "technical_failure":
        if not f["verified.technical_failure"] or f["verified.restored"]:
            return False
        return not f["verified.extension_offered"] or f["claim.declines_alternative"]
    proof = {
        "duplicate_payment": "order.paid_twice",
        "mistaken_payment": "verified.mistake",
        "provider_fault": "verified.provider_fault",
    }
    return reason in proof and f[proof[reason]]


def world(f: Flat) -> tuple[str, str | None, bool]:
    """Outcome, sum and whether the ground is met, where all is known and nobody is held."""
    reason = f["claim.reason"]
    met = ground_in_world(f)
    if reason in UNNAMED:
        return "manual_review", None, False
    if reason == "duplicate_payment" and not met:
        return "deny", None, False
    if reason == "legal_right" and f["verified.legal_ground"]:
        return "manual_review", None, True
    amount = recalculated(f, reason if met else "cancellation")
    if is_zero(amount):
        return "deny", amount, met
    pending = f["order.status"] == "pending" and ("order.activated_on" in f or "order.delivered_on" in f)
    refused = reason == "technical_failure" and f["verified.extension_offered"]
    if not met or pending or refused or f.get("claim.several_requests"):
        return "manual_review", amount, met
    return "approve", amount, met


def review_now(_f: Flat) -> bool:
    """Rules that ask a person until something is proven (there are none here: doubt holds)."""
    return False


def clauses(f: Flat, outcome: str, _possible: set[tuple[str, str | None, bool]]) -> list[str]:
    reason, product = f.get("claim.reason"), f.get("order.product")
    special = [clause for clause, name in (("4", "individual_server"), ("5", "storage")) if product == name]
    if outcome in {"hold_identity", "needs_information"}:
        return ["6"]
    if outcome == "deny":
        return (
            ["2"] if reason == "duplicate_payment" and f.get("order.paid_twice") is False else ["3", *special]
        )
    if reason in UNNAMED:
        return ["2"]
    by_three = reason in STOPS or (reason == "legal_right" and f.get("verified.legal_ground") is False)
    return [*([] if by_three else ["2"]), "3", *special, "8"]


ALTERNATIVES = ["plan_extension", "more_limit", "repeat_processing", "fix", "transfer"]


def alternatives(_f: Flat) -> list[str]:
    return ALTERNATIVES
