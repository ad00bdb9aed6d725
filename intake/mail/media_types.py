"""Media types as words of a list: a sender may write anything there, a card number too."""

from __future__ import annotations

import mimetypes
from typing import Final

_UNKNOWN: Final = "application/octet-stream"
_TYPES: Final = frozenset(mimetypes.types_map.values()) | {
    "application/ms-tnef",
    "application/pgp-encrypted",
    "application/pgp-signature",
    "application/pkcs7-mime",
    "application/pkcs7-signature",
    "application/xhtml+xml",
    "message/delivery-status",
    "message/disposition-notification",
    "text/calendar",
    "text/rfc822-headers",
}


def known_media_type(written: str) -> str:
    """The type in lower case where it is a registered one (RFC 6838), else `application/octet-stream`."""
    return written.lower() if written.lower() in _TYPES else _UNKNOWN
