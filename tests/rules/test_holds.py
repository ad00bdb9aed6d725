from rules.decide import decide
from rules.types import Decision
from tests.rules.policies import clause, facts, small

POLICY = small(
    clause("1", "not verified.identity", "hold_identity"),
    clause("2", "order.paid_twice", "approve", 'amount = "none"'),
    head='proofs = ["verified.identity", "verified.authority"]\n',
)


def decided(*, identity: bool | None, paid_twice: bool | None = None) -> Decision:
    return decide(facts(verified={"identity": identity}, order={"paid_twice": paid_twice}), POLICY)


def test_while_a_proof_has_failed_what_matters_after_it_succeeds_is_still_asked_for() -> None:
    held = decided(identity=False)
    assert held.outcome == "hold_identity"
    assert held.verify == ("order.paid_twice",)
    assert (held.ground, held.alternatives) == (None, ())


def test_a_hold_that_is_only_possible_is_asked_about_and_does_not_stop() -> None:
    open_ = decided(identity=None, paid_twice=True)
    assert open_.outcome == "approve_if_verified"
    assert open_.verify == ("verified.identity",)


def test_once_proven_the_rest_decides() -> None:
    assert decided(identity=True, paid_twice=True).outcome == "approve"
    assert decided(identity=True, paid_twice=False).outcome == "manual_review"
    assert decided(identity=True).verify == ("order.paid_twice",)


def test_an_alternative_is_offered_where_its_condition_is_certain() -> None:
    offered = '[[alternative]]\nid = "later"\nwhen = "not (order.delivered_on is known)"\n'
    policy = small(clause("1", "order.paid_twice"), head=offered)
    for status, found in (("pending", ("later",)), ("active", ()), (None, ())):
        assert decide(facts(order={"status": status}), policy).alternatives == found


def test_behind_a_certain_denial_only_what_the_hold_itself_rests_on_is_asked_for() -> None:
    proofs = 'proofs = ["verified.identity"]\n'
    deny = clause("3", "true", "deny")
    twice = clause("1", "order.paid_twice", "hold_identity")
    sure = small(twice, clause("2", "not verified.identity", "hold_identity"), deny, head=proofs)
    either = clause("2", "not order.paid_twice and not verified.identity", "hold_identity")
    open_ = small(twice, either, deny, head=proofs)
    known = facts(verified={"identity": False})
    for policy, verify in ((sure, ()), (open_, ("order.paid_twice",))):
        decision = decide(known, policy)
        assert (decision.outcome, decision.verify) == ("hold_identity", verify)


def test_what_a_missing_field_brings_is_not_asked_for_again() -> None:
    field = '[[required]]\nfield = "reason"\nmet = "claim.reason is known"\n'
    when = "claim.reason == 'other' and verified.identity"
    policy = small(clause("1", when, "approve", 'amount = "none"'), head=field)
    asked = decide(facts(), policy)
    assert (asked.outcome, asked.missing) == ("needs_information", ("reason",))
    assert asked.verify == ("verified.identity",)
    told = decide(facts(claim={"reason": "other"}), policy)
    assert (told.outcome, told.missing, told.verify) == ("approve_if_verified", (), ("verified.identity",))
