"""A machine's mail is told from a person's; in doubt a person wrote."""

from __future__ import annotations

import pytest

from intake.mail.redacted import AutomaticReason
from tests.intake.mail.samples import redacted

REFUND = "Hello, I paid twice for order 5. Please refund one payment."


def reason(
    headers: str = "", text: str = REFUND, sender: str = "Ann <ann@example.org>", subject: str = "refund"
) -> AutomaticReason | None:
    data = f"From: {sender}\nTo: support@shop.example\nSubject: {subject}\n{headers}\n{text}"
    return redacted(data.encode()).automatic


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied\n",
        "Auto-Submitted: auto-replied (vacation)\n",
        "X-Autoreply: yes\n",
        "Precedence: auto_reply\n",
        "Return-Path: <>\n",
    ],
)
def test_answers_by_machine(headers: str) -> None:
    assert reason(headers) is AutomaticReason.AUTO_REPLY


@pytest.mark.parametrize(
    "subject",
    [
        "Out of Office Re: your refund",
        "Automatic reply: your refund",
        "Auto-Reply",
        "Abwesenheitsnotiz: Ihre Anfrage",
        "Automatische Antwort: Ihre Anfrage",
        "Réponse automatique : votre demande",
        "Respuesta automática: su solicitud",
        "Автоответ: ваш запрос",
        "Автоматический ответ: ваш запрос",
        "Автоматична відповідь: ваш запит",
    ],
)
def test_absence_notes_by_their_subject(subject: str) -> None:
    assert reason(text="I am away.", subject=subject) is AutomaticReason.AUTO_REPLY


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Automatic reply: your request", REFUND),
        ("On vacation: refund please", REFUND),
        ("В отпуске не пользовался, верните деньги", "Заказ 5."),
        ("Automatic renewal - refund", REFUND),
        ("Abwesenheit: bitte Geld zurück", "Bestellung 5 bitte erstatten."),
        ("Undeliverable order 5", REFUND),
        ("Automatic reply: my refund", REFUND),
        ("Réponse automatique", "Je veux un humain et récupérer mes 49 euros, commande 5."),
    ],
)
def test_subjects_that_persons_write(subject: str, text: str) -> None:
    assert reason(subject=subject, text=text) is None


@pytest.mark.parametrize(
    ("headers", "sender", "subject"),
    [
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n", "ann@example.org", "x"),
        ("", "Mail Delivery System <MAILER-DAEMON@mx.example.org>", "x"),
        ("X-MS-Exchange-Message-Is-Ndr:\n", "postmaster@example.org", "Undeliverable: x"),
        ("", "postmaster@example.org", "Undeliverable: x"),
        ("Return-Path: <>\n", "postmaster@example.org", "Unzustellbar: x"),
        ("X-Failed-Recipients: a@example.org\n", "x@example.org", "x"),
        ("Auto-Submitted: auto-replied\n", "ann@example.org", "Прочитано: возврат"),
    ],
)
def test_bounces_and_receipts(headers: str, sender: str, subject: str) -> None:
    expected = AutomaticReason.DSN
    assert reason(headers, "not delivered", sender, subject) is expected


@pytest.mark.parametrize(
    ("headers", "sender", "text"),
    [
        ("Auto-Submitted: auto-generated\n", "Bank <info@bank.example>", "Your code."),
        (
            "List-Id: <weekly.news.example>\nList-Unsubscribe: <https://news.example/u>\n",
            "news@news.example",
            "This week",
        ),
        (
            "List-Unsubscribe: <https://news.example/u>\nPrecedence: bulk\n",
            "digest@news.example",
            "Лучшее за неделю",
        ),
        (
            "List-Unsubscribe: <x>\n",
            "Shop <news@news.example>",
            "Sale!\n\nUnsubscribe: https://news.example/u",
        ),
        ("", "Ne pas répondre <no-reply@bank.example>", "Votre virement a été exécuté."),
        ("", "Certificate Robot <robot@certs.example>", "Your certificate expires in 20 days."),
        ("", "Monitor <alerts@uptime.example>", "api is DOWN"),
        (
            "",
            "Bank <info@bank.example>",
            "Ihre Überweisung wurde ausgeführt.\n\nDiese E-Mail wurde automatisch erstellt.",
        ),
        ("", "Weekly <hello@weekly.example>", "Weekly digest\n\n1. News\n\nUnsubscribe | Manage preferences"),
        (
            "",
            "Hoster <rechnung@hoster.example>",
            "Ihre Rechnung ist da. Dies ist eine automatisch erstellte Nachricht.",
        ),
        ("Feedback-ID: 1:2\n", "Shop <offers@shop2.example>", "Sale!\nView in browser"),
        ("Content-Type: text/calendar; method=REPLY\n", "ann@example.org", "BEGIN:VCALENDAR"),
        (
            "",
            "Disputes <no-reply@pay.example>",
            'The cardholder wrote "please refund me". Respond by 3 June.',
        ),
    ],
)
def test_bulk_mail_and_notifications(headers: str, sender: str, text: str) -> None:
    assert reason(headers, text, sender) is AutomaticReason.BULK


@pytest.mark.parametrize(
    "headers",
    [
        "List-Unsubscribe: <https://crm.example/u>\n",  # a sales tool
        "List-Id: <support.shop.example>\nPrecedence: list\nList-Unsubscribe: <mailto:x@shop.example>\n",  # our own group
        "Auto-Submitted: no\n",
        "X-Auto-Response-Suppress: OOF\n",
        "X-Auto-Response-Suppress: None\n",
        "Return-Path: <ann@example.org>\n",
        "Feedback-ID: 1:2\nList-Unsubscribe: <x>\n",
        "Precedence: bulk\nIn-Reply-To: <1@shop.example>\n",
    ],
)
def test_headers_that_persons_mail_bears_too(headers: str) -> None:
    assert reason(headers) is None


@pytest.mark.parametrize(
    "sender",
    [
        "auto-haus@example.org",
        "info@firm.example",
        "noel@example.org",
        "Bot Tomas <bot@example.org>",
        "abbot@example.org",
        "alerts.team@example.org",
    ],
)
def test_addresses_that_persons_have(sender: str) -> None:
    assert reason(sender=sender) is None


@pytest.mark.parametrize(
    "text",
    [
        "Please unsubscribe me and refund order 5.",
        "Отписаться не могу, верните деньги.",
        "Your mail said: please do not reply to this e-mail. How else can I get my money back?",
        "Rechnung 5 bitte erstatten.\n\nDiese E-Mail wurde automatisch erstellt.",
        "Ich möchte mich abmelden und mein Geld zurück.",
    ],
)
def test_words_that_customers_use(text: str) -> None:
    assert reason("List-Unsubscribe: <x>\n", text) is None
    assert reason(text=text, sender="info@firm.example") is None


def test_our_own_mail_and_contact_forms() -> None:
    assert reason(sender="Shop <support@shop.example>") is AutomaticReason.OWN
    form = "Reply-To: ann@example.org\nAuto-Submitted: auto-generated\n"
    assert reason(form, sender="Shop <support@shop.example>") is None
    assert reason(form, sender="Web form <noreply@shop.example>") is None
    ours = "Reply-To: support@shop.example\n"
    assert reason(ours, sender="Shop <support@shop.example>") is AutomaticReason.OWN


def test_a_no_reply_sender_that_names_a_person_to_answer() -> None:
    assert reason("Reply-To: ann@example.org\n", sender="Forms <no-reply@forms.example>") is None


@pytest.mark.parametrize(
    ("headers", "sender", "text"),
    [
        (
            "",
            "Form <no-reply@forms.example>",
            "Name: Ann\nE-mail: ann@example.org\nMessage: Is there a discount?",
        ),
        ("", "robot@forms.example", "Почта: ann@example.org\nСообщение:\nоплатила 30 мая, доступа нет"),
        (
            "Auto-Submitted: auto-generated\n",
            "noreply@forms.example",
            "Nom : A\nCourriel : a@b.example\nMessage : x",
        ),
        ("", "noreply@erp.example", "Dear all, we paid invoice 5 twice. We ask you to repay one payment."),
        ("", "system@erp.example", "Просим вернуть 100 руб.\nСообщение отправлено автоматически из системы."),
        ("Precedence: bulk\n", "noreply@erp.example", "Bitte überweisen Sie einen Betrag zurück."),
        ("", "no-responder@erp.example", "Les abonamos por error 210 EUR. Rogamos su devolución."),
        ("Precedence: bulk\nList-Unsubscribe: <x>\n", "ann@example.org", "EO-12, 10 EUR. Refund it please."),
        ("List-Id: <office.example.org>\nPrecedence: list\n", "ann@example.org", REFUND),
        (
            "Auto-Submitted: auto-generated\n",
            "Desk <help@desk.example>",
            "##- Please type your reply above this line -##\n\nShe paid on 30 May and wants it refunded.",
        ),
    ],
)
def test_machines_that_carry_what_a_person_asks(headers: str, sender: str, text: str) -> None:
    assert reason(headers, text, sender) is None


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("New voicemail", 'Transcript: "I paid on 1 June and would like my money back, order 5"'),
        ("Sprachnachricht von +49 30 0", 'Abschrift: "Ich möchte mein Geld zurück"'),
        ("Голосовое сообщение", "Текст: «Хочу вернуть деньги за заказ 5»"),
        ("Голосове повідомлення", "Розшифровка: «поверніть гроші»"),
        ("Message vocal", "Transcription : « Je demande le remboursement »"),
        ("Mensaje de voz", 'Transcripción: "Quiero que me devuelvan el dinero"'),
        ("Neue Anfrage 5", "Kunde: Bernd\nAnliegen: Rückerstattung Auftrag 5"),
        ("Новое обращение", "Клиент: Пётр\nВопрос: списали дважды, нужен возврат"),
        (
            "Invoice",
            "VAT was charged although our ID is on file. Kindly correct it and return the difference.",
        ),
        ("Server", "My server has been down since Monday and order 5 was 49 EUR."),
        ("Вопрос", "Оплатил 12 мая заказ 5. Что дальше?"),
        ("Consulta", "Pagué 39 euros por el pedido 5, ¿y el acceso?"),
        ("Undeliverable: order 5", "It never came. Please refund it."),
    ],
)
def test_what_machines_pass_on(subject: str, text: str) -> None:
    assert reason("Auto-Submitted: auto-generated\n", text, "no-reply@relay.example", subject) is None


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ("", "Your payment was accepted.\n\nMy account | My orders"),
        ("", "New sign-in.\nYes, it was me\nNo, secure my account"),
        ("List-Unsubscribe: <x>\n", "1 TB, 3 EUR. Lo quiero"),
    ],
)
def test_buttons_are_no_persons_words(headers: str, text: str) -> None:
    assert reason(headers, text, "no-reply@shop2.example", "x") is AutomaticReason.BULK


def test_a_firm_s_group_address_writes_as_a_person() -> None:
    data = "From: ann@firm.example\nTo: support@shop.example\nList-Id: <b.firm.example>\nList-Post: <mailto:b@firm.example>\n\nSeats were billed too often."
    assert redacted(data.encode()).automatic is None


def test_a_form_under_our_own_address_without_a_reply_to() -> None:
    text = "E-mail: ann@example.org\nMessage: order 5"
    assert reason("", text, "support@shop.example") is None
    assert reason("", REFUND, "support@shop.example") is AutomaticReason.OWN


def test_what_is_asked_of_a_list_is_not_asked_of_us() -> None:
    data = (
        f"From: ann@example.org\nTo: dev@lists.example\nSubject: x\nList-Id: <dev.lists.example>\n\n{REFUND}"
    )
    assert redacted(data.encode()).automatic is AutomaticReason.BULK


def test_a_newsletter_or_an_own_address_makes_no_form() -> None:
    advice = "Write to them: please refund my order.\n\nUnsubscribe: https://news.example/u"
    assert reason("", advice, "no-reply@news.example") is AutomaticReason.BULK
    data = "E-mail: no-reply@forms.example\nMessage: your storage is used up"
    assert reason("", data, "no-reply@forms.example") is AutomaticReason.BULK
