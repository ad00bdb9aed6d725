"""Tables of people and of what they decide."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from intake.people import Role
from intake.redaction.text import Redacted
from intake.store import types as t
from intake.store.base import Base

VERDICT = t.OneOf(("approve", "deny"))
"""What a person decides."""

STANDING = t.OneOf(("awaiting", "final", "sent_back", "undone", "reopened"))
"""What became of a verdict; only `final` ones count."""

REASON_CODE = t.OneOf(
    (
        "as_proposed",
        "misread",
        "other_evidence",
        "goodwill",
        "duplicate_claim",
        "suspected_fraud",
        "legal",
        "other",
    )
)
"""Why a person decides otherwise than proposed."""


class Person(Base):
    """A user; never deleted, for the history names them."""

    __tablename__ = "person"
    name: Mapped[str] = mapped_column(t.Word(), primary_key=True)
    role: Mapped[Role] = mapped_column(t.Choice(Role))
    os_user: Mapped[str | None] = mapped_column(t.Word(), unique=True)  # who acts on the command line
    password: Mapped[str | None] = mapped_column(t.PasswordHash())  # None: cannot log in to the pages
    disabled: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(t.Word())


class Verdict(Base):
    """A person's decision. The second person is another one: the database itself refuses anything else."""

    __tablename__ = "verdict"
    __table_args__ = (
        CheckConstraint("second IS NULL OR second <> decider", name="two_people"),
        CheckConstraint("standing <> 'final' OR NOT needs_second OR second IS NOT NULL", name="four_eyes"),
        Index(None, "order_print"),
        Index(None, "payment_print"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    version: Mapped[int]  # of the case, once it was made
    word: Mapped[str] = mapped_column(VERDICT)
    amount_minor: Mapped[int | None]  # what goes back, in the currency's minor unit
    amount_places: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(t.Currency())
    reason_code: Mapped[str] = mapped_column(REASON_CODE)
    reason: Mapped[Redacted | None]
    overridden: Mapped[tuple[str, ...]] = mapped_column(t.Names())  # clauses that the person sets aside
    order_print: Mapped[str | None] = mapped_column(t.Hmac())  # of the order: earlier decisions are summed up
    payment_print: Mapped[str | None] = mapped_column(
        t.Hmac()
    )  # of account, day and sum: where none names the order
    decider: Mapped[str] = mapped_column(t.Word(), ForeignKey("person.name"))
    decided_at: Mapped[datetime]
    needs_second: Mapped[bool]
    lead_only: Mapped[bool]  # the second person has to be a lead
    second: Mapped[str | None] = mapped_column(t.Word(), ForeignKey("person.name"))
    second_at: Mapped[datetime | None]
    comment: Mapped[Redacted | None]  # of whoever sent it back
    standing: Mapped[str] = mapped_column(STANDING)
    reference: Mapped[Redacted | None]  # of the payment
