from collections.abc import Iterator

import pytest

from intake.calendars import days_off
from rules.cases import Case, CaseError, read_cases, run_case
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
    told = "\n".join(caught.value.problems)
    assert "case one: cannot expect outcom" in told
    assert "case two: expects nothing" in told
    assert "case three: claim.reason" in told
    assert len(caught.value.problems) == 3
