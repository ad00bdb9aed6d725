"""What a person decides, held against what the rules propose: whether it may be, and who else has to agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from intake.casework.identity import Relation
from intake.casework.states import ForbiddenError
from intake.casework.words import MIN_REASON, ReasonCode, Word
from intake.errors import BadDataError, Problem
from intake.people import Actor, Role
from rules.types import Decision
from rules.vocabulary import MINOR_DIGITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants to decide, as they said it; `amount` None: the sum that was worked out."""

    word: Word
    amount: Decimal | None = None
    currency: str | None = None
    reason: str = ""
    code: ReasonCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a verdict is held against.

    Attributes:
        paid: `order.amount`, None while unknown.
        earlier_minor: what was approved before for the same order and currency, here and in other cases.
        four_eyes: the limit of each currency above which a second person is needed.
    """

    case: str
    decision: Decision
    identity: Relation | None
    known: Mapping[str, object]
    paid: Decimal | None
    earlier_minor: int
    four_eyes: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A verdict that may be."""

    word: Word
    amount: Decimal | None  # to the currency's minor unit; of an approval alone
    currency: str | None
    code: ReasonCode
    overridden: tuple[str, ...]  # clauses
    needs_second: bool
    lead_only: bool  # the second person has to be a lead

    @property
    def amount_minor(self) -> int | None:
        """In the currency's minor unit."""
        return None if self.amount is None else int(self.amount.scaleb(self.places))

    @property
    def places(self) -> int:
        """Decimals of that unit."""
        return MINOR_DIGITS[self.currency] if self.currency else 0


def rule_on(wish: Wish, matter: Matter, actor: Actor) -> Ruling:
    """The verdict, with everybody whose word it needs.

    Raises:
        ForbiddenError: this person may not decide this case.
        BadDataError: a sum that cannot be, or a reason that says too little.
    """
    _may(wish, matter, actor)
    amount, currency = _sum(wish, matter) if wish.word == "approve" else (None, None)
    overridden = _overridden(wish.word, amount, matter.decision)
    proposed = _as_proposed(wish.word, amount, matter.decision)
    if not proposed and len(wish.reason.strip()) < MIN_REASON:
        raise _wrong(
            matter,
            f"{matter.decision.outcome} is proposed: deciding otherwise needs a reason of {MIN_REASON} characters",
        )
    lost = matter.known.get("claim.lost_email_access") is True  # whatever else is doubtful
    limit = matter.four_eyes.get(currency or "")
    return Ruling(
        word=wish.word,
        amount=amount,
        currency=currency,
        code=wish.code or ("as_proposed" if proposed else "other"),
        overridden=overridden,
        needs_second=(
            lost
            or (limit is not None and amount is not None and amount > limit)
            or (wish.word == "approve" and matter.decision.outcome == "deny")
            or (wish.word == "approve" and matter.earlier_minor > 0)
        ),
        lead_only=lost,
    )


def _may(wish: Wish, matter: Matter, actor: Actor) -> None:
    if actor.role is Role.LEAD:
        return
    if matter.identity is Relation.SUSPICIOUS:
        raise ForbiddenError(Problem(where=matter.case, what="the sender is suspicious: a lead decides"))
    needed = _to_verify(matter)
    if wish.word == "approve" and needed is not None and matter.known.get(needed) is not True:
        remedy = f"verify it: intake queue verify {matter.case} {needed}; or leave it to a lead"
        raise ForbiddenError(Problem(where=matter.case, what=f"{needed} is not verified", remedy=remedy))


def _to_verify(matter: Matter) -> str | None:
    """What has to be verified before anybody but a lead approves."""
    if matter.known.get("claim.third_party") is True:
        return "verified.authority"
    return "verified.identity" if matter.identity is Relation.DIFFERENT_ADDRESS else None


def _sum(wish: Wish, matter: Matter) -> tuple[Decimal, str]:
    refund = matter.decision.refund
    currency = refund.currency or wish.currency
    if currency is None:
        raise _wrong(matter, "the currency is not known", "set it: intake queue set CASE order.currency EUR")
    if wish.currency not in {None, currency}:
        raise _wrong(matter, f"the payment was in {currency}")
    amount = (
        wish.amount if wish.amount is not None else None if refund.amount is None else Decimal(refund.amount)
    )
    if amount is None or matter.paid is None:
        raise BadDataError(*_unknown_sums(matter, amount))
    unit = Decimal(1).scaleb(-MINOR_DIGITS[currency])
    if amount <= 0 or amount != amount.quantize(unit):
        raise _wrong(matter, f"no sum of {currency} that can be paid", "write it like --amount 49.00")
    total = amount + Decimal(matter.earlier_minor).scaleb(-MINOR_DIGITS[currency])
    if total > matter.paid:
        before = f", {total - amount} {currency} of it decided before" if matter.earlier_minor else ""
        raise _wrong(matter, f"{total} {currency} is more than was paid ({matter.paid} {currency}){before}")
    return amount.quantize(unit), currency


def _unknown_sums(matter: Matter, amount: Decimal | None) -> Iterator[Problem]:
    if amount is None:
        remedy = "name it: --amount 49.00, or set what is still unknown"
        yield Problem(where=matter.case, what="the amount is open", remedy=remedy)
    if matter.paid is None:
        remedy = f"set it: intake queue set {matter.case} order.amount '49.00 EUR'"
        yield Problem(where=matter.case, what="what was paid is not known", remedy=remedy)


def _as_proposed(word: Word, amount: Decimal | None, decision: Decision) -> bool:
    if decision.outcome != word:
        return False
    return amount is None or (
        decision.refund.amount is not None and amount == Decimal(decision.refund.amount)
    )


def _overridden(word: Word, amount: Decimal | None, decision: Decision) -> tuple[str, ...]:
    """The clauses that the proposal rests on, where the verdict goes against it."""
    if word == "approve":
        against = decision.outcome in {"deny", "hold_identity"} or (
            amount is not None and decision.refund.amount not in {None, str(amount)}
        )
    else:
        against = decision.outcome in {"approve", "approve_if_verified"}
    return decision.clauses if against else ()


def _wrong(matter: Matter, what: str, remedy: str = "") -> BadDataError:
    return BadDataError(Problem(where=matter.case, what=what, remedy=remedy))
