"""Rulings from memory: facts that no clause tells apart are ruled alike, and a remembered ruling is the one worked out."""

from datetime import date, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import ruling
from rules.decide import decide
from rules.facts import check_facts
from rules.pattern import Pattern, pattern
from rules.readings import Reader
from rules.ruling import Ruling, rule, ruled
from rules.types import Policy
from rules.vocabulary import FACTS
from tests.rules.policies import clause, facts, shipped_policies, small
from tests.rules.test_properties import Flat, flat_facts, nest, slow

SHIPPED = list(shipped_policies())
DAYS = small(
    clause("1", "claim.requested_on <= order.paid_on and order.paid_on < order.promised_by"),
    clause("2", "derived.days_after_delivery > 3 or order.delivered_on < '2026-06-10'", "deny"),
    clause("3", "claim.method == order.method and claim.problem is known", "hold_identity"),
    head='[settles]\n"order.paid_on" = ["order.promised_by", "order.activated_on"]\n',
)
SUMS = small(
    clause("1", "claim.amount <= order.amount or order.amount < 31", "manual_review"),
    clause("2", "derived.end_of_use >= order.period_start or derived.nothing_left"),
    clause("3", "claim.account_email != order.account_email or usage.fee", "cite"),
    head='[refund]\nmethod = "recalculated"\nperiod_products = ["plan", "vps"]\n'
    'failure_reasons = ["other"]\nprovided_from = { vps = "order.delivered_on" }\n',
)
POLICIES = {"eofferix": SHIPPED[0], "pars": SHIPPED[1], "days": DAYS, "sums": SUMS}
policies = st.sampled_from(list(POLICIES.values()))


def reader(flat: Flat, policy: Policy) -> Reader:
    return Reader(check_facts(nest(flat)), policy)


def seen(flat: Flat, policy: Policy) -> tuple[Pattern, Ruling]:
    one = reader(flat, policy)
    return pattern(policy, one.worlds), rule(one)


@slow
@given(facts=flat_facts, policy=policies)
def test_a_remembered_ruling_is_the_one_that_would_be_worked_out(facts: Flat, policy: Policy) -> None:
    assert ruled(reader(facts, policy)) == rule(reader(facts, policy))


def drawn(random: Random, key: str) -> Any:
    spec = FACTS[key]
    choices: dict[str, list[Any]] = {
        "word": list(spec.words),
        "bool": [True, False],
        "date": ["2026-06-01", "2026-06-05", "2026-06-09", "2026-06-12"],
        "money": ["0", "30", "31"],
        "currency": ["EUR", "JPY"],
        "text": ["ann@example.org", "Ann@example.org", "bob@example.org"],
    }
    return random.choice(choices[spec.kind])


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_facts_of_one_pattern_are_ruled_alike(policy: Policy) -> None:
    """Few facts, then one more of every kind: what a pattern leaves out must not matter."""
    random, rulings, met = Random(1), dict[Pattern, Ruling](), 0
    for count in (0, 0, 1, 1, 2, 3, 4):
        known = {key: drawn(random, key) for key in random.sample(sorted(FACTS), count)}
        for key in FACTS:
            flat = known | {key: drawn(random, key)}
            if flat.get("order.period_start", "") < flat.get("order.period_end", "9"):
                alike, wanted = seen(flat, policy)
                met += alike in rulings
                assert rulings.setdefault(alike, wanted) == wanted, flat
    assert met > 50


BETWEEN = [
    ("claim.requested_on <= order.paid_on and order.paid_on < order.promised_by", "days"),
    ("order.promised_by > order.paid_on and order.paid_on >= claim.requested_on", "days"),
    ("claim.amount <= order.amount and order.amount < 31", "sums"),
    ("31 > order.amount and order.amount >= claim.amount", "sums"),
]


@pytest.mark.parametrize(("condition", "kind"), BETWEEN)
def test_what_an_unknown_lies_between_is_no_other_matter(condition: str, kind: str) -> None:
    """Days or sums known at both sides of an unknown one: whether it can lie between them hangs on both."""
    policy = small(clause("1", condition), clause("2", "order.cancelled_on is known", "deny"))
    days = ["2026-06-01", "2026-06-02", "2026-06-05", "2026-06-09"]
    drawn_from: dict[str, list[Any]] = {
        key: [None, *(days if kind == "days" else ["29.99", "30.99", "31", "31.01"])]
        for key in (
            "claim.requested_on",
            "order.paid_on",
            "order.promised_by",
            "claim.amount",
            "order.amount",
        )
        if key in condition
    }
    for values in product(*drawn_from.values()):
        flat = {key: value for key, value in zip(drawn_from, values, strict=True) if value is not None}
        if kind == "sums":
            flat |= {"claim.currency": "EUR", "order.currency": "EUR"}
        assert ruled(reader(flat, policy)) == rule(reader(flat, policy)), flat


def test_whether_anything_is_left_is_asked_anew_for_every_sum() -> None:
    """Here only a condition reads the sums; no outcome has an amount."""
    policy = small(
        clause("1", "derived.nothing_left", "deny"),
        clause("2", "order.product == 'vps'", "manual_review"),
        head='[refund]\nmethod = "recalculated"\n',
    )
    outcomes = [
        decide(
            facts(
                claim={"reason": "other"},
                order={"product": "vps", "amount": "30", "currency": "EUR"},
                usage=[{"item": "fee", "amount": spent}],
            ),
            policy,
        ).outcome
        for spent in ("10", "30", "29.99", "31")
    ]
    assert outcomes == ["manual_review", "deny", "manual_review", "deny"]


def moved(flat: Flat, days: int) -> Flat:
    return {
        key: (date.fromisoformat(value) + timedelta(days=days)).isoformat()
        if key in FACTS and FACTS[key].kind == "date"
        else value
        for key, value in flat.items()
    }


@pytest.mark.parametrize("policy_id", ["eofferix", "pars"])
def test_days_that_are_moved_all_alike_are_of_one_pattern(policy_id: str) -> None:
    policy = shipped_policies().in_force(policy_id, None)
    flat: dict[str, Any] = {"claim.reason": "not_activated", "claim.requested_on": "2026-06-10"}
    paid = flat | {"order.paid_on": "2026-06-03", "claim.amount": "30"}
    for known in (flat, paid):
        for days in (-400, 1, 90):
            assert seen(moved(known, days), policy) == seen(known, policy)
    more = flat | {"claim.amount": "31", "claim.payment_date": "2026-06-01", "claim.order_number": "A-1"}
    assert seen(more, policy) == seen(flat, policy)


def test_what_is_remembered_stays_bounded_and_decides_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruling, "MAX_REMEMBERED", 2)
    policy = small(clause("1", "claim.reason == 'other' and verified.identity"))
    reasons = FACTS["claim.reason"].words
    first = [decide(facts(claim={"reason": reason}), policy) for reason in reasons]
    assert [decide(facts(claim={"reason": reason}), policy) for reason in reasons] == first
    assert [one.outcome for one in first].count("approve_if_verified") == 1
    assert len(ruling._remembered(policy)) <= 2
