"""Which payment a claim means: one, one of several, or none. Among several the agent chooses, nobody guesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from intake.orders.records import Payment

MAX_CANDIDATES = 20
"""An agent chooses from no more; an account with hundreds of payments needs another question to the customer."""


class Result(StrEnum):
    """What a look-up ended with."""

    FOUND = "found"
    CANDIDATES = "candidates"  # more than one fits, or none does but these are near
    NOT_FOUND = "not_found"  # a fact: the records were asked and know nothing
    NOTHING_TO_ASK = "nothing_to_ask"  # the customer named neither order nor payment
    UNREACHABLE = "unreachable"
    CONTRADICTORY = "contradictory"  # found, but it cannot be true together with what a person stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a customer, or an agent after him, says of the payment; None: unknown."""

    order_number: str | None = None
    account_email: str | None = None
    payment_date: str | None = None  # ISO 8601
    amount: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the records say of a claim."""

    result: Result
    payment: Payment | None = None
    candidates: tuple[Payment, ...] = ()


class Records(Protocol):
    """Where payments are looked up; both raise `RecordsUnreachableError`."""

    def by_number(self, number: str) -> Sequence[Payment]:
        """All payments of an order; letters' case and the blanks round it do not count."""

    def by_account(self, account: str) -> Sequence[Payment]:
        """All payments of an account, by its e-mail address without case."""


def look_up(records: Records, claim: Claim, *, every_payment: bool = False) -> Answer:
    """Asks by the order's number, else by the account and the payment's date or amount.

    Args:
        records: whom.
        claim: what is claimed.
        every_payment: the records hold every payment, so that no second one beside it means: not paid twice.

    Raises:
        RecordsUnreachableError: the records cannot be asked now.
    """
    if claim.order_number:
        rows = records.by_number(claim.order_number)
        if not rows:
            near = _like(records.by_account(claim.account_email), claim) if claim.account_email else ()
            return _answer(Result.NOT_FOUND, near)
        return _pick(_narrowed(rows, claim), rows, every_payment=every_payment)
    if not claim.account_email or not (claim.payment_date or claim.amount):
        return Answer(result=Result.NOTHING_TO_ASK)
    rows = records.by_account(claim.account_email)
    fitting = _like(rows, claim)
    return _pick(fitting, rows, every_payment=every_payment) if fitting else _answer(Result.NOT_FOUND, rows)


def _pick(fitting: Sequence[Payment], rows: Sequence[Payment], *, every_payment: bool) -> Answer:
    """One payment; of two that pay the same thing the second is asked back."""
    first = fitting[0]
    if any(not one.same_thing(first) and one is not first for one in fitting):
        return _answer(Result.CANDIDATES, fitting)
    again = [one for one in rows if one is first or one.same_thing(first)]
    last = max(again, key=lambda one: str(one.order.get("paid_on", "")))
    if "paid_twice" not in last.order:
        if len(again) > 1:
            last = replace(last, order={**last.order, "paid_twice": True})
        elif every_payment:
            last = replace(last, order={**last.order, "paid_twice": False})
    return Answer(result=Result.FOUND, payment=last)


def _narrowed(rows: Sequence[Payment], claim: Claim) -> Sequence[Payment]:
    """Of several payments of one order those that fit day and sum; where none does, all: the number was right."""
    return rows if len(rows) == 1 else _like(rows, claim) or rows


def _like(rows: Sequence[Payment], claim: Claim) -> tuple[Payment, ...]:
    return tuple(row for row in rows if _fits(row, claim))


def _fits(row: Payment, claim: Claim) -> bool:
    """Whether nothing that both tell differs, and something that both tell agrees."""
    told = {
        "paid_on": claim.payment_date,
        "amount": None if claim.amount is None else Decimal(claim.amount),
        "currency": claim.currency,
    }
    agreed = [_value(row, name) == value for name, value in told.items() if value and _value(row, name)]
    return bool(agreed) and all(agreed) and bool(claim.payment_date or claim.amount)


def _value(row: Payment, name: str) -> object:
    value = row.order.get(name)
    return Decimal(str(value)) if name == "amount" and value is not None else value


def _answer(result: Result, candidates: Sequence[Payment]) -> Answer:
    newest = sorted(candidates, key=lambda one: str(one.order.get("paid_on", "")), reverse=True)
    return Answer(result=result, candidates=tuple(newest[:MAX_CANDIDATES]))
