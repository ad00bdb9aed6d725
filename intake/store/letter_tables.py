"""Tables of what goes out and of what belongs together: letters, links between cases, reminders."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.letters.kinds import LetterKind
from intake.redaction.text import Redacted
from intake.store import types as t
from intake.store.base import Base

ADDRESSEE = t.OneOf(("sender", "account"))
"""Whose address a letter goes to: whoever wrote, or the account that the case is about."""

WAY = t.OneOf(("draft", "send"))
"""How a letter leaves: into the drafts folder, or by SMTP."""

STANDING = t.OneOf(("begun", "done", "failed", "bounced"))
"""`begun`: it may have left before a kill, so nobody makes it again that day; `failed`: it surely did not; `bounced`:
it left and came back."""

LINK = t.OneOf(("same_request", "same_thread"))
"""Why two cases belong together."""


class Letter(Base):
    """A letter to a customer, redacted; written down before it leaves, at most one a kind, case and day."""

    __tablename__ = "letter"
    __table_args__ = (UniqueConstraint("case_id", "kind", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[LetterKind] = mapped_column(t.Choice(LetterKind))
    day: Mapped[date]  # in the policy's zone
    made_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(t.Word())
    way: Mapped[str] = mapped_column(WAY)
    standing: Mapped[str] = mapped_column(STANDING)
    language: Mapped[str] = mapped_column(t.Word())
    addressee: Mapped[str] = mapped_column(ADDRESSEE)
    recipient: Mapped[Redacted]
    recipient_print: Mapped[str] = mapped_column(t.Hmac())  # who may answer it
    own_id: Mapped[str] = mapped_column(t.Word())  # its Message-ID without brackets: made by us
    mail_print: Mapped[str] = mapped_column(t.Hmac(), unique=True)  # answers refer to it
    subject: Mapped[Redacted]
    text: Mapped[Redacted]


class CaseLink(Base):
    """Two cases that belong together, the older one first."""

    __tablename__ = "case_link"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(LINK)
    at: Mapped[datetime]


class Reminder(Base):
    """That people were reminded of a due day: once each, by whichever daemon comes first."""

    __tablename__ = "reminder"
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    due: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]
