"""Notices by machines that no header marks; persons who speak like one, of one, or with one's words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.mail.redacted import AutomaticReason
from tests.intake.mail.samples import SETTINGS, redacted

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
        "I'm up a hill with no signal till the 19th. I'll answer when I'm down again.",
        "I no longer work at Northquay. Billing and refund questions go to office@northquay.example.",
        "Bin bis 15.6. nicht im Haus. Rechnungen bitte an Frau Ott, ott@metall.example.",
        "Меня нет на месте до 10 июня. Вопросы по оплате и возвратам — Анне, anna@trest.example.",
        "Наш офіс не працює у п'ятницю. Відповімо в понеділок.",
        "Je suis en formation jusqu'à jeudi. Les factures sont à envoyer à compta@lorne.example.",
        "El taller está cerrado por vacaciones. Los pedidos se atenderán a la vuelta.",
        "Back on 3 May. My colleague Jo (jo@example.org) stands in.",
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
    back = "Gone fishing, back on Monday. If your mail is about money, it can wait."
    titled = "Out of the office (and of my mind) Re: refund"
    assert reason(back, subject=titled, headers="") is AutomaticReason.AUTO_REPLY
    assert reason(f"{back} Order 5 was paid by card.", subject=titled, headers="") is None


def test_a_ticket_s_number_in_the_subject_tells_a_receipt() -> None:
    text = "Your request has been logged as case 4412. One of our team will be in touch."
    assert reason(text, subject="[Case 4412] Hello", headers="") is AutomaticReason.AUTO_REPLY
    for more in ("Nothing came.", "19 EUR.", "And now?"):
        assert reason(f"{text} {more}", subject="[Case 4412] Hello", headers="") is None


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
        "On leave till Monday. For anything about the refund contact my bank clerk.",
        "This address is no longer in use. Please write to ann.new@example.org.",
        "I'm out until Friday; use billing@example.org, that is where the plan is registered.",
        "My colleague was out until Friday. The account is office@example.org.",
        "office@example.org is the one. I'm out until Friday.",
        "It was by Visa. I am on holiday and will answer again when I am back.",
        "Mastercard. Я в отпуске, отвечу после возвращения.",
        "Solo quiero darme de baja. Contestaré cuando pueda.",
        "7712. Im Urlaub, antworte danach.",
        "Le 12 juin. Je suis en déplacement, je réponds à partir de lundi.",
        "Сервер не работает. Всё срочное стоит.",
        "Меня не будет до пятницы, но вот номер заказа: 5512, вопросы пишите сюда.",
        "Estoy de viaje con acceso limitado al correo, pero le confirmo: el pago fue por PayPal.",
        "Der Server ist nicht erreichbar. Dringendes Anliegen, antworten Sie bitte.",
        "Сервер не работает. Срочные вопросы решаете неделю.",
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
    ("subject", "text"),
    [
        ("Out of office", "Order 4711 must be refunded to the card."),
        ("Absence du bureau", "La commande 4711 doit être remboursée sur la carte."),
        ("Fuera de la oficina", "El pedido 4711 tienen que devolverlo a la tarjeta."),
    ],
)
def test_an_absence_in_the_subject_does_not_hide_a_demand(subject: str, text: str) -> None:
    assert reason(text, subject=subject, headers="") is None


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
        ("Mail delivery failed", "Your message to bob@mx.example could not be delivered."),
        ("Лист не доставлено", "Не вдалося доставити лист на bob@mx.example.\nТема: Повернення коштів"),
        ("Read: Your refund", "Your message\n\nTo: Bob\n\nwas read on 2 June 2026 10:11."),
        ("Gelesen: Ihre Erstattung", "Ihre Nachricht wurde am 2. Juni 2026 um 10:11 gelesen."),
    ],
)
def test_reports_by_their_words_alone(subject: str, text: str) -> None:
    assert reason(text, headers="", subject=subject) is AutomaticReason.DSN
    assert reason(f"{text} My order 5 neither.", headers="", subject=subject) is None


def test_the_days_of_a_holiday_are_no_answer() -> None:
    text = "Ich bin vom 24.07. bis 14.08. in den Bergen und nicht zu erreichen. Dringendes bitte an Frau S."
    assert reason(text) is AutomaticReason.AUTO_REPLY


def test_a_parcel_is_no_bounce() -> None:
    text = "Заказ 5512 не доставлен, ann@example.org. Сумма 900 руб."
    assert reason(text, headers="", subject="Не доставлено") is None


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


NOTICES = [
    ("merchant", "Dispute 77", "A cardholder has disputed a payment.\nRespond by 21 August."),
    (
        "service",
        "Rückbuchung",
        "Der Karteninhaber hat eine Rückbuchung veranlasst. Belege bis 14.06. im Portal.",
    ),
    ("billing", "Реєстр", "Операцій: 14\nКомісія: 618,30 грн\nДо виплати: 39 731,70 грн"),
    ("info", "Возврат проведён", "Возврат на карту проведён, деньги получит держатель карты."),
    ("comercios", "Contracargo", "Comercio: SHOP\nContracargo recibido. Plazo para responder: 7 días."),
    ("commercants", "Litige", "Le porteur a contesté le paiement. Date limite de réponse : 15/06."),
    ("any.body", "Daily", "Sales: 12\nFees: 3.10\nNet to bank: 90.00"),  # a table speaks for itself
    ("domains", "Your domain", "Your domain shop.example will expire on 3 July. Renew it now."),
    ("ann", "PROBLEM: queue", "Host: pay-2\nSeverity: High"),
    ("nas", "Job", "Task: invoices\nDetails: target unreachable"),
    ("PayLane Desk <x@paylane.example>", "Dispute", "Dispute won: decided in your favour."),
    ("www-data", "Cron <root@web3> /opt/sync", "14 rows read"),
]


@pytest.mark.parametrize(("local", "subject", "text"), NOTICES)
def test_services_that_write_to_a_company(local: str, subject: str, text: str) -> None:
    sender = local if "@" in local else f"{local}@pay.example"
    assert reason(text, sender=sender, subject=subject, headers="") is AutomaticReason.BULK
    for more in ("I want it back.", "Our account was charged twice.", "Хочу вернуть деньги."):
        assert reason(f"{text}\n{more}", sender=sender, subject=subject, headers="") is None


@pytest.mark.parametrize(
    ("sender", "text"),
    [
        ("payments@bakery.example", "EO-771. The payment has been processed twice. Fee: 2 EUR on top."),
        ("admin@cafe.example", "В личном кабинете оплата не видна, хотя платёж проведён 1 июня."),
        ("info@les.example", "Уважаемый партнёр! Платёж проведён, комиссия банка 90 руб., кабинет пуст."),
        ("Harrow <harrow@harrow.example>", "Dear partner, 20.00 EUR has been debited on 2 June."),
        ("server@tiny.example", "Status: unreachable. Details: EO-71, paid until July."),
        ("info@kranz.example", "Die Auszahlung zu EO-7 ist nicht eingegangen. Gebühr: 3,00 EUR abgezogen."),
        ("info@sol.example", "El abono en cuenta no ha llegado. Comisión: 3,00"),
        ("compta@durand.example", "Le paiement a été effectué deux fois dans l'espace client."),
        ("ann@example.org", "Order: 5\nAmount: 24.00 EUR\nPaid: 30 May 2026\nReason: duplicate payment"),
        ("root@acme.example", "Status: unreachable, http 502. Refund of 30 EUR requested, order 4711."),
        (
            "info@meier.example",
            "Rechnung: 471\nBetrag: 49,00\nRückbuchung der Zahlung erbeten. Auszahlung bitte.",
        ),
        ("info@firm.example", "Платёж 4711 выполнен. Комиссия 20 руб. Необходимо возмещение за простой."),
        ("ann@example.org", "Payout is late.\nThe cardholder is a friend, the dashboard is empty."),
    ],
)
def test_firms_that_complain_in_a_service_s_words(sender: str, text: str) -> None:
    assert reason(text, sender=sender, headers="", subject="Payment") is None


def test_where_no_address_of_ours_is_known_whom_it_is_addressed_to_tells_what_it_answers() -> None:
    data = "From: ann@example.org\nTo: help@mail.example\nSubject: Re: x\nReferences: <1@mail.example>\n\n"
    text = "The surgery is closed until 2 January. Messages will not be read."
    unknown = replace(SETTINGS, support_addresses=frozenset())
    assert redacted((data + text).encode(), unknown).automatic is AutomaticReason.AUTO_REPLY
    assert (
        redacted((data + text + " They are read then." * 80).encode(), unknown).automatic is None
    )  # a story
