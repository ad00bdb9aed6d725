"""Table of look-ups: when the company's records were asked about a case, and what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from intake.orders.match import Result
from intake.store import types as t
from intake.store.base import Base
from intake.store.documents import Document


class OrderLookup(Base):
    """The newest look-up of a case; what was found stands among its facts, by source."""

    __tablename__ = "order_lookup"
    __table_args__ = (Index(None, "next_try"),)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    version: Mapped[int]  # of the case that it was made for: another one may claim something else
    asked: Mapped[str] = mapped_column(t.Hmac())  # fingerprint of the claim that was looked up
    result: Mapped[Result] = mapped_column(t.Choice(Result))
    at: Mapped[datetime]
    attempts: Mapped[int]  # that failed in a row
    next_try: Mapped[int | None]  # milliseconds since 1970, database's clock; None: when the claim changes
    error_code: Mapped[str | None] = mapped_column(t.Word())
    candidates: Mapped[Document]  # payments for the agent to choose from
