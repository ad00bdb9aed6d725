"""Leases on mailboxes: one daemon at a time, held by the database's clock, fenced by an epoch."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from intake.store.engine import database_now, moment, writing
from intake.store.errors import LeaseLostError
from intake.store.tables import Mailbox
from intake.store.values import Lease

_MS: Final = 1000


def take(engine: Engine, mailbox: str, owner: str, ttl_s: int) -> Lease | None:
    """A new lease for `ttl_s` seconds; None where another owner's has not expired."""
    try:
        with writing(engine) as connection:
            if connection.scalar(select(Mailbox.c.epoch).where(Mailbox.c.name == mailbox)) is None:
                connection.execute(insert(Mailbox).values(name=mailbox, owner=None, epoch=0, leased_until=0))
    except IntegrityError:
        pass  # another daemon wrote the row at the same moment: there is one now
    with writing(engine) as connection:
        free = (Mailbox.c.leased_until < database_now()) | (Mailbox.c.owner == owner)
        taken = connection.execute(
            update(Mailbox)
            .where(Mailbox.c.name == mailbox, free)
            .values(owner=owner, epoch=Mailbox.c.epoch + 1, leased_until=database_now() + ttl_s * _MS)
        )
        if taken.rowcount != 1:
            return None
        epoch = connection.scalar(select(Mailbox.c.epoch).where(Mailbox.c.name == mailbox))
    return None if epoch is None else Lease(mailbox=mailbox, owner=owner, epoch=epoch)


def renew(engine: Engine, lease: Lease, ttl_s: int) -> None:
    """Holds the lease for `ttl_s` more seconds; one that ran out comes back if nobody took it meanwhile.

    Raises:
        LeaseLostError: another daemon took it.
    """
    with writing(engine) as connection:
        _conditional(connection, lease, leased_until=database_now() + ttl_s * _MS)


def release(engine: Engine, lease: Lease) -> None:
    """Gives the mailbox free at once.

    Raises:
        LeaseLostError: another daemon took it before.
    """
    with writing(engine) as connection:
        _conditional(connection, lease, leased_until=0, owner=None)


def fence(connection: Connection, lease: Lease) -> datetime:
    """Lets a writing transaction pass that holds its lease still, and keeps it from being taken until the commit.

    Gives the moment by the database's clock.

    Raises:
        LeaseLostError: it ran out, or another daemon took it: nothing may be written.
    """
    held = connection.execute(
        update(Mailbox)
        .where(*_ours(lease), Mailbox.c.leased_until > database_now())
        .values(epoch=Mailbox.c.epoch)  # changes nothing, locks the row
    )
    if held.rowcount != 1:
        raise LeaseLostError(lease.mailbox)
    return moment(connection)


def _conditional(connection: Connection, lease: Lease, **values: object) -> None:
    changed = connection.execute(update(Mailbox).where(*_ours(lease)).values(**values))
    if changed.rowcount != 1:
        raise LeaseLostError(lease.mailbox)


def _ours(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return (Mailbox.c.name == lease.mailbox, Mailbox.c.owner == lease.owner, Mailbox.c.epoch == lease.epoch)
