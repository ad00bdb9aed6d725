"""Messages that could not be processed: by place, stage and error, never by text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import version
from typing import Final

from sqlalchemy import ColumnElement, Connection, or_, select, update

from intake.mail.message import MessageKey
from intake.store.base import AnyRow
from intake.store.engine import moment
from intake.store.tables import Quarantine

# before a message over which the line broke is tried again by itself
FIRST_PAUSE: Final = timedelta(minutes=10)
LONGEST_PAUSE: Final = timedelta(days=1)


@cache
def program_version() -> str:
    """This program's version: a newer one tries again by itself what an older one could not process."""
    return version("refund-intake")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A message in quarantine: where it lies on its server, and why it is not in the queue."""

    id: int
    key: MessageKey
    stage: str  # fetch, parse, redact, extract, decide, store
    error_code: str
    place: str  # in our code, or "server"
    size: int  # bytes
    attempts: int
    first_at: datetime
    last_at: datetime
    version: str | None  # of the program that failed last
    dropped_at: datetime | None
    dropped_by: str | None

    def to_dict(self) -> dict[str, object]:
        """As `intake quarantine list --json` shows it."""
        return {
            "id": self.id,
            "mailbox": self.key.mailbox,
            "folder": self.key.folder,
            "uidvalidity": self.key.uidvalidity,
            "uid": self.key.uid,
            "stage": self.stage,
            "error": self.error_code,
            "place": self.place,
            "size": self.size,
            "attempts": self.attempts,
            "first_at": self.first_at.isoformat(),
            "last_at": self.last_at.isoformat(),
            "version": self.version,
            "dropped_at": self.dropped_at.isoformat() if self.dropped_at else None,
            "dropped_by": self.dropped_by,
        }


def rows(
    connection: Connection, *, mailbox: str | None = None, ids: Sequence[int] = (), dropped: bool = False
) -> list[Quarantined]:
    """Those in quarantine, oldest first; with `dropped` also what was given up. `ids` names some, dropped or not."""
    query = select(*Quarantine.c).order_by(Quarantine.c.id)
    if ids:
        query = query.where(Quarantine.c.id.in_(ids))
    elif not dropped:
        query = query.where(Quarantine.c.dropped_at.is_(None))
    if mailbox is not None:
        query = query.where(Quarantine.c.mailbox == mailbox)
    return [_row(row) for row in connection.execute(query)]


def of_other_versions(connection: Connection, mailbox: str, ours: str) -> list[Quarantined]:
    """What another version of the program could not process, and nobody gave up."""
    other: ColumnElement[bool] = or_(Quarantine.c.version.is_(None), Quarantine.c.version != ours)
    query = select(*Quarantine.c).order_by(Quarantine.c.id)
    query = query.where(Quarantine.c.mailbox == mailbox, Quarantine.c.dropped_at.is_(None), other)
    return [_row(row) for row in connection.execute(query)]


def broken_off(connection: Connection, mailbox: str, codes: Collection[str]) -> list[Quarantined]:
    """What could not be fetched for one of these codes, and may be tried again: each time twice as long after."""
    query = select(*Quarantine.c).order_by(Quarantine.c.id)
    query = query.where(
        Quarantine.c.mailbox == mailbox,
        Quarantine.c.dropped_at.is_(None),
        Quarantine.c.stage == "fetch",
        Quarantine.c.error_code.in_(sorted(codes)),
    )
    found = [_row(row) for row in connection.execute(query)]
    now = moment(connection) if found else None
    return [row for row in found if now and now - row.last_at >= _pause(row.attempts)]


def _pause(attempts: int) -> timedelta:
    doublings: int = 2 ** min(attempts - 1, 20)
    return min(LONGEST_PAUSE, FIRST_PAUSE * doublings)


def drop(connection: Connection, ids: Sequence[int], *, by: str) -> int:
    """Gives messages up. Their rows stay, or they would be taken for missing and come in again."""
    dropped = connection.execute(
        update(Quarantine)
        .where(Quarantine.c.id.in_(ids), Quarantine.c.dropped_at.is_(None))
        .values(dropped_at=moment(connection), dropped_by=by)
    )
    return dropped.rowcount


def _row(row: AnyRow) -> Quarantined:
    return Quarantined(
        id=row.id,
        key=MessageKey(mailbox=row.mailbox, folder=row.folder, uidvalidity=row.uidvalidity, uid=row.uid),
        stage=row.stage,
        error_code=row.error_code,
        place=row.place,
        size=row.size,
        attempts=row.attempts,
        first_at=row.first_at,
        last_at=row.last_at,
        version=row.version,
        dropped_at=row.dropped_at,
        dropped_by=row.dropped_by,
    )
