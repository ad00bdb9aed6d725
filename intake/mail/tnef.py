"""winmail.dat: the body and the files that Outlook wraps in TNEF ([MS-OXTNEF]), read in memory."""

from __future__ import annotations

import logging
import struct
from dataclasses import dataclass, field

from tnefparse import TNEF

from intake.mail.charsets import decode_bytes

_log = logging.getLogger("tnefparse")  # logs names and values of what it reads: nothing of that leaves here
_log.addHandler(logging.NullHandler())
_log.propagate = False

# What tnefparse raises on damage (found by fuzzing): it slices, unpacks, decodes and asserts.
_DAMAGE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    UnboundLocalError,
    struct.error,
    RecursionError,
)
_MAX_FILES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TnefFile:
    """A file inside."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TnefContent:
    """What winmail.dat holds."""

    text: str
    html: str
    rtf: bool  # has a body in RTF, which we do not read: where nothing else has text, that is said
    files: tuple[TnefFile, ...]


def read_tnef(data: bytes) -> TnefContent | None:
    """The content of a TNEF stream, None where it cannot be read."""
    try:
        tnef = TNEF(data, do_checksum=False)
        files = tuple(
            TnefFile(name=_text(item.long_filename()), data=bytes(item.data))
            for item in tnef.attachments[:_MAX_FILES]
        )
        return TnefContent(text=_text(tnef.body), html=_text(tnef.htmlbody), rtf=tnef.has_body(), files=files)
    except _DAMAGE:
        return None


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return decode_bytes(value, None).strip("\0")
    return value.strip("\0") if isinstance(value, str) else ""
