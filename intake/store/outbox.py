"""What the mail server is still to be told: read after the commit, retried until done, safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, false, func, insert, select, update

from intake.mail.message import MessageKey
from intake.store.engine import database_now
from intake.store.forms import is_word
from intake.store.tables import Message, Outbox, OwnCopy
from intake.store.values import CopyPrints, Progress, ServerAction


def due(connection: Connection, mailbox: str, limit: int) -> list[ServerAction]:
    """Actions whose time has come, oldest first."""
    place = (Message.c.mailbox, Message.c.folder, Message.c.uidvalidity, Message.c.uid)
    began = (Outbox.c.begun_uidvalidity, Outbox.c.begun_uid)
    query = (
        select(
            Outbox.c.id, Outbox.c.kind, Outbox.c.target, Outbox.c.attempts, Outbox.c.message, *began, *place
        )
        .select_from(Outbox)
        .join(Message, Message.c.id == Outbox.c.message)
        .where(Outbox.c.mailbox == mailbox, Outbox.c.done.is_(false()), Outbox.c.next_try <= database_now())
        .order_by(Outbox.c.id)
        .limit(limit)
    )
    return [
        ServerAction(
            id=row.id,
            kind=row.kind,
            key=MessageKey(mailbox=row.mailbox, folder=row.folder, uidvalidity=row.uidvalidity, uid=row.uid),
            target=row.target,
            attempts=row.attempts,
            message=row.message,
            begun=None
            if row.begun_uid is None
            else Progress(uidvalidity=row.begun_uidvalidity, last_uid=row.begun_uid),
        )
        for row in connection.execute(query)
    ]


def begin(
    connection: Connection,
    mailbox: str,
    idents: Sequence[int],
    *,
    above: Progress,
    copies: Iterable[CopyPrints] = (),
) -> None:
    """Notes, before the server is told, that these actions may add messages to a folder above `above`.

    A try after a kill looks there first. Of several tries the first one's place counts. `copies` are those of
    our own that will be appended: written down before, they never come in as somebody's mail.
    """
    wanted = (Outbox.c.mailbox == mailbox, Outbox.c.id.in_(idents), Outbox.c.begun_uid.is_(None))
    connection.execute(
        update(Outbox).where(*wanted).values(begun_uidvalidity=above.uidvalidity, begun_uid=above.last_uid)
    )
    prints = {copy.raw: copy for copy in copies}
    query = select(OwnCopy.c.raw_fingerprint).where(OwnCopy.c.raw_fingerprint.in_(prints))
    known = set(connection.scalars(query))
    fresh = [
        {"raw_fingerprint": copy.raw, "content_fingerprint": copy.content, "message": copy.message}
        for copy in prints.values()
        if copy.raw not in known
    ]
    if fresh:
        connection.execute(insert(OwnCopy), fresh)


def originals(connection: Connection, messages: Sequence[int]) -> dict[str, int]:
    """The size of each of these stored messages by the keyed fingerprint of its bytes."""
    query = select(Message.c.raw_fingerprint, Message.c.size).where(Message.c.id.in_(messages))
    return {row.raw_fingerprint: row.size for row in connection.execute(query)}


def pending(connection: Connection, mailbox: str) -> int:
    """How many actions are not done, due or not."""
    query = select(func.count()).where(Outbox.c.mailbox == mailbox, Outbox.c.done.is_(false()))
    return connection.execute(query).scalar_one()


def done(connection: Connection, mailbox: str, idents: Iterable[int]) -> None:
    """The server has been told."""
    wanted: Sequence[int] = list(idents)
    for start in range(0, len(wanted), 500):  # drivers limit the parameters of one statement
        chunk = wanted[start : start + 500]
        connection.execute(
            update(Outbox)
            .where(Outbox.c.mailbox == mailbox, Outbox.c.id.in_(chunk))
            .values(done=True, error_code=None)
        )


def failed(connection: Connection, mailbox: str, ident: int, *, error_code: str, retry_in_s: int) -> None:
    """The server could not be told: again in `retry_in_s` seconds."""
    connection.execute(
        update(Outbox)
        .where(Outbox.c.mailbox == mailbox, Outbox.c.id == ident)
        .values(
            attempts=Outbox.c.attempts + 1,
            next_try=database_now() + retry_in_s * 1000,
            error_code=error_code if is_word(error_code) else "unknown",
        )
    )
