"""Tables of what came in: mailboxes, folders, messages and their parts, outbox, quarantine."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Named, Table, TypedColumns, UniqueConstraint

from intake.extraction.types import Kind
from intake.mail.redacted import Author, AuthResult
from intake.redaction.findings import SecretType
from intake.redaction.text import Redacted
from intake.store import number_types as n
from intake.store import types as t
from intake.store.base import METADATA
from intake.store.documents import Document
from intake.store.values import Disposition, ServerActionKind


class _Meta(TypedColumns):
    """The one row about the database itself."""

    id: Named[int] = Column(n.Int(), primary_key=True, autoincrement=False)
    secret_key_id: Named[str | None] = Column(t.Hmac())  # a database never meets another secret
    next_case: Named[int] = Column(n.Int())
    next_message: Named[int] = Column(n.Int())


Meta = Table("meta", METADATA, _Meta)


class _Mailbox(TypedColumns):
    """A mailbox and the lease on it; the epoch grows with each taking."""

    name: Named[str] = Column(t.Name(), primary_key=True)
    owner: Named[str | None] = Column(t.Word())
    epoch: Named[int] = Column(n.Int())
    leased_until: Named[int] = Column(n.Int())  # milliseconds since 1970, database's clock


Mailbox = Table("mailbox", METADATA, _Mailbox)


class _Folder(TypedColumns):
    """How far a folder was read: a cache that the rows of `message` can rebuild."""

    mailbox: Named[str] = Column(t.Name(), ForeignKey("mailbox.name"), primary_key=True)
    name: Named[str] = Column(t.Name(), primary_key=True)
    uidvalidity: Named[int] = Column(n.Int())
    last_uid: Named[int] = Column(n.Int())


Folder = Table("folder", METADATA, _Folder)


class _Message(TypedColumns):
    """One message, accounted for by where it lies; its words are in `message_part`."""

    id: Named[int] = Column(n.Int(), primary_key=True, autoincrement=False)
    mailbox: Named[str] = Column(t.Name(), ForeignKey("mailbox.name"))
    folder: Named[str] = Column(t.Name())
    uidvalidity: Named[int] = Column(n.Int())
    uid: Named[int] = Column(n.Int())
    size: Named[int] = Column(n.Int())  # bytes
    raw_fingerprint: Named[str] = Column(t.Hmac(), index=True)
    content_fingerprint: Named[str] = Column(t.Hmac(), index=True)
    message_id: Named[str | None] = Column(t.Hmac(), index=True)
    sender: Named[str | None] = Column(t.Hmac())
    disposition: Named[Disposition] = Column(t.Choice(Disposition))
    reason: Named[str | None] = Column(t.Word())  # why ignored, set aside, or a duplicate
    case_id: Named[int | None] = Column(n.Int(), ForeignKey("case_file.id"), index=True)
    original_id: Named[int | None] = Column(n.Int(), ForeignKey("message.id"))  # of a duplicate
    stored_at: Named[datetime] = Column(n.Instant())
    received_at: Named[datetime | None] = Column(n.Instant())
    sent_at: Named[datetime | None] = Column(n.Instant())  # the customer's own Date
    kind: Named[Kind] = Column(t.Choice(Kind))
    language: Named[str] = Column(t.Word())
    reader_version: Named[str] = Column(t.Word())
    is_reply: Named[bool] = Column(n.Flag())
    unread: Named[bool] = Column(n.Flag())
    truncated: Named[bool] = Column(n.Flag())
    spf: Named[AuthResult] = Column(t.Choice(AuthResult))
    dkim: Named[AuthResult] = Column(t.Choice(AuthResult))
    dmarc: Named[AuthResult] = Column(t.Choice(AuthResult))
    from_domain_passed: Named[bool | None] = Column(n.Flag())
    flags: Named[tuple[str, ...]] = Column(t.Words())
    sender_email: Named[Redacted | None] = Column(t.RedactedText())
    sender_name: Named[Redacted | None] = Column(t.RedactedText())
    reply_to: Named[Redacted | None] = Column(t.RedactedText())
    # its Message-ID, for the headers of letters that answer it
    redacted_id: Named[Redacted | None] = Column(t.RedactedText())
    facts: Named[Document | None] = Column(t.TypedJson())  # what this message alone claims


Message = Table(
    "message",
    METADATA,
    _Message,
    UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
    Index(None, "mailbox", "disposition"),
    Index(None, "sender", "received_at"),  # floods are counted by them
)


class _MessageReference(TypedColumns):
    """A Message-ID that a message refers to, oldest first (RFC 5322 §3.6.4)."""

    message: Named[int] = Column(n.Int(), ForeignKey("message.id"), primary_key=True)
    position: Named[int] = Column(n.Int(), primary_key=True)
    message_id: Named[str] = Column(t.Hmac(), index=True)


MessageReference = Table("message_reference", METADATA, _MessageReference)


class _MessagePart(TypedColumns):
    """The redacted text of a part, by the part's name: subject, body, quoted:0 …."""

    message: Named[int] = Column(n.Int(), ForeignKey("message.id"), primary_key=True)
    name: Named[str] = Column(t.Word(), primary_key=True)
    author: Named[Author | None] = Column(t.Choice(Author))  # of a quote
    forwarded: Named[bool] = Column(n.Flag())
    text: Named[Redacted] = Column(t.RedactedText())


MessagePart = Table("message_part", METADATA, _MessagePart)


class _Attachment(TypedColumns):
    """An attachment by name and size: its bytes are never stored."""

    message: Named[int] = Column(n.Int(), ForeignKey("message.id"), primary_key=True)
    position: Named[int] = Column(n.Int(), primary_key=True)
    name: Named[Redacted] = Column(t.RedactedText())
    content_type: Named[str] = Column(t.Word())
    size: Named[int] = Column(n.Int())  # bytes, decoded
    fingerprint: Named[str] = Column(t.Hmac())
    readable: Named[bool] = Column(n.Flag())


Attachment = Table("attachment", METADATA, _Attachment)


class _Finding(TypedColumns):
    """A secret that was cut out: its kind and place, never itself."""

    message: Named[int] = Column(n.Int(), ForeignKey("message.id"), primary_key=True)
    position: Named[int] = Column(n.Int(), primary_key=True)
    type: Named[SecretType] = Column(t.Choice(SecretType))
    part: Named[str] = Column(t.Word())
    start: Named[int] = Column(n.Int())
    end: Named[int] = Column(n.Int())
    last_four: Named[str | None] = Column(t.LastFour())
    rule: Named[str] = Column(t.Word())


Finding = Table("finding", METADATA, _Finding)


class _Outbox(TypedColumns):
    """What the mail server is still to be told: written with the message, done after the commit."""

    id: Named[int] = Column(n.Int(), primary_key=True)
    mailbox: Named[str] = Column(t.Name(), ForeignKey("mailbox.name"))
    message: Named[int] = Column(n.Int(), ForeignKey("message.id"))
    kind: Named[ServerActionKind] = Column(t.Choice(ServerActionKind))
    target: Named[str] = Column(t.Name())
    attempts: Named[int] = Column(n.Int())
    next_try: Named[int] = Column(n.Int())  # milliseconds since 1970, database's clock
    done: Named[bool] = Column(n.Flag())
    error_code: Named[str | None] = Column(t.Word())
    # of what adds a message to a folder and so may have added it before a kill: what is looked for above this
    begun_uidvalidity: Named[int | None] = Column(n.Int())
    begun_uid: Named[int | None] = Column(n.Int())


Outbox = Table("outbox", METADATA, _Outbox, Index(None, "mailbox", "done", "next_try"))


class _OwnCopy(TypedColumns):
    """A redacted copy of ours, written down before it is appended: it never comes in as somebody's mail."""

    raw_fingerprint: Named[str] = Column(t.Hmac(), primary_key=True)
    content_fingerprint: Named[str] = Column(t.Hmac(), index=True)  # where a server rewrites headers
    message: Named[int] = Column(n.Int(), ForeignKey("message.id"), index=True)  # the one that it replaces


OwnCopy = Table("own_copy", METADATA, _OwnCopy)


class _Quarantine(TypedColumns):
    """A message that could not be processed: where it lies and why; a retry fetches it again."""

    id: Named[int] = Column(n.Int(), primary_key=True)
    mailbox: Named[str] = Column(t.Name(), ForeignKey("mailbox.name"))
    folder: Named[str] = Column(t.Name())
    uidvalidity: Named[int] = Column(n.Int())
    uid: Named[int] = Column(n.Int())
    stage: Named[str] = Column(t.Word())
    error_code: Named[str] = Column(t.Word())
    place: Named[str] = Column(t.Word())
    size: Named[int] = Column(n.Int())  # bytes
    raw_fingerprint: Named[str | None] = Column(t.Hmac())
    attempts: Named[int] = Column(n.Int())
    first_at: Named[datetime] = Column(n.Instant())
    last_at: Named[datetime] = Column(n.Instant())
    version: Named[str | None] = Column(t.Word())  # of the program that failed: a newer one tries again
    # a person gave it up; the row stays, or it would come in again
    dropped_at: Named[datetime | None] = Column(n.Instant())
    dropped_by: Named[str | None] = Column(t.Word())


Quarantine = Table(
    "quarantine", METADATA, _Quarantine, UniqueConstraint("mailbox", "folder", "uidvalidity", "uid")
)
