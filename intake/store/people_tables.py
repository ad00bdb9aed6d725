"""Tables of people and of what they decide."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Named, Table, TypedColumns

from intake.casework.words import REASON_CODES, Standing, Word
from intake.people import Role
from intake.redaction.text import Redacted
from intake.store import number_types as n
from intake.store import types as t
from intake.store.base import METADATA


class _Person(TypedColumns):
    """A user; never deleted, for the history names them."""

    name: Named[str] = Column(t.Word(), primary_key=True)
    role: Named[Role] = Column(t.Choice(Role))
    os_user: Named[str | None] = Column(t.Word(), unique=True)  # who acts on the command line
    password: Named[str | None] = Column(t.PasswordHash())  # None: cannot log in to the pages
    disabled: Named[bool] = Column(n.Flag())
    created_at: Named[datetime] = Column(n.Instant())
    created_by: Named[str] = Column(t.Word())


Person = Table("person", METADATA, _Person)


class _Verdict(TypedColumns):
    """A person's decision. The second person is another one: the database itself refuses anything else."""

    id: Named[int] = Column(n.Int(), primary_key=True)
    case_id: Named[int] = Column(n.Int(), ForeignKey("case_file.id"), index=True)
    version: Named[int] = Column(n.Int())  # of the case, once it was made
    word: Named[str] = Column(t.OneOf(get_args(Word)))
    amount_minor: Named[int | None] = Column(n.Int())  # what goes back, in the currency's minor unit
    amount_places: Named[int | None] = Column(n.Int())
    currency: Named[str | None] = Column(t.Currency())
    reason_code: Named[str] = Column(t.OneOf(REASON_CODES))
    reason: Named[Redacted | None] = Column(t.RedactedText())
    overridden: Named[tuple[str, ...]] = Column(t.Names())  # clauses that the person sets aside
    order_print: Named[str | None] = Column(t.Hmac())  # of the order: earlier decisions are summed up
    payment_print: Named[str | None] = Column(t.Hmac())  # of account, day and sum: where none names the order
    decider: Named[str] = Column(t.Word(), ForeignKey("person.name"))
    decided_at: Named[datetime] = Column(n.Instant())
    needs_second: Named[bool] = Column(n.Flag())
    lead_only: Named[bool] = Column(n.Flag())  # the second person has to be a lead
    second: Named[str | None] = Column(t.Word(), ForeignKey("person.name"))
    second_at: Named[datetime | None] = Column(n.Instant())
    comment: Named[Redacted | None] = Column(t.RedactedText())  # of whoever sent it back
    standing: Named[str] = Column(t.OneOf(get_args(Standing)))
    reference: Named[Redacted | None] = Column(t.RedactedText())  # of the payment


Verdict = Table(
    "verdict",
    METADATA,
    _Verdict,
    CheckConstraint("second IS NULL OR second <> decider", name="two_people"),
    CheckConstraint("standing <> 'final' OR NOT needs_second OR second IS NOT NULL", name="four_eyes"),
    Index(None, "order_print"),
    Index(None, "payment_print"),
)
