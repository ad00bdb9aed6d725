"""The text of a PDF attachment, read in memory; scans and encrypted files have none."""

from __future__ import annotations

import io
import logging
import struct
import time
import zlib

from intake.mail.limits import ParseLimits

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
_log = logging.getLogger("pypdf")  # its children log pieces of the file: nothing of that leaves here
_log.addHandler(logging.NullHandler())
_log.propagate = False


def pdf_text(data: bytes, limits: ParseLimits) -> str | None:
    """All text of the PDF, None where it has none, is damaged or encrypted, or exceeds the limits.

    Half a document would pass for the whole, so a file with more pages than `limits.pdf_pages`,
    or one that takes longer than `limits.pdf_seconds`, counts as unread.
    """
    if _END not in data and not data.rstrip().endswith(_CUT_END):
        return None  # pypdf would look for it line by line through the whole file, and then give up
    from pypdf import PdfReader  # 0.1 s: only where there is a PDF
    from pypdf.errors import DependencyError, DeprecationError, PyPdfError

    end = time.monotonic() + limits.pdf_seconds
    pages: list[str] = []
    chars = 0
    try:
        reader = PdfReader(io.BytesIO(data))
        if (reader.is_encrypted and not reader.decrypt("")) or len(reader.pages) > limits.pdf_pages:
            return None
        for page in reader.pages:
            pages.append(page.extract_text())
            chars += len(pages[-1])
            if chars > limits.attachment_chars or time.monotonic() > end:
                return None
    except (PyPdfError, DependencyError, DeprecationError, *_DAMAGE):
        return None
    text = "\n".join(pages)
    return text if text.strip() else None
