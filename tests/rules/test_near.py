from rules.cases import Case
from rules.facts import Facts
from rules.near import unproven
from tests.rules.policies import clause, facts, small


def case(known: Facts) -> Case:
    return Case(name="x", facts=known, expect={"outcome": "approve"})


def lacks(when: str, *known: Facts, head: str = "") -> list[str]:
    policy = small(clause("1", when), clause("2", "true", "note"), head=head)
    return [lack for _, lack in unproven(policy, [case(one) for one in known])]


NEVER_FIRED, NEVER_MISSED = "no case fires it", "no case misses it by one fact"
BOTH = "claim.third_party and order.paid_twice"


def test_without_cases_nothing_is_proven() -> None:
    assert lacks(BOTH) == [NEVER_FIRED, NEVER_MISSED]


def test_a_case_that_is_two_facts_away_does_not_just_miss() -> None:
    fired = facts(claim={"third_party": True}, order={"paid_twice": True})
    far = facts(claim={"third_party": False}, order={"paid_twice": False})
    near = facts(claim={"third_party": False}, order={"paid_twice": True})
    assert lacks(BOTH, fired, far) == [NEVER_MISSED]
    assert lacks(BOTH, near) == [NEVER_FIRED]
    assert lacks(BOTH, fired, near) == []


def test_each_kind_of_fact_can_be_missed_by_one() -> None:
    recalculated = '[refund]\nmethod = "recalculated"\n'
    day = {"requested_on": "2026-06-10"}
    for when, order in (
        ("claim.requested_on <= order.paid_on", {"paid_on": "2026-06-09"}),
        ("claim.requested_on > order.paid_on", {"paid_on": "2026-06-10"}),
        ("order.amount > 100", {"amount": "100"}),
        ("order.amount <= 100", {"amount": "100.01"}),
        ("order.delivered_on is known", {"paid_on": "2026-06-09"}),
        ("order.delivered_on is not known", {"delivered_on": "2026-06-09", "status": "pending"}),
        ("verified.identity is true", {}),
        ("order.status == 'active'", {"status": "pending"}),
        ("claim.account_email == order.account_email", {"account_email": "ann@example.org"}),
        ("usage.fee", {"amount": "1"}),
        ("derived.nothing_left", {"amount": "1", "currency": "EUR"}),
        ("order.product is not known", {"product": "plan"}),
        ("order.product is known", {}),
        ("order.currency is known", {}),
        ("verified.identity is known", {}),
        ("order.amount is known", {}),
        ("order.period_start is known", {}),
        ("claim.order_number is known", {}),
        ("order.currency is known and not derived.nothing_left", {"amount": "5"}),
        ("claim.requested_on <= order.paid_on", {}),
        ("'2026-06-11' <= claim.requested_on", {}),
        ("claim.requested_on < '2026-06-10'", {}),
        ("order.amount < 100", {"amount": "100"}),
        ("order.amount < 0.5", {"amount": "1"}),
        ("order.amount <= 0.5", {"amount": "1"}),
        ("claim.amount < order.amount", {"amount": "1"}),
        ("derived.end_of_use <= order.paid_on", {"paid_on": "2026-06-09"}),
        ("usage.fee and not derived.nothing_left", {"amount": "1", "currency": "EUR"}),
    ):
        missed = facts(claim=day, order=order, usage=[])
        assert lacks(when, missed, head=recalculated) == [NEVER_FIRED], when


def test_what_was_used_can_be_missed_by_one() -> None:
    recalculated = '[refund]\nmethod = "recalculated"\n'
    order = {"amount": "9" * 38, "currency": "EUR"}
    for when, item, amount in (
        ("not usage.fee", "fee", "1"),
        ("not derived.nothing_left", "other", "9" * 38),
        ("derived.nothing_left", "other", "1"),
        ("usage.fee and not derived.nothing_left", "other", "1"),
    ):
        missed = facts(order=order, usage=[{"item": item, "amount": amount}])
        assert lacks(when, missed, head=recalculated) == [NEVER_FIRED], when


def test_the_first_and_the_last_day_of_the_calendar_are_days() -> None:
    for when, day in (
        ("order.paid_on > claim.requested_on", "9999-12-30"),
        ("order.paid_on < claim.requested_on", "0001-01-02"),
    ):
        assert lacks(when, facts(claim={"requested_on": day})) == [NEVER_FIRED]


def test_a_case_that_fires_is_no_near_miss_of_its_own() -> None:
    fired = facts(claim={"reason": "other"})
    assert lacks("claim.reason in ['other', 'cancellation']", fired) == [NEVER_MISSED]


def test_a_clause_after_a_note_is_looked_at_too() -> None:
    policy = small(clause("1", "claim.third_party", "note"), clause("2", "claim.third_party"))
    assert list(unproven(policy, [])) == [("2", NEVER_FIRED), ("2", NEVER_MISSED)]


def test_what_no_single_fact_can_mend_is_no_near_miss() -> None:
    assert lacks("claim.requested_on <= order.paid_on", facts()) == [NEVER_FIRED, NEVER_MISSED]
    ends = facts(claim={"requested_on": "9999-12-31"})
    assert lacks("order.paid_on > claim.requested_on", ends) == [NEVER_FIRED, NEVER_MISSED]


def test_a_rule_that_another_beats_has_not_fired() -> None:
    policy = small(
        clause("1", "claim.third_party", "deny"),
        clause("2", "claim.third_party", "manual_review", 'overrides = ["1"]'),
    )
    found = list(unproven(policy, [case(facts(claim={"third_party": True}))]))
    assert ("1", NEVER_FIRED) in found
    assert ("2", NEVER_FIRED) not in found
