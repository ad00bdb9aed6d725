import re
from itertools import product

import pytest

from rules.expr import Node, walk
from rules.facts import Facts
from rules.kleene import Kleene, Truth
from rules.parse import MAX_DEPTH, MAX_LENGTH, DateTerm, ExpressionError, Parser
from tests.rules.policies import facts


def parser() -> Parser:
    return Parser(
        {"last": DateTerm(fact="order.paid_on", days=7)}, {"stops": "claim.reason == 'cancellation'"}
    )


def value(text: str, known: Facts) -> Truth:
    return Kleene(known, lambda _basis: (None, ())).read(parser().parse(text))[0]


PAID = {"order": {"paid_on": "2026-06-01"}}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("true", True),
        ("False", False),
        ("stops", True),
        ("not stops", False),
        ("claim.reason != 'other'", True),
        ("claim.reason in ['other', 'cancellation']", True),
        ("claim.reason not in ('other',)", True),
        ("claim.reason is known", True),
        ("order.status is known", False),
        ("claim.sender_differs is true", False),
        ("claim.sender_differs is not true", True),
        ("claim.sender_differs is false", False),
        ("claim.sender_differs", None),
        ("claim.several_requests", False),
        ("claim.amount == 30", True),
        ("claim.amount < 30", False),
        ("claim.amount <= 30.0", True),
        ("claim.amount > 29.99", True),
        ("claim.amount >= 30.01", False),
        ("29 < claim.amount <= 30", True),
        ("claim.amount == order.amount", False),
        ("claim.method == order.method", True),
        ("claim.account_email == order.account_email", True),
        ("claim.account_email != order.account_email", False),
        ("claim.requested_on <= deadline.last", True),
        ("claim.requested_on < deadline.last", False),
        ("claim.requested_on >= '2026-06-08'", True),
        ("claim.requested_on > '2026-06-08'", False),
        ("'2026-06-08' == claim.requested_on", True),
        ("derived.days_after_payment <= 7", True),
        ("derived.days_after_payment < 7", False),
        ("derived.days_after_payment < 7.5", True),
        ("derived.days_after_payment > 6", True),
        ("derived.end_of_use == claim.requested_on", True),
        ("29 < claim.amount <= 29.5", False),
        ("order.amount <= 30.5", True),
        ("order.amount < 30.4", False),
        ("claim.requested_on < '2026-06-09'", True),
        ("deadline.last <= '2026-06-07'", False),
        ("deadline.last >= '2026-06-08'", True),
        ("derived.days_after_payment < 8", True),
        ("usage.fee", True),
        ("usage.period", False),
        ("order.cancelled_on is known", False),
        ("false", False),
        ("true".ljust(MAX_LENGTH), True),
        ("not " * (MAX_DEPTH - 1) + "stops", False),
        ("6.5 < derived.days_after_payment", True),
        ("7.5 < derived.days_after_payment", False),
        ("derived.days_after_activation < 5", True),
        ("derived.days_after_activation < 4", False),
        ("derived.days_after_delivery <= 3", True),
        ("derived.days_after_delivery <= 2", False),
        ("claim.third_party == order.paid_twice", True),
    ],
)
def test_the_language(text: str, wanted: Truth) -> None:
    known = facts(
        claim={
            "reason": "cancellation",
            "requested_on": "2026-06-08",
            "amount": "30",
            "method": "card",
            "account_email": "Ann@example.org",
            "third_party": True,
        },
        order={
            "amount": "30.40",
            "paid_on": "2026-06-01",
            "activated_on": "2026-06-04",
            "delivered_on": "2026-06-05",
            "paid_twice": True,
            "method": "card",
            "account_email": "ann@Example.org",
        },
        usage=[{"item": "fee", "amount": "1"}],
    )
    assert value(text, known) is wanted


def test_the_end_of_failed_use_is_the_day_of_cancelling_where_no_failure_is_dated() -> None:
    stopped = facts(claim={"requested_on": "2026-06-08"}, order={"cancelled_on": "2026-06-06"})
    failed = facts(order={"cancelled_on": "2026-06-06"}, verified={"unusable_from": "2026-06-05"})
    assert value("derived.end_of_failed_use == '2026-06-06'", stopped)
    assert value("derived.end_of_failed_use == '2026-06-05'", failed)
    assert value("derived.end_of_failed_use == '2026-06-05'", facts()) is None


@pytest.mark.parametrize("link", ["true and", "false or"])
def test_what_is_nested_as_deeply_as_may_be_is_read_and_no_deeper(link: str) -> None:
    deepest = "stops"
    for _ in range(MAX_DEPTH - 1):
        deepest = f"({link} {deepest})"
    assert value(deepest, facts(claim={"reason": "cancellation"}))
    with pytest.raises(ExpressionError, match="nested too deeply"):
        parser().parse(f"{link} {deepest}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("claim.reason ==", "cannot be read"),
        ("x" * (MAX_LENGTH + 1), "is longer than"),
        ("not " * MAX_DEPTH + "stops", "is nested too deeply"),
        ("__import__('os')", "which the language of conditions does not have"),
        ("claim.reason", "uses claim.reason as a condition"),
        ("claim.reson == 'other'", "did you mean claim.reason?"),
        ("stpos", "did you mean stops?"),
        ("nothing_like_it_at_all", "neither a fact nor a [define]"),
        ("a.b.c == 1", "a fact's name has one dot"),
        ("a.b.c", "a fact's name has one dot"),
        ("claim.reason == 'cancelation'", "did you mean 'cancellation'?"),
        ("claim.reason == 'zzzzzz'", "which it can never be"),
        ("claim.reason in 'other'", "has `in` without a list"),
        ("claim.reason in [other]", "where a word in quotes belongs"),
        ("nothing.here in ['x']", "names nothing.here"),
        ("claim.reason is odd", "after `is` stands known"),
        ("claim.reason is true", "after `is` stands known"),
        ("claim.reason is 'x'", "after `is` stands known"),
        ("nothing.here is known", "names nothing.here"),
        ("claim.reason == order.paid_on", "which is of another type"),
        ("claim.reason == nothing.here", "which is of another type"),
        ("claim.reason < 3", "neither a date nor a sum"),
        ("order.paid_on < 3", "compares date with number"),
        ("order.paid_on < 'soon'", "which is no date"),
        ("order.paid_on < order.paid_on", "two different facts"),
        ("order.paid_on < nothing.here", "names nothing.here"),
        ("derived.days_after_payment < derived.days_after_delivery", "two different facts"),
        ("claim.requested_on < deadline.none", "names deadline.none"),
        ("order.paid_on + 7 < claim.requested_on", "a fact's name has one dot"),
        ("claim.account_email < 'x'", "neither a date nor a sum"),
        ("usage.boat", "names usage.boat"),
        ("derived.days_after_payment < order.paid_on", "compares days with date"),
        ("derived.days_after_payment < order.amount", "compares days with money"),
        ("nothing_like_it_at_all", "neither a fact nor a [define]$"),
        ("claim.reason == 'zzzzzz'", "which it can never be$"),
    ],
)
def test_what_the_language_does_not_have_is_refused_with_a_remedy(text: str, told: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parser().parse(text)
    wanted = re.escape(told.removesuffix("$")) + ("$" if told.endswith("$") else r"(\W|$)")
    assert re.search(rf"(^|\W){wanted}", str(caught.value))


def test_a_define_may_not_use_itself_even_round_a_corner() -> None:
    looped = Parser({}, {"a": "b", "b": "not a"})
    with pytest.raises(ExpressionError, match="uses itself"):
        looped.parse("a")


def test_equal_atoms_are_one_object() -> None:
    one = parser()
    first, second = one.parse("order.paid_twice and stops"), one.parse("stops or order.paid_twice")
    atoms: list[set[Node]] = [set(walk(first)), set(walk(second))]
    assert len(atoms[0] & atoms[1]) == 2


TRUTHS: tuple[Truth, ...] = (True, False, None)


@pytest.mark.parametrize(("a", "b"), list(product(TRUTHS, TRUTHS)))
def test_false_wins_and_true_wins_or(a: Truth, b: Truth) -> None:
    verified = {key: truth for key, truth in (("identity", a), ("authority", b)) if truth is not None}
    known = facts(verified=verified)
    both = False if False in {a, b} else None if None in {a, b} else True
    either = True if True in {a, b} else None if None in {a, b} else False
    assert value("verified.identity and verified.authority", known) is both
    assert value("verified.identity or verified.authority", known) is either


def test_an_unknown_condition_hangs_on_its_unknown_facts_alone() -> None:
    known = facts(verified={"identity": True})
    node = parser().parse("verified.identity and verified.authority and claim.third_party")
    assert Kleene(known, lambda _basis: (None, ())).read(node) == (
        None,
        ("verified.authority", "claim.third_party"),
    )
