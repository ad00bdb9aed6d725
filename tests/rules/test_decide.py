from rules.decide import decide
from rules.facts import check_facts
from tests.rules.policies import clause, shipped_policies, small


def test_a_claimed_double_payment_is_approved_once_the_second_payment_is_verified() -> None:
    claim = {
        "reason": "duplicate_payment",
        "account_email": "ann@example.org",
        "order_number": "A-1",
        "third_party": False,
        "lost_email_access": False,
        "sender_differs": False,
        "requested_on": "2026-06-10",
    }
    order = {"amount": "49.00", "currency": "EUR", "method": "card", "account_email": "Ann@example.org"}
    policy = shipped_policies().in_force("eofferix", None)
    decision = decide(check_facts({"id": 7, "claim": claim, "order": order}), policy).to_dict()
    assert decision["id"] == 7
    assert decision["outcome"] == "approve_if_verified"
    assert decision["ground"] == "duplicate_payment"
    assert decision["clauses"] == ["2", "3", "8"]
    assert decision["verify"] == ["order.paid_twice", "usage", "verified.identity"]


def test_a_hold_by_one_rule_or_the_other_is_a_hold() -> None:
    policy = small(
        clause("1", "order.paid_twice", "hold_identity"),
        clause("2", "not order.paid_twice", "hold_identity"),
        clause("3", "claim.reason is known"),
    )
    decision = decide(check_facts({"claim": {"reason": "other"}}), policy)
    assert decision.outcome == "hold_identity"
    assert decision.refund.amount is None
    assert decision.clauses == ()


def test_a_decision_is_written_as_the_contract_says() -> None:
    policy = small(
        clause("1.a", "claim.reason == 'other' and verified.identity"),
        head='[deadline.claim_by]\nfrom = "order.paid_on"\ndays = 7\n',
    )
    known = {
        "claim": {"reason": "other"},
        "order": {"paid_on": "2026-06-01", "amount": "2", "currency": "EUR"},
    }
    assert decide(check_facts(known), policy).to_dict() == {
        "policy": "small",
        "policy_version": "1",
        "outcome": "approve_if_verified",
        "ground": "other",
        "refund": {"amount": "2.00", "currency": "EUR", "to": "original"},
        "clauses": ["1"],
        "missing": [],
        "verify": ["verified.identity"],
        "conflicts": [],
        "deadlines": {"claim_by": "2026-06-08", "review_by": None, "refund_by": None, "provisional": []},
        "alternatives": [],
        "policy_digest": policy.digest,
        "steps": [
            {"rule": "1.a", "clause": "1", "value": None, "because": ["verified.identity unknown"]},
            {
                "rule": "sum.whole",
                "clause": None,
                "value": True,
                "because": ["paid: 2 EUR", "rounded half up, never below zero: 2.00 EUR"],
            },
        ],
    }


def test_where_it_is_in_doubt_that_money_is_asked_for_a_person_looks_first() -> None:
    facts = check_facts(
        {"claim": {"reason": "duplicate_payment"}, "order": {"amount": "49.00", "currency": "EUR"}}
    )
    policy = shipped_policies().in_force("eofferix", None)
    decision = decide(facts, policy, doubt="kind = other, in doubt")
    assert decision.outcome == "manual_review"
    assert (decision.ground, decision.refund.amount, decision.clauses, decision.verify) == (
        None,
        None,
        (),
        (),
    )
    assert decision.missing == ("account_email", "method")  # to be asked for all the same
    held = check_facts({"claim": {"reason": "duplicate_payment", "third_party": True}})
    assert decide(held, policy, doubt="kind = other, in doubt").outcome == "hold_identity"
    first = decision.steps[0]
    assert (first.rule, first.value, first.because) == ("request", None, ("kind = other, in doubt",))
