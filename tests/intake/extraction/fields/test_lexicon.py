"""The data files: the same tables in each language, words that the readers know, currencies that exist."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import pytest
from babel.numbers import list_currencies

from intake.extraction.fields.calendars import calendar_words
from intake.extraction.fields.lexicon import languages, lexicon
from intake.extraction.fields.tokens import split_words
from intake.extraction.types import Method
from tests.intake.extraction.fields.samples import read

CODES = ["de", "en", "es", "fr", "ru", "uk"]


def test_a_language_is_one_folder_with_its_data() -> None:
    assert sorted(languages()) == CODES


@pytest.mark.parametrize("code", CODES)
def test_every_language_has_the_tables_that_the_readers_ask_for(code: str) -> None:
    english = {name for name, table in languages()["en"].items() if isinstance(table, dict)}
    own = {name for name, table in languages()[code].items() if isinstance(table, dict)}
    assert own == english


@pytest.mark.parametrize("code", CODES)
def test_kinds_are_those_of_english(code: str) -> None:
    open_tables = {"currency", "method", "when", "quantity", "month", "weekday", "holiday"}
    english = languages()["en"]
    for name, table in languages()[code].items():
        if isinstance(table, dict) and name not in open_tables:
            known = english[name]
            assert isinstance(known, dict)
            assert set(table) <= set(known) | {"before"}, name


@pytest.mark.parametrize("code", CODES)
def test_methods_and_currencies_are_known_words(code: str) -> None:
    data = languages()[code]
    methods, currencies = data["method"], data["currency"]
    assert isinstance(methods, dict)
    assert isinstance(currencies, dict)
    assert set(methods) <= {*Method, "none"}
    assert set(currencies) <= {*list_currencies(), "none"}


@pytest.mark.parametrize("code", CODES)
def test_holidays_are_days_of_the_calendar(code: str) -> None:
    holidays = languages()[code]["holiday"]
    assert isinstance(holidays, dict)
    assert all(date.fromisoformat(f"2024-{day}") for day in holidays)


@pytest.mark.parametrize("code", CODES)
def test_no_small_word_of_a_language_is_a_cue_of_another(code: str) -> None:
    """Such as French "mon" (my), which is no Monday: `local` in the other's data keeps it at home."""
    small = {word.lower() for word in import_module(f"spacy.lang.{code}.stop_words").STOP_WORDS}
    tables = [table for table in languages()[code].values() if isinstance(table, dict)]
    own = {tuple(split_words(text)) for table in tables for texts in table.values() for text in texts}
    own |= {words for words, _, _ in calendar_words(code)}
    strange = {
        phrase.words[0]
        for listed in lexicon(code).exact.values()
        for phrase in listed
        if len(phrase.words) == 1 and phrase.words[0] in small and phrase.words not in own
    }
    assert strange <= {"e", "тому", "раз"}  # "49 e", «два дня тому», «два раза по»: read so in either


def test_a_language_without_data_is_read_by_what_crosses_borders() -> None:
    found = read("Ordine: EX-20011, 12,50 €, PayPal, 2026-06-03", "it")
    assert (found["order_number"], found["amount"], found["method"]) == ("EX-20011", "12.50 EUR", "paypal")


def test_words_that_mean_something_else_at_home_do_not_cross() -> None:
    german = {phrase.kind for phrase in lexicon("de").starting_with("hier") if phrase.group == "when"}
    french = {phrase.kind for phrase in lexicon("fr").starting_with("hier") if phrase.group == "when"}
    assert (german, french) == (set(), {"1"})
