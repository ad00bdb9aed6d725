import pytest

from rules.decide import decide
from rules.facts import Facts
from rules.types import Step
from tests.rules.policies import clause, facts, small


def steps(known: Facts, *clauses: str, note: str | None = None) -> list[Step]:
    return [
        step for step in decide(known, small(*clauses), note=note).steps if not step.rule.startswith("sum.")
    ]


@pytest.mark.parametrize(
    ("when", "known", "told"),
    [
        ("usage.fee", {}, "usage unknown"),
        ("usage.fee", {"usage": []}, "usage = 0 items"),
        ("usage.fee", {"usage": [{"item": "fee", "amount": "1"}] * 2}, "usage = 2 items"),
        ("order.paid_twice", {"order": {"paid_twice": True}}, "order.paid_twice = true"),
        ("order.paid_twice", {"order": {"paid_twice": False}}, "order.paid_twice = false"),
        ("order.paid_twice", {}, "order.paid_twice unknown"),
        ("order.status == 'active'", {}, "order.status unknown"),
        (
            "order.delivered_on is known",
            {"order": {"delivered_on": "2026-06-01"}},
            "order.delivered_on = 2026-06-01",
        ),
        ("claim.reason == 'other'", {"claim": {"reason": "other"}}, "claim.reason = other"),
        ("order.paid_on is known", {"order": {"paid_on": "2026-06-01"}}, "order.paid_on = 2026-06-01"),
        ("derived.nothing_left", {"order": {"amount": "5", "currency": "EUR"}}, "usage unknown"),
        ("order.amount > 5", {"order": {"amount": "7.50"}}, "order.amount = 7.50"),
    ],
)
def test_a_step_tells_the_facts_that_it_rests_on(when: str, known: dict[str, object], told: str) -> None:
    (step,) = steps(facts(**known), clause("1", when))
    assert step.because == (told,)
    assert (step.value is None) is told.endswith(" unknown")


def test_a_settled_condition_rests_on_all_that_settles_it_and_an_open_one_on_what_is_open() -> None:
    both = clause("1", "order.paid_twice and claim.third_party")
    for third, told in (
        (True, ("order.paid_twice = true", "claim.third_party = true")),
        (False, ("claim.third_party = false",)),
        (None, ("claim.third_party unknown",)),
    ):
        (step,) = steps(facts(order={"paid_twice": True}, claim={"third_party": third}), both)
        assert (step.value, step.because) == (third, told)


@pytest.mark.parametrize(("fee", "left"), [("5", False), ("4", True)])
def test_a_settled_sum_is_told_by_the_payment_and_what_was_used(fee: str, *, left: bool) -> None:
    known = facts(order={"amount": "5", "currency": "EUR"}, usage=[{"item": "fee", "amount": fee}])
    (step,) = steps(known, clause("1", "not derived.nothing_left"))
    assert step.because == ("order.amount = 5", "usage = 1 items")
    assert step.value is left


@pytest.mark.parametrize(("status", "value"), [(None, None), ("active", None), ("pending", False)])
def test_a_day_that_may_never_have_come_rests_on_what_proves_so(
    status: str | None, *, value: bool | None
) -> None:
    (step,) = steps(facts(order={"status": status}), clause("1", "order.delivered_on is known"))
    assert step.value is value
    assert step.because[0] == "order.delivered_on unknown"
    assert step.because[1].startswith("order.status ")


def test_an_address_is_never_repeated_in_a_step() -> None:
    known = facts(claim={"account_email": "ann@example.org"}, order={"account_email": "bob@example.org"})
    (step,) = steps(known, clause("1", "claim.account_email == order.account_email"))
    assert step.because == ("claim.account_email known", "order.account_email known")
    assert step.value is False
    known = facts(claim={"currency": "EUR"}, order={"currency": "EUR"})
    (step,) = steps(known, clause("1", "claim.currency == order.currency"))
    assert step.because == ("claim.currency = EUR", "order.currency = EUR")


def test_a_note_that_does_not_apply_is_left_out_and_what_follows_is_told() -> None:
    noted = clause("0", "order.paid_twice", "note")
    after = clause("1", "claim.reason is known")
    for twice, told in ((True, ["0", "1"]), (False, ["1"])):
        found = steps(facts(order={"paid_twice": twice}), noted, after)
        assert [step.rule for step in found] == told


def test_why_this_version_judges_comes_first() -> None:
    first, _ = steps(facts(), clause("1", "true"), note="the newest version judges")
    assert first == Step(rule="version", clause=None, value=True, because=("the newest version judges",))


def test_the_calculation_comes_last_by_the_name_of_its_kind() -> None:
    recalculated = '[refund]\nmethod = "recalculated"\n'
    order = {"amount": "5", "currency": "EUR"}
    for head, name in (("", "sum.whole"), (recalculated, "sum.plain")):
        known = facts(claim={"reason": "other"}, order=order, usage=[])
        assert decide(known, small(clause("1", "true"), head=head)).steps[-1].rule == name
