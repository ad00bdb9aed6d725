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
