"""What the clocks ask the store: how long a case waited, who keeps silent, whose day comes near."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select

from intake.case_label import label
from intake.casework.states import OPEN, State
from intake.letters.kinds import ASKING
from intake.store.tables import Audit, AuditValue, Case, Letter, Message, Reminder
from intake.store.values import Disposition

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


def states(connection: Connection, case_id: int) -> list[tuple[datetime, str]]:
    """When a case came into which state, oldest first; what was erased is left out."""
    query = (
        select(Audit.c.at, AuditValue.c.value)
        .select_from(Audit)
        .join(
            AuditValue,
            (AuditValue.c.case_id == Audit.c.case_id) & (AuditValue.c.position == Audit.c.position),
        )
        .where(Audit.c.case_id == case_id, AuditValue.c.side == "after")
        .order_by(Audit.c.position)
    )
    found = ((row.at, row.value.value) for row in connection.execute(query))
    return [
        (at, str(value["state"])) for at, value in found if isinstance(value, dict) and value.get("state")
    ]


def waiting(connection: Connection) -> list[Waiting]:
    """Cases that wait for the customer, and when we asked: by a letter, or by a person's word that they did."""
    query = select(Case.c.id, Case.c.version, Case.c.policy).where(Case.c.state == State.NEEDS_INFORMATION)
    rows = connection.execute(query.order_by(Case.c.id)).all()
    idents = [row.id for row in rows]
    asked = _newest_letters(connection, idents)
    for row in connection.execute(
        select(Audit.c.case_id, func.max(Audit.c.at).label("at"))
        .where(Audit.c.action == _ASKED, Audit.c.case_id.in_(idents))
        .group_by(Audit.c.case_id)
    ):
        asked[row.case_id].append(row.at)
    heard = select(Message.c.case_id, func.max(Message.c.stored_at).label("at")).where(
        Message.c.case_id.in_(idents), Message.c.disposition.in_((Disposition.CASE, Disposition.REPLY))
    )
    last = {row.case_id: row.at for row in connection.execute(heard.group_by(Message.c.case_id))}
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
    query = select(Letter.c.case_id, Letter.c.made_at).where(
        Letter.c.case_id.in_(idents), Letter.c.kind.in_(sorted(ASKING)), Letter.c.standing == "done"
    )
    for row in connection.execute(query):
        found[row.case_id].append(row.made_at)
    return found


def unreminded(connection: Connection, until: date) -> list[DueSoon]:
    """Open cases due by `until` of whose day nobody was reminded."""
    told = (
        select(Reminder.c.case_id)
        .where(Reminder.c.case_id == Case.c.id, Reminder.c.due == Case.c.due)
        .exists()
    )
    query = (
        select(Case.c.id, Case.c.policy, Case.c.due)
        .where(Case.c.state.in_(OPEN), Case.c.due.is_not(None), Case.c.due <= until, ~told)
        .order_by(Case.c.due, Case.c.id)
    )
    return [DueSoon(case_id=row.id, policy=row.policy, due=row.due) for row in connection.execute(query)]


def remember(connection: Connection, found: DueSoon, at: datetime) -> None:
    """Writes down that people were reminded."""
    connection.execute(insert(Reminder), [{"case_id": found.case_id, "due": found.due, "at": at}])
