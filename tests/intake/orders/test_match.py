"""Which payment is meant: one, several for the agent to choose from, or none; never a guess."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from intake.orders.match import Claim, Result, look_up
from intake.orders.records import Payment


def paid(number: str, on: str, amount: str = "49.00", **facts: object) -> Payment:
    order = {
        "account_email": "ann@example.org",
        "paid_on": on,
        "amount": amount,
        "currency": "EUR",
        "product": "plan",
    }
    return Payment(number=number, order=order | facts, usage=None)


class Shelf:
    """Records in memory."""

    def __init__(self, *rows: Payment) -> None:
        self.rows = rows

    def by_number(self, number: str) -> Sequence[Payment]:
        return [row for row in self.rows if row.number == number]

    def by_account(self, account: str) -> Sequence[Payment]:
        return [row for row in self.rows if row.order["account_email"] == account]


ANN = "ann@example.org"


def test_the_order_number_names_the_payment_whatever_else_was_claimed() -> None:
    answer = look_up(
        Shelf(paid("A-1", "2026-06-01")), Claim(order_number="A-1", amount="50", payment_date="2026-05-01")
    )
    assert answer.result is Result.FOUND
    assert answer.payment is not None
    assert answer.payment.number == "A-1"
    assert "paid_twice" not in answer.payment.order  # one row proves no absence


def test_that_there_is_no_second_payment_is_known_where_the_records_hold_all() -> None:
    answer = look_up(Shelf(paid("A-1", "2026-06-01")), Claim(order_number="A-1"), every_payment=True)
    assert answer.payment is not None
    assert answer.payment.order["paid_twice"] is False


@pytest.mark.parametrize("asked", [{}, {"payment_date": "2026-06-01"}, {"payment_date": "2026-06-03"}])
def test_of_two_payments_for_one_period_the_second_is_asked_back(asked: dict[str, str]) -> None:
    rows = [
        paid("A-1", day, period_start="2026-06-01", period_end="2026-07-01")
        for day in ("2026-06-03", "2026-06-01")
    ]
    answer = look_up(Shelf(*rows), Claim(order_number="A-1", **asked))
    assert answer.payment is not None
    assert (answer.payment.order["paid_on"], answer.payment.order["paid_twice"]) == ("2026-06-03", True)


def test_monthly_payments_of_one_order_are_no_doubles() -> None:
    months = [
        paid("A-1", f"2026-0{m}-01", period_start=f"2026-0{m}-01", period_end=f"2026-0{m + 1}-01")
        for m in (5, 6)
    ]
    shelf = Shelf(*months)
    assert look_up(shelf, Claim(order_number="A-1")).result is Result.CANDIDATES
    june = look_up(shelf, Claim(order_number="A-1", payment_date="2026-06-01"))
    assert june.payment is not None
    assert june.payment.order["period_start"] == "2026-06-01"
    assert "paid_twice" not in june.payment.order


def test_without_a_number_account_and_day_or_sum_find_it() -> None:
    shelf = Shelf(paid("A-1", "2026-06-01"), paid("A-2", "2026-06-09", "12.00"))
    for claim in (
        Claim(account_email=ANN, payment_date="2026-06-09"),
        Claim(account_email=ANN, amount="12"),
        Claim(account_email=ANN, amount="12.00", currency="EUR", payment_date="2026-06-09"),
    ):
        answer = look_up(shelf, claim)
        assert answer.payment is not None
        assert answer.payment.number == "A-2"


def test_several_that_fit_are_for_the_agent() -> None:
    shelf = Shelf(paid("A-1", "2026-06-01"), paid("A-2", "2026-06-09"))
    answer = look_up(shelf, Claim(account_email=ANN, amount="49.00"))
    assert answer.result is Result.CANDIDATES
    assert [one.number for one in answer.candidates] == ["A-2", "A-1"]


def test_a_number_that_is_unknown_is_a_fact_and_what_is_near_is_shown() -> None:
    shelf = Shelf(paid("A-1", "2026-06-01"), paid("A-2", "2026-06-09"))
    answer = look_up(shelf, Claim(order_number="A-7", account_email=ANN, payment_date="2026-06-01"))
    assert (answer.result, answer.payment) == (Result.NOT_FOUND, None)
    assert [one.number for one in answer.candidates] == ["A-1"]


def test_one_thing_that_differs_is_enough_to_doubt() -> None:
    shelf = Shelf(paid("A-1", "2026-06-01"))
    answer = look_up(shelf, Claim(account_email=ANN, amount="49.00", currency="USD"))
    assert answer.result is Result.NOT_FOUND


@pytest.mark.parametrize(
    "claim",
    [Claim(), Claim(account_email=ANN), Claim(amount="49.00"), Claim(account_email=ANN, currency="EUR")],
)
def test_nobody_is_asked_without_something_to_ask_by(claim: Claim) -> None:
    assert look_up(Shelf(), claim).result is Result.NOTHING_TO_ASK
