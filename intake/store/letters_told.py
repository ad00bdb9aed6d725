"""Notifications that wait to be delivered: claimed one by one, so that two daemons never tell the same at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, false, select, update

from intake.store.engine import database_now
from intake.store.leases import moment
from intake.store.tables import Notification
from intake.store.values import label


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing to tell."""

    id: str
    event: str
    case: str  # its label
    version: int  # of the case
    created_at: datetime
    body: dict[str, object]  # the queue's object of the contract
    attempts: int  # this one included


def claim(connection: Connection, *, lease_s: int, events: Sequence[str]) -> Told | None:
    """The oldest that is due, not to be claimed again for `lease_s` seconds; None: nothing is due."""
    query = (
        select(*Notification.__table__.columns)
        .where(
            Notification.done == false(),
            Notification.not_before <= database_now(),
            Notification.event.in_(events),
        )
        .order_by(Notification.not_before, Notification.id)
        .limit(1)
    )
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    taken = connection.execute(
        update(Notification)
        .where(
            Notification.id == found.id,
            Notification.done == false(),
            Notification.not_before == found.not_before,  # nobody claimed it meanwhile
        )
        .values(not_before=database_now() + lease_s * 1000, attempts=found.attempts + 1)
    )
    if taken.rowcount != 1:
        return None
    return Told(
        id=found.id,
        event=found.event,
        case=label(found.case_id),
        version=found.version,
        created_at=found.created_at,
        body=found.body.value,
        attempts=found.attempts + 1,
    )


def delivered(connection: Connection, ident: str) -> None:
    """The receiver has it."""
    connection.execute(
        update(Notification).where(Notification.id == ident).values(done=True, error_code=None)
    )


def failed(connection: Connection, ident: str, *, code: str, retry_in_s: int | None) -> None:
    """The receiver does not have it: again in `retry_in_s` seconds; None: given up."""
    values: dict[str, object] = {"error_code": code}
    values |= {"done": True} if retry_in_s is None else {"not_before": database_now() + retry_in_s * 1000}
    connection.execute(update(Notification).where(Notification.id == ident).values(**values))


def now(connection: Connection) -> datetime:
    """The database's clock."""
    return moment(connection)
