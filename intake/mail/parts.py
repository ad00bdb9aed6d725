"""One MIME part: its type, parameters, bytes and text, however broken its headers are; never raises."""

from __future__ import annotations

import binascii
import re
from email.header import Header
from email.message import Message
from typing import TypeAlias

from intake.mail.charsets import decode_bytes, decode_header, raw_header

Part: TypeAlias = "Message[str, str]"  # generic for type checkers alone

_HALVES = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # surrogates that stand for no octet (PEP 383)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset=["']?([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=\s]|[A-Za-z0-9+/] (?=[A-Za-z0-9+/])")
# of the stdlib's RFC 2231 reader
_PARAMETER_ERRORS = (ValueError, TypeError, AttributeError, IndexError, LookupError)


def content_type(part: Part) -> str:
    """Type and subtype in lower case; `text/plain` where the header cannot be read (RFC 2045 §5.2)."""
    try:
        return part.get_content_type()
    except _PARAMETER_ERRORS:
        return "text/plain"


def disposition(part: Part) -> str:
    """`inline`, `attachment`, another token, or "" (RFC 2183)."""
    try:
        return (part.get_content_disposition() or "").strip()
    except _PARAMETER_ERRORS:
        return ""


def parameter(part: Part, name: str, header: str = "content-type") -> str:
    """One parameter of a MIME header: RFC 2231 pieces joined, encoded words and raw octets decoded; "" if absent."""
    written = str(part.get(header, "")).lower()
    if name not in written and "=?" not in written:
        return ""  # as most are: the stdlib would take the header apart for nothing
    try:
        value = _readable(part, header).get_param(name, header=header)
    except _PARAMETER_ERRORS:
        return ""
    if isinstance(value, tuple):
        charset, _, text = value
        return decode_bytes(text.encode("latin-1", "ignore"), charset or None)
    return decode_header(raw_header(value)) if isinstance(value, str) else ""


def _readable(part: Part, header: str) -> Part:
    """The part; where this header has raw 8-bit octets, which the stdlib turns into "?", one with them decoded."""
    if not isinstance(part.get(header), Header):
        return part
    view: Part = Message()
    view[header] = raw_header(next(str(value) for name, value in part.raw_items() if name.lower() == header))
    return view


def file_name(part: Part) -> str:
    """The last component of the attachment's name, on one line; "" where it has none."""
    name = parameter(part, "filename", "content-disposition") or parameter(part, "name")
    return " ".join(re.split(r"[\\/]", name)[-1].split())[:255]


def content_id(part: Part) -> str:
    """The Content-ID without its angle brackets; "" where there is none."""
    return raw_header(str(part.get("content-id", ""))).strip("<> \t\r\n")


def payload(part: Part) -> bytes:
    """The decoded bytes of a leaf; damaged encodings give what can be decoded."""
    if (plain := _sound_base64(part)) is not None:
        return plain
    try:
        data = part.get_payload(decode=True)
    except (ValueError, binascii.Error, LookupError):  # ValueError: uuencode with a bad length
        # octets that are no UTF-8 come back as they were; what a charset made of half a pair is no text
        data = _HALVES.sub("\ufffd", undecoded(part)).encode("utf-8", "surrogateescape")
    return data if isinstance(data, bytes) else b""


def _sound_base64(part: Part) -> bytes | None:
    """The bytes of base64 without any damage, over which the stdlib goes three times more; None of all else."""
    if str(part.get("content-transfer-encoding", "")).lower() != "base64":
        return None
    text = undecoded(part)
    if not text.isascii():
        return None
    rows = text.encode("ascii").translate(None, b"\r\n")
    bare = rows.rstrip(b"=")
    if len(rows) % 4 or len(rows) - len(bare) > 2 or bare.translate(None, _BASE64):
        return None
    return binascii.a2b_base64(rows)


def undecoded(part: Part) -> str:
    """The payload as it stands in the mail; raw octets by the part's charset where that works."""
    try:
        return str(part.get_payload())
    except _PARAMETER_ERRORS:  # a charset parameter that is none
        data = part.get_payload(decode=True)
        return data.decode("latin-1") if isinstance(data, bytes) else ""


def part_text(part: Part) -> str:
    """The text of a text part: charset, line ends and format=flowed undone."""
    data = payload(part)
    if _is_not_base64(part):
        # octets that are no UTF-8 come back as they were; what a charset made of half a pair is no text
        data = _HALVES.sub("\ufffd", undecoded(part)).encode("utf-8", "surrogateescape")
    charset = parameter(part, "charset") or None
    if charset is None and content_type(part) == "text/html" and (found := _META_CHARSET.search(data[:2048])):
        charset = found[1].decode("ascii")
    text = normal_lines(decode_bytes(data, charset))
    if parameter(part, "format").lower() == "flowed":
        text = unflow(text, delsp=parameter(part, "delsp").lower() == "yes")
    return text


def _is_not_base64(part: Part) -> bool:
    """Plain words under a base64 label, which decoding would make noise of."""
    if str(part.get("content-transfer-encoding", "")).strip().lower() != "base64":
        return False
    sample = undecoded(part)[:2_000]
    foreign = len(_NOT_BASE64.findall(sample))
    return foreign * 20 > len(sample)


def normal_lines(text: str) -> str:
    """`text` with LF line ends (lone CR happens in 4 % of real mail) and without a byte order mark."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removeprefix("\ufeff")


def unflow(text: str, *, delsp: bool) -> str:
    """Joins flowed lines of one quote depth into paragraphs (RFC 3676 §4)."""
    out: list[tuple[int, str]] = []
    open_depth = -1  # quote depth of the paragraph that the next line may continue, -1: none
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        flowed = content.endswith(" ") and content != "-- "
        kept = content[:-1] if flowed and delsp else content
        if depth == open_depth and content != "-- ":
            out[-1] = (depth, out[-1][1] + kept)
        else:
            out.append((depth, kept))
        open_depth = depth if flowed else -1
    return "\n".join(f"{'>' * depth} {line}" if depth else line for depth, line in out)
