"""Tables of what came in: mailboxes, folders, messages and their parts, outbox, quarantine."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.extraction.types import Kind
from intake.mail.redacted import Author, AuthResult
from intake.redaction.findings import SecretType
from intake.redaction.text import Redacted
from intake.store import types as t
from intake.store.base import Base
from intake.store.documents import Document
from intake.store.values import ActionKind, Disposition


class Meta(Base):
    """The one row about the database itself."""

    __tablename__ = "meta"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    secret_key_id: Mapped[str | None] = mapped_column(t.Hmac())  # a database never meets another secret
    next_case: Mapped[int]
    next_message: Mapped[int]


class Mailbox(Base):
    """A mailbox and the lease on it; the epoch grows with each taking."""

    __tablename__ = "mailbox"
    name: Mapped[str] = mapped_column(t.Name(), primary_key=True)
    owner: Mapped[str | None] = mapped_column(t.Word())
    epoch: Mapped[int]
    leased_until: Mapped[int]  # milliseconds since 1970, database's clock


class Folder(Base):
    """How far a folder was read: a cache that the rows of `message` can rebuild."""

    __tablename__ = "folder"
    mailbox: Mapped[str] = mapped_column(t.Name(), ForeignKey("mailbox.name"), primary_key=True)
    name: Mapped[str] = mapped_column(t.Name(), primary_key=True)
    uidvalidity: Mapped[int]
    last_uid: Mapped[int]


class Message(Base):
    """One message, accounted for by where it lies; its words are in `message_part`."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),
        Index(None, "mailbox", "disposition"),
        Index(None, "sender", "received_at"),  # floods are counted by them
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mailbox: Mapped[str] = mapped_column(t.Name(), ForeignKey("mailbox.name"))
    folder: Mapped[str] = mapped_column(t.Name())
    uidvalidity: Mapped[int]
    uid: Mapped[int]
    size: Mapped[int]  # bytes
    raw_fingerprint: Mapped[str] = mapped_column(t.Hmac(), index=True)
    content_fingerprint: Mapped[str] = mapped_column(t.Hmac(), index=True)
    message_id: Mapped[str | None] = mapped_column(t.Hmac(), index=True)
    sender: Mapped[str | None] = mapped_column(t.Hmac())
    disposition: Mapped[Disposition] = mapped_column(t.Choice(Disposition))
    reason: Mapped[str | None] = mapped_column(t.Word())  # why ignored, set aside, or a duplicate
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    original_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))  # of a duplicate
    stored_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]  # the customer's own Date
    kind: Mapped[Kind] = mapped_column(t.Choice(Kind))
    language: Mapped[str] = mapped_column(t.Word())
    reader_version: Mapped[str] = mapped_column(t.Word())
    is_reply: Mapped[bool]
    unread: Mapped[bool]
    truncated: Mapped[bool]
    spf: Mapped[AuthResult] = mapped_column(t.Choice(AuthResult))
    dkim: Mapped[AuthResult] = mapped_column(t.Choice(AuthResult))
    dmarc: Mapped[AuthResult] = mapped_column(t.Choice(AuthResult))
    from_domain_passed: Mapped[bool | None]
    flags: Mapped[tuple[str, ...]]
    sender_email: Mapped[Redacted | None]
    sender_name: Mapped[Redacted | None]
    reply_to: Mapped[Redacted | None]
    redacted_id: Mapped[Redacted | None]  # its Message-ID, for the headers of letters that answer it
    facts: Mapped[Document | None]  # what this message alone claims


class MessageReference(Base):
    """A Message-ID that a message refers to, oldest first (RFC 5322 §3.6.4)."""

    __tablename__ = "message_reference"
    message: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(t.Hmac(), index=True)


class MessagePart(Base):
    """The redacted text of a part, by the part's name: subject, body, quoted:0 …."""

    __tablename__ = "message_part"
    message: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    name: Mapped[str] = mapped_column(t.Word(), primary_key=True)
    author: Mapped[Author | None] = mapped_column(t.Choice(Author))  # of a quote
    forwarded: Mapped[bool]
    text: Mapped[Redacted]


class Attachment(Base):
    """An attachment by name and size: its bytes are never stored."""

    __tablename__ = "attachment"
    message: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Redacted]
    content_type: Mapped[str] = mapped_column(t.Word())
    size: Mapped[int]  # bytes, decoded
    fingerprint: Mapped[str] = mapped_column(t.Hmac())
    readable: Mapped[bool]


class Finding(Base):
    """A secret that was cut out: its kind and place, never itself."""

    __tablename__ = "finding"
    message: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[SecretType] = mapped_column(t.Choice(SecretType))
    part: Mapped[str] = mapped_column(t.Word())
    start: Mapped[int]
    end: Mapped[int]
    last_four: Mapped[str | None] = mapped_column(t.LastFour())
    rule: Mapped[str] = mapped_column(t.Word())


class Outbox(Base):
    """What the mail server is still to be told: written with the message, done after the commit."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "mailbox", "done", "next_try"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox: Mapped[str] = mapped_column(t.Name(), ForeignKey("mailbox.name"))
    message: Mapped[int] = mapped_column(ForeignKey("message.id"))
    kind: Mapped[ActionKind] = mapped_column(t.Choice(ActionKind))
    target: Mapped[str] = mapped_column(t.Name())
    attempts: Mapped[int]
    next_try: Mapped[int]  # milliseconds since 1970, database's clock
    done: Mapped[bool]
    error_code: Mapped[str | None] = mapped_column(t.Word())
    # of what adds a message to a folder and so may have added it before a kill: what is looked for above this
    begun_uidvalidity: Mapped[int | None]
    begun_uid: Mapped[int | None]


class OwnCopy(Base):
    """A redacted copy of ours, written down before it is appended: it never comes in as somebody's mail."""

    __tablename__ = "own_copy"
    raw_fingerprint: Mapped[str] = mapped_column(t.Hmac(), primary_key=True)
    content_fingerprint: Mapped[str] = mapped_column(t.Hmac(), index=True)  # where a server rewrites headers
    message: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)  # the one that it replaces


class Quarantine(Base):
    """A message that could not be processed: where it lies and why; a retry fetches it again."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox: Mapped[str] = mapped_column(t.Name(), ForeignKey("mailbox.name"))
    folder: Mapped[str] = mapped_column(t.Name())
    uidvalidity: Mapped[int]
    uid: Mapped[int]
    stage: Mapped[str] = mapped_column(t.Word())
    error_code: Mapped[str] = mapped_column(t.Word())
    place: Mapped[str] = mapped_column(t.Word())
    size: Mapped[int]  # bytes
    raw_fingerprint: Mapped[str | None] = mapped_column(t.Hmac())
    attempts: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    version: Mapped[str | None] = mapped_column(
        t.Word()
    )  # of the program that failed: a newer one tries again
    dropped_at: Mapped[datetime | None]  # a person gave it up; the row stays, or it would come in again
    dropped_by: Mapped[str | None] = mapped_column(t.Word())
