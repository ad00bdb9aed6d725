"""Forwarded mail is a quote of its own kind; signatures are a part of their own."""

from __future__ import annotations

import pytest

from intake.mail.redacted import Author
from tests.intake.mail.test_words import ANN, FORWARDS, HELP, split

SHOP = "Shop <shop@shop.example>"


@pytest.mark.parametrize(
    "rule",
    [
        f"---------- Forwarded message ---------\nFrom: {SHOP}\nDate: Fri, Jun 12, 2026 at 5:03 PM\nSubject: Receipt\nTo: <a@example.org>",
        f"---------- Weitergeleitete Nachricht ---------\nVon: {SHOP}\nDate: Fr., 12. Juni 2026 um 17:03 Uhr\nSubject: Beleg\nTo: <a@example.org>",
        f"-------- Message transféré --------\nSujet : \tReçu\nDate : \tFri, 12 Jun 2026\nDe : \t{SHOP}\nPour : \ta@example.org",
        f"-------- Mensaje reenviado --------\nAsunto: Recibo\nFecha: Fri, 12 Jun 2026\nDe: {SHOP}\nPara: a@example.org",
        '-------- Пересылаемое сообщение --------\n12.06.2026, 17:03, "Shop" <shop@shop.example>:',
        f"-------- Пересылаемое сообщение --------\nОт кого: {SHOP}\nКому: a@example.org\nДата: Пятница, 12 июня 2026, 17:03 +03:00\nТема: Чек",
        f"-------- Переслане повідомлення --------\nВід: {SHOP}\nДата: 12 червня 2026\nТема: Чек",
        f"Begin forwarded message:\n\nFrom: {SHOP}\nSubject: Receipt\nDate: 12 June 2026 at 17:03:00 CEST\nTo: a@example.org",
        f"Anfang der weitergeleiteten Nachricht:\n\nVon: {SHOP}\nBetreff: Beleg\nDatum: 12. Juni 2026\nAn: a@example.org",
        f"Начало переадресованного сообщения:\n\nОт: {SHOP}\nТема: Чек\nДата: 12 июня 2026 г.\nКому: a@example.org",
    ],
)
def test_a_forwarded_receipt(rule: str) -> None:
    new, _, quotes, _ = split(f"please refund this\n\n{rule}\n\nOrder 7\nTotal 5.00\n")
    assert new == "please refund this"
    ((author, forwarded, text),) = quotes
    assert (author, forwarded) == (Author.OTHER, True)
    assert text.startswith(rule.partition("\n")[2].strip())  # who, when and what about are evidence too
    assert text.endswith("Order 7\nTotal 5.00")


def test_apple_marks_what_it_forwards() -> None:
    text = f"see below\n\nBegin forwarded message:\n\n> From: {SHOP}\n> Subject: Receipt\n> Date: 12 June 2026\n>\n> Order 7"
    new, _, quotes, _ = split(text)
    assert new == "see below"
    assert quotes[0][1]
    assert quotes[0][2].endswith("Order 7")


def test_outlook_forwards_without_a_rule_but_says_so_in_the_subject() -> None:
    block = (
        f"From: {SHOP}\nSent: Friday, June 12, 2026 5:03 PM\nTo: ann@example.org\nSubject: Receipt\n\nOrder 7"
    )
    assert split(f"please refund\n\n{block}", FORWARDS)[2] == [(Author.OTHER, True, block)]
    assert split(f"please refund\n\n{block}", ANN)[2] == [(Author.OTHER, False, "Order 7")]
    indented = "\n".join(f"> {line}" for line in block.splitlines())
    assert split(f"please refund\n\n{indented}", FORWARDS)[2] == [(Author.OTHER, True, block)]


def test_words_after_the_end_of_a_forward_are_new() -> None:
    text = (
        'верните\n\n-------- Пересылаемое сообщение --------\n12.06.2026, 17:03, "Shop" <shop@shop.example>:\n\nЗаказ 7\n\n'
        "-------- Конец пересылаемого сообщения --------\n\nкарта та же"
    )
    new, _, quotes, _ = split(text)
    assert new.split() == ["верните", "карта", "та", "же"]
    assert quotes[0][2].endswith("Заказ 7")


def test_a_forward_without_a_word() -> None:
    new, _, quotes, _ = split(
        f"-------- Forwarded Message --------\nSubject: Receipt\nDate: 12 Jun\nFrom: {SHOP}\n\nOrder 7",
        FORWARDS,
    )
    assert new == ""
    assert [(author, forwarded) for author, forwarded, _ in quotes] == [(Author.OTHER, True)]


def test_the_customers_own_mail_forwarded_once_more() -> None:
    text = "again\n\n---------- Forwarded message ---------\nFrom: Ann Example <ann@example.org>\nDate: Fri\nSubject: x\nTo: y\n\nI paid twice."
    assert split(text)[2][0][:2] == (Author.CUSTOMER, True)


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("Refund please.\n-- \nAnn\n+1 555 0100", "-- \nAnn\n+1 555 0100"),
        ("Refund please.\n\n--\nAnn Example\nExample Ltd", "--\nAnn Example\nExample Ltd"),
        ("Refund please.\n\nGet Outlook for iOS<https://aka.ms/x>", "Get Outlook for iOS<https://aka.ms/x>"),
        ("Refund please.\n\nSent from my iPhone", "Sent from my iPhone"),
        ("Верните деньги.\n\nОтправлено из мобильной Почты Mail", "Отправлено из мобильной Почты Mail"),
        ("Geld zurück.\n\nVon meinem iPhone gesendet", "Von meinem iPhone gesendet"),
        ("Remboursez.\n\nEnvoyé de mon iPhone", "Envoyé de mon iPhone"),
        ("Devolución.\n\nEnviado desde mi iPhone", "Enviado desde mi iPhone"),
        ("Поверніть.\n\nНадіслано з iPhone", "Надіслано з iPhone"),
        ("Refund.\n\nKind regards,\nAnn Example\nTel: +49 30 5550100", "Ann Example\nTel: +49 30 5550100"),
        ("Bitte.\n\nMit freundlichen Grüßen\n\nAnn Beispiel\nBeispiel GmbH", "Ann Beispiel\nBeispiel GmbH"),
        (
            "Refund.\n\nAnn\n\nThis e-mail and any attachments are confidential.\nMore legal words.",
            "This e-mail and any attachments are confidential.\nMore legal words.",
        ),
    ],
)
def test_signatures(text: str, signature: str) -> None:
    new, found, _, _ = split(text)
    assert found == signature
    assert new == text.removesuffix(signature).strip()


@pytest.mark.parametrize(
    "text",
    [
        "Please refund.\n\nThanks,\nAnn\nOrder: 12345\nAccount: ann@example.org",
        "Please refund.\n\nThanks\norder 30998120\n12 june",
        "Please refund order 5.\n\nRegards,\nAnn\nP.S. paid by card",
        "Please refund.\n\nRegards,\nAnn",
        "Hi\n--\nOrder 5\n--\nmore text here that goes on\nand on",
        "-- \nAnn",
        "Thank you",
        "Hi\n--\nI paid twice for order 5, please refund.",
        "Sent from my account ann@example.org on 3 June: 49 EUR by mistake.",
        "Hello\n\nSent via bank transfer on 3 June, order 5.",
        "Отправлено через СБП 3 июня, заказ 5, верните",
        "Hello.\n\nDisclaimer says 14 days. I want my money back for order 5.",
        "Здравствуйте.\n\nДанное сообщение является официальной претензией. Верните 1000 руб.",
        "Hola.\n\nEste correo electrónico es para pedir la devolución del pedido 5.",
        "Guten Tag.\n\nDer Inhalt dieser E-Mail ist wichtig: ich kündige. Bitte Geld zurück.",
        "Bonjour,\n\nCe courriel pour demander le remboursement de la commande 5.",
        "Добрий день.\n\nЦей електронний лист є заявою про повернення коштів.",
    ],
)
def test_what_only_looks_like_a_signature_stays(text: str) -> None:
    assert split(text)[:2] == (text, "")


@pytest.mark.parametrize("mark", ["P.S.", "PS:", "ps", "P.P.S.", "З.Ы.", "ПС."])
def test_a_postscript_under_a_signature_is_said_by_the_writer(mark: str) -> None:
    text = (
        f"Please refund.\n-- \nAnn Example\nExample Ltd\n\n{mark} not to my balance, please.\n\n+1 555 0100"
    )
    new, signature, _, _ = split(text)
    assert new.endswith(f"{mark} not to my balance, please.")
    assert "Example Ltd" in signature
    assert "balance" not in signature
    assert "555" not in new


def test_signature_above_a_quote() -> None:
    new, signature, quotes, _ = split(f"Order 5\n-- \nAnn\n\nOn 1 Jun 2026 at 09:12, {HELP} wrote:\n> Which?")
    assert (new, signature, quotes[0][2]) == ("Order 5", "-- \nAnn", "Which?")
