"""A company's own columns and words become facts; what cannot be used stays unknown and is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.config.orders import COLUMNS, OrdersConfig
from intake.orders.records import payment
from rules.facts import check_facts


def config(**options: Any) -> OrdersConfig:
    return OrdersConfig(source="csv", csv_file="payments.csv", **options)


def test_columns_and_words_of_the_company_are_translated() -> None:
    mine = config(
        columns={"order_number": "invoice", "amount": "total", "method": "paid by"},
        words={"method": {"Visa": "card"}, "status": {"closed": "cancelled"}},
    )
    row = {"invoice": " A-1 ", "total": "49.90", "paid by": "VISA", "status": "Closed", "currency": "eur"}
    found = payment(row, mine)
    assert found.number == "A-1"
    assert found.order == {"amount": "49.90", "method": "card", "status": "cancelled", "currency": "EUR"}
    assert not found.dropped


def test_what_is_empty_is_unknown_and_not_false() -> None:
    found = payment({"order_number": "A-1", "paid_twice": "", "status": "  ", "usage": None}, config())
    assert (found.order, found.usage) == ({}, None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("paid_on", "01/06/2026"),
        ("paid_on", "2026-02-30"),
        ("amount", "1.234,50"),
        ("amount", "-4"),
        ("amount", "NaN"),
        ("currency", "EURO"),
        ("method", "cheque"),
        ("status", "odd"),
        ("paid_twice", "perhaps"),
        ("usage", "server=a lot"),
        ("usage", "laptop=4.00"),
        ("usage", "[1]"),
        ("usage_server", "-1"),
    ],
)
def test_a_value_that_no_fact_can_have_is_dropped_and_named(column: str, value: str) -> None:
    found = payment({"order_number": "A-1", "product": "plan", column: value}, config())
    assert found.order == {"product": "plan"}
    assert found.usage is None
    assert found.dropped == (column.partition("_server")[0],)


def test_a_period_that_ends_before_it_starts_loses_its_end() -> None:
    found = payment({"period_start": "2026-06-01", "period_end": "2026-06-01"}, config())
    assert (found.order, found.dropped) == ({"period_start": "2026-06-01"}, ("period_end",))


@pytest.mark.parametrize(
    ("row", "usage"),
    [
        ({"usage": "none"}, ()),
        ({"usage": []}, ()),
        ({"usage": "server=4.00; storage=1.5"}, (("server", "4.00"), ("storage", "1.5"))),
        ({"usage": [{"item": "fee", "amount": "2"}]}, (("fee", "2"),)),
        ({"usage": '[{"item": "fee", "amount": "2"}]'}, (("fee", "2"),)),
        ({"usage_server": "4.00", "usage_fee": "0"}, (("server", "4.00"),)),
    ],
)
def test_retained_amounts_come_as_a_list_or_one_by_one(
    row: dict[str, object], usage: tuple[tuple[str, str], ...]
) -> None:
    found = payment(row, config())
    assert found.usage == tuple({"item": item, "amount": amount} for item, amount in usage)
    assert not found.dropped


@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [("EUR", "4990", "49.90"), ("JPY", "4990", "4990"), ("KWD", "4990", "4.990")],
)
def test_minor_units_are_those_of_the_currency(currency: str, amount: str, shown: str) -> None:
    row = {"amount": amount, "currency": currency, "usage_fee": amount}
    found = payment(row, config(minor_units=True))
    assert found.order["amount"] == shown
    assert found.usage == ({"item": "fee", "amount": shown},)
    assert payment({"amount": "1"}, config(minor_units=True)).dropped == ("amount",)


def test_instants_and_days_of_a_database_are_days() -> None:
    row = {
        "paid_on": datetime(2026, 6, 1, 23, 59, tzinfo=UTC),
        "period_start": date(2026, 6, 2),
        "promised_by": "2026-06-03T10:00Z",
    }
    assert payment(row, config()).order == {
        "paid_on": "2026-06-01",
        "period_start": "2026-06-02",
        "promised_by": "2026-06-03",
    }


@given(
    st.dictionaries(
        st.sampled_from(COLUMNS),
        st.one_of(st.text(max_size=30), st.integers(), st.booleans(), st.none(), st.floats(), st.dates()),
    )
)
def test_whatever_lies_in_a_row_comes_out_as_facts_that_the_rules_take(row: dict[str, object]) -> None:
    found = payment(row, config())
    usage = None if found.usage is None else [dict(one) for one in found.usage]
    check_facts({"order": dict(found.order), "usage": usage})
