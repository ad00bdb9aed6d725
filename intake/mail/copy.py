"""The redacted copy that takes an original's place on the server: a message again, and nothing unredacted in it.

Its headers keep the thread (Message-ID, References, In-Reply-To) and what people read; one text/plain part holds
the redacted text and, at the end, what was removed. That end also makes sure that no copy has the content of an
original. Written by hand and not with the stdlib's policies, which raise on the addresses of hostile mail.
"""

from __future__ import annotations

import re
import textwrap
from base64 import b64encode
from collections.abc import Iterable, Iterator
from email.utils import format_datetime
from quopri import encodestring
from typing import Final

from intake.mail.headers import MailHeaders
from intake.mail.limits import ParseLimits
from intake.mail.media_types import known_media_type
from intake.mail.message import Address, Attachment, ParsedMessage, RawMessage
from intake.mail.parse import parse
from intake.redaction.redactor import Redactor
from intake.redaction.text import Redacted, Sensitive

COPY_HEADER: Final = "X-Refund-Intake-Copy"
"""Holds a keyed token of the original's place: a copy is found by it again, and nobody else can make one."""

_ADDRESSES: Final = ("From", "Reply-To", "To", "Cc")
_AS_TYPED: Final = ("Auto-Submitted", "List-Id")
# what no server stumbles over (RFC 5322 §3.6.4)
_ID: Final = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,300}>")
_ADDR_SPEC: Final = re.compile(
    r"[\x21\x23-\x27\x2a\x2b\x2d-\x39\x3d\x3f\x41-\x5a\x5e-\x7e.]+@[A-Za-z0-9.\[\]:-]+"
)
_PLAIN: Final = re.compile(r"[\x20-\x7e]{0,200}")
_ASCII: Final = re.compile(r"[\x20-\x7e]*")
_LINE, _LONGEST_WORD = 76, 900  # of a folded header; a line has at most 998 characters (RFC 5322 §2.1.1)
_WORD_BYTES: Final = 42  # of an encoded word of at most 75 characters (RFC 2047 §2)
_MOST_RECIPIENTS, _MOST_IDS = 50, 30
_UNKNOWN_SIZE: Final = "the rest of a message that is too large to be read"


def redacted_copy(raw: RawMessage, redactor: Redactor, limits: ParseLimits, *, token: str) -> bytes:
    """The copy of `raw`, with CRLF line ends and nothing beyond ASCII: what every server takes as it is.

    The same bytes give the same copy, so that a try after a kill finds what an earlier one appended.

    Raises:
        UnreadableError: the original cannot be taken apart.
        RedactionError: the redactor does not come to rest on a part of it.
    """
    parsed = parse(raw, limits)
    copy = _Copy(redactor)
    lines = [
        *copy.header_lines(parsed),
        f"{COPY_HEADER}: {token}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
    ]
    head = "".join(f"{line}\r\n" for line in lines).encode("ascii")
    return head + b"\r\n" + _quoted_printable(copy.text(parsed))


def copy_token(data: bytes) -> str | None:
    """The token of a copy of ours; None: it is none. Whether it is true, the fingerprints say."""
    head = data[:65536].partition(b"\r\n\r\n")[0].decode("ascii", "replace")
    found = re.search(rf"(?im)^{COPY_HEADER}: ([0-9a-f]{{64}})\s*$", head)
    return found[1] if found else None


class _Copy:
    """The redactor at work on one copy."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def header_lines(self, parsed: ParsedMessage) -> Iterator[str]:
        headers = MailHeaders(parsed.headers)
        for name in _ADDRESSES:
            found = [
                text
                for address in headers.addresses(name.lower())[:_MOST_RECIPIENTS]
                if (text := self._address(address))
            ]
            if found:
                yield f"{name}: " + ",\r\n ".join(found)
        yield f"Subject: {_encoded(self._redact(parsed.subject, 'subject').text)}"
        if parsed.date is not None:
            yield f"Date: {format_datetime(parsed.date)}"
        if ids := self._ids([parsed.message_id or ""]):
            yield f"Message-ID: {ids[0]}"
        for name in ("In-Reply-To", "References"):
            values = parsed.headers.get(name.lower(), ())
            if ids := self._ids(_ID.findall(" ".join(values))[-_MOST_IDS:]):
                yield f"{name}: " + "\r\n ".join(ids)
        for name in _AS_TYPED:
            for value in parsed.headers.get(name.lower(), ())[:1]:
                yield f"{name}: {_encoded(self._redact(Sensitive(value), 'header').text)}"

    def text(self, parsed: ParsedMessage) -> str:
        """The whole body redacted, quoted words included, then what is not there any more."""
        body = self._redact(parsed.body, "body").text.rstrip()
        removed = [self._removed(item, index) for index, item in enumerate(parsed.attachments)]
        removed += ["another rendering of the text"] * bool(parsed.other_bodies)
        removed += [_UNKNOWN_SIZE] * parsed.raw.truncated
        told = "\n".join(f"- {line}" for line in removed) or "- none"
        note = "This is a copy by refund-intake: secrets are cut out of the text. Parts removed:"
        return f"{body}\n\n-- \n{note}\n{told}\n"

    def _removed(self, item: Attachment, index: int) -> str:
        name = " ".join(self._redact(item.name, f"attachment_name:{index}").text.split())[:200]
        return f"{name or 'without a name'} ({known_media_type(item.content_type)}, {item.size} bytes)"

    def _address(self, address: Address) -> str:
        """One mailbox; what is no address any more, or never was, is left as a name alone."""
        name = self._redact(address.name, "address").text
        email = self._redact(address.email, "address").text
        if _ADDR_SPEC.fullmatch(email) is None:
            name, email = f"{name} {email}".strip(), "unknown@invalid" if email else ""
        if not email:
            return ""
        return f"{_phrase(name)} <{email}>" if name else email

    def _ids(self, found: Iterable[str]) -> list[str]:
        """Message-IDs as they are; one in which a secret hides is left out: the thread is worth no card."""
        return [
            text
            for text in found
            if _ID.fullmatch(text) and self._redact(Sensitive(text), "message_id").text == text
        ]

    def _redact(self, text: Sensitive, part: str) -> Redacted:
        return self._redactor.redact(text, part).text


def _phrase(name: str) -> str:
    """A display name: quoted where it is plain, else as encoded words (RFC 5322 §3.2.5, RFC 2047 §5)."""
    if _PLAIN.fullmatch(name) and "=?" not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return _encoded(name)


def _encoded(text: str) -> str:
    """A header value, folded: ASCII as it is, anything else as encoded words."""
    text = " ".join(text.split())[:2000]
    if _ASCII.fullmatch(text) and "=?" not in text and max(map(len, text.split()), default=0) < _LONGEST_WORD:
        lines = textwrap.wrap(text, _LINE, break_long_words=False, break_on_hyphens=False)
        return "\r\n ".join(lines)
    chunks: list[bytes] = []
    for character in text:
        data = character.encode("utf-8", "replace")
        if chunks and len(chunks[-1]) + len(data) <= _WORD_BYTES:
            chunks[-1] += data
        else:
            chunks.append(data)
    return "\r\n ".join(f"=?utf-8?b?{b64encode(chunk).decode()}?=" for chunk in chunks)


def _quoted_printable(text: str) -> bytes:
    data = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    encoded = encodestring(data)
    dotted = re.sub(rb"(?m)^\.", b"=2E", encoded)  # no line that an SMTP gateway would double or end at
    return re.sub(rb"(?m)^From ", b"=46rom ", dotted).replace(b"\n", b"\r\n")
