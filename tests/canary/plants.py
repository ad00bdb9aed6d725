"""Mail with cards, security codes, passwords and one-time codes in every place that mail has."""

from __future__ import annotations

import base64
import quopri
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from intake.demo.mime import pdf, picture
from tests.canary.search import Secret

_CARDS = """
4012888888881881 4242424242424242 4000056655665556 5555555555554444 5105105105105100 2223003122003222
5200828282828210 378282246310005 371449635398431 378734493671000 6011111111111117 6011000990139424
6011981111111113 3056930009020004 36227206271667 30569309025904 38520000023237 6555900000604105
3566002020360505 3530111333300000 4000002500001001 5555552500001001 4988438843884305 4166676667666746
4646464646464644 4293189100000008 4988080000000000 4111111145551142
5555341244441115 2222410740360010 5577000055770004 5136333333333335 5585558555855583 5555444433331111
2222400010000008 2222410700000002 2222400030000004 6771798021000008 6771798025000004 3569990010095841
6243030000000001 36006666333344 6445644564456445 4917610000000000 4035501000000008 4360000001000005
4871049999999910 4005519200000004 4009348888881881 4012000033330026 4217651111111119 4500600000000061
2223000048400011 4977949494949497 4199350000000002 4444333322221111 5454545454545454 4111111111111111
"""
PUBLIC_TEST_CARDS = tuple(_CARDS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is planted in one place; no two places share a word of it."""

    pan: str
    cvv: str
    password: str
    otp: str

    @property
    def grouped(self) -> str:
        """As printed on the card."""
        return " ".join(self.pan[i : i + 4] for i in range(0, len(self.pan), 4))

    @property
    def words(self) -> str:
        """As customers write it."""
        return f"card {self.grouped} exp 09/28 CVV {self.cvv}, my password: {self.password} , SMS code {self.otp}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """One message, and what must not be left of it."""

    place: str
    data: bytes = field(repr=False)
    secrets: tuple[Secret, ...] = field(repr=False)


_ASK = "I paid EUR 20.00 twice for order EO-700100, please refund the second payment."


def _mail(body: str = _ASK, *, kind: str = "plain", headers: str = "", sender: str = "") -> bytes:
    """A request of one part; a header given in `headers` stands instead of the usual one."""
    usual = {
        "From": sender or "Ann Example <ann@example.org>",
        "To": "support@eofferix.com",
        "Subject": "Refund please",
        "MIME-Version": "1.0",
        "Content-Type": f"text/{kind}; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    given = {line.partition(":")[0] for line in headers.splitlines()}
    head = "".join(f"{name}: {value}\n" for name, value in usual.items() if name not in given)
    return f"{headers}{head}\n{body}\n".replace("\n", "\r\n").encode()


def _with(part_headers: str, content: bytes | str, body: str = _ASK) -> bytes:
    """A request with one more part, its content in base64."""
    data = content.encode() if isinstance(content, str) else content
    code = base64.encodebytes(data).decode()
    return _mail(
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
        f"--b\n{part_headers}Content-Transfer-Encoding: base64\n\n{code}\n--b--\n",
        headers='Content-Type: multipart/mixed; boundary="b"\n',
    )


def _alternative(plain: str, html: str) -> bytes:
    return _mail(
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{plain}\n"
        f"--b\nContent-Type: text/html; charset=utf-8\n\n{html}\n--b--\n",
        headers="Content-Type: multipart/alternative; boundary=b\n",
    )


def _word(text: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


def _attached(kind: str, name: str, content: bytes | str) -> bytes:
    return _with(
        f'Content-Type: {kind}; name="{name}"\nContent-Disposition: attachment; filename="{name}"\n', content
    )


def _tnef(text: str) -> bytes:
    """A winmail.dat with a body ([MS-OXTNEF] 2.1.3): signature, key, version, attBody."""
    data = text.encode() + b"\x00"
    version = struct.pack("<BIII", 1, 0x00089006, 4, 0x00010000) + struct.pack("<H", 1)
    body = struct.pack("<BII", 1, 0x0002800C, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    return struct.pack("<IH", 0x223E9F78, 1) + version + body


def _entities(text: str, *, twice: bool = False) -> str:
    code = "".join(f"&#{ord(c)};" for c in text)
    return code.replace("&", "&amp;") if twice else code


def _utf16(text: str) -> bytes:
    return text.encode("utf-16")


def _quoted_printable(card: Card) -> bytes:
    text = quopri.encodestring(f"{_ASK} {card.words}".replace("1", "=31").encode()).decode()
    return _mail(text.replace("=3D31", "=31"), headers="Content-Transfer-Encoding: quoted-printable\n")


WORDS: dict[str, Callable[[Card], bytes]] = {  # all four secrets
    "plain text": lambda c: _mail(f"{_ASK}\n{c.words}"),
    "plain text over lines": lambda c: _mail(f"{_ASK}\n{c.words.replace(' ', chr(10))}"),
    "quoted-printable": _quoted_printable,
    "base64 in the text": lambda c: _mail(
        f"{_ASK}\n\nContent-Transfer-Encoding: base64\n\n{base64.encodebytes(c.words.encode() * 2).decode()}\n"
    ),
    "an encoded word in the text": lambda c: _mail(f"{_ASK}\n\nSubject: {_word(c.words)}\n"),
    "subject": lambda c: _mail(headers=f"Subject: Refund to {c.words}\n"),
    "encoded subject": lambda c: _mail(headers=f"Subject: {_word('Возврат ' + c.words)}\n"),
    "HTML text": lambda c: _mail(f"<p>{_ASK}</p><table><tr><td>{c.words}</td></tr></table>", kind="html"),
    "HTML alt": lambda c: _mail(f'<p>{_ASK}</p><img src="cid:1" alt="{c.words}">', kind="html"),
    "HTML title": lambda c: _mail(f'<p title="{c.words}">{_ASK}</p>', kind="html"),
    "HTML hidden": lambda c: _mail(f'<p>{_ASK}</p><div style="display:none">{c.words}</div>', kind="html"),
    "HTML comment": lambda c: _mail(f"<p>{_ASK}</p><!-- {c.words} -->", kind="html"),
    "HTML head": lambda c: _mail(
        f"<html><head><title>{c.words}</title></head><p>{_ASK}</p></html>", kind="html"
    ),
    "HTML entities": lambda c: _mail(f"<p>{_ASK} {_entities(c.words)}</p>", kind="html"),
    "HTML entities twice": lambda c: _mail(f"<p>{_ASK} {_entities(c.words, twice=True)}</p>", kind="html"),
    "the plain alternative": lambda c: _alternative(f"{_ASK} {c.words}", f"<p>{_ASK}</p>"),
    "the HTML alternative": lambda c: _alternative(_ASK, f"<p>{_ASK} {c.words}</p>"),
    "quoted words": lambda c: _mail(f"{_ASK}\n\nOn 3 Nov 2026, Ann Example wrote:\n> {c.words}\n"),
    "signature": lambda c: _mail(f"{_ASK}\n\n-- \nAnn\n{c.words}\n"),
    "forwarded words": lambda c: _mail(
        f"{_ASK}\n\n-------- Forwarded Message --------\nFrom: x@example.org\nSubject: a\n\n{c.words}\n"
    ),
    "attached message": lambda c: _with("Content-Type: message/rfc822\n", _mail(c.words)),
    "attached message's subject": lambda c: _with(
        "Content-Type: message/rfc822\n", _mail(headers=f"Subject: {c.words}\n")
    ),
    "text attachment": lambda c: _attached("text/plain", "note.txt", c.words),
    "UTF-16 attachment": lambda c: _attached("text/plain; charset=utf-16", "note16.txt", _utf16(c.words)),
    "CSV attachment": lambda c: _attached(
        "text/csv", "a.csv", f"card;cvv;password;note\n{c.pan};{c.cvv};{c.password};SMS code {c.otp}\n"
    ),
    "HTML attachment": lambda c: _attached("text/html", "a.html", f"<p>{c.words}</p>"),
    "PDF attachment": lambda c: _attached("application/pdf", "a.pdf", pdf(["Receipt", *c.words.split(", ")])),
    "TNEF attachment": lambda c: _attached("application/ms-tnef", "winmail.dat", _tnef(c.words)),
    "picture": lambda c: _attached("image/png", "a.png", picture() + c.words.encode()),
    "unknown attachment": lambda c: _attached(
        "application/octet-stream", "a.bin", b"\x00\x01" + c.words.encode()
    ),
    "preamble": lambda c: _with("Content-Type: text/plain\n", "see below").replace(
        b"--b\r\n", c.words.encode() + b"\r\n--b\r\n", 1
    ),
    "epilogue": lambda c: _with("Content-Type: text/plain\n", "see below") + c.words.encode(),
    "undecodable bytes": lambda c: _mail(f"{_ASK} {c.words}").replace(b"card ", b"\xff\xfe\x80card "),
    "unknown charset": lambda c: _mail(
        f"{_ASK} {c.words}", headers="Content-Type: text/plain; charset=x-nobody\n"
    ),
    "NUL bytes": lambda c: _mail(f"\x00{_ASK}\x00 {c.words}\x00"),
    "automatic mail": lambda c: _mail(f"I am away. {c.words}", headers="Auto-Submitted: auto-replied\n"),
    "a question": lambda c: _mail(f"How do I change my address? {c.words}", headers="Subject: A question\n"),
}
PANS: dict[str, Callable[[Card], bytes]] = {  # places where only a number fits
    "display name": lambda c: _mail(sender=f'"Ann {c.grouped}" <ann@example.org>'),
    "encoded display name": lambda c: _mail(sender=f"{_word('Анна ' + c.grouped)} <ann@example.org>"),
    "address": lambda c: _mail(sender=f"<card.{c.pan}@example.org>"),
    "address comment": lambda c: _mail(sender=f"ann@example.org (card {c.grouped})"),
    "Reply-To": lambda c: _mail(headers=f'Reply-To: "{c.grouped}" <card-{c.pan}@example.org>\n'),
    "Cc": lambda c: _mail(headers=f'Cc: "card {c.grouped}" <x@example.org>\n'),
    "Message-ID": lambda c: _mail(headers=f"Message-ID: <{c.pan}@example.org>\n"),
    "References": lambda c: _mail(headers=f"References: <{c.pan}@example.org>\n"),
    "In-Reply-To": lambda c: _mail(headers=f"In-Reply-To: <card.{c.pan}@example.org>\n"),
    "List-Id": lambda c: _mail(headers=f"List-Id: {c.grouped} <{c.pan}.example.org>\n"),
    "Return-Path": lambda c: _mail(headers=f"Return-Path: <{c.pan}@example.org>\n"),
    "Authentication-Results": lambda c: _mail(
        headers=f"Authentication-Results: mx.eofferix.com; spf=pass smtp.mailfrom={c.pan}@example.org\n"
    ),
    "another header": lambda c: _mail(headers=f"X-Card: {c.grouped}\n"),
    "attachment's name": lambda c: _attached("text/plain", f"card_{c.pan}_front.txt", "see the name"),
    "attachment's encoded name": lambda c: _with(
        f"Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''card%20{c.pan}.txt\n",
        "see the name",
    ),
    "attachment's description": lambda c: _with(
        f"Content-Type: text/plain\nContent-Description: card {c.grouped}\n", "x"
    ),
    "boundary": lambda c: (
        _with("Content-Type: text/plain\n", "x")
        .replace(b"--b", f"--{c.pan}".encode())
        .replace(b'"b"', f'"{c.pan}"'.encode())
    ),
    "charset's name": lambda c: _mail(headers=f"Content-Type: text/plain; charset={c.pan}\n"),
    "media type": lambda c: _attached(f"application/x-{c.pan}", "a.bin", "x"),
}


def plants() -> tuple[Plant, ...]:
    """Every place once."""
    grown = []
    for number, (place, make) in enumerate({**WORDS, **PANS}.items()):
        card = Card(
            pan=PUBLIC_TEST_CARDS[number],
            cvv=f"{9011 + 13 * number}",
            password=f"Zq7-lynx{number:02d}-Fjord",
            otp=f"{730_451 + 1_009 * number}",
        )
        kinds = ("pan", "cvv", "password", "otp") if place in WORDS else ("pan",)
        secrets = tuple(Secret(kind=kind, text=getattr(card, kind), where=place) for kind in kinds)
        grown.append(Plant(place=place, data=make(card), secrets=secrets))
    return tuple(grown)
