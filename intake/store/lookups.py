"""Which cases the company's records are to be asked about, and what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, or_, select, update

from intake.case_label import case_id_of, label
from intake.casework.facts import FactSource, Stated, plain, typed, winners
from intake.casework.states import State
from intake.orders.match import Claim, Result
from intake.redaction.text import restored
from intake.store.documents import Document, document
from intake.store.engine import moment_ms
from intake.store.tables import Case, Fact, OrderLookup

_OPEN = (State.NEEDS_INFORMATION, State.READY, State.IN_REVIEW)
"""Where records may still change the proposal: what two people look at, or have decided, stands still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A case to look up."""

    case: str
    version: int
    claim: Claim
    asked: str | None  # the claim that was looked up before; None: never
    result: Result | None
    attempts: int
    retry: bool  # its time has come, whether the claim has changed or not


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What the newest look-up of a case ended with."""

    result: Result
    at: datetime
    error_code: str | None
    candidates: tuple[dict[str, str], ...]

    def to_dict(self) -> dict[str, object]:
        """As JSON."""
        return {
            "result": self.result.value,
            "at": self.at.isoformat(),
            "error_code": self.error_code,
            "candidates": [dict(one) for one in self.candidates],
        }


def due(connection: Connection, mailbox: str, *, everything: bool, limit: int) -> list[Due]:
    """The open cases of a mailbox that were never looked up, have changed since, or are to be asked about again."""
    now = moment_ms(connection)
    wanted = or_(
        OrderLookup.c.case_id.is_(None),
        OrderLookup.c.version != Case.c.version,
        OrderLookup.c.next_try <= now,
    )
    query = (
        select(
            Case.c.id,
            Case.c.version,
            OrderLookup.c.asked,
            OrderLookup.c.result,
            OrderLookup.c.attempts,
            OrderLookup.c.next_try,
        )
        .select_from(Case)
        .outerjoin(OrderLookup, OrderLookup.c.case_id == Case.c.id)
        .where(Case.c.mailbox == mailbox, Case.c.state.in_(_OPEN))
        .order_by(Case.c.id)
    )
    if not everything:
        query = query.where(wanted).limit(limit)
    rows = connection.execute(query).all()
    claims = _claims(connection, [row.id for row in rows])
    return [
        Due(
            case=label(row.id),
            version=row.version,
            claim=claims[row.id],
            asked=row.asked,
            result=row.result,
            attempts=row.attempts or 0,
            retry=everything or (row.next_try is not None and row.next_try <= now),
        )
        for row in rows
    ]


def save(  # noqa: PLR0913 - one row's columns
    connection: Connection,
    due: Due,
    *,
    version: int,
    asked: str,
    result: Result,
    again_in_s: int | None = None,
    error_code: str | None = None,
    candidates: Sequence[dict[str, object]] | None = None,
) -> None:
    """Writes down what came of it; `candidates` None: those of before, which an outage does not take away."""
    now = moment_ms(connection)
    case_id = case_id_of(due.case)
    values = {
        "version": version,
        "asked": asked,
        "result": result,
        "at": datetime.fromtimestamp(now / 1000, UTC),
        "attempts": due.attempts + 1 if result is Result.UNREACHABLE else 0,
        "next_try": None if again_in_s is None else now + again_in_s * 1000,
        "error_code": error_code,
    }
    if version != connection.scalar(select(Case.c.version).where(Case.c.id == case_id)):
        values["next_try"] = now  # changed since the answer: it may have been taken back
    if candidates is not None or due.asked is None:
        values["candidates"] = document(list(candidates or ()))
    if due.asked is None:
        connection.execute(insert(OrderLookup).values(case_id=case_id, **values))
    else:
        connection.execute(update(OrderLookup).where(OrderLookup.c.case_id == case_id).values(**values))


def touch(connection: Connection, due: Due) -> None:
    """The case has changed, its claim has not: nobody need be asked."""
    here = OrderLookup.c.case_id == case_id_of(due.case)
    connection.execute(update(OrderLookup).where(here).values(version=due.version))


def ask_again(connection: Connection, case_id: int) -> None:
    """What was known of a case was taken back: the records are asked at the next look, whatever is claimed then."""
    here = OrderLookup.c.case_id == case_id
    connection.execute(update(OrderLookup).where(here).values(next_try=moment_ms(connection)))


def newest(connection: Connection, case_id: int) -> Lookup | None:
    """The newest look-up of a case; None: the records were not asked."""
    columns = (OrderLookup.c.result, OrderLookup.c.at, OrderLookup.c.error_code, OrderLookup.c.candidates)
    row = connection.execute(select(*columns).where(OrderLookup.c.case_id == case_id)).one_or_none()
    if row is None:
        return None
    found: Document = row.candidates
    return Lookup(result=row.result, at=row.at, error_code=row.error_code, candidates=tuple(found.value))


def _claims(connection: Connection, ids: Sequence[int]) -> dict[int, Claim]:
    """What is claimed in each case, a person's word before the mail's; records do not feed their own look-up."""
    names = tuple(Claim.__dataclass_fields__)
    stated: dict[int, list[Stated]] = defaultdict(list)
    for start in range(0, len(ids), 500):
        query = select(
            Fact.c.case_id, Fact.c.key, Fact.c.value, Fact.c.source, Fact.c.actor, Fact.c.at
        ).where(
            Fact.c.case_id.in_(ids[start : start + 500]), Fact.c.key.in_([f"claim.{name}" for name in names])
        )
        for row in connection.execute(query):
            if row.source is not FactSource.RECORDS:
                value = typed(row.key, row.value.value, restored)
                stated[row.case_id].append(
                    Stated(key=row.key, value=value, source=row.source, actor=row.actor, at=row.at)
                )
    found = {}
    for ident in ids:
        told = {key.removeprefix("claim."): plain(one.value) for key, one in winners(stated[ident]).items()}
        found[ident] = Claim(**{name: str(value) for name, value in told.items()})
    return found
