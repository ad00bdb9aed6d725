import pytest

from rules.check import check_policy
from rules.types import Policy
from tests.rules.policies import clause, small

RECALCULATED = '[refund]\nmethod = "recalculated"\nperiod_products = ["plan"]\n'
STOP = "claim.reason == 'cancellation'"


def errors(policy: Policy) -> list[str]:
    return [str(found) for found in check_policy(policy) if found.level == "error"]


def gaps(policy: Policy) -> dict[str, str]:
    return {found.place: found.detail for found in check_policy(policy) if found.level == "gap"}


def test_a_condition_that_can_never_be_true_is_dead() -> None:
    never = clause("1.never", STOP + " and claim.reason == 'other'")
    assert errors(small(never)) == ["error: clause 1.never: can never be true; mend its `when`"]


def test_every_dead_clause_is_named_whatever_stands_before_it() -> None:
    never = STOP + " and claim.reason == 'other'"
    told = errors(
        small(clause("0", "true", "note"), clause("1", never), clause("2", STOP), clause("3", never, "cite"))
    )
    assert [line.split(":")[1] for line in told] == [" clause 1", " clause 3"]


def test_dates_that_exclude_each_other_are_dead_too() -> None:
    when = "order.paid_on > claim.requested_on and claim.requested_on > order.promised_by and order.promised_by > order.paid_on"
    assert len(errors(small(clause("1", when)))) == 1
    assert not errors(
        small(
            clause(
                "1", when.replace("order.promised_by > order.paid_on", "order.promised_by < order.paid_on")
            )
        )
    )


def test_sums_that_exclude_each_other_are_dead_too() -> None:
    assert errors(small(clause("1", "order.amount > 100 and order.amount < 50")))
    assert errors(small(clause("1", "order.amount > 100 and order.amount <= 100")))
    assert not errors(small(clause("1", "order.amount >= 100 and order.amount <= 100")))


def test_a_clause_that_another_always_beats_is_dead() -> None:
    deny = clause("1.all", "true", "deny")
    told = errors(small(deny, clause("2.stop", STOP)))
    assert told == [
        "error: clause 2.stop: every case is decided by a clause above it; give it `overrides`, or take it out"
    ]
    review = clause("2.stop", STOP, "manual_review", 'overrides = ["1.all"]')
    assert not errors(small(deny, review))
    stopped, twice = clause("1", STOP, "deny"), clause("3", "order.paid_twice")
    assert [line.split(":")[1] for line in errors(small(stopped, clause("2", STOP), twice))] == [" clause 2"]


def test_two_clauses_that_give_different_sums_are_a_conflict_until_one_overrides() -> None:
    one = clause("1.some", STOP, "approve", 'amount = "claimed"')
    two = clause("2.all", "order.paid_twice", "approve", 'amount = "whole"')
    assert errors(small(one, two, head=RECALCULATED)) == [
        "error: clause 1.some: gives another sum than 2.all where both are true; let one override the other"
    ]
    won = clause("2.all", "order.paid_twice", "approve", 'amount = "whole"\noverrides = ["1.some"]')
    assert not errors(small(one, won, head=RECALCULATED))


def test_a_conflict_is_found_behind_clauses_that_agree() -> None:
    agreed = clause("1", "verified.identity", "approve", 'amount = "whole"')
    one = clause("2", STOP, "approve", 'amount = "whole"')
    two = clause("3", "order.paid_twice", "approve", 'amount = "claimed"')
    told = errors(small(agreed, one, two, head=RECALCULATED))
    assert [line.split(" gives")[0] for line in told] == ["error: clause 1:", "error: clause 2:"]


def test_two_sums_that_are_the_same_wherever_both_clauses_are_true_are_no_conflict() -> None:
    one = clause("1", STOP, "approve", 'amount = "claimed"')
    two = clause("2", STOP + " and order.paid_twice", "approve", 'amount = "cancelled"')
    assert not errors(small(one, two, head=RECALCULATED))


def test_two_clauses_that_override_each_other_are_a_conflict() -> None:
    one = clause("1", STOP, "deny", 'overrides = ["2"]')
    two = clause("2", STOP + " or order.paid_twice", "manual_review", 'overrides = ["1"]')
    assert "error: clause 1: overrides 2 and is overridden by it" in errors(small(one, two))


def test_business_days_need_a_calendar() -> None:
    line = '[deadline.review_by]\nfrom = "claim.requested_on"\ndays = 3\ncount = "business"\n'
    (told,) = errors(small(clause("1", "true"), head=line))
    assert told == 'error: deadline.review_by: counts business days; set calendar, like calendar = "DE"'
    assert not errors(small(clause("1", "true"), head='calendar = "DE"\n' + line))


def test_gaps_are_listed_by_reason_with_an_example() -> None:
    when = STOP + " and order.product == 'plan' and order.delivered_on is not known and not usage.fee"
    when += " and claim.requested_on <= order.paid_on and claim.account_email == order.account_email and not order.paid_twice"
    found = gaps(small(clause("1", when)))
    assert found["other"] == "no clause decides it whatever else holds: the outcome is manual_review"
    assert found["cancellation"].startswith("no clause decides it where order.product = ")
    assert len(found) == 13


def test_every_kind_of_fact_is_told_in_words() -> None:
    told = {
        "not (order.delivered_on is known)": "order.status = pending, order.delivered_on known",
        "order.delivered_on is known": "order.status = pending, order.delivered_on unknown",
        "not usage.fee": "usage lists a fee",
        "claim.requested_on > order.paid_on": "claim.requested_on - order.paid_on at most 0",
        "claim.account_email != order.account_email": "claim.account_email = order.account_email",
        "not order.paid_twice": "order.paid_twice = true",
        "not derived.nothing_left": "nothing is left",
        "usage.fee": "usage lists no fee",
        "claim.requested_on <= order.paid_on": "claim.requested_on - order.paid_on more than 0",
        "claim.account_email == order.account_email": "claim.account_email ≠ order.account_email",
        "order.paid_twice": "order.paid_twice = false",
        "order.amount > 100": "order.amount - 0 at most 100",
        "order.paid_twice and claim.third_party or usage.fee": "order.paid_twice = false, usage lists no fee",
        "order.status == 'pending'": "order.status = active",
        "derived.nothing_left": "something is left",
    }
    for when, words in told.items():
        found = gaps(small(clause("1", when), head='[refund]\nmethod = "recalculated"\n'))
        assert found["other"] == f"no clause decides it where {words}: the outcome is manual_review", when


def test_no_gap_where_everything_is_decided() -> None:
    assert check_policy(small(clause("1", "true"))) == []


def test_a_policy_without_an_outcome_leaves_everything_open() -> None:
    assert len(gaps(small(clause("1", "true", "note")))) == 13


def test_a_policy_too_entangled_is_not_proved_and_never_called_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rules.diagram.MAX_NODES", 20)
    (found,) = check_policy(small(clause("1", STOP)))
    assert (found.level, found.place) == ("error", "policy")
    assert "not proved" in found.detail


def test_a_clause_that_says_false_can_never_be_true() -> None:
    found = check_policy(small(clause("1", "true"), clause("2", "false", "deny")))
    assert [str(finding) for finding in found] == [
        "error: clause 2: can never be true; mend its `when`",
    ]
