"""What is read by a shorter way reads as by the long one."""

from __future__ import annotations

import base64
import random
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mailparser.utils import get_addresses

from intake.mail.headers import _mailboxes
from intake.mail.parts import payload
from intake.mail.tree import read_tree

_WORDS = st.lists(st.text("AbZ09", min_size=1, max_size=4), min_size=1, max_size=3).map(" ".join)
_QUOTED = st.lists(st.text("AbZ09_.'-", min_size=1, max_size=4), min_size=1, max_size=3).map(
    lambda words: f'"{" ".join(words)}"'
)
_DOTTED = st.lists(st.text("aZ09-", min_size=1, max_size=4), min_size=2, max_size=3).map(".".join)


@given(st.one_of(st.just(""), _WORDS, _QUOTED), st.text("a9_+-", min_size=1, max_size=5), _DOTTED)
def test_plain_mailboxes(name: str, local: str, domain: str) -> None:
    value = f"{name} <{local}@{domain}>".strip()
    assert _mailboxes(value) == get_addresses(value, decode_names=True) == getaddresses([value])


@pytest.mark.parametrize(
    "value", ['"=?utf-8?q?A?=" <a@b.example>', '"a\\"b" <a@b.example>', "<a@b.example>, <c@d.example>", "a@b"]
)
def test_other_mailboxes(value: str) -> None:
    assert _mailboxes(value) == get_addresses(value, decode_names=True)


def _told(part: Message) -> tuple[object, ...]:
    inner = part.get_payload()
    whole = tuple(map(_told, inner)) if isinstance(inner, list) else inner
    return tuple(part.raw_items()), whole, tuple(map(type, part.defects))


_DATA = random.Random(7).randbytes(20_000)
_ROWS = base64.encodebytes(_DATA)
_HEAD = b"Content-Type: application/x\nContent-Transfer-Encoding: base64\n"


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize(
    "data",
    [
        _HEAD + b"\n" + _ROWS,
        _HEAD + b"\n" + _ROWS * 2 + b"words\n\n" + _ROWS.rstrip(b"\n"),
        _HEAD + _ROWS + b"\n" + _ROWS,  # no header, and no blank line before it
        b"From: a@example.org\n" + _HEAD + b"\n" + _ROWS + b"\x00 0\n",
        b"Content-Type: multipart/mixed; boundary=x\n\n"
        + _ROWS
        + b"--x\n"
        + _HEAD
        + b"\n"
        + _ROWS
        + b"--x\n\nwords\n"
        + _ROWS
        + b"\n--x--\n"
        + _ROWS,
        b"Content-Type: multipart/mixed; boundary=x\n\nbase64\n" + _ROWS + b"--y\n",
        b"Content-Type: message/rfc822\n\n" + _HEAD + b"\n\xff" + _ROWS + b"\xfe",
    ],
)
def test_rows_of_base64(data: bytes, end: bytes) -> None:
    data = data.replace(b"\n", end)
    assert _told(read_tree(data)) == _told(message_from_bytes(data))


@pytest.mark.parametrize(
    "text",
    ["QQ==", "QUI=", "QUJD\r\nQUJD\n", "", "QQ=", "Q===", "QQ==QQ==", "Q Q==", "Q\x0bQ==", "QQ==é", "QQ"],
)
def test_sound_and_damaged_base64(text: str) -> None:
    data = b"Content-Transfer-Encoding: Base64\n\n" + text.encode()
    part = message_from_bytes(data)
    whole = message_from_bytes(data)
    assert payload(part) == whole.get_payload(decode=True)
    assert list(map(type, part.defects)) == list(map(type, whole.defects))
