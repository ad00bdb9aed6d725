"""What comes out of the pipeline: all that the store writes for one message, or why there is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intake.extraction.types import Extraction
from intake.mail.message import MessageKey
from intake.mail.redacted import RedactedMessage
from rules.types import Decision


class StageError(Exception):
    """A message that cannot be processed: where it stopped and why, without a word of it."""

    def __init__(self, *, stage: str, code: str, detail: str) -> None:
        super().__init__(f"{stage}: {detail}")
        self.stage = stage
        self.code = code  # error.code of contract.py: unreadable, too_large, over_budget, redaction_failed
        self.detail = detail  # class and place of the error, never its text


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a delivery report tells of letters of ours."""

    letters: tuple[str, ...]  # keyed fingerprints of the Message-IDs that it returns
    case: int | None  # named by our token, in the returned subject or in the address of our envelope
    action: str  # failed, delayed, delivered, relayed, expanded (RFC 3464 §2.3.3)
    status: str | None  # 5.1.1 and the like (RFC 3463)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprints:
    """Keyed fingerprints (HMAC-SHA-256, hex): beside redacted text a bare hash would let digits be guessed."""

    raw: str  # of the bytes: the same mail again, after UIDVALIDITY changed
    content: str  # of Message-ID, From, Date and decoded parts: the same mail in two mailboxes
    message_id: str | None
    references: tuple[str, ...]  # oldest first
    sender: str | None  # of the From address, lower case
    attachments: tuple[str, ...]
    token_case: int | None = None  # the id of the case whose thread token it bears
    returned: Returned | None = None  # a letter of ours comes back


@dataclass(frozen=True, slots=True, kw_only=True)
class Processed:
    """One message, top to bottom."""

    key: MessageKey | None
    size: int
    fingerprints: Fingerprints
    message: RedactedMessage
    extraction: Extraction
    facts: Mapping[str, object]  # as `rules.facts.check_facts` reads them
    missing: tuple[str, ...]
    decision: Decision | None  # None: the message asks for no refund
    policy: str  # the policy's id
