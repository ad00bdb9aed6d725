"""Letters as bytes (RFC 5322, RFC 2045): written out by hand, because some must be as odd as real mail is."""

from __future__ import annotations

import base64
import hashlib
import quopri
import zlib
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

from intake.demo.letters import Attached, Letter
from intake.demo.slots import SUPPORT, Filling

_AUTHSERV = {"eofferix": "mx.eofferix.com", "pars": "mx.pars.example"}
_SUPPORT_ID = "<answer-to.{}>"

_Headers = list[tuple[str, str]]


def message(filling: Filling, box: str, received: datetime) -> bytes:
    """The letter as it lies in the mailbox `box`, with what the receiving server wrote above it."""
    letter = filling.letter
    trace = _trace(filling, box, received)
    if letter.raw is not None:
        return trace + _crlf(filling.fill(letter.raw)).encode(letter.charset)
    headers: _Headers = [
        ("From", _from(filling)),
        ("To", SUPPORT[letter.to]),
        ("Subject", filling.fill(letter.subject)),
        ("Date", format_datetime(filling.sent)),
        ("Message-ID", filling.message_id()),
        *((name, filling.fill(value)) for name, value in letter.headers.items()),
        *_thread(filling),
        ("MIME-Version", "1.0"),
    ]
    body = _content(filling)
    if letter.attachments:
        body = _multipart("mixed", [body, *(_attached(one, filling) for one in letter.attachments)])
    return trace + _written(headers, letter.charset) + body


def _trace(filling: Filling, box: str, received: datetime) -> bytes:
    verdict, sender = filling.letter.authentication, filling.person.address
    domain, server = sender.partition("@")[2], _AUTHSERV[box]
    relay = "203.0.113.77" if verdict == "fail" else "192.0.2.25"  # TEST-NET-3 and -1, RFC 5737
    queue = hashlib.sha256(f"{filling.message_id()} {box}".encode()).hexdigest()[:11].upper()
    headers: _Headers = []
    if verdict:
        results = f" spf={verdict} smtp.mailfrom={sender};\r\n dkim={verdict} header.d={domain};\r\n"
        results += f" dmarc={verdict} header.from={domain}"
        headers.append(("Authentication-Results", f"{server};\r\n{results}"))
    way = f"from out.{domain} (out.{domain} [{relay}])\r\n\tby {server} (Postfix) with ESMTPS id {queue}\r\n"
    headers.append(("Received", f"{way}\tfor <{SUPPORT[box]}>; {format_datetime(received)}"))
    return _written(headers, "ascii")


def _from(filling: Filling) -> str:
    person = filling.person
    return f"{person.first} {person.last} <{person.address}>"


def _thread(filling: Filling) -> _Headers:
    parent = filling.letter.answers
    if parent is None:
        return []
    chain = [filling.message_id(parent)]
    if filling.letter.support_answered:
        chain.append(_SUPPORT_ID.format(chain[0].strip("<>")))
    return [("In-Reply-To", chain[-1]), ("References", " ".join(chain))]


def _content(filling: Filling) -> bytes:
    letter = filling.letter
    parts = [
        _text(filling.fill(text) + _log(letter.log_kib), f"text/{kind}", letter.charset, letter)
        for kind, text in (("plain", letter.text), ("html", letter.html))
        if text is not None
    ]
    return parts[0] if len(parts) == 1 else _multipart("alternative", parts)


def _text(text: str, content_type: str, charset: str, letter: Letter, name: str = "") -> bytes:
    if letter.flowed and not name:
        content_type = f"{content_type}; format=flowed"
    headers: _Headers = [
        ("Content-Type", f'{content_type}; charset="{charset}"'),
        ("Content-Transfer-Encoding", letter.encoding),
    ]
    if name:
        headers.append(("Content-Disposition", f'attachment; filename="{name}"'))
    data = text.encode(charset)
    if letter.encoding == "base64":
        data = base64.encodebytes(data)
    elif letter.encoding == "quoted-printable":
        data = quopri.encodestring(data)
    return _written(headers, "utf-8") + data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _log(kib: int) -> str:
    line = "DEBUG export worker 4: segment {:07d} written, checksum ok, 0 warnings\n"
    return "".join(map(line.format, range(kib * 1024 // len(line))))


def _attached(one: Attached, filling: Filling) -> bytes:
    name = filling.fill(one.name)
    if one.text is not None:
        return _text(filling.fill(one.text), one.type, "utf-8", filling.letter, name)
    if one.message is not None:
        content_type, data = "message/rfc822", _crlf(filling.fill(one.message)).encode()
    elif one.pdf is not None:
        content_type, data = "application/pdf", pdf(filling.fill(one.pdf).splitlines())
    else:
        content_type, data = "image/png", picture()
    headers: _Headers = [
        ("Content-Type", f'{content_type}; name="{name}"'),
        ("Content-Disposition", f'attachment; filename="{name}"'),
    ]
    if content_type == "message/rfc822":  # RFC 2046 §5.2.1: never encoded
        return _written([*headers, ("Content-Transfer-Encoding", "8bit")], "utf-8") + data
    encoded = base64.encodebytes(data).replace(b"\n", b"\r\n")
    return _written([*headers, ("Content-Transfer-Encoding", "base64")], "utf-8") + encoded


def _multipart(kind: str, parts: list[bytes]) -> bytes:
    boundary = "=_" + hashlib.sha256(b"".join(parts)).hexdigest()[:24]
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    body = b"".join(
        b"--" + boundary.encode() + b"\r\n" + part.rstrip(b"\r\n") + b"\r\n\r\n" for part in parts
    )
    return head + body + b"--" + boundary.encode() + b"--\r\n"


def _written(headers: _Headers, charset: str) -> bytes:
    """Header lines; an empty line after those of a part, which name its content."""
    lines = []
    for name, value in headers:
        text = value
        if not value.isascii():  # RFC 2047; an address stays outside of the encoded words
            words, bracket, rest = value.partition(" <") if name == "From" else (value, "", "")
            text = Header(words, charset, header_name=name).encode(linesep="\r\n") + bracket + rest
        lines.append(f"{name}: {text}\r\n")
    ends_here = any(name.startswith("Content-Transfer") for name, _ in headers)
    return "".join(lines).encode("ascii") + (b"\r\n" if ends_here else b"")


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def pdf(lines: list[str]) -> bytes:
    """A one-page PDF (ISO 32000-1 §7.5) with a text layer; Latin-1 only."""
    escaped = (line.translate({40: "\\(", 41: "\\)", 92: "\\\\"}) for line in lines)
    drawn = "\n".join(f"({line}) Tj T*" for line in escaped)
    stream = f"BT /F1 11 Tf 50 780 Td 16 TL\n{drawn}\nET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    )


def picture(width: int = 320, height: int = 200) -> bytes:
    """A grey PNG (ISO/IEC 15948), large enough to be a screenshot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    rows = (b"\x00" + b"\xb4" * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
