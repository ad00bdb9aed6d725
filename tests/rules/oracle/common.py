"""A second reading of the policy tables, in plain Python and apart from the TOML: slow, naive, and easy to check.

Facts are flat dicts here: key → value, a missing key is unknown. `usage` is a list of (item, amount) or missing.
"""

from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

Flat = dict[str, Any]

DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}
STOPS = {"cancellation", "dissatisfied", "unwanted_renewal", "wrong_order"}
PERIOD = {"plan", "option", "storage", "individual_server"}


def nest(flat: Flat) -> dict[str, Any]:
    """The facts file that these flat facts stand for."""
    found: dict[str, Any] = {}
    for key, value in flat.items():
        if key == "usage":
            found["usage"] = [{"item": item, "amount": amount} for item, amount in value]
        else:
            group, name = key.split(".")
            found.setdefault(group, {})[name] = value.isoformat() if isinstance(value, date) else value
    return found


def rounded(value: Fraction, currency: str) -> str:
    digits = DIGITS[currency]
    minor = floor(value * 10**digits + Fraction(1, 2))
    text = str(minor).rjust(digits + 1, "0")
    return text if not digits else f"{text[:-digits]}.{text[-digits:]}"


def is_zero(text: str) -> bool:
    return not text.strip("0.")


def end_of_use(f: Flat, reason: str | None) -> date | None:
    if reason in {"technical_failure", "provider_fault"} and "verified.unusable_from" in f:
        return f["verified.unusable_from"]
    return f.get("order.cancelled_on", f.get("claim.requested_on"))


def recalculated(f: Flat, reason: str) -> str:
    """The contract's calculation where everything it needs is known."""
    paid = Fraction(f["order.amount"])
    left = paid - sum((Fraction(amount) for _, amount in f["usage"]), Fraction(0))
    if shares(f, reason):
        start, end = f["order.period_start"], f["order.period_end"]
        total = (end - start).days
        elapsed = min(max((end_of_use(f, reason) - start).days, 0), total)
        left -= paid * elapsed / total
    return rounded(min(max(left, Fraction(0)), paid), f["order.currency"])


def shares(f: Flat, reason: str) -> bool:
    product = f["order.product"]
    if any(item == "period" for item, _ in f["usage"]) or product not in PERIOD:
        return False
    if reason in {"duplicate_payment", "not_activated"} or f["order.status"] == "pending":
        return False
    provided = {"individual_server": "order.delivered_on", "storage": "order.activated_on"}.get(product)
    if provided is None:
        return True
    return provided in f and f[provided] <= end_of_use(f, reason)


def missing_fields(f: Flat, *, pars: bool) -> list[str]:
    named = any(key in f for key in ("order.paid_on", "order.amount", "order.method"))
    found = []
    if "claim.account_email" not in f:
        found.append("account_email")
    if not named and "claim.order_number" not in f and "claim.payment_date" not in f:
        found.append("order_number")
    if "claim.amount" not in f and "order.amount" not in f:
        found.append("amount")
    to_balance = pars and f.get("claim.destination") == "balance"
    if "claim.method" not in f and "order.method" not in f and not to_balance:
        found.append("method")
    if "claim.reason" not in f:
        found.append("reason")
    if not pars and f.get("claim.reason") == "technical_failure" and f.get("claim.problem") is not True:
        found.append("problem")
    return found


def accounts_differ(f: Flat) -> bool:
    mine, theirs = f.get("claim.account_email"), f.get("order.account_email")
    return mine is not None and theirs is not None and mine.lower() != theirs.lower()


def conflicts(f: Flat) -> list[str]:
    pairs = [
        ("payment_date", "order.paid_on"),
        ("amount", "order.amount"),
        ("currency", "order.currency"),
        ("method", "order.method"),
    ]
    found = ["account_email"] if accounts_differ(f) else []
    for name, key in pairs:
        mine, theirs = f.get(f"claim.{name}"), f.get(key)
        if mine is None or theirs is None:
            continue
        if (Fraction(mine) != Fraction(theirs)) if name == "amount" else mine != theirs:
            found.append(name)
    return found
