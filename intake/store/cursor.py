"""How far a folder was read: a cache that the rows of `message` can rebuild."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select, update

from intake.store.tables import Folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from intake.processed import Processed
    from intake.store.values import Failed, Lease


def after(
    lease: Lease, items: Iterable[Processed | Failed], last_uid: int | None
) -> tuple[str, int, int] | None:
    """Folder, UIDVALIDITY and UID that the cursor goes to once these messages are stored; None: it stays.

    Raises:
        ValueError: a message is of another mailbox than the lease's, or without a place; or a cursor is to move over
            messages of several folders.
    """
    folders: set[tuple[str, int]] = set()
    for item in items:
        if item.key is None or item.key.mailbox != lease.mailbox:
            raise ValueError("a message of another mailbox than the lease's, or without a place")
        folders.add((item.key.folder, item.key.uidvalidity))
    if last_uid is None:
        return None
    if len(folders) != 1:
        raise ValueError("a cursor needs messages of one folder")
    return (*folders.pop(), last_uid)


def move(connection: Connection, mailbox: str, folder: str, uidvalidity: int, last_uid: int) -> None:
    """Moves it; within one UIDVALIDITY it never goes back, except to 0."""
    here = (Folder.c.mailbox == mailbox, Folder.c.name == folder)
    stored = connection.execute(select(Folder.c.uidvalidity, Folder.c.last_uid).where(*here)).one_or_none()
    if stored is None:
        connection.execute(
            insert(Folder).values(mailbox=mailbox, name=folder, uidvalidity=uidvalidity, last_uid=last_uid)
        )
    elif stored.uidvalidity != uidvalidity or last_uid > stored.last_uid or last_uid == 0:
        connection.execute(update(Folder).where(*here).values(uidvalidity=uidvalidity, last_uid=last_uid))
