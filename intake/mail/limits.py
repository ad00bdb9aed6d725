"""What one message may cost before it is set aside: explicit, so that an operator can reason about it."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseLimits:
    """Bounds of one message. Beyond `message_bytes` it is refused; beyond the others a part stays unread."""

    message_bytes: int = 50 * _MIB
    parts: int = 5_000  # MIME parts looked at, nested ones included
    body_chars: int = 1_000_000  # of the body, and of each other rendering of it
    attachment_bytes: int = 10 * _MIB  # decoded; a larger attachment stays unread
    attachment_chars: int = 500_000  # text of one attachment; a longer one stays unread
    text_chars: int = 2_000_000  # text of all attachments together
    pdf_pages: int = 50
    pdf_seconds: float = 3.0  # for one PDF, looked at between its pages, notes and fields


DEFAULT_LIMITS = ParseLimits()


class UnreadableError(Exception):
    """The message cannot be taken apart at all.

    Attributes:
        code: `unreadable` or `too_large`, the `error.code` of contract.py.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
