"""What is read by a shorter way reads as by the long one."""

from __future__ import annotations

from email import message_from_bytes
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mailparser.utils import get_addresses

from intake.mail.headers import _mailboxes
from intake.mail.parts import payload

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
