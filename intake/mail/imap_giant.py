"""A message above the size limit: its headers and its first text part alone, put together as a small message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

_CONTENT_HEADERS = re.compile(rb"^content-[^:\r\n]*:.*(?:\r?\n[ \t].*)*\r?\n", re.IGNORECASE | re.MULTILINE)
_MAX_PARTS = 500  # of a structure that is looked through; a person's own text stands first
_MAX_DEPTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPart:
    """Where the text lies in a message too large to fetch."""

    number: str  # "1.2" (RFC 9051 §6.4.5.1); "TEXT": the message is not multipart
    size: int  # bytes, still encoded


def first_text(structure: object) -> TextPart | None:
    """The first text/plain part that is no attachment, else the first text/html; None: there is none."""
    html = None
    for number, leaf in islice(_leaves(structure), _MAX_PARTS):
        if (
            len(leaf) < 7
            or not _says(leaf[0], b"text")
            or not isinstance(leaf[6], int)
            or _is_attachment(leaf)
        ):
            continue
        part = TextPart(number=number or "TEXT", size=leaf[6])
        if _says(leaf[1], b"plain"):
            return part
        html = html or part
    return html


def answer_key(item: str) -> bytes:
    r"""Under which name the server answers a request that leaves \Seen alone (RFC 9051 §7.5.2, §6.4.5)."""
    return re.sub(r"<(\d+)\.\d+>$", r"<\1>", item.replace(".PEEK", "")).encode()


def header_request(cap: int) -> str:
    """What to FETCH first beside BODYSTRUCTURE: the headers, up to one byte more than `cap`."""
    return f"BODY.PEEK[HEADER]<0.{cap + 1}>"


def text_request(part: TextPart) -> list[str]:
    """What to FETCH next: the text, and the part's own headers where it has any."""
    return [f"BODY.PEEK[{part.number}]"] + (
        [] if part.number == "TEXT" else [f"BODY.PEEK[{part.number}.MIME]"]
    )


def assemble(header: bytes, part: TextPart | None, answer: Mapping[bytes, object]) -> bytes:
    """A message of one part: the original's headers, the part's Content-* headers, the part's body."""
    if part is None:
        return header
    found = [answer.get(answer_key(item)) for item in text_request(part)]
    body, *mime = [value if isinstance(value, bytes) else b"" for value in found]
    if not mime:
        return header + body
    own = b"".join(_CONTENT_HEADERS.findall(mime[0]))
    rest = _CONTENT_HEADERS.sub(b"", header).rstrip(b"\r\n")
    return rest + b"\r\n" + own + b"\r\n" + body


def _leaves(structure: object) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Part numbers and descriptions, in order, without recursion: a hostile structure may be deep."""
    waiting = [("", structure)]
    while waiting:
        number, node = waiting.pop()
        if not isinstance(node, tuple) or not node or number.count(".") > _MAX_DEPTH:
            continue
        if isinstance(node[0], list):  # multipart: imapclient puts the parts into a list of their own
            inner = [(f"{number}.{i}".lstrip("."), part) for i, part in enumerate(node[0], start=1)]
            waiting.extend(reversed(inner))
        else:
            yield number, node


def _is_attachment(leaf: tuple[object, ...]) -> bool:
    disposition = leaf[9] if len(leaf) > 9 else None  # of a text part: after lines and MD5 (RFC 9051 §7.5.2)
    return isinstance(disposition, tuple) and len(disposition) > 0 and _says(disposition[0], b"attachment")


def _says(value: object, word: bytes) -> bool:
    return isinstance(value, bytes) and value.lower() == word
