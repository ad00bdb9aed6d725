"""The clauses that a pars decision names, read from the table and its small print."""

from datetime import timedelta

from tests.rules.oracle.common import Flat
from tests.rules.oracle.pars import DIGITAL, GROUNDS, SERVER, UNNAMED, WEEK, Possible

ORDER = ["1", "2", "3", "4a", "4b", "4c", "5", "6", "7"]
Truth = bool | None


def clauses(f: Flat, outcome: str, possible: Possible) -> list[str]:
    if outcome in {"hold_identity", "needs_information"}:
        return []
    found = _denied(f) if outcome == "deny" else _reviewed(f) if outcome == "manual_review" else set()
    if outcome != "deny" and _open_ground(f, possible):
        found |= {GROUNDS[f["claim.reason"]], "5"}
    return [clause for clause in ORDER if clause in found]


def _both(*parts: Truth) -> Truth:
    return False if False in parts else None if None in parts else True


def _after(f: Flat, left: str, right: str, days: int = 0) -> Truth:
    if left not in f or right not in f:
        return None
    return f[left] > f[right] + timedelta(days=days)


def _no(value: Truth) -> Truth:
    return None if value is None else not value


def delivered(f: Flat) -> Truth:
    if "order.delivered_on" in f:
        return True
    return False if f.get("order.status") == "pending" else None


def own_ground(f: Flat) -> Truth:
    reason = f.get("claim.reason")
    if reason == "duplicate_payment":
        return f.get("order.paid_twice")
    if reason == "mistaken_payment":
        return f.get("verified.mistake")
    if reason == "not_activated":
        return _both(
            _no(delivered(f)),
            _after(f, "claim.requested_on", "order.promised_by"),
            f.get("claim.declines_waiting"),
        )
    if reason == "overdue_termination":
        status = f.get("order.status")
        return _both(
            None if status is None else status == "terminated_overdue", f.get("claim.declines_alternative")
        )
    return None if reason is None else False


def lifted(f: Flat) -> Truth:
    if f.get("claim.reason") != "not_activated":
        return False
    if "claim.requested_on" in f and f.get("order.paid_on") == f["claim.requested_on"] - timedelta(days=8):
        return False  # no day lies between day 7 and the next one
    within = None
    if "claim.requested_on" in f and "order.promised_by" in f:
        within = f["claim.requested_on"] <= f["order.promised_by"] + WEEK
    return _both(
        _after(f, "order.promised_by", "order.paid_on", 7),
        _after(f, "claim.requested_on", "order.promised_by"),
        within,
    )


def _denied(f: Flat) -> set[str]:  # noqa: C901 - one flat reading of the table, on purpose
    reason, product = f.get("claim.reason"), f.get("order.product")
    goods = product == "physical"
    services = product is not None and not goods
    found = set()
    if goods and reason in {"cancellation", "dissatisfied", "wrong_order"}:
        found.add("1")
    by_bank = (
        f.get("verified.bank_confirmation") if reason in {"duplicate_payment", "mistaken_payment"} else True
    )
    if product in DIGITAL and _both(own_ground(f), by_bank) is False:
        found.add("2")
    if reason == "wrong_order" and product in SERVER and "order.delivered_on" in f:
        found.add("3")
    if reason == "duplicate_payment" and f.get("order.paid_twice") is False and services:
        found.add("4a")
    if reason == "mistaken_payment" and f.get("verified.mistake") is False:
        found.add("4a")
    if reason == "not_activated":
        late = _after(f, "order.delivered_on", "order.promised_by")
        early = _both(_no(delivered(f)), _no(_after(f, "claim.requested_on", "order.promised_by")))
        if f.get("claim.declines_waiting") is False or (services and (late is False or early)):
            found.add("4b")
    if (
        reason == "overdue_termination"
        and services
        and (
            f.get("claim.declines_alternative") is False
            or f.get("order.status", "terminated_overdue") != "terminated_overdue"
        )
    ):
        found.add("4c")
    if reason in GROUNDS:
        late = _both(_after(f, "claim.requested_on", "order.paid_on", 7), _no(lifted(f)))
        if late or f.get("verified.bank_confirmation") is False:
            found.add("5")
    if reason == "cancellation" or (reason == "unwanted_renewal" and services):
        found.add("6")
    return found


def _reviewed(f: Flat) -> set[str]:
    reason, product = f.get("claim.reason"), f.get("order.product")
    goods = product == "physical"
    other = product is not None and product not in DIGITAL and not goods
    found = set()
    if (
        reason in UNNAMED
        or (reason in {"dissatisfied", "wrong_order"} and other)
        or (reason == "unwanted_renewal" and goods)
    ):
        found.add("7")
    if reason == "wrong_order" and product in SERVER:
        found.add("3")
    if (
        reason == "duplicate_payment"
        and f.get("order.paid_twice") is False
        and f.get("verified.bank_confirmation")
    ):
        found.add("4a")
    if reason in GROUNDS and goods:
        found.add(GROUNDS[reason])
    if reason == "not_activated" and _after(f, "order.delivered_on", "order.promised_by"):
        found.add("4b")
    if reason == "not_activated" and own_ground(f) is not False and lifted(f):
        found.add("4b")
    if (
        f.get("verified.terms_violation")
        and own_ground(f)
        and product is not None
        and not goods
        and lifted(f) is False
    ):
        found.add("6")
    return found


def _open_ground(f: Flat, possible: Possible) -> bool:
    """4x and 5 stand beside a decision while the ground is not refuted; R4 and goods have 4x alone."""
    if f.get("claim.reason") not in GROUNDS or f.get("order.product") == "physical" or lifted(f) is True:
        return False
    return any(met for _, _, met in possible)
