"""The tree of parts taken apart: which text is the message's own, what is attached, what only repeats it.

Recursive by kind of multipart (RFC 2046 §5.1); each kind gives a `Content`, and contents are joined.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from email import message_from_bytes

from intake.mail.attachments import Leaf, read_attachment
from intake.mail.charsets import lenient_base64
from intake.mail.headers import MailHeaders, read_headers
from intake.mail.html import html_to_text
from intake.mail.limits import ParseLimits
from intake.mail.message import Address, Attachment
from intake.mail.parts import (
    Part,
    content_id,
    content_type,
    disposition,
    file_name,
    normal_lines,
    parameter,
    part_text,
    payload,
)
from intake.mail.tnef import read_tnef
from intake.redaction.text import Sensitive

_MAX_DEPTH = 120  # real mail reaches 100
_ENRICHED_TAG = re.compile(r"<(?:param>.{0,200}?</param|/?[a-z-]{1,60})>", re.IGNORECASE)
_STUB = re.compile(
    r"html|browser|client|viewer|браузер|почтов\w+ (?:клиент|программ)|navigateur|messagerie|navegador|Mailprogramm|переглядач",
    re.IGNORECASE,
)
_PGP_SIGNED = re.compile(
    r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z]+: [^\n]*\n)*\n(.*?)\n-----BEGIN PGP SIGNATURE-----.*?-----END PGP SIGNATURE-----\n?",
    re.DOTALL,
)
_PGP_MESSAGE = "-----BEGIN PGP MESSAGE-----"
_DATA_PICTURE = re.compile(
    r"""<img\b[^>]{0,400}?\bsrc\s*=\s*["']?data:(image/[a-z+.-]{1,30});base64,([A-Za-z0-9+/=\s%]+)""",
    re.IGNORECASE,
)
_REPORTS = frozenset(
    {
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "message/global-delivery-status",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a part, or several, say."""

    text: str = ""
    others: tuple[
        str, ...
    ] = ()  # other renderings of the text, hidden text: redacted, counted, never read for fields
    html: tuple[str, ...] = ()  # markup of the body, for structured data
    attachments: tuple[Attachment, ...] = ()


@dataclass(slots=True, kw_only=True)
class Budget:
    """What is left for one message; `overrun` says that parts were left out."""

    limits: ParseLimits
    parts: int = field(init=False)
    text_chars: int = field(init=False)
    overrun: bool = False

    def __post_init__(self) -> None:
        self.parts = self.limits.parts
        self.text_chars = self.limits.text_chars

    def take_part(self) -> bool:
        """Whether one more part may be looked at."""
        self.parts -= 1
        self.overrun = self.overrun or self.parts < 0
        return self.parts >= 0

    def cut(self, text: str) -> str:
        """`text` as far as a body may go."""
        self.overrun = self.overrun or len(text) > self.limits.body_chars
        return text[: self.limits.body_chars]

    def read(self, leaf: Leaf) -> Attachment:
        """The attachment of a part, as far as the limits allow."""
        return self.take_text(read_attachment(leaf, self.limits))

    def take_text(self, attachment: Attachment) -> Attachment:
        """The attachment, without its text where all texts together have become too long."""
        if attachment.text is None:
            return attachment
        self.text_chars -= len(attachment.text)
        return attachment if self.text_chars >= 0 else replace(attachment, text=None)


def read_part(part: Part, budget: Budget, depth: int = 0) -> Content:
    """The content of a part and of all parts in it."""
    if depth > _MAX_DEPTH or not budget.take_part():
        budget.overrun = True
        return Content()
    kind = content_type(part)
    if kind.startswith("message/") and part.is_multipart():
        return _report(part) if kind in _REPORTS else _attached_message(part, budget, depth)
    if part.is_multipart():
        return _multipart(kind, part, budget, depth)
    return _leaf(kind, part, budget, depth)


def _multipart(kind: str, part: Part, budget: Budget, depth: int) -> Content:
    children = [child for child in part.get_payload() if isinstance(child, type(part))]
    contents = [read_part(child, budget, depth + 1) for child in children]
    if kind == "multipart/alternative":
        return _alternative(children, contents)
    return _joined(contents)


def _joined(contents: Iterable[Content]) -> Content:
    contents = list(contents)
    return Content(
        text="\n".join(content.text for content in contents if content.text),
        others=tuple(text for content in contents for text in content.others),
        html=tuple(html for content in contents for html in content.html),
        attachments=tuple(item for content in contents for item in content.attachments),
    )


def _alternative(children: list[Part], contents: list[Content]) -> Content:
    """Plain text where it says as much as the HTML, else the richest that we can read; the others are kept apart."""
    best = 0
    for index, content in enumerate(contents):
        better = _says_more(
            content.text, contents[best].text, plain=content_type(children[best]) == "text/plain"
        )
        if content_type(children[index]) != "text/calendar" and better:
            best = index
    joined = _joined(contents)
    rest = tuple(content.text for index, content in enumerate(contents) if index != best and content.text)
    return Content(
        text=contents[best].text,
        others=joined.others + rest,
        html=joined.html,
        attachments=joined.attachments,
    )


def _says_more(text: str, than: str, *, plain: bool) -> bool:
    """Whether `text` should be read instead of `than`: that one is empty, or a stub ("your client shows no HTML")."""
    words, have = len(text.split()), len(than.split())
    if not words or not have:
        return words > have
    stub = have < 60 and words > have and _STUB.search(than) is not None and not _shared(than, text)
    return stub or (have * 5 < words if plain else have * 2 < words)


def _shared(short: str, long: str) -> bool:
    """Whether most of the shorter text's words stand in the longer one, so that it is no stub but a summary."""
    words = set(short.casefold().split())
    return len(words & set(long.casefold().split())) * 2 > len(words)


def _leaf(kind: str, part: Part, budget: Budget, depth: int) -> Content:
    name, place = file_name(part), disposition(part)
    is_body = kind in {"text/plain", "text/html", "text/enriched", "text/richtext"} and place != "attachment"
    if is_body and (not name or (place == "inline" and kind == "text/html")):
        return _body(kind, part_text(part), budget)
    data = payload(part)
    if kind == "application/ms-tnef" or name.lower() == "winmail.dat":
        return _tnef(name, kind, data, budget)
    if name.lower().endswith(".eml") and data:
        return _message(name, message_from_bytes(data), budget, depth)
    inline = place == "inline" or (place != "attachment" and bool(content_id(part)))
    charset = parameter(part, "charset") or None
    leaf = Leaf(name=name, content_type=kind, data=data, inline=inline, charset=charset)
    return Content(attachments=(budget.read(leaf),))


def _body(kind: str, text: str, budget: Budget) -> Content:
    if kind == "text/html":
        pictures = tuple(
            _picture(found[1], found[2], budget.limits) for found in _DATA_PICTURE.finditer(text)
        )
        text = budget.cut(_DATA_PICTURE.sub("<img", text) if pictures else text)
        parts = html_to_text(text)
        return Content(
            text=parts.visible,
            others=(parts.hidden,) if parts.hidden else (),
            html=(text,),
            attachments=pictures,
        )
    if kind != "text/plain":
        text = _ENRICHED_TAG.sub("", text)  # RFC 1896
    if "-----BEGIN PGP" in text:
        text = _PGP_SIGNED.sub(lambda found: re.sub(r"(?m)^- ", "", found[1]), text)  # RFC 9580 §7
        if _PGP_MESSAGE in text:
            return Content(text=budget.cut(text), attachments=(unread_part("application/pgp-encrypted"),))
    return Content(text=budget.cut(text))


def _tnef(name: str, kind: str, data: bytes, budget: Budget) -> Content:
    tnef = read_tnef(data) if len(data) <= budget.limits.attachment_bytes else None
    if tnef is None:
        return Content(attachments=(budget.read(Leaf(name=name, content_type=kind, data=data)),))
    files = tuple(_file(item.name, item.data, budget) for item in tnef.files if budget.take_part())
    body = (
        _body("text/html", tnef.html, budget)
        if tnef.html
        else _body("text/plain", normal_lines(tnef.text), budget)
    )
    return _joined((body, Content(attachments=files)))


def _file(name: str, data: bytes, budget: Budget) -> Attachment:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return budget.read(Leaf(name=name, content_type=kind, data=data))


def _picture(kind: str, encoded: str, limits: ParseLimits) -> Attachment:
    """A picture written into the HTML itself (RFC 2397)."""
    data = lenient_base64(encoded.encode("ascii", "ignore"))
    return read_attachment(Leaf(name="", content_type=kind.lower(), data=data, inline=True), limits)


def _report(part: Part) -> Content:
    """The machine-readable part of a bounce or a receipt (RFC 3464, RFC 8098): header blocks, as text."""
    blocks = (
        "\n".join(f"{name}: {value}" for name, values in read_headers(block).items() for value in values)
        for block in part.get_payload()
        if isinstance(block, type(part))
    )
    text = "\n\n".join(blocks)
    return Content(attachments=(_as_attachment(file_name(part), content_type(part), text),))


def _attached_message(part: Part, budget: Budget, depth: int) -> Content:
    inner = part.get_payload(0)
    if not isinstance(inner, type(part)):
        return Content(attachments=(unread_part("message/rfc822"),))
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if not inner.keys() and encoding in {
        "base64",
        "quoted-printable",
    }:  # forbidden (RFC 2046 §5.2.1), and common
        inner["content-transfer-encoding"] = encoding
        inner = message_from_bytes(payload(inner))
    return _message(file_name(part), inner, budget, depth)


def _message(name: str, inner: Part, budget: Budget, depth: int) -> Content:
    """An attached mail: its own text becomes an attachment's, headed by who wrote when; its attachments join ours."""
    content = read_part(inner, budget, depth + 1)
    headers = MailHeaders(read_headers(inner))
    head = "".join(
        f"{label}: {', '.join(_shown(address) for address in headers.addresses(label.lower()))}\n"
        for label in ("From", "To")
        if headers.addresses(label.lower())
    )
    date = headers.date()
    head += f"Date: {date:%d %b %Y %H:%M %z}\n" if date else ""
    head += f"Subject: {headers.subject()}\n" if headers.subject() else ""
    item = _as_attachment(
        name or headers.subject(), "message/rfc822", f"{head}\n{content.text}", forwarded=True
    )
    return Content(
        others=content.others, html=content.html, attachments=(budget.take_text(item), *content.attachments)
    )


def _shown(address: Address) -> str:
    name, email = address.name.reveal(), address.email.reveal()
    return f"{name} <{email}>" if name else email


def _as_attachment(name: str, kind: str, text: str, *, forwarded: bool = False) -> Attachment:
    data = text.encode("utf-8", "replace")
    return Attachment(
        name=Sensitive(name),
        content_type=kind,
        size=len(data),
        data=data,
        text=Sensitive(text),
        forwarded=forwarded,
    )


def unread_part(kind: str) -> Attachment:
    """Stands for something that could not be read or was left out."""
    return Attachment(name=Sensitive(""), content_type=kind, size=0, data=b"", text=None)
