"""Looks for a secret in bytes, in every form in which it could have been written down."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# No other control characters: in the pages of a database they part small integers, whose bytes may be digits
_SEPARATORS = re.compile(rb"=\r?\n|[\x00\t\n\r .\-=/,;:|_*'\"<>()+]+|\xc2[\xa0\xad]|\xe2\x80[\x80-\x8f\xaf]")
_ENTITY = re.compile(rb"&(?:amp;)*#(?:x([0-9a-fA-F]{2})|([0-9]{2,3}));")
_PERCENT = re.compile(rb"[%=]([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Something that must be nowhere; `where` is the place in which it was planted."""

    kind: str  # pan, cvv, password, otp
    text: str
    where: str


def traces(data: bytes, secrets: Iterable[Secret]) -> list[str]:
    """What is found, as `kind of place: form`; never the secret."""
    views = _Views(data)
    return [
        f"{secret.kind} of {secret.where}: {form}"
        for secret in secrets
        if secret.kind != "cvv"  # too short to look for in bytes: see `words`
        for form in views.forms(secret)
    ]


class _Views:
    """Data in all the ways in which it may be read, made once for all secrets."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.hex = data.lower()
        self.base64 = re.sub(rb"\r?\n[ \t]?", b"", data)
        decoded = _decoded(data)
        self.decoded = b"\x01\x01".join(decoded)
        self.joined = b"\x01\x01".join(_SEPARATORS.sub(b"", view) for view in decoded)

    def forms(self, secret: Secret) -> Iterator[str]:
        text = secret.text.encode()
        if secret.kind == "pan" and (text[:12] in self.joined or text[-12:] in self.joined):
            yield "as it is, encoded, or with separators"
        if secret.kind == "pan" and int(text).to_bytes(8, "big") in self.data:
            yield "as an integer"
        edge = rb"(?<![0-9A-Za-z.])%s(?![0-9A-Za-z])" if secret.kind == "otp" else rb"%s"
        if text in self.decoded and re.search(edge % text, self.decoded):
            yield "as it is, or encoded"
        for writing in _writings(secret):
            if any(code in self.base64 for code in _base64(writing)):
                yield "in base64"
            if writing.hex().encode() in self.hex:
                yield "in hex"


def words(text: str, secrets: Iterable[Secret]) -> list[str]:
    """The short secrets as whole words of a text."""
    return [
        f"{secret.kind} of {secret.where}: as a word"
        for secret in secrets
        if secret.kind in {"cvv", "otp"} and re.search(rf"(?<![\w.]){secret.text}(?![\w%])", text)
    ]


def _decoded(data: bytes) -> list[bytes]:
    """The data as it is, and read as UTF-16, with entities or `=34` and `%34` decoded, in other digits."""
    entities = _ENTITY.sub(lambda m: bytes([int(m[1], 16) if m[1] else int(m[2]) & 0x7F]), data)
    percent = _PERCENT.sub(lambda m: bytes([int(m[1], 16)]), re.sub(rb"=\r?\n", b"", data))
    text = unicodedata.normalize("NFKC", data.decode("utf-8", "ignore"))
    folded = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text).encode()
    return [data, data.replace(b"\x00", b""), entities, percent, folded]


def _writings(secret: Secret) -> Iterator[bytes]:
    text = secret.text
    groups = [text[i : i + 4] for i in range(0, len(text), 4)]
    written = {text, " ".join(groups), "-".join(groups)} if secret.kind == "pan" else {text}
    for one in written:
        yield one.encode()
        yield one.encode("utf-16-le")


def _base64(text: bytes) -> Iterator[bytes]:
    """`text` as it looks inside of base64 at each of the three alignments, without the edges."""
    for shift in range(3):
        code = base64.b64encode(b"\x00" * shift + text).rstrip(b"=")
        start = (0, 2, 3)[shift]
        yield code[start : len(code) - 1]
