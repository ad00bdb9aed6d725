"""What the clocks ask the store: how long a case waited, who keeps silent, whose day comes near."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select

from intake.letters.kinds import ASKING
from intake.store.leases import moment
from intake.store.tables import Audit, AuditValue, Case, Letter, Message, Reminder
from intake.store.values import OPEN, Disposition, State, label

_ASKED: Final = "case.asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A case that waits for a customer who was asked."""

    case: str  # its label
    version: int
    policy: str
    asked_at: datetime
    heard_at: datetime  # of the newest mail


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSoon:
    """An open case with a due day of which nobody was reminded yet."""

    case_id: int
    policy: str
    due: date


def now(connection: Connection) -> datetime:
    """The database's clock."""
    return moment(connection)


def states(connection: Connection, case_id: int) -> list[tuple[datetime, str]]:
    """When a case came into which state, oldest first; what was erased is left out."""
    query = (
        select(Audit.at, AuditValue.value)
        .join(AuditValue, (AuditValue.case_id == Audit.case_id) & (AuditValue.position == Audit.position))
        .where(Audit.case_id == case_id, AuditValue.side == "after")
        .order_by(Audit.position)
    )
    found = ((row.at, row.value.value) for row in connection.execute(query))
    return [
        (at, str(value["state"])) for at, value in found if isinstance(value, dict) and value.get("state")
    ]


def waiting(connection: Connection) -> list[Waiting]:
    """Cases that wait for the customer, and when we asked: by a letter, or by a person's word that they did."""
    query = select(Case.id, Case.version, Case.policy).where(Case.state == State.NEEDS_INFORMATION)
    rows = connection.execute(query.order_by(Case.id)).all()
    idents = [row.id for row in rows]
    asked = _newest_letters(connection, idents)
    for row in connection.execute(
        select(Audit.case_id, func.max(Audit.at).label("at"))
        .where(Audit.action == _ASKED, Audit.case_id.in_(idents))
        .group_by(Audit.case_id)
    ):
        asked[row.case_id].append(row.at)
    heard = select(Message.case_id, func.max(Message.stored_at).label("at")).where(
        Message.case_id.in_(idents), Message.disposition.in_((Disposition.CASE, Disposition.REPLY))
    )
    last = {row.case_id: row.at for row in connection.execute(heard.group_by(Message.case_id))}
    return [
        Waiting(
            case=label(row.id),
            version=row.version,
            policy=row.policy,
            asked_at=max(asked[row.id]),
            heard_at=last[row.id],
        )
        for row in rows
        if asked[row.id] and row.id in last
    ]


def _newest_letters(connection: Connection, idents: Sequence[int]) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    query = select(Letter.case_id, Letter.made_at).where(
        Letter.case_id.in_(idents), Letter.kind.in_(sorted(ASKING)), Letter.standing == "done"
    )
    for row in connection.execute(query):
        found[row.case_id].append(row.made_at)
    return found


def unreminded(connection: Connection, until: date) -> list[DueSoon]:
    """Open cases due by `until` of whose day nobody was reminded."""
    told = select(Reminder.case_id).where(Reminder.case_id == Case.id, Reminder.due == Case.due).exists()
    query = (
        select(Case.id, Case.policy, Case.due)
        .where(Case.state.in_(OPEN), Case.due.is_not(None), Case.due <= until, ~told)
        .order_by(Case.due, Case.id)
    )
    return [DueSoon(case_id=row.id, policy=row.policy, due=row.due) for row in connection.execute(query)]


def remember(connection: Connection, found: DueSoon, at: datetime) -> None:
    """Writes down that people were reminded."""
    connection.execute(insert(Reminder), [{"case_id": found.case_id, "due": found.due, "at": at}])
