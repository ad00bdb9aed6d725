import pytest

from rules.decide import decide
from rules.types import Decision
from rules.worlds import feasible
from tests.rules.policies import clause, facts, small

ASKED = "claim.requested_on"


def verify(when: str, **known: object) -> tuple[str, ...]:
    return decided(when, **known).verify


def decided(when: str, **known: object) -> Decision:
    order = {"amount": "1", "currency": "EUR", **known.pop("order", {})}  # type: ignore[dict-item]  # a group of facts
    return decide(facts(order=order, **known), small(clause("1", when)))


def test_a_date_that_cannot_matter_any_more_is_not_asked_for() -> None:
    when = f"{ASKED} <= order.paid_on and (order.promised_by <= order.paid_on or verified.identity)"
    assert verify(when, verified={"identity": True}) == (ASKED, "order.paid_on")
    assert verify(when, verified={"identity": False}) == (ASKED, "order.paid_on", "order.promised_by")
    paid = {"paid_on": "2026-06-01"}
    assert verify(when, verified={"identity": True}, order=paid) == (ASKED,)


def test_a_date_squeezed_between_two_known_ones_is_certain() -> None:
    when = f"{ASKED} > order.promised_by and order.promised_by > order.paid_on"
    days = {"paid_on": "2026-06-01"}
    assert decided(when, claim={"requested_on": "2026-06-02"}, order=days).outcome == "manual_review"
    assert verify(when, claim={"requested_on": "2026-06-02"}, order=days) == ()
    assert verify(when, claim={"requested_on": "2026-06-03"}, order=days) == ("order.promised_by",)


def test_a_sum_squeezed_between_two_bounds_is_certain() -> None:
    order = {"currency": "EUR"}
    for when, outcome in (
        ("order.amount > 10 or order.amount <= 10", "approve_if_verified"),
        ("order.amount < 10 or order.amount > 10", "approve_if_verified"),
        ("order.amount < 10 and order.amount >= 10", "manual_review"),
        ("order.amount <= 10 and order.amount > 10", "manual_review"),
    ):
        assert decide(facts(order=order), small(clause("1", when))).outcome == outcome


def test_an_end_of_use_waits_for_the_day_of_asking() -> None:
    when = "derived.end_of_use <= order.paid_on"
    assert verify(when, order={"paid_on": "2026-06-01"}) == (ASKED,)
    assert verify(when, order={"paid_on": "2026-06-01", "cancelled_on": "2026-06-01"}) == ()


def test_limits_that_turn_in_a_circle_are_feasible_only_if_they_leave_room() -> None:
    assert feasible([("a", "b", 0, False), ("b", "a", 0, False)])
    assert not feasible([("a", "b", 0, True), ("b", "a", 0, False)])
    assert not feasible([("a", "b", -1, False), ("b", "c", 0, False), ("c", "a", 0, False)])
    assert feasible([("a", "b", -1, False), ("b", "c", 0, False), ("c", "a", 1, False)])
    assert feasible([])


def test_an_address_that_may_differ_is_asked_for_with_the_claimed_one() -> None:
    when = "claim.account_email == order.account_email"
    assert verify(when) == ("claim.account_email", "order.account_email")
    assert verify(when, claim={"account_email": "a@example.org"}) == ("order.account_email",)


@pytest.mark.parametrize(
    ("paid", "outcome"), [("A@example.org", "approve"), ("b@example.org", "manual_review")]
)
def test_two_known_addresses_settle_whether_they_are_the_same(paid: str, outcome: str) -> None:
    when = "claim.account_email == order.account_email"
    known = {"claim": {"account_email": "a@example.org"}, "order": {"account_email": paid}}
    assert decided(when, **known).outcome == outcome
    assert verify(when, **known) == ()


def test_what_only_leads_from_one_denial_to_another_is_not_asked_for() -> None:
    policy = small(
        clause("1", "order.paid_twice", "approve", 'amount = "none"'),
        clause("2", "not order.paid_twice and verified.identity", "deny", 'amount = "whole"'),
        head='otherwise = "deny"\n',
    )
    assert decide(facts(), policy).verify == ("order.paid_twice",)


@pytest.mark.parametrize(
    ("stopped", "asked"), [("2026-05-01", ()), ("2026-06-10", ("order.product", "order.status"))]
)
def test_what_chooses_between_sums_is_asked_for_only_where_they_differ(
    stopped: str, asked: tuple[str, ...]
) -> None:
    policy = small(
        clause("1", "not derived.nothing_left", "approve", 'amount = "whole"'),
        head='[refund]\nmethod = "recalculated"\nperiod_products = ["plan"]\n',
    )
    order = {"amount": "9", "currency": "EUR", "cancelled_on": stopped}
    period = {"period_start": "2026-06-01", "period_end": "2026-07-01"}
    known = facts(claim={"reason": "cancellation"}, order={**order, **period})
    assert decide(known, policy).verify == (*asked, "usage")


def test_a_sum_that_must_leave_something_asks_for_all_that_it_is_worked_out_from() -> None:
    policy = small(
        clause("1", "not derived.nothing_left", "approve", 'amount = "whole"'),
        head='[refund]\nmethod = "recalculated"\nperiod_products = ["plan"]\n',
    )
    order = {
        "amount": "9",
        "currency": "EUR",
        "product": "plan",
        "status": "active",
        "period_start": "2026-06-01",
    }
    known = facts(claim={"reason": "cancellation", "requested_on": "2026-06-10"}, order=order, usage=[])
    assert decide(known, policy).verify == ("order.period_end",)


@pytest.mark.parametrize("key", ["order.cancelled_on", "verified.unusable_from"])
def test_a_date_that_another_stands_in_for_is_never_asked_for(key: str) -> None:
    assert decided(f"{key} is known").outcome == "manual_review"
    assert decided(f"{key} is not known").outcome == "approve"
    assert verify(f"{key} is known and claim.third_party") == ()
    assert verify(f"{key} is not known and claim.third_party") == ("claim.third_party",)


@pytest.mark.parametrize(
    ("known", "outcome"), [(False, "approve"), (True, "manual_review"), (None, "approve_if_verified")]
)
def test_a_condition_that_asks_for_a_no_is_met_by_a_no_alone(*, known: bool | None, outcome: str) -> None:
    found = decided("verified.identity is false", verified={"identity": known})
    assert found.outcome == outcome
    assert found.verify == (("verified.identity",) if known is None else ())


def test_a_ground_may_rest_on_what_no_clause_asks() -> None:
    policy = small(
        clause("1", "claim.reason == 'other'"), head='ground = "verified.bank_confirmation is true"\n'
    )
    order = {"amount": "1", "currency": "EUR"}
    for confirmed, ground in ((True, "other"), (False, None)):
        known = facts(claim={"reason": "other"}, order=order, verified={"bank_confirmation": confirmed})
        assert decide(known, policy).ground == ground
