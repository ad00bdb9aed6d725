"""Notifications that wait to be delivered: claimed one by one, so that two daemons never tell the same at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, and_, false, func, insert, or_, select, update

from intake.case_label import label
from intake.store.base import AnyRow
from intake.store.documents import Document
from intake.store.engine import database_now, moment
from intake.store.tables import Delivery, Hook, Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing to tell at one webhook."""

    id: str
    event: str
    case: str  # its label
    version: int  # of the case
    created_at: datetime
    body: dict[str, object]  # the object of `queue list --json`
    attempts: int  # this one included


def greet(connection: Connection, hook: str, *, news_of: timedelta) -> datetime:
    """Since when a webhook is told; one that is new here, of the last `news_of`: all before is history to it."""
    since = connection.scalar(select(Hook.c.since).where(Hook.c.name == hook))
    if since is None:
        since = moment(connection) - news_of
        connection.execute(insert(Hook), [{"name": hook, "since": since}])
    return since


def claim(
    connection: Connection, hook: str, *, lease_s: int, events: Sequence[str], since: datetime
) -> Told | None:
    """The oldest that is due there, not to be claimed again for `lease_s` seconds; None: nothing is due."""
    found = connection.execute(_due(hook, events, since)).one_or_none()
    if found is None:
        return None
    here = (Delivery.c.notification == found.id, Delivery.c.hook == hook)
    # asked anew now that the row is ours: another daemon may have told it a moment ago
    before = connection.execute(select(*Delivery.c).where(*here)).one_or_none()
    lease = database_now() + lease_s * 1000
    if before is None:
        row = {"notification": found.id, "hook": hook, "attempts": 1, "done": False, "error_code": None}
        connection.execute(insert(Delivery).values(**row, not_before=lease))
        return _told(found, attempts=1)
    # nobody claimed it meanwhile
    taken = update(Delivery).where(*here, Delivery.c.done == false(), Delivery.c.not_before == found.retry_at)
    if connection.execute(taken.values(not_before=lease, attempts=before.attempts + 1)).rowcount != 1:
        return None
    return _told(found, attempts=before.attempts + 1)


def delivered(connection: Connection, ident: str, hook: str) -> None:
    """The receiver has it."""
    here = (Delivery.c.notification == ident, Delivery.c.hook == hook)
    connection.execute(update(Delivery).where(*here).values(done=True, error_code=None))


def failed(connection: Connection, ident: str, hook: str, *, code: str, retry_in_s: int | None) -> None:
    """The receiver does not have it: again in `retry_in_s` seconds; None: given up."""
    values: dict[str, object] = {"error_code": code}
    values |= {"done": True} if retry_in_s is None else {"not_before": database_now() + retry_in_s * 1000}
    here = (Delivery.c.notification == ident, Delivery.c.hook == hook)
    connection.execute(update(Delivery).where(*here).values(**values))


def counts(connection: Connection) -> dict[str, int]:
    """How many deliveries were taken, given up, or failed so far and are tried again."""
    query = select(
        Delivery.c.done, Delivery.c.error_code.is_(None), func.count(), func.sum(Delivery.c.attempts)
    )
    found = {"delivered": 0, "given_up": 0, "failed": 0}
    for done, clean, count, attempts in connection.execute(
        query.group_by(Delivery.c.done, Delivery.c.error_code.is_(None))
    ):
        if done:
            found["delivered" if clean else "given_up"] += count
        found["failed"] += int(attempts) - (count if done and clean else 0)
    return found


def _due(
    hook: str, events: Sequence[str], since: datetime
) -> Select[str, str, int, int, datetime, Document, int]:
    mine = and_(Delivery.c.notification == Notification.c.id, Delivery.c.hook == hook)
    again = and_(Delivery.c.done == false(), Delivery.c.not_before <= database_now())
    columns = (
        Notification.c.id,
        Notification.c.event,
        Notification.c.case_id,
        Notification.c.version,
        Notification.c.created_at,
        Notification.c.body,
        Delivery.c.not_before.label("retry_at"),
    )
    return (
        select(*columns)
        .select_from(Notification)
        .outerjoin(Delivery, mine)
        .where(
            Notification.c.created_at >= since,
            Notification.c.not_before <= database_now(),
            Notification.c.event.in_(events),
            or_(Delivery.c.hook.is_(None), again),
        )
        .order_by(Notification.c.created_at, Notification.c.id)
        .limit(1)
        .with_for_update(of=Notification, skip_locked=True)
    )


def _told(row: AnyRow, *, attempts: int) -> Told:
    return Told(
        id=row.id,
        event=row.event,
        case=label(row.case_id),
        version=row.version,
        created_at=row.created_at,
        body=row.body.value,
        attempts=attempts,
    )
