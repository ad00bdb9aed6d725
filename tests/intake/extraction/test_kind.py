"""Who asks for money back, who answers, who wants something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.extraction.extract import extract
from intake.extraction.lexicon import LANGUAGES
from intake.extraction.types import Extraction, Kind
from intake.mail.redacted import Author, AutomaticReason, Quote
from intake.redaction.text import sealed
from tests.intake.extraction.letters import SETTINGS, answer, letter, read

FAMILIES = Path(__file__).parent / "kinds.tsv"  # language, kind, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_only_looks_like_a_wish_is_told_from_one(language: str) -> None:
    """Screen texts, things that are no money, rules, others' refunds, notices; and wishes that stand beside such."""
    rows = [line.split("\t") for line in FAMILIES.read_text(encoding="utf-8").splitlines()]
    wrong = [
        number
        for number, (of, kind, text) in enumerate(rows, 1)
        if of == language and read(text).kind != kind
    ]
    assert not wrong


@pytest.mark.parametrize(
    "body",
    [
        "I was not charged twice, your mail confused me. Sorry for the noise.",
        "I do not want a refund, only a working export.",
        "Не прошу возврат, просто почините экспорт.",
        "Es wurde nicht doppelt abgebucht, mein Fehler, Entschuldigung.",
        "Je ne demande pas de remboursement, je voudrais que ça remarche.",
        "No quiero el reembolso, solo que funcione.",
        "Повернення не потрібне, просто полагодьте.",
    ],
)
def test_a_wish_denied_is_no_wish(body: str) -> None:
    assert read(body).kind is Kind.OTHER


@pytest.mark.parametrize(
    "body",
    [
        "If it fails again I'd ask for a refund. For now please restart the job.",
        "Your colleague asked whether I wanted a refund. I would like the server fixed.",
        "Before I buy: would I get my money back if I don't like it?",
        "А если через неделю передумаю, деньги вернёте? Пока только присматриваюсь.",
        "The refund has arrived, thank you very much.",
        "Деньги за заказ вернулись, спасибо, вопрос закрыт.",
    ],
)
def test_what_is_supposed_reported_or_over_is_no_wish(body: str) -> None:
    assert read(body).kind is Kind.OTHER


@pytest.mark.parametrize(
    "body",
    [
        "I don't want credits, I want my 20 euro back.",
        "Мне не нужны бонусы, верните деньги.",
        "Ich möchte keinen Ersatz, sondern mein Geld zurück.",
        "Please refund what is left, I'm staying a customer with the other plan.",
        "If you can't repair it by Friday I want my money back.",
    ],
)
def test_a_refusal_beside_a_wish_leaves_the_wish(body: str) -> None:
    assert read(body).kind is Kind.REFUND_REQUEST


def test_a_payment_complained_of_makes_a_case_though_no_word_asks_for_money() -> None:
    seen = read("I never made this payment, somebody used my card.")
    assert seen.kind is Kind.REFUND_REQUEST
    assert seen.kind_confidence < 0.9


def test_trouble_without_a_wish_is_a_support_matter() -> None:
    assert read("Pages take ten seconds since noon. Please look into it.").kind is Kind.OTHER


def test_the_sentence_that_decided_is_shown() -> None:
    seen = read("Good morning. Please refund my order. Kind regards")
    assert seen.kind_evidence is not None
    assert seen.kind_evidence.text.text == "Please refund my order."


def test_a_missing_detail_sent_is_a_reply() -> None:
    assert extract(answer("It was the 3rd of May, by card.", "Re: Refund"), SETTINGS).kind is Kind.REPLY


def test_thanks_that_add_nothing_are_no_reply() -> None:
    assert extract(answer("Thank you for the refund, all good.", "Re: Refund"), SETTINGS).kind is Kind.OTHER


def test_a_request_that_stands_alone_is_a_request_whatever_its_subject_begins_with() -> None:
    body = (
        "I never asked for this renewal and have not used the service since January. "
        "You took 59 USD from my card on 3 May. Please reverse the charge."
    )
    assert read(body, "Re: Your receipt").kind is Kind.REFUND_REQUEST


def test_a_machine_s_mail_is_automatic_whatever_it_says() -> None:
    seen = extract(letter("Please refund me", automatic=AutomaticReason.AUTO_REPLY), SETTINGS)
    assert seen.kind is Kind.AUTOMATIC
    assert not any(seen.fields.values())


def test_the_subject_asks_where_the_body_is_empty() -> None:
    assert read("", "cancel my VPS and refund 15 EUR please").kind is Kind.REFUND_REQUEST


@pytest.mark.parametrize(
    "body",
    [
        "The refund of 52.30 reached my card this morning. You can close the case.",
        "Die 44 Euro sind heute auf meinem Konto eingetroffen.",
        "Recibido esta mañana, 52,30 € en la tarjeta. Pueden cerrar el caso.",
    ],
)
def test_figures_of_a_refund_that_has_come_need_no_case(body: str) -> None:
    assert extract(answer(body), SETTINGS).kind is Kind.OTHER


@pytest.mark.parametrize(
    "body",
    [
        "Aviso: el recibo de 22,99 EUR ha sido devuelto. Mensaje generado de forma automática.",
        "Your payment of 20 EUR was booked. This is an automated message, please do not reply to this address.",
    ],
)
def test_a_machine_that_says_so_asks_for_nothing(body: str) -> None:
    assert read(body).kind is Kind.OTHER


@pytest.mark.parametrize(
    "body",
    [
        "Any chance of the 14.99 back?",
        "I'd like the sixty-four fifty back.",
        "Kann ich das noch zurückbekommen?",
        "Верните и закройте доступ этим людям.",
    ],
)
def test_a_wish_in_passing_is_a_wish(body: str) -> None:
    assert read(body).kind is Kind.REFUND_REQUEST


@pytest.mark.parametrize(
    "body",
    [
        "Elle ne peut plus travailler et demande le remboursement du stockage.",
        "I cannot work with it and want my money back.",
        "мені не треба ваших лімітів поверніть гроші",
        "Прошу вернуть переводом на тот же счёт, откуда деньги пришли.",
        "Не надо мне бонусов, верните деньги.",
    ],
)
def test_what_is_denied_before_a_wish_leaves_the_wish(body: str) -> None:
    assert read(body).kind is Kind.REFUND_REQUEST


@pytest.mark.parametrize(
    "body",
    [
        "не повертайте гроші, усе працює",
        "Ne me remboursez pas, tout marche.",
        "Un amigo me ha dicho que a él le devolvisteis el dinero. Solo quiero saber si puedo ampliar la RAM.",
        "Tengo que cancelar nuestra reunión del lunes 21.",
        "Just saw the £15 back on my card, that was quick.",
    ],
)
def test_an_imperative_denied_another_s_refund_and_a_meeting_called_off_are_no_wish(body: str) -> None:
    assert read(body).kind is Kind.OTHER


@pytest.mark.parametrize(
    "body",
    [
        "Nein, bis zum 30. kann ich nicht warten, der Auftrag ist geplatzt. Bezahlt: 9.10., 77,35 €. Bitte gutschreiben.",
        "Gracias por la respuesta. Lo he pensado y prefiero que me lo dejen en el saldo.",
    ],
)
def test_an_answer_that_tells_more_than_thanks_is_a_reply(body: str) -> None:
    assert extract(answer(body, "Re: 40-118"), SETTINGS).kind is Kind.REPLY


def test_an_answer_to_a_machine_s_receipt_can_start_a_matter() -> None:
    body = (
        "I never asked for this renewal and have not used the service since January, as you can see. "
        "You took 59 USD from my card on 3 May. Please reverse the charge."
    )
    receipt = "You paid 59.00 USD on 3 May. This is an automated message."
    assert extract(answer(body, "Re: Receipt", receipt), SETTINGS).kind is Kind.REFUND_REQUEST


@pytest.mark.parametrize(
    "body",
    [
        "Vous m'aviez confirmé le remboursement de 40 € il y a un mois, je n'ai toujours rien reçu.",
        "Ви погодили повернення 900 грн ще місяць тому, досі нічого не прийшло.",
        "Повернення схвалили у травні, на картку так нічого і не надійшло.",
        "Возврат одобрили ещё в мае, на карту так ничего и не пришло.",
        "You approved my refund three weeks ago and nothing has arrived.",
        "The refund you promised on 3 May still hasn't shown up.",
        "Die Erstattung wurde mir im Mai zugesagt, angekommen ist bis heute nichts.",
        "Sie hatten die Rückzahlung von 40 Euro bestätigt, auf dem Konto ist noch nichts.",
        "Me aprobaron el reembolso hace un mes y todavía no ha llegado nada.",
        "La devolución que me confirmaron el día 3 no aparece en mi cuenta.",
        "Le remboursement promis en mai n'est toujours pas arrivé.",
        "Где мой возврат? Обещали три дня, прошло две недели.",
        "Where is my refund? You said five days, it has been three weeks.",
        "Wo bleibt meine Erstattung? Fünf Tage hieß es.",
        "¿Dónde está mi reembolso? Dijeron cinco días.",
        "Où en est mon remboursement ? On m'avait dit cinq jours.",
        "Де моє повернення? Казали п'ять днів.",
    ],
)
def test_money_that_was_promised_and_has_not_come_is_asked_for(body: str) -> None:
    assert read(body).kind is Kind.REFUND_REQUEST


@pytest.mark.parametrize(
    "body",
    [
        "You confirmed the refund last week, thank you, I have nothing to add.",
        "The refund you promised came today, I could not be happier.",
        "Our customers still haven't received their refunds because your plugin hangs.",
        "Where do I find the refund button in my shop?",
        "My insurance approved the refund but they still need an invoice from you.",
        "You confirmed that a refund is not possible, fine, then please just repair it.",
        "Ваш коллега подтвердил, что возврат невозможен, и ладно, я не настаиваю, просто почините.",
        "Наши покупатели ждут: возврат подтверждён, а ваш модуль ничего не отправляет.",
        "Возврат одобрен и пришёл, больше ничего не нужно.",
        "Wo ist in Ihrem Shop-Modul der Knopf für die Rückzahlung an Kunden?",
        "Vous avez confirmé le remboursement et il est arrivé, je ne demande rien de plus.",
        "Mon assurance a accepté le remboursement mais il manque encore votre facture, rien d'autre.",
        "Me confirmaron el reembolso y ya llegó, no necesito nada más.",
        "Mi seguro aprobó el reembolso pero todavía falta su factura.",
        "Ви підтвердили повернення і воно прийшло, більше нічого не треба.",
        "Де в модулі магазину кнопка повернення коштів покупцеві?",
    ],
)
def test_money_that_came_or_goes_to_others_is_not_asked_for(body: str) -> None:
    assert read(body).kind is Kind.OTHER


@pytest.mark.parametrize(
    ("words", "forwarded"),
    [
        ("Came to sales, but it is yours.", "Please refund order EO-77, 12 EUR, I have moved."),
        ("Your colleague should send the invoice.", "Please refund order EO-77, 12 EUR, I have moved."),
        ("Колеги, це ваше.", "Замовлення PE-52. Поверніть, будь ласка, 12 євро."),
    ],
)
def test_a_forwarded_wish_is_never_set_aside(words: str, forwarded: str) -> None:
    assert _passing_on(words, forwarded).doubtful


@pytest.mark.parametrize(
    ("words", "forwarded"),
    [
        (
            "Your colleague should send the invoice.",
            "We have received your payment of 12 EUR for order EO-77.",
        ),
        ("Bitte nur die Rechnung dazu.", "Ihre Zahlung über 12 EUR ist eingegangen, vielen Dank."),
    ],
)
def test_a_forwarded_receipt_raises_no_doubt(words: str, forwarded: str) -> None:
    assert not _passing_on(words, forwarded).doubtful


def _passing_on(words: str, forwarded: str) -> Extraction:
    quote = Quote(text=sealed(forwarded), author=Author.UNKNOWN, forwarded=True)
    seen = read(words, "Fwd: VPS", quotes=(quote,))
    assert seen.kind is Kind.OTHER
    return seen
