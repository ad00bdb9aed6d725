"""Messages made to break a parser, each with a card in it."""

from __future__ import annotations

from collections.abc import Callable

from tests.canary.plants import PUBLIC_TEST_CARDS, Card, Plant
from tests.canary.search import Secret

_HEAD = "From: a@example.org\r\nTo: support@eofferix.com\r\nSubject: refund\r\nMIME-Version: 1.0\r\n"


def _nested(depth: int, card: Card) -> str:
    opened = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth)
    )
    return _HEAD + opened + f"Content-Type: text/plain\r\n\r\nrefund to {card.words}\r\n"


def _messages(depth: int, card: Card) -> str:
    return (
        _HEAD
        + "Content-Type: message/rfc822\r\n\r\n" * depth
        + f"Subject: {card.words}\r\n\r\n{card.words}\r\n"
    )


def _parts(count: int, card: Card) -> str:
    part = f"--b\r\nContent-Type: text/plain\r\n\r\n{card.words}\r\n"
    return _HEAD + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * count + "--b--\r\n"


_HOSTILE: dict[str, Callable[[Card], str]] = {
    "nested a hundred deep": lambda c: _nested(100, c),
    "nested two thousand deep": lambda c: _nested(2_000, c),
    "messages in messages": lambda c: _messages(500, c),
    "three thousand parts": lambda c: _parts(3_000, c),
    "no boundary at all": lambda c: f"{_HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n{c.words}\r\n",
    "an inner boundary that never comes": lambda c: (
        f"{_HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{c.words}\r\n"
        f"--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n{c.words}\r\n"
    ),
    "headers alone": lambda c: f"{_HEAD}X-Note: {c.words}",
    "no headers": lambda c: f"\r\n{c.words}\r\n",
    "lone CR line ends": lambda c: f"{_HEAD}\r\n{c.words}\r\n".replace("\r\n", "\r"),
    "a header of 100 kB": lambda c: f"{_HEAD}X-Long: {(c.words + ' ') * 1_000}\r\n\r\nrefund\r\n",
    "broken encoded words": lambda c: (
        f"{_HEAD}X: =?x-{c.pan}?q?=ZZ?=\r\nSubject: =?utf-8?b?{c.pan}===?=\r\n\r\nrefund\r\n"
    ),
    "broken base64": lambda c: f"{_HEAD}Content-Transfer-Encoding: base64\r\n\r\n{c.words} ====\r\n",
    "broken dates": lambda c: f"{_HEAD}Date: {c.words}\r\nReceived: {c.words}; {c.pan}\r\n\r\nrefund\r\n",
    "broken addresses": lambda c: (
        f'From: "{c.grouped} <@,;:{c.pan}@>\r\nReply-To: {c.words}\r\n\r\nrefund please\r\n'
    ),
    "a broken PDF": lambda c: (
        f'{_HEAD}Content-Type: application/pdf; name="{c.pan}.pdf"\r\n\r\n%PDF-1.4 {c.words} trailer << /Root 9 0 R >>\r\n'
    ),
    "broken TNEF": lambda c: f"{_HEAD}Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22{c.words}\r\n",
    "broken HTML": lambda c: (
        f"{_HEAD}Content-Type: text/html\r\n\r\n<p <a <!-- {c.words} <td alt='{c.words}\r\n"
    ),
    "digits without end": lambda c: f"{_HEAD}\r\nrefund {c.words} {'4 ' * 30_000}\r\n",
}


def hostile() -> tuple[Plant, ...]:
    """Each of them once."""
    made = []
    for number, (place, make) in enumerate(_HOSTILE.items()):
        card = Card(
            pan=PUBLIC_TEST_CARDS[number],
            cvv=f"{9501 + 11 * number}",
            password=f"Hx4-mole{number:02d}-Dune",
            otp=f"{641_207 + 997 * number}",
        )
        kinds = ("pan", "cvv", "password", "otp")
        secrets = tuple(Secret(kind=kind, text=getattr(card, kind), where=place) for kind in kinds)
        made.append(Plant(place=place, data=make(card).encode("latin-1"), secrets=secrets))
    return tuple(made)
