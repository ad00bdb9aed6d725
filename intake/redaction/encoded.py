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
_READABLE = re.compile(r"[\t\n\r -~\u00a0-\ufffc]*")


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
    """The text that base64 begins with."""
    code = _BLANKS.sub("", block).rstrip("=").translate(_STANDARD)
    data = b64decode(code[: len(code) - (len(code) % 4 == 1)] + "==")
    return "".join(_READABLE.findall(data.decode("utf-8", "replace"))[:1])
