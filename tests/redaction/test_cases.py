"""What must go is gone, what must stay is left: the adversarial set, case by case."""

from __future__ import annotations

import re
import unicodedata

import pytest
from stdnum import luhn

from intake.redaction.ranges import LENGTHS
from intake.redaction.redactor import Redactor
from intake.redaction.text import Sensitive
from tests.redaction.cases_files import CARDS, Case, ascii_digits, cases, survives

CASES = cases()
PUBLIC = {number for numbers in CARDS.values() for number in numbers}


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_secrets_go_and_look_alikes_stay(case: Case, redactor: Redactor) -> None:
    redaction = redactor.redact(Sensitive(case.text))
    text = redaction.text.text
    assert [at for at, secret in enumerate(case.go) if survives(secret, text)] == []
    assert [at for at, kept in enumerate(case.stay) if kept not in text] == []
    again = redactor.redact_text(redaction.text)
    assert again.text == redaction.text
    assert again.findings == ()


def test_every_card_of_the_set_is_a_public_test_number() -> None:
    for case in CASES:
        for secret in case.go:
            digits = ascii_digits(secret)
            lettered = re.search(r"[^\W\d_]", unicodedata.normalize("NFKC", secret))
            if 12 <= len(digits) <= 19 and not lettered and case.why is None:
                assert digits in PUBLIC, case.name
            elif case.why == "slip":
                assert not luhn.is_valid(digits) or digits not in PUBLIC, case.name


@pytest.mark.parametrize("brand", CARDS)
def test_public_numbers_pass_luhn_in_a_range(brand: str) -> None:
    for number in CARDS[brand]:
        assert luhn.is_valid(number)
        assert len(number) in LENGTHS[number[:4]]


def test_the_set_is_large_enough() -> None:
    assert sum(len(case.go) for case in CASES) >= 600
    assert sum(1 for case in CASES if case.go) >= 400
    assert sum(1 for case in CASES if case.stay) >= 150
