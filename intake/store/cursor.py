"""How far a folder was read: a cache that the rows of `message` can rebuild."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from intake.store.tables import Folder


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
