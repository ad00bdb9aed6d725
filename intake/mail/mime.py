"""The tree of parts taken apart: which text is the message's own, what is attached, what only repeats it.

Recursive by kind of multipart (RFC 2046 §5.1); each kind gives a `Content`, and contents are joined.
"""

from __future__ import annotations

import mimetypes
import re
from email import message_from_bytes

from intake.mail.attachments import Leaf, read_attachment
from intake.mail.charsets import decode_bytes, decode_header, lenient_base64
from intake.mail.content import Budget, Content, alternative, joined, unread_part
from intake.mail.document import document
from intake.mail.encoded import decoded_text
from intake.mail.headers import MailHeaders, read_headers
from intake.mail.html import document_text
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
    undecoded,
)
from intake.mail.tnef import read_tnef
from intake.redaction.text import Sensitive

_MAX_DEPTH = 120  # real mail reaches 100
_ENRICHED_TAG = re.compile(r"<(?:param>.{0,200}?</param|/?[a-z-]{1,60})>", re.IGNORECASE)
_BODY_TYPES = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})
_LOST_BOUNDARY = re.compile(r"(?m)^--(\S{1,70})[ \t\r]*$")
_PGP_MESSAGE = "-----BEGIN PGP MESSAGE-----"
_PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----\n"
_PGP_SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----"
_PGP_END = "-----END PGP SIGNATURE-----"
_DATA_PICTURE = re.compile(
    r"""<img\b[^>]{0,200}?\bsrc\s*=\s*["']?data:(image/[a-z+.-]{1,30});base64,([A-Za-z0-9+/=\s%]+)""",
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
        return alternative([content_type(child) for child in children], contents)
    return joined(contents)


def _leaf(kind: str, part: Part, budget: Budget, depth: int) -> Content:
    name, place = file_name(part), disposition(part)
    if kind.startswith("multipart/"):
        return _without_boundary(part, budget, depth)
    if kind in _BODY_TYPES and (
        depth == 0 or (not name and place != "attachment") or (place == "inline" and kind == "text/html")
    ):
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


def _without_boundary(part: Part, budget: Budget, depth: int) -> Content:
    """A multipart whose boundary is missing or wrong: split at the first line that looks like one, else plain text."""
    text = undecoded(part)
    found = _LOST_BOUNDARY.search(text)
    if found is None:
        return _body(
            "text/plain", normal_lines(decode_bytes(text.encode("utf-8", "surrogateescape"), None)), budget
        )
    head = f'Content-Type: multipart/mixed; boundary="{found[1]}"\n\n'.encode("utf-8", "surrogateescape")
    mended = message_from_bytes(head + text[found.start() :].encode("utf-8", "surrogateescape"))
    return _multipart("multipart/mixed", mended, budget, depth + 1) if mended.is_multipart() else Content()


def _body(kind: str, text: str, budget: Budget) -> Content:
    if kind == "text/html":
        found = _DATA_PICTURE.finditer(text) if ";base64," in text else ()
        pictures = tuple(_picture(match[1], match[2], budget.limits) for match in found)
        text = budget.cut(_DATA_PICTURE.sub("<img", text) if pictures else text)
        html = document(text)
        parts = document_text(html)
        return Content(
            text=parts.visible,
            others=(parts.hidden,) if parts.hidden else (),
            html=(html,),
            attachments=pictures,
        )
    if kind == "text/plain" and text[:100].lstrip().lower().startswith(("<html", "<!doctype html")):
        return _body("text/html", text, budget)
    if kind != "text/plain":
        text = _ENRICHED_TAG.sub("", text)  # RFC 1896
    if "-----BEGIN PGP" in text:
        text = _unsigned(text)
        if _PGP_MESSAGE in text:
            return Content(text=budget.cut(text), attachments=(unread_part("application/pgp-encrypted"),))
    text, files = decoded_text(budget.cut(text))  # which never makes it longer
    return Content(
        text=text,
        attachments=tuple(_file(*each, budget) for each in files if budget.take_part()),
    )


def _unsigned(text: str) -> str:
    """A text signed in clear, without the armour (RFC 9580 §7)."""
    before, begin, rest = text.partition(_PGP_SIGNED)
    signed, signature, after = rest.partition(_PGP_SIGNATURE)
    if not begin or not signature:
        return text
    words = re.sub(r"(?m)^- ", "", signed.partition("\n\n")[2])
    return before + words + after.partition(_PGP_END)[2]


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
    return joined((body, Content(attachments=files, unread_text=tnef.rtf and not body.text.strip())))


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
        "\n".join(
            f"{name}: {decode_header(value)}"
            for name, values in read_headers(block).items()
            for value in values
        )
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
