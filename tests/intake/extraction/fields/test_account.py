"""The account's address: stated, told in words, or the sender's by default; never support's or a payer's."""

from __future__ import annotations

import pytest

from intake.extraction.fields import default_account
from intake.extraction.types import Source
from intake.mail.settings import ReadingSettings
from intake.redaction.text import sealed
from tests.intake.extraction.fields.samples import message, numbered, read

BY_SENDER = ReadingSettings(account_default="sender", support_addresses=frozenset({"support@shop.example"}))


def test_default_is_the_sender_where_the_policy_says_so() -> None:
    letter = message("refund please", sender_email=sealed("Ann@Example.org"))
    found = default_account(letter, BY_SENDER)
    assert found is not None
    assert str(found.value) == "ann@example.org"
    assert found.source is Source.HEADER
    assert found.evidence.text.text == letter.part("header").text


@pytest.mark.parametrize(
    ("sender", "settings"),
    numbered(
        ("ann@example.org", ReadingSettings()),
        ("support@shop.example", BY_SENDER),
        ("no-reply@mailer.example", BY_SENDER),
        (None, BY_SENDER),
    ),
)
def test_no_default(sender: str | None, settings: ReadingSettings) -> None:
    letter = message("refund please", sender_email=sealed(sender) if sender else None)
    assert default_account(letter, settings) is None


@pytest.mark.parametrize("address", numbered("ann@İstanbul.example", "ann@straße.example"))
def test_an_address_that_grows_in_small_letters_is_read_where_it_stands(address: str) -> None:
    assert read(f"My account is {address}. Refund, please.")["account_email"] == address.casefold()


@pytest.mark.parametrize(
    ("text", "language"),
    numbered(
        ("My login is the address I'm writing from.", "en"),
        ("My account is registered with this email address.", "en"),
        ("Refund please (same e-mail).", "en"),
        ("Аккаунт зарегистрирован на эту почту.", "ru"),
        ("Логин тот же адрес, с которого пишу.", "ru"),
        ("Акаунт на цю ж адресу.", "uk"),
        ("Mein Kundenkonto läuft auf diese E-Mail-Adresse.", "de"),
        ("Mon compte utilise cette adresse.", "fr"),
        ("Mi cuenta está registrada con este mismo correo.", "es"),
    ),
)
def test_the_senders_address_told_in_words(text: str, language: str) -> None:
    assert read(text, language)["account_email"] == "writer@example.org"


@pytest.mark.parametrize(
    "text",
    numbered(
        "I wrote to support@shop.example twice.",
        "Your mail from noreply@mailer.example says so.",
        "Please reply to this e-mail.",
        "The PayPal address is payer@example.net.",
        "Please contact me at office@example.net.",
    ),
)
def test_addresses_that_are_no_account(text: str) -> None:
    assert read(text)["account_email"] == "-"


def test_case_of_an_address_does_not_matter() -> None:
    assert read("My account is Ann.Holt@Example.ORG.")["account_email"] == "ann.holt@example.org"
