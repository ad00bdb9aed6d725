"""The redacted copy: whatever the original is like, a message that every server takes, always the same one."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.fingerprints import fingerprints
from intake.keys import Keys
from intake.mail.copy import copy_token, redacted_copy
from intake.mail.limits import DEFAULT_LIMITS, UnreadableError
from intake.mail.message import RawMessage
from intake.mail.parse import parse
from intake.redaction.redactor import RedactionError, Redactor
from tests.load import mixed

KEYS = Keys(bytes(range(32)))
TOKEN = "0123456789abcdef" * 4
REDACTOR = Redactor()
MAIL = mixed(150, seed=3)


def copy_of(data: bytes) -> bytes:
    return redacted_copy(RawMessage(data=data, source="x"), REDACTOR, DEFAULT_LIMITS, token=TOKEN)


def content(data: bytes) -> str:
    return fingerprints(parse(RawMessage(data=data, source="x")), KEYS).content


@settings(max_examples=200)
@given(st.integers(0, len(MAIL) - 1), st.integers(0, 2**32))
def test_damaged_mail_gives_a_sound_copy_or_none(number: int, seed: int) -> None:
    r = random.Random(seed)
    data = bytearray(MAIL[number])
    for _ in range(r.randrange(12) if data else 0):
        data[r.randrange(min(len(data), 3000))] = r.randrange(256)
    try:
        copy = copy_of(bytes(data))
    except (UnreadableError, RedactionError):
        return
    assert copy == copy_of(bytes(data))  # so a second try finds the first one's
    assert copy.isascii()
    assert b"\n" not in copy.replace(b"\r\n", b"")
    assert max(map(len, copy.split(b"\r\n"))) <= 998  # RFC 5322 §2.1.1
    assert copy_token(copy) == TOKEN
    assert content(copy) != content(bytes(data))  # an original is never taken for a copy


def test_what_is_no_address_any_more_stays_as_a_name() -> None:
    data = b"From: Ann <ann example.org>\nTo: a@example.org, =?utf-8?q?J=C3=B6rg?= <joerg@example.org>\n\nhello\n"
    read = parse(RawMessage(data=copy_of(data), source="x"))
    assert [(one.name.reveal(), one.email.reveal()) for one in read.recipients] == [
        ("", "a@example.org"),
        ("Jörg", "joerg@example.org"),
    ]


@pytest.mark.parametrize(
    "line", ["Subject: a\r\nBcc: x@example.org", "Subject: =?utf-8?q?a=0D=0ABcc:_x@example.org?="]
)
def test_no_header_is_smuggled_in(line: str) -> None:
    read = parse(
        RawMessage(data=copy_of(f"From: a@example.org\r\n{line}\r\n\r\nhello\r\n".encode()), source="x")
    )
    assert "bcc" not in read.headers
    assert read.body.reveal().startswith("hello")


def test_of_a_giant_it_says_that_the_rest_is_gone() -> None:
    raw = RawMessage(data=b"From: a@example.org\nSubject: s\n\nhello\n", source="x", truncated=True)
    copy = redacted_copy(raw, REDACTOR, DEFAULT_LIMITS, token=TOKEN)
    assert "too large" in parse(RawMessage(data=copy, source="x")).body.reveal()


@pytest.mark.parametrize(
    "data", [b"Subject: s\r\n\r\nX-Refund-Intake-Copy: " + TOKEN.encode(), b"", b"Subject: s\r\n"]
)
def test_a_token_counts_in_the_headers_alone(data: bytes) -> None:
    assert copy_token(data) is None
