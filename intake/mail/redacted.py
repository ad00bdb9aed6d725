"""A message after redaction: all that is ever stored, shown or read for fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from intake.redaction.findings import Finding
from intake.redaction.text import Redacted


class AutomaticReason(StrEnum):
    """Why no person asks for anything (RFC 3834, RFC 3464, RFC 8098, RFC 2919)."""

    AUTO_REPLY = "auto_reply"
    DSN = "dsn"
    BULK = "bulk"
    OWN = "own"


class AuthResult(StrEnum):
    """One verdict of the receiving server (RFC 8601 §2.7); never `pass` by default."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    NONE = "none"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderCheck:
    """What the configured receiving server says of the From domain; other servers' words do not count."""

    spf: AuthResult = AuthResult.NOT_CHECKED
    dkim: AuthResult = AuthResult.NOT_CHECKED
    dmarc: AuthResult = AuthResult.NOT_CHECKED
    from_domain_passed: bool | None = None  # None: not checked


class Author(StrEnum):
    """Who wrote a quoted passage."""

    CUSTOMER = "customer"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A quoted or forwarded passage, without its quote marks."""

    text: Redacted
    author: Author
    forwarded: bool = False  # a forwarded mail or receipt: evidence of its own kind
    # who wrote when, as the mail program put it; of a forward it stays in the text
    heading: Redacted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactedAttachment:
    """An attachment as it may be shown; its bytes are gone."""

    name: Redacted
    content_type: str
    size: int
    text: Redacted | None  # None: could not be read, so neither stored nor shown
    is_logo: bool = False
    forwarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactedMessage:
    """Everything that later stages and people see of a message.

    Parts are named "subject", "body", "signature", "quoted:0" …, "structured", "attachment:0" …, "header".
    """

    source: str
    message_id: Redacted | None
    received_at: datetime | None
    date: datetime | None
    sender_email: Redacted | None
    sender_name: Redacted | None
    reply_to: Redacted | None
    recipients: tuple[Redacted, ...]
    subject: Redacted
    body: Redacted  # the customer's new words, signature and quoted words taken off
    signature: Redacted  # may be empty
    quotes: tuple[Quote, ...]
    structured: Redacted  # schema.org data and form tables as `key: value` lines; may be empty
    attachments: tuple[RedactedAttachment, ...]
    findings: tuple[Finding, ...]  # of every part, hidden ones included
    sender_check: SenderCheck
    automatic: AutomaticReason | None
    is_reply: bool  # has In-Reply-To or References
    unread: bool  # an attachment, or a picture that the text refers to, could not be checked
    truncated: bool

    def part(self, name: str) -> Redacted:
        """The text of a part by its name.

        Raises:
            KeyError: there is no such part, or it has no text.
        """
        head, _, index = name.partition(":")
        if head == "quoted":
            return self.quotes[int(index)].text
        if head == "attachment":
            text = self.attachments[int(index)].text
        elif head == "header":
            text = self.sender_email
        elif head in {"subject", "body", "signature", "structured"}:
            text = getattr(self, head)
        else:
            raise KeyError(name)
        if text is None:
            raise KeyError(name)
        return text
