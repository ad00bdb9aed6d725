"""Every completion of the unknown facts, one by one: what a decision must be, by definition."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations, product
from types import ModuleType

from rules.vocabulary import FACTS
from tests.rules.oracle import eofferix, pars, pars_clauses
from tests.rules.oracle.common import Flat, conflicts, missing_fields

UNDATED = ("order.activated_on", "order.delivered_on")
READ = {
    "eofferix": [
        "claim.reason", "claim.requested_on", "claim.third_party", "claim.declines_alternative", "order.product",
        "order.status", "order.amount", "order.currency", "order.activated_on", "order.delivered_on",
        "order.period_start", "order.period_end", "order.paid_twice", "verified.identity", "verified.authority",
        "verified.mistake", "verified.provider_fault", "verified.technical_failure", "verified.restored",
        "verified.extension_offered", "verified.legal_ground", "usage",
    ],
    "pars": [
        "claim.reason", "claim.requested_on", "claim.third_party", "claim.declines_alternative",
        "claim.declines_waiting", "claim.account_email", "order.account_email", "order.product", "order.status",
        "order.amount", "order.currency", "order.delivered_on", "order.promised_by", "order.paid_on",
        "order.paid_twice", "verified.identity", "verified.authority", "verified.mistake",
        "verified.bank_confirmation", "verified.terms_violation",
    ],
}  # fmt: skip
"""The facts that can matter in a world where all is known."""
FIELD_FACTS = {
    "account_email": {"claim.account_email"},
    "order_number": {"claim.order_number", "claim.payment_date"},
    "amount": {"claim.amount"},
    "method": {"claim.method", "claim.destination"},
    "reason": {"claim.reason"},
    "problem": {"claim.problem"},
}
COMPARED = (
    "claim.requested_on", "order.paid_on", "order.promised_by", "order.delivered_on", "order.activated_on",
    "order.cancelled_on", "order.period_start", "order.period_end", "verified.unusable_from",
)  # fmt: skip
Seen = tuple[str, str | None]


def values(key: str, f: Flat) -> list[object]:  # noqa: PLR0911 - one flat reading of the table, on purpose
    """What an unknown fact may turn out to be; every cell that the rules can tell apart has a value."""
    if key == "usage":
        paid = f.get("order.amount", "40")
        return [
            [],
            [("fee", "3")],
            [("period", "0")],
            [("period", "1")],
            [("other", paid)],
            [("fee", "0.1"), ("period", paid)],
        ]
    spec = FACTS[key]
    if spec.kind == "word":
        return list(spec.words)
    if spec.kind == "bool":
        return [False, True]
    if spec.kind == "money":
        return ["0", "0.3", "40", "99.99", "100000"]
    if spec.kind == "currency":
        return ["EUR", "JPY", "KWD"]
    if spec.kind == "text":
        return [
            f.get("claim.account_email") or f.get("order.account_email") or "a@example.org",
            "z@example.org",
        ]
    known = {f[key] for key in COMPARED if key in f} or {date(2026, 6, 10)}
    steps = (-16, -8, -7, -1, 0, 1, 7, 8, 16)
    days = sorted({day + timedelta(days=step) for day in known for step in steps})
    return [None, *days] if key in UNDATED else list(days)


def worlds(f: Flat, policy: str) -> Iterator[tuple[tuple[str, ...], Flat]]:
    """Each world, and the point it stands at: the values that were filled in."""
    unknown = [key for key in READ[policy] if key not in f]

    def fill(at: int, full: Flat, point: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Flat]]:
        if at == len(unknown):
            if possible(full, f):
                yield point, settled(full, f)
            return
        for value in values(unknown[at], full):
            wider = full if value is None else {**full, unknown[at]: value}
            yield from fill(at + 1, wider, (*point, str(value)))

    yield from fill(0, f, ())


def possible(full: Flat, f: Flat) -> bool:
    """A period has a length, and a day that the facts give disproves that nothing happened."""
    start, end = full.get("order.period_start"), full.get("order.period_end")
    if start and end and end <= start:
        return False
    disproved = "order.status" not in f and any(key in f for key in UNDATED)
    return not (disproved and full["order.status"] == "pending")


def settled(full: Flat, f: Flat) -> Flat:
    """Pending proves that nothing was activated or delivered: days that were filled in go."""
    if full.get("order.status") != "pending":
        return full
    return {key: value for key, value in full.items() if key not in UNDATED or key in f}


def essential(seen: dict[tuple[object, ...], Seen], keys: list[str]) -> set[str]:
    found = set()
    for place, key in enumerate(keys):
        by_rest: dict[tuple[object, ...], Seen] = {}
        for point, shown in seen.items():
            rest = point[:place] + point[place + 1 :]
            if by_rest.setdefault(rest, shown) != shown:
                found.add(key)
                break
    return found


def expected(f: Flat, policy: str) -> dict[str, object]:  # noqa: C901 - one flat reading of the table, on purpose
    """The decision's fields, but for deadlines and digest."""
    module: ModuleType = {"eofferix": eofferix, "pars": pars}[policy]
    clauses = {"eofferix": eofferix.clauses, "pars": pars_clauses.clauses}[policy]
    held = module.held_now(f)
    lifted = dict(f)
    proofs = ("verified.identity", "verified.authority") if policy == "eofferix" else ("verified.authority",)
    failed = [key for key in proofs if f.get(key) is False]
    for chosen in (some for count in range(1, len(failed) + 1) for some in combinations(failed, count)):
        if all(module.held_in_world(full) for full in worlds_of_hold(lifted)):
            lifted = {**f, **dict.fromkeys(chosen, True)}
    unknown = [key for key in READ[policy] if key not in lifted]
    seen: dict[tuple[object, ...], Seen] = {}
    outcomes: set[tuple[str, str | None, bool]] = set()
    for point, full in worlds(lifted, policy):
        if module.held_in_world(full):
            seen[point] = ("hold", None)
            continue
        outcome, amount, met = module.world(full)
        outcomes.add((outcome, amount, met))
        seen[point] = (outcome, None if outcome == "deny" else amount)
    missing = missing_fields(f, pars=policy == "pars")
    kinds = {outcome for outcome, _, _ in outcomes}
    verify = essential(seen, unknown)
    if "verified.identity" in verify and "order.account_email" not in f:
        verify.add("order.account_email")
    for field in missing:
        verify -= FIELD_FACTS[field]
    if kinds == {"deny"}:
        verify &= holding(f) if held else set()
    if held:
        outcome = "hold_identity"
    elif kinds == {"deny"}:
        outcome = "deny"
    elif missing:
        outcome = "needs_information"
    elif "approve" not in kinds or kinds == {"manual_review"} or module.review_now(f):
        outcome = "manual_review"
    else:
        outcome = "approve_if_verified" if verify else "approve"
    open_ground = any(met for _, _, met in outcomes) and outcome not in {"hold_identity", "deny"}
    return {
        "outcome": outcome,
        "ground": f.get("claim.reason") if open_ground else None,
        "amount": shown_amount(outcomes, outcome, f),
        "clauses": clauses(f, outcome, outcomes),
        "missing": missing,
        "verify": sorted(verify),
        "conflicts": conflicts(f),
        "alternatives": [] if outcome in {"deny", "hold_identity"} else module.alternatives(f),
    }


def holding(f: Flat) -> set[str]:
    """The proofs whose lack holds the case now."""
    strange = f.get("claim.sender_differs") and f.get("verified.authority") is not True
    other = {"claim.account_email", "order.account_email"} <= f.keys() and (
        str(f["claim.account_email"]).casefold() != str(f["order.account_email"]).casefold()
    )
    found = set()
    if (f.get("claim.third_party") or strange) and f.get("verified.authority") is not True:
        found.add("verified.authority")
    if (strange or other or f.get("claim.lost_email_access")) and f.get("verified.identity") is not True:
        found.add("verified.identity")
    return found


def worlds_of_hold(f: Flat) -> Iterator[Flat]:
    keys = ("claim.third_party", "verified.authority", "verified.identity")
    for point in product(*([f[key]] if key in f else [False, True] for key in keys)):
        yield dict(zip(keys, point, strict=True))


def shown_amount(outcomes: set[tuple[str, str | None, bool]], outcome: str, f: Flat) -> str | None:
    if outcome == "hold_identity" or "claim.reason" not in f or "order.currency" not in f:
        return None
    met = {amount for _, amount, is_met in outcomes if is_met and amount is not None}
    amounts = met or {amount for _, amount, _ in outcomes if amount is not None}
    return amounts.pop() if len(amounts) == 1 else None
