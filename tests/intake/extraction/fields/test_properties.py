"""What holds for any text: exact evidence, no exception; and dates and sums as CLDR writes them are read back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intake.mail.redacted import Author
from intake.redaction.text import sealed
from tests.intake.extraction.fields.samples import WRITTEN, attachment, message, quote, read

LANGUAGES = ("en", "ru", "de", "fr", "es", "uk")
PAID = {
    "en": "I paid {} for it.",
    "ru": "Я заплатил {} за это.",
    "de": "Ich habe {} bezahlt.",
    "fr": "J'ai payé {} pour cela.",
    "es": "Pagué {} por ello.",
    "uk": "Я заплатив {} за це.",
}
VOCABULARY = (
    "paid order № # EO-102230 1 490 ₽ 12,50 € $ 03/06 14.06. 2026 yesterday last Friday ( ) : . , > ann@example.org"
    " card не с 5 го июня am 3. [card •••• 4444] x 2 тыс . - PayPal from to 00 ' le 1er hier ½ İ ß ﬁ"
)
WORDS = st.sampled_from([*VOCABULARY.split(), "\n"])
TEXTS = st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=40).map(" ".join))


@given(body=TEXTS, other=TEXTS, language=st.sampled_from((*LANGUAGES, "it", "xx", "")))
@example(body="paid 1\u00a0490\u202f₽ \u2013 \u0130stanbul", other="\x00", language="en")
@settings(deadline=None)
def test_any_text_gives_exact_evidence_and_no_exception(body: str, other: str, language: str) -> None:
    letter = message(
        body,
        subject=other,
        signature=sealed(other),
        structured=sealed(body),
        quotes=(quote(other, Author.CUSTOMER), quote(body, Author.OTHER, forwarded=True)),
        attachments=(attachment(other),),
    )
    read(letter, language)


@given(
    days=st.integers(0, 300),
    language=st.sampled_from(LANGUAGES),
    width=st.sampled_from(("long", "full")),
)
@settings(deadline=None)
def test_dates_as_cldr_writes_them(days: int, language: str, width: str) -> None:
    day = WRITTEN.date() - timedelta(days=days)
    text = PAID[language].format(format_date(day, width, locale=language))
    assert read(text, language)["payment_date"] == day.isoformat()


@pytest.mark.parametrize("language", ["ru", "de", "fr", "es", "uk"])
def test_short_dates_put_the_day_first(language: str) -> None:
    text = PAID[language].format(format_date(date(2026, 6, 5), "short", locale=language))
    assert read(text, language)["payment_date"] == "2026-06-05"


@given(
    cents=st.integers(1, 10**8),
    language=st.sampled_from(LANGUAGES),
    currency=st.sampled_from(("EUR", "USD", "GBP", "RUB", "UAH", "CHF", "PLN", "JPY")),
)
@settings(deadline=None)
def test_sums_as_cldr_writes_them(cents: int, language: str, currency: str) -> None:
    amount = Decimal(cents if currency == "JPY" else Decimal(cents) / 100)
    text = PAID[language].format(format_currency(amount, currency, locale=language))
    figures, _, code = read(text, language)["amount"].partition(" ")
    assert (Decimal(figures), code) == (amount, currency)
