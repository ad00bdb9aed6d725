from pathlib import Path

import pytest

from rules.problems import PolicyError
from rules.read import read_policy
from tests.rules.policies import HEAD, clause, small


def problems(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        read_policy(text, Path("p/policy.toml"))
    return [str(problem) for problem in caught.value.problems]


def test_a_small_policy_is_read_with_its_defaults() -> None:
    policy = small(clause("1.a", "claim.reason == 'cancellation'"))
    assert policy.otherwise == "manual_review"
    assert policy.account_default == "none"
    assert policy.table == ("1",)
    assert policy.rules[0].amount == "whole"
    assert policy.rules[0].open
    assert not policy.refund.recalculated


def test_what_is_no_toml_says_where() -> None:
    assert problems("id = ")[0].startswith("file: is no TOML")


def test_a_missing_setting_an_unknown_one_and_a_wrong_type_are_all_named() -> None:
    told = problems('id = "x"\ncolour = "red"\ntitle = 3\n')
    assert any(line.startswith("colour: is no setting here") for line in told)
    assert "title: must be a text in quotes" in told
    assert "version: is missing; every policy needs it" in told
    assert "clause: is missing; every policy needs it" in told


def test_a_date_in_quotes_is_no_date() -> None:
    head = HEAD.replace("2026-01-01", '"2026-01-01"')
    assert problems(head + clause("1", "true")) == [
        "in_force_from: must be a date without quotes, like 2026-05-24"
    ]


WRONG_EVERYWHERE = """
otherwise = "perhaps"
account_default = "nobody"
support_addresses = [3]
proofs = ["verified.nothing"]
ground = "claim.reson == 'other'"
table = ["1"]
[settles]
"verified.identity" = ["order.nothing"]
"verified.authority" = "order.account_email"
[define]
loop = "loop"
broken = "claim.reason =="
[refund]
method = "half"
colour = 1
period_products = ["boat"]
[refund.provided_from]
boat = "order.paid_on"
[deadline]
plain = 3
[deadline.claim_by]
from = "order.amount"
days = 3
[deadline.refund_by]
from = ["order.paid_on"]
days = true
count = "weeks"
[[required]]
met = "claim.reason is known"
[[alternative]]
id = "x"
when = "claim.reason is odd"
[question.x]
ru = "только"
"""
TOLD = (
    "otherwise: must be one of",
    "account_default: must be one of",
    "support_addresses: must hold texts only",
    "proofs: names verified.nothing",
    "ground: names claim.reson, which is neither a fact nor a [define]; did you mean claim.reason?",
    "settles.verified.identity: names order.nothing",
    "settles.verified.authority: must be a list",
    "define.loop: [define] loop uses itself",
    "define.broken: cannot be read",
    "refund.method: must be one of",
    "refund.colour: is no setting here",
    "refund.period_products: names boat",
    "refund.provided_from.boat: must lead from a product",
    "deadline.plain: must be a table",
    "deadline.claim_by.from: must name a fact that is a date",
    "deadline.refund_by.days: must be a whole number",
    "deadline.refund_by.count: must be one of",
    "required ?.field: is missing",
    "alternative x.when: asks what claim.reason is",
    "question.x: must have a text for en",
    "clause 1.then: must be one of",
    "clause 1.when: names claim.reson",
    "clause 1.overrides: names 2",
)
"""How each of its problems begins."""


def test_every_problem_of_every_part_is_named_at_once() -> None:
    last = clause("1", "claim.reson == 'other'", "aprove", 'overrides = ["2"]')
    found = problems(HEAD + WRONG_EVERYWHERE + last)
    for start in TOLD:
        assert any(line.startswith(start) for line in found), start


def test_a_clause_that_stands_twice_or_lacks_a_part_is_named() -> None:
    twice = clause("1", "true")
    assert problems(HEAD + twice + twice) == [
        "clause 1.id: stands twice; give each rule its own part, like 2.duplicate"
    ]
    assert problems(HEAD + "[[clause]]\ntext = 'x'\nwhen = 3\n") == [
        "clause no. 1.when: must be a text in quotes",
        "clause no. 1.id: is missing; every policy needs it",
        "clause no. 1.then: is missing; every policy needs it",
    ]


def test_an_alternative_without_a_condition_and_one_of_a_wrong_type() -> None:
    alternatives = '[[alternative]]\nid = "a"\n[[alternative]]\nid = "b"\nwhen = 3\n'
    assert problems(HEAD + alternatives + clause("1", "true")) == [
        "alternative b.when: must be a text in quotes"
    ]


def test_lists_of_a_wrong_type_are_named_once() -> None:
    assert problems(HEAD + clause("1", "true", "approve", 'overrides = "2"')) == [
        "clause 1.overrides: must be a list"
    ]


def test_the_digest_is_of_the_data_not_of_its_layout() -> None:
    text = HEAD + clause("1", "true")
    one = read_policy(text, Path("a"))
    two = read_policy("# a comment\n" + text.replace(" = ", "="), Path("b"))
    three = read_policy(text.replace('"Small"', '"Other"'), Path("c"))
    assert one.digest == two.digest != three.digest
    assert len(one.digest) == 64


def test_a_policy_may_ask_in_its_own_words() -> None:
    policy = small(clause("1", "true"), head='[question.amount]\nen = "How much?"\n')
    assert policy.question("amount", "en") == "How much?"
    assert policy.question("amount", "ru") == "How much?"
    assert "Konto" in policy.question("account_email", "de")
    with pytest.raises(KeyError):
        policy.question("order.product", "en")
