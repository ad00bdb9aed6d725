"""Nothing leaves unredacted: every part of a message goes through the redactor, and findings say where."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest

from intake.mail.redacted import Author, AuthResult, RedactedMessage
from intake.redaction.findings import SecretType
from tests.intake.mail.samples import mail, multipart, redacted

CARD = "4111 1111 1111 1111"
PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"


def everything(message: RedactedMessage) -> str:
    return repr(dataclasses.replace(message, findings=()))


@pytest.mark.parametrize(
    "data",
    [
        mail(f"my card {CARD}"),
        mail("x").replace(b"Subject: refund", f"Subject: card {CARD}".encode()),
        mail("x").replace(b"Ann Example", f"card {CARD}".encode()),
        mail("x", f"Reply-To: card {CARD} <b@example.org>\nCc: card {CARD} <c@example.org>\n"),
        multipart(
            "alternative",
            f"{PLAIN}hello, see the other part",
            f"Content-Type: text/html\n\n<p>card {CARD}</p>",
        ),
        multipart("mixed", f"{PLAIN}x", f"Content-Type: text/plain; name=a.txt\n\ncard {CARD}"),
        multipart("mixed", f"{PLAIN}x", f'Content-Type: image/png; name="card {CARD}.png"\n\nx'),
        multipart(
            "mixed",
            f"{PLAIN}x",
            f"Content-Type: message/rfc822\n\nFrom: b@example.org\nSubject: s\n\ncard {CARD}",
        ),
        mail(f"<p>x</p><!-- card {CARD} -->", "Content-Type: text/html\n"),
        mail(f"<table><tr><td>card</td><td>{CARD}</td></tr></table>", "Content-Type: text/html\n"),
        mail(f"ok\n\nOn 1 Jun 2026 at 09:12, S <s@shop.example> wrote:\n> your card {CARD}\n"),
        mail(f"ok\n\n-- \nAnn, card {CARD}\n"),
        mail(f"> card {CARD[:10]}\n> {CARD[10:]}\nyes"),
        mail("x", f"Message-ID: <card-{CARD.replace(' ', '')}@example.org>\n"),
    ],
)
def test_a_card_anywhere_is_gone(data: bytes) -> None:
    shown = everything(redacted(data))
    assert "1111 1111" not in shown
    assert "1111111111" not in shown


def test_findings_point_at_their_placeholders() -> None:
    text = (
        f"card {CARD}, CVV 123\n\nOn 1 Jun 2026 at 09:12, Ann <ann@example.org> wrote:\n> my card {CARD}\n>\n> thanks\n\n"
        "the password is hunter2hunter\n-- \nAnn, card 5555 5555 5555 4444"
    )
    message = redacted(mail(text))
    assert {finding.part for finding in message.findings} == {"body", "quoted:0", "signature"}
    for finding in message.findings:
        assert message.part(finding.part).text[finding.start : finding.end].startswith("[")


def test_a_label_in_the_question_and_the_secret_in_the_answer() -> None:
    message = redacted(mail("> Which card did you pay with?\n4111 1111 1111 1111\n"))
    assert message.body.text.startswith("[card •••• 1111]")
    assert message.quotes[0].text.text == "Which card did you pay with?"


@pytest.mark.parametrize(
    ("subject", "value", "cut"),
    [
        ("FTP password", "qT7mlo2x", "[password removed]"),
        ("новый пароль от панели", "Veter-71-Luna", "[password removed]"),
        ("PIN für die Hotline", "7702", "[pin removed]"),
        ("code de confirmation", "739 105", "[code removed]"),
        ("clave de la API", "hzk9f2Lr84TTqvA0bX1mE77cPd3", "[token removed]"),
        ("код із смс", "739105", "[code removed]"),
        ("password reset for my order", "EO-448120", None),
        ("invoice 2026-04418", "739105", None),
        ("error code", "739105", None),
    ],
)
def test_a_label_in_the_subject_and_the_secret_alone_in_the_body(
    subject: str, value: str, cut: str | None
) -> None:
    body = f"card {CARD}\n\n{value}\n\ncard {CARD}\n"
    message = redacted(mail(body).replace(b"Subject: refund", f"Subject: {subject}".encode()))
    assert message.body.text.splitlines()[2] == (cut or value)
    for finding in message.findings:
        assert message.part(finding.part).text[finding.start : finding.end].startswith("[")
    assert len(message.findings) == (3 if cut else 2)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Refund, wrong password", "Order number:\n58213\n"),
        ("One-time code not received", "Номер заказа:\n\n58213\n"),
        ("card 4111 1111 1111", "1111\n"),
    ],
)
def test_a_value_that_the_body_names_itself_is_not_the_subjects(subject: str, text: str) -> None:
    message = redacted(mail(text).replace(b"Subject: refund", f"Subject: {subject}".encode()))
    assert message.body.text == text.rstrip("\n")


def test_one_card_in_both_renderings_is_counted_once() -> None:
    data = multipart(
        "alternative", f"{PLAIN}my card {CARD}", f"Content-Type: text/html\n\n<p>my card {CARD}</p>"
    )
    assert Counter(finding.type for finding in redacted(data).findings) == {SecretType.PAN: 1}


def test_who_is_quoted() -> None:
    data = mail(
        "Order 5\n\nOn 1 Jun 2026 at 09:12, Shop <support@shop.example> wrote:\n> Which?\n>\n"
        "> On 31 May 2026 at 10:00, Ann Example <ann@example.org> wrote:\n> > I paid twice\n",
        "In-Reply-To: <1@shop.example>\n",
    )
    message = redacted(data)
    assert message.is_reply
    assert message.body.text == "Order 5"
    assert [(quote.author, quote.text.text) for quote in message.quotes] == [
        (Author.OTHER, "Which?"),
        (Author.CUSTOMER, "I paid twice"),
    ]
    heading = message.quotes[1].heading
    assert heading is not None
    assert "31 May 2026" in heading.text


def test_words_round_a_quote_are_two_paragraphs() -> None:
    message = redacted(mail("> 1. number?\n12345\n> 2. date?\n3 June\n", "In-Reply-To: <1@shop.example>\n"))
    assert message.body.text == "12345\n\n3 June"
    assert [quote.author for quote in message.quotes] == [Author.OTHER, Author.OTHER]


def test_headers_come_through() -> None:
    message = redacted(
        mail(
            "x",
            "Reply-To: B <b@example.org>\nAuthentication-Results: mx.shop.example; dmarc=pass header.from=example.org\n",
        )
    )
    assert message.sender_email is not None
    assert message.sender_email.text == "ann@example.org"
    assert message.reply_to is not None
    assert message.reply_to.text == "b@example.org"
    assert [found.text for found in message.recipients] == ["support@shop.example"]
    assert message.sender_check.dmarc is AuthResult.PASS
    assert not message.is_reply


def test_no_sender_and_no_text() -> None:
    message = redacted(b"Subject: refund order 5\n\n")
    assert (message.sender_email, message.sender_name, message.message_id) == (None, None, None)
    assert (message.body.text, message.subject.text) == ("", "refund order 5")


def test_a_forward_without_words_has_an_empty_body() -> None:
    message = redacted(
        mail(
            "---------- Forwarded message ---------\nFrom: Shop <s@other.example>\nDate: x\nSubject: y\n\nOrder 7"
        )
    )
    assert message.body.text == ""
    assert [quote.forwarded for quote in message.quotes] == [True]
