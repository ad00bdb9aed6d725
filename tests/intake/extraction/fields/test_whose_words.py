"""Which part of a message speaks for the customer, and which wins."""

from __future__ import annotations

from intake.extraction.fields import read_fields
from intake.extraction.types import FieldName, Source
from intake.mail.redacted import Author
from intake.redaction.text import sealed
from tests.intake.extraction.fields.samples import SETTINGS, attachment, message, quote, read

RECEIPT = """From: Billing <billing@shop.example>
Date: 2 June 2026
Order: EX-20011
Account: ann@example.org
Total paid: EUR 88.20
Paid with: PayPal"""


def test_everything_in_the_subject() -> None:
    letter = message("", subject="cancel VPS 40900 & refund my 15 EUR please (paypal, 2 June)")
    found = read(letter)
    assert found == {
        "account_email": "-",
        "order_number": "40900",
        "payment_date": "2026-06-02",
        "amount": "15 EUR",
        "method": "paypal",
    }


def test_new_words_win_over_the_subject() -> None:
    assert read(message("It is order 20200.", subject="order 10100"))["order_number"] == "20200"


def test_the_repeated_subject_of_a_reply_comes_after_the_customers_quoted_words() -> None:
    own = quote("my order 20200 never arrived", Author.CUSTOMER)
    letter = message("thanks", subject="Re: order 10100", quotes=(own,), is_reply=True)
    assert read(letter)["order_number"] == "20200"


def test_the_tag_of_a_help_desk_in_the_subject_is_no_order() -> None:
    assert read(message("Any news?", subject="Re: [ABC-R-2120] refund", is_reply=True))["order_number"] == "-"
    assert (
        read(message("Any news?", subject="Re: R-2120 please confirm", is_reply=True))["order_number"] == "-"
    )
    begun_so = message("Any news?", subject="Re: AB-20555: your server", is_reply=True)
    assert read(begun_so)["order_number"] == "-"
    assert (
        read(message("Any news?", subject="Re: refund AB-20555", is_reply=True))["order_number"] == "AB-20555"
    )


def test_other_peoples_quoted_words_are_never_read() -> None:
    letter = message(
        "I paid by card.",
        quotes=(
            quote("Did you pay by PayPal? Your order is 55120, EUR 20, 3 June.", Author.OTHER),
            quote("order 99120", Author.UNKNOWN),
        ),
        is_reply=True,
    )
    assert read(letter) == {
        "account_email": "-",
        "order_number": "-",
        "payment_date": "-",
        "amount": "-",
        "method": "card",
    }


def test_the_customers_own_quoted_words_fill_what_the_new_ones_leave_open() -> None:
    own = quote("paid $180 on friday, paypal, order no 20618844", Author.CUSTOMER)
    letter = message("it was the 11th, not friday", quotes=(own,), is_reply=True)
    found = read_fields(letter, "en", SETTINGS)
    order = found[FieldName.ORDER_NUMBER]
    assert order is not None
    assert order.chosen.source is Source.QUOTED
    assert order.chosen.evidence.part == "quoted:0"


def test_a_forwarded_receipt_is_evidence_of_its_own_kind() -> None:
    letter = message("Please refund this one.", quotes=(quote(RECEIPT, Author.OTHER, forwarded=True),))
    found = read_fields(letter, "en", SETTINGS)
    assert {field.chosen.source for field in found.values() if field} == {Source.FORWARDED}
    assert read(letter) == {
        "account_email": "ann@example.org",
        "order_number": "EX-20011",
        "payment_date": "2026-06-02",
        "amount": "88.20 EUR",
        "method": "paypal",
    }


def test_the_customers_words_win_over_the_receipt() -> None:
    letter = message("I paid on 3 June by card.", quotes=(quote(RECEIPT, Author.OTHER, forwarded=True),))
    found = read(letter)
    assert (found["payment_date"], found["method"]) == ("2026-06-03", "card")


def test_an_attachment_is_read_where_the_letter_says_nothing() -> None:
    found = read(message("Details are attached.", attachments=(attachment(None), attachment(RECEIPT))))
    assert found["order_number"] == "EX-20011"
    assert found["amount"] == "88.20 EUR"


def test_net_tax_and_total_of_a_receipt() -> None:
    receipt = "Order      EO-129870\nSubtotal   GBP 59.90\nVAT 20 %   GBP 11.98\nTotal paid GBP 71.88"
    assert read(message("see receipt", attachments=(attachment(receipt),)))["amount"] == "71.88 GBP"


def test_structured_data_of_a_receipt() -> None:
    data = "Order number: 99120\nPrice: 12.50\nPrice currency: EUR\nOrder date: 2026-06-05\nPayment method: PayPal"
    found = read(message("Please refund.", structured=sealed(data)))
    assert (found["order_number"], found["payment_date"], found["method"]) == (
        "99120",
        "2026-06-05",
        "paypal",
    )


def test_an_address_in_the_signature_is_the_customers() -> None:
    letter = message("Please refund order 10100.", signature=sealed("Ann\nwriter@example.org"))
    assert read(letter)["account_email"] == "writer@example.org"


def test_placeholders_of_the_redactor_are_no_values() -> None:
    found = read("Paid with [card •••• 4444], cvv [cvv removed], order 55120, on 3 June.")
    assert found["order_number"] == "55120"
    assert found["method"] == "card"
    assert found["amount"] == "-"


def test_losing_candidates_are_kept_for_the_agent() -> None:
    field = read_fields(message("I paid 240 EUR, please return 112 EUR."), "en", SETTINGS)[FieldName.AMOUNT]
    assert field is not None
    assert [str(getattr(one.value, "amount", "")) for one in (field.chosen, *field.others)] == ["240", "112"]


def test_a_bare_number_answers_the_question_for_the_sum() -> None:
    def answer(text: str, question: str, language: str = "en") -> str:
        asked = quote(question, Author.OTHER)
        return read(message(text, quotes=(asked,), is_reply=True), language)["amount"]

    assert answer("120, on the third of June", "Which sum did you pay, and when?") == "120"
    assert answer("1340, третьего июня", "Уточните сумму и дату платежа.", "ru") == "1340"
    assert answer("75, le 3 juin", "Quel montant avez-vous payé ?", "fr") == "75"
    assert answer("4411", "Please send the last four digits of the card and the amount.") == "-"
    assert answer("55210", "Wie lautet die Bestellnummer, und welcher Betrag war es?", "de") == "-"
    assert answer("2. 79", "1) order number? 2) amount?") == "79"
    assert answer("120, on the third of June", "How was your week?") == "-"
