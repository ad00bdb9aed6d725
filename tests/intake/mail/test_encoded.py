"""Encoded text inside of plain text: read where it is text, else a file of its own; a plain reader sees it in neither."""

from __future__ import annotations

import base64
import binascii

import pytest

from intake.mail.limits import ParseLimits
from intake.mail.message import RawMessage
from intake.mail.parse import parse
from tests.intake.mail.samples import mail, multipart, parsed, pdf, redacted

WORDS = "Please refund order 5 to my card 4111 1111 1111 1111, which I paid with twice on 3 June. "


def lines(data: bytes) -> str:
    return base64.encodebytes(data).decode()


def test_a_raw_copy_in_a_bounce_is_read_and_redacted() -> None:
    raw = f"Not delivered.\n\nContent-Transfer-Encoding: base64\n\n{lines(WORDS.encode() * 2)}\nBye"
    message = redacted(mail(raw))
    assert message.body.text.count("refund order 5 to my card [card •••• 1111]") == 2
    assert message.body.text.endswith("Bye")
    assert not message.unread


@pytest.mark.parametrize("data", [b"\x89PNG" + bytes(range(200)), pdf("")])
def test_a_picture_in_base64_is_an_unread_file(data: bytes) -> None:
    message = redacted(mail(f"See below.\n\n{lines(data)}\nBye"))
    assert message.body.text.split() == ["See", "below.", "Bye"]
    assert [(item.size, item.text) for item in message.attachments] == [(len(data), None)]
    assert message.unread


def test_a_key_in_its_armour_stays_as_it_is() -> None:
    key = f"-----BEGIN CERTIFICATE-----\n{lines(bytes(range(200)))}-----END CERTIFICATE-----"
    message = redacted(mail(f"See below.\n{key}\nBye"))
    assert key in message.body.text
    assert message.attachments == ()


def uuencoded(data: bytes) -> str:
    return "".join(binascii.b2a_uu(data[at : at + 45]).decode() for at in range(0, len(data), 45))


def test_a_uuencoded_file_is_an_attachment() -> None:
    message = redacted(mail(f"See below.\nbegin 644 a b.txt\n{uuencoded(WORDS.encode())}`\nend\nBye"))
    (item,) = message.attachments
    assert message.body.text.split() == ["See", "below.", "Bye"]
    assert item.name.text == "a b.txt"
    assert item.text is not None
    assert "order 5 to my card [card •••• 1111]" in item.text.text


def test_a_damaged_uuencoded_file_is_an_unread_one() -> None:
    message = redacted(
        mail(f"See below.\nbegin 644 a.txt\n{uuencoded(WORDS.encode())}#AAAAAAAAAAAAAA\nend\nBye")
    )
    assert message.body.text.split() == ["See", "below.", "Bye"]
    assert [item.text for item in message.attachments] == [None]
    assert message.unread


def test_no_more_of_a_body_is_decoded_than_may_be_read() -> None:
    data = mail(f"{'See below. ' * 10}\nbegin 644 a.txt\n{uuencoded(WORDS.encode())}`\nend\nBye")
    message = parse(RawMessage(data=data, source="-"), ParseLimits(body_chars=100))
    assert message.body.reveal() == ("See below. " * 10)[:100].strip()
    assert [item.text for item in message.attachments] == [None]


def test_encoded_words_outside_of_headers_are_decoded() -> None:
    word = f"=?utf-8?b?{base64.b64encode('Возврат 5'.encode()).decode()}?="
    message = parsed(
        multipart(
            "report",
            f"Content-Type: text/plain\n\nSubject: {word}",
            f"Content-Type: text/rfc822-headers\n\nSubject: {word}",
            f"Content-Type: message/delivery-status\n\nX-Subject: {word}",
        )
    )
    assert message.body.reveal() == "Subject: Возврат 5"
    texts = [item.text.reveal() for item in message.attachments if item.text]
    assert texts == ["Subject: Возврат 5", "x-subject: Возврат 5"]
