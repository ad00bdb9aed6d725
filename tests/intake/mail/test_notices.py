"""Notices by machines that no header marks; persons who speak like one, of one, or with one's words."""

from __future__ import annotations

import pytest

from intake.mail.redacted import AutomaticReason
from tests.intake.mail.samples import redacted

ANSWERS = "In-Reply-To: <r1.1@shop.example>\n"


def reason(
    text: str,
    *,
    sender: str = "Ann <ann@example.org>",
    subject: str = "Re: your request",
    headers: str = ANSWERS,
) -> AutomaticReason | None:
    data = f"From: {sender}\nTo: support@shop.example\nSubject: {subject}\n{headers}\n{text}"
    return redacted(data.encode()).automatic


@pytest.mark.parametrize(
    "text",
    [
        "I'm out of the office until 14 September. For anything urgent please contact my colleague Jane.",
        "The surgery is closed until 2 January. Messages will not be read.",
        "Ich bin bis 21.08. nicht im Büro. Ihre Nachricht wird nicht weitergeleitet.",
        "Офис закрыт с 1 по 8 января. Ваше письмо будет прочитано после праздников.",
        "Я у відпустці до 20 серпня. З термінових питань звертайтеся до моєї колеги.",
        "Le secrétariat est fermé jusqu'au 30 août. Votre message ne sera pas lu.",
        "Me encuentro fuera de la oficina con acceso limitado a mi correo.",
        "I'm off until Tuesday and will read your message when I get back.",
        "Ich bin in den Bergen und nicht zu erreichen. Dringendes bitte an Frau Stolle.",
        "Bin diese Woche krankgeschrieben, in dringenden Fällen hilft meine Kollegin.",
        "Я в отъезде и не на связи, ваше письмо прочту по возвращении.",
        "До 12 серпня я недоступна. Нагальні питання до Олега.",
        "Je suis injoignable jusqu'au 3 août. Je lirai votre message à mon retour.",
        "Estaré sin cobertura hasta el 9. Lo urgente, con Marta.",
        "We have received your request and created ticket #4411. Our team will get back to you within two days.",
        "Ihre Anfrage ist bei uns eingegangen. Wir melden uns schnellstmöglich.",
        "Ваше обращение получено и зарегистрировано под номером 778. Мы ответим вам.",
        "Ваш запит отримано, йому присвоєно номер 12. Ми зв'яжемося з вами найближчим часом.",
        "Nous avons bien reçu votre message et nous vous répondrons dans les meilleurs délais.",
        "Hemos recibido su consulta. Nos pondremos en contacto con usted a la mayor brevedad.",
    ],
)
def test_absence_notes_and_receipts_without_a_header_that_says_so(text: str) -> None:
    assert reason(text) is AutomaticReason.AUTO_REPLY
    assert reason(text, headers="", subject="Question") is None  # nothing was asked of them
    assert reason(f"{text}\n\nPlease refund order 5.") is None
    assert reason(f'You keep writing "{text}"') is None


def test_a_title_over_our_subject_is_an_answer_too() -> None:
    text = "Nous sommes fermés. Votre message ne sera pas lu."
    assert reason(text, subject="Absence : Re: votre demande", headers="") is AutomaticReason.AUTO_REPLY
    assert reason(text, subject="Absence de réponse", headers="") is None


@pytest.mark.parametrize(
    "text",
    [
        "I'm on holiday until 12 August, so the form comes when I'm back.",
        "It is urgent now: in my absence my son used it. I was on holiday then.",
        "Sorry, I was out of the office with limited access to my mail. It was on 3 March.",
        "Ich bin bis Freitag im Urlaub, den Beleg schicke ich danach.",
        "Был в отпуске, доступ к почте ограничен. Это было 3 марта.",
        "Я у відпустці до 20 серпня, квитанцію надішлю потім.",
        "Je suis en congé jusqu'au 24 août, je vous envoie la facture à mon retour.",
        "Me contestan siempre que hemos recibido su consulta. ¿Cuándo me pagan?",
        "Thank you for your message. It was on 3 March.",
        "Ich war krankgeschrieben und lese Ihre Nachricht erst heute.",
        "Я был недоступен неделю. Да, на ту же карту.",
        "Estoy de viaje, pero sí, acepto el saldo.",
        "This is my third letter, you answered automatically each time.",
    ],
)
def test_persons_who_are_away_or_were_answered_by_a_machine(text: str) -> None:
    assert reason(text) is None


@pytest.mark.parametrize(
    "subject", ["On vacation", "Abwesenheit", "В отпуске", "Я у відпустці", "En congés", "De vacaciones"]
)
def test_a_holiday_may_be_why_a_customer_writes(subject: str) -> None:
    texts = "On vacation until June, the money please.", "En congés jusqu'au 24 août, abonnement non utilisé."
    assert [reason(text, subject=subject, headers="") for text in texts] == [None, None]


@pytest.mark.parametrize(
    ("sender", "text"),
    [
        ("Mail Delivery Service <mail@mx.example>", "Your message could not be delivered: 550 5.1.1 unknown"),
        ("postmaster@mx.example", "I'm sorry: your message could not be delivered."),
        ("postmaster@mx.example", "Ihre Nachricht an max@mx.example konnte nicht zugestellt werden."),
    ],
)
def test_bounces_in_odd_shapes(sender: str, text: str) -> None:
    assert reason(text, sender=sender, headers="", subject="Your letter") is AutomaticReason.DSN
    assert reason(text, headers="", subject="Your letter") is None


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Accepted: call", "Ann has accepted this invitation."),
        ("Abgelehnt: Besprechung", "Max hat Ihre Einladung abgelehnt."),
        ("Reminder: lunch", "When: Friday\nWhere: Cafe"),
    ],
)
def test_calendars(subject: str, text: str) -> None:
    assert reason(text, subject=subject, headers="") is AutomaticReason.BULK
    assert reason(f"{text} I want my money back.", subject=subject, headers="") is None
    assert reason("Half of it is fine.", subject=subject) is None


@pytest.mark.parametrize(
    "local", ["notificaciones", "benachrichtigung", "avisos", "uvedomleniya", "bank-alertes"]
)
def test_machines_of_banks_by_their_address(local: str) -> None:
    assert reason("20,00 EUR.", sender=f"{local}@bank.example", headers="") is AutomaticReason.BULK
