"""The text of a PDF attachment, its form and its notes, read in memory; scans and encrypted files have none."""

from __future__ import annotations

import io
import logging
import re
import struct
import time
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from intake.mail.limits import ParseLimits

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader
    from pypdf.generic import PdfObject

# What pypdf raises on damaged files beside its own errors: it indexes, unpacks and inflates what the file claims.
_DAMAGE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    MemoryError,
    OSError,
    EOFError,
    struct.error,
    zlib.error,
)
_END = b"%%EOF"  # ISO 32000-2, 7.5.5
_CUT_END = (b"%%EO", b"%%E", b"%%", b"%")
# What a font without a map to Unicode gives (9.10.2): glyph numbers and names. Whoever has the font reads them, the
# redactor does not.
_UNMAPPED = re.compile(r"[\x01-\x08\x0e-\x1f\x7f\ufffd\ue000-\uf8ff]+|(?:/[A-Za-z]{1,8}[0-9]{1,5}){3,}")
_log = logging.getLogger("pypdf")  # its children log pieces of the file: nothing of that leaves here
_log.addHandler(logging.NullHandler())
_log.propagate = False


def pdf_text(data: bytes, limits: ParseLimits) -> str | None:
    """All text of the PDF, None where it has none, is damaged or encrypted, or exceeds the limits.

    Half a document would pass for the whole, so a file with more pages than `limits.pdf_pages`, one that takes longer
    than `limits.pdf_seconds`, one with a page that is a picture alone or with fonts that tell no text counts as unread.
    """
    if _END not in data and not data.rstrip().endswith(_CUT_END):
        return None  # pypdf would look for it line by line through the whole file, and then give up
    from pypdf import PdfReader  # 0.1 s: only where there is a PDF
    from pypdf.errors import DependencyError, DeprecationError, PyPdfError

    end = time.monotonic() + limits.pdf_seconds
    pieces: list[str] = []
    chars = 0
    try:
        reader = PdfReader(io.BytesIO(data))
        if (reader.is_encrypted and not reader.decrypt("")) or len(reader.pages) > limits.pdf_pages:
            return None
        for piece in _pieces(reader):
            chars += len(piece or "")
            if piece is None or chars > limits.attachment_chars or time.monotonic() > end:
                return None
            pieces.append(piece)
    except (PyPdfError, DependencyError, DeprecationError, *_DAMAGE):
        return None
    return _mapped("\n".join(filter(None, pieces)).replace("\0", ""))


def _pieces(reader: PdfReader) -> Iterator[str | None]:
    """The text of each page, each note and each field, one by one; None for a page that is a picture alone."""
    for page in reader.pages:
        text = page.extract_text()
        yield text if text.strip() or not _shows_pictures(page) else None
        yield from _notes(page)
    yield from _filled_in(reader)


def _shows_pictures(page: PageObject) -> bool:
    pictures = _entries(_at(page, "/Resources"), "/XObject")
    return any(str(_at(picture, "/Subtype")) == "/Image" for picture in pictures)


def _notes(page: PageObject) -> Iterator[str]:
    """What is written over and beside a page, "" for a mark; a form's fields have their values in the form (12.5.6)."""
    for note in _entries(page, "/Annots"):
        words = _at(note, "/Contents")
        written = isinstance(words, str) and bool(words.strip())
        yield str(words) if written else ""


def _filled_in(reader: PdfReader) -> Iterator[str]:
    """Each field of the form that has a value, beside its name, "" for another (12.7.4)."""
    for name, field in (reader.get_fields() or {}).items():
        value = field.get("/V")
        # "/Yes": a box is ticked
        filled = isinstance(value, str) and value.strip() and not value.startswith("/")
        yield f"{name}: {value}" if filled else ""


def _entries(owner: PdfObject | None, key: str) -> Iterator[PdfObject | None]:
    """The members of an array or a dictionary that a dictionary has under this key."""
    from pypdf.generic import ArrayObject, DictionaryObject

    found = _at(owner, key)
    if isinstance(found, DictionaryObject):
        found = ArrayObject(found.values())
    if isinstance(found, ArrayObject):
        yield from (entry.get_object() for entry in found)


def _at(owner: PdfObject | None, key: str) -> PdfObject | None:
    from pypdf.generic import DictionaryObject

    found = owner.get(key) if isinstance(owner, DictionaryObject) else None
    return found.get_object() if found is not None else None


def _mapped(text: str) -> str | None:
    """The text without what is none; None where that is more than a stray sign."""
    left, _ = re.subn(_UNMAPPED, "\ufffd", text)
    unmapped = sum(map(len, _UNMAPPED.findall(text)))
    return left if text.strip() and unmapped * 20 <= len(text) else None
