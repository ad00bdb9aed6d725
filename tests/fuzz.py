"""Hostile mail, seeded: letters of the corpus mutated, and messages grown from the grammars of RFC 5322 and 2045.

By hand: `python -m tests.fuzz [MESSAGES] [--seed N] [--workers N]` sends them through the worker processes and
tells how many were parsed, how many were refused and why, and the longest that one took.
"""

from __future__ import annotations

import argparse
import base64
import quopri
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from intake.mail.message import RawMessage
from intake.processed import StageError
from intake.worker.main import Task
from intake.worker.pool import Workers

_CORPUS = Path(__file__).parent / "corpus"
_SECONDS = 20.0
_CHARSETS = (
    "utf-8",
    "us-ascii",
    "iso-8859-1",
    "koi8-r",
    "windows-1251",
    "utf-16",
    "utf-7",
    "x-unknown",
    "",
    "\x00",
)
_TYPES = (
    "text/plain", "text/html", "text/csv", "multipart/mixed", "multipart/alternative", "multipart/related",
    "multipart/digest", "message/rfc822", "message/delivery-status", "application/pdf", "application/ms-tnef",
    "application/octet-stream", "image/png", "text", "/", "multipart/", "text/plain; format=flowed; delsp=yes",
)  # fmt: skip
_ENCODINGS = ("7bit", "8bit", "binary", "quoted-printable", "base64", "x-uuencode", "BASE64 ", "rot13", "")
_NAMES = (
    "From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Received", "Reply-To",
    "Authentication-Results", "Auto-Submitted", "Precedence", "List-Id", "Content-Language", "X-Y", "Return-Path",
)  # fmt: skip
_TEXT = (
    "Please refund order A-77120, 49.00 EUR.", "4111 1111 1111 1111", "Bitte erstatten Sie mir 49,00 €.",
    "Верните деньги за заказ 77120", "> quoted", "-- ", "On Mon, 1 Jun 2026 at 10:00, Ann wrote:", "\x00", "\ufeff",
    "=?utf-8?B?" + "A" * 40 + "?=", "<div style='display:none'>", "<table><tr><td>", "&#x110000;", "\u202e", "a" * 3000,
    "[card •••• 1111]", "ann@example.org", "=\n=3D=", "2026-02-30", "99999999999999999999 EUR", "\ud83d",
)  # fmt: skip

Bytes = Callable[[random.Random, bytes], bytes]


def hostile(count: int, seed: int = 1) -> Iterator[bytes]:
    """`count` messages, the same ones for the same seed: half mutated, half grown."""
    r = random.Random(seed)
    corpus = [path.read_bytes() for part in ("dev", "own") for path in sorted((_CORPUS / part).glob("*.eml"))]
    for number in range(count):
        yield _mutated(r, corpus) if number % 2 else _grown(r)


def _mutated(r: random.Random, corpus: list[bytes]) -> bytes:
    data = r.choice(corpus)
    for _ in range(r.choice((1, 1, 2, 3, 8))):
        data = r.choice(_MUTATIONS)(r, data) or b"\n"
        if r.random() < 0.05:
            data = _splice(r, data, r.choice(corpus))
    return data[:3_000_000]


def _flip(r: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(r.choice((1, 5, 40))):
        changed[r.randrange(len(changed))] = r.randrange(256)
    return bytes(changed)


def _cut(r: random.Random, data: bytes) -> bytes:
    start = r.randrange(len(data))
    return data[:start] + data[start + r.choice((1, 10, 300, len(data))) :]


def _repeat(r: random.Random, data: bytes) -> bytes:
    start = r.randrange(len(data))
    piece = data[start : start + r.choice((1, 4, 80, 2000))]
    return data[:start] + piece * r.choice((2, 20, 400)) + data[start:]


def _insert(r: random.Random, data: bytes) -> bytes:
    at = r.randrange(len(data))
    return data[:at] + r.choice(_TEXT).encode("utf-8", "surrogatepass") + data[at:]


def _lines(r: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    kind = r.randrange(4)
    if kind == 0:
        r.shuffle(lines)
    elif kind == 1:
        lines = [line for line in lines if r.random() > 0.1]
    elif kind == 2:
        lines.insert(r.randrange(len(lines)), _header(r))
    return (b"\r" if kind == 3 else b"\n").join(lines)


def _swap_words(r: random.Random, data: bytes) -> bytes:
    old, new = r.choice(((b"utf-8", b"utf-16"), (b"base64", b"quoted-printable"), (b"boundary", b"boundary*0*"),
                         (b"text/plain", b"multipart/mixed"), (b"text/html", b"message/rfc822"), (b": ", b":\r\n "),
                         (b"--", b"----"), (b"=", b"=="), (b"\n\n", b"\n"), (b"\n", b"\n\n")))  # fmt: skip
    return data.replace(old, new, r.choice((1, 3, -1)))


def _splice(r: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: r.randrange(len(data))] + other[r.randrange(len(other)) :]


_MUTATIONS: tuple[Bytes, ...] = (_flip, _cut, _repeat, _insert, _lines, _swap_words)


def _grown(r: random.Random) -> bytes:
    lines = [_header(r) for _ in range(r.randrange(12))]
    return b"\n".join(lines) + (b"\n" if lines else b"") + _entity(r, r.choice((0, 1, 2, 3, 6)))


def _header(r: random.Random) -> bytes:
    """A field of RFC 5322 §2.2 that may be folded, encoded (RFC 2047), repeated, endless, or no field at all."""
    name = r.choice(_NAMES)
    value = " ".join(_word(r) for _ in range(r.choice((0, 1, 2, 5, 60))))
    if r.random() < 0.2:
        value = value.replace(" ", "\r\n\t")
    return f"{name}{r.choice((':', ': ', ': ', ': ', ':  ') * 8 + (' :', ''))}{value}".encode(
        "utf-8", "surrogatepass"
    )


def _word(r: random.Random) -> str:
    kind = r.randrange(9)
    if kind == 0:
        return f"=?{r.choice(_CHARSETS)}?{r.choice('bBqQx')}?{base64.b64encode(r.randbytes(9)).decode()}?="
    if kind == 1:
        return f'"{r.choice(_TEXT)}" <{r.choice(("a@example.org", "@", "a@b@c", "<>", "a@[192.0.2.1]"))}>'
    if kind == 2:
        return r.choice(
            ("Mon, 01 Jun 2026 10:00:00 +0000", "99 Foo 20266", "Mon, 1 Jun 26 10:00 EST", "+9999")
        )
    if kind == 3:
        return f"<{r.getrandbits(64):x}@example.org>"
    if kind == 4:
        return r.choice(("(", ")", "((((", '"', "\\", ";", ",", ":", "group: a@example.org;"))
    return r.choice(_TEXT)


def _entity(r: random.Random, depth: int) -> bytes:
    """An entity of RFC 2045 and 2046; its header may lie about its body."""
    kind, encoding = r.choice(_TYPES), r.choice(_ENCODINGS)
    boundary = r.choice(("b", "b b", "", "=_" + "x" * 80, "b;b"))
    head = (
        f'Content-Type: {kind}; charset="{r.choice(_CHARSETS)}"; boundary="{boundary}"; name="{r.choice(_TEXT)}"\n'
        f"Content-Transfer-Encoding: {encoding}\n"
    )
    if r.random() < 0.3:
        how = r.choice(("attachment", "inline", "x"))
        head += f"Content-Disposition: {how}; filename*0*=utf-8''%41%ZZ; filename*1={r.choice(_TEXT)}\n"
    body: bytes
    if depth and ("multipart" in kind or r.random() < 0.3):
        mark = f"\n--{boundary}\n".encode()
        body = b"".join(mark + _entity(r, depth - 1) for _ in range(r.choice((0, 1, 2, 5))))
        body += f"\n--{boundary}--\n".encode() if r.random() < 0.7 else b""
    else:
        text = "\n".join(r.choice(_TEXT) for _ in range(r.choice((0, 1, 10, 200))))
        body = (
            text.encode("utf-8", "surrogatepass") if r.random() < 0.8 else r.randbytes(r.choice((10, 5000)))
        )
        body = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)(
            body
        )
    return head.encode("utf-8", "surrogatepass") + b"\n" + body


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ap.add_argument("messages", type=int, nargs="?", default=20_000)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--workers", type=int, default=1)
    options = ap.parse_args()
    fates: Counter[str] = Counter()
    longest = 0.0
    task = Task(config=None, key_file=None, secret=bytes(32), policy="eofferix", memory_mib=512)
    with Workers(task, count=options.workers, seconds=_SECONDS) as workers:
        for number, data in enumerate(hostile(options.messages, options.seed)):
            begun = time.monotonic()
            error = workers.submit(RawMessage(data=data, source="fuzz")).exception()
            took = time.monotonic() - begun
            longest = max(longest, took)
            if error is not None and not isinstance(error, StageError):
                raise error
            fate = "parsed" if error is None else f"{error.code} in {error.stage}: {error.detail}"
            fates[fate] += 1
            if took > 2 or (error is not None and error.code != "unreadable"):
                print(f"  message {number}: {len(data)} bytes, {took:.1f} s, {fate}", flush=True)
    for fate, count in fates.most_common():
        print(f"{count:>7} {fate}")
    print(f"the longest took {longest:.1f} s of {_SECONDS:.0f}")


if __name__ == "__main__":
    main()
