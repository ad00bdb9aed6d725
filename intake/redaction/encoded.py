"""Text in base64 within a text: a line of raw mail, an encoded word, a pasted token. Whoever sees it can read it."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator

from intake.redaction.scan import Scan

_SIGN = r"[A-Za-z0-9+/\-_]"  # of both alphabets (RFC 4648 §4 and §5)
_BREAK = r"\n(?:> ?)*+"  # in quoted mail too
_BASE64 = re.compile(  # a line that another one follows is full
    rf"(?:{_SIGN}{{40,}}+(?:{_BREAK}{_SIGN}{{40,}}+)*+(?:{_BREAK}{_SIGN}{{4,}}+)?|{_SIGN}{{4,}}+)={{0,2}}"
)
# What stands for three printable characters of ASCII: 001 to 111 are the upper bits of each. Nine in a row are text.
_THREE = rf"[I-Za-f][C-HS-Xi-ny-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589]{_SIGN}"
_TEXT = re.compile(rf"(?<!{_SIGN})(?:{_SIGN}{{4}})*?(?:{_THREE}){{3}}")
_BLANKS = re.compile(r"[\n> ]+")
_STANDARD = str.maketrans("-_", "+/")
_UNREADABLE = bytes(code for code in range(32) if code not in b"\t\n\r") + b"\x7f"
_BINARY = re.compile(rb"[%b]{2,}" % re.escape(_UNREADABLE))  # one alone may part words
_WORDS = re.compile(rb"[ -~]{12}")  # so many in a row are hardly chance
_BLANKED = bytes.maketrans(_UNREADABLE, b" " * len(_UNREADABLE))
# Bytes that are not UTF-8, as "surrogateescape" gives them, each for itself: digits and most labels need no more.
_OF_LATIN = {0xDC00 + code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0x100)}


def encoded_texts(scan: Scan) -> Iterator[tuple[int, int, str]]:
    """Where base64 stands that is text, and what it says."""
    plain, done = scan.folded.plain, 0
    for start, end in scan.runs:
        at = max(start, done)
        while match := _TEXT.search(plain, at, end):
            block = _BASE64.match(plain, match.start()) or match
            yield *block.span(), _decoded(block.group())
            at = done = block.end()


def _decoded(block: str) -> str:
    """The text in base64, in any charset that extends ASCII; of binary data only what may be words."""
    code = _BLANKS.sub("", block).rstrip("=").translate(_STANDARD)
    data = b64decode(code[: len(code) - (len(code) % 4 == 1)] + "==")
    first, *others = _BINARY.split(data)
    words = b"\n".join((first, *filter(_WORDS.search, others)))
    return words.translate(_BLANKED).decode("utf-8", "surrogateescape").translate(_OF_LATIN)
