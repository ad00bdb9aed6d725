"""Which language a message is in."""

from __future__ import annotations

import pytest

from intake.extraction.language import detect, language_of
from intake.mail.redacted import Author, Quote
from intake.redaction.text import sealed
from tests.intake.extraction.letters import letter


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("refund pls", "en"),
        ("ВЕРНИТЕ ДЕНЬГИ", "ru"),
        ("поверніть гроші", "uk"),
        ("Geld zurück bitte", "de"),
        ("remboursez-moi svp", "fr"),
        ("no recibí nada", "es"),
        ("me equivoqué de plan", "es"),
        ("son 12 euros", "es"),
        ("PayPal, hier, 20 euros", "fr"),
        ("ja, EO-131990", "de"),
        ("Order EO-104482 [card •••• 1111] bitte erstatten, danke", "de"),
        (
            "Buongiorno, vorrei il rimborso del mio abbonamento perché il servizio non funziona da tre giorni",
            "it",
        ),
        ("", "en"),
        ("12345", "en"),
    ],
)
def test_a_text_s_language(text: str, language: str) -> None:
    assert language_of(text) == language


def test_few_words_are_read_with_the_subject_then_with_the_quotes() -> None:
    quote = Quote(text=sealed("Könnten Sie uns bitte die Bestellnummer nennen?"), author=Author.OTHER)
    assert detect(letter("EO-1234", "Bitte um Erstattung meiner Zahlung")) == "de"
    assert detect(letter("EO-1234", quotes=(quote,))) == "de"
