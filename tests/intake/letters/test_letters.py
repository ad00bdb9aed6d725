"""What letters say, in every language, and to whom."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from babel.numbers import format_currency

from intake.casework.identity import Relation
from intake.errors import ConfigError
from intake.letters.address import LetterError, addressee, in_doubt
from intake.letters.basis import Basis
from intake.letters.check import check_texts
from intake.letters.content import context, fitting_kind, questions
from intake.letters.kinds import LANGUAGES, LetterKind
from intake.letters.template import Filled, texts
from intake.redaction.text import sealed
from rules.types import Step
from tests.intake.letters.samples import OWN, POLICIES, REDACTOR, basis, decided
from tests.intake.store import make

EOFFERIX = POLICIES["eofferix"]
DOUBT = [relation for relation in Relation if relation is not Relation.MATCH]


def written(kind: LetterKind, case: Basis | None = None, language: str = "en") -> Filled:
    found = replace(case or basis(), language=language)
    told = texts(language)
    return told.fill(kind, context(found, POLICIES[found.policy], kind, told, "Eofferix"), REDACTOR)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_letter_asks_for_everything_in_the_customers_language(language: str) -> None:
    letter = written(LetterKind.ASK, language=language)
    for key in ("order_number", "method", "order.paid_twice"):
        assert EOFFERIX.question(key, language) in letter.text.text
        assert f"<li>{EOFFERIX.question(key, language).replace(chr(39), '&#39;')}</li>" in letter.html
    assert EOFFERIX.question("verified.identity", language) not in letter.text.text  # it came authenticated
    assert f'<html lang="{language}">' in letter.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_that_asks_for_proof_tells_nothing_of_the_case(language: str) -> None:
    case = basis(identity=Relation.DIFFERENT_ADDRESS)
    letter = written(LetterKind.PROOF, case, language)
    assert EOFFERIX.question("verified.identity", language) in letter.text.text
    assert EOFFERIX.question("order.paid_twice", language) not in letter.text.text
    told = letter.subject.text + letter.text.text + letter.html
    for secret in ("R-1042", "2026", "100", "49", "Charged", "ann@"):
        assert secret not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_redactor_has_nothing_to_cut_in_our_own_letters(language: str) -> None:
    for kind in LetterKind:
        case = basis(language=language)
        if kind in {LetterKind.APPROVED, LetterKind.REFUSED}:
            case = decided("approve" if kind is LetterKind.APPROVED else "deny", "80.00")
        letter = written(kind, case, language)
        assert "[" not in letter.subject.text + letter.text.text
        assert "\n\n\n" not in letter.text.text
    for policy in POLICIES.values():  # whatever may be asked, together
        asked = tuple(policy.question(key, language) for key in policy.questions)
        sample = {"company": "Eofferix", "asked_on": "2", "questions": asked, "language": language}
        assert "[" not in texts(language).fill(LetterKind.ASK, sample, REDACTOR).text.text
    assert list(check_texts(None, REDACTOR)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_approval_tells_the_sum_and_how_it_came_about(language: str) -> None:
    letter = written(LetterKind.APPROVED, decided("approve", "60.00"), language).text.text
    for amount in ("100.00", "-20.00", "60.00"):  # paid, storage, and what is left
        assert format_currency(Decimal(amount), "EUR", locale=language) in letter
    assert texts(language).word("item", "storage") in letter
    assert texts(language).word("item", "period") in letter  # the elapsed share: what no row of usage names
    assert format_currency(Decimal(-20), "EUR", locale=language) in letter
    assert ".." not in letter  # a day may end a sentence


def test_a_sum_of_a_persons_own_has_no_breakdown() -> None:
    case = decided("approve", "60.00")
    assert case.ruled is not None
    letter = written(LetterKind.APPROVED, replace(case, ruled=replace(case.ruled, amount="55.00"))).text.text
    assert "€55.00" in letter
    assert "€100.00" not in letter


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("policy", ["eofferix", "pars"])
def test_a_refusal_names_its_clauses_in_the_customers_words(policy: str, language: str) -> None:
    for rule in POLICIES[policy].rules:
        if rule.then != "deny":
            continue
        step = Step(rule=rule.id, clause=rule.clause, value=True, because=())
        case = replace(decided("deny", steps=(step,)), policy=policy)
        letter = written(LetterKind.REFUSED, case, language).text.text
        said = texts(language).clause(policy, rule.id)
        assert said is not None
        assert f"- {rule.clause}" in letter
        assert said in letter


def test_nothing_is_promised_or_refused_before_a_person_has_decided() -> None:
    for kind in (LetterKind.APPROVED, LetterKind.REFUSED):
        with pytest.raises(LetterError):
            written(kind)
    with pytest.raises(LetterError):
        written(LetterKind.REFUSED, decided("approve", "60.00"))


def test_the_letter_that_fits() -> None:
    asks = basis()
    assert fitting_kind(asks, EOFFERIX) is LetterKind.ASK
    assert fitting_kind(replace(asks, identity=Relation.THIRD_PARTY), EOFFERIX) is LetterKind.PROOF
    complete = replace(asks, decision=make.decision())
    assert fitting_kind(complete, EOFFERIX) is LetterKind.REVIEW_BY
    assert fitting_kind(decided("deny"), EOFFERIX) is LetterKind.REFUSED


@pytest.mark.parametrize("identity", DOUBT)
def test_in_doubt_the_sender_gets_only_the_question_for_proof(identity: Relation) -> None:
    case = basis(identity=identity, sender=sealed("bob@example.net"))
    assert in_doubt(case)
    assert addressee(case, LetterKind.PROOF, OWN)[1].text == "bob@example.net"
    for kind in set(LetterKind) - {LetterKind.PROOF}:
        assert addressee(case, kind, OWN) == ("account", sealed("ann@example.org"))
    without = replace(case, account=None)
    for kind in set(LetterKind) - {LetterKind.PROOF}:
        with pytest.raises(LetterError, match="proof"):
            addressee(without, kind, OWN)


def test_once_a_person_has_verified_it_there_is_no_doubt() -> None:
    case = basis(identity=Relation.DIFFERENT_ADDRESS, sender=sealed("bob@example.net"))
    known = replace(case, facts={**case.facts, "verified": {"identity": True}})
    assert not in_doubt(known)
    assert addressee(known, LetterKind.ASK, OWN)[0] == "sender"
    assert in_doubt(replace(known, decision=make.decision("hold_identity")))


@pytest.mark.parametrize(
    "address",
    [
        "[card •••• 1111]@example.org",
        "support@eofferix.com",
        "no-reply@example.org",
        "MAILER-DAEMON@example.org",
        "ann",
        "",
    ],
)
def test_no_letter_to_machines_ourselves_or_an_address_that_was_cut(address: str) -> None:
    case = basis(sender=sealed(address), account=sealed(address))
    for kind in LetterKind:
        with pytest.raises(LetterError):
            addressee(case, kind, OWN)


def test_a_company_replaces_what_it_wants(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[received]\ntext = "Got it, {{ company }}. <b>"\n', encoding="utf-8")
    (tmp_path / "layout.html").write_text(
        "<i>{% for b in blocks %}{{ b.lines|join }}{{ b['items']|join }}{% endfor %}</i>", encoding="utf-8"
    )
    assert list(check_texts(tmp_path, REDACTOR)) == []
    letter = texts("en", tmp_path).fill(
        LetterKind.RECEIVED, {"company": "Shop & Co", "language": "en"}, REDACTOR
    )
    assert letter.text.text == "Got it, Shop & Co. <b>\n"
    assert letter.html == "<i>Got it, Shop &amp; Co. &lt;b&gt;</i>\n"  # escaped
    assert letter.subject.text == "We have received your refund request"


@pytest.mark.parametrize(
    "text",
    [
        "{{ compny }}",
        "{% if %}",
        "{{ company.__class__.__mro__ }}",
        "{{ 1 / 0 }}",
        "{{ asked_on }}{{ questions }}",
        "  ",
        "{% for a in range(99999999) %}x{% endfor %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% if amount %}x{% endif %}{{ company }}",
        "{{ company.format(questions) }}{{ order_number }}",
    ],
)
def test_check_names_the_template_that_is_wrong(tmp_path: Path, text: str) -> None:
    (tmp_path / "ru.toml").write_text(f'[received]\ntext = "{text}"\n', encoding="utf-8")
    (problem, *_) = check_texts(tmp_path, REDACTOR)
    assert "ru.toml: received.text" in problem.where


def test_check_names_a_letter_that_there_is_not(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[recieved]\ntext = "x"\n', encoding="utf-8")
    (problem,) = check_texts(tmp_path, REDACTOR)
    assert problem.where.endswith("recieved")
    with pytest.raises(ConfigError):
        texts("en", tmp_path)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('[words]\ndestination = "home"\n', "words.destination"),
        ("[words]\npaid = 3\n", "words.paid"),
        ('[words.item]\ncoffee = "Coffee"\n', None),
        ('words = "none"\n', "words"),
        ('clause = "none"\n', r"clause\.\*"),
        ("[clause.pars]\n'1.goods' = 4\n", r"clause\.pars"),
    ],
)
def test_words_of_another_shape_are_named_before_a_letter_needs_them(
    tmp_path: Path, text: str, where: str | None
) -> None:
    (tmp_path / "de.toml").write_text(text, encoding="utf-8")
    if where is None:  # a company's own item needs a word of its own
        assert texts("de", tmp_path).word("item", "coffee") == "Coffee"
        return
    with pytest.raises(ConfigError, match=where):
        texts("de", tmp_path)


def test_a_card_in_a_template_is_cut_out_of_the_letter(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[received]\ntext = "Card 4111 1111 1111 1111"\n', encoding="utf-8")
    letter = texts("en", tmp_path).fill(LetterKind.RECEIVED, {"company": "x", "language": "en"}, REDACTOR)
    assert "4111 1111" not in letter.text.text + letter.html


def test_every_question_of_a_letter_is_asked_once() -> None:
    asked = questions(basis(identity=None), EOFFERIX, LetterKind.ASK)
    assert len(asked) == len(set(asked)) == 4
