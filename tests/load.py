"""A seeded load of support mail of realistic sizes, and a mix of everything that a mailbox gets.

Of the load: 60 % plain (1–4 kB), 25 % multipart/alternative (5–30 kB), 10 % quoted chains (20–60 kB), 5 % with
an attachment of 100–500 kB; 70 % ask for a refund, 8 % hold a public test card number. LF line ends.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

_CORPUS = Path(__file__).parent / "corpus" / "dev"


def _words(text: str) -> list[str]:
    return text.split()


_FIRST = _words(
    "Anna Ben Chloe David Élodie Farid Greta Hiro Ingrid José Kim Łukasz Maria Noah Olga Priya Quinn Rosa"
)
_LAST = _words("Smith Müller García Novák Okafor Rossi Tanaka Nguyen Jensen Dubois Kowalski Silva Haddad")
_ASK = (
    "I would like a refund of {a} for order {o}.",
    "Please refund {a} for my order {o}, I was charged twice.",
    "Could you give me my money back for order {o}? I paid {a} by card.",
    "Bitte erstatten Sie mir {a} für die Bestellung {o}.",
    "Merci de me rembourser {a} pour la commande {o}.",
)
_REST = (
    "When will order {o} be delivered?",
    "How do I change the address of my account?",
    "Thank you, the refund for {o} has arrived, you can close this.",
    "Please send me an invoice for {o}.",
)
_FILL = _words(
    "the order we have bought on your site came late and the box was open please check with the warehouse again "
    "nobody answered last week the line was very long friendly though looking forward to an answer soon thanks"
)
CARDS = ("4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005", "6011111111111117")
_KINDS = ("plain", "html", "chain", "attach")


def load(count: int, seed: int = 1) -> Iterator[bytes]:
    """`count` messages, the same ones for the same seed."""
    r = random.Random(seed)
    random.seed(seed)  # the standard library draws MIME boundaries from its own generator
    for number in range(count):
        yield _message(r, number)


def mixed(count: int, seed: int = 1) -> list[bytes]:
    """What a mailbox really gets: the corpus, the load, automatic mail, answers, doubles, and broken mail."""
    r = random.Random(seed)
    corpus = [path.read_bytes() for path in sorted(_CORPUS.glob("*.eml"))]
    odd = [*(_automatic(number) for number in range(10)), *(_broken(number) for number in range(10))]
    made = [*corpus, *odd, *load(max(0, count - len(corpus) - len(odd) - 10), seed)][: count - 10]
    again = [made[number] for number in r.sample(range(len(made)), count - len(made))]
    r.shuffle(made)
    return [*made, *again]


def _message(r: random.Random, number: int) -> bytes:
    kind = r.choices(_KINDS, [60, 25, 10, 5])[0]
    name = f"{r.choice(_FIRST)} {r.choice(_LAST)}"
    order = r.choice(("A-{:06d}", "{:08d}", "ORD{:07d}")).format(r.randrange(10**6))
    asks, amount = r.random() < 0.7, f"{r.uniform(5, 300):.2f} {r.choice(('EUR', 'USD', 'GBP'))}"
    text = r.choice(_ASK if asks else _REST).format(o=order, a=amount)
    if asks:
        bought = datetime(2026, 6, 1, tzinfo=UTC) - timedelta(days=r.randint(1, 60))
        text += f"\n\nI paid on {bought:%d %B %Y}. It arrived damaged."
    if r.random() < 0.08:
        text += f"\nMy card is {r.choice(CARDS)}, exp 11/29."
    size = {"plain": r.randint(50, 1100), "html": r.randint(300, 3000)}.get(kind, r.randint(100, 900))
    text = f"Hello,\n\n{text}\n\n{_prose(r, size)}\n\nBest regards,\n{name}\n"
    message = _headers(r, number, name, order, reply=kind == "chain")
    if kind == "chain":
        text += "\n" + _quoted(r, r.randint(17_000, 54_000))
    cte = "8bit" if kind == "chain" else r.choice(("8bit", "quoted-printable", "base64"))
    message.set_content(text, charset="utf-8", cte=cte)
    if kind == "html":
        message.add_alternative(
            _html(r, text, r.randint(1500, 19_000)), subtype="html", cte="quoted-printable"
        )
    if kind == "attach":
        data = b"%PDF-1.4\n" + r.randbytes(r.randint(72_000, 360_000))
        message.add_attachment(
            data, maintype="application", subtype="octet-stream", filename=f"receipt-{number}.bin"
        )
    return message.as_bytes()


def _headers(r: random.Random, number: int, name: str, order: str, *, reply: bool) -> EmailMessage:
    message = EmailMessage(policy=SMTP.clone(linesep="\n"))
    when = datetime(2026, 6, 1, 8, tzinfo=UTC) + timedelta(seconds=37 * number)
    for hop in range(r.randint(3, 7)):
        message["Received"] = (
            f"from mx{hop}.relay{r.randrange(99)}.example (mx{hop}.relay.example [192.0.2.{r.randrange(255)}]) "
            f"by in{hop}.shop.example with ESMTPS id {r.getrandbits(60):x}; {when:%a, %d %b %Y %H:%M:%S +0000}"
        )
    message["Authentication-Results"] = "in.shop.example; spf=pass smtp.mailfrom=mail.example; dmarc=pass"
    message["From"] = f'"{name}" <customer{r.randrange(5000)}@mail{r.randrange(40)}.example>'
    message["To"] = "Support <support@shop.example>"
    message["Subject"] = f"{'Re: ' * reply}Order {order}"
    message["Date"] = when
    message["Message-ID"] = f"<{number:07d}.{r.getrandbits(48):012x}@mail.example>"
    if reply:
        message["In-Reply-To"] = f"<{r.getrandbits(48):012x}@shop.example>"
    return message


def _prose(r: random.Random, size: int) -> str:
    lines, length = [], 0
    while length < size:
        lines.append(" ".join(r.choices(_FILL, k=12)).capitalize() + r.choice(".!?"))
        length += len(lines[-1])
    return "\n".join(lines)


def _html(r: random.Random, text: str, size: int) -> str:
    rows, length = [], 0
    while length < size:
        rows.append(f'<tr><td class="c{r.randrange(20)}" width="{r.randrange(600)}"><a href="https://shop.example/p/{r.randrange(10**9)}">item</a>&nbsp;{" ".join(r.choices(_FILL, k=12))}</td></tr>')  # fmt: skip
        length += len(rows[-1])
    body = "".join(
        f"<p>{part}</p>\n" for part in text.replace("&", "&amp;").replace("<", "&lt;").split("\n\n")
    )
    return f"<!DOCTYPE html><html><body>{body}<table>{''.join(rows)}</table></body></html>"


def _quoted(r: random.Random, size: int) -> str:
    blocks, length, depth = [], 0, 1
    while length < size:
        head = f"On Fri, 01 May 2026 at 10:0{depth % 10}, Support <support@shop.example> wrote:"
        block = "\n".join("> " * min(depth, 8) + line for line in (head, *_prose(r, 1500).split("\n")))
        blocks.append(block)
        length += len(block)
        depth += 1
    return "\n".join(blocks)


def _automatic(number: int) -> bytes:
    kinds = (
        b"Auto-Submitted: auto-replied\nSubject: Out of office",
        b"Precedence: bulk\nList-Unsubscribe: <https://shop.example/u>\nSubject: Our newsletter",
        b"Return-Path: <>\nContent-Type: text/plain\nSubject: Undelivered Mail Returned to Sender",
    )
    head = b"From: robot%d@mail.example\nMessage-ID: <auto%d@mail.example>\n" % (number, number)
    return head + kinds[number % 3] + b"\n\nI am away until Monday and want no refund.\n"


def _broken(number: int) -> bytes:
    """Mail that has made parsers raise."""
    kinds = (
        b"",
        b"\n",
        b"\x00\x00\x00",
        b"From: a\xff\xfe@b\nSubject: =?unknown?B?====?=\nContent-Type: text/plain; charset=nothing\n\nrefund\xff\n",
        b"Content-Type: multipart/mixed; boundary=x\nSubject: s\n\n--x",
        b"Content-Type: multipart/mixed; boundary=\n\n--\n\nno boundary\n----\n",
        b"Subject: lone CR\rFrom: a@example.org\r\rplease refund order A-1\r",
        b"From: a@example.org\nDate: Thu, 99 Foo 20266 99:99:99 +9999\nMessage-ID: no brackets\n\nrefund\n",
        b"Content-Type: message/rfc822\n\n" * 60 + b"deep\n",
        b"X: " + b"y" * 200_000 + b"\n\nlong header\n",
    )
    return kinds[number % len(kinds)]
