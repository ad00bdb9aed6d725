from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from intake.calendars import days_off
from rules.cases import EXPECTED, Case, CaseError, read_cases, run_case
from rules.check import check_policy
from rules.load import folders, load_cases, load_policy, shipped_folder
from rules.near import unproven
from rules.types import Policy

POLICIES = {folder.name: (load_policy(folder), load_cases(folder)) for folder in folders(shipped_folder())}


def every_case() -> Iterator[object]:
    for name, (policy, cases) in POLICIES.items():
        for case in cases:
            yield pytest.param(policy, case, id=f"{name}: {case.name}")


@pytest.mark.parametrize(("policy", "case"), list(every_case()))
def test_a_shipped_case_is_decided_as_written(policy: Policy, case: Case) -> None:
    assert list(run_case(case, policy, days_off(policy))) == []


@pytest.mark.parametrize("name", POLICIES)
def test_a_shipped_policy_has_no_dead_clause_no_conflict_and_no_gap(name: str) -> None:
    assert check_policy(POLICIES[name][0]) == []


@pytest.mark.parametrize("name", POLICIES)
def test_every_shipped_clause_is_fired_by_a_case_and_missed_by_one_fact_in_another(name: str) -> None:
    policy, cases = POLICIES[name]
    assert list(unproven(policy, cases)) == []


def test_there_are_cases_enough_and_no_two_of_a_name() -> None:
    for name, least in (("eofferix", 80), ("pars", 60)):
        names = [case.name for case in POLICIES[name][1]]
        assert len(set(names)) == len(names) >= least


def test_a_case_that_does_not_hold_says_what_was_decided() -> None:
    policy, cases = POLICIES["pars"]
    wrong = Case(name="wrong", facts=cases[0].facts, expect={"outcome": "deny", "ground": "", "missing": []})
    assert list(run_case(wrong, policy, days_off(policy))) == [
        "outcome: expected deny, decided approve",
        "ground: expected None, decided duplicate_payment",
    ]


def test_bad_cases_are_all_named() -> None:
    table = {
        "base": {"claim": {"reason": "other"}},
        "case": [
            {"name": "one", "expect": {"outcom": "deny"}},
            {"name": "two"},
            {"name": "three", "claim": {"reason": "nonsense"}, "expect": {"outcome": "deny"}},
            {"unknown": ["usage", "order.product", "claim"], "expect": {"outcome": "deny"}},
        ],
    }
    with pytest.raises(CaseError) as caught:
        read_cases(table)
    assert str(caught.value).splitlines() == [
        f"case one: cannot expect outcom; can: {', '.join(EXPECTED)}",
        "case two: expects nothing; say at least expect.outcome",
        "case three: claim.reason: " + caught.value.problems[2].partition("reason: ")[2],
    ]


def test_cases_of_a_wrong_shape_are_named() -> None:
    deny = {"outcome": "deny"}
    table = {
        "case": [
            3,
            {"expect": 3},
            {"unknown": "usage", "expect": deny},
            {"name": "four", "unknown": ["order.produkt", "order", 3], "expect": deny},
            {"claim": 3, "expect": deny},
        ]
    }
    with pytest.raises(CaseError) as caught:
        read_cases(table)
    assert caught.value.problems == (
        "case no. 1: must be a table, [[case]]",
        "case no. 2: expects nothing; say at least expect.outcome",
        'case no. 3: unknown must be a list of facts, like ["order.product"]',
        "case four: unknown names order.produkt, which is no fact",
        "case four: unknown names 3, which is no fact",
        "case no. 5: claim: must be an object",
    )
    for wrong in ({"base": 3}, {"case": {}}):
        with pytest.raises(CaseError, match=r"^facts stand under \[base\], and each case under \[\[case\]\]"):
            read_cases(wrong)


def test_a_case_changes_some_of_the_base_facts_and_takes_some_away() -> None:
    base = {
        "id": "x",
        "claim": {"reason": "other", "problem": True},
        "order": {"paid_on": date(2026, 6, 1), "amount": "1"},
        "usage": [],
    }
    deny = {"outcome": "deny"}
    rows = [
        {"expect": deny, "claim": {"reason": "cancellation"}, "verified": {"identity": True}},
        {"expect": deny, "unknown": ["order.paid_on", "order.status", "usage"]},
        {"expect": deny, "unknown": ["claim"], "claim": {"reason": "other"}},
    ]
    changed, less, least = [one.facts for one in read_cases({"base": base, "case": rows})]
    kept = {"order.paid_on": date(2026, 6, 1), "order.amount": Decimal(1)}
    assert changed.values == kept | {
        "claim.reason": "cancellation",
        "claim.problem": True,
        "verified.identity": True,
    }
    assert (changed.id, changed.usage, less.usage) == ("x", (), None)
    assert less.values == {"claim.reason": "other", "claim.problem": True, "order.amount": Decimal(1)}
    assert least.values == kept
    assert read_cases({}) == []
    assert read_cases({"case": [{"name": "n", "expect": deny}]})[0].facts.values == {}
