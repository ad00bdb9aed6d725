"""Verdicts as rows: the sum of what was approved for an order, and the second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from intake.casework.states import State
from intake.casework.words import ReasonCode, Standing, Word
from intake.redaction.text import Redacted
from intake.store.base import AnyRow
from intake.store.tables import Audit, Case, Meta, Notification, Verdict

if TYPE_CHECKING:
    from intake.casework.verdicts import Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVerdict:
    """A person's decision, as it is stored."""

    id: int
    version: int
    word: Word
    amount_minor: int | None
    amount_places: int | None
    currency: str | None
    reason_code: ReasonCode
    reason: Redacted | None
    overridden: tuple[str, ...]
    decider: str
    decided_at: datetime
    needs_second: bool
    lead_only: bool
    second: str | None
    second_at: datetime | None
    comment: Redacted | None
    standing: Standing
    reference: Redacted | None

    @property
    def amount(self) -> str | None:
        """In major units, "49.00"; None where no sum was decided."""
        from intake.store.decisions import major_units

        return major_units(self.amount_minor, self.amount_places)

    def to_dict(self) -> dict[str, object]:
        """The verdict as JSON."""
        return {
            "verdict": self.word,
            "amount": self.amount,
            "currency": self.currency,
            "reason_code": self.reason_code,
            "reason": self.reason.text if self.reason else None,
            "overridden": list(self.overridden),
            "by": self.decider,
            "at": self.decided_at.isoformat(),
            "needs_second": self.needs_second,
            "second": self.second,
            "second_at": self.second_at.isoformat() if self.second_at else None,
            "comment": self.comment.text if self.comment else None,
            "standing": self.standing,
            "reference": self.reference.text if self.reference else None,
        }


# the value has the table's own names
_COLUMNS = tuple(Verdict.c[name] for name in StoredVerdict.__dataclass_fields__)
_COUNTS: tuple[Standing, ...] = ("awaiting", "final")


def one_at_a_time(connection: Connection) -> None:
    """Makes decisions take turns: two cases of one order must see each other's sums."""
    connection.execute(select(Meta.c.id).where(Meta.c.id == 1).with_for_update()).one()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prints:
    """Keyed fingerprints by which decisions on one payment find each other; None: not known."""

    order: str | None
    payment: str | None


def approved_before(connection: Connection, prints: Prints, currency: str | None) -> int:
    """What was approved for an order or payment and still counts, in minor units; 0 where neither is known."""
    told = ((Verdict.c.order_print, prints.order), (Verdict.c.payment_print, prints.payment))
    same = [column == value for column, value in told if value is not None]
    if currency is None or not same:
        return 0
    query = select(func.sum(Verdict.c.amount_minor)).where(
        or_(*same),
        Verdict.c.currency == currency,
        Verdict.c.word == "approve",
        Verdict.c.standing.in_(_COUNTS),
    )
    return int(connection.scalar(query) or 0)


def add(  # noqa: PLR0913 - one parameter a thing that a verdict says
    connection: Connection,
    *,
    case_id: int,
    version: int,
    ruling: Ruling,
    reason: Redacted | None,
    prints: Prints,
    decider: str,
    at: datetime,
) -> None:
    """Stores a verdict: final, or awaiting a second person."""
    row = {
        "case_id": case_id,
        "version": version,
        "word": ruling.word,
        "amount_minor": ruling.amount_minor,
        "amount_places": None if ruling.amount is None else ruling.places,
        "currency": ruling.currency,
        "reason_code": ruling.code,
        "reason": reason,
        "overridden": ruling.overridden,
        "order_print": prints.order,
        "payment_print": prints.payment,
        "decider": decider,
        "decided_at": at,
        "needs_second": ruling.needs_second,
        "lead_only": ruling.lead_only,
        "second": None,
        "second_at": None,
        "comment": None,
        "standing": "awaiting" if ruling.needs_second else "final",
        "reference": None,
    }
    connection.execute(insert(Verdict), [row])


def latest(connection: Connection, case_id: int) -> StoredVerdict | None:
    """The newest verdict of a case."""
    query = select(*_COLUMNS).where(Verdict.c.case_id == case_id).order_by(Verdict.c.id.desc()).limit(1)
    found = connection.execute(query).one_or_none()
    return None if found is None else _stored(found)


def of_case(connection: Connection, case_id: int) -> tuple[StoredVerdict, ...]:
    """All verdicts of a case, oldest first."""
    query = select(*_COLUMNS).where(Verdict.c.case_id == case_id).order_by(Verdict.c.id)
    return tuple(_stored(row) for row in connection.execute(query))


def confirm(connection: Connection, verdict: StoredVerdict, *, second: str, at: datetime) -> bool:
    """Makes a verdict final by a second person; False: it does not wait for one, or not for this one.

    The condition stands in the statement and in the table's own constraint: no caller can forget it.
    """
    done = connection.execute(
        update(Verdict)
        .where(Verdict.c.id == verdict.id, Verdict.c.standing == "awaiting", Verdict.c.decider != second)
        .values(standing="final", second=second, second_at=at)
    )
    return done.rowcount == 1


def settle(
    connection: Connection,
    verdict: StoredVerdict,
    *,
    standing: Standing,
    comment: Redacted | None = None,
) -> None:
    """Takes a verdict out of force: sent_back, undone or reopened."""
    values = {"standing": standing} | ({} if comment is None else {"comment": comment})
    connection.execute(update(Verdict).where(Verdict.c.id == verdict.id).values(**values))


def paid(connection: Connection, verdict: StoredVerdict, reference: Redacted) -> None:
    """Notes the payment that followed."""
    connection.execute(update(Verdict).where(Verdict.c.id == verdict.id).values(reference=reference))


def take_back_news(connection: Connection, case_id: int, now_ms: int) -> bool:
    """Deletes what nobody was told yet of a decision that was taken back; whether there was such news."""
    done = connection.execute(
        delete(Notification).where(
            Notification.c.case_id == case_id,
            Notification.c.event == "case.decided",
            Notification.c.not_before > now_ms,
        )
    )
    return done.rowcount > 0


def standing_denials(connection: Connection, before: datetime) -> list[int]:
    """Cases whose denial stands since before that moment."""
    query = (
        select(Case.c.id)
        .select_from(Case)
        .join(Verdict, Verdict.c.case_id == Case.c.id)
        .where(Case.c.state == State.DECIDED, Verdict.c.standing == "final", Verdict.c.word == "deny")
        .where(Case.c.state_since < before)
        .order_by(Case.c.id)
    )
    return list(connection.scalars(query))


def lapsed(connection: Connection, now_ms: int) -> list[int]:
    """Cases whose review ran out."""
    query = (
        select(Case.c.id)
        .where(Case.c.state == State.IN_REVIEW, Case.c.held_until < now_ms)
        .order_by(Case.c.id)
    )
    return list(connection.scalars(query))


def last_actor(connection: Connection, case_id: int, action: str) -> str | None:
    """Who did this to the case last, by the history."""
    query = select(Audit.c.actor).where(Audit.c.case_id == case_id, Audit.c.action == str(action))
    return connection.scalar(query.order_by(Audit.c.position.desc()).limit(1))


def last_version(connection: Connection, case_id: int, actor: str) -> int:
    """The version that somebody's newest action gave the case; 0: they never did anything to it."""
    query = select(func.max(Audit.c.version)).where(Audit.c.case_id == case_id, Audit.c.actor == actor)
    return connection.scalar(query) or 0


def _stored(row: AnyRow) -> StoredVerdict:
    return StoredVerdict(**row._mapping)  # noqa: SLF001 - the documented way to read a row as a mapping
