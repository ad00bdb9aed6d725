"""Attachments: what text can be read in them, in memory and within limits; the rest is unread, and said to be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath

from intake.mail.charsets import decode_bytes, decode_header
from intake.mail.html import html_to_text
from intake.mail.limits import ParseLimits
from intake.mail.message import Attachment
from intake.mail.parts import normal_lines
from intake.mail.pdf import pdf_text
from intake.redaction.text import Sensitive

# By the file's name where the type says nothing ("application/octet-stream") or too little.
_TEXT_SUFFIXES = frozenset(
    {
        ".txt",
        ".csv",
        ".tsv",
        ".log",
        ".md",
        ".json",
        ".xml",
        ".yaml",
        ".yml",
        ".ini",
        ".ics",
        ".vcf",
        ".eml",
        ".text",
    }
)
_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
_TEXT_TYPES = frozenset(
    {
        "application/json",
        "application/xml",
        "application/csv",
        "application/x-csv",
        "application/x-yaml",
        "application/ics",
    }
)
# Their long lines are broken anywhere, the next one begins with a blank (RFC 5545 §3.1, RFC 6350 §3.2).
_FOLDED_TYPES = frozenset(
    {"text/calendar", "application/ics", "text/vcard", "text/x-vcard", "text/directory"}
)
_FOLDED_SUFFIXES = frozenset({".ics", ".vcf"})
_FOLD = re.compile(r"\n[ \t]")
_VAGUE_TYPES = frozenset(
    {
        "application/octet-stream",
        "application/x-download",
        "application/download",
        "application/unknown",
        "application/vnd.ms-excel",
        "",
    }
)
_UNREADABLE_TEXT = frozenset({"text/rtf", "text/richtext-rtf"})
_RTF = b"{\\rtf"  # whatever its label: markup stands in the midst of its words

# Detached signatures and keys say nothing that anybody could leave unread (RFC 8551 §3.5.3, RFC 3156 §5).
_SIGNATURES = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-keys",
    }
)

# Decoration by its name, in the languages of our customers; "image001.png" is what Outlook calls signature logos.
_LOGO_NAME = re.compile(
    r"(?<![^\W\d_])(?:logo|logotype|логотип|icon|favicon|banner|баннер|header|footer|signature|подпись|spacer|"
    r"pixel|facebook|instagram|linkedin|twitter|telegram|youtube|whatsapp|xing|divider|separator|avatar|"
    r"stamp_logo)(?![^\W\d_])",
    re.IGNORECASE,
)
_OUTLOOK_NAME = re.compile(
    r"(?:image\d{3}|outlook-[\w-]+|~wrd\d{3,4}|part\d[\d.]*)\.(?:png|gif|jpe?g|bmp)", re.IGNORECASE
)
_PICTURE_NAME = re.compile(
    r"screen|shot|scan|скрин|снимок|скан|фото|photo|img[_-]?\d|dsc[_-]?\d|captur|bildschirm|pantalla|receipt|"
    r"чек|quittung|recibo|reçu|рахунок|знімок|invoice|paste",
    re.IGNORECASE,
)
_SMALL_PICTURE = 24 * 1024  # bytes; pasted screenshots are larger, icons and logos smaller


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A decoded part that is not the message's own text."""

    name: str
    content_type: str
    data: bytes = field(repr=False)
    inline: bool = False  # shown in the text, not beside it
    charset: str | None = None


def read_attachment(leaf: Leaf, limits: ParseLimits) -> Attachment:
    """The attachment, with the text that could be read in it."""
    size = len(leaf.data)
    text = None if size > limits.attachment_bytes else _text(leaf, limits)
    picture = leaf.content_type.startswith("image/")
    return Attachment(
        name=Sensitive(leaf.name),
        content_type=leaf.content_type,
        size=size,
        data=leaf.data,
        text=None if text is None or len(text) > limits.attachment_chars else Sensitive(text),
        is_logo=leaf.content_type in _SIGNATURES
        or (picture and _is_logo(leaf.name, size, inline=leaf.inline)),
    )


def _text(leaf: Leaf, limits: ParseLimits) -> str | None:
    """The text, "" for an empty file, None for what cannot be read."""
    content_type, data, charset = leaf.content_type, leaf.data, leaf.charset
    suffix = PurePath(leaf.name).suffix.lower()
    vague = content_type in _VAGUE_TYPES
    if content_type == "application/pdf" or (vague and (suffix == ".pdf" or data.startswith(b"%PDF-"))):
        return pdf_text(data, limits)
    if content_type in {"text/html", "application/xhtml+xml"} or (vague and suffix in _HTML_SUFFIXES):
        return _html(data, charset) if is_text(data) else None
    if (
        (content_type.startswith("text/") and content_type not in _UNREADABLE_TEXT)
        or content_type in _TEXT_TYPES
        or (vague and suffix in _TEXT_SUFFIXES)
    ):
        if not is_text(data):
            return None
        text = normal_lines(decode_bytes(data, charset))
        text = decode_header(text) if "=?" in text else text  # the headers of a letter that came back
        folded = content_type in _FOLDED_TYPES or suffix in _FOLDED_SUFFIXES
        return _FOLD.sub("", text) if folded else text
    return None


def _html(data: bytes, charset: str | None) -> str:
    parts = html_to_text(normal_lines(decode_bytes(data, charset)))
    return "\n".join(filter(None, (parts.visible, parts.hidden)))


def is_text(data: bytes) -> bool:
    """A text label on a binary file is common; control characters give it away. UTF-16 has a byte order mark."""
    sample = data[:4096]
    if sample.lstrip().startswith(_RTF):
        return False
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    control = sum(byte < 9 or 13 < byte < 27 for byte in sample)
    return control * 20 <= len(sample)


def _is_logo(name: str, size: int, *, inline: bool) -> bool:
    """Whether a picture only decorates. In doubt it is content: a case that says "unread" costs an agent a look."""
    if _PICTURE_NAME.search(name):
        return False
    if _LOGO_NAME.search(name):
        return True
    return (
        inline
        and size <= _SMALL_PICTURE
        and (not name or _OUTLOOK_NAME.fullmatch(name) is not None or "." not in name)
    )
