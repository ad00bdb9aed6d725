"""Pars, read straight from its clause table."""

from datetime import timedelta

from tests.rules.oracle.common import Flat, accounts_differ, rounded

GROUNDS = {
    "duplicate_payment": "4a",
    "mistaken_payment": "4a",
    "not_activated": "4b",
    "overdue_termination": "4c",
}
UNNAMED = {"unauthorized_payment", "legal_right", "technical_failure", "provider_fault", "other"}
DIGITAL = {"dedicated_server", "vps", "license"}
SERVER = {"dedicated_server", "vps"}
WEEK = timedelta(days=7)
Possible = set[tuple[str, str | None, bool]]


def held_in_world(f: Flat) -> bool:
    return bool(f["claim.third_party"] and not f["verified.authority"])


def held_now(f: Flat) -> bool:
    return bool(f.get("claim.third_party") and f.get("verified.authority") is not True)


def _whole(f: Flat) -> str:
    from fractions import Fraction

    return rounded(Fraction(f["order.amount"]), f["order.currency"])


def _lifted(f: Flat) -> bool:
    """R4: promised beyond day 7, asked within 7 days after the promised day."""
    promised, asked = f["order.promised_by"], f["claim.requested_on"]
    return promised > f["order.paid_on"] + WEEK and promised < asked <= promised + WEEK


def _own_ground(f: Flat) -> bool:
    """4a to 4c by their own facts, the bank's word apart."""
    reason = f["claim.reason"]
    if reason == "duplicate_payment":
        return f["order.paid_twice"]
    if reason == "mistaken_payment":
        return f["verified.mistake"]
    if reason == "not_activated":
        late = "order.delivered_on" not in f and f["claim.requested_on"] > f["order.promised_by"]
        return late and f["claim.declines_waiting"]
    if reason == "overdue_termination":
        return f["order.status"] == "terminated_overdue" and f["claim.declines_alternative"]
    return False


def world(f: Flat) -> tuple[str, str | None, bool]:
    outcome, shows = _judge(f)
    amount = _whole(f) if shows and outcome != "deny" else None
    return outcome, amount, _own_ground(f)


def _judge(f: Flat) -> tuple[str, bool]:  # noqa: PLR0911 - one flat reading of the table, on purpose
    """Outcome, and whether the payment's sum goes with it."""
    reason, product = f["claim.reason"], f["order.product"]
    if reason in UNNAMED:
        return "manual_review", False
    if reason in GROUNDS:
        return _judge_ground(f)
    goods = product == "physical"
    if reason == "cancellation" or (reason == "unwanted_renewal" and not goods):
        return "deny", False
    if goods:
        return ("manual_review", False) if reason == "unwanted_renewal" else ("deny", False)
    if product not in DIGITAL:
        return "manual_review", False
    if reason == "wrong_order" and product in SERVER:
        return ("deny", False) if "order.delivered_on" in f else ("manual_review", False)
    another = accounts_differ(f) and not f["verified.identity"]
    return ("manual_review" if another else "deny"), False


def _judge_ground(f: Flat) -> tuple[str, bool]:  # noqa: PLR0911 - one flat reading of the table, on purpose
    reason, goods = f["claim.reason"], f["order.product"] == "physical"
    late = f["claim.requested_on"] > f["order.paid_on"] + WEEK
    lifted = reason == "not_activated" and _lifted(f)
    if not f["verified.bank_confirmation"] or (late and not lifted):
        return "deny", False
    if reason == "mistaken_payment" and not f["verified.mistake"]:
        return "deny", False
    if reason == "not_activated":
        if not f["claim.declines_waiting"]:
            return "deny", False
        delivered, promised = f.get("order.delivered_on"), f["order.promised_by"]
        early = delivered is None and f["claim.requested_on"] <= promised
        if not goods and (early or (delivered is not None and delivered <= promised)):
            return "deny", False
        if lifted or (delivered is not None and delivered > promised):
            return "manual_review", True
    if reason == "overdue_termination" and not goods and not _own_ground(f):
        return "deny", False
    paid_once = reason == "duplicate_payment" and not f["order.paid_twice"]
    review = goods or paid_once or f["verified.terms_violation"] or not f["verified.identity"]
    return ("manual_review" if review or f.get("claim.several_requests") else "approve"), True


def review_now(f: Flat) -> bool:
    """R25: another account, until identity is proven."""
    return accounts_differ(f) and f.get("verified.identity") is not True


def alternatives(f: Flat) -> list[str]:
    extra = {"not_activated": ["longer_wait"], "overdue_termination": ["another_service"]}
    return ["internal_balance", *extra.get(f.get("claim.reason"), [])]
