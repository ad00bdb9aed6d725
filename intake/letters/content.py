"""What a letter says: which kind fits a case, its questions, clauses, sums and days, in the customer's language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from babel.dates import format_date
from babel.numbers import format_currency

from intake.casework.identity import Relation
from intake.errors import Problem
from intake.letters.address import LetterError, in_doubt
from intake.letters.basis import Basis
from intake.letters.kinds import LANGUAGES, VERDICT_OF, LetterKind
from intake.letters.template import Texts
from rules.types import Policy

_IDENTITY: Final = ("verified.identity", "verified.authority")
_YEAR: Final = re.compile(r"\sг\.$")
_UNCERTAIN: Final = frozenset({"needs_information", "hold_identity"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a breakdown."""

    label: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedClause:
    """A clause that a refusal rests on."""

    id: str
    text: str


def language_of(basis: Basis) -> str:
    """The language of the case's letters."""
    return basis.language if basis.language in LANGUAGES else LANGUAGES[0]


def fitting_kind(basis: Basis, policy: Policy) -> LetterKind:
    """The letter that the case calls for now."""
    if basis.ruled is not None:
        return next(kind for kind, word in VERDICT_OF.items() if word == basis.ruled.word)
    if in_doubt(basis) and questions(basis, policy, LetterKind.PROOF):
        return LetterKind.PROOF
    if basis.decision.outcome in _UNCERTAIN or basis.decision.missing:
        return LetterKind.ASK
    return LetterKind.REVIEW_BY if basis.decision.deadlines.get("review_by") else LetterKind.RECEIVED


def questions(basis: Basis, policy: Policy, kind: LetterKind) -> tuple[str, ...]:
    """Everything that is missing, then everything to be proven, in the policy's own words."""
    return tuple(
        dict.fromkeys(policy.question(key, language_of(basis)) for key in _asked(basis, policy, kind))
    )


def _asked(basis: Basis, policy: Policy, kind: LetterKind) -> Iterator[str]:
    known = policy.questions
    yield from (key for key in basis.decision.missing if key in known)
    facts = set(basis.decision.verify)
    if kind is LetterKind.PROOF:
        # only what proves the right to ask: a question about the records would tell of them
        third = basis.identity is Relation.THIRD_PARTY or basis.fact("claim.third_party") is True
        proof = _IDENTITY[1 if third else 0]
        if basis.decision.outcome == "hold_identity" or proof in facts:
            yield proof
        return
    if basis.identity is Relation.MATCH:
        facts -= set(_IDENTITY)  # it came from the account's own address, authenticated
    yield from sorted(facts & known.keys())


def context(basis: Basis, policy: Policy, kind: LetterKind, texts: Texts, company: str) -> dict[str, object]:
    """What the template of this kind is filled with; values are ready to be read.

    Raises:
        LetterError: the case has not come to where this letter belongs.
    """
    lang = texts.language
    asked_on = basis.fact("claim.requested_on")
    found: dict[str, object] = {"company": company, "language": lang}
    if kind is not LetterKind.PROOF:
        found["asked_on"] = _day(asked_on, lang)
    if kind in {LetterKind.ASK, LetterKind.PROOF}:
        found["questions"] = questions(basis, policy, kind)
        _need(basis, bool(found["questions"]), "nothing is missing that a customer could tell")
    elif kind is LetterKind.REVIEW_BY:
        review_by = basis.decision.deadlines.get("review_by")
        _need(basis, review_by is not None, "the review period has not started")
        found["review_by"] = _day(review_by, lang)
    elif kind in VERDICT_OF:
        found |= _ruled(basis, policy, kind, texts)
    elif kind is LetterKind.NO_CARDS:
        _need(basis, "secrets_redacted" in basis.flags, "no secret was cut out of its mail")
    return found


def _ruled(basis: Basis, policy: Policy, kind: LetterKind, texts: Texts) -> dict[str, object]:
    ruled = basis.ruled
    _need(
        basis,
        ruled is not None and ruled.word == VERDICT_OF[kind],
        f"no person has decided to {VERDICT_OF[kind]}, or it can still be taken back",
    )
    if kind is LetterKind.REFUSED:
        return {
            "clauses": _clauses(basis, policy, texts),
            "terms": policy.title,
            "terms_version": policy.version,
        }
    assert ruled is not None  # noqa: S101 - `_need` saw to it
    currency, lang = ruled.currency or "", texts.language
    _need(basis, ruled.amount is not None and bool(currency), "the decision names no sum")
    amount = Decimal(ruled.amount or "0")
    return {
        "amount": format_currency(amount, currency, locale=lang),
        "destination": texts.word("destination", basis.decision.refund.to),
        "lines": _lines(basis, amount, currency, texts),
        "refund_by": _day(basis.decision.deadlines.get("refund_by"), lang, unknown=""),
    }


def _clauses(basis: Basis, policy: Policy, texts: Texts) -> tuple[CitedClause, ...]:
    """The rules that refuse, where the person follows them; a person's own reasons are for the person to tell."""
    if basis.decision.outcome != "deny":
        return ()
    true = {step.rule for step in basis.decision.steps if step.value is True}
    cited = (rule for rule in policy.rules if rule.then == "deny" and rule.id in true)
    return tuple(
        CitedClause(id=rule.clause or rule.id, text=texts.clause(policy.id, rule.id) or rule.text)
        for rule in cited
    )


def _lines(basis: Basis, amount: Decimal, currency: str, texts: Texts) -> tuple[Line, ...]:
    """Paid, less what was kept, is what goes back; none where the person decided on another sum than computed."""
    paid = basis.fact("order.amount")
    if (
        basis.decision.refund.amount is None
        or Decimal(basis.decision.refund.amount) != amount
        or paid is None
    ):
        return ()

    def line(label: str, value: Decimal) -> Line:
        return Line(label=label, amount=format_currency(value, currency, locale=texts.language))

    usage = basis.facts.get("usage")
    kept = [
        (str(row["item"]), Decimal(str(row["amount"])))
        for row in (usage if isinstance(usage, list) else ())
        if isinstance(row, Mapping)
    ]
    rest = Decimal(str(paid)) - sum((value for _, value in kept), Decimal()) - amount
    if rest > 0:  # the elapsed share of the period, which no row of the records names
        kept.append(("period", rest))
    lines = [line(texts.word("paid"), Decimal(str(paid)))]
    lines += [line(texts.word("item", item), -value) for item, value in kept if value]
    return (*lines, line(texts.word("refunded"), amount)) if rest >= 0 else ()


def _day(value: object, language: str, unknown: str = "-") -> str:
    day = date.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(day, date):
        return unknown
    # Russian's "г." would double the stop of a sentence that the day ends
    return _YEAR.sub(" года", format_date(day, format="long", locale=language))


def _need(basis: Basis, holds: bool, what: str) -> None:  # noqa: FBT001 - reads as "need that …"
    if not holds:
        raise LetterError(Problem(where=f"case {basis.label}", what=what))
