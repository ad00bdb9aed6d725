"""Builders of small mails and attachments for the tests of this folder."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

from intake.mail.message import ParsedMessage, RawMessage
from intake.mail.parse import parse
from intake.mail.redact import redact_message
from intake.mail.redacted import RedactedMessage
from intake.mail.settings import ReadingSettings
from intake.redaction.redactor import Redactor

CORPUS = sorted((Path(__file__).parents[2] / "corpus" / "dev").glob("*.eml"))
SETTINGS = ReadingSettings(
    account_default="sender",
    support_addresses=frozenset({"support@shop.example"}),
    authserv_ids=frozenset({"mx.shop.example"}),
)
REDACTOR = Redactor()
BASE = "From: Ann Example <ann@example.org>\nTo: support@shop.example\nSubject: refund\nDate: Mon, 1 Jun 2026 09:12:00 +0300\n"


def mail(text: str, headers: str = "") -> bytes:
    """A mail with the usual headers; `text` begins with further MIME headers where there is a blank line in it."""
    return (BASE + headers + "\n" + text).encode()


def parsed(data: bytes, *, received_at: datetime | None = None) -> ParsedMessage:
    return parse(RawMessage(data=data, source="1.eml", received_at=received_at))


def redacted(data: bytes, settings: ReadingSettings = SETTINGS) -> RedactedMessage:
    return redact_message(parsed(data), REDACTOR, settings)


def body(data: bytes) -> str:
    return parsed(data).body.reveal()


def multipart(kind: str, *parts: str, extra: str = "") -> bytes:
    """A multipart mail; each part is its headers, a blank line and its text."""
    inner = "".join(f"--b0\n{part}\n" for part in parts)
    return mail(
        inner + "--b0--\n", f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="b0"{extra}\n'
    )


def pdf(
    text: str, *, catalog: str = "", page: str = "", second: str | None = None, more: tuple[str, ...] = ()
) -> bytes:
    """A PDF of one page that shows `text` (Latin letters only), or of two of which the `second` shows none.

    `catalog`, `page` and `second` are further entries of those objects, `more` are objects from number 6 on.
    """
    stream = zlib.compress(f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1"))
    last = 6 + len(more)
    kids = "[3 0 R]" if second is None else f"[3 0 R {last} 0 R]"
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Kids {kids} /Count {1 if second is None else 2} >>".encode(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> %b >>"
        % page.encode(),
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *(each.encode() for each in more),
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {second or ''} >>".encode(),
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (last + 1)
    out += b"".join(b"%010d 00000 n \n" % at for at in offsets)
    return bytes(out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (last + 1, start))


def tnef(text: str, name: str, data: bytes) -> bytes:
    """A winmail.dat with a body and one file ([MS-OXTNEF] §2.1.3)."""

    def attribute(level: int, ident: int, kind: int, value: bytes) -> bytes:
        return (
            struct.pack("<BHHI", level, ident, kind, len(value))
            + value
            + struct.pack("<H", sum(value) & 0xFFFF)
        )

    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(1, 0x9006, 8, struct.pack("<I", 0x10000))
        + attribute(1, 0x9007, 6, struct.pack("<II", 1252, 0))
        + attribute(1, 0x800C, 2, text.encode("cp1252") + b"\0")
        + attribute(2, 0x9002, 6, b"\0" * 14)
        + attribute(2, 0x8010, 1, name.encode("cp1252") + b"\0")
        + attribute(2, 0x800F, 6, data)
    )


NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
