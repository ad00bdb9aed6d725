"""How it was paid: used, not denied, failed, offered or named as a destination."""

from __future__ import annotations

import pytest

from tests.intake.extraction.fields.samples import numbered, read


@pytest.mark.parametrize(
    ("text", "language", "method"),
    numbered(
        ("I paid by Visa.", "en", "card"),
        ("Paid with Apple Pay (Visa).", "en", "apple_pay"),
        ("paid via gpay", "en", "google_pay"),
        ("Paid with PayPal, linked to my Mastercard.", "en", "paypal"),
        ("I wired the money.", "en", "bank_transfer"),
        ("You collected it by direct debit.", "en", "direct_debit"),
        ("Paid through YooMoney.", "en", "yoomoney"),
        ("I sent bitcoin.", "en", "crypto"),
        ("It was taken from my account balance.", "en", "account_balance"),
        ("Paid with Klarna.", "en", "other"),
        ("PayPal didn't work so I paid by card.", "en", "card"),
        ("I paid by card, not PayPal.", "en", "card"),
        ("Refund to the card that I paid with.", "en", "card"),
        ("Please refund to the original card.", "en", "card"),
        ("оплатил картой", "ru", "card"),
        ("оплата по СБП", "ru", "sbp"),
        ("платил юмани", "ru", "yoomoney"),
        ("оплачено по безналу", "ru", "bank_transfer"),
        ("списали с баланса", "ru", "account_balance"),
        ("верните на карту, с которой платил", "ru", "card"),
        ("платил не картой, а через СБП", "ru", "sbp"),
        ("заплатил через СберПей", "ru", "other"),
        ("оплатила карткою", "uk", "card"),
        ("оплатив з балансу", "uk", "account_balance"),
        ("per Lastschrift eingezogen", "de", "direct_debit"),
        ("per Überweisung bezahlt", "de", "bank_transfer"),
        ("mit Kreditkarte bezahlt", "de", "card"),
        ("payé par carte bleue", "fr", "card"),
        ("payé par virement", "fr", "bank_transfer"),
        ("par prélèvement automatique", "fr", "direct_debit"),
        ("pagado con tarjeta", "es", "card"),
        ("recibo domiciliado", "es", "direct_debit"),
        ("pagué por transferencia", "es", "bank_transfer"),
        ("prélevés sur mon compte PayPal", "fr", "paypal"),
        ("Klarna said no, so Mastercard.", "en", "card"),
        ("Mit Klarna klappte es nicht, daher Mastercard.", "de", "card"),
        ("По СБП не вышло, тогда картой.", "ru", "card"),
        ("Наличных я вам не платил, это был банковский перевод.", "ru", "bank_transfer"),
        ("Es lief über PayPal, 30 EUR, und dahin hätte ich es gern zurück.", "de", "paypal"),
        ("On your site I paid by Visa.", "en", "card"),
    ),
)
def test_methods_used(text: str, language: str, method: str) -> None:
    assert read(text, language)["method"] == method


@pytest.mark.parametrize(
    ("text", "language"),
    numbered(
        ("Please refund to my card.", "en"),
        ("Please pay it back by bank transfer.", "en"),
        ("I'd like the refund on my balance.", "en"),
        ("I have a PayPal linked, but didn't use PayPal.", "en"),
        ("No need for BTC.", "en"),
        ("My balance shows 3 EUR.", "en"),
        ("My graphics card broke.", "en"),
        ("верните на баланс", "ru"),
        ("верните на карту", "ru"),
        ("картинки мутные", "ru"),
        ("bitte auf mein Bankkonto erstatten", "de"),
        ("remboursez sur ma carte", "fr"),
        ("devuélvanlo a la tarjeta", "es"),
        ("If it is easier, use PayPal.", "en"),
        ("Gern per PayPal, wenn das einfacher ist.", "de"),
        ("Votre site propose carte et virement.", "fr"),
        ("En su web aparecen tarjeta y transferencia.", "es"),
        ("Можно по СБП, если вам так удобнее.", "ru"),
        ("Можна через PayPal, якщо так зручніше.", "uk"),
    ),
)
def test_methods_merely_named(text: str, language: str) -> None:
    assert read(text, language)["method"] == "-"
