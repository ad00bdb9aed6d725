"""A letter as a message that mail programs thread and machines leave alone."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default

import pytest

from intake.letters.kinds import LetterKind
from intake.letters.mail import Envelope, letter_mail, new_mail_id, usable_ids
from intake.letters.template import Filled, texts
from intake.mail.message import RawMessage
from intake.mail.parse import parse
from intake.threads import named_case, plus_address, token_of
from tests.intake.letters.samples import REDACTOR
from tests.intake.store import make

TOKEN = token_of(make.KEYS, 42)
LONG = "<" + "a" * 120 + "@mail.example.org>"


def filled(language: str = "ru") -> Filled:
    context = {"company": "Eofferix", "asked_on": "2 июня 2026 г.", "language": language}
    return texts(language).fill(LetterKind.RECEIVED, context, REDACTOR)


def mail(
    kind: LetterKind = LetterKind.RECEIVED, thread: tuple[str, ...] = (), reply_to: str | None = None
) -> EmailMessage:
    envelope = Envelope(
        sender=Address("Поддержка, Eofferix", addr_spec="support@eofferix.com"),
        recipient="ann@example.org",
        own_id=new_mail_id("R-1042", "eofferix.com"),
        token=TOKEN,
        reply_to=reply_to,
        thread=thread,
        date=datetime(2026, 6, 9, 12, tzinfo=UTC),
    )
    data = letter_mail(kind, "ru", filled(), envelope)
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    return message_from_bytes(data, policy=default)


def test_it_says_the_same_in_text_and_html() -> None:
    message = mail()
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == filled().text.text
    assert "2 июня 2026" in html.get_content()
    assert message["Content-Language"] == "ru"
    assert message["From"].addresses[0].display_name == "Поддержка, Eofferix"


def test_it_continues_the_customers_thread_word_for_word() -> None:
    message = mail(thread=("<first@mail.example.org>", LONG))
    assert message["In-Reply-To"] == LONG
    assert message["References"].split() == ["<first@mail.example.org>", LONG]
    assert message["Message-ID"].startswith("<r-1042.")
    assert "In-Reply-To" not in mail()


def test_the_case_is_known_again_by_subject_or_by_address() -> None:
    address = plus_address("support@eofferix.com", TOKEN)
    message = mail(reply_to=address)
    assert named_case([message["Subject"]], make.KEYS) == 42
    assert named_case([message["Reply-To"]], make.KEYS) == 42
    parsed = parse(RawMessage(data=message.as_bytes(), source="x"))
    assert named_case([parsed.subject.reveal()], make.KEYS) == 42


@pytest.mark.parametrize("kind", list(LetterKind))
def test_machines_are_told_not_to_answer(kind: LetterKind) -> None:
    message = mail(kind)
    assert "OOF" in message["X-Auto-Response-Suppress"]
    formal = kind in {LetterKind.RECEIVED, LetterKind.REVIEW_BY, LetterKind.NO_CARDS}
    assert message.get("Auto-Submitted") == ("auto-generated" if formal else None)


def test_ids_that_no_header_can_carry_are_left_out() -> None:
    found = ("<a@b>", "<[card •••• 1111]@b>", "no brackets", "<a b@c>", "<a@b>", "<c@d>\r\nBcc: x@y")
    assert usable_ids(found) == ("<a@b>",)
    assert len(usable_ids([f"<{n}@b>" for n in range(99)])) == 20
