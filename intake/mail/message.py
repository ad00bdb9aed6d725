"""A message at the two stages before redaction: as bytes, and parsed into `Sensitive` parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from intake.redaction.text import Sensitive


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKey:
    """Where a message lies on its server (RFC 9051 §2.3.1.1); unique in the store."""

    mailbox: str  # the mailbox's name in the config
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMessage:
    """One message as fetched; `data` is never printed."""

    data: bytes = field(repr=False)
    source: str  # file name or mailbox label, for people
    received_at: datetime | None = None  # INTERNALDATE, aware; None: take it from the headers
    received_fallback: datetime | None = None  # where neither INTERNALDATE nor a header tells (`--received`)
    key: MessageKey | None = None
    truncated: bool = False  # only headers and the first text part were taken (size limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A display name and an addr-spec (RFC 5322 §3.4), both as typed."""

    name: Sensitive
    email: Sensitive


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part that is not the message's own text."""

    name: Sensitive
    content_type: str
    size: int  # bytes, decoded
    data: bytes = field(repr=False)
    text: Sensitive | None  # what could be read in it; None: nothing could
    is_logo: bool = False  # an inline picture that only decorates (does not count as unread)
    forwarded: bool = False  # an attached message (message/rfc822)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMessage:
    """A message decoded: charsets, transfer encodings, HTML to text; nothing judged yet."""

    raw: RawMessage
    message_id: str | None = field(repr=False)  # matched in memory only, stored as HMAC
    references: tuple[str, ...] = field(repr=False)  # In-Reply-To and References, oldest first
    sender: Address | None
    reply_to: Address | None
    recipients: tuple[Address, ...]  # To and Cc
    subject: Sensitive
    date: datetime | None  # the customer's own Date header: only resolves "yesterday"
    received_at: datetime | None  # INTERNALDATE, else the topmost Received, else Date, else the raw fallback
    # lower-case names, unfolded values, topmost first
    headers: dict[str, tuple[str, ...]] = field(repr=False)
    body: Sensitive  # all of it, quoted words included; HTML rendered with `> ` for blockquotes
    other_bodies: tuple[Sensitive, ...]  # the other alternative, hidden text, comments: redaction counts them
    structured: Sensitive  # schema.org data and form tables as `key: value` lines; may be empty
    attachments: tuple[Attachment, ...]
    defects: tuple[str, ...]  # class names only
