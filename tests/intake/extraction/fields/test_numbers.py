"""Order numbers by label, form and surroundings; and the many numbers that are none."""

from __future__ import annotations

import pytest

from tests.intake.extraction.fields.samples import numbered, read


@pytest.mark.parametrize(
    ("text", "language", "number"),
    numbered(
        ("Order 20613388.", "en", "20613388"),
        ("Order no. EO-102230.", "en", "EO-102230"),
        ("Order #4412", "en", "4412"),
        ("order: A1B2C3D4", "en", "A1B2C3D4"),
        ("The order number, as far as I know, is 5512340.", "en", "5512340"),
        ("20618844 is my order number.", "en", "20618844"),
        ("Order EO\u2011122901 \u2013 sorry for the dashes.", "en", "EO-122901"),
        ("Order number: EO 122901", "en", "EO 122901"),
        ("Ord. 55120", "en", "55120"),
        ("VPS 38555 please", "en", "38555"),
        ("INV 70915 was paid", "en", "70915"),
        ("EX-20011", "en", "EX-20011"),
        ("Cancel it please. 38999.", "en", "38999"),
        ("License ABCD-1234-EFGH", "en", "ABCD-1234-EFGH"),
        ("Invoice 2026/0451", "en", "2026/0451"),
        ("Заказ №4412", "ru", "4412"),
        ("номер заказа кажется 220-918", "ru", "220-918"),
        ("зак. 55120", "ru", "55120"),
        ("счёт на оплату № 1187", "ru", "1187"),
        ("замовлення під номером 4412", "uk", "4412"),
        ("Bestellnr. 44120", "de", "44120"),
        ("Bestell-Nr.: 66-1029", "de", "66-1029"),
        ("Rechnungsnummer lautet 2026-118", "de", "2026-118"),
        ("commande n° 48211", "fr", "48211"),
        ("numéro de facture : FA-2026-118", "fr", "FA-2026-118"),
        ("pedido n.º 99120", "es", "99120"),
        ("orden EX-20011", "es", "EX-20011"),
    ),
)
def test_order_numbers(text: str, language: str, number: str) -> None:
    assert read(text, language)["order_number"] == number


@pytest.mark.parametrize(
    ("text", "language"),
    numbered(
        ("Ticket 88120 and 88164 are still open.", "en"),
        ("Case EFX-R-2298", "en"),
        ("Tracking number DE123456789", "en"),
        ("Call me on +1 555 010 2233 or 0800 555 0100.", "en"),
        ("Our PO 4500012345", "en"),
        ("Transaction 7RT20194MX118", "en"),
        ("VAT ID DE123456789", "en"),
        ("The card ending 4417 was charged.", "en"),
        ("error code E-5031", "en"),
        ("It looks like EO-000000.", "en"),
        ("My customer number is 100233.", "en"),
        ("Ubuntu 22.04 on 203.0.113.40", "en"),
        ("See pe-40310.host.example", "en"),
        ("in 2026 and 2025", "en"),
        ("платёжное поручение № 881", "ru"),
        ("тикет 213377", "ru"),
        ("ИНН 0000000000", "ru"),
        ("расчётный счёт 40702810000000000001", "ru"),
        ("тел. 8 900 555-01-02", "ru"),
        ("Kundennummer 100233", "de"),
        ("Sendungsnummer 00340434161094", "de"),
        ("dossier 2026/118", "fr"),
        ("numéro client 100233", "fr"),
        ("número de seguimiento 1234567", "es"),
        ("номер клієнта 100233", "uk"),
    ),
)
def test_numbers_that_name_no_order(text: str, language: str) -> None:
    assert read(text, language)["order_number"] == "-"


def test_order_wins_over_invoice_and_invoice_over_service() -> None:
    assert read("Invoice 10100 for server 20200.")["order_number"] == "10100"
    assert read("Server 20200, invoice 10100, order 30300.")["order_number"] == "30300"


def test_of_several_purchases_the_first() -> None:
    assert read("Please refund EO-127001 and EO-127044.")["order_number"] == "EO-127001"


def test_what_an_agent_sees_is_normalised_as_little_as_possible() -> None:
    assert read("my order is №eo-122640")["order_number"] == "eo-122640"
