"""Whose account it is, told in words: the address of the letter itself, or none at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.extraction.extract import extract
from intake.extraction.types import FieldName
from tests.intake.extraction.letters import SETTINGS, letter, read

UNSTATED = replace(SETTINGS, account_default="none")


@pytest.mark.parametrize(
    "body",
    [
        "I have no account with you and do not wish for one. Please return my money.",
        "I don't have an account at your company. Refund the 20 EUR charged to my card.",
        "Keine Abbuchung ist von mir, ich habe bei Ihnen gar keinen Account. Geld zurück bitte.",
        "rendez moi mes sous svp jai pas de compte chez vous",
        "No soy cliente de ustedes, quiero que me devuelvan el dinero.",
        "Аккаунта у меня у вас никакого нет, верните 600 рублей на карту.",
        "У вас я ніколи нічого не купувала і акаунта не маю. Поверніть гроші.",
    ],
)
def test_who_has_no_account_is_given_none(body: str) -> None:
    assert read(body).fields[FieldName.ACCOUNT_EMAIL] is None


@pytest.mark.parametrize(
    "body",
    [
        "I do not have access to my account any more, please refund me.",
        "There is no account balance left, refund the 20 EUR please.",
        "Kein Kontozugang seit drei Tagen, ich möchte mein Geld zurück.",
        "Je n'ai pas accès à mon compte, remboursez-moi.",
        "No puedo entrar en la cuenta, quiero el reembolso.",
        "У меня нет доступа к аккаунту, верните деньги.",
        "Не маю доступу до акаунта, поверніть гроші.",
    ],
)
def test_who_cannot_get_into_an_account_has_one(body: str) -> None:
    assert read(body).fields[FieldName.ACCOUNT_EMAIL] is not None


@pytest.mark.parametrize(
    ("body", "same"),
    [
        ("Refund order 5512. The login is simply the address this mail comes from.", True),
        ("Bitte Geld zurück, Bestellung 5512. Angemeldet bin ich mit der Adresse, die Sie oben sehen.", True),
        ("Верните деньги за заказ 5512. Почта в кабинете эта же.", True),
        ("Поверніть гроші за замовлення 5512. Логін — адреса, з якої надсилаю листа.", True),
        ("Refund order 5512. The mail of the account is not the one I write from.", False),
        ("Bitte Geld zurück, Bestellung 5512. Mein Konto läuft nicht auf diese Adresse.", False),
        ("Quiero el reembolso del pedido 5512. Respóndanme a este correo, por favor.", False),
        ("Верните деньги за заказ 5512. Ответьте на эту почту, пожалуйста.", False),
        ("Поверніть гроші за замовлення 5512. Відповідайте на цю адресу, будь ласка.", False),
    ],
)
def test_the_address_of_the_letter_is_the_accounts_only_where_it_is_said_to_be(
    body: str, *, same: bool
) -> None:
    found = extract(letter(body), UNSTATED).fields[FieldName.ACCOUNT_EMAIL]
    assert (found is not None) is same
