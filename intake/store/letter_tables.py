"""Tables of what goes out and of what belongs together: letters, links between cases, reminders."""

from __future__ import annotations

from datetime import date, datetime
from typing import get_args

from sqlalchemy import Column, ForeignKey, Named, Table, TypedColumns, UniqueConstraint

from intake.letters.kinds import Addressee, LetterKind, Standing, Way
from intake.redaction.text import Redacted
from intake.store import number_types as n
from intake.store import types as t
from intake.store.base import METADATA

LINK = t.OneOf(("same_request", "same_thread"))
"""Why two cases belong together."""


class _Letter(TypedColumns):
    """A letter to a customer, redacted; written down before it leaves, at most one a kind, case and day."""

    id: Named[int] = Column(n.Int(), primary_key=True)
    case_id: Named[int] = Column(n.Int(), ForeignKey("case_file.id"), index=True)
    kind: Named[LetterKind] = Column(t.Choice(LetterKind))
    day: Named[date] = Column(n.Day())  # in the policy's zone
    made_at: Named[datetime] = Column(n.Instant())
    actor: Named[str] = Column(t.Word())
    way: Named[str] = Column(t.OneOf(get_args(Way)))
    standing: Named[str] = Column(t.OneOf(get_args(Standing)))
    language: Named[str] = Column(t.Word())
    addressee: Named[str] = Column(t.OneOf(get_args(Addressee)))
    recipient: Named[Redacted] = Column(t.RedactedText())
    recipient_print: Named[str] = Column(t.Hmac())  # who may answer it
    own_id: Named[str] = Column(t.Word())  # its Message-ID without brackets: made by us
    mail_print: Named[str] = Column(t.Hmac(), unique=True)  # answers refer to it
    subject: Named[Redacted] = Column(t.RedactedText())
    text: Named[Redacted] = Column(t.RedactedText())


Letter = Table("letter", METADATA, _Letter, UniqueConstraint("case_id", "kind", "day"))


class _CaseLink(TypedColumns):
    """Two cases that belong together, the older one first."""

    case_id: Named[int] = Column(n.Int(), ForeignKey("case_file.id"), primary_key=True)
    other_id: Named[int] = Column(n.Int(), ForeignKey("case_file.id"), primary_key=True, index=True)
    kind: Named[str] = Column(LINK)
    at: Named[datetime] = Column(n.Instant())


CaseLink = Table("case_link", METADATA, _CaseLink)


class _Reminder(TypedColumns):
    """That people were reminded of a due day: once each, by whichever daemon comes first."""

    case_id: Named[int] = Column(n.Int(), ForeignKey("case_file.id"), primary_key=True)
    due: Named[date] = Column(n.Day(), primary_key=True)
    at: Named[datetime] = Column(n.Instant())


Reminder = Table("reminder", METADATA, _Reminder)
