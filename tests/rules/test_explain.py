from intake.calendars import days_off
from rules.decide import decide
from rules.explain import explain_decision
from rules.facts import Facts
from tests.rules.policies import clause, facts, shipped_policies, small


def told(known: Facts, policy_id: str) -> list[str]:
    policy = shipped_policies().in_force(policy_id, None)
    return list(explain_decision(decide(known, policy, days_off(policy), note="a note"), policy))


def test_a_decision_is_told_clause_by_clause() -> None:
    lines = told(
        facts(
            claim={
                "reason": "cancellation",
                "requested_on": "2027-12-25",
                "account_email": "ann@example.org",
                "order_number": "A-1",
                "method": "card",
            },
            order={
                "amount": "30",
                "currency": "EUR",
                "product": "credits",
                "account_email": "bob@example.org",
            },
            verified={"identity": True},
            usage=[],
        ),
        "eofferix",
    )
    assert lines[0] == "eofferix 2026-05-24: approve_if_verified, ground cancellation"
    assert lines[1] == "amount: 30.00 EUR, to original"
    assert "clauses: 3, 8" in lines
    assert "to verify: claim.third_party, verified.authority" in lines
    assert "claim and order differ in: account_email" in lines
    assert "review_by: 2028-01-17 (provisional: that year's days off are not decreed yet)" in lines
    assert "[version]" in lines
    assert "    a note" in lines
    assert any(line.startswith("[open] 6.third_party -> hold_identity: ") for line in lines)
    assert any(line.startswith("[yes] 3.cancel -> approve: ") for line in lines)
    assert "    paid: 30 EUR" in lines
    assert lines[-1].startswith("[no] ")


def test_addresses_and_numbers_are_not_repeated() -> None:
    known = facts(
        claim={"account_email": "ann@example.org", "order_number": "A-1"},
        order={"account_email": "x@example.org"},
    )
    text = "\n".join(told(known, "eofferix"))
    assert "claim.account_email known" in text
    assert "example.org" not in text
    assert "A-1" not in text


def test_an_open_sum_and_a_final_day_are_told() -> None:
    lines = told(facts(claim={"reason": "duplicate_payment", "requested_on": "2026-06-08"}), "pars")
    assert "amount: not known, to original" in lines
    assert "refund_by: 2026-06-15" in lines
    assert "missing: account_email, order_number, amount, method" in lines


def test_a_retained_fee_is_warned_of_where_the_company_is_at_fault() -> None:
    known = facts(claim={"reason": "provider_fault"}, usage=[{"item": "fee", "amount": "1"}])
    assert any(line.startswith("[yes] 3.fee_retained -> note") for line in told(known, "eofferix"))
    listed = facts(claim={"reason": "provider_fault"}, usage=[])
    assert not any("3.fee_retained" in line for line in told(listed, "eofferix"))


def test_nothing_refuted_needs_no_last_line() -> None:
    policy = small(clause("1", "true"))
    lines = list(explain_decision(decide(facts(claim={"reason": "other"}), policy), policy))
    assert not lines[-1].startswith("[no]")


def test_a_short_decision_is_told_in_full() -> None:
    policy = small(
        clause("1", "order.paid_twice and verified.identity"),
        clause("2", "order.status == 'pending'", "deny"),
        clause("3", "claim.third_party", "deny"),
        head="[[alternative]]\nid = 'credit'\n[[alternative]]\nid = 'wait'\n",
    )
    known = facts(
        claim={"reason": "other", "third_party": False},
        order={"paid_twice": True, "status": "active", "amount": "5", "currency": "EUR"},
        verified={"identity": True},
    )
    assert list(explain_decision(decide(known, policy), policy)) == [
        "small 1: approve, ground other",
        "amount: 5.00 EUR, to original",
        "clauses: 1",
        "may be offered instead: credit, wait",
        "[yes] 1 -> approve: text of 1",
        "    order.paid_twice = true; verified.identity = true",
        "[calculation]",
        "    paid: 5 EUR",
        "    rounded half up, never below zero: 5.00 EUR",
        "[no] 2, 3",
    ]
