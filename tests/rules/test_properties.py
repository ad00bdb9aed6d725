"""What holds for every set of facts: knowing more, order of keys, never raising, what each outcome promises."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.calendars import days_off
from rules.decide import decide
from rules.explain import explain_decision
from rules.facts import FactErrors, check_facts
from rules.types import Decision
from rules.vocabulary import FACTS, USAGE_ITEMS
from tests.rules.policies import shipped_policies

Flat = dict[str, Any]
UNDATED = ("order.activated_on", "order.delivered_on")
CERTAIN = {"deny", "approve"}
slow = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def values(key: str) -> st.SearchStrategy[Any]:
    spec = FACTS[key]
    if spec.kind == "word":
        return st.sampled_from(spec.words)
    if spec.kind == "bool":
        return st.booleans()
    if spec.kind == "money":
        return st.sampled_from(["0", "0.3", "30", "30.00", "99.995", "9" * 38])
    if spec.kind == "currency":
        return st.sampled_from(["EUR", "JPY", "KWD"])
    if spec.kind == "text":
        return st.sampled_from(["ann@example.org", "Ann@Example.org", "bob@example.org"])
    near = st.dates(date(2026, 6, 1), date(2026, 6, 20))
    return st.one_of(near, near, st.sampled_from([date.min, date.max])).map(date.isoformat)


items = st.lists(
    st.fixed_dictionaries(
        {"item": st.sampled_from(USAGE_ITEMS), "amount": st.sampled_from(["0", "1.005", "30"])}
    ),
    max_size=2,
)
flat_facts = st.fixed_dictionaries(
    {}, optional={**{key: values(key) for key in FACTS}, "usage": items}
).filter(lambda f: f.get("order.period_start", "") < f.get("order.period_end", "9") and _consistent(f))
policies = st.sampled_from(["eofferix", "pars"])


def _consistent(f: Flat) -> bool:
    """Records that do not contradict each other: knowing more cannot be about those."""
    return f.get("order.status") != "pending" or not any(key in f for key in UNDATED)


def nest(flat: Flat) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in flat.items():
        group, _, name = key.partition(".")
        if name:
            found.setdefault(group, {})[name] = value
        else:
            found[group] = value
    return found


def judged(flat: Flat, policy: str) -> Decision:
    version = shipped_policies().in_force(policy, None)
    return decide(check_facts(nest(flat)), version, days_off(version))


@slow
@given(facts=flat_facts, policy=policies, data=st.data())
def test_knowing_less_of_a_certain_decision_never_contradicted_it(
    facts: Flat, policy: str, data: st.DataObject
) -> None:
    hidden = data.draw(st.sets(st.sampled_from(sorted(facts)))) if facts else set()
    hidden -= {
        "claim.several_requests",
        "order.cancelled_on",
        "verified.unusable_from",
    }  # these have a fallback
    if not _consistent_hiding(facts, hidden):
        return
    less = judged({key: value for key, value in facts.items() if key not in hidden}, policy)
    more = judged(facts, policy)
    if less.outcome == "deny":
        assert more.outcome in {"deny", "hold_identity"}
    if less.outcome == "approve":
        assert (more.outcome, more.refund, more.verify) == ("approve", less.refund, ())
    if less.refund.amount is not None and "claim.reason" not in hidden and not less.verify:
        assert more.refund.amount in {less.refund.amount, None}


def _consistent_hiding(facts: Flat, hidden: set[str]) -> bool:
    """A date that may never have happened and is not known counts as open, so it may be hidden freely."""
    return facts.get("order.status") != "pending" or not hidden & set(UNDATED)


@slow
@given(facts=flat_facts, policy=policies, data=st.data())
def test_the_order_of_keys_never_matters(facts: Flat, policy: str, data: st.DataObject) -> None:
    shuffled = dict(data.draw(st.permutations(list(facts.items()))))
    assert judged(facts, policy) == judged(shuffled, policy)


@slow
@given(facts=flat_facts, policy=policies)
def test_every_outcome_keeps_what_it_promises(facts: Flat, policy: str) -> None:
    decision = judged(facts, policy)
    plain = decision.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert list(decision.verify) == sorted(set(decision.verify))
    assert not set(decision.verify) & set(facts)
    assert not {"claim.several_requests", "order.cancelled_on", "verified.unusable_from"} & set(
        decision.verify
    )
    table = shipped_policies().in_force(policy, None).table
    assert [clause for clause in table if clause in decision.clauses] == list(decision.clauses)
    if decision.outcome == "approve":
        assert not decision.verify
        assert decision.refund.amount is not None
        assert not decision.missing
    if decision.outcome == "approve_if_verified":
        assert decision.verify
        assert decision.ground
    if decision.outcome == "needs_information":
        assert decision.missing
    if decision.outcome in {"deny", "hold_identity"}:
        assert decision.ground is None
        assert decision.alternatives == ()
    if decision.outcome == "deny":
        assert decision.verify == ()
        assert decision.refund.amount is None or Decimal(decision.refund.amount) == 0
        assert decision.clauses
    if decision.refund.amount is not None:
        assert 0 <= Decimal(decision.refund.amount) <= Decimal(facts.get("order.amount", "0")) + 1 or (
            "order.amount" not in facts and Decimal(decision.refund.amount) == 0
        )
    assert all(line for line in explain_decision(decision, shipped_policies().in_force(policy, None)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    obj=st.dictionaries(
        st.sampled_from(["id", "claim", "order", "verified", "usage", "x"]), json_values, max_size=4
    )
)
def test_anything_is_either_facts_or_named_problems(obj: dict[str, Any]) -> None:
    try:
        problems = [] if check_facts(obj).id == obj.get("id") else None
    except FactErrors as errors:
        problems = errors.problems or None
    assert problems is not None


@pytest.mark.parametrize("policy", ["eofferix", "pars"])
def test_nothing_known_asks_for_everything(policy: str) -> None:
    decision = judged({}, policy)
    assert decision.outcome == "needs_information"
    assert decision.missing == ("account_email", "order_number", "amount", "method", "reason")
    assert "claim.reason" not in decision.verify
