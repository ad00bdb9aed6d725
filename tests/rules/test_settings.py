"""A policy that sets everything, and what becomes of each setting."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from rules.expr import Const, Node, Or, Word
from rules.problems import PolicyError
from rules.read import digest, read_policy
from rules.types import Alternative, Deadline, RefundTerms
from tests.rules.policies import HEAD, clause, small

EVERYTHING = """
otherwise = "deny"
table = ["2", "1", "3"]
calendar = "DE"
timezone = "Europe/Berlin"
account_default = "sender"
support_addresses = ["help@example.org"]
authserv_ids = ["mx.example.org"]
ground = "claim.reason == 'other'"
needs_information_cites = ["2"]
proofs = ["verified.identity"]
[settles]
"verified.identity" = ["order.account_email"]
[define]
stopped = "claim.reason == 'cancellation'"
[refund]
method = "recalculated"
to = "wish"
period_products = ["plan", "vps"]
no_share_for = ["other"]
failure_reasons = ["provider_fault"]
provided_from = { plan = "order.activated_on" }
[deadline.claim_by]
from = ["order.delivered_on", "order.paid_on"]
days = 14
count = "business"
when_complete = true
unless = ["deny", "needs_information", "approve_if_verified"]
[deadline.plain]
from = "order.paid_on"
days = 3
[[required]]
field = "amount"
met = "claim.amount is known or order.paid_on is known"
when = "claim.reason == 'other'"
[[alternative]]
id = "credit"
when = "claim.reason == 'other'"
[[alternative]]
id = "always"
"""
POLICY = small(
    clause("1", "stopped"),
    clause(
        "2.part",
        "claim.reason == 'other'",
        "cite",
        'source = "page 2"\noverrides = ["1"]\namount = "cancelled"\n'
        'cites = ["2", "1"]\nbeside = ["deny", "approve"]\nopen = true\n',
    ),
    clause("3", "true", "deny"),
    head=EVERYTHING,
)


def words(node: Node) -> list[str]:
    assert isinstance(node, Word)
    return sorted(node.words)


def test_the_settings_of_the_whole_are_read() -> None:
    assert (POLICY.id, POLICY.title, POLICY.version, POLICY.language) == ("small", "Small", "1", "en")
    assert POLICY.in_force_from == date(2026, 1, 1)
    assert POLICY.otherwise == "deny"
    assert POLICY.table == ("2", "1", "3")
    assert (POLICY.calendar, POLICY.timezone) == ("DE", "Europe/Berlin")
    assert POLICY.account_default == "sender"
    assert POLICY.support_addresses == ("help@example.org",)
    assert POLICY.authserv_ids == ("mx.example.org",)
    assert words(POLICY.ground) == ["other"]
    assert POLICY.needs_information_cites == ("2",)
    assert POLICY.proofs == ("verified.identity",)
    assert POLICY.settles == {"verified.identity": ("order.account_email",)}
    assert POLICY.defines == {"stopped": "claim.reason == 'cancellation'"}


def test_what_is_left_out_has_a_default() -> None:
    plain = small(clause("1", "claim.reason == 'other'"), clause("2", "true", "deny"))
    assert (plain.calendar, plain.timezone, plain.account_default) == ("", "UTC", "none")
    assert plain.authserv_ids == plain.needs_information_cites == plain.proofs == ()
    assert not any((plain.deadlines, plain.defines, plain.settles))
    assert plain.refund == RefundTerms(recalculated=False)
    assert isinstance(plain.ground, Or)
    assert [words(node) for node in plain.ground.items] == [["other"]]


def test_the_terms_of_the_refund_are_read() -> None:
    assert POLICY.refund == RefundTerms(
        recalculated=True,
        to_wish=True,
        period_products=("plan", "vps"),
        no_share_for=("other",),
        failure_reasons=("provider_fault",),
        provided_from={"plan": "order.activated_on"},
    )


def test_deadlines_are_read() -> None:
    assert POLICY.deadlines == {
        "claim_by": Deadline(
            start=("order.delivered_on", "order.paid_on"),
            days=14,
            business=True,
            complete=True,
            unless=frozenset({"deny", "needs_information", "approve_if_verified"}),
        ),
        "plain": Deadline(start=("order.paid_on",), days=3),
    }


def test_what_is_required_and_what_is_offered_is_read() -> None:
    (row,) = POLICY.required
    assert row.field == "amount"
    assert row.facts == {"claim.amount"}
    assert isinstance(row.met, Or)
    assert words(row.when) == ["other"]
    credit, always = POLICY.alternatives
    assert (credit.id, words(credit.when)) == ("credit", ["other"])
    assert isinstance(always, Alternative)
    assert isinstance(always.when, Const)
    assert (always.id, always.when.value) == ("always", True)


def test_a_clause_is_read_with_all_that_it_sets() -> None:
    plain, part, denied = POLICY.rules
    assert (part.id, part.text, part.source) == ("2.part", "text of 2.part", "page 2")
    assert (part.when, part.then, part.amount) == ("claim.reason == 'other'", "cite", "cancelled")
    assert (part.overrides, part.cites, part.clause) == (("1",), ("2", "1"), "2")
    assert part.open
    assert part.beside == {"deny", "approve"}
    assert words(part.condition) == ["other"]
    assert plain.source == ""
    assert not any((plain.overrides, plain.beside))
    assert (plain.cites, plain.amount, plain.open) == (("1",), "claimed", True)
    assert (denied.amount, denied.open) == ("none", False)
    assert small(clause("1", "true")).rules[0].amount == "whole"


@pytest.mark.parametrize("table", [{"b": "é", "a": [date(2026, 1, 1)]}, {"a": [date(2026, 1, 1)], "b": "é"}])
def test_the_digest_is_the_sha_256_of_sorted_data_without_spaces(table: dict[str, object]) -> None:
    assert digest(table) == hashlib.sha256('{"a":["2026-01-01"],"b":"é"}'.encode()).hexdigest()


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("table = ['1', 3]\n", "table: must hold texts only"),
        ("authserv_ids = [3]\n", "authserv_ids: must hold texts only"),
        ("needs_information_cites = [3]\n", "needs_information_cites: must hold texts only"),
        ("[refund]\nno_share_for = [3]\n", "refund.no_share_for: must hold texts only"),
        ("[refund]\nfailure_reasons = ['x']\n", "refund.failure_reasons: names x, which does not exist here"),
        (
            "[deadline.claim_by]\nfrom = 'order.paid_on'\n",
            "deadline.claim_by.days: is missing; every policy needs it",
        ),
        (
            "[deadline.claim_by]\nfrom = 'order.paid_on'\ndays = 1\nunless = [3]\n",
            "deadline.claim_by.unless: must hold texts only",
        ),
        (
            "[deadline.claim_by]\nfrom = 3\ndays = 1\n",
            "deadline.claim_by.from: must name a fact that is a date, like order.paid_on",
        ),
        (
            "[deadline.claim_by]\nfrom = [['order.paid_on']]\ndays = 1\n",
            "deadline.claim_by.from: must name a fact that is a date, like order.paid_on",
        ),
        (
            "[deadline.claim_by]\nfrom = 'order.paid_on'\ndays = 1\nunless = ['denied']\n",
            "deadline.claim_by.unless: names denied, which does not exist here",
        ),
        ("[refund]\nprovided_from = 3\n", "refund.provided_from: must be a table"),
        (
            "[refund]\nprovided_from = { plan = ['order.paid_on'] }\n",
            "refund.provided_from.plan: must lead from a product to a fact that is a date",
        ),
        ("[refund]\nto = 'back'\n", "refund.to: must be one of original, wish"),
        ("[refund]\nno_share_for = ['x']\n", "refund.no_share_for: names x, which does not exist here"),
        (
            "[[required]]\nfield = 'amount'\nmet = 'x'\n",
            "required amount.met: names x, which is neither a fact nor a [define]",
        ),
        (
            "[[required]]\nfield = 'amount'\nmet = 'true'\nwhen = 'x'\n",
            "required amount.when: names x, which is neither a fact nor a [define]",
        ),
        ("[settles]\n'verified.identiti' = []\n", "settles.verified.identiti: is no fact"),
        ("[define]\nlate = 3\n", "define.late: must be a text in quotes"),
        (
            "[question.amount]\nen = 3\n",
            "question.amount: must have a text for en, and may for ru, de, fr, es",
        ),
        (
            "[question.amount]\nen = 'x'\nit = 'x'\n",
            "question.amount: must have a text for en, and may for ru, de, fr, es",
        ),
        ("alternative = [3]\n", "alternative no. 1: must be a table, [[alternative]]"),
        ("required = [3]\n", "required no. 1: must be a table, [[required]]"),
        ("otherwise = 'approve'\n", "otherwise: must be one of manual_review, deny"),
        (
            "[[alternative]]\nid = 'a'\nwords = 'x'\n",
            "alternative a.words: is no setting here; there are id, when",
        ),
        ("[[alternative]]\nwhen = 'true'\n", "alternative ?.id: is missing; every policy needs it"),
    ],
)
def test_a_setting_that_cannot_be_is_named_with_its_place(head: str, told: str) -> None:
    with pytest.raises(PolicyError) as caught:
        small(clause("1", "true"), head=head)
    assert [str(problem) for problem in caught.value.problems] == [told]


def test_each_clause_that_cannot_be_is_named() -> None:
    with pytest.raises(PolicyError) as caught:
        small(clause("1", "true", more="cites = 3"), clause("2", "true", more="source = 3"))
    assert [problem.place for problem in caught.value.problems] == ["clause 1.cites", "clause 2.source"]


def test_a_deadline_whose_days_are_no_number_is_named_though_a_clause_compares_with_it() -> None:
    head = "[deadline.last]\nfrom = 'order.paid_on'\ndays = '7'\n"
    with pytest.raises(PolicyError) as caught:
        small(clause("1", "claim.requested_on <= deadline.last"), head=head)
    assert [str(problem) for problem in caught.value.problems] == [
        "deadline.last.days: must be a whole number"
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"cites": [3]}, "clause 1.cites: must hold texts only"),
        ({"cites": ["9"]}, "clause 1.cites: names 9, which `table` does not list"),
        ({"id": "9.part"}, "clause 9.part.cites: names 9, which `table` does not list"),
        ({"amount": "all"}, "clause 1.amount: must be one of none, whole, claimed, cancelled"),
        ({"beside": ["approved"]}, "clause 1.beside: names approved, which does not exist here"),
    ],
)
def test_a_clause_says_only_what_exists(row: dict[str, object], told: str) -> None:
    more = "".join(f"{key} = {value!r}\n" for key, value in row.items() if key != "id")
    with pytest.raises(PolicyError) as caught:
        small(clause(str(row.get("id", "1")), "true", more=more), head="table = ['1']\n")
    assert [str(problem) for problem in caught.value.problems] == [told]


def test_a_note_needs_no_place_in_the_table() -> None:
    noted = small(clause("1", "true"), clause("house", "true", "note"), head="table = ['1']\n")
    assert noted.rules[1].clause == "house"


def test_what_is_no_clause_at_all_is_named() -> None:
    with pytest.raises(PolicyError) as caught:
        read_policy(HEAD + "clause = [3]\n", Path("x"))
    assert [str(problem) for problem in caught.value.problems] == [
        "clause no. 1: must be a table, [[clause]]"
    ]
    assert str(caught.value) == "x: clause no. 1: must be a table, [[clause]]"


def test_the_error_tells_every_problem_on_a_line() -> None:
    with pytest.raises(PolicyError) as caught:
        small(clause("1", "true", "aprove", "open = 3"), clause("2", "true", more="open = 3"))
    assert str(caught.value).splitlines() == [
        "small/policy.toml: clause 1.open: must be a true or false",
        "small/policy.toml: clause 2.open: must be a true or false",
    ]
