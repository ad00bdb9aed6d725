from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.amount import ENDS, SumKind, elapsed_share, reckon, to_minor, written
from rules.breakdown import breakdown
from rules.derived import END_OF_USE
from rules.facts import Facts
from tests.rules.policies import facts

PERIOD = {"period_start": "2026-06-01", "period_end": "2026-07-01"}
ORDER = {"amount": "30.00", "currency": "EUR", **PERIOD}


def case(
    order: dict[str, Any] | None = None, usage: list[tuple[str, str]] | None = None, **more: Any
) -> Facts:
    listed = None if usage is None else [{"item": item, "amount": amount} for item, amount in usage]
    claim = {"requested_on": "2026-06-11"}
    return facts(claim=claim, order=ORDER if order is None else order, usage=listed, **more)


@pytest.mark.parametrize(
    ("amount", "digits", "wanted"),
    [
        ("0.005", 2, 1),
        ("0.0049", 2, 0),
        ("1.015", 2, 102),
        ("0.5", 0, 1),
        ("0.4999", 0, 0),
        ("1.0005", 3, 1001),
    ],
)
def test_half_is_rounded_up(amount: str, digits: int, wanted: int) -> None:
    assert to_minor(Fraction(amount), digits) == wanted


@pytest.mark.parametrize(
    ("minor", "currency", "wanted"),
    [
        (5400, "EUR", "54.00"),
        (5, "EUR", "0.05"),
        (54, "JPY", "54"),
        (1, "KWD", "0.001"),
        (0, "CLF", "0.0000"),
    ],
)
def test_sums_are_written_to_the_minor_unit(minor: int, currency: str, wanted: str) -> None:
    assert written(minor, currency) == wanted


def test_no_sum_and_the_whole_sum() -> None:
    assert reckon(case(), "none").value is None
    assert reckon(case(), "whole").value == 3000
    assert reckon(case({"currency": "EUR"}), "whole").needs == {"order.amount"}
    assert reckon(case({"amount": "1"}), "whole").needs == {"order.currency"}
    assert reckon(case({"amount": "0"}), "whole").nothing is False
    assert reckon(case(), "whole").nothing is False


def test_what_can_still_change_a_sum() -> None:
    assert reckon(case(), "plain").needs == {"usage"}
    assert reckon(case(usage=[]), "until_end").value == 2000
    without_start = {key: value for key, value in ORDER.items() if key != "period_start"}
    assert reckon(case(without_start, []), "until_end").needs == {"order.period_start"}
    assert reckon(case({"currency": "EUR", **PERIOD}, []), "plain").needs == {"order.amount"}
    assert reckon(case({"amount": "30", **PERIOD}, []), "plain").needs == {"order.currency"}


@pytest.mark.parametrize(
    ("order", "usage", "nothing"),
    [
        (ORDER, None, None),
        (ORDER, [("fee", "30")], True),
        (ORDER, [("fee", "29.995")], False),
        (ORDER, [("fee", "29.9951")], True),
        ({**ORDER, "amount": "0"}, None, True),
        ({"amount": "30"}, [("fee", "29.6")], None),
        ({"amount": "30"}, [("fee", "29.5")], False),
        ({"amount": "30"}, [("fee", "29.99999")], True),
        ({"currency": "EUR"}, [("fee", "1")], None),
    ],
)
def test_what_leaves_nothing(
    order: dict[str, str], usage: list[tuple[str, str]] | None, *, nothing: bool | None
) -> None:
    found = reckon(case(order, usage), "plain")
    assert found.nothing is nothing
    assert not nothing or (found.value, found.needs) == (0, frozenset())


def test_two_sums_are_alike_exactly_if_they_cannot_differ() -> None:
    before = case({**ORDER, "cancelled_on": "2026-05-01"})
    assert reckon(before, "plain").key == reckon(before, "until_end").key
    assert reckon(case(), "plain").key != reckon(case(), "until_end").key
    assert reckon(case(), "until_failure").key == reckon(case(), "until_end").key
    failed = case(verified={"unusable_from": "2026-06-05"})
    assert reckon(failed, "until_failure").key != reckon(failed, "until_end").key
    undated = case({"amount": "30.00", "currency": "EUR"}, [], verified={"unusable_from": "2026-06-05"})
    assert reckon(undated, "until_failure").key != reckon(undated, "until_end").key


@pytest.mark.parametrize("amount", ["30.00", "0"])
def test_the_whole_is_like_a_sum_from_which_nothing_is_taken(amount: str) -> None:
    paid = case({**ORDER, "amount": amount}, [])
    assert reckon(paid, "whole").key == reckon(paid, "plain").key


def test_use_that_ended_with_the_period_had_all_of_it_whenever_the_period_began() -> None:
    ended = case({"period_end": "2026-06-11"}, [])
    assert elapsed_share(ended, END_OF_USE).part == 1
    assert reckon(ended, "until_end").nothing is True


@pytest.mark.parametrize("kind", ENDS)
def test_of_the_days_on_which_use_can_have_ended_the_request_is_asked_for(kind: SumKind) -> None:
    assert reckon(facts(order=ORDER, usage=[]), kind).needs == {"claim.requested_on"}


def test_a_sum_of_38_digits_is_exact() -> None:
    paid = "9" * 36 + ".99"
    found = reckon(case({"amount": paid, "currency": "EUR"}, [("fee", "0.01")]), "plain")
    assert found.value == int(paid.replace(".", "")) - 1


money = st.decimals(min_value=0, max_value=10**6, places=4).map(lambda amount: f"{amount:f}")
kinds: st.SearchStrategy[SumKind] = st.sampled_from(["plain", "until_end", "until_failure", "whole"])


@given(
    paid=money,
    used=st.none() | st.lists(st.tuples(st.sampled_from(["fee", "other"]), money), max_size=3),
    currency=st.sampled_from(["EUR", "JPY", "KWD", "CLF"]),
    day=st.integers(-3, 35),
    kind=kinds,
)
def test_a_sum_stays_between_nothing_and_the_payment(
    paid: str, used: list[tuple[str, str]] | None, currency: str, day: int, kind: SumKind
) -> None:
    month, number = (5, 31 + day) if day < 1 else (6, day) if day <= 30 else (7, day - 30)
    order = {"amount": paid, "currency": currency, **PERIOD, "cancelled_on": f"2026-{month:02}-{number:02}"}
    known = case(order, used)
    found = reckon(known, kind)
    if found.value is not None:
        digits = {"EUR": 2, "JPY": 0, "KWD": 3, "CLF": 4}[currency]
        assert 0 <= found.value <= to_minor(Fraction(Decimal(paid)), digits)
        assert (found.value == 0) is found.nothing or kind == "whole"
    assert breakdown(known, kind)


def test_the_calculation_reads_line_by_line() -> None:
    assert breakdown(case(usage=[("fee", "1.005")]), "until_end") == (
        "paid: 30.00 EUR",
        "less elapsed share, 10 of 30 days (use ended by claim.requested_on; that day is not charged): 10",
        "less fee: 1.005",
        "rounded half up, never below zero: 19.00 EUR",
    )
    assert breakdown(case({}, []), "until_end") == (
        "paid: unknown",
        "less elapsed share: open, needs order.period_end, order.period_start",
        "no retained items",
        "open: needs order.amount, order.currency, order.period_end, order.period_start",
    )
    assert breakdown(case(), "whole") == ("paid: 30.00 EUR", "rounded half up, never below zero: 30.00 EUR")


def test_the_calculation_names_the_whole_period_and_none_of_it() -> None:
    over = {"period_end": "2026-06-01"}
    assert breakdown(case(over, [("other", "1")]), "until_end") == (
        "paid: unknown",
        "less elapsed share, the whole period (use ended by claim.requested_on; that day is not charged)",
        "less other: 1",
        "nothing is left",
    )
    early = {"amount": "9", "period_start": "2026-06-11"}
    assert breakdown(case(early), "until_end") == (
        "paid: 9 (currency unknown)",
        "less elapsed share, none of the period (use ended by claim.requested_on; that day is not charged): 0",
        "less retained items: unknown",
        "open: needs order.currency, usage",
    )


@pytest.mark.parametrize("day", ["2026-06-01", "2026-05-20"])
def test_use_that_ended_before_the_period_has_no_share(day: str) -> None:
    assert elapsed_share(case({**PERIOD, "cancelled_on": day}), END_OF_USE).part == 0


def test_a_share_of_a_very_long_sum_is_told_to_six_decimals() -> None:
    paid = "1" + "0" * 35 + ".00"
    lines = breakdown(case({**ORDER, "amount": paid, "period_end": "2026-07-01"}, []), "until_end")
    assert lines[1].endswith(": " + "3" * 35 + ".333333")
    even = breakdown(case({**ORDER, "amount": "3" + "0" * 35}, []), "until_end")
    assert even[1].endswith(": 1" + "0" * 35)
