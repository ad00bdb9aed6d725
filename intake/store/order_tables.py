"""Table of look-ups: when the company's records were asked about a case, and what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Named, Table, TypedColumns

from intake.orders.match import Result
from intake.store import number_types as n
from intake.store import types as t
from intake.store.base import METADATA
from intake.store.documents import Document


class _OrderLookup(TypedColumns):
    """The newest look-up of a case; what was found stands among its facts, by source."""

    case_id: Named[int] = Column(n.Int(), ForeignKey("case_file.id"), primary_key=True, autoincrement=False)
    # of the case that it was made for: another one may claim something else
    version: Named[int] = Column(n.Int())
    asked: Named[str] = Column(t.Hmac())  # fingerprint of the claim that was looked up
    result: Named[Result] = Column(t.Choice(Result))
    at: Named[datetime] = Column(n.Instant())
    attempts: Named[int] = Column(n.Int())  # that failed in a row
    # milliseconds since 1970, database's clock; None: when the claim changes
    next_try: Named[int | None] = Column(n.Int())
    error_code: Named[str | None] = Column(t.Word())
    candidates: Named[Document] = Column(t.TypedJson())  # payments for the agent to choose from


OrderLookup = Table("order_lookup", METADATA, _OrderLookup, Index(None, "next_try"))
