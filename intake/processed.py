"""The value that comes out of the pipeline: all that the store writes for one message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from intake.extraction.types import Extraction
    from intake.mail.message import MessageKey
    from intake.mail.redacted import RedactedMessage
    from rules.types import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprints:
    """Keyed fingerprints (HMAC-SHA-256, hex): beside redacted text a bare hash would let digits be guessed."""

    raw: str  # of the bytes: the same mail again, after UIDVALIDITY changed
    content: str  # of Message-ID, From, Date and decoded parts: the same mail in two mailboxes
    message_id: str | None
    references: tuple[str, ...]  # oldest first
    sender: str | None  # of the From address, lower case
    attachments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Processed:
    """One message, top to bottom."""

    key: MessageKey | None
    size: int
    fingerprints: Fingerprints
    message: RedactedMessage
    extraction: Extraction
    facts: Mapping[str, object]  # the facts file of the contract, as the rules read it
    missing: tuple[str, ...]
    decision: Decision | None  # None: the message asks for no refund
    policy: str  # the policy's id
